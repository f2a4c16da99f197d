"""Statistics over scenarios: what a simulation says about one figure.

``values`` and ``determined`` are [scenario]; only determined scenarios count, and each function gives
``(number, determined)``. Sums are correctly rounded (``math.fsum``), so that a statistic does not depend
on the order in which blocks of scenarios arrive.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction

import numpy as np

from .arrays import Array

Statistic = tuple[float, bool]

LARGEST = Fraction(sys.float_info.max)


def _counted(values: Array, determined: Array | None) -> Array:
    values = np.asarray(values, dtype=np.float64).reshape(-1)
    if determined is None:
        return values
    kept: Array = values[np.asarray(determined, dtype=np.bool_).reshape(-1)]
    return kept


def _number(value: float) -> Statistic:
    return (value, True) if math.isfinite(value) else (0.0, False)


def _sum(values: Array) -> float:
    """The sum, correctly rounded; not finite where a value is not, or where the sum passes the range of a double."""
    if not np.isfinite(values).all():
        return math.nan
    try:
        return math.fsum(values)
    except OverflowError:
        # It may be the sum of the first few that is too large, in this order: whole numbers know no bound.
        exact = Fraction(sum(map(Fraction, values.tolist())))
    return float(exact) if abs(exact) <= LARGEST else math.inf


def share_determined(values: Array, determined: Array | None = None) -> Statistic:
    """The share of scenarios in which the figure exists; the other statistics speak of those alone."""
    if not np.size(values):
        return 0.0, False
    return _number(len(_counted(values, determined)) / np.size(values))


def mean(values: Array, determined: Array | None = None) -> Statistic:
    """The arithmetic mean."""
    counted = _counted(values, determined)
    return _number(_sum(counted) / len(counted)) if len(counted) else (0.0, False)


def standard_deviation(values: Array, determined: Array | None = None) -> Statistic:
    """The sample standard deviation (n - 1); not determined below two scenarios."""
    counted = _counted(values, determined)
    if len(counted) < 2:
        return 0.0, False
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.square(counted - _sum(counted) / len(counted))
    return _number(math.sqrt(_sum(squares) / (len(counted) - 1)))


def standard_error(values: Array, determined: Array | None = None) -> Statistic:
    """The standard error of the mean of independent draws: standard deviation / sqrt(n)."""
    deviation, sound = standard_deviation(values, determined)
    return (deviation / math.sqrt(len(_counted(values, determined))), True) if sound else (0.0, False)


def percentile(values: Array, determined: Array | None = None, *, level: float) -> Statistic:
    """The value below which a share ``level`` (0 to 1) of the scenarios lie.

    Linear between order statistics at position level * (n - 1): definition 7 of Hyndman & Fan 1996,
    the percentile of numpy, R and the spreadsheets (PERCENTILE.INC).
    """
    _check(level)
    counted = np.sort(_counted(values, determined))
    if not len(counted):
        return 0.0, False
    place = level * (len(counted) - 1)
    below = math.floor(place)
    above = min(below + 1, len(counted) - 1)
    share = place - below
    return _number(float(counted[below]) * (1.0 - share) + float(counted[above]) * share)


def expected_shortfall(
    values: Array, determined: Array | None = None, *, level: float, worst: str = "highest"
) -> Statistic:
    """The mean of the worst share 1 - ``level`` of the scenarios.

    ``worst`` is ``"highest"`` (losses) or ``"lowest"`` (returns, cover). Acerbi & Tasche 2002, Definition
    2.6: the scenario on the boundary counts with the part of it that falls in the tail. At level 1 the worst
    scenario itself.
    """
    _check(level)
    if worst not in ("highest", "lowest"):
        raise ValueError(f"worst is 'highest' or 'lowest', not {worst!r}")
    counted = np.sort(_counted(values, determined))
    if not len(counted):
        return 0.0, False
    if worst == "highest":
        counted = counted[::-1]
    size = (1.0 - level) * len(counted)
    whole = math.floor(size)
    if size <= 1.0:
        return _number(float(counted[0]))
    part = (size - whole) * float(counted[whole]) if whole < len(counted) else 0.0
    return _number((_sum(counted[:whole]) + part) / size)


def probability(condition: Array, determined: Array | None = None) -> Statistic:
    """The share of the determined scenarios in which ``condition`` holds."""
    return mean(np.asarray(condition, dtype=np.float64), determined)


def _check(level: float) -> None:
    if not 0.0 <= level <= 1.0:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
