"""`examples/gpu_spv.deal` beside the same deal written by hand in numpy, in one run.

    python benchmarks/reference_deal.py [scenarios] [rounds]

Prints nanoseconds per scenario and month for both, interleaved round by round, on one thread, and the largest
difference of any figure. The engine checks conservation of cash and that no account is below zero, on every date in
every scenario; the numpy checks nothing. Then: how memory grows with scenarios, and how a million generated paths run
on one process and on two, with the pool started. Nothing here passes or fails: times depend on the machine.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import indenture
import numpy as np
from indenture.tests.examples.gpu_spv_by_hand import FIGURES, MONTHS, by_hand, distance, feed, paths

ROOT = Path(__file__).parents[1]
DEAL = ROOT / "examples" / "gpu_spv.deal"


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def beside_numpy(scenarios: int, rounds: int) -> None:
    deal = indenture.load(DEAL)
    fed = paths(scenarios)
    inputs = feed(fed, np.array([date.toordinal() for date in deal.dates[1:]]))
    result = deal.run(inputs=inputs)
    worst = distance(by_hand(fed), {name: result[name].values for name in FIGURES})
    print(f"{len(deal.program.equations)} equations; largest difference {worst:.1e}")
    versions: dict[str, Callable[[], object]] = {
        "engine": lambda: deal.run(inputs=inputs),
        "numpy by hand": lambda: by_hand(fed),
    }
    taken: dict[str, list[float]] = {name: [] for name in versions}
    for _ in range(rounds):
        for name, version in versions.items():
            taken[name].append(seconds(version))
    for name, all_ in taken.items():
        each = [one / scenarios / MONTHS * 1e9 for one in all_]
        print(f"{name:16s}{statistics.median(each):8.1f} ns per scenario and month (best {min(each):.1f})")
    ratios = [ours / theirs for ours, theirs in zip(*taken.values(), strict=True)]
    print(f"engine / numpy {statistics.median(ratios):.2f}")


def memory(scenarios: int) -> float:
    """The most memory, in MB, of a process that draws so many paths and keeps the report's figures."""
    code = f"import runpy; runpy.run_path({__file__!r})['drawn']({scenarios}, 1)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(found.stdout)


def drawn(scenarios: int, workers: int) -> None:
    indenture.load(DEAL).run(paths=scenarios, workers=workers)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def growth(scenarios: int) -> None:
    """Measured before this process has grown: a new process starts with the most that its parent ever held."""
    figures = len(FIGURES) * 8 / 1e6
    small, large = memory(scenarios // 10), memory(scenarios)
    print(f"memory at {scenarios // 10:,} paths {small:.0f} MB, at {scenarios:,} {large:.0f} MB", end="")
    print(f", of which figures {figures * scenarios / 10:.0f} and {figures * scenarios:.0f} MB")


def beside_itself(scenarios: int, rounds: int) -> None:
    deal = indenture.load(DEAL)
    deal.run(paths=50_000, workers=2)
    one, two = [], []
    for _ in range(rounds):
        one.append(seconds(lambda: deal.run(paths=scenarios, workers=1)))
        two.append(seconds(lambda: deal.run(paths=scenarios, workers=2)))
    gain = statistics.median(a / b for a, b in zip(one, two, strict=True))
    print(f"{scenarios:,} generated paths: {statistics.median(one):.1f} s on one process", end="")
    print(f", {statistics.median(two):.1f} s on two: {gain:.2f} times as fast")


def main(scenarios: int = 100_000, rounds: int = 5) -> None:
    growth(scenarios * 10)
    beside_numpy(scenarios, rounds)
    beside_itself(scenarios * 10, max(1, rounds // 2))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
