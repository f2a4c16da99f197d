"""Curves of rates and credit in the language, against published figures, closed forms and the numerics below them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from indenture.dsl.api import compile
from indenture.engine.credit import (
    Calendar,
    DiscountCurve,
    bootstrap,
    bootstrap_upfronts,
    cds_maturity,
    cds_schedule,
    price,
    rates_curve,
    rates_schedule,
    upfront_from_spread,
)

from .curve_deals import CURVE, USD_2009, deal, figures

MARKIT = [
    ("2010-06-20", "10bp", "20%", -97_798.29358),
    ("2010-06-20", "1000bp", "40%", 894_985.6298),
    ("2012-06-20", "10bp", "40%", -274_122.4725),
    ("2016-06-20", "1000bp", "20%", 3_993_550.206),
    ("2019-06-20", "10bp", "20%", -797_501.1422),
    ("2019-06-20", "1000bp", "40%", 4_042_340.999),
]


@pytest.mark.parametrize(("maturity", "spread", "recovery", "upfront"), MARKIT)
def test_markits_upfronts_from_the_language(maturity: str, spread: str, recovery: str, upfront: float) -> None:
    call = f"$10m * upfront_from_spread({spread}, 1%, {maturity}, {recovery}, usd)"
    back = f"spread_from_upfront({call} / $10m, 1%, {maturity}, {recovery}, usd)"
    found, quoted = figures(USD_2009, call, back)
    assert found == pytest.approx(upfront, rel=1e-8)
    assert quoted == pytest.approx(float(spread.removesuffix("bp")) / 10_000, rel=1e-10)


@pytest.mark.parametrize(("maturity", "spread", "recovery", "upfront"), MARKIT)
def test_a_curve_of_one_spread_prices_as_the_quote_does(
    maturity: str, spread: str, recovery: str, upfront: float
) -> None:
    """A curve that is bootstrapped from one par spread is flat, as the quote's convention has it."""
    curve = f"credit_curve lab {{ rates = usd; spreads = [{maturity}: {spread}]; recovery = {recovery} }}"
    clean, dirty, par, accrued = figures(
        USD_2009 + curve,
        f"$10m * clean_upfront(lab, 1%, {maturity})",
        f"$10m * dirty_upfront(lab, 1%, {maturity})",
        f"par_spread(lab, {maturity})",
        f"$10m * accrued_premium(1%, {maturity}, 2009-05-21)",
    )
    assert clean == pytest.approx(upfront, rel=1e-8)
    assert par == pytest.approx(float(spread.removesuffix("bp")) / 10_000, rel=1e-12)
    # 20 March to 22 May 2009: 63 days.
    assert accrued == pytest.approx(10e6 * 0.01 * 63 / 360, rel=1e-12)
    assert dirty == pytest.approx(clean - accrued, rel=1e-12)


@pytest.mark.parametrize(
    ("traded", "amount"),
    [
        ("2009-03-18", 24_166.67),
        ("2009-03-19", 0),
        ("2009-03-20", 277.78),
        ("2009-03-23", 1_111.11),
        ("2009-06-19", 25_555.56),
        ("2009-06-20", 25_833.33),
        ("2009-06-21", 0),
        ("2009-06-22", 277.78),
        ("2014-06-18", 25_277.78),
        ("2014-06-19", 25_555.56),
    ],
)
def test_isdas_table_of_accrued_premium(traded: str, amount: float) -> None:
    (found,) = figures("", f"$10m * accrued_premium(1%, 2014-06-20, {traded})")
    assert round(found, 2) == amount


@pytest.mark.parametrize(
    ("traded", "maturity"),
    [("2016-12-12", "2021-12-20"), ("2017-03-01", "2021-12-20"), ("2017-03-20", "2022-06-20")],
)
def test_standard_contracts_roll_as_cds2015_says(traded: str, maturity: str) -> None:
    found = compile(deal(f"require standard_maturity(5 years, {traded}) is {maturity}")).run()
    assert all(check.passed for check in found.checks)


