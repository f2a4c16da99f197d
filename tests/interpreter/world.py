"""One scenario of a deal, and what it has come to so far.

The order of things (contract, 4): the schedules and the timeline of this scenario; then date after date opening, the acts
in the order written, closing; then what is asked of the whole life. Names are read in `reading.py`, expressions in
`expressions.py`; this module holds what they share.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import (
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    DefinitionEntry,
    FunctionEntry,
    Model,
    PartyEntry,
    Resolved,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    follow,
)
from indenture.dsl.time.schedule import Schedule
from indenture.dsl.time.timeline import Timeline
from indenture.dsl.types.types import Types
from indenture.dsl.vocabulary.builtins import BUILTINS, Bound, bind_builtin, bind_function

from .moments import At
from .readers import Reader

Value = Any
"""A Fraction, a date (`NEVER` is one), a condition, a text, an entry, a tuple of these; None: not determined."""


class NotCovered(Exception):
    """The deal says something for which the interpreter has no rule: see `coverage.py`."""


class Broken(Exception):
    """The deal breaks what must always hold: a due below zero, cash that hangs on what is not determined."""


class Rules(dict[Any, Callable[..., Any]]):
    """Rules by the class or the name of what they are of."""

    def of(self, *keys: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def added(rule: Callable[..., Any]) -> Callable[..., Any]:
            for key in keys:
                assert key not in self, key
                self[key] = rule
            return rule

        return added


EXPRESSIONS, FUNCTIONS, ENTRIES, STEPS, ACTS = Rules(), Rules(), Rules(), Rules(), Rules()

Layer = tuple[syntax.Expression, Scope] | Callable[["World", At], Value]
"""What lies over a name: an override's right side, or values handed in."""


_BOUND: dict[int, tuple[syntax.Call, Bound]] = {}


def bound(node: syntax.Call) -> Bound:
    """The arguments of a call of a function of the language."""
    if id(node) not in _BOUND:
        _BOUND[id(node)] = node, bind_builtin(node, BUILTINS[node.function.text])
    return _BOUND[id(node)][1]


def arguments(node: syntax.Call) -> Mapping[str, syntax.Expression]:
    return bound(node).values


