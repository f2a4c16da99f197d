"""A CSV file becomes a table, or all that is wrong with its shape is said at once, each with its row and column."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path
from typing import assert_never

from .cell_values import shown
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
from .file_beside import content_of
from .table import MOST_PROBLEMS, Table, TableProblem, TableProblems, one_problem

MOST_LINES = 1_000_000


def read_table(deal_folder: Path, name: str) -> Table | TableProblems:
    """The CSV file of that name in the deal's folder (or a folder within it), or all that is wrong with it.

    At most 10 MB, a million lines and 16,384 columns of UTF-8, with or without a byte-order mark, lines
    ended in any way, quoted as RFC 4180 says. The first line names the columns; every other has as many
    cells. Never raises for what a file is or holds, and never waits for a pipe or a device.
    """
    content = content_of(deal_folder, name)
    return content if isinstance(content, TableProblems) else parse_table(name, content)


def parse_table(name: str, content: bytes) -> Table | TableProblems:
    """A table from the bytes of a file of that name."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _every_other_is_nothing(content):
        return one_problem("encoding", f"{name} is in UTF-16", name, help="save it as CSV UTF-8")
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
        return one_problem("too large", f"{name} has more than {MOST_LINES:,} lines", name)
    found, faults = records(text)
    if not found:
        return one_problem("shape", f"{name} is empty", name, help="its first line names the columns")
    if len(found[0].values) > MOST_COLUMNS:
        return one_problem("too large", f"{name} has more than {MOST_COLUMNS:,} columns", name)
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


def _hidden(name: str, text: str, position: int) -> TableProblem:
    span = position_span(name, text, position)
    cell = text.count(",", text.rfind("\n", 0, position) + 1, position) + 1
    message = f"the hidden character U+{ord(text[position]):04X} changes how the file reads"
    return TableProblem("character", message, name, span.line, cell, span, "delete it")


def _quote(name: str, text: str, fault: QuoteFault) -> TableProblem:
    match fault.fault:
        case "unclosed":
            message = "the quote opened here is never closed"
        case "after quote":
            message = "this cell goes on after its closing quote"
        case "inside":
            message = "a quote stands inside this cell"
        case _:
            assert_never(fault.fault)
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
