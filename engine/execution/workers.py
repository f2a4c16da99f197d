"""Blocks on several processes: a pool that is started once, kept, and given any job.

Processes are spawned, not forked: threads and forks do not mix. A job goes to each process once, through
a file that only this user reads; a block is then two numbers. Results come back in the order of the
blocks, so that nothing depends on who computed what.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from .job import Job, Outcome, Sweep

_pools: dict[int, ProcessPoolExecutor] = {}
_starting = threading.Lock()
_sweeps: dict[str, Sweep] = {}


def pool(workers: int) -> ProcessPoolExecutor:
    """The pool of that many processes, started on first use and kept for later runs."""
    with _starting:
        if workers not in _pools:
            _pools[workers] = ProcessPoolExecutor(
                workers, mp_context=multiprocessing.get_context("spawn"), initializer=_ignore_interrupt
            )
        return _pools[workers]


def close() -> None:
    """Ends every pool; the next run starts its own."""
    with _starting:
        while _pools:
            _, executor = _pools.popitem()
            executor.shutdown(wait=True, cancel_futures=True)


atexit.register(close)


def _ignore_interrupt() -> None:
    # An interrupt is the parent's to handle: it cancels what waits and the processes end quietly.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Spawned processes import the main script again unless they cannot find it.

    They need nothing from it; without this a plain script with no ``if __name__ == "__main__"`` would
    run again in each process.
    """
    main = sys.modules["__main__"]
    names = ("__file__", "__spec__")
    hidden: dict[str, object] = {name: main.__dict__[name] for name in names if name in main.__dict__}
    with _starting:
        try:
            for name in hidden:
                main.__dict__[name] = None
            main.__dict__.pop("__file__", None)
            yield
        finally:
            main.__dict__.update(hidden)


def outcomes(job: Job, blocks: Sequence[tuple[int, int]], workers: int) -> Iterator[Outcome]:
    """The blocks of a job, computed by ``workers`` processes, in their order."""
    executor = pool(workers)
    handle, path = tempfile.mkstemp(prefix="indenture-", suffix=".job")
    futures: deque[Future[Outcome]] = deque()
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(job, file, protocol=pickle.HIGHEST_PROTOCOL)
        waiting = deque(blocks)
        while waiting or futures:
            # A bounded number in flight: memory does not grow with the number of blocks.
            while waiting and len(futures) < 2 * workers:
                with _without_main():
                    futures.append(executor.submit(_block, path, *waiting.popleft()))
            yield futures.popleft().result()
    except BaseException:
        for future in futures:
            future.cancel()
        with _starting:
            _pools.pop(workers, None)
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _block(path: str, start: int, stop: int) -> Outcome:
    """In a worker: one block of the job in the file, whose plan is made once."""
    sweep = _sweeps.get(path)
    if sweep is None:
        _sweeps.clear()
        with open(path, "rb") as file:
            # Written by this very run, into a file of mkstemp that nobody else can write.
            sweep = _sweeps[path] = Sweep(pickle.load(file))
    outcome = sweep.run(start, stop)
    # Sending copies the arrays, so the views into the workspace may be sent as they are.
    return outcome
