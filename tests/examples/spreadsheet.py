"""Workbooks of plain formulas, and LibreOffice to work them out: an independent model to tie a deal's figures to.

A `Book` holds named cells and grids. A grid is a table of one row a period under an opening row; a column is one formula
with names in braces: `{rent}` is this row's cell of column `rent`, `{rent[-1]}` the row before, `{rent[:]}` all rows
without the opening one, `{rent[0:]}` with it, `{other.rent}` a column of another grid on the same row. Nothing is
worked out in Python: every formula is written with a value that no formula gives, and reading a workbook in which one
is left is an error.
"""

from __future__ import annotations

import csv
import datetime
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import attrs
import pytest

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

needs_office = pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice is not installed: it recalculates the spreadsheet"
)
"""Marks tests that need LibreOffice."""

Constant = float | int | str | datetime.date
Cell = float | str | bool

STALE = "not recalculated"
EPOCH = datetime.date(1899, 12, 30)
_NAME = re.compile(r"\{(?:([a-z]\w*)\.)?([a-z]\w*)(?:\[([^\]]*)\])?\}")
_SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}

# LibreOffice trusts the values in a file that another program wrote, unless its settings say to work all of it out.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def serial(date: datetime.date) -> int:
    """A date as a spreadsheet counts it."""
    return (date - EPOCH).days


def date_of(number: float) -> datetime.date:
    """The date that a spreadsheet's number stands for."""
    return EPOCH + datetime.timedelta(days=round(number))


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@attrs.define(slots=True)
class Column:
    name: str
    formula: str | Sequence[Constant]
    opening: Constant | None


@attrs.define(slots=True)
class Grid:
    """A sheet of ``rows`` periods under an opening row. Columns may read each other in any order."""

    name: str
    rows: int
    columns: dict[str, Column] = attrs.field(factory=dict)

    def column(self, name: str, formula: str | Sequence[Constant], opening: Constant | None = 0) -> None:
        """One column: a formula for each row, or a value for each; ``opening`` is the opening row's formula or value."""
        if name in self.columns:
            raise ValueError(f"column {name} is there twice")
        self.columns[name] = Column(name, formula, opening)

    def place(self, name: str) -> int:
        return list(self.columns).index(name)


@attrs.define(slots=True)
class Book:
    """Named cells on the first sheet, and grids on one sheet each."""

    cells: dict[str, Constant] = attrs.field(factory=dict)
    grids: dict[str, Grid] = attrs.field(factory=dict)

    def cell(self, name: str, value: Constant) -> None:
        """A named cell: a figure, a date, a text, or a formula (begins with `=`). Formulas use its name as it is."""
        if name in self.cells:
            raise ValueError(f"cell {name} is there twice")
        self.cells[name] = value

    def grid(self, name: str, rows: int) -> Grid:
        self.grids[name] = Grid(name, rows)
        return self.grids[name]

    def write(self, path: Path, changes: Mapping[str, Constant] | None = None) -> Path:
        """Write it as .xlsx, with other values in the cells that `changes` names."""
        import xlsxwriter

        unknown = set(changes or {}) - set(self.cells)
        if unknown:
            raise ValueError(f"no cell {unknown}")
        with xlsxwriter.Workbook(str(path)) as book:
            terms = book.add_worksheet("Terms")
            for row, (name, value) in enumerate({**self.cells, **(changes or {})}.items()):
                terms.write_string(row, 0, name)
                self._put(terms, row, 1, value, None, row)
                book.define_name(name, f"=Terms!$B${row + 1}")
            for grid in self.grids.values():
                sheet = book.add_worksheet(grid.name)
                for place, column in enumerate(grid.columns.values()):
                    sheet.write_string(0, place, column.name)
                    if column.opening is not None:
                        self._put(sheet, 1, place, column.opening, grid, 1)
                    for row in range(grid.rows):
                        value = column.formula if isinstance(column.formula, str) else column.formula[row]
                        self._put(sheet, row + 2, place, value, grid, row + 2)
        return path

    def _put(self, sheet, row: int, place: int, value: Constant, grid: Grid | None, line: int) -> None:  # type: ignore[no-untyped-def]  # xlsxwriter has no types
        match value:
            case str() if value.startswith("="):
                sheet.write_formula(row, place, self._resolved(value, grid, line), None, STALE)
            case str():
                sheet.write_string(row, place, value)
            case datetime.date():
                sheet.write_number(row, place, serial(value))
            case _:
                sheet.write_number(row, place, value)

    def _resolved(self, formula: str, home: Grid | None, line: int) -> str:
        """The formula with cells in the place of names. ``line`` counts from 0, as XlsxWriter does."""

        def reference(found: re.Match[str]) -> str:
            grid = self.grids[found[1]] if found[1] else home
            if grid is None or found[2] not in grid.columns:
                raise ValueError(f"{found[0]} is no column ({formula})")
            letters, index = _letters(grid.place(found[2])), found[3]
            sheet = f"{grid.name}!" if grid is not home else ""
            match index:
                case None:
                    return f"{sheet}{letters}{line + 1}"
                case ":" | "0:":
                    first = 3 if index == ":" else 2
                    return f"{sheet}${letters}${first}:${letters}${grid.rows + 2}"
                case _ if index.startswith(("-", "+")):
                    return f"{sheet}{letters}{line + 1 + int(index)}"
                case _:
                    return f"{sheet}${letters}${int(index) + 2}"

        return _NAME.sub(reference, formula)


