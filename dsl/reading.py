"""What a name comes to at a moment: terms and series, states, claims, accounts, triggers, parties."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..engine.ir import Axis, Input, Literal, Operand, Span
from . import syntax
from .builder import FALSE, TRUE, ZERO, Traits, day
from .clocks import Clock
from .constants import clock_of
from .deal import (
    AccountEntry,
    AnyEntry,
    ClaimEntry,
    ColumnEntry,
    DefinitionEntry,
    GroupEntry,
    InputEntry,
    PartyEntry,
    ReductionEntry,
    Resolved,
    Scope,
    StateEntry,
    TriggerEntry,
    WaterfallEntry,
    follow,
)
from .diagnostics import Label
from .flows import arisen, gathered, held, known_ahead, on_dates, previous
from .lowering import AnyValue, EntryValue, Key, Lowering, Moment, NotLowered, Remembered, TextRows, Value


def read(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> AnyValue:
    """A name's value at a moment. What `names.py` has reported unknown is not reported again."""
    parts = name.parts
    if parts == ("date",):
        if moment.kind == "fixed":
            raise fixed_only(low, "`date` changes", name.span)
        today = low.builder.today()
        return Value(gathered(low, today, moment.clock.paid) if moment.piece else today)
    if parts == ("closing",):
        return Value(day(low.every.timeline.dates[low.every.timeline.closing]))
    if parts == ("rest",):
        if low.day.rest is None or moment.kind != "step":
            low.collector.error(
                "E0521", "`rest` means what is left of a waterfall's account: read it in a step", name.span
            )
            raise NotLowered
        low.touch(("rest", ""))
        return Value(low.day.rest)
    resolved = scope.resolve(parts)
    if isinstance(resolved, int):
        raise NotLowered
    return read_entry(low, resolved, name.span, moment)


def read_entry(low: Lowering, resolved: Resolved, span: Span, moment: Moment) -> AnyValue:
    entry, attribute = resolved.entry, resolved.attribute
    match entry:
        case DefinitionEntry():
            target = follow(entry)
            if target is not entry and not isinstance(target, DefinitionEntry):
                return read_entry(low, Resolved(target, None), span, moment)
            return definition(low, entry, span, moment)
        case ColumnEntry():
            return column(low, entry)
        case InputEntry():
            return outside(low, entry, span, moment)
        case StateEntry():
            return state(low, entry, span, moment)
        case ClaimEntry():
            if attribute is None:
                return EntryValue(entry)
            return claim(low, entry, attribute, span, moment)
        case ReductionEntry():
            if attribute is None:
                return EntryValue(entry)
            return flow(low, ("reduced", entry.name), entry.name, span, moment)
        case AccountEntry():
            if attribute == "target":
                return account_target(low, entry, moment)
            return carried_figure(low, ("account", entry.name), span, moment)
        case TriggerEntry():
            return carried_figure(low, ("trigger", entry.name), span, moment)
        case WaterfallEntry():
            if attribute is None:
                return EntryValue(entry)
            return flow(low, ("rest", entry.name), entry.name, span, moment)
        case PartyEntry():
            if attribute is None:
                return EntryValue(entry)
            return party(low, entry, attribute, span, moment)
        case GroupEntry():
            if attribute is None:
                return EntryValue(entry)
            return group(low, entry, attribute, span, moment)
        case _:
            return EntryValue(entry)


def fixed_only(low: Lowering, what: str, span: Span) -> NotLowered:
    low.collector.error(
        "E0504",
        f"{what}, and this must be known when the deal is read",
        span,
        help="schedules, counts and windows are made of terms: literals, fields and other terms",
    )
    return NotLowered()


# ------------------------------------------------------------------------------------------------- definitions


