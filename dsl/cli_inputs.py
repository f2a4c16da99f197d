"""What `indenture run` is given as ``name=value`` and ``name=file.csv``."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.ir import Input, Program
from .cells import CellProblem, boolean, iso_date, number
from .cli_output import misused
from .nearest import nearest

if TYPE_CHECKING:
    import numpy.typing as npt


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
    import numpy as np

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file, strict=True) if line]
    except OSError as error:
        misused(f"{path} cannot be read: {error.strerror or error}")
    except UnicodeDecodeError:
        misused(f"{path} is not UTF-8 text")
    except (csv.Error, ValueError) as error:
        misused(f"{path} is not a CSV: {error}")
    if len(lines) < 2:
        misused(f"{path} has no values: the first line names the columns, the values follow")
    header, body = [cell.strip() for cell in lines[0]], lines[1:]
    dated = header[0].casefold() == "date"
    if dated and len(header) < 2:
        misused(f"{path} has dates and no values")
    for position, line in enumerate(body, start=2):
        if len(line) != len(header):
            misused(f"{path}, line {position}: {len(line)} cells under {len(header)} names")
    if dated:
        _same_dates(path, [line[0].strip() for line in body], source, program)
    first = 1 if dated else 0
    values: npt.NDArray[Any] = np.array(
        [
            [_cell(path, position, cell.strip(), source) for cell in line[first:]]
            for position, line in enumerate(body, start=2)
        ]
    )
    if "date" not in source.axes and source.var.rows is None:
        if len(body) != 1:
            misused(f"{path} has {len(body)} lines of values; {source.name} has one value a scenario")
        values = values[0]
        return values if len(values) > 1 else values.reshape(())
    return values[:, 0] if values.shape[1] == 1 else values


def _same_dates(path: Path, texts: Sequence[str], source: Input, program: Program) -> None:
    """The dates of a file are those of the input's schedule, or of the timeline."""
    if "date" not in source.axes:
        misused(f"{path} has a date column; {source.name} is the same on every date")
    timeline = program.dates
    allowed = [timeline]
    if source.dates is not None:
        allowed.insert(0, tuple(timeline[position] for position in source.dates))
    wanted = next((dates for dates in allowed if len(dates) == len(texts)), allowed[0])
    for position, text in enumerate(texts):
        try:
            date = iso_date(text)
        except CellProblem as problem:
            misused(f"{path}, line {position + 2}: {problem}")
        if position >= len(wanted) or date != wanted[position]:
            due = f"{wanted[position]} is due there" if position < len(wanted) else "the deal's dates end before"
            misused(f"{path}, line {position + 2}: {date}, but {due} ({source.name} has {len(wanted)} dates)")
    if len(texts) < len(wanted):
        misused(f"{path} ends on {texts[-1]}; {source.name} has {len(wanted)} dates, to {wanted[-1]}")


def _cell(path: Path, line: int, text: str, source: Input) -> float | bool:
    try:
        match source.var.kind:
            case "date":
                return float(iso_date(text).toordinal())
            case "bool":
                return boolean(text)
            case _:
                pass
        try:
            value = float(text)  # the usual case, and a hundred times as fast
        except ValueError:
            value = float(number(text))
    except (CellProblem, OverflowError) as problem:
        misused(f"{path}, line {line}: {problem}")
    if not math.isfinite(value):
        misused(f"{path}, line {line}: `{text}` is not a number")
    return value
