"""Lints of claims: each is paid, received or settled by somebody, and by the party that owes it."""

from __future__ import annotations

from typing import assert_never

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import ClaimEntry, DefinitionEntry, PartyEntry, Scope, StateEntry, follow
from ..names.name_help import either
from .facts import Facts

_PASSES_ZERO = frozenset(
    {"accrue", "max", "min", "sum", "round", "abs", "total", "delayed", "once", "exchange", "aged"}
)


# ------------------------------------------------------------------------------------------------- who pays


def sides(facts: Facts, collector: Collector) -> None:
    """What a step pays is owed by the account's owner, what is received is owed to it, and a claim moves one way."""
    for payment in facts.payments:
        visit = payment.visit
        account = facts.account(visit.waterfall.account, visit.act.scope)
        payer = facts.payer(payment.claim)
        owner = None if account is None else facts.owner(account)
        if account is not None and payer is not None and owner is not None and payer is not owner:
            collector.error(
                "E0715",
                f"`{payment.claim.name}` is owed by {payer.name}, and `{account.name}` is {owner.name}'s account",
                payment.name.span,
                label=f"owed by {payer.name}",
                others=_label(account.span, f"{owner.name}'s"),
                help=f"what is owed to {owner.name} comes in: `receive {payment.claim.name} into {account.name}`"
                if facts.payee(payment.claim) is owner
                else f"pay it from an account of {payer.name}, or `settle` it",
            )
    paid = {id(payment.claim): payment for payment in reversed(facts.payments)}
    for received in (one for one in facts.received if one.whole):
        claim, amount = received.claim, received.amount
        account = facts.account(received.account, received.act.scope)
        payee = facts.payee(claim)
        owner = None if account is None else facts.owner(account)
        if account is not None and payee is not None and owner is not None and payee is not owner:
            collector.error(
                "E0715",
                f"`{claim.name}` is owed to {payee.name}, and `{account.name}` is {owner.name}'s account",
                amount.span,
                label=f"owed to {payee.name}",
                others=_label(account.span, f"{owner.name}'s"),
                help=f"what {owner.name} owes is paid in a waterfall: `pay {claim.name}`"
                if facts.payer(claim) is owner
                else f"receive it into an account of {payee.name}",
            )
        elif id(claim) in paid:
            collector.error(
                "E0714",
                f"`{claim.name}` is received here and paid in a waterfall",
                amount.span,
                label="received",
                others=(Label(paid[id(claim)].name.span, "and paid"),),
                help="a claim moves cash one way: receive what others owe, pay what the issuer owes",
            )
    for claim, name, _ in facts.settled:
        if id(claim) in paid:
            collector.error(
                "E0714",
                f"`{claim.name}` is settled between its parties here and paid in a waterfall",
                name.span,
                label="settled",
                others=(Label(paid[id(claim)].name.span, "and paid"),),
                help="settle what no account funds; pay the rest from an account",
            )


def _label(place: Span, text: str) -> tuple[Label, ...]:
    return (Label(place, text),)


# ------------------------------------------------------------------------------------------------- nobody pays


def unused(facts: Facts, told: set[int], collector: Collector) -> None:
    """Claims that no step pays, no act receives or settles, but for those of which that has been told.

    What the issuer owes and never pays is an error. What others owe it is a warning: a loan that nobody funds, a rent
    that nobody takes. (A deal whose notes were sold before it is read waives it, and says so.) A claim that is owed
    only what steps ask may never be asked, and one whose due is nothing need not be paid.
    """
    moved = {id(payment.claim) for payment in facts.payments}
    moved |= {id(one.claim) for one in facts.received} | {id(claim) for claim, _, _ in facts.settled}
    owed: dict[Span, list[ClaimEntry]] = {}
    coming: dict[Span, list[ClaimEntry]] = {}
    for entry in facts.model.entries.values():
        if not isinstance(entry, ClaimEntry) or id(entry) in moved | told:
            continue
        item, own = entry.item, facts.own(entry)
        place = facts.place(entry)
        if item.due is None:
            if own:
                collector.warning(
                    "W0701",
                    f"no step asks for anything of `{entry.name}`",
                    entry.span,
                    label="never asked",
                    help=f"`pay {entry.name} up to ...` in a waterfall, or leave the claim out",
                )
            continue
        if nothing(item.due, entry.scope) or (item.condition is not None and never(item.condition, entry.scope)):
            continue
        incoming = facts.payer(entry) is not facts.model.issuer and facts.payee(entry) is facts.model.issuer
        (coming if incoming else owed).setdefault(place, []).append(entry)
    for place, claims in owed.items():
        names = [claim.name for claim in claims]
        ours = [claim for claim in claims if facts.payer(claim) is facts.model.issuer]
        collector.error(
            "E0701",
            f"nothing pays {either(names).replace(' or ', ' and ')}",
            place,
            label=f"owed by {_party(facts.payer(claims[0]))}, and never paid",
            others=tuple(Label(claim.span, "owed here") for claim in claims[:4] if claim.span != place),
            help=f"add a step to a waterfall: `pay {names[0]}`"
            if ours
            else f"between its parties: `settle {names[0]}`",
        )
    for place, claims in coming.items():
        names = [claim.name for claim in claims]
        payer = facts.payer(claims[0])
        collector.warning(
            "W0702",
            f"nobody receives {either(names).replace(' or ', ' and ')}",
            place,
            label=f"what {_party(payer)} owes comes into no account",
            others=tuple(Label(claim.span, "owed here") for claim in claims[:4] if claim.span != place),
            help=f"`receive {names[0]} into` the account that it belongs in",
        )


def _party(party: PartyEntry | None) -> str:
    return "another" if party is None else party.name


