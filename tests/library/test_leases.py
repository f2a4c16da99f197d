"""The library's lease and residual value guarantee against figures worked out by hand."""

from __future__ import annotations

import datetime

import indenture
import numpy as np
import pytest
from indenture.engine.results import Results

DEAL = """
deal "Let" {{ language = 1; currency = USD; closing = {closing}; issuer = Owner }}
use leases
party Owner, Parent, Lessee, Insurer
schedule quarter = quarterly on day 15 from 2027-02-15 to 2032-02-15, {rolled}, accrual unadjusted
lease home {{ lessee = Lessee; rent = $40m per year; starts = {starts}; initial = 2 years; renewals = [1 year, 1 year]; billed = quarter; {more} }}
residual_guarantee floor {{
  guarantor = {guarantor}; threshold = line($100m, 2027-02-15, $60m, 2031-02-15); value = worth; event = home.ends; expires = 2030-02-15; pays = quarter
}}
define worth = $70m
account bank
receive home.payment into bank
receive floor.payment into bank
waterfall all_of_it from bank on quarter {{ "Rest" pay rest to Parent }}
report {{ "ends" = home.ends; "first break" = first(home.breaks); "last break" = last(home.breaks); "expiry" = home.expiry }}
"""
KEPT = ("home.payment.paid", "floor.payment.paid")


def compiled(
    closing: str = "2026-11-15",
    starts: str = "2027-02-15",
    rolled: str = "unadjusted",
    more: str = "",
    guarantor: str = "Lessee",
) -> indenture.Deal:
    return indenture.compile(DEAL.format(closing=closing, starts=starts, rolled=rolled, more=more, guarantor=guarantor))


def paid(result: Results, name: str) -> dict[datetime.date, float]:
    values = result[name].values[:, 0].tolist()
    return {date: value for date, value in zip(result.dates, values, strict=True) if value}


def quarters(first: str, count: int) -> list[datetime.date]:
    start = datetime.date.fromisoformat(first)
    months = [start.year * 12 + start.month - 1 + 3 * step for step in range(count)]
    return [datetime.date(month // 12, month % 12 + 1, 15) for month in months]


def test_the_breaks_are_where_renewals_begin() -> None:
    result = compiled().run()
    found = {name: result[name].to_json()[0] for name in ("first break", "last break", "expiry", "ends")}
    assert found == {
        "first break": "2029-02-15",
        "last break": "2030-02-15",
        "expiry": "2031-02-15",
        "ends": "2031-02-15",
    }


def test_rent_runs_in_whole_quarters_until_every_renewal_is_used() -> None:
    result = compiled().run(keep=KEPT)
    assert paid(result, "home.payment.paid") == dict.fromkeys(quarters("2027-05-15", 16), 10e6)
    assert paid(result, "floor.payment.paid") == {}


def test_a_lease_may_start_at_closing() -> None:
    result = compiled(closing="2026-11-15", starts="2026-11-15").run(keep=KEPT)
    assert paid(result, "home.payment.paid") == dict.fromkeys(quarters("2027-02-15", 16), 10e6)


def test_rent_rises_on_each_anniversary_for_the_year_ahead() -> None:
    result = compiled(more="escalation = 3%").run(keep=KEPT)
    expected = [10e6 * 1.03 ** (place // 4) for place in range(16)]
    assert list(paid(result, "home.payment.paid").values()) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("break_date", ["2029-02-15", "2030-02-15"])
def test_leaving_ends_the_rent_and_calls_the_guarantee_once(break_date: str) -> None:
    result = compiled().run(set={"home.leaves": break_date}, keep=KEPT)
    left = datetime.date.fromisoformat(break_date)
    assert max(paid(result, "home.payment.paid")) == left
    share = (left - datetime.date(2027, 2, 15)).days / (datetime.date(2031, 2, 15) - datetime.date(2027, 2, 15)).days
    threshold = 100e6 - 40e6 * share
    assert paid(result, "floor.payment.paid") == ({left: pytest.approx(threshold - 70e6)} if threshold > 70e6 else {})


def test_a_guarantee_pays_nothing_for_a_building_that_is_worth_enough_nor_after_it_expires() -> None:
    dear = compiled().run(set={"home.leaves": "2029-02-15", "worth": "$80.5m"}, keep=KEPT)
    assert paid(dear, "floor.payment.paid") == {}
    late = compiled().run(set={"worth": "$0", "floor.expires": "2031-02-14"}, keep=KEPT)
    assert paid(late, "floor.payment.paid") == {}
    on_its_last_day = compiled().run(set={"worth": "$0", "floor.expires": "2031-02-15"}, keep=KEPT)
    assert paid(on_its_last_day, "floor.payment.paid") == {datetime.date(2031, 2, 15): 60e6}


def test_a_lessee_that_defaults_pays_nothing_from_that_day_and_only_another_guarantor_pays() -> None:
    """The default falls in February 2028; what would have been paid on the 15th of that month is not."""
    fails = {"Lessee.default": "2028-02-01", "worth": "$0"}
    own = compiled().run(set=fails, keep=KEPT)
    assert max(paid(own, "home.payment.paid")) == datetime.date(2027, 11, 15)
    assert paid(own, "floor.payment.paid") == {}
    other = compiled(guarantor="Insurer").run(set=fails, keep=KEPT)
    assert list(paid(other, "floor.payment.paid")) == [datetime.date(2028, 2, 15)]


@pytest.mark.parametrize("rolled", ["following", "preceding", "modified following"])
@pytest.mark.parametrize("years", [2, 3, 4])
def test_business_days_move_payments_and_never_the_rent(years: int, rolled: str) -> None:
    """Each quarter is paid for once, on the day that its own payment moves to; a break on a weekend costs nothing.

    The start, 15 February 2027, is a holiday itself, and the full lease ends on a Saturday.
    """
    deal = compiled(rolled=f'{rolled}, calendar "US settlement"')
    result = deal.run(set={"home.leaves": f"{2027 + years}-02-15"}, keep=KEPT)
    rent = paid(result, "home.payment.paid")
    assert list(rent.values()) == [10e6] * 4 * years
    nominal = quarters("2027-05-15", 4 * years)
    assert np.abs([(date - day).days for date, day in zip(rent, nominal, strict=True)]).max() <= 3
