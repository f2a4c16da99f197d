"""Faults argued away in `dsl/lowering/expressions`."""

from __future__ import annotations

from .row import Row

BOUND = 'if op not in ("less", "less_equal") or not isinstance(parts[0], Literal) or parts[0].kind != "float":'

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
    "dsl/lowering/expressions/lists.py": (
        Row(
            "_by_age",
            "return items.items[0]",
            "first/last",
            "of one item the first is the last",
        ),
        Row(
            "_picked",
            "kind = values[0].operand.kind",
            "first/last",
            "items of several kinds were refused with the types (E0324)",
        ),
        Row(
            "_picked",
            "if not sure:",
            "guard: not sure -> True",
            "of items that are known on every date the one meant is: the same in more operations",
        ),
    ),
    "dsl/lowering/expressions/observed.py": (
        Row(
            "_held",
            "positions, last = [], -1",
            "sign",
            "before the first date on which it is known nothing is determined, whatever is read there",
        ),
        Row(
            "_held",
            "low.memory.held_latest[memory] = kept",
            "order",
            "neither reads what the other changes",
        ),
        Row(
            "_held",
            'builder.bind(kept[0], builder.emit("previous", value, nothing))',
            "order: builder.bind(kept[0]",
            "neither reads what the other binds",
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
            "projected_value",
            'count = sum(1 for name in taken if name == label or (name.startswith(f"{label}~") and not name.endswith("?")))',
            'guard: not name.endswith("?") -> name.endswith(',
            "each has its name with a question mark beside it: there are as many of one as of the other",
        ),
        Row(
            "projected_value",
            "low.memory.projected[memory] = value",
            "order",
            "neither reads what the other writes down",
        ),
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
            "_lower_bound",
            BOUND,
            f"and/or: {BOUND.removeprefix('if ').removesuffix(':')} -> op not in ('less', 'less_equal') or not isinstance",
            "no ratio has a date below the line, nor a guard that speaks of one",
        ),
        Row(
            "_lower_bound",
            BOUND,
            "first/last: 0 -> -1",
            "what is put in order is of one kind on both sides",
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
