"""Clocks: the schedules of a deal on its timeline, as masks and positions that the lowering reads."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import attrs

from . import timeline as lines
from .schedule import Schedule
from .timeline import Counting, Timeline


class Days(NamedTuple):
    """The dates of a schedule, and where the first of its periods begins; None: nothing comes before its first date."""

    begins: datetime.date | None
    dates: tuple[datetime.date, ...]


@attrs.frozen(eq=False)
class Clock:
    """A schedule on the timeline. Dates are positions; ``every`` is the clock of all timeline dates."""

    name: str
    timeline: Timeline
    schedule: Schedule | None

    @cached_property
    def on(self) -> tuple[bool, ...]:
        if self.schedule is None:
            return (True,) * len(self.timeline)
        return lines.on_mask(self.schedule, self.timeline)

    @property
    def days(self) -> Days:
        dates = self.timeline.dates
        on = [date for date, its in enumerate(self.on) if its]
        before = self.previous[on[0]] if on else None
        accrues = None if self.schedule is None else self.schedule.begins
        begins = accrues if accrues is not None or before is None else dates[before]
        return Days(begins, tuple(dates[date] for date in on))

    @cached_property
    def _before(self) -> tuple[int, ...]:
        """Where the dates before the clock's first are: its parent's, where accrual begins, or closing."""
        if self.schedule is None:
            return ()
        timeline, begins = self.timeline, self.schedule.begins
        earlier = tuple(timeline.position(date) for date in self.schedule.earlier)
        first = (*self.schedule.earlier, *self.schedule.dates)[0]
        if first <= timeline.dates[timeline.closing]:
            return earlier
        begun = None if begins is None else timeline.on_or_before(begins)
        return (timeline.closing if begun is None else begun, *earlier)

    @cached_property
    def previous(self) -> tuple[int | None, ...]:
        """Where the clock's date before each date is. Before its first: the date of its parent, or where its accrual
        begins; else closing, if it starts after it."""
        if self.schedule is None:
            return tuple(None if position == 0 else position - 1 for position in range(len(self.timeline)))
        places = lines.previous_position(self.schedule, self.timeline)
        before = self._before
        counts = (bisect_left(before, position) for position in range(len(self.timeline)))
        return tuple(
            place if place is not None else (before[count - 1] if count else None)
            for place, count in zip(places, counts, strict=True)
        )

    @cached_property
    def settled(self) -> tuple[bool, ...]:
        """Dates up to which all that has arisen belongs to a date of the clock, or to none: its own, those of its
        parent before them, and the last by the day on which its accrual begins after closing. A clock that begins no
        later than closing has on its first date all that has arisen."""
        marks = list(self.on)
        if self.schedule is not None:
            for date in self.schedule.earlier:
                marks[self.timeline.position(date)] = True
            begun = None if self.schedule.begins is None else self.timeline.on_or_before(self.schedule.begins)
            if begun is not None:
                marks[begun] = True
        return tuple(marks)

    @cached_property
    def within_it(self) -> tuple[bool, ...]:
        """Dates whose amounts can be the clock's: in a part of a schedule those after its parent's date before it, to
        its last; where accrual begins after closing, those after that day; else all."""
        count = len(self.timeline)
        if self.schedule is None:
            return (True,) * count
        first = self.on.index(True)
        before = [position for position in range(first) if self.settled[position]]
        last = self.timeline.position(self.schedule.dates[-1]) if self.schedule.part else count
        return tuple((not before or position > before[-1]) and position <= last for position in range(count))

    @cached_property
    def earlier(self) -> tuple[int | None, ...]:
        """Where the clock's own date before each date is; closing does not count."""
        if self.schedule is None:
            return self.previous
        return lines.previous_position(self.schedule, self.timeline)

    @cached_property
    def starts(self) -> tuple[bool, ...]:
        """Dates that a later `previous` may read: the clock's own, and those that count as before its first."""
        marks = list(self.on)
        for place in self._before:
            marks[place] = True
        return tuple(marks)

    @cached_property
    def following(self) -> tuple[int | None, ...]:
        """Where the clock's next date after each date is."""
        if self.schedule is None:
            last = len(self.timeline) - 1
            return tuple(None if position == last else position + 1 for position in range(last + 1))
        return lines.next_position(self.schedule, self.timeline)

    @cached_property
    def due(self) -> tuple[int, ...]:
        """Where the clock's first date on or after each date is: the date whose series a piece of accrual reads."""
        if self.schedule is None:
            return tuple(range(len(self.timeline)))
        places = lines.next_position(self.schedule, self.timeline, inclusive=True)
        return tuple(position if place is None else place for position, place in enumerate(places))

    @cached_property
    def paid(self) -> tuple[int, ...]:
        """The date whose series a piece of accrual reads: as `due`, and itself where nothing accrues.

        On a timeline of closing and one schedule that is every date itself: no series has to be finished first.
        """
        if self.schedule is None:
            return self.due
        pieces = self.pieces("actual/365")
        return tuple(due if piece else place for place, (due, piece) in enumerate(zip(self.due, pieces, strict=True)))

    @cached_property
    def index(self) -> tuple[int, ...]:
        """How many of the clock's dates lie before each date, capped at its last: the period that the date is in."""
        if self.schedule is None:
            return tuple(range(len(self.timeline)))
        last = len(self.schedule) - 1
        return tuple(last if found is None else found for found in lines.schedule_index(self.schedule, self.timeline))

    def within(self, other: Clock) -> bool:
        """Whether every date of this clock is one of the other's."""
        return all(mine <= theirs for mine, theirs in zip(self.on, other.on, strict=True))

    def meets(self, other: Clock) -> bool:
        return any(mine and theirs for mine, theirs in zip(self.on, other.on, strict=True))

    def pieces(self, counting: Counting) -> tuple[Fraction, ...]:
        if self.schedule is None:
            raise ValueError("no accrual on a clock without a schedule")
        return lines.piece_fractions(self.schedule, counting, self.timeline)

    def dates(self) -> tuple[datetime.date, ...]:
        return self.timeline.dates if self.schedule is None else self.schedule.dates
