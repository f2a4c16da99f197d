"""Named things in the order in which one reads the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from ..names.deal import (
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    ComponentEntry,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    ScheduleEntry,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
)
from ..syntax import walk


def in_order(entries: Iterable[AnyEntry]) -> list[AnyEntry]:
    """Entries after those that they read, by a walk with no recursion: a chain of any length is no deeper than one."""
    done: dict[int, AnyEntry] = {}
    begun: set[int] = set()
    stack: list[tuple[AnyEntry, bool]] = [(entry, False) for entry in reversed(list(entries))]
    while stack:
        entry, finished = stack.pop()
        if finished:
            done.setdefault(id(entry), entry)
            continue
        if id(entry) in begun:
            continue
        begun.add(id(entry))
        stack.append((entry, True))
        for read in _reads(entry):
            if id(read) not in begun:
                stack.append((read, False))
    return list(done.values())


def _reads(entry: AnyEntry) -> list[AnyEntry]:
    match entry:
        case DefinitionEntry():
            nodes: list[object] = [entry.value]
        case InputEntry():
            nodes = [entry.item.default]
        case StateEntry():
            nodes = [entry.item.initial]
        case ClaimEntry():
            nodes = [entry.item.due, entry.item.up_to]
        case ReductionEntry():
            nodes = [entry.item.state]
        case (
            PartyEntry()
            | RelationEntry()
            | ScheduleEntry()
            | DaycountEntry()
            | ColumnEntry()
            | AccountEntry()
            | TriggerEntry()
            | WaterfallEntry()
            | FunctionEntry()
            | GroupEntry()
            | InstanceEntry()
            | CurveEntry()
            | ComponentEntry()
        ):
            return []  # their types follow from no other's
        case _:
            assert_never(entry)
    found: list[AnyEntry] = []
    for node in nodes:
        if node is None:
            continue
        for name in walk.names(node):
            target = entry.scope.resolve(name.parts)
            if isinstance(target, int):
                continue
            if isinstance(target.entry, GroupEntry) and target.attribute is not None:
                for member in target.entry.item.members:
                    inner = target.entry.scope.resolve((*member.parts, *target.attribute.split(".")))
                    if not isinstance(inner, int):
                        found.append(inner.entry)
            else:
                found.append(target.entry)
    return found
