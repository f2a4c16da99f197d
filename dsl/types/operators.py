"""What operators make of their operands' types."""

from __future__ import annotations

from typing import assert_never

import attrs

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..vocabulary.dimensions import Dimension
from ..vocabulary.expected_kinds import fits
from ..vocabulary.mismatches import (
    calendar_meets_exact,
    currencies_differ,
    hint,
    no_number,
    words,
)
from ..vocabulary.type_words import describe
from ..vocabulary.units import spelled, whole_number
from ..vocabulary.value_types import CONDITION, DATE, EXACT_DURATION, UNKNOWN, Type, list_of, unify

_COMPARED = ("number", "date")
_ALIKE = ("number", "date", "text", "party", "condition")


def binary(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> Type:
    """The type of ``left operator right``; unknown, and reported, where they do not go together."""
    if "unknown" in (left.kind, right.kind) and node.operator in ("+", "-", "*", "/", "^"):
        # A sum is like the operand that is known; a product with an unknown may be anything.
        return _known(node, left, right)
    if left.family is not None and right.family is not None and left.family != right.family:
        return _families(node, left, right, collector)
    match node.operator:
        case "and" | "or":
            for operand, type in ((node.left, left), (node.right, right)):
                condition(operand, type, f"`{node.operator}` joins conditions, and this", collector)
            return CONDITION.like(left, right)
        case "is" | "is not" | "<" | "<=" | ">" | ">=":
            _compare(node, left, right, collector)
            return CONDITION.like(left, right)
        case "+" | "-" | "*" | "/" | "^":
            if left.kind == "list" or right.kind == "list":
                return _lists(node, left, right, collector)
            return _arithmetic(node, left, right, collector)
        case _:
            assert_never(node.operator)


def _known(node: syntax.Binary, left: Type, right: Type) -> Type:
    known = right if left.kind == "unknown" else left
    if (
        node.operator not in ("+", "-")
        or known.kind != "number"
        or known.dimension.power("hour") == 1
        or (known.dimension.power("year") == 1)
    ):
        return UNKNOWN
    return known.like(left, right)


def _lists(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> Type:
    """A list and a value, or two lists: item by item."""
    first = left.item if left.kind == "list" else left
    second = right.item if right.kind == "list" else right
    if first is None or second is None:
        return UNKNOWN
    item = binary(node, first, second, collector)
    return UNKNOWN if item.kind == "unknown" else list_of(item).like(left, right)


def _arithmetic(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> Type:
    for operand, type in ((node.left, left), (node.right, right)):
        if no_number(collector, operand, type):
            return UNKNOWN
    if node.operator in ("+", "-"):
        return _sum(node, left, right, collector)
    if left.kind != "number" or right.kind != "number":
        wrong, place = (left, node.left) if left.kind != "number" else (right, node.right)
        verb = {"*": "multiplies", "/": "divides", "^": "takes a power with"}[node.operator]
        collector.error(
            "E0315",
            f"this {verb} {words(wrong)}, which is not a number",
            place.span,
            label=describe(wrong),
            help="`if c then x else $0` makes a number of a condition" if wrong.kind == "condition" else None,
        )
        return UNKNOWN
    if node.operator == "^":
        return _power(node, left, right, collector)
    if node.operator == "*":
        dimension = left.dimension * right.dimension
        bare = left.bare or right.bare  # of two percentages one may be the rate: `size * 35% * 5%`
        nothing = left.nothing or right.nothing
    else:
        dimension = left.dimension / right.dimension
        bare = left.bare and not right.bare
        nothing = left.nothing
    nothing = nothing and len(dimension.currencies) == 1  # so many times no money is no money
    result = Type(kind="number", dimension=dimension, bare=bare, nothing=nothing).like(left, right)
    if not dimension.pure:
        return result
    if not left.pure:
        return attrs.evolve(result, form="ratio") if node.operator == "/" else result
    form = left.form if right.form in ("plain", "count", left.form) else right.form
    if node.operator == "/" and left.form == right.form:
        form = "plain" if left.form in ("plain", "count") else "ratio"
    return attrs.evolve(result, form="plain" if form == "count" else form)


def _sum(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> Type:
    minus = node.operator == "-"
    if left.kind == "date" and right.kind == "date":
        if minus:
            return EXACT_DURATION.like(left, right)
        collector.error(
            "E0321",
            "this adds a date to a date",
            node.right.span,
            label="date",
            others=(Label(node.left.span, "date"),),
            help="the time between two dates is their difference; a duration can be added to a date",
        )
        return UNKNOWN
    if left.kind == "date" and fits(right, "duration"):
        return DATE.like(left, right)
    if right.kind == "date" and fits(left, "duration") and not minus:
        return DATE.like(left, right)
    if left.kind == "number" and right.kind == "number":
        agreed = unify(left, right)
        if agreed is not None:
            bare = left.bare and right.bare
            form = agreed.form
            if agreed.dimension.pure and {left.form, right.form} & {"count"} and left.form != right.form:
                form = "plain"
            return attrs.evolve(agreed, bare=bare, form=form)
    said = f"subtracts {words(right)} from {words(left)}" if minus else f"adds {words(left)} to {words(right)}"
    _unlike(node, left, right, "E0312", f"this {said}", "adds" if not minus else "subtracts", collector)
    return UNKNOWN


def _power(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> Type:
    if not right.pure:
        collector.error(
            "E0319",
            f"an exponent must be a number, and this is {words(right)}",
            node.right.span,
            label=describe(right),
            help="divide by a unit first: `(x / 1 year)`" if fits(right, "duration") else None,
        )
        return UNKNOWN
    if left.pure:
        return Type(kind="number").like(left, right)
    exponent = whole_number(node.right)
    if exponent is None or abs(exponent) > 9:
        collector.error(
            "E0319",
            f"{words(left)} can be raised only to a small whole number written out",
            node.right.span,
            label="exponent",
            others=(Label(node.left.span, describe(left)),),
            help="divide the base by a unit first, so that it is a plain number",
        )
        return UNKNOWN
    return Type(kind="number", dimension=left.dimension**exponent).like(left, right)


def _compare(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> None:
    for operand, type in ((node.left, left), (node.right, right)):
        if no_number(collector, operand, type):
            return
    if "unknown" in (left.kind, right.kind):
        return
    allowed = _ALIKE if node.operator in ("is", "is not") else _COMPARED
    if unify(left, right) is None:
        _unlike(node, left, right, "E0313", f"this compares {words(left)} with {words(right)}", "compares", collector)
    elif left.kind not in allowed:
        collector.error(
            "E0313",
            f"`{node.operator}` does not compare {words(left)} with another",
            node.operator_span,
            others=(Label(node.left.span, describe(left)), Label(node.right.span, describe(right))),
            help="`is` and `is not` compare texts, parties and conditions" if left.kind in _ALIKE else None,
        )


def _unlike(
    node: syntax.Binary, left: Type, right: Type, code: str, said: str, verb: str, collector: Collector
) -> None:
    """Two operands that must be alike and are not: both places, and what may have been meant."""
    notes: tuple[str, ...] = ()
    text: str | None = None
    label, other = describe(right), describe(left)
    if currencies_differ(left, right):
        ours, theirs = left.dimension.currencies[0], right.dimension.currencies[0]
        code, said = "E0314", f"this {verb} {theirs} {'from' if verb == 'subtracts' else 'with'} {ours}"
        if verb == "adds":
            said = f"this adds {ours} to {theirs}"
        label, other = describe(right, currency=True), describe(left, currency=True)
        text = f"two currencies meet only through a stated rate: `* 1.08 {ours} per {theirs}`"
    elif calendar_meets_exact(left, right):
        code = "E0325"
        notes = ("hours and days are exact, months and years calendar: one month is not thirty days",)
        text = "they meet only through a day count, or `* 1 month`"
    else:
        text = _meant(node, left, right)
    collector.error(
        code, said, node.right.span, label=label, others=(Label(node.left.span, other),), help=text, notes=notes
    )


def _meant(node: syntax.Binary, left: Type, right: Type) -> str | None:
    for mine, operand, other, partner in ((right, node.right, left, node.left), (left, node.left, right, node.right)):
        if mine.pure and isinstance(operand, syntax.Number) and mine.form == "plain" and other.kind == "number":
            found = hint(operand, mine, describe(other), other)
            if found is not None:
                return found
        if other.kind == "date" and mine.pure and isinstance(operand, syntax.Number):
            return f"did you mean `{operand.text} months`, or `{operand.text} days`?"
        if mine.form == "multiple" and mine.pure and isinstance(operand, syntax.Number) and fits(other, "duration"):
            length = spelled(partner) if isinstance(partner, syntax.Number) else "6 months"
            return f"did you mean `{operand.text} * dscr`, or `maturity + {length}`?"
        if other.kind == "number" and mine.kind == "number" and other.dimension.currencies:
            ratio = mine.dimension / other.dimension
            if ratio.powers == (("year", -1),):
                return "`accrue(x, actual/360)` gathers an amount per year; `x * 1 month` takes a month of it"
    return None


def _families(node: syntax.Binary, left: Type, right: Type, collector: Collector) -> Type:
    collector.error(
        "E0320",
        f"the rows of `{left.family}` meet the rows of `{right.family}`",
        node.right.span,
        label=f"a figure for each row of `{right.family}`",
        others=(Label(node.left.span, f"a figure for each row of `{left.family}`"),),
        help="sum one of them first: `sum(x)`",
    )
    return UNKNOWN


def condition(expression: syntax.Expression, type: Type, said: str, collector: Collector) -> None:
    """Report where a value that must be a condition is none. ``said`` ends before ``is a duration``."""
    if type.kind in ("condition", "unknown"):
        return
    text = "compare it with something: `x > $0`, `x is y`"
    if type.kind == "party":
        name = expression.text if isinstance(expression, syntax.Name) else "the party"
        text = f"`{name}.performing` or `{name}.defaulted`"
    elif type.kind == "date":
        text = "`date >= x`, or `x falls`"
    elif type.kind == "claim":
        text = "for example `x.unpaid > $0`"
    elif type.kind == "instance" and isinstance(expression, syntax.Name):
        text = f"`{expression.text}.` and the name of its trigger, or of a condition"
    collector.error("E0318", f"{said} is {words(type)}", expression.span, label=describe(type), help=text)


def negative(node: syntax.Unary, type: Type, collector: Collector) -> Type:
    if type.kind in ("number", "unknown"):
        return type
    if type.kind == "list" and type.item is not None and type.item.kind == "number":
        return type
    if not no_number(collector, node.operand, type):
        collector.error(
            "E0315",
            f"this takes the negative of {words(type)}, which is not a number",
            node.operand.span,
            label=describe(type),
            help="`not` turns a condition round" if type.kind == "condition" else None,
        )
    return UNKNOWN


def per(node: syntax.Per, type: Type, dimension: Dimension, collector: Collector) -> Type:
    if type.kind == "unknown":
        return UNKNOWN
    if type.kind == "list" and type.item is not None:
        item = per(node, type.item, dimension, collector)
        return item if item.kind == "unknown" else list_of(item).like(type)
    if type.kind != "number":
        collector.error(
            "E0315",
            f"this divides {words(type)} by a unit, and it is not a number",
            node.operand.span,
            label=describe(type),
        )
        return UNKNOWN
    return Type(kind="number", dimension=type.dimension * dimension, nothing=type.nothing, form=type.form).like(type)


def alike(items: list[tuple[syntax.Expression, Type]], code: str, said: str, collector: Collector) -> Type:
    """The one type of several values. ``said`` begins the message: ``the branches of `if` ``."""
    agreed, first, place = UNKNOWN, UNKNOWN, _place(items)
    for expression, type in items:
        if type.kind == "claim" and code != "E0324" and no_number(collector, expression, type):
            return UNKNOWN
        if agreed.kind == "unknown":
            agreed, first, place = type.like(agreed), type, expression.span
            continue
        if agreed.family is not None and type.family is not None and agreed.family != type.family:
            collector.error(
                "E0320",
                f"the rows of `{agreed.family}` meet the rows of `{type.family}`",
                expression.span,
                label=f"a figure for each row of `{type.family}`",
                others=(Label(place, f"a figure for each row of `{agreed.family}`"),),
                help="sum one of them first: `sum(x)`",
            )
            return UNKNOWN
        together = unify(agreed, type)
        if together is None:
            _different(items, expression, type, first, place, code, said, collector)
            return UNKNOWN
        agreed = together
    return agreed


def _different(
    items: list[tuple[syntax.Expression, Type]],
    expression: syntax.Expression,
    type: Type,
    first: Type,
    place: Span,
    code: str,
    said: str,
    collector: Collector,
) -> None:
    earlier = next(item for item, _ in items if item.span == place)
    if currencies_differ(first, type):
        ours, theirs = first.dimension.currencies[0], type.dimension.currencies[0]
        collector.error(
            "E0314",
            f"{said} are in {ours} and {theirs}",
            expression.span,
            label=describe(type, currency=True),
            others=(Label(place, describe(first, currency=True)),),
            help=f"two currencies meet only through a stated rate: `* 1.08 {ours} per {theirs}`",
        )
        return
    text: str | None = None
    if calendar_meets_exact(first, type):
        code, text = "E0325", "hours and days are exact, months and years calendar: one month is not thirty days"
    for mine, operand, other in ((type, expression, first), (first, earlier, type)):
        if text is None and mine.pure and isinstance(operand, syntax.Number):
            text = hint(operand, mine, describe(other), other)
    collector.error(
        code,
        f"{said} are not alike: {words(first)} and {words(type)}",
        expression.span,
        label=describe(type),
        others=(Label(place, describe(first)),),
        help=text,
    )


def _place(items: list[tuple[syntax.Expression, Type]]) -> Span:
    return items[0][0].span if items else Span("", 1, 1, 1, 1)
