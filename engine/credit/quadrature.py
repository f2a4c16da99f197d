"""Integration over the one factor of a Gaussian copula: 400 points that follow the integrand.

A Gauss-Hermite rule of the same size is right while the conditional probability of default is smooth in the factor. It
is a step where the correlation is near 1, and a tranche's loss has a kink. So the points are those of Gauss-Legendre
on panels (ten each) that are cut at the step and at the kinks, closer and closer around them: the same rule then
holds from a correlation of nothing to one of 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FARTHEST = 10.0
"""The factor lies beyond this many deviations with a chance of 1.5e-23."""

_ORDER = 10
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(_ORDER)
_BASE = np.linspace(-FARTHEST, FARTHEST, 21)
_AROUND = np.array([-8.0, -5.0, -3.0, -1.5, -0.5, 0.5, 1.5, 3.0, 5.0, 8.0])
_DENSITY = 1.0 / np.sqrt(2.0 * np.pi)


def around(centre: npt.ArrayLike, width: npt.ArrayLike) -> Array:
    """Cuts [..., 10] about what happens at ``centre`` [...] on the scale of ``width`` [...]."""
    middle, scale = np.asarray(centre, dtype=np.float64), np.asarray(width, dtype=np.float64)
    cuts: Array = middle[..., None] + scale[..., None] * _AROUND
    return cuts


def factor_points(*cuts: Array) -> tuple[Array, Array]:
    """Values of the factor [..., points] and their weights, cut at ``cuts`` [..., any] besides the whole numbers.

    The weights of a standard normal factor: those of each side of a cut add up to its probability to 1e-15.
    """
    lead = np.broadcast_shapes(*(cut.shape[:-1] for cut in cuts)) if cuts else ()
    parts = [np.broadcast_to(part, (*lead, part.shape[-1])) for part in (_BASE, *cuts)]
    edges = np.sort(np.clip(np.concatenate(parts, axis=-1), -FARTHEST, FARTHEST), axis=-1)
    middle = 0.5 * (edges[..., 1:] + edges[..., :-1])
    half = 0.5 * (edges[..., 1:] - edges[..., :-1])
    points = middle[..., None] + half[..., None] * _NODES
    weights = half[..., None] * _WEIGHTS * _DENSITY * np.exp(-0.5 * points * points)
    count = points.shape[-2] * _ORDER
    return points.reshape((*lead, count)), weights.reshape((*lead, count))
