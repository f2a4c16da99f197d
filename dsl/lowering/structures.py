"""A program for each structure: scenarios that change what shapes a deal are lowered apart, on dates of their own.

What shapes a deal is found out, not listed: a name that was read where a program wants to know ahead what it comes to
(`Layers.read` of the lowering of terms). Scenarios that give all such names the values of the deal as written stay in
its program; the others are gathered by those values, and each gathering is lowered by itself. A name may come to
shape a deal only in the new structure, so a gathering is lowered again until no such name is found.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from operator import attrgetter

import attrs

from ...engine.ir import Literal, Program, Span
from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..names.deal import DefinitionEntry, Model, PartyEntry, Resolved, follow
from ..syntax.written import format_expression
from ..types.types import Types
from .context.dispatch import read_entry
from .context.keys import Key
from .context.lowering import Lowering
from .context.moments import Moment
from .context.structure import Column, Structure
from .context.values import AnyValue, ListValue, NotLowered, PairsValue, TextValue, Value
from .known.schedules import begin, build_all
from .scenarios.scenarios import columns_of, common_layers, shaping_layers
from .to_ir import Lowered, to_ir

MOST_FAILED = 10
"""Structures with something wrong in them that are told of in one run."""

MOST_STRUCTURES = 200
"""Structures of a deal besides its own, and of the paths of a scenario: each is lowered by itself."""


WANTS_KNOWN = frozenset({"E0504", "E0525", "E0541", "E0654"})
"""What is said where an equation wants to know ahead what something comes to: points of a curve, values of a cycle."""


NO_SUCH_DATE = "E0409"
"""What is said of a figure on a date that no schedule has: another scenario's may have it."""


@attrs.frozen(slots=True, eq=False)
class Text:
    """A deal as it stands, or with other things in some of its places, and the positions of the scenarios (from 0,
    `base` left out) in which it stands so. ``things``: the names of what was put there; ``places``: where that is
    said."""

    model: Model
    types: Types
    positions: tuple[int, ...] | None = None
    things: frozenset[Key] = frozenset()
    places: tuple[Span, ...] = ()

    def columns(self, collector: Collector) -> tuple[Column, ...]:
        """All scenarios, without what stands in the text itself."""
        return tuple(
            attrs.evolve(one, layers=tuple(layer for layer in one.layers if layer[0] not in self.things))
            for one in columns_of(self.model, self.types, collector)
        )


@attrs.frozen(slots=True, eq=False)
class Shaped:
    """A program and the structure that it has."""

    text: Text
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


def lower_all(texts: Sequence[Text], collector: Collector, *, simulated: bool = False) -> Structures | None:
    """The programs of a deal, or None where a diagnostic says why there are none.

    ``texts``: the deal as written first, then as scenarios have other schedules, day counts and texts in it.

    Errors: E0588 more structures than `MOST_STRUCTURES`; what is wrong in the structure of a scenario is said where the
    scenario changes the deal, with its name.
    """
    written = texts[0]
    columns = written.columns(collector)
    if collector.failed:
        to_ir(written.model, written.types, collector, Structure(columns, columns), simulated=simulated)
        return None
    programs: list[Shaped] = []
    for text in texts:
        every = columns if text is written else text.columns(collector)
        its = every if text.positions is None else tuple(every[at] for at in text.positions)
        work = _Work(text, collector, every, simulated, programs, texts)
        rest = work.unshaped(its)
        if rest is None or not work.gathered(rest):
            return None
    return None if collector.failed else Structures(columns, tuple(programs))


