"""An operand, or a number, that an operation surely comes to: ``x + 0``, ``x and x``, ``not not x``.

Every primitive says of itself what leaves, absorbs and undoes it; here that is put to use, and never changes a bit
of a value (but for the sign of zero, which nothing can see). The terms are operands of the IR while a program is
written, and values of a group of dates while a run is planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal as OneOf
from typing import Protocol, TypeVar

from ..ir import Operation
from ..primitives.primitive import Primitive
from ..primitives.table import PRIMITIVES

T = TypeVar("T")


class Terms(Protocol[T]):
    """What is known of terms where they stand."""

    def number_of(self, term: T, /) -> Fraction | float | bool | None:
        """The one number that the term is on every date and row, or None."""

    def same(self, x: T, y: T, /) -> bool: ...

    def surely_nonnegative(self, term: T, /) -> bool:
        """Never below zero in rounded arithmetic."""

    def definition(self, term: T, /) -> tuple[Operation | OneOf[""], tuple[T, ...]]:
        """The primitive that gives a term and what it reads; an empty name for anything else."""

    def constant_for(self, value: bool | int, operands: Sequence[T], /) -> T | None:
        """A number in the place of an operation on these; None where it cannot stand there."""


def identity(op: Operation, operands: Sequence[T], terms: Terms[T]) -> T | None:
    """What the operation comes to without being done, or None."""
    primitive = PRIMITIVES[op]
    if primitive.order == "choice":
        return _chosen(operands, terms)
    if primitive.undoes_itself:
        below, parts = terms.definition(operands[0])
        return parts[0] if below == op else None
    if len(operands) != 2:
        return None
    x, y = operands
    if primitive.alike is not None and terms.same(x, y):
        return x if primitive.alike == "itself" else terms.constant_for(primitive.alike, operands)
    found = _beside_a_number(primitive, x, y, terms)
    return _beside_a_number(primitive, y, x, terms, mirrored=True) if found is None else found


def _chosen(operands: Sequence[T], terms: Terms[T]) -> T | None:
    condition, x, y = operands
    decided = terms.number_of(condition)
    if decided is not None:
        return x if decided else y
    return x if terms.same(x, y) else None


def _beside_a_number(primitive: Primitive, x: T, y: T, terms: Terms[T], *, mirrored: bool = False) -> T | None:
    """What it comes to by the number y."""
    number = terms.number_of(y)
    if number is None:
        return None
    if primitive.neutral.get(0 if mirrored else 1) == number:
        return x
    if primitive.absorbing is not None and primitive.absorbing == number:
        return terms.constant_for(primitive.absorbing, (x, y))
    if number == 0 and primitive.order in ("least", "greatest") and terms.surely_nonnegative(x):
        return y if primitive.order == "least" else x
    return None
