"""The haircut against a filling by hand, cures that cure, a hurdle that is an internal rate of return, reinvestment."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import indenture
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from indenture.dsl.api import DealError
from scipy.optimize import brentq

FEW = settings(max_examples=12, phases=(Phase.explicit, Phase.generate), deadline=None)

HEAD = """
deal "Loans" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }}
use pools, clo
party Issuer, Borrowers, Holder, Manager
schedule payment = quarterly on day 15 from 2026-04-15 to {last}, unadjusted
account cash
{items}
"""


def figures(items: str, last: str = "2027-01-15", folder: Path | None = None) -> indenture.Results:
    return indenture.compile(HEAD.format(items=items, last=last), folder=folder).run()


def first(result: indenture.Results, name: str) -> float:
    values = result[name].values
    assert values is not None
    return float(np.asarray(values).reshape(-1)[0])


loans = st.lists(
    st.tuples(
        st.integers(1, 90), st.integers(20, 100), st.sampled_from(["B", "B-", "CCC+", "CCC", "CCC-", "Caa1", "CC"])
    ),
    min_size=2,
    max_size=12,
)


@FEW
@given(rows=loans, limit=st.integers(0, 40))
def test_the_haircut_is_filled_from_the_lowest_price_up(rows: list[tuple[int, int, str]], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"{par}m,{price}%,{rating}".replace("m,", "000000,") for par, price, rating in rows]
        (Path(folder) / "loans.csv").write_text("\n".join(["par,price,rating", *lines]) + "\n")
        result = figures(
            f"""clo_loan loans each row in "loans.csv" {{ spread = 4%; index = 4%; obligor = "x"; industry = "y"; recovery = 40%
  maturity = 2030-01-15; pays = payment }}
receive sum(loans.interest) from Borrowers into cash on payment
waterfall all from cash on payment {{ "Holder" pay rest to Holder }}
define par = sum(loans.balance)
define low = is_ccc(loans.rating)
report {{ "haircut" = ccc_haircut(loans.balance, loans.price, low, par, {limit}%)
  "other" = sum((1 - loans.price) * take(max(sum(loans.balance where low) - {limit}% * par, $0), of loans.balance, highest loans.price first, where low)) }}""",
            folder=Path(folder),
        )
    par = sum(row[0] for row in rows) * 1e6
    low = sorted((price / 100, amount * 1e6) for amount, price, rating in rows if rating.startswith("C"))
    excess = max(sum(amount for _, amount in low) - limit / 100 * par, 0.0)
    lost, left = 0.0, excess
    for price, amount in low:
        part = min(amount, left)
        lost, left = lost + part * (1 - price), left - part
    assert first(result, "haircut") == pytest.approx(lost, rel=1e-9, abs=1e-3)
    assert first(result, "haircut") >= first(result, "other") - 1e-3


@FEW
@given(counted=st.integers(60, 150), notes=st.integers(50, 120), required=st.integers(101, 140))
def test_what_cures_a_test_brings_it_to_what_is_required(counted: int, notes: int, required: int) -> None:
    result = figures(
        f"""receive $1m from Borrowers into cash on payment
waterfall all from cash on payment {{ "Holder" pay rest to Holder }}
par_value_test oc {{ counted = ${counted}m; notes = ${notes}m; required = {required}% }}
report {{ "interest" = oc.interest_cure; "principal" = oc.principal_cure; "failing" = if oc.failing then 1 else 0 }}"""
    )
    interest, principal = first(result, "interest"), first(result, "principal")
    assert (first(result, "failing") == 1) == (counted / notes < required / 100)
    if counted / notes < required / 100:
        assert counted * 1e6 / (notes * 1e6 - interest) == pytest.approx(required / 100, rel=1e-9)
        if principal < min(counted, notes) * 1e6:
            assert (counted * 1e6 - principal) / (notes * 1e6 - principal) == pytest.approx(required / 100, rel=1e-6)
    else:
        assert (interest, principal) == (0, 0)


@FEW
@given(amounts=st.lists(st.integers(1, 9), min_size=20, max_size=20), hurdle=st.integers(4, 25))
def test_the_manager_shares_once_equity_has_its_hurdle(amounts: list[int], hurdle: int) -> None:
    table = ", ".join(
        f"{2026 + (3 * k + 3) // 12}-{(3 * k + 3) % 12 + 1:02}-15: ${amount}m" for k, amount in enumerate(amounts)
    )
    result = figures(
        f"""subordinated_notes equity {{ holder = Holder; manager = Manager; size = $30m; hurdle = {hurdle}%; share = 20%; pays = payment }}
account proceeds
receive equity.advance into proceeds
receive step([{table}]) from Borrowers into cash on payment
waterfall sale from proceeds on closing {{ "Loans" pay rest to Borrowers }}
waterfall all from cash on payment {{
  "Hurdle" pay equity.to_hurdle
  "Fee"    up to 20% * rest {{ pay equity.incentive }}
  "Rest"   pay rest to Holder
}}
report {{ "to hurdle" = equity.to_hurdle.paid; "fee" = equity.incentive.paid; "holder" = Holder.received; "short" = equity.short }}""",
        last="2031-01-15",
    )
    series = {name: np.asarray(result[name].values)[:, 0] for name in ("to hurdle", "fee", "holder", "short")}
    received = series["holder"] + series["fee"]
    assert received[1:] == pytest.approx(np.array(amounts) * 1e6)
    began = np.nonzero(series["fee"] > 1)[0]
    days = np.array([(day - datetime.date(2026, 1, 15)).days for day in result.dates])
    flows = series["to hurdle"].copy()
    flows[0] -= 30e6
    if len(began) == 0:
        assert series["short"][-1] >= -1e-6
        return
    at = int(began[0])
    rate = brentq(lambda rate: (flows[: at + 1] / (1 + rate) ** (days[: at + 1] / 365)).sum(), -0.9, 3.0, xtol=1e-14)
    assert rate == pytest.approx(hurdle / 100, abs=1e-9)
    assert series["fee"][at + 1 :] == pytest.approx(0.2 * received[at + 1 :])


def test_a_test_that_asks_no_more_than_the_notes_is_refused() -> None:
    with pytest.raises(DealError, match="More is required"):
        figures("""par_value_test oc { counted = $1m; notes = $1m; required = 100% }
receive $1m from Borrowers into cash on payment
waterfall all from cash on payment { "Holder" pay rest to Holder }""")
