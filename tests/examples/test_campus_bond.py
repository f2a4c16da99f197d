"""The campus bond against a spreadsheet of plain formulas, scenario by scenario, and against closed forms."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.engine.results import Results

from .campus_bond_book import BUILDING, QUARTERS, REPORT, campus_book
from .spreadsheet import Constant, Recalculated, date_of, needs_office, read_rows, recalculated

LEAVES = ("Leaves 2033", "Leaves 2037", "Leaves 2041", "Leaves 2045")
HALF = tuple(f"{name}, half value" for name in LEAVES)
DEFAULT = "Default 2035, half value"
SCENARIOS = ("base", *LEAVES, *HALF, DEFAULT)

SERIES = {
    "campus_lease.payment.paid": "rent",
    "campus_value": "value",
    "guarantee.threshold": "threshold",
    "guarantee.payment.paid": "guarantee",
    "sale.paid": "sale",
    "works.paid": "works",
    "construction.balance": "construction",
    "capitalised_interest.balance": "reserve",
    "bond.interest.current": "interest",
    "bond.interest.due": "interest_due",
    "bond.interest.paid": "interest_paid",
    "bond.interest.unpaid": "interest_unpaid",
    "bond.principal.due": "principal_due",
    "bond.principal.paid": "principal_paid",
    "bond.target": "scheduled",
    "bond.balance": "balance",
    "Fund.received": "fund",
    "Sponsor.received": "sponsor",
    "dscr": "dscr",
}
"""Series of the deal, and the spreadsheet's columns."""

# Definitions and parties are not kept unless a report names them.
TRACE = "\nreport { campus_value; guarantee.threshold; bond.target; Fund.received; Sponsor.received }\n"

KEPT = tuple(name for name in SERIES if name not in TRACE)

# What an investor would ask to see changed, in the deal's words and in the spreadsheet's.
CHANGES: tuple[tuple[dict[str, str], dict[str, Constant]], ...] = (
    ({"cover": "0.9x", "fund_share": "70%"}, {"cover": 0.9, "fund_share": 0.7}),
    ({"coupon": "7%", "equity": "$7bn"}, {"coupon": 0.07, "equity": 7e9}),
    (
        {
            "campus_value": "line($20bn, completion, $1bn, 2049-05-15)",
            "guarantee.threshold": "line($28bn, completion, $5bn, 2045-05-15)",
        },
        {"value_first": 20e9, "value_last": 1e9, "threshold_last": 5e9},
    ),
)
CHANGED = ("base", HALF[0], HALF[3], DEFAULT)
"""The scenarios that are run with other terms."""


@pytest.fixture(scope="module")
def path(examples: Path) -> Path:
    return examples / "campus_bond.deal"


@pytest.fixture(scope="module")
def deal(path: Path) -> indenture.Deal:
    return indenture.compile(path.read_text(encoding="utf-8") + TRACE, name=path.name, folder=path.parent)


@pytest.fixture(scope="module")
def result(deal: indenture.Deal) -> Results:
    return deal.run(keep=KEPT)


@pytest.fixture(scope="module")
def sheets(path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Recalculated]:
    """The spreadsheet in every scenario as written, then with every change of terms in some."""
    works = [float(row["cost"]) for row in read_rows(path.parent / "campus_bond_works.csv")]
    numbers: list[Mapping[str, Constant]] = [{"scenario": number} for number, _ in enumerate(SCENARIOS, start=1)]
    some = [numbers[SCENARIOS.index(name)] for name in CHANGED]
    variants = [*numbers, *({**changed, **number} for _, changed in CHANGES for number in some)]
    return recalculated(campus_book(works), variants, tmp_path_factory.mktemp("campus"))


