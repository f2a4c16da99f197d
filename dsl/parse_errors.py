"""What the parser did not expect, in the words of the field."""

from __future__ import annotations

from .diagnostics import Collector
from .layout import Word


def explain(collector: Collector, word: Word, accepted: set[str], words: list[Word], index: int) -> None:
    """Report the token at ``index``; ``accepted`` are the terminals that would have fitted."""
    collector.error("E0102", f"`{word}` does not fit here", word.span, notes=(", ".join(sorted(accepted)),))
