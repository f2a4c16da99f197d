"""Schedules: a rule in the words of a deal becomes its dates, on two clocks.

A schedule has *nominal* dates (what the rule says before business days), *payment* dates (adjusted) and
*accrual boundaries*, one more than it has dates: period ``k`` accrues from ``boundaries[k]`` to
``boundaries[k + 1]`` and is paid on ``dates[k]``. Nothing defaults here: whoever builds a ``ScheduleSpec``
states every field.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import attrs

from .calendar import (
    Adjustment,
    Part,
    ScheduleProblem,
    add_days,
    adjust,
    calendar_name,
    check_date,
    day_of_month,
    is_month_end,
    month_number,
)

Date = datetime.date

Unit = Literal["day", "week", "month", "year"]
Stub = Literal["short first", "long first", "short last", "long last"]

MOST_DATES = 5_000
"""The most dates a schedule, or a deal's timeline, may have."""


@attrs.frozen(slots=True, kw_only=True)
class ScheduleSpec:
    """A schedule as the deal states it.

    ``every``         how often (``(3, "month")``), or None for an explicit list in ``dates``
    ``day``           day of the month, ``"last"``, or None: the day of ``first`` (of ``last``, with a first stub)
    ``first, last``   the first and last nominal dates, both dates of the schedule
    ``adjustment``    moves payment dates to days on which all ``calendars`` are open
    ``accrual_adjusted``  whether accrual boundaries move with the payment dates
    ``accrual_from``  where the first period accrues from; None: from ``closing``, or, in a schedule that
                      begins before closing, from one regular step before its first date. A schedule whose first
                      date business days move onto closing does not begin before it
    ``stub``          an irregular gap is meant: after the first date (dates then count back from the
                      last) or before the last; a short one is its own gap, a long one joins its neighbour
    ``inclusive``     the last period counts its own last day, unadjusted, as that of a credit default swap does
                      (ISDA 2003 Credit Derivatives Definitions 2.9)
    """

    name: str
    every: tuple[int, Unit] | None
    day: int | Literal["last"] | None
    first: Date | None
    last: Date | None
    adjustment: Adjustment
    calendars: tuple[str, ...]
    accrual_adjusted: bool
    accrual_from: Date | None
    closing: Date
    stub: Stub | None
    dates: tuple[Date, ...] | None = None
    inclusive: bool = False


@attrs.frozen(slots=True)
class Grid:
    """The regular dates that a monthly rule is laid on: every ``step`` months, on ``day`` (31: the last)."""

    month: int
    step: int
    day: int

    def date(self, number: int) -> Date:
        return day_of_month(self.month + number * self.step, self.day)

    def at_or_after(self, date: Date) -> int:
        """The number of the first grid date on or after a date."""
        number = (month_number(date) - self.month) // self.step
        return number if self.date(number) >= date else number + 1

    def has(self, date: Date) -> bool:
        return self.date(self.at_or_after(date)) == date


@attrs.frozen(slots=True)
class Schedule:
    """A schedule's dates. ``nominal`` and ``dates`` have one entry a date, ``boundaries`` one more.

    ``opens``       where the regular step that ends on the first date begins (windows are full from there)
    ``grid``        the regular dates of a monthly rule, or None (days, weeks, lists)
    ``references``  for each period the regular period that ICMA's day count reads, or None
    ``earlier``     of a part of a schedule the payment dates before its own: its parent's, and those of its parent
    ``part``        whether it is a part of another schedule
    ``begins``      where its accrual begins, if ``accrual from`` says so and it is after closing
    """

    name: str
    nominal: tuple[Date, ...]
    dates: tuple[Date, ...]
    boundaries: tuple[Date, ...]
    opens: Date
    grid: Grid | None
    references: tuple[tuple[Date, Date] | None, ...]
    earlier: tuple[Date, ...] = ()
    begins: Date | None = None
    part: bool = False

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def first(self) -> Date:
        return self.dates[0]

    @property
    def last(self) -> Date:
        return self.dates[-1]

    @property
    def frequency(self) -> Fraction | None:
        """Regular periods a year, or None where they are not whole months."""
        return Fraction(12, self.grid.step) if self.grid else None


