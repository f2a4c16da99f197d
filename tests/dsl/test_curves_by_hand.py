"""Curves worked by hand: pieces of default rates, single payments, quotes of each scenario and of each row."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from indenture.dsl.api import DealError, compile

from .curve_deals import USD_2009, codes, deal, figures

FLAT = "rate_curve usd { zero = 3% }\n"
LAB = FLAT + "credit_curve lab { rates = usd; hazard = 2%; recovery = 40% }\n"


def errors(body: str, closing: str = "2026-01-15", folder: Path | None = None) -> list[tuple[str, str]]:
    with pytest.raises(DealError) as caught:
        compile(deal(body, closing), folder=folder).run()
    return [(one.code, one.message) for one in caught.value.diagnostics if one.severity == "error"]


# ------------------------------------------------------------------------------------------------- what is read off


def test_a_default_rate_is_that_of_the_piece_that_a_day_lies_in() -> None:
    """Up to a year off 1%, then 4%: of today, of the year's last day, and of the day after it."""
    body = FLAT + "credit_curve lab { rates = usd; hazards = [1 year: 1%, 3 years: 4%]; recovery = 40% }\n"
    asked = ("hazard_rate(lab)", "hazard_rate(lab, 2027-01-15)", "hazard_rate(lab, 2027-01-16)")
    assert figures(body, *asked, closing="2026-01-15") == [0.01, 0.01, 0.04]


@pytest.mark.parametrize(
    ("months", "matures", "days"), [(3, "2026-04-20", 91), (6, "2026-07-20", 182), (12, "2027-01-19", 365)]
)
def test_an_overnight_swap_up_to_a_year_pays_once(months: int, matures: str, days: int) -> None:
    """From Monday 19 January, two business days on, to the first day after a weekend; by actual/360 as deposits are."""
    body = f'rate_curve usd {{ convention = "USD"; overnight = [{months} months: 4%] }}\n'
    (found,) = figures(body, f"discount_factor(usd, {matures}, 2026-01-19)", closing="2026-01-15")
    assert found == pytest.approx(1 / (1 + 0.04 * days / 360), rel=1e-12)


def test_the_upfront_of_a_spread_that_a_scenario_states_is_that_of_the_spread() -> None:
    """Markit's grid of 21 May 2009, on $10m; at its own coupon a contract costs nothing, and there is no other spread."""
    body = USD_2009 + (
        "term quoted : rate = 1%\n"
        'scenario "Tight" { quoted = 10bp }\nscenario "Wide" { quoted = 1_000bp }\n'
        'report { "Tight" = $10m * upfront_from_spread(quoted, 1%, 2012-06-20, 40%, usd)\n'
        '"Wide" = $10m * upfront_from_spread(quoted, 1%, 2019-06-20, 40%, usd) }\n'
    )
    found = compile(deal(body)).run()
    tight, wide = (dict(zip(found.scenarios, found[name].values.tolist(), strict=True)) for name in ("Tight", "Wide"))
    assert tight["Tight"] == pytest.approx(-274_122.4725, rel=1e-8)
    assert wide["Wide"] == pytest.approx(4_042_340.999, rel=1e-8)
    assert (tight["base"], wide["base"]) == (pytest.approx(0, abs=1e-6), pytest.approx(0, abs=1e-6))


def test_a_scenario_may_take_a_default_rate_to_nothing() -> None:
    body = LAB + 'scenario "Safe" { lab.hazard = 0% }\nreport { "Alive" = survival_probability(lab, 2027-01-15) }\n'
    found = compile(deal(body, "2026-01-15")).run()
    assert found["Alive"].values.tolist() == pytest.approx([math.exp(-0.02), 1], rel=1e-14)


def test_a_name_that_never_defaults_and_a_curve_by_another_name() -> None:
    body = FLAT + "credit_curve lab { rates = usd; hazard = 0%; recovery = 40% }\ndefine chosen = lab\n"
    assert figures(body, "survival_probability(chosen, 2030-01-15)", closing="2026-01-15") == [1]


