"""Diagnostics as a person reads them: the lines of the source, what is wrong under its place, and what to do.

::

    error[E0312]: this adds a multiple to a duration
      --> aurora.deal:41:23
       |
    41 | define tail = 1.15x + 3 months
       |               -----   ^^^^^^^^ duration
       |               |
       |               multiple
       = help: did you mean `1.15x * dscr`, or `maturity + 3 months`?

``^^^^`` is the place itself, ``----`` a second place that matters. The forms for machines, which carry the same
content, are in `render_json.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

import attrs

from ...engine.ir import Span
from .canvas import Canvas, Cut, Line, Style, cut, printable
from .diagnostics import Diagnostic

WIDTH = 120
"""Columns of source that are shown; longer lines are cut around the places that matter."""

_LINE_END = re.compile("\r\n|\r|\n")


@attrs.frozen(slots=True)
class _Place:
    """One labelled span, as drawn."""

    span: Span
    text: str
    style: Style

    @property
    def single(self) -> bool:
        return self.span.end_line <= self.span.line or (
            self.span.end_line == self.span.line + 1 and self.span.end_column <= 1
        )

    @property
    def last_line(self) -> int:
        """The last line that the span covers: an end at column 1 belongs to the line before."""
        if self.single:
            return self.span.line
        return self.span.end_line if self.span.end_column > 1 else self.span.end_line - 1


def as_text(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    *,
    colour: bool = False,
    width: int = WIDTH,
    summary: bool = True,
) -> str:
    """Every diagnostic as text, a blank line between two, then how many there are.

    ``sources`` maps a span's file to its text; of a file that is not there only the place is shown. Nothing from a
    source can move the cursor or reorder the line: control and bidirectional characters are drawn, not obeyed.
    """
    found = tuple(diagnostics)
    lines: dict[str, Sequence[str]] = {}
    said = (diagnostic for diagnostic in found if not diagnostic.waived)
    blocks = [_one(diagnostic, sources, lines, max(width, 40)).text(colour) for diagnostic in said]
    if summary and found:
        blocks.append(summary_of(found) + "\n")
    return "\n".join(blocks)


def summary_of(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning (1 more waived)``"""
    found = tuple(diagnostics)
    severities = [diagnostic.severity for diagnostic in found if not diagnostic.waived]
    counts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for word in ("error", "warning", "remark")
        if (count := severities.count(word))
    ]
    waived = len(found) - len(severities)
    more = f" ({waived} more waived)" if counts else f" ({waived} waived)"
    return (", ".join(counts) or "no errors") + (more if waived else "")


