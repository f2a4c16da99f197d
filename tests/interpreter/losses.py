"""Losses and reductions: what is lowered without cash (contract, 17)."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import InstanceEntry, ReductionEntry, Scope

from . import timeline
from .arithmetic import ZERO
from .moments import NOW, At
from .steps import Pot, Reduced, run, share_out
from .world import ACTS, NotCovered, World


@ACTS.of(syntax.AllocateLosses)
def _allocate(world: World, act: syntax.AllocateLosses, scope: Scope, t: int) -> None:
    """The first named bears first, each down to nothing."""
    reader = timeline.reader_of(world, act.on, scope)
    if t not in reader.on:
        return
    left = max(world.amount(act.amount, scope, At(NOW, t, reader), "the loss that is allocated"), ZERO)
    for name in act.targets:
        for rows in [_target(world, name, scope)]:
            room = [max(one.held["now"], ZERO) for one in rows]
            parts: list[Any] = share_out(min(left, sum(room, ZERO)), room, None)
            for one, part in zip(rows, parts, strict=True):
                if part > 0:
                    one.lower(part, t)
                    lost = world.written_down.setdefault((one.entry, one.row), {})
                    lost[t] = lost.get(t, ZERO) + part
                    left = left - part


def _target(world: World, name: syntax.Name, scope: Scope) -> list[Reduced]:
    thing = world.thing(name, scope)
    if isinstance(thing, InstanceEntry):
        thing = thing.members.get("loss")
    if not isinstance(thing, ReductionEntry):
        raise NotCovered(f"losses allocated to {name.text}")
    return [Reduced(world, thing, row) for row in world.rows(thing.family)]


@ACTS.of(syntax.Reduce)
def _reduce(world: World, act: syntax.Reduce, scope: Scope, t: int) -> None:
    """An amount is shared out among reductions as a waterfall shares an account."""
    reader = timeline.reader_of(world, act.on, scope)
    if t not in reader.on:
        return
    pot = Pot(world, scope, t, reader, None, "reduce")
    pot.amount = max(world.amount(act.amount, scope, At(NOW, t, reader), "what is reduced by"), ZERO)
    run(pot, act.steps)
