"""A whole text: the items that may stand in it, and the components that hold items of their own."""

from __future__ import annotations

import attrs

from .acts import AllocateLosses, Receive, Reduce, Settle, Waterfall
from .cash import (
    AccountDeclaration,
    ClaimDeclaration,
    RankingDeclaration,
    ReductionDeclaration,
    StateDeclaration,
    TriggerDeclaration,
    WaiverDeclaration,
)
from .declarations import (
    CurveDeclaration,
    DaycountDeclaration,
    Definition,
    FieldDeclaration,
    FunctionDeclaration,
    GroupDeclaration,
    Header,
    InputDeclaration,
    Instance,
    PartyDeclaration,
    RelationDeclaration,
    ScheduleDeclaration,
    UnitDeclaration,
    Use,
)
from .expressions import Expression, Name
from .item import Field, Item
from .outcomes import Always, Expect, Report, Require, ScenarioDeclaration, ScenariosOver, Simulate, Waive


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ComponentDeclaration(Item):
    """``component loan { "What it is." fields ... members ... }``"""

    name: str
    documentation: str | None
    fields: tuple[FieldDeclaration, ...]
    members: tuple[AnyItem, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Later(Item):
    """A construct of the language that this version reads and does not yet run (`solve`, `sweep`,
    `use rules...`): ``construct`` is its keyword. Its content is kept as parsed."""

    construct: str
    name: str | None
    expressions: tuple[Expression, ...]
    names: tuple[Name, ...]
    fields: tuple[Field, ...]


AnyItem = (
    Header
    | Use
    | PartyDeclaration
    | UnitDeclaration
    | ScheduleDeclaration
    | Definition
    | InputDeclaration
    | DaycountDeclaration
    | FunctionDeclaration
    | GroupDeclaration
    | ComponentDeclaration
    | Instance
    | ClaimDeclaration
    | StateDeclaration
    | ReductionDeclaration
    | AccountDeclaration
    | TriggerDeclaration
    | WaiverDeclaration
    | RankingDeclaration
    | RelationDeclaration
    | Receive
    | Waterfall
    | Settle
    | AllocateLosses
    | Reduce
    | ScenarioDeclaration
    | ScenariosOver
    | Simulate
    | Require
    | Expect
    | Always
    | Waive
    | Report
    | CurveDeclaration
    | Later
)


@attrs.frozen(slots=True, eq=False)
class Module:
    """One file, parsed: its items in the order written."""

    file: str
    items: tuple[AnyItem, ...]
