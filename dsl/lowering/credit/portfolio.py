"""Portfolio credit in the language: tranches and baskets under a one-factor Gaussian copula.

What is numerical is a primitive (`engine/credit`): a tranche's expected loss, the chance of an n-th default. The legs
are equations over them, a period at a time, as Hull and White (Journal of Derivatives, 2004) write them: premium at
the end of each period on what is left, defaults in the middle of it. So probability, recovery, correlation and
attachment may each vary by date, scenario or path.

Names alike are given by `names` (how many; left out, the large pool without end), names of a family by `notional`:
then default rates and recoveries may differ from row to row.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import attrs

from ....engine.ir import Literal, Operand, Span
from ... import syntax
from ...names.deal import Scope
from ...vocabulary.builtins import Bound
from ...vocabulary.type_words import article
from ..building.builder import ONE, TRUE, ZERO, Builder, number
from ..context.checks import hold, in_range
from ..context.dispatch import functions, lower, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import EntryValue, NotLowered, PairsValue, Value
from ..expressions.operators import divide
from .curves import credit_points, rate_points
from .points import Points, emit

MIDDLE = number(Fraction(1, 2))
QUARTER = Fraction(1, 4)

MOST_PERIODS = 400
"""Of a contract: a hundred years of quarters."""

MOST_PRICED = 5_000
"""Periods of all the contracts that a deal prices: 250 tranches of five years. Each is ten equations."""


def _probability(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    value = value_of(low, bound.values["x"], scope, moment)
    return Value(low.builder.emit("normal_cdf", value.operand), value.determined)


def _quantile(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Not determined at 0, at 1 and beyond, where there is none."""
    value = value_of(low, bound.values["probability"], scope, moment)
    return _normal_quantile(low.builder, value)


def _normal_quantile(builder: Builder, value: Value) -> Value:
    good = builder.both(builder.emit("less", ZERO, value.operand), builder.emit("less", value.operand, ONE))
    safe = builder.select(good, value.operand, MIDDLE)
    return Value(builder.emit("normal_quantile", safe), builder.both(value.determined, good))


def _percent(literal: Literal) -> str:
    return f"{float(literal.value) * 100:.6g}%"


