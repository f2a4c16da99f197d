"""`indenture show graph`: the edges between a deal's parties, as text, Graphviz DOT or Mermaid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from ..messages.canvas import printable
from ..names.deal import Model
from ..parties.graph import Edge, Graph, Source, TooManyCircles, graph_of
from ..syntax.written import format_expression
from .forms import GraphFormat

SHOWN = 20
"""Circles that the text names, at most."""


def graph_lines(model: Model, form: GraphFormat) -> Iterator[str]:
    """The graph of a resolved deal in one of the forms."""
    graph = graph_of(model)
    match form:
        case GraphFormat.dot:
            yield from _dot(graph)
        case GraphFormat.mermaid:
            yield from _mermaid(graph)
        case GraphFormat.text:
            yield from _text(graph)
        case _:
            assert_never(form)


def _stated(source: Source) -> str:
    """A source by its name and, of a relation, what it states."""
    if source.relation is None:
        return source.name
    item = source.relation.item
    amount = "" if item.amount is None else f" {format_expression(item.amount)}"
    limit = "" if item.limit is None else f" up to {format_expression(item.limit)}"
    against = f" against {source.relation.object.name}" if item.verb == "protects" else ""
    return f"{source.name} ({item.verb}{amount}{against}{limit})"


def _text(graph: Graph) -> Iterator[str]:
    yield f"{graph.model.name}: {len(graph.parties)} parties, {len(graph.edges)} edges"
    if not graph.edges:
        return
    rows = [
        (edge.payer.name, edge.payee.name, edge.kind, ", ".join(map(_stated, edge.sources)), _place(edge))
        for edge in graph.edges
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    yield ""
    for payer, payee, kind, names, place in rows:
        yield (
            f"{payer:>{widths[0]}} -> {payee:<{widths[1]}}  {kind:<{widths[2]}}  {names:<{widths[3]}}  {place}"
        ).rstrip()
    yield ""
    try:
        circles = graph.circles()
    except TooManyCircles:
        yield "more circles than can be listed"
        return
    if not circles:
        yield "no circles"
        return
    yield "1 circle" if len(circles) == 1 else f"{len(circles)} circles"
    for circle in circles[:SHOWN]:
        names = " -> ".join([*(edge.payer.name for edge in circle), circle[0].payer.name])
        yield f"  {names}  ({', '.join(edge.kind for edge in circle)})"
    if len(circles) > SHOWN:
        yield f"  and {len(circles) - SHOWN} more"


def _place(edge: Edge) -> str:
    span = edge.sources[0].span
    return f"{span.file}:{span.line}"


def _dot(graph: Graph) -> Iterator[str]:
    yield f"digraph {_quoted(graph.model.name)} {{"
    yield "  rankdir = LR; node [shape = box];"
    for party in graph.parties:
        yield f"  {_quoted(party.name)};"
    for edge in graph.edges:
        style = ", style = dashed" if _uncalled(edge) else ""
        label = f"{edge.kind}: {', '.join(map(_stated, edge.sources))}"
        yield f"  {_quoted(edge.payer.name)} -> {_quoted(edge.payee.name)} [label = {_quoted(label)}{style}];"
    yield "}"


def _uncalled(edge: Edge) -> bool:
    """An edge along which nothing goes until something happens: drawn as a broken line."""
    return all(source.form in ("owns", "guarantees", "protects") for source in edge.sources)


def _quoted(text: str) -> str:
    return '"' + printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid(graph: Graph) -> Iterator[str]:
    yield "graph LR"
    nodes = {id(party): f"p{number}" for number, party in enumerate(graph.parties, start=1)}
    for party in graph.parties:
        yield f"  {nodes[id(party)]}[{_entity(party.name)}]"
    for edge in graph.edges:
        arrow = "-.->" if _uncalled(edge) else "-->"
        label = _entity(f"{edge.kind}: {', '.join(map(_stated, edge.sources))}")
        yield f"  {nodes[id(edge.payer)]} {arrow}|{label}| {nodes[id(edge.payee)]}"


def _entity(text: str) -> str:
    return '"' + printable(text).replace('"', "#quot;") + '"'
