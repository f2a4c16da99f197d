"""Where the engine is known to differ from the contract: each with its sentence, and a deal with the right figures.

A row is here until the engine keeps to the contract: `test_known.py` fails for a row that no longer differs. What stands
in the way of comparing other deals can be looked past: `interpret(..., lenient={row})` then does as the engine does.
"""

from __future__ import annotations

from typing import Any

import attrs

BEFORE_STEP = "a step before its first date"


@attrs.frozen(kw_only=True)
class Row:
    """``right``: an output by its name, and the figures that the contract gives it (a date each for a series), in the
    scenario. ``inputs``: what is fed. ``lenient``: whether the interpreter can do as the engine does. ``refused``:
    the engine gives an error in place of a figure."""

    name: str
    contract: str
    deal: str
    output: str
    right: Any
    scenario: int = 0
    inputs: dict[str, list[float]] = attrs.field(factory=dict)
    lenient: bool = False
    refused: bool = False


_HEAD = """deal "Known" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Fund, Owner
"""
_MONTHS = (
    _HEAD
    + """schedule months = monthly on day 15 from 2026-02-15 to 2026-05-15, unadjusted
account cash
"""
)

KNOWN: tuple[Row, ...] = (
    Row(
        name=BEFORE_STEP,
        contract="5: a level is not known before its history (the engine takes the first value of a `step`).",
        deal=_MONTHS
        + """index freight = step([2026-03-01: 5%, 2026-04-01: 3%])
trigger dear on months when freight > 4%
report { dear }
""",
        output="dear",
        right=[0, 0, 1, 0, 0],
        lenient=True,
    ),
)

PASSED_OVER = frozenset((BEFORE_STEP,))
"""What is looked past in generated deals, which are full of it, so that nothing else hides behind it."""

DEALS: dict[str, tuple[str, ...]] = {}
"""Examples and worked deals that differ, and by which rows; they agree once those are looked past."""
