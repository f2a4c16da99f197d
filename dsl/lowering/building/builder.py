"""Writes equations: shares equal ones, folds literals, and knows of each value what it varies over.

Everything the lowering emits goes through `Builder.emit`, so that two ways of saying the same thing give
one equation, and a deal's constants never reach the engine as work.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal as OneOf

import attrs

from ....engine.ir import (
    NEVER,
    Attribute,
    Axis,
    Constant,
    Equation,
    Input,
    Kind,
    Literal,
    Operand,
    Operation,
    Origin,
    Var,
)
from ....engine.primitives.table import PRIMITIVES
from ....engine.rewrites.forms import shorter
from ....engine.rewrites.identities import identity
from ....engine.rewrites.literals import fold
from .order import ordered

ZERO = Literal(Fraction(0), "float")
ONE = Literal(Fraction(1), "float")
_ZERO, _ONE = Fraction(0), Fraction(1)
TRUE = Literal(True, "bool")
FALSE = Literal(False, "bool")


def number(value: Fraction | int) -> Literal:
    return Literal(Fraction(value), "float")


def day(value: datetime.date | None) -> Literal:
    return Literal(Fraction(NEVER if value is None else value.toordinal()), "date")


@attrs.frozen(slots=True)
class Traits:
    """What a value varies over and what is known of it.

    ``carried``: it depends on the day before through the deal's own states (recurrent), so nothing may look
    ahead at it. ``drawn``: it depends on a random draw.
    """

    date: bool = False
    scenario: bool = False
    row: str | None = None
    carried: bool = False
    drawn: bool = False
    nonnegative: bool = False


_PLAIN = Traits()


class Builder:
    """The equations of one program under construction."""

    def __init__(self, dates: tuple[datetime.date, ...]) -> None:
        self.dates = dates
        self.equations: list[Equation] = []
        self.constants: list[Constant] = []
        self.inputs: list[Input] = []
        self.origin: Origin | None = None
        self._traits: dict[str, Traits] = {}
        self._shared: dict[tuple[Operation, tuple[Operand, ...], tuple[tuple[str, Attribute], ...]], Var] = {}
        self._tables: dict[tuple[tuple[Axis, ...], Kind, str | None, tuple[Fraction, ...]], Var] = {}
        self._used: dict[str, int] = {}
        self._known: dict[str, tuple[bool, ...]] = {}
        self._placeholders: dict[str, Operand] = {}
        self._made: dict[str, Equation] = {}
        self._masks: dict[tuple[bool, ...], Operand] = {}
        self._today: Operand | None = None

    # ------------------------------------------------------------------------------------------ values

    def fresh(self, label: str, kind: Kind, rows: str | None = None) -> Var:
        count = self._used.get(label, 0)
        self._used[label] = count + 1
        return Var(label if count == 0 else f"{label}~{count}", kind, rows)

    def traits(self, operand: Operand) -> Traits:
        if isinstance(operand, Literal):
            nonnegative = operand.kind == "float" and operand.value >= 0
            return Traits(nonnegative=nonnegative) if nonnegative else _PLAIN
        return self._traits[operand.name]

    def table(
        self, label: str, axes: tuple[Axis, ...], values: tuple[Fraction, ...], kind: Kind, rows: str | None
    ) -> Operand:
        """A constant over dates, rows or both; equal tables are one; a table of one value is a literal."""
        first = values[0]
        if "row" not in axes and all(value is first or value == first for value in values):
            return Literal(bool(values[0]) if kind == "bool" else values[0], kind)
        key = (axes, kind, rows if "row" in axes else None, values)
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = self.constant(label, axes, values, kind, rows)
        return found

    def constant(
        self, label: str, axes: tuple[Axis, ...], values: tuple[Fraction, ...], kind: Kind, rows: str | None
    ) -> Var:
        """A constant of its own, whatever else is equal to it: for large tables, whose values take long to compare."""
        found = self.fresh(label, kind, rows if "row" in axes else None)
        self.constants.append(Constant(found, axes, values))
        nonnegative = kind == "float" and all(value.numerator >= 0 for value in values)
        self._traits[found.name] = Traits(
            date="date" in axes, row=rows if "row" in axes else None, nonnegative=nonnegative
        )
        if kind == "bool" and axes == ("date",):
            self._known[found.name] = tuple(bool(value) for value in values)
        return found

    def forced_table(self, label: str, values: tuple[Fraction, ...]) -> str:
        """The name of a constant over dates even where all its values are alike."""
        for constant in self.constants:
            if constant.var.name == label and constant.values == values:
                return label
        var = self.fresh(label, "float")
        self.constants.append(Constant(var, ("date",), values))
        self._traits[var.name] = Traits(date=True)
        return var.name

    def forced(self, label: str, literal: Literal) -> Var:
        """A literal as a named constant."""
        var = self.fresh(f"{label} (constant)", literal.kind)
        self.constants.append(Constant(var, ("date",), (Fraction(literal.value),) * len(self.dates)))
        self._traits[var.name] = Traits(date=True)
        return var

    def as_var(self, operand: Operand, label: str) -> Var:
        """The operand as a named value: outputs and checks name one, so a literal becomes a table of itself."""
        return operand if isinstance(operand, Var) else self.forced(label, operand)

    def as_series(self, operand: Operand) -> Operand:
        """The operand as a value that varies by date: a reduction over dates takes no literal."""
        return self.forced("every date", operand) if isinstance(operand, Literal) else operand

    def as_figure(self, operand: Operand) -> Operand:
        return self.emit("final", self.as_series(operand)) if isinstance(operand, Literal) else operand

    def figure(self, operand: Operand, label: str) -> Var:
        """One value a scenario, as a named value."""
        if isinstance(operand, Literal) or self.traits(operand).date:
            operand = self.emit("final", self.as_series(operand), label=label)
        if not isinstance(operand, Var):
            raise AssertionError("a figure of a literal is a value of the last date")
        return operand

    def mask(self, label: str, values: tuple[bool, ...]) -> Operand:
        found = self._masks.get(values)
        if found is None:
            fractions = tuple(_ONE if value else _ZERO for value in values)
            found = self._masks[values] = self.table(label, ("date",), fractions, "bool", None)
        return found

    def today(self) -> Operand:
        """The date itself."""
        if self._today is None:
            self._today = self.by_date("date", tuple(Fraction(date.toordinal()) for date in self.dates), "date")
        return self._today

    def by_date(self, label: str, values: tuple[Fraction, ...], kind: Kind = "float") -> Operand:
        return self.table(label, ("date",), values, kind, None)

    def table_values(self, operand: Operand) -> tuple[Fraction, ...] | None:
        """The values of a constant that varies by date alone, a date each; None for anything else."""
        if isinstance(operand, Literal):
            return (Fraction(operand.value),) * len(self.dates)
        for constant in self.constants:
            if constant.var == operand and constant.axes == ("date",):
                return constant.values
        return None

    def row_values(self, operand: Operand) -> tuple[Fraction, ...] | None:
        """The values of a constant that varies by row alone, a row each; None for anything else."""
        for constant in self.constants:
            if constant.var == operand and constant.axes == ("row",):
                return constant.values
        return None

    def known_mask(self, operand: Operand) -> tuple[bool, ...] | None:
        """The dates on which a condition holds, where it varies by date alone and that was seen."""
        if isinstance(operand, Literal):
            return (bool(operand.value),) * len(self.dates)
        return self._known.get(operand.name)

    def input(self, entry: Input, traits: Traits) -> Var:
        self.inputs.append(entry)
        self._traits[entry.var.name] = traits
        return entry.var

    def placeholder(self, label: str, kind: Kind, rows: str | None, traits: Traits) -> Var:
        """A value that is bound later (`bind`): what a name closes at, read as yesterday's."""
        var = self.fresh(f"?{label}", kind, rows)
        self._traits[var.name] = traits
        return var

    def placeholder_like(self, family: str) -> Var:
        """A value that varies over a family's rows, to say of what shape another is."""
        name = f"?row of {family}"
        self._traits.setdefault(name, Traits(row=family))
        return Var(name, "float", family)

    def bind(self, placeholder: Var, operand: Operand) -> None:
        self._placeholders[placeholder.name] = operand

    # ------------------------------------------------------------------------------------------ equations

    def emit(self, op: Operation, *operands: Operand, label: str = "", **attributes: Attribute) -> Operand:
        """The result of a primitive: a literal or an operand where that is what it comes to."""
        primitive = PRIMITIVES[op]
        folded = self._fold(op, operands, attributes)
        if folded is not None:
            return folded
        if primitive.commutes:
            first, second = operands
            if _order(second) < _order(first):
                operands = (second, first)
        key = (op, operands, tuple(sorted(attributes.items())))
        found = self._shared.get(key)
        if found is not None:
            return found
        other = shorter(op, operands, self)
        if other is not None:
            return other
        traits = self._combine(op, operands)
        result = self.fresh(label or op, primitive.kind(operands), traits.row)
        self._traits[result.name] = traits
        self._shared[key] = result
        made = Equation(result, op, operands, key[2], self.origin)
        self.equations.append(made)
        self._made[result.name] = made
        return result

    def _combine(self, op: Operation, operands: tuple[Operand, ...]) -> Traits:
        primitive = PRIMITIVES[op]
        below = [self.traits(operand) for operand in operands]
        row = next((one.row for one in below if one.row is not None), None)
        figure = primitive.form == "figure"
        return Traits(
            date=not figure and (primitive.form in ("previous", "window") or any(one.date for one in below)),
            scenario=any(one.scenario for one in below),
            row=None if primitive.form == "rows" else row,
            carried=any(one.carried for one in below),
            drawn=any(one.drawn for one in below),
            nonnegative=primitive.sign([one.nonnegative for one in below]),
        )

    def _fold(self, op: Operation, operands: tuple[Operand, ...], attributes: dict[str, Attribute]) -> Operand | None:
        literals = [operand for operand in operands if isinstance(operand, Literal)]
        if literals and len(literals) == len(operands):
            value = fold(op, literals, attributes)
            if value is not None:
                return value
        masks = self._fold_masks(op, operands)
        return identity(op, operands, self) if masks is None else masks

    def _fold_masks(self, op: Operation, operands: tuple[Operand, ...]) -> Operand | None:
        """Conditions of the calendar alone are worked out here, so that a step that can never run is seen."""
        primitive = PRIMITIVES[op]
        if not primitive.joins_conditions:
            return None
        known = [values for operand in operands if (values := self.known_mask(operand)) is not None]
        if len(known) < len(operands):
            return None
        return self.mask("on", tuple(bool(primitive.exact(*values)) for values in zip(*known, strict=True)))

    # ------------------------------------------------------------------------------------------ for the rewrites

    def definition(self, operand: Operand) -> tuple[Operation | OneOf[""], tuple[Operand, ...]]:
        """The primitive that gives an operand and what it reads; an empty name for anything else."""
        made = self._made.get(operand.name) if isinstance(operand, Var) else None
        return ("", ()) if made is None else (made.op, made.operands)

    def written(self, op: Operation, operands: tuple[Operand, ...]) -> Operand | None:
        """The result of an equation without attributes that stands already."""
        return self._shared.get((op, operands, ()))

    def lateness(self, operand: Operand) -> int:
        """How late a value is known: when the deal is compiled, when it is fed or drawn, day by day."""
        traits = self.traits(operand)
        return 2 if traits.carried else 1 if traits.scenario or traits.drawn else 0

    def number_of(self, operand: Operand) -> Fraction | bool | None:
        return operand.value if isinstance(operand, Literal) else None

    def same(self, x: Operand, y: Operand) -> bool:
        return x == y

    def surely_nonnegative(self, operand: Operand) -> bool:
        """What is marked so is so by construction, in exact arithmetic: a floor that somebody asks for stays, because
        a run's last bit can lie below zero. `positive` leaves it out."""
        return False

    def constant_for(self, value: bool | int, operands: Sequence[Operand]) -> Operand | None:
        """A literal has no rows: a condition stands for every row's, a number for nothing that a sum may go over.

        And what is left of a value less itself stays an equation: of an account that nothing moves it is the
        conservation of cash, which is checked on every account alike.
        """
        if isinstance(value, bool):
            return TRUE if value else FALSE
        rows = any(operand.rows is not None for operand in operands)
        return None if rows or operands[0] == operands[-1] else number(value)

    # ------------------------------------------------------------------------------------------ short forms

    def add(self, a: Operand, b: Operand) -> Operand:
        return self.emit("add", a, b)

    def subtract(self, a: Operand, b: Operand) -> Operand:
        return self.emit("subtract", a, b)

    def multiply(self, a: Operand, b: Operand) -> Operand:
        return self.emit("multiply", a, b)

    def minimum(self, a: Operand, b: Operand) -> Operand:
        return self.emit("minimum", a, b)

    def maximum(self, a: Operand, b: Operand) -> Operand:
        return self.emit("maximum", a, b)

    def positive(self, a: Operand) -> Operand:
        """max(a, 0), left out where a is known not to be below zero."""
        return a if self.traits(a).nonnegative else self.maximum(a, ZERO)

    def both(self, a: Operand, b: Operand) -> Operand:
        return self.emit("and", a, b)

    def either(self, a: Operand, b: Operand) -> Operand:
        return self.emit("or", a, b)

    def negated(self, a: Operand) -> Operand:
        return self.emit("not", a)

    def select(self, condition: Operand, then: Operand, otherwise: Operand) -> Operand:
        return self.emit("select", condition, then, otherwise)

    def sum(self, operands: list[Operand]) -> Operand:
        result: Operand = ZERO
        for operand in operands:
            result = self.add(result, operand)
        return result

    def mark_nonnegative(self, operand: Operand) -> Operand:
        """Say of a value what the lowering knows by construction (an account, what a step pays)."""
        if isinstance(operand, Var):
            self._traits[operand.name] = attrs.evolve(self._traits[operand.name], nonnegative=True)
        return operand

    def finished(self) -> tuple[Equation, ...]:
        """The equations with every placeholder replaced by what it was bound to, each after those it reads.

        Yesterday's value is the one thing that may be read before it is worked out. `Circle` where today's
        values need each other.
        """
        bound: list[Equation] = []
        for equation in self.equations:
            operands = tuple(self.bound(operand) for operand in equation.operands)
            bound.append(equation if operands == equation.operands else attrs.evolve(equation, operands=operands))
        return ordered(bound)

    def rewrite(self, changes: Mapping[str, Equation]) -> None:
        """Put other equations in the place of those of the same results."""
        self.equations = [changes.get(equation.result.name, equation) for equation in self.equations]

    def bound(self, operand: Operand) -> Operand:
        seen = 0
        while isinstance(operand, Var) and operand.name in self._placeholders:
            operand = self._placeholders[operand.name]
            seen += 1
            if seen > len(self._placeholders):
                raise AssertionError("placeholders bound in a circle")
        return operand


def _order(operand: Operand) -> tuple[int, str]:
    return (1, str(operand.value)) if isinstance(operand, Literal) else (0, "")
