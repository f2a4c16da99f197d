"""The one-factor Gaussian copula: default probabilities given the factor, and the distribution of losses.

D. X. Li, "On default correlation: a copula function approach", Journal of Fixed Income 9 (2000); O. Vasicek, "The
distribution of loan portfolio value", Risk (December 2002), for the large pool; L. Andersen, J. Sidenius and S. Basu,
"All your hedges in one basket", Risk (November 2003), for pools of unequal names.

A name defaults by a date if its standard normal sqrt(c) M + sqrt(1 - c) e is below the quantile of its probability: M
is the factor, e the name's own, c the correlation between two names. Low values of M are the bad ones.

Probabilities, recoveries and correlations lie in [0, 1]; what does not is refused by :func:`refuse_outside`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .normal import bivariate_normal_cdf, normal_cdf, normal_quantile
from .quadrature import around, factor_points

Array = npt.NDArray[np.float64]


def refuse_outside(**figures: npt.ArrayLike) -> None:
    """ValueError, with its name and value, for a figure that is not a number in [0, 1]."""
    for name, figure in figures.items():
        values = np.asarray(figure, dtype=np.float64)
        bad = ~((values >= 0.0) & (values <= 1.0))
        if bad.any():
            raise ValueError(f"the {name.replace('_', ' ')} {float(values[bad].flat[0])!r} is not between 0 and 1")


def conditional_probability(probability: npt.ArrayLike, correlation: npt.ArrayLike, factor: npt.ArrayLike) -> Array:
    """The probability of default given the factor: N((N^-1(p) - sqrt(c) M) / sqrt(1 - c)). Shapes broadcast.

    At a correlation of 0 it is p whatever the factor; at 1 it is 1 where the factor is below N^-1(p), and else 0.
    """
    p, c, m = np.broadcast_arrays(
        np.asarray(probability, dtype=np.float64),
        np.asarray(correlation, dtype=np.float64),
        np.asarray(factor, dtype=np.float64),
    )
    threshold = normal_quantile(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (threshold - np.sqrt(c) * m) / np.sqrt(1.0 - c)
    given = np.where(c >= 1.0, (m < threshold).astype(np.float64), normal_cdf(distance))
    given = np.where(c <= 0.0, p, given)
    found: Array = np.where(p <= 0.0, 0.0, np.where(p >= 1.0, 1.0, given))
    return found


def joint_default_probability(p: npt.ArrayLike, q: npt.ArrayLike, correlation: npt.ArrayLike) -> Array:
    """The probability that two names both default by their dates, at a correlation of -1 to 1."""
    return bivariate_normal_cdf(normal_quantile(p), normal_quantile(q), correlation)


def step(probability: Array, correlation: Array) -> tuple[Array, Array]:
    """Where the conditional probability passes a half, and over how much of the factor it moves."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = np.sqrt(correlation)
        centre = normal_quantile(probability) / root
        width = np.sqrt(1.0 - correlation) / root
    return np.nan_to_num(centre, nan=0.0, posinf=1e3, neginf=-1e3), np.nan_to_num(width, nan=1e3, posinf=1e3)


# --------------------------------------------------------------------------------------------- names that are alike


def more_than(count: Array, names: Array, probability: Array) -> Array:
    """P(K > ``count``) of a binomial K of ``names`` at ``probability``: an incomplete beta function. Whole numbers."""
    from scipy.special import betainc

    some = (count >= 0.0) & (count < names)
    tail = betainc(np.where(some, count + 1.0, 1.0), np.where(some, names - count, 1.0), probability)
    found: Array = np.where(count < 0.0, 1.0, np.where(count >= names, 0.0, tail))
    return found


def defaults_above(probability: Array, names: Array, most: Array) -> Array:
    """E[(K - m)+] of a binomial count K of ``names`` at ``probability``, m = ``most`` (any number from 0).

    n p P(K' > m - 1) - m P(K > m), K' of one name fewer: two tails, so that no figure is lost where it is small.
    """
    whole = np.floor(most)
    fewer, count = more_than(whole - 1.0, names - 1.0, probability), more_than(whole, names, probability)
    found: Array = np.maximum(names * probability * fewer - most * count, 0.0)
    return found


