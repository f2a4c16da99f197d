"""Circles: cash that comes back to where it set out, each with its smallest edge."""

from __future__ import annotations

from ....engine.ir import Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...messages.nearest import nearest
from ...names.deal import PartyEntry, Scope
from ...parties.graph import KINDS
from ..building.builder import FALSE, ZERO
from ..context.dispatch import lowers
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import Choice, ListValue, NotLowered, TableValue, Value
from .figures import GraphFigures, afterwards, asked_afterwards, graph_figures


@lowers(syntax.Circles)
def circles(low: Lowering, node: syntax.Circles, scope: Scope, moment: Moment) -> ListValue:
    """The smallest edge of each circle: so much goes round it. Where there is no circle, nothing goes round."""
    return ListValue(tuple(Value(one) for one in _flowing(low, node, moment)) or (Value(ZERO),))


def _flowing(low: Lowering, node: syntax.Circles, moment: Moment) -> list[Operand]:
    asked_afterwards(low.collector, node.span, moment)
    figures = graph_figures(low)
    check_kinds(low.collector, figures, node)
    return afterwards(low.trail, lambda: [figures.flowing(circle) for circle in figures.circles(node)])


def check_kinds(collector: Collector, figures: GraphFigures, node: syntax.Circles) -> None:
    """A kind that no edge has and the language does not name is a slip: it would find nothing, and say so."""
    known = tuple(dict.fromkeys((*figures.graph.kinds, *KINDS)))
    for kind, place in zip(node.kinds, node.places, strict=True):
        if kind not in known:
            guess = nearest(kind, known)
            collector.error(
                "E0263",
                f"no edge is of the kind `{kind}`",
                place,
                label="of no claim, receipt or relation",
                help=f"did you mean `{guess}`?"
                if guess
                else f"the edges of this deal are of the kinds {', '.join(figures.graph.kinds) or 'none'}",
            )
            raise NotLowered


@lowers(syntax.NoneOf)
def none_of(low: Lowering, node: syntax.NoneOf, scope: Scope, moment: Moment) -> Value:
    """Whether no cash goes round any of the circles."""
    builder = low.builder
    held: Operand = FALSE
    for flowing in _flowing(low, node.operand, moment):
        held = builder.either(held, builder.emit("less", ZERO, flowing))
    return Value(builder.negated(held))


def within(figures: GraphFigures, node: syntax.Circles, party: PartyEntry) -> Operand:
    """Whether a party lies in a circle that cash goes round."""
    builder = figures.low.builder
    held: Operand = FALSE
    for circle in figures.circles(node):
        if any(edge.payer is party for edge in circle):
            held = builder.either(held, builder.emit("less", ZERO, figures.flowing(circle)))
    return held


def table_of_circles(low: Lowering, node: syntax.Circles) -> TableValue:
    """A row a circle: who pays whom, of which kinds, and the smallest of its edges."""
    figures = graph_figures(low)
    rows: list[tuple[str | Value | Choice, ...]] = []
    for circle in figures.circles(node):
        least, place = figures.smallest(circle)
        names = " -> ".join([*(edge.payer.name for edge in circle), circle[0].payer.name])
        kinds = ", ".join(edge.kind for edge in circle)
        rows.append((names, kinds, least, Choice(place, tuple(edge.words for edge in circle))))
    columns = (("circle", ""), ("kinds", ""), ("smallest", low.model.currency), ("smallest edge", ""))
    return TableValue("circles", columns, tuple(rows))
