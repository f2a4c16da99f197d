"""What a run is fed with: the caller's arrays, the columns of the scenarios, defaults and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..errors import InputError, suggestion
from ..ir import NEVER, Input, Program, Random
from ..primitives.kernels import EPOCH

Array = npt.NDArray[Any]

SCENARIO = "scenario"
"""The input that is fed with the position of the scenario's column."""

SIMULATED = "simulated"
"""The input that is fed with 1 in a run of drawn paths and with 0 in any other."""

MIDDLE = {"normal": 0.0, "uniform": 0.5}
"""What a factor is where nothing is drawn and the input has no default: its median."""


@attrs.frozen(eq=False)
class Lanes:
    """An input that varies by scenario: ``values`` [fed dates or 1, rows or 1, scenario].

    ``index`` gives the row of ``values`` for each date of the timeline. ``by_scenario``: the caller gave it a
    scenario axis, be it one wide: a scenario fed alone is one of several, and no part of the base case.
    """

    values: Array
    index: tuple[int, ...]
    by_scenario: bool = True


@attrs.frozen(eq=False)
class Drawn:
    """An input drawn at random: ``dates`` rows a path, ``index`` as in :class:`Lanes`."""

    random: Random
    dates: int
    rows: int
    index: tuple[int, ...]


@attrs.frozen(eq=False)
class Feed:
    """``uniform`` [date or 1, row or 1, 1] and what varies by lane, by the name of the input's variable."""

    uniform: Mapping[str, Array]
    lanes: Mapping[str, Lanes]
    drawn: Mapping[str, Drawn]


@attrs.frozen
class Axes:
    """How long the axes of an input are."""

    source: Input
    dates: int
    rows: int

    @property
    def dated(self) -> bool:
        return "date" in self.source.axes

    @property
    def rowed(self) -> bool:
        return "row" in self.source.axes

    def index(self, fed: int) -> tuple[int, ...]:
        """The fed position that holds on each date: the latest, before the first the first."""
        schedule = self.source.dates
        if schedule is None or fed == self.dates or not self.dated:
            return tuple(range(self.dates)) if fed == self.dates and self.dated else (0,) * self.dates
        found = np.searchsorted(schedule, np.arange(self.dates), side="right") - 1
        return tuple(int(position) for position in np.maximum(found, 0))


def axes(program: Program, source: Input) -> Axes:
    families = {family.name: len(family.labels) for family in program.families}
    return Axes(source, len(program.dates), families[source.var.rows] if source.var.rows is not None else 1)


def to_numbers(source: Input, given: object) -> Array:
    """The caller's array as float64 or bool; dates as ordinals, NaT as never. Refuses NaN and infinity."""
    values = np.asarray(given)
    if source.var.kind == "date" and values.dtype.kind == "M":
        days = values.astype("datetime64[D]")
        ordinals = days.astype(np.int64).astype(np.float64) + EPOCH
        return np.where(np.isnat(days), float(NEVER), ordinals)
    if values.dtype.kind not in "fiub":
        raise InputError(f"the input {source.name!r} is fed {values.dtype}, not numbers")
    if source.var.kind == "bool":
        if values.dtype.kind != "b" and not np.isin(values, (0, 1)).all():
            raise InputError(f"the input {source.name!r} is true or false; it is fed other numbers")
        return values.astype(bool, copy=False)
    return values.astype(np.float64, copy=False)


def arrange(program: Program, source: Input, given: object) -> Lanes:
    """``given`` as [fed dates or 1, rows or 1, scenario or 1]; refuses any other shape by name."""
    sizes = axes(program, source)
    values = to_numbers(source, given)
    allowed = {sizes.dates} | ({len(source.dates)} if source.dates is not None else set())
    expected = [str(n) for n in sorted(allowed)] if sizes.dated else []
    rest = list(values.shape)
    shape: list[int] = []
    if sizes.dated and rest and rest[0] in allowed:
        shape.append(rest.pop(0))
    elif sizes.dated and rest:
        raise InputError(
            f"the input {source.name!r} is fed {values.shape}; its first axis is {' or '.join(expected)} dates"
        )
    else:
        shape.append(1)
    if sizes.rowed and rest and rest[0] == sizes.rows:
        shape.append(rest.pop(0))
    elif sizes.rowed and rest:
        raise InputError(f"the input {source.name!r} is fed {values.shape}; it has {sizes.rows} rows")
    else:
        shape.append(1)
    if len(rest) > 1:
        raise InputError(f"the input {source.name!r} is fed {values.shape}: too many axes")
    if rest and "scenario" not in source.axes:
        raise InputError(f"the input {source.name!r} is the same in every scenario; it is fed {values.shape}")
    shape.append(rest[0] if rest else 1)
    arranged = values.reshape(shape) if values.ndim else values.reshape((1, 1, 1))
    _finite(program, source, arranged, sizes.index(shape[0]))
    return Lanes(arranged, sizes.index(shape[0]), bool(rest))


