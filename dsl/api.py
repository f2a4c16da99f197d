"""Deals from Python: compile, run, read the figures.

>>> import indenture
>>> deal = indenture.compile(text)                        # doctest: +SKIP
>>> result = deal.run(set={"senior.margin": "5.00%"})     # doctest: +SKIP
>>> result["senior.wal"].values, result["senior.wal"].unit   # doctest: +SKIP
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import assert_never

import attrs
import numpy as np

from .. import library
from ..engine.errors import InputError, RunError
from ..engine.inputs.feed import arrange_all, lanes_of
from ..engine.ir import Program, Span
from ..engine.results import Results
from .compile import Compiled, compile_source
from .lint.facts import Facts
from .lint.waived import waive
from .messages.diagnostics import Collector, Diagnostic
from .messages.render import as_text
from .names.settings import Setting, written
from .remarks.ran import Ran, watched
from .remarks.remarks import remarks
from .runs import NotShaped, fed_with, run_deal
from .text.source import LARGEST_FILE, Source, Unreadable, check_characters, read_source

Progress = Callable[[int, int], None]
"""Called with the work done and the work there is, in blocks of scenarios."""


class DealError(ValueError):
    """A deal that does not compile, or that breaks what must always hold while it runs.

    ``diagnostics`` holds every message with its places; ``str()`` is what the command line prints.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = {} if sources is None else sources
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return as_text(self.diagnostics, self.sources).rstrip("\n")

    def __reduce__(self) -> tuple[type[DealError], tuple[tuple[Diagnostic, ...], dict[str, str]]]:
        files = {d.span.file for d in self.diagnostics} | {o.span.file for d in self.diagnostics for o in d.others}
        return type(self), (self.diagnostics, {file: self.sources[file] for file in files if file in self.sources})


class UnreadableError(OSError):
    """There is no such file, or it cannot be opened."""


