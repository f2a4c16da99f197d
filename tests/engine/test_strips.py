"""Rows worked through a strip at a time give the bits that they give all at once."""

from __future__ import annotations

import random
from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.engine.plan import uniform
from indenture.engine.results import Results

DEAL = """
deal "Pool" { language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }
use pools
party Trust, Borrowers, Owner
schedule collection = monthly on day 15 from 2026-02-15 to 2031-01-15, unadjusted
loan_pool loans each row in "tape.csv" {
  cut_off = 2026-01-15; collected = collection; cpr = 6%; psa = 50%; cdr = 2%; recovery = 45%; lag = 3 months
}
define worst  = highest(loans.balance)
define young  = count(loans.seasoning < 12)
define cheap  = take($1m, of loans.balance, lowest loans.apr first)
account cash
flow collected on collection = sum(loans.interest) + sum(loans.principal_paid) + sum(loans.recovered)
receive collected from Borrowers into cash on collection
waterfall w from cash on collection { "Owner" pay rest to Owner }
report {
  total(Owner.received), "Balance" = sum(loans.balance), "Rate" = weighted(loans.apr, loans.balance), "Lost" = sum(loans.defaulted)
  "Worst" = worst, "Young" = young, "Cheap" = sum(cheap)
}
"""


def result(folder: Path, strip: int, monkeypatch: pytest.MonkeyPatch) -> Results:
    monkeypatch.setattr(uniform, "STRIP", strip)
    return indenture.compile(DEAL, folder=folder).run()


@pytest.mark.parametrize("rows", [1, 2, 5, 37])
@pytest.mark.parametrize("strip", [1, 2, 4, 36])
def test_strips_change_no_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, strip: int) -> None:
    choose = random.Random(rows)
    lines = ["id,principal,apr,remaining,seasoning"]
    for number in range(rows):
        lines.append(
            f"L{number},{choose.randint(1, 900_000)},{choose.randint(0, 20)}%,{choose.randint(1, 70)},{choose.randint(0, 40)}"
        )
    (tmp_path / "tape.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    whole = result(tmp_path, 10_000, monkeypatch)
    cut = result(tmp_path, strip, monkeypatch)
    assert list(whole) == list(cut)
    for name in whole:
        assert np.array_equal(whole[name].values, cut[name].values), name


def test_a_value_that_does_not_exist_is_named_from_any_strip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = """
deal "D" { language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }
party Trust, Owner
schedule collection = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted
component line { size : number
  state level = $1, then opening level * (1 - 0 * exp(size)) }
line lines each row in "tape.csv"
report { sum(lines.level) }
"""
    (tmp_path / "tape.csv").write_text("id,size\nA,1\nB,2\nC,3\nD,4\nE,10000\n", encoding="utf-8")
    said = set()
    for strip in (10_000, 2):
        monkeypatch.setattr(uniform, "STRIP", strip)
        with pytest.raises(indenture.DealError) as found:
            indenture.compile(deal, folder=tmp_path).run()
        said.add(str(found.value))
    assert len(said) == 1
