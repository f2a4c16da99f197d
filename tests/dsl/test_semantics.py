"""The contract of the language, sentence by sentence, on deals small enough to work by hand."""

from __future__ import annotations

import pytest

from .deals import HEADER, codes, figures, message, series

CASH = "account cash\nreceive $100 from Customer into cash on payment\n"


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


def test_pro_rata_by_due_shares_and_by_balance_shares_again_what_a_member_cannot_use() -> None:
    claims = "claim a to Bank on payment = $30 lapses\nclaim b to Fund on payment = $90 lapses\nclaim c to Sponsor on payment = $80 lapses\n"
    got = series(
        CASH + claims + "waterfall main from cash on payment { pay pro rata { a, b, c }; pay rest to Sponsor }",
        "a.paid",
        "b.paid",
        "c.paid",
    )
    assert [got[name][1] for name in ("a.paid", "b.paid", "c.paid")] == pytest.approx([15, 45, 40])
    stated = series(
        CASH
        + claims
        + "waterfall main from cash on payment { pay pro rata by shares { 50% a, 25% b, 25% c }; pay rest to Sponsor }",
        "a.paid",
        "b.paid",
        "c.paid",
    )
    # a is offered 50 and can use 30; the 20 over is shared equally between b and c.
    assert [stated[name][1] for name in ("a.paid", "b.paid", "c.paid")] == pytest.approx([30, 35, 35])


def test_members_of_a_pro_rata_group_may_be_sequences() -> None:
    claims = "claim a to Bank on payment = $30 lapses\nclaim b to Fund on payment = $90 lapses\nclaim c to Sponsor on payment = $80 lapses\n"
    got = series(
        CASH
        + claims
        + "waterfall main from cash on payment { pay pro rata { { pay a; pay b }, c }; pay rest to Sponsor }",
        "a.paid",
        "b.paid",
        "c.paid",
    )
    assert [got[name][1] for name in ("a.paid", "b.paid", "c.paid")] == pytest.approx([30, 30, 40])


def test_up_to_caps_the_sum_of_its_steps_and_a_cap_may_run_by_the_year() -> None:
    claims = "claim a to Bank on payment = $30 carries\nclaim b to Fund on payment = $90 lapses\n"
    got = series(
        CASH + claims + "waterfall main from cash on payment { up to $50 { pay a; pay b }; pay rest to Sponsor }",
        "a.paid",
        "b.paid",
    )
    assert [got["a.paid"][1], got["b.paid"][1]] == [30, 20]
    yearly = series(
        CASH + claims + "waterfall main from cash on payment { pay a up to $45 per year; pay b; pay rest to Sponsor }",
        "a.paid",
    )
    assert yearly["a.paid"] == [0, 30, 15, 0, 45]


def test_reserves_fill_to_target_release_to_it_and_are_drawn_by_then_from() -> None:
    text = """
    account cash
    account reserve { opens = $50 from Sponsor; target = if date < 2026-09-01 then $60 else $20 }
    receive (if date < 2026-06-01 then $100 else $10) from Customer into cash on payment
    claim fee to Bank on payment = $40 lapses
    waterfall main from cash on payment { pay fee, then from reserve; release reserve; fill reserve; pay rest to Sponsor }
    """
    got = series(text, "fee.paid", "reserve.balance", "cash.balance")
    assert got["fee.paid"] == [0, 40, 40, 40, 0 + 10 + 0]  # by the last date the reserve is empty
    assert got["reserve.balance"] == [50, 60, 30, 0, 0]
    assert got["cash.balance"] == [0] * 5


