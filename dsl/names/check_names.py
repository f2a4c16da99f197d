"""Every name that a deal reads means something. What does not is reported where it stands, once for each cause.

What follows from a fault already reported (a field that was not stated, an instance of a component that does not
exist) is passed over: `Model.unusable` holds those names.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import syntax
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from ..syntax.walk import children
from ..vocabulary.builtins import BUILTINS
from ..vocabulary.currencies import CURRENCIES
from ..vocabulary.curve_fields import currency_of
from . import check_kinds, check_scenarios
from .deal import (
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
    Model,
    PartyEntry,
    ReductionEntry,
    RelationEntry,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from .name_help import Missing, Unread, described, report_missing

BUILT_IN = ("date", "closing", "rest", "age")
"""Names that mean something everywhere: the date, the closing, what is left of a waterfall's account, and, unless the
deal gives the name to something of its own, the age of a part of what `aged` sums."""

_REDUCES_ROWS = frozenset({"rows", "reduced", "counted", "any", "dates"})
_NOT_MEMBERS = (
    ScheduleEntry,
    DaycountEntry,
    TriggerEntry,
    WaterfallEntry,
    FunctionEntry,
    ComponentEntry,
    DefinitionEntry,
    InputEntry,
    ColumnEntry,
)


def check_names(model: Model, collector: Collector) -> None:
    """Look up every name of the deal; report what means nothing, with what was probably meant."""
    _Names(model, collector).check()


class _Names:
    def __init__(self, model: Model, collector: Collector) -> None:
        self.model = model
        self.collector = collector
        self.missing = Missing(model, Unread(collector))
        self._families: dict[int, tuple[DefinitionEntry, str | None]] = {}
        self._rows: dict[tuple[str, int], tuple[Scope, Scope]] = {}
        self._in_rings: set[int] = set()

    def check(self) -> None:
        model = self.model
        self.read(model.closing, model.scope)
        for entry in self._entries():
            self.entry(entry)
        for act in model.acts:
            self.read(act.item, act.scope)
        for group in (model.rankings, model.waivers, model.checks, model.reports):
            for scoped in group:
                self.item(scoped.item, scoped.scope)
        for scoped in model.scenarios:
            self.item(scoped.item, scoped.scope)
        for scoped in model.simulations:
            self.item(scoped.item, scoped.scope)
        for override in model.overrides:
            # A name set by the caller that the deal does not have is said where the values are read.
            if not isinstance(model.scope.resolve(override.name.parts), int):
                self.override(override, model.scope)
        check_kinds.check(model, self.collector)
        check_scenarios.check(model, self.collector)

    def _entries(self) -> Iterator[AnyEntry]:
        yield from self.model.entries.values()
        if self.model.scope.outer is not None:
            for entry in self.model.scope.outer.names.values():
                if isinstance(entry, FunctionEntry):
                    yield entry

    # ------------------------------------------------------------------------------------------ entries

    def entry(self, entry: AnyEntry) -> None:
        match entry:
            case PartyEntry():
                for field in entry.fields:
                    self.read(field.value, self.model.scope)
            case DefinitionEntry():
                self.read(entry.value, entry.scope)
                self.read(entry.on, entry.scope)
            case DaycountEntry():
                days = DefinitionEntry(
                    name="days", span=entry.span, form="parameter", value=entry.item.value, scope=entry.scope
                )
                self.read(entry.item.value, Scope({"days": days}, entry.scope, entry.scope.prefix, entry.scope.family))
            case AccountEntry():
                self.account(entry)
            case (
                ScheduleEntry()
                | InputEntry()
                | StateEntry()
                | ClaimEntry()
                | ReductionEntry()
                | TriggerEntry()
                | RelationEntry()
            ):
                self.read(entry.item, entry.scope)
            case FunctionEntry():
                self.function(entry)
            case GroupEntry():
                self.group(entry)
            case CurveEntry():
                currency_of(entry.item, self.model.currency, self.collector)
            case ColumnEntry() | WaterfallEntry() | InstanceEntry() | ComponentEntry():
                pass

    def account(self, entry: AccountEntry) -> None:
        item = entry.item
        self.read(item.owner, entry.scope)
        self.read(item.target, entry.scope)
        for amount, source in item.opens:
            self.read(amount, entry.scope)
            self.read(source, entry.scope)
        currency = item.currency
        if currency is not None and not (isinstance(currency, syntax.Name) and currency.text in CURRENCIES):
            text = currency.text if isinstance(currency, syntax.Name) else ""
            guess = nearest(text, CURRENCIES)
            self.collector.error(
                "E0223",
                "a currency is its three-letter ISO 4217 code",
                currency.span,
                label="not a currency",
                help=f"did you mean `{guess}`?" if guess else "`currency = EUR`",
            )

    def function(self, entry: FunctionEntry) -> None:
        """The body reads the parameters first; a parameter may stand for anything, so its parts are not checked."""
        parameters: dict[str, AnyEntry] = {}
        for parameter in entry.item.parameters:
            self.read(parameter.default, entry.scope)
            parameters[parameter.name] = DefinitionEntry(
                name=parameter.name,
                span=parameter.span,
                form="parameter",
                value=entry.item.value,
                scope=Scope({}, None),
            )
        self.read(entry.item.value, Scope(parameters, entry.scope, entry.scope.prefix, entry.scope.family))

    def group(self, entry: GroupEntry) -> None:
        seen: dict[str, syntax.Name] = {}
        for member in entry.item.members:
            self.name(member, entry.scope)
            found = entry.scope.resolve(member.parts)
            if isinstance(found, int):
                continue
            meant = follow(found.entry)
            if isinstance(meant, _NOT_MEMBERS) or (found.attribute is not None and not isinstance(meant, GroupEntry)):
                what = "a figure of it" if found.attribute is not None else described(meant)
                self.collector.error(
                    "E0228",
                    f"`{member.text}` cannot be a member of the group `{entry.item.name}`: it is {what}",
                    member.span,
                    label=what,
                    help="a group is of instances, claims, accounts, parties or other groups",
                )
            first = seen.setdefault(member.text, member)
            if first is not member:
                self.collector.error(
                    "E0229",
                    f"`{member.text}` is in the group `{entry.item.name}` twice",
                    member.span,
                    label="named again",
                    others=(Label(first.span, "already in it"),),
                )
        # A ring is told once, at the first of its groups in the text; the others of it are not walked again.
        ring = _ring(entry) if id(entry) not in self._in_rings else []
        self._in_rings.update(id(one) for one in ring)
        if ring:
            start = min(range(len(ring)), key=lambda position: (ring[position].span.line, ring[position].span.column))
            ring = [*ring[start:], *ring[:start]]
            words = " contains ".join(f"`{one.item.name}`" for one in (*ring, ring[0]))
            self.collector.error(
                "E0212",
                f"the group `{ring[0].item.name}` contains itself",
                ring[0].span,
                others=tuple(Label(one.span, "by way of this") for one in ring[1:]),
                notes=(words,),
            )

    # ------------------------------------------------------------------------------------------ other items

    def item(self, item: syntax.AnyItem, scope: Scope) -> None:
        match item:
            case syntax.ScenarioDeclaration():
                for override in item.overrides:
                    self.override(override, scope)
            case syntax.ScenariosOver():
                for name, values in item.ranges:
                    self.read(name, scope)
                    self.read(values, scope)
                    check_scenarios.overridable(name, scope, self.collector)
            case syntax.Simulate():
                for field in item.fields:
                    self.read(field.value, scope)
                for draw in item.draws:
                    self.override(draw, scope)
            case syntax.Require() | syntax.Always():
                self.read(item.condition, scope)
            case syntax.Expect():
                for part in (item.value, item.target, item.tolerance, item.by, item.where):
                    self.read(part, scope)
                for row in item.rows:
                    self.read(row.name, scope)
                    self.read(row.values, scope)
            case _:
                self.read(item, scope)

    def override(self, override: syntax.Override, scope: Scope) -> None:
        self.read((override.name, override.value, override.joined), scope)
        check_scenarios.overridable(override.name, scope, self.collector)

    # ------------------------------------------------------------------------------------------ expressions

    def read(self, node: object, scope: Scope) -> None:
        """Every name of a tree (or of several, or None), without recursion."""
        stack: list[tuple[object, Scope]] = [(node, scope)]
        while stack:
            current, at = stack.pop()
            below: list[tuple[object, Scope]]
            match current:
                case None:
                    continue
                case tuple():
                    below = [(part, at) for part in current]
                case syntax.Name():
                    self.name(current, at)
                    continue
                case syntax.Call():
                    below = [(argument.value, at) for argument in current.arguments]
                    if current.where is not None and not self.of_unread_rows(current, at):
                        below.append((current.where, self.row_scope(current, at)))
                    below.append((current.on, at))
                case syntax.Take():
                    below = [(current.limit, at), (current.amount, at), (current.key, at)]
                    below.append((current.where, self.members(self.family(current.amount, at), at)))
                case _:
                    below = [(child, at) for child in children(current)]
            stack.extend(reversed(below))

    def row_scope(self, call: syntax.Call, scope: Scope) -> Scope:
        if not call.arguments:
            return scope
        return self.members(self.family(call.arguments[0].value, scope), scope)

    def of_unread_rows(self, call: syntax.Call, scope: Scope) -> bool:
        """Whether the rows that a `where` chooses among could not be read: nothing is known of their members then."""
        stack: list[tuple[object, Scope]] = [(argument.value, scope) for argument in call.arguments]
        passed: set[int] = set()
        while stack:
            node, at = stack.pop()
            if not isinstance(node, syntax.Name):
                stack.extend((child, at) for child in (node if isinstance(node, tuple) else children(node)))
                continue
            found = at.resolve(node.parts)
            if isinstance(found, int):
                if self.missing.excused(node.parts, found, at):
                    return True
            elif isinstance(found.entry, DefinitionEntry) and id(found.entry) not in passed:
                passed.add(id(found.entry))
                stack.append((found.entry.value, found.entry.scope))
        return False

    def members(self, family: str | None, scope: Scope) -> Scope:
        """Where a `where` is read: the family's members by their own names first."""
        if family is None:
            return scope
        key = family, id(scope)
        if key not in self._rows:
            entry = self.model.entries.get(family)
            names = dict(entry.members) if isinstance(entry, InstanceEntry) else {}
            self._rows[key] = scope, Scope(names, scope, f"{family}.", family)
        return self._rows[key][1]

    def family(self, node: syntax.Expression, scope: Scope) -> str | None:
        """The family whose rows an expression has figures for, if any: that of the first name that has rows."""
        stack: list[tuple[object, Scope]] = [(node, scope)]
        passed: set[int] = set()
        while stack:
            current, at = stack.pop()
            match current:
                case syntax.Name():
                    found = at.resolve(current.parts)
                    if isinstance(found, int):
                        continue
                    if found.entry.family is not None:
                        return found.entry.family
                    entry = follow(found.entry)
                    if entry.family is not None:
                        return entry.family
                    if isinstance(entry, DefinitionEntry) and id(entry) not in passed and entry.form != "parameter":
                        passed.add(id(entry))
                        stack.append((entry.value, entry.scope))
                case syntax.Call():
                    builtin = BUILTINS.get(current.function.text)
                    if builtin is None or builtin.result not in _REDUCES_ROWS:
                        stack.extend((argument.value, at) for argument in reversed(current.arguments))
                case _:
                    stack.extend((child, at) for child in reversed(list(children(current))))
        return None

    # ------------------------------------------------------------------------------------------ names

    def name(self, node: syntax.Name, scope: Scope) -> None:
        found = scope.resolve(node.parts)
        if isinstance(found, int):
            if node.parts[0] in BUILT_IN and found == 0:
                if len(node.parts) > 1:
                    self.collector.error(
                        "E0218",
                        f"`{node.parts[0]}` is one figure: it has no `{node.parts[1]}`",
                        node.places[1],
                        label="nothing inside it has this name",
                    )
                return
            report_missing(self.missing, node, found, scope, self.collector)
            return
        entry = found.entry
        if isinstance(entry, GroupEntry) and found.attribute is not None:
            self.through_group(node, entry, found.attribute)
        elif isinstance(entry, FunctionEntry | ComponentEntry):
            what = "function" if isinstance(entry, FunctionEntry) else "component"
            self.collector.error(
                "E0216",
                f"`{node.text}` is a {what}, not a figure",
                node.span,
                label=f"a {what}",
                help=f"give it what it works on: `{node.text}(...)`"
                if what == "function"
                else f"declare one, `{node.text} name {{ ... }}`, and read its figures",
            )

    def through_group(self, node: syntax.Name, group: GroupEntry, path: str) -> None:
        """``notes.balance``: each member must have it."""
        parts = tuple(path.split("."))
        having, lacking = self._lacking(group, parts, set())
        if not lacking:
            return
        span = node.places[-len(parts)].__class__(
            node.span.file,
            node.places[-len(parts)].line,
            node.places[-len(parts)].column,
            node.places[-1].end_line,
            node.places[-1].end_column,
        )
        guess = nearest(parts[0], self.missing.of_group(group))
        prefix = node.text[: -len(path)]
        suggestion = f"did you mean `{prefix}{'.'.join((guess, *parts[1:]))}`?" if guess else None
        if having:
            names = ", ".join(f"`{member.text}`" for member in lacking)
            have = "has" if len(lacking) == 1 else "have"
            self.collector.error(
                "E0217",
                f"{names} of the group `{group.item.name}` {have} no `{path}`",
                span,
                label="not every member has it",
                others=tuple(Label(member.span, "this one has none") for member in lacking[:4]),
                help="take it out of the group, or name the members that have it",
            )
            return
        self.collector.error(
            "E0217",
            f"no member of the group `{group.item.name}` has a `{path}`",
            span,
            label="none has it",
            others=(Label(group.span, "the group"),),
            help=suggestion,
        )

    def _lacking(
        self, group: GroupEntry, path: tuple[str, ...], passed: set[int]
    ) -> tuple[list[syntax.Name], list[syntax.Name]]:
        """The members that have a path, and those that do not; what is wrong in the group's own line is passed over."""
        having: list[syntax.Name] = []
        lacking: list[syntax.Name] = []
        if id(group) in passed:
            return having, lacking
        passed.add(id(group))
        for member in group.item.members:
            found = group.scope.resolve((*member.parts, *path))
            whole = group.scope.resolve(member.parts)
            if not isinstance(whole, int) and isinstance(follow(whole.entry), _NOT_MEMBERS):
                continue  # said of the group itself
            if isinstance(found, int):
                if found >= len(member.parts) and not self.missing.excused((*member.parts, *path), found, group.scope):
                    lacking.append(member)
            elif isinstance(found.entry, GroupEntry) and found.attribute is not None:
                inside, outside = self._lacking(found.entry, tuple(found.attribute.split(".")), passed)
                having.extend(inside)
                lacking.extend(outside)
            else:
                having.append(member)
        return having, lacking


def _ring(group: GroupEntry) -> list[GroupEntry]:
    """The groups by which a group contains itself, or none."""
    stack: list[tuple[GroupEntry, list[GroupEntry]]] = [(group, [group])]
    passed: set[int] = set()
    while stack:
        current, way = stack.pop()
        for member in current.item.members:
            found = current.scope.resolve(member.parts)
            if isinstance(found, int) or not isinstance(found.entry, GroupEntry):
                continue
            if found.entry is group:
                return way
            if id(found.entry) not in passed:
                passed.add(id(found.entry))
                stack.append((found.entry, [*way, found.entry]))
    return []
