"""Discounting at one yield by the field's conventions, the spreads over a curve, and what they solve.

``compounding`` is how a nominal yield y discounts:

``"compounded"``  (1 + y/m) ** (-m * t) for ``frequency`` m times a year; m = 0 is continuous, exp(-y * t)
``"simple"``      1 / (1 + y * s) for each period s of the bond, one after the other, as a loan accrues: on a payment
                  date a bond at par yields its coupon. With one flow to come it is the money markets' yield
``"simple then compounded"``  simply to the next payment, compounded m times a year from it: the United States
                  Treasury's yield, where the part of a period that is left is simple interest (31 CFR 356, Appendix B).
                  In a long first period that is the part of the regular period of settlement, up to the next date on
                  which a coupon would have been paid (section II.C, E and G): ``simple_to``, years from settlement

They are QuantLib's ``Compounded``, ``Continuous``, ``Simple`` and ``SimpleThenCompounded``: its bond functions go from
flow to flow as well, and its last is simple over the whole of a long first period. A flow at time 0 or before it is the
seller's and does not count.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, get_args

import attrs
import numpy as np

from .arrays import Array, Figure, Numbers, aligned, numbers, ratio, settled
from .roots import KNOTS, LIMIT, Evaluate, bracketed_root, first_root, magnitude

Compounding = Literal["compounded", "simple", "simple then compounded"]

CONVENTIONS: tuple[Compounding, ...] = get_args(Compounding)

LEAST = 1e-9
"""How near to nothing the growth over a flow's time may come: beyond it no value is determined."""


def convention(compounding: str, frequency: int) -> Compounding:
    """The convention of that name.

    Raises ValueError for another, for a frequency below zero, and for continuous compounding after simple.
    """
    if compounding not in CONVENTIONS:
        raise ValueError(f"no compounding is called {compounding!r}")
    if frequency < 0 or (compounding == "simple then compounded" and not frequency):
        raise ValueError(f"compounding {frequency} times a year")
    return compounding


Part = tuple[float, int | None]
"""A stretch of time, and how it discounts: m times a year, 0 continuously, None simply."""


@attrs.frozen(eq=False)
class Period:
    """A date after settlement: its position, the parts of time since its period began, whether that ends there."""

    place: int
    parts: tuple[Part, ...]
    ends: bool


def _parts(span: float, first: bool, kind: Compounding, frequency: int, simple_to: float | None) -> tuple[Part, ...]:
    """The parts of a stretch that begins with a period. ``first``: with the one of settlement."""
    if kind == "simple" or (kind == "simple then compounded" and first):
        if kind == "simple" or simple_to is None or span <= simple_to:
            return ((span, None),)
        return ((simple_to, None), (span - simple_to, frequency))
    return ((span, frequency),)


def _factor(rate: Array, time: float, frequency: int | None) -> tuple[Array, Array, Array, Array]:
    """The discount factor of one period, the first and second derivative of its logarithm, and where it is sound."""
    if frequency is None:
        growth = 1.0 + rate * time
        sound = growth > LEAST
        growth = np.where(sound, growth, 1.0)
        return 1.0 / growth, -time / growth, time * time / (growth * growth), sound
    if not frequency:
        return (
            np.exp(-time * rate),
            np.full(rate.shape, -time),
            np.zeros(rate.shape),
            np.ones(rate.shape, dtype=np.bool_),
        )
    growth = 1.0 + rate / frequency
    sound = growth > LEAST
    growth = np.where(sound, growth, 1.0)
    factor = np.exp(-frequency * time * np.log(growth))
    return factor, -time / growth, time / (frequency * growth * growth), sound


def periods(
    times: Array, starts: Array, compounding: Compounding, frequency: int, simple_to: float | str | None = None
) -> list[Period]:
    """The dates after settlement, each with its period.

    ``starts``: for each date the time at which its period began, 0 in the first. A date is the end of a period where
    a later one starts at its time. ``simple_to``: where simple interest ends within a long first period.
    """
    until = None if simple_to is None else float(Fraction(simple_to))
    later = set(starts[times > 0.0].tolist())
    return [
        Period(
            place,
            _parts(float(time - start), bool(start <= 0.0), compounding, frequency, until),
            float(time) in later,
        )
        for place, (time, start) in enumerate(zip(times, starts, strict=True))
        if time > 0.0
    ]


def starts_of(times: Array, starts: Numbers | None) -> Array:
    """Where each date's period began; where that is not said, every date ends one."""
    if starts is not None:
        return numbers(starts, len(times), "starts")
    found: Array = np.zeros(len(times))
    reached = 0.0
    for place, time in enumerate(times):
        found[place] = min(reached, time)
        reached = max(reached, float(time), 0.0)
    return found


