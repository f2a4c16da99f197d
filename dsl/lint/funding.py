"""Lints of what is owed and what pays it: balances that no step repays, cash that is received or paid twice."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import ClaimEntry, PartyEntry, ReductionEntry, Scope, StateEntry, follow
from ..names.name_help import either
from ..syntax.written import format_expression
from .claims import nothing
from .facts import Facts

_OWED = frozenset({"due", "current", "arrears", "paid"})
"""What of a claim is the cash that its payment brings; what is `unpaid` is other cash, a guarantor's or a reserve's."""
_WHOLE = frozenset({"sum", "min", "max", "round"})
"""Functions that leave the amounts that they are given what they are."""


# ------------------------------------------------------------------------------------------------- never repaid


def unrepaid(facts: Facts, collector: Collector) -> set[int]:
    """Balances with a claim up to them, of which no step or act pays a claim: no due says that they are unpaid.

    What comes back are those claims, by identity.
    """
    told: set[int] = set()
    moved = {id(payment.claim) for payment in facts.payments}
    moved |= {id(one.claim) for one in facts.received} | {id(claim) for claim, _, _ in facts.settled}
    redeemed = {id(one) for one in _reduced(facts)}
    owed: dict[Span, list[tuple[StateEntry, list[ClaimEntry]]]] = {}
    for entry in facts.model.entries.values():
        if not isinstance(entry, StateEntry) or nothing(entry.item.initial, entry.scope):
            continue
        repaying = list(_repaying(entry))
        claims = [one for one in repaying if isinstance(one, ClaimEntry)]
        asked = [claim for claim in claims if claim.item.due is None]
        if not asked or len(asked) < len(claims) or facts.payer(asked[0]) is not facts.model.issuer:
            continue  # a claim with a due of its own is E0701's
        if not any(id(one) in moved | redeemed for one in repaying):
            owed.setdefault(facts.place(entry), []).append((entry, asked))
            told |= {id(claim) for claim in asked}
    for place, balances in owed.items():
        names = [state.name for state, _ in balances]
        claim = balances[0][1][0]
        collector.error(
            "E0741",
            f"nothing repays {either(names).replace(' or ', ' and ')}",
            place,
            label="owed, and no step pays it",
            others=tuple(
                Label(claim.span, "owed what steps ask, and none asks")
                for _, claims in balances
                for claim in claims[:2]
                if claim.span != place and claim.span.file == facts.file
            ),
            help=f"add a step to a waterfall: `pay {claim.name}`",
        )
    return told


def _repaying(state: StateEntry) -> Iterator[ClaimEntry | ReductionEntry]:
    """The claims that a balance falls by when they are paid."""
    for movement in state.item.movements or ():
        if movement.sign < 0 and isinstance(movement.value, syntax.Name):
            found = state.scope.resolve(movement.value.parts)
            entry = None if isinstance(found, int) else follow(found.entry)
            if isinstance(entry, ClaimEntry) and not isinstance(found, int) and found.attribute == "paid":
                yield entry


def _reduced(facts: Facts) -> Iterator[ReductionEntry]:
    """The reductions that steps move, but not those that losses do: what is written off is not repaid."""
    for visit in facts.visits:
        for asked in visit.step.facts.asks:
            for entry in facts.members(asked.claim.parts, visit.act.scope):
                if isinstance(entry, ReductionEntry):
                    yield entry


# ------------------------------------------------------------------------------------------------- twice


def twice(facts: Facts, collector: Collector) -> None:
    """Cash that comes in as a claim and again as an amount, and cash that is paid so."""
    taken: dict[int, tuple[ClaimEntry, Span]] = {}
    for received in facts.received:
        if received.whole:
            taken.setdefault(id(received.claim), (received.claim, received.amount.span))
    paid: dict[int, tuple[ClaimEntry, Span]] = {}
    for payment in facts.payments:
        paid.setdefault(id(payment.claim), (payment.claim, payment.name.span))
    for claim, name, _ in facts.settled:
        taken.setdefault(id(claim), (claim, name.span))
        paid.setdefault(id(claim), (claim, name.span))
    for act in facts.model.acts:
        item = act.item
        if isinstance(item, syntax.Receive) and facts.account(item.account, act.scope) is not None:
            account = facts.account(item.account, act.scope)
            payer = None if item.source is None else facts.party(item.source, act.scope)
            payee = None if account is None else facts.owner(account)
            if payer is not None or item.source is None:
                _again(facts, item.amount, act.scope, (payer, payee), taken, "received", collector)
    for visit in facts.visits:
        step = visit.step
        if isinstance(step, syntax.PayParty):
            account = facts.account(visit.waterfall.account, visit.act.scope)
            payer = None if account is None else facts.owner(account)
            payee = facts.party(step.party, visit.act.scope)
            if payee is not None:  # else who is paid differs by date or scenario
                _again(facts, step.amount, visit.act.scope, (payer, payee), paid, "paid", collector)


def _again(
    facts: Facts,
    amount: syntax.Expression,
    scope: Scope,
    sides: tuple[PartyEntry | None, PartyEntry | None],
    moved: dict[int, tuple[ClaimEntry, Span]],
    word: str,
    collector: Collector,
) -> None:
    for part in _parts(amount):
        for claim, place in moved.values():
            if place == part.span or not _between(facts, claim, sides) or not _states(part, scope, claim):
                continue
            collector.error(
                "E0742",
                f"the cash of `{claim.name}` is {word} twice",
                part.span,
                label=f"{word} as an amount",
                others=(Label(place, f"and {word} as a claim"),),
                help="leave one of the two out: the claim notes what is paid of it, an amount does not",
            )
            break


def _between(facts: Facts, claim: ClaimEntry, sides: tuple[PartyEntry | None, PartyEntry | None]) -> bool:
    """Whether a claim's parties are those of an amount; an amount that names no payer may come from anybody."""
    payer, payee = sides
    return (payer is None or facts.payer(claim) is payer) and (payee is None or facts.payee(claim) is payee)


def _parts(amount: syntax.Expression) -> Iterator[syntax.Expression]:
    """The amounts that an amount is made of, each in its full size."""
    match amount:
        case syntax.Binary(operator="+"):
            yield from _parts(amount.left)
            yield from _parts(amount.right)
        case syntax.Call() if amount.function.text in _WHOLE:
            for argument in amount.arguments:
                yield from _parts(argument.value)
        case _:
            yield amount


def _states(part: syntax.Expression, scope: Scope, claim: ClaimEntry) -> bool:
    """Whether an amount is what a claim is owed: by the claim's own figure, or by the expression of its due."""
    if isinstance(part, syntax.Name):
        found = scope.resolve(part.parts)
        if isinstance(found, int):
            return False
        if follow(found.entry) is claim:
            return found.attribute in _OWED
        due = claim.item.due
        meant = claim.scope.resolve(due.parts) if isinstance(due, syntax.Name) else 0
        return (
            not isinstance(meant, int)
            and meant.attribute == found.attribute
            and (follow(meant.entry) is follow(found.entry))
        )
    due = claim.item.due
    plain = isinstance(part, syntax.Number | syntax.Money)  # two sums that are alike may be two things
    return due is not None and not plain and claim.scope is scope and format_expression(due) == format_expression(part)
