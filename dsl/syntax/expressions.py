"""Expressions: what a deal's text says of a number, a date, a condition or a thing that has a name."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal

import attrs

from ...engine.ir import Span


@attrs.frozen(slots=True, eq=False)
class Node:
    span: Span


@attrs.frozen(slots=True, eq=False)
class UnitTerm:
    """One unit and its power: ``GPU-hour`` after `per` is ((GPU, -1), (hour, -1))."""

    name: str
    power: int
    span: Span


@attrs.frozen(slots=True, eq=False)
class Number(Node):
    """``16_384``, ``4.10%``, ``210bp``, ``1.15x``, ``6 years``, ``45% per year``, ``1.4 kW per GPU``.

    ``value`` is the plain number (4.10% is 41/1000); ``text`` keeps what was written.
    """

    value: Fraction
    text: str
    form: Literal["plain", "percent", "basis_points", "multiple"]
    units: tuple[UnitTerm, ...] = ()


@attrs.frozen(slots=True, eq=False)
class Money(Node):
    """``$720m``, ``$2.35 per GPU-hour``, ``EUR 5m``: suffixes k, m, bn; ``$`` is USD, ``£`` GBP, ``€`` EUR."""

    value: Fraction
    text: str
    currency: str
    units: tuple[UnitTerm, ...] = ()


@attrs.frozen(slots=True, eq=False)
class DateLiteral(Node):
    """``2026-01-15`` or ``never`` (None)."""

    value: datetime.date | None


@attrs.frozen(slots=True, eq=False)
class Text(Node):
    value: str


@attrs.frozen(slots=True, eq=False)
class Boolean(Node):
    value: bool


@attrs.frozen(slots=True, eq=False)
class Name(Node):
    """``senior.interest.paid``; the words ``date``, ``closing`` and ``rest`` are names too.

    ``places`` holds the place of each part.
    """

    parts: tuple[str, ...]
    places: tuple[Span, ...]

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@attrs.frozen(slots=True, eq=False)
class DayCount(Node):
    """A built-in day count written tight: ``actual/360``, ``30/360``, ``30E/360 ISDA``, ``actual/actual ICMA``."""

    value: str


@attrs.frozen(slots=True, eq=False)
class Unary(Node):
    operator: Literal["-", "not"]
    operand: Expression


@attrs.frozen(slots=True, eq=False)
class Binary(Node):
    """``is`` and ``is not`` compare as equal and not equal (numbers, dates, text, parties, booleans)."""

    operator: Literal["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "is", "is not", "and", "or"]
    left: Expression
    right: Expression
    operator_span: Span


@attrs.frozen(slots=True, eq=False)
class Conditional(Node):
    """``if c then x else y``"""

    condition: Expression
    then: Expression
    otherwise: Expression


@attrs.frozen(slots=True, eq=False)
class Per(Node):
    """``($2.05 - $0.005 * t) per GPU-hour``"""

    operand: Expression
    units: tuple[UnitTerm, ...]


@attrs.frozen(slots=True, eq=False)
class Argument:
    """``from = 100%`` or, without a name, by position."""

    name: str | None
    value: Expression
    span: Span


@attrs.frozen(slots=True, eq=False)
class Call(Node):
    """``max(a, b)``, ``wal(senior, actual/365)``, ``accrue(x, accrual)``, ``trailing(3 months, cfads)``,
    ``present_value(x, rate)``, ``sum(pools.balance where rating is "CCC")``, ``irr(senior, actual/365)``.

    ``where`` filters rows (sum, weighted, lowest/highest/average over rows);
    ``on`` reads dates of one schedule only: ``lowest(dscr on payment)``.
    Prefix words make the same node: ``lowest dscr`` is ``lowest(dscr)``, ``total x`` is ``total(x)``,
    ``projected x`` is ``projected(x)``.
    """

    function: Name
    arguments: tuple[Argument, ...]
    where: Expression | None = None
    on: Expression | None = None


@attrs.frozen(slots=True, eq=False)
class Reading(Node):
    """``previous A.target``, ``opening A.balance``, ``closing A.balance``, ``projected rent.paid``, ``next A.target``.

    The operand is a name, never an expression.
    """

    moment: Literal["previous", "opening", "closing", "projected", "next"]
    name: Name


@attrs.frozen(slots=True, eq=False)
class EdgeDate(Node):
    """``first payment``, ``last payment``: the first or last date of a schedule (a list works too).

    ``previous payment`` and ``next payment`` (of a schedule) are Readings of the schedule's name.
    """

    edge: Literal["first", "last"]
    name: Name


@attrs.frozen(slots=True, eq=False)
class DateCount(Node):
    """``number of payment dates``, followed by any of ``after X``, ``from X``, ``since X``, ``to X``, ``before X``.

    ``to date`` is inclusive, ``after`` and ``since`` exclusive, ``from`` inclusive, ``before`` exclusive.
    """

    schedule: Name
    bounds: tuple[tuple[Literal["after", "from", "since", "to", "before"], Expression], ...]


@attrs.frozen(slots=True, eq=False)
class Within(Node):
    """``hours within a to b``, ``days within a to b``: that part of the period which lies between them."""

    unit: Literal["hours", "days"]
    start: Expression
    end: Expression


@attrs.frozen(slots=True, eq=False)
class Falls(Node):
    """``customer.default falls``: true on the first timeline date (of the reader's schedule) on or after it.
    ``... falls in this period`` is the same. On a trigger (``called falls``): the date on which it fires.
    """

    operand: Expression


@attrs.frozen(slots=True, eq=False)
class OnDate(Node):
    """``A1.factor on 2017-03-18``: the value on one date (a report, an expect)."""

    operand: Expression
    date: Expression


@attrs.frozen(slots=True, eq=False)
class ListOf(Node):
    """``[4 years, 4 years]``"""

    items: tuple[Expression, ...]


@attrs.frozen(slots=True, eq=False)
class Pairs(Node):
    """``[1 year: 210bp, 3 years: 300bp]``: points of a curve or a step table: keys are durations, dates or numbers."""

    items: tuple[tuple[Expression, Expression], ...]


@attrs.frozen(slots=True, eq=False)
class Table(Node):
    """``table "deliveries.csv" column arrived on draws``, ``curve "sofr.csv"``, ``curve "sofr.csv" column rate``,
    ``vector "losses.csv" column cdr``, ``observations "watch.csv" column spread``.

    ``column`` None: the only column that is not the date. A table has one row a date of the schedule (its
    ``date`` column must name them); a curve holds each value from its date until the next; a vector is the list of a
    column's cells, in the order of the rows.
    """

    form: Literal["table", "curve", "vector", "observations"]
    path: Text
    column: str | None
    on: Name | None


@attrs.frozen(slots=True, eq=False)
class Take(Node):
    """``take(limit, of x, lowest key first, where c)``"""

    limit: Expression
    amount: Expression
    order: Literal["lowest", "highest"]
    key: Expression
    where: Expression | None


@attrs.frozen(slots=True, eq=False)
class Circles(Node):
    """``circles(up to 4 edges, kinds equity, debt)``: the circles of the graph of parties, each known by its smallest
    edge. Without a limit they may be as long as there are parties; without kinds every edge counts."""

    most: int | None
    kinds: tuple[str, ...]
    places: tuple[Span, ...]


@attrs.frozen(slots=True, eq=False)
class NoneOf(Node):
    """``none of circles(...)``: no cash goes round any of them."""

    operand: Circles


Expression = (
    Number
    | Money
    | DateLiteral
    | Text
    | Boolean
    | Name
    | DayCount
    | Unary
    | Binary
    | Conditional
    | Per
    | Call
    | Reading
    | EdgeDate
    | DateCount
    | Within
    | Falls
    | OnDate
    | ListOf
    | Pairs
    | Table
    | Take
    | Circles
    | NoneOf
)
