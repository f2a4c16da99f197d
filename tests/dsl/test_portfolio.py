"""Tranches and baskets in the language, against published figures, the engine's own functions and brute force."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indenture.dsl.api import DealError, compile
from indenture.engine.credit.nth_to_default import nth_default_probability, pool_nth_default_probability
from indenture.engine.credit.pool import expected_loss_up_to
from indenture.engine.credit.tranche import flat_legs, legs, tranche_loss
from scipy import stats
from scipy.stats import norm

HEAD = """
deal "Tranches" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Lenders
schedule payment = quarterly on day 15 from 2026-04-15 to 2031-01-15, unadjusted
account cash { opens = $100 from Aurora }
claim fee to Lenders on payment = $1 lapses
waterfall all from cash on payment { "Fee" pay fee; "Rest" pay rest to Lenders }
"""
NAMES = (
    'component name { size : money; chance : fraction; recovery : fraction }\nname names each row in "names.csv" { }\n'
)
CSV = "id,size,chance,recovery\na,$10,1%,40%\nb,$4,20%,25%\nc,$7.5,5%,60%\nd,$2,9%,0%\n"
PROBABILITIES = np.array([0.01, 0.2, 0.05, 0.09])
LOSSES = np.array([6.0, 3.0, 3.0, 2.0])
POOL = 23.5


def figures(body: str, *wanted: str, folder: Path | None = None, **options: Any) -> list[Any]:
    report = "report { " + ", ".join(f'"{k}" = {one}' for k, one in enumerate(wanted)) + " }"
    found = compile(f"{HEAD}{body}\n{report}", folder=folder).run(**options)
    return [found[str(k)].values for k in range(len(wanted))]


def said(body: str, folder: Path | None = None) -> DealError:
    with pytest.raises(DealError) as caught:
        compile(HEAD + body, folder=folder).run()
    return caught.value


def codes(body: str, folder: Path | None = None) -> list[str]:
    return [one.code for one in said(body, folder).diagnostics if one.severity == "error"]


def spread(attachment: str, detachment: str, more: str = "names = 100", hazard: str = "1% per year") -> str:
    return (
        f"tranche_spread(hazard = {hazard}, recovery = 40%, correlation = c, attachment = {attachment}, "
        f"detachment = {detachment}, maturity = 5 years, rate = 5%, {more})"
    )


SLICES = [("0%", "3%"), ("3%", "6%"), ("6%", "10%"), ("10%", "100%")]


def test_the_hull_and_white_row() -> None:
    # Hull and White, Journal of Derivatives (2004), Table 7: the exact mixture to 1e-6 bp, the print to 2.5%.
    found = np.array(figures("term c = 10%", *(spread(*one) for one in SLICES))).reshape(-1) * 1e4
    assert found == pytest.approx([2274.282931, 455.170389, 91.091779, 0.700672], abs=1e-6)
    assert np.rint(found) == pytest.approx([2279, 450, 89, 1], rel=0.025)


def test_correlation_is_an_operand_that_scenarios_range_over() -> None:
    body = "term c = 10%\nscenarios over c = [0%, 30%, 100%]"
    found = figures(body, spread("0%", "3%"))[0]
    times = np.arange(1, 21) / 4
    for value, correlation in zip(found, (0.1, 0, 0.3, 1), strict=True):
        loss = tranche_loss(-np.expm1(-0.01 * times), 0.4, correlation, 0.0, 0.03, 100)
        assert value == pytest.approx(float(flat_legs(loss, times, 0.05).par_spread()), rel=1e-12)


def test_default_rates_by_age_and_periods_that_do_not_fit() -> None:
    times = np.array([0.1, 0.6, 1.1, 1.6])
    chances = -np.expm1(-np.array([0.002, 0.012, 0.02 + 0.1 * 0.06, 0.02 + 0.6 * 0.06]))
    legs = flat_legs(tranche_loss(chances, 0.25, 0.2, 0.05, 0.1), times, 0.03)
    call = (
        "hazard = [1 year: 2%, 3 years: 6%], recovery = 25%, correlation = 20%, attachment = 5%, detachment = 10%, "
        "maturity = 1.6 years, rate = 3%, period = 6 months"
    )
    par, upfront, with_upfront = figures(
        "", f"tranche_spread({call})", f"tranche_upfront(spread = 1%, {call})", f"tranche_spread({call}, upfront = 2%)"
    )
    assert par == pytest.approx(float(legs.par_spread()), rel=1e-12)
    assert upfront == pytest.approx(float(legs.upfront(0.01)), rel=1e-12)
    assert with_upfront == pytest.approx(float(legs.par_spread(0.02)), rel=1e-12)


def test_a_family_is_a_pool_of_unequal_names(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(CSV)
    call = (
        "tranche_loss(default_probability = names.chance, recovery = names.recovery, correlation = c, "
        "attachment = 8%, detachment = 30%, notional = names.size)"
    )
    body = f"{NAMES}term c = 35%\nscenarios over c = [0%, 100%]"
    nth = "nth_to_default_probability(n = 2, default_probability = names.chance, correlation = c)"
    loss, second = figures(body, call, nth, folder=tmp_path)
    for place, correlation in enumerate((0.35, 0.0, 1.0)):
        low, high = expected_loss_up_to(PROBABILITIES, LOSSES, correlation, (0.08 * POOL, 0.3 * POOL))
        assert loss[place] == pytest.approx((high - low) / (0.22 * POOL), rel=1e-12)
        assert second[place] == pytest.approx(pool_nth_default_probability(PROBABILITIES, correlation, 2), rel=1e-12)
    alive = 1 - PROBABILITIES
    none = alive.prod()
    assert second[1] == pytest.approx(1 - none - (none * PROBABILITIES / alive).sum(), rel=1e-12)
    assert second[2] == pytest.approx(0.09, rel=1e-12)


def test_a_pool_whose_balances_fall_is_worked_out_on_each_date(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(CSV)
    body = f"""{NAMES}define left = names.size * ramp(from = 100%, to = 0%, over = 60 months, starting = closing)
