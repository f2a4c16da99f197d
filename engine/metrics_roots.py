"""Rates that solve an equation, for many scenarios at once.

The unknown is a continuous rate. From zero outwards a fixed list of knots is tried until the value
changes sign; the root in that stretch is then found by Newton's method inside its bracket, with a
bisection whenever a step leaves the bracket or does not halve the one before (Press et al.,
*Numerical Recipes*, 3rd ed., section 9.4, ``rtsafe``). A lane that has converged is left as it is, so
no lane's result depends on which others are solved with it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .metrics_arrays import Array, Figure

Evaluate = Callable[..., tuple[Array, Array]]
"""``evaluate(rate[lane], *data[..., lane])`` gives the value and its derivative by the rate, each [lane]."""

NOISE = 1e-12
"""A flow smaller than this share of the scenario's largest is rounding: it neither makes nor moves a rate."""

LIMIT = 30.0
"""The largest continuous rate, a year or a period, that is looked for: from -99.99999999999% to 10^13."""

KNOTS = np.append(0.05 * np.expm1(0.2 * np.arange(32)), LIMIT)
"""Steps of a percentage point beside zero, growing with the distance."""

STEPS = 200
TOLERANCE = 1e-15


def nearest_rate(flows: Array, times: Array) -> Figure:
    """The continuous rate d nearest zero with sum(flows * exp(-d * times)) = 0.

    ``flows`` [date, lane], ``times`` [date] in any order. Not determined where the flows (without
    :data:`NOISE`) never change sign or no rate within :data:`LIMIT` solves them. Flows that change sign
    once in time order have one rate at most (Descartes' rule of signs, as Norstrom 1972 and every
    textbook apply it to IRR); of several the nearest to zero is taken, the positive of two as near.
    """
    order = np.argsort(times, kind="stable")
    gaps = even_gaps(np.diff(times[order]))
    with np.errstate(over="ignore", invalid="ignore"):
        flows = flows[order]
        largest = np.max(np.abs(flows), axis=0, initial=0.0)
        sound = np.isfinite(largest) & (largest > 0.0)
        flows = np.where(sound, np.ldexp(flows, -magnitude(largest)), 0.0)
        flows = np.where(np.abs(flows) < NOISE * np.max(np.abs(flows), axis=0, initial=0.0), 0.0, flows)
    changes, first = sign_changes(flows)
    total = np.zeros(flows.shape[1:])
    for row in flows:
        total = total + row
    above = (changes > 1) | ((changes == 1) & (np.sign(total) != first))
    below = (changes > 1) | ((changes == 1) & (np.sign(total) == first))

    up, has_up = _one_side(flows, gaps, above)
    # Looking forward from the last date instead, a negative rate is a positive one and nothing overflows.
    down, has_down = _one_side(flows[::-1], gaps[::-1], below)
    rate = np.where(has_up & (~has_down | (up <= down)), up, -down)
    found = has_up | has_down
    return np.where(found, rate, 0.0), found


def magnitude(largest: Array) -> Array:
    """The power of two by which amounts up to ``largest`` come under 1, so that no sum of them overflows.

    Scaling by a power of two rounds nothing.
    """
    exponent: Array = np.frexp(largest)[1]
    return exponent


