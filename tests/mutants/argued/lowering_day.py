"""Faults argued away in `dsl/lowering/day`."""

from __future__ import annotations

from .row import Row

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
}
