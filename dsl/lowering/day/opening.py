"""A day opens: states, accounts and triggers as they closed, and what an account opens with."""

from __future__ import annotations

from ....engine.ir import Literal, Operand
from ... import syntax
from ...names.deal import AccountEntry, ScheduleEntry, StateEntry, TriggerEntry
from ...time.clocks import Clock
from ..building.builder import TRUE, ZERO, Builder
from ..context.dispatch import value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import owner, party_of
from ..context.subjects import Reading
from ..context.values import NotLowered
from ..figures.flows import on_dates
from ..known.clocks_and_day_counts import clock_of
from .cash import between, put_in
from .survey import mark
from .triggers import opening_trigger

CARRIED_ON = "the state is carried on from it"
"""Why what moves a state must be determined, whether or not cash reads the state."""


def open_day(low: Lowering) -> None:
    """Every state and account as it closed; then states take what moves them at opening, then triggers are tested, then
    what an account opens with comes in."""
    builder = low.builder
    for entry in low.model.entries.values():
        try:
            if isinstance(entry, AccountEntry):
                key: Key = Figure.ACCOUNT(entry.name)
                before = builder.emit("previous", low.closes(key, ZERO), ZERO, label=f"{entry.name}.opening")
                low.day.opening[key] = low.day.now[key] = builder.mark_nonnegative(before)
        except NotLowered:
            low.faults.failed = True
    low.day.opening_of = lambda key: _open_figure(low, key)
    low.day.moved_of = lambda key: _moved_state(low, key)
    for entry in low.model.entries.values():
        if isinstance(entry, StateEntry | TriggerEntry):
            kind = Figure.STATE if isinstance(entry, StateEntry) else Figure.TRIGGER
            try:
                low.day.now[kind(entry.name)] = _open_figure(low, kind(entry.name))
                if isinstance(entry, StateEntry):
                    low.day.now[kind(entry.name)] = _moved_state(low, kind(entry.name))
            except NotLowered:
                low.faults.failed = True
    for entry in low.model.entries.values():
        if isinstance(entry, AccountEntry):
            try:
                _opens(low, entry)
            except NotLowered:
                low.faults.failed = True


def _open_figure(low: Lowering, key: Key) -> Operand:
    """A state or a trigger at opening, worked out when first asked for: triggers read states and each other."""
    found = low.day.opening.get(key)
    if found is not None:
        return found
    entry = low.model.entries.get(key.name)
    if isinstance(entry, StateEntry):
        return _open_state(low, entry)
    if isinstance(entry, TriggerEntry):
        opened = low.day.opening[key] = opening_trigger(low, entry)
        return opened
    raise NotLowered


def _open_state(low: Lowering, entry: StateEntry) -> Operand:
    builder = low.builder
    key: Key = Figure.STATE(entry.name)
    with low.layers.aside(), low.reading(f"opening {entry.name}", entry.span, Reading.OPENING_STATE(entry.name)):
        first = value_of(low, entry.item.initial, entry.scope, Moment("opened", low.every))
        operand = low.check_determined(first, TRUE, f"what {entry.name} starts as", entry.item.initial.span, CARRIED_ON)
        traits = builder.traits(operand)
        if traits.date:
            low.collector.error(
                "E0544",
                f"what `{entry.name}` starts as changes from date to date",
                entry.item.initial.span,
                help="a state starts as a term: a literal, a field, another term",
            )
            raise NotLowered
        like = operand if entry.family is None or operand.rows is not None else builder.placeholder_like(entry.family)
        opened = builder.emit("previous", low.closes(key, like), operand, label=f"{entry.name}.opening")
    low.day.opening[key] = opened
    return opened


def _moved_state(low: Lowering, key: Key) -> Operand:
    """A state after what moves it `at opening`, worked out when first asked for: dues are fixed on it."""
    found = low.day.moved.get(key)
    if found is not None:
        return found
    found = _open_figure(low, key)
    entry = low.model.entries[key.name]
    movements = entry.item.movements if isinstance(entry, StateEntry) else None
    if isinstance(entry, StateEntry) and any(movement.at == "opening" for movement in movements or ()):
        reader = Reading.MOVED_STATE(entry.name)
        with low.layers.aside(), low.reading(f"{entry.name} as moved at opening", entry.span, reader):
            for movement in movements or ():
                if movement.at == "opening":
                    amount = movement_amount(low, entry, movement, Moment("opened", state_clock(low, entry)))
                    found = moved(low.builder, found, amount, movement.sign)
    low.day.moved[key] = found
    return found


def _opens(low: Lowering, entry: AccountEntry) -> None:
    """What an account opens with comes in on the closing date, from whom it says."""
    builder = low.builder
    closing = low.every.timeline.closing
    dates = tuple(position == closing for position in range(len(low.every.timeline)))
    on = builder.mask("on closing", dates)
    shared = [value_of(low, amount, entry.scope, Moment("opening", low.every)) for amount, _ in entry.item.opens]
    for value, (node, name) in zip(shared, entry.item.opens, strict=True):
        operand = low.check_determined(value, on, f"what {entry.name} opens with", node.span)
        if isinstance(operand, Literal) and operand.value < 0:
            low.collector.error("E0545", f"`{entry.name}` cannot open below zero", node.span)
            raise NotLowered
        amount = builder.select(on, builder.positive(operand), ZERO)
        put_in(low.builder, low.day, Figure.ACCOUNT(entry.name), amount)
        giver = None if name is None else party_of(low.collector, name, entry.scope)
        taker = owner(low.model, low.collector, entry)
        for kind, party in ((Figure.PAID_BY, giver), (Figure.RECEIVED_BY, taker)):
            if party is not None:
                mark(low.acts, kind(party.name), dates)
        between(low.builder, low.day, giver, taker, amount, Figure.RECEIPT)


def state_clock(low: Lowering, entry: StateEntry) -> Clock:
    if entry.item.on is not None:
        return clock_of(low, entry.item.on, entry.scope)
    schedules = [one for one in low.model.entries.values() if isinstance(one, ScheduleEntry)]
    if len(schedules) == 1:
        return low.clocks[schedules[0].name]
    low.collector.error(
        "E0419",
        f"state `{entry.name}` does not say on which dates it moves",
        entry.span,
        help=f"`state {entry.item.name} on payment = ...`: only what is paid moves it when it is paid",
    )
    raise NotLowered


def movement_amount(low: Lowering, entry: StateEntry, movement: syntax.Movement, moment: Moment) -> Operand:
    value = value_of(low, movement.value, entry.scope, moment)
    on = on_dates(low.builder, moment.clock)
    operand = low.check_determined(value, on, f"what moves {entry.name}", movement.span, CARRIED_ON)
    return low.builder.select(on, operand, ZERO)


def moved(builder: Builder, state: Operand, amount: Operand, sign: int) -> Operand:
    if amount.rows is not None and state.rows is None:
        amount = builder.emit("sum_rows", amount)
    return builder.add(state, amount) if sign > 0 else builder.subtract(state, amount)
