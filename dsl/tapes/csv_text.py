"""The text of a CSV file as rows of cells, each with its place (RFC 4180, with any line ends).

A record that has no quote is split at its commas, a plainly quoted one is read by the ``csv`` module, and
any other is scanned cell by cell, for its places. All take time in proportion to the text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ...engine.ir import Span

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, but for tab and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls: what is shown is not what is read
    "\u200b\u2028\u2029\ufeff]"  # zero-width space, separators, a byte-order mark that does not stand first
)

MOST_COLUMNS = 16_384
MOST_FAULTS = 1_000

_QUOTED = re.compile(r'[ \t]*"[^"]*(?:""[^"]*)*"[ \t]*')
_PLAIN = re.compile(r"[^,\n]*")

Fault = Literal["unclosed", "after quote", "inside"]


class Cell(NamedTuple):
    """A cell of a record as scanned: where it starts and ends in the text, what it says, what is wrong."""

    start: int
    end: int
    value: str
    fault: Fault | None = None


class Record(NamedTuple):
    """A row of cells, the line it begins on (from 1) and where in the text."""

    line: int
    start: int
    values: tuple[str, ...]


class QuoteFault(NamedTuple):
    """A quote that does not belong: in which record, which of its cells (from 0), and that cell as scanned."""

    record: Record
    column: int
    cell: Cell
    fault: Fault


def normalised(text: str) -> str:
    """The text with every line end as one line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def records(text: str) -> tuple[list[Record], list[QuoteFault]]:
    """Every record of a normalised text, blank lines at its end left out, and every misplaced quote.

    After ``MOST_FAULTS`` misplaced quotes the rest of the text is left unread.
    """
    found: list[Record] = []
    faults: list[QuoteFault] = []
    line, start = 1, 0
    while start < len(text) and len(faults) < MOST_FAULTS:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        values = _plain_values(text[start:end])
        if values is not None:
            found.append(Record(line, start, tuple([value.strip() for value in values])))
            line += 1
        else:
            cells = list(_scan(text, start))
            record = Record(line, start, tuple([cell.value for cell in cells]))
            found.append(record)
            faults += [QuoteFault(record, k, cell, cell.fault) for k, cell in enumerate(cells) if cell.fault]
            end = cells[-1].end
            line += text.count("\n", start, end) + 1
        start = end + 1
    while found and found[-1].values == ("",):
        found.pop()
    return found, faults


def _plain_values(line: str) -> list[str] | None:
    """The cells of a record that is one line and in which no quote is doubled or misplaced, or None."""
    if '"' not in line:
        return line.split(",")
    try:
        values = next(csv.reader((line,), strict=True))
    except csv.Error:
        return None
    return None if '"' in "".join(values) else values


def _scan(text: str, start: int) -> Iterator[Cell]:
    """The cells of one record, from where it starts in the text to the end of the line that closes it.

    What lies beyond ``MOST_COLUMNS`` is one cell: no row is that long.
    """
    for _ in range(MOST_COLUMNS):
        fault: Fault | None = None
        quoted = _QUOTED.match(text, start)
        if quoted is not None:
            end = quoted.end()
            value = quoted.group().strip()[1:-1].replace('""', '"').strip()
            if end < len(text) and text[end] not in ",\n":
                fault = "after quote"
                end = _end(text, end)
        else:
            end = _end(text, start)
            value = text[start:end].strip()
            if value.startswith('"'):
                fault, end = "unclosed", len(text)
            elif '"' in value:
                fault = "inside"
        yield Cell(start, end, value, fault)
        if end >= len(text) or text[end] == "\n":
            return
        start = end + 1
    end = text.find("\n", start)
    yield Cell(start, len(text) if end < 0 else end, "")


def _end(text: str, start: int) -> int:
    plain = _PLAIN.match(text, start)
    return plain.end() if plain is not None else start


def cell_span(file: str, text: str, record: Record, column: int) -> Span:
    """The place of a cell of a record in lines and characters; of a cell it lacks, the record's end."""
    found = Cell(record.start, record.start, "")
    for number, cell in enumerate(_scan(text, record.start)):
        found = cell
        if number == column:
            break
    else:
        found = Cell(found.end, found.end, "")
    return shown_span(file, text, record, found)


def shown_span(file: str, text: str, record: Record, cell: Cell) -> Span:
    """The place of a scanned cell: its first line, without the spaces around it."""
    shown = text[cell.start : cell.end].split("\n", 1)[0]
    start = cell.start + len(shown) - len(shown.lstrip())
    line = record.line + text.count("\n", record.start, start)
    first = start - (text.rfind("\n", 0, start) + 1) + 1
    return Span(file, line, first, line, first + max(len(shown.strip()), 1))


def position_span(file: str, text: str, position: int) -> Span:
    """The place of one character of a normalised text."""
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return Span(file, line, column, line, column + 1)
