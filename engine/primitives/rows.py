"""Rows: ``sum_rows min_rows max_rows any_rows`` reduce a family to one value; ``take(limit, amount, key)`` fills a
limit in the order of the keys, from amounts above zero; ``sum_groups(group, amount)`` gives each row the sum of its
group; ``level(available, w1.., c1..)`` and ``level_rows`` find the water level L with sum(min(w * L, c)) =
min(available, sum of c with w > 0).
"""

from __future__ import annotations

from . import exact, kernels
from .primitive import (
    EVERY,
    Primitive,
    always,
    elementwise,
    left_to_the_run,
    over_rows,
    unknown,
    where_first,
    where_second,
)

PRIMITIVES: tuple[Primitive, ...] = (
    over_rows("sum_rows", ("float",), "float", kernels.sum_rows, sum, sign=where_first, plain=0),
    over_rows("min_rows", ("number",), "number", kernels.min_rows, min, sign=where_first, plain=0),
    over_rows("max_rows", ("number",), "number", kernels.max_rows, max, sign=where_first, plain=0),
    over_rows("any_rows", ("bool",), "bool", kernels.any_rows, any, sign=unknown, plain=0),
    over_rows(
        "take",
        ("float", "float", "number"),
        "float",
        kernels.take,
        exact.take,
        form="along_rows",
        sign=always,
        plain=1,
        attributes={"order": "order"},
        optional=frozenset({"order"}),
    ),
    over_rows(
        "sum_groups",
        ("float", "float"),
        "float",
        kernels.sum_groups,
        exact.sum_groups,
        form="along_rows",
        sign=where_second,
        plain=0,
    ),
    elementwise(
        "level",
        ("float",),
        "float",
        kernels.level,
        exact.level,
        # The kernel ends a hair above the level at which all is paid.
        folds=left_to_the_run,
        sign=always,
        on_floats=False,
        out=None,
        plain=EVERY,
        repeated="float",
        attributes={"members": "members"},
    ),
    over_rows(
        "level_rows",
        ("float", "float", "float"),
        "float",
        kernels.level_rows,
        exact.level_rows,
        sign=always,
        plain=1,
    ),
)
