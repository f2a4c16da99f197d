"""Hazards out of spreads and upfronts: one flat hazard, or a curve pillar by pillar."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from .closed import closed_form
from .curves import YEAR, CreditCurve, DiscountCurve
from .errors import CreditError, CrossingError, lanes_where
from .grid import Grid, Mask, grid, lane_slice, part_of
from .kernels import integrals
from .legs import BLOCK, legs, same_start
from .numbers import Array, check, figure, lanes_of, numbers, plain, recovery_rate, table, total
from .roots import positive_roots
from .schedule import CdsSchedule

SLACK = 1e-13
"""Relative: what lies below it is rounding."""


@attrs.frozen(eq=False)
class _Tail:
    """The part of one contract after the pillar before it: all that the hazard looked for changes.

    ``base`` is the log of the discounted survival at each piece's start, at a hazard of nil after the
    pillar before; ``fall`` what the log discount factor loses on it; ``after`` its years since that
    pillar. ``coupon_*`` likewise, of each coupon. ``loss`` and ``premium`` are what lies before, ``known`` the
    integral of the hazard up to that pillar and ``last`` the hazard that led to it.
    """

    lengths: Array
    protected: Array
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
    known: Array
    last: Array

    def at(self, hazard: Array) -> tuple[Array, Array, Array, Array]:
        """Loss, its slope, premium, its slope, ``[lane]``, at a hazard after the pillar before."""
        e1, e2, e3 = integrals(self.fall + hazard * self.lengths, 3)
        weight = self.lengths * np.exp(self.base - hazard * self.after)
        accrual = self.rate * (self.since * e1 + self.lengths * e2)
        accrual_slope = self.rate * (self.since * e2 + self.lengths * e3) * self.lengths
        covered = self.protected * weight
        loss = total(covered * e1)
        loss_slope = total(covered * (self.after * e1 + self.lengths * e2))
        paid = total(weight * accrual)
        paid_slope = total(weight * (self.after * accrual + accrual_slope))
        coupons = self.fractions * np.exp(self.coupon_base - hazard * self.coupon_after)
        return (
            self.loss + hazard * loss,
            loss - hazard * loss_slope,
            self.premium + total(coupons) + hazard * paid,
            paid - hazard * paid_slope - total(self.coupon_after * coupons),
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
        column(cut.protected),
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
        before[0],
        np.zeros(1) if earlier is None else earlier.hazards[-1],
    )


def _head(cut: Grid, discount: DiscountCurve, credit: CreditCurve, until: int) -> tuple[Array, Array]:
    """Loss and premium up to a day, on curves that are known up to it."""
    edges = cut.edges[cut.edges <= until]
    pieces = len(edges) - 1
    log_discount, cumulative = discount.log_discount(edges), credit.cumulative(edges)
    hazard = np.diff(cumulative, axis=0)
    e1, e2 = integrals(hazard - np.diff(log_discount, axis=0))
    weight = hazard * np.exp(log_discount[:-1] - cumulative[:-1])
    columns = (cut.since, cut.lengths, cut.rate, cut.protected)
    since, lengths, rate, protected = (some[:pieces, np.newaxis] for some in columns)
    early = cut.observed <= until
    coupons = cut.fractions[early, np.newaxis] * np.exp(
        discount.log_discount(cut.pays[early]) - credit.cumulative(cut.observed[early])
    )
    accrual = total(weight * rate * (since * e1 + lengths * e2))
    return total(protected * weight * e1), total(coupons) + accrual


@attrs.frozen(eq=False)
class Step:
    """One piece of a credit curve: ``hazard`` ``[lane]``, and in which lanes there is none.

    ``crossing``: even a hazard of nil is too much (the quote is below ``least``, ``[lane]``, which that
    supports); ``beyond``: no hazard is enough. In both the hazard is not a number.
    """

    hazard: Array
    crossing: Mask
    beyond: Mask
    least: Array

    @property
    def sound(self) -> bool:
        return not (self.crossing.any() or self.beyond.any())


def hazard_step(
    schedule: CdsSchedule,
    discount: DiscountCurve,
    earlier: CreditCurve | None,
    coupon: Any,
    upfront: Any,
    recovery: Any,
    *,
    half_day: bool = True,
) -> Step:
    """The hazard after the last knot of ``earlier`` (None: from the trade date) at which the contract at
    this coupon is worth this clean upfront at settlement, per unit notional (nil: it is at par).

    Elementwise in the lanes of the discount curve, the earlier hazards, the quotes and the recovery;
    the dates are static. No lane disturbs another: where there is no hazard the step says so.
    """
    same_start(schedule, discount, *([] if earlier is None else [earlier]))
    if earlier is not None and earlier.knots[-1] >= schedule.maturity_days:
        raise CreditError("the maturity", schedule.maturity, "a date after the earlier pillar was expected")
    rate, paid, points = recovery_rate(recovery), figure(coupon, "the coupon"), figure(upfront, "the upfront")
    check(paid, paid >= 0.0, "the coupon", "a rate of at least nil was expected")
    known = [] if earlier is None else [earlier.hazards]
    count = lanes_of(discount.logs, *known, paid, points, rate)
    step = Step(np.empty(count), np.empty(count, np.bool_), np.empty(count, np.bool_), np.empty(count))
    for part in part_of(count, BLOCK):
        some = DiscountCurve(discount.trade, discount.knots, lane_slice(discount.logs, part))
        past = None if earlier is None else CreditCurve(earlier.trade, earlier.knots, lane_slice(earlier.hazards, part))
        tail = _tail(schedule, some, past, half_day)
        settle = np.exp(some.log_discount([schedule.settle_days]))[0]
        quotes = (lane_slice(one, part) for one in (paid, points, rate))
        block = _solve(tail, settle, schedule.accrued, *quotes, lanes=part.stop - part.start)
        for whole, found in zip(attrs.astuple(step), attrs.astuple(block), strict=True):
            whole[part] = found
    return step


def _solve(
    tail: _Tail, settle: Array, accrued: float, coupon: Array, upfront: Array, rate: Array, *, lanes: int
) -> Step:
    lost = 1.0 - rate

    def worth(hazard: Array) -> tuple[Array, Array]:
        loss, loss_slope, premium, premium_slope = tail.at(hazard)
        value = lost * loss - coupon * (premium - accrued * settle) - upfront * settle
        return value, lost * loss_slope - coupon * premium_slope

    loss, loss_slope, premium, premium_slope = tail.at(np.zeros(1))
    annuity = premium - accrued * settle
    at_zero = lost * loss - coupon * annuity - upfront * settle
    scale = np.abs(lost * loss) + np.abs(coupon) * np.abs(premium) + np.abs(upfront)
    # What is asked of the hazard may lie below rounding: it is nil then, or the name is gone before and any will do.
    nothing = np.abs(at_zero) <= SLACK * scale
    idle = np.where(lost * np.exp(-tail.known) <= SLACK * scale, tail.last, 0.0)
    par = np.divide(
        lost * loss,
        annuity,
        out=np.zeros(np.broadcast_shapes(loss.shape, annuity.shape, lost.shape)),
        where=annuity != 0.0,
    )
    least = np.where(upfront == 0.0, par, (lost * loss - coupon * annuity) / settle)
    at_zero, nothing, idle, least = (np.broadcast_to(one, (lanes,)) for one in (at_zero, nothing, idle, least))
    crossing = (at_zero > 0.0) & ~nothing
    # Newton's step from nil; the worth of a flat hazard without interest bends so that this is its root.
    with np.errstate(all="ignore"):
        first = np.abs(at_zero) / (lost * loss_slope - coupon * premium_slope)
        guess = np.nan_to_num(first / (1.0 - np.minimum(0.5 * first * np.sum(tail.lengths), 0.9)), nan=1.0)
    guess = np.clip(np.broadcast_to(guess, (lanes,)), 1e-8, 100.0)
    root, exists = positive_roots(worth, guess, nothing | crossing)
    beyond = ~(exists | nothing | crossing)
    hazard = np.where(nothing, idle, np.where(crossing | beyond, np.nan, root))
    return Step(hazard, crossing, beyond, least)


def next_hazard(
    schedule: CdsSchedule,
    discount: DiscountCurve,
    earlier: CreditCurve | None,
    spread: Any,
    recovery: Any,
    *,
    half_day: bool = True,
) -> Any:
    """``hazard_step`` at a par spread, as a number or ``[lane]``; an error where a lane has none."""
    quoted = figure(spread, "the spread")
    check(quoted, quoted >= 0.0, "the spread", "a rate of at least nil was expected")
    step = hazard_step(schedule, discount, earlier, quoted, 0.0, recovery, half_day=half_day)
    return plain(_sound(step, schedule, spread=quoted))


def _sound(
    step: Step,
    schedule: CdsSchedule,
    *,
    spread: Array | None = None,
    upfront: Array | None = None,
    places: npt.NDArray[np.intp] | None = None,
) -> Array:
    """The hazard, if every lane has one. ``places`` are the lanes' own positions where they are some of many."""
    if step.sound:
        return step.hazard
    wrong = step.crossing if step.crossing.any() else step.beyond
    at = int(np.flatnonzero(wrong)[0])
    lanes = lanes_where(wrong) if places is None else tuple(int(lane) for lane in places[wrong])
    quote = upfront if spread is None else spread
    assert quote is not None
    value = float(quote[at] if quote.shape[0] > 1 else quote[0])
    if spread is not None and step.crossing.any():
        raise CrossingError(str(schedule.maturity), value, float(step.least[at]), lanes)
    field = f"the {'upfront' if spread is None else 'par spread'} of pillar {schedule.maturity}"
    if step.crossing.any():
        wanted = f"at least {step.least[at]:.12g} was expected: less would be a negative forward hazard"
    else:
        wanted = "no hazard is high enough for it, as a sure default is worth less: a lower figure was expected"
    raise CreditError(field, value, wanted, lanes)


