"""Faults argued away in `dsl/lowering/parties`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/parties/figures.py": (
        Row(
            "GraphFigures.owed",
            "counted = any(sign < 0 and is_balance(one) for one, sign in low.acts.movers.get(source.name, ()))",
            "constant: 0 -> 1",
            "a claim moves a state up or down: 1 or -1",
        ),
        Row(
            "GraphFigures.highest",
            "if isinstance(operand, Literal) or not self.low.builder.traits(operand).date:",
            "and/or: isinstance(operand, Literal) or not self.low.builder.traits(operand).date"
            " -> isinstance(operand, Literal) and (not self.low.builder.traits(operand).date)",
            "the greatest over dates of what is the same on all of them is that",
        ),
        Row(
            "GraphFigures.equity",
            "found = own if entry is None else self.low.types.entry_type(entry).currency or own",
            "and/or: self.low.types.entry_type(entry).currency or own -> self.low.types.entry_type(entry).currency",
            "an equity that is no money in some currency was refused with the types (E0311, E0327)",
        ),
    ),
    "dsl/lowering/parties/losses.py": (
        Row(
            "Propagation._when",
            "if own is None or own == self.first:",
            "and/or: own is None or own == self.first -> (own is None)",
            "where its own date is the first of them, that date or else the first is the same date",
        ),
    ),
}