def nothing(node: syntax.Expression, scope: Scope, depth: int = 0) -> bool:
    """Whether an amount is zero whatever happens, as far as the text says: ``size * fee`` of a loan whose fee is 0%."""
    if depth > 60:
        return False
    match node:
        case syntax.Number() | syntax.Money():
            return node.value == 0
        case syntax.Name():
            found = scope.resolve(node.parts)
            if isinstance(found, int) or found.attribute is not None:
                return False
            entry = follow(found.entry)
            return (
                isinstance(entry, DefinitionEntry)
                and entry.form != "parameter"
                and nothing(entry.value, entry.scope, depth + 1)
            )
        case syntax.Unary():
            return node.operator == "-" and nothing(node.operand, scope, depth + 1)
        case syntax.Per():
            return nothing(node.operand, scope, depth + 1)
        case syntax.Binary():
            left = nothing(node.left, scope, depth + 1)
            if node.operator == "/":
                return left
            if node.operator == "*":
                return left or nothing(node.right, scope, depth + 1)
            return node.operator in ("+", "-") and left and nothing(node.right, scope, depth + 1)
        case syntax.Conditional():
            if never(node.condition, scope, depth + 1):
                return nothing(node.otherwise, scope, depth + 1)
            return nothing(node.then, scope, depth + 1) and nothing(node.otherwise, scope, depth + 1)
        case syntax.Call():
            if node.function.text not in _PASSES_ZERO or not node.arguments:
                return False
            if node.function.text == "max":
                values = [argument.value for argument in node.arguments]
                zeros = [nothing(value, scope, depth + 1) for value in values]
                return any(zeros) and all(
                    zero or _no_more(value, scope) for zero, value in zip(zeros, values, strict=True)
                )
            asked = node.arguments if node.function.text == "min" else node.arguments[:1]
            return all(nothing(argument.value, scope, depth + 1) for argument in asked)
        case (
            syntax.DateLiteral()
            | syntax.Text()
            | syntax.Boolean()
            | syntax.DayCount()
            | syntax.Reading()
            | syntax.EdgeDate()
            | syntax.DateCount()
            | syntax.Within()
            | syntax.Falls()
            | syntax.OnDate()
            | syntax.ListOf()
            | syntax.Pairs()
            | syntax.Table()
            | syntax.Take()
            | syntax.Circles()
            | syntax.NoneOf()
        ):
            return False
        case _:
            assert_never(node)


def _no_more(node: syntax.Expression, scope: Scope) -> bool:
    """Whether a difference is never above zero: a balance that only falls, less what it starts from."""
    if not (
        isinstance(node, syntax.Binary)
        and node.operator == "-"
        and isinstance(node.left, syntax.Name)
        and isinstance(node.right, syntax.Name)
    ):
        return False
    left, right = scope.resolve(node.left.parts), scope.resolve(node.right.parts)
    if isinstance(left, int) or isinstance(right, int) or not isinstance(left.entry, StateEntry):
        return False
    state = left.entry
    if state.item.movements is None or any(movement.sign > 0 for movement in state.item.movements):
        return False
    return isinstance(state.item.initial, syntax.Name) and _root(state.item.initial, state.scope) is _root(
        node.right, scope
    )


def _root(name: syntax.Name, scope: Scope) -> object:
    """The term that a chain of fields and definitions, each only another's name, ends in."""
    for _ in range(60):
        found = scope.resolve(name.parts)
        if isinstance(found, int) or found.attribute is not None:
            return name
        entry = found.entry
        if not isinstance(entry, DefinitionEntry) or not isinstance(entry.value, syntax.Name):
            return entry
        name, scope = entry.value, entry.scope
    return name


def never(node: syntax.Expression, scope: Scope, depth: int = 0) -> bool:
    """Whether a condition is false whatever happens, as far as the text says."""
    if depth > 60:
        return False
    match node:
        case syntax.Boolean():
            return not node.value
        case syntax.Name():
            found = scope.resolve(node.parts)
            if isinstance(found, int) or found.attribute is not None:
                return False
            entry = follow(found.entry)
            return (
                isinstance(entry, DefinitionEntry)
                and entry.form in ("field", "let")
                and never(entry.value, entry.scope, depth + 1)
            )
        case syntax.Binary():
            if node.operator == "and":
                return never(node.left, scope, depth + 1) or never(node.right, scope, depth + 1)
            if node.operator in (">=", ">"):
                return _is_date(node.left) and _is_never(node.right, scope)
            return node.operator == "or" and never(node.left, scope, depth + 1) and never(node.right, scope, depth + 1)
        case (
            syntax.Number()
            | syntax.Money()
            | syntax.DateLiteral()
            | syntax.Text()
            | syntax.DayCount()
            | syntax.Unary()
            | syntax.Conditional()
            | syntax.Per()
            | syntax.Call()
            | syntax.Reading()
            | syntax.EdgeDate()
            | syntax.DateCount()
            | syntax.Within()
            | syntax.Falls()
            | syntax.OnDate()
            | syntax.ListOf()
            | syntax.Pairs()
            | syntax.Table()
            | syntax.Take()
            | syntax.Circles()
            | syntax.NoneOf()
        ):
            return False
        case _:
            assert_never(node)


def _is_date(node: syntax.Expression) -> bool:
    return isinstance(node, syntax.Name) and node.parts == ("date",)


def _is_never(node: syntax.Expression, scope: Scope) -> bool:
    """Whether a date is `never`, through the fields and terms that only name it."""
    if isinstance(node, syntax.Name):
        entry = _root(node, scope)
        node = entry.value if isinstance(entry, DefinitionEntry) else node
    return isinstance(node, syntax.DateLiteral) and node.value is None
