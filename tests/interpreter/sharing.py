"""Pro rata: by what each asks, by balance or by stated shares; what one cannot use is shared again (contract, 8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from indenture.dsl import syntax

from .arithmetic import ONE, ZERO
from .cash import account_of
from .claims import Claim
from .cures import cure
from .expressions import holds
from .reading import read
from .steps import Cap, OneOf, Pot, Reduced, asks, cap_of, give, lacking, named, run, share_out, sources_of, use
from .world import STEPS, NotCovered


@STEPS.of(syntax.PayProRata)
def _pay_pro_rata(pot: Pot, step: syntax.PayProRata) -> None:
    """By what each asks, by balance or by stated shares; a member that is a sequence shares out its part in turn."""
    members = [Part(pot, steps, share) for steps, share in _members(pot, step)]
    if pot.account is not None and pot.world.rest is None:  # what the account holds when the step begins
        pot.world.rest = pot.world.accounts[pot.account]["now"]
        _by_parts(pot, step, members)
        pot.world.rest = None
    else:
        _by_parts(pot, step, members)


def _by_parts(pot: Pot, step: syntax.PayProRata, members: list[Part]) -> None:
    for source in sources_of(pot, step.then_from):
        wants = [part.wants() for part in members]
        weights = None if step.by == "due" else [part.weight(step.by) for part in members]
        total = min(pot.within(sum(wants, ZERO)), pot.has(source))
        for condition in pot.until:
            trial = _trial(pot, source, members, wants, weights)
            healed = cure(pot.world, condition, pot.scope, pot.at, trial)
            if healed is not None:
                total = min(total, healed)
        outer, pot.until = pot.until, []
        for part, got in zip(members, share_out(total, wants, weights), strict=True):
            part.run(source, got)
        pot.until = outer


def _trial(
    pot: Pot, source: Any, members: list[Part], wants: list[Any], weights: list[Any] | None
) -> Callable[[Any], None]:
    def apply(amount: Any) -> None:
        sign = -1 if amount < 0 else 1
        if source is not None:
            pot.world.accounts[source]["now"] -= amount
        for part, got in zip(members, share_out(abs(amount), wants, weights), strict=True):
            part.try_out(sign * got)

    return apply


def _members(pot: Pot, step: syntax.PayProRata) -> list[tuple[tuple[syntax.Step, ...], Any]]:
    """A group's name stands for its members."""
    found: list[tuple[tuple[syntax.Step, ...], Any]] = []
    for member in step.members:
        share = None if member.share is None else pot.value(member.share, "a share")
        only = member.steps[0]
        if len(member.steps) == 1 and isinstance(only, syntax.Pay) and len(named(pot, only.claim)) > 1:
            found += [((OneOf(only, position),), share) for position in range(len(named(pot, only.claim)))]
        else:
            found.append((member.steps, share))
    return found


@STEPS.of(OneOf)
def _one_of(pot: Pot, one: OneOf) -> None:
    several = named(pot, one.step.claim)[one.position]
    cap = None if one.step.cap is None else cap_of(pot, one, one.step.cap, one.step.cap_per_year)
    if cap is not None:
        pot.caps.append(cap)
        before = cap.left
    wanted = sum((asks(pot, claim) for claim in several), ZERO)
    pot.take(sources_of(pot, one.step.then_from), wanted, lambda amount: give(pot, several, amount))
    if cap is not None:
        pot.caps.pop()
        use(pot, one, one.step.cap, before - cap.left, one.step.cap_per_year)


