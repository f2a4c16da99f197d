"""`table` and `curve`: values by date from a CSV beside the deal.

A curve holds each value from its date until the next. A table has one value for each date of a schedule. Of amounts
(money, counts) nothing arises on other dates, and a reader on another schedule has what has arisen since its date
before. A level (a price, a share, a rate) stands until the next date of the schedule that the table names, and is not
determined before its first, nor off the reader's dates where none is named. Conditions do not hold on other dates, and
dates are never.

Numbers are in the units of the type stated for them; a `%` or a currency sign in a
cell is read as in a deal.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from ....engine.ir import NEVER, Kind, Literal
from ... import syntax
from ...messages.diagnostics import Collector, Label
from ...names.deal import Scope
from ...names.family_rows import open_table, report
from ...tapes.table import TableProblems
from ...time.clocks import Clock
from ..context.dispatch import lowers
from ..context.lowering import Lowering
from ..context.memory import Remembered
from ..context.moments import Moment
from ..context.subjects import Reading
from ..context.values import AnyValue, ListValue, NotLowered, Value
from ..figures.flows import gathered, on_dates, standing
from ..figures.overrides import fixed_only
from ..known.arising import adds_up
from ..known.beside import (
    DATE_COLUMN,
    MOST_ROWS,
    Column,
    Date,
    _kind,
    _number,
    _rising,
    _signs,
    read_column,
    stated_type,
)
from ..known.clocks_and_day_counts import clock_of


@lowers(syntax.Table)
def table(low: Lowering, expression: syntax.Table, scope: Scope, moment: Moment) -> AnyValue:
    """The value of a table or a curve on each date of the timeline, a constant of the program."""
    if expression.form == "vector":
        return vector(low, expression)
    if moment.kind == "fixed":
        raise fixed_only(
            low.collector, f'what "{expression.path.value}" holds changes from date to date', expression.span
        )
    clock = moment.clock if expression.on is None else clock_of(low, expression.on, scope)
    reads: Clock | None = None
    if expression.form == "table":
        low.trail.touch_clock(clock)
        reads = moment.clock
    memory = Reading.TABLE(id(expression), id(scope), clock if expression.form == "table" else None, reads)
    kept = low.memory.remembered.get(memory)
    if kept is None:
        column = read_column(low, expression)
        if expression.form == "curve":
            values = on_curve(low.collector, low.every, expression, column)
        elif expression.form == "observations":
            values = on_its_dates(low.collector, low.every, expression, column)
        else:
            values = on_schedule(low.collector, low.every, expression, column, clock)
        level = expression.form == "table" and column.kind == "float" and not _of_amounts(low, expression)
        if expression.form == "table" and column.kind == "float" and not level:
            values = since(values, moment.clock)
        title = expression.column or "value"
        found = Value(low.builder.by_date(f"{expression.path.value} {title}", values, column.kind))
        if level:
            found = Value(found.operand, on_dates(low.builder, clock))
            found = found if expression.on is None else standing(low.builder, found, found, clock)
        if expression.form == "observations":
            made = {date for row, date in enumerate(column.dates) if row not in column.blank}
            marks = tuple(date in made for date in low.every.timeline.dates)
            found = Value(found.operand, low.builder.mask("observed", marks))
        kept = low.memory.remembered[memory] = Remembered(found, frozenset(), (), frozenset())
    if not isinstance(kept.value, Value):
        raise NotLowered
    if moment.piece:
        paid = moment.clock.paid
        return Value(
            gathered(low.builder, kept.value.operand, paid), gathered(low.builder, kept.value.determined, paid)
        )
    return kept.value


def _of_amounts(low: Lowering, expression: syntax.Table) -> bool:
    declared = stated_type(low.model, low.types, low.layers, expression)
    return declared is not None and adds_up(declared.type)


def since(values: tuple[Fraction, ...], clock: Clock) -> tuple[Fraction, ...]:
    """What has arisen, on each date of the timeline, since the clock's date before: of amounts that are known."""
    if clock.schedule is None:
        return values
    found, so_far = [], Fraction(0)
    for value, settled in zip(values, clock.settled, strict=True):
        so_far += value
        found.append(so_far)
        so_far = Fraction(0) if settled else so_far
    return tuple(found)


def vector(low: Lowering, expression: syntax.Table) -> ListValue:
    """The cells of a column as a list, in the order of the rows: by age, by month since closing."""
    found, whole = open_table(expression.path, low.model.folder, low.collector)
    if found is None:
        raise NotLowered
    name = expression.column
    if name is None:
        if len(found.header) != 1:
            low.collector.error(
                "E0605",
                f"{found.file} has {len(found.header)} columns, and none is named",
                expression.span,
                label="which column?",
                help=f'say which: `vector "{expression.path.value}" column {found.header[-1]}`',
            )
            raise NotLowered
        name = found.header[0]
    declared = stated_type(low.model, low.types, low.layers, expression)
    kind: Kind = "float" if declared is None else _kind(declared)
    cells = (
        found.dates(name)
        if kind == "date"
        else found.booleans(name)
        if kind == "bool"
        else found.numbers(name, _signs(low.model, low.layers, expression))
    )
    if isinstance(cells, TableProblems):
        report(cells, expression.path.span, low.collector)
    if isinstance(cells, TableProblems) or not whole:
        raise NotLowered
    factor = Fraction(1) if declared is None else declared.factor
    return ListValue(tuple(Value(Literal(_number(cell, factor), kind)) for cell in cells))


