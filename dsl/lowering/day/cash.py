"""Moving cash: accounts, what they took in and gave out, who was paid; every step is made of these."""

from __future__ import annotations

from ....engine.ir import Check, Literal, Operand, Origin
from ...names.deal import AccountEntry, PartyEntry, ReductionEntry, StateEntry
from ..building.builder import ONE, ZERO, Builder
from ..context.day import ClaimDay, Day, Ledger
from ..context.dispatch import value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import owner, parties
from ..context.product import Product
from ..context.values import NotLowered
from ..figures.claims import reach
from ..known.clocks_and_day_counts import clock_of


def balance(day: Day, source: Key) -> Operand:
    """What is left of an account, or of an amount to reduce by."""
    return day.now[source]


def take_out(builder: Builder, day: Day, source: Key, amount: Operand) -> None:
    """Cash leaves an account; the amount never exceeds what it holds."""
    day.now[source] = builder.mark_nonnegative(builder.subtract(day.now[source], amount))
    day.ledger.setdefault(source, Ledger()).out.append(amount)


def put_in(builder: Builder, day: Day, account: Key, amount: Operand) -> None:
    day.now[account] = builder.mark_nonnegative(builder.add(day.now[account], amount))
    day.ledger.setdefault(account, Ledger()).into.append(amount)


def move(low: Lowering, source: Key, to: Key, amount: Operand) -> None:
    """From account to account; where another party owns the second, it has received it."""
    take_out(low.builder, low.day, source, amount)
    put_in(low.builder, low.day, to, amount)
    giver, taker = _owner(low, source), _owner(low, to)
    if giver is not taker:
        between(low.builder, low.day, giver, taker, amount)


def _owner(low: Lowering, account: Key) -> PartyEntry | None:
    entry = low.model.entries.get(account.name)
    return owner(low.model, low.collector, entry) if isinstance(entry, AccountEntry) else None


def bump(builder: Builder, day: Day, key: Key, amount: Operand) -> None:
    """Add to a flow of the day."""
    before = day.now.get(key)
    day.now[key] = amount if before is None else builder.add(before, amount)


def between(
    builder: Builder,
    day: Day,
    payer: PartyEntry | None,
    payee: PartyEntry | None,
    amount: Operand,
    kind: Figure | None = None,
) -> None:
    """Note in the parties' own books what one paid another; ``kind``, a receipt or a distribution, is of what no claim
    states, which is an edge of its own between the two."""
    total = amount if amount.rows is None else builder.emit("sum_rows", amount)
    if payer is not None:
        bump(builder, day, Figure.PAID_BY(payer.name), total)
    if payee is not None:
        bump(builder, day, Figure.RECEIVED_BY(payee.name), total)
    if kind is not None and payer is not None and payee is not None:
        bump(builder, day, kind(f"{payer.name} -> {payee.name}"), total)


def masked(builder: Builder, on: Operand, mask: Operand, amount: Operand) -> Operand:
    """The amount where a step runs: on its dates and while its guard holds; else nothing."""
    kept = builder.select(mask, amount, ZERO)
    found = builder.select(on, kept, ZERO)
    if builder.traits(amount).nonnegative:
        builder.mark_nonnegative(found)
    return found


def asked(low: Lowering, today: ClaimDay, moment: Moment) -> Operand:
    """What a step may still pay of a claim: what is due and unpaid, and never more than it is `up to`."""
    item, builder = today.entry.item, low.builder
    reach(low, today, moment)
    limit: Operand | None = None
    if item.up_to is not None:
        value = value_of(low, item.up_to, today.entry.scope, Moment("step", today.clock))
        limit = builder.positive(
            low.check_determined(value, low.day.step_active, f"the limit of {today.entry.name}", item.up_to.span)
        )
    if today.remaining is None:
        if limit is None:
            raise NotLowered
        return limit
    return today.remaining if limit is None else builder.minimum(today.remaining, limit)


def paid(low: Lowering, today: ClaimDay, amount: Operand) -> None:
    """A claim is paid so much: its own figures, the states that it moves, the parties' books."""
    builder, name = low.builder, today.entry.name
    builder.mark_nonnegative(amount)
    first = isinstance(today.paid, Literal)
    today.paid = amount if first else builder.add(today.paid, amount)
    low.day.now[Figure.PAID(name)] = today.paid
    if today.remaining is not None:
        today.remaining = builder.mark_nonnegative(builder.subtract(today.remaining, amount))
    for state, sign in low.acts.movers.get(name, ()):
        shift_state(low.builder, low.day, state, _of_its_dates(low, state, amount), sign)
    payer, payee = parties(low.model, low.collector, today.entry)
    between(low.builder, low.day, payer, payee, amount)


def _of_its_dates(low: Lowering, state: StateEntry, amount: Operand) -> Operand:
    """What is paid moves a state at once; one that stands on a part of a schedule, by what is paid within the part."""
    if state.item.on is None:
        return amount
    clock = clock_of(low, state.item.on, state.scope)
    return low.builder.select(low.builder.mask(f"within {clock.name}", clock.within_it), amount, ZERO)


def shift_state(builder: Builder, day: Day, state: StateEntry, amount: Operand, sign: int) -> None:
    key: Key = Figure.STATE(state.name)
    before = day.now[key]
    if amount.rows is not None and before.rows is None:
        amount = builder.emit("sum_rows", amount)
    day.now[key] = builder.add(before, amount) if sign > 0 else builder.subtract(before, amount)


def reduced(builder: Builder, day: Day, entry: ReductionEntry, state: StateEntry, amount: Operand) -> None:
    """A reduction takes so much of its state, without cash."""
    bump(builder, day, Figure.REDUCED(entry.name), amount)
    shift_state(builder, day, state, amount, -1)


def pay_from(builder: Builder, day: Day, source: Key, today: ClaimDay, ask: Operand) -> Operand:
    """Pay a claim from an account the lesser of what is asked and what there is; what was paid (a row each, if asked
    of a family: shared by what is asked)."""
    have = balance(day, source)
    if ask.rows is None:
        amount = builder.mark_nonnegative(builder.minimum(have, ask))
        take_out(builder, day, source, amount)
        return amount
    total = builder.emit("sum_rows", ask)
    amount = builder.mark_nonnegative(builder.minimum(have, total))
    take_out(builder, day, source, amount)
    some = builder.emit("less", ZERO, total)
    share = builder.emit("divide", amount, builder.select(some, total, ONE))
    return builder.multiply(ask, share)


def conservation(builder: Builder, product: Product, day: Day, entry: AccountEntry, opening: Operand) -> None:
    """Opening and what came in equal what went out and closing, on every date; no account closes below zero."""
    ledger = day.ledger.get(Figure.ACCOUNT(entry.name), Ledger())
    closing = day.now[Figure.ACCOUNT(entry.name)]
    had = builder.sum([opening, *ledger.into])
    gave = builder.sum([*ledger.out, closing])
    imbalance = builder.subtract(had, gave)
    origin = Origin(entry.name, entry.span)
    if not isinstance(imbalance, Literal):
        product.checks.append(
            Check(
                name=f"{entry.name}: conservation",
                rule="zero",
                var=builder.as_var(imbalance, entry.name),
                severity="error",
                code="I0001",
                message=f"cash was made or lost in {entry.name}",
                scale=had,
                origin=origin,
            )
        )
        product.checks.append(
            Check(
                name=f"{entry.name}: balance",
                rule="nonnegative",
                var=builder.as_var(closing, entry.name),
                severity="error",
                code="I0002",
                message=f"account {entry.name} is below zero",
                scale=had,
                origin=origin,
            )
        )
