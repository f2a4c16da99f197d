"""`days within a to b`: the days of the reader's period between two dates, by accrual boundaries."""

from __future__ import annotations

import datetime
from itertools import pairwise

import indenture
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DEAL = """
deal "Days" {{ language = 1; currency = USD; closing = 2026-01-05; issuer = Company }}
party Company, Customer, Owner
schedule payment = monthly on day 20 from 2026-02-20 to 2027-02-20, modified following, calendar "US settlement"{boundaries}
{more}
account bank
claim daily from Customer on payment = (days within {start} to {end}) / 1 day * $1   lapses
receive daily into bank
waterfall main from bank on payment {{ "Rest" pay rest to Owner }}
"""
CLOSING = datetime.date(2026, 1, 5)
NOMINAL = [datetime.date(2026, month, 20) for month in range(2, 13)] + [
    datetime.date(2027, month, 20) for month in (1, 2)
]


def days(start: str, end: str, boundaries: str = "", more: str = "") -> list[float]:
    """What each payment date counted."""
    result = indenture.compile(DEAL.format(start=start, end=end, boundaries=boundaries, more=more)).run(
        keep=["daily.paid"]
    )
    ends = {date for date in result.dates if date > CLOSING and 20 <= date.day <= 22}
    return [
        value
        for date, value in zip(result.dates, result["daily.paid"].values[:, 0].tolist(), strict=True)
        if date in ends
    ]


def overlaps(bounds: list[datetime.date], start: datetime.date, end: datetime.date) -> list[int]:
    return [max((min(end, after) - max(start, before)).days, 0) for before, after in pairwise(bounds)]


def test_a_payment_that_is_moved_does_not_move_its_period() -> None:
    # 20 June 2026 is a Saturday and 20 December a Sunday: they are paid on the Monday, for the days to the 20th.
    assert days("closing", "never") == overlaps([CLOSING, *NOMINAL], CLOSING, datetime.date(2199, 1, 1))
    assert sum(days("closing", "never")) == (NOMINAL[-1] - CLOSING).days


def test_a_period_whose_boundaries_move_has_their_days() -> None:
    moved = days("closing", "never", ", accrual adjusted")
    assert moved[4:6] == [33, 28]  # 20 May to 22 June, and to 20 July
    assert sum(moved) == (datetime.date(2027, 2, 22) - CLOSING).days


def test_an_event_ends_the_count_on_its_day() -> None:
    assert days("closing", "2026-06-30") == overlaps([CLOSING, *NOMINAL], CLOSING, datetime.date(2026, 6, 30))


@settings(max_examples=15)
@given(
    st.dates(datetime.date(2025, 12, 1), datetime.date(2027, 4, 1)),
    st.integers(0, 500),
    st.sampled_from(
        ["", "schedule other = monthly on day 7 from 2026-02-07 to 2027-01-07, unadjusted\nflow x on other = $1"]
    ),
)
def test_any_two_dates_clip_the_periods(start: datetime.date, length: int, more: str) -> None:
    """On whatever dates the deal's other schedules fall."""
    end = start + datetime.timedelta(length)
    assert days(start.isoformat(), end.isoformat(), more=more) == pytest.approx(
        overlaps([CLOSING, *NOMINAL], start, end)
    )
