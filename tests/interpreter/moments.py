"""Which moment a name is read at, and by whom (contract, 4).

START    before the day's acts, and before what is written `at opening` has moved
OPENING  after that: dues are fixed and opening tests are made
NOW      in a step, as the steps above have left things
CLOSE    after the day's acts; a definition is worked out there
FINAL    everywhere else: one value a date; a definition that a step records has what was recorded
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .readers import Reader

_SAME: Any = object()
START, OPENING, NOW, CLOSE, FINAL = "start", "opening", "now", "close", "final"


class At:
    """A moment, a date, a reader, and what else a name's value may hang on.

    ``piece``: the date at whose opening states are read (of what accrues); ``row``: the row of a family; ``age``: how old
    a part is; ``below``: of names that a scenario overrides, under which layer they are read; ``days``: the days of a
    piece (of a deal's own day count); ``account``: the one that `rest` speaks of.
    """

    __slots__ = ("account", "age", "below", "days", "key", "moment", "piece", "reader", "row", "t")

    def __init__(
        self,
        moment: str,
        t: int,
        reader: Reader,
        piece: int | None = None,
        row: tuple[str, int] | None = None,
        age: Fraction | None = None,
        below: tuple[tuple[str, int], ...] = (),
        days: Fraction | None = None,
        account: Any = None,
    ) -> None:
        self.moment, self.t, self.reader, self.piece, self.row = moment, t, reader, piece, row
        self.age, self.below, self.days, self.account = age, below, days, account
        self.key = (moment, t, id(reader), piece, row, age, below, days, id(account))

    def but(
        self,
        *,
        moment: Any = _SAME,
        t: Any = _SAME,
        reader: Any = _SAME,
        piece: Any = _SAME,
        row: Any = _SAME,
        age: Any = _SAME,
        below: Any = _SAME,
        days: Any = _SAME,
    ) -> At:
        return At(
            self.moment if moment is _SAME else moment,
            self.t if t is _SAME else t,
            self.reader if reader is _SAME else reader,
            self.piece if piece is _SAME else piece,
            self.row if row is _SAME else row,
            self.age if age is _SAME else age,
            self.below if below is _SAME else below,
            self.days if days is _SAME else days,
            self.account,
        )
