"""Which acts change which figures, and on which dates, before any of them is lowered."""

from __future__ import annotations

from typing import assert_never

from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    AccountEntry,
    Act,
    ClaimEntry,
    DefinitionEntry,
    Model,
    PartyEntry,
    ScheduleEntry,
    Scope,
    StateEntry,
    follow,
)
from ...syntax.walk import names
from ...time.clocks import Clock
from ..context.acts import Acts
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.named import claims_named, parties, reduction_of, state_of
from ..context.product import Faults
from ..context.trail import Frame
from ..context.values import NotLowered
from ..known.clocks_and_day_counts import clock_of
from .triggers import tested_in_steps


def survey(low: Lowering) -> None:
    """Which acts change which figures and on which dates, and which definitions are recorded, before any is lowered."""
    low.acts.stepped = tested_in_steps(low.model)
    for entry in low.model.entries.values():
        if isinstance(entry, StateEntry) and entry.item.movements is not None:
            for movement in entry.item.movements:
                claim = claim_moved(movement, entry.scope)
                if claim is not None:
                    low.acts.movers.setdefault(claim.name, []).append((entry, movement.sign))
                if movement.at == "opening":
                    _flows_behind(low.acts, movement.value, entry.scope, set())
    for act in low.model.acts:
        try:
            clock = act_clock(low, act)
        except NotLowered:
            low.faults.failed = True
            continue
        low.acts.clocks[id(act.item)] = clock
        _survey_act(low, act, clock)


def _flows_behind(acts: Acts, node: syntax.Expression, scope: Scope, seen: set[str]) -> None:
    """Note the flows that a move at opening reads, through definitions: they are fixed first. What a scenario lays over
    them does not count: it would change what flows are in the others."""
    for name in names(node):
        resolved = scope.resolve(name.parts)
        entry = None if isinstance(resolved, int) else follow(resolved.entry)
        if not isinstance(entry, DefinitionEntry) or entry.name in seen:
            continue
        seen.add(entry.name)
        if entry.on is not None:
            acts.before_moves.add(entry.name)
        _flows_behind(acts, entry.value, entry.scope, seen)


def claim_moved(movement: syntax.Movement, scope: Scope) -> ClaimEntry | None:
    """The claim whose payments move a state as they are made: a term that says when it moves waits for that."""
    if movement.at is not None or not isinstance(movement.value, syntax.Name):
        return None
    resolved = scope.resolve(movement.value.parts)
    if isinstance(resolved, int) or resolved.attribute != "paid" or not isinstance(resolved.entry, ClaimEntry):
        return None
    return resolved.entry


def _survey_act(low: Lowering, act: Act, clock: Clock) -> None:
    item, scope = act.item, act.scope
    facts = item.facts
    claim = received_claim(act)
    if claim is not None:
        _changes_claim(low, claim, clock, Frame(f"`{item.begins} {claim.name}`", item.span, None))
    for name in facts.settles:
        for claim in claims_named(name, scope):
            _changes_claim(low, claim, clock, Frame(f"`{item.begins} {claim.name}`", name.span, None))
    for into in facts.puts_into:
        if into.account is not None:
            _changes_account(low.acts, into.account, scope, Frame(f"`{item.begins}`", item.span, None))
    if isinstance(item, syntax.Receive) and claim is None:
        _moves_cash(low, [_owner(low.model, item.account, scope), _party(item.source, scope)], clock)
    for name in facts.reduces:
        _changes_reduction(
            low.collector, low.acts, low.faults, name, scope, clock, Frame(f"`{item.begins}`", item.span, None)
        )
    match item:
        case syntax.Waterfall():
            low.acts.dates[Figure.REST(item.name)] = clock.on
            _changes_account(low.acts, item.account, scope, Frame(f"waterfall `{item.name}`", item.name_span, None))
            for line in item.lines:
                label = f'step "{line.label}"' if line.label else "a step"
                for step in syntax.within(line.steps):
                    _survey_step(low, step, scope, clock, label)
                    _survey_cash(low, item, step, scope, clock)
        case syntax.Reduce():
            for step in item.steps_within:
                for asked in step.facts.asks:
                    _changes_reduction(
                        low.collector,
                        low.acts,
                        low.faults,
                        asked.claim,
                        scope,
                        clock,
                        Frame(f"`{item.begins}`", item.span, None),
                    )
        case syntax.Receive() | syntax.Settle() | syntax.AllocateLosses():
            pass
        case _:
            assert_never(item)