def close(mine: float | None, theirs: float | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return mine == pytest.approx(theirs, rel=1e-6, abs=0.01)


def differing_series(result: Results, sheet: Recalculated, scenario: str) -> list[object]:
    lane = list(result.scenarios).index(scenario)
    dates = [date_of(number or 0) for number in sheet.column("quarters", "paid_on")]
    assert dates == list(result.dates[1:])
    wrong: list[object] = []
    for name, title in SERIES.items():
        figure = result[name]
        for place, theirs in enumerate(sheet.column("quarters", title), start=1):
            known = figure.determined is None or bool(figure.determined[place, lane])
            mine = float(figure.values[place, lane]) if known else None
            if not close(mine, theirs):
                wrong.append((name, dates[place - 1], mine, theirs))
    return wrong


def differing_report(result: Results, sheet: Recalculated, scenario: str) -> list[object]:
    lane = list(result.scenarios).index(scenario)
    assert list(REPORT) == list(result.figures())
    wrong: list[object] = []
    for label, figure in result.figures().items():
        mine, theirs = figure.to_json()[lane], sheet.number(REPORT[label])
        if not close(None if mine is None else float(mine), theirs):
            wrong.append((label, mine, theirs))
    return wrong


@needs_office
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_figure_of_every_quarter(result: Results, sheets: list[Recalculated], scenario: str) -> None:
    assert len(result.dates) == QUARTERS + 1
    assert differing_series(result, sheets[SCENARIOS.index(scenario)], scenario) == []


@needs_office
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_line_of_the_report(result: Results, sheets: list[Recalculated], scenario: str) -> None:
    assert differing_report(result, sheets[SCENARIOS.index(scenario)], scenario) == []


@needs_office
@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_both_models_answer_to_their_terms(deal: indenture.Deal, sheets: list[Recalculated], change: int) -> None:
    """Other terms move both alike: no figure of either was put there by hand."""
    changed = deal.run(set=CHANGES[change][0], keep=KEPT)
    first = len(SCENARIOS) + len(CHANGED) * change
    for scenario, sheet in zip(CHANGED, sheets[first:], strict=False):
        assert differing_series(changed, sheet, scenario) == [], scenario
        assert differing_report(changed, sheet, scenario) == [], scenario


def amount(result: Results, label: str, scenario: str) -> float:
    return float(result[label].values[list(result.scenarios).index(scenario)])


def on_exit(result: Results, name: str, scenario: str) -> float:
    """A series on the day that the campus is sold."""
    lane = list(result.scenarios).index(scenario)
    sold = np.flatnonzero(result["sale.paid"].values[:, lane])
    assert len(sold) == 1
    return float(result[name].values[sold[0], lane])


def test_the_deal_passes_its_own_checks(result: Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []


def test_rent_alone_repays_the_bond_in_level_payments(result: Results) -> None:
    interest, principal = result["bond.interest.paid"].values[:, 0], result["bond.principal.paid"].values[:, 0]
    assert principal[: BUILDING + 1].tolist() == [0.0] * (BUILDING + 1)
    rate = Fraction(6581, 100_000) / 4
    level = 27_294_000_000 * rate / (1 - (1 + rate) ** -80)
    assert (interest + principal)[BUILDING + 1 :] == pytest.approx(np.full(80, float(level)), rel=1e-12)
    assert result["campus_lease.payment.paid"].values[BUILDING + 1 :, 0] == pytest.approx(
        np.full(80, 1.2 * float(level)), rel=1e-12
    )
    assert interest[1] == pytest.approx(27_294e6 * 0.06581 * 119 / 360, rel=1e-14)


def test_what_a_break_leaves_is_counted_from_every_quarter_before_it(path: Path) -> None:
    """Rent to a break and the threshold, less debt service to it and the bond: a fifth of each level payment, and more."""
    text = path.read_text(encoding="utf-8") + '\nreport { "margin" = lowest(covered - owed on breaks) }\n'
    margin = indenture.compile(text, name=path.name, folder=path.parent).run(scenarios="base")["margin"]
    rate, first, last = 0.06581 / 4, datetime.date(2029, 5, 15), datetime.date(2045, 5, 15)
    level = 27_294e6 * rate / (1 - (1 + rate) ** -80)
    expected = []
    for paid, day in (
        (16, datetime.date(2033, 5, 16)),
        (32, datetime.date(2037, 5, 15)),
        (48, datetime.date(2041, 5, 15)),
        (64, last),
    ):
        bond = level * (1 - (1 + rate) ** (paid - 80)) / rate
        expected.append(0.2 * level * paid + 28e9 - 14e9 * (day - first).days / (last - first).days - bond)
    assert float(margin.values[0]) == pytest.approx(min(expected), rel=1e-9)


def test_the_guarantee_takes_the_value_out_of_it(result: Results) -> None:
    """A campus worth half makes the guarantor pay the other half; nobody else gets a dollar more or less."""
    for full, half in zip(LEAVES, HALF, strict=True):
        for label in ("Bondholders lose", "Fund loses", "Sponsor loses", "Bond life", "Fund IRR", "Fund multiple"):
            assert amount(result, label, half) == pytest.approx(amount(result, label, full), rel=1e-12)
        more = amount(result, "Guarantor pays", half) - amount(result, "Guarantor pays", full)
        assert more == pytest.approx(amount(result, "Campus sold for", full) / 2, rel=1e-12)
        assert on_exit(result, "guarantee.threshold", half) > on_exit(result, "bond.target", half)


def test_without_its_guarantor_the_bond_bears_the_loss(result: Results) -> None:
    owed = on_exit(result, "bond.interest.due", DEFAULT) + amount(result, "Bond outstanding that day", DEFAULT)
    assert amount(result, "Guarantor pays", DEFAULT) == 0
    assert amount(result, "Bondholders lose", DEFAULT) == pytest.approx(
        owed - amount(result, "Campus sold for", DEFAULT), rel=1e-12
    )


def test_a_threshold_below_the_bond_is_told_and_is_a_loss_of_the_bond(deal: indenture.Deal) -> None:
    low = deal.run(set={"guarantee.threshold": "line($28bn, completion, $0, 2045-05-15)"}, keep=KEPT)
    failed = {check.name for check in low.checks if not check.passed}
    assert "The guarantee covers the bond at each break" in failed
    assert amount(low, "Bondholders lose", "base") == 0
    for scenario in HALF:
        owed = on_exit(low, "bond.interest.due", scenario) + amount(low, "Bond outstanding that day", scenario)
        got = max(on_exit(low, "guarantee.threshold", scenario), amount(low, "Campus sold for", scenario))
        missing = max(owed - got - on_exit(low, "campus_lease.payment.paid", scenario), 0)
        assert amount(low, "Bondholders lose", scenario) == pytest.approx(missing, rel=1e-9, abs=0.01)
    assert amount(low, "Bondholders lose", HALF[0]) > 2e9


def test_the_breaks_can_be_ranged_over(path: Path, result: Results) -> None:
    text = path.read_text(encoding="utf-8")
    before, after = text.split('scenario "Leaves 2033"', 1)[0], text[text.index("\nrequire ") :]
    ranged = indenture.compile(
        f"{before}scenarios over campus_lease.leaves = campus_lease.breaks\n{after}",
        name="ranged.deal",
        folder=path.parent,
    ).run()
    names = [f"campus_lease.leaves = {year}-05-15" for year in (2033, 2037, 2041, 2045)]
    assert list(ranged.scenarios) == ["base", *names]
    for label in REPORT:
        assert ranged[label].values.tolist() == result[label].values[:5].tolist(), label


def test_a_break_on_a_sunday_is_paid_for_until_the_monday(result: Results) -> None:
    """15 May 2033 is a Sunday: the last rent is a whole quarter's, and is paid on the day of the sale."""
    assert datetime.date(2033, 5, 16) in result.dates
    assert (
        on_exit(result, "campus_lease.payment.paid", LEAVES[0])
        == on_exit(result, "campus_lease.payment.paid", LEAVES[3])
        > 0
    )