class SourceTexts(Mapping[str, str]):
    """The texts that spans point into, by the name that they use: the deal's own, the library's, files beside it, and
    of values set for one run ``<set NAME>``."""

    def __init__(self, name: str, text: str, folder: Path | None, settings: Mapping[str, str] = {}) -> None:
        self._texts = {name: text, **{setting_file(name): value for name, value in settings.items()}}
        self._folder = folder

    def __getitem__(self, file: str) -> str:
        if file not in self._texts:
            self._texts[file] = self._open(file)
        return self._texts[file]

    def _open(self, file: str) -> str:
        if file.startswith("library/"):
            module = library.text(file.removeprefix("library/").removesuffix(".deal").replace("/", "."))
            if module is not None:
                return module
        if self._folder is not None and Path(file).name == file:
            text = _lenient(self._folder / file)
            if text is not None:
                return text
        raise KeyError(file)

    def __contains__(self, file: object) -> bool:
        try:
            self[str(file)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def setting_file(name: str) -> str:
    """What spans call the text of a value set for one run."""
    return f"<set {name}>"


def _lenient(path: Path) -> str | None:
    """A file's text for showing its lines: what is not UTF-8 is drawn as U+FFFD. None where it cannot be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(LARGEST_FILE).decode("utf-8", "replace").removeprefix("\ufeff")
    except (OSError, ValueError):
        return None


@attrs.frozen(eq=False, repr=False)
class Deal:
    """A compiled deal.

    ``diagnostics`` are its warnings (errors raise `DealError`), ``waived`` those that it waives, each with the reason
    in its own ``waived``. ``program`` is the deal as written, as equations, with the scenarios that share its
    structure; ``structures`` are all of its programs, that one first: scenarios that change what shapes the deal have
    programs of their own.
    """

    compiled: Compiled
    diagnostics: tuple[Diagnostic, ...]
    waived: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    _source: Source
    _folder: Path | None
    as_of: datetime.date | None = None
    """The day that what the deal waives is held against; None: its closing."""

    @property
    def name(self) -> str:
        return self.compiled.name

    @property
    def program(self) -> Program:
        return self.compiled.program

    @property
    def structures(self) -> tuple[Program, ...]:
        """A program for each structure. The `base` of all but the first is the deal as written in that structure: no
        scenario of the deal, and what `projected` reads there."""
        return self.compiled.programs

    @property
    def whole(self) -> Program:
        """What the deal may be fed: its inputs on the dates of all its structures, and its scenarios; no equations."""
        return fed_with(self.compiled)

    @property
    def dates(self) -> tuple[datetime.date, ...]:
        """The timeline: every date on which something happens in any scenario, in order."""
        return tuple(sorted({date for program in self.structures for date in program.dates}))

    @property
    def closing(self) -> datetime.date:
        return self.program.dates[self.program.closing]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios; ``base`` is the deal as written."""
        return self.compiled.scenarios

    @property
    def file(self) -> str:
        """What messages call the deal: the path that it was loaded from."""
        return self._source.name

    @property
    def text(self) -> str:
        """The deal as written."""
        return self._source.text

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside the deal that it read, by their bare names."""
        return self.compiled.model.files

    @property
    def draws(self) -> bool:
        """Whether the deal has a ``simulate`` block, which ``paths`` runs."""
        return self.compiled.simulated() is not None

    def __repr__(self) -> str:
        several = len(self.scenarios)
        return (
            f"<Deal {self.name!r}: {len(self.dates)} dates from {self.dates[0]} to {self.dates[-1]}, "
            f"{several} scenario{'' if several == 1 else 's'}>"
        )

    def with_settings(self, settings: Mapping[str, Setting]) -> Deal:
        """The deal with these names set, compiled anew; scenarios then start from the values set.

        :raises DealError: a name is not the deal's, or its value does not fit.
        """
        if not settings:
            return self
        model = self.compiled.model
        overrides = {name: written(value, model.entries.get(name), model.currency) for name, value in settings.items()}
        texts = SourceTexts(self.file, self.text, self._folder, overrides)
        return _compile(self._source, self._folder, texts, overrides, self.as_of)

    def run(
        self,
        scenarios: str | Sequence[str] | None = None,
        set: Mapping[str, Setting] = {},
        inputs: Mapping[str, object] = {},
        paths: int | None = None,
        seed: int = 0,
        keep: Sequence[str] = (),
        workers: int = 1,
        *,
        progress: Progress | None = None,
    ) -> Results:
        """Run the deal.

        ``scenarios``: the names of those to run (if left out all, or of a run with paths the first). ``set``: names
        of the deal and what to set them to for this run. ``inputs``: an array for an ``input`` of the deal,
        ``[date]`` or ``[date, scenario]``: one value a date of the timeline (or of the input's schedule), in the unit
        that the deal states; rates per year as plain numbers (0.041), dates as datetime64 or proleptic ordinals.
        ``paths``: draw what the deal's ``simulate`` block says this many times in each scenario; without it nothing
        is drawn. ``seed`` fixes the draws: path n is the same in a run of any length. ``keep``: series to give back
        beside those of the deal's ``report``. ``workers``: processes to spread the scenarios over; figures are the
        same for any number.

        :raises DealError: the settings do not compile, or a date of a scenario breaks what must always hold (an
            account below zero, a ratio not determined where cash depends on it).
        :raises engine.errors.InputError: an input that the deal needs is missing or has the wrong shape; no such
            scenario or series; ``paths`` of a deal that draws nothing.
        """
        deal = self.with_settings(set)
        wanted = (scenarios,) if isinstance(scenarios, str) else scenarios
        structures = deal.compiled.written
        if paths is not None:
            simulated = deal.compiled.simulated()
            if simulated is None:
                raise InputError(f"{self.name} draws nothing at random: it has no `simulate` block for `paths`")
            structures = simulated
        try:
            return run_deal(
                deal.compiled,
                structures,
                scenarios=wanted,
                inputs=inputs,
                paths=paths,
                seed=seed,
                keep=tuple(keep),
                workers=workers,
                progress=progress,
            )
        except NotShaped as error:
            raise DealError(error.diagnostics, deal.sources) from error
        except RunError as error:
            raise DealError([run_diagnostic(error, self._source.name)], deal.sources) from error

    def remarks(
        self, scenarios: str | Sequence[str] | None = None, inputs: Mapping[str, object] = {}
    ) -> tuple[Diagnostic, ...]:
        """What is odd in a run of the deal and may well be meant, and what the deal waives of it: triggers that hold on
        every date, scenarios that are the base case, claims left unpaid while somebody below was paid. Nothing is
        drawn for it; of inputs fed to many scenarios at once it sees the first.

        :raises DealError, engine.errors.InputError: as `run`.
        """
        model = self.compiled.model
        wanted = self.scenarios if scenarios is None else (scenarios,) if isinstance(scenarios, str) else scenarios
        keep = watched(model, self.program)
        results = self.run(scenarios=wanted, inputs=_first_lanes(self, inputs), keep=keep)
        schedules = self.compiled.written.programs[0].lowered.schedules
        found = remarks(Ran(Facts(model), results, tuple(wanted), self.closing, schedules))
        whole = set(wanted) == set(self.scenarios)
        return tuple(waive(model, found, self.as_of or self.closing, "R", whole))


def _first_lanes(deal: Deal, inputs: Mapping[str, object]) -> Mapping[str, object]:
    """Of what is fed to many scenarios at once, the first."""
    if lanes_of(arrange_all(deal.whole, inputs)) is None:
        return inputs
    return {
        name: value[..., :1] if isinstance(value, np.ndarray) and value.ndim == 2 else value
        for name, value in inputs.items()
    }


def load(path: str | os.PathLike[str], *, as_of: datetime.date | None = None) -> Deal:
    """Compile the deal in a file. It may use the library and files in its own folder.

    ``as_of``: the day that what the deal waives until a date is held against; without it the deal's closing.

    :raises DealError: it does not compile; every error of the file is in it.
    :raises OSError: the file is missing or cannot be opened.
    """
    name = os.fspath(path)
    read = read_source(path)
    folder = Path(name).parent
    match read:
        case Unreadable():
            raise UnreadableError(f"{read.name}: {read.reason}")
        case Source():
            return _compile(read, folder, SourceTexts(read.name, read.text, folder), {}, as_of)
        case tuple():
            raise DealError(read, SourceTexts(name, _lenient(Path(name)) or "", folder))
        case _:
            assert_never(read)


def compile(
    text: str,
    *,
    name: str = "<text>",
    folder: str | os.PathLike[str] | None = None,
    as_of: datetime.date | None = None,
) -> Deal:
    """Compile a deal's text. ``name`` is what messages call it; ``folder`` is where the files that it names are,
    ``as_of`` the day that what the deal waives until a date is held against (without it closing).

    :raises DealError: it does not compile; every error of the text is in it.
    """
    source = Source(name, text.removeprefix("\ufeff"))
    home = None if folder is None else Path(folder)
    texts = SourceTexts(name, source.text, home)
    problems = check_characters(source)
    if problems:
        raise DealError(problems, texts)
    return _compile(source, home, texts, {}, as_of)


def _compile(
    source: Source,
    folder: Path | None,
    texts: Mapping[str, str],
    overrides: Mapping[str, str],
    as_of: datetime.date | None,
) -> Deal:
    collector = Collector()
    compiled = compile_source(source, folder, collector, overrides, as_of)
    if compiled is None or collector.failed:
        raise DealError(collector.found, texts)
    said = tuple(one for one in collector.found if not one.waived)
    waived = tuple(one for one in collector.found if one.waived)
    return Deal(compiled, said, waived, texts, source, folder, as_of)


def run_diagnostic(error: RunError, file: str) -> Diagnostic:
    """What went wrong in a run as a diagnostic: the equation's own place, and the date and scenario as notes."""
    span = error.origin.span if error.origin is not None else None
    notes = [f"in scenario {error.scenario}" + ("" if error.date is None else f" on {error.date.isoformat()}")]
    if error.value is not None:
        notes.append(f"the value found is {error.value:,.10g}")
    return Diagnostic(
        code=error.code,
        message=f"{error.message}: {error.equation}",
        span=span or Span(file, 1, 1, 1, 1),
        label=error.equation if span is not None else "",
        notes=tuple(notes),
    )
