"""What a place wants, and whether a value fits it."""

from __future__ import annotations

from typing import Literal, assert_never

from .dimensions import HOUR, PER_YEAR, PURE, YEAR
from .value_types import RATE, Type

Want = Literal[
    "anything",
    "value",
    "number",
    "pure",
    "money",
    "rate",
    "growth",
    "duration",
    "date",
    "condition",
    "text",
    "party",
    "schedule",
    "when",
    "daycount",
    "claim",
    "receivable",
    "instrument",
    "list",
    "pairs",
    "hazard",
    "rate_curve",
    "credit_curve",
    "curve",
    "discounting",
]


WORDS: dict[Want, str] = {
    "anything": "value",
    "value": "value",
    "number": "number",
    "pure": "number",
    "money": "money",
    "rate": "rate",
    "growth": "rate",
    "duration": "duration",
    "date": "date",
    "condition": "condition",
    "text": "text",
    "party": "party",
    "schedule": "schedule",
    "when": "schedule or a date",
    "daycount": "day count",
    "claim": "claim",
    "receivable": "claim or an amount of money",
    "instrument": "claim, an instrument or a series of money",
    "hazard": "rate, or a list of rates by age, `[1 year: 2%, 3 years: 3%]`",
    "rate_curve": "rate curve",
    "credit_curve": "credit curve, or a party that has one",
    "curve": "curve",
    "discounting": "rate, or a rate curve",
    "list": "list",
    "pairs": "list of steps, `[date: value, ...]`",
}


def fits(actual: Type, wanted: Want) -> bool:
    """Whether a value of this type can stand where that is wanted. An unknown fits everywhere."""
    if actual.kind == "unknown":
        return True
    number = actual.kind == "number"
    match wanted:
        case "anything":
            return True
        case "value":
            return actual.kind in ("number", "condition", "date", "text", "party")
        case "number":
            return number
        case "pure":
            return number and (actual.dimension == PURE or (actual.bare and actual.dimension == YEAR))
        case "money":
            dimension = actual.dimension
            return number and (
                dimension.currency is not None or (actual.bare and (dimension * PER_YEAR).currency is not None)
            )
        case "rate":
            return number and (actual.dimension == PER_YEAR or (actual.dimension == PURE and actual.bare))
        case "growth":
            return number and actual.dimension in (PER_YEAR, PURE)
        case "hazard":
            item = actual.item
            listed = actual.kind == "list" and item is not None and fits(item, "rate")
            return fits(actual, "rate") or fits(actual, "credit_curve") or listed
        case "duration":
            return number and actual.dimension in (YEAR, HOUR)
        case "date" | "condition" | "text" | "party" | "schedule" | "daycount" | "claim" | "list":
            return actual.kind == wanted
        case "rate_curve":
            return actual.kind == "rate_curve"
        case "discounting":
            return actual.kind == "rate_curve" or fits(actual, "rate")
        case "credit_curve":
            return actual.kind in ("credit_curve", "party")
        case "curve":
            return actual.kind in ("credit_curve", "rate_curve", "party")
        case "pairs":
            return actual.kind == "list"
        case "when":
            held = actual.item if actual.kind == "list" else actual
            return actual.kind == "schedule" or (held is not None and held.kind in ("date", "unknown"))
        case "receivable":
            return (
                actual.kind == "claim"
                or fits(actual, "money")
                or (actual.kind == "list" and actual.item is not None and fits(actual.item, "receivable"))
            )
        case "instrument":
            return (
                actual.kind in ("claim", "instance", "party")
                or fits(actual, "money")
                or (actual.kind == "list" and actual.item is not None and fits(actual.item, "instrument"))
            )
        case _:
            assert_never(wanted)


def settle(actual: Type, wanted: Want) -> Type:
    """The type that a fitting value has there: a bare percentage where a rate is wanted is one per year."""
    if wanted in ("rate", "discounting") and actual.kind == "number" and actual.dimension == PURE:
        return RATE.like(actual)
    if wanted in ("pure", "money") and actual.kind == "number" and actual.bare and actual.dimension.power("year") == 1:
        return Type(kind="number", dimension=actual.dimension * PER_YEAR).like(actual)
    return actual
