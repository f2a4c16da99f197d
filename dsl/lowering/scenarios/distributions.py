"""The distributions of a simulation: their arguments checked, their standard draws declared, their equations made."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal as OneOf

import attrs

from ....engine.ir import Axis, Input, Literal, Operand, Random, Span, Var
from ....engine.primitives.curve_points import pillar_dates
from ... import syntax
from ...names.deal import Scope
from ...time.clocks import Clock
from ...vocabulary.builtins import Bound
from ..building.builder import TRUE, Builder, Traits, number
from ..context.dispatch import lower, value_of
from ..context.keys import Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import EntryValue, NotLowered, PairsValue, Value
from ..credit.curve_entries import as_curve
from ..credit.curves import credit_points
from ..expressions.dated import at_position
from ..figures.flows import gathered
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
from .joined import Copula, alone, joined

Name = OneOf["normal", "lognormal", "uniform", "triangular", "exponential", "gbm", "mean_reverting", "first_default"]

DISTRIBUTIONS: Mapping[str, Name] = {
    "normal": "normal",
    "lognormal": "lognormal",
    "uniform": "uniform",
    "triangular": "triangular",
    "exponential": "exponential",
    "gbm": "gbm",
    "mean_reverting": "mean_reverting",
    "first_default": "first_default",
}

PATHS = ("gbm", "mean_reverting")

NOT_NEGATIVE: Mapping[str, tuple[str, ...]] = {
    "normal": ("deviation",),
    "lognormal": ("deviation",),
    "gbm": ("volatility",),
    "mean_reverting": ("speed", "volatility"),
    "first_default": ("hazard",),
}


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
    copula: Copula | None = None

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


def distribution(drawing: Drawing, name: Name) -> Value:
    """The equations of one draw. Raises `NotLowered` once it has reported what is wrong with its arguments."""
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
            standard = _standard(drawing)
            formula = normal if name == "normal" else lognormal
            return Value(formula(builder, mean.operand, deviation.operand, standard), _all(builder, mean, deviation))
        case "uniform":
            low, high = _parameter(drawing, "low"), _parameter(drawing, "high")
            _refuse_order(drawing, [("low", low), ("high", high)])
            operand = uniform(builder, low.operand, high.operand, _share(drawing))
            return Value(operand, _all(builder, low, high))
        case "triangular":
            low, mode, high = (_parameter(drawing, part) for part in ("low", "mode", "high"))
            _refuse_order(drawing, [("low", low), ("mode", mode), ("high", high)])
            share = _share(drawing)
            operand = triangular(builder, low.operand, mode.operand, high.operand, share)
            return Value(operand, _all(builder, low, mode, high))
        case "exponential":
            rate = _parameter(drawing, "rate")
            if isinstance(rate.operand, Literal) and rate.operand.value <= 0:
                _none(drawing, "the rate of an exponential wait must be above zero", drawing.span("rate"))
            operand, possible = exponential(builder, rate.operand, _share(drawing, falling=True))
            return Value(operand, builder.both(rate.determined, possible))


def _all(builder: Builder, *values: Value) -> Operand:
    determined: Operand = TRUE
    for value in values:
        determined = builder.both(determined, value.determined)
    return determined


def _standard(drawing: Drawing, steps: tuple[int, ...] | None = None) -> Operand:
    """A standard normal of this draw, joined to others where it is."""
    own = _leaf(drawing, "normal", steps)
    low = drawing.low
    if drawing.copula is None:
        low.memory.ranks[drawing.key] = lambda: alone(drawing.key, own, drawing.clock, drawing.family)
        return own
    rank = joined(low, drawing.key, drawing.copula, own, drawing.clock, drawing.family)
    low.memory.ranks[drawing.key] = lambda: rank
    return rank.operand


def _share(drawing: Drawing, falling: bool = False) -> Operand:
    """A standard uniform of this draw. ``falling``: a high one is a low value, so its rank is that of one less it."""
    own = _leaf(drawing, "uniform")
    low, builder = drawing.low, drawing.builder

    def turned(x: Operand) -> Operand:
        return builder.emit("negate", x) if falling else x

    def standard() -> Operand:
        return turned(builder.emit("normal_quantile", own))

    if drawing.copula is None:
        low.memory.ranks[drawing.key] = lambda: alone(drawing.key, standard(), drawing.clock, drawing.family)
        return own
    rank = joined(low, drawing.key, drawing.copula, standard(), drawing.clock, drawing.family)
    low.memory.ranks[drawing.key] = lambda: rank
    # An early default is as far in the tail as it can be told apart: never at 0 or 1 itself.
    share = builder.emit("normal_cdf", turned(rank.operand))
    return builder.minimum(builder.maximum(share, number(Fraction(1, 2**54))), number(1 - Fraction(1, 2**53)))


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
            var.name,
            var,
            tuple(axes),
            random=Random(distribution, drawing.factor),
            dates=positions,
            origin=low.builder.origin,
        ),
        traits,
    )
    return var


def _parameter(drawing: Drawing, name: str) -> Value:
    """An argument of a distribution on each date that is drawn, or the one for all: known before the day begins."""
    low = drawing.low
    moment = Moment("opening", drawing.clock or low.every)
    value = value_of(low, drawing.bound.values[name], drawing.scope, moment)
    _known(drawing, value, name)
    if value.operand.kind == "date":
        value = Value(low.builder.emit("to_number", value.operand), value.determined)
    clock = drawing.clock
    if clock is None:
        return value
    # A draw holds until the next, so what it is made of is that of the date it was drawn on.
    latest = _latest(clock)
    return Value(gathered(low.builder, value.operand, latest), gathered(low.builder, value.determined, latest))


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
                "E0609",
                f"`{name}` depends on what the deal does from day to day, and `{drawing.key.name}` is drawn before",
                drawing.span(name),
                label="not known when it is drawn",
                help="a distribution is made of terms, series from outside, and other draws",
            )
            raise NotLowered
        if traits.date and drawing.clock is None:
            drawing.low.collector.error(
                "E0609",
                f"`{name}` varies by date, and `{drawing.key.name}` is drawn once a scenario",
                drawing.span(name),
                label="which date's value?",
                help="say of which date: `x on 2026-01-15`",
            )
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
    for (first, least), (second, most) in pairwise(known):
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
                "E0609",
                f"where the path of `{drawing.key.name}` starts depends on what the deal does from day to day",
                span,
                label="not known when it is drawn",
                help="say where it starts: `start = 100%`",
            )
            raise NotLowered
    return Value(_at_closing(drawing, value.operand), _at_closing(drawing, value.determined))


def _at_closing(drawing: Drawing, operand: Operand) -> Operand:
    values = drawing.builder.table_values(operand) if operand.rows is None else None
    if values is not None:
        value = values[drawing.closing]
        return Literal(bool(value) if operand.kind == "bool" else value, operand.kind)
    return at_position(drawing.low.builder, operand, (drawing.closing,) * len(drawing.dates))


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
    standard = _standard(drawing, places)
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
        builder,
        drawing.factor,
        start.operand,
        mean.operand,
        speed.operand,
        volatility.operand,
        years,
        _standard(drawing, places),
    )
    return Value(path, determined)


def _default(drawing: Drawing) -> Value:
    low, builder = drawing.low, drawing.builder
    closing = drawing.dates[drawing.closing]
    node = drawing.bound.values["hazard"]
    pieces: list[tuple[Fraction | None, Operand]]
    found = lower(low, node, drawing.scope, Moment("opening", low.every))
    named = as_curve(found) if isinstance(found, EntryValue) else None
    if named is not None:
        pieces, determined = _curve_pieces(drawing, node)
    elif isinstance(found, Value):
        _known(drawing, found, "hazard")
        _refuse_negative(drawing, "first_default")
        pieces, determined = [(None, found.operand)], found.determined
    elif isinstance(found, PairsValue) and found.items:
        pieces = _hazard_points(drawing, found)
        determined = _all(builder, *(rate for _, rate in found.items))
    else:
        low.collector.error(
            "E0613",
            "a default is drawn from a credit curve, a rate per year, or one for each of some years",
            node.span,
            help="`first_default(openlab)`, `first_default(2% per year)` or `first_default([1 year: 2%, 3 years: 3%])`",
        )
        raise NotLowered
    return Value(default_date(builder, closing, pieces, _share(drawing, falling=True)), determined)


def _curve_pieces(drawing: Drawing, node: syntax.Expression) -> tuple[list[tuple[Fraction | None, Operand]], Operand]:
    """A credit curve's default rates from closing on, of a name that has not defaulted by then."""
    low = drawing.low
    points = credit_points(low, node, drawing.scope, Moment("opening", low.every))
    traded = points.traded
    if not isinstance(traded, Literal):
        low.collector.error(
            "E0609",
            f"`{points.entry.name}` is made anew on every date, and `{drawing.key.name}` is drawn once a scenario",
            node.span,
            label="which date's curve?",
            help="draw from a curve of one date",
        )
        raise NotLowered
    closing = drawing.dates[drawing.closing].toordinal()
    pieces: list[tuple[Fraction | None, Operand]] = []
    for date, rate in zip(pillar_dates(int(traded.value), points.pillars, ""), points.operands, strict=True):
        _known(drawing, Value(rate, points.determined), "hazard")
        if date.toordinal() > closing:
            pieces.append((Fraction(date.toordinal() - closing, 365), rate))
    if not pieces:
        pieces = [(None, points.operands[-1])]
    pieces[-1] = (None, pieces[-1][1])
    return pieces, points.determined


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
