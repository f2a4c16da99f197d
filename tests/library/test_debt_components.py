"""Bonds, facilities and cures of the library by laws and against QuantLib, on terms that nobody chose."""

from __future__ import annotations

import datetime

import indenture
import pytest
import QuantLib as ql
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from .test_bonds_quantlib import GRID, WORDS, Date, counter, plain, theirs

HEAD = """
deal "D" {{ language = 1; currency = EUR; closing = {closing}; issuer = Company }}
use bonds, facilities, refinancing
party Company, Holder, Owner
schedule payment = {words}
account cash {{ opens = €100bn from Owner }}
"""


@settings(GRID, max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.integers(1, 28),
    st.sampled_from([1, 2, 4]),
    st.integers(2, 20),
    st.integers(0, 1200),
    st.integers(0, 1200),
    st.integers(0, 300),
    st.data(),
)
def test_a_make_whole_is_quantlibs_price_at_the_reference_and_its_spread(
    day: int, frequency: int, periods: int, coupon: int, reference: int, spread: int, data: st.DataObject
) -> None:
    closing = Date(2026, 5, day)
    dates, schedule, words = plain(closing, frequency, periods)
    called = data.draw(st.sampled_from(dates[1:-1]))
    text = (
        HEAD.format(closing=closing, words=words)
        + f"""
    corporate_bond bond {{
      holder = Holder; size = €100m; coupon = {coupon / 100}%; pays = payment; maturity = {dates[-1]}; accrual = 30/360
      called = {called - datetime.timedelta(days=3)}; make_whole = true; reference = {reference / 100}%; make_whole_spread = {spread / 100}%
    }}
    receive bond.advance into cash
    waterfall main from cash on payment {{ pay bond.interest; pay bond.principal; pay bond.call_premium }}
    report {{ "paid" = total(bond.call_premium.paid); "left" = bond.balance on {called} }}
    """
    )
    result = indenture.compile(text).run()
    ql.Settings.instance().evaluationDate = theirs(closing)
    twin = ql.FixedRateBond(0, 100.0, schedule, [coupon / 10_000], counter("30/360", theirs(dates[-1])))
    worth = ql.BondFunctions.cleanPrice(
        twin,
        (reference + spread) / 10_000,
        counter("30/360", theirs(dates[-1])),
        ql.Compounded,
        ql.Semiannual,
        theirs(called),
    )
    assert float(result["paid"].values[0]) == pytest.approx(max(worth - 100, 0) * 1e6, rel=1e-9, abs=1e-3)
    assert float(result["left"].values[0]) == 0


@settings(GRID, max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.booleans(), min_size=4, max_size=20), st.integers(0, 3), st.integers(0, 6), st.sampled_from([6, 12]))
def test_cures_are_as_many_as_the_loan_lets_them_be(
    missed: list[bool], in_window: int, in_life: int, months: int
) -> None:
    """Each miss is cured while fewer than so many were in the window before it, and in all; and never else."""
    _, _, words = plain(Date(2026, 1, 15), 4, len(missed))
    needs = ", ".join("€1m" if one else "€0" for one in missed)
    text = (
        HEAD.format(closing="2026-01-15", words=words)
        + f"""
    flow needed on payment = cycle({needs})
    equity_cure cure {{
      owner = Owner; needed = needed; tests = payment; window = {months} months; in_window = {in_window}; in_life = {in_life}
    }}
    receive cure.contribution into cash
    waterfall main from cash on payment {{ pay rest to Owner }}
    report {{ cure.used }}
    """
    )
    found = indenture.compile(text).run(keep=["cure.contribution.paid"])["cure.contribution.paid"].values[1:, 0]
    wanted: list[float] = []
    for place, one in enumerate(missed):
        window = wanted[max(place - months // 3 + 1, 0) : place]
        allowed = sum(1 for cure in window if cure) < in_window and sum(1 for cure in wanted if cure) < in_life
        wanted.append(1e6 if one and allowed else 0.0)
    assert found.tolist() == wanted


@settings(GRID, max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(st.integers(0, 50), min_size=8, max_size=8),
    st.lists(st.integers(0, 60), min_size=8, max_size=8),
    st.lists(st.integers(0, 200), min_size=8, max_size=8),
    st.integers(50, 100),
)
def test_a_delayed_draw_loan_keeps_to_its_base_and_its_contracts(
    asked: list[int], base: list[int], contracted: list[int], rate: int
) -> None:
    """By plain arithmetic: drawn within room and commitment, and paid by the greatest of three tests on what was owed."""
    dates, _, words = plain(Date(2026, 1, 15), 4, 8)

    def points(values: list[int]) -> str:
        return ", ".join(f"€{one}m" for one in values)

    text = (
        HEAD.format(closing="2026-01-15", words=words)
        + f"""
    flow asked on payment = cycle({points(asked)})
    flow base on payment = cycle({points(base)})
    flow contracted on payment = cycle({points(contracted)})
    delayed_draw_facility loan {{
      holder = Holder; commitment = €70m; margin = 8%; pays = payment; draws = payment; draw_until = {dates[5]}; accrual = 30/360
      asked = asked; base = base; advance_rate = {rate}%; maintenance_rate = {rate}%; contracted = contracted; coverage = 1.25x
      target = straight_line(€70m, payment); maturity = {dates[-1]}
    }}
    receive loan.advance into cash
    waterfall main from cash on payment {{
      pay loan.upfront; pay loan.fee; pay loan.missed; pay loan.interest; pay loan.principal
    }}
    report {{ loan.balance }}
    """
    )
    result = indenture.compile(text).run(keep=["loan.balance", "loan.advance.paid", "loan.principal.paid"])
    owed = drawn = 0.0
    for k in range(8):
        limit = min(rate / 100 * base[k], contracted[k] / 1.25)
        advance = min(asked[k], 70 - drawn, max(limit - owed, 0.0)) if k < 5 else 0.0
        due = owed if k == 7 else max(owed - 70 * (7 - k) / 8, owed - limit, 0.0)
        owed, drawn = owed + advance - due, drawn + advance
        assert float(result["loan.advance.paid"].values[k + 1, 0]) == pytest.approx(advance * 1e6, abs=1e-3)
        assert float(result["loan.principal.paid"].values[k + 1, 0]) == pytest.approx(due * 1e6, abs=1e-3)
        assert float(result["loan.balance"].values[k + 1, 0]) == pytest.approx(owed * 1e6, abs=1e-3)


def test_a_call_is_only_where_the_schedule_lets_it_be() -> None:
    text = (
        HEAD.format(closing="2026-01-15", words=f"{WORDS[2]} on day 15 from 2026-07-15 to 2031-01-15, unadjusted")
        + """
    corporate_bond bond {
      holder = Holder; size = €100m; coupon = 5%; pays = payment; maturity = 2031-01-15; accrual = 30/360
      called = 2027-01-15; calls = [2028-01-15: 103%, 2029-01-15: 101%]
    }
    receive bond.advance into cash
    waterfall main from cash on payment { pay bond.interest; pay bond.principal; pay bond.call_premium; pay rest to Owner }
    """
    )
    with pytest.raises(indenture.DealError, match="Called when it may be"):
        indenture.compile(text)
