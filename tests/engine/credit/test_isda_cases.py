"""Curves of ISDA's own Excel add-in, as OpenGamma Strata's tests record them.

Strata (Apache-2.0): IsdaCompliantDiscountCurveCalibratorTest, IsdaCompliantCreditCurveCalibratorBase,
FastCreditCurveCalibratorTest. Its credit figures hold "to 1e-14" there; zero rates to 1e-10.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from indenture.engine import credit

MONEY = ["1M", "2M", "3M", "6M", "9M", "12M"]
EUR_RATES = [
    0.00445,
    0.009488,
    0.012337,
    0.017762,
    0.01935,
    0.020838,
    0.01652,
    0.02018,
    0.023033,
    0.02525,
    0.02696,
    0.02825,
    0.02931,
    0.03017,
    0.03092,
    0.0316,
    0.03231,
    0.03367,
    0.03419,
    0.03411,
    0.03412,
]
YEARS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 25, 30]

OBSERVED = [30, 90, 180, *(365 * year for year in range(1, 13))]


def eur_curve(trade: str, snap: str, scale: float = 1.0) -> credit.DiscountCurve:
    """Rates fixed on one day for a trade on it or the next: the base is three weekdays after the fixing."""
    base = credit.WEEKDAYS.add_business_days(np.datetime64(snap), 3)
    schedule = credit.rates_schedule(trade, "EUR", MONEY, [f"{year}Y" for year in YEARS], base=base)
    return credit.rates_curve(schedule, np.array(EUR_RATES) * scale)


def plus_months(tenors: tuple[int, ...], year: int, month: int) -> list[str]:
    return [f"{year + (month - 1 + tenor) // 12}-{(month - 1 + tenor) % 12 + 1:02}-20" for tenor in tenors]


@attrs.frozen
class Case:
    trade: str
    snap: str
    start: str
    maturities: list[str]
    spreads: list[float]
    recovery: float
    survival: list[float]
    scale: float = 1.0
    terms: dict[str, Any] = attrs.field(factory=dict)


TENORS = (6, 12, 36, 60, 84, 120)

CASES = [
    Case(
        "2011-06-19",
        "2011-06-19",
        "2011-03-21",
        plus_months(TENORS, 2011, 6),
        [
            0.00886315689995649,
            0.00886315689995649,
            0.0133044689825873,
            0.0171490070952563,
            0.0183903639181293,
            0.0194721890639724,
        ],
        0.4,
        [
            0.998772746815168,
            0.996322757048216,
            0.992659036212158,
            0.985174753005029,
            0.959541054444166,
            0.9345154655283,
            0.897874320219939,
            0.862605325653124,
            0.830790530716993,
            0.80016566917562,
            0.76968842828467,
            0.740364207356242,
            0.71215720464425,
            0.685024855452902,
            0.658926216751093,
        ],
    ),
    Case(  # the accrual starts on a Sunday and is not adjusted
        "2011-03-21",
        "2011-03-18",
        "2011-03-20",
        plus_months(TENORS, 2011, 6),
        [0.027, 0.018, 0.012, 0.009, 0.007, 0.006],
        0.4,
        [
            0.996266535762958,
            0.988841371514657,
            0.977807258018988,
            0.96475844963628,
            0.953395823781617,
            0.940590393592274,
            0.933146036536171,
            0.927501935763199,
            0.924978347338877,
            0.923516383873675,
            0.919646843289677,
            0.914974439245307,
            0.91032577405212,
            0.905700727101315,
            0.901099178396858,
        ],
    ),
    Case(  # contracts that accrue from the trade date plus one, on 30/360
        "2011-05-30",
        "2011-05-29",
        "2011-05-31",
        ["2011-06-20", "2012-05-30", "2014-06-20", "2016-06-20", "2018-06-20"],
        [0.05, 0.05, 0.05, 0.05, 0.05],
        0.25,
        [
            0.994488823839325,
            0.983690222697363,
            0.967711777571664,
            0.935677618299157,
            0.875533583554252,
            0.819255475760025,
            0.7666904278069,
            0.717503794565525,
            0.671435362513808,
            0.628322474825315,
            0.587977867136078,
            0.550223788092265,
            0.514893899760578,
            0.481832544772127,
            0.450894060523028,
        ],
        terms={"count": "30/360"},
    ),
    Case(  # a forward start, half-yearly coupons, a long first coupon, ACT/365F
        "2011-05-30",
        "2011-05-29",
        "2011-07-31",
        ["2011-11-30", "2012-05-30", "2014-05-30", "2016-05-30", "2018-05-30", "2021-05-30"],
        [0.07, 0.06, 0.05, 0.055, 0.06, 0.065],
        0.25,
        [
            0.99238650617037,
            0.977332973057625,
            0.955179740225657,
            0.92187587198518,
            0.868032006457467,
            0.817353939709416,
            0.751100020583073,
            0.690170357851426,
            0.622562049244094,
            0.561519352597547,
            0.500515112466997,
            0.44610942528539,
            0.397617603088025,
            0.354396812361283,
            0.315874095202052,
        ],
        terms={"count": "ACT/365F", "months": 6, "stub": "long front", "forward": True},
    ),
    Case(  # rates and spreads near nil
        "2014-01-14",
        "2014-01-13",
        "2013-12-20",
        plus_months(TENORS, 2014, 3),
        [1e-4] * 6,
        0.4,
        [
            0.999986111241871,
            0.999958334304303,
            0.999916670344636,
            0.999831033196934,
            0.999662094963152,
            0.999493185285761,
            0.999324304350342,
            0.999155451994703,
            0.998986628218491,
            0.998817832978659,
            0.998649066279251,
            0.998480328100177,
            0.998311618432194,
            0.998142937270482,
            0.997974284610226,
        ],
        scale=1e-3,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.trade + "/" + case.start for case in CASES])
def test_credit_curves(case: Case) -> None:
    discount = eur_curve(case.trade, case.snap, case.scale)
    schedules = [
        credit.cds_schedule(case.trade, maturity, accrual_start=case.start, **case.terms)
        for maturity in case.maturities
    ]
    curve = credit.bootstrap(schedules, discount, case.spreads, case.recovery)
    found = np.exp(-curve.cumulative(OBSERVED))[:, 0]
    assert found == pytest.approx(case.survival, abs=1e-13)
    for schedule, spread in zip(schedules, case.spreads, strict=True):
        value = credit.price(schedule, discount, curve, spread, case.recovery)
        assert value.clean == pytest.approx(0.0, abs=1e-15)


USD_TIMES = [
    0.09041095890410959,
    0.1726027397260274,
    0.26301369863013696,
    0.5123287671232877,
    0.7616438356164383,
    1.010958904109589,
    2.008219178082192,
    3.008219178082192,
    4.008219178082192,
    5.008219178082192,
    6.008219178082192,
    7.013698630136987,
    8.01095890410959,
    9.01095890410959,
    10.01095890410959,
    12.01917808219178,
    15.016438356164384,
    20.01917808219178,
    25.021917808219175,
    30.027397260273972,
]
USD_ZEROS = [
    0.0020651105531615476,
    0.0024506037920717797,
    0.0028872269869485313,
    0.004599628230463427,
    0.006160809466806469,
    0.0075703969168129295,
    0.003965128877560435,
    0.005059104202201957,
    0.0069669135253734825,
    0.009361825469323602,
    0.011916895611422482,
    0.014311922779901886,
    0.016519187063048578,
    0.018512121993907647,
    0.020289623737560873,
    0.02329885162861984,
    0.026399509889410745,
    0.029087919732133784,
    0.03037740056662963,
    0.03110021763406523,
]
QUOTED = [0.006485, 0.008163, 0.011763, 0.015136, 0.018787, 0.021905, 0.023797, 0.025211, 0.02617, 0.026928, 0.027549]
PILLARS = ["2013-09-20", *(f"{year}-03-20" for year in range(2014, 2024))]


def usd_2013() -> tuple[credit.DiscountCurve, list[credit.CdsSchedule]]:
    trade = np.datetime64("2013-02-27")
    days = np.rint(np.array(USD_TIMES) * 365).astype(int)
    factors = np.exp(-np.array(USD_ZEROS) * np.array(USD_TIMES))
    discount = credit.DiscountCurve.from_factors(trade, [trade + int(count) for count in days], factors)
    return discount, [credit.cds_schedule(trade, pillar, accrual_start="2012-12-20") for pillar in PILLARS]


def zero_hazards(curve: credit.CreditCurve) -> Any:
    return curve.cumulative(curve.knots)[:, 0] / (curve.knots / 365)


def test_eleven_par_spreads() -> None:
    discount, schedules = usd_2013()
    curve = credit.bootstrap(schedules, discount, QUOTED, 0.25)
    assert zero_hazards(curve) == pytest.approx(
        [
            0.00876054089781935,
            0.011037345646850688,
            0.015955126945240167,
            0.020617953392829177,
            0.025787811343896218,
            0.030329992053915133,
            0.03313419899444371,
            0.03528129159875671,
            0.03675340516560903,
            0.037946169956317416,
            0.038951101800190346,
        ],
        abs=1e-14,
    )


def test_eleven_quoted_spreads() -> None:
    """Each is turned into the upfront of a 1% contract, and the curve goes through those."""
    discount, schedules = usd_2013()
    points = [
        credit.upfront_from_spread(schedule, discount, spread, 0.01, 0.25)
        for schedule, spread in zip(schedules, QUOTED, strict=True)
    ]
    curve = credit.bootstrap_upfronts(schedules, discount, points, 0.01, 0.25)
    assert zero_hazards(curve) == pytest.approx(
        [
            0.008760540897819375,
            0.011038924154511172,
            0.015948190247157847,
            0.02057127880414737,
            0.02563420636849379,
            0.030015477161325396,
            0.03269880289798303,
            0.03473789476853553,
            0.03613718351565995,
            0.03726728206325338,
            0.03821628558505742,
        ],
        abs=1e-14,
    )


SPOTS = {  # spot date, then days after it and zero rates at them (continuous, ACT/365F): deposits and half-yearly 30/360 swaps
    "2000-07-31": {
        31: 0.00451094132691394,
        60: 0.00961217974910455,
        365: 0.0209073273478429,
        730: 0.0164209678386938,
        1095: 0.0201271386010079,
        1460: 0.0230428815658429,
        1824: 0.025331229290671,
        3651: 0.0313248638523561,
    },
    "2013-05-31": {
        28: 0.00451102494265255,
        61: 0.0096120532508373,
        728: 0.0164437694453777,
        1826: 0.0253182328885705,
        3652: 0.0313084757037189,
        5479: 0.0343802785507912,
        10955: 0.0344192164412062,
    },
    "2015-01-30": {
        28: 0.00451102494265255,
        59: 0.00961230625181013,
        90: 0.0124890973580346,
        731: 0.0163995948752698,
        1826: 0.025319832020548,
        3653: 0.0313024406525135,
        10958: 0.034412444990971,
    },
    "2033-11-29": {
        30: 0.0045109691983703,
        62: 0.0096119267570081,
        730: 0.0164219833090028,
        1826: 0.0253196453298618,
        3653: 0.031310886840618,
        10957: 0.0344192986850272,
    },
}


@pytest.mark.parametrize("spot", SPOTS)
def test_rates_curves(spot: str) -> None:
    """Month ends and leap days among the spot dates; ISDA's Excel add-in, as recorded to 1e-10."""
    schedule = credit.rates_schedule(spot, "USD", MONEY, [f"{year}Y" for year in YEARS], base=spot)
    curve = credit.rates_curve(schedule, EUR_RATES)
    days = np.array(list(SPOTS[spot]))
    found = -curve.log_discount(days)[:, 0] / (days / 365)
    assert found == pytest.approx(list(SPOTS[spot].values()), abs=1e-10)


