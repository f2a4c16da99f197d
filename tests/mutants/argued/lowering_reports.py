"""Faults argued away in `dsl/lowering/reports`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/reports/asked.py": (
        Row(
            "_condition",
            "if held.rows is not None:",
            "guard: held.rows is not None -> False",
            "the engine counts the dates on which any row breaks a check of rows: the same dates",
        ),
    ),
    "dsl/lowering/reports/keepable.py": (
        Row(
            "_figures",
            "case DefinitionEntry() if entry.name in acts.records:",
            "guard: entry.name in acts.records -> True",
            "what nothing records has no recorded figure, and `keepable` passes over what has none",
        ),
    ),
}
