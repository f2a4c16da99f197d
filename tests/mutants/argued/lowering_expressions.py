"""Faults argued away in `dsl/lowering/expressions`."""

from __future__ import annotations

from .row import Row

GIVEN = (
    'if op == "divide" and least.value > 0 and builder.definition(parts[1]) == ("select", (some, denominator, ONE)):'
)

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/expressions/calls.py": (
        Row(
            "_step",
            "for when, value in points.items[1:]:",
            "constant: 1 -> 0",
            "from the first date the first value, which it is already",
        ),
    ),
    "dsl/lowering/expressions/dated.py": (
        Row(
            "edge",
            "entry = None if isinstance(resolved, int) else follow(resolved.entry)",
            "guard: isinstance(resolved, int) -> False",
            "a name of nothing was refused with the names (E0201)",
        ),
        Row(
            "at_position",
            "if not builder.traits(operand).date:",
            "guard: not builder.traits(operand).date -> False",
            "what is alike on every date is gathered to be the same, in more operations",
        ),
    ),
    "dsl/lowering/expressions/operators.py": (
        Row(
            "power",
            "if isinstance(exponent, Literal) and Fraction(exponent.value).denominator == 1 and exponent.value >= 0:",
            "strictness",
            "every number is above, below or at nothing, so that its power of 0 is determined, and 1, the longer way too",
        ),
    ),
    "dsl/lowering/expressions/projections.py": (
        Row(
            "finish",
            'low.product.outputs.append(Output(name, low.builder.as_var(operand, name), "series", determined=None))',
            "order",
            "neither reads what the other writes down",
        ),
    ),
    "dsl/lowering/expressions/series_from_csv.py": (
        Row(
            "vector",
            'kind: Kind = "float" if declared is None else _kind(declared)',
            "guard: declared is None -> False",
            "what a file holds that is not stated was refused with the types (E0337)",
        ),
    ),
    "dsl/lowering/expressions/tables_in_text.py": (
        Row(
            "_banded",
            "for start, value in points[1:]:",
            "constant: 1 -> 0",
            "from the first point the first value, which it is already",
        ),
    ),
    "dsl/lowering/expressions/under_conditions.py": (
        Row(
            "given",
            GIVEN,
            f"guard: {GIVEN.removeprefix('if ').removesuffix(':')} -> False",
            "the ratio keeps the guard of its denominator: the same number in more operations",
        ),
        Row(
            "given",
            GIVEN,
            "constant: 0 -> 1",
            "the ratio keeps the guard of its denominator: the same number in more operations",
        ),
        Row(
            "_lower_bound",
            'if parts[0].value > 0 or (op == "less" and parts[0].value == 0):',
            'and/or: parts[0].value > 0 or (op == "less" and parts[0].value == 0) -> parts[0].value > 0 and',
            "no ratio is spared its guard: the same number in more operations",
        ),
        Row(
            "_without",
            "if determined == some:",
            "guard: determined == some -> False",
            "asks of a denominator what the condition has said: the same in more operations",
        ),
        Row(
            "_without",
            'if op == "and":',
            'guard: op == "and" -> False',
            "asks of a denominator what the condition has said: the same in more operations",
        ),
    ),
    "dsl/lowering/expressions/vintages.py": (
        Row(
            "_carried",
            "if past == today == TRUE:",
            "guard: past == today == TRUE -> False",
            "of a part that has arisen the same is carried from its date on, and of another nothing is asked",
        ),
    ),
    "dsl/lowering/expressions/windows.py": (
        Row(
            "_delayed",
            "if not uneven:",
            "guard: not uneven -> False",
            "where each date looks back to one, today's beside nothing is today's: the same in more operations",
        ),
    ),
}
