"""What is known of a deal's acts before any of them is lowered."""

from __future__ import annotations

import attrs

from ....engine.ir import Span
from ...names.deal import StateEntry
from ...time.clocks import Clock
from .keys import Key
from .trail import Frame


@attrs.define(slots=True)
class Acts:
    """Which acts change which figures, and on which dates.

    ``changing``: the acts and steps that change a figure. ``records``: where each definition is recorded. ``dates``: on
    which positions of the timeline acts may change a figure. ``clocks``: the dates of an act, by its node's identity.
    ``movers``: the states that a claim moves when it is paid, and which way. ``stepped``: the triggers that some step
    tests. ``caps_per_year``: of a cap per year, what counts what it has used. ``before_moves``: the flows that some
    move at opening reads.
    """

    changing: dict[Key, list[Frame]] = attrs.Factory(dict)
    records: dict[str, list[tuple[Clock, Span]]] = attrs.Factory(dict)
    dates: dict[Key, tuple[bool, ...]] = attrs.Factory(dict)
    clocks: dict[int, Clock] = attrs.Factory(dict)
    movers: dict[str, list[tuple[StateEntry, int]]] = attrs.Factory(dict)
    stepped: set[str] = attrs.Factory(set)
    caps_per_year: dict[Key, Key] = attrs.Factory(dict)
    before_moves: set[str] = attrs.Factory(set)
