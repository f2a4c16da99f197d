"""Types: what every expression of a deal is, and where two things meet that do not go together.

`Types.check` walks the whole deal; `Types.of` and `Types.entry_type` answer the passes after it. What is
wrong is reported once, where it stands, and becomes `UNKNOWN`, which nothing reports again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

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
    InstanceEntry,
    Model,
    Scope,
)
from ..names.name_help import claims_of_its
from ..syntax.walk import names as walk_names
from ..vocabulary.currencies import CURRENCIES
from ..vocabulary.units import (
    CONDITION,
    COUNT,
    DATE,
    DAYCOUNT,
    EXACT_DURATION,
    RATE,
    TEXT,
    UNKNOWN,
    Declared,
    Type,
    describe,
    known,
    list_of,
    literal_type,
    literal_value,
    money,
    scale,
    unify,
    unit_text,
)
from ..vocabulary.wants import WORDS, Want, fits, refuse, settle, words
from . import operators as types_operators
from .calls import Calls
from .declared import NAMES, Stated, declare, stated
from .entries import Entries

DEEPEST = 1_500
"""Expressions may stand inside one another to this depth, functions and definitions walked through."""

FRAMES = 12
"""Calls of Python that one level of nesting takes, at most."""


class Types:
    """The types of a resolved deal. ``units`` are the deal's own unit declarations, in the order written."""

    def __init__(self, model: Model, collector: Collector, units: Iterable[syntax.UnitDeclaration] = ()) -> None:
        self.model = model
        self.collector = collector
        self.declared: Declared = declare(units, collector)
        self._known: dict[tuple[int, int], tuple[syntax.Expression, Scope, Type]] = {}
        self._stated: dict[int, tuple[syntax.TypeName, Stated | None]] = {}
        self._rows: dict[tuple[str, int], tuple[Scope, Scope]] = {}
        self._passing: dict[tuple[int, int], tuple[syntax.Expression, Scope, Type]] = {}
        self.currencies_told: set[tuple[str, str]] = set()
        """Accounts, and currencies that they do not hold, of which a message was given."""
        self.entries = Entries(self)
        self._depth = 0
        self._too_deep = False
        self.calls = Calls(self)

    # ------------------------------------------------------------------------------------------ the public face

    def check(self) -> None:
        """Type every expression of every entry, act, scenario, check and report."""
        from .check import check

        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, DEEPEST * FRAMES))
        try:
            check(self)
        finally:
            sys.setrecursionlimit(before)

    def of(self, expression: syntax.Expression, scope: Scope, expected: Type | None = None) -> Type:
        """An expression's type. With ``expected``, as it stands there (a bare percentage becomes a rate); unknown,
        and reported, where it does not agree."""
        found = self.infer(expression, scope, expected)
        if expected is None or found.kind == "unknown":
            return found
        return self.agree(expression, found, expected, "this")

    def value(self, node: syntax.Number | syntax.Money) -> Fraction:
        """A literal in base units, the deal's own units among them."""
        return literal_value(node, self.declared)

    def scale(self, units: tuple[syntax.UnitTerm, ...]) -> Fraction:
        """The factor of some units to base units."""
        return scale(units, None, self.declared)[0]

    def unit_text(self, type: Type) -> str:
        return unit_text(type)

    def stated(self, name: syntax.TypeName) -> Stated | None:
        """What a stated type means, and the factor of a value written in its units; None where it has no meaning."""
        found = self._stated.get(id(name))
        if found is None:
            components = (
                [
                    entry.item.name
                    for word in self.model.scope.visible()
                    if isinstance(entry := self.model.scope.find(word), ComponentEntry)
                ]
                if name.base not in NAMES
                else []
            )
            found = name, stated(name, self.model.currency, self.declared, components, self.collector)
            self._stated[id(name)] = found
        return found[1]

    def row_scope(self, call: syntax.Call, scope: Scope) -> Scope:
        """Where the `where` of a call is read: its operand's family's members by their own names, then ``scope``."""
        return scope if not call.arguments else self._members(self.infer(call.arguments[0].value, scope), scope)

    def take_scope(self, node: syntax.Take, scope: Scope) -> Scope:
        """Where the `where` of a `take` is read."""
        return self._members(self.infer(node.amount, scope), scope)

    def _members(self, operand: Type, scope: Scope) -> Scope:
        if operand.family is None:
            return scope
        key = operand.family, id(scope)
        if key not in self._rows:
            entry = self.model.entries.get(operand.family)
            members = dict(entry.members) if isinstance(entry, InstanceEntry) else {}
            self._rows[key] = scope, Scope(members, scope, prefix=f"{operand.family}.", family=operand.family)
        return self._rows[key][1]

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
            types_operators.condition(expression, found, f"{subject} must be a condition, and this", self.collector)
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
        key = id(expression), id(scope)
        found = self._known.get(key) or self._passing.get(key)
        if found is not None:
            return found[2]
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
        type = self._infer(expression, scope, hint)
        self._depth -= 1
        if (
            type.kind == "unknown"
            and self.collector.last is not before
            and isinstance(expression, syntax.Binary | syntax.Call)
        ):
            self._point_to_fields(expression, scope)
        (self._passing if self.entries.unfinished else self._known)[key] = expression, scope, type
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

    def _infer(self, node: syntax.Expression, scope: Scope, hint: Type | None) -> Type:
        match node:
            case syntax.Number() | syntax.Money():
                return literal_type(node, self.declared, self.collector)
            case syntax.DateLiteral():
                return DATE
            case syntax.Text():
                return TEXT
            case syntax.Boolean():
                return CONDITION
            case syntax.DayCount():
                return DAYCOUNT
            case syntax.Name():
                return self.entries.name(node, scope)
            case syntax.Unary():
                operand = self.infer(node.operand, scope, hint if node.operator == "-" else None)
                if node.operator == "-":
                    return types_operators.negative(node, operand, self.collector)
                said = "`not` turns a condition round, and this"
                types_operators.condition(node.operand, operand, said, self.collector)
                return CONDITION.like(operand)
            case syntax.Binary():
                given = hint if node.operator in ("+", "-") else None
                left, right = self.infer(node.left, scope, given), self.infer(node.right, scope, given)
                return types_operators.binary(node, left, right, self.collector)
            case syntax.Conditional():
                return self._conditional(node, scope, hint)
            case syntax.Per():
                operand = self.infer(node.operand, scope)
                _, dimension = scale(node.units, self.collector, self.declared)
                if not known(node.units, self.declared):
                    return UNKNOWN
                return types_operators.per(node, operand, dimension, self.collector)
            case syntax.Call():
                return self.calls.call(node, scope, hint)
            case syntax.Reading():
                read = self.infer(node.name, scope)
                if read.kind == "schedule":
                    return DATE.over_dates()
                return read.over_dates()
            case syntax.EdgeDate():
                found = self.infer(node.name, scope)
                if found.kind == "list":
                    return found.item or UNKNOWN
                if found.kind not in ("schedule", "unknown"):
                    refuse(self.collector, "E0310", node.name, found, "schedule", f"what `{node.edge}` names")
                    return UNKNOWN
                return DATE
            case syntax.DateCount():
                self.want(node.schedule, scope, "when", "what `number of ... dates` counts")
                for word, bound in node.bounds:
                    self.want(bound, scope, "date", f"what follows `{word}`")
                return COUNT.over_dates()
            case syntax.Within():
                start = self.want(node.start, scope, "date", f"the start of `{node.unit} within`")
                end = self.want(node.end, scope, "date", f"the end of `{node.unit} within`")
                return EXACT_DURATION.over_dates().like(start, end)
            case syntax.Falls():
                event = self.infer(node.operand, scope)
                if event.kind not in ("date", "condition", "unknown"):
                    refuse(self.collector, "E0310", node.operand, event, "date", "what `falls`")
                return CONDITION.over_dates().like(event)
            case syntax.OnDate():
                operand = self.infer(node.operand, scope, hint)
                self.want(node.date, scope, "when", "what follows `on`")
                return operand.one_date() if operand.series else operand
            case syntax.ListOf():
                return self._list(node.items, scope, hint)
            case syntax.Pairs():
                keys = [(key, self.infer(key, scope)) for key, _ in node.items]
                types_operators.alike(keys, "E0324", "the points of this list", self.collector)
                values = tuple(value for _, value in node.items)
                return self._list(values, scope, hint)
            case syntax.Table():
                return self._table(node, scope, hint)
            case syntax.Take():
                return self._take(node, scope)
            case syntax.Circles():
                return list_of(self.money)
            case syntax.NoneOf():
                return CONDITION
            case _:
                assert_never(node)

    def _conditional(self, node: syntax.Conditional, scope: Scope, hint: Type | None) -> Type:
        condition = self.want(node.condition, scope, "condition", "what follows `if`")
        branches = [(branch, self.infer(branch, scope, hint)) for branch in (node.then, node.otherwise)]
        agreed = types_operators.alike(branches, "E0317", "the branches of `if`", self.collector)
        if agreed.family and condition.family and agreed.family != condition.family:
            self.collector.error(
                "E0320",
                f"the rows of `{condition.family}` meet the rows of `{agreed.family}`",
                node.condition.span,
                label=f"a figure for each row of `{condition.family}`",
                help="sum or count one of them first",
            )
            return UNKNOWN
        return agreed.like(condition)

    def _list(self, items: tuple[syntax.Expression, ...], scope: Scope, hint: Type | None) -> Type:
        inner = hint.item if hint is not None and hint.kind == "list" else hint
        held = [(item, self.infer(item, scope, inner)) for item in items]
        agreed = types_operators.alike(held, "E0324", "the items of this list", self.collector)
        return Type(kind="list") if not items else list_of(agreed) if agreed.kind != "unknown" else UNKNOWN

    def _table(self, node: syntax.Table, scope: Scope, hint: Type | None) -> Type:
        if node.on is not None:
            self.want(node.on, scope, "schedule", "what a table is `on`")
        if node.form == "vector" and node.on is not None:
            self.collector.error(
                "E0686",
                "a vector is a list, and has no dates",
                node.on.span,
                label="a vector is on no schedule",
                help=f'`table "{node.path.value}" on {node.on.text}` has a row for each date of a schedule',
            )
            return UNKNOWN
        if hint is None or hint.kind == "unknown":
            self.collector.error(
                "E0337",
                f'what "{node.path.value}" holds must be stated',
                node.span,
                label="of what type?",
                help="give it a name with a type: `term costs : series of money = table ...`",
            )
            return UNKNOWN
        if node.form == "vector":
            if hint.kind != "list":
                self.collector.error(
                    "E0687",
                    f"a vector is a list, and {words(hint)} is wanted here",
                    node.span,
                    label="many numbers",
                    help="state it as a list, and read it by age: `term speeds : list of fraction = vector ...`, "
                    "`at(speeds, age)`",
                )
                return UNKNOWN
            return attrs.evolve(hint, series=False, family=None)
        return attrs.evolve(hint, series=True, bare=False, family=None)

    def _take(self, node: syntax.Take, scope: Scope) -> Type:
        amount = self.want(node.amount, scope, "number", "what `take` takes of")
        key = self.want(node.key, scope, "value", "what `take` goes by")
        limit = self.infer(node.limit, scope)
        amounts = [(node.amount, amount), (node.limit, limit)]
        types_operators.alike(amounts, "E0326", "the amounts of `take`", self.collector)
        if node.where is not None:
            self.want(node.where, self.take_scope(node, scope), "condition", "what follows `where`")
        if amount.kind != "unknown" and amount.family is None:
            self.collector.error(
                "E0332",
                "`take` goes through the rows of a family, and this has none",
                node.amount.span,
                label="no rows",
            )
            return UNKNOWN
        return amount.like(key)

    # ------------------------------------------------------------------------------------------ names

    def entry_type(self, entry: AnyEntry) -> Type:
        """The type of a named thing: a figure's own, ``claim`` of a claim (with the money it is in), and so on."""
        return self.entries.type(entry)

    def as_stated(self, expression: syntax.Expression, scope: Scope, declared: Stated, name: str, place: Span) -> Type:
        """A value against the type stated for it; the stated type, in the value's currency, whatever is found."""
        return self.entries.as_stated(expression, scope, declared, name, place)

    def forget_passing(self) -> None:
        """Drop what was worked out while an entry of a ring was unfinished."""
        self._passing.clear()
        self.calls.forget_passing()
