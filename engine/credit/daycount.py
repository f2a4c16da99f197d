"""Day-count fractions of the rates curve and of coupons (ISDA 2006 Definitions, section 4.16)."""

from __future__ import annotations

from typing import Literal

from .dates import Day, serial
from .errors import CreditError

DayCount = Literal["ACT/360", "ACT/365F", "ACT/ACT", "30/360"]

DAY_COUNTS: tuple[DayCount, ...] = ("ACT/360", "ACT/365F", "ACT/ACT", "30/360")


def day_count(value: str, field: str) -> DayCount:
    """The day count of that name, or a ``CreditError`` that lists them."""
    for one in DAY_COUNTS:
        if value == one:
            return one
    raise CreditError(field, repr(value), "one of these was expected: " + ", ".join(DAY_COUNTS))


def year_fraction(count: DayCount, start: Day, end: Day) -> float:
    """From one date to a later one: ACT/360 4.16(e), ACT/365F (d), ACT/ACT (b), 30/360 (f)."""
    actual = int(serial(end) - serial(start))
    if count == "ACT/360":
        return actual / 360.0
    if count == "ACT/365F":
        return actual / 365.0
    (y1, m1, d1), (y2, m2, d2) = _parts(start), _parts(end)
    if count == "30/360":
        d1 = min(d1, 30)
        d2 = 30 if d2 == 31 and d1 == 30 else d2
        return (360 * (y2 - y1) + 30 * (m2 - m1) + d2 - d1) / 360.0
    if y1 == y2:
        return actual / _length(y1)
    before = int(serial(f"{y1 + 1:04}-01-01") - serial(start))
    after = int(serial(end) - serial(f"{y2:04}-01-01"))
    return before / _length(y1) + (y2 - y1 - 1) + after / _length(y2)


def _length(year: int) -> float:
    return 366.0 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365.0


def _parts(date: Day) -> tuple[int, int, int]:
    text = str(date.astype("datetime64[D]"))
    return int(text[:4]), int(text[5:7]), int(text[8:10])