def test_a_flat_default_rate_and_a_flat_rate_are_their_closed_forms() -> None:
    body = "rate_curve usd { zero = 4% }\ncredit_curve lab { rates = usd; hazard = 2%; recovery = 40% }"
    years = (5 * 365 + 1) / 365
    factor, rate, alive, gone, hazard, protection = figures(
        body,
        "discount_factor(usd, 2031-01-15)",
        "zero_rate(usd, 2031-01-15)",
        "survival_probability(lab, 2031-01-15)",
        "default_probability(lab, 2031-01-15)",
        "hazard_rate(lab, 2030-06-06)",
        "protection_leg(lab, 2031-01-15)",
        closing="2026-01-15",
    )
    assert factor == pytest.approx(math.exp(-0.04 * years), rel=1e-14)
    assert (rate, hazard) == (pytest.approx(0.04, rel=1e-14), 0.02)
    assert alive == pytest.approx(math.exp(-0.02 * years), rel=1e-14)
    assert gone == pytest.approx(1 - alive, rel=1e-13)
    assert protection == pytest.approx(0.6 * 0.02 / 0.06 * (1 - math.exp(-0.06 * years)), rel=1e-13)


def test_forward_from_a_later_day_is_the_ratio_of_two() -> None:
    body = USD_2009 + "credit_curve lab { rates = usd; spreads = [1 year: 2%, 5 years: 3%]; recovery = 40% }"
    dates = ("2010-02-02", "2012-12-12")
    p0, p1, p = figures(
        body, *(f"discount_factor(usd, {day})" for day in dates), f"discount_factor(usd, {dates[1]}, {dates[0]})"
    )
    q0, q1, q = figures(
        body,
        *(f"survival_probability(lab, {day})" for day in dates),
        f"survival_probability(lab, {dates[1]}, {dates[0]})",
    )
    assert p == pytest.approx(p1 / p0, rel=1e-13)
    assert q == pytest.approx(q1 / q0, rel=1e-13)


def test_scenarios_shift_quotes_and_each_is_the_deal_with_those_quotes() -> None:
    """Rates, spreads and recovery: a column of a batch is what a deal so written gives."""
    curve = (
        "credit_curve lab {{ rates = usd; spreads = [1 year: {0}bp, 3 years: {1}bp, 5 years: {2}bp]; recovery = {3}% }}"
    )
    asked = "mark_to_market(lab, $10m, 5%, standard_maturity(5 years))"
    batch = compile(
        deal(
            USD_2009
            + curve.format(210, 300, 380, 40)
            + f"""
scenario "Wider" {{ lab.spreads = lab.spreads + 100bp }}
scenario "Wider still" after "Wider" {{ lab.spreads = lab.spreads * 2; lab.recovery = 20% }}
scenario "Rates" {{ usd.swaps = usd.swaps + 1%; usd.deposits = usd.deposits * 3 }}
report {{ "worth" = {asked} }}"""
        )
    ).run()
    got = np.ravel(batch["worth"].values)
    for column, quotes in ((0, (210, 300, 380, 40)), (1, (310, 400, 480, 40)), (2, (620, 800, 960, 20))):
        (alone,) = figures(USD_2009 + curve.format(*quotes), asked)
        assert got[column] == pytest.approx(alone, rel=1e-11)
    assert got[3] != pytest.approx(got[0], rel=1e-4)


