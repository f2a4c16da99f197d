"""A level is not known off its own dates nor before its history; an amount that arises is nothing there."""

from __future__ import annotations

import datetime
from pathlib import Path

import indenture
import pytest

from .deals import figures, series

HEAD = """
deal "Levels" { language = 1; currency = USD; closing = 2026-01-31; issuer = Borrower }
party Borrower, Bank, Tenant, Owner
schedule ends = monthly on the last day from 2026-02-28 to 2026-06-30, unadjusted
schedule mid  = monthly on day 15 from 2026-02-15 to 2026-06-15, unadjusted
schedule rare = quarterly on the last day from 2026-03-31 to 2026-06-30, unadjusted
index spread = step([2026-01-01: 1%, 2026-02-28: 2%, 2026-03-31: 3%, 2026-04-30: 4%, 2026-05-31: 5%, 2026-06-30: 6%])
flow rent on ends = $1
account cash
receive $100 from Tenant into cash on ends
waterfall main from cash on ends { pay rest to Owner }
"""
# The timeline: 31 January, 15 and 28 February, 15 and 31 March, 15 and 30 April, 15 and 31 May, 15 and 30 June.


def read(text: str, *names: str) -> dict[str, list[float | None]]:
    return series(text + f"\nreport {{ {', '.join(names)} }}", *names, header=HEAD)


def test_a_delayed_level_stands_until_the_next_date_of_its_schedule() -> None:
    got = read("define constant = 5%\ndefine a = delayed(constant, 1 month on ends)", "a")
    assert got["a"] == [None] * 4 + [0.05] * 7
    got = read("define a = delayed(spread, 1 month on ends)", "a")
    assert got["a"] == [None, None, None, None, 0.02, 0.02, 0.03, 0.03, 0.04, 0.04, 0.05]
    got = read("define a = delayed(spread * 2 + 1%, 3 months on ends)", "a")
    assert got["a"] == pytest.approx([None] * 8 + [0.05, 0.05, 0.07])


def test_a_delayed_ratio_of_what_the_deal_carries() -> None:
    # The balance falls by $10 at the end of each month from $100: the ratio a month before, on every date from March's end.
    text = """
    claim repaid to Bank on ends = $10 lapses
    state balance = $100, then opening balance - repaid.paid
    settle repaid on ends
    define share = balance / $100
    define before = delayed(share, 1 month on ends)
    waterfall recorded from cash on ends { record share }
    """
    got = read(text, "before")
    assert got["before"] == pytest.approx([None, None, None, None, 0.9, 0.9, 0.8, 0.8, 0.7, 0.7, 0.6])


def test_a_delayed_amount_is_nothing_before_and_gathers_on_another_schedule() -> None:
    text = """
    schedule slow = quarterly on day 15 from 2026-04-15 to 2026-07-15, unadjusted
    flow rising on ends = $1 * number of ends dates after closing to date
    define later = delayed(rising, 1 month on ends)
    report { later, "at ends" = total(later on ends), "on slow" = total(later on slow), "most" = highest(later on slow) }
    """
    got = series(text, "later", header=HEAD)
    assert got["later"][:11] == [0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4]
    found = figures(text, header=HEAD)
    # To 15 April the delayed rent of 31 March, to 15 July those of April to June.
    assert found == {"at ends": 10, "on slow": 10, "most": 9}


@pytest.mark.parametrize(
    ("declared", "months"),
    [
        ("define coming = 100 GPU", [0, 100, 100, 100, 100]),
        ("define coming = if date <= 2026-03-31 then 100 GPU else 7 GPU", [0, 100, 100, 7, 7]),
        ("define coming = 100 GPU * step([2026-01-01: 1, 2026-04-30: 2])", [0, 100, 100, 200, 200]),
        ("define coming = step([2026-01-01: 1 GPU, 2026-05-31: 3 GPU])", [0, 1, 1, 1, 3]),
        ("define coming = once(9 GPU, 2026-04-30)", [0, 0, 0, 9, 0]),
    ],
)
def test_deliveries_written_as_a_formula_arise(declared: str, months: list[float]) -> None:
    got = read(
        f"{declared}\nflow ready on ends = delayed(coming, 1 month)\nstate all = 0 GPU, then opening all + ready",
        "ready",
        "all",
    )
    assert [got["ready"][at] for at in (2, 4, 6, 8, 10)] == months
    assert got["all"][-1] == sum(months)


