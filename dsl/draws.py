"""`x drawn from D(...)`: what a simulation draws, as equations over standard draws.

The only leaves are independent standard normals and uniforms (`engine.ir.Random`), each keyed by the drawn name: to
add a draw changes no other. Everything else is equations.

What is fixed when the deal is read, and a party's default, are drawn once a scenario; a series is drawn on the dates
of its own schedule and holds between them: the schedule that an input is `on`, the one that the distribution says
(`normal(...) on payment` within its brackets), or else the first that the deal declares. So another schedule changes
no path. A family draws for each row.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal as OneOf

import attrs

from ..engine.ir import Axis, Input, Literal, Operand, Random, Span, Var
from . import syntax
from .builder import TRUE, Builder, Traits
from .builtins import BUILTINS, Bound, bind_builtin
from .clocks import Clock
from .constants import clock_of
from .deal import AnyEntry, ColumnEntry, DefinitionEntry, FunctionEntry, InputEntry, ScheduleEntry, Scope, follow
from .draw_formulas import (
    default_date,
    exponential,
    geometric_path,
    lognormal,
    mean_reverting_path,
    normal,
    triangular,
    uniform,
)
from .expressions import at_position, lower, value_of
from .flows import gathered
from .lowering import AnyValue, Key, Lowering, Moment, NotLowered, Override, PairsValue, Remembered, Value
from .reading import fixed_only

Name = OneOf[
    "normal", "lognormal", "uniform", "triangular", "exponential", "gbm", "mean_reverting", "first_default"
]

DISTRIBUTIONS: Mapping[str, Name] = {
    "normal": "normal", "lognormal": "lognormal", "uniform": "uniform", "triangular": "triangular",
    "exponential": "exponential", "gbm": "gbm", "mean_reverting": "mean_reverting", "first_default": "first_default",
}  # fmt: skip

PATHS = ("gbm", "mean_reverting")

NOT_NEGATIVE: Mapping[str, tuple[str, ...]] = {
    "normal": ("deviation",), "lognormal": ("deviation",), "gbm": ("volatility",),
    "mean_reverting": ("speed", "volatility"), "first_default": ("hazard",),
}  # fmt: skip


@attrs.frozen(slots=True, eq=False)
class Drawing:
    """One draw on the way to its equations: what is drawn, on which dates and rows, and its arguments' text."""

    low: Lowering
    key: Key
    factor: str
    call: syntax.Call
    bound: Bound
    scope: Scope
    base: Value
    family: str | None
    clock: Clock | None

    @property
    def builder(self) -> Builder:
        return self.low.builder

    @property
    def closing(self) -> int:
        return self.low.every.timeline.closing

    @property
    def dates(self) -> tuple[datetime.date, ...]:
        return self.low.every.timeline.dates

    def given(self, name: str) -> bool:
        return name in self.bound.values

    def span(self, name: str) -> Span:
        return self.bound.values[name].span if self.given(name) else self.call.span


def draw(low: Lowering, key: Key, layer: Override, base: Value, moment: Moment) -> Value:
    """What a name comes to in a simulation that draws it: the same draw for every reader.

    ``base`` is the name's value without the draw, as the reader sees it. Errors: E0609 what the draw rests on is not
    known before it; E0611 not a distribution; E0612 a term as a path; E0613, E0614 no such distribution.
    """
    if moment.kind == "fixed":
        raise fixed_only(low, f"a simulation draws `{key[1]}`", layer.span)
    memory = ("draw", key, id(layer))
    kept = low.remembered.get(memory)
    if kept is None:
        with low.reading(f"{key[1]} (drawn)", layer.span, memory):
            found = _drawn(low, key, layer, base)
        kept = low.remembered[memory] = Remembered(found, frozenset(), (), frozenset())
    value = kept.value
    if not isinstance(value, Value):
        raise NotLowered
    if moment.piece:
        due = moment.clock.due
        return Value(gathered(low, value.operand, due), gathered(low, value.determined, due))
    return value