def definition(low: Lowering, entry: DefinitionEntry, span: Span, moment: Moment) -> AnyValue:
    """A define, term, field or flow, with the overrides that lie over it."""
    key: Key = ("term", entry.name)
    if entry.on is not None:
        return stated_flow(low, entry, span, moment)
    if moment.kind == "elsewhere" and entry.name in low.records:
        return recorded(low, entry)
    if entry.form == "parameter":
        return parameter(low, entry, span, moment)
    within = low.overriding.get(key)
    if within is not None:
        return within
    memory = (entry.name, id(entry), moment.kind, moment.clock, moment.piece, tuple(low.overriding))
    found = low.remembered.get(memory)
    if found is not None and all(low.day.now.get(one) == version for one, version in found.versions):
        for one in found.read:
            low.touch(one)
        for clock in found.clocks:
            low.touch_clock(clock)
        return found.value
    low.tracking.append(set())
    low.tracked_clocks.append(set())
    try:
        with low.reading(entry.name, entry.span, (entry.name, moment.kind)):
            from .expressions import lower

            value = overridden(low, key, lower(low, entry.value, entry.scope, moment), moment, entry.span)
            reads = low.tracking[-1]
            if moment.kind == "elsewhere" and entry.form == "define":
                settle_changes(low, entry, reads, span)
    finally:
        seen = low.tracking.pop()
        clocks = low.tracked_clocks.pop()
        for one in seen:
            low.touch(one)
        for clock in clocks:
            low.touch_clock(clock)
    versions = tuple((one, low.day.now.get(one)) for one in sorted(seen)) if moment.kind == "step" else ()
    low.remembered[memory] = Remembered(value, frozenset(seen), versions, frozenset(clocks))
    return value


def parameter(low: Lowering, entry: DefinitionEntry, span: Span, moment: Moment) -> AnyValue:
    from .expressions import lower

    if len(low.frames) > 200:
        low.collector.error("E0340", "functions call each other more than 200 deep", span)
        raise NotLowered
    return lower(low, entry.value, entry.scope, moment)


def settle_changes(low: Lowering, entry: DefinitionEntry, reads: set[Key], span: Span) -> None:
    """A definition that changes in the course of the day has no one value elsewhere, unless a step records it."""
    changed = [key for key in sorted(reads) if low.changing.get(key)]
    if not changed:
        return
    frames = [frame for key in changed for frame in low.changing[key]]
    unique = {frame.span: frame for frame in frames}
    low.collector.error(
        "E0505",
        f"`{entry.name}` changes in the course of the day, and this reads its one value of a date",
        span,
        label="which value is meant?",
        others=tuple(Label(frame.span, f"{frame.label} changes it") for frame in list(unique.values())[:6]),
        help=f"fix it in a step: `record {entry.name}`, or say `opening {entry.name}` or `closing {entry.name}`",
    )
    raise NotLowered


def overridden(low: Lowering, key: Key, value: AnyValue, moment: Moment, span: Span) -> AnyValue:
    """The value with its overrides over it, each seeing the name without itself."""
    layers = low.overrides.get(key)
    if not layers:
        return value
    from .expressions import lower

    if not isinstance(value, Value):
        low.collector.error(
            "E0240",
            "a scenario changes this, and it is not a number, a condition or a date",
            span,
            others=tuple(Label(layer.span, "changed here") for layer in layers),
        )
        raise NotLowered
    merged: dict[int, Value] = {}
    common = value
    for layer in layers:
        if (layer.drawn or layer.simulated) and not low.simulated:
            continue
        if layer.drawn:
            from .draws import draw

            common = draw(low, key, layer, common, moment)
            continue
        if layer.ranged:
            common = ranged(low, key, common, span, moment)
            continue
        if layer.scenarios is None:
            low.overriding[key] = common
            try:
                found = lower(low, layer.value, layer.scope, moment)
            finally:
                del low.overriding[key]
            if not isinstance(found, Value):
                raise NotLowered
            common = found
            continue
        if moment.kind == "fixed":
            raise fixed_only(low, f"a scenario changes `{key[1]}`", layer.span)
        for scenario in layer.scenarios:
            low.overriding[key] = merged.get(scenario, common)
            try:
                found = lower(low, layer.value, layer.scope, moment)
            finally:
                del low.overriding[key]
            if not isinstance(found, Value):
                raise NotLowered
            merged[scenario] = found
    result = common
    builder = low.builder
    for scenario, its in merged.items():
        chosen = builder.emit("equal", scenario_index(low), Literal(Fraction(scenario), "float"))
        result = Value(
            builder.select(chosen, its.operand, result.operand),
            builder.select(chosen, its.determined, result.determined),
        )
    return result


def ranged(low: Lowering, key: Key, base: Value, span: Span, moment: Moment) -> Value:
    """A term that `scenarios over` ranges: a column of its values, its own in every other scenario."""
    if moment.kind == "fixed":
        raise fixed_only(low, f"`scenarios over` ranges `{key[1]}`", span)
    name = key[1]
    found = low.inputs.get(f"ranged {name}")
    if found is not None:
        return found
    if not isinstance(base.operand, Literal):
        low.collector.error(
            "E0557",
            f"`{name}` is ranged over, and its own value is not known when the deal is read",
            span,
            help="range over a term, and let the series follow from it",
        )
        raise NotLowered
    var = low.builder.fresh(name, base.operand.kind)
    own = Fraction(base.operand.value)
    low.builder.input(Input(name, var, ("scenario",), default=(own,)), Traits(scenario=True))
    low.columns[name] = tuple(low.ranged[key].get(at, own) for at in range(len(low.scenarios)))
    found = low.inputs[f"ranged {name}"] = Value(var)
    return found


