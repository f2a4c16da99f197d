"""Claims and accrual date by date, worked by hand: what is due, brought forward, written off, capitalised, reached.

The dates are 2026-01-15 (closing), 04-15, 07-15, 10-15 and 2027-01-15: 90, 91, 92 and 92 days apart.
"""

from __future__ import annotations

from itertools import accumulate

import indenture
import pytest

from .deals import CASH, codes, compiled, figures, series

DAYS = (90, 91, 92, 92)
POOR = "account cash\nreceive $20 from Customer into cash on payment\n"
ONLY = "waterfall main from cash on payment { pay fee }\n"
REST = "waterfall main from cash on payment { pay fee; pay rest to Sponsor }\n"


def claim(words: str, *parts: str, income: str = POOR, waterfall: str = ONLY) -> list[list[float | None]]:
    names = [f"fee.{part}" for part in parts]
    got = series(f"{income}claim fee to Bank on payment = {words}\n{waterfall}", *names)
    return [got[name] for name in names]


# What is unpaid


def test_current_arrears_due_and_unpaid_of_a_claim_that_carries() -> None:
    """30 arise and 20 are paid each time."""
    current, arrears, due, paid, unpaid = claim("$30 carries", "current", "arrears", "due", "paid", "unpaid")
    assert current == [0, 30, 30, 30, 30]
    assert arrears == [0, 0, 10, 20, 30]
    assert due == [0, 30, 40, 50, 60]
    assert paid == [0, 20, 20, 20, 20]
    assert unpaid == [0, 10, 20, 30, 40]


@pytest.mark.parametrize("form", ["lapses", "capitalises into owed"])
def test_what_does_not_carry_leaves_no_arrears(form: str) -> None:
    text = f"{POOR}claim fee to Bank on payment = $30 {form}\nstate owed = $100, then opening owed\n{ONLY}"
    got = series(text, "fee.arrears", "fee.due", "fee.unpaid", "owed")
    assert (got["fee.arrears"], got["fee.due"], got["fee.unpaid"]) == (
        [0] * 5,
        [0, 30, 30, 30, 30],
        [0, 10, 10, 10, 10],
    )
    assert got["owed"] == ([100] * 5 if form == "lapses" else [100, 110, 120, 130, 140])


def test_interest_on_arrears_by_actual_days() -> None:
    """What is unpaid grows by 12% * days / 360 to the next date, and 30 more arise and 20 are paid."""
    owed = list(accumulate(DAYS[1:], lambda left, days: left * (1 + 0.12 * days / 360) + 30 - 20, initial=10.0))
    arrears, unpaid = claim("$30 carries with interest at 12% by actual/360", "arrears", "unpaid")
    assert unpaid == pytest.approx([0, *owed], rel=1e-12)
    assert arrears == pytest.approx([0, 0, *(left - 10 for left in owed[1:])], rel=1e-12)


def test_interest_on_arrears_in_the_day_count_of_the_claim_itself() -> None:
    """1,000 at 12% by 30/360 are 30 a quarter."""
    found = claim("accrue($1_000 * 12%, 30/360) carries with interest at 12%", "due", "unpaid")
    assert found[0] == pytest.approx([0, 30, 40.3, 50.909, 61.83627])
    assert found[1] == pytest.approx([0, 10, 20.3, 30.909, 41.83627])


@pytest.mark.parametrize(
    "due", ["$5 + accrue($1_000 * 10%, 30/360)", "max(accrue($1_000 * 12%, accrual = 30/360), $5)"]
)
def test_the_day_count_of_a_claim_is_that_of_what_accrues_in_it(due: str) -> None:
    """30 arise in either way, and bear 3% a quarter."""
    assert claim(f"{due} carries with interest at 12%", "due")[0] == pytest.approx([0, 30, 40.3, 50.909, 61.83627])


def test_interest_on_arrears_on_dates_of_other_schedules_joins_on_the_claims_own() -> None:
    text = POOR + "claim fee to Bank on payment = $30 carries with interest at 12% by actual/360\n" + ONLY
    other = "schedule other = dates [2026-05-01, 2026-05-02, 2026-12-24]\n"
    dates = ("2026-04-15", "2026-07-15", "2026-10-15", "2027-01-15")
    asked = "report { " + ", ".join(f'"{date}" = fee.due on {date}' for date in dates) + " }\n"
    assert figures(text + other + asked) == pytest.approx(figures(text + asked), rel=1e-12)


@pytest.mark.parametrize(
    ("after", "due"),
    [("3 months", [0, 10, 20, 20, 20]), ("6 months", [0, 10, 20, 30, 30]), ("9 months", [0, 10, 20, 30, 40])],
)
def test_what_is_older_than_stated_is_written_off(after: str, due: list[float]) -> None:
    """10 arise each time and nothing is paid: what arose a window ago is still due, what arose before that is not."""
    nothing = "account cash\nreceive $0 from Customer into cash on payment\n"
    assert claim(f"$10 written off after {after}", "due", income=nothing) == [due]


