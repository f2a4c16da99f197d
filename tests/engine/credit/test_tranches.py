"""Tranches and baskets against published figures, closed forms, scipy, enumeration and Monte Carlo."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import QuantLib as ql
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine.credit import nth_to_default as nth
from indenture.engine.credit import operations
from indenture.engine.credit.copula import (
    conditional_probability,
    default_count_probability,
    expected_defaults_above,
    joint_default_probability,
    large_pool_excess,
    large_pool_quantile,
)
from indenture.engine.credit.normal import bivariate_normal_cdf
from indenture.engine.credit.pool import default_count_distribution, expected_loss_up_to, loss_distribution, loss_unit
from indenture.engine.credit.quadrature import around, factor_points
from indenture.engine.credit.tranche import base_correlation, flat_legs, pool_tranche_loss, tranche_loss
from scipy import stats
from scipy.integrate import quad
from scipy.stats import norm

TIMES = np.arange(1, 21) / 4
PROBABILITIES = -np.expm1(-0.01 * TIMES)
ATTACHMENTS, DETACHMENTS = np.array([0, 0.03, 0.06, 0.1]), np.array([0.03, 0.06, 0.1, 1])

Array = np.ndarray[Any, Any]


def spreads(correlation: float, names: int | None = 100) -> Array:
    loss = tranche_loss(PROBABILITIES, 0.4, correlation, ATTACHMENTS[:, None], DETACHMENTS[:, None], names)
    return flat_legs(loss, TIMES, 0.05).par_spread() * 1e4


def integral(function: Any, *cuts: float) -> float:
    """Over a standard normal factor, by scipy's adaptive rule cut where the caller says."""
    edges = sorted({-10.0, 10.0, *(float(np.clip(cut, -10, 10)) for cut in cuts)})
    return sum(
        quad(lambda m: function(m) * norm.pdf(m), low, high, epsabs=1e-14, epsrel=1e-12, limit=400)[0]
        for low, high in itertools.pairwise(edges)
    )


def test_the_hull_and_white_row_is_that_of_the_exact_mixture() -> None:
    # Hull and White (2004), Table 7, correlation 0.1; the exact binomial mixture to six decimals of a basis point.
    assert spreads(0.1) == pytest.approx([2274.282931, 455.170389, 91.091779, 0.700672], abs=1e-6)


def test_the_hull_and_white_row_as_it_is_printed() -> None:
    for found, printed in zip(np.rint(spreads(0.1)), (2279, 450, 89, 1), strict=True):
        assert found == pytest.approx(printed, rel=0.025)


@pytest.mark.parametrize(
    ("correlation", "printed"),
    [
        # Hull and White (2004): ten names, hazard 1%, recovery 40%, 5%, five years; first to fifth to default, bp.
        (0.0, (603, 98, 12, 1, 0)),
        (0.3, (440, 139, 53, 21, 8)),
        (0.6, (293, 137, 79, 49, 31)),
    ],
)
def test_baskets_of_ten_names_as_printed(correlation: float, printed: tuple[float, ...]) -> None:
    order = np.arange(1, 6)[:, None]
    chances = nth.nth_default_probability(PROBABILITIES, correlation, 10, order)
    found = nth.nth_to_default_legs(chances, 0.4, TIMES, 0.05).par_spread() * 1e4
    assert found == pytest.approx(printed, abs=1.1)


def test_the_mezzanine_of_itraxx_in_a_textbook() -> None:
    # Hull, Options, Futures, and Other Derivatives, the example of iTraxx Europe's 3-6% tranche: 125 names, hazard 0.83%,
    # recovery 40%, correlation 0.15, 3.5%: A = 4.2846, B = 0.0187, C = 0.1496, a spread of 348 basis points.
    loss = tranche_loss(-np.expm1(-0.0083 * TIMES), 0.4, 0.15, 0.03, 0.06, 125)
    legs = flat_legs(loss, TIMES, 0.035)
    assert legs.protection == pytest.approx(0.1496, abs=1.5e-4)
    assert legs.annuity == pytest.approx(4.2846 + 0.0187, abs=2e-4)
    assert round(float(legs.par_spread()) * 1e4) == 348


