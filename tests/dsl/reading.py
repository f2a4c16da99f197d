"""Texts of deals read into syntax, for the tests of reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.syntax.written import format_expression
from indenture.dsl.text.parse import parse, parse_expression
from indenture.dsl.text.source import Source
from indenture.engine.ir import Span


def read(text: str) -> tuple[tuple[syntax.AnyItem, ...], tuple[Diagnostic, ...]]:
    collector = Collector()
    module = parse(Source("a.deal", text), collector)
    return module.items, collector.found


def item(text: str) -> Any:
    items, found = read(text)
    assert found == ()
    assert len(items) == 1
    return items[0]


def value(text: str) -> Any:
    collector = Collector()
    node = parse_expression(text, collector)
    assert collector.found == ()
    return node


def step(text: str) -> Any:
    waterfall = item(f'waterfall w from cash on payment {{ "Line" {text} }}')
    assert len(waterfall.lines) == 1
    assert len(waterfall.lines[0].steps) == 1
    return waterfall.lines[0].steps[0]


def shown(node: syntax.Expression | None) -> str:
    return "" if node is None else format_expression(node)


def cut(text: str, span: Span) -> str:
    """What stands at a span of one line."""
    assert span.line == span.end_line
    return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


def nodes(tree: object) -> Iterator[syntax.Node]:
    """Every expression, item and step below a piece of syntax."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from nodes(part)
    elif attrs.has(type(tree)) and not isinstance(tree, Span):
        if isinstance(tree, syntax.Node):
            yield tree
        for field in attrs.fields(type(tree)):
            yield from nodes(getattr(tree, field.name))
