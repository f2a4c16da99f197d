"""What a deal waives: a warning or a remark by its code, with a reason, until a date if one is given."""

from __future__ import annotations

from .. import syntax
from ..messages.codes import CODES
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from .deal import ComponentEntry, Model, Scope


def check(model: Model, collector: Collector) -> None:
    _within_components(model, collector)
    first: dict[tuple[str, str], syntax.Waive] = {}
    for scoped in model.waived:
        item = scoped.item
        if scoped.scope.prefix:
            continue  # of a component, which has been told
        if scoped.scope.outer is None:
            _not_the_deals(item, "in a module", collector)
            continue
        _code(item, collector)
        if not (item.because or "").strip():
            collector.error(
                "E0802",
                f"`waive {item.code}` gives no reason",
                item.span,
                help=f'`waive {item.code} because "..."`: who reads the deal next wants to know',
            )
        if item.until is not None and not (isinstance(item.until, syntax.DateLiteral) and item.until.value):
            collector.error("E0803", "a waiver ends on a date that is written out", item.until.span, label="not a date")
        key = item.code, "" if item.of is None else item.of.text
        if first.setdefault(key, item) is not item:
            collector.error(
                "E0804",
                f"`{item.code}` is waived twice",
                item.name_span,
                label="waived again",
                others=(Label(first[key].name_span, "first waived here"),),
                help="say with `of` what each is of, or leave one of the two out",
            )


def _within_components(model: Model, collector: Collector) -> None:
    scope: Scope | None = model.scope
    while scope is not None:
        for entry in scope.names.values():
            if isinstance(entry, ComponentEntry):
                for member in entry.item.members:
                    if isinstance(member, syntax.Waive):
                        _not_the_deals(member, "in a component", collector)
        scope = scope.outer


def _not_the_deals(item: syntax.Waive, where: str, collector: Collector) -> None:
    collector.error(
        "E0801",
        "what is waived is waived by the deal, and not by what it uses",
        item.name_span,
        label=where,
        help="write it into the deal",
    )


def _code(item: syntax.Waive, collector: Collector) -> None:
    if item.code in CODES and not item.code.startswith("E"):
        return
    page = CODES.get(item.code)
    may = [code for code in CODES if not code.startswith("E")]
    guess = nearest(item.code.upper(), may)
    collector.error(
        "E0805",
        f"`{item.code}` is an error, and no error is waived" if page else f"there is no warning `{item.code}`",
        item.name_span,
        label=page.title[0].lower() + page.title[1:] if page else "no such code",
        help=None
        if page
        else f"did you mean `{guess}`, {CODES[guess].title[0].lower()}{CODES[guess].title[1:]}?"
        if guess
        else "a warning or a remark is waived by the code that stands before it: `waive W0702`",
    )
