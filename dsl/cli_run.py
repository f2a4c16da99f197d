"""`indenture run`: compile, run, print the figures and the checks."""

from __future__ import annotations

import datetime
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from ..engine.ir import NEVER
from .api import Deal, DealError
from .cli_check import open_deal, stop_with
from .cli_figures import PERCENTILES, CheckLine, Figure, Figures, Spread, as_csv, as_json, shown
from .cli_inputs import pairs, read_inputs
from .cli_output import FAILED, Progress, emit, misused, report
from .render import wants_colour

if TYPE_CHECKING:
    import numpy.typing as npt

    from ..engine import results
    from ..engine.results import Results

BASE = "base"

_NAMED = 12
"""How many failing scenarios a check names."""


@attrs.frozen(slots=True, kw_only=True)
class Request:
    """The arguments of the command as given."""

    file: Path
    scenarios: tuple[str, ...]
    settings: tuple[str, ...]
    inputs: tuple[str, ...]
    paths: int | None
    seed: int
    keep: tuple[str, ...]
    workers: int
    form: str
    out: Path | None


def run_deal(request: Request) -> None:
    """Run and print; ends with code 1 where a check failed or the run did."""
    from ..engine.errors import InputError

    settings = pairs(request.settings, "--set", "name=value")
    files = pairs(request.inputs, "--input", "name=file.csv")
    deal = open_deal(request.file)
    try:
        deal = deal.with_settings(settings)
        inputs = read_inputs(files, deal.program)
        done = _run(deal, request, inputs)
    except DealError as error:
        stop_with(error)
    except InputError as error:
        misused(str(error))
    figures = figures_of(deal, done, request.paths, request.seed, _hashes(deal, settings, files))
    match request.form:
        case "json":
            text = as_json(figures)
        case "csv":
            text = as_csv(figures)
        case _:
            from .cli_table import as_table

            text = as_table(figures, colour=request.out is None and wants_colour(sys.stdout))
    emit(text, request.out)
    if figures.failed:
        if request.form != "table" or request.out is not None:
            _say_what_failed(figures)
        sys.exit(FAILED)


def _run(deal: Deal, request: Request, inputs: Mapping[str, npt.NDArray[Any]]) -> dict[str, Results]:
    """The results by scenario: one run for all where each is a lane, one run each where each has lanes of its own."""
    progress = Progress(f"Running {deal.name}")
    lanes = request.paths is not None or any(array.ndim == 2 for array in inputs.values())

    def once(scenarios: Sequence[str] | None) -> Results:
        return deal.run(
            scenarios=scenarios,
            inputs=inputs,
            paths=request.paths,
            seed=request.seed,
            keep=request.keep,
            workers=request.workers,
            progress=progress,
        )

    try:
        if not lanes:
            result = once(request.scenarios or None)
            return dict.fromkeys(result.scenarios, result)
        return {scenario: once((scenario,)) for scenario in request.scenarios or (BASE,)}
    except ValueError as error:
        if isinstance(error, DealError):
            raise
        misused(str(error))
    finally:
        progress.close()


def figures_of(
    deal: Deal, done: Mapping[str, Results], paths: int | None, seed: int, hashes: Mapping[str, str]
) -> Figures:
    """Results as plain data. A scenario that has lanes of its own (drawn paths, fed columns) is summed up."""
    from .. import __version__

    first = next(iter(done.values()))
    shared = all(result is first for result in done.values()) and first.scenarios == tuple(done)
    beside = {check.name for check in first.checks}
    measures: dict[str, dict[str, Figure | Spread]] = {}
    series: dict[str, dict[str, list[Figure | Spread]]] = {}
    for position, (scenario, result) in enumerate(done.items()):
        measures[scenario] = {
            name: _lane(figure, figure.values, figure.determined, position if shared else None)
            for name, figure in result.figures().items()
            if name not in beside
        }
        series[scenario] = {
            name: [
                _lane(one, line, None if one.determined is None else one.determined[date], position if shared else None)
                for date, line in enumerate(one.values)
            ]
            for name, one in result.series().items()
        }
    return Figures(
        deal=deal.name,
        version=__version__,
        seed=seed,
        paths=None if shared else paths or len(first.scenarios),
        hashes=hashes,
        dates=deal.dates,
        scenarios=tuple(done),
        measures=measures,
        series=series,
        units={name: value.unit for name, value in first.values.items() if name not in beside},
        checks=_checks(done, shared),
    )


