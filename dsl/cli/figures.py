"""The figures of a run as plain data, and the forms for machines: JSON and CSV."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Mapping, Sequence
from typing import assert_never

import attrs

from ..messages.diagnostics import Diagnostic
from ..messages.render_json import Json, as_data, dumps

SCHEMA = "indenture.run/1"
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)

_MONEY = re.compile(r"[A-Z]{3}")

Figure = float | bool | datetime.date | str | None
"""One value: None where it is not determined, ``"never"`` for the date that does not come."""


@attrs.frozen(slots=True)
class Spread:
    """A simulated value: its mean over the paths on which it is determined, and percentiles by their number.

    ``paths``: on how many it is determined.
    """

    mean: Figure
    standard_error: Figure
    percentiles: Mapping[str, Figure]
    paths: int


@attrs.frozen(slots=True)
class CheckLine:
    """One require, expect or always: whether it held, in which scenarios it was asked, and what was found.

    ``failed_in`` are scenarios (or drawn paths of one); ``observed`` is a figure or the first breach in words.
    """

    name: str
    passed: bool
    scenarios: tuple[str, ...]
    failed_in: tuple[str, ...]
    observed: str
    code: str = ""
    file: str = ""
    line: int = 0


@attrs.frozen(slots=True)
class TableFigures:
    """A table of the report: its columns with their units, and its rows in each scenario."""

    columns: tuple[str, ...]
    units: tuple[str, ...]
    rows: Mapping[str, Sequence[Sequence[Figure | Spread]]]

    def label(self, position: int, scenario: str) -> str:
        """A row by the texts that it begins with, or by its place."""
        texts = []
        for unit, cell in zip(self.units, self.rows[scenario][position], strict=True):
            if unit or not isinstance(cell, str):
                break
            texts.append(cell)
        return " ".join(texts) or str(position + 1)


@attrs.frozen(slots=True)
class AlertLine:
    """One alert: since when (and until when; None: it still holds), who, what, what was observed when it was raised and
    last, and the threshold."""

    since: datetime.date
    until: datetime.date | None
    who: str
    what: str
    observed: Figure
    latest: Figure
    threshold: Figure
    unit: str


@attrs.frozen(slots=True, kw_only=True)
class Figures:
    """A run: ``measures`` and ``series`` by scenario and name, in the order of the deal's report; its tables;
    ``reasons`` by scenario and measure, why it is not determined; ``alerts`` by scenario, by the date on which they
    were raised (None: the deal has none, or its paths are drawn); ``remarks``, those that are waived too."""

    deal: str
    version: str
    seed: int
    paths: int | None
    hashes: Mapping[str, str]
    dates: tuple[datetime.date, ...]
    scenarios: tuple[str, ...]
    measures: Mapping[str, Mapping[str, Figure | Spread]]
    series: Mapping[str, Mapping[str, Sequence[Figure | Spread]]]
    units: Mapping[str, str]
    checks: tuple[CheckLine, ...]
    tables: Mapping[str, TableFigures] = attrs.field(factory=dict)
    alerts: Mapping[str, Sequence[AlertLine]] | None = None
    reasons: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        return any(not check.passed for check in self.checks)


def plain(value: Figure | Spread) -> Json:
    match value:
        case Spread():
            return {
                "mean": plain(value.mean),
                "standard_error": plain(value.standard_error),
                "percentiles": {name: plain(figure) for name, figure in value.percentiles.items()},
            }
        case datetime.date():
            return value.isoformat()
        case None | bool() | int() | float() | str():
            return value
        case _:
            assert_never(value)


def as_json(figures: Figures) -> str:
    """The run as one JSON object; `docs/` has its schema in words."""
    scenarios: dict[str, Json] = {
        scenario: {
            "measures": {name: plain(value) for name, value in figures.measures[scenario].items()},
            "series": {name: [plain(v) for v in values] for name, values in figures.series[scenario].items()},
            **({"reasons": dict(said)} if (said := figures.reasons.get(scenario)) else {}),
            **({"tables": _tables(figures, scenario)} if figures.tables else {}),
        }
        for scenario in figures.scenarios
    }
    if figures.alerts is not None:
        for scenario, found in scenarios.items():
            assert isinstance(found, dict)
            found["alerts"] = [_alert(one) for one in figures.alerts[scenario]]
    content: dict[str, Json] = {
        "schema": SCHEMA,
        "deal": figures.deal,
        "version": figures.version,
        "seed": figures.seed,
        "hashes": dict(figures.hashes),
        "dates": [date.isoformat() for date in figures.dates],
        "scenarios": scenarios,
        "units": dict(figures.units),
        "checks": [_check(check) for check in figures.checks],
        "remarks": [as_data(one) for one in figures.remarks],
    }
    if figures.tables:
        content["tables"] = {
            name: [{"name": column, "unit": unit} for column, unit in zip(one.columns, one.units, strict=True)]
            for name, one in figures.tables.items()
        }
    return dumps(content) + "\n"


def _tables(figures: Figures, scenario: str) -> Json:
    return {
        name: [
            {column: plain(cell) for column, cell in zip(one.columns, row, strict=True)} for row in one.rows[scenario]
        ]
        for name, one in figures.tables.items()
    }


def _alert(alert: AlertLine) -> Json:
    return {
        "since": plain(alert.since),
        "until": plain(alert.until),
        "who": alert.who,
        "what": alert.what,
        "observed": plain(alert.observed),
        "latest": plain(alert.latest),
        "threshold": plain(alert.threshold),
        "unit": alert.unit,
    }


def _check(check: CheckLine) -> Json:
    return {
        "name": check.name,
        "passed": check.passed,
        "scenarios": list(check.scenarios),
        "failed_in": list(check.failed_in),
        "observed": check.observed,
        "code": check.code,
        "file": check.file,
        "line": check.line,
    }


def as_csv(figures: Figures, *, dated: bool = False) -> str:
    """One row a scenario and measure (and figure of a table) or, ``dated``, one row a scenario and date with a column a
    series.

    A simulated value has a column for its mean, its standard error and each percentile.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    drawn = figures.paths is not None
    spread = ["mean", "standard_error", *(f"p{number}" for number in PERCENTILES)]
    if not dated:
        writer.writerow(["scenario", "measure", "unit", *(spread if drawn else ["value"])])
        for scenario in figures.scenarios:
            for name, value in figures.measures[scenario].items():
                writer.writerow([scenario, name, figures.units.get(name, ""), *_cells(value, drawn)])
            for name, table in figures.tables.items():
                for position, row in enumerate(table.rows[scenario]):
                    for column, unit, cell in zip(table.columns, table.units, row, strict=True):
                        if unit or not isinstance(cell, str):
                            title = f"{name} | {table.label(position, scenario)} | {column}"
                            writer.writerow([scenario, title, unit, *_cells(cell, drawn)])
        return out.getvalue()
    names = list(dict.fromkeys(name for scenario in figures.scenarios for name in figures.series[scenario]))
    columns = [f"{name} {part}" for name in names for part in spread] if drawn else names
    writer.writerow(["scenario", "date", *columns])
    for scenario in figures.scenarios:
        kept = figures.series[scenario]
        for position, date in enumerate(figures.dates):
            row = [cell for name in names for cell in _cells(kept[name][position], drawn)]
            writer.writerow([scenario, date.isoformat(), *row])
    return out.getvalue()


