"""Steps that contain others, and all steps together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal, get_args

import attrs

from ...engine.ir import Span
from .expressions import Expression, Name
from .facts import Read, StepFacts, StepNode, complete
from .item import Citation
from .plain_steps import AnyPlainStep, then_from

# --------------------------------------------------------------------------------------------- steps inside a step


@attrs.frozen(slots=True, eq=False)
class Branch:
    """Steps that run where a condition holds, or where it does not."""

    steps: tuple[Step, ...]
    condition: Expression
    holds: bool


@attrs.frozen(slots=True, eq=False)
class Capped:
    """Steps whose sum has a limit."""

    steps: tuple[Step, ...]
    limit: Expression
    per_year: bool


@attrs.frozen(slots=True, eq=False)
class Cured:
    """Steps that pay until a condition is met."""

    steps: tuple[Step, ...]
    condition: Expression


@attrs.frozen(slots=True, eq=False)
class Shared:
    """Steps beside those of the other blocks: each block is paid a part of what there is."""

    steps: tuple[Step, ...]


Block = Branch | Capped | Cured | Shared

# --------------------------------------------------------------------------------------------- steps


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Member:
    """One member of a pro rata group: a claim, or a sequence of steps in braces; ``share`` when shares are stated
    (``60% A.interest``)."""

    steps: tuple[Step, ...]
    share: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayProRata(StepNode):
    """``pay pro rata { A.interest, B.interest }``, ``pay pro rata by balance { ... }``, ``by shares``; a group's name
    stands for its members (``pay pro rata notes.interest``). In `reduce`, members are reductions."""

    begins: ClassVar = ("pay",)

    by: Literal["due", "balance", "shares"]
    members: tuple[Member, ...]
    then_from: tuple[Name, ...] = ()

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=then_from(self.then_from),
            puts_into=(),
            asks=(),
            tests=(),
            records=(),
            reads=tuple(Read(one.share, "share", "a share") for one in self.members if one.share is not None),
        )

    @property
    def contains(self) -> tuple[Block, ...]:
        return tuple(Shared(member.steps) for member in self.members)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UpTo(StepNode):
    """``up to x [per year] { steps }``: caps the sum of its steps."""

    begins: ClassVar = ("up to",)

    limit: Expression
    per_year: bool
    steps: tuple[Step, ...]

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(),
            puts_into=(),
            asks=(),
            tests=(),
            records=(),
            reads=(Read(self.limit, "limit", "the cap"),),
        )

    @property
    def contains(self) -> tuple[Block, ...]:
        return (Capped(self.steps, self.limit, self.per_year),)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class UntilCured(StepNode):
    """``until oc >= 122.6% { pay A.sweep  pay B.sweep }``: pays what cures the ratio and no more."""

    begins: ClassVar = ("until",)

    condition: Expression
    steps: tuple[Step, ...]

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(),
            puts_into=(),
            asks=(),
            tests=(),
            records=(),
            reads=(Read(self.condition, "condition", "what is cured"),),
        )

    @property
    def contains(self) -> tuple[Block, ...]:
        return (Cured(self.steps, self.condition),)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class When(StepNode):
    """``when c { ... } otherwise { ... }``; `unless c { ... }` is When of not c."""

    begins: ClassVar = ("when", "unless")

    condition: Expression
    steps: tuple[Step, ...]
    otherwise: tuple[Step, ...]

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(),
            puts_into=(),
            asks=(),
            tests=(),
            records=(),
            reads=(Read(self.condition, "choice", "what a step waits for"),),
        )

    @property
    def contains(self) -> tuple[Block, ...]:
        return (Branch(self.steps, self.condition, True), Branch(self.otherwise, self.condition, False))


Step = AnyPlainStep | PayProRata | UpTo | UntilCured | When

complete(StepNode, get_args(Step))


def within(steps: Iterable[Step]) -> Iterator[Step]:
    """Steps and all that they contain, in the order written."""
    waiting = list(reversed(tuple(steps)))
    while waiting:
        step = waiting.pop()
        yield step
        waiting.extend(reversed([one for block in step.contains for one in block.steps]))


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Line:
    """A labelled line of a waterfall and its steps (a label may be absent: None)."""

    label: str | None
    steps: tuple[Step, ...]
    span: Span
    cite: tuple[Citation, ...] = ()
