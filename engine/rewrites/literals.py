"""The exact value of a primitive on literals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..ir import Attribute, Literal, Operation
from ..primitives.digits import MOST_BITS, bits
from ..primitives.primitive import Primitive
from ..primitives.table import PRIMITIVES

LARGEST = 2**1023
"""What a double holds, with room for a last rounding."""


def fold(op: Operation, literals: Sequence[Literal], attributes: Mapping[str, Attribute]) -> Literal | None:
    """The value, or None where it is left to the run: the primitive says so, or the value has no moderate size."""
    primitive = PRIMITIVES[op]
    if primitive.moves:
        return literals[0] if _everywhere(primitive, attributes) else None
    values = [literal.value for literal in literals]
    if primitive.form != "elementwise" or not values or not primitive.folds(values):
        return None
    found = primitive.exact(*values, **primitive.given(tuple(attributes.items())))
    kind = primitive.kind(literals)
    made = Literal(bool(found) if kind == "bool" else Fraction(found), kind)
    return made if _moderate(made) else None


def _everywhere(primitive: Primitive, attributes: Mapping[str, Attribute]) -> bool:
    """Whether every date reads one of the timeline: before the first there is nothing."""
    for name, rule in primitive.attributes.items():
        positions = attributes.get(name)
        if rule == "positions" and isinstance(positions, tuple) and -1 in positions:
            return False
    return True


def _moderate(literal: Literal) -> bool:
    """Of a size that is worked out exactly here and held by a double: anything else is left to the run."""
    value = literal.value
    return isinstance(value, bool) or (bits(value) <= MOST_BITS and abs(value) < LARGEST)
