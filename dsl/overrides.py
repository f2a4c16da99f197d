"""What scenarios, ranges, draws and settings lay over a name, each seeing the name without itself."""

from __future__ import annotations

from fractions import Fraction

from ..engine.ir import Input, Literal, Operand, Span
from .builder import Traits
from .diagnostics import Label
from .lowering import AnyValue, Key, Lowering, Moment, NotLowered, Value


def fixed_only(low: Lowering, what: str, span: Span) -> NotLowered:
    low.collector.error(
        "E0504",
        f"{what}, and this must be known when the deal is read",
        span,
        help="schedules, counts and windows are made of terms: literals, fields and other terms",
    )
    return NotLowered()


def overridden(low: Lowering, key: Key, value: AnyValue, moment: Moment, span: Span) -> AnyValue:
    """The value with its overrides over it, each seeing the name without itself."""
    layers = low.overrides.get(key)
    if not layers:
        return value
    from .expressions import lower

    if not isinstance(value, Value):
        low.collector.error(
            "E0240",
            "a scenario changes this, and it is not a number, a condition or a date",
            span,
            others=tuple(Label(layer.span, "changed here") for layer in layers),
        )
        raise NotLowered
    merged: dict[int, Value] = {}
    common = value
    for layer in layers:
        if (layer.drawn or layer.simulated) and not low.simulated:
            continue
        if layer.drawn:
            from .draws import draw

            common = draw(low, key, layer, common, moment)
            continue
        if layer.ranged:
            common = ranged(low, key, common, span, moment)
            continue
        if layer.scenarios is None:
            low.overriding[key] = common
            try:
                found = lower(low, layer.value, layer.scope, moment)
            finally:
                del low.overriding[key]
            if not isinstance(found, Value):
                raise NotLowered
            common = found
            continue
        if moment.kind == "fixed":
            raise fixed_only(low, f"a scenario changes `{key[1]}`", layer.span)
        for scenario in layer.scenarios:
            low.overriding[key] = merged.get(scenario, common)
            try:
                found = lower(low, layer.value, layer.scope, moment)
            finally:
                del low.overriding[key]
            if not isinstance(found, Value):
                raise NotLowered
            merged[scenario] = found
    result = common
    builder = low.builder
    for scenario, its in merged.items():
        chosen = builder.emit("equal", scenario_index(low), Literal(Fraction(scenario), "float"))
        result = Value(
            builder.select(chosen, its.operand, result.operand),
            builder.select(chosen, its.determined, result.determined),
        )
    return result


def ranged(low: Lowering, key: Key, base: Value, span: Span, moment: Moment) -> Value:
    """A term that `scenarios over` ranges: a column of its values, its own in every other scenario."""
    if moment.kind == "fixed":
        raise fixed_only(low, f"`scenarios over` ranges `{key[1]}`", span)
    name = key[1]
    found = low.inputs.get(f"ranged {name}")
    if found is not None:
        return found
    if not isinstance(base.operand, Literal):
        low.collector.error(
            "E0557",
            f"`{name}` is ranged over, and its own value is not known when the deal is read",
            span,
            help="range over a term, and let the series follow from it",
        )
        raise NotLowered
    var = low.builder.fresh(name, base.operand.kind)
    own = Fraction(base.operand.value)
    low.builder.input(Input(name, var, ("scenario",), default=(own,)), Traits(scenario=True))
    low.columns[name] = tuple(low.ranged[key].get(at, own) for at in range(len(low.scenarios)))
    found = low.inputs[f"ranged {name}"] = Value(var)
    return found


def scenario_index(low: Lowering) -> Operand:
    found = low.inputs.get("scenario")
    if found is None:
        var = low.builder.fresh("scenario", "float")
        low.builder.input(
            Input("scenario", var, ("scenario",), default=(Fraction(0),)), Traits(scenario=True, nonnegative=True)
        )
        found = low.inputs["scenario"] = Value(var)
    return found.operand
