"""Standard contracts on a credit curve: their legs, their worth, and what is quoted on them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction

from ....engine.ir import Literal, Operand
from ....engine.primitives.curves import NO_QUOTE
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import Model, Scope
from ...types.types import Types
from ...vocabulary.builtins import Bound
from ...vocabulary.dimensions import HOUR
from ..building.builder import ZERO, day, number
from ..context.dispatch import functions, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, NotLowered, Value
from ..expressions.dated import at_position
from ..expressions.operators import divide
from ..figures.flows import known_ahead
from ..known.clocks_and_day_counts import clock_of
from ..known.fixed import fixed_date
from .curve_checks import watch
from .curve_entries import currency
from .curves import credit_points, rate_points
from .points import Points, _both, _given, _not_before, emit


class _Contract:
    """A standard contract on a credit curve, seen from a day: its legs per unit notional, as of that day."""

    def __init__(self, low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> None:
        self.low, self.span = low, expression.span
        self.points = credit_points(low, bound.values["credit"], scope, moment)
        rates, recovery = self.points.rates, self.points.recovery
        if rates is None or recovery is None:
            name = "rates" if rates is None else "recovery"
            low.collector.error(
                "E0652",
                f"the curve `{self.points.entry.name}` does not state its {name}",
                bound.values["credit"].span,
                label="and this prices a contract on it",
                help=f"add `{name} = ...` to the curve",
            )
            raise NotLowered
        self.rates, self.recovery = rates, recovery
        self.maturity = value_of(low, bound.values["maturity"], scope, moment)
        as_of = _given(low, bound, "as_of", scope, moment) or Value(self.points.traded)
        since, good = _not_before(low.builder, self.points.traded, as_of.operand)
        self.as_of, also = _not_before(low.builder, rates.traded, since)
        # From its maturity on a contract is worth nothing, and has no spread.
        self.settles = _settles(low, bound, scope, moment, self.as_of, rates.holidays, expression)
        self.live = low.builder.emit("less", self.as_of, self.maturity.operand)
        self.determined = _both(low.builder, self.points, self.maturity, as_of, good, also)

    def leg(self, function: str, maturity: Operand | None = None) -> Operand:
        points, rates = self.points, self.rates
        ends = self.maturity.operand if maturity is None else maturity
        found = emit(
            self.low.model,
            self.low.collector,
            self.low.builder,
            function,
            points.traded,
            rates.traded,
            self.as_of,
            ends,
            *rates.operands,
            *points.operands,
            span=self.span,
            pillars=points.pillars,
            rate_pillars=rates.pillars,
            convention=rates.convention,
            holidays=rates.holidays,
            half_day=points.half_day,
        )
        return self.low.builder.mark_nonnegative(found)

    def protection(self, maturity: Operand | None = None) -> Operand:
        lost = self.low.builder.subtract(number(1), self.recovery.operand)
        return self.low.builder.multiply(lost, self.leg("protection", maturity))

    def worth(self, coupon: Operand, maturity: Operand | None = None) -> Operand:
        """Both legs in full on the day itself, per unit notional."""
        paid = self.low.builder.multiply(coupon, self.leg("premium", maturity))
        return self.low.builder.subtract(self.protection(maturity), paid)

    def accrued(self) -> Operand:
        return emit(
            self.low.model,
            self.low.collector,
            self.low.builder,
            "accrued",
            self.as_of,
            self.maturity.operand,
            span=self.span,
            holidays=self.rates.holidays,
        )

    def settled(self) -> Operand:
        """The discount factor to the day on which an upfront is paid."""
        return emit(
            self.low.model,
            self.low.collector,
            self.low.builder,
            "discount",
            self.rates.traded,
            self.as_of,
            self.settles,
            *self.rates.operands,
            span=self.span,
            pillars=self.rates.pillars,
            convention=self.rates.convention,
            holidays=self.rates.holidays,
        )

    def annuity(self) -> Operand:
        """The clean risky annuity at settlement: premium/P(settle) less what has accrued."""
        builder = self.low.builder
        return builder.subtract(builder.emit("divide", self.leg("premium"), self.settled()), self.accrued())

    def clean(self, coupon: Operand) -> Operand:
        builder = self.low.builder
        worth = builder.emit("divide", self.protection(), self.settled())
        found = builder.subtract(worth, builder.multiply(coupon, self.annuity()))
        return builder.select(self.live, found, ZERO)


def _settles(
    low: Lowering,
    bound: Bound,
    scope: Scope,
    moment: Moment,
    as_of: Operand,
    holidays: tuple[int, ...],
    expression: syntax.Call,
) -> Operand:
    """When an upfront is paid: on the day that is stated, or three business days after the contract is seen."""
    given = _given(low, bound, "settles", scope, moment)
    if given is not None:
        if isinstance(given.operand, Literal) and isinstance(as_of, Literal) and given.operand.value < as_of.value:
            paid, seen = (datetime.date.fromordinal(int(one.value)) for one in (given.operand, as_of))
            low.collector.error(
                "E0656",
                f"an upfront agreed on {seen} is not paid before it, on {paid}",
                bound.values["settles"].span,
                help="leave it out: three business days later is the standard",
            )
            raise NotLowered
        return low.builder.maximum(as_of, given.operand)
    found = emit(low.model, low.collector, low.builder, "settlement", as_of, span=expression.span, holidays=holidays)
    return Literal(found.value, "date") if isinstance(found, Literal) else low.builder.emit("to_date", found)


def _contract_and(
    low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment
) -> tuple[_Contract, Value, Operand]:
    contract = _Contract(low, expression, bound, scope, moment)
    coupon = _given(low, bound, "coupon", scope, moment) or Value(ZERO)
    return contract, coupon, low.builder.both(contract.determined, coupon.determined)


def _par_spread(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    contract, _, determined = _contract_and(low, expression, bound, scope, moment)
    builder = low.builder
    worth = builder.emit("divide", contract.protection(), contract.settled())
    determined = builder.both(determined, contract.live)
    return divide(low.builder, Value(worth, determined), Value(contract.annuity()))


def _protection_leg(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    contract, _, determined = _contract_and(low, expression, bound, scope, moment)
    return Value(contract.protection(), determined)


def _risky_annuity(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    contract, _, determined = _contract_and(low, expression, bound, scope, moment)
    return Value(low.builder.select(contract.live, contract.annuity(), ZERO), determined)


def _clean_upfront(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    contract, coupon, determined = _contract_and(low, expression, bound, scope, moment)
    return Value(contract.clean(coupon.operand), determined)


def _dirty_upfront(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    contract, coupon, determined = _contract_and(low, expression, bound, scope, moment)
    builder = low.builder
    accrued = builder.multiply(coupon.operand, contract.accrued())
    return Value(builder.subtract(contract.clean(coupon.operand), accrued), determined)


def _mark_to_market(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """(protection - coupon x premium) x notional. With a schedule the notional of each of its periods is read ahead."""
    contract, coupon, determined = _contract_and(low, expression, bound, scope, moment)
    builder = low.builder
    _same_currency(low.model, low.types, low.collector, contract.points, bound, scope)
    if "schedule" in bound.values:
        return _amortising(low, bound, scope, contract, coupon.operand, determined)
    notional = value_of(low, bound.values["notional"], scope, moment)
    worth = builder.multiply(notional.operand, contract.worth(coupon.operand))
    return Value(worth, builder.both(determined, notional.determined))


def _amortising(
    low: Lowering, bound: Bound, scope: Scope, contract: _Contract, coupon: Operand, determined: Operand
) -> Value:
    """What falls away on each date is a contract of its own that matures then: their worths add up."""
    builder, node = low.builder, bound.values["notional"]
    clock = clock_of(low, bound.values["schedule"], scope)
    notional = value_of(low, node, scope, Moment("elsewhere", clock))
    if not known_ahead(low.builder, notional.operand) or not known_ahead(low.builder, notional.determined):
        low.collector.error(
            "E0664",
            "a notional that is read ahead is known ahead, and this depends on what the deal does",
            node.span,
            label="not known before its dates",
            help="leave out `schedule`: the notional as it stands is then kept",
        )
        raise NotLowered
    ends = fixed_date(low.schedules, bound.values["maturity"], scope)
    if ends is None or clock.schedule is None:
        low.collector.error(
            "E0504",
            "the maturity of an amortising contract must be known when the deal is read",
            bound.values["maturity"].span,
        )
        raise NotLowered
    places = [place for place, on in enumerate(clock.on) if on]
    periods = [(place, date) for place, date in zip(places, clock.schedule.nominal, strict=True) if date <= ends]
    size = len(clock.timeline)
    amounts = [at_position(low.builder, notional.operand, (place,) * size) for place, _ in periods]
    total: Operand = ZERO
    for number_, (_, date) in enumerate(periods):
        later = amounts[number_ + 1] if number_ + 1 < len(periods) else ZERO
        falls = builder.subtract(amounts[number_], later)
        if falls != ZERO:
            total = builder.add(total, builder.multiply(falls, contract.worth(coupon, day(date))))
    return Value(total, determined)


def _same_currency(
    model: Model, types: Types, collector: Collector, points: Points, bound: Bound, scope: Scope
) -> None:
    expression = bound.values["notional"]
    mine, theirs = types.of(expression, scope).currency, currency(model, points)
    if mine is not None and mine != theirs:
        collector.error(
            "E0660",
            f"the notional is in {mine}, and the curve `{points.entry.name}` discounts {theirs}",
            expression.span,
            label=f"money in {mine}",
            help=f"name a curve whose `rates` are of {mine}",
        )
        raise NotLowered


def _accrued_premium(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    names = ("coupon", "maturity", "as_of")
    coupon, maturity, as_of = (value_of(low, bound.values[name], scope, moment) for name in names)
    # The yen's coupons begin on days that are open in Tokyo; every other currency's know weekends alone.
    closed = rate_points(low, bound.values["rates"], scope, moment).holidays if "rates" in bound.values else ()
    years = emit(
        low.model,
        low.collector,
        low.builder,
        "accrued",
        as_of.operand,
        maturity.operand,
        span=expression.span,
        holidays=closed,
    )
    return Value(low.builder.multiply(coupon.operand, years), _both(low.builder, coupon, maturity, as_of))


def _quoted(function: str, given: str) -> Callable[[Lowering, syntax.Call, Bound, Scope, Moment], AnyValue]:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        rates = rate_points(low, bound.values["rates"], scope, moment)
        as_of = _given(low, bound, "as_of", scope, moment) or Value(rates.traded)
        since, good = _not_before(low.builder, rates.traded, as_of.operand)
        quote, coupon, recovery, maturity = (
            value_of(low, bound.values[name], scope, moment) for name in (given, "coupon", "recovery", "maturity")
        )
        settles = _settles(low, bound, scope, moment, since, rates.holidays, expression)
        found = emit(
            low.model,
            low.collector,
            low.builder,
            function,
            rates.traded,
            since,
            maturity.operand,
            settles,
            quote.operand,
            coupon.operand,
            recovery.operand,
            *rates.operands,
            span=expression.span,
            pillars=rates.pillars,
            convention=rates.convention,
            holidays=rates.holidays,
        )
        determined = _both(low.builder, rates, as_of, quote, coupon, recovery, maturity, good)
        if isinstance(found, Literal):
            return Value(found, determined)
        there = low.builder.emit("less", found, number(Fraction(NO_QUOTE)))
        holds = low.builder.either(there, low.builder.negated(determined))
        watch(
            low.product,
            low.memory,
            holds,
            bound.values[given],
            "E0913",
            f"there is no {'upfront' if given == 'spread' else 'spread'} for this {given} at this recovery",
        )
        return Value(low.builder.select(there, found, ZERO), determined)

    return rule


def _standard_maturity(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    tenor = value_of(low, bound.values["tenor"], scope, moment)
    if low.types.of(bound.values["tenor"], scope).dimension == HOUR:
        low.collector.error(
            "E0661",
            "the tenor of a standard contract is in months or years",
            bound.values["tenor"].span,
            help="`standard_maturity(5 years)`",
        )
        raise NotLowered
    traded = _given(low, bound, "traded", scope, moment)
    if traded is None:
        closing = low.schedules.known_closing
        if closing is None:
            raise NotLowered
        traded = Value(Literal(Fraction(closing.toordinal()), "date"))
    months = low.builder.multiply(tenor.operand, number(12))
    found = emit(
        low.model, low.collector, low.builder, "standard_maturity", traded.operand, months, span=expression.span
    )
    ordinal = Literal(found.value, "date") if isinstance(found, Literal) else low.builder.emit("to_date", found)
    return Value(ordinal, _both(low.builder, tenor, traded))


functions(
    {
        "par_spread": _par_spread,
        "protection_leg": _protection_leg,
        "risky_annuity": _risky_annuity,
        "clean_upfront": _clean_upfront,
        "dirty_upfront": _dirty_upfront,
        "mark_to_market": _mark_to_market,
        "accrued_premium": _accrued_premium,
        "upfront_from_spread": _quoted("upfront", "spread"),
        "spread_from_upfront": _quoted("quoted_spread", "upfront"),
        "standard_maturity": _standard_maturity,
    }
)
