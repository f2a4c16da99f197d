"""A day opens: what moves states `at opening` comes first, then triggers are tested and dues are fixed.

Every figure is worked out by hand beside its test.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import indenture
import pytest

from .deals import HEADER, codes, message, series

RICH = "account cash\nreceive $1_000 from Customer into cash on payment\n"
REST = "waterfall main from cash on payment { pay a; pay b; pay rest to Sponsor }\nranking a, b\n"


def test_a_due_is_fixed_on_a_state_as_it_was_moved_at_opening() -> None:
    # The level goes 10, 12, 15, 19 on the four dates: up by 2, 3, 4 and 5 times its unit as each day opens.
    got = series(
        RICH
        + "flow step on payment = number of payment dates after closing to date + 1\n"
        + "state level on payment = 10, then opening level + step at opening\n"
        + "claim a to Bank on payment = $1 * level lapses\n"
        + "claim b to Fund on payment = $1 * level when reached lapses\n"
        + REST,
        "level",
        "a.paid",
        "b.paid",
    )
    assert got["level"] == [10, 12, 15, 19, 24]
    assert got["a.paid"] == got["b.paid"] == [0, 12, 15, 19, 24]


def test_a_definition_and_a_target_between_them_change_nothing() -> None:
    text = (
        "account cash\nreceive $100 from Customer into cash on payment\n"
        "account pot { target = fund }\n"
        "state base on payment = $5, then opening base + $5 at opening\n"
        "define fund = 2 * base\n"
        "claim a to Bank on payment = pot.target / 10 lapses\n"
        "claim b to Fund on payment = fund - opening base lapses\n"
        "waterfall main from cash on payment { pay a; pay b; fill pot; release pot; pay rest to Sponsor }\nranking a, b\n"
    )
    got = series(text, "a.paid", "b.paid", "pot.balance")
    # base 10, 15, 20, 25; the fund twice that; b is the fund less the base as it opened: 20 - 5, 30 - 10, …
    assert got["a.paid"] == [0, 2, 3, 4, 5]
    assert got["b.paid"] == [0, 15, 20, 25, 30]
    assert got["pot.balance"] == [0, 20, 30, 40, 50]


def test_a_flow_sees_what_moved_unless_it_is_what_moves() -> None:
    text = (
        "account cash\nreceive owed from Customer into cash\n"
        "define grown = level / 10\nflow step on payment = grown\nflow owed on payment = level + twice\n"
        "flow twice on payment = 2 * step\n"
        "state level on payment = $100, then opening level + step at opening\n"
        "claim a to Bank on payment = step lapses\n"
        "claim b to Fund on payment = twice lapses\n" + REST
    )
    got = series(text, "level", "a.paid", "b.paid", "main.rest")
    # A tenth of what the level opens with, 10, 11, 12.1, 13.31, for whoever reads it; and what is owed is the level as
    # it was moved and twice that: 110 + 20, 121 + 22, …, of which a and b take three times the step.
    steps, levels = [0, 10, 11, 12.1, 13.31], [100, 110, 121, 133.1, 146.41]
    assert got["level"] == pytest.approx(levels)
    assert got["a.paid"] == pytest.approx(steps)
    assert got["b.paid"] == pytest.approx([2 * step for step in steps])
    assert got["main.rest"][1:] == pytest.approx([level - step for level, step in zip(levels, steps, strict=True)][1:])


def test_what_a_scenario_lays_over_what_moves_sees_states_as_they_opened() -> None:
    text = (
        RICH
        + "flow step on payment = $1\nflow other on payment = level\n"
        + "state level on payment = $100, then opening level + step at opening\n"
        + "claim a to Bank on payment = step lapses\nclaim b to Fund on payment = other lapses\n"
        + REST
        + 'scenario "grows" { step = level / 10 }\n'
    )
    got = series(text, "a.paid", "b.paid", scenario="grows")
    assert got["a.paid"] == pytest.approx([0, 10, 11, 12.1, 13.31])
    assert got["b.paid"] == pytest.approx([0, 110, 121, 133.1, 146.41])
    assert series(text, "b.paid")["b.paid"] == [0, 101, 102, 103, 104]
    assert codes(text.replace("step = level / 10", "step = other / 10")) == ["E0501"]


def test_a_trigger_tested_at_opening_sees_what_moved() -> None:
    got = series(
        RICH
        + "state arrears on payment = $0, then opening arrears + $10 at opening\n"
        + "trigger late on payment when arrears >= $20\n"
        + "claim a to Bank on payment = if late then $7 else $3 lapses\n"
        + "claim b to Fund on payment = $1 while late lapses\n"
        + REST,
        "a.paid",
        "b.paid",
    )
    assert got == {"a.paid": [0, 3, 7, 7, 7], "b.paid": [0, 0, 1, 1, 1]}


def test_a_rate_that_is_compounded_daily_in_arrears_keeps_its_last_day() -> None:
    # A contract's own year of 360 days: 3.6% is a hundredth of a percent a day, 7.2% twice that, from 15 April on.
    header = HEADER + "schedule each_day = every 1 day from 2026-01-16 to 2026-07-15, unadjusted\n"
    text = (
        "account cash\nreceive $100_000 from Customer into cash on payment\n"
        "flow growth on each_day = opening factor * (if date <= 2026-04-15 then 1 else 2) / 10_000\n"
        "state factor on each_day = 1, then opening factor + growth at opening\n"
        "claim a to Bank on payment = $1_000_000 * (factor / previous factor - 1) lapses\n"
        "claim b to Fund on payment = $0 lapses\n"
    )
    got = series(text + REST, "a.paid", header=header)["a.paid"]
    first = (datetime.date(2026, 4, 15) - datetime.date(2026, 1, 15)).days
    second = (datetime.date(2026, 7, 15) - datetime.date(2026, 4, 15)).days
    assert (first, second) == (90, 91)
    assert got[first] == pytest.approx(float(1_000_000 * (Fraction(10_001, 10_000) ** 90 - 1)), rel=1e-12)
    assert got[first + second] == pytest.approx(float(1_000_000 * (Fraction(10_002, 10_000) ** 91 - 1)), rel=1e-12)


def test_what_is_capitalised_at_opening_accrues_from_that_date() -> None:
    # $100 at 12% a year, 30/360. Half a year's interest, $6, is added on 2026-07-15 and another on 2027-01-15.
    header = HEADER + "schedule halves = semiannually on day 15 from 2026-07-15 to 2027-01-15, unadjusted\n"
    text = (
        RICH
        + "flow added on halves = accrue(balance * 12%, 30/360)\n"
        + "state balance on halves = $100, then opening balance + added at opening\n"
        + "claim a to Bank on payment = accrue(balance * 4%, 30/360) lapses\n"
        + "claim b to Fund on payment = balance * 1% lapses\n"
        + REST
    )
    got = series(text, "balance", "a.paid", "b.paid", header=header)
    assert got["balance"] == pytest.approx([100, 100, 106, 106, 112.36])
    # A quarter at 4% of what the balance was over it; one percent of what it is once it was moved.
    assert got["a.paid"] == pytest.approx([0, 1, 1, 1.06, 1.06])
    assert got["b.paid"] == pytest.approx([0, 1, 1.06, 1.06, 1.1236])


def test_a_move_reads_states_as_they_opened_whichever_is_declared_first() -> None:
    first = "state left on payment = 8, then opening left - gone at opening\n"
    second = "state right on payment = 0, then opening right + gone at opening\n"
    flow = "flow gone on payment = left / 2\n"
    claims = "claim a to Bank on payment = $1 * left lapses\nclaim b to Fund on payment = $1 * right lapses\n"
    for text in (first + second + flow, second + flow + first, flow + second + first):
        got = series(RICH + text + claims + REST, "a.paid", "b.paid")
        assert got == {"a.paid": [0, 4, 2, 1, 0.5], "b.paid": [0, 4, 6, 7, 7.5]}


def test_on_other_schedules_a_state_stands_as_it_was_last_moved() -> None:
    header = HEADER + "schedule monthly_dates = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted\n"
    text = (
        "account cash\nreceive $100 from Customer into cash on monthly_dates\n"
        "state counted on payment = 0, then opening counted + 1 at opening\n"
        "claim a to Bank on monthly_dates = $1 * counted lapses\n"
        "claim b to Fund on payment = $10 * counted lapses\n"
        "waterfall main from cash on monthly_dates { pay a; pay b; pay rest to Sponsor }\nranking a, b\n"
    )
    got = series(text, "a.paid", "b.paid", header=header)
    assert got["a.paid"] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4]
    assert got["b.paid"] == [0, 0, 0, 10, 0, 0, 20, 0, 0, 30, 0, 0, 40]


def test_what_was_paid_moves_a_state_once_at_the_time_that_it_says() -> None:
    header = HEADER + "schedule midway = quarterly on day 28 from 2026-02-28 to 2026-11-28, unadjusted\n"
    text = (
        RICH
        + "state seen on midway = $50, then opening seen - a.paid at opening\n"
        + "state late on payment = $50, then opening late - a.paid at close\n"
        + "state now = $50, then opening now - a.paid\n"
        + "claim a to Bank on payment = $4 lapses\n"
        + "claim b to Fund on payment = seen / 10 lapses\n"
        + "waterfall main from cash on payment { pay a; record one; pay b; pay rest to Sponsor }\nranking a, b\n"
        + "define one = late - now\n"
    )
    got = series(text, "seen", "late", "now", "b.paid", "one", header=header)
    # Dates: closing, 28 Feb, 15 Apr, 28 May, 15 Jul, 28 Aug, 15 Oct, 28 Nov, 15 Jan.
    assert got["seen"] == [50, 50, 50, 46, 46, 42, 42, 38, 38]
    assert got["now"] == got["late"] == [50, 50, 46, 46, 42, 42, 38, 38, 34]
    assert got["b.paid"] == pytest.approx([0, 0, 5, 0, 4.6, 0, 4.2, 0, 3.8])
    assert [got["one"][at] for at in (2, 4, 6, 8)] == [4, 4, 4, 4]


def test_rows_of_a_family_are_moved_before_their_dues(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("name,size\none,100\ntwo,200\n")
    text = (
        "component note {\n  size : money\n  flow up on payment = size * 10%\n"
        "  state owed on payment = size, then opening owed + up at opening\n"
        "  claim fee to Bank on payment = owed * 1% lapses\n}\n"
        'note notes each row in "notes.csv"\n'
        "account cash\nreceive $100 from Customer into cash on payment\n"
        "waterfall main from cash on payment { pay notes.fee; pay rest to Sponsor }\n"
    )
    run = indenture.compile(HEADER + text, folder=str(tmp_path)).run(keep=["notes.fee.paid"])
    paid = run["notes.fee.paid"].values
    assert paid.reshape(5, -1).sum(axis=1).tolist() == pytest.approx([0, 3.3, 3.6, 3.9, 4.2])


def test_a_move_that_needs_the_due_that_needs_it_is_a_circle() -> None:
    text = (
        RICH
        + "claim a to Bank on payment = owed * 10% lapses\n"
        + "claim b to Fund on payment = $1 lapses\n"
        + "state owed on payment = $100, then opening owed + a.due at opening\n"
        + REST
    )
    assert codes(text) == ["E0501"]
    got = series(text.replace("= owed *", "= opening owed *"), "owed", "a.paid")
    assert got["owed"] == pytest.approx([100, 110, 121, 133.1, 146.41])
    assert got["a.paid"] == pytest.approx([0, 10, 11, 12.1, 13.31])


def test_what_is_paid_on_the_day_cannot_move_a_state_as_it_opens() -> None:
    text = (
        RICH
        + "claim a to Bank on payment = $5 lapses\nclaim b to Fund on payment = $1 lapses\n"
        + "state owed on payment = $100, then opening owed - a.paid at opening\n"
        + REST
    )
    assert codes(text) == ["E0502"]
    assert "a.paid" in message(text)
