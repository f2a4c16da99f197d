"""Distributions as equations over standard draws: normals N(0, 1) and uniforms on (0, 1).

Inverse distribution functions are those of Devroye, Non-Uniform Random Variate Generation (1986), chapter II.2; the
paths are exact at their dates for any step length: Glasserman, Monte Carlo Methods in Financial Engineering (2003),
section 3.2 for the geometric Brownian path, 3.3 for the Ornstein-Uhlenbeck (Vasicek) path.
"""

from __future__ import annotations

import datetime
from fractions import Fraction

from ....engine.ir import Literal, Operand, Var
from ..building.builder import ONE, TRUE, ZERO, Builder, Traits, day, number

LAST = datetime.date(2199, 12, 31)
"""The last day that a drawn date may fall on; what would come later is `never`."""

DAYS_A_YEAR = 365

HALF = number(Fraction(1, 2))


def normal(builder: Builder, mean: Operand, deviation: Operand, standard: Operand) -> Operand:
    """mean + deviation Z."""
    return builder.add(mean, builder.multiply(deviation, standard))


def lognormal(builder: Builder, mean: Operand, deviation: Operand, standard: Operand) -> Operand:
    """mean exp(s Z - s^2 / 2): its own mean is ``mean``, and its logarithm has the deviation s."""
    drop = builder.multiply(HALF, builder.multiply(deviation, deviation))
    exponent = builder.subtract(builder.multiply(deviation, standard), drop)
    return builder.multiply(mean, builder.emit("exp", exponent))


def uniform(builder: Builder, low: Operand, high: Operand, share: Operand) -> Operand:
    """low + (high - low) U."""
    return builder.add(low, builder.multiply(builder.subtract(high, low), share))


def triangular(builder: Builder, low: Operand, mode: Operand, high: Operand, share: Operand) -> Operand:
    """Up to the mode's own share c of the width: low + w sqrt(U c); above it: high - w sqrt((1 - U)(1 - c))."""
    width = builder.subtract(high, low)
    wide = builder.emit("less", ZERO, width)
    safe = builder.select(wide, width, ONE)
    at_mode = builder.emit("divide", builder.subtract(mode, low), safe)
    at_mode = builder.minimum(builder.maximum(at_mode, ZERO), ONE)
    rising = _root(builder, builder.multiply(share, at_mode))
    falling = _root(builder, builder.multiply(builder.subtract(ONE, share), builder.subtract(ONE, at_mode)))
    below = builder.add(low, builder.multiply(width, rising))
    above = builder.subtract(high, builder.multiply(width, falling))
    return builder.select(builder.emit("less", share, at_mode), below, above)


def exponential(builder: Builder, rate: Operand, share: Operand) -> tuple[Operand, Operand]:
    """-log(U) / rate, and whether there is such a wait: at a rate of nothing there is none (E0613 if known)."""
    if isinstance(rate, Literal):
        return builder.emit("divide", _wait(builder, share), rate), TRUE
    some = builder.emit("less", ZERO, rate)
    return builder.emit("divide", _wait(builder, share), builder.select(some, rate, ONE)), some


def geometric_path(
    builder: Builder,
    label: str,
    start: Operand,
    drift: Operand,
    volatility: Operand,
    years: Operand,
    standard: Operand,
) -> Operand:
    """start exp(L), where L steps by (drift - v^2 / 2) dt + v sqrt(dt) Z: its expectation is start exp(drift t)."""
    drop = builder.multiply(HALF, builder.multiply(volatility, volatility))
    trend = builder.multiply(builder.subtract(drift, drop), years)
    shock = builder.multiply(builder.multiply(volatility, _root(builder, years)), standard)
    before = _before(builder, f"{label} (log path)", ZERO, builder.add(trend, shock))
    path = builder.add(before, builder.add(trend, shock))
    _carry(builder, before, path, ZERO)
    return builder.multiply(start, builder.emit("exp", path))


