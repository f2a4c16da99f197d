"""Faults argued away in `dsl/lowering/day`."""

from __future__ import annotations

from .row import Row

NOTHING_LEFT = "an account that nothing comes into below is empty where a step was short: it only takes more operations"

NOTED = "neither reads what the other notes"
SAID = "whatever raises `NotLowered` has told an error: the deal is refused either way"
REFUSED = "a name that stands for nothing was refused with the names (E0201)"


def failing(function: str, text: str = "low.faults.failed = True") -> tuple[Row, ...]:
    """Where it is noted that something could not be lowered."""
    return tuple(Row(function, text, change, SAID) for change in ("dropped", "constant: True -> False"))


ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/day/acts.py": (
        Row(
            "receive",
            "if not builder.traits(amount).nonnegative and not isinstance(amount, Literal):",
            "and/or: not builder.traits(amount).nonnegative and not isinstance(amount, Literal) -> "
            "not builder.traits(amount).nonnegative or not isinstance(amount, Literal)",
            "one check more, of what is never below zero or is refused as it is read (E0530)",
        ),
    ),
    "dsl/lowering/day/bounds.py": (
        Row(
            "_bound",
            "one = not (traits.date or traits.carried) and value.operand.rows is None and value.determined == TRUE",
            "and/or: traits.date or traits.carried -> traits.date",
            "what is carried and the same on every date looks ahead, which is refused (E0509)",
        ),
        Row(
            "_bound",
            'if one and value.operand.kind == "date":',
            'and/or: one and value.operand.kind == "date" -> one',
            "what is no date was refused with the types (E0310)",
        ),
    ),
    "dsl/lowering/day/closing.py": (*failing("close_day"),),
    "dsl/lowering/day/cure.py": (
        Row(
            "_cured",
            'crossed = builder.both(moves, builder.emit("less", exact, spent))',
            "swapped: \"less\" -> 'less_equal'",
            "where all there is just cures, no more than that is asked either way, and nothing is lacking below",
        ),
        Row(
            "_cured",
            "limit = builder.select(short, builder.select(crossed, builder.positive(exact), whole), ZERO)",
            "dropped: builder.positive(exact) -> exact",
            "neither what was spent nor what is needed is below zero",
        ),
    ),
    "dsl/lowering/day/day.py": failing("lower_day"),
    "dsl/lowering/day/opening.py": (
        *failing("open_day"),
        Row(
            "open_day",
            "if isinstance(entry, AccountEntry):",
            "guard: isinstance(entry, AccountEntry) -> True",
            "openings of accounts that there are none of: nothing reads them",
        ),
        Row(
            "_moved_state",
            'if isinstance(entry, StateEntry) and any(movement.at == "opening" for movement in movements or ()):',
            "and/or",
            "without a move at opening nothing is read inside",
        ),
    ),
    "dsl/lowering/day/pro_rata.py": (
        Row(
            "_sharers",
            "if isinstance(entry, GroupEntry) and not isinstance(resolved, int):",
            "and/or: isinstance(entry, GroupEntry) and not isinstance(resolved, int) -> isinstance(entry, GroupEntry)",
            "only what the checker of types wants: a number has no entry",
        ),
        Row(
            "_sharers",
            "one.entry for one in group_members(entry, resolved.attribute) if isinstance(one.entry, ClaimEntry)",
            "guard: isinstance(one.entry, ClaimEntry) -> True",
            "a group with members that are no claims was refused with the names (E0220)",
        ),
    ),
    "dsl/lowering/day/standing.py": failing("one"),
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
    "dsl/lowering/day/survey.py": (
        *failing("survey"),
        *failing("_sides", "faults.failed = True"),
        *failing("_changes_reduction", "faults.failed = True"),
        Row("_survey_act", "assert_never(item)", "dropped", "only what the checker of types wants"),
        Row(
            "_survey_step",
            "if not isinstance(resolved, int) and isinstance(resolved.entry, DefinitionEntry):",
            "and/or: not isinstance(resolved, int) and isinstance(resolved.entry, DefinitionEntry) -> "
            "isinstance(resolved.entry, DefinitionEntry)",
            REFUSED,
        ),
        Row(
            "_changes_account",
            "if not isinstance(resolved, int):",
            "guard: not isinstance(resolved, int) -> T",
            REFUSED,
        ),
        Row(
            "_changes_reduction",
            "mark_dates(acts, Figure.REDUCED(reduction.name), clock)",
            "order: mark_dates(acts, Figure.REDUCED(reduction.name), clock) acts.changing",
            "the one notes dates, the other who changes the figure: neither reads what the other notes",
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
    "dsl/lowering/day/waterfalls.py": (
        Row(
            "lower_waterfall",
            "whose = shares if side == 0 else ((owner_name, TRUE),)",
            "guard: side == 0 -> True",
            "the step pays under its own guard alone: the other waterfall's rest takes nothing more",
        ),
    ),
}
