"""What an `expect` says: a figure tied to what it must be, or a table of them by scenario."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs

from ....engine.ir import Check, Literal, Operand, Origin, Span
from ... import syntax
from ...names.deal import GroupEntry, InstanceEntry, Scope, follow
from ...syntax.walk import names
from ...syntax.written import format_expression
from ...types.types import Types
from ..building.builder import TRUE, Builder
from ..context.dispatch import value_of
from ..context.lowering import Lowering
from ..context.named import target
from ..context.product import Product
from ..context.values import NotLowered, Value
from ..scenarios.scenarios import THINGS
from .asked import _condition, _moment, _scenarios


def _expect(low: Lowering, item: syntax.Expect, scope: Scope) -> None:
    label = item.label or format_expression(item.value)
    scenarios = _scenarios(low.collector, low.product, item.scenarios)
    if item.target is None:
        _condition(low, "expect", label, item.value, scope, scenarios, item)
        return
    value = value_of(low, item.value, scope, _moment(low.every))
    wanted = value_of(low, item.target, scope, _moment(low.every))
    tolerance = None if item.tolerance is None else value_of(low, item.tolerance, scope, _moment(low.every))
    words = f"{label} is {format_expression(item.target)}"
    if item.tolerance is not None:
        words += f" within {format_expression(item.tolerance)}"
    _tie(
        low.builder,
        low.product,
        words,
        value,
        wanted,
        tolerance,
        scenarios,
        item.span,
        _found_in(low.types, item.value, item.target, scope),
    )


def _found_in(types: Types, value: syntax.Expression, target: syntax.Expression, scope: Scope) -> str:
    """The unit that what is found is shown in: its own, and of a pure number the spelling of what it is held to. Both
    are of one kind (E0339)."""
    found, stated = types.of(value, scope), types.of(target, scope)
    plain = found.dimension.pure and stated.kind == "number" and stated.dimension.pure
    return types.unit_text(stated if plain else found)


def _tie(
    builder: Builder,
    product: Product,
    words: str,
    value: Value,
    wanted: Value,
    tolerance: Value | None,
    scenarios: tuple[int, ...] | None,
    span: Span,
    unit: str,
) -> None:
    """A figure tied out: within a tolerance, or the same where none is stated. Rounding decides neither."""
    if value.operand.kind in ("bool",):
        same = builder.negated(builder.emit("exclusive_or", value.operand, wanted.operand))
    elif value.operand.kind == "date" or tolerance is None:
        same = builder.emit("equal", value.operand, wanted.operand)
    else:
        gap = builder.emit("absolute", builder.subtract(value.operand, wanted.operand))
        same = builder.emit("less_equal", gap, tolerance.operand)
    held = builder.both(builder.both(value.determined, wanted.determined), same)
    observed = None if builder.traits(value.operand).date else builder.figure(value.operand, words)
    product.checks.append(
        Check(
            name=words,
            rule="holds",
            var=builder.as_var(held, words),
            severity="verdict",
            code="expect",
            message=words,
            scenarios=scenarios,
            origin=Origin(words, span),
            observed=observed,
            observed_determined=None if value.determined == TRUE else value.determined,
            target=_literal(wanted.operand),
            unit=unit,
        )
    )


def _literal(operand: Operand) -> Fraction | None:
    return Fraction(operand.value) if isinstance(operand, Literal) else None


def _table(low: Lowering, item: syntax.Expect, scope: Scope) -> None:
    """A table of figures: a row a member of the group that is named, a column a value of the ranged term."""
    if item.by is None:
        raise NotLowered
    key = target(low.collector, item.by, scope)
    columns = low.layers.ranged.get(key, {})
    values = low.layers.whole_ranges.get(key)
    if not values:
        _figureless(low, item.by, scope)
        low.collector.error(
            "E0248",
            f"`{item.by.text}` is not ranged over",
            item.by.span,
            help=f"`scenarios over {item.by.text} = [...]` gives the columns of this table",
        )
        raise NotLowered
    chosen = [at for at in columns if item.where is None or _where(low, item.where, scope, at)]
    tolerance = None if item.tolerance is None else value_of(low, item.tolerance, scope, _moment(low.every))
    group = _group_name(item.value, scope)
    for row in item.rows:
        if len(row.values) != len(values):
            low.collector.error(
                "E0555",
                f"this row has {len(row.values)} figures, and `{item.by.text}` takes {len(values)} values",
                row.span,
            )
            low.faults.failed = True
            continue
        expression = item.value if group is None else replaced(item.value, group, row.name)
        try:
            value = value_of(low, expression, scope, _moment(low.every))
        except NotLowered:
            low.faults.failed = True
            continue
        for figure, wanted in zip(row.values, values, strict=True):
            hits = tuple(at for at in chosen if columns[at] == wanted)
            if not hits:
                continue
            words = (
                f"{format_expression(expression)} is {format_expression(figure)} in {low.product.scenarios[hits[0]]}"
            )
            stated = value_of(low, figure, scope, _moment(low.every))
            _tie(
                low.builder,
                low.product,
                words,
                value,
                stated,
                tolerance,
                hits,
                row.span,
                _found_in(low.types, expression, figure, scope),
            )


def _where(low: Lowering, node: syntax.Expression, scope: Scope, at: int) -> bool:
    """Whether a column of the ranges meets a condition on the ranged terms."""
    match node:
        case syntax.Unary(operator="not"):
            return not _where(low, node.operand, scope, at)
        case syntax.Binary(operator="and"):
            return _where(low, node.left, scope, at) and _where(low, node.right, scope, at)
        case syntax.Binary(operator="or"):
            return _where(low, node.left, scope, at) or _where(low, node.right, scope, at)
        case syntax.Name():
            return bool(_ranged(low, node, scope, at))
        case syntax.Binary(operator=operator, left=syntax.Name() as left) if operator in ("is", "is not"):
            wanted = value_of(low, node.right, scope, _moment(low.every))
            same = isinstance(wanted.operand, Literal) and Fraction(wanted.operand.value) == _ranged(
                low, left, scope, at
            )
            return same == (operator == "is")
        case _:
            low.collector.error("E0556", "this chooses columns by the terms that are ranged over", node.span)
            raise NotLowered


def _figureless(low: Lowering, name: syntax.Name, scope: Scope) -> None:
    """Say that a table's columns are told apart by figures, and a schedule, a day count or a text has none."""
    if low.types.of(name, scope).kind in THINGS:
        low.collector.error(
            "E0248",
            f"a table goes by figures, and `{name.text}` has none",
            name.span,
            help="state what is expected with `in` and the scenario's name",
        )
        raise NotLowered


