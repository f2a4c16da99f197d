"""Compute contracts, leases and loans on terms out of the ordinary, each figure worked out by hand."""

from __future__ import annotations

import datetime
from pathlib import Path

import indenture
import pytest
from indenture.dsl.api import DealError
from indenture.engine.results import Results

EURO = """
deal "E" { language = 1; currency = EUR; closing = 2026-01-31; issuer = Company }
use contracts, compute, power
party Company, Customer, Owner, Supplier
schedule bills = quarterly on the last day from 2026-04-30 to 2028-04-30, unadjusted
take_or_pay c {
  offtaker = Customer; capacity = 1_000 GPU; price = EUR 2 per GPU-hour; starts = 2026-01-31; term = 2 years; billed = bills
  accrual = actual/actual ICMA
}
token_sales t { market = Customer; capacity = 1_000 GPU; throughput = 1_000_000 token per GPU-hour; utilisation = 50%; price = EUR 2 per mtoken; variable = EUR 1 per mtoken; billed = bills }
book_life b { spends = bills; spending = EUR 16m; life = 4 years; accounts = bills }
power p { supplier = Supplier; capacity = 1_000 GPU; draw = 1 kW per GPU; overhead = 125%; price = EUR 0.08 per kWh; pays = bills }
account bank
receive c.advance into bank
receive c.rent into bank
receive t.sales into bank
waterfall main from bank on bills { pay p.bill; pay rest to Owner }
"""


def test_components_with_no_money_for_a_default_serve_a_deal_in_euros() -> None:
    """A prepayment, a base, a fixed price that nobody states are nothing in the deal's currency."""
    result = indenture.compile(
        EURO
        + """
scenario "Ahead" { c.prepayment = EUR 12m }
report { "rent" = total(c.rent.paid), "costs" = total(t.business.costs), "written off" = total(b.depreciation), "power" = total(p.bill.paid) }
"""
    ).run()
    assert result["rent"].values.tolist() == pytest.approx([8 * 1_000 * 2 * 2_190, 8 * 1_000 * 2 * 2_190 - 12e6])
    hours = 820 * 24 * 1_000  # from 2026-01-31 to 2028-04-30 there are 820 days
    assert result["costs"].values[0] == pytest.approx(hours * 0.5)
    assert result["written off"].values[0] == pytest.approx(1e6 * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8))
    assert result["power"].values[0] == pytest.approx(hours * 1.25 * 0.08)


def test_dollars_are_not_taken_for_the_euros_that_a_field_left_out_stands_for() -> None:
    with pytest.raises(DealError, match="in EUR, and this is in USD"):
        indenture.compile(EURO + 'scenario "Ahead" { c.prepayment = $12m }\nreport { total(c.rent.paid) }')


YEN = """
deal "Y" { language = 1; currency = JPY; closing = 2027-12-31; issuer = Company }
use contracts
party Company, Customer, Owner
schedule bills = quarterly on the last day from 2028-03-31 to 2030-12-31, unadjusted
take_or_pay c {
  offtaker = Customer; capacity = 1_000 GPU; price = JPY 200 per GPU-hour; commitment = 80%; starts = 2028-01-15; term = 24 months
  billed = bills; accrual = actual/365; prepayment = JPY 1_200m; recouped = 12 months
  service_credit = if date is 2028-06-30 then 100% else 0%; renegotiated = 2028-11-15; haircut = 30%
  termination_share = 50%; recovery = 20%; recovery_lag = 6 months
}
account bank
receive c.advance into bank
receive c.rent into bank
receive c.termination into bank
receive c.recovered into bank
waterfall main from bank on bills { pay rest to Owner }
scenario "Terminated on a bill's date" { c.terminated = 2028-09-30 }
scenario "Fails before it starts"      { Customer.default = 2028-01-01 }
report {
  "rent" = total(c.rent.paid); "left" = final(c.prepaid); "terminated" = total(c.termination.paid)
  "claimed" = total(c.claimed); "recovered" = total(c.recovered.paid)
}
"""


@pytest.fixture(scope="module")
def yen() -> Results:
    return indenture.compile(YEN).run()


YEARLY = 1_000 * 0.8 * 200 * 8_760  # yen of rent in 365 days


