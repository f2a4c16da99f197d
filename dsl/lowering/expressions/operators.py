"""Literals, operators, conditionals, and values read at a moment that the text states."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from ....engine.ir import NEVER, Literal, Operand
from ....engine.rewrites.literals import LARGEST
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import ScheduleEntry, Scope, follow
from ...types.types import Types
from ...vocabulary.dimensions import HOUR, YEAR
from ...vocabulary.units import literal_value, scale
from ..building.builder import FALSE, ONE, TRUE, ZERO, Builder, day, number
from ..context.dispatch import condition, lower, lowers, one_value, untracked, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, EntryValue, ListValue, NotLowered, PairsValue, TextRows, TextValue, Value
from ..figures.flows import following, known_ahead
from ..figures.overrides import fixed_only
from ..figures.reading import opening_value, previous_value
from .dated import schedule_date
from .projections import projected
from .under_conditions import given


def _held(collector: Collector, expression: syntax.Number | syntax.Money, value: Fraction) -> Fraction:
    """A literal that a run can hold."""
    if abs(value) >= LARGEST:
        collector.error(
            "E0105",
            "this number is too large for a run",
            expression.span,
            label="10^308 or more",
            help="no figure of a deal is as large",
        )
        raise NotLowered
    return value


def literal(low: Lowering, expression: syntax.Number | syntax.Money, scope: Scope, moment: Moment) -> Value:
    return Value(number(_held(low.collector, expression, literal_value(expression, low.types.declared))))


lowers(syntax.Number)(literal)
lowers(syntax.Money)(literal)


@lowers(syntax.DateLiteral)
def date(low: Lowering, expression: syntax.DateLiteral, scope: Scope, moment: Moment) -> Value:
    return Value(day(expression.value))


@lowers(syntax.Boolean)
def boolean(low: Lowering, expression: syntax.Boolean, scope: Scope, moment: Moment) -> Value:
    return Value(TRUE if expression.value else FALSE)


def text(low: Lowering, expression: syntax.Text | syntax.DayCount, scope: Scope, moment: Moment) -> TextValue:
    return TextValue(expression.value)


lowers(syntax.Text)(text)
lowers(syntax.DayCount)(text)


@lowers(syntax.Per)
def per(low: Lowering, expression: syntax.Per, scope: Scope, moment: Moment) -> Value:
    inner = value_of(low, expression.operand, scope, moment)
    factor, _ = scale(expression.units, low.collector, low.types.declared)
    return Value(low.builder.multiply(inner.operand, number(factor)), inner.determined)


@lowers(syntax.ListOf)
def list_of(low: Lowering, expression: syntax.ListOf, scope: Scope, moment: Moment) -> ListValue:
    return ListValue(tuple(lower(low, item, scope, moment) for item in expression.items))


@lowers(syntax.Pairs)
def pairs(low: Lowering, expression: syntax.Pairs, scope: Scope, moment: Moment) -> PairsValue:
    found = tuple(
        (value_of(low, key, scope, moment), value_of(low, value, scope, moment)) for key, value in expression.items
    )
    return PairsValue(found, _unit(low.types, expression, scope))


@lowers(syntax.Unary)
def unary(low: Lowering, expression: syntax.Unary, scope: Scope, moment: Moment) -> Value:
    inner = value_of(low, expression.operand, scope, moment)
    if expression.operator == "-":
        return Value(low.builder.emit("negate", inner.operand), inner.determined)
    return Value(low.builder.negated(inner.operand))


@lowers(syntax.Binary)
def binary(low: Lowering, expression: syntax.Binary, scope: Scope, moment: Moment) -> AnyValue:
    builder = low.builder
    operator = expression.operator
    if operator in ("and", "or"):
        left, right = condition(low, expression.left, scope, moment), condition(low, expression.right, scope, moment)
        return Value(builder.both(left, right) if operator == "and" else builder.either(left, right))
    if operator in ("is", "is not"):
        return same(low, expression, scope, moment)
    left_value = lower(low, expression.left, scope, moment)
    right_value = lower(low, expression.right, scope, moment)
    if isinstance(left_value, ListValue | PairsValue) or isinstance(right_value, ListValue | PairsValue):
        return item_by_item(low.types, low.collector, low.builder, expression, scope, left_value, right_value)
    return combined(
        low.types,
        low.collector,
        low.builder,
        expression,
        scope,
        one_value(low.collector, left_value, expression.left),
        one_value(low.collector, right_value, expression.right),
    )


def item_by_item(
    types: Types,
    collector: Collector,
    builder: Builder,
    expression: syntax.Binary,
    scope: Scope,
    left: AnyValue,
    right: AnyValue,
) -> ListValue | PairsValue:
    """A list and a value, or two lists of one length: each item on its own. Points keep the first list's keys."""
    points = next((side for side in (left, right) if isinstance(side, PairsValue)), None)
    left, right = _unkeyed(left), _unkeyed(right)
    length = max(len(side.items) for side in (left, right) if isinstance(side, ListValue))
    sides = [side.items if isinstance(side, ListValue) else (side,) * length for side in (left, right)]
    if any(len(side) != length for side in sides):
        collector.error(
            "E0410",
            f"a list of {len(sides[0])} and a list of {len(sides[1])} do not match item by item",
            expression.span,
        )
        raise NotLowered
    items = tuple(
        combined(
            types,
            collector,
            builder,
            expression,
            scope,
            one_value(collector, a, expression.left),
            one_value(collector, b, expression.right),
        )
        for a, b in zip(*sides, strict=True)
    )
    if points is None:
        return ListValue(items)
    return PairsValue(tuple(zip((key for key, _ in points.items), items, strict=True)), points.unit)


