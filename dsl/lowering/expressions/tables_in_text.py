"""Tables in the text: `interpolated`, `banded` and `tiered` over ``[at: value, ...]``, whose points rise."""

from __future__ import annotations

from itertools import pairwise

from ....engine.ir import Literal, Operand
from ... import syntax
from ...names.deal import Scope, pairs_node
from ...vocabulary.builtins import Bound
from ..building.builder import ZERO, Builder
from ..context.dispatch import functions, points_of, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered, Value

Points = list[tuple[Value, Value]]


def _points(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> Points:
    """The points with their places as numbers; those that are known must rise."""
    found = points_of(low, expression, scope, moment)
    points = [(Value(_number(low.builder, at.operand), at.determined), value) for at, value in found.items]
    node = pairs_node(expression, scope)
    for position, ((one, _), (other, _)) in enumerate(pairwise(points)):
        before, after = one.operand, other.operand
        if isinstance(before, Literal) and isinstance(after, Literal) and after.value <= before.value:
            span = expression.span if node is None else node[0].items[position + 1][0].span
            low.collector.error(
                "E0693",
                "the points of this table are not in order",
                span,
                label="not after the point before it",
                help="each point stands once, the lowest first",
            )
            raise NotLowered
    return points


def _number(builder: Builder, operand: Operand) -> Operand:
    return builder.emit("to_number", operand) if operand.kind == "date" else operand


def _known(builder: Builder, points: Points, at: Value) -> Operand:
    determined = at.determined
    for one, value in points:
        determined = builder.both(determined, builder.both(one.determined, value.determined))
    return determined


def _interpolated(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """On straight lines between the points; the first value before them, the last value after."""
    points, at = _read(low, bound, scope, moment, "at")
    builder = low.builder
    result = points[0][1].operand
    for (start, low_value), (end, high_value) in pairwise(points):
        length = builder.subtract(end.operand, start.operand)
        gone = builder.subtract(_clamped(low.builder, at.operand, start.operand, end.operand), start.operand)
        rise = builder.subtract(high_value.operand, low_value.operand)
        # Slope first: of points known when the deal is read it is a number.
        result = builder.add(result, builder.multiply(gone, builder.emit("divide", rise, length)))
    return Value(result, _known(low.builder, points, at))


def _banded(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """The value of the last point reached; before the first point, the first value."""
    points, at = _read(low, bound, scope, moment, "at")
    result = points[0][1].operand
    for start, value in points[1:]:
        reached = low.builder.emit("less_equal", start.operand, at.operand)
        result = low.builder.select(reached, value.operand, result)
    return Value(result, _known(low.builder, points, at))


def _tiered(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Each part of the quantity at the price of the tier that it lies in; what lies below the first tier is free."""
    points, quantity = _read(low, bound, scope, moment, "quantity")
    builder = low.builder
    total: Operand = ZERO
    for position, (start, price) in enumerate(points):
        reach = quantity.operand
        if position + 1 < len(points):
            reach = builder.minimum(reach, points[position + 1][0].operand)
        part = builder.positive(builder.subtract(reach, start.operand))
        total = builder.add(total, builder.multiply(part, price.operand))
    return Value(total, _known(low.builder, points, quantity))


def _first_point(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """The date of a table's first point: from when a call schedule lets its bond be called."""
    return points_of(low, bound.values["points"], scope, moment).items[0][0]


def _read(low: Lowering, bound: Bound, scope: Scope, moment: Moment, name: str) -> tuple[Points, Value]:
    points = _points(low, bound.values["points"], scope, moment)
    at = value_of(low, bound.values[name], scope, moment)
    return points, Value(_number(low.builder, at.operand), at.determined)


def _clamped(builder: Builder, x: Operand, least: Operand, most: Operand) -> Operand:
    return builder.minimum(builder.maximum(x, least), most)


functions({"interpolated": _interpolated, "banded": _banded, "tiered": _tiered, "first_point": _first_point})
