"""What `indenture run` is given as ``name=value`` and ``name=file.csv``."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, assert_never

import numpy as np
import numpy.typing as npt

from ...engine.ir import Input, Program
from ..messages.nearest import nearest
from ..tapes.cell_values import CellProblem, boolean, iso_date, number
from .output import misused


def pairs(given: Sequence[str], option: str, form: str) -> dict[str, str]:
    """``("a=1", "b=2")`` as a mapping; ends the command where one has no ``=`` or a name stands twice."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not (name and equals and value):
            misused(f"{option} {text!r}: write it as {option} {form}")
        if name in found:
            misused(f"{option} gives {name!r} twice")
        found[name] = value
    return found


def read_inputs(files: dict[str, str], program: Program) -> dict[str, npt.NDArray[Any]]:
    """An array for each input, from its CSV."""
    known = {source.name: source for source in program.inputs if source.random is None}
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, file in files.items():
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean {guess!r}?" if guess else f"it has {', '.join(known) or 'none'}"
            misused(f"--input {name}: the deal has no such input; {hint}")
        arrays[name] = read_input(Path(file), known[name], program)
    return arrays


def read_input(path: Path, source: Input, program: Program) -> npt.NDArray[Any]:
    """A CSV with a header. Its first column may be ``date``; each other column is one scenario. A line is a date of
    the timeline (or of the input's schedule); of an input that has rows and no dates, a line is a row; of an input
    with neither, there is one line. Numbers are in the input's unit; ``4.1%`` and ``210bp`` are read too.

    Gives ``[line, scenario]``, or ``[line]`` for one column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [(number, line) for number, line in enumerate(csv.reader(file, strict=True), start=1) if line]
    except OSError as error:
        misused(f"{path} cannot be read: {error.strerror or error}")
    except UnicodeDecodeError:
        misused(f"{path} is not UTF-8 text")
    except (csv.Error, ValueError) as error:
        misused(f"{path} is not a CSV: {error}")
    if len(lines) < 2:
        misused(f"{path} has no values: the first line names the columns, the values follow")
    header, body = [cell.strip() for cell in lines[0][1]], lines[1:]
    if len(header) == 1 and all(any(sign in cell for cell in line for sign in ";\t|") for _, line in lines[:20]):
        misused(f"{path}: its cells are not separated by commas; save it with commas between them")
    dated = header[0].casefold() == "date"
    if dated and len(header) < 2:
        misused(f"{path} has dates and no values")
    problems = [
        f"line {number}: {len(line)} cells under {len(header)} names"
        for number, line in body
        if len(line) != len(header)
    ]
    whole = [(number, line) for number, line in body if len(line) == len(header)]
    if dated:
        problems += _other_dates([(number, line[0].strip()) for number, line in whole], source, program)
    first = 1 if dated else 0
    rows: list[list[float | bool]] = []
    for at, line in whole:
        row: list[float | bool] = []
        for column, cell in enumerate(line[first:], start=first + 1):
            try:
                row.append(_cell(cell.strip(), source))
            except CellProblem as problem:
                problems.append(f"line {at}, column {column}: {problem}")
        rows.append(row)
    if problems:
        _refuse(path, problems)
    values: npt.NDArray[Any] = np.array(rows)
    if "date" not in source.axes and source.var.rows is None:
        if len(body) != 1:
            misused(f"{path} has {len(body)} lines of values; {source.name} has one value a scenario")
        values = values[0]
        return values if len(values) > 1 else values.reshape(())
    return values[:, 0] if values.shape[1] == 1 else values


MOST_PROBLEMS = 20
"""Problems of a file that are said one by one; the rest are counted."""


def _refuse(path: Path, problems: Sequence[str]) -> NoReturn:
    more = len(problems) - MOST_PROBLEMS
    said = [f"{path}, {problem}" for problem in problems[:MOST_PROBLEMS]]
    misused("\n  ".join(said + ([f"and {more:,} more problems in that file"] if more > 0 else [])))


def _other_dates(texts: Sequence[tuple[int, str]], source: Input, program: Program) -> list[str]:
    """What is wrong with the dates of a file: they are those of the input's schedule, or of the timeline."""
    if "date" not in source.axes:
        return [f"line 1: it has a date column; {source.name} is the same on every date"]
    timeline = program.dates
    allowed = [timeline]
    if source.dates is not None:
        allowed.insert(0, tuple(timeline[position] for position in source.dates))
    wanted = next((dates for dates in allowed if len(dates) == len(texts)), allowed[0])
    problems: list[str] = []
    for position, (at, text) in enumerate(texts):
        try:
            date = iso_date(text)
        except CellProblem as problem:
            problems.append(f"line {at}, column 1: {problem}")
            continue
        if position >= len(wanted) or date != wanted[position]:
            due = f"{wanted[position]} is due there" if position < len(wanted) else "the deal's dates end before"
            problems.append(f"line {at}, column 1: {date}, but {due} ({source.name} has {len(wanted)} dates)")
            if position < len(wanted) and len(texts) != len(wanted):
                return problems  # from here on every date is another
    if len(texts) < len(wanted) and not problems:
        problems.append(f"line {texts[-1][0]}: it ends here; {source.name} has {len(wanted)} dates, to {wanted[-1]}")
    return problems


def _cell(text: str, source: Input) -> float | bool:
    match source.var.kind:
        case "date":
            return float(iso_date(text).toordinal())
        case "bool":
            return boolean(text)
        case "float":
            return _number(text)
        case _:
            assert_never(source.var.kind)


def _number(text: str) -> float:
    try:
        value = float(text)  # the usual case, and a hundred times as fast
    except ValueError:
        try:
            value = float(number(text)) if text else math.nan
        except OverflowError as problem:
            raise CellProblem(str(problem)) from None
    if not math.isfinite(value):
        raise CellProblem(f"`{text}` is not a number" if text else "it is blank")
    return value
