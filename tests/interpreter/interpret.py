"""A deal interpreted: `read` it, then `interpret` it in each of its scenarios.

It shares the parser, names, types, calendars and day counts with the compiler, and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.names.check_names import check_names
from indenture.dsl.names.deal import Model, PartyEntry, Scope
from indenture.dsl.names.load import load
from indenture.dsl.names.resolve import resolve
from indenture.dsl.syntax.written import format_expression
from indenture.dsl.text.parse import parse, parse_expression
from indenture.dsl.text.source import Source
from indenture.dsl.types.check import check_types
from indenture.dsl.types.types import Types

from . import (
    accrual,
    bonds,
    cash,
    day,
    expressions,
    families,
    functions,
    lives,
    losses,
    measures,
    sharing,
    steps,
    tables,
    timeline,
    windows,
)
from .checks import verdicts
from .moments import FINAL, At
from .scenarios import Scenario, drawn, scenarios
from .steady import Steady
from .world import NotCovered, Value, World, arguments

__all__ = [
    "accrual",
    "bonds",
    "cash",
    "expressions",
    "families",
    "functions",
    "lives",
    "losses",
    "measures",
    "sharing",
    "steps",
    "tables",
    "windows",
]

sys.setrecursionlimit(60_000)


@attrs.frozen
class Read:
    model: Model
    types: Types


def read(
    text: str, folder: Path | None = None, name: str = "<text>", settings: Mapping[str, str] | None = None
) -> Read:
    """A deal's names and types; it must have no error."""
    collector = Collector()
    module = parse(Source(name, text), collector)
    used = load(module, folder, collector)
    overrides = []
    for key, value in (settings or {}).items():
        expression = parse_expression(value, collector, f"<set {key}>")
        assert expression is not None
        node = syntax.Name(expression.span, tuple(key.split(".")), (expression.span,) * len(key.split(".")))
        overrides.append(syntax.Override(node, expression, False, None, expression.span))
    model = resolve(module, used, folder, collector, tuple(overrides))
    check_names(model, collector)
    units = [item for one in (*used, module) for item in one.items if isinstance(item, syntax.UnitDeclaration)]
    types = check_types(model, collector, units)
    assert not collector.failed, [one.message for one in collector.found if one.severity == "error"]
    return Read(model, types)


class Interpretation:
    """One scenario, run. ``outputs``: by name a figure, or a series by date (None: not determined)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.not_covered: dict[str, str] = {}
        self.outputs: dict[str, Any] = {}
        self.lines: dict[str, tuple[syntax.Expression, Scope]] = {}
        self.alerts: list[list[dict[Any, Value]]] = []
        for scoped in world.model.reports:
            for line in scoped.item.lines:
                name = line.label if line.label is not None else format_expression(line.value)
                try:
                    self._output(name, line.value, scoped.scope)
                except NotCovered as error:
                    self.not_covered[name] = str(error)

        self.verdicts = verdicts(world, True)

    def _alert(self, node: syntax.Call, scope: Scope) -> None:
        """An alert is three series, read on its own dates where it names a schedule."""
        given = arguments(node)
        reader = timeline.reader_of(self.world, node.on, scope)
        parts = []
        for name in ("when", "observed", "threshold"):
            parts.append(
                {
                    date: self.world.value(given[name], scope, At(FINAL, t, reader))
                    for t, date in enumerate(self.world.dates)
                }
            )
        self.alerts.append(parts)

    def _output(self, name: str, node: syntax.Expression, scope: Scope) -> None:
        self.lines[name] = node, scope
        type = self.world.types.of(node, scope)
        if isinstance(node, syntax.Call) and node.function.text == "alert":
            self._alert(node, scope)
            return
        if type.kind == "table":
            raise NotCovered(f"a {type.kind} in a report")
        if type.series:
            self.outputs[name] = self.over_dates(node, scope)
        else:
            self.outputs[name] = self.figure(node, scope)

    def over_dates(self, node: syntax.Expression, scope: Scope) -> dict[Any, Value]:
        world = self.world
        if isinstance(node, syntax.OnDate):
            reader = timeline.reader_of(world, node.date, scope)
            return {
                date: world.value(node, scope, At(FINAL, t, world.everything)) if t in reader.on else None
                for t, date in enumerate(world.dates)
            }
        return {date: world.value(node, scope, At(FINAL, t, world.everything)) for t, date in enumerate(world.dates)}

    def figure(self, node: syntax.Expression, scope: Scope) -> Value:
        return self.world.value(node, scope, At(FINAL, len(self.world.dates) - 1, self.world.everything))

    # ------------------------------------------------------------------------------------------ what the deal holds

    def balances(self) -> dict[str, list[Any]]:
        return {entry.name: held["close"] for entry, held in self.world.accounts.items()}

    def claims(self, name: str, row: int | None = None) -> Any:
        entry = self.world.model.entries[name]
        return self.world.claims[entry, row]  # type: ignore[index]

    def party(self, name: str, ledger: str) -> dict[int, Any]:
        entry = self.world.model.entries[name]
        assert isinstance(entry, PartyEntry)
        found: dict[int, Any] = (self.world.received if ledger == "received" else self.world.paid).get(entry, {})
        return found


def scenario_names(deal: Read) -> list[str]:
    return [one.name for one in scenarios(deal.model)]


def interpret(
    deal: Read,
    scenario: int | str = 0,
    inputs: Mapping[str, Any] | None = None,
    projected_inputs: Mapping[str, Any] | None = None,
    draws: Mapping[str, Any] | None = None,
) -> Interpretation:
    """One scenario, by its name or its place among the deal's. ``inputs``: fed to it (Fractions); the base case, which
    `projected` reads, has ``projected_inputs``. ``draws``: what is drawn on one path (None: nothing is)."""
    found = scenarios(deal.model)
    chosen = found[scenario] if isinstance(scenario, int) else next(one for one in found if one.name == scenario)
    base: World | None = None
    if _looks_ahead(deal):
        first = _world(deal, found[0], projected_inputs or {}, None)
        base = _world(deal, found[0], projected_inputs or {}, first)
    if draws is not None:
        chosen = attrs.evolve(chosen, layers=(*chosen.layers, *drawn(deal.model, draws)))
    return Interpretation(_world(deal, chosen, inputs or {}, base))


def _world(deal: Read, scenario: Scenario, inputs: Mapping[str, Any], base: World | None) -> World:
    layers: dict[str, list[Any]] = {}
    for name, layer in scenario.layers:
        layers.setdefault(name, []).append(layer)
    world = World(deal.model, deal.types, scenario.name, layers, inputs, base)
    world.steady = Steady(world)
    timeline.build(world)
    day.live(world)
    return world


def _looks_ahead(deal: Read) -> bool:
    from indenture.dsl.syntax.walk import walk

    nodes: list[Any] = [act.item for act in deal.model.acts]
    nodes += [one.item for one in (*deal.model.reports, *deal.model.checks)]
    for entry in deal.model.entries.values():
        for name in ("item", "value"):
            found = getattr(entry, name, None)
            if found is not None:
                nodes.append(found)
    for node in nodes:
        for part in walk(node):
            if isinstance(part, syntax.Reading) and part.moment == "projected":
                return True
            if isinstance(part, syntax.Call) and part.function.text == "projected":
                return True
    return False
