"""A deal's header: its name, the language it is written in, its currency, closing and issuer."""

from __future__ import annotations

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from ..syntax.walk import walk
from ..vocabulary.currencies import CURRENCIES
from .deal import PartyEntry, Scope

HEADER_FIELDS = ("language", "currency", "closing", "issuer")
LANGUAGE = 1


def header_of(module: syntax.Module, collector: Collector) -> syntax.Header | None:
    """The deal's header; None, and reported, where there is none (or the text of it could not be read)."""
    headers = [item for item in module.items if isinstance(item, syntax.Header)]
    if not headers:
        if not any(one.code[:3] == "E01" for one in collector.found):
            place = module.items[0].span if module.items else _start(module.file)
            collector.error(
                "E0208",
                "this file has no `deal` header",
                place,
                label="the deal should be named before this",
                help='begin with `deal "Name" { language = 1; currency = USD; closing = 2026-01-15 }`',
            )
        return None
    for second in headers[1:]:
        collector.error(
            "E0213",
            "a file holds one deal, and this is its second header",
            second.name_span,
            label="a second deal",
            others=(Label(headers[0].name_span, "the first"),),
            help="keep each deal in a file of its own",
        )
    return headers[0]


def header_fields(
    header: syntax.Header, deal: Scope, assumed: str, collector: Collector
) -> tuple[str, syntax.Expression | None, PartyEntry | None]:
    """The deal's currency, its closing (None, and reported, where it states none) and its issuer.

    ``assumed``: the currency with which the rest is read where the header, wrongly, states none.
    """
    fields = {field.name: field for field in header.fields}
    for name, field in tuple(fields.items()):
        if name not in HEADER_FIELDS:
            guess = nearest(name, HEADER_FIELDS)
            collector.error(
                "E0210",
                f"a deal's header has no field `{name}`",
                field.name_span,
                label="no such field",
                help=f"did you mean `{guess}`?" if guess else f"it has {', '.join(HEADER_FIELDS)}",
            )
            if guess is not None:
                fields.setdefault(guess, field)  # so that it is not missing too
    version = fields.get("language")
    if version is None:
        collector.warning(
            "W0203",
            "the header does not state the language that the deal is written in",
            header.name_span,
            label="no `language`",
            help=f"add `language = {LANGUAGE}`: a later version then reads it as it was meant",
        )
    elif not (isinstance(version.value, syntax.Number) and version.value.value == LANGUAGE and not version.value.units):
        collector.error(
            "E0214",
            f"this version reads language {LANGUAGE}, and the deal says it is written in another",
            version.value.span,
            help=f"`language = {LANGUAGE}`",
        )
    currency = assumed
    stated = fields.get("currency")
    if stated is None:
        _missing(header, "currency", assumed, collector)
    elif isinstance(stated.value, syntax.Name) and stated.value.text in CURRENCIES:
        currency = stated.value.text
    else:
        written = stated.value.text if isinstance(stated.value, syntax.Name) else ""
        guess = nearest(written, ("USD", "EUR", "GBP", *CURRENCIES))
        currency = guess or assumed
        collector.error(
            "E0223",
            "a currency is its three-letter ISO 4217 code",
            stated.value.span,
            label="not a currency",
            help=f"did you mean `{guess}`?" if guess else "`currency = USD`",
        )
    issuer: PartyEntry | None = None
    named = fields.get("issuer")
    if named is not None:
        found = deal.resolve(named.value.parts) if isinstance(named.value, syntax.Name) else 0
        if not isinstance(found, int) and isinstance(found.entry, PartyEntry) and found.attribute is None:
            issuer = found.entry
        else:
            text = named.value.text if isinstance(named.value, syntax.Name) else "this"
            if text in collector.unread:
                return currency, _closing(header, fields, collector), None
            parties = [name for name, entry in deal.names.items() if isinstance(entry, PartyEntry)]
            guess = nearest(text, parties)
            collector.error(
                "E0226",
                f"the issuer must be a party, and `{text}` is none",
                named.value.span,
                help=f"did you mean `{guess}`?" if guess else f"declare it: `party {text}`",
            )
    return currency, _closing(header, fields, collector), issuer


def assumed_currency(module: syntax.Module) -> str:
    """The currency of the first amount that the deal writes; dollars where it writes none."""
    amounts = (node for item in module.items for node in walk(item) if isinstance(node, syntax.Money))
    first = next(amounts, None)
    return "USD" if first is None else first.currency


def _closing(header: syntax.Header, fields: dict[str, syntax.Field], collector: Collector) -> syntax.Expression | None:
    closing = fields.get("closing")
    if closing is None:
        _missing(header, "closing", "2026-01-15", collector)
    return None if closing is None else closing.value


def _missing(header: syntax.Header, name: str, example: str, collector: Collector) -> None:
    begun, ended = header.span.line, header.span.end_line
    if any(one.code[:3] == "E01" and begun <= one.span.line <= ended for one in collector.found):
        return  # it may be what could not be read
    collector.error(
        "E0209",
        f"the header does not state the deal's {name}",
        header.name_span,
        label=f"no `{name}`",
        help=f"add `{name} = {example}`",
    )


def _start(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)
