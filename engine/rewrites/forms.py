"""The same value as fewer or earlier operations, equal to the last digit in exact arithmetic.

Rounded arithmetic can differ in the last bit, so this is for the one that writes equations, before any is run. Each
form is of certain operations: their names are compared with ``==``, where a misspelt one is an error of types.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal as OneOf
from typing import Protocol

from ..ir import Attribute, Literal, Operand, Operation

ZERO = Literal(Fraction(0), "float")


class Equations(Protocol):
    """The equations that are written so far."""

    def definition(self, operand: Operand, /) -> tuple[Operation | OneOf[""], tuple[Operand, ...]]: ...

    def emit(self, op: Operation, *operands: Operand, label: str = "", **attributes: Attribute) -> Operand: ...

    def written(self, op: Operation, operands: tuple[Operand, ...], /) -> Operand | None:
        """The result of an equation without attributes that stands already."""

    def lateness(self, operand: Operand, /) -> int:
        """How late a value is known: when the deal is compiled, when it is fed or drawn, day by day."""

    def mark_nonnegative(self, operand: Operand, /) -> Operand: ...


def shorter(op: Operation, operands: tuple[Operand, ...], equations: Equations) -> Operand | None:
    """What is written instead of an operation, or None."""
    if op == "multiply":
        x, y = operands
        return _regrouped(x, y, equations) or _regrouped(y, x, equations)
    if op == "subtract":
        x, y = operands
        below, parts = equations.definition(y)
        return parts[1] if below == "subtract" and parts[0] == x and parts[1].rows == x.rows else None
    if op == "maximum" and operands[1] == ZERO:
        below, parts = equations.definition(operands[0])
        if below != "negate":
            return None
        # max(-x, 0) is max(x, 0) - x: the two legs of a two-way flow share what they take the greater of.
        greater = equations.emit("maximum", parts[0], ZERO)
        return equations.mark_nonnegative(equations.emit("subtract", greater, parts[0]))
    if op == "less" or op == "less_equal":
        opposite = equations.written("less_equal" if op == "less" else "less", operands[::-1])
        return None if opposite is None else equations.emit("not", opposite)
    return None


def _regrouped(product: Operand, factor: Operand, equations: Equations) -> Operand | None:
    """``(x * a) * b`` as ``x * (a * b)`` where x is known later than both: theirs is worked out ahead, once."""
    below, parts = equations.definition(product)
    if below != "multiply":
        return None
    known = equations.lateness(factor)
    for late, early in (parts, parts[::-1]):
        if equations.lateness(late) > max(known, equations.lateness(early)):
            return equations.emit("multiply", late, equations.emit("multiply", early, factor))
    return None
