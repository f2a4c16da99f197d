"""What the edges of the graph of parties come to: paid along them, owed along them, stated for them.

All of it is ordinary equations over the day's figures: sums and extremes over dates, so that every size varies by
scenario as the deal does.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

import attrs

from ....engine.ir import Literal, Operand, Span
from ... import syntax
from ...messages.diagnostics import Collector, Diagnostic
from ...names.deal import AnyEntry, DefinitionEntry, PartyEntry, Resolved, StateEntry
from ...parties.graph import MOST_CIRCLES, Circle, Edge, Graph, Relation, Source, TooManyCircles, graph_of
from ..building.builder import FALSE, TRUE, ZERO, number
from ..context.dispatch import read_entry, value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.trail import Trail
from ..context.values import NotLowered, Value
from ..credit.curve_entries import curve_of
from ..measures.instruments import paid as paid_of_claim
from ..measures.measures import last, series_total

T = TypeVar("T")

MOST_ROWS = 1_000
"""Rows of a family of relations: each is an edge's source with equations of its own."""


def graph_figures(low: Lowering) -> GraphFigures:
    """The figures of the deal's graph, made when first asked for."""
    return low.memory.once(GraphFigures, lambda: GraphFigures(low, graph_of(low.model)))


def asked_afterwards(collector: Collector, span: Span, moment: Moment) -> None:
    """The graph holds all that is paid over the life: no step and no claim can wait for it."""
    if moment.kind != "elsewhere":
        collector.error(
            "E0268",
            "this is a figure of the whole life of the deal, and is read in the course of it",
            span,
            label="not known yet",
            help="ask it in a report, a `require` or an `expect`; the day reads `x.paid`, `x.balance` and terms",
        )
        raise NotLowered


def afterwards(trail: Trail, ask: Callable[[], T]) -> T:
    """A figure of the whole life: what it reads of single dates makes no reader change in the course of a day."""
    trail.tracking.append(set())
    trail.tracked_clocks.append(set())
    try:
        return ask()
    finally:
        trail.tracking.pop()
        trail.tracked_clocks.pop()


def is_balance(state: StateEntry) -> bool:
    """Whether a state is what an instrument owes: it is called its balance."""
    word = state.name.rsplit(".", 1)[-1]
    return word == "balance" or word.endswith("_balance")


