"""Triggers date by date: from when, for how many tests, until when, waived on which dates, and off their own schedule."""

from __future__ import annotations

import pytest

from .deals import CASH, HEADER, codes, series

REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
DATES = ("2026-01-15", "2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15")


def stands(trigger: str, more: str = "", waterfall: str = REST, header: str = HEADER) -> list[float | None]:
    """Where a trigger called `late` stands at the close of each date."""
    return series(CASH + trigger + "\n" + more + waterfall, "late", header=header)["late"]


def on(*dates: int) -> str:
    """A condition that holds on these dates of the deal, by their number."""
    return " or ".join(f"date is {DATES[at]}" for at in dates)


# From when, until when


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f"when {on(1, 3)}", [0, 1, 0, 1, 0]),
        ("from 2026-07-15 when date > 2026-02-01", [0, 0, 1, 1, 1]),
        ("from 2026-07-16 when date > 2026-02-01", [0, 0, 0, 1, 1]),
        ("from 2026-07-14 when date > 2026-02-01", [0, 0, 1, 1, 1]),
        (f"from 2026-07-15 when {on(1)}, permanently", [0, 0, 0, 0, 0]),
        (f"when {on(1)}, permanently", [0, 1, 1, 1, 1]),
        (f"when {on(1)}, until {on(3)}", [0, 1, 1, 0, 0]),
        (f"when {on(1, 3)}, until {on(2, 3)}", [0, 1, 0, 1, 1]),
        (f"when ({on(1, 3, 4)}) for 2 tests", [0, 0, 0, 0, 1]),
        (f"when ({on(1, 2, 4)}) for 2 tests", [0, 0, 1, 0, 0]),
        (f"when ({on(1, 2, 3)}) for 3 tests", [0, 0, 0, 1, 0]),
        (f"when ({on(2, 3)}) for 1 tests", [0, 0, 1, 1, 0]),
        (f"when {on(1)}, until ({on(2, 3)}) for 2 tests", [0, 1, 1, 0, 0]),
        (f"when {on(1)}, until ({on(2, 4)}) for 2 tests", [0, 1, 1, 1, 1]),
        (f"tested after payments when {on(2)}", [0, 0, 1, 0, 0]),
        (f"tested after payments when {on(2)}, permanently", [0, 0, 1, 1, 1]),
    ],
)
def test_where_a_trigger_stands(words: str, found: list[float]) -> None:
    assert stands(f"trigger late {words}") == found


def test_a_trigger_that_is_tested_after_payments_acts_from_the_next_date() -> None:
    late = "trigger late tested after payments when date is 2026-07-15, permanently\nclaim fee to Bank on payment = $10 lapses\n"
    text = CASH + late + "waterfall main from cash on payment { when late { pay fee }; pay rest to Sponsor }\n"
    assert series(text, "fee.paid")["fee.paid"] == [0, 0, 0, 10, 10]


# Waivers


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-07-15", "2026-07-15", [0, 0, 0, 1, 1]),
        ("2026-07-15", "2026-10-15", [0, 0, 0, 0, 1]),
        ("2026-07-16", "2026-10-15", [0, 0, 1, 1, 1]),
        ("2026-07-15", "2026-10-14", [0, 0, 0, 1, 1]),
        ("2026-01-15", "2027-01-15", [0, 0, 0, 0, 0]),
    ],
)
def test_a_waiver_holds_from_its_first_date_to_its_last(start: str, end: str, found: list[float]) -> None:
    assert stands("trigger late when date > 2026-05-01", f"waiver holiday of late from {start} to {end}\n") == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f"when {on(1, 2, 3)}", [0, 1, 1, 1, 0]),
        (f"when {on(1, 2, 4)}", [0, 1, 1, 0, 1]),
        (f"when {on(1, 3)}", [0, 1, 0, 0, 0]),
        (f"when {on(2, 3, 4)}", [0, 0, 0, 0, 1]),
        (f"when ({on(1, 2, 3, 4)}) for 2 tests", [0, 0, 0, 0, 1]),
        (f"when {on(1, 2, 3)}, until not ({on(1, 2, 3)})", [0, 1, 1, 1, 0]),
        (f"when {on(1)}, permanently", [0, 1, 1, 1, 1]),
        (f"when {on(2)}, permanently", [0, 0, 0, 0, 0]),
        (f"tested after payments when {on(1, 2, 3)}", [0, 1, 1, 1, 0]),
    ],
)
def test_a_waiver_lets_live_what_has_fired(words: str, found: list[float]) -> None:
    """Waived in July and October. What fired in April lives on while its condition holds; nothing fires in between."""
    assert stands(f"trigger late {words}", "waiver holiday of late from 2026-07-15 to 2026-10-15\n") == found


