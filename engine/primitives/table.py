"""Every primitive of the intermediate representation, once.

A primitive declares the kinds of its operands and of its result, its form (which axes it works on), its attributes,
its numpy kernel, its exact kernel, and every fact that folding, signs, plans and registers go by. Nothing else in the
engine knows what an operation means. Each stands beside others of its sort: `arithmetic`, `conditions`, `dates`,
`distributions`, `rows`, `time`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_args

from ..ir import Operation
from ..metrics import METRICS, STATISTICS
from . import arithmetic, conditions, dates, distributions, rows, time
from .primitive import Primitive

SORTS = (arithmetic, conditions, dates, distributions, rows, time)


def table(primitives: tuple[Primitive, ...]) -> Mapping[Operation, Primitive]:
    """By name; refused where the names are not those that `ir.Operation` lists, each once."""
    found = {primitive.name: primitive for primitive in primitives}
    wrong = {*found} ^ {*get_args(Operation)}
    if wrong or len(found) != len(primitives):
        raise LookupError(f"the primitives are not the operations of the IR: {sorted(wrong) or 'one stands twice'}")
    return MappingProxyType(found)


PRIMITIVES = table(tuple(primitive for sort in SORTS for primitive in sort.PRIMITIVES))


def metric_function(name: str) -> Callable[..., tuple[Any, Any]] | None:
    """The measure of that name, or None."""
    function: Callable[..., tuple[Any, Any]] | None = METRICS.get(name)
    return function


def statistic(name: str) -> Callable[..., tuple[float, bool]] | None:
    """The statistic over scenarios of that name, or None."""
    function: Callable[..., tuple[float, bool]] | None = STATISTICS.get(name)
    return function
