"""A group in the place of one claim: `receive notes.advance` receives each member's advance in turn."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .. import syntax
from .deal import Act, ClaimEntry, GroupEntry, follow

DEEPEST = 64
"""Groups within groups within groups; deeper is a ring, which `check_names` reports."""


def members_received(act: Act) -> tuple[Act, ...]:
    """A receipt of a group's claims as one receipt a member, in the group's order; any other act as it is."""
    item = act.item
    if not isinstance(item, syntax.Receive) or not isinstance(item.amount, syntax.Name):
        return (act,)
    found = tuple(_claims(act, item.amount, 0))
    if not found or found == (item.amount,):
        return (act,)
    return tuple(attrs.evolve(act, item=attrs.evolve(item, amount=name)) for name in found)


def _claims(act: Act, name: syntax.Name, depth: int) -> Iterator[syntax.Name]:
    """The claims that a name stands for, by names that mean the same in the act's own scope."""
    resolved = act.scope.resolve(name.parts)
    if isinstance(resolved, int) or depth > DEEPEST:
        return
    group = resolved.entry
    if isinstance(group, GroupEntry) and resolved.attribute is not None:
        length = len(name.parts) - len(resolved.attribute.split("."))
        for member in group.item.members:
            longer = member.parts + name.parts[length:]
            if act.scope.find(member.parts[0]) is not group.scope.find(member.parts[0]):
                return
            yield from _claims(act, syntax.Name(name.span, longer, (name.span,) * len(longer)), depth + 1)
    elif isinstance(follow(group), ClaimEntry) and resolved.attribute is None:
        yield name
