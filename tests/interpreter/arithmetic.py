"""Numbers: fractions, exact while they are short, and to a hundred digits once they have grown long.

A chain of a few hundred multiplications gives fractions of millions of digits. So a fraction whose denominator has grown
past `LONGEST` bits is put on the grid of 2^-`GRID`: what is lost is far below `DUST`, and two numbers that differ by no
more than `DUST` are one number to every comparison. Nothing that a deal states differs by so little.
"""

from __future__ import annotations

import datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

LONGEST = 640
GRID = 420
DUST = Fraction(1, 10**45)
ZERO, ONE = Fraction(0), Fraction(1)
NEVER = datetime.date.max
"""Later than every date."""

_CONTEXT = Context(prec=90)


def tidy(value: Fraction) -> Fraction:
    if value.denominator.bit_length() <= LONGEST:
        return value
    return Fraction((value.numerator << GRID) // value.denominator, 1 << GRID)


def same(left: Any, right: Any) -> bool:
    """Whether two values are one: numbers to within dust, anything else as it is."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return -DUST <= left - right <= DUST
    return bool(left == right)


def below(left: Any, right: Any) -> bool:
    """Strictly below, by more than dust."""
    if isinstance(left, Fraction):
        return bool(right - left > DUST)
    return bool(left < right)


def decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _of(value: Decimal) -> Fraction:
    return tidy(Fraction(value))


def exponential(value: Fraction) -> Fraction:
    return _of(_CONTEXT.exp(decimal(value)))


def logarithm(value: Fraction) -> Fraction | None:
    """None of nothing and of what is below it."""
    return _of(_CONTEXT.ln(decimal(value))) if value > 0 else None


def root(value: Fraction) -> Fraction | None:
    if value < -DUST:
        return None
    return _of(_CONTEXT.sqrt(decimal(max(value, ZERO))))


def power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """A whole power exactly, another through the logarithm; None where there is none."""
    if exponent.denominator == 1:
        if base == 0 and exponent < 0:
            return None
        return _whole_power(base, int(exponent))
    if base < 0:
        return None
    if base == 0:
        return ZERO if exponent > 0 else None
    return _of(_CONTEXT.exp(_CONTEXT.multiply(decimal(exponent), _CONTEXT.ln(decimal(base)))))


def _whole_power(base: Fraction, exponent: int) -> Fraction:
    if exponent < 0:
        base, exponent = 1 / base, -exponent
    result, square = ONE, base
    while exponent:
        if exponent & 1:
            result = tidy(result * square)
        exponent >>= 1
        if exponent:
            square = tidy(square * square)
    return result


def floor(value: Fraction) -> Fraction:
    return Fraction((value + DUST).__floor__())


def ceiling(value: Fraction) -> Fraction:
    return Fraction((value - DUST).__ceil__())


def rounded(value: Fraction, digits: int) -> Fraction:
    """Half away from zero."""
    scale = Fraction(10) ** digits
    sign = -1 if value < 0 else 1
    return sign * floor(abs(value) * scale + Fraction(1, 2)) / scale