def bootstrap(
    schedules: Sequence[CdsSchedule], discount: DiscountCurve, spreads: Any, recovery: Any, *, half_day: bool = True
) -> CreditCurve:
    """The credit curve on which each contract is at par at its spread: a hazard a piece, a knot at each maturity.

    ``spreads`` is ``[pillar]`` or ``[pillar, lane]``, a rate a year (0.01 is 100bp); ``recovery`` a
    number or ``[lane]``. Schedules share one trade date, and their maturities rise. Spreads that need
    a negative forward hazard are a ``CrossingError``.
    """
    quotes = _quotes(schedules, spreads, "spread")
    for row, schedule in enumerate(schedules):
        check(quotes[row], quotes[row] >= 0.0, f"the spread of pillar {schedule.maturity}", "at least nil was expected")

    def piece(row: int, curve: CreditCurve | None) -> Array:
        step = hazard_step(schedules[row], discount, curve, quotes[row], 0.0, recovery, half_day=half_day)
        return _sound(step, schedules[row], spread=quotes[row])

    return _curve(schedules, lanes_of(discount.logs, quotes, recovery_rate(recovery)), piece)


def bootstrap_upfronts(
    schedules: Sequence[CdsSchedule],
    discount: DiscountCurve,
    upfronts: Any,
    coupon: Any,
    recovery: Any,
    *,
    half_day: bool = True,
) -> CreditCurve:
    """The credit curve on which each contract at this coupon is worth its clean upfront at settlement.

    ``upfronts``, per unit notional, is ``[pillar]`` or ``[pillar, lane]``, ``coupon`` a number or one a
    pillar, the rest as for ``bootstrap``.
    """
    quotes = _quotes(schedules, upfronts, "upfront")
    paid = np.broadcast_to(numbers(coupon, "the coupon"), (len(schedules),)) if np.ndim(coupon) == 0 else coupon
    coupons = _quotes(schedules, paid, "coupon")

    def piece(row: int, curve: CreditCurve | None) -> Array:
        step = hazard_step(schedules[row], discount, curve, coupons[row], quotes[row], recovery, half_day=half_day)
        return _sound(step, schedules[row], upfront=quotes[row])

    return _curve(schedules, lanes_of(discount.logs, quotes, coupons, recovery_rate(recovery)), piece)


