"""Both legs of a contract on one flat hazard in closed form, and the hazard that a quoted spread stands for.

On a segment of the discount curve with forward rate r, and with k = hazard + r and B the discounted
survival, the leg integrals of ``legs`` telescope with e1 and e2 written out:

    loss      = hazard / k (B_start - B_end)
    accrual   = rate hazard / k (sum over its pieces of (t_start B_start - t_end B_end) + (B_start - B_end) / k)

t counts from the day before the piece's coupon started. So all that has to be known are the survivals to
some thirty days (the knots of the discount curve and the ends of the coupons), and Newton's method finds
the hazard in two passes, or three at spreads far above 10%. Where k is so near nil that the form would
lose digits, it gives no number, and the general pricer is asked.
"""

from __future__ import annotations

import itertools

import attrs
import numpy as np

from .curves import YEAR, DiscountCurve
from .dates import serial
from .grid import grid, lane_slice, part_of
from .numbers import Array, lanes_of
from .schedule import CdsSchedule

LANES = 1024
"""Lanes in a block: its arrays stay in a core's own cache."""

PASSES = 12

NEAR = 1e-6
"""A step smaller than this part of the hazard, second order included, leaves nothing: the pass was the last."""

LOSS_OF_DIGITS = 1e4
"""hazard / k² above which the closed form loses more than 1e-12 of an annuity of one year."""


@attrs.frozen(eq=False)
class ClosedForm:
    """One schedule on one discount curve. Rows are the days that matter; a last axis of lanes, or of one.

    ``times`` of the days in years; ``factors`` the discount factors of the days; ``bounds`` the rows at
    which segments of the discount curve meet, ``forwards`` their rates; ``since`` and ``until`` t at the
    start and the end of each segment. Each day's discounted survival counts ``drop`` against the
    accrual of its segment (the length of the coupon that ends there) and ``paid`` towards the coupons.
    ``rate`` is the coupons' year fraction over their length, ``rebate`` the discounted accrued coupon,
    ``guess`` what turns a spread over the loss into the hazard but for higher orders, ``half`` those of
    the half day.
    """

    times: Array
    factors: Array
    bounds: tuple[int, ...]
    forwards: Array
    since: Array
    until: Array
    drop: Array
    paid: Array
    rate: float
    half: float
    rebate: Array
    guess: Array

    def solve(self, spread: Array, lost: Array) -> tuple[Array, Array]:
        """Hazard and clean annuity, seen from the trade date, of each quoted spread ``[lane]``, at this loss.

        Not a number where the general pricer has to be asked. No lane changes another's bits.
        """
        count = lanes_of(self.factors, spread, lost)
        found = np.empty((2, count))
        # The two largest arrays, once for all blocks: the system would map and clear them anew for each.
        work = np.empty((2, len(self.times), max(min(count, LANES), 2)))
        with np.errstate(all="ignore"):
            for part in part_of(count, LANES):
                size = part.stop - part.start
                form = self._of(part)
                # A single lane would be summed in another order than one of many.
                quotes = (np.broadcast_to(lane_slice(one, part), (max(size, 2),)) for one in (spread, lost))
                hazard, annuity = form._newton(*quotes, work=work[:, :, : max(size, 2)])
                found[0, part], found[1, part] = hazard[:size], annuity[:size]
        return found[0], found[1]

    def _of(self, part: slice) -> ClosedForm:
        if self.factors.shape[-1] == 1:
            return self
        return attrs.evolve(
            self,
            factors=lane_slice(self.factors, part),
            forwards=lane_slice(self.forwards, part),
            paid=lane_slice(self.paid, part),
            rebate=lane_slice(self.rebate, part),
            guess=lane_slice(self.guess, part),
        )

    def _newton(self, spread: Array, lost: Array, *, work: Array) -> tuple[Array, Array]:
        hazard = self.guess * spread / lost
        hazard = hazard * (1.0 + self.half * hazard)
        root, annuity = np.full((2, len(hazard)), np.nan)
        step = slope = climb = np.zeros_like(hazard)
        left = np.ones(len(hazard), np.bool_)
        for _ in range(PASSES):
            last, last_slope, last_climb = step, slope, climb
            loss, loss_slope, premium, climb = self._legs(hazard, work)
            height = lost * loss - spread * (premium - self.rebate)
            slope = lost * loss_slope - spread * climb
            # second derivatives, from the slopes of two passes
            moved = last != 0.0
            bend = np.where(moved, (slope - last_slope) / last, 0.0)
            bow = np.where(moved, (climb - last_climb) / last, 0.0)
            step = -height / slope
            step = step / (1.0 + 0.5 * step * bend / slope)
            now = left & (np.abs(step) <= NEAR * hazard)
            root = np.where(now, hazard + step, root)
            annuity = np.where(now, premium - self.rebate + step * (climb + 0.5 * step * bow), annuity)
            left &= ~now
            if not left.any():
                break
            step = np.maximum(step, -0.5 * hazard)
            hazard = hazard + step
        weakest = np.min(np.abs(root + self.forwards), axis=0)
        return np.where(root <= LOSS_OF_DIGITS * weakest * weakest, root, np.nan), annuity

    def _legs(self, hazard: Array, work: Array) -> tuple[Array, Array, Array, Array]:
        """Loss, its slope in the hazard, premium, its slope."""
        worth, scratch = work
        np.multiply(self.times, hazard, out=worth)
        np.negative(worth, out=worth)
        np.exp(worth, out=worth)
        np.multiply(worth, self.factors, out=worth)
        at = worth[list(self.bounds)]
        at_slope = -self.times[list(self.bounds)] * at
        premium = _sum(np.multiply(worth, self.paid, out=scratch))
        climb = -_sum(np.multiply(scratch, self.times, out=scratch))
        np.multiply(worth, self.drop, out=scratch)
        accrual = self.since * at[:-1] - self.until * at[1:] - self._by_segment(scratch)
        np.multiply(scratch, self.times, out=scratch)
        accrual_slope = self.since * at_slope[:-1] - self.until * at_slope[1:] + self._by_segment(scratch)
        fall, fall_slope = at[:-1] - at[1:], at_slope[:-1] - at_slope[1:]
        inverse = 1.0 / (hazard + self.forwards)
        share = hazard * inverse
        bent = self.forwards * inverse * inverse  # the slope of hazard / k
        part = inverse * fall
        both = accrual + part
        both_slope = accrual_slope + inverse * (fall_slope - part)
        return (
            _sum(share * fall),
            _sum(bent * fall + share * fall_slope),
            premium + self.rate * _sum(share * both),
            climb + self.rate * _sum(bent * both + share * both_slope),
        )

    def _by_segment(self, rows: Array) -> Array:
        """The sum of the rows strictly inside each segment."""
        sums = np.zeros((len(self.bounds) - 1, rows.shape[1]))
        for segment, (start, end) in enumerate(itertools.pairwise(self.bounds)):
            if end - start > 1:
                np.add.reduce(rows[start + 1 : end], axis=0, out=sums[segment])
        return sums


