"""Measures: reductions of series over dates, and the field's figures of a loan, a group, a claim or a party."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ....engine.ir import Literal, Operand, Operation
from ... import syntax
from ...names.deal import DefinitionEntry, ScheduleEntry, Scope, StateEntry, follow
from ...time.clocks import Clock
from ...vocabulary.builtins import Bound
from ..building.builder import FALSE, ONE, TRUE, ZERO, Builder, number
from ..context.dispatch import FunctionRule, condition, functions, lower, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, ListValue, NotLowered, Value
from ..expressions.dated import at_position
from ..expressions.operators import divide
from ..figures.flows import known_ahead
from ..known.arising import nature
from ..known.clocks_and_day_counts import clock_of

# ------------------------------------------------------------------------------------------------- over dates


def over(
    low: Lowering, expression: syntax.Call, node: syntax.Expression, scope: Scope, moment: Moment
) -> tuple[Value, Clock | None]:
    """A series on every date (in the day: of its reader), or on those of the schedule that is named, and that."""
    named = None if expression.on is None else clock_of(low, expression.on, scope)
    return _read(low, expression, node, scope, moment, named or _reader(low, moment))[0], named


def _reader(low: Lowering, moment: Moment) -> Clock:
    return moment.clock if moment.in_day else low.every


def _reduced(
    low: Lowering, expression: syntax.Call, node: syntax.Expression, scope: Scope, moment: Moment
) -> tuple[Value, Clock | None, _Read]:
    """A series as a reduction reads it, the schedule whose dates it goes over (None: not known), and what it reads.

    The schedule is the one named, or the only one that the series belongs to, which then reads it as if it were named:
    so the dates of others change nothing.
    """
    named = None if expression.on is None else clock_of(low, expression.on, scope)
    reader = named or _reader(low, moment)
    value, read = _read(low, expression, node, scope, moment, reader)
    if named is not None or len(read.clocks) != 1:
        return value, named, read
    only = next(iter(read.clocks))
    if not (moment.in_day or only is reader):
        value = _read(low, expression, node, scope, moment, only)[0]
    return value, only, read


@attrs.frozen(slots=True)
class _Read:
    """What a series was made from: the schedules that it belongs to, and the figures of the day."""

    clocks: frozenset[Clock]
    keys: frozenset[Key]


def _read(
    low: Lowering, expression: syntax.Call, node: syntax.Expression, scope: Scope, moment: Moment, reader: Clock
) -> tuple[Value, _Read]:
    kind = "elsewhere" if moment.in_day else moment.kind
    low.trail.tracked_clocks.append(set())
    low.trail.tracking.append(set())
    try:
        value = value_of(low, node, scope, Moment(kind, reader, ahead=kind != moment.kind))
    finally:
        clocks = low.trail.tracked_clocks.pop()
        keys = low.trail.tracking.pop()
    if moment.in_day and not (known_ahead(low.builder, value.operand) and known_ahead(low.builder, value.determined)):
        low.collector.error(
            "E0509",
            "this looks ahead at what is not known yet",
            expression.span,
            help="over all dates a step can read schedules, terms and `projected x` alone",
        )
        raise NotLowered
    return value, _Read(frozenset(clocks), frozenset(keys))


def filtered(
    low: Lowering, expression: syntax.Call, value: Value, scope: Scope, moment: Moment, empty: Operand
) -> Value:
    """Rows first: a family's series with what its condition leaves out as nothing."""
    if expression.where is None or value.operand.rows is None:
        return value
    kind = "elsewhere" if moment.in_day else moment.kind
    chosen = condition(low, expression.where, low.types.row_scope(expression, scope), moment.at(kind))
    return Value(low.builder.select(chosen, value.operand, empty), value.determined)


