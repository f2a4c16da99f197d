"""The acts of a day but waterfalls: receipts, settlements, losses, reductions."""

from __future__ import annotations

from typing import assert_never

from ....engine.ir import Check, Literal, Operand, Origin
from ... import syntax
from ...names.deal import Act, Scope
from ...time.clocks import Clock
from ..building.builder import TRUE, ZERO
from ..context.checks import CONDITION
from ..context.dispatch import condition, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import account_of, claim_of, claims_named, owner, parties, party_of, reduction_of, state_of
from ..context.values import NotLowered
from ..figures.claims import claim_day, reach
from ..figures.flows import on_dates
from ..figures.party_figures import party_default
from .cash import asked, between, masked, paid, put_in, reduced
from .standing import Standing, run
from .survey import received_claim


def lower_act(low: Lowering, act: Act) -> None:
    clock = low.acts.clocks.get(id(act.item))
    if clock is None:
        return
    item = act.item
    before = low.builder.origin
    low.builder.origin = Origin(type(item).__name__.lower(), item.span)
    try:
        match item:
            case syntax.Receive():
                receive(low, item, act.scope, clock)
            case syntax.Settle():
                settle(low, item, act.scope, clock)
            case syntax.AllocateLosses():
                allocate(low, item, act.scope, clock)
            case syntax.Reduce():
                reduce(low, item, act.scope, clock)
            case syntax.Waterfall():
                raise AssertionError("a waterfall has its own way in")
            case _:
                assert_never(item)
    finally:
        low.builder.origin = before


def receive(low: Lowering, item: syntax.Receive, scope: Scope, clock: Clock) -> None:
    """A claim is received as far as a step could pay it (its payer owes it); an amount is received from a party or from
    outside."""
    builder = low.builder
    on = on_dates(low.builder, clock)
    moment = Moment("step", clock)
    account = account_of(low.collector, item.account, scope)
    low.day.step_active = on
    act = Act(item, scope)
    entry = received_claim(act)
    if entry is not None:
        today = claim_day(low, entry)
        reach(low, today, moment)
        if today.remaining is None:
            low.collector.error(
                "E0539", f"`{entry.name}` is owed only what steps ask: it cannot be received whole", item.amount.span
            )
            raise NotLowered
        amount = masked(low.builder, on, TRUE, asked(low, today, moment))
        total = amount if amount.rows is None else builder.emit("sum_rows", amount)
        put_in(low.builder, low.day, Figure.ACCOUNT(account.name), total)
        paid(low, today, amount)
        return
    value = value_of(low, item.amount, scope, moment)
    operand = low.check_determined(value, on, "what is received", item.amount.span)
    amount = builder.select(on, operand, ZERO)
    if not builder.traits(amount).nonnegative and not isinstance(amount, Literal):
        low.product.checks.append(
            Check(
                name="receive",
                rule="nonnegative",
                var=low.builder.as_var(amount, "receive"),
                severity="error",
                code="E0905",
                message="an amount below zero is received",
                origin=Origin("receive", item.amount.span),
            )
        )
        builder.mark_nonnegative(amount)
    if isinstance(amount, Literal) and amount.value < 0:
        low.collector.error("E0530", "an amount below zero is received", item.amount.span)
        raise NotLowered
    put_in(low.builder, low.day, Figure.ACCOUNT(account.name), amount)
    giver = None if item.source is None else party_of(low.collector, item.source, scope)
    taker = owner(low.model, low.collector, account)
    between(low.builder, low.day, giver, taker, amount, Figure.RECEIPT)


def settle(low: Lowering, item: syntax.Settle, scope: Scope, clock: Clock) -> None:
    """Claims that no account funds: the payer pays what a step could ask, while it performs."""
    builder = low.builder
    moment = Moment("step", clock)
    on = on_dates(low.builder, clock)
    holds = TRUE if item.condition is None else condition(low, item.condition, scope, moment)
    for name in item.claims:
        entries = claims_named(name, scope)
        if not entries:
            claim_of(low.collector, name, scope)
        for entry in entries:
            today = claim_day(low, entry)
            reach(low, today, moment)
            if today.remaining is None:
                low.collector.error(
                    "E0539", f"`{entry.name}` is owed only what steps ask: it cannot be settled", name.span
                )
                raise NotLowered
            payer, _ = parties(low.model, low.collector, entry)
            default = party_default(low, payer, moment, name.span)
            today_is = value_of(low, syntax.Name(name.span, ("date",), (name.span,)), scope, moment)
            performs = builder.emit("less", today_is.operand, default.operand)
            running = builder.both(holds, performs)
            low.day.step_active = builder.both(on, running)
            amount = masked(low.builder, on, running, asked(low, today, moment))
            paid(low, today, amount)


def allocate(low: Lowering, item: syntax.AllocateLosses, scope: Scope, clock: Clock) -> None:
    """Losses fall on the first named until it is gone, then on the next."""
    builder = low.builder
    value = value_of(low, item.amount, scope, Moment("step", clock))
    on = on_dates(low.builder, clock)
    operand = low.check_determined(value, on, "the losses to allocate", item.amount.span)
    left = builder.positive(builder.select(on, operand, ZERO))
    for name in item.targets:
        entry = reduction_of(low.collector, name, scope)
        state = state_of(low.collector, entry)
        have = builder.positive(low.day.now[Figure.STATE(state.name)])
        amount = builder.mark_nonnegative(builder.minimum(left, have))
        reduced(low.builder, low.day, entry, state, amount)
        left = builder.mark_nonnegative(builder.subtract(left, amount))
    _all_borne(low, item, left)


def _all_borne(low: Lowering, item: syntax.AllocateLosses, left: Operand) -> None:
    """What is lost is borne by somebody: a verdict of each run, shown where losses are more than all that is named."""
    builder = low.builder
    borne = builder.emit("less_equal", left, ZERO)
    if isinstance(borne, Literal) and borne.value:
        return
    last = item.targets[-1].text
    label = f"losses beyond `{last}`"
    low.product.checks.append(
        Check(
            name=label,
            rule="holds",
            var=builder.as_var(borne, label),
            severity="verdict",
            code=CONDITION,
            message=f"{label}: nothing is left that bears them. Name what does, or cap the losses at what is there",
            origin=Origin(label, item.span),
        )
    )


def reduce(low: Lowering, item: syntax.Reduce, scope: Scope, clock: Clock) -> None:
    """Notionals move down without cash: the steps share out an amount as a waterfall shares out an account."""
    builder = low.builder
    value = value_of(low, item.amount, scope, Moment("step", clock))
    on = on_dates(low.builder, clock)
    operand = low.check_determined(value, on, "the amount to reduce by", item.amount.span)
    source = Figure.TO_REDUCE(f"{item.span.file}:{item.span.line}:{item.span.column}")
    low.day.now[source] = builder.positive(builder.select(on, operand, ZERO))
    run(low, item.steps, Standing(source, clock, on, scope, "reduce"))
    del low.day.now[source]
    low.day.ledger.pop(source, None)
