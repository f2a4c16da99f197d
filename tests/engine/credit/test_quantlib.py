"""The same contracts by QuantLib's ISDA engine, on random curves: legs to 1e-12, schedules to the day.

Where its engine leaves the standard model, the comparison follows it:
* it ends protection at the last node of its curves where that lies before maturity (they have a later node here),
* it passes over a node on the day after the trade (there is none here),
* it observes the last coupon on the day before its payment, not on maturity (``one_day_less`` is the difference),
* it leaves the day added to the last accrual out where that is the first as well (no contract of one coupon here),
* its Taylor expansion is short, so ``NoFix`` is taken, on curves whose forward rates and hazards do not cancel.

Its implied hazards are solved to a stated accuracy only, and are compared within that.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
import QuantLib as ql
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from indenture.engine import credit


def quantlib_date(date: Any) -> ql.Date:
    return ql.DateParser.parseISO(str(date))


def curves(
    trade: Any, discount: credit.DiscountCurve, risk: credit.CreditCurve
) -> tuple[ql.YieldTermStructureHandle, ql.DefaultProbabilityTermStructureHandle]:
    start = quantlib_date(trade)
    count = ql.Actual365Fixed()
    factors = [1.0, *np.exp(discount.logs[:, 0]).tolist()]
    rates = ql.DiscountCurve([start, *(start + int(days) for days in discount.knots)], factors, count)
    hazards = risk.hazards[:, 0].tolist()
    survival = ql.HazardRateCurve([start, *(start + int(days) for days in risk.knots)], [hazards[0], *hazards], count)
    rates.enableExtrapolation()
    survival.enableExtrapolation()
    return ql.YieldTermStructureHandle(rates), ql.DefaultProbabilityTermStructureHandle(survival)


def quantlib_contract(schedule: credit.CdsSchedule, coupon: float) -> ql.CreditDefaultSwap:
    trade = quantlib_date(schedule.trade)
    dates = ql.Schedule(
        trade + 1,
        quantlib_date(schedule.maturity),
        ql.Period(3, ql.Months),
        ql.WeekendsOnly(),
        ql.Following,
        ql.Unadjusted,
        ql.DateGeneration.CDS,
        False,
    )
    return ql.CreditDefaultSwap(
        ql.Protection.Buyer,
        1.0,
        0.0,
        coupon,
        dates,
        ql.Following,
        ql.Actual360(),
        True,
        True,
        trade + 1,
        quantlib_date(schedule.settle),
        ql.FaceValueClaim(),
        ql.Actual360(True),
        True,
        trade,
    )


trades = st.dates(datetime.date(2009, 4, 1), datetime.date(2030, 12, 31)).filter(lambda day: day.weekday() < 5)
tenors = st.sampled_from([6, 12, 24, 36, 60, 84, 120])


@st.composite
def markets(draw: st.DrawFn) -> tuple[credit.CdsSchedule, credit.DiscountCurve, credit.CreditCurve, float, float]:
    trade = draw(trades)
    schedule = credit.cds_schedule(trade, credit.cds_maturity(trade, draw(tenors)))
    assume(len(schedule.starts) > 1)
    last = schedule.maturity_days
    rate_knots = sorted({*draw(st.lists(st.integers(2, last), max_size=6)), last + draw(st.integers(5, 400))})
    forwards = [draw(st.floats(-0.02, 0.15)) for _ in rate_knots]
    logs = -np.cumsum(np.diff([0, *rate_knots]) / 365 * forwards)
    risk_knots = sorted({*draw(st.lists(st.integers(2, last - 1), max_size=5)), last + draw(st.integers(0, 30))})
    hazards = [draw(st.one_of(st.floats(1e-6, 0.2), st.floats(0.2, 3.0))) for _ in risk_knots]
    assume(np.min(np.abs(np.add.outer(forwards, hazards))) > 2e-3)
    discount = credit.DiscountCurve.from_factors(
        schedule.trade, [schedule.trade + days for days in rate_knots], np.exp(logs)
    )
    risk = credit.CreditCurve.from_hazards(schedule.trade, [schedule.trade + days for days in risk_knots], hazards)
    return schedule, discount, risk, draw(st.sampled_from([0.0025, 0.01, 0.05])), draw(st.floats(0.0, 0.95))


def one_day_less(schedule: credit.CdsSchedule, discount: Any, risk: Any, half_day: bool) -> float:
    """The premium leg where the last coupon is observed on the day before it is paid, less the leg by the model."""
    zero = schedule.trade
    start, end, paid = (
        (day - zero).astype(int) for day in (schedule.starts[-1] - 1, schedule.maturity, schedule.pays[-1])
    )
    low, high = sorted((end, paid - 1))
    if low == high:
        return 0.0
    logs, risks = discount.log_discount([low, high, paid])[:, 0], risk.cumulative([low, high, paid - 1, end])[:, 0]
    coupon = schedule.year_fractions[-1] * np.exp(logs[2]) * (np.exp(-risks[2]) - np.exp(-risks[3]))
    since = (low - max(start, 0) + max(0, -start) + (0.5 if half_day else 0.0)) / 365
    hazard = risks[1] - risks[0]
    # On a piece of a day or two: Gauss and Legendre's rule of five points.
    nodes, weights = np.polynomial.legendre.leggauss(5)
    share = (nodes + 1) / 2
    decay = np.exp(logs[0] - risks[0] + share * (logs[1] - logs[0] - hazard))
    accrual = 365 / 360 * hazard * float(np.sum(weights / 2 * decay * (since + share * (high - low) / 365)))
    return float(coupon + (accrual if paid - 1 > end else -accrual))


@settings(max_examples=150, deadline=None)
@given(markets(), st.booleans())
def test_legs(market: Any, half_day: bool) -> None:
    schedule, discount, risk, coupon, recovery = market
    ql.Settings.instance().evaluationDate = quantlib_date(schedule.trade)
    rates, survival = curves(schedule.trade, discount, risk)
    contract = quantlib_contract(schedule, coupon)
    bias = ql.IsdaCdsEngine.HalfDayBias if half_day else ql.IsdaCdsEngine.NoBias
    contract.setPricingEngine(
        ql.IsdaCdsEngine(survival, recovery, rates, False, ql.IsdaCdsEngine.NoFix, bias, ql.IsdaCdsEngine.Piecewise)
    )
    found = credit.legs(schedule, discount, risk, half_day=half_day)
    premium = found.premium[0] + one_day_less(schedule, discount, risk, half_day)
    assert (1 - recovery) * found.loss[0] == pytest.approx(contract.defaultLegNPV(), abs=1e-12)
    assert coupon * premium == pytest.approx(-contract.couponLegNPV(), abs=1e-12)
    assert coupon * schedule.accrued * found.settle[0] == pytest.approx(contract.accrualRebateNPV(), abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(markets(), st.floats(1e-4, 1.5))
def test_flat_hazards(market: Any, spread: float) -> None:
    schedule, discount, _, _, recovery = market
    ql.Settings.instance().evaluationDate = quantlib_date(schedule.trade)
    rates, _ = curves(schedule.trade, discount, credit.CreditCurve.flat(schedule.trade, 0.01))
    implied = quantlib_contract(schedule, spread).impliedHazardRate(
        0.0, rates, ql.Actual365Fixed(), recovery, 1e-13, ql.CreditDefaultSwap.ISDA
    )
    flat = credit.CreditCurve.flat(schedule.trade, implied)
    found = credit.legs(schedule, discount, flat)
    annuity = found.annuity[0] + one_day_less(schedule, discount, flat, True)
    assert (1 - recovery) * found.loss[0] == pytest.approx(spread * annuity, abs=1e-10)
    # and the day moves it by no more than it moves the premium
    hazard = credit.next_hazard(schedule, discount, None, spread, recovery)
    assert hazard == pytest.approx(implied, rel=1e-3)


@settings(max_examples=200, deadline=None)
@given(st.dates(datetime.date(2005, 1, 1), datetime.date(2060, 12, 31)), tenors, st.booleans())
def test_dates(trade: datetime.date, months: int, semiannual: bool) -> None:
    """Maturities, accrual starts and coupons of QuantLib's CDS and CDS2015 rules, weekend trades too."""
    rule = ql.DateGeneration.CDS2015 if semiannual else ql.DateGeneration.CDS
    start = quantlib_date(trade)
    maturity = ql.cdsMaturity(start, ql.Period(months, ql.Months), rule)
    found = credit.cds_maturity(trade, months, "semiannual" if semiannual else "quarterly")
    assert str(found) == maturity.ISO()
    schedule = credit.cds_schedule(trade, found)
    dates = [
        one.ISO()
        for one in ql.Schedule(
            start + 1,
            maturity,
            ql.Period(3, ql.Months),
            ql.WeekendsOnly(),
            ql.Following,
            ql.Unadjusted,
            rule,
            False,
        )
    ]
    assert [str(one) for one in schedule.ends[:-1]] == dates[-len(schedule.ends) : -1]
    assert str(schedule.starts[0]) == dates[-len(schedule.ends) - 1]
    assert str(schedule.ends[-1] - 1) == dates[-1]
    assert [str(one) for one in schedule.pays[:-1]] == [str(one) for one in schedule.ends[:-1]]
    assert str(schedule.pays[-1]) == ql.WeekendsOnly().adjust(maturity, ql.Following).ISO()


