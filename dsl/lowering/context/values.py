"""What an expression comes to: a number, a condition or a date, a list, points, a text, a thing."""

from __future__ import annotations

import attrs

from ....engine.ir import Operand
from ...names.deal import AnyEntry
from ...time.clocks import Clock
from ..building.builder import TRUE


class NotLowered(Exception):
    """Raised where a diagnostic has been reported and nothing sensible can follow; caught at the next item."""


@attrs.frozen(slots=True)
class Value:
    """A number, condition or date, and on which dates and in which scenarios it is determined.

    ``why``: in words that a report shows, why it is not where it is not; nothing where the figure does not say.
    """

    operand: Operand
    determined: Operand = TRUE
    why: str = ""


@attrs.frozen(slots=True)
class ListValue:
    items: tuple[AnyValue, ...]


@attrs.frozen(slots=True)
class PairsValue:
    """Points. ``unit``: what their keys are in: ``hour`` (exact durations), ``year`` (calendar ones); else nothing."""

    items: tuple[tuple[Value, Value], ...]
    unit: str = ""


@attrs.frozen(slots=True)
class TextValue:
    text: str


@attrs.frozen(slots=True)
class TextRows:
    """A text (or the name of a party) for each row of a family."""

    texts: tuple[str, ...]
    family: str


@attrs.frozen(slots=True, eq=False)
class Choice:
    """A text that a figure chooses, by its position: which edge of a circle is the smallest."""

    position: Value
    texts: tuple[str, ...]


@attrs.frozen(slots=True, eq=False)
class TableValue(TextValue):
    """A table of figures: a line of the report, and no number of its own. ``columns`` are titles with their units."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | Value | Choice, ...], ...]


@attrs.frozen(slots=True, eq=False)
class EntryValue:
    """A thing rather than a number: a party, a schedule, an instance, a claim, a group."""

    entry: AnyEntry
    path: str | None = None


AnyValue = Value | ListValue | PairsValue | TextValue | TextRows | EntryValue


@attrs.frozen(slots=True, eq=False)
class Rank:
    """The standard normal behind a draw: ``operand`` on the ``clock``'s dates (None: one a scenario).

    ``made_of``: the independent normals that it is a sum of, and how much of each, where that is known when the deal
    is read; of a path, where it has come to by its last date.
    """

    operand: Operand
    clock: Clock | None
    made_of: dict[str, float] | None
