"""Day counts against the published examples, QuantLib, and the algebra they must keep."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal

import pytest
import QuantLib
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.time.calendar import ScheduleProblem
from indenture.dsl.time.daycount import CONVENTIONS, Convention, whole_months, year_fraction
from indenture.dsl.time.schedule import ScheduleSpec, Stub, build_schedule
from indenture.dsl.time.timeline import build_timeline, period_fractions, piece_fractions

Date = D = datetime.date
dates = st.dates(Date(1901, 1, 1), Date(2199, 12, 31))
near_month_ends = st.builds(
    lambda date, shift: Date.fromordinal(date.replace(day=1).toordinal() + shift),
    st.dates(Date(1995, 1, 1), Date(2035, 12, 31)),
    st.integers(-3, 1),
)


def quantlib_date(date: Date) -> QuantLib.Date:
    return QuantLib.Date(date.day, date.month, date.year)


# ISDA, "EMU and market conventions: recent developments" (BS:9951.1, 1998): the Actual/Actual examples.
# start, end, ISDA, (regular period, frequency), ISMA
MEMORANDUM = [
    (D(2003, 11, 1), D(2004, 5, 1), "0.497724380567", (D(2003, 11, 1), D(2004, 5, 1), 2), "0.5"),
    (D(1999, 2, 1), D(1999, 7, 1), "0.410958904110", (D(1998, 7, 1), D(1999, 7, 1), 1), "0.410958904110"),
    (D(1999, 7, 1), D(2000, 7, 1), "1.0013773486", (D(1999, 7, 1), D(2000, 7, 1), 1), "1"),
    (D(2002, 8, 15), D(2003, 7, 15), "0.915068493151", (D(2003, 1, 15), D(2003, 7, 15), 2), "0.915760869565"),
    (D(2003, 7, 15), D(2004, 1, 15), "0.504004790778", (D(2003, 7, 15), D(2004, 1, 15), 2), "0.5"),
    (D(1999, 7, 30), D(2000, 1, 30), "0.503892506924", (D(1999, 7, 30), D(2000, 1, 30), 2), "0.5"),
    (D(2000, 1, 30), D(2000, 6, 30), "0.415300546448", (D(2000, 1, 30), D(2000, 7, 30), 2), "0.417582417582"),
    (D(1999, 11, 30), D(2000, 4, 30), "0.415540085336", (D(1999, 11, 30), D(2000, 2, 29), 4), "0.415760869565"),
]


@pytest.mark.parametrize(("start", "end", "isda", "period", "isma"), MEMORANDUM)
def test_the_memorandum_of_1998(start: Date, end: Date, isda: str, period: tuple[Date, Date, int], isma: str) -> None:
    assert abs(year_fraction("actual/actual ISDA", start, end) - Fraction(isda)) < Fraction(1, 10**11)
    opens, closes, frequency = period
    stated = year_fraction("actual/actual ICMA", start, end, period_start=opens, period_end=closes, frequency=frequency)
    assert abs(stated - Fraction(isma)) < Fraction(1, 10**11)
    derived = year_fraction("actual/actual ICMA", start, end, period_start=opens, period_end=closes)
    assert derived == stated


def test_the_memorandum_fractions_are_exact() -> None:
    assert year_fraction("actual/actual ISDA", Date(2003, 11, 1), Date(2004, 5, 1)) == Fraction(61, 365) + Fraction(
        121, 366
    )
    assert year_fraction(
        "actual/actual ICMA",
        Date(1999, 11, 30),
        Date(2000, 4, 30),
        period_start=Date(1999, 11, 30),
        period_end=Date(2000, 2, 29),
    ) == Fraction(91, 91 * 4) + Fraction(61, 92 * 4)


# The memorandum's stubs as a deal states them: closing, the first and last coupon date, months, day, and the fractions.
STUBS = [
    ("short first", D(1999, 2, 1), D(1999, 7, 1), D(2000, 7, 1), 12, 1, ("0.410958904110", "1")),
    ("long first", D(2002, 8, 15), D(2003, 7, 15), D(2004, 1, 15), 6, 15, ("0.915760869565", "0.5")),
    ("short last", D(1999, 7, 30), D(2000, 1, 30), D(2000, 6, 30), 6, 30, ("0.5", "0.417582417582")),
    ("long last", D(1999, 8, 31), D(1999, 11, 30), D(2000, 4, 30), 3, "last", ("0.25", "0.415760869565")),
]


@pytest.mark.parametrize(("stub", "closing", "first", "last", "months", "day", "fractions"), STUBS)
def test_the_memorandum_stubs_by_way_of_a_schedule(
    stub: Stub,
    closing: Date,
    first: Date,
    last: Date,
    months: int,
    day: int | Literal["last"],
    fractions: tuple[str, ...],
) -> None:
    """The regular period beside a stub is the schedule's own to find; pieces of a stub add up to it exactly."""
    schedule = build_schedule(
        ScheduleSpec(
            name="coupon",
            every=(months, "month"),
            day=day,
            first=first,
            last=last,
            adjustment="unadjusted",
            calendars=(),
            accrual_adjusted=False,
            accrual_from=None,
            closing=closing,
            stub=stub,
        )
    )
    wholes = period_fractions(schedule, "actual/actual ICMA")
    assert [abs(whole - Fraction(one)) < Fraction(1, 10**11) for whole, one in zip(wholes, fractions, strict=True)] == [
        True,
        True,
    ]
    inside = [closing + datetime.timedelta(days=days) for days in range(7, (last - closing).days, 23)]
    timeline = build_timeline(closing, [schedule], inside)
    assert sum(piece_fractions(schedule, "actual/actual ICMA", timeline)) == sum(wholes)