def wants_colour(stream: TextIO) -> bool:
    """Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def _one(diagnostic: Diagnostic, sources: Mapping[str, str], lines: dict[str, Sequence[str]], width: int) -> Canvas:
    canvas = Canvas()
    tone: Style = diagnostic.severity
    head = Line()
    head.add(f"{diagnostic.severity}[{diagnostic.code}]", tone)
    head.add(f": {printable(diagnostic.message)}", "strong")
    canvas.add(head)

    places = [_Place(diagnostic.span, diagnostic.label, tone)]
    places += [_Place(label.span, label.text, "secondary") for label in diagnostic.others]
    files = list(dict.fromkeys(place.span.file for place in places))
    for file in files:
        if file not in lines and file in sources:
            # Only what the lexer counts as a line's end ends a line here: no form feeds, no U+2028.
            lines[file] = _LINE_END.split(sources[file])
    known = [place.last_line for place in places if place.span.file in lines]
    gutter = len(str(max(known, default=1)))

    for file in files:
        here = [place for place in places if place.span.file == file]
        first = here[0].span
        arrow = "-->" if file == files[0] else ":::"
        line = Line()
        line.add(" " * gutter)
        line.add(f"{arrow} ", "gutter")
        line.add(f"{printable(file)}:{first.line}:{first.column}")
        canvas.add(line)
        if file in lines:
            canvas.add(_margin(gutter, None))
            _Snippet(canvas, here, lines[file], gutter, width).draw()
    _trailer(canvas, gutter, "help", diagnostic.help)
    for note in diagnostic.notes:
        _trailer(canvas, gutter, "note", note)
    return canvas


def _trailer(canvas: Canvas, gutter: int, word: str, text: str | None) -> None:
    """``= help: ...``; further lines of the text stand under the first."""
    if text is None:
        return
    for number, part in enumerate(text.split("\n")):
        line = Line()
        line.add(" " * (gutter + 1))
        line.add("= " if number == 0 else "  ", "gutter")
        line.add(f"{word}: " if number == 0 else " " * (len(word) + 2), "strong")
        line.add(printable(part))
        canvas.add(line)


def _margin(gutter: int, number: int | None) -> Line:
    line = Line()
    line.add(("" if number is None else str(number)).rjust(gutter) + " |", "gutter")
    return line


class _Snippet:
    """The lines of one file that matter, each with what stands under it.

    A span of several lines is drawn as a rail in the left margin, two columns each, from where it starts to where it
    ends; ``_active`` are the rails that pass the line being drawn.
    """

    def __init__(self, canvas: Canvas, places: Sequence[_Place], lines: Sequence[str], gutter: int, width: int) -> None:
        self._canvas = canvas
        self._lines = lines
        self._gutter = gutter
        self._width = width
        self._single = [place for place in places if place.single]
        self._wide = [place for place in places if not place.single]
        self._active: list[_Place] = []

    def draw(self) -> None:
        shown = {place.span.line for place in self._single}
        for place in self._wide:
            first, last = place.span.line, place.last_line
            shown.update(range(first, last + 1) if last - first < 6 else (first, first + 1, first + 2, last - 1, last))
        previous: int | None = None
        for number in sorted(shown):
            if previous is not None and number == previous + 2:
                self._source_line(number - 1)
            elif previous is not None and number > previous + 1:
                gap = Line()
                gap.add("..." + " " * self._gutter, "gutter")
                self._canvas.add(self._with_rails(gap))
            self._source_line(number)
            previous = number

    def _with_rails(self, line: Line) -> Line:
        for place in self._wide:
            line.add("| " if place in self._active else "  ", place.style)
        return line

    def _below(self) -> Line:
        line = _margin(self._gutter, None)
        line.add(" ")
        return self._with_rails(line)

    def _source_line(self, number: int) -> None:
        text = self._lines[number - 1] if 0 < number <= len(self._lines) else ""
        single = [place for place in self._single if place.span.line == number]
        starts = [place for place in self._wide if place.span.line == number]
        ends = [place for place in self._wide if place.last_line == number]
        slashed = [place for place in starts if not text[: place.span.column - 1].strip()]
        columns = [(place.span.column, max(place.span.end_column, place.span.column + 1)) for place in single]
        columns += [(place.span.column, place.span.column + 1) for place in starts]
        columns += [(_end_column(place, text) - 1, _end_column(place, text)) for place in ends]
        view = cut(text, columns, self._width)

        line = _margin(self._gutter, number)
        line.add(" ")
        for place in self._wide:
            rail = "/ " if place in slashed else "| " if place in self._active else "  "
            line.add(rail, place.style)
        line.add(view.text)
        self._canvas.add(line)
        self._active += slashed

        for content in _underlines(single, view):
            below = self._below()
            below.extend(content)
            self._canvas.add(below)
        for place in starts:
            if place not in slashed:
                self._hook(place, view.column(place.span.column), "")
                self._active.append(place)
        for place in ends:
            self._hook(place, view.column(_end_column(place, text) - 1), place.text)
            self._active.remove(place)

    def _hook(self, place: _Place, column: int, text: str) -> None:
        """``|_____^ label``: the corner of a span of several lines."""
        line = _margin(self._gutter, None)
        line.add(" ")
        position = next(index for index, other in enumerate(self._wide) if other is place)
        for other in self._wide[:position]:
            line.add("| " if other in self._active else "  ", other.style)
        line.add("|_" if place in self._active else " _", place.style)
        reach = 2 * (len(self._wide) - 1 - position) + column
        line.add("_" * reach + _mark(place), place.style)
        if text:
            line.add(f" {printable(text)}", place.style)
        self._canvas.add(line)


def _end_column(place: _Place, text: str) -> int:
    """Where a span of several lines ends on its last line (exclusive)."""
    if place.span.end_column > 1 and place.span.end_line == place.last_line:
        return place.span.end_column
    return len(text) + 1


def _mark(place: _Place) -> str:
    return "-" if place.style == "secondary" else "^"


def _underlines(places: Sequence[_Place], view: Cut) -> list[Line]:
    """The marks under a line, the label of the last one beside them, and the other labels hanging from theirs."""
    if not places:
        return []
    spans = [(view.column(p.span.column), view.column(max(p.span.end_column, p.span.column + 1)), p) for p in places]
    marks = Line()
    # Long marks first, so that a short one within a long one stays visible; the primary place last of equals.
    for start, end, place in sorted(spans, key=lambda s: (s[0] - s[1], s[2].style != "secondary")):
        marks.put(start, _mark(place) * max(end - start, 1), place.style)
    labelled = [s for s in spans if s[2].text]
    inline = max(labelled, key=lambda s: (s[1], s[0], s[2].style != "secondary"), default=None)
    if inline is not None and inline[1] >= max(end for _, end, _ in spans):
        marks.put(max(inline[1], inline[0] + 1) + 1, printable(inline[2].text), inline[2].style)
        labelled = [s for s in labelled if s is not inline]
    rows = [marks]
    hanging = sorted(labelled, key=lambda s: s[0])
    if hanging:
        rows.append(_bars(hanging))
    while hanging:
        start, _, place = hanging.pop()
        row = _bars([s for s in hanging if s[0] < start])
        row.put(start, printable(place.text), place.style)
        rows.append(row)
    return rows


def _bars(hanging: Sequence[tuple[int, int, _Place]]) -> Line:
    line = Line()
    for start, _, place in hanging:
        line.put(start, "|", place.style)
    return line
