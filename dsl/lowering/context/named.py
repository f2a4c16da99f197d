"""What the names of steps, acts and scenarios stand for, or a diagnostic that says what is named instead."""

from __future__ import annotations

from ... import syntax
from ...messages.diagnostics import Collector, Diagnostic, Label
from ...names.deal import (
    AccountEntry,
    ClaimEntry,
    ColumnEntry,
    DefinitionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    Model,
    PartyEntry,
    ReductionEntry,
    Resolved,
    Scope,
    StateEntry,
    TriggerEntry,
    follow,
)
from .keys import Figure, Key
from .values import NotLowered


def parties(model: Model, collector: Collector, entry: ClaimEntry) -> tuple[PartyEntry, PartyEntry]:
    """Payer and payee; the side that is not stated is the issuer."""
    item = entry.item
    payer = model.issuer if item.payer is None else party_of(collector, item.payer, entry.scope)
    payee = model.issuer if item.payee is None else party_of(collector, item.payee, entry.scope)
    if payer is None or payee is None:
        side = Diagnostic(
            "E0219",
            f"`{entry.name}` does not say who {'pays' if payer is None else 'is paid'}, and the deal has no issuer",
            entry.span,
            label="from whom?" if payer is None else "to whom?",
            help="add `from P` or `to Q`, or `issuer = P` to the deal's header",
        )
        collector.again("E0219", side)  # the issuer may be what is missing, which is one thing
        raise NotLowered
    return payer, payee


def party_of(collector: Collector, expression: syntax.Expression, scope: Scope) -> PartyEntry:
    if isinstance(expression, syntax.Name):
        resolved = scope.resolve(expression.parts)
        if isinstance(resolved, int):
            raise unresolved(collector, expression, "a party")
        entry = follow(resolved.entry)
        if isinstance(entry, PartyEntry) and resolved.attribute is None:
            return entry
    place = expression.span
    if isinstance(expression, syntax.Name):
        found = scope.resolve(expression.parts)
        if not isinstance(found, int) and isinstance(found.entry, DefinitionEntry):
            place = found.entry.value.span
    collector.error(
        "E0532",
        "who this is must be known when the deal is read",
        place,
        label="not the name of a party",
        help="name a party; for one party until a date and another after it, make two claims, each with `while`",
    )
    raise NotLowered


def owner(model: Model, collector: Collector, entry: AccountEntry) -> PartyEntry | None:
    if entry.item.owner is None:
        return model.issuer
    return party_of(collector, entry.item.owner, entry.scope)


def claim_of(collector: Collector, name: syntax.Name, scope: Scope) -> ClaimEntry:
    """The claim that a step names, or a diagnostic that says what it names instead."""
    resolved = scope.resolve(name.parts)
    if isinstance(resolved, int):
        raise unresolved(collector, name, "a claim")
    entry = follow(resolved.entry)
    if isinstance(entry, ClaimEntry) and resolved.attribute is None:
        return entry
    if isinstance(entry, ClaimEntry):
        collector.error(
            "E0533", f"a step pays a claim, and `{name.text}` is a figure of one", name.span, help=f"`pay {entry.name}`"
        )
        raise NotLowered
    known = ""
    if isinstance(entry, InstanceEntry):
        known = ", ".join(f"`{name.text}.{key}`" for key, one in entry.members.items() if isinstance(one, ClaimEntry))
    collector.error(
        "E0220",
        f"a claim is wanted here, and `{name.text}` is {described(entry)}",
        name.span,
        label=described(entry),
        others=(Label(entry.span, "declared here"),),
        help=f"it has the claims {known}" if known else None,
    )
    raise NotLowered


MOVED_CLOSING = "the header may name a term, which can be set: `closing = closes`, and `term closes = 2026-01-15`"


def unresolved(collector: Collector, name: syntax.Name, wanted: str) -> NotLowered:
    """For a name of nothing that is declared: reported as unknown before, or a word with a value of its own."""
    if name.parts in (("date",), ("closing",), ("rest",)):
        collector.error(
            "E0220",
            f"{wanted} is wanted here, and `{name.text}` is a figure",
            name.span,
            label="a figure",
            help=MOVED_CLOSING if name.parts == ("closing",) else None,
        )
    return NotLowered()