def _quotes(schedules: Sequence[CdsSchedule], quotes: Any, what: str) -> Array:
    if not schedules:
        raise CreditError("the pillars", "empty", "at least one was expected")
    for before, after in itertools.pairwise(schedules):
        if after.maturity == before.maturity:
            raise CreditError("a pillar's maturity", after.maturity, "each pillar once was expected")
        if after.maturity < before.maturity:
            wanted = f"a maturity after {before.maturity}, the pillar before it, was expected"
            raise CreditError("a pillar's maturity", after.maturity, wanted)
    names = [f"the {what} of pillar {schedule.maturity}" for schedule in schedules]
    return table(quotes, len(schedules), f"the {what}s", lambda row: names[row])


def _curve(
    schedules: Sequence[CdsSchedule], lanes: int, piece: Callable[[int, CreditCurve | None], Array]
) -> CreditCurve:
    knots = np.array([schedule.maturity_days for schedule in schedules], np.int64)
    hazards = np.empty((len(schedules), lanes))
    curve: CreditCurve | None = None
    for row, schedule in enumerate(schedules):
        hazards[row] = piece(row, curve)
        curve = CreditCurve(schedule.trade, knots[: row + 1], hazards[: row + 1])
    assert curve is not None
    return curve


def flat_hazards(
    schedule: CdsSchedule, discount: DiscountCurve, spread: Array, recovery: Array, *, half_day: bool = True
) -> tuple[Array, Array]:
    """The flat hazard ``[lane]`` of each quoted spread, and its clean annuity seen from the trade date."""
    same_start(schedule, discount)
    check(spread, spread >= 0.0, "the spread", "a rate of at least nil was expected")
    count = lanes_of(discount.logs, spread, recovery)
    form = closed_form(schedule, discount, half_day)
    hazard, annuity = np.full((2, count), np.nan) if form is None else form.solve(spread, 1.0 - recovery)
    left = np.flatnonzero(np.isnan(hazard))
    if len(left):
        some = DiscountCurve(discount.trade, discount.knots, _only(discount.logs, left))
        quoted, rate = _only(spread, left), _only(recovery, left)
        step = hazard_step(schedule, some, None, quoted, 0.0, rate, half_day=half_day)
        curve = CreditCurve(
            schedule.trade,
            np.array([schedule.maturity_days], np.int64),
            _sound(step, schedule, spread=quoted, places=left if count > 1 else None)[np.newaxis, :],
        )
        hazard[left], annuity[left] = curve.hazards[0], legs(schedule, some, curve, half_day=half_day).annuity
    return hazard, annuity


