"""Joined draws against scipy's bivariate normal and Student laws, and against the large pool; five standard errors."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from indenture.dsl.api import DealError, compile
from indenture.engine.credit.copula import large_pool_excess
from indenture.engine.credit.tranche import pool_tranche_loss
from indenture.engine.errors import RunError
from scipy import stats
from scipy.stats import norm

PATHS = 40_000
CLOSING = datetime.date(2026, 1, 15)
FIVE_YEARS = CLOSING.toordinal() + 5 * 365

HEAD = """
deal "Joined" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Lenders, Alpha, Beta, Gamma
schedule payment = quarterly on day 15 from 2026-04-15 to 2031-01-15, unadjusted
schedule monthly_dates = monthly on day 15 from 2026-02-15 to 2029-01-15, unadjusted
account cash { opens = $100 from Aurora }
claim fee to Lenders on payment = $1 lapses
waterfall all from cash on payment { "Fee" pay fee; "Rest" pay rest to Lenders }
"""

Array = np.ndarray[Any, Any]


def drawn(declared: str, draws: str, *names: str, paths: int = PATHS, folder: Path | None = None) -> list[Array]:
    text = f"{HEAD}{declared}\nsimulate {{ paths = 10\n{draws}\n}}\nreport {{ {', '.join(names)} }}"
    found = compile(text, folder=folder).run(paths=paths, seed=7)
    return [found[name].values for name in names]


def codes(declared: str, draws: str) -> list[str]:
    with pytest.raises(DealError) as caught:
        compile(f"{HEAD}{declared}\nsimulate {{ paths = 10\n{draws}\n}}").run(paths=10)
    return [one.code for one in caught.value.diagnostics if one.severity == "error"]


def near(values: Array, expected: float, errors: float = 5) -> None:
    assert abs(values.mean() - expected) < errors * values.std() / math.sqrt(values.shape[-1])


def both(p: float, q: float, correlation: float) -> float:
    law = stats.multivariate_normal(cov=[[1, correlation], [correlation, 1]], allow_singular=True)
    return float(law.cdf([norm.ppf(p), norm.ppf(q)]))


TWO = """Alpha.default drawn from first_default(2% per year) joined by gaussian({0})
Beta.default drawn from first_default(4% per year) joined by gaussian({1})"""


@pytest.mark.parametrize(("one", "other"), [("35%", "35%"), ("80%", "20%"), ("0%", "50%"), ("100%", "100%")])
def test_two_names_default_together_as_often_as_the_bivariate_normal_says(one: str, other: str) -> None:
    alpha, beta = (v < FIVE_YEARS for v in drawn("", TWO.format(one, other), "Alpha.default", "Beta.default"))
    p, q = -math.expm1(-0.1), -math.expm1(-0.2)
    near(alpha, p)
    near(beta, q)
    correlation = math.sqrt(float(one[:-1]) * float(other[:-1])) / 100
    near(alpha & beta, both(p, q, correlation))
    if correlation == 1:
        assert not (alpha & ~beta).any()


def test_each_draw_keeps_its_own_law() -> None:
    draws = """a drawn from normal(mean = 4%, deviation = 1%) joined by gaussian(60%)
b drawn from lognormal(mean = $10, deviation = 30%) joined by gaussian(60%)
c drawn from uniform(low = 2%, high = 6%) joined by gaussian(60%)
d drawn from triangular(low = $1, mode = $2, high = $5) joined by gaussian(60%)
e drawn from exponential(rate = 50% per year) joined by gaussian(60%)
f drawn from uniform(low = 0, high = 1) joined by student(60%, degrees = 4)
Alpha.default drawn from first_default(20% per year) joined by student(60%, degrees = 3)"""
    declared = "term a = 5%\nterm b = $5\nterm c = 5%\nterm d = $5\nterm e = 3 years\nterm f = 1"
    values = drawn(declared, draws, "a", "b", "c", "d", "e", "f", "Alpha.default")
    laws = [
        stats.norm(0.04, 0.01),
        stats.lognorm(0.3, scale=10 * math.exp(-0.045)),
        stats.uniform(0.02, 0.04),
        stats.triang(0.25, 1, 4),
        stats.expon(scale=2),
        stats.uniform(0, 1),
    ]
    for drawn_values, law in zip(values, laws, strict=False):
        assert stats.kstest(drawn_values, law.cdf).statistic < 2.3 / math.sqrt(PATHS)
    near(values[-1] < FIVE_YEARS, -math.expm1(-1))
    # A high rank is a high value, of whatever is drawn, a later default among them.
    ranks = [norm.ppf(law.cdf(v).clip(1e-12, 1 - 1e-12)) for v, law in zip(values[:5], laws, strict=False)]
    assert np.corrcoef(ranks) - np.eye(5) == pytest.approx(0.6 * (1 - np.eye(5)), abs=0.02)


def test_without_correlation_a_joined_draw_is_the_draw_alone() -> None:
    declared = "define spot = $4\nterm x = 5%"
    alone = """Alpha.default drawn from first_default(2% per year)
