"""Which values are surely not below zero, in floating point: then a floor at zero is nothing to compute,
and a check that they are not negative is proved.

The greatest set that supports itself: everything is assumed, and what no rule confirms is taken out
until nothing changes. Each rule holds for rounded arithmetic too, because rounding keeps order:
fl(p - q) <= p where q >= 0, and fl(p + q) >= p where q >= 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from ..ir import Equation, Literal, Operand, Var
from ..primitives.primitive import Order
from ..primitives.table import PRIMITIVES

Array = npt.NDArray[Any]

DEPTH = 8
"""How far the search for "at most" looks through definitions."""


def nonnegative(equations: Sequence[Equation], known: Mapping[str, Array], sources: frozenset[str]) -> set[str]:
    """The names among ``equations`` and ``sources`` that are never below zero.

    ``known`` are values that do not vary by scenario; ``sources`` inputs that are never negative.
    """
    return _settled(equations, known, sources).found


def bounded(
    equations: Sequence[Equation], known: Mapping[str, Array], sources: frozenset[str]
) -> tuple[set[str], dict[str, int]]:
    """`nonnegative`, and the minima and maxima that are always one of their operands: its position by name."""
    signs = _settled(equations, known, sources)
    decided: dict[str, int] = {}
    for equation in equations:
        order = PRIMITIVES[equation.op].order
        if order not in ("least", "greatest"):
            continue
        x, y = equation.operands
        for low, high in ((0, 1), (1, 0)):
            position = low if order == "least" else high
            alike = equation.operands[position].rows == equation.result.rows
            if alike and signs.at_most((x, y)[low], (x, y)[high], DEPTH):
                decided[equation.result.name] = position
                break
    return signs.found, decided


def _settled(equations: Sequence[Equation], known: Mapping[str, Array], sources: frozenset[str]) -> _Signs:
    signs = _Signs(equations, known, sources)
    changed = True
    while changed:
        changed = False
        for equation in equations:
            name = equation.result.name
            if name in signs.found and not signs.supported(equation):
                signs.found.discard(name)
                changed = True
    return signs


class _Signs:
    def __init__(self, equations: Sequence[Equation], known: Mapping[str, Array], sources: frozenset[str]) -> None:
        self.by_name = {equation.result.name: equation for equation in equations}
        self.known = {name: bool((values >= 0).all()) for name, values in known.items() if values.dtype != bool}
        self.at_most_zero = {n: bool((values <= 0).all()) for n, values in known.items() if values.dtype != bool}
        self.found = {name for name, e in self.by_name.items() if e.result.kind == "float"} | set(sources)
        self.told: dict[tuple[str | Literal, str | Literal, int], bool] = {}
        self.settled = len(self.found)

    def nonnegative(self, operand: Operand) -> bool:
        if isinstance(operand, Literal):
            return operand.value >= 0
        return operand.name in self.found or self.known.get(operand.name, False)

    def supported(self, equation: Equation) -> bool:
        primitive, operands = PRIMITIVES[equation.op], equation.operands
        if primitive.sign([self.nonnegative(operand) for operand in operands]):
            return True
        return primitive.order == "difference" and self.at_most(operands[1], operands[0], DEPTH)

    def _order(self, operand: Operand) -> tuple[Order | None, tuple[Operand, ...]]:
        """How a value lies to what it is made of, and that."""
        equation = self.by_name.get(operand.name) if isinstance(operand, Var) else None
        return (None, ()) if equation is None else (PRIMITIVES[equation.op].order, equation.operands)

    def _mask(self, operand: Operand) -> bool:
        return self._order(operand)[0] == "mask"

    def at_most(self, low: Operand, high: Operand, depth: int) -> bool:
        """Whether ``low <= high`` follows from how the two are defined."""
        if low == high:
            return True
        if isinstance(low, Literal) and isinstance(high, Literal):
            return low.value <= high.value
        zero = low.value <= 0 if isinstance(low, Literal) else self.at_most_zero.get(low.name, False)
        if zero and self.nonnegative(high):
            return True
        if depth == 0:
            return False
        if len(self.found) != self.settled:
            # What followed from the signs as they stood may no longer: they are only ever taken back.
            self.settled = len(self.found)
            self.told.clear()
        key = (low if isinstance(low, Literal) else low.name, high if isinstance(high, Literal) else high.name, depth)
        told = self.told.get(key)
        if told is None:
            told = self.told[key] = (
                self._below(low, high, depth - 1)
                or self._above(low, high, depth - 1)
                or self._lessened(low, high, depth - 1)
            )
        return told

    def _lessened(self, low: Operand, high: Operand, depth: int) -> bool:
        """``a - p <= b - q`` where a is at most b and q at most p."""
        (below, mine), (above, theirs) = self._order(low), self._order(high)
        return (
            below == above == "difference"
            and self.at_most(mine[0], theirs[0], depth)
            and self.at_most(theirs[1], mine[1], depth)
        )

    def _below(self, low: Operand, high: Operand, depth: int) -> bool:
        order, parts = self._order(low)
        match order:
            case "least":
                return any(self.at_most(part, high, depth) for part in parts)
            case "greatest":
                return all(self.at_most(part, high, depth) for part in parts)
            case "choice":
                return all(self.at_most(part, high, depth) for part in parts[1:])
            case "difference":
                return self.nonnegative(parts[1]) and self.at_most(parts[0], high, depth)
            case "product" if self.nonnegative(high):
                return any(self._mask(mask) and self.at_most(part, high, depth) for part, mask in (parts, parts[::-1]))
            case _:
                return False

    def _above(self, low: Operand, high: Operand, depth: int) -> bool:
        order, parts = self._order(high)
        match order:
            case "greatest":
                return any(self.at_most(low, part, depth) for part in parts)
            case "least":
                return all(self.at_most(low, part, depth) for part in parts)
            case "choice":
                return all(self.at_most(low, part, depth) for part in parts[1:])
            case "sum":
                return any(
                    self.nonnegative(other) and self.at_most(low, part, depth) for part, other in (parts, parts[::-1])
                )
            case _:
                return False
