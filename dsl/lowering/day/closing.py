"""A day closes: claims, states and triggers; what every figure closes at is bound."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import Literal, Operand
from ... import syntax
from ...names.deal import AccountEntry, ClaimEntry, DefinitionEntry, ReductionEntry, StateEntry, TriggerEntry
from ...time.clocks import Clock
from ..building.builder import FALSE, Builder
from ..context.day import Day
from ..context.dispatch import value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.memory import Memory
from ..context.moments import Moment
from ..context.values import NotLowered
from ..figures.claims import claim_day, close_claim
from ..figures.flows import on_dates
from ..known.clocks_and_day_counts import clock_of
from .balances import check_balances
from .cash import conservation
from .opening import CARRIED_ON, moved, movement_amount, state_clock
from .survey import claim_moved
from .triggers import clock_of_trigger, test_trigger


def close_day(low: Lowering) -> None:
    """Claims close, states take what moves them at close, triggers are tested after payments."""
    for entry in low.model.entries.values():
        try:
            if isinstance(entry, ClaimEntry):
                claim_day(low, entry)
        except NotLowered:
            low.faults.failed = True
    for today in list(low.day.claims.values()):
        try:
            close_claim(low, today)
        except NotLowered:
            low.faults.failed = True
    for name, kept in low.day.recorded.items():
        low.day.now[Figure.RECORDED(name)] = kept[0]
        low.day.now[Figure.WHETHER_RECORDED(name)] = kept[1]
    for entry in low.model.entries.values():
        try:
            if isinstance(entry, StateEntry):
                _close_state(low, entry)
            if isinstance(entry, AccountEntry):
                conservation(low.builder, low.product, low.day, entry, low.day.opening[Figure.ACCOUNT(entry.name)])
        except NotLowered:
            low.faults.failed = True
    check_balances(low)
    for entry in low.model.entries.values():
        if isinstance(entry, TriggerEntry) and entry.item.after_payments:
            try:
                clock = clock_of_trigger(low, entry)
                test_trigger(low, entry, on_dates(low.builder, clock), Moment("elsewhere", clock))
            except NotLowered:
                low.faults.failed = True


def _close_state(low: Lowering, entry: StateEntry) -> None:
    key: Key = Figure.STATE(entry.name)
    item, builder = entry.item, low.builder
    if item.movements is None:
        if item.recursion is None:
            return
        clock = state_clock(low, entry)
        value = value_of(low, item.recursion, entry.scope, Moment("close", clock))
        on = on_dates(low.builder, clock)
        operand = low.check_determined(value, on, entry.name, item.recursion.span, CARRIED_ON)
        low.day.now[key] = builder.select(on, operand, low.day.opening[key])
        return
    for movement in item.movements:
        if movement.at == "opening" or claim_moved(movement, entry.scope) is not None:
            continue
        clock = _movement_clock(low, entry, movement)
        amount = movement_amount(low, entry, movement, Moment("close", clock))
        low.day.now[key] = moved(low.builder, low.day.now[key], amount, movement.sign)


def _movement_clock(low: Lowering, entry: StateEntry, movement: syntax.Movement) -> Clock:
    """A flow or a reduction moves a state on its own dates; anything else on the state's."""
    if entry.item.on is None and isinstance(movement.value, syntax.Name):
        resolved = entry.scope.resolve(movement.value.parts)
        if not isinstance(resolved, int):
            if isinstance(resolved.entry, DefinitionEntry) and resolved.entry.on is not None:
                return clock_of(low, resolved.entry.on, resolved.entry.scope)
            if isinstance(resolved.entry, ReductionEntry):
                return low.every
    return state_clock(low, entry)


def bind_closings(builder: Builder, memory: Memory, day: Day) -> None:
    """Bind what every figure closes at, until nothing more is asked for."""
    bound: set[Key] = set()
    while True:
        waiting = [key for key in memory.closing if key not in bound]
        if not waiting:
            return
        for key in waiting:
            placeholder = memory.closing[key]
            default: Operand = FALSE if placeholder.kind == "bool" else Literal(Fraction(0), placeholder.kind)
            builder.bind(placeholder, day.now.get(key, default))
            bound.add(key)
