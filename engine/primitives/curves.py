"""What the primitive ``curve`` computes: points of curves out of quotes, and what is read off them.

A rate curve goes by the logarithms of its discount factors at its points, a credit curve by the yearly default rate
of each of its pieces. Every function is elementwise in the scenarios, rows and dates of its operands: first the dates
that it needs (ordinals), then its numbers. Dates are static: operands are gone through date by date, and all the
scenarios of one date are one call of `engine.credit`.

Attributes name the points. Rates, ``pillars``: a kind and a time, ``deposit 3M``, ``swap 60M``, ``overnight 12M``,
``zero 12M``; ``convention`` says how deposits and swaps are read. Credit: ``60M`` is the standard contract of that
tenor, ``2014-06-20`` the one that matures then, and ``hazard 60M`` a plain date, without a contract. A time is so
many months (``M``), days (``D``), or an ISO date.

Sources: ISDA CDS Standard Model 1.8.2 and the standard contract terms, as `engine.credit` has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..credit.bootstrap import hazard_step, spread_from_upfront, upfront_from_spread
from ..credit.dates import cds_maturity
from ..credit.errors import CreditError
from ..credit.legs import Legs, legs
from ..credit.rates import next_log_discount
from ..credit.schedule import CdsSchedule, cds_schedule
from .curve_points import (
    aged,
    calendar_of,
    day_of,
    discounting,
    instrument_of,
    knots_of,
    moved,
    ordinal_of,
    pillar_day,
    risk,
)

Array = npt.NDArray[Any]

BELOW_ZERO = -1.0
"""Stands for the default rate of a piece where the curve crosses itself: a check says so of every rate below zero."""

BEYOND = -2.0
"""Stands for the default rate of a piece where none is high enough for the quote at its end."""

NO_FACTOR = 600.0
"""Stands for the logarithm of a discount factor that no rate gives: a check refuses any that is as high."""


NO_QUOTE = 1e9
"""Stands for an upfront, or a spread, that there is none of: a check refuses any that is as high."""


@attrs.frozen
class Function:
    """One function: its kernel takes ``dates`` days, then numbers ``[scenario]``, then the attributes."""

    kernel: Callable[..., Any]
    dates: int


def curve(*operands: Any, formula: str, **attributes: Any) -> Array:
    """The function of that name on operands of any shapes that go together; no number on days that it cannot take."""
    return _curve(operands, formula, attributes, refuse=False)


def worked_out(*operands: Any, formula: str, **attributes: Any) -> Array:
    """The same where all is known: what the function cannot take is a `CreditError` that says why."""
    return _curve(operands, formula, attributes, refuse=True)


def _curve(operands: tuple[Any, ...], formula: str, attributes: Mapping[str, Any], *, refuse: bool) -> Array:
    chosen = FUNCTIONS[formula]
    arrays = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in operands))
    shape = arrays[0].shape
    flat = [one.reshape(-1) for one in arrays]
    stacked = np.stack(flat[: chosen.dates])
    found = np.empty(stacked.shape[1])
    if stacked.shape[1] == 0:
        return found.reshape(shape)
    if (stacked == stacked[:, :1]).all():
        groups: list[tuple[Any, Any]] = [(stacked[:, 0], slice(None))]
    else:
        days, place = np.unique(stacked, axis=1, return_inverse=True)
        place = place.reshape(-1)
        groups = [(days[:, number], np.flatnonzero(place == number)) for number in range(days.shape[1])]
    for days, where in groups:
        numbers = [one[where] for one in flat[chosen.dates :]]
        size = len(found[where])
        if size > 1:
            # What is the same in every scenario is worked out once.
            numbers = [one[:1] if (one == one[0]).all() else one for one in numbers]
        try:
            found[where] = chosen.kernel(*(int(one) for one in days), *numbers, **attributes)
        except CreditError:
            if refuse:
                raise
            found[where] = np.nan
    return found.reshape(shape)


def rate_point(
    traded: int,
    quote: Array,
    *earlier: Array,
    pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
) -> Array:
    """The logarithm of the discount factor at the last point, from the day on which the instruments start, out of its
    quote and the points before it. Where no factor gives the quote, it is `NO_FACTOR`."""
    knots, _ = knots_of(traded, pillars, convention, holidays)
    if pillars[-1].startswith("zero "):
        return np.asarray(-quote * (knots[-1] / 365.0))
    instrument, _ = instrument_of(traded, pillars[-1], convention, holidays)
    lanes = max(len(one) for one in (quote, *earlier))
    whole = [np.broadcast_to(one, (lanes,)) for one in (quote, *earlier)]
    found = np.full(lanes, NO_FACTOR)
    left = np.ones(lanes, dtype=bool)
    for before in whole[1:]:
        left &= before < NO_FACTOR

    def solve(some: list[Array]) -> Any:
        logs = np.array(some[1:]) if some[1:] else np.empty((0, 1))
        return next_log_discount(instrument, some[0], knots[:-1], logs)

    _solved(found, left, whole, solve)
    return found


def _solved(found: Array, left: Array, whole: list[Array], solve: Callable[[list[Array]], Any]) -> None:
    """Solve the scenarios that are left; one that has no solution is taken out, and the others are solved again."""
    while left.any():
        where = np.flatnonzero(left)
        try:
            found[where] = solve([one[where] for one in whole])
            return
        except CreditError as problem:
            left[where[list(problem.lanes or (0,))]] = False


def hazard(
    traded: int,
    rates_traded: int,
    coupon: Array,
    upfront: Array,
    recovery: Array,
    *points: Array,
    pillars: tuple[str, ...],
    rate_pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
    half_day: bool,
) -> Array:
    """The default rate of the last piece, at which the contract that matures at its end is worth its upfront.

    Where no rate of at least nil does that (the curve crosses itself) it is `BELOW_ZERO`, where none is enough
    `BEYOND`. The half day is that of the accrual paid on default in the model that published figures follow.
    """
    rates = len(rate_pillars)
    lanes = max(len(one) for one in (coupon, upfront, recovery, *points))
    whole = [np.broadcast_to(one, (lanes,)) for one in (coupon, upfront, recovery, *points)]
    found = np.full(lanes, BELOW_ZERO)
    left = (whole[0] >= 0.0) & (whole[2] >= 0.0) & (whole[2] < 1.0)
    for before in whole[3 + rates :]:
        left &= before >= 0.0
    where = np.flatnonzero(left)
    if len(where) == 0:
        return found
    some = [one[where] for one in whole]
    schedule = cds_schedule(day_of(traded), pillar_day(traded, pillars[-1], "", ()), calendar=calendar_of(holidays))
    logs = some[3 : 3 + rates]
    rates_curve = moved(discounting(rates_traded, rate_pillars, convention, holidays, logs), traded)
    earlier = risk(traded, pillars[:-1], some[3 + rates :]) if pillars[1:] else None
    step = hazard_step(schedule, rates_curve, earlier, *some[:3], half_day=half_day)
    found[where] = np.where(step.crossing, BELOW_ZERO, np.where(step.beyond, BEYOND, step.hazard))
    return found


# ------------------------------------------------------------------------------------------------- read off a curve


def discount(
    traded: int,
    start: int,
    end: int,
    *logs: Array,
    pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
) -> Array:
    """The discount factor from one day to another."""
    rates = discounting(traded, pillars, convention, holidays, logs)
    low, high = rates.log_discount([start - traded, end - traded])
    return np.asarray(np.exp(high - low))


def survival(traded: int, start: int, end: int, *hazards: Array, pillars: tuple[str, ...]) -> Array:
    """The chance of no default from one day to another, of a name that has not defaulted by the first."""
    credit = risk(traded, pillars, hazards)
    low, high = credit.cumulative([start - traded, end - traded])
    return np.asarray(np.exp(low - high))


def default_rate(traded: int, at: int, *hazards: Array, pillars: tuple[str, ...]) -> Array:
    """The yearly default rate on a day: that of the piece which ends on it or after it."""
    knots, _ = knots_of(traded, pillars, "", ())
    piece = min(int(np.searchsorted(knots, at - traded, side="left")), len(knots) - 1)
    return hazards[piece]


# ------------------------------------------------------------------------------------------------- contracts


@lru_cache(maxsize=8192)
def _schedule(as_of: int, maturity: int, holidays: tuple[int, ...]) -> CdsSchedule:
    return cds_schedule(day_of(as_of), day_of(maturity), calendar=calendar_of(holidays))


def _legs(
    traded: int,
    rates_traded: int,
    as_of: int,
    maturity: int,
    *points: Array,
    pillars: tuple[str, ...],
    rate_pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
    half_day: bool,
) -> Legs | None:
    """Both legs of a standard contract seen from a day; None from maturity on."""
    if as_of >= maturity:
        return None
    rates = len(rate_pillars)
    discount = moved(discounting(rates_traded, rate_pillars, convention, holidays, points[:rates]), as_of)
    credit = aged(risk(traded, pillars, points[rates:]), as_of)
    return legs(_schedule(as_of, maturity, holidays), discount, credit, half_day=half_day)


def protection(*operands: Any, **attributes: Any) -> Array:
    """The protection leg at a recovery of nil, per unit notional, seen from the day ``as_of``."""
    found = _legs(*operands, **attributes)
    return np.zeros(1) if found is None else found.loss


def premium(*operands: Any, **attributes: Any) -> Array:
    """The premium leg at a coupon of one, per unit notional, the accrual paid on default and the accrued included."""
    found = _legs(*operands, **attributes)
    return np.zeros(1) if found is None else found.premium


def settlement(as_of: int, *, holidays: tuple[int, ...]) -> Array:
    """The ordinal of the day on which an upfront agreed on a day is paid: three business days later."""
    return np.full(1, float(ordinal_of(calendar_of(holidays).add_business_days(day_of(as_of), 3))))


def accrued(as_of: int, maturity: int, *, holidays: tuple[int, ...]) -> Array:
    """The accrued coupon at a coupon of one, in years by actual/360."""
    return np.full(1, 0.0 if as_of >= maturity else _schedule(as_of, maturity, holidays).accrued)


def upfront(
    rates_traded: int,
    as_of: int,
    maturity: int,
    settles: int,
    spread: Array,
    coupon: Array,
    recovery: Array,
    *logs: Array,
    pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
) -> Array:
    """The clean upfront, per unit notional, that a quoted spread stands for."""
    if as_of >= maturity:
        return np.zeros(1)
    return _each(
        upfront_from_spread,
        rates_traded,
        as_of,
        maturity,
        settles,
        spread,
        coupon,
        recovery,
        *logs,
        pillars=pillars,
        convention=convention,
        holidays=holidays,
    )


def quoted_spread(
    rates_traded: int,
    as_of: int,
    maturity: int,
    settles: int,
    points: Array,
    coupon: Array,
    recovery: Array,
    *logs: Array,
    pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
) -> Array:
    """The quoted spread that a clean upfront, per unit notional, stands for."""
    return _each(
        spread_from_upfront,
        rates_traded,
        as_of,
        maturity,
        settles,
        points,
        coupon,
        recovery,
        *logs,
        pillars=pillars,
        convention=convention,
        holidays=holidays,
    )


def _each(
    quoted: Callable[..., Any],
    rates_traded: int,
    as_of: int,
    maturity: int,
    settles: int,
    *numbers: Array,
    pillars: tuple[str, ...],
    convention: str,
    holidays: tuple[int, ...],
) -> Array:
    """A quote in the place of another in each scenario; `NO_QUOTE` where there is none."""
    schedule = cds_schedule(day_of(as_of), day_of(maturity), settle=day_of(settles), calendar=calendar_of(holidays))
    lanes = max(len(one) for one in numbers)
    whole = [np.broadcast_to(one, (lanes,)) for one in numbers]
    found = np.full(lanes, NO_QUOTE)

    def solve(some: list[Array]) -> Any:
        rates = moved(discounting(rates_traded, pillars, convention, holidays, some[3:]), as_of)
        return quoted(schedule, rates, *some[:3])

    if lanes == 1:
        return np.atleast_1d(np.asarray(solve(whole)))
    _solved(found, np.ones(lanes, dtype=bool), whole, solve)
    return found


def standard_maturity(as_of: int, months: Array) -> Array:
    """The ordinal of the day on which the standard contract of a tenor matures."""
    values, place = np.unique(months, return_inverse=True)
    days = [float(ordinal_of(cds_maturity(day_of(as_of), round(float(one))))) for one in values]
    return np.array(days)[place.reshape(-1)]


FUNCTIONS: Mapping[str, Function] = {
    "rate_point": Function(rate_point, 1),
    "hazard": Function(hazard, 2),
    "discount": Function(discount, 3),
    "survival": Function(survival, 3),
    "default_rate": Function(default_rate, 2),
    "protection": Function(protection, 4),
    "premium": Function(premium, 4),
    "settlement": Function(settlement, 1),
    "accrued": Function(accrued, 2),
    "upfront": Function(upfront, 4),
    "quoted_spread": Function(quoted_spread, 4),
    "standard_maturity": Function(standard_maturity, 1),
}
