"""The timeline of a deal: where schedules stand on it, and what accrues between its dates."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.time.calendar import (
    ScheduleProblem,
)
from indenture.dsl.time.daycount import CONVENTIONS, year_fraction
from indenture.dsl.time.timeline import (
    build_timeline,
    counts_to_date,
    date_count,
    next_position,
    on_mask,
    period_fractions,
    piece_fractions,
    positions,
    previous_position,
    schedule_index,
    window_counts,
)

from .payment_dates import PLAIN, Date, plain, schedule

# --- the timeline ---------------------------------------------------------------------------------


def test_where_a_schedule_stands() -> None:
    payment = plain(last=Date(2026, 5, 15))
    tests = plain(name="tests", every=None, dates=(Date(2026, 3, 15), Date(2026, 4, 1)))
    timeline = build_timeline(Date(2026, 1, 15), [payment, tests], [Date(2026, 6, 1)])
    # 0 closing, 1 Feb 15, 2 Mar 15, 3 Apr 1, 4 Apr 15, 5 May 15, 6 Jun 1
    assert len(timeline) == 7
    assert positions(payment, timeline) == (1, 2, 4, 5)
    assert on_mask(tests, timeline) == (False, False, True, True, False, False, False)
    assert previous_position(payment, timeline) == (None, None, 1, 2, 2, 4, 5)
    assert previous_position(payment, timeline, inclusive=True) == (None, 1, 2, 2, 4, 5, 5)
    assert next_position(payment, timeline) == (1, 2, 4, 4, 5, None, None)
    assert next_position(payment, timeline, inclusive=True) == (1, 1, 2, 4, 4, 5, None)
    assert schedule_index(payment, timeline) == (0, 0, 1, 2, 2, 3, None)
    assert counts_to_date(payment, timeline.dates) == (0, 1, 2, 2, 3, 4, 4)
    assert timeline.on_or_after(Date(2026, 3, 16)) == 3
    assert timeline.on_or_after(Date(2026, 6, 2)) is None
    assert timeline.on_or_before(Date(2026, 3, 16)) == 2
    assert timeline.on_or_before(Date(2026, 1, 14)) is None
    assert timeline.position(Date(2026, 4, 1)) == 3


def test_a_deal_has_at_most_five_thousand_dates() -> None:
    days = [
        plain(
            name=f"s{k}", every=(3, "day"), day=None, first=Date(2030, 1, k), last=Date(2060, 1, 1), stub="short last"
        )
        for k in (1, 2)
    ]
    with pytest.raises(ScheduleProblem, match="at most 5,000"):
        build_timeline(Date(2026, 1, 15), days)


def test_counts_of_dates() -> None:
    payment = plain(last=Date(2026, 5, 15))
    assert date_count(payment) == 4
    assert date_count(payment, after=Date(2026, 2, 15), to=Date(2026, 4, 15)) == 2
    assert date_count(payment, start=Date(2026, 2, 15), before=Date(2026, 4, 15)) == 2
    assert date_count(payment, after=Date(2026, 5, 15)) == 0
    assert date_count(payment, after=Date(2026, 5, 1), to=Date(2026, 3, 1)) == 0


def test_windows_count_nominal_dates() -> None:
    month_ends = plain(day="last", first=Date(2027, 1, 31), last=Date(2033, 12, 31), closing=Date(2027, 1, 10))
    assert window_counts(month_ends, months=3) == (None, None, *([3] * 82))
    assert window_counts(month_ends, months=6, ahead=True) == (*([6] * 78), *([None] * 6))
    assert window_counts(month_ends, months=6, ahead=True, partial=True)[-7:] == (6, 5, 4, 3, 2, 1, 0)
    assert window_counts(month_ends, months=3, partial=True)[:4] == (1, 2, 3, 3)
    adjusted = schedule()
    assert set(window_counts(adjusted, months=12)[11:]) == {12}
    quarters = plain(every=(3, "month"), first=Date(2026, 4, 15), last=Date(2028, 4, 15))
    assert window_counts(quarters, months=12)[:4] == (None, None, None, 4)
    assert window_counts(quarters, months=2)[:2] == (1, 1)
    weekly = plain(every=(1, "week"), day=None, first=Date(2026, 1, 16), last=Date(2026, 3, 13))
    assert window_counts(weekly, days=28)[:5] == (None, None, None, 4, 4)
    assert window_counts(weekly, days=14, ahead=True)[-3:] == (2, None, None)
    assert window_counts(plain(last=Date(2199, 12, 15), first=Date(2199, 11, 15)), months=1, ahead=True) == (1, None)
    for wrong in ({}, {"months": 1, "days": 1}, {"months": -1}):
        with pytest.raises(ScheduleProblem, match="window"):
            window_counts(weekly, **wrong)


# --- accrual --------------------------------------------------------------------------------------


def own_count(start: Date, end: Date) -> Fraction:
    """A deal's own: days over 364."""
    return Fraction((end - start).days, 364)


