"""Waterfalls: each step a handful of primitives over the accounts, claims and states as they stand."""

from __future__ import annotations

import attrs

from ....engine.ir import Operand, Span
from ... import syntax
from ...names.deal import AccountEntry, ClaimEntry, DefinitionEntry, GroupEntry, Scope, follow
from ...vocabulary.dimensions import YEAR
from ..building.builder import ONE, TRUE, ZERO, Builder
from ..context.day import Day
from ..context.dispatch import condition, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import account_of, claim_of, members, party_of, reduction_of, state_of, trigger_of
from ..context.values import NotLowered
from ..figures.claims import claim_day
from ..figures.of_the_day import account_target
from .cash import asked, balance, between, bump, masked, move, paid, pay_from, reduced, take_out
from .standing import Standing, run, runs
from .triggers import test_trigger


@runs(syntax.PayRest)
def pay_rest(low: Lowering, step: syntax.PayRest, here: Standing) -> None:
    amount = _bounded(low, here, balance(low.day, here.source))
    take_out(low.builder, low.day, here.source, amount)
    between(
        low.builder,
        low.day,
        low.day.paying,
        party_of(low.collector, step.party, here.scope),
        amount,
        Figure.DISTRIBUTION,
    )
    for waterfall, guard in here.shares:
        bump(low.builder, low.day, Figure.REST(waterfall), low.builder.select(guard, amount, ZERO))


@runs(syntax.PayParty)
def pay_party(low: Lowering, step: syntax.PayParty, here: Standing) -> None:
    value = value_of(low, step.amount, here.scope, here.moment)
    wanted = low.builder.positive(
        low.check_determined(value, low.day.step_active, "what this step pays", step.amount.span)
    )
    amount = _drawn(low, here, here.source, wanted)
    between(
        low.builder,
        low.day,
        low.day.paying,
        party_of(low.collector, step.party, here.scope),
        amount,
        Figure.DISTRIBUTION,
    )


@runs(syntax.UpTo)
def up_to(low: Lowering, step: syntax.UpTo, here: Standing) -> None:
    value = value_of(low, step.limit, here.scope, here.moment)
    limit = low.builder.positive(low.check_determined(value, low.day.step_active, "this limit", step.limit.span))
    key = cap(low, limit, step.span, by_year(low, step.limit, here.scope, step.per_year))
    run(low, step.steps, attrs.evolve(here, caps=(*here.caps, key)))


@runs(syntax.When)
def when(low: Lowering, step: syntax.When, here: Standing) -> None:
    builder = low.builder
    chosen = condition(low, step.condition, here.scope, here.moment)
    run(low, step.steps, attrs.evolve(here, mask=builder.both(here.mask, chosen)))
    if step.otherwise:
        other = builder.both(here.mask, builder.negated(chosen))
        run(low, step.otherwise, attrs.evolve(here, mask=other))


@runs(syntax.Release)
def release(low: Lowering, step: syntax.Release, here: Standing) -> None:
    builder = low.builder
    account = account_of(low.collector, step.account, here.scope)
    to = here.source if step.to is None else Figure.ACCOUNT(account_of(low.collector, step.to, here.scope).name)
    target = _target(low, account.name, step.account.span, here)
    have = balance(low.day, Figure.ACCOUNT(account.name))
    excess = builder.positive(builder.subtract(have, target))
    move(low, Figure.ACCOUNT(account.name), to, _bounded(low, here, excess))


@runs(syntax.Keep)
def keep(low: Lowering, step: syntax.Keep, here: Standing) -> None:
    account = account_of(low.collector, step.account, here.scope)
    move(low, here.source, Figure.ACCOUNT(account.name), _bounded(low, here, balance(low.day, here.source)))


@runs(syntax.Record)
def record_all(low: Lowering, step: syntax.Record, here: Standing) -> None:
    for name in step.names:
        record(low, name, here)


@runs(syntax.TestTrigger)
def test(low: Lowering, step: syntax.TestTrigger, here: Standing) -> None:
    trigger = trigger_of(low.collector, step.trigger, here.scope)
    test_trigger(low, trigger, low.builder.both(here.on, here.mask), Moment("step", here.clock))


# ------------------------------------------------------------------------------------------------- caps


def by_year(low: Lowering, limit: syntax.Expression, scope: Scope, stated: bool) -> bool:
    """Whether a cap is of the calendar year: its step says `per year`, or it is a figure of money per year itself."""
    if stated:
        return True
    found = low.types.of(limit, scope)
    return found.kind == "number" and (found.dimension * YEAR).currency is not None


