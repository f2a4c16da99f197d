"""What the lowering carries, by lifetime.

The lowering walks one day in the order that the deal writes it, keeping one version of each name a step. Reading a name
therefore needs to know *when* it is read (`Moment`). A function that needs one part takes that part; one that lowers
expressions may come to need any, and takes the whole.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

import attrs

from ....engine.ir import Check, Literal, Operand, Origin, Span, Var
from ... import syntax
from ...messages.diagnostics import Collector, Label
from ...names.deal import Model, ScheduleEntry, Scope
from ...time.clocks import Clock
from ...time.schedule import Schedule
from ...types.types import Types
from ..building.builder import FALSE, TRUE, Builder
from .acts import Acts
from .asked import Asked
from .day import Day
from .keys import Key
from .memory import Memory
from .moments import Moment
from .product import Faults, Product
from .subjects import Reader
from .trail import Frame, Trail
from .values import AnyValue, NotLowered, Value

Draw = Callable[["Lowering", Key, "Override", Value, Moment], Value]
"""What a name comes to where it is drawn, given its value without the draw."""


@attrs.frozen(slots=True)
class Override:
    """One layer over a name: an expression and the scenarios (positions) in which it holds; None: in all.

    ``simulated``: it holds only where the program draws. ``known``: what it comes to, in the place of its expression.
    """

    value: syntax.Expression
    scope: Scope
    scenarios: tuple[int, ...] | None
    span: Span
    draw: Draw | None = None
    ranged: bool = False
    simulated: bool = False
    joined: syntax.Expression | None = None
    known: Literal | None = None

    @property
    def drawn(self) -> bool:
        return self.draw is not None


@attrs.frozen(slots=True, eq=False)
class Under:
    """A name on the right of a layer over it: its value without that layer at one moment, and how to find it at others.

    ``mark`` tells the layer and its scenario from others: what is remembered of one is not of another.
    """

    value: AnyValue
    moment: Moment
    mark: tuple[object, ...]
    again: Callable[[Moment], AnyValue]

    def at(self, moment: Moment) -> AnyValue:
        return self.value if moment == self.moment else self.again(moment)


@attrs.define(slots=True)
class Layers:
    """What scenarios, ranges, draws and settings lay over names.

    ``overriding``: the names on the right of a layer, each with its value without it. ``ranged``: the values of a term
    that `scenarios over` ranges, by the position of the scenario. ``whole_ranges``: all of its values, those of
    scenarios that another program runs among them. ``read``: the names that were read, whatever lies over them.
    """

    overrides: dict[Key, list[Override]] = attrs.Factory(dict)
    overriding: dict[Key, Under] = attrs.Factory(dict)
    ranged: dict[Key, dict[int, Fraction]] = attrs.Factory(dict)
    whole_ranges: dict[Key, tuple[Fraction, ...]] = attrs.Factory(dict)
    read: set[Key] = attrs.Factory(set)

    @property
    def marks(self) -> tuple[tuple[object, ...], ...]:
        """Under which layers a name is being read: its value there is no other reader's."""
        return tuple((key, *under.mark) for key, under in self.overriding.items())

    def without(self, key: Key, moment: Moment) -> AnyValue | None:
        """On the right of a layer over a name, its value without that layer; None anywhere else."""
        under = self.overriding.get(key)
        return None if under is None else under.at(moment)

    @contextmanager
    def under(self, key: Key, under: Under) -> Iterator[None]:
        """Stand on the right of a layer over a name."""
        before = self.overriding.get(key)
        self.overriding[key] = under
        try:
            yield
        finally:
            if before is None:
                del self.overriding[key]
            else:
                self.overriding[key] = before

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Work out what the day carries: it is one figure, whatever layer it is read from."""
        before, self.overriding = self.overriding, {}
        try:
            yield
        finally:
            self.overriding = before


@attrs.define(eq=False)
class Schedules:
    """The schedules of a deal as they are built. ``low`` lowers what they are made of, which is terms alone.

    ``asked``: what was read where a program wants to know it ahead, by the identities of its text and scope; ``drawn``:
    what of it comes to in a program that is shaped by draws. ``building`` is the way to the schedule in hand,
    ``circular`` what was found to need itself; ``refused`` and ``dates`` count what a hostile deal has too much of.
    """

    low: Lowering
    built: dict[str, Schedule] = attrs.Factory(dict)
    singles: dict[datetime.date, Schedule] = attrs.Factory(dict)
    building: list[ScheduleEntry] = attrs.Factory(list)
    circular: set[ScheduleEntry] = attrs.Factory(set)
    asked: dict[tuple[int, int], Asked] = attrs.Factory(dict)
    drawn: Mapping[tuple[int, int], AnyValue] = attrs.Factory(dict)
    refused: int = 0
    dates: int = 0
    known_closing: datetime.date | None = None
    closing: datetime.date = attrs.field(init=False)


MOST_CALLS = 10_000
"""Of a deal's own functions, put in place. A large deal comes to some hundreds."""


