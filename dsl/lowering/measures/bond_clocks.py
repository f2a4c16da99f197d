"""On whose dates and by which day count a bond is counted."""

from __future__ import annotations

from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import ClaimEntry, DaycountEntry, InstanceEntry, Scope
from ...syntax.walk import walk
from ...time.bond_times import Ruler, ruler
from ...time.calendar import ScheduleProblem
from ...time.clocks import Clock
from ...time.timeline import Counting
from ..context.lowering import Lowering, Schedules
from ..context.moments import Moment
from ..context.values import NotLowered, Value
from ..figures.accrual import convention, counts_days_only, own_counting
from ..known.clocks_and_day_counts import clock_of, daycount_of
from .things import things


def clock_of_bond(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Clock | None:
    """The schedule that a bond's interest is paid on; of an instrument without interest, that of its first claim."""
    claims = interest_claims(low, node, scope, moment)
    found = things(low, node, scope, moment)
    if not claims and not isinstance(found, Value):
        claims = [
            one
            for entry in found
            if isinstance(entry, InstanceEntry)
            for one in entry.members.values()
            if isinstance(one, ClaimEntry) and one.item.payee is not None
        ]
    for claim in claims:
        clock = clock_of(low, claim.item.on, claim.scope)
        if clock.schedule is not None:
            return clock
    return None


def counting_of(collector: Collector, schedules: Schedules, node: syntax.Expression | None, scope: Scope) -> Counting:
    """The day count that a call names, or actual/365."""
    if node is None:
        return "actual/365"
    found = daycount_of(collector, node, scope)
    if not isinstance(found, DaycountEntry):
        return convention(found)
    if not counts_days_only(schedules.low, found):
        collector.error("E0415", "a measure takes a built-in day count, or one of days alone", node.span)
        raise NotLowered
    return own_counting(collector, schedules, found)


def along(collector: Collector, clock: Clock | None, counting: Counting, node: syntax.Expression) -> Ruler | None:
    if clock is None or clock.schedule is None:
        if counting == "actual/actual ICMA":
            collector.error("E0415", "this has no periods of its own, and ICMA's day count needs them", node.span)
            raise NotLowered
        return None
    try:
        return ruler(clock.schedule, counting)
    except ScheduleProblem as problem:
        collector.error("E0412", str(problem), node.span, help=problem.help)
        raise NotLowered from None


def interest_claims(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> list[ClaimEntry]:
    """The claims of an instrument that are interest: those of that kind; if none says so, those that accrue."""
    found = things(low, node, scope, moment)
    if isinstance(found, Value):
        return []
    claims: list[ClaimEntry] = []
    for entry in found:
        if isinstance(entry, ClaimEntry):
            claims.append(entry)
        elif isinstance(entry, InstanceEntry):
            own = [one for one in entry.members.values() if isinstance(one, ClaimEntry) and one.item.due is not None]
            stated = [one for one in own if one.item.kind == "interest"]
            claims.extend(stated or [one for one in own if one.item.payee is not None and _accrues(one)])
    return [one for one in claims if one.item.due is not None]


def _accrues(claim: ClaimEntry) -> bool:
    return any(isinstance(node, syntax.Call) and node.function.text == "accrue" for node in walk(claim.item.due))
