"""Faults argued away in `engine/inputs`."""

from __future__ import annotations

from .row import Row

ARGUED: dict[str, tuple[Row, ...]] = {
    "engine/inputs/random.py": (
        Row(
            "generator",
            'words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]',
            "bound",
            "steps of four end at twelve either way",
        ),
        Row(
            "Draws.paths",
            "lots = range(start // LOT, (stop - 1) // LOT + 1)",
            "constant: 1 -> 0",
            "a lot more than is read: only speed",
        ),
    ),
}
