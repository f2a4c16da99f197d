"""The discount curve of the ISDA standard model out of deposit and swap rates."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np

from .conventions import RatesConvention, convention
from .curves import YEAR, DayCounts, DiscountCurve
from .dates import WEEKDAYS, Calendar, DateLike, Day, add_months, day, serial, tenor_months
from .daycount import year_fraction
from .errors import CreditError, lanes_where
from .numbers import Array, check, table, total

MOST_ROUNDS = 100


@attrs.frozen(eq=False)
class RateInstrument:
    """One quote of a rates curve: what it pays and when, per unit of rate.

    ``pays`` are days after the base date, adjusted; ``fractions`` the day-count fraction of each
    payment. At its rate the instrument is worth 1 on the base date, principal on the last pay date included.
    """

    name: str
    kind: Literal["deposit", "swap"]
    matures: Day
    pays: DayCounts
    fractions: Array


@attrs.frozen(eq=False)
class RatesSchedule:
    """The instruments of a rates curve in order of maturity, all dates worked out; quotes come later.

    ``base`` is the date on which the discount factor is 1 when the curve is built; the curve itself
    starts on ``trade``.
    """

    trade: Day
    base: Day
    instruments: tuple[RateInstrument, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.instruments)


def rates_schedule(
    trade: DateLike,
    conventions: str | RatesConvention,
    deposits: Sequence[str | int] = (),
    swaps: Sequence[str | int] = (),
    *,
    base: DateLike | None = None,
    calendar: Calendar = WEEKDAYS,
) -> RatesSchedule:
    """The dates of a rates curve: deposits (single payments) and swaps of these tenors.

    ``conventions`` is a name of ``CONVENTIONS`` ("USD", "EUR", "USD SOFR", …) or one's own. The base
    date is ``spot`` business days after the trade unless it is given. Tenors count from the base
    date; payment dates are adjusted modified following, and day-count fractions run between adjusted
    dates. A swap's own dates run backwards from its unadjusted maturity.
    """
    rule = convention(conventions)
    traded = day(trade, "the trade date")
    starts = calendar.add_business_days(traded, rule.spot) if base is None else day(base, "the base date")
    if starts < traded:
        raise CreditError("the base date", starts, f"a date from the trade date {traded} on was expected")
    found: list[RateInstrument] = []
    for kind, tenors in (("deposit", deposits), ("swap", swaps)):
        for tenor in tenors:
            months = tenor_months(tenor, f"the tenor of a {kind}")
            if months == 0:
                raise CreditError(f"the tenor of a {kind}", repr(tenor), "at least one month was expected")
            if kind == "deposit":
                found.append(_instrument(rule, "deposit", tenor, starts, [add_months(starts, months)], calendar))
            else:
                steps = range((months - 1) // rule.swap_months, -1, -1)
                dates = [add_months(add_months(starts, months), -rule.swap_months * step) for step in steps]
                found.append(_instrument(rule, "swap", tenor, starts, [one for one in dates if one > starts], calendar))
    if not found:
        raise CreditError("the instruments", "empty", "at least one deposit or swap was expected")
    for before, after in itertools.pairwise(found):
        if after.pays[-1] <= before.pays[-1]:
            again = " (twice the same)" if after.pays[-1] == before.pays[-1] else ""
            raise CreditError(
                f"the maturity of the {after.name}",
                after.matures,
                f"a date after {before.matures}, that of the {before.name} before it, was expected{again}",
            )
    return RatesSchedule(traded, Day(starts), tuple(found))


def _instrument(
    rule: RatesConvention,
    kind: Literal["deposit", "swap"],
    tenor: str | int,
    base: Day,
    dates: list[Day],
    calendar: Calendar,
) -> RateInstrument:
    adjusted = [Day(calendar.modified_following(one)) for one in dates]
    count = rule.deposit_count if kind == "deposit" else rule.swap_count
    fractions = [year_fraction(count, *pair) for pair in itertools.pairwise([base, *adjusted])]
    pays = serial(np.array(adjusted, "datetime64[D]")) - serial(base)
    name = tenor if isinstance(tenor, str) else f"{tenor}M"
    return RateInstrument(f"{name} {kind}", kind, adjusted[-1], np.asarray(pays, np.int64), np.array(fractions))


def next_log_discount(instrument: RateInstrument, rate: Array, knots: DayCounts, logs: Array) -> Array:
    """One step of the rates curve: the log discount factor ``[lane]``, from the base date, on the
    instrument's last pay date, given its rate ``[lane]`` and the knots (days after the base date) and
    ``logs`` ``[knot, lane]`` before it. Elementwise in the lanes.
    """
    if len(instrument.pays) == 1:
        grown = 1.0 + rate * instrument.fractions[0]
        check(
            rate,
            grown > 0.0,
            f"the rate of the {instrument.name}",
            "it leaves less than nil at maturity: a higher rate was expected",
        )
        return np.asarray(-np.log(grown))
    last = int(instrument.pays[-1])
    begin = int(knots[-1]) if len(knots) else 0
    lanes = max(rate.shape[-1], logs.shape[-1])
    early = instrument.pays <= begin
    known = np.zeros(lanes)
    if early.any():
        curve = DiscountCurve(np.datetime64(0, "D"), knots, logs)
        factors = np.exp(curve.log_discount(instrument.pays[early]))
        known = known + rate * total(instrument.fractions[early, None] * factors)
    low = np.broadcast_to(logs[-1] if len(knots) else np.zeros(1), (lanes,))
    share = ((instrument.pays[~early] - begin) / (last - begin))[:, None]
    flows = rate * instrument.fractions[~early, None] + np.where(share == 1.0, 1.0, 0.0)
    # Convex in the last log fall: Newton's method passes the root at most once, then falls to it.
    fall = (
        np.broadcast_to(-np.log1p(rate * last / YEAR) - low, (lanes,))
        if (rate * last > -YEAR).all()
        else np.zeros(lanes)
    )
    settled = np.zeros(lanes, np.bool_)
    with np.errstate(all="ignore"):
        for _ in range(MOST_ROUNDS):
            factors = flows * np.exp(low + share * fall)
            step = (known + total(factors) - 1.0) / total(share * factors)
            step = np.clip(step, -2.0, 2.0)
            settled = np.abs(step) <= 1e-15 + 4e-16 * np.abs(fall)
            fall = fall - step
            if settled.all():
                break
        settled |= np.abs(step) <= 1e-13
    bad = ~(settled & np.isfinite(fall))
    if bad.any():
        raise CreditError(
            f"the rate of the {instrument.name}",
            float(np.broadcast_to(rate, (lanes,))[bad][0]),
            "no discount factor gives it after the rates before: a rate nearer to theirs was expected",
            lanes_where(bad),
        )
    return np.asarray(low + fall)


def rates_curve(schedule: RatesSchedule, rates: Any) -> DiscountCurve:
    """The discount curve from the trade date at these rates: ``[instrument]`` or ``[instrument, lane]``, or by name.

    Rates are a year (0.01 is 1%), negative ones too. Before the first knot, between the trade date
    and the base date as well, the first knot's zero rate holds.
    """
    if isinstance(rates, Mapping):
        rates = by_name(schedule, rates)
    quotes = table(rates, len(schedule.instruments), "the rates", lambda row: f"the rate of the {schedule.names[row]}")
    knots = np.empty(0, np.int64)
    logs = np.empty((0, quotes.shape[1]))
    for row, instrument in enumerate(schedule.instruments):
        log = next_log_discount(instrument, quotes[row], knots, logs)
        knots = np.append(knots, instrument.pays[-1])
        logs = np.concatenate([logs, np.broadcast_to(log, (1, quotes.shape[1]))])
    ahead = int(serial(schedule.base) - serial(schedule.trade))
    start = ahead * logs[0] / knots[0]
    return DiscountCurve(schedule.trade, knots + ahead, logs + start)


def by_name(schedule: RatesSchedule, rates: Mapping[str, Any]) -> Any:
    missing = [name for name in schedule.names if name not in rates]
    extra = [name for name in rates if name not in schedule.names]
    if missing or extra:
        raise CreditError(
            "the rates", ", ".join(map(str, rates)), "exactly these were expected: " + ", ".join(schedule.names)
        )
    return np.stack(np.broadcast_arrays(*(np.asarray(rates[name], np.float64) for name in schedule.names)))
