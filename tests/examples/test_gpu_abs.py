"""Halyard Equipment Trust 2026-1 against a transcription in plain Python."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.engine.ir import NEVER
from indenture.engine.results import Results

from . import gpu_abs_book as book

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = {"A1": "A-1", "A2": "A-2", "A3": "A-3", "B": "B", "C": "C", "D": "D"}


@pytest.fixture(scope="module")
def result() -> Results:
    return indenture.load(EXAMPLES / "gpu_abs.deal").run()


@pytest.fixture(scope="module")
def outcomes() -> dict[str, book.Outcome]:
    return {name: book.run(EXAMPLES / "gpu_abs_contracts.csv", case) for name, case in book.CASES.items()}


def figure(result: Results, name: str, scenario: str) -> float | None:
    lane = list(result.scenarios).index(scenario)
    column = result[name]
    assert column.values is not None
    if column.determined is not None and not np.broadcast_to(column.determined, column.values.shape)[..., lane].all():
        return None
    return float(column.values[..., lane])


def test_the_deal_has_no_remarks_and_its_checks_hold(result: Results) -> None:
    assert not indenture.load(EXAMPLES / "gpu_abs.deal").diagnostics
    assert [check.name for check in result.checks if not check.passed] == []


@pytest.mark.parametrize("case", book.CASES)
def test_lives_losses_and_residual_are_those_of_the_book(
    result: Results, outcomes: dict[str, book.Outcome], case: str
) -> None:
    meant = outcomes[case]
    for name, title in NAMES.items():
        life = figure(result, f"Life of {title}", case)
        assert (life is None) == (name not in meant.lives)
        if life is not None:
            assert life == pytest.approx(meant.lives[name], abs=2e-9), name
    assert figure(result, "Left of A", case) == pytest.approx(sum(meant.left[n] for n in ("A1", "A2", "A3")), abs=0.01)
    assert figure(result, "Left of D", case) == pytest.approx(meant.left["D"], abs=0.01)
    assert figure(result, "To the lessor", case) == pytest.approx(meant.lessor, rel=1e-9)
    assert figure(result, "Lost by the pool", case) == pytest.approx(meant.lost, rel=1e-9)
    for title, number in (("Trigger", meant.breached), ("Called", meant.called)):
        date = figure(result, title, case)
        assert date == (NEVER if number is None else book.payment_date(book.boundary(number)).toordinal()), title


@pytest.mark.parametrize("case", book.CASES)
def test_overcollateralisation_date_by_date(result: Results, outcomes: dict[str, book.Outcome], case: str) -> None:
    lane = list(result.scenarios).index(case)
    column = result["Overcollateralisation"].values
    assert column is not None
    dates = {date: at for at, date in enumerate(result.dates)}
    for number, cover in enumerate(outcomes[case].cover[:48], start=1):
        at = dates[book.payment_date(book.boundary(number))]
        assert column[at, lane] == pytest.approx(cover, abs=1e-9)


def test_the_book_conserves_cash(outcomes: dict[str, book.Outcome]) -> None:
    for outcome in outcomes.values():
        assert outcome.paid_out == pytest.approx(outcome.paid_in, rel=1e-12)


def test_every_dollar_goes_to_a_party() -> None:
    text = (
        (EXAMPLES / "gpu_abs.deal").read_text()
        + """
report {
  "in"  = total(Lessees.paid) + total(call.price) + 1.0% * initial_pool + total(notes.advance.paid)
  "out" = total(Lessor.received) + total(Noteholders.received) + total(servicing.paid) + total(fees.paid)
  "kept" = final(available.balance) + final(proceeds.balance) + final(reserve.cash.balance)
}
"""
    )
    result = indenture.compile(text, folder=EXAMPLES).run()
    got = {name: result[name].values for name in ("in", "out", "kept")}
    assert all(values is not None for values in got.values())
    assert got["in"] == pytest.approx(got["out"] + got["kept"], rel=1e-12)
    assert (np.abs(got["kept"]) < 0.01).all()