@pytest.mark.parametrize("trade", ["2026-03-19", "2026-09-17", "2027-03-16", "2028-12-18"])
def test_yen_dates_on_tokyos_holidays(trade: str) -> None:
    """The caller's list of holidays: QuantLib's for Tokyo. The equinoxes fall on or beside the twentieth."""
    tokyo = ql.Japan()
    start = quantlib_date(trade)
    holidays = [date.ISO() for date in tokyo.holidayList(ql.Date(1, 1, 2020), ql.Date(31, 12, 2040))]
    calendar = credit.Calendar.of(holidays)
    maturity = credit.cds_maturity(trade, "5Y")
    schedule = credit.cds_schedule(trade, maturity, calendar=calendar)
    dates = [
        one.ISO()
        for one in ql.Schedule(
            start + 1,
            quantlib_date(maturity),
            ql.Period(3, ql.Months),
            tokyo,
            ql.Following,
            ql.Unadjusted,
            ql.DateGeneration.CDS2015,
            False,
        )
    ]
    assert [str(one) for one in schedule.ends[:-1]] == dates[-len(schedule.ends) : -1]
    assert str(schedule.starts[0]) == dates[-len(schedule.ends) - 1]
    assert str(schedule.pays[-1]) == tokyo.adjust(quantlib_date(maturity), ql.Following).ISO()
    assert str(schedule.settle) == tokyo.advance(start, 3, ql.Days).ISO()
    rates = credit.rates_schedule(trade, "JPY TONA", ["1M", "6M"], ["2Y", "5Y"], calendar=calendar)
    assert str(rates.base) == tokyo.advance(start, 2, ql.Days).ISO()
    for instrument, months in zip(rates.instruments, [1, 6, 24, 60], strict=True):
        end = tokyo.advance(quantlib_date(rates.base), months, ql.Months, ql.ModifiedFollowing)
        assert str(instrument.matures) == end.ISO()
