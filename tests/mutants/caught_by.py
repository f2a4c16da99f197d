"""Which test caught a fault the last time that it was tried: with the next it is asked first.

A record is a shortcut and no verdict: a fault counts as caught when the test fails with it now, and passes without it.
What the record does not know, or knows no longer, is looked for among all tests that are meant for the module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .faults import Fault, lot

if TYPE_CHECKING:
    from .trying import Verdict

RECORD = Path(__file__).with_name("caught_by.txt")

CaughtBy = Mapping[str, str]
"""The test's name by the fault's mark."""


def mark(fault: Fault) -> str:
    """What a fault is known by in the record: it stays the same when lines above it come and go."""
    return lot(fault, 0).hex()[:12]


def recorded(path: Path = RECORD) -> dict[str, str]:
    """A line a test: its name, a tab, and the marks of the faults that it caught."""
    if not path.is_file():
        return {}
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {one: test for test, marks in lines for one in marks.split()}


def record(verdicts: Iterable[Verdict], every: Mapping[str, Iterable[Fault]], path: Path = RECORD) -> None:
    """Write down what caught each fault that was tried; what is known of others stays while they are there."""
    tried = {mark(one.fault): one.by if "::" in one.by else "" for one in verdicts}
    there = {mark(fault) for faults in every.values() for fault in faults}
    by_test: dict[str, list[str]] = {}
    for one, test in (recorded(path) | tried).items():
        if one in there and test:
            by_test.setdefault(test, []).append(one)
    lines = (f"{test}\t{' '.join(sorted(marks))}\n" for test, marks in sorted(by_test.items()))
    path.write_text("".join(lines), encoding="utf-8")
