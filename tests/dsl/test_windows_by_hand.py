"""Windows, coming amounts, projections and what ages, in deals small enough to work by hand.

The deal of `deals.py` has closing on 15 January 2026 and payments on 15 April, July, October and January: five dates.
An amount that arises on `payment` by `cycle(10, 20, 30, 40)` is 10 on the first of the four, 40 on the last.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from .deals import codes, compiled, message, series

DUE = "flow due on payment = cycle(10, 20, 30, 40) * $1\n"
MONTHS = "schedule month = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted\n"
END = '"End" when date is last payment { pay rest to Sponsor }'
FALLING = """
account cash { opens = $100 from Sponsor }
claim fee to Bank on payment = $10 lapses
"""
"""Cash of $100, of which $10 goes on each payment date and what is left on the last."""


# ------------------------------------------------------------------------------------------------- windows


def test_what_is_yet_to_come_is_worth_less_the_later_it_comes() -> None:
    """After 15 April $20 comes in 91 days, $30 in 183 and $40 in 275; after 15 October $40 in 92 days."""
    found = series(f"{DUE}flow worth on payment = present_value(due, 10%)\nreport {{ worth }}", "worth")["worth"]
    april = 20 / 1.1 ** (91 / 365) + 30 / 1.1 ** (183 / 365) + 40 / 1.1 ** (275 / 365)
    july = 30 / 1.1 ** (92 / 365) + 40 / 1.1 ** (184 / 365)
    assert found == pytest.approx([0, april, july, 40 / 1.1 ** (92 / 365), 0], rel=1e-12)


def test_present_value_takes_no_day_count_that_needs_periods() -> None:
    text = f"{DUE}flow worth on payment = present_value(due, 10%, accrual = actual/actual ICMA)\nreport {{ worth }}"
    assert codes(text) == ["E0415"]
    assert "ICMA's needs periods" in message(text)


def test_a_delay_is_of_whole_days() -> None:
    assert codes(f"{DUE}flow later on payment = delayed(due, 36 hours)\nreport {{ later }}") == ["E0413"]


def test_a_window_of_a_step_has_what_was_recorded_and_not_what_stands() -> None:
    """Recorded before the fee: 100, 90, 80, 70. The window of two dates is full from July."""
    text = f"""{FALLING}
    define left = cash.balance
    define window = trailing(6 months, left)
    waterfall main from cash on payment {{ record left; pay fee; record window; {END} }}
    report {{ window; left }}
    """
    found = series(text, "window", "left")
    assert found["left"] == [None, 100, 90, 80, 70]
    assert found["window"] == [None, None, 190, 170, 150]


def test_a_window_read_before_its_step_records_is_told() -> None:
    text = f"""{FALLING}
    define left = cash.balance
    define window = trailing(6 months, left)
    waterfall main from cash on payment {{ record window; record left; pay fee; {END} }}
    report {{ window }}
    """
    assert codes(text) == ["E0512"]


def test_what_is_read_beside_delays_still_changes_in_the_course_of_the_day() -> None:
    text = f"""{DUE}{FALLING}
    define beside = cash.balance + delayed(due, 3 months on payment) - delayed(due, 6 months on payment)
    waterfall main from cash on payment {{ pay fee; {END} }}
    report {{ beside }}
    """
    assert codes(text) == ["E0505"]
    assert series(f"{DUE}define x = delayed(due, 3 months on payment)\nreport {{ x }}", "x")["x"] == [0, 0, 10, 20, 30]


# ------------------------------------------------------------------------------------------------- projections

THREE = """
input a : series of money on payment = $1
input b : series of money on payment = $2
input c : series of money on payment = $4
function planned(x) = projected x
flow all on payment = planned(a) + planned(b) * 10 + planned(c) * 100
flow twice on payment = projected a + projected a
report { all; twice }
"""


def test_each_reading_of_a_function_has_its_own_projection() -> None:
    """The base case is 1, 2 and 4, whatever the second scenario is fed: 1 + 20 + 400, and 1 + 1."""
    fed = {name: np.array([[base, 5.0]] * 4) for name, base in (("a", 1.0), ("b", 2.0), ("c", 4.0))}
    result = compiled(THREE).run(inputs=fed)
    assert result["all"].values[1:].tolist() == [[421, 421]] * 4
    assert result["twice"].values[1:].tolist() == [[2, 2]] * 4


def test_what_is_projected_twice_is_worked_out_once_and_named_for_what_it_is() -> None:
    names = [one.name for one in compiled(THREE).program.inputs if " " in one.name and not one.name.endswith("?")]
    parameters = ["projected x on payment", "projected x on payment~1", "projected x on payment~2"]
    assert sorted(names) == ["projected a on payment", *parameters]


def test_a_projection_on_one_date() -> None:
    """Of 1, 2, 3, 1 the second is July's."""
    text = """
    input a : series of count on payment = cycle(1, 2, 3)
    report { "July" = (projected a) on 2026-07-15; "all" = total(projected a) }
    """
    result = compiled(text).run()
    assert result["July"].to_json() == [2]
    assert result["all"].to_json() == [7]


