"""Columns beside a deal: what a table in arithmetic, a list, a blank and a bare column of dates come to, by hand."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest

HEAD = """
deal "Beside" { language = 1; currency = USD; closing = 2026-01-15; issuer = Borrower }
party Borrower, Owner
schedule payment = monthly on day 15 from 2026-02-15 to 2026-04-15, unadjusted
account cash { opens = $100 from Owner }
waterfall all from cash on payment { pay rest to Owner }
"""


def values(folder: Path, body: str, name: str = "x") -> list[object]:
    return list(indenture.compile(f"{HEAD}{body}\nreport {{ {name} }}", folder=folder).run()[name].to_json())


def problems(folder: Path, body: str) -> list[tuple[str, str]]:
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(f"{HEAD}{body}\nreport {{ x }}", folder=folder)
    return [(one.code, one.message) for one in raised.value.diagnostics if one.severity == "error"]


def test_a_blank_is_an_observation_that_was_not_made(tmp_path: Path) -> None:
    (tmp_path / "seen.csv").write_text("date,price\n2026-02-15,2\n2026-03-15,\n2026-04-15,3\n", encoding="utf-8")
    assert values(tmp_path, 'term x : series of money = observations "seen.csv" column price') == [[None, 2, None, 3]]


def test_a_wrong_date_and_a_wrong_cell_are_both_said(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("date,rate\nsoon,4%\n2026-02-15,dear\n", encoding="utf-8")
    found = problems(tmp_path, 'index x = curve "rates.csv"')
    assert [[word for word in ("soon", "dear") if word in said] for _, said in found] == [["soon"], ["dear"]]


def test_a_scenario_gives_a_table_the_units_of_what_it_gives_it_to(tmp_path: Path) -> None:
    """Of money per MWh, where a unit of energy is a kWh: 2 and 4 are $0.002 and $0.004."""
    rows = "".join(f"2026-0{month}-15,{units}\n" for month, units in ((1, 2), (2, 2), (3, 4), (4, 4)))
    (tmp_path / "costs.csv").write_text("date,cost\n" + rows, encoding="utf-8")
    body = 'term x : series of money per MWh = $5 per MWh\nscenario "Dear" { x = curve "costs.csv" }'
    base, dear = values(tmp_path, body)
    assert base == pytest.approx([0.005] * 4)
    assert dear == pytest.approx([0.002, 0.002, 0.004, 0.004])


def test_in_arithmetic_a_column_is_no_rate(tmp_path: Path) -> None:
    """By itself a rate of 2 lacks its percent sign; beside another it may be anything, 200% among them."""
    rows = "".join(f"2026-0{month}-15,{month}\n" for month in (1, 2, 3, 4))
    (tmp_path / "points.csv").write_text("date,points\n" + rows, encoding="utf-8")
    (found,) = values(tmp_path, 'term x : series of rate = 1% + (curve "points.csv")')
    assert found == pytest.approx([1.01, 2.01, 3.01, 4.01])
    ((_, said),) = problems(tmp_path, 'term x : series of rate = curve "points.csv"')
    assert "as a rate is 200% a year" in said or "as a rate is 100% a year" in said


def test_a_list_of_dates_and_of_conditions(tmp_path: Path) -> None:
    """Repaid in halves on the second and the fourth date: $10 before, $5 between."""
    (tmp_path / "due.csv").write_text("due\n2026-02-15\n2026-04-15\n", encoding="utf-8")
    body = 'term due : list of date = vector "due.csv" column due\ndefine x = straight_line($10, due)'
    assert values(tmp_path, body) == [[10, 5, 5, 0]]


@pytest.mark.parametrize(("column", "title"), [("", "date"), (" column due", "due")])
def test_the_dates_of_a_schedule_from_a_column(tmp_path: Path, column: str, title: str) -> None:
    (tmp_path / "due.csv").write_text(f"{title}\n2026-02-20\n2026-03-15\n", encoding="utf-8")
    body = f'schedule due = dates vector "due.csv"{column}\nflow x on due = $1'
    # 15 January and February, 20 February, then 15 March and April.
    assert values(tmp_path, body) == [[0, 0, 1, 1, 0]]


def test_the_order_of_rows_is_looked_at_once_all_of_them_can_be_read(tmp_path: Path) -> None:
    """The third row has a cell too many, and what it is meant to be is not known: of the order nothing is said yet."""
    rows = "date,rate\n2026-01-01,1%\n2026-03-01,2%\n2026-03-15,2%,9\n2026-02-01,3%\n"
    (tmp_path / "rates.csv").write_text(rows, encoding="utf-8")
    assert len(problems(tmp_path, 'index x = curve "rates.csv"')) == 1
    (tmp_path / "rates.csv").write_text(rows.replace(",9", ""), encoding="utf-8")
    assert [code for code, _ in problems(tmp_path, 'index x = curve "rates.csv"')] == ["E0607"]
