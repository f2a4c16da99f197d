"""What must hold of a curve: said when the deal is read where it is known, else a check of each run."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import Check, Literal, Operand, Origin, Span, Var
from ....engine.primitives.curves import BEYOND
from ... import syntax
from ...names.deal import CurveEntry
from ...syntax.written import format_expression
from ..building.builder import ZERO
from ..context.lowering import Lowering
from ..context.memory import Memory
from ..context.product import Product
from ..context.values import NotLowered
from .points import row_words

_ONE = Literal(Fraction(1), "float")


def _not_negative(
    low: Lowering, entry: CurveEntry, pillars: list[tuple[str, Span]], hazard: Operand, name: str, place: Span
) -> None:
    """A default rate below zero: the spreads fall faster than any curve can."""
    words = _words(pillars[-1][0])
    said = (
        f"the default rate up to {words}"
        if len(pillars) == 1
        else (f"the default rate between {_words(pillars[-2][0])} and {words}")
    )
    message = f"{said} of `{entry.name}` is below zero"
    quote = {"spreads": "spread", "upfronts": "upfront"}.get(name)
    if quote is not None and len(pillars) == 1:
        message = f"the {quote} at {words} of `{entry.name}` is so low that {said} is below zero"
    elif quote is not None:
        message = f"the {quote} at {words} of `{entry.name}` is so far below those before it that {said} is below zero"
    beyond = f"no default rate is high enough for the {quote} at {words} of `{entry.name}`"
    rows = (hazard.value,) if isinstance(hazard, Literal) else low.builder.row_values(hazard)
    for number, value in enumerate(rows or ()):
        where = "" if hazard.rows is None else f"{row_words(low.model, hazard.rows, number)}: "
        if value == BEYOND:
            low.collector.error("E0665", where + beyond, place, label="more than a default could cost")
            raise NotLowered
        if value < 0:
            low.collector.error(
                "E0659",
                where + message,
                place,
                label="the curve crosses itself here",
                help=f"look for {'an' if quote == 'upfront' else 'a'} {quote} that is mistyped, or of another contract"
                if quote
                else None,
            )
            raise NotLowered
    if rows is not None:
        return
    emit = low.builder.emit
    if quote is not None:
        _watch(
            low.product,
            low.memory,
            emit(
                "not_equal",
                hazard,
                Literal(Fraction(BEYOND), "float"),
            ),
            entry,
            place,
            "E0914",
            beyond,
        )
    _watch(
        low.product,
        low.memory,
        emit("less_equal", ZERO, hazard),
        entry,
        place,
        "E0910",
        message,
    )


def _words(pillar: str) -> str:
    name = pillar.removeprefix("hazard ")
    if name.endswith("M"):
        months = int(name[:-1])
        count, unit = (months // 12, "year") if months % 12 == 0 else (months, "month")
        return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{name[:-1]} days" if name.endswith("D") else name


def _watch(
    product: Product, memory: Memory, good: Operand, entry: CurveEntry, place: Span, code: str, message: str
) -> None:
    _must(product, memory, good, entry.name, place, code, message)


def watch(
    product: Product, memory: Memory, good: Operand, expression: syntax.Expression, code: str, message: str
) -> None:
    """A check that a quote can be turned into another, in every scenario and on every date."""
    _must(product, memory, good, format_expression(expression), expression.span, code, message)


def _must(product: Product, memory: Memory, good: Operand, label: str, place: Span, code: str, message: str) -> None:
    if not isinstance(good, Var) or good in memory.curves_checked:
        return
    memory.curves_checked.add(good)
    product.checks.append(
        Check(
            name=label,
            rule="holds",
            var=good,
            severity="error",
            code=code,
            message=message,
            origin=Origin(label, place),
        )
    )