def moments(flows: Array, nominal_yield: Array, dates: list[Period]) -> tuple[Array, Array, Array, Array]:
    """The value of the flows after settlement at a yield, its first and second derivative by it, and where sound."""
    rate = np.asarray(nominal_yield, dtype=np.float64)
    lanes = np.broadcast_shapes(flows.shape[1:], rate.shape)
    value, slope, curve = np.zeros(lanes), np.zeros(lanes), np.zeros(lanes)
    sound = np.isfinite(np.broadcast_to(rate, lanes))
    base, first, second = np.ones(rate.shape), np.zeros(rate.shape), np.zeros(rate.shape)
    good = np.ones(rate.shape, dtype=np.bool_)
    with np.errstate(over="ignore", invalid="ignore"):
        for date in dates:
            factor, one, two, there = base, first, second, good
            for span, way in date.parts:
                by, slope_by, curve_by, sound_by = _factor(rate, span, way)
                factor, one, two, there = factor * by, one + slope_by, two + curve_by, there & sound_by
            row = flows[date.place]
            counts = row != 0.0
            # A flow of zero counts for nothing even where its factor is not sound.
            value = value + np.where(counts, row * factor, 0.0)
            slope = slope + np.where(counts, row * factor * one, 0.0)
            curve = curve + np.where(counts, row * factor * (one * one + two), 0.0)
            sound = sound & (there | ~counts)
            if date.ends:
                base, first, second, good = factor, one, two, there
    return value, slope, curve, sound


def yield_by(flows: Array, paid: Array, dates: list[Period]) -> Figure:
    """The nominal yield at which the flows after settlement are worth what is paid, by any convention.

    Of flows that are never below zero there is one at most; of others the nearest zero within 3,000%.
    """

    def evaluate(rate: Array, flows: Array, paid: Array) -> tuple[Array, Array]:
        value, slope = np.zeros_like(rate), np.zeros_like(rate)
        base, first = np.ones_like(rate), np.zeros_like(rate)
        for row, date in zip(flows, dates, strict=True):
            factor, one = base, first
            for span, way in date.parts:
                by, slope_by = _bounded(rate, span, way)
                factor, one = factor * by, one + slope_by
            value = value + row * factor
            slope = slope + row * factor * one
            if date.ends:
                base, first = factor, one
        return value - paid, slope

    parts = [part for date in dates for part in date.parts]
    bounds = [1.0 / span for span, way in parts if span > 0.0 and way is None]
    bounds += [float(way) for _, way in parts if way]
    shape = np.broadcast_shapes(flows.shape[1:], paid.shape)
    rows = [date.place for date in dates]
    kept = np.broadcast_to(flows[rows], (len(rows), *shape)).reshape(len(rows), -1)
    price = np.broadcast_to(paid, shape).reshape(-1)
    (kept, price), sound = scaled(kept, price)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        least = np.full(price.shape, -min(bounds, default=LIMIT) * (1.0 - 1e-6))
        root, found = root_of(evaluate, (kept, price), least, np.full(price.shape, 0.05))
    return settled(root.reshape(shape), (found & sound).reshape(shape))


def scaled(flows: Array, paid: Array) -> tuple[tuple[Array, Array], Array]:
    """Flows [date, lane] and a price [lane] by a power of two that brings them under 1, and where there are any."""
    largest = np.maximum(np.max(np.abs(flows), axis=0, initial=0.0), np.abs(paid))
    sound = np.isfinite(largest) & (flows != 0.0).any(axis=0)
    scale = -magnitude(np.where(sound, largest, 1.0))
    with np.errstate(over="ignore", invalid="ignore"):
        return (np.where(sound, np.ldexp(flows, scale), 0.0), np.where(sound, np.ldexp(paid, scale), 1.0)), sound


def _bounded(rate: Array, time: float, frequency: int | None) -> tuple[Array, Array]:
    """As :func:`_factor`, kept a number where the growth comes to nothing: a bound of the search."""
    if frequency is None:
        growth = np.maximum(1.0 + rate * time, LEAST)
        return 1.0 / growth, -time / growth
    if not frequency:
        return np.exp(-time * rate), np.full(rate.shape, -time)
    growth = np.maximum(1.0 + rate / frequency, LEAST)
    return np.exp(-frequency * time * np.log(growth)), -time / growth


