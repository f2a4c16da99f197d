"""What a name comes to at a moment (contract, 3, 4, 7, 19)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from indenture.dsl import syntax
from indenture.dsl.names.deal import (
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
)

from . import timeline
from .arithmetic import NEVER, ZERO, tidy
from .moments import CLOSE, FINAL, NOW, OPENING, START, At
from .world import ENTRIES, Broken, NotCovered, Value, World


def read_name(world: World, node: syntax.Name, scope: Scope, at: At) -> Value:
    found = world.resolve(node, scope)
    if not isinstance(found, int):
        return read(world, found.entry, found.attribute, at)
    match node.parts:
        case ("date",):
            return world.dates[at.t]
        case ("closing",):
            return world.closing
        case ("days",):
            return at.days
        case ("age",):
            return at.age
        case ("rest",):
            return world.accounts[at.account]["now"] if world.rest is None else world.rest
    # An attribute of the party that a column or a field names.
    owner = world.value(syntax.Name(node.span, node.parts[:-1], node.places[:-1]), scope, at)
    if not isinstance(owner, PartyEntry):
        raise NotCovered(f"the name {node.text}")
    return read(world, owner, node.parts[-1], at)


def read(world: World, entry: AnyEntry, attribute: str | None, at: At) -> Value:
    steady = world.steady
    if at.row is not None and steady.rowless(entry):
        at = at.but(row=None)
    if steady.fixed(entry) and at.age is None and not at.below:
        key: Any = (id(entry), at.row)
        memory = world.memo
    elif steady(entry, attribute) and at.moment != START:
        key = id(entry), attribute, at.t, id(at.reader), at.row, at.age, at.below, at.days
        memory = world.memo
    else:
        key = id(entry), attribute, at.key
        memory = world.passing if at.moment == NOW else world.memo
    if key in memory:
        return memory[key]
    if key in world.working:
        raise Broken(f"{entry.name} hangs on itself at {at.moment} of {world.dates[at.t]}")
    world.working.add(key)
    try:
        value = ENTRIES[type(entry)](world, entry, attribute, at)
    finally:
        world.working.discard(key)
    memory[key] = value
    return value


def row_of(world: World, entry: AnyEntry, at: At) -> int | None:
    """The row at which what belongs to a family is read."""
    if entry.family is None:
        return None
    if at.row is None or at.row[0] != entry.family:
        raise NotCovered(f"all rows of {entry.name} at once")
    return at.row[1]


# --------------------------------------------------------------------------------------------- layers


def layered(world: World, name: str, at: At, below: Callable[[At], Value]) -> Value:
    """A name's value: that of the topmost layer which a scenario lays over it, in which it has its value without it."""
    layers = world.layers.get(name)
    if not layers:
        return below(at)
    level = next((level for one, level in at.below if one == name), len(layers))
    if level == 0:
        return below(at)
    layer = layers[level - 1]
    under = (*((one, other) for one, other in at.below if one != name), (name, level - 1))
    if callable(layer):
        return layer(world, at)
    expression, scope = layer
    found = world.value(expression, scope, at.but(below=under))
    return found


# --------------------------------------------------------------------------------------------- terms and series


@ENTRIES.of(DefinitionEntry)
def _definition(world: World, entry: DefinitionEntry, attribute: str | None, at: At) -> Value:
    if entry.form == "flow":
        return _flow(world, entry, at)
    if at.moment == FINAL and entry in world.steady.recorded:
        found = world.recorded.get(recorded_key(entry, at), {}).get(at.t)
        if isinstance(found, NotCovered):
            raise found
        return found
    return layered(world, entry.name, at, lambda at: world.value(entry.value, entry.scope, at))


def recorded_key(entry: AnyEntry, at: At) -> Any:
    return entry, (at.row[1] if entry.family is not None and at.row is not None else None)


