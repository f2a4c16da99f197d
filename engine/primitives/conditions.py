"""Comparisons, truth and choice: ``less less_equal equal not_equal and or not exclusive_or``, ``select(condition, x,
y)`` and ``pick(position, x1, …)``: the value at a position from 1; before the first the first, after the last the last.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from . import exact, kernels
from .primitive import KindRule, Primitive, condition, elementwise, exactly, where_rest

NUMBERS: tuple[KindRule, ...] = ("number", "number")
TRUTHS: tuple[KindRule, ...] = ("bool", "bool")


def _and(x: Any, y: Any) -> Any:
    return x and y


def _or(x: Any, y: Any) -> Any:
    return x or y


def _select(condition: Any, x: Any, y: Any) -> Any:
    return x if condition else y


PRIMITIVES: tuple[Primitive, ...] = (
    condition("less", NUMBERS, np.less, operator.lt, out=np.less),
    condition("less_equal", NUMBERS, np.less_equal, operator.le, out=np.less_equal),
    condition("equal", NUMBERS, np.equal, operator.eq, out=np.equal, commutes=True),
    condition("not_equal", NUMBERS, np.not_equal, operator.ne, out=np.not_equal, commutes=True),
    condition(
        "and",
        TRUTHS,
        np.logical_and,
        _and,
        out=np.bitwise_and,
        commutes=True,
        neutral={0: True, 1: True},
        absorbing=False,
        alike="itself",
    ),
    condition(
        "or",
        TRUTHS,
        np.logical_or,
        _or,
        out=np.bitwise_or,
        commutes=True,
        neutral={0: False, 1: False},
        absorbing=True,
        alike="itself",
    ),
    condition("not", ("bool",), np.logical_not, operator.not_, out=kernels.alone(np.logical_not), undoes_itself=True),
    condition(
        "exclusive_or",
        TRUTHS,
        np.logical_xor,
        operator.ne,
        out=np.bitwise_xor,
        commutes=True,
        neutral={0: False, 1: False},
    ),
    elementwise(
        "select",
        ("bool", "any", "any"),
        "any",
        np.where,
        _select,
        sign=where_rest,
        folds=exactly,
        on_floats=True,
        out=None,
        order="choice",
    ),
    elementwise(
        "pick",
        ("float", "float"),
        "float",
        kernels.pick,
        exact.pick,
        sign=where_rest,
        folds=exactly,
        on_floats=False,
        out=None,
        repeated="float",
    ),
)
