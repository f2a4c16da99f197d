"""Rules of named things: a figure's own type, ``claim`` of a claim (with the money it is in), and so on."""

from __future__ import annotations

import attrs

from ..names.deal import (
    AccountEntry,
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
    ScheduleEntry,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
)
from ..vocabulary.value_types import (
    CONDITION,
    CREDIT_CURVE,
    DAYCOUNT,
    INSTANCE,
    PARTY,
    RATE_CURVE,
    SCHEDULE,
    UNKNOWN,
    Type,
    unify,
)
from .named import resolved
from .types import EntryRules, Types

RULES = EntryRules()

RULES.always(PartyEntry, PARTY)
RULES.always(ScheduleEntry, SCHEDULE)
RULES.always(DaycountEntry, DAYCOUNT)
RULES.always(TriggerEntry, CONDITION.over_dates())
RULES.always(AccountEntry, INSTANCE)
RULES.always(WaterfallEntry, INSTANCE)
RULES.always(GroupEntry, INSTANCE)
RULES.always(RelationEntry, INSTANCE)
# What a function gives depends on its call, and a component is a text to be filled in.
RULES.always(FunctionEntry, UNKNOWN)
RULES.always(ComponentEntry, UNKNOWN)


@RULES.of(InstanceEntry)
def _instance(types: Types, entry: InstanceEntry) -> Type:
    return attrs.evolve(INSTANCE, family=entry.family)


@RULES.of(CurveEntry)
def _curve(types: Types, entry: CurveEntry) -> Type:
    return attrs.evolve(CREDIT_CURVE if entry.item.form == "credit" else RATE_CURVE, family=entry.family)


@RULES.of(ColumnEntry)
def _column(types: Types, entry: ColumnEntry) -> Type:
    declared = types.stated(entry.type)
    return UNKNOWN if declared is None else attrs.evolve(declared.type, family=entry.family)


@RULES.of(ReductionEntry)
def _reduction(types: Types, entry: ReductionEntry) -> Type:
    target = entry.scope.resolve(entry.item.state.parts)
    return UNKNOWN if isinstance(target, int) else resolved(types, target).over_dates()


@RULES.of(DefinitionEntry)
def _definition(types: Types, entry: DefinitionEntry) -> Type:
    if entry.type is not None:
        declared = types.stated(entry.type)
        if declared is None:
            types.infer(entry.value, entry.scope, UNKNOWN)
            return UNKNOWN
        type = types.as_stated(entry.value, entry.scope, declared, _short(entry.name), entry.type.span)
    elif entry.form == "index":
        type = types.want(entry.value, entry.scope, "rate", f"the index `{_short(entry.name)}`")
    elif entry.form == "flow":
        type = types.want(entry.value, entry.scope, "number", f"the flow `{_short(entry.name)}`")
    else:
        type = types.infer(entry.value, entry.scope)
    if entry.form in ("index", "flow"):
        type = type.over_dates()
    return type if entry.family is None else attrs.evolve(type, family=entry.family)


@RULES.of(InputEntry)
def _input(types: Types, entry: InputEntry) -> Type:
    declared = types.stated(entry.item.type)
    if declared is None:
        return UNKNOWN
    type = declared.type
    if entry.item.default is not None:
        type = types.as_stated(entry.item.default, entry.scope, declared, entry.item.name, entry.item.type.span)
        type = attrs.evolve(type, series=type.series or declared.type.series)
    return type if entry.family is None else attrs.evolve(type, family=entry.family)


@RULES.of(StateEntry)
def _state(types: Types, entry: StateEntry) -> Type:
    declared = None if entry.item.type is None else types.stated(entry.item.type)
    if declared is not None and entry.item.type is not None:
        type = types.as_stated(entry.item.initial, entry.scope, declared, entry.item.name, entry.item.type.span)
    else:
        type = types.infer(entry.item.initial, entry.scope)
    if type.nothing:
        type = _moved(types, entry, type)
    return attrs.evolve(type, series=True, bare=False, family=entry.family or type.family)


def _moved(types: Types, entry: StateEntry, nothing: Type) -> Type:
    """The type of a state that starts with no money: that of the first of its terms that is some."""
    terms = [movement.value for movement in entry.item.movements or ()]
    if entry.item.recursion is not None:
        terms.append(entry.item.recursion)
    for term in terms:
        found = types.infer(term, entry.scope)
        agreed = unify(nothing, found) if found.kind == "number" else None
        if agreed is not None and not agreed.nothing:
            return agreed
    return nothing


@RULES.of(ClaimEntry)
def _claim(types: Types, entry: ClaimEntry) -> Type:
    amount = entry.item.due if entry.item.due is not None else entry.item.up_to
    if amount is None:
        return attrs.evolve(types.money, kind="claim", series=True, family=entry.family)
    said = "due" if entry.item.due is not None else "limit"
    found = types.want(amount, entry.scope, "money", f"the {said} of `{entry.item.name}`", "E0328")
    if found.kind == "unknown":
        return UNKNOWN
    return attrs.evolve(found, kind="claim", bare=False, series=True, family=entry.family or found.family)


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]