def _unit(types: Types, expression: syntax.Pairs, scope: Scope) -> str:
    """What the keys of points are measured in, where they are durations."""
    dimension = types.of(expression.items[0][0], scope).dimension if expression.items else None
    return "hour" if dimension == HOUR else "year" if dimension == YEAR else ""


def _unkeyed(side: AnyValue) -> AnyValue:
    return ListValue(tuple(value for _, value in side.items)) if isinstance(side, PairsValue) else side


def combined(
    types: Types, collector: Collector, builder: Builder, expression: syntax.Binary, scope: Scope, a: Value, b: Value
) -> Value:
    """Two values put together by an operator of arithmetic or of order."""
    determined = builder.both(a.determined, b.determined)
    match expression.operator:
        case "+" | "-":
            if a.operand.kind == "date" or b.operand.kind == "date":
                return dates(types, collector, builder, expression, scope, a, b)
            return Value(
                builder.emit("add" if expression.operator == "+" else "subtract", a.operand, b.operand), determined
            )
        case "*":
            return Value(builder.multiply(a.operand, b.operand), determined)
        case "/":
            return divide(builder, a, b)
        case "^":
            return power(builder, a, b)
        case "<":
            return Value(builder.both(determined, builder.emit("less", a.operand, b.operand)))
        case "<=":
            return Value(builder.both(determined, builder.emit("less_equal", a.operand, b.operand)))
        case ">":
            return Value(builder.both(determined, builder.emit("less", b.operand, a.operand)))
        case ">=":
            return Value(builder.both(determined, builder.emit("less_equal", b.operand, a.operand)))
    raise AssertionError(expression.operator)


def divide(builder: Builder, a: Value, b: Value) -> Value:
    """A ratio; where its denominator is zero it is not determined."""
    determined = builder.both(a.determined, b.determined)
    if isinstance(b.operand, Literal):
        if b.operand.value == 0:
            return Value(ZERO, FALSE)
        if isinstance(a.operand, Literal):
            return Value(builder.emit("divide", a.operand, b.operand), determined)
        return Value(builder.emit("divide", a.operand, b.operand), determined)
    some = builder.emit("not_equal", b.operand, ZERO)
    safe = builder.select(some, b.operand, ONE)
    return Value(builder.emit("divide", a.operand, safe), builder.both(determined, some))


