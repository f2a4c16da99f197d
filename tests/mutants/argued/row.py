"""A fault that is argued away."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """The function, the text of the first line of the fault, how the change begins, and the reason in a line."""

    function: str
    text: str
    change: str
    because: str
