"""The intermediate representation: one small pure program that every reader shares.

A program is a list of equations in static single assignment form. It describes *one date* of *one
scenario*: the engine evaluates it for every date of the timeline, in order, and for every scenario
at once. Each value therefore varies over some of three axes:

``date``      the timeline, ``len(program.dates)`` long
``row``       the rows of one family (the lines of a CSV), at most one family a value
``scenario``  the lanes of a batch

Which of them a value really varies over is computed (``plan.binding``), never declared.

Amounts are plain numbers. Calendar time is in years, exact time in hours, rates per year, dates are
proleptic ordinals (``datetime.date.toordinal``), booleans are true or false. ``NEVER`` is the date
that does not come. There is no NaN and no infinity: what is "not determined" travels as a pair of a
number (0 where it is not determined) and a boolean that says so.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal as OneOf

import attrs

FORMAT_VERSION = 1

DUST = Fraction(1, 10**11)
"""What rounding can leave, as a part of the largest amount that went into a figure: less than it decides nothing. A
cent of a billion; doubles carry a hundred-thousandth of it, and long sums lose two digits more."""

NEVER = datetime.date(9999, 12, 31).toordinal()
"""The ordinal of ``never``: later than every date that a deal may name (1901 to 2199)."""

Kind = OneOf["float", "bool", "date"]
Axis = OneOf["date", "row", "scenario"]
Attribute = bool | int | str | tuple[int, ...] | tuple[str, ...]

Operation = OneOf[
    "add",
    "subtract",
    "multiply",
    "divide",
    "negate",
    "minimum",
    "maximum",
    "absolute",
    "power",
    "square_root",
    "exp",
    "log",
    "floor",
    "round",
    "to_float",
    "less",
    "less_equal",
    "equal",
    "not_equal",
    "and",
    "or",
    "not",
    "exclusive_or",
    "select",
    "pick",
    "to_date",
    "to_number",
    "add_months",
    "year",
    "month",
    "normal_cdf",
    "normal_quantile",
    "student_cdf",
    "chi_square_quantile",
    "bivariate_normal_cdf",
    "tranche_loss",
    "default_count",
    "pool_tranche_loss",
    "pool_default_count",
    "curve",
    "sum_rows",
    "min_rows",
    "max_rows",
    "any_rows",
    "take",
    "sum_groups",
    "level",
    "level_rows",
    "previous",
    "gather",
    "gather_at",
    "window",
    "discounted",
    "total",
    "lowest",
    "highest",
    "final",
    "any_date",
    "first_date",
    "metric",
    "metric_determined",
]
"""The names of the primitives, so that one that is misspelt is an error of types. What each means, and all that is to
be known of it, stands in `primitives`, whose table refuses to be made with another set of names."""


@attrs.frozen(slots=True)
class Span:
    """A place in a source text: 1-based lines and columns; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@attrs.frozen(slots=True)
class Origin:
    """Where an equation comes from: a label that a person knows (``senior.interest.due``) and its place."""

    label: str
    span: Span | None = None


@attrs.frozen(slots=True)
class Var:
    """A named value. ``rows`` is the family over whose rows it varies, or None."""

    name: str
    kind: Kind
    rows: str | None = None


@attrs.frozen(slots=True)
class Literal:
    """A constant. Numbers are exact: the decimal text of the deal as a Fraction."""

    value: Fraction | bool
    kind: Kind

    @property
    def rows(self) -> None:
        return None


Operand = Var | Literal


@attrs.frozen(slots=True)
class Equation:
    """``result = op(operands; attributes)``. ``primitives.table.PRIMITIVES[op]`` says what it means."""

    result: Var
    op: Operation
    operands: tuple[Operand, ...]
    attributes: tuple[tuple[str, Attribute], ...] = ()
    origin: Origin | None = None


@attrs.frozen(slots=True)
class Family:
    """Rows that share their equations. ``labels`` name the rows in messages and tables."""

    name: str
    labels: tuple[str, ...]


@attrs.frozen(slots=True)
class Constant:
    """A table fixed when the deal is compiled: a value a date, a row, or a date and row.

    ``values`` is flat, dates outermost, then rows; booleans are 0 and 1.
    """

    var: Var
    axes: tuple[Axis, ...]
    values: tuple[Fraction, ...]


@attrs.frozen(slots=True)
class Random:
    """An independent standard draw, keyed by its factor: ``normal`` N(0, 1) or ``uniform`` on (0, 1).

    Every other distribution is equations over these two.
    """

    distribution: OneOf["normal", "uniform"]
    factor: str