def build_schedule(spec: ScheduleSpec) -> Schedule:
    """The dates of a schedule, or a ``ScheduleProblem`` that says what its author should mend."""
    check_date(spec.closing)
    if spec.accrual_from is not None:
        check_date(spec.accrual_from, "accrual_from")
    _check_business_days(spec)
    grid: Grid | None = None
    before: Date
    if spec.dates is not None:
        nominal = _listed(spec.dates)
        before = nominal[0]
    else:
        nominal, grid, before = _regular(spec)
    dates = adjust(nominal, spec.adjustment, spec.calendars)
    for (one, other), (paid, also) in zip(pairwise(nominal), pairwise(dates), strict=True):
        if paid >= also:
            raise ScheduleProblem(
                f"{one} and {other} are both moved to {also} by the {spec.adjustment} rule",
                part="adjustment",
                help="let the dates be further apart, or leave them `unadjusted`",
            )
    ends = dates if spec.accrual_adjusted else nominal
    edges = nominal
    if spec.accrual_from is None and max(nominal[0], dates[0]) >= spec.closing:
        # Business days may move a date that lies before closing onto it, or one after it to the day before: nothing has
        # accrued by then, and the period behind that date is empty.
        ends = tuple(max(end, spec.closing) for end in ends)
        edges = tuple(max(date, spec.closing) for date in nominal)
    if spec.inclusive:
        ends = (*ends[:-1], add_days(nominal[-1], 1))
    start = _accrual_start(spec, ends[0], before)
    _check_stub(spec, grid, start, nominal[0])
    edges = (start, *edges)
    boundaries = (start, *ends)
    references: list[tuple[Date, Date] | None] = []
    for k in range(len(nominal)):
        references.append(_reference(grid, edges[k], edges[k + 1], boundaries[k], boundaries[k + 1]))
    opens = before if grid is None or grid.has(nominal[0]) else start
    begins = spec.accrual_from if spec.accrual_from is not None and spec.accrual_from > spec.closing else None
    return Schedule(spec.name, nominal, dates, boundaries, opens, grid, tuple(references), begins=begins)


def restrict(schedule: Schedule, name: str, first: Date | None, last: Date | None) -> Schedule:
    """The part of a schedule whose nominal dates lie from ``first`` to ``last``, both included."""
    if first is not None and last is not None and last < first:
        raise ScheduleProblem(f"the last date, {last}, is before the first, {first}", part="last")
    start = 0 if first is None else bisect_left(schedule.nominal, first)
    stop = len(schedule) if last is None else bisect_right(schedule.nominal, last)
    if start >= stop:
        raise ScheduleProblem(
            f"{schedule.name} has no date from {first or schedule.nominal[0]} to {last or schedule.nominal[-1]}",
            part="first",
            help=f"its dates run from {schedule.nominal[0]} to {schedule.nominal[-1]}",
        )
    return Schedule(
        name,
        schedule.nominal[start:stop],
        schedule.dates[start:stop],
        schedule.boundaries[start : stop + 1],
        schedule.nominal[start - 1] if start else schedule.opens,
        schedule.grid,
        schedule.references[start:stop],
        schedule.earlier + schedule.dates[:start],
        schedule.begins,
        part=True,
    )


def _check_business_days(spec: ScheduleSpec) -> None:
    for name in spec.calendars:
        calendar_name(name)
    if spec.adjustment != "unadjusted" and not spec.calendars:
        raise ScheduleProblem(
            f"`{spec.adjustment}` needs a calendar to say which days are open",
            part="adjustment",
            help='add `calendar "US settlement"`, or say `unadjusted`',
        )
    if spec.adjustment == "unadjusted" and spec.calendars:
        raise ScheduleProblem(
            "a calendar is named, but the dates are `unadjusted`",
            part="calendars",
            help="say `following`, `modified following` or `preceding`, or leave the calendar out",
        )
    if spec.adjustment == "unadjusted" and spec.accrual_adjusted:
        raise ScheduleProblem(
            "accrual is `adjusted`, but the dates are `unadjusted`",
            part="adjustment",
            help="leave `accrual adjusted` out, or name a business-day rule and a calendar",
        )