@attrs.frozen(slots=True, eq=False)
class _Work:
    """The lowering of one text for its scenarios. ``programs``: those of the deal so far, to which it adds.
    ``wanting``: the scenarios that change what an equation wants to know ahead: all that they change shapes theirs.
    ``texts``: all of the deal's, whose scenarios have dates of their own: ``dates``, worked out where one is asked for.
    """

    text: Text
    collector: Collector
    whole: tuple[Column, ...]
    simulated: bool
    programs: list[Shaped]
    texts: Sequence[Text]
    wanting: set[Column] = attrs.Factory(set)
    dates: set[datetime.date] = attrs.Factory(set)

    def unshaped(self, columns: tuple[Column, ...]) -> tuple[Column, ...] | None:
        """Lower the text with the scenarios of its own structure; the others, or None where there is no program."""
        within, terms = columns, self._terms(None)
        while True:
            trial = _beside(self.collector)
            structure = Structure(within, self.whole, apart=bool(self.programs), written=self._written())
            lowered = self._lower(structure, trial)
            other = {
                one
                for one in within
                if one.keys & lowered.shaping and not _alike(terms, self._terms(one), lowered.shaping)
            }
            if not other and WANTS_KNOWN & {one.code for one in trial.found}:
                other = self._wanting(within)
            if not other:
                break
            within = tuple(one for one in within if one not in other)
        self._say(trial, columns[0] if columns else None, self.text.places)
        if lowered.program is None:
            return None
        self.programs.append(Shaped(self.text, structure, lowered))
        return tuple(one for one in columns if one not in within)

    def _wanting(self, within: tuple[Column, ...]) -> set[Column]:
        """The scenarios without which the text is lowered, and with which it is not."""
        if len(within) > MOST_STRUCTURES or self._wants(()):
            return set()
        found = {one for one in within if one.keys and self._wants((one,))}
        self.wanting.update(found)
        return found

    def _wants(self, columns: tuple[Column, ...]) -> bool:
        structure = Structure(columns, self.whole, apart=bool(self.programs), written=self._written())
        return self._lower(structure, _beside(self.collector)).program is None

    def gathered(self, apart: tuple[Column, ...]) -> bool:
        """Lower the scenarios of other structures, each with those that share it; whether there are programs."""
        terms = {one: self._terms(one) for one in apart}
        varied = frozenset[Key]().union(*(one.keys for one in apart))
        known = self.programs[-1].lowered.shaping & varied
        pending = list(apart)
        # Counted before any is lowered: a hostile deal has thousands.
        distinct: dict[tuple[object, ...], Column] = {}
        for one in apart:
            distinct.setdefault(tuple(terms[one].of(key) for key in sorted(known)), one)
        if len(self.programs) - 1 + len(distinct) > MOST_STRUCTURES:
            self._too_many(list(distinct.values())[MOST_STRUCTURES - len(self.programs) + 1], known)
            return False
        failed = 0
        while pending and failed < MOST_FAILED:
            shape = pending[0]
            shaping = known | shape.keys if shape in self.wanting else known
            if len(self.programs) > MOST_STRUCTURES:
                self._too_many(shape, known)
                return False
            while True:
                members = tuple(one for one in pending if _alike(terms[shape], terms[one], shaping))
                trial = _beside(self.collector)
                structure = Structure(members, self.whole, shape, shaping, written=self._written(), apart=True)
                lowered = self._lower(structure, trial)
                more = lowered.shaping & varied
                if more <= shaping:
                    break
                shaping |= more
            self._say(trial, shape, (*_places(shape, shaping), *self.text.places))
            if lowered.program is None:
                failed += 1
            else:
                self.programs.append(Shaped(self.text, structure, lowered))
            pending = [one for one in pending if one not in members]
        return not failed

    def _lower(self, structure: Structure, collector: Collector) -> Lowered:
        """Lowered; where it asks for a date that it does not have, once more knowing those of all scenarios."""
        model, types = self.text.model, self.text.types
        trial = _beside(collector)
        lowered = to_ir(model, types, trial, structure, simulated=self.simulated)
        if not self.dates and any(one.code == NO_SUCH_DATE for one in trial.found):
            self._dated(lowered.shaping)
            structure = attrs.evolve(structure, written=self._written())
            trial = _beside(collector)
            lowered = to_ir(model, types, trial, structure, simulated=self.simulated)
        for one in trial.found:
            collector.add(one)
        return lowered

    def _dated(self, shaping: frozenset[Key]) -> None:
        """Work out the dates of every scenario, once of those that change nothing else of what shapes the deal."""
        seen: set[tuple[object, ...]] = set()
        for text in self.texts:
            every = text.columns(Collector())
            columns = every if text.positions is None else tuple(every[at] for at in text.positions)
            for column in (None, *columns):
                layers = () if column is None else tuple(id(one) for key, one in column.layers if key in shaping)
                ranged = (
                    () if column is None else tuple((one.key, one.value) for one in column.ranged if one.key in shaping)
                )
                if (id(text), layers, ranged) not in seen and len(seen) <= MOST_STRUCTURES:
                    seen.add((id(text), layers, ranged))
                    self.dates.update(_dates(text, column, self.simulated))

    def _terms(self, column: Column | None) -> _Terms:
        return _Terms(self.text, column, self.simulated)

    def _written(self) -> frozenset[datetime.date]:
        """The dates that are known to be some scenario's: of the deal as written, and of the others once asked for."""
        first = self.programs[0].lowered.program if self.programs else None
        return frozenset(self.dates) | frozenset(() if first is None else first.dates)

    def _say(self, trial: Collector, shape: Column | None, places: tuple[Span, ...]) -> None:
        """Report what a lowering found: of the deal as written where it stands, of another structure where a scenario
        changes the deal, if it is not said already."""
        said = {(one.code, one.span) for one in self.collector.found}
        for one in trial.found:
            if not self.programs or shape is None:
                self.collector.add(one)
            elif (one.code, one.span) not in said:
                self.collector.add(blamed(one, shape.name, places or (shape.span,)))

    def _too_many(self, shape: Column, known: frozenset[Key]) -> None:
        self.collector.error(
            "E0588",
            f"the scenarios of this deal have more than {MOST_STRUCTURES} structures",
            next(iter(_places(shape, known)), shape.span),
            label="this one shapes it anew",
            help="what shapes a deal (dates, counts of tests, windows, lags) may take so many values",
        )


@attrs.frozen(slots=True)
class Drawn:
    """What a path of a scenario draws of what shapes the deal: outputs of `scenarios/shapes.py` and their values."""

    scenario: str
    values: tuple[tuple[str, Literal], ...]


