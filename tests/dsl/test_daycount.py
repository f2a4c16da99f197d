"""Day counts against the published examples, QuantLib, and the algebra they must keep."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
import QuantLib
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.calendar import ScheduleProblem
from indenture.dsl.daycount import CONVENTIONS, Convention, whole_months, year_fraction

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
]  # fmt: skip


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


# Days in a 360-day year: the cases of ISDA's "30/360 Day Count Conventions" workbook (2006 Definitions) that
# involve the end of a month; termination date 28 February 2009.
# start, end, 30/360, 30E/360, 30E/360 ISDA
THIRTY = [
    (Date(2006, 8, 20), Date(2007, 2, 20), 180, 180, 180),
    (Date(2006, 8, 31), Date(2007, 2, 28), 178, 178, 180),
    (Date(2007, 2, 28), Date(2007, 8, 31), 183, 182, 180),
    (Date(2007, 8, 31), Date(2008, 2, 29), 179, 179, 180),
    (Date(2008, 2, 29), Date(2008, 8, 31), 182, 181, 180),
    (Date(2008, 8, 31), Date(2009, 2, 28), 178, 178, 178),
    (Date(2006, 1, 31), Date(2006, 2, 28), 28, 28, 30),
    (Date(2006, 1, 30), Date(2006, 2, 28), 28, 28, 30),
    (Date(2006, 2, 28), Date(2006, 3, 3), 5, 5, 3),
    (Date(2006, 2, 14), Date(2006, 2, 28), 14, 14, 16),
    (Date(2006, 9, 30), Date(2006, 10, 31), 30, 30, 30),
    (Date(2006, 10, 31), Date(2006, 11, 28), 28, 28, 28),
    (Date(2007, 8, 31), Date(2008, 2, 28), 178, 178, 178),
    (Date(2008, 2, 28), Date(2008, 8, 28), 180, 180, 180),
    (Date(2008, 2, 28), Date(2008, 8, 31), 183, 182, 182),
    (Date(2007, 2, 26), Date(2008, 2, 29), 363, 363, 364),
    (Date(2008, 2, 29), Date(2009, 2, 28), 359, 359, 358),
    (Date(2008, 2, 28), Date(2008, 3, 31), 33, 32, 32),
]


@pytest.mark.parametrize(("start", "end", "bond", "eurobond", "isda"), THIRTY)
def test_the_ends_of_months(start: Date, end: Date, bond: int, eurobond: int, isda: int) -> None:
    termination = Date(2009, 2, 28)
    assert year_fraction("30/360", start, end) == Fraction(bond, 360)
    assert year_fraction("30E/360", start, end) == Fraction(eurobond, 360)
    assert year_fraction("30E/360 ISDA", start, end, termination=termination) == Fraction(isda, 360)


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
