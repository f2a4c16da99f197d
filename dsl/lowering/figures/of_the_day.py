"""Figures that the day carries and changes: states, accounts, triggers, claims and flows."""

from __future__ import annotations

from fractions import Fraction

from ....engine.ir import Literal, Operand, Span
from ...messages.diagnostics import Label
from ...names.deal import AccountEntry, ClaimEntry, DefinitionEntry, StateEntry
from ...time.clocks import Clock
from ..building.builder import FALSE, ZERO
from ..context.acts import Acts
from ..context.dispatch import lower, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Lowering
from ..context.memory import Remembered
from ..context.moments import Moment
from ..context.subjects import Reading
from ..context.values import NotLowered, Value
from ..known.clocks_and_day_counts import clock_of
from ..known.reaching_cash import ReachingCash, reaching_cash
from .claims import claim_day
from .flows import arisen, arisen_where, on_dates
from .overrides import fixed_only, overridden


def state(low: Lowering, entry: StateEntry, span: Span, moment: Moment) -> Value:
    if entry.item.movements is None and moment.in_day:
        low.collector.error(
            "E0506",
            f"`{entry.name}` can be read only as `opening {entry.name}` or `closing {entry.name}`",
            span,
            others=(Label(entry.span, "it is not an opening value plus and minus terms"),),
        )
        raise NotLowered
    return carried_figure(low, Figure.STATE(entry.name), span, moment)


def carried_figure(low: Lowering, key: Key, span: Span, moment: Moment) -> Value:
    """A state, an account or a trigger: opening, as the steps above have left it, or at close."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"`{key.name}` changes from date to date", span)
    low.trail.touch(key)
    opened = low.day.opening.get(key)
    if opened is None:
        if low.day.opening_of is None:
            raise NotLowered
        opened = low.day.opening_of(key)
    match moment.kind:
        case "opened":
            return Value(opened)
        case "opening":
            if key.kind is not Figure.STATE or low.day.moved_of is None:
                return Value(opened)
            return Value(low.day.moved_of(key))
        case "step":
            return Value(low.day.now[key])
        case _:
            return Value(low.closes(key, opened))


def recorded(low: Lowering, entry: DefinitionEntry) -> Value:
    """A definition as a step recorded it on the date: not determined on a date on which none did."""
    for clock, _ in low.acts.records[entry.name]:
        low.trail.touch_clock(clock)
    kind = low.types.operand_kind(entry)
    like = FALSE if kind == "bool" else Literal(Fraction(0), kind)
    return Value(low.closes(Figure.RECORDED(entry.name), like), low.closes(Figure.WHETHER_RECORDED(entry.name), FALSE))


def account_target(low: Lowering, entry: AccountEntry, moment: Moment) -> Value:
    if entry.item.target is None:
        low.collector.error(
            "E0706", f"account `{entry.name}` states no target", entry.span, help="add `target = ...` inside its braces"
        )
        raise NotLowered
    with low.reading(f"{entry.name}.target", entry.span, Reading.TARGET(entry.name, moment=moment.kind)):
        return value_of(low, entry.item.target, entry.scope, moment)


def claim(low: Lowering, entry: ClaimEntry, attribute: str, span: Span, moment: Moment) -> Value:
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"`{entry.name}.{attribute}` changes from date to date", span)
    if attribute == "paid":
        return flow(low, Figure.PAID(entry.name), f"{entry.name}.paid", span, moment)
    today = claim_day(low, entry)
    low.trail.touch_clock(today.clock)
    if today.due is None:
        low.collector.error(
            "E0522",
            f"`{entry.name}` is paid `up to` a balance: it has no {attribute} of its own",
            span,
            others=(Label(entry.span, "declared here"),),
        )
        raise NotLowered
    late = entry.item.when_reached
    decided_later = attribute == "unpaid" or (late and attribute in ("due", "current"))
    if decided_later and (moment.before_acts or (moment.kind == "step" and not today.touched)):
        if entry.name in low.faults.poisoned:
            raise NotLowered
        when = "before its first step of the day" if moment.kind == "step" else "before the day's steps"
        low.collector.error(
            "E0507",
            f"`{entry.name}.{attribute}` is read {when}",
            span,
            label="not known yet",
            others=tuple(
                Label(frame.span, f"{frame.label} decides it")
                for frame in low.acts.changing.get(Figure.PAID(entry.name), [])[:3]
            ),
            help=f"`{entry.name}.due` is fixed at opening" if not late else None,
        )
        raise NotLowered
    if moment.kind in ("close", "elsewhere"):
        if attribute == "unpaid":
            low.trail.touch(Figure.UNPAID(entry.name))
        return Value(low.closes(Figure(attribute)(entry.name), ZERO if entry.family is None else today.current))
    match attribute:
        case "current":
            return Value(today.current)
        case "arrears":
            return Value(today.arrears)
        case "due":
            return Value(today.due)
        case _:
            low.trail.touch(Figure.PAID(entry.name))
            return Value(today.remaining if today.remaining is not None else ZERO)


def flow(low: Lowering, key: Key, label: str, span: Span, moment: Moment) -> Value:
    """What was paid, reduced or left: today's so far in a step, the date's whole elsewhere, and what has arisen
    since the reader's previous date where the flow has dates of its own."""
    if moment.kind == "fixed":
        raise fixed_only(low.collector, f"`{label}` changes from date to date", span)
    low.trail.touch(key)
    dates = flow_dates(low.every, low.acts, key)
    clock = moment.clock
    like = low.day.now.get(key, ZERO)
    final = low.closes(key, like)
    if moment.before_acts:
        if any(mine and theirs for mine, theirs in zip(dates, clock.on, strict=True)):
            later(low, key, label, span, "before the day's steps")
        today: Operand = ZERO
    elif moment.kind == "step":
        today = low.day.now.get(key, ZERO)
        acts = low.acts.changing.get(key, [])
        if (
            acts
            and key not in low.day.now
            and any(mine and theirs for mine, theirs in zip(dates, clock.on, strict=True))
        ):
            later(low, key, label, span, "before the step that decides it")
    else:
        today = final
    return Value(arisen(low.builder, low.memory, key, dates, today, final, clock))


