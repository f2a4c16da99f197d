"""Faults argued away in `engine/metrics`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/metrics/arrays.py": (
        Row(
            "numbers",
            "if not isinstance(values, np.ndarray):",
            "guard: not isinstance(values, np.ndarray) -> True",
            "the list of the numbers of an array makes the same array",
        ),
    ),
    "engine/metrics/cover.py": (
        Row(
            "_values_backwards",
            "value, sound = np.zeros(series.shape[1:]), np.ones(series.shape[1:], dtype=np.bool_)",
            "constant: 1 -> 2",
            "a sum begins as one number and has all scenarios with the first date that is added",
        ),
    ),
    "engine/metrics/dates.py": (
        Row(
            "_sum_and_count",
            "summed, count = np.zeros(series.shape[1:]), np.zeros(series.shape[1:])",
            "constant: 1 -> 2",
            "a sum begins as one number and has all scenarios with the first date that is added",
        ),
        Row(
            "_extreme",
            "best = np.full(series.shape[1:], none)",
            "constant: 1 -> 2",
            "a sum begins as one number and has all scenarios with the first date that is added",
        ),
        Row(
            "first_date",
            "value, found = np.zeros(condition.shape[1:]), np.zeros(condition.shape[1:], dtype=np.bool_)",
            "constant: 1 -> 2",
            "a sum begins as one number and has all scenarios with the first date that is added",
        ),
    ),
    "engine/metrics/discount.py": (
        Row(
            "_factor",
            "sound = growth > LEAST",
            "strictness",
            "one and a number near -1 make a whole multiple of 2**-53, which 1e-9 is not",
        ),
        Row(
            "root_of",
            "plain = np.logical_and.reduce(flows >= 0.0, axis=0) & (paid > 0.0)",
            "comparison: paid > 0.0 -> paid <= 0.0",
            "the search that serves any flows finds the one root there is: only speed",
        ),
    ),
    "engine/metrics/life.py": (
        Row(
            "_weighted",
            "weighted, whole = np.zeros(amounts.shape[1:]), np.zeros(amounts.shape[1:])",
            "constant: 1 -> 2",
            "a sum begins as one number and has all scenarios with the first date that is added",
        ),
    ),
    "engine/metrics/roots.py": (
        Row(
            "bracketed_root",
            "step = np.abs(high - low)",
            "operator: high - low -> high + low",
            "only whether the first step, which stays between the bounds, is Newton's or halves them",
        ),
    ),
    "engine/metrics/yields.py": (
        Row(
            "_margin",
            "plain = np.logical_and.reduce(flows >= 0.0, axis=0) & (paid > 0.0)",
            "constant: 0.0 -> 1.0",
            "the search that serves any flows finds the one root there is: only speed",
        ),
        Row(
            "discount_margin",
            "floor = 10.0 ** (-250.0 / max(len(spans), 1))",
            "constant: 1 -> 2",
            "1e-125 instead of 1e-250 for a single period: neither is reached by a margin that is a double",
        ),
    ),
}
