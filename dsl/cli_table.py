"""The figures of a run as a person reads them: measures down, scenarios across, then the checks."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .cli_figures import PERCENTILES, Figure, Figures, Spread
from .render_canvas import printable

_MONEY = re.compile(r"[A-Z]{3}")

_WIDTH = 10_000
"""Tables are never folded: a terminal may, a file should not."""


def shown(value: Figure, unit: str) -> str:
    """One figure in its unit: ``720,000,000``, ``6.58%``, ``1.23x``, ``2.55 years``, ``2031-01-15``, ``n/a``."""
    match value:
        case None:
            return "n/a"
        case bool():
            return "yes" if value else "no"
        case datetime.date():
            return value.isoformat()
        case str():
            return value
        case _:
            return _number(float(value) + 0.0, unit)


def _number(value: float, unit: str) -> str:
    match unit:
        case "rate" | "%":
            return f"{_decimals(value * 100, 2, 3)}%"
        case "x":
            return f"{_unsigned_zero(f'{value:,.2f}')}x"
        case "years" | "days":
            return f"{_unsigned_zero(f'{value:,.2f}')} {unit}"
        case "count":
            return _decimals(value, 0, 2)
        case _ if _MONEY.fullmatch(unit):
            return _unsigned_zero(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}")
        case _:
            return _decimals(value, 2, 6) if unit else _decimals(value, 0, 6)


def _decimals(value: float, least: int, most: int) -> str:
    """With as many decimals as the value has, between these two."""
    for digits in range(least, most):
        if abs(round(value, digits) - value) < 1e-9 * max(abs(value), 1):
            return _unsigned_zero(f"{value:,.{digits}f}")
    # It has more decimals than are worth showing: the fewest, unless it would read as nothing.
    digits = least if unit_scale(value, least) else most
    return _unsigned_zero(f"{value:,.{digits}f}")


def unit_scale(value: float, digits: int) -> bool:
    """Whether that many decimals show at least three figures of the value."""
    return abs(value) >= 10.0 ** (2 - digits)


def _unsigned_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not re.search(r"[1-9]", text) else text


def as_table(figures: Figures, *, colour: bool = False) -> str:
    """The whole run as text."""
    out = io.StringIO()
    console = Console(file=out, width=_WIDTH, color_system="standard" if colour else None, force_terminal=colour,
                      highlight=False, markup=False, emoji=False, legacy_windows=False)  # fmt: skip
    console.print(Text(printable(figures.deal), style="bold"))
    if any(figures.measures.values()):
        if figures.paths is None:
            _deterministic(console, figures)
        else:
            _simulated(console, figures)
    _series(console, figures)
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
        table.add_column(Text(printable(column)), justify="right", no_wrap=True)
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
        table.add_row(_label(name, unit), *(Text(_one(value, unit)) for value in values))
    _print(console, table)


def _one(value: Figure | Spread, unit: str) -> str:
    return shown(value.mean if isinstance(value, Spread) else value, unit)


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


def _series(console: Console, figures: Figures) -> None:
    """Of one scenario all series side by side; of several, a table a series with the scenarios side by side."""
    names = list(dict.fromkeys(name for scenario in figures.scenarios for name in figures.series[scenario]))
    if not names:
        return
    if len(figures.scenarios) == 1:
        kept = figures.series[figures.scenarios[0]]
        table = _grid("date", [_label(name, figures.units.get(name, "")).plain for name in names])
        for position, date in enumerate(figures.dates):
            cells = [_one(kept[name][position], figures.units.get(name, "")) for name in names]
            table.add_row(date.isoformat(), *map(Text, cells))
        _print(console, table)
        return
    for name in names:
        unit = figures.units.get(name, "")
        table = _grid(_label(name, unit).plain, figures.scenarios)
        for position, date in enumerate(figures.dates):
            values = [figures.series[scenario][name][position] for scenario in figures.scenarios]
            table.add_row(date.isoformat(), *(Text(_one(value, unit)) for value in values))
        _print(console, table)


def _checks(console: Console, figures: Figures) -> None:
    if not figures.checks:
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("", "check", "found"):
        table.add_column(Text(heading), no_wrap=True)
    for check in figures.checks:
        verdict = Text("pass", style="green") if check.passed else Text("FAIL", style="bold red")
        found = check.observed
        if check.failed_in:
            found = f"{found} in {', '.join(check.failed_in)}" if found else f"in {', '.join(check.failed_in)}"
        table.add_row(verdict, Text(printable(check.name)), Text(printable(found)))
    _print(console, table)
    failed = sum(not check.passed for check in figures.checks)
    console.print()
    count = len(figures.checks)
    every = f"all {count} checks hold" if count > 1 else "the check holds"
    console.print(f"{failed} of {count} checks failed" if failed else every)
