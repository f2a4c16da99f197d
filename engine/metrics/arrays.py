"""What the measures share: shapes, sums in date order, and results that are never NaN or infinite.

A *series* is an array with the dates on axis 0 and the scenarios last (rows of a family may stand
between them); a *figure* has the same axes without the dates. Every step is elementwise over
scenarios and every sum runs from the first date to the last, so that one scenario alone and the
same scenario in a batch have the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

Figure = tuple[Array, Array]
"""Values and whether each is determined; where it is not, the value is 0."""

Numbers = Sequence[float] | Sequence[int] | Sequence[str] | Array
"""A static attribute with a number a date; text (``"31/360"``, ``"0.25"``) is read exactly."""


def numbers(values: Numbers, dates: int, what: str) -> Array:
    """A static attribute as float64, one number a date.

    Raises ValueError when there are not ``dates`` of them, or when one is not finite.
    """
    if not isinstance(values, np.ndarray):
        values = [float(Fraction(value)) if isinstance(value, str) else value for value in values]
    result: Array = np.asarray(values, dtype=np.float64)
    if result.shape != (dates,):
        raise ValueError(f"{what} needs one number a date: {dates} dates, {result.size} numbers")
    if not np.isfinite(result).all():
        raise ValueError(f"{what} has a number that is not finite")
    return result


def aligned(*arrays: Array) -> tuple[Array, ...]:
    """Series broadcast to one shape [date, ..., scenario].

    One that lacks inner axes gets them after the dates; a single number is the same on every date.
    """
    given = [np.asarray(array) for array in arrays]
    depth = max(array.ndim for array in given)
    if depth == 0:
        raise ValueError("a series needs an axis of dates")
    filled = [
        array.reshape(array.shape[:1] + (1,) * (depth - array.ndim) + array.shape[1:]) if array.ndim else array
        for array in given
    ]
    shape = np.broadcast_shapes(*(array.shape for array in filled))
    return tuple(
        np.broadcast_to(array if array.dtype == np.bool_ else array.astype(np.float64, copy=False), shape)
        for array in filled
    )


def masked(mask: Array | None, *series: Array) -> tuple[Array, ...]:
    """The mask (all dates, where there is none) and the series, aligned."""
    return aligned(np.asarray(True if mask is None else mask, dtype=np.bool_), *series)


def date_position(at: int, dates: int) -> int:
    """A position of the timeline; -1 is the last. Raises ValueError outside it."""
    if not -dates <= at < dates:
        raise ValueError(f"position {at} is not one of {dates} dates")
    return at % dates


def running_total(series: Array) -> Array:
    """The sum over the dates, added from the first to the last."""
    result = np.zeros(series.shape[1:])
    for row in series:
        result = result + row
    return result


def settled(values: Array, determined: Array | bool = True) -> Figure:
    """A figure: what overflowed is not determined either, and what is not determined is 0."""
    sound = np.isfinite(values) & determined
    return np.where(sound, values, 0.0), sound


def ratio(numerator: Array, denominator: Array, determined: Array | bool = True) -> Figure:
    """``numerator / denominator``, not determined where the denominator is zero."""
    sound = (denominator != 0.0) & determined
    with np.errstate(over="ignore", invalid="ignore"):
        return settled(numerator / np.where(sound, denominator, 1.0), sound)
