"""The way to the figure being read, and what the definitions on the way have read so far."""

from __future__ import annotations

import attrs

from ....engine.ir import Span
from ...time.clocks import Clock
from .keys import Key
from .subjects import Reader


@attrs.frozen(slots=True)
class Frame:
    """One reader on the way to the figure being read: printed when it turns out to be a cycle."""

    label: str
    span: Span
    reader: Reader | None


@attrs.define(slots=True)
class Trail:
    """Readers one inside another. ``tracking`` and ``tracked_clocks`` have a set for each definition being lowered.

    ``circles`` are those that were reported. ``calls`` counts the deal's own functions and readings of their parameters
    as far as it is lowered, ``periods`` those of the tranches and baskets priced so far: a
    hostile deal has too many.
    """

    frames: list[Frame] = attrs.Factory(list)
    tracking: list[set[Key]] = attrs.Factory(list)
    tracked_clocks: list[set[Clock]] = attrs.Factory(list)
    circles: set[frozenset[str]] = attrs.Factory(set)
    calls: int = 0
    periods: int = 0

    def touch(self, key: Key) -> None:
        """Note that the definition being lowered reads a figure that the day changes."""
        if self.tracking:
            self.tracking[-1].add(key)

    def touch_clock(self, clock: Clock) -> None:
        """Note that the definition being lowered reads what has dates of its own."""
        if self.tracked_clocks:
            self.tracked_clocks[-1].add(clock)
