"""Scenarios, draws and waivers: each name is used once, refers to what there is, and changes what can be changed."""

from __future__ import annotations

import datetime
from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from ..syntax.walk import names
from .deal import (
    AccountEntry,
    ClaimEntry,
    ColumnEntry,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    Model,
    PartyEntry,
    PlainEntry,
    ReductionEntry,
    Resolved,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from .name_help import described, either

WORDS = ("base", "every")
"""What `in` takes besides the names of scenarios."""


def check(model: Model, collector: Collector) -> None:
    """Scenario names, what they come after, which scenarios a check holds in, and the waivers."""
    names = _scenarios(model, collector)
    _named(model, names, collector)
    _tables(model, collector)
    _waivers(model, collector)


# ------------------------------------------------------------------------------------------------- what can change


def overridable(name: syntax.Name, scope: Scope, collector: Collector) -> None:
    """A scenario, a draw or the caller changes a term, a series, an input or the date of a default, nothing else."""
    found = scope.resolve(name.parts)
    if isinstance(found, int):
        return
    if found.attribute == "default" and isinstance(found.entry, PartyEntry):
        return
    entry = follow(found.entry)
    if found.attribute is None and isinstance(entry, DefinitionEntry | ColumnEntry | InputEntry):
        return
    if isinstance(found.entry, DefinitionEntry) and isinstance(entry, ScheduleEntry | DaycountEntry):
        return
    what = described(entry)
    if found.attribute is not None:
        what = f"a figure that the run works out for {what}"
    collector.error(
        "E0240", f"`{name.text}` cannot be set: it is {what}", name.span, label=what, help=_instead(name, found)
    )


def _instead(name: syntax.Name, found: Resolved) -> str:
    entry = follow(found.entry)
    if isinstance(entry, PlainEntry) and not isinstance(entry, StateEntry | TriggerEntry):
        return "set a term or a series"
    match entry:
        case StateEntry():
            return "set what it starts from, or a term that moves it"
        case ClaimEntry():
            made = _terms_of(entry.item.due, entry.scope)
            return f"set what its due is made of: {either(made)}" if made else "make its due of a term, and set that"
        case AccountEntry():
            return "set a term that it opens with, or that its target is made of"
        case PartyEntry():
            return f"of a party the date of its default can be set: `{entry.name}.default = 2028-09-15`"
        case TriggerEntry():
            return "set a term that its test reads"
        case CurveEntry():
            stated = [f"{name.text}.{field}" for field in entry.members]
            return f"set one of its fields: {either(stated)}" if stated else ""
        case InstanceEntry():
            fields = [field for declared in entry.component.fields for field in declared.names]
            return f"set one of its fields: {either(f'{name.text}.{field}' for field in fields[:6])}" if fields else ""
        case GroupEntry():
            return "set the terms of its members, one by one"
        case ReductionEntry() | WaterfallEntry():
            return "set a term or a series"
        case _:
            assert_never(entry)


def _terms_of(node: syntax.Expression | None, scope: Scope) -> list[str]:
    """The terms, fields, series and inputs that an expression comes down to; the definitions, where there are none."""
    found: dict[str, None] = {}
    defined: dict[str, None] = {}
    seen: set[int] = set()
    waiting: list[tuple[object, Scope]] = [(node, scope)]
    while waiting and len(found) < 5:
        current, where = waiting.pop(0)
        for name in () if current is None else names(current):
            resolved = where.resolve(name.parts)
            entry = None if isinstance(resolved, int) else follow(resolved.entry)
            if entry is None or id(entry) in seen:
                continue
            seen.add(id(entry))
            if isinstance(entry, DefinitionEntry) and entry.form in ("define", "flow"):
                waiting.append((entry.value, entry.scope))
                defined[entry.name] = None
            elif isinstance(entry, DefinitionEntry | ColumnEntry | InputEntry):
                found[entry.name] = None
    return list(found or defined)[:5]


# ------------------------------------------------------------------------------------------------- scenarios


def _scenarios(model: Model, collector: Collector) -> dict[str, syntax.ScenarioDeclaration]:
    found: dict[str, syntax.ScenarioDeclaration] = {}
    for scoped in model.scenarios:
        item = scoped.item
        if not isinstance(item, syntax.ScenarioDeclaration):
            continue
        if item.name in WORDS:
            collector.error(
                "E0246",
                f'a scenario cannot be called "{item.name}"',
                item.name_span,
                label="choose another name",
                help="`base` is the deal as written" if item.name == "base" else None,
            )
            continue
        first = found.setdefault(item.name, item)
        if first is not item:
            collector.error(
                "E0241",
                f'two scenarios are called "{item.name}"',
                item.name_span,
                label="declared again",
                others=(Label(first.name_span, "first declared here"),),
                help="rename one of the two",
            )
    for item in found.values():
        for after in item.after:
            if after.value not in found:
                _unknown_scenario(after, [name for name in found if name != item.name], collector)
    _circles(found, collector)
    return found


def _unknown_scenario(text: syntax.Text | syntax.Name, known: list[str], collector: Collector) -> None:
    said = text.value if isinstance(text, syntax.Text) else text.text
    guess = nearest(said, known)
    if guess is None and any(one.code[:3] == "E01" for one in collector.found):
        return  # it may be what could not be read
    collector.error(
        "E0242",
        f'there is no scenario "{said}"',
        text.span,
        label="no such scenario",
        help=f'did you mean "{guess}"?'
        if guess
        else "the scenarios are " + ", ".join(f'"{name}"' for name in known[:12])
        if known
        else "this deal has no other scenario",
    )


def _circles(found: dict[str, syntax.ScenarioDeclaration], collector: Collector) -> None:
    """Scenarios that come after each other: each circle once, from the first of them in the text."""
    done: set[str] = set()
    for start in found:
        if start in done:
            continue
        way: list[str] = []
        on_way: dict[str, int] = {}
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            name, next_one = stack.pop()
            if next_one == 0:
                on_way[name] = len(way)
                way.append(name)
            after = [text.value for text in found[name].after if text.value in found]
            if next_one < len(after):
                stack.append((name, next_one + 1))
                target = after[next_one]
                if target in on_way:
                    _circle([found[one] for one in way[on_way[target] :]], collector)
                elif target not in done:
                    stack.append((target, 0))
                continue
            way.pop()
            del on_way[name]
            done.add(name)


def _circle(ring: list[syntax.ScenarioDeclaration], collector: Collector) -> None:
    words = " after ".join(f'"{item.name}"' for item in (*ring, ring[0]))
    collector.error(
        "E0244",
        f'the scenario "{ring[0].name}" comes after itself',
        ring[0].name_span,
        others=tuple(Label(item.name_span, "by way of this") for item in ring[1:]),
        notes=(words,),
    )


def _named(model: Model, found: dict[str, syntax.ScenarioDeclaration], collector: Collector) -> None:
    """``in "Rates up"``: a check holds in scenarios that there are."""
    ranged = any(isinstance(scoped.item, syntax.ScenariosOver) for scoped in model.scenarios)
    for scoped in model.checks:
        if not isinstance(scoped.item, syntax.Require | syntax.Expect):
            continue
        for wanted in scoped.item.scenarios:
            said = wanted.value if isinstance(wanted, syntax.Text) else wanted.text
            if said in found or (isinstance(wanted, syntax.Name) and said in WORDS):
                continue
            # The scenarios of a range are named by their values, which are not known before they are worked out.
            if not (ranged and "=" in said):
                _unknown_scenario(wanted, [*found, *(["base"] if isinstance(wanted, syntax.Name) else [])], collector)


def _tables(model: Model, collector: Collector) -> None:
    """A table goes `by` a term that `scenarios over` ranges over."""
    ranged = {
        name.text: name
        for scoped in model.scenarios
        if isinstance(scoped.item, syntax.ScenariosOver)
        for name, _ in scoped.item.ranges
    }
    for scoped in model.checks:
        item = scoped.item
        if isinstance(item, syntax.Expect) and item.by is not None and item.by.text not in ranged:
            if isinstance(scoped.scope.resolve(item.by.parts), int):
                continue
            guess = nearest(item.by.text, ranged)
            collector.error(
                "E0248",
                f"the table goes by `{item.by.text}`, and no `scenarios over` ranges over it",
                item.by.span,
                label="has one value",
                help=f"did you mean `{guess}`?"
                if guess
                else f"`scenarios over {item.by.text} = [...]`, one value a column",
            )


# ------------------------------------------------------------------------------------------------- waivers


def _waivers(model: Model, collector: Collector) -> None:
    """A waiver is of a trigger; two of one trigger that overlap say by rank which of them holds (the lower number)."""
    by_trigger: dict[str, list[tuple[syntax.WaiverDeclaration, datetime.date, datetime.date]]] = {}
    for scoped in model.waivers:
        item = scoped.item
        found = scoped.scope.resolve(item.trigger.parts)
        if isinstance(found, int):
            continue
        entry = follow(found.entry)
        if not isinstance(entry, TriggerEntry):
            triggers = [name for name, one in model.entries.items() if isinstance(one, TriggerEntry)]
            guess = nearest(item.trigger.text, triggers)
            collector.error(
                "E0245",
                f"a waiver is of a trigger, and `{item.trigger.text}` is {described(entry)}",
                item.trigger.span,
                label=described(entry),
                help=f"did you mean `{guess}`?"
                if guess
                else f"the trigger{' is' if len(triggers) == 1 else 's are'} {either(triggers)}"
                if triggers
                else "declare the trigger that it waives",
            )
            continue
        start, end = item.start, item.end
        if not (isinstance(start, syntax.DateLiteral) and isinstance(end, syntax.DateLiteral)):
            continue
        first, last = start.value or datetime.date.max, end.value or datetime.date.max
        if last < first:
            collector.error(
                "E0249",
                f"the waiver `{item.name}` ends before it begins",
                end.span,
                label="earlier",
                others=(Label(start.span, "begins here"),),
                help="exchange the two dates",
            )
            continue
        others = by_trigger.setdefault(entry.name, [])
        for other, begun, ended in others:
            ranked = item.rank is not None and other.rank is not None and item.rank != other.rank
            if first <= ended and begun <= last and not ranked:
                collector.error(
                    "E0243",
                    f"the waivers `{other.name}` and `{item.name}` of `{entry.name}` overlap",
                    item.name_span,
                    label=f"both hold from {max(first, begun)} to {min(last, ended)}"
                    if max(first, begun) < min(last, ended)
                    else f"both hold on {min(last, ended)}",
                    others=(Label(other.name_span, "the other"),),
                    help="end one before the other begins, or rank them: `rank 1` and `rank 2`",
                )
        others.append((item, first, last))
