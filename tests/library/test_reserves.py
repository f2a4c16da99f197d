"""Reserves of the library against figures worked out by hand."""

from __future__ import annotations

import indenture
import pytest

DEAL = """
deal "R" { language = 1; currency = USD; closing = 2026-01-15; issuer = Company }
use reserves
party Company, Sponsor, Customer, Builder, Lender
schedule payment = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted
define k = number of payment dates to date
account bank { opens = $0 from Sponsor }
claim interest to Lender on payment = $100_000 * k   lapses
state pool = $100m, then opening pool - repaid
flow repaid on payment = $8m
service_reserve dsra { service = interest.current; times = 3; ends = 2027-01-15; initial = $250_000; funder = Sponsor }
balance_reserve buffer { balance = $100m - $8m * k; original = $100m; share = 1%; least = 0.5%; funder = Sponsor }
works_reserve works { cost = $600_000; every = 6; pays = payment; holder = Builder }
receive $9m from Customer into bank on payment
waterfall main from bank on payment {
  "Interest" pay interest
  "Reserves" release dsra.cash; fill dsra.cash; release buffer.cash; fill buffer.cash; fill works.cash
  "Rest"     pay rest to Sponsor
}
waterfall building from works.cash on payment { "Works" pay works.works }
always dsra.cash.balance <= 3 * $1_200_000
"""


@pytest.fixture(scope="module")
def held() -> dict[str, list[float]]:
    result = indenture.compile(DEAL).run(
        keep=("dsra.cash.balance", "buffer.cash.balance", "works.cash.balance", "works.works.paid")
    )
    assert result.passed
    return {name: series.values[:, 0].tolist() for name, series in result.series().items()}


def test_a_service_reserve_follows_the_service_and_ends_with_it(held: dict[str, list[float]]) -> None:
    assert held["dsra.cash.balance"] == pytest.approx([250e3] + [300e3 * k for k in range(1, 12)] + [0.0])


def test_a_balance_reserve_declines_to_its_least(held: dict[str, list[float]]) -> None:
    left = [100e6 - 8e6 * k for k in range(1, 13)]
    assert held["buffer.cash.balance"] == pytest.approx([0.0] + [max(one * 0.01, 500e3) for one in left])


def test_a_works_reserve_has_the_cost_when_it_falls_due(held: dict[str, list[float]]) -> None:
    saved = [100e3 * k for k in (1, 2, 3, 4, 5)]
    assert held["works.works.paid"] == pytest.approx([0.0, *([0.0] * 5 + [600e3]) * 2])
    assert held["works.cash.balance"] == pytest.approx([0.0, *saved, 0.0, *saved, 0.0])