class Part:
    """A member of a pro rata step."""

    def __init__(self, pot: Pot, steps: tuple[Any, ...], share: Any) -> None:
        self.pot, self.steps, self.share = pot, steps, share

    def wants(self) -> Any:
        return wanted(self.pot, self.steps, {})

    def weight(self, by: str) -> Any:
        if by == "shares":
            return ONE if self.share is None else self.share
        first = self._first()
        if isinstance(first, Reduced):
            return first.held["now"]
        return balance_of(self.pot, first)

    def _first(self) -> Any:
        for step in self.steps:
            if isinstance(step, OneOf):
                return named(self.pot, step.step.claim)[step.position][0]
            for inner in syntax.within((step,)):
                if isinstance(inner, syntax.Pay):
                    return named(self.pot, inner.claim)[0][0]
        raise NotCovered("a share by balance of what is no claim")

    def run(self, source: Any, amount: Any) -> None:
        """Share its part out among its steps in turn: what one does not take is there for the next."""
        own = Pot(self.pot.world, self.pot.scope, self.pot.t, self.pot.at.reader, source, self.pot.name)
        own.caps = [*self.pot.caps, Cap(amount)]
        own.amount = self.pot.amount
        run(own, self.steps)
        if source is None:
            self.pot.amount = own.amount

    def try_out(self, amount: Any) -> None:
        several = [one for step in self.steps for one in _flat(self.pot, step)]
        give(self.pot, several, amount)


def _flat(pot: Pot, step: Any) -> list[Any]:
    if isinstance(step, OneOf):
        return named(pot, step.step.claim)[step.position]
    return [
        one
        for inner in syntax.within((step,))
        if isinstance(inner, syntax.Pay)
        for rows in named(pot, inner.claim)
        for one in rows
    ]


def balance_of(pot: Pot, claim: Claim) -> Any:
    """The balance behind a claim: that of its instrument, else of the state which it moves."""
    prefix = claim.entry.name.rpartition(".")[0]
    entry = pot.world.model.entries.get(f"{prefix}.balance" if prefix else "balance")
    if entry is None:
        moved = pot.world.moved_by.get(claim.entry, ())
        entry = moved[0][0] if moved else None
    if entry is None:
        raise NotCovered(f"the balance behind {claim.entry.name}")
    total: Any = ZERO
    for row in pot.world.rows(entry.family):
        found = read(pot.world, entry, None, pot.at if row is None else pot.at.but(row=(entry.family, row)))
        total = total + (found or ZERO)
    return total


def wanted(pot: Pot, steps: Sequence[Any], planned: dict[int, Any]) -> Any:
    """What steps would take if there were enough: each its due within its caps, a claim no more than once."""
    total: Any = ZERO
    for step in steps:
        match step:
            case OneOf() | syntax.Pay():
                inner = step.step if isinstance(step, OneOf) else step
                every = named(pot, inner.claim)
                chosen = [every[step.position]] if isinstance(step, OneOf) else every
                limit = None if inner.cap is None else cap_of(pot, step, inner.cap, inner.cap_per_year).left
                found: Any = ZERO
                for one in (one for rows in chosen for one in rows):
                    key = id(one) if isinstance(one, Claim) else id(one.held)
                    more = max(asks(pot, one) - planned.get(key, ZERO), ZERO)
                    more = more if limit is None else min(more, limit - found)
                    planned[key] = planned.get(key, ZERO) + more
                    found = found + more
            case syntax.UpTo():
                found = min(wanted(pot, step.steps, planned), cap_of(pot, step, step.limit, step.per_year).left)
            case syntax.When():
                chosen_steps = (
                    step.steps if holds(pot.world.value(step.condition, pot.scope, pot.at)) else step.otherwise
                )
                found = wanted(pot, chosen_steps, planned)
            case syntax.PayProRata():
                found = sum((wanted(pot, member.steps, planned) for member in step.members), ZERO)
            case syntax.PayParty():
                found = max(pot.value(step.amount, "what is paid"), ZERO)
            case syntax.Fill():
                found = lacking(pot, account_of(pot.world, step.account, pot.scope), step.cap)
            case syntax.Record() | syntax.TestTrigger():
                found = ZERO
            case _:
                raise NotCovered(f"{type(step).__name__} in a pro rata step")
        total = total + found
    return total
