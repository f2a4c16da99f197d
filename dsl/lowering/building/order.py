"""The order of equations: each after those it reads on the same date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....engine.ir import Equation, Var
from ....engine.primitives.table import PRIMITIVES


class Circle(Exception):
    """Values of one date that need each other: the equations of the circle, in order."""

    def __init__(self, equations: list[Equation]) -> None:
        super().__init__(" -> ".join(equation.result.name for equation in equations))
        self.equations = equations


def ordered(equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """The equations as they stand, but each after those it reads.

    Yesterday's value is the one thing that may be read before it is worked out. `Circle` where today's
    values need each other.
    """
    by_name = {equation.result.name: equation for equation in equations}
    found: list[Equation] = []
    placed: dict[str, bool] = {}
    for name in by_name:
        _place(name, by_name, placed, found)
    return tuple(found)


def _place(name: str, by_name: Mapping[str, Equation], placed: dict[str, bool], found: list[Equation]) -> None:
    stack: list[tuple[str, int]] = [(name, 0)]
    while stack:
        current, position = stack.pop()
        if position == 0:
            if placed.get(current):
                continue
            placed[current] = False
        reads = _reads(by_name[current])
        for at in range(position, len(reads)):
            below = reads[at]
            if below not in by_name or placed.get(below):
                continue
            if placed.get(below) is False:
                raise Circle([by_name[one] for one, _ in stack[_index(stack, below) :]] + [by_name[current]])
            stack.append((current, at + 1))
            stack.append((below, 0))
            break
        else:
            placed[current] = True
            found.append(by_name[current])


def _index(stack: Sequence[tuple[str, int]], name: str) -> int:
    for position, (one, _) in enumerate(stack):
        if one == name:
            return position
    return 0


def _reads(equation: Equation) -> list[str]:
    """What must be worked out before, on the same date."""
    yesterday = PRIMITIVES[equation.op].form == "previous"
    operands = equation.operands[1:] if yesterday else equation.operands
    return [operand.name for operand in operands if isinstance(operand, Var)]
