"""Claims: what is fixed at opening, what payments move, and what becomes of the rest at close."""

from __future__ import annotations

from ....engine.ir import Check, Literal, Operand, Origin
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import ClaimEntry, StateEntry
from ...syntax.walk import walk
from ...time.clocks import Clock
from ..building.builder import ZERO, Builder
from ..context.day import ClaimDay, Day
from ..context.dispatch import condition, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered
from ..known.clocks_and_day_counts import clock_of
from ..known.windows import window_of
from .accrual import counted
from .flows import arisen, held, on_dates


def claim_day(low: Lowering, entry: ClaimEntry) -> ClaimDay:
    """The claim as it stands today, worked out at opening when first asked for."""
    found = low.day.claims.get(entry.name)
    if found is not None:
        return found
    item = entry.item
    clock = clock_of(low, item.on, entry.scope)
    with low.layers.aside(), low.reading(f"{entry.name}.due", entry.span, Figure.DUE(entry.name)):
        arrears = _arrears(low, entry, clock)
        current: Operand = ZERO
        due: Operand | None = None
        if item.due is not None and not item.when_reached:
            current = _current(low, entry, clock, Moment("opening", clock))
            due = low.builder.add(current, arrears)
        elif item.due is not None:
            due = arrears
        today = ClaimDay(entry, clock, current, arrears, due, due, ZERO)
    low.day.claims[entry.name] = today
    return today


def _current(low: Lowering, entry: ClaimEntry, clock: Clock, moment: Moment) -> Operand:
    """What arises on this date: on the claim's own dates, while its condition holds, never below zero."""
    item, builder = entry.item, low.builder
    if item.due is None:
        raise NotLowered
    value = value_of(low, item.due, entry.scope, moment)
    on = on_dates(low.builder, clock)
    active = on
    if item.condition is not None:
        active = builder.both(on, condition(low, item.condition, entry.scope, moment))
    operand = low.check_determined(value, active, f"{entry.name}.due", item.due.span)
    amount = builder.select(active, operand, ZERO)
    if isinstance(operand, Literal) and operand.value < 0:
        low.collector.error(
            "E0530",
            f"`{entry.name}` is due below zero",
            item.due.span,
            help="what the other side owes is a claim of its own: `claim receipt from dealer`",
        )
        raise NotLowered
    if not builder.traits(amount).nonnegative:
        low.product.checks.append(
            Check(
                name=f"{entry.name}.due",
                rule="nonnegative",
                var=low.builder.as_var(amount, f"{entry.name}.due"),
                severity="error",
                code="E0901",
                message=f"{entry.name} is due below zero: a two-way contract has two claims",
                origin=Origin(f"{entry.name}.due", item.due.span),
            )
        )
        builder.mark_nonnegative(amount)
    return amount


def reach(low: Lowering, today: ClaimDay, moment: Moment) -> None:
    """A step comes to the claim, or the day closes without one. `when reached` fixes its due now, if it has one."""
    if today.touched:
        return
    today.touched = True
    if today.entry.item.when_reached and today.due is not None:
        with low.reading(f"{today.entry.name}.due", today.entry.span, Figure.DUE(today.entry.name)):
            today.current = _current(low, today.entry, today.clock, Moment("step", today.clock))
            today.due = low.builder.add(today.current, today.arrears)
            today.remaining = today.due


def _arrears(low: Lowering, entry: ClaimEntry, clock: Clock) -> Operand:
    """What was unpaid at the last close, as the claim's own rule brings it forward."""
    rule, builder = entry.item.unpaid, low.builder
    if rule is None or rule.form in ("lapses", "capitalises") or entry.item.due is None:
        return ZERO
    family = entry.family
    like: Operand = ZERO if family is None else builder.placeholder_like(family)
    left = low.closes(Figure.CARRIED(entry.name), like)
    before = builder.mark_nonnegative(builder.emit("previous", left, ZERO, label=f"{entry.name}.arrears"))
    if rule.rate is None:
        return before
    count = counted(low, _daycount(low.collector, entry), entry.scope, clock)
    rate = value_of(low, rule.rate, entry.scope, Moment("opened", clock, piece=True))
    active = builder.mask(f"accrues on {clock.name}", count.dates)
    operand = low.check_determined(rate, active, f"the interest on {entry.name}'s arrears", rule.rate.span)
    # Interest on arrears joins them on the claim's own dates alone: other dates of the deal change nothing.
    piece = builder.multiply(before, builder.multiply(operand, count.piece))
    gathered = arisen(low.builder, low.memory, Figure.ARREARS_INTEREST(entry.name), count.dates, piece, piece, clock)
    return builder.add(before, builder.select(on_dates(low.builder, clock), gathered, ZERO))


