"""Generated deals, both ways, with what is fed to them: every output of every date.

A run of the suite takes ten of two hundred, others each day; a whole sweep all of them, and INDENTURE_SEEDS=a-b others.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

import pytest

from ..properties.strategies import FIRST_NEWER, FOLDER, compiled, fed, rolled
from ..sweeps import swept
from . import interpret as interpreter
from .compare import differences
from .coverage import excused
from .known import PASSED_OVER


def _seeds() -> list[int]:
    asked = os.environ.get("INDENTURE_SEEDS")
    if asked:
        first, _, last = asked.partition("-")
        return list(range(int(first), int(last or first) + 1))
    every = [*range(100), *range(FIRST_NEWER, FIRST_NEWER + 100)]
    return swept("generated deals both ways", every, 20)


def lane_of(inputs: Any, lane: int) -> dict[str, Any]:
    """What is fed to one scenario: a date, or a Fraction for each date of the input's schedule."""
    found: dict[str, Any] = {}
    for name, values in inputs.items():
        if values.dtype.kind == "M":
            found[name] = values[lane].astype("datetime64[D]").item()
        else:
            found[name] = [Fraction(float(value)) for value in values[:, lane]]
    return found


@pytest.mark.parametrize("seed", _seeds())
def test_generated_deals_both_ways(seed: int) -> None:
    written = rolled(seed)
    deal = compiled(written)
    inputs = fed(written, deal, 2, seed)
    result = deal.run("base", inputs=inputs)
    read = interpreter.read(deal.text, FOLDER)
    for lane in range(2):
        meant = interpreter.interpret(read, 0, lane_of(inputs, lane), lenient=PASSED_OVER)
        found = differences(result, lane, meant)
        assert not found, "\n".join(found)
        assert all(excused(why) for why in meant.not_covered.values()), meant.not_covered
