"""Series and figures of one scenario for the tests of the measures, and how a result is read."""

from __future__ import annotations

from typing import Any

import numpy as np


def one(*rows: float) -> Any:
    """A series [date, scenario] of one scenario."""
    return np.array(rows, dtype=np.float64)[:, None]


def figure(value: float) -> Any:
    return np.array([value], dtype=np.float64)


def read(result: tuple[Any, Any]) -> float | None:
    """The only scenario of a result, None where it is not determined (when its value must be 0)."""
    values, determined = result
    assert np.shape(values) == np.shape(determined) == (1,)
    assert np.isfinite(values).all()
    if not determined[0]:
        assert values[0] == 0.0
        return None
    return float(values[0])


def bond(coupon: float, years: int, frequency: int) -> tuple[Any, tuple[float, ...]]:
    """A bullet bond of 100 at its issue: flows [date, 1] from date 1 on, and times."""
    periods = years * frequency
    flows = [coupon / frequency * 100] * periods
    flows[-1] += 100
    return one(0.0, *flows), tuple(period / frequency for period in range(periods + 1))