spot drawn from gbm(drift = 0% per year, volatility = 40%)
x drawn from normal(mean = 4%, deviation = 1%)"""
    joined = alone.replace(")\n", ") joined by gaussian(0%)\n") + " joined by gaussian(0%)"
    names = ("Alpha.default", "spot", "x")
    for one, other in zip(drawn(declared, alone, *names), drawn(declared, joined, *names), strict=True):
        assert other == pytest.approx(one, rel=1e-12)


def test_another_draw_factor_or_schedule_changes_no_path() -> None:
    declared = "define spot = $4\nterm x = 5%"
    two = f"{TWO.format('35%', '35%')}\nspot drawn from gbm(drift = 0% per year, volatility = 40%) joined by gaussian(35%)"
    more = f"""x drawn from normal(mean = 4%, deviation = 1%) joined by gaussian(50%)
Gamma.default drawn from first_default(9% per year) joined by gaussian(20%, factor = "spot")
{two}
rate drawn from normal(mean = 4%, deviation = 1%) joined by gaussian(50%)"""
    names = ("Alpha.default", "Beta.default", "spot")
    few = drawn(declared, two, *names, paths=9_000)
    many = drawn(
        f"{declared}\ninput rate : series of fraction on monthly_dates = 4%",
        more,
        *names,
        paths=9_500,
    )
    for one, other in zip(few, many, strict=True):
        assert np.array_equal(one, other[..., :9_000])


def test_a_name_may_be_joined_by_a_factor_of_its_own_name() -> None:
    draws = """x drawn from normal(mean = 0, deviation = 1) joined by gaussian(50%, factor = "x")
y drawn from normal(mean = 0, deviation = 1) joined by gaussian(50%, factor = "x")
z drawn from normal(mean = 0, deviation = 1) joined by gaussian(50%)"""
    found = drawn("term x = 0\nterm y = 0\nterm z = 0", draws, "x", "y", "z")
    assert np.corrcoef(found) == pytest.approx(np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]), abs=0.025)


QUARTERS = [*range(0, 37, 3), *range(37, 45)]
"""Where closing and the payment dates stand on the timeline, which has the monthly dates too."""
DATES = [datetime.date(2026 + month // 12, month % 12 + 1, 15) for month in range(0, 63, 3)]
STEPS = np.diff([date.toordinal() for date in DATES]) / 365


def test_a_price_path_stays_one_and_falls_towards_an_early_default() -> None:
    draws = """Alpha.default drawn from first_default(4% per year) joined by gaussian(50%)
spot drawn from gbm(drift = 0% per year, volatility = 40%) joined by gaussian(50%)
rent drawn from gbm(drift = 0% per year, volatility = 20%) joined by gaussian(50%)"""
    alpha, spot, rent = drawn("define spot = $4\ndefine rent = $1", draws, "Alpha.default", "spot", "rent")
    spot, rent = spot[QUARTERS], rent[QUARTERS]
    steps = (np.diff(np.log(spot), axis=0) + 0.08 * STEPS[:, None]) / (0.4 * np.sqrt(STEPS[:, None]))
    assert np.cov(steps) == pytest.approx(np.eye(20), abs=0.03)
    # Two paths of one schedule correlate step by step, and at the end.
    other = (np.diff(np.log(rent), axis=0) + 0.02 * STEPS[:, None]) / (0.2 * np.sqrt(STEPS[:, None]))
    for one, two in zip(steps, other, strict=True):
        assert np.corrcoef(one, two)[0, 1] == pytest.approx(0.5, abs=0.025)
    # The end of the path and the default are bivariate normal: P(default, price below its q-quantile).
    end = (np.log(spot[-1] / 4) + 0.08 * STEPS.sum()) / (0.4 * math.sqrt(STEPS.sum()))
    p = -math.expm1(-0.2)
    defaulted = alpha < FIVE_YEARS
    for q in (0.05, 0.3):
        near(defaulted & (end < norm.ppf(q)), both(p, q, 0.5))
    # Price conditional on default: E exp(s Z) given a rank below its quantile, in closed form.
    deviation = 0.4 * math.sqrt(STEPS.sum())
    given = 4 * norm.cdf(norm.ppf(p) - 0.5 * deviation) / p
    near(spot[-1][defaulted], given)
    assert given < 0.62 * 4


def test_paths_of_different_schedules_meet_at_their_ends() -> None:
    draws = """spot drawn from gbm(drift = 0% per year, volatility = 40%) joined by gaussian(49%)
