"""`indenture check`."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, assert_never

from ... import __version__
from ..api import Deal, DealError, UnreadableError, load
from ..messages.codes import CODES
from ..messages.diagnostics import Diagnostic
from ..messages.render import as_text, summary_of, wants_colour
from ..messages.render_json import as_json, as_sarif
from .forms import CheckFormat, FailOn
from .output import FAILED, MISUSED, emit, misused, report


def open_deal(file: Path, as_of: datetime.date | None = None) -> Deal:
    """The deal, compiled; else its messages on standard error and the end of the command. Warnings go there too."""
    try:
        deal = load(file, as_of=as_of)
    except DealError as error:
        stop_with(error)
    except UnreadableError as error:
        misused(str(error))
    if deal.diagnostics:
        report(as_text((*deal.diagnostics, *deal.waived), deal.sources, colour=wants_colour(sys.stderr)) + "\n")
    return deal


def stop_with(error: DealError) -> NoReturn:
    report(as_text(error.diagnostics, error.sources, colour=wants_colour(sys.stderr)))
    sys.exit(FAILED)


def check_files(files: Sequence[Path], form: CheckFormat, as_of: datetime.date | None, fail_on: FailOn) -> None:
    """Compile each file, print what is found, end with the exit code that it earns."""
    found: list[Diagnostic] = []
    texts: list[str] = []
    unreadable = False
    for file in files:
        try:
            deal = load(file, as_of=as_of)
        except DealError as error:
            diagnostics, sources = error.diagnostics, error.sources
        except UnreadableError as error:
            report(f"indenture: {error}\n")
            unreadable = True
            continue
        else:
            diagnostics, sources = (*deal.diagnostics, *deal.waived), deal.sources
        new = [diagnostic for diagnostic in diagnostics if diagnostic not in found]
        found += new
        if form is CheckFormat.text and any(not one.waived for one in new):
            texts.append(as_text(new, sources, colour=wants_colour(sys.stdout), summary=False))
    match form:
        case CheckFormat.text:
            if found or not unreadable:
                texts.append(summary_of(found) + "\n")
            emit("\n".join(texts))
        case CheckFormat.json:
            emit(as_json(found) + "\n")
        case CheckFormat.sarif:
            emit(as_sarif(found, CODES, __version__) + "\n")
        case _:
            assert_never(form)
    if unreadable:
        sys.exit(MISUSED)
    if any(fail_on.earned(one.severity) for one in found if not one.waived):
        sys.exit(FAILED)
