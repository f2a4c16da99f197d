"""Every node of a tree, without recursion limits and without naming each class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import attrs

from .. import syntax

_SKIPPED = frozenset({"span", "name_span", "operator_span", "places", "cite"})


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind) if field.name not in _SKIPPED)


@cache
def _is_node(kind: type[Any]) -> bool:
    return attrs.has(kind)


def children(node: Any) -> list[Any]:
    """The attrs nodes directly below one, in the order written."""
    kind: Any = type(node)
    found: list[Any] = []
    for name in _names(kind):
        _gather(getattr(node, name), found)
    return found


def _gather(value: Any, found: list[Any]) -> None:
    kind: Any = type(value)
    if isinstance(value, tuple):
        for item in value:
            _gather(item, found)
    elif _is_node(kind):
        found.append(value)


def walk(node: Any) -> Iterator[Any]:
    """The node and all below it, in the order written."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


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
                stack.extend(reversed(children(current)))


def files_beside(modules: Sequence[syntax.Module]) -> tuple[str, ...]:
    """The files beside the deal that its modules read, by their bare names: what they use, tables, families' rows."""
    found: dict[str, None] = {}
    for module in modules:
        for node in walk(module):
            if isinstance(node, syntax.Use):
                found.update((path.value, None) for path in node.modules if isinstance(path, syntax.Text))
            elif isinstance(node, syntax.Table):
                found[node.path.value] = None
            elif isinstance(node, syntax.Instance) and node.rows is not None:
                found[node.rows.value] = None
    return tuple(found)
