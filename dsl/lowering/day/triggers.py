"""Triggers: state machines that are tested at opening, in a step, or after the day's payments."""

from __future__ import annotations

from ....engine.ir import Operand, Origin
from ... import syntax
from ...names.deal import Model, ScheduleEntry, TriggerEntry
from ...time.clocks import Clock
from ..building.builder import FALSE, ZERO, number
from ..context.dispatch import condition
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered
from ..figures.flows import on_dates
from ..known.clocks_and_day_counts import clock_of
from ..known.fixed import whole_number
from .bounds import between


def tested_in_steps(model: Model) -> set[str]:
    """The triggers that some step tests."""
    found: set[str] = set()
    for act in model.acts:
        for step in act.item.steps_within:
            for name in step.facts.tests:
                resolved = act.scope.resolve(name.parts)
                if not isinstance(resolved, int):
                    found.add(resolved.entry.name)
    return found


def clock_of_trigger(low: Lowering, entry: TriggerEntry) -> Clock:
    """The schedule on whose dates a trigger is tested: its own, or the deal's one schedule."""
    if entry.item.on is not None:
        return clock_of(low, entry.item.on, entry.scope)
    schedules = [one for one in low.model.entries.values() if isinstance(one, ScheduleEntry)]
    if len(schedules) == 1:
        name = syntax.Name(entry.span, (schedules[0].name,), (entry.span,))
        return clock_of(low, name, schedules[0].scope)
    names = ", ".join(f"`{one.name}`" for one in schedules)
    low.collector.error(
        "E0417",
        f"trigger `{entry.name}` does not say on which dates it is tested",
        entry.span,
        help=f"`trigger {entry.item.name} on ...`: the deal's schedules are {names}",
    )
    raise NotLowered


def opening_trigger(low: Lowering, entry: TriggerEntry) -> Operand:
    """How a trigger stands when the day opens: as it closed, tested now if it is tested at opening."""
    key: Key = Figure.TRIGGER(entry.name)
    before = low.builder.emit("previous", low.closes(key, FALSE), FALSE, label=f"{entry.name}.opening")
    if entry.item.after_payments or entry.name in low.acts.stepped:
        return before
    low.day.now[key] = before
    clock = clock_of_trigger(low, entry)
    with low.layers.aside(), low.reading(entry.name, entry.span, Figure.TRIGGER(entry.name)):
        test_trigger(low, entry, on_dates(low.builder, clock), Moment("opening", clock))
    return low.day.now[key]


def test_trigger(low: Lowering, entry: TriggerEntry, active: Operand, moment: Moment) -> None:
    """Test a trigger where `active` holds; elsewhere it keeps its state and its counts."""
    builder, item, scope = low.builder, entry.item, entry.scope
    key: Key = Figure.TRIGGER(entry.name)
    before = builder.origin
    builder.origin = Origin(entry.name, entry.span)
    try:
        if item.start is not None:
            active = builder.both(active, between(low, item.start, None, scope, "from"))
        stood = low.day.now[key]
        holds = met = _met(low, entry, item.when, "when", active, moment)
        for waived in _waivers(low, entry):
            met = builder.both(met, builder.negated(waived))
        if item.permanently:
            fired = builder.either(stood, met)
        elif item.until is None:
            # A waiver keeps it from firing; what has fired lives on while its condition holds.
            fired = met if met is holds else builder.either(met, builder.both(stood, holds))
        else:
            cured = _met(low, entry, item.until, "until", active, moment)
            fired = builder.either(met, builder.both(stood, builder.negated(cured)))
        low.day.now[key] = builder.select(active, fired, stood)
    finally:
        builder.origin = before


def _met(low: Lowering, entry: TriggerEntry, test: syntax.Test, side: str, active: Operand, moment: Moment) -> Operand:
    """A condition that holds now, or that has held for so many tests in a row."""
    builder = low.builder
    holds = condition(low, test.condition, entry.scope, moment)
    if test.count is None:
        return holds
    needed = whole_number(low.collector, low.schedules, test.count, entry.scope, "the number of tests")
    key = (Figure.COUNT_WHEN if side == "when" else Figure.COUNT_UNTIL)(entry.name)
    if key not in low.day.now:
        low.day.now[key] = builder.emit("previous", low.closes(key, ZERO), ZERO)
    # One more where it is tested, then nothing where it fails: where it is not tested neither moves the count.
    tested = builder.add(low.day.now[key], builder.emit("to_float", active))
    kept = builder.emit("to_float", builder.either(holds, builder.negated(active)))
    row = low.day.now[key] = builder.multiply(tested, kept)
    return builder.emit("less_equal", number(needed), row)


def _waivers(low: Lowering, entry: TriggerEntry) -> list[Operand]:
    found: list[Operand] = []
    for scoped in low.model.waivers:
        item = scoped.item
        if not isinstance(item, syntax.WaiverDeclaration):
            continue
        resolved = scoped.scope.resolve(item.trigger.parts)
        if isinstance(resolved, int) or resolved.entry is not entry:
            continue
        found.append(between(low, item.start, item.end, scoped.scope, f"waiver {item.name}"))
    return found
