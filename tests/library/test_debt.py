"""Loans, notes and facilities of the library against figures worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import indenture
import pytest
from indenture.engine.results import Results
from scipy.optimize import brentq

HEAD = """
deal "D" { language = 1; currency = USD; closing = 2026-01-15; issuer = Borrower }
use debt
party Borrower, Sponsor, Lender
schedule payment = monthly on day 15 from 2026-02-15 to 2028-01-15, unadjusted
schedule draws = monthly on day 1 from 2026-02-01 to 2026-06-01, unadjusted
define k = number of payment dates to date
account bank { opens = $500m from Sponsor }
"""


def run(text: str, *keep: str) -> Results:
    return indenture.compile(HEAD + text).run(keep=keep)


def paid(result: Results, name: str) -> list[float]:
    """What was paid on each date on which anything was."""
    return [value for value in result[name].values[:, 0].tolist() if value]


def root(flows: Callable[[float], float]) -> float:
    return float(brentq(flows, -0.5, 1.0, xtol=1e-14))


NOTE = """
note bond {{
  holder = Lender; size = $100m; price = 98%; coupon = 6%; pays = payment; maturity = 2028-01-15; accrual = 30/360
  called = {called}; premium = 2%
}}
receive bond.advance into bank
waterfall main from bank on payment {{
  "Interest" pay bond.interest
  "Principal" pay bond.principal
  "Premium" pay bond.call_premium
}}
waterfall ending from bank on payment {{ "Rest" when date is last payment {{ pay rest to Sponsor }} }}
report {{ "life" = wal(bond, 30/360); "irr" = irr(bond, 30/360); "factor" = final(bond.factor) }}
"""


@pytest.mark.parametrize(
    ("called", "months", "premium"), [("never", 24, 0.0), ("2027-07-01", 18, 0.02), ("2028-01-15", 24, 0.0)]
)
def test_a_note_is_repaid_whole_at_maturity_or_when_called(called: str, months: int, premium: float) -> None:
    result = run(NOTE.format(called=called), "bond.interest.paid", "bond.principal.paid", "bond.call_premium.paid")
    assert paid(result, "bond.interest.paid") == pytest.approx([500_000.0] * months)
    assert paid(result, "bond.principal.paid") == [100e6]
    assert paid(result, "bond.call_premium.paid") == ([2e6] if premium else [])
    assert result["life"].values[0] == pytest.approx(months / 12)
    assert result["factor"].values[0] == 0
    expected = root(
        lambda rate: (
            -98
            + sum(0.5 * (1 + rate) ** (-m / 12) for m in range(1, months + 1))
            + (100 + 100 * premium) * (1 + rate) ** (-months / 12)
        )
    )
    assert result["irr"].values[0] == pytest.approx(expected, abs=1e-10)


REVOLVER = """
revolver line {
  holder = Lender; commitment = $10m; margin = 3%; index = 4%; floor = 5%; pays = payment; accrual = 30/360
  available_until = 2026-12-31; asked = if k <= 3 or k >= 9 then $4m else -$1m; undrawn_fee = 0.6%; maturity = 2028-01-15
}
receive line.advance into bank
waterfall main from bank on payment {
  "Fee" pay line.fee
  "Interest" pay line.interest
  "Principal" pay line.principal
  "Early" when k is 6 { pay line.repayment up to $7m }
  "Rest" when date is last payment { pay rest to Sponsor }
}
"""


def test_a_revolver_is_drawn_repaid_and_drawn_again_while_it_is_available() -> None:
    result = run(
        REVOLVER, "line.balance", "line.advance.paid", "line.interest.paid", "line.fee.paid", "line.principal.paid"
    )
    on = [date for date in result.dates if date.day == 15 and date > datetime.date(2026, 1, 15)]
    at = {date: place for place, date in enumerate(result.dates)}
    balance = [result["line.balance"].values[at[date], 0] / 1e6 for date in on]
    # $4m, $4m and the last $2m; $7m repaid in the sixth month; drawn again in the ninth and tenth up to the limit.
    assert balance[:11] == pytest.approx([4, 8, 10, 10, 10, 3, 3, 3, 7, 10, 10])
    assert balance[-2:] == [10, 0]
    before = [0.0, *balance[:-1]]
    interest = [result["line.interest.paid"].values[at[date], 0] for date in on]
    assert interest == pytest.approx([one * 1e6 * (0.05 + 0.03) / 12 for one in before])
    fees = [result["line.fee.paid"].values[at[date], 0] for date in on]
    # The fee ends on 31 December: 16 of the 31 days of the period from 15 December.
    share = [1.0] * 11 + [16 / 31] + [0.0] * 12
    assert fees == pytest.approx(
        [(10 - one) * 1e6 * 0.006 / 12 * part for one, part in zip(before, share, strict=True)]
    )


FACILITY = """
term_facility term {
  holder = Lender; commitment = $50m; margin = 6%; pays = payment; draws = draws; draw_until = 2026-05-31
  asked = $15m; undrawn_fee = 0.5%; upfront_fee = 1%; maturity = 2028-01-15; accrual = actual/360
  target = if k < 6 then opening_drawn else opening_drawn * (24 - k) / 18
}
define opening_drawn = opening term.drawn
receive term.advance into bank
waterfall drawing from bank on draws { "Fee" pay term.upfront }
waterfall main from bank on payment {
  "Fee" pay term.fee
  "Interest" pay term.interest
  "Principal" pay term.principal
  "Rest" when date is last payment { pay rest to Sponsor }
}
"""


def test_a_delayed_draw_facility_draws_up_to_its_commitment_until_its_day() -> None:
    names = ("advance", "upfront", "fee", "interest", "principal")
    result = run(FACILITY, *(f"term.{name}.paid" for name in names), "term.balance")
    assert paid(result, "term.advance.paid") == pytest.approx([15e6, 15e6, 15e6, 5e6])
    assert paid(result, "term.upfront.paid") == pytest.approx([150e3, 150e3, 150e3, 50e3])
    interest = paid(result, "term.interest.paid")
    # From 1 to 15 February on the first draw; then 28 days on it and 14 on the second.
    assert interest[0] == pytest.approx(15e6 * 0.06 * 14 / 360)
    assert interest[1] == pytest.approx((15e6 * 28 + 15e6 * 14) * 0.06 / 360)
    fees = paid(result, "term.fee.paid")
    assert fees[0] == pytest.approx((50e6 * 31 - 15e6 * 14) * 0.005 / 360)
    # Nothing is undrawn after the fourth draw, on 1 May: the last fee is for the 16 days before it.
    assert fees[3:] == pytest.approx([5e6 * 16 * 0.005 / 360])
    assert paid(result, "term.principal.paid") == pytest.approx([50e6 / 18] * 18)


LOAN = """
loan term {
  holder = Lender; size = $24m; margin = 6%; pays = payment; maturity = 2028-01-15; accrual = 30/360
  target = straight_line(size, payment)
}
receive term.advance into bank
waterfall main from bank on payment {
  "Interest" when k is not 3 { pay term.interest }
  "Principal" pay term.principal
  "Rest" when date is last payment { pay rest to Sponsor }
}
"""


def test_interest_that_is_not_paid_carries_with_interest() -> None:
    result = run(LOAN, "term.interest.paid", "term.principal.paid")
    interest = paid(result, "term.interest.paid")
    assert paid(result, "term.principal.paid") == pytest.approx([1e6] * 24)
    skipped = 22e6 * 0.005
    assert interest[:3] == pytest.approx([24e6 * 0.005, 23e6 * 0.005, 21e6 * 0.005 + skipped * 1.005])


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("maturity = 2028-01-15", "maturity = 2026-01-15", "Matures after closing"),
        ("size = $24m", "size = -$24m", "Size is not negative"),
        ("margin = 6%", "margin = 6%; price = 0%", "Price is above nothing"),
    ],
)
def test_a_slip_in_a_loan_is_said_when_the_deal_is_read(old: str, new: str, label: str) -> None:
    with pytest.raises(indenture.DealError) as found:
        run(LOAN.replace(old, new))
    assert [(one.code, label in one.message) for one in found.value.diagnostics if one.severity == "error"] == [
        ("E0280", True)
    ]