def _only(array: Array, lanes: npt.NDArray[np.intp]) -> Array:
    return array if array.shape[-1] == 1 else array[..., lanes]


def flat_curve(
    schedule: CdsSchedule, discount: DiscountCurve, spread: Any, recovery: Any, *, half_day: bool = True
) -> CreditCurve:
    """The one flat hazard that a quoted spread stands for: that at which a contract with this coupon is worth nil."""
    quoted, rate = figure(spread, "the spread"), recovery_rate(recovery)
    hazard, _ = flat_hazards(schedule, discount, quoted, rate, half_day=half_day)
    return CreditCurve(schedule.trade, np.array([schedule.maturity_days], np.int64), hazard[np.newaxis, :])


def upfront_from_spread(
    schedule: CdsSchedule, discount: DiscountCurve, spread: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> Any:
    """The clean upfront at settlement, per unit notional, that a quoted spread stands for at a standard coupon."""
    rate, paid, quoted = recovery_rate(recovery), figure(coupon, "the coupon"), figure(spread, "the spread")
    _, annuity = flat_hazards(schedule, discount, quoted, rate, half_day=half_day)
    lanes_of(annuity, paid)
    return plain((quoted - paid) * annuity / np.exp(discount.log_discount([schedule.settle_days]))[0])


def spread_from_upfront(
    schedule: CdsSchedule, discount: DiscountCurve, upfront: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> Any:
    """The quoted spread that a clean upfront at settlement, per unit notional, stands for at a standard coupon.

    Where rates are so far below nil that two spreads have this upfront, one of them.
    """
    rate, paid, points = recovery_rate(recovery), figure(coupon, "the coupon"), figure(upfront, "the upfront")
    step = hazard_step(schedule, discount, None, paid, points, rate, half_day=half_day)
    hazard = _sound(step, schedule, upfront=points)
    curve = CreditCurve(schedule.trade, np.array([schedule.maturity_days], np.int64), hazard[np.newaxis, :])
    found = legs(schedule, discount, curve, half_day=half_day)
    return plain((1.0 - rate) * found.loss / found.annuity)
