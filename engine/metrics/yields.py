"""Rates and prices of flows: IRR, XIRR, yield, price, duration, convexity, discount margin.

Rates are per year. Where a compounding ``frequency`` m is asked for, a nominal rate y discounts a flow
t years away by (1 + y/m) ** (-m * t); m = 0 is continuous compounding, exp(-y * t). ``compounding`` names
another convention: those of `discount.py`, with ``starts`` for each date the time at which the bond's period
that it lies in began, and ``simple_to`` where simple interest ends in a long first one. Times are year
fractions from the settlement date, by whatever day count the caller works them out: a flow at time 0
or before it is the seller's and does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import Array, Figure, Numbers, aligned, numbers, ratio, settled
from .discount import convention, moments, periods, starts_of, yield_by
from .roots import KNOTS, LIMIT, Evaluate, bracketed_root, first_root, magnitude, nearest_rate


def irr(flows: Array, *, frequency: int = 1, positions: Sequence[int] | None = None) -> Figure:
    """Internal rate of return of flows on equally spaced dates, nominal: ``frequency`` * periodic rate.

    ``flows`` [date, scenario], what is invested below zero; ``frequency`` periods a year; ``positions``
    picks the dates of one schedule out of a longer timeline. The periodic rate r solves
    sum(flow_k / (1 + r)**k) = 0 (Brealey, Myers & Allen, *Principles of Corporate Finance*, ch. 5; the
    IRR of a spreadsheet). Not determined without a change of sign, or where no periodic rate within
    exp(±30) - 1 solves it. Of several rates it is the one nearest zero by |log(1 + r)|: of flows that
    end with a cost it is the rate of the investment, not the one near -100%.
    """
    (flows,) = aligned(flows)
    if positions is not None:
        flows = flows[np.asarray(positions, dtype=np.intp)]
    rate, found = _solved(flows, np.arange(len(flows), dtype=np.float64))
    return settled(frequency * np.expm1(rate), found)


def xirr(flows: Array, *, times: Numbers) -> Figure:
    """Internal rate of return of flows on any dates, effective per year.

    ``flows`` [date, scenario]; ``times`` a year fraction a date, from any day (a shift changes
    nothing). The rate r solves sum(flow / (1 + r)**time) = 0, the XIRR of a spreadsheet when the times
    are days / 365. Determined, and chosen among several, as for :func:`irr`.
    """
    (flows,) = aligned(flows)
    rate, found = _solved(flows, numbers(times, len(flows), "xirr"))
    return settled(np.expm1(rate), found)


def _solved(flows: Array, times: Array) -> Figure:
    shape = flows.shape[1:]
    rate, found = nearest_rate(flows.reshape(len(flows), -1), times)
    return rate.reshape(shape), found.reshape(shape)


def _nominal(rate: Array, frequency: int) -> Array:
    """A continuous rate as a nominal one."""
    if frequency < 0:
        raise ValueError(f"compounding {frequency} times a year")
    nominal: Array = frequency * np.expm1(rate / frequency) if frequency else rate
    return nominal


def _continuous(rate: Array, frequency: int) -> Figure:
    """A nominal rate as a continuous one; not determined at or below -100% a period."""
    if frequency < 0:
        raise ValueError(f"compounding {frequency} times a year")
    rate = np.asarray(rate, dtype=np.float64)
    if not frequency:
        return settled(rate)
    sound = rate / frequency > -1.0
    return settled(frequency * np.log1p(np.where(sound, rate / frequency, 0.0)), sound)


def _moments(flows: Array, rate: Array, times: Array) -> tuple[Array, Array, Array]:
    """sum(w), sum(t * w) and sum(t * t * w) of the flows after settlement, w = flow * exp(-rate * t)."""
    lanes = np.broadcast_shapes(flows.shape[1:], rate.shape)
    value, first, second = np.zeros(lanes), np.zeros(lanes), np.zeros(lanes)
    with np.errstate(over="ignore", invalid="ignore"):
        for row, time in zip(flows, times, strict=True):
            if time > 0.0:
                # A flow of zero counts for nothing even where its factor overflows.
                weighted = np.where(row == 0.0, 0.0, row * np.exp(-time * rate))
                value = value + weighted
                first = first + time * weighted
                second = second + time * time * weighted
    return value, first, second


def price(
    flows: Array,
    nominal_yield: Array,
    *,
    times: Numbers,
    frequency: int = 2,
    compounding: str = "compounded",
    starts: Numbers | None = None,
    simple_to: float | str | None = None,
) -> Figure:
    """The dirty price: present value at settlement of the flows after it, at a yield.

    ``flows`` [date, scenario], ``nominal_yield`` [scenario]. One yield for all flows, as ICMA computes it:
    Brown, *Bond Markets: Structures and Yield Calculations*; Fabozzi, *Bond Markets*, ch. 2. Not determined
    at a yield of -100% a period or below.
    """
    (flows,) = aligned(flows)
    spans = numbers(times, len(flows), "price")
    if (kind := convention(compounding, frequency)) != "compounded":
        dates = periods(spans, starts_of(spans, starts), kind, frequency, simple_to)
        worth, _, _, good = moments(flows, nominal_yield, dates)
        return settled(worth, good)
    rate, sound = _continuous(nominal_yield, frequency)
    value, _, _ = _moments(flows, rate, spans)
    return settled(value, sound)


def clean_price(dirty: Array, accrued: Array) -> Figure:
    """The quoted price: dirty price less accrued interest, both [scenario] and in the same money."""
    return settled(np.asarray(dirty, dtype=np.float64) - accrued)


def dirty_price(clean: Array, accrued: Array) -> Figure:
    """What is paid: clean price plus accrued interest, both [scenario] and in the same money."""
    return settled(np.asarray(clean, dtype=np.float64) + accrued)


def yield_to_maturity(
    flows: Array,
    price: Array,
    accrued: Array | None = None,
    *,
    times: Numbers,
    frequency: int = 2,
    compounding: str = "compounded",
    starts: Numbers | None = None,
    simple_to: float | str | None = None,
) -> Figure:
    """The nominal yield, compounded ``frequency`` times a year, at which :func:`price` is the price paid.

    ``flows`` [date, scenario]; ``price`` [scenario] dirty, or clean where ``accrued`` [scenario] is
    given, which is added to it. Fabozzi, *Bond Markets, Analysis and Strategies*, ch. 3.
    Determined, and chosen among several, as for :func:`irr`.
    """
    (flows,) = aligned(flows)
    spans = numbers(times, len(flows), "yield_to_maturity")
    paid = np.asarray(price, dtype=np.float64)
    if accrued is not None:
        paid = paid + accrued
    if (kind := convention(compounding, frequency)) != "compounded":
        dates = periods(spans, starts_of(spans, starts), kind, frequency, simple_to)
        return yield_by(flows, paid, dates)
    rate, found = _bought(flows, paid, spans)
    with np.errstate(over="ignore"):
        return settled(_nominal(rate, frequency), found)


def _bought(flows: Array, paid: Array, times: Array) -> Figure:
    """The continuous yield of the flows after settlement for what is paid at it."""
    lanes = np.broadcast_shapes(flows.shape[1:], paid.shape)
    later = times > 0.0
    kept = np.broadcast_to(flows[later], (int(later.sum()), *lanes))
    first = np.broadcast_to(-paid, lanes)[None]
    return _solved(np.concatenate([first, kept]), np.concatenate([[0.0], times[later]]))


def macaulay_duration(flows: Array, nominal_yield: Array, *, times: Numbers, frequency: int = 2) -> Figure:
    """Macaulay duration in years: the mean time to the flows, weighted by their present values at a yield.

    ``flows`` [date, scenario], ``nominal_yield`` [scenario]. Macaulay 1938; Fabozzi, ch. 4. Not
    determined where the price is zero.
    """
    (flows,) = aligned(flows)
    rate, sound = _continuous(nominal_yield, frequency)
    value, first, _ = _moments(flows, rate, numbers(times, len(flows), "macaulay_duration"))
    return ratio(first, value, sound)


def modified_duration(
    flows: Array,
    nominal_yield: Array,
    *,
    times: Numbers,
    frequency: int = 2,
    compounding: str = "compounded",
    starts: Numbers | None = None,
    simple_to: float | str | None = None,
) -> Figure:
    """Modified duration in years, -(dP/dy) / P: Macaulay duration / (1 + y/m) where compounded. Fabozzi, ch. 4."""
    if (kind := convention(compounding, frequency)) != "compounded":
        (flows,) = aligned(flows)
        spans = numbers(times, len(flows), "modified_duration")
        dates = periods(spans, starts_of(spans, starts), kind, frequency, simple_to)
        value, slope, _, good = moments(flows, nominal_yield, dates)
        return ratio(-slope, value, good)
    duration, sound = macaulay_duration(flows, nominal_yield, times=times, frequency=frequency)
    return ratio(duration, _per_period(nominal_yield, frequency), sound)


def convexity(
    flows: Array,
    nominal_yield: Array,
    *,
    times: Numbers,
    frequency: int = 2,
    compounding: str = "compounded",
    starts: Numbers | None = None,
    simple_to: float | str | None = None,
) -> Figure:
    """Convexity in years squared, (d2P/dy2) / P: sum(t * (t + 1/m) * present value) / (P * (1 + y/m)**2).

    With continuous compounding sum(t**2 * present value) / P. Fabozzi, ch. 4.
    """
    (flows,) = aligned(flows)
    spans = numbers(times, len(flows), "convexity")
    if (kind := convention(compounding, frequency)) != "compounded":
        dates = periods(spans, starts_of(spans, starts), kind, frequency, simple_to)
        worth, _, curve, good = moments(flows, nominal_yield, dates)
        return ratio(curve, worth, good)
    rate, sound = _continuous(nominal_yield, frequency)
    value, first, second = _moments(flows, rate, spans)
    growth = _per_period(nominal_yield, frequency)
    with np.errstate(over="ignore", invalid="ignore"):
        summed = second + first / frequency if frequency else second
        return ratio(summed, value * growth * growth, sound)


def basis_point_value(
    flows: Array,
    nominal_yield: Array,
    *,
    times: Numbers,
    frequency: int = 2,
    compounding: str = "compounded",
    starts: Numbers | None = None,
    simple_to: float | str | None = None,
) -> Figure:
    """What a basis point less yield adds to the price, to first order: modified duration * price / 10,000."""
    duration, sound = modified_duration(
        flows,
        nominal_yield,
        times=times,
        frequency=frequency,
        compounding=compounding,
        starts=starts,
        simple_to=simple_to,
    )
    value, known = price(
        flows,
        nominal_yield,
        times=times,
        frequency=frequency,
        compounding=compounding,
        starts=starts,
        simple_to=simple_to,
    )
    with np.errstate(over="ignore"):
        return settled(duration * value / 10_000.0, sound & known)


def macaulay_duration_at_price(flows: Array, price: Array, *, times: Numbers, frequency: int = 2) -> Figure:
    """:func:`macaulay_duration` at the yield of a dirty price [scenario]; it is the same at any frequency."""
    rate, sound = yield_to_maturity(flows, price, times=times, frequency=frequency)
    return _also(macaulay_duration(flows, rate, times=times, frequency=frequency), sound)


def modified_duration_at_price(flows: Array, price: Array, *, times: Numbers, frequency: int = 2) -> Figure:
    """:func:`modified_duration` at the yield of a dirty price [scenario]."""
    rate, sound = yield_to_maturity(flows, price, times=times, frequency=frequency)
    return _also(modified_duration(flows, rate, times=times, frequency=frequency), sound)


def convexity_at_price(flows: Array, price: Array, *, times: Numbers, frequency: int = 2) -> Figure:
    """:func:`convexity` at the yield of a dirty price [scenario]."""
    rate, sound = yield_to_maturity(flows, price, times=times, frequency=frequency)
    return _also(convexity(flows, rate, times=times, frequency=frequency), sound)


def _per_period(nominal_yield: Array, frequency: int) -> Array:
    rate = np.asarray(nominal_yield, dtype=np.float64)
    return 1.0 + rate / frequency if frequency else np.ones(rate.shape)


def _also(figure: Figure, determined: Array) -> Figure:
    return settled(figure[0], figure[1] & determined)


def discount_margin(flows: Array, index: Array, price: Array, *, fractions: Numbers) -> Figure:
    """The margin over a projected index at which a floating note's flows are worth the price paid.

    ``flows`` [date, scenario]; ``index`` [date, scenario], the rate per year of the period that ends on
    the date; ``price`` [scenario], dirty; ``fractions`` the accrual fraction of that period, from
    settlement for the first, 0 on dates up to settlement (whose flows do not count). The margin x
    solves price = sum over d of flow_d / product over k up to d of (1 + (index_k + x) * fraction_k):
    the discounted margin of Fabozzi, *Bond Markets*, ch. 3, with the forward index of each period in place of
    one level. Of several the nearest zero. Not determined where no margin within 30 (3,000%) of zero solves
    it, or where a period's factor would come to zero.
    """
    flows, index = aligned(flows, index)
    spans = numbers(fractions, len(flows), "discount_margin")
    if (spans < 0.0).any():
        raise ValueError("discount_margin has a fraction below zero")
    paid = np.asarray(price, dtype=np.float64)
    shape = np.broadcast_shapes(flows.shape[1:], paid.shape)
    counted = np.cumsum(spans) > 0.0
    spans = spans[counted]
    flows, index = (
        np.broadcast_to(array[counted], (len(spans), *shape)).reshape(len(spans), -1) for array in (flows, index)
    )
    paid = np.broadcast_to(paid, shape).reshape(-1)
    # The product of this many factors stays a number; a solution that touches it is refused below.
    floor = 10.0 ** (-250.0 / max(len(spans), 1))

    def evaluate(margin: Array, flows: Array, index: Array, paid: Array) -> tuple[Array, Array]:
        value, slope = np.zeros_like(margin), np.zeros_like(margin)
        for row, rate, span in zip(flows[::-1], index[::-1], spans[::-1], strict=True):
            growth = np.maximum(1.0 + (rate + margin) * span, floor)
            value = (value + row) / growth
            slope = (slope - span * value) / growth
        return value - paid, slope

    largest = np.maximum(np.max(np.abs(flows), axis=0, initial=0.0), np.abs(paid))
    sound = np.isfinite(largest) & np.isfinite(index).all(axis=0) & (flows != 0.0).any(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        scale = -magnitude(largest)
        data = (
            np.where(sound, np.ldexp(flows, scale), 0.0),
            np.where(sound, index, 0.0),
            np.where(sound, np.ldexp(paid, scale), 1.0),
        )
        margin, found = _margin(evaluate, data)
    found &= sound
    for rate, span in zip(data[1], spans, strict=True):
        found &= 1.0 + (rate + margin) * span > floor
    return settled(margin.reshape(shape), found.reshape(shape))


def _margin(evaluate: Evaluate, data: tuple[Array, ...]) -> Figure:
    """The root nearest zero. A note that only pays is worth less at every wider margin: it has one, on a known side."""
    flows, _, paid = data
    lanes = paid.shape
    worth, _ = evaluate(np.zeros(lanes), *data)
    above = worth > 0.0
    far = np.where(above, LIMIT, -LIMIT)
    at_far, _ = evaluate(far, *data)
    plain = np.logical_and.reduce(flows >= 0.0, axis=0) & (paid > 0.0)
    found = plain & np.where(above, at_far <= 0.0, at_far >= 0.0)
    # Convex in the margin, so that from zero Newton's steps pass the root once at most.
    margin = bracketed_root(evaluate, data, np.zeros(lanes), far, above, np.zeros(lanes))
    margin = np.where(found, margin, 0.0)
    mixed = np.flatnonzero(~plain)
    if len(mixed):
        part = tuple(array[..., mixed] for array in data)
        up, has_up = first_root(evaluate, part, KNOTS)
        down, has_down = first_root(evaluate, part, -KNOTS)
        margin[mixed] = np.where(has_up & (~has_down | (up <= -down)), up, down)
        found[mixed] = has_up | has_down
    return margin, found
