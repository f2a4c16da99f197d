"""`accrue` and `year_fraction`: what an amount per year gathers over a period, piece by piece."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal as OneOf

import attrs

from ....engine.ir import Literal, Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import DaycountEntry, DefinitionEntry, Scope, follow
from ...syntax.walk import names
from ...time.calendar import ScheduleProblem
from ...time.clocks import Clock
from ...time.daycount import CONVENTIONS, Convention
from ...time.timeline import Counting, period_fractions
from ...vocabulary.builtins import Bound
from ...vocabulary.dimensions import HOUR
from ..building.builder import ZERO, number
from ..context.dispatch import functions, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering, Schedules, Under
from ..context.memory import Remembered
from ..context.moments import Moment
from ..context.subjects import Reading
from ..context.values import NotLowered, Value
from ..known.clocks_and_day_counts import daycount_of
from ..known.fixed import fixed_number
from .cut_periods import Bounds, bounds_of, period_parts, piece_parts
from .flows import arisen, gathered


@attrs.frozen(slots=True, eq=False)
class Counted:
    """A day count on a clock: the part of the period that ends at each date, and the whole period that it lies in."""

    piece: Operand
    whole: Operand
    dates: tuple[bool, ...]


def counted(
    low: Lowering, expression: syntax.Expression, scope: Scope, clock: Clock, bounds: Bounds | None = None
) -> Counted:
    """The fractions of a day count on a clock, of what lies between two dates where there are bounds.

    Nothing accrues before the first period or after the last.
    """
    found = daycount_of(low.collector, expression, scope)
    if clock.schedule is None:
        low.collector.error(
            "E0411",
            "accrual runs between the dates of a schedule, and there is none here",
            expression.span,
            help="accrue inside a claim, a flow or a step that says `on` which schedule",
        )
        raise NotLowered
    if isinstance(found, DaycountEntry) and not counts_days_only(low, found):
        return _own_series(low, found, clock, bounds)
    counting = (
        own_counting(low.collector, low.schedules, found) if isinstance(found, DaycountEntry) else convention(found)
    )
    try:
        pieces = clock.pieces(counting)
        wholes = period_fractions(clock.schedule, counting)
        if bounds is not None:
            of_piece, of_period = piece_parts(low, clock, counting, bounds), period_parts(low, clock, counting, bounds)
            return Counted(of_piece, of_period, tuple(value != 0 for value in pieces))
    except ScheduleProblem as problem:
        low.collector.error("E0412", str(problem), expression.span, help=problem.help)
        raise NotLowered from None
    label = found.name if isinstance(found, DaycountEntry) else found
    whole = low.builder.by_date(f"{label} of period", tuple(wholes[position] for position in clock.index))
    piece = low.builder.by_date(f"{label} of {clock.name}", pieces)
    return Counted(piece, whole, tuple(value != 0 for value in pieces))


def convention(name: str) -> Convention:
    for known in CONVENTIONS:
        if known == name:
            return known
    raise NotLowered


def counts_days_only(low: Lowering, entry: DaycountEntry) -> bool:
    """Whether a deal's own day count reads the days of the piece and terms alone, or what a date or a scenario changes
    as well."""
    return all(name.parts == ("days",) or _fixed(low, name, entry.scope) for name in names(entry.item.value))


def _fixed(low: Lowering, name: syntax.Name, scope: Scope, depth: int = 0) -> bool:
    """Whether a name is a term, made of terms, over which nothing lies."""
    resolved = scope.resolve(name.parts)
    if depth > 60 or isinstance(resolved, int) or resolved.attribute is not None:
        return name.parts == ("closing",)
    entry = follow(resolved.entry)
    return (
        isinstance(entry, DefinitionEntry)
        and entry.on is None
        and not low.types.of(entry.value, entry.scope).series
        and Figure.TERM(entry.name) not in low.layers.overrides
        and all(_fixed(low, one, entry.scope, depth + 1) for one in names(entry.value))
    )


def own_counting(collector: Collector, schedules: Schedules, entry: DaycountEntry) -> Counting:
    """``daycount bank = days / 364``: its expression with the days from the period's start in the place of ``days``."""
    share = _of_a_year(schedules.low, entry)

    def counting(start: datetime.date, end: datetime.date) -> Fraction:
        scope, _ = _days_bound(entry, (end - start).days, "parameter")
        return fixed_number(collector, schedules, entry.item.value, scope, "a day count") * share

    return counting


def _of_a_year(low: Lowering, entry: DaycountEntry) -> Fraction:
    """What a deal's own day count is multiplied by: it is a number of years, and what it gives in hours it means in
    days (``days / 364``)."""
    return Fraction(1, 24) if low.types.of(entry.item.value, entry.scope).dimension == HOUR else Fraction(1)