def refuse_joined(low: Lowering, override: syntax.Override) -> None:
    """Report a draw that is joined to others: this version draws each by itself."""
    if override.joined is not None:
        low.collector.error(
            "E0222", "draws that are joined are read and not yet run by this version", override.joined.span,
            label="not yet", help="leave out `joined by ...`: the draws are then independent",
        )  # fmt: skip


def _drawn(low: Lowering, key: Key, layer: Override, base: Value) -> Value:
    call, name = _distribution(low, layer)
    bound = bind_builtin(call, BUILTINS[name])
    if bound.problems:
        raise NotLowered
    entry = low.model.entries.get(key[1])
    family = (entry.family if entry is not None else None) or base.operand.rows
    drawing = Drawing(
        low, key, _factor(low, key, layer), call, bound, layer.scope, base, family, _clock(low, entry, name, call, layer)
    )
    before = low.overriding.get(key)
    plain = _plain(low, key, entry, layer, base)
    # On the right of a draw a name has its value without it.
    low.overriding[key] = plain
    try:
        return _lowered(attrs.evolve(drawing, base=plain), name)
    finally:
        if before is None:
            del low.overriding[key]
        else:
            low.overriding[key] = before


def _distribution(low: Lowering, layer: Override) -> tuple[syntax.Call, Name]:
    if isinstance(layer.value, syntax.Call):
        own = layer.scope.find(layer.value.function.parts[0])
        name = DISTRIBUTIONS.get(layer.value.function.text)
        if name is not None and not (own is not None and isinstance(follow(own), FunctionEntry)):
            return layer.value, name
    low.collector.error(
        "E0611", "what is drawn from must be a distribution", layer.value.span, label="not a distribution",
        help=f"`normal(mean = 4%, deviation = 1%)`; the others are {', '.join(list(DISTRIBUTIONS)[1:])}",
    )  # fmt: skip
    raise NotLowered


def _factor(low: Lowering, key: Key, layer: Override) -> str:
    """The key of the random stream: the drawn name; of a second draw of one name, with its number."""
    drawn = [one for one in low.overrides.get(key, []) if one.drawn]
    place = next((position for position, one in enumerate(drawn) if one is layer), 0)
    return key[1] if place == 0 else f"{key[1]} ({place + 1})"


def _clock(low: Lowering, entry: AnyEntry | None, name: Name, call: syntax.Call, layer: Override) -> Clock | None:
    """The dates that a series is drawn on; None for what is drawn once a scenario."""
    if name == "first_default":
        return None
    if isinstance(entry, DefinitionEntry) and entry.form in ("term", "let") and name in PATHS:
        low.collector.error(
            "E0612", f"`{entry.name}` is a term, fixed when the deal is read, and `{name}` draws a path", call.span,
            label="a value for every date", help=f"make it a series: `define {entry.name.rsplit('.', 1)[-1]} = ...`",
        )  # fmt: skip
        raise NotLowered
    series = name in PATHS
    if isinstance(entry, InputEntry):
        series = series or entry.item.type.series
    elif entry is not None and not isinstance(entry, ColumnEntry):
        series = series or low.types.entry_type(entry).series
    if not series:
        return None
    if call.on is not None:
        return clock_of(low, call.on, layer.scope)
    if isinstance(entry, InputEntry) and entry.item.on is not None:
        return clock_of(low, entry.item.on, entry.scope)
    for one in low.model.entries.values():
        if isinstance(one, ScheduleEntry):
            schedule = low.schedules.schedule(one)
            if schedule.name not in low.clocks:
                low.clocks[schedule.name] = Clock(schedule.name, low.every.timeline, schedule)
            return low.clocks[schedule.name]
    return low.every