def test_the_oldest_is_paid_first_before_what_is_left_is_written_off() -> None:
    """10 arise and 4 are paid each time: 6, then 12 are left; of 16 no more than the 10 + 10 of six months, so 18, then
    20 of 24 stay."""
    little = "account cash\nreceive $4 from Customer into cash on payment\n"
    found = claim("$10 written off after 6 months", "due", "unpaid", income=little)
    assert found == [[0, 10, 16, 22, 28], [0, 6, 12, 18, 24]]


def test_what_capitalises_names_a_state_and_what_bears_interest_its_day_count() -> None:
    text = POOR + "claim fee to Bank on payment = $30 WORDS\n" + ONLY
    assert codes(text.replace("WORDS", "capitalises into cash")) == ["E0323"]
    assert codes(text.replace("WORDS", "carries with interest at 5%")) == ["E0416"]
    assert codes(text.replace("WORDS", "carries with interest at 5% by 30/360")) == []


# What is due


def test_a_claim_arises_only_while_its_condition_holds() -> None:
    words = "$30 while date > 2026-05-01 and date < 2026-12-01 lapses"
    assert claim(words, "current", "due", "paid", income=CASH) == [[0, 0, 30, 30, 0]] * 3


def test_a_claim_falls_due_on_its_own_dates_alone() -> None:
    text = (
        "schedule other = dates [2026-02-15, 2026-12-15]\n"
        + POOR
        + "claim fee to Bank on payment = $30 carries\n"
        + ONLY
    )
    got = series(text, "fee.current", "fee.due")
    assert got["fee.current"] == [0, 0, 30, 30, 30, 0, 30]
    assert [got["fee.due"][at] for at in (2, 3, 4, 6)] == [30, 40, 50, 60]


def test_a_due_below_zero_is_an_error_that_names_date_and_scenario() -> None:
    text = CASH + "claim fee to Bank on payment = $20 - $10 * number of payment dates to date lapses\n" + REST
    with pytest.raises(indenture.DealError, match="fee") as raised:
        compiled(text).run()
    assert "2026-10-15" in str(raised.value)
    assert "base" in str(raised.value)
    assert codes(CASH + "claim fee to Bank on payment = $0 - $1 lapses\n" + REST) == ["E0530"]


def test_when_reached_a_claim_is_fixed_by_the_first_step_that_comes_to_it() -> None:
    """A tenth of what is there: of 100, and of the 60 that a step above leaves; what is taken later does not count."""
    text = CASH + "claim fee to Bank on payment = 10% * cash.balance when reached lapses\n"
    waterfall = (
        "waterfall main from cash on payment { when date > 2026-08-01 { pay $40 to Fund }; pay fee; pay $10 to Fund; "
        "pay fee; pay rest to Sponsor }\n"
    )
    got = series(text + waterfall, "fee.due", "fee.paid", "fee.unpaid")
    assert got["fee.due"] == got["fee.paid"] == pytest.approx([0, 10, 10, 6, 6])
    assert got["fee.unpaid"] == [0] * 5


def test_when_reached_a_claim_that_carries_brings_its_arrears_along() -> None:
    """30 arise on every date; a step comes to them from October on, with all the 20s that have gathered by then."""
    text = POOR + "claim fee to Bank on payment = $30 when reached carries\n"
    waterfall = "waterfall main from cash on payment { when date > 2026-08-01 { pay fee } }\n"
    got = series(text + waterfall, "fee.current", "fee.arrears", "fee.due", "fee.paid", "fee.unpaid")
    assert got["fee.current"] == [0, 30, 30, 30, 30]
    assert got["fee.arrears"] == [0, 0, 30, 60, 30]
    assert got["fee.due"] == [0, 30, 60, 90, 60]
    assert got["fee.paid"] == [0, 0, 0, 60, 20]
    assert got["fee.unpaid"] == [0, 30, 60, 30, 40]


def test_a_claim_up_to_a_balance_is_paid_until_there_is_none() -> None:
    text = CASH + (
        "claim principal to Bank on payment up to balance\nstate balance = $250, then opening balance - principal.paid\n"
        "waterfall main from cash on payment { pay principal; pay rest to Sponsor }\n"
    )
    got = series(text, "principal.paid", "balance")
    assert got == {"principal.paid": [0, 100, 100, 50, 0], "balance": [250, 150, 50, 0, 0]}