def root_of(evaluate: Evaluate, data: tuple[Array, ...], least: Array, guess: Array) -> Figure:
    """The root nearest zero from ``least``, below it, to :data:`LIMIT`. ``data``: flows first, the price last.

    Flows that are never below zero are worth less at every higher rate: they have one root, on a known side of zero.
    """
    flows, paid = data[0], data[-1]
    lanes = paid.shape
    worth, _ = evaluate(np.zeros(lanes), *data)
    above = worth > 0.0
    far = np.where(above, LIMIT, least)
    at_far, _ = evaluate(far, *data)
    plain = np.logical_and.reduce(flows >= 0.0, axis=0) & (paid > 0.0)
    found = plain & np.where(above, at_far <= 0.0, at_far >= 0.0)
    root = bracketed_root(evaluate, data, np.zeros(lanes), far, above, np.where(above, guess, 0.0))
    root = np.where(found, root, 0.0)
    mixed = np.flatnonzero(~plain)
    if len(mixed):
        part = tuple(array[..., mixed] for array in data)
        nearest = float(np.max(least[mixed]))
        up, has_up = first_root(evaluate, part, KNOTS)
        down, has_down = first_root(evaluate, part, np.append(-KNOTS[-nearest > KNOTS], nearest))
        root[mixed] = np.where(has_up & (~has_down | (up <= -down)), up, down)
        found[mixed] = has_up | has_down
    return root, found


def z_spread(flows: Array, zero: Array, price: Array, *, times: Numbers, frequency: int = 2) -> Figure:
    """The spread over zero rates at which flows are worth the price paid (the zero-volatility spread).

    ``flows``, ``zero`` [date, scenario]: the zero rate per year from settlement to each date, compounded
    ``frequency`` times a year (0: continuously), as the spread is. ``price`` [scenario], dirty. The spread s solves
    price = sum of flow * (1 + (zero + s)/m) ** (-m * t): Fabozzi, *Bond Markets, Analysis and Strategies*, ch. 5.
    Of several the nearest zero; not determined where none within 3,000% solves it.
    """
    convention("compounded", frequency)
    flows, zero = aligned(flows, zero)
    spans = numbers(times, len(flows), "z_spread")
    counted = spans > 0.0
    later = spans[counted]
    paid = np.asarray(price, dtype=np.float64)
    shape = np.broadcast_shapes(flows.shape[1:], paid.shape)
    rates = np.broadcast_to(zero[counted], (len(later), *shape)).reshape(len(later), -1)
    flat = np.broadcast_to(flows[counted], (len(later), *shape)).reshape(len(later), -1)
    price_ = np.broadcast_to(paid, shape).reshape(-1)

    def evaluate(spread: Array, flows: Array, rates: Array, paid: Array) -> tuple[Array, Array]:
        value, slope = np.zeros_like(spread), np.zeros_like(spread)
        for row, rate, time in zip(flows, rates, later, strict=True):
            factor, one = _bounded(rate + spread, float(time), frequency)
            value = value + row * factor
            slope = slope + row * factor * one
        return value - paid, slope

    (flat, price_), sound = scaled(flat, price_)
    sound &= np.isfinite(rates).all(axis=0)
    rates = np.where(sound, rates, 0.0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        # The spread at which the growth of the flow with the lowest rate would come to nothing.
        least = -(frequency + np.min(rates, axis=0, initial=LIMIT)) if frequency else np.full(price_.shape, -LIMIT)
        least = np.minimum(least * (1.0 - 1e-6), -LEAST)
        spread, found = root_of(evaluate, (flat, rates, price_), least, np.zeros(price_.shape))
    return settled(spread.reshape(shape), (found & sound).reshape(shape))


def asset_swap_spread(
    flows: Array,
    zero: Array,
    balance: Array,
    price: Array,
    *,
    times: Numbers,
    fractions: Numbers,
    frequency: int = 2,
) -> Figure:
    """The par asset-swap spread: what a swap of the flows pays over its index, bought with the bond for par.

    ``flows``, ``zero`` [date, scenario] as for :func:`z_spread`; ``balance`` [date, scenario]: what is outstanding
    over the period that ends on the date; ``price`` [scenario], dirty; ``fractions``: that period as a part of a year
    by the floating leg's day count, from settlement for the first, 0 up to settlement. On a curve that both discounts
    and projects, (value of the flows - price) / sum of balance * fraction * discount factor: O'Kane, *Modelling
    Single-name and Multi-name Credit Derivatives*, section 3.3 and chapter 4.
    """
    convention("compounded", frequency)
    flows, zero, balance = aligned(flows, zero, balance)
    spans = numbers(times, len(flows), "asset_swap_spread")
    parts = numbers(fractions, len(flows), "asset_swap_spread")
    paid = np.asarray(price, dtype=np.float64)
    lanes = np.broadcast_shapes(flows.shape[1:], paid.shape)
    worth, annuity, sound = np.zeros(lanes), np.zeros(lanes), np.ones(lanes, dtype=np.bool_)
    with np.errstate(over="ignore", invalid="ignore"):
        for row, rate, held, time, part in zip(flows, zero, balance, spans, parts, strict=True):
            if time > 0.0:
                factor, _, _, good = _factor(rate, float(time), frequency)
                worth = worth + row * factor
                annuity = annuity + held * part * factor
                sound = sound & good
        return ratio(worth - paid, annuity, sound)