def _plain(low: Lowering, key: Key, entry: AnyEntry | None, layer: Override, base: Value) -> Value:
    """The name's value without the draw on each date of the timeline, whoever reads it first.

    The reader's own ``base`` may be as of the date that a piece of accrual is paid.
    """
    if not low.builder.traits(base.operand).date:
        return base
    moment = Moment("opening", low.every)
    found: AnyValue = base
    if isinstance(entry, DefinitionEntry):
        held = low.overriding.get(key)
        low.overriding[key] = base
        try:
            found = lower(low, entry.value, entry.scope, moment)
        finally:
            _restore(low, key, held)
    elif isinstance(entry, InputEntry):
        found = low.inputs[entry.name]
    for earlier in low.overrides.get(key, []):
        if earlier is layer or not isinstance(found, Value):
            break
        if earlier.drawn:
            found = draw(low, key, earlier, found, moment)
        elif earlier.scenarios is None:
            held = low.overriding.get(key)
            low.overriding[key] = found
            try:
                found = lower(low, earlier.value, earlier.scope, moment)
            finally:
                _restore(low, key, held)
    if not isinstance(found, Value):
        raise NotLowered
    return found


def _restore(low: Lowering, key: Key, held: Value | None) -> None:
    if held is None:
        del low.overriding[key]
    else:
        low.overriding[key] = held


# ------------------------------------------------------------------------------------------------- distributions


def _lowered(drawing: Drawing, name: Name) -> Value:
    builder = drawing.builder
    match name:
        case "gbm":
            return _geometric(drawing)
        case "mean_reverting":
            return _reverting(drawing)
        case "first_default":
            return _default(drawing)
        case "normal" | "lognormal":
            mean, deviation = _parameter(drawing, "mean"), _parameter(drawing, "deviation")
            _refuse_negative(drawing, name)
            standard = _leaf(drawing, "normal")
            formula = normal if name == "normal" else lognormal
            return Value(formula(builder, mean.operand, deviation.operand, standard), _all(builder, mean, deviation))
        case "uniform":
            low, high = _parameter(drawing, "low"), _parameter(drawing, "high")
            _refuse_order(drawing, [("low", low), ("high", high)])
            return Value(uniform(builder, low.operand, high.operand, _leaf(drawing, "uniform")), _all(builder, low, high))
        case "triangular":
            low, mode, high = (_parameter(drawing, part) for part in ("low", "mode", "high"))
            _refuse_order(drawing, [("low", low), ("mode", mode), ("high", high)])
            share = _leaf(drawing, "uniform")
            operand = triangular(builder, low.operand, mode.operand, high.operand, share)
            return Value(operand, _all(builder, low, mode, high))
        case "exponential":
            rate = _parameter(drawing, "rate")
            if isinstance(rate.operand, Literal) and rate.operand.value <= 0:
                _none(drawing, "the rate of an exponential wait must be above zero", drawing.span("rate"))
            operand, possible = exponential(builder, rate.operand, _leaf(drawing, "uniform"))
            return Value(operand, builder.both(rate.determined, possible))


def _all(builder: Builder, *values: Value) -> Operand:
    determined: Operand = TRUE
    for value in values:
        determined = builder.both(determined, value.determined)
    return determined


def _leaf(drawing: Drawing, distribution: OneOf["normal", "uniform"], steps: tuple[int, ...] | None = None) -> Var:
    """A standard draw: one a scenario, or one a date of the series' schedule, or of the ``steps`` of a path."""
    low, clock = drawing.low, drawing.clock
    label = f"{drawing.factor} ({distribution} draw)"
    var = low.builder.fresh(label, "float", drawing.family)
    axes: list[Axis] = ["scenario"] if drawing.family is None else ["row", "scenario"]
    positions: tuple[int, ...] | None = None
    if clock is not None:
        axes.insert(0, "date")
        positions = steps if steps is not None else tuple(place for place, on in enumerate(clock.on) if on)
    traits = Traits(
        date=clock is not None, scenario=True, row=drawing.family, drawn=True, nonnegative=distribution == "uniform"
    )
    low.builder.input(
        Input(
            var.name, var, tuple(axes), random=Random(distribution, drawing.factor), dates=positions,
            origin=low.builder.origin,
        ),
        traits,
    )  # fmt: skip
    return var


def _parameter(drawing: Drawing, name: str) -> Value:
    """An argument of a distribution on each date that is drawn, or the one for all: known before the day begins."""
    low, builder = drawing.low, drawing.builder
    moment = Moment("opening", drawing.clock or low.every)
    value = value_of(low, drawing.bound.values[name], drawing.scope, moment)
    _known(drawing, value, name)
    clock = drawing.clock
    if clock is None:
        return value
    # A draw holds until the next, so what it is made of is that of the date it was drawn on.
    latest = _latest(clock)
    return Value(gathered(low, value.operand, latest), gathered(low, value.determined, latest)) if builder else value


