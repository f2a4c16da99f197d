"""The text of each named thing, checked wherever it is not what its type follows from."""

from __future__ import annotations

from typing import assert_never

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
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
)
from ..vocabulary.expected_kinds import Want, fits
from ..vocabulary.mismatches import refuse
from ..vocabulary.value_types import DATE, Type, money
from .types import Types


def check_entry(types: Types, entry: AnyEntry) -> None:
    match entry:
        case DefinitionEntry():
            if entry.on is not None:
                types.want(entry.on, entry.scope, "schedule", "what a flow is `on`")
        case InputEntry():
            if entry.item.on is not None:
                types.want(entry.item.on, entry.scope, "schedule", "what an input is `on`")
        case ScheduleEntry():
            _schedule(types, entry)
        case DaycountEntry():
            _daycount(types, entry)
        case StateEntry():
            _state(types, entry)
        case ClaimEntry():
            _claim(types, entry)
        case AccountEntry():
            _account(types, entry)
        case TriggerEntry():
            _trigger(types, entry)
        case FunctionEntry():
            _function(types, entry)
        case PartyEntry():
            if entry.credit is not None:
                types.want(entry.credit.value, entry.around or types.model.scope, "credit_curve", "a party's credit")
        case RelationEntry():
            _relation(types, entry)
        case (
            CurveEntry()
            | ColumnEntry()
            | ReductionEntry()
            | WaterfallEntry()
            | GroupEntry()
            | InstanceEntry()
            | ComponentEntry()
        ):
            pass
        case _:
            assert_never(entry)


def _relation(types: Types, entry: RelationEntry) -> None:
    item, scope = entry.item, entry.scope
    for party in (item.subject, item.object, item.beneficiary):
        if party is not None:
            types.want(party, scope, "party", f"a side of the relation `{item.name}`")
    if item.amount is not None:
        wanted: Want = "pure" if item.verb == "owns" else "money"
        found = types.want(item.amount, scope, wanted, f"what `{item.subject.text} {item.verb}`")
        if wanted == "money" and found.kind != "unknown":
            types.agree(item.amount, found, types.money, f"what `{item.subject.text} {item.verb}`")
        if entry.family is None:
            types.one_figure(item.amount, found, f"what `{item.subject.text} {item.verb}`")
    if item.limit is not None:
        found = types.want(item.limit, scope, "money", f"the limit of `{item.name}`")
        if found.kind != "unknown":
            types.agree(item.limit, found, types.money, f"the limit of `{item.name}`")
        if entry.family is None:
            types.one_figure(item.limit, found, f"the limit of `{item.name}`")


def _schedule(types: Types, entry: ScheduleEntry) -> None:
    item = entry.item
    for bound, said in ((item.start, "start"), (item.end, "end"), (item.accrual_start, "start of accrual")):
        if bound is not None:
            types.want(bound, entry.scope, "date", f"the {said} of the schedule `{item.name}`")
    if item.dates is not None:
        found = types.infer(item.dates, entry.scope, Type(kind="list", item=DATE))
        if not fits(found, "when"):
            refuse(types.collector, "E0310", item.dates, found, "list of dates", f"what `{item.name}` names")


def _daycount(types: Types, entry: DaycountEntry) -> None:
    """A day count over ``days`` (360 of them over 360 are a year) gives years, or a plain number of them."""
    found = types.infer(entry.item.value, entry.scope)
    if not (fits(found, "pure") or fits(found, "duration")):
        types.collector.error(
            "E0345",
            f"the day count `{entry.item.name}` must give a part of a year",
            entry.item.value.span,
            help="for example `daycount bank360 = days / 360`",
        )


def _state(types: Types, entry: StateEntry) -> None:
    own = types.entry_type(entry)
    item, scope = entry.item, entry.scope
    if item.on is not None:
        types.want(item.on, scope, "schedule", "what a state is `on`")
    terms = [movement.value for movement in item.movements or ()]
    if item.recursion is not None:
        terms.append(item.recursion)
    for term in terms:
        found = types.infer(term, scope)
        if own.kind == "unknown" or found.kind == "unknown":
            continue
        agreed = types.agree(term, found, own, f"a term of the state `{item.name}`", "E0329")
        if own.family is None and agreed.kind != "unknown":
            types.one_figure(term, found, f"a term of `{item.name}`")


