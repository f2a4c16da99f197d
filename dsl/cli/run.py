"""`indenture run`: compile, run, print the figures and the checks."""

from __future__ import annotations

import datetime
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_never

import attrs
import numpy.typing as npt

from ... import __version__, library
from ...engine.errors import InputError, ProgramError
from ...engine.inputs.feed import arrange_all, lanes_of
from ...engine.results import Results
from ..api import Deal, DealError
from ..messages.codes import CODES
from ..messages.diagnostics import Diagnostic
from ..messages.render import as_text, wants_colour
from ..messages.render_json import as_sarif
from .check import open_deal, stop_with
from .figures import Figures, as_csv, as_json
from .forms import FailOn, RunFormat
from .inputs import pairs, read_inputs
from .output import FAILED, Progress, Stop, emit, misused, report
from .results import figures_of


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
    form: RunFormat
    out: Path | None
    as_of: datetime.date | None
    fail_on: FailOn


def run_deal(request: Request) -> None:
    """Run and print; ends with code 1 where a check failed or the run did."""
    settings = pairs(request.settings, "--set", "name=value")
    files = pairs(request.inputs, "--input", "name=file.csv")
    deal = open_deal(request.file, request.as_of)
    try:
        deal = deal.with_settings(settings)
        inputs = read_inputs(files, deal.whole)
        result = _run(deal, request, inputs)
        count = request.paths or lanes_of(arrange_all(deal.whole, inputs))
    except DealError as error:
        stop_with(error)
    except InputError as error:
        misused(str(error))
    except ProgramError as error:
        raise Stop(str(error), FAILED) from error
    scenarios = request.scenarios or (deal.scenarios if count is None else deal.scenarios[:1])
    figures = figures_of(deal, result, scenarios, count, _hashes(deal, settings, files))
    figures = attrs.evolve(figures, remarks=_remarks(deal, request, inputs))
    match request.form:
        case RunFormat.json:
            text = as_json(figures)
        case RunFormat.csv:
            # Measures, unless series were asked for or there is nothing else.
            text = as_csv(figures, dated=bool(request.keep) or not any(figures.measures.values()))
        case RunFormat.table:
            from .table import as_table  # start-up time: rich, which no other form needs

            text = as_table(figures, colour=request.out is None and wants_colour(sys.stdout))
        case RunFormat.sarif:
            found = (*deal.diagnostics, *deal.waived, *figures.remarks)
            text = as_sarif(found, CODES, __version__) + "\n"
        case _:
            assert_never(request.form)
    emit(text, request.out)
    if request.form is not RunFormat.sarif and any(not one.waived for one in figures.remarks):
        report("\n" + as_text(figures.remarks, deal.sources, colour=wants_colour(sys.stderr)))
    if figures.failed:
        if request.form is not RunFormat.table or request.out is not None:
            _say_what_failed(figures)
        sys.exit(FAILED)
    said = (*deal.diagnostics, *(one for one in figures.remarks if not one.waived))
    if any(request.fail_on.earned(one.severity) for one in said):
        sys.exit(FAILED)


def _run(deal: Deal, request: Request, inputs: Mapping[str, npt.NDArray[Any]]) -> Results:
    progress = Progress(f"Running {deal.name}")
    try:
        return deal.run(
            scenarios=request.scenarios or None,
            inputs=inputs,
            paths=request.paths,
            seed=request.seed,
            keep=request.keep,
            workers=request.workers,
            progress=progress,
        )
    finally:
        progress.close()


def _remarks(deal: Deal, request: Request, inputs: Mapping[str, npt.NDArray[Any]]) -> tuple[Diagnostic, ...]:
    """Of what is run with draws, what the deal as written brings up."""
    wanted = request.scenarios or (None if request.paths is None else deal.scenarios[:1])
    try:
        return deal.remarks(wanted, inputs)
    except DealError:
        if request.paths is None:
            raise
        return ()  # what stops the deal as written is no matter of its paths


def _say_what_failed(figures: Figures) -> None:
    for check in figures.checks:
        if not check.passed:
            found = f" (found {check.observed})" if check.observed else ""
            report(f"indenture: check failed: {check.name}{found}\n")


def _hashes(deal: Deal, settings: Mapping[str, str], files: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of what the figures follow from: the deal's text, the library's, and all that was fed or set."""
    home = Path(deal.file).parent
    modules = [f"{name}\0{library.text(name)}" for name in library.modules()]
    inputs = [f"{name}={value}" for name, value in sorted(settings.items())]
    read = {**{f"file {name}": home / name for name in deal.files}, **{n: Path(path) for n, path in files.items()}}
    inputs += [f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in sorted(read.items())]
    return {"deal": _sha256(deal.text), "library": _sha256("\0".join(modules)), "inputs": _sha256("\0".join(inputs))}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
