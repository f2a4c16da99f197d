"""Meridian CLO I at the trustee's figures, and against a transcription in plain Python."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.engine.ir import NEVER
from indenture.engine.results import Results

from . import clo_book as book

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def result() -> Results:
    return indenture.load(EXAMPLES / "clo.deal").run()


@pytest.fixture(scope="module")
def paid_on(result: Results) -> list[book.Date]:
    """Closing and the payment dates: the fifteenth, or the business day after it."""
    return [day for day in result.dates if day.day != 5]


@pytest.fixture(scope="module")
def outcomes(paid_on: list[book.Date]) -> dict[str, book.Outcome]:
    assert len(paid_on) == book.QUARTERS + 1
    return {name: book.run(EXAMPLES / "clo_portfolio.csv", case, paid_on) for name, case in book.CASES.items()}


def series(result: Results, name: str, scenario: str, on: list[book.Date]) -> np.ndarray:
    """A series on some dates, 0 where it is not determined."""
    lane, column = list(result.scenarios).index(scenario), result[name]
    assert column.values is not None
    values = np.array(column.values[:, lane], dtype=float)
    if column.determined is not None:
        values = np.where(np.broadcast_to(column.determined, column.values.shape)[:, lane], values, 0.0)
    places = {day: at for at, day in enumerate(result.dates)}
    return values[[places[day] for day in on]]


def figure(result: Results, name: str, scenario: str) -> float:
    column = result[name].values
    assert column is not None
    return float(column[..., list(result.scenarios).index(scenario)])


def test_the_deal_has_no_remarks_and_its_checks_hold(result: Results) -> None:
    assert not indenture.load(EXAMPLES / "clo.deal").diagnostics
    assert [check.name for check in result.checks if not check.passed] == []


@pytest.mark.parametrize("case", book.CASES)
def test_every_quarter_is_that_of_the_book(
    result: Results, outcomes: dict[str, book.Outcome], paid_on: list[book.Date], case: str
) -> None:
    meant, dates = outcomes[case], paid_on[1:]
    outstanding = np.array([0.0, *meant.notes[:-1]])
    for name, values in (("Equity", meant.equity), ("Notes", meant.notes), ("Haircut", meant.haircut)):
        assert series(result, name, case, dates) == pytest.approx(np.array(values), rel=1e-8, abs=0.05), name
    # Ratios over notes of no more than rounding mean nothing.
    owed = outstanding > 1.0
    owed[0] = True
    for name, values in (("D par value", meant.d), ("A/B par value", meant.ab), ("A/B interest", meant.interest_ab)):
        kept = owed & (np.array(values) < 1e3) & (np.array(values) > 0)
        assert kept[:12].all()
        assert series(result, name, case, dates)[kept] == pytest.approx(np.array(values)[kept], rel=1e-8), name


@pytest.mark.parametrize("case", book.CASES)
def test_what_is_left_at_the_end_is_that_of_the_book(
    result: Results, outcomes: dict[str, book.Outcome], paid_on: list[book.Date], case: str
) -> None:
    meant = outcomes[case]
    assert figure(result, "Incentive fees", case) == pytest.approx(meant.incentive, rel=1e-8, abs=0.05)
    assert figure(result, "Left of D", case) == pytest.approx(meant.left["D"], rel=1e-8, abs=0.05)
    event = NEVER if meant.event is None else paid_on[meant.event].toordinal()
    assert figure(result, "Event of default", case) == event
    assert meant.paid_out == pytest.approx(meant.paid_in, rel=1e-12)


def test_the_haircut_on_the_highest_priced_leaks_cash_to_equity(
    result: Results, outcomes: dict[str, book.Outcome], paid_on: list[book.Date]
) -> None:
    right = series(result, "Equity", "Downgrades", paid_on)
    wrong = series(result, "Equity", "Haircut on the highest priced", paid_on)
    assert right[2] < 0.4e6
    assert wrong[2] > 2.4e6
    leaked = wrong[:6].sum() - right[:6].sum()
    meant = sum(outcomes["Haircut on the highest priced"].equity[:5]) - sum(outcomes["Downgrades"].equity[:5])
    assert leaked == pytest.approx(meant, rel=1e-8)
    assert leaked > 2e6


def test_equity_that_is_past_the_hurdle_has_earned_it(result: Results) -> None:
    """12% a year to the day on which the incentive fee begins: what is short then is nothing."""
    text = (EXAMPLES / "clo.deal").read_text() + '\nreport { "Short" = equity.short; "Fee" = equity.incentive.paid }\n'
    found = indenture.compile(text, folder=EXAMPLES).run()
    lane = list(found.scenarios).index("base")
    short, fee = (np.asarray(found[name].values)[:, lane] for name in ("Short", "Fee"))
    first = int(np.argmax(fee > 0))
    flows = np.asarray(found["Equity"].values)[:, lane].copy()
    flows[0] -= 53e6 * 0.95
    # The part of that day's payment that brought equity to the hurdle.
    flows[first] -= fee[first] * 4
    days = np.array([(day - found.dates[0]).days for day in found.dates[: first + 1]])
    nominal = np.array([(book.day(round(day / 91.3), 15) - found.dates[0]).days if day else 0 for day in days])
    value = (flows[: first + 1] / 1.12 ** (np.where(flows[: first + 1] != 0, nominal, days) / 365)).sum()
    assert abs(short[first]) < 0.01
    assert abs(value) < 1.0
