"""Columns of CSVs beside the deal: their dates and values, by the type that the deal states for them."""

from __future__ import annotations

import datetime
from fractions import Fraction

import attrs

from ....engine.ir import NEVER, Kind, Span
from ... import syntax
from ...messages.diagnostics import Collector, Label
from ...names.deal import AnyEntry, DefinitionEntry, InputEntry, Model
from ...names.family_rows import open_table, report, signs_of
from ...syntax.walk import walk
from ...tapes.table import ALL_SIGNS, Table, TableProblems
from ...types.declared import Stated
from ...types.types import Types
from ..context.lowering import Layers, Lowering
from ..context.values import NotLowered

Date = datetime.date


DATE_COLUMN = "date"


MOST_ROWS = 20
"""Rows out of order, or of dates that are not the schedule's, that are said one by one; the rest are counted."""


@attrs.frozen(slots=True, eq=False)
class Column:
    """A column beside its dates, in the order of the file; numbers in base units, booleans 0 and 1, dates ordinals."""

    table: Table
    dates: tuple[Date, ...]
    values: tuple[Fraction, ...]
    kind: Kind
    blank: frozenset[int] = frozenset()
    """Rows without an observation."""
    title: str = DATE_COLUMN
    """What the column of the dates is called."""

    def place(self, row: int) -> Span:
        """Where the date of a row stands in the file."""
        return self.table.place(row, self.table.header.index(self.title))

    def where(self, row: int) -> str:
        """The words for the date of a row: file, row and column, both from 1."""
        column = self.table.header.index(self.title) + 1
        return f"{self.table.file}, row {self.table.records[row].line}, column {column}"


def read_column(low: Lowering, expression: syntax.Table) -> Column:
    """The dates of a table and the column that is meant, by the type that the deal states for it."""
    found, whole = open_table(expression.path, low.model.folder, low.collector)
    if found is None:
        raise NotLowered
    dates = found.dates(DATE_COLUMN)
    name = expression.column
    if name is None:
        if DATE_COLUMN not in found.header and isinstance(dates, TableProblems):
            report(dates, expression.path.span, low.collector)
            raise NotLowered
        name = _only_column(low.collector, expression, found)
    declared = stated_type(low.model, low.types, low.layers, expression)
    kind: Kind = "float" if declared is None else _kind(declared)
    cells: tuple[Fraction | Date | bool | None, ...] | TableProblems
    if expression.form == "observations":
        cells = _observed(low.model, low.layers, expression, found, name, kind)
    else:
        cells = _required(low.model, low.layers, expression, found, name, kind)
    for problems in (dates, cells):
        if isinstance(problems, TableProblems):
            report(problems, expression.path.span, low.collector)
    if expression.form != "table" and not isinstance(dates, TableProblems) and isinstance(cells, TableProblems):
        order = Column(found, dates, (Fraction(0),) * len(dates), kind)
        _rising(low.collector, expression, order, f"the dates of {_called(expression)} rise from row to row")
    if isinstance(dates, TableProblems) or isinstance(cells, TableProblems) or not whole:
        raise NotLowered
    factor = Fraction(1) if declared is None else declared.factor
    blank = frozenset(row for row, cell in enumerate(cells) if cell is None)
    none = Fraction(NEVER) if kind == "date" else Fraction(0)
    values = tuple(none if cell is None else _number(cell, factor) for cell in cells)
    return Column(found, dates, values, kind, blank)


def _required(
    model: Model, layers: Layers, expression: syntax.Table, found: Table, name: str, kind: Kind
) -> tuple[Fraction | Date | bool, ...] | TableProblems:
    match kind:
        case "date":
            return found.dates(name)
        case "bool":
            return found.booleans(name)
        case _:
            return (
                found.rates(name)
                if _is_rate(model, layers, expression)
                else found.numbers(name, _signs(model, layers, expression))
            )


def _observed(
    model: Model, layers: Layers, expression: syntax.Table, found: Table, name: str, kind: Kind
) -> tuple[Fraction | Date | bool | None, ...] | TableProblems:
    """A column in which a blank cell is an observation that was not made."""
    match kind:
        case "date":
            return found.optional_dates(name)
        case "bool":
            return found.optional_booleans(name)
        case _:
            if _is_rate(model, layers, expression):
                return found.optional_rates(name)
            return found.optional_numbers(name, _signs(model, layers, expression))


def _number(cell: Fraction | Date | bool, factor: Fraction) -> Fraction:
    if isinstance(cell, datetime.date):
        return Fraction(cell.toordinal())
    return Fraction(cell) if isinstance(cell, bool) else cell * factor


