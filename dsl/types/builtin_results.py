"""What comes back of the language's functions: a rule for each `Result` of the table of them (`builtins.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import attrs

from ..messages.diagnostics import Collector
from ..vocabulary.builtins import Bound, Builtin, Result
from ..vocabulary.dimensions import HOUR, YEAR, Dimension
from ..vocabulary.mismatches import words
from ..vocabulary.type_words import describe
from ..vocabulary.value_types import CONDITION, COUNT, DATE, DURATION, MULTIPLE, NUMBER, RATE, TABLE, UNKNOWN, Type
from . import operators
from .dispatch import RuleTable, together

_PERCENTAGE = attrs.evolve(NUMBER, form="percent")


@attrs.frozen(eq=False, kw_only=True)
class Applied:
    """A function of the language with its arguments' types, all of them wanted where they stand.

    ``agreed``: the one type of the arguments that must be alike. ``hint``: what is wanted of the call, where that is
    known. ``money``: money of the deal's currency.
    """

    builtin: Builtin
    bound: Bound
    arguments: Mapping[str, Type]
    agreed: Type
    hint: Type | None
    money: Type
    collector: Collector

    @property
    def first(self) -> Type:
        """The argument that the function is about."""
        return self.arguments.get("x", next(iter(self.arguments.values()), UNKNOWN))

    @property
    def all(self) -> tuple[Type, ...]:
        return tuple(self.arguments.values())

    def refuse(self, name: str, code: str, message: str, *, label: str, help: str) -> Type:
        """Say at an argument why nothing comes back."""
        self.collector.error(code, message, self.bound.values[name].span, label=label, help=help)
        return UNKNOWN


@attrs.frozen
class ResultRule:
    """``known``: nothing is said of it while an argument is unknown. ``lists``: its ``x`` may be a list, item by item.
    ``hinted``: its arguments are what is wanted of it."""

    of: Callable[[Applied], Type]
    known: bool = False
    lists: bool = False
    hinted: bool = False


class ResultRules(RuleTable[Result, ResultRule]):
    def of(
        self, *results: Result, known: bool = False, lists: bool = False, hinted: bool = False
    ) -> Callable[[Callable[[Applied], Type]], Callable[[Applied], Type]]:
        def added(rule: Callable[[Applied], Type]) -> Callable[[Applied], Type]:
            for result in results:
                self.put(result, ResultRule(rule, known, lists, hinted))
            return rule

        return added

    def always(self, result: Result, type: Type) -> None:
        """Of one type whatever the arguments are."""
        self.put(result, ResultRule(lambda applied: type))

    def like_all(self, result: Result, type: Type) -> None:
        """Of one type, for each date and each row of which an argument has one."""
        self.put(result, ResultRule(lambda applied: type.like(*applied.all)))


_RULES = ResultRules()

# --------------------------------------------------------------------------------------------- whatever is given

_RULES.always("multiple", MULTIPLE)
_RULES.always("rate", RATE)
_RULES.always("duration", DURATION)
_RULES.always("declining", _PERCENTAGE.over_dates())
_RULES.always("date", DATE)
_RULES.always("copula", NUMBER)
_RULES.always("table", TABLE)
_RULES.always("holds", CONDITION)
_RULES.always("held", _PERCENTAGE)
_RULES.always("told", CONDITION.over_dates())

_RULES.like_all("pure", NUMBER)
_RULES.like_all("percentage", _PERCENTAGE)
_RULES.like_all("count", COUNT)
_RULES.like_all("condition", CONDITION)
_RULES.like_all("quoted", RATE)
_RULES.like_all("annuity", DURATION)
_RULES.like_all("rolled", DATE)


@_RULES.of("period")
def _period(applied: Applied) -> Type:
    return DURATION.over_dates().like(*applied.all)


@_RULES.of("amount")
def _amount(applied: Applied) -> Type:
    return applied.money.over_dates()


@_RULES.of("total")
def _total(applied: Applied) -> Type:
    return applied.money


@_RULES.of("share")
def _share(applied: Applied) -> Type:
    return _of_pool(applied, _PERCENTAGE)


@_RULES.of("spread")
def _spread(applied: Applied) -> Type:
    return _of_pool(applied, RATE)


def _of_pool(applied: Applied, figure: Type) -> Type:
    """One figure where the pool is a family's rows, a figure a row where a row is a pool."""
    result, given = figure.like(*applied.all), applied.bound.values
    pooled = "notional" in given or ("n" in given and "names" not in given)
    return attrs.evolve(result, family=None) if pooled else result


