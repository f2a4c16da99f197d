"""What a name means: a thing, or an attribute of one (``senior.interest.due``, ``reserve.balance``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import attrs

from .. import syntax
from ..names.deal import (
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    EntryWithMembers,
    GroupEntry,
    PartyEntry,
    PlainEntry,
    ReductionEntry,
    Resolved,
    Scope,
    WaterfallEntry,
    follow,
)
from ..vocabulary.value_types import CONDITION, DATE, DURATION, EXACT_DURATION, UNKNOWN, Type, money
from . import operators
from .types import ExpressionRules, Types

RULES = ExpressionRules()

_SPECIAL: Mapping[str, Type] = {
    "date": DATE.over_dates(),
    "closing": DATE,
    "days": EXACT_DURATION.over_dates(),
    "age": DURATION.over_dates(),
}


@RULES.of(syntax.Name)
def _name(types: Types, node: syntax.Name, scope: Scope, hint: Type | None) -> Type:
    found = scope.resolve(node.parts)
    if isinstance(found, int):
        if len(node.parts) == 1:
            return types.money.over_dates() if node.text == "rest" else _SPECIAL.get(node.text, UNKNOWN)
        return _party_of_row(types, node, scope)
    return resolved(types, found)


def _party_of_row(types: Types, node: syntax.Name, scope: Scope) -> Type:
    """``names.borrower.default``: an attribute of the party that a column names."""
    owner = scope.resolve(node.parts[:-1])
    if isinstance(owner, int) or owner.attribute is not None:
        return UNKNOWN
    type = types.entry_type(owner.entry)
    return _party(node.parts[-1], types.money).like(type) if type.kind == "party" else UNKNOWN


def resolved(types: Types, found: Resolved) -> Type:
    """The type of what a name means."""
    entry, attribute = found.entry, found.attribute
    if attribute is None:
        return types.entry_type(entry)
    if isinstance(entry, PlainEntry | EntryWithMembers):
        return UNKNOWN  # nothing stands behind their dot but another thing
    match entry:
        case PartyEntry():
            return _party(attribute, types.money)
        case ClaimEntry():
            claim = types.entry_type(entry)
            return claim if claim.kind == "unknown" else attrs.evolve(claim, kind="number")
        case ReductionEntry():
            return types.entry_type(entry)
        case AccountEntry():
            return money(types.account_currency(entry), series=True)
        case WaterfallEntry():
            account = follow_to(entry.scope, entry.item.account)
            if isinstance(account, AccountEntry):
                return money(types.account_currency(account), series=True)
            return types.money.over_dates()
        case GroupEntry():
            return _group(types, entry, attribute)
        case _:
            assert_never(entry)


def _group(types: Types, entry: GroupEntry, attribute: str) -> Type:
    """``notes.balance``: the sum of what its members call so."""
    members: list[tuple[syntax.Expression, Type]] = []
    if entry in types.working:
        return UNKNOWN  # a group inside itself, which `check_names` reports
    types.working.add(entry)
    for member in entry.item.members:
        found = entry.scope.resolve((*member.parts, *attribute.split(".")))
        if not isinstance(found, int):
            members.append((member, attrs.evolve(resolved(types, found), family=None)))
    types.working.discard(entry)
    if any(type.kind == "claim" for _, type in members):
        return members[0][1]
    said = f"the members of `{entry.item.name}` have a `{attribute}` each, and these"
    return operators.alike(members, "E0326", said, types.collector)


def follow_to(scope: Scope, name: syntax.Name) -> AnyEntry | None:
    """The thing that a name stands for, through fields and definitions that only name it; None: nothing here."""
    found = scope.resolve(name.parts)
    return None if isinstance(found, int) or found.attribute is not None else follow(found.entry)


def _party(attribute: str, amount: Type) -> Type:
    match attribute:
        case "default":
            return DATE
        case "performing" | "defaulted":
            return CONDITION.over_dates()
        case "received" | "paid" | "net":
            return amount.over_dates()
        case _:
            return UNKNOWN
