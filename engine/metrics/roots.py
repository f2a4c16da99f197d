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

from .arrays import Array, Figure, running_total

Evaluate = Callable[..., tuple[Array, Array]]
"""``evaluate(rate[lane], *data[..., lane])`` gives the value and its derivative by the rate, each [lane]."""

NOISE = 1e-12
"""A flow smaller than this share of the scenario's largest is rounding: it neither makes nor moves a rate."""

LIMIT = 30.0
"""The largest continuous rate, a year or a period, that is looked for: from -99.99999999999% to 10^13."""

KNOTS = np.append(0.05 * np.expm1(0.2 * np.arange(32)), LIMIT)
"""Steps of a percentage point beside zero, growing with the distance."""

STEPS = 200

TOGETHER = 1024
"""How many values a scan works out at once: lanes times knots."""

NEWTON_TOLERANCE = 1e-9
"""A step of Newton's this small, relative, leaves an error of its square: smaller than the rounding of the value."""

BISECTION_TOLERANCE = 1e-15


def nearest_rate(flows: Array, times: Array) -> Figure:
    """The continuous rate d nearest zero with sum(flows * exp(-d * times)) = 0.

    ``flows`` [date, lane], ``times`` [date] in any order. Not determined where the flows (without
    :data:`NOISE`) never change sign or no rate within :data:`LIMIT` solves them. Flows that change sign
    once in time order have one rate at most (Descartes' rule of signs); of several the nearest to zero is
    taken, the positive of two as near. Two rates between neighbouring :data:`KNOTS` go unseen.
    """
    order = np.argsort(times, kind="stable")
    gaps = even_gaps(np.diff(times[order]))
    with np.errstate(over="ignore", invalid="ignore"):
        flows = flows[order]
        largest = np.max(np.abs(flows), axis=0, initial=0.0)
        sound = np.isfinite(largest)
        flows = np.where(sound, np.ldexp(flows, -magnitude(largest)), 0.0)
        flows = np.where(np.abs(flows) < NOISE * np.max(np.abs(flows), axis=0, initial=0.0), 0.0, flows)
    changes, first = sign_changes(flows)
    total = running_total(flows)
    single = changes == 1
    above = single & (total * first < 0.0)
    below = single & (total * first > 0.0)
    mixed = np.flatnonzero(changes > 1)

    rate, found = np.zeros(flows.shape[1:]), single & (total == 0.0)
    # Looking forward from the last date instead, a negative rate is a positive one and nothing overflows.
    for wanted, side, spans, sign in ((above, flows, gaps, 1.0), (below, flows[::-1], gaps[::-1], -1.0)):
        lanes = np.flatnonzero(wanted)
        if len(lanes):
            falling = first[lanes] * sign < 0.0
            one_way, has = _only_root(side if len(lanes) == len(wanted) else side[:, lanes], spans, falling)
            rate[lanes], found[lanes] = sign * one_way, has
    if len(mixed):
        up, has_up = _scanned_root(flows[:, mixed], gaps)
        down, has_down = _scanned_root(flows[::-1, mixed], gaps[::-1])
        rate[mixed] = np.where(has_up & (~has_down | (up <= down)), up, -down)
        found[mixed] = has_up | has_down
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
    changes = np.zeros(flows.shape[1:], dtype=np.int32)
    first = np.zeros(flows.shape[1:], dtype=np.int8)
    last = np.zeros(flows.shape[1:], dtype=np.int8)
    for row in np.greater(flows, 0.0).view(np.int8) - np.less(flows, 0.0).view(np.int8):
        changes += row * last < 0
        first += row * (first == 0)
        last = row + last * (row == 0)
    return changes, first


