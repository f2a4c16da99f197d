"""Acts of the day: what happens on a date, in the order written, and beside each class what it is: see `ActFacts`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, get_args

import attrs

from .expressions import Expression, Name
from .facts import ActFacts, Destination, Read, complete
from .item import Item
from .steps import Line, Step, within


class ActNode(Item):
    """Any act of the day. ``begins``: the words that it begins with."""

    __slots__ = ()

    begins: ClassVar[str]
    on: Expression | None

    @property
    @abstractmethod
    def facts(self) -> ActFacts: ...

    @property
    @abstractmethod
    def contains(self) -> tuple[Line, ...]:
        """Its steps, line by line."""

    @property
    def steps_within(self) -> Iterator[Step]:
        """All its steps, those inside others too, in the order written."""
        return within(step for line in self.contains for step in line.steps)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Receive(ActNode):
    """``receive anchor.rent into collections`` (a claim), ``receive $100m from Sponsor into collections on closing``,
    ``receive sum(loans.interest) [from P] into x [on S]``."""

    begins: ClassVar = "receive"

    amount: Expression
    source: Expression | None
    account: Name
    on: Expression | None

    @property
    def facts(self) -> ActFacts:
        reads = [Read(self.amount, "receivable", "what is received")]
        reads += [] if self.source is None else [Read(self.source, "party", "who it is received from")]
        reads += [] if self.on is None else [Read(self.on, "when", "when it is received")]
        return ActFacts(
            account=self.account,
            puts_into=(Destination(self.account),),
            settles=(),
            reduces=(),
            shares_out="nothing",
            reads=tuple(reads),
        )

    @property
    def contains(self) -> tuple[Line, ...]:
        return ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Waterfall(ActNode):
    """``waterfall revenue from collections on payment [from d] [until d] [when c | unless c]
    [notwithstanding ranking] { ... }``"""

    begins: ClassVar = "waterfall"

    name: str
    account: Name
    on: Expression
    start: Expression | None
    end: Expression | None
    guard: Expression | None
    notwithstanding_ranking: bool
    lines: tuple[Line, ...]

    @property
    def facts(self) -> ActFacts:
        reads = [Read(self.on, "when", f"what the waterfall `{self.name}` is `on`")]
        for bound in (self.start, self.end):
            reads += [] if bound is None else [Read(bound, "date", f"when the waterfall `{self.name}` begins or ends")]
        if self.guard is not None:
            reads.append(Read(self.guard, "condition", f"what the waterfall `{self.name}` waits for"))
        return ActFacts(
            account=self.account,
            puts_into=(),
            settles=(),
            reduces=(),
            shares_out="cash",
            reads=tuple(reads),
        )

    @property
    def contains(self) -> tuple[Line, ...]:
        return self.lines


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Settle(ActNode):
    """``settle hedge.premium, hedge.protection on payment [while Insurer.performing]``"""

    begins: ClassVar = "settle"

    claims: tuple[Name, ...]
    on: Expression | None
    condition: Expression | None

    @property
    def facts(self) -> ActFacts:
        reads = [] if self.on is None else [Read(self.on, "when", "when claims are settled")]
        reads += [] if self.condition is None else [Read(self.condition, "condition", "what follows `while`")]
        return ActFacts(
            account=None,
            puts_into=(),
            settles=self.claims,
            reduces=(),
            shares_out="nothing",
            reads=(*reads, *(Read(name, "claim", "what is settled") for name in self.claims)),
        )

    @property
    def contains(self) -> tuple[Line, ...]:
        return ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class AllocateLosses(ActNode):
    """``allocate losses x on payment to first_loss, then mezzanine``: instruments (their `loss`) or reductions."""

    begins: ClassVar = "allocate losses"

    amount: Expression
    on: Expression
    targets: tuple[Name, ...]

    @property
    def facts(self) -> ActFacts:
        return ActFacts(
            account=None,
            puts_into=(),
            settles=(),
            reduces=self.targets,
            shares_out="nothing",
            reads=(
                Read(self.amount, "amount", "the loss that is allocated"),
                Read(self.on, "when", "when losses are allocated"),
            ),
        )

    @property
    def contains(self) -> tuple[Line, ...]:
        return ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Reduce(ActNode):
    """``reduce x on payment { steps over reductions }``: Pay and PayProRata name reductions; When, UpTo as usual."""

    begins: ClassVar = "reduce"

    amount: Expression
    on: Expression
    steps: tuple[Step, ...]

    @property
    def facts(self) -> ActFacts:
        return ActFacts(
            account=None,
            puts_into=(),
            settles=(),
            reduces=(),
            shares_out="reductions",
            reads=(
                Read(self.amount, "amount", "what is reduced by"),
                Read(self.on, "when", "when it is reduced"),
            ),
        )

    @property
    def contains(self) -> tuple[Line, ...]:
        return (Line(label=None, steps=self.steps, span=self.span),)


AnyAct = Receive | Waterfall | Settle | AllocateLosses | Reduce

complete(ActNode, get_args(AnyAct))