def test_a_curve_made_anew_on_every_date_reads_that_dates_quotes() -> None:
    body = """
schedule marks = dates [2026-04-15, 2027-01-15]
input spread : series of rate on marks = 3%
claim fee to Bank on marks = $0 lapses
settle fee on marks
rate_curve usd { zero = 4%; traded = date }
credit_curve lab { rates = usd; traded = date; spreads = [5 years: spread]; recovery = 40% }
report { "par" = par_spread(lab, standard_maturity(5 years, date)); "worth" = mark_to_market(lab, $10m, 3%, 2031-06-20) }
"""
    found = compile(deal(body, "2026-01-15")).run(inputs={"spread": [0.02, 0.05]})
    par = np.ravel(found["par"].values)
    assert par[-2:] == pytest.approx([0.02, 0.05], rel=1e-12)
    for place, (day, quote) in enumerate((("2026-04-15", "2%"), ("2027-01-15", "5%")), start=1):
        flat = f"rate_curve usd {{ zero = 4% }}\ncredit_curve lab {{ rates = usd; spreads = [5 years: {quote}]; recovery = 40% }}"
        (alone,) = figures(flat, "mark_to_market(lab, $10m, 3%, 2031-06-20)", closing=day)
        assert np.ravel(found["worth"].values)[place] == pytest.approx(alone, rel=1e-12)


def test_a_default_is_drawn_from_a_curve() -> None:
    body = """
party OpenLab { credit = lab }
schedule tests = dates [2027-01-15, 2029-01-15, 2031-01-15, 2036-01-15]
claim fee to Bank on tests = if OpenLab.defaulted then $1 else $0 lapses
settle fee on tests
rate_curve usd { zero = 4% }
credit_curve lab { rates = usd; spreads = [1 year: 210bp, 3 years: 300bp, 5 years: 380bp]; recovery = 40% }
simulate { paths = 100_000; OpenLab.default drawn from first_default(OpenLab) }
report { "gone" = fee.paid; "meant" = default_probability(lab, date) }
"""
    found = compile(deal(body, "2026-01-15")).run(paths=100_000, seed=7)
    gone, meant = found["gone"].values.mean(axis=-1), found["meant"].values.mean(axis=-1)
    assert len(gone) == 5
    for drawn, probability in zip(gone[1:], meant[1:], strict=True):
        assert drawn == pytest.approx(probability, abs=5 * math.sqrt(probability * (1 - probability) / 100_000))


def test_spreads_may_be_drawn_and_the_curve_follows_path_by_path() -> None:
    body = """
term shift : rate = 0bp
rate_curve usd { zero = 4% }
credit_curve lab { rates = usd; spreads = [1 year: 210bp + shift, 5 years: 380bp + shift]; recovery = 40% }
simulate { paths = 500; shift drawn from normal(mean = 0bp, deviation = 20bp) }
report { "shift" = shift; "par" = par_spread(lab, standard_maturity(5 years)) }
"""
    found = compile(deal(body, "2026-01-15")).run(paths=500, seed=3)
    assert np.ptp(found["shift"].values) > 0.005
    assert np.ravel(found["par"].values) == pytest.approx(0.038 + np.ravel(found["shift"].values), rel=1e-11)


def test_before_its_own_day_a_curve_says_nothing_and_after_maturity_a_contract_has_no_spread() -> None:
    body = CURVE.replace("zero = 3%", "zero = 3%; traded = 2030-01-01") + (
        'report { "P" = discount_factor(r, 2027-01-01); "s" = par_spread(c, 2026-01-15); "u" = clean_upfront(c, 1%, 2031-06-20) }'
    )
    found = compile(deal(body, "2026-01-15")).run()
    assert not any(found[name].determined.any() for name in ("P", "s"))


def test_distressed_spreads_and_negative_rates() -> None:
    """Half a year at 250%, rates below zero: the curve gives each of its spreads back."""
    body = """
rate_curve chf { currency = CHF; convention = "CHF SARON"; overnight = [1 month: -0.75%, 1 year: -0.7%, 10 years: -0.2%] }
credit_curve wreck { rates = chf; spreads = [6 months: 25_000bp, 1 year: 18_000bp, 5 years: 9_000bp]; recovery = 15% }
"""
    asked = [f"par_spread(wreck, standard_maturity({tenor}))" for tenor in ("6 months", "1 year", "5 years")]
    assert figures(body, *asked, closing="2026-01-15") == pytest.approx([2.5, 1.8, 0.9], rel=1e-12)
    assert figures(body, "discount_factor(chf, 2027-01-15)", closing="2026-01-15")[0] > 1


