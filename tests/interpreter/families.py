"""Families: rows and what reduces them (contract, 16). A family's sums read in its own rows are opening values."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import Scope

from .arithmetic import ZERO, same, tidy
from .expressions import holds
from .moments import NOW, OPENING, At
from .world import EXPRESSIONS, FUNCTIONS, Value, World, arguments


def family(world: World, node: syntax.Expression, scope: Scope) -> str | None:
    return world.types.of(node, scope).family


def rows(world: World, node: syntax.Call, name: str, scope: Scope, at: At) -> list[At]:
    """The rows of a family of which what follows `where` holds."""
    if at.row is not None and at.row[0] == name and at.moment == NOW:
        at = at.but(moment=OPENING)
    found = [at.but(row=(name, row)) for row in range(world.families[name])]
    if node.where is None:
        return found
    where = world.types.row_scope(node, scope)
    return [one for one in found if holds(world.value(node.where, where, one))]


def of_rows(world: World, node: syntax.Call, scope: Scope, at: At) -> list[Value] | None:
    """The values of a call's operand in each row; None: it has none."""
    x = arguments(node)["x"]
    name = family(world, x, scope)
    if name is None:
        return None
    return [world.value(x, scope, one) for one in rows(world, node, name, scope, at)]


@FUNCTIONS.of("sum")
def _sum(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    found = of_rows(world, node, scope, at)
    if found is None:
        listed = world.value(arguments(node)["x"], scope, at)
        found = list(listed) if isinstance(listed, tuple) else [listed]
    return None if None in found else tidy(sum(found, ZERO))


@FUNCTIONS.of("weighted")
def _weighted(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    given = arguments(node)
    name = family(world, given["x"], scope) or family(world, given["weights"], scope)
    if name is None:
        return None
    total: Any = ZERO
    weight: Any = ZERO
    for one in rows(world, node, name, scope, at):
        mine = world.value(given["weights"], scope, one)
        value = world.value(given["x"], scope, one)
        if mine is None:
            return None
        if same(mine, ZERO):
            continue
        if value is None:
            return None
        total, weight = tidy(total + value * mine), tidy(weight + mine)
    return None if same(weight, ZERO) else tidy(total / weight)


@FUNCTIONS.of("sum_by")
def _sum_by(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """For each row the sum over the rows with the same text."""
    given = arguments(node)
    name = family(world, given["group"], scope)
    assert name is not None
    key = "sum_by", id(node), id(scope), at.but(row=None).key, world.version
    if key not in world.passing:
        sums: dict[Any, Any] = {}
        for one in rows(world, node, name, scope, at.but(row=None)):
            group = world.value(given["group"], scope, one)
            value = world.value(given["x"], scope, one)
            sums[group] = None if value is None or sums.get(group, ZERO) is None else sums.get(group, ZERO) + value
        world.passing[key] = sums
    return world.passing[key].get(world.value(given["group"], scope, at), ZERO)


@EXPRESSIONS.of(syntax.Take)
def _take(world: World, node: syntax.Take, scope: Scope, at: At) -> Value:
    """Fill a limit from the rows in the order of a key; of equal keys the row above comes first."""
    name = family(world, node.amount, scope)
    assert name is not None
    assert at.row is not None
    key = "take", id(node), id(scope), at.but(row=None).key, world.version
    if key not in world.passing:
        left = world.value(node.limit, scope, at.but(row=None))
        order = []
        for row in range(world.families[name]):
            one = at.but(row=(name, row))
            if node.where is None or holds(world.value(node.where, world.types.take_scope(node, scope), one)):
                amount, by = world.value(node.amount, scope, one), world.value(node.key, scope, one)
                order.append((by if node.order == "lowest" else -by, row, amount))
        found: dict[int, Any] = {}
        for _, row, amount in sorted(order, key=lambda one: (one[0], one[1])):
            part = max(min(amount, left), ZERO)
            found[row] = part
            left = left - part
        world.passing[key] = found
    taken: Any = world.passing[key].get(at.row[1], ZERO)
    return taken
