"""Faults argued away in `dsl/lowering/figures`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/figures/cut_periods.py": (
        Row(
            "<module>",
            "_MONTHS_FROM = Date(1900, 1, 1)",
            "constant: 1900",
            "months are counted from it and added to it",
        ),
    ),
    "dsl/lowering/figures/accrual.py": (
        Row(
            "accrued",
            'label = low.trail.frames[-1].label if low.trail.frames else "accrual"',
            "",
            "the name under which the series is printed",
        ),
    ),
    "dsl/lowering/figures/claims.py": (
        Row(
            "_current",
            "if not builder.traits(amount).nonnegative:",
            "guard: not builder.traits(amount).nonnegative -> True",
            "a check of what is surely not below zero cannot fail",
        ),
        Row(
            "_recent",
            "back: Operand = low.closes(Figure.CURRENT(today.entry.name), today.current)",
            "swapped: today.current -> today.arrears",
            "only says of what sort the closing value will be: both are one value, or one a row, of the same claim",
        ),
    ),
}