def power(builder: Builder, a: Value, b: Value) -> Value:
    """Not determined where the base is below zero and the exponent is not whole, or 0 to a negative power."""
    determined = builder.both(a.determined, b.determined)
    exponent = b.operand
    if isinstance(exponent, Literal) and Fraction(exponent.value).denominator == 1 and exponent.value >= 0:
        return Value(builder.emit("power", a.operand, exponent), determined)
    if isinstance(a.operand, Literal) and a.operand.value > 0:
        return Value(builder.emit("power", a.operand, exponent), determined)
    if isinstance(exponent, Literal) and exponent.value > 0:
        good = builder.emit("less_equal", ZERO, a.operand)
        a = Value(builder.positive(a.operand), determined)  # what rounding leaves below nothing has no power
    else:
        rounded = builder.emit("floor", exponent)
        whole = builder.emit("equal", rounded, exponent)
        exponent = builder.select(whole, rounded, exponent)
        defined_below = builder.both(whole, builder.emit("less", a.operand, ZERO))
        defined_at = builder.both(builder.emit("equal", a.operand, ZERO), builder.emit("less_equal", ZERO, exponent))
        good = builder.either(builder.emit("less", ZERO, a.operand), builder.either(defined_below, defined_at))
    safe = builder.select(good, a.operand, ONE)
    return Value(builder.emit("power", safe, exponent), builder.both(determined, good))


def dates(
    types: Types, collector: Collector, builder: Builder, expression: syntax.Binary, scope: Scope, a: Value, b: Value
) -> Value:
    """Dates and durations: days are exact, months and years walk the calendar."""
    determined = builder.both(a.determined, b.determined)
    if a.operand.kind == "date" and b.operand.kind == "date":
        days = builder.subtract(builder.emit("to_number", a.operand), builder.emit("to_number", b.operand))
        return Value(builder.multiply(days, number(24)), builder.both(determined, comes(builder, a, b)))
    start, length = (a, b) if a.operand.kind == "date" else (b, a)
    node = expression.right if a.operand.kind == "date" else expression.left
    sign = -1 if expression.operator == "-" else 1
    type = types.of(node, scope)
    dimension = type.item.dimension if type.item is not None else type.dimension
    return Value(shifted(collector, builder, start.operand, length.operand, dimension, sign, expression), determined)


def comes(builder: Builder, *dates: Value) -> Operand:
    """Where none of some dates is `never`: what is measured to a date that never comes is not determined."""
    found: Operand = TRUE
    for date in dates:
        values = builder.table_values(date.operand)
        if values is None or any(value >= NEVER for value in values):
            found = builder.both(found, builder.emit("less", date.operand, day(None)))
    return found


def shifted(
    collector: Collector,
    builder: Builder,
    start: Operand,
    length: Operand,
    dimension: object,
    sign: int,
    expression: syntax.Expression,
) -> Operand:
    if dimension == YEAR:
        months = builder.multiply(length, number(12 * sign))
        if isinstance(months, Literal) and Fraction(months.value).denominator != 1:
            collector.error(
                "E0408",
                "a date moves by whole months, and this is a part of one",
                expression.span,
                help="say it in days: `+ 45 days`",
            )
            raise NotLowered
        if not isinstance(months, Literal):
            months = builder.emit("floor", builder.add(months, number(Fraction(1, 2))))
        return builder.emit("add_months", start, months)
    if dimension == HOUR:
        moved = builder.add(builder.emit("to_number", start), builder.multiply(length, number(Fraction(sign, 24))))
        never = builder.emit("less_equal", day(None), start)
        return builder.select(never, day(None), builder.emit("to_date", builder.emit("floor", moved)))
    raise NotLowered