def cap(low: Lowering, limit: Operand, span: Span, per_year: bool) -> Key:
    """A limit on the sum of some steps: what is left of it is a figure of the day."""
    name = f"{span.file}:{span.line}:{span.column}"
    key: Key = Figure.CAP(name)
    if per_year:
        builder = low.builder
        used: Key = Figure.USED_THIS_YEAR(name)
        dates = low.every.timeline.dates
        new = tuple(at == 0 or dates[at].year != dates[at - 1].year for at in range(len(dates)))
        before = builder.emit("previous", low.closes(used, ZERO), ZERO)
        so_far = builder.select(builder.mask("new year", new), ZERO, before)
        low.day.now.setdefault(used, so_far)
        limit = builder.positive(builder.subtract(limit, low.day.now[used]))
        low.acts.caps_per_year[key] = used
    low.day.now[key] = limit
    return key


def capped(builder: Builder, day: Day, ask: Operand, caps: tuple[Key, ...]) -> Operand:
    """An ask under the caps around it."""
    for key in caps:
        left = day.now[key]
        if ask.rows is not None:
            total = builder.emit("sum_rows", ask)
            some = builder.emit("less", ZERO, total)
            share = builder.emit("divide", builder.minimum(total, left), builder.select(some, total, ONE))
            ask = builder.multiply(ask, share)
        else:
            ask = builder.minimum(ask, left)
    return ask


def used(low: Lowering, amount: Operand, caps: tuple[Key, ...]) -> None:
    total = amount if amount.rows is None or not caps else low.builder.emit("sum_rows", amount)
    for key in caps:
        low.day.now[key] = low.builder.mark_nonnegative(low.builder.subtract(low.day.now[key], total))
        yearly = low.acts.caps_per_year.get(key)
        if yearly is not None:
            low.day.now[yearly] = low.builder.add(low.day.now[yearly], total)


def _bounded(low: Lowering, here: Standing, amount: Operand) -> Operand:
    """An amount that a step moves whole, under the guard and the caps around it."""
    amount = masked(low.builder, here.on, here.mask, capped(low.builder, low.day, amount, here.caps))
    used(low, amount, here.caps)
    return amount


def _drawn(low: Lowering, here: Standing, source: Key, wanted: Operand) -> Operand:
    """Take the lesser of what is wanted (under guard and caps) and what the account holds."""
    ask = masked(low.builder, here.on, here.mask, capped(low.builder, low.day, wanted, here.caps))
    amount = low.builder.mark_nonnegative(low.builder.minimum(balance(low.day, source), ask))
    take_out(low.builder, low.day, source, amount)
    used(low, amount, here.caps)
    return amount


# ------------------------------------------------------------------------------------------------- paying


@runs(syntax.Pay)
def pay(low: Lowering, step: syntax.Pay, here: Standing) -> None:
    """``pay senior.interest, then from dsra``: a group's name pays its members in their order."""
    limit = pay_cap(low, step, here)
    inside = here if limit is None else attrs.evolve(here, caps=(*here.caps, limit))
    resolved = here.scope.resolve(step.claim.parts)
    if not isinstance(resolved, int) and isinstance(follow(resolved.entry), GroupEntry):
        group = follow(resolved.entry)
        if isinstance(group, GroupEntry):
            for member in members(group, resolved.attribute):
                if not isinstance(member.entry, ClaimEntry):
                    claim_of(low.collector, step.claim, here.scope)
                    continue
                _pay(low, member.entry, step, inside)
            return
    if here.source.kind is Figure.TO_REDUCE:
        reduction = reduction_of(low.collector, step.claim, here.scope)
        state = state_of(low.collector, reduction)
        wanted = low.builder.positive(low.day.now[Figure.STATE(state.name)])
        amount = _drawn(low, inside, here.source, wanted)
        reduced(low.builder, low.day, reduction, state, amount)
        return
    _pay(low, claim_of(low.collector, step.claim, here.scope), step, inside)


def pay_cap(low: Lowering, step: syntax.Pay, here: Standing) -> Key | None:
    """The cap that a step states on all that it pays, a group's members together."""
    if step.cap is None:
        return None
    value = value_of(low, step.cap, here.scope, here.moment)
    limit = low.builder.positive(low.check_determined(value, low.day.step_active, "this limit", step.cap.span))
    return cap(low, limit, step.cap.span, by_year(low, step.cap, here.scope, step.cap_per_year))


def _pay(low: Lowering, entry: ClaimEntry, step: syntax.Pay, here: Standing) -> None:
    sources = [
        here.source,
        *(Figure.ACCOUNT(account_of(low.collector, name, here.scope).name) for name in step.then_from),
    ]
    pay_claim(low, entry, sources, here)


