"""What was observed and when: `known`, `latest`, `latest_date`, and `alert`, which reports it as dated events."""

from __future__ import annotations

import attrs

from ....engine.ir import Kind, Operand
from ... import syntax
from ...names.deal import InstanceEntry, Model, PartyEntry, Scope, follow
from ...vocabulary.builtins import Bound
from ..building.builder import FALSE, ZERO, Builder, Traits, day
from ..context.dispatch import functions, lower, value_of
from ..context.lowering import Lowering
from ..context.moments import Moment
from ..context.values import AnyValue, EntryValue, NotLowered, TextValue, Value
from ..figures.flows import gathered, known_ahead, on_dates
from ..known.clocks_and_day_counts import clock_of

ALERT = "alert"


@attrs.frozen(slots=True, eq=False)
class AlertValue(TextValue):
    """Dated events: where ``raised`` holds, with what was ``observed`` and the ``threshold``. No number of a date, and
    refused wherever one is wanted. ``text`` is whom it is about, nothing where the deal does not say."""

    raised: Value
    observed: Value
    threshold: Value


def _known(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    """Whether a value is determined."""
    return Value(value_of(low, bound.values["x"], scope, moment).determined)


def _latest(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    return _held(low, bound.values["x"], scope, moment, dated=False)


def _latest_date(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> Value:
    return _held(low, bound.values["x"], scope, moment, dated=True)


def _held(low: Lowering, node: syntax.Expression, scope: Scope, moment: Moment, *, dated: bool) -> Value:
    """The last known value of x (or its date) on the reader's dates up to this one; not determined before the first.

    Where it is known ahead on which dates x is known, the value is read off the date; else it is handed on.
    """
    builder, clock = low.builder, moment.clock
    today = value_of(low, node, scope, moment)
    marks = builder.known_mask(builder.both(on_dates(low.builder, clock), today.determined))
    if marks is not None and known_ahead(low.builder, today.operand):
        positions, last = [], -1
        for position, mark in enumerate(marks):
            last = position if mark else last
            positions.append(max(last, 0))
        begun = builder.mask("ever known", tuple(any(marks[: at + 1]) for at in range(len(marks))))
        value = builder.today() if dated else today.operand
        return Value(gathered(low.builder, value, tuple(positions)), begun)
    memory = ("latest date" if dated else "latest", node, scope, clock, low.layers.marks)
    kept = low.memory.held_latest.get(memory)
    if kept is None:
        kind: Kind = "date" if dated else today.operand.kind
        rows = today.operand.rows
        traits = Traits(date=True, scenario=True, row=rows, carried=True, drawn=True)
        ever_known = builder.placeholder("ever known", "bool", rows, traits)
        kept = (builder.placeholder("latest", kind, rows, traits), ever_known)
        low.memory.held_latest[memory] = kept
        low.trail.tracking.append(set())
        try:
            final = value_of(low, node, scope, Moment("elsewhere" if moment.kind != "close" else "close", clock))
        finally:
            low.trail.tracking.pop()
        value, ever = _today(low.builder, final, kept, moment, dated)
        nothing = day(None) if kind == "date" else FALSE if kind == "bool" else ZERO
        builder.bind(kept[0], builder.emit("previous", value, nothing))
        builder.bind(kept[1], builder.emit("previous", ever, FALSE))
    value, ever = _today(low.builder, today, kept, moment, dated)
    return Value(value, ever)


def _today(
    builder: Builder, now: Value, before: tuple[Operand, Operand], moment: Moment, dated: bool
) -> tuple[Operand, Operand]:
    """Today's value where it is known, else what was known before."""
    here = builder.both(on_dates(builder, moment.clock), now.determined)
    value = builder.today() if dated else now.operand
    return builder.select(here, value, before[0]), builder.either(here, before[1])


def _alert(low: Lowering, expression: syntax.Call, bound: Bound, scope: Scope, moment: Moment) -> AnyValue:
    """``alert(when, observed, threshold, who)``: a line of the report; ``on`` says on whose dates its windows count."""
    if not _is_reported(low.model, expression):
        low.collector.error(
            "E0285",
            "an alert is told in the report, and this is worked out on each date",
            expression.span,
            label="no value of a date",
            help="make it a line of the report: `report { alert(...) }`",
        )
        raise NotLowered
    clock = moment.clock if expression.on is None else clock_of(low, expression.on, scope)
    at = Moment("elsewhere", clock)
    raised = value_of(low, bound.values["when"], scope, at)
    observed = value_of(low, bound.values["observed"], scope, at)
    threshold = value_of(low, bound.values["threshold"], scope, at)
    for value, name in ((raised, "when"), (observed, "observed"), (threshold, "threshold")):
        if value.operand.rows is not None:
            low.collector.error(
                "E0552",
                f"this has a value for each row of `{value.operand.rows}`",
                bound.values[name].span,
                help="an alert is about one figure: reduce the rows, `highest(x)`",
            )
            raise NotLowered
    who = ""
    if "who" in bound.values:
        named = lower(low, bound.values["who"], scope, moment)
        match named:
            case TextValue():
                who = named.text
            case EntryValue(entry=entry) if isinstance(follow(entry), PartyEntry | InstanceEntry):
                who = follow(entry).name
            case _:
                low.collector.error(
                    "E0310",
                    "whom an alert is about is a party or a text",
                    bound.values["who"].span,
                    label="neither a party nor a text",
                )
                raise NotLowered
    return AlertValue(who, raised, observed, threshold)


def _is_reported(model: Model, call: syntax.Call) -> bool:
    return any(
        line.value is call
        for scoped in model.reports
        if isinstance(scoped.item, syntax.Report)
        for line in scoped.item.lines
    )


functions({"known": _known, "latest": _latest, "latest_date": _latest_date, ALERT: _alert})
