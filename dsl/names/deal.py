"""The resolved deal: every named thing once, under its full name, with the scope its text is read in.

`resolve.py` makes it from the syntax. Components are instantiated, families have their rows, fields have
their values; expressions stay syntax, and a `Scope` says what each name in them means.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Generic, TypeVar, assert_never

import attrs

from ...engine.ir import Span
from .. import syntax
from ..tapes.table import Table


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Entry:
    """Anything that has a name. ``name`` is the full one (``senior.interest``); ``kind`` is what it is, in words."""

    kind: ClassVar[str]

    name: str
    span: Span
    family: str | None = None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class PartyEntry(Entry):
    """``.default`` (a date), ``.performing``, ``.defaulted``, ``.received``, ``.paid``, ``.net``, ``.credit`` (its
    credit curve); and, where its declaration states them, ``.equity`` and ``.recovery``, each a term of its own
    (`members`)."""

    kind: ClassVar[str] = "party"
    fields: tuple[syntax.Field, ...] = ()
    around: Scope | None = None
    members: Mapping[str, AnyEntry] = attrs.field(factory=dict)

    @property
    def credit(self) -> syntax.Field | None:
        """The field that says which credit curve is the party's."""
        return next((field for field in self.fields if field.name == "credit"), None)


@attrs.frozen(slots=True, eq=False, kw_only=True)
class RelationEntry(Entry):
    """A stated edge of the graph of parties."""

    kind: ClassVar[str] = "relation"
    item: syntax.RelationDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ScheduleEntry(Entry):
    kind: ClassVar[str] = "schedule"
    item: syntax.ScheduleDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class DaycountEntry(Entry):
    kind: ClassVar[str] = "day count"
    item: syntax.DaycountDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class DefinitionEntry(Entry):
    """A define, term, let, index or flow, a component's field, a function's parameter.

    ``form`` "field": ``value`` was written in ``scope`` (the caller's), ``type`` by the component.
    ``documentation`` is a field's own text. ``on``: the schedule that a flow belongs to (in ``scope``).
    """

    kind: ClassVar[str] = "definition"
    form: str  # define | term | let | index | flow | field | parameter
    value: syntax.Expression
    scope: Scope
    type: syntax.TypeName | None = None
    on: syntax.Name | None = None


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ColumnEntry(Entry):
    """A field whose values are a column of the family's CSV: one a row, already parsed by the field's type.

    ``values`` are Fractions (as written: 13.4% is 0.134; in the field's own units), dates, texts, booleans
    or the names of parties. ``table`` is that CSV, for the place of a cell. ``unread`` are rows whose cell could not be
    read (reported): what stands there in ``values`` is another row's.
    """

    kind: ClassVar[str] = "column"
    type: syntax.TypeName
    values: tuple[Fraction | datetime.date | str | bool, ...]
    table: Table
    unread: frozenset[int] = frozenset()

    def place(self, row: int) -> Span:
        """The cell of a row; rows count from 0."""
        return self.table.place(row, self.column)

    @property
    def column(self) -> int:
        """The position of the column in the CSV, from 0."""
        return self.table.header.index(self.name.rpartition(".")[2])


@attrs.frozen(slots=True, eq=False, kw_only=True)
class InputEntry(Entry):
    kind: ClassVar[str] = "input"
    item: syntax.InputDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class StateEntry(Entry):
    kind: ClassVar[str] = "state"
    item: syntax.StateDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ClaimEntry(Entry):
    """``.paid``, ``.due``, ``.current``, ``.arrears``, ``.unpaid``."""

    kind: ClassVar[str] = "claim"
    item: syntax.ClaimDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ReductionEntry(Entry):
    """``.amount``"""

    kind: ClassVar[str] = "reduction"
    item: syntax.ReductionDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class AccountEntry(Entry):
    """``.balance``, ``.target``"""

    kind: ClassVar[str] = "account"
    item: syntax.AccountDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class TriggerEntry(Entry):
    kind: ClassVar[str] = "trigger"
    item: syntax.TriggerDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class WaterfallEntry(Entry):
    """``.rest``: what its `pay rest` steps paid."""

    kind: ClassVar[str] = "waterfall"
    item: syntax.Waterfall
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class FunctionEntry(Entry):
    kind: ClassVar[str] = "function"
    item: syntax.FunctionDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class GroupEntry(Entry):
    """``notes.balance`` is the sum of its members' ``balance``; steps take it as its members."""

    kind: ClassVar[str] = "group"
    item: syntax.GroupDeclaration
    scope: Scope


