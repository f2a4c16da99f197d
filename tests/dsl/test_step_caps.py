"""Caps and cures: what bounds the sum of some steps bounds every one of them, wherever it stands."""

from __future__ import annotations

import pytest

from .deals import codes, series

CASH = "account cash\nreceive $100 from Customer into cash on payment\n"
REST = "pay rest to Sponsor }\n"


@pytest.mark.parametrize(
    ("member", "paid"),
    [
        ("{ pay c up to $10 }", [30, 10, 0]),
        ("{ pay b; pay c up to $12 }", [30, 12, 10]),
        ("{ pay g.paper up to $15 }", [30, 5, 10]),
    ],
)
def test_a_cap_inside_a_member_of_a_pro_rata_group_holds(member: str, paid: list[float]) -> None:
    got = series(
        "account cash\nreceive $60 from Customer into cash on payment\n"
        'component paper_of {\n  "A claim."\n  size : money\n  claim paper to Fund on payment = size lapses\n}\n'
        "paper_of B { size = $10 }\npaper_of C { size = $60 }\ngroup g = B, C\n"
        "claim a to Bank on payment = $30 lapses\nranking [a, B.paper, C.paper]\n"
        f"waterfall main from cash on payment {{ pay pro rata {{ a, {member} }}; ".replace(
            "pay c", "pay C.paper"
        ).replace("pay b", "pay B.paper")
        + "when date > 2030-01-01 { pay B.paper; pay C.paper }; "
        + REST,
        "a.paid",
        "C.paper.paid",
        "B.paper.paid",
    )
    assert [got["a.paid"][1], got["C.paper.paid"][1], got["B.paper.paid"][1]] == pytest.approx(paid)


def test_a_member_of_a_pro_rata_group_names_no_account_of_its_own() -> None:
    text = (
        "account spare { opens = $50 from Sponsor }\n"
        + CASH
        + "claim a to Bank on payment = $90 lapses\nclaim b to Fund on payment = $90 lapses\nranking [a, b]\n"
        "waterfall main from cash on payment { pay pro rata { { pay a, then from spare }, b }; move all of spare to cash; "
        + REST
    )
    assert codes(text) == ["E0536"]


@pytest.mark.parametrize(
    "step",
    [
        "pay rest to Fund",
        "keep the rest in trap",
        "move $9 of cash to trap",
        "move all of full to trap",
        "release full to trap",
    ],
)
def test_a_cap_holds_for_every_step_in_it(step: str) -> None:
    got = series(
        "account cash\naccount trap of Fund\naccount full { target = $0 }\n"
        "receive $50 from Sponsor into full on payment\n"
        "receive $60 from Customer into cash on payment\n"
        f"waterfall main from cash on payment {{ up to $7 {{ {step} }}; move all of full to cash; {REST}"
        'waterfall other from trap on payment { pay rest to Bank }\nreport { "taken" = Fund.received }\n',
        "taken",
    )
    assert got["taken"] == [0, 7, 7, 7, 7]


@pytest.mark.parametrize(
    ("ratio", "steps", "first"),
    [
        ("$1_000 / (a + b)", "pay interest; pay A", [10, 900 - 1000 / 1.22, 0]),
        ("$1_000 / (a + b)", "pay interest; pay B up to $20; pay A", [10, 880 - 1000 / 1.22, 20]),
        ("$800 / (a + 50% * b)", "pay B up to $20; pay A", [0, 690 - 800 / 1.22, 20]),
        (
            "$800 / (a + 50% * b)",
            "up to $70 { when cash.balance > $0 { pay B up to $20; pay A } }",
            [0, 690 - 800 / 1.22, 20],
        ),
        (
            "$1_000 / (a + b)",
            "pay A up to $5; pay pro rata { A, B }",
            [0, 5 + (895 - 1000 / 1.22) * 495 / 895, (895 - 1000 / 1.22) * 400 / 895],
        ),
    ],
)
def test_a_cure_is_whole_where_its_steps_move_the_ratio_unequally(ratio: str, steps: str, first: list[float]) -> None:
    got = series(
        CASH + "claim interest to Bank on payment = $10 lapses\n"
        "claim A to Bank on payment up to a\nclaim B to Fund on payment up to b\n"
        "state a = $500, then opening a - A.paid\nstate b = $400, then opening b - B.paid\n"
        f"define oc = {ratio}\n"
        f"waterfall main from cash on payment notwithstanding ranking {{ until oc >= 122% {{ {steps} }}\n"
        "when date > 2030-01-01 { pay interest; pay B }\nrecord oc\n" + REST,
        "interest.paid",
        "A.paid",
        "B.paid",
        "oc",
    )
    assert [got["interest.paid"][1], got["A.paid"][1], got["B.paid"][1]] == pytest.approx(first, rel=1e-9)
    assert got["oc"][1] == pytest.approx(1.22, rel=1e-12)


@pytest.mark.parametrize("members", ["a, a, b", "a, { pay b; pay a }", "{ pay a up to $2; pay a }, b"])
def test_a_claim_weighs_once_in_a_pro_rata_group(members: str) -> None:
    text = (
        CASH + "claim a to Bank on payment = $90 lapses\nclaim b to Fund on payment = $90 lapses\nranking [a, b]\n"
        f"waterfall main from cash on payment {{ pay pro rata {{ {members} }}; " + REST
    )
    assert codes(text) == ["E0536"]


@pytest.mark.parametrize("second", ["up to $12 per year", "up to 2 * $6", "up to $12.00 per year"])
def test_a_cap_by_the_year_is_its_own_steps_whatever_stands_beside_it(second: str) -> None:
    """Two waterfalls that exclude each other, the second from May on: its cap counts what its own step paid, alike or
    not. Ten in April by the first; then by the second ten and two of the year's twelve, or up to twelve each time."""
    for more in ("", "receive $1 from Customer into cash on closing\n"):
        text = (
            CASH
            + more
            + "claim fee to Bank on payment = $10 carries\n"
            + "trigger late on payment when date > 2026-05-01\n"
            + "waterfall main from cash on payment unless late { pay fee up to $12 per year; pay rest to Sponsor }\n"
            + f"waterfall second from cash on payment when late {{ pay fee {second}; pay rest to Sponsor }}"
        )
        yearly = "per year" in second
        assert series(text, "fee.paid")["fee.paid"] == [0, 10, 10, 2 if yearly else 10, 12 if yearly else 10]


@pytest.mark.parametrize("cap", ["$12 per year", "most", "($12 per year)", "$6 * 2 per year", "most * 1"])
@pytest.mark.parametrize(
    "step", ["pay fee up to {}", "up to {} {{ pay fee }}", "pay pro rata {{ {{ pay fee up to {} }} }}"]
)
def test_a_cap_of_money_per_year_is_by_the_year_however_it_is_said(step: str, cap: str) -> None:
    text = (
        CASH
        + "claim fee to Bank on payment = $10 carries\nterm most = $12 per year\n"
        + f"waterfall main from cash on payment {{ {step.format(cap)}; pay rest to Sponsor }}\n"
        + "report { most }"
    )
    assert series(text, "fee.paid")["fee.paid"] == [0, 10, 2, 0, 12]