rate drawn from gbm(drift = 0% per year, volatility = 10%) joined by gaussian(100%)"""
    spot, rate = drawn("define spot = $4\ninput rate : series of fraction on monthly_dates = 4%", draws, "spot", "rate")
    assert np.corrcoef(np.log(spot[-1]), np.log(rate[-1]))[0, 1] == pytest.approx(0.7, abs=0.015)


def test_a_path_of_less_than_a_year_goes_the_way_of_what_it_is_joined_to() -> None:
    """Both weigh the factor by the root of 81%: they correlate by 81%, whichever way the factor goes."""
    declared = """schedule short = monthly on day 15 from 2026-02-15 to 2026-09-15, unadjusted
term x = 0
input spread : series of fraction on short = 3%"""
    draws = """x drawn from normal(mean = 0, deviation = 1) joined by gaussian(81%)
spread drawn from mean_reverting(mean = 3%, speed = 0% per year, volatility = 1%) joined by gaussian(81%)"""
    x, spread = drawn(declared, draws, "x", "spread")
    assert np.corrcoef(x, spread[-1])[0, 1] == pytest.approx(0.81, abs=0.01)


def test_what_is_joined_wholly_is_the_other_or_its_opposite_whatever_is_read_first() -> None:
    declared = "term w = 0\nterm x = 0\nterm y = 0\nterm z = 0"
    draws = """w drawn from normal(mean = 0, deviation = 1)
x drawn from normal(mean = 0, deviation = 1)
y drawn from normal(mean = 0, deviation = 1) joined by gaussian([x: 100%])
z drawn from normal(mean = 0, deviation = 1) joined by gaussian([x: -100%])"""
    for names in (("y", "z", "x", "w"), ("w", "x", "y", "z")):
        found = dict(zip(names, drawn(declared, draws, *names, paths=100), strict=True))
        assert found["y"] == pytest.approx(found["x"])
        assert found["z"] == pytest.approx(-found["x"])
        assert not np.isclose(found["w"], found["x"]).any()


def test_a_curve_whose_tenors_are_over_goes_on_at_its_last_rate() -> None:
    """Premiums count actual/360 and rates of default actual/365: 2% a year on 60% of the loss, for five years."""
    declared = """rate_curve usd { convention = "USD"; deposits = [6 months: 4%]; swaps = [5 years: 4%] }
credit_curve lab { rates = usd; spreads = [1 year: 200bp]; recovery = 40%; traded = 2020-01-15 }
party OpenLab { credit = lab }"""
    (when,) = drawn(declared, "OpenLab.default drawn from first_default(OpenLab)", "OpenLab.default")
    near(when < FIVE_YEARS, -math.expm1(-5 * 0.02 * 365 / 360 / 0.6))


def test_a_series_is_joined_date_by_date() -> None:
    draws = """a drawn from normal(mean = 0, deviation = 1) joined by gaussian(40%)
b drawn from uniform(low = 0, high = 1) joined by gaussian(40%)"""
    declared = "input a : series of count on payment = 0\ninput b : series of count on payment = 0"
    a, b = drawn(declared, draws, "a", "b", paths=20_000)
    assert np.array_equal(a[4], a[3])
    a, b = a[QUARTERS[1:]], norm.ppf(b[QUARTERS[1:]])
    table = np.corrcoef(np.concatenate([a, b]))
    expected = np.eye(40) + 0.4 * (np.eye(40, k=20) + np.eye(40, k=-20))
    assert table == pytest.approx(expected, abs=0.04)


def test_a_family_defaults_like_a_pool(tmp_path: Path) -> None:
    rows = "".join(f"n{k},{1 + k % 3},{2 + k % 2}%\n" for k in range(30))
    (tmp_path / "names.csv").write_text("id,size,hazard\n" + rows)
    declared = """component name { size : money; hazard : rate; date_of_default : date = never }
