"""The contract of the language, sentence by sentence, on deals small enough to work by hand: claims, accrual, definitions."""

from __future__ import annotations

import pytest

from .deals import CASH, HEADER, codes, figures, message, series


def test_a_claim_is_paid_the_lesser_of_what_there_is_and_what_is_due_and_carries_the_rest() -> None:
    got = series(
        CASH + 'claim fee to Bank on payment = $130 carries\nwaterfall main from cash on payment { "Fee" pay fee }',
        "fee.due",
        "fee.paid",
        "fee.unpaid",
        "fee.arrears",
        "cash.balance",
    )
    assert got["fee.due"] == [0, 130, 160, 190, 220]
    assert got["fee.paid"] == [0, 100, 100, 100, 100]
    assert got["fee.unpaid"] == [0, 30, 60, 90, 120]
    assert got["fee.arrears"] == [0, 0, 30, 60, 90]
    assert got["cash.balance"] == [0, 0, 0, 0, 0]


def test_what_lapses_is_never_owed_again() -> None:
    got = series(
        CASH + 'claim fee to Bank on payment = $130 lapses\nwaterfall main from cash on payment { "Fee" pay fee }',
        "fee.due",
        "fee.unpaid",
    )
    assert got["fee.due"] == [0, 130, 130, 130, 130]
    assert got["fee.unpaid"] == [0, 30, 30, 30, 30]


def test_arrears_carry_interest_by_the_claims_own_day_count() -> None:
    got = series(
        CASH + "claim fee to Bank on payment = $130 carries with interest at 8% by 30/360\n"
        'waterfall main from cash on payment { "Fee" pay fee }',
        "fee.arrears",
        "fee.due",
    )
    assert got["fee.arrears"] == pytest.approx([0, 0, 30.6, 61.812, 93.64824])
    assert got["fee.due"] == pytest.approx([0, 130, 160.6, 191.812, 223.64824])


def test_what_is_unpaid_is_written_off_when_it_is_older_than_stated() -> None:
    got = series(
        CASH + "claim fee to Bank on payment = $130 written off after 3 months\n"
        'waterfall main from cash on payment { "Fee" pay fee }',
        "fee.due",
        "fee.unpaid",
    )
    # Each date's shortfall of 30 is carried while it is no older than one quarter; the oldest is paid first.
    assert got["fee.due"] == [0, 130, 160, 190, 220]
    assert got["fee.unpaid"] == [0, 30, 60, 90, 120]
    older = series(
        "account cash\nreceive $0 from Customer into cash on payment\n"
        "claim fee to Bank on payment = $10 written off after 6 months\n"
        'waterfall main from cash on payment { "Fee" pay fee }',
        "fee.due",
    )
    assert older["fee.due"] == [0, 10, 20, 30, 30]


def test_unpaid_interest_enters_a_balance_only_by_capitalising() -> None:
    loan = """
    claim interest to Bank on payment = accrue(balance * 8%, 30/360) capitalises into balance
    state balance = $1_000, then opening balance
    account cash
    receive $5 from Customer into cash on payment
    waterfall main from cash on payment { "Interest" pay interest }
    """
    got = series(loan, "balance", "interest.due")
    assert got["interest.due"] == pytest.approx([0, 20, 20.3, 20.606, 20.91812])
    assert got["balance"] == pytest.approx([1000, 1015, 1030.3, 1045.906, 1061.82412])
    carried = series(loan.replace("capitalises into balance", "carries"), "balance", "interest.due")
    assert carried["balance"] == [1000] * 5
    assert carried["interest.due"] == pytest.approx([0, 20, 35, 50, 65])


def test_accrual_gathers_piece_by_piece_and_its_pieces_add_up() -> None:
    # 1,000 for 28 of 90 days of 30/360, then 600: drawn down on a date that is not one of payment.
    text = """
    schedule repay = dates [2026-02-13]
    claim interest to Bank on payment = accrue(balance * 8%, 30/360) lapses
    claim early to Bank on repay = $400 lapses
    state balance = $1_000, then opening balance - early.paid
    account cash
    receive $400 from Customer into cash on repay
    receive $100 from Customer into cash on payment
    waterfall first from cash on repay { "Early" pay early }
    waterfall main from cash on payment { "Interest" pay interest; pay rest to Sponsor }
    """
    got = series(text, "interest.due")
    assert got["interest.due"][2] == pytest.approx(0.08 * (1000 * 28 + 600 * 62) / 360)
    assert got["interest.due"][3] == pytest.approx(0.08 * 600 * 90 / 360)


