"""What a bond is worth and yields on a settlement date: price, accrued interest, yield, durations, spreads.

Every one of them reads the flows that the deal pays, in each scenario. The buyer pays on the settlement date (closing,
unless it is named) and gets what comes after it. Times run along the bond's own accrual periods (`bond_times.py`), by
the day count named, actual/365 if none is; yields compound as often as the bond pays unless the call says how.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal as OneOf

import attrs

from ....engine.ir import Attribute, Literal, Operand
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    ClaimEntry,
    DaycountEntry,
    Resolved,
    Scope,
)
from ...syntax.walk import walk
from ...syntax.written import format_expression
from ...time.bond_times import Ruler, flow_times, next_regular, period_steps, plain_times, ruler
from ...time.clocks import Clock
from ...time.timeline import Counting
from ...vocabulary.builtins import BUILTINS, Bound, bind_builtin
from ..building.builder import ZERO, Builder, number
from ..context.dispatch import FunctionRule, functions, read_entry, value_of
from ..context.lowering import Lowering, Schedules
from ..context.moments import Moment
from ..context.values import AnyValue, NotLowered, Value
from ..expressions.dated import at_position
from ..expressions.operators import divide
from ..figures.accrual import convention, counts_days_only, own_counting
from ..known.clocks_and_day_counts import clock_of, daycount_of
from ..known.compounding import compounding_of
from ..known.fixed import fixed_date
from .bond_clocks import along, clock_of_bond, counting_of, interest_claims
from .instruments import cash_flows, outstanding, size
from .measures import last, over
from .metric import fractions, metric
from .things import things


@attrs.frozen(eq=False)
class Terms:
    """What a call says of a purchase. ``position``: the settlement date on the timeline; ``named``: whether it is said.

    ``clock``: the schedule of the bond's interest, if it has one; ``times``: years to each date.
    """

    position: int
    named: bool
    clock: Clock | None
    along: Ruler | None
    times: tuple[Fraction, ...]
    frequency: int
    compounding: str

    @property
    def attributes(self) -> dict[str, Attribute]:
        return {"times": fractions(self.times), "frequency": self.frequency}


def settlement_position(low: Lowering, node: syntax.Expression | None, scope: Scope) -> int:
    """Where the settlement date stands on the timeline; closing where none is named."""
    timeline = low.every.timeline
    if node is None:
        return timeline.closing
    date = fixed_date(low.schedules, node, scope)
    first, final = timeline.dates[timeline.closing], timeline.dates[-1]
    if date is not None and not isinstance(value_of(low, node, scope, Moment("elsewhere", low.every)).operand, Literal):
        date = None  # a scenario or a draw moves it: the timeline is one for all
    if date is None or not first <= date < final:
        low.collector.error(
            "E0681",
            f"a bond settles on a day from closing, {first}, to the one before the deal's last date, {final}",
            node.span,
            label=f"{date}" if date is not None else "not known yet",
            help="name a date that is known when the deal is read",
        )
        raise NotLowered
    if date not in timeline.dates:
        low.collector.error(
            "E0409",
            f"{date} is not a date of the deal",
            node.span,
            help=f"inside a function it has to be one already: add `schedule valuation = dates [{date}]`",
        )
        raise NotLowered
    return timeline.position(date)


def terms(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Terms:
    node = bound.values["of"]
    named = bound.values.get("settlement")
    position = settlement_position(low, named, scope)
    counting = counting_of(low.collector, low.schedules, bound.values.get("accrual"), scope)
    clock = clock_of_bond(low, node, scope, moment)
    ruled = along(low.collector, clock, counting, bound.values.get("accrual", node))
    timeline = low.every.timeline
    times = plain_times(counting, timeline, position) if ruled is None else flow_times(ruled, timeline, position)
    compounding, frequency = "compounded", _pays_a_year(clock)
    if "compounding" in bound.values:
        compounding, frequency = compounding_of(low, bound.values["compounding"], scope)
    return Terms(position, named is not None, clock, ruled, times, frequency, compounding)


def _pays_a_year(clock: Clock | None) -> int:
    frequency = None if clock is None or clock.schedule is None else clock.schedule.frequency
    return int(frequency) if frequency is not None and frequency.denominator == 1 else 1


def bought(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment, position: int) -> Operand:
    """What a buyer on a date gets: the flows after it."""
    flows = cash_flows(low, node, scope, moment)
    later = low.builder.mask("after settlement", tuple(place > position for place in range(len(low.every.timeline))))
    return low.builder.as_series(low.builder.select(later, flows, ZERO))


def face(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment, found: Terms) -> Operand:
    """What a price is a part of: the size at closing; on a date that is named, what is then outstanding."""
    if not found.named:
        return size(low, node, scope, moment)
    if isinstance(things(low, node, scope, moment), Value):
        low.collector.error("E0546", "a price is of an instrument with a size", node.span)
        raise NotLowered
    return _at(low.every, low.builder, outstanding(low, node, scope, moment), found.position)


def _at(every: Clock, builder: Builder, operand: Operand, position: int) -> Operand:
    return at_position(builder, operand, (position,) * len(every.timeline))


def _paid(low: Lowering, bound: Bound, scope: Scope, moment: Moment, found: Terms) -> Operand:
    """The dirty price in money, as a figure."""
    given = value_of(low, bound.values["price"], scope, moment)
    paid = low.builder.multiply(given.operand, face(low, bound.values["of"], scope, moment, found))
    return low.builder.as_figure(last(low.builder, paid))


Function = OneOf[
    "yield_to_maturity", "price", "macaulay_duration", "modified_duration", "convexity", "basis_point_value"
]


_NONE: dict[Function, str] = {
    "yield_to_maturity": "no yield makes what {} pays after settlement worth that price",
    "price": "nothing of {} is outstanding, or that yield takes a period's growth to nothing",
    "macaulay_duration": "{} pays nothing after settlement",
    "modified_duration": "{} pays nothing after settlement",
    "convexity": "{} pays nothing after settlement",
    "basis_point_value": "{} pays nothing after settlement",
}
"""Why a measure of a bond is not determined."""


def _yields(function: Function) -> FunctionRule:
    """A measure of flows at a yield, or the yield at a price."""

    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        node = bound.values["of"]
        found = terms(low, expression, bound, scope, moment)
        attributes = found.attributes
        if function == "macaulay_duration" and found.compounding != "compounded":
            low.collector.error(
                "E0682",
                "Macaulay's duration weighs times by values that compound: a simple yield has none",
                bound.values["compounding"].span,
                label="simple",
                help='ask `modified_duration`, or say how it compounds: "semiannually"',
            )
            raise NotLowered
        if found.compounding != "compounded":
            attributes["compounding"] = found.compounding
            attributes["starts"] = fractions(_starts(low.every, found))
            settled = low.every.timeline.dates[found.position]
            simple_to = None if found.along is None else next_regular(found.along, settled)
            if simple_to is not None:
                attributes["simple_to"] = fractions((simple_to,))[0]
        flows = bought(low, node, scope, moment, found.position)
        if function == "yield_to_maturity":
            figure = _paid(low, bound, scope, moment, found)
        else:
            given = value_of(low, bound.values["yield"], scope, moment)
            figure = low.builder.as_figure(last(low.builder, given.operand))
        result = metric(low.builder, function, (flows, figure), "", figures=(1,), **attributes)
        why = _NONE[function].format(f"`{format_expression(node)}`")
        if function in ("price", "basis_point_value"):
            result = divide(low.builder, result, Value(face(low, node, scope, moment, found)))
        return attrs.evolve(result, why=why)

    return rule


def _starts(every: Clock, found: Terms) -> tuple[Fraction, ...]:
    """For each date the time at which the bond's period that it lies in began: of the payment before it, or 0."""
    dates = every.timeline.dates
    ends = (
        set(found.clock.schedule.dates) if found.clock is not None and found.clock.schedule is not None else set(dates)
    )
    starts: list[Fraction] = []
    reached = Fraction(0)
    for date, time in zip(dates, found.times, strict=True):
        starts.append(min(reached, time))
        if date in ends:
            reached = max(reached, time)
    return tuple(starts)


