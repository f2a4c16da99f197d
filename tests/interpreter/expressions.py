"""Expressions: literals, operators, dates, lists (contract, 5, 13, 14).

What is not determined makes what hangs on it not determined, but for `and` and `or`, where one side may settle it, and
for a test, which is false.
"""

from __future__ import annotations

import datetime
from fractions import Fraction

from indenture.dsl import syntax
from indenture.dsl.names.deal import FunctionEntry, ScheduleEntry, Scope, TriggerEntry
from indenture.dsl.time.calendar import ScheduleProblem, add_days, add_months
from indenture.dsl.vocabulary.units import literal_value, scale

from . import timeline
from .arithmetic import NEVER, ZERO, below, power, same, tidy
from .moments import CLOSE, FINAL, START, At
from .reading import read_name
from .world import EXPRESSIONS, FUNCTIONS, NotCovered, Value, World

# --------------------------------------------------------------------------------------------- literals


@EXPRESSIONS.of(syntax.Number, syntax.Money)
def _literal(world: World, node: syntax.Number | syntax.Money, scope: Scope, at: At) -> Value:
    key = "literal", id(node)
    if key not in world.memo:
        world.memo[key] = literal_value(node, world.types.declared)
    return world.memo[key]


@EXPRESSIONS.of(syntax.DateLiteral)
def _date(world: World, node: syntax.DateLiteral, scope: Scope, at: At) -> Value:
    return NEVER if node.value is None else node.value


@EXPRESSIONS.of(syntax.Text, syntax.Boolean, syntax.DayCount)
def _as_written(world: World, node: syntax.Text | syntax.Boolean | syntax.DayCount, scope: Scope, at: At) -> Value:
    return node.value


@EXPRESSIONS.of(syntax.ListOf)
def _list(world: World, node: syntax.ListOf, scope: Scope, at: At) -> Value:
    return tuple(world.value(item, scope, at) for item in node.items)


@EXPRESSIONS.of(syntax.Pairs)
def _pairs(world: World, node: syntax.Pairs, scope: Scope, at: At) -> Value:
    """As a list it is its values."""
    return tuple(world.value(value, scope, at) for _, value in node.items)


@EXPRESSIONS.of(syntax.Name)
def _name(world: World, node: syntax.Name, scope: Scope, at: At) -> Value:
    return read_name(world, node, scope, at)


# --------------------------------------------------------------------------------------------- operators


@EXPRESSIONS.of(syntax.Unary)
def _unary(world: World, node: syntax.Unary, scope: Scope, at: At) -> Value:
    found = world.value(node.operand, scope, at)
    if node.operator == "not":
        return not holds(found)
    if isinstance(found, tuple):
        return tuple(None if one is None else -one for one in found)
    return None if found is None else -found


def holds(condition: Value) -> bool:
    """A test on what is not determined is false."""
    return condition is True


@EXPRESSIONS.of(syntax.Binary)
def _binary(world: World, node: syntax.Binary, scope: Scope, at: At) -> Value:
    left = world.value(node.left, scope, at)
    match node.operator:
        case "and":
            return holds(left) and holds(world.value(node.right, scope, at))
        case "or":
            return holds(left) or holds(world.value(node.right, scope, at))
    right = world.value(node.right, scope, at)
    if isinstance(left, tuple) or isinstance(right, tuple):
        return _item_by_item(world, node, scope, left, right)
    return _operate(world, node, scope, left, right)


def _item_by_item(world: World, node: syntax.Binary, scope: Scope, left: Value, right: Value) -> Value:
    size = len(left) if isinstance(left, tuple) else len(right)
    firsts = left if isinstance(left, tuple) else (left,) * size
    seconds = right if isinstance(right, tuple) else (right,) * size
    return tuple(_operate(world, node, scope, one, other) for one, other in zip(firsts, seconds, strict=True))


