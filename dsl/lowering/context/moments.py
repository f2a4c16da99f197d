"""When an expression is read."""

from __future__ import annotations

from typing import Literal as OneOf

import attrs

from ...time.clocks import Clock

MomentKind = OneOf["fixed", "opened", "opening", "step", "close", "elsewhere"]


@attrs.frozen(slots=True)
class Moment:
    """When an expression is read, and whose dates its `previous` counts.

    ``fixed``      when the deal is read: terms alone
    ``opened``     as the day opens: what moves `at opening`, the flows behind it and what accrues read states so
    ``opening``    after what moves `at opening`, before the day's acts: dues, flows, triggers tested at opening
    ``step``       now, among them
    ``close``      after them, definitions worked out afresh
    ``elsewhere``  a report, another date: one value a date; a definition that changes in the day as recorded
    ``piece``      inside `accrue`: a series is read on the date that the piece is paid
    ``ahead``      before its time: what has arisen is worked out from what is known, and not carried from date to date
    """

    kind: MomentKind
    clock: Clock
    piece: bool = False
    vintages: Vintages | None = None
    """Whose `age` is read: inside the share of `aged`."""

    ahead: bool = False

    @property
    def before_acts(self) -> bool:
        """Whether nothing that the day's acts bring about has arisen yet."""
        return self.kind in ("opened", "opening")

    @property
    def in_day(self) -> bool:
        """Whether the day is not over: at its opening or among its acts."""
        return self.before_acts or self.kind == "step"

    def at(self, kind: MomentKind) -> Moment:
        return attrs.evolve(self, kind=kind)


@attrs.frozen(slots=True)
class Vintages:
    """The parts of one `aged`: where on the timeline each arose. ``family`` is None for one written out by itself."""

    clock: Clock
    positions: tuple[int, ...]
    family: str | None
