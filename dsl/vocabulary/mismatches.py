"""How it is said that a value does not fit, or that two do not go together, with what was probably meant."""

from __future__ import annotations

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector, Label
from .currencies import CURRENCIES
from .dimensions import PER_YEAR
from .expected_kinds import fits
from .type_words import article, describe
from .value_types import Type

SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€"}


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
    if not (actual.kind == "claim" and wanted == "claim") and no_number(collector, expression, actual):
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


def no_number(collector: Collector, expression: syntax.Expression, type: Type) -> bool:
    """Whether a value is a claim or an instance where a figure is wanted; reported where it is."""
    if type.kind not in ("claim", "instance"):
        return False
    named = expression.text if isinstance(expression, syntax.Name) else None
    subject = "this" if named is None else f"`{named}`"
    if type.kind == "claim":
        name = named or "rent"
        collector.error(
            "E0322",
            f"{subject} is a claim, and one of its amounts is wanted here",
            expression.span,
            label="claim",
            help=f"`{name}.paid`, `{name}.due`, `{name}.current`, `{name}.arrears` or `{name}.unpaid`",
        )
    else:
        collector.error(
            "E0323",
            f"{subject} is not a figure, and one is wanted here",
            expression.span,
            label="no figure",
            help=f"name the figure that is meant, for example `{named or 'senior'}.balance`",
        )
    return True


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
