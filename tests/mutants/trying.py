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

from .caught_by import CaughtBy, mark
from .faults import Fault
from .forks import forked, limit, silent, unlimited
from .planting import ROOT, Loaded, NotPlanted, read_with
from .watching import Lines, Map, Seen, Watch, at_loading, file_of, in_turn

One = TypeVar("One")
OPTIONS = ["-o", "addopts=", "--import-mode=importlib", "--assert=plain", "--tb=line", "-s", "-q"]
WITHOUT = ["cacheprovider", "faulthandler", "xdist", "benchmark"]
READ_ANEW = 30.0
"""Seconds in which the package is loaded and the tests are collected, more than ever needed."""


class Verdict(NamedTuple):
    """``by`` is the test that failed, ``tests`` how many there were to run, and ``left`` how many more would have taken
    too long. A fault that no test runs survives like one that all pass with."""

    fault: Fault
    caught: bool
    by: str
    tests: int
    left: int = 0


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


class Asked(NamedTuple):
    """A fault and the tests that it is tried with, the quickest first; ``more`` would take too long."""

    fault: Fault
    tests: Sequence[Seen]
    more: int = 0

    def verdict(self, by: str) -> Verdict:
        return Verdict(self.fault, bool(by), by, len(self.tests), self.more)


Choosing = Callable[[Session, Lines, Sequence[Fault]], list[Asked]]


