"""Scenarios: layers over names (contract, 19)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import attrs
from indenture.dsl import syntax
from indenture.dsl.names.deal import DefinitionEntry, Model, PartyEntry, Scope

from .world import Layer, NotCovered


@attrs.frozen
class Scenario:
    """What a scenario lays over names, lowest first, each with the full name of what it lies over."""

    name: str
    layers: tuple[tuple[str, Layer], ...]


def scenarios(model: Model) -> list[Scenario]:
    """The deal as written, then its scenarios in the order written; ranges give every combination."""
    settings = tuple((target(model.scope, one.name), (one.value, model.scope)) for one in model.overrides)
    found = {"base": Scenario("base", settings)}
    for scoped in model.scenarios:
        item, scope = scoped.item, scoped.scope
        if isinstance(item, syntax.ScenarioDeclaration):
            below = list(settings)
            for text in item.after:
                below += [one for one in found[text.value].layers if one not in below]
            own = [(target(scope, one.name), (one.value, scope)) for one in item.overrides]
            found[item.name] = Scenario(item.name, (*below, *own))
        else:
            found.update(_ranged(item, scope, settings))
    return list(found.values())


def _ranged(item: syntax.ScenariosOver, scope: Scope, settings: tuple[Any, ...]) -> dict[str, Scenario]:
    names = [target(scope, name) for name, _ in item.ranges]
    lists = [_items(values, scope) for _, values in item.ranges]
    found = {}
    for number, chosen in enumerate(product(*lists)):
        own = [(name, (value, scope)) for name, value in zip(names, chosen, strict=True)]
        key = f"{item.span.line}:{number}"
        found[key] = Scenario(key, (*settings, *own))
    return found


def _items(node: syntax.Expression, scope: Scope) -> tuple[syntax.Expression, ...]:
    while isinstance(node, syntax.Name):
        found = scope.resolve(node.parts)
        assert not isinstance(found, int)
        assert isinstance(found.entry, DefinitionEntry)
        node, scope = found.entry.value, found.entry.scope
    if not isinstance(node, syntax.ListOf):
        raise NotCovered("a range that is no list")
    return node.items


def target(scope: Scope, name: syntax.Name) -> str:
    """The full name of what an override lies over."""
    found = scope.resolve(name.parts)
    if isinstance(found, int):
        raise NotCovered(f"an override of {name.text}")
    entry = found.entry
    if isinstance(entry, PartyEntry):
        return f"{entry.name}.{found.attribute}"
    return entry.name


def drawn(model: Model, draws: Mapping[str, Any]) -> list[tuple[str, Layer]]:
    """What `simulate` lays over names: the draws that are handed in, by the full name of what is drawn (a value, or one a
    date), and what follows from them."""
    found: list[tuple[str, Layer]] = []
    for scoped in model.simulations:
        for one in scoped.item.draws:
            name = target(scoped.scope, one.name)
            if not one.drawn:
                found.append((name, (one.value, scoped.scope)))
            elif name in draws:
                found.append((name, _handed(draws[name])))
            else:
                raise NotCovered(f"what is drawn of {name}")
    return found


def _handed(value: Any) -> Layer:
    if isinstance(value, Mapping):
        return lambda world, at: value.get(world.dates[at.t])
    return lambda world, at: value