def scenario_index(low: Lowering) -> Operand:
    found = low.inputs.get("scenario")
    if found is None:
        var = low.builder.fresh("scenario", "float")
        low.builder.input(
            Input("scenario", var, ("scenario",), default=(Fraction(0),)), Traits(scenario=True, nonnegative=True)
        )
        found = low.inputs["scenario"] = Value(var)
    return found.operand


# ------------------------------------------------------------------------------------------------- inputs


def column(low: Lowering, entry: ColumnEntry) -> AnyValue:
    """A column of the family's CSV: a value a row."""
    first = entry.values[0]
    family = entry.family or ""
    label = entry.name
    if isinstance(first, str):
        return TextRows(tuple(str(value) for value in entry.values), family)
    if isinstance(first, bool):
        values = tuple(Fraction(bool(value)) for value in entry.values)
        return Value(low.builder.table(label, ("row",), values, "bool", family))
    if isinstance(first, Fraction):
        factor = low.types.column_factor(entry)
        numbers = tuple(
            value * factor for value in entry.values if isinstance(value, Fraction) and not isinstance(value, bool)
        )
        return overridden_column(low, entry, Value(low.builder.table(label, ("row",), numbers, "float", family)))
    ordinals = tuple(
        Fraction(value.toordinal()) for value in entry.values if not isinstance(value, str | bool | Fraction)
    )
    return Value(low.builder.table(label, ("row",), ordinals, "date", family))


def overridden_column(low: Lowering, entry: ColumnEntry, value: Value) -> AnyValue:
    moment = Moment("opening", low.every)
    return overridden(low, ("term", entry.name), value, moment, entry.span)


def outside(low: Lowering, entry: InputEntry, span: Span, moment: Moment) -> AnyValue:
    """An input: fed by the caller or a CSV, drawn, or its default. It holds between the dates that it is fed on."""
    if moment.kind == "fixed":
        raise fixed_only(low, f"`{entry.name}` comes from outside", span)
    within = low.overriding.get(("term", entry.name))
    if within is not None:
        return within
    found = low.inputs.get(entry.name)
    clock: Clock | None = None
    if entry.item.on is not None:
        clock = clock_of(low, entry.item.on, entry.scope)
        low.touch_clock(clock)
    if found is None:
        found = low.inputs[entry.name] = declare_input(low, entry, clock)
    value = overridden(low, ("term", entry.name), found, moment, span)
    if moment.piece and isinstance(value, Value):
        return Value(
            gathered(low, value.operand, moment.clock.paid), gathered(low, value.determined, moment.clock.paid)
        )
    return value


def declare_input(low: Lowering, entry: InputEntry, clock: Clock | None) -> Value:
    """Declare an input. Its default, where it states one, must be known ahead: terms, dates and tables."""
    from .expressions import value_of

    builder = low.builder
    kind = low.types.operand_kind(entry)
    series = entry.item.type.series
    label = entry.name
    with low.reading(label, entry.span, ("input", label)):
        default: tuple[Fraction, ...] | None = None
        if entry.item.default is not None:
            given = value_of(low, entry.item.default, entry.scope, Moment("opening", clock or low.every))
            default = constant_values(low, given.operand, series)
            if default is None:
                low.collector.error(
                    "E0541",
                    f"the default of input `{label}` is not known when the deal is read",
                    entry.item.default.span,
                    help="a default is made of terms, dates and tables",
                )
                raise NotLowered
        var = builder.fresh(label, kind)
        dates = tuple(position for position, on in enumerate(clock.on) if on) if clock is not None and series else None
        axes: tuple[Axis, ...] = ("date", "scenario") if series else ("scenario",)
        builder.input(
            Input(
                label,
                var,
                axes,
                unit=low.types.unit_text_of(entry),
                default=default,
                dates=dates,
                origin=builder.origin,
            ),
            Traits(date=series, scenario=True),
        )
    return Value(var)


