"""Pro rata groups: shares by due, by balance or as stated; what a member cannot use is shared again."""

from __future__ import annotations

import attrs

from ....engine.ir import Literal, Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import ClaimEntry, GroupEntry, ReductionEntry, StateEntry, follow
from ..building.builder import ONE, ZERO, Builder
from ..context.day import Day
from ..context.dispatch import value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.named import account_of, claim_of, reduction_of, state_of
from ..context.named import members as group_members
from ..context.values import NotLowered
from ..figures.claims import claim_day
from .cash import asked, balance, masked, move, reduced
from .standing import Standing, runs
from .steps import capped, lacking, pay_cap, pay_claim, used


@attrs.frozen(slots=True, eq=False)
class Turn:
    """One step of a member: the claims that it pays (a group's in their order), and the cap on their sum."""

    claims: tuple[ClaimEntry, ...]
    cap: Key | None = None


@attrs.frozen(slots=True, eq=False)
class Sharer:
    """One member: the claims (or the reduction) that it pays in order, and the share stated for it."""

    turns: tuple[Turn, ...]
    reduction: ReductionEntry | None
    share: syntax.Expression | None
    member: syntax.Member

    @property
    def claims(self) -> tuple[ClaimEntry, ...]:
        return tuple(claim for turn in self.turns for claim in turn.claims)


@runs(syntax.PayProRata)
def pay_pro_rata(low: Lowering, step: syntax.PayProRata, here: Standing) -> None:
    """Each account in turn pays the members what they still ask, by their shares."""
    sharers = [sharer for member in step.members for sharer in _sharers(low, member, here)]
    _each_once(low.collector, sharers)
    others = (Figure.ACCOUNT(account_of(low.collector, name, here.scope).name) for name in step.then_from)
    again = _limits_in_common(low, sharers, here)
    for source in (here.source, *others):
        weights = None if step.by == "due" else [_weight(low, step, sharer, here) for sharer in sharers]
        for _ in range(1 + again):
            _share(low, step, sharers, source, here, weights)


def _limits_in_common(low: Lowering, sharers: list[Sharer], here: Standing) -> int:
    """How many figures limit the claims of one member and are moved when another is paid: where one of them is used up,
    what a member could not take is shared again among the rest."""
    limits: list[set[Key]] = []
    moved: list[set[Key]] = []
    for sharer in sharers:
        low.trail.tracking.append(set())
        try:
            _ask(low, sharer, here)
        finally:
            limits.append(low.trail.tracking.pop())
        states = (state for claim in sharer.claims for state, _ in low.acts.movers.get(claim.name, ()))
        moved.append({Figure.STATE(state.name) for state in states})
    found: set[Key] = set()
    for place, limit in enumerate(limits):
        for other, states_moved in enumerate(moved):
            if other != place:
                found |= limit & states_moved
    return len(found)


def _each_once(collector: Collector, sharers: list[Sharer]) -> None:
    """A claim that is named twice would weigh twice."""
    seen: set[str] = set()
    for sharer in sharers:
        for entry in (*sharer.claims, *([sharer.reduction] if sharer.reduction else [])):
            if entry.name in seen:
                collector.error(
                    "E0536",
                    f"`{entry.name}` is in this pro rata group twice",
                    sharer.member.span,
                    help="name it once; what it may take can be capped: `{ pay a up to $5m }`",
                )
                raise NotLowered
            seen.add(entry.name)


