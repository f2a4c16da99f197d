"""What a day's acts do not change: worked out once a date. Nothing here says what a value is; it only saves work."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import (
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    DefinitionEntry,
    FunctionEntry,
    InputEntry,
    PartyEntry,
    ScheduleEntry,
    Scope,
)
from indenture.dsl.syntax.walk import walk

from .world import World

SPECIAL = frozenset((("date",), ("closing",), ("age",), ("days",)))

TIMELESS = frozenset(
    [
        "max",
        "min",
        "clamp",
        "abs",
        "floor",
        "ceiling",
        "round",
        "exp",
        "log",
        "sqrt",
        "mod",
        "exchange",
        "first",
        "last",
        "length",
        "at",
        "by_age",
        "year",
        "month",
        "days_between",
        "months_between",
        "first_point",
        "interpolated",
        "banded",
        "tiered",
    ]
)
"""Functions that give one value of one value, whatever the date."""


class Steady:
    """Whether a name has one value a date, whatever the moment: no state, account, payment or test is behind it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known: dict[tuple[AnyEntry, str | None], bool] = {}
        self.once: dict[AnyEntry, bool] = {}
        self.kept: list[Any] = []
        self.recorded: set[AnyEntry] = set()
        for act in world.model.acts:
            for step in act.item.steps_within:
                for name in step.facts.records:
                    found = act.scope.resolve(name.parts)
                    if not isinstance(found, int):
                        self.recorded.add(found.entry)

    def fixed(self, entry: AnyEntry) -> bool:
        """Whether it has one value in all, or one a row: nothing in it knows a date."""
        if entry not in self.once:
            self.once[entry] = False
            if entry.name in self.world.layers or entry in self.recorded:
                return False
            if isinstance(entry, DefinitionEntry) and entry.form not in ("parameter", "flow"):
                self.once[entry] = self._timeless(entry.value, entry.scope, frozenset())
            else:
                self.once[entry] = isinstance(entry, ColumnEntry)
        return self.once[entry]

    def _timeless(self, node: Any, scope: Scope, parameters: frozenset[str]) -> bool:
        skipped: set[int] = set()
        for part in walk(node):
            match part:
                case _ if id(part) in skipped:
                    continue
                case syntax.Call():
                    skipped.add(id(part.function))
                    found = scope.resolve(part.function.parts)
                    if not isinstance(found, int) and isinstance(found.entry, FunctionEntry):
                        item = found.entry.item
                        inside = frozenset(one.name for one in item.parameters)
                        if not self._timeless(item.value, found.entry.scope, inside):
                            return False
                    elif part.function.text not in TIMELESS or part.where is not None:
                        return False
                case syntax.Name():
                    if part.parts[0] in parameters and len(part.parts) == 1:
                        continue
                    found = scope.resolve(part.parts)
                    if isinstance(found, int):
                        if part.parts != ("closing",):
                            return False
                    elif found.attribute is not None or not self.fixed(found.entry):
                        return False
                case (
                    syntax.Reading()
                    | syntax.DateCount()
                    | syntax.Within()
                    | syntax.Falls()
                    | syntax.OnDate()
                    | syntax.EdgeDate()
                    | syntax.Table()
                    | syntax.Take()
                    | syntax.Circles()
                    | syntax.NoneOf()
                ):
                    return False
        return True

    def rowless(self, entry: AnyEntry) -> bool:
        """Whether it is one figure, whichever row reads it."""
        if isinstance(entry, DefinitionEntry) and entry.form == "parameter":
            return False
        return entry.family is None and self.world.types.entry_type(entry).family is None

    def __call__(self, entry: AnyEntry, attribute: str | None) -> bool:
        key = entry, attribute
        if key not in self.known:
            self.known[key] = True  # a ring stands on nothing but itself
            self.known[key] = self._entry(entry, attribute)
        return self.known[key]

    def _entry(self, entry: AnyEntry, attribute: str | None) -> bool:
        layers = [layer for layer in self.world.layers.get(entry.name, ()) if not callable(layer)]
        match entry:
            case DefinitionEntry():
                if entry in self.recorded:
                    return False
                if entry.form == "flow":
                    return True
                parts = [(entry.value, entry.scope), *layers]
                return all(self._expression(node, scope, frozenset()) for node, scope in parts)
            case ColumnEntry() | ScheduleEntry():
                return all(self._expression(node, scope, frozenset()) for node, scope in layers)
            case InputEntry():
                parts = layers if entry.item.default is None else [(entry.item.default, entry.scope), *layers]
                return all(self._expression(node, scope, frozenset()) for node, scope in parts)
            case ClaimEntry():
                return attribute in ("current", "due", "arrears") and not entry.item.when_reached
            case PartyEntry():
                return attribute in (None, "default", "performing", "defaulted") and all(
                    self._expression(node, scope, frozenset())
                    for layer in self.world.layers.get(f"{entry.name}.default", ())
                    if not callable(layer)
                    for node, scope in [layer]
                )
            case _:
                return False

    def _expression(self, node: Any, scope: Scope, parameters: frozenset[str]) -> bool:
        skipped: set[int] = set()
        for part in walk(node):
            if id(part) in skipped:
                continue
            if isinstance(part, syntax.Reading):
                if part.moment == "closing":
                    return False
                skipped.add(id(part.name))  # of another date, or of the day before its acts
            elif isinstance(part, syntax.Call):
                skipped.add(id(part.function))
                if part.where is not None:
                    return False
                found = scope.resolve(part.function.parts)
                if not isinstance(found, int) and isinstance(found.entry, FunctionEntry):
                    item = found.entry.item
                    inside = frozenset(one.name for one in item.parameters)
                    if not self._expression(item.value, found.entry.scope, inside):
                        return False
            elif isinstance(part, syntax.Take | syntax.Circles | syntax.NoneOf):
                return False
            elif isinstance(part, syntax.Name):
                if part.parts[0] in parameters:
                    if len(part.parts) > 1:
                        return False
                    continue
                found = scope.resolve(part.parts)
                if isinstance(found, int):
                    if part.parts not in SPECIAL:
                        return False
                elif not self(found.entry, found.attribute):
                    return False
        return True
