"""What is said of the faults that were tried."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

from .argued import Row
from .faults import Fault, shown
from .planting import ROOT
from .trying import Verdict

NORMAL = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""

Key = tuple[str, str, str, str]


def interval(caught: int, tried: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95% (Wilson, JASA 22 (1927), 209-212); both within 0 and 1."""
    if tried == 0:
        return 0.0, 1.0
    share, square = caught / tried, NORMAL * NORMAL
    centre = share + square / (2 * tried)
    spread = NORMAL * math.sqrt(share * (1 - share) / tried + square / (4 * tried * tried))
    whole = 1 + square / tried
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def rows(argued: Mapping[str, Sequence[Row]]) -> dict[Key, str]:
    """The reason of each argued fault, by what it is known by."""
    return {(module, one.function, one.text, one.change): one.because for module, of in argued.items() for one in of}


def table(verdicts: Sequence[Verdict], argued: Collection[Key]) -> Iterator[str]:
    """The share caught by module with its interval; a fault that is argued away is not counted."""
    counted = [one for one in verdicts if one.caught or one.fault.key not in argued]
    width = max(len(one.fault.module) for one in verdicts)
    yield f"{'module':<{width}}  caught  tried  share  95% interval  argued"
    modules = sorted({one.fault.module for one in verdicts})
    for module in [*modules, ""]:
        of = [one for one in counted if one.fault.module == module or not module]
        every = [one for one in verdicts if one.fault.module == module or not module]
        yield line(module or "all", of, len(every) - len(of), width)


def line(name: str, counted: Sequence[Verdict], argued: int, width: int) -> str:
    caught = sum(one.caught for one in counted)
    low, high = interval(caught, len(counted))
    share = f"{caught / len(counted):6.1%}" if counted else "   n/a"
    return f"{name:<{width}}  {caught:6}  {len(counted):5} {share}  {low:5.1%}-{high:6.1%}  {argued:6}"


def survivors(verdicts: Sequence[Verdict], argued: Collection[Key]) -> list[Verdict]:
    return [one for one in verdicts if not one.caught and one.fault.key not in argued]


def survivor(one: Verdict) -> Iterator[str]:
    fault = one.fault
    tests = f"{one.tests} tests pass" if one.tests else "no test that is meant for the module runs it"
    if one.left:
        tests += f", {one.left} more take too long"
    yield f"{fault.place} {fault.function}: {tests}"
    yield f"    {fault.change}"
    yield from (f"    {text}" for text in shown(fault, (ROOT / fault.module).read_bytes()))


def caught_after_all(verdicts: Sequence[Verdict], argued: Collection[Key]) -> list[Fault]:
    """Argued faults that a test does see. One of several that read alike may be caught if another survives."""
    survive = {one.fault.key for one in verdicts if not one.caught}
    return [one.fault for one in verdicts if one.caught and one.fault.key in argued and one.fault.key not in survive]
