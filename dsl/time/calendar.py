"""Dates: months added and counted, business calendars, and the adjustment of a date that is not a business day.

Holidays come from QuantLib, which is imported only when a calendar is asked for: an unadjusted
schedule never pays for it. Every date lies in the years 1901 to 2199.
"""

from __future__ import annotations

import calendar as _gregorian
import datetime
import difflib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, assert_never

Date = datetime.date

EARLIEST = Date(1901, 1, 1)
LATEST = Date(2199, 12, 31)

Adjustment = Literal["unadjusted", "following", "modified following", "preceding", "modified preceding"]

Part = Literal["every", "day", "first", "last", "adjustment", "calendars", "accrual_from", "stub", "dates"]


class ScheduleProblem(ValueError):
    """What is wrong with a schedule, a calendar or a date, in words for its author.

    ``part`` is the field of the ``ScheduleSpec`` that is at fault (None: the whole of it), ``help``
    a suggestion.
    """

    def __init__(self, message: str, *, part: Part | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.part: Part | None = part
        self.help = help


def check_date(date: Date, part: Part | None = None) -> Date:
    """The date itself, if it lies in the years 1901 to 2199; otherwise a ``ScheduleProblem``."""
    if not EARLIEST <= date <= LATEST:
        raise ScheduleProblem(f"{date} is outside the years 1901 to 2199", part=part)
    return date


def days_in_month(year: int, month: int) -> int:
    return _gregorian.monthrange(year, month)[1]


def is_month_end(date: Date) -> bool:
    return date.day == days_in_month(date.year, date.month)


def month_number(date: Date) -> int:
    """Months since the start of year 0: the month of a date as one number."""
    return date.year * 12 + date.month - 1


def day_of_month(month: int, day: int) -> Date:
    """That day of the month numbered as by ``month_number``, or the month's last day if it has no such day."""
    year, index = divmod(month, 12)
    if not EARLIEST.year <= year <= LATEST.year:
        raise ScheduleProblem(f"a date in the year {year} is outside the years 1901 to 2199")
    return Date(year, index + 1, min(day, days_in_month(year, index + 1)))


def add_months(date: Date, months: int) -> Date:
    """The same day ``months`` later (or earlier), or the last day of that month if it has no such day.

    31 January and one month is 28 (or 29) February. ISDA 2006 4.10 ("the day that numerically
    corresponds").
    """
    return day_of_month(month_number(date) + months, date.day)


def add_days(date: Date, days: int) -> Date:
    """The date ``days`` later (or earlier)."""
    ordinal = date.toordinal() + days
    if not EARLIEST.toordinal() <= ordinal <= LATEST.toordinal():
        raise ScheduleProblem(f"{date} and {days} days is outside the years 1901 to 2199")
    return Date.fromordinal(ordinal)


def months_between(start: Date, end: Date) -> int:
    """Whole months from start to end: the most that can be added to start without passing end.

    From 31 January to 28 February of a common year is one month. Negative where end is before start.
    """
    if end < start:
        return -months_between(end, start)
    months = month_number(end) - month_number(start)
    return months if end.day >= start.day or is_month_end(end) else months - 1


_MARKETS: dict[str, tuple[str, str | None]] = {
    # name in a deal: (QuantLib calendar, its market or None where it has but one)
    "none": ("NullCalendar", None),
    "weekends only": ("WeekendsOnly", None),
    "US settlement": ("UnitedStates", "Settlement"),
    "US government bond": ("UnitedStates", "GovernmentBond"),
    "US Federal Reserve": ("UnitedStates", "FederalReserve"),
    "New York": ("UnitedStates", "Settlement"),
    "NYSE": ("UnitedStates", "NYSE"),
    "NERC": ("UnitedStates", "NERC"),
    "SOFR": ("UnitedStates", "SOFR"),
    "TARGET": ("TARGET", None),
    "UK settlement": ("UnitedKingdom", "Settlement"),
    "London": ("UnitedKingdom", "Settlement"),
    "London Stock Exchange": ("UnitedKingdom", "Exchange"),
    "Argentina": ("Argentina", None),
    "Australia": ("Australia", "Settlement"),
    "Austria": ("Austria", None),
    "Brazil": ("Brazil", "Settlement"),
    "Canada": ("Canada", "Settlement"),
    "Toronto": ("Canada", "Settlement"),
    "Chile": ("Chile", None),
    "China": ("China", "IB"),
    "Czech Republic": ("CzechRepublic", None),
    "Denmark": ("Denmark", None),
    "Finland": ("Finland", None),
    "France": ("France", "Settlement"),
    "Germany": ("Germany", "Settlement"),
    "Frankfurt": ("Germany", "FrankfurtStockExchange"),
    "Hong Kong": ("HongKong", None),
    "Hungary": ("Hungary", None),
    "Iceland": ("Iceland", None),
    "India": ("India", None),
    "Indonesia": ("Indonesia", None),
    "Israel": ("Israel", "Settlement"),
    "Italy": ("Italy", "Settlement"),
    "Japan": ("Japan", None),
    "Tokyo": ("Japan", None),
    "Mexico": ("Mexico", None),
    "New Zealand": ("NewZealand", None),
    "Norway": ("Norway", None),
    "Poland": ("Poland", None),
    "Saudi Arabia": ("SaudiArabia", None),
    "Singapore": ("Singapore", None),
    "South Africa": ("SouthAfrica", None),
    "South Korea": ("SouthKorea", "Settlement"),
    "Sweden": ("Sweden", None),
    "Switzerland": ("Switzerland", None),
    "Zurich": ("Switzerland", None),
    "Taiwan": ("Taiwan", None),
    "Thailand": ("Thailand", None),
    "Turkey": ("Turkey", None),
}

CALENDARS: tuple[str, ...] = tuple(_MARKETS)
"""The names that ``calendar "…"`` takes; capitals and spacing do not matter."""

_BY_KEY = {" ".join(name.casefold().split()): name for name in CALENDARS}


def calendar_name(name: str) -> str:
    """The calendar's name as listed in ``CALENDARS``; a ``ScheduleProblem`` with suggestions if unknown."""
    key = " ".join(name.casefold().split())
    if key in _BY_KEY:
        return _BY_KEY[key]
    shown = name if len(name) <= 60 else name[:59] + "…"
    near = difflib.get_close_matches(key[:80], _BY_KEY, n=3, cutoff=0.5)
    near += [k for k in _BY_KEY if k not in near and key and (k.startswith(key) or key in k.split())][:3]
    help = (
        "did you mean " + " or ".join(f'"{_BY_KEY[k]}"' for k in near) + "?"
        if near
        else "the calendars are " + ", ".join(CALENDARS)
    )
    raise ScheduleProblem(f'there is no calendar "{shown}"', part="calendars", help=help)


def _quantlib() -> Any:
    """QuantLib, whose import takes 0.15 s: only where a calendar is asked."""
    import QuantLib  # type: ignore[import-untyped]  # it ships no types

    return QuantLib


@lru_cache(maxsize=64)
def _joint(names: tuple[str, ...]) -> Any:
    """One QuantLib calendar on which a day is open where it is open in each of those named."""
    library = _quantlib()
    members: list[Any] = []
    for name in names:
        kind, market = _MARKETS[name]
        constructor = getattr(library, kind)
        members.append(constructor(getattr(constructor, market)) if market else constructor())
    return members[0] if len(members) == 1 else library.JointCalendar(members)


def is_business_day(date: Date, calendars: Sequence[str]) -> bool:
    """True where every one of the calendars is open."""
    calendar = _joint(tuple(calendar_name(name) for name in calendars))
    return bool(calendar.isBusinessDay(_quantlib().Date(date.day, date.month, date.year)))


@lru_cache(maxsize=16)
def holidays(name: str, first: int, last: int) -> tuple[int, ...]:
    """The ordinals of a calendar's holidays between two years, weekends left out."""
    library = _quantlib()
    start, end = library.Date(1, 1, max(first, EARLIEST.year)), library.Date(31, 12, min(last, LATEST.year))
    listed = _joint((calendar_name(name),)).holidayList(start, end, False)
    return tuple(Date(one.year(), one.month(), one.dayOfMonth()).toordinal() for one in listed)


def adjust(dates: Sequence[Date], rule: Adjustment, calendars: Sequence[str]) -> tuple[Date, ...]:
    """Each date moved by the rule to a day on which every one of the calendars is open.

    ISDA 2006 4.12: following, modified following (unless that is in the next month, then preceding),
    preceding; modified preceding is its mirror (unless that is in the month before, then following).
    """
    if rule == "unadjusted":
        return tuple(dates)
    library = _quantlib()
    match rule:
        case "following":
            convention = library.Following
        case "modified following":
            convention = library.ModifiedFollowing
        case "preceding":
            convention = library.Preceding
        case "modified preceding":
            convention = library.ModifiedPreceding
        case _ as never:
            assert_never(never)
    calendar = _joint(tuple(calendar_name(name) for name in calendars))
    adjusted: list[Date] = []
    for date in dates:
        check_date(date)
        try:
            moved = calendar.adjust(library.Date(date.day, date.month, date.year), convention)
        except RuntimeError:  # QuantLib's dates end where ours do: the next open day is beyond them
            raise ScheduleProblem(
                f"the business day for {date} is outside the years 1901 to 2199", part="adjustment"
            ) from None
        adjusted.append(Date(moved.year(), moved.month(), moved.dayOfMonth()))
    return tuple(adjusted)
