"""Acts of the day: what happens on a date, in the order written."""

from __future__ import annotations

import attrs

from .expressions import Expression, Name
from .item import Item
from .steps import Line, Step


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Receive(Item):
    """``receive anchor.rent into collections`` (a claim), ``receive $100m from Sponsor into collections on closing``,
    ``receive sum(loans.interest) [from P] into x [on S]``."""

    amount: Expression
    source: Expression | None
    account: Name
    on: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Waterfall(Item):
    """``waterfall revenue from collections on payment [from d] [until d] [when c | unless c]
    [notwithstanding ranking] { ... }``"""

    name: str
    account: Name
    on: Expression
    start: Expression | None
    end: Expression | None
    guard: Expression | None
    notwithstanding_ranking: bool
    lines: tuple[Line, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Settle(Item):
    """``settle hedge.premium, hedge.protection on payment [while Insurer.performing]``"""

    claims: tuple[Name, ...]
    on: Expression | None
    condition: Expression | None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class AllocateLosses(Item):
    """``allocate losses x on payment to first_loss, then mezzanine``: instruments (their `loss`) or reductions."""

    amount: Expression
    on: Expression
    targets: tuple[Name, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Reduce(Item):
    """``reduce x on payment { steps over reductions }``: Pay and PayProRata name reductions; When, UpTo as usual."""

    amount: Expression
    on: Expression
    steps: tuple[Step, ...]
