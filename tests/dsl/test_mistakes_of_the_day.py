"""One message for each mistake in an act: what only follows from it is not told as well, and what does not follow is."""

from __future__ import annotations

import pytest

from .deals import CASH, HEADER, codes, message

REST = "pay rest to Sponsor }\n"
TWO = HEADER + "schedule late = quarterly on day 15 from 2026-10-15 to 2027-01-15, unadjusted\n"
READS = "define seen = fee.unpaid + fee.paid\nwaterfall main from cash on payment { when seen > $1 { pay $1 to Fund }; "


@pytest.mark.parametrize("act", ["receive fee into cash", "settle fee on payment"])
def test_what_reads_a_claim_that_an_act_could_not_take_is_no_second_mistake(act: str) -> None:
    """A claim without a due cannot be received whole; that a step reads what it was paid is no mistake of the step."""
    text = (
        "account cash\nstate owed = $100, then opening owed - fee.paid\n"
        "claim fee from Customer to Issuer on payment up to owed\nreceive $5 from Customer into cash on payment\n"
        f"{act}\nwaterfall main from cash on payment {{ pay fee.paid to Fund; " + REST
    )
    assert codes(text) == ["E0539"]


@pytest.mark.parametrize("step", ["pay pro rata { fee, fee }", "up to $5 { pay pro rata { fee, fee } }"])
def test_what_reads_a_claim_that_a_step_could_not_pay_is_no_second_mistake(step: str) -> None:
    text = CASH + (
        "claim fee to Bank on payment = $30 carries\n"
        f"waterfall main from cash on payment {{ {step}; pay fee.unpaid to Fund; when fee.paid > $1 {{ pay $1 to Bank }}; "
    )
    assert codes(text + REST) == ["E0536"]


def test_what_reads_such_a_claim_is_looked_through_for_its_own_mistakes() -> None:
    text = CASH + (
        "claim fee to Bank on payment = $30 carries\nclaim rent to Bank on payment = $20 carries\n"
        "waterfall main from cash on payment { pay pro rata { fee, fee }; "
        "pay pro rata { { pay rent up to fee.unpaid }, rent }; " + REST
    )
    assert codes(text) == ["E0536", "E0536"]


def test_a_claim_of_an_act_that_has_no_dates_is_read_all_the_same() -> None:
    """It settles claims of two schedules and does not say when; and the first does not say by which days it bears
    interest."""
    text = (
        CASH
        + "waterfall main from cash on payment { "
        + REST
        + (
            "claim fee from Customer to Bank on payment = $1 carries with interest at 5%\n"
            "claim premium from Customer to Bank on late = $1 lapses\nsettle fee, premium\n"
        )
    )
    assert sorted(codes(text, header=TWO)) == ["E0416", "E0418"]


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        ("pot.balance / $40 is 50%", "takes a ratio and a threshold"),
        ("abs(pot.balance) / $40 >= 50%", "in proportion to what is paid"),
        ("floor(pot.balance / $1) / 40 >= 50%", "in proportion to what is paid"),
        ("date >= 2026-01-01", "this is no division"),
    ],
)
def test_what_cannot_be_cured_says_why(ratio: str, said: str) -> None:
    text = (
        CASH + "account pot { target = $40 }\nwaterfall main from cash on payment { until RATIO { fill pot }; " + REST
    )
    assert codes(text.replace("RATIO", ratio)) == ["E0534"]
    assert said in message(text.replace("RATIO", ratio))