def test_conditions_and_dates_are_projected_too() -> None:
    """On the payment dates the base case is shut on each second one; 97 days lie between 10 July and 15 October."""
    text = """
    input shut : series of condition on payment = cycle(0, 1) is 1
    input ends : series of date on payment = if cycle(0, 1) is 1 then 2026-07-15 else 2026-10-15
    flow planned on payment = if projected shut then $1 else $2
    flow days_left on payment = $1 * days_between(2026-07-10, projected ends)
    report { planned; days_left }
    """
    result = compiled(text).run(inputs={"shut": np.array([[False, True]] * 4)})
    assert result["planned"].values[1:].tolist() == [[2, 2], [1, 1]] * 2
    assert result["days_left"].values[1:].tolist() == [[97, 97], [5, 5]] * 2


def test_what_is_projected_accrues_as_it_is_when_the_period_is_paid() -> None:
    """12% before March and 24% after: a quarter of $24 a year by April, where February's rate is still 12%."""
    text = f"""{MONTHS}
    index r = step([closing: 12%, 2026-03-01: 24%])
    flow interest on payment = accrue($100 * projected r, 30/360)
    flow early on payment = $100 * ((projected r) on 2026-02-15)
    report {{ interest; early }}
    """
    found = series(text, "interest", "early")
    assert [one for one in found["interest"] if one] == pytest.approx([6, 6, 6, 6])
    assert [one for one in found["early"] if one] == pytest.approx([12, 12, 12, 12])


def test_a_projection_is_nothing_that_shapes_a_deal() -> None:
    text = 'input a : series of count on payment = 1\nreport { "x" = round(2.5, digits = projected(a + 0)) }'
    assert codes(text) == ["E0504"]
    assert "a projection changes from date to date" in message(text)


# ------------------------------------------------------------------------------------------------- what ages


def test_what_ages_has_todays_part_as_it_stands_at_the_step() -> None:
    """Cash is 100, 90, 80, 70 before the fee and 90, 80, 70, 60 after it, which is what it closes at until the last.

    In July, before the fee, half of what April closed at and of what stands: (90 + 90) / 2; after it (90 + 80) / 2.
    """
    text = f"""{FALLING}
    define early = aged(cash.balance, payment, 50%)
    define late = aged(cash.balance, payment, 50%)
    waterfall main from cash on payment {{ record early; pay fee; record late; {END} }}
    report {{ early; late }}
    """
    found = series(text, "early", "late")
    assert found["early"] == [None, 50, 90, 125, 155]
    assert found["late"] == [None, 45, 85, 120, 150]


def test_and_so_it_has_for_each_row_of_a_family(tmp_path: Path) -> None:
    """The same cash, of which two rows count 50% and 25%: three halves of the halves above."""
    (tmp_path / "lots.csv").write_text("id,part\na,50%\nb,25%\n")
    text = f"""{FALLING}
    component lot {{ part : fraction }}
    lot lots each row in "lots.csv"
    define early = sum(aged(cash.balance, payment, lots.part))
    define late = sum(aged(cash.balance, payment, lots.part))
    waterfall main from cash on payment {{ record early; pay fee; record late; {END} }}
    report {{ early; late }}
    """
    result = compiled(text, folder=str(tmp_path)).run()
    assert result["early"].to_json() == [[None, 75, 135, 187.5, 232.5]]
    assert result["late"].to_json() == [[None, 67.5, 127.5, 180, 225]]


def test_a_share_of_nothing_leaves_nothing() -> None:
    assert compiled("define x = aged($7, payment, 0%)\nreport { x }").run()["x"].to_json() == [0]


def test_what_the_deal_carries_accrues_from_the_day_after_it_arose() -> None:
    """$10 is bought each month, and rent is 1% a month of what was held as the month began.

    In April that is of 0, 10 and 20, in July of 30, 40 and 50, in October of 60, 70 and 80.
    """
    text = f"""{MONTHS}
    account cash {{ opens = $200 from Sponsor }}
    claim purchase to Bank on month = $10 lapses
    claim rent to Bank on payment = accrue(held * 12% per year, 30/360) lapses
    define held = aged(purchase.paid, month, 100%)
    waterfall buying from cash on month {{ pay purchase }}
    waterfall main from cash on payment {{ pay rent; {END} }}
    report {{ rent.due }}
    """
    found = [one for one in series(text, "rent.due")["rent.due"] if one]
    assert found == pytest.approx([0.3, 1.2, 2.1, 3.0], abs=1e-9)


def test_what_is_known_ahead_accrues_as_it_stands_when_the_period_is_paid() -> None:
    """$10 arises each month: $30 by April, $60 by July, $90 and $120; 3% of each for the three months."""
    text = f"""{MONTHS}
    account cash {{ opens = $200 from Sponsor }}
    claim rent to Bank on payment = accrue(aged($10, month, 100%) * 12% per year, 30/360) lapses
    waterfall main from cash on payment {{ pay rent; {END} }}
    report {{ rent.due }}
    """
    found = [one for one in series(text, "rent.due")["rent.due"] if one]
    assert found == pytest.approx([0.9, 1.8, 2.7, 3.6], abs=1e-9)