def _only_root(flows: Array, gaps: Array, falling: Array) -> Figure:
    """The root above zero of flows that change sign once; ``falling`` where the later ones are positive and more."""
    low, high = np.zeros(flows.shape[1:]), np.full(flows.shape[1:], LIMIT)

    def evaluate(rate: Array, flows: Array) -> tuple[Array, Array]:
        return discounted_value(rate, flows, gaps)

    at_limit, _ = evaluate(high, flows)
    found = np.where(falling, at_limit <= 0.0, at_limit >= 0.0)
    return np.where(found, bracketed_root(evaluate, (flows,), low, high, falling, _guess(flows, gaps)), 0.0), found


def _guess(flows: Array, gaps: Array) -> Array:
    """The rate if each side of the flows came at once, at its mean date: exact for two flows."""
    sums = [np.zeros(flows.shape[1:]) for _ in range(4)]
    for row, time in zip(flows, np.concatenate([[0.0], np.cumsum(gaps)]), strict=True):
        gained = np.maximum(row, 0.0)
        spent = gained - row
        for place, added in enumerate((gained, spent, gained * time, spent * time)):
            sums[place] += added
    gained, spent, gained_late, spent_late = sums
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        guess = np.log(gained / spent) / (gained_late / gained - spent_late / spent)
    return np.where(np.isfinite(guess) & (guess > 0.0) & (guess < LIMIT), guess, 0.1)


def _scanned_root(flows: Array, gaps: Array) -> Figure:
    def evaluate(rate: Array, flows: Array) -> tuple[Array, Array]:
        return discounted_value(rate, flows, gaps)

    return first_root(evaluate, (flows,), KNOTS)


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
    found = at_low == 0.0
    active = np.flatnonzero(~found)
    held, kept = active, tuple(array[..., active] for array in data)
    place = 1
    while place < len(knots) and len(active):
        if len(active) < 0.7 * len(held):
            held, kept = active, tuple(array[..., active] for array in data)
        group = knots[place : place + max(1, TOGETHER // len(held))]
        place += len(group)
        # Of few lanes the values at many knots cost as much as at one.
        rates = np.repeat(group, len(held))
        values, _ = evaluate(rates, *(np.tile(array, len(group)) for array in kept))
        for knot, value in zip(group, values.reshape(len(group), len(held)), strict=True):
            open_ = ~found[held]
            crossed = open_ & (np.sign(value) * np.sign(at_low[held]) < 0.0)
            high[held[crossed]], found[held[crossed]] = knot, True
            # A value of exactly zero here is a root on the knot or an underflow: the next knot tells which.
            moved = open_ & ~crossed & (value != 0.0)
            low[held[moved]], at_low[held[moved]] = knot, value[moved]
            active = held[open_ & ~crossed]
    root = low.copy()
    between = np.flatnonzero(found & (at_low != 0.0))
    if len(between):
        start, end = low[between], high[between]
        inner = tuple(array[..., between] for array in data)
        root[between] = bracketed_root(evaluate, inner, start, end, at_low[between] > 0.0, 0.5 * (start + end))
    return np.where(found, root, 0.0), found


def bracketed_root(
    evaluate: Evaluate, data: tuple[Array, ...], low: Array, high: Array, falling: Array, start: Array
) -> Array:
    """The root between ``low`` and ``high``, each [lane], from ``start``; ``falling`` where positive at ``low``."""
    rate = start
    result: Array = start.copy()
    step = np.abs(high - low)
    lanes = np.arange(len(rate))
    running = np.ones(len(rate), dtype=np.bool_)
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
        rate = following
        # A lane that has converged keeps its result, though it may be worked out again with its neighbours.
        result[lanes] = np.where(running, rate, result[lanes])
        tolerance = np.where(trusted, NEWTON_TOLERANCE, BISECTION_TOLERANCE)
        running = running & (step > tolerance * (np.abs(rate) + 0.01))
        left = np.count_nonzero(running)
        if not left:
            break
        # Copying the data costs as much as a step: only once many lanes have converged.
        if left < 0.5 * len(lanes):
            lanes, rate, low, high, step, falling = (
                array[running] for array in (lanes, rate, low, high, step, falling)
            )
            data = tuple(array[..., running] for array in data)
            running = np.ones(left, dtype=np.bool_)
    return result
