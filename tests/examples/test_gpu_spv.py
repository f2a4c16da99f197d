"""The GPU special purpose vehicle against the same deal written by hand in numpy, scenario by scenario."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import numpy.typing as npt
import pytest

from .gpu_spv_by_hand import FIGURES, MONTHS, Array, by_hand, distance, feed, paths

Ordinals = npt.NDArray[np.intp]

DEAL = Path(__file__).parents[2] / "examples" / "gpu_spv.deal"


@pytest.fixture(scope="module")
def deal() -> indenture.Deal:
    return indenture.load(DEAL)


@pytest.fixture(scope="module")
def payments(deal: indenture.Deal) -> Ordinals:
    return np.array([date.toordinal() for date in deal.dates[1:]])


def figures(deal: indenture.Deal, inputs: dict[str, Array]) -> dict[str, Array]:
    result = deal.run(inputs=inputs)
    return {name: result[name].values for name in FIGURES}


def test_the_report_has_the_sixteen_figures_in_order(deal: indenture.Deal) -> None:
    assert tuple(output.name for output in deal.program.outputs if output.asked)[:16] == FIGURES
    assert deal.diagnostics == ()


@pytest.mark.parametrize("seed", [1, 2, 20_261])
def test_every_figure_in_each_of_ten_thousand_scenarios(deal: indenture.Deal, payments: Ordinals, seed: int) -> None:
    fed = paths(10_000, seed)
    expected = by_hand(fed)
    assert distance(expected, figures(deal, feed(fed, payments))) < 1e-9
    # The scenarios reach what the deal is about: losses on each loan, enforcement, and deals that end well.
    for name in ("A loss", "B loss", "C loss", "Months of enforcement"):
        assert 0.01 < (expected[name] > 1.0).mean() < 0.99
    assert (expected["A life"] > 0).any()


def test_a_scenario_alone_is_the_same_scenario_of_a_batch(deal: indenture.Deal, payments: Ordinals) -> None:
    inputs = feed(paths(40, 5), payments)
    batch = figures(deal, inputs)
    for lane in (0, 17, 39):
        alone = figures(deal, {name: values[..., lane : lane + 1] for name, values in inputs.items()})
        for name in FIGURES:
            assert alone[name][0] == batch[name][lane]


def test_unfed_it_follows_its_forward_paths(deal: indenture.Deal) -> None:
    months = np.arange(1, MONTHS + 1)[:, None]
    forward = {
        "spot": 2.30 * np.exp(-0.20 * months / 12),
        "utilisation": np.full((MONTHS, 1), 0.73),
        "index": 0.035 + 0.006 * np.exp(-0.25 * months / 12),
        "collateral": 16_384 * 42_000 * np.exp(-0.0165 * months),
        "default": np.array([1e6]),
    }
    assert distance(by_hand(forward), figures(deal, {})) < 1e-9
    result = deal.run()
    assert all(check.passed for check in result.checks)
    assert result["A loss"].values[0] == 0.0


def test_generated_paths_have_the_laws_of_the_paths_written_by_hand(deal: indenture.Deal) -> None:
    result = deal.run(paths=4_000, seed=3)
    expected = by_hand(paths(4_000, 7))
    for name in ("A interest", "B loss", "C loss", "Equity", "Taxes and fees", "Months of enforcement"):
        drawn, own = result[name].values, expected[name]
        error = np.sqrt((drawn.var() + own.var()) / 4_000)
        assert abs(drawn.mean() - own.mean()) < 4 * error, name


def test_a_shorter_run_has_the_first_paths_of_a_longer_one(deal: indenture.Deal) -> None:
    long, short = deal.run(paths=900, seed=9), deal.run(paths=350, seed=9)
    for name in FIGURES:
        assert (long[name].values[:350] == short[name].values).all()