def test_triggers_count_their_own_tests_and_keep_their_state() -> None:
    text = """
    schedule tests = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted
    define level = step([2026-01-15: 0, 2026-03-01: 1, 2026-06-01: 0, 2026-09-01: 1, 2026-10-01: 0])
    trigger two on tests when level > 0 for 2 tests, until level <= 0 for 3 tests
    trigger once on tests when level > 0, permanently
    trigger live on tests when level > 0
    report { two, once, live }
    """
    header = HEADER.replace("schedule payment", "schedule quarterly_dates")
    got = series(text, "two", "once", "live", header=header)
    by_month = {name: values[1:] for name, values in got.items()}
    #         feb mar apr may jun jul aug sep oct nov dec jan
    assert by_month["live"] == [0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    assert by_month["once"] == [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    assert by_month["two"] == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]


def test_a_trigger_tested_after_payments_acts_from_the_next_date() -> None:
    text = (
        CASH
        + """
    claim fee to Bank on payment = if date < 2026-06-01 then $120 else $10 lapses
    trigger short on payment tested after payments when fee.unpaid > $0, permanently
    waterfall main from cash on payment unless short { "Fee" pay fee; "Rest" pay rest to Sponsor }
    waterfall other from cash on payment when short { "All" pay rest to Bank }
    """
    )
    got = series(text, "short", "fee.paid", "cash.balance")
    assert got["short"] == [0, 1, 1, 1, 1]
    assert got["fee.paid"] == [0, 100, 0, 0, 0]
    assert got["cash.balance"] == [0] * 5


def test_a_figure_that_a_later_act_decides_is_an_error_that_prints_the_cycle() -> None:
    text = (
        CASH
        + """
    claim tax to Bank on payment = 20% * ($100 - interest.paid) lapses
    claim interest to Fund on payment = $30 lapses
    waterfall main from cash on payment { "Tax" pay tax; "Interest" pay interest; pay rest to Sponsor }
    """
    )
    assert codes(text) == ["E0502"]
    said = message(text)
    assert 'step "Interest" decides it' in said
    assert "tax.due -> interest.paid" in said


def test_definitions_that_need_each_other_are_an_error_that_prints_the_cycle() -> None:
    text = (
        CASH
        + "define a = b + $1\ndefine b = c * 2\ndefine c = a\nwaterfall main from cash on payment { pay a to Bank; pay rest to Sponsor }"
    )
    assert codes(text) == ["E0501"]
    assert "a -> b -> c -> a" in message(text)


def test_scenarios_compose_and_an_override_sees_the_name_without_itself() -> None:
    text = (
        CASH
        + """
    term level = $10
    claim fee to Bank on payment = level lapses
    waterfall main from cash on payment { pay fee; pay rest to Sponsor }
    scenario "Double" { level = level * 2 }
    scenario "Double and one" after "Double" { level = level + $1 }
    report { "Fees" = total(fee.paid) }
    """
    )
    assert figures(text) == {"Fees": 40}
    assert figures(text, scenario="Double") == {"Fees": 80}
    assert figures(text, scenario="Double and one") == {"Fees": 84}


def test_losses_fall_on_the_first_named_and_reductions_share_without_cash() -> None:
    text = """
    component slice {
      size : money
      reduction loss of balance
      reduction redeemed of balance
      state balance = size, then opening balance
    }
    slice junior { size = $20 }
    slice senior { size = $80 }
    allocate losses $15 on payment to junior, then senior
    reduce $10 on payment { pay pro rata by balance { junior.redeemed, senior.redeemed } }
    """
    got = series(text, "junior.balance", "senior.balance")
    assert got["junior.balance"][:3] == pytest.approx([20, 5 - 10 * 5 / 85, 0])
    assert got["senior.balance"][1] == pytest.approx(80 - 10 * 80 / 85)


def test_flows_arise_on_their_own_dates_and_gather_for_other_readers() -> None:
    text = """
    schedule months = monthly on the last day from 2026-01-31 to 2026-12-31, unadjusted
    flow sold on months = $10
    define quarter_sales = sold
    account cash
    receive sold from Customer into cash
    claim share to Bank on payment = sold * 10% lapses
    waterfall main from cash on payment { record quarter_sales; pay share; pay rest to Sponsor }
    """
    got = series(text, "share.due", "quarter_sales", "cash.balance")
    dues = [value for value in got["share.due"] if value]
    assert dues == pytest.approx([3, 3, 3, 3])
    assert [value for value in got["quarter_sales"] if value] == pytest.approx([30, 30, 30, 30])


def test_settle_moves_money_between_parties_while_the_payer_performs() -> None:
    text = """
    claim premium from Bank to Fund on payment = $5 lapses
    settle premium on payment while Fund.performing
    scenario "Bank fails" { Bank.default = 2026-06-01 }
    scenario "Fund fails" { Fund.default = 2026-09-01 }
    report { "Paid" = total(premium.paid), "Fund" = total(Fund.received), "Bank" = total(Bank.net) }
    """
    assert figures(text) == {"Paid": 20, "Fund": 20, "Bank": -20}
    assert figures(text, scenario="Bank fails") == {"Paid": 5, "Fund": 5, "Bank": -5}
    assert figures(text, scenario="Fund fails") == {"Paid": 10, "Fund": 10, "Bank": -10}


def test_until_pays_what_cures_the_ratio_and_no_more() -> None:
    text = (
        CASH
        + """
    claim sweep to Bank on payment up to debt
    state debt = $200, then opening debt - sweep.paid
    define cover = $216 / debt
    waterfall main from cash on payment { "Cure" until cover >= 120% { pay sweep }; record cover; pay rest to Sponsor }
    """
    )
    got = series(text, "sweep.paid", "cover")
    assert got["sweep.paid"] == pytest.approx([0, 20, 0, 0, 0])
    assert got["cover"][1] == pytest.approx(1.2)


def test_waterfalls_that_exclude_each_other_give_the_same_merged_or_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
    account cash
    account reserve { opens = $50 from Sponsor; target = $60 }
    receive (if date < 2026-09-01 then $100 else $20) from Customer into cash on payment
    claim fee to Bank on payment = $40 carries
    claim interest to Fund on payment = $30 carries with interest at 10% by 30/360
    claim sweep to Fund on payment up to debt
    state debt = $200, then opening debt - sweep.paid
    define cover = cash.balance / debt
    trigger short on payment tested after payments when fee.unpaid > $0 or debt < $150, permanently
    waterfall main from cash on payment unless short {
      "Fee" pay fee
      "Interest" pay interest, then from reserve
      "Cover" record cover
      "Reserve" release reserve; fill reserve
      "Rest" pay rest to Sponsor
    }
    waterfall other from cash on payment when short {
      "All" move all of reserve to cash
      "Fee" pay fee
      "Sweep" pay sweep
      "Interest" pay interest, then from reserve
      "Cover" record cover
      "Rest" pay rest to Sponsor
    }
    """
    names = ("fee.paid", "interest.paid", "interest.due", "debt", "cover", "reserve.balance", "cash.balance", "short")
    merged = series(text, *names)
    from indenture.dsl.lowering.day import waterfalls

    monkeypatch.setattr(waterfalls, "_partner", lambda *_: None)
    apart = series(text, *names)
    assert True in [bool(value) for value in merged["short"]]
    assert merged == apart