def test_one_pool_has_one_expected_loss_however_it_is_sliced() -> None:
    for correlation in (0.0, 0.1, 0.6, 0.999, 1.0):
        sizes = DETACHMENTS - ATTACHMENTS
        loss = tranche_loss(0.07, 0.4, correlation, ATTACHMENTS, DETACHMENTS, 100)
        assert loss @ sizes == pytest.approx(0.07 * 0.6, rel=1e-12)
        loss = tranche_loss(0.07, 0.4, correlation, ATTACHMENTS, DETACHMENTS)
        assert loss @ sizes == pytest.approx(0.07 * 0.6, rel=1e-12)


@pytest.mark.parametrize("probability", [0.001, 0.05, 0.4])
@pytest.mark.parametrize("most", [0.0, 0.5, 3.0, 10.0, 40.25])
def test_without_correlation_defaults_are_binomial_and_with_all_of_it_all_or_none(
    probability: float, most: float
) -> None:
    count = np.arange(101)
    expected = float(stats.binom.pmf(count, 100, probability) @ np.maximum(count - most, 0))
    assert expected_defaults_above(probability, 0.0, 100, most) == pytest.approx(expected, rel=1e-11, abs=1e-14)
    assert expected_defaults_above(probability, 1.0, 100, most) == pytest.approx(probability * (100 - most), rel=1e-12)


@pytest.mark.parametrize("correlation", [0.001, 0.1, 0.5, 0.9, 0.99, 0.9999])
@pytest.mark.parametrize("names", [1, 2, 30, 500])
def test_the_mixture_agrees_with_adaptive_quadrature(correlation: float, names: int) -> None:
    probability, most = 0.08, 0.13 * names
    count = np.arange(names + 1)
    paid = np.maximum(count - most, 0)

    def excess(factor: float) -> float:
        chance = np.clip(
            norm.cdf((norm.ppf(probability) - np.sqrt(correlation) * factor) / np.sqrt(1 - correlation)), 1e-16, 1
        )
        return float(stats.binom.pmf(count, names, min(chance, 1 - 1e-16)) @ paid)

    step = norm.ppf(probability) / np.sqrt(correlation)
    width = np.sqrt((1 - correlation) / correlation)
    expected = integral(excess, *(step + width * k for k in (-6, -3, -1.5, -1, 0, 1, 1.2, 1.5, 3, 6)))
    assert expected_defaults_above(probability, correlation, names, most) == pytest.approx(expected, rel=2e-9)


@pytest.mark.parametrize(("correlation", "probability"), [(0.9, 0.02), (0.5, 0.3)])
def test_a_slice_of_a_million_names_at_the_very_top_agrees_with_adaptive_quadrature(
    correlation: float, probability: float
) -> None:
    """The excess of a count over a whole bound is the sum of the chances of more than the bound, one more, and so on."""
    names, most = 1_000_000, 999_900
    count = np.arange(most, names)

    def excess(factor: float) -> float:
        chance = norm.cdf((norm.ppf(probability) - np.sqrt(correlation) * factor) / np.sqrt(1 - correlation))
        return float(stats.binom.sf(count, names, chance).sum())

    width = np.sqrt((1 - correlation) / correlation)
    centre = norm.ppf(probability) / np.sqrt(correlation) - width * norm.ppf(most / names)
    expected = integral(excess, *(centre + width * k for k in (-4, -2, -1, -0.5, -0.2, -0.05, 0, 0.05, 0.2, 0.5, 1, 2)))
    assert expected_defaults_above(probability, correlation, names, most) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("names", "probability"), [(125, 0.05), (100_000, 0.02), (100_000, 0.8)])
def test_the_chance_that_all_default_agrees_with_adaptive_quadrature(names: int, probability: float) -> None:
    """Given the factor it is the chance of one to the power of the names."""

    def all_of_them(factor: float) -> float:
        return float(norm.cdf((norm.ppf(probability) - np.sqrt(0.9) * factor) / np.sqrt(0.1))) ** names

    width = 1 / 3
    centre = norm.ppf(probability) / np.sqrt(0.9) - width * norm.ppf(1 - 1 / names)
    expected = integral(all_of_them, *(centre + width * k for k in (-4, -2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2, 3)))
    assert default_count_probability(probability, 0.9, names, names) == pytest.approx(expected, rel=1e-9)


