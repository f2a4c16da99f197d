"""Results as the plain data that the forms of output share."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from ... import __version__
from ...engine import results
from ...engine.ir import NEVER, Cell, Kind
from ...engine.results import Results
from ...engine.results_tables import Table
from ..api import Deal
from .figures import PERCENTILES, AlertLine, CheckLine, Figure, Figures, Spread, TableFigures, shown

_NAMED = 12
"""How many failing scenarios a check names."""

_SHOWN = 3
"""How many of the figures that it found."""


def figures_of(
    deal: Deal, result: Results, scenarios: Sequence[str], count: int | None, hashes: Mapping[str, str]
) -> Figures:
    """Results as plain data.

    ``count`` None: each scenario is one lane. Else each has that many (drawn paths, fed columns), one scenario after
    the other, which are summed up; a statistic of the report is one number in each as it is.
    """
    lanes = {
        scenario: position if count is None else slice(position * count, (position + 1) * count)
        for position, scenario in enumerate(scenarios)
    }
    return Figures(
        deal=deal.name,
        version=__version__,
        seed=result.seed,
        paths=count,
        hashes=hashes,
        dates=result.dates,
        scenarios=tuple(scenarios),
        measures={
            scenario: {name: _measure(one, position, lane) for name, one in result.figures().items()}
            for position, (scenario, lane) in enumerate(lanes.items())
        },
        series={
            scenario: {
                name: [
                    _of(one, line, None if one.determined is None else one.determined[date], lane)
                    for date, line in enumerate(one.values)
                ]
                for name, one in result.series().items()
            }
            for scenario, lane in lanes.items()
        },
        units={name: value.unit for name, value in result.items()},
        checks=tuple(_check(check, result, lanes) for check in result.checks),
        tables={name: _table(table, lanes) for name, table in result.tables.items()},
        alerts={scenario: _alerts(result, lane) for scenario, lane in lanes.items() if isinstance(lane, int)}
        if result.alerts and count is None
        else None,
        reasons={
            scenario: {name: why for name, one in result.figures().items() if (why := _reason(one, lane))}
            for scenario, lane in lanes.items()
        },
    )


def _reason(figure: results.Figure, lane: int | slice) -> str:
    """Why a measure is not determined: in a scenario, or on any of its paths."""
    if isinstance(lane, int):
        return figure.reason(lane)
    return "" if figure.determined is None or bool(figure.determined[lane].any()) else figure.why


def _table(table: Table, lanes: Mapping[str, int | slice]) -> TableFigures:
    return TableFigures(
        columns=table.columns,
        units=tuple(table.units.values()),
        rows={
            scenario: [[_cell(table, cell, lane) for cell in row] for row in table.shape.rows]
            for scenario, lane in lanes.items()
        },
    )


def _cell(table: Table, cell: Cell, lane: int | slice) -> Figure | Spread:
    """A cell in a scenario; over the paths of one, the text that is chosen most often."""
    if cell.output is None:
        return cell.text
    figure = table.figures[cell.output]
    if not cell.choices:
        return _of(figure, figure.values, figure.determined, lane)
    places = slice(lane, lane + 1) if isinstance(lane, int) else lane
    chosen = figure.values[places]
    if figure.determined is not None:
        chosen = chosen[figure.determined[places]]
    if not len(chosen):
        return None
    (most, _), *_ = Counter(chosen.astype(int).tolist()).most_common(1)
    return cell.choices[most]


def _alerts(result: Results, lane: int) -> list[AlertLine]:
    return [
        AlertLine(
            one.since,
            one.until,
            one.who,
            one.what,
            _dated(one.observed, one.unit),
            _dated(one.latest, one.unit),
            _dated(one.threshold, one.unit),
            one.unit,
        )
        for one in result.events(lane)
    ]


def _dated(value: float | bool | str | None, unit: str) -> Figure:
    """A date as one; anything else as it is."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) and value != "never" else value


def _measure(figure: results.Figure, position: int, lane: int | slice) -> Figure | Spread:
    if figure.statistics is not None:
        return figure.statistics[position]
    return _of(figure, figure.values, figure.determined, lane)


def _of(
    one: results.Figure | results.Series,
    line: npt.NDArray[Any],
    determined: npt.NDArray[Any] | None,
    lane: int | slice,
) -> Figure | Spread:
    if isinstance(lane, int):
        good = determined is None or bool(determined[lane])
        return _value(line[lane].item(), one.kind) if good else None
    values = line[lane]
    return spread_of(values if determined is None else values[determined[lane]], one.kind)


def _value(value: Any, kind: Kind) -> Figure:
    match kind:
        case "bool":
            return bool(value)
        case "date":
            return "never" if value >= NEVER else datetime.date.fromordinal(int(value))
        case "float":
            return float(value)
        case _:
            assert_never(kind)


def spread_of(values: npt.NDArray[Any], kind: Kind) -> Spread:
    """Mean, standard error of the mean (from the sample's variance over n - 1) and percentiles.

    Percentiles interpolate between the two nearest values; of dates they are dates that occurred. True counts as 1.
    """
    names = [str(number) for number in PERCENTILES]
    count = len(values)
    if count == 0:
        return Spread(None, None, dict.fromkeys(names), 0)
    if kind == "date":
        found = np.percentile(values, PERCENTILES, method="inverted_cdf")
        comes = bool((values < NEVER).all())
        mean = _value(round(float(values.mean())), kind) if comes else None
        return Spread(mean, None, {n: _value(v, kind) for n, v in zip(names, found.tolist(), strict=True)}, count)
    numbers = values.astype(np.float64)
    error = float(numbers.std(ddof=1) / np.sqrt(count)) if count > 1 else None
    found = np.percentile(numbers, PERCENTILES)
    return Spread(float(numbers.mean()), error, dict(zip(names, found.tolist(), strict=True)), count)


def _check(check: results.CheckResult, result: Results, lanes: Mapping[str, int | slice]) -> CheckLine:
    """How a check came out: in which scenarios it was asked, in which (and on which paths) it failed, and what it
    found."""
    figure = check.observed
    asked: list[str] = []
    failed: list[str] = []
    observed: list[str] = []
    for scenario, lane in lanes.items():
        own = range(lane, lane + 1) if isinstance(lane, int) else range(lane.start, lane.stop)
        applies = [position for position in own if check.applies[position]]
        wrong = [position for position in applies if check.failures[position]]
        if applies:
            asked.append(scenario)
        failed += [result.scenarios[position] for position in wrong[:_NAMED]]
        if len(wrong) > _NAMED:
            failed.append(f"{len(wrong) - _NAMED} more")
        if figure is not None and (wrong or applies):
            observed.append(shown(_of(figure, figure.values, figure.determined, (wrong or applies)[0]), figure.unit))
        elif wrong and (date := check.first_date(wrong[0])) is not None:
            observed.append(f"first on {date.isoformat()}")
    origin = check.check.origin
    span = origin.span if origin is not None else None
    return CheckLine(
        name=check.name,
        passed=not failed,
        scenarios=tuple(asked),
        failed_in=tuple(failed),
        observed=_listed(list(dict.fromkeys(observed))),
        code=check.check.code,
        file="" if span is None else span.file,
        line=0 if span is None else span.line,
    )


def _listed(found: Sequence[str]) -> str:
    return ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
