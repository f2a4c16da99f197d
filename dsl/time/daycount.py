"""Day counts: the fraction of a year between two dates, exactly.

Each is written from the 2006 ISDA Definitions, section 4.16, in integers and fractions, so that pieces
of a period add up to the period with nothing lost. The first day is counted, the last is not.

==================== ================ ===========================================================
``actual/360``        4.16 (e)        days / 360
``actual/365``        4.16 (d)        days / 365, "Actual/365 (Fixed)"
``actual/actual ISDA``  4.16 (b)      days in leap years / 366 + days in other years / 365
``actual/actual ICMA``  4.16 (c)      ICMA Rule 251: days / (days of the regular period × its frequency)
``30/360``            4.16 (f)        "Bond Basis": the 31st is the 30th, at the end only after a 30th
``30/360 US``         SIA             as ``30/360``, and the last of February is the 30th at the start, and
                                      at the end when the start is one too
``30E/360``           4.16 (g)        "Eurobond Basis": the 31st is the 30th at both ends
``30E/360 ISDA``      4.16 (h)        as ``30E/360``, and the last of February is the 30th, but for the
                                      termination date
==================== ================ ===========================================================

``30/360`` has no February rule: it is what ISDA and MSRB Rule G-33 call 30/360, and what an indenture's
"360-day year of twelve 30-day months" is computed with. It is QuantLib's ``Thirty360.BondBasis``.
``30/360 US`` is the Securities Industry Association's rule for bonds that pay at the end of a month
(Mayle, *Standard Securities Calculation Methods*, 3rd ed., 1993): QuantLib's ``Thirty360.USA``, but for
a start on the last of February and an end on a 31st, where the rule's order of steps makes the end a 30th.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal, assert_never, get_args

from .calendar import ScheduleProblem, day_of_month, is_month_end, month_number

Date = datetime.date

Convention = Literal[
    "actual/360",
    "actual/365",
    "actual/actual ISDA",
    "actual/actual ICMA",
    "30/360",
    "30/360 US",
    "30E/360",
    "30E/360 ISDA",
]

CONVENTIONS: tuple[Convention, ...] = get_args(Convention)
"""The day counts as a deal writes them."""


def year_fraction(
    convention: Convention,
    start: Date,
    end: Date,
    *,
    period_start: Date | None = None,
    period_end: Date | None = None,
    frequency: int | Fraction | None = None,
    termination: Date | None = None,
) -> Fraction:
    """Years from start to end, exact; negative where end is before start.

    ``actual/actual ICMA`` needs a regular period (``period_start`` to ``period_end``): for a stub,
    the notional regular period beside it, from which further ones are laid as far as the stub reaches.
    ``frequency`` is regular periods a year; without it, that of a period of whole months that is given.
    ``30E/360 ISDA`` needs to know the ``termination`` date if it is the last of a February.
    """
    if end < start:
        return -year_fraction(
            convention,
            end,
            start,
            period_start=period_start,
            period_end=period_end,
            frequency=frequency,
            termination=termination,
        )
    if start == end:
        return Fraction(0)
    match convention:
        case "actual/360":
            return Fraction((end - start).days, 360)
        case "actual/365":
            return Fraction((end - start).days, 365)
        case "actual/actual ISDA":
            return _years_elapsed(end) - _years_elapsed(start)
        case "actual/actual ICMA":
            if period_start is None or period_end is None:
                raise ScheduleProblem("actual/actual ICMA needs the regular period that the dates lie in")
            return _icma(start, end, period_start, period_end, frequency)
        case "30/360":
            first = min(start.day, 30)
            last = 30 if end.day == 31 and first == 30 else end.day
            return _thirty(start, first, end, last)
        case "30/360 US":
            first = 30 if _last_of_february(start) else min(start.day, 30)
            last = 30 if end.day == 31 and first == 30 else end.day
            if _last_of_february(start) and _last_of_february(end):
                last = 30
            return _thirty(start, first, end, last)
        case "30E/360":
            return _thirty(start, min(start.day, 30), end, min(end.day, 30))
        case "30E/360 ISDA":
            first = 30 if _last_of_february(start) else min(start.day, 30)
            last = 30 if _last_of_february(end) and end != termination else min(end.day, 30)
            return _thirty(start, first, end, last)
        case _ as never:
            assert_never(never)


def _thirty(start: Date, first: int, end: Date, last: int) -> Fraction:
    return Fraction(360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first, 360)


def _last_of_february(date: Date) -> bool:
    return date.month == 2 and is_month_end(date)


def _years_elapsed(date: Date) -> Fraction:
    """Calendar years since year 0, each day a 365th or, in a leap year, a 366th: ISDA 4.16 (b) adds up."""
    length = Date(date.year, 12, 31).timetuple().tm_yday
    return date.year + Fraction(date.timetuple().tm_yday - 1, length)


def whole_months(start: Date, end: Date) -> int | None:
    """The months of a period that is whole months long (month ends match month ends), or None."""
    months = month_number(end) - month_number(start)
    matches = (
        start.day == end.day
        or (is_month_end(start) and is_month_end(end))
        or (is_month_end(end) and start.day > end.day)
        or (is_month_end(start) and end.day > start.day)
    )
    return months if matches and months > 0 else None


def _icma(start: Date, end: Date, period_start: Date, period_end: Date, frequency: int | Fraction | None) -> Fraction:
    """ICMA Rule 251 and 4.16 (c): each day's part of the regular period it lies in.

    Where the dates reach beyond the regular period, regular periods of the same length are laid before
    and after it, at month ends if it runs between month ends (the examples of ISDA's memorandum "EMU
    and market conventions: recent developments", 1998).
    """
    months = whole_months(period_start, period_end)
    if frequency is None:
        if months is None:
            raise ScheduleProblem(
                f"the period from {period_start} to {period_end} is not whole months long: "
                "actual/actual ICMA needs the number of regular periods a year"
            )
        frequency = Fraction(12, months)
    if frequency <= 0:
        raise ScheduleProblem("the number of regular periods a year is positive")
    length = (period_end - period_start).days
    if length <= 0:
        raise ScheduleProblem(f"the regular period from {period_start} to {period_end} has no days")
    if period_start <= start and end <= period_end:
        return Fraction((end - start).days, length) / frequency
    if months is None:
        raise ScheduleProblem(
            f"{start} to {end} reaches beyond the period from {period_start} to {period_end}, "
            "which is not whole months long: actual/actual ICMA has no regular periods to lay beside it"
        )
    month_end = is_month_end(period_start) and is_month_end(period_end)
    day = 31 if month_end else max(period_start.day, period_end.day)

    def edge(number: int) -> Date:
        return day_of_month(month_number(period_start) + number * months, day)

    def elapsed(date: Date) -> Fraction:
        number = (month_number(date) - month_number(period_start)) // months
        if date < edge(number):
            number -= 1
        opens, closes = edge(number), edge(number + 1)
        return number + Fraction((date - opens).days, (closes - opens).days)

    return (elapsed(end) - elapsed(start)) / frequency
