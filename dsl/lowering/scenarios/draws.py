"""`x drawn from D(...)`: what a simulation draws in the place of a name.

The only leaves are independent standard normals and uniforms (`engine.ir.Random`), each keyed by the drawn name: to
add a draw changes no other. Everything else is equations (`distributions.py`, `draw_formulas.py`).

What is fixed when the deal is read, and a party's default, are drawn once a scenario; a series is drawn on the dates
of its own schedule and holds between them: the schedule that an input is `on`, the one that the distribution says
(`normal(... on payment)`), or else the first that the deal declares. So another schedule changes no path. A family
draws for each row.
"""

from __future__ import annotations

from ... import syntax
from ...messages.diagnostics import Collector
from ...names.deal import (
    AnyEntry,
    DefinitionEntry,
    FunctionEntry,
    InputEntry,
    ScheduleEntry,
    Scope,
    follow,
)
from ...time.clocks import Clock
from ...vocabulary.builtins import BUILTINS, Bound, bind_builtin
from ..building.builder import number
from ..context.dispatch import functions, lower
from ..context.keys import Key
from ..context.lowering import Layers, Lowering, Override, Under
from ..context.memory import Remembered
from ..context.moments import Moment
from ..context.named import target
from ..context.subjects import Reading
from ..context.values import AnyValue, NotLowered, Value
from ..figures.flows import gathered
from ..figures.overrides import fixed_only
from ..known.clocks_and_day_counts import clock_of
from ..known.schedules import schedule_of
from .distributions import DISTRIBUTIONS, PATHS, Drawing, Name, distribution
from .draw_formulas import LAST
from .joined import copula_of


def draw(low: Lowering, key: Key, layer: Override, base: Value, moment: Moment) -> Value:
    """What a name comes to in a simulation that draws it: the same draw for every reader.

    ``base`` is the name's value without the draw, as the reader sees it. Errors: E0609 what the draw rests on is not
    known before it; E0611 not a distribution; E0612 a term as a path; E0613, E0614 no such distribution.
    """
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"a simulation draws `{key.name}`", layer.span)
    memory = Reading.DRAW(key, id(layer))
    kept = low.memory.remembered.get(memory)
    if kept is None:
        with low.reading(f"{key.name} (drawn)", layer.span, memory):
            found = _drawn(low, key, layer, base)
        kept = low.memory.remembered[memory] = Remembered(found, frozenset(), (), frozenset())
    value = kept.value
    if not isinstance(value, Value):
        raise NotLowered
    if moment.piece:
        due = moment.clock.paid
        return Value(gathered(low.builder, value.operand, due), gathered(low.builder, value.determined, due))
    return value


def _drawn(low: Lowering, key: Key, layer: Override, base: Value) -> Value:
    call, name = _distribution(low.collector, layer)
    bound = bind_builtin(call, BUILTINS[name])
    if bound.problems:
        raise NotLowered
    entry = low.model.entries.get(key.name)
    family = (entry.family if entry is not None else None) or base.operand.rows
    clock = _clock(low, entry, name, call, layer)
    every = Moment("opening", low.every)
    plain = _plain(low, key, entry, layer, base, every)
    copula = None if layer.joined is None else copula_of(low.collector, layer.joined, layer.scope)
    drawing = Drawing(low, key, _factor(low.layers, key, layer), call, bound, layer.scope, plain, family, clock, copula)
    # On the right of a draw a name has its value without it.
    with low.layers.under(key, _below(low, key, entry, layer, base, plain, every)):
        found = distribution(drawing, name)
    if base.operand.kind == "date" and found.operand.kind == "float":
        # A date drawn at random keeps its day.
        last = low.builder.minimum(found.operand, number(LAST.toordinal()))
        return Value(low.builder.emit("to_date", last), found.determined)
    return found


def unread_draws(low: Lowering) -> None:
    """Lowers the joined draws that nothing reads, so that what is wrong with them is said."""
    for scoped in low.model.simulations:
        for draw in scoped.item.draws if isinstance(scoped.item, syntax.Simulate) else ():
            try:
                if draw.joined is not None and target(low.collector, draw.name, scoped.scope) not in low.memory.ranks:
                    lower(low, draw.name, scoped.scope, Moment("opening", low.every))
            except NotLowered:
                low.faults.failed = True


