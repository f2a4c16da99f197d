"""Runs a program: over its named scenarios, over fed or drawn paths, in blocks, on any number of processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, overload

import attrs
import numpy as np

from .errors import InputError, ProgramError, RunError, suggestion
from .execution.job import Job, Sweep, Table, applies, project
from .inputs.feed import Lanes, arrange_all, lanes_of
from .ir import FORMAT_VERSION, Check, Operand, Output, Program
from .plan.plan import BLOCK
from .primitives.table import statistic
from .results import CheckResult, Figure, Results, Series
from .results_tables import Table as TableResult

__all__ = ["RunError", "run"]

Progress = Callable[[int, int], None]
"""Told how many scenarios are done, of how many."""


class LaneNames(Sequence[str]):
    """The names of the lanes, made when they are asked for: a million paths cost nothing."""

    def __init__(self, columns: tuple[str, ...], paths: int | None) -> None:
        self.columns = columns
        self._paths = paths

    def __len__(self) -> int:
        return len(self.columns) * (1 if self._paths is None else self._paths)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(self[position] for position in range(*index.indices(len(self))))
        position = range(len(self))[index]
        if self._paths is None:
            return self.columns[position]
        column, path = divmod(position, self._paths)
        return f"{self.columns[column]} #{path}"

    def __repr__(self) -> str:
        return repr(self[:5])[:-1] + (", …)" if len(self) > 5 else ")")


def run(
    program: Program,
    *,
    inputs: Mapping[str, Any] | None = None,
    paths: int | None = None,
    seed: int = 0,
    keep: Collection[str] = (),
    workers: int = 1,
    block: int = BLOCK,
    scenarios: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Results:
    """Evaluates ``program`` and gives the outputs that are asked for, and those named in ``keep``.

    ``inputs`` by name: [date] or [date, scenario] for an input with dates (one a timeline date, or one
    a date of its own schedule), a number or [scenario] for one without; rows, where it has them, stand
    between. Numbers, booleans, or datetime64 (NaT is never). Amounts and units are those of the program.

    Lanes: the named ``scenarios`` (default all). With ``paths``, or with inputs that have a scenario
    axis, each chosen scenario (default the first) times the paths; random inputs are drawn, by
    ``seed``, only where ``paths`` is given. The same seed gives the same bits for any ``block``, any
    number of ``workers``, and for the first n paths of more.

    Raises :class:`InputError` for what does not fit, :class:`ProgramError` for a program that cannot
    run, :class:`RunError` for a breached check of severity ``error`` and for a number that is not finite.
    """
    if program.version > FORMAT_VERSION:
        raise ProgramError(f"the program has format {program.version}; this engine reads up to {FORMAT_VERSION}")
    if block < 1 or workers < 1 or seed < 0:
        raise InputError("block and workers are at least 1, a seed is not negative")
    outputs = chosen_outputs(program, keep)
    arranged = arrange_all(program, inputs or {})
    count = path_count(paths, lanes_of(arranged))
    columns = chosen_columns(program, scenarios, count is not None)
    return run_arranged(
        program,
        arranged,
        outputs,
        columns,
        count,
        paths=paths,
        seed=seed,
        workers=workers,
        block=block,
        progress=progress,
    )


def run_arranged(
    program: Program,
    arranged: Mapping[str, Lanes],
    outputs: tuple[Output, ...],
    columns: tuple[int, ...],
    count: int | None,
    *,
    paths: int | None,
    seed: int,
    workers: int,
    block: int,
    progress: Progress | None,
) -> Results:
    """As `run`, of inputs that are arranged already. ``count``: the lanes of each column, None: a column is one."""
    job = Job(
        program=program,
        arranged=arranged,
        columns=columns,
        lanes=len(columns),
        paths=False,
        simulate=False,
        projected=project(program, arranged),
        outputs=tuple(output.name for output in outputs),
        seed=seed,
        block=block,
    )
    if count is None:
        jobs = [job]
    else:
        jobs = [
            attrs.evolve(job, columns=(column,), lanes=count, paths=True, simulate=paths is not None)
            for column in columns
        ]
    tables = list(_sweep(jobs, workers, progress))
    names = LaneNames(tuple(program.scenarios[column] for column in columns), count)
    return _assemble(program, outputs, jobs, tables, names, seed, paths)


def chosen_outputs(program: Program, keep: Collection[str]) -> tuple[Output, ...]:
    known = {output.name for output in program.outputs}
    for name in keep:
        if name not in known:
            raise InputError(f"there is no output {name!r}" + suggestion(name, known))
    return tuple(output for output in program.outputs if output.asked or output.name in keep)


def path_count(paths: int | None, fed: int | None) -> int | None:
    if paths is not None and paths < 1:
        raise InputError("paths are at least 1")
    if paths is not None and fed is not None and paths != fed:
        raise InputError(f"{paths} paths are asked for, but the inputs are fed {fed} scenarios")
    return paths if paths is not None else fed


def chosen_columns(program: Program, scenarios: Sequence[str] | None, paths: bool) -> tuple[int, ...]:
    if scenarios is None:
        return (0,) if paths else tuple(range(len(program.scenarios)))
    if not scenarios:
        raise InputError("no scenario is chosen")
    for name in scenarios:
        if name not in program.scenarios:
            raise InputError(f"there is no scenario {name!r}" + suggestion(name, program.scenarios))
    return tuple(program.scenarios.index(name) for name in scenarios)


def _sweep(jobs: Sequence[Job], workers: int, progress: Progress | None) -> Iterator[Table]:
    total, done = sum(job.lanes for job in jobs), 0
    for job in jobs:
        sweep = Sweep(job)
        table = Table(sweep)
        blocks = sweep.blocks()
        if workers > 1 and len(blocks) > 1:
            # Here for start-up time: a run in one process needs no multiprocessing.
            from .execution.workers import outcomes

            found = outcomes(job, blocks, workers)
        else:
            found = (sweep.run(start, stop) for start, stop in blocks)
        for outcome in found:
            table.add(outcome)
            done = min(done + outcome.stop - outcome.start, total)
            if progress is not None:
                progress(done, total)
        yield table


def _assemble(
    program: Program,
    outputs: Sequence[Output],
    jobs: Sequence[Job],
    tables: Sequence[Table],
    names: LaneNames,
    seed: int,
    paths: int | None,
) -> Results:
    tidy = _Assembly(program, jobs, tables, names)
    values: dict[str, Figure | Series] = {}
    cells: dict[str, Figure] = {}
    inside = {cell.output for table in program.tables for row in table.rows for cell in row}
    for output in outputs:
        if output.name in inside:
            cells[output.name] = tidy.figure(output)
        elif output.form == "figure":
            values[output.name] = tidy.figure(output)
        else:
            values[output.name] = tidy.series(output)
    checks = tuple(
        tidy.check(number, check) for number, check in enumerate(program.checks) if check.severity == "verdict"
    )
    listed = {one.name: TableResult(one.name, one, cells, names) for one in program.tables}
    return Results(program.name, program.dates, names, values, checks, seed, paths, listed, program.alerts)


@attrs.frozen(eq=False)
class _Assembly:
    """Puts the sweeps of a run side by side."""

    program: Program
    jobs: Sequence[Job]
    tables: Sequence[Table]
    names: LaneNames

    def whole(self, operand: Operand, form: str) -> Any:
        parts = [table.result(operand, form) for table in self.tables]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)

    def pair(self, var: Operand, determined: Operand | None, form: str) -> tuple[Any, Any]:
        found = self.whole(var, form)
        if determined is None:
            return found, None
        marks = self.whole(determined, form)
        return np.where(marks, found, found.dtype.type(0)), marks

    def figure(self, output: Output) -> Figure:
        found, marks = self.pair(output.var, output.determined, "figure")
        statistics = self.statistics(output, found, marks) if output.statistic is not None else None
        return Figure(output.name, found, output.unit, marks, output.var.kind, self.names, statistics, output.why)

    def series(self, output: Output) -> Series:
        found, marks = self.pair(output.var, output.determined, "series")
        return Series(output.name, found, output.unit, marks, output.var.kind, self.program.dates, self.names)

    def statistics(self, output: Output, values: Any, determined: Any) -> tuple[float | None, ...]:
        """The statistic over the paths of each named scenario."""
        function = statistic(str(output.statistic))
        if function is None:
            raise ProgramError(f"there is no statistic {output.statistic!r}")
        attributes = {} if output.level is None else {"level": float(output.level)}
        groups = len(self.names.columns)
        lanes = values.reshape(groups, -1)
        marks = [None] * groups if determined is None else determined.reshape(groups, -1)
        found = [function(line, mark, **attributes) for line, mark in zip(lanes, marks, strict=True)]
        return tuple(value if good else None for value, good in found)

    def check(self, number: int, check: Check) -> CheckResult:
        counts, firsts, asked = [], [], []
        for job, table in zip(self.jobs, self.tables, strict=True):
            breaches = table.failures.get(number)
            counts.append(np.zeros(job.lanes, np.int64) if breaches is None else breaches.count)
            firsts.append(np.full(job.lanes, -1) if breaches is None else breaches.first)
            asked.append(applies(check, job.columns, job.lanes))
        observed = None
        if check.observed is not None:
            found, marks = self.pair(check.observed, check.observed_determined, "figure")
            observed = Figure(check.name, found, check.unit, marks, check.observed.kind, self.names)
        return CheckResult(
            check,
            np.concatenate(counts),
            np.concatenate(firsts),
            np.concatenate(asked),
            self.program.dates,
            self.names,
            observed,
        )
