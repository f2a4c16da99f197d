"""Time: the schedules of one scenario, the dates of its timeline, and who reads on which (contract, 1)."""

from __future__ import annotations

import datetime
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import ClaimEntry, DefinitionEntry, ScheduleEntry, Scope, StateEntry
from indenture.dsl.syntax.walk import walk
from indenture.dsl.time.schedule import Schedule, ScheduleSpec, build_schedule, restrict
from indenture.dsl.time.timeline import Timeline, build_timeline

from .arithmetic import NEVER
from .moments import FINAL, At
from .readers import Reader
from .world import NotCovered, World


def build(world: World) -> None:
    """The timeline: closing, the dates of every schedule, and every date on which something alone happens."""
    first = Timeline((datetime.date(2000, 1, 1),), 0)
    world.timeline = first
    world.everything = Reader("every date", first)
    closing = known_date(world, world.model.closing, world.model.scope)
    world.closing = closing
    schedules = [built(world, entry) for entry in world.model.entries.values() if isinstance(entry, ScheduleEntry)]
    extra = []
    for expression, scope in _on(world):
        found = world.thing(expression, scope)
        if not isinstance(found, ScheduleEntry | StateEntry):
            date = known_date(world, expression, scope)
            if date is not None and date != NEVER:
                extra.append(date)
    world.timeline = build_timeline(closing, schedules, extra)
    world.everything = Reader("every date", world.timeline)


def _on(world: World) -> list[tuple[syntax.Expression, Scope]]:
    """What things happen on: of claims and of acts."""
    found: list[tuple[syntax.Expression, Scope]] = []
    for entry in world.model.entries.values():
        if isinstance(entry, ClaimEntry):
            found.append((entry.item.on, entry.scope))
    for act in world.model.acts:
        on = act.item.on
        if on is not None:
            found.append((on, act.scope))
    return found


def known_date(world: World, node: syntax.Expression, scope: Scope) -> Any:
    """A date of which neither a day nor a reader is needed."""
    return world.value(node, scope, At(FINAL, 0, world.everything))


def built(world: World, entry: ScheduleEntry) -> Schedule:
    made = world.built
    if entry not in made:
        made[entry] = _build(world, entry)
    return made[entry]


def _build(world: World, entry: ScheduleEntry) -> Schedule:
    item, scope = entry.item, entry.scope

    def date(node: syntax.Expression | None) -> Any:
        return None if node is None else known_date(world, node, scope)

    if item.base is not None:
        base = world.thing(item.base, scope)
        assert isinstance(base, ScheduleEntry)
        end = date(item.end)
        return restrict(built(world, base), entry.name, date(item.start), None if end == NEVER else end)
    dates = None if item.dates is None else tuple(known_date(world, item.dates, scope))
    if item.adjustment is None and dates is None:
        raise NotCovered("a schedule without a business-day rule")
    spec = ScheduleSpec(
        name=entry.name,
        every=item.every,
        day=item.day,
        first=date(item.start),
        last=date(item.end),
        adjustment=item.adjustment or "unadjusted",
        calendars=tuple(text.value for text in item.calendars),
        accrual_adjusted=bool(item.accrual_adjusted),
        accrual_from=date(item.accrual_start),
        closing=world.closing,
        stub=item.stub,
        dates=dates,
        inclusive=item.inclusive,
    )
    return build_schedule(spec)


def reader(world: World, entry: ScheduleEntry) -> Reader:
    made = world.readers
    if entry not in made:
        item = entry.item
        parent = None if item.base is None else world.thing(item.base, entry.scope)
        begins = None if item.accrual_start is None else known_date(world, item.accrual_start, entry.scope)
        made[entry] = Reader(
            entry.name,
            world.timeline,
            built(world, entry),
            parent=reader(world, parent) if isinstance(parent, ScheduleEntry) else None,
            begins=None if begins is None or begins <= world.closing else begins,
        )
    return made[entry]


def reader_of(world: World, node: syntax.Expression | None, scope: Scope) -> Reader:
    """Whose dates `on` names: a schedule's, or one date alone. Of nothing, every date's."""
    if node is None:
        return world.everything
    thing = world.thing(node, scope)
    if isinstance(thing, ScheduleEntry):
        return reader(world, thing)
    date = known_date(world, node, scope)
    made = world.readers
    if date not in made:
        if date == NEVER or date not in world.timeline.dates:
            raise NotCovered(f"{date} is no date of the timeline")
        made[date] = Reader(str(date), world.timeline, alone=date)
    return made[date]


def only_schedule(world: World) -> Reader:
    """The deal's only schedule; of several, every date."""
    found = [entry for entry in world.model.entries.values() if isinstance(entry, ScheduleEntry)]
    return reader(world, found[0]) if len(found) == 1 else world.everything


def schedules_in(world: World, node: syntax.Expression, scope: Scope) -> list[Reader]:
    """The schedules of the flows and claims that an expression reads, each once."""
    found: dict[int, Reader] = {}
    seen: set[int] = set()
    waiting: list[tuple[Any, Scope]] = [(node, scope)]
    while waiting:
        current, where = waiting.pop()
        for part in walk(current):
            if not isinstance(part, syntax.Name):
                continue
            resolved = where.resolve(part.parts)
            if isinstance(resolved, int):
                continue
            entry = resolved.entry
            if id(entry) in seen:
                continue
            seen.add(id(entry))
            if isinstance(entry, ClaimEntry):
                one = reader_of(world, entry.item.on, entry.scope)
                found[id(one)] = one
            elif isinstance(entry, DefinitionEntry):
                if entry.form == "flow" and entry.on is not None:
                    one = reader_of(world, entry.on, entry.scope)
                    found[id(one)] = one
                else:
                    waiting.append((entry.value, entry.scope))
    return list(found.values())
