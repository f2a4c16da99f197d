"""The measures against closed forms, published figures, QuantLib and scipy."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import metrics
from indenture.engine.metrics import METRICS, STATISTICS


def one(*rows: float) -> Any:
    """A series [date, scenario] of one scenario."""
    return np.array(rows, dtype=np.float64)[:, None]


def figure(value: float) -> Any:
    return np.array([value], dtype=np.float64)


def read(result: tuple[Any, Any]) -> float | None:
    """The only scenario of a result, None where it is not determined (when its value must be 0)."""
    values, determined = result
    assert np.shape(values) == np.shape(determined) == (1,)
    assert np.isfinite(values).all()
    if not determined[0]:
        assert values[0] == 0.0
        return None
    return float(values[0])


# Rates


def test_xirr_of_the_spreadsheet_manual() -> None:
    # Microsoft's documentation of XIRR: 0.373362535
    days = [
        datetime.date(2008, 1, 1),
        datetime.date(2008, 3, 1),
        datetime.date(2008, 10, 30),
        datetime.date(2009, 2, 15),
        datetime.date(2009, 4, 1),
    ]
    times = tuple((day - days[0]).days / 365 for day in days)
    rate = read(metrics.xirr(one(-10_000, 2_750, 4_250, 3_250, 2_750), times=times))
    assert rate == pytest.approx(0.373362535, abs=2e-9)  # the manual stops at its own 1e-8


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        # Microsoft's documentation of IRR: -2.1%, 8.7% and -44.4% after 4, 5 and 2 years.
        ((-70_000, 12_000, 15_000, 18_000, 21_000), -0.021),
        ((-70_000, 12_000, 15_000, 18_000, 21_000, 26_000), 0.087),
        ((-70_000, 12_000, 15_000), -0.444),
    ],
)
def test_irr_of_the_spreadsheet_manual(flows: tuple[float, ...], expected: float) -> None:
    assert read(metrics.irr(one(*flows))) == pytest.approx(expected, abs=5e-4)


def test_irr_of_a_par_loan_is_its_coupon() -> None:
    flows = one(-100.0, *[0.07 / 4 * 100] * 39, 100 + 0.07 / 4 * 100)
    assert read(metrics.irr(flows, frequency=4)) == pytest.approx(0.07, abs=1e-14)


def test_irr_of_an_annuity() -> None:
    rate = 0.09 / 12
    payment = 250_000 * rate / (1 - (1 + rate) ** -360)
    assert read(metrics.irr(one(-250_000, *[payment] * 360), frequency=12)) == pytest.approx(0.09, abs=1e-13)


def test_irr_reads_one_schedule_of_a_longer_timeline() -> None:
    flows = one(-100.0, 5.0, 0.0, 60.0, 7.0, 60.0)
    assert read(metrics.irr(flows, positions=(0, 3, 5))) == read(metrics.irr(one(-100.0, 60.0, 60.0)))


def test_of_two_rates_the_one_nearest_zero() -> None:
    assert read(metrics.irr(one(-100, 230, -132))) == pytest.approx(0.1, abs=1e-14)  # 20% solves it as well
    # A cost at the end adds a second rate near -100%; the rate of the investment is meant.
    flows = (-100.0, 40.0, 40.0, 40.0, 40.0, -5.0)
    rate = read(metrics.irr(one(*flows)))
    assert rate is not None
    assert rate > 0.15
    assert sum(flow / (1 + rate) ** date for date, flow in enumerate(flows)) == pytest.approx(0.0, abs=1e-11)


def test_rates_near_minus_and_far_above_one_hundred_percent() -> None:
    assert read(metrics.xirr(one(-1e6, 1e-3), times=(0, 1))) == pytest.approx(-1 + 1e-9, abs=1e-15)
    assert read(metrics.xirr(one(-1.0, 1e9), times=(0, 1))) == pytest.approx(1e9 - 1, rel=1e-12)
    assert read(metrics.xirr(one(-100.0, 0.5), times=(0, 40))) == pytest.approx(200 ** (-1 / 40) - 1, rel=1e-13)


def test_a_zero_rate_is_a_rate() -> None:
    assert read(metrics.irr(one(-100, 50, 50))) == 0.0
    assert read(metrics.xirr(one(0, 0, 60, -20, -40), times=(0, 1, 2, 3, 4))) == 0.0


@pytest.mark.parametrize(
    "flows",
    [
        (0.0, 0.0, 0.0),
        (-100.0, -1.0, 0.0),
        (1.0, 2.0, 3.0),
        (-5.0,),
        (-100.0, 0.0, 1e-14),  # rounding is no recovery
        (-100.0, 150.0, -60.0),  # no real rate
        (-1e308, -1e308, 1e308, np.inf),
    ],
)
def test_no_rate(flows: tuple[float, ...]) -> None:
    assert read(metrics.irr(one(*flows))) is None
    assert read(metrics.xirr(one(*flows), times=tuple(range(len(flows))))) is None


def test_rounding_left_at_the_end_moves_nothing() -> None:
    clean, dusty = one(-100, 60, 60, 0, 0), one(-100, 60, 60, 1e-13, -1e-13)
    assert read(metrics.irr(clean)) == read(metrics.irr(dusty))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e12, 1e300])
def test_scale_changes_no_rate(scale: float) -> None:
    flows = np.array([-100.0, 3.0, 3.0, 103.0])
    assert read(metrics.irr((flows * scale)[:, None])) == pytest.approx(0.03, abs=1e-14)


amounts = st.floats(1.0, 1e9)


@settings(max_examples=60, deadline=None)
@given(st.lists(amounts, min_size=1, max_size=30), st.floats(0.2, 5.0), st.data())
def test_xirr_agrees_with_brent(repaid: list[float], cover: float, data: st.DataObject) -> None:
    from scipy.optimize import brentq

    gaps = data.draw(st.lists(st.integers(1, 400), min_size=len(repaid), max_size=len(repaid)))
    times = np.concatenate([[0], np.cumsum(gaps)]) / 365
    flows = np.array([-math.fsum(repaid) / cover, *repaid])

    def value(rate: float) -> float:
        return math.fsum(flow * math.exp(-rate * time) for flow, time in zip(flows, times, strict=True))

    rate = read(metrics.xirr(flows[:, None], times=times))
    if rate is None:  # faster than the stated limit of the search
        assert value(30.0) * value(-30.0) > 0
        return
    reference = brentq(value, -30.0, 30.0, xtol=1e-15, rtol=1e-14)
    assert math.log1p(rate) == pytest.approx(reference, rel=1e-10, abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
def test_irr_is_the_nearest_root_of_the_polynomial(flows: list[float]) -> None:
    from numpy.polynomial import polynomial

    result = read(metrics.irr(one(*flows)))
    largest = max(abs(flow) for flow in flows)
    if result is not None:
        factor = 1.0 / (1.0 + result)
        terms = [flow * factor**date for date, flow in enumerate(flows)]
        # exact up to the rounding of the terms and what was passed over as noise
        assert abs(math.fsum(terms)) <= 1e-9 * sum(abs(term) for term in terms)
        return
    # None: no root with a change of sign that the search could have stepped on. Roots in pairs may hide.
    kept = [0.0 if abs(flow) < 1e-12 * largest else flow for flow in flows]
    roots = polynomial.polyroots(np.trim_zeros(np.array(kept), "b")) if any(kept) else np.array([])
    real = [root.real for root in roots if abs(root.imag) < 1e-12 and math.exp(-29) < root.real < math.exp(29)]
    assert len(real) % 2 == 0 or max(abs(root) for root in roots) > 1e6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 70))
def test_one_scenario_alone_has_the_bits_of_the_batch(seed: int, dates: int, lanes: int) -> None:
    random = np.random.default_rng(seed)
    flows = random.normal(size=(dates + 1, lanes)) * 10.0 ** random.integers(-3, 6, size=lanes)
    flows[0] = -np.abs(flows).sum(axis=0) * random.uniform(0.01, 1.5, size=lanes)
    index = random.uniform(-0.01, 0.1, size=flows.shape)
    times = tuple(float(time) for time in np.cumsum(random.uniform(0.01, 1.0, size=dates + 1)))
    mask = random.uniform(size=flows.shape) < 0.7
    paid = -flows[0]
    inflows = np.abs(flows)
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
        ("irr", (flows,), {"frequency": 4}),
        ("xirr", (flows,), {"times": times}),
        ("yield_to_maturity", (inflows, paid), {"times": times}),
        ("price", (inflows, index[0]), {"times": times}),
        ("convexity", (inflows, index[0]), {"times": times, "frequency": 0}),
        ("discount_margin", (inflows, index, paid), {"fractions": (0.0,) + (0.25,) * dates}),
        ("weighted_average_life", (inflows,), {"times": times}),
        ("total", (flows, mask), {}),
        ("average", (flows, mask), {}),
        ("lowest_dscr", (inflows, index, mask), {}),
        ("lowest_llcr", (inflows, inflows, index[0]), {"fractions": (0.3,) * (dates + 1), "compounding": "effective"}),
        ("lowest_trailing_dscr", (inflows, index, mask), {"dates": min(4, dates + 1)}),
        ("first_date_below", (flows, paid, mask), {}),
    ]
    for name, operands, static in calls:
        values, determined = METRICS[name](*operands, **static)
        assert values.shape == determined.shape == (lanes,)
        assert np.isfinite(values).all()
        assert not values[~determined].any()
        for lane in {0, lanes // 2, lanes - 1}:
            alone = METRICS[name](*(operand[..., lane : lane + 1] for operand in operands), **static)
            assert alone[0].tobytes() == values[lane : lane + 1].tobytes(), name
            assert alone[1][0] == determined[lane], name


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([-0.6, -0.35, -0.1, -0.02, 0.03, 0.12, 0.3, 0.7, 1.5, 4.0]), min_size=1, max_size=4))
def test_of_known_rates_the_nearest_to_zero(rates: list[float]) -> None:
    rates = sorted(set(rates))
    flows = np.polynomial.polynomial.polyfromroots([1 / (1 + rate) for rate in rates])
    expected = min(rates, key=lambda rate: abs(math.log1p(rate)))
    assert read(metrics.irr(flows[:, None])) == pytest.approx(expected, rel=1e-9)


def test_lanes_that_converge_at_different_steps_do_not_touch_each_other() -> None:
    random = np.random.default_rng(8)
    flows = random.uniform(0.0, 2.0, size=(24, 4096)) * (random.uniform(size=(24, 4096)) < 0.5)
    flows[0] = -(10.0 ** random.uniform(-3, 3, size=4096))
    flows[-1] -= random.uniform(0, 1, size=4096) * (random.uniform(size=4096) < 0.3)
    values, determined = metrics.irr(flows)
    assert 0.5 < determined.mean() <= 1.0
    for lane in range(0, 4096, 97):
        alone, known = metrics.irr(flows[:, lane : lane + 1])
        assert alone[0] == values[lane]
        assert known[0] == determined[lane]
    half, _ = metrics.irr(flows[:, 1::2])
    assert half.tobytes() == values[1::2].tobytes()


# Yield, price, duration


def bond(coupon: float, years: int, frequency: int) -> tuple[Any, tuple[float, ...]]:
    """A bullet bond of 100 at its issue: flows [date, 1] from date 1 on, and times."""
    periods = years * frequency
    flows = [coupon / frequency * 100] * periods
    flows[-1] += 100
    return one(0.0, *flows), tuple(period / frequency for period in range(periods + 1))


@pytest.mark.parametrize("frequency", [1, 2, 4, 12])
@pytest.mark.parametrize("coupon", [-0.005, 0.0, 0.05, 0.14])
def test_a_bond_at_par_yields_its_coupon(frequency: int, coupon: float) -> None:
    flows, times = bond(coupon, 9, frequency)
    assert read(metrics.yield_to_maturity(flows, figure(100), times=times, frequency=frequency)) == pytest.approx(
        coupon, abs=1e-14
    )
    assert read(metrics.price(flows, figure(coupon), times=times, frequency=frequency)) == pytest.approx(100, rel=1e-13)


def test_yield_of_a_clean_price_adds_the_accrued() -> None:
    flows, times = bond(0.06, 5, 2)
    dirty = metrics.yield_to_maturity(flows, figure(98.5), times=times)
    clean = metrics.yield_to_maturity(flows, figure(97.0), figure(1.5), times=times)
    assert read(dirty) == read(clean)
    assert read(metrics.dirty_price(figure(97.0), figure(1.5))) == 98.5
    assert read(metrics.clean_price(figure(98.5), figure(1.5))) == 97.0


def test_flows_at_or_before_settlement_are_the_sellers() -> None:
    flows, times = bond(0.06, 3, 2)
    moved = tuple(time - 0.5 for time in times)  # settles on the first coupon's date
    assert read(metrics.price(flows, figure(0.06), times=moved)) == pytest.approx(100, rel=1e-14)
    assert read(metrics.yield_to_maturity(flows, figure(100), times=moved)) == pytest.approx(0.06, abs=1e-14)


def test_a_zero_coupon_bond_in_closed_form() -> None:
    flows, times = one(0, 0, 100), (0.0, 3.0, 7.0)
    rate = 0.08
    assert read(metrics.macaulay_duration(flows, figure(rate), times=times)) == pytest.approx(7, rel=1e-15)
    assert read(metrics.modified_duration(flows, figure(rate), times=times)) == pytest.approx(7 / 1.04, rel=1e-15)
    assert read(metrics.convexity(flows, figure(rate), times=times)) == pytest.approx(7 * 7.5 / 1.04**2, rel=1e-14)
    assert read(metrics.convexity(flows, figure(rate), times=times, frequency=0)) == pytest.approx(49, rel=1e-14)
    paid = 100 / 1.04**14
    assert read(metrics.yield_to_maturity(flows, figure(paid), times=times)) == pytest.approx(rate, abs=1e-14)
    assert read(metrics.macaulay_duration_at_price(flows, figure(paid), times=times)) == pytest.approx(7, rel=1e-14)
    assert read(metrics.yield_to_maturity(flows, figure(paid), times=times, frequency=0)) == pytest.approx(
        2 * math.log(1.04), abs=1e-14
    )


@pytest.mark.parametrize(("frequency", "name"), [(0, "Continuous"), (1, "Annual"), (2, "Semiannual"), (4, "Quarterly")])
@pytest.mark.parametrize("dirty", [61.25, 99.0, 131.0])
def test_yields_and_durations_are_quantlibs(frequency: int, name: str, dirty: float) -> None:
    import QuantLib as ql

    settlement = ql.Date(17, 3, 2026)
    previous = ql.Settings.instance().evaluationDate
    ql.Settings.instance().evaluationDate = settlement
    try:
        schedule = ql.Schedule(
            ql.Date(15, 1, 2025),
            ql.Date(15, 1, 2035),
            ql.Period(ql.Semiannual),
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.DateGeneration.Backward,
            False,
        )
        count = ql.Actual365Fixed()
        quoted = ql.FixedRateBond(0, 100.0, schedule, [0.0575], ql.Thirty360(ql.Thirty360.BondBasis))
        compounding = ql.Continuous if frequency == 0 else ql.Compounded
        period = ql.Annual if frequency == 0 else getattr(ql, name)
        clean = dirty - quoted.accruedAmount(settlement)
        price = ql.BondPrice(clean, ql.BondPrice.Clean)
        expected = ql.BondFunctions.bondYield(quoted, price, count, compounding, period, settlement, 1e-14, 1000, 0.05)
        rate = ql.InterestRate(expected, count, compounding, period)
        flows = one(*(flow.amount() for flow in quoted.cashflows()))
        times = tuple((flow.date() - settlement) / 365 for flow in quoted.cashflows())
        static: dict[str, Any] = {"times": times, "frequency": frequency}
        assert min(times) < 0
        assert read(metrics.yield_to_maturity(flows, figure(dirty), **static)) == pytest.approx(expected, abs=1e-11)
        for function, kind in (
            (metrics.macaulay_duration, ql.Duration.Macaulay),
            (metrics.modified_duration, ql.Duration.Modified),
        ):
            if frequency or kind != ql.Duration.Macaulay:  # QuantLib has Macaulay's for compounded yields only
                reference = ql.BondFunctions.duration(quoted, rate, kind, settlement)
                assert read(function(flows, figure(expected), **static)) == pytest.approx(reference, rel=1e-12)
        reference = ql.BondFunctions.convexity(quoted, rate, settlement)
        assert read(metrics.convexity(flows, figure(expected), **static)) == pytest.approx(reference, rel=1e-12)
        reference = -ql.BondFunctions.basisPointValue(quoted, rate, settlement)
        own = read(metrics.basis_point_value(flows, figure(expected), **static))
        assert own == pytest.approx(reference, rel=2e-3)  # QuantLib's has the convexity of a basis point in it
    finally:
        ql.Settings.instance().evaluationDate = previous


def test_at_price_is_at_the_yield_of_the_price() -> None:
    flows, times = bond(0.05, 6, 2)
    rate = metrics.yield_to_maturity(flows, figure(91), times=times)[0]
    for name in ("macaulay_duration", "modified_duration", "convexity"):
        assert read(METRICS[f"{name}_at_price"](flows, figure(91), times=times)) == read(
            METRICS[name](flows, rate, times=times)
        )
        assert read(METRICS[f"{name}_at_price"](flows, figure(-5), times=times)) is None


def test_duration_and_convexity_are_derivatives_of_the_price() -> None:
    flows, times = bond(0.05, 6, 4)

    def at(rate: float) -> float:
        value = read(metrics.price(flows, figure(rate), times=times, frequency=4))
        assert value is not None
        return value

    width, rate = 1e-4, 0.07
    first = (at(rate + width) - at(rate - width)) / (2 * width)
    second = (at(rate + width) - 2 * at(rate) + at(rate - width)) / width**2
    modified = read(metrics.modified_duration(flows, figure(rate), times=times, frequency=4))
    assert modified == pytest.approx(-first / at(rate), rel=1e-6)
    assert read(metrics.convexity(flows, figure(rate), times=times, frequency=4)) == pytest.approx(
        second / at(rate), rel=1e-6
    )
    per_point = read(metrics.basis_point_value(flows, figure(rate), times=times, frequency=4))
    assert per_point == pytest.approx(-first / 1e4, rel=1e-6)


def test_what_has_no_price_or_yield() -> None:
    flows, times = bond(0.05, 6, 2)
    assert read(metrics.price(flows, figure(-2.0), times=times)) is None  # -100% a half-year
    assert read(metrics.price(flows, figure(-2.5), times=times)) is None
    assert read(metrics.price(flows, figure(-1.999999999999), times=tuple(100 * time for time in times))) is None
    assert read(metrics.yield_to_maturity(flows, figure(0.0), times=times)) is None
    assert read(metrics.macaulay_duration(0 * flows, figure(0.05), times=times)) is None
    with pytest.raises(ValueError, match="compounding -1"):
        metrics.price(flows, figure(0.05), times=times, frequency=-1)
    with pytest.raises(ValueError, match="one number a date"):
        metrics.price(flows, figure(0.05), times=(0.0, 1.0))


# Discount margin


def floater(quoted: float, index: Any, fractions: Any) -> Any:
    """Flows of a note of 100 that pays index plus ``quoted``; nothing on the settlement date."""
    flows = 100 * (index + quoted) * fractions[:, None]
    flows[-1] += 100
    return flows


def test_discount_margin_at_par_is_the_quoted_margin() -> None:
    index = np.array([[0.0], [0.031], [0.033], [0.029], [0.035], [0.04]])
    fractions = np.array([0.0, 90, 91, 92, 92, 90]) / 360
    flows = floater(0.0185, index, fractions)
    exact = metrics.discount_margin(flows, index, figure(100), fractions=tuple(fractions))
    assert read(exact) == pytest.approx(0.0185, abs=1e-14)
    cheap = read(metrics.discount_margin(flows, index, figure(97), fractions=fractions))
    dear = read(metrics.discount_margin(flows, index, figure(104), fractions=fractions))
    assert cheap is not None
    assert dear is not None
    assert dear < 0.0185 < cheap


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-0.01, 0.12), min_size=1, max_size=40),
    st.floats(0.0, 0.1),
    st.floats(20.0, 200.0),
)
def test_discount_margin_agrees_with_brent(rates: list[float], quoted: float, paid: float) -> None:
    from scipy.optimize import brentq

    index = np.array([0.0, *rates])[:, None]
    fractions = np.array([0.0] + [0.25] * len(rates))
    flows = floater(quoted, index, fractions)

    def value(margin: float) -> float:
        factor, summed = 1.0, -paid
        for flow, rate, fraction in zip(flows[1:, 0], rates, fractions[1:], strict=True):
            factor *= 1 + (rate + margin) * fraction
            summed += flow / factor
        return float(summed)

    lowest = -1 / 0.25 - min(rates)
    reference = brentq(value, lowest + 1e-2, 29.0, xtol=1e-15, rtol=1e-13)
    own = read(metrics.discount_margin(flows, index, figure(paid), fractions=tuple(fractions)))
    assert own == pytest.approx(reference, rel=1e-10, abs=1e-12)


def test_no_discount_margin() -> None:
    index, fractions = one(0.0, 0.03, 0.03), (0.0, 0.5, 0.5)
    assert read(metrics.discount_margin(one(0, 0, 0), index, figure(100), fractions=fractions)) is None
    assert read(metrics.discount_margin(one(0, 2, 102), index, figure(0), fractions=fractions)) is None
    assert read(metrics.discount_margin(one(0, 2, 102), index, figure(-4), fractions=fractions)) is None
    with pytest.raises(ValueError, match="below zero"):
        metrics.discount_margin(one(0, 2, 102), index, figure(100), fractions=(0.0, -0.5, 0.5))


# Lives, balloons, losses, multiples


def test_weighted_average_life_of_level_principal() -> None:
    # n equal instalments: (n + 1) / 2 periods
    times = tuple(month / 12 for month in range(1, 61))
    assert read(metrics.weighted_average_life(one(*[5.0] * 60), times=times)) == pytest.approx(61 / 24, rel=1e-14)


def test_weighted_average_life_with_and_without_what_is_left() -> None:
    repaid, balance = one(0, 30, 30), one(100, 70, 40)
    times = ("0", "1", "2")
    assert read(metrics.weighted_average_life(repaid, times=times)) == 1.5
    assert read(metrics.weighted_average_life_with_balance(repaid, balance, times=times)) == pytest.approx(1.7)
    assert read(metrics.balance_left(balance)) == 40
    assert read(metrics.balance_left(balance, at=1)) == 70
    assert read(metrics.weighted_average_life(0 * repaid, times=times)) is None
    assert read(metrics.weighted_average_life_with_balance(0 * repaid, one(100, 100, 100), times=times)) == 2.0


def test_balloon() -> None:
    repaid, balance = one(0, 20, 20, 60), one(100, 80, 60, 0)
    assert read(metrics.balloon(repaid, balance)) == 60
    assert read(metrics.balloon(one(0, 20, 20, 10), one(100, 80, 60, 50))) == 60  # paid in part: as much was due
    assert read(metrics.balloon_share(repaid, balance, figure(100))) == 0.6
    assert read(metrics.balloon_share(repaid, balance, figure(0))) is None
    with pytest.raises(ValueError, match="position 4"):
        metrics.balloon(repaid, balance, at=4)


def test_multiples() -> None:
    assert read(metrics.multiple(one(0, 60, 90), one(100, 0, 0))) == 1.5
    assert read(metrics.multiple(one(0, 60, 90), one(0, 0, 0))) is None
    assert read(metrics.multiple_of_flows(one(-80, -20, 60, 90))) == 1.5
    assert read(metrics.multiple_of_flows(one(1, 2))) is None


def test_losses_and_shortfalls() -> None:
    assert read(metrics.loss_total(one(0, 3, 4.5))) == 7.5
    assert read(metrics.loss_share(one(0, 3, 4.5), figure(150))) == 0.05
    # 10 arises on each of three dates; 4 are paid late, 6 never: arrears are not counted twice.
    assert read(metrics.shortfall_total(one(10, 10, 10), one(10, 0, 14))) == 6
    assert read(metrics.shortfall_share(one(10, 10, 10), one(10, 0, 14))) == pytest.approx(0.2)
    assert read(metrics.shortfall_total(one(10), one(10.0000001))) == 0
    assert read(metrics.shortfall_share(one(0), one(0))) is None


# Dates


def test_reductions_pass_over_what_is_not_determined() -> None:
    series, mask = one(5, 100, 1, 3), np.array([[True], [False], [True], [True]])
    assert read(metrics.total(series, mask)) == 9
    assert read(metrics.average(series, mask)) == 3
    assert read(metrics.lowest(series, mask)) == 1
    assert read(metrics.highest(series, mask)) == 5
    assert read(metrics.weighted_average(series, one(1, 9, 2, 1), mask)) == 2.5
    assert read(metrics.value_at(series, mask, at=1)) is None
    assert read(metrics.value_at(series, mask)) == 3
    never = np.zeros((4, 1), dtype=bool)
    assert read(metrics.total(series, never)) == 0
    for name in ("average", "lowest", "highest"):
        assert read(METRICS[name](series, never)) is None
    assert read(metrics.weighted_average(series, one(1, 1, 1, 1), never)) is None


def test_first_date() -> None:
    series = one(1.4, 1.2, 1.1, 1.0)
    assert read(metrics.first_date_below(series, np.array(1.2))) == 2  # equal is not below
    assert read(metrics.first_date_below(series, figure(1.2), series < 1.05)) == 3
    assert read(metrics.first_date_below(series, figure(0.5))) is None
    assert read(metrics.first_date_below(series, one(1.5, 1, 1, 1))) == 0
    ordinals = tuple(datetime.date(2026, month, 1).toordinal() for month in (1, 4, 7, 10))
    assert read(metrics.first_date_below(series, figure(1.2), dates=ordinals)) == ordinals[2]
    assert read(metrics.first_date_above(series, figure(1.3))) == 0
    assert read(metrics.first_date(series == 1.1)) == 2
    assert read(metrics.dates_below(series, figure(1.2))) == 2


# Cover


def test_debt_service_cover() -> None:
    cash, due = one(150, 130, 90, 50), one(100, 100, 100, 0)
    assert read(metrics.lowest_dscr(cash, due)) == 0.9
    assert read(metrics.average_dscr(cash, due)) == pytest.approx((1.5 + 1.3 + 0.9) / 3)
    assert read(metrics.dscr_of_totals(cash, due)) == 1.4
    assert read(metrics.lowest_dscr(cash, 0 * due)) is None
    assert read(metrics.average_dscr(cash, due, due < 0)) is None
    unequal = one(100, 300, 100, 0)
    assert read(metrics.average_dscr(cash, unequal)) != read(metrics.dscr_of_totals(cash, unequal))


def test_trailing_cover_needs_a_full_window() -> None:
    cash, due = one(150, 130, 90, 50), one(100, 100, 100, 50)
    assert read(metrics.trailing_dscr(cash, due, dates=2)) == pytest.approx(140 / 150)
    assert read(metrics.trailing_dscr(cash, due, dates=2, at=1)) == 1.4
    assert read(metrics.trailing_dscr(cash, due, dates=3, at=1)) is None
    assert read(metrics.trailing_dscr(cash, due, dates=2, positions=(0, 2))) == 1.2
    assert read(metrics.lowest_trailing_dscr(cash, due, dates=2)) == pytest.approx(140 / 150)
    assert read(metrics.lowest_trailing_dscr(cash, due, one(1, 1, 1, 0) > 0, dates=2)) == 1.1
    assert read(metrics.lowest_trailing_dscr(cash, due, dates=5)) is None
    with pytest.raises(ValueError, match="window of 0"):
        metrics.trailing_dscr(cash, due, dates=0)


def test_llcr_of_sculpted_debt_is_its_cover() -> None:
    rate, fractions, cover = 0.07, np.array([0, 90, 91, 92, 92]) / 360, 1.35
    balance, service = [100.0], [0.0]
    for fraction in fractions[1:]:
        interest = balance[-1] * rate * fraction
        paid = interest + (25.0 if len(balance) < 4 else balance[-1])
        service.append(paid)
        balance.append(balance[-1] + interest - paid)
    cash = cover * one(*service)
    for at in range(4):
        own = metrics.llcr(cash, one(*balance), np.array(rate), fractions=tuple(fractions), at=at)
        assert read(own) == pytest.approx(cover, rel=1e-13)
    assert read(metrics.llcr(cash, one(*balance), np.array(rate), fractions=fractions, at=-1)) is None
    lowest = metrics.lowest_llcr(cash, one(*balance), figure(rate), fractions=fractions)
    assert read(lowest) == pytest.approx(cover, rel=1e-13)


def test_llcr_ends_with_the_loan_and_plcr_with_the_project() -> None:
    cash, balance, rate = one(9, 50, 50, 50, 50), one(80, 40, 0, 0, 0), one(0.2, 0.1, 0.1, 0.2, 0.2)
    fractions = (0, 1, 1, 1, 1)
    value = 50 / 1.1 + 50 / 1.21
    assert read(metrics.llcr(cash, balance, rate, fractions=fractions, last=2)) == pytest.approx(value / 80)
    loan = balance > -1
    loan[3:] = False
    assert read(metrics.llcr(cash, balance, rate, loan, fractions=fractions)) == pytest.approx(value / 80)
    longer = value + 50 / 1.21 / 1.2 + 50 / 1.21 / 1.44
    assert read(metrics.plcr(cash, balance, rate, fractions=fractions)) == pytest.approx(longer / 80)
    half = read(
        metrics.present_value_at(cash, figure(0.1), fractions=(0, 0.5, 0.5, 0, 0), last=2, compounding="effective")
    )
    assert half == pytest.approx(50 / 1.1**0.5 + 50 / 1.1)
    assert read(metrics.present_value_at(cash, figure(-1.0), fractions=fractions, last=2)) is None
    assert read(metrics.present_value_at(cash, figure(-2.0), fractions=fractions, compounding="effective")) is None
    with pytest.raises(ValueError, match="compounding 'weekly'"):
        metrics.plcr(cash, balance, rate, fractions=fractions, compounding="weekly")


def test_loan_to_value() -> None:
    balance, value = one(60, 50, 40), one(100, 60, 0)
    assert read(metrics.ltv(balance, value)) is None
    assert read(metrics.ltv(balance, value, at=0)) == 0.6
    assert read(metrics.highest_ltv(balance, value)) == pytest.approx(50 / 60)


# Statistics


def test_statistics_are_numpys() -> None:
    values = np.random.default_rng(4).lognormal(size=501)
    known = np.arange(501) % 3 > 0
    kept = values[known]
    assert metrics.mean(values, known) == (pytest.approx(kept.mean(), rel=1e-14), True)
    assert metrics.standard_deviation(values, known)[0] == pytest.approx(kept.std(ddof=1), rel=1e-13)
    assert metrics.standard_error(values, known)[0] == pytest.approx(kept.std(ddof=1) / math.sqrt(len(kept)), rel=1e-13)
    for level in (0.0, 0.01, 0.5, 0.95, 0.999, 1.0):
        assert metrics.percentile(values, known, level=level)[0] == pytest.approx(np.percentile(kept, 100 * level))
    assert metrics.share_determined(values, known) == (pytest.approx(len(kept) / 501), True)
    assert metrics.probability(values > 1.0, known)[0] == pytest.approx((kept > 1).mean())


def test_expected_shortfall_takes_part_of_the_boundary() -> None:
    values = np.arange(1.0, 11.0)
    assert metrics.expected_shortfall(values, level=0.8)[0] == pytest.approx(9.5)
    assert metrics.expected_shortfall(values, level=0.75)[0] == pytest.approx((10 + 9 + 0.5 * 8) / 2.5)
    assert metrics.expected_shortfall(values, level=0.8, worst="lowest")[0] == pytest.approx(1.5)
    assert metrics.expected_shortfall(values, level=0.0)[0] == pytest.approx(5.5)
    assert metrics.expected_shortfall(values, level=1.0)[0] == 10
    with pytest.raises(ValueError, match="'most'"):
        metrics.expected_shortfall(values, level=0.9, worst="most")


def test_statistics_of_nothing_are_not_determined() -> None:
    nothing = np.zeros(3), np.zeros(3, dtype=bool)
    static: dict[str, dict[str, Any]] = {"percentile": {"level": 0.5}, "expected_shortfall": {"level": 0.9}}
    for name, function in STATISTICS.items():
        assert function(*nothing, **static.get(name, {})) == (0.0, name == "share_determined"), name
        assert function(np.zeros(0), **static.get(name, {})) == (0.0, False), name
    assert metrics.standard_error(np.ones(1)) == (0.0, False)
    with pytest.raises(ValueError, match="between 0 and 1"):
        metrics.percentile(np.ones(3), level=99)


# All


def test_the_mean_does_not_depend_on_the_order() -> None:
    values = np.random.default_rng(1).normal(size=1000) * 10.0 ** np.random.default_rng(2).integers(-9, 9, size=1000)
    assert metrics.mean(values) == metrics.mean(values[::-1]) == metrics.mean(np.sort(values))


def test_measures_read_rows_of_a_family_and_constant_series() -> None:
    random = np.random.default_rng(3)
    flows = random.uniform(1, 2, size=(6, 3, 4))
    flows[0] = -5
    values, determined = metrics.irr(flows)
    assert values.shape == (3, 4)
    assert determined.all()
    assert values[1, 2] == metrics.irr(flows[:, 1, 2:3])[0][0]
    column = np.array([-5.0, 1, 2, 3, 4, 5])
    assert metrics.multiple(flows, column[:, None, None])[0].shape == (3, 4)
    assert metrics.total(column, np.ones((6, 7), dtype=bool))[0].shape == (7,)
    assert read(metrics.lowest_dscr(one(3, 2), np.array(2.0), np.array(True))) == 1.0
    with pytest.raises(ValueError, match="axis of dates"):
        metrics.total(np.array(1.0))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-6, -1e-6, 1e12, -1e12, 1e308, -1e308, 5e-324]),
        min_size=2,
        max_size=6,
    )
)
def test_nothing_that_is_not_a_number_comes_out(rows: list[float]) -> None:
    series, count = one(*rows), len(rows)
    times = tuple(float(date) for date in range(count))
    fractions = (0.0,) + (1.0,) * (count - 1)
    last = series[-1]
    with np.errstate(all="raise", under="ignore"):
        for result in (
            metrics.irr(series),
            metrics.xirr(series, times=times),
            metrics.price(series, last, times=times),
            metrics.yield_to_maturity(series, last, times=times),
            metrics.macaulay_duration(series, last, times=times),
            metrics.modified_duration_at_price(series, last, times=times),
            metrics.convexity(series, last, times=times, frequency=0),
            metrics.basis_point_value(series, last, times=times),
            metrics.discount_margin(series, series, last, fractions=fractions),
            metrics.weighted_average_life(series, times=times),
            metrics.weighted_average_life_with_balance(series, series, times=times),
            metrics.balloon_share(series, series, last),
            metrics.multiple(series, series[::-1]),
            metrics.loss_share(series, last),
            metrics.shortfall_share(series, series[::-1]),
            metrics.lowest_dscr(series, series[::-1]),
            metrics.average_dscr(series, series[::-1]),
            metrics.lowest_trailing_dscr(series, series[::-1], dates=2),
            metrics.lowest_llcr(series, series, last, fractions=fractions),
            metrics.llcr(series, series, last, fractions=fractions, compounding="effective"),
            metrics.highest_ltv(series, series[::-1]),
            metrics.weighted_average(series, series[::-1]),
            metrics.total(series),
        ):
            read(result)


def test_the_registry_names_its_functions() -> None:
    for name, function in {**METRICS, **STATISTICS}.items():
        assert getattr(metrics, name) is function
        assert function.__doc__
        assert name in metrics.__all__


class TestSimpleYieldsAndSpreads:
    """Compounding by other conventions, and spreads over zero rates, where there is none and where there are several."""

    TIMES = (0.0, 0.25, 0.75, 1.25)
    STARTS = (0.0, 0.0, 0.25, 0.75)
    BOND = one(0.0, 2.0, 2.0, 102.0)

    def test_a_simple_yield_discounts_period_by_period(self) -> None:
        by_hand = 2 / 1.015 + 2 / (1.015 * 1.03) + 102 / (1.015 * 1.03 * 1.03)
        got = read(metrics.price(self.BOND, figure(0.06), times=self.TIMES, starts=self.STARTS, compounding="simple"))
        assert got == pytest.approx(by_hand, rel=1e-15)
        back = metrics.yield_to_maturity(
            self.BOND, figure(by_hand), times=self.TIMES, starts=self.STARTS, compounding="simple"
        )
        assert read(back) == pytest.approx(0.06, abs=1e-14)

    def test_an_odd_date_within_a_period_counts_a_part_of_it(self) -> None:
        flows = one(0.0, 2.0, 1.0, 2.0, 102.0)
        times, starts = (0.0, 0.25, 0.5, 0.75, 1.25), (0.0, 0.0, 0.25, 0.25, 0.75)
        by_hand = 2 / 1.015 + 1 / (1.015 * 1.015) + 2 / (1.015 * 1.03) + 102 / (1.015 * 1.03**2)
        assert read(
            metrics.price(flows, figure(0.06), times=times, starts=starts, compounding="simple")
        ) == pytest.approx(by_hand)

    @pytest.mark.parametrize("compounding", ["simple", "simple then compounded"])
    def test_durations_are_the_slopes_of_the_price(self, compounding: str) -> None:
        def at(rate: float) -> float:
            found = read(
                metrics.price(self.BOND, figure(rate), times=self.TIMES, starts=self.STARTS, compounding=compounding)
            )
            assert found is not None
            return found

        step = 1e-5
        terms = {"times": self.TIMES, "starts": self.STARTS, "compounding": compounding}
        slope = (at(0.06 - step) - at(0.06 + step)) / (2 * step) / at(0.06)
        assert read(metrics.modified_duration(self.BOND, figure(0.06), **terms)) == pytest.approx(slope, rel=1e-8)
        curve = (at(0.06 + 1e-3) - 2 * at(0.06) + at(0.06 - 1e-3)) / 1e-6 / at(0.06)
        assert read(metrics.convexity(self.BOND, figure(0.06), **terms)) == pytest.approx(curve, rel=1e-4)

    def test_what_has_no_simple_yield_or_spread_is_not_determined(self) -> None:
        terms = {"times": self.TIMES, "starts": self.STARTS, "compounding": "simple"}
        assert read(metrics.price(self.BOND, figure(-2.0), **terms)) is None  # 1 - 2 * 0.5 is nothing
        assert read(metrics.yield_to_maturity(self.BOND, figure(0.0), **terms)) is None
        assert read(metrics.yield_to_maturity(0 * self.BOND, figure(100.0), **terms)) is None
        zero = one(0.0, 0.03, 0.03, 0.03)
        assert read(metrics.z_spread(self.BOND, zero, figure(-5.0), times=self.TIMES)) is None
        assert read(metrics.z_spread(0 * self.BOND, zero, figure(100.0), times=self.TIMES)) is None
        held = 0 * self.BOND
        assert (
            read(metrics.asset_swap_spread(self.BOND, zero, held, figure(99.0), times=self.TIMES, fractions=self.TIMES))
            is None
        )

    def test_a_conventions_name_is_one_that_there_is(self) -> None:
        with pytest.raises(ValueError, match="no compounding is called 'weekly'"):
            metrics.price(self.BOND, figure(0.05), times=self.TIMES, compounding="weekly")
        with pytest.raises(ValueError, match="compounding 0 times"):
            metrics.price(self.BOND, figure(0.05), times=self.TIMES, frequency=0, compounding="simple then compounded")

    @settings(max_examples=40, deadline=None)
    @given(
        st.integers(-300, 4000),
        st.lists(st.integers(0, 900), min_size=3, max_size=3),
        st.sampled_from([0, 1, 2, 4, 12]),
    )
    def test_a_spread_prices_and_comes_back(self, spread: int, zeros: list[int], frequency: int) -> None:
        zero = one(0.0, *(one / 10_000 for one in zeros))
        rates = [one / 10_000 + spread / 10_000 for one in zeros]
        factors = [
            math.exp(-rate * time) if frequency == 0 else (1 + rate / frequency) ** (-frequency * time)
            for rate, time in zip(rates, self.TIMES[1:], strict=True)
        ]
        price = sum(flow * factor for flow, factor in zip((2.0, 2.0, 102.0), factors, strict=True))
        found = read(metrics.z_spread(self.BOND, zero, figure(price), times=self.TIMES, frequency=frequency))
        assert found == pytest.approx(spread / 10_000, abs=1e-12)
