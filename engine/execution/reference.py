"""The reference evaluator: the equations one by one, date by date, in any number type.

No plan, no passes, no arrays: it is slow and says what the engine must give. With Fractions all of it is exact, but
for what `primitives.exact` says of functions that no Fraction holds, for the measures, which go through a double, and
for a fraction that has grown past `digits.LONGEST` bits, of which `digits.rounded` keeps some 120 digits: far below
what comparisons in a deal pass over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from ..errors import InputError
from ..inputs.feed import MIDDLE, SCENARIO, SIMULATED, Axes, axes
from ..ir import Equation, Input, Literal, Operand, Program, Var
from ..plan.uniform import metric_pair
from ..primitives.digits import rounded
from ..primitives.table import PRIMITIVES
from ..program.analysis import levels, named_constants

Number = Any
Value = Any
"""A number, a boolean, or a list of them over the rows."""


@attrs.frozen(eq=False)
class Evaluation(Mapping[str, Value]):
    """Outputs and variables by name, the outputs first.

    ``variables`` are lists over the dates (a figure is the same on each), ``outputs`` what a run would
    give. ``nearest`` is the smallest distance of any comparison from
    a tie, relative to the larger side (at least 1), exact ties left out; ``decisions`` are the outcomes
    of all comparisons in order, so that two number types can be held against each other.
    """

    variables: Mapping[str, list[Value]]
    outputs: Mapping[str, Value]
    nearest: float
    decisions: tuple[bool, ...]

    def __getitem__(self, name: str) -> Value:
        return self.outputs[name] if name in self.outputs else self.variables[name]

    def __iter__(self) -> Any:
        return iter(self.outputs)

    def __len__(self) -> int:
        return len(self.outputs)


def evaluate(
    program: Program,
    inputs: Mapping[str, Any] | None = None,
    *,
    scenario: int | str = 0,
    number: Callable[[Any], Number] = Fraction,
) -> Evaluation:
    """Evaluates one scenario (a column, by position or name).

    ``inputs`` by name, for one scenario: a number, a list over its dates, over its rows, or over dates of
    rows. ``projected`` inputs must be fed, or have defaults. Outputs: a figure is a value, a series a
    list; what is not determined is None.
    """
    column = program.scenarios.index(scenario) if isinstance(scenario, str) else scenario
    return _Evaluator(program, inputs or {}, column, number).evaluate()


def _carried(value: Value) -> Value:
    """A value as it goes on: a fraction of moderate length."""
    return rounded(value) if isinstance(value, Fraction) else value


class _Evaluator:
    def __init__(
        self, program: Program, inputs: Mapping[str, Any], column: int, number: Callable[[Any], Number]
    ) -> None:
        self.program = program
        self.inputs = inputs
        self.column = column
        self.number = number
        self.dates = len(program.dates)
        self.ordinals = tuple(date.toordinal() for date in program.dates)
        self.sizes = {family.name: len(family.labels) for family in program.families}
        self.values: dict[str, list[Value]] = {}
        self.nearest = float("inf")
        self.decisions: list[bool] = []
        self.metrics: dict[object, tuple[Any, Any]] = {}

    def evaluate(self) -> Evaluation:
        for constant in self.program.constants:
            dated = "date" in constant.axes
            flat = [self._cast(value, constant.var) for value in constant.values]
            self.values[constant.var.name] = self._table(flat, constant.var, self.dates if dated else 1)
        for source in self.program.inputs:
            self.values[source.var.name] = self._input(source)
        level = levels(self.program.equations)
        for depth in range(max(level.values(), default=0) + 1):
            mine = [e for e in self.program.equations if level[e.result.name] == depth]
            for equation in mine:
                if PRIMITIVES[equation.op].barrier:
                    self.values[equation.result.name] = self._barrier(equation)
            steps = [equation for equation in mine if not PRIMITIVES[equation.op].barrier]
            for equation in steps:
                self.values[equation.result.name] = []
            for date in range(self.dates):
                for equation in steps:
                    self.values[equation.result.name].append(self._step(equation, date))
        return Evaluation(self.values, self._outputs(), self.nearest, tuple(self.decisions))

    def _cast(self, value: Any, var: Var) -> Value:
        return bool(value) if var.kind == "bool" else self.number(value)

    def _table(self, flat: Sequence[Value], var: Var, dates: int) -> list[Value]:
        """A flat table as a list over the timeline (or the ``dates`` of it) of values or rows."""
        size = self.sizes[var.rows] if var.rows is not None else 0
        lines: list[Value] = [
            list(flat[d * size : (d + 1) * size]) if var.rows is not None else flat[d] for d in range(dates)
        ]
        return lines * self.dates if dates == 1 else lines

    def _input(self, source: Input) -> list[Value]:
        sizes = axes(self.program, source)
        columns = dict(self.program.columns)
        if source.name in self.inputs:
            return self._fed(source, sizes, np.asarray(self.inputs[source.name], dtype=object))
        if source.name in columns:
            return [self._cast(columns[source.name][self.column], source.var)] * self.dates
        if source.name == SCENARIO:
            return [self._cast(self.column, source.var)] * self.dates
        if source.name == SIMULATED:
            return [self._cast(0, source.var)] * self.dates
        if source.default is not None:
            fed = len(source.default) // (sizes.rows or 1)
            lines = self._table([self._cast(v, source.var) for v in source.default], source.var, fed)
            return self._scheduled(lines, fed, sizes)
        if source.random is not None:
            return [self.number(MIDDLE[source.random.distribution])] * self.dates
        raise InputError(f"nothing feeds the input {source.name!r}")

    def _fed(self, source: Input, sizes: Axes, given: Any) -> list[Value]:
        fed = given.shape[0] if sizes.dated and given.ndim else 1
        flat = [self._cast(value, source.var) for value in given.reshape(-1)]
        if source.var.rows is not None and len(flat) == fed:
            flat = [value for value in flat for _ in range(sizes.rows)]
        return self._scheduled(self._table(flat, source.var, fed), fed, sizes)

    def _scheduled(self, lines: list[Value], fed: int, sizes: Axes) -> list[Value]:
        return lines if len(lines) == self.dates else [lines[position] for position in sizes.index(fed)]

    def _read(self, operand: Operand, date: int) -> Value:
        if isinstance(operand, Literal):
            return operand.value if isinstance(operand.value, bool) else self.number(operand.value)
        return self.values[operand.name][date]

    def _step(self, equation: Equation, date: int) -> Value:
        primitive = PRIMITIVES[equation.op]
        if primitive.form == "previous":
            value = self._read(equation.operands[0], date - 1) if date else self._read(equation.operands[1], 0)
            size = equation.result.rows
            return [value] * self.sizes[size] if size is not None and not isinstance(value, list) else value
        operands = [self._read(operand, date) for operand in equation.operands]
        attributes = primitive.given(equation.attributes)
        match primitive.form:
            case "rows" if primitive.plain:
                length = max(len(operand) for operand in operands if isinstance(operand, list))
                plain = operands[: primitive.plain]
                rows = [o if isinstance(o, list) else [o] * length for o in operands[primitive.plain :]]
                return primitive.exact(*plain, *rows)
            case "rows":
                return primitive.exact(operands[0])
            case "along_rows":
                length = max(len(operand) for operand in operands if isinstance(operand, list))
                plain = operands[: primitive.plain]
                rows = [o if isinstance(o, list) else [o] * length for o in operands[primitive.plain :]]
                return primitive.exact(*plain, *rows, **attributes)
            case _:
                return self._elementwise(equation, operands, attributes)

    def _elementwise(self, equation: Equation, operands: list[Value], attributes: dict[str, Any]) -> Value:
        if equation.result.rows is None:
            return self._one(equation, operands, attributes)
        size = self.sizes[equation.result.rows]
        return [
            self._one(equation, [o[row] if isinstance(o, list) else o for o in operands], attributes)
            for row in range(size)
        ]

    def _one(self, equation: Equation, operands: list[Value], attributes: dict[str, Any]) -> Value:
        primitive = PRIMITIVES[equation.op]
        value = primitive.exact(*operands, **attributes)
        if primitive.compares:
            self.decisions.append(bool(value))
            x, y = operands
            distance = abs(x - y)
            if distance:
                self.nearest = min(self.nearest, float(distance / max(1, abs(x), abs(y))))
        elif primitive.jumps:
            self._near_step(operands[0], attributes)
        if equation.result.kind == "bool":
            return bool(value)
        return _carried(value) if not isinstance(value, (bool, int)) else self.number(value)

    def _near_step(self, x: Number, attributes: Mapping[str, Any]) -> None:
        """Rounding jumps as a comparison does: at whole units, or half-way between them."""
        unit = x * self.number(10) ** attributes.get("digits", 0)
        half = str(attributes.get("mode", "")).startswith("half")
        away = unit - self.number(round(unit)) if not half else abs(unit) % 1 - self.number(Fraction(1, 2))
        if away:
            self.nearest = min(self.nearest, abs(float(away)))

    def _barrier(self, equation: Equation) -> list[Value]:
        if PRIMITIVES[equation.op].measure:
            return [self._metric(equation)] * self.dates
        operands = [[self._read(operand, date) for date in range(self.dates)] for operand in equation.operands]
        operands += [self.values[name] for name in named_constants(equation)]
        if equation.result.rows is None:
            return self._series(equation, operands)
        size = self.sizes[equation.result.rows]
        columns = [
            self._series(equation, [[v[row] if isinstance(v, list) else v for v in one] for one in operands])
            for row in range(size)
        ]
        return [list(line) for line in zip(*columns, strict=True)]

    def _series(self, equation: Equation, operands: list[list[Value]]) -> list[Value]:
        primitive = PRIMITIVES[equation.op]
        if primitive.form == "window":
            found: list[Value] = primitive.exact(*operands, **primitive.given(equation.attributes))
            return found
        if primitive.ordinals:
            return [self.number(primitive.exact(*operands, self.ordinals))] * self.dates
        return [_carried(primitive.exact(*operands))] * self.dates

    def _metric(self, equation: Equation) -> Value:
        key = (equation.operands, equation.attributes)
        if key not in self.metrics:
            series = [
                np.array([[float(self._read(operand, date))] for date in range(self.dates)])
                for operand in equation.operands
            ]
            self.metrics[key] = metric_pair(equation, series)
        values, determined = self.metrics[key]
        if equation.result.kind == "bool":
            return bool(determined[0])
        return self.number(float(values[0]))

    def _outputs(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for output in self.program.outputs:
            values: list[Value] = self.values[output.var.name]
            if output.determined is not None:
                known = [self._read(output.determined, date) for date in range(self.dates)]
                values = [value if good else None for value, good in zip(values, known, strict=True)]
            found[output.name] = values[-1] if output.form == "figure" else values
        return found
