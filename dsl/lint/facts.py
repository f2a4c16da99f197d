"""What the lints know of a deal: where cash comes from and goes, which claims move, and what is read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import assert_never

import attrs

from ...engine.ir import Span
from .. import syntax
from ..names.deal import (
    AccountEntry,
    Act,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InstanceEntry,
    Model,
    PartyEntry,
    Scope,
    TriggerEntry,
    follow,
)
from ..syntax.walk import names, walk


@attrs.frozen(slots=True, eq=False)
class Guard:
    """One `when` (or a waterfall's own guard) and the branch of it that a step stands in."""

    condition: syntax.Expression
    scope: Scope
    holds: bool


@attrs.frozen(slots=True, eq=False)
class Visit:
    """One step of a waterfall, where it stands.

    ``number`` counts the steps of the deal in the order written. ``capped``: inside `up to` or `until`, so that it
    takes part of what there is; ``caps`` are those. ``shared``: the step that it shares in as a member.
    """

    step: syntax.Step
    line: syntax.Line
    act: Act
    waterfall: syntax.Waterfall
    guards: tuple[Guard, ...]
    capped: bool
    shared: syntax.Step | None
    number: int
    caps: tuple[syntax.Step, ...] = ()

    @property
    def label(self) -> str:
        return f'the step "{self.line.label}"' if self.line.label else "this step"


@attrs.frozen(slots=True, eq=False)
class Payment:
    """One claim that a step asks cash for, and the limit that it states on that."""

    claim: ClaimEntry
    name: syntax.Name
    limit: syntax.Expression | None
    visit: Visit


@attrs.frozen(slots=True, eq=False)
class Received:
    """One claim that an act takes in, or that the amount which it takes in reads.

    ``whole``: the claim itself is received, and what is paid of it is noted; else it is a figure of the amount, and
    whose cash that is the act says.
    """

    claim: ClaimEntry
    amount: syntax.Expression
    account: syntax.Name
    act: Act
    whole: bool


@attrs.frozen(slots=True, eq=False)
class Transfer:
    """Cash that may come into an account or leave it: by what, and where that is written.

    ``whole``: it may leave nothing behind (`pay rest`, `keep the rest`, `move all`, `release`). ``reserved``: it is
    held until called on (`fill`).
    """

    account: AccountEntry
    place: Span
    act: Act | None
    whole: bool = False
    reserved: bool = False
    visit: Visit | None = None


class Facts:
    """The structure of one resolved deal. Names that mean nothing, or another kind of thing, are left out."""

    def __init__(self, model: Model) -> None:
        self.model = model

    # ------------------------------------------------------------------------------------------ what names mean

    def meant(self, name: syntax.Name, scope: Scope) -> AnyEntry | None:
        found = scope.resolve(name.parts)
        return None if isinstance(found, int) or found.attribute is not None else follow(found.entry)

    def meant_by(self, node: syntax.Expression, scope: Scope) -> AnyEntry | None:
        return self.meant(node, scope) if isinstance(node, syntax.Name) else None

    def account(self, name: syntax.Name, scope: Scope) -> AccountEntry | None:
        entry = self.meant(name, scope)
        return entry if isinstance(entry, AccountEntry) else None

    def trigger(self, node: syntax.Expression, scope: Scope) -> TriggerEntry | None:
        entry = self.meant_by(node, scope)
        return entry if isinstance(entry, TriggerEntry) else None

    def claims(self, name: syntax.Name, scope: Scope) -> list[ClaimEntry]:
        """The claims that a name stands for: its own, or those of a group's members."""
        return [entry for entry in self.members(name.parts, scope) if isinstance(entry, ClaimEntry)]

    def members(self, parts: tuple[str, ...], scope: Scope, depth: int = 0) -> list[AnyEntry]:
        found = scope.resolve(parts)
        if isinstance(found, int) or depth > 50:
            return []
        entry = follow(found.entry)
        if isinstance(entry, GroupEntry):
            path = tuple(found.attribute.split(".")) if found.attribute else ()
            return [
                one
                for member in entry.item.members
                for one in self.members((*member.parts, *path), entry.scope, depth + 1)
            ]
        # `pay fee.due` names the claim all the same: the step says what is wrong with it.
        claim = isinstance(entry, ClaimEntry)
        return [entry] if found.attribute is None or claim else []

    def party(self, node: syntax.Expression | None, scope: Scope) -> PartyEntry | None:
        """The party that an expression names; the issuer where there is none."""
        if node is None:
            return self.model.issuer
        entry = self.meant_by(node, scope)
        return entry if isinstance(entry, PartyEntry) else None

    def payer(self, claim: ClaimEntry) -> PartyEntry | None:
        return self.party(claim.item.payer, claim.scope)

    def payee(self, claim: ClaimEntry) -> PartyEntry | None:
        return self.party(claim.item.payee, claim.scope)

    def owner(self, account: AccountEntry) -> PartyEntry | None:
        return self.party(account.item.owner, account.scope)

    @property
    def file(self) -> str:
        return self.model.header.span.file

    def own(self, entry: AnyEntry) -> bool:
        """Whether the deal's own text declares it, outside any component."""
        return entry.span.file == self.file and "." not in entry.name

    def place(self, entry: AnyEntry) -> Span:
        """Where the deal's own text is about an entry: its own place, or that of the instance that it stands in."""
        parts = entry.name.split(".")
        for length in range(len(parts) - 1, 0, -1):
            around = self.model.entries.get(".".join(parts[:length]))
            if isinstance(around, InstanceEntry) and around.span.file == self.file:
                return around.span
        return entry.span

    # ------------------------------------------------------------------------------------------ steps

    @cached_property
    def waterfalls(self) -> list[tuple[Act, syntax.Waterfall]]:
        return [(act, act.item) for act in self.model.acts if isinstance(act.item, syntax.Waterfall)]

    @cached_property
    def visits(self) -> list[Visit]:
        """Every step of every waterfall, in the order written, with what stands around it."""
        found: list[Visit] = []
        for act, waterfall in self.waterfalls:
            around = () if waterfall.guard is None else (Guard(waterfall.guard, act.scope, True),)
            for line in waterfall.lines:
                self._steps(line.steps, line, act, waterfall, around, (), None, found)
        return found

    def _steps(
        self,
        steps: tuple[syntax.Step, ...],
        line: syntax.Line,
        act: Act,
        waterfall: syntax.Waterfall,
        guards: tuple[Guard, ...],
        caps: tuple[syntax.Step, ...],
        shared: syntax.Step | None,
        found: list[Visit],
    ) -> None:
        for step in steps:
            capped = bool(caps) or shared is not None
            found.append(Visit(step, line, act, waterfall, guards, capped, shared, len(found), caps))
            for block in step.contains:
                inside, limits, group = guards, caps, shared
                match block:
                    case syntax.Branch():
                        inside = (*guards, Guard(block.condition, act.scope, block.holds))
                    case syntax.Capped() | syntax.Cured():
                        limits = (*caps, step)
                    case syntax.Shared():
                        group = step
                    case _:
                        assert_never(block)
                self._steps(block.steps, line, act, waterfall, inside, limits, group, found)

    @cached_property
    def tested(self) -> dict[int, set[int]]:
        """The triggers that the steps of each waterfall test, both by identity."""
        found: dict[int, set[int]] = {}
        for visit in self.visits:
            for name in visit.step.facts.tests:
                entry = self.trigger(name, visit.act.scope)
                if entry is not None:
                    found.setdefault(id(visit.waterfall), set()).add(id(entry))
        return found

    @cached_property
    def payments(self) -> list[Payment]:
        """Each claim that each step of a waterfall pays."""
        return [
            Payment(claim, asked.claim, asked.limit, visit)
            for visit in self.visits
            for asked in visit.step.facts.asks
            for claim in self.claims(asked.claim, visit.act.scope)
        ]

    @cached_property
    def received(self) -> list[Received]:
        """The claims that `receive` takes in (`receive anchor.rent`), or reads in an amount (`sum(loans.interest)`)."""
        return [
            Received(claim, read.expression, facts.account, act, self.meant_by(read.expression, act.scope) is claim)
            for act in self.model.acts
            for facts in (act.item.facts,)
            for read in facts.reads
            if read.wanted == "receivable" and facts.account is not None
            for name in names(read.expression)
            for claim in self.claims(name, act.scope)
        ]

    @cached_property
    def settled(self) -> list[tuple[ClaimEntry, syntax.Name, Act]]:
        return [
            (claim, name, act)
            for act in self.model.acts
            for name in act.item.facts.settles
            for claim in self.claims(name, act.scope)
        ]

    # ------------------------------------------------------------------------------------------ cash

    @cached_property
    def entering(self) -> list[Transfer]:
        """Where cash may come into an account from."""
        found: list[Transfer] = []
        for entry in self.model.entries.values():
            if isinstance(entry, AccountEntry):
                found.extend(Transfer(entry, amount.span, None) for amount, _ in entry.item.opens)
        for act in self.model.acts:
            for into in act.item.facts.puts_into:
                account = None if into.account is None else self.account(into.account, act.scope)
                if account is not None:
                    found.append(Transfer(account, act.item.span, act))
        for visit in self.visits:
            for into in visit.step.facts.puts_into:
                account = self.account(into.account or visit.waterfall.account, visit.act.scope)
                if account is not None:
                    reserved = into.filled is not None
                    found.append(Transfer(account, visit.step.span, visit.act, reserved=reserved, visit=visit))
        return found

    @cached_property
    def leaving(self) -> list[Transfer]:
        """How cash may leave an account."""
        found: list[Transfer] = []
        for visit in self.visits:
            for source in visit.step.facts.takes_from:
                account = self.account(source.account or visit.waterfall.account, visit.act.scope)
                if account is None:
                    continue
                match source.how:
                    case "asked":
                        whole = False
                    case "rest":
                        whole = not visit.capped
                    case "all" | "excess":
                        whole = True
                    case _:
                        assert_never(source.how)
                found.append(Transfer(account, visit.step.span, visit.act, whole, visit=visit))
        return found

    # ------------------------------------------------------------------------------------------ what is read

    @cached_property
    def read(self) -> frozenset[int]:
        """The entries (by identity) that some name of the deal means, waivers apart."""
        found: set[int] = set()
        for scope, node in self._trees():
            for name in names(node):
                self._note(name, scope, found)
            for below in walk(node):
                if isinstance(below, syntax.Call):
                    self._note(below.function, scope, found)
        # A column of parties names them row by row.
        for entry in self.model.entries.values():
            if isinstance(entry, ColumnEntry) and entry.type.base == "party":
                found.update(id(self.model.scope.find(str(name))) for name in set(entry.values))
        return frozenset(found)

    def _note(self, name: syntax.Name, scope: Scope, found: set[int]) -> None:
        for length in range(1, len(name.parts) + 1):
            target = scope.resolve(name.parts[:length])
            if isinstance(target, int):
                return
            found.add(id(target.entry))
            found.add(id(follow(target.entry)))
            if isinstance(target.entry, GroupEntry) and target.attribute is not None:
                found.update(id(one) for one in self.members(name.parts[:length], scope))

    def _trees(self) -> Iterator[tuple[Scope, object]]:
        model = self.model
        for field in model.header.fields:
            yield model.scope, field.value
        scopes = [model.scope] if model.scope.outer is None else [model.scope, model.scope.outer]
        functions = [one for scope in scopes for one in scope.names.values() if isinstance(one, FunctionEntry)]
        for entry in (*model.entries.values(), *functions):
            if isinstance(entry, PartyEntry):
                for field in entry.fields:
                    yield model.scope, field.value
            elif isinstance(entry, DefinitionEntry):
                yield entry.scope, entry.value
                if entry.on is not None:
                    yield entry.scope, entry.on
            elif isinstance(entry, InstanceEntry):
                continue
            else:
                item = getattr(entry, "item", None)
                scope = getattr(entry, "scope", None)
                if isinstance(scope, Scope) and item is not None and not isinstance(item, syntax.ComponentDeclaration):
                    yield scope, item
        for act in model.acts:
            yield act.scope, act.item
        for group in (model.rankings, model.scenarios, model.simulations, model.checks, model.reports):
            for scoped in group:
                yield scoped.scope, scoped.item


def opposite(facts: Facts, one: Guard, other: Guard) -> bool:
    """Whether two guards never hold together: one trigger (or the same text of one condition), once true, once not."""
    first, holds = _stripped(one)
    second, also = _stripped(other)
    if holds == also:
        return False
    if first is second:
        return True
    if isinstance(first, syntax.Name) and isinstance(second, syntax.Name):
        mine, theirs = facts.meant(first, one.scope), facts.meant(second, other.scope)
        return mine is not None and mine is theirs
    return False


def same(facts: Facts, one: Guard, other: Guard) -> bool:
    """Whether one guard holds whenever the other does, as far as their text says."""
    return opposite(facts, one, attrs.evolve(other, holds=not other.holds))


def _stripped(guard: Guard) -> tuple[syntax.Expression, bool]:
    node, holds = guard.condition, guard.holds
    while isinstance(node, syntax.Unary) and node.operator == "not":
        node, holds = node.operand, not holds
    return node, holds


def apart(facts: Facts, one: tuple[Guard, ...], other: tuple[Guard, ...]) -> bool:
    """Whether two steps so guarded can never both run."""
    return any(opposite(facts, mine, theirs) for mine in one for theirs in other)