# Days in a 360-day year: ISDA's "30/360 Day Count Conventions" workbook (2006 Definitions, 4.16 (f), (g) and (h)), its
# three examples whole. Start, end, 30/360, 30E/360, 30E/360 ISDA; the last by the termination date of its example.
TWENTIETHS = [
    (D(2006, 8, 20), D(2007, 2, 20)),
    (D(2007, 2, 20), D(2007, 8, 20)),
    (D(2007, 8, 20), D(2008, 2, 20)),
    (D(2008, 2, 20), D(2008, 8, 20)),
    (D(2008, 8, 20), D(2009, 2, 20)),
    (D(2009, 2, 20), D(2009, 8, 20)),
]
MONTH_ENDS = [
    (D(2006, 2, 28), D(2006, 8, 31), 183, 182, 180),
    (D(2006, 8, 31), D(2007, 2, 28), 178, 178, 180),
    (D(2007, 2, 28), D(2007, 8, 31), 183, 182, 180),
    (D(2007, 8, 31), D(2008, 2, 29), 179, 179, 180),
    (D(2008, 2, 29), D(2008, 8, 31), 182, 181, 180),
    (D(2008, 8, 31), D(2009, 2, 28), 178, 178, 180),
    (D(2009, 2, 28), D(2009, 8, 31), 183, 182, 180),
    (D(2009, 8, 31), D(2010, 2, 28), 178, 178, 180),
    (D(2010, 2, 28), D(2010, 8, 31), 183, 182, 180),
    (D(2010, 8, 31), D(2011, 2, 28), 178, 178, 180),
    (D(2011, 2, 28), D(2011, 8, 31), 183, 182, 180),
    (D(2011, 8, 31), D(2012, 2, 29), 179, 179, 179),
]
MISCELLANEOUS = [
    (D(2006, 1, 31), D(2006, 2, 28), 28, 28, 30),
    (D(2006, 1, 30), D(2006, 2, 28), 28, 28, 30),
    (D(2006, 2, 28), D(2006, 3, 3), 5, 5, 3),
    (D(2006, 2, 14), D(2006, 2, 28), 14, 14, 16),
    (D(2006, 9, 30), D(2006, 10, 31), 30, 30, 30),
    (D(2006, 10, 31), D(2006, 11, 28), 28, 28, 28),
    (D(2007, 8, 31), D(2008, 2, 28), 178, 178, 178),
    (D(2008, 2, 28), D(2008, 8, 28), 180, 180, 180),
    (D(2008, 2, 28), D(2008, 8, 30), 182, 182, 182),
    (D(2008, 2, 28), D(2008, 8, 31), 183, 182, 182),
    (D(2007, 2, 26), D(2008, 2, 28), 362, 362, 362),
    (D(2007, 2, 26), D(2008, 2, 29), 363, 363, 363),
    (D(2007, 2, 28), D(2008, 2, 28), 360, 360, 358),
    (D(2007, 2, 28), D(2008, 2, 29), 361, 361, 359),
    (D(2008, 2, 29), D(2009, 2, 28), 359, 359, 360),
    (D(2008, 2, 29), D(2008, 3, 30), 31, 31, 30),
    (D(2008, 2, 28), D(2008, 3, 30), 32, 32, 32),
    (D(2008, 2, 29), D(2008, 3, 31), 32, 31, 30),
    (D(2008, 2, 28), D(2008, 3, 31), 33, 32, 32),
]
THIRTY = [
    *((*pair, 180, 180, 180, D(2009, 8, 20)) for pair in TWENTIETHS),
    *((*case, D(2012, 2, 29)) for case in MONTH_ENDS),
    *((*case, D(2008, 2, 29)) for case in MISCELLANEOUS),
]


