"""The conditions that components put on their fields: a `require` in a component, for each instance and each row.

What is known when the deal is read is settled here, exactly. What depends on a scenario, a draw or the course of the
deal is left to the run, as a check (`outputs.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from ....engine.ir import Literal, Span
from ....engine.results import shown
from ... import syntax
from ...messages.diagnostics import Collector, Label
from ...names.deal import ColumnEntry, Condition, DefinitionEntry, Model, Resolved, Scope
from ...syntax.walk import names
from ...syntax.written import format_expression
from ...time.clocks import Clock
from ..building.builder import Builder
from ..building.evaluate import evaluate_by_row
from ..context.dispatch import read_entry, value_of
from ..context.keys import Figure, Key
from ..context.lowering import Layers, Lowering, Override
from ..context.moments import Moment
from ..context.product import Product
from ..context.values import AnyValue, NotLowered, Value

MOST_ROWS = 20
"""Rows of a tape that a condition names; the rest are counted."""


def settle_conditions(low: Lowering, written: bool) -> None:
    """Report each condition that does not hold, and note those that do in ``low.product.settled``.

    ``written``: of the deal as written; what only a scenario breaks is shown by the run.
    """
    conditions = [one for one in low.model.checks if isinstance(one, Condition) and not one.required.scenarios]
    if not conditions:
        return
    base = {key: [one for one in layers if _in_all(one)] for key, layers in low.layers.overrides.items()}
    common = _trial(low, base)
    varied = _trial(low, low.layers.overrides) if base != low.layers.overrides else common
    said: set[Span] = set()
    for condition in conditions:
        wrong = _settled(low, common if written else varied, condition)
        if wrong is None or (wrong and not written):
            continue
        unread = _unread(low, condition) if wrong else frozenset()
        wrong = [row for row in wrong if row not in unread]
        if wrong:
            _report(low, common, condition, wrong, said)
        elif varied is common or not written or _settled(low, varied, condition) == []:
            low.product.settled.add(condition)
    low.layers.read |= common.layers.read | varied.layers.read


def _unread(low: Lowering, condition: Condition) -> frozenset[int]:
    """The rows of which a cell that the condition reads could not be read: nothing is said of them."""
    columns = [one.entry.unread for one in _given(low, condition) if isinstance(one.entry, ColumnEntry)]
    return frozenset().union(*columns)


def _in_all(layer: Override) -> bool:
    """Whether a layer is the deal's own value in every scenario: what a caller sets for one run."""
    return layer.scenarios is None and not (layer.drawn or layer.ranged or layer.simulated)


def _settled(low: Lowering, trial: Lowering, condition: Condition) -> list[int] | None:
    """The rows that break a condition (of what is no family, -1), or None where it is not known ahead."""
    with _unsaid(low, trial):
        value = _known(trial, condition.required.condition, condition.scope)
    if value is None:
        return None
    held = trial.builder.both(value.determined, value.operand)
    if isinstance(held, Literal):
        return [] if held.value else [-1]
    family = condition.instance.family
    if family is None:
        return None
    rows = evaluate_by_row(trial.builder, held, family, _count(low.model, family))
    return None if rows is None else [row for row, holds in enumerate(rows) if not holds]


def _trial(low: Lowering, overrides: dict[Key, list[Override]]) -> Lowering:
    """A lowering beside the deal's own, of the same names, whose equations nobody keeps."""
    trial = Lowering(
        low.model,
        low.types,
        Collector(),
        Builder(low.builder.dates),
        low.clocks,
        Clock("fixed", low.every.timeline, None),
        simulated=low.simulated,
        product=Product(scenarios=low.product.scenarios),
        layers=Layers(overrides=overrides, ranged=low.layers.ranged),
    )
    trial.schedules = low.schedules
    return trial


@contextmanager
def _unsaid(low: Lowering, trial: Lowering) -> Iterator[None]:
    """What cannot be read ahead is no error of the deal: it is read in the run."""
    before = low.schedules.low.collector
    low.schedules.low.collector = trial.collector = Collector()
    try:
        yield
    finally:
        low.schedules.low.collector = before


def _known(trial: Lowering, expression: syntax.Expression, scope: Scope) -> Value | None:
    """What an expression of terms comes to, or None where it needs more than terms."""
    try:
        return value_of(trial, expression, scope, Moment("fixed", trial.every))
    except NotLowered:
        return None


def _count(model: Model, family: str) -> int:
    return next(len(rows.labels) for rows in model.families if rows.name == family)


# ------------------------------------------------------------------------------------------------- the fields


@attrs.frozen(slots=True)
class _Given:
    """A field that a condition reads, as the condition calls it, and where its value stands: in the deal, or (a
    column) in the CSV."""

    name: str
    entry: DefinitionEntry | ColumnEntry
    set: Span | None = None
    """Where a value set for one run stands, which lies over the deal's own."""

    def place(self, row: int | None) -> Span | None:
        if self.set is not None:
            return self.set
        match self.entry:
            case ColumnEntry():
                return None if row is None else self.entry.place(row)
            case DefinitionEntry():
                return self.entry.value.span


