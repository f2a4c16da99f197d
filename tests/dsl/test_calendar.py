"""Schedules, business days and the timeline."""

from __future__ import annotations

import datetime
import subprocess
import sys
from fractions import Fraction
from typing import Any

import attrs
import pytest
import QuantLib
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from indenture.dsl.time.calendar import (
    CALENDARS,
    ScheduleProblem,
    add_days,
    add_months,
    adjust,
    calendar_name,
    is_business_day,
    months_between,
)
from indenture.dsl.time.daycount import CONVENTIONS, year_fraction
from indenture.dsl.time.schedule import Schedule, ScheduleSpec, build_schedule, restrict
from indenture.dsl.time.timeline import (
    build_timeline,
    counts_to_date,
    date_count,
    next_position,
    on_mask,
    period_fractions,
    piece_fractions,
    positions,
    previous_position,
    schedule_index,
    window_counts,
)

Date = datetime.date

# monthly on day 15 from 2026-02-15 to 2031-01-15, following, calendar "US settlement"
PAYMENT = ScheduleSpec(
    name="payment",
    every=(1, "month"),
    day=15,
    first=Date(2026, 2, 15),
    last=Date(2031, 1, 15),
    adjustment="following",
    calendars=("US settlement",),
    accrual_adjusted=True,
    accrual_from=None,
    closing=Date(2026, 1, 15),
    stub=None,
)
PLAIN: dict[str, Any] = {"adjustment": "unadjusted", "calendars": (), "accrual_adjusted": False}


def schedule(**changes: Any) -> Schedule:
    return build_schedule(attrs.evolve(PAYMENT, **changes))


def plain(**changes: Any) -> Schedule:
    return build_schedule(attrs.evolve(PAYMENT, **(PLAIN | changes)))


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


# --- business days --------------------------------------------------------------------------------


def test_published_holidays() -> None:
    # Federal Reserve and SIFMA: Columbus Day closes banks and bonds but not the stock exchange.
    columbus = Date(2026, 10, 12)
    assert not is_business_day(columbus, ["US settlement"])
    assert not is_business_day(columbus, ["US government bond"])
    assert is_business_day(columbus, ["NYSE"])
    good_friday = Date(2026, 4, 3)
    assert is_business_day(good_friday, ["US settlement"])
    assert not is_business_day(good_friday, ["NYSE"])
    assert not is_business_day(good_friday, ["TARGET"])
    assert not is_business_day(good_friday, ["US settlement", "TARGET"])  # both must be open
    assert is_business_day(Date(2026, 12, 25), ["weekends only"])
    assert is_business_day(Date(2026, 12, 26), ["none"])


def test_rules_at_a_month_end() -> None:
    saturday = [Date(2026, 1, 31)]
    assert adjust(saturday, "following", ["US settlement"]) == (Date(2026, 2, 2),)
    assert adjust(saturday, "modified following", ["US settlement"]) == (Date(2026, 1, 30),)
    assert adjust(saturday, "preceding", ["US settlement"]) == (Date(2026, 1, 30),)
    sunday = [Date(2026, 2, 1)]
    assert adjust(sunday, "preceding", ["US settlement"]) == (Date(2026, 1, 30),)
    assert adjust(sunday, "modified preceding", ["US settlement"]) == (Date(2026, 2, 2),)
    assert adjust(sunday, "unadjusted", []) == (Date(2026, 2, 1),)


@pytest.mark.parametrize("name", CALENDARS)
def test_every_calendar_opens(name: str) -> None:
    assert calendar_name(f"  {name.upper().replace(' ', '  ')} ") == name
    open_days = sum(is_business_day(Date(2024, 3, day), [name]) for day in range(1, 32))
    assert open_days == 31 if name == "none" else 14 <= open_days <= 23


