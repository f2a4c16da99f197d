"""What must hold of fleets, contracts and vendor credit whatever their figures: against month-by-month sums in Python."""

from __future__ import annotations

import datetime

import indenture
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.engine.results import Results

Date = datetime.date
few = settings(max_examples=20, deadline=None)


def series(result: Results, name: str, scenario: int = 0) -> list[float]:
    values = result[name].values
    return [float(one) for one in values[:, scenario if values.shape[1] > 1 else 0]]


# ------------------------------------------------------------------------------------------------- depreciation

FLEET = """
deal "F" {{ language = 1; currency = USD; closing = 2025-12-31; issuer = Company }}
use compute
party Company, Sponsor, Vendor
schedule month = monthly on the last day from 2026-01-31 to 2041-12-31, unadjusted
schedule deliveries = monthly on the last day from 2026-01-31 to 2026-12-31, unadjusted
fleet gpus {{
  vendor = Vendor; unit_cost = $1_000 per GPU; arrives = deliveries; arrivals = cycle({units}); accounts = month
  useful_life = {life} months; salvage = {salvage}%; revised_life = {revised} months; revised_on = {revised_on}
}}
account bank
receive gpus.cost from Sponsor into bank on deliveries
waterfall buying from bank on deliveries {{ pay gpus.purchase; pay rest to Sponsor }}
report {{ gpus.depreciation, gpus.net_cost }}
"""


def booked(units: list[int], life: int, salvage: float, revised: int, revision: int) -> list[float]:
    """Each delivery month by month: what is left above the salvage, over the months that are left of its life."""
    found = [0.0] * 192
    for born, count in enumerate(units):
        above, bottom = count * 1_000 * (1 - salvage), 1e-9
        for month in range(born + 1, 192):
            left = (life if month <= revision else revised) - (month - born - 1)
            if above <= bottom:
                break
            part = above / left if left > 0 else above
            found[month] += part
            above -= part
    return found


