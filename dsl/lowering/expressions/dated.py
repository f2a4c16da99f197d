"""Expressions of the calendar: dates of schedules, counts of them, what falls when, values on one date."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from fractions import Fraction

from ....engine.ir import Literal, Operand, Operation
from ... import syntax
from ...names.deal import ScheduleEntry, Scope, TriggerEntry, follow
from ...time.clocks import Clock
from ..building.builder import FALSE, TRUE, ZERO, Builder, day, number
from ..context.dispatch import lower, lowers, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, ListValue, NotLowered, Value
from ..figures.flows import previous
from ..figures.overrides import fixed_only
from ..known.clocks_and_day_counts import clock_of
from ..known.fixed import fixed_date
from ..known.schedules import schedule_named, schedule_of


def schedule_date(low: Lowering, expression: syntax.Reading, name: syntax.Name, scope: Scope, moment: Moment) -> Value:
    """``previous payment``: the schedule's date before this one; ``next payment``: the one after."""
    clock = clock_of(low, name, scope)
    places = clock.previous if expression.moment == "previous" else clock.following
    if expression.moment not in ("previous", "next"):
        low.collector.error(
            "E0323", f"`{expression.moment} {name.text}`: a schedule has previous and next dates", expression.span
        )
        raise NotLowered
    dates_ = clock.timeline.dates
    ordinals = tuple(Fraction((dates_[place] if place is not None else dates_[0]).toordinal()) for place in places)
    label = f"{expression.moment} {clock.name}"
    there = low.builder.mask(f"has {label}", tuple(place is not None for place in places))
    return Value(low.builder.by_date(label, ordinals, "date"), there)


@lowers(syntax.EdgeDate)
def edge(low: Lowering, expression: syntax.EdgeDate, scope: Scope, moment: Moment) -> AnyValue:
    """``first payment``, ``last payment``; of a list, its first or last item."""
    resolved = scope.resolve(expression.name.parts)
    entry = None if isinstance(resolved, int) else follow(resolved.entry)
    first = expression.edge == "first"
    if isinstance(entry, ScheduleEntry):
        schedule = schedule_of(low.schedules, entry)
        return Value(day(schedule.dates[0] if first else schedule.dates[-1]))
    value = lower(low, expression.name, scope, moment)
    if isinstance(value, ListValue) and value.items:
        return value.items[0 if first else -1]
    low.collector.error("E0323", f"`{expression.edge}` takes a schedule or a list", expression.span)
    raise NotLowered


@lowers(syntax.DateCount)
def date_count(low: Lowering, expression: syntax.DateCount, scope: Scope, moment: Moment) -> Value:
    """``number of payment dates after X to date``: counted on the calendar, or against a date that varies."""
    schedule = schedule_named(low.schedules, expression.schedule, scope)
    builder = low.builder
    if not expression.bounds:
        return Value(number(len(schedule.dates)))
    ordinals = [date.toordinal() for date in schedule.dates]
    low_counts: Operand = ZERO
    high_counts: Operand = number(len(ordinals))
    determined: Operand = TRUE
    for preposition, bound in expression.bounds:
        at = value_of(low, bound, scope, moment)
        determined = builder.both(determined, at.determined)
        # Dates before the bound, and with `after`, `since` and `to` those on it as well.
        inclusive = preposition in ("after", "since", "to")
        counted = _dates_before(low.builder, ordinals, at.operand, inclusive)
        if preposition in ("after", "since", "from"):
            low_counts = builder.maximum(low_counts, counted)
        else:
            high_counts = builder.minimum(high_counts, counted)
    return Value(builder.positive(builder.subtract(high_counts, low_counts)), determined)


def _dates_before(builder: Builder, ordinals: list[int], bound: Operand, inclusive: bool) -> Operand:
    """How many of some dates lie before a bound (``inclusive``: or on it)."""
    find = bisect_right if inclusive else bisect_left
    if isinstance(bound, Literal):
        return number(find(ordinals, int(bound.value)))
    values = builder.table_values(bound)
    if values is not None:
        return builder.by_date("dates before", tuple(Fraction(find(ordinals, int(value))) for value in values))
    total: Operand = ZERO
    op: Operation = "less_equal" if inclusive else "less"
    for ordinal in ordinals:
        reached = builder.emit(op, Literal(Fraction(ordinal), "date"), bound)
        total = builder.add(total, builder.emit("to_float", reached))
    return total


