"""Schedules: which dates a deal's words make, against dates by hand and QuantLib's."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
import QuantLib
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from indenture.dsl.time.calendar import (
    ScheduleProblem,
    adjust,
)
from indenture.dsl.time.daycount import CONVENTIONS
from indenture.dsl.time.schedule import restrict
from indenture.dsl.time.timeline import (
    build_timeline,
    period_fractions,
)

from .payment_dates import Date, plain, schedule

# --- schedules of the deals -----------------------------------------------------------------------


def test_a_loan_on_the_fifteenth() -> None:
    payment = schedule()
    assert len(payment) == 60
    assert payment.nominal[:3] == (Date(2026, 2, 15), Date(2026, 3, 15), Date(2026, 4, 15))
    # 15 February 2026 is a Sunday and the 16th Presidents' Day; 15 March is a Sunday.
    assert payment.dates[:3] == (Date(2026, 2, 17), Date(2026, 3, 16), Date(2026, 4, 15))
    assert payment.boundaries[:3] == (Date(2026, 1, 15), Date(2026, 2, 17), Date(2026, 3, 16))
    assert payment.last == Date(2031, 1, 15)
    unmoved = schedule(accrual_adjusted=False)
    assert unmoved.dates == payment.dates
    assert unmoved.boundaries == (Date(2026, 1, 15), *payment.nominal)


def test_the_last_day_of_each_month() -> None:
    month_ends = plain(day="last", first=Date(2027, 1, 31), last=Date(2033, 12, 31), closing=Date(2026, 12, 31))
    assert len(month_ends) == 84
    assert month_ends.dates[1] == Date(2027, 2, 28)
    assert month_ends.dates[13] == Date(2028, 2, 29)
    assert all((date + datetime.timedelta(days=1)).day == 1 for date in month_ends.dates)


def test_a_full_first_period_where_accrual_is_stated() -> None:
    """AmeriCredit 2017-1: the notes are issued on the 23rd, and accrue from the 18th."""
    stated = plain(
        day=18,
        first=Date(2017, 3, 18),
        last=Date(2024, 2, 18),
        accrual_from=Date(2017, 2, 18),
        closing=Date(2017, 2, 23),
    )
    assert len(stated) == 84
    assert set(period_fractions(stated, "30/360")) == {Fraction(1, 12)}


def test_a_schedule_that_begins_before_closing() -> None:
    collection = plain(day="last", first=Date(2017, 1, 31), last=Date(2017, 4, 30), closing=Date(2017, 2, 23))
    assert collection.boundaries[0] == Date(2016, 12, 31)
    timeline = build_timeline(Date(2017, 2, 23), [collection])
    assert timeline.closing == 1
    assert timeline.dates[0] == Date(2017, 1, 31)


def test_a_schedule_whose_first_date_is_closing_has_accrued_nothing_there() -> None:
    payment = plain(first=Date(2026, 1, 15))
    assert payment.boundaries[:2] == (Date(2026, 1, 15), Date(2026, 1, 15))
    for convention in CONVENTIONS:
        assert period_fractions(payment, convention)[0] == 0


@pytest.mark.parametrize(
    ("every", "first", "last", "count"),
    [
        ((3, "month"), Date(2026, 4, 15), Date(2036, 1, 15), 40),
        ((6, "month"), Date(2026, 4, 15), Date(2036, 4, 15), 21),
        ((1, "year"), Date(2026, 4, 15), Date(2036, 4, 15), 11),
        ((5, "month"), Date(2026, 4, 15), Date(2027, 2, 15), 3),
        ((1, "month"), Date(2026, 4, 15), Date(2026, 4, 15), 1),
    ],
)
def test_how_often(every: Any, first: Date, last: Date, count: int) -> None:
    made = plain(every=every, first=first, last=last)
    assert (len(made), made.first, made.last) == (count, first, last)


def test_weeks_and_days() -> None:
    weekly = plain(every=(2, "week"), day=None, first=Date(2026, 1, 16), last=Date(2026, 3, 13))
    assert weekly.dates == tuple(Date(2026, 1, 16) + datetime.timedelta(days=14 * k) for k in range(5))
    short = plain(every=(10, "day"), day=None, first=Date(2026, 2, 1), last=Date(2026, 2, 25), stub="short last")
    assert [date.day for date in short.dates] == [1, 11, 21, 25]
    long = plain(every=(10, "day"), day=None, first=Date(2026, 2, 1), last=Date(2026, 2, 25), stub="long last")
    assert [date.day for date in long.dates] == [1, 11, 25]
    back = plain(every=(10, "day"), day=None, first=Date(2026, 2, 1), last=Date(2026, 2, 25), stub="short first")
    assert [date.day for date in back.dates] == [1, 5, 15, 25]


def test_days_that_some_months_lack() -> None:
    thirtieth = plain(day=30, first=Date(2026, 1, 30), last=Date(2026, 4, 30))
    assert [date.day for date in thirtieth.dates] == [30, 28, 30, 30]
    quarters = plain(day=31, every=(6, "month"), first=Date(2026, 1, 31), last=Date(2027, 1, 31))
    assert [date.day for date in quarters.dates] == [31, 31, 31]


def test_stubs() -> None:
    short = plain(every=(3, "month"), first=Date(2026, 2, 1), last=Date(2026, 10, 15), stub="short first")
    assert short.dates == (Date(2026, 2, 1), Date(2026, 4, 15), Date(2026, 7, 15), Date(2026, 10, 15))
    long = plain(every=(3, "month"), first=Date(2026, 2, 1), last=Date(2026, 10, 15), stub="long first")
    assert long.dates == (Date(2026, 2, 1), Date(2026, 7, 15), Date(2026, 10, 15))
    end = plain(every=(3, "month"), first=Date(2026, 2, 15), last=Date(2026, 10, 1), stub="long last")
    assert end.dates == (Date(2026, 2, 15), Date(2026, 5, 15), Date(2026, 10, 1))


@settings(max_examples=60, deadline=None)
@given(
    st.dates(Date(2000, 1, 1), Date(2040, 12, 28)).filter(lambda date: date.day <= 28),
    st.integers(20, 3000),
    st.sampled_from([1, 2, 3, 6, 12]),
    st.sampled_from(["short first", "short last"]),
)
def test_quantlib_makes_the_same_dates(first: Date, span: int, months: int, stub: Any) -> None:
    last = first + datetime.timedelta(days=span)
    assume(last.day <= 28)
    day = last.day if stub == "short first" else first.day
    made = plain(every=(months, "month"), day=day, first=first, last=last, stub=stub, closing=first)
    rule = QuantLib.DateGeneration.Backward if stub == "short first" else QuantLib.DateGeneration.Forward
    theirs = QuantLib.Schedule(
        QuantLib.Date(first.day, first.month, first.year),
        QuantLib.Date(last.day, last.month, last.year),
        QuantLib.Period(months, QuantLib.Months),
        QuantLib.NullCalendar(),
        QuantLib.Unadjusted,
        QuantLib.Unadjusted,
        rule,
        False,
    )
    assert made.nominal == tuple(Date(d.year(), d.month(), d.dayOfMonth()) for d in theirs)


def test_a_list_of_dates_and_a_part_of_a_schedule() -> None:
    tests = plain(every=None, day=None, first=None, last=None, dates=(Date(2027, 1, 1), Date(2028, 1, 1)))
    assert tests.boundaries == (Date(2026, 1, 15), Date(2027, 1, 1), Date(2028, 1, 1))
    call = restrict(schedule(), "call", Date(2029, 8, 15), None)
    assert (call.name, call.nominal[0], call.last, len(call)) == ("call", Date(2029, 8, 15), Date(2031, 1, 15), 18)
    assert call.boundaries[0] == Date(2029, 7, 16)  # the 15th is a Sunday
    assert call.boundaries[1:] == call.dates
    assert period_fractions(call, "actual/360") == period_fractions(schedule(), "actual/360")[-18:]
    with pytest.raises(ScheduleProblem, match="payment has no date from 2032"):
        restrict(schedule(), "call", Date(2032, 1, 1), None)


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "part", "message", "help"),
    [
        ({"last": Date(2026, 1, 15)}, "last", "2026-01-15, is before the first", None),
        ({"first": Date(2026, 2, 10)}, "first", "2026-02-10, is not day 15", "start from 2026-02-15"),
        ({"last": Date(2031, 1, 20)}, "last", "2031-01-20, is not day 15", "end at 2031-01-15 or 2031-02-15"),
        ({"every": (3, "month")}, "last", "counting 3 months at a time", "2030-11-15 or 2031-02-15"),
        ({"day": "last"}, "first", "is not the last day", "start from 2026-02-28"),
        ({"day": 32}, "day", "no month has a day 32", "1 to 31"),
        ({"day": 31, "first": Date(2026, 3, 31), "last": Date(2027, 3, 31)}, "day", "April 2026 has no day 31", "last"),
        (
            {"day": None, "first": Date(2026, 4, 30), "last": Date(2027, 4, 30)},
            "day",
            "could be day 30 or the last day",
            "on day 30",
        ),
        ({"every": (1, "week")}, "day", "no fixed day", "leave the day out"),
        ({"every": (0, "month")}, "every", "not a step forward", None),
        ({"every": (1, "day"), "day": None, "last": Date(2056, 1, 1)}, "every", "at most 5,000", None),
        ({"every": (1, "week"), "day": None}, "last", "not a multiple of 7", "short last"),
        ({"first": Date(1900, 12, 15)}, "first", "outside the years 1901 to 2199", None),
        ({"last": Date(2200, 1, 15)}, "last", "outside the years 1901 to 2199", None),
        ({"calendars": ()}, "adjustment", "needs a calendar", "US settlement"),
        ({"adjustment": "unadjusted"}, "calendars", "`unadjusted`", "say `following`"),
        ({"calendars": ("US setlement",)}, "calendars", 'no calendar "US setlement"', 'mean "US settlement"'),
        ({"calendars": ("zzzzqqqq",)}, "calendars", "no calendar", "the calendars are none, weekends only"),
        ({"accrual_from": Date(2026, 2, 17)}, "accrual_from", "not before the end of the first period", None),
        ({"stub": "short first", "closing": Date(2025, 12, 1)}, "stub", "is long", "say `long first`"),
        ({"stub": "long first", "closing": Date(2026, 2, 1)}, "stub", "is short", "say `short first`"),
        (
            {"every": (1, "day"), "day": None, "last": Date(2026, 3, 1)},
            "adjustment",
            "2026-02-15 and 2026-02-16 are both moved to 2026-02-17",
            "further apart",
        ),
        ({"dates": (), "every": None}, "dates", "empty", None),
        ({"dates": (Date(2027, 1, 1), Date(2027, 1, 1))}, "dates", "2027-01-01 stands twice", None),
        ({"dates": (Date(2028, 1, 1), Date(2027, 1, 1))}, "dates", "2027-01-01 stands after 2028-01-01", None),
        (
            {"every": (6, "month"), "stub": "long first", "first": Date(2030, 12, 1)},
            "stub",
            "no room",
            "short first",
        ),
    ],
)
def test_mistakes_are_said_in_words(changes: dict[str, Any], part: str, message: str, help: str | None) -> None:
    with pytest.raises(ScheduleProblem) as caught:
        schedule(**changes)
    assert message in caught.value.message
    assert caught.value.part == part
    assert (help or "") in (caught.value.help or "")


def test_the_adjusted_accrual_of_unadjusted_dates_is_a_contradiction() -> None:
    with pytest.raises(ScheduleProblem, match="accrual is `adjusted`"):
        plain(accrual_adjusted=True)


def test_the_last_business_day_that_there_is() -> None:
    with pytest.raises(ScheduleProblem, match="outside the years 1901 to 2199"):
        # 30 and 31 December 2199 are a Monday and a Tuesday; the 28th and 29th a weekend
        adjust([Date(2200, 1, 1)], "following", ["US settlement"])
    with pytest.raises(ScheduleProblem, match="outside"):
        adjust([Date(1901, 1, 1)], "preceding", ["US settlement"])