def _flow(world: World, entry: DefinitionEntry, at: At) -> Value:
    """What has arisen since the reader's date before; on each of the flow's own dates it was fixed at opening."""
    own = timeline.reader_of(world, entry.on, entry.scope)
    moment = START if at.moment == START else OPENING

    def on(t: int) -> Value:
        if t not in own.on:
            return ZERO
        key = "flow", id(entry), moment, t, at.row, at.below
        if key not in world.memo:
            there = At(moment, t, own, row=at.row, below=at.below)
            if key in world.working:
                raise Broken(f"{entry.name} hangs on itself on {world.dates[t]}")
            world.working.add(key)
            try:
                world.memo[key] = layered(
                    world, entry.name, there, lambda at: world.value(entry.value, entry.scope, at)
                )
            finally:
                world.working.discard(key)
        return world.memo[key]

    return gathered(at, on, own.on)


def gathered(at: At, on: Callable[[int], Value], dates: Any = None) -> Value:
    """The sum of what arose on each date since the reader's date before."""
    reader = at.reader
    while reader.parent is not None and at.t < reader.positions[0]:  # its parent's dates are what lies before it
        reader = reader.parent
    first = reader.positions[0]
    if reader.everything or (at.t not in reader.on and at.t > first):
        return on(at.t)
    total: Any = ZERO
    # Where `previous` reads closing, it has what has arisen by then.
    for t in range(reader.lower(at.t) + 1 if at.t >= first else 0, at.t + 1):
        if dates is not None and t not in dates:
            continue
        found = on(t)
        if found is None:
            return None
        total = tidy(total + found)
    return total


@ENTRIES.of(ColumnEntry)
def _column(world: World, entry: ColumnEntry, attribute: str | None, at: At) -> Value:
    def below(at: At) -> Value:
        row = row_of(world, entry, at)
        assert row is not None
        value = entry.values[row]
        if isinstance(value, Fraction):
            return value * world.types.column_factor(entry)
        if entry.type.base == "party":
            party = world.model.entries.get(str(value)) or world.model.scope.find(str(value))
            return party if isinstance(party, PartyEntry) else value
        if isinstance(value, datetime.datetime):
            return value.date()
        return value

    return layered(world, entry.name, at, below)


def adds_up(type: Any) -> bool:
    """Whether it is money or a count, which arise; not a price, a rate or a share."""
    powers = dict(type.dimension.powers)
    return type.kind == "number" and bool(powers) and all(one > 0 for one in powers.values()) and "year" not in powers


@ENTRIES.of(InputEntry)
def _input(world: World, entry: InputEntry, attribute: str | None, at: At) -> Value:
    def below(at: At) -> Value:
        fed = world.inputs.get(entry.name)
        own = None if entry.item.on is None else timeline.reader_of(world, entry.item.on, entry.scope)
        place = at.t if own is None else own.held(at.t)
        if place is None and entry.item.type.series:
            # An amount is nothing before its first date, a level is not known there.
            return ZERO if adds_up(world.types.entry_type(entry)) else None
        if fed is None:
            if entry.item.default is None:
                raise NotCovered(f"the input {entry.name} is not fed")
            return world.value(entry.item.default, entry.scope, at)
        if not isinstance(fed, list):
            return fed
        return fed[at.t if own is None else own.index(place)]

    return layered(world, entry.name, at, below)


# --------------------------------------------------------------------------------------------- what is carried


@ENTRIES.of(StateEntry)
def _state(world: World, entry: StateEntry, attribute: str | None, at: At) -> Value:
    held = world.states[entry, row_of(world, entry, at)]
    return _carried(world, entry.name, held, at, "open", entry in world.settled)


def _carried(world: World, name: str, held: Any, at: At, opening: str, settled: bool = True) -> Value:
    """Piece by piece, at opening, now, or as it closed."""
    if at.piece is not None:
        return held["start"][at.piece]
    match at.moment:
        case "start" if at.t < len(held["start"]):
            return held["start"][at.t]
        case "opening" if at.t < len(held[opening]):
            return held[opening][at.t]
        case "now":
            return held["now"]
        case "close" | "final" if at.t < len(held["close"]):
            return held["close"][at.t]
        case "close" | "final" if world.ending and settled and at.t == len(held["close"]):
            return held["now"]
    raise Broken(f"{name} is not known yet at {at.moment} of {world.dates[at.t]}")


