"""Types in words: as messages describe them, and as the unit of an output."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .currencies import CURRENCIES
from .dimensions import HOUR, PER_YEAR, YEAR, Dimension
from .value_types import Form, Kind, Type

# --------------------------------------------------------------------------------------------- words

_PURE_WORDS: Mapping[Form, str] = {
    "plain": "number",
    "percent": "percentage",
    "basis_points": "percentage",
    "multiple": "multiple",
    "ratio": "ratio",
    "count": "count",
}


_KIND_WORDS: Mapping[Kind, str] = {
    "condition": "condition",
    "date": "date",
    "text": "text",
    "party": "party",
    "schedule": "schedule",
    "daycount": "day count",
    "instance": "instrument",
    "claim": "claim",
    "unknown": "unknown",
    "number": "number",
    "list": "list",
    "table": "table",
    "rate_curve": "rate curve",
    "credit_curve": "credit curve",
}


_UNCOUNTABLE = ("money", "USD", "basis", "unknown")


def describe(type: Type, currency: bool = False) -> str:
    """A type in words, with no article: ``money per GPU-hour``, ``rate``, ``exact duration``, ``multiple``.

    ``currency``: name the currency of money (``money in EUR``).
    """
    if type.kind == "list":
        return f"list of {plural(describe(type.item, currency))}" if type.item is not None else "list"
    if type.kind != "number":
        return _KIND_WORDS[type.kind]
    dimension = type.dimension
    if dimension.pure:
        return _PURE_WORDS[type.form]
    if dimension == PER_YEAR:
        return "rate"
    if dimension == YEAR:
        return "duration"
    if dimension == HOUR:
        return "exact duration"
    above, below = _sides(dimension)
    if not above:
        return f"number per {'-'.join(below)}"
    if len(above) == 1 and dimension.power(above[0]) == 1 and above[0] in CURRENCIES:
        head = f"money in {above[0]}" if currency else "money"
    elif len(above) == 1 and above[0] in ("year", "hour"):
        head = "duration" if above[0] == "year" else "exact duration"
    elif above in (["kWh"], ["year-squared"]) or len(above) > 1 or "^" in above[0]:
        head = " ".join(above)
    else:
        head = f"number of {above[0]}"
    return f"{head} per {'-'.join(below)}" if below else head


def _sides(dimension: Dimension) -> tuple[list[str], list[str]]:
    """Unit names above and below the line, in the order that the field writes them (money, things, time)."""
    powers = dict(dimension.powers)
    above, below = [], []
    if powers.get("kW") == 1 and powers.get("hour") == 1:
        above.append("kWh")
    if powers.get("kW") == -1 and powers.get("hour") == -1:
        below.append("kWh")
    if above or below:
        del powers["kW"], powers["hour"]
    order = sorted(powers, key=lambda name: (name not in CURRENCIES, name in ("year", "hour"), name))
    for name in order:
        power = powers[name]
        text = name if abs(power) == 1 else f"{name}^{abs(power)}"
        (above if power > 0 else below).append(text)
    return above, below


def article(words: str) -> str:
    """The words as a noun phrase: a duration, an exact duration, money."""
    if words.startswith(_UNCOUNTABLE):
        return words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def plural(words: str) -> str:
    if words.startswith(_UNCOUNTABLE) or words.startswith("number of"):
        return words
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}s"


def unit_text(type: Type) -> str:
    """The unit of an output: ``USD``, ``USD per GPU-hour``, ``rate``, ``x``, ``%``, ``years``, ``days``, ``date`` …

    An exact duration is shown in days: multiply its base value (hours) by `display_factor`.
    """
    if type.kind == "list":
        return unit_text(type.item) if type.item is not None else ""
    if type.kind in ("date", "condition", "text", "party"):
        return type.kind
    if type.kind not in ("number", "claim"):
        return ""
    dimension = type.dimension
    if dimension.pure:
        forms: dict[Form, str] = {
            "plain": "",
            "percent": "%",
            "basis_points": "%",
            "multiple": "x",
            "ratio": "x",
            "count": "count",
        }
        return forms[type.form]
    if dimension == PER_YEAR:
        return "rate"
    if dimension == YEAR:
        return "years"
    if dimension == HOUR:
        return "days"
    above, below = _sides(dimension)
    head = "-".join(above) or "1"
    return f"{head} per {'-'.join(below)}" if below else head


def display_factor(type: Type) -> Fraction:
    """What a base value is multiplied by to be shown in `unit_text`'s unit: 1/24 for an exact duration, else 1."""
    shown = type.item if type.kind == "list" and type.item is not None else type
    return Fraction(1, 24) if shown.kind == "number" and shown.dimension == HOUR else Fraction(1)
