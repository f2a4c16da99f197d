"""Terms that shape a deal, changed by a scenario, a setting, a range and a draw.

Each case has figures that were worked out by hand, and another oracle: the deal with the other value written in it.
"""

from __future__ import annotations

import datetime
import json

import indenture
import numpy as np
import pytest
from indenture.engine.errors import InputError

from .structural_deals import CASES, Shaped

BY_NAME = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def found(deal: indenture.Deal, **options: object) -> list[float | bool | str | None]:
    return deal.run(**options)["f"].to_json()  # type: ignore[arg-type,no-any-return]  # passed on as given


def same(figure: object, wanted: float | str) -> bool:
    return figure == wanted if isinstance(wanted, str) else figure == pytest.approx(wanted, rel=1e-12)


@BY_NAME
def test_a_scenario_moves_what_it_names(case: Shaped) -> None:
    base, other = found(indenture.compile(case.deal(more=f'scenario "o" {{ k = {case.other} }}')))
    assert same(base, case.figures[0])
    assert same(other, case.figures[1])


@BY_NAME
def test_a_scenario_gives_what_the_deal_gives_with_the_value_written_in_it(case: Shaped) -> None:
    together = indenture.compile(case.deal(more=f'scenario "o" {{ k = {case.other} }}')).run(keep=["purse.balance"])
    alone = indenture.compile(case.deal(case.other)).run(keep=["purse.balance"])
    assert together["f"].to_json()[1:] == alone["f"].to_json()
    its = dict(zip(together.dates, together["purse.balance"].to_json()[1], strict=True))
    assert {date: value for date, value in its.items() if value is not None} == dict(
        zip(alone.dates, alone["purse.balance"].to_json()[0], strict=True)
    )


@BY_NAME
def test_a_setting_moves_what_it_names(case: Shaped) -> None:
    (figure,) = found(indenture.compile(case.deal()), set={"k": case.other})
    assert same(figure, case.figures[1])


@BY_NAME
def test_a_range_moves_what_it_ranges_over(case: Shaped) -> None:
    text = case.deal(more=f"scenarios over k = [{case.other}, {case.own}]")
    base, other, own = found(indenture.compile(text))
    assert same(base, case.figures[0])
    assert same(own, case.figures[0])
    assert same(other, case.figures[1])


@BY_NAME
def test_a_draw_moves_what_it_draws(case: Shaped) -> None:
    law = case.drawn or f"uniform(low = {case.other}, high = {case.other})"
    deal = indenture.compile(case.deal(more=f"simulate {{ paths = 6; k drawn from {law} }}"))
    assert all(same(figure, case.figures[1]) for figure in found(deal, paths=6))
    (undrawn,) = found(deal)
    assert same(undrawn, case.figures[0])


@BY_NAME
def test_on_the_right_of_an_override_a_name_has_its_value_without_it(case: Shaped) -> None:
    other = {"date": "if k >= closing then {0} else k", "duration": "k - k + {0}", "count": "k * 0 + {0}"}[case.type]
    text = case.deal(more=f'scenario "o" {{ k = {other.format(case.other)} }}')
    assert same(found(indenture.compile(text))[1], case.figures[1])


