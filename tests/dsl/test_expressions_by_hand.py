"""Functions, dates, powers and ratios under a condition, at the edges of what each says: every figure worked by hand.

The deal of `deals.py` has closing on 15 January 2026 and payments on 15 April, July, October and January: five dates.
`cycle(a, b)` is a on closing and on the first payment date, as both are of the first period of the schedule; a
definition, which is worked out on every date, has a on closing and b on 15 April.
"""

from __future__ import annotations

import pytest

from .deals import codes, compiled, figures, series

DAYS = 92
"""From 15 July 2026 to 15 October, and from there to 15 January 2027."""


def defined(expression: str) -> list[float | None]:
    return series(f"define x = {expression}\nreport {{ x }}", "x")["x"]


def figure(expression: str) -> float | None:
    return figures(f'term x = {expression}\nreport {{ "x" = x }}')["x"]


# ------------------------------------------------------------------------------------------------- functions


def test_the_root_of_nothing_is_nothing() -> None:
    assert defined("sqrt(step([closing: 0, 2026-07-15: 4]))") == [0, 0, 2, 2, 2]


def test_a_root_of_less_than_nothing_is_not_determined() -> None:
    assert defined("sqrt(cycle(9, -9))") == [3, None, 3, None, 3]


def test_a_decline_begins_on_the_date_that_it_names() -> None:
    """10% a year from 15 July: nothing is lost before; after it 0.9 to the power of the days over 365."""
    expected = [1, 1, 1, 0.9 ** (DAYS / 365), 0.9 ** (2 * DAYS / 365)]
    assert defined("declining(10% per year, from = 2026-07-15)") == pytest.approx(expected, rel=1e-12)


def test_the_year_and_the_month_of_a_date_that_changes() -> None:
    assert defined("year(next payment)") == [2026, 2026, 2026, 2027, None]
    assert defined("month(next payment)") == [4, 7, 10, 1, None]


# ------------------------------------------------------------------------------------------------- dates


def test_dates_are_counted_between_two_bounds() -> None:
    """Payments on 15 April, July, October and January."""
    assert figure("number of payment dates after 2026-05-01") == 3
    assert figure("number of payment dates after 2026-04-15 to 2026-10-15") == 2
    assert figure("number of payment dates from 2026-04-15 before 2026-10-15") == 2


def test_of_bounds_the_wrong_way_round_nothing_lies_between() -> None:
    assert figure("number of payment dates after 2026-10-15 to 2026-04-15") == 0


def test_a_count_from_a_date_that_there_is_not_is_not_determined() -> None:
    """Closing has no payment date before it; the first payment date has closing, and 4 dates after it."""
    assert defined("number of payment dates after previous payment") == [None, 4, 3, 2, 1]


def test_a_count_of_dates_says_which_item() -> None:
    """Three dates after 1 May: which item is known when the deal is read."""
    assert figure("at([5, 6, 7], number of payment dates after 2026-05-01)") == 7


def test_the_first_of_what_is_no_schedule_and_no_list_is_told() -> None:
    assert codes('term points = [0: 4, 1: 5]\nterm x = first points\nreport { "x" = x }') == ["E0323"]


def test_a_trigger_falls_on_the_date_on_which_it_fires() -> None:
    """Sales are $0, $1, $5, $5 on the four payment dates: it fires on the third, and stands on the fourth."""
    text = """
    flow sales on payment = cycle(0, 1, 5, 5) * $1
    trigger high on payment when sales >= $5, until sales < $2
    define fires = if high falls then 1 else 0
    define stands = if high then 1 else 0
    report { fires; stands }
    """
    assert series(text, "fires", "stands") == {"fires": [0, 0, 0, 1, 0], "stands": [0, 0, 0, 1, 1]}


def test_between_two_dates_a_period_has_come_as_far_as_the_day() -> None:
    """1 May lies in the period from 15 April to 15 July: 16 days of it are over, and the event still lasts."""
    text = """
    schedule tests = dates [2026-05-01]
    flow so_far on payment = ((days within 2026-02-01 to 2026-06-01) on 2026-05-01) / 1 day
    flow whole on payment = (days within 2026-02-01 to 2026-06-01) / 1 day
    report { so_far; whole }
    """
    found = series(text, "so_far", "whole")
    # By then, of the payments: 15 February to 15 April is 73 days from 1 February, then 47 to 1 June.
    assert found["whole"] == [0, 73, 0, 47, 0, 0]
    assert found["so_far"] == [0, 16, 0, 16, 16, 16]


def test_a_value_on_one_date_in_each_scenario() -> None:
    text = """
    term t = 4
    scenario "Five" { t = 5 }
    report { "alike" = t on 2026-07-15; "dated" = (t * cycle(1, 2, 3)) on 2026-07-15 }
    """
    assert figures(text) == {"alike": 4, "dated": 12}
    assert figures(text, scenario="Five") == {"alike": 5, "dated": 15}


def test_a_date_moves_by_whole_months_alone() -> None:
    assert codes('report { "x" = closing + 0.1 years }') == ["E0408"]
    assert figures('report { "x" = months_between(closing, closing + 0.25 years) }') == {"x": 3}


