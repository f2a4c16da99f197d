"""Reductions over dates of a few figures, below zero among them, worked by hand: extremes, averages, sums, counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from .deals import CASH, codes, compiled, figures

REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
# Four payment dates; by their number 1, 2, 3, 4.
BELOW = "define x = $0 - $10 * number of payment dates to date - $1\n"  # -11, -21, -31, -41
ACROSS = "define x = $25 - $10 * number of payment dates to date\n"  # 15, 5, -5, -15


def asked(series: str, *measures: str) -> list[float | None]:
    report = "report { " + ", ".join(f'"{at}" = {measure}' for at, measure in enumerate(measures)) + " }\n"
    found = figures(CASH + series + REST + report)
    return [found[str(at)] for at in range(len(measures))]


@pytest.mark.parametrize(
    ("series", "lowest", "highest", "average", "total"),
    [(BELOW, -41, -11, -26, -104), (ACROSS, -15, 15, 0, 0)],
)
def test_extremes_averages_and_sums_of_what_is_below_zero(
    series: str, lowest: float, highest: float, average: float, total: float
) -> None:
    measures = ("lowest(x on payment)", "highest(x on payment)", "average(x on payment)", "total(x on payment)")
    assert asked(series, *measures) == [lowest, highest, average, total]


@pytest.mark.parametrize(
    ("condition", "times"), [("x < $0", 2), ("x <= $5", 3), ("x < $5", 2), ("x > $15", 0), ("x >= $15", 1)]
)
def test_how_often_a_condition_holds(condition: str, times: int) -> None:
    assert asked(ACROSS + f"trigger met on payment when {condition}\n", "count(met on payment)") == [times]


def test_a_value_on_one_date() -> None:
    measures = [f"x on {date}" for date in ("2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15")]
    assert asked(BELOW, *measures) == [-11, -21, -31, -41]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("irr([one.paid, two.paid])", "E0546"),
        ("multiple([$1, $2])", "E0546"),
        ("wal(circles(), 30/360)", "E0546"),
        ("shortfall(Bank)", "E0522"),
        ("shortfall([Bank, Fund])", "E0522"),
        ("shortfall(debt)", "E0522"),
        ("shortfall(one.paid)", "E0522"),
    ],
)
def test_what_a_measure_cannot_be_asked_of_is_said(asked: str, code: str) -> None:
    """Of several amounts a measure would have to choose; a party, a balance and an amount have no due."""
    text = (
        "account cash\nclaim one from Customer to Bank on payment = $1 lapses\nsettle one\n"
        "claim two from Customer to Fund on payment = $1 lapses\nsettle two\n"
        "state debt = $100, then opening debt - one.paid\n"
    )
    assert codes(text + f"report {{ {asked} }}") == [code]


def test_a_measure_of_amounts_reads_them_under_any_name() -> None:
    """$40 and $20, half a year and a year off: on average two thirds of a year; and what is paid twice, twice."""
    text = """
    account cash
    receive $100 from Customer into cash on payment
    claim principal to Bank on payment = if date is 2026-07-15 then $40 else if date is 2027-01-15 then $20 else $0 lapses
    define repaid = principal.paid
    waterfall main from cash on payment { pay principal; record repaid; pay rest to Sponsor }
    report { "Named" = wal(repaid, 30/360); "Plain" = wal(principal.paid, 30/360); "Sum" = wal(2 * repaid, 30/360) }
    """
    assert figures(text) == pytest.approx({"Named": 2 / 3, "Plain": 2 / 3, "Sum": 2 / 3}, rel=1e-12)


def test_what_an_instrument_is_short_of_is_what_its_claims_are_short_of() -> None:
    """Four dates: of $3 interest $2 are paid, of a fee of $1 nothing. What has no due is short of nothing."""
    text = """
    component note {
      "Two claims with a due, and one that steps ask for."
      holder : party
      claim interest to holder on payment = $3 carries
      claim fee to holder on payment = $1 lapses
      claim sweep to holder on payment up to balance
      state balance = $100, then opening balance - sweep.paid
    }
    note one { holder = Bank }
    account cash
    receive $2 from Customer into cash on payment
    waterfall main from cash on payment { pay one.interest; pay one.fee; pay one.sweep; pay rest to Sponsor }
    report { "All" = shortfall(one); "Both" = shortfall([one.interest, one.fee]); "Fee" = shortfall(one.fee) }
    """
    assert figures(text) == {"All": 8, "Both": 8, "Fee": 4}


def test_cover_of_debt_that_is_no_instruments_own_counts_from_date_to_date() -> None:
    """$10 on each of four dates, discounted by 1 + 8% of the days between them over 365, over $30 or $12 + $3."""
    text = """
    account cash
    claim income from Customer on payment = $10 lapses
    receive income into cash
    waterfall main from cash on payment { pay rest to Sponsor }
    define debt = $30
    report { "Named" = plcr(income.paid, 8%, debt); "Sum" = plcr(income.paid, 8%, debt - $18 + $3) }
    """
    factor, worth = 1.0, 0.0
    for days in (90, 91, 92, 92):
        factor /= 1 + 0.08 * days / 365
        worth += 10 * factor
    assert figures(text) == pytest.approx({"Named": worth / 30, "Sum": worth / 15}, rel=1e-12)


def test_an_average_of_a_balance_goes_over_the_only_schedule_that_there_is() -> None:
    """$90, $80, $70, $60 after each date."""
    text = """
    account cash
    receive $10 from Customer into cash on payment
    claim principal to Bank on payment = $10 lapses
    state debt = $100, then opening debt - principal.paid
    waterfall main from cash on payment { pay principal; pay rest to Sponsor }
    report { "Average" = average debt }
    """
    assert figures(text) == {"Average": 75}


def test_no_step_looks_ahead_at_a_sum_over_all_dates_of_what_is_paid() -> None:
    text = """
    account cash
    receive $10 from Customer into cash on payment
    claim first to Bank on payment = $1 lapses
    claim second to Bank on payment = 1% * total(first.paid) lapses
    waterfall main from cash on payment { pay first; pay second; pay rest to Sponsor }
    """
    assert codes(text) == ["E0509"]
    assert codes(text.replace("first.paid)", "$10 * number of payment dates to date on payment)")) == []


ROWS = """
component item { size : money; share : fraction; claim rent from Customer on payment = size lapses }
item items each row in "items.csv" { }
account cash
receive items.rent into cash
waterfall main from cash on payment { pay rest to Sponsor }
"""


def test_sums_and_averages_over_rows_leave_out_what_the_condition_does(tmp_path: Path) -> None:
    """Rents of $1, $2 and $6 on four dates. Of those from $2: $8 a date, $32 in all, $4 on average; of all $9, $36, $3."""
    (tmp_path / "items.csv").write_text("id,size,share\na,$1,50%\nb,$2,25%\nc,$6,10%\n")
    text = """report {
      "Some" = total(items.rent.paid where size >= $2); "All" = total(items.rent.paid)
      "Average" = average(items.size); "Some on average" = average(items.size where size >= $2)
    }"""
    result = compiled(ROWS + text, folder=str(tmp_path)).run()
    found = {name: float(result[name].value()) for name in result.names()}
    assert found == {"Some": 32, "All": 36, "Average": 3, "Some on average": 4}
