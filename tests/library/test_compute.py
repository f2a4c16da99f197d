"""Servers, their contracts and their power, against figures worked out by hand."""

from __future__ import annotations

import datetime

import indenture
import pytest
from indenture.engine.results import Results

DEAL = """
deal "C" {{ language = 1; currency = USD; closing = 2026-01-31; issuer = Company }}
use compute
party Company, Sponsor, Vendor, Customer, Market, Utility
schedule arrive = monthly on day 10 from 2026-02-10 to 2026-12-10, unadjusted
schedule month = monthly on the last day from 2026-02-28 to 2027-01-31, unadjusted
fleet gpus {{
  vendor = Vendor; unit_cost = $48_000 per GPU; arrives = arrive; accounts = month; useful_life = 4 years
  commissioning = 2 months; resale = declining(36% per year)
  arrivals = once(1_000 GPU, 2026-02-10) + once(500 GPU, 2026-04-10)
}}
take_or_pay contract {{
  offtaker = Customer; capacity = gpus.accepted; price = $2 per GPU-hour; commitment = 90%
  starts = 2026-01-31; term = 9 months; billed = month; accrual = {accrual}
}}
merchant spares {{
  market = Market; capacity = gpus.accepted; price = $1.50 per GPU-hour; utilisation = 40%
  opens = 2026-06-15; closes = 2026-09-10; billed = month
}}
power electricity {{
  supplier = Utility; capacity = gpus.accepted; draw = 1.25 kW per GPU; overhead = 120%; load = 80%
  price = $0.10 per kWh; hedged = 75%; fixed_price = $0.06 per kWh; closes = 2026-12-31; pays = month
}}
account bank {{ opens = $500m from Sponsor }}
receive contract.rent into bank
receive spares.sales into bank
waterfall buying from bank on arrive {{ "Servers" pay gpus.purchase }}
waterfall main from bank on month {{ "Power" pay electricity.bill; "Rest" when date is last month {{ pay rest to Sponsor }} }}
report {{ "worth" = gpus.market_value on 2027-01-31; "ends" = contract.ends }}
scenario "Default" {{ Customer.default = 2026-07-20 }}
"""
KEEP = (
    "gpus.delivered",
    "gpus.accepted",
    "gpus.net_cost",
    "gpus.purchase.paid",
    "contract.rent.paid",
    "spares.sales.paid",
    "electricity.bill.paid",
)


@pytest.fixture(scope="module")
def result() -> Results:
    return indenture.compile(DEAL.format(accrual="actual/365")).run(keep=KEEP)


def on(result: Results, name: str, day: str, scenario: int = 0) -> float:
    return float(result[name].values[result.dates.index(datetime.date.fromisoformat(day)), scenario])


def test_servers_arrive_and_are_accepted_two_months_later(result: Results) -> None:
    assert [on(result, "gpus.delivered", day) for day in ("2026-02-10", "2026-03-10", "2026-04-10")] == [
        1000,
        1000,
        1500,
    ]
    assert [on(result, "gpus.accepted", day) for day in ("2026-03-10", "2026-04-10", "2026-06-10")] == [0, 1000, 1500]
    assert on(result, "gpus.purchase.paid", "2026-02-10") == 48e6
    assert on(result, "gpus.purchase.paid", "2026-04-10") == 24e6


def test_depreciation_is_straight_line_from_the_day_of_arrival(result: Results) -> None:
    # 20 days of February, whose end counts as the 30th, then whole months; of the second lot 20 days of April.
    monthly = 48e6 / 48
    assert on(result, "gpus.net_cost", "2026-02-28") == pytest.approx(48e6 - monthly * 20 / 30)
    assert on(result, "gpus.net_cost", "2026-03-31") == pytest.approx(48e6 - monthly * (1 + 20 / 30))
    whole = monthly * (11 + 20 / 30) + monthly / 2 * (9 + 20 / 30)
    assert on(result, "gpus.net_cost", "2027-01-31") == pytest.approx(72e6 - whole)


def test_a_take_or_pay_contract_pays_for_its_share_of_the_hours_while_it_lasts(result: Results) -> None:
    hourly = 2 * 0.9 * 24
    assert on(result, "contract.rent.paid", "2026-03-31") == 0
    assert on(result, "contract.rent.paid", "2026-04-30") == pytest.approx(1000 * 20 * hourly)
    assert on(result, "contract.rent.paid", "2026-06-30") == pytest.approx((1000 * 10 + 1500 * 20) * hourly)
    assert on(result, "contract.rent.paid", "2026-10-31") == pytest.approx(1500 * 31 * hourly)
    assert on(result, "contract.rent.paid", "2026-11-30") == 0


def test_a_customer_in_default_pays_nothing_more(result: Results) -> None:
    assert on(result, "contract.rent.paid", "2026-06-30", 1) == on(result, "contract.rent.paid", "2026-06-30")
    assert on(result, "contract.rent.paid", "2026-07-31", 1) == 0


def test_equal_months_pay_alike() -> None:
    equal = indenture.compile(DEAL.format(accrual="actual/actual ICMA")).run(keep=KEEP)
    rents = [on(equal, "contract.rent.paid", day) for day in ("2026-07-31", "2026-08-31", "2026-09-30")]
    assert rents == pytest.approx([1500 * 730 * 2 * 0.9] * 3)


def test_a_merchant_sells_from_its_day_to_its_day(result: Results) -> None:
    # June's sales are those of its last 15 days, on which the second lot is there.
    june = 1500 * 15 * 24 * 1.5 * 0.4
    assert on(result, "spares.sales.paid", "2026-06-30") == pytest.approx(june)
    assert on(result, "spares.sales.paid", "2026-08-31") == pytest.approx(1500 * 31 * 24 * 1.5 * 0.4)
    assert on(result, "spares.sales.paid", "2026-09-30") == pytest.approx(1500 * 10 * 24 * 1.5 * 0.4)
    assert on(result, "spares.sales.paid", "2026-10-31") == 0


def test_power_is_draw_times_overhead_times_hours_at_a_part_hedged_price(result: Results) -> None:
    tariff = 0.75 * 0.06 + 0.25 * 0.10
    daily = 1.25 * 1.2 * 0.8 * 24 * tariff
    assert on(result, "electricity.bill.paid", "2026-04-30") == pytest.approx(1000 * 20 * daily)
    assert on(result, "electricity.bill.paid", "2026-12-31") == pytest.approx(1500 * 31 * daily)
    assert on(result, "electricity.bill.paid", "2027-01-31") == 0


def test_a_server_is_worth_less_each_year(result: Results) -> None:
    assert result["worth"].values[0] == pytest.approx(72e6 * 0.64)
    assert result["ends"].values[0] == datetime.date(2026, 10, 31).toordinal()
