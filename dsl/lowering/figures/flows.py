"""Reading through time: yesterday's value, what a clock's previous date showed, what has arisen since it."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import NEVER, Kind, Literal, Operand
from ...time.clocks import Clock
from ..building.builder import FALSE, TRUE, ZERO, Builder, Traits
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.memory import Memory
from ..context.moments import Moment
from ..context.values import Value


def initial(kind: Kind) -> Literal:
    """What stands before the first date of the timeline: nothing, false, never."""
    match kind:
        case "bool":
            return FALSE
        case "date":
            return Literal(Fraction(NEVER), "date")
        case _:
            return ZERO


def known_ahead(builder: Builder, operand: Operand) -> bool:
    """Whether a value on another date may be read from here: neither carried by the deal nor drawn."""
    traits = builder.traits(operand)
    return not (traits.carried or traits.drawn)


def gathered(builder: Builder, operand: Operand, positions: tuple[int, ...]) -> Operand:
    """The value on another date of the timeline; itself where it is the same on every date."""
    if not builder.traits(operand).date or positions == tuple(range(len(positions))):
        return operand
    return builder.emit("gather", operand, positions=positions)


def held(builder: Builder, memory: Memory, operand: Operand, clock: Clock) -> Operand:
    """The value that was closed with on the clock's previous date; before there was one, the kind's zero."""
    if not builder.traits(operand).date:
        return operand
    found = memory.held.get((operand, clock))
    if found is not None:
        return found
    if known_ahead(builder, operand):
        places = tuple(position if position is not None else 0 for position in clock.previous)
        found = gathered(builder, operand, places)
    else:
        starts = clock.starts
        first = starts.index(True) if True in starts else len(starts)
        if all(starts[first:-1]):
            found = builder.emit("previous", operand, initial(operand.kind))
        else:
            traits = Traits(date=True, scenario=True, row=operand.rows, carried=True, drawn=True)
            before = builder.placeholder("held", operand.kind, operand.rows, traits)
            shown = builder.select(builder.mask(f"on {clock.name}", starts), operand, before)
            found = builder.emit("previous", shown, initial(operand.kind))
            builder.bind(before, found)
    memory.held[(operand, clock)] = found
    return found


def previous(builder: Builder, memory: Memory, value: Value, clock: Clock) -> Value:
    """A value as it was on the clock's previous date; not determined where there is none."""
    if not builder.traits(value.operand).date and value.determined == TRUE:
        return value
    there = builder.mask(f"after first {clock.name}", tuple(place is not None for place in clock.previous))
    determined = (
        there if value.determined == TRUE else builder.both(there, held(builder, memory, value.determined, clock))
    )
    return Value(held(builder, memory, value.operand, clock), determined)


def following(builder: Builder, value: Value, clock: Clock) -> Value:
    """A value as it will be on the clock's next date; the caller has seen that it is known ahead."""
    places = tuple(position if place is None else place for position, place in enumerate(clock.following))
    there = builder.mask(f"before last {clock.name}", tuple(place is not None for place in clock.following))
    determined = builder.both(there, gathered(builder, value.determined, places))
    return Value(gathered(builder, value.operand, places), determined)


def arisen_where(
    builder: Builder, memory: Memory, key: Key, on: Clock, amount: Operand, missing: Operand, moment: Moment
) -> Value:
    """An amount of one clock's dates as a reader's clock sees it; not determined where a part of it is ``missing``."""

    def since(key: Key, amount: Operand) -> Operand:
        if moment.ahead and known_ahead(builder, amount) and not on.within(moment.clock):
            return arising(builder, amount, moment.clock)
        return arisen(builder, memory, key, on.on, amount, amount, moment.clock)

    operand = since(key, amount)
    if missing == FALSE:
        return Value(operand)
    several = since(Figure.MISSING(f"{key.kind.value} {key.name}"), builder.emit("to_float", missing))
    return Value(operand, builder.emit("less_equal", several, ZERO))


def arising(builder: Builder, amount: Operand, clock: Clock) -> Operand:
    """What has arisen since the clock's date before, as `arisen`, of an amount that is known on all dates at once."""
    first, begun = [], 0
    for position, settled in enumerate(clock.settled):
        first.append(begun)
        begun = position + 1 if settled else begun
    return builder.emit("window", amount, first=tuple(first), last=tuple(range(len(first))))


def standing(builder: Builder, today: Value | None, final: Value, clock: Clock) -> Value:
    """A level on the clock's dates, held from the last of them on every other date; not determined before the first.

    ``final``: what it comes to on a date by its close, where that is another value than ``today``'s. None today: the
    reader is never on the clock's dates, and what a date comes to is no matter to it before the next.
    """
    if all(clock.on):
        return final if today is None else today
    begun = builder.mask(f"begun {clock.name}", tuple(any(clock.on[: at + 1]) for at in range(len(clock.on))))
    if known_ahead(builder, final.operand) and known_ahead(builder, final.determined):
        today = final if today is None else today
        last, places = 0, []
        for position, mine in enumerate(clock.on):
            last = position if mine else last
            places.append(last)
        there = tuple(places)
        determined = builder.both(begun, gathered(builder, today.determined, there))
        return Value(gathered(builder, today.operand, there), determined)
    on = on_dates(builder, clock)

    def kept(now: Operand | None, at_close: Operand) -> Operand:
        if not builder.traits(at_close).date and now in (None, at_close):
            return at_close
        traits = Traits(date=True, scenario=True, row=at_close.rows, carried=True, drawn=True)
        before = builder.placeholder(f"standing on {clock.name}", at_close.kind, at_close.rows, traits)
        builder.bind(before, builder.emit("previous", builder.select(on, at_close, before), initial(at_close.kind)))
        return before if now is None else builder.select(on, now, before)

    determined = builder.both(begun, kept(None if today is None else today.determined, final.determined))
    return Value(kept(None if today is None else today.operand, final.operand), determined)


def from_closing(low: Lowering) -> Operand:
    """The dates on which there are accounts: a date of some schedule before closing has no balance, not one of nothing,
    unless cash moves before closing already."""
    line = low.every.timeline
    moving = [dates for key, dates in low.acts.dates.items() if key.kind in (Figure.PAID_BY, Figure.RECEIVED_BY)]
    begins = min([line.closing, *(dates.index(True) for dates in moving if True in dates)])
    return low.builder.mask("from closing", tuple(position >= begins for position in range(len(line))))


def on_dates(builder: Builder, clock: Clock) -> Operand:
    return builder.mask(f"on {clock.name}", clock.on)


def arisen(
    builder: Builder, memory: Memory, key: Key, dates: tuple[bool, ...], today: Operand, final: Operand, clock: Clock
) -> Operand:
    """A flow as a reader's clock sees it: today's part and what has arisen since the clock's previous date. A part of a
    schedule has its parent's date before it, and what arose up to the day on which a clock's accrual begins is not its
    own; on any other clock the first date has all that has arisen.

    ``dates``: where the flow can be other than nothing; ``final``: what it comes to on a date by its close.
    """
    if all(mine <= theirs for mine, theirs in zip(dates, clock.on, strict=True)):
        return today
    carried = memory.carried.get((key, clock))
    if carried is None:
        traits = Traits(date=True, scenario=True, row=final.rows, carried=True)
        carried = builder.placeholder(f"{key.name}.since", "float", final.rows, traits)
        memory.carried[(key, clock)] = carried
        so_far = builder.add(carried, final)
        left = builder.select(builder.mask(f"settled on {clock.name}", clock.settled), ZERO, so_far)
        builder.bind(carried, builder.emit("previous", left, ZERO))
    return builder.add(carried, today)