class Bench:
    """Tries faults: ``files`` by module are the tests that are meant for it. The tests of one fault have ``within``
    seconds together. To see the lines that they run, each test has ``each`` seconds and all of them ``watching``: a
    test that takes longer, and those whose turn has not come by then, are left out. ``known`` is what caught a fault
    before; only what it does not catch again is looked for among all tests.
    """

    def __init__(
        self,
        files: Mapping[str, Sequence[str]],
        jobs: int,
        tell: Callable[[str], None],
        within: float = 60.0,
        each: float = 120.0,
        watching: float = math.inf,
        known: CaughtBy | None = None,
    ) -> None:
        self.files, self.jobs, self.tell = files, jobs, tell
        self.within, self.each, self.watching = within, each, watching
        self.known = known or {}

    def tried(self, faults: Sequence[Fault]) -> list[Verdict]:
        """What became of each fault."""
        with tempfile.TemporaryDirectory(prefix="mutants_") as folder:
            os.environ["MUTANTS_FOLDER"] = folder
            beginning()
            before = {fault: self.test_before(fault) for fault in faults}
            again = [fault for fault in faults if before[fault]]
            files = {file_of(before[fault]).removeprefix("tests/") for fault in again}
            caught = [one for one in self.round(again, files, self.as_before) if one.caught] if again else []
            rest = [fault for fault in faults if fault not in {one.fault for one in caught}]
            if again:
                self.tell(f"{len(caught)} of {len(again)} caught again by the test that caught them before")
            files = {file for fault in rest for file in self.files[fault.module]}
            return [*caught, *(self.round(rest, files, self.among_all) if rest else [])]

    def round(self, faults: Sequence[Fault], files: Collection[str], choosing: Choosing) -> list[Verdict]:
        """Each fault tried with the tests of these files that are chosen for it."""
        if not files:
            raise RuntimeError("none of these tests is meant for these modules")
        ((_, done),) = forked([faults], lambda faults: self.in_place(faults, files, choosing), 1)
        if done is None:
            raise RuntimeError("the process that tries the faults was ended")
        verdicts, left = done
        return [*verdicts, *self.verdicts(forked(left, self.anew, self.jobs))]

    def verdicts(self, done: Iterator[tuple[Asked, Verdict | None]]) -> Iterator[Verdict]:
        for asked, verdict in self.told(done, "faults tried"):
            if verdict is not None and not verdict.caught and not self.test_before(asked.fault):
                self.tell(f"survives: {asked.fault.place} {asked.fault.change}")
            yield verdict or Verdict(asked.fault, True, "does not end", 0)

    # Which tests a fault is tried with

    def test_before(self, fault: Fault) -> str:
        """The test that caught it before, if it is still meant for the module."""
        test = self.known.get(mark(fault), "")
        return test if file_of(test).removeprefix("tests/") in self.files[fault.module] else ""

    def as_before(self, session: Session, loaded: Lines, faults: Sequence[Fault]) -> list[Asked]:
        """Each with the test that caught it before, unless that test is gone or skipped."""
        names = sorted({self.test_before(fault) for fault in faults} & set(session.items))
        tests = {one.name: one for one in self.run_alone(session, names, seen=False)}
        return [
            Asked(fault, [tests[name]])
            for fault in faults
            if (name := self.test_before(fault)) in tests and tests[name].outcome == "passed"
        ]

    def among_all(self, session: Session, loaded: Lines, faults: Sequence[Fault]) -> list[Asked]:
        """Each with the quickest that run its lines, in the time there is."""
        self.tell(f"{len(session.items)} tests, each run by itself")
        found = Map(loaded, tuple(self.run_alone(session, session.items, seen=True)))
        self.tell(f"{len(found.tests)} tests take {sum(one.seconds for one in found.tests):.0f} s")
        return [self.chosen(found, fault) for fault in faults]

    def chosen(self, found: Map, fault: Fault) -> Asked:
        able = found.meant(fault, self.files[fault.module])
        spent = list(accumulate(one.seconds for one in able))
        count = sum(seconds <= self.within for seconds in spent) or min(1, len(able))
        return Asked(fault, able[:count], len(able) - count)

    def run_alone(self, session: Session, names: Collection[str], seen: bool) -> list[Seen]:
        """What each test does on the package as it is; those that take too long are left out."""
        tests: list[Seen] = []
        spent: dict[str, float] = defaultdict(float)
        long = 0
        turns = in_turn(names, spent, self.watching)
        for name, one in self.told(forked(turns, lambda name: self.alone(session, name, seen), self.jobs), "tests run"):
            spent[file_of(name)] += self.each if one is None else one.seconds
            if one is None:
                long += 1
            elif one.outcome == "failed":
                raise RuntimeError(f"{name} fails without any fault")
            else:
                tests.append(one)
        if len(tests) < len(names):
            self.tell(f"{long} take too long, {len(names) - len(tests) - long} have not had their turn")
        return tests

    def alone(self, session: Session, name: str, seen: bool) -> Seen:
        """One test in a process of its own, and the lines that it runs if they are to be seen."""
        folder = alone()
        watch = Watch() if seen else None
        signal.setitimer(signal.ITIMER_PROF, self.each)
        begun = time.process_time()
        session.run(name, None)
        seconds = time.process_time() - begun
        lines = watch.lines() if watch else {}
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

    # In the process that loads the package once

    def in_place(
        self, faults: Sequence[Fault], files: Collection[str], choosing: Choosing
    ) -> tuple[list[Verdict], list[Asked]]:
        """What became of the faults that could be planted here, and those that are to be tried anew."""
        result: list[tuple[list[Verdict], list[Asked]]] = []

        def then(session: Session) -> None:
            loaded = watch.lines()
            package = Loaded.now()
            asked = choosing(session, loaded, faults)
            here = [one for one in asked if not at_loading(loaded, one.fault)]
            left = [one for one in asked if at_loading(loaded, one.fault)]

            def done() -> Iterator[tuple[Asked, Verdict | None]]:
                for one, verdict in forked(here, lambda one: self.planted(session, package, one), self.jobs):
                    if verdict == "anew":
                        left.append(one)
                    else:
                        assert not isinstance(verdict, str)
                        yield one, verdict

            result.append((list(self.verdicts(done())), left))

        watch = Watch()
        whole_package()
        silent_out()
        code = pytest.main(arguments(files), plugins=[Session(then)])
        if not result:
            raise RuntimeError(f"pytest ended with {code!r} before a test was run")
        return result[0]

    def planted(self, session: Session, package: Loaded, asked: Asked) -> Verdict | Literal["anew"]:
        if not asked.tests:
            return asked.verdict("")
        folder = alone()
        try:
            package.plant(asked.fault)
        except NotPlanted:
            return "anew"
        by = session.until_one_fails(asked.tests)
        shutil.rmtree(folder, ignore_errors=True)
        return asked.verdict(by)

    # In a process that loads the package with the fault

    def anew(self, asked: Asked) -> Verdict:
        if not asked.tests:
            return asked.verdict("")
        caught: list[str] = []

        def then(session: Session) -> None:
            unlimited()
            missing = next((one.name for one in asked.tests if one.name not in session.items), None)
            caught.append(missing or session.until_one_fails(asked.tests))

        folder = alone()
        read_with(asked.fault)
        limit(READ_ANEW)
        pytest.main(arguments({one.file for one in asked.tests}), plugins=[Session(then)])
        shutil.rmtree(folder, ignore_errors=True)
        return asked.verdict(caught[0] if caught else "loading")


def silent_out() -> None:
    """Nothing is shown but what is said of the faults, on the standard error."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
