"""A generated deal in exact arithmetic: one scenario's inputs, projections, and every series as fractions."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import indenture
import numpy as np
from indenture.engine.execution import reference
from indenture.engine.execution.reference import Evaluation
from indenture.engine.ir import Program
from indenture.engine.results import Results

from .strategies import compiled, fed, rolled
from .writing import Written

EPOCH = 719_163  # the proleptic ordinal of 1970-01-01, which numpy counts days from
Lane = dict[str, Any]
Number = Callable[[Any], Any]


def lane_of(inputs: Mapping[str, Any], lane: int, number: Number) -> Lane:
    """One scenario's inputs for the reference evaluator."""
    found: Lane = {}
    for name, values in inputs.items():
        if values.dtype.kind == "M":
            found[name] = number(int(values[lane].astype("datetime64[D]").astype(int)) + EPOCH)
        else:
            found[name] = [number(float(value)) for value in values[:, lane]]
    return found


def evaluate(program: Program, lane: Lane, number: Number = Fraction) -> Evaluation:
    """The reference evaluator, what is projected worked out first from the base case."""
    projected: Lane = {}
    if program.projections:
        nothing = {one.input: [number(0)] * len(program.dates) for one in program.projections}
        base = reference.evaluate(program, nothing, number=number)
        projected = {one.input: base[one.output] for one in program.projections}
    return reference.evaluate(program, lane | projected, number=number)


def exactly(written: Written, seed: int) -> tuple[indenture.Deal, Evaluation]:
    deal = compiled(written)
    return deal, evaluate(deal.program, lane_of(fed(written, deal, 1, seed), 0, Fraction))


@functools.lru_cache(maxsize=64)
def rolled_deal(seed: int) -> tuple[Written, indenture.Deal]:
    """The deal of a seed, compiled once for all the tests that use it."""
    written = rolled(seed)
    return written, compiled(written)


def close(value: Any, meant: Any) -> bool:
    return math.isclose(float(value), float(meant), rel_tol=1e-9, abs_tol=1e-9)


def disagreements(program: Program, inputs: Mapping[str, Any], lane: int, got: Results) -> list[str]:
    """Where a run differs from the exact evaluator in one scenario: nothing is too close to call."""
    return _differences(program, evaluate(program, lane_of(inputs, lane, Fraction)), lane, got)


def _differences(program: Program, exact: Evaluation, lane: int, got: Results) -> list[str]:
    found: list[str] = []
    for output in program.outputs:
        if output.name not in got:
            continue
        one, meant = got[output.name], exact[output.name]
        values = one.values[..., lane]
        known = np.ones(values.shape, bool)
        if one.determined is not None:
            known = np.broadcast_to(one.determined, one.values.shape)[..., lane]
        dates = [(values, known, meant)] if output.form == "figure" else zip(values, known, meant, strict=True)
        for date, (value, there, exact_value) in enumerate(dates):
            if bool(there) != (exact_value is not None):
                found.append(f"{output.name} [{date}]: determined {bool(there)}, exactly {exact_value}")
            elif exact_value is not None and not close(value, exact_value):
                found.append(f"{output.name} [{date}]: {float(value)!r}, exactly {float(exact_value)!r}")
    return found
