"""What a place wants, whether a value fits it, and how to say that it does not."""

from __future__ import annotations

from typing import Literal, assert_never

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from .currencies import CURRENCIES
from .units import HOUR, PER_YEAR, PURE, RATE, YEAR, Type, article, describe

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

SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€"}


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
            listed = actual.kind == "list" and item is not None and fits(item, "growth")
            return fits(actual, "growth") or fits(actual, "credit_curve") or listed
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


def words(type: Type) -> str:
    return article(describe(type))


def refuse(
    collector: Collector,
    code: str,
    expression: syntax.Expression,
    actual: Type,
    wanted: str,
    subject: str,
    expected: Type | None = None,
    declared: Span | None = None,
    help: str | None = None,
) -> None:
    """Say that a value does not fit: ``the cap must be money, and this is a rate``."""
    others = () if declared is None else (Label(declared, f"stated to be {article(wanted)}"),)
    if actual.kind == "claim" and wanted != "claim":
        claim_is_no_number(collector, expression)
        return
    if actual.kind == "instance":
        instance_is_no_number(collector, expression)
        return
    if expected is not None and actual.currency and expected.currency:
        collector.error(
            code if code == "E0316" else "E0314",
            f"{subject} is in {expected.currency}, and this is in {actual.currency}",
            expression.span,
            label=f"money in {actual.currency}",
            others=others,
            help=f"two currencies meet only through a stated rate: `* 1.08 {expected.currency} per {actual.currency}`",
        )
        return
    if wanted.startswith("money") and actual.pure and actual.form == "plain" and isinstance(expression, syntax.Number):
        code = "E0311"
    collector.error(
        code,
        f"{subject} must be {article(wanted)}, and this is {words(actual)}",
        expression.span,
        label=describe(actual),
        others=others,
        help=help
        if help is not None
        else _moved(expression, actual, wanted, subject, expected)
        if code == "E0338"
        else hint(expression, actual, wanted, expected),
    )


def _moved(expression: syntax.Expression, actual: Type, wanted: str, subject: str, expected: Type | None) -> str | None:
    """The likely correction of an override; a percentage of what is no share was to scale it."""
    lowered = isinstance(expression, syntax.Unary) and expression.operator == "-"
    literal = expression.operand if isinstance(expression, syntax.Unary) and lowered else expression
    if isinstance(literal, syntax.Number) and literal.form == "percent" and not literal.units and actual.pure:
        name = subject.strip("`")
        if lowered:
            return f"to lower it by so much: `{name} * (1 - {literal.text})`"
        return f"so much of it: `{name} * {literal.text}`"
    return hint(expression, actual, wanted, expected)


def claim_is_no_number(collector: Collector, expression: syntax.Expression) -> None:
    if isinstance(expression, syntax.Name):
        subject, name = f"`{expression.text}`", expression.text
    else:
        subject, name = "this", "rent"
    collector.error(
        "E0322",
        f"{subject} is a claim, and one of its amounts is wanted here",
        expression.span,
        label="claim",
        help=f"`{name}.paid`, `{name}.due`, `{name}.current`, `{name}.arrears` or `{name}.unpaid`",
    )


def instance_is_no_number(collector: Collector, expression: syntax.Expression) -> None:
    if isinstance(expression, syntax.Name):
        subject, name = f"`{expression.text}`", expression.text
    else:
        subject, name = "this", "senior"
    collector.error(
        "E0323",
        f"{subject} is not a figure, and one is wanted here",
        expression.span,
        label="no figure",
        help=f"name the figure that is meant, for example `{name}.balance`",
    )


def _yearly(actual: Type) -> str | None:
    """Of `210bp * market` either could be the rate a year."""
    if actual.kind != "number" or not actual.pure:
        return None
    return "say which part of it is a rate a year: `210bp per year * market`"


def hint(expression: syntax.Expression, actual: Type, wanted: str, expected: Type | None = None) -> str | None:
    """The likely correction of a value that does not fit, or None."""
    if actual.kind == "list" and wanted.startswith("list"):
        if actual.item is None:
            return "a list has one item at least"
        if wanted != "list of rates" or not actual.item.pure:
            return None
        return "a rate is written `3%` or `300bp`" if actual.item.form == "plain" else _yearly(actual.item)
    if actual.kind == "list" and not wanted.startswith("claim"):
        return "a value by date is `step([2027-01-15: 2%, ...])`; by another figure, `banded([0: 2%, ...], x)`"
    literal = expression if isinstance(expression, syntax.Number) and not expression.units else None
    if wanted.startswith("money"):
        symbol = SYMBOLS.get((expected.currency if expected is not None else None) or "USD", "$")
        if literal is not None and literal.form == "plain":
            rest = wanted.removeprefix("money")
            return f"did you mean `{symbol}{literal.text}{rest}`?"
        if actual.kind == "number" and actual.dimension.power("hour") and actual.dimension.power("year"):
            return "exact time meets a rate per year only through a day count: `accrue(x, actual/360)`"
        if isinstance(expression, syntax.Money) and not expression.units and " per " in wanted:
            return f"did you mean `{expression.text}{wanted.removeprefix('money')}`?"
        if actual.kind == "number" and actual.dimension.power("year") == -1 and actual.dimension.currencies:
            return "`accrue(x, actual/360)` gathers an amount per year; `x * 1 month` takes a month of it"
    if wanted == "rate" and literal is not None and literal.form == "plain":
        # 0.05 is a share; 5 is likelier to be a percentage than 500%, and 500 to be basis points.
        value = float(literal.value)
        likely = f"{value * 100:g}%" if value < 1 else f"{value:g}%" if value <= 30 else f"{value:g}bp"
        return f"did you mean `{likely}`?"
    if wanted == "rate" and literal is None:
        found = _yearly(actual)
        if found is not None:
            return found
    if wanted == "duration" and literal is not None:
        return f"did you mean `{literal.text} years`, or `{literal.text} months`?"
    if wanted == "condition":
        return "compare it with something: `x > $0`, `x is y`"
    if wanted == "date":
        if actual.kind == "schedule":
            return "`first` or `last` and the schedule's name is a date"
        if fits(actual, "duration"):
            return "add it to a date: `closing + 6 months`"
        return "a date is written 2031-01-15"
    if wanted == "text":
        return 'a text stands in quotes: `"CCC"`'
    if expected is not None and expected.kind == "number":
        if literal is not None and literal.form == "plain" and not expected.dimension.pure:
            unit = describe(expected).removeprefix("number of ")
            return f"did you mean `{literal.text} {unit}`?" if expected.dimension.currency is None else None
        if expected.dimension.pure and actual.kind == "number" and actual.dimension == PER_YEAR:
            return "leave out `per year`, or multiply by a duration: `* 1 month`"
    return None


def calendar_meets_exact(left: Type, right: Type) -> bool:
    """Whether two types differ by calendar against exact time and by nothing else."""
    if left.kind != "number" or right.kind != "number":
        return False
    ratio = left.dimension / right.dimension
    return (
        bool(ratio.powers)
        and {name for name, _ in ratio.powers} == {"hour", "year"}
        and (ratio.power("year") == -ratio.power("hour"))
    )


def currencies_differ(left: Type, right: Type) -> bool:
    if left.kind != "number" or right.kind != "number":
        return False
    ratio = left.dimension / right.dimension
    return (
        len(ratio.powers) == 2
        and all(name in CURRENCIES for name, _ in ratio.powers)
        and (sum(power for _, power in ratio.powers) == 0)
    )
