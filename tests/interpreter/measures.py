"""What an instrument or a party has come to: lives, returns, losses, cover (docs/measures.md, docs/language.md)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, cast

from indenture.dsl import syntax
from indenture.dsl.names.deal import (
    AnyEntry,
    ClaimEntry,
    DefinitionEntry,
    GroupEntry,
    InstanceEntry,
    PartyEntry,
    ReductionEntry,
    Scope,
    StateEntry,
)
from indenture.dsl.time.daycount import Convention, year_fraction

from . import timeline
from .accrual import fraction_of_period
from .arithmetic import DUST, ONE, ZERO, same, tidy
from .cash import parties
from .claims import Claim
from .day import paid_claim
from .moments import FINAL, At
from .reading import read
from .world import FUNCTIONS, NotCovered, Value, World, arguments

# --------------------------------------------------------------------------------------------- what is measured


def claims_in(world: World, entry: AnyEntry | None) -> list[Claim]:
    """The claims of an instrument, of its rows, of a group's members; or a claim itself."""
    return [world.claims[one, row] for one in _entries(world, entry, ClaimEntry) for row in world.rows(one.family)]


def _entries(world: World, entry: AnyEntry | None, kind: type[Any]) -> list[Any]:
    if isinstance(entry, kind):
        return [entry]
    if isinstance(entry, InstanceEntry):
        return [one for member in entry.members.values() for one in _entries(world, member, kind)]
    if isinstance(entry, GroupEntry):
        return [one for name in entry.item.members for one in _entries(world, world.thing(name, entry.scope), kind)]
    return []


def flows(world: World, entry: AnyEntry | None) -> list[Any]:
    """What the holder of an instrument (or a party) got less what it paid, date by date."""
    if isinstance(entry, PartyEntry):
        got, gave = world.received.get(entry, {}), world.paid.get(entry, {})
        return [got.get(t, ZERO) - gave.get(t, ZERO) for t in range(len(world.dates))]
    total: list[Any] = [ZERO] * len(world.dates)
    for claim in claims_in(world, entry):
        sign = _sign(world, claim)
        for t, paid in enumerate(claim.paid):
            total[t] = total[t] + sign * paid
    return total


def _sign(world: World, claim: Claim) -> int:
    """What the holder of a claim's instrument gets of it: 1, or what it gives: -1. Without a holder, it is who deals with
    the issuer."""
    prefix = claim.entry.name.rpartition(".")[0]
    holder = world.model.entries.get(f"{prefix}.holder")
    payer, payee = parties(world, claim, 0)
    if holder is not None:
        whose = (
            world.value(holder.value, holder.scope, claim.at(FINAL, 0)) if isinstance(holder, DefinitionEntry) else None
        )
        if isinstance(whose, PartyEntry):
            return 1 if payee is whose else -1 if payer is whose else 0
    return 1 if claim.entry.item.payer is None else -1


def balances(world: World, entry: AnyEntry | None) -> list[Any]:
    """What is outstanding at each close."""
    total: list[Any] = [ZERO] * len(world.dates)
    for state in _states(world, entry):
        for row in world.rows(state.family):
            for t, held in enumerate(world.states[state, row]["close"]):
                total[t] = total[t] + held
    return total


def _states(world: World, entry: AnyEntry | None) -> Iterator[StateEntry]:
    if isinstance(entry, GroupEntry):
        for name in entry.item.members:
            yield from _states(world, world.thing(name, entry.scope))
    elif isinstance(entry, InstanceEntry):
        state = entry.members.get("balance")
        if not isinstance(state, StateEntry):
            raise NotCovered(f"a measure of {entry.name}, which has no balance")
        yield state
    else:
        raise NotCovered("a measure of what is no instrument")


