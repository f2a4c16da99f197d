"""Figures published by Markit and ISDA, to the digit."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from indenture.engine import credit

TRADE = datetime.date(2009, 5, 21)
DEPOSITS = {"1M": 0.003081, "2M": 0.005525, "3M": 0.007163, "6M": 0.012413, "9M": 0.014, "12M": 0.015488}
SWAPS = {
    "2Y": 0.011907,
    "3Y": 0.01699,
    "4Y": 0.021198,
    "5Y": 0.02444,
    "6Y": 0.026937,
    "7Y": 0.028967,
    "8Y": 0.030504,
    "9Y": 0.031719,
    "10Y": 0.03279,
    "12Y": 0.034535,
    "15Y": 0.036217,
    "20Y": 0.036981,
    "25Y": 0.037246,
    "30Y": 0.037605,
}

MARKIT = {  # upfronts in $ of a notional of $10m at 1%: Markit's converter, as kept in QuantLib's test suite
    ("2010-06-20", 0.001): (-97798.29358, -97776.11889),
    ("2010-06-20", 0.1): (914971.5977, 894985.6298),
    ("2011-06-20", 0.001): (-186921.3594, -186839.8148),
    ("2011-06-20", 0.1): (1646623.672, 1579803.626),
    ("2012-06-20", 0.001): (-274298.9203, -274122.4725),
    ("2012-06-20", 0.1): (2279730.93, 2147972.527),
    ("2016-06-20", 0.001): (-592420.2297, -591571.2294),
    ("2016-06-20", 0.1): (3993550.206, 3545843.418),
    ("2019-06-20", 0.001): (-797501.1422, -795915.9787),
    ("2019-06-20", 0.1): (4702034.688, 4042340.999),
}


def usd_2009() -> credit.DiscountCurve:
    schedule = credit.rates_schedule(TRADE, "USD", list(DEPOSITS), list(SWAPS))
    return credit.rates_curve(schedule, [*DEPOSITS.values(), *SWAPS.values()])


@pytest.mark.parametrize(("maturity", "spread"), MARKIT)
def test_markit_upfronts(maturity: str, spread: float) -> None:
    schedule = credit.cds_schedule(TRADE, maturity)
    assert str(schedule.settle) == "2009-05-26"
    found = 10e6 * credit.upfront_from_spread(schedule, usd_2009(), spread, 0.01, np.array([0.2, 0.4]))
    assert found == pytest.approx(MARKIT[maturity, spread], rel=1e-8)
    back = credit.spread_from_upfront(schedule, usd_2009(), found / 10e6, 0.01, np.array([0.2, 0.4]))
    assert back == pytest.approx([spread, spread], rel=1e-12)


@pytest.mark.parametrize(
    ("trade", "accrued"),
    [
        ("2009-03-18", 24_166.67),
        ("2009-03-19", 0.0),
        ("2009-03-20", 277.78),
        ("2009-03-23", 1_111.11),
        ("2009-06-19", 25_555.56),
        ("2009-06-20", 25_833.33),
        ("2009-06-21", 0.0),
        ("2009-06-22", 277.78),
        ("2014-06-18", 25_277.78),
        ("2014-06-19", 25_555.56),
    ],
)
def test_isda_accrual_table(trade: str, accrued: float) -> None:
    schedule = credit.cds_schedule(trade, "2014-06-20")
    assert round(10e6 * 0.01 * schedule.accrued, 2) == accrued


def test_isda_coupon_table() -> None:
    schedule = credit.cds_schedule("2009-02-01", "2010-03-20", accrual_start="2008-12-22")
    assert list((schedule.ends - schedule.starts).astype(int)) == [88, 94, 91, 91, 90]
    assert list(np.round(36e6 * 0.01 * schedule.year_fractions, 2)) == [88_000, 94_000, 91_000, 91_000, 90_000]
    assert [str(one) for one in schedule.pays] == ["2009-03-20", "2009-06-22", "2009-09-21", "2009-12-21", "2010-03-22"]


@pytest.mark.parametrize(
    ("trade", "maturity"),
    [("2016-12-12", "2021-12-20"), ("2017-03-01", "2021-12-20"), ("2017-03-20", "2022-06-20")],
)
def test_cds_2015_maturities(trade: str, maturity: str) -> None:
    assert str(credit.cds_maturity(trade, "5Y")) == maturity


EUR_2021 = {
    "1M": -0.0056,
    "3M": -0.00544,
    "6M": -0.00519,
    "12M": -0.00493,
    "2Y": -0.00482,
    "3Y": -0.00442,
    "4Y": -0.00399,
    "5Y": -0.00352,
    "6Y": -0.00297,
    "7Y": -0.00237,
    "8Y": -0.00176,
    "9Y": -0.00114,
    "10Y": -0.00054,
    "12Y": 0.00057,
    "15Y": 0.00188,
    "20Y": 0.00294,
    "30Y": 0.00282,
}


def test_negative_rates() -> None:
    """A euro contract on 26 July 2021, by Markit's calculator as QuantLib's test suite records it (to 1e-5).

    QuantLib's figures are seen from the trade date: -16,070.7 of a million clean, 1,000 accrued.
    """
    trade = "2021-07-26"
    tenors = list(EUR_2021)
    discount = credit.rates_curve(credit.rates_schedule(trade, "EUR", tenors[:4], tenors[4:]), list(EUR_2021.values()))
    schedule = credit.cds_schedule(trade, "2026-06-20")
    value = credit.price_spreads(schedule, discount, 0.006713, 0.01, 0.4)
    settle = discount.discount(schedule.settle)
    assert settle > 1.0
    assert 1e6 * value.accrued == pytest.approx(1000.0, abs=1e-9)
    assert 1e6 * value.clean * settle == pytest.approx(-16_070.7, rel=1e-5)
    assert 1e6 * value.dirty * settle == pytest.approx(-17_070.77, rel=1e-5)


USD_2014 = [
    0.001517,
    0.001923,
    0.002287,
    0.003227,
    0.005465,
    0.005105,
    0.009265,
    0.01347,
    0.01715,
    0.02016,
    0.02263,
    0.02458,
    0.026265,
    0.02759,
    0.029715,
    0.03182,
    0.033635,
    0.03442,
    0.03478,
]
DISTRESSED = [
    # name, quoted spread, coupon, Markit's principal ($10m, clean) and cash settlement, spread DV01, default probability
    ("Caesars Entertainment", 1.2354529, 0.05, 5_744_938, 5_707_438, 21.15, 0.99998),
    ("RadioShack", 0.91068084, 0.05, 5_649_824, 5_612_324, 40.86, 0.9997),
    ("Toys R Us", 0.17377289, 0.05, None, 3_237_500, None, 0.7813),
    ("Xerox", 0.01058, 0.01, None, 20_718, None, None),
]


def usd_2014(bump: float = 0.0) -> credit.DiscountCurve:
    years = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30]
    schedule = credit.rates_schedule(
        "2014-04-15", "USD", ["1M", "2M", "3M", "6M", "1Y"], [f"{year}Y" for year in years]
    )
    return credit.rates_curve(schedule, np.array(USD_2014) + bump)


@pytest.mark.parametrize(("name", "spread", "coupon", "principal", "cash", "dv01", "default"), DISTRESSED)
def test_distressed_names(
    name: str,
    spread: float,
    coupon: float,
    principal: float | None,
    cash: float,
    dv01: float | None,
    default: float | None,
) -> None:
    """Markit's calculator on 15 April 2014, to the dollar, as the tests of the R package creditr record it."""
    schedule = credit.cds_schedule("2014-04-15", "2019-06-20")
    value = credit.price_spreads(schedule, usd_2014(), spread, coupon, 0.4)
    assert 1e7 * value.dirty == pytest.approx(cash, abs=0.5)
    if principal is not None:
        assert 1e7 * value.clean == pytest.approx(principal, abs=0.5)
    if dv01 is not None:
        assert 1e7 * credit.quoted_cs01(schedule, usd_2014(), spread, coupon, 0.4) == pytest.approx(dv01, abs=0.005)
    if default is not None:
        gone = 1 - np.exp(-value.hazard * schedule.maturity_days / 365)
        assert gone == pytest.approx(default, abs=5e-5)


def test_a_distressed_name_with_its_rates() -> None:
    """Caesars: Markit's rates DV01, the quoted spread as it is."""
    schedule = credit.cds_schedule("2014-04-15", "2019-06-20")
    up, base = (credit.upfront_from_spread(schedule, usd_2014(bump), 1.2354529, 0.05, 0.4) for bump in (1e-4, 0.0))
    assert 1e7 * (up - base) == pytest.approx(-271.18, abs=0.05)
