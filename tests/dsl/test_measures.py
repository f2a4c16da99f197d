"""Measures of deals as text, against closed forms and the definitions written out."""

from __future__ import annotations

import datetime
import operator

import numpy as np
import pytest
from scipy.optimize import brentq

from .deals import compiled, figures, series

BOND = """
use debt
loan bond { holder = Bank; size = $100m; margin = 6%; pays = payment; maturity = 2027-01-15; accrual = 30/360; price = 98% }
account cash
receive bond.advance into cash
receive $110m from Customer into cash on payment
ranking bond.interest, bond.principal
waterfall spend from cash on closing { pay rest to Customer }
waterfall main from cash on payment { pay bond.interest; pay bond.principal; pay rest to Sponsor }
"""
DATES = [datetime.date(2026, 1, 15), *(datetime.date(2026, m, 15) for m in (4, 7, 10)), datetime.date(2027, 1, 15)]
TIMES = [(date - DATES[0]).days / 365 for date in DATES]
FLOWS = [0.0, 1.5e6, 1.5e6, 1.5e6, 101.5e6]


def worth(rate: float, frequency: int = 4) -> float:
    return sum(flow * (1 + rate / frequency) ** (-frequency * time) for flow, time in zip(FLOWS, TIMES, strict=True))


def test_price_yield_and_durations_are_their_definitions() -> None:
    got = figures(
        BOND
        + """report {
          "Price" = price(bond, 7%), "Yield" = yield_to_maturity(bond, 98%),
          "Macaulay" = macaulay_duration(bond, 7%), "Modified" = modified_duration(bond, 7%) }"""
    )
    assert got["Price"] == pytest.approx(worth(0.07) / 100e6, rel=1e-12)
    assert got["Yield"] == pytest.approx(brentq(lambda rate: worth(rate) - 98e6, 0, 1, xtol=1e-14), rel=1e-10)
    present = [flow * (1 + 0.07 / 4) ** (-4 * time) for flow, time in zip(FLOWS, TIMES, strict=True)]
    macaulay = float(np.dot(present, TIMES)) / sum(present)
    assert got["Macaulay"] == pytest.approx(macaulay, rel=1e-12)
    assert got["Modified"] == pytest.approx(macaulay / (1 + 0.07 / 4), rel=1e-12)


def test_returns_multiples_and_lives() -> None:
    got = figures(
        BOND
        + """report {
          "IRR" = irr(bond, actual/365), "Multiple" = multiple(bond), "Life" = wal(bond, 30/360),
          "Balloon" = balloon(bond), "Loss" = loss(bond), "Short" = shortfall(bond.interest) }"""
    )
    rate = brentq(lambda r: sum(f * (1 + r) ** -t for f, t in zip(FLOWS, TIMES, strict=True)) - 98e6, 0, 1, xtol=1e-14)
    assert got["IRR"] == pytest.approx(rate, rel=1e-10)
    assert got["Multiple"] == pytest.approx(106 / 98, rel=1e-12)
    assert got["Life"] == pytest.approx(1.0, rel=1e-12)
    assert got["Balloon"] == pytest.approx(100e6, rel=1e-12)
    assert got["Loss"] == 0
    assert got["Short"] == 0


def test_what_lapses_within_a_balance_is_short_once() -> None:
    # $40m falls due by quarters of $10m and $4m of each is paid: what a date leaves falls due again with the next, and at
    # the end $24m was never paid. Interest of $1m that is never paid is short each time.
    got = figures(
        """
    account cash
    claim interest  to Bank on payment = $1m lapses
    claim principal to Bank on payment = max(balance - left, $0) up to balance lapses
    state balance = $40m, then opening balance - principal.paid
    define left = $10m * number of payment dates after date
    receive $4m from Customer into cash on payment
    waterfall main from cash on payment { pay principal; pay interest; pay rest to Sponsor }
    report { "Principal" = shortfall(principal), "Interest" = shortfall(interest), "Left" = final(balance) }
    """
    )
    dates = 4
    assert got["Left"] == 40e6 - 4e6 * dates
    assert got["Principal"] == got["Left"]
    assert got["Interest"] == 1e6 * dates


def test_cover_ratios_at_a_constant_dscr_equal_it() -> None:
    # Cash of 1.3 times a level service, discounted at the loan's own rate period by period, covers the loan 1.3 times.
    text = """
    use debt
    loan bond { holder = Bank; size = $100m; margin = 8%; pays = payment; maturity = 2027-01-15; accrual = 30/360; target = level(size, 8%, payment) }
    account cash
    receive 130% * $26_262_375.273617 from Customer into cash on payment
    ranking bond.interest, bond.principal
    waterfall main from cash on payment { pay bond.interest; pay bond.principal; record service; pay rest to Sponsor }
    define service = bond.interest.paid + bond.principal.paid
    report { "Lowest" = lowest(130% * $26_262_375.273617 / service), "Service" = average service }
    """
    got = figures(text)
    assert got["Service"] == pytest.approx(100e6 * 0.02 / (1 - 1.02**-4), rel=1e-12)
    assert got["Lowest"] == pytest.approx(1.3, rel=1e-9)


def test_averages_counts_and_first_dates() -> None:
    text = """
    account cash
    receive $10 * number of payment dates to date from Customer into cash on payment
    define held = cash.balance
    waterfall main from cash on payment { record held; pay rest to Sponsor }
    report {
      "Average" = average held, "Lowest" = lowest held, "Highest" = highest held, "Total" = total held
      "Above" = count(held > $20), "Third" = held on 2026-10-15, "Last" = final(held)
      "First" = first_date(held > $20), "Never" = first_date_below(held, $5) }
    """
    got = figures(text)
    assert (got["Average"], got["Lowest"], got["Highest"], got["Total"]) == (25, 10, 40, 100)
    assert (got["Above"], got["Third"], got["Last"]) == (2, 30, 40)
    assert got["First"] == datetime.date(2026, 10, 15).toordinal()
    assert got["Never"] == datetime.date(9999, 12, 31).toordinal()


