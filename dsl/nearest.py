"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name most like the wrong one, or None where none is near enough to suggest."""
    best, score = None, 0.0
    for name in known:
        if name.casefold() == wrong.casefold():
            return name
        if abs(len(name) - len(wrong)) > 4:
            continue
        ratio = SequenceMatcher(None, wrong.casefold(), name.casefold()).ratio()
        if sorted(wrong.casefold()) == sorted(name.casefold()):
            ratio = max(ratio, 0.95)  # letters exchanged, which the ratio counts as one lost and one too many
        if ratio > score:
            best, score = name, ratio
    return best if score >= 0.66 else None
