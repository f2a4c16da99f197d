"""Writes equations: shares equal ones, folds literals, and knows of each value what it varies over.

Everything the lowering emits goes through `Builder.emit`, so that two ways of saying the same thing give
one equation, and a deal's constants never reach the engine as work.
"""

from __future__ import annotations

import calendar
import datetime
from fractions import Fraction

import attrs

from ....engine.ir import NEVER, Attribute, Axis, Constant, Equation, Input, Kind, Literal, Operand, Origin, Var

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
_BOOLEAN = frozenset({"less", "less_equal", "equal", "not_equal", "and", "or", "not", "exclusive_or", "any_rows"})
_FIGURES = frozenset({"total", "lowest", "highest", "final", "first_date", "any_date", "metric", "metric_determined"})
_ROWS = frozenset(
    {"sum_rows", "min_rows", "max_rows", "any_rows", "level_rows", "pool_tranche_loss", "pool_default_count"}
)


class Builder:
    """The equations of one program under construction."""

    def __init__(self, dates: tuple[datetime.date, ...]) -> None:
        self.dates = dates
        self.equations: list[Equation] = []
        self.constants: list[Constant] = []
        self.inputs: list[Input] = []
        self.origin: Origin | None = None
        self._traits: dict[str, Traits] = {}
        self._shared: dict[tuple[str, tuple[Operand, ...], tuple[tuple[str, Attribute], ...]], Var] = {}
        self._tables: dict[tuple[tuple[Axis, ...], Kind, str | None, tuple[Fraction, ...]], Var] = {}
        self._used: dict[str, int] = {}
        self._known: dict[str, tuple[bool, ...]] = {}
        self._placeholders: dict[str, Operand] = {}
        self._negations: dict[Operand, Operand] = {}
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

    def emit(self, op: str, *operands: Operand, label: str = "", **attributes: Attribute) -> Operand:
        """The result of a primitive: a literal or an operand where that is what it comes to."""
        folded = self._fold(op, operands, attributes)
        if folded is not None:
            return folded
        if op == "not" and operands[0] in self._negations:
            return self._negations[operands[0]]
        if op in ("add", "multiply", "minimum", "maximum", "and", "or", "equal", "not_equal"):
            first, second = operands
            if _order(second) < _order(first):
                operands = (second, first)
        key = (op, operands, tuple(sorted(attributes.items())))
        found = self._shared.get(key)
        if found is not None:
            return found
        other = self._otherwise(op, operands)
        if other is not None:
            return other
        traits = self._combine(op, operands)
        result = self.fresh(label or op, _kind(op, operands), traits.row)
        self._traits[result.name] = traits
        self._shared[key] = result
        if op == "not":
            self._negations[result] = operands[0]
        made = Equation(result, op, operands, key[2], self.origin)
        self.equations.append(made)
        self._made[result.name] = made
        return result

    def definition(self, operand: Operand) -> tuple[str, tuple[Operand, ...]]:
        """The primitive that gives an operand and what it reads; an empty name for anything else."""
        made = self._made.get(operand.name) if isinstance(operand, Var) else None
        return ("", ()) if made is None else (made.op, made.operands)

    def _otherwise(self, op: str, operands: tuple[Operand, ...]) -> Operand | None:
        """The same value as fewer or earlier operations, equal to the last digit in exact arithmetic."""
        match op, operands:
            case "multiply", (x, y):
                return self._regrouped(x, y) or self._regrouped(y, x)
            case "subtract", (x, y):
                below, parts = self.definition(y)
                return parts[1] if below == "subtract" and parts[0] == x and parts[1].rows == x.rows else None
            case "maximum", (x, y) if y == ZERO:
                below, parts = self.definition(x)
                if below != "negate":
                    return None
                # max(-x, 0) is max(x, 0) - x: the two legs of a two-way flow share what they take the greater of.
                return self.mark_nonnegative(self.subtract(self.maximum(parts[0], ZERO), parts[0]))
            case (("less" | "less_equal"), (x, y)):
                opposite = self._shared.get(("less_equal" if op == "less" else "less", (y, x), ()))
                return None if opposite is None else self.negated(opposite)
        return None

    def _regrouped(self, product: Operand, factor: Operand) -> Operand | None:
        """``(x * a) * b`` as ``x * (a * b)`` where x is known later than both: theirs is worked out ahead, once."""
        below, parts = self.definition(product)
        if below != "multiply":
            return None
        known = self._lateness(factor)
        for late, early in (parts, parts[::-1]):
            if self._lateness(late) > max(known, self._lateness(early)):
                return self.multiply(late, self.multiply(early, factor))
        return None

    def _lateness(self, operand: Operand) -> int:
        """How late a value is known: when the deal is compiled, when it is fed or drawn, day by day."""
        traits = self.traits(operand)
        return 2 if traits.carried else 1 if traits.scenario or traits.drawn else 0

    def _combine(self, op: str, operands: tuple[Operand, ...]) -> Traits:
        below = [self.traits(operand) for operand in operands]
        row = next((one.row for one in below if one.row is not None), None)
        figure = op in _FIGURES
        return Traits(
            date=not figure and (op == "previous" or any(one.date for one in below)),
            scenario=any(one.scenario for one in below),
            row=None if op in _ROWS else row,
            carried=any(one.carried for one in below),
            drawn=any(one.drawn for one in below),
            nonnegative=_nonnegative(op, below),
        )

    def _fold(self, op: str, operands: tuple[Operand, ...], attributes: dict[str, Attribute]) -> Operand | None:
        if op not in ("previous", "take", "sum_groups") and all(isinstance(operand, Literal) for operand in operands):
            value = fold_literals(op, tuple(one for one in operands if isinstance(one, Literal)), len(self.dates))
            if value is not None and _moderate(value):
                return value
        masks = self._fold_masks(op, operands)
        if masks is not None:
            return masks
        return _identities(op, operands)

    def _fold_masks(self, op: str, operands: tuple[Operand, ...]) -> Operand | None:
        """Conditions of the calendar alone are worked out here, so that a step that can never run is seen."""
        if op not in ("and", "or", "not"):
            return None
        known = [self.known_mask(operand) for operand in operands]
        if any(values is None for values in known):
            return None
        columns = [values for values in known if values is not None]
        match op:
            case "and":
                joined = tuple(all(values) for values in zip(*columns, strict=True))
            case "or":
                joined = tuple(any(values) for values in zip(*columns, strict=True))
            case _:
                joined = tuple(not value for value in columns[0])
        return self.mask("on", joined)

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
        done: dict[str, Equation] = {}
        for equation in self.equations:
            operands = tuple(self.bound(operand) for operand in equation.operands)
            same = operands == equation.operands
            done[equation.result.name] = equation if same else attrs.evolve(equation, operands=operands)
        ordered: list[Equation] = []
        placed: dict[str, bool] = {}
        for name in done:
            self._place(name, done, placed, ordered)
        return tuple(ordered)

    def _place(self, name: str, all_: dict[str, Equation], placed: dict[str, bool], ordered: list[Equation]) -> None:
        stack: list[tuple[str, int]] = [(name, 0)]
        while stack:
            current, position = stack.pop()
            if position == 0:
                if placed.get(current):
                    continue
                placed[current] = False
            reads = _reads(all_[current])
            for at in range(position, len(reads)):
                below = reads[at]
                if below not in all_ or placed.get(below):
                    continue
                if placed.get(below) is False:
                    raise Circle([all_[one] for one, _ in stack[_index(stack, below) :]] + [all_[current]])
                stack.append((current, at + 1))
                stack.append((below, 0))
                break
            else:
                placed[current] = True
                ordered.append(all_[current])

    def bound(self, operand: Operand) -> Operand:
        seen = 0
        while isinstance(operand, Var) and operand.name in self._placeholders:
            operand = self._placeholders[operand.name]
            seen += 1
            if seen > len(self._placeholders):
                raise AssertionError("placeholders bound in a circle")
        return operand


