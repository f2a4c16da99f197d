"""Faults argued away in `dsl/lowering/known`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/known/arising.py": (
        Row(
            "adds_up",
            'return type.kind == "number" and len(powers) == 1 and powers[0][1] == 1'
            " and type.dimension not in (YEAR, HOUR)",
            'and/or: type.kind == "number" and len(powers) == 1 and powers[0][1] == 1'
            " and type.dimension not in (YEAR, HOUR)"
            " -> len(powers) == 1 and powers[0][1] == 1 and (type.dimension not in (YEAR, HOUR))",
            "beside numbers only a claim has a dimension, and it was refused as no number (E0310)",
        ),
        Row(
            "adds_up",
            'return type.kind == "number" and len(powers) == 1 and powers[0][1] == 1'
            " and type.dimension not in (YEAR, HOUR)",
            "first/last",
            "there is one power",
        ),
        Row("_nature", "return _together(of(left), of(right))", "order", "a sum is the same either way"),
        Row("_nature", "return _product(of(left), of(right))", "order", "a product is the same either way"),
        Row("_nature", "return _together(of(then), of(otherwise))", "order", "one of two is the same either way"),
        Row(
            "_named",
            'path = tuple(resolved.attribute.split(".")) if resolved.attribute else ()',
            "guard: resolved.attribute -> True",
            "a group by itself was refused as no number (E0310)",
        ),
        Row(
            "_named",
            'return "amount" if resolved.attribute in ("received", "paid", "net") else "level"',
            'guard: resolved.attribute in ("received", "paid", "net") -> True',
            "a party's other figures are conditions and dates, and were refused as no numbers (E0310)",
        ),
        Row("_of_members", "together = _together(together, one)", "order", "a sum is the same either way"),
        Row(
            "_called",
            'together = "amount" if "amount" in (one, together) else _together(together, one)',
            "order",
            "what both are together is the same either way",
        ),
    ),
    "dsl/lowering/known/clocks_and_day_counts.py": (
        Row(
            "daycount_of",
            "if not isinstance(resolved, int):",
            "guard: not isinstance(resolved, int) -> True",
            "a name of nothing was refused with the names (E0201)",
        ),
    ),
    "dsl/lowering/known/compounding.py": (
        Row(
            "compounding_of",
            'text = found.text if isinstance(found, TextValue) else ""',
            "guard: isinstance(found, TextValue) -> True",
            "what is no text was refused with the types (E0310)",
        ),
        Row(
            "compounding_of",
            "return COMPOUNDINGS.get(text, (text, 0))",
            "constant: 0 -> 1",
            "of a caller's own words nobody reads how many times a year they mean",
        ),
    ),
    "dsl/lowering/known/fixed.py": (
        Row(
            "_literal",
            "if isinstance(value, Value) and isinstance(value.operand, Literal) and value.determined == TRUE:",
            "and/or: isinstance(value, Value) and isinstance(value.operand, Literal) and value.determined == TRUE"
            " -> isinstance(value.operand, Literal)",
            "a text, a party or a list was refused with the types (E0310)",
        ),
        Row(
            "fixed_date",
            'if found is None or found.kind != "date":',
            'and/or: found is None or found.kind != "date" -> (found is None)',
            "what is no date was refused with the types (E0310)",
        ),
        Row(
            "fixed_dates",
            "found = [_literal(item) for item in value.items] if isinstance(value, ListValue) else []",
            "guard: isinstance(value, ListValue) -> True",
            "what is no list was refused with the types (E0310)",
        ),
        Row(
            "fixed_dates",
            "dates = tuple(datetime.date.fromordinal(int(one.value)) for one in found"
            ' if one is not None and one.kind == "date")',
            'and/or: one is not None and one.kind == "date" -> (one is not None)',
            "a list of what is no date was refused with the types (E0310)",
        ),
        Row(
            "fixed_dates",
            "if not dates or len(dates) != len(found):",
            "and/or: not dates or len(dates) != len(found) -> (len(dates) != len(found))",
            "an empty list was refused (E0410)",
        ),
        Row(
            "fixed_number",
            'if found is None or found.kind != "float":',
            'and/or: found is None or found.kind != "float" -> (found is None)',
            "what is no number was refused with the types (E0310)",
        ),
        Row(
            "grain_of",
            "return Fraction(1, 12) if dimension == YEAR else Fraction(24) if dimension == HOUR else None",
            "guard: dimension == HOUR -> True",
            "a window and a lag are durations, which the types want (E0310)",
        ),
    ),
    "dsl/lowering/known/reaching_cash.py": (
        Row(
            "reaching_cash",
            "found.add(entry.name)",
            "order",
            "neither reads what the other adds to",
        ),
    ),
    "dsl/lowering/known/windows.py": (
        Row(
            "window_of",
            "elif dimension == HOUR and (length / 24).denominator == 1 and length > 0:",
            "and/or: dimension == HOUR and (length / 24).denominator == 1 and length > 0"
            " -> (length / 24).denominator == 1 and length > 0",
            "a duration in years that is a multiple of 24 of them is one of whole months as well",
        ),
        Row(
            "window_of",
            "elif dimension == HOUR and (length / 24).denominator == 1 and length > 0:",
            "constant: 0 -> 1",
            "a whole number of days is nothing or 24 hours and more",
        ),
    ),
}
