"""`until a >= b { ... }`: what a step must pay for a condition to hold, and no more (contract, 8)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import DefinitionEntry, Scope

from .arithmetic import ONE, ZERO, tidy
from .moments import At
from .world import NotCovered, World

STEP = Fraction(1, 10**9)
"""So much is paid on trial: the parts of a ratio move in proportion to what is paid."""


def cure(world: World, condition: syntax.Expression, scope: Scope, at: At, pay: Callable[[Any], None]) -> Any:
    """The payment at which a comparison of ratios comes to hold; None: none does. ``pay`` of a negative amount undoes."""
    if not isinstance(condition, syntax.Binary) or condition.operator not in ("<", "<=", ">", ">="):
        raise NotCovered("what is cured is no comparison")
    left, right = _parts(world, condition.left, scope), _parts(world, condition.right, scope)

    def margin() -> Any:
        values = [world.value(node, where, at) if node is not None else ONE for node, where in (*left, *right)]
        if None in values or values[1] == 0 or values[3] == 0:
            return None
        found = values[0] * values[3] - values[2] * values[1]
        if (values[1] < 0) != (values[3] < 0):
            found = -found
        return found if condition.operator in (">", ">=") else -found

    here = margin()
    if here is None:
        return None
    if here >= 0:
        return ZERO
    pay(STEP)
    world.moved()
    there = margin()
    pay(-STEP)
    world.moved()
    if there is None or there <= here:
        return None
    return tidy(-here * STEP / (there - here))


Part = tuple[syntax.Expression | None, Scope]


def _parts(world: World, node: syntax.Expression, scope: Scope) -> tuple[Part, Part]:
    """A ratio's two parts, by way of the names that stand for it; of anything else, it and one."""
    current, where = node, scope
    for _ in range(100):
        if isinstance(current, syntax.Binary) and current.operator == "/":
            return (current.left, where), (current.right, where)
        if not isinstance(current, syntax.Name):
            break
        found = where.resolve(current.parts)
        if isinstance(found, int) or not isinstance(found.entry, DefinitionEntry) or found.entry.name in world.layers:
            break
        current, where = found.entry.value, found.entry.scope
    return (node, scope), (None, scope)