def test_what_stands_is_no_delivery() -> None:
    # A window's sum and a balance are money too: they stand from date to date, and are not added up.
    text = """
    define lately = trailing(2 months, rent on ends)
    define before = delayed(lately, 1 month on ends)
    claim fee to Bank on rare = if known(before) then before else $50 lapses
    settle fee on rare
    """
    assert read(text, "before", "fee.due") == {
        "before": [None] * 6 + [2] * 5,
        "fee.due": [0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 2],
    }


def test_a_state_before_the_deal_is_what_it_starts_as() -> None:
    text = """
    state used on ends = 3, then opening used + 1
    claim fee to Bank on ends = $1 * delayed(used, 2 months) lapses
    settle fee on ends
    report { fee.due }
    """
    assert series(text, "fee.due", header=HEAD)["fee.due"] == [0, 0, 3, 0, 3, 0, 4, 0, 5, 0, 6]


def test_windows_on_a_schedule_that_is_not_the_readers() -> None:
    got = read(
        "define average_spread = trailing_average(2 months, spread on ends)\ndefine sum_of_it = trailing(3 months, rent on ends)",
        "average_spread",
        "sum_of_it",
    )
    # (2% + 3%) / 2 from 31 March, and so on; the window of February reaches back past the schedule.
    assert got["average_spread"] == pytest.approx([None] * 4 + [0.025, 0.025, 0.035, 0.035, 0.045, 0.045, 0.055])
    assert got["sum_of_it"] == [None] * 6 + [3] * 5


