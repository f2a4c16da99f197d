"""Declarations of what cash moves through or for, and of what decides over it: claims, states, accounts, triggers."""

from __future__ import annotations

from typing import Literal

import attrs

from ...engine.ir import Span
from .expressions import Expression, Name
from .item import Item, TypeName


@attrs.frozen(slots=True, eq=False)
class Unpaid:
    """What becomes of what is unpaid at close: ``carries``, ``carries with interest at r``,
    ``capitalises into balance``, ``lapses``, ``written off after 3 months``."""

    form: Literal["carries", "capitalises", "lapses", "written_off"]
    rate: Expression | None
    daycount: Expression | None
    into: Name | None
    after: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ClaimDeclaration(Item):
    """``claim interest [from P] to Q on S = due [while c] [when reached] carries [kind debt]``, or
    ``claim sweep to Q on S up to balance``."""

    name: str
    payer: Expression | None
    payee: Expression | None
    on: Expression
    due: Expression | None
    up_to: Expression | None
    condition: Expression | None
    when_reached: bool
    unpaid: Unpaid | None
    kind: str | None


@attrs.frozen(slots=True, eq=False)
class Movement:
    """One plus or minus term of a state; ``at`` says when it moves. Where it does not, a claim's ``.paid`` moves it
    when it is paid and anything else at close."""

    sign: Literal[1, -1]
    value: Expression
    at: Literal["opening", "close"] | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class StateDeclaration(Item):
    """``state balance = size, then opening balance - principal.paid + drawn at opening``.

    ``movements`` is the decomposition when the text after `then` has that form (``opening <own name>`` plus and
    minus terms), else None and ``recursion`` holds the expression whole.
    """

    name: str
    type: TypeName | None
    on: Name | None
    initial: Expression
    movements: tuple[Movement, ...] | None
    recursion: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ReductionDeclaration(Item):
    """``reduction loss of balance``: a state that `allocate losses` and `reduce` may lower without cash.
    ``loss.amount`` is what was taken on a date."""

    name: str
    state: Name


@attrs.frozen(slots=True, eq=False, kw_only=True)
class AccountDeclaration(Item):
    """``account dsra of SPV { opens = $50m from Sponsor; target = 3 * x; currency = EUR }``"""

    name: str
    owner: Name | None
    opens: tuple[tuple[Expression, Name | None], ...]
    target: Expression | None
    currency: Expression | None


@attrs.frozen(slots=True, eq=False)
class Test:
    """``dscr < 1.15x for 3 tests``"""

    condition: Expression
    count: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class TriggerDeclaration(Item):
    """``trigger lockup [on payment] [tested after payments] [from date] when c [for n tests],
    until d for 2 tests`` or ``, permanently``."""

    name: str
    on: Name | None
    after_payments: bool
    start: Expression | None
    when: Test
    until: Test | None
    permanently: bool


@attrs.frozen(slots=True, eq=False, kw_only=True)
class WaiverDeclaration(Item):
    """``waiver holiday of lockup from 2027-01-01 to 2027-06-30 [rank 1]``: the trigger does not fire meanwhile."""

    name: str
    trigger: Name
    start: Expression
    end: Expression
    rank: int | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class RankingDeclaration(Item):
    """``ranking running, hedge.payment, senior.interest``: highest first; ``[a, b]`` rank equally."""

    ranks: tuple[tuple[Name, ...], ...]
