"""Hazards out of spreads and upfronts: one flat hazard, or a curve pillar by pillar."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from .curves import YEAR, CreditCurve, DiscountCurve
from .errors import CreditError, CrossingError, lanes_where
from .grid import Grid, grid, lane_slice, part_of
from .kernels import integrals
from .legs import BLOCK, legs, same_start
from .numbers import Array, check, figure, lanes_of, plain, recovery_rate, table
from .roots import positive_roots
from .schedule import CdsSchedule

SLACK = 1e-13
"""Relative: a par spread that needs a hazard below nil by less than rounding has a hazard of nil."""


@attrs.frozen(eq=False)
class _Tail:
    """The part of one contract after the pillar before it: all that the hazard looked for changes.

    ``base`` is the log of the discounted survival at each piece's start, at a hazard of nil after the
    pillar before; ``fall`` what the log discount factor loses on it; ``after`` its years since that
    pillar. ``coupon_*`` likewise, of each coupon. ``loss`` and ``premium`` are what lies before.
    """

    lengths: Array
    since: Array
    rate: Array
    after: Array
    base: Array
    fall: Array
    coupon_after: Array
    coupon_base: Array
    fractions: Array
    loss: Array
    premium: Array

    def at(self, hazard: Array) -> tuple[Array, Array, Array, Array]:
        """Loss, its slope, premium, its slope, ``[lane]``, at a hazard after the pillar before."""
        e1, e2, e3 = integrals(self.fall + hazard * self.lengths, 3)
        weight = self.lengths * np.exp(self.base - hazard * self.after)
        accrual = self.rate * (self.since * e1 + self.lengths * e2)
        accrual_slope = self.rate * (self.since * e2 + self.lengths * e3) * self.lengths
        loss = np.sum(weight * e1, axis=0)
        loss_slope = np.sum(weight * (self.after * e1 + self.lengths * e2), axis=0)
        paid = np.sum(weight * accrual, axis=0)
        paid_slope = np.sum(weight * (self.after * accrual + accrual_slope), axis=0)
        coupons = self.fractions * np.exp(self.coupon_base - hazard * self.coupon_after)
        return (
            self.loss + hazard * loss,
            loss - hazard * loss_slope,
            self.premium + np.sum(coupons, axis=0) + hazard * paid,
            paid - hazard * paid_slope - np.sum(self.coupon_after * coupons, axis=0),
        )


def _tail(schedule: CdsSchedule, discount: DiscountCurve, earlier: CreditCurve | None, half_day: bool) -> _Tail:
    begin = 0 if earlier is None else int(earlier.knots[-1])
    cut = grid(schedule, discount.knots, begin=begin, half_day=half_day)
    log_discount = discount.log_discount(cut.edges)
    before = np.zeros((1, 1)) if earlier is None else earlier.cumulative([begin])
    loss, premium = np.zeros(1), np.zeros(1)
    if earlier is not None:
        loss, premium = _head(
            grid(schedule, discount.knots, earlier.knots, half_day=half_day), discount, earlier, begin
        )

    def column(values: Array) -> Array:
        return np.asarray(values[:, np.newaxis])

    return _Tail(
        column(cut.lengths),
        column(cut.since),
        column(cut.rate),
        column((cut.edges[:-1] - begin) / YEAR),
        log_discount[:-1] - before,
        -np.diff(log_discount, axis=0),
        column((cut.observed - begin) / YEAR),
        discount.log_discount(cut.pays) - before,
        column(cut.fractions),
        loss,
        premium,
    )


def _head(cut: Grid, discount: DiscountCurve, credit: CreditCurve, until: int) -> tuple[Array, Array]:
    """Loss and premium up to a day, on curves that are known up to it."""
    edges = cut.edges[cut.edges <= until]
    pieces = len(edges) - 1
    log_discount, cumulative = discount.log_discount(edges), credit.cumulative(edges)
    hazard = np.diff(cumulative, axis=0)
    e1, e2 = integrals(hazard - np.diff(log_discount, axis=0))
    weight = hazard * np.exp(log_discount[:-1] - cumulative[:-1])
    since, lengths, rate = (some[:pieces, np.newaxis] for some in (cut.since, cut.lengths, cut.rate))
    early = cut.observed <= until
    coupons = cut.fractions[early, np.newaxis] * np.exp(
        discount.log_discount(cut.pays[early]) - credit.cumulative(cut.observed[early])
    )
    accrual = np.sum(weight * rate * (since * e1 + lengths * e2), axis=0)
    return np.sum(weight * e1, axis=0), np.sum(coupons, axis=0) + accrual


def next_hazard(
    schedule: CdsSchedule,
    discount: DiscountCurve,
    earlier: CreditCurve | None,
    spread: Any,
    recovery: Any,
    *,
    coupon_upfront: tuple[Any, Any] | None = None,
    half_day: bool = True,
) -> Any:
    """One step of the bootstrap: the hazard after the last knot of ``earlier`` (None: from the trade date)
    at which the contract at this coupon is worth nil, clean.

    With ``coupon_upfront`` the contract pays that coupon and is worth that clean upfront at settlement
    instead (``spread`` is then not looked at). Elementwise in the lanes of the discount curve, the
    earlier hazards, the quotes and the recovery; the dates are static.
    """
    same_start(schedule, discount, *([] if earlier is None else [earlier]))
    if earlier is not None and earlier.knots[-1] >= schedule.maturity_days:
        raise CreditError("the maturity", schedule.maturity, "a date after the earlier pillar was expected")
    rate = recovery_rate(recovery)
    if coupon_upfront is None:
        coupon, upfront = figure(spread, "the spread"), np.zeros(1)
        check(coupon, coupon >= 0.0, "the spread", "a spread of at least nil was expected")
    else:
        coupon, upfront = figure(coupon_upfront[0], "the coupon"), figure(coupon_upfront[1], "the upfront")
    known = [] if earlier is None else [earlier.hazards]
    count = lanes_of(discount.logs, *known, coupon, upfront, rate)
    found = np.empty(count)
    for part in part_of(count, BLOCK):
        some = DiscountCurve(discount.trade, discount.knots, lane_slice(discount.logs, part))
        past = None if earlier is None else CreditCurve(earlier.trade, earlier.knots, lane_slice(earlier.hazards, part))
        found[part] = _solve(
            schedule,
            _tail(schedule, some, past, half_day),
            np.exp(some.log_discount([schedule.settle_days]))[0],
            lane_slice(coupon, part),
            lane_slice(upfront, part),
            lane_slice(rate, part),
            first=part.start,
            points=coupon_upfront is not None,
        )
    return plain(found)


def _solve(
    schedule: CdsSchedule,
    tail: _Tail,
    settle: Array,
    coupon: Array,
    upfront: Array,
    rate: Array,
    *,
    first: int,
    points: bool,
) -> Array:
    lost = 1.0 - rate
    accrued = schedule.accrued * settle

    def worth(hazard: Array) -> tuple[Array, Array]:
        loss, loss_slope, premium, premium_slope = tail.at(hazard)
        return lost * loss - coupon * (premium - accrued) - upfront * settle, lost * loss_slope - coupon * premium_slope

    loss, loss_slope, premium, _ = tail.at(np.zeros(1))
    annuity = premium - accrued
    at_zero = np.atleast_1d(lost * loss - coupon * annuity - upfront * settle)
    scale = np.abs(lost * loss) + np.abs(coupon) * np.abs(premium) + np.abs(upfront)
    nothing = at_zero >= -SLACK * scale
    crossing = at_zero > SLACK * scale
    lanes = max(at_zero.shape[0], settle.shape[0], tail.base.shape[1])
    at_zero, nothing, crossing = (np.broadcast_to(some, (lanes,)) for some in (at_zero, nothing, crossing))
    if crossing.any():
        at = int(np.flatnonzero(crossing)[0])
        where = tuple(first + lane for lane in lanes_where(crossing))
        if points:
            least = lane_of((lost * loss - coupon * annuity) / settle, at)
            raise CreditError(
                "the upfront",
                lane_of(upfront, at),
                f"at this coupon and no hazard it is {least:.12g}: no less was expected",
                where,
            )
        raise CrossingError(str(schedule.maturity), lane_of(coupon, at), lane_of(lost * loss / annuity, at), where)
    guess = np.maximum(np.broadcast_to(-at_zero / (lost * loss_slope), (lanes,)), 1e-8)
    root, exists = positive_roots(worth, np.minimum(guess, 10.0))
    if not (exists | nothing).all():
        wrong = ~(exists | nothing)
        at = int(np.flatnonzero(wrong)[0])
        field = "the upfront" if points else f"the par spread of pillar {schedule.maturity}"
        raise CreditError(
            field,
            lane_of(upfront if points else coupon, at),
            "no hazard is high enough for it: a lower figure was expected",
            tuple(first + lane for lane in lanes_where(wrong)),
        )
    return np.where(nothing, 0.0, root)


def lane_of(array: Array, lane: int) -> float:
    return float(array[lane] if array.shape[0] > 1 else array[0])


def bootstrap(
    schedules: Sequence[CdsSchedule], discount: DiscountCurve, spreads: Any, recovery: Any, *, half_day: bool = True
) -> CreditCurve:
    """The credit curve on which each contract is at par at its spread: a hazard a piece, a knot at each maturity.

    ``spreads`` is ``[pillar]`` or ``[pillar, lane]``, a rate a year (0.01 is 100bp); ``recovery`` a
    number or ``[lane]``. Schedules share one trade date, and their maturities rise. Spreads that need
    a negative forward hazard are a ``CrossingError``.
    """
    if not schedules:
        raise CreditError("the pillars", "empty", "at least one was expected")
    for before, after in itertools.pairwise(schedules):
        if after.maturity <= before.maturity:
            wanted = (
                "each pillar once was expected"
                if after.maturity == before.maturity
                else (f"a maturity after {before.maturity}, the pillar before it, was expected")
            )
            raise CreditError("a pillar's maturity", after.maturity, wanted)
    quotes = table(
        spreads, len(schedules), "the spreads", lambda row: f"the spread of pillar {schedules[row].maturity}"
    )
    rate = recovery_rate(recovery)
    count = lanes_of(discount.logs, quotes, rate)
    for row, schedule in enumerate(schedules):
        check(quotes[row], quotes[row] >= 0.0, f"the spread of pillar {schedule.maturity}", "at least nil was expected")
    curve: CreditCurve | None = None
    for row, schedule in enumerate(schedules):
        hazard = np.broadcast_to(next_hazard(schedule, discount, curve, quotes[row], rate, half_day=half_day), (count,))
        knots = [] if curve is None else list(curve.knots)
        hazards = [] if curve is None else list(curve.hazards)
        curve = CreditCurve(
            schedule.trade, np.array([*knots, schedule.maturity_days], np.int64), np.array([*hazards, hazard])
        )
    assert curve is not None
    return curve


def flat_curve(
    schedule: CdsSchedule, discount: DiscountCurve, spread: Any, recovery: Any, *, half_day: bool = True
) -> CreditCurve:
    """The one flat hazard that a quoted spread stands for: that at which a contract with this coupon is worth nil."""
    hazard = np.atleast_1d(next_hazard(schedule, discount, None, spread, recovery, half_day=half_day))
    return CreditCurve(schedule.trade, np.array([schedule.maturity_days], np.int64), hazard[np.newaxis, :])


def upfront_from_spread(
    schedule: CdsSchedule, discount: DiscountCurve, spread: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> Any:
    """The clean upfront at settlement, per unit notional, that a quoted spread stands for at a standard coupon."""
    rate, paid, quoted = recovery_rate(recovery), figure(coupon, "the coupon"), figure(spread, "the spread")
    found = legs(schedule, discount, flat_curve(schedule, discount, quoted, rate, half_day=half_day), half_day=half_day)
    lanes_of(found.loss, paid)
    return plain((quoted - paid) * found.annuity / found.settle)


def spread_from_upfront(
    schedule: CdsSchedule, discount: DiscountCurve, upfront: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> Any:
    """The quoted spread that a clean upfront at settlement, per unit notional, stands for at a standard coupon."""
    rate, paid, points = recovery_rate(recovery), figure(coupon, "the coupon"), figure(upfront, "the upfront")
    hazard = np.atleast_1d(
        next_hazard(schedule, discount, None, None, rate, coupon_upfront=(paid, points), half_day=half_day)
    )
    curve = CreditCurve(schedule.trade, np.array([schedule.maturity_days], np.int64), hazard[np.newaxis, :])
    found = legs(schedule, discount, curve, half_day=half_day)
    return plain((1.0 - rate) * found.loss / found.annuity)
