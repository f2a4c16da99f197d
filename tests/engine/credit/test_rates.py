"""Rates curves of every convention against QuantLib's own bootstrap, and what quotes may not be."""

from __future__ import annotations

import datetime
import pickle

import numpy as np
import pytest
import QuantLib as ql
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import credit
from indenture.engine.credit.dates import add_months
from indenture.engine.credit.daycount import year_fraction

COUNTS = {
    "ACT/360": ql.Actual360(),
    "ACT/365F": ql.Actual365Fixed(),
    "ACT/ACT": ql.ActualActual(ql.ActualActual.ISDA),
    "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
}
DEPOSITS = ["1M", "3M", "6M", "12M"]
YEARS = [2, 3, 5, 7, 10, 20]
OWN = credit.RatesConvention("own", "ACT/ACT", "ACT/ACT", 3, spot=3)


def quantlib_curve(trade: datetime.date, rule: credit.RatesConvention, rates: list[float]) -> ql.YieldTermStructure:
    """Deposits and swaps whose floating leg is worth one less the last discount factor."""
    start = ql.DateParser.parseISO(trade.isoformat())
    ql.Settings.instance().evaluationDate = start
    weekdays = ql.WeekendsOnly()
    quotes = [ql.QuoteHandle(ql.SimpleQuote(rate)) for rate in rates]
    helpers: list[ql.RateHelper] = [
        ql.DepositRateHelper(
            quote,
            ql.Period(int(tenor[:-1]), ql.Months),
            rule.spot,
            weekdays,
            ql.ModifiedFollowing,
            False,
            COUNTS[rule.deposit_count],
        )
        for tenor, quote in zip(DEPOSITS, quotes, strict=False)
    ]
    index = ql.IborIndex(
        "index",
        ql.Period(3, ql.Months),
        rule.spot,
        ql.USDCurrency(),
        weekdays,
        ql.ModifiedFollowing,
        False,
        ql.Actual360(),
    )
    helpers += [
        ql.SwapRateHelper(
            quote,
            ql.Period(years, ql.Years),
            weekdays,
            ql.Period(rule.swap_months, ql.Months).frequency(),
            ql.ModifiedFollowing,
            COUNTS[rule.swap_count],
            index,
        )
        for years, quote in zip(YEARS, quotes[len(DEPOSITS) :], strict=True)
    ]
    curve = ql.PiecewiseLogLinearDiscount(start, helpers, ql.Actual365Fixed(), ql.IterativeBootstrap(1e-15))
    curve.enableExtrapolation()
    return curve


@settings(max_examples=80, deadline=None)
@given(
    st.dates(datetime.date(2005, 1, 1), datetime.date(2050, 1, 1)).filter(lambda day: day.weekday() < 5),
    st.sampled_from([*credit.CONVENTIONS.values(), OWN]),
    st.lists(st.floats(-0.01, 0.08), min_size=10, max_size=10),
)
def test_against_quantlib(trade: datetime.date, rule: credit.RatesConvention, rates: list[float]) -> None:
    rates = sorted(rates) if max(rates) - min(rates) > 0.03 else rates  # a curve that swings wildly has no forwards
    schedule = credit.rates_schedule(trade, rule, DEPOSITS, [f"{years}Y" for years in YEARS])
    curve = credit.rates_curve(schedule, rates)
    other = quantlib_curve(trade, rule, rates)
    assert [str(curve.trade + int(days)) for days in curve.knots] == [date.ISO() for date in other.dates()[1:]]
    days = [1, 2, 3, 40, 200, 500, 1000, 2000, 5000, 9000]
    found = np.exp(curve.log_discount(days))[:, 0]
    start = ql.DateParser.parseISO(trade.isoformat())
    assert found == pytest.approx([other.discount(start + count) for count in days], rel=1e-11)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # ISDA, "EMU and market conventions: recent developments" (1998), its example: 61 days of 2003, 121 of 2004.
        ("2003-11-01", "2004-05-01", 61 / 365 + 121 / 366),
        ("2004-02-01", "2004-05-01", 90 / 366),  # 28 days of February, 31, 30, and the 29th
        ("2007-02-01", "2007-05-01", 89 / 365),
        # Whole years between the ends count one each; 2000 is a leap year, 2100 is none.
        ("1999-12-31", "2002-01-02", 1 / 365 + 2 + 1 / 365),
        ("2000-01-01", "2000-07-01", 182 / 366),
        ("2100-01-01", "2100-07-01", 181 / 365),
    ],
)
def test_actual_over_actual_by_hand(start: str, end: str, expected: float) -> None:
    found = year_fraction("ACT/ACT", np.datetime64(start), np.datetime64(end))
    assert found == pytest.approx(expected, rel=1e-15)


