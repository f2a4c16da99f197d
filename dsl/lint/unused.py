"""Lints of what is declared and never used."""

from __future__ import annotations

from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector
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
from ..names.name_help import described
from ..syntax.walk import walk
from .facts import Facts


def check(facts: Facts, collector: Collector) -> None:
    """Accounts that hold nothing, triggers that nothing asks, terms that nothing reads, scenarios that set nothing."""
    read = facts.read
    entries: list[AnyEntry] = [entry for entry in facts.model.entries.values() if facts.own(entry)]
    schedules = [entry for entry in entries if isinstance(entry, ScheduleEntry)]
    alone = schedules[0] if len(schedules) == 1 else None
    for entry in entries:
        if id(entry) in read:
            continue
        match entry:
            case AccountEntry() if not entry.item.opens:
                collector.warning(
                    "W0707",
                    f"the account `{entry.name}` is never used",
                    entry.span,
                    label="holds nothing",
                    help="leave it out, or `receive`, `fill` or `keep` cash into it",
                )
            case TriggerEntry():
                collector.warning(
                    "W0708",
                    f"nothing asks whether `{entry.name}` holds",
                    entry.span,
                    label="changes nothing",
                    help=f"guard a waterfall or a step by it: `when {entry.name} {{ ... }}`",
                )
            case ScheduleEntry() if entry is alone or any(isinstance(node, syntax.Table) for node in walk(entry.item)):
                pass  # the timeline of the deal, or the dates of a file, on which what was observed is read
            case (
                DefinitionEntry()
                | InputEntry()
                | PartyEntry()
                | ScheduleEntry()
                | GroupEntry()
                | FunctionEntry()
                | CurveEntry()
            ):
                what = described(entry)
                collector.warning(
                    "W0709",
                    f"nothing reads `{entry.name}`",
                    entry.span,
                    label=f"{what} that changes nothing",
                    help="leave it out, or report it" if isinstance(entry, DefinitionEntry) else "leave it out",
                )
            case (
                RelationEntry()
                | DaycountEntry()
                | ColumnEntry()
                | StateEntry()
                | ClaimEntry()
                | ReductionEntry()
                | AccountEntry()
                | WaterfallEntry()
                | InstanceEntry()
                | ComponentEntry()
            ):
                pass  # what they leave undone is said of claims and steps, or nothing need read them
            case _:
                assert_never(entry)
    for scoped in facts.model.scenarios:
        item = scoped.item
        if isinstance(item, syntax.ScenarioDeclaration) and not item.overrides and not item.after:
            collector.warning(
                "W0727",
                f'the scenario "{item.name}" sets nothing',
                item.name_span,
                label="the same as base",
                help="set a term or a series in it, or leave it out",
            )
