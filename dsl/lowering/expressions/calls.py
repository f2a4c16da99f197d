"""Calls: the deal's own functions by substitution, the language's by name (`builtins.py` holds their signatures)."""

from __future__ import annotations

import datetime
from fractions import Fraction

from ....engine.ir import Literal, Operand, Operation
from ... import syntax
from ...names.deal import DefinitionEntry, FunctionEntry, Scope, follow
from ...types.types import Types
from ...vocabulary.builtins import BUILTINS, Bound, bind_builtin, bind_function
from ..building.builder import ONE, TRUE, ZERO, Builder, number
from ..context.dispatch import (
    FUNCTIONS,
    FunctionRule,
    condition,
    functions,
    lower,
    lowers,
    one_value,
    points_of,
    value_of,
)
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.subjects import Reading
from ..context.values import AnyValue, ListValue, NotLowered, TextRows, Value
from ..figures.flows import gathered
from ..known.fixed import whole_number
from .operators import comes, divide, shifted


@lowers(syntax.Call)
def call(low: Lowering, expression: syntax.Call, scope: Scope, moment: Moment) -> AnyValue:
    own = scope.find(expression.function.parts[0]) if len(expression.function.parts) == 1 else None
    if own is not None:
        own = follow(own)
    if isinstance(own, FunctionEntry):
        return own_function(low, expression, own, scope, moment)
    builtin = BUILTINS.get(expression.function.text)
    rule = FUNCTIONS.get(expression.function.text)
    if builtin is None or rule is None:
        if builtin is not None:
            low.collector.error(
                "E0222",
                f"`{builtin.name}` is read and not yet run by this version",
                expression.function.span,
                label="not yet",
            )
        raise NotLowered
    bound = bind_builtin(expression, builtin)
    if bound.problems:
        raise NotLowered
    return rule(low, expression, bound, scope, moment)


def own_function(
    low: Lowering, expression: syntax.Call, entry: FunctionEntry, scope: Scope, moment: Moment
) -> AnyValue:
    """A function of the deal: its formula with the arguments in the parameters' place."""
    bound = bind_function(expression, entry.item)
    if bound.problems:
        raise NotLowered
    low.count_call(expression.span)
    names: dict[str, DefinitionEntry] = {}
    inner = Scope(dict(names), entry.scope, prefix=entry.scope.prefix, family=scope.family)
    for parameter in entry.item.parameters:
        value = bound.values.get(parameter.name, parameter.default)
        if value is None:
            raise NotLowered
        where = scope if parameter.name in bound.values else inner
        inner.names[parameter.name] = DefinitionEntry(
            name=f"{entry.name}.{parameter.name}",
            span=parameter.span,
            form="parameter",
            value=value,
            scope=where,
            type=parameter.type,
        )
    with low.reading(entry.name, expression.span, Reading.FUNCTION(expression, scope)):
        return lower(low, entry.item.value, inner, moment)


# ------------------------------------------------------------------------------------------------- arithmetic


def _values(low: Lowering, bound: Bound, scope: Scope, moment: Moment, *names: str) -> list[Value]:
    return [value_of(low, bound.values[name], scope, moment) for name in names]


def _all(builder: Builder, values: list[Value]) -> Operand:
    determined: Operand = TRUE
    for value in values:
        determined = builder.both(determined, value.determined)
    return determined


def _extreme(op: Operation) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        arguments: list[AnyValue] = [lower(low, one, scope, moment) for one in bound.rest]
        items: list[AnyValue] = []
        for argument in arguments:
            items.extend(argument.items if isinstance(argument, ListValue) else [argument])
        values = [item for item in items if isinstance(item, Value)]
        if len(values) != len(items) or not values:
            raise NotLowered
        result = values[0].operand
        for value in values[1:]:
            result = low.builder.emit(op, result, value.operand)
        return Value(result, _all(low.builder, values))

    return rule


