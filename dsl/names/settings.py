"""Values from Python as a deal would write them, for `Deal.run(set=...)`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from .. import syntax
from .deal import AnyEntry, DefinitionEntry

Setting = str | int | float | bool | Fraction | Decimal | datetime.date | Sequence["Setting"]
"""What ``set`` takes for a name: the text as the deal would write it (``"$300m"``), a number, a date, a list."""


def written(value: Setting, entry: AnyEntry | None, currency: str) -> str:
    """The value as the deal would write it where ``entry`` stands.

    A number is in the unit of what it replaces: for ``size = $40m`` 50e6 is ``USD 50000000``, for ``coupon = 6.25%``
    0.07 is ``7%``, for ``term = 6 years`` 5 is ``5 years``; failing a literal there, in the unit of its stated type
    (money in the deal's currency, a rate per year, a duration in years).
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime.date():
            return value.isoformat()[:10]
        case int() | float() | Fraction() | Decimal():
            return _number(value, entry, currency)
        case Sequence():
            return "[" + ", ".join(written(item, entry, currency) for item in value) + "]"
        case _:
            assert_never(value)


def _number(value: int | float | Fraction | Decimal, entry: AnyEntry | None, currency: str) -> str:
    literal = _literal(entry.value) if isinstance(entry, DefinitionEntry) else None
    match literal:
        case syntax.Money():
            return _money(value, literal.currency) + _units(literal.units)
        case syntax.Number(form="percent" | "basis_points"):
            return _percent(value) + _units(literal.units)
        case syntax.Number():
            return _digits(value) + _units(literal.units)
        case None:
            return _unlike(value, entry, currency)
        case _:
            assert_never(literal)


def _unlike(value: int | float | Fraction | Decimal, entry: AnyEntry | None, currency: str) -> str:
    """A number where no literal says its unit: by the type that is stated there."""
    stated = entry.type if isinstance(entry, DefinitionEntry) else None
    match stated:
        case syntax.TypeName(base="money", units=()):
            return _money(value, currency)
        case syntax.TypeName(base="rate"):
            return _percent(value)
        case syntax.TypeName(base="duration"):
            return f"{_digits(value)} years"
        case _:
            return _digits(value)


def _literal(value: syntax.Expression) -> syntax.Money | syntax.Number | None:
    match value:
        case syntax.Money() | syntax.Number():
            return value
        case syntax.ListOf(items=(first, *_)):
            return _literal(first)
        case _:
            return None


def _money(value: int | float | Fraction | Decimal, currency: str) -> str:
    digits = _digits(value)
    if "/" in digits:
        return f"{digits} * {currency} 1"
    return f"-{currency} {digits[1:]}" if digits.startswith("-") else f"{currency} {digits}"


def _percent(value: int | float | Fraction | Decimal) -> str:
    match value:
        case Fraction():
            hundred = value * 100
            return _digits(hundred) + "%" if hundred.denominator == 1 else f"{_digits(value)} * 100%"
        case float():
            # From the shortest decimal that is this float: 0.07 is 7%, not 7.000000000000001%.
            return _digits(Decimal(repr(value)).scaleb(2)) + "%"
        case int() | Decimal():
            return _digits(Decimal(value).scaleb(2)) + "%"
        case _:
            assert_never(value)


def _digits(value: int | float | Fraction | Decimal) -> str:
    """Plain digits, never in powers of ten: a deal has no such spelling."""
    match value:
        case Fraction():
            return str(value.numerator) if value.denominator == 1 else f"{value.numerator} / {value.denominator}"
        case float():
            return format(Decimal(repr(value)), "f")
        case int() | Decimal():
            return format(Decimal(value), "f")
        case _:
            assert_never(value)


def _units(units: tuple[syntax.UnitTerm, ...]) -> str:
    above = [unit.name for unit in units for _ in range(max(unit.power, 0))]
    below = [unit.name for unit in units for _ in range(max(-unit.power, 0))]
    return "".join(f" {name}" for name in above) + (f" per {'-'.join(below)}" if below else "")
