"""What is being read or remembered, where that is more than one figure of the day."""

from __future__ import annotations

from enum import Enum, auto

import attrs

from .keys import Key
from .moments import MomentKind


class Reading(Enum):
    """The kinds of what is read. One of them called with what it is read of is its subject."""

    DEFINITION = auto()
    COLUMN = auto()
    DAY_COUNT = auto()
    DRAW = auto()
    FLOW = auto()
    FUNCTION = auto()
    INPUT = auto()
    OPENING_STATE = auto()
    MOVED_STATE = auto()
    ACCRUAL = auto()
    TABLE = auto()
    TARGET = auto()

    def __call__(self, *of: object, moment: MomentKind | None = None) -> Subject:
        return Subject(self, of, moment)


@attrs.frozen(slots=True, cache_hash=True)
class Subject:
    """What is read, of what (an entry, a node, its scope, the clock that counts), and at which kind of moment where
    that makes it another value."""

    kind: Reading
    of: tuple[object, ...]
    moment: MomentKind | None = None


Reader = Key | Subject
"""Who stands on the way to a figure: a figure of the day, or something else that is read."""
