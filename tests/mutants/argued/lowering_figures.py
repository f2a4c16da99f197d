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
        Row(
            "accrued",
            "memory = Reading.ACCRUAL(x, scope, clock, count.piece, low.layers.marks)",
            "swapped: count.piece -> count.whole",
            "one call in one scope, on one clock and under the same layers, has one day count",
        ),
    ),
    "dsl/lowering/figures/ages.py": (
        Row("_table", "if found is None:", "guard: found is None -> True", "the same table once more"),
    ),
    "dsl/lowering/figures/claims.py": (
        Row(
            "_capitalise",
            "place = rule.into.span if rule.into is not None else rule.span",
            "guard: rule.into is not None -> True",
            "the grammar has no `capitalises` that does not say into what",
        ),
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
    "dsl/lowering/figures/flows.py": (
        Row(
            "held",
            "if all(starts[first:-1]):",
            "bound: first -> (first + 1)",
            "the first is where it is true",
        ),
        Row(
            "standing",
            "today = final if today is None else today",
            "guard: today is None -> True",
            "what is known ahead is on the clock's dates the same in the day as by its close",
        ),
    ),
    "dsl/lowering/figures/of_the_day.py": (
        Row(
            "carried_figure",
            "if key.kind is not Figure.STATE or low.day.moved_of is None:",
            "guard: key.kind is not Figure.STATE or low.day.moved_of is None -> False",
            "nothing moves an account or a trigger at opening, and both ways to ask are there from the same line on",
        ),
    ),
    "dsl/lowering/figures/overrides.py": (
        Row(
            "_list_overridden",
            "low.collector.error(",
            'dropped: low.collector.error( "E0240", f"`{key.name}` is a list',
            "to draw a list, or to range over one, was refused with the types (E0338)",
        ),
        Row(
            "scenario_index",
            'Input("scenario", var, ("scenario",), default=(Fraction(0),)), Traits(scenario=True, nonnegative=True)',
            "constant: 0 -> 1",
            "every run feeds it",
        ),
        Row(
            "scenario_index",
            'Input("scenario", var, ("scenario",), default=(Fraction(0),)), Traits(scenario=True, nonnegative=True)',
            "constant: True -> False",
            "which of two alike is worked out first, and what is dear to work out",
        ),
    ),
    "dsl/lowering/figures/party_figures.py": (
        Row(
            "_currencies",
            "if isinstance(account, AccountEntry):",
            "guard: isinstance(account, AccountEntry) -> True",
            "what is no account was refused with the names (E0220)",
        ),
    ),
}
