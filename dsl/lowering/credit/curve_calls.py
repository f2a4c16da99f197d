"""What is read off curves: discount factors and survival, and the worth and the quotes of standard contracts."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Model, Scope
from ...vocabulary.builtins import Bound
from ..building.builder import Builder, number
from ..context.dispatch import functions, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import Value
from ..expressions.operators import divide
from .curves import credit_points, rate_points
from .points import Points, _both, _given, _not_before, emit


def _from_to(
    low: Lowering, points: Points, bound: Bound, scope: Scope, moment: Moment
) -> tuple[Operand, Operand, Operand]:
    """From which day (the curve's own, unless it is said) to which, and where that is determined."""
    end = value_of(low, bound.values["to"], scope, moment)
    start = _given(low, bound, "from", scope, moment) or Value(points.traded)
    begins, from_curve = _not_before(low.builder, points.traded, start.operand)
    ends, forward = _not_before(low.builder, begins, end.operand)
    return begins, ends, _both(low.builder, points, start, end, from_curve, forward)


def _discount_factor(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    points = rate_points(low, bound.values["rates"], scope, moment)
    start, end, determined = _from_to(low, points, bound, scope, moment)
    return Value(_discount(low.model, low.collector, low.builder, points, start, end, expression), determined)


def _discount(
    model: Model,
    collector: Collector,
    builder: Builder,
    points: Points,
    start: Operand,
    end: Operand,
    expression: syntax.Call,
) -> Operand:
    found = emit(
        model,
        collector,
        builder,
        "discount",
        points.traded,
        start,
        end,
        *points.operands,
        span=expression.span,
        pillars=points.pillars,
        convention=points.convention,
        holidays=points.holidays,
    )
    return builder.mark_nonnegative(found)


def _zero_rate(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """-log of the discount factor over the years between, by actual/365; not determined over no time."""
    points = rate_points(low, bound.values["rates"], scope, moment)
    start, end, determined = _from_to(low, points, bound, scope, moment)
    factor = _discount(low.model, low.collector, low.builder, points, start, end, expression)
    logarithm = low.builder.emit("negate", low.builder.emit("log", factor))
    days = low.builder.subtract(low.builder.emit("to_number", end), low.builder.emit("to_number", start))
    years = low.builder.multiply(days, number(Fraction(1, 365)))
    return divide(low.builder, Value(logarithm, determined), Value(years))


def _survival(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    points = credit_points(low, bound.values["credit"], scope, moment)
    start, end, determined = _from_to(low, points, bound, scope, moment)
    found = emit(
        low.model,
        low.collector,
        low.builder,
        "survival",
        points.traded,
        start,
        end,
        *points.operands,
        span=expression.span,
        pillars=points.pillars,
    )
    return Value(low.builder.mark_nonnegative(found), determined)


def _default_probability(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    found = _survival(low, expression, bound, scope, moment)
    return Value(low.builder.subtract(number(1), found.operand), found.determined)


def _hazard_rate(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    points = credit_points(low, bound.values["credit"], scope, moment)
    at = _given(low, bound, "at", scope, moment) or Value(points.traded)
    on, good = _not_before(low.builder, points.traded, at.operand)
    found = emit(
        low.model,
        low.collector,
        low.builder,
        "default_rate",
        points.traded,
        on,
        *points.operands,
        span=expression.span,
        pillars=points.pillars,
    )
    return Value(found, _both(low.builder, points, at, good))


# ------------------------------------------------------------------------------------------------- contracts


functions(
    {
        "discount_factor": _discount_factor,
        "zero_rate": _zero_rate,
        "survival_probability": _survival,
        "default_probability": _default_probability,
        "hazard_rate": _hazard_rate,
    }
)
