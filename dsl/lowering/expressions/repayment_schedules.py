"""`straight_line` and `level`: the balance that a repayment schedule leaves on every date.

Both read, on any date of the timeline, what is left after the schedule's latest payment date on or before it: the
whole size before the first, nothing from the last.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from fractions import Fraction

from ....engine.ir import Literal, Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ...time.clocks import Clock
from ...types.types import Types
from ...vocabulary.builtins import Bound
from ..building.builder import ONE, ZERO, Builder, number
from ..context.dispatch import functions, value_of
from ..context.lowering import Lowering, Schedules
from ..context.moments import Moment
from ..context.values import NotLowered, Value
from ..figures.overrides import fixed_only
from ..known.fixed import fixed_dates
from ..known.schedules import schedule_named

Date = datetime.date

DECIMALS = 40
"""Decimals to which the factors of a level loan are kept: exact ones have thousands of digits."""


def dates_of(
    types: Types, collector: Collector, schedules: Schedules, expression: syntax.Expression, scope: Scope
) -> tuple[tuple[Date, ...], tuple[Date, ...], Fraction | None]:
    """Payment dates, the dates that a maturity is compared with, and regular periods a year (None: not regular).

    A period ends by a maturity if its nominal or its payment date does: a last payment that business days move
    past the maturity still belongs to the loan.
    """
    if types.of(expression, scope).kind == "list":
        dates = tuple(sorted(set(fixed_dates(collector, schedules, expression, scope))))
        return dates, dates, None
    schedule = schedule_named(schedules, expression, scope)
    ends = tuple(min(pair) for pair in zip(schedule.nominal, schedule.dates, strict=True))
    return schedule.dates, ends, schedule.frequency


def _passed(every: Clock, dates: tuple[Date, ...], moment: Moment) -> list[int]:
    """For each timeline date how many of some dates have come (in a piece of accrual, by the date it is paid)."""
    timeline = every.timeline.dates
    due = moment.clock.paid if moment.piece else range(len(timeline))
    return [bisect_right(dates, timeline[position]) for position in due]


def _straight_line(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """What is left of a size repaid in equal parts on the dates of a schedule, up to a maturity if one is given."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, "what a schedule leaves changes from date to date", expression.span)
    size = value_of(low, bound.values["size"], scope, moment)
    dates, ends, _ = dates_of(low.types, low.collector, low.schedules, bound.values["schedule"], scope)
    passed = _passed(low.every, dates, moment)
    builder = low.builder
    if "maturity" not in bound.values:
        left = _factors(low.builder, "straight line", passed, len(dates))
        return Value(builder.multiply(size.operand, left), size.determined)
    maturity = value_of(low, bound.values["maturity"], scope, moment)
    determined = builder.both(size.determined, maturity.determined)
    counts = _up_to(low.builder, ends, maturity.operand)
    if isinstance(counts, Literal):
        parts = int(counts.value)
        if parts == 0:
            low.collector.error(
                "E0603",
                f"the schedule has no date up to the maturity: its first is {dates[0]}",
                bound.values["maturity"].span,
                label="before its first date",
                help="name a later maturity, or a schedule that begins before it",
            )
            raise NotLowered
        return Value(builder.multiply(size.operand, _factors(low.builder, "straight line", passed, parts)), determined)
    # A maturity that a scenario or a draw moves: as many equal parts as there are dates up to it.
    parts_ = builder.maximum(counts, ONE)
    done = builder.minimum(builder.by_date("dates passed", tuple(Fraction(count) for count in passed)), parts_)
    share = builder.emit("divide", builder.subtract(parts_, done), parts_)
    return Value(builder.multiply(size.operand, share), determined)


def _factors(builder: Builder, label: str, passed: list[int], parts: int) -> Operand:
    """The share left after some of so many equal parts, a date each."""
    return builder.by_date(label, tuple(Fraction(max(parts - count, 0), parts) for count in passed))