def test_a_pool_of_more_and_more_names_comes_to_the_large_pool() -> None:
    limit = tranche_loss(0.05, 0.4, 0.2, 0.03, 0.07)
    gaps = [abs(float(tranche_loss(0.05, 0.4, 0.2, 0.03, 0.07, names) - limit)) for names in (1_000, 10_000, 100_000)]
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.05)
    assert gaps[2] < 2e-5


@pytest.mark.parametrize("correlation", [0.0, 0.001, 0.2, 0.7, 0.999, 1.0])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 1.0])
def test_the_large_pool_agrees_with_an_integral_of_its_law(correlation: float, share: float) -> None:
    probability = 0.06
    if correlation == 0.0:
        expected = max(probability - share, 0)
    elif correlation == 1.0:
        expected = probability * (1 - share)
    else:
        root, rest = np.sqrt(correlation), np.sqrt(1 - correlation)

        def excess(factor: float) -> float:
            return max(float(norm.cdf((norm.ppf(probability) - root * factor) / rest)) - share, 0.0)

        cuts = [(norm.ppf(probability) - rest * k) / root for k in (-8, -4, -1, 0, 1, 4, 8, norm.ppf(share))]
        expected = integral(excess, *(cut for cut in cuts if np.isfinite(cut)))
    assert large_pool_excess(probability, correlation, share) == pytest.approx(expected, rel=1e-9, abs=1e-13)


def test_a_quantile_of_the_large_pool() -> None:
    # Vasicek: the share exceeded once in a thousand, as the internal ratings formula of Basel has it.
    expected = norm.cdf((norm.ppf(0.01) + np.sqrt(0.2) * norm.ppf(0.999)) / np.sqrt(0.8))
    assert large_pool_quantile(0.01, 0.2, 0.999) == pytest.approx(expected, rel=1e-12)
    assert large_pool_quantile(0.01, 0.0, 0.999) == 0.01
    # Without correlation there are no bad states of the world: not the worst of all either.
    assert large_pool_quantile(0.01, 0.0, 1.0) == 0.01


@pytest.mark.parametrize("probability", [1e-14, 1e-9, 0.03])
def test_above_nothing_lies_all_that_defaults(probability: float) -> None:
    for correlation in (0.0, 0.3, 1.0):
        assert large_pool_excess(probability, correlation, 0.0) == probability
        assert large_pool_excess(probability, correlation, 1.0) == 0.0


@pytest.mark.parametrize("correlation", [-1.0, -0.4, 0.0, 0.35, 0.99, 1.0])
def test_joint_defaults_are_those_of_scipys_bivariate_normal(correlation: float) -> None:
    for p, q in [(0.02, 0.05), (0.5, 0.5), (0.3, 0.001), (0.0, 0.2), (1.0, 0.2)]:
        found = float(joint_default_probability(p, q, correlation))
        if 0 < p < 1:
            cov = [[1, correlation], [correlation, 1]]
            law = stats.multivariate_normal(cov=cov, allow_singular=True)
            assert found == pytest.approx(float(law.cdf([norm.ppf(p), norm.ppf(q)])), abs=1e-12)
        else:
            assert found == pytest.approx(p * q, rel=1e-12)


def test_the_bivariate_normal_is_that_of_quantlib() -> None:
    source = np.random.default_rng(8)
    for correlation in (-0.99, -0.5, 0.0, 0.2, 0.7, 0.95, 0.999):
        law = ql.BivariateCumulativeNormalDistributionWe04DP(correlation)
        for x, y in source.normal(scale=2, size=(40, 2)):
            assert float(bivariate_normal_cdf(x, y, correlation)) == pytest.approx(law(x, y), abs=2e-15)


def test_two_normals_that_are_each_others_opposite() -> None:
    """At a correlation of -1 Y is -X: P(X <= x, -X <= y) is what lies from -y to x."""
    assert float(bivariate_normal_cdf(0.5, 0.6, -1.0)) == pytest.approx(norm.cdf(0.5) - norm.cdf(-0.6), abs=1e-15)
    assert float(bivariate_normal_cdf(0.7, -0.7, -1.0)) == 0.0
    assert float(bivariate_normal_cdf(-0.2, 0.1, -1.0)) == 0.0


