"""The three integrals that every leg is made of, stable for arguments of any size and sign.

e1(x) = ∫ exp(-xu) du,  e2(x) = ∫ u exp(-xu) du,  e3(x) = ∫ u² exp(-xu) du, each over u from 0 to 1.
e1' = -e2 and e2' = -e3. The closed forms divide by x, x² and x³ (ISDA, "Standard Model Proposed
Numerical Fix", 2012, expands e1 and e2 about nil for that reason); here the series takes over where
the closed form would lose more than it.
"""

from __future__ import annotations

import math

import numpy as np

from .numbers import Array

NEAR = 1.0
"""Up to this size the power series is taken, of as many terms as leave less than 1e-17."""

_TERMS = 19

_SERIES = {n: [(-1.0) ** k / (math.factorial(k) * (k + n)) for k in range(_TERMS)] for n in (1, 2, 3)}
"""Of e_n about nil."""


def _series(x: Array, orders: int) -> list[Array]:
    """The highest order by its power series, the others from it: e_n = (exp(-x) + x e_(n+1)) / n."""
    coefficients = _SERIES[orders]
    highest = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        highest *= x
        highest += coefficient
    found = [highest]
    end = np.exp(-x)
    for n in range(orders - 1, 0, -1):
        found.insert(0, (end + x * found[0]) / n)
    return found


def integrals(x: Array, orders: int = 2) -> tuple[Array, ...]:
    """e1, e2 (and e3 where ``orders`` is 3) of each x, to a few units in the last place.

    x below -700 overflows, as does what it stands for.
    """
    near = np.abs(x) < NEAR
    if near.all():
        return tuple(_series(x, orders))
    far = np.where(near, NEAR, x)
    end = np.exp(-far)
    found = [-np.expm1(-far) / far]
    for n in range(1, orders):
        found.append((n * found[-1] - end) / far)
    if not near.any():
        return tuple(found)
    return tuple(np.where(near, *pair) for pair in zip(_series(np.where(near, x, 0.0), orders), found, strict=True))
