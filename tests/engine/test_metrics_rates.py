"""Internal rates of return against published figures, closed forms, brackets and polynomials."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import metrics

from .lanes import one, read


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
