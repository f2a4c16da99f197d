"""Numbers: ``add subtract multiply divide negate minimum maximum absolute power square_root exp log floor round
to_float``.

A denominator is never zero, a logarithm's argument is positive, a root's not negative, nor a power's base unless the
exponent is whole: the lowering guards them, the engine refuses the rest.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from . import exact, kernels
from .primitive import (
    KindRule,
    Number,
    Primitive,
    always,
    elementwise,
    exactly,
    left_to_the_run,
    unknown,
    where_all,
    where_any,
    where_first,
)

ONE: tuple[KindRule, ...] = ("float",)
TWO: tuple[KindRule, ...] = ("float", "float")


def _denominator_is_some(values: Sequence[Number]) -> bool:
    return values[1] != 0


def _power_is_exact(values: Sequence[Number]) -> bool:
    base, exponent = Fraction(values[0]), Fraction(values[1])
    return exact.is_whole_power(base, exponent) and (base != 0 or exponent >= 0)


def _is_square(values: Sequence[Number]) -> bool:
    return exact.is_square(Fraction(values[0]))


PRIMITIVES: tuple[Primitive, ...] = (
    elementwise(
        "add",
        TWO,
        "float",
        np.add,
        operator.add,
        sign=where_all,
        folds=exactly,
        on_floats=True,
        out=np.add,
        commutes=True,
        neutral={0: 0, 1: 0},
        order="sum",
    ),
    elementwise(
        "subtract",
        TWO,
        "float",
        np.subtract,
        operator.sub,
        sign=unknown,
        folds=exactly,
        on_floats=True,
        out=np.subtract,
        neutral={1: 0},
        alike=0,
        order="difference",
    ),
    elementwise(
        "multiply",
        TWO,
        "float",
        np.multiply,
        operator.mul,
        sign=where_all,
        folds=exactly,
        on_floats=True,
        out=np.multiply,
        commutes=True,
        neutral={0: 1, 1: 1},
        absorbing=0,
        order="product",
    ),
    elementwise(
        "divide",
        TWO,
        "float",
        np.divide,
        operator.truediv,
        sign=where_all,
        folds=_denominator_is_some,
        on_floats=True,
        out=np.divide,
        neutral={1: 1},
    ),
    elementwise(
        "negate",
        ONE,
        "float",
        np.negative,
        operator.neg,
        sign=unknown,
        folds=exactly,
        on_floats=True,
        out=kernels.alone(np.negative),
        undoes_itself=True,
    ),
    elementwise(
        "minimum",
        ("number", "number"),
        "number",
        np.minimum,
        min,
        sign=where_all,
        folds=exactly,
        on_floats=True,
        out=np.minimum,
        commutes=True,
        alike="itself",
        order="least",
        whole_lines=True,
    ),
    elementwise(
        "maximum",
        ("number", "number"),
        "number",
        np.maximum,
        max,
        sign=where_any,
        folds=exactly,
        on_floats=True,
        out=np.maximum,
        commutes=True,
        alike="itself",
        order="greatest",
        whole_lines=True,
    ),
    elementwise(
        "absolute",
        ONE,
        "float",
        np.abs,
        abs,
        sign=always,
        folds=exactly,
        on_floats=True,
        out=kernels.alone(np.absolute),
    ),
    elementwise(
        "power",
        TWO,
        "float",
        np.power,
        exact.power,
        sign=where_first,
        folds=_power_is_exact,
        on_floats=False,
        out=np.power,
    ),
    elementwise(
        "square_root",
        ONE,
        "float",
        np.sqrt,
        exact.square_root,
        sign=always,
        folds=_is_square,
        on_floats=True,
        out=kernels.alone(np.sqrt),
    ),
    elementwise(
        "exp",
        ONE,
        "float",
        np.exp,
        exact.exp,
        sign=always,
        folds=left_to_the_run,
        on_floats=False,
        out=kernels.alone(np.exp),
    ),
    elementwise(
        "log",
        ONE,
        "float",
        np.log,
        exact.log,
        sign=unknown,
        folds=left_to_the_run,
        on_floats=False,
        out=kernels.alone(np.log),
    ),
    elementwise(
        "floor",
        ONE,
        "float",
        np.floor,
        exact.floor,
        sign=where_first,
        folds=exactly,
        on_floats=False,
        out=kernels.alone(np.floor),
        jumps=True,
    ),
    elementwise(
        "round",
        ONE,
        "float",
        kernels.round_to,
        exact.round_to,
        sign=where_first,
        folds=left_to_the_run,
        on_floats=False,
        out=None,
        jumps=True,
        attributes={"digits": "int", "mode": "mode"},
    ),
    elementwise(
        "to_float",
        ("bool",),
        "float",
        kernels.as_numbers,
        int,
        sign=always,
        folds=exactly,
        on_floats=False,
        out=kernels.copied,
        order="mask",
    ),
)
