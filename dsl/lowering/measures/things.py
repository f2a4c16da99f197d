"""What a measure is asked of: instruments, claims, parties, or a series of amounts."""

from __future__ import annotations

from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import AnyEntry, ClaimEntry, GroupEntry, InstanceEntry, PartyEntry, Scope, StateEntry, follow
from ..context.dispatch import lower
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import members
from ..context.values import EntryValue, NotLowered, Value


def things(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> list[AnyEntry] | Value:
    """The instruments, claims or parties that a measure is asked of, or a series of amounts."""
    if isinstance(node, syntax.ListOf):
        found: list[AnyEntry] = []
        for item in node.items:
            inner = things(low, item, scope, moment)
            if isinstance(inner, Value):
                raise _not_one(low.collector, item)
            found.extend(inner)
        return found
    if isinstance(node, syntax.Name):
        resolved = scope.resolve(node.parts)
        if not isinstance(resolved, int):
            entry = follow(resolved.entry)
            if isinstance(entry, GroupEntry):
                return [follow(one.entry) for one in members(entry, resolved.attribute)]
            if isinstance(entry, InstanceEntry | PartyEntry | ClaimEntry | StateEntry) and resolved.attribute is None:
                return [entry]
    value = lower(low, node, scope, Moment("elsewhere", low.every))
    if isinstance(value, EntryValue):
        return [value.entry]
    if isinstance(value, Value):
        return value
    raise _not_one(low.collector, node)


def _not_one(collector: Collector, node: syntax.Expression) -> NotLowered:
    """Amounts of which there are several: a measure would have to choose."""
    collector.error(
        "E0546",
        "a measure is of instruments, of claims, of parties, or of one series of amounts",
        node.span,
        label="an amount in a list",
        help="add them up: `irr(rent.paid + fee.paid)`, or name the claims: `irr([rent, fee])`",
    )
    return NotLowered()
