"""Types: what every expression and every named thing of a deal is, as all rules and later passes ask for it.

`Types.of` and `Types.entry_type` answer the passes after this one; `Types.infer` and `Types.want` are what rules ask
of the parts of their expression. What is wrong is reported once, where it stands, and becomes `UNKNOWN`, which nothing
reports again. The rules themselves are handed in (`Rules`), so that they may stand on this module and it on none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from ...engine.ir import Kind, Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..names.deal import (
    AccountEntry,
    AnyEntry,
    ColumnEntry,
    ComponentEntry,
    DefinitionEntry,
    Model,
    Scope,
)
from ..names.name_help import claims_of_its
from ..names.row_scopes import RowScopes
from ..syntax.walk import names as walk_names
from ..vocabulary.currencies import CURRENCIES
from ..vocabulary.expected_kinds import WORDS, Want, fits, settle
from ..vocabulary.mismatches import refuse
from ..vocabulary.type_words import describe, unit_text
from ..vocabulary.units import Declared
from ..vocabulary.value_types import RATE, UNKNOWN, Type, money, unify
from . import operators
from .declared import NAMES, Stated, declare, stated
from .dispatch import RuleTable
from .memory import Memory, OwnCalls

DEEPEST = 1_500
"""Expressions may stand inside one another to this depth, functions and definitions walked through."""

FRAMES = 12
"""Calls of Python that one level of nesting takes, at most."""

Node = TypeVar("Node", bound=syntax.Expression)
Named = TypeVar("Named", bound=AnyEntry)


ExpressionRule = Callable[["Types", Node, Scope, Type | None], Type]
"""The type of a node in its scope. The last argument is only a hint: what a table there would be taken to hold."""

EntryRule = Callable[["Types", Named], Type]
"""The type of a named thing."""


class ExpressionRules(RuleTable[type[Any], ExpressionRule[Any]]):
    """Rules by the class of the expression."""

    def of(self, kind: type[Node]) -> Callable[[ExpressionRule[Node]], ExpressionRule[Node]]:
        def added(rule: ExpressionRule[Node]) -> ExpressionRule[Node]:
            self.put(kind, rule)
            return rule

        return added

    def always(self, kind: type[Node], type: Type) -> None:
        """The rule of an expression that is of one type whatever it says."""
        self.put(kind, lambda types, node, scope, hint: type)


class EntryRules(RuleTable[type[Any], EntryRule[Any]]):
    """Rules by the class of the entry."""

    def of(self, kind: type[Named]) -> Callable[[EntryRule[Named]], EntryRule[Named]]:
        def added(rule: EntryRule[Named]) -> EntryRule[Named]:
            self.put(kind, rule)
            return rule

        return added

    def always(self, kind: type[Named], type: Type) -> None:
        """The rule of a thing that is of one type whatever its text says."""
        self.put(kind, lambda types, entry: type)


@attrs.frozen(eq=False)
class Rules:
    """A rule for every class of expression and every class of entry."""

    expressions: Mapping[type[Any], ExpressionRule[Any]]
    entries: Mapping[type[Any], EntryRule[Any]]


class Types:
    """The types of a resolved deal. ``units`` are the deal's own unit declarations, in the order written.

    A claim's due may stand on another's as of an earlier date, and that on this: while such a ring is walked, what
    rests on its unfinished first entry is kept apart, and worked out again once that entry is known.
    """

    def __init__(
        self, model: Model, collector: Collector, rules: Rules, units: Iterable[syntax.UnitDeclaration] = ()
    ) -> None:
        self.model = model
        self.collector = collector
        self.declared: Declared = declare(units, collector)
        self.currencies_told: set[tuple[str, str]] = set()
        """Accounts, and currencies that they do not hold, of which a message was given."""
        self.working: set[AnyEntry] = set()
        """Entries whose type is being worked out."""
        self.unfinished: set[AnyEntry] = set()
        """Of these, the ones that were asked for meanwhile."""
        self.own_calls = OwnCalls()
        self._rules = rules
        self._expressions: Memory[tuple[syntax.Expression, Scope]] = Memory()
        self._entries: Memory[AnyEntry] = Memory()
        self._stated: dict[syntax.TypeName, Stated | None] = {}
        self._rows = RowScopes(model)
        self._depth = 0
        self._too_deep = False

    # ------------------------------------------------------------------------------------------ the public face

    def of(self, expression: syntax.Expression, scope: Scope, expected: Type | None = None) -> Type:
        """An expression's type. With ``expected``, as it stands there (a bare percentage becomes a rate); unknown,
        and reported, where it does not agree."""
        found = self.infer(expression, scope, expected)
        if expected is None or found.kind == "unknown":
            return found
        return self.agree(expression, found, expected, "this")

    def unit_text(self, type: Type) -> str:
        return unit_text(type)

    def stated(self, name: syntax.TypeName) -> Stated | None:
        """What a stated type means, and the factor of a value written in its units; None where it has no meaning."""
        if name not in self._stated:
            components = (
                [
                    entry.item.name
                    for word in self.model.scope.visible()
                    if isinstance(entry := self.model.scope.find(word), ComponentEntry)
                ]
                if name.base not in NAMES
                else []
            )
            self._stated[name] = stated(name, self.model.currency, self.declared, components, self.collector)
        return self._stated[name]

    def row_scope(self, call: syntax.Call, scope: Scope) -> Scope:
        """Where the `where` of a call is read: its operand's family's members by their own names, then ``scope``."""
        if not call.arguments:
            return scope
        return self._rows.of_family(self.infer(call.arguments[0].value, scope).family, scope)

    def take_scope(self, node: syntax.Take, scope: Scope) -> Scope:
        """Where the `where` of a `take` is read."""
        return self._rows.of_family(self.infer(node.amount, scope).family, scope)

    def column_factor(self, entry: ColumnEntry) -> Fraction:
        """What the numbers of a column, written in their field's units, are multiplied by to be in base units."""
        declared = self.stated(entry.type)
        return Fraction(1) if declared is None else declared.factor

    def operand_kind(self, entry: AnyEntry) -> Kind:
        """How the figures of a named thing are held: numbers, booleans or dates."""
        type = self.entry_type(entry)
        if type.kind == "list" and type.item is not None:
            type = type.item
        return "bool" if type.kind == "condition" else "date" if type.kind == "date" else "float"

    def unit_text_of(self, entry: AnyEntry) -> str:
        return unit_text(self.entry_type(entry))

    def account_currency(self, entry: AccountEntry) -> str:
        stated = entry.item.currency
        if isinstance(stated, syntax.Name) and len(stated.parts) == 1 and stated.text in CURRENCIES:
            return stated.text
        return self.model.currency

    # ------------------------------------------------------------------------------------------ agreement

    def want(
        self, expression: syntax.Expression, scope: Scope, wanted: Want, subject: str, code: str = "E0310"
    ) -> Type:
        """An expression's type where a kind of thing is wanted; unknown, and reported, where it does not fit."""
        hint = RATE if wanted == "rate" else self.money if wanted == "money" else None
        found = self.infer(expression, scope, hint)
        if fits(found, wanted):
            return settle(found, wanted)
        if wanted == "condition" and code == "E0310":
            operators.condition(expression, found, f"{subject} must be a condition, and this", self.collector)
        else:
            expected = self.money if wanted == "money" else None
            claims = claims_of_its(expression, scope) if wanted in ("receivable", "claim") else None
            refuse(self.collector, code, expression, found, WORDS[wanted], subject, expected, help=claims)
        return UNKNOWN

    def agree(
        self,
        expression: syntax.Expression,
        found: Type,
        expected: Type,
        subject: str,
        code: str = "E0310",
        declared: Span | None = None,
    ) -> Type:
        """A type found against the one that it must be: the type that the value has there, or unknown."""
        agreed = unify(expected, found)
        if agreed is not None and agreed.kind in ("number", "claim") and agreed.dimension != expected.dimension:
            agreed = None if not expected.bare else agreed
        if agreed is None:
            wanted = describe(expected)
            refuse(self.collector, code, expression, found, wanted, subject, expected, declared)
            return UNKNOWN
        return agreed

    def one_figure(self, expression: syntax.Expression, found: Type, subject: str) -> Type:
        """Report a figure for each row of a family where one figure is wanted."""
        if found.family is None:
            return found
        self.collector.error(
            "E0347",
            f"{subject} must be one figure, and this has one for each row of `{found.family}`",
            expression.span,
            label=f"for each row of `{found.family}`",
            help="sum it: `sum(x)`",
        )
        return UNKNOWN

    @property
    def money(self) -> Type:
        return money(self.model.currency)

    # ------------------------------------------------------------------------------------------ expressions

    def infer(self, expression: syntax.Expression, scope: Scope, hint: Type | None = None) -> Type:
        """As `of`, checking nothing: ``hint`` is only what a table would be taken to hold."""
        key = expression, scope
        found = self._expressions.get(key)
        if found is not None:
            return found
        if self._depth >= DEEPEST:
            if not self._too_deep:
                self._too_deep = True
                self.collector.error(
                    "E0348",
                    "this stands on too many things, one inside another",
                    expression.span,
                    label=f"more than {DEEPEST:,} deep",
                    help="give a part of it a name of its own",
                )
            return UNKNOWN
        self._depth += 1
        before = self.collector.last
        type = self._rules.expressions[expression.__class__](self, expression, scope, hint)
        self._depth -= 1
        if (
            type.kind == "unknown"
            and self.collector.last is not before
            and isinstance(expression, syntax.Binary | syntax.Call)
        ):
            self._point_to_fields(expression, scope)
        self._expressions.keep(key, type, passing=bool(self.unfinished))
        return type

    def _point_to_fields(self, expression: syntax.Expression, scope: Scope) -> None:
        """Where two currencies meet in a component's own text, the fault is in the fields that the deal gave it."""
        fault = self.collector.last
        if fault is None or fault.code != "E0314" or fault.span.file == self.model.header.span.file:
            return
        fields = {
            entry.name: entry.span
            for name in walk_names(expression)
            if not isinstance(found := scope.resolve(name.parts), int)
            and isinstance(entry := found.entry, DefinitionEntry)
            and entry.form == "field"
            and entry.span.file == self.model.header.span.file
            and not any(label.span == entry.span for label in fault.others)
        }
        self.collector.point(
            tuple(Label(span, f"`{name.rpartition('.')[2]}` is stated here") for name, span in fields.items())
        )

    # ------------------------------------------------------------------------------------------ named things

    def entry_type(self, entry: AnyEntry) -> Type:
        """The type of a named thing: a figure's own, ``claim`` of a claim (with the money it is in), and so on."""
        known = self._entries.get(entry)
        if known is not None:
            return known
        if entry in self.working:
            self.unfinished.add(entry)
            return UNKNOWN
        self.working.add(entry)
        type = self._rules.entries[entry.__class__](self, entry)
        self.working.discard(entry)
        self.unfinished.discard(entry)
        if not self.unfinished:
            for memory in (self._expressions, self.own_calls.results, self._entries):
                memory.forget_passing()
        self._entries.keep(entry, type, passing=bool(self.unfinished))
        return type

    def as_stated(self, expression: syntax.Expression, scope: Scope, declared: Stated, name: str, place: Span) -> Type:
        """A value against the type stated for it; the stated type, in the value's currency, whatever is found."""
        found = self.infer(expression, scope, declared.type)
        agreed = declared.accept(found)
        if agreed is None:
            refuse(
                self.collector,
                "E0327",
                expression,
                found,
                declared.words,
                f"`{name}`",
                None if declared.any_currency else declared.type,
                place if place.file == expression.span.file else None,
            )
            return declared.type
        return agreed
