"""Lints of cash that nobody takes: what waterfalls leave, accounts that nobody empties, cash that comes too late."""

from __future__ import annotations

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AccountEntry, ClaimEntry, ScheduleEntry, Scope
from .facts import Facts, Guard, Transfer, apart
from .reach import Walk


def check(facts: Facts, collector: Collector) -> None:
    """Waterfalls and accounts whose cash nobody takes, and waterfalls that no cash comes to."""
    said: set[int] = set()
    entering = {id(one.account) for one in facts.entering}
    reserves = {id(one.account) for one in facts.entering if one.account.item.target is not None or one.reserved}
    sources: set[int] = set()
    for act, waterfall in facts.waterfalls:
        account = facts.account(waterfall.account, act.scope)
        if account is None:
            continue
        sources.add(id(account))
        if id(account) not in entering:
            if id(account) not in said:
                said.add(id(account))
                collector.warning(
                    "W0723",
                    f"no cash ever comes into `{account.name}`",
                    waterfall.account.span,
                    label="always empty",
                    others=(Label(account.span, "declared here"),),
                    help=f"`receive ... into {account.name}`, or let it open with an amount",
                )
            continue
        if id(account) in said or Walk(facts, act.scope, waterfall, None).run() is not None:
            continue
        # A reserve holds cash until it is called on; what is collected should go somewhere on every date.
        own = () if waterfall.guard is None or id(account) in reserves else (Guard(waterfall.guard, act.scope, True),)
        if not any(_empties(facts, one, account, waterfall, own) for one in facts.leaving):
            said.add(id(account))
            last = waterfall.lines[-1].span if waterfall.lines else waterfall.name_span
            collector.warning(
                "W0703",
                f"what no step of `{waterfall.name}` takes stays in `{account.name}`",
                waterfall.name_span,
                label="has no step for the rest",
                others=(Label(last, "the last line"),),
                help="end it with `pay rest to ...`, or `keep the rest in ...` another account, emptied elsewhere",
            )
    _kept(facts, sources, collector)
    _too_late(facts, collector)


def _empties(
    facts: Facts, one: Transfer, account: AccountEntry, waterfall: syntax.Waterfall, guards: tuple[Guard, ...]
) -> bool:
    visit = one.visit
    return (
        one.whole
        and one.account is account
        and visit is not None
        and visit.waterfall is not waterfall
        and not apart(facts, guards, visit.guards)
    )


def _kept(facts: Facts, sources: set[int], collector: Collector) -> None:
    """An account that takes cash in and is never emptied."""
    into: dict[int, Transfer] = {}
    for one in facts.entering:
        into.setdefault(id(one.account), one)
    leaves = {id(one.account) for one in facts.leaving}
    whole = {id(one.account) for one in facts.leaving if one.whole}
    for key, first in into.items():
        if key in sources or key in whole:
            continue
        name = first.account.name
        others = (Label(first.place, "cash comes in here"),) if first.place != first.account.span else ()
        if key in leaves:
            collector.warning(
                "W0704",
                f"nobody empties `{name}`",
                first.account.span,
                others=others,
                label="what is not drawn stays in it",
                help=f"`release {name}` above its target, or `move all of {name} to ...` at the end",
            )
        else:
            collector.warning(
                "W0704",
                f"cash comes into `{name}`, and none ever leaves it",
                first.account.span,
                others=others,
                label="nobody empties it",
                help=f"a waterfall `from {name}`, `release {name}`, or `move all of {name} to ...`",
            )


def _too_late(facts: Facts, collector: Collector) -> None:
    """Cash received below every waterfall that could pay it out the same day."""
    order = {id(act.item): position for position, act in enumerate(facts.model.acts)}
    claims = {id(one.act.item): one.claim for one in facts.received if isinstance(one.claim.item.on, syntax.Name)}
    for act in facts.model.acts:
        item = act.item
        into = item.facts.account
        if into is None or not item.facts.puts_into:
            continue
        account = facts.account(into, act.scope)
        schedule = _schedule(facts, item, act.scope, claims.get(id(item)))
        runs = [
            (one, waterfall)
            for one, waterfall in facts.waterfalls
            if account is not None
            and facts.account(waterfall.account, one.scope) is account
            and isinstance(waterfall.on, syntax.Name)
            and facts.meant(waterfall.on, one.scope) is schedule
        ]
        if account is None or schedule is None or not runs:
            continue
        if all(order[id(waterfall)] < order[id(item)] for _, waterfall in runs):
            collector.warning(
                "W0722",
                f"this comes into `{account.name}` after its waterfalls of the day have run",
                item.span,
                label="waits until the next date",
                others=(Label(runs[-1][1].name_span, "the last waterfall, written above"),),
                help="a day runs in the order written: put it above the waterfall",
            )


def _schedule(facts: Facts, item: syntax.AnyAct, scope: Scope, claim: ClaimEntry | None) -> ScheduleEntry | None:
    entry = facts.meant(item.on, scope) if isinstance(item.on, syntax.Name) else None
    if item.on is None and claim is not None and isinstance(claim.item.on, syntax.Name):
        entry = facts.meant(claim.item.on, claim.scope)
    return entry if isinstance(entry, ScheduleEntry) else None