def repaid(world: World, entry: AnyEntry | None, written_down: bool = False) -> list[Any]:
    """What payments and `reduce` took off an instrument's balance, date by date; losses too, where they are asked for."""
    total: list[Any] = [ZERO] * len(world.dates)
    found = False
    for state in _states(world, entry):
        for movement in state.item.movements or ():
            claim = paid_claim(world, movement.value, state.scope)
            if movement.sign > 0 or claim is None:
                continue
            found = True
            for row in world.rows(claim.family):
                for t, paid in enumerate(world.claims[claim, row].paid):
                    total[t] = total[t] + paid
        for reduction in world.model.entries.values():
            if isinstance(reduction, ReductionEntry) and world.thing(reduction.item.state, reduction.scope) is state:
                found = True
                for row in world.rows(reduction.family):
                    lost = world.written_down.get((reduction, row), {})
                    for t, amount in world.reduced.get((reduction, row), {}).items():
                        total[t] = total[t] + amount - (ZERO if written_down else lost.get(t, ZERO))
    if not found:
        raise NotCovered("the life of what no payment moves")
    return total


def _of(world: World, node: syntax.Call, scope: Scope) -> AnyEntry | None:
    return world.thing(arguments(node)["of"], scope)


def _years(world: World, node: syntax.Call, scope: Scope, at: At) -> Callable[[int], Fraction]:
    """Years from closing to a date, by the day count named or actual/365."""
    given = arguments(node)
    counted = world.value(given["accrual"], scope, at) if "accrual" in given else "actual/365"
    if not isinstance(counted, str):
        raise NotCovered("a measure by a deal's own day count")
    return lambda t: year_fraction(cast(Convention, counted), world.closing, world.dates[t])


# --------------------------------------------------------------------------------------------- lives and losses


