"""What rounding leaves decides nothing: every comparison of finished equations, made so in this one place.

Two figures are the same where they differ by no more than `DUST` of the largest amount that went into either, and one
is less where it is less by more than that. Whole numbers, dates, and decimals that nothing was worked out with have no
rounding: they are compared as they are. What is rounded to whole units is moved past a tie, or past a whole number,
that it lies this side of by rounding alone.

All are equations over the primitives there are, so every reader of programs decides alike, the exact evaluator too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from ....engine.ir import DUST, Check, Equation, Literal, Operand, Operation, Var
from .amounts import Scales
from .builder import ZERO, Builder, number
from .rounding import ROUNDED, WHOLE, Rounding

COMPARISONS: frozenset[Operation] = frozenset({"less", "less_equal", "equal", "not_equal"})

AWAY = Fraction(1, 10**13)
"""The part of the amounts by which rounding to units looks past a tie: smaller than `DUST`, which in a large deal is
whole units."""
MOST_AWAY = Fraction(1, 1000)
"""Of a unit: never more than that."""

_MOVED = {"half_up": 1, "down": 1, "up": -1}
"""To which side of its size a figure is moved before it is rounded."""


class Dust:
    """One program's comparisons and roundings."""

    def __init__(self, builder: Builder, equations: Sequence[Equation], projected: Iterable[str]) -> None:
        projected = tuple(projected)
        self.builder = builder
        self.equations = equations
        self.rounding = Rounding(
            equations, builder.constants, projected, lambda operand: builder.traits(operand).nonnegative
        )
        self.scales = Scales(builder, self.rounding, projected)

    def changes(self) -> dict[str, Equation]:
        """The equations that are written anew, by the name of their result."""
        found: dict[str, Equation] = {}
        for equation in self.equations:
            self.builder.origin = equation.origin
            if equation.op in COMPARISONS and equation.operands[0].kind == "float":
                changed = self._compared(equation)
            elif equation.op in ("floor", "to_date", "round"):
                changed = self._to_units(equation)
            else:
                continue
            if changed != equation:
                found[equation.result.name] = changed
        self.builder.origin = None
        return found

    def scale(self, check: Check) -> Operand | None:
        """What a check of an amount is measured by; one that is said already stays."""
        if check.rule == "holds" or check.scale is not None:
            return check.scale
        measured = self.builder.bound(check.var)
        return self.scales.greatest(self.scales.of(measured)) if self.scales.is_loose(measured) else None

    # ------------------------------------------------------------------------------------------ comparisons

    def _compared(self, equation: Equation) -> Equation:
        x, y = equation.operands
        if x == y or max(self.rounding.level(x), self.rounding.level(y)) < ROUNDED:
            return equation
        loose = [one for one in (x, y) if self.scales.is_loose(one)]
        if not loose:
            return self._of_tight(equation)
        # Where the two are nearly the same, what is tight is no more than what the other is made of.
        amounts = self.scales.joined(*(self.scales.of(one) for one in loose))
        apart = self.builder.multiply(self.scales.greatest(amounts), number(DUST))
        return self._with(equation, self.builder.mark_nonnegative(apart))

    def _of_tight(self, equation: Equation) -> Equation:
        """Two of a small error each: a part of either is as good as one of the other, and nothing is nothing."""
        builder = self.builder
        x, y = equation.operands
        base = min((y, x), key=lambda one: (isinstance(one, Var), builder.lateness(one), one.rows is not None))
        if isinstance(base, Literal) and base.value == 0:
            return equation
        if equation.op in ("equal", "not_equal") or not builder.traits(base).nonnegative:
            apart = builder.multiply(self.scales.size(base), number(DUST))
            return self._with(equation, builder.mark_nonnegative(apart))
        # x <= y is let in where x is a little above y; x < y is not where it is only a little below.
        more = (base == x) == (equation.op == "less")
        moved = builder.multiply(base, number(1 + DUST if more else 1 - DUST))
        return attrs.evolve(equation, operands=(moved, y) if base == x else (x, moved))

    def _with(self, equation: Equation, apart: Operand) -> Equation:
        """The comparison with what two figures may be apart and still be the same."""
        builder = self.builder
        x, y = equation.operands
        match equation.op:
            case "equal":
                return attrs.evolve(equation, op="less_equal", operands=(self._gap(x, y), apart))
            case "not_equal":
                return attrs.evolve(equation, op="less", operands=(apart, self._gap(x, y)))
        strictly = equation.op == "less"
        if strictly and x == ZERO:
            return attrs.evolve(equation, operands=(apart, y))
        if not strictly and y == ZERO:
            return attrs.evolve(equation, operands=(x, apart))
        if x == ZERO or (y != ZERO and builder.lateness(x) < builder.lateness(y)):
            moved = builder.add(x, apart) if strictly else builder.subtract(x, apart)
            return attrs.evolve(equation, operands=(moved, y))
        moved = builder.subtract(y, apart) if strictly else builder.add(y, apart)
        return attrs.evolve(equation, operands=(x, moved))

    def _gap(self, x: Operand, y: Operand) -> Operand:
        if ZERO in (x, y):
            return self.scales.size(y if x == ZERO else x)
        return self.builder.emit("absolute", self.builder.subtract(x, y))

    # ------------------------------------------------------------------------------------------ whole units

    def _to_units(self, equation: Equation) -> Equation:
        x = equation.operands[0]
        attributes = dict(equation.attributes)
        digits = int(str(attributes.get("digits", 0)))
        if self.rounding.level(x) == WHOLE and digits >= 0:
            return equation
        builder = self.builder
        amount = self.scales.greatest(self.scales.of(x)) if self.scales.is_loose(x) else self.scales.size(x)
        most = number(MOST_AWAY / Fraction(10) ** digits)
        away = builder.minimum(builder.multiply(amount, number(AWAY)), most)
        if equation.op != "round":
            return attrs.evolve(equation, operands=(builder.add(x, away),))
        # To the side on which x lies of nothing, without asking which: x itself where it is less than that.
        if not builder.traits(x).nonnegative:
            away = builder.maximum(builder.minimum(x, away), builder.emit("negate", away))
        outwards = _MOVED[str(attributes["mode"])] > 0
        moved = builder.add(x, away) if outwards else builder.subtract(x, away)
        return attrs.evolve(equation, operands=(moved,))


def without_dust(builder: Builder, projected: Iterable[str], checks: Sequence[Check]) -> tuple[Check, ...]:
    """Makes the builder's comparisons so; the checks of amounts with what they are measured by."""
    dust = Dust(builder, builder.finished(), projected)
    changes = dust.changes()
    scaled = tuple(
        check if (scale := dust.scale(check)) is check.scale else attrs.evolve(check, scale=scale) for check in checks
    )
    dust.scales.finish()
    builder.rewrite(changes)
    return scaled


__all__ = ["COMPARISONS", "without_dust"]
