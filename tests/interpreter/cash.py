"""Cash: accounts, what moves into and out of them, and whose it is (contract, 6)."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import AccountEntry, ClaimEntry, PartyEntry, Scope

from . import timeline
from .arithmetic import DUST, ZERO, tidy
from .claims import Claim, most, reach
from .expressions import holds
from .moments import NOW, At
from .readers import Reader
from .world import ACTS, Broken, NotCovered, World


def make(world: World) -> None:
    for entry in world.model.entries.values():
        if isinstance(entry, AccountEntry):
            world.accounts[entry] = {"now": ZERO, "start": [], "close": []}


def owner(world: World, entry: AccountEntry) -> PartyEntry | None:
    if entry.item.owner is None:
        return world.model.issuer
    found = world.thing(entry.item.owner, entry.scope)
    return found if isinstance(found, PartyEntry) else None


def account_of(world: World, name: syntax.Name, scope: Scope) -> AccountEntry:
    found = world.thing(name, scope)
    assert isinstance(found, AccountEntry), name.text
    return found


def between(world: World, payer: PartyEntry | None, payee: PartyEntry | None, amount: Any, t: int) -> None:
    """What goes from one party to another; None: nobody whom the deal names."""
    for party, ledger in ((payer, world.paid), (payee, world.received)):
        if party is not None:
            of = ledger.setdefault(party, {})
            of[t] = tidy(of.get(t, ZERO) + amount)


def put(world: World, entry: AccountEntry, amount: Any) -> None:
    held = world.accounts[entry]
    held["now"] = tidy(held["now"] + amount)
    if held["now"] < -DUST:
        raise Broken(f"{entry.name} goes below zero in {world.name}")
    world.moved()


def opening_cash(world: World, t: int) -> None:
    """What accounts open with comes in on closing, before the acts of that day."""
    for entry in world.accounts:
        for amount, source in entry.item.opens if t == world.timeline.closing else ():
            there = At(NOW, t, world.everything)
            found = world.amount(amount, entry.scope, there, f"what {entry.name} opens with")
            payer = None if source is None else world.party(source, entry.scope, there)
            put(world, entry, found)
            between(world, payer, owner(world, entry), found, t)


# --------------------------------------------------------------------------------------------- claims


def rows_of(world: World, entry: ClaimEntry) -> list[Claim]:
    return [world.claims[entry, row] for row in world.rows(entry.family)]


def parties(world: World, claim: Claim, t: int) -> tuple[PartyEntry | None, PartyEntry | None]:
    """Who pays a claim, and who is paid."""
    item, scope = claim.entry.item, claim.entry.scope
    at = claim.at(NOW, t)
    return world.party(item.payer, scope, at), world.party(item.payee, scope, at)


def settle_claim(world: World, claim: Claim, amount: Any, t: int) -> None:
    """A claim is paid: its states move at once."""
    claim.paid[t] = tidy(claim.paid[t] + amount)
    for entry, movement in world.moved_by.get(claim.entry, ()):
        held = world.states[entry, claim.row if entry.family is not None else None]
        held["now"] = tidy(held["now"] + movement.sign * amount)
    between(world, *parties(world, claim, t), amount, t)
    world.moved()


# --------------------------------------------------------------------------------------------- acts


def begins(world: World) -> int:
    """The first date on which there are accounts: closing, or before it the first on which an act may move cash."""
    found = {world.timeline.closing}
    for act in world.model.acts:
        on = getattr(act.item, "on", None)
        claims: list[ClaimEntry] = []
        if isinstance(act.item, syntax.Receive):
            claimed = world.thing(act.item.amount, act.scope)
            claims = [claimed] if isinstance(claimed, ClaimEntry) else []
        elif isinstance(act.item, syntax.Settle):
            claims = [claim.entry for name in act.item.claims for claim in members(world, name, act.scope)]
        elif not isinstance(act.item, syntax.Waterfall):
            continue
        nodes = [(on, act.scope)] if on is not None else [(claim.item.on, claim.scope) for claim in claims]
        for node, scope in nodes:
            found.update(list(timeline.reader_of(world, node, scope).on)[:1])
    return min(found)


@ACTS.of(syntax.Receive)
def _receive(world: World, act: syntax.Receive, scope: Scope, t: int) -> None:
    account = account_of(world, act.account, scope)
    claimed = world.thing(act.amount, scope)
    if isinstance(claimed, ClaimEntry):
        reader = timeline.reader_of(
            world, act.on if act.on is not None else claimed.item.on, scope if act.on else claimed.scope
        )
        if act.on is not None and t not in reader.on:
            return
        for claim in rows_of(world, claimed):
            if claimed in world.paid_by_steps:  # what another's waterfall has paid on this day
                put(world, account, claim.paid[t])
                continue
            amount = most(world, claim, t, account)
            if amount > DUST:
                settle_claim(world, claim, amount, t)
                put(world, account, amount)
        return
    reader = receives_on(world, act, scope)
    if t not in reader.on:
        return
    at = At(NOW, t, reader, account=account)
    amount = world.amount(act.amount, scope, at, "what is received")
    if amount < -DUST:
        raise Broken(f"what is received into {account.name} is below zero on {world.dates[t]}")
    payer = None if act.source is None else world.party(act.source, scope, at)
    put(world, account, amount)
    between(world, payer, owner(world, account), amount, t)


def receives_on(world: World, act: syntax.Receive, scope: Scope) -> Reader:
    """When an amount is received: on the dates stated, else on those of the one schedule that it is made of."""
    if act.on is not None:
        return timeline.reader_of(world, act.on, scope)
    found = timeline.schedules_in(world, act.amount, scope)
    if len(found) == 1:
        return found[0]
    if not found:
        return timeline.only_schedule(world)
    raise NotCovered("a receipt of an amount on several schedules")


@ACTS.of(syntax.Settle)
def _settle(world: World, act: syntax.Settle, scope: Scope, t: int) -> None:
    """Money moves between parties' own ledgers, while the payer performs."""
    for name in act.claims:
        for claim in members(world, name, scope):
            stated = None if act.on is None else timeline.reader_of(world, act.on, scope)
            if stated is not None and t not in stated.on:
                continue
            reader = stated or claim.reader
            if act.condition is not None and not holds(world.value(act.condition, scope, At(NOW, t, reader))):
                continue
            payer, _ = parties(world, claim, t)
            if payer is not None and holds(_defaulted(world, payer, t, reader)):
                reach(world, claim, t)
                continue
            amount = most(world, claim, t)
            if amount > DUST:
                settle_claim(world, claim, amount, t)


def _defaulted(world: World, party: PartyEntry, t: int, reader: Reader) -> Any:
    from .reading import read

    return read(world, party, "defaulted", At(NOW, t, reader))


def members(world: World, name: syntax.Name, scope: Scope) -> list[Claim]:
    """The claims that a name stands for: one, its rows, or those of a group in turn."""
    return [claim for group in groups(world, name, scope) for claim in group]


def groups(world: World, name: syntax.Name, scope: Scope) -> list[list[Claim]]:
    """A group's members, each with its rows."""
    from indenture.dsl.names.deal import GroupEntry

    found = scope.resolve(name.parts)
    if isinstance(found, int):
        raise NotCovered(f"the claim {name.text}")
    if isinstance(found.entry, GroupEntry):
        assert found.attribute is not None
        return [
            one
            for member in found.entry.item.members
            for one in groups(
                world,
                syntax.Name(name.span, (*member.parts, *found.attribute.split(".")), name.places),
                found.entry.scope,
            )
        ]
    entry = world.thing_of(found.entry)
    if not isinstance(entry, ClaimEntry):
        raise NotCovered(f"the claim {name.text}")
    return [rows_of(world, entry)]
