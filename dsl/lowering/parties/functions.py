"""The functions that ask the graph of parties: exposures, leverage, losses of a default, cash from outside."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction

from ....engine.ir import Operand
from ... import syntax
from ...names.deal import PartyEntry, Scope
from ...time.clocks import Clock
from ...vocabulary.builtins import Bound
from ..building.builder import FALSE, ONE, ZERO, Builder
from ..context.dispatch import FunctionRule, functions, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.named import party_of
from ..context.values import AnyValue, NotLowered, TableValue, Value
from ..figures.party_figures import party, party_default
from ..measures.measures import series_total
from .circles import check_kinds, within
from .figures import GraphFigures, afterwards, asked_afterwards, graph_figures
from .losses import Outcome, Propagation, table_of_losses
from .stakes import Holdings, table_of_leverage

# ------------------------------------------------------------------------------------------------- a default


def _failing(
    low: Lowering, expression: syntax.Call, nodes: tuple[syntax.Expression, ...], scope: Scope, moment: Moment
) -> Propagation:
    """The parties that fail, each on the date of its default or, with `on`, all of them on one date."""
    asked_afterwards(low.collector, expression.span, moment)
    figures = graph_figures(low)
    builder = low.builder
    stated = expression.on
    parties: list[PartyEntry] = []
    for node in nodes:
        if isinstance(node, syntax.OnDate):
            stated, node = node.date, node.operand
        parties.append(party_of(low.collector, node, scope))
    if stated is not None:
        mask = _falls(low.every, low.builder, value_of(low, stated, scope, moment).operand)
        return Propagation(figures, expression.span, {id(one): mask for one in parties}, mask)
    defaults = [party_default(low, one, moment, expression.span).operand for one in parties]
    first = defaults[0]
    for other in defaults[1:]:
        first = builder.minimum(first, other)
    on = {id(one): _falls(low.every, low.builder, date) for one, date in zip(parties, defaults, strict=True)}
    return Propagation(figures, expression.span, on, _falls(low.every, low.builder, first))


def _falls(every: Clock, builder: Builder, event: Operand) -> Operand:
    """True on the first timeline date on or after a date."""
    clock = every
    dates = clock.timeline.dates
    before = (datetime.date.min, *dates[:-1])
    since = builder.by_date("the date before", tuple(Fraction(date.toordinal()) for date in before), "date")
    return builder.both(builder.emit("less_equal", event, builder.today()), builder.emit("less", since, event))


def _who_bears(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    return table_of_losses(_failing(low, expression, bound.rest, scope, moment))


def _outcome(read: Callable[[Outcome], Operand], nothing: Operand) -> FunctionRule:
    """One figure of one party: the first that is named, where the others fail."""

    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        if len(bound.rest) < 2:
            low.collector.error(
                "E0334",
                f"`{expression.function.text}` is not given who fails",
                expression.span,
                help=f"it is `{expression.function.text}(Bank, Lab)`: of Bank, where Lab fails",
            )
            raise NotLowered
        first, *others = bound.rest
        asked = party_of(low.collector, first, scope)
        found = _failing(low, expression, tuple(others), scope, moment)
        return Value(next((read(one) for one in found.outcomes if one.party is asked), nothing))

    return rule


# ------------------------------------------------------------------------------------------------- exposures


def protection(figures: GraphFigures, creditor: PartyEntry, debtor: PartyEntry) -> dict[int, Operand]:
    """What guarantees and protection make good of an exposure, by who gives it: never more than the exposure."""
    builder = figures.low.builder
    left = figures.exposure(creditor, debtor)
    found: dict[int, Operand] = {}
    for verb in ("guarantees", "protects"):
        for one in figures.graph.stated(verb, debtor):
            if one.subject is creditor or one.beneficiary not in (None, creditor):
                continue
            given = left
            limit = figures.limit(one)
            if limit is not None:
                if one.beneficiary is None:
                    limit = builder.multiply(limit, _part(figures, creditor, debtor, one.subject))
                given = builder.minimum(left, limit)
            found[id(one.subject)] = builder.add(found.get(id(one.subject), ZERO), given)
            left = builder.subtract(left, given)
    return found


def _part(figures: GraphFigures, creditor: PartyEntry, debtor: PartyEntry, guarantor: PartyEntry) -> Operand:
    """A creditor's part of a guarantee that serves all creditors: by what each is owed."""
    builder = figures.low.builder
    served = [one for one in figures.graph.creditors(debtor) if one is not guarantor]
    total = builder.sum([figures.exposure(one, debtor) for one in served])
    some = builder.emit("less", ZERO, total)
    share = builder.emit("divide", figures.exposure(creditor, debtor), builder.select(some, total, ONE))
    return builder.select(some, share, ZERO)


def hedged(figures: GraphFigures, creditor: PartyEntry) -> dict[int, tuple[Operand, Operand, Operand]]:
    """By obligor: the exposure before hedges, what hedges take from it, what hedges of others' debts put on it."""
    builder = figures.low.builder
    nothing: dict[int, Operand] = {id(party): ZERO for party in figures.graph.parties}
    gross, taken, put = dict(nothing), dict(nothing), dict(nothing)
    for obligor in figures.graph.parties:
        if obligor is creditor:
            continue
        gross[id(obligor)] = figures.exposure(creditor, obligor)
        for seller, amount in protection(figures, creditor, obligor).items():
            taken[id(obligor)] = builder.add(taken[id(obligor)], amount)
            put[seller] = builder.add(put[seller], amount)
    return {key: (gross[key], taken[key], put[key]) for key in gross}


