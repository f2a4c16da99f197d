"""Accrual: an amount a year, gathered piece by piece (contract, 2)."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any, cast

from indenture.dsl import syntax
from indenture.dsl.names.deal import DaycountEntry, Scope
from indenture.dsl.syntax.walk import names
from indenture.dsl.time.daycount import Convention
from indenture.dsl.time.timeline import measured

from .arithmetic import NEVER, ZERO, tidy
from .moments import At
from .world import FUNCTIONS, Value, World, arguments


def pieces_of(world: World, node: syntax.Expression, scope: Scope, at: At) -> Any:
    """For each date of the timeline the part of a year of the piece that ends there, on the reader's schedule."""
    counted = world.value(node, scope, at)
    if isinstance(counted, str):
        return at.reader.pieces(cast(Convention, counted))
    assert isinstance(counted, DaycountEntry)
    expression, where = counted.item.value, counted.scope
    key = "pieces", id(counted), at.key
    if key not in world.memo:
        if any(name.parts == ("days",) for name in names(expression)):
            world.memo[key] = at.reader.own_pieces(
                lambda start, end: _years(world, counted, at.but(days=Fraction((end - start).days * 24)))
            )
        else:
            # The value of the period, shared among its pieces by actual days.
            whole = world.value(expression, where, at)
            days = at.reader.own_pieces(lambda start, end: Fraction((end - start).days))
            length = sum((days[t] for t in range(at.reader.lower(at.t) + 1, at.t + 1)), ZERO)
            world.memo[key] = tuple(whole * part / length if length and whole is not None else ZERO for part in days)
    return world.memo[key]


def cut_pieces(world: World, given: Any, scope: Scope, at: At) -> Any:
    """The pieces of the period, by date: of what lies between `from` and `to` alone, each end measured from the period's
    start. None: an end is not determined."""
    if "from" not in given and "to" not in given:
        return pieces_of(world, given["accrual"], scope, at)
    low = world.value(given["from"], scope, at) if "from" in given else datetime.date.min
    high = world.value(given["to"], scope, at) if "to" in given else NEVER
    if low is None or high is None:
        return None
    schedule = at.reader.schedule or at.reader.as_schedule
    found = [ZERO] * len(world.dates)
    k = at.reader.index(at.t)
    if k >= len(schedule):
        return found
    start, end = schedule.boundaries[k], schedule.boundaries[k + 1]
    measure = _measure(world, given["accrual"], scope, at, k)
    low, high = max(start, low), min(end, high)
    if high <= low:
        return found
    reached = start
    for t in places(at):
        date = world.dates[t]
        until = end if date == schedule.dates[k] else min(max(date, start), end)
        found[t] = measure(min(max(until, low), high)) - measure(min(max(reached, low), high))
        reached = until
    return found


def _measure(world: World, node: syntax.Expression, scope: Scope, at: At, k: int) -> Any:
    """Years from the start of a period to a day in it."""
    counted = world.value(node, scope, at)
    schedule = at.reader.schedule or at.reader.as_schedule
    if isinstance(counted, str):
        return measured(schedule, cast(Convention, counted), k)
    assert isinstance(counted, DaycountEntry)
    if any(name.parts == ("days",) for name in names(counted.item.value)):
        return measured(
            schedule,
            lambda start, day: _years(world, counted, at.but(days=Fraction((day - start).days * 24))),
            k,
        )
    whole = world.value(counted.item.value, counted.scope, at)
    start, end = schedule.boundaries[k], schedule.boundaries[k + 1]
    return lambda day: whole * Fraction((day - start).days, (end - start).days)


def _years(world: World, counted: DaycountEntry, at: At) -> Any:
    """A deal's own day count is a number of years; what it gives in hours it means in days."""
    found = world.value(counted.item.value, counted.scope, at)
    return found / 24 if world.types.of(counted.item.value, counted.scope).dimension.power("hour") == 1 else found


def places(at: At) -> range:
    """The dates of the timeline whose pieces belong to the period that is paid on a date."""
    k = at.reader.index(at.t)
    return range(at.reader.positions[k - 1] + 1 if k else _first(at), at.t + 1)


def _first(at: At) -> int:
    parent = at.reader.parent
    while parent is not None:
        if (place := parent.index(at.t)) > 0:
            return parent.positions[place - 1] + 1
        parent = parent.parent
    return 0


def fraction_of_period(world: World, node: syntax.Expression, scope: Scope, at: At) -> Any:
    pieces = pieces_of(world, node, scope, at)
    return sum((pieces[t] for t in places(at)), ZERO)


@FUNCTIONS.of("accrue")
def _accrue(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """States are read at the opening of each date, piece by piece; all else on the date on which the piece is paid."""
    given = arguments(node)
    amount = given["x"]
    pieces = cut_pieces(world, given, scope, at)
    if pieces is None:
        return None
    total: Any = ZERO
    for t in places(at):
        if pieces[t] == 0:
            continue
        found = world.value(amount, scope, at.but(piece=t))
        if found is None:
            return None
        total = tidy(total + found * pieces[t])
    return total


@FUNCTIONS.of("year_fraction")
def _year_fraction(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    pieces = cut_pieces(world, arguments(node), scope, at)
    return None if pieces is None else sum((pieces[t] for t in places(at)), ZERO)