def _ranged(low: Lowering, name: syntax.Name, scope: Scope, at: int) -> Fraction:
    columns = low.layers.ranged.get(target(low.collector, name, scope), {})
    if at not in columns:
        _figureless(low, name, scope)
        low.collector.error("E0248", f"`{name.text}` is not ranged over", name.span)
        raise NotLowered
    return columns[at]


def _group_name(node: syntax.Expression, scope: Scope) -> syntax.Name | None:
    """The first name in an expression that stands for the rows' own: a group's, or an instance's."""
    for name in names(node):
        for length in range(len(name.parts), 0, -1):
            resolved = scope.resolve(name.parts[:length])
            if isinstance(resolved, int) or resolved.attribute is not None:
                continue
            if isinstance(follow(resolved.entry), GroupEntry | InstanceEntry):
                return attrs.evolve(name, parts=name.parts[:length], places=name.places[:length])
    return None


def replaced(node: syntax.Expression, name: syntax.Name, by: syntax.Name) -> syntax.Expression:
    """An expression with one name in the place of another, also at the head of a longer one."""
    length = len(name.parts)

    def change(value: object) -> object:
        if isinstance(value, syntax.Name) and value.parts[:length] == name.parts:
            rest = value.parts[length:]
            return attrs.evolve(value, parts=by.parts + rest, places=by.places + value.places[length:])
        if isinstance(value, tuple):
            return tuple(change(one) for one in value)
        if isinstance(value, syntax.Node | syntax.Argument):
            changes: dict[str, Any] = {}
            for field in attrs.fields(type(value)):
                if field.name in ("span", "function", "operator_span"):
                    continue
                before = getattr(value, field.name)
                after = change(before)
                if after is not before:
                    changes[field.name] = after
            kept: Any = value
            return attrs.evolve(kept, **changes) if changes else value
        return value

    found = change(node)
    if not isinstance(found, syntax.Node):
        raise AssertionError("an expression stays one")
    return found  # type: ignore[return-value]  # the same class of node as before
