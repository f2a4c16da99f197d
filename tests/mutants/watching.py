"""Which lines a test runs, and which when the package is loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from .faults import FOLDERS, Fault
from .planting import ROOT

Lines = Mapping[str, frozenset[int]]


class Seen(NamedTuple):
    """A test on the package as it is; its seconds are those of its process alone, whatever else the machine does."""

    name: str
    file: str
    seconds: float
    outcome: Literal["passed", "skipped", "failed"]
    lines: Lines


class Map(NamedTuple):
    """Which lines run when the package is loaded, and in which test."""

    loaded: Lines
    tests: tuple[Seen, ...]

    def meant(self, fault: Fault, files: Collection[str]) -> list[Seen]:
        """The tests of these files that run the fault, the quickest first. What only loading runs is tried with each
        that comes to the module, and then with the others: a table is read where its module runs nothing."""
        wanted = range(fault.line, fault.last + 1)
        able = [one for one in self.tests if one.file in files and one.outcome == "passed"]
        running = [one for one in able if not one.lines.get(fault.module, frozenset()).isdisjoint(wanted)]
        if not running and at_loading(self.loaded, fault):
            return sorted(able, key=lambda one: (fault.module not in one.lines, one.seconds))
        return sorted(running, key=lambda one: one.seconds)


def at_loading(loaded: Lines, fault: Fault) -> bool:
    return not loaded.get(fault.module, frozenset()).isdisjoint(range(fault.line, fault.last + 1))


class Watch:
    """A coverage of the folders in which faults are planted."""

    def __init__(self) -> None:
        import coverage

        self.roots = tuple(str((ROOT / folder).resolve()) for folder in FOLDERS)
        self.coverage = coverage.Coverage(data_file=None, config_file=False, include=[f"{one}/*" for one in self.roots])
        self.coverage.start()

    def lines(self) -> Lines:
        self.coverage.stop()
        data = self.coverage.get_data()
        found = {}
        for name in data.measured_files():
            file = Path(name).resolve()
            if file.is_relative_to(ROOT.resolve()):
                found[file.relative_to(ROOT.resolve()).as_posix()] = frozenset(data.lines(name) or ())
        return found


def in_turn(names: Iterable[str], spent: Mapping[str, float], whole: float) -> Iterator[str]:
    """Of the file that has had the least time so far the next test, until together they have had the whole of it."""
    files: dict[str, list[str]] = {}
    for name in reversed(list(names)):
        files.setdefault(file_of(name), []).append(name)
    while files and sum(spent.values()) < whole:
        # One that runs now has had none yet: of two files that have had the same, the one with more tests is next.
        file = min(files, key=lambda one: (spent.get(one, 0.0), -len(files[one])))
        yield files[file].pop()
        if not files[file]:
            del files[file]


def file_of(name: str) -> str:
    return name.partition("::")[0]
