"""Times of a bond's flows in its own periods: years from a settlement date, counted as the market quotes yields.

Between two coupons a year has as many equal periods as the day count gives it, whatever business days do to the
payments ("street convention": SIA, *Standard Securities Calculation Methods*; ICMA Rule 803 on yields): a date's place
is the sum of the whole periods before its own and the part of its own that has passed.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from fractions import Fraction
from itertools import accumulate

import attrs

from .daycount import year_fraction
from .schedule import Schedule
from .timeline import Counting, Timeline, measured, period_fractions

Date = datetime.date


@attrs.frozen(eq=False)
class Ruler:
    """A day count laid along the accrual periods of a schedule. ``before[k]``: years up to the start of period k."""

    schedule: Schedule
    counting: Counting
    before: tuple[Fraction, ...]

    def place(self, date: Date) -> Fraction:
        """Years from the first accrual boundary to a date; below zero before it."""
        boundaries = self.schedule.boundaries
        k = min(max(bisect_right(boundaries, date) - 1, 0), len(self.schedule) - 1)
        return self.before[k] + measured(self.schedule, self.counting, k)(date)

    def paid(self, date: Date) -> Fraction:
        """The same of a flow on a date: one on a payment date belongs to the end of its period."""
        k = bisect_left(self.schedule.dates, date)
        if k < len(self.schedule) and self.schedule.dates[k] == date:
            return self.before[k + 1]
        return self.place(date)

    def ends(self, date: Date) -> Date:
        """The end of the period that is paid on a date; of any other date, the date itself."""
        k = bisect_left(self.schedule.dates, date)
        is_payment = k < len(self.schedule) and self.schedule.dates[k] == date
        return self.schedule.boundaries[k + 1] if is_payment else date

    def accrued(self, date: Date) -> tuple[int, Fraction]:
        """The period that accrues on a date, and the part of it, from 0 to 1, that has passed."""
        boundaries = self.schedule.boundaries
        k = bisect_right(boundaries, date) - 1
        if not 0 <= k < len(self.schedule):
            return max(k, 0), Fraction(0)
        whole = self.before[k + 1] - self.before[k]
        part = measured(self.schedule, self.counting, k)(date)
        return k, part / whole if whole else Fraction(0)


def ruler(schedule: Schedule, counting: Counting) -> Ruler:
    """:raises ScheduleProblem: the day count needs regular periods and the schedule has none."""
    wholes = period_fractions(schedule, counting)
    return Ruler(schedule, counting, tuple(accumulate(wholes, initial=Fraction(0))))


SOON = Fraction(1, 10**15)
"""The years to a flow after settlement that the day count puts on settlement itself: it counts, at what it pays."""


def flow_times(found: Ruler, timeline: Timeline, settlement: int) -> tuple[Fraction, ...]:
    """Years from settlement to each timeline date: nothing up to it, more than nothing after it.

    What is left of a period is the whole of it less what has passed. By 30/360 that is nothing from the 31st of a month
    to a coupon on the 1st: what is paid then is not discounted. A coupon whose period has ended and whose payment
    business days have moved beyond settlement still is to come: it counts the actual days to it, over 365.
    """
    bought = timeline.dates[settlement]
    start = found.place(bought)
    times: list[Fraction] = []
    for position, date in enumerate(timeline.dates):
        if position <= settlement:
            times.append(Fraction(0))
            continue
        years = found.paid(date) - start
        if years <= 0:
            years = SOON if found.ends(date) > bought else Fraction((date - bought).days, 365)
        times.append(years)
    return tuple(times)


def next_regular(found: Ruler, date: Date) -> Fraction | None:
    """Years from a date to the next one on which a coupon would have been paid within a long period, or None.

    Such a period has regular dates of its rule strictly between its ends (the *quasi-coupon dates* of the Securities
    Industry Association); in any other the next such date is its own payment.
    """
    schedule = found.schedule
    k, _ = found.accrued(date)
    if schedule.grid is None or not schedule.boundaries[0] <= date < schedule.boundaries[-1]:
        return None
    opens = schedule.nominal[k - 1] if k else schedule.boundaries[0]
    regular = schedule.grid.date(schedule.grid.at_or_after(max(date, opens) + datetime.timedelta(days=1)))
    return found.place(regular) - found.place(date) if regular < schedule.nominal[k] else None


def period_steps(found: Ruler, timeline: Timeline, settlement: int) -> tuple[Fraction, ...]:
    """On each payment date after settlement the part of a year since the payment before, or since settlement."""
    times = flow_times(found, timeline, settlement)
    dates = set(found.schedule.dates)
    steps: list[Fraction] = []
    reached = Fraction(0)
    for position, date in enumerate(timeline.dates):
        if position > settlement and date in dates and times[position] > reached:
            steps.append(times[position] - reached)
            reached = times[position]
        else:
            steps.append(Fraction(0))
    return tuple(steps)


def plain_times(convention: Counting, timeline: Timeline, settlement: int) -> tuple[Fraction, ...]:
    """Years from settlement to each date where there is no schedule to count along."""
    start = timeline.dates[settlement]
    count = convention if callable(convention) else None
    found: list[Fraction] = []
    for date in timeline.dates:
        if date <= start:
            found.append(Fraction(0))
        elif count is not None:
            found.append(count(start, date))
        else:
            found.append(year_fraction(convention, start, date))  # type: ignore[arg-type]  # not callable: a convention
    return tuple(found)
