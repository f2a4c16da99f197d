"""What steps and acts say of themselves: the words in which their classes state where cash comes from and goes.

A check, a lint or a stage of the lowering that needs to know something of a step asks the step: `step.facts`. It is
stated beside the step's class and nowhere else.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import attrs

from .expressions import Expression, Name, Node


@attrs.frozen(slots=True, eq=False)
class Source:
    """An account that cash comes from; None: the waterfall's own.

    ``how``: ``asked``, an amount or what is due; ``rest``, all that is left, unless a cap is around it; ``all``,
    everything; ``excess``, what is above the account's target.
    ``after``: taken from once the sources before it are exhausted (`then from`).
    """

    account: Name | None
    how: Literal["asked", "rest", "all", "excess"]
    after: bool = False


@attrs.frozen(slots=True, eq=False)
class Destination:
    """An account that cash goes into; None: the waterfall's own. ``filled``: it is a reserve, which is filled up to its
    target or to an amount and holds that until called on; None: it takes what comes."""

    account: Name | None
    filled: Literal["to its target", "to an amount"] | None = None


@attrs.frozen(slots=True, eq=False)
class Asked:
    """A claim that cash is asked for (in `reduce`, a reduction), and the limit stated on it alone."""

    claim: Name
    limit: Expression | None


@attrs.frozen(slots=True, eq=False)
class Read:
    """An expression and what is wanted of it; ``said`` names it in a message.

    ``amount``: one figure of money in the account's currency. ``limit``: the same, or such a figure per year.
    ``choice``: a condition that is one figure. ``party``: of a step, whom it pays without a claim. ``receivable``: an
    amount or a claim.
    """

    expression: Expression
    wanted: Literal[
        "amount", "limit", "share", "party", "condition", "choice", "when", "date", "claim", "receivable", "anything"
    ]
    said: str


@attrs.frozen(slots=True, eq=False, kw_only=True)
class StepFacts:
    """What a step does by itself; what the steps inside it do is theirs to say. Nothing here has a default: a step that
    leaves a question open does not pass the type check, nor can it be asked.

    The names must be of their kind: of accounts in `takes_from` and `puts_into`, of claims in `asks`, and so on.
    """

    takes_from: tuple[Source, ...]
    """The accounts that cash comes from, in that order."""
    puts_into: tuple[Destination, ...]
    """The accounts that cash goes into."""
    asks: tuple[Asked, ...]
    """The claims that it pays."""
    tests: tuple[Name, ...]
    """The triggers that it tests."""
    records: tuple[Name, ...]
    """The definitions that it fixes."""
    reads: tuple[Read, ...]
    """The expressions in it, but for the limits of what it asks."""

    @property
    def pays_to(self) -> Expression | None:
        """The party that it pays without a claim."""
        return next((read.expression for read in self.reads if read.wanted == "party"), None)


class StepNode(Node):
    """Any step. ``begins``: the words that it may begin with, as the grammar has them."""

    __slots__ = ()

    begins: ClassVar[tuple[str, ...]]

    @property
    @abstractmethod
    def facts(self) -> StepFacts: ...


class PlainStep(StepNode):
    """A step that contains no others."""

    __slots__ = ()

    @property
    def contains(self) -> tuple[()]:
        return ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ActFacts:
    """What an act of the day does by itself; what its steps do is theirs to say. Nothing here has a default."""

    account: Name | None
    """The account that its cash comes into or goes out of: the own account of its steps."""
    puts_into: tuple[Destination, ...]
    """The accounts that cash goes into from outside."""
    settles: tuple[Name, ...]
    """The claims that their payers pay by it, through no account."""
    reduces: tuple[Name, ...]
    """The reductions that it makes."""
    shares_out: Literal["cash", "reductions", "nothing"]
    """What its steps share out: where that is reductions, what they ask for are reductions and no claims."""
    reads: tuple[Read, ...]
    """The expressions in it."""


def complete(base: type[Any], kinds: Iterable[type[Any]]) -> None:
    """Refuse a class that says nothing of itself, or that the union of its kind leaves out."""
    named: set[str] = set()
    for kind in kinds:
        named.add(kind.__name__)
        silent = [fact for fact in ("begins", "facts") if getattr(kind, fact, None) is getattr(base, fact, None)]
        if silent:
            raise TypeError(f"`{kind.__name__}` does not state its {' and its '.join(silent)}")
    waiting = base.__subclasses__()
    while waiting:
        kind = waiting.pop()
        if attrs.has(kind) and kind.__name__ not in named and "begins" in vars(kind):
            raise TypeError(f"`{kind.__name__}` is not in the union of its kind")
        waiting.extend(kind.__subclasses__())
