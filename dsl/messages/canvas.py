"""Lines of styled characters, and source text made safe and measured for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

import attrs

Style = Literal["plain", "strong", "gutter", "error", "warning", "remark", "secondary"]

TAB = 4
"""A tab is drawn as this many spaces."""

_ANSI: dict[Style, str] = {
    "plain": "",
    "strong": "\x1b[1m",
    "gutter": "\x1b[1;34m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "remark": "\x1b[1;36m",
    "secondary": "\x1b[1;34m",
}
_RESET = "\x1b[0m"
_ELLIPSIS = "..."


def printable(text: str) -> str:
    """The text with nothing in it that a terminal would obey: each such character is drawn as one that it would not.

    C0 controls become their Unicode pictures, bidirectional and zero-width formatting, stray surrogates and
    characters that Unicode has not given out become U+FFFD; a tab becomes spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_drawn, text))


def _drawn(character: str) -> str:
    if character == "\t":
        return " " * TAB
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else "\ufffd"


def display_width(text: str) -> int:
    """Columns that the text takes on a terminal: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


@attrs.frozen(slots=True)
class Cut:
    """A source line as shown: its text, and where its columns went (``columns[i]`` for source column i + 1)."""

    text: str
    first: int
    columns: tuple[int, ...]

    def column(self, source_column: int) -> int:
        """The display column (from 0) of a source column (from 1); what was cut away is at the nearest edge."""
        index = source_column - 1 - self.first
        if index < 0:
            return self.columns[0]
        if index < len(self.columns):
            return self.columns[index]
        # Past the line's end (a missing token at the end of the file): as far beyond it as was asked, within reason.
        return self.columns[-1] + min(index - len(self.columns) + 1, 1)


class Line:
    """One line of output: characters, each with a style. ``put`` writes at a column, ``add`` at the end."""

    def __init__(self) -> None:
        self._characters: list[tuple[str, Style]] = []

    def add(self, text: str, style: Style = "plain") -> None:
        self._characters.extend((character, style) for character in text)

    def extend(self, other: Line) -> None:
        self._characters.extend(other._characters)

    def put(self, column: int, text: str, style: Style) -> None:
        end = column + len(text)
        self._characters.extend((" ", "plain") for _ in range(end - len(self._characters)))
        self._characters[column:end] = [(character, style) for character in text]

    def text(self, colour: bool) -> str:
        if not colour:
            return "".join(character for character, _ in self._characters).rstrip()
        pieces: list[str] = []
        current: Style = "plain"
        characters = self._characters
        while characters and characters[-1][0] == " ":
            characters = characters[:-1]
        for character, style in characters:
            if style != current:
                if current != "plain":
                    pieces.append(_RESET)
                pieces.append(_ANSI[style])
                current = style
            pieces.append(character)
        if current != "plain":
            pieces.append(_RESET)
        return "".join(pieces)


def cut(text: str, places: Sequence[tuple[int, int]], width: int) -> Cut:
    """The line, or a window of it of about ``width`` columns that holds as much of ``places`` as it can.

    ``places`` are source columns (start, end), the most important first. Only the window is measured, so that a
    line of megabytes costs no more than a short one.
    """
    first, last = 0, len(text)
    if len(text) > width or (not text.isascii() and display_width(text) > width):
        first, last = _window(text, places, width)
    drawn: list[str] = []
    columns: list[int] = []
    column = 0
    if first > 0:
        drawn.append(_ELLIPSIS)
        column = len(_ELLIPSIS)
    for character in text[first:last]:
        columns.append(column)
        shown = printable(character)
        drawn.append(shown)
        column += display_width(shown)
    columns.append(column)
    if last < len(text):
        drawn.append(_ELLIPSIS)
    return Cut("".join(drawn), first, tuple(columns))


def _window(text: str, places: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """The half-open range of characters to show: from a little before the places that fit together."""
    room = width - 2 * len(_ELLIPSIS)
    length = len(text)
    if not places:
        first, last = 0, 1
    else:
        first, last = _clamp(places[0], length)
        last = min(last, first + room)
        for place in places[1:]:
            start, end = _clamp(place, length)
            if max(last, end) - min(first, start) <= room:
                first, last = min(first, start), max(last, end)
    # Grow to both sides while there is room, in display columns.
    used = display_width(printable(text[first:last]))
    while used > room and last > first + 1:
        last -= 1
        used -= display_width(printable(text[last]))
    grew = True
    while grew:
        grew = False
        for side in (-1, 1):
            index = first - 1 if side < 0 else last
            if 0 <= index < length:
                cost = display_width(printable(text[index]))
                if used + cost <= room:
                    used += cost
                    first, last = (index, last) if side < 0 else (first, index + 1)
                    grew = True
    return first, last


def _clamp(place: tuple[int, int], length: int) -> tuple[int, int]:
    start = min(max(place[0] - 1, 0), length)
    return start, max(min(place[1] - 1, length), start)


class Canvas:
    """Lines from top to bottom."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def add(self, line: Line) -> None:
        self._lines.append(line)

    def text(self, colour: bool) -> str:
        return "".join(line.text(colour) + "\n" for line in self._lines)