def test_lanes_are_each_their_own_curve() -> None:
    schedule = credit.rates_schedule("2020-03-02", "EUR", DEPOSITS, ["2Y", "5Y", "10Y"])
    rates = np.random.default_rng(3).uniform(-0.01, 0.03, (7, 5))
    together = credit.rates_curve(schedule, rates)
    for lane in range(5):
        alone = credit.rates_curve(schedule, rates[:, lane])
        assert (alone.logs[:, 0] == together.logs[:, lane]).all()
    named = credit.rates_curve(schedule, dict(zip(schedule.names, rates, strict=True)))
    assert (named.logs == together.logs).all()


def test_risk_free_rates_pay_once_up_to_a_year() -> None:
    """Deposits or swaps of the same tenor are one: a single payment on ACT/360."""
    tenors = ["1M", "6M", "1Y"]
    rates = [0.0353, 0.0361, 0.0349]
    as_swaps = credit.rates_curve(credit.rates_schedule("2026-06-15", "USD SOFR", [], tenors), rates)
    schedule = credit.rates_schedule("2026-06-15", "USD SOFR", tenors)
    assert (as_swaps.logs == credit.rates_curve(schedule, rates).logs).all()
    base = schedule.base
    for instrument, rate in zip(schedule.instruments, rates, strict=True):
        growth = as_swaps.discount(base) / as_swaps.discount(instrument.matures)
        days = (instrument.matures - base) / np.timedelta64(1, "D")
        assert growth == pytest.approx(1 + rate * days / 360, rel=1e-15)


def test_a_curve_of_one_swap_alone() -> None:
    """One rate for all time, at which the coupons and the notional at the end are worth the notional at the base."""
    schedule = credit.rates_schedule("2026-06-15", "USD", [], ["2Y"])
    (swap,) = schedule.instruments
    curve = credit.rates_curve(schedule, [0.04])
    assert len(swap.pays) == 4
    factors = curve.discount([schedule.base + int(days) for days in swap.pays]) / curve.discount(schedule.base)
    assert 0.04 * (swap.fractions @ factors) + factors[-1] == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (("ACT/364", "ACT/360", 12), r"the deposits' day count is 'ACT/364'"),
        (("ACT/360", "ACT/364", 12), r"the swaps' day count is 'ACT/364'"),
        (("ACT/360", "ACT/360", 0), r"payments is 0: 1, 2, 3, 4, 6 or 12"),
        (("ACT/360", "ACT/360", 5), r"payments is 5"),
        (("ACT/360", "ACT/360", 12, 11), r"the days to spot is 11"),
    ],
)
def test_conventions_that_are_refused(terms: tuple[object, ...], message: str) -> None:
    with pytest.raises(credit.CreditError, match=message):
        credit.RatesConvention("own", *terms)  # type: ignore[arg-type]  # wrong terms are the case


def test_a_swap_may_pay_each_month() -> None:
    assert credit.RatesConvention("own", "ACT/360", "ACT/360", 1).swap_months == 1


def test_base_dates() -> None:
    """S&P's and Markit's curve files: sterling's base is the trade date, the Australian dollar's the day after."""
    bases = {name: str(credit.rates_schedule("2026-06-12", name, ["1M"]).base) for name in credit.CONVENTIONS}
    assert bases["GBP"] == bases["GBP SONIA"] == "2026-06-12"
    assert bases["AUD AONIA"] == "2026-06-15"
    assert bases["USD SOFR"] == bases["EUR"] == bases["JPY TONA"] == "2026-06-16"


def test_holidays_of_the_caller() -> None:
    """20 June 2022 was added to New York's list for the model: its coupons and settlement pass over it."""
    new_york = credit.Calendar.of(["2022-06-20", datetime.date(2023, 6, 19), np.datetime64("2024-06-19")])
    schedule = credit.cds_schedule("2022-06-15", "2023-12-20", calendar=new_york)
    assert str(schedule.settle) == "2022-06-21"
    assert str(schedule.ends[0]) == "2022-06-21"
    assert str(credit.accrual_start("2022-06-20", new_york)) == "2022-06-21"
    assert str(credit.accrual_start("2022-06-20")) == "2022-06-20"