HEADER = """
deal "Kinds" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
use debt
party Ship, Bank, Owner
schedule half = semiannually on day 15 from 2026-07-15 to 2029-01-15, unadjusted
"""
LOAN = """
account purse
loan debt {
  holder = Bank; size = $90m; index = 3%; margin = 2%; pays = half; maturity = 2029-01-15; accrual = actual/360
  target = straight_line(size, pays)
}
receive debt.advance into purse
waterfall w from purse on closing { pay rest to Owner }
receive $100m from Owner into purse on half
waterfall v from purse on half { pay debt.interest; pay debt.principal; "rest" pay rest to Owner }
report { "interest" = total(debt.interest.paid), "life" = wal(debt, actual/365), "paid" = total(debt.principal.paid) }
"""
OTHERS = """
schedule moved = semiannually on day 15 from 2026-07-15 to 2029-01-15, following, calendar "US settlement", accrual adjusted
schedule stub = semiannually on day 15 from 2026-04-15 to 2029-04-15, unadjusted, short first
"""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("maturity", "2027-07-15"),
        ("accrual", "30/360"),
        ("accrual", "own"),
        ("pays", "moved"),
        ("pays", "stub"),
        ("pays", "half_of_it"),
    ],
)
def test_a_field_of_a_component_that_shapes_the_deal_is_moved(field: str, value: str) -> None:
    """Closing, business-day rule, calendar, day count, stub: the deal with the field written so is the oracle."""
    more = OTHERS + "daycount own = days / 364\nschedule half_of_it = half from 2027-07-15 to 2029-01-15\n"
    own = {"maturity": "2029-01-15", "accrual": "actual/360", "pays": "half"}[field]
    written = LOAN.replace(f"{field} = {own}", f"{field} = {value}")
    assert written != LOAN
    wanted = indenture.compile(HEADER + more + written).run()
    deal = indenture.compile(HEADER + more + LOAN + f'scenario "o" {{ debt.{field} = {value} }}')
    before, after = (indenture.compile(HEADER + more + LOAN).run(), deal.run())
    set_ = indenture.compile(HEADER + more + LOAN).run(set={f"debt.{field}": value})
    for name in ("interest", "life", "paid"):
        assert after[name].to_json() == [*before[name].to_json(), *wanted[name].to_json()]
        assert set_[name].to_json() == wanted[name].to_json()
    assert after["interest"].to_json()[1] != after["interest"].to_json()[0]


def test_the_closing_date_is_moved() -> None:
    header = HEADER.replace("closing = 2026-01-15", "closing = first") + "term first : date = 2026-01-15\n"
    deal = indenture.compile(header + LOAN + 'scenario "late" { first = 2026-04-15 }')
    wanted = indenture.compile(HEADER.replace("closing = 2026-01-15", "closing = 2026-04-15") + LOAN).run()
    result = deal.run()
    assert result["interest"].to_json()[1:] == wanted["interest"].to_json()
    # A quarter less of the first half-year, of the whole loan at 5%.
    base, late = result["interest"].values
    assert base - late == pytest.approx(90e6 * 0.05 * 90 / 360)


def test_scenarios_compose_and_those_of_one_structure_share_a_program() -> None:
    text = """
    scenario "short" { debt.accrual = 30/360 }
    scenario "dear" { debt.margin = 3% }
    scenario "both" after "short", "dear" { debt.size = $60m }
    """
    deal = indenture.compile(HEADER + LOAN + text)
    assert [program.scenarios for program in deal.structures] == [("base", "dear"), ("base", "short", "both")]
    result = deal.run()
    assert list(result.scenarios) == list(deal.scenarios) == ["base", "short", "dear", "both"]
    alone = LOAN.replace("actual/360", "30/360").replace("margin = 2%", "margin = 3%").replace("$90m", "$60m")
    assert result["interest"].to_json()[3:] == indenture.compile(HEADER + alone).run()["interest"].to_json()


def test_a_deal_whose_scenarios_shape_nothing_has_one_program() -> None:
    deal = indenture.compile(HEADER + LOAN + 'scenario "dear" { debt.margin = 3% }')
    assert deal.structures == (deal.program,)
    assert deal.program.scenarios == deal.scenarios


PAST = """
deal "Past" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
term ends : date = 2028-01-15
input rain : series of fraction on paying = 100%
schedule paying = annually on day 15 from 2027-01-15 to ends, unadjusted
account purse
claim fee to Bank on paying = $10m * rain lapses
receive $7m from Owner into purse on paying
trigger short on paying when $10m * rain > $7m
waterfall w from purse on paying { pay fee; "rest" pay rest to Owner }
scenario "long" { ends = 2029-01-15 }
scenario "odd" { ends = 2027-01-15 }
always purse.balance >= $0
require "three payments" total(fee.paid) >= $20m in "long"
expect total(fee.paid) is $14m in base
report {
  "paid" = total(fee.paid), "fee" = fee.paid, "worst" = percentile(total(fee.paid), 50%)
  "alarm" = alert(short, $10m * rain, $7m, Bank)
}
"""


