"""Figures published by Markit and ISDA, to the digit."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from indenture.engine import credit

TRADE = datetime.date(2009, 5, 21)
DEPOSITS = {"1M": 0.003081, "2M": 0.005525, "3M": 0.007163, "6M": 0.012413, "9M": 0.014, "12M": 0.015488}
SWAPS = {
    "2Y": 0.011907, "3Y": 0.01699, "4Y": 0.021198, "5Y": 0.02444, "6Y": 0.026937, "7Y": 0.028967, "8Y": 0.030504,
    "9Y": 0.031719, "10Y": 0.03279, "12Y": 0.034535, "15Y": 0.036217, "20Y": 0.036981, "25Y": 0.037246, "30Y": 0.037605,
}  # fmt: skip

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
        ("2009-03-18", 24_166.67), ("2009-03-19", 0.0), ("2009-03-20", 277.78), ("2009-03-23", 1_111.11),
        ("2009-06-19", 25_555.56), ("2009-06-20", 25_833.33), ("2009-06-21", 0.0), ("2009-06-22", 277.78),
        ("2014-06-18", 25_277.78), ("2014-06-19", 25_555.56),
    ],
)  # fmt: skip
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
