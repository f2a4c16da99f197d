"""The open-model shock against the same story written in plain Python, in its scenarios and on paths of the token price."""

from __future__ import annotations

import datetime
from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.engine.results import Results

from .open_model_by_hand import MONTHS, Story, story

KEEP = {
    "contract.rent.paid": "rent",
    "relet.rent.paid": "relet",
    "lab.cash": "lab_cash",
    "loan.balance": "balance",
    "trap.balance": "trap",
    "sale.proceeds.paid": "proceeds",
    "dscr": "dscr",
}
FLAT = [25.0] * len(MONTHS)


def fallen() -> list[float]:
    """From $25 to $4.40 over the twelve months of 2027, in a straight line by days."""
    start, end = datetime.date(2027, 1, 1), datetime.date(2028, 1, 1)
    shares = [min(max((date - start).days / (end - start).days, 0), 1) for date in MONTHS]
    return [25 * (1 + (4.4 / 25 - 1) * share) for share in shares]


NEVER = datetime.date.max
SCENARIOS = {
    "base": story(FLAT, NEVER),
    "Price alone": story(fallen(), NEVER),
    "Offtaker alone": story(FLAT, datetime.date(2027, 9, 30)),
    "Open model": story(fallen(), None),
    "Twice the cash": story(fallen(), None, 600e6),
    "While it can": story(FLAT, None),
}


@pytest.fixture(scope="module")
def deal(examples: Path) -> indenture.Deal:
    return indenture.load(examples / "open_model_shock.deal")


@pytest.fixture(scope="module")
def result(deal: indenture.Deal) -> Results:
    assert deal.diagnostics == ()
    return deal.run(keep=tuple(KEEP))


def compare(result: Results, column: int, told: Story) -> None:
    for name, title in KEEP.items():
        figure = result[name]
        values = figure.values[1:, column if figure.values.shape[1] > 1 else 0]
        known = (
            None
            if figure.determined is None
            else figure.determined[1:, column if figure.determined.shape[1] > 1 else 0]
        )
        for place, meant in enumerate(getattr(told, title)):
            if known is not None and not known[place]:
                assert meant is None, (name, MONTHS[place])
            else:
                assert meant is not None, (name, MONTHS[place])
                assert values[place] == pytest.approx(meant, rel=1e-9, abs=1e-3), (name, MONTHS[place])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_month_of_every_scenario(result: Results, scenario: str) -> None:
    compare(result, list(result.scenarios).index(scenario), SCENARIOS[scenario])


def test_what_the_report_says(result: Results) -> None:
    for column, (scenario, told) in enumerate(SCENARIOS.items()):
        assert list(result.scenarios)[column] == scenario
        assert result["Principal lost"].values[column] == pytest.approx(told.balance[-1], abs=1e-3)
        assert result["Distributions"].values[column] == pytest.approx(sum(told.distributions), rel=1e-9, abs=1e-3)
    assert [check.name for check in result.checks if not check.passed] == []


def test_the_two_together_cost_more_than_each_by_itself() -> None:
    lost = {scenario: told.balance[-1] / 350e6 for scenario, told in SCENARIOS.items()}
    assert lost["Open model"] > 2 * (lost["Price alone"] + lost["Offtaker alone"])


def test_default_and_loss_on_paths_of_the_price(deal: indenture.Deal) -> None:
    """Two hundred paths, fed: the laboratory fails where its own price path says so, and the loss follows from the same."""
    stream = np.random.default_rng(11)
    steps = np.array(
        [
            (date - before).days / 365
            for before, date in zip([datetime.date(2026, 3, 31), *MONTHS], MONTHS, strict=False)
        ]
    )
    moves = (-0.1 - 0.5 * 0.3**2) * steps[:, None] + 0.3 * np.sqrt(steps)[:, None] * stream.normal(
        size=(len(steps), 200)
    )
    prices = 25 * np.exp(np.cumsum(moves, axis=0))
    fed = {"token_price": np.vstack([np.full((1, 200), 25.0), prices]) / 1e6}
    result = deal.run(scenarios=["While it can"], inputs=fed, keep=tuple(KEEP))
    defaulted = 0
    for lane in range(200):
        told = story([float(one) for one in prices[:, lane]], None)
        compare(result, lane, told)
        defaulted += told.defaulted
    assert 20 < defaulted < 180


@pytest.fixture(scope="module")
def paths(deal: indenture.Deal) -> Results:
    return deal.run(paths=4_000, seed=5)


def lanes(paths: Results, name: str) -> np.ndarray:
    return np.asarray(paths[name].values).reshape(-1)


def test_simulated_losses_are_conditional_on_default(paths: Results) -> None:
    lost, failed = lanes(paths, "Share lost"), lanes(paths, "The laboratory fails")
    assert (lost[failed == NEVER.toordinal()] < 1e-9).all()
    over_paths = {
        name: (paths[name].statistics or (0.0,))[0]
        for name in ("Probability of default", "Expected loss", "Loss given default")
    }
    default, expected, given = over_paths.values()
    assert default is not None
    assert 0.1 < default < 0.9
    assert expected == pytest.approx(lost.mean())
    assert given == pytest.approx(lost.mean() / default)
    assert np.array_equal(
        failed, np.minimum(lanes(paths, "The laboratory's cash is gone"), lanes(paths, "Its backer fails"))
    )


def test_a_backer_fails_where_the_price_has_fallen(paths: Results) -> None:
    """2% a year whatever the price: the copula moves no law of its own. But on the paths on which it fails, prices are lower,
    and a default costs more than it does where it came by itself."""
    backer, lowest = lanes(paths, "Its backer fails"), lanes(paths, "Lowest price of a token, of $25 a million")
    last = MONTHS[-1]
    early = backer <= last.toordinal()
    years = (last - datetime.date(2026, 3, 31)).days / 365
    meant = 1 - np.exp(-0.02 * years)
    assert early.mean() == pytest.approx(meant, abs=3.5 * np.sqrt(meant * (1 - meant) / len(early)))
    assert lowest[early].mean() < 0.75 * lowest[~early].mean()
