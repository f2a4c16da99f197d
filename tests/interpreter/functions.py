"""Functions of one moment: of numbers, of lists, of dates (docs/functions.md)."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import DefinitionEntry, ScheduleEntry, Scope, pairs_node
from indenture.dsl.time import calendar
from indenture.dsl.time.calendar import add_months

from . import timeline
from .arithmetic import (
    NEVER,
    ONE,
    ZERO,
    below,
    ceiling,
    exponential,
    floor,
    logarithm,
    power,
    root,
    rounded,
    same,
    tidy,
)
from .expressions import later
from .moments import At
from .world import FUNCTIONS, Value, World, arguments, bound


def evaluated(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """A function of its arguments' values; not determined where one of them is not. A list's items go one by one."""

    def made(rule: Callable[..., Value]) -> Callable[..., Value]:
        def of(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
            given = {name: world.value(value, scope, at) for name, value in arguments(node).items()}
            if None in given.values():
                return None
            first = next(iter(given))
            if isinstance(given[first], tuple) and first == "x":
                rest = {name: value for name, value in given.items() if name != "x"}
                return tuple(None if one is None else rule(x=one, **rest) for one in given["x"])
            return rule(**given)

        FUNCTIONS.of(*names)(of)
        return rule

    return made


# --------------------------------------------------------------------------------------------- numbers


@FUNCTIONS.of("max", "min")
def _extreme(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    given = [world.value(value, scope, at) for value in bound(node).rest]
    if None in given:
        return None
    return max(given) if node.function.text == "max" else min(given)


@evaluated("clamp")
def _clamp(x: Any, low: Any, high: Any) -> Value:
    return max(low, min(x, high))


@evaluated("abs")
def _abs(x: Any) -> Value:
    return abs(x)


@evaluated("floor")
def _floor(x: Any) -> Value:
    return floor(x)


@evaluated("ceiling")
def _ceiling(x: Any) -> Value:
    return ceiling(x)


@evaluated("round")
def _round(x: Any, digits: Any = ZERO) -> Value:
    return rounded(x, int(digits))


@evaluated("exp")
def _exp(x: Any) -> Value:
    return exponential(x)


@evaluated("log")
def _log(x: Any) -> Value:
    return logarithm(x)


@evaluated("sqrt")
def _sqrt(x: Any) -> Value:
    return root(x)


@evaluated("mod")
def _mod(a: Any, b: Any) -> Value:
    return None if same(b, ZERO) else a - b * floor(a / b)


@evaluated("exchange")
def _exchange(x: Any, rate: Any) -> Value:
    return tidy(x * rate)


# --------------------------------------------------------------------------------------------- lists and tables


@evaluated("first")
def _first(items: Any) -> Value:
    return items[0] if items else None


@evaluated("last")
def _last(items: Any) -> Value:
    return items[-1] if items else None


@evaluated("length")
def _length(items: Any) -> Value:
    return Fraction(len(items))


@evaluated("at")
def _at(items: Any, n: Any) -> Value:
    """Not determined beyond the list's ends."""
    k = int(floor(n))
    return items[k - 1] if 1 <= k <= len(items) else None


@evaluated("by_age")
def _by_age(items: Any, age: Any) -> Value:
    """Before the first the first, after the last the last."""
    return items[min(max(int(floor(age)), 1), len(items)) - 1]


def points(world: World, node: syntax.Expression, scope: Scope, at: At) -> list[tuple[Any, Any]]:
    """A table's points and values, by way of the names that stand for it (and what a scenario lays over them)."""
    below_ = dict(at.below)
    while isinstance(node, syntax.Name):
        found = world.resolve(node, scope)
        assert not isinstance(found, int)
        assert isinstance(found.entry, DefinitionEntry)
        layers = world.layers.get(found.entry.name, [])
        level = below_.get(found.entry.name, len(layers))
        layer = layers[level - 1] if level else None
        if layer is not None and not callable(layer):
            if not isinstance(layer[0], syntax.Name | syntax.Pairs):  # its values are worked out, its points stay
                table = pairs_node(found.entry.value, found.entry.scope)
                assert table is not None
                keys = [world.value(key, table[1], at) for key, _ in table[0].items]
                values = world.value(layer[0], layer[1], at.but(below=((found.entry.name, level - 1),)))
                return list(zip(keys, values, strict=True))
            below_[found.entry.name] = level - 1
            node, scope = layer
        else:
            node, scope = found.entry.value, found.entry.scope
    assert isinstance(node, syntax.Pairs)
    return [(world.value(key, scope, at), world.value(value, scope, at)) for key, value in node.items]


