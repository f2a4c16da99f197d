"""Lists by age, from a file or written down, and sums by group."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture.dsl.api import DealError
from indenture.engine.results import Results

DEAL = """
deal "Lists" {{ language = 1; currency = USD; closing = 2026-01-01; issuer = Trust }}
party Trust, Borrowers, Owner
schedule month = monthly on day 1 from 2026-02-01 to 2026-07-01, unadjusted
component asset {{
  size    : money
  obligor : text
  age     : count
  grade   : text
  define months = age + number of month dates after closing to date
  state balance = size, then opening balance - size / 10
}}
asset assets each row in "assets.csv"
account cash
receive $1 from Borrowers into cash on month
waterfall all from cash on month {{ "Owner" pay rest to Owner }}
{lines}
"""

ASSETS = "id,size,obligor,age,grade\na,$100,North,0,BB\nb,$40,South,3,CCC\nc,$60,North,1,CCC\nd,$10,East,0,BB\n"


def run(tmp_path: Path, lines: str, **files: str) -> Results:
    (tmp_path / "assets.csv").write_text(ASSETS)
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return indenture.compile(DEAL.format(lines=lines), folder=tmp_path).run()


def values(result: Results, name: str) -> list[float]:
    found = result[name].values
    assert found is not None
    return [float(one) for one in np.asarray(found).reshape(-1)]


def test_an_item_by_a_position_that_moves_with_the_date(tmp_path: Path) -> None:
    result = run(tmp_path, 'report { "x" = at([5%, 6%, 7%], number of month dates after closing to date) }')
    column = result["x"]
    assert values(result, "x")[1:4] == [0.05, 0.06, 0.07]
    assert column.determined is not None
    assert np.asarray(column.determined).reshape(-1).tolist() == [False, True, True, True, False, False, False]


def test_an_item_by_the_age_of_each_row(tmp_path: Path) -> None:
    lines = """
term speeds : list of fraction = vector "speeds.csv" column speed
define by_age_ = by_age(speeds, assets.months)
define same    = at(speeds, clamp(assets.months, 1, length(speeds)))
report { "sum" = sum(by_age_); "same" = sum(same); "one" = sum(by_age([7%], assets.months)); "fixed" = by_age(speeds, 9); "items" = length(speeds); "third" = at(speeds, 3) }
"""
    result = run(tmp_path, lines, speeds="age,speed\n1,1%\n2,2%\n3,4%\n4,8%\n")
    by_age = [0.01, 0.02, 0.04, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08]
    sums = [sum(by_age[max(start + month, 1) - 1] for start in (0, 3, 1, 0)) for month in range(6)]
    assert values(result, "sum")[:6] == pytest.approx(sums)
    assert values(result, "same") == pytest.approx(values(result, "sum"))
    assert values(result, "one") == pytest.approx([0.07] * len(values(result, "one")))
    assert values(result, "fixed") == [0.08]
    assert values(result, "items") == [4]
    assert values(result, "third") == [0.04]


def test_dates_and_conditions_are_picked_too(tmp_path: Path) -> None:
    lines = """
define count_ = clamp(number of month dates after closing to date, 1, 2)
define due = at([2026-03-01, 2026-05-01], count_)
define open_ = at([true, false], count_)
report { "days" = days_between(closing, due); "open" = if open_ then 1 else 0 }
"""
    result = run(tmp_path, lines)
    assert values(result, "days")[:4] == [59, 59, 120, 120]
    assert values(result, "open")[:4] == [1, 1, 0, 0]


def test_an_item_that_a_scenario_moves(tmp_path: Path) -> None:
    lines = """
term place = 2
term raised = 3%
scenario "Third" { place = 3 }
scenario "Raised" { raised = 9% }
report { "x" = total(at([1%, raised, 4%], place) on month) }
"""
    assert values(run(tmp_path, lines), "x") == pytest.approx([0.18, 0.24, 0.54])


def test_sums_by_group(tmp_path: Path) -> None:
    lines = """
define by_obligor = sum_by(assets.balance, assets.obligor)
define low        = sum_by(assets.balance, assets.obligor where grade is "CCC")
define share      = assets.balance / by_obligor
report {
  "largest" = highest(by_obligor); "names" = sum(share); "low" = highest(low); "least" = lowest(low)
  "rows" = sum(sum_by(1, assets.obligor))
  "two largest" = sum(by_obligor * take(2, of share, highest by_obligor first))
  "over" = sum(share * max(by_obligor - 25% * sum(assets.balance), $0))
}
"""
    result = run(tmp_path, lines)
    assert values(result, "largest")[:2] == pytest.approx([160, 144])
    assert values(result, "names")[0] == pytest.approx(3)
    assert values(result, "low")[0] == 60
    assert values(result, "least")[0] == 0
    assert values(result, "rows") == [2 * 2 + 1 + 1]
    assert values(result, "two largest")[0] == pytest.approx(200)
    assert values(result, "over")[0] == pytest.approx(160 - 52.5)


def test_a_sum_by_group_is_known_where_each_row_of_the_group_is(tmp_path: Path) -> None:
    """Size over age: a and d are of age 0; b is $40 / 3, and c $60 / 1.

    By obligor a is with c, and b and d are by themselves; by grade a is with d, and b with c: $73.33 in two rows.
    """
    lines = """
define each = assets.size / assets.age
define by_obligor = sum_by(each, assets.obligor)
define by_grade = sum_by(each, assets.grade)
report {
  "obligors" = sum(if known(by_obligor) then 1 else 0); "of obligors" = sum(if known(by_obligor) then by_obligor else $0)
  "grades" = sum(if known(by_grade) then 1 else 0); "of grades" = sum(if known(by_grade) then by_grade else $0)
}
"""
    result = run(tmp_path, lines)
    assert values(result, "obligors") == [1]
    assert values(result, "of obligors") == pytest.approx([40 / 3])
    assert values(result, "grades") == [2]
    assert values(result, "of grades") == pytest.approx([2 * (40 / 3 + 60)])


def test_conditions_and_dates_in_a_list_from_a_file(tmp_path: Path) -> None:
    lines = """
term flags : list of condition = vector "kinds.csv" column flag
term dates_ : list of date = vector "kinds.csv" column day
report { "first" = if at(flags, 1) then 5 else 6; "second" = if at(flags, 2) then 5 else 6; "month" = month(at(dates_, 2)) }
"""
    result = run(tmp_path, lines, kinds="day,flag\n2026-02-01,true\n2027-03-01,false\n")
    assert [values(result, name) for name in ("first", "second", "month")] == [[5], [6], [3]]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ('define x = sum_by(assets.balance, "North")', "E0685"),
        ("define x = sum_by(assets.balance, assets.size)", "E0310"),
        ('term v : list of fraction = vector "nowhere.csv" column x; define y = first(v)', "E0230"),
        ('term v : list of fraction = vector "assets.csv"; define y = first(v)', "E0605"),
        ('term v : list of fraction = vector "assets.csv" column obligor; define y = first(v)', "E0236"),
        ('term v : list of fraction = vector "assets.csv" column age on month', "E0686"),
        ('term v : fraction = vector "assets.csv" column age', "E0687"),
        ("define y = at([1%, 2%], 3)", "E0410"),
        ("define x = at([1%, $2], 1)", "E0324"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, lines: str, code: str) -> None:
    with pytest.raises(DealError) as caught:
        run(tmp_path, lines + ('\nreport { "y" = y }' if "define y" in lines else ""))
    assert {one.code for one in caught.value.diagnostics if one.code.startswith("E")} == {code}