def mean_reverting_path(
    builder: Builder,
    label: str,
    start: Operand,
    mean: Operand,
    speed: Operand,
    volatility: Operand,
    years: Operand,
    standard: Operand,
) -> Operand:
    """Steps by (mean - x)(1 - exp(-k dt)) + v sqrt((1 - exp(-2 k dt)) / (2 k)) Z, k the speed.

    At k = 0 that is v sqrt(dt) Z. The variance far from the start is v^2 / (2 k). On a date without a step dt is 0
    and the value stays to the bit.
    """
    pull, variance = _reversion(builder, speed, years)
    shock = builder.multiply(builder.multiply(volatility, _root(builder, variance)), standard)
    like = builder.add(builder.add(start, mean), builder.add(shock, pull))
    before = _before(builder, f"{label} (path)", start, like)
    moved = builder.multiply(builder.subtract(mean, before), pull)
    path = builder.add(before, builder.add(moved, shock))
    _carry(builder, before, path, start)
    return path


def _reversion(builder: Builder, speed: Operand, years: Operand) -> tuple[Operand, Operand]:
    """1 - exp(-k dt), and the variance of a step at a volatility of 1."""
    if isinstance(speed, Literal) and speed.value == 0:
        return ZERO, years
    some = builder.emit("less", ZERO, speed)
    safe = builder.select(some, speed, ONE)
    grown = builder.multiply(safe, years)
    pull = builder.subtract(ONE, builder.emit("exp", builder.emit("negate", grown)))
    twice = builder.subtract(ONE, builder.emit("exp", builder.multiply(number(-2), grown)))
    variance = builder.emit("divide", twice, builder.multiply(number(2), safe))
    return builder.select(some, pull, ZERO), builder.select(some, builder.positive(variance), years)


def _before(builder: Builder, label: str, initial: Operand, like: Operand) -> Var:
    """Yesterday's value of a path, bound by `_carry`: drawn, but nothing that the deal does changes it."""
    known = builder.traits(like)
    first = builder.traits(initial)
    traits = Traits(date=True, scenario=True, row=known.row or first.row, drawn=True)
    return builder.placeholder(label, "float", known.row or first.row, traits)


def _carry(builder: Builder, before: Var, path: Operand, initial: Operand) -> None:
    builder.bind(before, builder.emit("previous", path, initial))


def default_date(
    builder: Builder, closing: datetime.date, pieces: list[tuple[Fraction | None, Operand]], share: Operand
) -> Operand:
    """The day on which the chance to have survived, exp(-H(t)), has fallen to U.

    H adds up the yearly rates of default over time: each of ``pieces`` holds up to its years after closing, the last
    (None) for ever. The date is closing plus the whole days of t, 365 to a year; `never` beyond 2199.
    """
    wait = _wait(builder, share)
    # A year beyond the last day: far enough that no rounding brings it back.
    limit = number(Fraction((LAST - closing).days, DAYS_A_YEAR) + 1)
    years = _time(builder, wait, Fraction(0), pieces, limit)
    days = builder.multiply(builder.minimum(years, limit), number(DAYS_A_YEAR))
    date = builder.emit("to_date", builder.add(number(closing.toordinal()), days))
    return builder.select(builder.emit("less_equal", date, day(LAST)), date, day(None))


def _time(
    builder: Builder, left: Operand, begins: Fraction, pieces: list[tuple[Fraction | None, Operand]], limit: Operand
) -> Operand:
    """The years after which the added-up rates reach what is left of the wait."""
    until, rate = pieces[0]
    some = builder.emit("less", ZERO, rate)
    safe = builder.select(some, rate, ONE)
    reached = builder.add(number(begins), builder.emit("divide", left, safe))
    here = builder.select(some, reached, limit)
    if until is None or len(pieces) == 1:
        return here
    held = builder.multiply(builder.positive(rate), number(until - begins))
    later = _time(builder, builder.subtract(left, held), until, pieces[1:], limit)
    return builder.select(builder.emit("less", left, held), here, later)


def _wait(builder: Builder, share: Operand) -> Operand:
    """-log(U), exponential with mean 1."""
    return builder.mark_nonnegative(builder.emit("negate", builder.emit("log", share)))


def _root(builder: Builder, x: Operand) -> Operand:
    return builder.emit("power", builder.positive(x), HALF)
