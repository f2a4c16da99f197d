"""The type of a value, and whether two values stand for the same kind of thing."""

from __future__ import annotations

from typing import Literal

import attrs

from .dimensions import HOUR, PER_YEAR, PURE, YEAR, Dimension

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
