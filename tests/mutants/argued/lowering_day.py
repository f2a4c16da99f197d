"""Faults argued away in `dsl/lowering/day`."""

from __future__ import annotations

from .row import Row

NOTHING_LEFT = "an account that nothing comes into below is empty where a step was short: it only takes more operations"

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/day/bounds.py": (
        Row(
            "_bound",
            'if one and value.operand.kind == "date":',
            'and/or: one and value.operand.kind == "date" -> one',
            "what is no date was refused with the types (E0310)",
        ),
    ),
    "dsl/lowering/day/priority.py": (
        Row(
            "refilled",
            'asked.update(key(source.account) for source in step.facts.takes_from if source.how == "asked")',
            'guard: source.how == "asked" -> True',
            NOTHING_LEFT,
        ),
        Row(
            "refilled",
            'asked.update(key(source.account) for source in step.facts.takes_from if source.how == "asked")',
            "order",
            "no step moves cash into an account that it takes from (E0717)",
        ),
        Row(
            "refilled",
            "found.update(asked & {key(one.account) for one in step.facts.puts_into})",
            "operator: asked & {key(one.account) for one in step.facts.puts_into} -> asked | ",
            NOTHING_LEFT,
        ),
        Row(
            "note_short",
            "touched = [source for source in sources if source in low.day.refilled]",
            "guard: source in low.day.refilled -> True",
            NOTHING_LEFT,
        ),
        Row("note_short", "if not touched:", "guard: not touched -> False", "notes of no account, in more operations"),
        Row(
            "more_than_all",
            "if low.day.refilled.isdisjoint(sources):",
            "guard: low.day.refilled.isdisjoint(sources) -> False",
            "no step below can tell whether this one was short",
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
