"""The graph of parties: who pays, owns, owes or guarantees whom, known from the text of a deal alone.

An edge goes in the direction in which cash goes: from who pays to who is paid, from an owner to what it owns, from a
guarantor to whom it guarantees. Claims, receipts and stated relations of one kind between the same two parties are
one edge with several sources. What an edge comes to varies by scenario and is lowered in `lowering/parties/figures.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    ComponentEntry,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    Model,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)

KINDS = (
    "equity",
    "supply",
    "sales",
    "debt",
    "interest",
    "warrants",
    "guarantee",
    "revenue_share",
    "rent",
    "fee",
    "hedge",
    "operating",
    "receipt",
    "distribution",
    "payment",
)
"""The kinds of edges that the language names. A claim's `kind` may be any other word too."""

RELATION_KINDS = {"owns": "equity", "guarantees": "guarantee", "protects": "hedge", "owes": "debt"}
"""The kind of a relation that does not state one."""

EQUITY = "equity"
"""The instrument that equity, what a party puts into an account and what is distributed to it are together."""

MOST_CIRCLES = 1_000
"""Circles that a deal may list: more of them than that say no more than that everybody deals with everybody."""

MOST_LISTED = 8_000
"""Edges of all the circles that a deal may list."""

MOST_STEPS = 200_000
"""Edges walked in search of circles, at most."""


class TooManyCircles(Exception):
    """The graph has more circles than are listed."""


@attrs.frozen(slots=True, eq=False)
class Relation:
    """A relation with the parties that it names; ``row`` is that of its family, where it is made a row each."""

    entry: RelationEntry
    subject: PartyEntry
    object: PartyEntry
    beneficiary: PartyEntry | None
    name: str
    row: int | None = None

    @property
    def item(self) -> syntax.RelationDeclaration:
        return self.entry.item


@attrs.frozen(slots=True, eq=False)
class Source:
    """What makes an edge, or a part of one. ``form`` "receipt" and "distribution": what acts that name no claim move,
    gathered for the two parties. ``contract``: the instrument that it belongs to, else its own name."""

    form: str  # claim | receipt | distribution | owns | guarantees | protects | owes | pays
    name: str
    contract: str
    span: Span
    claim: ClaimEntry | None = None
    relation: Relation | None = None
    account: AccountEntry | None = None

    @property
    def currency(self) -> str:
        """As the account of a receipt states it; empty for the deal's own, and for all else."""
        stated = None if self.account is None else self.account.item.currency
        return stated.text if isinstance(stated, syntax.Name) else ""


@attrs.frozen(slots=True, eq=False)
class Edge:
    """Cash of one kind from one party to another."""

    payer: PartyEntry
    payee: PartyEntry
    kind: str
    sources: tuple[Source, ...]

    @property
    def words(self) -> str:
        return f"{self.payer.name} -> {self.payee.name}, {self.kind}"


Circle = tuple[Edge, ...]


