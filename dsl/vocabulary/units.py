"""The algebra of units: dimensions, the type of a value, and literals in base units.

Base units are one each of: a currency (``USD``), ``year`` (calendar time: years, quarters, months),
``hour`` (exact time: weeks, days, hours), ``GPU``, ``kW``, ``token``, and any unit that a deal declares.
Calendar and exact time never convert into one another here: they meet only through a day count.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import attrs

from .. import syntax
from ..messages.diagnostics import Collector
from ..messages.nearest import nearest
from .currencies import CURRENCIES


@attrs.frozen(slots=True)
class Dimension:
    """Powers of base units, sorted by name; none is zero. No powers at all: a pure number."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, **powers: int) -> Dimension:
        return cls(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def power(self, base: str) -> int:
        for name, power in self.powers:
            if name == base:
                return power
        return 0

    @property
    def pure(self) -> bool:
        return not self.powers

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.powers if name in CURRENCIES)

    @property
    def currency(self) -> str | None:
        """The one currency of an amount of money; None where this is anything else."""
        if len(self.powers) == 1 and self.powers[0][1] == 1 and self.powers[0][0] in CURRENCIES:
            return self.powers[0][0]
        return None

    def __mul__(self, other: Dimension) -> Dimension:
        total = dict(self.powers)
        for name, power in other.powers:
            total[name] = total.get(name, 0) + power
        return Dimension.of(**total)

    def __truediv__(self, other: Dimension) -> Dimension:
        return self * other**-1

    def __pow__(self, exponent: int) -> Dimension:
        return Dimension.of(**{name: power * exponent for name, power in self.powers})


PURE = Dimension()
YEAR = Dimension.of(year=1)
HOUR = Dimension.of(hour=1)
PER_YEAR = Dimension.of(year=-1)

Kind = Literal[
    "number",
    "condition",
    "date",
    "text",
    "party",
    "schedule",
    "daycount",
    "list",
    "instance",
    "claim",
    "rate_curve",
    "credit_curve",
    "table",
    "unknown",
]
Form = Literal["plain", "percent", "basis_points", "multiple", "ratio", "count"]


@attrs.frozen(slots=True, kw_only=True)
class Type:
    """What a value is.

    ``unknown`` is poison: its cause was reported, and nothing that touches it is reported again.
    ``bare``: a number that holds one bare percentage (or basis points) may stand for itself or, where a
    rate is wanted or added, for itself per year; ``balance * 0.05%`` is money that may stand for money per year.
    ``nothing``: no money at all, ``$0``: it may stand for none in another currency, so that the library's components
    serve every currency. ``form``: how a pure number was spelled. ``item``: what a list holds. ``series``: it varies
    by date.
    ``family``: it has one value a row of that family.
    """

    kind: Kind
    dimension: Dimension = PURE
    bare: bool = False
    nothing: bool = False
    form: Form = "plain"
    item: Type | None = None
    series: bool = False
    family: str | None = None

    @property
    def pure(self) -> bool:
        return self.kind == "number" and self.dimension.pure

    @property
    def currency(self) -> str | None:
        return self.dimension.currency if self.kind in ("number", "claim") else None

    def over_dates(self) -> Type:
        return attrs.evolve(self, series=True)

    def one_date(self) -> Type:
        return attrs.evolve(self, series=False)

    def like(self, *others: Type) -> Type:
        """This type, varying over all that the others vary over (a row of the first family named)."""
        series, family = self.series, self.family
        for other in others:
            series = series or other.series
            family = family or other.family
        return attrs.evolve(self, series=series, family=family)


UNKNOWN = Type(kind="unknown")
CONDITION = Type(kind="condition")
DATE = Type(kind="date")
TEXT = Type(kind="text")
PARTY = Type(kind="party")
SCHEDULE = Type(kind="schedule")
DAYCOUNT = Type(kind="daycount")
INSTANCE = Type(kind="instance")
RATE_CURVE = Type(kind="rate_curve")
CREDIT_CURVE = Type(kind="credit_curve")
TABLE = Type(kind="table")
NUMBER = Type(kind="number")
COUNT = Type(kind="number", form="count")
FRACTION = Type(kind="number", form="percent")
MULTIPLE = Type(kind="number", form="multiple")
RATE = Type(kind="number", dimension=PER_YEAR)
DURATION = Type(kind="number", dimension=YEAR)
EXACT_DURATION = Type(kind="number", dimension=HOUR)


def money(currency: str, series: bool = False) -> Type:
    return Type(kind="number", dimension=Dimension(((currency, 1),)), series=series)


def number(dimension: Dimension) -> Type:
    return Type(kind="number", dimension=dimension)


def list_of(item: Type) -> Type:
    return Type(kind="list", item=attrs.evolve(item, series=False, family=None), series=item.series, family=item.family)


def unify(left: Type, right: Type) -> Type | None:
    """The type of two values that stand for the same kind of thing, or None where they are not alike.

    A bare percentage beside a rate is per year; an unknown takes the other's type.
    """
    if left.kind == "unknown":
        return right.like(left)
    if right.kind == "unknown":
        return left.like(right)
    if left.kind != right.kind:
        return None
    if left.kind == "list":
        if left.item is None or right.item is None:
            return left
        item = unify(left.item, right.item)
        return None if item is None else attrs.evolve(left, item=item).like(right)
    if left.kind not in ("number", "claim"):
        return left.like(right)
    if left.dimension == right.dimension:
        nothing = left.nothing and right.nothing
        return attrs.evolve(left, bare=left.bare and right.bare, nothing=nothing, form=_form(left, right)).like(right)
    if left.nothing and _in_currency(left.dimension, right.dimension):
        return right.like(left)
    if right.nothing and _in_currency(right.dimension, left.dimension):
        return left.like(right)
    if left.bare and left.dimension * PER_YEAR == right.dimension:
        return attrs.evolve(right, bare=False).like(left)
    if right.bare and right.dimension * PER_YEAR == left.dimension:
        return attrs.evolve(left, bare=False).like(right)
    return None


def _in_currency(dimension: Dimension, other: Dimension) -> bool:
    """Whether a dimension is another's but for the currency that each is in."""
    mine, theirs = dimension.currencies, other.currencies
    if len(mine) != 1 or len(theirs) != 1:
        return False
    return dimension * Dimension(((theirs[0], 1),)) == other * Dimension(((mine[0], 1),))


def _form(left: Type, right: Type) -> Form:
    if left.form == right.form or right.form == "plain":
        return left.form
    return right.form if left.form == "plain" else "plain"


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
_COUNTED = ("year", "quarter", "month", "week", "day", "hour", "minute", "token")
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