def _up_to(builder: Builder, dates: tuple[Date, ...], bound: Operand) -> Operand:
    """How many of some dates lie on or before a bound, which may vary by scenario."""
    ordinals = [date.toordinal() for date in dates]
    if isinstance(bound, Literal):
        return number(bisect_right(ordinals, int(bound.value)))
    reached = [builder.emit("less_equal", Literal(Fraction(ordinal), "date"), bound) for ordinal in ordinals]
    return builder.sum([builder.emit("to_float", one) for one in reached])


def _level(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """What is left of a size repaid, with interest, in equal payments on the dates of a schedule.

    After k of n payments at a rate i a period, of a size of 1: ((1 + i)^n - (1 + i)^k) / ((1 + i)^n - 1), the
    prospective balance of an annuity (Kellison, The Theory of Interest, section 5.2); i is the yearly rate over the
    schedule's regular periods a year, whatever the days of a period or the length of its first. A rate of nothing
    gives a straight line.
    """
    if moment.kind == "fixed":
        raise fixed_only(low.collector, "what a schedule leaves changes from date to date", expression.span)
    size = value_of(low, bound.values["size"], scope, moment)
    rate = value_of(low, bound.values["rate"], scope, moment)
    dates, _, frequency = dates_of(low.types, low.collector, low.schedules, bound.values["schedule"], scope)
    if frequency is None:
        low.collector.error(
            "E0602",
            "level payments need a schedule whose periods are so many whole months",
            bound.values["schedule"].span,
            label="not regular",
            help="use a schedule that is monthly, quarterly, semiannual or annual",
        )
        raise NotLowered
    builder = low.builder
    if builder.traits(rate.operand).date:
        low.collector.error(
            "E0604",
            "level payments are worked out from one rate, and this one varies by date",
            bound.values["rate"].span,
            help="a floating rate has no level payment: use a fixed one, or `straight_line`",
        )
        raise NotLowered
    passed = _passed(low.every, dates, moment)
    determined = builder.both(size.determined, rate.determined)
    if isinstance(rate.operand, Literal):
        factors = level_factors(Fraction(rate.operand.value) / frequency, len(dates))
        share: Operand = builder.by_date("level", tuple(factors[count] for count in passed))
    else:
        share = _level_share(low.builder, builder.multiply(rate.operand, number(1 / frequency)), passed, len(dates))
    return Value(builder.multiply(size.operand, share), determined)


def level_factors(rate: Fraction, payments: int) -> list[Fraction]:
    """The share left after 0, 1, ... n level payments at a rate a period, to 40 decimals; the first 1, the last 0.

    >>> [float(share) for share in level_factors(Fraction(0), 4)]
    [1.0, 0.75, 0.5, 0.25, 0.0]
    """
    if rate == 0 or rate <= -1:
        return [Fraction(payments - count, payments) for count in range(payments + 1)]
    # The powers in integers of 60 decimals: what they lose is far below the 40 that are kept.
    guard = 10 ** (DECIMALS + 20)
    growth = [guard]
    for _ in range(payments):
        growth.append(growth[-1] * (rate.numerator + rate.denominator) // rate.denominator)
    whole = growth[-1] - growth[0]
    if whole == 0:
        return [Fraction(payments - count, payments) for count in range(payments + 1)]
    scale = 10**DECIMALS
    return [Fraction(round(Fraction(growth[-1] - one, whole) * scale), scale) for one in growth]


def _level_share(builder: Builder, rate: Operand, passed: list[int], payments: int) -> Operand:
    """The same for a rate that varies by scenario, as equations."""
    straight = _factors(builder, "straight line", passed, payments)
    growing = builder.both(builder.emit("not_equal", rate, ZERO), builder.emit("less", number(-1), rate))
    growth = builder.select(growing, builder.add(ONE, rate), number(2))
    whole = builder.emit("power", growth, number(payments))
    counts = builder.by_date("payments passed", tuple(Fraction(count) for count in passed))
    so_far = builder.emit("power", growth, counts)
    share = builder.emit("divide", builder.subtract(whole, so_far), builder.subtract(whole, ONE))
    return builder.select(growing, share, straight)


functions({"straight_line": _straight_line, "level": _level})
