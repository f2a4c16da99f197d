"""What checks ask, in which scenarios, and how they are shown: on deals small enough to work by hand."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from indenture.engine.results import CheckResult

from .deals import HEADER, codes, compiled, message

DUES = """
term rate = 3%
term up = true
claim a to Bank on payment = $1_000 * rate lapses
claim b to Fund on payment = $500 * rate lapses
group dues = a, b
account cash
receive $100 from Customer into cash on payment
waterfall main from cash on payment { pay a; pay b; pay rest to Sponsor }
define less = if up then $0 else $1
define shortened = total(a.paid) - less
report { shortened }
"""
"""Four payment dates. At 1% `a` is $10 a quarter and $40 in all and `b` half of that; at 2% twice as much."""
RANGED = DUES + "scenarios over rate = [1%, 2%] and up = [true, false]\n"
"""Columns: base (3%, up), then 1% up, 1% down, 2% up, 2% down."""


def checks(text: str, header: str = HEADER) -> dict[str, CheckResult]:
    return {one.name: one for one in compiled(text, header=header).run().checks}


def failures(text: str) -> dict[str, list[int]]:
    return {name: one.failures.tolist() for name, one in checks(text).items()}


# ------------------------------------------------------------------------------------------------- figures tied out


def test_a_figure_is_tied_out_within_a_tolerance_that_its_name_says() -> None:
    found = failures(
        DUES
        + "expect total(a.paid) is $121 within $1\nexpect total(a.paid) is $122 within $1\nexpect total(a.paid) is $120\n"
    )
    assert found == {
        "total a.paid is $121 within $1": [0],
        "total a.paid is $122 within $1": [1],
        "total a.paid is $120": [0],
    }


def test_a_condition_is_tied_out() -> None:
    found = checks(RANGED + "expect up is true\nexpect up is false")
    assert found["up is true"].failures.tolist() == [0, 0, 1, 0, 1]
    assert found["up is false"].failures.tolist() == [1, 1, 0, 1, 0]


def test_what_is_found_is_shown_in_its_own_unit_and_a_plain_number_as_what_it_is_held_to() -> None:
    found = checks(
        DUES
        + "expect total(a.paid) is $120\nexpect total(b.paid) / total(a.paid) is 50%\n"
        + "expect total(b.paid) / total(a.paid) is 0.5\nexpect up is true\n"
    )
    assert {name: one.check.unit for name, one in found.items()} == {
        "total a.paid is $120": "USD",
        "total b.paid / total a.paid is 50%": "%",
        "total b.paid / total a.paid is 0.5": "",
        "up is true": "condition",
    }
    assert not any(one.failures.any() for one in found.values())


# ------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("where", "asked"),
    [
        ("", {40: [1, 2], 80: [3, 4]}),
        ("where up", {40: [1], 80: [3]}),
        ("where not up", {40: [2], 80: [4]}),
        ("where rate is 2% and up", {80: [3]}),
        ("where up and rate is 2%", {80: [3]}),
        ("where rate is not 2% or up", {40: [1, 2], 80: [3]}),
        ("where up or rate is not 2%", {40: [1, 2], 80: [3]}),
        ("where up is false", {40: [2], 80: [4]}),
    ],
)
def test_a_table_holds_in_the_columns_that_it_chooses(where: str, asked: dict[int, list[int]]) -> None:
    """A row of the claim `a` and one of `b`, which is half of it."""
    found = checks(RANGED + f"expect total(dues.paid) by rate {where} within $0.01 {{ a 40 80\n b 20 40 }}")
    got = {
        float(one.check.target): [place for place, there in enumerate(one.applies) if there]
        for name, one in found.items()
        if name.startswith("total a.paid is ") and one.check.target is not None
    }
    assert got == asked
    assert len(found) == 2 * len(asked)
    assert not any(one.failures.any() for one in found.values())


def test_a_table_says_which_of_its_figures_fails() -> None:
    """In the columns that are not up the figures are a dollar less: 39, 19, 79 and 39."""
    text = RANGED + "expect total(dues.paid) - less by rate where not up within $0.01 { a 39 80\n b 20 39 }"
    found = {name: one.passed for name, one in checks(text).items()}
    assert found == {
        "total a.paid - less is 39 in rate = 1%, up = false": True,
        "total a.paid - less is 80 in rate = 2%, up = false": False,
        "total b.paid - less is 20 in rate = 1%, up = false": False,
        "total b.paid - less is 39 in rate = 2%, up = false": True,
    }


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ("expect total(dues.paid) by rate where $2 > $1 within $1 { a 40 80 }", "E0556", "terms that are ranged over"),
        ("expect total(dues.paid) by rate where less is $1 within $1 { a 40 80 }", "E0248", "`less` is not ranged"),
        ("expect total(dues.paid) by rate within $1 { a 40 80 30 }", "E0555", "3 figures, and `rate` takes 2 values"),
        ('expect shortened is $39 in "rate = 1%, up = flase"', "E0242", "did you mean `rate = 1%, up = false`?"),
        ('expect shortened is $39 in "speed=1"', "E0242", "the deal has base, rate = 1%, up = true, rate = 1%"),
    ],
)
def test_what_is_wrong_with_a_table_or_a_scenario_is_said(more: str, code: str, words: str) -> None:
    assert codes(RANGED + more) == [code]
    assert words in message(RANGED + more)


# ------------------------------------------------------------------------------------------------- conditions


def test_a_check_is_named_and_says_why_it_is_asked() -> None:
    found = checks(
        DUES
        + 'require "Enough" total(a.paid) >= $121 because "the Bank wants it"\nrequire cash.balance >= $0\n'
        + "always up\nexpect total(b.paid) >= $61 in base\n"
    )
    assert {name: (one.check.code, one.check.message, one.passed) for name, one in found.items()} == {
        "Enough": ("require", "Enough: the Bank wants it", False),
        "cash.balance >= $0": ("require", "cash.balance >= $0", True),
        "up": ("always", "up", True),
        "total b.paid >= $61": ("expect", "total b.paid >= $61", False),
    }


def test_a_check_of_one_scenario_is_asked_of_no_other() -> None:
    found = checks(
        DUES
        + 'scenario "less" { rate = 1% }\nscenario "more" { rate = 5% }\n'
        + 'require total(a.paid) <= $130 in base\nexpect total(a.paid) is $40 in "less"\nrequire total(a.paid) <= $130\n'
        + 'require "both" total(a.paid) <= $130 in base, "less"\n'
    )
    assert {name: one.applies.tolist() for name, one in found.items()} == {
        "total a.paid is $40": [False, True, False],
        "total a.paid <= $130": [True, True, True],
        "both": [True, True, False],
    }
    assert found["total a.paid <= $130"].failures.tolist() == [0, 0, 1]


@pytest.mark.parametrize("ends", ["2026-10-15", "2027-01-15"])
def test_a_check_of_scenarios_of_two_structures_is_asked_of_both(ends: str) -> None:
    """$10 a quarter, of three quarters or four, and in "dear" three times as much."""
    text = f"""
    term last : date = 2026-10-15
    term fee = $10
    schedule paying = quarterly on day 15 from 2026-04-15 to last, unadjusted
    account cash
    receive $100 from Customer into cash on paying
    waterfall main from cash on paying {{ pay fee to Bank; pay rest to Sponsor }}
    scenario "late" {{ last = {ends} }}
    scenario "dear" {{ fee = $30 }}
    require "At most $30" total(Bank.received) <= $30 in base, "late", "dear"
    expect "Thirty" total(Bank.received) is $30 in base, "late"
    """
    found = checks(text)
    late = int(ends == "2027-01-15")
    assert found["At most $30"].failures.tolist() == [0, late, 1]
    assert found["Thirty is $30"].applies.tolist() == [True, True, False]
    assert found["Thirty is $30"].failures.tolist() == [0, late, 0]


def test_a_check_of_what_is_no_account_is_read_before_closing_too() -> None:
    """Of three dates before closing and five from it on, the first two come before November 2025."""
    header = (
        HEADER
        + "schedule past = quarterly on day 1 from 2025-07-01 to 2026-01-01, unadjusted\nflow history on past = $1\n"
    )
    text = DUES + "always date >= 2025-11-01\nalways cash.balance >= $1\nalways cash.balance >= $0\n"
    found = checks(text, header)
    first = found["date >= 2025-11-01"]
    assert (first.failures.tolist(), first.first_date(0)) == ([2], datetime.date(2025, 7, 1))
    empty = found["cash.balance >= $1"]
    assert (empty.failures.tolist(), empty.first_date(0)) == ([5], datetime.date(2026, 1, 15))
    assert found["cash.balance >= $0"].passed


# ------------------------------------------------------------------------------------------------- of components


LAYER = """
component layer {
  "A layer."
  attachment : fraction
  detachment : fraction = 100%
  speed      : series of fraction = 0%
  floor      : money = $0
  require "Speed is a share" speed >= 0 and speed <= 1 because "It is one."
  require "Attachment lies below detachment" attachment < detachment
  require "Floor" balance >= floor
  state balance = $10, then opening balance - $2
}
account cash
receive $100 from Customer into cash on payment
waterfall main from cash on payment { pay rest to Sponsor }
report { cash.balance }
"""
"""A balance of 10, 8, 6, 4 and 2."""


def tape(folder: Path, rows: str, text: str) -> dict[str, CheckResult]:
    (folder / "layers.csv").write_text("id,attachment\n" + rows, encoding="utf-8")
    return {one.name: one for one in compiled(LAYER + text, folder=str(folder)).run().checks}


def test_a_condition_of_a_component_is_a_check_where_it_is_not_known_ahead() -> None:
    found = checks(
        LAYER
        + "layer a { attachment = 3% }\nlayer b { attachment = 4%; floor = $5 }\n"
        + "layer c { attachment = 4%; speed = if date >= 2026-07-15 then 125% else 0% }\n"
    )
    assert {name: (one.check.code, one.check.message, one.failures.tolist()) for name, one in found.items()} == {
        "a: Floor": ("require", "a: Floor", [0]),
        "b: Floor": ("require", "b: Floor", [2]),
        "c: Floor": ("require", "c: Floor", [0]),
        "c: Speed is a share": ("condition", "c: Speed is a share: It is one.", [3]),
    }
    assert found["b: Floor"].first_date(0) == datetime.date(2026, 10, 15)
    assert found["c: Speed is a share"].first_date(0) == datetime.date(2026, 7, 15)


def test_a_condition_fails_where_any_row_breaks_it(tmp_path: Path) -> None:
    """Four times 30% is more than a share, four times 1% is not."""
    speed = 'layer b each row in "layers.csv" { speed = if date >= 2026-10-15 then attachment * 4 else 0% }\n'
    found = tape(tmp_path, "A,1%\nB,30%\n", speed)["b: Speed is a share"]
    assert (found.failures.tolist(), found.first_date(0)) == ([2], datetime.date(2026, 10, 15))
    assert tape(tmp_path, "A,1%\nB,20%\n", speed)["b: Speed is a share"].passed
