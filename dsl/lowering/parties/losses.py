"""A default carried through the graph of parties: who loses, who fails in turn, and where the loss stays.

The default set grows by the rule of Furfine (2003, "Interbank Exposures: Quantifying the Risk of Contagion"): a party
fails when what it loses exceeds its equity, and what its creditors lose then is one less its stated recovery of what
it owes them. Sets of defaults only grow, so as many rounds as there are parties that can fail reach the fixed point;
the rounds are unrolled into equations. Amounts are those at the close of the date of the default.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ....engine.ir import Literal, Operand, Span
from ...messages.diagnostics import Label
from ...names.deal import PartyEntry
from ...parties.graph import Relation
from ..building.builder import FALSE, ONE, ZERO
from ..context.checks import hold, in_range
from ..context.values import NotLowered, TableValue, Value
from .figures import GraphFigures
from .stakes import ownership_order

MOST_WORK = 50_000
"""Debts times rounds of one propagation: 36 parties that all owe each other."""


@attrs.frozen(eq=False)
class Outcome:
    """What one party comes to. ``lost``: on what it is owed, on its stakes and on what it guarantees, after what
    guarantees and protection made good. ``equity`` None: not stated, and the party does not fail in turn."""

    party: PartyEntry
    lost: Operand
    covered: Operand
    called: Operand
    failed: Operand
    equity: Operand | None
    borne: Operand


@attrs.define(eq=False)
class Propagation:
    """The defaults of some parties, propagated. ``on``: a mask of one date for a party, on which it is taken to fail
    (what others owe is read on ``first``, the first of these dates)."""

    figures: GraphFigures
    span: Span
    on: dict[int, Operand]
    first: Operand
    outcomes: list[Outcome] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.outcomes = self._run()

    @property
    def happens(self) -> Operand:
        """Whether any of the defaults falls on a date of the deal."""
        return self.figures.low.builder.emit("any_date", self.figures.low.builder.as_series(self.first))

    # ------------------------------------------------------------------------------------------ reading

    def _at(self, operand: Operand, mask: Operand) -> Operand:
        """The value on the date that a mask holds on, as a figure; nothing where it never does."""
        low = self.figures.low
        there = low.builder.select(mask, operand, ZERO)
        return there if isinstance(there, Literal) else low.builder.emit("total", low.builder.as_series(there))

    def _when(self, party: PartyEntry) -> Operand:
        """The date on which a party's figures are read: its own default's or, where it has none, the first of them."""
        own = self.on.get(id(party))
        if own is None or own == self.first:
            return self.first
        builder, low = self.figures.low.builder, self.figures.low
        never = builder.negated(builder.emit("any_date", low.builder.as_series(own)))
        return builder.either(own, builder.both(never, self.first))

    def _recovery(self, party: PartyEntry, owed: bool) -> Operand:
        """The share of what it owes that a party's creditors lose."""
        found = self.figures.recovery(party)
        if found is None:
            if not owed:
                return ONE
            self.figures.low.collector.error(
                "E0266",
                f"`{party.name}` may fail, and does not state what its creditors recover",
                self.span,
                label="this needs its recovery",
                others=(Label(party.span, "declared here"),),
                help=f"state it with the party: `party {party.name} {{ recovery = 40% }}`",
            )
            raise NotLowered
        low, share = self.figures.low, self._at(found, self._when(party))
        hold(
            low.builder,
            low.product,
            in_range(low.builder, share),
            party.span,
            f"{party.name}.recovery",
            "a recovery is not between 0% and 100%",
        )
        return low.builder.subtract(ONE, share)

    # ------------------------------------------------------------------------------------------ the propagation

    def _run(self) -> list[Outcome]:
        figures, builder = self.figures, self.figures.low.builder
        graph = figures.graph
        parties = list(graph.parties)
        initial = {
            id(p): builder.emit("any_date", figures.low.builder.as_series(self.on[id(p)]))
            for p in parties
            if id(p) in self.on
        }
        equity = {id(p): None if (own := figures.equity(p)) is None else self._at(own, self._when(p)) for p in parties}
        can_fail = [p for p in parties if id(p) in self.on or equity[id(p)] is not None]
        debts: dict[tuple[int, int], Operand] = {}
        for debtor in can_fail:
            for creditor in graph.creditors(debtor):
                owed = figures.exposure(creditor, debtor)
                if owed != ZERO:
                    debts[id(debtor), id(creditor)] = self._at(owed, self._when(debtor))
        shared = sum(
            1 if one.beneficiary is not None else len(graph.creditors(one.object))
            for one in graph.relations
            if one.item.verb != "owes"
        )
        work = (len(debts) + shared) * (len(can_fail) + 1)
        if work > MOST_WORK:
            figures.low.collector.error(
                "E0265",
                f"the defaults of {len(can_fail):,} parties that owe each other {len(debts):,} debts are too "
                "many to propagate",
                self.span,
                label="too large",
                help="gather parties that stand alike into one",
            )
            raise NotLowered
        guaranteed = {id(one.object) for one in graph.stated("guarantees")}
        owes = {debtor for debtor, _ in debts} | guaranteed
        gives = {id(one.subject) for verb in ("guarantees", "protects") for one in graph.stated(verb)}
        lgd = {id(p): self._recovery(p, id(p) in owes or id(p) in gives) for p in can_fail}
        round_ = _Round(self, parties, debts, lgd, equity, ownership_order(figures, self.span))
        failed: dict[int, Operand] = {id(p): initial.get(id(p), FALSE) for p in parties}
        for _ in range(sum(own is not None for own in equity.values())):
            losses = round_.losses(failed)
            after = {
                id(p): failed[id(p)]
                if (own := equity[id(p)]) is None
                else builder.either(failed[id(p)], builder.emit("less", own, losses.lost[id(p)]))
                for p in parties
            }
            if after == failed:
                break
            failed = after
        return round_.outcomes(failed)