@attrs.define(slots=True, eq=False)
class Lowering:
    """A program under construction. What the deal is comes first and stays; then what is being built, what is
    remembered, the day, what is known of its acts, the trail of readers, what lies over names, and the faults."""

    model: Model
    types: Types
    collector: Collector
    builder: Builder
    clocks: dict[str, Clock]
    every: Clock
    simulated: bool = False
    schedules: Schedules = attrs.field(init=False)
    product: Product = attrs.Factory(Product)
    memory: Memory = attrs.Factory(Memory)
    day: Day = attrs.Factory(Day)
    acts: Acts = attrs.Factory(Acts)
    trail: Trail = attrs.Factory(Trail)
    layers: Layers = attrs.Factory(Layers)
    faults: Faults = attrs.Factory(Faults)

    @contextmanager
    def reading(self, label: str, span: Span, reader: Reader) -> Iterator[None]:
        """Stand on the way to a figure; a figure that comes up twice is a cycle, printed whole."""
        frames = self.trail.frames
        for position, frame in enumerate(frames):
            if frame.reader == reader:
                self.cycle(frames[position:], label, span)
        if len(frames) > 300:
            self.collector.error("E0108", "definitions lead to each other through more than 300 names", span)
            raise NotLowered
        frames.append(Frame(label, span, reader))
        before = self.builder.origin
        self.builder.origin = Origin(label, span)
        try:
            yield
        finally:
            frames.pop()
            self.builder.origin = before

    def vintage_family(self, clock: Clock, positions: tuple[int, ...]) -> str:
        """The name of the family whose rows are the parts of an `aged`: one for each set of dates."""
        found = self.memory.vintage_families.get((clock, positions))
        if found is None:
            taken = {rows.name for rows in self.model.families} | set(self.memory.vintage_families.values())
            found, count = f"vintages of {clock.name}", 1
            while found in taken:
                count += 1
                found = f"vintages of {clock.name} ({count})"
            self.memory.vintage_families[(clock, positions)] = found
        return found

    def count_call(self, span: Span) -> None:
        """A function is its formula put in its place: functions that call one another twice double it every level."""
        self.trail.calls += 1
        if self.trail.calls > MOST_CALLS:
            if self.trail.calls == MOST_CALLS + 1:
                self.collector.error(
                    "E0348",
                    f"the deal's functions come to more than {MOST_CALLS:,} calls",
                    span,
                    label="not read any further",
                    help="name what is worked out more than once with `define`",
                )
            raise NotLowered

    def cycle(self, frames: list[Frame], label: str, span: Span) -> None:
        """An equation that needs itself: the whole way round, each with its place."""
        words = " -> ".join([*(frame.label for frame in frames), label])
        circle = frozenset(frame.label for frame in frames)
        if circle in self.trail.circles:
            raise NotLowered
        self.trail.circles.add(circle)
        self.collector.error(
            "E0501",
            f"`{frames[0].label}` needs itself to be worked out",
            frames[0].span,
            label="the cycle begins and ends here",
            others=tuple(Label(frame.span, f"which needs `{frame.label}`") for frame in frames[1:]),
            help="break the cycle with a figure of another moment: `opening x`, `previous x`, or `projected x`",
            notes=(words,),
        )
        raise NotLowered

    def closes(self, key: Key, like: Operand) -> Var:
        """What a figure closes at today, to be bound when the day's acts are lowered."""
        found = self.memory.closing.get(key)
        if found is None:
            traits = attrs.evolve(
                self.builder.traits(like), carried=True, date=True, scenario=True, nonnegative=False, row=like.rows
            )
            found = self.builder.placeholder(f"{key.name}.{key.kind.value}", like.kind, like.rows, traits)
            self.memory.closing[key] = found
        return found

    def check_determined(
        self, value: Value, active: Operand, what: str, span: Span, why: str = "cash depends on it"
    ) -> Operand:
        """The operand of a value that must be there, and why; where it is not determined, a check that names it."""
        if value.determined != TRUE:
            holds = self.builder.either(value.determined, self.builder.negated(active))
            if isinstance(holds, Literal) and holds.value:
                return value.operand
            if isinstance(holds, Literal) or value.determined == FALSE:
                self.collector.error(
                    "E0520",
                    f"{what} is not determined on any date on which it is needed",
                    span,
                    help="a ratio whose denominator is zero, or a date before there is a previous one",
                )
                raise NotLowered
            self.product.checks.append(
                Check(
                    name=what,
                    rule="holds",
                    var=holds,
                    severity="error",
                    code="E0902",
                    message=f"{what} is not determined, and {why}",
                    origin=Origin(what, span),
                )
            )
        return value.operand
