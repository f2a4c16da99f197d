"""Reports, checks and what a caller may keep: values of the program with names."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs

from ....engine.ir import Alert, Cell, Check, Column, Literal, Operand, Origin, Output, ReportTable, Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...messages.nearest import nearest
from ...names.deal import (
    AccountEntry,
    ACheck,
    ClaimEntry,
    Condition,
    DefinitionEntry,
    GroupEntry,
    InstanceEntry,
    Scope,
    Scoped,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from ...syntax.walk import names
from ...syntax.written import format_expression
from ...time.clocks import Clock
from ...types.types import Types
from ...vocabulary.builtins import BUILTINS, bind_builtin
from ..building.builder import TRUE, Builder, number
from ..context.acts import Acts
from ..context.dispatch import lower, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import target
from ..context.product import Product
from ..context.values import Choice, ListValue, NotLowered, TableValue, Value
from ..expressions.observed import ALERT, AlertValue
from ..measures.statistics import StatisticValue
from ..parties.circles import table_of_circles

CONDITION = "condition"
"""The code of a check that a component makes of its fields: shown where it fails."""


def outputs(low: Lowering) -> None:
    """Reports first, then checks, then everything that `keep` may ask for."""
    for report in low.model.reports:
        for line in report.item.lines:
            try:
                _report(low, line, report.scope)
            except NotLowered:
                low.faults.failed = True
    for scoped in low.model.checks:
        if scoped in low.product.settled:
            continue
        try:
            _check(low, scoped)
        except NotLowered:
            low.faults.failed = True


def _moment(every: Clock) -> Moment:
    return Moment("elsewhere", every)


def _report(low: Lowering, line: syntax.ReportLine, scope: Scope) -> None:
    name = line.label or format_expression(line.value)
    if scope.prefix:
        name = f"{scope.prefix.rstrip('.')}: {name}"  # of a component: each instance has its own
    low.builder.origin = Origin(name, line.span)
    value = lower(low, line.value, scope, _moment(low.every))
    if isinstance(value, AlertValue):
        _alert(low, name, line, value, scope)
        return
    unit = low.types.unit_text(low.types.of(line.value, scope))
    if isinstance(value, StatisticValue):
        _add(low.collector, low.builder, low.product, name, value.inner, unit, line.span, statistic=value)
        return
    if isinstance(value, ListValue) and isinstance(line.value, syntax.Circles):
        value = table_of_circles(low, line.value)
    if isinstance(value, TableValue):
        _listing(low.collector, low.builder, low.product, name, value, line.span)
        return
    if not isinstance(value, Value):
        low.collector.error(
            "E0550",
            "a report shows figures and series, and this is neither",
            line.value.span,
            help="ask a figure of it: `wal(senior, actual/365)`, `senior.balance`, `total(senior.interest.paid)`",
        )
        raise NotLowered
    _add(low.collector, low.builder, low.product, name, value, unit, line.span)


def _alert(low: Lowering, name: str, line: syntax.ReportLine, value: AlertValue, scope: Scope) -> None:
    """Three outputs, and what they mean together."""
    call = line.value
    assert isinstance(call, syntax.Call)
    bound = bind_builtin(call, BUILTINS[ALERT])
    unit = low.types.unit_text(low.types.of(bound.values["observed"], scope))
    names = [f"{name} ({word})" for word in ("raised", "observed", "threshold")]
    # Where it is not known whether it holds it does not.
    raised = Value(low.builder.both(value.raised.determined, value.raised.operand))
    for title, one, its in zip(names, (raised, value.observed, value.threshold), ("", unit, unit), strict=True):
        _add(
            low.collector,
            low.builder,
            low.product,
            title,
            Value(low.builder.as_series(one.operand), one.determined),
            its,
            line.span,
        )
    who = value.text or scope.prefix.rstrip(".") or low.model.name
    low.product.alerts.append(Alert(who, line.label or name, *names))


def _add(
    collector: Collector,
    builder: Builder,
    product: Product,
    name: str,
    value: Value,
    unit: str,
    span: Span,
    statistic: StatisticValue | None = None,
) -> None:
    if any(one.name == name for one in product.outputs):
        collector.warning("W0551", f"`{name}` is reported twice", span)
        return
    operand = value.operand
    if operand.rows is not None:
        collector.error(
            "E0552",
            f"`{name}` has a value for each row of `{operand.rows}`",
            span,
            help="report a sum: `sum(x)`, or a row's own",
        )
        raise NotLowered
    series = builder.traits(operand).date or builder.traits(value.determined).date
    form = "series" if series else "figure"
    var = builder.as_var(operand, name) if series else builder.figure(operand, name)
    determined: Operand | None = None if value.determined == TRUE else value.determined
    product.outputs.append(
        Output(
            name,
            var,
            "series" if form == "series" else "figure",
            unit,
            determined,
            asked=True,
            origin=Origin(name, span),
            statistic=statistic.name if statistic else None,
            level=statistic.level if statistic else None,
        )
    )


def _listing(
    collector: Collector, builder: Builder, product: Product, name: str, value: TableValue, span: Span
) -> None:
    """A table of the report: a figure of the program for each cell that is no text."""
    if name in {*(one.name for one in product.outputs), *(one.name for one in product.tables)}:
        collector.warning("W0551", f"`{name}` is reported twice", span)
        return
    rows: list[tuple[Cell, ...]] = []
    for at, line in enumerate(value.rows, start=1):
        cells: list[Cell] = []
        for (column, unit), cell in zip(value.columns, line, strict=True):
            if isinstance(cell, str):
                cells.append(Cell(cell))
                continue
            figure, choices = (cell.position, cell.texts) if isinstance(cell, Choice) else (cell, ())
            title = f"{name}, {at}, {column}"
            determined = None if figure.determined == TRUE else builder.figure(figure.determined, f"{title}?")
            product.outputs.append(
                Output(
                    title,
                    builder.figure(figure.operand, title),
                    "figure",
                    unit,
                    determined,
                    asked=True,
                    origin=Origin(title, span),
                )
            )
            cells.append(Cell(output=title, choices=choices))
        rows.append(tuple(cells))
    product.tables.append(ReportTable(name, tuple(Column(*column) for column in value.columns), tuple(rows)))


# ------------------------------------------------------------------------------------------------- checks


def _check(low: Lowering, scoped: Scoped[ACheck]) -> None:
    item = scoped.item
    match item:
        case syntax.Require() if isinstance(scoped, Condition):
            label = f"{scoped.instance.name}: {item.label or format_expression(item.condition)}"
            _condition(
                low,
                CONDITION,
                label,
                item.condition,
                scoped.scope,
                _scenarios(low.collector, low.product, item.scenarios),
                item,
            )
        case syntax.Require():
            label = item.label or format_expression(item.condition)
            _condition(
                low,
                "require",
                label,
                item.condition,
                scoped.scope,
                _scenarios(low.collector, low.product, item.scenarios),
                item,
            )
        case syntax.Always():
            label = item.label or format_expression(item.condition)
            _condition(low, "always", label, item.condition, scoped.scope, None, item)
        case syntax.Expect() if item.by is not None:
            _table(low, item, scoped.scope)
        case syntax.Expect():
            _expect(low, item, scoped.scope)
        case _:
            pass


def _scenarios(
    collector: Collector, product: Product, named: tuple[syntax.Text | syntax.Name, ...]
) -> tuple[int, ...] | None:
    """The columns in which a check holds; None: in every one."""
    if not named:
        return None
    found: list[int] = []
    for one in named:
        word = one.value if isinstance(one, syntax.Text) else one.text
        if word in product.scenarios:
            found.append(product.scenarios.index(word))
            continue
        guess = nearest(word, product.scenarios)
        collector.error(
            "E0242",
            f"there is no scenario `{word}`",
            one.span,
            help=f"did you mean `{guess}`?" if guess else f"the deal has {', '.join(product.scenarios[:12])}",
        )
        raise NotLowered
    return tuple(found)


def _condition(
    low: Lowering,
    kind: str,
    label: str,
    node: syntax.Expression,
    scope: Scope,
    scenarios: tuple[int, ...] | None,
    item: syntax.Item,
) -> None:
    """A condition on each date that it can be read on; where it is not determined it does not hold."""
    low.trail.tracked_clocks.append(set())
    low.trail.tracking.append(set())
    try:
        value = value_of(low, node, scope, _moment(low.every))
    finally:
        clocks = low.trail.tracked_clocks.pop()
        touched = low.trail.tracking.pop()
    if kind == CONDITION and touched:
        kind = "require"  # more than a condition on the fields: shown as the deal's own are
    builder = low.builder
    held = builder.both(value.determined, value.operand)
    if held.rows is not None:
        held = builder.negated(builder.emit("any_rows", builder.negated(held)))
    if builder.traits(held).date and clocks:
        dates = tuple(any(marks) for marks in zip(*(clock.on for clock in clocks), strict=True))
        held = builder.either(held, builder.negated(builder.mask("tested", dates)))
    because = f": {item.because}" if item.because else ""
    low.product.checks.append(
        Check(
            name=label,
            rule="holds",
            var=low.builder.as_var(held, label),
            severity="verdict",
            code=kind,
            message=f"{label}{because}",
            scenarios=scenarios,
            origin=Origin(label, item.span),
        )
    )


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
    """The unit that what is found is shown in: its own, and of a pure number the spelling of what it is held to."""
    found, stated = types.of(value, scope), types.of(target, scope)
    plain = found.kind == "number" and found.dimension.pure and stated.kind == "number" and stated.dimension.pure
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
    """A figure tied out: within a tolerance, or to the last digit of a number where none is stated."""
    if value.operand.kind in ("bool",):
        same = builder.negated(builder.emit("exclusive_or", value.operand, wanted.operand))
    elif value.operand.kind == "date":
        same = builder.emit("equal", value.operand, wanted.operand)
    else:
        gap = builder.emit("absolute", builder.subtract(value.operand, wanted.operand))
        # Doubles carry some 15 digits; what is stated exactly is met to 12 of them.
        least = builder.multiply(
            builder.maximum(builder.emit("absolute", wanted.operand), number(1)), number(Fraction(1, 10**12))
        )
        bar = least if tolerance is None else builder.add(tolerance.operand, least)
        same = builder.emit("less_equal", gap, bar)
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
    key = target(low, item.by, scope)
    columns = low.layers.ranged.get(key)
    if not columns:
        low.collector.error(
            "E0248",
            f"`{item.by.text}` is not ranged over",
            item.by.span,
            help=f"`scenarios over {item.by.text} = [...]` gives the columns of this table",
        )
        raise NotLowered
    chosen = [at for at in columns if item.where is None or _where(low, item.where, scope, at)]
    values = list(dict.fromkeys(columns[at] for at in columns))
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


def _ranged(low: Lowering, name: syntax.Name, scope: Scope, at: int) -> Fraction:
    columns = low.layers.ranged.get(target(low, name, scope), {})
    if at not in columns:
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
        if attrs.has(type(value)) and isinstance(value, syntax.Node | syntax.Argument):
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


# ------------------------------------------------------------------------------------------------- kept series


def keepable(low: Lowering) -> None:
    """Every state, account, claim, trigger and recorded definition, for callers that ask to keep it."""
    have = {output.name for output in low.product.outputs}
    currency = low.types.unit_text(low.types.money)
    for entry in low.model.entries.values():
        for name, key, unit in _figures(low.types, low.acts, entry, currency):
            placeholder = low.memory.closing.get(key)
            operand: Operand | None = placeholder if placeholder is not None else low.day.now.get(key)
            if operand is None or name in have:
                continue
            if operand.rows is not None:
                operand = low.builder.emit("sum_rows", operand)
            determined = None
            if key.kind is Figure.RECORDED:
                determined = low.day.now.get(Figure.WHETHER_RECORDED(key.name))
            have.add(name)
            low.product.outputs.append(
                Output(
                    name, low.builder.as_var(operand, name), "series", unit, determined, origin=Origin(name, entry.span)
                )
            )


def _figures(types: Types, acts: Acts, entry: object, currency: str) -> list[tuple[str, Key, str]]:
    match entry:
        case StateEntry():
            return [(entry.name, Figure.STATE(entry.name), types.unit_text_of(entry))]
        case AccountEntry():
            return [(f"{entry.name}.balance", Figure.ACCOUNT(entry.name), types.account_currency(entry))]
        case TriggerEntry():
            return [(entry.name, Figure.TRIGGER(entry.name), "")]
        case ClaimEntry():
            return [
                (f"{entry.name}.{kind.value}", kind(entry.name), currency)
                for kind in (Figure.PAID, Figure.DUE, Figure.CURRENT, Figure.ARREARS, Figure.UNPAID)
                if kind is Figure.PAID or entry.item.due is not None
            ]
        case WaterfallEntry():
            return [(f"{entry.name}.rest", Figure.REST(entry.name), currency)]
        case DefinitionEntry() if entry.name in acts.records:
            return [(entry.name, Figure.RECORDED(entry.name), types.unit_text_of(entry))]
        case _:
            return []
