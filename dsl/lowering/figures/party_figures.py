"""A party's default, and the cash that it gets and gives."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ....engine.ir import Input, Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import AccountEntry, ClaimEntry, Model, PartyEntry, Scope, follow
from ...types.types import Types
from ..building.builder import Traits, day
from ..context.dispatch import lower
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import parties, party_of
from ..context.values import NotLowered, Value
from .of_the_day import flow
from .overrides import overridden


def party(low: Lowering, entry: PartyEntry, attribute: str, span: Span, moment: Moment) -> Value:
    """``default`` is a date (never, unless a scenario or a draw says when); cash is summed over the acts."""
    builder = low.builder
    if attribute in ("received", "paid", "net"):
        one_currency(low, entry, span)
        if attribute != "net":
            return flow(low, Figure(f"{attribute} by")(entry.name), f"{entry.name}.{attribute}", span, moment)
        received = flow(low, Figure.RECEIVED_BY(entry.name), f"{entry.name}.received", span, moment)
        paid = flow(low, Figure.PAID_BY(entry.name), f"{entry.name}.paid", span, moment)
        return Value(builder.subtract(received.operand, paid.operand))
    default = party_default(low, entry, moment, span)
    if attribute == "default":
        return default
    today = lower(low, syntax.Name(span, ("date",), (span,)), Scope({}, None), moment)
    if not isinstance(today, Value):
        raise NotLowered
    if attribute == "defaulted":
        return Value(builder.emit("less_equal", default.operand, today.operand))
    return Value(builder.emit("less", today.operand, default.operand))


def one_currency(low: Lowering, entry: PartyEntry, span: Span) -> None:
    """A party's cash is one figure only where all of it is in the deal's currency."""
    if entry.name in low.memory.in_one_currency:
        return
    low.memory.in_one_currency.add(entry.name)
    found = sorted(set(_currencies(low.model, low.types, low.collector, entry)) - {low.model.currency})
    if not found:
        return
    low.collector.error(
        "E0558",
        f"`{entry.name}` also has cash in {' and '.join(found)}: there is no one figure for it",
        span,
        help="ask it of claims of one currency: `total(coupon.paid)`",
    )
    raise NotLowered


def _currencies(model: Model, types: Types, collector: Collector, entry: PartyEntry) -> Iterator[str]:
    for one in model.entries.values():
        if isinstance(one, ClaimEntry) and entry in parties(model, collector, one):
            yield types.entry_type(one).currency or model.currency
        if isinstance(one, AccountEntry) and any(
            name is not None and party_of(collector, name, one.scope) is entry for _, name in one.item.opens
        ):
            yield types.account_currency(one)
    for act in model.acts:
        facts = act.item.facts
        if facts.account is None:
            continue
        named = [read.expression for read in facts.reads if read.wanted == "party"]
        named += [paid for step in act.item.steps_within if (paid := step.facts.pays_to) is not None]
        if any(party_of(collector, name, act.scope) is entry for name in named):
            resolved = act.scope.resolve(facts.account.parts)
            account = None if isinstance(resolved, int) else follow(resolved.entry)
            if isinstance(account, AccountEntry):
                yield types.account_currency(account)


def party_default(low: Lowering, entry: PartyEntry, moment: Moment, span: Span) -> Value:
    key: Key = Figure.TERM(f"{entry.name}.default")
    within = low.layers.without(key, moment)
    if isinstance(within, Value):
        return within
    if moment.kind == "fixed":
        base = Value(day(None))
    else:
        found = low.memory.inputs.get(key.name)
        if found is None:
            label = key.name
            var = low.builder.fresh(label, "date")
            never = day(None)
            low.builder.input(
                Input(label, var, ("scenario",), unit="date", default=(Fraction(never.value),)), Traits(scenario=True)
            )
            found = low.memory.inputs[label] = Value(var)
        base = found
    value = overridden(low, key, lambda _: base, moment, span)
    if not isinstance(value, Value):
        raise NotLowered
    return value