@pytest.mark.parametrize(
    ("convention", "currency"),
    [
        ("EUR", "EUR"),
        ("GBP", "GBP"),
        ("USD SOFR", "USD"),
        ("EUR ESTR", "EUR"),
        ("GBP SONIA", "GBP"),
        ("CHF SARON", "CHF"),
    ],
)
def test_a_rate_curve_of_any_convention_is_the_numerics_own(convention: str, currency: str) -> None:
    kinds = {"deposits": (1, 3, 6, 12), "swaps": (24, 60, 120)}
    rates = [0.031, 0.0305, 0.03, 0.029, 0.028, 0.0275, 0.03]
    months = [*kinds["deposits"], *kinds["swaps"]]
    if " " in convention:
        quotes = (
            "overnight = [" + ", ".join(f"{m} months: {100 * r:.4f}%" for m, r in zip(months, rates, strict=True)) + "]"
        )
    else:
        quotes = "; ".join(
            f"{kind} = [" + ", ".join(f"{m} months: {100 * rates[months.index(m)]:.4f}%" for m in tenors) + "]"
            for kind, tenors in kinds.items()
        )
    body = f'rate_curve r {{ currency = {currency}; convention = "{convention}"; {quotes} }}'
    dates = ("2026-01-16", "2026-01-20", "2026-03-01", "2027-07-07", "2033-03-03", "2050-01-01")
    meant = rates_curve(rates_schedule("2026-01-15", convention, kinds["deposits"], kinds["swaps"]), rates)
    found = figures(body, *(f"discount_factor(r, {day})" for day in dates), closing="2026-01-15")
    assert found == pytest.approx([meant.discount(day) for day in dates], rel=1e-14)


def test_the_yens_curve_goes_by_tokyos_holidays() -> None:
    """13 January 2026 is two business days after the 8th, as the 12th is Coming of Age Day in Tokyo."""
    body = 'rate_curve r { currency = JPY; convention = "JPY TONA"; overnight = [1 month: 0.5%, 6 months: 1.2%] }'
    tokyo = Calendar.of(["2026-01-12", "2026-02-11", "2026-02-23", "2026-03-20", "2026-04-29"])
    meant = rates_curve(rates_schedule("2026-01-08", "JPY TONA", [1, 6], [], calendar=tokyo), [0.005, 0.012])
    (found,) = figures(body, "discount_factor(r, 2026-04-13)", closing="2026-01-08")
    assert found == pytest.approx(meant.discount("2026-04-13"), rel=1e-15)
    weekdays = rates_curve(rates_schedule("2026-01-08", "JPY TONA", [1, 6], []), [0.005, 0.012])
    assert found != weekdays.discount("2026-04-13")


@pytest.mark.parametrize(("traded", "days"), [("2026-03-20", 89), ("2026-03-22", 0), ("2026-03-23", 1)])
def test_the_yens_accrued_premium_goes_by_tokyos_holidays(traded: str, days: int) -> None:
    """20 March 2026 is Vernal Equinox Day: coupons begin on the 23rd, and 22 December to 21 March are 89 days."""
    body = """
rate_curve yen { currency = JPY; convention = "JPY TONA"; overnight = [1 month: 0.5%, 6 months: 1.2%] }
credit_curve name { rates = yen; hazard = 2%; recovery = 35% }
"""
    maturity = "standard_maturity(5 years)"
    stated, priced = figures(
        body,
        f"accrued_premium(1%, {maturity}, {traded}, rates = yen)",
        f"clean_upfront(name, 1%, {maturity}) - dirty_upfront(name, 1%, {maturity})",
        closing=traded,
    )
    assert stated == pytest.approx(0.01 * days / 360, abs=1e-15)
    assert priced == pytest.approx(stated, abs=1e-15)


