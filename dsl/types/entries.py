"""The types of named things: what a name means, and what its entry is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

import attrs

from ...engine.ir import Span
from .. import syntax
from ..names.deal import (
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    ComponentEntry,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    Resolved,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from ..vocabulary.units import (
    CONDITION,
    CREDIT_CURVE,
    DATE,
    DAYCOUNT,
    DURATION,
    EXACT_DURATION,
    INSTANCE,
    PARTY,
    RATE_CURVE,
    SCHEDULE,
    UNKNOWN,
    Type,
    money,
    unify,
)
from ..vocabulary.wants import refuse
from . import operators as types_operators
from .declared import Stated

if TYPE_CHECKING:
    from .types import Types

_SPECIAL: Mapping[str, Type] = {
    "date": DATE.over_dates(),
    "closing": DATE,
    "days": EXACT_DURATION.over_dates(),
    "age": DURATION.over_dates(),
}


class Entries:
    """The types of entries, each worked out once.

    A claim's due may stand on another's as of an earlier date, and that on this: while such a ring is walked, what
    rests on its unfinished first entry is kept apart, and worked out again once that entry is known.
    """

    def __init__(self, types: Types) -> None:
        self.types = types
        self.unfinished: set[int] = set()
        self._known: dict[int, tuple[AnyEntry, Type]] = {}
        self._passing: dict[int, tuple[AnyEntry, Type]] = {}
        self._working: set[int] = set()

    # ------------------------------------------------------------------------------------------ names

    def name(self, node: syntax.Name, scope: Scope) -> Type:
        found = scope.resolve(node.parts)
        if isinstance(found, int):
            if len(node.parts) == 1:
                return self.types.money.over_dates() if node.text == "rest" else _SPECIAL.get(node.text, UNKNOWN)
            return self._party_of_row(node, scope)
        return self.resolved(found)

    def _party_of_row(self, node: syntax.Name, scope: Scope) -> Type:
        """``names.borrower.default``: an attribute of the party that a column names."""
        owner = scope.resolve(node.parts[:-1])
        if isinstance(owner, int) or owner.attribute is not None:
            return UNKNOWN
        type = self.type(owner.entry)
        return _party(node.parts[-1], self.types.money).like(type) if type.kind == "party" else UNKNOWN

    def resolved(self, found: Resolved) -> Type:
        """The type of what a name means."""
        entry, attribute = found.entry, found.attribute
        if attribute is None:
            return self.type(entry)
        match entry:
            case PartyEntry():
                return _party(attribute, self.types.money)
            case ClaimEntry():
                claim = self.type(entry)
                return claim if claim.kind == "unknown" else attrs.evolve(claim, kind="number")
            case ReductionEntry():
                return self.type(entry)
            case AccountEntry():
                return money(self.types.account_currency(entry), series=True)
            case WaterfallEntry():
                account = follow_to(entry.scope, entry.item.account)
                if isinstance(account, AccountEntry):
                    return money(self.types.account_currency(account), series=True)
                return self.types.money.over_dates()
            case GroupEntry():
                return self._group(entry, attribute)
            case _:
                return UNKNOWN

    def _group(self, entry: GroupEntry, attribute: str) -> Type:
        """``notes.balance``: the sum of what its members call so."""
        members: list[tuple[syntax.Expression, Type]] = []
        if id(entry) in self._working:
            return UNKNOWN  # a group inside itself, which `check_names` reports
        self._working.add(id(entry))
        for member in entry.item.members:
            found = entry.scope.resolve((*member.parts, *attribute.split(".")))
            if not isinstance(found, int):
                members.append((member, attrs.evolve(self.resolved(found), family=None)))
        self._working.discard(id(entry))
        if any(type.kind == "claim" for _, type in members):
            return members[0][1]
        said = f"the members of `{entry.item.name}` have a `{attribute}` each, and these"
        return types_operators.alike(members, "E0326", said, self.types.collector)

    # ------------------------------------------------------------------------------------------ entries

    def type(self, entry: AnyEntry) -> Type:
        """The type of a named thing: a figure's own, ``claim`` of a claim (with the money it is in), and so on."""
        known = self._known.get(id(entry)) or self._passing.get(id(entry))
        if known is not None:
            return known[1]
        if id(entry) in self._working:
            self.unfinished.add(id(entry))
            return UNKNOWN
        self._working.add(id(entry))
        type = self._entry(entry)
        self._working.discard(id(entry))
        self.unfinished.discard(id(entry))
        if self.unfinished:
            self._passing[id(entry)] = entry, type
        else:
            self.types.forget_passing()
            self._passing.clear()
            self._known[id(entry)] = entry, type
        return type

    def _entry(self, entry: AnyEntry) -> Type:
        match entry:
            case PartyEntry():
                return PARTY
            case ScheduleEntry():
                return SCHEDULE
            case DaycountEntry():
                return DAYCOUNT
            case DefinitionEntry():
                return self._definition(entry)
            case ColumnEntry():
                declared = self.types.stated(entry.type)
                return UNKNOWN if declared is None else attrs.evolve(declared.type, family=entry.family)
            case InputEntry():
                return self._input(entry)
            case StateEntry():
                return self._state(entry)
            case ClaimEntry():
                return self._claim(entry)
            case ReductionEntry():
                target = entry.scope.resolve(entry.item.state.parts)
                return UNKNOWN if isinstance(target, int) else self.resolved(target).over_dates()
            case TriggerEntry():
                return CONDITION.over_dates()
            case AccountEntry() | WaterfallEntry():
                return INSTANCE
            case GroupEntry():
                return INSTANCE
            case RelationEntry():
                return INSTANCE
            case InstanceEntry():
                return attrs.evolve(INSTANCE, family=entry.family)
            case CurveEntry():
                return attrs.evolve(CREDIT_CURVE if entry.item.form == "credit" else RATE_CURVE, family=entry.family)
            case FunctionEntry() | ComponentEntry():
                return UNKNOWN
            case _:
                assert_never(entry)

    def _definition(self, entry: DefinitionEntry) -> Type:
        if entry.type is not None:
            declared = self.types.stated(entry.type)
            if declared is None:
                self.types.infer(entry.value, entry.scope, UNKNOWN)
                return UNKNOWN
            type = self.as_stated(entry.value, entry.scope, declared, _short(entry.name), entry.type.span)
        elif entry.form == "index":
            type = self.types.want(entry.value, entry.scope, "rate", f"the index `{_short(entry.name)}`")
        elif entry.form == "flow":
            type = self.types.want(entry.value, entry.scope, "number", f"the flow `{_short(entry.name)}`")
        else:
            type = self.types.infer(entry.value, entry.scope)
        if entry.form in ("index", "flow"):
            type = type.over_dates()
        return type if entry.family is None else attrs.evolve(type, family=entry.family)

    def as_stated(self, expression: syntax.Expression, scope: Scope, declared: Stated, name: str, place: Span) -> Type:
        """A value against the type stated for it; the stated type, in the value's currency, whatever is found."""
        found = self.types.infer(expression, scope, declared.type)
        agreed = declared.accept(found)
        if agreed is None:
            refuse(
                self.types.collector,
                "E0327",
                expression,
                found,
                declared.words,
                f"`{name}`",
                None if declared.any_currency else declared.type,
                place if place.file == expression.span.file else None,
            )
            return declared.type
        return agreed

    def _input(self, entry: InputEntry) -> Type:
        declared = self.types.stated(entry.item.type)
        if declared is None:
            return UNKNOWN
        type = declared.type
        if entry.item.default is not None:
            type = self.as_stated(entry.item.default, entry.scope, declared, entry.item.name, entry.item.type.span)
            type = attrs.evolve(type, series=type.series or declared.type.series)
        return type if entry.family is None else attrs.evolve(type, family=entry.family)

    def _state(self, entry: StateEntry) -> Type:
        declared = None if entry.item.type is None else self.types.stated(entry.item.type)
        if declared is not None and entry.item.type is not None:
            type = self.as_stated(entry.item.initial, entry.scope, declared, entry.item.name, entry.item.type.span)
        else:
            type = self.types.infer(entry.item.initial, entry.scope)
        if type.nothing:
            type = self._moved(entry, type)
        return attrs.evolve(type, series=True, bare=False, family=entry.family or type.family)

    def _moved(self, entry: StateEntry, nothing: Type) -> Type:
        """The type of a state that starts with no money: that of the first of its terms that is some."""
        terms = [movement.value for movement in entry.item.movements or ()]
        if entry.item.recursion is not None:
            terms.append(entry.item.recursion)
        for term in terms:
            found = self.types.infer(term, entry.scope)
            agreed = unify(nothing, found) if found.kind == "number" else None
            if agreed is not None and not agreed.nothing:
                return agreed
        return nothing

    def _claim(self, entry: ClaimEntry) -> Type:
        amount = entry.item.due if entry.item.due is not None else entry.item.up_to
        if amount is None:
            return attrs.evolve(self.types.money, kind="claim", series=True, family=entry.family)
        said = "due" if entry.item.due is not None else "limit"
        found = self.types.want(amount, entry.scope, "money", f"the {said} of `{entry.item.name}`", "E0328")
        if found.kind == "unknown":
            return UNKNOWN
        return attrs.evolve(found, kind="claim", bare=False, series=True, family=entry.family or found.family)


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


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]
