"""The timeline of a deal and where its schedules stand on it, as plain tuples for the equations.

A *position* is an index into ``Timeline.dates``. Every per-date result has one entry a timeline date.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from .calendar import ScheduleProblem, check_date, day_of_month, month_number
from .daycount import Convention, year_fraction
from .schedule import MOST_DATES, Schedule

Date = datetime.date

Counting = Convention | Callable[[Date, Date], Fraction]
"""A named day count, or a deal's own: years from a period's start to a date within it."""


@attrs.frozen
class Timeline:
    """The sorted dates of a deal, and the position of its closing date among them."""

    dates: tuple[Date, ...]
    closing: int

    @cached_property
    def _positions(self) -> dict[Date, int]:
        return {date: position for position, date in enumerate(self.dates)}

    def __len__(self) -> int:
        return len(self.dates)

    def position(self, date: Date) -> int:
        """The position of a date of the timeline; ``KeyError`` for any other."""
        return self._positions[date]

    def on_or_after(self, date: Date) -> int | None:
        """The first position on or after a date: where an event of that date falls."""
        position = bisect_left(self.dates, date)
        return position if position < len(self.dates) else None

    def on_or_before(self, date: Date) -> int | None:
        """The last position on or before a date."""
        position = bisect_right(self.dates, date) - 1
        return position if position >= 0 else None


def build_timeline(closing: Date, schedules: Iterable[Schedule], extra: Iterable[Date] = ()) -> Timeline:
    """The union of the closing date, the schedules' payment dates and any further fixed dates."""
    check_date(closing)
    found = {closing, *(check_date(date) for date in extra)}
    for schedule in schedules:
        found.update(schedule.dates)
    if len(found) > MOST_DATES:
        raise ScheduleProblem(f"the deal has {len(found):,} dates; a deal has at most {MOST_DATES:,}")
    dates = tuple(sorted(found))
    return Timeline(dates, dates.index(closing))


def positions(schedule: Schedule, timeline: Timeline) -> tuple[int, ...]:
    """The position of each payment date: one entry a schedule date."""
    return tuple(timeline.position(date) for date in schedule.dates)


def on_mask(schedule: Schedule, timeline: Timeline) -> tuple[bool, ...]:
    """True on the timeline dates that are payment dates of the schedule."""
    mask = [False] * len(timeline)
    for position in positions(schedule, timeline):
        mask[position] = True
    return tuple(mask)


def schedule_index(schedule: Schedule, timeline: Timeline) -> tuple[int | None, ...]:
    """For each timeline date the index of the period it lies in: the first payment date on or after it.

    None after the last payment date.
    """
    count = len(schedule)
    indices = (bisect_left(schedule.dates, date) for date in timeline.dates)
    return tuple(index if index < count else None for index in indices)


def previous_position(schedule: Schedule, timeline: Timeline, *, inclusive: bool = False) -> tuple[int | None, ...]:
    """For each timeline date the position of the schedule's latest date before it (``inclusive``: or on it)."""
    places = positions(schedule, timeline)
    find = bisect_right if inclusive else bisect_left
    counts = (find(places, position) for position in range(len(timeline)))
    return tuple(places[count - 1] if count else None for count in counts)


def next_position(schedule: Schedule, timeline: Timeline, *, inclusive: bool = False) -> tuple[int | None, ...]:
    """For each timeline date the position of the schedule's earliest date after it (``inclusive``: or on it)."""
    places = positions(schedule, timeline)
    find = bisect_left if inclusive else bisect_right
    counts = (find(places, position) for position in range(len(timeline)))
    return tuple(places[count] if count < len(places) else None for count in counts)


def period_fractions(
    schedule: Schedule, counting: Counting, *, termination: Date | None = None
) -> tuple[Fraction, ...]:
    """The whole fraction of each accrual period: one entry a schedule date."""
    return tuple(measured(schedule, counting, k, termination)(schedule.boundaries[k + 1]) for k in range(len(schedule)))


