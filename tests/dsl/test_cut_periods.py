"""`accrue` and `year_fraction` of a part of the period against QuantLib's day counts and sums of whole days: dates that are
known, that a scenario moves, and that rows give."""

from __future__ import annotations

import datetime
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import indenture
import numpy as np
import pytest
import QuantLib as ql

Date = datetime.date

COUNTS = {
    "actual/360": lambda last: ql.Actual360(),
    "actual/365": lambda last: ql.Actual365Fixed(),
    "actual/actual ISDA": lambda last: ql.ActualActual(ql.ActualActual.ISDA),
    "30/360": lambda last: ql.Thirty360(ql.Thirty360.BondBasis),
    "30E/360": lambda last: ql.Thirty360(ql.Thirty360.EurobondBasis),
    "30E/360 ISDA": lambda last: ql.Thirty360(ql.Thirty360.ISDA, last),
    "30/360 US": lambda last: ql.Thirty360(ql.Thirty360.USA),
}
STEPS = {"monthly": 1, "quarterly": 3, "semiannually": 6, "annually": 12}


def theirs(date: Date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


def column(result: indenture.Results, name: str) -> np.ndarray:
    """A series of the last scenario; what is the same on every date is a figure."""
    values = np.asarray(result[name].values)
    return np.full(len(result.dates), values[-1]) if values.ndim == 1 else values[:, -1]


def month_end(number: int, day: int) -> Date:
    first = Date(number // 12, number % 12 + 1, 1)
    last = (Date((number + 1) // 12, (number + 1) % 12 + 1, 1) - datetime.timedelta(days=1)).day
    return first.replace(day=min(day, last))


DEAL = """
deal "Cut" {{ language = 1; currency = USD; closing = {closing}; issuer = Company }}
party Company, Owner
schedule due = {every} on {day} from {first} to {last}, unadjusted
schedule other = monthly on day 9 from {ninth} to {last_ninth}, unadjusted
term begins = {begins}
term ends = {ends}
state balance on other = $1_000_000, then opening balance + $10_000
flow whole on due = accrue(balance * 10%, {count})
flow before on due = accrue(balance * 10%, {count}, to = begins)
flow part on due = accrue(balance * 10%, {count}, from = begins, to = ends)
flow after on due = accrue(balance * 10%, {count}, from = ends)
flow years on due = $1m per year * year_fraction({count}, from = begins, to = ends)
account cash
receive whole from Owner into cash on due
waterfall all from cash on due {{ pay rest to Owner }}
{scenario}
report {{ whole, before, part, after, years }}
"""


@pytest.mark.parametrize("count", [*COUNTS, "actual/actual ICMA"])
def test_the_part_between_two_dates_is_quantlibs(count: str) -> None:
    chance = random.Random(f"cut by {count}")
    for _ in range(8):
        every = chance.choice(list(STEPS))
        step, day = STEPS[every], chance.choice([1, 15, 28, 30, 31])
        month, periods = chance.randint(2001 * 12, 2035 * 12), chance.randint(2, 5)
        dates = [month_end(month + step * k, day) for k in range(periods + 1)]
        long = (dates[-1] - dates[0]).days
        begins, ends = sorted(dates[0] + datetime.timedelta(days=chance.randint(-20, long + 20)) for _ in range(2))
        if count == "30/360 US" and any(one.month == 2 for one in (*dates, begins, ends)):
            continue  # where a February ends the SIA's steps are not QuantLib's: dsl/time/daycount.py
        if count == "30E/360 ISDA" and dates[-1].month == 2:
            continue
        ninth = month_end(dates[0].year * 12 + dates[0].month, 9)
        fields = {
            "closing": dates[0],
            "every": every,
            "day": "the last day" if day == 31 else f"day {day}",
            "first": dates[1],
            "last": dates[-1],
            "ninth": ninth,
            "last_ninth": month_end(ninth.year * 12 + ninth.month + 1, 9),
            "count": count,
        }
        known = indenture.compile(DEAL.format(**fields, begins=begins, ends=ends, scenario="")).run()
        scenario = f'scenario "Moved" {{ begins = {begins}; ends = {ends} }}'
        text = DEAL.format(**fields, begins=dates[0], ends=dates[1], scenario=scenario)
        moved = indenture.compile(text).run(scenarios=["Moved"])
        for name in ("whole", "before", "part", "after", "years"):
            assert column(moved, name) == pytest.approx(column(known, name), rel=1e-12, abs=1e-6), name
        pieces = sum(column(known, name) for name in ("before", "part", "after"))
        assert pieces == pytest.approx(column(known, "whole"), rel=1e-12, abs=1e-6)
        for start, end in pairwise(dates):
            low, high = max(start, begins), min(end, ends)
            expected = 0.0
            if low < high:
                if count == "actual/actual ICMA":
                    expected = (high - low).days / (end - start).days * step / 12
                else:
                    counter = COUNTS[count](theirs(dates[-1]))
                    expected = counter.yearFraction(theirs(start), theirs(high))
                    expected -= counter.yearFraction(theirs(start), theirs(low))
            found = column(known, "years")[list(known.dates).index(end)]
            assert found == pytest.approx(1e6 * expected, rel=1e-12, abs=1e-6), (start, end, begins, ends, every, day)


def test_a_long_first_period_is_cut_in_its_regular_periods() -> None:
    """ICMA, 1 March to 15 November with coupons on the 15th: 75 days of 181, then 184."""
    text = """
    deal "Cut" { language = 1; currency = USD; closing = 1990-03-01; issuer = Company }
    party Company, Owner
    schedule due = semiannually on day 15 from 1990-11-15 to 1991-05-15, unadjusted, long first
    term ends = 1990-05-01
    flow part on due = accrue($1m per year, actual/actual ICMA, to = ends)
    account cash
    receive part from Owner into cash on due
    waterfall all from cash on due { pay rest to Owner }
    scenario "Later" { ends = 1990-06-15 }
    scenario "Beyond" { ends = never }
    report { part }
    """
    first = indenture.compile(text).run()["part"].values[1]
    expected = [Fraction(61, 362), Fraction(75, 362) + Fraction(31, 368), Fraction(75, 362) + Fraction(1, 2)]
    assert first == pytest.approx([1e6 * float(one) for one in expected], rel=1e-12)


def test_rows_and_draws_are_cut_each_at_its_own_date(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("weight,gone\n50%,2026-05-31\n30%,2026-08-10\n20%,never\n")
    text = """
    deal "Cut" { language = 1; currency = USD; closing = 2026-01-31; issuer = Company }
    party Company, Owner
    schedule due = quarterly on the last day from 2026-04-30 to 2027-01-31, unadjusted
    component one { "A name."
      weight : fraction
      gone   : date
    }
    one names each row in "names.csv"
    flow paid on due = sum(accrue($360_000 * 100% per year * names.weight, 30/360, to = names.gone))
    account cash
    receive paid from Owner into cash on due
    waterfall all from cash on due { pay rest to Owner }
    report { paid }
    """
    found = indenture.compile(text, folder=tmp_path).run()["paid"].values[1:, 0]
    # Days of 360 to the 31st of May: 30 of the quarter from the 30th of April; to the 10th of August: 10.
    by_hand = [90 * 1.0, 30 * 0.5 + 90 * 0.3 + 90 * 0.2, 10 * 0.3 + 90 * 0.2, 90 * 0.2]
    assert found == pytest.approx(1000 * np.array(by_hand), rel=1e-12)


def test_a_day_count_that_reads_a_series_is_cut_by_days() -> None:
    text = """
    deal "Cut" { language = 1; currency = USD; closing = 2026-01-15; issuer = Company }
    party Company, Owner
    schedule due = quarterly on day 15 from 2026-04-15 to 2026-07-15, unadjusted
    term ends = 2026-02-04
    define counted = if date < 2026-05-01 then 88 days else 90 days
    daycount own = counted / 360 days
    daycount plain = days / 364
    flow a on due = accrue($1m per year, own, to = ends)
    flow b on due = accrue($1m per year, plain, to = ends)
    account cash
    receive a + b from Owner into cash on due
    waterfall all from cash on due { pay rest to Owner }
    scenario "Later" { ends = 2026-05-15 }
    report { a, b }
    """
    result = indenture.compile(text).run()
    assert result["a"].values[1:] == pytest.approx(
        1e6 * np.array([[88 / 360 * 20 / 90, 88 / 360], [0, 90 / 360 * 30 / 91]]), rel=1e-12
    )
    assert result["b"].values[1:] == pytest.approx(1e6 * np.array([[20, 90], [0, 30]]) / 364, rel=1e-12)


def test_where_a_period_is_cut_is_read_on_the_date_that_is_paid() -> None:
    """From 2026-04-15 to 07-15 it is cut on 25 April, ten days on; a date of another schedule between changes nothing.
    $360 a year of actual/360 are $1 a day: 90 of the first quarter, 10, and none of the third."""
    text = """
    deal "Cut" { language = 1; currency = USD; closing = 2026-01-15; issuer = Company }
    party Company, Owner
    schedule due = quarterly on day 15 from 2026-04-15 to 2026-10-15, unadjusted
    OTHER
    define ends = if date >= 2026-06-01 then 2026-04-25 else never
    flow a on due = accrue($360 per year, actual/360, to = ends)
    account cash
    receive a from Owner into cash on due
    waterfall all from cash on due { pay rest to Owner }
    report { a }
    """
    for other, count in (("", 3), ("schedule other = dates [2026-05-01, 2026-05-20]\nflow b on other = $1", 5)):
        found = column(indenture.compile(text.replace("OTHER", other)).run(), "a")
        assert len(found) == count + 1
        assert [value for value in found if value] == pytest.approx([90, 10], rel=1e-12)


FEBRUARIES = """
deal "Februaries" {{ language = 1; currency = USD; closing = {closing}; issuer = Company }}
party Company, Owner
schedule due = {every} on the last day from {first} to {last}, unadjusted
term ends = {first}
flow worth on due = $360 per year * year_fraction({count}, to = ends)
account cash
receive worth from Owner into cash on due
waterfall all from cash on due {{ pay rest to Owner }}
scenario "moved" {{ ends = {ends} }}
report {{ worth }}
"""
YEARS = ("2027-02-28", "annually", "2028-02-29", "2029-02-28")
NEARLY = ("2027-02-27", "annually", "2028-02-29", "2029-02-28")
HALVES = ("2027-08-31", "semiannually", "2028-02-29", "2028-08-31")


@pytest.mark.parametrize(
    ("count", "dates", "ends", "days"),
    [
        # Both ends of a year are ends of February and count as the 30th; the 28th of a leap year is none.
        ("30/360 US", YEARS, "2029-02-28", [360, 360]),
        ("30/360 US", YEARS, "2028-02-29", [360, 0]),
        ("30/360 US", YEARS, "2028-02-28", [358, 0]),
        ("30/360 US", YEARS, "2027-03-31", [30, 0]),
        # The day before the end of February is no end: four days of the 31st of March are beyond the month.
        ("30/360 US", NEARLY, "2027-03-31", [34, 0]),
        # An end of February counts as it is after a start that is none, and the 31st as the 30th after one that is.
        ("30/360 US", HALVES, "2028-02-29", [179, 0]),
        ("30/360 US", HALVES, "2028-08-31", [179, 180]),
        # By 30E/360 ISDA each end of February is a 30th, but for the last date of all.
        ("30E/360 ISDA", YEARS, "2029-02-28", [360, 358]),
        ("30E/360 ISDA", YEARS, "2028-02-29", [360, 0]),
        ("30E/360 ISDA", YEARS, "2028-02-28", [358, 0]),
        ("30E/360 ISDA", HALVES, "2028-08-31", [180, 180]),
    ],
)
def test_ends_of_february_that_a_scenario_moves(
    count: str, dates: tuple[str, str, str, str], ends: str, days: list[int]
) -> None:
    closing, every, first, last = dates
    text = FEBRUARIES.format(closing=closing, every=every, first=first, last=last, count=count, ends=ends)
    assert column(indenture.compile(text).run("moved"), "worth")[1:] == pytest.approx(days, abs=1e-9)
