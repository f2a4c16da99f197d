"""Many roots of one increasing shape at once: Newton's method inside a bracket, lane by lane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .numbers import Array

LIMIT = 1e8
"""A hazard above this is no hazard: a name that defaults within a second."""

SMALL = 1e-9
"""A step that is this part of its argument is the last: what it leaves is about its square."""

NOTHING = 1e-24
"""A step of this size is none, whatever it is a part of."""

ROUNDS = 200


def positive_roots(
    function: Callable[[Array], tuple[Array, Array]], guess: Array, skipped: npt.NDArray[np.bool_]
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Where ``function`` (its value and slope, lane by lane) crosses from below to above nil, above nil.

    Each lane starts at its guess, takes Newton's step where that stays between the highest argument
    known to be below the root and the lowest known to be above it, and halves that interval (or
    quadruples the argument while nothing is above) where it does not. It is done with a step so small
    that the square of it is below rounding. Gives the roots and whether each lane has one below
    ``LIMIT``; lanes that are ``skipped`` keep their guess.
    """
    x = np.array(guess, dtype=np.float64)
    low, high = np.zeros_like(x), np.full_like(x, np.inf)
    done = np.array(skipped)
    with np.errstate(all="ignore"):
        for _ in range(0 if done.all() else ROUNDS):
            height, slope = function(x)
            low = np.where(height < 0.0, np.maximum(low, x), low)
            high = np.where(height > 0.0, np.minimum(high, x), high)
            step = -height / slope
            size = np.abs(step)
            near = (size <= SMALL * x + NOTHING) | (height == 0.0)
            good = np.isfinite(step) & (slope > 0.0)
            target = x + np.where(good, step, 0.0)
            inside = good & (target > low) & (target < high)
            halved = np.where(np.isinf(high), 4.0 * x, np.where(low > 0.0, np.sqrt(low) * np.sqrt(high), 0.5 * high))
            settled = near & good
            moved = np.where(inside, target, np.where(settled, np.maximum(target, 0.0), halved))
            x = np.where(done, x, moved)
            done |= settled | (x > LIMIT) | (np.isfinite(high) & (high - low <= 4e-16 * high))
            if done.all():
                break
    return x, done & (x <= LIMIT)