def _clean_price(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    dirty = _yields("price")(low, expression, bound, scope, moment)
    accrued = _accrued_interest(low, expression, bound, scope, moment)
    if not isinstance(dirty, Value):
        raise NotLowered
    builder = low.builder
    return Value(builder.subtract(dirty.operand, accrued.operand), builder.both(dirty.determined, accrued.determined))


def _accrued_interest(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Interest that has accrued and is not yet payable on the settlement date, over what is outstanding."""
    node = bound.values["of"]
    named = bound.values.get("settlement")
    position = settlement_position(low, named, scope)
    claims = interest_claims(low, node, scope, moment)
    if not claims:
        low.collector.error(
            "E0683",
            "nothing accrues on this: it has no claim for interest",
            node.span,
            label="no interest",
            help="ask it of a loan or a bond, or say `kind interest` of the claim",
        )
        raise NotLowered
    total = low.builder.sum([_so_far(low, claim, position) for claim in claims])
    held = Terms(position, named is not None, None, None, (), 1, "compounded")
    if all(isinstance(entry, ClaimEntry) for entry in _entries(low, node, scope, moment)):
        return Value(total)
    return divide(low.builder, Value(total), Value(face(low, node, scope, moment, held)))


def _entries(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> list[object]:
    found = things(low, node, scope, moment)
    return [] if isinstance(found, Value) else list(found)


def _so_far(low: Lowering, claim: ClaimEntry, position: int) -> Operand:
    """What a claim has gathered by a date of the timeline since its period began.

    Between two payment dates it is what its due comes to so far, at the balances that there were. On a payment date,
    and where business days move it past its period's end, the part of the next period that has passed counts, as part
    of what will be due for it.
    """
    clock = clock_of(low, claim.item.on, claim.scope)
    if clock.schedule is None or claim.item.due is None:
        return ZERO
    schedule, timeline = clock.schedule, low.every.timeline
    date = timeline.dates[position]
    if not clock.on[position]:
        if not schedule.boundaries[0] < date < schedule.dates[-1]:
            return ZERO
        due = value_of(low, claim.item.due, claim.scope, Moment("opening", clock))
        amount = due.operand
        if amount.rows is not None:
            amount = low.builder.emit("sum_rows", amount)
        return _at(low.every, low.builder, low.builder.as_series(amount), position)
    period, share = ruler(schedule, _own_counting(low.collector, low.schedules, claim)).accrued(date)
    if share <= 0 or schedule.dates[period] <= date:
        return ZERO
    coming = read_entry(low, Resolved(claim, "current"), claim.span, Moment("elsewhere", low.every))
    if not isinstance(coming, Value):
        raise NotLowered
    amount = coming.operand if coming.operand.rows is None else low.builder.emit("sum_rows", coming.operand)
    paid_on = timeline.position(schedule.dates[period])
    return low.builder.multiply(_at(low.every, low.builder, low.builder.as_series(amount), paid_on), number(share))


def _own_counting(collector: Collector, schedules: Schedules, claim: ClaimEntry) -> Counting:
    for node in walk(claim.item.due):
        if isinstance(node, syntax.Call) and node.function.text == "accrue":
            found = bind_builtin(node, BUILTINS["accrue"]).values.get("accrual")
            if found is not None:
                named = daycount_of(collector, found, claim.scope)
                if not isinstance(named, DaycountEntry):
                    return convention(named)
                if counts_days_only(schedules.low, named):
                    return own_counting(collector, schedules, named)
    return "actual/365"


def _discount_margin(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    node = bound.values["of"]
    found = terms(low, expression, bound, scope, moment)
    steps = _steps(low.every, found, found.along)
    flows = bought(low, node, scope, moment, found.position)
    index, _ = over(low, expression, bound.values["index"], scope, moment)
    operands = (flows, low.builder.as_series(index.operand), _paid(low, bound, scope, moment, found))
    return metric(low.builder, "discount_margin", operands, fractions=fractions(steps), figures=(2,))


def _steps(every: Clock, found: Terms, ruled: Ruler | None) -> tuple[Fraction, ...]:
    if ruled is not None:
        return period_steps(ruled, every.timeline, found.position)
    pairs = zip((Fraction(0), *found.times), found.times, strict=False)
    return tuple(after - before for before, after in pairs)


def _z_spread(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    found = terms(low, expression, bound, scope, moment)
    _only_compounded(low.collector, bound, found)
    flows = bought(low, bound.values["of"], scope, moment, found.position)
    curve, _ = over(low, expression, bound.values["curve"], scope, moment)
    operands = (flows, low.builder.as_series(curve.operand), _paid(low, bound, scope, moment, found))
    return metric(low.builder, "z_spread", operands, "", figures=(2,), **found.attributes)


def _asset_swap_spread(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    node = bound.values["of"]
    found = terms(low, expression, bound, scope, moment)
    _only_compounded(low.collector, bound, found)
    floating = counting_of(low.collector, low.schedules, bound.values["floating"], scope)
    steps = _steps(low.every, found, along(low.collector, found.clock, floating, bound.values["floating"]))
    flows = bought(low, node, scope, moment, found.position)
    curve, _ = over(low, expression, bound.values["curve"], scope, moment)
    held = low.builder.emit("previous", low.builder.as_series(outstanding(low, node, scope, moment)), ZERO)
    operands = (flows, low.builder.as_series(curve.operand), held, _paid(low, bound, scope, moment, found))
    attributes = {**found.attributes, "fractions": fractions(steps)}
    return metric(low.builder, "asset_swap_spread", operands, "", figures=(3,), **attributes)


def _only_compounded(collector: Collector, bound: Bound, found: Terms) -> None:
    if found.compounding != "compounded":
        collector.error(
            "E0680",
            "a spread over zero rates is compounded, as they are",
            bound.values["compounding"].span,
            label="simple",
            help='say "continuously", "annually" or "semiannually"',
        )
        raise NotLowered


functions(
    {
        "yield_to_maturity": _yields("yield_to_maturity"),
        "price": _yields("price"),
        "clean_price": _clean_price,
        "macaulay_duration": _yields("macaulay_duration"),
        "modified_duration": _yields("modified_duration"),
        "convexity": _yields("convexity"),
        "basis_point_value": _yields("basis_point_value"),
        "accrued_interest": _accrued_interest,
        "discount_margin": _discount_margin,
        "z_spread": _z_spread,
        "asset_swap_spread": _asset_swap_spread,
    }
)
