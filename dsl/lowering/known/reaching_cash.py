"""Which definitions and flows cash depends on: what claims, states, accounts and acts read, through every name."""

from __future__ import annotations

from ... import syntax
from ...names.deal import (
    AccountEntry,
    ClaimEntry,
    DefinitionEntry,
    FunctionEntry,
    Model,
    Scope,
    StateEntry,
    follow,
)
from ...syntax.walk import names, walk


class ReachingCash(frozenset[str]):
    """The full names of those definitions and flows. A trigger is no way to cash: a test on what is not determined is
    false, and says so."""


def reaching_cash(model: Model) -> ReachingCash:
    found: set[str] = set()
    seen: set[int] = set()
    waiting: list[tuple[object, Scope]] = [(act.item, act.scope) for act in model.acts]
    waiting += [
        (entry.item, entry.scope)
        for entry in model.entries.values()
        if isinstance(entry, ClaimEntry | StateEntry | AccountEntry)
    ]
    while waiting:
        node, scope = waiting.pop()
        called = [one.function for one in walk(node) if isinstance(one, syntax.Call)]
        for name in (*names(node), *called):
            resolved = scope.resolve(name.parts)
            if isinstance(resolved, int):
                continue
            entry = follow(resolved.entry)
            if id(entry) in seen:
                continue
            seen.add(id(entry))
            if isinstance(entry, DefinitionEntry):
                found.add(entry.name)
                waiting.append((entry.value, entry.scope))
            elif isinstance(entry, FunctionEntry):
                waiting.append((entry.item.value, entry.scope))
    return ReachingCash(found)