def _sharers(low: Lowering, member: syntax.Member, here: Standing) -> list[Sharer]:
    """The members as claims: a group stands for its own members, braces for a sequence."""
    found: list[Turn] = []
    single = len(member.steps) == 1
    for step in member.steps:
        if not isinstance(step, syntax.Pay):
            low.collector.error("E0536", "a member of a pro rata group pays claims, in sequence or alone", step.span)
            raise NotLowered
        if here.source.kind is Figure.TO_REDUCE:
            if not single:
                low.collector.error("E0536", "a member of a shared reduction is one reduction", step.span)
                raise NotLowered
            return [Sharer((), reduction_of(low.collector, step.claim, here.scope), member.share, member)]
        if step.then_from:
            low.collector.error(
                "E0536",
                "a member of a pro rata group is paid from the group's accounts",
                step.then_from[0].span,
                help="say `then from` after the group: `pay pro rata { a, b }, then from reserve`",
            )
            raise NotLowered
        limit = pay_cap(low, step, here)
        resolved = here.scope.resolve(step.claim.parts)
        entry = None if isinstance(resolved, int) else follow(resolved.entry)
        if isinstance(entry, GroupEntry) and not isinstance(resolved, int):
            claims = [
                one.entry for one in group_members(entry, resolved.attribute) if isinstance(one.entry, ClaimEntry)
            ]
            if single and member.share is None and limit is None:
                return [Sharer((Turn((claim,)),), None, None, member) for claim in claims]
            found.append(Turn(tuple(claims), limit))
        else:
            found.append(Turn((claim_of(low.collector, step.claim, here.scope),), limit))
    return [Sharer(tuple(found), None, member.share, member)]


def _share(
    low: Lowering,
    step: syntax.PayProRata,
    sharers: list[Sharer],
    source: Key,
    here: Standing,
    weights: list[Operand] | None,
) -> None:
    """What there is, by what the members ask, or by weights where they are given."""
    builder = low.builder
    asks = [masked(low.builder, here.on, here.mask, _ask(low, sharer, here)) for sharer in sharers]
    available = _within_caps(low.builder, low.day, source, here)
    shares = (
        _by_due(low.builder, asks, available) if weights is None else _by_weight(low.builder, weights, asks, available)
    )
    short, amounts = _whole_or_share(low.builder, asks, shares, available)
    for position, (sharer, amount) in enumerate(zip(sharers, amounts, strict=True)):
        if sharer.reduction is not None:
            low.day.now[source] = builder.subtract(low.day.now[source], amount)
            reduced(low.builder, low.day, sharer.reduction, state_of(low.collector, sharer.reduction), amount)
            used(low, amount, here.caps)
            continue
        key: Key = Figure.CAP(f"{step.span.file}:{step.span.line}:{step.span.column} share {position} of {source.name}")
        low.day.now[key] = amount if len(sharer.claims) == 1 else builder.select(short, amount, available)
        for turn in sharer.turns:
            caps = (*here.caps, key) if turn.cap is None else (*here.caps, key, turn.cap)
            for claim in turn.claims:
                pay_claim(low, claim, [source], attrs.evolve(here, caps=caps))


@runs(syntax.FillProRata)
def fill_pro_rata(low: Lowering, step: syntax.FillProRata, here: Standing) -> None:
    """Reserves that rank alike are filled at once, each by what it lacks of its target."""
    named: dict[str, syntax.Name] = {}
    for name in step.accounts:
        account = account_of(low.collector, name, here.scope).name
        if named.setdefault(account, name) is not name:
            low.collector.error("E0536", f"`{account}` is in this pro rata group twice", name.span, help="name it once")
            raise NotLowered
    asks = [masked(low.builder, here.on, here.mask, lacking(low, one, name.span, here)) for one, name in named.items()]
    available = _within_caps(low.builder, low.day, here.source, here)
    _, amounts = _whole_or_share(low.builder, asks, _by_due(low.builder, asks, available), available)
    for account, amount in zip(named, amounts, strict=True):
        move(low, here.source, Figure.ACCOUNT(account), amount)
        used(low, amount, here.caps)


def _within_caps(builder: Builder, day: Day, source: Key, here: Standing) -> Operand:
    """What an account may give, under the caps around a step."""
    available = balance(day, source)
    for around in here.caps:
        available = builder.minimum(available, day.now[around])
    return available


def _whole_or_share(
    builder: Builder, asks: list[Operand], shares: list[Operand], available: Operand
) -> tuple[Operand, list[Operand]]:
    """Where there is enough for all, each is paid what it asks to the last bit: a share of a sum would be rounded."""
    short = builder.emit("less", available, builder.sum(asks))
    return short, [
        builder.mark_nonnegative(builder.select(short, one, ask)) for one, ask in zip(shares, asks, strict=True)
    ]


