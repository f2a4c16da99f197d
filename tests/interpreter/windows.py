"""Looking back and ahead (contract, 11), what ages, and what was last known."""

from __future__ import annotations

from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import AccountEntry, ClaimEntry, DefinitionEntry, Scope, StateEntry
from indenture.dsl.syntax.walk import children as parts_of
from indenture.dsl.time.daycount import year_fraction

from . import timeline
from .accrual import fraction_of_period
from .arithmetic import ONE, ZERO, exponential, power, tidy
from .expressions import calendar, projected
from .moments import FINAL, START, At
from .readers import Reader, age_in_years
from .reading import adds_up, gathered
from .world import FUNCTIONS, NotCovered, Value, World, arguments


def reader_on(world: World, node: syntax.Call, scope: Scope, at: At) -> Reader:
    return at.reader if node.on is None else timeline.reader_of(world, node.on, scope)


def series_at(world: World, node: syntax.Expression, scope: Scope, at: At, t: int, reader: Reader) -> Value:
    """A series on one date of a reader: today as this moment has it, on another date its one value."""
    if t == at.t:
        return world.value(node, scope, at.but(reader=reader))
    return world.value(node, scope, at.but(moment=FINAL, t=t, reader=reader, piece=None))


def span(world: World, node: syntax.Expression, scope: Scope, at: At) -> tuple[int, int] | None:
    """A window's length: months, or days."""
    length = world.value(node, scope, at)
    if length is None:
        return None
    if calendar(world, node, scope):
        return int((length * 12).__round__()), 0
    return 0, int(length / 24)


def _window(world: World, node: syntax.Call, scope: Scope, at: At) -> list[Value] | None:
    given = arguments(node)
    reader = reader_on(world, node, scope, at)
    length = span(world, given["window"], scope, at)
    here = at.t if node.on is None else reader.held(at.t)
    if length is None or here is None:
        return None
    dates = reader.window(here, *length)
    return None if dates is None else [series_at(world, given["x"], scope, at, t, reader) for t in dates]


