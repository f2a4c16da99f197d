"""The issuer's capital spending against a few lines of arithmetic written by hand, scenario by scenario."""

from __future__ import annotations

import datetime
from pathlib import Path

import indenture
import pytest
from indenture.engine.results import Results

OPERATING = [18.673, 20.821, 23, 31, 43, 58, 75]
LATE = [18.673, 20.821, 20.821, 23, 31, 43, 58]
SPENDING = [6.866, 21.215, 50, 65, 65, 55, 50]
HIGHER = [*SPENDING[:2], *(1.25 * one for one in SPENDING[2:])]
RETURNED = [5.6, 5.3, *[5.7] * 5]
SCENARIOS = {
    "base": (OPERATING, SPENDING, 0.055),
    "Revenue a year late": (LATE, SPENDING, 0.055),
    "Spending a quarter higher": (OPERATING, HIGHER, 0.055),
    "Spread and rates up 300bp": (OPERATING, SPENDING, 0.085),
    "All three": (LATE, HIGHER, 0.085),
}
YEARS = range(2024, 2031)


@pytest.fixture(scope="module")
def result(examples: Path) -> Results:
    deal = indenture.load(examples / "issuer_capex.deal")
    assert deal.diagnostics == ()
    return deal.run()


def on_years(result: Results, name: str, scenario: str) -> list[float]:
    column = list(result.scenarios).index(scenario)
    values = result[name].values
    column = column if values.shape[1] > 1 else 0
    return [float(values[result.dates.index(datetime.date(year, 5, 31)), column]) / 1e9 for year in YEARS]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_borrowed_owed_and_held(result: Results, scenario: str) -> None:
    operating, spending, rate = SCENARIOS[scenario]
    cash, debt = 10.2, 0.0
    borrowed, owed, held = [], [], []
    for earned, spent, paid_out in zip(operating, spending, RETURNED, strict=True):
        cash += earned - spent - paid_out - debt * rate * 0.8
        need = max(10 - cash, 0)
        repaid = min(max(cash - 10, 0), debt)
        cash, debt = cash + need - repaid, debt + need - repaid
        borrowed.append(need)
        owed.append(debt)
        held.append(cash)
    assert on_years(result, "Borrowing", scenario) == pytest.approx(borrowed, abs=1e-9)
    assert on_years(result, "Debt", scenario) == pytest.approx(owed, abs=1e-9)
    assert on_years(result, "Cash", scenario) == pytest.approx(held, abs=1e-9)


def booked(spending: list[float], life: int) -> list[float]:
    """Each year's spending by half-years: one in its own year, two in the next ones, until the life is used up."""
    halves = [0.0] * len(spending)
    for year, cost in enumerate(spending):
        left = 2 * life
        for later in range(year, len(spending)):
            used = min(1 if later == year else 2, left)
            halves[later] += cost * used / (2 * life)
            left -= used
    return halves


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_depreciation_under_each_life_and_the_difference(result: Results, scenario: str) -> None:
    spending = SCENARIOS[scenario][1]
    for life in (3, 4, 5, 6):
        assert on_years(result, f"Depreciation over {life} years", scenario) == pytest.approx(
            booked(spending, life), abs=1e-9
        )
    for short, long in ((3, 4), (4, 5), (4, 6), (5, 6)):
        less = [a - b for a, b in zip(booked(spending, short), booked(spending, long), strict=True)]
        assert on_years(result, f"Less booked, {short} to {long} years", scenario) == pytest.approx(less, abs=1e-9)
    column = list(result.scenarios).index(scenario)
    for life in (3, 4, 5, 6):
        figure = result[f"Depreciation in all, {life} years"].values
        assert figure[column if len(figure) > 1 else 0] / 1e9 == pytest.approx(sum(booked(spending, life)), abs=1e-9)


def test_every_check_of_the_deal_holds(result: Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []
    assert len(result.checks) == 8
