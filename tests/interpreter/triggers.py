"""Triggers are state machines (contract, 10)."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import Scope, TriggerEntry

from . import timeline
from .expressions import holds
from .moments import CLOSE, FINAL, OPENING, START, At
from .readers import Reader
from .world import Broken, World


class Trigger:
    """``held``, ``ended``: how many of its tests in a row its conditions held. ``alive``, ``fell``: at each close."""

    def __init__(self, entry: TriggerEntry, reader: Reader, tested: str) -> None:
        self.entry, self.reader, self.tested = entry, reader, tested
        self.now = False
        self.held = 0
        self.ended = 0
        self.fires = False
        self.done: set[int] = set()
        self.before: list[bool] = []
        self.alive: list[bool] = []
        self.fell: list[bool] = []


def make(world: World) -> None:
    by_steps: dict[TriggerEntry, Reader] = {}
    for act in world.model.acts:
        for step in act.item.steps_within:
            for name in step.facts.tests:
                thing = world.thing(name, act.scope)
                if isinstance(thing, TriggerEntry):
                    by_steps.setdefault(thing, timeline.reader_of(world, act.item.on, act.scope))
    for entry in world.model.entries.values():
        if not isinstance(entry, TriggerEntry):
            continue
        tested = "after" if entry.item.after_payments else "step" if entry in by_steps else "opening"
        if entry.item.on is not None:
            reader = timeline.reader_of(world, entry.item.on, entry.scope)
        else:
            reader = by_steps[entry] if entry in by_steps else timeline.only_schedule(world)
        world.triggers[entry] = Trigger(entry, reader, tested)


def begin(world: World) -> None:
    for trigger in world.triggers.values():
        trigger.before.append(trigger.now)
        trigger.fires = False


def opening_tests(world: World, t: int) -> None:
    for trigger in world.triggers.values():
        opening_test(world, trigger, t)


def opening_test(world: World, trigger: Trigger, t: int) -> None:
    if trigger.tested == "opening" and t in trigger.reader.on and t not in trigger.done:
        test(world, trigger, t, At(OPENING, t, trigger.reader))


def after_payments(world: World, t: int) -> None:
    """Once payments are made, on the day's one value of every name; it acts from the next date on.

    What moves at close may read the test, and the test what closes: what hangs on a figure that is not known yet waits
    until it is.
    """
    for trigger in world.triggers.values():
        if trigger.tested == "after" and t in trigger.reader.on and t not in trigger.done:
            counted = trigger.held, trigger.ended
            try:
                test(world, trigger, t, At(FINAL, t, trigger.reader))
            except Broken:
                if not world.ending:
                    raise
                trigger.held, trigger.ended = counted


def test(world: World, trigger: Trigger, t: int, at: At) -> None:
    """One test. If both its conditions hold, it fires."""
    item, scope = trigger.entry.item, trigger.entry.scope
    key = "test", id(trigger), t
    if key in world.working:
        raise Broken(f"{trigger.entry.name} hangs on itself on {world.dates[t]}")
    if item.start is not None and world.dates[t] < world.amount(item.start, scope, at, "when its tests begin"):
        trigger.done.add(t)
        return
    world.working.add(key)
    try:
        holding = holds(world.value(item.when.condition, scope, at))
        trigger.held = trigger.held + 1 if holding else 0
        enough = trigger.held >= _times(world, item.when, scope, at)
        was = trigger.now
        if item.until is not None:
            ending = holds(world.value(item.until.condition, scope, at))
            trigger.ended = trigger.ended + 1 if ending else 0
            over = trigger.ended >= _times(world, item.until, scope, at)
        else:
            over = not item.permanently and not holding
        waived = _waived(world, trigger.entry, t)
    finally:
        world.working.discard(key)
    if enough and not waived:
        trigger.now = True
        if not was:
            trigger.fires = True
    elif trigger.now and over:
        trigger.now = False
    trigger.done.add(t)
    world.moved()


def _times(world: World, one: syntax.Test | Any, scope: Scope, at: At) -> Any:
    return 1 if one.count is None else world.amount(one.count, scope, at, "how many tests")


def _waived(world: World, entry: TriggerEntry, t: int) -> bool:
    """Whether a waiver keeps it from firing: from its first date to its last."""
    for waiver in world.model.waivers:
        if world.thing(waiver.item.trigger, waiver.scope) is entry:
            start = timeline.known_date(world, waiver.item.start, waiver.scope)
            end = timeline.known_date(world, waiver.item.end, waiver.scope)
            if start <= world.dates[t] <= end:
                return True
    return False


def close_triggers(world: World, t: int) -> None:
    for trigger in world.triggers.values():
        trigger.alive.append(trigger.now)
        trigger.fell.append(trigger.fires)


def alive(world: World, entry: TriggerEntry, at: At) -> bool:
    trigger = world.triggers[entry]
    t = at.t
    if at.moment in (CLOSE, FINAL):
        if t > len(trigger.alive):
            raise Broken(f"{entry.name} is not known yet")
        return trigger.alive[t] if t < len(trigger.alive) else trigger.now
    if t < len(trigger.alive):  # a date that is over, read at its opening
        if at.moment == START or trigger.tested != "opening":
            return trigger.before[t]
        return trigger.alive[t]
    if at.moment == START:
        return trigger.before[t]
    if at.moment == OPENING:
        opening_test(world, trigger, t)
        return trigger.now if trigger.tested == "opening" else trigger.before[t]
    return trigger.before[t] if trigger.tested == "after" and not world.ending else trigger.now


def fired(world: World, entry: TriggerEntry, at: At) -> bool:
    """Whether it fires on the date; off its own dates nothing does."""
    trigger = world.triggers[entry]
    if at.t < len(trigger.fell):
        return trigger.fell[at.t]
    if at.moment == OPENING:
        opening_test(world, trigger, at.t)
        return trigger.fires and trigger.tested == "opening"
    return trigger.fires and trigger.tested != "after"
