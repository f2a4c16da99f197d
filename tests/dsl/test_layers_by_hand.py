"""What scenarios lay one over another, read at other moments, and over lists; worked out by hand beside each test."""

from __future__ import annotations

from typing import Any

import indenture
import numpy as np
import pytest

from .deals import CASH, HEADER, codes, message

HALVES = HEADER + "schedule halves = semiannually on day 15 from 2026-07-15 to 2027-01-15, unadjusted\n"
LEVEL = """define level = $10 * number of payment dates to date
account cash
receive level from Customer into cash on payment
waterfall main from cash on payment { pay rest to Bank }
"""
"""10, 20, 30 and 40 from April on."""

RAMP = "term ramp : list of fraction = [1%, 2%, 4%]\ndefine second = at(ramp, 2)\ndefine third = at(ramp, 3)\n"


def shown(text: str, *names: str, header: str = HALVES, **options: object) -> dict[str, Any]:
    """Each name's values, one for each scenario or a list of them over the dates: closing, Apr, Jul, Oct and Jan."""
    report = "report { " + "; ".join(f'"{name}" = {name}' for name in names) + " }\n"
    run = indenture.compile(header + text + report).run(**options)  # type: ignore[arg-type]  # passed on as given
    return {name: np.round(run[name].values.T, 10).tolist() for name in names}


def test_the_date_before_under_a_scenario_is_that_of_the_scenario_below() -> None:
    """Twice the level is 20, 40, 60 and 80. On top of it, on the date before and $1; in one scenario by itself of 10."""
    text = LEVEL + (
        'scenario "twice" { level = level * 2 }\n'
        'scenario "before" after "twice" { level = if date > 2026-04-15 then previous level + $1 else $1 }\n'
        'scenario "alone" { level = if date > 2026-04-15 then previous level + $1 else $1 }\n'
    )
    got = shown(text, "main.rest")["main.rest"]
    assert [one[1:] for one in got] == [[10, 20, 30, 40], [20, 40, 60, 80], [1, 21, 41, 61], [1, 11, 21, 31]]


def test_what_is_set_for_a_run_lies_below_each_scenario_at_every_moment() -> None:
    """Three times the level, and in the scenario that of the date before."""
    text = LEVEL + 'scenario "before" { level = if date > 2026-04-15 then previous level else $1 }\n'
    got = shown(text, "main.rest", set={"level": "level * 3"})["main.rest"]
    assert [one[1:] for one in got] == [[30, 60, 90, 120], [1, 30, 60, 90]]


def test_what_paths_alone_change_is_not_below_a_scenario_without_them() -> None:
    """`simulate` doubles the level in paths."""
    text = LEVEL + (
        "simulate { paths = 2; level = level * 2 }\n"
        'scenario "before" { level = if date > 2026-04-15 then previous level else $1 }\n'
    )
    got = shown(text, "main.rest")["main.rest"]
    assert [one[1:] for one in got] == [[10, 20, 30, 40], [1, 10, 20, 30]]
    paths = shown(text, "main.rest", paths=2, seed=1)["main.rest"]
    assert {tuple(one[1:]) for one in paths} == {(20, 40, 60, 80)}


def test_a_draw_is_below_a_scenario_on_the_date_before() -> None:
    """$5, drawn between 7 and 7; in the scenario a dollar more than on the date before."""
    text = LEVEL.replace("$10 * number of payment dates to date", "$5") + (
        "simulate { paths = 2; level drawn from uniform(low = $7, high = $7) }\n"
        'scenario "before" { level = if date > 2026-04-15 then previous level + $1 else $1 }\n'
    )
    got = shown(text, "main.rest")["main.rest"]
    assert [one[1:] for one in got] == [[5, 5, 5, 5], [1, 6, 6, 6]]
    paths = shown(text, "main.rest", scenarios=["before"], paths=2, seed=1)["main.rest"]
    assert {tuple(one[1:]) for one in paths} == {(1, 8, 8, 8)}


def test_a_table_is_nothing_that_a_scenario_changes() -> None:
    text = CASH + "waterfall main from cash on payment { pay rest to Bank }\ndefine links = edges()\nreport { links }\n"
    assert codes(text) == []
    assert codes(text + 'scenario "other" { links = links }\n') == ["E0240"]


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