def even_gaps(gaps: Array) -> Array:
    """Gaps that differ only by the rounding of the times made equal, so that they share one discount factor."""
    result = gaps.copy()
    order = np.argsort(gaps, kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or gaps[order[end]] - gaps[order[start]] > 1e-12:
            result[order[start:end]] = gaps[order[start:end]].mean()
            start = end
    return result


def sign_changes(flows: Array) -> tuple[Array, Array]:
    """How often each lane's flows change sign in order, zeros passed over, and the sign of its first."""
    changes = np.zeros(flows.shape[1:], dtype=np.int64)
    first = np.zeros(flows.shape[1:])
    last = np.zeros(flows.shape[1:])
    for row in flows:
        sign = np.sign(row)
        changes += sign * last < 0.0
        first = np.where(first == 0.0, sign, first)
        last = np.where(sign == 0.0, last, sign)
    return changes, first


def _one_side(flows: Array, gaps: Array, wanted: Array) -> Figure:
    def evaluate(rate: Array, flows: Array) -> tuple[Array, Array]:
        return discounted_value(rate, flows, gaps)

    rate = np.zeros(wanted.shape)
    found = np.zeros(wanted.shape, dtype=np.bool_)
    lanes = np.flatnonzero(wanted)
    if len(lanes):
        rate[lanes], found[lanes] = first_root(evaluate, (np.ascontiguousarray(flows[:, lanes]),), KNOTS)
    return rate, found


def discounted_value(rate: Array, flows: Array, gaps: Array) -> tuple[Array, Array]:
    """sum(flows * exp(-rate * time since the first date)) and its derivative by the rate, by Horner's rule."""
    factors = {float(gap): np.exp(rate * -gap) for gap in np.unique(gaps)}
    value = flows[-1].copy()
    slope = np.zeros_like(value)
    for row, gap in zip(flows[-2::-1], gaps[::-1], strict=True):
        width = float(gap)
        factor = factors[width]
        slope -= width * value
        slope *= factor
        value *= factor
        value += row
    return value, slope


def first_root(evaluate: Evaluate, data: tuple[Array, ...], knots: Array) -> Figure:
    """The root of ``evaluate`` nearest to ``knots[0]`` between it and ``knots[-1]``, for each lane of ``data``.

    Two roots between neighbouring knots go unseen. Not determined where the value never changes sign.
    """
    lanes = data[0].shape[-1]
    low = np.full(lanes, knots[0])
    high = low.copy()
    at_low, _ = evaluate(low, *data)
    at_high = at_low.copy()
    found = at_low == 0.0
    active = np.flatnonzero(~found)
    for knot in knots[1:]:
        if not len(active):
            break
        value, _ = evaluate(np.full(len(active), knot), *(array[..., active] for array in data))
        crossed = np.sign(value) * np.sign(at_low[active]) < 0.0
        hit = active[crossed]
        high[hit], at_high[hit], found[hit] = knot, value[crossed], True
        # A value of exactly zero here is a root on the knot or an underflow: the next knot tells which.
        moved = ~crossed & (value != 0.0)
        low[active[moved]], at_low[active[moved]] = knot, value[moved]
        active = active[~crossed]
    root = low.copy()
    between = np.flatnonzero(found & (high != low))
    if len(between):
        inner = tuple(array[..., between] for array in data)
        root[between] = _refined(evaluate, inner, low[between], high[between], at_low[between], at_high[between])
    return np.where(found, root, 0.0), found


def _refined(
    evaluate: Evaluate, data: tuple[Array, ...], low: Array, high: Array, at_low: Array, at_high: Array
) -> Array:
    """The root between ``low`` and ``high``, at which the values have opposite signs."""
    falling = at_low > 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        share = at_low / (at_low - at_high)
    share = np.where(np.isfinite(share) & (share > 0.0) & (share < 1.0), share, 0.5)
    rate = low + (high - low) * share
    result: Array = rate.copy()
    step = np.abs(high - low)
    lanes = np.arange(len(rate))
    for _ in range(STEPS):
        value, slope = evaluate(rate, *data)
        before = (value > 0.0) == falling
        low, high = np.where(before, rate, low), np.where(before, high, rate)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            newton = rate - value / slope
        inside = np.isfinite(newton) & ((newton - low) * (newton - high) <= 0.0)
        trusted = inside & (np.abs(newton - rate) <= 0.5 * step)
        following = np.where(trusted, newton, low + 0.5 * (high - low))
        following = np.where(value == 0.0, rate, following)
        step = np.abs(following - rate)
        result[lanes] = following
        open_: Array = step > TOLERANCE * (np.abs(following) + 0.01)
        if not open_.any():
            break
        lanes, rate = lanes[open_], following[open_]
        low, high, step, falling = low[open_], high[open_], step[open_], falling[open_]
        if not open_.all():
            data = tuple(array[..., open_] for array in data)
    return result
