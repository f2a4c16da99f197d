"""Faults argued away in `engine/program`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/program/analysis.py": (
        Row(
            "named_constants",
            "return tuple(str(value) for name, value in equation.attributes if name in wanted) if wanted else ()",
            "guard: wanted -> True",
            "of no wanted names there are none: only speed",
        ),
        Row(
            "strongly_connected",
            "on_stack.add(successor)",
            "order",
            "two lists that do not read each other",
        ),
    ),
}
