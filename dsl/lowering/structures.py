"""A program for each structure: scenarios that change what shapes a deal are lowered apart, on dates of their own.

What shapes a deal is found out, not listed: a name that was read where a program wants to know ahead what it comes to
(`Layers.read` of the lowering of terms). Scenarios that give all such names the values of the deal as written stay in
its program; the others are gathered by those values, and each gathering is lowered by itself. A name may come to
shape a deal only in the new structure, so a gathering is lowered again until no such name is found.
"""

from __future__ import annotations

import attrs

from ...engine.ir import Literal, Program, Span
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..names.deal import Model, PartyEntry, Resolved
from ..types.types import Types
from .context.dispatch import read_entry
from .context.keys import Key
from .context.moments import Moment
from .context.structure import Column, Structure
from .context.values import AnyValue, ListValue, NotLowered, PairsValue, TextValue, Value
from .known.schedules import begin
from .scenarios.scenarios import columns_of, common_layers, shaping_layers
from .to_ir import Lowered, to_ir

MOST_STRUCTURES = 200
"""Structures of a deal, and of a run with draws: each is lowered by itself."""


@attrs.frozen(slots=True, eq=False)
class Shaped:
    """A program and the structure that it has."""

    structure: Structure
    lowered: Lowered


@attrs.frozen(slots=True, eq=False)
class Structures:
    """The programs of a deal: the first is the deal as written, with the scenarios that share its structure.

    ``columns``: all scenarios but `base`, in the order written.
    """

    columns: tuple[Column, ...]
    programs: tuple[Shaped, ...]

    @property
    def equations(self) -> tuple[Program, ...]:
        """Each as equations."""
        return tuple(one.lowered.program for one in self.programs if one.lowered.program is not None)


def lower_all(model: Model, types: Types, collector: Collector, *, simulated: bool = False) -> Structures | None:
    """The programs of a deal, or None where a diagnostic says why there are none.

    Errors: E0588 more structures than `MOST_STRUCTURES`; what is wrong in the structure of a scenario is said where the
    scenario changes the deal, with its name.
    """
    columns = columns_of(model, types, collector)
    if collector.failed:
        to_ir(model, types, collector, Structure(columns, columns), simulated=simulated)
        return None
    base, apart = _as_written(model, types, collector, columns, simulated)
    if base is None:
        return None
    programs = [base]
    for gathered in _gathered(model, types, collector, base, apart, columns, simulated):
        if gathered is None:
            return None
        programs.append(gathered)
    return None if collector.failed else Structures(columns, tuple(programs))


def _as_written(
    model: Model, types: Types, collector: Collector, columns: tuple[Column, ...], simulated: bool
) -> tuple[Shaped | None, tuple[Column, ...]]:
    """The deal as written with the scenarios of its structure, and those that are of another."""
    within = columns
    terms = _Terms(model, types, None, simulated)
    while True:
        trial = _beside(collector)
        structure = Structure(within, columns)
        lowered = to_ir(model, types, trial, structure, simulated=simulated)
        changed = [one for one in within if one.keys & lowered.shaping]
        other = {
            one for one in changed if not _alike(terms, _Terms(model, types, one, simulated), lowered.shaping)
        }
        if not other:
            for one in trial.found:
                collector.add(one)
            apart = tuple(one for one in columns if one not in within)
            return (None if lowered.program is None else Shaped(structure, lowered)), apart
        within = tuple(one for one in within if one not in other)


def _gathered(
    model: Model,
    types: Types,
    collector: Collector,
    base: Shaped,
    apart: tuple[Column, ...],
    whole: tuple[Column, ...],
    simulated: bool,
) -> list[Shaped | None]:
    """The programs of the scenarios of other structures, each with those that share it."""
    found: list[Shaped | None] = []
    terms = {one: _Terms(model, types, one, simulated) for one in apart}
    varied = frozenset[Key]().union(*(one.keys for one in apart))
    known = base.lowered.shaping & varied
    program = base.lowered.program
    dates = frozenset(() if program is None else program.dates)
    pending = list(apart)
    while pending:
        shape = pending[0]
        if len(found) == MOST_STRUCTURES:
            collector.error(
                "E0588",
                f"the scenarios of this deal have more than {MOST_STRUCTURES} structures",
                next(iter(_places(shape, known)), shape.span),
                label="this one shapes it anew",
                help="what shapes a deal (dates, counts of tests, windows, lags) may take so many values",
            )
            return [None]
        shaping = known
        while True:
            members = tuple(one for one in pending if _alike(terms[shape], terms[one], shaping))
            trial = _beside(collector)
            structure = Structure(members, whole, shape, shaping, written=dates)
            lowered = to_ir(model, types, trial, structure, simulated=simulated)
            more = lowered.shaping & varied
            if more <= shaping:
                break
            shaping |= more
        said = {(one.code, one.span) for one in collector.found}
        for one in trial.found:
            if (one.code, one.span) not in said:
                collector.add(blamed(one, shape, shaping))
        found.append(None if lowered.program is None else Shaped(structure, lowered))
        if lowered.program is None:
            return found
        pending = [one for one in pending if one not in members]
    return found


