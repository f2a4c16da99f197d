"""Schedules that are counted from closing, and closing dates that are worked out."""

from __future__ import annotations

import pytest

from .deals import codes, compiled

TEXT = """
deal "Test" {{ language = 1; currency = USD; closing = {closing}; issuer = Issuer }}
party Issuer, Bank, Customer, Sponsor
term maturity = 2027-01-15
term start    = closing
schedule payment = {schedule}
account cash
receive $10 from Customer into cash on payment
claim fee to Bank on payment = if date >= start + 6 months then $3 else $2 lapses
waterfall main from cash on payment {{ pay fee; pay rest to Sponsor }}
"""


@pytest.mark.parametrize(
    ("closing", "schedule", "dates", "due"),
    [
        ("2026-01-15", "quarterly on day 15 from closing to 2026-07-15, unadjusted", "01 04 07", [2, 2, 3]),
        (
            "2026-01-15",
            "quarterly on day 15 from start + 3 months to start + 6 months, unadjusted",
            "01 04 07",
            [0, 2, 3],
        ),
        ("2026-01-15", "dates [closing + 3 months, closing + 8 months]", "01 04 09", [0, 2, 3]),
        ("maturity - 12 months", "quarterly on day 15 from closing to 2026-07-15, unadjusted", "01 04 07", [2, 2, 3]),
    ],
)
def test_a_schedule_may_be_counted_from_closing(closing: str, schedule: str, dates: str, due: list[float]) -> None:
    result = compiled(TEXT.format(closing=closing, schedule=schedule), header="").run(keep=["fee.due"])
    assert [f"{date:%m}" for date in result.dates] == dates.split()
    assert result["fee.due"].values[:, 0] == pytest.approx(due)


@pytest.mark.parametrize("closing", ["closing + 3 days", "start"])
def test_a_closing_date_that_needs_itself_is_an_error(closing: str) -> None:
    text = TEXT.format(closing=closing, schedule="quarterly on day 15 from 2026-04-15 to 2026-07-15, unadjusted")
    assert codes(text, header="") == ["E0508"]
