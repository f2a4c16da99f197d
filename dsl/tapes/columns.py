"""Tables beside a deal: a CSV file becomes named columns of text, numbers, dates or booleans.

(The parser's own tables are in ``grammar_tables``.)

Only a regular file inside the deal's own folder is opened: no link, pipe, device or folder, no absolute
path and no ``..``. Everything that is wrong with a file is said at once, each with its row and column.

What a cell may say:

* a number: ``1234``, ``-0.5``, ``+3``, ``1.5e6``; with thousands separators in whole groups of three
  (``999,357.60``, ``17_000_000``); with a leading ``$``, ``€``, ``£`` or ``¥``; in brackets where negative
  (``(1,250.00)``); with a trailing ``%`` (a hundredth) or ``bp`` (a ten-thousandth). It is read exactly.
  A column that writes some of its numbers with ``%`` or ``bp`` and others (but 0) without is a problem.
* a date: ``2027-01-31`` and nothing else, in the years 1901 to 2199
* a boolean: ``true``, ``false``, ``yes`` or ``no``
* a text: anything but nothing. Spaces around a cell are dropped.
"""

from __future__ import annotations

import codecs
import datetime
import hashlib
import os
import stat
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar, cast

import attrs

from ...engine.ir import Span
from ..messages.nearest import nearest
from .cells import CellProblem, boolean, event_date, iso_date, marks, number, shown
from .csv_text import (
    HIDDEN,
    MOST_COLUMNS,
    QuoteFault,
    Record,
    cell_span,
    normalised,
    position_span,
    records,
    shown_span,
)

MOST_BYTES = 10_000_000
MOST_LINES = 1_000_000
MOST_PROBLEMS = 20

Cause = Literal[
    "unreadable",
    "too large",
    "encoding",
    "character",
    "shape",
    "header",
    "column",
    "cell",
    "duplicate",
    "separator",
    "again",
    "rate",
]

ALL_SIGNS = frozenset({"$", "€", "£", "¥", "%", "bp"})

T = TypeVar("T")
Look = Callable[[str, tuple[Fraction | None, ...]], "TableProblems | None"]


@attrs.frozen(slots=True)
class TableProblem:
    """One thing wrong with a table.

    ``row`` is the line of the file and ``column`` the cell in it, both from 1 (0: the file as a whole);
    ``span`` is the same place in lines and characters, for showing the text; ``cause`` groups problems
    into error codes.
    """

    cause: Cause
    message: str
    file: str
    row: int = 0
    column: int = 0
    span: Span | None = None
    help: str | None = None


@attrs.frozen(slots=True)
class TableProblems:
    """All that is wrong: the first problems in the order of the file, and how many more were found.

    ``readable``: the rows that could be read for all that, so that their cells are looked at in the same run.
    ``read``: of a column, what could be read of it, a value a row and None where it could not, or not as meant.
    """

    problems: tuple[TableProblem, ...]
    more: int = 0
    readable: Table | None = None
    read: tuple[object, ...] | None = None


