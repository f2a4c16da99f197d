"""Claims: what arises, what is brought forward, what is due, and what becomes of the rest (contract, 7)."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import ClaimEntry, Scope, StateEntry
from indenture.dsl.syntax.walk import walk

from . import timeline
from .accrual import fraction_of_period
from .arithmetic import DUST, ZERO, tidy
from .expressions import holds, later
from .moments import NOW, OPENING, START, At
from .readers import Reader
from .world import Broken, NotCovered, Value, World


class Claim:
    """One claim (of one row). Lists have one entry a date; ``parts``: what is unpaid, by the date on which it arose."""

    def __init__(self, entry: ClaimEntry, row: int | None, reader: Reader) -> None:
        self.entry, self.row, self.reader = entry, row, reader
        self.current: dict[int, Any] = {}
        self.arrears: list[Any] = []
        self.paid: list[Any] = []
        self.forward: Any = ZERO
        self.parts: list[tuple[int, Any]] = []

    @property
    def asked_only(self) -> bool:
        """It is owed what steps ask and is never unpaid."""
        return self.entry.item.due is None

    def at(self, moment: str, t: int, account: Any = None) -> At:
        return At(
            moment,
            t,
            self.reader,
            row=None if self.row is None else (self.entry.family or "", self.row),
            account=account,
        )


def bring_forward(world: World, t: int) -> None:
    for claim in world.claims.values():
        claim.paid.append(ZERO)
        claim.arrears.append(claim.forward)
    for claim in world.claims.values():
        claim.arrears[t] = _brought_forward(world, claim, t)


def fix_dues(world: World, t: int) -> None:
    """What falls due on a date is fixed, at opening."""
    for claim in world.claims.values():
        if t in claim.reader.on and not claim.entry.item.when_reached and not claim.asked_only:
            current(world, claim, t)


def _brought_forward(world: World, claim: Claim, t: int) -> Any:
    unpaid = claim.entry.item.unpaid
    if unpaid is None or unpaid.form in ("lapses", "capitalises"):
        return ZERO
    if unpaid.form == "written_off":
        return sum((amount for _, amount in claim.parts), ZERO)
    if unpaid.rate is not None and t in claim.reader.on and claim.forward > DUST:
        at = claim.at(OPENING, t)
        rate = world.amount(unpaid.rate, claim.entry.scope, at, f"the interest on arrears of {claim.entry.name}")
        node, scope = _daycount(world, claim)
        return tidy(claim.forward * (1 + rate * fraction_of_period(world, node, scope, at)))
    return claim.forward


def _daycount(world: World, claim: Claim) -> tuple[syntax.Expression, Scope]:
    """The day count of interest on arrears: the one stated for it, or the claim's own."""
    item = claim.entry.item
    if item.unpaid is not None and item.unpaid.daycount is not None:
        return item.unpaid.daycount, claim.entry.scope
    assert item.due is not None
    waiting: list[tuple[Any, Scope]] = [(item.due, claim.entry.scope)]
    seen: set[int] = set()
    while waiting:
        node, scope = waiting.pop(0)
        for part in walk(node):
            if isinstance(part, syntax.Call) and part.function.text == "accrue":
                return part.arguments[1].value, scope
            if isinstance(part, syntax.Name):
                found = scope.resolve(part.parts)
                entry = None if isinstance(found, int) else found.entry
                if entry is not None and id(entry) not in seen and hasattr(entry, "value"):
                    seen.add(id(entry))
                    waiting.append((entry.value, entry.scope))
    raise NotCovered("interest on arrears without a day count")


def current(world: World, claim: Claim, t: int, moment: str = OPENING, account: Any = None) -> Any:
    """What arises on one of the claim's own dates, fixed once."""
    if t in claim.current:
        return claim.current[t]
    if t not in claim.reader.on or claim.asked_only:
        return ZERO
    item, scope = claim.entry.item, claim.entry.scope
    key = "current", id(claim), t
    if key in world.working:
        raise Broken(f"{claim.entry.name} hangs on itself on {world.dates[t]}")
    world.working.add(key)
    try:
        at = claim.at(moment, t, account)
        assert item.due is not None
        if item.condition is not None and not holds(world.value(item.condition, scope, at)):
            found = ZERO
        else:
            found = world.amount(item.due, scope, at, f"what is due of {claim.entry.name}")
    finally:
        world.working.discard(key)
    if found < -DUST:
        raise Broken(f"{claim.entry.name} is due below zero on {world.dates[t]} in {world.name}")
    claim.current[t] = max(found, ZERO)
    return claim.current[t]