def constant_values(low: Lowering, operand: Operand, series: bool) -> tuple[Fraction, ...] | None:
    """The values of a literal or a per-date table; None for anything else."""
    if isinstance(operand, Literal):
        return (Fraction(operand.value),) * (len(low.every.timeline) if series else 1)
    from .evaluate import evaluate_by_date

    return evaluate_by_date(low.builder, operand) if series else None


# ------------------------------------------------------------------------------------------------- carried figures


def state(low: Lowering, entry: StateEntry, span: Span, moment: Moment) -> Value:
    if entry.item.movements is None and moment.kind in ("step", "opening"):
        low.collector.error(
            "E0506",
            f"`{entry.name}` can be read only as `opening {entry.name}` or `closing {entry.name}`",
            span,
            others=(Label(entry.span, "it is not an opening value plus and minus terms"),),
        )
        raise NotLowered
    return carried_figure(low, ("state", entry.name), span, moment)


def carried_figure(low: Lowering, key: Key, span: Span, moment: Moment) -> Value:
    """A state, an account or a trigger: opening, as the steps above have left it, or at close."""
    if moment.kind == "fixed":
        raise fixed_only(low, f"`{key[1]}` changes from date to date", span)
    low.touch(key)
    opened = low.day.opening.get(key)
    if opened is None:
        if low.opening_of is None:
            raise NotLowered
        opened = low.opening_of(key)
    match moment.kind:
        case "opening":
            return Value(opened)
        case "step":
            return Value(low.day.now[key])
        case _:
            return Value(low.closes(key, opened))


def recorded(low: Lowering, entry: DefinitionEntry) -> Value:
    """A definition as a step recorded it on the date: not determined on a date on which none did."""
    for clock, _ in low.records[entry.name]:
        low.touch_clock(clock)
    kind = low.types.operand_kind(entry)
    like = FALSE if kind == "bool" else Literal(Fraction(0), kind)
    return Value(low.closes(("recorded", entry.name), like), low.closes(("recorded?", entry.name), FALSE))


def account_target(low: Lowering, entry: AccountEntry, moment: Moment) -> Value:
    from .expressions import value_of

    if entry.item.target is None:
        low.collector.error(
            "E0706", f"account `{entry.name}` states no target", entry.span, help="add `target = ...` inside its braces"
        )
        raise NotLowered
    with low.reading(f"{entry.name}.target", entry.span, ("target", entry.name, moment.kind)):
        return value_of(low, entry.item.target, entry.scope, moment)


# ------------------------------------------------------------------------------------------------- claims and flows


def claim(low: Lowering, entry: ClaimEntry, attribute: str, span: Span, moment: Moment) -> Value:
    from .claims import claim_day

    if moment.kind == "fixed":
        raise fixed_only(low, f"`{entry.name}.{attribute}` changes from date to date", span)
    if attribute == "paid":
        return flow(low, ("paid", entry.name), f"{entry.name}.paid", span, moment)
    today = claim_day(low, entry)
    low.touch_clock(today.clock)
    if entry.item.up_to is not None and entry.item.due is None:
        low.collector.error(
            "E0522",
            f"`{entry.name}` is paid `up to` a balance: it has no {attribute} of its own",
            span,
            others=(Label(entry.span, "declared here"),),
        )
        raise NotLowered
    late = entry.item.when_reached
    decided_later = attribute == "unpaid" or (late and attribute in ("due", "current"))
    if decided_later and (moment.kind == "opening" or (moment.kind == "step" and not today.touched)):
        if entry.name in low.poisoned:
            raise NotLowered
        when = "before its first step of the day" if moment.kind == "step" else "before the day's steps"
        low.collector.error(
            "E0507",
            f"`{entry.name}.{attribute}` is read {when}",
            span,
            label="not known yet",
            others=tuple(
                Label(frame.span, f"{frame.label} decides it")
                for frame in low.changing.get(("paid", entry.name), [])[:3]
            ),
            help=f"`{entry.name}.due` is fixed at opening" if not late else None,
        )
        raise NotLowered
    if moment.kind in ("close", "elsewhere"):
        if attribute == "unpaid":
            low.touch(("unpaid", entry.name))
        return Value(low.closes((attribute, entry.name), ZERO if entry.family is None else today.current))
    match attribute:
        case "current":
            return Value(today.current)
        case "arrears":
            return Value(today.arrears)
        case "due":
            return Value(today.due if today.due is not None else ZERO)
        case _:
            low.touch(("paid", entry.name))
            return Value(today.remaining if today.remaining is not None else ZERO)