def expected_defaults_above(
    probability: npt.ArrayLike, correlation: npt.ArrayLike, names: npt.ArrayLike, most: npt.ArrayLike
) -> Array:
    """E[(K - m)+] of the defaults K among ``names`` alike, m = ``most``. Shapes broadcast; names is whole."""
    p, c, n, m = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (probability, correlation, names, most)))
    points, weights = factor_points(around(*step(p, c)), _kink(p, c, n, m))
    given = conditional_probability(p[..., None], c[..., None], points)
    excess = defaults_above(given, n[..., None], m[..., None])
    mixed = (weights * excess).sum(axis=-1)
    found: Array = np.where(c <= 0.0, defaults_above(p, n, m), mixed)
    return found


def _kink(p: Array, c: Array, n: Array, m: Array) -> Array:
    """Cuts about the factor at which as many default on average as are borne, on the scale of the count's deviation."""
    share = np.clip(m / n, 1e-12, 1.0 - 1e-12)
    distance = normal_quantile(share)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = np.sqrt(c)
        centre = (normal_quantile(p) - np.sqrt(1.0 - c) * distance) / root
        slope = np.sqrt((1.0 - c) / c)
        width = np.sqrt(share * (1.0 - share) / n) * slope * np.sqrt(2.0 * np.pi) * np.exp(0.5 * distance**2)
    centre = np.nan_to_num(centre, nan=0.0, posinf=1e3, neginf=-1e3)
    return around(centre, np.clip(np.nan_to_num(width, nan=1.0, posinf=1.0), 0.0, 1.0))


def default_count_probability(
    probability: npt.ArrayLike, correlation: npt.ArrayLike, names: npt.ArrayLike, count: npt.ArrayLike
) -> Array:
    """The probability that at least ``count`` of ``names`` alike default. Shapes broadcast; both are whole."""
    p, c, n, k = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (probability, correlation, names, count)))
    points, weights = factor_points(around(*step(p, c)), _kink(p, c, n, k - 0.5))
    given = conditional_probability(p[..., None], c[..., None], points)
    mixed = (weights * more_than(k[..., None] - 1.0, n[..., None], given)).sum(axis=-1)
    found: Array = np.where(c <= 0.0, more_than(k - 1.0, n, p), np.minimum(mixed, 1.0))
    return np.where(k <= 0.0, 1.0, found)


# --------------------------------------------------------------------------------------------- the large pool


def large_pool_excess(probability: npt.ArrayLike, correlation: npt.ArrayLike, share: npt.ArrayLike) -> Array:
    """E[(L - a)+] of the share L that defaults of a pool without end of names alike, a = ``share``.

    Vasicek's limit L = N((N^-1(p) - sqrt(c) M) / sqrt(1 - c)): with d = N^-1(a) and B the bivariate normal,
    P(L > a) = N(x), x = (N^-1(p) - sqrt(1 - c) d) / sqrt(c), and E[L; L > a] = B(N^-1(p), x; sqrt(c)).
    """
    p, c, a = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (probability, correlation, share)))
    threshold = normal_quantile(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = (threshold - np.sqrt(1.0 - c) * normal_quantile(np.clip(a, 0.0, 1.0))) / np.sqrt(c)
    bound = np.nan_to_num(np.where(c >= 1.0, threshold, bound), nan=0.0, posinf=1e3, neginf=-1e3)
    over = bivariate_normal_cdf(threshold, bound, np.sqrt(c)) - a * normal_cdf(bound)
    excess = np.where(c <= 0.0, p - a, over)
    excess = np.where(a <= 0.0, p - a, excess)
    found: Array = np.where(p <= 0.0, 0.0, np.where(p >= 1.0, 1.0 - a, excess))
    return np.maximum(found, 0.0)


def large_pool_quantile(probability: npt.ArrayLike, correlation: npt.ArrayLike, level: npt.ArrayLike) -> Array:
    """The share of a pool without end that a share ``level`` of states of the world does not exceed (Vasicek)."""
    return conditional_probability(probability, correlation, -normal_quantile(level))