@pytest.mark.parametrize(("start", "end", "bond", "eurobond", "isda", "termination"), THIRTY)
def test_the_examples_of_30_360(start: Date, end: Date, bond: int, eurobond: int, isda: int, termination: Date) -> None:
    assert year_fraction("30/360", start, end) == Fraction(bond, 360)
    assert year_fraction("30E/360", start, end) == Fraction(eurobond, 360)
    assert year_fraction("30E/360 ISDA", start, end, termination=termination) == Fraction(isda, 360)
    theirs = QuantLib.Thirty360(QuantLib.Thirty360.ISDA, quantlib_date(termination))
    assert theirs.dayCount(quantlib_date(start), quantlib_date(end)) == isda


@pytest.mark.parametrize(
    ("start", "end", "thirty", "expected"),
    [
        # ISDA 4.16 (b), (d), (e) worked on one period, 15 November 2003 to 15 May 2004: 47 days before the year's end.
        (
            D(2003, 11, 15),
            D(2004, 5, 15),
            180,
            (Fraction(47, 365) + Fraction(135, 366), Fraction(182, 365), Fraction(182, 360)),
        ),
        # A whole leap year, and the day of the leap itself.
        (D(2004, 1, 1), D(2005, 1, 1), 360, (Fraction(1), Fraction(366, 365), Fraction(366, 360))),
        (D(2004, 2, 28), D(2004, 2, 29), 1, (Fraction(1, 366), Fraction(1, 365), Fraction(1, 360))),
    ],
)
def test_actual_days_by_the_definitions(start: Date, end: Date, thirty: int, expected: tuple[Fraction, ...]) -> None:
    for convention, one in zip(("actual/actual ISDA", "actual/365", "actual/360"), expected, strict=True):
        assert year_fraction(convention, start, end) == one
    assert year_fraction("30/360", start, end) == Fraction(thirty, 360)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        # SIA: both ends on the last of February count as the 30th; a start there alone counts as the 30th,
        # and an end on a 31st is then a 30th too.
        (Date(2007, 2, 28), Date(2008, 2, 29), 360),
        (Date(2007, 2, 28), Date(2008, 2, 28), 358),
        (Date(2007, 2, 28), Date(2007, 8, 31), 180),
        (Date(2008, 2, 29), Date(2008, 3, 31), 30),
        (Date(2007, 8, 31), Date(2008, 2, 29), 179),
        (Date(2006, 2, 28), Date(2006, 3, 3), 3),
    ],
)
def test_the_february_rule_of_the_securities_industry(start: Date, end: Date, days: int) -> None:
    assert year_fraction("30/360 US", start, end) == Fraction(days, 360)


COUNTERS: dict[Convention, QuantLib.DayCounter] = {
    "actual/360": QuantLib.Actual360(),
    "actual/365": QuantLib.Actual365Fixed(),
    "actual/actual ISDA": QuantLib.ActualActual(QuantLib.ActualActual.ISDA),
    "30/360": QuantLib.Thirty360(QuantLib.Thirty360.BondBasis),
    "30/360 US": QuantLib.Thirty360(QuantLib.Thirty360.USA),
    "30E/360": QuantLib.Thirty360(QuantLib.Thirty360.EurobondBasis),
    "30E/360 ISDA": QuantLib.Thirty360(QuantLib.Thirty360.ISDA),
}


def february_end(date: Date) -> bool:
    return date.month == 2 and (date + datetime.timedelta(days=1)).month == 3


