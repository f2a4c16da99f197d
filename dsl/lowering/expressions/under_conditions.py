"""What a condition says of the ratios under it: `if service > $1 then cfads / service else 10x`."""

from __future__ import annotations

from ....engine.ir import Literal, Operand
from ..building.builder import ONE, TRUE, ZERO, Builder
from ..context.values import Value


def given(builder: Builder, chosen: Operand, value: Value) -> Value:
    """A value that counts only where ``chosen`` holds.

    Where the condition keeps a denominator above a number that is not negative, the ratio is determined; and above a
    positive number, the denominator needs no other guard than never to be read below it.
    """
    bound = _lower_bound(builder, chosen)
    if bound is None:
        return value
    least, denominator = bound
    some = builder.emit("not_equal", denominator, ZERO)
    determined = _without(builder, value.determined, some)
    op, parts = builder.definition(value.operand)
    if op == "divide" and least.value > 0 and builder.definition(parts[1]) == ("select", (some, denominator, ONE)):
        return Value(builder.emit("divide", parts[0], builder.maximum(denominator, least)), determined)
    return Value(value.operand, determined)


def _lower_bound(builder: Builder, chosen: Operand) -> tuple[Literal, Operand] | None:
    """``k < x``, or ``k <= x`` of a positive k: the number and what is above it."""
    op, parts = builder.definition(chosen)
    if op not in ("less", "less_equal") or not isinstance(parts[0], Literal) or parts[0].kind != "float":
        return None
    if parts[0].value > 0 or (op == "less" and parts[0].value == 0):
        return parts[0], parts[1]
    return None


def _without(builder: Builder, determined: Operand, some: Operand) -> Operand:
    """What is left to ask of a value where its denominator is known not to be zero."""
    if determined == some:
        return TRUE
    op, parts = builder.definition(determined)
    if op == "and":
        return builder.both(_without(builder, parts[0], some), _without(builder, parts[1], some))
    return determined


__all__ = ["given"]