def test_holidays_are_several() -> None:
    with pytest.raises(credit.CreditError, match=r"the holidays is '2022-06-20': a sequence of dates was expected"):
        credit.Calendar.of("2022-06-20")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"deposits": ["1M", "1M"]}, r"maturity of the 1M deposit.*twice the same"),
        ({"deposits": ["3M", "1M"]}, r"maturity of the 1M deposit is 2020-04-06: a date after 2020-06-04"),
        ({"deposits": ["12M"], "swaps": ["1Y"]}, r"maturity of the 1Y swap.*twice the same"),
        ({"deposits": ["soon"]}, r"tenor of a deposit is 'soon': months or years such as 6M or 5Y"),
        ({"deposits": [0]}, r"at least one month"),
        ({"deposits": [2.5]}, r"tenor of a deposit is 2\.5: months or years such as 6M or 5Y"),
        ({"deposits": [True]}, r"tenor of a deposit is True: months or years such as 6M or 5Y"),
        ({"deposits": [-3]}, r"tenor of a deposit is -3: months or years such as 6M or 5Y"),
        ({"deposits": []}, r"the instruments is empty"),
        ({"conventions": "USD SOFER"}, r"'USD SOFER'.*did you mean 'USD SOFR'"),
        ({"trade": "2020-02-30"}, r"trade date is '2020-02-30'"),
        ({"trade": 20200301}, r"a date such as 2009-05-21"),
        ({"base": "2020-03-01"}, r"base date is 2020-03-01: a date from the trade date 2020-03-02 on"),
    ],
)
def test_schedules_that_are_refused(change: dict[str, object], message: str) -> None:
    terms: dict[str, object] = {"trade": "2020-03-02", "conventions": "USD", "deposits": ["1M"], "swaps": [], **change}
    with pytest.raises(credit.CreditError, match=message):
        credit.rates_schedule(
            terms["trade"],
            terms["conventions"],
            terms["deposits"],
            terms["swaps"],
            base=terms.get("base"),  # type: ignore[arg-type]  # terms of several kinds
        )


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ([0.01, float("nan")], r"the rate of the 2Y swap is nan: a finite number"),
        ([[0.01, 0.01, 0.01], [0.01, float("inf"), 0.02]], r"the rate of the 2Y swap is inf in lane 1"),
        ([0.01], r"the rates is 1 numbers: 2 were expected"),
        ([0.01, "high"], r"the rates is .*: numbers were expected"),
        ([-13.0, 0.01], r"the rate of the 1M deposit is -13: it leaves less than nil"),
        ([0.01, [0.01, 0.02]], r"numbers were expected"),
        ({"1M deposit": 0.01}, r"exactly these were expected: 1M deposit, 2Y swap"),
    ],
)
def test_quotes_that_are_refused(rates: object, message: str) -> None:
    schedule = credit.rates_schedule("2020-03-02", "USD", ["1M"], ["2Y"])
    with pytest.raises(credit.CreditError, match=message):
        credit.rates_curve(schedule, rates)


def test_a_swap_that_no_discount_factor_supports() -> None:
    schedule = credit.rates_schedule("2020-03-02", "EUR", ["12M"], ["2Y", "3Y"])
    with pytest.raises(
        credit.CreditError, match=r"the rate of the 3Y swap is 5 in lane 1: no discount factor"
    ) as caught:
        credit.rates_curve(schedule, [[0.01, 0.01], [0.01, 0.01], [0.02, 5.0]])
    assert caught.value.lanes == (1,)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.lanes) == (str(caught.value), (1,))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(5, "in lanes 1, 2, 3, 4, 5: "), (6, "in lanes 1, 2, 3, 4, 5 and 1 more: "), (2000, "5 and 1,995 more: ")],
)
def test_of_many_lanes_at_fault_the_first_are_named(wrong: int, said: str) -> None:
    schedule = credit.rates_schedule("2020-03-02", "USD", ["1M"])
    with pytest.raises(credit.CreditError) as caught:
        credit.rates_curve(schedule, [[0.01, *[float("nan")] * wrong]])
    assert said in str(caught.value)


def test_months_lead_to_the_last_day_of_2199_and_no_further() -> None:
    last, first = np.datetime64("2199-12-31"), np.datetime64("1901-01-01")
    assert add_months(np.datetime64("2199-10-31"), 2) == last
    assert add_months(np.datetime64("1901-02-01"), -1) == first
    for date, months in ((last, 1), (first, -1)):
        with pytest.raises(credit.CreditError, match="the years 1901 to 2199 were expected"):
            add_months(date, months)
