"""Faults tried: which tests run a line, and what they say when it is at fault.

Three kinds of processes are forked for it. One loads the package and collects the tests, and runs none. From it one is
forked for every test, to see how long it takes and which lines it runs when it runs by itself; then one for every
fault, which plants it and runs the tests of its lines, the quickest first, until one fails. A fault in what runs when
the package is loaded is tried in a process forked before that, which loads it with the fault.
"""

from __future__ import annotations

import importlib
import math
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import pytest

from .faults import FOLDERS, Fault
from .forks import forked, limit, silent, unlimited
from .planting import ROOT, Loaded, NotPlanted, read_with

One = TypeVar("One")
Lines = Mapping[str, frozenset[int]]
OPTIONS = ["-o", "addopts=", "--import-mode=importlib", "--assert=plain", "--tb=line", "-s", "-q"]
WITHOUT = ["cacheprovider", "faulthandler", "xdist", "benchmark"]
READ_ANEW = 30.0
"""Seconds in which the package is loaded and the tests are collected, more than ever needed."""


class Seen(NamedTuple):
    """A test on the package as it is; its seconds are those of its process alone, whatever else the machine does."""

    name: str
    file: str
    seconds: float
    outcome: Literal["passed", "skipped", "failed"]
    lines: Lines


class Verdict(NamedTuple):
    """``by`` is the test that failed, ``tests`` how many there were to run, and ``left`` how many more would have taken
    too long. A fault that no test runs survives like one that all pass with."""

    fault: Fault
    caught: bool
    by: str
    tests: int
    left: int = 0


class Map(NamedTuple):
    """Which lines run when the package is loaded, and in which test."""

    loaded: Lines
    tests: tuple[Seen, ...]

    def meant(self, fault: Fault, files: Collection[str]) -> list[Seen]:
        """The tests of these files that run the fault, the quickest first. What only loading runs is tried with each
        that comes to the module at all."""
        wanted = range(fault.line, fault.last + 1)
        able = [one for one in self.tests if one.file in files and one.outcome == "passed"]
        running = [one for one in able if not one.lines.get(fault.module, frozenset()).isdisjoint(wanted)]
        if not running and self.at_loading(fault):
            running = [one for one in able if fault.module in one.lines]
        return sorted(running, key=lambda one: one.seconds)

    def at_loading(self, fault: Fault) -> bool:
        return not self.loaded.get(fault.module, frozenset()).isdisjoint(range(fault.line, fault.last + 1))


def arguments(files: Iterable[str]) -> list[str]:
    plugins = [part for name in WITHOUT for part in ("-p", f"no:{name}")]
    return [*OPTIONS, *plugins, "--rootdir", str(ROOT), *(str(ROOT / "tests" / file) for file in sorted(files))]


