"""A choice without branches: products with masks of 0 and 1, exact because every value is finite.

For the inner loop of a run, where numpy multiplies faster than it chooses. Every form here keeps the value to the bit
(but for the sign of zero, which nothing can see).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ..ir import Kind, Operation
from .identities import Terms

T = TypeVar("T")


class Loop(Terms[T], Protocol[T]):
    """The operations of a loop, which are written as they are asked for."""

    def number(self, value: float | bool, /) -> T: ...

    def rows_of(self, term: T, /) -> int | None: ...

    def find(self, op: Operation, operand: T, /) -> T | None:
        """The term that already applies ``op`` to ``operand``."""

    def write(self, op: Operation, operands: Sequence[T], kind: Kind, rows: int | None, /) -> T: ...


def without_branches(op: Operation, operands: Sequence[T], kind: Kind, rows: int | None, loop: Loop[T]) -> T | None:
    """What is worked out in the place of a choice, or of a condition's opposite; None for anything else."""
    if op == "select":
        condition, x, y = operands
        choose = _select_condition if kind == "bool" else _select
        return choose(condition, x, y, rows, loop)
    if op == "exclusive_or":
        x, y = operands
        for one, other in ((x, y), (y, x)):
            if loop.number_of(one) is True:
                return loop.write("not", (other,), "bool", rows)
    return None


def _select(condition: T, x: T, y: T, rows: int | None, loop: Loop[T]) -> T:
    if loop.number_of(y) == 0.0:
        return loop.write("multiply", (x, mask(condition, loop)), "float", rows)
    if loop.number_of(x) == 0.0:
        return loop.write("multiply", (y, mask_not(condition, loop)), "float", rows)
    lessened = _all_or_excess(condition, x, y, rows, loop)
    if lessened is not None:
        return lessened
    chosen = loop.write("multiply", (x, mask(condition, loop)), "float", rows)
    other = loop.write("multiply", (y, mask_not(condition, loop)), "float", rows)
    return loop.write("add", (chosen, other), "float", rows)


def _all_or_excess(condition: T, x: T, y: T, rows: int | None, loop: Loop[T]) -> T | None:
    """All of x where the condition holds, else what it has above t: ``max(x - t * not condition, 0)`` if x >= 0.

    A loan that is due in full, or down to its target, is the case. Equal to the bit: x - t * 0 is x, and t * 1 is t.
    """
    op, parts = loop.definition(y)
    if op != "maximum" or not loop.surely_nonnegative(x):
        return None
    for excess, floor in (parts, parts[::-1]):
        below, taken = loop.definition(excess)
        if loop.number_of(floor) == 0.0 and below == "subtract":
            whole, target = taken
            if loop.same(whole, x) and loop.rows_of(x) == rows:
                kept = loop.write("multiply", (target, mask_not(condition, loop)), "float", rows)
                left = loop.write("subtract", (x, kept), "float", rows)
                return loop.write("maximum", (left, floor), "float", rows)
    return None


def _select_condition(condition: T, x: T, y: T, rows: int | None, loop: Loop[T]) -> T:
    def opposite() -> T:
        return loop.write("not", (condition,), "bool", loop.rows_of(condition))

    if loop.number_of(x) is True:
        return loop.write("or", (condition, y), "bool", rows)
    if loop.number_of(x) is False:
        return loop.write("and", (opposite(), y), "bool", rows)
    if loop.number_of(y) is False:
        return loop.write("and", (condition, x), "bool", rows)
    if loop.number_of(y) is True:
        return loop.write("or", (opposite(), x), "bool", rows)
    chosen = loop.write("and", (condition, x), "bool", rows)
    other = loop.write("and", (opposite(), y), "bool", rows)
    return loop.write("or", (chosen, other), "bool", rows)


def mask(condition: T, loop: Loop[T]) -> T:
    """1 where the condition holds."""
    return loop.write("to_float", (condition,), "float", loop.rows_of(condition))


def mask_not(condition: T, loop: Loop[T]) -> T:
    """1 where the condition fails: from the negation if that stands already, or else from the mask."""
    rows = loop.rows_of(condition)
    found, negation = loop.find("to_float", condition), loop.find("not", condition)
    if found is not None and negation is None:
        return loop.write("subtract", (loop.number(1.0), found), "float", rows)
    return mask(loop.write("not", (condition,), "bool", rows), loop)
