"""Which curve an expression stands for, or a diagnostic that says what it stands for instead."""

from __future__ import annotations

from ....engine.ir import Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import AnyEntry, CurveEntry, DefinitionEntry, Model, PartyEntry, Scope, follow
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
    found = curve_of(party)
    if found is not None:
        return found
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
    return curve_of(found.entry)


def curve_of(entry: AnyEntry) -> CurveEntry | None:
    """The credit curve that a thing is, or that a party names: of its own, or a party whose credit is its own too."""
    passed: set[AnyEntry] = set()
    while isinstance(entry, PartyEntry) and entry not in passed:
        passed.add(entry)
        if entry.credit is None or entry.around is None or not isinstance(entry.credit.value, syntax.Name):
            return None
        found = entry.around.resolve(entry.credit.value.parts)
        if isinstance(found, int):
            return None
        entry = follow(found.entry)
    return entry if isinstance(entry, CurveEntry) and entry.item.form == "credit" else None
