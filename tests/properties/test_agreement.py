"""The engine on whole generated deals: against the exact evaluator, and against itself in other batches and blocks."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import indenture
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from indenture.engine import serialise
from indenture.engine.program import text
from indenture.engine.run import run
from indenture.engine.verify import verify

from .exactly import disagreements, rolled_deal
from .strategies import compiled, deals, fed, fewer, moderate
from .writing import Written

LANES = 3
SEEDED = 67
seeds = st.integers(0, 2**32 - 1)


def agree(written: Written, deal: indenture.Deal, seed: int) -> None:
    """A run and the exact evaluator, in each scenario."""
    inputs = fed(written, deal, LANES, seed)
    got = deal.run(inputs=inputs, keep=[output.name for output in deal.program.outputs])
    for lane in range(LANES):
        found = disagreements(deal.program, inputs, lane, got)
        assert not found, found[:5]


@moderate
@given(deals(), seeds)
def test_numpy_agrees_with_the_exact_evaluator(written: Written, seed: int) -> None:
    agree(written, compiled(written), seed)


@pytest.mark.parametrize("seed", range(SEEDED))
def test_seeded_deals_agree_with_the_exact_evaluator(seed: int) -> None:
    agree(*rolled_deal(seed), seed)


@fewer
@given(deals(), seeds)
def test_alone_in_a_batch_and_in_any_block_are_the_same_bits(written: Written, seed: int) -> None:
    deal = compiled(written)
    inputs = fed(written, deal, 11, seed)
    keep = [output.name for output in deal.program.outputs]
    whole = deal.run(inputs=inputs, keep=keep)
    small = run(deal.program, inputs=inputs, keep=keep, block=4)
    # Twice, since what is fed once is the same in every scenario, and then it counts in what is projected as well.
    alone = deal.run("base", inputs={name: values[..., [6, 6]] for name, values in inputs.items()}, keep=keep)
    for name in whole:
        assert np.array_equal(whole[name].values, small[name].values), name
        assert np.array_equal(whole[name].values[..., 6], alone[name].values[..., 0]), name
    for batch, blocks, one in zip(whole.checks, small.checks, alone.checks, strict=True):
        assert np.array_equal(batch.failures, blocks.failures), batch
        assert batch.failures[6] == one.failures[0], batch


def test_two_workers_give_the_bits_of_one() -> None:
    written, deal = rolled_deal(3)
    inputs = fed(written, deal, 50, 1)
    one = run(deal.program, inputs=inputs, block=8)
    two = run(deal.program, inputs=inputs, block=8, workers=2)
    assert {name for name in one if not np.array_equal(one[name].values, two[name].values)} == set()


@fewer
@given(deals())
def test_programs_are_well_formed_print_and_round_trip_through_json(written: Written) -> None:
    program = compiled(written).program
    verify(program)
    dumped = serialise.dumps(program)
    back = serialise.loads(dumped)
    assert back == program
    assert serialise.dumps(back) == dumped
    assert text.render(back) == text.render(program)
    assert serialise.dumps(compiled(written).program) == dumped


@pytest.mark.parametrize("seed", [2, 9])
def test_equal_text_gives_an_equal_program_whatever_the_hash_seed(seed: int) -> None:
    written, deal = rolled_deal(seed)
    folder = Path(__file__).resolve().parent
    script = (
        "import hashlib, sys, indenture\nfrom indenture.engine import serialise\n"
        "deal = indenture.compile(sys.stdin.read(), folder=sys.argv[1])\n"
        "print(hashlib.sha256(serialise.dumps(deal.program).encode()).hexdigest())"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        input=written.text,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": str(100 + seed)},
    )
    assert said.stdout.strip() == hashlib.sha256(serialise.dumps(deal.program).encode()).hexdigest()


def test_a_program_from_json_runs_to_the_same_bits() -> None:
    written, deal = rolled_deal(5)
    inputs = fed(written, deal, 4, 2)
    back = serialise.loads(serialise.dumps(deal.program))
    ours, theirs = run(deal.program, inputs=inputs), run(back, inputs=inputs)
    assert {name for name in ours if not np.array_equal(ours[name].values, theirs[name].values)} == set()
    assert isinstance(deal, indenture.Deal)
