"""Faults argued away in `dsl/lowering/scenarios`."""

from __future__ import annotations

from .row import Row

NOT_DRAWN = "what no draw moves comes to what the deal as written has, and every path's program is told just that"

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/scenarios/distributions.py": (
        Row(
            "_curve_pieces",
            "if date.toordinal() > closing:",
            "strictness: date.toordinal() > closing -> date.toordinal() >= closing",
            "a piece that ends at closing is no time long, and no default falls into it",
        ),
    ),
    "dsl/lowering/scenarios/draw_formulas.py": (
        Row(
            "_before",
            "traits = Traits(date=True, scenario=True, row=known.row or first.row, drawn=True)",
            "constant: True -> False",
            "what is drawn counts as varying by scenario wherever that is asked (`builder.py`, `circles.py`)",
        ),
    ),
    "dsl/lowering/scenarios/joined.py": (
        Row(
            "_steps",
            "places = [place for place, on in enumerate(clock.on) if on and place > closing]",
            "strictness: place > closing -> place >= closing",
            "a step from closing to closing has no days, and its root is nothing either way",
        ),
        Row(
            "_mixture",
            "if np.abs(between @ weights - wanted).max() > SLACK or explained > 1 + SLACK:",
            "strictness: np.abs(between @ weights - wanted).max() > SLACK",
            "a sum of rounded products that misses by the slack to the bit could be either",
        ),
    ),
    "dsl/lowering/scenarios/scenarios.py": (
        Row(
            "_chain.visit",
            "if one in within or not isinstance(one.item, syntax.ScenarioDeclaration):",
            "and/or: one in within or not isinstance(one.item, syntax.ScenarioDeclaration) -> one in within and",
            "a circle was refused with the names (E0244), and only what is declared comes after another",
        ),
    ),
    "dsl/lowering/scenarios/shapes.py": (
        Row(
            "drawn_shapes",
            "if structure.drawn or not drawn & low.schedules.low.layers.read:",
            "and/or: structure.drawn or not drawn & low.schedules.low.layers.read -> (not drawn",
            "the program of some paths draws no shape again: its own figures of that are read by nobody",
        ),
        Row(
            "drawn_shapes",
            "if structure.drawn or not drawn & low.schedules.low.layers.read:",
            "and/or: structure.drawn or not drawn & low.schedules.low.layers.read -> structure.drawn",
            "where no draw shapes the deal `_differs` says so of each text by itself",
        ),
        Row(
            "_shape",
            'found = lower(low, asked.expression, asked.scope, Moment("opening", low.every))',
            "swapped: \"opening\" -> 'closing'",
            "what shapes a deal is of terms, which are the same at every moment (else E0504, E0609)",
        ),
        Row(
            "_shape",
            "if len(operands) != len(values) or not _differs(low, asked, operands):",
            "and/or: len(operands) != len(values) or not _differs(low, asked, operands) -> len(operands)",
            NOT_DRAWN,
        ),
        Row(
            "_shape",
            "if len(operands) != len(values) or not _differs(low, asked, operands):",
            "guard: len(operands) != len(values) or not _differs(low, asked, operands) -> False",
            NOT_DRAWN,
        ),
        Row(
            "_shape",
            "if traits.date or traits.carried or one.operand.rows is not None or one.determined != TRUE:",
            "and/or: traits.date or traits.carried or one.operand.rows is not None or one.determined != TRUE"
            " -> traits.date or one.operand.rows is not None",
            "what rests on the course of the deal was refused before: as written E0504, under a draw E0609",
        ),
    ),
}