def _exposure(after: bool) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        asked_afterwards(low.collector, expression.span, moment)
        creditor = party_of(low.collector, bound.values["of"], scope)
        obligor = party_of(low.collector, bound.values["to"], scope)
        nothing = (ZERO, ZERO, ZERO)
        gross, taken, put = hedged(graph_figures(low), creditor).get(id(obligor), nothing)
        if not after:
            return Value(gross)
        return Value(low.builder.add(low.builder.positive(low.builder.subtract(gross, taken)), put))

    return rule


def _exposures(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """A row an obligor: before hedges, what they take from it and put on it, after; each at its highest."""
    asked_afterwards(low.collector, expression.span, moment)
    figures, builder = graph_figures(low), low.builder
    creditor = party_of(low.collector, bound.values["of"], scope)
    rows: list[tuple[str | Value, ...]] = []
    sums: list[Operand] = [ZERO, ZERO, ZERO, ZERO]
    found = hedged(figures, creditor)
    for obligor in figures.graph.parties:
        gross, taken, put = found[id(obligor)]
        if obligor is creditor or (gross == ZERO and put == ZERO):
            continue
        after = builder.add(builder.positive(builder.subtract(gross, taken)), put)
        rows.append((obligor.name, *(Value(figures.highest(one)) for one in (gross, taken, put, after))))
        sums = [builder.add(sum_, one) for sum_, one in zip(sums, (gross, taken, put, after), strict=True)]
    rows.append(("all", *(Value(figures.highest(one)) for one in sums)))
    money = low.model.currency
    columns = (
        ("obligor", ""),
        ("before hedges", money),
        ("hedged", money),
        ("on protection sellers", money),
        ("after hedges", money),
    )
    return TableValue("exposures", columns, tuple(rows))


# ------------------------------------------------------------------------------------------------- stakes and debt


def _holdings(
    low: Lowering, expression: syntax.Call, node: syntax.Expression, scope: Scope, moment: Moment
) -> Holdings:
    asked_afterwards(low.collector, expression.span, moment)
    return Holdings(graph_figures(low), party_of(low.collector, node, scope), expression.span)


def _leverage(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    return table_of_leverage(_holdings(low, expression, bound.values["of"], scope, moment))


def _debt(read: Callable[[Holdings], Operand]) -> FunctionRule:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        return Value(read(_holdings(low, expression, bound.values["of"], scope, moment)))

    return rule


def _stake(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    holdings = _holdings(low, expression, bound.values["of"], scope, moment)
    return Value(holdings.share_of(party_of(low.collector, bound.values["in"], scope)))


# ------------------------------------------------------------------------------------------------- cash


def _inflow(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """All cash that a party gets over the life or, with ``outside``, what comes from parties in none of the circles."""
    asked_afterwards(low.collector, expression.span, moment)
    figures, builder = graph_figures(low), low.builder
    asked = party_of(low.collector, bound.values["to"], scope)
    node = bound.values.get("outside")
    if node is not None and not isinstance(node, syntax.Circles):
        low.collector.error(
            "E0269",
            "`outside` says of which circles the payer is no part",
            node.span,
            label="not circles",
            help=f"`inflow({asked.name}, outside = circles(up to 4 edges))`",
        )
        raise NotLowered
    if node is not None:
        check_kinds(low.collector, figures, node)
    total = series_total(low.every, low.builder, party(low, asked, "received", expression.span, moment).operand)
    for edge in figures.graph.edges:
        if edge.payee is not asked:
            continue
        stated = [source for source in edge.sources if source.form == "pays"]
        total = builder.sum([total, *(figures.paid(source, edge) for source in stated)])
        inside: Operand = ONE
        if edge.payer is asked:
            pass
        elif node is None:
            continue
        else:
            inside = builder.emit("to_float", within(figures, node, edge.payer))
        paid = builder.sum([figures.paid(source, edge) for source in edge.sources])
        total = builder.subtract(total, builder.multiply(inside, paid))
    return Value(total)


def _edges(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """A row an edge (of these parties, or of all): who pays whom, of which kind, through what, and how much."""
    asked_afterwards(low.collector, expression.span, moment)
    figures = graph_figures(low)
    wanted = {id(party_of(low.collector, node, scope)) for node in bound.rest}
    rows: list[tuple[str | Value, ...]] = []
    for edge in figures.graph.edges:
        if not wanted or id(edge.payer) in wanted or id(edge.payee) in wanted:
            names = ", ".join(source.name for source in edge.sources)
            rows.append((edge.payer.name, edge.payee.name, edge.kind, names, figures.size(edge)))
    columns = (("from", ""), ("to", ""), ("kind", ""), ("by", ""), ("size", low.model.currency))
    return TableValue("edges", columns, tuple(rows))


def _whole(rule: FunctionRule) -> FunctionRule:
    return lambda low, expression, bound, scope, moment: afterwards(
        low.trail, lambda: rule(low, expression, bound, scope, moment)
    )


_RULES: dict[str, FunctionRule] = {
    "who_bears": _who_bears,
    "loss_borne": _outcome(lambda one: one.borne, ZERO),
    "loss_suffered": _outcome(lambda one: one.lost, ZERO),
    "fails": _outcome(lambda one: one.failed, FALSE),
    "exposure": _exposure(False),
    "net_exposure": _exposure(True),
    "exposures": _exposures,
    "leverage": _leverage,
    "debt_of": _debt(lambda holdings: holdings.debt(holdings.parent)),
    "consolidated_debt": _debt(lambda holdings: holdings.everywhere(holdings.consolidated)),
    "look_through_debt": _debt(lambda holdings: holdings.everywhere(holdings.look_through)),
    "guaranteed_debt": _debt(lambda holdings: holdings.everywhere(holdings.guaranteed)),
    "stake": _stake,
    "inflow": _inflow,
    "edges": _edges,
}

functions({name: _whole(rule) for name, rule in _RULES.items()})