@attrs.frozen(slots=True)
class Drawn:
    """What a path of a scenario draws of what shapes the deal: outputs of `scenarios/shapes.py` and their values."""

    scenario: str
    values: tuple[tuple[str, Literal], ...]


def shaped_by(
    model: Model, types: Types, collector: Collector, structures: Structures, one: Shaped, drawn: Drawn
) -> Program | None:
    """The program of the paths of a scenario that draw this, or None where a diagnostic says why there is none."""
    known = dict(drawn.values)
    values: dict[tuple[int, int], AnyValue] = {}
    for shape in one.lowered.shapes:
        items = tuple(Value(known[figure] if isinstance(figure, str) else figure) for figure in shape.figures)
        values[shape.asked.place] = ListValue(items) if shape.listed else items[0]
    program = structures.equations[0]
    structure = attrs.evolve(
        one.structure,
        columns=tuple(column for column in one.structure.columns if column.name == drawn.scenario),
        drawn=values,
        written=frozenset(program.dates),
    )
    return to_ir(model, types, collector, structure, simulated=True).program


def blamed(fault: Diagnostic, shape: Column, shaping: frozenset[Key]) -> Diagnostic:
    """What is wrong with a deal in the structure of a scenario, said where the scenario changes it."""
    places = _places(shape, shaping) or [shape.span]
    others = [Label(place, "and changed here") for place in places[1:]]
    return attrs.evolve(
        fault,
        message=f'in the scenario "{shape.name}", {fault.message}',
        span=places[0],
        label="changed here",
        others=(*others, Label(fault.span, fault.label or "it shapes this"), *fault.others),
    )


def _places(shape: Column, keys: frozenset[Key]) -> list[Span]:
    return [place for key in sorted(shape.keys & keys) for place in shape.places(key)]


def _beside(collector: Collector) -> Collector:
    """A collector for what may be tried again."""
    trial = Collector()
    trial.unread = collector.unread
    return trial


def unreached(model: Model, collector: Collector, written: Structures, simulation: Structures | None) -> None:
    """Report what a scenario or a setting changes, and no equation and no structure of the deal reads. To draw what
    nothing reads is no fault: another draw changes no path.

    ``simulation``: the same deal with its draws, which may read what the deal as written does not.
    """
    programs = [*written.programs, *(() if simulation is None else simulation.programs)]
    read = frozenset[Key]().union(*(one.lowered.read | one.lowered.shaping for one in programs))
    laid = [
        (key, one.span)
        for key, layers in common_layers(model, collector).overrides.items()
        for one in layers
        if not one.simulated
    ]
    laid += [(key, place) for one in written.columns for key in one.keys for place in one.places(key)]
    for key, place in laid:
        if key not in read:
            collector.error(
                "E0589",
                f"nothing of this deal reads `{key.name}`, so to change it changes nothing",
                place,
                label="reaches nothing",
                help="change what the deal reads, or leave this out",
            )


# ------------------------------------------------------------------------------------------------- what terms come to


class _Terms:
    """What terms come to under a scenario (None: the deal as written)."""

    def __init__(self, model: Model, types: Types, column: Column | None, simulated: bool) -> None:
        self._model = model
        self._known: dict[Key, object] = {}
        collector = Collector()
        structure = Structure((), (), column)
        try:
            layers = shaping_layers(model, collector, structure)
            self._low = begin(model, types, collector, layers, simulated=simulated).low
        except NotLowered:
            self._low = None

    def of(self, key: Key) -> object:
        """A name's value in a form that compares equal for equal values; of what is not known, equal to itself."""
        if key not in self._known:
            self._known[key] = self._value(key)
        return self._known[key]

    def _value(self, key: Key) -> object:
        entry, attribute = self._model.entries.get(key.name), None
        if entry is None:
            party, _, attribute = key.name.rpartition(".")
            entry = self._model.entries.get(party)
            if not isinstance(entry, PartyEntry):
                return object()
        if self._low is None:
            return object()
        try:
            found = read_entry(self._low, Resolved(entry, attribute), entry.span, Moment("fixed", self._low.every))
        except NotLowered:
            return object()
        return _signature(found)


def _signature(value: AnyValue) -> object:
    match value:
        case Value(operand=Literal() as one, determined=Literal() as known):
            return one.kind, one.value, known.value
        case ListValue(items=items):
            return tuple(map(_signature, items))
        case PairsValue(items=items):
            return tuple((_signature(point), _signature(one)) for point, one in items)
        case TextValue(text=text):
            return text
        case _:
            return object()


def _alike(one: _Terms, other: _Terms, keys: frozenset[Key]) -> bool:
    """Whether these names come to the same."""
    return one is other or all(one.of(key) == other.of(key) for key in keys)
