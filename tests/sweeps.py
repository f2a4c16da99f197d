"""Long sweeps: the suite asks a tenth of each, another one each day; ``./make sweep`` asks the whole.

``INDENTURE_SWEEP`` says which: ``all``, or the number that the tenth is drawn by. The header of a run prints it, so that
what was red on one day can be asked again on another.
"""

from __future__ import annotations

import datetime
import os
import random
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")

VARIABLE = "INDENTURE_SWEEP"
WHOLE = "all"
SHARE = 10


def settle() -> str:
    """Fix what this run asks, for itself and for the processes that it starts."""
    return os.environ.setdefault(VARIABLE, str(datetime.date.today().toordinal()))


def whole() -> bool:
    return settle() == WHOLE


def swept(name: str, cases: Sequence[Case], share: int = SHARE) -> list[Case]:
    """One in ``share`` of the cases of the sweep called ``name``, in their order; at least one, and all in a whole sweep.

    Each sweep draws by its own name, so two sweeps over the same cases do not ask the same ones.
    """
    asked = settle()
    if asked == WHOLE:
        return list(cases)
    count = max(len(cases) // share, min(len(cases), 1))
    drawn = random.Random(f"{name} {asked}").sample(range(len(cases)), count)
    return [cases[at] for at in sorted(drawn)]
