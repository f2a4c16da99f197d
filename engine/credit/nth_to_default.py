"""Baskets: the chance of an n-th default, and what protection on it is worth.

Hull and White (2004), as `tranche.py`: a contract on the n-th default pays one less the recovery when it comes, and
premium until then. Recoveries are alike; the names' probabilities need not be.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .copula import default_count_probability, refuse_outside
from .pool import default_count_distribution
from .tranche import Legs, flat_legs

Array = npt.NDArray[np.float64]


def nth_default_probability(
    probability: npt.ArrayLike, correlation: npt.ArrayLike, names: npt.ArrayLike, n: npt.ArrayLike
) -> Array:
    """The probability that at least ``n`` of ``names`` alike default. ValueError for what is out of range."""
    refuse_outside(default_probability=probability, correlation=correlation)
    count, size = np.broadcast_arrays(np.asarray(n, np.float64), np.asarray(names, np.float64))
    if ((count < 1) | (count > size)).any():
        raise ValueError("the n-th to default is at least the first and at most the last of the names")
    return default_count_probability(probability, correlation, names, n)


def pool_nth_default_probability(probabilities: npt.ArrayLike, correlation: float, n: int) -> float:
    """The probability that at least ``n`` of unequal names [row] default."""
    chances = default_count_distribution(probabilities, correlation)
    if not 1 <= n < chances.size:
        raise ValueError(f"the {n}-th to default of {chances.size - 1} names")
    # The shorter tail is the one that is added up.
    tail = chances[n:].sum() if n > chances.size // 2 else 1.0 - chances[:n].sum()
    return float(np.clip(tail, 0.0, 1.0))


def nth_to_default_legs(
    probabilities: npt.ArrayLike, recovery: npt.ArrayLike, times: npt.ArrayLike, rate: npt.ArrayLike
) -> Legs:
    """The legs of a contract whose n-th default comes by ``times`` [time] with ``probabilities`` [..., time].

    Per unit of notional: protection pays one less the ``recovery``; premium runs until the default.
    """
    refuse_outside(recovery=recovery)
    found = flat_legs(probabilities, times, rate)
    return Legs((1.0 - np.asarray(recovery, np.float64)) * found.protection, found.annuity)
