"""Which curve an expression stands for, or a diagnostic that says what it stands for instead."""

from __future__ import annotations

from ....engine.ir import Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import CurveEntry, DefinitionEntry, Model, PartyEntry, Scope, follow
from ...vocabulary.curve_fields import currency_of
from ..context.values import EntryValue, NotLowered
from .points import Points


def curve_entry(collector: Collector, expression: syntax.Expression, scope: Scope, form: str | None) -> CurveEntry:
    """The curve that an expression names: a curve, or a party's own."""
    if isinstance(expression, syntax.Name):
        found = scope.resolve(expression.parts)
        if not isinstance(found, int) and found.attribute is None:
            entry = follow(found.entry)
            if isinstance(entry, DefinitionEntry):
                return curve_entry(collector, entry.value, entry.scope, form)
            if isinstance(entry, PartyEntry):
                entry = _of_party(collector, entry, expression.span)
            if isinstance(entry, CurveEntry) and form in (None, entry.item.form):
                return entry
    collector.error(
        "E0650",
        f"a {form or 'rate or credit'} curve is wanted here",
        expression.span,
        help="name a `credit_curve`, or a party that states its `credit`"
        if form == "credit"
        else "name a `rate_curve`",
    )
    raise NotLowered


def _of_party(collector: Collector, party: PartyEntry, span: Span) -> CurveEntry:
    if party.credit is not None and party.around is not None and isinstance(party.credit.value, syntax.Name):
        found = party.around.resolve(party.credit.value.parts)
        entry = None if isinstance(found, int) else follow(found.entry)
        if isinstance(entry, CurveEntry) and entry.item.form == "credit":
            return entry
    collector.error(
        "E0650",
        f"`{party.name}` has no credit curve",
        span,
        label="which curve?",
        help=f"`party {party.name} {{ credit = ... }}` names its `credit_curve`",
    )
    raise NotLowered


def currency(model: Model, points: Points) -> str:
    """The currency of a rate curve, or of the one that discounts a credit curve."""
    rates = points.rates if points.entry.item.form == "credit" else points
    return model.currency if rates is None else currency_of(rates.entry.item, model.currency)


def as_curve(found: EntryValue) -> CurveEntry | None:
    """The credit curve that a thing is or has: a curve, or a party that states one."""
    entry = found.entry
    if isinstance(entry, PartyEntry) and entry.credit is not None and entry.around is not None:
        if isinstance(entry.credit.value, syntax.Name):
            resolved = entry.around.resolve(entry.credit.value.parts)
            return None if isinstance(resolved, int) else _credit_entry(follow(resolved.entry))
        return None
    return _credit_entry(entry)


def _credit_entry(entry: object) -> CurveEntry | None:
    return entry if isinstance(entry, CurveEntry) and entry.item.form == "credit" else None
