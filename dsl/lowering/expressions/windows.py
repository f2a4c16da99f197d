"""Looking back and ahead: `trailing`, `next`, `cumulative`, `present_value`, `projected`, `delayed`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import attrs

from ....engine.ir import Operand, Var
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import DaycountEntry, DefinitionEntry, Scope, StateEntry, TriggerEntry, follow
from ...time.calendar import ScheduleProblem
from ...time.clocks import Clock
from ...time.daycount import year_fraction
from ...time.timeline import period_fractions, window_counts
from ...vocabulary.builtins import Bound
from ...vocabulary.dimensions import HOUR, YEAR
from ..building.builder import FALSE, TRUE, ZERO, Builder, Traits, number
from ..context.dispatch import functions, lower, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, ListValue, NotLowered, Value
from ..figures.accrual import convention
from ..figures.flows import arisen_where, gathered, initial, known_ahead, on_dates, previous, standing
from ..known.arising import arises, nature
from ..known.clocks_and_day_counts import clock_of, daycount_of
from ..known.compounding import compounding_of
from ..known.fixed import fixed_number, grain_of
from ..known.windows import schedule_of, window_of
from .operators import ahead
from .projections import projected_value


def _now(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Value:
    """Today's value in a window: as recorded if a step records it, else as it stands."""
    if moment.kind == "step" and isinstance(node, syntax.Name):
        resolved = scope.resolve(node.parts)
        if not isinstance(resolved, int) and isinstance(resolved.entry, DefinitionEntry):
            name = resolved.entry.name
            if name in low.acts.records:
                kept = low.day.recorded.get(name)
                if kept is None:
                    low.collector.error(
                        "E0512",
                        f"`{name}` is read over a window before the step that records it",
                        node.span,
                        help=f"put `record {name}` above this, or before it in the same `record`",
                    )
                    raise NotLowered
                low.trail.touch(Figure.RECORDED(name))
                return Value(*kept)
    return value_of(low, node, scope, moment)


def _on(low: Lowering, call: syntax.Call, scope: Scope, moment: Moment) -> tuple[Clock, Moment]:
    """Whose dates a call counts: those of the schedule that it names, or the reader's."""
    if call.on is None:
        return moment.clock, moment
    clock = clock_of(low, call.on, scope)
    low.trail.touch_clock(clock)
    return clock, attrs.evolve(moment, clock=clock)


def _trailing(average: bool) -> Callable[[Lowering, syntax.Call, Bound, Scope, Moment], Value]:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
        node = bound.values["x"]
        reader = moment.clock
        clock, moment = _on(low, expression, scope, moment)
        counts = window_of(low.types, low.collector, low.schedules, bound.values["window"], scope, clock, forward=False)
        longest = max((count for count in counts if count is not None), default=0)
        if longest == 0:
            low.collector.error("E0414", "this window is never full", bound.values["window"].span)
            raise NotLowered
        builder = low.builder
        # A reader that is never on these dates needs nothing of today.
        apart = moment.kind in ("opening", "step") and not reader.meets(clock)
        now = None if apart else _now(low, node, scope, moment)
        low.trail.tracking.append(set())
        try:
            back = value_of(low, node, scope, Moment("elsewhere", clock, ahead=moment.ahead))
        finally:
            low.trail.tracking.pop()
        final = back
        past: list[tuple[Operand, Value]] = []
        for lag in range(1, longest):
            back = previous(low.builder, low.memory, back, clock)
            inside = builder.mask(f"{lag} back", tuple(count is not None and count > lag for count in counts))
            past.append((inside, back))

        def window(newest: Value) -> Value:
            total, determined = newest.operand, newest.determined
            for inside, older in past:
                total = builder.add(total, builder.select(inside, older.operand, ZERO))
                determined = builder.both(determined, builder.either(builder.negated(inside), older.determined))
            if average:
                size = builder.by_date("window", tuple(Fraction(count or 1) for count in counts))
                total = builder.emit("divide", total, size)
            full = builder.mask("window full", tuple(count is not None for count in counts))
            return Value(total, builder.both(full, determined))

        if now is None:
            return standing(builder, None, window(final), clock)
        return window(now) if expression.on is None else standing(builder, window(now), window(final), clock)

    return rule


