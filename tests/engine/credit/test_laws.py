"""What holds of every curve and contract: closed forms, inverses, lanes, and what is refused."""

from __future__ import annotations

import datetime
import math
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from indenture.engine import credit
from indenture.engine.credit.kernels import integrals
from indenture.engine.credit.roots import positive_roots

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

TRADE = "2026-06-15"
TENORS = ["6M", "1Y", "2Y", "3Y", "4Y", "5Y", "7Y", "10Y"]
SCHEDULES = [credit.cds_schedule(TRADE, credit.cds_maturity(TRADE, tenor)) for tenor in TENORS]
FIVE = SCHEDULES[5]


def discounting(rate: Any) -> credit.DiscountCurve:
    return credit.DiscountCurve.flat(TRADE, rate)


@settings(max_examples=100, deadline=None)
@given(st.floats(-3.0, 3.0))
def test_integrals_against_exact_series(x: float) -> None:
    exact = Fraction(x)
    for n, found in enumerate(integrals(np.array([x]), 3), start=1):
        terms = [(-exact) ** k / (math.factorial(k) * (k + n)) for k in range(40)]
        assert found[0] == pytest.approx(float(sum(terms)), rel=2e-15)


def test_integrals_far_out() -> None:
    large = np.array([40.0, 700.0, 1e4])
    for n, found in enumerate(integrals(large, 3), start=1):
        assert found == pytest.approx(math.factorial(n - 1) / large**n, rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-6, 4.0), st.sampled_from(SCHEDULES))
def test_without_interest_the_premium_is_paid_for_the_days_survived(
    hazard: float, schedule: credit.CdsSchedule
) -> None:
    """Accrual on default without the half day integrates by parts: the premium is the coupon on the days lived."""
    found = credit.legs(schedule, discounting(0.0), credit.CreditCurve.flat(TRADE, hazard), half_day=False)
    years = schedule.maturity_days / 365
    assert found.loss[0] == pytest.approx(-math.expm1(-hazard * years), rel=1e-14)
    before = (schedule.trade - (schedule.starts[schedule.live] - 1)).astype(int) / 360
    lived = -math.expm1(-hazard * years) / hazard * 365 / 360
    assert found.premium[0] == pytest.approx(before + lived, rel=1e-13)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(1e-6, 8.0),
    st.floats(0.0, 0.99),
    st.floats(-0.05, 0.2),
    st.sampled_from([0.0, 0.0025, 0.01, 0.05]),
    st.sampled_from(SCHEDULES),
)
def test_upfronts_and_spreads_are_inverse(
    spread: float, recovery: float, rate: float, coupon: float, schedule: credit.CdsSchedule
) -> None:
    curve = discounting(rate)
    # The half day alone costs spread / 720: above that part of the loss no hazard is high enough.
    assume(spread <= 400 * (1 - recovery))
    # Where the name is as good as gone and pays no coupon, the upfront is the loss, whatever the spread.
    assume(coupon > 0.0 or spread / (1 - recovery) * schedule.maturity_days / 365 < 13)
    upfront = credit.upfront_from_spread(schedule, curve, spread, coupon, recovery)
    back = credit.spread_from_upfront(schedule, curve, upfront, coupon, recovery)
    assert credit.upfront_from_spread(schedule, curve, back, coupon, recovery) == pytest.approx(upfront, abs=1e-13)
    if rate >= 0.0:  # below nil a late loss is worth more than an early one: two spreads may have one upfront
        assert back == pytest.approx(spread, rel=1e-9)
    flat = credit.flat_curve(schedule, curve, spread, recovery)
    value = credit.price(schedule, curve, flat, coupon, recovery)
    assert value.clean == pytest.approx(upfront, abs=1e-13)
    assert value.par_spread == pytest.approx(spread, rel=1e-12)
    assert value.dirty == pytest.approx(upfront - coupon * schedule.accrued, abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.floats(1e-5, 0.3), st.floats(0.3, 2.0)), min_size=8, max_size=8),
    st.floats(0.0, 0.95),
    st.floats(-0.02, 0.1),
)
def test_a_bootstrap_finds_the_hazards_that_made_the_spreads(
    hazards: list[float], recovery: float, rate: float
) -> None:
    curve = discounting(rate)
    truth = credit.CreditCurve.from_hazards(TRADE, [one.maturity for one in SCHEDULES], hazards)
    spreads = [credit.price(one, curve, truth, 0.01, recovery).par_spread for one in SCHEDULES]
    found = credit.bootstrap(SCHEDULES, curve, spreads, recovery)
    survival = np.exp(-truth.cumulative(truth.knots))
    assert np.exp(-found.cumulative(found.knots)) == pytest.approx(survival, abs=1e-13)
    for schedule, spread in zip(SCHEDULES, spreads, strict=True):
        assert credit.price(schedule, curve, found, spread, recovery).clean == pytest.approx(0.0, abs=1e-13)
    upfronts = [credit.price(one, curve, truth, 0.05, recovery).clean for one in SCHEDULES]
    again = credit.bootstrap_upfronts(SCHEDULES, curve, upfronts, 0.05, recovery)
    assert np.exp(-again.cumulative(again.knots)) == pytest.approx(survival, abs=1e-13)