def _days_bound(entry: DaycountEntry, days: int, form: OneOf["let", "parameter"]) -> tuple[Scope, DefinitionEntry]:
    """A day count's scope with a number in the place of its `days`, and what stands for them there: a parameter is
    worked out wherever it is read, over a `let` something else may lie."""
    node = syntax.Number(entry.span, Fraction(days), str(days), "plain", (syntax.UnitTerm("day", 1, entry.span),))
    bound = DefinitionEntry(
        name=f"days of {entry.name}", span=entry.span, form=form, value=node, scope=entry.scope, type=None
    )
    return Scope({"days": bound}, entry.scope), bound


def _own_series(low: Lowering, entry: DaycountEntry, clock: Clock, bounds: Bounds | None) -> Counted:
    """A day count that reads a series: its value on the date paid is the period's, and so are its `days`; pieces share
    it by actual days."""
    if clock.schedule is None:
        raise NotLowered
    edges = clock.schedule.boundaries
    lengths = tuple(Fraction((edges[position + 1] - edges[position]).days * 24) for position in clock.index)
    days = Value(low.builder.by_date(f"days of {clock.name}", lengths))
    scope, bound = _days_bound(entry, 0, "let")
    moment = Moment("opened", clock, piece=True)
    under = Under(days, moment, ("days", clock), lambda _: days)
    with (
        low.reading(entry.name, entry.span, Reading.DAY_COUNT(entry.name, clock)),
        low.layers.under(Figure.TERM(bound.name), under),
    ):
        counted_ = value_of(low, entry.item.value, scope, moment).operand
    actual = clock.pieces("actual/365")
    periods = period_fractions(clock.schedule, "actual/365")
    shares = tuple(
        piece / periods[position] if periods[position] else Fraction(0)
        for piece, position in zip(actual, clock.index, strict=True)
    )
    builder = low.builder
    value = builder.multiply(counted_, number(_of_a_year(low, entry)))
    share, whole = builder.by_date(f"share of {clock.name}", shares), gathered(builder, value, clock.due)
    if bounds is not None:
        of = builder.by_date(
            "days of period", tuple(1 / periods[k] if periods[k] else Fraction(0) for k in clock.index)
        )
        share = builder.multiply(piece_parts(low, clock, "actual/365", bounds), of)
        whole = builder.multiply(whole, builder.multiply(period_parts(low, clock, "actual/365", bounds), of))
    piece = builder.multiply(gathered(builder, value, clock.paid), share)
    return Counted(piece, whole, tuple(one != 0 for one in shares))


def accrued(
    low: Lowering, x: syntax.Expression, daycount: syntax.Expression, scope: Scope, clock: Clock, bound: Bound
) -> Value:
    """``accrue(x, daycount)`` on a clock: each piece at its opening balances, series as of the date that is paid."""
    count = counted(low, daycount, scope, clock, bounds_of(low, bound, scope, Moment("opened", clock, piece=True)))
    memory = Reading.ACCRUAL(x, scope, clock, count.piece, low.layers.marks)
    kept = low.memory.remembered.get(memory)
    if kept is not None and isinstance(kept.value, Value):
        return kept.value
    value = value_of(low, x, scope, Moment("opened", clock, piece=True))
    builder = low.builder
    active = builder.mask(f"accrues on {clock.name}", count.dates)
    operand = low.check_determined(value, active, "what accrues", x.span, "the period gathers it")
    amount = builder.multiply(operand, count.piece)
    if isinstance(amount, Literal) and amount.value == 0:
        return Value(ZERO)
    label = low.trail.frames[-1].label if low.trail.frames else "accrual"
    gathered_ = arisen(
        low.builder,
        low.memory,
        Figure.ACCRUED(f"{label} {len(low.memory.carried)}"),
        count.dates,
        amount,
        amount,
        clock,
    )
    result = Value(gathered_)
    low.memory.remembered[memory] = Remembered(result, frozenset(), (), frozenset())
    return result


def _accrue(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    if moment.kind == "fixed":
        low.collector.error("E0504", "what accrues changes from date to date", expression.span)
        raise NotLowered
    low.trail.touch_clock(moment.clock)
    return accrued(low, bound.values["x"], bound.values["accrual"], scope, moment.clock, bound)


def _year_fraction(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    bounds = bounds_of(low, bound, scope, moment)
    return Value(counted(low, bound.values["accrual"], scope, moment.clock, bounds).whole)


functions({"accrue": _accrue, "year_fraction": _year_fraction})
