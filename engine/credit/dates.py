"""Days, business-day calendars and the dates on which credit default swaps roll.

Everything here is static: a date is one ``datetime64[D]``, whatever the lanes. Holidays come from the
caller (weekends alone by default, which is the standard model's calendar for every currency but the yen).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from .errors import CreditError

Day = np.datetime64
Days = npt.NDArray[np.datetime64]

DateLike = datetime.date | np.datetime64 | str
"""A date as it comes in: a ``datetime.date``, a ``datetime64`` or an ISO text such as "2009-05-21"."""

Roll = Literal["semiannual", "quarterly"]

SEMIANNUAL_SINCE = np.datetime64("2015-12-20", "D")
"""Maturities roll in March and September alone from this date on (ISDA, "Amending when single name CDS
roll to new on-the-run contracts", 2015)."""

EARLIEST, LATEST = np.datetime64("1901-01-01", "D"), np.datetime64("2199-12-31", "D")


def day(value: DateLike, field: str = "a date") -> Day:
    """One date, in the years 1901 to 2199; anything else is a ``CreditError`` naming the field."""
    try:
        if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError
        if not isinstance(value, (str, datetime.date, np.datetime64)):
            raise TypeError
        found: Day = np.array([value], "datetime64[D]")[0]
    except (TypeError, ValueError):
        raise CreditError(field, repr(value), "a date such as 2009-05-21 was expected") from None
    if np.isnat(found) or not EARLIEST <= found <= LATEST:
        raise CreditError(field, str(found), "a date of the years 1901 to 2199 was expected")
    return found


def days(values: Iterable[DateLike], field: str = "the dates") -> Days:
    """Several dates as ``datetime64[D]``."""
    if isinstance(values, str):
        raise CreditError(field, repr(values), "a sequence of dates was expected")
    return np.array([day(value, f"{field} ({position})") for position, value in enumerate(values)], "datetime64[D]")


def serial(date: Any) -> Any:
    """Days since 1970-01-01, of a date or an array of them."""
    return np.asarray(date, "datetime64[D]").astype(np.int64)


@attrs.frozen
class Calendar:
    """Saturdays, Sundays and these holidays are closed. ``WEEKDAYS`` has no holidays."""

    holidays: tuple[Day, ...] = ()
    _business: Any = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_business", np.busdaycalendar(holidays=list(self.holidays)))

    @classmethod
    def of(cls, holidays: Iterable[DateLike]) -> Calendar:
        """A calendar with a list of holidays, in any order."""
        return cls(tuple(np.unique(days(holidays, "the holidays"))))

    def is_business_day(self, date: DateLike) -> bool:
        return bool(np.is_busday(day(date), busdaycal=self._business))

    def following(self, date: Any) -> Any:
        """Each date, or the next business day."""
        return np.busday_offset(date, 0, roll="following", busdaycal=self._business)

    def modified_following(self, date: Any) -> Any:
        """The next business day, unless that is in the next month: then the one before."""
        return np.busday_offset(date, 0, roll="modifiedfollowing", busdaycal=self._business)

    def add_business_days(self, date: Any, count: int) -> Any:
        """So many business days after the date; from a closed day, the first open one counts as one."""
        if count == 0:
            return self.following(date)
        return np.busday_offset(date, count, roll="preceding", busdaycal=self._business)


WEEKDAYS = Calendar()


def add_months(date: Day, months: int) -> Day:
    """The same day of the month so many months later, or that month's last day."""
    month = date.astype("datetime64[M]")
    offset = date - month.astype("datetime64[D]")
    target = month + np.timedelta64(months, "M")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    moved: Day = min(target.astype("datetime64[D]") + offset, last)
    if not EARLIEST <= moved <= LATEST:
        raise CreditError("a date", f"{months} months from {date}", "the years 1901 to 2199 were expected")
    return moved


def tenor_months(tenor: str | int, field: str = "the tenor") -> int:
    """The months of a tenor: "6M", "5Y" or a whole number of months. At least nil."""
    if isinstance(tenor, str):
        match = re.fullmatch(r"(\d{1,4})\s*([MmYy])", tenor.strip())
        if match is None:
            raise CreditError(field, repr(tenor), "months or years such as 6M or 5Y were expected")
        return int(match[1]) * (12 if match[2] in "Yy" else 1)
    if isinstance(tenor, bool) or not isinstance(tenor, (int, np.integer)) or tenor < 0:
        raise CreditError(field, repr(tenor), "months or years such as 6M or 5Y were expected")
    return int(tenor)


def previous_twentieth(date: Day) -> Day:
    """The latest 20 March, June, September or December on or before the date, unadjusted."""
    month = date.astype("datetime64[M]")
    behind = (int(month.astype(np.int64)) + 1) % 3  # months since a roll month: 1970-01 is month 0
    anchor: Day = (month - np.timedelta64(behind, "M")).astype("datetime64[D]") + np.timedelta64(19, "D")
    return anchor if anchor <= date else add_months(anchor, -3)


def accrual_start(trade: DateLike, calendar: Calendar = WEEKDAYS) -> Day:
    """Where a standard contract's first coupon starts: the latest Following-adjusted 20 March, June,
    September or December on or before the day after the trade (ISDA, standard contract terms, 2009).
    """
    step_in = day(trade, "the trade date") + np.timedelta64(1, "D")
    anchor = previous_twentieth(step_in)
    adjusted: Day = calendar.following(anchor)
    return adjusted if adjusted <= step_in else Day(calendar.following(add_months(anchor, -3)))


def cds_maturity(trade: DateLike, tenor: str | int, roll: Roll | None = None) -> Day:
    """When a standard contract traded that day matures; never adjusted to a business day.

    ``roll`` is "semiannual" (since 20 December 2015: 20 June or 20 December) or "quarterly" (before:
    the next 20 March, June, September or December, plus the tenor). Not said, the trade date decides.
    """
    traded = day(trade, "the trade date")
    months = tenor_months(tenor)
    rule = roll if roll is not None else ("semiannual" if traded >= SEMIANNUAL_SINCE else "quarterly")
    if rule not in ("semiannual", "quarterly"):
        raise CreditError("the roll", repr(roll), "semiannual or quarterly was expected")
    anchor = previous_twentieth(traded)
    if rule == "semiannual" and int(anchor.astype("datetime64[M]").astype(np.int64)) % 12 in (5, 11):
        anchor = add_months(anchor, -3)
    found = add_months(anchor, months + 3)
    if found <= traded:
        raise CreditError("the tenor", repr(tenor), f"it would have matured on {found}, by the trade date {traded}")
    return found