@attrs.frozen(slots=True, repr=False)
class Table:
    """A CSV file: a header, and rows of text with one cell a column.

    ``records`` are the rows again with the line each begins on; ``text`` is the file as read, with line
    feeds for line ends; ``sha256`` is the digest of its bytes.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    records: tuple[Record, ...]
    text: str
    sha256: str

    def __repr__(self) -> str:
        return f"Table({self.file!r}, columns={list(self.header)}, rows={len(self.rows)})"

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> int | TableProblems:
        """The index of a column, or the problem that there is none of that name."""
        if name in self.header:
            return self.header.index(name)
        near = nearest(name, self.header)
        help = f"did you mean `{near}`?" if near else f"its columns are {', '.join(self.header[:30])}"
        message = f"{self.file} has no column `{shown(name)}`"
        return TableProblems((TableProblem("column", message, self.file, 1, 0, self.header_place(), help),))

    def header_place(self) -> Span:
        """The place of the line that names the columns."""
        return Span(self.file, 1, 1, 1, max(self.text.find("\n") + 1, 2))

    def place(self, row: int, column: int) -> Span:
        """The place of a cell in the file; ``row`` and ``column`` are indices from 0."""
        return cell_span(self.file, self.text, self.records[row], column)

    def problem(self, cause: Cause, message: str, row: int, column: int, help: str | None = None) -> TableProblem:
        """A problem with a cell; ``row`` and ``column`` are indices from 0."""
        line = self.records[row].line
        return TableProblem(cause, message, self.file, line, column + 1, self.place(row, column), help)

    def texts(self, name: str) -> tuple[str, ...] | TableProblems:
        """A column of texts, none blank."""
        return self._required(name, str)

    def optional_texts(self, name: str) -> tuple[str | None, ...] | TableProblems:
        """A column of texts; None where blank."""
        return self._read(name, str, optional=True)

    def numbers(self, name: str, signs: frozenset[str] = ALL_SIGNS) -> tuple[Fraction, ...] | TableProblems:
        """A column of exact numbers, none blank. ``signs``: which of ``$ € £ ¥ % bp`` its cells may carry."""
        return self._looked_at(name, self._required(name, number), partial(self._foreign, signs=signs), self._alike)

    def optional_numbers(
        self, name: str, signs: frozenset[str] = ALL_SIGNS
    ) -> tuple[Fraction | None, ...] | TableProblems:
        """A column of exact numbers, as `numbers`; None where blank."""
        looks = partial(self._foreign, signs=signs), self._alike
        return self._looked_at(name, self._read(name, number, optional=True), *looks)

    def rates(self, name: str) -> tuple[Fraction, ...] | TableProblems:
        """A column of rates per year. A plain number of 1 or more is a percentage that lacks its sign."""
        looks = partial(self._foreign, signs=frozenset({"%", "bp"})), self._slips, self._alike
        return self._looked_at(name, self._required(name, number), *looks)

    def optional_rates(self, name: str) -> tuple[Fraction | None, ...] | TableProblems:
        """A column of rates per year, as `rates`; None where blank."""
        return self._looked_at(name, self._read(name, number, optional=True), self._slips, self._alike)

    def _looked_at(
        self, name: str, found: tuple[T, ...] | TableProblems, *looks: Look
    ) -> tuple[T, ...] | TableProblems:
        """A column as read, with what more is wrong in the cells that could be read: of a cell, the first found."""
        if isinstance(found, TableProblems) and found.read is None:
            return found
        values = cast(tuple[Fraction | None, ...], found.read if isinstance(found, TableProblems) else found)
        wrong = [found] if isinstance(found, TableProblems) else []
        wrong += [one for look in looks if (one := look(name, values)) is not None]
        if not wrong:
            return found
        cells: dict[int, TableProblem] = {}
        for one in wrong:
            for problem in one.problems:
                cells.setdefault(problem.row, problem)
        kept = tuple(cells[row] for row in sorted(cells)[:MOST_PROBLEMS])
        more = sum(one.more for one in wrong) + len(cells) - len(kept)
        slipped = any(problem.cause == "rate" for problem in kept)
        read = tuple(
            None if record.line in cells or (slipped and value is not None and abs(value) >= 1) else value
            for record, value in zip(self.records, values, strict=True)
        )
        return TableProblems(kept, more, read=read)

    def _foreign(self, name: str, found: tuple[Fraction | None, ...], *, signs: frozenset[str]) -> TableProblems | None:
        """Cells that carry a sign of another currency, or of what the column does not hold."""
        column = self.header.index(name)
        if not marks("\n".join([cells[column] for cells in self.rows])) - signs:
            return None
        wrong = [
            (row, f"`{name}`: `{shown(cells[column])}` is in {', '.join(sorted(odd))}, and the column is not")
            for row, cells in enumerate(self.rows)
            if found[row] is not None and (odd := marks(cells[column]) - signs)
        ]
        return self._problems("cell", name, wrong)

    def _slips(self, name: str, found: tuple[Fraction | None, ...]) -> TableProblems | None:
        column = self.header.index(name)
        slips = [
            row
            for row, (cells, value) in enumerate(zip(self.rows, found, strict=True))
            if value is not None and abs(value) >= 1 and not marks(cells[column]) & {"%", "bp"}
        ]
        value = float(found[slips[0]] or 0) if slips else 0.0
        help = f"write {value:.6g}% or {value / 100:.6g}, and {value * 100:.6g}% where that is meant"
        # A whole column of percentages is one slip.
        several = len(slips) > 2 and 2 * len(slips) > len(self.rows)
        rest = f", and so it goes on in {len(slips) - 1:,} more rows" if several else ""
        wrong = [
            (row, f"`{name}`: {shown(self.rows[row][column])} as a rate is {percent:,.6g}% a year{rest}")
            for row in (slips[:1] if several else slips)
            if (percent := float((found[row] or 0) * 100))
        ]
        return self._problems("rate", name, wrong, help)

    def optional_booleans(self, name: str) -> tuple[bool | None, ...] | TableProblems:
        """A column of booleans; None where blank."""
        return self._read(name, boolean, optional=True)

    def dates(self, name: str) -> tuple[datetime.date, ...] | TableProblems:
        """A column of dates, none blank."""
        return self._required(name, iso_date)

    def events(self, name: str) -> tuple[datetime.date, ...] | TableProblems:
        """A column of dates on which something happens, or ``never``, none blank."""
        return self._required(name, event_date)

    def optional_dates(self, name: str) -> tuple[datetime.date | None, ...] | TableProblems:
        """A column of dates; None where blank."""
        return self._read(name, iso_date, optional=True)

    def booleans(self, name: str) -> tuple[bool, ...] | TableProblems:
        """A column of booleans, none blank."""
        return self._required(name, boolean)

    def unique_texts(self, name: str) -> tuple[str, ...] | TableProblems:
        """A column of texts, none blank and no two alike: names for the rows."""
        found = self.texts(name)
        blank = found if isinstance(found, TableProblems) else None
        if blank is not None and blank.read is None:
            return blank
        values = cast(tuple[str | None, ...], blank.read if blank is not None else found)
        first: dict[str, int] = {}
        repeats: list[tuple[int, str]] = []
        for row, value in enumerate(values):
            if value is None:
                continue
            if value in first:
                line = self.records[first[value]].line
                repeats.append((row, f"`{shown(value)}` is also the {name} on line {line}"))
            else:
                first[value] = row
        again = self._problems("duplicate", name, repeats)
        if blank is None or again is None:
            return again or found
        both = sorted((*blank.problems, *again.problems), key=lambda one: one.row)
        kept = tuple(both[:MOST_PROBLEMS])
        return TableProblems(kept, blank.more + again.more + len(both) - len(kept), read=values)

    def marks(self, name: str) -> frozenset[str]:
        """Which of ``$ € £ ¥ % bp`` the cells of a column carry: a hint of its unit. Empty without it."""
        if name not in self.header:
            return frozenset()
        column = self.header.index(name)
        return frozenset(mark for row in self.rows for mark in marks(row[column]))

    def _required(self, name: str, parse: Callable[[str], T]) -> tuple[T, ...] | TableProblems:
        found = self._read(name, parse, optional=False)
        return found if isinstance(found, TableProblems) else tuple(v for v in found if v is not None)

    def _read(self, name: str, parse: Callable[[str], T], *, optional: bool) -> tuple[T | None, ...] | TableProblems:
        column = self.column(name)
        if isinstance(column, TableProblems):
            return column
        values: list[T | None] = []
        wrong: list[tuple[int, str]] = []
        for row, cells in enumerate(self.rows):
            if cells[column] == "":
                values.append(None)
                if not optional:
                    wrong.append((row, f"`{name}` is blank"))
                continue
            try:
                values.append(parse(cells[column]))
            except CellProblem as problem:
                values.append(None)
                wrong.append((row, f"`{name}`: {problem}"))
        problems = self._problems("cell", name, wrong)
        return tuple(values) if problems is None else attrs.evolve(problems, read=tuple(values))

    def _alike(self, name: str, values: tuple[Fraction | None, ...]) -> TableProblems | None:
        """A column in which 15.789% stands beside 15.789, or $ beside €, has slipped somewhere."""
        column = self.header.index(name)
        if not marks("\n".join([cells[column] for cells in self.rows])):
            return None
        scaled: list[int] = []
        plain: list[int] = []
        currencies: dict[str, int] = {}
        wrong: list[tuple[int, str]] = []
        for row, (cells, value) in enumerate(zip(self.rows, values, strict=True)):
            carried = marks(cells[column])
            if value:
                (scaled if carried & {"%", "bp"} else plain).append(row)
            for currency in carried - {"%", "bp"}:
                currencies.setdefault(currency, row)
                other, line = next(iter(currencies)), self.records[next(iter(currencies.values()))].line
                if currency != other:
                    wrong.append((row, f"`{name}` is in {currency} here and in {other} on line {line}"))
        if scaled and plain:
            odd, word = (plain, "without") if len(plain) <= len(scaled) else (scaled, "with")
            wrong += [(row, f"`{name}` is written {word} a % or bp here, unlike the other rows") for row in odd]
        return self._problems("cell", name, sorted(wrong))

    def _problems(
        self, cause: Cause, name: str, wrong: list[tuple[int, str]], help: str | None = None
    ) -> TableProblems | None:
        if not wrong:
            return None
        column = self.header.index(name)
        kept = tuple(self.problem(cause, message, row, column, help) for row, message in wrong[:MOST_PROBLEMS])
        return TableProblems(kept, len(wrong) - len(kept))


def read_table(deal_folder: Path, name: str) -> Table | TableProblems:
    """The CSV file of that name in the deal's folder (or a folder within it), or all that is wrong with it.

    At most 10 MB, a million lines and 16,384 columns of UTF-8, with or without a byte-order mark, lines
    ended in any way, quoted as RFC 4180 says. The first line names the columns; every other has as many
    cells. Never raises for what a file is or holds, and never waits for a pipe or a device.
    """
    content = _content(deal_folder, name)
    return content if isinstance(content, TableProblems) else parse_table(name, content)


def parse_table(name: str, content: bytes) -> Table | TableProblems:
    """A table from the bytes of a file of that name."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _every_other_is_nothing(content):
        return _one("encoding", f"{name} is in UTF-16", name, help="save it as CSV UTF-8")
    try:
        text = normalised(content.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        before = normalised(content[: error.start].decode("utf-8").removeprefix("\ufeff"))
        span = position_span(name, before, len(before))
        cell = before.count(",", before.rfind("\n") + 1) + 1
        return TableProblems(
            (
                TableProblem(
                    "encoding",
                    f"byte {content[error.start]:#04x} is not UTF-8",
                    name,
                    span.line,
                    cell,
                    span,
                    "save it as CSV UTF-8",
                ),
            )
        )
    hidden = [match.start() for match in HIDDEN.finditer(text)]
    if hidden:
        return TableProblems(
            tuple(_hidden(name, text, position) for position in hidden[:MOST_PROBLEMS]),
            max(len(hidden) - MOST_PROBLEMS, 0),
        )
    if text.count("\n") > MOST_LINES:
        return _one("too large", f"{name} has more than {MOST_LINES:,} lines", name)
    found, faults = records(text)
    if not found:
        return _one("shape", f"{name} is empty", name, help="its first line names the columns")
    if len(found[0].values) > MOST_COLUMNS:
        return _one("too large", f"{name} has more than {MOST_COLUMNS:,} columns", name)
    separator = _separator(found)
    if separator is not None:
        return TableProblems((_separated(name, text, found[0], separator),))
    problems = [_quote(name, text, fault) for fault in faults[:MOST_PROBLEMS]]
    header = _header(name, text, found[0])
    problems += header
    titles = found[0].values
    again = [record for record in found[1:] if record.values == titles]
    problems += [_again(name, text, record) for record in again[:MOST_PROBLEMS]]
    ragged = [] if faults else [record for record in found[1:] if len(record.values) != len(titles)]
    problems += [_ragged(name, text, record, len(titles)) for record in ragged[:MOST_PROBLEMS]]
    if len(found) == 1 and not problems:
        problems.append(TableProblem("shape", f"{name} has a header and no rows", name, 1))
    digest = hashlib.sha256(content).hexdigest()
    whole = [record for record in found[1:] if len(record.values) == len(titles) and record.values != titles]
    table = Table(name, titles, tuple(record.values for record in whole), tuple(whole), text, digest)
    if problems:
        problems.sort(key=lambda problem: (problem.row, problem.column))
        unseen = sum(max(len(one) - MOST_PROBLEMS, 0) for one in (faults, ragged, again))
        readable = table if whole and not (faults or header) else None
        unseen += max(len(problems) - MOST_PROBLEMS, 0)
        return TableProblems(tuple(problems[:MOST_PROBLEMS]), unseen, readable)
    return table


def _every_other_is_nothing(content: bytes) -> bool:
    """Whether a file looks like UTF-16 that lacks its mark: of Latin letters every second byte is zero."""
    head = content[:200]
    return len(head) > 3 and any(not any(head[half::2]) and all(head[1 - half :: 2]) for half in (0, 1))


def _separator(found: list[Record]) -> str | None:
    """The sign that stands between the cells of a file without commas, if every line has it as often."""
    first = found[0].values
    if len(first) != 1 or not first[0]:
        return None
    for sign in (";", "\t", "|"):
        if sign in first[0] and all(sign in "".join(record.values) for record in found[: MOST_PROBLEMS + 1]):
            return sign
    return None


def _separated(name: str, text: str, header: Record, sign: str) -> TableProblem:
    called = {";": "semicolons", "\t": "tabs", "|": "bars"}[sign]
    message = f"the cells of {name} are separated by {called}"
    help = "save it with commas between the cells; decimals have a point"
    return TableProblem("separator", message, name, header.line, 1, cell_span(name, text, header, 0), help)


def _again(name: str, text: str, record: Record) -> TableProblem:
    message = "the header stands here again"
    help = "where files were put together, only the first keeps its header"
    return TableProblem("again", message, name, record.line, 1, cell_span(name, text, record, 0), help)


def _one(cause: Cause, message: str, name: str, help: str | None = None) -> TableProblems:
    return TableProblems((TableProblem(cause, message, name, help=help),))


def _hidden(name: str, text: str, position: int) -> TableProblem:
    span = position_span(name, text, position)
    cell = text.count(",", text.rfind("\n", 0, position) + 1, position) + 1
    message = f"the hidden character U+{ord(text[position]):04X} changes how the file reads"
    return TableProblem("character", message, name, span.line, cell, span, "delete it")


def _quote(name: str, text: str, fault: QuoteFault) -> TableProblem:
    match fault.cell.fault:
        case "unclosed":
            message = "the quote opened here is never closed"
        case "after quote":
            message = "this cell goes on after its closing quote"
        case _:
            message = "a quote stands inside this cell"
    span = shown_span(name, text, fault.record, fault.cell)
    help = 'put the whole cell in quotes and double those within: "6"" pipe"'
    return TableProblem("shape", message, name, span.line, fault.column + 1, span, help)


def _header(name: str, text: str, header: Record) -> list[TableProblem]:
    problems: list[TableProblem] = []
    seen: dict[str, int] = {}
    for column, title in enumerate(header.values):
        first = seen.setdefault(title, column)
        if title == "":
            message = f"column {column + 1} has no name"
        elif first < column:
            message = f"columns {first + 1} and {column + 1} are both named `{shown(title)}`"
        else:
            continue
        span = cell_span(name, text, header, column)
        problems.append(TableProblem("header", message, name, header.line, column + 1, span))
        if len(problems) > MOST_PROBLEMS:
            break
    return problems


def _ragged(name: str, text: str, record: Record, width: int) -> TableProblem:
    count = len(record.values)
    column = min(count, width)
    message = (
        "the line is blank"
        if record.values == ("",)
        else f"the row has {count} cell{'' if count == 1 else 's'}, the header {width}"
    )
    span = cell_span(name, text, record, column)
    help = "a number with thousands separators stands between quotation marks" if count > width else None
    return TableProblem("shape", message, name, record.line, column + 1, span, help)


def _content(deal_folder: Path, name: str) -> bytes | TableProblems:
    """The bytes of a regular file within the folder; every step of the path is looked at before it is opened."""
    label = shown(name)
    parts = PurePosixPath(name).parts
    if not parts or "\0" in name or name.strip() != name:
        return _one("unreadable", f'"{label}" is not the name of a file', name)
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
        help = 'name a file beside the deal, as "pools.csv"'
        return _one("unreadable", f'"{label}" is not inside the deal\'s folder', name, help=help)
    path = deal_folder
    try:
        for part in parts:
            path = path / part
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                return _one("unreadable", f'"{label}" is, or lies behind, a link', name, help="copy the file itself")
        if not stat.S_ISREG(mode):
            return _one("unreadable", f'"{label}" is {_kind(mode)}, not a file', name)
        # The file may be exchanged between the look and the opening: neither follow a link nor wait.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _one("unreadable", f'"{label}" is not a file', name)
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return _one("unreadable", f'there is no file "{label}" beside the deal', name, help=_similar(path))
    except OSError as error:
        return _one("unreadable", f'"{label}" cannot be read: {error.strerror}', name)
    if len(content) > MOST_BYTES:
        return _one("too large", f'"{label}" is larger than {MOST_BYTES // 1_000_000} MB', name)
    return content


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def _similar(path: Path) -> str | None:
    try:
        names = [entry.name for entry in os.scandir(path.parent) if entry.is_file(follow_symlinks=False)]
    except OSError:
        return None
    near = nearest(path.name, names)
    return f'did you mean "{near}"?' if near else None