@attrs.define(slots=False, eq=False)
class Graph:
    """The edges of a deal, in the order of their first source in the text."""

    model: Model
    edges: tuple[Edge, ...] = ()
    relations: tuple[Relation, ...] = ()
    _circles: dict[tuple[int | None, tuple[str, ...]], list[Circle]] = attrs.Factory(dict)

    @cached_property
    def parties(self) -> tuple[PartyEntry, ...]:
        """The parties that some edge or relation touches, in the order declared."""
        touched = {id(party) for edge in self.edges for party in (edge.payer, edge.payee)}
        for one in self.relations:
            touched.update(id(party) for party in (one.subject, one.object, one.beneficiary) if party is not None)
        return tuple(e for e in self.model.entries.values() if isinstance(e, PartyEntry) and id(e) in touched)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(edge.kind for edge in self.edges))

    @cached_property
    def _stated(self) -> dict[str, list[Relation]]:
        found: dict[str, list[Relation]] = {}
        for one in self.relations:
            found.setdefault(one.item.verb, []).append(one)
        return found

    @cached_property
    def _about(self) -> dict[tuple[str, int], list[Relation]]:
        found: dict[tuple[str, int], list[Relation]] = {}
        for one in self.relations:
            found.setdefault((one.item.verb, id(one.object)), []).append(one)
        return found

    @cached_property
    def _between(self) -> dict[tuple[int, int], list[Edge]]:
        found: dict[tuple[int, int], list[Edge]] = {}
        for edge in self.edges:
            found.setdefault((id(edge.payer), id(edge.payee)), []).append(edge)
        return found

    @cached_property
    def _leaving(self) -> dict[int, list[Edge]]:
        found: dict[int, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(id(edge.payer), []).append(edge)
        return found

    def stated(self, verb: str, about: PartyEntry | None = None) -> Sequence[Relation]:
        """The relations of a verb, or those of them whose object is a party (what is owned, guaranteed, insured)."""
        if about is not None:
            return self._about.get((verb, id(about)), ())
        return self._stated.get(verb, ())

    def between(self, payer: PartyEntry, payee: PartyEntry) -> Sequence[Edge]:
        return self._between.get((id(payer), id(payee)), ())

    def creditors(self, debtor: PartyEntry, kinds: Sequence[str] = ()) -> list[PartyEntry]:
        """Whom edges (of some kinds) lead to from a party, itself apart."""
        edges = self._leaving.get(id(debtor), ())
        found = {id(e.payee): e.payee for e in edges if e.payee is not debtor and (not kinds or e.kind in kinds)}
        return list(found.values())

    def circles(self, most: int | None = None, kinds: Sequence[str] = ()) -> list[Circle]:
        """Closed walks over edges in the direction of the cash, no party twice, at most so many edges long.

        What an instrument pays back (a loan and its repayment, equity and its distributions) is no circle by itself.
        Each circle begins with the party declared first; shorter ones come first. Raises `TooManyCircles`.
        """
        key = most, tuple(kinds)
        if key not in self._circles:
            self._circles[key] = self._search(most, key[1])
        return self._circles[key]

    def _search(self, most: int | None, kinds: tuple[str, ...]) -> list[Circle]:
        order = {id(party): place for place, party in enumerate(self.parties)}
        leaving: dict[int, list[Edge]] = {}
        entering: dict[int, list[int]] = {}
        for edge in self.edges:
            if edge.payer is not edge.payee and (not kinds or edge.kind in kinds):
                leaving.setdefault(order[id(edge.payer)], []).append(edge)
                entering.setdefault(order[id(edge.payee)], []).append(order[id(edge.payer)])
        longest = len(order) if most is None else min(most, len(order))
        found: list[Circle] = []
        steps = listed = 0
        for start in range(len(order)):
            # Only what still leads back to the start within the length left is walked: each step is towards a circle.
            home = _distances(entering, start, longest)
            if start not in leaving:
                continue
            path: list[Edge] = []
            inside = {start}
            stack: list[Iterator[Edge]] = [iter(leaving[start])]
            while stack:
                following = next(stack[-1], None)
                if following is None:
                    stack.pop()
                    if path:
                        inside.discard(order[id(path.pop().payee)])
                    continue
                edge = following
                steps += 1
                if steps > MOST_STEPS:
                    raise TooManyCircles
                to = order[id(edge.payee)]
                if to == start:
                    circle = (*path, edge)
                    if len(circle) > 2 or self._several(circle):
                        found.append(circle)
                        listed += len(circle)
                        if len(found) > MOST_CIRCLES or listed > MOST_LISTED:
                            raise TooManyCircles
                elif to not in inside and len(path) + 1 + home.get(to, longest + 1) <= longest:
                    path.append(edge)
                    inside.add(to)
                    stack.append(iter(leaving.get(to, ())))
        found.sort(key=len)
        return found

    def _several(self, circle: Circle) -> bool:
        """Whether a circle of two edges is more than instruments that each pay back what they took: two different ones
        of which one goes that way alone. Equity and the distributions on it are one instrument."""
        there, back = circle
        forth = _contracts(self.between(there.payer, there.payee))
        home = _contracts(self.between(back.payer, back.payee))
        return any(
            one != other and (one not in home or other not in forth)
            for one in _contracts((there,))
            for other in _contracts((back,))
        )


def _contracts(edges: Iterable[Edge]) -> set[str]:
    return {source.contract for edge in edges for source in edge.sources}


def _distances(entering: dict[int, list[int]], start: int, longest: int) -> dict[int, int]:
    """From each party the fewest edges to the start, over parties that are not declared before it."""
    found = {start: 0}
    edge = [start]
    for distance in range(1, longest + 1):
        edge = [before for at in edge for before in dict.fromkeys(entering.get(at, ())) if before >= start]
        edge = [before for before in dict.fromkeys(edge) if before not in found]
        found.update(dict.fromkeys(edge, distance))
        if not edge:
            break
    return found


def graph_of(model: Model) -> Graph:
    """The graph of a deal. What does not name a party has been reported, or will be, and makes no edge."""
    found: dict[tuple[int, int, str], tuple[PartyEntry, PartyEntry, list[Source]]] = {}
    relations: list[Relation] = []
    instruments = _instrument_kinds(model)

    def add(payer: PartyEntry | None, payee: PartyEntry | None, kind: str, source: Source) -> None:
        if payer is None or payee is None:
            return
        sources = found.setdefault((id(payer), id(payee), kind), (payer, payee, []))[2]
        # Acts are gathered for the two parties: one source of a form, and another where the account's currency differs.
        gathered = source.form in ("receipt", "distribution")
        if not gathered or not any(one.form == source.form and one.currency == source.currency for one in sources):
            sources.append(source)

    for entry in model.entries.values():
        match entry:
            case ClaimEntry():
                payer = model.issuer if entry.item.payer is None else _party(entry.item.payer, entry.scope)
                payee = model.issuer if entry.item.payee is None else _party(entry.item.payee, entry.scope)
                contract = entry.name.partition(".")[0]
                kind = entry.item.kind or instruments.get(contract) or "payment"
                contract = EQUITY if kind == EQUITY else contract
                add(payer, payee, kind, Source("claim", entry.name, contract, entry.span, claim=entry))
            case RelationEntry():
                for one in _relations(model, entry):
                    relations.append(one)
                    kind = entry.item.kind or RELATION_KINDS[entry.item.verb]
                    payer, payee = _direction(one)
                    contract = EQUITY if kind == EQUITY else one.name
                    add(payer, payee, kind, Source(entry.item.verb, one.name, contract, entry.span, relation=one))
            case AccountEntry():
                for _, name in entry.item.opens:
                    if name is not None:
                        taker = _owner(model, entry)
                        source = Source("receipt", f"opening of {entry.name}", EQUITY, entry.span, account=entry)
                        add(_party(name, entry.scope), taker, "receipt", source)
            case (
                PartyEntry()
                | ScheduleEntry()
                | DaycountEntry()
                | DefinitionEntry()
                | ColumnEntry()
                | InputEntry()
                | StateEntry()
                | ReductionEntry()
                | TriggerEntry()
                | WaterfallEntry()
                | FunctionEntry()
                | GroupEntry()
                | InstanceEntry()
                | CurveEntry()
                | ComponentEntry()
            ):
                pass
            case _:
                assert_never(entry)
    for act in model.acts:
        for payer, payee, kind, span, account in _acted(model, act):
            add(payer, payee, kind, Source(kind, kind, EQUITY, span, account=account))
    edges = tuple(Edge(payer, payee, kind, tuple(sources)) for (_, _, kind), (payer, payee, sources) in found.items())
    return Graph(model, edges, tuple(relations))


def _instrument_kinds(model: Model) -> dict[str, str]:
    """The kind of an instrument's claims that state none: that of the first of its claims that does."""
    found: dict[str, str] = {}
    for entry in model.entries.values():
        if isinstance(entry, ClaimEntry) and entry.item.kind is not None:
            contract, _, inside = entry.name.partition(".")
            if inside and isinstance(model.entries.get(contract), InstanceEntry):
                found.setdefault(contract, entry.item.kind)
    return found


def _direction(one: Relation) -> tuple[PartyEntry, PartyEntry]:
    """Payer and payee of a relation's edge."""
    if one.item.verb == "protects" and one.beneficiary is not None:
        return one.subject, one.beneficiary
    return one.subject, one.object


def _relations(model: Model, entry: RelationEntry) -> Iterator[Relation]:
    """A relation, or one for each row of its family: a column names the parties."""
    item = entry.item
    family = next((one for one in model.families if one.name == entry.family), None)
    for row in (None,) if family is None else range(len(family.labels)):
        name = entry.name if family is None or row is None else f"{entry.name} {family.labels[row]}"
        subject, other, beneficiary = (
            None if one is None else _party(one, entry.scope, model, row)
            for one in (item.subject, item.object, item.beneficiary)
        )
        if subject is not None and other is not None and (item.beneficiary is None or beneficiary is not None):
            yield Relation(entry, subject, other, beneficiary, name, row)


_Moved = tuple[PartyEntry | None, PartyEntry | None, str, Span, AccountEntry | None]


def _acted(model: Model, act: Act) -> Iterator[_Moved]:
    """Cash that an act moves between parties without a claim, and the account that it comes into or out of."""
    item = act.item
    named = item.facts.account
    account = None if named is None else _account(named, act.scope)
    owner = None if account is None else _owner(model, account)
    if isinstance(item, syntax.Receive) and item.source is not None and not _is_claim(item.amount, act.scope):
        yield _party(item.source, act.scope), owner, "receipt", item.span, account
    if item.facts.shares_out == "cash":
        for step in item.steps_within:
            paid = step.facts.pays_to
            if paid is not None:
                yield owner, _party(paid, act.scope), "distribution", step.span, account


def _is_claim(amount: syntax.Expression, scope: Scope) -> bool:
    """Whether a receipt is of a claim, which is an edge of its own."""
    if not isinstance(amount, syntax.Name):
        return False
    found = scope.resolve(amount.parts)
    return not isinstance(found, int) and found.attribute is None and isinstance(follow(found.entry), ClaimEntry)


def _account(name: syntax.Name, scope: Scope) -> AccountEntry | None:
    found = scope.resolve(name.parts)
    entry: AnyEntry | None = None if isinstance(found, int) else follow(found.entry)
    return entry if isinstance(entry, AccountEntry) else None


def _owner(model: Model, entry: AccountEntry) -> PartyEntry | None:
    return model.issuer if entry.item.owner is None else _party(entry.item.owner, entry.scope)


def _party(
    expression: syntax.Expression, scope: Scope, model: Model | None = None, row: int | None = None
) -> PartyEntry | None:
    """The party that a name stands for; of a column, the one that a row names."""
    if not isinstance(expression, syntax.Name):
        return None
    found = scope.resolve(expression.parts)
    if isinstance(found, int) or found.attribute is not None:
        return None
    entry = follow(found.entry)
    if isinstance(entry, ColumnEntry) and model is not None and row is not None:
        named = model.scope.find(str(entry.values[row]))
        return named if isinstance(named, PartyEntry) else None
    return entry if isinstance(entry, PartyEntry) else None
