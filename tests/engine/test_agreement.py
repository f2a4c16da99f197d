"""The engine against the reference evaluator, and against itself in other blocks and processes."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indenture.engine import serialise
from indenture.engine.execution import reference
from indenture.engine.ir import Program
from indenture.engine.primitives.table import PRIMITIVES
from indenture.engine.program import text
from indenture.engine.run import run
from indenture.engine.verify import verify

from .programs import OPS, inputs, programs

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)
EPOCH = 719_163


def one_scenario(fed: dict[str, np.ndarray], lane: int, number: type) -> dict[str, Any]:
    return {
        "x": [number(str(value)) for value in fed["x"][:, lane]],
        "y": number(str(fed["y"][lane])),
        "day": number(int(fed["day"][lane].astype(int)) + EPOCH),
    }


def close(got: Any, meant: Any) -> bool:
    return math.isclose(float(got), float(meant), rel_tol=1e-9, abs_tol=1e-9)


@quick
@given(programs(), seeds)
def test_numpy_agrees_with_the_exact_evaluator(program: Program, seed: int) -> None:
    verify(program)
    fed = inputs(seed, 3)
    results = run(program, inputs=fed)
    for lane in range(3):
        exact = reference.evaluate(program, one_scenario(fed, lane, Fraction))
        rough = reference.evaluate(program, one_scenario(fed, lane, float), number=float)
        if exact.nearest < 1e-9 or exact.decisions != rough.decisions:
            continue
        for output in program.outputs:
            got, meant = results[output.name].values[..., lane], exact[output.name]
            if output.form == "figure":
                got, meant = [got], [meant]
            for date, (ours, theirs) in enumerate(zip(got, meant, strict=True)):
                assert close(ours, theirs), (output.name, date, ours, float(theirs))


@quick
@given(programs(), seeds)
def test_alone_in_a_batch_and_in_any_block_are_the_same_bits(program: Program, seed: int) -> None:
    fed = inputs(seed, 23)
    whole = run(program, inputs=fed)
    small = run(program, inputs=fed, block=5)
    alone = run(program, inputs={name: values[..., 11:12] for name, values in fed.items()})
    scalar = run(program, inputs={name: values[..., 11] for name, values in fed.items()})
    for name in whole:
        assert np.array_equal(whole[name].values, small[name].values), name
        assert np.array_equal(whole[name].values[..., 11:12], alone[name].values), name
        assert np.array_equal(whole[name].values[..., 11:12], scalar[name].values), name
    for batch, blocks, one in zip(whole.checks, small.checks, scalar.checks, strict=True):
        assert np.array_equal(batch.failures, blocks.failures)
        assert np.array_equal(batch.first, blocks.first)
        assert batch.failures[11] == one.failures[0]
        assert batch.first[11] == one.first[0]


@quick
@given(programs())
def test_json_round_trips_and_text_is_stable(program: Program) -> None:
    written = serialise.dumps(program)
    back = serialise.loads(written)
    assert back == program
    assert serialise.dumps(back) == written
    assert text.render(back) == text.render(program)


def test_every_primitive_occurs_among_the_programs() -> None:
    assert set(OPS) == {name for name, primitive in PRIMITIVES.items() if not primitive.measure}