@pytest.mark.parametrize("tested", ["tested after payments ", ""])
def test_windows_of_what_the_day_decides_stand_too(tested: str) -> None:
    text = f"""
    schedule tests = monthly on day 15 from 2026-03-15 to 2026-06-15, unadjusted
    claim fee to Bank on ends = $7 lapses
    receive $5 from Tenant into cash on ends
    waterfall other from cash on ends {{ when low {{ pay rest to Owner }} otherwise {{ pay fee; pay rest to Owner }} }}
    trigger low on tests {tested}when trailing(2 months, fee.paid on ends) < $11
    report {{ "two" = trailing(2 months, fee.paid on ends), low }}
    """
    head = HEAD.replace("receive $100 from Tenant into cash on ends\n", "").replace(
        "waterfall main from cash on ends { pay rest to Owner }", ""
    )
    got = series(text, "two", "low", header=head)
    # $5 is paid at the ends of February and March, and nothing once the trigger holds.
    assert got["two"] == [None] * 4 + [10, 10, 5, 5, 0, 0, 0]
    # On 15 March the window is not full: a test of it is false. It is tested on the 15th, and holds between.
    assert got["low"] == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_looking_ahead_needs_every_date_of_the_window() -> None:
    text = """
    define ratio = if date < 2026-05-01 then 1x else $1 / ($1 * (if date is 2026-05-31 then 0 else 1))
    settle fee on ends
    claim fee to Bank on ends = $1 * (if known(next(2 months, ratio)) then 1 else 2) lapses
    report { fee.due }
    """
    # Two months ahead of 31 March and of 30 April lies 31 May, on which nothing is divided by; ahead of May there is one.
    got = series(text, "fee.due", header=HEAD)["fee.due"]
    assert [got[at] for at in (2, 4, 6, 8, 10)] == [1, 2, 2, 2, 2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dates = ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]
    rows = [f"{date},{number},{number * 10}" for number, date in enumerate(dates, start=1)]
    (tmp_path / "marks.csv").write_text("date,price,arrived\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def tabled(folder: Path, text: str, *names: str) -> dict[str, object]:
    result = indenture.compile(HEAD + text + f"\nreport {{ {', '.join(names)} }}", folder=folder).run()
    return {name: result[name].to_json()[0] for name in names}


def test_a_table_of_a_price_stands_and_one_of_deliveries_arises(folder: Path) -> None:
    got = tabled(
        folder,
        """
        term price : series of money per GPU-hour = table "marks.csv" column price on ends
        term arrived : series of GPU = table "marks.csv" column arrived on ends
        flow by_quarter on rare = arrived
        flow by_half_month on mid = arrived
        """,
        "price",
        "arrived",
        "by_quarter",
        "by_half_month",
    )
    assert got["price"] == [None, None, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert got["arrived"] == [0, 0, 10, 0, 20, 0, 30, 0, 40, 0, 50]
    assert got["by_quarter"] == [0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 120]
    assert got["by_half_month"] == [0, 0, 0, 10, 0, 20, 0, 30, 0, 40, 0]


def test_averages_over_another_schedule_pass_over_what_is_not_known(folder: Path) -> None:
    text = """
    term ratio : series of number = table "marks.csv" column price on ends
    report { "ends" = average(ratio on ends), "mid" = average(ratio on mid), "least" = lowest(ratio on mid)
             "dates" = count(ratio > 0 on mid), "known" = count(known(ratio) on mid), "at" = ratio on 2026-02-15 }
    """
    result = indenture.compile(HEAD + text, folder=folder).run()
    found = {
        name: result[name].to_json()[0]
        for name in result.names()
        if name in ("ends", "mid", "least", "dates", "known", "at")
    }
    # On the 15th of March to June stand the marks of February to May; before there is none.
    assert found == {"ends": 3, "mid": 2.5, "least": 1, "dates": 4, "known": 4, "at": None}


def test_an_input_of_a_level_is_not_known_before_its_schedule() -> None:
    text = """
    input worth : series of money per GPU on rare
    input sold : series of money on rare
    define level = worth
    report { level, sold }
    """
    deal = indenture.compile(HEAD + text)
    result = deal.run(inputs={"worth": [[2.0], [3.0]], "sold": [[5.0], [6.0]]})
    assert result["level"].to_json()[0] == [None] * 4 + [2] * 6 + [3]
    assert result["sold"].to_json()[0] == [0] * 4 + [5] * 6 + [6]


@pytest.mark.parametrize("whole", [False, True], ids=["on its own dates", "on every date"])
def test_an_input_by_date_and_scenario_begins_on_its_schedules_first_date(whole: bool) -> None:
    """A level of 2 then 3, and 20 then 30 in the second path; amounts of $5 then $6, and $50 then $60."""
    text = """
    input worth : series of rate on rare
    input sold : series of money on rare
    trigger low on ends when worth < 250%
    report { worth, sold, "low" = count(low on ends), "least" = lowest(worth), "sum" = total(sold) }
    """
    both = {"worth": [[2.0, 20.0], [3.0, 30.0]], "sold": [[5.0, 50.0], [6.0, 60.0]]}
    if whole:  # what is fed for dates before the schedule's first is not read
        both = {name: [rows[0]] * 10 + [rows[1]] for name, rows in both.items()}
    result = indenture.compile(HEAD + text).run(inputs=both)
    assert result["worth"].to_json() == [[None] * 4 + [2] * 6 + [3], [None] * 4 + [20] * 6 + [30]]
    assert result["sold"].to_json() == [[0] * 4 + [5] * 6 + [6], [0] * 4 + [50] * 6 + [60]]
    assert result["least"].to_json() == [2, 20]
    assert result["sum"].to_json() == [11, 110]


def test_a_level_reaching_cash_where_it_is_not_known_stops_the_run() -> None:
    early = "claim cost to Bank on ends = 1 GPU * delayed(marked, 1 month) lapses\nsettle cost on ends\ndefine marked = $1 per GPU * step([2026-01-01: 1, 2026-04-30: 2])\n"
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(HEAD + early + 'report { "x" = cost.due }').run()
    assert [one.code for one in raised.value.diagnostics] == ["E0902"]
    said = str(raised.value)
    assert [one for one in ("cost.due", "2026-02-28", "base") if one not in said] == []


def test_a_flow_that_no_cash_reads_need_not_be_known() -> None:
    text = """
    flow quarter_sum on ends = trailing(3 months, rent)
    flow doubled on ends = quarter_sum * 2
    define enough = doubled > $5
    trigger steady on ends when quarter_sum > $2
    report { quarter_sum, doubled, "first" = first_date(enough), "tests" = count(steady on ends), "sum" = total(doubled on rare) }
    """
    got = series(text, "quarter_sum", "doubled", header=HEAD)
    assert got["quarter_sum"] == [0, 0, None, 0, None, 0, 3, 0, 3, 0, 3]
    assert got["doubled"] == [0, 0, None, 0, None, 0, 6, 0, 6, 0, 6]
    found = figures(text, header=HEAD)
    assert found["tests"] == 3
    assert found["first"] == datetime.date(2026, 4, 30).toordinal()
    # The first quarter's is not known; the second's is.
    assert found["sum"] == 18
    paid = "claim more to Bank on ends = quarter_sum lapses\nsettle more on ends"
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(HEAD + text + paid).run()
    assert [one.code for one in raised.value.diagnostics] == ["E0902"]


def test_what_is_measured_to_a_date_that_never_comes_is_not_known() -> None:
    text = """
    term sold : date = never
    term bought = 2026-03-31
    define held = if date < sold then 1 else 0
    define whole_months = months_between(bought, sold)
    report { "months" = months_between(bought, sold), "back" = months_between(sold, bought)
             "days" = days_between(bought, sold), "year" = year(sold), "month" = month(sold)
             "span" = (sold - bought) / 1 day, "same" = days_between(sold, sold), "later" = months_between(bought, sold + 1 year)
             "average" = average(whole_months on ends), "held" = total(held on ends), "least" = lowest(whole_months) }
    scenario "Sold" { sold = 2026-06-30 }
    """
    assert figures(text, header=HEAD) == dict.fromkeys(
        ["months", "back", "days", "year", "month", "span", "same", "later", "average", "least"]
    ) | {"held": 5}
    assert figures(text, header=HEAD, scenario="Sold") == {
        "months": 3, "back": -3, "days": 91, "year": 2026, "month": 6, "span": 91, "same": 0, "later": 15,
        "average": 3, "least": 3, "held": 4,
    }  # fmt: skip


@pytest.mark.parametrize(("scenario", "code"), [("", "E0520"), ('scenario "Sold" { sold = 2026-06-30 }', "E0902")])
def test_cash_that_needs_the_time_to_a_date_that_never_comes_is_an_error(scenario: str, code: str) -> None:
    text = f"""
    term sold : date = never
    claim fee to Bank on ends = $1 * months_between(closing, sold) lapses
    settle fee on ends
    {scenario}
    report {{ fee.due }}
    """
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(HEAD + text).run()
    assert [one.code for one in raised.value.diagnostics if one.severity == "error"] == [code]


UNEVEN = """
schedule steps = monthly on day 15 from 2026-02-15 to 2026-09-15, unadjusted, short last
schedule odd = dates [2026-02-10, 2026-03-20, 2026-04-02, 2026-06-20]
flow sold on steps = $1 * number of steps dates after closing to date
flow made on odd = $1 * number of odd dates after closing to date
account till
receive sold from Tenant into till on steps
waterfall out from till on steps { pay rest to Bank; record by_month, by_days }
waterfall off from cash on odd { record by_odd }
define by_month = delayed({what}, 1 month)
define by_days = delayed({what}, 31 days)
define by_odd = delayed(made, 1 month)
report { "month" = total(by_month), "days" = total(by_days), "odd" = total(by_odd),
         "april" = by_days on 2026-04-15, "may" = by_days on 2026-05-15, "june" = by_days on 2026-06-15,
         "late" = by_odd on 2026-06-20, "none" = by_odd on 2026-04-02 }
"""


@pytest.mark.parametrize("what", ["sold", "Bank.received"])
def test_a_delayed_amount_comes_once_however_far_apart_the_dates_are(what: str) -> None:
    # 1 to 8 on the 15ths of February to September, of which 31 days bring 1 (18 March) and 2 (15 April) on 15 April, 3
    # (16 May) and 4 (15 June) on 15 June, 5 (16 July) and 6 (15 August) on 15 August, 7 (15 September) on 15 September;
    # on the odd dates a month brings 1 (10 March) on 20 March, nothing on 2 April, 2 (20 April) and 3 (2 May) in June.
    assert figures(UNEVEN.replace("{what}", what), header=HEAD) == {
        "month": 28,
        "days": 28,
        "odd": 6,
        "april": 3,
        "may": 0,
        "june": 7,
        "late": 5,
        "none": 0,
    }


def test_a_delayed_amount_comes_once_before_a_stub() -> None:
    # $1, $2 and $3 on the 15ths: a month later on 15 March and 15 April, and of 15 April nothing by 8 May.
    text = """
    schedule steps = monthly on day 15 from 2026-02-15 to 2026-05-08, unadjusted, short last
    flow sold on steps = $1 * number of steps dates after closing to date
    claim back to Bank on steps = delayed(sold, 1 month) lapses
    settle back on steps
    report { "all" = total(back.paid), "last" = back.paid on 2026-05-08 }
    """
    assert figures(text, header=HEAD) == {"all": 3, "last": 0}


def test_a_step_is_not_known_before_its_first_date() -> None:
    got = read("define a = step([2026-03-01: 5%, 2026-05-01: 3%])", "a")
    assert got["a"] == [None] * 3 + [0.05] * 4 + [0.03] * 4
    got = read("trigger dear on ends when step([2026-03-01: 5%, 2026-05-01: 3%]) > 4%", "dear")
    assert got["dear"] == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0]


def test_cash_that_hangs_on_a_step_before_its_first_date_is_refused() -> None:
    with pytest.raises(indenture.DealError) as raised:
        read(
            "define a = step([2026-03-01: $5, 2026-05-01: $3])\nreceive a from Tenant into cash on ends", "cash.balance"
        )
    assert "not determined" in str(raised.value)
