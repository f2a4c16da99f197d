"""Statistics over scenarios: `percentile`, `expected_shortfall`, `mean`, `standard_error` of a figure.

They reduce the scenarios, which no equation does: a program works on one scenario. A statistic is therefore a line of
the report of its own; its figure is an output, and the results apply the statistic to all scenarios of a run.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal as OneOf
from typing import get_args

import attrs
import numpy as np
import numpy.typing as npt

from ....engine import metrics
from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    ClaimEntry,
    DefinitionEntry,
    FunctionEntry,
    Model,
    ReductionEntry,
    Scope,
    WaterfallEntry,
    follow,
)
from ...vocabulary.builtins import Bound
from ..context.dispatch import functions, value_of
from ..context.lowering import Lowering, Schedules
from ..context.moments import Moment
from ..context.values import AnyValue, NotLowered, TextValue, Value
from ..known.fixed import fixed_number

Statistic = OneOf["percentile", "expected_shortfall", "mean", "standard_error"]

STATISTICS: tuple[Statistic, ...] = get_args(Statistic)


@attrs.frozen(slots=True, eq=False)
class StatisticValue(TextValue):
    """A statistic over scenarios of a figure: no number of one scenario, and refused wherever one is wanted.

    ``level`` is the percentile's (99/100 for 99%); None for the mean and its standard error.
    """

    inner: Value
    name: Statistic
    level: Fraction | None


def _call_of(expression: syntax.Expression, scope: Scope) -> tuple[syntax.Call, Statistic] | None:
    for _ in range(64):
        match expression:
            case syntax.Call():
                for name in STATISTICS:
                    if expression.function.text == name:
                        own = scope.find(name)
                        shadowed = own is not None and isinstance(follow(own), FunctionEntry)
                        return None if shadowed else (expression, name)
                return None
            case syntax.Name():
                resolved = scope.resolve(expression.parts)
                if isinstance(resolved, int) or not isinstance(resolved.entry, DefinitionEntry):
                    return None
                if resolved.entry.on is not None:
                    return None
                expression, scope = resolved.entry.value, resolved.entry.scope
            case _:
                return None
    return None


def _level(collector: Collector, schedules: Schedules, bound: Bound, scope: Scope) -> Fraction | None:
    if "p" not in bound.values:
        return None
    level = fixed_number(collector, schedules, bound.values["p"], scope, "the level of a percentile")
    if not 0 <= level <= 1:
        collector.error(
            "E0616",
            "the level of a percentile lies between 0% and 100%",
            bound.values["p"].span,
            help=f"did you mean `{float(level):g}%`?" if 1 < level <= 100 else None,
        )
        raise NotLowered
    return level


def _figure(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Value:
    """What the statistic is of: one number a scenario. Of a flow it is the total over all dates."""
    builder = low.builder
    if is_flow(node, scope):
        value = value_of(low, node, scope, Moment("elsewhere", low.every))
        operand = value.operand if value.operand.rows is None else builder.emit("sum_rows", value.operand)
        return Value(builder.emit("total", low.builder.as_series(operand)))
    value = value_of(low, node, scope, moment)
    if value.operand.rows is not None:
        low.collector.error(
            "E0615", "a statistic is of one figure, and this has one for each row", node.span, help="sum it: `sum(x)`"
        )
        raise NotLowered
    if builder.traits(value.operand).date or builder.traits(value.determined).date:
        low.collector.error(
            "E0615",
            "a statistic is of one figure, and this has a value for every date",
            node.span,
            label="a series",
            help="say which: `total(x)`, `lowest(x)`, or `x on 2030-01-15`",
        )
        raise NotLowered
    return value


def is_flow(node: syntax.Expression, scope: Scope) -> bool:
    """Whether a name is an amount that arises from date to date, so that its figure is its total."""
    if not isinstance(node, syntax.Name):
        return False
    resolved = scope.resolve(node.parts)
    if isinstance(resolved, int):
        return False
    match resolved.entry:
        case ReductionEntry():
            return resolved.attribute in (None, "amount")
        case ClaimEntry():
            return resolved.attribute == "paid"
        case WaterfallEntry():
            return resolved.attribute == "rest"
        case DefinitionEntry():
            target = follow(resolved.entry)
            return isinstance(target, ReductionEntry) or resolved.entry.on is not None
        case _:
            return False


def apply_statistic(
    name: Statistic, level: Fraction | float | None, values: npt.ArrayLike, determined: npt.ArrayLike | None = None
) -> tuple[float, bool]:
    """A statistic of a figure's values [scenario], of those scenarios in which it is determined.

    Gives the number and whether there is one; where there is none it is 0. The worst scenarios of an expected
    shortfall are those in which the figure is highest.
    """
    figures = np.asarray(values, dtype=np.float64)
    known = None if determined is None else np.asarray(determined, dtype=np.bool_)
    function = metrics.STATISTICS[name]
    return function(figures, known) if level is None else function(figures, known, level=float(level))


def _rule(name: Statistic) -> Callable[[Lowering, syntax.Call, Bound, Scope, Moment], AnyValue]:
    def rule(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
        if not is_reported(low.model, expression):
            low.collector.error(
                "E0610",
                f"`{name}` is taken over all scenarios, and this is worked out for each of them",
                expression.span,
                label="no figure of one scenario",
                help=f"make it a line of the report by itself: `report {{ {name}(...) }}`",
            )
            raise NotLowered
        level = _level(low.collector, low.schedules, bound, scope)
        return StatisticValue(name, _figure(low, bound.values["x"], scope, moment), name, level)

    return rule


def is_reported(model: Model, call: syntax.Call) -> bool:
    """Whether a statistic is a line of the report, in its own words or by the name of a definition."""
    for scoped in model.reports:
        if isinstance(scoped.item, syntax.Report):
            for line in scoped.item.lines:
                found = _call_of(line.value, scoped.scope)
                if found is not None and found[0] is call:
                    return True
    return False


functions({name: _rule(name) for name in STATISTICS})
