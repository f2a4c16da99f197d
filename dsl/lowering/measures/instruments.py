"""The field's figures of a loan, a group, a claim or a party: lives, returns, yields, cover, what is lost."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import pairwise

import attrs

from ....engine.ir import Literal, Operand, Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    AnyEntry,
    ClaimEntry,
    DaycountEntry,
    InstanceEntry,
    Model,
    PartyEntry,
    ReductionEntry,
    Resolved,
    Scope,
    StateEntry,
    follow,
)
from ...syntax.written import format_expression
from ...time.bond_times import period_steps
from ...time.clocks import Clock
from ...time.daycount import Convention, year_fraction
from ...vocabulary.builtins import Bound
from ..building.builder import FALSE, ZERO, Builder, number
from ..context.dispatch import FunctionRule, functions, read_entry, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import parties, reduction_of, state_of
from ..context.values import AnyValue, NotLowered, Value
from ..expressions.dated import at_position
from ..expressions.operators import divide
from ..figures.accrual import convention
from ..figures.party_figures import party
from ..known.clocks_and_day_counts import daycount_of
from .bond_clocks import along, clock_of_bond, counting_of
from .measures import last, over, series_total
from .metric import fractions, metric
from .things import things


def _one(builder: Builder, operand: Operand) -> Operand:
    return operand if operand.rows is None else builder.emit("sum_rows", operand)


def paid(low: Lowering, claim: ClaimEntry) -> Operand:
    found = read_entry(low, Resolved(claim, "paid"), claim.span, Moment("elsewhere", low.every))
    if not isinstance(found, Value):
        raise NotLowered
    return _one(low.builder, found.operand)


def balances(collector: Collector, entries: list[AnyEntry], span: Span) -> list[StateEntry]:
    """The `balance` of each instrument."""
    found: list[StateEntry] = []
    for entry in entries:
        state = entry.members.get("balance") if isinstance(entry, InstanceEntry) else entry
        if not isinstance(state, StateEntry):
            collector.error(
                "E0546",
                f"`{entry.name}` has no `balance` to measure",
                span,
                help="ask it of a loan, a note or a group of them",
            )
            raise NotLowered
        found.append(state)
    return found


def repaid(
    low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment, written_down: Operand = FALSE
) -> Operand:
    """Principal repaid on each date: what claims that lower the `balance` of an instrument were paid, and what `reduce`
    steps took off it.

    ``written_down``: whether what losses took off it counts as well.
    """
    found = things(low, node, scope, moment)
    if isinstance(found, Value):
        return low.builder.select(found.determined, found.operand, ZERO)
    claims = [entry for entry in found if isinstance(entry, ClaimEntry)]
    if len(claims) == len(found):
        return low.builder.sum([paid(low, claim) for claim in claims])
    total: list[Operand] = []
    losses = _allocated(low.model, low.collector)
    for state in balances(low.collector, found, node.span):
        for reduction in _reductions(low.model, low.collector, state):
            amount = _reduced(low, reduction, node.span)
            if reduction in losses:
                amount = low.builder.select(written_down, amount, ZERO)
            total.append(amount)
        total.extend(
            paid(low, claim)
            for claim in low.model.entries.values()
            if isinstance(claim, ClaimEntry)
            and any(one is state and sign < 0 for one, sign in low.acts.movers.get(claim.name, ()))
        )
    return low.builder.sum(total)


def _reductions(model: Model, collector: Collector, state: StateEntry) -> list[ReductionEntry]:
    """The reductions that take off a state, each once, by whatever name it has."""
    found: list[ReductionEntry] = []
    for entry in model.entries.values():
        one = follow(entry)
        if isinstance(one, ReductionEntry) and one not in found and state_of(collector, one) is state:
            found.append(one)
    return found


def _reduced(low: Lowering, reduction: ReductionEntry, span: Span) -> Operand:
    """What a reduction takes off its state on each date."""
    found = read_entry(low, Resolved(reduction, "amount"), span, Moment("elsewhere", low.every))
    if not isinstance(found, Value):
        raise NotLowered
    return _one(low.builder, found.operand)


def outstanding(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Operand:
    found = things(low, node, scope, moment)
    if isinstance(found, Value):
        return found.operand
    states = balances(low.collector, found, node.span)
    return low.builder.sum(
        [
            _one(low.builder, low.closes(Figure.STATE(state.name), low.day.opening[Figure.STATE(state.name)]))
            for state in states
        ]
    )


def cash_flows(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Operand:
    """What the holder got on each date less what it paid in; of a party, all that it received less all that it paid."""
    found = things(low, node, scope, moment)
    if isinstance(found, Value):
        return low.builder.select(found.determined, found.operand, ZERO)
    total: Operand = ZERO
    builder = low.builder
    for entry in found:
        match entry:
            case PartyEntry():
                net = party(low, entry, "net", node.span, Moment("elsewhere", low.every))
                total = builder.add(total, net.operand)
            case ClaimEntry():
                total = builder.add(total, paid(low, entry))
            case InstanceEntry():
                total = builder.add(total, _instance_flows(low, entry))
            case _:
                low.collector.error("E0546", f"`{entry.name}` has no cash flows to measure", node.span)
                raise NotLowered
    return total


def _instance_flows(low: Lowering, entry: InstanceEntry) -> Operand:
    """Claims to the holder less claims from it; the holder is who is on the other side of the issuer's claims."""
    builder = low.builder
    total: Operand = ZERO
    claims = [one for one in entry.members.values() if isinstance(one, ClaimEntry)]
    holder: PartyEntry | None = None
    named = entry.members.get("holder")
    if named is not None:
        target = follow(named)
        holder = target if isinstance(target, PartyEntry) else None
    for claim in claims:
        payer, payee = parties(low.model, low.collector, claim)
        if holder is None:
            holder = payee if claim.item.payee is not None else payer
        if payee is holder:
            total = builder.add(total, paid(low, claim))
        elif payer is holder:
            total = builder.subtract(total, paid(low, claim))
    return total


