"""Time and schedules: whose dates a reader counts, and what lies between two of them (contract, 1).

A reader is a schedule on the timeline of one scenario. Its *lower* bound on a date is where what it reads begins: its own
date before; on its first date the date before of the schedule that it is a part of, or the day that `accrual from`
states; else all that has arisen, closing's own day included. `previous` reads closing there.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from fractions import Fraction
from functools import cached_property

from indenture.dsl.time.daycount import Convention, year_fraction
from indenture.dsl.time.schedule import Schedule
from indenture.dsl.time.timeline import Timeline, piece_fractions, window_counts

Date = datetime.date


class Reader:
    """A schedule's dates as positions on the timeline. ``schedule`` None: every date of the timeline, or one alone."""

    def __init__(
        self,
        name: str,
        timeline: Timeline,
        schedule: Schedule | None = None,
        *,
        alone: Date | None = None,
        parent: Reader | None = None,
        begins: Date | None = None,
    ) -> None:
        self.name = name
        self.timeline = timeline
        self.schedule = schedule
        self.parent = parent
        self.begins = begins
        if schedule is not None:
            self.positions = [timeline.position(date) for date in schedule.dates]
        elif alone is not None:
            self.positions = [timeline.position(alone)]
        else:
            self.positions = list(range(len(timeline)))
        self.everything = schedule is None and alone is None
        self.on = frozenset(self.positions)
        self._windows: dict[tuple[int, int, bool, bool], tuple[int | None, ...]] = {}
        self._pieces: dict[str, tuple[Fraction, ...]] = {}

    def before(self, t: int) -> int | None:
        """Where the reader's date before a position is; None: there is none."""
        place = bisect_left(self.positions, t)
        if place:
            return self.positions[place - 1]
        if self.everything:
            return None
        if self.parent is not None:
            return self.parent.before(t)
        if self.begins is not None:
            return self.timeline.on_or_before(self.begins)
        closing = self.timeline.closing
        return closing if self.positions[0] > closing and t > closing else None

    def lower(self, t: int) -> int:
        """What arises after this position, up to t, is read on t; -1: all of it."""
        place = bisect_left(self.positions, t)
        if place:
            return self.positions[place - 1]
        if self.parent is not None:
            return self.parent.lower(t)
        begun = None if self.begins is None else self.timeline.on_or_before(self.begins)
        return -1 if begun is None else begun

    def after(self, t: int) -> int | None:
        place = bisect_right(self.positions, t)
        return self.positions[place] if place < len(self.positions) else None

    def held(self, t: int) -> int | None:
        """The reader's last date up to a position."""
        place = bisect_right(self.positions, t)
        return self.positions[place - 1] if place else None

    def index(self, t: int) -> int:
        """How many of the reader's dates lie before a position."""
        return bisect_left(self.positions, t)

    @cached_property
    def last(self) -> int:
        return self.positions[-1]

    def window(self, t: int, months: int, days: int, *, ahead: bool = False, partial: bool = False) -> list[int] | None:
        """The reader's dates of a window that ends with t (ahead: begins after it); None: it is not full."""
        if t not in self.on:
            return None
        k = self.index(t)
        schedule = self.schedule or self.as_schedule
        key = months, days, ahead, partial
        if key not in self._windows:
            self._windows[key] = window_counts(schedule, months=months, days=days, ahead=ahead, partial=partial)
        count = self._windows[key][k]
        if count is None:
            return None
        return self.positions[k + 1 : k + 1 + count] if ahead else self.positions[max(k + 1 - count, 0) : k + 1]

    @cached_property
    def as_schedule(self) -> Schedule:
        dates = tuple(self.timeline.dates[position] for position in self.positions)
        start = self.timeline.dates[self.timeline.closing]
        edges = (min(start, dates[0]), *dates)
        return Schedule(self.name, dates, dates, edges, edges[0], None, (None,) * len(dates))

    def pieces(self, convention: Convention) -> tuple[Fraction, ...]:
        """For each date of the timeline the part of a year of the piece of accrual that ends there."""
        if convention not in self._pieces:
            self._pieces[convention] = piece_fractions(self.schedule or self.as_schedule, convention, self.timeline)
        return self._pieces[convention]

    def own_pieces(self, years: object) -> tuple[Fraction, ...]:
        """The same by a deal's own day count: years from a period's start to a date in it."""
        return piece_fractions(self.schedule or self.as_schedule, years, self.timeline)  # type: ignore[arg-type]

    def period(self, t: int) -> tuple[Date, Date]:
        """The accrual period that a date lies in."""
        schedule = self.schedule or self.as_schedule
        k = min(self.index(t), len(schedule) - 1)
        return schedule.boundaries[k], schedule.boundaries[k + 1]

    def passed(self, date: Date, t: int) -> bool:
        """Whether the first of the reader's dates on or after a day is t."""
        if t not in self.on or date > self.timeline.dates[t]:
            return False
        k = self.index(t)
        return k == 0 or date > self.timeline.dates[self.positions[k - 1]]


def age_in_years(start: Date, end: Date) -> Fraction:
    """An age is counted in months of thirty days."""
    return year_fraction("30E/360 ISDA", start, end)
