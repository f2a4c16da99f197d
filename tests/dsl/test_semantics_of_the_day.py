"""The contract of the language, sentence by sentence: steps, triggers and acts of the day."""

from __future__ import annotations

import pytest

from .deals import CASH, HEADER, codes, figures, message, series


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
