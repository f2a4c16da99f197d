"""Names: every item declared once, components instantiated, families given their rows.

`resolve` makes a `Model` from the modules. What it cannot make sense of it reports and leaves out;
`check_names` then looks up every name that the deal reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..messages.nearest import nearest, of_the_words, surely
from ..syntax.walk import files_beside
from ..vocabulary.curve_fields import curve_fields
from .deal import (
    AccountEntry,
    Act,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
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
    Model,
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
from .groups import members_received
from .header import assumed_currency, header_fields, header_of
from .load import module_with
from .name_help import Unread
from .rows import FamilyTable, named_parties, read_family

DEEPEST = 50
"""Components inside components, at most."""

MOST_NAMES = 50_000
"""Names of a deal, at most: components that hold each other twice over would have any number of them."""

PARTY_FIELDS = {"equity": "money", "recovery": "fraction"}
"""What a party may state of itself, and its type: what it can lose before it fails, and what its creditors get then."""

OTHER_PARTY_FIELDS = ("credit",)

RESERVED = ("date", "closing", "rest", "days")


def resolve(
    module: syntax.Module,
    used: Sequence[syntax.Module],
    folder: Path | None,
    collector: Collector,
    overrides: tuple[syntax.Override, ...] = (),
) -> Model:
    """The deal with its names declared, as far as it can be read: it is whole where the collector has no error."""
    return _Elaborator(folder, collector).model(module, used, overrides)


class _Elaborator:
    def __init__(self, folder: Path | None, collector: Collector) -> None:
        self.folder = folder
        self.collector = collector
        self.entries: dict[str, AnyEntry] = {}
        self.families: list[FamilyRows] = []
        self.acts: list[Act] = []
        self.unusable: set[str] = set()
        self.full = False
        self.currency = ""
        self.unread = Unread(collector)
        self.scoped: dict[str, list[Scoped]] = {
            kind: [] for kind in ("ranking", "waiver", "scenario", "simulate", "check", "report")
        }

    def model(
        self, module: syntax.Module, used: Sequence[syntax.Module], overrides: tuple[syntax.Override, ...]
    ) -> Model:
        library = Scope({}, None)
        deal = Scope({}, library)
        for other in used:
            for item in other.items:
                if not isinstance(item, syntax.Use):
                    self.declare(item, library, None)
        header = header_of(module, self.collector)
        for item in module.items:
            self.declare(item, deal, None)
        if header is None:
            # What else is wrong with the file is reported in the same run.
            span = module.items[0].span if module.items else Span(module.file, 1, 1, 1, 1)
            header = syntax.Header(span=span, name_span=span, name="", fields=())
            currency, closing, issuer = assumed_currency(module), None, None
        else:
            currency, closing, issuer = header_fields(header, deal, assumed_currency(module), self.collector)
        if closing is None:
            closing = syntax.DateLiteral(header.name_span, None)
        self.currency = currency
        for scope, items in (
            (library, [item for other in used for item in other.items]),
            (deal, list(module.items)),
        ):
            for item in items:
                if isinstance(item, syntax.Instance):
                    self.instantiate(item, scope, scope, ())
        return Model(
            name=header.name,
            header=header,
            scope=deal,
            folder=self.folder,
            entries=self.entries,
            families=tuple(self.families),
            acts=tuple(one for act in self.acts for one in members_received(act)),
            rankings=tuple(self.scoped["ranking"]),
            waivers=tuple(self.scoped["waiver"]),
            scenarios=tuple(self.scoped["scenario"]),
            simulations=tuple(self.scoped["simulate"]),
            checks=tuple(self.scoped["check"]),
            reports=tuple(self.scoped["report"]),
            currency=currency,
            closing=closing,
            issuer=issuer,
            overrides=overrides,
            files=files_beside((module, *used)),
            unusable=frozenset(self.unusable),
        )

    # ------------------------------------------------------------------------------------------ declaring

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
        entry: AnyEntry
        match item:
            case syntax.PartyDeclaration():
                for name in item.names:
                    self.party(item, name, scope)
            case syntax.RelationDeclaration():
                entry = RelationEntry(
                    name=prefix + item.name, span=item.name_span, family=family, item=item, scope=scope
                )
                self.add(entry, item.name, scope)
            case syntax.ScheduleDeclaration():
                entry = ScheduleEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.DaycountDeclaration():
                entry = DaycountEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.Definition():
                entry = DefinitionEntry(
                    name=prefix + item.name,
                    span=item.name_span,
                    family=family,
                    form=item.form,
                    value=item.value,
                    scope=scope,
                    type=item.type,
                    on=item.on,
                )
                self.add(entry, item.name, scope)
            case syntax.InputDeclaration():
                entry = InputEntry(name=prefix + item.name, span=item.name_span, family=family, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.StateDeclaration():
                entry = StateEntry(name=prefix + item.name, span=item.name_span, family=family, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.ClaimDeclaration():
                entry = ClaimEntry(name=prefix + item.name, span=item.name_span, family=family, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.ReductionDeclaration():
                entry = ReductionEntry(
                    name=prefix + item.name, span=item.name_span, family=family, item=item, scope=scope
                )
                self.add(entry, item.name, scope)
            case syntax.AccountDeclaration():
                entry = AccountEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.TriggerDeclaration():
                entry = TriggerEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.FunctionDeclaration():
                entry = FunctionEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.GroupDeclaration():
                entry = GroupEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.ComponentDeclaration():
                entry = ComponentEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
            case syntax.Waterfall():
                entry = WaterfallEntry(name=prefix + item.name, span=item.name_span, item=item, scope=scope)
                self.add(entry, item.name, scope)
                self.acts.append(Act(item, scope))
            case syntax.Receive() | syntax.Settle() | syntax.AllocateLosses() | syntax.Reduce():
                self.acts.append(Act(item, scope))
            case syntax.RankingDeclaration():
                self.scoped["ranking"].append(Scoped(item, scope))
            case syntax.WaiverDeclaration():
                self.scoped["waiver"].append(Scoped(item, scope))
            case syntax.ScenarioDeclaration() | syntax.ScenariosOver():
                self.scoped["scenario"].append(Scoped(item, scope))
            case syntax.Simulate():
                self.scoped["simulate"].append(Scoped(item, scope))
            case syntax.Require() if isinstance(instance := self.entries.get(prefix.rstrip(".")), InstanceEntry):
                self.scoped["check"].append(Condition(item, scope, instance))
            case syntax.Require() | syntax.Expect() | syntax.Always():
                self.scoped["check"].append(Scoped(item, scope))
            case syntax.Report():
                self.scoped["report"].append(Scoped(item, scope))
            case syntax.CurveDeclaration():
                self.curve(item, scope, family)
            case syntax.Later():
                self.later(item, prefix)
            case syntax.Header() | syntax.Use() | syntax.UnitDeclaration() | syntax.Instance():
                pass

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

    # ------------------------------------------------------------------------------------------ components

    def instantiate(self, item: syntax.Instance, scope: Scope, caller: Scope, within: tuple[str, ...]) -> None:
        name = scope.prefix + item.name
        found = caller.resolve(item.component.parts)
        if isinstance(found, int) or not isinstance(found.entry, ComponentEntry):
            known = [name for name in caller.visible() if isinstance(caller.find(name), ComponentEntry)]
            guess = nearest(item.component.text, known)
            self.unusable.add(name)
            if guess is None and self.unread:
                return
            module = module_with(item.component.text)
            help = "declare it, or `use` the file that has it" if module is None else f"write `use {module}`"
            self.collector.again(
                ("E0203", item.component.text),
                Diagnostic(
                    "E0203",
                    f"there is no component `{item.component.text}`",
                    item.component.span,
                    label="no such component",
                    help=f"did you mean `{guess}`?" if guess and module is None else help,
                ),
            )
            return
        declaration = found.entry.item
        if len(within) >= DEEPEST or len(self.entries) > MOST_NAMES:
            self.unusable.add(name)
            deep = len(within) >= DEEPEST
            if not deep and self.full:
                return
            self.full = self.full or not deep
            self.collector.error(
                "E0247",
                f"components stand inside each other more than {DEEPEST} deep"
                if deep
                else f"the components of this deal hold more than {MOST_NAMES:,} names",
                item.component.span,
                label="not made",
                help="a family with a row each holds any number of rows",
            )
            return
        if declaration.name in within:
            self.unusable.add(name)
            self.collector.error(
                "E0211",
                f"component `{declaration.name}` contains itself",
                item.component.span,
                notes=(" contains ".join([*within, declaration.name]),),
            )
            return
        family_name = name if item.rows is not None else scope.family
        members: dict[str, AnyEntry] = {}
        inner = Scope(members, found.entry.scope, prefix=f"{name}.", family=family_name)
        entry = InstanceEntry(
            name=name, span=item.name_span, family=family_name, component=declaration, item=item, members=members
        )
        if not self.add(entry, item.name, scope):
            return
        table: FamilyTable | None = None
        if item.rows is not None:
            if scope.family is not None:
                self.unusable.add(name)
                self.collector.error(
                    "E0227",
                    "a family cannot stand inside a family",
                    item.rows.span,
                    label="rows within rows",
                    help="keep one CSV, with a column that says to which outer row a row belongs",
                )
                return
            table = read_family(item, declaration, name, self.folder, self.currency, self.collector)
            if table is None:
                self.unusable.add(name)
                return
            self.families.append(table.rows)
        self.fields(item, declaration, inner, caller, table)
        for member in declaration.members:
            self.declare(member, inner, family_name)
        for member in declaration.members:
            if isinstance(member, syntax.Instance):
                self.instantiate(member, inner, inner, (*within, declaration.name))

    def fields(
        self,
        item: syntax.Instance,
        declaration: syntax.ComponentDeclaration,
        inner: Scope,
        caller: Scope,
        table: FamilyTable | None,
    ) -> None:
        given = {field.name: field for field in item.fields}
        known = {name: field for field in declaration.fields for name in field.names}
        for name, field in tuple(given.items()):
            if name not in known:
                guess = nearest(name, known)
                if guess is not None and not surely(name, guess):
                    guess = None
                likely = [guess] if guess is not None else of_the_words(name, known)
                self.collector.error(
                    "E0205",
                    f"`{declaration.name}` has no field `{name}`",
                    field.name_span,
                    label="no such field",
                    help=f"did you mean {' or '.join(f'`{one}`' for one in likely)}?"
                    if 1 <= len(likely) <= 3
                    else f"its fields are {', '.join(known)}",
                )
                if guess is not None:
                    given.setdefault(guess, field)  # so that it is not missing too
        besides: dict[str, dict[str, AnyEntry]] = {}
        for name, field_declaration in known.items():
            full = inner.prefix + name
            if name in given:
                field = given[name]
                besides[name] = {}
                reader = Scope({}, caller, caller.prefix, caller.family, besides[name])
                entry: AnyEntry = DefinitionEntry(
                    name=full,
                    span=field.name_span,
                    family=inner.family,
                    form="field",
                    value=field.value,
                    scope=reader,
                    type=field_declaration.type,
                )
            elif table is not None and name in table.columns:
                if field_declaration.type.base == "party":
                    named_parties(table, name, item, caller, self.collector)
                entry = ColumnEntry(
                    name=full,
                    span=item.name_span,
                    family=inner.family,
                    type=field_declaration.type,
                    values=table.columns[name],
                    table=table.table,
                    unread=table.unread.get(name, frozenset()),
                )
            elif field_declaration.default is not None:
                entry = DefinitionEntry(
                    name=full,
                    span=field_declaration.span,
                    family=inner.family,
                    form="field",
                    value=field_declaration.default,
                    scope=inner,
                    type=field_declaration.type,
                )
            else:
                self.unusable.add(full)
                if self.unread.inside(item.span):
                    continue
                self.collector.error(
                    "E0204",
                    f"`{item.name}` does not state its {name}",
                    item.name_span,
                    label=f"no `{name}`",
                    others=(Label(field_declaration.span, f"`{declaration.name}` asks for it"),),
                    help=f"add `{name} = ...`",
                    notes=() if field_declaration.documentation is None else (field_declaration.documentation,),
                )
                continue
            inner.names[name] = entry
            self.entries[full] = entry
        # A field reads the others of its instance, never itself: `price = price` is the caller's price.
        for name, beside in besides.items():
            beside.update({other: inner.names[other] for other in known if other != name and other in inner.names})
