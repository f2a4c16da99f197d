"""A discount curve and a credit curve: knots on axis 0, lanes on axis 1, straight lines between.

Time is actual days over 365 from the trade date. Both curves are straight in the logarithm: the
discount curve's log discount factor runs straight from nil at the trade date through its knots and
beyond the last as over the last segment; the credit curve's log survival does so by one hazard a piece.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from .dates import DateLike, Day, day, days, serial
from .errors import CreditError
from .numbers import Array, check, figure, table

DayCounts = npt.NDArray[np.int64]

YEAR = 365.0


def weights(at: DayCounts, knots: DayCounts) -> tuple[npt.NDArray[np.intp], Array]:
    """For each day, the segment it lies in and how far along (0 to 1, above it beyond the last knot).

    Segment j runs from knot j-1 (day nil for the first) to knot j.
    """
    segment = np.minimum(np.searchsorted(knots, at, side="left"), len(knots) - 1)
    before = np.concatenate([[0], knots])[segment]
    return segment, (at - before) / (knots[segment] - before)


@attrs.frozen(eq=False)
class DiscountCurve:
    """Discount factors from a trade date. ``knots`` are days after it, ``logs`` ``[knot, lane]`` the
    logarithms of the discount factors on them."""

    trade: Day
    knots: DayCounts
    logs: Array

    @property
    def lanes(self) -> int:
        return int(self.logs.shape[1])

    def log_discount(self, at: Any) -> Array:
        """The log discount factor ``[day, lane]`` on each of these days after the trade date."""
        segment, share = weights(np.asarray(at, np.int64), self.knots)
        padded = np.concatenate([np.zeros((1, self.lanes)), self.logs])
        low = padded[segment]
        return np.asarray(low + share[:, np.newaxis] * (padded[segment + 1] - low))

    def discount(self, dates: Any) -> Any:
        """The discount factor on one date (a number or ``[lane]``) or several (``[date]``, ``[date, lane]``)."""
        return read_on(dates, self.trade, self.log_discount)

    @classmethod
    def from_factors(cls, trade: DateLike, dates: Any, factors: Any) -> DiscountCurve:
        """A curve through discount factors on dates after the trade date, which rise."""
        traded = day(trade, "the trade date")
        knots = rising(days(dates, "the curve's dates"), traded, "the curve's dates")
        array = table(factors, len(knots), "the discount factors", lambda row: f"discount factor {row}")
        check(array, array > 0.0, "a discount factor", "a number above nil was expected")
        return cls(traded, knots, np.log(array))

    @classmethod
    def flat(cls, trade: DateLike, rate: Any) -> DiscountCurve:
        """One continuously compounded ACT/365F rate for all time."""
        traded = day(trade, "the trade date")
        return cls(traded, np.array([365], np.int64), -figure(rate, "the rate")[np.newaxis, :])


@attrs.frozen(eq=False)
class CreditCurve:
    """Survival from a trade date. ``knots`` are days after it; ``hazards`` ``[knot, lane]`` is the hazard
    a year (ACT/365F) of the piece that ends on each knot; the last goes on beyond it."""

    trade: Day
    knots: DayCounts
    hazards: Array

    @property
    def lanes(self) -> int:
        return int(self.hazards.shape[1])

    def cumulative(self, at: Any) -> Array:
        """The integral of the hazard ``[day, lane]`` up to each of these days after the trade date."""
        wanted = np.asarray(at, np.int64)
        before = np.concatenate([[0], self.knots])
        lengths = np.diff(before) / YEAR
        sums = np.concatenate([np.zeros((1, self.lanes)), np.cumsum(self.hazards * lengths[:, np.newaxis], axis=0)])
        piece = np.minimum(np.searchsorted(self.knots, wanted, side="left"), len(self.knots) - 1)
        return np.asarray(sums[piece] + ((wanted - before[piece]) / YEAR)[:, np.newaxis] * self.hazards[piece])

    def survival(self, dates: Any) -> Any:
        """The chance of no default by one date (a number or ``[lane]``) or several (``[date]``, ``[date, lane]``)."""
        return read_on(dates, self.trade, lambda at: -self.cumulative(at))

    @classmethod
    def from_hazards(cls, trade: DateLike, dates: Any, hazards: Any) -> CreditCurve:
        """A curve from the hazard of each piece; the pieces end on these dates, which rise."""
        traded = day(trade, "the trade date")
        knots = rising(days(dates, "the curve's dates"), traded, "the curve's dates")
        array = table(hazards, len(knots), "the hazards", lambda row: f"hazard {row}")
        check(array, array >= 0.0, "a hazard", "a rate of at least nil was expected")
        return cls(traded, knots, array)

    @classmethod
    def flat(cls, trade: DateLike, hazard: Any) -> CreditCurve:
        """One hazard for all time."""
        rate = figure(hazard, "the hazard")
        check(rate, rate >= 0.0, "the hazard", "a rate of at least nil was expected")
        return cls(day(trade, "the trade date"), np.array([365], np.int64), rate[np.newaxis, :])


def rising(dates: Any, trade: Day, field: str) -> DayCounts:
    """Days after the trade date, each later than the one before."""
    counts = serial(dates) - serial(trade)
    if len(counts) == 0:
        raise CreditError(field, "empty", "at least one date was expected")
    if counts[0] <= 0:
        raise CreditError(field, dates[0], f"dates after the trade date {trade} were expected")
    for position in range(1, len(counts)):
        if counts[position] <= counts[position - 1]:
            raise CreditError(
                field, dates[position], f"a date after {dates[position - 1]}, the one before it, was expected"
            )
    return np.asarray(counts, np.int64)


def read_on(dates: Any, trade: Day, read: Any) -> Any:
    """exp of what ``read`` gives on the dates, in the shape in which the dates came."""
    single = isinstance(dates, (str, np.datetime64)) or not hasattr(dates, "__iter__")
    wanted = days([dates] if single else dates)
    counts = serial(wanted) - serial(trade)
    if (counts < 0).any():
        raise CreditError(
            "a date", wanted[int(np.argmin(counts))], f"no date before the curve's start {trade} was expected"
        )
    found = np.exp(read(counts))
    found = found[0] if single else found
    if found.shape[-1] == 1:
        found = found[..., 0]
    return float(found) if found.ndim == 0 else found