define lost = tranche_loss(default_probability = names.chance, recovery = names.recovery, correlation = 35%,
  attachment = 8%, detachment = 30%, notional = left)"""
    series = figures(body, "lost", folder=tmp_path)[0].reshape(-1)
    low, high = expected_loss_up_to(PROBABILITIES, LOSSES, 0.35, (0.08 * POOL, 0.3 * POOL))
    # Shares of a pool that shrinks alike stay what they are; of an empty pool nothing is lost.
    assert series[:-1] == pytest.approx(np.full(20, (high - low) / (0.22 * POOL)), rel=1e-9)
    assert series[-1] == 0


def test_two_names_and_the_normal_distribution() -> None:
    joint, share, quantile, pair = figures(
        "",
        "joint_default_probability(p = 2%, q = 5%, correlation = 35%)",
        "normal_probability(-1.5)",
        "normal_quantile(99.9%)",
        "nth_to_default_probability(n = 2, default_probability = 4%, correlation = 35%, names = 2)",
    )
    law = stats.multivariate_normal(cov=[[1, 0.35], [0.35, 1]])
    assert joint == pytest.approx(float(law.cdf([norm.ppf(0.02), norm.ppf(0.05)])), rel=1e-10)
    assert pair == pytest.approx(float(law.cdf([norm.ppf(0.04)] * 2)), rel=1e-9)
    assert share == pytest.approx(norm.cdf(-1.5), rel=1e-14)
    assert quantile == pytest.approx(norm.ppf(0.999), rel=1e-14)


def test_a_name_that_surely_or_never_defaults() -> None:
    found = figures("", *(f"joint_default_probability(p = {p}, q = 5%, correlation = 35%)" for p in ("0%", "100%")))
    assert [float(one[0]) for one in found] == [0, 0.05]
    text = f'{HEAD}report {{ "none" = normal_quantile(0%) }}'
    none = compile(text).run()["none"]
    assert none.determined is not None
    assert not none.determined.any()


def test_baskets_of_ten_names() -> None:
    # Hull and White (2004): hazard 1%, recovery 40%, 5%, five years, correlation 0.3; first to fourth to default, bp.
    calls = [
        f"nth_to_default_spread(n = {n}, hazard = 1% per year, recovery = 40%, correlation = 30%, maturity = 5 years, "
        "rate = 5%, names = 10)"
        for n in (1, 2, 3, 4)
    ]
    found = np.array(figures("", *calls)).reshape(-1) * 1e4
    assert found == pytest.approx([440, 139, 53, 21], abs=1.1)


def test_default_rates_and_discounts_may_come_from_curves() -> None:
    body = """rate_curve usd { convention = "USD"; deposits = [3 months: 4.28%, 12 months: 4.02%]; swaps = [2 years: 3.71%, 5 years: 3.66%] }
