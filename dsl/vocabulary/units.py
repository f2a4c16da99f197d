"""Units, those of the language and those that a deal declares; literals in base units, and their types."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from .. import syntax
from ..messages.diagnostics import Collector
from ..messages.nearest import nearest
from .currencies import CURRENCIES
from .dimensions import HOUR, PURE, YEAR, Dimension
from .value_types import UNKNOWN, Type, number

# --------------------------------------------------------------------------------------------- units

Declared = Mapping[str, tuple[Fraction, Dimension]]


_UNITS: dict[str, tuple[Fraction, Dimension]] = {
    "year": (Fraction(1), YEAR),
    "quarter": (Fraction(1, 4), YEAR),
    "month": (Fraction(1, 12), YEAR),
    "week": (Fraction(168), HOUR),
    "day": (Fraction(24), HOUR),
    "hour": (Fraction(1), HOUR),
    "minute": (Fraction(1, 60), HOUR),
    "GPU": (Fraction(1), Dimension.of(GPU=1)),
    "W": (Fraction(1, 1000), Dimension.of(kW=1)),
    "kW": (Fraction(1), Dimension.of(kW=1)),
    "MW": (Fraction(1000), Dimension.of(kW=1)),
    "GW": (Fraction(1_000_000), Dimension.of(kW=1)),
    "kWh": (Fraction(1), Dimension.of(kW=1, hour=1)),
    "MWh": (Fraction(1000), Dimension.of(kW=1, hour=1)),
    "GWh": (Fraction(1_000_000), Dimension.of(kW=1, hour=1)),
    "token": (Fraction(1), Dimension.of(token=1)),
    "mtoken": (Fraction(1_000_000), Dimension.of(token=1)),
    "thousand": (Fraction(1000), PURE),
    "million": (Fraction(1_000_000), PURE),
    "billion": (Fraction(1_000_000_000), PURE),
}


_EXPLAINED: Mapping[str, str] = {
    "annum": "year",
    "yr": "year",
    "yrs": "year",
    "mo": "month",
    "mth": "month",
    "hr": "hour",
    "hrs": "hour",
    "kwh": "kWh",
    "mwh": "MWh",
    "dollar": "USD",
    "dollars": "USD",
    "euro": "EUR",
    "euros": "EUR",
}


def unit(name: str, declared: Declared | None = None) -> tuple[Fraction, Dimension] | None:
    """A unit's factor and dimension in base units, by its name in the singular or plural; None: no such unit."""
    for spelling in (name, name[:-1] if name.endswith("s") and len(name) > 2 else name):
        if declared and spelling in declared:
            return declared[spelling]
        if spelling in _UNITS:
            return _UNITS[spelling]
        if spelling in CURRENCIES:
            return Fraction(1), Dimension(((spelling, 1),))
    return None


def suggestion(name: str, declared: Declared | None = None) -> str | None:
    """The unit that was probably meant by an unknown one."""
    known = _EXPLAINED.get(name.casefold())
    return known or nearest(name, [*(declared or ()), *_UNITS, *sorted(CURRENCIES)])


def scale(
    units: tuple[syntax.UnitTerm, ...], collector: Collector | None = None, declared: Declared | None = None
) -> tuple[Fraction, Dimension]:
    """The exact factor to base units and the dimension of a product of units.

    An unknown unit is reported (E0301) where a collector is given and then left out; ask `known` first.
    """
    factor, dimension = Fraction(1), PURE
    for term in units:
        found = unit(term.name, declared)
        if found is None:
            if collector is not None:
                _unknown_unit(units, term, collector, declared)
            continue
        factor *= found[0] ** term.power
        dimension *= found[1] ** term.power
    return factor, dimension


def known(units: tuple[syntax.UnitTerm, ...], declared: Declared | None = None) -> bool:
    return all(unit(term.name, declared) is not None for term in units)


def _unknown_unit(
    units: tuple[syntax.UnitTerm, ...], term: syntax.UnitTerm, collector: Collector, declared: Declared | None
) -> None:
    guess = suggestion(term.name, declared)
    if guess is not None:
        same = [other for other in units if (other.power > 0) == (term.power > 0)]
        spelled = "-".join(guess if other is term else other.name for other in same)
        text = f"did you mean `{spelled}`?"
    else:
        text = f"declare it: `unit {term.name}`, or `unit {term.name} = 72 GPU`"
    collector.error("E0301", f"there is no unit `{term.name}`", term.span, label="unknown unit", help=text)


def literal_value(node: syntax.Number | syntax.Money, declared: Declared | None = None) -> Fraction:
    """A literal in base units, exactly: ``3 months`` is 1/4 (years), ``2 days`` 48 (hours), ``4.10%`` 41/1000."""
    return node.value * scale(node.units, None, declared)[0]


def literal_type(
    node: syntax.Number | syntax.Money, declared: Declared | None = None, collector: Collector | None = None
) -> Type:
    """A literal's type; unknown where a unit of it is unknown (reported if a collector is given)."""
    _, dimension = scale(node.units, collector, declared)
    if not known(node.units, declared):
        return UNKNOWN
    if isinstance(node, syntax.Money):
        if node.currency not in CURRENCIES:
            if collector is not None:
                guess = _nearest_currency(node.currency)
                collector.error(
                    "E0302",
                    f"`{node.currency}` is not a currency",
                    node.span,
                    label="unknown currency",
                    help=f"did you mean `{guess}`?" if guess else "a currency is its ISO 4217 code: USD, EUR, GBP",
                )
            return UNKNOWN
        return attrs.evolve(number(Dimension(((node.currency, 1),)) * dimension), nothing=node.value == 0)
    bare = node.form in ("percent", "basis_points") and not node.units
    return Type(kind="number", dimension=dimension, bare=bare, form=node.form)


def _nearest_currency(code: str) -> str | None:
    """A code with the same letters, or one much like it that is often meant."""
    for known in sorted(CURRENCIES):
        if sorted(known) == sorted(code.upper()):
            return known
    return nearest(code, ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD"))


_COUNTED = ("year", "quarter", "month", "week", "day", "hour", "minute", "token")


def whole_number(node: syntax.Expression) -> int | None:
    """The integer that a literal (or its negative) is, or None."""
    if isinstance(node, syntax.Unary) and node.operator == "-":
        inner = whole_number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, syntax.Number) and not node.units and node.form == "plain" and node.value.denominator == 1:
        return int(node.value)
    return None


def spelled(node: syntax.Number | syntax.Money) -> str:
    """A literal as a deal would write it: ``3 months``, ``$2.35 per GPU-hour``."""
    several = node.value not in (1, -1)
    above = "-".join(
        f"{term.name}s" if several and term.name in _COUNTED else term.name for term in node.units if term.power > 0
    )
    below = "-".join(term.name for term in node.units if term.power < 0)
    return node.text + (f" {above}" if above else "") + (f" per {below}" if below else "")
