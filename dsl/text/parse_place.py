"""The place in a deal where the parser stopped: what each mistake is told by."""

from __future__ import annotations

import attrs

from ...engine.ir import Span
from ..messages.diagnostics import Collector, Label
from .nesting import Word


@attrs.frozen(slots=True)
class Place:
    """Where the parser stands: the token that does not fit, those around it, and what would have fitted."""

    collector: Collector
    word: Word
    accepted: set[str]
    words: list[Word]
    index: int

    def near(self, offset: int) -> Word | None:
        position = self.index + offset
        return self.words[position] if 0 <= position < len(self.words) else None

    def type(self, offset: int) -> str:
        word = self.near(offset)
        return "" if word is None else word.type

    def say(
        self,
        code: str,
        message: str,
        label: str = "",
        help: str | None = None,
        span: Span | None = None,
        others: tuple[Label, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> bool:
        place = self.word.span if span is None else span
        self.collector.error(code, message, place, label=label, help=help, others=others, notes=notes)
        return True