def test_a_party_may_name_another_whose_credit_is_its_own() -> None:
    """Twice removed: it survives as the other does, recovers what the other's curve says, and defaults with that rate."""
    body = LAB + (
        "party Lab { credit = lab }\nparty Hub { credit = Lab }\nparty Arm { credit = Hub }\n"
        "relation notes Arm owes $10 to Bank\n"
        "simulate { paths = 10_000; Arm.default drawn from first_default(Arm) }\n"
        'report { "Alive" = survival_probability(Arm, 2027-01-15); "Through" = survival_probability(Arm.credit, 2027-01-15)\n'
        '"Lost" = loss_suffered(Bank, Arm on closing); "Gone" = Arm.default <= 2027-01-15 }\n'
    )
    made = compile(deal(body, "2026-01-15"))
    found = made.run()
    assert (found["Alive"].value(), found["Through"].value()) == pytest.approx((math.exp(-0.02),) * 2, rel=1e-14)
    assert found["Lost"].value() == pytest.approx(6, rel=1e-14)
    gone = 1 - math.exp(-0.02)
    drawn = made.run(paths=10_000, seed=3)["Gone"].values.mean()
    assert drawn == pytest.approx(gone, abs=5 * math.sqrt(gone * (1 - gone) / 10_000))


# ------------------------------------------------------------------------------------------------- what is said


@pytest.mark.parametrize("hazard", ["-1%", "-200%"])
def test_a_default_rate_below_nothing_is_said_once_however_often_the_curve_is_read(hazard: str) -> None:
    body = LAB + (
        f'scenario "N" {{ lab.hazard = {hazard} }}\n'
        "report { hazard_rate(lab), survival_probability(lab, 2030-01-15), par_spread(lab, 2030-06-20) }\n"
    )
    ((code, words),) = errors(body)
    assert code == "E0910"
    assert [one.code for one in compile(deal(body, "2026-01-15")).program.checks] == ["E0910"]
    assert words.startswith("the default rate up to 1 year of `lab` is below zero")


@pytest.mark.parametrize(
    ("quotes", "words"),
    [
        (
            "spreads = [1 year: -1%]",
            "the spread at 1 year of `lab` is so low that the default rate up to 1 year is below",
        ),
        (
            "spreads = [1 year: 900%, 18 months: 3%]",
            "the spread at 18 months of `lab` is so far below those before it that the default rate between 1 year and "
            "18 months is below zero",
        ),
        ("hazards = [40 days: -1%, 50 days: 2%]", "the default rate up to 40 days of `lab` is below zero"),
        (
            "hazards = [2027-01-15: 1%, 2028-01-15: -2%]",
            "the default rate between 2027-01-15 and 2028-01-15 of `lab` is below zero",
        ),
    ],
)
def test_which_point_is_too_low(quotes: str, words: str) -> None:
    body = FLAT + f"credit_curve lab {{ rates = usd; {quotes}; recovery = 40% }}\nreport {{ hazard_rate(lab) }}\n"
    ((_, said),) = errors(body)
    assert words in said


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            'rate_curve usd { convention = "USD XX"; deposits = [1 month: 2%] }\nreport { zero_rate(usd, 2027-01-15) }',
            "E0662",
        ),
        (
            'rate_curve usd { convention = "USX"; deposits = [1 month: 2%] }\nreport { zero_rate(usd, 2027-01-15) }',
            "E0662",
        ),
        (LAB.replace("hazard", "corrected = Bank.defaulted; hazard") + "report { hazard_rate(lab) }", "E0654"),
        (
            LAB + "party X { credit = if true then lab else lab }\nreport { survival_probability(X, 2030-01-15) }",
            "E0650",
        ),
        (LAB + "report { survival_probability(if true then lab else lab, 2030-01-15) }", "E0650"),
        (
            LAB
            + "party X { credit = if true then lab else lab }\nreport { survival_probability(X.credit, 2030-01-15) }",
            "E0650",
        ),
        (
            LAB + "party X { credit = Y }\nparty Y { credit = X }\nreport { survival_probability(X, 2030-01-15) }",
            "E0650",
        ),
        (
            LAB + "party X { credit = Y }\nparty Y { credit = X }\n"
            "simulate { paths = 10; Bank.default drawn from first_default(X) }\nreport { Bank.default }",
            "E0613",
        ),
        (LAB + "party X { credit = Bank }\nreport { survival_probability(X, 2030-01-15) }", "E0650"),
        (
            LAB + "simulate { paths = 10; Bank.default drawn from first_default(Bank) }\nreport { Bank.default }",
            "E0613",
        ),
    ],
)
def test_what_is_no_curve_has_a_code(body: str, code: str) -> None:
    assert codes(body) == [code]


