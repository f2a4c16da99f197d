"""Bonds that accrue by 30/360, bought at the end of a month, against QuantLib's own bond functions: a seeded grid."""

from __future__ import annotations

import datetime
import random
from calendar import monthrange

import indenture
import pytest
import QuantLib as ql

Date = datetime.date

VARIANTS = ("30/360", "30/360 US", "30E/360", "30E/360 ISDA")
EVERY = {1: "monthly", 3: "quarterly", 6: "semiannually", 12: "annually"}
COMPOUNDINGS = {
    "annually": (ql.Compounded, ql.Annual),
    "semiannually": (ql.Compounded, ql.Semiannual),
    "continuously": (ql.Continuous, ql.Annual),
    "simple": (ql.Simple, ql.Annual),
    "simple then semiannually": (ql.SimpleThenCompounded, ql.Semiannual),
}

DEAL = """
deal "Bond" {{ language = 1; currency = USD; closing = {closing}; issuer = Company }}
use debt
party Company, Holder, Sponsor
schedule payment = {every} on {day} from {first} to {maturity}, unadjusted
account cash {{ opens = $10bn from Sponsor }}
loan bond {{ holder = Holder; size = $100m; margin = {coupon}; pays = payment; maturity = {maturity}; accrual = {count} }}
receive bond.advance into cash
waterfall main from cash on payment {{ pay bond.interest; pay bond.principal }}
waterfall ending from cash on payment {{ "Rest" when date is last payment {{ pay rest to Sponsor }} }}
report {{
  "accrued" = accrued_interest(bond, settlement = {settled})
  "dirty"   = price(bond, {rate}, {bought})
  "clean"   = clean_price(bond, {rate}, {bought})
  "yield"   = yield_to_maturity(bond, {price} + accrued_interest(bond, settlement = {settled}), {bought})
}}
"""


def theirs(date: Date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


def counter(name: str, last: Date) -> ql.DayCounter:
    return {
        "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
        "30/360 US": ql.Thirty360(ql.Thirty360.USA),
        "30E/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
        "30E/360 ISDA": ql.Thirty360(ql.Thirty360.ISDA, theirs(last)),
    }[name]


def on_day(month: int, day: int) -> Date:
    year, of_year = divmod(month, 12)
    return Date(year, of_year + 1, min(day, monthrange(year, of_year + 1)[1]))


def is_end_of_february(date: Date) -> bool:
    return date.month == 2 and date.day == monthrange(date.year, 2)[1]


def order_of_steps(dates: list[Date], settled: Date) -> bool:
    """From the end of a February to a 31st the SIA's steps, in their order, make the 31st a 30th; QuantLib's do not
    (`dsl/time/daycount.py`)."""
    starts = [*dates, settled]
    return any(is_end_of_february(start) and end.day == 31 for start in starts for end in starts if end > start)


@pytest.mark.parametrize("count", VARIANTS)
def test_a_bond_bought_at_the_end_of_a_month_is_quantlibs(count: str) -> None:
    chance = random.Random(f"30/360 and its kin: {count}")
    seen: set[tuple[int, int]] = set()
    tried = 0
    while tried < 60:
        coupon_day, settle_day = chance.choice([1, 15, 30, 31]), chance.choice([28, 29, 30, 31])
        step = chance.choice([1, 3, 6, 6, 12])
        month, periods = chance.randint(2001 * 12, 2040 * 12), chance.randint(1, 10)
        dates = [on_day(month + step * k, coupon_day) for k in range(periods + 1)]
        settled = on_day(month + chance.randint(0, step * periods - 1), settle_day)
        if settled.day != settle_day or not dates[0] <= settled < dates[-1]:
            continue
        if count == "30/360 US" and order_of_steps(dates, settled):
            continue
        if count == "30E/360 ISDA" and is_end_of_february(dates[-1]):
            continue  # QuantLib counts two days less than none from such a maturity to its own redemption, and refuses
        tried += 1
        seen.add((coupon_day, settle_day))
        coupon, rate = chance.randint(0, 120) / 1000, chance.randint(-2, 150) / 1000
        compounding = chance.choice(sorted(COMPOUNDINGS))
        schedule = ql.Schedule(
            [theirs(one) for one in dates],
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.Period(step, ql.Months),
            ql.DateGeneration.Backward,
            coupon_day == 31,
            [True] * periods,
        )
        ql.Settings.instance().evaluationDate = theirs(dates[0])
        days, on = counter(count, dates[-1]), theirs(settled)
        twin = ql.FixedRateBond(0, 100.0, schedule, [coupon], days)
        terms = (rate, days, *COMPOUNDINGS[compounding], on)
        clean = ql.BondFunctions.cleanPrice(twin, *terms)
        accrued = ql.BondFunctions.accruedAmount(twin, on)
        quoted = round(clean, 6)
        wanted = {
            "accrued": accrued / 100,
            "clean": clean / 100,
            "dirty": (clean + accrued) / 100,
        }
        # A price that no yield moves, at no time from its last payment, has none.
        if abs(ql.BondFunctions.cleanPrice(twin, rate + 0.01, *terms[1:]) - clean) > 1e-9:
            wanted["yield"] = ql.BondFunctions.bondYield(
                twin, ql.BondPrice(quoted, ql.BondPrice.Clean), *terms[1:], 1e-15, 10_000, max(rate, 0.01)
            )
        text = DEAL.format(
            closing=dates[0],
            every=EVERY[step],
            day="the last day" if coupon_day == 31 else f"day {coupon_day}",
            first=dates[1],
            maturity=dates[-1],
            coupon=f"{coupon:.1%}",
            count=count,
            settled=settled,
            rate=f"{rate:.1%}",
            price=f"{quoted:.6f}%",
            bought=f'{count}, settlement = {settled}, compounding = "{compounding}"',
        )
        result = indenture.compile(text).run()
        for name, figure in wanted.items():
            assert float(result[name].values[0]) == pytest.approx(figure, rel=1e-10, abs=1e-10), (name, text)
    # Every pair of a coupon's day and a settlement's.
    assert len(seen) >= 14