def test_trailing_next_and_present_value() -> None:
    text = """
    define step = $10 * number of payment dates to date
    account cash
    receive step from Customer into cash on payment
    define back = trailing(6 months, step)
    define ahead = next(6 months, step)
    define worth = present_value(step, 8%)
    define so_far = cumulative(step)
    waterfall main from cash on payment { record back, ahead, worth, so_far; pay rest to Sponsor }
    """
    got = series(text, "back", "ahead", "worth", "so_far")
    assert got["back"][1:] == [None, 30, 50, 70]
    assert got["ahead"][1:] == [50, 70, None, None]
    assert got["so_far"][1:] == [10, 30, 60, 100]
    days = [(date - DATES[1]).days / 365 for date in DATES[2:]]
    expected = sum(amount * 1.08**-time for amount, time in zip((20, 30, 40), days, strict=True))
    assert got["worth"][1] == pytest.approx(expected, rel=1e-12)
    assert got["worth"][-1] == 0


SLICES = """
    component slice {
      "A slice of a pool: losses write it down, repayments redeem it."
      size : money
      reduction loss     of balance
      reduction redeemed of balance
      state balance = size, then opening balance
    }
    slice A { size = $100 }
    slice B { size = $60 }
    slice C { size = $30 }
    account cash
    receive $1 from Customer into cash on payment
    allocate losses (if date is %s then %s else $0) on payment to A.loss, then B.loss
    reduce $20 on payment { pay A.redeemed; pay B.redeemed }
    waterfall main from cash on payment { pay rest to Sponsor }
"""


def test_the_life_of_a_slice_is_that_of_what_reductions_take() -> None:
    """Quarters of 30/360. A loses 40 in the second quarter; 20 a quarter redeem A until nothing is left, then B."""
    text = (
        SLICES % (DATES[2], "$40")
        + """
    report {
      "A" = wal(A, 30/360); "A, losses too" = wal(A, 30/360, written_down = true); "A, balance" = wal(A.balance, 30/360)
      "Both" = wal([A, B], 30/360); "Left" = wal_with_balance([A, B], 30/360, written_down = true)
    }
    """
    )
    quarters = [0.25 * k for k in range(1, 5)]
    redeemed = [20.0] * 3 + [0.0]  # 100 - 40 = 60: three quarters' worth
    life = sum(map(operator.mul, quarters, redeemed)) / 60
    lost = (60 * life + 40 * 0.5) / 100
    both = sum(time * 20 for time in quarters) / 80
    left = (80 * both + 40 * 0.5 + 40 * 1.0) / 160
    assert figures(text) == pytest.approx(
        {"A": life, "A, losses too": lost, "A, balance": life, "Both": both, "Left": left}
    )


def test_what_has_no_life_says_why() -> None:
    text = (
        SLICES % (DATES[1], "$200")
        + """
    report {
      "A" = wal(A, 30/360); "C" = wal(C, 30/360); "Losses" = wal(A, 30/360, written_down = true)
      "Multiple" = multiple(Customer); "Return" = irr(Sponsor)
    }
    scenario "Nothing lost" { A.size = $1000 }
    """
    )
    result = compiled(text).run()
    nothing = "nothing of `{}` is repaid or redeemed; `written_down = true` counts what it loses"
    assert [result[name].value() for name in ("A", "C", "Losses", "Return")] == [None, None, 0.25, None]
    assert result["A"].reason() == nothing.format("A")
    assert result["C"].reason() == nothing.format("C")
    assert result["Losses"].reason() == ""
    assert result["Return"].reason().startswith("no rate makes what `Sponsor` pays in worth what it gets")
    said = result.to_json()["scenarios"]
    assert set(said["base"]["reasons"]) == {"A", "C", "Return"}
    assert set(said["Nothing lost"]["reasons"]) == {"C", "Return"}


def test_the_life_of_a_state_is_that_of_what_lowers_it() -> None:
    text = """
    claim principal to Bank on payment = $25 up to debt lapses
    state debt = $100, then opening debt - principal.paid
    account cash
    receive $50 from Customer into cash on payment
    waterfall main from cash on payment { pay principal; pay rest to Sponsor }
    report { "State" = wal(debt, 30/360), "Claim" = wal(principal, 30/360), "Paid" = wal(principal.paid, 30/360), "Left" = wal_with_balance(debt, 30/360) }
    """
    got = figures(text)
    assert got == pytest.approx({"State": 0.625, "Claim": 0.625, "Paid": 0.625, "Left": 0.625})


def test_final_on_a_schedule_is_what_there_was_on_its_last_date_however_far_the_deal_goes() -> None:
    """Ten a month until May, counted up: forty on the last of them, which is the last date that it belongs to."""
    text = """
schedule counted = monthly on day 3 from 2026-02-03 to 2026-05-03, unadjusted
flow arisen on counted = $10 * number of counted dates to date
define share = arisen / ($100 - $25 * number of counted dates to date)
state owed on counted = $100, then opening owed - arisen
account cash
receive $1 from Customer into cash on payment
waterfall main from cash on payment { pay rest to Sponsor }
report { "Of it" = final(arisen on counted), "Elsewhere" = final(arisen), "Left" = final(owed on counted), "Share" = final(share on counted) }
"""
    for more in ("", "schedule later = dates [2031-06-01, 2031-07-01]\n"):
        got = figures(more + text)
        assert (got["Of it"], got["Elsewhere"], got["Left"]) == (40, 40, 0)
        assert got["Share"] is None
