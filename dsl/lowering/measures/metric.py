"""Measures of whole series as equations: `engine/metrics` by name."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import Attribute, Operand
from ..building.builder import Builder
from ..context.values import Value


def metric(
    builder: Builder, function: str, operands: tuple[Operand, ...], label: str = "", **attributes: Attribute
) -> Value:
    """A measure of whole series, and whether it is determined."""
    value = builder.emit("metric", *operands, label=label or function, function=function, **attributes)
    there = builder.emit("metric_determined", *operands, label=f"{label or function}?", function=function, **attributes)
    return Value(value, there)


def fractions(values: list[Fraction] | tuple[Fraction, ...]) -> tuple[str, ...]:
    """Exact numbers as an equation's attributes hold them."""
    return tuple(str(value) for value in values)
