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
}
