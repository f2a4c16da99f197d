"""The figures of a run as a person reads them: measures down, scenarios across, then the checks."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..messages.canvas import printable
from .figures import PERCENTILES, AlertLine, Figure, Figures, Spread, shown

_WIDTH = 10_000
"""Tables are never folded: a terminal may, a file should not."""


def as_table(figures: Figures, *, colour: bool = False) -> str:
    """The whole run as text."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=_WIDTH,
        color_system="standard" if colour else None,
        force_terminal=colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Text(printable(figures.deal), style="bold"))
    if any(figures.measures.values()):
        if figures.paths is None:
            _deterministic(console, figures)
        else:
            _simulated(console, figures)
    _reasons(console, figures)
    _tables(console, figures)
    _series(console, figures)
    _alerts(console, figures)
    _checks(console, figures)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _label(name: str, unit: str) -> Text:
    text = Text(printable(name))
    if unit and unit not in ("rate", "%", "x", "years", "days", "date", "condition", "count", "text"):
        text.append(f" ({printable(unit)})", style="dim")
    return text


def _grid(first: str, columns: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column(Text(first), no_wrap=True)
    for column in columns:
        heading = printable(column)
        if len(heading) > 20:
            # A scenario of several ranges is named for each of them: one below the other they take less room.
            heading = heading.replace(", ", ",\n")
        table.add_column(Text(heading), justify="right", no_wrap=True)
    return table


def _print(console: Console, table: Table) -> None:
    console.print()
    console.print(table)


def _deterministic(console: Console, figures: Figures) -> None:
    table = _grid("", figures.scenarios)
    names = list(dict.fromkeys(name for scenario in figures.scenarios for name in figures.measures[scenario]))
    for name in names:
        unit = figures.units.get(name, "")
        values = [figures.measures[scenario].get(name) for scenario in figures.scenarios]
        table.add_row(_label(name, unit), *(Text(shown(value, unit)) for value in values))
    _print(console, table)


def _simulated(console: Console, figures: Figures) -> None:
    for scenario in figures.scenarios:
        console.print()
        console.print(Text(f"{printable(scenario)}, {figures.paths:,} paths, seed {figures.seed}"))
        table = _grid("", ["mean", "std error", *(f"{number}%" for number in PERCENTILES)])
        for name, value in figures.measures[scenario].items():
            unit = figures.units.get(name, "")
            if isinstance(value, Spread):
                parts = [value.mean, value.standard_error, *(value.percentiles.get(str(n)) for n in PERCENTILES)]
                table.add_row(_label(name, unit), *(Text(shown(part, unit)) for part in parts))
            else:
                table.add_row(_label(name, unit), Text(shown(value, unit)))
        _print(console, table)


def _reasons(console: Console, figures: Figures) -> None:
    """Why measures are not determined; scenarios in which one is not for the same reason share a line."""
    alike: dict[tuple[str, str], list[str]] = {}
    for scenario in figures.scenarios:
        for name, why in figures.reasons.get(scenario, {}).items():
            alike.setdefault((name, why), []).append(scenario)
    if alike:
        console.print()
    for (name, why), scenarios in alike.items():
        where = "" if len(scenarios) == len(figures.scenarios) else f" in {', '.join(map(printable, scenarios))}"
        console.print(Text(f"{printable(name)} is n/a{where}: {printable(why)}", style="dim"))


def _tables(console: Console, figures: Figures) -> None:
    """Each table of the report; scenarios in which it reads the same share one."""
    for name, table in figures.tables.items():
        alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
        for scenario in figures.scenarios:
            lines = tuple(
                tuple(shown(cell, unit) for cell, unit in zip(row, table.units, strict=True))
                for row in table.rows[scenario]
            )
            alike.setdefault(lines, []).append(scenario)
        for lines, scenarios in alike.items():
            console.print()
            said = "" if len(scenarios) == len(figures.scenarios) else f": {', '.join(map(printable, scenarios))}"
            if figures.paths is not None:
                said += f", means over {figures.paths:,} paths"
            console.print(Text(f"{printable(name)}{said}", style="bold"))
            if not lines or not any(_counts(cell) for row in table.rows[scenarios[0]] for cell in row):
                console.print(Text("nothing" if lines else "none", style="dim"))
                continue
            grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
            for column, unit in zip(table.columns, table.units, strict=True):
                grid.add_column(_label(column, unit), justify="right" if unit else "left", no_wrap=True)
            for line in lines:
                grid.add_row(*(Text(printable(cell)) for cell in line))
            console.print(grid)


def _counts(cell: Figure | Spread) -> bool:
    """Whether a cell of a table says that there is something: a figure that is not zero, a condition that holds."""
    return not isinstance(cell, str) and bool(cell.mean if isinstance(cell, Spread) else cell)


def _series(console: Console, figures: Figures) -> None:
    """Of one scenario all series side by side; of several, a table a series with the scenarios side by side."""
    names = list(dict.fromkeys(name for scenario in figures.scenarios for name in figures.series[scenario]))
    if not names:
        return
    if len(figures.scenarios) == 1:
        kept = figures.series[figures.scenarios[0]]
        first = "date" if figures.paths is None else "date (means)"
        table = _grid(first, [_label(name, figures.units.get(name, "")).plain for name in names])
        rows = [
            [shown(kept[name][position], figures.units.get(name, "")) for name in names]
            for position in range(len(figures.dates))
        ]
        _dated(console, table, figures, rows)
        return
    for name in names:
        unit = figures.units.get(name, "")
        table = _grid(_label(name, unit).plain, figures.scenarios)
        columns = [figures.series[scenario][name] for scenario in figures.scenarios]
        rows = [[shown(column[position], unit) for column in columns] for position in range(len(figures.dates))]
        _dated(console, table, figures, rows)


def _dated(console: Console, table: Table, figures: Figures, rows: Sequence[Sequence[str]]) -> None:
    """A row for the first date, the last, and every other on which a figure reads differently from the row above.

    Dates on which none of the figures is determined have no row, unless there is no other date.
    """
    nothing = shown(None, "")
    kept = [place for place, cells in enumerate(rows) if any(cell != nothing for cell in cells)] or range(len(rows))
    above: Sequence[str] | None = None
    left_out = len(rows) - len(kept)
    for place in kept:
        if rows[place] == above and place != kept[-1]:
            left_out += 1
            continue
        above = rows[place]
        table.add_row(figures.dates[place].isoformat(), *map(Text, above))
    _print(console, table)
    if left_out:
        dates = "1 date" if left_out == 1 else f"{left_out:,} dates"
        console.print(Text(f"{dates} left out, on which nothing here changes", style="dim"))


def _alerts(console: Console, figures: Figures) -> None:
    if figures.alerts is None:
        return
    several = len(figures.scenarios) > 1
    headings = ["alert since", "until", "who", "what", "threshold", "observed", "latest"]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ["scenario", *headings] if several else headings:
        numbers = heading in ("threshold", "observed", "latest")
        table.add_column(Text(heading), justify="right" if numbers else "left", no_wrap=True)
    same: dict[AlertLine, list[str]] = {}
    for scenario in figures.scenarios:
        for one in figures.alerts[scenario]:
            same.setdefault(one, []).append(scenario)
    for one, scenarios in sorted(same.items(), key=lambda pair: (pair[0].since, pair[0].who, pair[0].what)):
        words = "every" if len(scenarios) == len(figures.scenarios) else ", ".join(scenarios)
        cells = [
            one.since.isoformat(),
            "still" if one.until is None else one.until.isoformat(),
            one.who,
            one.what,
            *(shown(value, one.unit) for value in (one.threshold, one.observed, one.latest)),
        ]
        table.add_row(*(Text(printable(cell)) for cell in ([words, *cells] if several else cells)))
    if table.row_count:
        _print(console, table)
    else:
        console.print()
        console.print("no alerts")


def _checks(console: Console, figures: Figures) -> None:
    shown = [check for check in figures.checks if not (check.passed and check.code == "condition")]
    if not shown:
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("", "check", "found"):
        table.add_column(Text(heading), no_wrap=True)
    for check in shown:
        verdict = Text("pass", style="green") if check.passed else Text("FAIL", style="bold red")
        found = check.observed
        if not check.scenarios:
            verdict, found = Text("-", style="dim"), "not asked of these scenarios"
        if check.failed_in:
            found = f"{found} in {', '.join(check.failed_in)}" if found else f"in {', '.join(check.failed_in)}"
        table.add_row(verdict, Text(printable(check.name)), Text(printable(found)))
    _print(console, table)
    failed = sum(not check.passed for check in shown)
    console.print()
    count = sum(bool(check.scenarios) for check in shown)
    every = {0: "no check is asked of these scenarios", 1: "the check holds"}.get(count, f"all {count} checks hold")
    console.print(f"{failed} of {count} checks failed" if failed else every)
