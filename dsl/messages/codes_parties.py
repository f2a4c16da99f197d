"""The codes of parties as a graph (E0260 to E0279) and what each says in a line."""

from __future__ import annotations

CODES: dict[str, str] = {
    "E0260": "A field that a party does not have",
    "E0261": "A relation that cannot be read",
    "E0262": "A circle whose length is no number of edges",
    "E0263": "A kind that no edge has",
    "E0264": "More circles than are listed",
    "E0265": "Defaults that are too many to propagate",
    "E0266": "A party that may fail and states no recovery",
    "E0267": "Stakes that lead round in a ring",
    "E0268": "A figure of the graph read in the course of the day",
    "E0269": "An inflow from outside something that is no circle",
    "E0270": "A family of relations with too many rows",
    "E0271": "An edge in another currency than the deal's",
}
