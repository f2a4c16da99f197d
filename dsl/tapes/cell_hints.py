"""Dates and numbers as others write them: what a cell that is not read most likely means, for the message.

Nothing here is ever read as a value: 04/05/2026 is a day in May or in April, and only its writer knows which.
"""

from __future__ import annotations

import datetime
import re

_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.\-]?)([0-9]{1,2})\2([0-9]{1,2})")
_TIMED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.+Z\-]+")
_NAMED = re.compile(
    r"(?:([0-9]{1,2})[ \-.]*([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.? *([0-9]{1,2}),?)[ \-]*([0-9]{4}|[0-9]{2})"
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_SERIAL = datetime.date(1899, 12, 30)

_DECIMAL_COMMA = re.compile(r"[-+]?[$€£¥]?[0-9]{1,3}(?:[. '\u00a0\u202f][0-9]{3})*,[0-9]+ ?%?")
_SPACED = re.compile(r"[-+]?[$€£¥]?[0-9]{1,3}(?:[ '\u00a0\u202f][0-9]{3})+(?:\.[0-9]*)?")
_SUFFIXED = re.compile(r"[-+]?(?:[$€£¥]|[A-Za-z]{3} )?[0-9.,]+ ?(?:k|K|m|M|mm|MM|mn|bn|Bn)")


def date_hint(text: str) -> str | None:
    """What a date in another form may mean, or None: each reading that exists as it is to be written."""
    text = text[:40]
    if match := _TIMED.fullmatch(text):
        return f"it carries a time of day: write {match[1]}"
    if match := _DAY_FIRST.fullmatch(text):
        year = _year(match[4])
        day_first = _date(year, int(match[3]), int(match[1]))
        month_first = _date(year, int(match[1]), int(match[3]))
        if day_first and month_first and day_first != month_first:
            return f"it may mean {_said(day_first)} or {_said(month_first)}"
        found = day_first or month_first
        return f"write {found}" if found else None
    if match := _YEAR_FIRST.fullmatch(text):
        found = _date(int(match[1]), int(match[3]), int(match[4]))
        return f"write {found}" if found else None
    if match := _NAMED.fullmatch(text):
        month = (match[2] or match[3])[:3].lower()
        if month not in _MONTHS:
            return None
        found = _date(_year(match[5]), _MONTHS.index(month) + 1, int(match[1] or match[4]))
        return f"write {found}" if found else None
    if _SERIAL.fullmatch(text):
        serial = _FIRST_SERIAL + datetime.timedelta(days=int(text[:5]))
        return f"as a spreadsheet's count of days it would be {serial}"
    return None


def number_hint(text: str) -> str | None:
    """What a number in another form may mean, or None."""
    text = text[:60]
    if _DECIMAL_COMMA.fullmatch(text):
        return "decimals have a point, and thousands are separated by commas or not at all"
    if _SPACED.fullmatch(text):
        return "thousands are separated by commas or not at all"
    if _SUFFIXED.fullmatch(text):
        return "write all its digits"
    if text in ("-", "–", "—"):
        return "write 0 where nothing is meant"
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _said(date: datetime.date) -> str:
    return f"{date.day} {date:%B} ({date.isoformat()})"
