"""Fees of the library against figures worked out by hand."""

from __future__ import annotations

import indenture
import pytest

DEAL = """
deal "F" { language = 1; currency = USD; closing = 2026-01-15; issuer = Company }
use fees
party Company, Sponsor, Agent, Servicer, Counsel, Bank
schedule payment = quarterly on day 15 from 2026-04-15 to 2029-01-15, unadjusted
define k = number of payment dates to date
define outstanding = $100m - $10m * k
account bank { opens = $50m from Sponsor }
flat_fee agent { payee = Agent; amount = $120_000 per year; inflation = 10%; pays = payment }
balance_fee servicing {
  payee = Servicer; base = opening_pool; charge = 0.50%; minimum = $200_000 per year; pays = payment; accrual = 30/360
}
state pool = $100m, then opening pool - repaid
flow repaid on payment = $8m
define opening_pool = opening pool
capped_expenses counsel {
  payee = Counsel; incurred = if k is 3 then $90_000 else $10_000; cap = $80_000 per year; pays = payment
}
upfront_fee arranging { payee = Bank; lent = $100m; charge = 1.5% }
waterfall start from bank on closing { "Fee" pay arranging.payment }
waterfall main from bank on payment {
  "High" pay pro rata { agent.payment, servicing.payment, counsel.senior }
  "Low"  pay counsel.subordinated
  "Rest" when date is last payment { pay rest to Sponsor }
}
"""


@pytest.fixture(scope="module")
def paid() -> dict[str, list[float]]:
    names = ("agent.payment", "servicing.payment", "counsel.senior", "counsel.subordinated", "arranging.payment")
    result = indenture.compile(DEAL).run(keep=tuple(f"{name}.paid" for name in names))
    return {name: result[f"{name}.paid"].values[:, 0].tolist() for name in names}


def test_a_flat_fee_rises_on_anniversaries(paid: dict[str, list[float]]) -> None:
    # What is paid on an anniversary is for the year behind it.
    years = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert paid["agent.payment"] == pytest.approx([0.0] + [30_000 * 1.1**year for year in years])


def test_a_fee_on_a_balance_has_a_minimum(paid: dict[str, list[float]]) -> None:
    balances = [100e6 - 8e6 * quarter for quarter in range(12)]
    assert paid["servicing.payment"] == pytest.approx([0.0] + [max(one * 0.005 / 4, 50_000) for one in balances])
    assert paid["servicing.payment"][-1] == 50_000


def test_expenses_rank_high_up_to_their_cap(paid: dict[str, list[float]]) -> None:
    assert paid["counsel.senior"] == pytest.approx([0.0, 10e3, 10e3, 20e3] + [10e3] * 9)
    assert paid["counsel.subordinated"] == pytest.approx([0.0, 0.0, 0.0, 70e3] + [0.0] * 9)


def test_an_upfront_fee_is_paid_at_closing(paid: dict[str, list[float]]) -> None:
    assert paid["arranging.payment"] == pytest.approx([1.5e6] + [0.0] * 12)
