"""Functions that no fraction holds, to `DIGITS` significant digits: what the exact evaluator works them out with.

Nothing here goes through a double. `rounded` is the one place where a fraction that has grown out of hand is cut.
"""

from __future__ import annotations

import decimal
import functools
from fractions import Fraction

DIGITS = 80
"""Significant digits of what is not rational; the last few may be wrong."""

_GUARD = 15
_CONTEXT = decimal.Context(
    prec=DIGITS + _GUARD, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, rounding=decimal.ROUND_HALF_EVEN, traps=[]
)

MOST_BITS = 8_000
"""Of the numerator and the denominator of a number worked out exactly: beyond, each squaring doubles them."""

LONGEST = 3_000
"""Bits of a numerator or denominator that are carried; beyond, a fraction is cut to `KEPT` bits."""
KEPT = 400
"""Bits that are left: some 120 significant digits."""

WHOLE_POWER = 200_000
"""Bits of a whole power that is worked out as it stands, before it is cut."""

FARTHEST = 20_000
"""The largest logarithm: beyond it a number is too large for any engine, and on the other side it is zero."""


def bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def rounded(value: Fraction) -> Fraction:
    """The fraction itself up to `LONGEST` bits, beyond that the nearest of `KEPT` significant bits."""
    numerator, denominator = value.numerator, value.denominator
    if denominator.bit_length() <= LONGEST and numerator.bit_length() <= LONGEST:
        return value
    shift = KEPT - numerator.bit_length() + denominator.bit_length()
    if shift >= 0:
        return Fraction(((numerator << (shift + 1)) // denominator + 1) >> 1, 1 << shift)
    return Fraction((((numerator << 1) // (denominator << -shift)) + 1) >> 1) * (1 << -shift)


def _decimal(value: Fraction) -> decimal.Decimal:
    return _CONTEXT.divide(decimal.Decimal(value.numerator), decimal.Decimal(value.denominator))


def _fraction(value: decimal.Decimal) -> Fraction:
    if not value.is_finite():
        raise OverflowError("the result is not a number of any moderate size")
    if value and value.adjusted() < -FARTHEST:
        return Fraction(0)
    return Fraction(value)


def exp(x: Fraction) -> Fraction:
    """``OverflowError`` where the result is past ``e ** FARTHEST``; 0 on the other side of it."""
    if x > FARTHEST:
        raise OverflowError("the result of exp is too large")
    return Fraction(0) if x < -FARTHEST else _fraction(_CONTEXT.exp(_decimal(x)))


def log(x: Fraction) -> Fraction:
    """``ValueError`` unless x is above zero."""
    if x <= 0:
        raise ValueError("a logarithm of what is not above zero")
    # Near 1 the digits are those of x - 1, which the quotient of a number and itself must not lose.
    near = x - 1
    if abs(near) < Fraction(1, 10**6):
        return _near_one(near)
    return _fraction(_CONTEXT.ln(_decimal(x)))


def _near_one(x: Fraction) -> Fraction:
    """log(1 + x) by its series, for x below a millionth."""
    x = rounded(x)
    total, term = Fraction(0), x
    for place in range(1, 16):
        total += term / place if place % 2 else -term / place
        term = rounded(term * x)
    return rounded(total)


def square_root(x: Fraction) -> Fraction:
    """``ValueError`` below zero."""
    if x < 0:
        raise ValueError("a root of what is below zero")
    return _fraction(_CONTEXT.sqrt(_decimal(x)))


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Exact for whole exponents: above `MOST_BITS` bits `rounded`. ``ValueError`` where there is no real power."""
    size = bits(base) * abs(exponent.numerator)
    if exponent.denominator == 1 and size <= WHOLE_POWER:
        if base == 0 and exponent < 0:
            raise ValueError("zero to a power below zero")
        whole = base**exponent.numerator
        return whole if size <= MOST_BITS else rounded(whole)
    if base == 0 and exponent > 0:
        return Fraction(0)
    if base < 0 and exponent.denominator == 1:
        return power(-base, exponent) * (-1 if exponent.numerator % 2 else 1)
    if base <= 0:
        raise ValueError("a fractional power of what is not above zero")
    return exp(exponent * log(base))


# ------------------------------------------------------------------------------------------------- the normal law

_WIDE = _CONTEXT.copy()
_WIDE.prec = DIGITS + 4 * _GUARD
"""Digits enough that a tail of 12 standard deviations, 1e-33, has `DIGITS` of its own."""


@functools.cache
def _root_of_two_pi() -> Fraction:
    """Pi by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239)."""
    scale = 10 ** (_WIDE.prec + _GUARD)

    def arctangent(inverse: int) -> int:
        term, total, place = scale // inverse, 0, 1
        while term:
            total += term // place if place % 4 == 1 else -(term // place)
            term //= inverse * inverse
            place += 2
        return total

    twice = decimal.Decimal(2 * (16 * arctangent(5) - 4 * arctangent(239)))
    return Fraction(_WIDE.sqrt(_WIDE.divide(twice, decimal.Decimal(scale))))


def normal_density(x: Fraction) -> Fraction:
    square = -x * x / 2
    if square < -FARTHEST:
        return Fraction(0)
    power = _WIDE.exp(_WIDE.divide(decimal.Decimal(square.numerator), decimal.Decimal(square.denominator)))
    return Fraction(power) / _root_of_two_pi()


def normal_cdf(x: Fraction) -> Fraction:
    """Of the standard normal law: by the series of Abramowitz and Stegun 26.2.11, far out by the continued fraction
    26.2.14."""
    x = _cut(x)
    if x < 0:
        return _far_tail(-x) if x < -12 else rounded(1 - normal_cdf(-x))
    if x > 12:
        return 1 - _far_tail(x)
    # 1/2 + density * (x + x^3/3 + x^5/(3*5) + …), in whole numbers.
    scale = 10**_WIDE.prec
    term = total = round(x * scale)
    square, place = term * term // scale, 1
    while term:
        place += 2
        term = term * square // scale // place
        total += term
    return _cut(Fraction(1, 2) + normal_density(x) * Fraction(total, scale))


def _far_tail(x: Fraction) -> Fraction:
    found = x
    for place in range(400, 0, -1):
        found = x + place / found
        found = rounded(found)
    return rounded(normal_density(x) / found)


def normal_quantile(p: Fraction) -> Fraction:
    """By Newton's rule on `normal_cdf` from a point of doubles. ``ValueError`` unless 0 < p < 1."""
    if not 0 < p < 1:
        raise ValueError("a quantile of what is no probability")
    if p > Fraction(1, 2):
        return -normal_quantile(1 - p)
    x = _start(p)
    for _ in range(60):
        density = normal_density(x)
        gap = (normal_cdf(x) - p) / density
        # Halley's step: the second derivative of the law is -x times its density.
        step = gap / (1 + x * gap / 2)
        x = rounded(_cut(x - step))
        if abs(step) < Fraction(1, 10 ** (DIGITS - 10)):
            break
    return x


def _cut(value: Fraction) -> Fraction:
    """A fraction of as many digits as are worked with: what goes on into a series need not be longer."""
    scale = 10**_WIDE.prec
    return Fraction(round(value * scale), scale)


def _start(p: Fraction) -> Fraction:
    """Near the quantile of p <= 1/2: Abramowitz and Stegun 26.2.23."""
    t = square_root(-2 * log(p))
    top = Fraction("2.515517") + Fraction("0.802853") * t + Fraction("0.010328") * t * t
    below = 1 + Fraction("1.432788") * t + Fraction("0.189269") * t * t + Fraction("0.001308") * t * t * t
    return _cut(top / below - t)
