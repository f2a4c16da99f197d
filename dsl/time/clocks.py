"""Clocks: the schedules of a deal on its timeline, as masks and positions that the lowering reads."""

from __future__ import annotations

import datetime
from fractions import Fraction
from functools import cached_property

import attrs

from . import timeline as lines
from .schedule import Schedule
from .timeline import Counting, Timeline


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

    @cached_property
    def previous(self) -> tuple[int | None, ...]:
        """Where the clock's date before each date is. Closing is date zero of a schedule that starts after it."""
        if self.schedule is None:
            return tuple(None if position == 0 else position - 1 for position in range(len(self.timeline)))
        places = lines.previous_position(self.schedule, self.timeline)
        closing = self.timeline.closing
        zero = closing if self.schedule.dates[0] > self.timeline.dates[closing] else None
        return tuple(
            place if place is not None else (zero if zero is not None and position > zero else None)
            for position, place in enumerate(places)
        )

    @cached_property
    def earlier(self) -> tuple[int | None, ...]:
        """Where the clock's own date before each date is; closing does not count."""
        if self.schedule is None:
            return self.previous
        return lines.previous_position(self.schedule, self.timeline)

    @cached_property
    def starts(self) -> tuple[bool, ...]:
        """Dates that a later `previous` may read: the clock's own, and closing where it is date zero."""
        marks = list(self.on)
        if self.schedule is not None and self.schedule.dates[0] > self.timeline.dates[self.timeline.closing]:
            marks[self.timeline.closing] = True
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