@pytest.mark.parametrize("spread", [1.0, 2.0, 5.0, 20.0, 100.0])
def test_distress(spread: float) -> None:
    """A flat spread far above 100%: the name is gone before most pillars, and each is at par all the same."""
    curve = discounting(0.03)
    found = credit.bootstrap(SCHEDULES, curve, [spread] * 8, 0.25)
    assert (found.hazards > 0).all()
    for schedule in SCHEDULES:
        assert credit.price(schedule, curve, found, spread, 0.25).clean == pytest.approx(0.0, abs=2e-13 * spread)


def test_lanes_do_not_disturb_each_other() -> None:
    """A lane alone and the same lane among others have the same bits: discount, spreads and recovery vary."""
    random = np.random.default_rng(11)
    rates, recovery = random.uniform(-0.01, 0.08, 600), random.uniform(0, 0.8, 600)
    spreads = np.sort(random.uniform(0.001, 0.02, (8, 600)), axis=0)
    spreads[:, 7] = 3.0
    together = credit.bootstrap(SCHEDULES, discounting(rates), spreads, recovery)
    values = credit.price(FIVE, discounting(rates), together, 0.01, recovery)
    for lane in (0, 7, 511, 512, 599):
        alone = credit.bootstrap(SCHEDULES, discounting(rates[lane]), spreads[:, lane], recovery[lane])
        assert (alone.hazards[:, 0] == together.hazards[:, lane]).all()
        assert credit.price(FIVE, discounting(rates[lane]), alone, 0.01, recovery[lane]).clean == values.clean[lane]


def test_a_seasoned_contract_is_the_standard_one_of_its_maturity() -> None:
    """Once its first coupons are past, what is left of a contract does not remember when it began."""
    old = credit.cds_schedule(TRADE, "2029-06-20", accrual_start="2024-06-20")
    new = credit.cds_schedule(TRADE, "2029-06-20")
    risk = credit.CreditCurve.flat(TRADE, 0.02)
    assert credit.price(old, discounting(0.03), risk, 0.05, 0.4) == credit.price(
        new, discounting(0.03), risk, 0.05, 0.4
    )
    assert old.live == 7
    assert old.accrued_days == new.accrued_days == 88  # 20 March to 15 June, both included


def test_stubs_of_the_time_before_the_standard_terms() -> None:
    """A contract that accrues from the day after its trade: its first coupon is short, or runs to the second date."""
    short = credit.cds_schedule("2008-08-27", "2013-09-20", accrual_start="2008-08-28")
    long = credit.cds_schedule("2008-08-27", "2013-09-20", accrual_start="2008-08-28", stub="long front")
    assert [str(one) for one in short.pays[:2]] == ["2008-09-22", "2008-12-22"]
    assert [str(one) for one in long.pays[:2]] == ["2008-12-22", "2009-03-20"]
    # A first coupon that is whole is no stub.
    whole = credit.cds_schedule("2008-09-26", "2013-09-20", accrual_start="2008-09-22", stub="long front")
    assert str(whole.pays[0]) == "2008-12-22"
    # Step-in on an accrual start: the coupon before it is past, and nothing is accrued.
    start = credit.cds_schedule("2009-03-19", "2013-09-20", accrual_start="2008-09-22")
    assert start.live == 2
    assert start.accrued == 0.0


