"""Losses of a pool of unequal names under a one-factor Gaussian copula, by recursion over the names.

L. Andersen, J. Sidenius and S. Basu, "All your hedges in one basket", Risk (November 2003): given the factor the names
are independent, so the distribution of the loss is built up a name at a time. Losses stand on a grid. Where they are
whole multiples of a common unit the distribution is exact; otherwise a loss between two points of the grid is put on
both, by shares that keep its mean, so that the expected loss of the pool stays exact.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .copula import conditional_probability, refuse_outside, step
from .normal import normal_quantile
from .quadrature import around, factor_points

Array = npt.NDArray[np.float64]

GRID = 400_000
"""Points of the grid over the greatest possible loss times names, where there is no common unit; at least a hundredth
of it. A tranche's loss is then right to some parts in 100,000 of itself."""

MOST_ENUMERATED = 12
"""Names of a pool whose 2^n outcomes are listed where they have no common unit."""

MOST_MULTIPLES = 60
"""A common unit is looked for as the least loss over 1, 2, ... this many."""

SHARED = 1e-9
"""Losses are whole multiples of a unit if they miss it by no more than this share of it."""

STEPS = 24
"""Of so many probabilities, spread over the pool's, the points of the factor follow the steps."""


def loss_unit(losses: npt.ArrayLike) -> tuple[float, bool]:
    """The grid's unit for these losses on default [row] (none below zero), and whether each is a multiple of it."""
    sizes = np.asarray(losses, dtype=np.float64)
    sizes = sizes[sizes > 0.0]
    if sizes.size == 0:
        return 1.0, True
    least, greatest = float(sizes.min()), float(sizes.sum())
    finest = max(GRID // 100, GRID // sizes.size)
    for parts in range(1, MOST_MULTIPLES + 1):
        unit = least / parts
        if greatest / unit > 2 * finest:
            break
        multiples = sizes / unit
        if (np.abs(multiples - np.rint(multiples)) <= SHARED * np.rint(multiples)).all():
            return unit, True
    return greatest / finest, False


def loss_distribution(conditional: Array, losses: Array, unit: float, points: int) -> Array:
    """The chance of each loss 0, 1, ... ``points`` - 1 units [factor, loss], given the factor.

    ``conditional`` [row, factor] and ``losses`` [row]. What is beyond the last point is left out.
    """
    spread = np.zeros((conditional.shape[1], points))
    spread[:, 0] = 1.0
    reached = 0
    for chance, loss in zip(conditional, losses, strict=True):
        if loss <= 0.0:
            continue
        size = loss / unit
        near = float(np.rint(size))
        whole = abs(size - near) <= SHARED * max(near, 1.0)
        low = int(near) if whole else int(size)
        upper = 0.0 if whole else size - low
        reached = min(reached + low + (upper > 0.0), points - 1)
        hit = chance[:, None]
        moved = spread * (1.0 - hit)
        for shift, share in ((low, 1.0 - upper), (low + 1, upper)):
            if share > 0.0 and shift < points:
                end = min(reached + 1, points)
                moved[:, shift:end] += (share * hit) * spread[:, : end - shift]
        spread = moved
    return spread


def enumerated(conditional: Array, losses: Array) -> tuple[Array, Array]:
    """Every outcome of a small pool: its loss [outcome] and its chance given the factor [factor, outcome]."""
    sums, chances = np.zeros(1), np.ones((conditional.shape[1], 1))
    for chance, loss in zip(conditional, losses, strict=True):
        hit = chance[:, None]
        sums = np.concatenate([sums, sums + loss])
        chances = np.concatenate([chances * (1.0 - hit), chances * hit], axis=1)
    return sums, chances


def _factor(probabilities: Array, losses: Array, correlation: float, bounds: tuple[float, ...]) -> tuple[Array, Array]:
    """Points of the factor and weights [factor] for one pool, cut at the steps and where a bound is met on average."""
    if correlation <= 0.0:
        return np.zeros(1), np.ones(1)
    if correlation >= 1.0:
        # All names follow the factor: which have defaulted changes at their probabilities and nowhere else.
        levels = np.unique(np.concatenate([[0.0, 1.0], probabilities]))
        return normal_quantile(0.5 * (levels[1:] + levels[:-1])), np.diff(levels)
    inner = probabilities[(probabilities > 0.0) & (probabilities < 1.0)]
    distinct = np.unique(inner)
    if distinct.size > STEPS:
        distinct = distinct[np.linspace(0, distinct.size - 1, STEPS).round().astype(int)]
    centres, widths = step(distinct, np.full(distinct.shape, correlation))
    # A step wider than half a deviation is smooth enough for the panels as they are.
    cuts = [around(centres, widths).reshape(-1)] if distinct.size and widths[0] < 0.5 else []
    grid = np.linspace(-10.0, 10.0, 801)
    mean, variance = np.zeros(grid.size), np.zeros(grid.size)
    for start in range(0, losses.size, 500):
        part = slice(start, start + 500)
        given = conditional_probability(probabilities[part, None], correlation, grid)
        mean += losses[part] @ given
        variance += losses[part] ** 2 @ (given * (1.0 - given))
    deviation = np.sqrt(variance)
    slope = np.abs(np.gradient(mean, grid))
    for bound in bounds:
        place = int(np.argmin(np.abs(mean - bound)))
        if 0 < place < grid.size - 1 and slope[place] > 0.0:
            cuts.append(around(grid[place], min(deviation[place] / slope[place], 1.0)))
    return factor_points(*cuts)


def expected_loss_up_to(
    probabilities: npt.ArrayLike, losses: npt.ArrayLike, correlation: float, bounds: tuple[float, ...]
) -> Array:
    """E[min(L, b)] for each of the bounds b, of the loss L of one pool.

    ``probabilities`` and ``losses`` on default are [row]; losses and bounds are in one unit of money (or shares of
    the pool), none below zero. ValueError for a probability or correlation outside [0, 1].
    """
    p, sizes = np.broadcast_arrays(np.asarray(probabilities, np.float64), np.asarray(losses, np.float64))
    refuse_outside(default_probability=p, correlation=correlation)
    total = float(sizes.sum())
    mean = float(p @ sizes)
    found = np.array([mean if bound >= total else 0.0 for bound in bounds])
    inside = [place for place, bound in enumerate(bounds) if 0.0 < bound < total]
    if not inside:
        return found
    unit, whole = loss_unit(sizes)
    deepest = max(bounds[place] for place in inside)
    points, weights = _factor(p, sizes, correlation, tuple(bounds[place] for place in inside))
    given = conditional_probability(p[:, None], correlation, points)
    if not whole and p.size <= MOST_ENUMERATED:
        grid, chances = enumerated(given, sizes)
        spread = weights @ chances
    else:
        grid, spread = _gridded(given, sizes, weights, unit, int(np.ceil(deepest / unit)) + 1)
    for place in inside:
        # min(L, b) = b - (b - L)+: only what lies below the bound is asked.
        found[place] = bounds[place] - spread @ np.maximum(bounds[place] - grid, 0.0)
    kept: Array = np.maximum(found, 0.0)
    return kept


def _gridded(given: Array, sizes: Array, weights: Array, unit: float, count: int) -> tuple[Array, Array]:
    """Losses and their chances on a grid, the factor integrated out."""
    spread = np.zeros(count)
    # In parts of the factor: no array is larger than some megabytes.
    size = max(1, 2_000_000 // count)
    for start in range(0, weights.size, size):
        part = slice(start, start + size)
        spread += weights[part] @ loss_distribution(given[:, part], sizes, unit, count)
    return unit * np.arange(count, dtype=np.float64), spread


def default_count_distribution(probabilities: npt.ArrayLike, correlation: float) -> Array:
    """The chance of 0, 1, ... n defaults among n names of unequal ``probabilities`` [row]: [n + 1]."""
    p = np.asarray(probabilities, dtype=np.float64)
    refuse_outside(default_probability=p, correlation=correlation)
    ones = np.ones(p.shape)
    points, weights = _factor(p, ones, correlation, ())
    given = conditional_probability(p[:, None], correlation, points)
    found: Array = weights @ loss_distribution(given, ones, 1.0, p.size + 1)
    return found