def test_what_a_bill_could_not_take_of_a_prepayment_is_taken_by_the_next(yen: Results) -> None:
    # 15 January to 31 March 76 days, the second quarter credited whole, 92 days; from the bill of December on 30% less.
    rent = YEARLY / 365 * (76 + 92 + 0.7 * (92 + 365 + 15))
    assert yen["left"].values[0] == pytest.approx(0, abs=1e-3)
    assert yen["rent"].values[0] == pytest.approx(rent - 1_200e6)


def test_a_termination_payment_does_not_credit_twice_what_its_own_bill_has_credited(yen: Results) -> None:
    # On 30 September 259 of 366 days of the prepayment have come due; the bills could take all but what the last was short of.
    credited = 76 / 366 * 1_200e6 + min(YEARLY / 365 * 92, (259 - 76) / 366 * 1_200e6)
    assert yen["left"].values[1] == pytest.approx(1_200e6 - credited)
    assert yen["terminated"].values[1] == pytest.approx(0.5 * (YEARLY / 365 * (365 + 107) - (1_200e6 - credited)))


def test_rent_to_come_is_counted_from_the_start_where_a_customer_fails_before_it(yen: Results) -> None:
    claim = 0.5 * (YEARLY / 365 * 731 - 1_200e6)
    assert yen["claimed"].values[2] == pytest.approx(claim)
    assert yen["recovered"].values[2] == pytest.approx(0.2 * claim)


LOANS = """
deal "L" { language = 1; currency = GBP; closing = 2026-01-31; issuer = Borrower }
use refinancing, leases
party Borrower, Lender, Owner, Tenant
schedule year = annually on the last day from 2027-01-31 to 2029-01-31, unadjusted
schedule tests = quarterly on the last day from 2026-04-30 to 2028-01-31, unadjusted
account bank { opens = £300m from Owner }
"""


def test_what_is_swept_before_the_maturity_of_a_loan_in_kind_is_not_repaid_twice() -> None:
    result = indenture.compile(
        LOANS
        + """
pik_loan p {
  holder = Lender; size = £100m; margin = 4%; pik = 1%; step_up = 1%; elects = date is 2027-01-31; index = -1%; floor = -2%
  pays = year; maturity = 2029-01-31; accrual = actual/actual ICMA
}
receive p.advance into bank
ranking p.interest, p.sweep, p.principal
waterfall main from bank on year { pay p.interest; when date is 2029-01-31 { pay p.sweep up to £10m }; pay p.principal }
waterfall ending from bank on year { when date is last year { pay rest to Owner } }
report { "repaid" = total(p.principal.paid), "balance" = final(p.balance), "interest" = total(p.interest.paid) }
"""
    ).run()
    # 5% in kind in the first year, its election and step-up among it; then 3% paid and 1% in kind.
    owed = 100e6 * 1.05 * 1.01 * 1.01
    assert result["repaid"].values[0] == pytest.approx(owed - 10e6)
    assert result["balance"].values[0] == pytest.approx(0, abs=1e-6)
    assert result["interest"].values[0] == pytest.approx(100e6 * 1.05 * 0.03 * (1 + 1.01))


def test_a_report_reads_when_cures_are_exhausted() -> None:
    result = indenture.compile(
        LOANS
        + """
equity_cure e { owner = Owner; needed = if date > 2026-06-01 then £1m else £0; tests = tests; in_life = 3 }
receive e.contribution into bank
waterfall main from bank on tests { pay rest to Owner }
report { "broken" = first_date(e.broken), "times" = final(e.used) }
"""
    ).run()
    # July and October 2026 fill the window; October's has to fall out of it, after July's, in July 2027: the third in all.
    assert result["broken"].values[0] == datetime.date(2027, 1, 31).toordinal()
    assert result["times"].values[0] == 3


def test_a_lease_without_renewals_ends_with_its_first_term() -> None:
    result = indenture.compile(
        LOANS
        + """
lease l { lessee = Tenant; rent = £12m per year; escalation = 10%; starts = 2026-01-31; initial = 2 years; billed = year; accrual = actual/actual ICMA }
receive l.payment into bank
waterfall main from bank on year { pay rest to Owner }
report { "rent" = total(l.payment.paid) }
"""
    ).run()
    assert result["rent"].values[0] == pytest.approx(12e6 * 2.1)