def test_a_last_coupon_on_its_last_day() -> None:
    """Traded the day before maturity, step-in on maturity itself: a day of protection and the coupon are left."""
    schedule = credit.cds_schedule("2014-06-19", "2014-06-20")
    assert schedule.accrued_days == 92
    risk = credit.CreditCurve.flat("2014-06-19", 0.05)
    value = credit.price(schedule, credit.DiscountCurve.flat("2014-06-19", 0.0), risk, 0.01, 0.4)
    assert value.protection == pytest.approx(0.6 * -math.expm1(-0.05 / 365), rel=1e-13)
    assert value.annuity == pytest.approx(1 / 360, rel=2e-3)


def test_sensitivities_are_those_of_quotes_moved_one_by_one() -> None:
    rates = credit.rates_schedule(TRADE, "USD SOFR", ["1M", "3M", "1Y"], ["2Y", "5Y", "10Y"])
    quotes = np.array([0.035, 0.036, 0.0355, 0.034, 0.0345, 0.036])
    spreads = np.array([0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.010, 0.011])
    found = credit.sensitivities(FIVE, 0.01, SCHEDULES, spreads, 0.4, rates, quotes)

    def clean(spread: Any, rate: Any, recovery: float) -> float:
        discount = credit.rates_curve(rates, rate)
        return float(
            credit.price(FIVE, discount, credit.bootstrap(SCHEDULES, discount, spread, recovery), 0.01, recovery).clean
        )

    base = clean(spreads, quotes, 0.4)
    assert found.clean == base
    assert found.cs01 == clean(spreads + 1e-4, quotes, 0.4) - base
    assert found.ir01 == clean(spreads, quotes + 1e-4, 0.4) - base
    assert found.recovery01 == clean(spreads, quotes, 0.4 + 0.01) - base
    for pillar in range(8):
        moved = spreads.copy()
        moved[pillar] += 1e-4
        assert found.pillar_cs01[pillar] == clean(moved, quotes, 0.4) - base
    assert abs(found.pillar_cs01[-1]) < 1e-15  # a contract of five years knows nothing of ten
    assert found.cs01 == pytest.approx(4.4e-4, rel=0.05)


def test_an_index_with_its_factor() -> None:
    """Three of 125 names have gone: the standard model on what is left of the notional."""
    one = credit.upfront_from_spread(FIVE, discounting(0.03), 0.0055, 0.01, 0.4)
    value = credit.index_value(FIVE, discounting(0.03), 0.0055, 0.01, 0.4, factor=0.976, notional=125e6)
    assert value.clean == pytest.approx(122e6 * one, rel=1e-14)
    assert value.accrued == pytest.approx(122e6 * 0.01 * 88 / 360, rel=1e-14)
    assert value.cash == value.clean - value.accrued
    assert value.price == pytest.approx(100 - 100 * one, rel=1e-14)
    assert credit.quoted_cs01(FIVE, discounting(0.03), 0.0055, 0.01, 0.4) == pytest.approx(
        credit.upfront_from_spread(FIVE, discounting(0.03), 0.0056, 0.01, 0.4) - one, abs=1e-17
    )


