"""Plans a run: what is one number, what is computed once a block, what runs date by date, and where.

Binding times are found, not declared (:func:`binding`): *constant* and *per date* values are evaluated
here, once; *per scenario* values once a block; the rest in a loop over the dates, whose body is
specialised for each group of dates with the same known masks. Barriers (windows, reductions, metrics)
cut the loop into phases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from typing import Literal as OneOf

import attrs
import numpy as np
import numpy.typing as npt

from ..inputs.feed import Feed, constant_array
from ..ir import Check, Equation, Literal, Operand, Output, Program
from ..primitives.table import PRIMITIVES
from ..program.analysis import (
    check_names,
    components,
    levels,
    needed,
    operand_names,
    reads,
    varies_by_date,
    varies_by_scenario,
)
from ..program.signs import bounded
from .registers import Code, Pool, compile_body
from .template import Body, Effect, Ref, accumulate
from .uniform import Uniform

Array = npt.NDArray[Any]

Binding = OneOf["constant", "per date", "per scenario", "per date and scenario", "recurrent"]

BLOCK = 16_384
"""Scenarios of a block: large enough that numpy's cost of a call vanishes, small enough for the cache."""


@attrs.frozen(eq=False)
class State:
    """What is carried from date to date: a variable, its home and what it is before the first date."""

    name: str
    pool: Pool
    initial: Operand


@attrs.frozen(eq=False)
class Phase:
    """One pass over the dates. ``windows`` and ``metrics`` read the series of earlier phases.

    ``bodies`` are the specialised loops and ``body_of`` says which one each date runs, at which
    position of its group.
    """

    windows: tuple[Equation, ...]
    metrics: tuple[Equation, ...]
    static: Code | None
    states: tuple[State, ...]
    figures: tuple[Equation, ...]
    bodies: tuple[Code, ...]
    body_of: tuple[tuple[int, int], ...]


@attrs.frozen(eq=False)
class Plan:
    """Everything that the blocks of a run share. ``capacity`` scenarios make a block.

    ``pinned`` are the values of a block that are no series, by name, with their pool; ``stacks`` the
    series that must be stored; ``varying`` all names that vary by scenario.
    """

    program: Program
    uniform: Uniform
    feed: Feed
    varying: frozenset[str]
    dated: frozenset[str]
    phases: tuple[Phase, ...]
    pinned: Mapping[str, Pool]
    stacks: Mapping[str, Pool]
    outputs: tuple[Output, ...]
    checks: tuple[Check, ...]
    capacity: int

    def operations(self) -> int:
        """How many numpy calls one block makes."""
        total = 0
        for phase in self.phases:
            total += len(phase.static.instructions) if phase.static is not None else 0
            total += sum(len(phase.bodies[body].instructions) for body, _ in phase.body_of)
        return total


def wanted_names(program: Program, outputs: Sequence[Output]) -> set[str]:
    names = check_names(program)
    for output in outputs:
        names |= operand_names((output.var, output.determined))
    return names


def binding(program: Program, varying: Collection[str], dated: Collection[str]) -> dict[str, Binding]:
    """The binding time of every name, given which names vary by scenario and by date.

    *recurrent* is what a state of the program reaches through ``previous`` and depends on it.
    """
    times: dict[str, Binding] = {}
    names = [constant.var.name for constant in program.constants]
    names += [source.var.name for source in program.inputs]
    for name in names + [equation.result.name for equation in program.equations]:
        if name in varying:
            times[name] = "per date and scenario" if name in dated else "per scenario"
        else:
            times[name] = "per date" if name in dated else "constant"
    for group in components(program.equations):
        if len(group) > 1 or group[0].result.name in reads(group[0]):
            for equation in group:
                times[equation.result.name] = "recurrent"
    return times


def plan(program: Program, feed: Feed, outputs: Sequence[Output], *, block: int = BLOCK, checks: bool = True) -> Plan:
    """The plan of a run of ``program`` on ``feed`` that gives ``outputs`` and evaluates the checks."""
    return _Planner(program, feed, outputs, block, checks).plan()


