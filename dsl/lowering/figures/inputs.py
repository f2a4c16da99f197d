"""What comes from outside the equations: a family's columns, inputs and their defaults."""

from __future__ import annotations

import datetime
from fractions import Fraction

from ....engine.ir import Axis, Input, Kind, Literal, Operand, Span
from ...names.deal import ColumnEntry, InputEntry
from ...time.clocks import Clock
from ...types.types import Types
from ..building.builder import Builder, Traits
from ..building.evaluate import evaluate_by_date
from ..context.dispatch import value_of
from ..context.keys import Figure
from ..context.lowering import Lowering
from ..context.memory import Remembered
from ..context.moments import Moment
from ..context.subjects import Reading
from ..context.values import AnyValue, NotLowered, TextRows, Value
from ..known.arising import adds_up
from ..known.clocks_and_day_counts import clock_of
from .flows import gathered, initial
from .overrides import fixed_only, overridden


def column(low: Lowering, entry: ColumnEntry) -> AnyValue:
    """A column of the family's CSV: a value a row."""
    if isinstance(entry.values[0], str):
        layers = low.layers.overrides.get(Figure.TERM(entry.name))
        if layers:
            low.collector.error(
                "E0240",
                f"a scenario changes `{entry.name}`, and it is a column of texts",
                layers[0].span,
                help="a scenario changes numbers, conditions and dates",
            )
            raise NotLowered
        return TextRows(tuple(str(value) for value in entry.values), entry.family or "")
    memory = Reading.COLUMN(entry.name)
    kept = low.memory.remembered.get(memory)
    if kept is None:
        kept = low.memory.remembered[memory] = Remembered(
            _table(low.types, low.builder, entry), frozenset(), (), frozenset()
        )
    if not isinstance(kept.value, Value):
        raise NotLowered
    return overridden_column(low, entry, kept.value)


def _table(types: Types, builder: Builder, entry: ColumnEntry) -> Value:
    """A column of numbers, dates or conditions as a constant of the program."""
    first, family = entry.values[0], entry.family or ""
    kind: Kind
    if isinstance(first, bool):
        kind, values = "bool", tuple(Fraction(bool(value)) for value in entry.values)
    elif isinstance(first, Fraction):
        factor = types.column_factor(entry)
        kind, values = "float", tuple(value * factor for value in entry.values if isinstance(value, Fraction))
    else:
        kind = "date"
        values = tuple(Fraction(one.toordinal()) for one in entry.values if isinstance(one, datetime.date))
    return Value(builder.table(entry.name, ("row",), values, kind, family))


def overridden_column(low: Lowering, entry: ColumnEntry, value: Value) -> AnyValue:
    moment = Moment("opening", low.every)
    within = low.layers.without(Figure.TERM(entry.name), moment)
    if within is not None:
        return within
    return overridden(low, Figure.TERM(entry.name), lambda _: value, moment, entry.span)


def outside(low: Lowering, entry: InputEntry, span: Span, moment: Moment) -> AnyValue:
    """An input: fed by the caller or a CSV, drawn, or its default. It holds between the dates that it is fed on."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"`{entry.name}` comes from outside", span)
    within = low.layers.without(Figure.TERM(entry.name), moment)
    if within is not None:
        return within
    found = low.memory.inputs.get(entry.name)
    clock: Clock | None = None
    if entry.item.on is not None:
        clock = clock_of(low, entry.item.on, entry.scope)
        low.trail.touch_clock(clock)
    if found is None:
        with low.layers.aside():
            found = declare_input(low, entry, clock)
        low.memory.inputs[entry.name] = found
    fed = found
    value = overridden(low, Figure.TERM(entry.name), lambda _: fed, moment, span)
    if isinstance(value, Value) and clock is not None and entry.item.type.series:
        # Before its first date an amount is nothing, and a level is not known.
        begun = low.builder.mask(f"begun {clock.name}", tuple(any(clock.on[: at + 1]) for at in range(len(clock.on))))
        if adds_up(low.types.entry_type(entry)):
            value = Value(low.builder.select(begun, value.operand, initial(value.operand.kind)), value.determined)
        else:
            value = Value(value.operand, low.builder.both(value.determined, begun))
    if moment.piece and isinstance(value, Value):
        return Value(
            gathered(low.builder, value.operand, moment.clock.paid),
            gathered(low.builder, value.determined, moment.clock.paid),
        )
    return value


def declare_input(low: Lowering, entry: InputEntry, clock: Clock | None) -> Value:
    """Declare an input. Its default, where it states one, must be known ahead: terms, dates and tables."""
    builder = low.builder
    kind = low.types.operand_kind(entry)
    series = entry.item.type.series
    label = entry.name
    with low.reading(label, entry.span, Reading.INPUT(label)):
        default: tuple[Fraction, ...] | None = None
        if entry.item.default is not None:
            given = value_of(low, entry.item.default, entry.scope, Moment("opening", clock or low.every))
            default = constant_values(low.every, low.builder, given.operand, series)
            if default is None:
                low.collector.error(
                    "E0541",
                    f"the default of input `{label}` is not known when the deal is read",
                    entry.item.default.span,
                    help="a default is made of terms, dates and tables",
                )
                raise NotLowered
        var = builder.fresh(label, kind)
        dates = tuple(position for position, on in enumerate(clock.on) if on) if clock is not None and series else None
        axes: tuple[Axis, ...] = ("date", "scenario") if series else ("scenario",)
        builder.input(
            Input(
                label,
                var,
                axes,
                unit=low.types.unit_text_of(entry),
                default=default,
                dates=dates,
                origin=builder.origin,
            ),
            Traits(date=series, scenario=True),
        )
    return Value(var)


def constant_values(every: Clock, builder: Builder, operand: Operand, series: bool) -> tuple[Fraction, ...] | None:
    """The values of a literal or a per-date table; None for anything else."""
    if isinstance(operand, Literal):
        return (Fraction(operand.value),) * (len(every.timeline) if series else 1)
    return evaluate_by_date(builder, operand) if series else None