@FUNCTIONS.of("wal", "wal_with_balance")
def _wal(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    entry, years = _of(world, node, scope), _years(world, node, scope, at)
    given = arguments(node)
    parts = repaid(world, entry, "written_down" in given and bool(world.value(given["written_down"], scope, at)))
    if node.function.text == "wal_with_balance":
        parts[-1] = parts[-1] + balances(world, entry)[-1]
    whole = sum(parts, ZERO)
    if same(whole, ZERO):
        return None
    return tidy(sum((part * years(t) for t, part in enumerate(parts) if part), ZERO) / whole)


@FUNCTIONS.of("loss")
def _loss(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The balance left at the end, and the losses allocated to it."""
    entry = _of(world, node, scope)
    total = balances(world, entry)[-1]
    allocated = set()
    for act in world.model.acts:
        if isinstance(act.item, syntax.AllocateLosses):
            for name in act.item.targets:
                thing = world.thing(name, act.scope)
                allocated.add(thing.members.get("loss") if isinstance(thing, InstanceEntry) else thing)
    for one in _entries(world, entry, ReductionEntry):
        if one in allocated:
            for row in world.rows(one.family):
                total = total + sum(world.reduced.get((one, row), {}).values(), ZERO)
    return total


@FUNCTIONS.of("shortfall")
def _shortfall(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """What was due and never paid. What lapses and is `up to` a balance stays in it and falls due again: of that no more
    is short than is left of the balance."""
    total: Any = ZERO
    for claim in claims_in(world, _of(world, node, scope)):
        if claim.asked_only:
            continue
        item = claim.entry.item
        short = max(sum(claim.current.values(), ZERO) - sum(claim.paid, ZERO), ZERO)
        within = None if item.up_to is None else world.thing(item.up_to, claim.entry.scope)
        if isinstance(within, StateEntry) and item.unpaid is not None and item.unpaid.form == "lapses":
            held = world.states[within, claim.row if within.family is not None else None]
            short = min(short, max(held["close"][-1], ZERO))
        total = total + short
    return total


@FUNCTIONS.of("balloon")
def _balloon(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """What is repaid on maturity, and the balance still open after it."""
    entry = _of(world, node, scope)
    if not isinstance(entry, InstanceEntry) or "maturity" not in entry.members or "pays" not in entry.members:
        raise NotCovered("the balloon of what has no maturity")
    maturity = read(world, entry.members["maturity"], None, at)
    reader = timeline.reader_of(world, _name(node, "pays"), Scope(dict(entry.members), None))
    t = next((t for t in reader.positions if world.dates[t] >= maturity), None)
    if t is None:
        return None
    return repaid(world, entry)[t] + balances(world, entry)[t]


def _name(node: syntax.Call, text: str) -> syntax.Name:
    return syntax.Name(node.span, (text,), (node.span,))


@FUNCTIONS.of("multiple")
def _multiple(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    found = flows(world, _of(world, node, scope))
    got = sum((one for one in found if one > 0), ZERO)
    gave = -sum((one for one in found if one < 0), ZERO)
    return None if same(gave, ZERO) else tidy(got / gave)


# --------------------------------------------------------------------------------------------- returns


@FUNCTIONS.of("irr", "xirr")
def _irr(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The rate at which what was paid in and got back balance: the one nearest to nothing."""
    found = flows(world, _of(world, node, scope))
    years = _years(world, node, scope, at)
    return rate_of_return([float(one) for one in found], [float(years(t)) for t in range(len(found))])


def rate_of_return(found: list[float], times: list[float]) -> Value:
    largest = max((abs(one) for one in found), default=0.0)
    pairs = [(one, time) for one, time in zip(found, times, strict=True) if abs(one) > 1e-12 * largest]
    if not pairs or all(one > 0 for one, _ in pairs) or all(one < 0 for one, _ in pairs):
        return None

    def worth(log_rate: float) -> float:
        return math.fsum(one * math.exp(-log_rate * time) for one, time in pairs)

    root = nearest_root(worth)
    return None if root is None else Fraction(math.expm1(root))


def nearest_root(function: Callable[[float], float], most: float = 12.0) -> float | None:
    """The root nearest to nothing, searched outwards in small steps and then halved to the last bit."""
    here = function(0.0)
    if here == 0:
        return 0.0
    found: list[float] = []
    for sign in (1.0, -1.0):
        last, value, step = 0.0, here, 0.002
        while abs(last) < most:
            point = last + sign * step
            try:
                there = function(point)
            except (OverflowError, ZeroDivisionError):
                break
            if there == 0 or (there > 0) != (value > 0):
                found.append(_halved(function, last, point))
                break
            last, value = point, there
            step = min(step * 1.02, 0.05)
    return min(found, key=abs) if found else None


def _halved(function: Callable[[float], float], low: float, high: float) -> float:
    at_low = function(low)
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        value = function(middle)
        if value == 0:
            return middle
        if (value > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


# --------------------------------------------------------------------------------------------- cover


@FUNCTIONS.of("llcr", "plcr")
def _cover(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """Cash after closing, discounted to it, over the debt at closing; `llcr` counts it to the date that repays the debt."""
    given = arguments(node)
    start = world.timeline.closing
    owed = [world.value(given["debt"], scope, At(FINAL, t, world.everything)) for t in range(len(world.dates))]
    reader = world.everything
    if "accrual" in given:
        found = _behind(world, given["debt"], scope)
        reader = found if found is not None else reader
    debt = owed[start]
    if debt is None or same(debt, ZERO):
        return None
    last = len(world.dates) - 1
    if node.function.text == "llcr":
        last = max((t for t in range(1, len(world.dates)) if (owed[t - 1] or ZERO) > DUST), default=start)
    total: Any = ZERO
    factor = ONE
    for t in range(start + 1, last + 1):
        there = At(FINAL, t, reader)
        rate = world.value(given["rate"], scope, At(FINAL, t, world.everything))
        if "accrual" in given:
            if t in reader.on:
                factor = tidy(factor / (1 + rate * fraction_of_period(world, given["accrual"], scope, there)))
            else:
                raise NotCovered("cover of cash off the debt's dates")
        else:
            raise NotCovered("cover without a day count")
        cash = world.value(given["cash"], scope, At(FINAL, t, world.everything))
        total = tidy(total + (cash or ZERO) * factor)
    return tidy(total / debt)


def _behind(world: World, node: syntax.Expression, scope: Scope) -> Any:
    """The schedule on which the instrument pays whose balance an expression is."""
    if isinstance(node, syntax.Name) and len(node.parts) > 1:
        owner = scope.resolve(node.parts[:-1])
        if not isinstance(owner, int) and isinstance(owner.entry, InstanceEntry) and "pays" in owner.entry.members:
            return timeline.reader_of(
                world, syntax.Name(node.span, ("pays",), (node.span,)), Scope(dict(owner.entry.members), None)
            )
    return None


# --------------------------------------------------------------------------------------------- over scenarios


@FUNCTIONS.of("mean", "percentile", "expected_shortfall")
def _statistic(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """Of one path it is that path's own figure."""
    return world.value(arguments(node)["x"], scope, at)


@FUNCTIONS.of("standard_error")
def _standard_error(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    return None
