"""`indenture explain-error`: the pages of errors and warnings."""

from __future__ import annotations

from ..messages.canvas import printable
from ..messages.codes import CODES
from .output import emit, misused


def explain(code: str) -> None:
    """Print a code's page."""
    wanted = code.strip().upper()
    if wanted not in CODES:
        near = [known for known in CODES if wanted and known.startswith(wanted[:3])] or list(CODES)
        misused(f"there is no code {printable(code)}; there are {', '.join(near)}")
    emit(CODES[wanted].page.rstrip("\n") + "\n")
