"""What rounding can have got into: of each value whether a double holds it as it is, and whether its error is small
beside the value itself.

A balance that is left after many payments has an error as large as that of all that went through it, and may be nothing
but error: it is not `tight`. A product of terms is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from ....engine.ir import Constant, Equation, Literal, Operand, Operation, Var
from ....engine.program.analysis import strongly_connected

WHOLE, DECIMAL, ROUNDED = 0, 1, 2
"""A whole number, worked out without an error; a decimal as it was written or fed; anything else."""

_WHOLE_OPERATIONS = frozenset({"floor", "to_float", "to_number", "year", "month"})
_SUMS = frozenset({"add", "subtract", "multiply", "sum_rows", "sum_groups", "window", "total", "take"})
"""Of whole numbers a whole number, of anything else rounded."""

PARTS: Mapping[Operation, Callable[[Sequence[Operand]], Sequence[Operand]]] = {
    **dict.fromkeys(("add", "subtract", "minimum", "maximum", "previous", "take"), lambda operands: operands[:2]),
    **dict.fromkeys(("negate", "absolute", "gather", "gather_at", "window"), lambda operands: operands[:1]),
    **dict.fromkeys(("total", "lowest", "highest", "final", "sum_rows", "min_rows", "max_rows"), lambda o: o[:1]),
    **dict.fromkeys(("select", "pick"), lambda operands: operands[1:]),
    "sum_groups": lambda operands: operands[1:2],
}
"""Of what a value is put together without being scaled: sums, choices, other dates, other rows."""

_TAKEN_OVER = frozenset(PARTS) - _SUMS
_OF_A_FUNCTION = frozenset({"exp", "power", "square_root"})
_FROM_NOUGHT = frozenset({"log", "normal_quantile", "metric"})
"""Functions whose value can be near nothing while their error is not."""


def parts(equation: Equation) -> tuple[Operand, ...]:
    """What an amount is put together from; empty for anything that is not put together."""
    found = PARTS.get(equation.op)
    return () if found is None else tuple(found(equation.operands))


class Rounding:
    """Of finished equations; ``projected`` names the inputs that are figures of the base case."""

    def __init__(
        self,
        equations: Sequence[Equation],
        constants: Iterable[Constant],
        projected: Iterable[str],
        nonnegative: Callable[[Operand], bool],
    ) -> None:
        self.equations = {equation.result.name: equation for equation in equations}
        self._loose = set(projected)
        self._levels: dict[str, int] = dict.fromkeys(self._loose, ROUNDED)
        for constant in constants:
            whole = all(value.denominator == 1 for value in constant.values)
            self._levels[constant.var.name] = WHOLE if whole else DECIMAL
        self._nonnegative = nonnegative
        numbers = [equation for equation in equations if equation.result.kind == "float"]
        for equation in numbers:
            self._levels[equation.result.name] = WHOLE
        while sum(self._raised(equation) for equation in numbers):
            pass
        rounded = [equation for equation in numbers if self._levels[equation.result.name] == ROUNDED]
        while sum(self._loosened(equation) for equation in rounded):
            pass

    def level(self, operand: Operand) -> int:
        if isinstance(operand, Literal):
            return WHOLE if Fraction(operand.value).denominator == 1 else DECIMAL
        return WHOLE if operand.kind != "float" else self._levels.get(operand.name, DECIMAL)

    def tight(self, operand: Operand) -> bool:
        """Whether its error is a small part of itself: what is not zero then surely is not."""
        return isinstance(operand, Literal) or operand.name not in self._loose

    def _raised(self, equation: Equation) -> bool:
        level = self._level(equation)
        if level <= self._levels[equation.result.name]:
            return False
        self._levels[equation.result.name] = level
        return True

    def _level(self, equation: Equation) -> int:
        op = equation.op
        if op in _WHOLE_OPERATIONS:
            return WHOLE
        if op == "round":
            return DECIMAL if dict(equation.attributes)["digits"] else WHOLE
        if op in _SUMS:
            read = equation.operands if op == "multiply" else parts(equation)
            return WHOLE if all(self.level(one) == WHOLE for one in read) else ROUNDED
        if op in _TAKEN_OVER:
            return max(self.level(one) for one in parts(equation))
        return ROUNDED

    def _loosened(self, equation: Equation) -> bool:
        name = equation.result.name
        if name in self._loose or self._is_tight(equation):
            return False
        self._loose.add(name)
        return True

    def _is_tight(self, equation: Equation) -> bool:
        op, operands = equation.op, equation.operands
        if op in ("add", "sum_rows", "sum_groups", "window", "total"):
            return all(self.tight(one) and self._nonnegative(one) for one in parts(equation))
        if op == "subtract":
            return self._is_a_leg(*operands)
        if op in ("multiply", "divide", "discounted"):
            return all(self.tight(one) for one in operands) and (op != "discounted" or self._nonnegative(operands[0]))
        if op in _OF_A_FUNCTION:
            return self.tight(operands[0])
        if op in _TAKEN_OVER:
            return all(self.tight(one) for one in parts(equation))
        return op not in _FROM_NOUGHT and op not in ("take", "level", "level_rows")

    def _is_a_leg(self, greater: Operand, x: Operand) -> bool:
        """``max(x, 0) - x``: the other leg of a two-way flow, without any subtraction of near things."""
        made = self.equations.get(greater.name) if isinstance(greater, Var) else None
        return made is not None and made.op == "maximum" and x in made.operands and self.tight(x) and any(
            isinstance(one, Literal) and one.value == 0 for one in made.operands
        )  # fmt: skip


def circles(reads: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The names that come back to themselves, those of one circle together."""
    groups = strongly_connected(list(reads), reads)
    return [group for group in groups if len(group) > 1 or group[0] in reads[group[0]]]