def test_a_par_call_date_between_two_payments_counts_interest_up_to_that_day() -> None:
    """Ten half-yearly coupons, then par and a quarter's interest, ten and a half half-years ahead, at T+25 of 2%."""
    result = indenture.compile(
        """
deal "M" { language = 1; currency = EUR; closing = 2026-01-15; issuer = Company }
use bonds
party Company, Holder, Owner
schedule coupons = semiannually on day 15 from 2026-07-15 to 2036-01-15, unadjusted
corporate_bond b {
  holder = Holder; size = EUR 100m; coupon = 5%; pays = coupons; maturity = 2036-01-15; accrual = 30/360
  called = 2030-07-15; make_whole = true; reference = 2%; make_whole_spread = 25bp; make_whole_to = 2035-10-15
}
account bank { opens = EUR 300m from Owner }
receive b.advance into bank
ranking b.interest, b.principal, b.call_premium
waterfall main from bank on coupons { pay b.interest; pay b.principal; pay b.call_premium; when date is last coupons { pay rest to Owner } }
report { "premium" = total(b.call_premium.paid) }
"""
    ).run()
    half = 1 + 0.0225 / 2
    worth = sum(2.5e6 / half**k for k in range(1, 11)) + (100e6 + 1.25e6) / half**10.5
    assert result["premium"].values[0] == pytest.approx(worth - 100e6, rel=1e-12)


def test_a_tenant_pays_more_from_the_day_of_its_anniversary(tmp_path: Path) -> None:
    """Rents of EUR 100 a kW-month, 10% more each year: one tenant's year begins on a bill's date, the other's in mid-month."""
    (tmp_path / "tenants.csv").write_text(
        "id,tenant,reserved,rent,starts,ends,renewal_months\n"
        "1,Alpha,1000,100,2026-01-31,2028-01-31,0\n2,Beta,1000,100,2026-01-15,2028-01-15,12\n"
    )
    deal = tmp_path / "tenants.deal"
    deal.write_text("""
deal "Ten" { language = 1; currency = EUR; closing = 2026-01-31; issuer = Owner }
use leases
party Owner, Tenants
schedule bills = monthly on the last day from 2026-02-28 to 2028-03-31, unadjusted
tenancy t each row in "tenants.csv" { payer = Tenants; escalation = 10%; renewal_change = -50%; billed = bills; accrual = actual/actual ICMA }
account bank
receive t.payment into bank
waterfall main from bank on bills { pay rest to Owner }
report { "rent" = sum(t.payment.paid) }
""")
    result = indenture.load(deal).run()
    rent = {str(date): float(value) for date, value in zip(result.dates, result["rent"].values[:, 0], strict=True)}
    assert rent["2027-01-31"] == pytest.approx(100e3 + 100e3 * 15 / 31 + 110e3 * 16 / 31)
    assert rent["2027-02-28"] == pytest.approx(220e3)
    assert rent["2028-01-31"] == pytest.approx(110e3 + 110e3 * 15 / 31 + 121e3 / 2 * 16 / 31)
    assert rent["2028-02-29"] == pytest.approx(121e3 / 2)


def test_a_loan_that_matures_after_its_last_payment_is_not_left_unpaid_in_silence() -> None:
    """Here a business day moves the last payment from Saturday 31 January 2032 to the day before: on none is it mature."""
    text = """
deal "M" {{ language = 1; currency = GBP; closing = 2026-01-31; issuer = Borrower }}
use debt
party Borrower, Lender, Owner
schedule year = annually on the last day from 2027-01-31 to 2032-01-31, modified following, calendar "weekends only"
loan a {{ holder = Lender; size = £100m; margin = 5%; pays = year; maturity = {maturity}; accrual = actual/365 }}
account bank {{ opens = £300m from Owner }}
receive a.advance into bank
ranking a.interest, a.principal
waterfall main from bank on year {{ pay a.interest; pay a.principal; when date is last year {{ pay rest to Owner }} }}
report {{ "left" = final(a.balance) }}
"""
    for late in ("2032-01-31", "2032-02-29"):
        with pytest.raises(DealError, match="Payments reach the maturity"):
            indenture.compile(text.format(maturity=late))
    assert indenture.compile(text.format(maturity="last year")).run()["left"].values[0] == 0
    assert indenture.compile(text.format(maturity="never")).run()["left"].values[0] == 100e6
