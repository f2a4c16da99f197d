"""Generated deals and deals at their edges, both ways, with what is fed to them: every output of every date.

A run of the suite takes ten of two hundred, and five of three hundred at their edges with one scenario of each, others
each day; a whole sweep all of them, and INDENTURE_SEEDS=a-b others.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from indenture.engine.results import Results

from ..properties.edges import edge
from ..properties.strategies import FIRST_NEWER, FOLDER, compiled, fed, rolled
from ..sweeps import swept
from . import interpret as interpreter
from .compare import differences
from .coverage import excused


def _seeds(name: str, every: Sequence[int], share: int) -> list[int]:
    asked = os.environ.get("INDENTURE_SEEDS")
    if asked:
        first, _, last = asked.partition("-")
        return list(range(int(first), int(last or first) + 1))
    return swept(name, every, share)


def lane_of(inputs: Any, lane: int) -> dict[str, Any]:
    """What is fed to one scenario: a date, or a Fraction for each date of the input's schedule."""
    found: dict[str, Any] = {}
    for name, values in inputs.items():
        if values.dtype.kind == "M":
            found[name] = values[lane].astype("datetime64[D]").item()
        else:
            found[name] = [Fraction(repr(float(value))) for value in values[:, lane]]  # as decimals say it
    return found


def agree(result: Results, lane: int, meant: interpreter.Interpretation) -> None:
    found = differences(result, lane, meant)
    assert not found, "\n".join(found)
    assert all(excused(why) for why in meant.not_covered.values()), meant.not_covered


@pytest.mark.parametrize(
    "seed", _seeds("generated deals both ways", [*range(100), *range(FIRST_NEWER, FIRST_NEWER + 100)], 20)
)
def test_generated_deals_both_ways(seed: int) -> None:
    written = rolled(seed)
    deal = compiled(written)
    inputs = fed(written, deal, 2, seed)
    result = deal.run("base", inputs=inputs)
    read = interpreter.read(deal.text, FOLDER)
    for lane in range(2):
        agree(result, lane, interpreter.interpret(read, 0, lane_of(inputs, lane)))


@pytest.mark.parametrize("seed", _seeds("edges both ways", range(300), 60))
def test_deals_at_their_edges_both_ways(seed: int) -> None:
    """What is fed to the deal as written; and its scenarios, each in the structure that it makes."""
    written = edge(seed)
    deal = compiled(written)
    read = interpreter.read(deal.text, FOLDER)
    inputs = fed(written, deal, 1, seed)
    fed_to = interpreter.interpret(read, 0, lane_of(inputs, 0))
    agree(deal.run("base", inputs=inputs), 0, fed_to)
    result = deal.run()
    lanes = range(len(deal.scenarios))
    for lane in swept(f"scenarios at the edge {seed}", lanes, len(lanes)):
        agree(result, lane, interpreter.interpret(read, lane))
