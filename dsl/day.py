"""One day of a deal: opening, its acts in the order written, closing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs

from ..engine.ir import Check, Input, Literal, Operand, Origin
from . import syntax
from .builder import FALSE, TRUE, ZERO, Traits
from .cash import account_of, balance, between, bump, conservation, masked, paid, put_in, reduced, state_of
from .claims import claim_day, claim_of, close_claim, owner, parties, party_of, reach
from .clocks import Clock
from .constants import clock_of
from .deal import (
    AccountEntry,
    Act,
    ClaimEntry,
    DefinitionEntry,
    GroupEntry,
    ReductionEntry,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from .expressions import condition, value_of
from .flows import on_dates
from .lowering import Frame, Key, Lowering, Moment, NotLowered
from .reading import members, party_default
from .steps import Standing, one, reduction_of, run
from .triggers import clock_of_trigger, opening_trigger, test_trigger, tested_in_steps
from .walk import walk


def lower_day(low: Lowering) -> None:
    """The whole of a date: binds what every figure closes at."""
    survey(low)
    open_day(low)
    acts = list(low.model.acts)
    position = 0
    while position < len(acts):
        act = acts[position]
        after = acts[position + 1] if position + 1 < len(acts) else None
        try:
            if isinstance(act.item, syntax.Waterfall):
                position += _waterfall(low, act, after)
                continue
            _act(low, act)
        except NotLowered:
            low.failed = True
            _poison(low, act)
        position += 1
    close_day(low)


def _poison(low: Lowering, act: Act) -> None:
    """The claims of an act that could not be lowered: what reads them is not told that they come too late."""
    item = act.item
    named = item.claims if isinstance(item, syntax.Settle) else ()
    low.poisoned.update(claim.name for name in named for claim in claims_named(name, act.scope))
    received = _received_claim(act)
    if received is not None:
        low.poisoned.add(received.name)


# ------------------------------------------------------------------------------------------------- what changes what


def survey(low: Lowering) -> None:
    """Which acts change which figures and on which dates, and which definitions are recorded, before any is lowered."""
    low.stepped = tested_in_steps(low)
    for entry in low.model.entries.values():
        if isinstance(entry, StateEntry) and entry.item.movements is not None:
            for movement in entry.item.movements:
                claim = _claim_moved(movement, entry.scope)
                if claim is not None:
                    low.movers.setdefault(claim.name, []).append((entry, movement.sign))
    for act in low.model.acts:
        try:
            clock = act_clock(low, act)
        except NotLowered:
            low.failed = True
            continue
        low.act_clocks[id(act.item)] = clock
        _survey_act(low, act, clock)


def _claim_moved(movement: syntax.Movement, scope: Scope) -> ClaimEntry | None:
    if not isinstance(movement.value, syntax.Name):
        return None
    resolved = scope.resolve(movement.value.parts)
    if isinstance(resolved, int) or resolved.attribute != "paid" or not isinstance(resolved.entry, ClaimEntry):
        return None
    return resolved.entry


def _survey_act(low: Lowering, act: Act, clock: Clock) -> None:
    item = act.item
    match item:
        case syntax.Receive():
            claim = _received_claim(act)
            if claim is not None:
                _changes_claim(low, claim, clock, Frame(f"`receive {claim.name}`", item.span, None))
            _changes_account(low, item.account, act.scope, Frame("`receive`", item.span, None))
        case syntax.Settle():
            for name in item.claims:
                for claim in claims_named(name, act.scope):
                    _changes_claim(low, claim, clock, Frame(f"`settle {claim.name}`", name.span, None))
        case syntax.AllocateLosses():
            for name in item.targets:
                _changes_reduction(low, name, act.scope, clock, Frame("`allocate losses`", item.span, None))
        case syntax.Reduce():
            for node in walk(item):
                if isinstance(node, syntax.Pay):
                    _changes_reduction(low, node.claim, act.scope, clock, Frame("`reduce`", item.span, None))
        case syntax.Waterfall():
            low.act_dates[("rest", item.name)] = clock.on
            _changes_account(low, item.account, act.scope, Frame(f"waterfall `{item.name}`", item.name_span, None))
            for line in item.lines:
                label = f'step "{line.label}"' if line.label else "a step"
                for node in walk(line):
                    _survey_step(low, node, act.scope, clock, label)


def _survey_step(low: Lowering, node: object, scope: Scope, clock: Clock, label: str) -> None:
    match node:
        case syntax.Pay():
            frame = Frame(label, node.span, None)
            for claim in claims_named(node.claim, scope):
                _changes_claim(low, claim, clock, frame)
            for name in node.then_from:
                _changes_account(low, name, scope, frame)
        case syntax.PayProRata():
            for name in node.then_from:
                _changes_account(low, name, scope, Frame(label, node.span, None))
        case syntax.Fill() | syntax.Release() | syntax.Keep():
            _changes_account(low, node.account, scope, Frame(label, node.span, None))
        case syntax.Move():
            for name in (*node.sources, node.to):
                _changes_account(low, name, scope, Frame(label, node.span, None))
        case syntax.Record():
            for name in node.names:
                resolved = scope.resolve(name.parts)
                if not isinstance(resolved, int) and isinstance(resolved.entry, DefinitionEntry):
                    low.records.setdefault(resolved.entry.name, []).append((clock, name.span))
        case syntax.TestTrigger():
            resolved = scope.resolve(node.trigger.parts)
            if not isinstance(resolved, int):
                key: Key = ("trigger", resolved.entry.name)
                low.changing.setdefault(key, []).append(Frame(label, node.span, None))
        case _:
            pass


def claims_named(name: syntax.Name, scope: Scope) -> list[ClaimEntry]:
    resolved = scope.resolve(name.parts)
    if isinstance(resolved, int):
        return []
    entry = follow(resolved.entry)
    if isinstance(entry, GroupEntry):
        try:
            return [one.entry for one in members(entry, resolved.attribute) if isinstance(one.entry, ClaimEntry)]
        except NotLowered:
            return []
    return [entry] if isinstance(entry, ClaimEntry) else []


def _received_claim(act: Act) -> ClaimEntry | None:
    item = act.item
    if not isinstance(item, syntax.Receive) or not isinstance(item.amount, syntax.Name):
        return None
    resolved = act.scope.resolve(item.amount.parts)
    if isinstance(resolved, int) or resolved.attribute is not None:
        return None
    entry = follow(resolved.entry)
    return entry if isinstance(entry, ClaimEntry) else None


def _mark_dates(low: Lowering, key: Key, clock: Clock) -> None:
    before = low.act_dates.get(key, (False,) * len(clock.on))
    low.act_dates[key] = tuple(a or b for a, b in zip(before, clock.on, strict=True))


def _changes_claim(low: Lowering, claim: ClaimEntry, clock: Clock, frame: Frame) -> None:
    for kind in ("paid", "unpaid"):
        _mark_dates(low, (kind, claim.name), clock)
        low.changing.setdefault((kind, claim.name), []).append(frame)
    for state, _ in low.movers.get(claim.name, ()):
        low.changing.setdefault(("state", state.name), []).append(frame)
    for party in _sides(low, claim):
        for kind in ("paid by", "received by"):
            _mark_dates(low, (kind, party), clock)


def _sides(low: Lowering, claim: ClaimEntry) -> list[str]:
    try:
        return [party.name for party in parties(low, claim)]
    except NotLowered:
        low.failed = True
        return []


def _changes_account(low: Lowering, name: syntax.Name, scope: Scope, frame: Frame) -> None:
    resolved = scope.resolve(name.parts)
    if not isinstance(resolved, int):
        low.changing.setdefault(("account", follow(resolved.entry).name), []).append(frame)


def _changes_reduction(low: Lowering, name: syntax.Name, scope: Scope, clock: Clock, frame: Frame) -> None:
    try:
        reduction = reduction_of(low, name, scope)
        state = state_of(low, reduction)
    except NotLowered:
        low.failed = True
        return
    _mark_dates(low, ("reduced", reduction.name), clock)
    low.changing.setdefault(("reduced", reduction.name), []).append(frame)
    low.changing.setdefault(("state", state.name), []).append(frame)


def act_clock(low: Lowering, act: Act) -> Clock:
    """The dates of an act: stated, or those of the claim or the flows that it reads."""
    item = act.item
    if item.on is not None:
        return clock_of(low, item.on, act.scope)
    if isinstance(item, syntax.Receive):
        claim = _received_claim(act)
        if claim is not None:
            return clock_of(low, claim.item.on, claim.scope)
        found = _flow_clocks(low, item.amount, act.scope, 0)
        if len(found) == 1:
            return next(iter(found.values()))
    if isinstance(item, syntax.Settle):
        clocks = {clock.name: clock for name in item.claims for claim in claims_named(name, act.scope)
                  for clock in [clock_of(low, claim.item.on, claim.scope)]}  # fmt: skip
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


def _flow_clocks(low: Lowering, node: syntax.Expression, scope: Scope, depth: int) -> dict[str, Clock]:
    """The clocks of the flows and claims that an expression reads, through definitions."""
    from .walk import names

    found: dict[str, Clock] = {}
    if depth > 60:
        return found
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
        elif isinstance(entry, DefinitionEntry):
            found.update(_flow_clocks(low, entry.value, entry.scope, depth + 1))
    return found


# ------------------------------------------------------------------------------------------------- opening


def open_day(low: Lowering) -> None:
    """Every state and account as it closed; then triggers are tested, then what an account opens with comes in."""
    builder = low.builder
    for entry in low.model.entries.values():
        try:
            if isinstance(entry, AccountEntry):
                key: Key = ("account", entry.name)
                before = builder.emit("previous", low.closes(key, ZERO), ZERO, label=f"{entry.name}.opening")
                low.day.opening[key] = low.day.now[key] = builder.mark_nonnegative(before)
        except NotLowered:
            low.failed = True
    low.opening_of = lambda key: _open_figure(low, key)
    for entry in low.model.entries.values():
        if isinstance(entry, StateEntry | TriggerEntry):
            kind = "state" if isinstance(entry, StateEntry) else "trigger"
            try:
                _open_figure(low, (kind, entry.name))
            except NotLowered:
                low.failed = True
    for entry in low.model.entries.values():
        if isinstance(entry, AccountEntry):
            try:
                _opens(low, entry)
            except NotLowered:
                low.failed = True


def _open_figure(low: Lowering, key: Key) -> Operand:
    """A state or a trigger at opening, worked out when first asked for: triggers read states and each other."""
    found = low.day.opening.get(key)
    if found is not None:
        return found
    entry = low.model.entries.get(key[1])
    if isinstance(entry, StateEntry):
        return _open_state(low, entry)
    if isinstance(entry, TriggerEntry):
        opened = opening_trigger(low, entry)
        low.day.opening[key] = opened
        low.day.now[key] = opened
        return opened
    raise NotLowered


def _open_state(low: Lowering, entry: StateEntry) -> Operand:
    builder = low.builder
    key: Key = ("state", entry.name)
    with low.reading(f"opening {entry.name}", entry.span, ("open state", entry.name)):
        first = value_of(low, entry.item.initial, entry.scope, Moment("opening", low.every))
        operand = low.check_determined(first, TRUE, f"what {entry.name} starts as", entry.item.initial.span)
        traits = builder.traits(operand)
        if traits.date:
            low.collector.error(
                "E0544", f"what `{entry.name}` starts as changes from date to date", entry.item.initial.span,
                help="a state starts as a term: a literal, a field, another term",
            )  # fmt: skip
            raise NotLowered
        like = operand if entry.family is None or operand.rows is not None else builder.placeholder_like(entry.family)
        opened = builder.emit("previous", low.closes(key, like), operand, label=f"{entry.name}.opening")
    low.day.opening[key] = opened
    low.day.now[key] = opened
    for movement in entry.item.movements or ():
        if movement.at == "opening":
            amount = _movement(low, entry, movement, Moment("opening", _state_clock(low, entry)))
            low.day.now[key] = _moved(low, low.day.now[key], amount, movement.sign)
    return opened


def _opens(low: Lowering, entry: AccountEntry) -> None:
    """What an account opens with comes in on the closing date, from whom it says."""
    builder = low.builder
    closing = low.every.timeline.closing
    on = builder.mask("on closing", tuple(position == closing for position in range(len(low.every.timeline))))
    shared = [value_of(low, amount, entry.scope, Moment("opening", low.every)) for amount, _ in entry.item.opens]
    for value, (node, name) in zip(shared, entry.item.opens, strict=True):
        operand = low.check_determined(value, on, f"what {entry.name} opens with", node.span)
        if isinstance(operand, Literal) and operand.value < 0:
            low.collector.error("E0545", f"`{entry.name}` cannot open below zero", node.span)
            raise NotLowered
        amount = builder.select(on, builder.positive(operand), ZERO)
        put_in(low, entry.name, amount)
        giver = None if name is None else party_of(low, name, entry.scope)
        taker = owner(low, entry)
        for kind, party in (("paid by", giver), ("received by", taker)):
            if party is not None:
                _mark_dates(low, (kind, party.name), low.every)
        between(low, giver, taker, amount)


def _state_clock(low: Lowering, entry: StateEntry) -> Clock:
    if entry.item.on is not None:
        return clock_of(low, entry.item.on, entry.scope)
    schedules = [one for one in low.model.entries.values() if isinstance(one, ScheduleEntry)]
    if len(schedules) == 1:
        return low.clocks[schedules[0].name]
    low.collector.error(
        "E0419", f"state `{entry.name}` does not say on which dates it moves", entry.span,
        help=f"`state {entry.item.name} on payment = ...`: only what is paid moves it when it is paid",
    )  # fmt: skip
    raise NotLowered


def _movement(low: Lowering, entry: StateEntry, movement: syntax.Movement, moment: Moment) -> Operand:
    value = value_of(low, movement.value, entry.scope, moment)
    on = on_dates(low, moment.clock)
    operand = low.check_determined(value, on, f"what moves {entry.name}", movement.span)
    return low.builder.select(on, operand, ZERO)


def _moved(low: Lowering, state: Operand, amount: Operand, sign: int) -> Operand:
    if amount.rows is not None and state.rows is None:
        amount = low.builder.emit("sum_rows", amount)
    return low.builder.add(state, amount) if sign > 0 else low.builder.subtract(state, amount)


# ------------------------------------------------------------------------------------------------- acts


def _act(low: Lowering, act: Act) -> None:
    clock = low.act_clocks.get(id(act.item))
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
    finally:
        low.builder.origin = before


def receive(low: Lowering, item: syntax.Receive, scope: Scope, clock: Clock) -> None:
    """A claim is received whole (its payer owes it); an amount is received from a party or from outside."""
    builder = low.builder
    on = on_dates(low, clock)
    moment = Moment("step", clock)
    account = account_of(low, item.account, scope)
    low.step_active = on
    act = Act(item, scope)
    entry = _received_claim(act)
    if entry is not None:
        today = claim_day(low, entry)
        reach(low, today, moment)
        if today.remaining is None:
            low.collector.error(
                "E0539", f"`{entry.name}` is owed only what steps ask: it cannot be received whole", item.amount.span
            )
            raise NotLowered
        amount = masked(low, on, TRUE, today.remaining)
        total = amount if amount.rows is None else builder.emit("sum_rows", amount)
        put_in(low, account.name, total)
        paid(low, today, amount)
        return
    value = value_of(low, item.amount, scope, moment)
    operand = low.check_determined(value, on, "what is received", item.amount.span)
    if operand.rows is not None:
        operand = builder.emit("sum_rows", operand)
    amount = builder.select(on, operand, ZERO)
    if not builder.traits(amount).nonnegative and not isinstance(amount, Literal):
        low.checks.append(
            Check(
                name="receive", rule="nonnegative", var=low.as_var(amount, "receive"), severity="error", code="E0905",
                message="an amount below zero is received", origin=Origin("receive", item.amount.span),
            )
        )  # fmt: skip
        builder.mark_nonnegative(amount)
    if isinstance(amount, Literal) and amount.value < 0:
        low.collector.error("E0530", "an amount below zero is received", item.amount.span)
        raise NotLowered
    put_in(low, account.name, amount)
    giver = None if item.source is None else party_of(low, item.source, scope)
    taker = owner(low, account)
    for kind, party in (("paid by", giver), ("received by", taker)):
        if party is not None:
            _mark_dates(low, (kind, party.name), clock)
    between(low, giver, taker, amount)


def settle(low: Lowering, item: syntax.Settle, scope: Scope, clock: Clock) -> None:
    """Claims that no account funds: the payer pays what is due while it performs."""
    builder = low.builder
    moment = Moment("step", clock)
    on = on_dates(low, clock)
    holds = TRUE if item.condition is None else condition(low, item.condition, scope, moment)
    for name in item.claims:
        entries = claims_named(name, scope)
        if not entries:
            claim_of(low, name, scope)
        for entry in entries:
            today = claim_day(low, entry)
            reach(low, today, moment)
            if today.remaining is None:
                low.collector.error(
                    "E0539", f"`{entry.name}` is owed only what steps ask: it cannot be settled", name.span
                )
                raise NotLowered
            payer, _ = parties(low, entry)
            default = party_default(low, payer, moment, name.span)
            today_is = value_of(low, syntax.Name(name.span, ("date",), (name.span,)), scope, moment)
            performs = builder.emit("less", today_is.operand, default.operand)
            amount = masked(low, on, builder.both(holds, performs), today.remaining)
            paid(low, today, amount)


def allocate(low: Lowering, item: syntax.AllocateLosses, scope: Scope, clock: Clock) -> None:
    """Losses fall on the first named until it is gone, then on the next."""
    builder = low.builder
    value = value_of(low, item.amount, scope, Moment("step", clock))
    on = on_dates(low, clock)
    operand = low.check_determined(value, on, "the losses to allocate", item.amount.span)
    if operand.rows is not None:
        operand = builder.emit("sum_rows", operand)
    left = builder.positive(builder.select(on, operand, ZERO))
    for name in item.targets:
        entry = reduction_of(low, name, scope)
        state = state_of(low, entry)
        have = builder.positive(low.day.now[("state", state.name)])
        amount = builder.mark_nonnegative(builder.minimum(left, have))
        reduced(low, entry, state, amount)
        left = builder.mark_nonnegative(builder.subtract(left, amount))
    bump(low, ("unallocated", str(item.span.line)), left)


def reduce(low: Lowering, item: syntax.Reduce, scope: Scope, clock: Clock) -> None:
    """Notionals move down without cash: the steps share out an amount as a waterfall shares out an account."""
    builder = low.builder
    value = value_of(low, item.amount, scope, Moment("step", clock))
    on = on_dates(low, clock)
    operand = low.check_determined(value, on, "the amount to reduce by", item.amount.span)
    if operand.rows is not None:
        operand = builder.emit("sum_rows", operand)
    name = f"reduce:{item.span.line}:{item.span.column}"
    low.day.now[("account", name)] = builder.positive(builder.select(on, operand, ZERO))
    run(low, item.steps, Standing(name, clock, on, scope, label="reduce"))
    del low.day.now[("account", name)]
    low.ledger.pop(name, None)


# ------------------------------------------------------------------------------------------------- waterfalls


def _waterfall(low: Lowering, act: Act, after: Act | None) -> int:
    """Lower a waterfall, together with the next one if the two exclude each other; how many were lowered."""
    item = act.item
    if not isinstance(item, syntax.Waterfall):
        raise AssertionError
    clock = low.act_clocks.get(id(item))
    if clock is None:
        return 1
    account = account_of(low, item.account, act.scope)
    low.paying = owner(low, account)
    on = _dates(low, item, act.scope, clock)
    guard = TRUE if item.guard is None else _guard(low, item.guard, act.scope, clock)
    here = Standing(account.name, clock, on, act.scope, shares=((item.name, TRUE),))
    partner = None if after is None else _partner(low, act, after, clock, guard, on)
    if partner is None:
        for line in item.lines:
            label = f"{item.name}: {line.label}" if line.label else item.name
            run(low, line.steps, attrs.evolve(here, mask=guard, label=label))
        return 1
    other = low.builder.negated(guard)
    shares = ((item.name, guard), (partner.name, other))
    for line, step, side in aligned(item, partner):
        mask = TRUE if side == 0 else (guard if side == 1 else other)
        owner_name = item.name if side < 2 else partner.name
        whose = shares if side == 0 else ((owner_name, TRUE),)
        label = f"{owner_name}: {line.label}" if line.label else owner_name
        one(low, step, attrs.evolve(here, mask=mask, label=label, shares=whose))
    return 2


def _dates(low: Lowering, item: syntax.Waterfall, scope: Scope, clock: Clock) -> Operand:
    from .constants import fixed_date

    on = clock.on
    dates = low.every.timeline.dates
    if item.start is not None:
        start = fixed_date(low, item.start, scope)
        on = tuple(mark and start is not None and date >= start for mark, date in zip(on, dates, strict=True))
    if item.end is not None:
        end = fixed_date(low, item.end, scope)
        on = tuple(mark and end is not None and date <= end for mark, date in zip(on, dates, strict=True))
    return low.builder.mask(f"{item.name} runs", on)


def _guard(low: Lowering, node: syntax.Expression, scope: Scope, clock: Clock) -> Operand:
    return condition(low, node, scope, Moment("step", clock))


def _partner(low: Lowering, act: Act, after: Act, clock: Clock, guard: Operand, on: Operand) -> syntax.Waterfall | None:
    """The next waterfall, if it runs from the same account on the same dates exactly when this one does not."""
    item, other = act.item, after.item
    if not isinstance(item, syntax.Waterfall) or not isinstance(other, syntax.Waterfall):
        return None
    if item.guard is None or other.guard is None or low.act_clocks.get(id(other)) is not clock:
        return None
    if account_of(low, item.account, act.scope) is not account_of(low, other.account, after.scope):
        return None
    if act.scope is not after.scope or _dates(low, other, after.scope, clock) != on:
        return None
    if low.builder.negated(_guard(low, other.guard, after.scope, clock)) != guard:
        return None
    # The second guard is worked out before the first waterfall's steps: nothing that they change may be in it.
    low.tracking.append(set())
    _guard_reads = low.tracking[-1]
    try:
        low.remembered = {key: kept for key, kept in low.remembered.items() if key[2:3] != ("step",)}
        _guard(low, other.guard, after.scope, clock)
    finally:
        low.tracking.pop()
    for key in _guard_reads:
        if key[0] != "trigger" or key[1] in low.stepped:
            return None
    return other


def aligned(first: syntax.Waterfall, second: syntax.Waterfall) -> list[tuple[syntax.Line, syntax.Step, int]]:
    """The steps of two waterfalls that exclude each other in one order that keeps each one's own: those alike stand
    once (side 0), the others under their own guard (1, 2). The longest common subsequence."""
    a = [(line, step) for line in first.lines for step in line.steps]
    b = [(line, step) for line in second.lines for step in line.steps]
    shapes_a, shapes_b = [shape(step) for _, step in a], [shape(step) for _, step in b]
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            same = shapes_a[i] == shapes_b[j]
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    merged: list[tuple[syntax.Line, syntax.Step, int]] = []
    i = j = 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and shapes_a[i] == shapes_b[j]:
            merged.append((*a[i], 0))
            i, j = i + 1, j + 1
        elif j < len(b) and (i == len(a) or longest[i][j + 1] > longest[i + 1][j]):
            merged.append((*b[j], 2))
            j += 1
        elif i < len(a):
            merged.append((*a[i], 1))
            i += 1
    return merged


def shape(value: object) -> object:
    """A tree without its places: two steps of one shape say the same."""
    if isinstance(value, tuple):
        return tuple(shape(item) for item in value)
    kind: Any = type(value)
    if attrs.has(kind):
        fields = [field.name for field in attrs.fields(kind)]
        kept = [name for name in fields if name not in ("span", "name_span", "operator_span", "places", "text")]
        return (kind.__name__, *(shape(getattr(value, name)) for name in kept))
    return value


# ------------------------------------------------------------------------------------------------- closing


def close_day(low: Lowering) -> None:
    """Claims close, states take what moves them at close, triggers are tested after payments."""
    for entry in low.model.entries.values():
        try:
            if isinstance(entry, ClaimEntry):
                claim_day(low, entry)
        except NotLowered:
            low.failed = True
    for today in list(low.day.claims.values()):
        try:
            close_claim(low, today)
        except NotLowered:
            low.failed = True
    for name, kept in low.day.recorded.items():
        low.day.now[("recorded", name)] = kept[0]
        low.day.now[("recorded?", name)] = kept[1]
    for entry in low.model.entries.values():
        try:
            if isinstance(entry, StateEntry):
                _close_state(low, entry)
            if isinstance(entry, AccountEntry):
                conservation(low, entry, low.day.opening[("account", entry.name)])
        except NotLowered:
            low.failed = True
    for entry in low.model.entries.values():
        if isinstance(entry, TriggerEntry) and entry.item.after_payments:
            try:
                clock = clock_of_trigger(low, entry)
                test_trigger(low, entry, on_dates(low, clock), Moment("elsewhere", clock))
            except NotLowered:
                low.failed = True


def _close_state(low: Lowering, entry: StateEntry) -> None:
    key: Key = ("state", entry.name)
    item, builder = entry.item, low.builder
    if item.movements is None:
        if item.recursion is None:
            return
        clock = _state_clock(low, entry)
        value = value_of(low, item.recursion, entry.scope, Moment("close", clock))
        on = on_dates(low, clock)
        operand = low.check_determined(value, on, entry.name, item.recursion.span)
        low.day.now[key] = builder.select(on, operand, low.day.opening[key])
        return
    for movement in item.movements:
        if movement.at == "opening" or _claim_moved(movement, entry.scope) is not None:
            continue
        clock = _movement_clock(low, entry, movement)
        amount = _movement(low, entry, movement, Moment("close", clock))
        low.day.now[key] = _moved(low, low.day.now[key], amount, movement.sign)


def _movement_clock(low: Lowering, entry: StateEntry, movement: syntax.Movement) -> Clock:
    """A flow or a reduction moves a state on its own dates; anything else on the state's."""
    if entry.item.on is None and isinstance(movement.value, syntax.Name):
        resolved = entry.scope.resolve(movement.value.parts)
        if not isinstance(resolved, int):
            if isinstance(resolved.entry, DefinitionEntry) and resolved.entry.on is not None:
                return clock_of(low, resolved.entry.on, resolved.entry.scope)
            if isinstance(resolved.entry, ReductionEntry):
                return low.every
    return _state_clock(low, entry)


def bind_closings(low: Lowering) -> None:
    """Bind what every figure closes at, until nothing more is asked for."""
    bound: set[Key] = set()
    while True:
        waiting = [key for key in low.closing if key not in bound]
        if not waiting:
            return
        for key in waiting:
            placeholder = low.closing[key]
            default: Operand = FALSE if placeholder.kind == "bool" else Literal(Fraction(0), placeholder.kind)
            low.builder.bind(placeholder, low.day.now.get(key, default))
            bound.add(key)


__all__ = ["Input", "Traits", "WaterfallEntry", "balance", "bind_closings", "lower_day"]
