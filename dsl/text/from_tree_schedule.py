"""A schedule's words to its parts: how often, on which day, from when to when, adjusted how."""

from __future__ import annotations

from typing import Any

from .. import syntax
from ..messages.diagnostics import Label
from .from_tree_base import Child, Piece, after, declared, error, piece
from .from_tree_expression import plain
from .nesting import Word

Frequency = tuple[int, Any]

FREQUENCIES: dict[str, Frequency] = {
    "daily": (1, "day"),
    "weekly": (1, "week"),
    "fortnightly": (2, "week"),
    "monthly": (1, "month"),
    "quarterly": (3, "month"),
    "semiannually": (6, "month"),
    "annually": (1, "year"),
}
MEANT_FREQUENCIES = {
    "month": "monthly",
    "bimonthly": "every 2 months",
    "quarter": "quarterly",
    "semiannual": "semiannually",
    "semi": "semiannually",
    "annual": "annually",
    "yearly": "annually",
    "week": "weekly",
    "biweekly": "every 2 weeks",
}
"""How often a schedule repeats in words that the language does not have, unless a schedule is called so."""
_ADJUSTMENTS = ("unadjusted", "following", "modified following", "preceding", "modified preceding")
_STUBS = ("short first", "long first", "short last", "long last")
_UNITS = {
    "day": "day",
    "days": "day",
    "week": "week",
    "weeks": "week",
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
}


def schedule_of(
    common: dict[str, Any],
    children: list[Child],
    name: Word,
    every: tuple[Word, Word] | None = None,
    word: syntax.Name | None = None,
    dates: syntax.Expression | None = None,
) -> syntax.ScheduleDeclaration:
    """The declaration; a word that no schedule knows is reported with those that it does."""
    frequency: Frequency | None = None
    base: syntax.Name | None = None
    if every is not None:
        frequency = _every(*every)
    elif word is not None:
        frequency = FREQUENCIES.get(word.text)
        if frequency is None:
            base = word
    values: dict[str, Any] = {}
    places: dict[str, Piece] = {}

    def put(key: str, value: Any, option: Piece) -> None:
        if key in values:
            error(
                "E0117",
                f"the schedule `{name}` says this twice",
                option.span,
                "again",
                "keep one of them",
                (Label(places[key].span, "first said here"),),
            )
        values[key], places[key] = value, option

    for option in piece(children, "options") or ():
        _option(option, put)
    return syntax.ScheduleDeclaration(
        **common,
        name=declared(name),
        every=frequency,
        day=piece(children, "day"),
        start=plain(after(children, "FROM")),
        end=plain(after(children, "TO")),
        adjustment=values.get("adjustment"),
        calendars=values.get("calendars", ()),
        accrual_start=values.get("accrual_start"),
        accrual_adjusted=values.get("accrual_adjusted"),
        stub=values.get("stub"),
        dates=dates,
        base=base,
        inclusive=values.get("inclusive", False),
    )


def _option(option: Piece, put: Any) -> None:
    if option.kind == "calendar":
        word, texts = option.value
        if str(word) != "calendar":
            error("E0130", f"`{word}` says nothing about a schedule", word.span, "`calendar` is meant")
        put("calendars", texts, option)
    elif option.kind == "from":
        word, start = option.value
        if str(word) != "accrual":
            error("E0130", f"`{word} from` says nothing about a schedule", word.span, "`accrual from` is meant")
        put("accrual_start", start, option)
    elif option.value in _ADJUSTMENTS:
        put("adjustment", option.value, option)
    elif option.value in _STUBS:
        put("stub", option.value, option)
    elif option.value == "inclusive last":
        put("inclusive", True, option)
    elif option.value in ("accrual adjusted", "accrual unadjusted"):
        put("accrual_adjusted", option.value == "accrual adjusted", option)
    else:
        error(
            "E0130",
            f"`{option.value}` says nothing about a schedule",
            option.span,
            "not an option",
            "a schedule may say: `following`, `modified following`, `preceding`, `modified preceding`, "
            '`unadjusted`, `calendar "…"`, `accrual from …`, `accrual adjusted`, `accrual unadjusted`, '
            "`short first`, `long first`, `short last`, `long last`, `inclusive last`",
        )


def _every(number: Word, unit: Word) -> Frequency:
    text = str(number)
    if not text.isdigit() or not 1 <= int(text) <= 1_000:
        error("E0130", f"a schedule cannot repeat every {text} {unit}", number.span, "a whole number, from 1")
        text = "1"
    if str(unit) in ("quarter", "quarters"):
        return 3 * int(text), "month"
    if str(unit) not in _UNITS:
        error(
            "E0130",
            f"a schedule cannot repeat every {text} {unit}",
            unit.span,
            "not a length of time",
            "days, weeks, months or years",
        )
        return int(text), "month"
    return int(text), _UNITS[str(unit)]
