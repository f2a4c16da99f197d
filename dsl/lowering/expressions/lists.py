"""Items of a list: the first, the last, the n-th, by age."""

from __future__ import annotations

from ....engine.ir import Kind, Literal, Operand, Operation
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ...vocabulary.builtins import Bound
from ..building.builder import ONE, TRUE, ZERO, Builder, number
from ..context.dispatch import FunctionRule, functions, items_of, lower, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, ListValue, NotLowered, Value
from ..known.fixed import whole_number


def _edge(position: int) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        return items_of(low, bound.values["items"], scope, moment).items[position]

    return rule


def _at(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    items = lower(low, bound.values["items"], scope, moment)
    place = value_of(low, bound.values["n"], scope, moment)
    if isinstance(items, ListValue) and not isinstance(place.operand, Literal):
        return _picked(low.collector, low.builder, expression, items, place)
    position = whole_number(low.collector, low.schedules, bound.values["n"], scope, "the position in a list")
    if not isinstance(items, ListValue) or position > len(items.items):
        low.collector.error("E0410", f"the list has no item {position}", bound.values["n"].span)
        raise NotLowered
    return items.items[position - 1]


def _picked(
    collector: Collector, builder: Builder, expression: syntax.Call, items: ListValue, place: Value, held: bool = False
) -> Value:
    """The item at a position that varies by date, row or scenario.

    Beyond the ends of the list it is not determined, or the first and the last where they are ``held``.
    """
    emit = builder.emit
    values = [item for item in items.items if isinstance(item, Value)]
    if len(values) < len(items.items):
        collector.error(
            "E0525",
            "which item is meant must be known when the deal is read",
            expression.span,
            help="a party, a schedule or a text is chosen by terms alone",
        )
        raise NotLowered
    kind = values[0].operand.kind
    as_number: dict[Kind, Operation] = {"date": "to_number", "bool": "to_float"}
    plain = as_number.get(kind)
    operands = [emit(plain, value.operand) if plain else value.operand for value in values]
    inside: Operand = TRUE
    if not held:
        inside = builder.both(
            emit("less_equal", ONE, place.operand), emit("less", place.operand, number(len(values) + 1))
        )
    known = [emit("to_float", value.determined) for value in values]
    sure = all(value.determined == TRUE for value in values)
    determined = builder.both(place.determined, inside)
    if not sure:
        determined = builder.both(determined, emit("less", ZERO, emit("pick", place.operand, *known)))
    found = emit("pick", place.operand, *operands)
    found = emit("to_date", found) if kind == "date" else emit("less", ZERO, found) if kind == "bool" else found
    return Value(found, determined)


def _by_age(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    items = items_of(low, bound.values["items"], scope, moment)
    if len(items.items) == 1:
        return items.items[0]
    place = value_of(low, bound.values["age"], scope, moment)
    if isinstance(place.operand, Literal):
        return items.items[min(max(int(place.operand.value), 1), len(items.items)) - 1]
    return _picked(low.collector, low.builder, expression, items, place, held=True)


def _length(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    items = items_of(low, bound.values["items"], scope, moment)
    return Value(number(len(items.items)))


functions({"first": _edge(0), "last": _edge(-1), "at": _at, "by_age": _by_age, "length": _length})
