"""A sequential-pay CMO against the average lives that its textbook prints: the collateral's and four tranches' at nine speeds.

Fabozzi, Bond Markets, Analysis and Strategies, the chapter on collateralised mortgage obligations: FJF-01, $400m of
pass-throughs at 7.5%, 8.125% gross, 357 months to come, three months old, and four tranches in turn. That the first
payment comes 25 days after settlement, on the 25th of a month, was found from the figures: all 45 agree on it.
"""

from __future__ import annotations

import indenture
import numpy as np
import pytest

DEAL = """
deal "FJF-01" { language = 1; currency = USD; closing = 2026-01-30; issuer = Trust }
use pools
party Trust, Borrowers, Dealer, Holder
schedule collection = monthly on day 1 from 2026-02-01 to 2055-10-01, unadjusted
schedule payment    = monthly on day 25 from 2026-02-25 to 2055-10-25, unadjusted, accrual from 2026-01-25
term speed = 165%
loan_pool mortgages {
  principal = $400m; apr = 8.125%; cut_off = 2026-01-01; remaining = 357; seasoning = 3; collected = collection
  psa = speed; servicing = 0.625%
}
pass_through_note A { holder = Holder; size = $194.5m; coupon = 7.5%; pays = payment; accrual = 30/360 }
pass_through_note B { holder = Holder; size = $36m;    coupon = 7.5%; pays = payment; accrual = 30/360 }
pass_through_note C { holder = Holder; size = $96.5m;  coupon = 7.5%; pays = payment; accrual = 30/360 }
pass_through_note D { holder = Holder; size = $73m;    coupon = 7.5%; pays = payment; accrual = 30/360 }
group notes = A, B, C, D
account proceeds
account cash
receive notes.advance into proceeds on closing
receive mortgages.interest - mortgages.servicing_cost + mortgages.principal_paid from Borrowers into cash on payment
ranking [A.interest, B.interest, C.interest, D.interest], A.principal, B.principal, C.principal, D.principal
waterfall sale from proceeds on closing { "Mortgages" pay rest to Dealer }
waterfall payments from cash on payment {
  "Interest"  pay pro rata { A.interest, B.interest, C.interest, D.interest }
  "Principal" pay A.principal; pay B.principal; pay C.principal; pay D.principal
  "Rounding"  pay rest to Dealer
}
scenarios over speed = [50%, 100%, 165%, 200%, 300%, 400%, 500%, 600%, 700%]
report {
  "collateral" = wal(notes, 30/360); "A" = wal(A, 30/360); "B" = wal(B, 30/360); "C" = wal(C, 30/360)
  "D" = wal(D, 30/360); "residue" = total(Dealer.received)
}
"""

SPEEDS = (50, 100, 165, 200, 300, 400, 500, 600, 700)
PUBLISHED = {
    "collateral": (15.11, 11.66, 8.76, 7.68, 5.63, 4.44, 3.68, 3.16, 2.78),
    "A": (7.48, 4.90, 3.48, 3.05, 2.32, 1.94, 1.69, 1.51, 1.38),
    "B": (15.98, 10.86, 7.49, 6.42, 4.64, 3.70, 3.12, 2.74, 2.47),
    "C": (21.02, 15.78, 11.19, 9.60, 6.81, 5.31, 4.38, 3.75, 3.30),
    "D": (27.24, 24.58, 20.27, 18.11, 13.36, 10.34, 8.35, 6.96, 5.95),
}


@pytest.fixture(scope="module")
def result() -> indenture.Results:
    return indenture.compile(DEAL).run()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_lives_that_the_textbook_prints(result: indenture.Results, name: str) -> None:
    values = result[name].values
    assert values is not None
    names = list(result.scenarios)
    at = [next(lane for lane, one in enumerate(names) if one.endswith(f"= {speed}%")) for speed in SPEEDS]
    assert np.asarray(values)[at] == pytest.approx(np.array(PUBLISHED[name]), abs=0.0051)


def test_nothing_is_left_over(result: indenture.Results) -> None:
    residue = result["residue"].values
    assert residue is not None
    assert np.asarray(residue) == pytest.approx(400e6, rel=1e-9)
