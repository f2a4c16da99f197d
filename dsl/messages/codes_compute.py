"""The codes of vintages and of tables in the text (E0690 to E0694) and what each says in a line."""

from __future__ import annotations

CODES: dict[str, str] = {
    "E0690": "`age` read where nothing ages",
    "E0691": "A sum over vintages inside another",
    "E0692": "More vintages than can be told apart",
    "E0693": "The points of a table are not in order",
    "E0694": "A table read at something of another kind than its points",
}
