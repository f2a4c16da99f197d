"""Points of a curve as equations, folded where all that they are made of is known."""

from __future__ import annotations

from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from ....engine.credit.errors import CreditError, shown
from ....engine.ir import Attribute, Literal, Operand, Span
from ....engine.primitives.curves import worked_out
from ...messages.diagnostics import Collector
from ...names.deal import CurveEntry, Model, Scope
from ...vocabulary.builtins import Bound
from ..building.builder import TRUE, Builder
from ..context.dispatch import value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered, Value


@attrs.frozen(slots=True)
class Points:
    """A curve at a moment: the date that it is of, its points, and the operands and attributes that stand for it.

    ``pillars`` name the points as `engine/primitives/curve_points.py` reads them (``deposit 3M``, ``60M``,
    ``2009-06-20``).
    ``recovery`` is a credit curve's; ``rates`` the rate curve that discounts its legs.
    """

    entry: CurveEntry
    traded: Operand
    pillars: tuple[str, ...]
    operands: tuple[Operand, ...]
    determined: Operand
    convention: str = ""
    holidays: tuple[int, ...] = ()
    recovery: Value | None = None
    rates: Points | None = None
    half_day: bool = True
    """The operands are logarithms of discount factors (rates), or default rates (credit)."""


def emit(
    model: Model,
    collector: Collector,
    builder: Builder,
    function: str,
    *operands: Operand,
    span: Span,
    label: str = "",
    **attributes: Attribute,
) -> Operand:
    """A function of curves; worked out here where all that it reads is known, for each row of a family too."""
    known = [_known(builder, operand) for operand in operands]
    values = [value for value in known if value is not None]
    if len(values) < len(operands):
        return builder.emit("curve", *operands, label=label or function, formula=function, **attributes)
    family = next((operand.rows for operand in operands if operand.rows is not None), None)
    try:
        found = worked_out(*values, formula=function, **attributes)
    except CreditError as problem:
        collector.error("E0656", f"{problem.field} is {shown(problem.value)}: {problem.wanted}", span)
        raise NotLowered from None
    if family is None:
        return Literal(Fraction(float(found)), "float")
    size = len(next(one.labels for one in model.families if one.name == family))
    return builder.table(
        label or function,
        ("row",),
        tuple(Fraction(float(one)) for one in np.broadcast_to(found, (size,))),
        "float",
        family,
    )


def _known(builder: Builder, operand: Operand) -> float | npt.NDArray[np.float64] | None:
    """The value of an operand that is known when the deal is read: one, or one a row."""
    if isinstance(operand, Literal):
        return float(operand.value)
    rows = builder.row_values(operand)
    return None if rows is None else np.array([float(value) for value in rows])


def row_words(model: Model, family: str, row: int) -> str:
    """Which row of which file: ``names.csv, row 4 (Delta)``."""
    rows = next(one for one in model.families if one.name == family)
    return f"{rows.file}, row {row + 2} ({rows.labels[row]})"


def _given(low: Lowering, bound: Bound, name: str, scope: Scope, moment: Moment) -> Value | None:
    return value_of(low, bound.values[name], scope, moment) if name in bound.values else None


def _both(builder: Builder, *values: Value | Points | Operand) -> Operand:
    result: Operand = TRUE
    for value in values:
        determined = value.determined if isinstance(value, Value | Points) else value
        result = builder.both(result, determined)
    return result


def _not_before(builder: Builder, traded: Operand, at: Operand) -> tuple[Operand, Operand]:
    """A day on or after the curve's own, and whether it is: before its date a curve says nothing."""
    good = builder.emit("less_equal", traded, at)
    return builder.maximum(traded, at), good