def described(entry: object) -> str:
    words = {
        "PartyEntry": "a party",
        "RelationEntry": "a relation",
        "ScheduleEntry": "a schedule",
        "DaycountEntry": "a day count",
        "DefinitionEntry": "a definition",
        "ColumnEntry": "a column",
        "InputEntry": "an input",
        "StateEntry": "a state",
        "ReductionEntry": "a reduction",
        "AccountEntry": "an account",
        "TriggerEntry": "a trigger",
        "WaterfallEntry": "a waterfall",
        "FunctionEntry": "a function",
        "GroupEntry": "a group",
        "InstanceEntry": "an instance of a component",
        "ComponentEntry": "a component",
        "ClaimEntry": "a claim",
    }
    return words[type(entry).__name__]


def state_of(collector: Collector, entry: ReductionEntry) -> StateEntry:
    resolved = entry.scope.resolve(entry.item.state.parts)
    if not isinstance(resolved, int) and isinstance(resolved.entry, StateEntry):
        return resolved.entry
    collector.error("E0531", f"`{entry.name}` must reduce a state", entry.item.state.span)
    raise NotLowered


def account_of(collector: Collector, name: syntax.Name, scope: Scope) -> AccountEntry:
    resolved = scope.resolve(name.parts)
    if isinstance(resolved, int):
        raise unresolved(collector, name, "an account")
    entry = follow(resolved.entry)
    if isinstance(entry, AccountEntry) and resolved.attribute is None:
        return entry
    collector.error(
        "E0220",
        f"an account is wanted here, and `{name.text}` is {described(entry)}",
        name.span,
        label=described(entry),
    )
    raise NotLowered


def reduction_of(collector: Collector, name: syntax.Name, scope: Scope) -> ReductionEntry:
    """The reduction that is named, or the one called `loss` of the instance that is."""
    resolved = scope.resolve(name.parts)
    if isinstance(resolved, int):
        raise unresolved(collector, name, "a reduction")
    entry = follow(resolved.entry)
    if isinstance(entry, InstanceEntry):
        member = entry.members.get("loss")
        if isinstance(member, ReductionEntry):
            return member
    if isinstance(entry, ReductionEntry):
        return entry
    collector.error(
        "E0220",
        f"a reduction is wanted here, and `{name.text}` is none",
        name.span,
        help="declare it in the component: `reduction loss of balance`",
    )
    raise NotLowered


def members(entry: GroupEntry, path: str | None) -> list[Resolved]:
    """What each member of a group means under a path; a group within a group stands for its own members."""
    found: list[Resolved] = []
    parts = tuple(path.split(".")) if path else ()
    for name in entry.item.members:
        resolved = entry.scope.resolve(name.parts + parts)
        if isinstance(resolved, int):
            raise NotLowered
        if isinstance(resolved.entry, GroupEntry):
            found.extend(members(resolved.entry, resolved.attribute))
        else:
            found.append(resolved)
    return found


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


def trigger_of(collector: Collector, name: syntax.Name, scope: Scope) -> TriggerEntry:
    resolved = scope.resolve(name.parts)
    if isinstance(resolved, int):
        raise unresolved(collector, name, "a trigger")
    entry = follow(resolved.entry)
    if isinstance(entry, TriggerEntry):
        return entry
    collector.error(
        "E0220", f"a trigger is wanted here, and `{name.text}` is {described(entry)}", name.span, label=described(entry)
    )
    raise NotLowered


def target(collector: Collector, name: syntax.Name, scope: Scope) -> Key:
    """The name that an override lies over: a term, a series, an input, a column or a party's default."""
    resolved = scope.resolve(name.parts)
    if isinstance(resolved, int):
        raise unresolved(collector, name, "a term or a series")
    entry = resolved.entry
    if isinstance(follow(entry), PartyEntry) and resolved.attribute == "default":
        return Figure.TERM(f"{follow(entry).name}.default")
    if isinstance(entry, DefinitionEntry | InputEntry | ColumnEntry) and resolved.attribute is None:
        return Figure.TERM(entry.name)
    collector.error(
        "E0240",
        f"`{name.text}` cannot be overridden",
        name.span,
        help="a scenario changes terms, series, inputs and a party's default; what follows from them follows",
    )
    raise NotLowered
