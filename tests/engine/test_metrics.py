"""What holds of every measure, and the statistics over scenarios."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine import metrics
from indenture.engine.metrics import METRICS, STATISTICS
from indenture.engine.metrics.roots import bracketed_root

from .lanes import one, read

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


def test_a_statistic_that_is_too_large_is_not_determined() -> None:
    assert metrics.standard_deviation(np.array([1e200, -1e200, 3.0])) == (0.0, False)


def test_statistics_of_numbers_whose_sum_is_too_large_are_not_determined() -> None:
    """Three times 9e307 is 2.7e308, beyond the largest double, 1.8e308: of the squares as of the values."""
    large = np.full(3, 9e307)
    for values in (large, -large):
        assert metrics.mean(values) == (0.0, False)
        assert metrics.standard_deviation(values) == (0.0, False)
        assert metrics.standard_error(values) == (0.0, False)
        assert metrics.expected_shortfall(values, level=0.0) == (0.0, False)
        assert metrics.percentile(values, level=0.5) == (values[0], True)
    # Four squares of (1.2e154)**2 = 1.44e308: each is a double, their sum is not.
    assert metrics.standard_deviation(np.array([1.2e154, -1.2e154, 1.2e154, -1.2e154])) == (0.0, False)
    # A sum that comes back within range is that sum, in whatever order: 9e307 in 4 parts, and 1 in 5.
    for order in ([9e307, -9e307, 9e307, 0.0], [9e307, 9e307, -9e307, 0.0], [-9e307, 9e307, 0.0, 9e307]):
        assert metrics.mean(np.array(order)) == (2.25e307, True)
    assert metrics.mean(np.array([9e307, 9e307, -9e307, -9e307, 1.0])) == (0.2, True)
    largest = np.finfo(np.float64).max
    assert metrics.mean(np.array([largest, largest, -largest, 0.0])) == (largest / 4, True)


def test_statistics_of_what_is_no_number_are_not_determined() -> None:
    for values in ([np.inf, -np.inf, 1.0], [np.inf, 1.0], [np.nan, 1.0]):
        assert metrics.mean(np.array(values)) == (0.0, False)
        assert metrics.standard_deviation(np.array(values)) == (0.0, False)
        assert metrics.expected_shortfall(np.array(values), level=0.0) == (0.0, False)


# All


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


# Searches


def test_a_search_stays_between_its_bounds() -> None:
    """(x - 0.5) * (x - 1.2) is above zero at 0 and below it at 1: the root between them is 0.5, not 1.2.

    At 1 the tangent has slope 0.3 and meets zero at 1 + 0.1 / 0.3, beyond the bound, though nearer than half of it.
    """

    def evaluate(rate: Any) -> tuple[Any, Any]:
        return (rate - 0.5) * (rate - 1.2), 2.0 * rate - 1.7

    found = bracketed_root(evaluate, (), np.zeros(1), np.ones(1), np.ones(1, dtype=bool), np.ones(1))
    assert found[0] == pytest.approx(0.5, abs=1e-14)