class _Planner:
    def __init__(self, program: Program, feed: Feed, outputs: Sequence[Output], block: int, checks: bool) -> None:
        self.program = program
        self.feed = feed
        self.outputs = tuple(outputs)
        self.checks = program.checks if checks else ()
        names = wanted_names(program if checks else attrs.evolve(program, checks=()), outputs)
        self.names = needed(program, names)
        self.rows = {family.name: len(family.labels) for family in program.families}
        sources = set(feed.lanes) | set(feed.drawn)
        live = [equation for equation in program.equations if equation.result.name in self.names]
        varying = varies_by_scenario(live, sources)
        # What the rest of the plan, the checks and the outputs read of the values that are the same in every scenario.
        read = names | {name for one in live if one.result.name in varying for name in reads(one)}
        read |= {projection.output for projection in program.projections}
        self.uniform = self._uniform([one for one in live if one.result.name not in varying], read)
        self.varying = varying | sources
        self.equations = [equation for equation in live if equation.result.name in varying]
        dated = set(self.uniform.by_date)
        dated |= {name for name in sources if "date" in self._axes(name)}
        self.dated = dated | varies_by_date(self.equations, dated)
        self.level = dict.fromkeys(self.varying, 0) | levels(self.equations)
        self.by_name = {equation.result.name: equation for equation in self.equations}
        self.kinds = {e.result.name: e.result for e in self.equations}
        self.kinds |= {source.var.name: source.var for source in program.inputs}
        positive = {n for n, drawn in feed.drawn.items() if drawn.random.distribution == "uniform"}
        self.nonnegative, self.decided = bounded(self.equations, self.uniform.values, frozenset(positive))
        self.pinned: dict[str, Pool] = {}
        self.stacks: dict[str, Pool] = {}
        widest = max(
            (self.rows[var.rows] for name, var in self.kinds.items() if name in self.varying and var.rows is not None),
            default=1,
        )
        self.capacity = max(1, block // max(widest, 1))

    def _axes(self, name: str) -> tuple[str, ...]:
        return next(source.axes for source in self.program.inputs if source.var.name == name)

    def _uniform(self, equations: Sequence[Equation], read: Collection[str]) -> Uniform:
        values = dict(self.feed.uniform)
        for constant in self.program.constants:
            if constant.var.name in self.names:
                dates = len(self.program.dates) if "date" in constant.axes else 1
                size = self._size(constant.var) or 1
                values[constant.var.name] = constant_array(constant.values, dates, size, constant.var.kind)
        uniform = Uniform(self.program, values)
        uniform.evaluate(equations, read)
        return uniform

    def _size(self, operand: Operand) -> int | None:
        return None if operand.rows is None else self.rows[operand.rows]

    def _pool(self, name: str) -> Pool:
        var = self.kinds[name]
        return (var.kind == "bool", self._size(var))

    def plan(self) -> Plan:
        depth = max(self.level.values(), default=0)
        self._places(depth)
        phases = tuple(self._phase(level) for level in range(depth + 1)) if self.varying else ()
        return Plan(
            self.program,
            self.uniform,
            self.feed,
            frozenset(self.varying),
            frozenset(self.dated),
            phases,
            self.pinned,
            self.stacks,
            self.outputs,
            self.checks,
            self.capacity,
        )

    def _is_loop(self, equation: Equation) -> bool:
        return equation.result.name in self.dated and PRIMITIVES[equation.op].form != "window"

    def _places(self, depth: int) -> None:
        """Which names need a series and which are pinned: read outside of the loop that makes them."""
        for name in sorted(self.varying):
            if name in self.feed.lanes or name in self.feed.drawn:
                if name in self.dated:
                    self.stacks[name] = self._pool(name)
                else:
                    self.pinned[name] = self._pool(name)
            elif PRIMITIVES[self.by_name[name].op].form == "window":
                self.stacks[name] = self._pool(name)
            elif name not in self.dated:
                self.pinned[name] = self._pool(name)
        for equation in self.equations:
            primitive = PRIMITIVES[equation.op]
            loop = self.level[equation.result.name] - (1 if primitive.form == "figure" else 0)
            whole = primitive.form == "window" or primitive.measure
            for name in reads(equation):
                if name in self.varying and name in self.dated and (whole or self.level[name] < loop):
                    self.stacks.setdefault(name, self._pool(name))
        for output in self.outputs:
            if output.form == "series":
                for name in operand_names((output.var, output.determined)):
                    if name in self.varying and name in self.dated:
                        self.stacks.setdefault(name, self._pool(name))
        for check in self.checks:
            loop = self.check_level(check)
            for name in operand_names((check.var, check.scale, check.determined)):
                if name in self.varying and name in self.dated and self.level[name] < loop:
                    self.stacks.setdefault(name, self._pool(name))

    def check_level(self, check: Check) -> int:
        names = operand_names((check.var, check.scale, check.determined))
        return max((self.level[name] for name in names if name in self.varying), default=-1)

    def _phase(self, level: int) -> Phase:
        mine = [equation for equation in self.equations if self.level[equation.result.name] == level]
        windows = tuple(e for e in mine if PRIMITIVES[e.op].form == "window")
        metrics = tuple(e for e in mine if PRIMITIVES[e.op].measure)
        static = [e for e in mine if e.result.name not in self.dated and PRIMITIVES[e.op].form != "figure"]
        loop = [e for e in mine if self._is_loop(e)]
        figures = [
            e
            for e in self.equations
            if self.level[e.result.name] == level + 1 and PRIMITIVES[e.op].accumulator is not None
        ]
        checks = [
            (number, check)
            for number, check in enumerate(self.checks)
            if self.check_level(check) == level and self._check_is_dated(check) and not self._proved(check)
        ]
        states = self._states(loop, level)
        bodies, body_of = self._loop(loop, figures, checks, states, level)
        return Phase(windows, metrics, self._static(static), tuple(states.values()), tuple(figures), bodies, body_of)

    def _proved(self, check: Check) -> bool:
        """Whether no number can break the check, whatever the scenario."""
        return check.rule == "nonnegative" and check.var.name in self.nonnegative

    def _check_is_dated(self, check: Check) -> bool:
        return any(name in self.dated for name in operand_names((check.var, check.scale, check.determined)))

    def _states(self, loop: Sequence[Equation], level: int) -> dict[str, State]:
        """By the name of the variable carried and its initial value: the results of ``previous``."""
        states: dict[str, State] = {}
        for equation in loop:
            if PRIMITIVES[equation.op].form == "previous":
                states[equation.result.name] = State(
                    equation.result.name, self._pool(equation.result.name), equation.operands[1]
                )
        return states

    def _static(self, equations: Sequence[Equation]) -> Code | None:
        if not equations:
            return None
        body = Body([0], self.nonnegative)
        found: dict[str, Ref] = {}
        for equation in equations:
            operands = [self._ref(body, operand, found, -1) for operand in equation.operands]
            sizes = [self._size(operand) for operand in equation.operands]
            ref = body.add(equation, operands, self._size(equation.result), sizes)
            found[equation.result.name] = ref
            body.effects.append(Effect("pin", equation.result.name, (ref,), equation))
        return compile_body(body, {})

    def _ref(self, body: Body, operand: Operand, found: Mapping[str, Ref], level: int) -> Ref:
        if isinstance(operand, Literal):
            return body.number(operand.value if isinstance(operand.value, bool) else float(operand.value))
        name = operand.name
        if name in found:
            return found[name]
        if name not in self.varying:
            return body.known(self.uniform.values[name], name)
        rows = self._size(operand)
        return body.leaf("stack" if name in self.dated else "pinned", name, operand.kind, rows)

    def _loop(
        self,
        loop: Sequence[Equation],
        figures: Sequence[Equation],
        checks: Sequence[tuple[int, Check]],
        states: Mapping[str, State],
        level: int,
    ) -> tuple[tuple[Code, ...], tuple[tuple[int, int], ...]]:
        if not loop and not figures and not checks:
            return (), ()
        read = {name for equation in (*loop, *figures) for name in reads(equation)}
        for _, check in checks:
            read |= operand_names((check.var, check.scale, check.determined))
        last_alone = any(PRIMITIVES[equation.op].gathered().operation == "copy" for equation in figures)
        groups, body_of = self._groups(sorted(read - self.varying), last_alone)
        homes = {name: state.pool for name, state in states.items()}
        still: dict[str, float | bool] = {}
        while True:
            bodies = [self._body(dates, loop, figures, checks, still, level) for dates in groups]
            more = _unmoved(bodies, states, still)
            if not more:
                return tuple(compile_body(body, homes) for body in bodies), body_of
            still |= more

    def _body(
        self,
        dates: Sequence[int],
        loop: Sequence[Equation],
        figures: Sequence[Equation],
        checks: Sequence[tuple[int, Check]],
        still: Mapping[str, float | bool],
        level: int,
    ) -> Body:
        """The loop on one group of dates. ``still``: states that are always what they start as."""
        body = Body(dates, self.nonnegative)
        found: dict[str, Ref] = {}
        for equation in loop:
            name = equation.result.name
            if PRIMITIVES[equation.op].form == "previous":
                if name in still:
                    found[name] = body.number(still[name])
                else:
                    found[name] = body.leaf("state", name, equation.result.kind, self._size(equation.result))
                continue
            operands = [self._ref(body, operand, found, level) for operand in equation.operands]
            if name in self.decided:
                found[name] = operands[self.decided[name]]
                continue
            sizes = [self._size(operand) for operand in equation.operands]
            found[name] = body.add(equation, operands, self._size(equation.result), sizes)
        for equation in loop:
            if PRIMITIVES[equation.op].form == "previous" and equation.result.name not in still:
                body.exits[equation.result.name] = self._ref(body, equation.operands[0], found, level)
        for equation in loop:
            if equation.result.name in self.stacks:
                body.effects.append(Effect("store", equation.result.name, (found[equation.result.name],), equation))
        last = len(self.program.dates) - 1 in dates
        ordinals = np.asarray(self.uniform.ordinals, dtype=np.float64)
        for equation in figures:
            operands = [self._ref(body, operand, found, level) for operand in equation.operands]
            accumulate(body, equation, operands, ordinals, last)
        for number, check in checks:
            parts = [part for part in (check.var, check.scale, check.determined) if part is not None]
            refs = tuple(self._ref(body, part, found, level) for part in parts)
            body.effects.append(Effect("check", number, refs, None))
        return body

    def _groups(self, names: Sequence[str], mark_last: bool) -> tuple[list[list[int]], tuple[tuple[int, int], ...]]:
        """Dates with the same pattern of known zeros and ones; and for each date its group and position."""
        length = len(self.program.dates)
        lines = [np.zeros(length, dtype=np.int8)]
        for name in names:
            values = self.uniform.values[name]
            if values.shape[0] == 1:
                continue
            flat = values.reshape(length, -1)
            line = np.full(length, 2, dtype=np.int8)
            line[(flat == 0).all(axis=1)] = 0
            line[(flat == 1).all(axis=1)] = 1
            lines.append(line)
        if mark_last:
            lines[0][-1] = 1
        groups: dict[bytes, list[int]] = {}
        for date, pattern in enumerate(np.stack(lines, axis=1)):
            groups.setdefault(pattern.tobytes(), []).append(date)
        ordered = list(groups.values())
        where = {
            date: (number, position) for number, dates in enumerate(ordered) for position, date in enumerate(dates)
        }
        return ordered, tuple(where[date] for date in range(length))


def _unmoved(
    bodies: Sequence[Body], states: Mapping[str, State], still: Mapping[str, float | bool]
) -> dict[str, float | bool]:
    """States that every body leaves at the number they start as: an account that is emptied on each of its dates."""
    found: dict[str, float | bool] = {}
    for name, state in states.items():
        if name in still or not isinstance(state.initial, Literal):
            continue
        value = state.initial.value if isinstance(state.initial.value, bool) else float(state.initial.value)
        if all(_leaves(body, name, value) for body in bodies):
            found[name] = value
    return found


def _leaves(body: Body, name: str, value: float | bool) -> bool:
    exit_ = body.exits[name]
    if isinstance(exit_, int):
        node = body.nodes[exit_]
        return node.op == "state" and node.attributes == (("place", name),)
    return exit_.scalar == value
