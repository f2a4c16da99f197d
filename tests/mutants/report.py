"""What is said of the faults that were tried."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from .argued import Row
from .caught_by import mark
from .faults import Fault, shown
from .planting import ROOT
from .trying import Verdict

NORMAL = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""

Argued = Mapping[str, Sequence[Row]]


def interval(caught: int, tried: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95% (Wilson, JASA 22 (1927), 209-212); both within 0 and 1."""
    if tried == 0:
        return 0.0, 1.0
    share, square = caught / tried, NORMAL * NORMAL
    centre = share + square / (2 * tried)
    spread = NORMAL * math.sqrt(share * (1 - share) / tried + square / (4 * tried * tried))
    whole = 1 + square / tried
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def reason(fault: Fault, argued: Argued) -> Row | None:
    """The row that argues a fault away, if one does."""
    for one in argued.get(fault.module, ()):
        if (one.function, one.text) == (fault.function, fault.text) and fault.change.startswith(one.change):
            return one
    return None


def survivors(verdicts: Sequence[Verdict], argued: Argued) -> list[Verdict]:
    return [one for one in verdicts if not one.caught and reason(one.fault, argued) is None]


def caught_after_all(verdicts: Sequence[Verdict], argued: Argued) -> list[tuple[str, Row]]:
    """The rows of which faults were tried, and all of them caught: by module."""
    found: dict[tuple[str, Row], bool] = {}
    for one in verdicts:
        row = reason(one.fault, argued)
        if row is not None:
            key = one.fault.module, row
            found[key] = found.get(key, True) and one.caught
    return [key for key, caught in found.items() if caught]


def table(verdicts: Sequence[Verdict], argued: Argued) -> Iterator[str]:
    """The share caught by module with its interval; a fault that is argued away is not counted."""
    missed = set(map(id, survivors(verdicts, argued)))
    counted = [one for one in verdicts if one.caught or id(one) in missed]
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


def survivor(one: Verdict) -> Iterator[str]:
    fault = one.fault
    tests = f"{one.tests} tests pass" if one.tests else "no test that is meant for the module runs it"
    if one.left:
        tests += f", {one.left} more take too long"
    yield f"{fault.place} {fault.function}: {tests}"
    yield f"    {mark(fault)} {fault.change}"
    yield from (f"    {text}" for text in shown(fault, (ROOT / fault.module).read_bytes()))