@attrs.frozen(slots=True, eq=False, kw_only=True)
class InstanceEntry(Entry):
    """One instance of a component, or a family of them (then ``family`` is its own name)."""

    kind: ClassVar[str] = "instance"
    component: syntax.ComponentDeclaration
    item: syntax.Instance
    members: Mapping[str, AnyEntry]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class CurveEntry(Entry):
    """A curve of rates or of credit. ``members`` are its fields, terms that a scenario may change
    (``openlab.spreads``)."""

    kind: ClassVar[str] = "curve"
    item: syntax.CurveDeclaration
    scope: Scope
    members: Mapping[str, DefinitionEntry]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ComponentEntry(Entry):
    kind: ClassVar[str] = "component"
    item: syntax.ComponentDeclaration
    scope: Scope


EntryWithMembers = InstanceEntry | CurveEntry
"""Things that hold things of their own, each with an entry (`members`)."""

EntryWithAttributes = PartyEntry | ClaimEntry | ReductionEntry | AccountEntry | WaterfallEntry | GroupEntry
"""Things of which an attribute can be asked; of a group, what its members have."""

PlainEntry = (
    RelationEntry
    | ScheduleEntry
    | DaycountEntry
    | DefinitionEntry
    | ColumnEntry
    | InputEntry
    | StateEntry
    | TriggerEntry
    | FunctionEntry
    | ComponentEntry
)
"""Things that nothing stands behind a dot of."""

AnyEntry = EntryWithMembers | EntryWithAttributes | PlainEntry


@attrs.frozen(slots=True, eq=False)
class Resolved:
    """What a name means: an entry, and the attribute of it that was asked (``paid`` of a claim, ``balance`` of an
    account, ``default`` of a party, ``rest`` of a waterfall), or, for a group, the member's path."""

    entry: AnyEntry
    attribute: str | None = None


ATTRIBUTES: Mapping[type, tuple[str, ...]] = {
    PartyEntry: ("default", "performing", "defaulted", "received", "paid", "net"),
    ClaimEntry: ("paid", "due", "current", "arrears", "unpaid"),
    ReductionEntry: ("amount",),
    AccountEntry: ("balance", "target"),
    WaterfallEntry: ("rest",),
}


@attrs.frozen(slots=True, eq=False)
class Scope:
    """Where names are looked up: the names at hand, then the scope around it, last ``beside``.

    ``beside`` are the other fields of the instance whose field is read: in ``loan senior { size = $720m;
    target = straight_line(size, payment) }`` the deal's own `size` would come first, and there is none.
    """

    names: dict[str, AnyEntry]
    outer: Scope | None
    prefix: str = ""
    family: str | None = None
    beside: Mapping[str, AnyEntry] = attrs.field(factory=dict)

    def find(self, name: str) -> AnyEntry | None:
        scope: Scope | None = self
        beside: AnyEntry | None = None
        while scope is not None:
            entry = scope.names.get(name)
            if entry is not None:
                return entry
            if beside is None:
                beside = scope.beside.get(name)
            scope = scope.outer
        return beside

    def visible(self) -> list[str]:
        found: dict[str, None] = {}
        scope: Scope | None = self
        while scope is not None:
            found.update(dict.fromkeys(scope.names))
            found.update(dict.fromkeys(scope.beside))
            scope = scope.outer
        return list(found)

    def resolve(self, parts: tuple[str, ...], hops: list[int] | None = None) -> Resolved | int:
        """What the dotted name means, or the position of the first part that means nothing here.

        A field that stands for another thing (a party, a schedule, an instance) is followed. ``hops`` holds how many
        names may yet be followed on the way.
        """
        hops = [MOST_HOPS] if hops is None else hops
        entry = self.find(parts[0])
        if entry is None:
            return 0
        for position, part in enumerate(parts[1:], start=1):
            entry = follow(entry, hops)
            if isinstance(entry, PlainEntry):
                return position
            match entry:
                case InstanceEntry() | CurveEntry():
                    member = entry.members.get(part)
                    if member is None:
                        return position
                    entry = member
                case PartyEntry() if part == "credit" and entry.credit is not None and entry.around is not None:
                    hops[0] -= 1
                    value = entry.credit.value
                    if not isinstance(value, syntax.Name) or hops[0] <= 0:
                        return position
                    target = entry.around.resolve(value.parts, hops)
                    if isinstance(target, int) or target.attribute is not None:
                        return position
                    entry = target.entry
                case GroupEntry():
                    return Resolved(entry, ".".join(parts[position:]))
                case PartyEntry() if part in entry.members:
                    entry = entry.members[part]
                case PartyEntry() | ClaimEntry() | ReductionEntry() | AccountEntry() | WaterfallEntry():
                    if part in ATTRIBUTES[type(entry)] and position == len(parts) - 1:
                        return Resolved(entry, part)
                    return position
                case _:
                    assert_never(entry)
        return Resolved(entry)