def _listed(dates: tuple[Date, ...]) -> tuple[Date, ...]:
    if not dates:
        raise ScheduleProblem("the list of dates is empty", part="dates")
    _check_number(len(dates), "dates")
    for date in dates:
        check_date(date, "dates")
    for one, other in pairwise(dates):
        if other == one:
            raise ScheduleProblem(f"{other} stands twice in the list of dates", part="dates")
        if other < one:
            raise ScheduleProblem(f"{other} stands after {one} in the list of dates", part="dates")
    return dates


def _check_number(number: int, part: Part) -> None:
    if number > MOST_DATES:
        raise ScheduleProblem(
            f"the schedule would have {number:,} dates; a schedule has at most {MOST_DATES:,}", part=part
        )


def _regular(spec: ScheduleSpec) -> tuple[tuple[Date, ...], Grid | None, Date]:
    """Nominal dates of a rule, its grid if it is monthly, and the step before the first regular date."""
    if spec.every is None or spec.first is None or spec.last is None:
        raise ScheduleProblem("a schedule needs how often, its first and its last date, or a list of dates")
    first, last = check_date(spec.first, "first"), check_date(spec.last, "last")
    count, unit = spec.every
    if count < 1:
        raise ScheduleProblem(f"every {count} {unit}s is not a step forward", part="every")
    if last < first:
        raise ScheduleProblem(f"the last date, {last}, is before the first, {first}", part="last")
    if unit in ("day", "week"):
        if spec.day is not None:
            raise ScheduleProblem(
                f"a schedule every {_step_words(count, unit)} falls on no fixed day of the month",
                part="day",
                help="leave the day out: the dates count from the first one",
            )
        return _by_days(spec, count * (7 if unit == "week" else 1), first, last)
    return _by_months(spec, count * (12 if unit == "year" else 1), first, last)