@attrs.define(slots=True, eq=False)
class _Reading:
    """The arguments of one call, each held to its range: a diagnostic where it is known, a check of each run else."""

    low: Lowering
    call: syntax.Call
    bound: Bound
    scope: Scope
    moment: Moment
    determined: Operand = TRUE

    def given(self, name: str) -> bool:
        return name in self.bound.values

    def span(self, name: str) -> Span:
        return self.bound.values[name].span if self.given(name) else self.call.span

    def value(self, name: str) -> Operand:
        value = value_of(self.low, self.bound.values[name], self.scope, self.moment)
        self.determined = self.low.builder.both(self.determined, value.determined)
        return value.operand

    def refuse(self, code: str, message: str, name: str, help: str | None = None) -> NotLowered:
        self.low.collector.error(code, message, self.span(name), label="out of range", help=help)
        return NotLowered()

    def share(self, name: str, code: str) -> Operand:
        """A figure from 0 to 1."""
        operand = self.value(name)
        said = name.replace("_", " ")
        if isinstance(operand, Literal) and not 0 <= operand.value <= 1:
            raise self.refuse(code, f"{article(said)} of {_percent(operand)} is not between 0% and 100%", name)
        self.hold(in_range(self.low.builder, operand), name, f"the {said} is not between 0% and 100%")
        return operand

    def hold(self, condition: Operand, name: str, otherwise: str) -> None:
        what = f"{name} of {self.call.function.text}"
        hold(self.low.builder, self.low.product, condition, self.span(name), what, otherwise, self.determined)

    def tranche(self) -> tuple[Operand, Operand]:
        """Attachment and detachment, shares of the pool: E0670 where the one is not below the other."""
        attachment, detachment = self.share("attachment", "E0670"), self.share("detachment", "E0670")
        if isinstance(attachment, Literal) and isinstance(detachment, Literal):
            if attachment.value >= detachment.value:
                raise self.refuse(
                    "E0670",
                    "the attachment of a tranche lies below its detachment: "
                    f"{_percent(attachment)} is not below {_percent(detachment)}",
                    "attachment",
                    help="a tranche bears losses from its attachment up to its detachment: `0%` and `3%`",
                )
        else:
            below = self.low.builder.emit("less", attachment, detachment)
            self.hold(below, "attachment", "the attachment does not lie below the detachment")
        return attachment, detachment

    def names(self) -> Operand:
        """How many names; 0 for the large pool."""
        if not self.given("names"):
            return ZERO
        return self.whole("names", "names are counted: 1, 2, 3 ...")

    def whole(self, name: str, said: str) -> Operand:
        operand = self.value(name)
        if isinstance(operand, Literal):
            if Fraction(operand.value).denominator != 1 or not 1 <= operand.value <= 1_000_000:
                raise self.refuse("E0673", f"{said}, up to 1,000,000", name)
            return operand
        builder = self.low.builder
        least = builder.emit("less_equal", ONE, operand)
        exact = builder.emit("equal", builder.emit("floor", operand), operand)
        self.hold(builder.both(least, exact), name, f"`{name}` is not a whole number from 1")
        return operand

    def years(self) -> list[Fraction]:
        """The ends of a contract's periods, in years; the first is the shorter one where they do not fit."""
        maturity = self._duration("maturity")
        period = self._duration("period") if self.given("period") else QUARTER
        count = -(-maturity // period)
        if count > MOST_PERIODS:
            raise self.refuse("E0673", f"a contract of more than {MOST_PERIODS} periods", "maturity")
        self.low.trail.periods += int(count)
        if self.low.trail.periods > MOST_PRICED:
            raise self.refuse("E0673", f"this deal prices contracts of more than {MOST_PRICED:,} periods", "maturity")
        return [maturity - (count - 1 - place) * period for place in range(int(count))]

    def _duration(self, name: str) -> Fraction:
        operand = self.value(name)
        dimension = self.low.types.of(self.bound.values[name], self.scope).dimension
        if not isinstance(operand, Literal) or operand.value <= 0:
            raise self.refuse(
                "E0673",
                f"`{name}` is a time from now on that is known when the deal is read",
                name,
                help="`period = 3 months`" if name == "period" else f"`{name} = 5 years`",
            )
        # Exact time is in hours.
        return Fraction(operand.value) / (1 if dimension.power("year") == 1 else 24 * 365)

    # ------------------------------------------------------------------------------------------ curves

    def defaulted(self, ends: list[Fraction]) -> list[Operand]:
        """The probability of default by each end: 1 - exp(-H(t)), from a rate or rates by age."""
        node = self.bound.values["hazard"]
        found = lower(self.low, node, self.scope, self.moment)
        builder = self.low.builder
        if isinstance(found, EntryValue):
            return self._off_curve(credit_points(self.low, node, self.scope, self.moment), ends)
        if isinstance(found, Value):
            self.determined = builder.both(self.determined, found.determined)
            pieces: list[tuple[Fraction | None, Operand]] = [(None, found.operand)]
        elif isinstance(found, PairsValue) and found.items:
            pieces = self._pieces(found)
        else:
            raise self.refuse("E0672", "a default rate is a rate per year, or one for each of some years", "hazard")
        for _, rate in pieces:
            if isinstance(rate, Literal) and rate.value < 0:
                raise self.refuse("E0672", "a default rate is below zero", "hazard")
            if not isinstance(rate, Literal):
                self.hold(builder.emit("less_equal", ZERO, rate), "hazard", "a default rate is below zero")
        return [self._defaulted(pieces, end) for end in ends]

    def _off_curve(self, points: Points, ends: list[Fraction]) -> list[Operand]:
        """One less the survival of a credit curve, from the curve's own date on."""
        builder = self.low.builder
        self.determined = builder.both(self.determined, points.determined)
        survived = [
            emit(
                self.low.model,
                self.low.collector,
                self.low.builder,
                "survival",
                points.traded,
                points.traded,
                self._day(points, end),
                *points.operands,
                span=self.span("hazard"),
                pillars=points.pillars,
            )
            for end in ends
        ]
        return [builder.mark_nonnegative(builder.subtract(ONE, one)) for one in survived]

    def _day(self, points: Points, years: Fraction) -> Operand:
        """So many years after a curve's date, 365 days to each."""
        builder = self.low.builder
        days = number(round(years * 365))
        return builder.emit("to_date", builder.add(builder.emit("to_number", points.traded), days))

    def discounting(self) -> Operand | Points:
        """One rate, compounded continuously, or a rate curve."""
        node = self.bound.values["rate"]
        if self.low.types.of(node, self.scope).kind != "rate_curve":
            return self.value("rate")
        points = rate_points(self.low, node, self.scope, self.moment)
        self.determined = self.low.builder.both(self.determined, points.determined)
        return points

    def _pieces(self, found: PairsValue) -> list[tuple[Fraction | None, Operand]]:
        pieces: list[tuple[Fraction | None, Operand]] = []
        before = Fraction(0)
        for until, rate in found.items:
            years = Fraction(until.operand.value) if isinstance(until.operand, Literal) else Fraction(0)
            if until.operand.kind != "float" or years <= before:
                self.low.collector.error(
                    "E0614",
                    "the points of a default rate rise, from now on",
                    self.span("hazard"),
                    help="`[1 year: 2%, 3 years: 3%]`",
                )
                raise NotLowered
            self.determined = self.low.builder.both(self.determined, rate.determined)
            pieces.append((years, rate.operand))
            before = years
        pieces[-1] = (None, pieces[-1][1])
        return pieces

    def _defaulted(self, pieces: list[tuple[Fraction | None, Operand]], end: Fraction) -> Operand:
        builder = self.low.builder
        total: Operand = ZERO
        begins = Fraction(0)
        for until, rate in pieces:
            last = end if until is None else min(until, end)
            if last > begins:
                total = builder.add(total, builder.multiply(rate, number(last - begins)))
                begins = last
        survived = builder.emit("exp", builder.emit("negate", total))
        return builder.mark_nonnegative(builder.subtract(ONE, survived))

    def discount(self, rate: Operand | Points, years: Fraction) -> Operand:
        """exp(-r t), or what a curve says."""
        builder = self.low.builder
        if isinstance(rate, Points):
            return emit(
                self.low.model,
                self.low.collector,
                self.low.builder,
                "discount",
                rate.traded,
                rate.traded,
                self._day(rate, years),
                *rate.operands,
                span=self.span("rate"),
                pillars=rate.pillars,
                convention=rate.convention,
                holidays=rate.holidays,
            )
        return builder.emit("exp", builder.emit("negate", builder.multiply(rate, number(years))))


# --------------------------------------------------------------------------------------------- tranches


def _tranche(reading: _Reading) -> Callable[[Operand], Operand]:
    """The expected loss of the call's tranche, a share of it, for a probability of default."""
    low, builder = reading.low, reading.low.builder
    recovery, correlation = reading.share("recovery", "E0672"), reading.share("correlation", "E0671")
    attachment, detachment = reading.tranche()
    if not reading.given("notional"):
        names = reading.names()
        return lambda p: builder.emit("tranche_loss", p, recovery, correlation, attachment, detachment, names)
    if reading.given("names"):
        raise reading.refuse("E0673", "`notional` has a row for each name, so `names` is not said", "names")
    notional = reading.value("notional")
    if notional.rows is None:
        raise reading.refuse(
            "E0673",
            "`notional` is of a family's rows, and this is one figure",
            "notional",
            help="of names alike say how many there are: `names = 100`",
        )
    reading.hold(builder.emit("less_equal", ZERO, notional), "notional", "a notional is below zero")
    for name, operand in (("correlation", correlation), ("attachment", attachment), ("detachment", detachment)):
        if operand.rows is not None:
            raise reading.refuse("E0673", f"`{name}` is one figure of the pool, and this is one for each row", name)
    pool = builder.emit("sum_rows", notional)
    loss = builder.multiply(notional, builder.subtract(ONE, recovery))
    ends = [builder.multiply(one, pool) for one in (attachment, detachment)]
    reading.determined = _of_all(low.builder, reading.determined)
    return lambda p: builder.emit("pool_tranche_loss", correlation, *ends, p, loss)


def _tranche_loss(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    reading = _Reading(low, expression, bound, scope, moment)
    probability = reading.share("default_probability", "E0672")
    loss = _tranche(reading)(probability)
    return Value(loss, reading.determined)


def _legs(
    reading: _Reading, lost: list[Operand], ends: list[Fraction], rate: Operand | Points
) -> tuple[Operand, Operand]:
    """What protection is worth, and what a premium of 1 a year is worth, per unit of the size."""
    builder = reading.low.builder
    protection: Operand = ZERO
    annuity: Operand = ZERO
    before: Operand = ZERO
    begins = Fraction(0)
    for share, end in zip(lost, ends, strict=True):
        length = end - begins
        new = builder.multiply(builder.subtract(share, before), reading.discount(rate, begins + length / 2))
        protection = builder.add(protection, new)
        left = builder.multiply(builder.subtract(ONE, share), reading.discount(rate, end))
        annuity = builder.add(annuity, builder.multiply(left, number(length)))
        annuity = builder.add(annuity, builder.multiply(new, number(length / 2)))
        before, begins = share, end
    return protection, annuity


def _tranche_legs(
    low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment
) -> tuple[Operand, Operand, _Reading]:
    reading = _Reading(low, expression, bound, scope, moment)
    ends = reading.years()
    loss = _tranche(reading)
    rate = reading.discounting()
    protection, annuity = _legs(reading, [loss(p) for p in reading.defaulted(ends)], ends, rate)
    return protection, annuity, reading


def _tranche_spread(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    protection, annuity, reading = _tranche_legs(low, expression, bound, scope, moment)
    if reading.given("upfront"):
        protection = low.builder.subtract(protection, reading.value("upfront"))
    return divide(low.builder, Value(protection, reading.determined), Value(annuity))


def _tranche_upfront(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    protection, annuity, reading = _tranche_legs(low, expression, bound, scope, moment)
    paid = low.builder.multiply(reading.value("spread"), annuity)
    return Value(low.builder.subtract(protection, paid), reading.determined)


# --------------------------------------------------------------------------------------------- baskets


def _basket(reading: _Reading) -> Callable[[Operand], Operand]:
    """The chance that the n-th name has defaulted, for a probability of default."""
    builder = reading.low.builder
    correlation = reading.share("correlation", "E0671")
    n = reading.whole("n", "defaults are counted: the 1st, the 2nd ...")
    if not reading.given("names"):
        return lambda p: builder.emit("pool_default_count", correlation, n, p)
    names = reading.names()
    if isinstance(n, Literal) and isinstance(names, Literal):
        if n.value > names.value:
            raise reading.refuse("E0673", f"of {names.value} names there is no default number {n.value}", "n")
    else:
        reading.hold(builder.emit("less_equal", n, names), "n", "`n` is above the number of names")
    return lambda p: builder.emit("default_count", p, correlation, names, n)


def _rows_or_names(reading: _Reading, probability: Operand, name: str) -> None:
    if not reading.given("names") and probability.rows is None:
        raise reading.refuse(
            "E0673",
            f"how many names? `{name}` is one figure, not one for each row of a family",
            name,
            help="say it: `names = 10`",
        )
    if reading.given("names") and probability.rows is not None:
        raise reading.refuse("E0673", f"`{name}` has a row for each name, so `names` is not said", "names")


def _nth_probability(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    reading = _Reading(low, expression, bound, scope, moment)
    probability = reading.share("default_probability", "E0672")
    _rows_or_names(reading, probability, "default_probability")
    chance = _basket(reading)(probability)
    return Value(chance, _of_all(low.builder, reading.determined))


def _nth_spread(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    reading = _Reading(low, expression, bound, scope, moment)
    ends = reading.years()
    probabilities = reading.defaulted(ends)
    _rows_or_names(reading, probabilities[0], "hazard")
    chance = _basket(reading)
    recovery, rate = reading.share("recovery", "E0672"), reading.discounting()
    protection, annuity = _legs(reading, [chance(p) for p in probabilities], ends, rate)
    paid = low.builder.multiply(low.builder.subtract(ONE, recovery), protection)
    return divide(low.builder, Value(paid, _of_all(low.builder, reading.determined)), Value(annuity))


def _of_all(builder: Builder, determined: Operand) -> Operand:
    if determined.rows is None:
        return determined
    return builder.negated(builder.emit("any_rows", builder.negated(determined)))


def _joint(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Two names: B(N^-1(p), N^-1(q); c)."""
    reading = _Reading(low, expression, bound, scope, moment)
    builder = low.builder
    p, q = reading.share("p", "E0672"), reading.share("q", "E0672")
    correlation = reading.share("correlation", "E0671")
    ranks = [_normal_quantile(low.builder, Value(one)) for one in (p, q)]
    both = builder.emit("bivariate_normal_cdf", ranks[0].operand, ranks[1].operand, correlation)
    # Where one never or surely defaults, the other's probability says it all.
    inside = builder.both(ranks[0].determined, ranks[1].determined)
    return Value(builder.select(inside, both, builder.multiply(p, q)), reading.determined)


functions(
    {
        "normal_probability": _probability,
        "normal_quantile": _quantile,
        "tranche_loss": _tranche_loss,
        "tranche_spread": _tranche_spread,
        "tranche_upfront": _tranche_upfront,
        "nth_to_default_probability": _nth_probability,
        "nth_to_default_spread": _nth_spread,
        "joint_default_probability": _joint,
    }
)