def brute(probabilities: Array, losses: Array, correlation: float, bounds: tuple[float, ...]) -> list[float]:
    """Every outcome of a small pool, its chance by adaptive quadrature over the factor."""
    root, rest = np.sqrt(correlation), np.sqrt(1 - correlation)
    thresholds = norm.ppf(probabilities)
    outcomes = np.array(list(itertools.product((0, 1), repeat=len(losses))))
    cuts = [float(step / root + rest / root * k) for step in thresholds for k in (-4, 0, 4)]

    def expected(bound: float) -> float:
        borne = np.minimum(outcomes @ losses, bound)

        def given_factor(factor: float) -> float:
            chance = norm.cdf((thresholds - root * factor) / rest)
            return float(np.where(outcomes, chance, 1 - chance).prod(axis=1) @ borne)

        return integral(given_factor, *cuts)

    return [expected(bound) for bound in bounds]


@pytest.mark.parametrize("correlation", [0.05, 0.5, 0.97])
@pytest.mark.parametrize("sizes", [(6.0, 3.5, 12.0, 0.5, 2.0), (0.61, 1.7, 2.937, 0.313, 4.001)])
def test_a_small_pool_of_unequal_names_agrees_with_every_outcome(correlation: float, sizes: tuple[float, ...]) -> None:
    probabilities, losses = np.array([0.01, 0.2, 0.05, 0.4, 0.002]), np.array(sizes)
    bounds = (0.05 * losses.sum(), 0.31 * losses.sum(), 0.8 * losses.sum())
    found = expected_loss_up_to(probabilities, losses, correlation, bounds)
    assert found == pytest.approx(brute(probabilities, losses, correlation, bounds), rel=1e-9)


def test_unequal_names_at_the_ends_of_correlation() -> None:
    probabilities, losses = np.array([0.01, 0.2, 0.05]), np.array([6.0, 3.0, 10.0])
    # All follow one factor: the second falls alone first, then with the third, then all.
    together = 0.01 * 19 + (0.05 - 0.01) * 13 + (0.2 - 0.05) * 3
    assert expected_loss_up_to(probabilities, losses, 1.0, (19.0,)) == pytest.approx([together], rel=1e-12)
    assert expected_loss_up_to(probabilities, losses, 1.0, (5.0,)) == pytest.approx([0.05 * 5 + 0.15 * 3], rel=1e-12)
    outcomes = np.array(list(itertools.product((0, 1), repeat=3)))
    chances = np.where(outcomes, probabilities, 1 - probabilities).prod(axis=1)
    expected = chances @ np.minimum(outcomes @ losses, 5.0)
    assert expected_loss_up_to(probabilities, losses, 0.0, (5.0,)) == pytest.approx([expected], rel=1e-12)


def test_up_to_all_that_it_can_lose_a_pool_loses_the_sum_of_its_names() -> None:
    probabilities, losses = np.array([1e-12, 3e-12]), np.array([2.0, 1.0])
    assert expected_loss_up_to(probabilities, losses, 0.3, (3.0,)) == pytest.approx([5e-12], rel=1e-12, abs=0.0)


def test_the_common_unit_of_losses() -> None:
    assert loss_unit([1.5, 1.0, 0.0, 2.5]) == (0.5, True)
    assert loss_unit([0.0]) == (1.0, True)


def test_equal_names_are_priced_alike_by_both_ways() -> None:
    for correlation in (0.0, 0.1, 0.5, 0.9, 0.99, 1.0):
        by_recursion = pool_tranche_loss(np.full(100, 0.05), np.full(100, 0.006), correlation, 0.03, 0.07)
        by_mixture = float(tranche_loss(0.05, 0.4, correlation, 0.03, 0.07, 100))
        assert by_recursion == pytest.approx(by_mixture, rel=1e-10)


def test_losses_without_a_common_unit_keep_their_mean_and_come_near_to_a_monte_carlo() -> None:
    source = np.random.default_rng(4)
    probabilities, losses = source.uniform(0.005, 0.1, 60), source.uniform(0.2, 5, 60)
    assert not loss_unit(losses)[1]
    total = float(losses.sum())
    found = expected_loss_up_to(probabilities, losses, 0.3, (0.03 * total, 0.1 * total, 2 * total))
    assert found[2] == pytest.approx(probabilities @ losses, rel=1e-12)
    paths = 200_000
    market, own = source.standard_normal((paths, 1)), source.standard_normal((paths, 60))
    lost = (np.sqrt(0.3) * market + np.sqrt(0.7) * own < norm.ppf(probabilities)) @ losses
    for bound, value in zip((0.03 * total, 0.1 * total), found[:2], strict=True):
        borne = np.minimum(lost, bound)
        assert abs(borne.mean() - value) < 4.5 * borne.std() / np.sqrt(paths)


