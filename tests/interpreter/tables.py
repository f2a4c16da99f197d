"""Files beside the deal: tables by date, curves, vectors, observations (contract, 20)."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import DefinitionEntry, InputEntry, Scope
from indenture.dsl.tapes import cell_values
from indenture.dsl.tapes.read_table import read_table
from indenture.dsl.tapes.table import Table

from . import timeline
from .moments import At
from .world import EXPRESSIONS, NotCovered, Value, World


@EXPRESSIONS.of(syntax.Table)
def _table(world: World, node: syntax.Table, scope: Scope, at: At) -> Value:
    key = "table", id(node)
    if key not in world.memo:
        world.memo[key] = _read(world, node, scope)
    dates, values = world.memo[key]
    if node.form == "vector":
        return values
    date = world.dates[at.t]
    if node.form == "curve":  # each value from its date until the next
        known = [value for start, value in zip(dates, values, strict=True) if start <= date]
        return known[-1] if known else None
    if node.form == "observations":
        return values[dates.index(date)] if date in dates else None
    reader = at.reader if node.on is None else timeline.reader_of(world, node.on, scope)
    if at.t in reader.on and reader.index(at.t) < len(values):  # a row for each date of the schedule
        return values[reader.index(at.t)]
    return Fraction(0)


def _read(world: World, node: syntax.Table, scope: Scope) -> tuple[list[datetime.date], tuple[Value, ...]]:
    assert world.model.folder is not None
    table = read_table(world.model.folder, node.path.value)
    if not isinstance(table, Table):
        raise NotCovered(f"the file {node.path.value}")
    base, factor = _type(world, node)
    column = node.column or next(name for name in table.header if name != "date")
    cells = [row[table.header.index(column)].strip() for row in table.rows]
    values = tuple(_cell(cell, base, factor) for cell in cells)
    dates: list[datetime.date] = []
    if node.form != "vector" and "date" in table.header:
        dates = [cell_values.iso_date(row[table.header.index("date")].strip()) for row in table.rows]
    return dates, values


def _type(world: World, node: syntax.Table) -> tuple[str, Fraction]:
    """The stated type of the name that the file stands behind, and the factor of its units."""
    for entry in world.model.entries.values():
        value, type = None, None
        if isinstance(entry, DefinitionEntry):
            value, type = entry.value, entry.type
        elif isinstance(entry, InputEntry):
            value, type = entry.item.default, entry.item.type
        if value is node and type is not None:
            stated = world.types.stated(type)
            return type.base, Fraction(1) if stated is None else stated.factor
    return "", Fraction(1)


def _cell(text: str, base: str, factor: Fraction) -> Any:
    if text == "":
        return None
    if base == "condition":
        return cell_values.boolean(text)
    if base == "text":
        return text
    try:
        return cell_values.number(text) * factor
    except cell_values.CellProblem:
        pass
    try:
        return cell_values.event_date(text)
    except cell_values.CellProblem:
        return text
