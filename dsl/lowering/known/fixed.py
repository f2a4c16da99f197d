"""What is known when the deal is read: single dates, lists of them, numbers."""

from __future__ import annotations

import datetime
from fractions import Fraction

from ....engine.ir import Literal
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ...vocabulary.dimensions import HOUR, YEAR, Dimension
from ..building.builder import TRUE
from ..context.asked import Asked
from ..context.dispatch import lower
from ..context.lowering import Lowering, Schedules
from ..context.moments import Moment
from ..context.values import AnyValue, ListValue, NotLowered, Value


def fixed(low: Lowering, expression: syntax.Expression, scope: Scope, grain: Fraction | None = None) -> Literal | None:
    """The literal that an expression of terms comes to; None where it is none, or not determined."""
    return _literal(known(low, expression, scope, grain))


def _literal(value: AnyValue) -> Literal | None:
    """Zero never stands for what is not determined."""
    if isinstance(value, Value) and isinstance(value.operand, Literal) and value.determined == TRUE:
        return value.operand
    return None


def known(low: Lowering, expression: syntax.Expression, scope: Scope, grain: Fraction | None = None) -> AnyValue:
    """What an expression of terms comes to; in a program that is shaped by what was drawn, what was drawn.

    ``grain``: where it is drawn, the nearest multiple of this counts: tests are whole, windows are whole months.
    """
    schedules = low.schedules
    place = id(expression), id(scope)
    drawn = schedules.drawn.get(place)
    if drawn is not None:
        return drawn
    schedules.asked.setdefault(place, Asked(expression, scope, grain))
    return lower(low, expression, scope, Moment("fixed", low.every))


def fixed_date(schedules: Schedules, expression: syntax.Expression, scope: Scope) -> datetime.date | None:
    found = fixed(schedules.low, expression, scope)
    if found is None or found.kind != "date":
        return None
    return datetime.date.fromordinal(int(found.value))


def fixed_dates(
    collector: Collector, schedules: Schedules, expression: syntax.Expression, scope: Scope
) -> tuple[datetime.date, ...]:
    value = known(schedules.low, expression, scope)
    found = [_literal(item) for item in value.items] if isinstance(value, ListValue) else []
    dates = tuple(datetime.date.fromordinal(int(one.value)) for one in found if one is not None and one.kind == "date")
    if not dates or len(dates) != len(found):
        collector.error("E0324", "a list of dates is wanted here", expression.span, help="`[2027-01-31, 2028-01-31]`")
        raise NotLowered
    return dates


def fixed_number(
    collector: Collector,
    schedules: Schedules,
    expression: syntax.Expression,
    scope: Scope,
    what: str,
    grain: Fraction | None = None,
) -> Fraction:
    found = fixed(schedules.low, expression, scope, grain)
    if found is None or found.kind != "float":
        collector.error("E0504", f"{what} must be known when the deal is read", expression.span)
        raise NotLowered
    return Fraction(found.value)


def whole_number(
    collector: Collector, schedules: Schedules, expression: syntax.Expression, scope: Scope, what: str, least: int = 1
) -> int:
    value = fixed_number(collector, schedules, expression, scope, what, Fraction(1))
    if value.denominator != 1 or value < least:
        collector.error("E0342", f"{what} must be a whole number, {least} or more", expression.span)
        raise NotLowered
    return int(value)


def grain_of(dimension: Dimension) -> Fraction | None:
    """What durations of a window or a lag are whole multiples of, in base units: months of a year, days of hours."""
    return Fraction(1, 12) if dimension == YEAR else Fraction(24) if dimension == HOUR else None
