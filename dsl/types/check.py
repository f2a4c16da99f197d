"""The walk over a whole deal: every expression of every entry, act, scenario, check and report, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

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
    follow,
)
from ..syntax import walk
from ..vocabulary.units import DATE, YEAR, Type, money
from ..vocabulary.wants import Want, fits, refuse
from .outcomes import checks, overrides

if TYPE_CHECKING:
    from .types import Types


def check(types: Types) -> None:
    """Type the whole deal, what is read before what reads it."""
    model = types.model
    for entry in in_order(model.entries.values()):
        types.entry_type(entry)
    for entry in model.entries.values():
        _entry(types, entry)
    types.want(model.closing, model.scope, "date", "the closing")
    for act in model.acts:
        _act(types, act.item, act.scope)
    for waiver in model.waivers:
        if isinstance(waiver.item, syntax.WaiverDeclaration):
            types.want(waiver.item.start, waiver.scope, "date", "the start of a waiver")
            types.want(waiver.item.end, waiver.scope, "date", "the end of a waiver")
    overrides(types)
    checks(types)


# --------------------------------------------------------------------------------------------- order


def in_order(entries: Iterable[AnyEntry]) -> list[AnyEntry]:
    """Entries after those that they read, by a walk with no recursion: a chain of any length is no deeper than one."""
    done: dict[int, AnyEntry] = {}
    begun: set[int] = set()
    stack: list[tuple[AnyEntry, bool]] = [(entry, False) for entry in reversed(list(entries))]
    while stack:
        entry, finished = stack.pop()
        if finished:
            done.setdefault(id(entry), entry)
            continue
        if id(entry) in begun:
            continue
        begun.add(id(entry))
        stack.append((entry, True))
        for read in _reads(entry):
            if id(read) not in begun:
                stack.append((read, False))
    return list(done.values())


def _reads(entry: AnyEntry) -> list[AnyEntry]:
    match entry:
        case DefinitionEntry():
            nodes: list[object] = [entry.value]
        case InputEntry():
            nodes = [entry.item.default]
        case StateEntry():
            nodes = [entry.item.initial]
        case ClaimEntry():
            nodes = [entry.item.due, entry.item.up_to]
        case ReductionEntry():
            nodes = [entry.item.state]
        case (
            PartyEntry()
            | RelationEntry()
            | ScheduleEntry()
            | DaycountEntry()
            | ColumnEntry()
            | AccountEntry()
            | TriggerEntry()
            | WaterfallEntry()
            | FunctionEntry()
            | GroupEntry()
            | InstanceEntry()
            | CurveEntry()
            | ComponentEntry()
        ):
            return []
        case _:
            assert_never(entry)
    found: list[AnyEntry] = []
    for node in nodes:
        if node is None:
            continue
        for name in walk.names(node):
            target = entry.scope.resolve(name.parts)
            if isinstance(target, int):
                continue
            if isinstance(target.entry, GroupEntry) and target.attribute is not None:
                for member in target.entry.item.members:
                    inner = target.entry.scope.resolve((*member.parts, *target.attribute.split(".")))
                    if not isinstance(inner, int):
                        found.append(inner.entry)
            else:
                found.append(target.entry)
    return found


# --------------------------------------------------------------------------------------------- entries


def _entry(types: Types, entry: AnyEntry) -> None:
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
        _amount(types, amount, scope, own, said.format(item.name))
    if item.owner is not None:
        types.want(item.owner, scope, "party", f"the owner of `{item.name}`")
    for _, source in item.opens:
        if source is not None:
            types.want(source, scope, "party", f"who funds `{item.name}`")


def _amount(types: Types, amount: syntax.Expression, scope: Scope, own: Type, subject: str) -> None:
    """One amount of money, in the currency of the account that it concerns."""
    found = types.want(amount, scope, "money", subject)
    if found.kind == "unknown" or types.one_figure(amount, found, subject).kind == "unknown":
        return
    types.agree(amount, found, own, subject, "E0316")


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


# --------------------------------------------------------------------------------------------- acts


def _act(types: Types, item: syntax.AnyAct, scope: Scope) -> None:
    facts = item.facts
    account = facts.account
    own = types.money if account is None else money(_currency(types, account, scope))
    for read in facts.reads:
        _read(types, read, scope, account, own)
    for step in _in_turn(item):
        stated = step.facts
        for asked in stated.asks:
            claim = types.infer(asked.claim, scope)
            if claim.kind == "claim" and account is not None:
                _other_currency(types, asked.claim, claim, account, own, "the claim")
            if asked.limit is not None:
                _limit(types, asked.limit, scope, own, "the cap")
        for read in stated.reads:
            _read(types, read, scope, account, own)


def _in_turn(item: syntax.AnyAct) -> Iterator[syntax.Step]:
    """The steps of an act; of a group's members the last comes first, and is what is said of an account in another
    currency."""
    waiting = [step for line in reversed(item.contains) for step in reversed(line.steps)]
    while waiting:
        step = waiting.pop()
        yield step
        blocks = list(step.contains)
        if any(isinstance(block, syntax.Shared) for block in blocks):
            blocks.reverse()
        waiting.extend(reversed([one for block in blocks for one in block.steps]))


def _read(types: Types, read: syntax.Read, scope: Scope, account: syntax.Name | None, own: Type) -> None:
    """An expression of an act or a step is what is wanted of it; money is in the currency of the act's account."""
    node, said = read.expression, read.said
    match read.wanted:
        case "amount":
            _amount(types, node, scope, own, said)
        case "limit":
            _limit(types, node, scope, own, said)
        case "share":
            types.want(node, scope, "pure", said)
        case "choice":
            types.one_figure(node, types.want(node, scope, "condition", said), said)
        case "receivable":
            _received(types, node, scope, account, own, said)
        case "condition" | "party" | "when" | "date" | "claim":
            types.want(node, scope, read.wanted, said)
        case "anything":
            types.infer(node, scope)
        case _:
            assert_never(read.wanted)


