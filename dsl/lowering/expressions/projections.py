"""`projected x`: x as it is in the base case, which is run first and fixed."""

from __future__ import annotations

from ....engine.ir import Input, Kind, Operand, Output, Projection
from ... import syntax
from ...names.deal import Scope
from ...syntax.written import format_expression
from ..building.builder import Builder, Traits
from ..context.dispatch import value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import NotLowered, Value
from ..figures.flows import gathered


def projected(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> Value:
    return projected_value(low, name, scope, moment)


def projected_value(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment) -> Value:
    """The base case's value on this date (known ahead in every scenario), on the reader's clock."""
    if moment.kind == "fixed":
        low.collector.error("E0504", "a projection changes from date to date", node.span)
        raise NotLowered
    memory = (format_expression(node), scope, moment.clock)
    found = low.memory.projected.get(memory)
    if found is None:
        label = f"projected {scope.prefix}{format_expression(node)} on {moment.clock.name}"
        taken = {source.name for source in low.builder.inputs}
        count = sum(1 for name in taken if name == label or (name.startswith(f"{label}~") and not name.endswith("?")))
        label = label if count == 0 else f"{label}~{count}"
        found_type = low.types.of(node, scope)
        kind: Kind = "bool" if found_type.kind == "condition" else "date" if found_type.kind == "date" else "float"
        value = Value(_input(low.builder, label, kind), _input(low.builder, f"{label}?", "bool"))
        low.memory.projected[memory] = value
        low.memory.to_project.append((label, node, scope, moment.clock))
        found = value
    if moment.piece:
        due = moment.clock.paid
        return Value(gathered(low.builder, found.operand, due), gathered(low.builder, found.determined, due))
    return found


def _input(builder: Builder, label: str, kind: Kind) -> Operand:
    var = builder.fresh(label, kind)
    builder.input(Input(label, var, ("date",), origin=builder.origin), Traits(date=True))
    return var


def finish(low: Lowering) -> None:
    """Lower what is projected, at the end of the day, as outputs that the base case feeds back."""
    while low.memory.to_project:
        label, node, scope, clock = low.memory.to_project.pop(0)
        value = value_of(low, node, scope, Moment("elsewhere", clock))
        for name, operand in ((label, value.operand), (f"{label}?", value.determined)):
            low.product.outputs.append(Output(name, low.builder.as_var(operand, name), "series", determined=None))
            low.product.projections[name] = Projection(name, name)
