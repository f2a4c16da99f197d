"""What ages: `aged` against sums over deliveries written in Python, and tables read between their points."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.api import DealError, compile
from indenture.engine.execution import reference
from indenture.engine.results import Results

Date = datetime.date
HEAD = """
deal "Vintages" { language = 1; currency = USD; closing = 2026-01-31; issuer = Fund }
party Fund, Sponsor, Vendor
schedule arrive = monthly on day 10 from 2026-02-10 to 2027-06-10, unadjusted
schedule month = monthly on the last day from 2026-02-28 to 2028-01-31, unadjusted
"""


def months_of_thirty(start: Date, end: Date) -> float:
    """ISDA 2006 section 4.16 (h), written again: the end of February and the 31st count as the 30th."""

    def day(date: Date) -> int:
        return 30 if date.day == 31 or (date.month == 2 and (date + datetime.timedelta(1)).month == 3) else date.day

    return ((end.year - start.year) * 360 + (end.month - start.month) * 30 + day(end) - day(start)) / 360


def run(body: str, folder: Path | None = None, **more: Any) -> Results:
    return compile(HEAD + body, folder=folder).run(**more)


def series(result: Results, name: str, scenario: int = 0) -> dict[Date, float]:
    return dict(zip(result.dates, map(float, result[name].values[:, scenario]), strict=True))


def problems(body: str) -> list[tuple[str, str]]:
    with pytest.raises(DealError) as caught:
        compile(HEAD + body)
    return [(one.code, one.message) for one in caught.value.diagnostics if one.severity == "error"]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(0, 900), min_size=17, max_size=17).filter(lambda units: units[0] > 0),
    st.integers(3, 40),
    st.sampled_from(["max(1 - age / life, 0)", "0.7 ^ (age / 1 year)", "if age < life then 1 else 20%"]),
)
def test_each_delivery_counts_at_its_own_age(units: list[int], life: int, share: str) -> None:
    items = ", ".join(f"{count}" for count in units)
    text = f"""
    flow arriving on arrive = cycle({items})
    term life = {life} months
    define left = aged(arriving, arrive, {share})
    report {{ left }}
    """
    result = run(text)
    arrivals = [date for date in result.dates if date.day == 10]
    of: dict[str, Any] = {
        "max(1 - age / life, 0)": lambda age: max(1 - age * 12 / life, 0),
        "0.7 ^ (age / 1 year)": lambda age: 0.7**age,
        "if age < life then 1 else 20%": lambda age: 1 if age < life / 12 - 1e-12 else 0.2,
    }
    for date, found in series(result, "left").items():
        meant = sum(
            count * of[share](months_of_thirty(born, date))
            for born, count in zip(arrivals, units, strict=True)
            if born <= date
        )
        assert found == pytest.approx(meant, rel=1e-12, abs=1e-9)


CARRIED = """
account cash { opens = $600 from Sponsor }
claim purchase to Vendor on arrive = $100 lapses
claim income from Vendor on month = 2% * opening held lapses
define held = aged(purchase.paid, arrive, 80% ^ (age / 1 year))
receive income into cash
waterfall buying from cash on arrive { "Buy" pay purchase }
waterfall out from cash on month { "Out" when date is last month { pay rest to Sponsor } }
define bought = aged(purchase.paid, arrive, max(1 - age / 1 year, 0))
define book = closing bought
report { book, income.paid, purchase.paid }
"""


def test_what_the_deal_carries_is_kept_from_the_date_on_which_it_arose() -> None:
    """Cash limits what is bought: a purchase is cut short, and later ones are paid from income."""
    result = run(CARRIED)
    paid, book, income = (series(result, name) for name in ("purchase.paid", "book", "income.paid"))
    cash, bought = 600.0, dict[Date, float]()
    for date in result.dates:
        if date.day == 10:
            bought[date] = min(100.0, cash)
            cash -= bought[date]
            assert paid[date] == pytest.approx(bought[date], abs=1e-9)
        elif date > Date(2026, 1, 31):
            due = 0.02 * sum(x * 0.8 ** months_of_thirty(born, date) for born, x in bought.items())
            assert income[date] == pytest.approx(due, rel=1e-12)
            cash += due
        meant = sum(x * max(1 - months_of_thirty(born, date), 0) for born, x in bought.items())
        assert book[date] == pytest.approx(meant, rel=1e-12, abs=1e-9)
    assert any(0 < x < 100 for x in bought.values())


def test_the_exact_evaluator_agrees(tmp_path: Path) -> None:
    deal = compile(HEAD + CARRIED)
    exact = reference.evaluate(deal.program, number=Fraction)
    found = series(deal.run(), "book")
    for date, meant in zip(found, exact["book"], strict=True):
        assert found[date] == pytest.approx(float(meant), rel=1e-12)


def test_rows_of_a_family_keep_their_own_ages(tmp_path: Path) -> None:
    (tmp_path / "halls.csv").write_text("id,cost,life\nNorth,$100,12\nSouth,$300,24\n")
    text = """
    component hall {
      cost : money
      life : count
      define left = aged(cost * bought, arrive, max(1 - age / (life * 1 month), 0))
    }
    define bought = once(1, 2026-03-10) + once(2, 2026-07-10)
    hall halls each row in "halls.csv"
    report { "all" = sum(halls.left) on 2027-01-31 }
    scenario "Later" { bought = once(3, 2026-04-10) }
    """
    result = run(text, tmp_path)
    end = Date(2027, 1, 31)

    def left(cost: float, life: int, lots: dict[Date, int]) -> float:
        return sum(cost * n * max(1 - months_of_thirty(born, end) * 12 / life, 0) for born, n in lots.items())

    base, later = {Date(2026, 3, 10): 1, Date(2026, 7, 10): 2}, {Date(2026, 4, 10): 3}
    assert result["all"].values[0] == pytest.approx(left(100, 12, base) + left(300, 24, base), rel=1e-12)
    assert result["all"].values[1] == pytest.approx(left(100, 12, later) + left(300, 24, later), rel=1e-12)


def test_the_share_alone_may_be_each_rows_own(tmp_path: Path) -> None:
    (tmp_path / "halls.csv").write_text("id,cost,life\nNorth,$100,12\nSouth,$300,24\n")
    text = """
    component hall {
      cost : money
      life : count
      define left = aged(bought, arrive, max(1 - age / (life * 1 month), 0)) * cost
      define plain = aged(bought, arrive, 70% ^ (age / 1 year)) * cost
    }
    define bought = once(1, 2026-03-10) + once(2, 2026-07-10)
    hall halls each row in "halls.csv"
    report { "all" = sum(halls.left) on 2027-01-31; "plain" = sum(halls.plain) on 2027-01-31 }
    """
    result = run(text, tmp_path)
    ages = [months_of_thirty(Date(2026, month, 10), Date(2027, 1, 31)) for month in (3, 7)]
    left = [100 * max(1 - age, 0) * n + 300 * (1 - age / 2) * n for age, n in zip(ages, (1, 2), strict=True)]
    assert result["all"].values[0] == pytest.approx(sum(left), rel=1e-12)
    assert result["plain"].values[0] == pytest.approx(400 * (0.7 ** ages[0] + 2 * 0.7 ** ages[1]), rel=1e-12)


def test_a_schedule_that_nothing_reads_changes_no_figure_of_the_others() -> None:
    text = """
    define book = aged($5 * cycle(1, 2, 3), arrive, max(1 - age / 9 months, 0))
    flow spent on month = book
    report { "spent" = total(spent) }
    """
    more = "schedule extra = every 9 days from 2026-02-03 to 2027-10-26, unadjusted\nflow x on extra = $1\nreport { x }"
    assert run(text)["spent"].values[0] == run(text + more)["spent"].values[0]


def test_a_definition_that_reads_an_age_is_worked_out_for_each_part() -> None:
    direct = run("report { x }\ndefine x = aged($7, arrive, max(1 - age / 8 months, 0))")
    named = run("report { x }\ndefine share = max(1 - age / 8 months, 0)\ndefine x = aged($7, arrive, share)")
    assert series(direct, "x") == series(named, "x")


def test_a_name_of_the_deals_own_comes_before_the_age() -> None:
    result = run("term age = 2\nreport { x }\ndefine x = aged($7, arrive, age / 4)")
    assert series(result, "x")[Date(2026, 3, 31)] == pytest.approx(7)


def test_simulated_shares_are_drawn_for_each_path() -> None:
    text = """
    term life = 12 months
    define book = aged($100, arrive, max(1 - age / life, 0))
    simulate { paths = 64; life drawn from triangular(low = 6 months, mode = 12 months, high = 24 months) }
    report { "book" = book on 2026-08-31, "life" = life }
    """
    deal = compile(HEAD + text)
    paths = deal.run(paths=64, seed=3)
    lives, books = paths["life"].values, paths["book"].values
    dates = [Date(2026, month, 10) for month in range(2, 9)]
    ages = [months_of_thirty(one, Date(2026, 8, 31)) for one in dates]
    for life, book in zip(lives.reshape(-1), books.reshape(-1), strict=True):
        assert book == pytest.approx(sum(100 * max(1 - age / life, 0) for age in ages), rel=1e-9)
    assert len(set(map(float, lives.reshape(-1)))) > 30


# ------------------------------------------------------------------------------------------------- tables in the text


def value(expression: str) -> float:
    return float(
        run(f'report {{ "x" = x on 2026-02-10 }}\ndefine x = {expression} + ($0 * cycle(1)) / $1')["x"].values[0]
    )


@pytest.mark.parametrize(
    ("at", "straight", "band"),
    [
        ("0 months", 1, 1),
        ("6 months", 0.8, 1),
        ("12 months", 0.6, 0.6),
        ("30 months", 0.4, 0.6),
        ("4 years", 0.2, 0.2),
        ("9 years", 0.2, 0.2),
    ],
)
def test_a_table_is_read_between_its_points_or_by_its_bands(at: str, straight: float, band: float) -> None:
    points = "[0 years: 100%, 1 year: 60%, 4 years: 20%]"
    assert value(f"interpolated({points}, {at})") == pytest.approx(straight, rel=1e-12)
    assert value(f"banded({points}, {at})") == pytest.approx(band, rel=1e-12)


@pytest.mark.parametrize(("quantity", "cost"), [(0, 0), (80, 800), (100, 1000), (150, 1400), (400, 3150)])
def test_each_part_of_a_quantity_costs_its_own_tiers_price(quantity: int, cost: float) -> None:
    tiers = "[0 GPU: $10 per GPU, 100 GPU: $8 per GPU, 250 GPU: $6.33333333333333333333 per GPU]"
    assert value(f"tiered({tiers}, {quantity} GPU) / $1") == pytest.approx(cost, rel=1e-12)


def test_a_point_that_a_scenario_moves() -> None:
    """At 1: on the point at 1, and half way from 0 to 2."""
    text = """
    term first_at = 1
    scenario "Nothing" { first_at = 0 }
    report { "band" = banded([first_at: 5, 2: 7], 1); "line" = interpolated([first_at: 5, 2: 7], 1) }
    """
    result = run(text)
    assert result["band"].values.tolist() == [5, 5]
    assert result["line"].values.tolist() == [5, 6]


@pytest.mark.parametrize("points", ["[0: 1, 1: 2 / cycle(0, 1)]", "[0: 2, 1 / cycle(0, 1): 2]"])
def test_a_table_with_a_point_that_is_not_determined_is_not_either(points: str) -> None:
    """Before the second point too: what stands there is not known to be after what the table is read at."""
    result = run(f"define x = banded({points}, 3)\nreport {{ x }}")
    assert result["x"].to_json()[0][:4] == [None, 2, None, 2]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('report { "x" = banded([1: 5, 3: 7, 2: 8], 1) }', 0, 35),
        ('term p = [1: 5, 3: 7, 2: 8]\nreport { "x" = banded(p, 1) }', 0, 22),
    ],
)
def test_the_point_out_of_order_is_shown_where_it_stands(text: str, line: int, column: int) -> None:
    with pytest.raises(DealError) as caught:
        compile(HEAD + text)
    place = next(one.span for one in caught.value.diagnostics if one.code == "E0693")
    assert (place.line, place.column) == (HEAD.count("\n") + 1 + line, 1 + column)
    assert text.splitlines()[line][column] == "2"


def test_the_first_point_of_a_table_is_where_it_begins() -> None:
    """From 31 January to 10 February."""
    text = 'report { "days" = days_between(closing, first_point([2026-02-10: 1, 2026-03-10: 3])) }'
    assert run(text)["days"].to_json() == [10]


def test_a_field_takes_a_table() -> None:
    text = """
    component priced { points : list of fraction; define worth = interpolated(points, 6 months) }
    priced thing { points = [0 months: 100%, 12 months: 0%] }
    report { thing.worth }
    """
    assert run(text)["thing.worth"].values.reshape(-1)[-1] == pytest.approx(0.5)


def test_a_share_may_come_from_a_file_by_age(tmp_path: Path) -> None:
    (tmp_path / "worth.csv").write_text("worth\n100%\n90%\n85%\n40%\n")
    text = """
    term worth : list of fraction = vector "worth.csv" column worth
    define book = aged($100, arrive, at(worth, clamp(floor(age / 1 month) + 1, 1, length(worth))))
    report { book }
    """
    found = series(run(text, tmp_path), "book")
    assert found[Date(2026, 4, 10)] == pytest.approx(100 + 90 + 85)
    assert found[Date(2026, 6, 30)] == pytest.approx(100 + 90 + 85 + 40 + 40)


def test_points_may_be_dates() -> None:
    result = run("define x = interpolated([2026-01-31: 0%, 2026-03-02: 100%], date)\nreport { x }")
    assert series(result, "x")[Date(2026, 2, 10)] == pytest.approx(10 / 30)


# ------------------------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("define x = age / 1 year\nreport { x }", "E0690"),
        ("define x = aged(aged($1, arrive, 1), arrive, aged($1, arrive, 1) / $1)\nreport { x }", "E0691"),
        ("define x = interpolated([1 year: 3, 0 years: 2], 6 months)\nreport { x }", "E0693"),
        ("define x = interpolated([1 year: 3, 1 year: 2], 6 months)\nreport { x }", "E0693"),
        ("define x = interpolated([1 year: 3, 2 years: 2], 6)\nreport { x }", "E0694"),
        ("define x = aged($1, 2026-03-03, 1)\nreport { x }", "E0409"),
        ("define x = aged($1, never, 1)\nreport { x }", "E0402"),
        ("define x = banded([1, 2], 6)\nreport { x }", "E0694"),
        ("define x = tiered([0 GPU: $1 per GPU], 6 hours)\nreport { x }", "E0694"),
    ],
)
def test_what_cannot_be_told_is_said(body: str, code: str) -> None:
    assert [one for one, _ in problems(body)] == [code]


def test_too_many_vintages_are_refused_in_time() -> None:
    text = """
    schedule each_day = every 1 days from 2026-02-01 to 2029-06-01, unadjusted
    define x = aged($1, each_day, max(1 - age / 1 year, 0))
    report { x }
    """
    assert [code for code, _ in problems(text)] == ["E0692"]


def test_a_share_of_one_is_all_that_arose() -> None:
    assert compile(HEAD + "report { x }\ndefine x = aged($7, arrive, 1)").run()["x"].values[-1, 0] == 17 * 7


def test_a_measure_looks_at_every_date_of_a_sum_not_at_the_dates_of_its_parts() -> None:
    """What is left falls for seven months after the last delivery."""
    result = run("""
    flow bought on arrive = $5
    define book = 100 * aged(bought, arrive, max(1 - age / 9 months, 0)) / aged(bought, arrive, 1)
    report { "least" = lowest book; "last" = final(book); "on deliveries" = lowest(book on arrive) }
    """)
    assert result["least"].values[0] == result["last"].values[0] < result["on deliveries"].values[0]
