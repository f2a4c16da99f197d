"""What a claim is `up to`, whoever pays it: steps, `settle`, `receive`; worked out by hand beside each test."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest

from .deals import CASH, HEADER, codes, series

MOVING = "state owed = $100, then opening owed - principal.paid - sweep.paid\n"


def broken(text: str, *, header: str = HEADER, **options: object) -> indenture.DealError:
    """The error of a run."""
    with pytest.raises(indenture.DealError) as caught:
        series(text, header=header, **options)
    return caught.value


def test_settle_pays_no_more_than_a_claim_is_up_to() -> None:
    got = series(
        "state owed = $100, then opening owed - principal.paid\n"
        "claim principal from Customer to Bank on payment = $45 up to owed lapses\n"
        "settle principal on payment\n",
        "owed",
        "principal.paid",
    )
    assert got == {"owed": [100, 55, 10, 0, 0], "principal.paid": [0, 45, 45, 10, 0]}


def test_receive_takes_no_more_than_a_claim_is_up_to() -> None:
    got = series(
        "state owed = $100, then opening owed - principal.paid\n"
        "claim principal from Customer on payment = $70 up to owed carries\n"
        "account cash\nreceive principal into cash\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\n",
        "owed",
        "principal.paid",
        "principal.unpaid",
        "main.rest",
    )
    assert got["principal.paid"] == got["main.rest"] == [0, 70, 30, 0, 0]
    assert got["owed"] == [100, 30, 0, 0, 0]
    assert got["principal.unpaid"] == [0, 0, 40, 110, 180]


def test_an_advance_stops_at_what_is_still_committed() -> None:
    # $25 a quarter out of a commitment of $60, and the Bank fails on 1 November.
    text = (
        "define room = $60 - drawn\n"
        "state drawn = $0, then opening drawn + advance.paid\n"
        "claim advance from Bank to Fund on payment = $25 up to room lapses\n"
        "settle advance on payment\n"
        'scenario "fails" { Bank.default = 2026-07-01 }\n'
    )
    assert series(text, "drawn")["drawn"] == [0, 25, 50, 60, 60]
    assert series(text, "drawn", scenario="fails")["drawn"] == [0, 25, 25, 25, 25]


def test_several_claims_up_to_one_balance_share_what_is_left_in_the_order_of_the_day() -> None:
    claims = (
        "claim principal from Customer to Bank on payment = $40 up to owed lapses\n"
        "claim sweep from Customer to Bank on payment = $30 up to owed lapses\n"
    )
    first = series(MOVING + claims + "settle principal, sweep on payment\n", "principal.paid", "sweep.paid", "owed")
    assert first["principal.paid"] == [0, 40, 30, 0, 0]
    assert first["sweep.paid"] == [0, 30, 0, 0, 0]
    assert first["owed"] == [100, 30, 0, 0, 0]
    second = series(
        MOVING + claims + "settle sweep on payment\nsettle principal on payment\n", "principal.paid", "owed"
    )
    assert second["principal.paid"] == [0, 40, 0, 0, 0]
    assert second["owed"] == [100, 30, 0, 0, 0]


def test_a_receipt_and_a_settlement_of_one_claim_see_what_the_other_paid() -> None:
    got = series(
        "state owed = $100, then opening owed - principal.paid\n"
        "claim principal from Customer on payment = if date < 2026-06-01 then $80 else $50 up to owed lapses\n"
        "account cash\nreceive principal into cash\nsettle principal on payment\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\n",
        "principal.paid",
        "owed",
        "main.rest",
    )
    assert got["principal.paid"] == got["main.rest"] == [0, 80, 20, 0, 0]
    assert got["owed"] == [100, 20, 0, 0, 0]


def test_rows_are_each_up_to_their_own(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text("name,size\none,50\ntwo,100\n")
    text = HEADER + (
        "component line {\n  size : money\n"
        "  claim principal from Customer on payment = $40 up to owed lapses\n"
        "  claim extra from Customer on payment = $20 up to owed lapses\n"
        "  state owed = size, then opening owed - principal.paid - extra.paid\n}\n"
        'line lines each row in "tape.csv"\naccount cash\n'
        "receive lines.principal into cash\nreceive lines.extra into cash\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\n"
    )
    run = indenture.compile(text, folder=str(tmp_path)).run(keep=["lines.owed", "main.rest"])
    assert run["main.rest"].values.reshape(-1).tolist() == [0, 40 + 10 + 40 + 20, 40, 0, 0]
    assert run["lines.owed"].values.reshape(-1).tolist() == [150, 40, 0, 0, 0]


def test_in_another_currency_too() -> None:
    got = series(
        "state owed = €100, then opening owed - principal.paid\n"
        "claim principal from Customer on payment = €80 up to owed lapses\n"
        "account euros { currency = EUR }\nreceive principal into euros\n"
        "waterfall main from euros on payment { pay rest to Sponsor }\n",
        "principal.paid",
        "owed",
    )
    assert got == {"principal.paid": [0, 80, 20, 0, 0], "owed": [100, 20, 0, 0, 0]}


def test_what_has_no_due_of_its_own_can_be_paid_by_steps_alone() -> None:
    text = "state owed = $100, then opening owed - sweep.paid\nclaim sweep from Customer on payment up to owed\n"
    account = "account cash\nwaterfall main from cash on payment { pay rest to Sponsor }\n"
    assert codes(text + account + "receive sweep into cash\n") == ["E0539"]
    assert codes(text.replace("from Customer", "from Customer to Bank") + "settle sweep on payment\n") == ["E0539"]


@pytest.mark.parametrize(
    "limit",
    [
        "owed",
        "min(owed, $80)",
        "if date < 2027-01-01 then owed else $0",
        "what_is_owed",
        "debt.owed",
    ],
)
def test_no_balance_that_a_claim_is_up_to_goes_below_zero(limit: str) -> None:
    text = (
        "component note {\n  state owed = $100, then opening owed - principal.paid - late.paid\n"
        "  define what_is_owed = owed\n"
        f"  claim principal to Bank on payment = $40 up to {limit if limit != 'debt.owed' else 'owed'} lapses\n"
        "  claim late to Bank on payment = $30 lapses\n}\nnote debt {}\n"
        "ranking debt.principal, debt.late\n"
        + CASH
        + "waterfall main from cash on payment { pay debt.principal; pay debt.late; pay rest to Sponsor }\n"
    )
    # 100, 30, and on 2026-07-15 thirty by the first and thirty more by the second.
    error = broken(text)
    assert error.diagnostics[0].code == "E0906"
    assert "2026-07-15" in str(error)
    assert "-30" in str(error)


def test_a_row_below_zero_is_found_among_others_and_in_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text("name,size\none,500\ntwo,100\n")
    text = HEADER + (
        "term more = $0\n"
        "component line {\n  size : money\n"
        "  claim principal from Customer on payment = $40 up to owed lapses\n"
        "  flow written on payment = more\n"
        "  state owed = size, then opening owed - principal.paid - written\n}\n"
        'line lines each row in "tape.csv"\naccount cash\n'
        "receive lines.principal into cash\n"
        "waterfall main from cash on payment { pay rest to Sponsor }\n"
        'scenario "more" { more = $30 }\n'
    )
    deal = indenture.compile(text, folder=str(tmp_path))
    assert deal.run(scenarios=["base"]) is not None
    with pytest.raises(indenture.DealError, match=r"in scenario more on 2026-07-15") as caught:
        deal.run()
    assert caught.value.diagnostics[0].code == "E0906"


def test_what_rounding_leaves_of_a_large_balance_is_not_below_zero() -> None:
    # A third of a billion three times is not a billion in binary; what is left stays on the dates after.
    text = (
        "term size = $1_000_000_000.10\n"
        "state owed = size, then opening owed - part.paid - sweep.paid\n"
        "claim part from Customer to Bank on payment = if date < 2026-12-01 then (size * 0.1 * 10 / 3) else $0 lapses\n"
        "claim sweep from Customer to Bank on payment = $0 up to owed lapses\n"
        "settle part, sweep on payment\n"
    )
    got = series(text, "owed")["owed"]
    assert got[-1] == pytest.approx(0, abs=1e-6)


def test_terms_that_move_a_balance_below_zero_are_seen_too() -> None:
    text = (
        "flow written on payment = $30\n"
        "state owed = $100, then opening owed - principal.paid - written\n"
        "claim principal to Bank on payment = $40 up to owed lapses\n"
        + CASH
        + "waterfall main from cash on payment { pay principal; pay rest to Sponsor }\n"
    )
    # 100, 30, and then 30 is paid and 30 written off at close.
    error = broken(text)
    assert (error.diagnostics[0].code, "2026-07-15" in str(error)) == ("E0906", True)


@pytest.mark.parametrize(
    "limit",
    [
        "min($1_000, left)",
        "min(max($1, $2), room)",
        "if drained then $1_000 else left",
        "if drained then room else $1_000",
        "room",
    ],
)
def test_a_balance_below_zero_is_found_wherever_it_limits(limit: str) -> None:
    # $50 less $30 a date: $20, then below zero on the second date.
    error = broken(
        "state left on payment = $50, then opening left - $30\n"
        "define drained = opening left < $0\n"
        "define room = left\n"
        f"claim principal from Customer to Bank on payment = $5 up to {limit} lapses\n"
        "settle principal on payment\n"
    )
    assert [one.code for one in error.diagnostics] == ["E0906"]


def test_each_balance_that_limits_is_checked_once() -> None:
    deal = indenture.compile(
        HEADER + "state left on payment = $50, then opening left - first.paid - second.paid\n"
        "claim first from Customer to Bank on payment = $5 up to left lapses\n"
        "claim second from Customer to Bank on payment = $5 up to min(left, left) lapses\n"
        "settle first on payment\nsettle second on payment\n"
    )
    assert [one.name for one in deal.program.checks if one.name.endswith(": balance")] == ["left: balance"]