def _distribution(collector: Collector, layer: Override) -> tuple[syntax.Call, Name]:
    if isinstance(layer.value, syntax.Call):
        own = layer.scope.find(layer.value.function.parts[0])
        name = DISTRIBUTIONS.get(layer.value.function.text)
        if name is not None and not (own is not None and isinstance(follow(own), FunctionEntry)):
            return layer.value, name
    collector.error(
        "E0611",
        "what is drawn from must be a distribution",
        layer.value.span,
        label="not a distribution",
        help=f"`normal(mean = 4%, deviation = 1%)`; the others are {', '.join(list(DISTRIBUTIONS)[1:])}",
    )
    raise NotLowered


def _factor(layers: Layers, key: Key, layer: Override) -> str:
    """The key of the random stream: the drawn name; of a second draw of one name, with its number."""
    drawn = [one for one in layers.overrides.get(key, []) if one.drawn]
    place = next(position for position, one in enumerate(drawn) if one is layer)
    return key.name if place == 0 else f"{key.name} ({place + 1})"


def _clock(low: Lowering, entry: AnyEntry | None, name: Name, call: syntax.Call, layer: Override) -> Clock | None:
    """The dates that a series is drawn on; None for what is drawn once a scenario."""
    if name == "first_default":
        return None
    if isinstance(entry, DefinitionEntry) and entry.form in ("term", "let") and name in PATHS:
        low.collector.error(
            "E0612",
            f"`{entry.name}` is a term, fixed when the deal is read, and `{name}` draws a path",
            call.span,
            label="a value for every date",
            help=f"make it a series: `define {entry.name.rsplit('.', 1)[-1]} = ...`",
        )
        raise NotLowered
    series = name in PATHS
    if isinstance(entry, InputEntry):
        series = series or entry.item.type.series
    elif entry is not None:
        series = series or low.types.entry_type(entry).series
    if not series:
        return None
    if call.on is not None:
        return clock_of(low, call.on, layer.scope)
    if isinstance(entry, InputEntry) and entry.item.on is not None:
        return clock_of(low, entry.item.on, entry.scope)
    for one in low.model.entries.values():
        if isinstance(one, ScheduleEntry):
            return low.clocks[schedule_of(low.schedules, one).name]
    return low.every


def _plain(low: Lowering, key: Key, entry: AnyEntry | None, layer: Override, base: Value, moment: Moment) -> Value:
    """The name's value without the draw at a moment, on each date of the timeline, whoever reads it first.

    The reader's own ``base`` may be as of the date that a piece of accrual is paid.
    """
    if not low.builder.traits(base.operand).date:
        return base
    found: AnyValue = base
    if isinstance(entry, DefinitionEntry):
        with low.layers.under(key, Under(base, moment, (id(layer), "as it is"), lambda _: base)):
            found = lower(low, entry.value, entry.scope, moment)
    elif isinstance(entry, InputEntry):
        found = low.memory.inputs[entry.name]
    for earlier in low.layers.overrides.get(key, []):
        if earlier is layer or not isinstance(found, Value):
            break
        if earlier.drawn:
            found = draw(low, key, earlier, found, moment)
        elif earlier.scenarios is None:
            with low.layers.under(key, _below(low, key, entry, earlier, base, found, moment)):
                found = lower(low, earlier.value, earlier.scope, moment)
    if not isinstance(found, Value):
        raise NotLowered
    return found


def _below(
    low: Lowering, key: Key, entry: AnyEntry | None, layer: Override, base: Value, value: Value, moment: Moment
) -> Under:
    """A name as it is without a draw, or without what lies below one."""
    return Under(value, moment, (id(layer), "below"), lambda at: _plain(low, key, entry, layer, base, at))


def _misplaced(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """A distribution anywhere but after `drawn from`."""
    low.collector.error(
        "E0611",
        f"`{expression.function.text}` is a distribution: it stands after `drawn from`",
        expression.span,
        label="nothing is drawn here",
        help=f"`simulate {{ paths = 10_000; x drawn from {expression.function.text}(...) }}`",
    )
    raise NotLowered


functions(dict.fromkeys(DISTRIBUTIONS, _misplaced))
