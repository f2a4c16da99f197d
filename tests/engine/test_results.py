"""What a run's results say of themselves: values, series, tables, alerts and checks as text, JSON, HTML and in pandas."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from indenture.engine.ir import Alert, Cell, Check, Column, Kind, ReportTable, Var
from indenture.engine.results import CheckResult, Results
from indenture.engine.results_tables import Table
from indenture.engine.results_values import Figure, Series, shown

DATES = tuple(datetime.date(2026, month, 15) for month in range(1, 5))
MANY = tuple(f"s{number}" for number in range(14))


def figure(
    values: Any, known: Any = None, kind: Kind = "float", scenarios: tuple[str, ...] = ("base", "dear"), why: str = ""
) -> Figure:
    determined = None if known is None else np.array(known)
    return Figure("f", np.array(values), "USD", determined, kind, scenarios, None, why)


def series(values: Any, known: Any = None, kind: Kind = "float", scenarios: tuple[str, ...] = ("base",)) -> Series:
    return Series("s", np.array(values), "rate", None if known is None else np.array(known), kind, DATES, scenarios)


@pytest.mark.parametrize(
    ("value", "text"),
    [(-1234.5, "-1,234.50"), (1000.0, "1,000.00"), (999.99, "999.99"), (0.25, "0.25"), (-12.5, "-12.5")],
)
def test_a_number_as_it_is_shown(value: float, text: str) -> None:
    assert shown(value, "float") == text


def test_only_what_is_not_determined_has_a_reason() -> None:
    one = figure([1.0, 0.0], [True, False], why="nothing is paid")
    assert (one.value(0), one.value(1)) == (1.0, None)
    assert (one.reason(0), one.reason(1)) == ("", "nothing is paid")


def test_pandas_has_figures_and_conditions_by_scenario() -> None:
    pytest.importorskip("pandas")
    numbers = figure([1.0, 7.0], [True, False]).to_pandas()
    assert numbers["base"] == 1.0
    assert np.isnan(numbers["dear"])
    assert figure([True, True], [True, False], "bool").to_pandas().tolist() == [True, None]


def test_a_notebook_shows_the_first_dozen_of_many_scenarios() -> None:
    lines = [[float(10 * date + lane) for lane in range(14)] for date in range(4)]
    found = series(lines, scenarios=MANY)._repr_html_()
    assert "<th>s11</th>" in found
    assert "<th>s12</th>" not in found
    assert found.count("<td>") == 4 * 13
    assert "<td>41</td>" in found
    assert "n/a" not in found
    table = Table("t", ReportTable("t", (Column("a"),), ((Cell("Bank"),),)), {}, MANY)
    assert "<td>s11</td>" in table._repr_html_()
    assert "<td>s12</td>" not in table._repr_html_()


def test_a_notebook_shows_the_cells_of_a_table() -> None:
    shape = ReportTable(
        "t",
        (Column("party"), Column("loses", "USD"), Column("least")),
        ((Cell("Bank"), Cell(output="lost"), Cell(output="which", choices=("this", "that"))),),
    )
    which = figure([1.0, 0.0], [True, False])
    table = Table("t", shape, {"lost": figure([5.0, 1500.0]), "which": which}, ("base", "dear"))
    html = table._repr_html_()
    assert "<tr><td>base</td><td>Bank</td><td>5</td><td>that</td></tr>" in html
    assert "<tr><td>dear</td><td>Bank</td><td>1,500.00</td><td>n/a</td></tr>" in html
    sure = Table("t", shape, {"lost": figure([5.0, 1500.0]), "which": figure([1.0, 0.0])}, ("base", "dear"))
    assert "<td>this</td></tr>" in sure._repr_html_()


def test_alerts_are_raised_while_their_condition_is_known_to_hold() -> None:
    """It holds on the first, second and fourth date, but the first is not known: from the second to the third, and on."""
    raised = series([[True], [True], [False], [True]], [[False], [True], [True], [True]], "bool")
    level = series([[1.0], [2.0], [3.0], [4.0]])
    limit = Figure("limit", np.array([0.5]), "rate", None, "float", ("base",))
    total = figure([7.0], scenarios=("base",))
    results = Results(
        "Watched",
        DATES,
        ("base",),
        {"raised": raised, "level": level, "limit": limit, "total": total, "other": series([[0.0]] * 4)},
        (),
        0,
        None,
        alerts=(Alert("Bank", "Too high", "raised", "level", "limit"),),
    )
    found = results.events()
    assert [(one.since, one.until) for one in found] == [(DATES[1], DATES[2]), (DATES[3], None)]
    assert [(one.observed, one.latest, one.threshold) for one in found] == [(2.0, 2.0, 0.5), (4.0, 4.0, 0.5)]
    assert [one.to_json()["until"] for one in found] == ["2026-03-15", None]
    assert list(results.series()) == ["other"]
    assert list(results.figures()) == ["total"]


def test_tables_and_alerts_are_among_the_data_where_there_are_any() -> None:
    entries = {"lost": figure([5.0, 6.0])}
    bare = Results("Deal", DATES, ("base", "dear"), entries, (), 0, None).to_json()
    assert "tables" not in bare
    assert set(bare["scenarios"]["dear"]) == {"measures", "series"}
    shape = ReportTable("t", (Column("loses", "USD"),), ((Cell(output="lost"),),))
    tables = {"t": Table("t", shape, entries, ("base", "dear"))}
    full = Results("Deal", DATES, ("base", "dear"), entries, (), 0, None, tables).to_json()
    assert full["tables"] == {"t": {"units": {"loses": "USD"}}}
    assert full["scenarios"]["dear"]["tables"] == {"t": [{"loses": 6.0}]}


def test_a_check_tells_its_first_failure_in_each_scenario() -> None:
    check = Check("paid", "nonnegative", Var("x", "float"), "verdict", "V1", "short")
    found = CheckResult(
        check, np.array([0, 2, 1]), np.array([-1, 1, -1]), np.array([True] * 3), DATES, ("base", "dear", "worst")
    ).to_json()
    assert found["failures"] == [
        {"scenario": "dear", "dates": 2, "first": "2026-02-15"},
        {"scenario": "worst", "dates": 1, "first": None},
    ]
    assert (found["failed"], found["passed"]) == (2, False)
