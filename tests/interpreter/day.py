"""The day: opening; the acts in the order written; closing (contract, 3 and 4)."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import ClaimEntry, Scope, StateEntry

from . import cash, claims, timeline, triggers
from .arithmetic import tidy
from .moments import NOW, START, At
from .world import ACTS, Broken, NotCovered, World


def live(world: World) -> None:
    """Every date of the timeline, one after another."""
    cash.make(world)
    claims.make(world)
    triggers.make(world)
    for entry in world.model.entries.values():
        if isinstance(entry, StateEntry):
            for row in world.rows(entry.family):
                world.states[entry, row] = {"start": [], "open": [], "close": [], "now": None}
            if _settled(world, entry):
                world.settled.add(entry)
            for movement in entry.item.movements or ():
                claim = paid_claim(world, movement.value, entry.scope)
                if claim is not None:
                    world.moved_by.setdefault(claim, []).append((entry, movement))
    for act in world.model.acts:
        if isinstance(act.item, syntax.Waterfall):
            for step in act.item.steps_within:
                for asked in step.facts.asks:
                    world.paid_by_steps.update(claim.entry for claim in cash.members(world, asked.claim, act.scope))
    world.cash_begins = cash.begins(world)
    for t in range(len(world.dates)):
        _opening(world, t)
        cash.opening_cash(world, t)
        for act in world.model.acts:
            ACTS[type(act.item)](world, act.item, act.scope, t)
        claims.fix_unreached(world, t)
        world.ending = True
        triggers.after_payments(world, t)
        _closing(world, t)
        world.ending = False
        triggers.after_payments(world, t)
        triggers.close_triggers(world, t)


def _settled(world: World, entry: StateEntry) -> bool:
    """Whether nothing moves it at close."""
    for claim in world.model.entries.values():
        unpaid = claim.item.unpaid if isinstance(claim, ClaimEntry) else None
        if unpaid is not None and unpaid.into is not None and world.thing(unpaid.into, claim.scope) is entry:
            return False
    return entry.item.movements is not None and all(
        movement.at == "opening" or paid_claim(world, movement.value, entry.scope) is not None
        for movement in entry.item.movements
    )


def paid_claim(world: World, node: syntax.Expression, scope: Scope) -> ClaimEntry | None:
    """The claim whose payment is a term of a state: it moves the state at once."""
    if not isinstance(node, syntax.Name):
        return None
    found = scope.resolve(node.parts)
    if isinstance(found, int) or found.attribute != "paid" or not isinstance(found.entry, ClaimEntry):
        return None
    return found.entry


def _at(world: World, entry: StateEntry, row: int | None, moment: str, t: int) -> At:
    reader = timeline.reader_of(world, entry.item.on, entry.scope)
    return At(moment, t, reader, row=None if row is None else (entry.family or "", row))


def _opening(world: World, t: int) -> None:
    """What moves at opening comes first; then dues are fixed and opening tests are made."""
    world.moved()
    for held in world.accounts.values():
        held["start"].append(held["now"])
    late: list[tuple[StateEntry, int | None]] = []
    for (entry, row), held in world.states.items():
        if t == 0:
            late.append((entry, row))
        else:
            held["start"].append(held["now"])
    _begin(world, late)
    for (entry, row), held in world.states.items():
        moved = held["start"][t]
        if t in _at(world, entry, row, START, t).reader.on:
            for movement in entry.item.movements or ():
                if movement.at == "opening":
                    there = _at(world, entry, row, START, t)
                    found = world.amount(movement.value, entry.scope, there, f"what moves {entry.name}")
                    moved = tidy(moved + movement.sign * found)
        held["open"].append(moved)
        held["now"] = moved
    claims.bring_forward(world, t)
    triggers.begin(world)
    claims.fix_dues(world, t)
    triggers.opening_tests(world, t)


def _begin(world: World, late: list[tuple[StateEntry, int | None]]) -> None:
    """What states start as; one may start as another does."""
    while late:
        again = []
        for entry, row in late:
            held = world.states[entry, row]
            try:
                value = world.value(entry.item.initial, entry.scope, _at(world, entry, row, START, 0))
            except (Broken, IndexError, KeyError):  # another that it starts as has not begun
                again.append((entry, row))
                continue
            held["start"].append(value)
            held["now"] = value
        if len(again) == len(late):
            entry, row = again[0]
            world.value(entry.item.initial, entry.scope, _at(world, entry, row, START, 0))
            raise NotCovered(f"what {entry.name} starts as")
        late = again


def _closing(world: World, t: int) -> None:
    """Terms that no payment moves move at close, all of them from where the steps have left things."""
    added: list[tuple[Any, Any]] = []
    replaced: list[tuple[Any, Any]] = []
    for (entry, row), held in world.states.items():
        at = _at(world, entry, row, NOW, t)
        if t not in at.reader.on:
            continue
        if entry.item.movements is None:
            assert entry.item.recursion is not None
            replaced.append((held, world.value(entry.item.recursion, entry.scope, at)))
            continue
        for movement in entry.item.movements:
            if movement.at == "opening" or paid_claim(world, movement.value, entry.scope) is not None:
                continue
            found = world.amount(movement.value, entry.scope, at, f"what moves {entry.name}")
            added.append((held, movement.sign * found))
    claims.close_claims(world, t)
    for held, amount in added:
        held["now"] = tidy(held["now"] + amount)
    for held, value in replaced:
        held["now"] = value
    for held in world.states.values():
        held["close"].append(held["now"])
    for account in world.accounts.values():
        account["close"].append(account["now"])
    world.moved()