def test_a_finer_grid_moves_a_tranche_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    source = np.random.default_rng(9)
    probabilities, losses = source.uniform(0.005, 0.1, 120), source.uniform(0.2, 5, 120)
    total = float(losses.sum())
    coarse = pool_tranche_loss(probabilities, losses, 0.3, 0.03 * total, 0.06 * total)
    monkeypatch.setattr("indenture.engine.credit.pool.GRID", 4_000_000)
    assert coarse == pytest.approx(pool_tranche_loss(probabilities, losses, 0.3, 0.03 * total, 0.06 * total), rel=1e-5)


def test_the_spread_over_a_grid_keeps_the_mean() -> None:
    spread = loss_distribution(np.array([[0.1], [0.2]]), np.array([2.3, 1.6]), 1.0, 8)
    assert spread.sum() == pytest.approx(1, rel=1e-15)
    assert spread[0] @ np.arange(8) == pytest.approx(0.1 * 2.3 + 0.2 * 1.6, rel=1e-14)


def test_counts_of_unequal_names() -> None:
    probabilities = np.array([0.02, 0.1, 0.3, 0.05])
    outcomes = np.array(list(itertools.product((0, 1), repeat=4)))
    chances = np.where(outcomes, probabilities, 1 - probabilities).prod(axis=1)
    expected = [chances[outcomes.sum(axis=1) == k].sum() for k in range(5)]
    assert default_count_distribution(probabilities, 0.0) == pytest.approx(expected, rel=1e-13)
    # At full correlation the n-th default is that of the n-th most likely.
    found = [nth.pool_nth_default_probability(probabilities, 1.0, n) for n in (1, 2, 3, 4)]
    assert found == pytest.approx([0.3, 0.1, 0.05, 0.02], rel=1e-12)
    # Each of four alone once in a million: the chance of all keeps its digits, far below those of one.
    assert nth.pool_nth_default_probability(np.full(4, 1e-6), 0.0, 4) == pytest.approx(1e-24, rel=1e-12, abs=0.0)
    both = nth.pool_nth_default_probability(np.array([0.02, 0.07]), 0.35, 2)
    assert both == pytest.approx(float(joint_default_probability(0.02, 0.07, 0.35)), rel=1e-10)
    both = nth.pool_nth_default_probability(np.array([0.02, 0.07]), 0.9999, 2)
    assert both == pytest.approx(float(joint_default_probability(0.02, 0.07, 0.9999)), rel=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 300), st.floats(0, 0.9), st.floats(0.001, 0.5))
def test_laws_of_tranches(
    probability: float, recovery: float, correlation: float, names: int, attachment: float, thickness: float
) -> None:
    detachment = min(attachment + thickness, 1.0)
    found = float(tranche_loss(probability, recovery, correlation, attachment, detachment, names))
    assert 0 <= found <= 1
    # A tranche above loses a lesser share, and more defaults lose no less.
    middle = 0.5 * (attachment + detachment)
    lower = float(tranche_loss(probability, recovery, correlation, attachment, middle, names))
    upper = float(tranche_loss(probability, recovery, correlation, middle, detachment, names))
    assert upper <= lower + 1e-9
    assert 0.5 * (lower + upper) == pytest.approx(found, abs=1e-9)
    more = float(tranche_loss(min(1.0, probability * 1.1), recovery, correlation, attachment, detachment, names))
    assert more >= found - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.3), st.floats(0.0, 0.98), st.floats(0.0, 0.98))
