"""Drawn paths, both ways: the engine draws, and what it drew is handed to the interpreter."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import indenture
import pytest
from indenture.engine.ir import NEVER as ENGINE_NEVER

from . import interpret as interpreter
from .arithmetic import NEVER
from .compare import differences, engine_values

LANES = 2
DRAWN = {
    "gpu_spv": ("spot", "demand", "SOFR", "resale", "OpenLab.default"),
    "open_model_shock": ("token_price", "Backer.default"),
}


def _value(value: Any, kind: str) -> Any:
    if kind == "date":
        return NEVER if value >= ENGINE_NEVER else datetime.date.fromordinal(int(value))
    return Fraction(float(value))


def _drew(result: Any, name: str, lane: int) -> Any:
    got = result.entries[name]
    values = [None if one is None else _value(one, got.kind) for one in engine_values(result, name, lane)]
    return values[0] if len(values) == 1 else dict(zip(result.dates, values, strict=True))


@pytest.mark.parametrize("name", DRAWN)
def test_paths_both_ways(name: str, examples: Path) -> None:
    text = (examples / f"{name}.deal").read_text(encoding="utf-8")
    text += f"\nreport {{ {'; '.join(DRAWN[name])} }}\n"
    result = indenture.compile(text, folder=examples).run(paths=LANES, seed=5)
    read = interpreter.read(text, examples)
    for lane in range(LANES):
        draws = {one: _drew(result, one, lane) for one in DRAWN[name]}
        meant = interpreter.interpret(read, 0, draws=draws)
        for one in DRAWN[name]:
            del meant.outputs[one]
        found = differences(result, lane, meant)
        assert not found, "\n".join(found)
