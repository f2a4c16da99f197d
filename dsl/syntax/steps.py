"""Steps: what a line of a waterfall does with cash."""

from __future__ import annotations

from typing import Literal

import attrs

from ...engine.ir import Span
from .expressions import Expression, Name, Node
from .item import Citation


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Pay(Node):
    """``pay senior.interest[, then from dsra[, reserve2]] [up to x [per year]]``"""

    claim: Name
    then_from: tuple[Name, ...] = ()
    cap: Expression | None = None
    cap_per_year: bool = False


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Member:
    """One member of a pro rata group: a claim, or a sequence of steps in braces; ``share`` when shares are stated
    (``60% A.interest``)."""

    steps: tuple[Step, ...]
    share: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayProRata(Node):
    """``pay pro rata { A.interest, B.interest }``, ``pay pro rata by balance { ... }``, ``by shares``; a group's name
    stands for its members (``pay pro rata notes.interest``). In `reduce`, members are reductions."""

    by: Literal["due", "balance", "shares"]
    members: tuple[Member, ...]
    then_from: tuple[Name, ...] = ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayRest(Node):
    """``pay rest to Sponsor``"""

    party: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayParty(Node):
    """``pay $5m to Sponsor`` : an amount that no claim states; it is owed once, lapses, and ranks nowhere."""

    amount: Expression
    party: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UpTo(Node):
    """``up to x [per year] { steps }``: caps the sum of its steps."""

    limit: Expression
    per_year: bool
    steps: tuple[Step, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UntilCured(Node):
    """``until oc >= 122.6% { pay A.sweep  pay B.sweep }``: pays what cures the ratio and no more."""

    condition: Expression
    steps: tuple[Step, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class When(Node):
    """``when c { ... } otherwise { ... }``; `unless c { ... }` is When of not c."""

    condition: Expression
    steps: tuple[Step, ...]
    otherwise: tuple[Step, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Fill(Node):
    """``fill dsra``: up to its target; ``fill dsra up to x``."""

    account: Name
    cap: Expression | None = None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Release(Node):
    """``release dsra``: what it holds above its target goes to the waterfall's account (or ``to other``)."""

    account: Name
    to: Name | None = None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Move(Node):
    """``move all of dsra, trap to collections`` (amount None) or ``move $5m of dsra to collections``."""

    amount: Expression | None
    sources: tuple[Name, ...]
    to: Name


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Keep(Node):
    """``keep the rest in trap``"""

    account: Name


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Record(Node):
    """``record cfads, dscr``"""

    names: tuple[Name, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class TestTrigger(Node):
    """``test lockup``"""

    trigger: Name


Step = (
    Pay
    | PayProRata
    | PayRest
    | PayParty
    | UpTo
    | UntilCured
    | When
    | Fill
    | Release
    | Move
    | Keep
    | Record
    | TestTrigger
)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Line:
    """A labelled line of a waterfall and its steps (a label may be absent: None)."""

    label: str | None
    steps: tuple[Step, ...]
    span: Span
    cite: tuple[Citation, ...] = ()
