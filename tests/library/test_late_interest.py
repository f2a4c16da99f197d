"""What interest that is late earns, and until when, of every instrument of the library that says so: in fractions."""

from __future__ import annotations

import random
from fractions import Fraction

import indenture
import numpy as np
import pytest
from indenture import library

HEAD = """
deal "Late" { language = 1; currency = USD; closing = 2026-01-01; issuer = Company }
use debt, bonds, amortisation, pools, refinancing, vendor
party Company, Holder, Owner
schedule payment = monthly on day 1 from 2026-02-01 to 2027-01-01, unadjusted
account cash { opens = $1m from Owner }
"""
COMMON = "holder = Holder; size = $120_000; pays = payment; accrual = 30/360"
TERMS = {
    "loan": f"{COMMON}; margin = 10%; maturity = 2026-04-01",
    "note": f"{COMMON}; coupon = 10%; maturity = 2026-04-01",
    "corporate_bond": f"{COMMON}; coupon = 10%; maturity = 2026-04-01",
    "floating_rate_note": f"{COMMON}; index = 4%; margin = 6%; maturity = 2026-04-01",
    "sculpted_loan": f"{COMMON}; margin = 10%; maturity = 2026-04-01; cash = $0; cover = 1.3x",
    "swept_loan": f"{COMMON}; margin = 10%; maturity = 2026-04-01; excess = $0",
    "pass_through_note": f"{COMMON}; coupon = 10%",
    "pik_loan": f"{COMMON}; margin = 10%; maturity = 2026-04-01",
    "ard_note": f"{COMMON}; margin = 10%; ard = 2026-03-01; legal_final = 2026-04-01",
}


ALSO = {
    "note": ("call_premium",),
    "corporate_bond": ("call_premium",),
    "floating_rate_note": ("call_premium",),
    "swept_loan": ("sweep",),
    "ard_note": ("additional",),
}
"""What else has a due, and is never paid here."""


def unpaid(component: str, fields: str) -> np.ndarray:
    """Interest that is unpaid on each payment date, where none is ever paid and the principal is on 2026-04-01."""
    never = "; ".join(f"pay x.{claim}" for claim in ("interest", *ALSO.get(component, ())))
    text = HEAD + (
        f"{component} x {{ {TERMS[component]}; {fields} }}\n"
        "receive x.advance into cash\n"
        "waterfall back from cash on payment {\n"
        '  "Principal" when date is 2026-04-01 { pay x.principal }\n'
        f'  "Never" when x.balance < $0 {{ {never} }}\n'
        "}\n"
        'waterfall ending from cash on 2027-01-01 { "Rest" pay rest to Owner }\n'
        'report { "unpaid" = x.interest.unpaid }\n'
    )
    result = indenture.compile(text).run()
    return np.asarray(result["unpaid"].values[1:, 0])


def by_hand(late: list[Fraction]) -> list[float]:
    """Of $120,000 at 10% over three months of 30/360; ``late``: what arrears earn a year, by payment date."""
    owed, found = Fraction(0), []
    for month, rate in enumerate(late):
        owed += owed * rate / 12 + (1000 if month < 3 else 0)
        found.append(float(owed))
    return found


TEN = Fraction(1, 10)


@pytest.mark.parametrize("component", sorted(TERMS))
def test_late_interest_earns_what_its_fields_say(component: str) -> None:
    chance = random.Random(component)
    rate, month = Fraction(chance.randint(0, 200), 1000), chance.randint(4, 12)
    assert unpaid(component, "") == pytest.approx(by_hand([TEN] * 12), rel=1e-12)
    assert unpaid(component, f"late_rate = {float(rate):.1%}") == pytest.approx(by_hand([rate] * 12), rel=1e-12)
    until = f"late_rate = {float(rate):.1%}; late_while = date <= 2026-{month:02}-01"
    # Payment dates are February to January: the month is that of the tenth place at the latest.
    paid = [rate if place + 2 <= month else Fraction(0) for place in range(12)]
    assert unpaid(component, until) == pytest.approx(by_hand(paid), rel=1e-12)
    with_the_principal = [TEN] * 3 + [Fraction(0)] * 9
    assert unpaid(component, "late_while = x.balance > $0") == pytest.approx(by_hand(with_the_principal), rel=1e-12)


def test_every_claim_that_carries_with_interest_says_so_in_fields() -> None:
    """But for the manager's subordinated fee, which has a field of its own."""
    found = {}
    for module in library.modules():
        for component in (library.text(module) or "").split("\ncomponent ")[1:]:
            if "carries with interest at" in component:
                found[component.split(" ", 1)[0]] = "late_rate" in component and "late_while" in component
    assert set(found) >= set(TERMS)
    assert [name for name, said in found.items() if not said] == ["manager_fees"]