def _clamp(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    values = _values(low, bound, scope, moment, "x", "low", "high")
    x, least, most = (value.operand for value in values)
    return Value(low.builder.minimum(low.builder.maximum(x, least), most), _all(low.builder, values))


def _single(op: Operation) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        value = value_of(low, bound.values["x"], scope, moment)
        return Value(low.builder.emit(op, value.operand), value.determined)

    return rule


def _ceiling(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value = value_of(low, bound.values["x"], scope, moment)
    emit = low.builder.emit
    return Value(emit("negate", emit("floor", emit("negate", value.operand))), value.determined)


def _round(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value = value_of(low, bound.values["x"], scope, moment)
    digits = (
        whole_number(low.collector, low.schedules, bound.values["digits"], scope, "the number of decimals", 0)
        if "digits" in bound.values
        else 0
    )
    return Value(low.builder.emit("round", value.operand, digits=digits, mode="half_up"), value.determined)


def _log(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value = value_of(low, bound.values["x"], scope, moment)
    good = low.builder.emit("less", ZERO, value.operand)
    safe = low.builder.select(good, value.operand, ONE)
    return Value(low.builder.emit("log", safe), low.builder.both(value.determined, good))


def _sqrt(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value = value_of(low, bound.values["x"], scope, moment)
    good = low.builder.emit("less_equal", ZERO, value.operand)
    some = low.builder.emit("less", ZERO, value.operand)  # what rounding leaves has no root to speak of
    safe = low.builder.select(some, value.operand, ZERO)
    return Value(low.builder.emit("square_root", safe), low.builder.both(value.determined, good))


def _mod(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    a, b = _values(low, bound, scope, moment, "a", "b")
    ratio = divide(low.builder, a, b)
    whole = low.builder.multiply(low.builder.emit("floor", ratio.operand), b.operand)
    return Value(low.builder.subtract(a.operand, whole), ratio.determined)


# ------------------------------------------------------------------------------------------------- shapes in time


def _today(builder: Builder, moment: Moment) -> Operand:
    """The date as an ordinal number; in a piece of accrual, the date that it is paid."""
    today = builder.today()
    return gathered(builder, today, moment.clock.paid) if moment.piece else today


def _progress(builder: Builder, moment: Moment, start: Operand, end: Operand) -> Operand:
    """How far the date is from one date to another, by days: 0 up to the first, 1 from the second."""
    ordinal = [builder.emit("to_number", one) for one in (_today(builder, moment), start, end)]
    span = builder.maximum(builder.subtract(ordinal[2], ordinal[1]), ONE)
    share = builder.emit("divide", builder.subtract(ordinal[0], ordinal[1]), span)
    return builder.minimum(builder.maximum(share, ZERO), ONE)


def _between(builder: Builder, a: Value, b: Value, progress: Operand) -> Value:
    moved = builder.multiply(builder.subtract(b.operand, a.operand), progress)
    return Value(builder.add(a.operand, moved), builder.both(a.determined, b.determined))


def _ramp(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    a, b, over, start = _values(low, bound, scope, moment, "from", "to", "over", "starting")
    dimension = low.types.of(bound.values["over"], scope).dimension
    end = shifted(low.collector, low.builder, start.operand, over.operand, dimension, 1, bound.values["over"])
    return _between(low.builder, a, b, _progress(low.builder, moment, start.operand, end))


def _line(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    a, start, b, end = _values(low, bound, scope, moment, "a", "start", "b", "end")
    return _between(low.builder, a, b, _progress(low.builder, moment, start.operand, end.operand))


def _declining(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """(1 - rate) to the power of the years since a date (closing, unless it says from when), by actual days / 365."""
    builder = low.builder
    rate = value_of(low, bound.values["rate"], scope, moment)
    closing = low.every.timeline.dates[low.every.timeline.closing]
    start: Operand = Literal(Fraction(closing.toordinal()), "date")
    if "from" in bound.values:
        start = value_of(low, bound.values["from"], scope, moment).operand
    days = builder.subtract(builder.emit("to_number", _today(low.builder, moment)), builder.emit("to_number", start))
    years = builder.multiply(builder.positive(days), number(Fraction(1, 365)))
    base = builder.positive(builder.subtract(ONE, rate.operand))
    return Value(builder.emit("power", base, years), rate.determined)


def _step(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """From each date its value until the next; before the first date it is not known."""
    points = points_of(low, bound.values["points"], scope, moment)
    today = _today(low.builder, moment)
    first, value = points.items[0]
    result = value.operand
    begun = low.builder.emit("less_equal", first.operand, today)
    for when, value in points.items[1:]:
        reached = low.builder.emit("less_equal", when.operand, today)
        result = low.builder.select(reached, value.operand, result)
    return Value(result, low.builder.both(begun, _all(low.builder, [value for _, value in points.items])))


def _cycle(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    values = [value_of(low, one, scope, moment) for one in bound.rest]
    fixed = [Fraction(value.operand.value) for value in values if isinstance(value.operand, Literal)]
    if len(fixed) != len(values) or not values:
        low.collector.error("E0504", "the values of a cycle must be known when the deal is read", expression.span)
        raise NotLowered
    index = moment.clock.index
    return Value(low.builder.by_date("cycle", tuple(fixed[position % len(fixed)] for position in index)))


def _once(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    amount = value_of(low, bound.values["x"], scope, moment)
    event = syntax.Falls(expression.span, bound.values["date"])
    on = value_of(low, event, scope, moment)
    return Value(low.builder.select(on.operand, amount.operand, ZERO), amount.determined)


def _calendar(op: Operation) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        value = value_of(low, bound.values["date"], scope, moment)
        values = low.builder.table_values(value.operand)
        if values is not None and not isinstance(value.operand, Literal):
            dates = [datetime.date.fromordinal(int(one)) for one in values]
            parts = tuple(Fraction(date.year if op == "year" else date.month) for date in dates)
            return Value(low.builder.by_date(op, parts), low.builder.both(value.determined, comes(low.builder, value)))
        return Value(low.builder.emit(op, value.operand), low.builder.both(value.determined, comes(low.builder, value)))

    return rule


def _days_between(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    a, b = _values(low, bound, scope, moment, "a", "b")
    emit = low.builder.emit
    days = low.builder.subtract(emit("to_number", b.operand), emit("to_number", a.operand))
    return Value(days, low.builder.both(_all(low.builder, [a, b]), comes(low.builder, a, b)))


def _months_between(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Whole months from a to b: as many as can be added to a without passing b."""
    a, b = _values(low, bound, scope, moment, "a", "b")
    builder = low.builder

    def index(date: Operand) -> Operand:
        return builder.add(builder.multiply(builder.emit("year", date), number(12)), builder.emit("month", date))

    months = builder.subtract(index(b.operand), index(a.operand))
    reached = builder.emit("add_months", a.operand, months)
    passed = builder.emit("to_float", builder.emit("less", b.operand, reached))
    return Value(builder.subtract(months, passed), builder.both(_all(builder, [a, b]), comes(builder, a, b)))


# ------------------------------------------------------------------------------------------------- lists and rows


def _sum_by(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """For each row the sum over the rows that have its text; rows outside the condition add nothing."""
    value = value_of(low, bound.values["x"], scope, moment)
    group = lower(low, bound.values["group"], scope, moment)
    if not isinstance(group, TextRows):
        raise NotLowered
    builder = low.builder
    numbers: dict[str, int] = {}
    places = tuple(Fraction(numbers.setdefault(text, len(numbers))) for text in group.texts)
    groups = builder.table("group", ("row",), places, "float", group.family)
    operand = _filtered(low, expression, value.operand, scope, moment)
    determined = value.determined
    if determined.rows is not None:
        missing = builder.emit("to_float", builder.negated(determined))
        determined = builder.emit("less_equal", builder.emit("sum_groups", groups, missing), ZERO)
    return Value(builder.emit("sum_groups", groups, operand), determined)


def _filtered(low: Lowering, expression: syntax.Call, operand: Operand, scope: Scope, moment: Moment) -> Operand:
    if expression.where is None:
        return operand
    chosen = condition(low, row_condition(expression), row_scope(low.types, expression, scope), moment)
    return low.builder.select(chosen, operand, ZERO)


def row_condition(expression: syntax.Call) -> syntax.Expression:
    if expression.where is None:
        raise AssertionError("no condition")
    return expression.where


def row_scope(types: Types, expression: syntax.Call, scope: Scope) -> Scope:
    """Where a row condition is read: the family's own names first (``where rating is "CCC"``)."""
    return types.row_scope(expression, scope)


def _sum(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    found = lower(low, bound.values["x"], scope, moment)
    if isinstance(found, ListValue):
        items = [one_value(low.collector, item, bound.values["x"]) for item in found.items]
        return Value(low.builder.sum([item.operand for item in items]), _all(low.builder, items))
    value = one_value(low.collector, found, bound.values["x"])
    operand = _filtered(low, expression, value.operand, scope, moment)
    if operand.rows is None:
        return Value(operand, value.determined)
    return Value(low.builder.emit("sum_rows", operand), _rows_all(low.builder, value.determined))


def _rows_all(builder: Builder, determined: Operand) -> Operand:
    if determined.rows is None:
        return determined
    return builder.negated(builder.emit("any_rows", builder.negated(determined)))


def _weighted(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    x, weights = _values(low, bound, scope, moment, "x", "weights")
    builder = low.builder
    weight = _filtered(low, expression, weights.operand, scope, moment)
    above = builder.emit("sum_rows", builder.multiply(x.operand, weight))
    return divide(
        low.builder, Value(above, _rows_all(low.builder, x.determined)), Value(builder.emit("sum_rows", weight))
    )


@lowers(syntax.Take)
def take(low: Lowering, expression: syntax.Take, scope: Scope, moment: Moment) -> Value:
    """Fills a limit from the rows in the order of a key; a row outside the condition gives nothing."""
    limit = value_of(low, expression.limit, scope, moment)
    amount = value_of(low, expression.amount, scope, moment)
    key = value_of(low, expression.key, scope, moment)
    builder = low.builder
    operand = amount.operand
    if expression.where is not None:
        inner = low.types.take_scope(expression, scope)
        operand = builder.select(condition(low, expression.where, inner, moment), operand, ZERO)
    taken = builder.emit("take", builder.positive(limit.operand), operand, key.operand, order=expression.order)
    # What a deal takes from are amounts, though nothing proves that each is not below zero.
    builder.mark_nonnegative(taken)
    return Value(taken, builder.both(limit.determined, builder.both(amount.determined, key.determined)))


def _exchange(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    x, rate = _values(low, bound, scope, moment, "x", "rate")
    return Value(low.builder.multiply(x.operand, rate.operand), _all(low.builder, [x, rate]))


functions(
    {
        "max": _extreme("maximum"),
        "min": _extreme("minimum"),
        "clamp": _clamp,
        "abs": _single("absolute"),
        "floor": _single("floor"),
        "ceiling": _ceiling,
        "round": _round,
        "exp": _single("exp"),
        "log": _log,
        "sqrt": _sqrt,
        "mod": _mod,
        "ramp": _ramp,
        "line": _line,
        "declining_line": _line,
        "declining": _declining,
        "step": _step,
        "cycle": _cycle,
        "once": _once,
        "year": _calendar("year"),
        "month": _calendar("month"),
        "days_between": _days_between,
        "months_between": _months_between,
        "sum_by": _sum_by,
        "sum": _sum,
        "weighted": _weighted,
        "exchange": _exchange,
    }
)