def _sum(rows: Array) -> Array:
    return np.asarray(np.add.reduce(rows, axis=0))


def closed_form(schedule: CdsSchedule, discount: DiscountCurve, half_day: bool) -> ClosedForm | None:
    """The closed form, or None where a contract needs the general pricer (a forward start, unlike accrual rates)."""
    cut = grid(schedule, discount.knots, half_day=half_day)
    if not (cut.protected == 1.0).all() or not np.allclose(cut.rate, cut.rate[0], rtol=1e-14, atol=0.0):
        return None
    days = cut.edges
    logs = discount.log_discount(days)
    inner = discount.knots[discount.knots < days[-1]]
    bounds = np.searchsorted(days, [0, *inner, days[-1]])
    spans = np.diff(days[bounds])[:, np.newaxis] / YEAR
    until = cut.since + cut.lengths
    drop = np.zeros(len(days))
    drop[1:-1] = until[:-1] - cut.since[1:]
    paid = np.zeros(logs.shape)
    at = np.searchsorted(days, cut.observed)
    paid[at] = cut.fractions[:, np.newaxis] * np.exp(discount.log_discount(cut.pays) - logs[at])
    rate = float(cut.rate[0])
    times = days / YEAR
    period = float(np.mean(serial(schedule.ends) - serial(schedule.starts))) / YEAR
    return ClosedForm(
        times[:, np.newaxis],
        np.exp(logs),
        tuple(int(row) for row in bounds),
        -np.diff(logs[bounds], axis=0) / spans,
        cut.since[bounds[:-1], np.newaxis],
        until[bounds[1:] - 1, np.newaxis],
        drop[:, np.newaxis],
        paid,
        rate,
        (0.5 / YEAR if half_day else 0.0) * rate,
        schedule.accrued * np.exp(discount.log_discount([schedule.settle_days]))[0],
        rate * (1.0 + 0.5 * period * logs[-1] / times[-1]),
    )
