"""Shows that rounding decides nothing: deals whose payments meet what they are tested against, engine against exact
evaluator.

::

    python tests/agreement.py                                    # 2,000 deals of 50 values each
    python tests/agreement.py --deals 80 --values 10 --first 400

Every condition of every equation, every date, count and verdict is compared in every scenario, and none is left out as
too close to call. `tests/properties/test_formulas.py` runs one in a hundred. Exit codes: 0 alike, 1 different.
"""

from __future__ import annotations

import argparse
import sys
import time

from indenture.tests.properties.sweep import compared


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, default=2000, metavar="N")
    parser.add_argument("--values", type=int, default=50, metavar="N", help="of the term that is varied in each")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first deal's; the others follow")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="differences that are shown")
    return parser


def main() -> int:
    chosen = arguments().parse_args()
    conditions = scenarios = differences = 0
    began = time.monotonic()
    for done, seed in enumerate(range(chosen.first, chosen.first + chosen.deals), 1):
        told = compared(seed, chosen.values)
        conditions += told.compared
        scenarios += told.scenarios
        for difference in told.differences[: max(chosen.show - differences, 0)]:
            print(difference, flush=True)
        differences += len(told.differences)
        if done % 100 == 0 or done == chosen.deals:
            print(
                f"{done} deals, {scenarios:,} scenarios: {conditions:,} conditions, dates and verdicts, "
                f"{differences} differ ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
    return int(differences > 0)


if __name__ == "__main__":
    sys.exit(main())
