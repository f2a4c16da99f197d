"""What is asked of a deal: scenarios, draws, checks, reports."""

from __future__ import annotations

import attrs

from ...engine.ir import Span
from .expressions import Expression, Name, Text
from .item import Field, Item


@attrs.frozen(slots=True, eq=False)
class Override:
    """``anchor.price = anchor.price * 0.5`` or ``gpus.resale drawn from gbm(...) [joined by gaussian(35%)]``"""

    name: Name
    value: Expression
    drawn: bool
    joined: Expression | None
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ScenarioDeclaration(Item):
    """``scenario "Prices down" after "Customer defaults", "Rates up" { ... }``"""

    name: str
    after: tuple[Text, ...]
    overrides: tuple[Override, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class ScenariosOver(Item):
    """``scenarios over speed = [0.5%, 1.0%] and callable = [true, false]``: every combination, by name."""

    ranges: tuple[tuple[Name, Expression], ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Simulate(Item):
    """``simulate { paths = 100_000; x drawn from normal(mean = 0%, deviation = 1%); y = 15% + x }``: a name is drawn,
    or follows from what is drawn; both hold in a run with paths alone."""

    fields: tuple[Field, ...]
    draws: tuple[Override, ...]


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Require(Item):
    """``require "The contract outlives the loan" x >= y [in base] because "..."``"""

    label: str | None
    condition: Expression
    scenarios: tuple[Text | Name, ...]


@attrs.frozen(slots=True, eq=False)
class ExpectRow:
    name: Name
    values: tuple[Expression, ...]
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Expect(Item):
    """``expect wal(senior, actual/365) is 2.55 years within 0.05 years in base`` (``in "A", "B"``, ``in every
    scenario``), or ``expect total(x) >= $0 in base`` (a condition; then target and tolerance are None), or a table:
    ``expect wal(notes, 30/360) by abs_speed [where callable] within 0.005 years { A1 0.28 0.23 ... }``: one row a
    member of the group that the expression names (its name replaces the group's), one column a value of the ranged
    term, in order.
    """

    label: str | None
    value: Expression
    target: Expression | None
    tolerance: Expression | None
    scenarios: tuple[Text | Name, ...]
    by: Name | None = None
    where: Expression | None = None
    rows: tuple[ExpectRow, ...] = ()


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Always(Item):
    """``always collections.balance >= $0``: on every date in every scenario."""

    label: str | None
    condition: Expression


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Waive(Item):
    """``waive W0702 [of senior.advance] [until 2027-12-31] because "..."``: a warning or a remark is not said."""

    code: str
    of: Name | None
    until: Expression | None


@attrs.frozen(slots=True, eq=False)
class ReportLine:
    """``"Senior IRR" = irr(senior, actual/365)`` or the expression alone (its text is the name)."""

    label: str | None
    value: Expression
    span: Span


@attrs.frozen(slots=True, eq=False, kw_only=True)
class Report(Item):
    """``report { a, b }``: a date series is shown whole, a measure as a figure."""

    lines: tuple[ReportLine, ...]
