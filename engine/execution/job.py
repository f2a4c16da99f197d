"""One sweep of a run: everything a process needs to plan it and to compute any of its blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..errors import ProgramError, RunError
from ..inputs.feed import Feed, Lanes, resolve
from ..ir import Check, Operand, Output, Program, Var
from ..plan.kept import planned
from ..plan.plan import Plan, plan, wanted_names
from ..program.analysis import needed, operand_names
from .block import BlockRunner, Breaches, broken, where

Array = npt.NDArray[Any]


@attrs.frozen(eq=False)
class Job:
    """A sweep over lanes. In a sweep of paths there is one column, and each lane is a path of it;
    otherwise each lane is a column. ``names`` label the lanes."""

    program: Program
    arranged: Mapping[str, Lanes]
    columns: tuple[int, ...]
    lanes: int
    paths: bool
    simulate: bool
    projected: Mapping[str, Array]
    outputs: tuple[str, ...]
    seed: int
    block: int

    def name(self, lane: int) -> str:
        scenario = self.program.scenarios[self.columns[0 if self.paths else lane]]
        return f"{scenario} #{lane}" if self.paths else scenario

    def chosen(self) -> tuple[Output, ...]:
        by_name = {output.name: output for output in self.program.outputs}
        return tuple(by_name[name] for name in self.outputs)

    def plan(self) -> Plan:
        outputs = self.chosen()
        return planned(self.program, self._feed(outputs), outputs, self.block)

    def _feed(self, outputs: Sequence[Output]) -> Feed:
        read = frozenset(needed(self.program, wanted_names(self.program, outputs)))
        return resolve(
            self.program,
            self.arranged,
            self.columns,
            simulate=self.simulate,
            projected=self.projected,
            read=read,
        )


@attrs.define(eq=False)
class Outcome:
    """What one block gives: the wanted arrays by name, lanes last, and the checks that fail."""

    start: int
    stop: int
    values: dict[str, Array]
    breaches: dict[int, Breaches]


class Sweep:
    """A job with its plan: computes blocks."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.plan = job.plan()
        self.runner = BlockRunner(self.plan, job.seed, job.name, job.columns)
        self.wanted = _wanted(self.plan)

    def blocks(self) -> list[tuple[int, int]]:
        """The lanes of each block. Without anything that varies there is nothing to compute in blocks."""
        if not self.plan.varying or not self.plan.phases:
            return []
        size, lanes = self.plan.capacity, self.job.lanes
        if self.plan.feed.drawn or lanes <= size:
            return [(start, min(start + size, lanes)) for start in range(0, lanes, size)]
        # Blocks of one size share their arrays: the last begins early, and what it repeats comes out the same.
        even = -(-lanes // -(-lanes // size))
        starts = [min(start, lanes - even) for start in range(0, lanes, even)]
        return [(start, start + even) for start in starts]

    def run(self, start: int, stop: int) -> Outcome:
        """One block. The arrays are views that the next block overwrites."""
        space, breaches = self.runner.run(start, stop)
        values = {name: self.runner.result(space, var, form) for name, (var, form) in self.wanted.items()}
        return Outcome(start, stop, values, breaches)


def _wanted(plan: Plan) -> dict[str, tuple[Var, str]]:
    found: dict[str, tuple[Var, str]] = {}
    for output in plan.outputs:
        for operand in (output.var, output.determined):
            if isinstance(operand, Var) and operand.name in plan.varying:
                found[f"{output.form}:{operand.name}"] = (operand, output.form)
    for check in plan.checks:
        for part in (check.observed, check.observed_determined):
            if isinstance(part, Var) and part.name in plan.varying:
                found[f"figure:{part.name}"] = (part, "figure")
    return found


class Table:
    """The results of a sweep: filled block by block, in any order."""

    def __init__(self, sweep: Sweep) -> None:
        plan, lanes = sweep.plan, sweep.job.lanes
        self.plan, self.lanes = plan, lanes
        dates = len(plan.program.dates)
        self.values = {
            name: np.empty((dates, lanes) if form == "series" else (lanes,), bool if var.kind == "bool" else float)
            for name, (var, form) in sweep.wanted.items()
        }
        self.failures: dict[int, Breaches] = {}
        self._check_uniform(sweep.job)

    def add(self, outcome: Outcome) -> None:
        part = slice(outcome.start, outcome.stop)
        for name, values in outcome.values.items():
            if values.dtype == bool:
                self.values[name][..., part] = values
            else:
                # Adding zero turns a negative zero, which depends on how a mask was applied, into zero.
                np.add(values, 0.0, out=self.values[name][..., part])
        for number, breaches in outcome.breaches.items():
            whole = self._failures(number)
            whole.count[part] = breaches.count
            whole.first[part] = breaches.first

    def _failures(self, number: int) -> Breaches:
        if number not in self.failures:
            self.failures[number] = Breaches(np.zeros(self.lanes, np.int64), np.full(self.lanes, -1))
        return self.failures[number]

    def result(self, operand: Operand, form: str) -> Array:
        """[scenario] or [date, scenario] of anything an output reads."""
        dates = len(self.plan.program.dates)
        shape = (dates, self.lanes) if form == "series" else (self.lanes,)
        if not isinstance(operand, Var):
            value = operand.value if isinstance(operand.value, bool) else float(operand.value)
            return np.full(shape, value)
        if operand.name in self.plan.varying:
            return self.values[f"{form}:{operand.name}"]
        values = self.plan.uniform.values[operand.name][:, 0, :]
        values = values if values.dtype == bool else values + 0.0
        return np.array(np.broadcast_to(values if form == "series" else values[0], shape))

    def _check_uniform(self, job: Job) -> None:
        """The checks of what is the same in every scenario. Of those that stop a run, the first to be broken is told:
        later ones may follow from it."""
        plan = self.plan
        first: tuple[int, Check, Array, int] | None = None
        for number, check in enumerate(plan.checks):
            parts = [part for part in (check.var, check.scale, check.determined) if isinstance(part, Var)]
            if any(part.name in plan.varying for part in parts):
                continue
            lanes = applies(check, job.columns, self.lanes)
            if not lanes.any():
                continue
            failing = _failing_dates(plan, check)
            if not failing.any():
                continue
            when = np.asarray(failing.any(axis=1))
            date = int(np.argmax(when))
            dated = len(when) > 1
            if check.severity == "error":
                # A figure has no date of its own: it is known when all dates are.
                reached = date if dated else len(plan.program.dates)
                if first is None or reached < first[0]:
                    first = reached, check, failing[date], int(np.argmax(lanes))
                continue
            breaches = self._failures(number)
            breaches.count[lanes] = int(when.sum())
            breaches.first[lanes] = date if dated else -1
        if first is not None:
            raise self._uniform_error(job, *first)

    def _uniform_error(self, job: Job, reached: int, check: Check, rows: Array, lane: int) -> RunError:
        dates = self.plan.program.dates
        dated = reached < len(dates)
        values = self.plan.uniform.values[check.var.name]
        value = values[reached if dated and len(values) > 1 else 0].reshape(-1)
        return RunError(
            check.code,
            check.message,
            check.origin.label if check.origin is not None else check.name,
            date=dates[reached] if dated else None,
            scenario=job.name(lane),
            lane=lane,
            value=None if check.rule == "holds" else float(value[int(np.argmax(rows)) % len(value)]),
            origin=check.origin,
        )


def applies(check: Check, columns: Sequence[int], lanes: int) -> Array:
    """[lane]: whether the check is asked of it."""
    if check.scenarios is None:
        return np.ones(lanes, dtype=bool)
    inside = np.isin(np.asarray(columns), check.scenarios)
    return np.array(np.broadcast_to(inside, (lanes,)))


def _failing_dates(plan: Plan, check: Check) -> Array:
    """[date, row]: where a check is broken; one date of a figure."""
    values = plan.uniform.values[check.var.name]
    scale: Array | float = 0.0 if check.scale is None else plan.uniform.operand(check.scale)
    failing: Array = broken(check, values, scale)
    if check.determined is not None:
        failing = where(failing, plan.uniform.operand(check.determined))
    return np.asarray(failing.reshape(len(failing), -1))


def project(program: Program, arranged: Mapping[str, Lanes]) -> dict[str, Array]:
    """The inputs that take what the base case gives: column 0, defaults, nothing drawn.

    What the caller feeds counts as long as it is the same in every scenario.
    """
    fed = {name: lanes for name, lanes in arranged.items() if not lanes.by_scenario}
    waiting = [one for one in program.projections if one.input not in arranged]
    outputs = {output.name: output for output in program.outputs}
    variables = {source.var.name: source.name for source in program.inputs}
    needs = {
        one.input: needed(program, {outputs[one.output].var.name, *operand_names((outputs[one.output].determined,))})
        for one in waiting
    }
    found: dict[str, Array] = {}
    while waiting:
        open_ = {one.input for one in waiting}
        ready = [one for one in waiting if not any(variables.get(name) in open_ for name in needs[one.input])]
        if not ready:
            told = ", ".join(repr(name) for name in sorted(open_))
            raise ProgramError(f"what is projected depends on itself in the base case: {told}")
        chosen = tuple({one.output: outputs[one.output] for one in ready}.values())
        bare = attrs.evolve(program, checks=())
        read = frozenset(needed(bare, wanted_names(bare, chosen)))
        feed = resolve(bare, fed, (0,), simulate=False, projected=found, read=read)
        values = plan(bare, feed, chosen).uniform
        for one in ready:
            output = outputs[one.output]
            result = values.operand(output.var)
            if output.determined is not None:
                result = np.where(values.operand(output.determined), result, result.dtype.type(0))
            found[one.input] = result
        waiting = [one for one in waiting if one not in ready]
    return found
