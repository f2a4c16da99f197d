"""How far a value moves with a quote: every quote that is moved is one more lane of the same bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from .bootstrap import bootstrap, upfront_from_spread
from .legs import price
from .numbers import Array, check, figure, plain, recovery_rate, table
from .rates import RatesSchedule, rates_curve
from .schedule import CdsSchedule

BASIS_POINT = 1e-4


@attrs.frozen(eq=False)
class Sensitivities:
    """Changes of a contract's clean upfront (protection buyer, per unit notional), curves built anew each time.

    ``cs01``: every par spread 1bp up; ``pillar_cs01`` ``[pillar]``: each alone; ``ir01``: every rate 1bp
    up; ``recovery01``: the recovery one point up (0.01), the spreads as they are.
    """

    clean: float
    cs01: float
    pillar_cs01: Array
    ir01: float
    recovery01: float


def sensitivities(
    contract: CdsSchedule,
    coupon: float,
    pillars: Sequence[CdsSchedule],
    spreads: Any,
    recovery: float,
    rates: RatesSchedule,
    quotes: Any,
    *,
    half_day: bool = True,
) -> Sensitivities:
    """Of a contract on the curves of these par spreads ``[pillar]`` and rates ``[instrument]``, one lane of each."""
    par = table(spreads, len(pillars), "the spreads", lambda row: f"the spread of pillar {pillars[row].maturity}")[
        :, :1
    ]
    yields = table(quotes, len(rates.instruments), "the rates", lambda row: f"the rate of the {rates.names[row]}")[
        :, :1
    ]
    rate = recovery_rate(recovery)
    check(rate, rate < 0.99, "the recovery", "a rate below 0.99 was expected, as it is moved by one point")
    lanes = len(pillars) + 4  # the base, each pillar, all pillars, all rates, the recovery
    moved = np.repeat(par, lanes, axis=1)
    moved[:, 1 : len(pillars) + 1] += BASIS_POINT * np.eye(len(pillars))
    moved[:, -3] += BASIS_POINT
    moved_yields = np.repeat(yields, lanes, axis=1)
    moved_yields[:, -2] += BASIS_POINT
    moved_recovery = np.repeat(rate, lanes)
    moved_recovery[-1] += 0.01
    discount = rates_curve(rates, moved_yields)
    curve = bootstrap(pillars, discount, moved, moved_recovery, half_day=half_day)
    clean = price(contract, discount, curve, coupon, moved_recovery, half_day=half_day).clean
    change = clean - clean[0]
    return Sensitivities(
        float(clean[0]), float(change[-3]), change[1 : len(pillars) + 1], float(change[-2]), float(change[-1])
    )


def quoted_cs01(
    schedule: CdsSchedule, discount: Any, spread: Any, coupon: Any, recovery: Any, *, half_day: bool = True
) -> Any:
    """The change of the clean upfront, per unit notional, where the quoted spread is 1bp up."""
    quoted = figure(spread, "the spread")
    up = upfront_from_spread(schedule, discount, quoted + BASIS_POINT, coupon, recovery, half_day=half_day)
    return up - upfront_from_spread(schedule, discount, quoted, coupon, recovery, half_day=half_day)


@attrs.frozen
class IndexValue:
    """An index as it settles, for the protection buyer: each a number or ``[lane]``, in the notional's currency.

    ``price`` is per 100 of the remaining notional: 100 less the clean upfront.
    """

    clean: Any
    accrued: Any
    cash: Any
    price: Any


def index_value(
    schedule: CdsSchedule,
    discount: Any,
    spread: Any,
    coupon: Any,
    recovery: Any,
    *,
    factor: Any,
    notional: Any,
    half_day: bool = True,
) -> IndexValue:
    """A credit index from its quoted spread: the standard model on the notional times its factor.

    ``factor`` is the part of the original notional that has not defaulted, in (0, 1].
    """
    left = figure(factor, "the index factor")
    check(left, (left > 0.0) & (left <= 1.0), "the index factor", "above 0 and at most 1 was expected")
    paid = figure(coupon, "the coupon")
    upfront = np.atleast_1d(upfront_from_spread(schedule, discount, spread, paid, recovery, half_day=half_day))
    remaining = figure(notional, "the notional") * left
    clean, accrued = upfront * remaining, paid * schedule.accrued * remaining
    return IndexValue(plain(clean), plain(accrued), plain(clean - accrued), plain(100.0 * (1.0 - upfront)))
