"""The text of a CSV file as rows of cells, each with its place (RFC 4180, with any line ends).

A record that has no quote is split at its commas; one that has is scanned cell by cell. Both take time
in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import attrs

from ..engine.ir import Span

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, but for tab and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls: what is shown is not what is read
    "\u200b\u2028\u2029\ufeff]"  # zero-width space, separators, a byte-order mark that does not stand first
)

_QUOTED = re.compile(r'[ \t]*"[^"]*(?:""[^"]*)*"[ \t]*')
_PLAIN = re.compile(r"[^,\n]*")

Fault = Literal["unclosed", "after quote", "inside"]


@attrs.frozen(slots=True)
class Cell:
    """A cell of a record as scanned: where it starts and ends in the text, what it says, what is wrong."""

    start: int
    end: int
    value: str
    fault: Fault | None = None


@attrs.frozen(slots=True)
class Record:
    """A row of cells, the line it begins on (from 1) and where in the text."""

    line: int
    start: int
    values: tuple[str, ...]


@attrs.frozen(slots=True)
class QuoteFault:
    """A quote that does not belong: in which record, and which of its cells (from 0)."""

    record: Record
    column: int
    fault: Fault


def normalised(text: str) -> str:
    """The text with every line end as one line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def records(text: str) -> tuple[list[Record], list[QuoteFault]]:
    """Every record of a normalised text, blank lines at its end left out, and every misplaced quote."""
    found: list[Record] = []
    faults: list[QuoteFault] = []
    line, start = 1, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text.find('"', start, end) < 0:
            values = tuple(value.strip() for value in text[start:end].split(","))
            found.append(Record(line, start, values))
            line += 1
        else:
            cells = list(_scan(text, start))
            record = Record(line, start, tuple(cell.value for cell in cells))
            found.append(record)
            faults += [QuoteFault(record, k, cell.fault) for k, cell in enumerate(cells) if cell.fault]
            end = cells[-1].end
            line += text.count("\n", start, end) + 1
        start = end + 1
    while found and found[-1].values == ("",):
        found.pop()
    return found, faults


def _scan(text: str, start: int) -> Iterator[Cell]:
    """The cells of one record, from where it starts in the text to the end of the line that closes it."""
    while True:
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


def _end(text: str, start: int) -> int:
    plain = _PLAIN.match(text, start)
    return plain.end() if plain is not None else start


def cell_span(file: str, text: str, record: Record, column: int) -> Span:
    """The place of a cell of a record in lines and characters; of a cell it lacks, the record's end."""
    start = end = record.start
    for number, cell in enumerate(_scan(text, record.start)):
        start, end = cell.start, cell.end
        if number == column:
            break
    else:
        start = end
    # What is shown is the cell's first line, without the spaces around it.
    shown = text[start:end].split("\n", 1)[0]
    start += len(shown) - len(shown.lstrip())
    width = len(shown.strip())
    line = record.line + text.count("\n", record.start, start)
    first = start - (text.rfind("\n", 0, start) + 1) + 1
    return Span(file, line, first, line, first + max(width, 1))


def position_span(file: str, text: str, position: int) -> Span:
    """The place of one character of a normalised text."""
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return Span(file, line, column, line, column + 1)