def _survey_cash(low: Lowering, item: syntax.Waterfall, step: syntax.Step, scope: Scope, clock: Clock) -> None:
    """Between whom a step moves cash that no claim states."""
    if step.facts.pays_to is not None:
        _moves_cash(low, [_owner(low.model, item.account, scope), _party(step.facts.pays_to, scope)], clock)
    elif step.facts.puts_into:
        taken = [one.account or item.account for one in step.facts.takes_from]
        accounts = [*taken, *(one.account or item.account for one in step.facts.puts_into)]
        owners = [_owner(low.model, account, scope) for account in accounts]
        if any(one is not owners[0] for one in owners):
            _moves_cash(low, owners, clock)


def _moves_cash(low: Lowering, sides: list[PartyEntry | None], clock: Clock) -> None:
    for party in sides:
        for kind in (Figure.PAID_BY, Figure.RECEIVED_BY):
            if party is not None:
                mark_dates(low.acts, kind(party.name), clock)


def _party(node: syntax.Expression | None, scope: Scope) -> PartyEntry | None:
    """The party that an expression names; what names none is told where the act is lowered."""
    resolved = scope.resolve(node.parts) if isinstance(node, syntax.Name) else 0
    entry = None if isinstance(resolved, int) else follow(resolved.entry)
    return entry if isinstance(entry, PartyEntry) else None


def _owner(model: Model, account: syntax.Name, scope: Scope) -> PartyEntry | None:
    resolved = scope.resolve(account.parts)
    entry = None if isinstance(resolved, int) else follow(resolved.entry)
    if not isinstance(entry, AccountEntry):
        return None
    return model.issuer if entry.item.owner is None else _party(entry.item.owner, entry.scope)


def _survey_step(low: Lowering, step: syntax.Step, scope: Scope, clock: Clock, label: str) -> None:
    facts, frame = step.facts, Frame(label, step.span, None)
    for asked in facts.asks:
        for claim in claims_named(asked.claim, scope):
            _changes_claim(low, claim, clock, frame)
    for account in (*(one.account for one in facts.takes_from), *(one.account for one in facts.puts_into)):
        if account is not None:
            _changes_account(low.acts, account, scope, frame)
    for name in facts.records:
        resolved = scope.resolve(name.parts)
        if not isinstance(resolved, int) and isinstance(resolved.entry, DefinitionEntry):
            low.acts.records.setdefault(resolved.entry.name, []).append((clock, name.span))
    for name in facts.tests:
        resolved = scope.resolve(name.parts)
        if not isinstance(resolved, int):
            key: Key = Figure.TRIGGER(resolved.entry.name)
            low.acts.changing.setdefault(key, []).append(frame)


def received_claim(act: Act) -> ClaimEntry | None:
    item = act.item
    if not isinstance(item, syntax.Receive) or not isinstance(item.amount, syntax.Name):
        return None
    resolved = act.scope.resolve(item.amount.parts)
    if isinstance(resolved, int) or resolved.attribute is not None:
        return None
    entry = follow(resolved.entry)
    return entry if isinstance(entry, ClaimEntry) else None


def mark_dates(acts: Acts, key: Key, clock: Clock) -> None:
    mark(acts, key, clock.on)


def mark(acts: Acts, key: Key, on: tuple[bool, ...]) -> None:
    before = acts.dates.get(key, (False,) * len(on))
    acts.dates[key] = tuple(a or b for a, b in zip(before, on, strict=True))


