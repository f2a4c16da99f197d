"""Plants faults in the lowering and the engine, one at a time, and counts how many the tests meant for them catch.

::

    python -m tests.mutants --sample 1500 --seed 1               # or ./make mutants --sample 1500 --seed 1
    python -m tests.mutants --modules dsl/lowering/day --sample 0
    python -m tests.mutants --modules engine/metrics/life.py --all
    python -m tests.mutants --modules dsl/lowering/day/steps.py --tests dsl/test_step_caps.py
    python -m tests.mutants --modules dsl/lowering/day/steps.py --only 5f0c2a91bb7e
    python -m tests.mutants --sample 1500 --part 3 --of 15       # a fifteenth of that sample
    python -m tests.mutants --sample 1500 --seed 1 --record      # and write down what caught them

The sample has at least ``--least`` faults of each module, so that it may come out larger than was asked for. Survivors
are printed, each with its place and as a diff; those argued away in `tests/mutants/argued` are not counted. Exit
codes: 0 enough caught, 1 fewer than ``--bar``, or an argued fault is caught after all; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time

from .argued import ARGUED
from .caught_by import mark, record, recorded
from .faults import sampled
from .finding import all_faults
from .meant_for import MEANT
from .planting import ROOT
from .report import caught_after_all, reason, survivor, survivors, table
from .trying import Bench


def main() -> int:
    begun = time.monotonic()

    def tell(words: str) -> None:
        print(f"[{time.monotonic() - begun:.0f} s] {words}", file=sys.stderr, flush=True)

    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=1500, help="how many faults (1500)")
    parser.add_argument("--least", type=int, default=15, help="how many of each module at least (15)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument("--all", action="store_true", help="every fault there is")
    parser.add_argument("--modules", nargs="*", default=[], help="folders, files or patterns of them")
    parser.add_argument("--only", nargs="*", default=[], help="the faults with these marks, as survivors are printed")
    parser.add_argument("--tests", nargs="*", default=[], help="only these of the tests that are meant")
    parser.add_argument("--part", type=int, default=0, help="which part of the sample, from 0")
    parser.add_argument("--of", type=int, default=1, help="into how many parts the sample is cut (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes at a time")
    parser.add_argument("--within", type=float, default=60.0, help="seconds for the tests of one fault (60)")
    parser.add_argument("--each", type=float, help="seconds of one test while its lines are seen (twice --within)")
    parser.add_argument("--watching", type=float, default=math.inf, help="seconds of all tests meanwhile (no end)")
    parser.add_argument("--unargued", action="store_true", help="leave out the faults that are argued away")
    parser.add_argument("--record", action="store_true", help="write down which test caught which fault")
    parser.add_argument("--afresh", action="store_true", help="do not begin with the test that caught a fault before")
    parser.add_argument("--bar", type=float, default=0.0, help="the least share to be caught")
    chosen = parser.parse_args()
    if chosen.of < 1:
        parser.error("--of is at least 1")
    found = all_faults(ROOT, chosen.modules)
    if not found:
        parser.error(f"no faults in {' '.join(chosen.modules)}")
    rowless = sorted(set(found) - set(MEANT))
    if rowless:
        parser.error(f"no tests are meant for {', '.join(rowless)}: tests/mutants/meant_for.py")
    size = sum(map(len, found.values())) if chosen.all else chosen.sample
    drawn = sampled(found, size, chosen.least, chosen.seed)
    if chosen.only:
        drawn = [one for faults in found.values() for one in faults if mark(one) in chosen.only]
    if chosen.unargued:
        drawn = [one for one in drawn if reason(one, ARGUED) is None]
    part = chosen.part % chosen.of
    drawn = drawn[len(drawn) * part // chosen.of : len(drawn) * (part + 1) // chosen.of]
    tell(f"{len(drawn)} faults of {sum(map(len, found.values()))} in {len({one.module for one in drawn})} modules")
    meant = {
        module: [one for one in files if not chosen.tests or one in chosen.tests] for module, files in MEANT.items()
    }
    known = {} if chosen.afresh else recorded()
    each = chosen.each or 2 * chosen.within
    verdicts = Bench(meant, chosen.jobs, tell, chosen.within, each, chosen.watching, known).tried(drawn)
    if chosen.record:
        record(verdicts, all_faults(ROOT, []))
    missed = survivors(verdicts, ARGUED)
    wrong = caught_after_all(verdicts, ARGUED)
    for one in sorted(missed, key=lambda one: one.fault):
        print(*survivor(one), "", sep="\n")
    print(*table(verdicts, ARGUED), sep="\n")
    for module, row in wrong:
        print(f"argued in tests/mutants/argued, and caught: {module}: {row.function}: {row.text}")
    counted = sum(one.caught for one in verdicts) + len(missed)
    share = 1 - len(missed) / counted if counted else 1.0
    tell(f"{share:.1%} of {counted} caught")
    if share < chosen.bar:
        print(f"fewer than {chosen.bar:.0%} caught")
    return int(share < chosen.bar or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
