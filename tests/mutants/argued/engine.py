"""Faults argued away in `engine`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/errors.py": (
        Row(
            "RunError.__init__",
            "self.code = code",
            "order",
            "two fields that do not depend on each other",
        ),
        Row(
            "RunError.__init__",
            "self.date = date",
            "order",
            "two fields that do not depend on each other",
        ),
        Row(
            "RunError.__init__",
            "self.scenario = scenario",
            "order",
            "two fields that do not depend on each other",
        ),
        Row(
            "RunError.__init__",
            "self.lane = lane",
            "order",
            "two fields that do not depend on each other",
        ),
    ),
    "engine/run.py": (
        Row(
            "_sweep",
            "if workers > 1 and len(blocks) > 1:",
            "guard: workers > 1 and len(blocks) > 1 -> False",
            "the same blocks in this process: only speed",
        ),
    ),
    "engine/structures.py": (
        Row(
            "_Beside.results",
            "None if own.all() else own,",
            "guard: own.all() -> False",
            "dates that are all every scenario's own are read as None is",
        ),
        Row(
            "_Beside.series",
            "determined = None if marks.all() and all(one is None or one.determined is None for one in have) else marks",
            "and/or: one is None or one.determined is None -> one is None and one.determined is None",
            "marks that are all true are read as None is",
        ),
    ),
}
