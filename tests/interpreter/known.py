"""Where the engine is known to differ from the contract: each with its sentence and a deal that shows it."""

from __future__ import annotations

LATE_CASH = "cash that comes in below a short step"
TWIN_CAPS = "yearly caps of two waterfalls"
BEFORE_HISTORY = "an input before its first date"
WAIVED_ALIVE = "a waiver of a trigger that is alive"
