"""Dates: ``to_date(float) to_number(date) add_months(date, float) year(date) month(date)``.

``to_date`` keeps the day: it rounds down.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..ir import NEVER
from . import exact, kernels
from .primitive import Number, Primitive, always, elementwise, exactly, unknown, where_first

LAST_YEAR = 9998
"""The last whose dates have a month after them."""


def _lands_on_a_date(values: Sequence[Number]) -> bool:
    ordinal, months = Fraction(values[0]), Fraction(values[1])
    if ordinal >= NEVER:
        return True
    if months.denominator != 1:
        return False
    start = datetime.date.fromordinal(int(ordinal))
    return 1 <= (start.year * 12 + start.month - 1 + int(months)) // 12 <= LAST_YEAR


PRIMITIVES: tuple[Primitive, ...] = (
    elementwise(
        "to_date",
        ("float",),
        "date",
        np.floor,
        exact.floor,
        sign=where_first,
        folds=exactly,
        on_floats=False,
        out=kernels.alone(np.floor),
        jumps=True,
    ),
    elementwise(
        "to_number",
        ("date",),
        "float",
        kernels.as_numbers,
        exact.itself,
        sign=where_first,
        folds=exactly,
        on_floats=True,
        out=kernels.copied,
        relabels=True,
    ),
    elementwise(
        "add_months",
        ("date", "float"),
        "date",
        kernels.add_months,
        exact.add_months,
        sign=unknown,
        folds=_lands_on_a_date,
        on_floats=False,
        out=None,
    ),
    elementwise(
        "year",
        ("date",),
        "float",
        kernels.year,
        exact.year,
        sign=always,
        folds=exactly,
        on_floats=False,
        out=None,
    ),
    elementwise(
        "month",
        ("date",),
        "float",
        kernels.month,
        exact.month,
        sign=always,
        folds=exactly,
        on_floats=False,
        out=None,
    ),
)
