"""What the makers of syntax share: spans, optional parts, and where their diagnostics go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

import attrs

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from .nesting import KEYWORDS, Word
from .tokens import MOST_LEVELS


@attrs.frozen(slots=True, eq=False)
class Piece:
    """A part of a construct between two rules of the grammar; ``span`` is None where nothing was written."""

    kind: str
    value: Any
    span: Any


@attrs.define(slots=True, eq=False)
class Reading:
    """One file being read. ``depths`` holds how deep each expression is, by identity (all are alive)."""

    file: str
    collector: Collector
    depths: dict[int, tuple[int, syntax.Expression]] = attrs.field(factory=dict)
    bracketed: set[int] = attrs.field(factory=set)
    kept: list[syntax.Expression] = attrs.field(factory=list)
    """What `bracketed` names by identity, kept alive."""
    bare: list[syntax.Name] = attrs.field(factory=list)
    """Steps that are a name without a verb, as `reduce` allows."""
    too_deep: bool = False


reading: ContextVar[Reading] = ContextVar("reading")
"""The parser and its tables are shared; what differs between two files read at once stands here."""

Child = Any
"""A token, a node of the syntax, a `Piece`, or None for an optional part left out."""

T = TypeVar("T")


def cover(first: Span, last: Span) -> Span:
    return Span(first.file, first.line, first.column, last.end_line, last.end_column)


def span_of(children: Sequence[Child]) -> Span:
    """From the first to the last of what was written."""
    first = next((c.span for c in children if c is not None and c.span is not None), None)
    if first is None:
        return Span(reading.get().file, 1, 1, 1, 1)
    last = next(c.span for c in reversed(children) if c is not None and c.span is not None)
    return cover(first, last)


def after(children: Sequence[Child], *types: str) -> Child:
    """What follows the first token of one of these types; None if there is none."""
    for position, child in enumerate(children):
        if isinstance(child, Word) and child.type in types:
            return children[position + 1]
    return None


def has(children: Sequence[Child], type: str) -> bool:
    return any(isinstance(child, Word) and child.type == type for child in children)


def every(children: Iterable[Child], kind: type[T]) -> tuple[T, ...]:
    return tuple(child for child in children if isinstance(child, kind))


def pieces(children: Iterable[Child], *kinds: str) -> tuple[Piece, ...]:
    return tuple(child for child in children if isinstance(child, Piece) and child.kind in kinds)


def piece(children: Iterable[Child], *kinds: str) -> Any:
    """The value of the first piece of a kind; None if there is none."""
    return next((child.value for child in children if isinstance(child, Piece) and child.kind in kinds), None)


def twice(part: Piece, first: Piece, whose: str) -> None:
    """Report what is said a second time."""
    error(
        "E0117",
        f"{whose} says this twice",
        part.span,
        "again",
        "keep one of them",
        (Label(first.span, "first said here"),),
    )


def pieces_once(children: Iterable[Child], what: str, *kinds: str) -> dict[str, Piece]:
    """Pieces by their kinds, of which each may stand once: a second one is reported, and the first kept."""
    found: dict[str, Piece] = {}
    for part in pieces(children, *kinds):
        first = found.setdefault(part.kind, part)
        if first is not part:
            twice(part, first, what)
    return found


def error(
    code: str, message: str, span: Span, label: str = "", help: str | None = None, others: tuple[Label, ...] = ()
) -> None:
    reading.get().collector.error(code, message, span, label=label, help=help, others=others)


def declared(word: Word) -> str:
    """A word that becomes a name; a reserved one is an error."""
    if str(word) in KEYWORDS:
        error(
            "E0113",
            f"`{word}` is a word of the language and cannot be a name",
            word.span,
            "reserved",
            f"choose another, such as `the_{word}`",
        )
        reading.get().collector.unread.add(str(word))
    return str(word)


def depth_of(node: syntax.Expression) -> int:
    found = reading.get().depths.get(id(node))
    return found[0] if found is not None and found[1] is node else 1


def made(node: syntax.Expression, *parts: syntax.Expression) -> syntax.Expression:
    """``node``, whose parts are given; the first part in its place where it would be nested too deeply.

    Later passes walk expressions by recursion, so a depth is part of what a deal may hold.
    """
    context = reading.get()
    depth = 1 + max((depth_of(part) for part in parts), default=0)
    if depth > MOST_LEVELS:
        if not context.too_deep:
            context.too_deep = True
            too_deep(node)
        return parts[0]
    if depth > 1:
        context.depths[id(node)] = (depth, node)
    return node


def too_deep(node: syntax.Expression) -> None:
    left = node
    chain = 0
    while isinstance(left, syntax.Binary) and id(left) not in reading.get().bracketed:
        left = left.left
        chain += 1
    if isinstance(node, syntax.Binary) and chain > MOST_LEVELS // 2:
        error(
            "E0118",
            f"this expression has more than {MOST_LEVELS} terms",
            node.operator_span,
            "too many from here on",
            "name parts of it with `define`, or use a `group` or a family of rows and `sum(…)`",
        )
        return
    error(
        "E0108",
        f"this expression is nested more than {MOST_LEVELS} levels deep",
        node.span,
        "too deep",
        "name parts of it with `define`",
    )
