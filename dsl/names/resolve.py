"""Names: every item declared once, components instantiated, families given their rows.

`resolve` makes a `Model` from the modules. What it cannot make sense of it reports and leaves out;
`check_names` then looks up every name that the deal reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector
from ..syntax.walk import files_beside
from .components import Components
from .deal import Model, Scope
from .declarations import Declarations
from .group_receipts import members_received
from .header import assumed_currency, header_fields, header_of


def resolve(
    module: syntax.Module,
    used: Sequence[syntax.Module],
    folder: Path | None,
    collector: Collector,
    overrides: tuple[syntax.Override, ...] = (),
) -> Model:
    """The deal with its names declared, as far as it can be read: it is whole where the collector has no error."""
    declared = Declarations(collector)
    library = Scope({}, None)
    deal = Scope({}, library)
    for other in used:
        for item in other.items:
            if not isinstance(item, syntax.Use):
                declared.declare(item, library, None)
    header = header_of(module, collector)
    for item in module.items:
        declared.declare(item, deal, None)
    if header is None:
        # What else is wrong with the file is reported in the same run.
        span = module.items[0].span if module.items else Span(module.file, 1, 1, 1, 1)
        header = syntax.Header(span=span, name_span=span, name="", fields=())
        currency, closing, issuer = assumed_currency(module), None, None
    else:
        currency, closing, issuer = header_fields(header, deal, assumed_currency(module), collector)
    if closing is None:
        closing = syntax.DateLiteral(header.name_span, None)
    components = Components(declared, folder, currency, collector)
    for scope, items in (
        (library, [item for other in used for item in other.items]),
        (deal, list(module.items)),
    ):
        for item in items:
            if isinstance(item, syntax.Instance):
                components.instantiate(item, scope, scope)
    return Model(
        name=header.name,
        header=header,
        scope=deal,
        folder=folder,
        entries=declared.entries,
        families=tuple(declared.families),
        acts=tuple(one for act in declared.acts for one in members_received(act)),
        rankings=tuple(declared.rankings),
        waivers=tuple(declared.waivers),
        scenarios=tuple(declared.scenarios),
        simulations=tuple(declared.simulations),
        checks=tuple(declared.checks),
        reports=tuple(declared.reports),
        waived=tuple(declared.waived),
        currency=currency,
        closing=closing,
        issuer=issuer,
        overrides=overrides,
        files=files_beside((module, *used)),
        unusable=frozenset(declared.unusable),
    )