@attrs.frozen(slots=True)
class Input:
    """A value from outside the program.

    ``axes`` is what it may vary over. ``default`` (same layout as Constant.values, never with a
    scenario axis: a default is the same in every scenario) is used when nobody feeds it; without a
    default and without ``random`` a run that does not feed it is an error that names it.
    ``dates``: for an input fed on a schedule, the timeline positions of the schedule's dates; it may
    be fed with one value a schedule date or one a timeline date. Between them, the latest value
    holds; before the first, the first.
    """

    name: str
    var: Var
    axes: tuple[Axis, ...]
    unit: str = ""
    default: tuple[Fraction, ...] | None = None
    random: Random | None = None
    dates: tuple[int, ...] | None = None
    origin: Origin | None = None


@attrs.frozen(slots=True)
class Output:
    """A value that a run can give back.

    ``series``: one value a date (``determined``, where it is not None, says on which dates and in
    which scenarios it exists; elsewhere it is null). ``figure``: one value a scenario.
    ``asked``: kept in every run; other outputs are kept only where the caller names them.
    ``statistic``: a function of `metrics.STATISTICS` that reduces the figure over the scenarios of a run
    (``level``: its percentile level); None for a figure that stays one value a scenario.
    ``why``: in words, why it is not determined where it is not; nothing where the program does not say.
    """

    name: str
    var: Var
    form: OneOf["series", "figure"]
    unit: str = ""
    determined: Operand | None = None
    asked: bool = False
    origin: Origin | None = None
    statistic: str | None = None
    level: Fraction | None = None
    why: str = ""


@attrs.frozen(slots=True)
class Cell:
    """A cell of a table: a text; the output whose figure it shows; or, with ``choices``, the text that the figure
    gives the position of."""

    text: str = ""
    output: str | None = None
    choices: tuple[str, ...] = ()


@attrs.frozen(slots=True)
class Column:
    """A column of a table; ``unit`` is that of its figures, empty for texts."""

    name: str
    unit: str = ""


@attrs.frozen(slots=True)
class ReportTable:
    """A table of the report: its rows are known, what its figures come to varies by scenario. The outputs that its
    cells name are figures that are asked for, shown in the table alone."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@attrs.frozen(slots=True)
class Check:
    """What must hold in every scenario, on every date (or, of a figure, at the end).

    ``zero``         |var| <= DUST * scale: cash neither made nor lost
    ``nonnegative``  var >= -DUST * scale: an account, a due
    ``holds``        var (a boolean) is true
    ``scale``: the largest amount that went into var; None: nothing that was rounded.
    ``severity`` ``error``: a breach stops the run and names equation, date and scenario.
    ``severity`` ``verdict``: the deal's own require, expect and always: reported, never hidden.
    ``scenarios``: the columns in which it must hold (None: all). ``observed`` is the figure that an
    `expect` ties out, ``target`` what it should be, both in ``unit``.
    """

    name: str
    rule: OneOf["zero", "nonnegative", "holds"]
    var: Var
    severity: OneOf["error", "verdict"]
    code: str
    message: str
    scale: Operand | None = None
    determined: Operand | None = None
    scenarios: tuple[int, ...] | None = None
    origin: Origin | None = None
    observed: Var | None = None
    observed_determined: Operand | None = None
    target: Fraction | None = None
    unit: str = ""


@attrs.frozen(slots=True)
class Projection:
    """``projected x``: the input is fed with the output as the base case gives it, run first."""

    input: str
    output: str


@attrs.frozen(slots=True)
class Alert:
    """Something to be told when it happens: ``who``, ``what``, and the outputs that say on which dates it holds
    (``raised``), what was then observed and against which threshold."""

    who: str
    what: str
    raised: str
    observed: str
    threshold: str


@attrs.frozen(slots=True)
class Program:
    """A deal as equations. Equal text gives an equal program.

    ``scenarios`` are the named columns of the batch; the input named ``scenario`` (if the program
    has one) is fed with the column's position. ``columns`` gives the value of an input in each
    scenario (for ``scenarios over`` and constant overrides): input name, then a value a scenario.
    """

    name: str
    dates: tuple[datetime.date, ...]
    closing: int
    equations: tuple[Equation, ...]
    families: tuple[Family, ...] = ()
    constants: tuple[Constant, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    checks: tuple[Check, ...] = ()
    projections: tuple[Projection, ...] = ()
    scenarios: tuple[str, ...] = ("base",)
    columns: tuple[tuple[str, tuple[Fraction, ...]], ...] = ()
    tables: tuple[ReportTable, ...] = ()
    alerts: tuple[Alert, ...] = ()
    version: int = FORMAT_VERSION
