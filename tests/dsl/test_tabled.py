"""Tables and curves from a CSV beside the deal: what they are on each date, and each way in which they are wrong."""

from __future__ import annotations

import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indenture.dsl.api import DealError, compile

HEAD = """
deal "Tables" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Lenders
account cash { opens = $100 from Aurora }
waterfall all from cash on payment { "Rest" pay rest to Lenders }
schedule payment = monthly on day 15 from 2026-02-15 to 2026-06-15, unadjusted
"""


def run(folder: Path, body: str) -> Any:
    return compile(HEAD + body, folder=folder).run()


def series(folder: Path, body: str) -> list[float]:
    values: np.ndarray[Any, Any] = run(folder, f"{body}\nreport {{ x }}")["x"].values
    return [float(value) for value in values[:, 0]]


def problems(folder: Path, body: str) -> list[tuple[str, str]]:
    with pytest.raises(DealError) as caught:
        compile(HEAD + body + "\nreport { x }", folder=folder)
    return [(one.code, one.message) for one in caught.value.diagnostics if one.severity == "error"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "sofr.csv": "date,rate\n2025-12-01,4.30%\n2026-02-15,4.20%\n2026-03-20,4.10%\n2027-01-01,4.00%\n",
        "costs.csv": "date,cost,units\n" + "".join(f"2026-0{m}-15,$1{m},{m}\n" for m in range(2, 7)),
        "late.csv": "date,rate\n2026-02-01,4%\n",
        "unsorted.csv": "date,rate\n2025-01-01,4%\n2026-03-01,5%\n2026-02-01,6%\n",
        "twice.csv": "date,rate\n2025-01-01,4%\n2026-03-01,5%\n2026-03-01,6%\n",
        "bare.csv": "date\n2026-01-01\n",
        "undated.csv": "when,rate\n2026-01-01,4%\n",
        "missing.csv": "date,cost\n2026-02-15,1\n2026-03-15,2\n2026-05-15,3\n",
        "extra.csv": "date,cost\n" + "".join(f"2026-0{m}-15,{m}\n" for m in range(2, 8)),
        "again.csv": "date,cost\n2026-02-15,1\n2026-02-15,9\n" + "".join(f"2026-0{m}-15,{m}\n" for m in range(3, 7)),
        "nominal.csv": "date,cost\n" + "".join(f"2026-0{m}-15,{m}\n" for m in range(2, 7)),
        "paid.csv": "date,cost\n2026-02-17,2\n2026-03-16,3\n2026-04-15,4\n2026-05-15,5\n2026-06-15,6\n",
        "flags.csv": "date,open,ends\n"
        + "".join(f"2026-0{m}-15,{'true' if m % 2 else 'false'},2030-0{m}-01\n" for m in range(2, 7)),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_curve_holds_each_value_until_the_next(folder: Path) -> None:
    # Closing on 15 January, then payments on the 15th: the third row holds from 20 March.
    assert series(folder, 'index x = curve "sofr.csv"') == pytest.approx([0.043, 0.042, 0.042, 0.041, 0.041, 0.041])


def test_a_table_has_a_value_on_each_date_of_its_schedule_and_none_elsewhere(folder: Path) -> None:
    body = 'term x : series of money = table "costs.csv" column cost on payment'
    assert series(folder, body) == [0, 12, 13, 14, 15, 16]


def test_a_table_stands_on_the_readers_schedule(folder: Path) -> None:
    body = """schedule tests = monthly on the last day from 2026-02-28 to 2026-05-31, unadjusted
term costs : series of money = table "costs.csv" column cost
claim costs_due to Lenders on payment = costs lapses
waterfall more from cash on payment { "Costs" pay costs_due; "Rest" pay rest to Lenders }
report { "x" = costs_due.due }"""
    found = run(folder, body)
    dates = [date for date in found.dates if date.day == 15][1:]
    values = found["x"].values[[found.dates.index(date) for date in dates], 0]
    assert list(values) == [12, 13, 14, 15, 16]


def test_values_are_in_the_units_of_the_stated_type(folder: Path) -> None:
    body = 'term x : series of money per MWh = table "costs.csv" column units on payment'
    assert series(folder, body)[1:] == pytest.approx([0.002, 0.003, 0.004, 0.005, 0.006])
    assert run(folder, f"{body}\nreport {{ x }}")["x"].to_json()[0][0] is None
    body = 'term x : series of money = $1 + (table "costs.csv" column units on payment)'
    assert series(folder, body) == pytest.approx([1, 3, 4, 5, 6, 7])


def test_conditions_and_dates_come_in_tables_too(folder: Path) -> None:
    body = """term open : series of condition = table "flags.csv" column open on payment
term ends : series of date = table "flags.csv" column ends on payment
report { "x" = if open then 1 else 0, ends }"""
    found = run(folder, body)
    assert list(found["x"].values[:, 0]) == [0, 0, 1, 0, 1, 0]
    assert found["ends"].values[2, 0] == datetime.date(2030, 3, 1).toordinal()
    assert found["ends"].to_json()[0][:2] == ["never", "2030-02-01"]


@pytest.mark.parametrize("file", ["nominal.csv", "paid.csv"])
def test_rows_name_nominal_or_payment_dates(folder: Path, file: str) -> None:
    body = f"""schedule business = monthly on day 15 from 2026-02-15 to 2026-06-15, following, calendar "US settlement"
term x : series of money = table "{file}" on business
report {{ x }}"""
    found = run(folder, body)
    # 15 February 2026 is a Sunday before Presidents' Day, 15 March a Sunday.
    on = [datetime.date(2026, 2, 17), datetime.date(2026, 3, 16), datetime.date(2026, 4, 15)]
    assert [found["x"].values[found.dates.index(date), 0] for date in on] == [2, 3, 4]
    assert found["x"].values[:, 0].sum() == 20


def test_accrual_reads_the_rate_of_the_date_that_is_paid(folder: Path) -> None:
    body = """schedule tests = monthly on the last day from 2026-02-28 to 2026-05-31, unadjusted
index SOFR = curve "sofr.csv"
claim interest to Lenders on payment = accrue($360 * SOFR, actual/360) lapses
waterfall more from cash on payment { "Interest" pay interest; "Rest" pay rest to Lenders }
report { "x" = interest.due }"""
    found = run(folder, body)
    dates = [datetime.date(2026, month, 15) for month in range(1, 7)]
    rates = [0.042, 0.042, 0.041, 0.041, 0.041]
    for (before, date), rate in zip(pairwise(dates), rates, strict=True):
        value = found["x"].values[found.dates.index(date), 0]
        assert value == pytest.approx((date - before).days * rate, rel=1e-12)


def test_a_scenario_may_bring_its_own_curve(folder: Path) -> None:
    body = """index x = 3%
scenario "Curve" { x = curve "sofr.csv" }
report { x }"""
    found = run(folder, body)["x"].values
    assert found[:, 0] == pytest.approx([0.03] * 6)
    assert found[:, 1] == pytest.approx([0.043, 0.042, 0.042, 0.041, 0.041, 0.041])


@pytest.mark.parametrize(
    ("code", "words", "body"),
    [
        ("E0606", "the deal begins on 2026-01-15, and the curve late.csv on 2026-02-01", 'index x = curve "late.csv"'),
        ("E0607", "unsorted.csv, row 4, column 1: 2026-02-01 comes after 2026-03-01", 'index x = curve "unsorted.csv"'),
        ("E0607", "twice.csv, row 4, column 1: 2026-03-01 comes twice", 'index x = curve "twice.csv"'),
        (
            "E0605",
            "costs.csv has 2 columns beside its dates, and none is named",
            'term x : series of money = table "costs.csv" on payment',
        ),
        ("E0605", "bare.csv has no column beside its dates", 'index x = curve "bare.csv"'),
        ("E0235", "undated.csv has no column `date`", 'index x = curve "undated.csv"'),
        (
            "E0235",
            "costs.csv has no column `csot`",
            'term x : series of money = table "costs.csv" column csot on payment',
        ),
        (
            "E0608",
            "missing.csv has no row for 2026-04-15, a date of `payment`, nor for 1 others",
            'term x : series of money = table "missing.csv" on payment',
        ),
        (
            "E0608",
            "extra.csv, row 7, column 1: 2026-07-15 is not a date of `payment`",
            'term x : series of money = table "extra.csv" on payment',
        ),
        (
            "E0608",
            "again.csv, row 3, column 1: 2026-02-15 comes twice",
            'term x : series of money = table "again.csv" on payment',
        ),
        ("E0230", 'there is no file "none.csv" beside the deal', 'index x = curve "none.csv"'),
        ("E0230", '"../sofr.csv" is not inside the deal\'s folder', 'index x = curve "../sofr.csv"'),
    ],
)
def test_what_is_wrong_is_said_once(folder: Path, code: str, words: str, body: str) -> None:
    assert problems(folder, body) == [(code, words)]


def test_a_level_stands_for_other_readers_until_the_next_date(folder: Path) -> None:
    """Readers at the end of each month have what stood in the middle of it; before the first there is no price."""
    body = """schedule tests = monthly on the last day from 2026-01-31 to 2026-05-31, unadjusted
term price : series of fraction = table "costs.csv" column units on payment
define known_price = if known(price) then price else 9
flow worth on tests = $100 * known_price
report { "x" = worth }"""
    found = run(folder, body)
    ends = [found.dates.index(date) for date in found.dates if date.day > 15]
    assert found["x"].values[ends, 0].tolist() == [900, 200, 300, 400, 500]


def test_a_table_on_no_schedule_has_a_row_for_every_date_of_the_deal(folder: Path) -> None:
    (folder / "every.csv").write_text("date,cost\n2026-01-15,1\n" + "".join(f"2026-0{m}-15,{m}\n" for m in range(2, 7)))
    assert series(folder, 'term x : series of money = table "every.csv"') == [1, 2, 3, 4, 5, 6]


def test_a_row_on_no_date_is_told_with_the_date_nearest_to_it(folder: Path) -> None:
    (folder / "near.csv").write_text(
        "date,cost\n" + "".join(f"2026-0{m}-{16 if m == 4 else 15},{m}\n" for m in range(2, 7))
    )
    with pytest.raises(DealError) as caught:
        compile(f'{HEAD}term x : series of money = table "near.csv" on payment\nreport {{ x }}', folder=folder)
    row = next(one for one in caught.value.diagnostics if "row 4" in one.message)
    assert row.help == "its nearest date is 2026-04-15"


@pytest.mark.parametrize(("rows", "notes"), [(1, ()), (22, ("2 more rows of that file are of no date of the deal",))])
def test_of_observations_on_no_date_twenty_are_told_and_the_rest_counted(
    folder: Path, rows: int, notes: tuple[str, ...]
) -> None:
    days = [datetime.date(2026, 3, 16) + datetime.timedelta(days=count) for count in range(rows)]
    (folder / "seen.csv").write_text("date,price\n" + "".join(f"{day},1\n" for day in days))
    with pytest.raises(DealError) as caught:
        compile(f'{HEAD}term x : series of fraction = observations "seen.csv"\nreport {{ x }}', folder=folder)
    told = [one for one in caught.value.diagnostics if one.code == "E0284"]
    assert len(told) == min(rows, 20)
    assert told[-1].notes == notes