def same(low: Lowering, expression: syntax.Binary, scope: Scope, moment: Moment) -> Value:
    """``is`` and ``is not``: texts and parties are compared when the deal is read."""
    a, b = lower(low, expression.left, scope, moment), lower(low, expression.right, scope, moment)
    wanted = expression.operator == "is"
    texts = _text(a), _text(b)
    if isinstance(a, TextRows) or isinstance(b, TextRows):
        rows = a if isinstance(a, TextRows) else b
        other = texts[1] if rows is a else texts[0]
        if not isinstance(rows, TextRows) or other is None:
            raise NotLowered
        hits = tuple(Fraction((text == other) == wanted) for text in rows.texts)
        return Value(low.builder.table(f"is {other}", ("row",), hits, "bool", rows.family))
    if texts[0] is not None and texts[1] is not None:
        return Value(TRUE if (texts[0] == texts[1]) == wanted else FALSE)
    if not isinstance(a, Value) or not isinstance(b, Value):
        raise NotLowered
    if a.operand.kind == "bool":
        different = low.builder.emit("exclusive_or", a.operand, b.operand)
        return Value(low.builder.negated(different) if wanted else different)
    equal = low.builder.emit("equal" if wanted else "not_equal", a.operand, b.operand)
    return Value(low.builder.both(low.builder.both(a.determined, b.determined), equal))


def _text(value: AnyValue) -> str | None:
    match value:
        case TextValue():
            return value.text
        case EntryValue():
            return value.entry.name
        case _:
            return None


@lowers(syntax.Conditional)
def conditional(low: Lowering, expression: syntax.Conditional, scope: Scope, moment: Moment) -> AnyValue:
    chosen = condition(low, expression.condition, scope, moment)
    if isinstance(chosen, Literal):
        return lower(low, expression.then if chosen.value else expression.otherwise, scope, moment)
    then = lower(low, expression.then, scope, moment)
    otherwise = lower(low, expression.otherwise, scope, moment)
    if not isinstance(then, Value) or not isinstance(otherwise, Value):
        low.collector.error(
            "E0525",
            "which of the two is meant must be known when the deal is read",
            expression.condition.span,
            help="a party, a schedule or a list is chosen by terms alone",
        )
        raise NotLowered
    builder = low.builder
    then = given(builder, chosen, then)
    return Value(
        builder.select(chosen, then.operand, otherwise.operand),
        builder.select(chosen, then.determined, otherwise.determined),
    )


# ------------------------------------------------------------------------------------------------- moments


@lowers(syntax.Reading)
def reading(low: Lowering, expression: syntax.Reading, scope: Scope, moment: Moment) -> AnyValue:
    name = expression.name
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"`{expression.moment} {name.text}` changes from date to date", expression.span)
    resolved = scope.resolve(name.parts)
    entry = None if isinstance(resolved, int) else follow(resolved.entry)
    if isinstance(entry, ScheduleEntry):
        return schedule_date(low, expression, name, scope, moment)
    match expression.moment:
        case "opening":
            return opening_value(low, name, scope, moment)
        case "closing":
            if moment.in_day:
                low.collector.error(
                    "E0503",
                    f"`closing {name.text}` is known only when the day is over",
                    expression.span,
                    label="the day is not over here",
                    help=f"`{name.text}` alone is its value now; `previous {name.text}` yesterday's",
                )
                raise NotLowered
            return untracked(low, name, scope, moment.at("close"))
        case "previous":
            return previous_value(low, name, scope, moment)
        case "next":
            value = ahead(low, name, scope, moment, expression)
            return following(low.builder, value, moment.clock)
        case "projected":
            return projected(low, name, scope, moment)
        case _:
            assert_never(expression.moment)


def ahead(low: Lowering, name: syntax.Expression, scope: Scope, moment: Moment, whole: syntax.Expression) -> Value:
    """A value on later dates: schedules, terms and `projected` alone may be looked at before their time."""
    found = value_of(low, name, scope, Moment("elsewhere", moment.clock, ahead=True))
    if not known_ahead(low.builder, found.operand) or not known_ahead(low.builder, found.determined):
        low.collector.error(
            "E0509",
            "this looks ahead at what is not known yet",
            whole.span,
            label="drawn at random, or cash yet to be distributed",
            help="look ahead at a schedule or a term, or at the base case: `projected x`",
        )
        raise NotLowered
    return found
