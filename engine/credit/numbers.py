"""Numbers of lanes: how quotes come in, are checked, and go out again.

Inside the package every figure is a float array whose last axis is the lanes (scenarios), of length 1
where the figure is the same in every lane; a curve has its knots on axis 0. Outside, a figure of one
lane is given and returned as a plain number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import CreditError, lanes_where

Array = npt.NDArray[np.float64]


def figure(value: Any, field: str) -> Array:
    """``value`` as ``[lane]`` (``[1]`` for a plain number); finite, or a ``CreditError`` says where it is not."""
    array = numbers(value, field)
    if array.ndim > 1:
        raise CreditError(field, f"an array of shape {array.shape}", "a number or one number a lane was expected")
    array = np.atleast_1d(array)
    check(array, np.isfinite(array), field, "a finite number was expected")
    return array


def table(value: Any, rows: int, field: str, names: Callable[[int], str]) -> Array:
    """``value`` as ``[row, lane]`` with so many rows, each named by ``names`` in a message."""
    array = numbers(value, field)
    if array.ndim not in (1, 2):
        raise CreditError(
            field, f"an array of shape {array.shape}", f"{rows} numbers, or [{rows}, lanes], were expected"
        )
    if array.shape[0] != rows:
        raise CreditError(field, f"{array.shape[0]} numbers", f"{rows} were expected, one for each of the instruments")
    if array.ndim == 1:
        array = array[:, np.newaxis]
    for row in range(rows):
        check(array[row], np.isfinite(array[row]), names(row), "a finite number was expected")
    return array


def numbers(value: Any, field: str) -> Array:
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiu":
            array = np.array([float(one) for one in array.ravel()], dtype=np.float64).reshape(array.shape)
    except (TypeError, ValueError):
        raise CreditError(field, repr(value), "numbers were expected") from None
    if array.size == 0:
        raise CreditError(field, "empty", "at least one number was expected")
    return np.asarray(array, dtype=np.float64)


def check(value: Array, good: npt.NDArray[np.bool_], field: str, wanted: str) -> None:
    """A ``CreditError`` with the first value that is not good and the lanes of all that are not."""
    if not good.all():
        bad = ~good
        raise CreditError(field, float(value[bad].ravel()[0]), wanted, lanes_where(bad))


def recovery_rate(value: Any) -> Array:
    """A recovery in [0, 1), as ``[lane]``."""
    array = figure(value, "the recovery")
    check(array, (array >= 0.0) & (array < 1.0), "the recovery", "a rate of at least 0 and below 1 was expected")
    return array


def lanes_of(*arrays: Array) -> int:
    """How many lanes these have together: those of more than one must agree."""
    counts = {array.shape[-1] for array in arrays} - {1}
    if len(counts) > 1:
        few, many = min(counts), max(counts)
        raise CreditError("the number of lanes", few, f"another figure has {many}; each has one lane or all of them")
    return counts.pop() if counts else 1


def total(rows: Array) -> Array:
    """The sum over axis 0, row after row: numpy would sum a single lane in another order than one of many."""
    if rows.shape[-1] > 1:
        return np.asarray(np.add.reduce(rows, axis=0))
    return np.asarray(np.add.reduce(np.repeat(rows, 2, axis=-1), axis=0)[:1])


def plain(array: Array) -> Any:
    """A figure as it goes out: a number where it has one lane."""
    return float(array[0]) if array.shape == (1,) else array
