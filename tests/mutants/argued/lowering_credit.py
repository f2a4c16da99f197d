"""Faults argued away in `dsl/lowering/credit`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/credit/curve_entries.py": (
        Row(
            "curve_entry",
            "if not isinstance(found, int) and found.attribute is None:",
            "and/or: not isinstance(found, int) and found.attribute is None",
            "a name of nothing was refused with the names (E0201, E0650), a figure of a thing with the types (E0310)",
        ),
        Row(
            "curve_entry",
            "if not isinstance(found, int) and found.attribute is None:",
            "guard: not isinstance(found, int) and found.attribute is None -> True",
            "a name of nothing was refused with the names (E0201, E0650), a figure of a thing with the types (E0310)",
        ),
        Row(
            "curve_entry",
            "if isinstance(entry, CurveEntry) and form in (None, entry.item.form):",
            "and/or: isinstance(entry, CurveEntry) and form in (None, entry.item.form) -> isinstance(entry, CurveEntry)",
            "a curve of the other form was refused with the types (E0310)",
        ),
        Row(
            "curve_of",
            "if entry.credit is None or entry.around is None or not isinstance(entry.credit.value, syntax.Name):",
            "and/or: entry.credit is None or entry.around is None or not isinstance(entry.credit.value, syntax.Name)"
            " -> entry.credit is None or not isinstance(entry.credit.value, syntax.Name)",
            "a party that states its credit is resolved with the names around it",
        ),
        Row(
            "curve_of",
            "if isinstance(found, int):",
            "guard: isinstance(found, int) -> False",
            "a credit that is the name of nothing was refused with the names (E0201, E0650)",
        ),
        Row(
            "curve_of",
            'return entry if isinstance(entry, CurveEntry) and entry.item.form == "credit" else None',
            'and/or: isinstance(entry, CurveEntry) and entry.item.form == "credit" -> isinstance(entry, CurveEntry)',
            "a party's credit that is a rate curve was refused with the types (E0310)",
        ),
    ),
    "dsl/lowering/credit/points.py": (
        Row(
            "Points",
            "half_day: bool = True",
            "constant: True -> False",
            "a credit curve says which, and of a rate curve nobody asks",
        ),
    ),
}
