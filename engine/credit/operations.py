"""Kernels of the primitives of portfolio credit: any shape that broadcasts, some lanes at a time.

What is out of range is moved into it, so that a lane which the run's own checks refuse gives a number all the same.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .copula import default_count_probability
from .pool import default_count_distribution, expected_loss_up_to
from .tranche import tranche_loss_unchecked

Array = npt.NDArray[np.float64]

AT_ONCE = 256
"""Lanes worked out together: each has some hundreds of points of the factor."""


def _in_parts(function: Callable[..., Array], *operands: npt.ArrayLike) -> Array:
    """An elementwise function on parts of its operands; equal lanes that are next to each other are done once."""
    arrays = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in operands))
    shape = arrays[0].shape
    lanes = np.stack([one.reshape(-1) for one in arrays], axis=-1)
    found, place = np.unique(lanes, axis=0, return_inverse=True)
    result = np.empty(len(found))
    with np.errstate(all="ignore"):
        for start in range(0, len(found), AT_ONCE):
            part = found[start : start + AT_ONCE]
            result[start : start + AT_ONCE] = function(*part.T)
    return result[place.reshape(-1)].reshape(shape)


def _share(x: Array) -> Array:
    """Into [0, 1]; what is no number becomes 0."""
    found: Array = np.clip(np.nan_to_num(x), 0.0, 1.0)
    return found


def tranche_loss(
    p: Array, recovery: Array, correlation: Array, attachment: Array, detachment: Array, names: Array
) -> Array:
    """`tranche.tranche_loss`, elementwise; ``names`` of 0: the large pool."""

    def one(p: Array, r: Array, c: Array, a: Array, d: Array, n: Array) -> Array:
        shares = (_share(p), _share(r), _share(c), _share(a), _share(d))
        limit = tranche_loss_unchecked(*shares)
        if (n < 1.0).all():
            return limit
        return np.where(n < 1.0, limit, tranche_loss_unchecked(*shares, np.maximum(np.rint(n), 1.0)))

    return _in_parts(one, p, recovery, correlation, attachment, detachment, names)


def default_count(p: Array, correlation: Array, names: Array, count: Array) -> Array:
    """`copula.default_count_probability`, elementwise."""

    def one(p: Array, c: Array, n: Array, k: Array) -> Array:
        size = np.maximum(np.rint(n), 1.0)
        return default_count_probability(_share(p), _share(c), size, np.clip(np.rint(k), 0.0, size + 1.0))

    return _in_parts(one, p, correlation, names, count)


def pool_tranche_loss(correlation: Array, attachment: Array, detachment: Array, p: Array, loss: Array) -> Array:
    """The share of a tranche that a pool of unequal names loses: [..., lane] of [..., row, lane] ``p`` and ``loss``.

    ``attachment`` and ``detachment`` [..., lane] are in the unit of ``loss``.
    """

    def one(chances: Array, losses: Array, c: float, a: float, d: float) -> float:
        if d <= a:
            return 0.0
        low, high = expected_loss_up_to(_share(chances), np.maximum(losses, 0.0), c, (max(a, 0.0), d))
        return float(np.clip((high - low) / (d - a), 0.0, 1.0))

    return _by_pool(one, (p, loss), (correlation, attachment, detachment))


def pool_default_count(correlation: Array, count: Array, p: Array) -> Array:
    """The chance that at least ``count`` of unequal names default: [..., lane] of [..., row, lane] ``p``."""

    def one(chances: Array, c: float, count: float) -> float:
        spread = default_count_distribution(_share(chances), c)
        least = int(np.clip(np.rint(count), 0, spread.size))
        tail = spread[least:].sum() if least > spread.size // 2 else 1.0 - spread[:least].sum()
        return float(np.clip(tail, 0.0, 1.0))

    return _by_pool(one, (p,), (correlation, count))


def _by_pool(function: Callable[..., float], rows: tuple[Array, ...], plain: tuple[Array, ...]) -> Array:
    """Calls ``function`` with the rows of each lane, then its figures; a lane like one before it is not done anew."""
    row_shape = np.broadcast_shapes(*(np.shape(one) for one in rows))
    flat_shape = np.broadcast_shapes(row_shape[:-2] + row_shape[-1:], *(np.shape(one) for one in plain))
    wide = [np.broadcast_to(one, (*flat_shape[:-1], row_shape[-2], flat_shape[-1])) for one in rows]
    columns = [np.moveaxis(one, -2, -1).reshape(-1, row_shape[-2]) for one in wide]
    figures = [np.broadcast_to(one, flat_shape).reshape(-1) for one in plain]
    result = np.empty(columns[0].shape[0])
    known: dict[bytes, float] = {}
    with np.errstate(all="ignore"):
        for lane in range(result.size):
            own = [np.ascontiguousarray(one[lane], dtype=np.float64) for one in columns]
            # The correlation comes first and is a share; the others are amounts or counts.
            single = [float(_share(figures[0][lane])), *(float(one[lane]) for one in figures[1:])]
            key = b"".join(one.tobytes() for one in own) + np.array(single).tobytes()
            if key not in known:
                known[key] = function(*own, *single)
            result[lane] = known[key]
    return result.reshape(flat_shape)
