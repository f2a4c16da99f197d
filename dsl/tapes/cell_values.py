"""What one cell of a table says: an exact number, a date, a boolean. Each raises ``CellProblem`` in words.

What a cell may say:

* a number: ``1234``, ``-0.5``, ``+3``, ``1.5e6``; with thousands separators in whole groups of three
  (``999,357.60``, ``17_000_000``); with a leading ``$``, ``€``, ``£`` or ``¥``; in brackets where negative
  (``(1,250.00)``); with a trailing ``%`` (a hundredth) or ``bp`` (a ten-thousandth). It is read exactly.
  A column that writes some of its numbers with ``%`` or ``bp`` and others (but 0) without is a problem.
* a date: ``2027-01-31`` and nothing else, in the years 1901 to 2199
* a boolean: ``true``, ``false``, ``yes`` or ``no``
* a text: anything but nothing. Spaces around a cell are dropped.
"""

from __future__ import annotations

import datetime
import re
from fractions import Fraction

from ..time.calendar import EARLIEST, LATEST
from .cell_hints import date_hint, number_hint

MOST_DIGITS = 400
_LARGEST = 2**1023
"""A number has at most this many digits, written out."""


class CellProblem(ValueError):
    """What is wrong with a cell, in words."""


_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?(?P<currency>[$€£¥])?(?P<inner>[-+])?"
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:_[0-9]{3})+)|[0-9]+)?(?:\.(?P<part>[0-9]*))?"
    r"(?:[eE](?P<power>[-+]?[0-9]{1,4}))?[ ]?(?P<mark>%|bp)?(?P<close>\))?"
)
_PLAIN = re.compile(r"([0-9]{1,18})(?:\.([0-9]{0,18}))?(%)?")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+%?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SCALE = {None: 1, "%": 100, "bp": 10_000}
_MARK = re.compile(r"[$€£¥]|%|bp")


def shown(text: str) -> str:
    """A cell's text, cut to a length that fits in a message."""
    return text if len(text) <= 40 else text[:39] + "…"


def _with(message: str, hint: str | None) -> str:
    return message if hint is None else f"{message}: {hint}"


def number(text: str) -> Fraction:
    """The exact number that a cell says; the forms it may take are listed above."""
    plain = _PLAIN.fullmatch(text)
    if plain is not None:  # the usual case, and several times as fast
        whole, part, mark = plain.groups()
        part = part or ""
        return Fraction(int(whole + part), 10 ** len(part) * _SCALE[mark])
    if len(text) > 2 * MOST_DIGITS:
        raise CellProblem(f"a number has at most {MOST_DIGITS} digits")
    match = _NUMBER.fullmatch(text)
    if match is None:
        if _COMMA.fullmatch(text):
            raise CellProblem(f"`{shown(text)}`: a comma separates whole groups of three digits; decimals have a point")
        raise CellProblem(_with(f"`{shown(text)}` is not a number", number_hint(text)))
    whole, part = (match["whole"] or "").replace(",", "").replace("_", ""), match["part"] or ""
    if not whole and not part:
        raise CellProblem(_with(f"`{shown(text)}` is not a number", number_hint(text)))
    signs = (match["open"] is not None) + (match["sign"] is not None) + (match["inner"] is not None)
    if signs > 1 or (match["open"] is None) != (match["close"] is None):
        raise CellProblem(f"`{shown(text)}` is not a number: it has more than one sign, or half a bracket")
    power = int(match["power"] or 0)
    if len(whole) + len(part) + abs(power) > MOST_DIGITS:
        raise CellProblem(f"a number has at most {MOST_DIGITS} digits")
    value = Fraction(int(whole + part), 10 ** len(part)) * Fraction(10) ** power / _SCALE[match["mark"]]
    if value >= _LARGEST:
        raise CellProblem("a number is below 10^308: more does not fit in a run")
    negative = match["open"] is not None or "-" in (match["sign"], match["inner"])
    return -value if negative else value


def marks(text: str) -> frozenset[str]:
    """Which of ``$ € £ ¥ % bp`` a cell carries."""
    return frozenset(_MARK.findall(text))


def iso_date(text: str) -> datetime.date:
    """A date written as 2027-01-31, in the years 1901 to 2199."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise CellProblem(_with(f"`{shown(text)}` is not a date as 2027-01-31", date_hint(text)))
    try:
        date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise CellProblem(f"there is no day {text}") from None
    if not EARLIEST <= date <= LATEST:
        raise CellProblem(f"{text} is outside the years 1901 to 2199")
    return date


def event_date(text: str) -> datetime.date:
    """A date as 2027-01-31, or ``never``, which is later than all of them."""
    return datetime.date.max if text.casefold() == "never" else iso_date(text)


def boolean(text: str) -> bool:
    """``true`` or ``yes``, ``false`` or ``no``, in any capitals."""
    match text.casefold():
        case "true" | "yes":
            return True
        case "false" | "no":
            return False
        case _:
            raise CellProblem(f"`{shown(text)}` is neither true, false, yes nor no")
