"""Faults argued away in `engine/execution`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/execution/block.py": (
        Row(
            "BlockRunner._allocate.arrays",
            'constants[key] = np.full(size, name) if kind == "line" else np.asarray(name)',
            'guard: kind == "line" -> True',
            "a number in each lane is the same as one for all of them",
        ),
        Row(
            "BlockRunner._checker.evaluate",
            'elif check.rule == "nonnegative" or not scaled or not whole:',
            'and/or: check.rule == "nonnegative" or not scaled or not whole'
            " -> check.rule == 'nonnegative' and (not scaled) and (not whole)",
            "a quick look before the same is found lane by lane: only speed",
        ),
        Row(
            "BlockRunner._checker.evaluate",
            "if lanes.any():",
            "guard: lanes.any() -> True",
            "`breach` leaves at once where there is no lane",
        ),
    ),
    "engine/execution/job.py": (
        Row(
            "Sweep.__init__",
            "self.runner = BlockRunner(self.plan, job.seed, job.name, job.columns)",
            "order",
            "neither reads the other",
        ),
        Row(
            "Sweep.blocks",
            "if self.plan.feed.drawn or lanes <= size:",
            "strictness",
            "lanes that fill one block are one block either way",
        ),
        Row(
            "Table.result",
            'return np.array(np.broadcast_to(values if form == "series" else values[0], shape))',
            "first/last",
            "a figure is known once, not by date (the program was verified)",
        ),
    ),
    "engine/execution/reference.py": (
        Row(
            "_Evaluator._step",
            'case "rows" if primitive.plain:',
            "guard: primitive.plain -> True",
            "those without plain operands take one operand, over rows",
        ),
    ),
    "engine/execution/workers.py": (
        Row(
            "<module>",
            "atexit.register(close)",
            "dropped",
            "the library of the pools ends them as well when the process ends",
        ),
    ),
}
