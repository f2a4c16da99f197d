"""Schedules that are counted from closing, and closing dates that are worked out."""

from __future__ import annotations

import pytest

from .deals import codes, compiled

TEXT = """
deal "Test" {{ language = 1; currency = USD; closing = {closing}; issuer = Issuer }}
party Issuer, Bank, Customer, Sponsor
term maturity = 2027-01-15
term start    = closing
schedule payment = {schedule}
account cash
receive $10 from Customer into cash on payment
claim fee to Bank on payment = if date >= start + 6 months then $3 else $2 lapses
waterfall main from cash on payment {{ pay fee; pay rest to Sponsor }}
"""


@pytest.mark.parametrize(
    ("closing", "schedule", "dates", "due"),
    [
        ("2026-01-15", "quarterly on day 15 from closing to 2026-07-15, unadjusted", "01 04 07", [2, 2, 3]),
        (
            "2026-01-15",
            "quarterly on day 15 from start + 3 months to start + 6 months, unadjusted",
            "01 04 07",
            [0, 2, 3],
        ),
        ("2026-01-15", "dates [closing + 3 months, closing + 8 months]", "01 04 09", [0, 2, 3]),
        ("maturity - 12 months", "quarterly on day 15 from closing to 2026-07-15, unadjusted", "01 04 07", [2, 2, 3]),
    ],
)
def test_a_schedule_may_be_counted_from_closing(closing: str, schedule: str, dates: str, due: list[float]) -> None:
    result = compiled(TEXT.format(closing=closing, schedule=schedule), header="").run(keep=["fee.due"])
    assert [f"{date:%m}" for date in result.dates] == dates.split()
    assert result["fee.due"].values[:, 0] == pytest.approx(due)


@pytest.mark.parametrize("closing", ["closing + 3 days", "start"])
def test_a_closing_date_that_needs_itself_is_an_error(closing: str) -> None:
    text = TEXT.format(closing=closing, schedule="quarterly on day 15 from 2026-04-15 to 2026-07-15, unadjusted")
    assert codes(text, header="") == ["E0508"]


ROLLED = """
deal "Rolled" {{ language = 1; currency = USD; closing = {closing}; issuer = Borrower }}
use debt
party Borrower, Bank, Owner
schedule payment = {schedule}
loan bond {{ holder = Bank; size = $100m; margin = 6%; pays = payment; maturity = last payment; accrual = {accrual} }}
account cash
receive bond.advance into cash
receive $110m from Owner into cash on payment
ranking bond.interest, bond.principal
waterfall main from cash on payment {{ pay bond.interest; pay bond.principal; pay rest to Owner }}
waterfall issue from cash on closing {{ "Rest" pay rest to Owner }}
report {{ bond.interest.due, "clean" = clean_price(bond, 6%, {accrual}) }}
"""
REGULAR = 6_000_000 / 4


@pytest.mark.parametrize(
    ("closing", "schedule", "accrual", "dues"),
    [
        # Saturday 13 June 2026 is paid on Monday the 15th, which is closing: the period behind it is empty, and the next
        # runs from closing, 88 days of 30/360.
        (
            "2026-06-15",
            'quarterly on day 13 from 2026-06-13 to 2027-03-13, following, calendar "weekends only"',
            "30/360",
            [0, 6e6 * 88 / 360, REGULAR, REGULAR],
        ),
        (
            "2026-06-15",
            'quarterly on day 13 from 2026-06-13 to 2027-03-13, following, calendar "weekends only"',
            "actual/360",
            [0, 6e6 * 90 / 360, 6e6 * 91 / 360, 6e6 * 90 / 360],
        ),
        # The regular period of ICMA's rule is 13 June to 13 September, 92 days; 90 of them have been.
        (
            "2026-06-15",
            'quarterly on day 13 from 2026-06-13 to 2027-03-13, following, calendar "weekends only"',
            "actual/actual ICMA",
            [0, REGULAR * 90 / 92, REGULAR, REGULAR],
        ),
        # Closing on the Sunday between: paid the day after, for nothing.
        (
            "2026-06-14",
            'quarterly on day 13 from 2026-06-13 to 2027-03-13, following, calendar "weekends only"',
            "30/360",
            [0, 0, 6e6 * 89 / 360, REGULAR, REGULAR],
        ),
        # With accrual adjusted the period from Sunday to Monday is a day.
        (
            "2026-06-14",
            'quarterly on day 13 from 2026-06-13 to 2026-09-13, following, calendar "weekends only", accrual adjusted',
            "actual/360",
            [0, 6e6 / 360, 6e6 * 91 / 360],
        ),
        # Moved to the Friday before closing: none of it had been either.
        (
            "2026-06-13",
            'quarterly on day 13 from 2026-06-13 to 2026-09-13, preceding, calendar "weekends only", accrual adjusted',
            "actual/360",
            [0, 0, 6e6 * 90 / 360],
        ),
        # A date that the deal itself puts before closing has its regular period behind it, wherever it is paid.
        (
            "2026-06-15",
            'quarterly on day 11 from 2026-06-11 to 2026-09-11, following, calendar "weekends only"',
            "30/360",
            [REGULAR, 0, REGULAR],
        ),
        # And where the deal says from when it accrues, that holds.
        (
            "2026-06-15",
            'quarterly on day 13 from 2026-06-13 to 2026-09-13, following, calendar "weekends only", '
            "accrual from 2026-06-03",
            "30/360",
            [6e6 * 10 / 360, REGULAR],
        ),
    ],
)
def test_a_first_date_that_business_days_move_onto_closing_has_nothing_behind_it(
    closing: str, schedule: str, accrual: str, dues: list[float]
) -> None:
    text = ROLLED.format(closing=closing, schedule=schedule, accrual=accrual)
    result = compiled(text, header="").run(keep=["bond.interest.due"])
    assert result["bond.interest.due"].values[:, 0].tolist() == pytest.approx(dues)


def test_a_bond_issued_on_its_first_rolled_date_is_worth_par_at_its_coupon() -> None:
    text = ROLLED.format(
        closing="2026-06-15",
        schedule='quarterly on day 13 from 2026-06-13 to 2027-03-13, following, calendar "weekends only"',
        accrual="30/360",
    )
    # The first period is 88 of 90 days: at a yield of the coupon its simple interest and the yield's differ by the
    # compounding of two days.
    price = compiled(text, header="").run()["clean"].values[0]
    assert price == pytest.approx(1, abs=1e-5)