@attrs.define(eq=False)
class GraphFigures:
    """Sizes of edges. ``balances``: the balance that a claim repays, each counted with the first claim that does."""

    low: Lowering
    graph: Graph
    balances: dict[str, StateEntry] = attrs.field(init=False)
    _sizes: dict[int, Value] = attrs.Factory(dict)
    _smallest: dict[int, tuple[Value, Value]] = attrs.Factory(dict)

    def __attrs_post_init__(self) -> None:
        self.balances = {}
        taken: set[int] = set()
        for edge in self.graph.edges:
            for source in edge.sources:
                if source.form != "claim":
                    continue
                for state, sign in self.low.acts.movers.get(source.name, ()):
                    # A balance is what an instrument owes; what a draw lowers (a commitment left) is no debt.
                    if sign < 0 and is_balance(state) and id(state) not in taken:
                        taken.add(id(state))
                        self.balances[source.name] = state

    @property
    def moment(self) -> Moment:
        return Moment("elsewhere", self.low.every)

    # ------------------------------------------------------------------------------------------ amounts of a source

    def in_currency(self, source: Source) -> None:
        """Sizes are in the deal's currency: what is in another has none."""
        low = self.low
        own = low.model.currency
        found = source.currency or own
        if source.claim is not None:
            found = low.types.entry_type(source.claim).currency or own
        if found != own:
            low.collector.again(
                ("E0271", source.name),
                Diagnostic(
                    "E0271",
                    f"`{source.name}` is in {found}, and the graph of parties is in {own}",
                    source.span,
                    label=f"in {found}",
                    help=f"claim it in {own}: `exchange(x, rate)`, at a rate that the deal states",
                ),
            )
            raise NotLowered

    def paid(self, source: Source, edge: Edge) -> Operand:
        """All that was paid along a source, one figure a scenario; of `pays`, what it states."""
        self.in_currency(source)
        match source.form:
            case "claim" if source.claim is not None:
                return series_total(self.low.every, self.low.builder, paid_of_claim(self.low, source.claim))
            case "receipt" | "distribution":
                key = Figure(source.form)(f"{edge.payer.name} -> {edge.payee.name}")
                return series_total(self.low.every, self.low.builder, self.low.closes(key, ZERO))
            case "pays":
                return self.highest(self.stated(source))
            case _:
                return ZERO

    def owed(self, source: Source) -> Operand:
        """What is owed along a source at the close of each date: the balance that its claim repays, what is due and
        was not paid and carries, the debt that it states."""
        low = self.low
        self.in_currency(source)
        if source.form == "owes":
            return self.stated(source)
        claim = source.claim
        if claim is None:
            return ZERO
        state = self.balances.get(source.name)
        if state is not None:
            return self.one(low.closes(Figure.STATE(state.name), low.day.opening[Figure.STATE(state.name)]))
        rule = claim.item.unpaid
        counted = any(sign < 0 and is_balance(one) for one, sign in low.acts.movers.get(source.name, ()))
        if rule is None or rule.form not in ("carries", "written_off") or counted or claim.item.due is None:
            return ZERO
        like: Operand = ZERO if claim.family is None else low.builder.placeholder_like(claim.family)
        return self.one(low.closes(Figure.CARRIED(source.name), like))

    def stated(self, source: Source) -> Operand:
        """The amount of a relation, where it is determined; else nothing."""
        if source.relation is None:
            raise NotLowered
        return self.amount(source.relation)

    def amount(self, relation: Relation) -> Operand:
        """The share or the sum that a relation states, where it is determined; else nothing."""
        return ZERO if relation.item.amount is None else self._of_row(relation.item.amount, relation)

    def limit(self, relation: Relation) -> Operand | None:
        """What a guarantee or protection goes up to; None: all of it."""
        return None if relation.item.limit is None else self._of_row(relation.item.limit, relation)

    def _of_row(self, node: syntax.Expression, relation: Relation) -> Operand:
        low, builder = self.low, self.low.builder
        found = value_of(low, node, relation.entry.scope, self.moment)
        operand = builder.select(found.determined, found.operand, ZERO)
        if operand.rows is None or relation.row is None:
            return operand
        rows = next(len(one.labels) for one in low.model.families if one.name == operand.rows)
        if rows > MOST_ROWS:
            low.collector.error(
                "E0270",
                f"the relation `{relation.item.name}` has {rows:,} rows",
                relation.entry.span,
                label=f"more than {MOST_ROWS:,} edges of one family",
                help="sum the rows of each pair of parties first",
            )
            raise NotLowered
        chosen = tuple(Fraction(at == relation.row) for at in range(rows))
        mask = builder.table(f"row {relation.row + 1}", ("row",), chosen, "bool", operand.rows)
        return builder.emit("sum_rows", builder.select(mask, operand, ZERO))

    def one(self, operand: Operand) -> Operand:
        return operand if operand.rows is None else self.low.builder.emit("sum_rows", operand)

    def highest(self, operand: Operand) -> Operand:
        """The greatest value over dates, as a figure."""
        if isinstance(operand, Literal) or not self.low.builder.traits(operand).date:
            return operand
        return self.low.builder.emit("highest", operand, self.low.builder.as_series(TRUE))

    # ------------------------------------------------------------------------------------------ amounts of an edge

    def size(self, edge: Edge) -> Value:
        """What was paid along an edge and is owed along it at the end; of a stated relation, its amount. A stake in a
        party whose equity is not stated has no size: it is not determined."""
        found = self._sizes.get(id(edge))
        if found is None:
            found = self._sizes[id(edge)] = self._sized(edge)
        return found

    def _sized(self, edge: Edge) -> Value:
        builder = self.low.builder
        total: Operand = ZERO
        known: Operand = FALSE
        # What was paid for a stake is its size; its worth stands in only where the deal has no such cash.
        cash = any(source.form != "owns" for source in edge.sources)
        for source in edge.sources:
            if cash and source.form == "owns":
                continue
            found = self._size(source, edge)
            total = builder.add(total, builder.select(found.determined, found.operand, ZERO))
            known = builder.either(known, found.determined)
        return Value(total, known)

    def _size(self, source: Source, edge: Edge) -> Value:
        low = self.low
        one = source.relation
        if one is None:
            return Value(low.builder.add(self.paid(source, edge), last(low.builder, self.owed(source))))
        limit = self.limit(one)
        match one.item.verb:
            case "owns":
                equity = self.equity(edge.payee)
                if equity is None:
                    return Value(ZERO, FALSE)
                return Value(self.highest(low.builder.multiply(self.amount(one), equity)))
            case "owes" | "pays":
                return Value(self.highest(self.stated(source)))
            case _ if limit is not None:
                return Value(self.highest(limit))
            case _:
                served = self.graph.creditors(one.object) if one.beneficiary is None else [one.beneficiary]
                debts = [self.exposure(creditor, one.object) for creditor in served if creditor is not one.subject]
                return Value(self.highest(low.builder.sum(debts)))

    def exposure(self, creditor: PartyEntry, debtor: PartyEntry, kinds: tuple[str, ...] = ()) -> Operand:
        """What one party owes another at the close of each date."""
        return self.low.builder.sum(
            [
                self.owed(source)
                for edge in self.graph.between(debtor, creditor)
                if not kinds or edge.kind in kinds
                for source in edge.sources
            ]
        )

    # ------------------------------------------------------------------------------------------ what a party states

    def equity(self, party: PartyEntry) -> Operand | None:
        """What a party can lose before it fails; None where it is not stated."""
        entry = party.members.get("equity")
        own = self.low.model.currency
        found = own if entry is None else self.low.types.entry_type(entry).currency or own
        if entry is not None and found != own:
            self.low.collector.again(
                ("E0271", entry.name),
                Diagnostic(
                    "E0271",
                    f"`{entry.name}` is in {found}, and the graph of parties is in {own}",
                    entry.span,
                    label=f"in {found}",
                    help=f"state it in {own}: `exchange(x, rate)`",
                ),
            )
            raise NotLowered
        return self._member(party, "equity")

    def recovery(self, party: PartyEntry) -> Operand | None:
        """What a party's creditors get of what it owes: as the party states it, or else as its credit curve does."""
        stated = self._member(party, "recovery")
        if stated is not None:
            return stated
        curve = curve_of(party)
        return None if curve is None else self._read(curve.members.get("recovery"))

    def _member(self, party: PartyEntry, name: str) -> Operand | None:
        return self._read(party.members.get(name))

    def _read(self, entry: AnyEntry | None) -> Operand | None:
        if not isinstance(entry, DefinitionEntry):
            return None
        found = read_entry(self.low, Resolved(entry), entry.span, self.moment)
        if not isinstance(found, Value):
            raise NotLowered
        return self.low.builder.select(found.determined, found.operand, ZERO)

    def smallest(self, circle: Circle) -> tuple[Value, Value]:
        """The least size among a circle's edges, and the position of the edge that has it. An edge whose size is not
        determined is passed over, as every extreme passes over it."""
        kept = self._smallest.get(id(circle))
        if kept is not None:
            return kept
        builder = self.low.builder
        least: Operand = ZERO
        known: Operand = FALSE
        place: Operand = ZERO
        for position, edge in enumerate(circle):
            size = self.size(edge)
            better = builder.both(
                size.determined, builder.either(builder.negated(known), builder.emit("less", size.operand, least))
            )
            least = builder.select(better, size.operand, least)
            place = builder.select(better, number(position), place)
            known = builder.either(known, size.determined)
        found = self._smallest[id(circle)] = Value(least, known), Value(place, known)
        return found

    def flowing(self, circle: Circle) -> Operand:
        """What goes round a circle: its smallest edge, nothing where no edge of it has a size."""
        least, _ = self.smallest(circle)
        return self.low.builder.select(least.determined, least.operand, ZERO)

    def circles(self, node: syntax.Circles) -> list[Circle]:
        """The circles that are asked for, or a diagnostic where there are too many."""
        try:
            return self.graph.circles(node.most, node.kinds)
        except TooManyCircles:
            raise self.too_many(node.span) from None

    def too_many(self, span: Span) -> NotLowered:
        edges, parties = len(self.graph.edges), len(self.graph.parties)
        self.low.collector.error(
            "E0264",
            f"{edges:,} edges between {parties:,} parties make more than {MOST_CIRCLES:,} circles",
            span,
            label="too many to list",
            help="ask for shorter ones, or for some kinds: `circles(up to 3 edges, kinds equity, sales)`",
        )
        return NotLowered()
