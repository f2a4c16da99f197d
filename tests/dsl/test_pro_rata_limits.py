"""Pro rata members that one balance limits together: what one cannot take, because another took it, goes to the rest."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from .deals import CASH, series

DEBT = """
state debt on payment = $60, then opening debt - planned.paid - swept.paid
claim planned to Bank on payment = $50 up to debt lapses
claim swept to Fund on payment up to debt
claim fee to Sponsor on payment = $30 lapses
"""
NAMES = ("planned.paid", "swept.paid", "fee.paid", "debt", "cash.balance")


def shared(members: str, by: str = "", more: str = "") -> list[float | None]:
    """What each gets of the first date's $100, what is left of the debt and of the cash."""
    text = CASH + DEBT + f"waterfall main from cash on payment {{ pay pro rata{by} {{ {members} }}{more} }}"
    found = series(text, *NAMES)
    return [found[name][1] for name in NAMES]


@pytest.mark.parametrize("members", [", ".join(one) for one in itertools.permutations(["planned", "swept", "fee"])])
def test_a_debt_of_sixty_and_a_fee_of_thirty_are_met_from_a_hundred(members: str) -> None:
    """They ask 50, 60 and 30, but of the debt no more than 60 can be paid: there is enough for all of it."""
    planned, swept, fee, debt, cash = shared(members)
    assert planned is not None
    assert swept is not None
    assert planned + swept == pytest.approx(60, rel=1e-15)
    assert fee == pytest.approx(30, rel=1e-15)
    assert (debt, cash) == (pytest.approx(0, abs=1e-13), pytest.approx(10, rel=1e-14))


def test_the_first_round_is_shared_by_what_is_asked_and_the_rest_goes_to_who_can_take_it() -> None:
    planned, swept, fee, *_ = shared("planned, swept, fee")
    first = [Fraction(100 * ask, 140) for ask in (50, 60, 30)]
    assert planned == pytest.approx(float(first[0]), rel=1e-14)
    assert swept == pytest.approx(float(60 - first[0]), rel=1e-14)
    assert fee == pytest.approx(30, rel=1e-14)


def test_stated_shares_and_members_in_sequence_do_so_too() -> None:
    assert shared("10% planned, 60% swept, 30% fee", " by shares") == pytest.approx([10, 50, 30, 0, 10], abs=1e-12)
    assert shared("{ pay planned; pay fee }, swept")[2:] == pytest.approx([30, 0, 10], abs=1e-12)


def test_what_is_left_short_of_all_is_spent_and_none_goes_below() -> None:
    """Of 70 under a cap, 20 of a fee of 30 that is owed beside a debt of 60: everything is spent within the group."""
    text = CASH + DEBT + "waterfall main from cash on payment { up to $70 { pay pro rata { planned, swept, fee } } }"
    found = series(text, *NAMES)
    planned, swept, fee, debt, cash = (found[name][1] for name in NAMES)
    assert [planned, swept, fee] == pytest.approx([25, 30, 15], rel=1e-14)
    assert (debt, cash) == (pytest.approx(5), pytest.approx(30))