def test_a_date_that_is_no_scenarios_own_shows_nothing_and_counts_in_nothing() -> None:
    deal = indenture.compile(PAST)
    result = deal.run()
    years = tuple(datetime.date(year, 1, 15) for year in (2026, 2027, 2028, 2029))
    assert deal.dates == result.dates == years
    assert result["fee"].to_json() == [
        [0, 7e6, 7e6, None],
        [0, 7e6, 7e6, 7e6],
        [0, 7e6, None, None],
    ]
    assert result["paid"].to_json() == [14e6, 21e6, 7e6]
    assert result["paid"].determined is None
    told = json.loads(json.dumps(result.to_json()))
    assert told["scenarios"]["odd"]["series"]["fee"] == [0, 7e6, None, None]
    assert result["fee"].to_pandas().isna().sum().tolist() == [1, 0, 2]


def test_checks_are_asked_in_their_scenarios_whatever_program_runs_them() -> None:
    result = indenture.compile(PAST).run()
    assert result.passed
    by_name = {check.name: check.applies.tolist() for check in result.checks}
    assert by_name == {
        "purse.balance >= $0": [True, True, True],
        "three payments": [False, True, False],
        "total fee.paid is $14m": [True, False, False],
    }
    failing = indenture.compile(PAST.replace("fee.paid) >= $20m", "fee.paid) >= $22m")).run()
    (check,) = [one for one in failing.checks if not one.passed]
    assert check.failures.tolist() == [0, 1, 0]
    assert check.to_json()["failures"][0]["scenario"] == "long"


def test_a_check_that_fails_first_on_a_date_of_its_own_says_which() -> None:
    text = PAST.replace("always purse.balance >= $0", "always date < 2029-01-01")
    (check,) = [one for one in indenture.compile(text).run().checks if not one.passed]
    assert check.first_date(1) == datetime.date(2029, 1, 15)
    assert check.failures.tolist() == [0, 1, 0]


def test_an_alert_lasts_over_a_scenarios_own_dates() -> None:
    result = indenture.compile(PAST).run()
    assert [(one.since.year, one.until) for lane in range(3) for one in result.events(lane)] == [(2027, None)] * 3


def test_chosen_scenarios_run_alone_as_they_run_together() -> None:
    deal = indenture.compile(PAST)
    every = deal.run()
    for name, lane in (("base", 0), ("long", 1), ("odd", 2)):
        alone = deal.run(scenarios=name)
        assert list(alone.scenarios) == [name]
        assert alone["fee"].to_json() == every["fee"].to_json()[lane : lane + 1]
    turned = deal.run(scenarios=["odd", "base"])
    assert turned["paid"].to_json() == [7e6, 14e6]
    with pytest.raises(InputError, match="lung"):
        deal.run(scenarios="lung")
    with pytest.raises(InputError, match="nothing_such"):
        deal.run(keep=["nothing_such"])


def test_inputs_are_fed_on_the_dates_of_all_scenarios() -> None:
    deal = indenture.compile(
        PAST.replace("expect total(fee.paid) is $14m in base\n", "").replace(" >= $20m", " >= $1m")
    )
    by_date = deal.run(inputs={"rain": np.array([0.0, 0.1, 0.2, 0.3])})
    by_schedule = deal.run(inputs={"rain": np.array([0.1, 0.2, 0.3])})
    assert by_date["paid"].to_json() == by_schedule["paid"].to_json() == pytest.approx([3e6, 6e6, 1e6])
    lanes = np.array([[0.1, 0.5], [0.2, 0.5], [0.3, 0.5]])
    fed = deal.run(inputs={"rain": lanes}, scenarios=["long", "odd"])
    assert list(fed.scenarios) == ["long #0", "long #1", "odd #0", "odd #1"]
    assert fed["paid"].to_json() == pytest.approx([6e6, 15e6, 1e6, 5e6])
    assert fed["worst"].statistics == pytest.approx((10.5e6, 3e6))
    with pytest.raises(InputError, match="3 or 4 dates"):
        deal.run(inputs={"rain": np.array([0.1, 0.2])})


def test_progress_goes_over_all_programs_and_ends() -> None:
    told: list[tuple[int, int]] = []
    indenture.compile(PAST).run(progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} <= {3}


