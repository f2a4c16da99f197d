"""The one dispatch of expressions, names and calls: rules register, and whoever needs a value asks here.

A rule imports what stands below it and this module; nothing imports the rules but `rules.py`, which knows them all and
fails where a kind of expression, of named thing or a function of the language has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ....engine.ir import Operand, Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import AnyEntry, ClaimEntry, Resolved, Scope
from ...vocabulary.builtins import Bound
from ..building.builder import TRUE
from .lowering import Lowering
from .moments import Moment
from .values import AnyValue, EntryValue, ListValue, NotLowered, PairsValue, Value

E = TypeVar("E", bound=syntax.Expression)
N = TypeVar("N", bound=AnyEntry)
V = TypeVar("V", bound=AnyValue)

ExpressionRule = Callable[[Lowering, E, Scope, Moment], AnyValue]
EntryRule = Callable[[Lowering, N, str | None, Span, Moment], AnyValue]
FunctionRule = Callable[[Lowering, syntax.Call, Bound, Scope, Moment], AnyValue]

EXPRESSIONS: dict[type, ExpressionRule[Any]] = {}
"""The rule of each kind of expression."""

ENTRIES: dict[type, EntryRule[Any]] = {}
"""What each kind of named thing comes to, and each of its attributes."""

FUNCTIONS: dict[str, FunctionRule] = {}
"""The rule of each function of the language, by its name."""


def lowers(
    kind: type[E],
) -> Callable[[Callable[[Lowering, E, Scope, Moment], V]], Callable[[Lowering, E, Scope, Moment], V]]:
    """The function below is the rule of this kind of expression."""

    def register(rule: Callable[[Lowering, E, Scope, Moment], V]) -> Callable[[Lowering, E, Scope, Moment], V]:
        if kind in EXPRESSIONS:
            raise AssertionError(f"{kind.__name__} has two rules")
        EXPRESSIONS[kind] = rule
        return rule

    return register


def reads(kind: type[N]) -> Callable[[EntryRule[N]], EntryRule[N]]:
    """The function below says what this kind of named thing comes to."""

    def register(rule: EntryRule[N]) -> EntryRule[N]:
        if kind in ENTRIES:
            raise AssertionError(f"{kind.__name__} has two rules")
        ENTRIES[kind] = rule
        return rule

    return register


def functions(rules: Mapping[str, FunctionRule]) -> None:
    """Register the rules of functions of the language."""
    twice = FUNCTIONS.keys() & rules.keys()
    if twice:
        raise AssertionError(f"two rules for {', '.join(sorted(twice))}")
    FUNCTIONS.update(rules)


# ------------------------------------------------------------------------------------------------- asking


def lower(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> AnyValue:
    """What an expression comes to at a moment, with its names read in a scope."""
    return EXPRESSIONS[type(expression)](low, expression, scope, moment)


def read_entry(low: Lowering, resolved: Resolved, span: Span, moment: Moment) -> AnyValue:
    """What a named thing, or an attribute of it, comes to at a moment."""
    return ENTRIES[type(resolved.entry)](low, resolved.entry, resolved.attribute, span, moment)


def value_of(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> Value:
    """The value of an expression that must be a number, a condition or a date."""
    return one_value(low.collector, lower(low, expression, scope, moment), expression)


def one_value(collector: Collector, found: AnyValue, expression: syntax.Expression) -> Value:
    """What an expression came to, if that is a number, a condition or a date."""
    if isinstance(found, Value):
        return found
    if isinstance(found, EntryValue) and isinstance(found.entry, ClaimEntry):
        collector.error(
            "E0322",
            f"`{found.entry.name}` is a claim: say which figure of it is meant",
            expression.span,
            help=f"`{found.entry.name}.due`, `.paid`, `.unpaid`, `.current` or `.arrears`",
        )
    else:
        collector.error("E0323", "a number, a condition or a date is wanted here", expression.span)
    raise NotLowered


def points_of(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> PairsValue:
    """The points of a table in the text."""
    found = lower(low, expression, scope, moment)
    if isinstance(found, PairsValue) and found.items:
        return found
    low.collector.error("E0694", "a table says at what it holds each value, and this is none", expression.span)
    raise NotLowered


def items_of(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> ListValue:
    """The items of a list that has some."""
    found = lower(low, expression, scope, moment)
    if isinstance(found, ListValue) and found.items:
        return found
    low.collector.error("E0410", "a list with items is wanted here", expression.span)
    raise NotLowered


def condition(low: Lowering, expression: syntax.Expression, scope: Scope, moment: Moment) -> Operand:
    """A condition; a test on what is not determined is false."""
    found = value_of(low, expression, scope, moment)
    return found.operand if found.determined == TRUE else low.builder.both(found.determined, found.operand)


def untracked(low: Lowering, name: syntax.Expression, scope: Scope, moment: Moment) -> AnyValue:
    """A value whose moment is stated: a definition that reads it does not change in the course of the day."""
    low.trail.tracking.append(set())
    try:
        return lower(low, name, scope, moment)
    finally:
        low.trail.tracking.pop()
