"""Time: ``previous(x, initial)`` is the value of the date before, the only loop-carried edge. ``gather``,
``gather_at``, ``window`` and ``discounted`` read other dates of a finished series (``gather_at(x, position)``
the date whose position is itself a value, a row's own or the same in all); ``total lowest highest final
first_date any_date`` reduce the dates to a figure; ``metric`` and ``metric_determined`` are the twin
results of a measure of ``metrics.METRICS`` (irr, duration, …) over whole series. Those need their
operands on every date, so they are barriers: nothing they read may depend on what they give.
"""

from __future__ import annotations

from typing import Any

from ..ir import NEVER, Kind, Operation
from . import exact, kernels
from .kernels import FAR
from .primitive import (
    Accumulator,
    AttributeRule,
    Primitive,
    figure,
    through_time,
    unknown,
    where_all,
    where_first,
)

WINDOW: dict[str, AttributeRule] = {"first": "positions", "last": "positions"}


def _has_no_kernel(*_: Any, **__: Any) -> Any:
    raise TypeError("yesterday's value has no kernel, and a metric is evaluated with its twin by metric_pair")


def _measure(name: Operation, kind: Kind) -> Primitive:
    return figure(
        name,
        (),
        kind,
        _has_no_kernel,
        _has_no_kernel,
        sign=unknown,
        accumulator=None,
        repeated="each",
        attributes={"function": "measure"},
        open=True,
    )


PRIMITIVES: tuple[Primitive, ...] = (
    through_time("previous", ("any", "any"), "any", _has_no_kernel, _has_no_kernel, form="previous", sign=where_all),
    through_time(
        "gather",
        ("any",),
        "any",
        kernels.gather,
        exact.gather,
        form="window",
        sign=where_first,
        moves=True,
        attributes={"positions": "positions"},
    ),
    through_time(
        "gather_at", ("any", "float"), "any", kernels.gather_at, exact.gather_at, form="window", sign=where_first
    ),
    through_time(
        "window", ("float",), "float", kernels.window, exact.window, form="window", sign=where_first, attributes=WINDOW
    ),
    through_time(
        "discounted",
        ("float", "float"),
        "float",
        kernels.discounted,
        exact.discounted,
        form="window",
        sign=unknown,
        attributes={**WINDOW, "fractions": "constant"},
    ),
    figure(
        "total",
        ("float",),
        "float",
        kernels.total,
        exact.total,
        sign=where_first,
        accumulator=Accumulator("add", 0.0),
    ),
    figure(
        "lowest",
        ("number", "bool"),
        "number",
        kernels.lowest,
        exact.lowest,
        sign=where_first,
        accumulator=Accumulator("minimum", FAR, of="masked"),
    ),
    figure(
        "highest",
        ("number", "bool"),
        "number",
        kernels.highest,
        exact.highest,
        sign=where_first,
        accumulator=Accumulator("maximum", -FAR, of="masked"),
    ),
    figure(
        "final",
        ("any",),
        "any",
        kernels.final,
        exact.final,
        sign=where_first,
        accumulator=Accumulator("copy", 0.0),
        moves=True,
    ),
    figure(
        "any_date",
        ("bool",),
        "bool",
        kernels.any_date,
        any,
        sign=unknown,
        accumulator=Accumulator("or", False),
        moves=True,
    ),
    figure(
        "first_date",
        ("bool",),
        "date",
        kernels.first_date,
        exact.first_date,
        sign=unknown,
        accumulator=Accumulator("minimum", float(NEVER), of="date"),
        ordinals=True,
    ),
    _measure("metric", "float"),
    _measure("metric_determined", "bool"),
)
