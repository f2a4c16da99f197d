"""Reductions over dates: total, extremes, averages, and the first date on which something holds.

``mask`` [date, scenario] says where the series is determined; without it, everywhere. Dates where it
does not hold are passed over; a scenario in which it never holds has no figure.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .arrays import Array, Figure, Numbers, aligned, date_position, masked, numbers, ratio, settled


def total(series: Array, mask: Array | None = None) -> Figure:
    """The sum over the dates where the mask holds, from the first to the last; 0 (determined) if it never does."""
    mask, series = masked(mask, series)
    summed, _ = _sum_and_count(series, mask)
    return settled(summed)


def average(series: Array, mask: Array | None = None) -> Figure:
    """The mean over the dates where the mask holds, each date counting once."""
    mask, series = masked(mask, series)
    summed, count = _sum_and_count(series, mask)
    return ratio(summed, count)


def weighted_average(series: Array, weight: Array, mask: Array | None = None) -> Figure:
    """sum(series * weight) / sum(weight) over the dates where the mask holds; a weight may be a year fraction."""
    mask, series, weight = masked(mask, series, weight)
    with np.errstate(over="ignore", invalid="ignore"):
        summed, _ = _sum_and_count(series * weight, mask)
        whole, _ = _sum_and_count(weight, mask)
        return ratio(summed, whole)


def _sum_and_count(series: Array, mask: Array) -> tuple[Array, Array]:
    summed, count = np.zeros(series.shape[1:]), np.zeros(series.shape[1:])
    with np.errstate(over="ignore", invalid="ignore"):
        for row, held in zip(series, mask, strict=True):
            summed = summed + np.where(held, row, 0.0)
            count = count + held
    return summed, count


def lowest(series: Array, mask: Array | None = None) -> Figure:
    """The least value over the dates where the mask holds."""
    return _extreme(series, mask, np.minimum, np.inf)


def highest(series: Array, mask: Array | None = None) -> Figure:
    """The greatest value over the dates where the mask holds."""
    return _extreme(series, mask, np.maximum, -np.inf)


def _extreme(series: Array, mask: Array | None, choose: Callable[[Array, Array], Array], none: float) -> Figure:
    mask, series = masked(mask, series)
    best = np.full(series.shape[1:], none)
    for row, held in zip(series, mask, strict=True):
        best = choose(best, np.where(held, row, none))
    return settled(best, np.logical_or.reduce(mask, axis=0))


def value_at(series: Array, mask: Array | None = None, *, at: int = -1) -> Figure:
    """The value on the date at position ``at``, the last unless stated; not determined where the mask is false."""
    mask, series = masked(mask, series)
    position = date_position(at, len(series))
    return settled(series[position], mask[position])


def first_date(condition: Array, mask: Array | None = None, *, dates: Numbers | None = None) -> Figure:
    """The first date on which ``condition`` (boolean, [date, scenario]) and the mask hold.

    Its position on the timeline, or its entry in ``dates`` (ordinals, year fractions) where they are
    given. Not determined in a scenario in which it never holds.
    """
    mask, condition = masked(mask, np.asarray(condition, dtype=np.bool_))
    names = np.arange(len(condition)) if dates is None else numbers(dates, len(condition), "first_date")
    value, found = np.zeros(condition.shape[1:]), np.zeros(condition.shape[1:], dtype=np.bool_)
    for name, held in zip(names, condition & mask, strict=True):
        value = np.where(held & ~found, float(name), value)
        found = found | held
    return settled(value, found)


def first_date_below(
    series: Array, threshold: Array, mask: Array | None = None, *, dates: Numbers | None = None
) -> Figure:
    """The first date on which the series is under the threshold; one equal to it is not below.

    ``series`` [date, scenario]; ``threshold`` a number, [scenario] or [date, scenario]. See :func:`first_date`.
    """
    mask, series = masked(mask, series)
    return first_date(series < threshold, mask, dates=dates)


def first_date_above(
    series: Array, threshold: Array, mask: Array | None = None, *, dates: Numbers | None = None
) -> Figure:
    """The first date on which the series is over the threshold; one equal to it is not above."""
    mask, series = masked(mask, series)
    return first_date(series > threshold, mask, dates=dates)


def dates_below(series: Array, threshold: Array, mask: Array | None = None) -> Figure:
    """On how many dates the series is determined and under the threshold."""
    mask, series = masked(mask, series)
    (below,) = aligned((series < threshold) & mask)
    return settled(below.sum(axis=0).astype(np.float64))
