"""Deal to IR: one day lowered, its closings bound, reports and checks on top, put together as a program."""

from __future__ import annotations

import attrs

from ...engine.ir import Equation, Family, Operand, Program, Var
from ...engine.verify import verify
from ..messages.diagnostics import Collector, Label
from ..names.deal import Model
from ..time.clocks import Clock
from ..types.types import Types
from .building.builder import Builder
from .building.dust import without_dust
from .building.order import Circle
from .context.lowering import Lowering
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
from .scenarios.scenarios import prepare


def to_ir(model: Model, types: Types, collector: Collector, *, simulated: bool = False) -> Program | None:
    """The program of a deal, or None where a diagnostic says why there is none."""
    complete()
    try:
        schedules = begin(model, types, collector)
        timeline = build_all(schedules)
    except NotLowered:
        return None
    low = Lowering(
        model, types, collector, Builder(timeline.dates), {}, Clock("every date", timeline, None), simulated=simulated
    )
    low.schedules = schedules
    schedules.low.every = Clock("fixed", timeline, None)
    for schedule in [*schedules.built.values(), *schedules.singles.values()]:
        low.clocks[schedule.name] = Clock(schedule.name, timeline, schedule)
    prepare(low)
    settle_conditions(low)
    if collector.failed:
        return None
    lower_day(low)
    outputs(low)
    try:
        finish(low)
    except NotLowered:
        low.faults.failed = True
    keepable(low)
    if simulated:
        unread_draws(low)
    bind_closings(low.builder, low.memory, low.day)
    if low.faults.failed or collector.failed:
        if not collector.failed:
            raise AssertionError("the lowering failed without saying why")
        return None
    try:
        fed = [one.var.name for one in low.builder.inputs if one.name in low.product.projections]
        low.product.checks[:] = without_dust(low.builder, fed, low.product.checks)
        equations = low.builder.finished()
    except Circle as circle:
        _report(circle.equations, collector, model)
        return None
    program = _program(low, equations)
    verify(program)
    check_projections(program, collector)
    return None if collector.failed else program


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