def test_a_waiver_keeps_from_firing_and_cures_nothing() -> None:
    words = f"trigger late when {on(1, 3)}, until {on(4)}"
    assert stands(words) == [0, 1, 1, 1, 0]
    assert stands(words, "waiver holiday of late from 2026-07-15 to 2026-10-15\n") == [0, 1, 1, 1, 0]
    assert stands(words, "waiver holiday of late from 2026-04-15 to 2026-04-15\n") == [0, 0, 0, 1, 0]


def test_each_trigger_has_its_own_waivers() -> None:
    text = CASH + (
        "trigger late when date > 2026-02-01\ntrigger low when date > 2026-02-01\n"
        "waiver one of late from 2026-04-15 to 2026-04-15\nwaiver two of low from 2026-04-15 to 2026-07-15\n"
        "waiver three of late from 2026-10-15 to 2026-10-15\n" + REST
    )
    found = series(text, "late", "low")
    assert found == {"late": [0, 0, 1, 1, 1], "low": [0, 0, 0, 1, 1]}


# On which dates

TESTS = "schedule tests = dates [2026-04-15, 2026-10-15, 2027-01-15]\n"


def test_a_trigger_keeps_its_state_and_its_count_where_it_is_not_tested() -> None:
    """Tested in April, October and January: what holds in July alone is not seen, and July breaks no row."""
    header = HEADER + TESTS
    assert stands(f"trigger late on tests when {on(2)}", header=header) == [0, 0, 0, 0, 0]
    assert stands(f"trigger late on tests when {on(1)}", header=header) == [0, 1, 1, 0, 0]
    assert stands(f"trigger late on tests when {on(1)}, until {on(2)}", header=header) == [0, 1, 1, 1, 1]
    assert stands(f"trigger late on tests when ({on(1, 3)}) for 2 tests", header=header) == [0, 0, 0, 1, 0]
    assert stands(f"trigger late on tests when ({on(1, 2, 3)}) for 3 tests", header=header) == [0, 0, 0, 0, 0]
    assert stands(f"trigger late on tests when ({on(1, 3, 4)}) for 3 tests", header=header) == [0, 0, 0, 0, 1]


def test_of_two_schedules_a_trigger_says_which() -> None:
    assert codes(CASH + "trigger late when date > 2026-02-01\n" + REST, header=HEADER + TESTS) == ["E0417"]
    assert codes(CASH + "trigger late when date > 2026-02-01\n" + REST) == []


# Tested in a step

STEPS = "define left = cash.balance\ntrigger late on payment when left < $90, until left >= $90 for 2 tests\n"


def test_a_step_tests_with_what_there_is_at_the_step() -> None:
    """100 less 20 is under 90 after the first step of April and July, and 100 is not in October and January."""
    waterfall = (
        "waterfall main from cash on payment { when date < 2026-08-01 { pay $20 to Bank }; record left; test late; "
        "pay rest to Sponsor }\n"
    )
    assert stands(STEPS, waterfall=waterfall) == [0, 1, 1, 1, 0]


def test_a_guarded_step_tests_only_where_it_runs() -> None:
    """April fires it. October is no test: July and January are the two in a row that cure it."""
    waterfall = (
        "waterfall main from cash on payment { when date < 2026-05-01 { pay $20 to Bank }; record left; "
        "when date < 2026-08-01 or date > 2026-12-01 { test late }; pay rest to Sponsor }\n"
    )
    assert stands(STEPS, waterfall=waterfall) == [0, 1, 1, 1, 0]
    waterfall = waterfall.replace(" or date > 2026-12-01", "")
    assert stands(STEPS, waterfall=waterfall) == [0, 1, 1, 1, 1]