def beginning() -> None:
    """What is loaded once, for all processes: what others wrote, and nothing of the package."""
    os.environ |= {"HYPOTHESIS_PROFILE": "unshrunk", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    os.environ.setdefault("INDENTURE_SWEEP", "1")  # the same tenth of each long sweep, whatever the day
    import hypothesis
    import lark
    import numpy
    import QuantLib
    import rich
    import scipy.optimize
    import scipy.stats
    import typer

    assert all((hypothesis, lark, numpy, QuantLib, rich, scipy, typer))
    assert "indenture" not in sys.modules


def whole_package() -> None:
    """Every module is loaded, and the library's texts are read: all that comes before the lowering and remembers."""
    import indenture
    from indenture import library

    for one in pkgutil.walk_packages(indenture.__path__, "indenture."):
        if one.name.startswith(("indenture.dsl.", "indenture.engine.")):
            importlib.import_module(one.name)
    from indenture.dsl.messages.diagnostics import Collector
    from indenture.dsl.names.load import load
    from indenture.dsl.text.parse import parse
    from indenture.dsl.text.source import Source

    collector = Collector()
    load(parse(Source("warm.deal", f"{HEADER}\nuse {', '.join(library.modules())}\n"), collector), None, collector)


HEADER = 'deal "Warm" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }\nparty Issuer'


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


class Session:
    """As a plugin of pytest: collects, then does what it is there for instead of running the tests."""

    def __init__(self, then: Callable[[Session], None]) -> None:
        self.then = then
        self.items: dict[str, pytest.Item] = {}
        self.failed = ""
        self.outcome: Literal["passed", "skipped", "failed"] = "passed"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = str(report.longrepr)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.failed:
            raise RuntimeError(self.failed)
        self.items = {item.nodeid: item for item in session.items}
        self.then(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.outcome, self.failed = "failed", f"{report.nodeid}\n{report.longrepr}"
        elif report.skipped and not hasattr(report, "wasxfail"):
            self.outcome = "skipped"

    def run(self, name: str, following: str | None) -> None:
        item = self.items[name]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.items.get(following or ""))

    def until_one_fails(self, tests: Sequence[Seen]) -> str:
        """The name of the first test that fails, or nothing."""
        for one, other in zip(tests, [*tests[1:], None], strict=True):
            limit(one.seconds)
            self.run(one.name, other and other.name)
            if self.outcome == "failed":
                return one.name
            self.outcome = "passed"
        unlimited()
        return ""


def alone() -> Path:
    """This process says nothing, and keeps its files in a folder of its own."""
    silent()
    os.environ["PYTEST_DEBUG_TEMPROOT"] = folder = tempfile.mkdtemp(dir=os.environ["MUTANTS_FOLDER"])
    return Path(folder)


class Bench:
    """Tries faults: ``files`` by module are the tests that are meant for it. The tests of one fault have ``within`` seconds
    together. To see the lines that they run, each test has ``each`` seconds and all of them ``watching``: a test that
    takes longer, and those whose turn has not come by then, are left out."""

    def __init__(
        self,
        files: Mapping[str, Sequence[str]],
        jobs: int,
        tell: Callable[[str], None],
        within: float = 60.0,
        each: float = 120.0,
        watching: float = math.inf,
    ) -> None:
        self.files, self.jobs, self.tell = files, jobs, tell
        self.within, self.each, self.watching = within, each, watching

    def chosen(self, found: Map, fault: Fault) -> tuple[list[Seen], int]:
        """The tests that are run with a fault, and how many more there are: the quickest, in the time there is."""
        able = found.meant(fault, self.files[fault.module])
        spent = list(accumulate(one.seconds for one in able))
        count = sum(seconds <= self.within for seconds in spent) or min(1, len(able))
        return able[:count], len(able) - count

    def tried(self, faults: Sequence[Fault]) -> list[Verdict]:
        """What became of each fault."""
        with tempfile.TemporaryDirectory(prefix="mutants_") as folder:
            os.environ["MUTANTS_FOLDER"] = folder
            beginning()
            ((_, done),) = forked([faults], self.in_place, 1)
            if done is None:
                raise RuntimeError("the process that tries the faults was ended")
            found, verdicts, left = done
            self.tell(f"{len(left)} of them in what runs when the package is loaded")
            for fault, verdict in self.told(forked(left, lambda fault: self.anew(found, fault), self.jobs), "tried"):
                verdicts.append(verdict or Verdict(fault, True, "does not end", 0))
                if verdict is not None and not verdict.caught:
                    self.tell(f"survives: {fault.place} {fault.change}")
        return verdicts

    # In the process that loads the package once

    def in_place(self, faults: Sequence[Fault]) -> tuple[Map, list[Verdict], list[Fault]]:
        """What the tests run, what became of the faults in it, and those that are to be tried anew."""
        result: list[tuple[Map, list[Verdict], list[Fault]]] = []

        def then(session: Session) -> None:
            loaded = watch.lines()
            self.tell(f"{len(session.items)} tests, each run by itself")
            result.append(self.on_the_bench(session, loaded, faults))

        watch = Watch()
        whole_package()
        files = {file for fault in faults for file in self.files[fault.module]}
        if not files:
            raise RuntimeError("none of these tests is meant for these modules")
        silent_out()
        code = pytest.main(arguments(files), plugins=[Session(then)])
        if not result:
            raise RuntimeError(f"pytest ended with {code!r} before a test was run")
        return result[0]

    def on_the_bench(
        self, session: Session, loaded: Lines, faults: Sequence[Fault]
    ) -> tuple[Map, list[Verdict], list[Fault]]:
        package = Loaded.now()
        tests: list[Seen] = []
        spent: dict[str, float] = defaultdict(float)
        long = 0
        turns = in_turn(session.items, spent, self.watching)
        for name, seen in self.told(forked(turns, lambda name: self.watched(session, name), self.jobs), "tests run"):
            spent[file_of(name)] += self.each if seen is None else seen.seconds
            if seen is None:
                long += 1
            elif seen.outcome == "failed":
                raise RuntimeError(f"{name} fails without any fault")
            else:
                tests.append(seen)
        found = Map(loaded, tuple(tests))
        self.tell(f"{len(tests)} tests take {sum(one.seconds for one in tests):.0f} s")
        if len(tests) < len(session.items):
            self.tell(f"{long} take too long, {len(session.items) - len(tests) - long} have not had their turn")
        left = [fault for fault in faults if found.at_loading(fault)]
        verdicts: list[Verdict] = []
        here = [fault for fault in faults if not found.at_loading(fault)]
        tried = forked(here, lambda fault: self.planted(session, package, found, fault), self.jobs)
        for fault, verdict in self.told(tried, "faults tried"):
            if verdict == "anew":
                left.append(fault)
            else:
                assert not isinstance(verdict, str)
                if verdict is not None and not verdict.caught:
                    self.tell(f"survives: {fault.place} {fault.change}")
                verdicts.append(verdict or Verdict(fault, True, "does not end", 0))
        return found, verdicts, left

    def watched(self, session: Session, name: str) -> Seen:
        """One test by itself, on the package as it is."""
        folder = alone()
        watch = Watch()
        signal.setitimer(signal.ITIMER_PROF, self.each)
        begun = time.process_time()
        session.run(name, None)
        seconds = time.process_time() - begun
        lines = watch.lines()
        shutil.rmtree(folder, ignore_errors=True)
        file = Path(str(session.items[name].path)).relative_to(ROOT / "tests").as_posix()
        return Seen(name, file, seconds, session.outcome, lines)

    def told(self, done: Iterator[One], words: str) -> Iterator[One]:
        """Once a minute, how many are done."""
        last = time.monotonic()
        for number, one in enumerate(done, 1):
            if time.monotonic() - last > 60:
                self.tell(f"{number} {words}")
                last = time.monotonic()
            yield one

    def planted(self, session: Session, package: Loaded, found: Map, fault: Fault) -> Verdict | Literal["anew"]:
        tests, more = self.chosen(found, fault)
        if not tests:
            return Verdict(fault, False, "", 0)
        folder = alone()
        try:
            package.plant(fault)
        except NotPlanted:
            return "anew"
        by = session.until_one_fails(tests)
        shutil.rmtree(folder, ignore_errors=True)
        return Verdict(fault, bool(by), by, len(tests), more)

    # In a process that loads the package with the fault

    def anew(self, found: Map, fault: Fault) -> Verdict:
        tests, more = self.chosen(found, fault)
        if not tests:
            return Verdict(fault, False, "", 0)
        caught: list[str] = []

        def then(session: Session) -> None:
            unlimited()
            missing = next((one.name for one in tests if one.name not in session.items), None)
            caught.append(missing or session.until_one_fails(tests))

        folder = alone()
        read_with(fault)
        limit(READ_ANEW)
        pytest.main(arguments({one.file for one in tests}), plugins=[Session(then)])
        shutil.rmtree(folder, ignore_errors=True)
        by = caught[0] if caught else "loading"
        return Verdict(fault, bool(by), by, len(tests), more)


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


def silent_out() -> None:
    """Nothing is shown but what is said of the faults, on the standard error."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
