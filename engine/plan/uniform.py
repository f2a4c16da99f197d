"""Evaluates what is the same in every scenario, once a run: [date or 1, row or 1, 1] arrays.

What does not recur is one numpy call for all dates; what recurs is a loop over the dates, on plain
floats where it has no rows. Both give the bits that a batch of scenarios would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RunError
from ..ir import Equation, Literal, Operand, Program, Var
from ..primitives.table import PRIMITIVES, metric_function
from ..program.analysis import components, named_constants, reads

Array = npt.NDArray[Any]


def literal_array(operand: Literal) -> Array:
    value = operand.value if isinstance(operand.value, bool) else float(operand.value)
    return np.full((1, 1, 1), value)


def metric_key(equation: Equation) -> tuple[object, ...]:
    """Equal for the twins of one computation."""
    return (equation.operands, equation.attributes)


def metric_pair(equation: Equation, series: Sequence[Array]) -> tuple[Array, Array]:
    """Both results of a measure of series [date, scenario]: values (0 where there is none), determined.

    The attribute ``figures`` gives the positions of operands that are one value a scenario (a price, a yield):
    the measure takes them as [scenario].
    """
    attributes = dict(equation.attributes)
    named = attributes.pop("figures", ())
    figures = named if isinstance(named, tuple) else ()
    function = metric_function(str(attributes.pop("function")))
    if function is None:
        raise LookupError(f"there is no metric {dict(equation.attributes)['function']!r}")
    lanes = max(one.shape[-1] for one in series)
    whole = [np.ascontiguousarray(np.broadcast_to(one, (one.shape[0], lanes)), dtype=np.float64) for one in series]
    operands = [one[-1] if position in figures else one for position, one in enumerate(whole)]
    values, determined = function(*operands, **attributes)
    determined = np.broadcast_to(np.asarray(determined, dtype=bool), (lanes,))
    return np.where(determined, values, 0.0), determined


STRIP = 2_048
"""Rows of a family that are worked through together: a value of theirs over ten years stays in the cache."""


class Uniform:
    """The values that do not vary by scenario, by name. ``dated`` are the names of those that vary by date; of the
    values by row only those stay in ``values`` that are asked for (`evaluate`)."""

    def __init__(self, program: Program, values: Mapping[str, Array], rows: Mapping[str, int] | None = None) -> None:
        self.program = program
        self.values: dict[str, Array] = dict(values)
        self.dates = len(program.dates)
        self.ordinals = tuple(date.toordinal() for date in program.dates)
        self.rows = {family.name: len(family.labels) for family in program.families} if rows is None else rows
        self.by_date = {name for name, found in self.values.items() if found.shape[0] > 1}
        self._metrics: dict[tuple[object, ...], tuple[Array, Array]] = {}

    def evaluate(self, equations: Sequence[Equation], keep: Collection[str] | None = None) -> None:
        """Adds the results of ``equations``, which read each other and what is there already.

        Equations that work on each row by itself are gathered and worked through a strip of rows at a time; of their
        results only those stay that another kind of equation reads or that ``keep`` names (None: all).
        """
        groups = components(equations)
        wanted = set() if keep is None else set(keep)
        waiting: dict[str, list[list[Equation]]] = {}
        pending: dict[str, str] = {}
        readers: dict[str, list[Equation]] = {}
        for equation in equations:
            for name in reads(equation):
                readers.setdefault(name, []).append(equation)
        with np.errstate(all="ignore"):
            for group in groups:
                family = _row_by_row(group) if len(self.rows) else None
                for name in [name for equation in group for name in reads(equation)]:
                    if name in pending and pending[name] != family:
                        self._strips(waiting.pop(pending[name]), wanted, keep is None, readers, pending)
                if family is None or self.rows[family] <= STRIP:
                    self._group(group)
                    continue
                waiting.setdefault(family, []).append(group)
                pending.update((equation.result.name, family) for equation in group)
            for left in list(waiting.values()):
                self._strips(left, wanted, keep is None, readers, pending)

    def _group(self, group: Sequence[Equation]) -> None:
        first = group[0]
        if len(group) == 1 and first.result.name not in reads(first):
            self.values[first.result.name] = self._whole(first)
        else:
            self._recurrent(group)
        for equation in group:
            self._check_finite(equation)
            if self.values[equation.result.name].shape[0] > 1:
                self.by_date.add(equation.result.name)

    def _strips(
        self,
        groups: Sequence[Sequence[Equation]],
        wanted: Collection[str],
        every: bool,
        readers: Mapping[str, Sequence[Equation]],
        pending: dict[str, str],
    ) -> None:
        """Works groups of one family through, a strip of its rows at a time."""
        inside = {equation.result.name for group in groups for equation in group}
        family = pending[next(iter(inside))]
        for name in inside:
            del pending[name]
        kept = {
            name
            for name in inside
            if every or name in wanted or any(one.result.name not in inside for one in readers.get(name, ()))
        }
        last: dict[str, int] = {}
        for position, group in enumerate(groups):
            for equation in group:
                last.update(dict.fromkeys((*reads(equation), equation.result.name), position))
        dropped = [[name for name in inside - kept if last[name] == position] for position in range(len(groups))]
        outer = [name for name in last if name not in inside]
        count = self.rows[family]
        for start in range(0, count, STRIP):
            end = min(start + STRIP, count)
            view = {
                name: found[:, start:end] if found.ndim == 3 and found.shape[1] == count else found
                for name in outer
                if (found := self.values.get(name)) is not None
            }
            part = Uniform(self.program, view, {**self.rows, family: end - start})
            for position, group in enumerate(groups):
                part._group(group)
                for name in dropped[position]:
                    del part.values[name]
            for name in kept:
                found = part.values[name]
                if start == 0:
                    self.values[name] = np.empty((found.shape[0], count, 1), dtype=found.dtype)
                self.values[name][:, start:end] = found
            self.by_date |= part.by_date & inside

    def operand(self, operand: Operand) -> Array:
        return literal_array(operand) if isinstance(operand, Literal) else self.values[operand.name]

    def dated(self, values: Array) -> Array:
        return np.broadcast_to(values, (self.dates, *values.shape[1:]))

    def _whole(self, equation: Equation) -> Array:
        primitive = PRIMITIVES[equation.op]
        attributes = primitive.given(equation.attributes)
        operands = [self.operand(operand) for operand in equation.operands]
        match primitive.form:
            case "elementwise":
                result: Array = primitive.vector(*operands, **attributes)
            case "previous":
                later, initial = operands
                later = self.dated(later)
                shape = np.broadcast_shapes(later.shape[1:], initial.shape[1:])
                result = np.empty((self.dates, *shape), dtype=later.dtype)
                result[0] = initial[0]
                result[1:] = later[:-1]
            case "rows":
                # What may differ by row has an axis of rows, also where it does not; a figure of the family has none.
                flat = [v[:, 0, :] if at < primitive.plain else v for at, v in enumerate(operands)]
                result = primitive.vector(*flat, **attributes)[:, None, :]
            case "along_rows":
                first = operands[0] if equation.operands[0].rows is not None else operands[0][:, 0, :]
                result = primitive.vector(first, *operands[1:], **attributes)
            case "window":
                series = [self.dated(operand) for operand in operands]
                series += [self.dated(self.values[name]) for name in named_constants(equation)]
                result = primitive.vector(*series, **attributes)
            case "figure":
                result = self._figure(equation, [self.dated(operand) for operand in operands])[None]
        return np.asarray(result)

    def _figure(self, equation: Equation, series: Sequence[Array]) -> Array:
        primitive = PRIMITIVES[equation.op]
        if primitive.measure:
            key = metric_key(equation)
            if key not in self._metrics:
                self._metrics[key] = metric_pair(equation, [one.reshape(self.dates, -1) for one in series])
            pair = self._metrics[key]
            return pair[equation.result.kind == "bool"].reshape((-1, 1))
        more = {"ordinals": self.ordinals} if primitive.ordinals else {}
        result: Array = primitive.vector(*series, **more)
        return result

    def _recurrent(self, group: Sequence[Equation]) -> None:
        """A cycle through time: date by date, in the order of the program."""
        inside = {equation.result.name: equation for equation in group}
        history: dict[str, list[Any]] = {name: [] for name in inside}
        steps = [(self._step(equation, inside), equation) for equation in group]
        for date in range(self.dates):
            for step, equation in steps:
                try:
                    history[equation.result.name].append(step(date, history))
                except (ZeroDivisionError, OverflowError, ValueError):
                    raise not_finite(self.program, equation, date) from None
        for name, equation in inside.items():
            size = self.rows[equation.result.rows] if equation.result.rows is not None else 1
            dtype = bool if equation.result.kind == "bool" else np.float64
            column = np.empty((self.dates, size, 1), dtype=dtype)
            for date, value in enumerate(history[name]):
                column[date] = value
            self.values[name] = column

    def _step(
        self, equation: Equation, inside: Mapping[str, Equation]
    ) -> Callable[[int, Mapping[str, list[Any]]], Any]:
        """One date of one equation of a cycle, as a function of the date and of what came before."""
        getters = [self._getter(operand, inside) for operand in equation.operands]
        primitive = PRIMITIVES[equation.op]
        if primitive.form == "previous":
            before, initial = getters
            return lambda date, history: before(date - 1, history) if date else initial(0, history)
        attributes = primitive.given(equation.attributes)
        plain = equation.result.rows is None and all(operand.rows is None for operand in equation.operands)
        if plain and primitive.on_floats:
            scalar = primitive.exact
            if len(getters) == 2:
                left, right = getters
                return lambda date, history: scalar(left(date, history), right(date, history))
            return lambda date, history: scalar(*(get(date, history) for get in getters))
        keep_rows = primitive.form == "elementwise"
        whole = equation.result.rows is None
        shape = (1, 1) if keep_rows and not plain else (1,)
        arrays = [
            self._as_array(operand, get, inside, shape) for operand, get in zip(equation.operands, getters, strict=True)
        ]
        vector = primitive.vector
        if whole:

            def one(date: int, history: Mapping[str, list[Any]]) -> Any:
                result = vector(*[get(date, history) for get in arrays], **attributes)
                return result.reshape(-1)[0].item()

            return one
        if primitive.order == "choice" and equation.operands[0].rows is None:
            # What every row chooses alike is taken as it is.
            chosen, then, otherwise = getters[0], arrays[1], arrays[2]
            return lambda date, history: (then if chosen(date, history) else otherwise)(date, history)
        if not attributes and len(arrays) == 2:
            first, second = arrays
            return lambda date, history: vector(first(date, history), second(date, history))
        return lambda date, history: vector(*[get(date, history) for get in arrays], **attributes)

    def _as_array(
        self,
        operand: Operand,
        get: Callable[[int, Mapping[str, list[Any]]], Any],
        inside: Mapping[str, Equation],
        shape: tuple[int, ...],
    ) -> Callable[[int, Mapping[str, list[Any]]], Any]:
        """What a step reads of an operand as an array: what has no rows has the shape given."""
        if operand.rows is not None:
            return get
        if isinstance(operand, Var) and operand.name in inside:
            return lambda date, history: np.full(shape, get(date, history))
        column = [one.reshape(shape) for one in self.operand(operand)[:, 0, 0]]
        if len(column) == 1:
            only = column[0]
            return lambda date, history: only
        return lambda date, history: column[date]

    def _getter(
        self, operand: Operand, inside: Mapping[str, Equation]
    ) -> Callable[[int, Mapping[str, list[Any]]], Any]:
        if isinstance(operand, Var) and operand.name in inside:
            name = operand.name
            return lambda date, history: history[name][date]
        values = self.operand(operand)
        if operand.rows is None:
            column = values[:, 0, 0].tolist()
            if len(column) == 1:
                only = column[0]
                return lambda date, history: only
            return lambda date, history: column[date]
        if values.shape[0] == 1:
            return lambda date, history: values[0]
        return lambda date, history: values[date]

    def _check_finite(self, equation: Equation) -> None:
        values = self.values[equation.result.name]
        if values.dtype == bool or np.isfinite(values).all():
            return
        date = int(np.nonzero(~np.isfinite(values))[0][0])
        raise not_finite(self.program, equation, date if values.shape[0] > 1 else None)


def _row_by_row(group: Sequence[Equation]) -> str | None:
    """The family whose rows a group works on, each by itself; None for anything else."""
    family = group[0].result.rows
    if family is None:
        return None
    for equation in group:
        if equation.result.rows != family or PRIMITIVES[equation.op].form not in ("elementwise", "previous"):
            return None
    return family


def label_of(equation: Equation) -> str:
    return equation.origin.label if equation.origin is not None else equation.result.name


def not_finite(program: Program, equation: Equation, date: int | None, scenario: str = "", lane: int = 0) -> RunError:
    return RunError(
        "not_finite",
        f"{equation.op} gives no finite number",
        label_of(equation),
        date=None if date is None else program.dates[date],
        scenario=scenario or program.scenarios[0],
        lane=lane,
        value=None,
        origin=equation.origin,
    )