def _by_days(spec: ScheduleSpec, step: int, first: Date, last: Date) -> tuple[tuple[Date, ...], Grid | None, Date]:
    span = (last - first).days
    _check_number(span // step + 2, "every")
    if span % step == 0:
        numbers = range(0, span + 1, step)
        return tuple(add_days(first, n) for n in numbers), None, _before(first, step)
    below = add_days(first, span - span % step)
    if spec.stub is None:
        raise ScheduleProblem(
            f"the last date, {last}, is {span} days after the first, not a multiple of {step}",
            part="last",
            help=f"end at {below}, or state a stub: `short last`",
        )
    if spec.stub.endswith("first"):
        regular = [add_days(last, -n) for n in range(0, span, step)][::-1]
    else:
        regular = [add_days(first, n) for n in range(0, span, step)]
    return _with_stub(spec.stub, first, regular, last), None, _before(first, step)


def _before(first: Date, step: int) -> Date:
    return Date.fromordinal(max(first.toordinal() - step, 1))


def _by_months(spec: ScheduleSpec, step: int, first: Date, last: Date) -> tuple[tuple[Date, ...], Grid | None, Date]:
    stub = spec.stub
    counts_back = stub is not None and stub.endswith("first")
    anchor = last if counts_back else first
    day = _anchor_day(spec, step, anchor, first, last)
    months = month_number(last) - month_number(first)
    _check_number(months // step + 2, "every")
    if anchor != day_of_month(month_number(anchor), day):
        which: Part = "last" if counts_back else "first"
        right = day_of_month(month_number(anchor), day)
        raise ScheduleProblem(
            f"the {which} date, {anchor}, is not {_day_words(day)}",
            part=which,
            help=f"{'end at' if counts_back else 'start from'} {right}"
            + ("" if stub else ", or state a stub: `short first`"),
        )
    grid = Grid(month_number(anchor), step, day)
    low, high = grid.at_or_after(first), grid.at_or_after(last)
    if grid.date(high) > last:
        high -= 1
    regular = [grid.date(number) for number in range(low, high + 1)]
    if day == 31 and spec.day == 31:
        for date in regular:
            if date.day < 31:
                raise ScheduleProblem(
                    f"{date:%B %Y} has no day 31", part="day", help="say `on the last day`, or name day 30"
                )
    if regular[0] == first and regular[-1] == last:
        nominal = tuple(regular)
    elif stub is None:
        below, above = regular[-1], day_of_month(grid.month + (high + 1) * step, day)
        words = _step_words(*spec.every) if spec.every else f"{step} months"
        reason = (
            f"the last date, {last}, is not {_day_words(day)}"
            if last != day_of_month(month_number(last), day)
            else f"counting {words} at a time from {first} does not reach {last}"
        )
        raise ScheduleProblem(reason, part="last", help=f"end at {below} or {above}, or state a stub: `short last`")
    else:
        nominal = _with_stub(stub, first, regular, last)
    before = grid.at_or_after(first) - 1
    try:
        opens = grid.date(before)
    except ScheduleProblem:  # the step before January 1901: nothing of the deal can lie there
        opens = Date(1900, 1, 1)
    return nominal, grid, opens


def _with_stub(stub: Stub, first: Date, regular: list[Date], last: Date) -> tuple[Date, ...]:
    """Regular dates with the irregular one; a long stub leaves out the regular date beside it."""
    length, end = stub.split()
    inner = [date for date in regular if first < date < last]
    if length == "long":
        if not inner:
            raise ScheduleProblem(
                f"from {first} to {last} there is no room for a {stub} stub", part="stub", help=f"say `short {end}`"
            )
        inner = inner[1:] if end == "first" else inner[:-1]
    return (first, *inner, last)


def _anchor_day(spec: ScheduleSpec, step: int, anchor: Date, first: Date, last: Date) -> int:
    match spec.day:
        case "last":
            return 31
        case None:
            # A date at the end of a month could mean its number or the last day: they must agree.
            if is_month_end(anchor) and anchor.day < 31:
                numbers = range(month_number(first), month_number(last) + 1)
                base = month_number(anchor)
                used = [m for m in numbers if (m - base) % step == 0][: MOST_DATES + 1]
                if any(day_of_month(m, anchor.day) != day_of_month(m, 31) for m in used):
                    raise ScheduleProblem(
                        f"{anchor} is the end of its month: the later dates could be day {anchor.day} or the last day",
                        part="day",
                        help=f"say `on day {anchor.day}` or `on the last day`",
                    )
            return anchor.day
        case day:
            if not 1 <= day <= 31:
                raise ScheduleProblem(f"no month has a day {day}", part="day", help="a day is 1 to 31")
            return day


def _day_words(day: int) -> str:
    return "the last day of its month" if day == 31 else f"day {day} of its month"


def _step_words(count: int, unit: Unit) -> str:
    return unit if count == 1 else f"{count} {unit}s"


def _accrual_start(spec: ScheduleSpec, end: Date, before: Date) -> Date:
    if spec.accrual_from is not None:
        if spec.accrual_from >= end:
            raise ScheduleProblem(
                f"accrual from {spec.accrual_from} is not before the end of the first period, {end}",
                part="accrual_from",
            )
        return spec.accrual_from
    return spec.closing if spec.closing <= end else before


def _check_stub(spec: ScheduleSpec, grid: Grid | None, start: Date, first: Date) -> None:
    """``short first`` on a schedule of regular dates speaks of the first accrual period: it must be so."""
    if spec.stub is None or not spec.stub.endswith("first") or grid is None or not grid.has(first):
        return
    regular = grid.date(grid.at_or_after(first) - 1)
    length = "short" if start > regular else "long" if start < regular else None
    if length is not None and not spec.stub.startswith(length):
        raise ScheduleProblem(
            f"`{spec.stub}` is stated, but the first period, from {start} to {first}, is {length}",
            part="stub",
            help=f"say `{length} first`, or move the start of accrual ({regular} would make it regular)",
        )


def _reference(grid: Grid | None, opens: Date, closes: Date, starts: Date, ends: Date) -> tuple[Date, Date] | None:
    """The regular period that ICMA's rule reads: the period itself if it is regular, else the grid's there."""
    if grid is None:
        return None
    number = grid.at_or_after(closes)
    regular = (grid.date(number - 1), grid.date(number)) if _within(grid, number) else None
    if regular == (opens, closes) and starts < ends:
        return starts, ends
    return regular


def _within(grid: Grid, number: int) -> bool:
    months = (grid.month + (number - 1) * grid.step, grid.month + number * grid.step)
    return months[0] >= 1901 * 12 and months[1] < 2200 * 12