def _cells(value: Figure | Spread, drawn: bool) -> list[str]:
    if not drawn:
        return [_cell(value)]
    if not isinstance(value, Spread):
        return [_cell(value)] + [""] * (1 + len(PERCENTILES))
    return [
        _cell(value.mean),
        _cell(value.standard_error),
        *(_cell(value.percentiles.get(str(number))) for number in PERCENTILES),
    ]


def _cell(value: Figure | Spread) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() | int():
            return repr(float(value)) if value != int(value) or abs(value) >= 1e16 else str(int(value))
        case datetime.date():
            return value.isoformat()
        case str():
            return value
        case Spread():
            return str(value)
        case _:
            assert_never(value)


def shown(value: Figure | Spread, unit: str) -> str:
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
        case Spread():
            return shown(value.mean, unit)
        case int() | float():
            return _number(float(value) + 0.0, unit)
        case _:
            assert_never(value)


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
    for digits in range(least, most + 1):
        if abs(round(value, digits) - value) < 1e-9 * max(abs(value), 1):
            return _unsigned_zero(f"{value:,.{digits}f}")
    # It has more decimals than are worth showing: the fewest, unless it would read as nothing.
    digits = least if _tells(value, least) else most
    return _unsigned_zero(f"{value:,.{digits}f}")


def _tells(value: float, digits: int) -> bool:
    """Whether that many decimals show at least three figures of the value."""
    return abs(value) >= 10.0 ** (2 - digits)


def _unsigned_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not re.search(r"[1-9]", text) else text
