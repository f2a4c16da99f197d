"""Faults argued away in `dsl/lowering/measures`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/measures/bonds.py": (
        Row(
            "_pays_a_year",
            "frequency = None if clock is None or clock.schedule is None else clock.schedule.frequency",
            "and/or: clock is None or clock.schedule is None -> (clock is None)",
            "the clock of a bond has a schedule: `clock_of_bond` looks for one that does",
        ),
    ),
}
