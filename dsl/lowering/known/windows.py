"""How many dates of a schedule a window holds."""

from __future__ import annotations

from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ...time.clocks import Clock
from ...time.schedule import Schedule
from ...time.timeline import window_counts
from ...types.types import Types
from ...vocabulary.dimensions import HOUR, YEAR
from ..context.lowering import Schedules
from ..context.values import NotLowered
from .fixed import fixed_number, grain_of


def schedule_of(collector: Collector, clock: Clock, expression: syntax.Expression) -> Schedule:
    if clock.schedule is None:
        collector.error(
            "E0411",
            "a window counts the dates of a schedule, and the reader has none",
            expression.span,
            help="read it in a waterfall, a claim or a trigger `on` a schedule, and record it there",
        )
        raise NotLowered
    return clock.schedule


def window_of(
    types: Types,
    collector: Collector,
    schedules: Schedules,
    node: syntax.Expression,
    scope: Scope,
    clock: Clock,
    forward: bool,
) -> list[int | None]:
    """For each timeline date the number of the clock's dates in a window; None where it is not full."""
    schedule = schedule_of(collector, clock, node)
    dimension = types.of(node, scope).dimension
    length = fixed_number(collector, schedules, node, scope, "the length of a window", grain_of(dimension))
    if dimension == YEAR and (length * 12).denominator == 1 and length > 0:
        counts = window_counts(schedule, months=int(length * 12), ahead=forward)
    elif dimension == HOUR and (length / 24).denominator == 1 and length > 0:
        counts = window_counts(schedule, days=int(length / 24), ahead=forward)
    else:
        collector.error("E0413", "a window is a number of whole months, or of whole days", node.span)
        raise NotLowered
    return [counts[position] for position in clock.index]