def _total(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value, clock, read = _reduced(low, expression, bound.values["x"], scope, moment)
    value = filtered(low, expression, value, scope, moment, ZERO)
    builder = low.builder
    operand = builder.select(value.determined, value.operand, ZERO)
    if operand.rows is not None:
        operand = builder.emit("sum_rows", operand)
    if clock is None and not _comes_up(low, bound.values["x"], scope):
        clock = _schedule(low, expression, None, read)
    if clock is not None:
        operand = builder.select(builder.mask(f"on {clock.name}", clock.on), operand, ZERO)
    return Value(series_total(low.every, low.builder, operand))


def _comes_up(low: Lowering, node: syntax.Expression, scope: Scope) -> bool:
    """Whether a series is nothing but on the dates on which it arises or on which a condition makes it so (``if sold
    then balance else $0``): its total is the same whatever other dates there are. Of a level it is not."""
    return nature(low.types, node, scope) == "amount" or _conditional(node, scope, set())


def _conditional(node: syntax.Expression, scope: Scope, seen: set[int]) -> bool:
    """``seen``: definitions that have been looked at, each once: names that lead to each other may be many."""
    match node:
        case syntax.Conditional(then=then, otherwise=otherwise):
            zeros = [one for one in (then, otherwise) if isinstance(one, syntax.Number | syntax.Money)]
            return any(one.value == 0 for one in zeros)
        case syntax.Binary(left=left, right=right):
            return any(_conditional(one, scope, seen) for one in (left, right))
        case syntax.Call(arguments=arguments):
            return any(_conditional(one.value, scope, seen) for one in arguments)
        case syntax.Name():
            resolved = scope.resolve(node.parts)
            entry = None if isinstance(resolved, int) else follow(resolved.entry)
            if not isinstance(entry, DefinitionEntry) or id(entry) in seen:
                return False
            seen.add(id(entry))
            return _conditional(entry.value, entry.scope, seen)
        case _:
            return False


def series_total(every: Clock, builder: Builder, operand: Operand) -> Operand:
    if isinstance(operand, Literal):
        return number(Fraction(operand.value) * len(every.timeline))
    if not builder.traits(operand).date:
        return builder.multiply(operand, number(len(every.timeline)))
    return builder.emit("total", operand)


def _extreme(op: Operation, over_rows: Operation) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        node = bound.values["x"]
        if low.types.of(node, scope).family is not None:
            return _rows(low, expression, node, scope, moment, over_rows)
        if low.types.of(node, scope).kind == "list":
            return _of_list(low.builder, lower(low, node, scope, moment), "minimum" if op == "lowest" else "maximum")
        value, clock, _ = _reduced(low, expression, node, scope, moment)
        builder = low.builder
        mask = value.determined
        if clock is not None:
            mask = builder.both(mask, builder.mask(f"on {clock.name}", clock.on))
        if not builder.traits(value.operand).date and not builder.traits(mask).date:
            return Value(value.operand, mask)
        series = low.builder.as_series(value.operand)
        there = builder.emit("any_date", low.builder.as_series(mask)) if mask != TRUE else TRUE
        return Value(builder.emit(op, series, low.builder.as_series(mask)), there)

    return rule


def _of_list(builder: Builder, items: AnyValue, op: Operation) -> Value:
    if not isinstance(items, ListValue) or not items.items:
        raise NotLowered
    found: Value | None = None
    for item in items.items:
        if not isinstance(item, Value):
            raise NotLowered
        both = TRUE if found is None else builder.both(found.determined, item.determined)
        found = item if found is None else Value(builder.emit(op, found.operand, item.operand), both)
    if found is None:
        raise NotLowered
    return found


def _rows(
    low: Lowering, expression: syntax.Call, node: syntax.Expression, scope: Scope, moment: Moment, op: Operation
) -> Value:
    value = value_of(low, node, scope, moment)
    builder = low.builder
    mask = value.determined
    if expression.where is not None:
        mask = builder.both(mask, condition(low, expression.where, low.types.row_scope(expression, scope), moment))
    if mask == TRUE:
        return Value(builder.emit(op, value.operand))
    # What is left out stands as the extreme of the rest's opposite end, so that it never is the result.
    far = builder.emit("max_rows" if op == "min_rows" else "min_rows", value.operand)
    kept = builder.select(mask, value.operand, far)
    there = builder.emit("any_rows", mask) if mask.rows is not None else mask
    return Value(builder.emit(op, kept), there)


def _average(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    node = bound.values["x"]
    builder = low.builder
    if low.types.of(node, scope).family is not None:
        value = filtered(low, expression, value_of(low, node, scope, moment), scope, moment, ZERO)
        one = filtered(
            low, expression, Value(builder.select(TRUE, _ones(low.builder, value.operand), ZERO)), scope, moment, ZERO
        )
        return divide(
            low.builder, Value(builder.emit("sum_rows", value.operand)), Value(builder.emit("sum_rows", one.operand))
        )
    value, clock, read = _reduced(low, expression, node, scope, moment)
    clock = _schedule(low, expression, clock, read)
    on = builder.both(value.determined, builder.mask(f"on {clock.name}", clock.on))
    above = series_total(low.every, low.builder, builder.select(on, value.operand, ZERO))
    below = series_total(low.every, low.builder, builder.emit("to_float", on))
    return divide(low.builder, Value(above), Value(below))


def _ones(builder: Builder, like: Operand) -> Operand:
    """One a row, as a value that varies over the family of another."""
    if like.rows is None:
        return ONE
    return builder.emit("to_float", builder.emit("equal", like, like))


def _schedule(low: Lowering, expression: syntax.Call, clock: Clock | None, read: _Read) -> Clock:
    """The schedule whose dates a reduction counts: what it reads belongs to it, or only states do that are carried on
    its dates, or the deal has no other; else it must say which."""
    if clock is not None:
        return clock
    states = {low.model.entries[key.name] for key in read.keys if key.kind is Figure.STATE}
    carried = {clock_of(low, one.item.on, one.scope) for one in states if isinstance(one, StateEntry) and one.item.on}
    if len(carried) == 1 and not read.clocks:
        return next(iter(carried))
    schedules = [entry for entry in low.model.entries.values() if isinstance(entry, ScheduleEntry)]
    if len(schedules) == 1:
        (only,) = schedules
        return low.clocks[only.name]
    names = ", ".join(f"`{entry.name}`" for entry in schedules)
    low.collector.error(
        "E0420",
        f"`{expression.function.text}` does not say over which dates",
        expression.span,
        help=f"`{expression.function.text}(x on ...)`: the deal's schedules are {names}",
    )
    raise NotLowered


def _count(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Rows that there are (or that meet the condition), dates on which a condition holds, or circles."""
    node = bound.values["x"]
    if isinstance(node, syntax.Circles):
        return _count_flowing(low.builder, lower(low, node, scope, moment))
    builder = low.builder
    if low.types.of(node, scope).family is not None:
        value = value_of(low, node, scope, moment)
        held = value.operand if value.operand.kind == "bool" else builder.emit("equal", value.operand, value.operand)
        ones = filtered(low, expression, Value(builder.emit("to_float", held)), scope, moment, ZERO)
        return Value(builder.emit("sum_rows", ones.operand))
    value, clock, read = _reduced(low, expression, node, scope, moment)
    clock = _schedule(low, expression, clock, read)
    on = builder.both(value.determined, builder.mask(f"on {clock.name}", clock.on))
    if value.operand.kind == "bool":
        on = builder.both(on, value.operand)
    return Value(series_total(low.every, low.builder, builder.emit("to_float", on)))


def _count_flowing(builder: Builder, circles: AnyValue) -> Value:
    """How many circles cash goes round: each comes as its smallest edge."""
    total: Operand = ZERO
    for item in circles.items if isinstance(circles, ListValue) else ():
        if isinstance(item, Value):
            total = builder.add(total, builder.select(builder.emit("less", ZERO, item.operand), ONE, ZERO))
    return Value(total)


def _any(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    node = bound.values["x"]
    builder = low.builder
    if low.types.of(node, scope).family is not None:
        value = filtered(low, expression, value_of(low, node, scope, moment), scope, moment, FALSE)
        return Value(builder.emit("any_rows", builder.both(value.operand, value.determined)))
    value, clock, _ = _reduced(low, expression, node, scope, moment)
    held = builder.both(value.operand, value.determined)
    if clock is not None:
        held = builder.both(held, builder.mask(f"on {clock.name}", clock.on))
    return Value(builder.emit("any_date", low.builder.as_series(held)))


def _first_date(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value, clock, _ = _reduced(low, expression, bound.values["condition"], scope, moment)
    return _first(low.builder, value, clock)


def _first(builder: Builder, value: Value, clock: Clock | None) -> Value:
    held = builder.both(value.operand, value.determined)
    if clock is not None:
        held = builder.both(held, builder.mask(f"on {clock.name}", clock.on))
    return Value(builder.emit("first_date", builder.as_series(held)))


def _first_below(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value, clock, _ = _reduced(low, expression, bound.values["x"], scope, moment)
    bar, _ = _read(low, expression, bound.values["threshold"], scope, moment, clock or _reader(low, moment))
    below = low.builder.emit("less", value.operand, bar.operand)
    return _first(low.builder, Value(below, low.builder.both(value.determined, bar.determined)), clock)


def _final(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value, clock, read = _reduced(low, expression, bound.values["x"], scope, moment)
    ends = _ends(low, expression, clock, read)
    if ends is None:
        return Value(last(low.builder, value.operand), last(low.builder, value.determined))
    there = (ends,) * len(low.every.timeline)
    return Value(at_position(low.builder, value.operand, there), at_position(low.builder, value.determined, there))


_PAYMENTS = frozenset((Figure.PAID, Figure.UNPAID, Figure.REDUCED, Figure.REST))
"""Figures that acts decide, on the acts' dates, and that are nothing or the same on later ones."""


def _ends(low: Lowering, expression: syntax.Call, clock: Clock | None, read: _Read) -> int | None:
    """The last date of what is read, which need not be the deal's: its schedule's; without `on`, a later one on which
    an act still pays it. None: the deal's."""
    marks = [] if clock is None else [clock.on]
    if expression.on is None and all(key.kind in _PAYMENTS for key in read.keys):
        paid = {Figure.PAID(key.name) if key.kind is Figure.UNPAID else key for key in read.keys}
        marks += [low.acts.dates[key] for key in sorted(paid) if key in low.acts.dates]
    found = [position for dates in marks for position, on in enumerate(dates) if on]
    return max(found) if found else None


def last(builder: Builder, operand: Operand) -> Operand:
    if isinstance(operand, Literal) or not builder.traits(operand).date:
        return operand
    return builder.emit("final", operand)


functions(
    {
        "total": _total,
        "lowest": _extreme("lowest", "min_rows"),
        "highest": _extreme("highest", "max_rows"),
        "average": _average,
        "count": _count,
        "any": _any,
        "first_date": _first_date,
        "first_date_below": _first_below,
        "final": _final,
    }
)
