"""Where the condition of a `where` is read: with the members of the family that it chooses among by their own names."""

from __future__ import annotations

from .. import syntax
from ..syntax.walk import children
from ..vocabulary.builtins import BUILTINS
from .deal import DefinitionEntry, InstanceEntry, Model, Scope, follow
from .name_help import Missing

_REDUCES_ROWS = frozenset({"rows", "reduced", "counted", "any", "dates"})


class RowScopes:
    """The scopes of rows of a deal, one for each family and scope that reads it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._rows: dict[tuple[str, Scope], Scope] = {}

    def of_family(self, family: str | None, scope: Scope) -> Scope:
        """Where a `where` is read: the family's members by their own names first."""
        if family is None:
            return scope
        key = family, scope
        if key not in self._rows:
            entry = self._model.entries.get(family)
            names = dict(entry.members) if isinstance(entry, InstanceEntry) else {}
            self._rows[key] = Scope(names, scope, f"{family}.", family)
        return self._rows[key]


def of_unread_rows(call: syntax.Call, scope: Scope, missing: Missing) -> bool:
    """Whether the rows that a `where` chooses among could not be read: nothing is known of their members then."""
    stack: list[tuple[object, Scope]] = [(argument.value, scope) for argument in call.arguments]
    passed: set[DefinitionEntry] = set()
    while stack:
        node, at = stack.pop()
        if not isinstance(node, syntax.Name):
            stack.extend((child, at) for child in (node if isinstance(node, tuple) else children(node)))
            continue
        found = at.resolve(node.parts)
        if isinstance(found, int):
            if missing.excused(node.parts, found, at):
                return True
        elif isinstance(found.entry, DefinitionEntry) and found.entry not in passed:
            passed.add(found.entry)
            stack.append((found.entry.value, found.entry.scope))
    return False


def family_of(node: syntax.Expression, scope: Scope) -> str | None:
    """The family whose rows an expression has figures for, if any: that of the first name that has rows."""
    stack: list[tuple[object, Scope]] = [(node, scope)]
    passed: set[DefinitionEntry] = set()
    while stack:
        current, at = stack.pop()
        match current:
            case syntax.Name():
                found = at.resolve(current.parts)
                if isinstance(found, int):
                    continue
                if found.entry.family is not None:
                    return found.entry.family
                entry = follow(found.entry)
                if entry.family is not None:
                    return entry.family
                if isinstance(entry, DefinitionEntry) and entry not in passed and entry.form != "parameter":
                    passed.add(entry)
                    stack.append((entry.value, entry.scope))
            case syntax.Call():
                builtin = BUILTINS.get(current.function.text)
                if builtin is None or builtin.result not in _REDUCES_ROWS:
                    stack.extend((argument.value, at) for argument in reversed(current.arguments))
            case _:
                stack.extend((child, at) for child in reversed(list(children(current))))
    return None
