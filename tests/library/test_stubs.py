"""Every component that cuts a period shares it by its own day count: against QuantLib's, at dates that are known and at
dates that a scenario moves."""

from __future__ import annotations

import datetime
from itertools import pairwise

import indenture
import numpy as np
import pytest
import QuantLib as ql

Date = datetime.date

ENDS = [
    Date(2026, 1, 31),
    Date(2026, 4, 30),
    Date(2026, 7, 31),
    Date(2026, 10, 31),
    Date(2027, 1, 31),
    Date(2027, 4, 30),
    Date(2027, 7, 31),
]
HEAD = """
deal "Stubs" {{ language = 1; currency = USD; closing = 2026-01-31; issuer = Company }}
use facilities, refinancing, credit, contracts, leases
party Company, Holder, Owner, Obligor, Dealer
schedule due = quarterly on the last day from 2026-04-30 to 2027-07-31, unadjusted
account cash {{ opens = $100m from Owner }}
"""
LOAN = "holder = Holder; margin = 5%; pays = due; maturity = 2027-07-31"
DRAWN = f"{LOAN}; draws = due; draw_until = cut; asked = $0; target = $0"

# What is asked of a component, an amount a year, and whether it runs up to the date, from it, or to the day after.
CASES = {
    "term_facility": (f"{DRAWN}; commitment = $36m; undrawn_fee = 1%", "fee", 360_000, "to"),
    "delayed_draw_facility": (
        f"{DRAWN}; commitment = $36m; undrawn_fee = 1%; base = $99m; advance_rate = 80%",
        "fee",
        360_000,
        "to",
    ),
    "revolver": (
        f"{LOAN}; commitment = $36m; undrawn_fee = 1%; asked = $0; available_until = cut",
        "fee",
        360_000,
        "to",
    ),
    "variable_funding_note": (
        f"{LOAN}; commitment = $36m; undrawn_fee = 1%; index = 0%; asked = $0; may_draw = true; available_until = cut",
        "fee",
        360_000,
        "to",
    ),
    "ard_note": (
        "holder = Holder; size = $36m; margin = 5%; pays = due; ard = cut; legal_final = 2027-07-31; step_up = 1%",
        "additional",
        360_000,
        "from",
    ),
    "cds": (
        "buyer = Company; seller = Dealer; reference = Obligor; notional = $36m; coupon = 1%; pays = due; "
        "maturity = 2027-07-31; recovery = 40%; curve = quoted",
        "premium",
        360_000,
        "day after",
    ),
    "credit_linked_note": (
        "issuer = Company; holder = Holder; reference = Obligor; size = $36m; coupon = 1%; pays = due; "
        "maturity = 2027-07-31; recovery = 40%",
        "interest",
        360_000,
        "to",
    ),
    "take_or_pay": (
        "offtaker = Dealer; capacity = 10 GPU; price = $4 per GPU-hour; starts = cut; term = 5 years; billed = due",
        "rent",
        350_400,
        "from",
    ),
    "recontract": (
        "offtaker = Dealer; capacity = 10 GPU; released = cut; lag = 0 months; term = 5 years; "
        "market_price = $4 per GPU-hour; billed = due",
        "rent",
        350_400,
        "from",
    ),
}
COUNTERS = {
    "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
    "30E/360": ql.Thirty360(ql.Thirty360.EurobondBasis),
    "actual/360": ql.Actual360(),
    "actual/365": ql.Actual365Fixed(),
}


