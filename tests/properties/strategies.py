"""Whole deals as text, well typed, with every kind of step and item among them, for Hypothesis or from a seed."""

from __future__ import annotations

import os
from pathlib import Path

import indenture
import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from .choices import Choices, Drawn, Rolled
from .claims import claims, opening_triggers, other_triggers, states
from .items import accounts, frame, instruments
from .outputs import curves, definitions, report
from .relations import relations
from .steps import waterfalls
from .writing import Draft, Written

FOLDER = Path(__file__).resolve().parent
"""Where the tables that the deals read are."""

EXAMPLES = int(os.environ.get("INDENTURE_EXAMPLES", "30"))

"""How many deals a test asks; what compiles each deal several times asks half as many."""

# A whole deal shrinks slowly, so that a red test would keep everybody waiting: it is shrunk where examples are searched.
_PHASES = tuple(Phase) if "INDENTURE_EXAMPLES" in os.environ else (Phase.explicit, Phase.reuse, Phase.generate)
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
moderate = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=_SLOW, phases=_PHASES)
fewer = settings(moderate, max_examples=max(EXAMPLES // 2, 1))
fewest = settings(moderate, max_examples=max(EXAMPLES // 3, 1))


FIRST_NEWER = 1000
"""From this seed on a rolled deal may hold steps that the generator learned later: the deals before stay as they are."""


def write(choose: Choices, calm: bool = False, newer: bool = True) -> Written:
    draft = Draft(choose, newer=newer)
    draft.calm = calm or choose.yes(35)
    frame(draft)
    accounts(draft)
    instruments(draft)
    opening_triggers(draft)
    claims(draft)
    states(draft)
    other_triggers(draft)
    waterfalls(draft)
    definitions(draft)
    report(draft)
    curves(draft)
    if draft.choose.yes(25):
        relations(draft)
    return Written(
        text="\n".join(draft.lines) + "\n",
        inputs=tuple(draft.inputs),
        claims=tuple(draft.claims),
        shorts=tuple(draft.shorts),
        shares=tuple(draft.shares),
        monotone=draft.monotone,
        owners=tuple(draft.owners),
        settled=tuple(draft.settled),
        ahead=tuple(draft.ahead),
        kinds=frozenset(draft.kinds),
    )


@st.composite
def deals(draw: st.DrawFn, calm: bool = False) -> Written:
    """``calm``: no test in it looks at what was paid or at how much cash there is."""
    return write(Drawn(draw), calm)


def rolled(seed: int) -> Written:
    """The deal of a seed: the same in every run."""
    return write(Rolled(seed), newer=seed >= FIRST_NEWER)


def compiled(written: Written, extra: str = "") -> indenture.Deal:
    return indenture.compile(written.text + extra, folder=FOLDER)


def fed(written: Written, deal: indenture.Deal, lanes: int, seed: int) -> dict[str, npt.NDArray[np.generic]]:
    """Inputs for some scenarios, in whole cents, basis points and days."""
    random = np.random.default_rng(seed)
    sizes = {source.name: len(source.dates) if source.dates else len(deal.dates) for source in deal.program.inputs}
    found: dict[str, npt.NDArray[np.generic]] = {}
    for name, form in written.inputs:
        if name not in sizes:
            continue  # nothing reads it
        shape = (sizes[name], lanes)
        match form:
            case "money":
                found[name] = np.round(random.uniform(0, 260, shape), 2) * (random.random(shape) < 0.9)
            case "extra":
                found[name] = np.round(random.uniform(0, 60, shape), 2) * (random.random(shape) < 0.3)
            case "rate":
                found[name] = np.round(random.uniform(0, 0.09, shape), 6)
            case _:
                days = random.integers(0, 500, lanes)
                found[name] = np.datetime64(written.closing) + days.astype("timedelta64[D]")
    return found