def _latest(clock: Clock) -> tuple[int, ...]:
    """For each timeline date the clock's latest date on or before it; before the first, the first."""
    first = next((place for place, on in enumerate(clock.on) if on), 0)
    found: list[int] = []
    for place, on in enumerate(clock.on):
        found.append(place if on else found[-1] if found else first)
    return tuple(max(place, first) for place in found)


def _known(drawing: Drawing, value: Value, name: str) -> None:
    builder = drawing.builder
    for operand in (value.operand, value.determined):
        traits = builder.traits(operand)
        if traits.carried:
            drawing.low.collector.error(
                "E0609", f"`{name}` depends on what the deal does from day to day, and `{drawing.key[1]}` is drawn before",
                drawing.span(name), label="not known when it is drawn",
                help="a distribution is made of terms, series from outside, and other draws",
            )  # fmt: skip
            raise NotLowered
        if traits.date and drawing.clock is None:
            drawing.low.collector.error(
                "E0609", f"`{name}` varies by date, and `{drawing.key[1]}` is drawn once a scenario", drawing.span(name),
                label="which date's value?", help="say of which date: `x on 2026-01-15`",
            )  # fmt: skip
            raise NotLowered


def _none(drawing: Drawing, message: str, span: Span) -> None:
    drawing.low.collector.error("E0613", message, span, label="there is no such distribution")
    raise NotLowered


def _refuse_negative(drawing: Drawing, name: Name) -> None:
    for part in NOT_NEGATIVE.get(name, ()):
        value = value_of(drawing.low, drawing.bound.values[part], drawing.scope, Moment("opening", drawing.low.every))
        if isinstance(value.operand, Literal) and value.operand.value < 0:
            _none(drawing, f"the {part} of `{name}` is below zero", drawing.span(part))


def _refuse_order(drawing: Drawing, parts: list[tuple[str, Value]]) -> None:
    known = [(name, Fraction(value.operand.value)) for name, value in parts if isinstance(value.operand, Literal)]
    for (first, least), (second, most) in zip(known, known[1:], strict=False):
        if least > most:
            _none(drawing, f"`{first}` is above `{second}`", drawing.span(first))


# ------------------------------------------------------------------------------------------------- paths


def _start(drawing: Drawing) -> Value:
    """Where a path starts: what `start` says, or the name's own value at closing."""
    low, builder = drawing.low, drawing.builder
    if drawing.given("start"):
        value = value_of(low, drawing.bound.values["start"], drawing.scope, Moment("opening", low.every))
    else:
        value = drawing.base
    span = drawing.span("start") if drawing.given("start") else drawing.call.span
    for operand in (value.operand, value.determined):
        if builder.traits(operand).carried:
            low.collector.error(
                "E0609", f"where the path of `{drawing.key[1]}` starts depends on what the deal does from day to day",
                span, label="not known when it is drawn", help="say where it starts: `start = 100%`",
            )  # fmt: skip
            raise NotLowered
    return Value(_at_closing(drawing, value.operand), _at_closing(drawing, value.determined))


def _at_closing(drawing: Drawing, operand: Operand) -> Operand:
    values = drawing.builder.table_values(operand) if operand.rows is None else None
    if values is not None:
        value = values[drawing.closing]
        return Literal(bool(value) if operand.kind == "bool" else value, operand.kind)
    return at_position(drawing.low, operand, (drawing.closing,) * len(drawing.dates))


def _steps(drawing: Drawing) -> tuple[tuple[int, ...], Operand]:
    """The dates after closing on which a path steps, and the years of each step by actual/365 (0 on other dates)."""
    clock = drawing.clock or drawing.low.every
    places = tuple(place for place, on in enumerate(clock.on) if on and place > drawing.closing)
    years = [Fraction(0)] * len(drawing.dates)
    for before, place in zip((drawing.closing, *places), places, strict=False):
        years[place] = Fraction((drawing.dates[place] - drawing.dates[before]).days, 365)
    return places, drawing.builder.by_date(f"years of {clock.name} steps", tuple(years))