name names each row in "names.csv" { }
define lost = sum(names.size where names.date_of_default < 2031-01-14) * 60%
"""
    draws = "names.date_of_default drawn from first_default(names.hazard) joined by gaussian(30%)"
    (lost,) = drawn(declared, draws, "final(lost)", folder=tmp_path)
    hazards = np.array([0.02 + 0.01 * (k % 2) for k in range(30)])
    sizes = np.array([1.0 + k % 3 for k in range(30)])
    probabilities = -np.expm1(-hazards * (datetime.date(2031, 1, 14) - CLOSING).days / 365)
    near(lost, float(probabilities @ sizes) * 0.6)
    for low, high in ((0, 4), (4, 10), (10, 36)):
        share = pool_tranche_loss(probabilities, 0.6 * sizes, 0.3, low, high)
        near(np.clip(lost - low, 0, high - low), share * (high - low))


def test_the_rows_of_a_family_may_be_joined_more_or_less(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,load\na,0%\nb,36%\nc,81%\n")
    declared = """component name { load : fraction; value : money = $0 }
name names each row in "names.csv" { }
"""
    draws = "names.value drawn from normal(mean = $0, deviation = $1) joined by gaussian(names.load)"
    # Sums of rows: their variances show the correlations 0, 0 and sqrt(36% * 81%) = 54% between them.
    a_and_b, b_and_c, all_three = drawn(
        declared,
        draws,
        "sum(names.value where load < 50%)",
        "sum(names.value where load > 10%)",
        "sum(names.value)",
        folder=tmp_path,
    )
    for values, variance in ((a_and_b, 2.0), (b_and_c, 2 + 2 * 0.54), (all_three, 3 + 2 * 0.54)):
        assert values.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / PATHS))


def test_a_correlation_out_of_range_in_a_row_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,load\na,0%\nb,136%\n")
    text = f"""{HEAD}component name {{ load : fraction; value : money = $0 }}
name names each row in "names.csv" {{ }}
simulate {{ paths = 10
  names.value drawn from normal(mean = $0, deviation = $1) joined by gaussian(names.load) }}
report {{ sum(names.value) }}"""
    deal = compile(text, folder=tmp_path)
    with pytest.raises((DealError, RunError), match="E0679"):
        deal.run(paths=10)


def test_names_with_credit_curves_are_joined(tmp_path: Path) -> None:
    declared = """rate_curve usd { convention = "USD"; deposits = [6 months: 4%]; swaps = [5 years: 4%] }
credit_curve lab { rates = usd; spreads = [1 year: 200bp, 5 years: 400bp]; recovery = 40% }
party OpenLab { credit = lab }
party Hyper { credit = lab }
define chance = default_probability(OpenLab, 2031-01-14)"""
    draws = """OpenLab.default drawn from first_default(OpenLab) joined by gaussian(45%)
Hyper.default drawn from first_default(Hyper) joined by gaussian(45%)"""
    one, other, chance = drawn(declared, draws, "OpenLab.default", "Hyper.default", "final(chance)")
    p = float(chance.reshape(-1)[0])
    gone = [v < datetime.date(2031, 1, 14).toordinal() for v in (one, other)]
    near(gone[0], p)
    near(gone[0] & gone[1], both(p, p, 0.45))


def test_a_large_family_comes_near_to_the_large_pool(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("id,size\n" + "".join(f"n{k},$1\n" for k in range(400)))
    declared = """component name { size : money; date_of_default : date = never }
name names each row in "names.csv" { }
define lost = sum(names.size where names.date_of_default < 2031-01-14) / 400
"""
    draws = "names.date_of_default drawn from first_default(3% per year) joined by gaussian(25%)"
    (lost,) = drawn(declared, draws, "final(lost)", folder=tmp_path, paths=30_000)
    p = -math.expm1(-0.03 * 5)
    for share in (0.1, 0.3, 0.5):
        near(np.maximum(lost - share, 0), float(large_pool_excess(p, 0.25, share)))


def test_a_correlation_is_a_term_that_scenarios_change() -> None:
    text = f"""{HEAD}
