"""Stated types (``money per GPU-hour``, ``list of duration``) and declared units."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from .. import syntax
from ..messages.diagnostics import Collector
from ..messages.nearest import nearest
from ..vocabulary.currencies import CURRENCIES
from ..vocabulary.dimensions import PURE, Dimension
from ..vocabulary.expected_kinds import fits
from ..vocabulary.type_words import plural
from ..vocabulary.units import Declared, known, literal_type, literal_value, scale, unit
from ..vocabulary.value_types import (
    CONDITION,
    CREDIT_CURVE,
    DATE,
    DAYCOUNT,
    DURATION,
    INSTANCE,
    PARTY,
    RATE_CURVE,
    SCHEDULE,
    TEXT,
    Form,
    Type,
    list_of,
    unify,
)

_PURE_NAMES: dict[str, Form] = {
    "fraction": "percent",
    "percentage": "percent",
    "number": "plain",
    "multiple": "multiple",
    "ratio": "ratio",
    "count": "count",
}
_KINDS: dict[str, Type] = {
    "date": DATE,
    "condition": CONDITION,
    "text": TEXT,
    "party": PARTY,
    "schedule": SCHEDULE,
    "daycount": DAYCOUNT,
    "claim": Type(kind="claim"),
    "instrument": INSTANCE,
    "account": INSTANCE,
    "group": INSTANCE,
    "rate_curve": RATE_CURVE,
    "credit_curve": CREDIT_CURVE,
}
NAMES = ("money", "rate", "duration", *_PURE_NAMES, *_KINDS)


@attrs.frozen(slots=True)
class Stated:
    """A stated type: ``type`` in the deal's currency, the factor of a value written in its units to base units.

    ``any_currency``: money of whichever currency the value is in. ``any_time``: calendar or exact duration.
    """

    type: Type
    factor: Fraction
    words: str
    any_currency: bool = False
    any_time: bool = False

    def accept(self, actual: Type) -> Type | None:
        """The type of a value that is stated so, or None where it is of another type."""
        wanted = self.type
        if actual.kind == "unknown":
            return wanted.like(actual)
        if wanted.kind == "list":
            if actual.kind != "list" or wanted.item is None or actual.item is None:
                return None
            item = attrs.evolve(self, type=wanted.item).accept(actual.item)
            return None if item is None else list_of(item).like(actual)
        if actual.kind == "list" and wanted.series and actual.item is not None:
            return None
        if wanted.kind == "claim" and actual.kind == "claim":
            return actual
        if self.any_time and fits(actual, "duration"):
            return attrs.evolve(actual, bare=False).like(wanted)
        if self.any_currency and actual.kind == "number" and not actual.nothing:
            mine, theirs = wanted.dimension.currencies, actual.dimension.currencies
            if len(theirs) == 1 and actual.dimension.power(theirs[0]) == wanted.dimension.power(mine[0]):
                power = wanted.dimension.power(mine[0])
                swapped = Dimension(((theirs[0], 1),)) ** power / Dimension(((mine[0], 1),)) ** power
                wanted = attrs.evolve(wanted, dimension=wanted.dimension * swapped)
        agreed = unify(wanted, actual)
        if agreed is None or agreed.kind != "number":
            return agreed
        if actual.nothing:  # in the deal's own currency, until it meets another
            agreed = attrs.evolve(agreed, dimension=wanted.dimension)
        if agreed.dimension != wanted.dimension:
            return None
        form = actual.form if wanted.form == "plain" else wanted.form
        return attrs.evolve(agreed, bare=False, nothing=actual.nothing, form=form)


# What other languages and spreadsheets call a type.
_MEANT = {
    "amount": "money",
    "currency": "money",
    "number": "count",
    "integer": "count",
    "int": "count",
    "float": "fraction",
    "percent": "fraction",
    "percentage": "fraction",
    "ratio": "fraction",
    "boolean": "condition",
    "bool": "condition",
    "flag": "condition",
    "string": "text",
    "time": "duration",
    "period": "duration",
    "tenor": "duration",
    "yield": "rate",
    "interest": "rate",
    "counterparty": "party",
}


def stated(
    name: syntax.TypeName, currency: str, declared: Declared, components: Iterable[str], collector: Collector
) -> Stated | None:
    """What a stated type means; None where it names no type or unit (reported)."""
    factor, dimension = scale(name.units, collector, declared)
    if not known(name.units, declared):
        return None
    words = name.base + _per(name)
    any_currency = any_time = False
    if name.base == "money":
        base, any_currency = Type(kind="number", dimension=Dimension(((currency, 1),))), True
    elif name.base == "rate":
        base = Type(kind="number", dimension=Dimension.of(year=-1))
    elif name.base == "duration":
        base, any_time = DURATION, not name.units
    elif name.base in _PURE_NAMES:
        base = Type(kind="number", form=_PURE_NAMES[name.base])
    elif name.base in _KINDS:
        base = _KINDS[name.base]
    elif (measured := unit(name.base, declared)) is not None:
        factor *= measured[0]
        base = Type(kind="number", dimension=measured[1])
        if name.base not in CURRENCIES:
            words = f"number of {words}"
    elif name.base in components:
        base = INSTANCE
    else:
        guess = _MEANT.get(name.base.casefold()) or nearest(name.base, [*NAMES, *declared])
        collector.error(
            "E0303",
            f"there is no type `{name.base}`",
            name.span,
            label="unknown type",
            help=f"did you mean `{guess}`?" if guess else f"the types are {', '.join(NAMES)}, and any unit",
        )
        return None
    if base.kind == "number":
        base = attrs.evolve(base, dimension=base.dimension * dimension)
    if name.many:
        base, words = list_of(base), f"list of {plural(words)}"
    if name.series:
        base = attrs.evolve(base, series=True)
    return Stated(base, factor, words, any_currency, any_time)


def _per(name: syntax.TypeName) -> str:
    below = "-".join(term.name for term in name.units if term.power < 0)
    return f" per {below}" if below else ""


def declare(items: Iterable[syntax.UnitDeclaration], collector: Collector) -> dict[str, tuple[Fraction, Dimension]]:
    """The units that a deal declares: ``unit rack`` counts racks; ``unit rack = 72 GPU`` is that many GPU."""
    declared: dict[str, tuple[Fraction, Dimension]] = {}
    early: list[tuple[str, syntax.Number | syntax.Money]] = []
    for item in items:
        if unit(item.name) is not None:
            collector.error(
                "E0304",
                f"`{item.name}` is a unit of the language",
                item.name_span,
                label="already a unit",
                help="give the new unit another name",
            )
        elif item.value is None:
            declared[item.name] = Fraction(1), Dimension(((item.name, 1),))
        elif isinstance(item.value, syntax.Number | syntax.Money):
            declared[item.name] = (Fraction(0), PURE)
            if not known(item.value.units, declared) or item.name in {term.name for term in item.value.units}:
                guilty = next(
                    term for term in item.value.units if term.name == item.name or unit(term.name, declared) is None
                )
                collector.error(
                    "E0305",
                    f"the unit `{item.name}` stands on a unit that is not known before it",
                    guilty.span,
                    label="not known yet",
                    help=f"declare `{guilty.name}` first, or give the value in GPU, kW or hours",
                )
                declared[item.name] = Fraction(1), Dimension(((item.name, 1),))
                if guilty.name != item.name:
                    early.append((item.name, item.value))
            else:
                declared[item.name] = _worth(item.value, declared)
        else:
            collector.error(
                "E0304",
                f"the unit `{item.name}` must be worth a number of units",
                item.value.span,
                label="not a number with a unit",
                help=f"`unit {item.name} = 72 GPU`",
            )
            declared[item.name] = Fraction(1), Dimension(((item.name, 1),))
    for name, worth in reversed(early):
        if known(worth.units, declared):  # what reads the unit is not at fault
            declared[name] = _worth(worth, declared)
    return declared


def _worth(value: syntax.Number | syntax.Money, declared: Declared) -> tuple[Fraction, Dimension]:
    return literal_value(value, declared) or Fraction(1), literal_type(value, declared).dimension