def _received(
    types: Types, node: syntax.Expression, scope: Scope, account: syntax.Name | None, own: Type, said: str
) -> None:
    found = types.want(node, scope, "receivable", said)
    if found.kind == "number":
        if account is None or found.currency is None or found.currency == own.currency or found.family is not None:
            _amount(types, node, scope, own, said)
        else:
            _other_currency(types, node, found, account, own, said)
    elif found.kind == "claim" and account is not None:
        _other_currency(types, node, found, account, own, "the claim")


def _currency(types: Types, account: syntax.Name, scope: Scope) -> str:
    found = scope.resolve(account.parts)
    entry = None if isinstance(found, int) else follow(found.entry)
    return types.account_currency(entry) if isinstance(entry, AccountEntry) else types.model.currency


def _other_currency(
    types: Types, place: syntax.Expression, found: Type, account: syntax.Name, own: Type, what: str
) -> None:
    """What goes through an account is in its currency; of an account that is in another, the first thing is said."""
    if found.currency is None or found.currency == own.currency or found.nothing:
        return
    if (account.text, found.currency) in types.currencies_told:
        return
    types.currencies_told.add((account.text, found.currency))
    types.collector.error(
        "E0316",
        f"{what} is in {found.currency}, and the account `{account.text}` holds {own.currency}",
        place.span,
        label=f"in {found.currency}",
        help=f"give the account `currency = {found.currency}`, or convert the amount",
    )


def _limit(types: Types, limit: syntax.Expression, scope: Scope, own: Type, said: str) -> None:
    """A cap is money; one that is stated per year is a cap per year, which the step says by `per year`."""
    found = types.infer(limit, scope)
    if found.kind == "number" and (found.dimension * YEAR).currency is not None:
        types.agree(limit, found, Type(kind="number", dimension=own.dimension / YEAR), said, "E0316")
        return
    _amount(types, limit, scope, own, said)