class Circle(Exception):
    """Values of one date that need each other: the equations of the circle, in order."""

    def __init__(self, equations: list[Equation]) -> None:
        super().__init__(" -> ".join(equation.result.name for equation in equations))
        self.equations = equations


def _index(stack: list[tuple[str, int]], name: str) -> int:
    for position, (one, _) in enumerate(stack):
        if one == name:
            return position
    return 0


def _reads(equation: Equation) -> list[str]:
    operands = equation.operands[1:] if equation.op == "previous" else equation.operands
    return [operand.name for operand in operands if isinstance(operand, Var)]


def _order(operand: Operand) -> tuple[int, str]:
    return (1, str(operand.value)) if isinstance(operand, Literal) else (0, "")


def _kind(op: str, operands: tuple[Operand, ...]) -> Kind:
    match op:
        case "select":
            return operands[1].kind
        case "to_date" | "add_months" | "first_date":
            return "date"
        case "previous" | "gather" | "gather_at" | "final" | "minimum" | "maximum":
            return operands[0].kind
        case "lowest" | "highest" | "min_rows" | "max_rows":
            return operands[0].kind
        case "any_date" | "metric_determined":
            return "bool"
        case _:
            return "bool" if op in _BOOLEAN else "float"


def _nonnegative(op: str, below: list[Traits]) -> bool:
    signs = [one.nonnegative for one in below]
    match op:
        case "add" | "multiply" | "divide" | "minimum" | "total" | "sum_rows" | "min_rows" | "max_rows" | "level":
            return all(signs)
        case "maximum":
            return any(signs)
        case "select":
            return signs[1] and signs[2]
        case "pick":
            return all(signs[1:])
        case "sum_groups":
            return signs[1]
        case "previous":
            return signs[0] and signs[1]
        case "gather" | "gather_at" | "window" | "final" | "floor" | "power":
            return signs[0]
        case "absolute" | "exp" | "to_float" | "year" | "month" | "take" | "level_rows":
            return True
        case "normal_cdf" | "student_cdf" | "chi_square_quantile" | "bivariate_normal_cdf":
            return True
        case "tranche_loss" | "default_count" | "pool_tranche_loss" | "pool_default_count":
            return True
        case _:
            return False


