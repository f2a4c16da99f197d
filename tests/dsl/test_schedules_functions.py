"""`straight_line` and `level` against equal parts and the annuity worked payment by payment."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from indenture.dsl.api import DealError, compile
from indenture.dsl.lowering.expressions.repayment_schedules import level_factors

HEAD = """
deal "Loans" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Lenders
account cash { opens = $100 from Aurora }
waterfall all from cash on closing { "Rest" pay rest to Lenders }
schedule payment = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted
"""


def deal(body: str) -> Any:
    return compile(HEAD + body)


def series(body: str, **options: Any) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = deal(f"{body}\nreport {{ x }}").run(**options)["x"].values
    return values[:, 0]


def codes(body: str) -> list[str]:
    with pytest.raises(DealError) as caught:
        deal(f"{body}\nreport {{ x }}")
    return [one.code for one in caught.value.diagnostics if one.severity == "error"]


def worked(size: float, rate: float, periods: int) -> list[float]:
    """The balances of a level loan, one payment after another: interest first, the rest is principal."""
    payment = size * rate / (1 - (1 + rate) ** -periods)
    balances = [size]
    for _ in range(periods):
        balances.append(balances[-1] * (1 + rate) - payment)
    return balances


def test_a_straight_line_falls_by_equal_parts_to_nothing() -> None:
    found = series("define x = straight_line($1_200, payment)")
    assert found == pytest.approx([1_200 - 100 * k for k in range(13)], abs=1e-9)
    assert found[0] == 1_200
    assert found[-1] == 0


def test_a_maturity_ends_the_line_early_and_dates_between_hold() -> None:
    body = """schedule tests = monthly on the last day from 2026-01-31 to 2026-12-31, unadjusted
define x = straight_line($600, payment, 2026-07-20)"""
    found = series(body)
    # Closing, then a test at the end of each month and a payment in the middle of the next.
    parts = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6]
    assert found == pytest.approx([600 - 100 * k for k in parts], abs=1e-9)


def test_a_last_payment_moved_past_the_maturity_counts() -> None:
    # 2026-08-15 is a Saturday, paid on Monday 17.
    body = """schedule business = monthly on day 15 from 2026-02-15 to 2026-12-15, following, calendar "US settlement"
define x = straight_line($700, business, 2026-08-15)"""
    found = deal(f"{body}\nreport {{ x }}").run()
    dates = list(found.dates)
    assert found["x"].values[dates.index(datetime.date(2026, 8, 17)), 0] == 0
    assert found["x"].values[dates.index(datetime.date(2026, 7, 15)), 0] == pytest.approx(100)


def test_a_part_of_a_schedule_begins_later() -> None:
    body = "schedule later = payment from 2026-09-15\ndefine x = straight_line($500, later)"
    found = series(body)
    assert found == pytest.approx([500] * 8 + [400, 300, 200, 100, 0])


def test_a_list_of_dates_is_a_schedule() -> None:
    body = "define x = straight_line($300, [2026-03-15, 2026-04-01, 2026-06-15])"
    assert series(body) == pytest.approx([300, 300, 200, 100, 100, *[0] * 8], abs=1e-9)


def test_a_size_may_be_drawn_and_a_maturity_changed_by_a_scenario() -> None:
    body = """term size = $100
simulate { paths = 10; size drawn from uniform(low = $50, high = $150) }
define x = straight_line(size, payment)
report { x, size }"""
    found = deal(body).run(paths=50)
    assert found["x"].values == pytest.approx(np.outer(1 - np.arange(13) / 12, found["size"].values), abs=1e-12)
    body = """term ends = 2026-07-15
scenario "Longer" { ends = 2027-01-15 }
scenario "Gone" { ends = 2026-01-20 }
define x = straight_line($1_200, payment, ends)
report { x }"""
    found = deal(body).run()
    assert found["x"].values[:, 0] == pytest.approx([1_200 - 200 * min(k, 6) for k in range(13)], abs=1e-9)
    assert found["x"].values[:, 1] == pytest.approx([1_200 - 100 * k for k in range(13)], abs=1e-9)


def test_a_level_loan_is_the_annuity_worked_payment_by_payment() -> None:
    found = series("define x = level($1_000, 12%, payment)")
    assert found == pytest.approx(worked(1_000, 0.01, 12), abs=1e-9)
    assert found[-1] == 0


def test_a_level_loan_pays_quarterly_a_quarter_of_its_rate() -> None:
    body = """schedule quarters = quarterly on day 15 from 2029-08-15 to 2049-05-15, unadjusted
