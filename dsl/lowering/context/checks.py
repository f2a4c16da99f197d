"""Checks of a run that the lowering adds: a share within its range."""

from __future__ import annotations

from ....engine.ir import Check, Literal, Operand, Origin, Span
from ..building.builder import ONE, TRUE, ZERO, Builder
from .lowering import Lowering
from .product import Product
from .values import NotLowered, Value

CONDITION = "condition"
"""The code of a verdict that nobody wrote as a check of the deal (a component's condition on its fields, losses that
nobody bears): shown where it fails."""


def within_one(low: Lowering, value: Value, span: Span, what: str, code: str) -> Operand:
    """A figure from 0 to 1: the diagnostic ``code`` where it is known and is not, else a check of each run (E0679)."""
    operand = value.operand
    if isinstance(operand, Literal):
        if not 0 <= operand.value <= 1:
            low.collector.error(
                code,
                f"a {what} of {float(operand.value) * 100:.6g}% is not between 0% and 100%",
                span,
                label="there is none such",
            )
            raise NotLowered
        return operand
    hold(
        low.builder,
        low.product,
        in_range(low.builder, operand),
        span,
        what,
        f"the {what} is not between 0% and 100%",
        value.determined,
    )
    return low.check_determined(value, TRUE, what, span, "a figure is worked out from it")


def in_range(builder: Builder, operand: Operand) -> Operand:
    emit = builder.emit
    return builder.both(emit("less_equal", ZERO, operand), emit("less_equal", operand, ONE))


def hold(
    builder: Builder,
    product: Product,
    condition: Operand,
    span: Span,
    what: str,
    otherwise: str,
    determined: Operand = TRUE,
) -> None:
    """A check of each run, date and scenario, of each row of a family: E0679 and what is ``otherwise`` the case."""
    holds = builder.either(condition, builder.negated(determined))
    if isinstance(holds, Literal) and holds.value:
        return
    if holds.rows is not None:
        holds = builder.negated(builder.emit("any_rows", builder.negated(holds)))
    var = builder.as_var(holds, what)
    if any(check.var == var and check.code == "E0679" for check in product.checks):
        return
    product.checks.append(
        Check(
            name=what,
            rule="holds",
            var=var,
            severity="error",
            code="E0679",
            message=otherwise,
            origin=Origin(what, span),
        )
    )
