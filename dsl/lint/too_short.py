"""Lints of dates: what arises after the last date on which anybody takes it reaches nobody."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AnyEntry, ClaimEntry, DefinitionEntry, InputEntry, ScheduleEntry, Scope
from ..names.name_help import either
from ..syntax.walk import names
from ..time.clocks import Days
from .facts import Facts

Schedules = Mapping[str, Days]
"""The dates of each schedule by its full name, in the deal as written."""


def check(facts: Facts, schedules: Schedules, collector: Collector) -> None:
    _received(facts, schedules, collector)
    _taken(facts, schedules, collector)


def _last(facts: Facts, schedules: Schedules, node: syntax.Expression | None, scope: Scope) -> datetime.date | None:
    """The last date of the schedule that a name means."""
    entry = None if node is None else facts.meant_by(node, scope)
    days = schedules.get(entry.name) if isinstance(entry, ScheduleEntry) else None
    return days.dates[-1] if days is not None and days.dates else None


def _arises(facts: Facts, schedules: Schedules, entry: AnyEntry) -> datetime.date | None:
    """The last date on which a claim falls due, or a flow or an input comes."""
    if isinstance(entry, ClaimEntry | InputEntry):
        return _last(facts, schedules, entry.item.on, entry.scope)
    if isinstance(entry, DefinitionEntry) and entry.form == "flow":
        return _last(facts, schedules, entry.on, entry.scope)
    return None


def _received(facts: Facts, schedules: Schedules, collector: Collector) -> None:
    """What is received for the last time before it arises for the last time."""
    last: dict[int, tuple[datetime.date, AnyEntry, syntax.Receive, syntax.Name]] = {}
    for act in facts.model.acts:
        item = act.item
        if not isinstance(item, syntax.Receive):
            continue
        day = _last(facts, schedules, item.on, act.scope)
        for name in names(item.amount):
            resolved = act.scope.resolve(name.parts)
            entry = None if isinstance(resolved, int) else resolved.entry
            if entry is None or _arises(facts, schedules, entry) is None:
                continue
            # `receive senior.advance into cash` is received whenever it falls due.
            until = day or (_arises(facts, schedules, entry) if item.on is None else None) or datetime.date.max
            if id(entry) not in last or until > last[id(entry)][0]:
                last[id(entry)] = until, entry, item, name
    late: dict[int, list[tuple[datetime.date, AnyEntry, syntax.Receive, syntax.Name]]] = {}
    for until, entry, item, name in last.values():
        end = _arises(facts, schedules, entry)
        if end is not None and end > until:
            late.setdefault(id(item), []).append((until, entry, item, name))
    for found in late.values():
        (until, entry, item, name), *_ = found
        ends = max(end for _, one, _, _ in found if (end := _arises(facts, schedules, one)) is not None)
        collector.warning(
            "W0745",
            f"what arises of {either([one.name for _, one, _, _ in found]).replace(' or ', ' and ')} after {until} is "
            "received by nobody",
            name.span,
            label=f"arises until {ends}",
            others=() if item.on is None else (Label(item.on.span, f"the last date is {until}"),),
            help="end the schedule on which it is received no earlier than the one on which it arises",
        )


def _taken(facts: Facts, schedules: Schedules, collector: Collector) -> None:
    """An account into which cash comes after the last date on which a step takes from it."""
    out: dict[int, datetime.date] = {}
    for transfer in facts.leaving:
        visit = transfer.visit
        if visit is not None:
            until = _last(facts, schedules, visit.waterfall.on, visit.act.scope) or datetime.date.max
            out[id(transfer.account)] = max(until, out.get(id(transfer.account), until))
    for act in facts.model.acts:
        item = act.item
        if not isinstance(item, syntax.Receive):
            continue
        account = facts.account(item.account, act.scope)
        claim = facts.meant_by(item.amount, act.scope)
        on, scope = (
            (claim.item.on, claim.scope) if item.on is None and isinstance(claim, ClaimEntry) else (item.on, act.scope)
        )
        day = _last(facts, schedules, on, scope)
        taken = None if account is None else out.get(id(account))
        if account is not None and day is not None and taken is not None and day > taken:
            collector.warning(
                "W0746",
                f"what comes into `{account.name}` after {taken} stays there",
                item.span,
                label=f"comes in until {day}",
                others=(Label(account.span, f"no step takes from it after {taken}"),),
                help="let the waterfall run until the last receipt, or say with `until` when that ends",
            )
