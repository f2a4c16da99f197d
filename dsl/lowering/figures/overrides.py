"""What scenarios, ranges, draws and settings lay over a name, each seeing the name without itself."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ....engine.ir import Input, Literal, Operand, Span
from ...messages.diagnostics import Collector, Label
from ..building.builder import Builder, Traits
from ..context.dispatch import lower
from ..context.keys import Key
from ..context.lowering import Lowering, Override, Under
from ..context.memory import Memory
from ..context.moments import Moment
from ..context.values import AnyValue, ListValue, NotLowered, PairsValue, Value


def fixed_only(collector: Collector, what: str, span: Span) -> NotLowered:
    collector.error(
        "E0504",
        f"{what}, and this must be known when the deal is read",
        span,
        help="schedules, counts and windows are made of terms: literals, fields and other terms",
    )
    return NotLowered()


Plain = Callable[[Moment], AnyValue]
"""What a name comes to at a moment where nothing lies over it."""


def overridden(low: Lowering, key: Key, plain: Plain, moment: Moment, span: Span) -> AnyValue:
    """The value with its overrides over it, each seeing the name without itself."""
    low.layers.read.add(key)
    value = plain(moment)
    layers = low.layers.overrides.get(key)
    if not layers:
        return value
    if isinstance(value, ListValue | PairsValue):
        return _list_overridden(low, key, value, layers, plain, moment, span)
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
        if layer.drawn and low is low.schedules.low:
            if low.schedules.drawn:
                raise fixed_only(low.collector, f"a simulation draws `{key.name}`", layer.span)
            continue  # the deal as written, until something is drawn: `structures.py`
        if layer.known is not None:
            common = Value(layer.known)
        elif layer.draw is not None:
            common = layer.draw(low, key, layer, common, moment)
        elif layer.ranged:
            common = ranged(low, key, common, span, moment)
        elif layer.scenarios is None:
            with low.layers.under(key, below(low, key, layer, None, common, plain, moment, span)):
                found = lower(low, layer.value, layer.scope, moment)
            if not isinstance(found, Value):
                raise NotLowered
            common = found
        elif moment.kind == "fixed":
            raise fixed_only(low.collector, f"a scenario changes `{key.name}`", layer.span)
        else:
            for scenario in layer.scenarios:
                under = merged.get(scenario, common)
                with low.layers.under(key, below(low, key, layer, scenario, under, plain, moment, span)):
                    found = lower(low, layer.value, layer.scope, moment)
                if not isinstance(found, Value):
                    raise NotLowered
                merged[scenario] = found
    result = common
    for scenario, its in merged.items():
        chosen = low.builder.emit(
            "equal", scenario_index(low.builder, low.memory), Literal(Fraction(scenario), "float")
        )
        result = _chosen(low.builder, chosen, its, result)
    return result


def below(
    low: Lowering,
    key: Key,
    layer: Override,
    scenario: int | None,
    value: AnyValue,
    plain: Plain,
    moment: Moment,
    span: Span,
) -> Under:
    """A name as a layer over it sees it: in its scenario, under what lies below the layer. Read there at another moment
    (`previous x`, `opening x`, over all dates), it is worked out for that moment."""

    def again(at: Moment) -> AnyValue:
        found = plain(at)
        for lower_one in low.layers.overrides.get(key, []):
            if lower_one is layer:
                break
            if (lower_one.drawn or lower_one.simulated) and not low.simulated:
                continue
            if lower_one.scenarios is not None and scenario not in lower_one.scenarios:
                continue
            if lower_one.drawn and low is low.schedules.low:
                continue  # the deal as written, as above
            if lower_one.known is not None:
                found = Value(lower_one.known)
                continue
            if lower_one.draw is not None and isinstance(found, Value):
                found = lower_one.draw(low, key, lower_one, found, at)
            elif lower_one.ranged and isinstance(found, Value):
                found = ranged(low, key, found, span, at)
            else:
                with low.layers.under(key, below(low, key, lower_one, scenario, found, plain, at, span)):
                    found = lower(low, lower_one.value, lower_one.scope, at)
        return found

    return Under(value, moment, (id(layer), scenario), again)


def _list_overridden(
    low: Lowering,
    key: Key,
    value: ListValue | PairsValue,
    layers: list[Override],
    plain: Plain,
    moment: Moment,
    span: Span,
) -> AnyValue:
    """A list with its overrides: each of its values is chosen by scenario, and their number stays."""

    def layered(layer: Override, scenario: int | None, under: ListValue | PairsValue) -> ListValue | PairsValue:
        with low.layers.under(key, below(low, key, layer, scenario, under, plain, moment, span)):
            found = lower(low, layer.value, layer.scope, moment)
        if (
            not isinstance(found, ListValue | PairsValue)
            or _keys(found) not in (_keys(value), ())
            or len(found.items) != len(value.items)
        ):
            low.collector.error(
                "E0240",
                f"a scenario changes the values of `{key.name}`, and neither their number nor their points",
                layer.span,
                label="another list",
                others=(Label(span, f"{len(value.items)} values"),),
                help="shift or scale it: `x = x + 100bp`, or state a value for each of its points",
            )
            raise NotLowered
        return found

    merged: dict[int, ListValue | PairsValue] = {}
    common = value
    for layer in layers:
        if (layer.drawn or layer.simulated) and not low.simulated:
            continue
        if layer.drawn or layer.ranged:
            low.collector.error(
                "E0240",
                f"`{key.name}` is a list, and one figure is {'drawn' if layer.drawn else 'ranged over'}",
                layer.span,
                help="draw or range over a term, and let the list be made of it: `[5 years: 380bp + shift]`",
            )
            raise NotLowered
        if layer.scenarios is None:
            common = layered(layer, None, common)
            continue
        if moment.kind == "fixed":
            raise fixed_only(low.collector, f"a scenario changes `{key.name}`", layer.span)
        for scenario in layer.scenarios:
            merged[scenario] = layered(layer, scenario, merged.get(scenario, common))
    result = _values(common)
    for scenario, its in merged.items():
        chosen = low.builder.emit(
            "equal", scenario_index(low.builder, low.memory), Literal(Fraction(scenario), "float")
        )
        result = [_chosen(low.builder, chosen, one, other) for one, other in zip(_values(its), result, strict=True)]
    if isinstance(value, ListValue):
        return ListValue(tuple(result))
    keys = (point for point, _ in value.items)
    return PairsValue(tuple(zip(keys, result, strict=True)), value.unit)


def _keys(value: ListValue | PairsValue) -> tuple[Operand, ...]:
    return () if isinstance(value, ListValue) else tuple(key.operand for key, _ in value.items)


def _values(value: ListValue | PairsValue) -> list[Value]:
    found = [item[1] if isinstance(item, tuple) else item for item in value.items]
    if not all(isinstance(one, Value) for one in found):
        raise NotLowered
    return [one for one in found if isinstance(one, Value)]


def _chosen(builder: Builder, chosen: Operand, one: Value, other: Value) -> Value:
    return Value(
        builder.select(chosen, one.operand, other.operand), builder.select(chosen, one.determined, other.determined)
    )


def ranged(low: Lowering, key: Key, base: Value, span: Span, moment: Moment) -> Value:
    """A term that `scenarios over` ranges: a column of its values, its own in every other scenario."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"`scenarios over` ranges `{key.name}`", span)
    name = key.name
    found = low.memory.inputs.get(f"ranged {name}")
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
    low.product.columns[name] = tuple(low.layers.ranged[key].get(at, own) for at in range(len(low.product.scenarios)))
    found = low.memory.inputs[f"ranged {name}"] = Value(var)
    return found


def scenario_index(builder: Builder, memory: Memory) -> Operand:
    found = memory.inputs.get("scenario")
    if found is None:
        var = builder.fresh("scenario", "float")
        builder.input(
            Input("scenario", var, ("scenario",), default=(Fraction(0),)), Traits(scenario=True, nonnegative=True)
        )
        found = memory.inputs["scenario"] = Value(var)
    return found.operand