def test_a_curve_that_crosses_itself() -> None:
    spreads = np.tile(np.linspace(0.01, 0.02, 8)[:, None], (1, 900))
    spreads[4, [3, 700]] = 0.002
    with pytest.raises(credit.CrossingError) as caught:
        credit.bootstrap(SCHEDULES, discounting(0.03), spreads, 0.4)
    error = caught.value
    assert (error.pillar, error.value, error.lanes) == ("2030-06-20", 0.002, (3, 700))
    assert "in lanes 3, 700: the curve crosses itself there" in str(error)
    assert "negative forward hazard" in str(error)
    # The least spread that it names is the edge: at it the hazard is nil.
    edge = np.linspace(0.01, 0.02, 8)
    edge[4] = error.lowest
    assert credit.bootstrap(SCHEDULES[:5], discounting(0.03), edge[:5], 0.4).hazards[4, 0] == pytest.approx(
        0, abs=1e-10
    )
    edge[4] *= 1 - 1e-6
    with pytest.raises(credit.CrossingError):
        credit.bootstrap(SCHEDULES, discounting(0.03), edge, 0.4)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_step_says_which_lanes_have_no_hazard() -> None:
    curve = credit.bootstrap(SCHEDULES[:1], discounting(0.03), [0.02], 0.4)
    step = credit.hazard_step(SCHEDULES[1], discounting(0.03), curve, [0.02, 0.001, 900.0], 0.0, 0.4)
    assert step.crossing.tolist() == [False, True, False]
    assert step.beyond.tolist() == [False, False, True]
    assert np.isnan(step.hazard).tolist() == [False, True, True]
    assert step.hazard[0] == credit.next_hazard(SCHEDULES[1], discounting(0.03), curve, 0.02, 0.4)


