"""Overcollateralisation that builds, steps down and turbos, pro rata with a switch, against loops written out by hand."""

from __future__ import annotations

from pathlib import Path

import indenture
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from indenture.dsl.api import DealError
from indenture.engine.results import Results

MONTHS = 40

DEAL = """
deal "Notes" {{ language = 1; currency = USD; closing = 2026-01-01; issuer = Trust }}
use pools, securitisation
party Trust, Borrowers, Originator, Holder
schedule collection = monthly on day 1 from 2026-02-01 to 2029-05-01, unadjusted
schedule payment    = monthly on day 15 from 2026-02-15 to 2029-05-15, unadjusted, accrual from 2026-01-15
loan_pool loans {{
  principal = $100m; apr = {apr}bp; cut_off = 2026-01-01; remaining = {MONTHS}; type = "straight-line"; collected = collection
  mdr = {mdr}bp; recovery = 50%; lag = 3 months
}}
pass_through_note A {{ holder = Holder; size = ${senior}m; coupon = 5%; pays = payment; accrual = 30/360 }}
pass_through_note B {{ holder = Holder; size = ${junior}m; coupon = 7%; pays = payment; accrual = 30/360 }}
group notes = A, B
{more}
account proceeds
account cash
receive notes.advance into proceeds on closing
receive loans.interest + loans.principal_paid + loans.recovered from Borrowers into cash on payment
ranking A.interest, B.interest, A.principal, B.principal
waterfall sale from proceeds on closing {{ "Pool" pay rest to Originator }}
waterfall distribution from cash on payment {{
  "Interest"  pay A.interest; pay B.interest
  {principal}
  "Residual"  pay rest to Originator
}}
report {{
  "pool" = loans.balance; "A" = A.balance; "B" = B.balance; "residual" = Originator.received
  "holder" = total(Holder.received); "originator" = total(Originator.received); "borrowers" = total(Borrowers.paid)
}}
"""


def run(
    more: str, principal: str, apr: int = 1200, mdr: int = 50, senior: int = 80, junior: int = 14
) -> tuple[Results, dict[str, np.ndarray]]:
    text = DEAL.format(more=more, principal=principal, apr=apr, mdr=mdr, senior=senior, junior=junior, MONTHS=MONTHS)
    result = indenture.compile(text).run()
    on = [at for at, day in enumerate(result.dates) if day.day == 15]
    found = {}
    for name in ("pool", "A", "B", "residual"):
        values = result[name].values
        assert values is not None
        found[name] = np.asarray(values)[on, 0]
    return result, found


def pool(apr: int, mdr: int) -> list[tuple[float, float]]:
    """Cash and balance of each month: straight-line loans of which a share defaults, half of it back after three months."""
    balance, lost, months = 100e6, [0.0] * 3, []
    for month in range(MONTHS):
        default = balance * mdr / 1e4
        lost.append(default)
        living = balance - default
        principal = living / (MONTHS - month)
        months.append((living * apr / 12e4 + principal + 0.5 * lost[-4], living - principal))
        balance = living - principal
    return months


OC = """overcollateralisation oc {{ pool = loans.balance; notes = notes.balance; original = loans.principal
  of_pool = 14%; of_original = 9%; floor = 2%; stepped = date >= 2027-06-01; turbo = {turbo} }}"""


