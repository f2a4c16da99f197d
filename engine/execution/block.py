"""Runs one block of scenarios through the phases of a plan.

All arrays are allocated once for each block size and used again for every block: the memory of a run
does not grow with its scenarios. Numpy raises at the first operation that gives no finite number; the
block is then run again, slowly, to name the equation, the date and the scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..errors import RunError
from ..inputs.random import Draws
from ..ir import DUST, Check, Equation, Literal, Operand, Var
from ..plan.plan import Phase, Plan, State
from ..plan.registers import Bound, Place, Pool, bind
from ..plan.uniform import label_of, metric_key, metric_pair
from ..primitives.kernels import FAR
from ..primitives.table import PRIMITIVES
from ..program.analysis import named_constants

Array = npt.NDArray[Any]

TOLERANCE = float(DUST)

ARENA = 64
"""How many lines are allocated at once."""


@attrs.define
class Breaches:
    """The lanes of one block that break one check: how often, and first when (position of the date)."""

    count: Array
    first: Array

    def add(self, lanes: Array, date: int) -> None:
        self.first[lanes & (self.count == 0)] = date
        self.count += lanes


@attrs.define(eq=False)
class Workspace:
    """The arrays of one block size, and the code bound to them."""

    size: int
    registers: dict[Any, Array]
    pinned: dict[str, Array]
    homes: dict[str, Array]
    stacks: dict[str, Array]
    static: list[Bound | None]
    loops: list[list[Bound]]


def broken(check: Check, value: Array, scale: Any) -> Array:
    """Which lanes break a check, elementwise."""
    if check.rule == "holds":
        return ~value
    bound = TOLERANCE * np.abs(scale)  # what came in may be dust below zero itself
    lanes: Array = np.abs(value) > bound if check.rule == "zero" else value < -bound
    return lanes


def where(lanes: Array, determined: Array) -> Array:
    """The lanes among ``lanes`` in which the value exists."""
    return np.asarray(np.logical_and(lanes, determined))


class BlockRunner:
    """Runs the blocks of one plan, one after the other."""

    def __init__(self, plan: Plan, seed: int, lane_names: Callable[[int], str], columns: Sequence[int] | None) -> None:
        self.plan = plan
        self.lane_names = lane_names
        self.columns = columns
        self.draws = {
            name: Draws(
                drawn.random,
                seed,
                (drawn.dates, drawn.rows),
            )
            for name, drawn in plan.feed.drawn.items()
        }
        self._workspaces: dict[int, Workspace] = {}
        self._date = 0
        self._start = 0
        self._size = 0
        self._breaches: dict[int, Breaches] = {}
        self._metrics: dict[Any, tuple[Array, Array]] = {}
        self._rows: Mapping[str, list[Array]] = {}
        self._spare: Array | None = None
        self._flags = np.empty(0, dtype=bool)
        self._scaled: set[int] = set()

    def run(self, start: int, stop: int) -> tuple[Workspace, dict[int, Breaches]]:
        """Lanes start..stop. The arrays of the workspace hold until the next block."""
        size = stop - start
        if size not in self._workspaces:
            if len(self._workspaces) > 1:
                self._workspaces.clear()
            self._workspaces[size] = self._allocate(size)
        space = self._workspaces[size]
        self._start, self._size = start, size
        self._breaches = {}
        self._rows = rows = self._load(space, start, stop)
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
                self._execute(space, rows)
        except FloatingPointError:
            rows = self._load(space, start, stop)
            with np.errstate(all="ignore"):
                self._execute(space, rows, watch=True)
            raise self._not_finite(None, 0) from None
        self.check_pinned(space)
        return space, self._breaches

    def result(self, space: Workspace, var: Var, form: str) -> Array:
        """The block's values of an output: [scenario], or [date, scenario] for a series."""
        if form == "figure":
            return space.pinned[var.name]
        return self.series(space, self._rows, var)

    def _allocate(self, size: int) -> Workspace:
        plan = self.plan

        arena: list[Array] = []

        def empty(pool: Pool) -> Array:
            boolean, rows = pool
            if not boolean and rows is None:
                # Lines of one large array: the system backs it with large pages, which saves misses.
                if not arena:
                    arena.extend(np.zeros((ARENA, size)))
                return arena.pop()
            return np.zeros((size,) if rows is None else (rows, size), dtype=bool if boolean else np.float64)

        def series(pool: Pool) -> Array:
            boolean, rows = pool
            shape = (len(plan.program.dates),) + ((size,) if rows is None else (rows, size))
            return np.zeros(shape, dtype=bool if boolean else np.float64)

        sources = set(plan.feed.lanes) | set(plan.feed.drawn)
        space = Workspace(
            size,
            {},
            {name: empty(pool) for name, pool in plan.pinned.items()},
            {state.name: empty(state.pool) for phase in plan.phases for state in phase.states},
            {name: series(pool) for name, pool in plan.stacks.items() if name not in sources},
            [],
            [],
        )
        constants: dict[Any, Array] = {}

        def arrays(place: Place) -> Array:
            kind, name = place
            match kind:
                case "register":
                    pool, _ = name
                    if name not in space.registers:
                        space.registers[name] = empty(pool)
                    return space.registers[name]
                case "home":
                    return space.homes[name]
                case "pinned":
                    return space.pinned[name]
                case "constant" | "line":
                    key = (kind, type(name), name)
                    if key not in constants:
                        constants[key] = np.full(size, name) if kind == "line" else np.asarray(name)
                    return constants[key]
                case _:
                    raise LookupError(f"unknown place {kind!r}")

        for phase in plan.phases:
            space.static.append(None if phase.static is None else bind(phase.static, arrays, self._checker))
            space.loops.append([bind(code, arrays, self._checker) for code in phase.bodies])
        return space

    def _load(self, space: Workspace, start: int, stop: int) -> dict[str, list[Array]]:
        """The inputs of the block: a list of one array a date for series, pinned values copied."""
        rows: dict[str, list[Array]] = {}

        def put(name: str, values: Array, index: Sequence[int]) -> None:
            pool = self.plan.pinned.get(name) or self.plan.stacks.get(name)
            plain = pool is None or pool[1] is None
            lines = [np.ascontiguousarray(line[0] if plain else line) for line in values]
            if name in self.plan.pinned:
                space.pinned[name][...] = lines[0]
            else:
                rows[name] = [lines[position] for position in index]

        for name, lanes in self.plan.feed.lanes.items():
            put(name, lanes.values[..., start:stop], lanes.index)
        for name, drawn in self.plan.feed.drawn.items():
            put(name, self.draws[name].paths(start, stop), drawn.index)
        for name, stack in space.stacks.items():
            rows[name] = list(stack)
        return rows

    def _execute(self, space: Workspace, rows: Mapping[str, list[Array]], watch: bool = False) -> None:
        plan = self.plan
        self._metrics = {}
        run = self._watch if watch else _run
        for number, phase in enumerate(plan.phases):
            for equation in phase.windows:
                self._window(space, rows, equation)
            for equation in phase.metrics:
                self._metric(space, rows, equation)
            static = space.static[number]
            if static is not None:
                self._date = -1
                self._set(static, 0, 0, rows)
                run(static)
            if phase.bodies:
                self._begin(space, phase)
                for date, (body, position) in enumerate(phase.body_of):
                    bound = space.loops[number][body]
                    self._date = date
                    self._set(bound, date, position, rows)
                    run(bound)
            for equation in phase.figures:
                if PRIMITIVES[equation.op].gathered().of == "masked":
                    values = space.pinned[equation.result.name]
                    values[np.abs(values) >= FAR / 2] = 0.0

    def _begin(self, space: Workspace, phase: Phase) -> None:
        for state in phase.states:
            np.copyto(space.homes[state.name], self._first(space, state))
        for equation in phase.figures:
            space.pinned[equation.result.name].fill(PRIMITIVES[equation.op].gathered().start)

    def _first(self, space: Workspace, state: State) -> Any:
        initial = state.initial
        if isinstance(initial, Literal):
            return initial.value if isinstance(initial.value, bool) else float(initial.value)
        if initial.name in self.plan.varying:
            return space.pinned[initial.name]
        values = self.plan.uniform.values[initial.name][0]
        return values if initial.rows is not None else values[0]

    def _set(self, bound: Bound, date: int, position: int, rows: Mapping[str, list[Array]]) -> None:
        if bound.slots.size:
            bound.slots[:] = bound.slot_table[position]
        for holder, index, space, name in bound.patches:
            holder[index] = rows[name][date] if space == "stack" else bound.tables[name][position]

    def _watch(self, bound: Bound) -> None:
        """Runs one body and raises at the first operation that gives no finite number."""
        for entry, equation in zip(bound.entries, bound.equations, strict=True):
            function, first, second, out = entry
            function(first, second, out=out)
            if out is None or out.dtype == bool or np.isfinite(out).all():
                continue
            lane = int(np.nonzero(~np.isfinite(out))[-1][0])
            raise self._not_finite(equation, lane)

    def _not_finite(self, equation: Equation | None, lane: int) -> RunError:
        program = self.plan.program
        return RunError(
            "not_finite",
            "no finite number" if equation is None else f"{equation.op} gives no finite number",
            "" if equation is None else label_of(equation),
            date=program.dates[self._date] if self._date >= 0 else None,
            scenario=self.lane_names(self._start + lane),
            lane=self._start + lane,
            value=None,
            origin=None if equation is None else equation.origin,
        )

    def series(self, space: Workspace, rows: Mapping[str, list[Array]], operand: Operand) -> Array:
        """A whole series as [date, (row,) scenario]; what does not vary is spread."""
        length = len(self.plan.program.dates)
        if isinstance(operand, Literal):
            value = operand.value if isinstance(operand.value, bool) else float(operand.value)
            return np.full((length, space.size), value)
        name = operand.name
        if name in space.stacks:
            return space.stacks[name]
        if name in rows:
            return np.stack(rows[name])
        if name in space.pinned:
            return np.broadcast_to(space.pinned[name], (length, *space.pinned[name].shape))
        values = self.plan.uniform.values[name]
        values = values if operand.rows is not None else values[:, 0, :]
        return np.broadcast_to(values, (length, *values.shape[1:-1], space.size))

    def _window(self, space: Workspace, rows: Mapping[str, list[Array]], equation: Equation) -> None:
        series = [self.series(space, rows, operand) for operand in equation.operands]
        for name in named_constants(equation):
            values = self.plan.uniform.values[name][:, 0, :]
            series.append(values if equation.result.rows is None else values[:, None, :])
        primitive = PRIMITIVES[equation.op]
        result = primitive.vector(*series, **primitive.given(equation.attributes))
        self._date = -1
        if result.dtype != bool and not np.isfinite(result).all():
            where = np.nonzero(~np.isfinite(result))
            self._date = int(where[0][0])
            raise self._not_finite(equation, int(where[-1][0]))
        np.copyto(space.stacks[equation.result.name], result)

    def _metric(self, space: Workspace, rows: Mapping[str, list[Array]], equation: Equation) -> None:
        key = metric_key(equation)
        if key not in self._metrics:
            series = [
                np.broadcast_to(one, (len(one), *one.shape[1:-1], space.size))
                for one in (self.series(space, rows, operand) for operand in equation.operands)
            ]
            with np.errstate(all="ignore"):
                self._metrics[key] = metric_pair(equation, series)
        values, determined = self._metrics[key]
        if not np.isfinite(values).all():
            self._date = -1
            raise self._not_finite(equation, int(np.nonzero(~np.isfinite(values))[0][0]))
        space.pinned[equation.result.name][...] = determined if equation.result.kind == "bool" else values

    def _checker(self, number: int) -> Callable[..., None]:
        """The function that evaluates a check inside the loop: a bound first, lanes only if it fails."""
        check = self.plan.checks[number]
        scaled, guarded = check.scale is not None, check.determined is not None

        def evaluate(first: list[Any], second: Any, out: Any) -> None:
            whole = number in self._scaled
            value = first[0]
            scale: Any = first[1] if scaled else 0.0
            if check.rule == "holds":
                if value.all():
                    return
            elif check.rule == "nonnegative" or not scaled or not whole:
                worst = -value.min()
                if check.rule == "zero":
                    worst = max(worst, value.max())
                if worst <= 0.0 or (scaled and worst <= TOLERANCE * scale.min()):
                    return
                whole = True
                self._scaled.add(number)
            if whole and scaled and check.rule == "zero" and value.shape == scale.shape == (self._size,):
                # |value| <= scale * tolerance is enough, and mostly all there is to see.
                size, bound = self._scratch(value.shape)
                np.absolute(value, out=size)
                np.multiply(scale, TOLERANCE, out=bound)
                if np.less_equal(size, bound, out=self._flags).all():
                    return
            lanes = broken(check, value, scale)
            if guarded:
                lanes = where(lanes, first[-1])
            if lanes.any():
                self.breach(number, value, lanes)

        return evaluate

    def _scratch(self, shape: tuple[int, ...]) -> tuple[Array, Array]:
        if self._spare is None or self._spare.shape[1:] != shape:
            self._spare = np.empty((2, *shape))
            self._flags = np.empty(shape, dtype=bool)
        return self._spare[0], self._spare[1]

    def breach(self, number: int, value: Array, lanes: Array) -> None:
        """Takes down the lanes that break a check on the present date; raises if it is an error."""
        check = self.plan.checks[number]
        lanes = np.broadcast_to(lanes, (*lanes.shape[:-1], self._size)) if lanes.ndim else np.full(self._size, lanes)
        row: Array | None = None
        if lanes.ndim > 1:
            row, lanes = lanes, np.asarray(lanes.any(axis=0))
        if check.scenarios is not None and self.columns is not None:
            inside = np.isin(np.asarray(self.columns), check.scenarios)
            lanes = lanes & (inside[self._start : self._start + self._size] if len(inside) > 1 else inside[0])
        if not lanes.any():
            return
        if check.severity == "error":
            lane = int(np.argmax(lanes))
            column = np.broadcast_to(value, (self._size,) if row is None else row.shape)[..., lane]
            found = column if row is None else column[int(np.argmax(row[:, lane]))]
            raise RunError(
                check.code,
                check.message,
                check.origin.label if check.origin is not None else check.name,
                date=self.plan.program.dates[self._date] if self._date >= 0 else None,
                scenario=self.lane_names(self._start + lane),
                lane=self._start + lane,
                value=None if check.rule == "holds" else float(found),
                origin=check.origin,
            )
        if number not in self._breaches:
            self._breaches[number] = Breaches(np.zeros(self._size, dtype=np.int64), np.full(self._size, -1))
        self._breaches[number].add(lanes, self._date)

    def check_pinned(self, space: Workspace) -> None:
        """The checks of figures, once the block is done."""
        for number, check in enumerate(self.plan.checks):
            parts = [part for part in (check.var, check.scale, check.determined) if isinstance(part, Var)]
            if any(part.name in self.plan.dated for part in parts):
                continue
            if not any(part.name in self.plan.varying for part in parts):
                continue
            value = self.series(space, {}, check.var)[0]
            scale = self.series(space, {}, check.scale)[0] if check.scale is not None else 0.0
            lanes = broken(check, value, scale)
            if check.determined is not None:
                lanes = where(lanes, self.series(space, {}, check.determined)[0])
            self._date = -1
            if lanes.any():
                self.breach(number, value, lanes)


def _run(bound: Bound) -> None:
    for function, first, second, out in bound.entries:
        function(first, second, out=out)
