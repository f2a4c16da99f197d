"""Scalar kernels over any number type: the meaning of each primitive, with Fractions or with floats.

What no Fraction holds (exp, log, roots, fractional powers, the normal law) is worked out to `digits.DIGITS` digits.
Other laws, what is read off curves and portfolios go through a double and back (`by_float`).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..ir import NEVER
from . import curves, digits
from .digits import MOST_BITS, bits

Number = Any
"""A Fraction or a float: whatever the evaluator runs on."""


def _like(sample: Number, value: float) -> Number:
    return Fraction(value) if isinstance(sample, Fraction) else value


def by_float(function: Callable[..., Any]) -> Callable[..., Number]:
    """A function of doubles for any number type: through a double and back."""

    def call(*operands: Number, **attributes: Any) -> Number:
        return _like(operands[0], float(function(*(float(one) for one in operands), **attributes)))

    return call


def rows_by_float(function: Callable[..., Any]) -> Callable[..., Number]:
    """A kernel over rows for any number type: numbers as [1] lanes, lists as [row, 1]."""

    def call(*operands: Any) -> Number:
        arrays = [
            np.array([[float(row)] for row in one]) if isinstance(one, list) else np.array([float(one)])
            for one in operands
        ]
        return _like(operands[0], float(function(*arrays)[0]))

    return call


def by_digits(of_fractions: Callable[..., Fraction], of_doubles: Callable[..., Any]) -> Callable[..., Number]:
    """A function that has an exact form for Fractions and a kernel for doubles."""

    def call(*operands: Number) -> Number:
        if isinstance(operands[0], Fraction):
            return of_fractions(*(Fraction(one) for one in operands))
        return float(of_doubles(*(float(one) for one in operands)))

    return call


exp = by_digits(digits.exp, np.exp)
log = by_digits(digits.log, np.log)
power = by_digits(digits.power, np.power)


def curve(*operands: Number, formula: str, **attributes: Any) -> Number:
    value = float(curves.curve(*(float(one) for one in operands), formula=formula, **attributes))
    return Fraction(value) if any(isinstance(one, Fraction) for one in operands) else value


def is_whole_power(base: Fraction, exponent: Number) -> bool:
    """Whether a power of a Fraction is exact: a whole exponent, as long as the result stays moderate."""
    return bool(exponent == int(exponent)) and bits(base) * abs(int(exponent)) <= MOST_BITS


def itself(x: Number) -> Number:
    return x


def is_square(x: Fraction) -> bool:
    """Whether the square root of a Fraction is one."""
    return x >= 0 and all(math.isqrt(part) ** 2 == part for part in (x.numerator, x.denominator))


def square_root(x: Number) -> Number:
    if not isinstance(x, Fraction):
        return math.sqrt(x)
    if is_square(x):
        return Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
    return digits.square_root(x)


def floor(x: Number) -> Number:
    return type(x)(math.floor(x))


def round_to(x: Number, *, digits: int, mode: str) -> Number:
    scale = Fraction(10) ** digits
    size = abs(Fraction(x)) * scale
    match mode:
        case "half_up":
            whole = math.floor(size + Fraction(1, 2))
        case "half_even":
            whole = round(size)
        case "down":
            whole = math.floor(size)
        case "up":
            whole = math.ceil(size)
        case _:
            raise ValueError(f"unknown rounding mode {mode!r}")
    return type(x)((-whole if x < 0 else whole) / scale)


def add_months(date: Number, months: Number) -> Number:
    if date >= NEVER:
        return date
    start = datetime.date.fromordinal(int(date))
    index = start.year * 12 + start.month - 1 + int(months)
    if index >= 9999 * 12 + 12:
        return type(date)(NEVER)
    following = index + 1
    last = (
        31
        if following >= 9999 * 12 + 12
        else (datetime.date(following // 12, following % 12 + 1, 1) - datetime.timedelta(days=1)).day
    )
    return type(date)(datetime.date(index // 12, index % 12 + 1, min(start.day, last)).toordinal())


def year(date: Number) -> Number:
    return type(date)(datetime.date.fromordinal(int(date)).year)


def month(date: Number) -> Number:
    return type(date)(datetime.date.fromordinal(int(date)).month)


def take(limit: Number, amount: Sequence[Number], key: Sequence[Number], *, order: str = "lowest") -> list[Number]:
    sign = 1 if order == "lowest" else -1
    left = max(limit, 0 * limit)
    given = [0 * limit] * len(amount)
    for row in sorted(range(len(amount)), key=lambda row: (sign * key[row], row)):
        given[row] = min(left, max(amount[row], 0 * left))
        left -= given[row]
    return given


def sum_groups(group: Sequence[Number], amount: Sequence[Number]) -> list[Number]:
    sums: dict[int, Number] = {}
    for place, value in zip(group, amount, strict=True):
        sums[int(place)] = sums[int(place)] + value if int(place) in sums else value
    return [sums[int(place)] for place in group]


def pick(position: Number, *values: Number) -> Number:
    return values[min(max(int(position), 1), len(values)) - 1]


def level_rows(available: Number, weight: Sequence[Number], cap: Sequence[Number]) -> Number:
    """The level by sorting the members by the level at which each is full."""
    members = sorted(((c / w, w, c) for w, c in zip(weight, cap, strict=True) if w > 0), key=lambda member: member[0])
    left = max(available, 0 * available)
    if sum(c for _, _, c in members) <= left:
        return members[-1][0] if members else 0 * available
    active = sum(w for _, w, _ in members)
    for full_at, w, c in members:
        if full_at * active >= left:
            return left / active
        left -= c
        active -= w
    return members[-1][0]


def level(available: Number, *pairs: Number, members: int) -> Number:
    return level_rows(available, pairs[:members], pairs[members:])


def gather(x: Sequence[Number], *, positions: Sequence[int]) -> list[Number]:
    return [x[position] if position >= 0 else type(x[0])(0) for position in positions]


def gather_at(x: Sequence[Number], position: Sequence[Number]) -> list[Number]:
    return [x[int(one)] if one >= 0 else type(x[0])(0) for one in position]


def window(x: Sequence[Number], *, first: Sequence[int], last: Sequence[int]) -> list[Number]:
    zero = 0 * x[0]
    return [sum(x[start : end + 1], zero) for start, end in zip(first, last, strict=True)]


def discounted(
    x: Sequence[Number],
    rate: Sequence[Number],
    fraction: Sequence[Number],
    *,
    first: Sequence[int],
    last: Sequence[int],
) -> list[Number]:
    growth = [power(1 + r, f) for r, f in zip(rate, fraction, strict=True)]
    values = []
    for date, (start, end) in enumerate(zip(first, last, strict=True)):
        value = 0 * x[0]
        for d in range(start, end + 1):
            factor = math.prod(growth[date + 1 : d + 1], start=1 + 0 * x[0])
            back = math.prod(growth[d + 1 : date + 1], start=1 + 0 * x[0])
            value += x[d] / factor * back
        values.append(value)
    return values


def final(x: Sequence[Number]) -> Number:
    return x[-1]


def total(x: Sequence[Number]) -> Number:
    return sum(x[1:], x[0])


def lowest(x: Sequence[Number], mask: Sequence[bool]) -> Number:
    return min((value for value, counts in zip(x, mask, strict=True) if counts), default=0 * x[0])


def highest(x: Sequence[Number], mask: Sequence[bool]) -> Number:
    return max((value for value, counts in zip(x, mask, strict=True) if counts), default=0 * x[0])


def first_date(x: Sequence[bool], ordinals: Sequence[int]) -> int:
    return next((day for holds, day in zip(x, ordinals, strict=True) if holds), NEVER)