def _changes_claim(low: Lowering, claim: ClaimEntry, clock: Clock, frame: Frame) -> None:
    for kind in (Figure.PAID, Figure.UNPAID):
        mark_dates(low.acts, kind(claim.name), clock)
        low.acts.changing.setdefault(kind(claim.name), []).append(frame)
    for state, _ in low.acts.movers.get(claim.name, ()):
        low.acts.changing.setdefault(Figure.STATE(state.name), []).append(frame)
    for party in _sides(low.model, low.collector, low.faults, claim):
        for kind in (Figure.PAID_BY, Figure.RECEIVED_BY):
            mark_dates(low.acts, kind(party), clock)


def _sides(model: Model, collector: Collector, faults: Faults, claim: ClaimEntry) -> list[str]:
    try:
        return [party.name for party in parties(model, collector, claim)]
    except NotLowered:
        faults.failed = True
        return []


def _changes_account(acts: Acts, name: syntax.Name, scope: Scope, frame: Frame) -> None:
    resolved = scope.resolve(name.parts)
    if not isinstance(resolved, int):
        acts.changing.setdefault(Figure.ACCOUNT(follow(resolved.entry).name), []).append(frame)


def _changes_reduction(
    collector: Collector, acts: Acts, faults: Faults, name: syntax.Name, scope: Scope, clock: Clock, frame: Frame
) -> None:
    try:
        reduction = reduction_of(collector, name, scope)
        state = state_of(collector, reduction)
    except NotLowered:
        faults.failed = True
        return
    mark_dates(acts, Figure.REDUCED(reduction.name), clock)
    acts.changing.setdefault(Figure.REDUCED(reduction.name), []).append(frame)
    acts.changing.setdefault(Figure.STATE(state.name), []).append(frame)


def act_clock(low: Lowering, act: Act) -> Clock:
    """The dates of an act: stated, or those of the claim or the flows that it reads."""
    item = act.item
    if item.on is not None:
        return clock_of(low, item.on, act.scope)
    if isinstance(item, syntax.Receive):
        claim = received_claim(act)
        if claim is not None:
            return clock_of(low, claim.item.on, claim.scope)
        found = _flow_clocks(low, item.amount, act.scope, set())
        if len(found) == 1:
            return next(iter(found.values()))
    if isinstance(item, syntax.Settle):
        clocks = {
            clock.name: clock
            for name in item.claims
            for claim in claims_named(name, act.scope)
            for clock in [clock_of(low, claim.item.on, claim.scope)]
        }
        if len(clocks) == 1:
            return next(iter(clocks.values()))
    schedules = [one for one in low.model.entries.values() if isinstance(one, ScheduleEntry)]
    if len(schedules) == 1:
        return low.clocks[schedules[0].name]
    names = ", ".join(f"`{one.name}`" for one in schedules)
    low.collector.error(
        "E0418",
        "this does not say on which dates it happens",
        item.span,
        help=f"add `on ...`: the deal's schedules are {names}",
    )
    raise NotLowered


def _flow_clocks(low: Lowering, node: syntax.Expression, scope: Scope, seen: set[int]) -> dict[str, Clock]:
    """The clocks of the flows and claims that an expression reads, through definitions, each of them looked at once."""
    found: dict[str, Clock] = {}
    for name in names(node):
        resolved = scope.resolve(name.parts)
        if isinstance(resolved, int):
            continue
        entry = resolved.entry
        if isinstance(entry, ClaimEntry):
            clock = clock_of(low, entry.item.on, entry.scope)
            found[clock.name] = clock
        elif isinstance(entry, DefinitionEntry) and entry.on is not None:
            clock = clock_of(low, entry.on, entry.scope)
            found[clock.name] = clock
        elif isinstance(entry, DefinitionEntry) and id(entry) not in seen:
            seen.add(id(entry))
            found.update(_flow_clocks(low, entry.value, entry.scope, seen))
    return found
