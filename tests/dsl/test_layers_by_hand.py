"""What scenarios lay one over another, read at other moments, and over lists; worked out by hand beside each test."""

from __future__ import annotations

import indenture
import numpy as np
import pytest

from .deals import CASH, HEADER, codes, message

HALVES = HEADER + "schedule halves = semiannually on day 15 from 2026-07-15 to 2027-01-15, unadjusted\n"
RENT = """flow rent on halves = $10 * number of halves dates to date
receive rent from Customer into cash on halves
account cash
waterfall main from cash on halves { pay rest to Bank }
"""
"""$10 in July and $20 in January."""

RAMP = "term ramp : list of fraction = [1%, 2%, 4%]\ndefine second = at(ramp, 2)\ndefine third = at(ramp, 3)\n"


def shown(text: str, *names: str, header: str = HALVES, **options: object) -> dict[str, list[list[float]]]:
    """Each name's values, a list for each scenario, over the dates: closing, Apr, Jul, Oct and Jan."""
    report = "report { " + "; ".join(f'"{name}" = {name}' for name in names) + " }\n"
    run = indenture.compile(header + text + report).run(**options)  # type: ignore[arg-type]  # passed on as given
    return {name: np.round(run[name].values.T, 10).tolist() for name in names}


def test_the_date_before_under_a_scenario_is_that_of_the_scenario_below() -> None:
    """Twice: 20 and 40. On top of it, on the date before and $1: nothing before July, then 20 and 1."""
    text = RENT + (
        'scenario "twice" { rent = rent * 2 }\n'
        'scenario "before" after "twice" { rent = if date > 2026-07-15 then previous rent + $1 else $1 }\n'
        'scenario "alone" { rent = if date > 2026-07-15 then previous rent + $1 else $1 }\n'
    )
    got = shown(text, "rent")["rent"]
    assert [[one[2], one[4]] for one in got] == [[10, 20], [20, 40], [1, 21], [1, 11]]


def test_what_is_set_for_a_run_lies_below_each_scenario_at_every_moment() -> None:
    """Three times 10 and 20, and on the date before: 30 and, in the scenario, 30 again."""
    text = RENT + 'scenario "before" { rent = if date > 2026-07-15 then previous rent else $1 }\n'
    got = shown(text, "rent", set={"rent": "rent * 3"})["rent"]
    assert [[one[2], one[4]] for one in got] == [[30, 60], [1, 30]]


def test_what_paths_alone_change_is_not_below_a_scenario_without_them() -> None:
    """`simulate` doubles the rent in paths: without them the date before had 10."""
    text = RENT + (
        "simulate { paths = 2; rent = rent * 2 }\n"
        'scenario "before" { rent = if date > 2026-07-15 then previous rent else $1 }\n'
    )
    assert [[one[2], one[4]] for one in shown(text, "rent")["rent"]] == [[10, 20], [1, 10]]
    paths = shown(text, "rent", paths=2, seed=1)["rent"]
    assert {(one[2], one[4]) for one in paths} == {(20, 40)}


def test_a_scenario_changes_the_values_of_a_list() -> None:
    text = RAMP + (
        'scenario "twice" { ramp = ramp * 2 }\n'
        'scenario "others" { ramp = [5%, 6%, 7%] }\n'
        'scenario "more" after "twice" { ramp = ramp + 1% }\n'
    )
    got = shown(CASH + "waterfall all from cash on payment { pay rest to Bank }\n" + text, "second", "third")
    assert got == {"second": [0.02, 0.04, 0.06, 0.05], "third": [0.04, 0.08, 0.07, 0.09]}


def test_paths_alone_change_the_values_of_a_list() -> None:
    text = CASH + "waterfall all from cash on payment { pay rest to Bank }\n" + RAMP
    text += "simulate { paths = 2; ramp = ramp * 3 }\n"
    assert shown(text, "third")["third"] == [0.04]
    assert shown(text, "third", paths=2, seed=1)["third"] == [0.12, 0.12]


@pytest.mark.parametrize(
    "given", ["[1 year: 1%, 5 years: 2%]", "[1 year: 1%]", "[1 year: 1%, 3 years: 2%, 5 years: 2%]"]
)
def test_a_scenario_changes_neither_the_points_of_a_curve_nor_their_number(given: str) -> None:
    text = (
        "rate_curve usd { zero = 3% }\n"
        "credit_curve lab { rates = usd; spreads = [1 year: 1%, 3 years: 2%]; recovery = 40% }\n"
        "report { par_spread(lab, 2031-06-20) }\n"
        f'scenario "other" {{ lab.spreads = {given} }}\n'
    )
    assert codes(text) == ["E0240"]
    assert "2 values" in message(text)


def test_a_definition_under_a_scenario_on_the_date_before_has_one_value_a_date() -> None:
    """In a step the account has what the steps above left; on the date before, no step says which of its values."""
    text = CASH + (
        "define left = cash.balance * 10%\ndefine outer = left * 2\n"
        "waterfall main from cash on payment { pay outer to Bank; pay rest to Sponsor }\n"
    )
    assert codes(text) == []
    assert codes(text + 'scenario "before" { left = previous left }\n') == ["E0505"]


def test_a_field_that_stands_for_a_term_is_changed_apart_from_it() -> None:
    """Four payments of 10; of 20 where the field says so; of 30 by the term; of twice 30 by both."""
    text = CASH + (
        "component thing {\n  size : money\n  claim fee to Bank on payment = size lapses\n}\n"
        "term big = $10\nthing one { size = big }\n"
        "waterfall main from cash on payment { pay one.fee; pay rest to Sponsor }\n"
        'scenario "field" { one.size = $20 }\nscenario "term" { big = $30 }\n'
        'scenario "both" { big = $30; one.size = one.size * 2 }\n'
    )
    assert shown(text, "total(one.fee.paid)")["total(one.fee.paid)"] == [40, 80, 120, 240]