def test_a_party_without_a_curve_is_named() -> None:
    body = LAB + "party X { credit = Bank }\nreport { survival_probability(X, 2030-01-15) }"
    assert errors(body) == [("E0650", "`X` has no credit curve")]


def test_what_a_name_stands_for_and_is_no_curve_is_shown_where_it_is_stated() -> None:
    """On the line after the curve's: the header has two lines, and the two curves one each."""
    body = LAB + "define chosen = if true then lab else lab\nreport { survival_probability(chosen, 2030-01-15) }"
    with pytest.raises(DealError) as caught:
        compile(deal(body, "2026-01-15"))
    assert [(one.code, one.span.line) for one in caught.value.diagnostics] == [("E0650", 5)]


# ------------------------------------------------------------------------------------------------- a row each

ROWS = """
component other { share : fraction }
other others each row in "others.csv" { }
component name { spread : rate; back : fraction; obligor : party
  credit_curve own { rates = usd; spreads = [5 years: spread]; recovery = 40% } }
name names each row in "names.csv" { }
party Lab { credit = lab }
"""


def files(folder: Path) -> Path:
    (folder / "others.csv").write_text("id,share\nx,1%\n")
    (folder / "names.csv").write_text("id,spread,back,obligor\na,10bp,20%,Lab\nb,1%,40%,Lab\nc,1_000bp,40%,Bank\n")
    return folder


def test_of_a_row_each_a_quote_is_what_it_is_of_one(tmp_path: Path) -> None:
    """Markit's grid again, one row at the coupon; another family stands first. What is worked out is named for it."""
    body = (
        USD_2009
        + "credit_curve lab { rates = usd; hazard = 2%; recovery = 40% }\n"
        + ROWS
        + (
            'report { "Sum" = $10m * sum(upfront_from_spread(names.spread, 1%, 2019-06-20, names.back, usd)); '
            '"Most" = highest(upfront_from_spread(names.spread, 1%, 2019-06-20, names.back, usd)); '
            '"Alive" = sum(survival_probability(names.own, 2009-05-21)); "Shares" = sum(others.share) }\n'
        )
    )
    made = compile(deal(body), folder=files(tmp_path))
    found = made.run()
    assert found["Most"].value() * 1e7 == pytest.approx(4_042_340.999, rel=1e-8)
    assert found["Sum"].value() == pytest.approx(4_042_340.999 - 797_501.1422, rel=1e-8)
    assert (found["Alive"].value(), found["Shares"].value()) == (3, 0.01)
    named = {one.var.name for one in made.program.constants}
    assert {"names.own.60M", "upfront"} <= named


def test_which_row_has_the_quote_that_is_too_low(tmp_path: Path) -> None:
    files(tmp_path)
    (tmp_path / "names.csv").write_text("id,spread,back,obligor\na,1%,40%,Lab\nb,-2%,40%,Lab\n")
    body = LAB + ROWS + "report { sum(survival_probability(names.own, 2030-06-20)) }\n"
    ((code, said),) = errors(body, folder=tmp_path)
    assert code == "E0659"
    assert said.startswith("names.csv, row 3 (b): the spread at 5 years")


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ("upfront_from_spread(names.spread, 1%, never, 40%, usd)", "E0656", "the maturity is 9999-12-31: "),
        ("survival_probability(names.obligor, 2030-06-20)", "E0650", "a credit curve is wanted here"),
    ],
)
def test_what_is_wrong_of_a_family_of_names_is_said(tmp_path: Path, asked: str, code: str, words: str) -> None:
    ((found, said),) = errors(LAB + ROWS + f"report {{ sum({asked}) }}\n", folder=files(tmp_path))
    assert found == code
    assert said.startswith(words)