def pay_claim(low: Lowering, entry: ClaimEntry, sources: list[Key], here: Standing) -> Operand:
    """Pay a claim from one account after another until it is paid, and note it once."""
    builder = low.builder
    today = claim_day(low, entry)
    ask = masked(
        low.builder, here.on, here.mask, capped(low.builder, low.day, asked(low, today, here.moment), here.caps)
    )
    before = today.remaining
    left = ask
    amount: Operand = ZERO
    for source in sources:
        amount = pay_from(low.builder, low.day, source, today, left)
        left = builder.mark_nonnegative(builder.subtract(left, amount))
    # Of several accounts: what was asked less what is left, which is never above what was asked, not even by rounding.
    total = amount if len(sources) == 1 else builder.mark_nonnegative(builder.subtract(ask, left))
    used(low, total, here.caps)
    paid(low, today, total)
    if before is not None and entry.item.up_to is None and here.mask == TRUE and not here.caps:
        # All that is unpaid was asked for: what is left of it is what stays unpaid.
        today.remaining = builder.mark_nonnegative(builder.select(here.on, left, before))
    return total


# ------------------------------------------------------------------------------------------------- reserves


def _target(low: Lowering, account: str, span: Span, here: Standing) -> Operand:
    entry = low.model.entries[account]
    if not isinstance(entry, AccountEntry):
        raise NotLowered
    value = account_target(low, entry, here.moment)
    return low.builder.positive(low.check_determined(value, low.day.step_active, f"the target of {account}", span))


def lacking(low: Lowering, account: str, span: Span, here: Standing) -> Operand:
    """What an account holds less than its target."""
    target = _target(low, account, span, here)
    return low.builder.positive(low.builder.subtract(target, balance(low.day, Figure.ACCOUNT(account))))


@runs(syntax.Fill)
def fill(low: Lowering, step: syntax.Fill, here: Standing) -> None:
    account = account_of(low.collector, step.account, here.scope)
    builder = low.builder
    if step.cap is not None and account.item.target is None:
        value = value_of(low, step.cap, here.scope, here.moment)
        wanted = builder.positive(low.check_determined(value, low.day.step_active, "this limit", step.cap.span))
    else:
        wanted = lacking(low, account.name, step.account.span, here)
        if step.cap is not None:
            value = value_of(low, step.cap, here.scope, here.moment)
            limit = low.check_determined(value, low.day.step_active, "this limit", step.cap.span)
            wanted = builder.minimum(wanted, builder.positive(limit))
    ask = masked(low.builder, here.on, here.mask, capped(low.builder, low.day, wanted, here.caps))
    amount = builder.mark_nonnegative(builder.minimum(balance(low.day, here.source), ask))
    move(low, here.source, Figure.ACCOUNT(account.name), amount)
    used(low, amount, here.caps)


@runs(syntax.Move)
def _move(low: Lowering, step: syntax.Move, here: Standing) -> None:
    to = account_of(low.collector, step.to, here.scope)
    for name in step.sources:
        source = account_of(low.collector, name, here.scope)
        have = balance(low.day, Figure.ACCOUNT(source.name))
        if step.amount is None:
            amount = _bounded(low, here, have)
        else:
            value = value_of(low, step.amount, here.scope, here.moment)
            wanted = low.builder.positive(
                low.check_determined(value, low.day.step_active, "what moves", step.amount.span)
            )
            amount = _bounded(low, here, low.builder.minimum(have, wanted))
        move(low, Figure.ACCOUNT(source.name), Figure.ACCOUNT(to.name), amount)


def record(low: Lowering, name: syntax.Name, here: Standing) -> None:
    """Fix a definition's value of the date: what everything outside the day's steps will read."""
    resolved = here.scope.resolve(name.parts)
    entry = None if isinstance(resolved, int) else resolved.entry
    if not isinstance(entry, DefinitionEntry):
        low.collector.error("E0535", f"`record` fixes a definition, and `{name.text}` is none", name.span)
        raise NotLowered
    value = value_of(low, name, here.scope, here.moment)
    builder = low.builder
    active = builder.both(here.on, here.mask)
    before = low.day.recorded.get(entry.name)
    if before is None:
        low.day.recorded[entry.name] = (value.operand, builder.both(active, value.determined))
    else:
        low.day.recorded[entry.name] = (
            builder.select(active, value.operand, before[0]),
            builder.select(active, value.determined, before[1]),
        )
    low.day.now[Figure.RECORDED(entry.name)] = low.day.recorded[entry.name][0]
