"""A group of claims: a step pays it by its name, and its figures are the sums of its members'."""

from __future__ import annotations

import pytest

from .deals import figures, series

CLAIMS = """
claim a to Bank on payment = $30 carries
claim b to Fund on payment = $90 carries
group fees = a, b
account cash
receive $100 from Customer into cash on payment
"""


def test_a_group_is_paid_in_turn_or_pro_rata() -> None:
    turn = series(CLAIMS + "waterfall main from cash on payment { pay fees; pay rest to Sponsor }", "a.paid", "b.paid")
    assert [turn["a.paid"][1], turn["b.paid"][1]] == [30, 70]
    shared = series(
        CLAIMS + "waterfall main from cash on payment { pay pro rata { fees }; pay rest to Sponsor }",
        "a.paid",
        "b.paid",
    )
    assert [shared["a.paid"][1], shared["b.paid"][1]] == pytest.approx([25, 75])


def test_its_figures_are_sums() -> None:
    text = (
        CLAIMS
        + 'waterfall main from cash on payment { pay fees; pay rest to Sponsor }\nreport { "Due" = total(fees.current), "Paid" = total(fees.paid) }'
    )
    assert figures(text) == {"Due": 480, "Paid": 400}