@FUNCTIONS.of("trailing")
def _trailing(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """Not determined until the window is full, nor where one of its figures is not."""
    found = _window(world, node, scope, at)
    return None if found is None or None in found else tidy(sum(found, ZERO))


@FUNCTIONS.of("trailing_average")
def _trailing_average(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    found = _window(world, node, scope, at)
    if found is None:
        return None
    known = [one for one in found if one is not None]
    return tidy(sum(known, ZERO) / len(known)) if known else None


@FUNCTIONS.of("next")
def _next(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    given = arguments(node)
    length = span(world, given["window"], scope, at)
    dates = None if length is None else at.reader.window(at.t, *length, ahead=True, partial=True)
    if dates is None:
        return None
    found = [series_at(world, given["x"], scope, at, t, at.reader) for t in dates]
    return None if None in found else tidy(sum(found, ZERO))


@FUNCTIONS.of("cumulative")
def _cumulative(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    x = arguments(node)["x"]
    if world.types.of(x, scope).kind == "list":
        given, total, found = world.value(x, scope, at), ZERO, []
        for one in given:
            total = total + one
            found.append(total)
        return tuple(found)
    values = [series_at(world, x, scope, at, t, at.reader) for t in at.reader.positions if t <= at.t]
    return tidy(sum((one for one in values if one is not None), ZERO))


@FUNCTIONS.of("delayed")
def _delayed(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The series so much earlier, on the reader's dates (with `on`, held from its last date). Before its first date an
    amount is nothing; a level is not known."""
    given = arguments(node)
    x = given["x"]
    reader = reader_on(world, node, scope, at)
    length = span(world, given["by"], scope, at)
    if length is None:
        return None
    if node.on is not None and at.reader is not reader and not stands(world, x, scope) and arises(world, x, scope):
        # To another reader it is what has arisen since its date before.
        def on(t: int) -> Value:
            there = At(FINAL if t != at.t else at.moment, t, reader, row=at.row, below=at.below)
            return _delayed(world, node, scope, there) if t in reader.on else ZERO

        return gathered(at, on)
    thing = world.thing(x, scope)
    if isinstance(thing, StateEntry):  # before its first date it is what it starts as
        nothing = world.value(x, scope, At(START, 0, reader, row=at.row))
    else:
        nothing = ZERO if arises(world, x, scope) and not stands(world, x, scope) else None
        if isinstance(thing, AccountEntry):
            nothing = ZERO
    here = reader.held(at.t) if node.on is not None else (at.t if at.t in reader.on else None)
    if here is None:
        return nothing
    if length == (0, 0):
        return series_at(world, x, scope, at, here, reader)
    k = reached(reader, here, length)
    if k < 0:
        return nothing
    if nothing is None or isinstance(thing, StateEntry | AccountEntry):
        return series_at(world, x, scope, at, reader.positions[k], reader)
    # What arises comes once: all that the delay has reached since the date before, be it several dates' or none.
    index = reader.index(here)
    first = reached(reader, reader.positions[index - 1], length) + 1 if index else 0
    parts = [series_at(world, x, scope, at, reader.positions[one], reader) for one in range(max(first, 0), k + 1)]
    return None if None in parts else tidy(sum(parts, ZERO))


def reached(reader: Reader, t: int, length: tuple[int, int]) -> int:
    """The number, among the reader's dates, of the last that lies so much before one of them; -1 where none does."""
    back = reader.window(t, *length, partial=True)
    assert back is not None
    return max(reader.index(t) - len(back), -1)


def stands(world: World, node: syntax.Expression, scope: Scope, depth: int = 0) -> bool:
    """Whether what it stands at is behind it: a state, an account or what is owed."""
    if isinstance(node, syntax.Call) and node.function.text in ("accrue", "once"):
        return False
    if isinstance(node, syntax.Call) and node.function.text in (
        "trailing",
        "trailing_average",
        "present_value",
        "next",
    ):
        return True
    if isinstance(node, syntax.Name):
        found = scope.resolve(node.parts)
        if isinstance(found, int) or depth > 40:
            return False
        entry = world.thing_of(found.entry)
        if isinstance(entry, DefinitionEntry):
            return entry.on is None and stands(world, entry.value, entry.scope, depth + 1)
        if isinstance(entry, ClaimEntry):
            return found.attribute in ("unpaid", "arrears")
        return isinstance(entry, StateEntry | AccountEntry)
    return any(stands(world, part, scope, depth) for part in parts_of(node))


def arises(world: World, node: syntax.Expression, scope: Scope) -> bool:
    """Whether it is an amount that arises and no level: money or a count, not a price, a rate or a share."""
    return adds_up(world.types.of(node, scope))


@FUNCTIONS.of("aged")
def _aged(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """What arose on each of a schedule's dates so far, times a share that may read how old it is by now."""
    given = arguments(node)
    reader = timeline.reader_of(world, given["dates"], scope)
    total: Any = ZERO
    for t in reader.positions:
        if t > at.t:
            break
        amount = series_at(world, given["x"], scope, at, t, reader)
        if amount == 0:
            continue
        age = age_in_years(world.dates[t], world.dates[at.t])
        share = world.value(given["share"], scope, at.but(age=age))
        if amount is None or share is None:
            return None
        total = tidy(total + amount * share)
    return total


@FUNCTIONS.of("projected")
def _projected(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    return projected(world, arguments(node)["x"], scope, at)


@FUNCTIONS.of("known")
def _known(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    return world.value(arguments(node)["x"], scope, at) is not None


@FUNCTIONS.of("latest", "latest_date")
def _latest(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """The last value that was known on the reader's dates up to this one, or its date."""
    x = arguments(node)["x"]
    for t in reversed([t for t in at.reader.positions if t <= at.t]):
        found = series_at(world, x, scope, at, t, at.reader)
        if found is not None:
            return found if node.function.text == "latest" else world.dates[t]
    return None


@FUNCTIONS.of("present_value")
def _present_value(world: World, node: syntax.Call, scope: Scope, at: At) -> Value:
    """What comes after this date on the reader's dates, discounted to it."""
    given = arguments(node)
    counted = given.get("accrual")
    form = "annually" if "compounding" not in given else world.value(given["compounding"], scope, at)
    rate = world.value(given["rate"], scope, at)
    start, here = world.dates[at.t], at.t
    if "from" in given:
        start = world.value(given["from"], scope, at)
        here = world.timeline.on_or_before(start) if start is not None else None
        if here is None:
            return None
    if rate is None:
        return None
    total: Any = ZERO
    factor = ONE
    for t in at.reader.positions:
        if t <= here:
            continue
        if form == "by period":
            assert counted is not None
            there = at.but(moment=FINAL, t=t, piece=None)
            factor = tidy(factor / (1 + rate * fraction_of_period(world, counted, scope, there)))
        else:
            factor = _discount(world, rate, form, counted, scope, at, start, t)
        found = series_at(world, given["x"], scope, at, t, at.reader)
        if found is None:
            return None
        total = tidy(total + found * factor)
    return total


_COMPOUNDED = {"annually": 1, "semiannually": 2, "quarterly": 4, "monthly": 12}


def _discount(world: World, rate: Any, form: str, counted: Any, scope: Scope, at: At, start: Any, t: int) -> Any:
    convention = "actual/365" if counted is None else world.value(counted, scope, at)
    if not isinstance(convention, str):
        raise NotCovered("a present value by a deal's own day count")
    years = year_fraction(convention, start, world.dates[t])  # type: ignore[arg-type]
    if form == "continuously":
        return exponential(-rate * years)
    if form not in _COMPOUNDED:
        raise NotCovered(f"a present value compounded {form}")
    m = _COMPOUNDED[form]
    return power(1 + rate / m, -years * m)