def years(
    collector: Collector, every: Clock, node: syntax.Expression | None, scope: Scope, span: Span
) -> list[Fraction]:
    """Years from closing to each date, by the day count named or actual/365; 0 before closing."""
    name = "actual/365"
    if node is not None:
        found = daycount_of(collector, node, scope)
        if isinstance(found, DaycountEntry):
            collector.error("E0415", "a measure takes one of the built-in day counts", node.span)
            raise NotLowered
        name = found
    dates = every.timeline.dates
    closing = dates[every.timeline.closing]
    if name == "actual/actual ICMA":
        collector.error("E0415", "a measure counts from closing, and ICMA's day count needs periods", span)
        raise NotLowered
    count = convention(name)
    return [_years(count, closing, date) for date in dates]


def _years(count: Convention, closing: datetime.date, date: datetime.date) -> Fraction:
    return year_fraction(count, closing, date) if date > closing else Fraction(0)


def _wal(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    return _life(low, expression, bound, scope, moment, False)


def _wal_with_balance(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    return _life(low, expression, bound, scope, moment, True)


def _life(
    low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment, with_balance: bool
) -> Value:
    builder = low.builder
    times = years(low.collector, low.every, bound.values.get("accrual"), scope, expression.span)
    asked = bound.values.get("written_down")
    written_down = FALSE if asked is None else value_of(low, asked, scope, moment).operand
    amounts = repaid(low, bound.values["of"], scope, moment, written_down)
    weighted = builder.multiply(amounts, builder.by_date("years", tuple(times)))
    above, below = series_total(low.every, low.builder, weighted), series_total(low.every, low.builder, amounts)
    if with_balance:
        left = last(low.builder, outstanding(low, bound.values["of"], scope, moment))
        above = builder.add(above, builder.multiply(left, number(times[-1])))
        below = builder.add(below, left)
    return attrs.evolve(divide(low.builder, Value(above), Value(below)), why=_no_life(low, bound, amounts))


def _no_life(low: Lowering, bound: Bound, amounts: Operand) -> str:
    """Why something has no life."""
    name = format_expression(bound.values["of"])
    if amounts != ZERO:
        also = "" if "written_down" in bound.values else "; `written_down = true` counts what it loses"
        return f"nothing of `{name}` is repaid or redeemed{also}"
    return f"no claim and no reduction lowers `{name}`: ask it of the amounts that do, as `wal(x, 30/360)` of a flow"


def _irr(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """The annual effective rate at which flows are worth nothing at closing, by the day count named or actual/365."""
    times = years(low.collector, low.every, bound.values.get("accrual"), scope, expression.span)
    flows = low.builder.as_series(cash_flows(low, bound.values["of"], scope, moment))
    found = metric(low.builder, "xirr", (flows,), "irr", times=fractions(times))
    name = format_expression(bound.values["of"])
    return attrs.evolve(found, why=f"no rate makes what `{name}` pays in worth what it gets: one of the two is missing")


def _multiple(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    flows = low.builder.as_series(cash_flows(low, bound.values["of"], scope, moment))
    found = metric(low.builder, "multiple_of_flows", (flows,))
    return attrs.evolve(found, why=f"`{format_expression(bound.values['of'])}` pays nothing in")


def size(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Operand:
    found = things(low, node, scope, moment)
    if isinstance(found, Value):
        low.collector.error("E0546", "a price is of an instrument with a size", node.span)
        raise NotLowered
    total: Operand = ZERO
    for state in balances(low.collector, found, node.span):
        first = value_of(low, state.item.initial, state.scope, Moment("opening", low.every))
        total = low.builder.add(total, _one(low.builder, first.operand))
    return total


def _cover(whole: bool) -> FunctionRule:
    """Cash discounted to closing over the debt at closing: while the debt is outstanding, or to the last date.

    Each period discounts by 1 + rate * its part of a year: the periods of the debt's own claims where the debt is a
    state of an instrument, else those between the dates of the timeline.
    """

    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        builder = low.builder
        cash, _ = over(low, expression, bound.values["cash"], scope, moment)
        rate, _ = over(low, expression, bound.values["rate"], scope, moment)
        debt, _ = over(low, expression, bound.values["debt"], scope, moment)
        steps = _periods(low, bound, scope, moment, expression)
        counts = cash.determined
        if not whole:
            had = builder.emit("previous", low.builder.as_series(debt.operand), ZERO)
            counts = builder.both(counts, builder.emit("less", ZERO, had))
        closing = low.every.timeline.closing
        operands = (
            low.builder.as_series(cash.operand),
            low.builder.as_series(debt.operand),
            low.builder.as_series(rate.operand),
            low.builder.as_series(counts),
        )
        ratio = metric(
            low.builder, "plcr", operands, "plcr" if whole else "llcr", fractions=fractions(steps), at=closing
        )
        return attrs.evolve(ratio, why=f"there is no `{format_expression(bound.values['debt'])}` at closing to cover")

    return rule


def _periods(
    low: Lowering, bound: Bound, scope: Scope, moment: Moment, expression: syntax.Call
) -> tuple[Fraction, ...]:
    """The part of a year between the date before and each date, in which cover is discounted."""
    node = bound.values["debt"]
    instrument = _instrument_of(node, scope)
    if instrument is not None:
        clock = clock_of_bond(low, instrument, scope, moment)
        counting = counting_of(low.collector, low.schedules, bound.values.get("accrual"), scope)
        found = along(low.collector, clock, counting, bound.values.get("accrual", node))
        if found is not None:
            return period_steps(found, low.every.timeline, low.every.timeline.closing)
    times = years(low.collector, low.every, bound.values.get("accrual"), scope, expression.span)
    return (Fraction(0), *(after - before for before, after in pairwise(times)))


def _instrument_of(node: syntax.Expression, scope: Scope) -> syntax.Name | None:
    """The instrument whose state a debt is: ``senior`` of ``senior.balance``."""
    if not isinstance(node, syntax.Name) or len(node.parts) < 2:
        return None
    resolved, owner = scope.resolve(node.parts), scope.resolve(node.parts[:-1])
    if isinstance(resolved, int) or isinstance(owner, int):
        return None
    is_state = isinstance(follow(resolved.entry), StateEntry) and isinstance(follow(owner.entry), InstanceEntry)
    return attrs.evolve(node, parts=node.parts[:-1], places=node.places[:-1]) if is_state else None


def _loss(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """What was lent and never repaid: the balance left on the last date, and the losses allocated to it by then."""
    node = bound.values["of"]
    left = last(low.builder, outstanding(low, node, scope, moment))
    found = things(low, node, scope, moment)
    if isinstance(found, Value):
        return Value(left)
    states = balances(low.collector, found, node.span)
    borne = [
        series_total(low.every, low.builder, _reduced(low, reduction, node.span))
        for reduction in _allocated(low.model, low.collector)
        if state_of(low.collector, reduction) in states
    ]
    return Value(low.builder.sum([left, *borne]))


def _allocated(model: Model, collector: Collector) -> list[ReductionEntry]:
    """The reductions that `allocate losses` names, each once: those that `reduce` alone makes are no losses."""
    found: list[ReductionEntry] = []
    for act in model.acts:
        entries = [reduction_of(collector, name, act.scope) for name in act.item.facts.reduces]
        found.extend(entry for entry in entries if entry not in found)
    return found


_OF_A_CLAIM = "ask it of a claim or an instrument: `shortfall(senior.interest)`"


def _shortfall(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Due and never paid: of each claim all that arose less all that was paid, and no less than nothing.

    What lapses within a balance stays in the balance and falls due again: of it no more is short than is left of it.
    """
    found = things(low, bound.values["of"], scope, moment)
    if isinstance(found, Value):
        low.collector.error(
            "E0522",
            "an amount has no due of its own to fall short of",
            bound.values["of"].span,
            help=_OF_A_CLAIM,
        )
        raise NotLowered
    builder = low.builder
    claims: list[ClaimEntry] = []
    for entry in found:
        if isinstance(entry, ClaimEntry):
            claims.append(entry)
        elif isinstance(entry, InstanceEntry):
            claims.extend(
                one for one in entry.members.values() if isinstance(one, ClaimEntry) and one.item.due is not None
            )
        else:
            low.collector.error(
                "E0522", f"`{entry.name}` has no due of its own to fall short of", expression.span, help=_OF_A_CLAIM
            )
            raise NotLowered
    total: Operand = ZERO
    for claim in claims:
        if claim.item.due is None:
            low.collector.error("E0522", f"`{claim.name}` has no due of its own to fall short of", expression.span)
            raise NotLowered
        current = read_entry(low, Resolved(claim, "current"), claim.span, Moment("elsewhere", low.every))
        if not isinstance(current, Value):
            raise NotLowered
        arose = series_total(low.every, low.builder, _one(low.builder, current.operand))
        short = builder.positive(builder.subtract(arose, series_total(low.every, low.builder, paid(low, claim))))
        left = _left_within(low, claim)
        total = builder.add(total, short if left is None else builder.minimum(short, left))
    return Value(total)


def _left_within(low: Lowering, claim: ClaimEntry) -> Operand | None:
    """What is left at the end of the state within which a claim lapses; None of any other claim."""
    limit = claim.item.up_to
    if claim.item.unpaid is None or claim.item.unpaid.form != "lapses" or not isinstance(limit, syntax.Name):
        return None
    state = claim.scope.resolve(limit.parts)
    if isinstance(state, int) or not isinstance(state.entry, StateEntry):
        return None
    found = read_entry(low, state, claim.span, Moment("elsewhere", low.every))
    return last(low.builder, _one(low.builder, found.operand)) if isinstance(found, Value) else None


def _balloon(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """What an instrument still owes on its maturity (its `maturity` field; else the last date of its schedule)."""
    node = bound.values["of"]
    found = things(low, node, scope, moment)
    if isinstance(found, Value) or len(found) != 1 or not isinstance(found[0], InstanceEntry):
        low.collector.error("E0546", "a balloon is of one instrument", node.span)
        raise NotLowered
    entry = found[0]
    amounts, left = repaid(low, node, scope, moment), outstanding(low, node, scope, moment)
    position = len(low.every.timeline) - 1
    maturity = entry.members.get("maturity")
    if maturity is not None:
        value = read_entry(low, Resolved(maturity), node.span, Moment("opening", low.every))
        if isinstance(value, Value) and isinstance(value.operand, Literal):
            when = datetime.date.fromordinal(int(value.operand.value))
            later = low.every.timeline.on_or_after(when)
            position = position if later is None else later
    there = (position,) * len(low.every.timeline)
    due = low.builder.add(amounts, left)
    return Value(at_position(low.builder, due, there))


functions(
    {
        "wal": _wal,
        "wal_with_balance": _wal_with_balance,
        "irr": _irr,
        "xirr": _irr,
        "multiple": _multiple,
        "llcr": _cover(False),
        "plcr": _cover(True),
        "loss": _loss,
        "shortfall": _shortfall,
        "balloon": _balloon,
    }
)
