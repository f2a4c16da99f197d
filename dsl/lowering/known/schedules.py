"""The schedules of a deal, built in the order that they need each other, then its timeline."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ....engine.ir import NEVER
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import DefinitionEntry, FunctionEntry, Model, ScheduleEntry, Scope, follow
from ...syntax.walk import walk
from ...time.calendar import ScheduleProblem
from ...time.clocks import Clock
from ...time.schedule import Schedule, ScheduleSpec, build_schedule, restrict
from ...time.timeline import Timeline, build_timeline
from ...types.types import Types
from ...vocabulary.builtins import BUILTINS, bind_builtin
from ..building.builder import Builder
from ..context.lowering import Layers, Lowering, Schedules
from ..context.named import unresolved
from ..context.values import AnyValue, NotLowered
from .beside import dates_of_file
from .fixed import fixed_date, fixed_dates

MOST_DATES, MOST_REFUSED = 200_000, 50
"""Dates of all schedules together, and schedules that cannot be built: more of either is a hostile deal."""


def begin(
    model: Model,
    types: Types,
    collector: Collector,
    layers: Layers,
    drawn: Mapping[tuple[int, int], AnyValue] = MappingProxyType({}),
    *,
    simulated: bool = False,
) -> Schedules:
    """No schedule yet, and the closing date. ``layers`` lie over the terms that shape the deal; ``drawn`` is what was
    drawn of what shapes it. E0310: closing is no date."""
    empty = Timeline((), 0)
    low = Lowering(model, types, collector, Builder(()), {}, Clock("fixed", empty, None), simulated, layers=layers)
    schedules = low.schedules = Schedules(low, drawn=drawn)
    schedules.closing = schedules.known_closing = _closing_date(schedules)
    return schedules


def _closing_date(schedules: Schedules) -> datetime.date:
    found = fixed_date(schedules.low.schedules, schedules.low.model.closing, schedules.low.model.scope)
    if found is None:
        schedules.low.collector.error("E0310", "closing must be a date", schedules.low.model.closing.span)
        raise NotLowered
    return found


def schedule_of(schedules: Schedules, entry: ScheduleEntry) -> Schedule:
    found = schedules.built.get(entry.name)
    if found is not None:
        return found
    if entry in schedules.building:
        circle = schedules.building[schedules.building.index(entry) :]
        if not set(circle) <= schedules.circular:
            names = " -> ".join(one.name for one in [*circle, entry])
            schedules.low.collector.error("E0508", f"schedule `{entry.name}` needs itself", entry.span, notes=(names,))
        schedules.circular.update(circle)
        raise NotLowered
    schedules.building.append(entry)
    try:
        built = _build(schedules, entry)
    except ScheduleProblem as problem:
        _report(schedules, problem, entry)
        raise NotLowered from None
    finally:
        schedules.building.pop()
    schedules.built[entry.name] = built
    schedules.dates += len(built.dates)
    if schedules.dates > MOST_DATES:
        schedules.low.collector.error(
            "E0401",
            f"the schedules of this deal come to more than {MOST_DATES:,} dates",
            entry.span,
            label="with this one",
            help="several claims may be due on one schedule",
        )
        raise NotLowered
    return built


def _report(schedules: Schedules, problem: ScheduleProblem, entry: ScheduleEntry) -> None:
    schedules.refused += 1
    item = entry.item
    parts = {"first": item.start, "last": item.end, "accrual_from": item.accrual_start, "dates": item.dates}
    node = parts.get(problem.part or "")
    if problem.part == "calendars" and item.calendars:
        node = item.calendars[0]
    schedules.low.collector.error(
        "E0401",
        f"schedule `{entry.name}`: {problem}",
        node.span if node is not None else item.name_span,
        help=problem.help,
    )


def _build(schedules: Schedules, entry: ScheduleEntry) -> Schedule:
    item, scope, low = entry.item, entry.scope, schedules.low
    start = _bound(schedules, entry, item.start, "start")
    end = _bound(schedules, entry, item.end, "end")
    if item.base is not None:
        base = scope.resolve(item.base.parts)
        target = None if isinstance(base, int) else follow(base.entry)
        if not isinstance(target, ScheduleEntry):
            schedules.low.collector.error("E0402", f"`{item.base.text}` is not a schedule", item.base.span)
            raise NotLowered
        return restrict(schedule_of(schedules, target), entry.name, start, end)
    accrual = _bound(schedules, entry, item.accrual_start, "start of accrual")
    dates: tuple[datetime.date, ...] | None = None
    if isinstance(item.dates, syntax.Table):
        dates = dates_of_file(low.model, low.collector, item.dates)
    elif item.dates is not None:
        dates = fixed_dates(low.collector, low.schedules, item.dates, scope)
    if item.adjustment is None and dates is None:
        schedules.low.collector.error(
            "E0403",
            f"schedule `{entry.name}` does not say how dates move from days that are not open",
            item.name_span,
            help='add `, unadjusted`, or `, following, calendar "US settlement"`',
        )
        raise NotLowered
    return build_schedule(
        ScheduleSpec(
            name=entry.name,
            every=item.every,
            day=item.day,
            first=start,
            last=end,
            adjustment=item.adjustment or "unadjusted",
            calendars=tuple(text.value for text in item.calendars),
            accrual_adjusted=_accrual_adjusted(schedules, entry),
            accrual_from=accrual,
            closing=schedules.closing,
            stub=item.stub,
            dates=dates,
            inclusive=item.inclusive,
        )
    )


def _bound(
    schedules: Schedules, entry: ScheduleEntry, expression: syntax.Expression | None, what: str
) -> datetime.date | None:
    """A date that bounds a schedule, None where none is stated. E0504: it is not known when the deal is read."""
    if expression is None:
        return None
    date = fixed_date(schedules, expression, entry.scope)
    if date is None:
        schedules.low.collector.error(
            "E0504", f"the {what} of the schedule `{entry.name}` must be known when the deal is read", expression.span
        )
        raise NotLowered
    return date


def _accrual_adjusted(schedules: Schedules, entry: ScheduleEntry) -> bool:
    """Accrual runs between the unadjusted dates unless the deal says `accrual adjusted`."""
    return bool(entry.item.accrual_adjusted)


def single_date(schedules: Schedules, date: datetime.date) -> Schedule:
    """The schedule of one date: ``on closing``, ``on 2028-01-15``."""
    found = schedules.singles.get(date)
    if found is None:
        found = schedules.singles[date] = build_schedule(
            ScheduleSpec(
                name=date.isoformat(),
                every=None,
                day=None,
                first=None,
                last=None,
                adjustment="unadjusted",
                calendars=(),
                accrual_adjusted=False,
                accrual_from=None,
                closing=min(schedules.closing, date),
                stub=None,
                dates=(date,),
            )
        )
    return found


def schedule_named(schedules: Schedules, expression: syntax.Expression, scope: Scope) -> Schedule:
    """The schedule that an ``on ...`` names: a schedule, a field that stands for one, or a single date."""
    if isinstance(expression, syntax.Name):
        if expression.parts == ("closing",):
            return single_date(schedules, schedules.closing)
        resolved = scope.resolve(expression.parts)
        if isinstance(resolved, int):
            raise unresolved(schedules.low.collector, expression, "a schedule")
        entry = follow(resolved.entry)
        if isinstance(entry, ScheduleEntry):
            return schedule_of(schedules, entry)
        if isinstance(entry, DefinitionEntry) and entry.type is not None and entry.type.base == "schedule":
            return schedule_named(schedules, entry.value, entry.scope)
    date = fixed_date(schedules.low.schedules, expression, scope)
    if date is None or date.toordinal() >= NEVER:
        schedules.low.collector.error(
            "E0402",
            "this is neither a schedule nor a date that is known when the deal is read",
            expression.span,
            help="name a schedule; for a date that a scenario moves: `on payment = if x falls then ... else $0`",
        )
        raise NotLowered
    return single_date(schedules, date)


def build_all(schedules: Schedules) -> Timeline:
    """Build all there is and the timeline. A schedule that cannot be built has been reported."""
    failed = False
    for entry in schedules.low.model.entries.values():
        if isinstance(entry, ScheduleEntry):
            try:
                schedule_of(schedules, entry)
            except NotLowered:
                failed = True
            if schedules.refused >= MOST_REFUSED or schedules.dates > MOST_DATES:
                break
    for expression, scope in dated(schedules.low.model):
        try:
            schedule_named(schedules, expression, scope)
        except NotLowered:
            failed = True
    if failed:
        raise NotLowered
    try:
        every = [*schedules.built.values(), *schedules.singles.values()]
        return build_timeline(schedules.closing, every, _settlements(schedules, every))
    except ScheduleProblem as problem:
        schedules.low.collector.error("E0404", str(problem), schedules.low.model.header.name_span)
        raise NotLowered from None


def _settlements(schedules: Schedules, every: Sequence[Schedule]) -> list[datetime.date]:
    """The dates on which measures settle, so far as they lie within the deal: those beyond are reported there."""
    final = max((schedule.dates[-1] for schedule in every), default=schedules.closing)
    found: list[datetime.date] = []
    for expression, scope in settlements(schedules.low.model):
        try:
            date = fixed_date(schedules.low.schedules, expression, scope)
        except NotLowered:
            continue
        if date is not None and schedules.closing <= date < final:
            found.append(date)
    return found


def settlements(model: Model) -> Iterator[tuple[syntax.Expression, Scope]]:
    """Every settlement date that a deal's reports, checks and definitions name: each is a date of the timeline."""
    places: list[tuple[object, Scope]] = [(scoped.item, scoped.scope) for scoped in model.checks + model.reports]
    places += [
        (entry.value, entry.scope)
        for entry in model.entries.values()
        if isinstance(entry, DefinitionEntry) and entry.form != "parameter"
    ]
    for root, scope in places:
        for node in walk(root):
            if not isinstance(node, syntax.Call) or len(node.function.parts) != 1:
                continue
            builtin = BUILTINS.get(node.function.text)
            if builtin is None or not any(one.name == "settlement" for one in builtin.parameters):
                continue
            if isinstance(scope.find(node.function.text), FunctionEntry):
                continue
            named = bind_builtin(node, builtin).values.get("settlement")
            if named is not None:
                yield named, scope


def dated(model: Model) -> list[tuple[syntax.Expression, Scope]]:
    """Every ``on ...`` of the deal's claims, states and acts."""
    found: list[tuple[syntax.Expression, Scope]] = []
    for entry in model.entries.values():
        item = getattr(entry, "item", None)
        if isinstance(
            item,
            syntax.ClaimDeclaration | syntax.StateDeclaration | syntax.InputDeclaration | syntax.TriggerDeclaration,
        ):
            on = item.on
            if on is not None:
                found.append((on, entry.scope))  # type: ignore[union-attr]  # each of these entries has a scope
        elif isinstance(entry, DefinitionEntry) and entry.on is not None:
            found.append((entry.on, entry.scope))
    for act in model.acts:
        if act.item.on is not None:
            found.append((act.item.on, act.scope))
    for scoped in model.checks + model.reports:
        found.extend((node.on, scoped.scope) for node in walk(scoped.item) if isinstance(node, syntax.Call) and node.on)
    return found