def _finite(program: Program, source: Input, values: Array, index: Sequence[int]) -> None:
    if values.dtype == bool:
        return
    for position, line in enumerate(values):
        # A sum is finite only if each of its terms is; where it is not (it may overflow), each is looked at.
        # A line at a time: no temporary as large as the caller's array.
        with np.errstate(all="ignore"):
            if np.isfinite(np.add.reduce(line, axis=None)) or np.isfinite(line).all():
                continue
        row, lane = (int(found[0]) for found in np.nonzero(~np.isfinite(line)))
        when = program.dates[index.index(position)] if position in index else program.dates[0]
        at = f" on {when.isoformat()}" if values.shape[0] > 1 else ""
        raise InputError(
            f"the input {source.name!r} is {line[row, lane]}{at}, in scenario {lane}"
            + (f", row {row}" if values.shape[1] > 1 else "")
        )


def constant_array(values: Sequence[Any], dates: int, rows: int, kind: str) -> Array:
    """A flat table of the program as [dates or 1, rows or 1, 1]."""
    flat = np.array([float(value) for value in values])
    shaped = flat.reshape((dates, rows, 1))
    return shaped.astype(bool) if kind == "bool" else shaped


def default_of(program: Program, source: Input) -> Array | None:
    """The default on every date, [date or 1, row or 1, 1], or None."""
    if source.default is None:
        return None
    sizes = axes(program, source)
    fed = len(source.default) // sizes.rows if sizes.rows else 1
    table = constant_array(source.default, fed, sizes.rows, source.var.kind)
    return on_timeline(table, sizes.index(fed))


def on_timeline(values: Array, index: Sequence[int]) -> Array:
    """[fed dates, row, lane] on the dates of the timeline; one date stays one."""
    return values if values.shape[0] == 1 else values[np.asarray(index)]


def arrange_all(program: Program, inputs: Mapping[str, object]) -> dict[str, Lanes]:
    """The caller's arrays by input name; refuses unknown names with the nearest known one."""
    known = {source.name: source for source in program.inputs}
    for name in inputs:
        if name not in known:
            raise InputError(f"there is no input {name!r}" + suggestion(name, known))
    return {name: arrange(program, known[name], given) for name, given in inputs.items()}


def lanes_of(arranged: Mapping[str, Lanes]) -> int | None:
    """How many scenarios the fed arrays have, or None where none has that axis."""
    found: dict[int, str] = {}
    for name, lanes in arranged.items():
        if lanes.by_scenario:
            found.setdefault(lanes.values.shape[2], name)
    if len(found) > 1:
        found.pop(1, None)  # one scenario's input serves as many as the others are fed
    if len(found) > 1:
        told = ", ".join(f"{name!r} has {size}" for size, name in found.items())
        raise InputError(f"the inputs disagree on the number of scenarios: {told}")
    return next(iter(found), None)


def resolve(
    program: Program,
    arranged: Mapping[str, Lanes],
    columns: Sequence[int],
    *,
    simulate: bool,
    projected: Mapping[str, Array],
    read: frozenset[str],
) -> Feed:
    """What each input that the program reads (``read``, variable names) is fed with.

    ``columns`` are the scenario columns: one for a run of paths, all of them where each is a lane.
    """
    fed_columns = dict(program.columns)
    uniform: dict[str, Array] = {}
    lanes: dict[str, Lanes] = {}
    drawn: dict[str, Drawn] = {}
    missing: list[str] = []
    for source in program.inputs:
        name = source.var.name
        if name not in read:
            continue
        given = arranged.get(source.name)
        default = default_of(program, source)
        sizes = axes(program, source)
        if given is not None:
            if given.values.shape[2] == 1:
                uniform[name] = on_timeline(given.values, given.index)
            else:
                lanes[name] = given
        elif source.name in projected:
            uniform[name] = projected[source.name]
        elif source.name == SCENARIO or source.name in fed_columns:
            table = fed_columns.get(source.name, tuple(range(len(program.scenarios))))
            row = constant_array([table[column] for column in columns], len(columns), 1, source.var.kind)[:, 0, 0]
            if (row == row[0]).all():
                uniform[name] = row[:1].reshape((1, 1, 1))
            else:
                lanes[name] = Lanes(row.reshape((1, 1, -1)), (0,) * sizes.dates)
        elif source.name == SIMULATED:
            uniform[name] = np.full((1, 1, 1), simulate, dtype=bool if source.var.kind == "bool" else float)
        elif source.random is not None and simulate:
            count = 1 if not sizes.dated else len(source.dates) if source.dates is not None else sizes.dates
            drawn[name] = Drawn(source.random, count, sizes.rows, sizes.index(count))
        elif default is not None:
            uniform[name] = default
        elif source.random is not None:
            uniform[name] = np.full((1, 1, 1), MIDDLE[source.random.distribution])
        else:
            missing.append(source.name)
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise InputError(f"nothing feeds the input{plural} " + ", ".join(map(repr, missing)))
    return Feed(uniform, lanes, drawn)