@few
@given(
    st.lists(st.integers(0, 50), min_size=12, max_size=12).filter(any),
    st.integers(6, 72),
    st.sampled_from([0, 10]),
    st.integers(6, 84),
    st.integers(0, 60),
)
def test_depreciation_under_any_life_and_any_revision(
    units: list[int], life: int, salvage: int, revised: int, revision: int
) -> None:
    year, month = divmod(2026 * 12 + revision - 1, 12)
    end = Date(year + (month == 11), (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)
    words = ", ".join(f"{one} GPU" for one in units)
    text = FLEET.format(units=words, life=life, salvage=salvage, revised=revised, revised_on=end.isoformat())
    result = indenture.compile(text).run()
    found = series(result, "gpus.depreciation")[1:]
    # The revision falls on a month's end: what is booked on that day is still at the old life.
    assert found == pytest.approx(booked(units, life, salvage / 100, revised, revision - 1), rel=1e-9, abs=1e-6)
    assert sum(found) == pytest.approx(sum(units) * 1_000 * (1 - salvage / 100), rel=1e-9)
    assert series(result, "gpus.net_cost")[-1] == pytest.approx(sum(units) * 1_000 * salvage / 100, rel=1e-9, abs=1e-6)


# ------------------------------------------------------------------------------------------------- the stages of life

CASCADE = """
deal "C" {{ language = 1; currency = USD; closing = 2025-12-31; issuer = Company }}
use compute
party Company, Owner, Market
schedule billing = {billing} from {first} to 2040-12-31, unadjusted
schedule deliveries = monthly on day {day} from 2026-01-{day:02d} to 2026-06-{day:02d}, unadjusted
cascade servers {{
  market = Market; arrives = deliveries; units = cycle({units}); billed = billing
  frontier_until = {stages[0]} months; inference_until = {stages[1]} months; scrapped_at = {stages[2]} months
  frontier_price = $1 per GPU-hour; inference_price = $1 per GPU-hour; light_price = $1 per GPU-hour
  frontier_utilisation = 100%; inference_utilisation = 100%; light_utilisation = 100%
}}
account bank
receive servers.frontier.sales into bank
receive servers.inference.sales into bank
receive servers.light.sales into bank
waterfall main from bank on billing {{ pay rest to Owner }}
report {{
  "frontier" = total(servers.frontier.gpu_hours); "inference" = total(servers.inference.gpu_hours)
  "light" = total(servers.light.gpu_hours); "paid" = total(servers.frontier.sales.paid + servers.light.sales.paid)
}}
"""


@few
@given(
    st.lists(st.integers(0, 40), min_size=6, max_size=6).filter(any),
    st.lists(st.integers(2, 110), min_size=3, max_size=3, unique=True).map(sorted),
    st.integers(1, 28),
    st.sampled_from([("monthly on the last day", "2026-01-31"), ("quarterly on the last day", "2026-03-31")]),
)
def test_every_server_spends_its_whole_life_whatever_the_billing_dates(
    units: list[int], stages: list[int], day: int, billing: tuple[str, str]
) -> None:
    words = ", ".join(f"{one} GPU" for one in units)
    text = CASCADE.format(units=words, stages=stages, day=day, billing=billing[0], first=billing[1])
    result = indenture.compile(text).run()
    lengths = {"frontier": stages[0], "inference": stages[1] - stages[0], "light": stages[2] - stages[1]}
    for name, months in lengths.items():
        assert result[name].values[0] == pytest.approx(sum(units) * months * 730, rel=1e-9)
    assert result["paid"].values[0] == pytest.approx(
        sum(units) * (lengths["frontier"] + lengths["light"]) * 730, rel=1e-9
    )


# ------------------------------------------------------------------------------------------------- contracts

CONTRACT = """
deal "T" {{ language = 1; currency = USD; closing = 2025-12-31; issuer = Company }}
use contracts
party Company, Owner, Customer
schedule month = monthly on the last day from 2026-01-31 to 2030-12-31, unadjusted
take_or_pay contract {{
  offtaker = Customer; capacity = {capacity} GPU; price = $2 per GPU-hour; commitment = {commitment}%; starts = 2025-12-31
  term = {term} months; billed = month; accrual = {accrual}; service_credit = {credit}%; prepayment = ${prepaid}
  recouped = {recouped} months; termination_share = {share}%; recovery = {recovery}%; price_steps = [0 months: 100%, 12 months: {step}%]
}}
account bank
receive contract.advance into bank
receive contract.rent into bank
receive contract.termination into bank
receive contract.recovered into bank
waterfall main from bank on month {{ pay rest to Owner }}
scenario "Default" {{ Customer.default = 2026-08-20 }}
scenario "Terminated" {{ contract.terminated = 2026-08-20 }}
report {{
  "rent" = contract.rent.paid; "left" = final(contract.prepaid); "credited" = total(contract.recouping)
  "terminated" = total(contract.termination.paid); "recovered" = total(contract.recovered.paid)
}}
"""


@few
@given(
    st.integers(1, 500),
    st.integers(10, 100),
    st.integers(9, 40),
    st.sampled_from(["actual/365", "actual/actual ICMA"]),
    st.integers(0, 40),
    st.integers(0, 3_000_000),
    st.integers(3, 40),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(50, 120),
)
def test_a_contract_pays_what_it_commits_to_and_no_more(
    capacity: int,
    commitment: int,
    term: int,
    accrual: str,
    credit: int,
    prepaid: int,
    recouped: int,
    share: int,
    recovery: int,
    step: int,
) -> None:
    result = indenture.compile(
        CONTRACT.format(
            capacity=capacity,
            commitment=commitment,
            term=term,
            accrual=accrual,
            credit=credit,
            prepaid=prepaid,
            recouped=recouped,
            share=share,
            recovery=recovery,
            step=step,
        )
    ).run()
    dates = result.dates[1:]
    before = [result.dates[0], *dates[:-1]]
    hours = [
        730.0 if "ICMA" in accrual else (date - start).days * 24.0 for date, start in zip(dates, before, strict=True)
    ]
    bills = [
        capacity * commitment / 100 * 2 * (1 if number < 12 else step / 100) * hour * (1 - credit / 100)
        if number < term
        else 0.0
        for number, hour in enumerate(hours)
    ]
    credited = min(recouped, term)
    last = Date(2025 + (credited + 11) // 12, (credited + 11) % 12 + 1, 1)
    end = (last.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)
    whole, left, paid = (end - result.dates[0]).days, float(prepaid), list[float]()
    for date, bill in zip(dates, bills, strict=True):
        over = prepaid * (1 - (min(date, end) - result.dates[0]).days / whole)
        used = min(max(left - over, 0.0), bill)
        left -= used
        paid.append(bill - used)
    assert series(result, "rent")[1:] == pytest.approx(paid, rel=1e-9, abs=1e-6)
    assert result["left"].values[0] == pytest.approx(left, rel=1e-9, abs=1e-6)
    assert result["terminated"].values[0] == result["recovered"].values[0] == 0
    # What a customer in default pays back is its share of what one that terminates would have paid, give or take a bill.
    default, ended = result["recovered"].values[1], result["terminated"].values[2]
    assert 0 <= default <= ended * recovery / 100 * (1 + 1e-9) + 1e-6 + prepaid * share * recovery / 1e4
    assert result["terminated"].values[1] == result["recovered"].values[2] == 0


# ------------------------------------------------------------------------------------------------- vendor credit

CREDIT = """
deal "V" {{ language = 1; currency = USD; closing = 2025-12-31; issuer = Vendor }}
use vendor
party Vendor, Owner, Customer
schedule month = monthly on the last day from 2026-01-31 to 2034-12-31, unadjusted
schedule deliveries = monthly on day {day} from 2026-01-{day:02d} to 2026-12-{day:02d}, unadjusted
vendor_receivable credit {{
  customer = Customer; delivers = deliveries; sold = cycle({sold}); financed = {financed}%; grace = {grace} months; term = {term} months
  coupon = 7%; pays = month; accrual = actual/360; recovery = 40%
}}
account bank
receive credit.down_payment into bank
receive credit.interest into bank
receive credit.principal into bank
receive credit.recovered into bank
waterfall main from bank on month {{ pay rest to Owner }}
scenario "Default" {{ Customer.default = 2026-10-15 }}
report {{
  "balance" = credit.balance; "principal" = total(credit.principal.paid); "down" = total(credit.down_payment.paid)
  "written off" = total(credit.written_off); "recovered" = total(credit.recovered.paid); "lent" = total(credit.lent)
}}
"""


@few
@given(
    st.lists(st.integers(0, 90), min_size=12, max_size=12).filter(any),
    st.integers(10, 100),
    st.integers(0, 9),
    st.integers(3, 70),
    st.integers(1, 28),
)
def test_vendor_credit_is_repaid_in_full_or_written_off(
    sold: list[int], financed: int, grace: int, term: int, day: int
) -> None:
    words = ", ".join(f"${one}" for one in sold)
    result = indenture.compile(CREDIT.format(sold=words, financed=financed, grace=grace, term=term, day=day)).run()
    lent = sum(sold) * financed / 100
    assert result["principal"].values[0] == pytest.approx(lent, rel=1e-9)
    assert result["down"].values[0] == pytest.approx(sum(sold) - lent, rel=1e-9, abs=1e-9)
    for scenario in (0, 1):
        assert min(series(result, "balance", scenario)) > -1e-9
        assert series(result, "balance", scenario)[-1] == pytest.approx(0, abs=1e-7)
        parts = result["principal"].values[scenario] + result["written off"].values[scenario]
        assert parts == pytest.approx(result["lent"].values[scenario], rel=1e-9, abs=1e-9)
        assert result["recovered"].values[scenario] == pytest.approx(
            0.4 * result["written off"].values[scenario], rel=1e-9
        )
