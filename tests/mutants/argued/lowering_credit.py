"""Faults argued away in `dsl/lowering/credit`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/credit/curve_entries.py": (
        Row(
            "curve_entry",
            "if not isinstance(found, int) and found.attribute is None:",
            "and/or: not isinstance(found, int) and found.attribute is None"
            " -> not isinstance(found, int) or found.attribute is None",
            "a name of nothing was refused with the names (E0201, E0650), a figure of a thing with the types (E0310)",
        ),
    ),
}