def _only_column(collector: Collector, expression: syntax.Table, found: Table) -> str:
    titles = [title for title in found.header if title != DATE_COLUMN]
    if len(titles) == 1:
        return titles[0]
    if not titles:
        message, help = f"{found.file} has no column beside its dates", None
    else:
        message = f"{found.file} has {len(titles)} columns beside its dates, and none is named"
        help = f'say which: `{expression.form} "{expression.path.value}" column {titles[0]}`'
    collector.error("E0605", message, expression.span, label="which column?", help=help)
    raise NotLowered


def stated_type(model: Model, types: Types, layers: Layers, expression: syntax.Table) -> Stated | None:
    """The type stated for what a table stands in; None where the place alone says it (an index is a rate).

    A table is typed by what it is given to: the entry whose text it stands in, or that a scenario gives it to.
    """
    entry, _ = _given_to(model, layers, expression)
    match entry:
        case DefinitionEntry() if entry.type is not None:
            return types.stated(entry.type)
        case InputEntry():
            return types.stated(entry.item.type)
        case _:
            return None


def _given_to(
    model: Model, layers: Layers, expression: syntax.Table
) -> tuple[AnyEntry | None, syntax.Expression | None]:
    """What a table stands in or a scenario gives it to, and the expression that is its value."""
    for entry in model.entries.values():
        value = (
            entry.value
            if isinstance(entry, DefinitionEntry)
            else entry.item.default
            if isinstance(entry, InputEntry)
            else None
        )
        if value is not None and any(node is expression for node in walk(value)):
            return entry, value
    for key, overriding in layers.overrides.items():
        for layer in overriding:
            if any(node is expression for node in walk(layer.value)):
                return model.entries.get(key.name), layer.value
    return None, None


def _is_rate(model: Model, layers: Layers, expression: syntax.Table) -> bool:
    """Whether a table is, as it stands, an index or what states that it is a rate; in arithmetic it may be anything."""
    entry, value = _given_to(model, layers, expression)
    if value is not expression:
        return False
    match entry:
        case DefinitionEntry():
            return entry.form == "index" or (entry.type is not None and entry.type.base == "rate")
        case InputEntry():
            return entry.item.type.base == "rate"
        case _:
            return False


def _signs(model: Model, layers: Layers, expression: syntax.Table) -> frozenset[str]:
    """Which signs the numbers of a table may carry; in arithmetic they may be anything."""
    entry, value = _given_to(model, layers, expression)
    type = (
        entry.type if isinstance(entry, DefinitionEntry) else entry.item.type if isinstance(entry, InputEntry) else None
    )
    return ALL_SIGNS if type is None or value is not expression else signs_of(type, model.currency)


def _called(expression: syntax.Table) -> str:
    return "a curve" if expression.form == "curve" else "observations"


def _kind(declared: Stated) -> Kind:
    type = declared.type.item if declared.type.kind == "list" and declared.type.item is not None else declared.type
    match type.kind:
        case "condition":
            return "bool"
        case "date":
            return "date"
        case _:
            return "float"


def _rising(collector: Collector, expression: syntax.Table, column: Column, help: str) -> None:
    """Reports rows whose dates do not rise from row to row."""
    disorder = [row for row in range(1, len(column.dates)) if column.dates[row] <= column.dates[row - 1]]
    for row in disorder[:MOST_ROWS]:
        before, date = column.dates[row - 1], column.dates[row]
        said = f"{date} comes twice" if date == before else f"{date} comes after {before}"
        collector.error(
            "E0607",
            f"{column.where(row)}: {said}",
            column.place(row),
            others=(Label(column.place(row - 1), "the date before"), Label(expression.path.span, "read here")),
            help=help,
        )
    if len(disorder) > MOST_ROWS:
        collector.remark(f"{len(disorder) - MOST_ROWS:,} more rows of that file are out of order")
    if disorder:
        raise NotLowered


def dates_of_file(model: Model, collector: Collector, expression: syntax.Table) -> tuple[Date, ...]:
    """The dates of a schedule that a CSV lists, ``dates vector "marks.csv" column date``: each later than the one
    before."""
    found, whole = open_table(expression.path, model.folder, collector)
    if found is None:
        raise NotLowered
    name = DATE_COLUMN if expression.column is None else expression.column
    dates = found.dates(name)
    if isinstance(dates, TableProblems):
        report(dates, expression.path.span, collector)
    if isinstance(dates, TableProblems) or not whole:
        raise NotLowered
    listed = Column(found, dates, (Fraction(0),) * len(dates), "date", title=name)
    _rising(collector, expression, listed, "the dates of a schedule rise from row to row")
    return dates
