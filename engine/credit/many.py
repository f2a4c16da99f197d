"""A hundred thousand contracts of one schedule on one discount curve, each from its own spread.

With one flat hazard a name, and with e the survival to a day, everything that the model sums is linear in
the survivals to some thirty days (the knots of the discount curve and the ends of the coupons), times a
few functions of the hazard on each segment of the discount curve. On a segment with forward rate r, and
with k = hazard + r,

    loss      = hazard / k (B_start - B_end)
    accrual   = rate hazard / k (sum over its pieces of (t_start B_start - t_end B_end) + (B_start - B_end) / k)

(the leg integrals of ``legs`` with e1 and e2 written out: inside a segment they telescope). So one
product of a small matrix with the survivals gives both legs and their slopes, and Newton's method
finds each hazard in two passes, or three at spreads far above 10%.

Nothing is interpolated across spreads: each contract is solved to machine precision, and the general
pricer takes the few that this form would lose digits on.
"""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import numpy as np

from .bootstrap import flat_curve
from .curves import YEAR, DiscountCurve
from .grid import grid, part_of
from .legs import CdsValue, legs, same_start
from .numbers import Array, check, figure, lanes_of, plain, recovery_rate
from .schedule import CdsSchedule

LANES = 1024
"""Contracts in a block: its arrays stay in a core's own cache."""

SMALL_PRODUCT = 250_000
"""Multiplications in one matrix product: a larger one would be spread over threads, which costs more than it saves."""

PASSES = 8

NEAR = 1e-6
"""A step smaller than this part of the hazard, second order included, leaves nothing: the pass was the last."""

LOSS_OF_DIGITS = 1e4
"""hazard / k² above which the closed form loses more than 1e-12 of an annuity of one year."""


@attrs.frozen
class QuotedCds(CdsValue):
    """A contract priced from its quoted spread: ``CdsValue`` with the flat ``hazard`` that the spread stands for."""

    hazard: Any = attrs.field(kw_only=True)