def later(low: Lowering, key: Key, label: str, span: Span, when: str) -> None:
    """A figure that a later act decides: the readers on the way here, then the acts that decide it."""
    if key.name in low.faults.poisoned:
        raise NotLowered
    frames = low.acts.changing.get(key, [])
    chain = [frame.label for frame in low.trail.frames] + [label] + [frame.label for frame in frames[:3]]
    low.collector.error(
        "E0502",
        f"`{label}` is read {when}",
        span,
        label="decided later in the day",
        others=(
            *(Label(frame.span, f"`{frame.label}` needs it") for frame in low.trail.frames if frame.span != span),
            *(Label(frame.span, f"{frame.label} decides it") for frame in frames[:3]),
        ),
        help="read it in a step below those, or as of the day before: `previous x`",
        notes=("the cycle: " + " -> ".join(chain),),
    )
    raise NotLowered


def flow_dates(every: Clock, acts: Acts, key: Key) -> tuple[bool, ...]:
    """The dates on which acts may change a flow."""
    found = acts.dates.get(key)
    if found is None:
        return (False,) * len(every.timeline)
    return found


def stated_flow(low: Lowering, entry: DefinitionEntry, span: Span, moment: Moment) -> Value:
    """``flow interest on collected = ...``: fixed at opening on its own dates, nothing on others. Where it is not
    determined the run stops if cash depends on it; else nothing arises, and what has arisen since is not determined."""
    if moment.kind == "fixed" or entry.on is None:
        raise fixed_only(low.collector, f"`{entry.name}` changes from date to date", span)
    clock = clock_of(low, entry.on, entry.scope)
    low.trail.touch_clock(clock)
    key: Key = Figure.TERM(entry.name)
    # A flow has one value a date: what moves a state at opening is fixed before it, anything else with the dues.
    own = Moment("opened" if entry.name in low.acts.before_moves else "opening", clock)
    marks = low.layers.marks
    memory = Reading.FLOW(entry.name, marks)
    kept = low.memory.remembered.get(memory)
    if kept is None:
        low.trail.tracking.append(set())
        try:
            changed = low.layers.without(key, own)
            if changed is None:
                with low.reading(entry.name, entry.span, Figure.FLOW(entry.name)):
                    changed = overridden(low, key, lambda at: lower(low, entry.value, entry.scope, at), own, entry.span)
        finally:
            low.trail.tracking.pop()
        if not isinstance(changed, Value):
            raise NotLowered
        builder, on = low.builder, on_dates(low.builder, clock)
        cash = low.memory.once(ReachingCash, lambda: reaching_cash(low.model))
        if changed.determined == FALSE or entry.name in cash:
            changed = Value(
                low.check_determined(changed, on, entry.name, entry.value.span, "cash or a state depends on it")
            )
        amount = builder.select(builder.both(on, changed.determined), changed.operand, ZERO)
        there = builder.either(builder.negated(on), changed.determined)
        kept = Remembered(Value(amount, there), frozenset(), (), frozenset())
        low.memory.remembered[memory] = kept
    if not isinstance(kept.value, Value):
        raise NotLowered
    missing = low.builder.negated(kept.value.determined)
    today = kept.value.operand
    # Under a layer a flow gathers apart: what it comes to there is not what others read.
    name = entry.name if not marks else f"{entry.name} under {low.memory.number_of(marks)}"
    return arisen_where(low.builder, low.memory, Figure.FLOW(name), clock, today, missing, moment)