def _daycount(collector: Collector, entry: ClaimEntry) -> syntax.Expression:
    """The claim's own day count: stated with the rate, or the one in which its due accrues."""
    item = entry.item
    if item.unpaid is not None and item.unpaid.daycount is not None:
        return item.unpaid.daycount
    for node in walk(item.due):
        if isinstance(node, syntax.Call) and node.function.text == "accrue":
            named = [argument.value for argument in node.arguments if argument.name == "accrual"]
            placed = [argument.value for argument in node.arguments if argument.name is None]
            if named or len(placed) > 1:
                return named[0] if named else placed[1]
    collector.error(
        "E0416",
        f"`{entry.name}` carries with interest, and does not say by which day count",
        entry.span,
        help="state it: `carries with interest at 5%, actual/360`",
    )
    raise NotLowered


def close_claim(low: Lowering, today: ClaimDay) -> None:
    """Bind what the claim closes at: its figures of the day, and what it brings forward."""
    name, builder = today.entry.name, low.builder
    reach(low, today, Moment("step", today.clock))
    remaining = today.remaining if today.remaining is not None else ZERO
    low.day.now[Figure.CURRENT(name)] = today.current
    low.day.now[Figure.ARREARS(name)] = today.arrears
    low.day.now[Figure.DUE(name)] = today.due if today.due is not None else ZERO
    low.day.now[Figure.UNPAID(name)] = remaining
    rule = today.entry.item.unpaid
    if rule is None or rule.form == "lapses":
        return
    on = on_dates(low.builder, today.clock)
    match rule.form:
        case "carries":
            low.day.now[Figure.CARRIED(name)] = remaining
        case "capitalises":
            _capitalise(low.collector, low.builder, low.day, today, rule, remaining, on)
        case "written_off":
            # What is too old goes at the close of the claim's own dates: other dates of the deal change nothing.
            kept = builder.minimum(remaining, _recent(low, today, rule))
            low.day.now[Figure.CARRIED(name)] = builder.select(on, kept, remaining)


def _capitalise(
    collector: Collector,
    builder: Builder,
    day: Day,
    today: ClaimDay,
    rule: syntax.Unpaid,
    remaining: Operand,
    on: Operand,
) -> None:
    entry = today.entry
    target = None if rule.into is None else entry.scope.resolve(rule.into.parts)
    if rule.into is None or target is None or isinstance(target, int) or not isinstance(target.entry, StateEntry):
        place = rule.into.span if rule.into is not None else rule.span
        collector.error(
            "E0323", f"`{entry.name}` must capitalise into a state", place, help="such as the loan's `balance`"
        )
        raise NotLowered
    key = Figure.STATE(target.entry.name)
    grown = builder.add(day.now[key], builder.select(on, remaining, ZERO))
    day.now[key] = grown


def _recent(low: Lowering, today: ClaimDay, rule: syntax.Unpaid) -> Operand:
    """What arose within the window before write-off: the oldest is paid first, so more than this is too old."""
    if rule.after is None:
        raise NotLowered
    clock, builder = today.clock, low.builder
    counts = window_of(low.types, low.collector, low.schedules, rule.after, today.entry.scope, clock, forward=False)
    longest = max((count for count in counts if count is not None), default=len(clock.on))
    total: Operand = today.current
    back: Operand = low.closes(Figure.CURRENT(today.entry.name), today.current)
    for lag in range(1, longest):
        back = held(low.builder, low.memory, back, clock)
        inside = builder.mask(f"{lag} back", tuple(count is None or count > lag for count in counts))
        total = builder.add(total, builder.select(inside, back, ZERO))
    return total
