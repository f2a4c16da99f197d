"""`aged`: what has arisen on the dates of a schedule, each part at its own age. `age`: the age of the part in hand.

``aged(x, dates, share)`` is the sum, over the schedule's dates up to now, of what x was on each times a share that may
read `age`. The parts (vintages) are rows of a family of the program's own, a row a date: one equation for any number of
them. Inside a family of the deal, whose rows they cannot cross, they are written out one by one instead.

What is known ahead is gathered from its date; what the deal carries or draws is kept from the date on which it arose.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from fractions import Fraction

import attrs

from ....engine.ir import Family, Literal, Operand
from ... import syntax
from ...names.deal import Scope
from ...time.clocks import Clock
from ...vocabulary.builtins import Bound
from ..building.builder import FALSE, TRUE, ZERO, Builder, Traits, number
from ..building.evaluate import evaluate_by_date
from ..context.dispatch import functions, value_of
from ..context.lowering import Lowering
from ..context.memory import Memory
from ..context.moments import Moment, Vintages
from ..context.values import NotLowered, Value
from ..figures.ages import _table
from ..figures.flows import gathered, known_ahead
from ..known.clocks_and_day_counts import clock_of
from ..known.schedules import schedule_named

MOST_AGES = 1_000_000
"""Dates of the deal times parts: 1,000 dates of 1,000 deliveries each."""


def _marks(count: int, positions: tuple[int, ...], holds: Callable[[int, int], bool]) -> Iterable[Fraction]:
    """1 where something holds of a part and a date, 0 where it does not."""
    yes, no = Fraction(1), Fraction(0)
    return (yes if holds(position, date) else no for date in range(count) for position in positions)


def aged(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    if moment.kind == "fixed":
        low.collector.error("E0504", "what has aged changes from date to date", expression.span)
        raise NotLowered
    if moment.vintages is not None:
        low.collector.error(
            "E0691",
            "`aged` inside `aged`: which of the two does `age` speak of?",
            expression.span,
            help="give the inner sum a name with `define` or `flow`, and do not read it in a share",
        )
        raise NotLowered
    if moment.piece:
        # As any series inside `accrue`: read on the date that the piece is paid, where that is known ahead.
        whole = aged(low, expression, bound, scope, attrs.evolve(moment, piece=False))
        if known_ahead(low.builder, whole.operand) and known_ahead(low.builder, whole.determined):
            paid = moment.clock.paid
            return Value(gathered(low.builder, whole.operand, paid), gathered(low.builder, whole.determined, paid))
        return whole
    clock = _dates(low, bound.values["dates"], scope)
    past, today = _amounts(low, bound.values["x"], scope, moment, clock)
    positions = tuple(position for position, on in enumerate(clock.on) if on)
    known = evaluate_by_date(low.builder, past.operand)
    if known is not None:
        positions = tuple(position for position in positions if known[position] != 0)
    if not positions:
        return Value(ZERO)
    if len(positions) * len(clock.timeline) > MOST_AGES:
        low.collector.error(
            "E0692",
            f"{len(positions):,} dates, each with an age on {len(clock.timeline):,} dates, are too many",
            bound.values["dates"].span,
            label=f"{len(positions):,} dates",
            help="let what arises do so on a schedule of fewer dates: monthly, quarterly",
        )
        raise NotLowered
    if low.types.of(bound.values["share"], scope).family is not None or past.operand.rows is not None:
        return _written_out(low, bound, scope, moment, clock, positions, past, today)
    family = low.vintage_family(clock, positions)
    vintages = Vintages(clock, positions, family)
    share = value_of(low, bound.values["share"], scope, attrs.evolve(moment, vintages=vintages))
    amount = _kept(low.builder, low.memory, vintages, past, today)
    born = _table(low.builder, low.memory, vintages, "born", "bool", _born(clock, positions))
    value = low.builder.multiply(amount.operand, low.builder.select(born, share.operand, ZERO))
    determined = low.builder.both(amount.determined, share.determined)
    return Value(
        _row_sum(low.builder, value, len(positions)),
        _row_all(low.builder, low.builder.either(low.builder.negated(born), determined)),
    )


def _dates(low: Lowering, expression: syntax.Expression, scope: Scope) -> Clock:
    """The clock of the dates on which parts arise: a schedule, closing, or another date of the timeline."""
    schedule = schedule_named(low.schedules, expression, scope)
    missing = [date for date in schedule.dates if date not in low.every.timeline.dates]
    if missing:
        low.collector.error(
            "E0409",
            f"{missing[0]} is not a date of the deal",
            expression.span,
            help="what ages arises on `closing` or on a date of one of the deal's schedules",
        )
        raise NotLowered
    return clock_of(low, expression, scope)


def _amounts(low: Lowering, x: syntax.Expression, scope: Scope, moment: Moment, clock: Clock) -> tuple[Value, Value]:
    """x as it stood on the dates before, and as it is today at the moment of reading.

    Its dates are not those of the sum, which has a value on every date.
    """
    low.trail.tracking.append(set())
    low.trail.tracked_clocks.append(set())
    try:
        past = value_of(low, x, scope, Moment("elsewhere", clock))
    finally:
        reads = low.trail.tracking.pop()
        low.trail.tracked_clocks.pop()
    if moment.before_acts and any(low.acts.changing.get(key) for key in reads):
        # Before the day's acts nothing of today's has arisen.
        return past, Value(Literal(Fraction(0), "float"))
    if known_ahead(low.builder, past.operand) and known_ahead(low.builder, past.determined):
        return past, past
    low.trail.tracked_clocks.append(set())
    try:
        return past, value_of(low, x, scope, attrs.evolve(moment, clock=clock))
    finally:
        low.trail.tracked_clocks.pop()


def _born(clock: Clock, positions: tuple[int, ...]) -> Iterable[Fraction]:
    return _marks(len(clock.timeline), positions, operator.le)


def _kept(builder: Builder, memory: Memory, vintages: Vintages, past: Value, today: Value) -> Value:
    """What arose on each part's date, on every date from then on; nothing before."""
    clock, positions = vintages.clock, vintages.positions
    if known_ahead(builder, past.operand) and known_ahead(builder, past.determined):
        none, each = Fraction(-1), {position: Fraction(position) for position in positions}
        places = (
            each[position] if position <= date else none
            for date in range(len(clock.timeline))
            for position in positions
        )
        place = _table(builder, memory, vintages, "place", "float", places)
        return Value(_picked(builder, past.operand, place), _picked(builder, past.determined, place))
    rises = _marks(len(clock.timeline), positions, operator.eq)
    arising = _table(builder, memory, vintages, "arising", "bool", rises)
    return Value(
        _carried(builder, memory, arising, past.operand, today.operand, ZERO, vintages),
        _carried(builder, memory, arising, past.determined, today.determined, FALSE, vintages),
    )


