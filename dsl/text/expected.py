"""What stands where the parser stopped, and what would have fitted there, in words."""

from __future__ import annotations

from . import grammar_tables
from .nesting import ITEM_WORDS, Word
from .step_words import opening_terminals, plain_terminals

_OPERATORS = frozenset(("PLUS", "MINUS", "STAR", "SLASH", "CIRCUMFLEX"))


COMPARISONS = frozenset(("LESSTHAN", "LESS_EQUAL", "MORETHAN", "MORE_EQUAL", "IS", "IS_NOT"))


_LITERALS = frozenset(
    (
        "NUMBER",
        "MONEY",
        "DATE",
        "DAYCOUNT",
        "TRUE",
        "FALSE",
        "NEVER",
        "TABLE",
        "TAKE",
        "CIRCLES",
        "CLIPPED",
        "NUMBER_OF",
        "IF",
        "NOT",
        "NONE_OF",
        "MOMENT",
        "EDGE",
        "PREFIX",
        "LSQB",
    )
)


# What may follow nearly everything, and so tells nobody anything.
_QUIET = frozenset(
    ("CITE", "BECAUSE", "AT", "ON_AT", "FALLS", "PER", "DOT", "AND", "OR", "KIND", "MEASURE", "TABLE_ON")
)


_SHOWN = {
    "END": "the line's end",
    "$END": "the file's end",
    "NAME": "a name",
    "TEXT": "a text in quotation marks",
    "LABEL": "a text in quotation marks",
    "NUMBER": "a number",
    "MEASURE": "a unit",
    "DATE": "a date",
    "DEFINING": "`define`",
    "ARGUMENT": "an argument's name",
    "MOMENT": "`opening`",
    "EDGE": "`first` or `last`",
    "PREFIX": "`lowest` or `highest`",
    "DATES": "`dates`",
    "TESTS": "`tests`",
    "AT": "`at`",
    "ON_AT": "`on`",
    "COLUMN": "`column`",
    "RANK": "`rank`",
    "KIND": "`kind`",
    "MONEY": "an amount of money",
    "CLIPPED": "`hours within`",
    "TABLE": "`table`",
    "DAYCOUNT": "a day count",
    "TABLE_ON": "`on`",
    "BOUND": "`from` or `to`",
}


def fitting(accepted: set[str]) -> list[str]:
    """The true alternatives, in words, the most telling first."""
    rest = set(accepted)
    found: list[str] = []
    if {"NUMBER", "LPAR", "NAME"} <= rest:
        found.append("a value")
        rest -= _LITERALS | _OPERATORS | {"NUMBER", "LPAR", "NAME", "TEXT", "LABEL"}
    if {"CLAIM", "SCHEDULE"} <= rest:
        found.append("an item such as `define`, `claim` or `waterfall`")
        spelled = grammar_tables.keywords()
        rest -= {spelled[word] for word in ITEM_WORDS if word in spelled} | {"DEFINING", "NAME"}
        rest -= {"ALLOCATE_LOSSES", "SCENARIOS_OVER"}
    if {"PAY", "FILL"} <= rest:
        found.append("a step such as `pay`, `fill` or `when`")
        rest -= plain_terminals() | opening_terminals() | {"PRO_RATA", "NAME"}
    if {"PLUS", "STAR"} <= rest:
        found.append("an operator")
        rest -= _OPERATORS | {"LPAR"}
    if "MORETHAN" in rest:
        found.append("a comparison")
    rest -= COMPARISONS | _QUIET
    texts = {name: text for text, name in grammar_tables.keywords().items()}
    names = [_SHOWN.get(name) or f"`{texts.get(name, name.lower())}`" for name in sorted(rest)]
    ends = [name for name in ("the line's end", "the file's end") if name in names]
    plain = [name for name in names if name not in ends]
    return found + plain + ends[:1]


def listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def shown(word: Word) -> str:
    match word.type:
        case "END":
            return "the line's end" if word.span.end_column - word.span.column <= 1 else "`;`"
        case "$END":
            return "the file's end"
        case "TEXT" | "LABEL":
            return f'the text "{shortened(str(word))}"'
        case _:
            return f"`{shortened(str(word))}`"


def shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"
