"""Reductions over dates of a few figures, below zero among them, worked by hand: extremes, averages, sums, counts."""

from __future__ import annotations

import pytest

from .deals import CASH, figures

REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
# Four payment dates; by their number 1, 2, 3, 4.
BELOW = "define x = $0 - $10 * number of payment dates to date - $1\n"  # -11, -21, -31, -41
ACROSS = "define x = $25 - $10 * number of payment dates to date\n"  # 15, 5, -5, -15


def asked(series: str, *measures: str) -> list[float | None]:
    report = "report { " + ", ".join(f'"{at}" = {measure}' for at, measure in enumerate(measures)) + " }\n"
    found = figures(CASH + series + REST + report)
    return [found[str(at)] for at in range(len(measures))]


@pytest.mark.parametrize(
    ("series", "lowest", "highest", "average", "total"),
    [(BELOW, -41, -11, -26, -104), (ACROSS, -15, 15, 0, 0)],
)
def test_extremes_averages_and_sums_of_what_is_below_zero(
    series: str, lowest: float, highest: float, average: float, total: float
) -> None:
    measures = ("lowest(x on payment)", "highest(x on payment)", "average(x on payment)", "total(x on payment)")
    assert asked(series, *measures) == [lowest, highest, average, total]


@pytest.mark.parametrize(
    ("condition", "times"), [("x < $0", 2), ("x <= $5", 3), ("x < $5", 2), ("x > $15", 0), ("x >= $15", 1)]
)
def test_how_often_a_condition_holds(condition: str, times: int) -> None:
    assert asked(ACROSS + f"trigger met on payment when {condition}\n", "count(met on payment)") == [times]


def test_a_value_on_one_date() -> None:
    measures = [f"x on {date}" for date in ("2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15")]
    assert asked(BELOW, *measures) == [-11, -21, -31, -41]
