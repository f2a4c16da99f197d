"""What the lowering carries: values, moments of the day, and the state of a program under construction.

The lowering walks one day in the order that the deal writes it, keeping one version of each name a step:
`Day` holds the current versions. Reading a name therefore needs to know *when* it is read (`Moment`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeVar

import attrs

from ....engine.ir import Alert, Check, Literal, Operand, Origin, Output, Projection, ReportTable, Span, Var
from ... import syntax
from ...messages.diagnostics import Collector, Label
from ...names.deal import ClaimEntry, Model, PartyEntry, ScheduleEntry, Scope, Scoped, StateEntry
from ...time.clocks import Clock
from ...time.schedule import Schedule
from ...types.types import Types
from ..building.builder import FALSE, TRUE, Builder
from .keys import Key
from .moments import Moment
from .values import AnyValue, NotLowered, Rank, Value

T = TypeVar("T")


@attrs.define(slots=True)
class ClaimDay:
    """A claim on this date: what arose, what is due, and what is still unpaid at this step.

    ``due`` is None for a claim that is owed only what steps ask. ``touched``: a step has come to it today.
    """

    entry: ClaimEntry
    clock: Clock
    current: Operand
    arrears: Operand
    due: Operand | None
    remaining: Operand | None
    paid: Operand
    touched: bool = False


@attrs.define(slots=True)
class Day:
    """The versions of everything that the day changes, as the lowering walks it."""

    opening: dict[Key, Operand] = attrs.Factory(dict)
    now: dict[Key, Operand] = attrs.Factory(dict)
    claims: dict[str, ClaimDay] = attrs.Factory(dict)
    recorded: dict[str, tuple[Operand, Operand]] = attrs.Factory(dict)
    rest: Operand | None = None


@attrs.define(slots=True)
class Ledger:
    """What an account took in and gave out today, for the check that none was made or lost."""

    into: list[Operand] = attrs.Factory(list)
    out: list[Operand] = attrs.Factory(list)


@attrs.frozen(slots=True)
class Frame:
    """One reader on the way to the figure being read: printed when it turns out to be a cycle."""

    label: str
    span: Span
    key: object


@attrs.frozen(slots=True)
class Remembered:
    value: AnyValue
    read: frozenset[Key]
    versions: tuple[tuple[Key, Operand | None], ...]
    clocks: frozenset[Clock]


Draw = Callable[["Lowering", Key, "Override", Value, Moment], Value]
"""What a name comes to where it is drawn, given its value without the draw."""


@attrs.frozen(slots=True)
class Override:
    """One layer over a name: an expression and the scenarios (positions) in which it holds; None: in all.

    ``simulated``: it holds only where the program draws.
    """

    value: syntax.Expression
    scope: Scope
    scenarios: tuple[int, ...] | None
    span: Span
    draw: Draw | None = None
    ranged: bool = False
    simulated: bool = False
    joined: syntax.Expression | None = None

    @property
    def drawn(self) -> bool:
        return self.draw is not None


@attrs.define(eq=False)
class Schedules:
    """The schedules of a deal as they are built. ``low`` lowers what they are made of, which is terms alone.

    ``building`` is the way to the schedule in hand, ``circular`` what was found to need itself; ``refused`` and
    ``dates`` count what a hostile deal has too much of.
    """

    low: Lowering
    built: dict[str, Schedule] = attrs.Factory(dict)
    singles: dict[datetime.date, Schedule] = attrs.Factory(dict)
    building: list[ScheduleEntry] = attrs.Factory(list)
    circular: set[ScheduleEntry] = attrs.Factory(set)
    refused: int = 0
    dates: int = 0
    known_closing: datetime.date | None = None
    closing: datetime.date = attrs.field(init=False)


MOST_CALLS = 10_000
"""Of a deal's own functions, put in place. A large deal comes to some hundreds."""


