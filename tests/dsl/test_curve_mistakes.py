"""What is wrong with a curve, or with what is asked of one, and what is said of it."""

from __future__ import annotations

import pytest
from indenture.dsl.api import DealError, compile

from .curve_deals import CURVE, codes, deal, figures


def test_a_curve_that_crosses_itself_in_a_scenario_names_point_and_scenario() -> None:
    body = """
rate_curve usd { zero = 4% }
credit_curve lab { rates = usd; spreads = [1 year: 210bp, 3 years: 300bp, 5 years: 380bp]; recovery = 40% }
scenario "Run" { lab.spreads = [1 year: 210bp, 3 years: 2_300bp, 5 years: 380bp] }
report { "par" = par_spread(lab, standard_maturity(5 years)) }
"""
    with pytest.raises(DealError, match="between 3 years and 5 years") as caught:
        compile(deal(body, "2026-01-15")).run()
    (found,) = caught.value.diagnostics
    assert (found.code, found.notes) == ("E0910", ("in scenario Run",))


LAB = "rate_curve usd { zero = 4% }\ncredit_curve lab { rates = usd; spreads = [1 year: 2%, 5 years: 3%]; recovery = 40% }\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("party Lab { credit = openlb }\n" + LAB, "E0201"),
        ("party Lab { credit = usd }\n" + LAB, "E0310"),
        (LAB + "term x = survival_probability(Bank, 2030-01-15)\nreport { x }", "E0650"),
        (LAB + "report { discount_factor(lab, 2030-01-15) }", "E0310"),
        (LAB + "report { lab + 1 }", "E0312"),
        (LAB + 'scenario "S" { lab = 2% }', "E0240"),
        (LAB + 'scenario "S" { lab.spreads = [2%, 3%, 4%] }\nreport { par_spread(lab, 2031-06-20) }', "E0240"),
        (
            LAB + "simulate { paths = 10; lab.spreads drawn from normal(mean = 1%, deviation = 1%) }"
            "\nreport { par_spread(lab, 2031-06-20) }",
            "E0338",
        ),
        ("credit_curve lab { hazard = 2% }\nreport { par_spread(lab, 2031-06-20) }", "E0652"),
        (
            LAB.replace("1 year", "2025-06-20").replace("5 years", "2030-06-20")
            + "report { lab.recovery, hazard_rate(lab) }",
            "E0657",
        ),
        (LAB.replace("5 years", "1 year") + "report { hazard_rate(lab) }", "E0657"),
        (LAB.replace("40%", "-5%") + "report { hazard_rate(lab) }", "E0658"),
        (LAB.replace("rates = usd;", "rates = lab;"), "E0327"),
        (LAB.replace("zero = 4%", "zero = 4%; currency = EURO"), "E0223"),
        (
            LAB.replace("zero = 4%", "zero = 4%; currency = EUR")
            + "report { mark_to_market(lab, $10m, 1%, 2031-06-20) }",
            "E0660",
        ),
        (
            'rate_curve eur { convention = "EUR"; deposits = [1 month: 2%] }\nreport { zero_rate(eur, 2027-01-15) }',
            "E0660",
        ),
        ("rate_curve usd { deposits = [1 month: 2%] }", "E0652"),
        ("rate_curve usd { }", "E0652"),
        (LAB.replace("2%", "900%") + "report { hazard_rate(lab) }", "E0659"),
    ],
)
def test_what_is_wrong_with_a_curve_has_a_code(body: str, code: str) -> None:
    assert codes(body) == [code]


def test_a_curve_that_nothing_reads_is_said() -> None:
    assert [one.code for one in compile(deal(LAB)).diagnostics] == ["W0709"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            "party B { credit = C.credit }\nparty C { credit = B.credit }\nreport { survival_probability(B, 2030-01-01) }",
            "E0650",
        ),
        ("rate_curve r { zero = zero_rate(r, 2027-01-01) }\nreport { discount_factor(r, 2030-01-01) }", "E0501"),
        (
            CURVE.replace("hazard = 2%", "spreads = [5 years: par_spread(c, 2031-06-20)]")
            + "report { hazard_rate(c) }",
            "E0501",
        ),
        (CURVE + "report { par_spread(c, never) }", "E0656"),
        (CURVE.replace("zero = 3%", "zeros = [200 years: 3%]") + "report { zero_rate(r, 2027-01-01) }", "E0656"),
        (CURVE.replace("zero = 3%", "zeros = [1: 3%, 2: 4%]") + "report { zero_rate(r, 2027-01-01) }", "E0654"),
        (CURVE.replace("zero = 3%", "zero = -90_000%") + "report { zero_rate(r, 2027-01-01) }", "E0663"),
        (CURVE + "report { standard_maturity(0 months) }", "E0656"),
        (CURVE + "report { upfront_from_spread(-5%, 1%, 2030-06-20, 40%, r) }", "E0656"),
        (CURVE + "report { spread_from_upfront(95%, 1%, 2030-06-20, 40%, r) }", "E0656"),
        (
            CURVE.replace("zero = 3%", "zero = 3%; traded = Bank.default") + "report { zero_rate(r, 2027-01-01) }",
            "not_finite",
        ),
        (
            CURVE
            + 'term s : rate = 2%\nscenario "N" { s = -1% }\nreport { upfront_from_spread(s, 1%, 2030-06-20, 40%, r) }',
            "E0913",
        ),
        (CURVE + 'scenario "N" { c.hazard = -1% }\nreport { hazard_rate(c) }', "E0910"),
        (CURVE + 'scenario "N" { c.recovery = 100% }\nreport { par_spread(c, 2031-06-20) }', "E0911"),
    ],
)
def test_what_cannot_be_is_a_diagnostic_whenever_it_is_found(body: str, code: str) -> None:
    with pytest.raises(DealError) as caught:
        compile(deal(body, "2026-01-15")).run()
    assert {one.code for one in caught.value.diagnostics if one.severity == "error"} == {code}


