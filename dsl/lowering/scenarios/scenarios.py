"""Scenarios: named columns of one batch, each a set of layers over terms and series."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import attrs

from ....engine.ir import NEVER, Literal
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import AScenario, Model, Scope, Scoped
from ...syntax.written import format_expression
from ...types.types import Types
from ..context.dispatch import lower
from ..context.keys import Key
from ..context.lowering import Layers, Lowering, Override
from ..context.moments import Moment
from ..context.named import target
from ..context.structure import Column, Ranged, Structure
from ..context.values import ListValue, NotLowered, Value
from ..known.schedules import begin
from .draws import draw

THINGS = ("schedule", "daycount", "text")
"""Kinds of types that have no figure: what is set for one stands in the text."""


def columns_of(model: Model, types: Types, collector: Collector) -> tuple[Column, ...]:
    """Every scenario of the deal but `base`, in the order written; the combinations of ranges come last."""
    found: list[Column] = []
    declared = {one.item.name: one for one in model.scenarios if isinstance(one.item, syntax.ScenarioDeclaration)}
    for scoped in model.scenarios:
        if isinstance(scoped.item, syntax.ScenarioDeclaration):
            layers = [
                layer
                for one in _chain(scoped, declared)
                if isinstance(one.item, syntax.ScenarioDeclaration)
                for override in one.item.overrides
                for layer in _layer(collector, override, one.scope)
            ]
            found.append(Column(scoped.item.name, scoped.item.name_span, tuple(layers)))
    for scoped in model.scenarios:
        if isinstance(scoped.item, syntax.ScenariosOver):
            found += _ranges(model, types, collector, scoped.item, scoped.scope, len(found))
    return tuple(found)


def common_layers(model: Model, collector: Collector) -> Layers:
    """What is laid over names in every scenario: what the caller set, and what a simulation draws or sets."""
    layers = Layers()
    for override in model.overrides:
        for key, layer in _layer(collector, override, model.scope):
            layers.overrides.setdefault(key, []).append(layer)
    for simulation in model.simulations:
        for drawn in simulation.item.draws:
            for key, layer in _layer(collector, drawn, simulation.scope, simulated=True):
                layers.overrides.setdefault(key, []).append(layer)
    return layers


def shaping_layers(model: Model, collector: Collector, structure: Structure) -> Layers:
    """What lies over the terms that shape a program: its shape's own values, in the place of base's."""
    layers = common_layers(model, collector)
    if structure.shape is not None:
        _shape(layers, structure.shape, structure.shape.keys)
    return layers


def prepare(low: Lowering, structure: Structure) -> None:
    """Name the columns and put the layers over the names that they change."""
    layers = low.layers = common_layers(low.model, low.collector)
    low.product.elsewhere = frozenset(one.name for one in structure.whole) - {one.name for one in structure.columns}
    if structure.apart:
        low.product.elsewhere |= {"base"}
    if structure.shape is not None:
        _shape(layers, structure.shape, structure.shaping)
    for position, column in enumerate(structure.columns, start=1):
        low.product.scenarios.append(column.name)
        for key, layer in column.layers:
            if key not in structure.shaping:
                layers.overrides.setdefault(key, []).append(attrs.evolve(layer, scenarios=(position,)))
        for one in column.ranged:
            layers.ranged.setdefault(one.key, {})[position] = Fraction(one.value.value)
    over: dict[Key, dict[Fraction, None]] = {}
    for column in structure.whole:
        for one in column.ranged:
            over.setdefault(one.key, {})[Fraction(one.value.value)] = None
    layers.whole_ranges = {key: tuple(values) for key, values in over.items()}
    for column in structure.columns:
        for one in column.ranged:
            laid = layers.overrides.setdefault(one.key, [])
            if one.key not in structure.shaping and not any(layer.ranged for layer in laid):
                laid.append(Override(one.name, one.scope, None, one.name.span, ranged=True))


def _shape(layers: Layers, shape: Column, keys: frozenset[Key]) -> None:
    """Lay what a scenario changes of these names over every scenario of a program."""
    for key, layer in shape.layers:
        if key in keys:
            layers.overrides.setdefault(key, []).append(layer)
    for one in shape.ranged:
        if one.key in keys:
            laid = Override(one.name, one.scope, None, one.name.span, known=one.value)
            layers.overrides.setdefault(one.key, []).append(laid)


def _chain(scoped: Scoped[AScenario], declared: dict[str, Scoped[AScenario]]) -> list[Scoped[AScenario]]:
    """A scenario and those it comes after, the earliest first; a circle has been reported."""
    found: list[Scoped[AScenario]] = []

    def visit(one: Scoped[AScenario], within: tuple[Scoped[AScenario], ...]) -> None:
        if one in within or not isinstance(one.item, syntax.ScenarioDeclaration):
            return
        for name in one.item.after:
            before = declared.get(name.value)
            if before is not None:
                visit(before, (*within, one))
        if one not in found:
            found.append(one)

    visit(scoped, ())
    return found


def _layer(
    collector: Collector, override: syntax.Override, scope: Scope, simulated: bool = False
) -> Iterator[tuple[Key, Override]]:
    """What an override lays over a name; nothing where it names what cannot be changed, which is reported."""
    try:
        key = target(collector, override.name, scope)
    except NotLowered:
        return
    yield (
        key,
        Override(
            override.value,
            scope,
            None,
            override.span,
            draw if override.drawn else None,
            simulated=simulated,
            joined=override.joined,
        ),
    )


def _ranges(
    model: Model, types: Types, collector: Collector, item: syntax.ScenariosOver, scope: Scope, before: int
) -> list[Column]:
    """``scenarios over a = [...] and b = [...]``: a column for every combination, each term fed from its own. A
    schedule, a day count or a text has no figure to be fed: each stands as a scenario's own override does."""
    axes: list[list[tuple[Ranged | tuple[Key, Override], str]]] = []
    for name, expression in item.ranges:
        try:
            key = target(collector, name, scope)
            if types.of(name, scope).kind in THINGS and isinstance(expression, syntax.ListOf) and expression.items:
                axes.append(
                    [
                        ((key, Override(one, scope, None, one.span)), f"{name.text} = {format_expression(one)}")
                        for one in expression.items
                    ]
                )
                continue
            terms = begin(model, types, collector, common_layers(model, collector)).low
            value = lower(terms, expression, scope, Moment("fixed", terms.every))
        except NotLowered:
            return []
        items = value.items if isinstance(value, ListValue) else ()
        words = (
            [format_expression(one) for one in expression.items]
            if isinstance(expression, syntax.ListOf)
            else [str(position + 1) for position in range(len(items))]
        )
        found: list[tuple[Ranged | tuple[Key, Override], str]] = [
            (Ranged(key, name, scope, one.operand), f"{name.text} = {_said(one.operand, word)}")
            for one, word in zip(items, words, strict=True)
            if isinstance(one, Value) and isinstance(one.operand, Literal)
        ]
        if not items or len(found) != len(items):
            collector.error(
                "E0310",
                "a range is a list of values that are known when the deal is read",
                expression.span,
                help="`scenarios over speed = [0.5%, 1.0%]`",
            )
            return []
        axes.append(found)
    combinations = list(product(*axes))
    if before + 1 + len(combinations) > 10_000:
        collector.error("E0549", f"{len(combinations):,} combinations: a deal has at most 10,000 scenarios", item.span)
        return []
    return [
        Column(
            ", ".join(word for _, word in combination),
            item.span,
            layers=tuple(one for one, _ in combination if not isinstance(one, Ranged)),
            ranged=tuple(one for one, _ in combination if isinstance(one, Ranged)),
        )
        for combination in combinations
    ]


def _said(operand: Literal, word: str) -> str:
    """A range's value in a scenario's name: as written, or, of a list that was worked out, the date itself."""
    if operand.kind == "date" and word.isdigit():
        return "never" if operand.value >= NEVER else datetime.date.fromordinal(int(operand.value)).isoformat()
    return word
