"""What a run showed of the things that remarks are about: triggers, claims and figures, by scenario and date."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from ...engine.ir import Program
from ...engine.results import Results
from .. import syntax
from ..lint.facts import Facts
from ..names.deal import ClaimEntry, Model, ScheduleEntry, Scope, StateEntry, TriggerEntry
from ..time.clocks import Days

Array = npt.NDArray[np.float64]


def watched(model: Model, program: Program) -> tuple[str, ...]:
    """The series to keep for remarks, as `keep` takes them."""
    names: list[str] = []
    for entry in model.entries.values():
        match entry:
            case TriggerEntry():
                names.append(entry.name)
            case StateEntry():
                names.append(entry.name)
            case ClaimEntry():
                names += [f"{entry.name}.{figure}" for figure in ("current", "paid", "unpaid")]
    there = {output.name for output in program.outputs}
    return tuple(name for name in names if name in there)


@attrs.frozen(eq=False)
class Ran:
    """A deal and a run of it. All arrays are [date, scenario]; a date that is not a scenario's own has nothing."""

    facts: Facts
    results: Results
    scenarios: Sequence[str]
    closing: datetime.date
    schedules: Mapping[str, Days]
    """Of the deal as written, by full name."""

    @property
    def model(self) -> Model:
        return self.facts.model

    @property
    def dates(self) -> tuple[datetime.date, ...]:
        return self.results.dates

    def series(self, name: str) -> Array | None:
        """What is not determined is nothing; None: there is no such series."""
        found = self.results.get(name)
        if found is None or found.values.ndim != 2:
            return None
        values = np.broadcast_to(found.values, (len(self.dates), len(self.scenarios))).astype(float)
        if found.determined is not None:
            values = np.where(np.broadcast_to(found.determined, values.shape), values, 0.0)
        return values

    def schedule(self, node: syntax.Expression | None, scope: Scope) -> tuple[ScheduleEntry, Days] | None:
        """The schedule that a name means, and its dates."""
        entry = None if node is None else self.facts.meant_by(node, scope)
        days = self.schedules.get(entry.name) if isinstance(entry, ScheduleEntry) else None
        return None if not isinstance(entry, ScheduleEntry) or days is None else (entry, days)

    def said(self, lanes: npt.NDArray[np.bool_], most: int = 3) -> str:
        """``in base and 2 more``; nothing where it is every scenario of several, or the only one."""
        names = [name for name, lane in zip(self.scenarios, lanes, strict=True) if lane]
        if len(names) == len(self.scenarios):
            return "" if len(names) == 1 else " in every scenario"
        shown = ", ".join(names[:most])
        return f" in {shown}" + (f" and {len(names) - most} more" if len(names) > most else "")