credit_curve lab { rates = usd; spreads = [1 year: 210bp, 3 years: 300bp, 5 years: 380bp]; recovery = 40% }
party OpenLab { credit = lab }"""
    call = "hazard = {0}, recovery = 40%, correlation = 25%, {1} maturity = 5 years, rate = {2}, period = 1 year, names = 60"
    days = [round(k * 182.5) for k in range(1, 11)]
    wanted = [
        f"tranche_spread({call.format(name, 'attachment = 3%, detachment = 7%,', 'usd')})"
        for name in ("lab", "OpenLab")
    ] + [f"nth_to_default_spread(n = 2, {call.format('lab', '', 'usd').replace('60', '5')})"]
    names = [f"discount_factor(usd, closing + {day} days)" for day in days]
    names += [f"default_probability(OpenLab, closing + {day} days)" for day in days]
    found = [float(np.ravel(one)[0]) for one in figures(body, *wanted, *names)]
    discounts, defaulted = np.array(found[3:13]), np.array(found[13:])
    ends = np.arange(1, 6)
    chances_at_ends, at_ends, at_middles = defaulted[1::2], discounts[1::2], discounts[0::2]
    priced = legs(tranche_loss(chances_at_ends, 0.4, 0.25, 0.03, 0.07, 60), ends, at_ends, at_middles)
    assert found[0] == found[1] == pytest.approx(float(priced.par_spread()), rel=1e-12)
    second = legs(nth_default_probability(chances_at_ends, 0.25, 5, 2), ends, at_ends, at_middles)
    assert found[2] == pytest.approx(0.6 * float(second.par_spread()), rel=1e-12)


def test_a_deal_prices_so_many_contracts_and_no_more() -> None:
    one = spread("0%", "3%", "names = 100")
    lines = ", ".join(one.replace("5 years", f"{90 + k % 10} years") + f" * {k}" for k in range(20))
    started = time.perf_counter()
    assert set(codes(f"term c = 10%\nreport {{ {lines} }}")) == {"E0673"}
    assert time.perf_counter() - started < 20


LOSS = "tranche_loss(default_probability = {p}, recovery = 40%, correlation = {c}, attachment = {a}, detachment = {d}{more})"
GOOD = {"p": "5%", "c": "30%", "a": "3%", "d": "7%", "more": ""}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("E0670", {"a": "7%", "d": "3%"}),
        ("E0670", {"a": "7%", "d": "7%"}),
        ("E0670", {"a": "-1%"}),
        ("E0670", {"d": "107%"}),
        ("E0671", {"c": "130%"}),
        ("E0671", {"c": "-30%"}),
        ("E0672", {"p": "105%"}),
        ("E0673", {"more": ", names = 0"}),
        ("E0673", {"more": ", names = 2.5"}),
        ("E0673", {"more": ", notional = $5m"}),
    ],
)
def test_what_is_out_of_range_is_a_diagnostic_in_place(code: str, changed: dict[str, str]) -> None:
    found = said("report { " + LOSS.format(**{**GOOD, **changed}) + " }")
    assert [one.code for one in found.diagnostics] == [code]
    assert found.diagnostics[0].span.line == HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("E0672", spread("0%", "3%", hazard="-1% per year")),
        ("E0614", spread("0%", "3%", hazard="[3 years: 2%, 1 year: 3%]")),
        ("E0673", "nth_to_default_probability(n = 6, default_probability = 4%, correlation = 20%, names = 5)"),
        ("E0673", "nth_to_default_probability(n = 1, default_probability = 4%, correlation = 20%)"),
        ("E0673", spread("0%", "3%", "period = 0 months")),
        ("E0673", spread("0%", "3%", "period = 1 day")),
        ("E0673", spread("0%", "3%").replace("5 years", "1_203 months")),
        ("E0671", "joint_default_probability(p = 4%, q = 4%, correlation = 120%)"),
    ],
)
def test_contracts_that_cannot_be_are_diagnostics(code: str, call: str) -> None:
    assert codes(f"term c = 10%\nreport {{ {call} }}") == [code]


@pytest.mark.parametrize("changed", ["c = 130%", "a = 8%", "p = -5%"])
def test_what_a_scenario_takes_out_of_range_stops_the_run(changed: str) -> None:
    body = f"""term c = 30%
