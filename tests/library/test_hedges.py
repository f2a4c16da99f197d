"""Swaps and caps of the library against figures worked out by hand."""

from __future__ import annotations

import indenture
import pytest

DEAL = """
deal "H" { language = 1; currency = USD; closing = 2026-01-15; issuer = Company }
use hedges
party Company, Sponsor, Dealer
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
index SOFR = step([2026-01-01: 3%, 2026-07-01: 5%, 2026-10-01: -1%])
define left = step([2026-01-01: $100m, 2026-10-01: $60m])
swap hedge { dealer = Dealer; notional = left; fixed = 4%; index = SOFR; floor = 0%; pays = payment; accrual = actual/360 }
cap ceiling { dealer = Dealer; notional = $80m; strike = 4.50%; index = SOFR; premium = $1m; pays = payment; accrual = actual/360 }
account bank { opens = $10m from Sponsor }
receive hedge.receipt into bank
receive ceiling.receipt into bank
waterfall start from bank on closing { "Premium" pay ceiling.price }
waterfall main from bank on payment { "Swap" pay hedge.payment; "Rest" when date is last payment { pay rest to Sponsor } }
"""
DAYS = [90, 91, 92, 92]


@pytest.fixture(scope="module")
def paid() -> dict[str, list[float]]:
    names = ("hedge.payment", "hedge.receipt", "ceiling.receipt", "ceiling.price")
    result = indenture.compile(DEAL).run(keep=[f"{name}.paid" for name in names])
    return {name: result[f"{name}.paid"].values[:, 0].tolist() for name in names}


def test_a_swap_pays_one_way_at_a_time_and_floors_the_index(paid: dict[str, list[float]]) -> None:
    # SOFR is 3%, 5%, -1%, -1% on the four dates; the notional is read on them too.
    due = [100e6 * 0.01, -100e6 * 0.01, 60e6 * 0.04, 60e6 * 0.04]
    net = [amount * days / 360 for amount, days in zip(due, DAYS, strict=True)]
    assert paid["hedge.payment"] == pytest.approx([0.0] + [max(one, 0.0) for one in net])
    assert paid["hedge.receipt"] == pytest.approx([0.0] + [max(-one, 0.0) for one in net])


def test_a_cap_pays_above_its_strike_for_a_premium(paid: dict[str, list[float]]) -> None:
    assert paid["ceiling.price"] == [1e6, 0.0, 0.0, 0.0, 0.0]
    assert paid["ceiling.receipt"] == pytest.approx([0.0, 0.0, 80e6 * 0.005 * 91 / 360, 0.0, 0.0])
