"""The loan that outlives its customers' contracts, against the same deal written in plain Python, scenario by scenario."""

from __future__ import annotations

import datetime
from pathlib import Path

import indenture
import pytest
from indenture.engine.results import Results

from .contracts_end_first_by_hand import MONTHS, SHORT, Case, story

Date = datetime.date
SCENARIOS = {
    "base": Case(),
    "Nine months' lag": Case(lag=9),
    "Rents down 80%": Case(falls_to=0.2),
    "By the hour": Case(signed=False),
    "All three": Case(lag=9, falls_to=0.2, signed=False),
    "And the last customer fails": Case(lag=9, falls_to=0.2, signed=False, fails={"third": Date(2030, 3, 31)}),
    "A customer fails": Case(fails={"first": Date(2028, 3, 15)}),
    "A fifth less": Case(haircut=0.2),
    "Repaid within the contracts": Case(profile=SHORT),
}
KEEP = {
    "contracted": "contracted",
    "let_again": "let_again",
    "loan.balance": "balance",
    "trap.balance": "trap",
    "reserve.balance": "reserve",
    "sale.proceeds.paid": "proceeds",
    "dscr": "dscr",
    "contract_cover": "contract_cover",
}


@pytest.fixture(scope="module")
def result(examples: Path) -> Results:
    deal = indenture.load(examples / "contracts_end_first.deal")
    assert deal.diagnostics == ()
    return deal.run(keep=tuple(KEEP))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_month_of_every_scenario(result: Results, scenario: str) -> None:
    column, told = list(result.scenarios).index(scenario), story(SCENARIOS[scenario])
    wrong = []
    for name, title in KEEP.items():
        figure = result[name]
        at = column if figure.values.shape[1] > 1 else 0
        for place, meant in enumerate(getattr(told, title)):
            known = figure.determined is None or bool(
                figure.determined[place + 1, min(at, figure.determined.shape[1] - 1)]
            )
            found = float(figure.values[place + 1, at]) if known else None
            if name in ("contracted", "let_again") and found is None:
                continue  # recorded while the loan performs
            if (found is None) != (meant is None) or (
                meant is not None and found != pytest.approx(meant, rel=1e-9, abs=1e-2)
            ):
                wrong.append((name, MONTHS[place], found, meant))
    assert wrong == []
    assert result["Distributions"].values[column] == pytest.approx(sum(told.distributions), rel=1e-9)
    assert result["Principal lost"].values[column] == pytest.approx(told.balance[-1], abs=1e-2)


def test_the_checks_hold_and_the_worst_case_loses_principal(result: Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []
    assert list(result.scenarios) == list(SCENARIOS)
    lost = dict(zip(result.scenarios, result["Principal lost"].values, strict=True))
    assert lost.pop("And the last customer fails") > 0
    assert max(lost.values()) < 1e-3
