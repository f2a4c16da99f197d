"""What a run needs and is not determined: the message says what needs it, and of a state that no cash does not."""

from __future__ import annotations

import pytest
from indenture import DealError

from .deals import CASH, codes, compiled

REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
RATIO = "define cover = $4 / (if date is 2026-07-15 then $0 else $2)\n"


def said(text: str) -> str:
    with pytest.raises(DealError) as found:
        compiled(text).run()
    (only,) = [one for one in found.value.diagnostics if one.severity == "error"]
    assert only.code == "E0902"
    return only.message


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ("state kept on payment = 0, then cover\n", "the state is carried on from it"),
        ("state kept on payment = 0, then opening kept + cover\n", "the state is carried on from it"),
        ("state kept on payment = 0, then opening kept + cover at opening\n", "the state is carried on from it"),
        ("flow x on payment = $1 * cover\nstate kept = $0, then opening kept + x\n", "cash or a state depends on it"),
        ("claim fee to Bank on payment = $1 * cover lapses\nsettle fee on payment\n", "cash depends on it"),
    ],
)
def test_the_message_says_what_needs_it(items: str, why: str) -> None:
    message = said(CASH + RATIO + items + REST)
    assert f"is not determined, and {why}" in message
    assert ("cash" in message) is ("cash" in why)


def test_a_step_needs_its_amount_for_cash() -> None:
    step = "waterfall main from cash on payment { pay $1 * cover to Bank; pay rest to Sponsor }\n"
    assert "is not determined, and cash depends on it" in said(CASH + RATIO + step)


def test_what_nothing_needs_stops_nothing() -> None:
    assert codes(CASH + RATIO + REST + "report { cover }\n") == []
    compiled(CASH + RATIO + REST + "report { cover }\n").run()
