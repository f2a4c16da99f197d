"""Checks: what a deal requires and expects, and on how many dates it fails (contract, 12 and 19)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
from indenture.dsl import syntax
from indenture.dsl.names.deal import Condition, DefinitionEntry, Scope
from indenture.dsl.syntax.written import format_expression

from .arithmetic import same
from .moments import FINAL, At
from .world import NotCovered, Value, World


@attrs.frozen
class Verdict:
    """``failures``: the dates on which it fails (a figure fails once). ``asked``: whether it is asked here."""

    name: str
    failures: int
    asked: bool


def verdicts(world: World, declared: bool) -> list[Verdict | NotCovered]:
    """The deal's own checks, in the order written. ``declared``: whether this scenario has a name."""
    found: list[Verdict | NotCovered] = []
    for scoped in world.model.checks:
        if isinstance(scoped, Condition):
            continue
        item = scoped.item
        label = item.label
        try:
            if isinstance(item, syntax.Expect) and item.by is not None:
                raise NotCovered("a table of figures")
            named = (
                ()
                if isinstance(item, syntax.Always)
                else tuple(one.value if isinstance(one, syntax.Text) else one.text for one in item.scenarios)
            )
            asked = not named or world.name in named or any(one.startswith("every") for one in named)
            if isinstance(item, syntax.Expect):
                said = label or format_expression(item.value)
                failures = _expected(world, item, scoped.scope) if asked else 0
            else:
                said = label or format_expression(item.condition)
                failures = _failures(world, item.condition, scoped.scope) if asked else 0
            found.append(Verdict(said, failures, asked))
        except NotCovered as error:
            found.append(error)
    return found


def _dates(world: World, series: bool) -> list[At]:
    last = len(world.dates) - 1
    return [At(FINAL, t, world.everything) for t in (range(last + 1) if series else [last])]


def _failures(world: World, node: syntax.Expression, scope: Scope) -> int:
    """On how many of the dates on which it can be read it does not hold."""
    series = world.types.of(node, scope).series
    return sum(1 for at in _dates(world, series) if condition(world, node, scope, at) is False)


def _expected(world: World, item: syntax.Expect, scope: Scope) -> int:
    if item.target is None:
        return _failures(world, item.value, scope)
    series = world.types.of(item.value, scope).series
    count = 0
    for at in _dates(world, series):
        found, target = world.value(item.value, scope, at), world.value(item.target, scope, at)
        if found is None and series:
            continue
        within = None if item.tolerance is None else world.value(item.tolerance, scope, at)
        count += not _ties(found, target, within)
    return count


def _ties(found: Any, target: Any, within: Any) -> bool:
    if found is None or target is None:
        return False
    if not isinstance(found, Fraction) or isinstance(found, bool):
        return same(found, target)
    most = Fraction(1, 10**12) * max(abs(found), abs(target), Fraction(1, 10**300)) if within is None else within
    return bool(abs(found - target) <= most * (1 + Fraction(1, 10**12)))


def condition(world: World, node: syntax.Expression, scope: Scope, at: At) -> bool | None:
    """Whether it holds; None: it cannot be read."""
    match node:
        case syntax.Binary(operator="and" | "or"):
            sides = condition(world, node.left, scope, at), condition(world, node.right, scope, at)
            settles = node.operator == "or"
            return settles if settles in sides else None if None in sides else not settles
        case syntax.Binary(operator="<" | "<=" | ">" | ">=" | "is" | "is not"):
            if None in (world.value(node.left, scope, at), world.value(node.right, scope, at)):
                return None
        case syntax.Unary(operator="not"):
            inner = condition(world, node.operand, scope, at)
            return None if inner is None else not inner
        case syntax.Name():
            found = world.resolve(node, scope)
            entry = None if isinstance(found, int) else found.entry
            if (
                isinstance(entry, DefinitionEntry)
                and entry not in world.steady.recorded
                and entry.name not in world.layers
            ):
                return condition(world, entry.value, entry.scope, at)
    value: Value = world.value(node, scope, at)
    return None if value is None else bool(value)
