"""The walk over a whole deal: every expression of every entry, act, scenario, check and report, once."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector
from ..names.deal import AccountEntry, Model, Scope, follow
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


def _act(
    types: Types,
    item: syntax.Receive | syntax.Waterfall | syntax.Settle | syntax.AllocateLosses | syntax.Reduce,
    scope: Scope,
) -> None:
    match item:
        case syntax.Receive():
            own = money(_currency(types, item.account, scope))
            found = types.want(item.amount, scope, "receivable", "what is received")
            if found.kind == "number":
                if found.currency is None or found.currency == own.currency or found.family is not None:
                    check_amount(types, item.amount, scope, own, "what is received")
                else:
                    _other_currency(types, item.amount, found, item.account, own, "what is received")
            elif found.kind == "claim":
                _other_currency(types, item.amount, found, item.account, own, "the claim")
            if item.source is not None:
                types.want(item.source, scope, "party", "who it is received from")
            if item.on is not None:
                types.want(item.on, scope, "when", "when it is received")
        case syntax.Waterfall():
            types.want(item.on, scope, "when", f"what the waterfall `{item.name}` is `on`")
            for bound in (item.start, item.end):
                if bound is not None:
                    types.want(bound, scope, "date", f"when the waterfall `{item.name}` begins or ends")
            if item.guard is not None:
                types.want(item.guard, scope, "condition", f"what the waterfall `{item.name}` waits for")
            own = money(_currency(types, item.account, scope))
            for line in item.lines:
                _steps(types, line.steps, scope, item.account, own)
        case syntax.Settle():
            if item.on is not None:
                types.want(item.on, scope, "when", "when claims are settled")
            if item.condition is not None:
                types.want(item.condition, scope, "condition", "what follows `while`")
            for name in item.claims:
                types.want(name, scope, "claim", "what is settled")
        case syntax.AllocateLosses():
            check_amount(types, item.amount, scope, types.money, "the loss that is allocated")
            types.want(item.on, scope, "when", "when losses are allocated")
        case syntax.Reduce():
            check_amount(types, item.amount, scope, types.money, "what is reduced by")
            types.want(item.on, scope, "when", "when it is reduced")
            _steps(types, item.steps, scope, None, types.money)
        case _:
            assert_never(item)


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


def _steps(types: Types, steps: tuple[syntax.Step, ...], scope: Scope, account: syntax.Name | None, own: Type) -> None:
    waiting: list[syntax.Step] = list(reversed(steps))
    while waiting:
        step = waiting.pop()
        match step:
            case syntax.Pay():
                claim = types.infer(step.claim, scope)
                if claim.kind == "claim" and account is not None:
                    _other_currency(types, step.claim, claim, account, own, "the claim")
                if step.cap is not None:
                    _cap(types, step.cap, scope, own)
            case syntax.PayProRata():
                for member in step.members:
                    waiting.extend(reversed(member.steps))
                    if member.share is not None:
                        types.want(member.share, scope, "pure", "a share")
            case syntax.PayRest():
                types.want(step.party, scope, "party", "who the rest is paid to")
            case syntax.PayParty():
                check_amount(types, step.amount, scope, own, "what is paid")
                types.want(step.party, scope, "party", "who is paid")
            case syntax.UpTo():
                _cap(types, step.limit, scope, own)
                waiting.extend(reversed(step.steps))
            case syntax.UntilCured():
                types.want(step.condition, scope, "condition", "what is cured")
                waiting.extend(reversed(step.steps))
            case syntax.When():
                found = types.want(step.condition, scope, "condition", "what a step waits for")
                types.one_figure(step.condition, found, "what a step waits for")
                waiting.extend(reversed((*step.steps, *step.otherwise)))
            case syntax.Fill():
                if step.cap is not None:
                    _cap(types, step.cap, scope, own)
            case syntax.Move():
                if step.amount is not None:
                    check_amount(types, step.amount, scope, own, "what is moved")
            case syntax.Record():
                for name in step.names:
                    types.infer(name, scope)
            case syntax.Release() | syntax.Keep() | syntax.TestTrigger():
                pass
            case _:
                assert_never(step)


def _cap(types: Types, cap: syntax.Expression, scope: Scope, own: Type) -> None:
    """A cap is money; one that is stated per year is a cap per year, which the step says by `per year`."""
    found = types.infer(cap, scope)
    if found.kind == "number" and (found.dimension * YEAR).currency is not None:
        types.agree(cap, found, Type(kind="number", dimension=own.dimension / YEAR), "the cap", "E0316")
        return
    check_amount(types, cap, scope, own, "the cap")
