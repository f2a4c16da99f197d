"""Every node of a tree, without recursion limits and without naming each class."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import attrs

from . import syntax

_SKIPPED = frozenset({"span", "name_span", "operator_span", "places", "cite"})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind) if field.name not in _SKIPPED)


def children(node: Any) -> Iterator[Any]:
    """The attrs nodes directly below one, in the order written."""
    for name in _names(type(node)):
        yield from _nodes(getattr(node, name))


def _nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
    elif attrs.has(type(value)):
        yield value


def walk(node: Any) -> Iterator[Any]:
    """The node and all below it, in the order written."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))


def names(node: Any) -> Iterator[syntax.Name]:
    """Every Name that a tree reads, but for the functions that it calls."""
    stack = [node]
    while stack:
        current = stack.pop()
        match current:
            case syntax.Name():
                yield current
            case syntax.Call():
                below = [argument.value for argument in current.arguments]
                below += [part for part in (current.where, current.on) if part is not None]
                stack.extend(reversed(below))
            case _:
                stack.extend(reversed(list(children(current))))