def test_a_rates_curve_from_before_its_base_date() -> None:
    """The trade date lies two days before spot; zero rates from the trade date, by ISDA's Excel add-in."""
    rates = [
        0.00340055550701297,
        0.00636929056400781,
        0.0102617798438113,
        0.0135851258907251,
        0.0162809551414651,
        0.020583125112332,
        0.0227369218210212,
        0.0251978805237614,
        0.0273223815467694,
        0.0310882447627048,
        0.0358397743454067,
        0.036047665095421,
        0.0415916567616181,
        0.044066373237682,
        0.046708518178509,
        0.0491196954851753,
        0.0529297239911766,
        0.0562025436376854,
        0.0589772202773522,
        0.0607471217692999,
    ]
    years = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30]
    schedule = credit.rates_schedule("2013-05-29", "USD", MONEY, [f"{year}Y" for year in years])
    assert str(schedule.base) == "2013-05-31"
    curve = credit.rates_curve(schedule, rates)
    days = np.array([1, 26, 51, 76, 101, 126, 151])
    found = -curve.log_discount(days)[:, 0] / (days / 365)
    expected = [
        0.00344732957670444,
        0.00344732957665564,
        0.00573603521085939,
        0.0084176643849198,
        0.010781796487941,
        0.0120279905518332,
        0.0128615375747012,
    ]
    assert found == pytest.approx(expected, abs=1e-10)