def test_a_tenor_where_a_maturity_is_wanted_points_to_the_standard_contract() -> None:
    body = "rate_curve r { zero = 3% }\ncredit_curve c { rates = r; hazard = 2%; recovery = 40% }\n"
    for call in (
        "par_spread(c, 5 years)",
        "clean_upfront(c, 5%, 5 years)",
        "upfront_from_spread(1%, 1%, 5 years, 40%, r)",
    ):
        with pytest.raises(DealError, match="standard_maturity") as caught:
            compile(deal(f'{body}report {{ "x" = {call} }}'))
        assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == ["E0310"]
        assert "`standard_maturity(5 years)`" in (caught.value.diagnostics[0].help or "")


def test_of_a_spread_that_a_share_scales_either_is_the_rate_a_year() -> None:
    """`210bp * market` is one rate, whichever of the two is said to be a year's."""
    body = "rate_curve r { zero = 3% }\nterm market = 200%\ncredit_curve c { rates = r; recovery = 40%; spreads = [5 years: SPREAD] }\n"
    for spread in ("210bp * market", "market * 2.1% * 1", "210bp per year * market"):
        (found,) = figures(body.replace("SPREAD", spread), "par_spread(c, standard_maturity(5 years))")
        assert found == pytest.approx(0.042, rel=1e-12)


@pytest.mark.parametrize(
    ("stated", "code", "words"),
    [
        ("spreads = [5 years: 300bp]; recovery = 40%; coupon = 5%", "E0653", "has no coupon"),
        ("spreads = [5 years: 300bp]; recovery = 40", "E0658", "`40%`"),
        ("spreads = [5 years: -10bp]; recovery = 40%", "E0659", "is so low that"),
        ("spreads = [5 years: 300]; recovery = 40%", "E0327", "`300bp`"),
        ("hazard = 5; recovery = 40%", "E0327", "did you mean `5%`"),
        ("upfronts = [5 years: 3%]; coupon = 500; recovery = 40%", "E0327", "did you mean `500bp`"),
    ],
)
def test_a_slip_in_a_curve_is_said_in_words_that_mend_it(stated: str, code: str, words: str) -> None:
    body = f"rate_curve r {{ zero = 3% }}\ncredit_curve c {{ rates = r; {stated} }}\n"
    with pytest.raises(DealError) as caught:
        compile(deal(body + 'report { "x" = par_spread(c, standard_maturity(5 years)) }'))
    assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == [code]
    assert words in str(caught.value)


def test_an_upfront_is_not_paid_before_it_is_agreed() -> None:
    body = "rate_curve r { zero = 3% }\ncredit_curve c { rates = r; hazard = 2%; recovery = 40% }\n"
    for call in ("clean_upfront(c, 5%, 2030-12-20", "upfront_from_spread(3%, 5%, 2030-12-20, 40%, r"):
        assert codes(f'{body}report {{ "x" = {call}, settles = 2026-01-14) }}') == ["E0656"]
        compile(deal(f'{body}report {{ "x" = {call}, settles = 2026-01-15) }}', "2026-01-15"))


@pytest.mark.parametrize(
    ("change", "code"), [("", "E0665"), ('scenario "Worse" { lab.upfronts = lab.upfronts * 5 }', "E0914")]
)
def test_an_upfront_above_what_a_default_costs_gives_no_curve(change: str, code: str) -> None:
    points = "82%" if not change else "20%"
    body = f"""
rate_curve usd {{ zero = 3% }}
credit_curve lab {{ rates = usd; coupon = 5%; upfronts = [1 year: 5%, 5 years: {points}]; recovery = 25% }}
{change}
report {{ hazard_rate(lab) }}
"""
    with pytest.raises(DealError) as caught:
        compile(deal(body, "2026-01-15")).run()
    assert [one.code for one in caught.value.diagnostics if one.severity == "error"] == [code]
