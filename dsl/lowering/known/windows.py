"""How many dates of a schedule a window holds."""

from __future__ import annotations

from ... import syntax
from ...names.deal import Scope
from ...time.clocks import Clock
from ...time.schedule import Schedule
from ...time.timeline import window_counts
from ...vocabulary.dimensions import HOUR, YEAR
from ..context.lowering import Lowering
from ..context.values import NotLowered
from .fixed import fixed_number


def schedule_of(low: Lowering, clock: Clock, expression: syntax.Expression) -> Schedule:
    if clock.schedule is None:
        low.collector.error(
            "E0411",
            "a window counts the dates of a schedule, and the reader has none",
            expression.span,
            help="read it in a waterfall, a claim or a trigger `on` a schedule, and record it there",
        )
        raise NotLowered
    return clock.schedule


def window_of(low: Lowering, node: syntax.Expression, scope: Scope, clock: Clock, forward: bool) -> list[int | None]:
    """For each timeline date the number of the clock's dates in a window; None where it is not full."""
    schedule = schedule_of(low, clock, node)
    length = fixed_number(low, node, scope, "the length of a window")
    dimension = low.types.of(node, scope).dimension
    if dimension == YEAR and (length * 12).denominator == 1 and length > 0:
        counts = window_counts(schedule, months=int(length * 12), ahead=forward)
    elif dimension == HOUR and (length / 24).denominator == 1 and length > 0:
        counts = window_counts(schedule, days=int(length / 24), ahead=forward)
    else:
        low.collector.error("E0413", "a window is a number of whole months, or of whole days", node.span)
        raise NotLowered
    return [counts[position] for position in clock.index]
