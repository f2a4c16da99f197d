"""Rules of expressions whose parts are expressions or nothing: literals, operators, dates, lists, tables."""

from __future__ import annotations

import attrs

from .. import syntax
from ..names.deal import Scope
from ..vocabulary.mismatches import refuse, words
from ..vocabulary.units import known, literal_type, scale
from ..vocabulary.value_types import CONDITION, COUNT, DATE, DAYCOUNT, EXACT_DURATION, TEXT, UNKNOWN, Type, list_of
from . import operators
from .types import ExpressionRules, Types

RULES = ExpressionRules()


# --------------------------------------------------------------------------------------------- literals


@RULES.of(syntax.Number)
def _number(types: Types, node: syntax.Number, scope: Scope, hint: Type | None) -> Type:
    return literal_type(node, types.declared, types.collector)


@RULES.of(syntax.Money)
def _money(types: Types, node: syntax.Money, scope: Scope, hint: Type | None) -> Type:
    return literal_type(node, types.declared, types.collector)


RULES.always(syntax.DateLiteral, DATE)
RULES.always(syntax.Text, TEXT)
RULES.always(syntax.Boolean, CONDITION)
RULES.always(syntax.DayCount, DAYCOUNT)


# --------------------------------------------------------------------------------------------- operators


@RULES.of(syntax.Unary)
def _unary(types: Types, node: syntax.Unary, scope: Scope, hint: Type | None) -> Type:
    operand = types.infer(node.operand, scope, hint if node.operator == "-" else None)
    if node.operator == "-":
        return operators.negative(node, operand, types.collector)
    operators.condition(node.operand, operand, "`not` turns a condition round, and this", types.collector)
    return CONDITION.like(operand)


@RULES.of(syntax.Binary)
def _binary(types: Types, node: syntax.Binary, scope: Scope, hint: Type | None) -> Type:
    given = hint if node.operator in ("+", "-") else None
    left, right = types.infer(node.left, scope, given), types.infer(node.right, scope, given)
    return operators.binary(node, left, right, types.collector)


@RULES.of(syntax.Per)
def _per(types: Types, node: syntax.Per, scope: Scope, hint: Type | None) -> Type:
    operand = types.infer(node.operand, scope)
    _, dimension = scale(node.units, types.collector, types.declared)
    if not known(node.units, types.declared):
        return UNKNOWN
    return operators.per(node, operand, dimension, types.collector)


@RULES.of(syntax.Conditional)
def _conditional(types: Types, node: syntax.Conditional, scope: Scope, hint: Type | None) -> Type:
    condition = types.want(node.condition, scope, "condition", "what follows `if`")
    branches = [(branch, types.infer(branch, scope, hint)) for branch in (node.then, node.otherwise)]
    agreed = operators.alike(branches, "E0317", "the branches of `if`", types.collector)
    if agreed.family and condition.family and agreed.family != condition.family:
        types.collector.error(
            "E0320",
            f"the rows of `{condition.family}` meet the rows of `{agreed.family}`",
            node.condition.span,
            label=f"a figure for each row of `{condition.family}`",
            help="sum or count one of them first",
        )
        return UNKNOWN
    return agreed.like(condition)


# --------------------------------------------------------------------------------------------- dates


@RULES.of(syntax.Reading)
def _reading(types: Types, node: syntax.Reading, scope: Scope, hint: Type | None) -> Type:
    read = types.infer(node.name, scope)
    return DATE.over_dates() if read.kind == "schedule" else read.over_dates()


@RULES.of(syntax.EdgeDate)
def _edge_date(types: Types, node: syntax.EdgeDate, scope: Scope, hint: Type | None) -> Type:
    found = types.infer(node.name, scope)
    if found.kind == "list":
        return found.item or UNKNOWN
    if found.kind not in ("schedule", "unknown"):
        refuse(types.collector, "E0310", node.name, found, "schedule", f"what `{node.edge}` names")
        return UNKNOWN
    return DATE


@RULES.of(syntax.DateCount)
def _date_count(types: Types, node: syntax.DateCount, scope: Scope, hint: Type | None) -> Type:
    types.want(node.schedule, scope, "when", "what `number of ... dates` counts")
    for word, bound in node.bounds:
        types.want(bound, scope, "date", f"what follows `{word}`")
    return COUNT.over_dates()


