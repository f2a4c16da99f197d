"""Blocks on several processes, with a pool that works at once in this one: what is handed out, kept and cleared away."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from indenture.engine.execution import job as jobs
from indenture.engine.execution import workers
from indenture.engine.run import run

from .run_programs import drawn


class AtOnce:
    """A pool whose work is done when it is handed in."""

    def __init__(self) -> None:
        self.handed: list[tuple[Any, ...]] = []

    def submit(self, function: Callable[..., Any], *operands: Any) -> Future[Any]:
        self.handed.append(operands)
        found: Future[Any] = Future()
        outcome = function(*operands)
        # A real pool sends copies home.
        outcome.values = {name: values.copy() for name, values in outcome.values.items()}
        found.set_result(outcome)
        return found


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    pool = AtOnce()
    monkeypatch.setattr(workers, "pool", lambda _: pool)
    monkeypatch.setattr(workers, "_sweeps", {})
    return pool


def test_blocks_come_home_in_order_with_few_on_their_way(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Counted(jobs.Sweep):
        def __init__(self, job: jobs.Job) -> None:
            made.append(job)
            super().__init__(job)

    monkeypatch.setattr(workers, "Sweep", Counted)
    handed: list[int] = []
    one = run(drawn(), paths=9_000, seed=3, block=1_000, keep=["spot"])
    two = run(
        drawn(),
        paths=9_000,
        seed=3,
        block=1_000,
        keep=["spot"],
        workers=2,
        progress=lambda _done, _total: handed.append(len(at_once.handed)),
    )
    assert all(np.array_equal(one[name].values, two[name].values) for name in one)
    # Two for each worker are on their way when the first comes home, then one more for each that has.
    assert handed == [4, 5, 6, 7, 8, 9, 9, 9, 9]
    assert len(made) == 1  # the plan is made once for all blocks
    (path,) = {operands[0] for operands in at_once.handed}
    assert not Path(path).exists()


def test_a_worker_keeps_one_job(at_once: AtOnce) -> None:
    for seed in (1, 2):
        run(drawn(), paths=2_000, seed=seed, block=1_000, workers=2)
    assert len({operands[0] for operands in at_once.handed}) == 2
    assert len(workers._sweeps) == 1


def test_a_pool_is_started_once() -> None:
    assert workers.pool(1) is workers.pool(1)
    workers.close()


def test_an_interrupt_is_the_parents() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        workers._ignore_interrupt()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
