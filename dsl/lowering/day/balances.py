"""What claims are `up to`: no such balance closes below zero, on any date and in any scenario."""

from __future__ import annotations

from ....engine.ir import Check, Operand, Origin
from ... import syntax
from ...names.deal import ClaimEntry, DefinitionEntry, GroupEntry, Scope, StateEntry, follow
from ..building.builder import ZERO, Builder
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.named import members

_DEEPEST = 60
"""Of definitions that only name another, as elsewhere."""


def check_balances(low: Lowering) -> None:
    """A check for each state that some claim is `up to`, named there once however many claims are."""
    seen: set[str] = set()
    for claim in low.model.entries.values():
        if not isinstance(claim, ClaimEntry) or claim.item.up_to is None:
            continue
        for state in limits(claim.item.up_to, claim.scope):
            if state.name not in seen and Figure.STATE(state.name) in low.day.now:
                seen.add(state.name)
                _check(low, state, claim, claim.item.up_to)


def limits(node: syntax.Expression, scope: Scope, depth: int = 0) -> list[StateEntry]:
    """The states that an amount is never above: one that is named, each member of a group's, what is in a `min`, and
    either side of an `if`."""
    if depth > _DEEPEST:
        return []
    match node:
        case syntax.Name():
            resolved = scope.resolve(node.parts)
            if isinstance(resolved, int):
                return []
            entry = follow(resolved.entry)
            if isinstance(entry, StateEntry) and resolved.attribute is None:
                return [entry]
            if isinstance(entry, DefinitionEntry) and resolved.attribute is None and entry.on is None:
                return limits(entry.value, entry.scope, depth + 1)
            if isinstance(entry, GroupEntry):
                named = (follow(one.entry) for one in members(entry, resolved.attribute) if one.attribute is None)
                return [one for one in named if isinstance(one, StateEntry)]
            return []
        case syntax.Call() if node.function.text == "min":
            return [one for argument in node.arguments for one in limits(argument.value, scope, depth + 1)]
        case syntax.Conditional():
            return [one for side in (node.then, node.otherwise) for one in limits(side, scope, depth + 1)]
        case _:
            return []


def _check(low: Lowering, state: StateEntry, claim: ClaimEntry, up_to: syntax.Expression) -> None:
    builder = low.builder
    key = Figure.STATE(state.name)
    closing, largest = low.day.now[key], _largest(low, key)
    low.product.checks.append(
        Check(
            name=f"{state.name}: balance",
            rule="nonnegative",
            var=builder.as_var(closing, state.name),
            severity="error",
            code="E0906",
            message=f"{claim.name} is paid up to a balance that is below zero",
            scale=largest,
            origin=Origin(state.name, up_to.span),
        )
    )


def _largest(low: Lowering, key: Key) -> Operand:
    """The largest that a balance has been, opening and closing: what rounding leaves of it is measured by that, also
    on the dates after."""
    builder, highest = low.builder, Figure.HIGHEST(key.name)
    before = builder.emit("previous", low.closes(highest, ZERO), ZERO)
    stood = [_most(builder, one) for one in (low.day.opening[key], low.day.now[key])]
    low.day.now[highest] = builder.maximum(builder.maximum(before, stood[0]), stood[1])
    return low.day.now[highest]


def _most(builder: Builder, operand: Operand) -> Operand:
    return operand if operand.rows is None else builder.emit("max_rows", operand)