def _picked(builder: Builder, operand: Operand, place: Operand) -> Operand:
    """A value on the date of each part; what is the same on every date is itself."""
    if not builder.traits(operand).date:
        return operand
    return builder.emit("gather_at", operand, place)


def _carried(
    builder: Builder,
    memory: Memory,
    arising: Operand,
    past: Operand,
    today: Operand,
    nothing: Literal,
    vintages: Vintages,
) -> Operand:
    if past == today == TRUE:
        return TRUE
    rows = vintages.family if vintages.family is not None else past.rows
    key = ("kept", past, vintages.clock, vintages.positions, vintages.family)
    before = memory.vintage_tables.get(key)
    if before is None:
        traits = Traits(date=True, scenario=True, row=rows, carried=True, drawn=True)
        held = builder.placeholder("kept", past.kind, rows, traits)
        before = builder.emit("previous", held, nothing)
        builder.bind(held, builder.select(arising, past, before))
        memory.vintage_tables[key] = before
    return builder.select(arising, today, before)


def _written_out(
    low: Lowering,
    bound: Bound,
    scope: Scope,
    moment: Moment,
    clock: Clock,
    positions: tuple[int, ...],
    past: Value,
    today: Value,
) -> Value:
    """Part by part: for rows of a family of the deal, which a second family cannot cross."""
    builder = low.builder
    total: Operand = ZERO
    determined: Operand = TRUE
    for position in positions:
        vintages = Vintages(clock, (position,), None)
        share = value_of(low, bound.values["share"], scope, attrs.evolve(moment, vintages=vintages))
        amount = _kept(low.builder, low.memory, vintages, past, today)
        born = _table(low.builder, low.memory, vintages, "born", "bool", _born(clock, (position,)))
        part = builder.select(born, builder.multiply(amount.operand, share.operand), ZERO)
        total = builder.add(total, part)
        known = builder.both(amount.determined, share.determined)
        determined = builder.both(determined, builder.either(builder.negated(born), known))
    return Value(total, determined)


def _row_sum(builder: Builder, operand: Operand, parts: int) -> Operand:
    """The sum over the parts; what is alike in each of them has no rows."""
    if operand.rows is None:
        return builder.multiply(operand, number(parts))
    return builder.emit("sum_rows", operand)


def _row_all(builder: Builder, condition: Operand) -> Operand:
    if condition.rows is None:
        return condition
    return builder.negated(builder.emit("any_rows", builder.negated(condition)))


def families(memory: Memory) -> tuple[Family, ...]:
    """The families that `aged` made: a row a date."""
    return tuple(
        Family(name, tuple(clock.timeline.dates[position].isoformat() for position in positions))
        for (clock, positions), name in memory.vintage_families.items()
    )


functions({"aged": aged})
