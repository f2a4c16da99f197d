"""Mistakes that generated deals brought to light, each on the smallest deal that showed it."""

from __future__ import annotations

import indenture
import pytest

from .deals import HEADER, codes, series

CASH = "account cash\nreceive $100 from Customer into cash on payment\n"
REST = "pay rest to Sponsor }\n"


def test_a_window_is_worth_what_it_sums_not_its_length() -> None:
    got = series(
        CASH + "define plan = straight_line($1_000, payment)\n"
        "claim fee to Bank on payment = (if date < 2026-12-01 then 2% * next(3 months, plan) else $0) + $1 lapses\n"
        "waterfall main from cash on payment { pay fee; " + REST,
        "fee.due",
    )
    assert got["fee.due"] == pytest.approx([0, 11, 6, 1, 1])


def test_a_state_of_any_form_can_be_read_as_opening() -> None:
    got = series(
        "account cash\ninput gross : series of money on payment = $100\nreceive gross from Customer into cash on payment\n"
        "state smooth on payment = $80, then (opening smooth + gross) / 2\n"
        "claim fee to Bank on payment = opening smooth / 10 lapses\n"
        "waterfall main from cash on payment { pay fee; " + REST,
        "smooth",
        "fee.due",
    )
    assert got["smooth"] == [80, 90, 95, 97.5, 98.75]
    assert got["fee.due"] == [0, 8, 9, 9.5, 9.75]


def test_a_state_of_another_form_is_not_read_by_its_bare_name_in_a_step() -> None:
    text = (
        CASH + "state smooth on payment = $80, then opening smooth / 2\n"
        "claim fee to Bank on payment = smooth / 10 lapses\nwaterfall main from cash on payment { pay fee; " + REST
    )
    assert codes(text) == ["E0506"]


def test_the_same_projection_may_be_read_twice() -> None:
    text = (
        "account cash\ninput gross : series of money on payment = $100\nreceive gross from Customer into cash on payment\n"
        "claim a to Bank on payment = 3% * projected gross lapses\nclaim b to Bank on payment = 5% * projected gross lapses\n"
        "waterfall main from cash on payment { pay a; pay b; " + REST
    )
    got = series(text, "a.due", "b.due")
    assert got["a.due"][1:] == [3] * 4
    assert got["b.due"][1:] == [5] * 4


@pytest.mark.parametrize(
    "step",
    [
        "pay pro rata { a, b, c }",
        "pay pro rata by shares { 33.3% a, 21.7% b, 45% c }",
        "pay pro rata { { pay a; pay b }, c }",
        "pay pro rata by shares { 41.3% { pay a; pay b }, 3.3% c }",
    ],
)
def test_what_is_paid_in_full_is_not_unpaid_by_rounding(step: str) -> None:
    """`unpaid > $0` sets off triggers: a share of a sum must not leave the last bit of a claim unpaid."""
    import numpy as np

    text = (
        HEADER + "account cash\ninput x : series of money on payment = $1\ninput y : series of money on payment = $1\n"
        "receive $1_000 from Customer into cash on payment\n"
        "claim a to Bank on payment = x lapses\nclaim b to Fund on payment = y / 3 lapses\n"
        "claim c to Sponsor on payment = x / 7 + y lapses\n"
        f"waterfall main from cash on payment {{ {step}; {REST}"
    )
    random = np.random.default_rng(7)
    fed = {name: random.uniform(0, 300, (4, 200)) for name in ("x", "y")}
    got = indenture.compile(text).run(inputs=fed, keep=["a.unpaid", "b.unpaid", "c.unpaid"])
    for name in ("a.unpaid", "b.unpaid", "c.unpaid"):
        assert not got[name].values.any(), name


def test_an_error_in_one_step_is_not_reported_again_by_what_reads_its_claims() -> None:
    text = (
        CASH + "schedule odd = dates [2026-03-02, 2026-05-29]\n"
        "claim a to Bank on payment = $10 lapses\nclaim b to Bank on odd = level($100, 6% per year, odd) lapses\n"
        "define left = a.unpaid\n"
        "waterfall main from cash on payment { pay pro rata { b, a }; record left; " + REST
    )
    assert "E0507" not in codes(text)


@pytest.mark.parametrize("extra", ["", "schedule more = dates [2026-05-20, 2026-08-01, 2026-12-01]\n"])
def test_what_is_too_old_is_written_off_on_the_claims_own_dates_alone(extra: str) -> None:
    got = series(
        extra + "account cash\nreceive $0 from Customer into cash on payment\n"
        "claim fee to Bank on payment = $10 written off after 6 months\n"
        "waterfall main from cash on payment { pay fee; " + REST,
        "fee.due",
    )
    assert [one for one in got["fee.due"] if one][-1] == 30
    assert [got["fee.due"][place] for place in ((1, 2, 3, 4) if not extra else (1, 3, 5, 7))] == [10, 20, 30, 30]


def test_a_member_that_weighs_nothing_gets_what_the_others_leave() -> None:
    text = (
        CASH + "use debt\n"
        "loan big { holder = Bank; size = $400; margin = 8%; pays = payment; maturity = 2027-01-15; accrual = 30/360 }\n"
        "loan gone { holder = Fund; size = $50; margin = 8%; pays = payment; maturity = 2027-01-15; accrual = 30/360; target = $0 }\n"
        "waterfall main from cash on payment {\n"
        "  pay gone.principal; pay big.principal up to $0\n  up to $8.50 { pay pro rata by balance { big.interest, gone.interest } }\n  "
        + REST
    )
    got = series(text, "big.interest.paid", "gone.interest.paid")
    # The second loan is repaid before its interest: by balance it weighs nothing, and gets what the first leaves.
    assert got["big.interest.paid"][1:3] == [8, 8]
    assert got["gone.interest.paid"][1:3] == pytest.approx([0.5, 0.5])