def _operate(world: World, node: syntax.Binary, scope: Scope, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return False if node.operator in ("<", "<=", ">", ">=", "is", "is not") else None
    match node.operator:
        case "+" | "-" if isinstance(left, datetime.date) or isinstance(right, datetime.date):
            return _of_dates(world, node, scope, left, right)
        case "+":
            return tidy(left + right)
        case "-":
            return tidy(left - right)
        case "*":
            return tidy(left * right)
        case "/":
            return None if same(right, ZERO) else tidy(left / right)
        case "^":
            return power(left, right)
        case "<":
            return below(left, right)
        case ">":
            return below(right, left)
        case "<=":
            return not below(right, left)
        case ">=":
            return not below(left, right)
        case "is":
            return same(left, right)
        case "is not":
            return not same(left, right)
        case _:
            raise NotCovered(node.operator)


def _of_dates(world: World, node: syntax.Binary, scope: Scope, left: Value, right: Value) -> Value:
    if isinstance(left, datetime.date) and isinstance(right, datetime.date):
        return None if NEVER in (left, right) else Fraction((left - right).days * 24)
    if isinstance(right, datetime.date):
        return later(world, right, left, node.left, scope)
    return later(world, left, right if node.operator == "+" else -right, node.right, scope)


def later(world: World, date: datetime.date, by: Fraction, node: syntax.Expression, scope: Scope) -> Value:
    """A date and a duration: months by the calendar, hours as days."""
    if date == NEVER:
        return NEVER
    whole = by * 12 if calendar(world, node, scope) else by / 24
    if whole.denominator != 1:
        whole = Fraction(whole.__floor__())
    try:
        return add_months(date, int(whole)) if calendar(world, node, scope) else add_days(date, int(whole))
    except ScheduleProblem:
        return NEVER if by > 0 else None


def calendar(world: World, node: syntax.Expression, scope: Scope) -> bool:
    """Whether a duration is in years and months; else it is in hours."""
    found = world.types.of(node, scope)
    return (found.item or found).dimension.power("year") == 1


@EXPRESSIONS.of(syntax.Conditional)
def _conditional(world: World, node: syntax.Conditional, scope: Scope, at: At) -> Value:
    chosen = node.then if holds(world.value(node.condition, scope, at)) else node.otherwise
    return world.value(chosen, scope, at)


@EXPRESSIONS.of(syntax.Per)
def _per(world: World, node: syntax.Per, scope: Scope, at: At) -> Value:
    found = world.value(node.operand, scope, at)
    factor = scale(node.units, None, world.types.declared)[0]
    if isinstance(found, tuple):
        return tuple(None if one is None else one * factor for one in found)
    return None if found is None else found * factor


# --------------------------------------------------------------------------------------------- moments and dates


@EXPRESSIONS.of(syntax.Reading)
def _reading(world: World, node: syntax.Reading, scope: Scope, at: At) -> Value:
    thing = world.thing(node.name, scope)
    if isinstance(thing, ScheduleEntry) and node.moment in ("previous", "next"):
        reader = timeline.reader(world, thing)
        place = reader.before(at.t) if node.moment == "previous" else reader.after(at.t)
        return None if place is None else world.dates[place]
    match node.moment:
        case "opening":
            return world.value(node.name, scope, at.but(moment=START, piece=None))
        case "closing":
            return world.value(node.name, scope, at.but(moment=CLOSE, piece=None))
        case "previous":
            place = at.reader.before(at.t)
            return None if place is None else world.value(node.name, scope, at.but(moment=FINAL, t=place, piece=None))
        case "next":
            place = at.reader.after(at.t)
            return None if place is None else world.value(node.name, scope, at.but(moment=FINAL, t=place, piece=None))
        case "projected":
            return projected(world, node.name, scope, at)


def projected(world: World, node: syntax.Expression, scope: Scope, at: At) -> Value:
    """What it is in the base case. While the base case itself is run, nothing: it must not hang on its reader."""
    if world.base is None:
        return ZERO
    reader = at.reader
    if reader.schedule is not None:
        same_one = next((key for key, one in world.readers.items() if one is reader), None)
        reader = timeline.reader(world.base, same_one) if isinstance(same_one, ScheduleEntry) else reader
    if at.t >= len(world.dates) or world.dates[at.t] not in world.base.dates:
        return None
    place = world.base.timeline.position(world.dates[at.t])
    return world.base.value(node, scope, at.but(moment=FINAL, t=place, reader=reader, piece=None, below=()))


@EXPRESSIONS.of(syntax.EdgeDate)
def _edge(world: World, node: syntax.EdgeDate, scope: Scope, at: At) -> Value:
    thing = world.thing(node.name, scope)
    if isinstance(thing, ScheduleEntry):
        schedule = timeline.built(world, thing)
        return schedule.first if node.edge == "first" else schedule.last
    found = world.value(node.name, scope, at)
    return found[0 if node.edge == "first" else -1] if isinstance(found, tuple) and found else None


@EXPRESSIONS.of(syntax.DateCount)
def _date_count(world: World, node: syntax.DateCount, scope: Scope, at: At) -> Value:
    thing = world.thing(node.schedule, scope)
    if isinstance(thing, ScheduleEntry):
        dates = list(timeline.built(world, thing).dates)
    else:
        dates = [timeline.known_date(world, node.schedule, scope)]
    for word, bound in node.bounds:
        edge = world.value(bound, scope, at)
        if edge is None:
            return None
        match word:
            case "after" | "since":
                dates = [date for date in dates if date > edge]
            case "from":
                dates = [date for date in dates if date >= edge]
            case "to":
                dates = [date for date in dates if date <= edge]
            case "before":
                dates = [date for date in dates if date < edge]
    return Fraction(len(dates))


@EXPRESSIONS.of(syntax.Within)
def _within(world: World, node: syntax.Within, scope: Scope, at: At) -> Value:
    """That part of the period which lies between two dates, in hours."""
    start, end = world.value(node.start, scope, at), world.value(node.end, scope, at)
    if start is None or end is None:
        return None
    opens, closes = at.reader.period(at.t)
    return Fraction(max((min(end, closes) - max(start, opens)).days, 0) * 24)


@EXPRESSIONS.of(syntax.Falls)
def _falls(world: World, node: syntax.Falls, scope: Scope, at: At) -> Value:
    thing = world.thing(node.operand, scope)
    if isinstance(thing, TriggerEntry):
        from .triggers import fired

        return fired(world, thing, at)
    event = world.value(node.operand, scope, at)
    if event is None:
        return False
    if isinstance(event, bool):
        place = at.reader.before(at.t)
        return event and not (
            place is not None and holds(world.value(node.operand, scope, at.but(moment=FINAL, t=place)))
        )
    return at.reader.passed(event, at.t)


@EXPRESSIONS.of(syntax.OnDate)
def _on_date(world: World, node: syntax.OnDate, scope: Scope, at: At) -> Value:
    """What it is on one date; on a schedule, with the schedule as its reader."""
    thing = world.thing(node.date, scope)
    if isinstance(thing, ScheduleEntry):
        return world.value(node.operand, scope, at.but(reader=timeline.reader(world, thing)))
    date = world.value(node.date, scope, at)
    if date is None or date not in world.dates:
        return None
    return world.value(node.operand, scope, At(FINAL, world.timeline.position(date), at.reader, row=at.row))


# --------------------------------------------------------------------------------------------- calls


@EXPRESSIONS.of(syntax.Call)
def _call(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    found = world.resolve(node.function, scope)
    if not isinstance(found, int) and isinstance(found.entry, FunctionEntry):
        inner = world.call_scope(node, scope, found.entry)
        return world.value(found.entry.item.value, inner, at)
    rule = FUNCTIONS.get(node.function.text)
    if rule is None:
        raise NotCovered(node.function.text)
    return rule(world, node, scope, at)
