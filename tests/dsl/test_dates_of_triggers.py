"""The edges of a trigger's dates and a waiver's, its tests off its own schedule, and extremes of what is below zero."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest

from .deals import CASH, codes, figures, series

HEAD = """
deal "Dates" { language = 1; currency = USD; closing = 2026-01-15; issuer = Borrower }
party Borrower, Bank, Tenant, Owner
schedule payment = monthly on day 15 from 2026-02-15 to 2026-12-15, unadjusted
schedule tests   = quarterly on day 15 from 2026-03-15 to 2026-12-15, unadjusted
account cash
receive $10 from Tenant into cash on payment
waterfall main from cash on payment { pay rest to Owner }
"""
# Eleven payments, February to December; tests in March, June, September and December.
MONTHS = range(1, 13)


def held(text: str, name: str, header: str = HEAD) -> list[int]:
    """The months of 2026 on whose date a trigger holds."""
    values = series(text, name, header=header)[name]
    assert len(values) == 12
    return [month for month, value in zip(MONTHS, values, strict=True) if value]


@pytest.mark.parametrize(
    ("start", "months"),
    [
        ("2026-06-14", [6, 7, 8, 9, 10, 11, 12]),
        ("2026-06-15", [6, 7, 8, 9, 10, 11, 12]),
        ("2026-06-16", [7, 8, 9, 10, 11, 12]),
        ("2026-12-15", [12]),
        ("2026-12-16", []),
    ],
)
def test_tests_begin_on_the_first_date_itself(start: str, months: list[int]) -> None:
    assert held(f"trigger on_ on payment from {start} when date >= closing\nreport {{ on_ }}", "on_") == months


def test_before_its_first_date_nothing_is_counted() -> None:
    text = "trigger on_ on payment from {} when date >= closing for 3 tests\nreport {{ on_ }}"
    assert held(text.format("2026-06-15"), "on_") == [8, 9, 10, 11, 12]
    assert held(text.format("2026-06-16"), "on_") == [9, 10, 11, 12]


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-04-15", "2026-06-15", [2, 8, 10, 12]),
        ("2026-04-16", "2026-06-14", [2, 4, 6, 8, 10, 12]),
        ("2026-04-14", "2026-06-16", [2, 8, 10, 12]),
        ("2026-12-15", "2026-12-15", [2, 4, 6, 8, 10]),
        ("2026-02-15", "2026-02-15", [4, 6, 8, 10, 12]),
    ],
)
def test_a_waiver_holds_on_its_first_and_on_its_last_date(start: str, end: str, months: list[int]) -> None:
    """A trigger that would fire anew in every other month: a waiver keeps from firing, and ends none that has fired."""
    text = f"""trigger on_ on payment when mod(number of payment dates to date, 2) is 1
    waiver rest of on_ from {start} to {end}
    report {{ on_ }}"""
    assert held(text, "on_") == months


def test_a_waiver_keeps_a_permanent_trigger_from_firing_and_does_not_end_one() -> None:
    text = """trigger on_ on payment when date >= 2026-05-15, permanently
    waiver rest of on_ from {} to 2026-07-15
    report {{ on_ }}"""
    assert held(text.format("2026-05-15"), "on_") == [8, 9, 10, 11, 12]
    assert held(text.format("2026-06-15"), "on_") == [5, 6, 7, 8, 9, 10, 11, 12]


def test_a_waived_test_counts_as_a_test_that_was_met() -> None:
    # Three tests in a row are met in April; the waiver keeps it from firing until June, and the count goes on.
    text = """trigger on_ on payment when date > closing for 3 tests
    waiver rest of on_ from 2026-04-15 to 2026-05-15
    report { on_ }"""
    assert held(text, "on_") == [6, 7, 8, 9, 10, 11, 12]


WITHIN = "define low = date is 2026-03-15 or date is 2026-04-15 or date is 2026-06-15 or date is 2026-10-15\n"


def test_off_its_own_dates_a_trigger_keeps_its_state_and_does_not_count() -> None:
    # Met in March and June, failed in September and December; April and October are no tests.
    text = WITHIN + "trigger on_ on tests when low for 2 tests\nreport { on_ }"
    assert held(text, "on_") == [6, 7, 8]
    text = WITHIN + "trigger on_ on tests when low\nreport { on_ }"
    assert held(text, "on_") == [3, 4, 5, 6, 7, 8]
    text = WITHIN + "trigger on_ on tests when low, until not low for 2 tests\nreport { on_ }"
    assert held(text, "on_") == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    text = WITHIN + "trigger on_ on tests tested after payments when low\nreport { on_ }"
    assert held(text, "on_") == [3, 4, 5, 6, 7, 8]


def test_steps_and_measures_on_another_schedule_read_the_state_it_keeps() -> None:
    text = (
        WITHIN
        + """
    trigger on_ on tests when low for 2 tests
    account trap
    receive $1 from Tenant into trap on payment
    waterfall more from trap on payment { when on_ { pay $1 to Bank } otherwise { pay $1 to Owner } }
    report { "paid" = total(Bank.received), "months" = count(on_ on payment), "tests" = count(on_ on tests)
             "fired" = count(on_ falls on payment), "ever" = if any(on_ on tests) then 1 else 0
             "first" = days_between(2026-06-15, first_date(on_)), "on the day" = if on_ on 2026-08-15 then 1 else 0 }
    """
    )
    found = figures(text, header=HEAD)
    assert found == {"paid": 3, "months": 3, "tests": 1, "fired": 1, "ever": 1, "first": 0, "on the day": 1}


def test_a_step_that_tests_on_some_dates_counts_those_alone() -> None:
    text = (
        WITHIN
        + """
    trigger on_ when low for 2 tests
    account trap
    receive $1 from Tenant into trap on tests
    waterfall more from trap on tests { record low; test on_; pay rest to Owner }
    report { on_ }
    """
    )
    assert held(text, "on_") == [6, 7, 8]


# ------------------------------------------------------------------------------------------------- below zero


BELOW = (
    "define loss = -$1 * number of payment dates after date\ndefine ratio = -1x / (number of payment dates to date)\n"
)


def test_extremes_over_dates_of_what_is_never_positive() -> None:
    # Before each payment eleven, ten ... are to come: -$10 in February, $0 in December; -1, -1/2 ... -1/11.
    found = figures(
        BELOW
        + """define deep = loss - $5
    report { "highest" = highest(deep on payment), "lowest" = lowest(deep on payment)
             "tests" = highest(deep on tests), "least" = lowest(deep on tests)
             "share" = highest(ratio on payment), "share least" = lowest(ratio on payment)
             "all" = highest(deep), "ever" = lowest(deep) }
    """,
        header=HEAD,
    )
    assert found == pytest.approx(
        {
            "highest": -5,
            "lowest": -15,
            "tests": -5,
            "least": -14,
            "share": -1 / 11,
            "share least": -1,
            "all": -5,
            "ever": -16,
        }
    )


def test_the_first_dates_own_value_may_be_the_extreme() -> None:
    found = figures(
        """define falls_ = -$1 * number of payment dates to date
    define rises = $3 + $1 * number of payment dates to date
    report { "highest" = highest(falls_ on payment), "lowest" = lowest(rises on payment)
             "highest of all" = highest(falls_), "lowest of all" = lowest(rises), "tests" = highest(falls_ on tests) }
    """,
        header=HEAD,
    )
    assert found == {"highest": -1, "lowest": 4, "highest of all": 0, "lowest of all": 3, "tests": -2}


def test_extremes_pass_over_dates_on_which_nothing_is_known() -> None:
    # n/a until the second test, and never above -2: neither the missing nor the other dates count as zero.
    found = figures(
        """define falls_ = -1 * number of payment dates to date
    define known_late = delayed(falls_, 3 months on tests)
    report { "highest" = highest(known_late on payment), "lowest" = lowest(known_late on payment)
             "average" = average(known_late on tests) }
    """,
        header=HEAD,
    )
    assert found == {"highest": -2, "lowest": -8, "average": -5}


def test_extremes_over_rows_of_what_is_never_positive(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,worth\na,-5\nb,-2\nc,-9\n", encoding="utf-8")
    text = (
        HEAD
        + """
    component position {
      "A position."
      worth : money
      define doubled = worth * 2
    }
    position book each row in "rows.csv" {}
    report { "most" = highest(book.worth), "least" = lowest(book.worth), "bounded" = highest(book.worth where worth < -$4)
             "deep" = lowest(book.doubled where worth > -$6), "list" = highest([-3, -1, -2]), "more" = max(-7, -4) }
    """
    )
    result = indenture.compile(text, folder=tmp_path).run()
    found = {name: result[name].to_json()[0] for name in result.names()}
    assert {name: found[name] for name in ("most", "least", "bounded", "deep", "list", "more")} == {
        "most": -2,
        "least": -9,
        "bounded": -5,
        "deep": -10,
        "list": -1,
        "more": -4,
    }


@pytest.mark.parametrize("scenarios", [1, 3])
def test_extremes_below_zero_in_each_scenario(scenarios: int) -> None:
    text = "term shift = $5\ndefine deep = -$1 * number of payment dates after date - shift\n" + "".join(
        f'scenario "S{number}" {{ shift = ${number * 10} }}\n' for number in range(1, scenarios)
    )
    text += 'report { "highest" = highest(deep on payment), "lowest" = lowest(deep on payment) }'
    result = indenture.compile(HEAD + text).run()
    for number in range(scenarios):
        found = {name: float(result[name].values[number]) for name in ("highest", "lowest")}
        least = 5 if number == 0 else number * 10
        assert found == {"highest": -least, "lowest": -10 - least}


@pytest.mark.parametrize("sign", [1, -1])
def test_extremes_of_what_the_deal_carries(sign: int) -> None:
    # A net worth that falls by $2 a month from -$100, and one that rises from $100: never the other side of zero.
    text = f"""
    term step_of = $2
    state worth on payment = {sign} * $100, then opening worth + {sign} * step_of
    claim fee to Bank on payment = if worth > $0 then $1 else $2 lapses
    settle fee on payment
    scenario "Faster" {{ step_of = $5 }}
    report {{ "highest" = highest(worth on payment), "lowest" = lowest(worth on payment)
             "ever highest" = highest(worth), "ever lowest" = lowest(worth)
             "tests" = highest(worth on tests), "tests least" = lowest(worth on tests) }}
    """
    result = indenture.compile(HEAD + text).run()
    for lane, step in enumerate((2, 5)):
        found = {name: float(result[name].values[lane]) for name in result.names() if result[name].values.ndim == 1}
        near, far, begins = sign * (100 + step), sign * (100 + 11 * step), sign * 100
        march = sign * (100 + 2 * step)
        assert found == {
            "highest": max(near, far),
            "lowest": min(near, far),
            "ever highest": max(begins, far),
            "ever lowest": min(begins, far),
            "tests": max(march, far),
            "tests least": min(march, far),
        }


@pytest.mark.parametrize("changes", ["if opening owed > $50 then 2026-07-15 else 2026-10-15", "date"])
@pytest.mark.parametrize(("of_waterfall", "of_trigger"), [("from", ""), ("until", ""), ("", "from")])
def test_a_bound_that_changes_from_date_to_date_is_refused(changes: str, of_waterfall: str, of_trigger: str) -> None:
    waterfall, trigger = (f"{word} ({changes})" if word else "" for word in (of_waterfall, of_trigger))
    found = codes(
        CASH + "state owed = $100, then opening owed - $30\n"
        f"waterfall main from cash on payment {waterfall} {{ when low {{ pay rest to Sponsor }} }}\n"
        f"trigger low on payment {trigger} when opening owed < $50\n"
    )
    assert "E0504" in found