# ------------------------------------------------------------------------------------------------- on the timeline


def on_curve(collector: Collector, every: Clock, expression: syntax.Table, column: Column) -> tuple[Fraction, ...]:
    """Each value from its date until the next. The curve's dates rise, and begin no later than the deal's."""
    _rising(collector, expression, column, "the dates of a curve rise from row to row")
    first, begins = column.dates[0], every.timeline.dates[0]
    if begins < first:
        collector.error(
            "E0606",
            f"the deal begins on {begins}, and the curve {column.table.file} on {first}",
            expression.span,
            others=(Label(column.place(0), "its first date"),),
            help=f"give the curve a row for {begins} or before",
        )
        raise NotLowered
    return tuple(column.values[bisect_right(column.dates, date) - 1] for date in every.timeline.dates)


def on_its_dates(collector: Collector, every: Clock, expression: syntax.Table, column: Column) -> tuple[Fraction, ...]:
    """What was observed on each date of the file; every one of them is a date of the deal."""
    _rising(collector, expression, column, "the dates of observations rise from row to row")
    timeline = every.timeline
    there = set(timeline.dates)
    wrong = [row for row, date in enumerate(column.dates) if date not in there]
    for row in wrong[:MOST_ROWS]:
        collector.error(
            "E0284",
            f"{column.where(row)}: nothing of the deal is on {column.dates[row]}",
            column.place(row),
            others=(Label(expression.path.span, "read here"),),
            help=f'`schedule observed = dates vector "{expression.path.value}" column {DATE_COLUMN}` has them all',
        )
    if len(wrong) > MOST_ROWS:
        collector.remark(f"{len(wrong) - MOST_ROWS:,} more rows of that file are of no date of the deal")
    if wrong:
        raise NotLowered
    values = [Fraction(NEVER) if column.kind == "date" else Fraction(0)] * len(timeline)
    for row, date in enumerate(column.dates):
        values[timeline.position(date)] = column.values[row]
    return tuple(values)


def on_schedule(
    collector: Collector, every: Clock, expression: syntax.Table, column: Column, clock: Clock
) -> tuple[Fraction, ...]:
    """A value for each date of a schedule, named by its nominal or its payment date; nothing on other dates."""
    paid = clock.dates()
    index = {date: number for number, date in enumerate(clock.schedule.nominal if clock.schedule is not None else paid)}
    # A payment date wins: it can only be another period's nominal date if business days joined the two, and
    # a schedule in which they do is refused.
    index.update({date: number for number, date in enumerate(paid)})
    rows: dict[int, int] = {}
    wrong: list[tuple[int, str, Label | None]] = []
    for row, date in enumerate(column.dates):
        number = index.get(date)
        if number is None:
            wrong.append((row, f"{date} is not a date of `{clock.name}`", None))
        elif number in rows:
            wrong.append((row, f"{date} comes twice", Label(column.place(rows[number]), "and here")))
        else:
            rows[number] = row
    for row, said, other in wrong[:MOST_ROWS]:
        read = Label(expression.path.span, "read here")
        collector.error(
            "E0608",
            f"{column.where(row)}: {said}",
            column.place(row),
            others=(read,) if other is None else (other, read),
            help=_nearest_date(column.dates[row], paid) if other is None else None,
        )
    if len(wrong) > MOST_ROWS:
        collector.remark(f"{len(wrong) - MOST_ROWS:,} more rows of that file are of no date of `{clock.name}`")
    missing = [date for number, date in enumerate(paid) if number not in rows]
    if missing:
        more = f", nor for {len(missing) - 1} others" if len(missing) > 1 else ""
        collector.error(
            "E0608",
            f"{column.table.file} has no row for {missing[0]}, a date of `{clock.name}`{more}",
            expression.span,
            help="a table has a row for every date of its schedule, and no other; "
            'what holds from one date until the next is a curve: `curve "rates.csv"`',
        )
    if missing or wrong:
        raise NotLowered
    values = [Fraction(0)] * len(every.timeline)
    if column.kind == "date":
        values = [Fraction(NEVER)] * len(values)
    for number, row in rows.items():
        values[every.timeline.position(paid[number])] = column.values[row]
    return tuple(values)


def _nearest_date(date: Date, dates: tuple[Date, ...]) -> str:
    near = min(dates, key=lambda one: (abs((one - date).days), one))
    return f"its nearest date is {near}"
