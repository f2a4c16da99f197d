"""The walk over a whole deal: every expression of every entry, act, scenario, check and report, once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import AccountEntry, InstanceEntry, Model, ReductionEntry, Scope, follow
from ..vocabulary.dimensions import YEAR
from ..vocabulary.value_types import Type, money
from .check_entries import check_amount, check_entry
from .outcomes import checks, overrides
from .reading_order import in_order
from .rules import RULES
from .types import DEEPEST, FRAMES, Types


def check_types(model: Model, collector: Collector, units: Iterable[syntax.UnitDeclaration] = ()) -> Types:
    """The types of a resolved deal, every expression of it typed, what is read before what reads it."""
    types = Types(model, collector, RULES, units)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST * FRAMES))
    try:
        _whole_deal(types)
    finally:
        sys.setrecursionlimit(before)
    return types


def _whole_deal(types: Types) -> None:
    model = types.model
    for entry in in_order(model.entries.values()):
        types.entry_type(entry)
    for entry in model.entries.values():
        check_entry(types, entry)
    types.want(model.closing, model.scope, "date", "the closing")
    for act in model.acts:
        _act(types, act.item, act.scope)
    for waiver in model.waivers:
        types.want(waiver.item.start, waiver.scope, "date", "the start of a waiver")
        types.want(waiver.item.end, waiver.scope, "date", "the end of a waiver")
    overrides(types)
    checks(types)


# --------------------------------------------------------------------------------------------- acts


def _act(types: Types, item: syntax.AnyAct, scope: Scope) -> None:
    facts = item.facts
    account = facts.account
    own = _reduced(types, item, scope) or types.money
    if account is not None:
        own = money(_currency(types, account, scope))
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


def _reduced(types: Types, item: syntax.AnyAct, scope: Scope) -> Type | None:
    """Money in the currency of the notionals that an act reduces, which is one; None where it reduces none."""
    facts = item.facts
    names = list(facts.reduces)
    if facts.shares_out == "reductions":
        names += [asked.claim for step in item.steps_within for asked in step.facts.asks]
    first: tuple[syntax.Name, str] | None = None
    for name in names:
        found = scope.resolve(name.parts)
        entry = None if isinstance(found, int) else follow(found.entry)
        if isinstance(entry, InstanceEntry):
            entry = entry.members.get("loss")
        currency = types.entry_type(entry).currency if isinstance(entry, ReductionEntry) else None
        if currency is None:
            continue
        if first is None:
            first = name, currency
        elif currency != first[1]:
            types.collector.error(
                "E0314",
                f"one amount is shared out in {first[1]} and in {currency}",
                name.span,
                label=f"in {currency}",
                others=(Label(first[0].span, f"in {first[1]}"),),
                help="reduce the notionals of each currency by an amount of its own",
            )
            return None
    return None if first is None else money(first[1])


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
            check_amount(types, node, scope, own, said)
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
            check_amount(types, node, scope, own, said)
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
    check_amount(types, limit, scope, own, said)