def test_texts_are_compared() -> None:
    assert figure('if "a" is "b" then 1 else 2') == 2
    assert figure('if "a" is "a" then 1 else 2') == 1
    assert figure('if "a" is not "b" then 1 else 2') == 1


# ------------------------------------------------------------------------------------------------- powers


def test_a_whole_power_of_less_than_nothing() -> None:
    assert defined("cycle(-2, 3) ^ 2") == [4, 9, 4, 9, 4]
    assert defined("cycle(-2, 3) ^ 3") == [-8, 27, -8, 27, -8]


def test_a_root_as_a_power() -> None:
    assert defined("cycle(-4, 9) ^ 0.5") == [None, 3, None, 3, None]


def test_nothing_to_a_power_that_changes() -> None:
    """0 to the power of -1 is nothing at all, 0 to the power of 2 is 0; 4 to the power of -1 is a quarter."""
    assert defined("cycle(0, 0, 4) ^ cycle(-1, 2)") == [None, 0, 0.25, 0, None]


def test_less_than_nothing_to_a_power_that_changes() -> None:
    """-1 has no root, and its square is 1; 4 to the power of a half is 2."""
    assert defined("cycle(-1, 4) ^ cycle(0.5, 0.5, 2)") == [None, 2, 1, 2, None]


# ------------------------------------------------------------------------------------------------- under a condition

SERVICE = "cycle(4, 0, 2)"


def test_a_ratio_under_a_condition_on_its_denominator() -> None:
    """12 over 4, 0, 2, and then 12, 0, 8: the condition leaves out the date on which there is nothing to divide by."""
    assert defined(f"if {SERVICE} > 1 then cycle(12) / {SERVICE} else 9") == [3, 9, 6, 3, 9]
    assert defined(f"if {SERVICE} > 1 then cycle(12, 0, 8) / {SERVICE} else 9") == [3, 9, 4, 3, 9]


@pytest.mark.parametrize(("said", "guarded"), [("> 1", False), (">= 1", False), ("> 0.5", False), ("> 0", True)])
def test_a_ratio_that_its_condition_lets_through_is_determined_and_guarded_once(said: str, guarded: bool) -> None:
    """Above a positive number a denominator is held at it, and needs no guard of its own against nothing."""
    deal = compiled(f"define x = if {SERVICE} {said} then cycle(12, 0, 8) / {SERVICE} else 9\nreport {{ x }}")
    found = deal.run()["x"]
    assert found.determined is None
    assert found.to_json() == [[3, 9, 4, 3, 9]]
    assert ("maximum" not in [one.op for one in deal.program.equations]) is guarded


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("> -1", [3, None, 4, 3, None]),
        ("> cycle(0, 1)", [3, 9, 4, 3, 9]),
        ("< 1", [9, None, 9, 9, None]),
        ("is 2", [9, 9, 4, 9, 9]),
    ],
)
def test_a_condition_that_says_nothing_of_the_denominator_leaves_it_as_it_is(
    said: str, expected: list[float | None]
) -> None:
    assert defined(f"if {SERVICE} {said} then cycle(12, 0, 8) / {SERVICE} else 9") == expected


def test_a_condition_that_lets_nothing_through_keeps_no_denominator() -> None:
    assert defined(f"if {SERVICE} >= 0 then 6 / {SERVICE} else 9") == [1.5, None, 3, 1.5, None]
    assert defined(f"if {SERVICE} > 0 then 6 / {SERVICE} else 9") == [1.5, 9, 3, 1.5, 9]


def test_a_product_with_what_is_kept_from_nothing_is_no_ratio() -> None:
    kept = f"(if {SERVICE} is not 0 then {SERVICE} else 1)"
    assert defined(f"if {SERVICE} > 1 then cycle(6, 5) * {kept} else 9") == [24, 9, 12, 20, 9]


def test_a_ratio_of_another_denominator_than_the_conditions() -> None:
    assert defined(f"if {SERVICE} > 1 then 6 / cycle(2, 0, 3) else 9") == [3, 9, 2, 3, 9]
    assert defined(f"if {SERVICE} > 1 then 6 / cycle(2, 1, 0) else 9") == [3, 9, None, 3, 9]


def test_what_else_a_ratio_is_made_of_may_still_not_be_determined() -> None:
    """On the third date 1 / 0 stands above the line, or beside the ratio."""
    above = f"if {SERVICE} > 1 then (12 / cycle(1, 1, 0)) / {SERVICE} else 9"
    beside = f"if {SERVICE} > 1 then 12 / {SERVICE} * (1 / cycle(1, 1, 0)) else 9"
    assert defined(above) == [3, 9, None, 3, 9]
    assert defined(beside) == [3, 9, None, 3, 9]


def test_a_condition_that_a_scenario_changes() -> None:
    text = """
    term open : condition = true
    scenario "Shut" { open = false }
    define x = if open then 6 / cycle(2, 3) else 0
    report { x }
    """
    assert series(text, "x") == {"x": [3, 2, 3, 2, 3]}
    assert series(text, "x", scenario="Shut") == {"x": [0, 0, 0, 0, 0]}
