"""What a simulation draws of what shapes a deal: counts of tests, windows, lags, ages, dates.

A program has one shape. So a run draws first what shapes it, and runs the paths of each shape by a program of their
own: this gives the figures that the run reads for that, one for each text whose value a program must know.
"""

from __future__ import annotations

from ....engine.ir import Literal, Operand, Output
from ...messages.diagnostics import Label
from ..building.builder import TRUE
from ..context.asked import Asked, Shape
from ..context.dispatch import lower
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.structure import Structure
from ..context.values import ListValue, NotLowered, Value


def drawn_shapes(low: Lowering, structure: Structure) -> None:
    """Give the program an output for each figure that is drawn and shapes it (`Product.shapes`).

    E0504: it is another on every date, or has no meaning as a figure.
    """
    drawn = {key for key, layers in low.layers.overrides.items() if any(one.drawn for one in layers)}
    if structure.drawn or not drawn & low.schedules.low.layers.read:
        return
    for asked in list(low.schedules.asked.values()):
        try:
            _shape(low, asked)
        except NotLowered:
            low.faults.failed = True


def _shape(low: Lowering, asked: Asked) -> None:
    found = lower(low, asked.expression, asked.scope, Moment("opening", low.every))
    values = found.items if isinstance(found, ListValue) else (found,)
    figures = [one for one in values if isinstance(one, Value)]
    operands = [one.operand for one in figures]
    if len(operands) != len(values) or not _differs(low, asked, operands):
        return
    for one in figures:
        traits = low.builder.traits(one.operand)
        if traits.date or traits.carried or one.operand.rows is not None or one.determined != TRUE:
            _refuse(low, asked)
    names: list[str | Literal] = []
    for operand in operands:
        if isinstance(operand, Literal):
            names.append(operand)
            continue
        name = f"{SHAPES} {len(low.product.outputs) + 1}"
        low.product.outputs.append(_output(low, name, operand, asked))
        names.append(name)
    low.product.shapes.append(Shape(asked, tuple(names), isinstance(found, ListValue)))


def _differs(low: Lowering, asked: Asked, operands: list[Operand]) -> bool:
    """Whether what is drawn moves it: a draw of one value is known, and is not what the deal as written has."""
    if any(low.builder.traits(one).drawn for one in operands):
        return True
    terms = low.schedules.low
    plain = lower(terms, asked.expression, asked.scope, Moment("fixed", terms.every))
    items = plain.items if isinstance(plain, ListValue) else (plain,)
    return operands != [one.operand for one in items if isinstance(one, Value)]


SHAPES = "what shapes the deal"


def _output(low: Lowering, name: str, operand: Operand, asked: Asked) -> Output:
    return Output(name, low.builder.as_var(operand, name), "figure", origin=low.builder.origin)


def _refuse(low: Lowering, asked: Asked) -> None:
    """What is drawn shapes the deal, and has no one value in a path."""
    layers = [
        layer for key in low.schedules.low.layers.read for layer in low.layers.overrides.get(key, ()) if layer.drawn
    ]
    low.collector.error(
        "E0504",
        "what is drawn here shapes the deal, and must be one value in each path",
        layers[0].span if layers else asked.expression.span,
        label="another on every date",
        others=(Label(asked.expression.span, "it shapes this"),),
        help="draw a term: schedules, counts, windows, lags and dates are known when a path begins",
    )
    raise NotLowered
