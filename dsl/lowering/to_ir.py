"""Deal to IR: one day lowered, its closings bound, reports and checks on top, put together as a program."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ...engine.ir import Equation, Family, Operand, Program, Span, Var
from ...engine.verify import verify
from ..messages.diagnostics import Collector, Label
from ..names.deal import Model
from ..time.clocks import Clock, Days
from ..types.types import Types
from .building.builder import Builder
from .building.dust import without_dust
from .building.order import Circle
from .context.asked import Shape
from .context.keys import Key
from .context.lowering import Lowering, Schedules
from .context.structure import Structure
from .context.values import NotLowered
from .day.closing import bind_closings
from .day.day import lower_day
from .expressions.projections import finish
from .expressions.vintages import families
from .known.schedules import begin, build_all
from .projection_cycles import check_projections
from .reports.component_conditions import settle_conditions
from .reports.keepable import keepable
from .reports.outputs import outputs
from .rules import complete
from .scenarios.draws import unread_draws
from .scenarios.scenarios import prepare, shaping_layers
from .scenarios.shapes import drawn_shapes


@attrs.frozen(slots=True, eq=False)
class Lowered:
    """A program (None where a diagnostic says why there is none), and what its lowering came across.

    ``shaping``: the names that were read where the program wants to know what they come to; ``read``: by an equation;
    ``shapes``: what is drawn of the first, ``drawn``: where. ``schedules``: the dates of each, by its full name.
    """

    program: Program | None
    shaping: frozenset[Key]
    read: frozenset[Key]
    shapes: tuple[Shape, ...]
    drawn: tuple[Span, ...] = ()
    schedules: Mapping[str, Days] = attrs.field(factory=dict)


def to_ir(
    model: Model, types: Types, collector: Collector, structure: Structure, *, simulated: bool = False
) -> Lowered:
    """The program of a deal, or of those of its scenarios that share a structure."""
    complete()
    schedules: Schedules | None = None
    low: Lowering | None = None

    def lowered(program: Program | None, read: frozenset[Key] = frozenset()) -> Lowered:
        shaping = frozenset() if schedules is None else frozenset(schedules.low.layers.read)
        shapes = () if low is None else tuple(low.product.shapes)
        laid = {} if low is None else low.layers.overrides
        places = [one.span for key, layers in laid.items() if key in shaping for one in layers if one.drawn]
        dates = {} if low is None else {name: clock.days for name, clock in low.clocks.items()}
        return Lowered(program, shaping, read, shapes, tuple(places), dates)

    try:
        layers = shaping_layers(model, collector, structure)
        schedules = begin(model, types, collector, layers, structure.drawn, simulated=simulated)
        timeline = build_all(schedules)
    except NotLowered:
        return lowered(None)
    low = Lowering(
        model, types, collector, Builder(timeline.dates), {}, Clock("every date", timeline, None), simulated=simulated
    )
    low.schedules = schedules
    low.product.written = structure.written
    schedules.low.every = Clock("fixed", timeline, None)
    for schedule in [*schedules.built.values(), *schedules.singles.values()]:
        low.clocks[schedule.name] = Clock(schedule.name, timeline, schedule)
    prepare(low, structure)
    settle_conditions(low, written=not (structure.apart or structure.drawn))
    if collector.failed:
        return lowered(None)
    lower_day(low)
    outputs(low)
    try:
        finish(low)
    except NotLowered:
        low.faults.failed = True
    read = frozenset(low.layers.read | low.memory.ranks.keys())
    keepable(low)
    if simulated:
        unread_draws(low)
        drawn_shapes(low, structure)
    bind_closings(low.builder, low.memory, low.day)
    if low.faults.failed or collector.failed:
        if not collector.failed:
            raise AssertionError("the lowering failed without saying why")
        return lowered(None, read)
    try:
        fed = [one.var.name for one in low.builder.inputs if one.name in low.product.projections]
        low.product.checks[:] = without_dust(low.builder, fed, low.product.checks)
        equations = low.builder.finished()
    except Circle as circle:
        _report(circle.equations, collector, model)
        return lowered(None, read)
    program = _program(low, equations)
    verify(program)
    check_projections(program, collector)
    return lowered(None if collector.failed else program, read)


def _program(low: Lowering, equations: tuple[Equation, ...]) -> Program:
    bound = low.builder.bound
    model = low.model

    def var(operand: Operand) -> Var:
        found = bound(operand)
        return found if isinstance(found, Var) else low.builder.forced("constant", found)

    kept = tuple(
        attrs.evolve(one, var=var(one.var), determined=None if one.determined is None else bound(one.determined))
        for one in low.product.outputs
    )
    checks = tuple(
        attrs.evolve(
            one,
            var=var(one.var),
            scale=None if one.scale is None else bound(one.scale),
            observed=None if one.observed is None else var(one.observed),
            observed_determined=None if one.observed_determined is None else bound(one.observed_determined),
        )
        for one in low.product.checks
    )
    return Program(
        name=model.name,
        dates=low.every.timeline.dates,
        closing=low.every.timeline.closing,
        equations=equations,
        families=(*(Family(rows.name, rows.labels) for rows in model.families), *families(low.memory)),
        constants=tuple(low.builder.constants),
        inputs=tuple(low.builder.inputs),
        outputs=kept,
        checks=checks,
        projections=tuple(low.product.projections.values()),
        scenarios=tuple(low.product.scenarios),
        columns=tuple(sorted(low.product.columns.items())),
        tables=tuple(low.product.tables),
        alerts=tuple(low.product.alerts),
    )


def _report(equations: list[Equation], collector: Collector, model: Model) -> None:
    """Values of one date that need each other: every name and place on the way round."""
    places = [(one.origin.label, one.origin.span) for one in equations if one.origin is not None and one.origin.span]
    unique = list(dict.fromkeys(places))
    first = unique[0][1] if unique and unique[0][1] is not None else model.header.name_span
    collector.error(
        "E0501",
        "figures of one date need each other to be worked out",
        first,
        label="the cycle begins and ends here",
        others=tuple(Label(span, f"which needs `{label}`") for label, span in unique[1:] if span is not None),
        help="break the cycle with a figure of another moment: `opening x`, `previous x`, or `projected x`",
        notes=(" -> ".join([label for label, _ in unique] + [unique[0][0]] if unique else []),),
    )