def positions_ahead(clock: Clock, counts: list[int | None]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first and last positions of a window of the clock's coming dates; an empty one where it is not full."""
    places = [position for position, on in enumerate(clock.on) if on]
    first, last = [], []
    for position, count in enumerate(counts):
        coming = [place for place in places if place > position][: count or 0]
        first.append(coming[0] if coming else 1)
        last.append(coming[-1] if coming else 0)
    return tuple(first), tuple(last)


def _next(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    node, clock = bound.values["x"], moment.clock
    counts = window_of(low.types, low.collector, low.schedules, bound.values["window"], scope, clock, forward=True)
    value = ahead(low, node, scope, moment, expression)
    builder = low.builder
    on = on_dates(low.builder, clock)
    kept = builder.select(on, value.operand, ZERO)
    first, last = positions_ahead(clock, counts)
    full = builder.mask("window ahead full", tuple(count is not None for count in counts))
    if value.determined != TRUE:
        missing = builder.emit("to_float", builder.both(on, builder.negated(value.determined)))
        none = builder.emit("less_equal", builder.emit("window", missing, first=first, last=last), ZERO)
        full = builder.both(full, none)
    return Value(builder.emit("window", kept, first=first, last=last), full)


def _cumulative(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """The running sum over the reader's dates up to this one; of a list, its running sums."""
    builder = low.builder
    node = bound.values["x"]
    if moment.kind == "fixed":
        items = lower(low, node, scope, moment)
        return running(low.builder, items)
    today = lower(low, node, scope, moment)
    if isinstance(today, ListValue):
        return running(low.builder, today)
    if not isinstance(today, Value):
        raise NotLowered
    clock = moment.clock
    memory = ("cumulative", node, scope, clock, low.layers.marks)
    before = low.memory.running.get(memory)
    on = on_dates(low.builder, clock)
    if before is None:
        traits = Traits(date=True, scenario=True, row=today.operand.rows, carried=True, drawn=True)
        before = builder.placeholder("so far", "float", today.operand.rows, traits)
        low.memory.running[memory] = before
        low.trail.tracking.append(set())
        try:
            final = value_of(low, node, scope, Moment("elsewhere" if moment.kind != "close" else "close", clock))
        finally:
            low.trail.tracking.pop()
        counted = builder.select(builder.both(on, final.determined), final.operand, ZERO)
        builder.bind(before, builder.emit("previous", builder.add(before, counted), ZERO))
    return Value(builder.add(before, builder.select(builder.both(on, today.determined), today.operand, ZERO)))


def running(builder: Builder, items: AnyValue) -> ListValue:
    if not isinstance(items, ListValue):
        raise NotLowered
    total: Operand = ZERO
    found: list[AnyValue] = []
    for item in items.items:
        if not isinstance(item, Value):
            raise NotLowered
        total = builder.add(total, item.operand)
        found.append(Value(total, item.determined))
    return ListValue(tuple(found))


def _present_value(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """The value today of an amount on the reader's coming dates: each over (1 + rate) to the power of the years to it,
    by actual/365 unless a day count is named; ``from`` leaves out what comes before a date. ``compounding`` says how
    often the rate compounds instead of once a year, or ``"by period"`` that it does not within one of the reader's."""
    clock = moment.clock
    schedule_of(low.collector, clock, expression)
    value = ahead(low, bound.values["x"], scope, moment, expression)
    rate = ahead(low, bound.values["rate"], scope, moment, expression)
    builder = low.builder
    kept = builder.select(builder.both(on_dates(low.builder, clock), value.determined), value.operand, ZERO)
    if "from" in bound.values:
        start = value_of(low, bound.values["from"], scope, moment)
        today = builder.today()
        kept = builder.select(builder.emit("less_equal", start.operand, today), kept, ZERO)
    discount, table = _discounting(low, rate.operand, bound, scope, clock, expression)
    places = [position for position, on in enumerate(clock.on) if on]
    last = tuple(places[-1] if places and places[-1] > position else position for position in range(len(clock.on)))
    first = tuple(position + 1 for position in range(len(clock.on)))
    worth = builder.emit("discounted", kept, discount, first=first, last=last, fractions=table)
    return Value(worth, rate.determined)


BY_PERIOD = "by period"
"""Each of the reader's periods discounts by 1 + rate * its part of a year, as a loan accrues."""


def _discounting(
    low: Lowering, rate: Operand, bound: Bound, scope: Scope, clock: Clock, expression: syntax.Call
) -> tuple[Operand, str]:
    """The rate per year, compounded once a year, and the years between dates; by period, the rate of each and ones."""
    name = "actual/365"
    if "accrual" in bound.values:
        found = daycount_of(low.collector, bound.values["accrual"], scope)
        if isinstance(found, DaycountEntry):
            low.collector.error(
                "E0415", "present value takes one of the built-in day counts", bound.values["accrual"].span
            )
            raise NotLowered
        name = found
    node = bound.values.get("compounding")
    if node is None:
        return rate, year_fractions(low.collector, low.every, low.builder, name, expression)
    kind, times = compounding_of(low, node, scope, (BY_PERIOD,))
    builder = low.builder
    if kind == BY_PERIOD:
        spans = period_spans(low.collector, name, clock, bound.values.get("accrual", expression))
        each = builder.multiply(rate, builder.by_date("part of a year", spans))
        return each, builder.forced_table("ones", (Fraction(1),) * len(clock.on))
    if times == 0:
        return builder.subtract(builder.emit("exp", rate), number(1)), year_fractions(
            low.collector, low.every, low.builder, name, expression
        )
    if times == 1:
        return rate, year_fractions(low.collector, low.every, low.builder, name, expression)
    grown = builder.emit(
        "power", builder.add(number(1), builder.multiply(rate, number(Fraction(1, times)))), number(times)
    )
    return builder.subtract(grown, number(1)), year_fractions(low.collector, low.every, low.builder, name, expression)


def period_spans(collector: Collector, name: str, clock: Clock, node: syntax.Expression) -> tuple[Fraction, ...]:
    """On each of a clock's dates its period as a part of a year, nothing on the others."""
    try:
        wholes = () if clock.schedule is None else period_fractions(clock.schedule, convention(name))
    except ScheduleProblem as problem:
        collector.error("E0412", str(problem), node.span, help=problem.help)
        raise NotLowered from None
    return tuple(wholes[index] if on else Fraction(0) for on, index in zip(clock.on, clock.index, strict=True))


def year_fractions(
    collector: Collector, every: Clock, builder: Builder, name: str, expression: syntax.Expression
) -> str:
    """The name of the constant that holds the years from each timeline date's date before to it."""
    dates = every.timeline.dates
    if name == "actual/actual ICMA":
        collector.error(
            "E0415", "this takes a day count between any two dates, and ICMA's needs periods", expression.span
        )
        raise NotLowered
    count = convention(name)
    steps = [Fraction(0)] + [
        year_fraction(count, dates[0], later) - year_fraction(count, dates[0], earlier)
        for earlier, later in pairwise(dates)
    ]
    found = builder.table(f"years {name}", ("date",), (*steps[:-1], steps[-1] + 0), "float", None)
    if isinstance(found, Var):
        return found.name
    # All steps are alike (or there is but one date): the table must stand as a constant all the same.
    return builder.forced_table(f"years {name}", tuple(steps))


def _delayed(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """The series so much later: on each of the reader's dates its value that much earlier.

    What arises comes once: where dates are unequally far apart, on the first of the reader's dates that is so much
    later or more. Before it began an amount that arises is nothing, a state is what it starts as, and a level is not
    determined. With a schedule of its own, an amount is to another reader what has arisen since its date before, and a
    level stands until the schedule's next date.
    What is known ahead is read off its date; what the deal carries or draws is handed on from date to date.
    """
    reading = moment
    clock, moment = _on(low, expression, scope, moment)
    schedule = schedule_of(low.collector, clock, expression)
    dimension = low.types.of(bound.values["by"], scope).dimension
    length = fixed_number(low.collector, low.schedules, bound.values["by"], scope, "a delay", grain_of(dimension))
    counts: tuple[int | None, ...]
    if length == 0:
        counts = (0,) * len(schedule.nominal)
    elif dimension == YEAR and (length * 12).denominator == 1 and length > 0:
        counts = window_counts(schedule, months=int(length * 12), partial=True)
    elif dimension == HOUR and (length / 24).denominator == 1 and length > 0:
        counts = window_counts(schedule, days=int(length / 24), partial=True)
    else:
        low.collector.error("E0413", "a delay is a number of whole months, or of whole days", bound.values["by"].span)
        raise NotLowered
    builder = low.builder
    node = bound.values["x"]
    lags = [counts[index] or 0 for index in clock.index]
    there = tuple(on and lag <= index for on, lag, index in zip(clock.on, lags, clock.index, strict=True))
    amounts = arises(low.types, node, scope)
    coming = arrivals(clock, lags)
    # Where dates stand unequally apart, what arose on several may come on one of them, and nothing on the next.
    uneven = amounts and any(len(one) != at for one, at in zip(coming, there, strict=True))
    low.trail.tracking.append(set())
    try:
        back = value_of(low, node, scope, Moment("elsewhere", clock, ahead=moment.ahead))
    finally:
        low.trail.tracking.pop()
    if known_ahead(low.builder, back.operand) and known_ahead(low.builder, back.determined):
        places = [position for position, on in enumerate(clock.on) if on]
        source = tuple(places[max(index - lag, 0)] for index, lag in zip(clock.index, lags, strict=True))
        shifted, determined = (
            gathered(low.builder, back.operand, source),
            gathered(low.builder, back.determined, source),
        )
        if uneven:
            shifted, determined = ZERO, TRUE
            for nth in range(max(map(len, coming))):
                here = builder.mask(f"{nth} more", tuple(nth < len(one) for one in coming))
                source = tuple(places[one[nth]] if nth < len(one) else places[0] for one in coming)
                added = gathered(builder, back.operand, source), gathered(builder, back.determined, source)
                shifted, determined = _with(builder, here, added, shifted, determined)
    else:
        # Where every date looks back, today's value is not read at all: it may itself stand on this one.
        now = value_of(low, node, scope, moment) if 0 in lags else Value(initial(back.operand.kind))
        if not uneven:
            shifted, determined = now.operand, now.determined
        else:
            today = builder.mask("0 later, of several", tuple(lag == 0 for lag in lags))
            shifted, determined = _with(builder, today, (now.operand, now.determined), ZERO, TRUE)
        for lag in range(1, max(lags, default=0) + 1):
            back = previous(low.builder, low.memory, back, clock)
            if uneven:
                reached = tuple(index - lag in one for index, one in zip(clock.index, coming, strict=True))
                here = builder.mask(f"{lag} later, of several", reached)
                shifted, determined = _with(builder, here, (back.operand, back.determined), shifted, determined)
                continue
            here = builder.mask(f"{lag} later", tuple(one == lag for one in lags))
            shifted = builder.select(here, back.operand, shifted)
            determined = builder.select(here, back.determined, determined)
    begun = builder.mask("delayed", there)
    if not amounts:
        start = _start(low, node, scope)
        if start is None:
            level = Value(shifted, builder.both(begun, determined))
        else:
            begins = builder.both(on_dates(builder, clock), builder.either(builder.negated(begun), determined))
            level = Value(builder.select(begun, shifted, start), begins)
        return level if expression.on is None else standing(builder, level, level, clock)
    amount = builder.select(begun, shifted, ZERO)
    missing = builder.both(begun, builder.negated(determined))
    key = Figure.DELAYED(f"delayed {len(low.memory.carried)}")
    return arisen_where(builder, low.memory, key, clock, amount, missing, reading)


def arrivals(clock: Clock, lags: Sequence[int]) -> tuple[range, ...]:
    """On each of a clock's dates the dates, by their number, whose amounts come about on it: those that the delay has
    reached since the date before. Each date's amount comes once, however far apart the dates are."""
    found, begun = [], 0
    for on, index, lag in zip(clock.on, clock.index, lags, strict=True):
        reached = max(index - lag + 1, begun) if on else begun
        found.append(range(begun, reached))
        begun = reached
    return tuple(found)


def _with(
    builder: Builder, here: Operand, added: tuple[Operand, Operand], total: Operand, determined: Operand
) -> tuple[Operand, Operand]:
    """A sum and whether it is known, with one more part where ``here`` holds."""
    operand, known = added
    total = builder.add(total, builder.select(here, operand, ZERO))
    return total, builder.both(determined, builder.either(builder.negated(here), known))


def _start(low: Lowering, node: syntax.Expression, scope: Scope) -> Operand | None:
    """What a state or a balance was before the deal's first date; None of what has no such value."""
    if nature(low.types, node, scope) == "balance":
        return ZERO
    resolved = scope.resolve(node.parts) if isinstance(node, syntax.Name) else 0
    if isinstance(resolved, int):
        return None
    entry = follow(resolved.entry)
    if isinstance(entry, StateEntry):
        return value_of(low, entry.item.initial, entry.scope, Moment("opening", low.every)).operand
    return FALSE if isinstance(entry, TriggerEntry) else None


def _projected(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    return projected_value(low, bound.values["x"], scope, moment)


functions(
    {
        "trailing": _trailing(False),
        "trailing_average": _trailing(True),
        "next": _next,
        "cumulative": _cumulative,
        "present_value": _present_value,
        "delayed": _delayed,
        "projected": _projected,
    }
)
