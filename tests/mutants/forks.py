"""Work in processes that are forked for it, so that none leaves anything behind for the next."""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Task = TypeVar("Task")
Done = TypeVar("Done")

SLOWER = 10
"""How many times its own time a test may take before it counts as hanging; and, in seconds, what it may in any case."""
AT_LEAST = 2.0
WAITING = 5
"""How many times that may pass on the clock: a process that waits uses none of its own time."""


def forked(tasks: Iterable[Task], work: Callable[[Task], Done], jobs: int) -> Iterator[tuple[Task, Done | None]]:
    """What the work on each task gives, in the order in which they end; None if its process was ended by a signal."""
    waiting = iter(tasks)
    running: dict[int, tuple[int, Task, list[bytes]]] = {}
    with selectors.DefaultSelector() as selector:
        while True:
            while len(running) < jobs:
                task = next(waiting, None)
                if task is None:
                    break
                there, here = os.pipe()
                process = os.fork()
                if process == 0:
                    os.close(there)
                    _ended_by(here, work, task)
                os.close(here)
                running[there] = process, task, []
                selector.register(there, selectors.EVENT_READ)
            if not running:
                return
            for key, _ in selector.select():
                fd = key.fd
                part = os.read(fd, 1 << 16)
                process, task, parts = running[fd]
                if part:
                    parts.append(part)
                    continue
                selector.unregister(fd)
                os.close(fd)
                del running[fd]
                _, status = os.waitpid(process, 0)
                if os.WIFEXITED(status) and os.WEXITSTATUS(status):
                    raise RuntimeError("a process failed; its message is above")
                yield task, pickle.loads(b"".join(parts)) if os.WIFEXITED(status) else None


def _ended_by(here: int, work: Callable[[Task], Done], task: Task) -> None:
    """In the new process: work, hand over, and end without the parent's ways of ending."""
    status = 1
    errors = os.dup(2)
    try:
        data = memoryview(pickle.dumps(work(task)))
        while data:
            data = data[os.write(here, data) :]
        status = 0
    except BaseException:
        os.write(errors, traceback.format_exc().encode())
    finally:
        os._exit(status)


def limit(seconds: float) -> None:
    """End this process by a signal if it now works ten times as long as it should, or waits much longer."""
    allowed = SLOWER * seconds + AT_LEAST
    signal.setitimer(signal.ITIMER_PROF, allowed)
    signal.setitimer(signal.ITIMER_REAL, WAITING * allowed)


def unlimited() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def silent() -> None:
    """Nothing that this process says is shown."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
