"""`indenture explain-error`: the pages of errors and warnings."""

from __future__ import annotations

import re

from ..messages.canvas import printable
from ..messages.codes import CODES
from .output import emit, misused

MOST = 5
_CODE = re.compile(r"(?P<letter>[A-Z]?)(?P<number>[0-9]{1,4})")


def explain(code: str) -> None:
    """Print a code's page."""
    wanted = code.strip().upper()
    if wanted not in CODES:
        titles = "".join(f"\n  {known}  {CODES[known].title}" for known in _nearest(wanted))
        misused(f"there is no code {printable(code)}; the nearest are{titles}" if titles else _like(code))
    emit(CODES[wanted].page.rstrip("\n") + "\n")


def _like(code: str) -> str:
    return f"there is no code {printable(code)}: one looks like {next(iter(CODES))}, and stands in front of its message"


def _nearest(wanted: str) -> list[str]:
    """The codes that begin so or, of a whole number, those around it."""
    read = _CODE.search(wanted)
    if read is None:
        return []
    number = read["number"]
    if len(number) < 4 and read["letter"]:
        begun = [known for known in CODES if known.startswith(wanted)]
        if begun:
            return begun[:MOST]
    lettered = [known for known in CODES if known.startswith(read["letter"])]
    return sorted(sorted(lettered, key=lambda known: abs(int(known[1:]) - int(number)))[:MOST])
