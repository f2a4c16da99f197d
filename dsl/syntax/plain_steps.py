"""Steps that contain no others, and beside each class what it is: see `StepFacts`."""

from __future__ import annotations

from typing import ClassVar

import attrs

from .expressions import Expression, Name
from .facts import Asked, Destination, PlainStep, Read, Source, StepFacts

OWN = Source(None, "asked")
"""What is asked for comes from the waterfall's own account."""


def then_from(names: tuple[Name, ...]) -> tuple[Source, ...]:
    """The waterfall's own account, and those that follow once it is exhausted."""
    return (OWN, *(Source(name, "asked", after=True) for name in names))


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Pay(PlainStep):
    """``pay senior.interest[, then from dsra[, reserve2]] [up to x [per year]]``"""

    begins: ClassVar = ("pay",)

    claim: Name
    then_from: tuple[Name, ...] = ()
    cap: Expression | None = None
    cap_per_year: bool = False

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=then_from(self.then_from),
            puts_into=(),
            asks=(Asked(self.claim, self.cap),),
            tests=(),
            records=(),
            reads=(),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayRest(PlainStep):
    """``pay rest to Sponsor``"""

    begins: ClassVar = ("pay",)

    party: Expression

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(Source(None, "rest"),),
            puts_into=(),
            asks=(),
            tests=(),
            records=(),
            reads=(Read(self.party, "party", "who the rest is paid to"),),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PayParty(PlainStep):
    """``pay $5m to Sponsor`` : an amount that no claim states; it is owed once, lapses, and ranks nowhere."""

    begins: ClassVar = ("pay",)

    amount: Expression
    party: Expression

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(OWN,),
            puts_into=(),
            asks=(),
            tests=(),
            records=(),
            reads=(Read(self.amount, "amount", "what is paid"), Read(self.party, "party", "who is paid")),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Fill(PlainStep):
    """``fill dsra``: up to its target; ``fill dsra up to x``."""

    begins: ClassVar = ("fill",)

    account: Name
    cap: Expression | None = None

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(OWN,),
            puts_into=(Destination(self.account, "to its target" if self.cap is None else "to an amount"),),
            asks=(),
            tests=(),
            records=(),
            reads=() if self.cap is None else (Read(self.cap, "limit", "the cap"),),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class FillProRata(PlainStep):
    """``fill pro rata { senior_dsra, junior_dsra }``: each up to its target, by what each lacks of it."""

    begins: ClassVar = ("fill",)

    accounts: tuple[Name, ...]

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(OWN,),
            puts_into=tuple(Destination(name, "to its target") for name in self.accounts),
            asks=(),
            tests=(),
            records=(),
            reads=(),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Release(PlainStep):
    """``release dsra``: what it holds above its target goes to the waterfall's account (or ``to other``)."""

    begins: ClassVar = ("release",)

    account: Name
    to: Name | None = None

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(Source(self.account, "excess"),),
            puts_into=(Destination(self.to),),
            asks=(),
            tests=(),
            records=(),
            reads=(),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Move(PlainStep):
    """``move all of dsra, trap to collections`` (amount None) or ``move $5m of dsra to collections``."""

    begins: ClassVar = ("move",)

    amount: Expression | None
    sources: tuple[Name, ...]
    to: Name

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=tuple(Source(name, "all" if self.amount is None else "asked") for name in self.sources),
            puts_into=(Destination(self.to),),
            asks=(),
            tests=(),
            records=(),
            reads=() if self.amount is None else (Read(self.amount, "amount", "what is moved"),),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Keep(PlainStep):
    """``keep the rest in trap``"""

    begins: ClassVar = ("keep the rest in",)

    account: Name

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(Source(None, "rest"),),
            puts_into=(Destination(self.account),),
            asks=(),
            tests=(),
            records=(),
            reads=(),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Record(PlainStep):
    """``record cfads, dscr``"""

    begins: ClassVar = ("record",)

    names: tuple[Name, ...]

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(),
            puts_into=(),
            asks=(),
            tests=(),
            records=self.names,
            reads=tuple(Read(name, "anything", "what is recorded") for name in self.names),
        )


@attrs.frozen(slots=True, eq=False, kw_only=True)
class TestTrigger(PlainStep):
    """``test lockup``"""

    begins: ClassVar = ("test",)

    trigger: Name

    @property
    def facts(self) -> StepFacts:
        return StepFacts(
            takes_from=(),
            puts_into=(),
            asks=(),
            tests=(self.trigger,),
            records=(),
            reads=(),
        )


AnyPlainStep = Pay | PayRest | PayParty | Fill | FillProRata | Release | Move | Keep | Record | TestTrigger