REFUSED: list[tuple[Any, str]] = [
    (
        lambda: credit.cds_schedule("2026-06-15", "2026-06-15"),
        r"the maturity is 2026-06-15: a date after the trade date",
    ),
    (
        lambda: credit.cds_schedule("2026-06-15", "2025-06-20"),
        r"the maturity is 2025-06-20: a date after the trade date",
    ),
    (
        lambda: credit.cds_schedule("2026-06-15", "2031-06-20", accrual_start="2026-09-21"),
        r"accrual start is 2026-09-21",
    ),
    (lambda: credit.cds_schedule("2026-06-15", "2031-06-20", settle="2026-06-01"), r"settlement date is 2026-06-01"),
    (lambda: credit.cds_schedule("2026-06-15", "2031-06-20", step_in="2026-06-01"), r"step-in date is 2026-06-01"),
    (lambda: credit.cds_schedule("2026-06-15", "2031-06-20", count="ACT/364"), r"day count is 'ACT/364'"),  # type: ignore[arg-type]  # a wrong word is the case
    (lambda: credit.cds_schedule("2026-06-15", "2031-06-20", stub="short back"), r"the stub is 'short back'"),  # type: ignore[arg-type]  # a wrong word is the case
    (lambda: credit.cds_schedule("2026-06-15", "2031-06-20", months=0), r"the period is 0: 1 to 12 months"),
    (lambda: credit.cds_schedule("2026-06-15", "2031-06-20", months=True), r"the period is True: 1 to 12 months"),
    *(
        (
            lambda start=start: credit.cds_schedule("2026-06-15", "2031-06-20", accrual_start=start, forward=True),
            f"the accrual start is {start}: a date before maturity",
        )
        for start in ("2031-06-20", "2031-06-23")
    ),
    (lambda: credit.cds_schedule("1066-10-14", "2031-06-20"), r"the trade date is 1066-10-14"),
    (lambda: credit.cds_maturity("2026-06-15", "5W"), r"the tenor is '5W': months or years such as 6M or 5Y"),
    (lambda: credit.cds_maturity("2026-06-15", -3), r"the tenor is -3: months or years"),
    (lambda: credit.cds_maturity("2026-06-15", "5Y", "yearly"), r"the roll is 'yearly'"),  # type: ignore[arg-type]  # a wrong word is the case
    (lambda: credit.cds_maturity("2017-01-15", 0), r"would have matured on 2016-12-20"),
    (
        lambda: credit.bootstrap(SCHEDULES, discounting(0.03), [0.01] * 7, 0.4),
        r"the spreads is 7 numbers: 8 were expected",
    ),
    (lambda: credit.bootstrap(SCHEDULES, discounting(0.03), [0.01] * 8, 1.0), r"the recovery is 1: .*below 1"),
    (
        lambda: credit.bootstrap(SCHEDULES, discounting(0.03), [0.01] * 8, [0.4, -0.1]),
        r"the recovery is -0.1 in lane 1",
    ),
    (
        lambda: credit.bootstrap(SCHEDULES, discounting(0.03), [0.01] * 7 + [math.nan], 0.4),
        r"pillar 2036-06-20 is nan: a finite number",
    ),
    (
        lambda: credit.bootstrap(SCHEDULES, discounting(0.03), [-0.01] * 8, 0.4),
        r"pillar 2026-12-20 is -0.01: at least nil",
    ),
    (lambda: credit.bootstrap(SCHEDULES[::-1], discounting(0.03), [0.01] * 8, 0.4), r"a maturity after 2036-06-20"),
    (lambda: credit.bootstrap([FIVE, FIVE], discounting(0.03), [0.01] * 2, 0.4), r"each pillar once was expected"),
    (lambda: credit.bootstrap([], discounting(0.03), [], 0.4), r"the pillars is empty"),
    (lambda: credit.DiscountCurve.from_factors(TRADE, [], []), r"the curve's dates is empty: at least one date"),
    (
        lambda: credit.price(FIVE, discounting(0.03), credit.CreditCurve.flat(TRADE, 0.02), [[0.01]], 0.4),
        r"the coupon is an array of shape \(1, 1\): a number or one number a lane",
    ),
    (
        lambda: credit.price(FIVE, discounting([0.03] * 3), credit.CreditCurve.flat(TRADE, 0.02), [0.01, 0.05], 0.4),
        r"the number of lanes is 2: another figure has 3",
    ),
    (
        lambda: credit.price_spreads(FIVE, discounting(0.03), [0.01, -0.01], 0.01, 0.4),
        r"the spreads is -0.01 in lane 1: spreads of at least nil",
    ),
    (
        lambda: credit.bootstrap([FIVE], credit.DiscountCurve.flat("2026-06-16", 0.03), [0.01], 0.4),
        r"a curve's start is",
    ),
    (lambda: credit.bootstrap([FIVE], discounting([0.03] * 3), [[0.01] * 2], 0.4), r"the number of lanes is 2"),
    (lambda: credit.upfront_from_spread(FIVE, discounting(0.03), "wide", 0.01, 0.4), r"the spread is 'wide'"),
    (lambda: credit.upfront_from_spread(FIVE, discounting(0.03), 500.0, 0.01, 0.4), r"no hazard is high enough"),
    (
        lambda: credit.spread_from_upfront(FIVE, discounting(0.03), 0.7, 0.01, 0.4),
        r"the upfront.*0.7: no hazard is high",
    ),
    (
        lambda: credit.spread_from_upfront(FIVE, discounting(0.03), -0.2, 0.01, 0.4),
        r"the upfront.*-0.2: at least -0.04",
    ),
    (
        lambda: credit.price_spreads(FIVE, discounting(0.03), [0.01, math.nan], 0.01, 0.4),
        r"the spreads is nan in lane 1",
    ),
    (
        lambda: credit.DiscountCurve.from_factors(TRADE, ["2027-01-01", "2026-12-01"], [0.9, 0.8]),
        r"a date after 2027-01-01",
    ),
    (lambda: credit.DiscountCurve.from_factors(TRADE, ["2027-01-01"], [0.0]), r"a number above nil"),
    (lambda: credit.CreditCurve.from_hazards(TRADE, ["2026-01-01"], [0.1]), r"dates after the trade date"),
    (lambda: credit.CreditCurve.flat(TRADE, -0.1), r"the hazard is -0.1"),
    (
        lambda: credit.index_value(FIVE, discounting(0.03), 0.01, 0.01, 0.4, factor=1.2, notional=1),
        r"the index factor is 1.2",
    ),
    (
        lambda: credit.index_value(FIVE, discounting(0.03), 0.01, 0.01, 0.4, factor=0.0, notional=1),
        r"the index factor is 0: above 0",
    ),
    (
        lambda: credit.sensitivities(
            FIVE, 0.01, [FIVE], [0.01], 0.995, credit.rates_schedule(TRADE, "USD SOFR", ["1Y"]), [0.03]
        ),
        r"the recovery is 0.995: a rate below 0.99",
    ),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSED)