@FUNCTIONS.of("step")
def _step(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """From each date its value, until the next; before its history it is not known."""
    every = points(world, arguments(node)["points"], scope, at)
    given = [value for key, value in every if key <= world.dates[at.t]]
    return given[-1] if given else None


@FUNCTIONS.of("first_point")
def _first_point(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    return points(world, arguments(node)["points"], scope, at)[0][0]


@FUNCTIONS.of("banded")
def _banded(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The value of the last point reached; before the first, the first."""
    given, place = _table(world, node, scope, at, "at")
    if place is None:
        return None
    reached = [value for key, value in given if not below(place, key)]
    return reached[-1] if reached else given[0][1]


def _table(world: World, node: syntax.Call, scope: Scope, at: At, name: str) -> tuple[list[tuple[Any, Any]], Any]:
    given = arguments(node)
    return points(world, given["points"], scope, at), world.value(given[name], scope, at)


@FUNCTIONS.of("interpolated")
def _interpolated(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """On straight lines between the points; the first value before them, the last after."""
    given, place = _table(world, node, scope, at, "at")
    if place is None:
        return None
    keys = [_number(key) for key, _ in given]
    place = _number(place)
    k = bisect_right(keys, place)
    if k == 0:
        return given[0][1]
    if k == len(keys):
        return given[-1][1]
    if given[k - 1][1] is None or given[k][1] is None:
        return None
    share = (place - keys[k - 1]) / (keys[k] - keys[k - 1])
    return tidy(given[k - 1][1] + (given[k][1] - given[k - 1][1]) * share)


def _number(value: Any) -> Any:
    return Fraction(value.toordinal()) if isinstance(value, datetime.date) else value


@FUNCTIONS.of("tiered")
def _tiered(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """Each part of a quantity at its own tier's price."""
    given, quantity = _table(world, node, scope, at, "quantity")
    if quantity is None:
        return None
    total: Any = ZERO
    for k, (start, price) in enumerate(given):
        end = given[k + 1][0] if k + 1 < len(given) else None
        part = (quantity if end is None else min(quantity, end)) - start
        if part > 0:
            if price is None:
                return None
            total = tidy(total + part * price)
    return total


# --------------------------------------------------------------------------------------------- dates


@evaluated("year")
def _year(date: Any) -> Value:
    return None if date == NEVER else Fraction(date.year)


@evaluated("month")
def _month(date: Any) -> Value:
    return None if date == NEVER else Fraction(date.month)


@evaluated("days_between")
def _days_between(a: Any, b: Any) -> Value:
    return None if NEVER in (a, b) else Fraction((b - a).days)


@evaluated("months_between")
def _months_between(a: Any, b: Any) -> Value:
    return None if NEVER in (a, b) else Fraction(calendar.months_between(a, b))


@FUNCTIONS.of("standard_maturity")
def _standard_maturity(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """Standard contracts roll on 20 March and 20 September: the 20 June or December before, and the tenor from there."""
    given = arguments(node)
    tenor = world.value(given["tenor"], scope, at)
    traded = world.closing if "traded" not in given else world.value(given["traded"], scope, at)
    if tenor is None or traded is None or traded == NEVER:
        return None
    year = traded.year
    if (traded.month, traded.day) >= (9, 20):
        rolled = datetime.date(year, 12, 20)
    elif (traded.month, traded.day) < (3, 20):
        rolled = datetime.date(year - 1, 12, 20)
    else:
        rolled = datetime.date(year, 6, 20)
    return add_months(rolled, int((tenor * 12).__round__()))


@FUNCTIONS.of("once")
def _once(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The amount on one date of the reader (the first on or after it), nothing on the others."""
    given = arguments(node)
    date = world.value(given["date"], scope, at)
    if date is None:
        return None
    falls = at.reader.passed(date, at.t) if at.t in at.reader.on else world.dates[at.t] == date
    return world.value(given["x"], scope, at) if falls else ZERO


@FUNCTIONS.of("ramp")
def _ramp(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    given = arguments(node)
    first, last = world.value(given["from"], scope, at), world.value(given["to"], scope, at)
    start, over = world.value(given["starting"], scope, at), world.value(given["over"], scope, at)
    if None in (first, last, start, over):
        return None
    if start == NEVER:
        return first
    return _straight(first, start, last, later(world, start, over, given["over"], scope), world.dates[at.t])


@FUNCTIONS.of("line", "declining_line")
def _line(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    given = {name: world.value(value, scope, at) for name, value in arguments(node).items()}
    if None in given.values():
        return None
    return _straight(given["a"], given["start"], given["b"], given["end"], world.dates[at.t])


def _straight(first: Any, start: Any, last: Any, end: Any, date: datetime.date) -> Value:
    """One value up to a date, another from a later one, between them by actual days."""
    if date <= start:
        return first
    if date >= end:
        return last
    return tidy(first + (last - first) * Fraction((date - start).days, (end - start).days))


@FUNCTIONS.of("declining")
def _declining(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """100% that falls at a rate a year, compounded, by actual days over 365; before it begins, 100%."""
    given = arguments(node)
    rate = world.value(given["rate"], scope, at)
    start = world.closing if "from" not in given else world.value(given["from"], scope, at)
    if rate is None or start is None:
        return None
    years = Fraction(max((world.dates[at.t] - start).days, 0), 365)
    return power(1 - rate, years)


@FUNCTIONS.of("cycle")
def _cycle(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """These values in turn, one a date of the reader."""
    given = bound(node).rest
    return world.value(given[at.reader.index(at.t) % len(given)], scope, at)


@FUNCTIONS.of("straight_line")
def _straight_line(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """What is left of a size repaid in equal parts on the dates of a schedule."""
    given = arguments(node)
    size = world.value(given["size"], scope, at)
    dates = _when(world, given["schedule"], scope)
    if "maturity" in given:
        end = world.value(given["maturity"], scope, at)
        if end is None:
            return None
        place = next((k for k, date in enumerate(dates) if date >= end), len(dates) - 1)
        dates = dates[: place + 1]
    passed = bisect_right(dates, world.dates[at.t])
    return None if size is None else tidy(size * (1 - Fraction(passed, len(dates))))


@FUNCTIONS.of("level")
def _level(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """What is left of a size repaid in level payments, at a rate of so much a regular period."""
    given = arguments(node)
    size, rate = world.value(given["size"], scope, at), world.value(given["rate"], scope, at)
    thing = world.thing(given["schedule"], scope)
    assert isinstance(thing, ScheduleEntry)
    schedule = timeline.built(world, thing)
    if size is None or rate is None:
        return None
    n, k = len(schedule), bisect_right(schedule.dates, world.dates[at.t])
    frequency = schedule.frequency
    if frequency is None:
        gap = Fraction((schedule.dates[-1] - schedule.dates[0]).days, max(n - 1, 1))
        frequency = Fraction(365) / gap
    growth = 1 + rate / frequency
    if same(growth, ONE):
        return tidy(size * (1 - Fraction(k, n)))
    whole, part = power(growth, Fraction(n)), power(growth, Fraction(k))
    assert whole is not None
    assert part is not None
    return tidy(size * tidy(whole - part) / tidy(whole - 1))


def _when(world: World, node: syntax.Expression, scope: Scope) -> list[datetime.date]:
    thing = world.thing(node, scope)
    if isinstance(thing, ScheduleEntry):
        return list(timeline.built(world, thing).dates)
    return [timeline.known_date(world, node, scope)]
