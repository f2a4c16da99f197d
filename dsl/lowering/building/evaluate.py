"""Equations worked out while the deal is compiled: what is made of terms, dates and tables alone."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import Equation, Literal, Operand, Var
from ....engine.primitives.table import PRIMITIVES
from .builder import Builder

Column = tuple[Fraction, ...]
"""A value for each date of the timeline, or each row of a family; conditions are 0 and 1."""


def evaluate_by_date(builder: Builder, operand: Operand) -> Column | None:
    """The value of an operand on each date, or None where it rests on anything but literals and constants by date.

    Arithmetic is exact; exponentials, logarithms and fractional powers go through a double, as in a run. A value that
    does not exist (a zero denominator, an overflow) gives None too.
    """
    return _evaluate(builder, operand, None, len(builder.dates))


def evaluate_by_row(builder: Builder, operand: Operand, family: str, count: int) -> Column | None:
    """The value of an operand for each of a family's rows, of which there are ``count``, or None where it rests on
    anything but literals and the family's columns. Exact, as `evaluate_by_date`."""
    return _evaluate(builder, operand, family, count)


def _evaluate(builder: Builder, operand: Operand, family: str | None, count: int) -> Column | None:
    equations = {equation.result.name: equation for equation in builder.equations}
    constants = {constant.var.name: constant for constant in builder.constants}
    axes = ("date",) if family is None else ("row",)
    known: dict[str, Column] = {}
    waiting: list[Operand] = [operand]
    while waiting:
        last = waiting[-1]
        if isinstance(last, Literal) or last.name in known:
            waiting.pop()
            continue
        constant = constants.get(last.name)
        equation = equations.get(last.name)
        if constant is not None and constant.axes == axes and last.rows == family:
            known[last.name] = constant.values
        elif equation is None or last.rows != family or not _worked_out(equation, family):
            return None
        else:
            below = [one for one in equation.operands if isinstance(one, Var) and one.name not in known]
            if below:
                waiting.extend(below)
                continue
            found = _column(equation, known, count)
            if found is None:
                return None
            known[last.name] = found
    return _values(operand, known, count)


def _worked_out(equation: Equation, family: str | None) -> bool:
    form = PRIMITIVES[equation.op].form
    return form == "elementwise" or (form == "window" and family is None)


def _values(operand: Operand, known: dict[str, Column], count: int) -> Column:
    return (Fraction(operand.value),) * count if isinstance(operand, Literal) else known[operand.name]


def _column(equation: Equation, known: dict[str, Column], count: int) -> Column | None:
    primitive = PRIMITIVES[equation.op]
    if primitive.form == "window" and not primitive.moves:
        return None
    columns = [_values(operand, known, count) for operand in equation.operands]
    attributes = primitive.given(equation.attributes)
    try:
        if primitive.form == "window":
            return tuple(Fraction(value) for value in primitive.exact(*columns, **attributes))
        if equation.op == "less" or equation.op == "less_equal":
            return _compared(columns[0], columns[1], equation.op == "less")
        kinds = [operand.kind for operand in equation.operands]
        found: list[Fraction] = []
        for row in zip(*columns, strict=True):
            values = [bool(value) if kind == "bool" else value for value, kind in zip(row, kinds, strict=True)]
            value = primitive.exact(*values, **attributes)
            found.append(_TRUTH[value] if isinstance(value, bool) else Fraction(value))
        return tuple(found)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None


_TRUTH = {True: Fraction(1), False: Fraction(0)}


def _compared(left: Column, right: Column, strictly: bool) -> Column:
    """Fractions compared by their whole numbers: a denominator is above zero."""
    if strictly:
        return tuple(
            _TRUTH[x.numerator * y.denominator < y.numerator * x.denominator] for x, y in zip(left, right, strict=True)
        )
    return tuple(
        _TRUTH[x.numerator * y.denominator <= y.numerator * x.denominator] for x, y in zip(left, right, strict=True)
    )


__all__ = ["Column", "evaluate_by_date", "evaluate_by_row"]
