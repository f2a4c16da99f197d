"""Balances that no step repays; cash that is received or paid twice, and amounts that only read a claim."""

from __future__ import annotations

import indenture
import pytest

HEAD = """deal "F" { language = 1; currency = USD; closing = 2026-01-15; issuer = Co }
use pools
party Co, Tenant, Lender, Sponsor, Trustee
schedule quarter = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
account cash
"""
NOTES = """pass_through_note A { holder = Lender; size = $9m; coupon = 6%; pays = quarter; accrual = 30/360 }
pass_through_note B { holder = Lender; size = $3m; coupon = 6%; pays = quarter; accrual = 30/360 }
account proceeds
receive A.advance into proceeds
receive B.advance into proceeds
receive $4m from Tenant into cash on quarter
waterfall sale from proceeds on closing { pay rest to Sponsor }
ranking A.interest, B.interest, A.principal, B.principal
"""
RENT = """claim rent from Tenant on quarter = yearly / 4 carries
term yearly = $20m
term quarterly_rent = $5m
waterfall w from cash on quarter { pay rest to Sponsor }
report { "To sponsor" = total(Sponsor.received) }
"""


def errors(text: str) -> list[tuple[str, str]]:
    try:
        indenture.compile(HEAD + text)
    except indenture.DealError as error:
        return [(one.code, one.message) for one in error.diagnostics if one.severity == "error"]
    return []


def waterfall(steps: str) -> str:
    return (
        NOTES
        + f'waterfall main from cash on quarter {{ pay A.interest; pay B.interest; {steps}; "R" pay rest to Sponsor }}\n'
    )


def test_a_class_that_no_step_repays() -> None:
    assert errors(waterfall("pay A.principal")) == [("E0741", "nothing repays `B.balance`")]
    assert errors(waterfall("pay A.principal; pay B.principal")) == []
    assert errors(waterfall("pay pro rata { A.principal, B.principal }")) == []


def test_all_classes_that_no_step_repays_are_named() -> None:
    said = errors(waterfall('"C" record A.balance'))
    assert [code for code, _ in said if code == "E0741"] == ["E0741", "E0741"]


def test_a_class_of_nothing_need_not_be_repaid() -> None:
    assert errors(waterfall("pay A.principal").replace("size = $3m", "size = $0")) == []


def test_a_balance_of_the_deal_itself() -> None:
    text = """claim principal to Lender on quarter up to balance
state balance = $5m, then opening balance - principal.paid
receive $4m from Tenant into cash on quarter
waterfall main from cash on quarter { STEP"R" pay rest to Sponsor }
report { final(balance) }
"""
    assert errors(text.replace("STEP", "")) == [("E0741", "nothing repays `balance`")]
    assert errors(text.replace("STEP", "pay principal; ")) == []


@pytest.mark.parametrize(
    "amount",
    [
        "rent.current from Tenant",
        "rent.due from Tenant",
        "$1m + rent.current from Tenant",
        "min(rent.due, $3m) from Tenant",
        "rent.paid from Tenant",
        "yearly / 4 from Tenant",
    ],
)
def test_a_rent_that_is_received_twice(amount: str) -> None:
    said = errors(RENT + f"receive rent into cash\nreceive {amount} into cash on quarter\n")
    assert said == [("E0742", "the cash of `rent` is received twice")]


@pytest.mark.parametrize(
    "amount",
    [
        "rent.current * 10% from Sponsor",
        "rent.unpaid from Sponsor",
        "rent.unpaid",
        "rent.current * 10% from Tenant",
        "quarterly_rent from Tenant",
        "rent.current from Sponsor",
        "$5m from Tenant",
    ],
)
def test_an_amount_that_reads_a_claim_is_other_cash(amount: str) -> None:
    assert errors(RENT + f"receive rent into cash\nreceive {amount} into cash on quarter\n") == []


def test_a_fee_that_is_paid_twice() -> None:
    text = """claim fee to Trustee on quarter = $1m carries
receive $5m from Tenant into cash on quarter
waterfall w from cash on quarter { pay fee; "Again" pay fee.current to Trustee; "R" pay rest to Sponsor }
report { total(fee.paid) }
"""
    assert errors(text) == [("E0742", "the cash of `fee` is paid twice")]
    assert errors(text.replace("to Trustee;", "to Sponsor;")) == []
    assert errors(text.replace("fee.current", "fee.unpaid")) == []


def test_the_owners_share_of_a_price_is_not_the_price() -> None:
    text = """claim price to Lender on quarter = $10m carries
receive price.current * 30% from Sponsor into cash on quarter
waterfall w from cash on quarter { pay price; "R" pay rest to Sponsor }
report { "Paid" = total(price.paid) }
"""
    assert errors(text) == []
    assert float(indenture.compile(HEAD + text).run()["Paid"].values[0]) == 12_000_000
