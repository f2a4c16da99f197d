"""Amortisation by laws: the annuity, a balloon, and sculpting, by which LLCR is DSCR; the library in another currency."""

from __future__ import annotations

import datetime

import indenture
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ..dsl.deals import figures, series

HEAD = """
deal "D" {{ language = 1; currency = GBP; closing = 2026-01-15; issuer = Co }}
use debt, amortisation
party Co, Bank, Owner
schedule payment = {words}
schedule other = monthly on day 3 from 2026-02-03 to {last}, unadjusted
account cash {{ opens = £1bn from Owner }}
claim custody to Owner on other = £1 carries
waterfall aside from cash on other {{ pay custody }}
"""


def deal(text: str, months: int, count: int) -> str:
    total = 1 + months * count
    last = datetime.date(2026 + (total - 1) // 12, (total - 1) % 12 + 1, 15)
    first = datetime.date(2026 + months // 12, months % 12 + 1, 15)
    words = f'every {months} months on day 15 from {first} to {last}, following, calendar "UK settlement"'
    return HEAD.format(words=words, last=last.replace(day=3)) + text.replace("MATURITY", last.isoformat())


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.sampled_from([1, 3, 6, 12]),
    st.lists(st.integers(70_000, 90_000), min_size=1, max_size=10),
    st.integers(105, 250),
    st.integers(10, 1400),
    st.sampled_from(["30/360", "actual/360", "actual/365", "actual/actual ICMA"]),
)
def test_sculpted_to_a_constant_cover_the_llcr_is_the_dscr(
    months: int, cash: list[int], cover: int, rate: int, count: str
) -> None:
    """debt = NPV(CFADS) / LLCR: lent what cash supports, the loan is repaid exactly, whatever else the deal pays and when.

    Cash varies little, so that service always covers the interest: sculpting never lends more on the way.
    """
    points = ", ".join(f"£{one}_000" for one in cash)
    text = deal(
        f"""
        flow cfads on payment = cycle({points})
        define worth = supported(cfads, {cover / 100}x, {rate / 100}%, {count})
        define debt = worth on first payment
        define first_service = cfads / {cover / 100}x
        sculpted_loan senior {{
          holder = Bank; size = £10_000m; margin = {rate / 100}%; pays = payment; maturity = never; accrual = {count}
          cash = cfads; cover = {cover / 100}x
        }}
        receive senior.advance into cash
        waterfall main from cash on payment {{ pay senior.interest; pay senior.principal; record worth, first_service }}
        report {{ worth; "fraction" = senior.interest.paid on first payment; "first" = first_service on first payment }}
        """,
        months,
        len(cash),
    )
    sized = indenture.compile(text).run()
    # What is supported at closing: the first date's service and what the rest is worth then, over one period's growth.
    growth = 1 + float(sized["fraction"].values[0]) / 10_000e6
    first = [float(value) for value in sized["worth"].values[:, 0]]
    date = (
        next(place for place, on in enumerate(sized["worth"].determined[:, 0]) if on)
        if sized["worth"].determined is not None
        else 1
    )
    debt = (first[date] + float(sized["first"].values[0])) / growth
    again = (
        text.replace("£10_000m", f"£{debt:.9f}")
        .replace(
            "report {",
            """define dscr = cfads / (senior.interest.paid + senior.principal.paid)
        waterfall recording from cash on payment { record dscr }
        report { "low" = lowest dscr; "high" = highest dscr; "left" = final(senior.balance); "llcr" = llcr(cfads, RATE, senior.balance, COUNT);""",
        )
        .replace("RATE", f"{rate / 100}%")
        .replace("COUNT", count)
    )
    result = indenture.compile(again).run()
    assert float(result["llcr"].values[0]) == pytest.approx(cover / 100, rel=1e-9)
    assert float(result["low"].values[0]) == pytest.approx(cover / 100, rel=1e-9)
    assert float(result["high"].values[0]) == pytest.approx(cover / 100, rel=1e-9)
    assert abs(float(result["left"].values[0])) <= 1e-9 * debt + 1e-6


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([1, 3, 6, 12]), st.integers(1, 40), st.integers(1, 2000), st.integers(0, 100))
def test_a_level_payment_to_a_balloon_is_the_annuity_and_the_balloons_interest(
    months: int, count: int, rate: int, share: int
) -> None:
    text = deal(
        f"""
        loan term {{
          holder = Bank; size = £100m; margin = {rate / 100}%; pays = payment; maturity = MATURITY; accrual = 30/360
          target = level_to_balloon(size, {share}%, {rate / 100}%, payment)
        }}
        receive term.advance into cash
        define service = term.interest.paid + term.principal.paid
        waterfall main from cash on payment {{ pay term.interest; pay term.principal; record service }}
        report {{ service }}
        """,
        months,
        count,
    )
    found = indenture.compile(text).run()["service"]
    paid = [float(value) for value in found.values[:, 0] if value]
    i = rate / 10_000 * months / 12
    level = 100e6 * (1 - share / 100) * i / -((1 + i) ** -count - 1) + 100e6 * share / 100 * i
    assert len(paid) == count
    assert paid[:-1] == pytest.approx([level] * (count - 1), rel=1e-10)
    assert paid[-1] == pytest.approx(level + 100e6 * share / 100, rel=1e-10)


def test_nothing_is_nothing_in_every_currency() -> None:
    header = """
    deal "Test" { language = 1; currency = GBP; closing = 2026-01-15; issuer = Issuer }
    party Issuer, Bank, Fund
    schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
    """
    text = """
    define x = max(£3 - £5, $0)
    state drawn on payment = $0, then opening drawn + £2
    report { x; drawn; "y" = final(drawn) }
    """
    assert series(text, "drawn", header=header)["drawn"] == [0, 2, 4, 6, 8]
    assert figures(text, header=header)["y"] == 8
    result = indenture.compile(header + text).run()
    assert result["drawn"].unit == "GBP"
    with pytest.raises(indenture.DealError, match="E0314"):
        indenture.compile(header + "report { max(£3, $1) }")


def test_a_delay_by_whole_windows_reads_nothing_of_today() -> None:
    """What a state moves by may stand on what it was a year before."""
    text = """
    state used on payment = 0, then opening used + (if opening used - delayed(used, 6 months) < 1 then 1 else 0)
    report { used }
    """
    assert series(text, "used") == {"used": [0, 1, 1, 2, 2]}
