"""Every primitive of the intermediate representation, once.

A primitive declares the kinds of its operands and of its result, its form (which axes it works on),
its attributes, its numpy kernel (whole arrays, lanes last) and its exact kernel (scalars of any number
type). Nothing else in the engine knows what an operation means.

Elementwise (a value a date, row and scenario):

``add subtract multiply divide negate minimum maximum absolute power exp log floor round``
    numbers. A denominator is never zero, a logarithm's argument is positive, a power's base is not
    negative unless the exponent is whole: the lowering guards them, the engine refuses the rest.
``normal_cdf normal_quantile student_cdf(x, degrees) chi_square_quantile(p, degrees)``
    distributions; a quantile's probability lies between 0 and 1, both left out.
``less less_equal equal not_equal``, ``and or not exclusive_or``, ``select(condition, x, y)``
    comparisons, truth, choice.
``to_float(bool)  to_date(float)  to_number(date)  add_months(date, float)  year(date)  month(date)``
    conversions and the calendar. ``to_date`` keeps the day: it rounds down.
``curve(dates.., numbers..)``
    a function of `curve_functions.FUNCTIONS`: a point of a curve of rates or credit, or what is read off one.

``pick(position, x1, …)``
    the value at a position from 1; before the first the first, after the last the last.

Rows: ``sum_rows min_rows max_rows any_rows`` reduce a family to one value; ``take(limit, amount, key)``
fills a limit in the order of the keys; ``sum_groups(group, amount)`` gives each row the sum of its group;
``level(available, w1.., c1..)`` and ``level_rows`` find the water
level L with sum(min(w * L, c)) = min(available, sum of c with w > 0). ``pool_tranche_loss(correlation, attachment,
detachment, p, loss)`` and ``pool_default_count(correlation, n, p)`` are of a pool of unequal names, a row each.

Portfolio credit (`credit`): ``bivariate_normal_cdf(x, y, correlation)``, ``tranche_loss(p, recovery, correlation,
attachment, detachment, names)`` and ``default_count(p, correlation, names, n)`` of names alike; names 0: without end.

Time: ``previous(x, initial)`` is the value of the date before, the only loop-carried edge. ``gather``,
``gather_at``, ``window`` and ``discounted`` read other dates of a finished series (``gather_at(x, position)``
the date whose position is itself a value, a row's own or the same in all); ``total lowest highest final
first_date any_date`` reduce the dates to a figure; ``metric`` and ``metric_determined`` are the twin
results of a measure of ``metrics.METRICS`` (irr, duration, …) over whole series. Those need their
operands on every date, so they are barriers: nothing they read may depend on what they give.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from typing import Literal as OneOf

import attrs
import numpy as np

from ..credit import normal
from ..credit import operations as credit_kernels
from ..metrics import METRICS, STATISTICS
from . import curves as curve_functions
from . import exact, kernels

Form = OneOf["elementwise", "previous", "rows", "along_rows", "window", "figure"]
"""``rows`` reduces a family, ``along_rows`` keeps it but works across it, ``window`` gives one value a
date from a finished series, ``figure`` one value from all dates."""

KindRule = OneOf["float", "bool", "date", "number", "any", "each"]
"""``number`` is float or date, ``any`` whatever: the same kind wherever either is said in one primitive.
``each`` is any kind, each operand its own."""

AttributeRule = OneOf["int", "text", "positions", "mode", "order"]

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"mode": ("half_up", "half_even", "down", "up"), "order": ("lowest", "highest")}
)


@attrs.frozen
class Primitive:
    """One operation. ``repeated`` is the kind of any further operands; ``open`` admits free attributes."""

    name: str
    operands: tuple[KindRule, ...]
    result: KindRule
    vector: Callable[..., Any]
    exact: Callable[..., Any]
    form: Form = "elementwise"
    repeated: KindRule | None = None
    attributes: Mapping[str, AttributeRule] = attrs.field(factory=dict)
    optional: frozenset[str] = frozenset()
    open: bool = False
    plain: int = 0
    """How many of the first operands of a form with rows are one value, not one a row."""

    @property
    def barrier(self) -> bool:
        return self.form in ("window", "figure")


def _metric_is_not_a_kernel(*_: Any, **__: Any) -> Any:
    raise TypeError("a metric is evaluated by metric_pair, which gives both of its results at once")


def _select(condition: Any, x: Any, y: Any) -> Any:
    return np.where(condition, x, y)


def _table() -> dict[str, Primitive]:
    two: tuple[KindRule, ...] = ("float", "float")
    numbers: tuple[KindRule, ...] = ("number", "number")
    truths: tuple[KindRule, ...] = ("bool", "bool")
    twins: tuple[tuple[str, KindRule], ...] = (("metric", "float"), ("metric_determined", "bool"))
    windowed: dict[str, AttributeRule] = {"first": "positions", "last": "positions"}
    primitives = [
        Primitive("add", two, "float", np.add, operator.add),
        Primitive("subtract", two, "float", np.subtract, operator.sub),
        Primitive("multiply", two, "float", np.multiply, operator.mul),
        Primitive("divide", two, "float", np.divide, operator.truediv),
        Primitive("negate", ("float",), "float", np.negative, operator.neg),
        Primitive("minimum", numbers, "number", np.minimum, min),
        Primitive("maximum", numbers, "number", np.maximum, max),
        Primitive("absolute", ("float",), "float", np.abs, abs),
        Primitive("power", two, "float", np.power, exact.power),
        Primitive("exp", ("float",), "float", np.exp, exact.exp),
        Primitive("log", ("float",), "float", np.log, exact.log),
        Primitive("floor", ("float",), "float", np.floor, exact.floor),
        Primitive("normal_cdf", ("float",), "float", normal.normal_cdf, exact.by_float(normal.normal_cdf)),
        Primitive(
            "normal_quantile", ("float",), "float", normal.normal_quantile, exact.by_float(normal.normal_quantile)
        ),
        Primitive("student_cdf", two, "float", normal.student_cdf, exact.by_float(normal.student_cdf)),
        Primitive(
            "chi_square_quantile", two, "float", normal.chi_square_quantile, exact.by_float(normal.chi_square_quantile)
        ),
        Primitive(
            "bivariate_normal_cdf",
            ("float", "float", "float"),
            "float",
            normal.bivariate_normal_cdf,
            exact.by_float(normal.bivariate_normal_cdf),
        ),
        Primitive(
            "tranche_loss",
            ("float",) * 6,
            "float",
            credit_kernels.tranche_loss,
            exact.by_float(credit_kernels.tranche_loss),
        ),
        Primitive(
            "default_count",
            ("float",) * 4,
            "float",
            credit_kernels.default_count,
            exact.by_float(credit_kernels.default_count),
        ),
        Primitive(
            "pool_tranche_loss",
            ("float",) * 5,
            "float",
            credit_kernels.pool_tranche_loss,
            exact.rows_by_float(credit_kernels.pool_tranche_loss),
            form="rows",
            plain=3,
        ),
        Primitive(
            "pool_default_count",
            ("float",) * 3,
            "float",
            credit_kernels.pool_default_count,
            exact.rows_by_float(credit_kernels.pool_default_count),
            form="rows",
            plain=2,
        ),
        Primitive(
            "round",
            ("float",),
            "float",
            kernels.round_to,
            exact.round_to,
            attributes={"digits": "int", "mode": "mode"},
        ),
        Primitive("less", numbers, "bool", np.less, operator.lt),
        Primitive("less_equal", numbers, "bool", np.less_equal, operator.le),
        Primitive("equal", numbers, "bool", np.equal, operator.eq),
        Primitive("not_equal", numbers, "bool", np.not_equal, operator.ne),
        Primitive("and", truths, "bool", np.logical_and, lambda x, y: x and y),
        Primitive("or", truths, "bool", np.logical_or, lambda x, y: x or y),
        Primitive("not", ("bool",), "bool", np.logical_not, operator.not_),
        Primitive("exclusive_or", truths, "bool", np.logical_xor, operator.ne),
        Primitive("select", ("bool", "any", "any"), "any", _select, lambda c, x, y: x if c else y),
        Primitive("to_float", ("bool",), "float", lambda x: np.asarray(x, dtype=np.float64), int),
        Primitive("to_date", ("float",), "date", np.floor, exact.floor),
        Primitive("to_number", ("date",), "float", lambda x: np.asarray(x, dtype=np.float64), lambda x: x),
        Primitive("add_months", ("date", "float"), "date", kernels.add_months, exact.add_months),
        Primitive("year", ("date",), "float", kernels.year, exact.year),
        Primitive("month", ("date",), "float", kernels.month, exact.month),
        Primitive("sum_rows", ("float",), "float", kernels.sum_rows, sum, form="rows"),
        Primitive("min_rows", ("number",), "number", kernels.min_rows, min, form="rows"),
        Primitive("max_rows", ("number",), "number", kernels.max_rows, max, form="rows"),
        Primitive("any_rows", ("bool",), "bool", kernels.any_rows, any, form="rows"),
        Primitive(
            "take",
            ("float", "float", "number"),
            "float",
            kernels.take,
            exact.take,
            form="along_rows",
            plain=1,
            attributes={"order": "order"},
            optional=frozenset({"order"}),
        ),
        Primitive("sum_groups", two, "float", kernels.sum_groups, exact.sum_groups, form="along_rows"),
        Primitive("pick", two, "float", kernels.pick, exact.pick, repeated="float"),
        Primitive(
            "level",
            ("float",),
            "float",
            kernels.level,
            exact.level,
            repeated="float",
            attributes={"members": "int"},
        ),
        Primitive(
            "level_rows",
            ("float", "float", "float"),
            "float",
            kernels.level_rows,
            exact.level_rows,
            form="rows",
            plain=1,
        ),
        Primitive("previous", ("any", "any"), "any", _metric_is_not_a_kernel, _metric_is_not_a_kernel, form="previous"),
        Primitive(
            "gather",
            ("any",),
            "any",
            kernels.gather,
            exact.gather,
            form="window",
            attributes={"positions": "positions"},
        ),
        Primitive("gather_at", ("any", "float"), "any", kernels.gather_at, exact.gather_at, form="window"),
        Primitive("window", ("float",), "float", kernels.window, exact.window, form="window", attributes=windowed),
        Primitive(
            "discounted",
            two,
            "float",
            kernels.discounted,
            exact.discounted,
            form="window",
            attributes={**windowed, "fractions": "text"},
        ),
        Primitive("total", ("float",), "float", kernels.total, exact.total, form="figure"),
        Primitive("lowest", ("number", "bool"), "number", kernels.lowest, exact.lowest, form="figure"),
        Primitive("highest", ("number", "bool"), "number", kernels.highest, exact.highest, form="figure"),
        Primitive("final", ("any",), "any", kernels.final, lambda x: x[-1], form="figure"),
        Primitive("any_date", ("bool",), "bool", kernels.any_date, any, form="figure"),
        Primitive("first_date", ("bool",), "date", kernels.first_date, exact.first_date, form="figure"),
        Primitive(
            "curve",
            ("date",),
            "float",
            curve_functions.curve,
            exact.curve,
            repeated="each",
            attributes={"formula": "text"},
            open=True,
        ),
        *(
            Primitive(
                name,
                (),
                kind,
                _metric_is_not_a_kernel,
                _metric_is_not_a_kernel,
                form="figure",
                repeated="each",
                attributes={"function": "text"},
                open=True,
            )
            for name, kind in twins
        ),
    ]
    return {primitive.name: primitive for primitive in primitives}


PRIMITIVES: Mapping[str, Primitive] = MappingProxyType(_table())

METRIC_OPS = ("metric", "metric_determined")


def metric_function(name: str) -> Callable[..., tuple[Any, Any]] | None:
    """The measure of that name, or None."""
    function: Callable[..., tuple[Any, Any]] | None = METRICS.get(name)
    return function


def statistic(name: str) -> Callable[..., tuple[float, bool]] | None:
    """The statistic over scenarios of that name, or None."""
    function: Callable[..., tuple[float, bool]] | None = STATISTICS.get(name)
    return function