def test_a_series_inside_accrue_is_read_on_the_date_that_the_piece_is_paid() -> None:
    text = """
    schedule other = dates [2026-02-13, 2026-03-01]
    index rate = step([2026-01-15: 4%, 2026-03-01: 8%])
    claim interest to Bank on payment = accrue(balance * rate, 30/360) lapses
    claim early to Bank on other = $100 lapses
    state balance = $1_000, then opening balance - early.paid
    account cash
    receive $500 from Customer into cash on payment
    waterfall main from cash on payment { "Interest" pay interest; pay rest to Sponsor }
    """
    got = series(text + "waterfall o from cash on other { pay early }", "interest.due")
    # Nothing is in the account on the other dates: the balance stays 1,000 and the rate of 15 April is 8%.
    assert next(value for value in got["interest.due"] if value) == pytest.approx(1000 * 0.08 * 90 / 360)


@pytest.mark.parametrize(
    "extra",
    [
        "",
        "schedule more = dates [2026-01-20, 2026-05-01, 2026-11-11]",
        "schedule more = monthly on day 3 from 2026-02-03 to 2027-02-03, unadjusted",
    ],
)
def test_adding_a_schedule_changes_no_figure_on_the_others(extra: str) -> None:
    text = """
    index rate = step([2026-01-15: 4%, 2026-08-01: 8%])
    claim interest to Bank on payment = accrue(balance * rate, actual/360) carries with interest at 10% by actual/360
    claim principal to Bank on payment = max(previous balance / 4, $0) lapses
    state balance = $1_000, then opening balance - principal.paid
    define cover = trailing(6 months, paid_now) / $100
    define paid_now = interest.paid + principal.paid
    trigger low on payment when balance < $800 for 2 tests, until balance < $500
    account cash
    receive $100 + (if low then $50 else $0) from Customer into cash on payment
    waterfall main from cash on payment { "Interest" pay interest; pay principal; record paid_now, cover; pay rest to Sponsor }
    report { "Paid" = total(interest.paid), "Life" = wal(principal.paid, actual/365), "Low" = lowest(balance on payment), "Cover" = lowest cover, "Times" = count(low on payment) }
    """
    assert figures(text + extra) == pytest.approx(figures(text))


def test_the_same_claim_is_never_paid_twice() -> None:
    got = series(
        CASH + "claim fee to Bank on payment = $60 carries\n"
        'waterfall one from cash on payment { "Fee" pay fee; "Keep" record x }\n'
        'waterfall two from cash on payment { "Fee" pay fee; "Rest" pay rest to Sponsor }\n'
        "define x = fee.paid",
        "fee.paid",
        "x",
    )
    assert got["fee.paid"] == [0, 60, 60, 60, 60]
    assert got["x"] == [None, 60, 60, 60, 60]


def test_in_a_step_names_are_as_the_steps_above_have_left_them() -> None:
    text = (
        CASH
        + """
    claim fee to Bank on payment = $30 lapses
    define left = cash.balance
    define share = left / $100
    waterfall main from cash on payment { "Before" record left; "Fee" pay fee; "After" record share; pay rest to Sponsor }
    """
    )
    got = series(text, "left", "share")
    assert got["left"][1:] == [100] * 4
    assert got["share"][1:] == pytest.approx([0.7] * 4)


def test_a_definition_that_changes_in_the_day_is_read_elsewhere_only_as_recorded() -> None:
    text = (
        CASH
        + "define left = cash.balance\nwaterfall main from cash on payment { pay rest to Sponsor }\nreport { total(left) }\n"
    )
    assert codes(text) == ["E0505"]
    assert "changes it" in message(text)
    assert codes(text.replace("total(left)", "total(closing left)")) == []


def test_a_ratio_over_zero_is_not_determined_and_a_test_on_it_is_false() -> None:
    text = (
        CASH
        + """
    term nothing = $0
    define ratio = cash.balance / (nothing * 1)
    trigger odd on payment when ratio >= 0x or ratio < 0x
    waterfall main from cash on payment { record ratio; pay rest to Sponsor }
    report { "Lowest" = lowest ratio, "Fired" = count(odd on payment) }
    """
    )
    assert figures(text) == {"Lowest": None, "Fired": 0}


def test_reaching_cash_with_what_is_not_determined_names_equation_date_and_scenario() -> None:
    import indenture

    text = (
        HEADER
        + CASH
        + """
    define ratio = $1 / (cash.balance - $100)
    waterfall main from cash on payment { pay ratio * $1 to Bank; pay rest to Sponsor }
    """
    )
    with pytest.raises(indenture.DealError) as caught:
        indenture.compile(text).run()
    said = str(caught.value)
    assert "2026-04-15" in said
    assert "base" in said
    assert "not determined" in said


def test_a_due_below_zero_is_an_error_that_names_date_and_scenario() -> None:
    import indenture

    text = HEADER + CASH + "claim swing to Bank on payment = $10 - $4 * number of payment dates to date lapses\n"
    text += "waterfall main from cash on payment { pay swing; pay rest to Sponsor }"
    with pytest.raises(indenture.DealError) as caught:
        indenture.compile(text).run()
    assert "2026-10-15" in str(caught.value)
    assert caught.value.diagnostics[0].code == "E0901"
