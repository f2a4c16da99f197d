"""Faults that change nothing anybody could see, each with the reason in a line.

By module, then the function, the text of the first line of the fault and the change as `python -m tests.mutants` prints
them. A row whose fault is no longer there makes `tests/mutants/test_mutants.py` fail; one whose fault is caught after
all makes the run fail.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    function: str
    text: str
    change: str
    because: str


ARGUED: dict[str, tuple[Row, ...]] = {}
