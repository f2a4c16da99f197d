"""Reductions over dates count those of the schedule that a series belongs to: other dates of the deal change nothing."""

from __future__ import annotations

import pytest

from .deals import HEADER, codes, figures

PAYMENT = HEADER.replace("2027-01-15", "2026-10-15")
"""Three quarters: April, July and October."""

FEE = """account cash
claim fee to Bank on payment = $10 carries
receive $4 from Customer into cash on payment
waterfall main from cash on payment { pay fee; pay rest to Sponsor }
"""
"""$10 a quarter and $4 to pay it: due 10, 16, 22; paid 4; unpaid 6, 12, 18."""

MORE = (
    "",
    "schedule more = dates [2026-05-01, 2026-08-01]\n",
    "schedule more = dates [2026-02-01, 2026-12-01, 2027-03-01]\n",
    "schedule more = monthly on day 15 from 2026-02-15 to 2027-02-15, unadjusted\n",
)

CASES = [
    ("total(fee.due)", 48),
    ("total(fee.unpaid)", 36),
    ("total(fee.arrears)", 18),
    ("total(fee.current)", 30),
    ("total(fee.paid)", 12),
    ("total(twice)", 96),
    ("total(fee.unpaid + $1)", 39),
    ("total(fee.due - fee.paid)", 36),
    ("average(fee.due)", 16),
    ("average(fee.due - fee.paid)", 12),
    ("highest(fee.due)", 22),
    ("lowest(fee.due)", 10),
    ("lowest(fee.unpaid)", 6),
    ("count(fee.unpaid > $6)", 2),
    ("count(fee.due > $0)", 3),
    ("final(fee.due)", 22),
    ("final(fee.paid)", 4),
    ("final(fee.unpaid)", 18),
    ("final(fee.current)", 10),
    ("final(sales)", 7),
    ("total(sales)", 21),
    ("total(sales + $1)", 24),
    ("lowest(sales)", 7),
    ("total(owed)", 99),  # 15, 31, 53
    ("average(owed)", 33),
    ("count(owed > $20)", 2),
    ("final(owed)", 53),
    ("total(level)", 9),
    ("total(watched)", 51),  # 15, 16, 20
    ("final(watched)", 20),
]


@pytest.mark.parametrize("more", MORE)
def test_other_dates_change_nothing(more: str) -> None:
    items = FEE + (
        "state owed on payment = $5, then opening owed + fee.due\n"
        "flow sales on payment = $7\ninput level : series of fraction on payment = 300%\n"
        "define twice = fee.due * 2\ndefine watched = if date < 2026-07-01 then $15 else if date < 2026-10-01 then $16 else $20\n"
    )
    text = items.replace("pay fee;", "pay fee; record watched;")
    report = "report { " + "; ".join(f'"{what}" = {what}' for what, _ in CASES) + " }\n"
    found = figures(text + report, header=PAYMENT + more)
    assert found == {what: pytest.approx(value, abs=1e-9) for what, value in CASES}


@pytest.mark.parametrize("more", MORE)
def test_a_first_date_is_one_of_its_schedule(more: str) -> None:
    report = 'report { "a" = if first_date(fee.arrears > $5) is 2026-07-15 then 1 else 0; "b" = if first_date(fee.due < $5) is never then 1 else 0 }'
    assert figures(FEE + report, header=PAYMENT + more) == {"a": 1, "b": 1}


def test_what_is_paid_later_on_another_schedule_is_in_the_final_figure() -> None:
    """$18 is left in October; a year later $5 is still paid of it."""
    later = "schedule later = dates [2027-10-15]\n"
    text = FEE + (
        "receive $5 from Sponsor into cash on later\nwaterfall last_one from cash on later { pay fee; pay rest to Sponsor }\n"
        'report { "left" = final(fee.unpaid); "paid" = final(fee.paid); "all" = total(fee.paid); "due" = total(fee.due) }\n'
    )
    assert figures(text, header=PAYMENT + later) == {"left": 13, "paid": 5, "all": 17, "due": 48}


def test_what_belongs_to_no_schedule_counts_the_only_one_or_says_which() -> None:
    """Three payment dates and closing: a constant is totalled over the dates over which it is counted."""
    report = 'report { "a" = total($3); "b" = count(true); "c" = average($3) }\n'
    assert figures(FEE + report, header=PAYMENT) == {"a": 9, "b": 3, "c": 3}
    for what in ("total($3)", "count(true)", "average($3)", "total(cash.balance)"):
        assert codes(FEE + f'report {{ "a" = {what} }}\n', header=PAYMENT + MORE[1]) == ["E0420"], what
    named = 'report { "a" = total($3 on payment); "b" = count(true on more) }\n'
    assert figures(FEE + named, header=PAYMENT + MORE[1]) == {"a": 9, "b": 2}


def test_of_claims_on_two_schedules_dues_say_over_which_dates_and_payments_add_up() -> None:
    other = (
        "claim rent to Fund on more = $1 lapses\nwaterfall two from cash on more { pay rent; pay rest to Sponsor }\n"
    )
    assert codes(FEE + other + 'report { "a" = total(fee.unpaid + rent.unpaid) }', header=PAYMENT + MORE[1]) == [
        "E0420"
    ]
    report = 'report { "a" = total(fee.paid + rent.paid); "b" = total(fee.unpaid) + total(rent.unpaid) }\n'
    assert figures(FEE + other + report, header=PAYMENT + MORE[1]) == {"a": 12, "b": 38}


def test_a_balance_where_a_condition_says_so_is_totalled_over_all_dates() -> None:
    text = FEE + (
        "state owed on payment = $5, then opening owed + fee.due\n"
        'define then_owed = if date is 2026-07-15 then owed else $0\nreport { "a" = total(then_owed) }\n'
    )
    for more in MORE:
        assert figures(text, header=PAYMENT + more) == {"a": 31}
