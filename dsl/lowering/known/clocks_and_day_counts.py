"""The clock that an `on ...` names, and the day count that is meant."""

from __future__ import annotations

from ... import syntax
from ...messages.diagnostics import Collector
from ...messages.nearest import nearest
from ...names.deal import DaycountEntry, DefinitionEntry, Scope, follow
from ...time.clocks import Clock
from ..context.lowering import Lowering
from ..context.values import NotLowered
from .schedules import schedule_named


def clock_of(low: Lowering, expression: syntax.Expression, scope: Scope) -> Clock:
    """The clock that an ``on ...`` names."""
    schedule = schedule_named(low.schedules, expression, scope)
    return low.clocks.setdefault(schedule.name, Clock(schedule.name, low.every.timeline, schedule))


def daycount_of(collector: Collector, expression: syntax.Expression, scope: Scope) -> str | DaycountEntry:
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
                return daycount_of(collector, entry.value, entry.scope)
        names = [name for name in scope.visible() if isinstance(scope.find(name), DaycountEntry)]
        guess = nearest(expression.text, names)
        collector.error(
            "E0407",
            f"`{expression.text}` is not a day count",
            expression.span,
            help=f"did you mean `{guess}`?" if guess else "`actual/360`, `30/360`, or a `daycount` of the deal",
        )
        raise NotLowered
    collector.error("E0407", "a day count is wanted here", expression.span, help="`actual/360`, `30/360` ...")
    raise NotLowered
