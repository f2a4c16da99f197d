"""A pool of loans from a tape: what reading, compiling and running it take, and how much memory.

    python benchmarks/tape.py                # 10,000 loans over 120 months
    python benchmarks/tape.py --loans 200000

The tape is written to a temporary folder from a fixed seed. Seconds of this process's own time and of the wall; a
second run of a deal with the same inputs finds its plan kept, so each run here is of a deal compiled anew.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import indenture

DEAL = """
deal "Pool" { language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }
use pools
party Trust, Borrowers, Owner
schedule collection = monthly on day 15 from 2026-02-15 to 2036-01-15, unadjusted
loan_pool loans each row in "tape.csv" {
  cut_off = 2026-01-15; collected = collection; cpr = 6%; cdr = 2%; recovery = 45%; lag = 6 months
}
account cash
flow collected on collection = sum(loans.interest) + sum(loans.principal_paid) + sum(loans.recovered)
receive collected from Borrowers into cash on collection
waterfall distributions from cash on collection { "Owner" pay rest to Owner }
report { "Received" = total(Owner.received), "Left" = final(sum(loans.balance)) }
"""


def write_tape(path: Path, loans: int, seed: int = 3) -> None:
    """Level-pay loans of 1 to 120 months at 3% to 18%, with prices to the cent."""
    choose = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,principal,apr,remaining,seasoning\n")
        for number in range(loans):
            file.write(
                f"L{number:07d},{choose.randint(5_000, 60_000)}.{choose.randint(0, 99):02d},"
                f"{choose.randint(3, 17)}.{choose.randint(0, 999):03d}%,"
                f"{choose.randint(1, 120)},{choose.randint(0, 40)}\n"
            )


def measure(folder: Path) -> tuple[float, float, float, float]:
    """Seconds of this process's time and of the wall: of compiling (reading the tape too), and of running."""
    start, began = time.process_time(), time.perf_counter()
    deal = indenture.compile(DEAL, folder=folder)
    compiled, read = time.process_time(), time.perf_counter()
    deal.run()
    return compiled - start, read - began, time.process_time() - compiled, time.perf_counter() - read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--loans", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tape(folder / "tape.csv", 10)
        indenture.compile(DEAL, folder=folder).run()  # what is loaded once is not the tape's
        write_tape(folder / "tape.csv", given.loans)
        found = [measure(folder) for _ in range(given.repeats)]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    print(f"{given.loans:,} loans over 120 months, median of {given.repeats}")
    for label, at in (("read and compiled", 0), ("run", 2)):
        own = statistics.median(one[at] for one in found)
        wall = statistics.median(one[at + 1] for one in found)
        print(f"{label:<18} {own:7.2f} s of processor, {wall:7.2f} s of the wall")
    print(f"{'most memory':<18} {kilobytes / 1024:7.0f} MB")


if __name__ == "__main__":
    main()