def flow(low: Lowering, key: Key, label: str, span: Span, moment: Moment) -> Value:
    """What was paid, reduced or left: today's so far in a step, the date's whole elsewhere, and what has arisen
    since the reader's previous date where the flow has dates of its own."""
    if moment.kind == "fixed":
        raise fixed_only(low, f"`{label}` changes from date to date", span)
    low.touch(key)
    dates = flow_dates(low, key)
    clock = moment.clock
    like = low.day.now.get(key, ZERO)
    final = low.closes(key, like)
    if moment.kind == "opening":
        if any(mine and theirs for mine, theirs in zip(dates, clock.on, strict=True)):
            later(low, key, label, span, "before the day's steps")
        today: Operand = ZERO
    elif moment.kind == "step":
        today = low.day.now.get(key, ZERO)
        acts = low.changing.get(key, [])
        if (
            acts
            and key not in low.day.now
            and any(mine and theirs for mine, theirs in zip(dates, clock.on, strict=True))
        ):
            later(low, key, label, span, "before the step that decides it")
    else:
        today = final
    return Value(arisen(low, key, dates, today, final, clock))


def later(low: Lowering, key: Key, label: str, span: Span, when: str) -> None:
    """A figure that a later act decides: the readers on the way here, then the acts that decide it."""
    if key[1] in low.poisoned:
        raise NotLowered
    frames = low.changing.get(key, [])
    chain = [frame.label for frame in low.frames] + [label] + [frame.label for frame in frames[:3]]
    low.collector.error(
        "E0502",
        f"`{label}` is read {when}",
        span,
        label="decided later in the day",
        others=(
            *(Label(frame.span, f"`{frame.label}` needs it") for frame in low.frames if frame.span != span),
            *(Label(frame.span, f"{frame.label} decides it") for frame in frames[:3]),
        ),
        help="read it in a step below those, or as of the day before: `previous x`",
        notes=("the cycle: " + " -> ".join(chain),),
    )
    raise NotLowered


def flow_dates(low: Lowering, key: Key) -> tuple[bool, ...]:
    """The dates on which acts may change a flow."""
    found = low.act_dates.get(key)
    if found is None:
        return (False,) * len(low.every.timeline)
    return found


def stated_flow(low: Lowering, entry: DefinitionEntry, span: Span, moment: Moment) -> Value:
    """``flow interest on collected = ...``: fixed at opening on its own dates, nothing on others."""
    from .expressions import value_of

    if moment.kind == "fixed" or entry.on is None:
        raise fixed_only(low, f"`{entry.name}` changes from date to date", span)
    clock = clock_of(low, entry.on, entry.scope)
    low.touch_clock(clock)
    key: Key = ("term", entry.name)
    memory = ("flow", entry.name, tuple(low.overriding))
    kept = low.remembered.get(memory)
    if kept is None:
        with low.reading(entry.name, entry.span, ("flow", entry.name)):
            own = Moment("opening", clock)
            low.tracking.append(set())
            try:
                found = value_of(low, entry.value, entry.scope, own)
                changed = overridden(low, key, found, own, entry.span)
            finally:
                low.tracking.pop()
            if not isinstance(changed, Value):
                raise NotLowered
            on = on_dates(low, clock)
            operand = low.check_determined(changed, on, entry.name, entry.value.span)
            kept = Remembered(Value(low.builder.select(on, operand, ZERO)), frozenset(), (), frozenset())
            low.remembered[memory] = kept
    if not isinstance(kept.value, Value):
        raise NotLowered
    today = kept.value.operand
    return Value(arisen(low, ("flow", entry.name), clock.on, today, today, moment.clock))


# ------------------------------------------------------------------------------------------------- parties, groups


def party(low: Lowering, entry: PartyEntry, attribute: str, span: Span, moment: Moment) -> Value:
    """``default`` is a date (never, unless a scenario or a draw says when); cash is summed over the acts."""
    builder = low.builder
    if attribute in ("received", "paid", "net"):
        one_currency(low, entry, span)
        if attribute != "net":
            return flow(low, (attribute + " by", entry.name), f"{entry.name}.{attribute}", span, moment)
        received = flow(low, ("received by", entry.name), f"{entry.name}.received", span, moment)
        paid = flow(low, ("paid by", entry.name), f"{entry.name}.paid", span, moment)
        return Value(builder.subtract(received.operand, paid.operand))
    default = party_default(low, entry, moment, span)
    if attribute == "default":
        return default
    today = read(low, syntax.Name(span, ("date",), (span,)), Scope({}, None), moment)
    if not isinstance(today, Value):
        raise NotLowered
    if attribute == "defaulted":
        return Value(builder.emit("less_equal", default.operand, today.operand))
    return Value(builder.emit("less", today.operand, default.operand))


