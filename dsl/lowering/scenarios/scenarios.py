"""Scenarios: named columns of one batch, each a set of layers over terms and series."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import product

from ....engine.ir import NEVER, Literal
from ... import syntax
from ...names.deal import AScenario, Scope, Scoped
from ...syntax.written import format_expression
from ..context.dispatch import lower
from ..context.keys import Key
from ..context.lowering import Lowering, Override
from ..context.moments import Moment
from ..context.named import target
from ..context.values import ListValue, NotLowered, Value
from .draws import draw


def prepare(low: Lowering) -> None:
    """Name the columns and put the layers over the names that they change."""
    for override in low.model.overrides:
        _layer(low, override, low.model.scope, None)
    for simulation in low.model.simulations:
        for drawn in simulation.item.draws:
            _layer(low, drawn, simulation.scope, None, simulated=True)
    declared = {one.item.name: one for one in low.model.scenarios if isinstance(one.item, syntax.ScenarioDeclaration)}
    for scoped in low.model.scenarios:
        if isinstance(scoped.item, syntax.ScenarioDeclaration):
            position = len(low.product.scenarios)
            low.product.scenarios.append(scoped.item.name)
            for one in _chain(scoped, declared):
                if isinstance(one.item, syntax.ScenarioDeclaration):
                    for override in one.item.overrides:
                        _layer(low, override, one.scope, (position,))
    for scoped in low.model.scenarios:
        if isinstance(scoped.item, syntax.ScenariosOver):
            _ranges(low, scoped.item, scoped.scope)


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
    low: Lowering, override: syntax.Override, scope: Scope, scenarios: tuple[int, ...] | None, simulated: bool = False
) -> None:
    try:
        key = target(low, override.name, scope)
    except NotLowered:
        low.faults.failed = True
        return
    layer = Override(
        override.value,
        scope,
        scenarios,
        override.span,
        draw if override.drawn else None,
        simulated=simulated,
        joined=override.joined,
    )
    low.layers.overrides.setdefault(key, []).append(layer)


def _ranges(low: Lowering, item: syntax.ScenariosOver, scope: Scope) -> None:
    """``scenarios over a = [...] and b = [...]``: a column for every combination, each term fed from its own."""
    axes: list[tuple[Key, syntax.Name, list[tuple[Literal, str]]]] = []
    for name, expression in item.ranges:
        try:
            key = target(low, name, scope)
            value = lower(low.schedules.low, expression, scope, Moment("fixed", low.schedules.low.every))
        except NotLowered:
            low.faults.failed = True
            return
        items = value.items if isinstance(value, ListValue) else ()
        words = (
            [format_expression(one) for one in expression.items]
            if isinstance(expression, syntax.ListOf)
            else [str(position + 1) for position in range(len(items))]
        )
        found = [
            (one.operand, _said(one.operand, word))
            for one, word in zip(items, words, strict=True)
            if isinstance(one, Value) and isinstance(one.operand, Literal)
        ]
        if not items or len(found) != len(items):
            low.collector.error(
                "E0310",
                "a range is a list of values that are known when the deal is read",
                expression.span,
                help="`scenarios over speed = [0.5%, 1.0%]`",
            )
            low.faults.failed = True
            return
        axes.append((key, name, found))
    first = len(low.product.scenarios)
    combinations = list(product(*(values for _, _, values in axes)))
    if first + len(combinations) > 10_000:
        low.collector.error(
            "E0549", f"{len(combinations):,} combinations: a deal has at most 10,000 scenarios", item.span
        )
        low.faults.failed = True
        return
    for combination in combinations:
        named = [f"{name.text} = {word}" for (_, name, _), (_, word) in zip(axes, combination, strict=True)]
        low.product.scenarios.append(", ".join(named))
    for axis, (key, name, _) in enumerate(axes):
        values = {first + at: combination[axis][0] for at, combination in enumerate(combinations)}
        low.layers.ranged.setdefault(key, {}).update({at: Fraction(value.value) for at, value in values.items()})
        if not any(layer.ranged for layer in low.layers.overrides.get(key, ())):
            low.layers.overrides.setdefault(key, []).append(Override(name, scope, None, name.span, ranged=True))


def _said(operand: Literal, word: str) -> str:
    """A range's value in a scenario's name: as written, or, of a list that was worked out, the date itself."""
    if operand.kind == "date" and word.isdigit():
        return "never" if operand.value >= NEVER else datetime.date.fromordinal(int(operand.value)).isoformat()
    return word
