"""Faults argued away in `dsl/lowering`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/rules.py": (
        Row(
            "missing",
            "found += [kind.__name__ for kind in get_args(AnyEntry) if kind not in ENTRIES]",
            "order: found += [kind.__name__ for kind in get_args(AnyEntry) if kind not in ENTRIES]",
            "two orders of a list that is empty wherever every module stands",
        ),
    ),
    "dsl/lowering/to_ir.py": (
        Row(
            "to_ir",
            "low.schedules = schedules",
            "order: low.schedules = schedules low.product.written = structure.written",
            "neither reads what the other sets",
        ),
        Row(
            "to_ir",
            "low.faults.failed = True",
            "constant: True -> False",
            "whoever raises `NotLowered` has reported why, and what was reported fails the lowering alone",
        ),
        Row(
            "to_ir",
            "unread_draws(low)",
            "order: unread_draws(low) drawn_shapes(low, structure)",
            "each lowers what the other has not, and what they say is sorted by place",
        ),
        Row(
            "to_ir",
            "if low.faults.failed or collector.failed:",
            "and/or: low.faults.failed or collector.failed -> collector.failed",
            "what fails says why: the line below raises where it did not",
        ),
    ),
}