def test_what_an_equation_wants_to_know_ahead_differs_by_scenario() -> None:
    text = """
deal "Cycle" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
term first = $1m
term rate = 1%
schedule paying = annually on day 15 from 2027-01-15 to 2029-01-15, unadjusted
account purse
receive $2m from Owner into purse on paying
flow due on paying = cycle(first, $2m) * (1 + rate)
waterfall w from purse on paying { pay rest to Owner }
scenario "x" { first = $3m }
scenario "y" { rate = 2% }
scenario "z" after "x", "y" { rate = rate + 1% }
report { "due" = total(due) }
"""
    deal = indenture.compile(text)
    assert [program.scenarios for program in deal.structures] == [("base", "y"), ("base", "x", "z")]
    # First, second, first.
    assert deal.run()["due"].values == pytest.approx([4e6 * 1.01, 8e6 * 1.01, 4e6 * 1.02, 8e6 * 1.03])


def test_a_projection_is_of_the_deal_as_written_in_the_scenarios_structure() -> None:
    text = """
deal "Ahead" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
term ends : date = 2028-01-15
term rent = $5m
schedule paying = annually on day 15 from 2027-01-15 to ends, unadjusted
account purse
flow sales on paying = rent
receive sales from Owner into purse on paying
define gap = projected sales - sales
waterfall w from purse on paying { record gap; pay rest to Owner }
scenario "both" { ends = 2030-01-15; rent = $2m }
scenario "rent" { rent = $2m }
report { "gap" = total(gap) }
"""
    assert indenture.compile(text).run()["gap"].to_json() == [0, 12e6, 6e6]


# ------------------------------------------------------------------------------------------------- draws


DRAWN = """
deal "Drawn" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
schedule paying = quarterly on day 15 from 2026-04-15 to 2028-01-15, unadjusted
term tests = 2
term size = $1m
account purse
receive $9m from Owner into purse on paying
trigger stop on paying when $2 > $1 for tests tests
waterfall w from purse on paying { when stop { pay size to Bank }; "rest" pay rest to Owner }
scenario "dear" { size = $2m }
scenario "late" { tests = tests + 1 }
simulate {
  paths = 100
  tests drawn from uniform(low = 0.5, high = 4.5)
  size drawn from uniform(low = $1m, high = $3m)
}
report { "paid" = total(Bank.received), "tests" = tests, "size" = size, "mean" = mean(total(Bank.received)) }
"""


def test_each_path_is_what_it_draws() -> None:
    result = indenture.compile(DRAWN).run(paths=200, seed=5, scenarios=["base", "dear", "late"])
    tests, sizes, paid = (result[name].values for name in ("tests", "size", "paid"))
    assert len(set(np.rint(tests[:200]))) == 4
    # Eight dates; the trigger holds from the test of that number on.
    assert paid == pytest.approx((9 - np.rint(tests)) * sizes)
    assert tests[400:] == pytest.approx(tests[:200] + 1)
    assert (sizes[200:400] == 2e6).all()
    assert result["mean"].statistics == pytest.approx(tuple(paid.reshape(3, 200).mean(axis=1)))


def test_a_path_is_the_same_in_a_longer_run_with_any_workers_and_beside_any_shape() -> None:
    deal = indenture.compile(DRAWN)
    long = deal.run(paths=9_000, seed=2)
    short = deal.run(paths=40, seed=2)
    spread = deal.run(paths=9_000, seed=2, workers=2)
    assert (long["paid"].values == spread["paid"].values).all()
    assert (long["paid"].values[:40] == short["paid"].values).all()
    # What is drawn beside it is drawn as where nothing shapes the deal.
    plain = indenture.compile(DRAWN.replace("  tests drawn from uniform(low = 0.5, high = 4.5)\n", ""))
    assert (plain.run(paths=9_000, seed=2)["size"].values == long["size"].values).all()


def test_a_drawn_date_beyond_the_timeline_joins_it() -> None:
    text = """
deal "Day" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Owner
schedule paying = annually on day 15 from 2027-01-15 to 2029-01-15, unadjusted
term due : date = 2028-01-15
account purse { opens = $5m from Owner }
claim fee to Bank on due = $3m lapses
waterfall w from purse on due { pay fee }
waterfall v from purse on paying { "rest" pay rest to Owner }
simulate { paths = 8; due drawn from uniform(low = 2026-02-01, high = 2026-02-20) }
report { "paid" = total(fee.paid), "when" = first_date(fee.paid > $0), "due" = due, "fee" = fee.paid }
"""
    result = indenture.compile(text).run(paths=30)
    assert result["when"].to_json() == result["due"].to_json()
    assert len(set(result["when"].to_json())) > 5
    assert (result["paid"].values == 3e6).all()
    own = [len([value for value in line if value is not None]) for line in result["fee"].to_json()]
    assert set(own) == {5}