def _lane(
    one: results.Figure | results.Series, line: npt.NDArray[Any], determined: npt.NDArray[Any] | None, lane: int | None
) -> Figure | Spread:
    if lane is not None:
        good = determined is None or bool(determined[lane])
        return _value(line[lane].item(), one.kind) if good else None
    return spread_of(line if determined is None else line[determined], one.kind)


def _value(value: Any, kind: str) -> Figure:
    match kind:
        case "bool":
            return bool(value)
        case "date":
            return "never" if value >= NEVER else datetime.date.fromordinal(int(value))
        case _:
            return float(value)


def spread_of(values: npt.NDArray[Any], kind: str) -> Spread:
    """Mean, standard error of the mean (from the sample's variance over n - 1) and percentiles.

    Percentiles interpolate between the two nearest values; of dates they are dates that occurred. True counts as 1.
    """
    import numpy as np

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


def _checks(done: Mapping[str, Results], shared: bool) -> tuple[CheckLine, ...]:
    lines: list[CheckLine] = []
    first = next(iter(done.values()))
    results = [("", first)] if shared else list(done.items())
    for position, one in enumerate(first.checks):
        asked: list[str] = []
        failed: list[str] = []
        observed: list[str] = []
        for scenario, result in results:
            check = result.checks[position]
            names = result.scenarios if shared else [f"{scenario}, path {n}" for n in range(1, len(check.failures) + 1)]
            applies = [lane for lane in range(len(check.failures)) if check.applies[lane]]
            asked += [names[lane] for lane in applies] if shared else [scenario] * bool(applies)
            wrong = [lane for lane in applies if check.failures[lane]]
            failed += [names[lane] for lane in wrong[:_NAMED]]
            if len(wrong) > _NAMED:
                failed.append(f"{len(wrong) - _NAMED} more")
            figure = result.figures().get(check.name)
            if figure is not None:
                lanes = wrong[:1] or applies[: 1 if not shared else 3]
                observed += [shown(_lane_value(figure, lane), figure.unit) for lane in lanes]
            elif wrong and (date := check.first_date(wrong[0])) is not None:
                observed.append(f"first on {date.isoformat()}")
        span = one.check.origin.span if one.check.origin is not None else None
        lines.append(
            CheckLine(
                name=one.name,
                passed=not failed,
                scenarios=tuple(asked),
                failed_in=tuple(failed),
                observed=", ".join(dict.fromkeys(observed)),
                code=one.check.code,
                file="" if span is None else span.file,
                line=0 if span is None else span.line,
            )
        )
    return tuple(lines)


def _lane_value(figure: results.Figure, lane: int) -> Figure:
    good = figure.determined is None or bool(figure.determined[lane])
    return _value(figure.values[lane].item(), figure.kind) if good else None


def _say_what_failed(figures: Figures) -> None:
    for check in figures.checks:
        if not check.passed:
            found = f" (found {check.observed})" if check.observed else ""
            report(f"indenture: check failed: {check.name}{found}\n")


def _hashes(deal: Deal, settings: Mapping[str, str], files: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of what the figures follow from: the deal's text, the library's, and all that was fed or set."""
    from .. import library

    home = Path(deal.file).parent
    modules = [f"{name}\0{library.text(name)}" for name in library.modules()]
    inputs = [f"{name}={value}" for name, value in sorted(settings.items())]
    read = {**{f"file {name}": home / name for name in deal.files}, **{n: Path(path) for n, path in files.items()}}
    inputs += [f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in sorted(read.items())]
    return {"deal": _sha256(deal.text), "library": _sha256("\0".join(modules)), "inputs": _sha256("\0".join(inputs))}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
