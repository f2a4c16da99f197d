"""Faults: each is one place of a module's text with other text put in. A sample of them is drawn by its seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

FOLDERS = ("dsl/lowering", "engine")
"""Where faults are planted, from the root of the package."""


class Fault(NamedTuple):
    """``start`` and ``end`` are places of the module's text in bytes; ``number`` counts faults that read alike."""

    module: str
    function: str
    line: int
    last: int
    text: str
    kind: str
    old: str
    new: str
    start: int
    end: int
    number: int = 0

    @property
    def change(self) -> str:
        return f"{self.kind}: {self.old} -> {self.new}"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is known by when lines above it come and go."""
        return self.module, self.function, self.text, self.change

    @property
    def place(self) -> str:
        return f"{self.module}:{self.line}"

    def planted_in(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]


def sampled(faults: dict[str, list[Fault]], size: int, least: int, seed: int) -> list[Fault]:
    """``size`` of them or a few more: of each module its share, and no fewer than ``least`` if it has as many.

    What is drawn in one module does not depend on any other, but for how many there are.
    """
    drawn = {module: sorted(found, key=lambda one: lot(one, seed)) for module, found in faults.items()}

    def counts(share: float) -> dict[str, int]:
        return {module: min(len(found), max(least, round(share * len(found)))) for module, found in drawn.items()}

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if sum(counts(middle).values()) >= size else (middle, high)
    return [one for module, count in counts(high).items() for one in sorted(drawn[module][:count], key=by_place)]


def by_place(one: Fault) -> tuple[int, int, str, str]:
    return one.start, one.end, one.kind, one.new


def lot(one: Fault, seed: int) -> bytes:
    return hashlib.sha256("\0".join((str(seed), *one.key, str(one.number))).encode()).digest()


def shown(one: Fault, source: bytes) -> Iterator[str]:
    """The lines before and after, as a diff."""
    before, after = source.splitlines(), one.planted_in(source).splitlines()
    last = one.last + len(after) - len(before)
    yield from (f"-{line.decode()}" for line in before[one.line - 1 : one.last])
    yield from (f"+{line.decode()}" for line in after[one.line - 1 : last])
