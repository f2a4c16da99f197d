"""Distributions and portfolio credit.

``normal_cdf normal_quantile student_cdf(x, degrees) chi_square_quantile(p, degrees) bivariate_normal_cdf(x, y,
correlation)``; a quantile's probability lies between 0 and 1, both left out. ``tranche_loss(p, recovery, correlation,
attachment, detachment, names)`` and ``default_count(p, correlation, names, n)`` of names alike; names 0: without end.
``pool_tranche_loss(correlation, attachment, detachment, p, loss)`` and ``pool_default_count(correlation, n, p)`` are of
a pool of unequal names, a row each. ``curve(dates.., numbers..)`` is a function of `curves.FUNCTIONS`: a point of a
curve of rates or credit, or what is read off one.

None is worked out before the run, which has numpy's bits.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..credit import normal, operations
from ..ir import Operation
from . import curves, digits, exact
from .primitive import KindRule, Primitive, Sign, always, elementwise, left_to_the_run, over_rows, unknown

NUMBER: KindRule = "float"


def _of_numbers(
    name: Operation,
    count: int,
    kernel: Callable[..., Any],
    *,
    sign: Sign,
    of_fractions: Callable[..., Fraction] | None = None,
) -> Primitive:
    return elementwise(
        name,
        (NUMBER,) * count,
        "float",
        kernel,
        exact.by_float(kernel) if of_fractions is None else exact.by_digits(of_fractions, kernel),
        sign=sign,
        folds=left_to_the_run,
        on_floats=False,
        out=None,
    )


def _of_a_pool(name: Operation, kernel: Callable[..., Any], *, plain: int, rows: int) -> Primitive:
    return over_rows(
        name, (NUMBER,) * (plain + rows), "float", kernel, exact.rows_by_float(kernel), sign=always, plain=plain
    )


PRIMITIVES: tuple[Primitive, ...] = (
    _of_numbers("normal_cdf", 1, normal.normal_cdf, sign=always, of_fractions=digits.normal_cdf),
    _of_numbers("normal_quantile", 1, normal.normal_quantile, sign=unknown, of_fractions=digits.normal_quantile),
    _of_numbers("student_cdf", 2, normal.student_cdf, sign=always),
    _of_numbers("chi_square_quantile", 2, normal.chi_square_quantile, sign=always),
    _of_numbers("bivariate_normal_cdf", 3, normal.bivariate_normal_cdf, sign=always),
    _of_numbers("tranche_loss", 6, operations.tranche_loss, sign=always),
    _of_numbers("default_count", 4, operations.default_count, sign=always),
    _of_a_pool("pool_tranche_loss", operations.pool_tranche_loss, plain=3, rows=2),
    _of_a_pool("pool_default_count", operations.pool_default_count, plain=2, rows=1),
    elementwise(
        "curve",
        ("date",),
        "float",
        curves.curve,
        exact.curve,
        sign=unknown,
        folds=left_to_the_run,
        on_floats=False,
        out=None,
        repeated="each",
        attributes={"formula": "formula"},
        open=True,
    ),
)
