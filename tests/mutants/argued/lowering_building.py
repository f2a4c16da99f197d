"""Faults argued away in `dsl/lowering/building`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "dsl/lowering/building/amounts.py": (
        Row(
            "Scales._over_dates_and_rows",
            "x = self.of(operands[0])",
            "first/last: 0 -> -1",
            "`total` and `final` have one operand",
        ),
    ),
    "dsl/lowering/building/dust.py": (
        Row(
            "Dust.__init__",
            "self.builder = builder",
            "order: self.builder = builder self.equations = equations",
            "neither reads the other",
        ),
    ),
    "dsl/lowering/building/evaluate.py": (
        Row(
            "_column",
            'if equation.op == "less" or equation.op == "less_equal":',
            "and/or",
            "only quicker: the primitives compare the same fractions below",
        ),
    ),
    "dsl/lowering/building/order.py": (
        Row(
            "_place",
            "if below not in by_name or placed.get(below):",
            "and/or: below not in by_name or placed.get(below) -> (below not in by_name)",
            "only quicker: what is placed is passed over when its turn comes",
        ),
        Row(
            "_place",
            "stack.append((current, at + 1))",
            "constant: 1 -> 0",
            "only quicker: what stands there is placed by then and passed over",
        ),
        Row(
            "_place",
            "placed[current] = True",
            "order: placed[current] = True found.append(by_name[current])",
            "neither reads the other",
        ),
    ),
}