def test_what_is_refused(wrong: Any, message: str) -> None:
    with pytest.raises(credit.CreditError, match=message):
        wrong()


def test_curves_are_read_on_dates() -> None:
    curve = credit.DiscountCurve.flat(TRADE, [0.02, 0.03])
    assert curve.discount(datetime.date(2027, 6, 15)) == pytest.approx(np.exp([-0.02, -0.03]))
    assert curve.discount(["2026-06-15", "2027-06-15"]).shape == (2, 2)
    risk = credit.CreditCurve.from_hazards(TRADE, ["2027-06-15", "2028-06-14"], [0.01, 0.02])
    assert risk.survival("2028-06-14") == pytest.approx(math.exp(-0.03), rel=1e-14)
    assert risk.survival("2029-06-14") == pytest.approx(math.exp(-0.05), rel=1e-14)
    with pytest.raises(credit.CreditError, match="no date before the curve's start"):
        risk.survival("2026-06-14")


def test_a_hazard_of_nil_is_one() -> None:
    assert credit.CreditCurve.flat(TRADE, 0.0).survival("2036-06-15") == 1.0
    value = credit.price_spreads(FIVE, discounting(0.03), 0.0, 0.01, 0.4)
    assert (value.hazard, value.protection) == (0.0, 0.0)


def test_the_protection_leg_without_interest_is_the_loss_of_those_that_default() -> None:
    found = credit.protection_leg(FIVE, discounting(0.0), credit.CreditCurve.flat(TRADE, 0.02), [0.4, 0.25])
    gone = -math.expm1(-0.02 * FIVE.maturity_days / 365)
    assert found == pytest.approx([0.6 * gone, 0.75 * gone], rel=1e-13)


def test_nothing_accrues_before_the_first_coupon_that_is_left() -> None:
    """Step-in a month after the trade: the coupon of 22 June is the first, and pays for the days lived from 21 June."""
    schedule = credit.cds_schedule(TRADE, "2031-06-20", step_in="2026-07-15", accrual_start="2026-03-20")
    assert str(schedule.starts[schedule.live]) == "2026-06-22"
    hazard, start, end = 0.5, 6 / 365, schedule.maturity_days / 365
    found = credit.legs(schedule, discounting(0.0), credit.CreditCurve.flat(TRADE, hazard), half_day=False)
    lived = (math.exp(-hazard * start) - math.exp(-hazard * end)) / hazard * 365 / 360
    assert found.premium[0] == pytest.approx(lived, rel=1e-13)


def test_a_step_on_curves_of_several_lanes_from_one_quote() -> None:
    hazards = np.array([[0.01, 0.02, 0.04]])
    curve = credit.CreditCurve.from_hazards(TRADE, [SCHEDULES[0].maturity], hazards)
    together = credit.next_hazard(SCHEDULES[1], discounting(0.03), curve, 0.02, 0.4)
    for lane in range(3):
        one = credit.CreditCurve.from_hazards(TRADE, [SCHEDULES[0].maturity], hazards[:, lane])
        assert together[lane] == credit.next_hazard(SCHEDULES[1], discounting(0.03), one, 0.02, 0.4)


def test_where_money_is_worth_nothing_any_hazard_will_do() -> None:
    """Interest so high that nothing is left of either leg, settled at once on an accrual start: the hazard is nil."""
    schedule = credit.cds_schedule("2026-06-21", "2026-12-20", settle="2026-06-21")
    assert schedule.accrued == 0.0
    step = credit.hazard_step(schedule, credit.DiscountCurve.flat("2026-06-21", 1e6), None, 0.01, 0.0, 0.4)
    assert step.hazard.tolist() == [0.0]
    assert step.sound


def test_a_root_that_rounding_keeps_from_moving_stays() -> None:
    """A step of 1e-20 from a quarter leads to a quarter, which is no longer above the highest that is too low."""
    found, there = positive_roots(
        lambda x: (np.full_like(x, -1e-20), np.ones_like(x)), np.array([0.25]), np.array([False])
    )
    assert (found.tolist(), there.tolist()) == ([0.25], [True])
