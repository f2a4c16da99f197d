"""A hundred thousand contracts of one schedule, each from its own quoted spread.

Nothing is interpolated across spreads: each hazard is solved to machine precision, by ``closed`` nearly
always and by the general pricer where that would lose digits.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from .bootstrap import flat_hazards
from .curves import DiscountCurve
from .legs import CdsValue
from .numbers import check, figure, lanes_of, plain, recovery_rate
from .schedule import CdsSchedule


@attrs.frozen
class QuotedCds(CdsValue):
    """A contract priced from its quoted spread: ``CdsValue`` with the flat ``hazard`` that the spread stands for."""

    hazard: Any = attrs.field(kw_only=True)


def price_spreads(
    schedule: CdsSchedule, discount: DiscountCurve, spreads: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> QuotedCds:
    """Contracts of one schedule from their quoted spreads ``[contract]``.

    ``coupon`` and ``recovery`` are numbers, or one a contract; so may be the lanes of the discount
    curve. Each is worth what ``upfront_from_spread`` and ``price`` say.
    """
    quoted, paid, rate = figure(spreads, "the spreads"), figure(coupon, "the coupon"), recovery_rate(recovery)
    check(quoted, quoted >= 0.0, "the spreads", "spreads of at least nil were expected")
    count = lanes_of(discount.logs, quoted, paid, rate)
    spread = np.broadcast_to(quoted, (count,))
    hazard, annuity = flat_hazards(schedule, discount, spread, rate, half_day=half_day)
    annuity = annuity / np.exp(discount.log_discount([schedule.settle_days]))[0]
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