def test_a_curve_of_upfronts_at_a_coupon_is_the_numerics_own_and_gives_them_back() -> None:
    """Distressed names are quoted in points upfront at 5%."""
    body = """
rate_curve usd { zero = 3% }
credit_curve lab { rates = usd; coupon = 5%; upfronts = [1 year: 2%, 3 years: 6.5%, 5 years: 11%]; recovery = 25% }
scenario "Worse" { lab.upfronts = lab.upfronts * 2 }
"""
    tenors = ("1 year", "3 years", "5 years")
    asked = [f"clean_upfront(lab, 5%, standard_maturity({tenor}))" for tenor in tenors]
    assert figures(body, *asked, closing="2026-01-15") == pytest.approx([0.02, 0.065, 0.11], rel=1e-11)
    schedules = [cds_schedule("2026-01-15", cds_maturity("2026-01-15", tenor)) for tenor in ("1Y", "3Y", "5Y")]
    for scenario, factor in ((0, 1), (1, 2)):
        meant = bootstrap_upfronts(
            schedules, DiscountCurve.flat("2026-01-15", 0.03), np.array([0.02, 0.065, 0.11]) * factor, 0.05, 0.25
        )
        found = compile(deal(body + "report { survival_probability(lab, 2030-03-03) }", "2026-01-15")).run()
        got = np.ravel(found["survival_probability(lab, 2030-03-03)"].values)[scenario]
        assert got == pytest.approx(meant.survival("2030-03-03"), rel=1e-12)


def test_settlement_is_an_input_and_the_half_day_an_option() -> None:
    body = (
        USD_2009
        + """
credit_curve lab { rates = usd; spreads = [1 year: 2%, 5 years: 3%]; recovery = 40% }
credit_curve exactly { rates = usd; spreads = [1 year: 2%, 5 years: 3%]; recovery = 40%; corrected = true }
"""
    )
    asked = (
        "clean_upfront(lab, 1%, 2014-06-20)",
        "clean_upfront(lab, 1%, 2014-06-20, settles = 2009-06-30)",
        "upfront_from_spread(3%, 1%, 2014-06-20, 40%, usd, settles = 2009-06-30)",
        "clean_upfront(exactly, 1%, 2014-06-20)",
        "hazard_rate(exactly)",
    )
    near, far, quoted, corrected, hazard = figures(body, *asked)
    tenors = ["1M", "2M", "3M", "6M", "9M", "12M"], [f"{n}Y" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30)]
    rates = [
        0.003081,
        0.005525,
        0.007163,
        0.012413,
        0.014,
        0.015488,
        0.011907,
        0.01699,
        0.021198,
        0.02444,
        0.026937,
        0.028967,
        0.030504,
        0.031719,
        0.03279,
        0.034535,
        0.036217,
        0.036981,
        0.037246,
        0.037605,
    ]
    usd = rates_curve(rates_schedule("2009-05-21", "USD", *tenors), rates)
    pillars = [cds_schedule("2009-05-21", cds_maturity("2009-05-21", tenor)) for tenor in ("1Y", "5Y")]
    late = cds_schedule("2009-05-21", "2014-06-20", settle="2009-06-30")
    plain, fixed = (bootstrap(pillars, usd, [0.02, 0.03], 0.4, half_day=half) for half in (True, False))
    usual = cds_schedule("2009-05-21", "2014-06-20")
    assert near == pytest.approx(price(usual, usd, plain, 0.01, 0.4).clean, rel=1e-12)
    assert far == pytest.approx(price(late, usd, plain, 0.01, 0.4).clean, rel=1e-12)
    assert quoted == pytest.approx(upfront_from_spread(late, usd, 0.03, 0.01, 0.4), rel=1e-12)
    assert corrected == pytest.approx(price(usual, usd, fixed, 0.01, 0.4, half_day=False).clean, rel=1e-12)
    assert hazard == pytest.approx(fixed.hazards[0, 0], rel=1e-12)
    assert corrected != near
