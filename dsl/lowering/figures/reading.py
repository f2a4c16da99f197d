"""What a name comes to at a moment: terms and series, states, claims, accounts, triggers, parties."""

from __future__ import annotations

from ....engine.ir import Span
from ... import syntax
from ...messages.diagnostics import Collector, Label
from ...names.deal import (
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
    Resolved,
    ScheduleEntry,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from ..building.builder import day
from ..context.acts import Acts
from ..context.dispatch import lower, lowers, read_entry, reads, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.memory import Remembered
from ..context.moments import Moment
from ..context.named import members
from ..context.subjects import Reading
from ..context.values import AnyValue, EntryValue, NotLowered, Value
from .ages import age
from .flows import from_closing, gathered, known_ahead, previous
from .inputs import column, outside
from .of_the_day import account_target, carried_figure, claim, flow, recorded, state, stated_flow
from .overrides import fixed_only, overridden
from .party_figures import party


@lowers(syntax.Name)
def read(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> AnyValue:
    """A name's value at a moment. What `names/check_names.py` has reported unknown is not reported again."""
    parts = name.parts
    if parts == ("date",):
        if moment.kind == "fixed":
            raise fixed_only(low.collector, "`date` changes", name.span)
        today = low.builder.today()
        return Value(gathered(low.builder, today, moment.clock.paid) if moment.piece else today)
    if parts == ("closing",):
        closing = low.schedules.known_closing
        if closing is None:
            low.collector.error("E0508", "the closing date needs itself", name.span)
            raise NotLowered
        return Value(day(closing))
    if parts == ("rest",):
        if low.day.rest is None or moment.kind != "step":
            low.collector.error(
                "E0521", "`rest` means what is left of a waterfall's account: read it in a step", name.span
            )
            raise NotLowered
        low.trail.touch(Figure.REST(""))
        return Value(low.day.rest)
    resolved = scope.resolve(parts)
    if isinstance(resolved, int):
        if parts == ("age",):
            return age(low, name.span, moment)
        raise NotLowered
    return read_entry(low, resolved, name.span, moment)


@reads(ColumnEntry)
def _column(low: Lowering, entry: ColumnEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return column(low, entry)


@reads(InputEntry)
def _input(low: Lowering, entry: InputEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return outside(low, entry, span, moment)


@reads(StateEntry)
def _state(low: Lowering, entry: StateEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return state(low, entry, span, moment)


@reads(ClaimEntry)
def _claim(low: Lowering, entry: ClaimEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return EntryValue(entry) if attribute is None else claim(low, entry, attribute, span, moment)


@reads(ReductionEntry)
def _reduction(low: Lowering, entry: ReductionEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    if attribute is None:
        return EntryValue(entry)
    return flow(low, Figure.REDUCED(entry.name), entry.name, span, moment)


@reads(AccountEntry)
def _account(low: Lowering, entry: AccountEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    if attribute == "target":
        return account_target(low, entry, moment)
    value = carried_figure(low, Figure.ACCOUNT(entry.name), span, moment)
    return Value(value.operand, low.builder.both(value.determined, from_closing(low)))


@reads(TriggerEntry)
def _trigger(low: Lowering, entry: TriggerEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return carried_figure(low, Figure.TRIGGER(entry.name), span, moment)


@reads(WaterfallEntry)
def _waterfall(low: Lowering, entry: WaterfallEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    if attribute is None:
        return EntryValue(entry)
    return flow(low, Figure.REST(entry.name), entry.name, span, moment)


@reads(PartyEntry)
def _party(low: Lowering, entry: PartyEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return EntryValue(entry) if attribute is None else party(low, entry, attribute, span, moment)


@reads(GroupEntry)
def _group(low: Lowering, entry: GroupEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    return EntryValue(entry) if attribute is None else group(low, entry, attribute, span, moment)


def _thing(low: Lowering, entry: AnyEntry, attribute: str | None, span: Span, moment: Moment) -> EntryValue:
    """What has no figure of its own: a rule that takes a thing says what it does with it."""
    return EntryValue(entry)


reads(RelationEntry)(_thing)
reads(ScheduleEntry)(_thing)
reads(DaycountEntry)(_thing)
reads(FunctionEntry)(_thing)
reads(InstanceEntry)(_thing)
reads(CurveEntry)(_thing)
reads(ComponentEntry)(_thing)


# ------------------------------------------------------------------------------------------------- definitions


@reads(DefinitionEntry)
def definition(low: Lowering, entry: DefinitionEntry, attribute: str | None, span: Span, moment: Moment) -> AnyValue:
    """A define, term, field or flow, with the overrides that lie over it; what a field stands for."""
    target = follow(entry)
    if target is not entry:
        return read_entry(low, Resolved(target, None), span, moment)
    key: Key = Figure.TERM(entry.name)
    if entry.on is not None:
        return stated_flow(low, entry, span, moment)
    if entry.form == "parameter":
        return parameter(low, entry, span, moment)
    within = low.layers.without(key, moment)
    if within is not None:
        return within
    if moment.kind == "elsewhere" and entry.name in low.acts.records:
        return recorded(low, entry)
    marks = low.layers.marks
    memory = Reading.DEFINITION(
        id(entry), moment.clock, moment.piece, moment.vintages, moment.ahead, marks, moment=moment.kind
    )
    found = low.memory.remembered.get(memory)
    if found is not None and all(low.day.now.get(one) == version for one, version in found.versions):
        for one in found.read:
            low.trail.touch(one)
        for clock in found.clocks:
            low.trail.touch_clock(clock)
        return found.value
    low.trail.tracking.append(set())
    low.trail.tracked_clocks.append(set())
    try:
        with low.reading(entry.name, entry.span, Reading.DEFINITION(entry.name, moment=moment.kind)):
            value = overridden(low, key, lambda at: _settled(low, entry, span, at), moment, entry.span)
            if moment.kind == "elsewhere" and entry.form == "define":
                settle_changes(low.collector, low.acts, entry, low.trail.tracking[-1], span)
    finally:
        seen = low.trail.tracking.pop()
        clocks = low.trail.tracked_clocks.pop()
        for one in seen:
            low.trail.touch(one)
        for clock in clocks:
            low.trail.touch_clock(clock)
    versions = tuple((one, low.day.now.get(one)) for one in sorted(seen)) if moment.kind == "step" else ()
    low.memory.remembered[memory] = Remembered(value, frozenset(seen), versions, frozenset(clocks))
    return value


def _settled(low: Lowering, entry: DefinitionEntry, span: Span, moment: Moment) -> AnyValue:
    """A definition without what lies over it; elsewhere it must have one value a date."""
    low.trail.tracking.append(set())
    try:
        value = lower(low, entry.value, entry.scope, moment)
        if moment.kind == "elsewhere" and entry.form == "define":
            settle_changes(low.collector, low.acts, entry, low.trail.tracking[-1], span)
    finally:
        for one in low.trail.tracking.pop():
            low.trail.touch(one)
    return value


def parameter(low: Lowering, entry: DefinitionEntry, span: Span, moment: Moment) -> AnyValue:
    low.count_call(span)
    if len(low.trail.frames) > 200:
        low.collector.error("E0340", "functions call each other more than 200 deep", span)
        raise NotLowered
    return lower(low, entry.value, entry.scope, moment)


def settle_changes(collector: Collector, acts: Acts, entry: DefinitionEntry, reads: set[Key], span: Span) -> None:
    """A definition that changes in the course of the day has no one value elsewhere, unless a step records it."""
    changed = [key for key in sorted(reads) if acts.changing.get(key)]
    if not changed:
        return
    frames = [frame for key in changed for frame in acts.changing[key]]
    unique = {frame.span: frame for frame in frames}
    collector.error(
        "E0505",
        f"`{entry.name}` changes in the course of the day, and this reads its one value of a date",
        span,
        label="which value is meant?",
        others=tuple(Label(frame.span, f"{frame.label} changes it") for frame in list(unique.values())[:6]),
        help=f"fix it in a step: `record {entry.name}`, or say `opening {entry.name}` or `closing {entry.name}`",
    )
    raise NotLowered


# ------------------------------------------------------------------------------------------------- parties, groups


def group(low: Lowering, entry: GroupEntry, path: str, span: Span, moment: Moment) -> AnyValue:
    """``notes.balance``: the sum of the members' own."""
    total: Value | None = None
    for resolved in members(entry, path):
        found = read_entry(low, resolved, span, moment)
        if not isinstance(found, Value):
            return EntryValue(entry, path)
        operand = found.operand
        if operand.rows is not None:
            operand = low.builder.emit("sum_rows", operand)
        total = (
            Value(operand, found.determined)
            if total is None
            else Value(low.builder.add(total.operand, operand), low.builder.both(total.determined, found.determined))
        )
    if total is None:
        raise NotLowered
    return total


def opening_value(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> AnyValue:
    """``opening x``: a moment that is stated, so that what reads it does not change in the course of the day."""
    resolved = scope.resolve(name.parts)
    low.trail.tracking.append(set())
    try:
        if not isinstance(resolved, int):
            entry = follow(resolved.entry)
            if isinstance(entry, StateEntry) and entry.item.movements is None:
                return carried_figure(low, Figure.STATE(entry.name), name.span, moment.at("opened"))
        return read(low, name, scope, moment.at("opened"))
    finally:
        low.trail.tracking.pop()


def previous_value(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> AnyValue:
    """``previous x``: its one value on the clock's previous date."""
    low.trail.tracking.append(set())
    try:
        value = value_of(low, name, scope, Moment("elsewhere", moment.clock, ahead=moment.ahead))
    finally:
        low.trail.tracking.pop()
    found = previous(low.builder, low.memory, value, moment.clock)
    if moment.piece and known_ahead(low.builder, found.operand) and known_ahead(low.builder, found.determined):
        # A piece from before closing belongs to a period that is paid after it: there is a date before that one.
        due = moment.clock.paid
        return Value(gathered(low.builder, found.operand, due), gathered(low.builder, found.determined, due))
    return found