@settings(max_examples=8, phases=(Phase.explicit, Phase.generate), deadline=None)
@given(apr=st.integers(200, 2400), mdr=st.integers(0, 150), turbo=st.booleans())
def test_a_target_is_built_stepped_down_and_floored(apr: int, mdr: int, turbo: bool) -> None:
    more = OC.format(turbo="date >= 2028-01-01" if turbo else "false")
    result, found = run(more, '"Principal" up to oc.due { pay A.principal; pay B.principal }', apr, mdr)
    a, b, short_a, short_b = 80e6, 14e6, 0.0, 0.0
    for month, (cash, left) in enumerate(pool(apr, mdr)):
        due_a, due_b = short_a * (1 + 0.05 / 12) + a * 0.05 / 12, short_b * (1 + 0.07 / 12) + b * 0.07 / 12
        paid = min(cash, due_a)
        cash, short_a = cash - paid, due_a - paid
        paid = min(cash, due_b)
        cash, short_b = cash - paid, due_b - paid
        # From February 2026: the seventeenth payment is that of June 2027, the twenty-fourth that of January 2028.
        share = 0.14 * left if month >= 16 else 0.09 * 100e6
        target = left if turbo and month >= 23 else min(max(share, 0.02 * 100e6), left)
        due = min(max(a + b - (left - target), 0.0), cash)
        first = min(due, a)
        second = min(due - first, b)
        a, b, cash = a - first, b - second, cash - first - second
        assert found["pool"][month] == pytest.approx(left, rel=1e-9, abs=1e-3)
        assert found["A"][month] == pytest.approx(a, rel=1e-9, abs=1e-2)
        assert found["B"][month] == pytest.approx(b, rel=1e-9, abs=1e-2)
        assert found["residual"][month] == pytest.approx(cash, rel=1e-8, abs=1e-2)
    total = {
        name: float(np.asarray(result[name].values).reshape(-1)[0]) for name in ("holder", "originator", "borrowers")
    }
    assert total["holder"] + total["originator"] == pytest.approx(total["borrowers"] + 94e6, rel=1e-12)


def test_pro_rata_until_losses_switch_it_to_sequential() -> None:
    more = """loss_trigger losses {{ losses = loans.net_loss; original = loans.principal; tested = payment
  limits = step([2026-02-15: 1.00%, 2027-02-15: 2.00%]) }}""".replace("{{", "{").replace("}}", "}")
    principal = """"Principal" up to max(notes.balance - loans.balance * 94%, $0) {
    when losses.breached { pay A.principal; pay B.principal } otherwise { pay pro rata by balance { A.principal, B.principal } } }"""
    _, found = run(more, principal, mdr=60)
    lost = [0.0] * 3
    balance, cumulative, breached = 100e6, 0.0, False
    a, b = 80e6, 14e6
    for month, (cash, left) in enumerate(pool(1200, 60)):
        lost.append(balance * 0.006)
        cumulative += lost[-1] - 0.5 * lost[-4]
        breached = breached or cumulative / 100e6 > (0.01 if month < 12 else 0.02)
        balance = left
        cash -= a * 0.05 / 12 + b * 0.07 / 12
        due = min(max(a + b - 0.94 * left, 0.0), cash)
        first = min(due, a) if breached else due * a / (a + b)
        a, b = a - first, b - (due - first)
        assert (found["A"][month], found["B"][month]) == pytest.approx((a, b), rel=1e-9, abs=1e-2)
    assert breached
    assert cumulative < 0.1 * 100e6


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (
            "coverage_triggers t { cash = $1m; service = $1m; trap = 1.25x; amortisation = 1.35x; tested = payment }",
            "trapped",
        ),
        ("overcollateralisation oc { pool = $1m; notes = $1m; original = $1m; of_pool = -2% }", "Targets"),
    ],
)
def test_what_cannot_be_is_refused(items: str, said: str) -> None:
    with pytest.raises(DealError, match=said):
        run(items, '"Principal" pay A.principal; pay B.principal')


def test_a_pool_on_a_quarterly_schedule_is_refused(tmp_path: Path) -> None:
    text = DEAL.format(
        more="",
        principal='"Principal" pay A.principal; pay B.principal',
        apr=500,
        mdr=0,
        senior=80,
        junior=14,
        MONTHS=MONTHS,
    ).replace(
        "collection = monthly on day 1 from 2026-02-01 to 2029-05-01",
        "collection = quarterly on day 1 from 2026-02-01 to 2029-05-01",
    )
    with pytest.raises(DealError, match="Borrowers pay monthly"):
        indenture.compile(text, folder=tmp_path)