# --------------------------------------------------------------------------------------------- like what is given


@_RULES.of("same", hinted=True)
def _same(applied: Applied) -> Type:
    return applied.agreed


@_RULES.of("varying", hinted=True)
def _varying(applied: Applied) -> Type:
    return applied.agreed.over_dates()


@_RULES.of("series", known=True, lists=True, hinted=True)
def _series(applied: Applied) -> Type:
    return applied.first.over_dates()


@_RULES.of("unsigned", known=True, lists=True, hinted=True)
def _unsigned(applied: Applied) -> Type:
    return applied.first


@_RULES.of("carried")
def _carried(applied: Applied) -> Type:
    return applied.first.over_dates() if applied.first.kind == "number" else attrs.evolve(applied.first, series=True)


@_RULES.of("worth")
def _worth(applied: Applied) -> Type:
    return applied.arguments["notional"].like(*applied.all)


@_RULES.of("item", known=True)
def _item(applied: Applied) -> Type:
    item = applied.all[0].item or UNKNOWN
    return item.like(*(applied.arguments[name] for name in ("n", "at", "age") if name in applied.arguments))


@_RULES.of("stepped", known=True)
def _stepped(applied: Applied) -> Type:
    return (applied.all[0].item or UNKNOWN).over_dates()


@_RULES.of("draw")
def _draw(applied: Applied) -> Type:
    start = applied.arguments.get("start", applied.hint)
    return NUMBER.over_dates() if start is None else start.over_dates()


@_RULES.of("waiting")
def _waiting(applied: Applied) -> Type:
    rate = applied.arguments["rate"]
    if rate.bare and rate.dimension.pure:
        return DURATION
    return rate if rate.kind == "unknown" else Type(kind="number", dimension=rate.dimension**-1)


# --------------------------------------------------------------------------------------------- over dates and rows


@_RULES.of("dates", known=True)
def _dates(applied: Applied) -> Type:
    """One figure of all dates; of an instrument, money."""
    kept = applied.first.kind in ("number", "date", "condition")
    return attrs.evolve(applied.first, series=False) if kept else applied.money


@_RULES.of("reduced", known=True, lists=True)
def _reduced(applied: Applied) -> Type:
    first = applied.first
    if first.kind == "list":
        return first.item or UNKNOWN
    if first.kind not in ("number", "date"):
        return applied.refuse(
            "x",
            "E0310",
            f"`{applied.builtin.name}` compares numbers or dates, and this is {words(first)}",
            label=describe(first),
            help="of a condition: `any(c)` whether it ever holds, `count(c)` on how many dates"
            if first.kind == "condition"
            else "ask it of a figure",
        )
    if applied.builtin.name == "total":
        return attrs.evolve(first, family=None, series=False)
    return attrs.evolve(first, family=None) if first.family else attrs.evolve(first, series=False)


@_RULES.of("any")
def _any(applied: Applied) -> Type:
    return attrs.evolve(applied.first, family=None) if applied.first.family else CONDITION


@_RULES.of("counted")
def _counted(applied: Applied) -> Type:
    x = applied.first
    if x.kind not in ("condition", "instance", "list", "unknown"):
        value = applied.bound.values["x"]
        operators.condition(value, x, "`count` counts what holds, and this", applied.collector)
        return UNKNOWN
    return attrs.evolve(COUNT, series=x.series if x.family else False)