def _geometric(drawing: Drawing) -> Value:
    builder = drawing.builder
    start, drift, volatility = _start(drawing), _parameter(drawing, "drift"), _parameter(drawing, "volatility")
    _refuse_negative(drawing, "gbm")
    determined = _all(builder, start, drift, volatility)
    places, years = _steps(drawing)
    if not places:
        return Value(start.operand, determined)
    standard = _leaf(drawing, "normal", places)
    path = geometric_path(builder, drawing.factor, start.operand, drift.operand, volatility.operand, years, standard)
    return Value(path, determined)


def _reverting(drawing: Drawing) -> Value:
    builder = drawing.builder
    start = _start(drawing)
    mean, speed, volatility = (_parameter(drawing, part) for part in ("mean", "speed", "volatility"))
    _refuse_negative(drawing, "mean_reverting")
    determined = _all(builder, start, mean, speed, volatility)
    places, years = _steps(drawing)
    if not places:
        return Value(start.operand, determined)
    path = mean_reverting_path(
        builder, drawing.factor, start.operand, mean.operand, speed.operand, volatility.operand, years,
        _leaf(drawing, "normal", places),
    )  # fmt: skip
    return Value(path, determined)


def _default(drawing: Drawing) -> Value:
    low, builder = drawing.low, drawing.builder
    closing = drawing.dates[drawing.closing]
    node = drawing.bound.values["hazard"]
    found = lower(low, node, drawing.scope, Moment("opening", low.every))
    if isinstance(found, Value):
        _known(drawing, found, "hazard")
        _refuse_negative(drawing, "first_default")
        pieces: list[tuple[Fraction | None, Operand]] = [(None, found.operand)]
        determined = found.determined
    elif isinstance(found, PairsValue) and found.items:
        pieces = _hazard_points(drawing, found)
        determined = _all(builder, *(rate for _, rate in found.items))
    else:
        low.collector.error(
            "E0613", "a default is drawn from a rate per year, or one for each of some years", node.span,
            help="`first_default(2% per year)`, or `first_default([1 year: 2%, 3 years: 3%])`",
        )  # fmt: skip
        raise NotLowered
    return Value(default_date(builder, closing, pieces, _leaf(drawing, "uniform")), determined)


def _hazard_points(drawing: Drawing, found: PairsValue) -> list[tuple[Fraction | None, Operand]]:
    """Rates of default up to so many years after closing; the last goes on for ever."""
    closing = drawing.dates[drawing.closing]
    span = drawing.span("hazard")
    pieces: list[tuple[Fraction | None, Operand]] = []
    before = Fraction(0)
    for until, rate in found.items:
        if not isinstance(until.operand, Literal):
            drawing.low.collector.error("E0614", "the points of a default rate are fixed when the deal is read", span)
            raise NotLowered
        years = Fraction(until.operand.value)
        if until.operand.kind == "date":
            years = (years - closing.toordinal()) / 365
        if years <= before:
            drawing.low.collector.error(
                "E0614", "the points of a default rate rise, from closing on", span, help="`[1 year: 2%, 3 years: 3%]`"
            )
            raise NotLowered
        _known(drawing, rate, "hazard")
        if isinstance(rate.operand, Literal) and rate.operand.value < 0:
            _none(drawing, "a default rate is below zero", span)
        pieces.append((years, rate.operand))
        before = years
    pieces[-1] = (None, pieces[-1][1])
    return pieces


def _misplaced(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """A distribution anywhere but after `drawn from`."""
    low.collector.error(
        "E0611", f"`{expression.function.text}` is a distribution: it stands after `drawn from`", expression.span,
        label="nothing is drawn here",
        help=f"`simulate {{ paths = 10_000; x drawn from {expression.function.text}(...) }}`",
    )  # fmt: skip
    raise NotLowered


RULES = dict.fromkeys(DISTRIBUTIONS, _misplaced)
