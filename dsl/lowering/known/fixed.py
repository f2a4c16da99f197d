"""What is known when the deal is read: single dates, lists of them, numbers."""

from __future__ import annotations

import datetime
from fractions import Fraction

from ....engine.ir import Literal
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ..context.dispatch import lower
from ..context.lowering import Lowering, Schedules
from ..context.moments import Moment
from ..context.values import ListValue, NotLowered, Value


def fixed(low: Lowering, expression: syntax.Expression, scope: Scope) -> Literal | None:
    """The literal that an expression of terms comes to; None where it is no number, condition or date."""
    value = lower(low, expression, scope, Moment("fixed", low.every))
    if isinstance(value, Value) and isinstance(value.operand, Literal):
        return value.operand
    return None


def fixed_date(schedules: Schedules, expression: syntax.Expression, scope: Scope) -> datetime.date | None:
    found = fixed(schedules.low, expression, scope)
    if found is None or found.kind != "date":
        return None
    return datetime.date.fromordinal(int(found.value))


def fixed_dates(
    collector: Collector, schedules: Schedules, expression: syntax.Expression, scope: Scope
) -> tuple[datetime.date, ...]:
    value = lower(schedules.low, expression, scope, Moment("fixed", schedules.low.every))
    items = value.items if isinstance(value, ListValue) else ()
    found = [
        datetime.date.fromordinal(int(item.operand.value))
        for item in items
        if isinstance(item, Value) and isinstance(item.operand, Literal) and item.operand.kind == "date"
    ]
    if not items or len(found) != len(items):
        collector.error("E0324", "a list of dates is wanted here", expression.span, help="`[2027-01-31, 2028-01-31]`")
        raise NotLowered
    return tuple(found)


def fixed_number(
    collector: Collector, schedules: Schedules, expression: syntax.Expression, scope: Scope, what: str
) -> Fraction:
    found = fixed(schedules.low, expression, scope)
    if found is None or found.kind != "float":
        collector.error("E0504", f"{what} must be known when the deal is read", expression.span)
        raise NotLowered
    return Fraction(found.value)


def whole_number(
    collector: Collector, schedules: Schedules, expression: syntax.Expression, scope: Scope, what: str, least: int = 1
) -> int:
    value = fixed_number(collector, schedules, expression, scope, what)
    if value.denominator != 1 or value < least:
        collector.error("E0342", f"{what} must be a whole number, {least} or more", expression.span)
        raise NotLowered
    return int(value)
