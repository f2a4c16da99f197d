"""Where a step stands, and the one dispatch of steps: rules register for a kind of step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import attrs

from ....engine.ir import Operand, Origin
from ... import syntax
from ...names.deal import Scope
from ...time.clocks import Clock
from ..building.builder import TRUE
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import claims_named
from ..context.values import NotLowered
from ..figures.claims import claim_day
from .cash import balance

S = TypeVar("S", bound=syntax.Step)


@attrs.frozen(slots=True, eq=False)
class Standing:
    """Where a step stands: what it takes from (its waterfall's account, or an amount to reduce by), its dates, the
    guard over it, the caps around it, and what its line is called."""

    source: Key
    clock: Clock
    on: Operand
    scope: Scope
    label: str
    mask: Operand = TRUE
    caps: tuple[Key, ...] = ()
    shares: tuple[tuple[str, Operand], ...] = ()

    @property
    def moment(self) -> Moment:
        return Moment("step", self.clock)


def run(low: Lowering, steps: tuple[syntax.Step, ...], here: Standing) -> None:
    for step in steps:
        one(low, step, here)


StepRule = Callable[[Lowering, S, "Standing"], None]


STEPS: dict[type, StepRule[Any]] = {}
"""The rule of each kind of step."""


def runs(kind: type[S]) -> Callable[[StepRule[S]], StepRule[S]]:
    """The function below is the rule of this kind of step."""

    def register(rule: StepRule[S]) -> StepRule[S]:
        if kind in STEPS:
            raise AssertionError(f"{kind.__name__} has two rules")
        STEPS[kind] = rule
        return rule

    return register


def one(low: Lowering, step: syntax.Step, here: Standing) -> None:
    """Lower one step. A step that cannot be lowered has been reported; the next is tried all the same."""
    before = low.builder.origin
    low.builder.origin = Origin(here.label, step.span)
    low.day.step_active = low.builder.both(here.on, here.mask)
    low.day.now[Figure.REST("")] = low.day.rest = balance(low.day, here.source)
    try:
        STEPS[type(step)](low, step, here)
    except NotLowered:
        low.faults.failed = True
        _reached(low, step, here.scope)
    finally:
        low.builder.origin = before


def _reached(low: Lowering, step: syntax.Step, scope: Scope) -> None:
    """The claims of a step that could not be lowered count as reached: what reads them below it is no mistake."""
    for inner in syntax.within((step,)):
        for wanted in inner.facts.asks:
            for claim in claims_named(wanted.claim, scope):
                low.faults.poisoned.add(claim.name)
                with suppress(NotLowered):
                    claim_day(low, claim).touched = True
