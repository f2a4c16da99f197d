"""Stakes: who owns whom through whom, who consolidates whom, and the debt that a parent answers for.

A parent consolidates what it controls: a company more than half of which is held by the parent and the companies
that it controls (IFRS 10 and ASC 810 begin with a majority of votes; what else gives control is for the deal to say,
by the share that it states). Look-through is proportionate: the product of the shares along each chain of stakes,
summed over chains.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import attrs

from ....engine.ir import Operand, Span
from ...messages.diagnostics import Label
from ...names.deal import PartyEntry
from ..building.builder import FALSE, ONE, TRUE, ZERO, number
from ..context.values import NotLowered, TableValue, Value
from .figures import GraphFigures

DEBT = ("debt",)
"""The kinds of edges that are debt in a leverage."""


def ownership_order(figures: GraphFigures, span: Span) -> list[PartyEntry]:
    """Parties so that each company stands before its owners. Stakes that lead round in a ring are refused."""
    graph = figures.graph
    parties = {id(party): party for party in graph.parties}
    owned: dict[int, list[int]] = {key: [] for key in parties}
    for one in graph.stated("owns"):
        owned[id(one.subject)].append(id(one.object))
    try:
        return [parties[key] for key in TopologicalSorter(owned).static_order()]
    except CycleError as error:
        ring = [parties[key] for key in error.args[1]]
    stakes = [
        next(one for one in graph.stated("owns", company) if one.subject is owner) for company, owner in pairwise(ring)
    ]
    figures.low.collector.error(
        "E0267",
        f"`{ring[0].name}` holds a stake in itself through others",
        stakes[0].entry.span,
        label="the ring begins here",
        others=(*(Label(one.entry.span, "and goes on") for one in stakes[1:]), Label(span, "this looks through it")),
        help="net the cross-holding, and state what is held from outside",
        notes=(" is held by ".join(party.name for party in ring),),
    )
    raise NotLowered


@attrs.define(eq=False)
class Holdings:
    """What one party holds, directly and through others. Shares and control by the identity of the company."""

    figures: GraphFigures
    parent: PartyEntry
    span: Span
    share: dict[int, Operand] = attrs.field(init=False)
    control: dict[int, Operand] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        builder = self.figures.low.builder
        self.share = {id(self.parent): ONE}
        self.control = {id(self.parent): TRUE}
        for company in reversed(ownership_order(self.figures, self.span)):
            if company is self.parent:
                continue
            share: Operand = ZERO
            held: Operand = ZERO
            for one in self.figures.graph.stated("owns", company):
                if id(one.subject) not in self.share:
                    continue
                part = self.figures.amount(one)
                share = builder.add(share, builder.multiply(self.share[id(one.subject)], part))
                held = builder.add(held, builder.select(self.control[id(one.subject)], part, ZERO))
            if share != ZERO:
                self.share[id(company)] = share
                self.control[id(company)] = builder.emit("less", number(Fraction(1, 2)), held)

    def share_of(self, party: PartyEntry) -> Operand:
        return self.share.get(id(party), ZERO)

    def controls(self, party: PartyEntry) -> Operand:
        return self.control.get(id(party), FALSE)

    # ------------------------------------------------------------------------------------------ debt

    def creditors(self, party: PartyEntry) -> list[PartyEntry]:
        return self.figures.graph.creditors(party, DEBT)

    def debt(self, party: PartyEntry) -> Operand:
        """What a party owes others, at the close of each date."""
        return self.figures.low.builder.sum(
            [self.figures.exposure(creditor, party, DEBT) for creditor in self.creditors(party)]
        )

    def consolidated(self, party: PartyEntry) -> Operand:
        """Of a company's debt what its parent's accounts show: all of it where it is controlled, save what it owes
        within the group."""
        builder = self.figures.low.builder
        total: Operand = ZERO
        for creditor in self.creditors(party):
            shown = builder.both(self.controls(party), builder.negated(self.controls(creditor)))
            total = builder.add(total, builder.select(shown, self.figures.exposure(creditor, party, DEBT), ZERO))
        return total

    def look_through(self, party: PartyEntry) -> Operand:
        """The parent's share of a company's debt, less its share of what is owed to companies that it holds too."""
        builder = self.figures.low.builder
        share = self.share_of(party)
        total: Operand = ZERO
        for creditor in self.creditors(party):
            own = builder.subtract(share, builder.minimum(share, self.share_of(creditor)))
            total = builder.add(total, builder.multiply(own, self.figures.exposure(creditor, party, DEBT)))
        return total

    def guaranteed(self, party: PartyEntry) -> Operand:
        """Of a party's debt what the parent and the companies that it controls guarantee, where they do not
        consolidate it. Several guarantees of one debt never come to more than the debt."""
        builder = self.figures.low.builder
        total: Operand = ZERO
        for one in self.figures.graph.stated("guarantees", party):
            debt = builder.sum(
                [
                    self.figures.exposure(creditor, party, DEBT)
                    for creditor in self.creditors(party)
                    if creditor is not one.subject and one.beneficiary in (None, creditor)
                ]
            )
            limit = self.figures.limit(one)
            if limit is not None:
                debt = builder.minimum(debt, limit)
            counts = builder.both(self.controls(one.subject), builder.negated(self.controls(party)))
            total = builder.add(total, builder.select(counts, debt, ZERO))
        return builder.minimum(total, self.debt(party)) if total != ZERO else ZERO

    def everywhere(self, of: Callable[[PartyEntry], Operand]) -> Operand:
        """The sum of one of these over all parties of the graph."""
        return self.figures.low.builder.sum([of(party) for party in self.figures.graph.parties])


def table_of_leverage(holdings: Holdings) -> TableValue:
    """A row a party whose debt the parent answers for: its own, that of what it holds, that which it guarantees. Each
    figure is at its highest over the life, the sums in the last row too."""
    figures = holdings.figures
    low = figures.low
    money = low.model.currency
    rows: list[tuple[str | Value, ...]] = []

    def line(name: str, share: Value, controlled: Value, amounts: list[Operand]) -> None:
        rows.append((name, share, controlled, *(Value(figures.highest(one)) for one in amounts)))

    for party in figures.graph.parties:
        amounts = [
            holdings.debt(party),
            holdings.consolidated(party),
            holdings.look_through(party),
            holdings.guaranteed(party),
        ]
        if party is holdings.parent or id(party) in holdings.share or amounts[3] != ZERO:
            controlled = holdings.controls(party)
            if low.builder.traits(controlled).date:
                controlled = low.builder.emit("any_date", controlled)
            share = Value(figures.highest(holdings.share_of(party)))
            line(party.name, share, Value(controlled), amounts)
    line(
        "all",
        Value(ZERO, FALSE),
        Value(FALSE, FALSE),
        [
            ZERO,
            holdings.everywhere(holdings.consolidated),
            holdings.everywhere(holdings.look_through),
            holdings.everywhere(holdings.guaranteed),
        ],
    )
    rows[-1] = (*rows[-1][:3], Value(ZERO, FALSE), *rows[-1][4:])
    columns = (
        ("party", ""),
        ("share", "%"),
        ("controlled", "condition"),
        ("debt", money),
        ("consolidated", money),
        ("look-through", money),
        ("guaranteed", money),
    )
    return TableValue("leverage", columns, tuple(rows))