shapes = st.sampled_from(
    [
        {},
        {"adjustment": "modified following"},
        {"adjustment": "preceding", "accrual_adjusted": False},
        {"accrual_adjusted": False},
        {"every": (3, "month"), "first": Date(2026, 4, 15), "accrual_adjusted": False},
        {"closing": Date(2025, 11, 20)},
        {"day": "last", "first": Date(2026, 1, 31), "last": Date(2028, 2, 29), "accrual_adjusted": False},
        {"day": 30, "first": Date(2026, 1, 30), "last": Date(2028, 2, 29), **PLAIN},
        {"every": (3, "month"), "first": Date(2026, 2, 1), "last": Date(2028, 1, 15), "stub": "long first", **PLAIN},
        {"every": (3, "month"), "last": Date(2028, 2, 29), "stub": "long last"},
        {"first": Date(2025, 11, 15), "closing": Date(2026, 1, 15)},
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    shapes,
    st.sampled_from([*CONVENTIONS, own_count]),
    st.lists(st.dates(Date(2025, 10, 1), Date(2031, 3, 1)), max_size=12),
)
def test_pieces_add_up_whatever_other_dates_there_are(shape: dict[str, Any], counting: Any, extra: list[Date]) -> None:
    payment = schedule(**shape)
    whole = period_fractions(payment, counting)
    closing = Date(2026, 1, 15)
    for timeline in (build_timeline(closing, [payment]), build_timeline(closing, [payment], extra)):
        pieces = piece_fractions(payment, counting, timeline)
        assert len(pieces) == len(timeline)
        assert all(piece >= 0 for piece in pieces)
        sums = [Fraction(0)] * len(payment)
        for piece, index in zip(pieces, schedule_index(payment, timeline), strict=True):
            if index is None:
                assert piece == 0
            else:
                sums[index] += piece
        assert tuple(sums) == whole


@settings(max_examples=40, deadline=None)
@given(
    shapes,
    st.dictionaries(st.dates(Date(2026, 1, 16), Date(2028, 1, 10)), st.integers(-5, 5), max_size=6),
)
def test_a_balance_that_changes_accrues_day_by_day(shape: dict[str, Any], moves: dict[Date, int]) -> None:
    """Against a ledger of days, with accrual boundaries that are also the payment dates."""
    payment = schedule(**shape | {"accrual_adjusted": True, "adjustment": "following", "calendars": ("US settlement",)})
    timeline = build_timeline(Date(2026, 1, 15), [payment], moves)
    pieces = piece_fractions(payment, "actual/365", timeline)
    balance, accrued = 100, Fraction(0)
    for date, piece in zip(timeline.dates, pieces, strict=True):
        accrued += balance * piece
        balance += moves.get(date, 0)
    days = (payment.boundaries[-1] - payment.boundaries[0]).days
    ledger, held = 0, 100
    for number in range(days):
        day = payment.boundaries[0] + datetime.timedelta(days=number)
        held += moves.get(day, 0)
        ledger += held
    # A change before accrual begins is in the balance from its start.
    early = sum(move for day, move in moves.items() if day < payment.boundaries[0])
    assert accrued == Fraction(ledger + early * days, 365)


def test_a_payment_moved_past_its_boundary_counts_from_the_boundary() -> None:
    payment = schedule(accrual_adjusted=False)
    # The first boundary is 15 February, its payment the 17th; the 16th lies between them.
    timeline = build_timeline(Date(2026, 1, 15), [payment], [Date(2026, 2, 1), Date(2026, 2, 16), Date(2026, 2, 20)])
    pieces = piece_fractions(payment, "actual/360", timeline)
    assert timeline.dates[:6] == tuple(
        Date(2026, month, day) for month, day in [(1, 15), (2, 1), (2, 16), (2, 17), (2, 20), (3, 16)]
    )
    assert [piece * 360 for piece in pieces[:6]] == [0, 17, 14, 0, 5, 23]


def test_icma_counts_a_regular_period_as_equal_however_business_days_move_it() -> None:
    assert set(period_fractions(schedule(), "actual/actual ICMA")) == {Fraction(1, 12)}
    assert set(period_fractions(schedule(accrual_adjusted=False), "actual/actual ICMA")) == {Fraction(1, 12)}


def test_a_stub_of_an_icma_count_reads_its_notional_period() -> None:
    """The long first example of ISDA's memorandum of 1998, as a schedule."""
    bond = plain(
        every=(6, "month"),
        first=Date(2003, 7, 15),
        last=Date(2004, 1, 15),
        closing=Date(2002, 8, 15),
    )
    long = Fraction(181, 181 * 2) + Fraction(153, 184 * 2)
    assert period_fractions(bond, "actual/actual ICMA") == (long, Fraction(1, 2))
    final = plain(
        every=(6, "month"),
        day=30,
        first=Date(2000, 1, 30),
        last=Date(2000, 6, 30),
        closing=Date(1999, 7, 30),
        stub="short last",
    )
    assert period_fractions(final, "actual/actual ICMA") == (Fraction(1, 2), Fraction(152, 182 * 2))
    weekly = plain(every=(1, "week"), day=None, first=Date(2026, 1, 16), last=Date(2026, 3, 13))
    with pytest.raises(ScheduleProblem, match="payment has none"):
        period_fractions(weekly, "actual/actual ICMA")


def test_the_termination_date_of_30e_360_isda() -> None:
    ends = plain(
        day="last", first=Date(2026, 8, 31), last=Date(2027, 2, 28), every=(6, "month"), closing=Date(2026, 2, 28)
    )
    assert period_fractions(ends, "30E/360 ISDA") == (Fraction(180, 360), Fraction(178, 360))
    later = period_fractions(ends, "30E/360 ISDA", termination=Date(2030, 2, 28))
    assert later == (Fraction(1, 2), Fraction(1, 2))
    assert year_fraction("30E/360 ISDA", Date(2026, 8, 31), Date(2027, 2, 28)) == Fraction(1, 2)