def test_a_first_loss_tranche_falls_as_correlation_rises(probability: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    first, second = tranche_loss(probability, 0.4, np.array([low, high]), 0.0, 0.07, 100)
    assert second <= first + 1e-10


def test_base_correlation_is_the_inverse_of_the_first_loss() -> None:
    loss = tranche_loss(0.05, 0.4, np.array([0.0, 0.27, 0.8]), 0.0, 0.07, 100)
    assert base_correlation(loss, 0.05, 0.4, 0.07, 100) == pytest.approx([0.0, 0.27, 0.8], abs=1e-9)
    assert np.isnan(base_correlation(0.99999, 0.05, 0.4, 0.07, 100))


def test_upfront_and_spread_are_two_quotes_of_one_price() -> None:
    legs = flat_legs(tranche_loss(PROBABILITIES, 0.4, 0.1, 0.0, 0.03, 100), TIMES, 0.05)
    upfront = legs.upfront(0.05)
    assert legs.par_spread(upfront) == pytest.approx(0.05, rel=1e-13)
    assert legs.upfront(legs.par_spread()) == pytest.approx(0, abs=1e-15)


def test_weights_of_the_factor_add_up_on_each_side_of_a_cut() -> None:
    points, weights = factor_points(around(0.37, 0.0), around(-1.2, 1e-6))
    assert weights.sum() == pytest.approx(1, rel=1e-14)
    assert weights[points < 0.37].sum() == pytest.approx(norm.cdf(0.37), rel=1e-13)


def test_conditional_probabilities_average_to_the_probability() -> None:
    points, weights = factor_points()
    for correlation in (0.0, 0.1, 0.5):
        assert conditional_probability(0.03, correlation, points) @ weights == pytest.approx(0.03, rel=1e-10)
    assert conditional_probability([0.0, 1.0, 0.3], 0.4, -2.0)[:2] == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("correlation 1.2", (0.05, 0.4, 1.2, 0.0, 0.03)),
        ("default probability -0.1", (-0.1, 0.4, 0.2, 0.0, 0.03)),
        ("recovery nan", (0.1, float("nan"), 0.2, 0.0, 0.03)),
        ("attachment 0.06 is not below the detachment 0.03", (0.1, 0.4, 0.2, 0.06, 0.03)),
        ("detachment 1.5", (0.1, 0.4, 0.2, 0.06, 1.5)),
    ],
)
def test_what_is_out_of_range_is_refused(said: str, arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=said):
        tranche_loss(*arguments)


def test_one_tranche_that_is_none_is_refused_among_others() -> None:
    with pytest.raises(ValueError, match=r"attachment 0\.5 is not below the detachment 0\.3"):
        tranche_loss(0.1, 0.4, 0.2, np.array([0.0, 0.5]), np.array([0.1, 0.3]))


def test_baskets_refuse_what_they_do_not_have() -> None:
    with pytest.raises(ValueError, match="at most the last"):
        nth.nth_default_probability(0.1, 0.2, 5, 6)
    with pytest.raises(ValueError, match="6-th"):
        nth.pool_nth_default_probability(np.full(5, 0.1), 0.2, 6)
    with pytest.raises(ValueError, match="0-th"):
        nth.pool_nth_default_probability(np.full(5, 0.1), 0.2, 0)
    with pytest.raises(ValueError, match=r"recovery 1\.2 is not between"):
        nth.nth_to_default_legs(PROBABILITIES, 1.2, TIMES, 0.05)
    with pytest.raises(ValueError, match="at least one name"):
        tranche_loss(0.1, 0.4, 0.2, 0.0, 0.1, 0)


def test_pools_of_one_name_of_none_and_of_many_side_by_side() -> None:
    """One name loses 0.6 with its probability, of which the tranche from 0.2 to 0.5 bears all it can, in any world."""
    found = operations.tranche_loss(*(np.array([x] * 3) for x in (0.1, 0.4, 0.3, 0.2, 0.5)), np.array([0.0, 1.0, 50.0]))
    assert found[0] == pytest.approx(float(tranche_loss(0.1, 0.4, 0.3, 0.2, 0.5)), rel=1e-14)
    assert found[1] == pytest.approx(0.1, rel=1e-12)
    assert found[2] == pytest.approx(float(tranche_loss(0.1, 0.4, 0.3, 0.2, 0.5, 50)), rel=1e-14)


def test_a_chance_is_no_more_than_one() -> None:
    """The chances of four, five and six defaults among names that are as good as gone add up to one and a rounding."""
    short = [1.157080665e-7, 6.79604631e-7, 4.02128048e-7, 6.274781732e-7, 3.678044345e-7, 1.170373989e-7]
    gone = 1 - np.array(short)
    assert default_count_distribution(gone, 0.0)[4:].sum() > 1.0
    assert operations.pool_default_count(np.zeros(1), np.full(1, 4.0), gone[:, None]).tolist() == [1.0]