def test_an_unadjusted_schedule_does_not_load_quantlib() -> None:
    program = (
        "import sys, datetime; from indenture.dsl.time.schedule import ScheduleSpec, build_schedule\n"
        "D = datetime.date\n"
        "build_schedule(ScheduleSpec(name='p', every=(1, 'month'), day=15, first=D(2026, 2, 15), last=D(2031, 1, 15),"
        " adjustment='unadjusted', calendars=(), accrual_adjusted=False, accrual_from=None, closing=D(2026, 1, 15),"
        " stub=None)); sys.exit('QuantLib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- months ---------------------------------------------------------------------------------------


def test_months() -> None:
    assert add_months(Date(2026, 1, 31), 1) == Date(2026, 2, 28)
    assert add_months(Date(2024, 3, 31), -1) == Date(2024, 2, 29)
    assert add_months(Date(2026, 11, 15), 14) == Date(2028, 1, 15)
    assert months_between(Date(2026, 1, 31), Date(2026, 2, 28)) == 1
    assert months_between(Date(2026, 1, 15), Date(2031, 1, 14)) == 59
    assert months_between(Date(2031, 1, 14), Date(2026, 1, 15)) == -59
    for wrong in (lambda: add_months(Date(2199, 12, 1), 1), lambda: add_days(Date(1901, 1, 1), -1)):
        with pytest.raises(ScheduleProblem, match="1901 to 2199"):
            wrong()


@settings(max_examples=100, deadline=None)
@given(st.dates(Date(1950, 1, 1), Date(2150, 1, 1)), st.integers(-500, 500))
def test_months_agree_with_quantlib_and_come_back(date: Date, months: int) -> None:
    later = add_months(date, months)
    theirs = QuantLib.Date(date.day, date.month, date.year) + QuantLib.Period(months, QuantLib.Months)
    assert later == Date(theirs.year(), theirs.month(), theirs.dayOfMonth())
    if months >= 0:
        assert months_between(date, later) == months
        assert add_months(date, months_between(date, later)) <= later


# --- the timeline ---------------------------------------------------------------------------------


def test_where_a_schedule_stands() -> None:
    payment = plain(last=Date(2026, 5, 15))
    tests = plain(name="tests", every=None, dates=(Date(2026, 3, 15), Date(2026, 4, 1)))
    timeline = build_timeline(Date(2026, 1, 15), [payment, tests], [Date(2026, 6, 1)])
    # 0 closing, 1 Feb 15, 2 Mar 15, 3 Apr 1, 4 Apr 15, 5 May 15, 6 Jun 1
    assert len(timeline) == 7
    assert positions(payment, timeline) == (1, 2, 4, 5)
    assert on_mask(tests, timeline) == (False, False, True, True, False, False, False)
    assert previous_position(payment, timeline) == (None, None, 1, 2, 2, 4, 5)
    assert previous_position(payment, timeline, inclusive=True) == (None, 1, 2, 2, 4, 5, 5)
    assert next_position(payment, timeline) == (1, 2, 4, 4, 5, None, None)
    assert next_position(payment, timeline, inclusive=True) == (1, 1, 2, 4, 4, 5, None)
    assert schedule_index(payment, timeline) == (0, 0, 1, 2, 2, 3, None)
    assert counts_to_date(payment, timeline.dates) == (0, 1, 2, 2, 3, 4, 4)
    assert timeline.on_or_after(Date(2026, 3, 16)) == 3
    assert timeline.on_or_after(Date(2026, 6, 2)) is None
    assert timeline.on_or_before(Date(2026, 3, 16)) == 2
    assert timeline.on_or_before(Date(2026, 1, 14)) is None
    assert timeline.position(Date(2026, 4, 1)) == 3


def test_a_deal_has_at_most_five_thousand_dates() -> None:
    days = [
        plain(
            name=f"s{k}", every=(3, "day"), day=None, first=Date(2030, 1, k), last=Date(2060, 1, 1), stub="short last"
        )
        for k in (1, 2)
    ]
    with pytest.raises(ScheduleProblem, match="at most 5,000"):
        build_timeline(Date(2026, 1, 15), days)


def test_counts_of_dates() -> None:
    payment = plain(last=Date(2026, 5, 15))
    assert date_count(payment) == 4
    assert date_count(payment, after=Date(2026, 2, 15), to=Date(2026, 4, 15)) == 2
    assert date_count(payment, start=Date(2026, 2, 15), before=Date(2026, 4, 15)) == 2
    assert date_count(payment, after=Date(2026, 5, 15)) == 0
    assert date_count(payment, after=Date(2026, 5, 1), to=Date(2026, 3, 1)) == 0


def test_windows_count_nominal_dates() -> None:
    month_ends = plain(day="last", first=Date(2027, 1, 31), last=Date(2033, 12, 31), closing=Date(2027, 1, 10))
    assert window_counts(month_ends, months=3) == (None, None, *([3] * 82))
    assert window_counts(month_ends, months=6, ahead=True) == (*([6] * 78), *([None] * 6))
    assert window_counts(month_ends, months=6, ahead=True, partial=True)[-7:] == (6, 5, 4, 3, 2, 1, 0)
    assert window_counts(month_ends, months=3, partial=True)[:4] == (1, 2, 3, 3)
    adjusted = schedule()
    assert set(window_counts(adjusted, months=12)[11:]) == {12}
    quarters = plain(every=(3, "month"), first=Date(2026, 4, 15), last=Date(2028, 4, 15))
    assert window_counts(quarters, months=12)[:4] == (None, None, None, 4)
    assert window_counts(quarters, months=2)[:2] == (1, 1)
    weekly = plain(every=(1, "week"), day=None, first=Date(2026, 1, 16), last=Date(2026, 3, 13))
    assert window_counts(weekly, days=28)[:5] == (None, None, None, 4, 4)
    assert window_counts(weekly, days=14, ahead=True)[-3:] == (2, None, None)
    assert window_counts(plain(last=Date(2199, 12, 15), first=Date(2199, 11, 15)), months=1, ahead=True) == (1, None)
    for wrong in ({}, {"months": 1, "days": 1}, {"months": -1}):
        with pytest.raises(ScheduleProblem, match="window"):
            window_counts(weekly, **wrong)


# --- accrual --------------------------------------------------------------------------------------


def own_count(start: Date, end: Date) -> Fraction:
    """A deal's own: days over 364."""
    return Fraction((end - start).days, 364)


shapes = st.sampled_from(
    [
        {},
        {"adjustment": "modified following"},
        {"adjustment": "preceding", "accrual_adjusted": False},
        {"accrual_adjusted": False},
        {"every": (3, "month"), "first": Date(2026, 4, 15), "accrual_adjusted": False},
        {"closing": Date(2025, 11, 20)},
        {"day": "last", "first": Date(2026, 1, 31), "last": Date(2028, 2, 29), "accrual_adjusted": False},
        {"day": 30, "first": Date(2026, 1, 30), "last": Date(2028, 2, 29), **PLAIN},
        {"every": (3, "month"), "first": Date(2026, 2, 1), "last": Date(2028, 1, 15), "stub": "long first", **PLAIN},
        {"every": (3, "month"), "last": Date(2028, 2, 29), "stub": "long last"},
        {"first": Date(2025, 11, 15), "closing": Date(2026, 1, 15)},
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    shapes,
    st.sampled_from([*CONVENTIONS, own_count]),
    st.lists(st.dates(Date(2025, 10, 1), Date(2031, 3, 1)), max_size=12),
)
def test_pieces_add_up_whatever_other_dates_there_are(shape: dict[str, Any], counting: Any, extra: list[Date]) -> None:
    payment = schedule(**shape)
    whole = period_fractions(payment, counting)
    closing = Date(2026, 1, 15)
    for timeline in (build_timeline(closing, [payment]), build_timeline(closing, [payment], extra)):
        pieces = piece_fractions(payment, counting, timeline)
        assert len(pieces) == len(timeline)
        assert all(piece >= 0 for piece in pieces)
        sums = [Fraction(0)] * len(payment)
        for piece, index in zip(pieces, schedule_index(payment, timeline), strict=True):
            if index is None:
                assert piece == 0
            else:
                sums[index] += piece
        assert tuple(sums) == whole


@settings(max_examples=40, deadline=None)
@given(
    shapes,
    st.dictionaries(st.dates(Date(2026, 1, 16), Date(2028, 1, 10)), st.integers(-5, 5), max_size=6),
)
def test_a_balance_that_changes_accrues_day_by_day(shape: dict[str, Any], moves: dict[Date, int]) -> None:
    """Against a ledger of days, with accrual boundaries that are also the payment dates."""
    payment = schedule(**shape | {"accrual_adjusted": True, "adjustment": "following", "calendars": ("US settlement",)})
    timeline = build_timeline(Date(2026, 1, 15), [payment], moves)
    pieces = piece_fractions(payment, "actual/365", timeline)
    balance, accrued = 100, Fraction(0)
    for date, piece in zip(timeline.dates, pieces, strict=True):
        accrued += balance * piece
        balance += moves.get(date, 0)
    days = (payment.boundaries[-1] - payment.boundaries[0]).days
    ledger, held = 0, 100
    for number in range(days):
        day = payment.boundaries[0] + datetime.timedelta(days=number)
        held += moves.get(day, 0)
        ledger += held
    # A change before accrual begins is in the balance from its start.
    early = sum(move for day, move in moves.items() if day < payment.boundaries[0])
    assert accrued == Fraction(ledger + early * days, 365)


def test_a_payment_moved_past_its_boundary_counts_from_the_boundary() -> None:
    payment = schedule(accrual_adjusted=False)
    # The first boundary is 15 February, its payment the 17th; the 16th lies between them.
    timeline = build_timeline(Date(2026, 1, 15), [payment], [Date(2026, 2, 1), Date(2026, 2, 16), Date(2026, 2, 20)])
    pieces = piece_fractions(payment, "actual/360", timeline)
    assert timeline.dates[:6] == tuple(
        Date(2026, month, day) for month, day in [(1, 15), (2, 1), (2, 16), (2, 17), (2, 20), (3, 16)]
    )
    assert [piece * 360 for piece in pieces[:6]] == [0, 17, 14, 0, 5, 23]


def test_icma_counts_a_regular_period_as_equal_however_business_days_move_it() -> None:
    assert set(period_fractions(schedule(), "actual/actual ICMA")) == {Fraction(1, 12)}
    assert set(period_fractions(schedule(accrual_adjusted=False), "actual/actual ICMA")) == {Fraction(1, 12)}


def test_a_stub_of_an_icma_count_reads_its_notional_period() -> None:
    """The long first example of ISDA's memorandum of 1998, as a schedule."""
    bond = plain(
        every=(6, "month"),
        first=Date(2003, 7, 15),
        last=Date(2004, 1, 15),
        closing=Date(2002, 8, 15),
    )
    long = Fraction(181, 181 * 2) + Fraction(153, 184 * 2)
    assert period_fractions(bond, "actual/actual ICMA") == (long, Fraction(1, 2))
    final = plain(
        every=(6, "month"),
        day=30,
        first=Date(2000, 1, 30),
        last=Date(2000, 6, 30),
        closing=Date(1999, 7, 30),
        stub="short last",
    )
    assert period_fractions(final, "actual/actual ICMA") == (Fraction(1, 2), Fraction(152, 182 * 2))
    weekly = plain(every=(1, "week"), day=None, first=Date(2026, 1, 16), last=Date(2026, 3, 13))
    with pytest.raises(ScheduleProblem, match="payment has none"):
        period_fractions(weekly, "actual/actual ICMA")


def test_the_termination_date_of_30e_360_isda() -> None:
    ends = plain(
        day="last", first=Date(2026, 8, 31), last=Date(2027, 2, 28), every=(6, "month"), closing=Date(2026, 2, 28)
    )
    assert period_fractions(ends, "30E/360 ISDA") == (Fraction(180, 360), Fraction(178, 360))
    later = period_fractions(ends, "30E/360 ISDA", termination=Date(2030, 2, 28))
    assert later == (Fraction(1, 2), Fraction(1, 2))
    assert year_fraction("30E/360 ISDA", Date(2026, 8, 31), Date(2027, 2, 28)) == Fraction(1, 2)