def _claim(types: Types, entry: ClaimEntry) -> None:
    item, scope = entry.item, entry.scope
    claim = types.entry_type(entry)
    amount = item.due if item.due is not None else item.up_to
    if entry.family is None and amount is not None:
        types.one_figure(amount, claim, f"the due of `{item.name}`")
    if item.due is not None and item.up_to is not None:
        limit = types.want(item.up_to, scope, "money", f"the limit of `{item.name}`", "E0328")
        if limit.kind != "unknown" and claim.kind == "claim":
            owed = Type(kind="number", dimension=claim.dimension)
            types.agree(item.up_to, limit, owed, f"the limit of `{item.name}`", "E0328")
    for party, said in ((item.payer, "who pays"), (item.payee, "who is paid")):
        if party is not None:
            types.want(party, scope, "party", f"{said} `{item.name}`")
    types.want(item.on, scope, "when", f"what `{item.name}` is `on`")
    if item.condition is not None:
        types.want(item.condition, scope, "condition", "what follows `while`")
    unpaid = item.unpaid
    if unpaid is None:
        return
    if unpaid.rate is not None:
        types.want(unpaid.rate, scope, "rate", f"the interest on what is unpaid of `{item.name}`")
    if unpaid.daycount is not None:
        types.want(unpaid.daycount, scope, "daycount", "what follows `by`")
    if unpaid.after is not None:
        types.want(unpaid.after, scope, "duration", "what follows `written off after`")
    if unpaid.into is not None and claim.kind == "claim":
        found = types.infer(unpaid.into, scope)
        owed = Type(kind="number", dimension=claim.dimension)
        types.agree(unpaid.into, found, owed, "what interest capitalises into")


def _account(types: Types, entry: AccountEntry) -> None:
    item, scope = entry.item, entry.scope
    own = money(types.account_currency(entry))
    amounts = [(amount, "what `{}` opens with") for amount, _ in item.opens]
    if item.target is not None:
        amounts.append((item.target, "the target of `{}`"))
    for amount, said in amounts:
        check_amount(types, amount, scope, own, said.format(item.name))
    if item.owner is not None:
        types.want(item.owner, scope, "party", f"the owner of `{item.name}`")
    for _, source in item.opens:
        if source is not None:
            types.want(source, scope, "party", f"who funds `{item.name}`")


def _trigger(types: Types, entry: TriggerEntry) -> None:
    item, scope = entry.item, entry.scope
    for test, word in ((item.when, "when"), (item.until, "until")):
        if test is None:
            continue
        found = types.want(test.condition, scope, "condition", f"what follows `{word}`")
        types.one_figure(test.condition, found, f"what follows `{word}`")
        if test.count is not None:
            counted = types.want(test.count, scope, "pure", "a number of tests")
            if (
                counted.kind != "unknown"
                and isinstance(test.count, syntax.Number)
                and (test.count.value.denominator != 1 or test.count.value < 1)
            ):
                types.collector.error(
                    "E0342",
                    "a number of tests is a whole number, at least 1",
                    test.count.span,
                    label="not a whole number",
                )
    if item.start is not None:
        types.want(item.start, scope, "date", "the date from which a trigger is tested")
    if item.on is not None:
        types.want(item.on, scope, "schedule", "what a trigger is tested `on`")


def _function(types: Types, entry: FunctionEntry) -> None:
    """A function's own text, whoever calls it: parameters are of any type, or of the one that they state."""
    names: dict[str, AnyEntry] = {}
    for parameter in entry.item.parameters:
        # The function itself has no type, so that a parameter which is it is of any type.
        names[parameter.name] = entry
        if parameter.type is None:
            continue
        declared = types.stated(parameter.type)
        if declared is not None and parameter.default is not None:
            types.as_stated(parameter.default, entry.scope, declared, parameter.name, parameter.type.span)
        stands = syntax.InputDeclaration(
            span=parameter.span,
            name_span=parameter.span,
            name=parameter.name,
            type=parameter.type,
            on=None,
            default=None,
        )
        names[parameter.name] = InputEntry(name=parameter.name, span=parameter.span, item=stands, scope=entry.scope)
    types.infer(entry.item.value, Scope(names, entry.scope))


def check_amount(types: Types, amount: syntax.Expression, scope: Scope, own: Type, subject: str) -> None:
    """One amount of money, in the currency of the account that it concerns."""
    found = types.want(amount, scope, "money", subject)
    if found.kind == "unknown" or types.one_figure(amount, found, subject).kind == "unknown":
        return
    types.agree(amount, found, own, subject, "E0316")
