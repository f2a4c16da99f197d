"""The British data-centre securitisation against arithmetic written by hand, every quarter of every scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import indenture
import pytest
from indenture.engine.results import Results

from .uk_data_centre_abs_by_hand import QUARTERS, SCENARIOS, SERIES, paid_on, report, run

# Terms that an investor would change, in the deal's words and in the arithmetic's.
CHANGES: tuple[tuple[dict[str, str], dict[str, float]], ...] = (
    ({"coupon": "7.1%", "a2.step_up": "2%"}, {"coupon": 0.071, "step_up": 0.02}),
    ({"market_level": "70%", "sale_price": "£10m per MW"}, {"market_level": 0.70, "sale_price": 10_000}),
)


@pytest.fixture(scope="module")
def deal(examples: Path) -> indenture.Deal:
    path = examples / "uk_data_centre_abs.deal"
    text = path.read_text(encoding="utf-8") + "\nreport { dscr; leverage }\n"
    return indenture.compile(text, name=path.name, folder=path.parent)


def close(mine: float | None, theirs: float | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return mine == pytest.approx(theirs, rel=1e-9, abs=0.01)


def differing(result: Results, scenario: str, changes: Mapping[str, float]) -> list[object]:
    lane = list(result.scenarios).index(scenario)
    by_hand = run({**changes, **SCENARIOS[scenario]})
    assert list(result.dates) == [paid_on(k) for k in range(QUARTERS + 1)]
    wrong: list[object] = []
    for name in SERIES:
        figure = result[name]
        for place, theirs in enumerate(by_hand[name]):
            known = figure.determined is None or bool(figure.determined[place, lane])
            mine = float(figure.values[place, lane]) if known else None
            if not close(mine, theirs):
                wrong.append((name, result.dates[place], mine, theirs))
    for label, theirs in report(by_hand).items():
        mine = result[label].to_json()[lane]
        if not close(None if mine is None else float(mine), theirs):
            wrong.append((label, mine, theirs))
    return wrong


@pytest.fixture(scope="module")
def result(deal: indenture.Deal) -> Results:
    return deal.run(keep=[name for name in SERIES if name not in ("dscr", "leverage")])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_figure_of_every_quarter(result: Results, scenario: str) -> None:
    assert differing(result, scenario, {}) == []


@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_both_models_answer_to_their_terms(deal: indenture.Deal, change: int) -> None:
    changed = deal.run(set=CHANGES[change][0], keep=[name for name in SERIES if name not in ("dscr", "leverage")])
    for scenario in SCENARIOS:
        # A scenario that states the level itself keeps its own.
        assert differing(changed, scenario, CHANGES[change][1]) == [], scenario


def test_the_deal_passes_its_own_checks(result: Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []


def test_before_enforcement_the_funding_note_is_senior_and_after_it_both_lose_alike(result: Results) -> None:
    lane = list(result.scenarios).index("Anchor defaults")
    lost = {name: float(result[f"{name} lost"].values[lane]) for name in ("A-2", "Funding note")}
    drawn = float(result["Drawn on the funding note"].values[lane])
    assert lost["A-2"] / 600e6 == pytest.approx(lost["Funding note"] / drawn, rel=1e-12)
    assert lost["A-2"] > 50e6
