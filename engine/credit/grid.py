"""Where the integrals of one contract are cut: everything about its legs that no lane changes."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from .curves import YEAR, DayCounts
from .dates import serial
from .numbers import Array
from .schedule import CdsSchedule


@attrs.frozen(eq=False)
class Grid:
    """Pieces from ``begin`` to maturity, on each of which both curves are straight.

    Days count from the trade date. ``edges`` ``[piece + 1]``; of each piece its length in years, whether
    a default on it is ``protected`` (1; nil before the day before the contract starts accruing), and,
    for the accrual paid on default, ``since`` = t0 (years from the day before its coupon's accrual
    start, half a day more in the model that published numbers follow) and ``rate`` (the coupon's year
    fraction over its length in years; nil outside any live coupon). Of each live coupon that is
    observed after ``begin``: the day it pays, the day up to which survival is asked (accrual end less
    one day) and its year fraction.
    """

    begin: int
    edges: DayCounts
    lengths: Array
    protected: Array
    since: Array
    rate: Array
    pays: DayCounts
    observed: DayCounts
    fractions: Array


def grid(schedule: CdsSchedule, *knots: DayCounts, begin: int = 0, half_day: bool) -> Grid:
    """The pieces of a contract between ``begin`` (a day after the trade date) and its maturity.

    They are cut at these knots, at the observation days of the coupons and nowhere else.
    """
    zero = int(serial(schedule.trade))
    starts = np.asarray(serial(schedule.starts) - zero, np.int64)[schedule.live :]
    ends = np.asarray(serial(schedule.ends) - zero, np.int64)[schedule.live :]
    pays = np.asarray(serial(schedule.pays) - zero, np.int64)[schedule.live :]
    fractions = schedule.year_fractions[schedule.live :]
    end = schedule.maturity_days
    covered = int(serial(schedule.starts[0])) - zero - 1
    cuts = np.unique(np.concatenate([[begin, end, covered], *knots, starts[:1] - 1, ends - 1]).astype(np.int64))
    edges = cuts[(cuts >= begin) & (cuts <= end)]
    low = edges[:-1]
    coupon = np.minimum(np.searchsorted(ends - 1, low, side="right"), len(ends) - 1)
    accrues = low >= starts[coupon] - 1
    half = 0.5 if half_day else 0.0
    rate = fractions * YEAR / (ends - starts)
    later = ends - 1 > begin
    return Grid(
        begin,
        edges,
        np.diff(edges) / YEAR,
        np.where(low >= covered, 1.0, 0.0),
        np.where(accrues, (low - (starts[coupon] - 1) + half) / YEAR, 0.0),
        np.where(accrues, rate[coupon], 0.0),
        pays[later],
        (ends - 1)[later],
        fractions[later],
    )


def part_of(count: int, size: int) -> list[slice]:
    """``count`` lanes in slices of ``size``, so that the arrays of one slice stay in the cache."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def lane_slice(array: Array, lanes: slice) -> Array:
    """Those lanes of an array whose last axis is the lanes, or its single one."""
    return array if array.shape[-1] == 1 else array[..., lanes]


Mask = npt.NDArray[np.bool_]
