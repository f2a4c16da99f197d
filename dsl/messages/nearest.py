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


def of_the_words(wrong: str, known: Iterable[str]) -> list[str]:
    """The known names of several words of which the wrong one is one (``life``: ``useful_life``), or the other way."""
    words = set(wrong.casefold().split("_"))
    return [
        name
        for name in known
        if (parts := set(name.casefold().split("_"))) != words
        and ((len(words) == 1 and words <= parts) or (len(parts) == 1 and parts <= words))
    ]


def surely(wrong: str, guess: str) -> bool:
    """Whether a guess is so like the wrong name that it can be taken for it, and what is said with it judged as its."""
    return sorted(wrong.casefold()) == sorted(guess.casefold()) or (
        SequenceMatcher(None, wrong.casefold(), guess.casefold()).ratio() >= 0.8
    )
