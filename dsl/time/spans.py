"""Stretches of a schedule's periods: what a day count makes of the part of one that lies between two dates."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import pairwise

import attrs

from .calendar import ScheduleProblem
from .schedule import Schedule
from .timeline import Counting, Timeline, measured

Date = datetime.date


@attrs.frozen
class Span:
    """A stretch of period ``k``, from one date to another: ``start`` is the period's own beginning."""

    k: int
    start: Date
    opens: Date
    closes: Date


def piece_spans(schedule: Schedule, timeline: Timeline) -> tuple[Span | None, ...]:
    """For each timeline date the piece of accrual that ends there (`timeline.py: piece_fractions`), None where none."""
    found: list[Span | None] = [None] * len(timeline)
    position = 0
    for k, paid in enumerate(schedule.dates):
        start, end = schedule.boundaries[k], schedule.boundaries[k + 1]
        reached = start
        while position < len(timeline) and timeline.dates[position] <= paid:
            date = timeline.dates[position]
            until = end if date == paid else min(max(date, start), end)
            if until > reached:
                found[position] = Span(k, start, reached, until)
                reached = until
            position += 1
    return tuple(found)


def period_spans(schedule: Schedule, index: tuple[int, ...]) -> tuple[Span | None, ...]:
    """For each timeline date all of the period that it is in. ``index``: which one that is."""
    ends = schedule.boundaries
    return tuple(Span(k, ends[k], ends[k], ends[k + 1]) for k in index)


def between(schedule: Schedule, counting: Counting, span: Span | None, start: int, end: int) -> Fraction:
    """Years of a stretch that lie from one day to before another (their ordinals)."""
    if span is None:
        return Fraction(0)
    opens, closes = max(span.opens.toordinal(), start), min(span.closes.toordinal(), end)
    if closes <= opens:
        return Fraction(0)
    measure = measured(schedule, counting, span.k)
    return measure(Date.fromordinal(closes)) - measure(Date.fromordinal(opens))


@attrs.frozen
class Stretch:
    """Days of a period that are worth alike: from a day (its ordinal) so many, each so much of a year."""

    start: int
    days: int
    each: Fraction


def stretches(schedule: Schedule, counting: Counting, k: int) -> tuple[Stretch, ...]:
    """A period by a day count that counts days as they are, in stretches within which a day is worth the same.

    They end where a calendar year does (``actual/actual ISDA``), and in a long period at its regular dates
    (``actual/actual ICMA``). 30/360 and its kin count no days as they are.

    :raises ScheduleProblem: a deal's own day count is not in proportion to its days.
    """
    start, end = schedule.boundaries[k], schedule.boundaries[k + 1]
    knots = {start, end, *(Date(year, 1, 1) for year in range(start.year + 1, end.year + 1))}
    if schedule.grid is not None and (end - start).days > 0:
        number = schedule.grid.at_or_after(start)
        while (regular := schedule.grid.date(number)) < end:
            knots.add(max(regular, start))
            number += 1
    measure = measured(schedule, counting, k)
    found = []
    for one, other in pairwise(sorted(knots)):
        days = (other - one).days
        whole = measure(other) - measure(one)
        half = Date.fromordinal(one.toordinal() + days // 2)
        if measure(half) - measure(one) != whole * Fraction(days // 2, days):
            raise ScheduleProblem(
                f"the part of a period from {one} to {other} is not in proportion to its days",
                help="cut it at a date that no scenario and no draw moves, or count `days / 365`",
            )
        found.append(Stretch(one.toordinal(), days, whole / days))
    return tuple(found)
