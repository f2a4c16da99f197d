"""Where a generator's choices come from: Hypothesis, which shrinks them, or a seed, for a fixed set of deals."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(Protocol):
    """Picks one of some things, or a whole number between two, both included."""

    def pick(self, options: Sequence[T]) -> T: ...

    def whole(self, low: int, high: int) -> int: ...

    def yes(self, percent: int = 50) -> bool: ...

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]: ...


class _Built:
    """What follows from whole numbers alone."""

    def whole(self, low: int, high: int) -> int:
        raise NotImplementedError

    def pick(self, options: Sequence[T]) -> T:
        return options[self.whole(0, len(options) - 1)]

    def yes(self, percent: int = 50) -> bool:
        return self.whole(0, 99) >= 100 - percent

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Some of them, each at most once, in an order of its own."""
        left, found = list(options), []
        for _ in range(self.whole(min(least, len(left)), min(most, len(left)))):
            found.append(left.pop(self.whole(0, len(left) - 1)))
        return found


class Drawn(_Built):
    """Choices of Hypothesis: each shrinks towards the first option, the least number and no."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def whole(self, low: int, high: int) -> int:
        found: int = self._draw(st.integers(low, high))
        return found


class Rolled(_Built):
    """Choices that a seed fixes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def whole(self, low: int, high: int) -> int:
        return self._random.randint(low, high)
