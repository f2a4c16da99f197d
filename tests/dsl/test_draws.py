"""Draws against their closed forms: 100,000 paths, five standard errors."""

from __future__ import annotations

import datetime
import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indenture.dsl.api import DealError, compile
from indenture.dsl.lowering.building.builder import Builder, Traits, day, number
from indenture.dsl.lowering.scenarios.draw_formulas import default_date
from indenture.engine.ir import NEVER, Input, Output, Program, Random, Var
from indenture.engine.run import run
from scipy import stats

PATHS = 100_000

HEAD = """
deal "Draws" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Lenders
schedule payment = quarterly on day 15 from 2026-04-15 to 2031-01-15, unadjusted
account cash { opens = $100 from Aurora }
claim fee to Lenders on payment = $1 lapses
waterfall all from cash on payment { "Fee" pay fee; "Rest" pay rest to Lenders }
"""
CLOSING = datetime.date(2026, 1, 15)
QUARTERS = [datetime.date(2026 + month // 12, month % 12 + 1, 15) for month in range(0, 63, 3)]
YEARS = np.array([(date - CLOSING).days for date in QUARTERS]) / 365
"""Years from closing by actual/365 on closing and the twenty payment dates."""


def results(body: str, paths: int = PATHS, folder: Path | None = None, seed: int = 7) -> Any:
    return compile(HEAD + body, folder=folder).run(paths=paths, seed=seed)


def drawn(body: str, name: str, paths: int = PATHS, **options: Any) -> np.ndarray[Any, Any]:
    values: np.ndarray[Any, Any] = results(f"{body}\nreport {{ {name} }}", paths, **options)[name].values
    return values


def codes(body: str) -> list[str]:
    with pytest.raises(DealError) as caught:
        compile(HEAD + body).run(paths=10)
    return [one.code for one in caught.value.diagnostics if one.severity == "error"]


def near(values: np.ndarray[Any, Any], expected: float, deviation: float) -> None:
    """The mean of the values within five standard errors of what it should be."""
    assert abs(values.mean() - expected) < 5 * deviation / math.sqrt(values.shape[-1])


@pytest.mark.parametrize(
    ("term", "distribution", "law"),
    [
        ("x = 5%", "normal(mean = 4%, deviation = 1%)", stats.norm(0.04, 0.01)),
        ("x = $5", "lognormal(mean = $10, deviation = 30%)", stats.lognorm(0.3, scale=10 * math.exp(-0.045))),
        ("x = 5%", "uniform(low = 2%, high = 6%)", stats.uniform(0.02, 0.04)),
        ("x = $5", "triangular(low = $1, mode = $2, high = $5)", stats.triang(0.25, 1, 4)),
        ("x = $5", "triangular(low = $1, mode = $1, high = $5)", stats.triang(0, 1, 4)),
        ("x = $5", "triangular(low = $1, mode = $5, high = $5)", stats.triang(1, 1, 4)),
        ("x = 3 years", "exponential(rate = 50% per year)", stats.expon(scale=2)),
    ],
)
def test_a_term_is_drawn_from_its_law(term: str, distribution: str, law: Any) -> None:
    values = drawn(f"term {term}\nsimulate {{ paths = 10; x drawn from {distribution} }}", "x")
    assert values.shape == (PATHS,)
    near(values, law.mean(), law.std())
    # Kolmogorov-Smirnov: beyond 2.3 / sqrt(n) once in 20,000 samples.
    assert stats.kstest(values, law.cdf).statistic < 2.3 / math.sqrt(PATHS)


def test_arguments_may_read_the_name_without_its_draw() -> None:
    values = drawn("term x = $5\nsimulate { paths = 10; x drawn from normal(mean = 2 * x, deviation = $1) }", "x")
    near(values, 10, 1)


def test_parameters_that_vary_by_scenario_are_guarded() -> None:
    body = """term width = $1
term x = $5
simulate { paths = 10; width drawn from uniform(low = $0, high = $2)
  x drawn from triangular(low = $1, mode = $1 + width / 2, high = $1 + width) }"""
    values = drawn(body, "x", 10_000)
    near(values, 1.5, 0.5)
    assert values.min() >= 1


def test_a_rate_that_is_nothing_in_a_scenario_gives_no_wait_there() -> None:
    body = """term r = 50% per year
term x = 3 years
scenario "none" { r = 0% per year }
simulate { paths = 10; x drawn from exponential(rate = r) }
report { x }"""
    found = compile(HEAD + body).run(paths=50, scenarios=["base", "none"])["x"].to_json()
    assert None not in found[:50]
    assert found[50:] == [None] * 50


def test_what_is_wrong_with_an_argument_is_told_where_it_stands() -> None:
    body = "term x = 3 years\nsimulate { paths = 10; x drawn from exponential(rate = -1% per year) }\nreport { x }"
    with pytest.raises(DealError) as caught:
        compile(HEAD + body).run(paths=10)
    (one,) = [one for one in caught.value.diagnostics if one.severity == "error"]
    line = (HEAD + body).splitlines()[one.span.line - 1]
    assert line[one.span.column - 1 : one.span.end_column - 1] == "-1% per year"


def test_a_definition_over_dates_is_drawn_afresh_on_each_date_of_the_first_schedule() -> None:
    body = """schedule monthly_dates = monthly on day 15 from 2026-02-15 to 2031-01-15, unadjusted
define spot : series of fraction = 5%
simulate { paths = 10; spot drawn from normal(mean = 4%, deviation = 1%) }"""
    values = drawn(body, "spot", 500)
    assert values.shape == (61, 500)
    assert len(np.unique(values[:, 0])) == 20  # of the twenty payment dates; between them the last one's


def test_a_definition_of_one_value_is_drawn_once() -> None:
    body = "define x = 5%\nsimulate { paths = 10; x drawn from normal(mean = 4%, deviation = 1%) }"
    assert drawn(body, "x", 500).shape == (500,)


def test_a_series_is_drawn_afresh_on_each_date_of_its_schedule() -> None:
    body = """schedule monthly_dates = monthly on day 15 from 2026-02-15 to 2031-01-15, unadjusted
input spot : series of money on payment = $10
simulate { paths = 10; spot drawn from normal(mean = $10, deviation = $2) }"""
    values = drawn(body, "spot", 20_000)
    # The timeline is closing and then every month: the draws are those of the quarters, and hold between them.
    assert values.shape[0] == 61
    quarters = values[3::3]
    assert np.array_equal(values[4:60:3], quarters[:-1])
    assert np.array_equal(values[5:60:3], quarters[:-1])
    near(quarters.mean(axis=0), 10, 2 / math.sqrt(20))
    correlations = np.corrcoef(quarters) - np.eye(20)
    assert np.abs(correlations).max() < 5 / math.sqrt(20_000)


def test_a_geometric_path_has_the_expectation_of_its_drift_and_its_own_variance() -> None:
    body = "define x = $4\nsimulate { paths = 10; x drawn from gbm(drift = -30% per year, volatility = 45%) }"
    values = drawn(body, "x")
    assert np.all(values[0] == 4)
    log = np.log(values[1:] / values[:-1])
    for step, (before, after) in zip(log, pairwise(YEARS), strict=True):
        near(step, (-0.3 - 0.45**2 / 2) * (after - before), 0.45 * math.sqrt(after - before))
    for date, years in enumerate(YEARS[1:], start=1):
        mean = 4 * math.exp(-0.3 * years)
        near(values[date], mean, mean * math.sqrt(math.exp(0.45**2 * years) - 1))
    total = np.log(values[-1])
    assert total.var() == pytest.approx(0.45**2 * YEARS[-1], rel=5 * math.sqrt(2 / PATHS))


def test_a_path_without_drift_is_a_martingale() -> None:
    body = """index SOFR = 4.10%
simulate { paths = 10; SOFR drawn from gbm(drift = 0% per year, volatility = 20%) }"""
    values = drawn(body, "SOFR")
    steps = values[1:] - values[:-1]
    for position, step in enumerate(steps):
        # What is gained on average does not depend on where the path stands.
        near(step, 0, float(step.std()))
        near(step * values[position], 0, float((step * values[position]).std()))


def test_a_path_starts_at_closing_or_where_it_is_told() -> None:
    body = """define x = $100 * declining(20% per year, from = 2025-01-15)
simulate { paths = 10; x drawn from gbm(drift = 0% per year, volatility = 0%) }"""
    assert drawn(body, "x", 5)[:, 0] == pytest.approx(80, rel=1e-12)
    body = "define x = $100\nsimulate { paths = 10; x drawn from gbm(drift = 0%, volatility = 0%, start = $7) }"
    assert drawn(body, "x", 5)[:, 0] == pytest.approx(7, rel=1e-12)


def test_a_mean_reverting_path_has_the_mean_and_variance_of_ornstein_and_uhlenbeck() -> None:
    body = """index SOFR = 2%
simulate { paths = 10; SOFR drawn from mean_reverting(mean = 5%, speed = 80% per year, volatility = 1.5%) }"""
    values = drawn(body, "SOFR")
    assert np.all(values[0] == 0.02)
    for date, years in enumerate(YEARS[1:], start=1):
        variance = 0.015**2 * (1 - math.exp(-1.6 * years)) / 1.6
        near(values[date], 0.05 - 0.03 * math.exp(-0.8 * years), math.sqrt(variance))
        assert values[date].var() == pytest.approx(variance, rel=5 * math.sqrt(2 / PATHS))
    correlation = np.corrcoef(values[19], values[20])[0, 1]
    ratio = math.sqrt((1 - math.exp(-1.6 * YEARS[19])) / (1 - math.exp(-1.6 * YEARS[20])))
    assert correlation == pytest.approx(math.exp(-0.8 * (YEARS[20] - YEARS[19])) * ratio, abs=5 / math.sqrt(PATHS))


def test_a_mean_reverting_path_forgets_its_start() -> None:
    body = """index SOFR = 2%
simulate { paths = 10
  SOFR drawn from mean_reverting(mean = 5%, speed = 500% per year, volatility = 3%, start = 40%) }"""
    values = drawn(body, "SOFR")[-1]
    near(values, 0.05, 0.03 / math.sqrt(10))
    assert values.std() == pytest.approx(0.03 / math.sqrt(10), rel=5 / math.sqrt(2 * PATHS))


def test_no_reversion_is_a_random_walk() -> None:
    body = """index SOFR = 2%
simulate { paths = 10; SOFR drawn from mean_reverting(mean = 5%, speed = 0% per year, volatility = 1%) }"""
    values = drawn(body, "SOFR")[-1]
    near(values, 0.02, 0.01 * math.sqrt(YEARS[-1]))
    assert values.var() == pytest.approx(0.01**2 * YEARS[-1], rel=5 * math.sqrt(2 / PATHS))


def test_defaults_come_at_the_yearly_rate_and_keep_their_day() -> None:
    body = "simulate { paths = 10; Lenders.default drawn from first_default(3% per year) }"
    values = drawn(body, "Lenders.default")
    closing = CLOSING.toordinal()
    assert values.min() >= closing
    assert np.array_equal(values, np.floor(values))
    survived = values >= closing + 5 * 365
    near(survived, math.exp(-0.15), math.sqrt(math.exp(-0.15) * (1 - math.exp(-0.15))))
    # Days within a year are alike: a default is not moved to a payment date.
    assert len(np.unique(values[~survived])) > 1_500


def default_times(pieces: list[tuple[Fraction | None, Fraction]], paths: int) -> np.ndarray[Any, Any]:
    builder = Builder((CLOSING,))
    share = builder.input(
        Input("u", Var("u", "float"), ("scenario",), random=Random("uniform", "u")),
        Traits(scenario=True, drawn=True, nonnegative=True),
    )
    date = default_date(builder, CLOSING, [(until, number(rate)) for until, rate in pieces], share)
    assert isinstance(date, Var)
    program = Program(
        "defaults",
        (CLOSING,),
        0,
        builder.finished(),
        inputs=tuple(builder.inputs),
        constants=tuple(builder.constants),
        outputs=(Output("default", date, "figure", asked=True),),
    )
    values: np.ndarray[Any, Any] = run(program, paths=paths)["default"].values
    return values - CLOSING.toordinal()


def test_a_default_rate_may_change_with_the_years() -> None:
    rates = [(Fraction(1), Fraction(1, 50)), (Fraction(3), Fraction(1, 10)), (None, Fraction(1, 20))]
    days = default_times(rates, PATHS)
    for years, added in [(1, 0.02), (2, 0.12), (3, 0.22), (5, 0.32)]:
        alive = math.exp(-added)
        near(days >= years * 365, alive, math.sqrt(alive * (1 - alive)))


def test_what_is_beyond_2199_never_comes() -> None:
    days = default_times([(None, Fraction(1, 100))], PATHS)
    closing = CLOSING.toordinal()
    last = datetime.date(2199, 12, 31).toordinal() - closing
    later = days > last
    assert np.all(days[later] == NEVER - closing)
    alive = math.exp(-0.01 * (last + 1) / 365)
    near(later, alive, math.sqrt(alive * (1 - alive)))
    ended = [(Fraction(1), Fraction(1, 10)), (None, Fraction(0))]
    days = default_times(ended, 1_000)
    assert np.all((days < 365) | (days == NEVER - closing))
    assert default_date(Builder((CLOSING,)), CLOSING, [(None, number(0))], number(Fraction(1, 2))) == day(None)


ONE_DRAW = "simulate { paths = 10; price drawn from gbm(drift = 0% per year, volatility = 40%) }"
TWO_DRAWS = """term other = 5%
simulate { paths = 10
  other drawn from normal(mean = 5%, deviation = 1%)
  price drawn from gbm(drift = 0% per year, volatility = 40%)
  Aurora.default drawn from first_default(1% per year) }"""


def test_another_draw_changes_no_path() -> None:
    alone = drawn(f"define price = $4\n{ONE_DRAW}", "price", 2_000)
    beside = drawn(f"define price = $4\n{TWO_DRAWS}", "price", 2_000)
    assert np.array_equal(alone, beside)


def test_fewer_paths_are_the_first_of_more() -> None:
    more = drawn(f"define price = $4\n{TWO_DRAWS}", "price", 20_000)
    fewer = drawn(f"define price = $4\n{TWO_DRAWS}", "price", 9_000)
    assert np.array_equal(more[:, :9_000], fewer)


def test_another_schedule_changes_no_path() -> None:
    more = "schedule tests = monthly on day 20 from 2026-01-20 to 2030-12-20, unadjusted\n"
    for draw in (
        "gbm(drift = 10% per year, volatility = 40%)",
        "mean_reverting(mean = $6, speed = 90% per year, volatility = $1)",
        "normal(mean = $6, deviation = $1)",
    ):
        body = f"input price : series of money on payment = $4\nsimulate {{ paths = 10; price drawn from {draw} }}"
        alone = drawn(body, "price", 500)
        longer = compile(HEAD + more + body + "\nreport { price }").run(paths=500, seed=7)
        dates = compile(HEAD + body + "\nreport { price }").run(paths=1, seed=7).dates
        places = [longer.dates.index(date) for date in dates]
        assert len(longer.dates) > len(dates)
        assert np.array_equal(longer["price"].values[places], alone)


def test_every_reader_sees_the_same_draw() -> None:
    body = """index SOFR = 4%
claim interest to Lenders on payment = accrue($100 * SOFR, actual/365) lapses
waterfall more from cash on payment { "Interest" pay interest; "Rest" pay rest to Aurora }
simulate { paths = 10; SOFR drawn from gbm(drift = 0% per year, volatility = 40%) }
report { SOFR, interest.due }"""
    found = results(body, 1_000)
    rates, dues = found["SOFR"].values, found["interest.due"].values
    assert dues[1:] == pytest.approx(100 * rates[1:] * np.diff(YEARS)[:, None], rel=1e-12)


@pytest.mark.parametrize(
    "own", ["$5 * declining(10% per year, from = 2025-01-15)", "if date > 2026-02-15 then $9 else $4.50"]
)
def test_a_path_that_accrual_reads_first_starts_at_closing_all_the_same(own: str) -> None:
    body = f"""define x = {own}
claim interest to Lenders on payment = accrue(x * 10%, actual/365) lapses
waterfall more from cash on payment {{ "Interest" pay interest; "Rest" pay rest to Aurora }}
simulate {{ paths = 10; x drawn from gbm(drift = 0% per year, volatility = 40%) }}
report {{ interest.due, x }}"""
    found = results(body, 1_000)
    values, dues = found["x"].values, found["interest.due"].values
    assert values[0] == pytest.approx(4.5, rel=1e-12)
    assert dues[1:] == pytest.approx(values[1:] * 0.1 * np.diff(YEARS)[:, None], rel=1e-12)


def test_a_scenario_changes_what_is_drawn() -> None:
    body = f"""define price = $4
scenario "Half" {{ price = price * 0.5 }}
{ONE_DRAW}
report {{ price }}"""
    found = compile(HEAD + body).run(scenarios=["base", "Half"], paths=100)["price"].values
    assert np.array_equal(found[:, 100:], found[:, :100] * 0.5)


def test_a_family_draws_for_each_row(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,value\n" + "".join(f"i{k},${k + 1}\n" for k in range(8)))
    body = """component item { value : money }
item items each row in "items.csv" { }
simulate { paths = 10; items.value drawn from normal(mean = $10, deviation = $1) }
report { "All" = sum(items.value), "Least" = lowest(items.value) }"""
    found = results(body, folder=tmp_path)
    near(found["All"].values, 80, math.sqrt(8))
    assert found["All"].values.var() == pytest.approx(8, rel=5 * math.sqrt(2 / PATHS))
    # The least of eight independent draws lies well below their mean.
    assert found["Least"].values.mean() == pytest.approx(10 - 1.4236, abs=0.01)


def test_nothing_is_drawn_in_a_run_without_paths() -> None:
    body = f"define price = $4\n{ONE_DRAW}\nreport {{ price }}"
    assert np.all(compile(HEAD + body).run()["price"].values == 4)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (
            "E0609",
            "define x = 5%\nsimulate { paths = 10; x drawn from normal(mean = cash.balance / $1_000, deviation = 1%) }",
        ),
        (
            "E0609",
            "term x = 5%\nindex SOFR = ramp(from = 1%, to = 2%, over = 12 months, starting = closing)\n"
            "simulate { paths = 10; x drawn from normal(mean = SOFR * 1 year, deviation = 1%) }",
        ),
        (
            "E0609",
            "define x = $5\nsimulate { paths = 10; "
            "x drawn from gbm(drift = 0%, volatility = 10%, start = cash.balance) }",
        ),
        ("E0611", "define x = 5%\nsimulate { paths = 10; x drawn from 6% }"),
        ("E0612", "term x = $5\nsimulate { paths = 10; x drawn from gbm(drift = 0%, volatility = 10%) }"),
        ("E0613", "define x = 5%\nsimulate { paths = 10; x drawn from normal(mean = 4%, deviation = -1%) }"),
        ("E0613", "define x = 5%\nsimulate { paths = 10; x drawn from uniform(low = 4%, high = 1%) }"),
        ("E0613", "define x = $5\nsimulate { paths = 10; x drawn from triangular(low = $4, mode = $9, high = $7) }"),
        ("E0613", "define x = $5\nsimulate { paths = 10; x drawn from gbm(drift = 0%, volatility = -10%) }"),
        ("E0613", "simulate { paths = 10; Lenders.default drawn from first_default(-2% per year) }"),
        ("E0613", "term x = 3 years\nsimulate { paths = 10; x drawn from exponential(rate = 0% per year) }"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(code: str, body: str) -> None:
    assert codes(body + "\nreport { x }" if " x " in body else body + "\nreport { Lenders.default }") == [code]
