"""Every item of a text declared once, under its full name, in the scope that it stands in."""

from __future__ import annotations

from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from ..vocabulary.curve_fields import curve_fields
from .deal import (
    AccountEntry,
    ACheck,
    Act,
    AnyEntry,
    AScenario,
    ClaimEntry,
    ComponentEntry,
    Condition,
    CurveEntry,
    DaycountEntry,
    DefinitionEntry,
    FamilyRows,
    FunctionEntry,
    GroupEntry,
    InputEntry,
    InstanceEntry,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    ScheduleEntry,
    Scope,
    Scoped,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
)
from .name_help import Unread

PARTY_FIELDS = {"equity": "money", "recovery": "fraction"}
"""What a party may state of itself, and its type: what it can lose before it fails, and what its creditors get then."""

OTHER_PARTY_FIELDS = ("credit",)

RESERVED = ("date", "closing", "rest", "days")


Named = (
    syntax.RelationDeclaration
    | syntax.ScheduleDeclaration
    | syntax.DaycountDeclaration
    | syntax.Definition
    | syntax.InputDeclaration
    | syntax.StateDeclaration
    | syntax.ClaimDeclaration
    | syntax.ReductionDeclaration
    | syntax.AccountDeclaration
    | syntax.TriggerDeclaration
    | syntax.FunctionDeclaration
    | syntax.GroupDeclaration
    | syntax.ComponentDeclaration
    | syntax.Waterfall
)
"""Items that declare one thing, under the name that they give it."""


def entry_of(item: Named, scope: Scope, family: str | None) -> AnyEntry:
    """The thing that an item declares."""
    name, span = scope.prefix + item.name, item.name_span
    match item:
        case syntax.RelationDeclaration():
            return RelationEntry(name=name, span=span, family=family, item=item, scope=scope)
        case syntax.InputDeclaration():
            return InputEntry(name=name, span=span, family=family, item=item, scope=scope)
        case syntax.StateDeclaration():
            return StateEntry(name=name, span=span, family=family, item=item, scope=scope)
        case syntax.ClaimDeclaration():
            return ClaimEntry(name=name, span=span, family=family, item=item, scope=scope)
        case syntax.ReductionDeclaration():
            return ReductionEntry(name=name, span=span, family=family, item=item, scope=scope)
        case syntax.ScheduleDeclaration():
            return ScheduleEntry(name=name, span=span, item=item, scope=scope)
        case syntax.DaycountDeclaration():
            return DaycountEntry(name=name, span=span, item=item, scope=scope)
        case syntax.AccountDeclaration():
            return AccountEntry(name=name, span=span, item=item, scope=scope)
        case syntax.TriggerDeclaration():
            return TriggerEntry(name=name, span=span, item=item, scope=scope)
        case syntax.FunctionDeclaration():
            return FunctionEntry(name=name, span=span, item=item, scope=scope)
        case syntax.GroupDeclaration():
            return GroupEntry(name=name, span=span, item=item, scope=scope)
        case syntax.ComponentDeclaration():
            return ComponentEntry(name=name, span=span, item=item, scope=scope)
        case syntax.Waterfall():
            return WaterfallEntry(name=name, span=span, item=item, scope=scope)
        case syntax.Definition():
            return DefinitionEntry(
                name=name,
                span=span,
                family=family,
                form=item.form,
                value=item.value,
                scope=scope,
                type=item.type,
                on=item.on,
            )
        case _:
            assert_never(item)


