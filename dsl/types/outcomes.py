"""Types of scenarios, draws, checks and reports: what is set, and what is asked."""

from __future__ import annotations

from typing import assert_never

from .. import syntax
from ..names.deal import Scope
from ..vocabulary.expected_kinds import fits
from ..vocabulary.value_types import Type
from .types import Types


def overrides(types: Types) -> None:
    """What a scenario, a simulation or the caller sets agrees with what it sets."""
    model = types.model
    for override in model.overrides:
        _override(types, override, model.scope)
    for scenario in model.scenarios:
        match scenario.item:
            case syntax.ScenarioDeclaration():
                for override in scenario.item.overrides:
                    _override(types, override, scenario.scope)
            case syntax.ScenariosOver():
                for name, values in scenario.item.ranges:
                    _range(types, name, values, scenario.scope)
            case _:
                assert_never(scenario.item)
    for simulation in model.simulations:
        for field in simulation.item.fields:
            types.want(field.value, simulation.scope, "pure", f"`{field.name}`")
        for draw in simulation.item.draws:
            _override(types, draw, simulation.scope)


def _override(types: Types, override: syntax.Override, scope: Scope) -> None:
    target = types.infer(override.name, scope)
    found = types.infer(override.value, scope, target)
    if override.joined is not None:
        _joined(types, override.joined, scope)
    said = any(one.code == "E0240" and one.span == override.name.span for one in types.collector.found)
    # That it cannot be set has been said, of curves too: what it would have been set to is no second cause.
    if not said and target.kind not in ("unknown", "rate_curve", "credit_curve") and found.kind != "unknown":
        types.agree(override.value, found, target, f"`{override.name.text}`", "E0338")


def _joined(types: Types, copula: syntax.Expression, scope: Scope) -> None:
    """A copula; the list of a matrix's row has names of draws, whatever they are of, and a correlation with each."""
    for argument in copula.arguments if isinstance(copula, syntax.Call) else ():
        if isinstance(argument.value, syntax.Pairs):
            for name, correlation in argument.value.items:
                types.infer(name, scope)
                types.want(correlation, scope, "pure", "a correlation")
            return
    types.infer(copula, scope)


def _range(types: Types, name: syntax.Name, values: syntax.Expression, scope: Scope) -> None:
    target = types.infer(name, scope)
    if not isinstance(values, syntax.ListOf):
        found = types.want(values, scope, "list", f"what `{name.text}` ranges over")
        if found.item is not None and target.kind != "unknown":
            types.agree(values, found.item, target, f"`{name.text}`", "E0338")
        return
    for value in values.items:
        found = types.infer(value, scope)
        if target.kind != "unknown" and found.kind != "unknown":
            types.agree(value, found, target, f"`{name.text}`", "E0338")


def checks(types: Types) -> None:
    """`require` and `always` are conditions; an `expect` names a figure and what it is."""
    for check in types.model.checks:
        match check.item:
            case syntax.Require():
                types.want(check.item.condition, check.scope, "condition", "what is required")
            case syntax.Always():
                types.want(check.item.condition, check.scope, "condition", "what always holds")
            case syntax.Expect():
                _expect(types, check.item, check.scope)
            case _:
                assert_never(check.item)
    for report in types.model.reports:
        for line in report.item.lines:
            types.infer(line.value, report.scope)


def _expect(types: Types, item: syntax.Expect, scope: Scope) -> None:
    if item.target is None and not item.rows:
        types.want(item.value, scope, "condition", "what is expected")
        if item.tolerance is not None:
            types.infer(item.tolerance, scope)
        return
    value = types.want(item.value, scope, "value", "what is expected")
    if item.where is not None:
        types.want(item.where, scope, "condition", "what follows `where`")
    asked = [(item.tolerance, "the tolerance")] if item.tolerance is not None else []
    if item.target is not None:
        asked.append((item.target, "what is expected"))
    for expression, said in asked:
        _figure(types, expression, scope, value, said, False)
    for row in item.rows:
        for expression in row.values:
            _figure(types, expression, scope, value, "what is expected", item.tolerance is not None)


def _figure(types: Types, expression: syntax.Expression, scope: Scope, value: Type, said: str, plain: bool) -> None:
    """An expected figure. In a table with a tolerance a plain number is in the tolerance's unit."""
    found = types.infer(expression, scope)
    if "unknown" in (found.kind, value.kind):
        return
    if plain and found.pure and found.form == "plain" and value.kind == "number":
        return
    if value.kind == "date" and said == "the tolerance" and fits(found, "duration"):
        return
    types.agree(expression, found, value, said, "E0339")