@attrs.frozen(slots=True)
class Recalculated:
    """What LibreOffice made of a book: ``sheets[name][row, column]``, counted from 0."""

    book: Book
    sheets: Mapping[str, Mapping[tuple[int, int], Cell]]

    def cell(self, name: str) -> Cell:
        return self.sheets["Terms"][list(self.book.cells).index(name), 1]

    def number(self, name: str) -> float | None:
        """A named cell's number; None where it holds a text, such as `n/a`."""
        return _number(self.cell(name))

    def column(self, grid: str, name: str) -> list[float | None]:
        """A column's numbers without the opening row; None for a text."""
        place, cells = self.book.grids[grid].place(name), self.sheets[grid]
        return [_number(cells[row + 2, place]) for row in range(self.book.grids[grid].rows)]


def _number(value: Cell) -> float | None:
    return None if isinstance(value, str) else float(value)


def recalculated(book: Book, variants: Sequence[Mapping[str, Constant]], folder: Path) -> list[Recalculated]:
    """Write a book once for each set of changed cells, have LibreOffice work all of them out, and read them back."""
    if OFFICE is None:
        raise RuntimeError("LibreOffice is not installed")
    profile, results = folder / "profile", folder / "results"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    paths = [book.write(folder / f"book{number}.xlsx", changes) for number, changes in enumerate(variants)]
    subprocess.run(
        [
            OFFICE,
            "--headless",
            "--norestore",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(results),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [Recalculated(book, _read(results / path.name)) for path in paths]


def _read(path: Path) -> dict[str, dict[tuple[int, int], Cell]]:
    """Every cell of a workbook that LibreOffice wrote."""
    with zipfile.ZipFile(path) as archive:
        names = [
            str(sheet.get("name"))
            for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iterfind(".//m:sheet", _SPACE)
        ]
        texts = [
            "".join(part.text or "" for part in item.iterfind(".//m:t", _SPACE))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml")).iterfind("m:si", _SPACE)
        ]
        found = {}
        for number, name in enumerate(names, start=1):
            root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            found[name] = dict(
                _cell(cell, texts, name)
                for cell in root.iterfind(".//m:c", _SPACE)
                if cell.find("m:v", _SPACE) is not None
            )
    return found


def _cell(cell: ElementTree.Element, texts: Sequence[str], sheet: str) -> tuple[tuple[int, int], Cell]:
    reference = str(cell.get("r"))
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    at = (int(reference[len(letters) :]) - 1, column - 1)
    text = cell.findtext("m:v", "", _SPACE)
    value: Cell
    match cell.get("t"):
        case "s":
            value = texts[int(text)]
        case "str":
            value = text
        case "e":
            raise ValueError(f"{sheet}!{reference} is {text}")
        case "b":
            value = text == "1"
        case _:
            value = float(text)
    if value == STALE:
        raise ValueError(f"{sheet}!{reference} was not worked out")
    return at, value


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
