"""A deal's text as it is on disk: what may be read, and what is wrong with a file that may not."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import attrs

from ...engine.ir import Span
from ..messages.diagnostics import Diagnostic

LARGEST_FILE = 10_000_000
"""Bytes."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029]")
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@attrs.frozen(slots=True)
class Source:
    """One file's name, as diagnostics print it, and its text."""

    name: str
    text: str

    def place(self, start: int, end: int | None = None) -> Span:
        """The span of ``text[start:end]`` (one character when ``end`` is left out)."""
        stop = start + 1 if end is None else end
        line, column = _position(self.text, start)
        end_line, end_column = _position(self.text, stop)
        return Span(self.name, line, column, end_line, end_column)


@attrs.frozen(slots=True)
class Unreadable:
    """There is no such file, or it is not one that can be read: no text to report on, so no place in it."""

    name: str
    reason: str


_LINE_END = re.compile("\r\n|\r|\n")


def _position(text: str, offset: int) -> tuple[int, int]:
    line, start = 1, 0
    for match in _LINE_END.finditer(text, 0, offset):
        line += 1
        start = match.end()
    return line, offset - start + 1


def read_source(path: str | os.PathLike[str], name: str | None = None) -> Source | Unreadable | tuple[Diagnostic, ...]:
    """Read a deal: a regular file of at most 10 MB, UTF-8 (a byte-order mark is passed over), any line ends.

    ``name`` is what diagnostics call the file (the path as given, if left out). A file that is missing or cannot
    be opened gives `Unreadable`; one whose bytes cannot be a deal's gives diagnostics with their places.
    """
    shown = os.fspath(path) if name is None else name
    try:
        # A named pipe would block in open(); O_NONBLOCK does not exist everywhere, so look first.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return Unreadable(shown, "it is not a regular file")
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return Unreadable(shown, "there is no such file")
    except OSError as error:
        return Unreadable(shown, error.strerror or "it cannot be opened")
    except ValueError:
        return Unreadable(shown, "its name holds a null character")
    if len(data) > LARGEST_FILE:
        return (_too_large(shown),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Source(shown, data[: error.start].decode("utf-8"))
        return (
            Diagnostic(
                "E0110",
                f"byte {data[error.start]:#04x} is not UTF-8 text",
                before.place(len(before.text)),
                label="not UTF-8",
                help="save the file as UTF-8 (in a spreadsheet or an editor: `Save as`, encoding UTF-8)",
            ),
        )
    source = Source(shown, text.removeprefix("\ufeff"))
    return check_characters(source) or source


def _too_large(name: str) -> Diagnostic:
    return Diagnostic(
        "E0109",
        f"the file is larger than {LARGEST_FILE // 1_000_000} MB",
        Span(name, 1, 1, 1, 1),
        label="a deal's text may have 10 MB",
        help="keep data (a loan tape, a curve) in a CSV beside the deal",
    )


def check_characters(source: Source) -> tuple[Diagnostic, ...]:
    """What no deal's text may hold, wherever it came from: too much, control characters, hidden directions."""
    text = source.text
    if len(text) > LARGEST_FILE:
        return (_too_large(source.name),)
    found: list[Diagnostic] = []
    control = _CONTROL.search(text)
    if control is not None:
        character = control.group()
        what = "a NUL character" if character == "\x00" else f"the control character U+{ord(character):04X}"
        found.append(
            Diagnostic(
                "E0111",
                f"the text holds {what}",
                source.place(control.start()),
                label="not text",
                help="delete it; if the file has many, it may be a word processor's: save it as plain text",
            )
        )
    hidden = _BIDIRECTIONAL.search(text)
    if hidden is not None:
        found.append(
            Diagnostic(
                "E0112",
                f"the text holds a character (U+{ord(hidden.group()):04X}) that changes the direction of writing",
                source.place(hidden.start()),
                label="a reader would see something else than what is computed",
                help="delete it and type the line anew",
            )
        )
    return tuple(found)
