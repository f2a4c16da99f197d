"""A diagnostic is data: a code, a message, places and help. Rendering is elsewhere (`render.py`)."""

from __future__ import annotations

from typing import Literal

import attrs

from ..engine.ir import Span

Severity = Literal["error", "warning"]


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


class Collector:
    """Gathers diagnostics in one run; the same code at the same place is said once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span], Diagnostic] = {}
        self.unread: set[str] = set()
        """Names in lines that could not be read: what reads them is not at fault."""

    def add(self, diagnostic: Diagnostic) -> None:
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

    def remark(self, note: str) -> None:
        """Add a note to the last diagnostic: what it means for the rest of the file."""
        if self._found:
            key, last = self._found.popitem()
            self._found[key] = attrs.evolve(last, notes=(*last.notes, note))

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """In the order of the text: by file, line and column."""
        return tuple(
            sorted(
                self._found.values(), key=lambda d: (d.span.file, d.span.line, d.span.column, d.code)
            )
        )

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self._found.values())
