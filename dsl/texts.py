"""A deal as scenarios and settings have other schedules, day counts and texts in it: each such text, with its names and
types."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from ..engine.ir import Span
from . import syntax
from .lowering.context.keys import Figure, Key
from .lowering.scenarios.scenarios import THINGS, columns_of
from .lowering.structures import Text, blamed
from .messages.diagnostics import Collector
from .names.as_set import as_set
from .names.deal import DefinitionEntry, Model
from .syntax.written import format_expression
from .types.types import Types

Checked = Callable[[syntax.Module, Collector], tuple[Model, Types] | None]
"""Names and types of a deal's text, or None where it cannot be read; what is wrong is in the collector."""


def texts_of(
    module: syntax.Module, model: Model, types: Types, collector: Collector, checked: Checked
) -> tuple[Text, ...] | None:
    """The deal as written (and as the caller set it), then a text for each set of such things that scenarios have in
    it; None where one of them cannot be read, which is reported: E0240 what cannot be set there, and what is wrong
    with the deal then, where the scenario sets it."""
    things = {
        entry.name
        for name in _changed(model)
        if not isinstance(found := model.scope.resolve(name.parts), int)
        and isinstance(entry := found.entry, DefinitionEntry)
        and found.attribute is None
        and types.entry_type(entry).kind in THINGS
    }
    if not things:
        return (Text(model, types),)
    keys: frozenset[Key] = frozenset(Figure.TERM(name) for name in things)
    settings = {override.name.text: override for override in model.overrides if override.name.text in things}
    if settings:
        found_ = _with(module, {name: one.value for name, one in settings.items()}, collector, checked, None)
        if found_ is None:
            return None
        module, model, types = found_
    model = attrs.evolve(model, overrides=tuple(one for one in model.overrides if one.name.text not in things))
    alike: dict[tuple[tuple[str, str], ...], tuple[list[int], dict[str, syntax.Expression], list[Span], str]] = {}
    for position, column in enumerate(columns_of(model, types, collector)):
        own = {key.name: layer for key, layer in column.layers if key in keys}
        said = tuple(sorted((name, format_expression(layer.value)) for name, layer in own.items()))
        values = {name: layer.value for name, layer in own.items()}
        spans = [layer.span for layer in own.values()]
        alike.setdefault(said, ([], values, spans, column.name))[0].append(position)
    written, *_ = alike.pop((), ([], {}, [], ""))
    texts = [Text(model, types, tuple(written), keys)]
    for positions, values, spans, name in alike.values():
        other = _with(module, values, collector, checked, (name, tuple(spans)))
        if other is None:
            return None
        _, its, its_types = other
        its = attrs.evolve(its, overrides=model.overrides)
        texts.append(Text(its, its_types, tuple(positions), keys, tuple(spans)))
    return tuple(texts)


def _changed(model: Model) -> list[syntax.Name]:
    """The names that the caller, a scenario or a range sets."""
    found = [one.name for one in model.overrides]
    for scoped in model.scenarios:
        if isinstance(scoped.item, syntax.ScenarioDeclaration):
            found += [one.name for one in scoped.item.overrides]
        else:
            found += [name for name, _ in scoped.item.ranges]
    return found


def _with(
    module: syntax.Module,
    values: Mapping[str, syntax.Expression],
    collector: Collector,
    checked: Checked,
    scenario: tuple[str, tuple[Span, ...]] | None,
) -> tuple[syntax.Module, Model, Types] | None:
    changed, left = as_set(module, values)
    for name in sorted(left):
        collector.error(
            "E0240",
            f"`{name}` cannot be set: it stands within a component",
            values[name].span,
            label="a schedule, a day count or a text has no figure of its own",
            help="give the component a field for it, and set that field of its instance",
        )
    if left:
        return None
    trial = Collector()
    trial.unread = collector.unread
    found = checked(changed, trial)
    said = {(one.code, one.span) for one in collector.found}
    for one in trial.found:
        if (one.code, one.span) not in said:
            collector.add(one if scenario is None else blamed(one, *scenario))
    return None if found is None or trial.failed else (changed, *found)