@ENTRIES.of(AccountEntry)
def _account(world: World, entry: AccountEntry, attribute: str | None, at: At) -> Value:
    if attribute == "target":
        if entry.item.target is None:
            return None
        return world.value(entry.item.target, entry.scope, at)
    if at.moment in (CLOSE, FINAL) and at.t < world.cash_begins:
        return None  # cash lives in accounts from closing on, or from when the first of it moves
    return _carried(world, entry.name, world.accounts[entry], at, "start")


@ENTRIES.of(ClaimEntry)
def _claim(world: World, entry: ClaimEntry, attribute: str | None, at: At) -> Value:
    from .claims import figure

    if attribute is None:
        return entry
    row = row_of(world, entry, at)
    if attribute == "paid":
        paid = world.claims[entry, row].paid

        def on(t: int) -> Value:
            if t == at.t and at.moment in (START, OPENING):
                return ZERO
            return paid[t]

        return gathered(at, on)
    return figure(world, entry, row, attribute, at)


@ENTRIES.of(ReductionEntry)
def _reduction(world: World, entry: ReductionEntry, attribute: str | None, at: At) -> Value:
    amounts = world.reduced.get((entry, row_of(world, entry, at)), {})
    return gathered(at, lambda t: _so_far(amounts, t, at))


def _so_far(amounts: dict[int, Any], t: int, at: At) -> Any:
    """What was moved on a date; at opening nothing has moved yet that day."""
    return ZERO if t == at.t and at.moment in (START, OPENING) else amounts.get(t, ZERO)


@ENTRIES.of(WaterfallEntry)
def _waterfall(world: World, entry: WaterfallEntry, attribute: str | None, at: At) -> Value:
    amounts = world.rests.get(entry, {})
    return gathered(at, lambda t: _so_far(amounts, t, at))


@ENTRIES.of(TriggerEntry)
def _trigger(world: World, entry: TriggerEntry, attribute: str | None, at: At) -> Value:
    from .triggers import alive

    return alive(world, entry, at)


# --------------------------------------------------------------------------------------------- parties and groups


@ENTRIES.of(PartyEntry)
def _party(world: World, entry: PartyEntry, attribute: str | None, at: At) -> Value:
    match attribute:
        case None:
            return entry
        case "default":
            return layered(world, f"{entry.name}.default", at, lambda at: NEVER)
        case "performing" | "defaulted":
            default = read(world, entry, "default", at)
            gone = bool(default <= world.dates[at.t])
            return gone if attribute == "defaulted" else not gone
        case "received":
            return gathered(at, lambda t: _so_far(world.received.get(entry, {}), t, at))
        case "paid":
            return gathered(at, lambda t: _so_far(world.paid.get(entry, {}), t, at))
        case "net":
            return read(world, entry, "received", at) - read(world, entry, "paid", at)
        case _:
            raise NotCovered(f"{entry.name}.{attribute}")


@ENTRIES.of(GroupEntry)
def _group(world: World, entry: GroupEntry, attribute: str | None, at: At) -> Value:
    """The sum of what its members call so, over the rows of those that are families."""
    if attribute is None:
        return entry
    total: Any = ZERO
    for member in entry.item.members:
        found = entry.scope.resolve((*member.parts, *attribute.split(".")))
        assert not isinstance(found, int)
        for row in world.rows(found.entry.family):
            there = at if row is None else at.but(row=(found.entry.family, row))
            value = read(world, found.entry, found.attribute, there)
            if value is None:
                return None
            total = total + value
    return total


@ENTRIES.of(ScheduleEntry, InstanceEntry, CurveEntry, DaycountEntry, RelationEntry)
def _thing(world: World, entry: AnyEntry, attribute: str | None, at: At) -> Value:
    """What has no figure of its own is the thing itself."""
    return entry