@settings(max_examples=150, deadline=None)
@given(st.one_of(dates, near_month_ends), st.one_of(dates, near_month_ends))
def test_quantlib_agrees(one: Date, other: Date) -> None:
    start, end = min(one, other), max(one, other)
    for convention, counter in COUNTERS.items():
        if convention == "30/360 US" and february_end(start) and end.day == 31:
            continue  # QuantLib looks at the 31st before it has made the start a 30th
        theirs = counter.yearFraction(quantlib_date(start), quantlib_date(end))
        if start == end:
            theirs = 0.0
        ours = year_fraction(convention, start, end)
        assert abs(float(ours) - theirs) <= 1e-12 * max(1.0, abs(theirs)), convention


@settings(max_examples=60, deadline=None)
@given(st.dates(Date(1990, 1, 1), Date(2060, 1, 1)), st.sampled_from([1, 3, 6, 12]), st.data())
def test_quantlib_agrees_on_icma_within_a_regular_period(opens: Date, months: int, data: st.DataObject) -> None:
    closing = quantlib_date(opens) + QuantLib.Period(months, QuantLib.Months)
    closes = Date(closing.year(), closing.month(), closing.dayOfMonth())
    end = data.draw(st.dates(opens + datetime.timedelta(days=1), closes))
    theirs = QuantLib.ActualActual(QuantLib.ActualActual.ISMA).yearFraction(
        quantlib_date(opens), quantlib_date(end), quantlib_date(opens), closing
    )
    ours = year_fraction("actual/actual ICMA", opens, end, period_start=opens, period_end=closes)
    assert abs(float(ours) - theirs) < 1e-12
    assert whole_months(opens, closes) == months


@settings(max_examples=100, deadline=None)
@given(near_month_ends, near_month_ends, near_month_ends)
def test_later_dates_never_count_for_less(one: Date, other: Date, third: Date) -> None:
    start, middle, end = sorted((one, other, third))
    for convention in CONVENTIONS:
        period = {"period_start": Date(2020, 1, 15), "period_end": Date(2020, 4, 15)}
        known = period if convention == "actual/actual ICMA" else {}
        reached = year_fraction(convention, start, middle, **known)
        assert 0 <= reached <= year_fraction(convention, start, end, **known), convention
        assert year_fraction(convention, middle, start, **known) == -reached


@settings(max_examples=60, deadline=None)
@given(dates, dates, dates)
def test_actual_counts_add_up_exactly(one: Date, other: Date, third: Date) -> None:
    for convention in ("actual/360", "actual/365", "actual/actual ISDA"):
        whole = year_fraction(convention, one, third)
        assert year_fraction(convention, one, other) + year_fraction(convention, other, third) == whole


@settings(max_examples=60, deadline=None)
@given(st.dates(Date(2000, 1, 1), Date(2040, 1, 1)), st.integers(1, 12), st.integers(1, 6))
def test_icma_counts_regular_periods_as_equal(opens: Date, months: int, periods: int) -> None:
    """However many days they have, that many regular periods are that many parts of a year."""
    closing = quantlib_date(opens)
    edges = [closing + QuantLib.Period(months * k, QuantLib.Months) for k in (1, periods)]
    closes, end = (Date(edge.year(), edge.month(), edge.dayOfMonth()) for edge in edges)
    if opens.day > 28:
        return  # the notional days of later periods depend on month ends: the memorandum's cases cover them
    ours = year_fraction("actual/actual ICMA", opens, end, period_start=opens, period_end=closes)
    assert ours == Fraction(months * periods, 12)


def test_icma_says_what_it_lacks() -> None:
    start, end = Date(2026, 1, 15), Date(2026, 2, 20)
    with pytest.raises(ScheduleProblem, match="needs the regular period"):
        year_fraction("actual/actual ICMA", start, end)
    with pytest.raises(ScheduleProblem, match="not whole months long"):
        year_fraction("actual/actual ICMA", start, end, period_start=start, period_end=end)
    with pytest.raises(ScheduleProblem, match="no days"):
        year_fraction("actual/actual ICMA", start, end, period_start=end, period_end=start, frequency=12)
    with pytest.raises(ScheduleProblem, match="positive"):
        year_fraction("actual/actual ICMA", start, end, period_start=start, period_end=end, frequency=0)
