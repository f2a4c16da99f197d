"""A diagnostic is data: a code, a message, places and help. Rendering is elsewhere (`render.py`)."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import Literal

import attrs

from ...engine.ir import Span

Severity = Literal["error", "warning", "remark"]
"""A remark is what a run brought up that may well be meant."""


@attrs.frozen(slots=True)
class Label:
    """A second place that matters, and what it is (``multiple``, ``declared here``)."""

    span: Span
    text: str


@attrs.frozen(slots=True)
class Diagnostic:
    """One message for one cause.

    ``code`` is a key of ``codes.CODES`` (E0312, W0101), ``label`` stands under the primary place,
    ``help`` is a suggestion, ``notes`` are further lines (a cycle's steps, the true alternatives).
    """

    code: str
    message: str
    span: Span
    label: str = ""
    others: tuple[Label, ...] = ()
    help: str | None = None
    notes: tuple[str, ...] = ()
    severity: Severity = "error"
    waived: str = ""
    """Why the deal waives it; nothing if it does not."""


MOST_PLACES = 3
"""Further places of one cause that are shown; the rest are counted."""


class Collector:
    """Gathers diagnostics in one run, one message for a cause.

    The same code at the same place is said once. Of a line that could not be read (E01xx), nothing else is said.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span], Diagnostic] = {}
        self.unread: set[str] = set()
        """Names in lines that could not be read: what reads them is not at fault."""
        self._misread: set[tuple[str, int]] = set()
        self._causes: dict[object, list[Diagnostic]] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        line = diagnostic.span.file, diagnostic.span.line
        if diagnostic.code.startswith("E01"):
            self._misread.add(line)
        elif line in self._misread:
            return
        self._found.setdefault((diagnostic.code, diagnostic.span), diagnostic)

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        others: tuple[Label, ...] = (),
        help: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.add(Diagnostic(code, message, span, label, others, help, notes))

    def warning(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        others: tuple[Label, ...] = (),
        help: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.add(Diagnostic(code, message, span, label, others, help, notes, "warning"))

    def again(self, cause: object, diagnostic: Diagnostic) -> None:
        """Add a diagnostic; if its cause was reported before, only its place is added to the first in the text."""
        known = self._causes.setdefault(cause, [])
        # Kept in the order of the text: a hostile deal has thousands of places of one cause.
        position = bisect.bisect_left(known, _order(diagnostic), key=_order)
        for one in known[position:]:
            if _order(one) != _order(diagnostic):
                break
            if one.span == diagnostic.span:
                return
        if known:
            self._found.pop((known[0].code, known[0].span), None)
        known.insert(position, diagnostic)
        first = known[0]
        shown = tuple(Label(one.span, "and here") for one in known[1 : 1 + MOST_PLACES])
        more = len(known) - 1 - len(shown)
        notes = (f"and in {more} more place{'' if more == 1 else 's'}",) if more else ()
        self.add(attrs.evolve(first, others=(*first.others, *shown), notes=(*first.notes, *notes)))

    def remark(self, note: str) -> None:
        """Add a note to the last diagnostic: what it means for the rest of the file."""
        if self._found:
            key, last = self._found.popitem()
            self._found[key] = attrs.evolve(last, notes=(*last.notes, note))

    @property
    def last(self) -> Diagnostic | None:
        return next(reversed(self._found.values()), None)

    def point(self, labels: tuple[Label, ...]) -> None:
        """Add places to the last diagnostic."""
        if self._found:
            key, last = self._found.popitem()
            self._found[key] = attrs.evolve(last, others=(*last.others, *labels))

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """In the order of the text: by file, line and column."""
        return tuple(sorted(self._found.values(), key=_order))

    def replace(self, found: Iterable[Diagnostic]) -> None:
        """Put these in place of all that was found."""
        self._found = {(one.code, one.span): one for one in found}

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self._found.values())


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    return diagnostic.span.file, diagnostic.span.line, diagnostic.span.column, diagnostic.code