def theirs(date: Date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


def by_quantlib(a_year: float, count: str, cut: Date, way: str) -> list[float]:
    counter, found = COUNTERS[count], []
    for start, end in pairwise(ENDS):
        until = min(max(cut + datetime.timedelta(days=way == "day after"), start), end)
        whole, before = (counter.yearFraction(theirs(start), theirs(one)) for one in (end, until))
        found.append(a_year * (whole - before if way == "from" else before))
    return found


OTHERS = {
    "term_facility": ("interest", "principal", "upfront"),
    "delayed_draw_facility": ("interest", "principal", "upfront", "missed"),
    "revolver": ("interest", "principal"),
    "variable_funding_note": ("interest", "principal"),
    "ard_note": ("interest", "principal"),
    "credit_linked_note": ("principal",),
    "cds": ("fee",),
}
"""What else the company owes, and has cash for."""
OWED_TO_IT = {
    "term_facility": ("advance",),
    "delayed_draw_facility": ("advance",),
    "revolver": ("advance",),
    "variable_funding_note": ("advance", "funding"),
    "ard_note": ("advance",),
    "credit_linked_note": ("advance",),
    "cds": ("protection", "rebate"),
    "take_or_pay": ("rent", "overage", "advance", "termination", "recovered"),
    "recontract": ("rent",),
}


def run(component: str, count: str, cut: Date, moved: Date) -> np.ndarray:
    fields, claim, _, _ = CASES[component]
    text = HEAD.format()
    by_default = component in ("cds", "credit_linked_note")
    if not by_default:
        text += f"term cut = {cut}\n"
    if component == "cds":
        text += "rate_curve usd { zero = 4% }\n"
        text += "credit_curve quoted { rates = usd; spreads = [2 years: 100bp]; recovery = 40% }\n"
    text += f"{component} x {{ {fields}; accrual = {count} }}\n"
    paid = [f"pay x.{one}" for one in OTHERS.get(component, ())]
    if component not in ("take_or_pay", "recontract"):
        paid.append(f"pay x.{claim}")
    text += "".join(f"receive x.{one} into cash\n" for one in OWED_TO_IT.get(component, ()))
    text += f"waterfall all from cash on due {{ {'; '.join(paid)} }}\n" if paid else ""
    text += 'waterfall ending from cash on 2027-07-31 { "Rest" pay rest to Owner }\n'
    name = "Obligor.default" if by_default else "cut"
    text += "".join(f'scenario "{title}" {{ {name} = {date} }}\n' for title, date in (("Cut", cut), ("Moved", moved)))
    text += f'report {{ "it" = x.{claim}.current }}\n'
    return np.asarray(indenture.compile(text).run(scenarios=["Cut", "Moved"])["it"].values)


@pytest.mark.parametrize("count", sorted(COUNTERS))
@pytest.mark.parametrize("component", sorted(CASES))
def test_a_cut_period_is_shared_by_the_day_count(component: str, count: str) -> None:
    cut, moved = Date(2026, 5, 31), Date(2026, 12, 3)
    _, _, a_year, way = CASES[component]
    found = run(component, count, cut, moved)
    for lane, date in enumerate((cut, moved)):
        assert found[1:, lane] == pytest.approx(by_quantlib(a_year, count, date, way), rel=1e-11, abs=1e-6), date


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("par", [Date(2028, 3, 31), Date(2028, 5, 1), Date(2028, 7, 15)])
def test_a_make_whole_to_a_day_within_a_period_counts_interest_by_the_bonds_day_count(par: Date, moved: bool) -> None:
    """Called on 2027-01-15: coupons to the day and par on it, discounted half-yearly by 30/360 at 4% and 50bp."""
    given = f"par_call = {Date(2028, 1, 15) if moved else par}"
    text = f"""
    deal "Stubs" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Company }}
    use bonds
    party Company, Holder, Owner
    schedule due = semiannually on day 15 from 2026-07-15 to 2029-01-15, unadjusted
    term {given}
    account cash {{ opens = $200m from Owner }}
    corporate_bond bond {{ holder = Holder; size = $100m; coupon = 7%; pays = due; maturity = 2029-01-15; accrual = 30/360
      called = 2027-01-15; make_whole = true; reference = 4%; make_whole_to = par_call }}
    receive bond.advance into cash
    waterfall all from cash on due {{ pay bond.interest; pay bond.principal; pay bond.call_premium }}
    waterfall ending from cash on 2029-01-15 {{ "Rest" pay rest to Owner }}
    scenario "Moved" {{ par_call = {par} }}
    report {{ "premium" = total(bond.call_premium.paid) }}
    """
    premium = float(indenture.compile(text).run(scenarios=["Moved"] if moved else ["base"])["premium"].values[0])
    counter, called = COUNTERS["30/360"], Date(2027, 1, 15)
    worth, start = 0.0, called
    for end in (Date(2027, 7, 15), Date(2028, 1, 15), Date(2028, 7, 15)):
        if start >= par:
            break
        until = min(end, par)
        accrued = 7.0 * counter.yearFraction(theirs(start), theirs(until))
        time = counter.yearFraction(theirs(called), theirs(start)) + counter.yearFraction(theirs(start), theirs(until))
        worth += (accrued + (100.0 if until == par else 0.0)) / (1 + 0.045 / 2) ** (2 * time)
        start = end
    assert premium == pytest.approx(1e6 * (worth - 100.0), rel=1e-10)
