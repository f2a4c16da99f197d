"""What a bond is worth, worked by hand: on whose dates it is counted, what of it is interest, what has accrued."""

from __future__ import annotations

import datetime

import pytest

from .deals import codes, figures

PAYING = "account cash\nreceive $200 from Customer into cash on payment\n"
HALVES = "schedule halves = semiannually on day 15 from 2026-07-15 to 2027-01-15, unadjusted\n"

ZERO = """
component zero {
  "Nothing until its last date; what it owes is stated first."
  holder : party
  size   : money
  pays   : schedule
  state balance = size, then opening balance - principal.paid
  claim advance from holder on closing = size lapses
  claim principal to holder on pays = if date >= 2027-01-15 then balance else $0 up to balance lapses
}
zero bond { holder = Bank; size = $100; pays = halves }
receive bond.advance into cash
waterfall first from cash on closing { pay rest to Sponsor }
waterfall main from cash on halves { pay bond.principal; pay rest to Sponsor }
"""

# What is paid over the year to whom, how, and in which order the claims stand.
BOND = """
component bond {
  "A fee that comes first, a coupon, and instalments."
  holder : party
  size   : money
  state balance = size, then opening balance - principal.paid
  claim advance from holder on closing = size lapses
  claim fee to holder on yearly = $1 lapses
  WHAT
  claim principal to holder on payment = $10 lapses
}
schedule yearly = dates [2027-01-15]
bond note { holder = Bank; size = $100 }
receive note.advance into cash
waterfall first from cash on closing { pay rest to Sponsor }
"""
PAID = (
    "waterfall main from cash on payment { pay note.fee; pay note.interest; pay note.principal; pay rest to Sponsor }\n"
)
STATED = "claim interest to holder on halves = accrue(balance * 6%, 30/360) lapses kind interest"
PLAIN = "claim interest to holder on halves = accrue(balance * 6%, 30/360) lapses"


def bond(what: str, report: str, more: str = PAID) -> dict[str, float | None]:
    return figures(PAYING + HALVES + BOND.replace("WHAT", what) + more + f"report {{ {report} }}\n")


def test_a_bond_without_interest_compounds_as_often_as_its_first_claim_is_due() -> None:
    """One year off, in halves of 3%; `advance`, which its holder pays, and the balance say nothing of when."""
    found = figures(PAYING + HALVES + ZERO + 'report { "Price" = price(bond, 6%, 30/360) }')
    assert found["Price"] == pytest.approx(1.03**-2, rel=1e-12)


def test_a_bond_is_counted_on_the_dates_of_its_interest_and_not_on_those_of_a_claim_before_it() -> None:
    """In halves: 15 July is one, 15 January two, 15 April and 15 October half a one more than those before them.

    Interest is 3% of what is left: $100, less $10 in April; less $20 more by January. The fee is due once a year.
    """
    found = bond(STATED, '"Price" = price(note, 6%, 30/360)')
    flows = {0.5: 10, 1.0: 10 + 0.015 * (100 + 90), 1.5: 10, 2.0: 10 + 0.015 * (80 + 70) + 1}
    assert found["Price"] == pytest.approx(sum(flow * 1.03**-time for time, flow in flows.items()) / 100, rel=1e-12)


def test_amounts_that_are_no_bond_compound_once_a_year_from_closing() -> None:
    """$1 on each of four dates, by actual/365, or by the deal's own day count over 364."""
    text = (
        "account cash\nclaim fee from Customer to Fund on payment = $1 lapses\nsettle fee\n"
        "daycount own = days / 364\n"
        'report { "Plain" = macaulay_duration(fee.paid, 5%); "Own" = macaulay_duration(fee.paid, 5%, own) }\n'
    )
    closing = datetime.date(2026, 1, 15)
    dates = [*(datetime.date(2026, month, 15) for month in (4, 7, 10)), datetime.date(2027, 1, 15)]
    found = figures(text)
    for name, year in (("Plain", 365), ("Own", 364)):
        times = [(date - closing).days / year for date in dates]
        worth = [1.05**-time for time in times]
        weighted = sum(time * value for time, value in zip(times, worth, strict=True))
        assert found[name] == pytest.approx(weighted / sum(worth), rel=1e-12)
    ruled = text.replace("fee.paid, 5%, own", "fee.paid, 5%, actual/actual ICMA")
    assert codes(ruled) == ["E0415"]


@pytest.mark.parametrize("interest", [STATED, PLAIN])
def test_what_accrues_is_interest_whether_or_not_it_says_so(interest: str) -> None:
    """Half of a quarter after the $10 of April: 3 months of 6% on $100 and 45 days on $90, over the $90 there are.

    Instalments are no interest, though they fall due on the way; of one claim it is the amount.
    """
    found = bond(
        interest,
        '"Part" = accrued_interest(note, settlement = 2026-05-30)\n'
        '"Amount" = accrued_interest(note.interest, settlement = 2026-05-30)',
    )
    amount = 0.06 * (100 * 90 + 90 * 45) / 360
    assert found == pytest.approx({"Part": amount / 90, "Amount": amount}, rel=1e-12)


def test_what_a_holder_pays_that_accrues_is_none_of_its_interest() -> None:
    """Half of a half year at 6% on $100, over it; 1% that the holder pays back by the day is not taken off or added."""
    rebate = "claim rebate from holder on halves = accrue(size * 1%, 30/360) lapses"
    found = bond(
        f"{PLAIN}\n  {rebate}",
        '"Part" = accrued_interest(note, settlement = 2026-04-14)',
        "receive note.rebate into cash\n" + PAID,
    )
    assert found["Part"] == pytest.approx(0.06 * 89 / 360, rel=1e-12)


def test_what_has_passed_of_the_next_period_on_a_date_that_business_days_moved_is_by_its_own_day_count() -> None:
    """15 August is a Saturday: it is paid on the 17th, two days into a quarter of 90 by 30/360, of 92 days. Rounding is
    no day count."""
    text = """
schedule moved = quarterly on day 15 from 2026-05-15 to 2026-11-15, following, calendar "US settlement"
account cash
receive $200 from Customer into cash on moved
claim interest to Bank on moved = round(accrue($10_000 * 6%, 30/360), 2) lapses
waterfall main from cash on moved { pay interest; pay rest to Sponsor }
report { "So far" = accrued_interest(interest, settlement = 2026-08-17) }
"""
    assert figures(text)["So far"] == pytest.approx(150 * 2 / 90, rel=1e-12)