term c = 0%
scenarios over c = [0%, 60%, 100%]
simulate {{ paths = 10
{TWO.format("c", "c")} }}
define all_gone = Alpha.default < 2031-01-14 and Beta.default < 2031-01-14
report {{ "Both" = final(if all_gone then 1 else 0) }}"""
    names = ["c = 0%", "c = 60%", "c = 100%"]
    found = compile(text).run(scenarios=names, paths=50_000, seed=3)["Both"].values.reshape(3, -1)
    p, q = -math.expm1(-0.1), -math.expm1(-0.2)
    for values, correlation in zip(found, (0, 0.6, 1), strict=True):
        near(values, both(p, q, correlation))


def test_a_matrix_is_written_a_row_a_draw() -> None:
    draws = """x drawn from normal(mean = 0, deviation = 1)
Alpha.default drawn from first_default(9% per year) joined by gaussian([x: 40%])
y drawn from uniform(low = 0, high = 1) joined by gaussian([x: -30%, Alpha.default: 20%])
spot drawn from gbm(drift = 0% per year, volatility = 40%) joined by gaussian([Alpha.default: 50%, y: 10%])
rent drawn from gbm(drift = 0% per year, volatility = 30%) joined by gaussian([spot: 70%])
z drawn from normal(mean = 0, deviation = 1) joined by gaussian([spot: 60%])"""
    declared = "term x = 0\nterm y = 0\nterm z = 0\ndefine spot = $1\ndefine rent = $1"
    x, alpha, y, spot, rent, z = drawn(declared, draws, "x", "Alpha.default", "y", "spot", "rent", "z")
    spot, rent = spot[QUARTERS], rent[QUARTERS]
    # Defaults after 2199 are `never`: of the ranks below, the others are looked at by what they share with it.
    near((x < -1) & (alpha < FIVE_YEARS), both(norm.cdf(-1), -math.expm1(-0.45), 0.4))
    near((y < 0.2) & (alpha < FIVE_YEARS), both(0.2, -math.expm1(-0.45), 0.2))
    end = np.log(spot[-1])
    end = (end - end.mean()) / end.std()
    near((end < -1) & (alpha < FIVE_YEARS), both(norm.cdf(-1), -math.expm1(-0.45), 0.5))
    table = np.corrcoef([x, norm.ppf(y), end, z])
    assert table[0, 1] == pytest.approx(-0.3, abs=0.025)
    assert table[1, 2] == pytest.approx(0.1, abs=0.025)
    assert table[2, 3] == pytest.approx(0.6, abs=0.02)
    for one, two in zip(np.diff(np.log(spot), axis=0), np.diff(np.log(rent), axis=0), strict=True):
        assert np.corrcoef(one, two)[0, 1] == pytest.approx(0.7, abs=0.02)
    steps = np.diff(np.log(spot), axis=0)
    assert np.corrcoef(steps) == pytest.approx(np.eye(20), abs=0.03)


def test_students_copula_brings_extremes_together() -> None:
    draws = TWO.format("30%", "30%").replace("gaussian(30%)", "student(30%, degrees = 4)").replace("4%", "2%")
    alpha, beta = (v < CLOSING.toordinal() + 365 for v in drawn("", draws, "Alpha.default", "Beta.default"))
    p = -math.expm1(-0.02)
    near(alpha, p)
    law = stats.multivariate_t(loc=[0, 0], shape=[[1, 0.3], [0.3, 1]], df=4)
    point = stats.t(4).ppf(p)
    expected = float(law.cdf([point, point], random_state=1))
    near(alpha & beta, expected)
    assert expected > 2 * both(p, p, 0.3)


DRAWS = {
    "x": "normal(mean = 0, deviation = 1)",
    "y": "uniform(low = 0, high = 1)",
    "Alpha.default": "first_default(6% per year)",
    "Beta.default": "first_default([1 year: 2%, 3 years: 9%])",
    "spot": "gbm(drift = -10% per year, volatility = 40%)",
    "rate": "mean_reverting(mean = 4%, speed = 50% per year, volatility = 1%)",
}
DECLARED = "term x = 0\nterm y = 0\ndefine spot = $4\ninput rate : series of fraction on monthly_dates = 4%"
COPULAS = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 100), st.sampled_from(["", ', factor = "A"', ', factor = "B"'])),
)


@settings(max_examples=15, deadline=None)
@given(st.permutations(sorted(DRAWS)), st.data())
def test_a_draw_is_the_same_whatever_else_is_drawn(order: list[str], data: st.DataObject) -> None:
    """A law: what is drawn of a name depends on its own line alone."""
    lines = {}
    for name in order:
        copula = data.draw(COPULAS)
        joined = "" if copula is None else f" joined by gaussian({copula[0]}%{copula[1]})"
        lines[name] = f"{name} drawn from {DRAWS[name]}{joined}"
    some = data.draw(st.lists(st.sampled_from(order), min_size=1, unique=True))
    all_of_them = drawn(DECLARED, "\n".join(lines.values()), *order, paths=40)
    found = dict(zip(order, all_of_them, strict=True))
    few = drawn(DECLARED, "\n".join(lines[name] for name in some), *some, paths=30)
    for name, values in zip(some, few, strict=True):
        assert np.array_equal(found[name][..., :30], values)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.floats(-1, 1), min_size=3, max_size=3), min_size=4, max_size=4))
def test_any_matrix_of_correlations_can_be_written(directions: list[list[float]]) -> None:
    """Directions in space have cosines: a positive semidefinite matrix, singular ones among them."""
    vectors = np.array(directions) + np.array([[1.1, 0, 0], [0, 1.1, 0], [0, 0, 1.1], [0.3, 0.4, 0.5]])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    assume(bool((lengths > 0.05).all()))
    vectors = vectors / lengths
    wanted = np.round(vectors @ vectors.T, 12)
    names = ["a", "b", "c", "d"]
    draws = ["a drawn from normal(mean = 0, deviation = 1)"]
    for row in range(1, 4):
        pairs = ", ".join(f"{names[column]}: {wanted[row, column]:.12f}" for column in range(row))
        draws.append(f"{names[row]} drawn from normal(mean = 0, deviation = 1) joined by gaussian([{pairs}])")
    values = drawn("\n".join(f"term {name} = 0" for name in names), "\n".join(draws), *names, paths=8_000)
    assert np.corrcoef(values) == pytest.approx(wanted, abs=5 / math.sqrt(8_000))


@pytest.mark.parametrize(
    ("code", "declared", "draws"),
    [
        ("E0671", "", TWO.format("135%", "35%")),
        ("E0671", "", TWO.format("35%", "-5%")),
        ("E0671", "term x = 0", "x drawn from normal(mean = 0, deviation = 1)\n" + TWO.format("[x: 110%]", "5%")),
        ("E0674", "", TWO.format("[Beta.default: 20%]", "30%")),
        ("E0674", "term x = 0", TWO.format("[x: 20%]", "30%")),
        (
            "E0674",
            "define spot = $4",
            "spot drawn from gbm(drift = 0%, volatility = 40%) joined by student(30%, degrees = 4)",
        ),
        ("E0674", "term x = 0", "x drawn from normal(mean = 0, deviation = 1) joined by student(30%, degrees = 0)"),
        ("E0674", "term x = 0", "x drawn from normal(mean = 0, deviation = 1) joined by 35%"),
        ("E0674", "term x = 0", "x drawn from normal(mean = 0, deviation = 1) joined by max(1, 2)"),
        (
            "E0675",
            "term x = 0\nterm y = 0\nterm z = 0",
            """x drawn from normal(mean = 0, deviation = 1)
y drawn from normal(mean = 0, deviation = 1) joined by gaussian([x: 90%])
z drawn from normal(mean = 0, deviation = 1) joined by gaussian([x: 90%, y: -90%])""",
        ),
        (
            "E0609",
            "index SOFR = ramp(from = 1%, to = 2%, over = 12 months, starting = closing)",
            TWO.format("SOFR * 1 year", "5%"),
        ),
    ],
)
def test_what_cannot_be_joined_is_a_diagnostic(code: str, declared: str, draws: str) -> None:
    assert codes(declared, draws) == [code]


def test_a_correlation_that_leaves_its_range_in_a_scenario_stops_the_run() -> None:
    text = f"""{HEAD}
term c = 30%
scenario "Too much" {{ c = 130% }}
simulate {{ paths = 10
{TWO.format("c", "c")} }}
report {{ Alpha.default, Beta.default }}"""
    deal = compile(text)
    assert deal.run(paths=10)
    with pytest.raises((DealError, RunError)) as caught:
        deal.run(paths=10, scenarios=["Too much"])
    assert "correlation" in str(caught.value)
    assert "E0679" in str(caught.value)
