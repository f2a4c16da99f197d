"""Every name that a deal reads means something. What does not is reported where it stands, once for each cause.

What follows from a fault already reported (a field that was not stated, an instance of a component that does not
exist) is passed over: `Model.unusable` holds those names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from .. import syntax
from ..messages.diagnostics import Collector
from ..messages.nearest import nearest
from ..syntax.walk import children
from ..text.from_tree_schedule import MEANT_FREQUENCIES
from ..vocabulary.currencies import CURRENCIES
from ..vocabulary.curve_fields import currency_of
from . import check_kinds, check_scenarios, check_waived
from .check_groups import check_group, check_member_path
from .deal import (
    AccountEntry,
    ACheck,
    AnyEntry,
    AScenario,
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
)
from .name_help import Missing, Unread, report_missing
from .row_scopes import RowScopes, family_of, of_unread_rows

BUILT_IN = ("date", "closing", "rest", "age")
"""Names that mean something everywhere: the date, the closing, what is left of a waterfall's account, and, unless the
deal gives the name to something of its own, the age of a part of what `aged` sums."""


def check_names(model: Model, collector: Collector) -> None:
    """Look up every name of the deal; report what means nothing, with what was probably meant."""
    _Names(model, collector).check()


class _Names:
    def __init__(self, model: Model, collector: Collector) -> None:
        self.model = model
        self.collector = collector
        self.missing = Missing(model, Unread(collector))
        self.rows = RowScopes(model)
        self._rings_told: set[GroupEntry] = set()

    def check(self) -> None:
        model = self.model
        self.read(model.closing, model.scope)
        for entry in self._entries():
            self.entry(entry)
        for act in model.acts:
            self.read(act.item, act.scope)
        for group in (model.rankings, model.waivers, model.reports, model.waived):
            for scoped in group:
                self.read(scoped.item, scoped.scope)
        for check in model.checks:
            self.check_of_deal(check.item, check.scope)
        for scenario in model.scenarios:
            self.scenario(scenario.item, scenario.scope)
        for simulation in model.simulations:
            for field in simulation.item.fields:
                self.read(field.value, simulation.scope)
            for draw in simulation.item.draws:
                self.override(draw, simulation.scope)
        for override in model.overrides:
            # A name set by the caller that the deal does not have is said where the values are read.
            if not isinstance(model.scope.resolve(override.name.parts), int):
                self.override(override, model.scope)
        check_kinds.check(model, self.collector)
        check_scenarios.check(model, self.collector)
        check_waived.check(model, self.collector)

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
            case ScheduleEntry():
                self.schedule(entry)
            case InputEntry() | StateEntry() | ClaimEntry() | ReductionEntry() | TriggerEntry() | RelationEntry():
                self.read(entry.item, entry.scope)
            case FunctionEntry():
                self.function(entry)
            case GroupEntry():
                for member in entry.item.members:
                    self.name(member, entry.scope)
                check_group(entry, self._rings_told, self.collector)
            case CurveEntry():
                currency_of(entry.item, self.model.currency, self.collector)
            case ColumnEntry() | WaterfallEntry() | InstanceEntry() | ComponentEntry():
                pass
            case _:
                assert_never(entry)

    def schedule(self, entry: ScheduleEntry) -> None:
        """A word for how often that is none of the language's is one slip; a schedule that is called so is meant."""
        base = entry.item.base
        meant = None if base is None else MEANT_FREQUENCIES.get(base.text)
        if base is None or meant is None or not isinstance(entry.scope.resolve(base.parts), int):
            self.read(entry.item, entry.scope)
            return
        self.collector.error(
            "E0130",
            f"`{base.text}` is not how often a schedule repeats",
            base.span,
            label="how often?",
            help=f"write `{meant}`",
        )
        self.read(tuple(child for child in children(entry.item) if child is not base), entry.scope)

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

    # ------------------------------------------------------------------------------------------ other items

    def scenario(self, item: AScenario, scope: Scope) -> None:
        match item:
            case syntax.ScenarioDeclaration():
                for override in item.overrides:
                    self.override(override, scope)
            case syntax.ScenariosOver():
                for name, values in item.ranges:
                    self.read(name, scope)
                    self.read(values, scope)
                    check_scenarios.overridable(name, scope, self.collector)
            case _:
                assert_never(item)

    def check_of_deal(self, item: ACheck, scope: Scope) -> None:
        match item:
            case syntax.Require() | syntax.Always():
                self.read(item.condition, scope)
            case syntax.Expect():
                for part in (item.value, item.target, item.tolerance, item.by, item.where):
                    self.read(part, scope)
                for row in item.rows:
                    self.read(row.name, scope)
                    self.read(row.values, scope)
            case _:
                assert_never(item)

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
                    if current.where is not None and not of_unread_rows(current, at, self.missing):
                        family = family_of(current.arguments[0].value, at) if current.arguments else None
                        below.append((current.where, self.rows.of_family(family, at)))
                    below.append((current.on, at))
                case syntax.Take():
                    below = [(current.limit, at), (current.amount, at), (current.key, at)]
                    below.append((current.where, self.rows.of_family(family_of(current.amount, at), at)))
                case _:
                    below = [(child, at) for child in children(current)]
            stack.extend(reversed(below))

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
        if isinstance(found.entry, GroupEntry) and found.attribute is not None:
            check_member_path(self.missing, node, found.entry, found.attribute, self.collector)
        elif isinstance(found.entry, FunctionEntry | ComponentEntry):
            what = "function" if isinstance(found.entry, FunctionEntry) else "component"
            self.collector.error(
                "E0216",
                f"`{node.text}` is a {what}, not a figure",
                node.span,
                label=f"a {what}",
                help=f"give it what it works on: `{node.text}(...)`"
                if what == "function"
                else f"declare one, `{node.text} name {{ ... }}`, and read its figures",
            )
