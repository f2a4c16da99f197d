"""What is being built beside the equations, and what went wrong on the way."""

from __future__ import annotations

import datetime
from fractions import Fraction

import attrs

from ....engine.ir import Alert, Check, Output, Projection, ReportTable
from ...names.deal import Condition
from .asked import Shape


@attrs.define(slots=True)
class Product:
    """The parts of the program. ``elsewhere``: the scenarios of the deal that another program runs; ``written``:
    dates of the deal as written and of other scenarios, in a program of another shape; ``shapes``: what is drawn of
    what shapes it. ``settled``: the components' conditions that were found to hold when the deal was read."""

    outputs: list[Output] = attrs.Factory(list)
    checks: list[Check] = attrs.Factory(list)
    projections: dict[str, Projection] = attrs.Factory(dict)
    scenarios: list[str] = attrs.Factory(lambda: ["base"])
    elsewhere: frozenset[str] = frozenset()
    written: frozenset[datetime.date] = frozenset()
    columns: dict[str, tuple[Fraction, ...]] = attrs.Factory(dict)
    alerts: list[Alert] = attrs.Factory(list)
    tables: list[ReportTable] = attrs.Factory(list)
    shapes: list[Shape] = attrs.Factory(list)
    settled: set[Condition] = attrs.Factory(set)


@attrs.define(slots=True)
class Faults:
    """``failed``: something was reported and no program comes of it. ``poisoned``: what could not be lowered, so that
    whoever reads it is told nothing more."""

    failed: bool = False
    poisoned: set[str] = attrs.Factory(set)