@attrs.define(slots=True, eq=False)
class Lowering:
    """A program under construction, shared by the modules that lower names, expressions, steps and measures."""

    model: Model
    types: Types
    collector: Collector
    builder: Builder
    clocks: dict[str, Clock]
    every: Clock
    simulated: bool = False
    day: Day = attrs.Factory(Day)
    frames: list[Frame] = attrs.Factory(list)
    tracking: list[set[Key]] = attrs.Factory(list)
    tracked_clocks: list[set[Clock]] = attrs.Factory(list)
    remembered: dict[tuple[object, ...], Remembered] = attrs.Factory(dict)
    overrides: dict[Key, list[Override]] = attrs.Factory(dict)
    overriding: dict[Key, AnyValue] = attrs.Factory(dict)
    factors: dict[tuple[str, str], Var] = attrs.Factory(dict)
    """The common draws of joined names, by label and distribution."""
    ranks: dict[Key, Callable[[], Rank]] = attrs.Factory(dict)
    """The standard normal behind each name that is drawn, made when another is joined to it."""
    inputs: dict[str, Value] = attrs.Factory(dict)
    closing: dict[Key, Var] = attrs.Factory(dict)
    held: dict[tuple[Operand, Clock], Operand] = attrs.Factory(dict)
    carried: dict[tuple[Key, Clock], Operand] = attrs.Factory(dict)
    changing: dict[Key, list[Frame]] = attrs.Factory(dict)
    records: dict[str, list[tuple[Clock, Span]]] = attrs.Factory(dict)
    outputs: list[Output] = attrs.Factory(list)
    checks: list[Check] = attrs.Factory(list)
    projections: dict[str, Projection] = attrs.Factory(dict)
    settled: set[Scoped[syntax.Require]] = attrs.Factory(set)
    """The components' conditions that were found to hold when the deal was read."""
    scenarios: list[str] = attrs.Factory(lambda: ["base"])
    columns: dict[str, tuple[Fraction, ...]] = attrs.Factory(dict)
    ranged: dict[Key, dict[int, Fraction]] = attrs.Factory(dict)
    act_dates: dict[Key, tuple[bool, ...]] = attrs.Factory(dict)
    parties: set[str] = attrs.Factory(set)
    poisoned: set[str] = attrs.Factory(set)
    circles: set[frozenset[str]] = attrs.Factory(set)
    ledger: dict[Key, Ledger] = attrs.Factory(dict)
    movers: dict[str, list[tuple[StateEntry, int]]] = attrs.Factory(dict)
    step_active: Operand = TRUE
    caps_per_year: dict[Key, Key] = attrs.Factory(dict)
    act_clocks: dict[int, Clock] = attrs.Factory(dict)
    stepped: set[str] = attrs.Factory(set)
    paying: PartyEntry | None = None
    trial: int = 0
    calls: int = 0
    """Of the deal's own functions, and readings of their parameters, as far as it is lowered."""
    periods: int = 0
    """Of the tranches and baskets priced so far."""
    failed: bool = False
    opening_of: Callable[[Key], Operand] | None = None
    running: dict[tuple[object, ...], Var] = attrs.Factory(dict)
    held_latest: dict[tuple[object, ...], tuple[Var, Var]] = attrs.Factory(dict)
    alerts: list[Alert] = attrs.Factory(list)
    projected: dict[tuple[object, ...], Value] = attrs.Factory(dict)
    curves_checked: set[Var] = attrs.Factory(set)
    """The points of curves that a check already watches."""
    later: list[tuple[str, syntax.Expression, Scope, Clock]] = attrs.Factory(list)
    vintage_families: dict[tuple[Clock, tuple[int, ...]], str] = attrs.Factory(dict)
    vintage_tables: dict[tuple[object, ...], Operand] = attrs.Factory(dict)
    made_once: dict[type, object] = attrs.Factory(dict)
    """What is made for a whole program when something first asks for it, by its class."""
    tables: list[ReportTable] = attrs.Factory(list)
    schedules: Schedules = attrs.field(init=False)

    def once(self, kind: type[T], make: Callable[[], T]) -> T:
        """What there is one of in a program, made when first asked for."""
        found = self.made_once.get(kind)
        if not isinstance(found, kind):
            found = self.made_once[kind] = make()
        return found

    @contextmanager
    def reading(self, label: str, span: Span, key: object) -> Iterator[None]:
        """Stand on the way to a figure; a figure that comes up twice is a cycle, printed whole."""
        for position, frame in enumerate(self.frames):
            if frame.key == key:
                self.cycle(self.frames[position:], label, span)
        if len(self.frames) > 300:
            self.collector.error("E0108", "definitions lead to each other through more than 300 names", span)
            raise NotLowered
        self.frames.append(Frame(label, span, key))
        before = self.builder.origin
        self.builder.origin = Origin(label, span)
        try:
            yield
        finally:
            self.frames.pop()
            self.builder.origin = before

    def vintage_family(self, clock: Clock, positions: tuple[int, ...]) -> str:
        """The name of the family whose rows are the parts of an `aged`: one for each set of dates."""
        found = self.vintage_families.get((clock, positions))
        if found is None:
            taken = {rows.name for rows in self.model.families} | set(self.vintage_families.values())
            found, count = f"vintages of {clock.name}", 1
            while found in taken:
                count += 1
                found = f"vintages of {clock.name} ({count})"
            self.vintage_families[(clock, positions)] = found
        return found

    def count_call(self, span: Span) -> None:
        """A function is its formula put in its place: functions that call one another twice double it every level."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            if self.calls == MOST_CALLS + 1:
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
        if circle in self.circles:
            raise NotLowered
        self.circles.add(circle)
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

    def touch(self, key: Key) -> None:
        """Note that the definition being lowered reads a figure that the day changes."""
        if self.tracking:
            self.tracking[-1].add(key)

    def touch_clock(self, clock: Clock) -> None:
        if self.tracked_clocks:
            self.tracked_clocks[-1].add(clock)

    def as_var(self, operand: Operand, label: str) -> Var:
        """The operand as a named value: outputs and checks name one, so a literal becomes a table of itself."""
        if isinstance(operand, Var):
            return operand
        return self.builder.forced(label, operand)

    def as_series(self, operand: Operand) -> Operand:
        """The operand as a value that varies by date: a reduction over dates takes no literal."""
        return self.builder.forced("every date", operand) if isinstance(operand, Literal) else operand

    def as_figure(self, operand: Operand) -> Operand:
        return self.builder.emit("final", self.as_series(operand)) if isinstance(operand, Literal) else operand

    def figure(self, operand: Operand, label: str) -> Var:
        """One value a scenario, as a named value."""
        if isinstance(operand, Literal) or self.builder.traits(operand).date:
            operand = self.builder.emit("final", self.as_series(operand), label=label)
        if not isinstance(operand, Var):
            raise AssertionError("a figure of a literal is a value of the last date")
        return operand

    def closes(self, key: Key, like: Operand) -> Var:
        """What a figure closes at today, to be bound when the day's acts are lowered."""
        found = self.closing.get(key)
        if found is None:
            traits = attrs.evolve(
                self.builder.traits(like), carried=True, date=True, scenario=True, nonnegative=False, row=like.rows
            )
            found = self.builder.placeholder(f"{key.name}.{key.kind.value}", like.kind, like.rows, traits)
            self.closing[key] = found
        return found

    def check_determined(self, value: Value, active: Operand, what: str, span: Span) -> Operand:
        """The operand of a value that reaches cash; where it is not determined, a check that names it."""
        if value.determined != TRUE:
            holds = self.builder.either(value.determined, self.builder.negated(active))
            if isinstance(holds, Literal) and holds.value:
                return value.operand
            if isinstance(holds, Literal) or value.determined == FALSE:
                self.collector.error(
                    "E0520",
                    f"{what} is not determined on any date on which it is paid",
                    span,
                    help="a ratio whose denominator is zero, or a date before there is a previous one",
                )
                raise NotLowered
            self.checks.append(
                Check(
                    name=what,
                    rule="holds",
                    var=holds,
                    severity="error",
                    code="E0902",
                    message=f"{what} is not determined, and cash depends on it",
                    origin=Origin(what, span),
                )
            )
        return value.operand
