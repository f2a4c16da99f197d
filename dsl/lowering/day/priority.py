"""Who comes first in a waterfall: below a step that got less than it asked, no step takes from an account that the step
may take from.

As a rule nothing is to be done for it: an account that could not pay a step in full is empty. Something is where cash
comes into the account further down (`move`, `release`, `fill`, `keep`): it stays there until the next date.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....engine.ir import Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Scope
from ..building.builder import ONE, ZERO
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.named import account_of


def refilled(collector: Collector, item: syntax.Waterfall, scope: Scope) -> frozenset[Key]:
    """The accounts that cash comes into below a step of this waterfall that may get less from them than it asks."""
    own = Figure.ACCOUNT(account_of(collector, item.account, scope).name)

    def key(name: syntax.Name | None) -> Key:
        return own if name is None else Figure.ACCOUNT(account_of(collector, name, scope).name)

    asked: set[Key] = set()
    found: set[Key] = set()
    for line in item.lines:
        for step in syntax.within(line.steps):
            asked.update(key(source.account) for source in step.facts.takes_from if source.how == "asked")
            found.update(asked & {key(one.account) for one in step.facts.puts_into})
    return frozenset(found)


def available(low: Lowering, source: Key) -> Operand:
    """What a step may take from an account, or from an amount to reduce by."""
    have = low.day.now[source]
    short = low.day.short.get(source)
    return have if short is None else low.builder.mark_nonnegative(low.builder.select(short, ZERO, have))


def note_short(low: Lowering, sources: Sequence[Key], asked: Operand, got: Operand) -> None:
    """A step asked these accounts for so much and got so much; nothing is noted where no step below could tell."""
    builder = low.builder
    touched = [source for source in sources if source in low.day.refilled]
    if not touched:
        return
    if asked.rows is not None:
        asked = builder.emit("sum_rows", asked)
    if got.rows is not None:
        got = builder.emit("sum_rows", got)
    short = builder.emit("less", got, asked)
    for source in touched:
        before = low.day.short.get(source)
        low.day.short[source] = short if before is None else builder.either(before, short)


def more_than_all(low: Lowering, sources: Sequence[Key], whole: Operand, cures: Operand, moves: Operand) -> Operand:
    """A limit where all there is cures at most just so: it does not hide that a step asks for more, for what would cure
    (or for its whole due, if it moves nothing)."""
    if low.day.refilled.isdisjoint(sources):
        return whole
    builder = low.builder
    return builder.select(moves, builder.maximum(cures, whole), builder.add(whole, ONE))