MOST_HOPS = 256
"""Names that only stand for other names are followed so far: a circle of them, or a hostile web, leads nowhere."""


def follow(entry: AnyEntry, hops: list[int] | None = None) -> AnyEntry:
    """The thing that a field, parameter or definition which is only a name stands for; what stands for a figure
    (another definition, a state, a column, an input, a trigger) is left as it is."""
    if not isinstance(entry, DefinitionEntry) or not isinstance(entry.value, syntax.Name):
        return entry
    hops = [MOST_HOPS] if hops is None else hops
    current: AnyEntry = entry
    while isinstance(current, DefinitionEntry) and isinstance(current.value, syntax.Name):
        hops[0] -= 1
        target = current.scope.resolve(current.value.parts, hops) if hops[0] > 0 else 0
        if isinstance(target, int) or target.attribute is not None:
            return entry
        current = target.entry
    figure = isinstance(current, DefinitionEntry | ColumnEntry | InputEntry | StateEntry | TriggerEntry)
    return entry if figure else current


def pairs_node(expression: syntax.Expression, scope: Scope) -> tuple[syntax.Pairs, Scope] | None:
    """The table that an expression states, by way of the names that stand for it; None for anything else."""
    for _ in range(100):
        if isinstance(expression, syntax.Pairs):
            return expression, scope
        if not isinstance(expression, syntax.Name):
            return None
        found = scope.resolve(expression.parts)
        if isinstance(found, int) or found.attribute is not None or not isinstance(found.entry, DefinitionEntry):
            return None
        expression, scope = found.entry.value, found.entry.scope
    return None


@attrs.frozen(slots=True, eq=False)
class FamilyRows:
    """A family's rows: the CSV it was read from and a label a row (its ``id`` column, or 1, 2, 3 ...)."""

    name: str
    file: str
    labels: tuple[str, ...]


@attrs.frozen(slots=True, eq=False)
class Act:
    """One act of the day with the scope that it is read in."""

    item: syntax.AnyAct
    scope: Scope


AScenario = syntax.ScenarioDeclaration | syntax.ScenariosOver
ACheck = syntax.Require | syntax.Expect | syntax.Always

Item = TypeVar("Item", bound=syntax.AnyItem, covariant=True)


@attrs.frozen(slots=True, eq=False)
class Scoped(Generic[Item]):
    """A ranking, scenario, check or report of the deal, with the scope that it is read in."""

    item: Item
    scope: Scope


@attrs.frozen(slots=True, eq=False)
class Condition(Scoped[syntax.Require]):
    """A `require` of a component, for one instance of it (a family is one instance)."""

    instance: InstanceEntry

    @property
    def required(self) -> syntax.Require:
        return self.item


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Model:
    """A deal with its names resolved. ``entries`` holds every entry by full name, in the order declared.

    ``unusable``: full names that the text declares and that could not be made (reported already, so that reading
    one is not reported again).
    """

    name: str
    header: syntax.Header
    scope: Scope
    folder: Path | None
    entries: Mapping[str, AnyEntry]
    families: tuple[FamilyRows, ...]
    acts: tuple[Act, ...]
    rankings: tuple[Scoped[syntax.RankingDeclaration], ...]
    waivers: tuple[Scoped[syntax.WaiverDeclaration], ...]
    scenarios: tuple[Scoped[AScenario], ...]
    simulations: tuple[Scoped[syntax.Simulate], ...]
    checks: tuple[Scoped[ACheck], ...]
    reports: tuple[Scoped[syntax.Report], ...]
    waived: tuple[Scoped[syntax.Waive], ...]
    currency: str
    closing: syntax.Expression
    issuer: PartyEntry | None
    overrides: tuple[syntax.Override, ...] = ()
    files: tuple[str, ...] = ()
    unusable: frozenset[str] = frozenset()