def one_currency(low: Lowering, entry: PartyEntry, span: Span) -> None:
    """A party's cash is one figure only where all of it is in the deal's currency."""
    if entry.name in low.parties:
        return
    low.parties.add(entry.name)
    found = sorted(set(_currencies(low, entry)) - {low.model.currency})
    if not found:
        return
    low.collector.error(
        "E0558",
        f"`{entry.name}` also has cash in {' and '.join(found)}: there is no one figure for it",
        span,
        help="ask it of claims of one currency: `total(coupon.paid)`",
    )
    raise NotLowered


def _currencies(low: Lowering, entry: PartyEntry) -> Iterator[str]:
    from .claims import parties, party_of
    from .walk import walk

    for one in low.model.entries.values():
        if isinstance(one, ClaimEntry) and entry in parties(low, one):
            yield low.types.entry_type(one).currency or low.model.currency
        if isinstance(one, AccountEntry) and any(
            name is not None and party_of(low, name, one.scope) is entry for _, name in one.item.opens
        ):
            yield low.types.account_currency(one)
    for act in low.model.acts:
        item = act.item
        if not isinstance(item, syntax.Receive | syntax.Waterfall):
            continue
        named = [item.source] if isinstance(item, syntax.Receive) else []
        named += [node.party for node in walk(item) if isinstance(node, syntax.PayRest | syntax.PayParty)]
        if any(name is not None and party_of(low, name, act.scope) is entry for name in named):
            resolved = act.scope.resolve(item.account.parts)
            account = None if isinstance(resolved, int) else follow(resolved.entry)
            if isinstance(account, AccountEntry):
                yield low.types.account_currency(account)


def party_default(low: Lowering, entry: PartyEntry, moment: Moment, span: Span) -> Value:
    key: Key = ("term", f"{entry.name}.default")
    within = low.overriding.get(key)
    if within is not None:
        return within
    if moment.kind == "fixed":
        base = Value(day(None))
    else:
        found = low.inputs.get(key[1])
        if found is None:
            label = key[1]
            var = low.builder.fresh(label, "date")
            never = day(None)
            low.builder.input(
                Input(label, var, ("scenario",), unit="date", default=(Fraction(never.value),)), Traits(scenario=True)
            )
            found = low.inputs[label] = Value(var)
        base = found
    value = overridden(low, key, base, moment, span)
    if not isinstance(value, Value):
        raise NotLowered
    return value


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


def members(entry: GroupEntry, path: str | None) -> list[Resolved]:
    """What each member of a group means under a path; a group within a group stands for its own members."""
    found: list[Resolved] = []
    parts = tuple(path.split(".")) if path else ()
    for name in entry.item.members:
        resolved = entry.scope.resolve(name.parts + parts)
        if isinstance(resolved, int):
            raise NotLowered
        if isinstance(resolved.entry, GroupEntry):
            found.extend(members(resolved.entry, resolved.attribute))
        else:
            found.append(resolved)
    return found


def opening_value(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> AnyValue:
    """``opening x``: a moment that is stated, so that what reads it does not change in the course of the day."""
    resolved = scope.resolve(name.parts)
    low.tracking.append(set())
    try:
        if not isinstance(resolved, int) and resolved.attribute is None:
            entry = follow(resolved.entry)
            if isinstance(entry, StateEntry) and entry.item.movements is None:
                return carried_figure(low, ("state", entry.name), name.span, moment.at("opening"))
        return read(low, name, scope, moment.at("opening"))
    finally:
        low.tracking.pop()


def previous_value(low: Lowering, name: syntax.Name, scope: Scope, moment: Moment) -> AnyValue:
    """``previous x``: its one value on the clock's previous date."""
    low.tracking.append(set())
    try:
        value = read(low, name, scope, Moment("elsewhere", moment.clock))
    finally:
        low.tracking.pop()
    if not isinstance(value, Value):
        raise NotLowered
    return previous(low, value, moment.clock)


__all__ = [
    "FALSE",
    "TRUE",
    "AnyEntry",
    "Label",
    "claim",
    "definition",
    "fixed_only",
    "flow_dates",
    "held",
    "known_ahead",
    "members",
    "opening_value",
    "previous_value",
    "read",
    "read_entry",
    "scenario_index",
]