def piece_fractions(
    schedule: Schedule, counting: Counting, timeline: Timeline, *, termination: Date | None = None
) -> tuple[Fraction, ...]:
    """For each timeline date the fraction of the piece of accrual that ends there.

    ``accrue(balance, counting)`` is the sum over the timeline dates after the previous payment date, to
    this one, of the opening balance times these. A piece is the difference of two fractions measured
    from its period's start, so the pieces of a period add up to its fraction exactly, whatever other
    dates the timeline has. What changes on a payment date counts from the accrual boundary of that date,
    even where business days have moved the payment past it; what changes on another date counts from
    that date, kept within the period. 0 before the first boundary and after the last payment date; in a part
    of a schedule, to its parent's payment date before it.

    ``termination`` is the date that ``30E/360 ISDA`` exempts (default: the last accrual boundary).
    """
    pieces = [Fraction(0)] * len(timeline)
    position = timeline.position(schedule.earlier[-1]) + 1 if schedule.earlier else 0
    for k, paid in enumerate(schedule.dates):
        start, end = schedule.boundaries[k], schedule.boundaries[k + 1]
        measure = measured(schedule, counting, k, termination)
        reached = Fraction(0)
        while position < len(timeline) and timeline.dates[position] <= paid:
            date = timeline.dates[position]
            until = measure(end if date == paid else min(max(date, start), end))
            pieces[position] = until - reached
            reached = until
            position += 1
    return tuple(pieces)


def measured(
    schedule: Schedule, counting: Counting, k: int, termination: Date | None = None
) -> Callable[[Date], Fraction]:
    """Years from the start of period ``k`` to a date within it."""
    start = schedule.boundaries[k]
    if callable(counting):
        own = counting
        return lambda date: own(start, date) if date != start else Fraction(0)
    convention = counting
    reference = schedule.references[k]
    if convention == "actual/actual ICMA" and reference is None:
        raise ScheduleProblem(
            f"actual/actual ICMA needs regular periods of whole months, and {schedule.name} has none",
            help="use actual/actual ISDA, or a schedule that is monthly, quarterly, semiannual or annual",
        )
    period_start, period_end = reference or (None, None)
    ends = termination or schedule.boundaries[-1]

    def years(date: Date) -> Fraction:
        return year_fraction(
            convention,
            start,
            date,
            period_start=period_start,
            period_end=period_end,
            frequency=schedule.frequency,
            termination=ends,
        )

    return years


def window_counts(
    schedule: Schedule, *, months: int = 0, days: int = 0, ahead: bool = False, partial: bool = False
) -> tuple[int | None, ...]:
    """How many of the schedule's dates lie in the window at each of its dates: one entry a schedule date.

    Trailing, the window ends with and includes the date itself; ``ahead``, it begins after it. Nominal
    dates count, months are those of the schedule's own day, so three months of a monthly schedule are
    always three dates. None where the window is not full: it reaches back beyond the regular step that
    ends on the first date, or ahead beyond the last (with ``partial``, the dates there are).
    """
    if months < 0 or days < 0 or (months > 0) == (days > 0):
        raise ScheduleProblem("a window is a number of months or a number of days, more than none")
    nominal = schedule.nominal
    counts: list[int | None] = []
    for k, date in enumerate(nominal):
        edge = _edge(schedule, date, months if ahead else -months, days if ahead else -days)
        if ahead:
            full, count = edge <= nominal[-1], bisect_right(nominal, edge) - (k + 1)
        else:
            full, count = edge >= schedule.opens, (k + 1) - bisect_right(nominal, edge)
        counts.append(count if full or partial else None)
    return tuple(counts)


def _edge(schedule: Schedule, date: Date, months: int, days: int) -> Date:
    """The other end of a window, on the schedule's own day of the month where the date is on it."""
    if days:
        ordinal = date.toordinal() + days
        return Date.fromordinal(min(max(ordinal, 1), Date.max.toordinal()))
    month = month_number(date) + months
    if not 1901 * 12 <= month < 2200 * 12:
        return Date.max if months > 0 else Date.min
    grid = schedule.grid
    return day_of_month(month, grid.day if grid and grid.has(date) else date.day)


def date_count(
    schedule: Schedule,
    *,
    after: Date | None = None,
    start: Date | None = None,
    to: Date | None = None,
    before: Date | None = None,
) -> int:
    """How many payment dates lie after one date (``start``: on or after it), to another (``before``: not on it)."""
    low = 0
    high = len(schedule)
    if after is not None:
        low = max(low, bisect_right(schedule.dates, after))
    if start is not None:
        low = max(low, bisect_left(schedule.dates, start))
    if to is not None:
        high = min(high, bisect_right(schedule.dates, to))
    if before is not None:
        high = min(high, bisect_left(schedule.dates, before))
    return max(high - low, 0)


def counts_to_date(schedule: Schedule, timeline: Sequence[Date]) -> tuple[int, ...]:
    """For each of some dates how many payment dates there have been, that date included."""
    return tuple(bisect_right(schedule.dates, date) for date in timeline)
