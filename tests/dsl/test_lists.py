"""Lists put together item by item: sums, products, dates and durations, and lists of different lengths."""

from __future__ import annotations

import datetime

import indenture
import pytest

from .deals import codes, figures, series

HEAD = """
deal "L" { language = 1; currency = USD; closing = 2026-01-31; issuer = A }
party A
schedule quarter = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
"""


def items(expression: str, count: int) -> list[object]:
    """The items of a list, as a report shows them."""
    lines = "; ".join(f'"{place}" = at(found, {place})' for place in range(1, count + 1))
    result = indenture.compile(f"{HEAD}term found = {expression}\nreport {{ {lines} }}\n").run()
    return [result[str(place)].to_json()[0] for place in range(1, count + 1)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[1, 2, 4] + [10, 20, 30]", [11, 22, 34]),
        ("[1, 2, 4] * 3 - 1", [2, 5, 11]),
        ("12 / [2, 3]", [6, 4]),
        ("[$10m, $20m] * [50%, 25%]", [5e6, 5e6]),
        ("cumulative([1, 2, 3]) - [1, 2, 3]", [0, 1, 3]),
        ("2^[1, 2, 3]", [2, 4, 8]),
    ],
)
def test_numbers(expression: str, expected: list[float]) -> None:
    assert items(expression, len(expected)) == expected


def test_dates_walk_the_calendar() -> None:
    assert items("2026-01-31 + [1 month, 3 months, 1 year]", 3) == ["2026-02-28", "2026-04-30", "2027-01-31"]
    assert items("[2026-01-31, 2026-03-01] - 1 day", 2) == ["2026-01-30", "2026-02-28"]
    assert items("closing + 2 years + cumulative([4 years, 2 years]) - [4 years, 2 years]", 2) == [
        "2028-01-31",
        "2032-01-31",
    ]


def test_a_range_of_scenarios_over_a_list_that_is_worked_out() -> None:
    text = f'{HEAD}term leaves = never\nscenarios over leaves = (closing + cumulative([1 year, 1 year]))\nreport {{ "leaves" = leaves }}\n'
    result = indenture.compile(text).run()
    assert list(result.scenarios) == ["base", "leaves = 2027-01-31", "leaves = 2028-01-31"]
    assert result["leaves"].to_json() == ["never", *(datetime.date(year, 1, 31).isoformat() for year in (2027, 2028))]


def test_lists_of_different_lengths_do_not_match() -> None:
    with pytest.raises(indenture.DealError) as raised:
        items("[1, 2, 3] + [1, 2]", 2)
    assert [one.code for one in raised.value.diagnostics if one.severity == "error"] == ["E0410"]


@pytest.mark.parametrize(("age", "item"), [(-1, 5), (0, 5), (1, 5), (2, 6), (3, 7), (4, 7)])
def test_an_item_by_an_age_that_is_known(age: int, item: int) -> None:
    """The first before the list begins, and the last after it ends."""
    text = f'{HEAD}term found = by_age([5, 6, 7], {age})\nreport {{ "found" = found }}\n'
    assert indenture.compile(text).run()["found"].to_json() == [item]


def test_an_item_that_is_not_determined_where_it_is_the_one_meant() -> None:
    """On five dates the first item is 1 / 0, 1, 1 / 0, 1, 1 / 0, and the second is the one meant on the third date."""
    found = series("define x = at([1 / cycle(0, 1), 5], cycle(1, 1, 2))\nreport { x }", "x")
    assert found["x"] == [None, 1, 5, 1, None]


def test_an_item_is_not_determined_where_none_of_the_list_is_on_every_date() -> None:
    """The first is 1 / 0, 1, 1 / 0, 1, 1 / 0; the second 2, 2 / 0, 2, 2 / 0, 2, and meant on the third date."""
    found = series("define x = at([1 / cycle(0, 1), 2 / cycle(1, 0)], cycle(1, 1, 2))\nreport { x }", "x")
    assert found["x"] == [None, 1, 2, 1, None]


def test_the_first_and_the_last_of_three() -> None:
    assert figures('report { "first" = first([5, 6, 7]); "last" = last([5, 6, 7]) }') == {"first": 5, "last": 7}


def test_a_text_is_chosen_by_what_is_known_when_the_deal_is_read() -> None:
    asked = 'report { "x" = if chosen is "a" then 1 else 2 }'
    for chosen, expected in (('by_age(["a", "b"], 1)', 1), ('by_age(["a", "b"], 7)', 2), ('at(["a", "b"], 2)', 2)):
        assert figures(f"term chosen = {chosen}\n{asked}") == {"x": expected}
    assert codes(f'define chosen = at(["a", "b"], cycle(1, 2))\n{asked}') == ["E0525"]


@pytest.mark.parametrize(("place", "code"), [("1", "E0410"), ("cycle(1, 2)", "E0504")])
def test_points_are_no_list_to_take_an_item_of(place: str, code: str) -> None:
    assert codes(f'define x = at([0: 1, 1: 2], {place})\nreport {{ "x" = final(x) }}') == [code]
