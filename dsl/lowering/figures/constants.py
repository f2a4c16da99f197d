"""What must be known when the deal is read: schedules, single dates, day counts, whole numbers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction

from ....engine.ir import NEVER, Literal
from ... import syntax
from ...messages.diagnostics import Collector
from ...messages.nearest import nearest
from ...names.deal import DaycountEntry, DefinitionEntry, Model, ScheduleEntry, Scope, follow
from ...syntax.walk import walk
from ...time.calendar import ScheduleProblem
from ...time.clocks import Clock
from ...time.schedule import Schedule, ScheduleSpec, build_schedule, restrict
from ...time.timeline import Timeline, build_timeline
from ...types.types import Types
from ..building.builder import Builder
from ..lowering import ListValue, Lowering, Moment, NotLowered, Value

MOST_DATES, MOST_REFUSED = 200_000, 50
"""Dates of all schedules together, and schedules that cannot be built: more of either is a hostile deal."""


class Schedules:
    """Builds every schedule of a deal, in the order that they need each other, then the timeline."""

    def __init__(self, model: Model, types: Types, collector: Collector) -> None:
        self.model = model
        self.collector = collector
        self.built: dict[str, Schedule] = {}
        self.singles: dict[datetime.date, Schedule] = {}
        self._building: list[ScheduleEntry] = []
        self._circular: set[ScheduleEntry] = set()
        self._refused = self._dates = 0
        empty = Timeline((), 0)
        self.low = Lowering(model, types, collector, Builder(()), {}, Clock("fixed", empty, None))
        self.low.schedules = self
        self.known_closing: datetime.date | None = None
        self.closing = self.known_closing = self._closing()

    def _closing(self) -> datetime.date:
        found = fixed_date(self.low, self.model.closing, self.model.scope)
        if found is None:
            self.collector.error("E0310", "closing must be a date", self.model.closing.span)
            raise NotLowered
        return found

    def schedule(self, entry: ScheduleEntry) -> Schedule:
        found = self.built.get(entry.name)
        if found is not None:
            return found
        if entry in self._building:
            circle = self._building[self._building.index(entry) :]
            if not set(circle) <= self._circular:
                names = " -> ".join(one.name for one in [*circle, entry])
                self.collector.error("E0508", f"schedule `{entry.name}` needs itself", entry.span, notes=(names,))
            self._circular.update(circle)
            raise NotLowered
        self._building.append(entry)
        try:
            built = self._build(entry)
        except ScheduleProblem as problem:
            self._report(problem, entry)
            raise NotLowered from None
        finally:
            self._building.pop()
        self.built[entry.name] = built
        self._dates += len(built.dates)
        if self._dates > MOST_DATES:
            self.collector.error(
                "E0401",
                f"the schedules of this deal come to more than {MOST_DATES:,} dates",
                entry.span,
                label="with this one",
                help="several claims may be due on one schedule",
            )
            raise NotLowered
        return built

    def _report(self, problem: ScheduleProblem, entry: ScheduleEntry) -> None:
        self._refused += 1
        item = entry.item
        parts = {"first": item.start, "last": item.end, "accrual_from": item.accrual_start, "dates": item.dates}
        node = parts.get(problem.part or "")
        if problem.part == "calendars" and item.calendars:
            node = item.calendars[0]
        self.collector.error(
            "E0401",
            f"schedule `{entry.name}`: {problem}",
            node.span if node is not None else item.name_span,
            help=problem.help,
        )

    def _build(self, entry: ScheduleEntry) -> Schedule:
        item, scope, low = entry.item, entry.scope, self.low
        start = None if item.start is None else fixed_date(low, item.start, scope)
        end = None if item.end is None else fixed_date(low, item.end, scope)
        if item.base is not None:
            base = scope.resolve(item.base.parts)
            target = None if isinstance(base, int) else follow(base.entry)
            if not isinstance(target, ScheduleEntry):
                self.collector.error("E0402", f"`{item.base.text}` is not a schedule", item.base.span)
                raise NotLowered
            return restrict(self.schedule(target), entry.name, start, end)
        accrual = None if item.accrual_start is None else fixed_date(low, item.accrual_start, scope)
        dates: tuple[datetime.date, ...] | None = None
        if isinstance(item.dates, syntax.Table):
            from ..expressions.series_from_csv import dates_of_file

            dates = dates_of_file(low, item.dates)
        elif item.dates is not None:
            dates = fixed_dates(low, item.dates, scope)
        if item.adjustment is None and dates is None:
            self.collector.error(
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
                accrual_adjusted=self._accrual_adjusted(entry),
                accrual_from=accrual,
                closing=self.closing,
                stub=item.stub,
                dates=dates,
                inclusive=item.inclusive,
            )
        )

    def _accrual_adjusted(self, entry: ScheduleEntry) -> bool:
        """Accrual runs between the unadjusted dates unless the deal says `accrual adjusted`."""
        return bool(entry.item.accrual_adjusted)

    def single(self, date: datetime.date) -> Schedule:
        """The schedule of one date: ``on closing``, ``on 2028-01-15``."""
        found = self.singles.get(date)
        if found is None:
            found = self.singles[date] = build_schedule(
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
                    closing=min(self.closing, date),
                    stub=None,
                    dates=(date,),
                )
            )
        return found

    def of(self, expression: syntax.Expression, scope: Scope) -> Schedule:
        """The schedule that an ``on ...`` names: a schedule, a field that stands for one, or a single date."""
        if isinstance(expression, syntax.Name):
            if expression.parts == ("closing",):
                return self.single(self.closing)
            resolved = scope.resolve(expression.parts)
            if isinstance(resolved, int):
                from ..day.claims import unresolved

                raise unresolved(self.low, expression, "a schedule")
            entry = follow(resolved.entry)
            if isinstance(entry, ScheduleEntry):
                return self.schedule(entry)
            if isinstance(entry, DefinitionEntry) and entry.type is not None and entry.type.base == "schedule":
                return self.of(entry.value, entry.scope)
        date = fixed_date(self.low, expression, scope)
        if date is None or date.toordinal() >= NEVER:
            self.collector.error(
                "E0402",
                "this is neither a schedule nor a date that is known when the deal is read",
                expression.span,
                help="name a schedule; for a date that a scenario moves: `on payment = if x falls then ... else $0`",
            )
            raise NotLowered
        return self.single(date)

    def everything(self) -> Timeline:
        """Build all there is and the timeline. A schedule that cannot be built has been reported."""
        failed = False
        for entry in self.model.entries.values():
            if isinstance(entry, ScheduleEntry):
                try:
                    self.schedule(entry)
                except NotLowered:
                    failed = True
                if self._refused >= MOST_REFUSED or self._dates > MOST_DATES:
                    break
        for expression, scope in dated(self.model):
            try:
                self.of(expression, scope)
            except NotLowered:
                failed = True
        if failed:
            raise NotLowered
        try:
            schedules = [*self.built.values(), *self.singles.values()]
            return build_timeline(self.closing, schedules, self._settlements(schedules))
        except ScheduleProblem as problem:
            self.collector.error("E0404", str(problem), self.model.header.name_span)
            raise NotLowered from None

    def _settlements(self, schedules: Sequence[Schedule]) -> list[datetime.date]:
        """The dates on which measures settle, so far as they lie within the deal: those beyond are reported there."""
        from ..measures.bonds import settlements

        final = max((schedule.dates[-1] for schedule in schedules), default=self.closing)
        found: list[datetime.date] = []
        for expression, scope in settlements(self.model):
            try:
                date = fixed_date(self.low, expression, scope)
            except NotLowered:
                continue
            if date is not None and self.closing <= date < final:
                found.append(date)
        return found


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


def clock_of(low: Lowering, expression: syntax.Expression, scope: Scope) -> Clock:
    """The clock that an ``on ...`` names."""
    schedule = low.schedules.of(expression, scope)
    found = low.clocks.get(schedule.name)
    if found is None:
        found = low.clocks[schedule.name] = Clock(schedule.name, low.every.timeline, schedule)
    return found


def fixed(low: Lowering, expression: syntax.Expression, scope: Scope) -> Literal | None:
    """The literal that an expression of terms comes to; None where it is no number, condition or date."""
    from ..expressions.expressions import lower

    value = lower(low, expression, scope, Moment("fixed", low.every))
    if isinstance(value, Value) and isinstance(value.operand, Literal):
        return value.operand
    return None


def fixed_date(low: Lowering, expression: syntax.Expression, scope: Scope) -> datetime.date | None:
    found = fixed(low.schedules.low, expression, scope)
    if found is None or found.kind != "date":
        return None
    return datetime.date.fromordinal(int(found.value))


def fixed_dates(low: Lowering, expression: syntax.Expression, scope: Scope) -> tuple[datetime.date, ...]:
    from ..expressions.expressions import lower

    value = lower(low.schedules.low, expression, scope, Moment("fixed", low.schedules.low.every))
    items = value.items if isinstance(value, ListValue) else ()
    found = [
        datetime.date.fromordinal(int(item.operand.value))
        for item in items
        if isinstance(item, Value) and isinstance(item.operand, Literal) and item.operand.kind == "date"
    ]
    if not items or len(found) != len(items):
        low.collector.error(
            "E0324", "a list of dates is wanted here", expression.span, help="`[2027-01-31, 2028-01-31]`"
        )
        raise NotLowered
    return tuple(found)


def fixed_number(low: Lowering, expression: syntax.Expression, scope: Scope, what: str) -> Fraction:
    found = fixed(low.schedules.low, expression, scope)
    if found is None or found.kind != "float":
        low.collector.error("E0504", f"{what} must be known when the deal is read", expression.span)
        raise NotLowered
    return Fraction(found.value)


def whole_number(low: Lowering, expression: syntax.Expression, scope: Scope, what: str, least: int = 1) -> int:
    value = fixed_number(low, expression, scope, what)
    if value.denominator != 1 or value < least:
        low.collector.error("E0342", f"{what} must be a whole number, {least} or more", expression.span)
        raise NotLowered
    return int(value)


def daycount_of(low: Lowering, expression: syntax.Expression, scope: Scope) -> str | DaycountEntry:
    """A built-in day count's name, or the deal's own."""
    if isinstance(expression, syntax.DayCount):
        return expression.value
    if isinstance(expression, syntax.Name):
        resolved = scope.resolve(expression.parts)
        if not isinstance(resolved, int):
            entry = follow(resolved.entry)
            if isinstance(entry, DaycountEntry):
                return entry
            if isinstance(entry, DefinitionEntry):
                return daycount_of(low, entry.value, entry.scope)
        names = [name for name in scope.visible() if isinstance(scope.find(name), DaycountEntry)]
        guess = nearest(expression.text, names)
        low.collector.error(
            "E0407",
            f"`{expression.text}` is not a day count",
            expression.span,
            help=f"did you mean `{guess}`?" if guess else "`actual/360`, `30/360`, or a `daycount` of the deal",
        )
        raise NotLowered
    low.collector.error("E0407", "a day count is wanted here", expression.span, help="`actual/360`, `30/360` ...")
    raise NotLowered
