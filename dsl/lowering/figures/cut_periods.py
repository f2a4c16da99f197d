"""`accrue` and `year_fraction` of a part of the period: from one date to another, by the day count itself.

Where both dates are known when the deal is read the part is worked out exactly. A date that a scenario, a row or a draw
moves is kept within the stretch, and what the day count makes of it is written as equations: days that count as they
are by the stretches in which each is worth the same, 30/360 and its kin by year, month and day.
"""

from __future__ import annotations

import datetime
from fractions import Fraction

import attrs

from ....engine.ir import Operand
from ... import syntax
from ...names.deal import Scope
from ...time.clocks import Clock
from ...time.daycount import Convention
from ...time.schedule import Schedule
from ...time.spans import Span, Stretch, between, period_spans, piece_spans, stretches
from ...time.timeline import Counting
from ...vocabulary.builtins import Bound
from ..building.builder import ZERO, Builder, day, number
from ..context.dispatch import value_of
from ..context.lowering import Lowering
from ..context.moments import Moment

Date = datetime.date

_THIRTY: tuple[Convention, ...] = ("30/360", "30/360 US", "30E/360", "30E/360 ISDA")
_EARLIEST, _LATEST = Date(1901, 1, 1), Date(2199, 12, 31)
_MONTHS_FROM = Date(1900, 1, 1)
"""Months are counted from it: the first of a month is so many months after it."""


@attrs.frozen(slots=True, eq=False)
class Bounds:
    """The dates between which a period counts."""

    start: Operand
    end: Operand


def bounds_of(low: Lowering, bound: Bound, scope: Scope, moment: Moment) -> Bounds | None:
    """What a call of `accrue` or `year_fraction` says of them; None where it says nothing."""
    start, end = bound.values.get("from"), bound.values.get("to")
    if start is None and end is None:
        return None
    active = low.builder.mask(f"on {moment.clock.name}", moment.clock.on)

    def read(node: syntax.Expression | None, left_out: Date) -> Operand:
        if node is None:
            return day(left_out)
        return low.check_determined(
            value_of(low, node, scope, moment), active, "where a period is cut", node.span, "the period is cut there"
        )

    return Bounds(read(start, _EARLIEST), read(end, _LATEST))


def piece_parts(low: Lowering, clock: Clock, counting: Counting, bounds: Bounds) -> Operand:
    """For each timeline date the fraction of the piece that ends there, as far as it lies between two dates."""
    assert clock.schedule is not None
    return _parts(low.builder, clock.schedule, counting, piece_spans(clock.schedule, clock.timeline), bounds)


def period_parts(low: Lowering, clock: Clock, counting: Counting, bounds: Bounds) -> Operand:
    """For each timeline date the fraction of the period that it is in, as far as it lies between two dates."""
    assert clock.schedule is not None
    return _parts(low.builder, clock.schedule, counting, period_spans(clock.schedule, clock.index), bounds)


def _parts(
    builder: Builder, schedule: Schedule, counting: Counting, spans: tuple[Span | None, ...], bounds: Bounds
) -> Operand:
    starts, ends = builder.table_values(bounds.start), builder.table_values(bounds.end)
    if starts is not None and ends is not None:
        return builder.by_date(
            "part of period",
            tuple(
                between(schedule, counting, span, int(start), int(end))
                for span, start, end in zip(spans, starts, ends, strict=True)
            ),
        )
    opens = _dates(builder, "opens", tuple(_EARLIEST if span is None else span.opens for span in spans))
    closes = _dates(builder, "closes", tuple(_EARLIEST if span is None else span.closes for span in spans))
    first = builder.minimum(builder.maximum(opens, bounds.start), closes)
    last = builder.maximum(builder.minimum(closes, bounds.end), first)
    if counting in _THIRTY:
        whole = _Thirty(builder, schedule, counting, spans)
        return builder.multiply(builder.subtract(whole.days(last), whole.days(first)), number(Fraction(1, 360)))
    cuts = [() if span is None else stretches(schedule, counting, span.k) for span in spans]
    total: Operand = ZERO
    for place in range(max(map(len, cuts), default=0)):
        at = [cut[place] if place < len(cut) else Stretch(_EARLIEST.toordinal(), 0, Fraction(0)) for cut in cuts]
        begins = builder.by_date("stretch begins", tuple(Fraction(one.start) for one in at))
        length = builder.by_date("stretch", tuple(Fraction(one.days) for one in at))
        each = builder.by_date("of a day", tuple(one.each for one in at))

        def passed(date: Operand, begins: Operand = begins, length: Operand = length) -> Operand:
            gone = builder.subtract(builder.emit("to_number", date), begins)
            return builder.minimum(builder.positive(gone), length)

        total = builder.add(total, builder.multiply(builder.subtract(passed(last), passed(first)), each))
    return total


def _dates(builder: Builder, label: str, dates: tuple[Date, ...]) -> Operand:
    return builder.by_date(label, tuple(Fraction(one.toordinal()) for one in dates), "date")


def _last_of_february(date: Date) -> bool:
    return date.month == 2 and (date + datetime.timedelta(days=1)).month == 3


@attrs.frozen(eq=False)
class _Thirty:
    """Days of 360 from the start of each date's period to a date within it: `dsl/time/daycount.py` in equations."""

    builder: Builder
    schedule: Schedule
    convention: Convention
    spans: tuple[Span | None, ...]

    def days(self, date: Operand) -> Operand:
        builder = self.builder
        year, month = builder.emit("year", date), builder.emit("month", date)
        months = builder.add(
            builder.multiply(builder.subtract(year, number(_MONTHS_FROM.year)), number(12)),
            builder.subtract(month, number(1)),
        )
        first = builder.emit("to_number", builder.emit("add_months", day(_MONTHS_FROM), months))
        after = builder.emit("add_months", day(_MONTHS_FROM), builder.add(months, number(1)))
        count = builder.emit("to_number", date)
        of_month = builder.add(builder.subtract(count, first), number(1))
        is_last = builder.emit("equal", builder.subtract(builder.emit("to_number", after), count), number(1))
        ends_february = builder.both(builder.emit("equal", month, number(2)), is_last)
        last = builder.select(self._made_thirty(of_month, ends_february, date), number(30), of_month)
        return builder.add(builder.add(builder.multiply(year, number(360)), builder.multiply(month, number(30))), last)

    def _made_thirty(self, of_month: Operand, ends_february: Operand, date: Operand) -> Operand:
        """Whether the day counts as the 30th, as the end of what began with the period."""
        builder = self.builder
        is_31st = builder.emit("equal", of_month, number(31))
        starts = [None if span is None else span.start for span in self.spans]
        match self.convention:
            case "30/360" | "30/360 US":
                american = self.convention == "30/360 US"
                thirty = builder.mask(
                    "begins on a 30th",
                    tuple(
                        start is not None and (start.day >= 30 or (american and _last_of_february(start)))
                        for start in starts
                    ),
                )
                made = builder.both(is_31st, thirty)
                if not american:
                    return made
                february = tuple(start is not None and _last_of_february(start) for start in starts)
                begins = builder.mask("begins as February ends", february)
                return builder.either(made, builder.both(ends_february, begins))
            case "30E/360":
                return is_31st
            case _:
                ends = builder.emit("equal", date, day(self.schedule.boundaries[-1]))
                return builder.either(is_31st, builder.both(ends_february, builder.negated(ends)))