def _identities(op: str, operands: tuple[Operand, ...]) -> Operand | None:
    """x + 0, x * 1, and with true ...: never a change of value."""
    match op, operands:
        case "add", (x, y):
            if y == ZERO:
                return x
            if x == ZERO:
                return y
        case "subtract", (x, y):
            if y == ZERO:
                return x
        case "multiply", (x, y):
            if y == ONE:
                return x
            if x == ONE:
                return y
            if ZERO in (x, y) and x.rows is None and y.rows is None:
                return ZERO
        case "divide", (x, y):
            if y == ONE:
                return x
        case (("minimum" | "maximum" | "and" | "or"), (x, y)) if x == y:
            return x
        case "and", (x, y):
            if FALSE in (x, y):
                return FALSE
            if x == TRUE:
                return y
            if y == TRUE:
                return x
        case "or", (x, y):
            if TRUE in (x, y):
                return TRUE
            if x == FALSE:
                return y
            if y == FALSE:
                return x
        case "select", (c, x, y):
            if c == TRUE or x == y:
                return x
            if c == FALSE:
                return y
        case _:
            pass
    return None


MOST_BITS = 8_000
"""Of the numerator and the denominator of a number worked out here: beyond, each squaring doubles them."""
LARGEST = 2**1023
"""What a double holds, with room for a last rounding."""


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _moderate(literal: Literal) -> bool:
    """Of a size that is worked out exactly here and held by a double: anything else is left to the run."""
    value = literal.value
    return isinstance(value, bool) or (_bits(Fraction(value)) <= MOST_BITS and abs(value) < LARGEST)


def fold_literals(op: str, literals: tuple[Literal, ...], dates: int) -> Literal | None:
    """The exact value of a primitive on literals, or None where it is left to the engine."""
    values = [literal.value for literal in literals]
    kind = literals[0].kind if literals else "float"
    match op, values:
        case "add", [x, y]:
            return number(Fraction(x) + Fraction(y))
        case "subtract", [x, y]:
            return number(Fraction(x) - Fraction(y))
        case "multiply", [x, y]:
            return number(Fraction(x) * Fraction(y))
        case "divide", [x, y]:
            return number(Fraction(x) / Fraction(y)) if y != 0 else None
        case "negate", [x]:
            return number(-Fraction(x))
        case "absolute", [x]:
            return number(abs(Fraction(x)))
        case "minimum", [x, y]:
            return Literal(min(Fraction(x), Fraction(y)), kind)
        case "maximum", [x, y]:
            return Literal(max(Fraction(x), Fraction(y)), kind)
        case "floor", [x]:
            return number(Fraction(x) // 1)
        case "power", [x, y]:
            exact = Fraction(y)
            if exact.denominator == 1 and abs(exact) * _bits(Fraction(x)) <= MOST_BITS and (x != 0 or exact >= 0):
                return number(Fraction(x) ** int(exact))
            return None
        case "less", [x, y]:
            return Literal(x < y, "bool")
        case "less_equal", [x, y]:
            return Literal(x <= y, "bool")
        case "equal", [x, y]:
            return Literal(x == y, "bool")
        case "not_equal", [x, y]:
            return Literal(x != y, "bool")
        case "and", [x, y]:
            return Literal(bool(x) and bool(y), "bool")
        case "or", [x, y]:
            return Literal(bool(x) or bool(y), "bool")
        case "not", [x]:
            return Literal(not x, "bool")
        case "select", [c, x, y]:
            return literals[1] if c else literals[2]
        case "to_float", [x]:
            return number(1 if x else 0)
        case "to_number", [x]:
            return number(Fraction(x))
        case "to_date", [x]:
            return Literal(Fraction(x), "date")
        case "add_months", [x, y]:
            return add_months_literal(Fraction(x), Fraction(y))
        case "year", [x]:
            return number(datetime.date.fromordinal(int(x)).year)
        case "month", [x]:
            return number(datetime.date.fromordinal(int(x)).month)
        case (("gather" | "final" | "lowest" | "highest"), [_]):
            return literals[0]
        case "any_date", [x]:
            return literals[0]
        case _:
            return None


def add_months_literal(ordinal: Fraction, months: Fraction) -> Literal | None:
    if ordinal >= NEVER:
        return day(None)
    if months.denominator != 1:
        return None
    start = datetime.date.fromordinal(int(ordinal))
    total = start.year * 12 + start.month - 1 + int(months)
    year, month = total // 12, total % 12 + 1
    if not 1 <= year <= 9998:
        return None
    last = calendar.monthrange(year, month)[1]
    return day(datetime.date(year, month, min(start.day, last)))