@RULES.of(syntax.Within)
def _within(types: Types, node: syntax.Within, scope: Scope, hint: Type | None) -> Type:
    start = types.want(node.start, scope, "date", f"the start of `{node.unit} within`")
    end = types.want(node.end, scope, "date", f"the end of `{node.unit} within`")
    return EXACT_DURATION.over_dates().like(start, end)


@RULES.of(syntax.Falls)
def _falls(types: Types, node: syntax.Falls, scope: Scope, hint: Type | None) -> Type:
    event = types.infer(node.operand, scope)
    if event.kind not in ("date", "condition", "unknown"):
        refuse(types.collector, "E0310", node.operand, event, "date", "what `falls`")
    return CONDITION.over_dates().like(event)


@RULES.of(syntax.OnDate)
def _on_date(types: Types, node: syntax.OnDate, scope: Scope, hint: Type | None) -> Type:
    operand = types.infer(node.operand, scope, hint)
    types.want(node.date, scope, "when", "what follows `on`")
    return operand.one_date() if operand.series else operand


# --------------------------------------------------------------------------------------------- lists and tables


@RULES.of(syntax.ListOf)
def _list_of(types: Types, node: syntax.ListOf, scope: Scope, hint: Type | None) -> Type:
    if not node.items:
        types.collector.error(
            "E0410", "this list has no items", node.span, help="a list has at least one item: `[$1m]`, `[Bank]`"
        )
        return UNKNOWN
    return _items(types, node.items, scope, hint)


@RULES.of(syntax.Pairs)
def _pairs(types: Types, node: syntax.Pairs, scope: Scope, hint: Type | None) -> Type:
    keys = [(key, types.infer(key, scope)) for key, _ in node.items]
    operators.alike(keys, "E0324", "the points of this list", types.collector)
    return _items(types, tuple(value for _, value in node.items), scope, hint)


def _items(types: Types, items: tuple[syntax.Expression, ...], scope: Scope, hint: Type | None) -> Type:
    inner = hint.item if hint is not None and hint.kind == "list" else hint
    held = [(item, types.infer(item, scope, inner)) for item in items]
    agreed = operators.alike(held, "E0324", "the items of this list", types.collector)
    return Type(kind="list") if not items else list_of(agreed) if agreed.kind != "unknown" else UNKNOWN


@RULES.of(syntax.Table)
def _table(types: Types, node: syntax.Table, scope: Scope, hint: Type | None) -> Type:
    if node.on is not None:
        types.want(node.on, scope, "schedule", "what a table is `on`")
    if node.form == "vector" and node.on is not None:
        types.collector.error(
            "E0686",
            "a vector is a list, and has no dates",
            node.on.span,
            label="a vector is on no schedule",
            help=f'`table "{node.path.value}" on {node.on.text}` has a row for each date of a schedule',
        )
        return UNKNOWN
    if hint is None or hint.kind == "unknown":
        types.collector.error(
            "E0337",
            f'what "{node.path.value}" holds must be stated',
            node.span,
            label="of what type?",
            help="give it a name with a type: `term costs : series of money = table ...`",
        )
        return UNKNOWN
    if node.form == "vector":
        if hint.kind != "list":
            types.collector.error(
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


@RULES.of(syntax.Take)
def _take(types: Types, node: syntax.Take, scope: Scope, hint: Type | None) -> Type:
    amount = types.want(node.amount, scope, "number", "what `take` takes of")
    key = types.want(node.key, scope, "value", "what `take` goes by")
    limit = types.infer(node.limit, scope)
    amounts = [(node.amount, amount), (node.limit, limit)]
    operators.alike(amounts, "E0326", "the amounts of `take`", types.collector)
    if node.where is not None:
        types.want(node.where, types.take_scope(node, scope), "condition", "what follows `where`")
    if amount.kind != "unknown" and amount.family is None:
        types.collector.error(
            "E0332",
            "`take` goes through the rows of a family, and this has none",
            node.amount.span,
            label="no rows",
        )
        return UNKNOWN
    return amount.like(key)


# --------------------------------------------------------------------------------------------- circles of parties


@RULES.of(syntax.Circles)
def _circles(types: Types, node: syntax.Circles, scope: Scope, hint: Type | None) -> Type:
    return list_of(types.money)


RULES.always(syntax.NoneOf, CONDITION)
