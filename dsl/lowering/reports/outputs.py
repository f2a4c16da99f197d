"""Reports and checks: values of the program with names."""

from __future__ import annotations

from typing import assert_never

from ....engine.ir import Alert, Cell, Column, Operand, Origin, Output, ReportTable, Span
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    ACheck,
    Condition,
    Scope,
    Scoped,
)
from ...syntax.written import format_expression
from ...vocabulary.builtins import BUILTINS, bind_builtin
from ..building.builder import TRUE, Builder
from ..context.checks import CONDITION
from ..context.dispatch import lower
from ..context.lowering import Lowering
from ..context.product import Product
from ..context.values import Choice, NotLowered, TableValue, Value
from ..expressions.observed import ALERT, AlertValue
from ..measures.statistics import StatisticValue
from ..parties.circles import table_of_circles
from .asked import _condition, _moment, _scenarios
from .expectations import _expect, _table


def outputs(low: Lowering) -> None:
    """Reports first, then checks, then everything that `keep` may ask for."""
    for report in low.model.reports:
        for line in report.item.lines:
            try:
                _report(low, line, report.scope)
            except NotLowered:
                low.faults.failed = True
    for scoped in low.model.checks:
        if scoped in low.product.settled or _asked_elsewhere(low.product, scoped.item):
            continue
        try:
            _check(low, scoped)
        except NotLowered:
            low.faults.failed = True


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
    if isinstance(line.value, syntax.Circles):
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
            why=value.why,
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


def _asked_elsewhere(product: Product, item: ACheck) -> bool:
    """Whether a check is asked of scenarios alone that another program runs."""
    named = item.scenarios if isinstance(item, syntax.Require | syntax.Expect) else ()
    words = [one.value if isinstance(one, syntax.Text) else one.text for one in named]
    return bool(words) and all(word in product.elsewhere for word in words)


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
            assert_never(item)
