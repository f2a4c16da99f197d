"""An account has a balance from closing on: dates of a schedule that begins before it change no figure of it."""

from __future__ import annotations

import pytest

from .deals import HEADER, codes, compiled, figures, series

CHEST = """account cash
account chest { opens = $30 from Sponsor }
receive $4 from Customer into cash on payment
waterfall main from cash on payment { pay $1 to Bank; move $3 of cash to chest; pay rest to Fund }
waterfall two from chest on payment { pay $6.50 to Bank }
"""
"""$30 at closing; $3 in and $6.50 out each quarter."""

EARLIER = (
    "",
    "schedule past = dates [2025-05-01, 2025-08-01]\nflow history on past = $1\n",
    "schedule past = quarterly on day 1 from 2025-02-01 to 2027-02-01, unadjusted\nflow history on past = $1\n",
)

CASES = [
    ("lowest(chest.balance)", 16),  # 30, 26.5, 23, 19.5, 16
    ("highest(chest.balance)", 30),
    ("lowest(closing doubled)", 32),
    ("average(chest.balance on payment)", 21.25),
    ("final(chest.balance)", 16),
    ("total(chest.balance on payment)", 85),
    ("count(chest.balance < $20 on payment)", 2),
]


@pytest.mark.parametrize("earlier", EARLIER)
def test_dates_before_closing_change_no_figure_of_an_account(earlier: str) -> None:
    text = CHEST + "define doubled = chest.balance * 2\n"
    text += "report { " + "; ".join(f'"{what}" = {what}' for what, _ in CASES) + " }\n"
    assert figures(text, header=HEADER + earlier) == dict(CASES)


@pytest.mark.parametrize("earlier", EARLIER)
def test_a_first_date_and_a_check_pass_over_dates_before_closing(earlier: str) -> None:
    text = CHEST + (
        'report { "never" = if first_date(chest.balance < $1) is never then 1 else 0; '
        '"closing" = if first_date(chest.balance <= $30) is 2026-01-15 then 1 else 0 }\n'
        "always chest.balance >= $16\n"
    )
    assert codes(text, header=HEADER + earlier) == []
    assert figures(text, header=HEADER + earlier) == {"never": 1, "closing": 1}


def test_a_balance_before_closing_is_not_determined() -> None:
    found = series(CHEST, "chest.balance", header=HEADER + EARLIER[1])["chest.balance"]
    assert found == [None, None, 30, 26.5, 23, 19.5, 16]


def test_an_account_begins_before_closing_where_cash_moves_before_it() -> None:
    """$4 on each of two dates before closing, and a date before those on which nothing has moved yet."""
    text = (
        "schedule older = dates [2025-02-01]\naccount cash\nreceive $4 from Customer into cash on past\n"
        "flow known on older = $1\nwaterfall main from cash on payment { pay rest to Bank }\n"
    )
    assert series(text, "cash.balance", header=HEADER + EARLIER[1])["cash.balance"] == [None, 4, 8, 8, 0, 0, 0, 0]


def test_a_balance_before_closing_is_not_determined_as_a_day_opens_either() -> None:
    """So no test of it holds, and nothing arises by it; from closing on the trigger is tested on no date of its own."""
    text = CHEST + (
        "trigger low on past when chest.balance < $5\nflow part on past = chest.balance * 10%\n"
        "trigger none on payment when chest.balance < $20\nreport { low; part; none }\n"
    )
    found = series(text, "low", "part", "none", header=HEADER + EARLIER[1])
    assert found["low"] == [0] * 7
    assert found["part"] == [None, None, 0, 0, 0, 0, 0]
    # As payment dates open: 30, 26.5, 23 and 19.5.
    assert found["none"] == [0, 0, 0, 0, 0, 0, 1]


def test_a_check_of_a_balance_passes_and_fails_as_without_the_earlier_dates() -> None:
    for earlier in EARLIER:
        for floor, passes in ((16, True), (17, False)):
            run = compiled(CHEST + f"always chest.balance >= ${floor}\n", header=HEADER + earlier).run()
            assert run.passed is passes, (earlier, floor)