term a = 3%
term p = 5%
scenario "Out" {{ {changed} }}
report {{ {LOSS.format(**{**GOOD, "c": "c", "a": "a", "p": "p"})} }}"""
    assert codes(body) == ["E0679"]
    assert compile(HEAD + body).run(scenarios=["base"])


@pytest.mark.parametrize(
    ("stated", "out"),
    [("names = n", "n = 2.5"), ("names = n", "n = 0"), ("names = 100", "h = -1% per year")],
)
def test_a_scenario_in_which_names_are_not_counted_or_default_less_than_never_stops_the_run(
    stated: str, out: str
) -> None:
    body = f"""term c = 10%
term n = 100
term h = 1% per year
scenario "Out" {{ {out} }}
report {{ {spread("0%", "3%", stated, "h")}, n, h }}"""
    assert codes(body) == ["E0679"]
    assert compile(HEAD + body).run(scenarios=["base"])


def test_the_points_of_default_rates_are_known_when_the_deal_is_read() -> None:
    body = 'term c = 10%\nterm ends = 1 year\nscenario "Later" { ends = 2 years }\n'
    call = spread("0%", "3%", hazard="[ends: 1%, 5 years: 2%]")
    assert codes(f"{body}report {{ {call} }}") == ["E0614"]


def test_a_negative_notional_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(CSV.replace("$4,", "-$4,"))
    call = LOSS.format(**{**GOOD, "more": ", notional = names.size"})
    assert codes(f"{NAMES}report {{ {call} }}", tmp_path) == ["E0679"]


@pytest.mark.parametrize("scenarios", [0, 1])
def test_a_chance_that_varies_by_date_alone_beside_losses_that_vary_by_row(tmp_path: Path, scenarios: int) -> None:
    (tmp_path / "names.csv").write_text(CSV)
    body = NAMES + (
        "term base_chance = 1%\n"
        "define chance = base_chance * number of payment dates after closing to date\n"
        "define lost = tranche_loss(default_probability = chance, recovery = names.recovery, correlation = 30%, "
        "attachment = 8%, detachment = 30%, notional = names.size)\n"
    )
    body += 'scenario "twice" { base_chance = 2% }\n' * scenarios
    (found,) = figures(body, "lost", folder=tmp_path)
    for column in range(scenarios + 1):
        for date in (0, 1, 7, 20):
            p = np.full(4, 0.01 * (column + 1) * date)
            low, high = expected_loss_up_to(p, LOSSES, 0.3, (0.08 * POOL, 0.30 * POOL))
            assert found[date, column] == pytest.approx((high - low) / (0.22 * POOL), rel=1e-12, abs=1e-15)
