"""Equations worked out while the deal is compiled: what is made of terms, dates and tables alone."""

from __future__ import annotations

from fractions import Fraction

from ..engine.ir import Equation, Literal, Operand, Var
from ..engine.ops import PRIMITIVES
from ..engine.uniform import static_attributes
from .builder import Builder

Column = tuple[Fraction, ...]
"""A value for each date of the timeline; conditions are 0 and 1."""


def evaluate_by_date(builder: Builder, operand: Operand) -> Column | None:
    """The value of an operand on each date, or None where it rests on anything but literals and constants by date.

    Arithmetic is exact; exponentials, logarithms and fractional powers go through a double, as in a run. A value that
    does not exist (a zero denominator, an overflow) gives None too.
    """
    equations = {equation.result.name: equation for equation in builder.equations}
    constants = {constant.var.name: constant for constant in builder.constants}
    known: dict[str, Column] = {}
    waiting: list[Operand] = [operand]
    while waiting:
        last = waiting[-1]
        if isinstance(last, Literal) or last.name in known:
            waiting.pop()
            continue
        constant = constants.get(last.name)
        equation = equations.get(last.name)
        if constant is not None and constant.axes == ("date",):
            known[last.name] = constant.values
        elif equation is None or PRIMITIVES[equation.op].form not in ("elementwise", "window") or last.rows is not None:
            return None
        else:
            below = [one for one in equation.operands if isinstance(one, Var) and one.name not in known]
            if below:
                waiting.extend(below)
                continue
            found = _column(equation, known, len(builder.dates))
            if found is None:
                return None
            known[last.name] = found
    return _values(operand, known, len(builder.dates))


def _values(operand: Operand, known: dict[str, Column], dates: int) -> Column:
    return (Fraction(operand.value),) * dates if isinstance(operand, Literal) else known[operand.name]


def _column(equation: Equation, known: dict[str, Column], dates: int) -> Column | None:
    primitive = PRIMITIVES[equation.op]
    if primitive.form == "window" and equation.op != "gather":
        return None
    columns = [_values(operand, known, dates) for operand in equation.operands]
    attributes = static_attributes(equation)
    try:
        if equation.op == "gather":
            return tuple(Fraction(value) for value in primitive.exact(*columns, **attributes))
        kinds = [operand.kind for operand in equation.operands]
        found = []
        for row in zip(*columns, strict=True):
            values = [bool(value) if kind == "bool" else value for value, kind in zip(row, kinds, strict=True)]
            found.append(Fraction(primitive.exact(*values, **attributes)))
        return tuple(found)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None


__all__ = ["Column", "evaluate_by_date"]
