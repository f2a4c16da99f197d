"""`age`: the age of the part that is being summed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from fractions import Fraction

from ....engine.ir import Kind, Operand, Span
from ...time.clocks import Clock
from ..building.builder import Builder
from ..context.lowering import Lowering
from ..context.memory import Memory
from ..context.moments import Moment, Vintages
from ..context.values import NotLowered, Value


def age(low: Lowering, span: Span, moment: Moment) -> Value:
    """The age, in years, of the part that is being summed."""
    if moment.vintages is None:
        low.collector.error(
            "E0690",
            "`age` is the age of a part of what arose over time, and there are no parts here",
            span,
            label="the age of what?",
            help="read it in the share of `aged(x, dates, share)`, or in what such a share reads",
        )
        raise NotLowered
    return Value(_table(low.builder, low.memory, moment.vintages, "age", "float", _ages(low.every, moment.vintages)))


def _ages(every: Clock, vintages: Vintages) -> Iterable[Fraction]:
    """The ages of all parts on all dates. One lot's days are another's months later: few ages are told apart."""
    dates = every.timeline.dates
    days = [_thirty(date) for date in dates]
    known: dict[int, Fraction] = {}
    for today in days:
        for position in vintages.positions:
            passed = max(today - days[position], 0)
            found = known.get(passed)
            if found is None:
                found = known[passed] = Fraction(passed, 360)
            yield found


def _thirty(date: datetime.date) -> int:
    """A date in days of years of twelve months of thirty: 30E/360 ISDA is the difference of two of them."""
    last = (date + datetime.timedelta(days=1)).month != date.month
    return date.year * 360 + date.month * 30 + (30 if last else date.day)


def _table(
    builder: Builder, memory: Memory, vintages: Vintages, label: str, kind: Kind, values: Iterable[Fraction]
) -> Operand:
    key = ("vintages", label, vintages.clock, vintages.positions, vintages.family)
    found = memory.vintage_tables.get(key)
    if found is None:
        title = f"{label} of {vintages.clock.name}"
        if vintages.family is None:
            found = builder.by_date(title, tuple(values), kind)
        else:
            found = builder.constant(title, ("date", "row"), tuple(values), kind, vintages.family)
        memory.vintage_tables[key] = found
    return found