def price_spreads(
    schedule: CdsSchedule, discount: DiscountCurve, spreads: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> QuotedCds:
    """Contracts of one schedule on one discount curve, from their quoted spreads ``[contract]``.

    ``coupon`` and ``recovery`` are numbers, or one a contract. Each is worth what ``upfront_from_spread``
    and ``price`` say, to 1e-12 per unit notional; made for very many: a curve with lanes, a forward
    start or a schedule of unlike accrual rates goes to the general pricer.
    """
    same_start(schedule, discount)
    quoted, paid, rate = figure(spreads, "the spreads"), figure(coupon, "the coupon"), recovery_rate(recovery)
    check(quoted, quoted >= 0.0, "the spreads", "spreads of at least nil were expected")
    count = lanes_of(discount.logs, quoted, paid, rate)
    form = _form(schedule, discount, half_day) if discount.lanes == 1 else None
    spread = np.broadcast_to(quoted, (count,))
    lost = np.broadcast_to(1.0 - rate, (count,))
    hazard, annuity = np.full((2, count), np.nan)
    if form is not None:
        width = form.width
        whole = -(-count // width) * width
        rows = [np.resize(one, whole).reshape(-1, width) for one in (spread, lost)]
        found = np.empty((2, *rows[0].shape))
        with np.errstate(all="ignore"):
            for part in part_of(len(rows[0]), max(1, LANES // width)):
                found[0, part], found[1, part] = form.solve(rows[0][part], rows[1][part])
        hazard, annuity = found.reshape(2, -1)[:, :count]
    left = np.flatnonzero(np.isnan(hazard))
    if len(left):
        every = len(left) == count
        part_discount = discount if every else DiscountCurve(discount.trade, discount.knots, _of(discount.logs, left))
        curve = flat_curve(schedule, part_discount, spread[left], 1.0 - lost[left], half_day=half_day)
        hazard[left], annuity[left] = curve.hazards[0], legs(schedule, part_discount, curve, half_day=half_day).annuity
    settle = np.exp(discount.log_discount([schedule.settle_days]))[0]
    annuity = annuity / settle
    accrued = paid * schedule.accrued
    clean = (spread - paid) * annuity
    return QuotedCds(
        clean=plain(clean),
        dirty=plain(clean - accrued),
        protection=plain(spread * annuity),
        premium=plain(paid * annuity),
        accrued=plain(accrued),
        annuity=plain(annuity),
        par_spread=plain(np.array(spread)),
        hazard=plain(hazard),
    )


def _of(array: Array, lanes: Any) -> Array:
    return array if array.shape[-1] == 1 else array[..., lanes]


@attrs.frozen(eq=False)
class _Form:
    """The closed form of one schedule on one discount curve.

    ``times`` ``[day, 1]`` of the days asked about; ``forwards`` ``[segment, 1]``; ``matrix`` has, for the
    survivals and then for their slopes in the hazard, a row a segment for the fall of the discounted
    survival, a row a segment for the accrual, and one for the coupons. ``rate`` is the coupons' year
    fraction over their length, ``rebate`` the discounted accrued coupon, ``guess`` what turns a spread
    over the loss into the hazard, but for higher orders.
    """

    times: Array
    forwards: Array
    matrix: Array
    rate: float
    half: float
    rebate: float
    guess: float

    @property
    def width(self) -> int:
        """Contracts in one matrix product."""
        return int(np.clip(SMALL_PRODUCT // self.matrix.size // 8 * 8, 8, LANES))

    def solve(self, spread: Array, lost: Array) -> tuple[Array, Array]:
        """Hazard and clean annuity, seen from the trade date, of each spread ``[row, column]``.

        Not a number where the general pricer has to be asked.
        """
        hazard = self.guess * spread / lost
        hazard *= 1.0 + self.half * hazard
        bend = bow = step = np.zeros_like(hazard)
        slope = climb = hazard
        for turn in range(PASSES):
            last, last_slope, last_climb = step, slope, climb
            loss, loss_slope, premium, climb = self._legs(hazard)
            height = lost * loss - spread * (premium - self.rebate)
            slope = lost * loss_slope - spread * climb
            if turn > 0:  # second derivatives, from the slopes of two passes
                bend = np.divide(slope - last_slope, last, out=np.zeros_like(hazard), where=last != 0.0)
                bow = np.divide(climb - last_climb, last, out=np.zeros_like(hazard), where=last != 0.0)
            step = -height / slope
            step = step / (1.0 + 0.5 * step * bend / slope)
            near = np.abs(step) <= NEAR * hazard
            if near.all():
                break
            step = np.maximum(step, -0.5 * hazard)
            hazard = hazard + step
        annuity = premium - self.rebate + step * (climb + 0.5 * step * bow)
        weakest = np.min(np.abs(hazard[:, np.newaxis] + self.forwards), axis=1)
        sound = near & (hazard <= LOSS_OF_DIGITS * weakest * weakest)
        return np.where(sound, hazard + step, np.nan), annuity

    def _legs(self, hazard: Array) -> tuple[Array, Array, Array, Array]:
        """Loss, its slope in the hazard, premium, its slope."""
        hazard = hazard[:, np.newaxis]
        survival = np.multiply(-self.times, hazard)
        np.exp(survival, out=survival)
        sums = self.matrix @ survival
        segments = len(self.forwards)
        fall, accrual = sums[:, :segments], sums[:, segments : 2 * segments]
        fall_slope, accrual_slope = sums[:, -1 - 2 * segments : -1 - segments], sums[:, -1 - segments : -1]
        inverse = 1.0 / (hazard + self.forwards)
        share = hazard * inverse
        bent = self.forwards * inverse * inverse  # the slope of hazard / k
        both = accrual + self.rate * inverse * fall
        both_slope = accrual_slope + self.rate * inverse * (fall_slope - inverse * fall)
        return (
            _sum(share * fall),
            _sum(bent * fall + share * fall_slope),
            sums[:, 2 * segments] + _sum(share * both),
            sums[:, -1] + _sum(bent * both + share * both_slope),
        )


def _sum(rows: Array) -> Array:
    return np.asarray(np.add.reduce(rows, axis=1))


def _form(schedule: CdsSchedule, discount: DiscountCurve, half_day: bool) -> _Form | None:
    """The closed form, or None where a contract needs the general pricer."""
    cut = grid(schedule, discount.knots, half_day=half_day)
    if not (cut.protected == 1.0).all() or not np.allclose(cut.rate, cut.rate[0], rtol=1e-14, atol=0.0):
        return None
    days = cut.edges
    place = {int(day): column for column, day in enumerate(days)}
    logs = discount.log_discount(days)[:, 0]
    factors = np.exp(logs)
    inner = discount.knots[discount.knots < days[-1]]
    bounds = [place[int(day)] for day in (0, *inner, days[-1])]
    segments = len(bounds) - 1
    fall, accrual = np.zeros((segments, len(days))), np.zeros((segments, len(days)))
    forwards = np.empty((segments, 1))
    for row, (start, end) in enumerate(itertools.pairwise(bounds)):
        fall[row, start], fall[row, end] = factors[start], -factors[end]
        forwards[row] = (logs[start] - logs[end]) / float(days[end] - days[start]) * YEAR
        for piece in range(start, end):
            accrual[row, piece] += cut.rate[piece] * cut.since[piece] * factors[piece]
            accrual[row, piece + 1] -= cut.rate[piece] * (cut.since[piece] + cut.lengths[piece]) * factors[piece + 1]
    coupons = np.zeros(len(days))
    for day, fraction, factor in zip(
        cut.observed, cut.fractions, np.exp(discount.log_discount(cut.pays))[:, 0], strict=True
    ):
        coupons[place[int(day)]] += fraction * factor
    rows = np.concatenate([fall, accrual, coupons[np.newaxis]])
    times = days / YEAR
    settle = float(np.exp(discount.log_discount([schedule.settle_days]))[0, 0])
    period = (
        float(np.mean(schedule.ends[schedule.live :] - schedule.starts[schedule.live :]) / np.timedelta64(1, "D"))
        / YEAR
    )
    rate = float(cut.rate[0])
    mean = -float(logs[-1]) / times[-1]
    return _Form(
        times[:, np.newaxis],
        forwards,
        np.concatenate([rows, -times * rows]),
        rate,
        (0.5 / YEAR if half_day else 0.0) * rate,
        schedule.accrued * settle,
        rate * (1.0 - 0.5 * mean * period),
    )
