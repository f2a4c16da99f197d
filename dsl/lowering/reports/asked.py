"""What checks and figures share: when they are read, in which scenarios, and what they ask."""

from __future__ import annotations

from ....engine.ir import Check, Origin
from ... import syntax
from ...messages.diagnostics import Collector
from ...messages.nearest import nearest
from ...names.deal import Scope
from ...time.clocks import Clock
from ..context.checks import CONDITION
from ..context.dispatch import value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.product import Product
from ..context.values import NotLowered
from ..figures.flows import from_closing


def _moment(every: Clock) -> Moment:
    return Moment("elsewhere", every)


def _scenarios(
    collector: Collector, product: Product, named: tuple[syntax.Text | syntax.Name, ...]
) -> tuple[int, ...] | None:
    """The columns in which a check holds; None: in every one. Those that another program runs are none of them."""
    if not named:
        return None
    found: list[int] = []
    for one in named:
        word = one.value if isinstance(one, syntax.Text) else one.text
        if word in product.elsewhere:
            continue
        if word in product.scenarios:
            found.append(product.scenarios.index(word))
            continue
        guess = nearest(word, product.scenarios)
        collector.error(
            "E0242",
            f"there is no scenario `{word}`",
            one.span,
            help=f"did you mean `{guess}`?" if guess else f"the deal has {', '.join(product.scenarios[:12])}",
        )
        raise NotLowered
    return tuple(found)


def _condition(
    low: Lowering,
    kind: str,
    label: str,
    node: syntax.Expression,
    scope: Scope,
    scenarios: tuple[int, ...] | None,
    item: syntax.Item,
) -> None:
    """A condition on each date that it can be read on; where it is not determined it does not hold."""
    low.trail.tracked_clocks.append(set())
    low.trail.tracking.append(set())
    try:
        value = value_of(low, node, scope, _moment(low.every))
    finally:
        clocks = low.trail.tracked_clocks.pop()
        touched = low.trail.tracking.pop()
    if kind == CONDITION and touched:
        kind = "require"  # more than a condition on the fields: shown as the deal's own are
    builder = low.builder
    held = builder.both(value.determined, value.operand)
    if held.rows is not None:
        held = builder.negated(builder.emit("any_rows", builder.negated(held)))
    if builder.traits(held).date and clocks:
        dates = tuple(any(marks) for marks in zip(*(clock.on for clock in clocks), strict=True))
        held = builder.either(held, builder.negated(builder.mask("tested", dates)))
    if any(key.kind is Figure.ACCOUNT for key in touched):  # there are no accounts before closing
        held = builder.either(held, builder.negated(from_closing(low)))
    because = f": {item.because}" if item.because else ""
    low.product.checks.append(
        Check(
            name=label,
            rule="holds",
            var=low.builder.as_var(held, label),
            severity="verdict",
            code=kind,
            message=f"{label}{because}",
            scenarios=scenarios,
            origin=Origin(label, item.span),
        )
    )