def test_an_error_on_a_path_names_it_by_its_number() -> None:
    text = DRAWN.replace("pay size to Bank", "pay $18m / (round(tests, 0) - 3) to Bank")
    deal = indenture.compile(text)
    tests = indenture.compile(DRAWN).run(paths=50)["tests"].values
    with pytest.raises(indenture.DealError) as caught:
        deal.run(paths=50)
    three = np.nonzero(np.rint(tests) == 3)[0]
    assert any(f"base #{lane} " in str(caught.value) for lane in three.tolist()), str(caught.value)


# ------------------------------------------------------------------------------------------------- mistakes


def codes(text: str) -> dict[str, list[str]]:
    try:
        deal = indenture.compile(text)
    except indenture.DealError as error:
        return {one.code: [text.splitlines()[one.span.line - 1].strip(), one.message] for one in error.diagnostics}
    raise AssertionError(deal)


def test_a_structure_that_cannot_be_is_told_at_the_override_with_the_scenarios_name() -> None:
    text = CASES[1].deal(more='scenario "never ending" { k = 2025-01-31 }')
    assert codes(text)["E0401"][0] == 'scenario "never ending" { k = 2025-01-31 }'
    assert "never ending" in codes(text)["E0401"][1]


def test_what_shapes_a_deal_and_is_not_known_ahead_is_told_at_the_override() -> None:
    text = CASES[1].deal(more='scenario "loose" { k = if purse.balance > EUR 1 then k else closing }')
    assert codes(text)["E0504"][0].startswith('scenario "loose"')


def test_a_draw_that_cannot_shape_the_deal_is_told_where_it_is_drawn() -> None:
    text = CASES[12].deal(more="simulate { paths = 5\nk drawn from uniform(low = 0 months, high = 0.4 months)\n}")
    deal = indenture.compile(text)
    with pytest.raises(indenture.DealError) as caught:
        deal.run(paths=5)
    (fault,) = caught.value.diagnostics
    assert fault.code == "E0413"
    assert text.splitlines()[fault.span.line - 1].startswith("k drawn from")
    assert "drawn here" in str(caught.value)
    assert "base #0" in fault.message


def test_paths_of_too_many_structures_are_refused() -> None:
    text = CASES[0].deal(more="simulate { paths = 5\nk drawn from uniform(low = 2026-05-01, high = 2027-12-31)\n}")
    deal = indenture.compile(text)
    with pytest.raises(indenture.DealError) as caught:
        deal.run(paths=3_000)
    assert [one.code for one in caught.value.diagnostics] == ["E0588"]


def test_a_day_count_has_no_meaning_at_random() -> None:
    text = HEADER + LOAN + "simulate { paths = 5\ndebt.accrual drawn from normal(mean = 1, deviation = 1)\n}"
    assert codes(text)["E0338"][0] == "debt.accrual drawn from normal(mean = 1, deviation = 1)"


@pytest.mark.parametrize("way", ['scenario "o" {{ spare = {} }}', "scenarios over spare = [{}]"])
def test_what_nothing_reads_cannot_be_changed(way: str) -> None:
    text = HEADER + LOAN + "term spare = 3%\n" + way.format("4%")
    assert "E0589" in codes(text)
    with pytest.raises(indenture.DealError, match="E0589"):
        indenture.compile(HEADER + LOAN + "term spare = 3%\n").run(set={"spare": "4%"})


def test_a_schedule_that_nothing_reads_cannot_be_changed() -> None:
    text = HEADER + OTHERS + LOAN + 'term spare : schedule = half\nscenario "o" { spare = moved }'
    assert "E0589" in codes(text)


def test_a_text_decides_what_a_report_shows_and_nothing_else() -> None:
    text = HEADER + LOAN + 'term mood : text = "firm"\nreport { "asked" = if mood is "firm" then 1 else 2 }\n'
    assert indenture.compile(text + 'scenario "o" { mood = "soft" }').run()["asked"].values.tolist() == [1, 2]
