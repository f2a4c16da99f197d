"""Faults argued away in `engine/plan`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/plan/kept.py": (
        Row(
            "_key",
            "(name, values.shape, values.dtype.str, values.tobytes()) for name, values in sorted(feed.uniform.items())",
            "dropped",
            "one program feeds in one order; a key that differs plans anew: only speed",
        ),
        Row(
            "_key",
            "drawn = tuple((name, one.random, one.dates, one.rows, one.index) for name, one in sorted(feed.drawn.items()))",
            "dropped",
            "one program feeds in one order; a key that differs plans anew: only speed",
        ),
        Row(
            "_key",
            "return uniform, tuple(sorted(feed.lanes)), drawn, tuple(output.name for output in outputs), block",
            "dropped: sorted(feed.lanes)",
            "one program feeds in one order; a key that differs plans anew: only speed",
        ),
    ),
    "engine/plan/plan.py": (
        Row(
            "_Planner.__init__",
            "self.by_name = {equation.result.name: equation for equation in self.equations}",
            "order",
            "neither reads the other",
        ),
    ),
    "engine/plan/template.py": (
        Row(
            "Known.of",
            "first = values.flat[0]",
            "first/last",
            "it counts only where all values are the same",
        ),
    ),
    "engine/plan/uniform.py": (
        Row(
            "metric_pair",
            "operands = [one[-1] if position in figures else one for position, one in enumerate(whole)]",
            "first/last: -1 -> 0",
            "a figure is the same on every date",
        ),
        Row(
            "Uniform._step",
            "if not attributes and len(arrays) == 2:",
            "guard: not attributes and len(arrays) == 2 -> False",
            "the general line below calls the same with the same operands: only speed",
        ),
    ),
}
