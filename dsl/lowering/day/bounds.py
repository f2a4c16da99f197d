"""The dates from which and to which a waterfall runs, a trigger is tested and a waiver holds."""

from __future__ import annotations

from ....engine.ir import Literal, Operand
from ... import syntax
from ...names.deal import Scope
from ..building.builder import TRUE
from ..context.dispatch import value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered


def between(
    low: Lowering,
    start: syntax.Expression | None,
    end: syntax.Expression | None,
    scope: Scope,
    label: str,
    on: tuple[bool, ...] | None = None,
) -> Operand:
    """The dates (of those that are ``on``) from one bound to another, both counted.

    A bound that a scenario or a draw moves is compared with the date in the run: nothing else of the program depends on
    it. E0504: a bound that changes from date to date.
    """
    builder, dates = low.builder, low.every.timeline.dates
    marks = (True,) * len(dates) if on is None else on
    moved: list[Operand] = []
    for bound, first in ((start, True), (end, False)):
        if bound is None:
            continue
        operand = _bound(low, bound, scope)
        if isinstance(operand, Literal):
            limit = int(operand.value)
            marks = tuple(
                mark and (limit <= date.toordinal() if first else date.toordinal() <= limit)
                for mark, date in zip(marks, dates, strict=True)
            )
        else:
            pair = (operand, builder.today()) if first else (builder.today(), operand)
            moved.append(builder.emit("less_equal", *pair))
    found = builder.mask(label, marks)
    for one in moved:
        found = builder.both(found, one)
    return found


def _bound(low: Lowering, expression: syntax.Expression, scope: Scope) -> Operand:
    """One date for the whole deal, or one a scenario."""
    value = value_of(low, expression, scope, Moment("opening", low.every))
    traits = low.builder.traits(value.operand)
    one = not (traits.date or traits.carried) and value.operand.rows is None and value.determined == TRUE
    if one and value.operand.kind == "date":
        return value.operand
    low.collector.error(
        "E0504",
        "this date must be the same on every date of the deal",
        expression.span,
        help="a literal, a term, or what follows from terms; a condition of the day is said with `when` or `if`",
    )
    raise NotLowered
