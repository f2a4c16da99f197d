"""A deal's own day counts: what stands in them, by which days they count, and how a period's pieces share it.

Interest at 36% a year of $1,000 from closing on 2026-01-15 and of $2,000 from 1 March: 45 days of the first 90; the
periods after it have 91, 92 and 92 days. At 36%, 1,000 bear 1 a day of 360.
"""

from __future__ import annotations

import pytest

from .deals import HEADER, codes, compiled, series

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
        "daycount own = min(days, 60) / 360",
        "term most = 60\ndaycount own = min(days, most) / 360",
        "term half = 30\nterm most = half * 2 + none\nterm none = 0\ndaycount own = min(days, most) / 360",
        "daycount own = (if closing < 2026-01-16 then min(days, 60) else days) / 360",
        'term most = 60\ndaycount own = min(days, most) / 360\nterm other = 1\nscenario "s" { other = 2 }\nreport { other }',
    ],
)
def test_of_terms_the_days_are_counted_from_the_start_of_the_period(terms: str) -> None:
    assert fees(terms + "\n") == pytest.approx(BY_DAYS, rel=1e-12)


@pytest.mark.parametrize(
    "terms",
    [
        "daycount own = (if date > closing then min(days, 60) else days) / 360",
        "term share : series of fraction = step([2025-01-15: 25%, 2025-06-15: 50%])\ndaycount own = min(days, 120 * share) / 360",
        "term most = 60\ndefine now = if date > closing then most else 0\ndaycount own = min(days, now) / 360",
    ],
)
def test_of_what_a_date_changes_the_pieces_share_the_periods_value_by_their_days(terms: str) -> None:
    assert fees(terms + "\n") == pytest.approx(SHARED, rel=1e-12)


@pytest.mark.parametrize("scenario", ["base", "more", "less"])
def test_of_a_term_that_a_scenario_changes_the_pieces_share_it_as_well(scenario: str) -> None:
    text = (
        "term half = 30\nterm most = half * 2\ndaycount own = min(days, most) / 360\n"
        'scenario "more" { half = 45 }\nscenario "less" { half = 15 }\n'
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


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ("days / 360 days", "E0345"),
        ("days / 1 year", "E0345"),
        ("min(days, 60 days) / 360", "E0326"),
        ("(days - 1 day) / 360", "E0312"),
    ],
)
def test_days_are_a_number_and_no_duration(counted: str, code: str) -> None:
    """90 days over 360 days would be hours over hours, and 90 is none."""
    assert codes(LENT + f"daycount own = {counted}\n") == [code]


@pytest.mark.parametrize("counted", ["days / 360", "days * 1 year / 360", "days * 1 day / 360 days"])
def test_a_day_count_gives_years_or_a_number_of_them(counted: str) -> None:
    got = compiled(LENT + f"daycount own = {counted}\n", header=HEADER).run(keep=["fee.due"])["fee.due"].values[:, 0]
    assert [value for value in got if value] == pytest.approx([45 + 45 * 2, 2 * 91, 2 * 92, 2 * 92], rel=1e-12)