def test_two_waterfalls_pay_a_claim_once() -> None:
    text = (
        "account one\naccount other\nreceive $20 from Customer into one on payment\n"
        "receive $20 from Customer into other on payment\nclaim fee to Bank on payment = $30 carries\n"
        "waterfall first from one on payment { pay fee; pay rest to Sponsor }\n"
        "waterfall second from other on payment { pay fee; pay rest to Fund }\n"
    )
    report = 'report { "Sponsor" = total(Sponsor.received), "Fund" = total(Fund.received), "Bank" = total(fee.paid) }\n'
    assert figures(text + report) == {"Sponsor": 0, "Fund": 40, "Bank": 120}
    assert series(text, "fee.unpaid")["fee.unpaid"] == [0] * 5


# Accrual

OTHER = "schedule other = dates [2026-02-14, 2026-05-30, 2026-12-31]\n"


@pytest.mark.parametrize(
    ("daycount", "fractions"),
    [
        ("actual/360", [days / 360 for days in DAYS]),
        ("actual/365", [days / 365 for days in DAYS]),
        ("30/360", [0.25] * 4),
    ],
)
@pytest.mark.parametrize("other", ["", OTHER])
def test_what_accrues_on_a_balance_that_stays(daycount: str, fractions: list[float], other: str) -> None:
    """Whatever other dates the deal has."""
    text = other + CASH + f"claim fee to Bank on payment = accrue($1_000 * 8%, {daycount}) lapses\n" + REST
    due = [value for value in series(text, "fee.due")["fee.due"] if value]
    assert due == pytest.approx([80 * one for one in fractions], rel=1e-12)


def test_what_accrues_on_a_balance_that_changes_between_the_dates() -> None:
    """1,000 to 14 February, 900 to 30 May, 800 to the end of the year, then 700; by actual days."""
    text = (
        OTHER
        + CASH
        + (
            "receive $100 from Customer into cash on other\nclaim early to Fund on other = $100 lapses\n"
            "state balance = $1_000, then opening balance - early.paid\n"
            "claim fee to Bank on payment = accrue(balance * 36%, actual/360) lapses\n"
            "waterfall first from cash on other { pay early }\n" + REST
        )
    )
    due = [value for value in series(text, "fee.due")["fee.due"] if value]
    expected = [1000 * 30 + 900 * 60, 900 * 45 + 800 * 46, 800 * 92, 800 * 77 + 700 * 15]
    assert due == pytest.approx([one / 1000 for one in expected], rel=1e-12)


def test_nothing_accrues_after_what_accrues_is_gone() -> None:
    text = CASH + (
        "claim principal to Fund on payment up to balance\n"
        "state balance = $100, then opening balance - principal.paid\n"
        "claim fee to Bank on payment = accrue(balance * 8%, 30/360) lapses\n"
        "waterfall main from cash on payment { pay fee; pay principal; pay rest to Sponsor }\n"
    )
    assert series(text, "fee.due", "balance")["fee.due"] == pytest.approx([0, 2, 0.04, 0, 0])


@pytest.mark.parametrize("other", ["", OTHER])
def test_a_deals_own_day_count_counts_the_days_of_the_period(other: str) -> None:
    text = (
        other
        + CASH
        + "daycount own = days / 364\nclaim fee to Bank on payment = accrue($1_000 * 8%, own) lapses\n"
        + REST
    )
    due = [value for value in series(text, "fee.due")["fee.due"] if value]
    assert due == pytest.approx([80 * days / 364 for days in DAYS], rel=1e-12)


@pytest.mark.parametrize("other", ["", OTHER])
def test_a_day_count_that_is_a_series_is_read_on_the_date_that_is_paid(other: str) -> None:
    """A quarter of a year for each of the first two periods, half a year for the others, whatever dates lie between."""
    text = (
        other
        + CASH
        + (
            "index share = step([2026-01-15: 25%, 2026-08-01: 50%])\ndaycount own = share * 1 year\n"
            "claim fee to Bank on payment = accrue($1_000 * 4%, own) lapses\n" + REST
        )
    )
    due = [value for value in series(text, "fee.due")["fee.due"] if value]
    assert due == pytest.approx([10, 10, 20, 20], rel=1e-12)


def test_a_day_count_that_is_a_series_is_shared_among_the_pieces_by_their_days() -> None:
    """Half a year from July to October, 92 days of which 1,000 stand for 10 and 400 for 82."""
    text = CASH + (
        "schedule other = dates [2026-07-25]\nindex share = step([2026-01-15: 25%, 2026-08-01: 50%])\n"
        "daycount own = share * 1 year\nreceive $600 from Customer into cash on other\nclaim early to Fund on other = $600 lapses\n"
        "state balance = $1_000, then opening balance - early.paid\n"
        "claim fee to Bank on payment = accrue(balance * 4%, own) lapses\n"
        "waterfall first from cash on other { pay early }\n" + REST
    )
    due = [value for value in series(text, "fee.due")["fee.due"] if value]
    assert due == pytest.approx([10, 10, 0.04 * 0.5 * (1000 * 10 + 400 * 82) / 92, 8], rel=1e-12)
