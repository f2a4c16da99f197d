"""Calls of the functions that a deal declares: a body is typed where it is called, with the arguments' types."""

from __future__ import annotations

import attrs

from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..names.deal import AnyEntry, DefinitionEntry, FunctionEntry, Scope, follow
from ..vocabulary.builtins import bind_function
from ..vocabulary.value_types import UNKNOWN, Type
from .call_problems import misplaced, wrong_arguments
from .types import Types

DEEPEST = 100
"""Functions may call one another to this depth."""


def own_call(types: Types, call: syntax.Call, entry: FunctionEntry, scope: Scope) -> Type:
    """The type of the call's body, where its parameters stand for the arguments."""
    for argument in call.arguments:
        types.infer(argument.value, scope)
    inner = _scope_of(types, call, entry, scope)
    if inner is None:
        names = tuple(parameter.name for parameter in entry.item.parameters)
        problems = bind_function(call, entry.item).problems
        wrong_arguments(types, call, problems, f"{entry.item.name}({', '.join(names)})", names)
        return UNKNOWN
    if call.where is not None or call.on is not None:
        misplaced(types, call, entry.item.name)
    calls = types.own_calls
    if entry in calls.inside or len(calls.inside) >= DEEPEST:
        _refuse_depth(types, call, entry)
        return UNKNOWN
    arguments = [types.entry_type(inner.names[parameter.name]) for parameter in entry.item.parameters]
    # A body's type depends on its arguments' types and, of a thing that has members, on which thing it is. Each
    # such body is typed once, or functions that call one another twice would take twice as long at every level.
    things = [_thing(inner.names[parameter.name]) for parameter in entry.item.parameters]
    key: tuple[object, ...] = (entry, *arguments, *things)
    known = calls.results.get(key)
    if known is not None:
        return known
    calls.inside.append(entry)
    outer = types.collector
    types.collector = _Called(outer, entry, call)
    found = types.infer(entry.item.value, inner)
    types.collector = outer
    calls.inside.pop()
    calls.results.keep(key, found, passing=bool(types.unfinished))
    return found


def _refuse_depth(types: Types, call: syntax.Call, entry: FunctionEntry) -> None:
    """Say that a function calls itself, or, once, that functions call one another too deep."""
    calls = types.own_calls
    chain = [inside.item.name for inside in calls.inside] + [entry.item.name]
    if entry in calls.inside:
        types.collector.error(
            "E0340",
            f"the function `{entry.item.name}` calls itself",
            call.function.span,
            label="again",
            notes=(" calls ".join(chain[-8:]),),
            help="a state carries a figure from date to date",
        )
    elif not calls.told_too_deep:
        calls.told_too_deep = True
        types.collector.error(
            "E0348",
            f"functions call one another more than {DEEPEST} deep",
            call.function.span,
            label="not read any further",
            notes=(f"{' calls '.join(chain[:4])}, and so on",),
            help="a power repeats a product, and a state carries a figure from date to date",
        )


def _scope_of(types: Types, call: syntax.Call, entry: FunctionEntry, scope: Scope) -> Scope | None:
    """The scope that a call's body is read in: its parameters stand for the arguments. None: wrong arguments.

    The same call in the same scope gives the same scope, so that types worked out here are found again.
    """
    key = call, scope
    known = types.own_calls.scopes.get(key)
    if known is not None:
        return known
    bound = bind_function(call, entry.item)
    if bound.problems:
        return None
    names: dict[str, AnyEntry] = {}
    inner = Scope(names, entry.scope, prefix=scope.prefix, family=scope.family)
    for parameter in entry.item.parameters:
        given = bound.values.get(parameter.name)
        value = given if given is not None else parameter.default
        if value is None:
            return None
        names[parameter.name] = DefinitionEntry(
            name=parameter.name,
            span=parameter.span,
            form="parameter",
            value=value,
            scope=scope if given is not None else inner,
            type=parameter.type,
        )
    types.own_calls.scopes[key] = inner
    return inner


def _thing(parameter: AnyEntry) -> AnyEntry | None:
    """Which named thing an argument is (an instrument, a claim, a party), or None where it is a figure."""
    stands = follow(parameter)
    # A parameter of a function that is checked by itself stands for the function: it may be anything.
    return None if isinstance(stands, DefinitionEntry | FunctionEntry) else stands


class _Called(Collector):
    """What is wrong in a function's body, with the call that makes it so as a second place."""

    def __init__(self, outer: Collector, entry: FunctionEntry, call: syntax.Call) -> None:
        super().__init__()
        self._outer, self._body, self._call = outer, entry.item.value.span, call

    def add(self, diagnostic: Diagnostic) -> None:
        place, body = diagnostic.span, self._body
        first, last = (body.line, body.column), (body.end_line, body.end_column)
        if place.file == body.file and first <= (place.line, place.column) < last:
            label = Label(self._call.function.span, f"in `{self._call.function.text}` as it is called here")
            diagnostic = attrs.evolve(diagnostic, others=(*diagnostic.others, label))
        self._outer.add(diagnostic)
