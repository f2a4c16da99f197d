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
        Row(
            "_Planner.check_level",
            "return max((self.level[name] for name in names if name in self.varying), default=-1)",
            "sign: -1 -> 1",
            "what is the same everywhere was checked before the blocks: checked again in them it comes to the same",
        ),
        Row(
            "_Planner._phase",
            "if self.check_level(check) == level and self._check_is_dated(check) and not self._proved(check)",
            "and/or: self.check_level(check) == level and self._check_is_dated(check) and not self._proved(check) -> "
            "self.check_level(check) == level and self._check_is_dated(check)",
            "a check that no number can break is worked out for nothing: only speed",
        ),
        Row(
            "_Planner._loop",
            'last_alone = any(PRIMITIVES[equation.op].gathered().operation == "copy" for equation in figures)',
            "swapped: any -> all",
            "what is copied on each date of a group ends as the last: only speed",
        ),
        Row(
            "_Planner._body",
            "if name in still:",
            "guard: name in still -> False",
            "a state that nothing moves is read where it began: only speed",
        ),
        Row(
            "_Planner._groups",
            "line[(flat == 1).all(axis=1)] = 1",
            "constant: 1 -> 0",
            "dates are told apart so that work can be left out: only speed",
        ),
    ),
    "engine/plan/registers.py": (
        Row(
            "_Compiler._schedule.emit",
            "if not missing[user] and eager(user):",
            "guard: not missing[user] and eager(user) -> False",
            "a sum is taken up later, from the same terms: only more registers",
        ),
        Row("_Compiler._node", "if not free:", "guard: not free -> True", "only more registers"),
        Row(
            "_Compiler._constant",
            'return ("line" if _reads_lines(op) else "constant", known.scalar)',
            "guard: _reads_lines(op) -> False",
            "numpy spreads a number over a line: only speed",
        ),
    ),
    "engine/plan/template.py": (
        Row(
            "Known.of",
            "first = values.flat[0]",
            "first/last",
            "it counts only where all values are the same",
        ),
        Row(
            "Body._spread",
            "if size is None or self.rows_of(ref) == size or (size == 1 and isinstance(ref, Known)):",
            "and/or: size is None or self.rows_of(ref) == size or (size == 1 and isinstance(ref, Known)) -> "
            "size is None or self.rows_of(ref) == size",
            "over one row they are the same numbers, known by another name",
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
            "shape = (1, 1) if keep_rows and not plain else (1,)",
            "and/or: keep_rows and not plain -> keep_rows or not plain",
            "an axis of one more, which kernels work beside and what they give is put down without",
        ),
        Row(
            "Uniform._step",
            "if not attributes and len(arrays) == 2:",
            "guard: not attributes and len(arrays) == 2 -> False",
            "the general line below calls the same with the same operands: only speed",
        ),
    ),
}
