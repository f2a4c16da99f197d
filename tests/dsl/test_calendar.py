"""Business days and months."""

from __future__ import annotations

import subprocess
import sys

import pytest
import QuantLib
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.time.calendar import (
    CALENDARS,
    ScheduleProblem,
    add_days,
    add_months,
    adjust,
    calendar_name,
    is_business_day,
    months_between,
)

from .payment_dates import Date

# --- business days --------------------------------------------------------------------------------


def test_published_holidays() -> None:
    # Federal Reserve and SIFMA: Columbus Day closes banks and bonds but not the stock exchange.
    columbus = Date(2026, 10, 12)
    assert not is_business_day(columbus, ["US settlement"])
    assert not is_business_day(columbus, ["US government bond"])
    assert is_business_day(columbus, ["NYSE"])
    good_friday = Date(2026, 4, 3)
    assert is_business_day(good_friday, ["US settlement"])
    assert not is_business_day(good_friday, ["NYSE"])
    assert not is_business_day(good_friday, ["TARGET"])
    assert not is_business_day(good_friday, ["US settlement", "TARGET"])  # both must be open
    assert is_business_day(Date(2026, 12, 25), ["weekends only"])
    assert is_business_day(Date(2026, 12, 26), ["none"])


def test_rules_at_a_month_end() -> None:
    saturday = [Date(2026, 1, 31)]
    assert adjust(saturday, "following", ["US settlement"]) == (Date(2026, 2, 2),)
    assert adjust(saturday, "modified following", ["US settlement"]) == (Date(2026, 1, 30),)
    assert adjust(saturday, "preceding", ["US settlement"]) == (Date(2026, 1, 30),)
    sunday = [Date(2026, 2, 1)]
    assert adjust(sunday, "preceding", ["US settlement"]) == (Date(2026, 1, 30),)
    assert adjust(sunday, "modified preceding", ["US settlement"]) == (Date(2026, 2, 2),)
    assert adjust(sunday, "unadjusted", []) == (Date(2026, 2, 1),)


@pytest.mark.parametrize("name", CALENDARS)
def test_every_calendar_opens(name: str) -> None:
    assert calendar_name(f"  {name.upper().replace(' ', '  ')} ") == name
    open_days = sum(is_business_day(Date(2024, 3, day), [name]) for day in range(1, 32))
    assert open_days == 31 if name == "none" else 14 <= open_days <= 23


def test_an_unadjusted_schedule_does_not_load_quantlib() -> None:
    program = (
        "import sys, datetime; from indenture.dsl.time.schedule import ScheduleSpec, build_schedule\n"
        "D = datetime.date\n"
        "build_schedule(ScheduleSpec(name='p', every=(1, 'month'), day=15, first=D(2026, 2, 15), last=D(2031, 1, 15),"
        " adjustment='unadjusted', calendars=(), accrual_adjusted=False, accrual_from=None, closing=D(2026, 1, 15),"
        " stub=None)); sys.exit('QuantLib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- months ---------------------------------------------------------------------------------------


def test_months() -> None:
    assert add_months(Date(2026, 1, 31), 1) == Date(2026, 2, 28)
    assert add_months(Date(2024, 3, 31), -1) == Date(2024, 2, 29)
    assert add_months(Date(2026, 11, 15), 14) == Date(2028, 1, 15)
    assert months_between(Date(2026, 1, 31), Date(2026, 2, 28)) == 1
    assert months_between(Date(2026, 1, 15), Date(2031, 1, 14)) == 59
    assert months_between(Date(2031, 1, 14), Date(2026, 1, 15)) == -59
    for wrong in (lambda: add_months(Date(2199, 12, 1), 1), lambda: add_days(Date(1901, 1, 1), -1)):
        with pytest.raises(ScheduleProblem, match="1901 to 2199"):
            wrong()


@settings(max_examples=100, deadline=None)
@given(st.dates(Date(1950, 1, 1), Date(2150, 1, 1)), st.integers(-500, 500))
def test_months_agree_with_quantlib_and_come_back(date: Date, months: int) -> None:
    later = add_months(date, months)
    theirs = QuantLib.Date(date.day, date.month, date.year) + QuantLib.Period(months, QuantLib.Months)
    assert later == Date(theirs.year(), theirs.month(), theirs.dayOfMonth())
    if months >= 0:
        assert months_between(date, later) == months
        assert add_months(date, months_between(date, later)) <= later
