"""Relations between parties: which words each verb takes, and what is said where they do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from .. import syntax
from ..messages.nearest import nearest
from .from_tree_base import Child, after, declared, error
from .from_tree_expression import plain
from .nesting import Word

Verb = Literal["owns", "guarantees", "protects", "owes", "pays"]

SPELLINGS: dict[Verb, str] = {
    "owns": "relation holding Parent owns 80% of SPV",
    "guarantees": "relation backing Vendor guarantees Cloud up to $0.9bn",
    "protects": "relation cover Insurer protects Bank against Cloud up to $0.5bn",
    "owes": "relation notes Cloud owes $6bn to Funds",
    "pays": "relation hosting Lab pays $250bn to Cloud kind sales",
}
"""One relation of each verb."""

_WORDS: dict[Verb, frozenset[str]] = {
    "owns": frozenset(("of",)),
    "guarantees": frozenset(("to", "up to")),
    "protects": frozenset(("against", "up to")),
    "owes": frozenset(("to",)),
    "pays": frozenset(("to",)),
}
_NEEDED: dict[Verb, frozenset[str]] = {
    "owns": frozenset(("of",)),
    "guarantees": frozenset(),
    "protects": frozenset(("against",)),
    "owes": frozenset(("to",)),
    "pays": frozenset(("to",)),
}
_MEANT = {
    "own": "owns",
    "holds": "owns",
    "guarantee": "guarantees",
    "backs": "guarantees",
    "backstops": "guarantees",
    "protect": "protects",
    "insures": "protects",
    "hedges": "protects",
    "owe": "owes",
    "borrows": "owes",
    "pay": "pays",
    "buys": "pays",
    "commits": "pays",
    "grants": "pays",
}


def relation_of(common: dict[str, Any], children: Sequence[Child]) -> syntax.RelationDeclaration | None:
    """The relation that a line states, or None where its words do not make one."""
    name, subject, word, amount = children[1], children[2], children[3], plain(children[4])
    given = {
        text: after(children, type)
        for text, type in (("of", "OF"), ("to", "TO"), ("against", "AGAINST"), ("up to", "UP_TO"))
    }
    verb = _verb(word)
    if verb is None:
        return None
    spelling = f"write `{SPELLINGS[verb]}`"
    for text, value in given.items():
        if value is not None and text not in _WORDS[verb]:
            error(
                "E0261",
                f"a relation that says `{verb}` takes no `{text}`",
                value.span,
                "not of this relation",
                spelling,
            )
            return None
        if value is None and text in _NEEDED[verb]:
            error(
                "E0261",
                f"a relation that says `{verb}` says `{text}` whom or what",
                common["span"],
                f"no `{text}`",
                spelling,
            )
            return None
    kind = after(children, "KIND")
    if verb == "pays" and kind is None:
        error(
            "E0261",
            f"`{subject.text} pays` does not say of which kind the cash is",
            common["span"],
            "no `kind`",
            "add `kind sales`, `kind supply`, `kind equity`, `kind warrants` or another",
        )
    makes: Any = {
        "owns": (given["of"], None, amount),
        "guarantees": (amount, given["to"], None),
        "protects": (given["against"], amount, None),
        "owes": (given["to"], None, amount),
        "pays": (given["to"], None, amount),
    }
    other, beneficiary, figure = makes[verb]
    for party in (other, beneficiary):
        if party is not None and not isinstance(party, syntax.Name):
            error("E0261", "a relation is between parties, each named", party.span, "not a name", spelling)
            return None
    return syntax.RelationDeclaration(
        **common,
        name=declared(name),
        verb=verb,
        subject=subject,
        object=other,
        beneficiary=beneficiary,
        amount=figure,
        limit=plain(given["up to"]),
        kind=None if kind is None else str(kind),
    )


def _verb(word: Word) -> Verb | None:
    text = str(word)
    if text in SPELLINGS:
        return text
    guess = _MEANT.get(text) or nearest(text, SPELLINGS)
    error(
        "E0261",
        f"`{text}` is not what a relation says",
        word.span,
        f"{', '.join(SPELLINGS)}",
        f"did you mean `{guess}`? write `{SPELLINGS[cast(Verb, guess)]}`"
        if guess
        else "a relation says who owns, guarantees, protects, owes or pays whom",
    )
    return None
