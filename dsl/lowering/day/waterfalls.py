"""Waterfalls: guards, and two neighbours that exclude each other merged into one order of steps."""

from __future__ import annotations

from typing import Any

import attrs

from ....engine.ir import Operand
from ... import syntax
from ...names.deal import Act, Scope
from ...syntax.walk import walk
from ...time.clocks import Clock
from ..building.builder import TRUE
from ..context.dispatch import condition
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import account_of, owner
from .bounds import between
from .standing import Standing, one, run
from .steps import by_year


def lower_waterfall(low: Lowering, act: Act, after: Act | None) -> int:
    """Lower a waterfall, together with the next one if the two exclude each other; how many were lowered."""
    item = act.item
    if not isinstance(item, syntax.Waterfall):
        raise AssertionError
    clock = low.acts.clocks.get(id(item))
    if clock is None:
        return 1
    account = account_of(low.collector, item.account, act.scope)
    low.day.paying = owner(low.model, low.collector, account)
    on = _dates(low, item, act.scope, clock)
    guard = TRUE if item.guard is None else _guard(low, item.guard, act.scope, clock)
    here = Standing(Figure.ACCOUNT(account.name), clock, on, act.scope, item.name, shares=((item.name, TRUE),))
    partner = None if after is None else _partner(low, item, act.scope, after, clock, guard, on)
    if partner is None:
        for line in item.lines:
            label = f"{item.name}: {line.label}" if line.label else item.name
            run(low, line.steps, attrs.evolve(here, mask=guard, label=label))
        return 1
    other = low.builder.negated(guard)
    shares = ((item.name, guard), (partner.name, other))
    for line, step, side in aligned(low, act.scope, item, partner):
        mask = TRUE if side == 0 else (guard if side == 1 else other)
        owner_name = item.name if side < 2 else partner.name
        whose = shares if side == 0 else ((owner_name, TRUE),)
        label = f"{owner_name}: {line.label}" if line.label else owner_name
        one(low, step, attrs.evolve(here, mask=mask, label=label, shares=whose))
    return 2


def _dates(low: Lowering, item: syntax.Waterfall, scope: Scope, clock: Clock) -> Operand:
    return between(low, item.start, item.end, scope, f"{item.name} runs", clock.on)


def _guard(low: Lowering, node: syntax.Expression, scope: Scope, clock: Clock) -> Operand:
    return condition(low, node, scope, Moment("step", clock))


def _partner(
    low: Lowering, item: syntax.Waterfall, scope: Scope, after: Act, clock: Clock, guard: Operand, on: Operand
) -> syntax.Waterfall | None:
    """The next waterfall, if it runs from the same account on the same dates exactly when this one does not."""
    other = after.item
    if not isinstance(other, syntax.Waterfall):
        return None
    if item.guard is None or other.guard is None or low.acts.clocks.get(id(other)) is not clock:
        return None
    if account_of(low.collector, item.account, scope) is not account_of(low.collector, other.account, after.scope):
        return None
    if scope is not after.scope or _dates(low, other, after.scope, clock) != on:
        return None
    if low.builder.negated(_guard(low, other.guard, after.scope, clock)) != guard:
        return None
    # The second guard is worked out before the first waterfall's steps: nothing that they change may be in it.
    low.trail.tracking.append(set())
    _guard_reads = low.trail.tracking[-1]
    try:
        low.memory.remembered = {key: kept for key, kept in low.memory.remembered.items() if key.moment != "step"}
        _guard(low, other.guard, after.scope, clock)
    finally:
        low.trail.tracking.pop()
    for key in _guard_reads:
        if key.kind is not Figure.TRIGGER or key.name in low.acts.stepped:
            return None
    return other


def aligned(
    low: Lowering, scope: Scope, first: syntax.Waterfall, second: syntax.Waterfall
) -> list[tuple[syntax.Line, syntax.Step, int]]:
    """The steps of two waterfalls that exclude each other in one order that keeps each one's own: those alike stand
    once (side 0), the others under their own guard (1, 2). The longest common subsequence. A cap by the year remembers
    what its own step paid: two such steps are never one."""
    a = [(line, step) for line in first.lines for step in line.steps]
    b = [(line, step) for line in second.lines for step in line.steps]
    shapes_a, shapes_b = [shape(step) for _, step in a], [shape(step) for _, step in b]
    yearly = [any(_counts_by_year(low, scope, node) for node in walk(step)) for _, step in a]
    longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            same = shapes_a[i] == shapes_b[j] and not yearly[i]
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    merged: list[tuple[syntax.Line, syntax.Step, int]] = []
    i = j = 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and shapes_a[i] == shapes_b[j] and not yearly[i]:
            merged.append((*a[i], 0))
            i, j = i + 1, j + 1
        elif j < len(b) and (i == len(a) or longest[i][j + 1] > longest[i + 1][j]):
            merged.append((*b[j], 2))
            j += 1
        elif i < len(a):
            merged.append((*a[i], 1))
            i += 1
    return merged


def _counts_by_year(low: Lowering, scope: Scope, node: object) -> bool:
    match node:
        case syntax.Pay(cap=limit) if limit is not None:
            return by_year(low, limit, scope, node.cap_per_year)
        case syntax.UpTo():
            return by_year(low, node.limit, scope, node.per_year)
        case _:
            return False


def shape(value: object) -> object:
    """A tree without its places: two steps of one shape say the same."""
    if isinstance(value, tuple):
        return tuple(shape(item) for item in value)
    kind: Any = type(value)
    if attrs.has(kind):
        fields = [field.name for field in attrs.fields(kind)]
        kept = [name for name in fields if name not in ("span", "name_span", "operator_span", "places", "text")]
        return (kind.__name__, *(shape(getattr(value, name)) for name in kept))
    return value
