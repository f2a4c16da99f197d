"""Runs a deal of several structures: a program for each, and their results laid side by side.

Scenarios that change what shapes a deal have programs of their own, on dates of their own. Their results are one: its
dates are those of all programs in order, and on a date that is not a scenario's own nothing of it is determined.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from .errors import InputError, ProgramError, RunError, suggestion
from .inputs.feed import Lanes, arrange_all, axes, lanes_of
from .inputs.random import LOT, Draws
from .ir import Check, Input, Output, Program
from .plan.plan import BLOCK
from .primitives.table import statistic
from .results import CheckResult, Figure, Results, Series
from .results_tables import Table
from .run import LaneNames, Progress, chosen_columns, path_count, run_arranged

Array = npt.NDArray[Any]


@attrs.frozen(eq=False)
class Part:
    """A program and the scenarios that it runs, by name.

    ``lanes``: of a run of paths, the positions of those that it runs of its one scenario; None: all of them.
    """

    program: Program
    scenarios: tuple[str, ...]
    lanes: Array | None = None


def whole(programs: Sequence[Program], scenarios: tuple[str, ...]) -> Program:
    """What a caller feeds: every input on the dates of all programs, an input's own schedule joined likewise, and all
    ``scenarios`` of the deal in their order; no equations."""
    first = programs[0]
    dates = tuple(sorted({date for program in programs for date in program.dates}))
    places = {date: place for place, date in enumerate(dates)}
    inputs: dict[str, Input] = {}
    scheduled: dict[str, set[int]] = {}
    for program in programs:
        for source in program.inputs:
            inputs.setdefault(source.name, source)
            if source.dates is not None:
                scheduled.setdefault(source.name, set()).update(places[program.dates[at]] for at in source.dates)
    joined = tuple(
        attrs.evolve(source, dates=tuple(sorted(scheduled[name])) if name in scheduled else None)
        for name, source in inputs.items()
    )
    return attrs.evolve(
        first,
        dates=dates,
        closing=places[first.dates[first.closing]],
        inputs=joined,
        scenarios=scenarios,
        equations=(),
        constants=(),
        outputs=(),
        checks=(),
        projections=(),
        columns=(),
        tables=(),
        alerts=(),
    )


@attrs.frozen(eq=False)
class Asked:
    """What a run is asked: what is fed on the dates of the ``whole``, the names of the scenarios, the lanes of each
    (None: each is one) and how they are computed."""

    whole: Program
    arranged: Mapping[str, Lanes]
    scenarios: tuple[str, ...]
    count: int | None
    paths: int | None
    seed: int
    keep: tuple[str, ...]
    workers: int
    block: int = BLOCK

    @property
    def size(self) -> int:
        return 1 if self.count is None else self.count

    def of(self, part: Part) -> dict[str, Lanes]:
        """What is fed, on the dates and the lanes of a part; its draws, where it runs some of the paths."""
        names = {source.name for source in part.program.inputs}
        places = {date: place for place, date in enumerate(self.whole.dates)}
        found: dict[str, Lanes] = {}
        for name, one in self.arranged.items():
            if name in names:
                values = one.values if part.lanes is None or one.values.shape[2] == 1 else one.values[:, :, part.lanes]
                index = tuple(one.index[places[date]] for date in part.program.dates)
                found[name] = attrs.evolve(one, values=values, index=index)
        if part.lanes is not None and self.paths is not None:
            for source in part.program.inputs:
                if source.random is not None and source.name not in found:
                    found[source.name] = _drawn(part.program, source, self.seed, part.lanes)
        return found

    def run(self, part: Part, outputs: tuple[Output, ...], progress: Progress | None = None) -> Results:
        """What one part gives."""
        return run_arranged(
            part.program,
            self.of(part),
            outputs,
            chosen_columns(part.program, part.scenarios, self.count is not None),
            self.count if part.lanes is None else len(part.lanes),
            paths=self.paths,
            seed=self.seed,
            workers=self.workers,
            block=self.block,
            progress=progress,
        )


def asked(
    programs: Sequence[Program],
    every: tuple[str, ...],
    *,
    scenarios: Sequence[str] | None,
    inputs: Mapping[str, Any],
    paths: int | None,
    seed: int,
    keep: Collection[str],
    workers: int,
) -> Asked:
    """What a run of a deal is asked, as `run.run` has it. ``every``: all scenarios of the deal.

    Raises :class:`InputError` for what does not fit.
    """
    if workers < 1 or seed < 0:
        raise InputError("workers are at least 1, a seed is not negative")
    fed = whole(programs, every)
    known = {output.name for program in programs for output in program.outputs}
    for name in keep:
        if name not in known:
            raise InputError(f"there is no output {name!r}" + suggestion(name, known))
    arranged = arrange_all(fed, inputs)
    count = path_count(paths, lanes_of(arranged))
    columns = chosen_columns(fed, scenarios, count is not None)
    return Asked(fed, arranged, tuple(every[at] for at in columns), count, paths, seed, tuple(keep), workers)


def run_structures(asked: Asked, parts: Sequence[Part], progress: Progress | None = None) -> Results:
    """As `run.run` of one program: the ``parts`` run the lanes of the scenarios between them, each lane once.

    Raises what `run.run` raises.
    """
    lanes = [_lanes(part, asked.scenarios, asked.size) for part in parts]
    total, done = sum(map(len, lanes)), 0
    results: list[Results] = []
    for part, its in zip(parts, lanes, strict=True):
        outputs = tuple(one for one in part.program.outputs if one.asked or one.name in asked.keep)
        try:
            results.append(asked.run(part, outputs, _offset(progress, done, total)))
        except RunError as error:
            raise _named(error, part) from error
        done += len(its)
    names = LaneNames(asked.scenarios, asked.count)
    dates = tuple(sorted({date for one in results for date in one.dates} | set(asked.whole.dates)))
    places = {date: place for place, date in enumerate(dates)}
    return _Beside(asked.whole.name, parts, results, lanes, dates, names, places).results(asked.seed, asked.paths)


def _named(error: RunError, part: Part) -> RunError:
    """An error of a path under its number among all."""
    if part.lanes is None:
        return error
    path = int(part.lanes[error.lane])
    return RunError(
        error.code,
        error.message,
        error.equation,
        date=error.date,
        scenario=f"{part.scenarios[0]} #{path}",
        lane=path,
        value=error.value,
        origin=error.origin,
    )


def _lanes(part: Part, scenarios: Sequence[str], size: int) -> Array:
    """Where the lanes of a part stand among all."""
    within = np.arange(size) if part.lanes is None else part.lanes
    return np.concatenate([scenarios.index(name) * size + within for name in part.scenarios])


def _drawn(program: Program, source: Input, seed: int, lanes: Array) -> Lanes:
    """The draws of these paths of a factor, as a run of all paths draws them."""
    if source.random is None:
        raise AssertionError(source.name)
    sizes = axes(program, source)
    count = 1 if not sizes.dated else len(source.dates) if source.dates is not None else sizes.dates
    draws = Draws(source.random, seed, (count, sizes.rows))
    values = np.empty((count, sizes.rows, len(lanes)))
    for lot in np.unique(lanes // LOT).tolist():
        inside = lanes // LOT == lot
        values[:, :, inside] = draws.paths(lot * LOT, (lot + 1) * LOT)[..., lanes[inside] - lot * LOT]
    return Lanes(values, sizes.index(count))


def _offset(progress: Progress | None, before: int, total: int) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    told = progress
    return lambda done, _: told(before + done, total)


@attrs.frozen(eq=False)
class _Beside:
    """Lays the results of programs side by side. ``lanes``: where the lanes of each stand among all."""

    name: str
    parts: Sequence[Part]
    found: Sequence[Results]
    lanes: Sequence[Array]
    whole: tuple[datetime.date, ...]
    names: LaneNames
    places: Mapping[datetime.date, int]

    def results(self, seed: int, paths: int | None) -> Results:
        outputs = {output.name: output for part in self.parts for output in part.program.outputs}
        entries = {name: self.entry(name, outputs[name]) for name in self._order([list(one) for one in self.found])}
        tables: dict[str, Table] = {}
        for name in self._order([list(one.tables) for one in self.found]):
            tables[name] = self.table(name, outputs)
        alerts = self._order([list(one.alerts) for one in self.found])
        keyed = [_keys(one.checks) for one in self.found]
        checks = tuple(self.check(keyed, key) for key in self._order([list(one) for one in keyed]))
        own = np.zeros((len(self.whole), len(self.names)), dtype=bool)
        for result, lanes in zip(self.found, self.lanes, strict=True):
            own[np.ix_(self.dates(result), lanes)] = True
        return Results(
            self.name,
            self.whole,
            self.names,
            entries,
            checks,
            seed,
            paths,
            tables,
            tuple(alerts),
            None if own.all() else own,
        )

    @staticmethod
    def _order(lists: Sequence[list[Any]]) -> list[Any]:
        """All of several lists, in the order of the first; what only a later one has stands after what it follows
        there."""
        found: list[Any] = []
        for one in lists:
            after = 0
            for item in one:
                if item in found:
                    after = found.index(item) + 1
                else:
                    found.insert(after, item)
                    after += 1
        return found

    def dates(self, result: Results) -> Array:
        """Where the dates of a program stand among all."""
        return np.array([self.places[date] for date in result.dates], dtype=np.int64)

    def entry(self, name: str, output: Output) -> Figure | Series:
        have = [one.entries.get(name) for one in self.found]
        if any(isinstance(one, Series) for one in have):
            return self.series(name, have)
        return self.figure(name, [one for one in have if not isinstance(one, Series)], output)

    def figure(self, name: str, have: Sequence[Figure | None], output: Output | None = None) -> Figure:
        first = next(one for one in have if one is not None)
        values = np.zeros(len(self.names), dtype=first.values.dtype)
        marks = np.zeros(len(self.names), dtype=bool)
        for one, lanes in zip(have, self.lanes, strict=True):
            if one is not None:
                values[lanes] = one.values
                marks[lanes] = True if one.determined is None else one.determined
        determined = None if marks.all() and all(one is None or one.determined is None for one in have) else marks
        statistics = None
        if output is not None and output.statistic is not None:
            statistics = self.statistics(output, values, marks)
        return Figure(name, values, first.unit, determined, first.kind, self.names, statistics)

    def statistics(self, output: Output, values: Array, marks: Array) -> tuple[float | None, ...]:
        """The statistic over the paths of each named scenario."""
        function = statistic(str(output.statistic))
        if function is None:
            raise ProgramError(f"there is no statistic {output.statistic!r}")
        attributes = {} if output.level is None else {"level": float(output.level)}
        groups = len(self.names.columns)
        pairs = zip(values.reshape(groups, -1), marks.reshape(groups, -1), strict=True)
        found = [function(line, mark, **attributes) for line, mark in pairs]
        return tuple(value if good else None for value, good in found)

    def series(self, name: str, have: Sequence[Figure | Series | None]) -> Series:
        """Of what is one figure in some structure, that figure on each of its dates."""
        first = next(one for one in have if isinstance(one, Series))
        shape = len(self.whole), len(self.names)
        values, marks = np.zeros(shape, dtype=first.values.dtype), np.zeros(shape, dtype=bool)
        for one, result, lanes in zip(have, self.found, self.lanes, strict=True):
            if one is not None:
                at = np.ix_(self.dates(result), lanes)
                values[at] = one.values
                marks[at] = True if one.determined is None else one.determined
        determined = None if marks.all() and all(one is None or one.determined is None for one in have) else marks
        return Series(name, values, first.unit, determined, first.kind, self.whole, self.names)

    def table(self, name: str, outputs: Mapping[str, Output]) -> Table:
        have = [one.tables.get(name) for one in self.found]
        first = next(one for one in have if one is not None)
        if any(one is not None and one.shape != first.shape for one in have):
            raise ProgramError(f"the rows of the table {name!r} are others in another structure of the deal")
        figures = {
            cell: self.figure(cell, [None if one is None else one.figures[cell] for one in have], outputs.get(cell))
            for cell in first.figures
        }
        return Table(name, first.shape, figures, self.names)

    def check(self, keyed: Sequence[Mapping[Any, CheckResult]], key: Any) -> CheckResult:
        have = [one.get(key) for one in keyed]
        first = next(one for one in have if one is not None)
        size = len(self.names)
        failures, places, asked = np.zeros(size, np.int64), np.full(size, -1), np.zeros(size, dtype=bool)
        for one, result, lanes in zip(have, self.found, self.lanes, strict=True):
            if one is not None:
                failures[lanes], asked[lanes] = one.failures, one.applies
                places[lanes] = np.where(one.first < 0, -1, self.dates(result)[one.first])
        observed = [None if one is None else one.observed for one in have]
        figure = None if all(one is None for one in observed) else self.figure(first.name, observed)
        return CheckResult(first.check, failures, places, asked, self.whole, self.names, figure)


def _keys(checks: Sequence[CheckResult]) -> dict[Any, CheckResult]:
    """Checks by what they are and where they stand; of several alike, by their number."""
    found: dict[Any, CheckResult] = {}
    for one in checks:
        check: Check = one.check
        key: Any = (check.name, check.code, check.origin)
        number = 0
        while (key, number) in found:
            number += 1
        found[(key, number)] = one
    return found
