"""The delayed-draw loan against a spreadsheet of plain formulas, scenario by scenario, line by line."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import indenture
import pytest
from indenture.engine.results import Results

from .gpu_ddtl_book import MONTHS, REPORT, ddtl_book, report_cell
from .spreadsheet import Book, Constant, Recalculated, date_of, needs_office, read_rows, recalculated

SCENARIOS = (
    "base",
    "Offtaker defaults",
    "Rental prices down 80%",
    "Default and prices down",
    "Six months late",
    "Rates up 200bp",
)

# On which of the month's dates a series has its value, and the spreadsheet's column.
SERIES = {
    "gpus.delivered": ("delivery", "delivered"),
    "gpus.accepted": ("delivery", "accepted"),
    "equity.paid": ("delivery", "equity"),
    "fixed.advance.paid": ("delivery", "fixed_advance"),
    "floating.advance.paid": ("delivery", "floating_advance"),
    "contract.rent.paid": ("bill", "rent"),
    "spares.sales.paid": ("bill", "spares"),
    "relet.sales.paid": ("bill", "relet"),
    "disposal.paid": ("payment", "disposal"),
    "support.paid": ("payment", "support"),
    "operating.due": ("payment", "operating_due"),
    "operating.paid": ("payment", "operating_paid"),
    "electricity.bill.paid": ("payment", "electricity_paid"),
    "agent.paid": ("payment", "agent_paid"),
    "hedge.payment.paid": ("payment", "swap_paid"),
    "hedge.receipt.paid": ("payment", "swap_received"),
    "fixed.fee.paid": ("payment", "fixed_fee_paid"),
    "fixed.interest.due": ("payment", "fixed_interest_due"),
    "fixed.interest.paid": ("payment", "fixed_interest_paid"),
    "fixed.balance": ("payment", "fixed_balance"),
    "floating.fee.paid": ("payment", "floating_fee_paid"),
    "floating.interest.due": ("payment", "floating_interest_due"),
    "floating.interest.paid": ("payment", "floating_interest_paid"),
    "floating.balance": ("payment", "floating_balance"),
    "liquidity.balance": ("payment", "liquidity"),
    "power_reserve.balance": ("payment", "power"),
    "trap.balance": ("payment", "trap"),
    "collections.balance": ("payment", "cash"),
    "contract_cover": ("payment", "contract_cover"),
    "dscr": ("payment", "dscr"),
}
LAST = {
    "delivery": datetime.date(2028, 3, 31),
    "bill": datetime.date(2032, 2, 29),
    "payment": datetime.date(2032, 3, 31),
}
"""The spreadsheet has all three dates in every month, the deal's schedules end earlier."""


@pytest.fixture(scope="module")
def result(examples: Path) -> Results:
    return indenture.load(examples / "gpu_ddtl.deal").run(keep=tuple(SERIES))


def deal_book(examples: Path) -> Book:
    """The spreadsheet, fed the deal's two tables."""
    arrivals = [float(row["arrived"]) for row in read_rows(examples / "gpu_ddtl_deliveries.csv")]
    curve = [
        (datetime.date.fromisoformat(row["date"]), float(row["rate"].rstrip("%")) / 100)
        for row in read_rows(examples / "gpu_ddtl_sofr.csv")
    ]
    return ddtl_book(arrivals, curve)


@pytest.fixture(scope="module")
def sheets(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recalculated]:
    variants: list[dict[str, Constant]] = [{"scenario": number} for number, _ in enumerate(SCENARIOS, start=1)]
    found = recalculated(deal_book(examples), [*variants, {"price": 2.23}], tmp_path_factory.mktemp("ddtl"))
    return dict(zip((*SCENARIOS, "a cent dearer"), found, strict=True))


def close(mine: float | None, theirs: float | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return mine == pytest.approx(theirs, rel=1e-6, abs=1e-4)


@needs_office
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_figure_of_every_date(result: Results, sheets: dict[str, Recalculated], scenario: str) -> None:
    sheet, column = sheets[scenario], list(result.scenarios).index(scenario)
    dates = {kind: [date_of(number or 0) for number in sheet.column("months", kind)] for kind in LAST}
    position = {date: place for place, date in enumerate(result.dates)}
    compared, wrong = 0, []
    for name, (kind, title) in SERIES.items():
        figure = result[name]
        for date, theirs in zip(dates[kind], sheet.column("months", title), strict=True):
            if date > LAST[kind]:
                continue
            at = (position[date], column)
            known = figure.determined is None or bool(figure.determined[at])
            mine = float(figure.values[at]) if known else None
            compared += 1
            if not close(mine, theirs):
                wrong.append((name, date, mine, theirs))
    assert compared > 25 * (MONTHS - 1)
    assert wrong == []


@needs_office
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_line_of_the_report(result: Results, sheets: dict[str, Recalculated], scenario: str) -> None:
    sheet, column = sheets[scenario], list(result.scenarios).index(scenario)
    assert list(REPORT) == list(result.figures())
    wrong = []
    for label, figure in result.figures().items():
        mine, theirs = figure.to_json()[column], sheet.number(report_cell(label))
        if figure.kind == "date":
            same = mine == ("never" if theirs is None else date_of(theirs).isoformat())
        else:
            same = close(mine if mine is None else float(mine), theirs)
        if not same:
            wrong.append((label, mine, theirs))
    assert wrong == []


@needs_office
def test_the_spreadsheet_answers_to_its_terms(examples: Path, sheets: dict[str, Recalculated]) -> None:
    """A price a cent higher moves both models by the same amount: neither figure was put there by hand."""
    deal = indenture.load(examples / "gpu_ddtl.deal")
    dearer = deal.run(scenarios=["base"], set={"contract.price": "$2.23 per GPU-hour"})
    for label in ("Lowest monthly DSCR, contract", "Distributions", "Equity IRR, no residual"):
        assert close(float(dearer[label].values[0]), sheets["a cent dearer"].number(report_cell(label)))


def test_the_base_case_passes_its_own_covenants(result: Results) -> None:
    assert [check.name for check in result.checks if not check.passed] == []


def test_no_scenario_makes_or_loses_a_server(result: Results) -> None:
    delivered = result["gpus.delivered"].values
    assert set(delivered[-1]) == {181_500.0}


def test_the_report_is_as_it_was(result: Results) -> None:
    """The figures as they stood when the spreadsheet agreed with them, for where LibreOffice is not installed."""
    golden = json.loads((Path(__file__).parent / "golden" / "gpu_ddtl.json").read_text(encoding="utf-8"))
    assert list(golden) == list(result.figures())
    for label, figure in result.figures().items():
        now = dict(zip(result.scenarios, figure.to_json(), strict=True))
        for scenario, then in golden[label].items():
            assert now[scenario] == (then if isinstance(then, str) else pytest.approx(then, rel=1e-9, abs=1e-6))