class Declarations:
    """What has been declared so far, and what could not be."""

    def __init__(self, collector: Collector) -> None:
        self.collector = collector
        self.entries: dict[str, AnyEntry] = {}
        self.families: list[FamilyRows] = []
        self.acts: list[Act] = []
        self.unusable: set[str] = set()
        self.unread = Unread(collector)
        self.rankings: list[Scoped[syntax.RankingDeclaration]] = []
        self.waivers: list[Scoped[syntax.WaiverDeclaration]] = []
        self.scenarios: list[Scoped[AScenario]] = []
        self.simulations: list[Scoped[syntax.Simulate]] = []
        self.checks: list[Scoped[ACheck]] = []
        self.reports: list[Scoped[syntax.Report]] = []
        self.waived: list[Scoped[syntax.Waive]] = []

    def add(self, entry: AnyEntry, short: str, scope: Scope) -> bool:
        """Put an entry into its scope and the deal; a name is declared once."""
        first = scope.names.get(short)
        if short in RESERVED or first is not None:
            self.unusable.add(entry.name)
        if short in RESERVED:
            self.collector.error(
                "E0221",
                f"`{short}` has a meaning of its own and cannot be declared",
                entry.span,
                label="choose another name",
            )
            return False
        if first is not None:
            self.collector.error(
                "E0202",
                f"`{short}` is declared twice",
                entry.span,
                label="declared again",
                others=(Label(first.span, "first declared here"),),
                help="rename one of the two",
            )
            return False
        scope.names[short] = entry
        if scope.outer is not None or not isinstance(entry, ComponentEntry | FunctionEntry):
            self.entries[entry.name] = entry
        return True

    def declare(self, item: syntax.AnyItem, scope: Scope, family: str | None) -> None:
        """Declare an item in a scope. Instances are declared later, when every component is known."""
        prefix = scope.prefix
        if isinstance(item, Named):
            self.add(entry_of(item, scope, family), item.name, scope)
            if isinstance(item, syntax.Waterfall):
                self.acts.append(Act(item, scope))
            return
        match item:
            case syntax.PartyDeclaration():
                for name in item.names:
                    self.party(item, name, scope)
            case syntax.Receive() | syntax.Settle() | syntax.AllocateLosses() | syntax.Reduce():
                self.acts.append(Act(item, scope))
            case syntax.RankingDeclaration():
                self.rankings.append(Scoped(item, scope))
            case syntax.WaiverDeclaration():
                self.waivers.append(Scoped(item, scope))
            case syntax.ScenarioDeclaration() | syntax.ScenariosOver():
                self.scenarios.append(Scoped(item, scope))
            case syntax.Simulate():
                self.simulations.append(Scoped(item, scope))
            case syntax.Require() if isinstance(instance := self.entries.get(prefix.rstrip(".")), InstanceEntry):
                self.checks.append(Condition(item, scope, instance))
            case syntax.Require() | syntax.Expect() | syntax.Always():
                self.checks.append(Scoped(item, scope))
            case syntax.Waive():
                self.waived.append(Scoped(item, scope))
            case syntax.Report():
                self.reports.append(Scoped(item, scope))
            case syntax.CurveDeclaration():
                self.curve(item, scope, family)
            case syntax.Later():
                self.later(item, prefix)
            case syntax.Header() | syntax.Use() | syntax.UnitDeclaration() | syntax.Instance():
                pass
            case _:
                assert_never(item)

    def curve(self, item: syntax.CurveDeclaration, scope: Scope, family: str | None) -> None:
        """A curve's fields are terms of their own, so that a scenario can shift its quotes."""
        full = scope.prefix + item.name
        members: dict[str, DefinitionEntry] = {}
        entry = CurveEntry(name=full, span=item.name_span, family=family, item=item, scope=scope, members=members)
        if not self.add(entry, item.name, scope):
            return
        for field, type in curve_fields(item, self.collector):
            member = DefinitionEntry(
                name=f"{full}.{field.name}",
                span=field.name_span,
                family=family,
                form="field",
                value=field.value,
                scope=scope,
                type=type,
            )
            members[field.name] = self.entries[member.name] = member

    def party(self, item: syntax.PartyDeclaration, name: syntax.Name, scope: Scope) -> None:
        """A party; what its fields state of it are terms with names of their own (`Lab.equity`)."""
        full = scope.prefix + name.text
        members: dict[str, AnyEntry] = {}
        for field in item.fields:
            type = PARTY_FIELDS.get(field.name)
            if type is not None:
                members[field.name] = DefinitionEntry(
                    name=f"{full}.{field.name}",
                    span=field.name_span,
                    form="field",
                    value=field.value,
                    scope=scope,
                    type=syntax.TypeName(type, (), True, False, field.span),
                )
        party = PartyEntry(name=full, span=name.span, fields=item.fields, around=scope, members=members)
        if self.add(party, name.text, scope):
            self.entries.update((one.name, one) for one in members.values())
        if name is not item.names[0]:
            return
        for field in item.fields:
            value, below = field.value, False
            if isinstance(value, syntax.Unary) and value.operator == "-":
                value, below = value.operand, True
            if field.name == "recovery" and isinstance(value, syntax.Number) and (below or value.value > 1):
                meant = f"did you mean `{value.text}%`?" if value.form == "plain" and 1 < value.value <= 100 else None
                self.collector.error(
                    "E0281",
                    "a recovery is a share, from 0% to 100%",
                    field.value.span,
                    label="below 0%" if below else f"{float(value.value):.0%}",
                    help=meant,
                )
            if field.name not in PARTY_FIELDS and field.name not in OTHER_PARTY_FIELDS:
                known = [*PARTY_FIELDS, *OTHER_PARTY_FIELDS]
                guess = nearest(field.name, known)
                self.collector.error(
                    "E0260",
                    f"a party has no field `{field.name}`",
                    field.name_span,
                    label="not a field of a party",
                    help=f"did you mean `{guess}`?" if guess else f"a party may state its {', '.join(known)}",
                )

    def later(self, item: syntax.Later, prefix: str) -> None:
        if item.name is not None:
            self.unusable.add(prefix + item.name)
        self.collector.error(
            "E0222",
            f"`{item.construct}` is read and not yet run by this version",
            item.span,
            label="not yet",
            help="leave it out for now; the reference lists what this version runs",
        )