def _ask(low: Lowering, sharer: Sharer, here: Standing) -> Operand:
    """What a member could take: the sum of what its claims still ask, each step's under its cap."""
    if sharer.reduction is not None:
        return low.builder.positive(low.day.now[Figure.STATE(state_of(low.collector, sharer.reduction).name)])
    total: Operand = ZERO
    for turn in sharer.turns:
        asks: Operand = ZERO
        for claim in turn.claims:
            ask = asked(low, claim_day(low, claim), here.moment)
            if ask.rows is not None:
                ask = low.builder.emit("sum_rows", ask)
            asks = low.builder.add(asks, ask)
        total = low.builder.add(total, asks if turn.cap is None else capped(low.builder, low.day, asks, (turn.cap,)))
    return total


def _by_due(builder: Builder, asks: list[Operand], available: Operand) -> list[Operand]:
    """Shares by what is asked: no member can be given more than it asks, so nothing is left to share again. The last
    takes what remains of the sum, so that the parts make it up to the digit."""
    total = builder.sum(asks)
    left = builder.mark_nonnegative(builder.minimum(available, total))
    some = builder.emit("less", ZERO, total)
    ratio = builder.emit("divide", left, builder.select(some, total, ONE))
    amounts: list[Operand] = []
    for ask in asks[:-1]:
        part = builder.mark_nonnegative(builder.minimum(builder.minimum(builder.multiply(ask, ratio), ask), left))
        amounts.append(part)
        left = builder.mark_nonnegative(builder.subtract(left, part))
    amounts.append(builder.mark_nonnegative(builder.minimum(asks[-1], left)))
    return amounts


def _by_weight(builder: Builder, weights: list[Operand], asks: list[Operand], available: Operand) -> list[Operand]:
    """Shares by balance or as stated: the level at which min(weight * level, ask) adds up to what there is."""
    level = builder.emit("level", available, *weights, *asks, members=len(asks))
    left = available
    amounts: list[Operand] = []
    for weight, ask in zip(weights, asks, strict=True):
        part = builder.minimum(builder.minimum(builder.multiply(weight, level), ask), left)
        amounts.append(builder.mark_nonnegative(part))
        left = builder.mark_nonnegative(builder.subtract(left, part))
    if all(isinstance(weight, Literal) and weight.value > 0 for weight in weights):
        return amounts
    # A member may weigh nothing (a balance repaid, with interest still owed): it gets what the others leave.
    wanting = [
        builder.mark_nonnegative(builder.subtract(ask, amount)) for ask, amount in zip(asks, amounts, strict=True)
    ]
    rest = _by_due(builder, wanting, left)
    return [builder.mark_nonnegative(builder.add(one, more)) for one, more in zip(amounts, rest, strict=True)]


def _weight(low: Lowering, step: syntax.PayProRata, sharer: Sharer, here: Standing) -> Operand:
    builder = low.builder
    if step.by == "shares":
        if sharer.share is None:
            low.collector.error(
                "E0127",
                "this member states no share",
                sharer.member.span,
                help="`60% A.interest`: each member says its own",
            )
            raise NotLowered
        value = value_of(low, sharer.share, here.scope, here.moment)
        return builder.positive(low.check_determined(value, low.day.step_active, "a share", sharer.share.span))
    total: Operand = ZERO
    seen: set[str] = set()
    for state in _balances(low.collector, sharer):
        if state.name not in seen:
            seen.add(state.name)
            total = builder.add(total, low.day.now[Figure.STATE(state.name)])
    return builder.positive(total)


def _balances(collector: Collector, sharer: Sharer) -> list[StateEntry]:
    if sharer.reduction is not None:
        return [state_of(collector, sharer.reduction)]
    found: list[StateEntry] = []
    for claim in sharer.claims:
        entry = claim.scope.names.get("balance")
        if not isinstance(entry, StateEntry):
            collector.error(
                "E0538",
                f"`{claim.name}` belongs to nothing with a balance to share by",
                sharer.member.span,
                help="share by due, or state the shares: `pro rata by shares { 60% a, 40% b }`",
            )
            raise NotLowered
        found.append(entry)
    return found