def shaped_by(collector: Collector, structures: Structures, one: Shaped, drawn: Drawn) -> Program | None:
    """The program of the paths of a scenario that draw this, or None where a diagnostic says why there is none."""
    known = dict(drawn.values)
    values: dict[tuple[int, int], AnyValue] = {}
    for shape in one.lowered.shapes:
        items = tuple(Value(known[figure] if isinstance(figure, str) else figure) for figure in shape.figures)
        values[shape.asked.place] = ListValue(items) if shape.listed else items[0]
    structure = attrs.evolve(
        one.structure,
        columns=tuple(column for column in one.structure.columns if column.name == drawn.scenario),
        drawn=values,
        written=frozenset[datetime.date]().union(*(program.dates for program in structures.equations)),
    )
    return to_ir(one.text.model, one.text.types, collector, structure, simulated=True).program


def blamed(fault: Diagnostic, scenario: str, places: Sequence[Span]) -> Diagnostic:
    """What is wrong with a deal in the structure of a scenario, said where the scenario changes it."""
    others = [Label(place, "and changed here") for place in places[1:]]
    if fault.span in places:
        return attrs.evolve(fault, message=f'in the scenario "{scenario}", {fault.message}')
    return attrs.evolve(
        fault,
        message=f'in the scenario "{scenario}", {fault.message}',
        span=places[0],
        label="changed here",
        others=(*others, Label(fault.span, fault.label or "it shapes this"), *fault.others),
    )


def _places(shape: Column, keys: frozenset[Key]) -> list[Span]:
    return [place for key in sorted(shape.keys & keys) for place in shape.places(key)]


def _dates(text: Text, column: Column | None, simulated: bool) -> tuple[datetime.date, ...]:
    """The timeline of a scenario (None: of the deal as written); none where it has none, which its lowering reports."""
    collector = Collector()
    try:
        layers = shaping_layers(text.model, collector, _alone(column))
        return build_all(begin(text.model, text.types, collector, layers, simulated=simulated)).dates
    except NotLowered:
        return ()


def _alone(column: Column | None) -> Structure:
    return Structure((), (), column)


def _beside(collector: Collector) -> Collector:
    """A collector for what may be tried again."""
    trial = Collector()
    trial.unread = collector.unread
    return trial


def unreached(collector: Collector, written: Structures, simulation: Structures | None) -> None:
    """Report what a scenario or a setting changes, and no equation and no structure of the deal reads. To draw what
    nothing reads is no fault: another draw changes no path.

    ``simulation``: the same deal with its draws, which may read what the deal as written does not.
    """
    programs = [*written.programs, *(() if simulation is None else simulation.programs)]
    read = frozenset[Key]().union(*(one.lowered.read | one.lowered.shaping for one in programs))
    laid = [
        (key, one.span)
        for key, layers in common_layers(written.programs[0].text.model, collector).overrides.items()
        for one in layers
        if not one.simulated
    ]
    laid += [(key, place) for one in written.columns for key in one.keys for place in one.places(key)]
    for key, place in laid:
        if key not in read:
            _reaches_nothing(collector, key.name, place)
    for one in written.programs[1:]:
        names = [key.name for key in sorted(one.text.things) if _thing(one, key) != _thing(written.programs[0], key)]
        if names and one.structure.shape is None and _same(one, written.programs[0]):
            _reaches_nothing(collector, " and ".join(names), one.text.places[0])


def _thing(one: Shaped, key: Key) -> str:
    """What a name stands for in a text: the full name of a thing, or a day count or text as written."""
    entry = one.text.model.entries.get(key.name)
    found = None if entry is None else follow(entry)
    while isinstance(found, DefinitionEntry) and isinstance(found.value, syntax.Name):
        inner = found.scope.resolve(found.value.parts)
        if isinstance(inner, int):
            break
        found = follow(inner.entry)
    if isinstance(found, DefinitionEntry):
        return format_expression(found.value)
    return "" if found is None else found.name


def _same(one: Shaped, other: Shaped) -> bool:
    """Whether two programs work the same out, and nothing else is changed in the scenarios of the first."""
    mine, theirs = one.lowered.program, other.lowered.program
    if mine is None or theirs is None or any(column.keys for column in one.structure.columns):
        return False
    parts = attrgetter("dates", "constants", "inputs", "equations", "outputs")
    return bool(parts(mine) == parts(theirs))


def _reaches_nothing(collector: Collector, name: str, place: Span) -> None:
    collector.error(
        "E0589",
        f"nothing of this deal reads `{name}`, so to change it changes nothing",
        place,
        label="reaches nothing",
        help="change what the deal reads, or leave this out",
    )


# ------------------------------------------------------------------------------------------------- what terms come to


class _Terms:
    """What terms come to under a scenario (None: the deal as written)."""

    def __init__(self, text: Text, column: Column | None, simulated: bool) -> None:
        self._model = text.model
        self._known: dict[Key, object] = {}
        collector = Collector()
        try:
            layers = shaping_layers(text.model, collector, _alone(column))
            self._low: Lowering | None = begin(text.model, text.types, collector, layers, simulated=simulated).low
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