@attrs.define(eq=False)
class _Losses:
    lost: dict[int, Operand]
    covered: dict[int, Operand]
    called: dict[int, Operand]


@attrs.define(eq=False)
class _Round:
    """What everybody loses, given who has failed."""

    of: Propagation
    parties: Sequence[PartyEntry]
    debts: dict[tuple[int, int], Operand]
    lgd: dict[int, Operand]
    equity: dict[int, Operand | None]
    order: Sequence[PartyEntry]
    creditors: dict[int, list[int]] = attrs.field(init=False)
    owners: dict[int, list[tuple[PartyEntry, Operand]]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.creditors = {}
        for debtor, creditor in self.debts:
            self.creditors.setdefault(debtor, []).append(creditor)
        self.owners = {id(party): self._owners(party) for party in self.parties}

    def losses(self, failed: dict[int, Operand]) -> _Losses:
        builder = self.of.figures.low.builder
        found = _Losses(
            {id(p): ZERO for p in self.parties},
            {id(p): ZERO for p in self.parties},
            {id(p): ZERO for p in self.parties},
        )
        left = {
            (debtor, creditor): builder.select(failed[debtor], builder.multiply(owed, self.lgd[debtor]), ZERO)
            for (debtor, creditor), owed in self.debts.items()
        }
        for one in self.of.figures.graph.relations:
            if one.item.verb == "guarantees":
                self._guarantee(one, failed, left, found)
        for one in self.of.figures.graph.relations:
            if one.item.verb == "protects":
                self._protect(one, failed, left, found)
        for (_, creditor), amount in left.items():
            found.lost[creditor] = builder.add(found.lost[creditor], amount)
        for party in self.parties:
            found.lost[id(party)] = builder.add(found.lost[id(party)], found.called[id(party)])
        for company in self.order:
            self._stakes(company, failed, found)
        return found

    def _pays(self, guarantor: PartyEntry, failed: dict[int, Operand]) -> Operand:
        """The share of a call that a guarantor pays: all of it, or its recovery where it has failed itself. What it
        loses is the whole call."""
        builder = self.of.figures.low.builder
        lost = self.lgd.get(id(guarantor))
        return ONE if lost is None else builder.select(failed[id(guarantor)], builder.subtract(ONE, lost), ONE)

    def _guarantee(
        self, one: Relation, failed: dict[int, Operand], left: dict[tuple[int, int], Operand], found: _Losses
    ) -> None:
        """A guarantee makes good what the creditors still lose, up to its limit, shared by what each loses."""
        builder = self.of.figures.low.builder
        served = [
            (id(one.object), creditor)
            for creditor in self.creditors.get(id(one.object), ())
            if creditor != id(one.subject) and (one.beneficiary is None or creditor == id(one.beneficiary))
        ]
        total = builder.sum([left[key] for key in served])
        call = self._limited(one, total, one.object)
        paid = builder.multiply(call, self._pays(one.subject, failed))
        some = builder.emit("less", ZERO, total)
        share = builder.emit("divide", paid, builder.select(some, total, ONE))
        for key in served:
            part = builder.multiply(left[key], share)
            left[key] = builder.positive(builder.subtract(left[key], part))
            found.covered[key[1]] = builder.add(found.covered[key[1]], part)
        found.called[id(one.subject)] = builder.add(found.called[id(one.subject)], call)

    def _protect(
        self, one: Relation, failed: dict[int, Operand], left: dict[tuple[int, int], Operand], found: _Losses
    ) -> None:
        """Protection makes good what its buyer still loses, up to the loss on its notional."""
        builder = self.of.figures.low.builder
        if one.beneficiary is None or (key := (id(one.object), id(one.beneficiary))) not in left:
            return
        call = self._limited(one, left[key], one.object, self.lgd[id(one.object)])
        paid = builder.multiply(call, self._pays(one.subject, failed))
        left[key] = builder.positive(builder.subtract(left[key], paid))
        found.covered[key[1]] = builder.add(found.covered[key[1]], paid)
        found.called[id(one.subject)] = builder.add(found.called[id(one.subject)], call)

    def _limited(self, one: Relation, amount: Operand, debtor: PartyEntry, of: Operand = ONE) -> Operand:
        builder = self.of.figures.low.builder
        limit = self.of.figures.limit(one)
        if limit is None:
            return amount
        there = self.of._at(limit, self.of._when(debtor))
        return builder.minimum(amount, builder.multiply(there, of))

    def _stakes(self, company: PartyEntry, failed: dict[int, Operand], found: _Losses) -> None:
        """Owners lose their share of what a company's equity loses."""
        builder = self.of.figures.low.builder
        own = self.equity[id(company)]
        if own is None:
            return
        gone = self._equity_lost(company, failed, found)
        for owner, share in self.owners[id(company)]:
            found.lost[id(owner)] = builder.add(found.lost[id(owner)], builder.multiply(share, gone))

    def _equity_lost(self, company: PartyEntry, failed: dict[int, Operand], found: _Losses) -> Operand:
        builder = self.of.figures.low.builder
        own = self.equity[id(company)]
        lost = found.lost[id(company)]
        return lost if own is None else builder.select(failed[id(company)], own, builder.minimum(lost, own))

    def _owners(self, company: PartyEntry) -> list[tuple[PartyEntry, Operand]]:
        return [
            (one.subject, self.of._at(self.of.figures.amount(one), self.of._when(company)))
            for one in self.of.figures.graph.stated("owns", company)
        ]

    def outcomes(self, failed: dict[int, Operand]) -> list[Outcome]:
        builder = self.of.figures.low.builder
        found = self.losses(failed)
        result = []
        for party in self.parties:
            key = id(party)
            # What stays with a party: up to its equity, less what its owners named here bear of that.
            stays = self._equity_lost(party, failed, found)
            own = self.equity[key]
            if own is not None:
                for _, share in self.owners[key]:
                    stays = builder.subtract(stays, builder.multiply(share, self._equity_lost(party, failed, found)))
            result.append(
                Outcome(party, found.lost[key], found.covered[key], found.called[key], failed[key], own, stays)
            )
        return result


def table_of_losses(propagation: Propagation) -> TableValue:
    """A row a party that loses something or could, and one for all of them."""
    low = propagation.figures.low
    money = low.model.currency
    rows: list[tuple[str | Value, ...]] = []
    for one in propagation.outcomes:
        if (one.lost, one.covered, one.called, one.failed, one.borne) == (ZERO, ZERO, ZERO, FALSE, ZERO):
            continue
        equity = Value(ZERO, FALSE) if one.equity is None else Value(one.equity, propagation.happens)
        rows.append(
            (
                one.party.name,
                Value(one.lost),
                Value(one.covered),
                Value(one.called),
                equity,
                Value(one.failed),
                Value(one.borne),
            )
        )
    borne = low.builder.sum([one.borne for one in propagation.outcomes])
    covered = low.builder.sum([one.covered for one in propagation.outcomes])
    called = low.builder.sum([one.called for one in propagation.outcomes])
    nothing = Value(ZERO, FALSE)
    rows.append(("all", nothing, Value(covered), Value(called), nothing, Value(FALSE, FALSE), Value(borne)))
    columns = (
        ("party", ""),
        ("loses", money),
        ("made good", money),
        ("called", money),
        ("equity", money),
        ("fails", "condition"),
        ("bears", money),
    )
    return TableValue("losses", columns, tuple(rows))