def reach(world: World, claim: Claim, t: int, account: Any = None) -> None:
    """A step has come to the claim: what is fixed when it is reached is fixed now."""
    if claim.entry.item.when_reached and t in claim.reader.on and t not in claim.current:
        current(world, claim, t, NOW, account)
        world.moved()


def fix_unreached(world: World, t: int) -> None:
    """What no step has come to on its own date has arisen all the same, as things stand when the day's steps are over."""
    for claim in world.claims.values():
        if claim.entry.item.when_reached and t in claim.reader.on:
            current(world, claim, t, NOW)


def due(world: World, claim: Claim, t: int) -> Any:
    arisen = claim.current.get(t, ZERO) if claim.entry.item.when_reached else current(world, claim, t)
    return claim.arrears[t] + arisen


def figure(world: World, entry: ClaimEntry, row: int | None, attribute: str, at: At) -> Value:
    claim = world.claims[entry, row]
    if at.t >= len(claim.arrears) and attribute != "current":
        raise Broken(f"{entry.name} is not known yet")
    arisen = claim.current.get(at.t, ZERO) if entry.item.when_reached else current(world, claim, at.t)
    match attribute:
        case "current":
            return arisen
        case "arrears":
            return claim.arrears[at.t]
        case "due":
            return claim.arrears[at.t] + arisen
        case "unpaid":
            if claim.asked_only:
                return ZERO
            paid = ZERO if at.moment in (START, OPENING) else claim.paid[at.t]
            return claim.arrears[at.t] + arisen - paid
    raise NotCovered(f"{entry.name}.{attribute}")


def most(world: World, claim: Claim, t: int, account: Any = None) -> Any:
    """What a step may still pay of it: what is due and not yet paid, never more than it is `up to`."""
    item = claim.entry.item
    reach(world, claim, t, account)
    left = None if claim.asked_only else due(world, claim, t) - claim.paid[t]
    if item.up_to is not None:
        there = claim.at(NOW, t, account)
        limit = world.amount(item.up_to, claim.entry.scope, there, f"what {claim.entry.name} is up to")
        left = limit if left is None else min(left, limit)
    assert left is not None
    return max(left, ZERO)


def close_claims(world: World, t: int) -> None:
    """What is unpaid at close carries, capitalises, lapses or waits to be written off."""
    for claim in world.claims.values():
        unpaid = claim.entry.item.unpaid
        if unpaid is None or claim.asked_only:
            continue
        left = max(due(world, claim, t) - claim.paid[t], ZERO)
        match unpaid.form:
            case "carries":
                claim.forward = left if left > DUST else ZERO
            case "capitalises":
                assert unpaid.into is not None
                state = world.thing(unpaid.into, claim.entry.scope)
                assert isinstance(state, StateEntry)
                held = world.states[state, claim.row if state.family is not None else None]
                held["now"] = tidy(held["now"] + left)
            case "written_off":
                _oldest_first(world, claim, t, claim.paid[t])


def _oldest_first(world: World, claim: Claim, t: int, paid: Any) -> None:
    """The oldest is paid first; on the claim's own dates what has been unpaid for so long is written off at close."""
    unpaid, scope = claim.entry.item.unpaid, claim.entry.scope
    assert unpaid is not None
    assert unpaid.after is not None
    after = world.amount(unpaid.after, scope, claim.at(OPENING, t), "the time until it is written off")
    arisen = claim.current.get(t, ZERO)
    parts = [*claim.parts, (t, arisen)] if t in claim.reader.on else claim.parts
    kept = []
    for since, amount in parts:
        taken = min(amount, paid)
        paid -= taken
        over = t in claim.reader.on and later(world, _stated(claim, since), after, unpaid.after, scope) <= _stated(
            claim, t
        )
        if amount - taken > DUST and not over:
            kept.append((since, amount - taken))
    claim.parts = kept


def _stated(claim: Claim, t: int) -> Any:
    """The day that the schedule states, as windows count it: business days move no month."""
    schedule = claim.reader.schedule or claim.reader.as_schedule
    return schedule.nominal[claim.reader.index(t)]


def make(world: World) -> None:
    for entry in world.model.entries.values():
        if isinstance(entry, ClaimEntry):
            reader = timeline.reader_of(world, entry.item.on, entry.scope)
            for row in world.rows(entry.family):
                world.claims[entry, row] = Claim(entry, row, reader)
