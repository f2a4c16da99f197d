"""What every command shares: where text goes, how a command ends, and progress on standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from ... import __version__

FINE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


class Stop(Exception):
    """Ends the command with a message on standard error and this exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def misused(message: str) -> NoReturn:
    """An unreadable file or a wrong argument."""
    raise Stop(message, MISUSED)


def version() -> str:
    return f"indenture {__version__}"


@contextmanager
def guarded() -> Iterator[None]:
    """Turns what ends a command early into its exit code: no traceback for an interrupt or a closed pipe."""
    try:
        yield
    except Stop as stop:
        report(f"indenture: {stop}\n")
        sys.exit(stop.code)
    except KeyboardInterrupt:
        report("indenture: interrupted\n")
        sys.exit(INTERRUPTED)


def emit(text: str, out: Path | None = None) -> None:
    """Write to standard output, or to a file. A reader that has gone away (``| head``) is not an error: what it did
    not want is dropped, and the command ends with the code that it would have ended with."""
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
        except (OSError, ValueError) as error:
            misused(f"{out} cannot be written: {getattr(error, 'strerror', None) or error}")
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes standard output once more as it ends: give it somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report(text: str) -> None:
    """Write to standard error."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


class Progress:
    """Says on standard error how far a long run is: on a terminal one line that is rewritten, elsewhere a line now
    and then, once the run has taken two seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._terminal = sys.stderr.isatty()
        self._start = time.monotonic()
        self._next = self._start + (0.5 if self._terminal else 2.0)
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next or total <= 0:
            return
        self._next = now + (0.1 if self._terminal else 10.0)
        share = done / total
        spent = now - self._start
        left = f", about {spent / share - spent:.0f} s left" if 0 < share < 1 else ""
        text = f"{self._what}: {share:.0%} after {spent:.0f} s{left}"
        self._drawn = True
        report(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")

    def close(self) -> None:
        if self._drawn and self._terminal:
            report("\r\x1b[K")
