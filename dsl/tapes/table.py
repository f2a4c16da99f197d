"""Tables beside a deal: named columns of text, numbers, dates or booleans, each with all that is wrong in its cells."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Literal, TypeVar, cast

import attrs

from ...engine.ir import Span
from ..messages.nearest import nearest
from .cell_values import CellProblem, boolean, event_date, iso_date, marks, number, shown
from .csv_text import (
    Record,
    cell_span,
)

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


def one_problem(cause: Cause, message: str, name: str, help: str | None = None) -> TableProblems:
    """One problem with the file as a whole."""
    return TableProblems((TableProblem(cause, message, name, help=help),))