@_RULES.of("rows", known=True, lists=True)
def _rows(applied: Applied) -> Type:
    x = applied.first
    weights = applied.arguments.get("weights")
    if weights is not None and weights.family and x.family and weights.family != x.family:
        return applied.refuse(
            "weights",
            "E0320",
            f"the rows of `{x.family}` meet the rows of `{weights.family}`",
            label=f"a figure for each row of `{weights.family}`",
            help="weights are of the same family",
        )
    if x.kind == "list":
        return x.item or UNKNOWN
    if x.family is None and (weights is None or weights.family is None):
        return applied.refuse(
            "x",
            "E0332",
            f"`{applied.builtin.name}` adds up the rows of a family, and this has none",
            label="one figure, no rows",
            help="`total(x)` adds up the dates of a series",
        )
    return attrs.evolve(x, family=None)


@_RULES.of("grouped", known=True)
def _grouped(applied: Applied) -> Type:
    x = applied.first
    group = applied.arguments["group"]
    if group.family is None or (x.family is not None and x.family != group.family):
        said = "the same on every row" if group.family is None else f"of the rows of `{group.family}`"
        return applied.refuse(
            "group",
            "E0685",
            f"`sum_by` groups rows by a text of each, and this is {said}",
            label="one text" if group.family is None else f"the amounts are of `{x.family}`",
            help="group by a field of the family whose rows are added: `sum_by(loans.balance, loans.obligor)`",
        )
    return attrs.evolve(x, family=group.family)


# --------------------------------------------------------------------------------------------- units of the result


@_RULES.of("accrued", known=True)
def _accrued(applied: Applied) -> Type:
    amount = applied.first.like(*applied.all)
    if amount.kind != "number":
        return UNKNOWN
    if amount.dimension.power("year") == -1:
        return attrs.evolve(amount, dimension=amount.dimension * YEAR, bare=False, form="plain", series=True)
    if amount.bare:
        return attrs.evolve(amount, bare=False, series=True)
    return applied.refuse(
        "x",
        "E0341",
        f"what accrues is an amount per year, and this is {words(amount)}",
        label=describe(amount),
        help="multiply a balance by a rate: `accrue(balance * coupon, actual/360)`",
    )


@_RULES.of("root", known=True)
def _root(applied: Applied) -> Type:
    x = applied.first
    if x.kind == "number" and all(power % 2 == 0 for _, power in x.dimension.powers):
        return Type(
            kind="number", dimension=Dimension(tuple((name, power // 2) for name, power in x.dimension.powers))
        ).like(x)
    return applied.refuse(
        "x",
        "E0319",
        f"{words(x)} has no square root in these units",
        label=describe(x),
        help="divide it by a unit first, so that it is a plain number",
    )


@_RULES.of("rounded", known=True)
def _rounded(applied: Applied) -> Type:
    x = applied.first
    if x.kind == "number" and x.dimension in (YEAR, HOUR):
        unit = "month" if x.dimension == YEAR else "day"
        return applied.refuse(
            "x",
            "E0331",
            f"`{applied.builtin.name}` of {words(x)}: of which unit?",
            label=describe(x),
            help=f"`{applied.builtin.name}(x / 1 {unit}) * 1 {unit}`",
        )
    return x


@_RULES.of("exchanged", known=True)
def _exchanged(applied: Applied) -> Type:
    amount, rate = applied.arguments["x"], applied.arguments["rate"]
    result = amount.dimension * rate.dimension
    if amount.currency is None or result.currency in (None, amount.currency):
        return applied.refuse(
            "rate",
            "E0314",
            f"{words(rate)} does not turn {words(amount)} into money",
            label=describe(rate),
            help=f"a rate per unit: `1.08 USD per {amount.currency or 'EUR'}`",
        )
    return Type(kind="number", dimension=result).like(amount, rate)


@_RULES.of("product", known=True)
def _product(applied: Applied) -> Type:
    x, share = applied.arguments["x"], applied.arguments["share"]
    nothing = x.nothing and not share.dimension.currencies
    return Type(kind="number", dimension=x.dimension * share.dimension, nothing=nothing).like(x, share).over_dates()


@_RULES.of("tiered", known=True)
def _tiered(applied: Applied) -> Type:
    quantity = applied.arguments["quantity"]
    price = applied.arguments["points"].item or UNKNOWN
    if price.kind != "number":
        return UNKNOWN
    return Type(kind="number", dimension=price.dimension * quantity.dimension).like(price, quantity)


RESULTS = together(_RULES, over=get_args(Result))
