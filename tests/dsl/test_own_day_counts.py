"""A deal's own day counts: what stands in them, by which days they count, and how a period's pieces share it.

Interest at 36% a year of $1,000 from closing on 2026-01-15 and of $2,000 from 1 March: 45 days of the first 90; the
periods after it have 91, 92 and 92 days. At 36%, 1,000 bear 1 a day of 360.
"""

from __future__ import annotations

import pytest

from .deals import codes, series

LENT = """account cash
receive $1_000 from Customer into cash on payment
schedule mid = dates [2026-03-01]
state size on mid = $1_000, then opening size + $1_000
claim fee to Bank on payment = accrue(size * 36%, own) lapses
waterfall main from cash on payment { pay fee; pay rest to Sponsor }
"""
# Of 60 days counted from the period's start the first piece has 45 and the second 15.
BY_DAYS = [45 * 1 + 15 * 2, 60 * 2, 60 * 2, 60 * 2]
# Of the period's 60 each of two pieces of 45 days has half.
SHARED = [30 * 1 + 30 * 2, 60 * 2, 60 * 2, 60 * 2]


def fees(text: str, **options: str) -> list[float | None]:
    return [value for value in series(LENT + text, "fee.due", **options)["fee.due"] if value]


@pytest.mark.parametrize(
    "terms",
    [
        "daycount own = min(days, 60 days) / 360",
        "term most = 60 days\ndaycount own = min(days, most) / 360",
        "term half = 30 days\nterm most = half * 2 + none\nterm none = 0 days\ndaycount own = min(days, most) / 360",
        "daycount own = (if closing < 2026-01-16 then min(days, 60 days) else days) / 360",
        'term most = 60 days\ndaycount own = min(days, most) / 360\nterm other = 1\nscenario "s" { other = 2 }\nreport { other }',
    ],
)
def test_of_terms_the_days_are_counted_from_the_start_of_the_period(terms: str) -> None:
    assert fees(terms + "\n") == pytest.approx(BY_DAYS, rel=1e-12)


@pytest.mark.parametrize(
    "terms",
    [
        "daycount own = (if date > closing then min(days, 60 days) else days) / 360",
        "term share : series of fraction = step([2025-01-15: 25%, 2025-06-15: 50%])\ndaycount own = min(days, 120 days * share) / 360",
        "term most = 60 days\ndefine now = if date > closing then most else 0 days\ndaycount own = min(days, now) / 360",
    ],
)
def test_of_what_a_date_changes_the_pieces_share_the_periods_value_by_their_days(terms: str) -> None:
    assert fees(terms + "\n") == pytest.approx(SHARED, rel=1e-12)


@pytest.mark.parametrize("scenario", ["base", "more", "less"])
def test_of_a_term_that_a_scenario_changes_the_pieces_share_it_as_well(scenario: str) -> None:
    text = (
        "term half = 30 days\nterm most = half * 2\ndaycount own = min(days, most) / 360\n"
        'scenario "more" { half = 45 days }\nscenario "less" { half = 15 days }\n'
    )
    days = {"base": [60, 60, 60, 60], "more": [90, 90, 90, 90], "less": [30, 30, 30, 30]}[scenario]
    expected = [days[0] / 2 * 1 + days[0] / 2 * 2, *(2 * one for one in days[1:])]
    assert fees(text, scenario=scenario) == pytest.approx(expected, rel=1e-12)


def test_a_day_count_reads_a_state_as_the_period_is_paid() -> None:
    """Of 1,000 at 10% for 90 and 91 days: over 360 and what is owed, $100 until the first fee is paid."""
    text = """account cash
    receive $1_000 from Customer into cash on payment
    daycount own = days / (360 + owed / $1)
    claim fee to Bank on payment = accrue($1_000 * 10%, own) lapses
    state owed on payment = $100, then opening owed - fee.paid
    waterfall main from cash on payment { pay fee; pay rest to Sponsor }
    """
    first = 100 * 90 / 460
    second = 100 * 91 / (460 - first)
    assert series(text, "fee.due")["fee.due"][:3] == pytest.approx([0, first, second], rel=1e-12)


@pytest.mark.parametrize(("counted", "code"), [("days / 1 year", "E0345"), ("min(days, 60) / 360", "E0326")])
def test_days_are_a_duration_and_no_number(counted: str, code: str) -> None:
    assert codes(LENT + f"daycount own = {counted}\n") == [code]


def test_days_are_taken_off_days() -> None:
    """Of 45 days and of 90 one is none: 44 in the first piece and 45 more in the second."""
    assert fees("daycount own = (days - 1 day) / 360\n") == pytest.approx([44 + 45 * 2, 180, 182, 182], rel=1e-12)


@pytest.mark.parametrize(
    "counted", ["days / 360", "days / 360 days", "days / 8_640 hours", "1 year * (days / 360 days)"]
)
def test_days_over_a_number_or_over_days_are_so_many_years(counted: str) -> None:
    """Whether a date changes the day count or not."""
    expected = pytest.approx([45 + 45 * 2, 2 * 91, 2 * 92, 2 * 92], rel=1e-12)
    assert fees(f"daycount own = {counted}\n") == expected
    turning = counted.replace("days /", "(if date > closing then days else 0 days) /", 1)
    assert fees(f"daycount own = {turning}\n") == expected
