"""Components instantiated: each instance declares what its component holds, its fields first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic, Label
from ..messages.nearest import nearest, of_the_words, surely
from .deal import AnyEntry, ColumnEntry, ComponentEntry, DefinitionEntry, InstanceEntry, Scope
from .declarations import Declarations
from .family_rows import FamilyTable, named_parties, read_family
from .load import module_with

DEEPEST = 50
"""Components inside components, at most."""

MOST_NAMES = 50_000
"""Names of a deal, at most: components that hold each other twice over would have any number of them."""


class Components:
    """Makes the instances of a deal among its declarations."""

    def __init__(self, declared: Declarations, folder: Path | None, currency: str, collector: Collector) -> None:
        self.declared = declared
        self.folder = folder
        self.currency = currency
        self.collector = collector
        self.full = False

    def instantiate(self, item: syntax.Instance, scope: Scope, caller: Scope, within: tuple[str, ...] = ()) -> None:
        """Declare an instance and all that it holds. ``within`` are the components that it stands in."""
        name = scope.prefix + item.name
        component = self._component(item, caller)
        if component is None or not self._fits(item, component, within):
            self.declared.unusable.add(name)
            return
        declaration = component.item
        family = name if item.rows is not None else scope.family
        members: dict[str, AnyEntry] = {}
        inner = Scope(members, component.scope, prefix=f"{name}.", family=family)
        entry = InstanceEntry(
            name=name, span=item.name_span, family=family, component=declaration, item=item, members=members
        )
        if not self.declared.add(entry, item.name, scope):
            return
        table: FamilyTable | None = None
        if item.rows is not None:
            table = self._rows(item.rows, item, declaration, name, scope)
            if table is None:
                self.declared.unusable.add(name)
                return
            self.declared.families.append(table.rows)
        self._fields(item, declaration, inner, caller, table)
        for member in declaration.members:
            self.declared.declare(member, inner, family)
        for member in declaration.members:
            if isinstance(member, syntax.Instance):
                self.instantiate(member, inner, inner, (*within, declaration.name))

    def _component(self, item: syntax.Instance, caller: Scope) -> ComponentEntry | None:
        """The component that an instance is of; None, and reported, where there is none of that name."""
        found = caller.resolve(item.component.parts)
        if not isinstance(found, int) and isinstance(found.entry, ComponentEntry):
            return found.entry
        known = [name for name in caller.visible() if isinstance(caller.find(name), ComponentEntry)]
        guess = nearest(item.component.text, known)
        if guess is None and self.declared.unread:
            return None
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
        return None

    def _fits(self, item: syntax.Instance, component: ComponentEntry, within: tuple[str, ...]) -> bool:
        """Whether there is room for an instance: components hold neither themselves nor each other without end."""
        name = component.item.name
        if len(within) >= DEEPEST or len(self.declared.entries) > MOST_NAMES:
            deep = len(within) >= DEEPEST
            if not deep and self.full:
                return False
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
            return False
        if name in within:
            self.collector.error(
                "E0211",
                f"component `{name}` contains itself",
                item.component.span,
                notes=(" contains ".join([*within, name]),),
            )
            return False
        return True

    def _rows(
        self,
        file: syntax.Text,
        item: syntax.Instance,
        declaration: syntax.ComponentDeclaration,
        name: str,
        scope: Scope,
    ) -> FamilyTable | None:
        """The rows of a family; None, and reported, where it can have none."""
        if scope.family is None:
            return read_family(item, declaration, name, self.folder, self.currency, self.collector)
        self.collector.error(
            "E0227",
            "a family cannot stand inside a family",
            file.span,
            label="rows within rows",
            help="keep one CSV, with a column that says to which outer row a row belongs",
        )
        return None

    def _given(
        self, item: syntax.Instance, declaration: syntax.ComponentDeclaration, known: Iterable[str]
    ) -> dict[str, syntax.Field]:
        """The fields that an instance states, by the names that its component has for them."""
        given = {field.name: field for field in item.fields}
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
        return given

    def _fields(
        self,
        item: syntax.Instance,
        declaration: syntax.ComponentDeclaration,
        inner: Scope,
        caller: Scope,
        table: FamilyTable | None,
    ) -> None:
        known = {name: field for field in declaration.fields for name in field.names}
        given = self._given(item, declaration, known)
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
                self.declared.unusable.add(full)
                self._not_stated(item, declaration, name, field_declaration)
                continue
            inner.names[name] = entry
            self.declared.entries[full] = entry
        # A field reads the others of its instance, never itself: `price = price` is the caller's price.
        for name, beside in besides.items():
            beside.update({other: inner.names[other] for other in known if other != name and other in inner.names})

    def _not_stated(
        self,
        item: syntax.Instance,
        declaration: syntax.ComponentDeclaration,
        name: str,
        field: syntax.FieldDeclaration,
    ) -> None:
        if self.declared.unread.inside(item.span):
            return
        self.collector.error(
            "E0204",
            f"`{item.name}` does not state its {name}",
            item.name_span,
            label=f"no `{name}`",
            others=(Label(field.span, f"`{declaration.name}` asks for it"),),
            help=f"add `{name} = ...`",
            notes=() if field.documentation is None else (field.documentation,),
        )
