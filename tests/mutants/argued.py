"""Faults that change nothing anybody could see, each with the reason in a line.

By module, then the function, the text of the first line of the fault, and how the change begins, as
`python -m tests.mutants` prints it: as much of it as tells these faults from others of the line that tests do see. A row
that fits no fault makes `tests/mutants/test_mutants.py` fail; one of which all that were tried are caught makes the run
fail.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    function: str
    text: str
    change: str
    because: str


ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/day/bounds.py": (
        Row(
            "_bound",
            'if one and value.operand.kind == "date":',
            'and/or: one and value.operand.kind == "date" -> one',
            "what is no date was refused with the types (E0310)",
        ),
    ),
    "dsl/lowering/day/steps.py": (
        Row(
            "pay_claim",
            "used(low, total, here.caps)",
            "order: used(low, total, here.caps) paid(low, today, total)",
            "neither reads what the other changes",
        ),
        Row(
            "pay_claim",
            "if before is not None and entry.item.up_to is None and here.mask == TRUE and not here.caps:",
            "guard: before is not None and entry.item.up_to is None and here.mask == TRUE and not here.caps -> False",
            "`paid` has taken the amount off by then: this says the same number in fewer operations",
        ),
        Row(
            "pay_claim",
            "if before is not None and entry.item.up_to is None and here.mask == TRUE and not here.caps:",
            "and/or: before is not None and entry.item.up_to is None and here.mask == TRUE and not here.caps"
            " -> before is not None and here.mask == TRUE and (not here.caps)",
            "a claim `up to` has no due, so that nothing stood unpaid before",
        ),
        Row(
            "pay_claim",
            "today.remaining = builder.mark_nonnegative(builder.select(here.on, left, before))",
            "dropped",
            "`paid` has taken the amount off by then: this says the same number in fewer operations",
        ),
    ),
    "dsl/lowering/day/triggers.py": (
        Row("test_trigger", "builder.origin = Origin(entry.name, entry.span)", "dropped", "where a message points"),
        Row(
            "_waivers",
            "if isinstance(resolved, int) or resolved.entry is not entry:",
            "and/or: isinstance(resolved, int) or resolved.entry is not entry -> (resolved.entry is not entry)",
            "a waiver of what is no trigger was refused with the names (E0245)",
        ),
    ),
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
    "engine/metrics/life.py": (
        Row(
            "_weighted",
            "weighted, whole = np.zeros(amounts.shape[1:]), np.zeros(amounts.shape[1:])",
            "constant: 1 -> 2",
            "a zero of fewer axes becomes as wide as what is added to it, and a deal has a date",
        ),
    ),
}
