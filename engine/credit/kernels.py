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

NEAR = 0.5
"""Up to this size the power series is taken, of as many terms as leave less than 1e-17."""

_TERMS = 16


def _coefficients(n: int) -> list[float]:
    """Of the series of e_n about nil: (-1)^k / (k! (k + n))."""
    return [(-1.0) ** k / (math.factorial(k) * (k + n)) for k in range(_TERMS)]


_SERIES = {n: _coefficients(n) for n in (1, 2, 3)}


def _series(n: int, x: Array) -> Array:
    total = np.full_like(x, _SERIES[n][-1])
    for coefficient in reversed(_SERIES[n][:-1]):
        total *= x
        total += coefficient
    return total


def integrals(x: Array, orders: int = 2) -> tuple[Array, ...]:
    """e1, e2 (and e3 where ``orders`` is 3) of each x, to a few units in the last place.

    x below -700 overflows, as does what it stands for.
    """
    near = np.abs(x) < NEAR
    if near.all():
        return tuple(_series(n, x) for n in range(1, orders + 1))
    safe = np.where(near, 1.0, x)
    end = np.exp(-safe)
    found = [-np.expm1(-safe) / safe]
    for n in range(1, orders):
        found.append((n * found[-1] - end) / safe)
    if near.any():
        small = x[near]
        for n in range(1, orders + 1):
            found[n - 1][near] = _series(n, small)
    return tuple(found)