class World:
    """``layers``: by the full name of what they lie over, lowest first. ``base``: the base case, for `projected`; None:
    this is it, run first. ``inputs``: by name a value, or one a date of the input's schedule (else of the timeline)."""

    def __init__(
        self,
        model: Model,
        types: Types,
        name: str,
        layers: Mapping[str, list[Layer]],
        inputs: Mapping[str, Any],
        base: World | None,
    ) -> None:
        self.model, self.types, self.name = model, types, name
        self.layers, self.inputs, self.base = layers, inputs, base
        self.memo: dict[Any, Value] = {}
        self.passing: dict[Any, Value] = {}
        self.working: set[Any] = set()
        self.version = 0
        self.ending = False
        """Whether payments are made and the day is being closed."""
        self.settled: set[StateEntry] = set()
        """States that nothing moves at close: they close as payments have left them."""
        self.rest: Any = None
        """What `rest` is while a pro rata step pays its members: what the account held when it began."""
        self.families = {family.name: len(family.labels) for family in model.families}
        self._resolved: dict[tuple[int, int], Resolved | int] = {}
        self._kept: list[Any] = []
        self._scopes: dict[tuple[int, int], Scope] = {}
        self.steady: Any = None  # `steady.Steady`, once the names are there
        self.timeline: Timeline
        self.cash_begins = 0
        """From which date on there are accounts."""
        self.everything: Reader
        self.closing: datetime.date
        self.built: dict[ScheduleEntry, Schedule] = {}
        self.readers: dict[Any, Reader] = {}
        self.states: dict[tuple[StateEntry, int | None], dict[str, list[Value]]] = {}
        self.accounts: dict[AccountEntry, dict[str, Any]] = {}
        self.claims: dict[tuple[ClaimEntry, int | None], Any] = {}
        self.triggers: dict[TriggerEntry, Any] = {}
        self.recorded: dict[Any, dict[int, Value]] = {}
        self.received: dict[Any, dict[int, Any]] = {}
        self.paid: dict[Any, dict[int, Any]] = {}
        self.reduced: dict[Any, dict[int, Any]] = {}
        self.written_down: dict[Any, dict[int, Any]] = {}
        """What of `reduced` was allocated as losses."""
        self.rests: dict[Any, dict[int, Any]] = {}
        self.used: dict[Any, dict[int, Any]] = {}
        self.paid_by_steps: set[AnyEntry] = set()
        self.moved_by: dict[ClaimEntry, list[tuple[StateEntry, syntax.Movement]]] = {}
        """The states that a claim's payment moves at once, each with its term."""

    # ------------------------------------------------------------------------------------------ names

    def resolve(self, node: syntax.Name, scope: Scope) -> Resolved | int:
        key = id(node), id(scope)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = scope.resolve(node.parts)
            self._kept.append((node, scope))
        return found

    def thing(self, node: syntax.Expression, scope: Scope) -> AnyEntry | None:
        """The thing that a name stands for, through fields and definitions that only name it."""
        if not isinstance(node, syntax.Name):
            return None
        found = self.resolve(node, scope)
        if isinstance(found, int) or found.attribute is not None:
            return None
        return self.thing_of(found.entry)

    def thing_of(self, entry: AnyEntry) -> AnyEntry:
        """The same, what a scenario lays over a field among it."""
        seen = 0
        while isinstance(entry, DefinitionEntry) and seen < 99:
            seen += 1
            over = self.layers.get(entry.name)
            if over and not callable(over[-1]):
                value, scope = over[-1]
            else:
                value, scope = entry.value, entry.scope
            if not isinstance(value, syntax.Name):
                break
            found = scope.resolve(value.parts)
            if isinstance(found, int) or found.attribute is not None:
                break
            entry = found.entry
        return follow(entry)

    def call_scope(self, node: syntax.Call, scope: Scope, function: FunctionEntry) -> Scope:
        """Where a function of the deal is read: its arguments stand in the place of its parameters."""
        key = id(node), id(scope)
        if key not in self._scopes:
            given_ = bind_function(node, function.item)
            names: dict[str, AnyEntry] = {}
            inner = Scope(names, function.scope, prefix=function.scope.prefix, family=function.scope.family)
            for parameter in function.item.parameters:
                given = given_.values.get(parameter.name)
                value, where = (parameter.default, inner) if given is None else (given, scope)
                assert value is not None
                names[parameter.name] = DefinitionEntry(
                    name=f"{function.name}({parameter.name})",
                    span=parameter.span,
                    form="parameter",
                    value=value,
                    scope=where,
                    type=None if given is not None and parameter.type is None else parameter.type,
                )
            self._scopes[key] = inner
            self._kept.append((node, scope))
        return self._scopes[key]

    # ------------------------------------------------------------------------------------------ time

    @property
    def dates(self) -> tuple[datetime.date, ...]:
        return self.timeline.dates

    def rows(self, family: str | None) -> Iterator[int | None]:
        """The rows of a family; of what has none, one without a number."""
        return iter((None,)) if family is None else iter(range(self.families[family]))

    # ------------------------------------------------------------------------------------------ values

    def value(self, node: syntax.Expression, scope: Scope, at: At) -> Value:
        rule = EXPRESSIONS.get(type(node))
        if rule is None:
            raise NotCovered(type(node).__name__)
        return rule(self, node, scope, at)

    def amount(self, node: syntax.Expression, scope: Scope, at: At, said: str) -> Any:
        """A figure that cash hangs on."""
        found = self.value(node, scope, at)
        if found is None:
            raise Broken(f"{said} is not determined on {self.dates[at.t]} in {self.name}")
        return found

    def moved(self) -> None:
        """Something has changed: what was worked out in this step is worked out anew."""
        self.version += 1
        self.passing.clear()

    def party(self, node: syntax.Expression | None, scope: Scope, at: At) -> PartyEntry | None:
        """A party: by its name, by a field that names it, by a column; the issuer where nothing is said."""
        if node is None:
            return self.model.issuer
        found = self.value(node, scope, at)
        return found if isinstance(found, PartyEntry) else None