define x = level($27_294m, 6.581%, quarters)"""
    found = series(body)
    expected = worked(27_294e6, 0.06581 / 4, 80)
    assert found[-80:] == pytest.approx(expected[1:], rel=1e-9, abs=1e-2)
    assert np.all(found[:-80] == 27_294e6)


def test_a_rate_of_nothing_is_a_straight_line() -> None:
    line = series("define x = straight_line($1_000, payment)")
    assert np.array_equal(series("define x = level($1_000, 0%, payment)"), line)


def test_a_rate_that_varies_by_scenario_gives_the_same_balances() -> None:
    body = """term rate : rate = 5%
scenario "None" { rate = 0% }
scenario "High" { rate = 30% }
define x = level($1_000, rate, payment)
report { x }"""
    found = deal(body).run()["x"].values
    assert found[:, 0] == pytest.approx(worked(1_000, 0.05 / 12, 12), abs=1e-9)
    assert found[:, 1] == pytest.approx([1_000 * (12 - k) / 12 for k in range(13)], abs=1e-9)
    assert found[:, 2] == pytest.approx(worked(1_000, 0.30 / 12, 12), abs=1e-9)


def test_a_rate_that_takes_all_of_it_in_a_period_is_a_straight_line_either_way() -> None:
    """-1200% a year is -100% a month: there is no annuity at such a rate, written down or given by a scenario."""
    line = [1_000 * (12 - k) / 12 for k in range(13)]
    assert series("define x = level($1_000, -1200%, payment)") == pytest.approx(line, abs=1e-9)
    body = """term rate : rate = 5%
scenario "All" { rate = -1200% }
scenario "More" { rate = -2400% }
define x = level($1_000, rate, payment)
report { x }"""
    found = deal(body).run()["x"].values
    assert found[:, 1] == pytest.approx(line, abs=1e-9)
    assert found[:, 2] == pytest.approx(line, abs=1e-9)


def test_level_factors_at_the_edges() -> None:
    """At 100% a period two payments of 4/3 repay 1: 1 * 2 - 4/3 = 2/3, and 2/3 * 2 - 4/3 = 0. No annuity at -100%."""
    halves = [Fraction(1), Fraction(1, 2), Fraction(0)]
    assert [level_factors(Fraction(rate), 2) for rate in (0, -1, -2)] == [halves] * 3
    assert level_factors(Fraction(1), 2) == pytest.approx([1, 2 / 3, 0], rel=1e-15)


@given(st.fractions(Fraction(1, 100_000), Fraction(1, 5), max_denominator=100_000), st.integers(1, 360))
def test_level_factors_are_the_exact_ones_to_40_decimals(rate: Fraction, payments: int) -> None:
    factors = level_factors(rate, payments)
    assert factors[0] == 1
    assert factors[-1] == 0
    growth = (1 + rate) ** payments
    for count in {1, payments // 2, payments}:
        exact = (growth - (1 + rate) ** count) / (growth - 1)
        assert abs(factors[count] - exact) <= Fraction(1, 10**40)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (
            "E0602",
            "schedule weeks = every 2 weeks from 2026-02-06 to 2026-12-11, unadjusted\n"
            "define x = level($100, 5%, weeks)",
        ),
        ("E0602", "define x = level($100, 5%, [2026-03-15, 2026-04-15])"),
        ("E0603", "define x = straight_line($100, payment, 2026-01-31)"),
        (
            "E0604",
            "index SOFR = ramp(from = 1%, to = 2%, over = 12 months, starting = closing)\n"
            "define x = level($100, SOFR, payment)",
        ),
    ],
)
def test_what_cannot_be_repaid_so_is_an_error(code: str, body: str) -> None:
    assert codes(body) == [code]
