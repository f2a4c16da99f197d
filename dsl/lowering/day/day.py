"""One day of a deal: opening, its acts in the order written, closing."""

from __future__ import annotations

from ... import syntax
from ...names.deal import Act
from ..context.day import Day
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.named import claims_named
from ..context.product import Faults
from ..context.values import NotLowered
from .acts import lower_act
from .closing import close_day
from .opening import open_day
from .survey import received_claim, survey
from .waterfalls import lower_waterfall


def lower_day(low: Lowering) -> None:
    """The whole of a date: binds what every figure closes at."""
    survey(low)
    open_day(low)
    acts = list(low.model.acts)
    position = 0
    while position < len(acts):
        act = acts[position]
        after = acts[position + 1] if position + 1 < len(acts) else None
        _no_rest(low.day)
        try:
            if isinstance(act.item, syntax.Waterfall):
                position += lower_waterfall(low, act, after)
                continue
            lower_act(low, act)
        except NotLowered:
            low.faults.failed = True
            _poison(low.faults, act)
        position += 1
    close_day(low)


def _no_rest(day: Day) -> None:
    """What an act left in its account is not the rest of the next: only steps have one."""
    day.rest = None
    day.now.pop(Figure.REST(""), None)


def _poison(faults: Faults, act: Act) -> None:
    """The claims of an act that could not be lowered: what reads them is not told that they come too late."""
    faults.poisoned.update(claim.name for name in act.item.facts.settles for claim in claims_named(name, act.scope))
    received = received_claim(act)
    if received is not None:
        faults.poisoned.add(received.name)
