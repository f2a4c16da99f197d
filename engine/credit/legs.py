"""The protection and premium legs of the ISDA standard model (1.8.2), and what is quoted on them.

On a piece on which the log discount factor falls by f and the log survival by h, with x = f + h and
B the discounted survival at its start, a unit of loss is worth h B e1(x) and the accrual paid on
default rate h B (t0 e1(x) + length e2(x)).
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from .curves import CreditCurve, DiscountCurve
from .errors import CreditError
from .grid import Grid, grid, lane_slice, part_of
from .kernels import integrals
from .numbers import Array, figure, lanes_of, plain, recovery_rate, total
from .schedule import CdsSchedule

BLOCK = 512
"""Lanes priced together."""


@attrs.frozen(eq=False)
class Legs:
    """Per unit notional, seen from the trade date, each ``[lane]``.

    ``loss`` is the protection leg at a recovery of nil; ``premium`` the premium leg at a coupon of
    one, the accrual paid on default included, before the accrued coupon is taken off; ``accrued`` the
    accrued coupon at a coupon of one (a plain number, not discounted); ``settle`` the discount factor
    of the settlement date.
    """

    loss: Array
    premium: Array
    accrued: float
    settle: Array

    @property
    def annuity(self) -> Array:
        """The clean risky annuity, seen from the trade date: what a coupon of one is worth without the accrued."""
        return self.premium - self.accrued * self.settle


def legs(schedule: CdsSchedule, discount: DiscountCurve, credit: CreditCurve, *, half_day: bool = True) -> Legs:
    """Both legs on a discount and a credit curve that start on the schedule's trade date.

    ``half_day``: whether the accrual paid on default counts half a day more, as the model that
    published numbers follow does; without it is the corrected form.
    """
    same_start(schedule, discount, credit)
    cut = grid(schedule, discount.knots, credit.knots, half_day=half_day)
    count = lanes_of(discount.logs, credit.hazards)
    loss, premium = np.empty(count), np.empty(count)
    for part in part_of(count, BLOCK):
        some = DiscountCurve(discount.trade, discount.knots, lane_slice(discount.logs, part))
        risk = CreditCurve(credit.trade, credit.knots, lane_slice(credit.hazards, part))
        loss[part], premium[part] = _block(cut, some, risk)
    return Legs(loss, premium, schedule.accrued, np.exp(discount.log_discount([schedule.settle_days]))[0])


def _block(cut: Grid, discount: DiscountCurve, credit: CreditCurve) -> tuple[Array, Array]:
    log_discount = discount.log_discount(cut.edges)
    cumulative = credit.cumulative(cut.edges)
    hazard = np.diff(cumulative, axis=0)
    e1, e2 = integrals(hazard - np.diff(log_discount, axis=0))
    weight = hazard * np.exp(log_discount[:-1] - cumulative[:-1])
    loss = total(cut.protected[:, None] * weight * e1)
    accrual = total(weight * cut.rate[:, None] * (cut.since[:, None] * e1 + cut.lengths[:, None] * e2))
    coupons = cut.fractions[:, None] * np.exp(discount.log_discount(cut.pays) - credit.cumulative(cut.observed))
    return loss, total(coupons) + accrual


def same_start(schedule: CdsSchedule, *curves: DiscountCurve | CreditCurve) -> None:
    for curve in curves:
        if curve.trade != schedule.trade:
            raise CreditError(
                "a curve's start", curve.trade, f"the schedule's trade date {schedule.trade} was expected"
            )


def protection_leg(schedule: CdsSchedule, discount: DiscountCurve, credit: CreditCurve, recovery: Any) -> Any:
    """(1 - recovery) of the discounted loss from the trade date to maturity, per unit notional."""
    rate = recovery_rate(recovery)
    found = legs(schedule, discount, credit)
    lanes_of(rate, found.loss)
    return plain((1.0 - rate) * found.loss)


def premium_leg(schedule: CdsSchedule, discount: DiscountCurve, credit: CreditCurve, *, half_day: bool = True) -> Any:
    """The premium leg at a coupon of one, accrual paid on default and accrued coupon included, per unit notional."""
    return plain(legs(schedule, discount, credit, half_day=half_day).premium)


@attrs.frozen
class CdsValue:
    """What one contract is worth to the protection buyer, at settlement, per unit notional.

    Each is a number, or ``[lane]``. ``clean`` and ``dirty`` are the upfront without and with the
    accrued coupon, ``protection`` and ``premium`` the legs (the premium leg at the contract's coupon,
    clean), ``accrued`` the accrued coupon, ``annuity`` the clean risky annuity (what a coupon of one is
    worth: the risky PV01 times 10,000), ``par_spread`` the coupon at which the clean upfront is nil.
    """

    clean: Any
    dirty: Any
    protection: Any
    premium: Any
    accrued: Any
    annuity: Any
    par_spread: Any


def price(
    schedule: CdsSchedule,
    discount: DiscountCurve,
    credit: CreditCurve,
    coupon: Any,
    recovery: Any,
    *,
    half_day: bool = True,
) -> CdsValue:
    """A contract on its curves: lanes come from the curves, the coupon or the recovery.

    Clean = protection/P(settle) - coupon (premium/P(settle) - accrued); dirty = clean - coupon accrued.
    Times a notional (positive for the protection buyer) it is money.
    """
    paid = figure(coupon, "the coupon")
    rate = recovery_rate(recovery)
    return value(legs(schedule, discount, credit, half_day=half_day), paid, rate)


def value(found: Legs, coupon: Array, recovery: Array) -> CdsValue:
    lanes_of(found.loss, coupon, recovery)
    protection = (1.0 - recovery) * found.loss / found.settle
    annuity = found.annuity / found.settle
    clean = protection - coupon * annuity
    accrued = coupon * found.accrued
    return CdsValue(
        plain(clean),
        plain(clean - accrued),
        plain(protection),
        plain(coupon * annuity),
        plain(accrued),
        plain(annuity),
        plain(protection / annuity),
    )
