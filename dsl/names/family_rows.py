"""A family's rows: the CSV beside the deal, its columns read by the types of the component's fields."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import cast

import attrs

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from ..tapes.cell_values import shown
from ..tapes.read_table import read_table
from ..tapes.table import ALL_SIGNS, MOST_PROBLEMS, Table, TableProblems
from ..vocabulary.currencies import CURRENCIES
from .deal import FamilyRows, PartyEntry, Scope

Cell = Fraction | datetime.date | str | bool

CODES = {
    "unreadable": "E0230",
    "too large": "E0231",
    "encoding": "E0232",
    "character": "E0232",
    "shape": "E0233",
    "header": "E0234",
    "column": "E0235",
    "cell": "E0236",
    "duplicate": "E0237",
    "rate": "E0281",
    "separator": "E0282",
    "again": "E0283",
}

STAND_INS: dict[str, Cell] = {
    "money": Fraction(0),
    "rate": Fraction(0),
    "fraction": Fraction(0),
    "count": Fraction(0),
    "date": datetime.date(2000, 1, 1),
    "text": "",
    "condition": True,
}
"""What stands for a column that is not there (reported), so that the others are looked at in the same run."""

SIGNS = {"$": {"USD"}, "€": {"EUR"}, "£": {"GBP"}, "¥": {"JPY", "CNY"}}
"""What a sign of money means in a deal of which currency, as in the language (where ¥ is not written)."""

OF_CELLS = frozenset(CODES[cause] for cause in ("column", "shape", "cell", "duplicate", "rate", "again"))
"""What is wrong with rows, cells and columns, where the rest of the tape can be looked at."""


@attrs.frozen(slots=True, eq=False)
class FamilyTable:
    """``unread``: of each column the rows whose cells could not be read (reported). What stands there is another row's
    value, so that the rest of the tape is looked at in the same run."""

    rows: FamilyRows
    table: Table
    columns: dict[str, tuple[Cell, ...]]
    unread: dict[str, frozenset[int]]


def open_table(path: syntax.Text, folder: Path | None, collector: Collector) -> tuple[Table | None, bool]:
    """The CSV that a deal names, with every problem of it reported, and whether it is whole.

    Of a file in which some rows cannot be read the others are given, so that their cells are looked at too.
    """
    if folder is None:
        collector.error(
            "E0230",
            f'"{path.value}" cannot be opened: this deal has no folder',
            path.span,
            help="save the deal to a file and put the CSV beside it",
        )
        return None, False
    table = read_table(folder, path.value)
    if isinstance(table, TableProblems):
        report(table, path.span, collector)
        return table.readable, False
    return table, True


def report(problems: TableProblems, reader: Span, collector: Collector) -> None:
    """Say each problem of a table at its own place, with the line of the deal that reads it."""
    for problem in problems.problems:
        place = problem.span or reader
        cell = problem.row and problem.column
        where = f"{problem.file}, row {problem.row}, column {problem.column}: " if cell else ""
        others = (Label(reader, "read here"),) if problem.span is not None else ()
        collector.error(CODES[problem.cause], where + problem.message, place, others=others, help=problem.help)
    if problems.more:
        collector.remark(f"{problems.more:,} more problems in that file are not shown")


def read_family(
    item: syntax.Instance,
    declaration: syntax.ComponentDeclaration,
    name: str,
    folder: Path | None,
    currency: str,
    collector: Collector,
) -> FamilyTable | None:
    """The rows of ``pools each row in "pools.csv"``: a value a row for each field that is a column."""
    if item.rows is None:
        return None
    table, _ = open_table(item.rows, folder, collector)
    if table is None:
        return None
    given = {field.name for field in item.fields}
    fields = {name: field for field in declaration.fields for name in field.names}
    columns: dict[str, tuple[Cell, ...]] = {}
    unread: dict[str, frozenset[int]] = {}
    failed = False
    lacking = [one for one, field in fields.items() if not (field.default or one in given or one in table.header)]
    if lacking:
        _lacking(table, item, lacking, fields, collector)
        for one in lacking:
            stand_in = STAND_INS.get(fields[one].type.base)
            failed = failed or stand_in is None
            if stand_in is not None:
                columns[one] = (stand_in,) * len(table)
                unread[one] = frozenset(range(len(table)))
    for column in table.header:
        if column not in fields and column != "id":
            guess = nearest(column, [field for field in fields if field not in table.header])
            collector.warning(
                "W0201",
                f'no field of `{declaration.name}` reads the column `{column}` of "{item.rows.value}"',
                item.rows.span,
                help=f"did you mean `{guess}`?" if guess else None,
            )
    for field_name, field in fields.items():
        if field_name in given or field_name not in table.header:
            if field_name in given and field_name in table.header:
                collector.warning(
                    "W0202",
                    f'`{field_name}` is stated for every row, and "{item.rows.value}" has a column of that name',
                    item.rows.span,
                    help="leave out one of the two",
                )
            continue
        found = _column(table, field_name, field.type, currency)
        if isinstance(found, TableProblems):
            report(found, item.rows.span, collector)
            known = [] if found.read is None else [value for value in found.read if value is not None]
            if found.read is None or not known:
                failed = True
                continue
            unread[field_name] = frozenset(row for row, value in enumerate(found.read) if value is None)
            found = cast(tuple[Cell, ...], tuple(known[0] if value is None else value for value in found.read))
        columns[field_name] = found
    labels: tuple[str, ...] = tuple(str(number) for number in range(1, len(table) + 1))
    if "id" in table.header:
        named = table.unique_texts("id")
        if isinstance(named, TableProblems):
            report(named, item.rows.span, collector)
            names = table.header.index("id")
            labels = tuple(cells[names] or label for cells, label in zip(table.rows, labels, strict=True))
        else:
            labels = named
    return None if failed else FamilyTable(FamilyRows(name, item.rows.value, labels), table, columns, unread)


def _lacking(
    table: Table,
    item: syntax.Instance,
    names: list[str],
    fields: dict[str, syntax.FieldDeclaration],
    collector: Collector,
) -> None:
    """Fields that neither the deal nor the CSV gives: one message, at the header."""
    assert item.rows is not None
    words = ", ".join(f"`{name}`" for name in names)
    guesses = {name: guess for name in names if (guess := nearest(name, [t for t in table.header if t not in fields]))}
    meant = f"is `{next(iter(guesses.values()))}` meant for `{next(iter(guesses))}`? " if guesses else ""
    collector.error(
        "E0235",
        f"{table.file}, row 1: there is no column {words}",
        table.header_place(),
        label=f"no {words}",
        others=(
            Label(item.rows.span, "read here"),
            *(Label(fields[name].span, f"`{item.component.text}` asks for it") for name in names[:3]),
        ),
        help=f"{meant}add the column, or say `{names[0]} = ...` for every row",
        notes=tuple(f"{name}: {said}" for name in names[:3] if (said := fields[name].documentation)),
    )


def named_parties(found: FamilyTable, name: str, item: syntax.Instance, scope: Scope, collector: Collector) -> None:
    """Report each cell of a column of parties that names none of the deal's."""
    table, column = found.table, found.table.header.index(name)
    known = [one for one in scope.visible() if isinstance(scope.find(one), PartyEntry)]
    wrong = [
        (row, str(value))
        for row, value in enumerate(found.columns[name])
        if row not in found.unread.get(name, ()) and not isinstance(scope.find(str(value)), PartyEntry)
    ]
    for row, value in wrong[:MOST_PROBLEMS]:
        place = table.place(row, column)
        guess = nearest(value, known)
        collector.error(
            "E0286",
            f"{table.file}, row {place.line}, column {column + 1}: `{shown(value)}` is no party of the deal",
            place,
            label="no party",
            others=() if item.rows is None else (Label(item.rows.span, "read here"),),
            help=f"did you mean `{guess}`?" if guess else "declare it: `party ...`",
        )
    if len(wrong) > MOST_PROBLEMS:
        collector.remark(f"{len(wrong) - MOST_PROBLEMS:,} more rows of that file name no party of the deal")


def _column(table: Table, name: str, type: syntax.TypeName, currency: str) -> tuple[Cell, ...] | TableProblems:
    match type.base:
        case "date":
            return table.events(name)
        case "text" | "party":
            return table.texts(name)
        case "condition":
            return table.booleans(name)
        case "rate":
            return table.rates(name)
        case _:
            return table.numbers(name, signs_of(type, currency))


def signs_of(type: syntax.TypeName, currency: str) -> frozenset[str]:
    """Which signs the numbers of a column of that type may carry, in a deal of that currency."""
    match type.base:
        case "money":
            return frozenset(sign for sign, codes in SIGNS.items() if currency in codes)
        case "rate" | "fraction" | "multiple" | "count":
            return ALL_SIGNS - SIGNS.keys()
        case base if base in CURRENCIES:
            return frozenset(sign for sign, codes in SIGNS.items() if base in codes)
        case _:
            return ALL_SIGNS