def _given(low: Lowering, condition: Condition) -> list[_Given]:
    """The fields that a condition reads, itself or through definitions, and that the deal or the CSV states. A field
    left out is what its default reads; one that only passes on another of a component around it is that other."""

    def field(name: str, entry: DefinitionEntry | ColumnEntry) -> _Given:
        layers = low.layers.overrides.get(Figure.TERM(entry.name), ())
        return _Given(name, entry, next((one.span for one in layers if one.scenarios is None), None))

    found: dict[int, _Given] = {}
    seen: set[int] = set()
    stack = [(name, condition.scope) for name in reversed(list(names(condition.required.condition)))]
    while stack:
        name, scope = stack.pop()
        resolved = scope.resolve(name.parts)
        if isinstance(resolved, int) or id(resolved.entry) in seen:
            continue
        entry = resolved.entry
        seen.add(id(entry))
        if isinstance(entry, ColumnEntry):
            found[id(entry)] = field(name.text, entry)
            continue
        if not isinstance(entry, DefinitionEntry):
            continue
        stated = entry.form == "field" and entry.scope.prefix != entry.name.rpartition(".")[0] + "."
        if Figure.TERM(entry.name) in low.layers.overrides or (stated and not _passed_on(entry)):
            found[id(entry)] = field(name.text, entry)
        else:
            stack.extend((below, entry.scope) for below in reversed(list(names(entry.value))))
    return list(found.values())


def _passed_on(entry: DefinitionEntry) -> bool:
    """Whether a field's value is nothing but another field's name."""
    if not isinstance(entry.value, syntax.Name):
        return False
    resolved = entry.scope.resolve(entry.value.parts)
    if isinstance(resolved, int):
        return False
    other = resolved.entry
    return isinstance(other, ColumnEntry) or (isinstance(other, DefinitionEntry) and other.form == "field")


# ------------------------------------------------------------------------------------------------- what is said


def _called(condition: Condition) -> str:
    return condition.required.label or f"`{format_expression(condition.required.condition)}`"


def _report(low: Lowering, trial: Lowering, condition: Condition, wrong: list[int], said: set[Span]) -> None:
    """What breaks a condition: an instance at the first field that it states; rows of a tape each at the first of
    its cells that the condition reads."""
    instance = condition.instance
    given = _given(low, condition)
    broken = f"breaks a condition of `{instance.component.name}`: {_called(condition)}"
    if wrong[0] < 0 or instance.family is None:
        given.sort(key=lambda one: one.set is None)
        _say(low, trial, condition, f"`{instance.name}` {broken}", given, None, said)
        return
    labels = next(rows.labels for rows in low.model.families if rows.name == instance.family)
    given.sort(key=lambda one: one.set is not None or not isinstance(one.entry, ColumnEntry))
    for row in wrong[:MOST_ROWS]:
        message = f"`{labels[row]}` of `{instance.family}` {broken}"
        if given and given[0].set is None and isinstance(given[0].entry, ColumnEntry):
            place = given[0].entry.place(row)
            message = f"{place.file}, row {place.line}, column {given[0].entry.column + 1}: {message}"
        _say(low, trial, condition, message, given, row, said)
    if len(wrong) > MOST_ROWS:
        low.collector.remark(f"{len(wrong) - MOST_ROWS:,} more rows of `{instance.family}` break this condition")


def _say(
    low: Lowering,
    trial: Lowering,
    condition: Condition,
    message: str,
    given: list[_Given],
    row: int | None,
    said: set[Span],
) -> None:
    """One message, at a place where none was said before if there is one: two conditions may read the same field."""
    required, instance = condition.required, condition.instance
    places = [(one, place) for one in given if (place := one.place(row)) is not None]
    labels = [
        Label(place, f"`{one.name}`" + ("" if isinstance(one.entry, ColumnEntry) else " is stated here"))
        for one, place in places
    ]
    labels.sort(key=lambda one: one.span in said)
    first = labels[0] if labels else Label(instance.span, "its fields are left out")
    said.add(first.span)
    words = _values(low, trial, condition, given, row)
    low.collector.error(
        "E0280",
        message,
        first.span,
        label=first.text,
        others=(*labels[1:], Label(required.condition.span, "the condition")),
        notes=(*((words,) if words else ()), *((required.because,) if required.because else ())),
    )


def _values(low: Lowering, trial: Lowering, condition: Condition, given: list[_Given], row: int | None) -> str:
    """What the fields come to, of those whose value is worked out and not written where the message points."""
    said = []
    for one in given:
        if one.set is None and (isinstance(one.entry, ColumnEntry) or _written(one.entry.value)):
            continue
        with _unsaid(low, trial):
            try:
                value = read_entry(trial, Resolved(one.entry), one.entry.span, Moment("fixed", trial.every))
            except NotLowered:
                continue
        found = _at(low.model, trial, value, condition.instance.family, row)
        if found is not None:
            said.append(f"`{one.name}` is {found}")
    return ", ".join(said)


def _written(expression: syntax.Expression) -> bool:
    if isinstance(expression, syntax.Unary):
        expression = expression.operand
    return isinstance(expression, syntax.Number | syntax.Money | syntax.DateLiteral | syntax.Boolean | syntax.Text)


def _at(model: Model, trial: Lowering, value: AnyValue, family: str | None, row: int | None) -> str | None:
    if not isinstance(value, Value):
        return None
    operand = value.operand
    if isinstance(operand, Literal):
        return shown(float(operand.value), operand.kind)
    if family is None or row is None:
        return None
    values = evaluate_by_row(trial.builder, operand, family, _count(model, family))
    return None if values is None else shown(float(values[row]), operand.kind)