@lowers(syntax.Within)
def within(low: Lowering, expression: syntax.Within, scope: Scope, moment: Moment) -> Value:
    """Hours (or days) of the reader's period that lie between two dates. Its period runs between accrual boundaries."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, "a period changes from date to date", expression.span)
    builder = low.builder
    start = value_of(low, expression.start, scope, moment)
    end = value_of(low, expression.end, scope, moment)
    clock = moment.clock
    periods = period_bounds(clock)
    opens = builder.by_date(f"{clock.name} opens", tuple(Fraction(one.toordinal()) for one, _ in periods), "date")
    closes = builder.by_date(f"{clock.name} closes", tuple(Fraction(one.toordinal()) for _, one in periods), "date")
    low_end = builder.emit("to_number", builder.maximum(opens, start.operand))
    high_end = builder.emit("to_number", builder.minimum(closes, end.operand))
    days = builder.positive(builder.subtract(high_end, low_end))
    return Value(builder.multiply(days, number(24)), builder.both(start.determined, end.determined))


@lowers(syntax.Falls)
def falls(low: Lowering, expression: syntax.Falls, scope: Scope, moment: Moment) -> Value:
    """True on the reader's first date on or after a date; of a trigger, on the date on which it fires."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, "whether an event falls changes from date to date", expression.span)
    builder = low.builder
    if isinstance(expression.operand, syntax.Name):
        resolved = scope.resolve(expression.operand.parts)
        if not isinstance(resolved, int) and isinstance(follow(resolved.entry), TriggerEntry):
            now = value_of(low, expression.operand, scope, moment)
            key = Figure.TRIGGER(resolved.entry.name)
            low.trail.touch(key)
            yesterday = previous(low.builder, low.memory, Value(low.closes(key, FALSE)), moment.clock)
            before = builder.both(yesterday.operand, yesterday.determined)
            return Value(builder.both(now.operand, builder.negated(before)))
    event = value_of(low, expression.operand, scope, moment)
    dates_ = moment.clock.timeline.dates
    today = builder.today()
    earlier = tuple(
        Fraction(dates_[place].toordinal() if place is not None else datetime.date.min.toordinal())
        for place in moment.clock.earlier
    )
    since = builder.by_date(f"previous {moment.clock.name}", earlier, "date")
    reached = builder.both(builder.emit("less_equal", event.operand, today), builder.emit("less", since, event.operand))
    on = builder.mask(f"on {moment.clock.name}", moment.clock.on)
    return Value(builder.both(on, builder.both(event.determined, reached)))


@lowers(syntax.OnDate)
def on_date(low: Lowering, expression: syntax.OnDate, scope: Scope, moment: Moment) -> Value:
    """``A1.factor on 2017-03-18``: a figure, the value on one timeline date."""
    value = value_of(low, expression.operand, scope, moment)
    date = fixed_date(low.schedules, expression.date, scope)
    positions = {one: position for position, one in enumerate(low.every.timeline.dates)}
    if date is not None and date not in positions and date in low.product.written:
        # A date of the deal as written or of another scenario, and none of these.
        return Value(at_position(low.builder, value.operand, (0,) * len(positions)), FALSE)
    if date is None or date not in positions:
        low.collector.error(
            "E0409",
            f"{date or 'this'} is not a date of the deal",
            expression.date.span,
            help="a value is read on a date of one of the deal's schedules",
        )
        raise NotLowered
    there = tuple(positions[date] for _ in low.every.timeline.dates)
    builder = low.builder
    return Value(
        at_position(low.builder, value.operand, there),
        at_position(low.builder, value.determined, there) if builder else TRUE,
    )


def at_position(builder: Builder, operand: Operand, positions: tuple[int, ...]) -> Operand:
    """The value on one date as a figure: gathered there on every date, then read on the last."""
    if not builder.traits(operand).date:
        return operand
    return builder.emit("final", builder.emit("gather", operand, positions=positions))


def period_bounds(clock: Clock) -> list[tuple[datetime.date, datetime.date]]:
    """For each timeline date where the clock's period opens, and where it closes: by accrual boundaries, as accrual
    counts it. Between two dates of the clock the period has come as far as the day itself; outside all it is empty."""
    dates, schedule = clock.timeline.dates, clock.schedule
    if schedule is None:
        return [(dates[max(position - 1, 0)], date) for position, date in enumerate(dates)]
    found = []
    for date, index, on in zip(dates, clock.index, clock.on, strict=True):
        opens, closes = schedule.boundaries[index], schedule.boundaries[index + 1]
        found.append((opens, closes if on else min(date, closes)))
    return found
