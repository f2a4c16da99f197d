"""One date as the lowering walks it: the versions of everything that the day changes."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ....engine.ir import Operand
from ...names.deal import ClaimEntry, PartyEntry
from ...time.clocks import Clock
from ..building.builder import TRUE
from .keys import Key


@attrs.define(slots=True)
class ClaimDay:
    """A claim on this date: what arose, what is due, and what is still unpaid at this step.

    ``due`` is None for a claim that is owed only what steps ask. ``touched``: a step has come to it today.
    """

    entry: ClaimEntry
    clock: Clock
    current: Operand
    arrears: Operand
    due: Operand | None
    remaining: Operand | None
    paid: Operand
    touched: bool = False


@attrs.define(slots=True)
class Ledger:
    """What an account took in and gave out today, for the check that none was made or lost."""

    into: list[Operand] = attrs.Factory(list)
    out: list[Operand] = attrs.Factory(list)


@attrs.define(slots=True)
class Day:
    """``opening`` is what figures open with, ``now`` how they stand at this step.

    ``rest`` is what is left of the account that steps take from, ``paying`` whose account it is, and ``step_active``
    where the step in hand runs. ``moved`` is what states are after what moves them at opening. ``opening_of`` and
    ``moved_of`` work out a figure that was asked for before its turn.
    """

    opening: dict[Key, Operand] = attrs.Factory(dict)
    now: dict[Key, Operand] = attrs.Factory(dict)
    claims: dict[str, ClaimDay] = attrs.Factory(dict)
    recorded: dict[str, tuple[Operand, Operand]] = attrs.Factory(dict)
    ledger: dict[Key, Ledger] = attrs.Factory(dict)
    rest: Operand | None = None
    step_active: Operand = TRUE
    paying: PartyEntry | None = None
    moved: dict[Key, Operand] = attrs.Factory(dict)
    opening_of: Callable[[Key], Operand] | None = None
    moved_of: Callable[[Key], Operand] | None = None
