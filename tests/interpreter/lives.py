"""Over the whole life: what reduces dates (contract, 4 and 16). What is not determined is passed over."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import ClaimEntry, DefinitionEntry, InputEntry, InstanceEntry, Scope
from indenture.dsl.syntax.walk import children

from . import timeline
from .arithmetic import NEVER, ZERO, below, tidy
from .expressions import holds
from .families import family, of_rows
from .moments import FINAL, At
from .readers import Reader
from .world import FUNCTIONS, Value, World, arguments


def dates_of(world: World, node: syntax.Call, scope: Scope, at: At) -> list[At]:
    """The dates of the schedule that follows `on`, or of the only one to which what is read belongs, which is then the
    reader; else every date of the timeline."""
    if node.on is not None:
        reader = timeline.reader_of(world, node.on, scope)
    else:
        owners = _owners(world, next(iter(arguments(node).values())), scope, {})
        reader = owners[0] if len(owners) == 1 else world.everything
    return [At(FINAL, t, reader, row=at.row, below=at.below) for t in reader.positions]


def _owners(world: World, node: Any, scope: Scope, seen: dict[int, Reader]) -> list[Reader]:
    """The schedules of the flows, dues and inputs that an expression reads, through definitions that no step records."""
    waiting: list[tuple[Any, Scope]] = [(node, scope)]
    passed: set[int] = set()
    while waiting:
        current, where = waiting.pop()
        if isinstance(current, syntax.Call) and current.function.text in _OVER_DATES:
            continue
        waiting += [(one, where) for one in children(current)]
        found = where.resolve(current.parts) if isinstance(current, syntax.Name) else 0
        if isinstance(found, int) or id(found.entry) in passed:
            continue
        entry = found.entry
        on = None
        match entry:
            case ClaimEntry() if found.attribute != "paid":
                on = entry.item.on
            case InputEntry():
                on = entry.item.on
            case DefinitionEntry() if entry.on is not None:
                on = entry.on
            case DefinitionEntry() if entry not in world.steady.recorded:
                waiting.append((entry.value, entry.scope))
        if not isinstance(entry, ClaimEntry):
            passed.add(id(entry))
        if on is not None:
            one = timeline.reader_of(world, on, entry.scope)
            seen[id(one)] = one
    return list(seen.values())


_OVER_DATES = {"total", "lowest", "highest", "average", "count", "any", "final", "first_date", "first_date_below"}


def over_dates(world: World, node: syntax.Call, x: syntax.Expression, scope: Scope, at: At) -> list[Value]:
    return [world.value(x, scope, one) for one in dates_of(world, node, scope, at)]


def _known(values: list[Value]) -> list[Any]:
    return [value for value in values if value is not None]


def _listed(world: World, node: syntax.Call, scope: Scope, at: At) -> list[Value] | None:
    """A list's items, or the rows of a family: what is reduced before dates are."""
    x = arguments(node)["x"]
    if world.types.of(x, scope).kind == "list":
        return list(world.value(x, scope, at))
    return of_rows(world, node, scope, at)


@FUNCTIONS.of("lowest", "highest", "average")
def _extreme(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    x = arguments(node)["x"]
    found = _listed(world, node, scope, at)
    values = _known(over_dates(world, node, x, scope, at) if found is None else found)
    if not values:
        return None
    match node.function.text:
        case "lowest":
            return min(values)
        case "highest":
            return max(values)
        case _:
            return tidy(sum(values, ZERO) / len(values))


@FUNCTIONS.of("total")
def _total(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    x = arguments(node)["x"]
    if world.types.of(x, scope).kind == "list":
        found = _known(list(world.value(x, scope, at)))
    elif family(world, x, scope) is not None:
        found = []
        for one in dates_of(world, node, scope, at):
            values = of_rows(world, node, scope, one)
            found += [] if values is None else _known(values)
    else:
        found = _known(over_dates(world, node, x, scope, at))
    return tidy(sum(found, ZERO))


@FUNCTIONS.of("count")
def _count(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    x = arguments(node)["x"]
    thing = world.thing(x, scope)
    if isinstance(thing, InstanceEntry) and thing.family is not None:
        from .families import rows

        return Fraction(len(rows(world, node, thing.family, scope, at)))
    found = _listed(world, node, scope, at)
    values = over_dates(world, node, x, scope, at) if found is None else found
    return Fraction(sum(1 for value in values if holds(value)))


@FUNCTIONS.of("any")
def _any(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    found = _listed(world, node, scope, at)
    values = over_dates(world, node, arguments(node)["x"], scope, at) if found is None else found
    return any(holds(value) for value in values)


@FUNCTIONS.of("final")
def _final(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    return over_dates(world, node, arguments(node)["x"], scope, at)[-1]


@FUNCTIONS.of("first_date")
def _first_date(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    condition = arguments(node)["condition"]
    for one in dates_of(world, node, scope, at):
        if holds(world.value(condition, scope, one)):
            return world.dates[one.t]
    return NEVER


@FUNCTIONS.of("first_date_below")
def _first_date_below(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    given = arguments(node)
    for one in dates_of(world, node, scope, at):
        value, bar = world.value(given["x"], scope, one), world.value(given["threshold"], scope, one)
        if value is not None and bar is not None and below(value, bar):
            return world.dates[one.t]
    return NEVER
