"""What a curve states: its fields and their types, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from .. import syntax
from ..messages.diagnostics import Collector
from ..messages.nearest import nearest
from .currencies import CURRENCIES


@attrs.frozen(slots=True)
class CurveField:
    """A field of a curve: its type's name, whether it is a list of points, and what it is."""

    base: str
    many: bool
    help: str


FIELDS: Mapping[str, Mapping[str, CurveField]] = {
    "rate": {
        "currency": CurveField("currency", False, "the currency that it discounts"),
        "traded": CurveField("date", False, "the date that its quotes are of"),
        "convention": CurveField("text", False, "how its quotes are read"),
        "deposits": CurveField("rate", True, "simple rates, paid once"),
        "swaps": CurveField("rate", True, "par fixed rates"),
        "overnight": CurveField("rate", True, "par fixed rates of overnight index swaps"),
        "zeros": CurveField("rate", True, "continuously compounded rates, actual/365"),
        "zero": CurveField("rate", False, "one continuously compounded rate, actual/365"),
    },
    "credit": {
        "rates": CurveField("rate_curve", False, "the curve that discounts"),
        "traded": CurveField("date", False, "the date that its quotes are of"),
        "recovery": CurveField("fraction", False, "what a holder gets back of each unit"),
        "spreads": CurveField("rate", True, "par spreads"),
        "upfronts": CurveField("fraction", True, "clean upfronts at the coupon"),
        "coupon": CurveField("rate", False, "what the contracts of upfronts pay"),
        "corrected": CurveField("condition", False, "leaves out the half day of the accrual paid on default"),
        "hazards": CurveField("rate", True, "default rates a year, each up to its point"),
        "hazard": CurveField("rate", False, "one default rate a year"),
    },
}
"""What a `rate_curve` and a `credit_curve` may state."""

QUOTES: Mapping[str, tuple[str, ...]] = {
    "rate": ("deposits", "swaps", "overnight", "zeros", "zero"),
    "credit": ("spreads", "upfronts", "hazards", "hazard"),
}
"""The fields that a curve is made from, in the order that their points stand on it."""

TOGETHER = (frozenset(("deposits", "swaps")),)
"""Kinds of quotes that one curve may hold side by side."""

WORDS = {"rate": "a rate curve", "credit": "a credit curve"}


def curve_fields(item: syntax.CurveDeclaration, collector: Collector) -> Iterator[tuple[syntax.Field, syntax.TypeName]]:
    """The fields of a curve that hold values, each with its type. What is unknown, missing or too much is reported."""
    known, what = FIELDS[item.form], WORDS[item.form]
    given = {field.name: field for field in item.fields}
    for name, field in given.items():
        if name not in known:
            guess = nearest(name, known)
            collector.error(
                "E0651",
                f"{what} has no field `{name}`",
                field.name_span,
                label="no such field",
                help=f"did you mean `{guess}`?" if guess else f"its fields are {', '.join(known)}",
            )
        elif name != "currency":
            about = known[name]
            yield field, syntax.TypeName(about.base, (), False, about.many, field.name_span)
    unread = [name for name in given if name not in known]
    quotes = [name for name in QUOTES[item.form] if name in given]
    if not quotes and not unread:
        collector.error(
            "E0652",
            f"the curve `{item.name}` states no quotes",
            item.name_span,
            label="made of what?",
            help="`spreads = [1 year: 210bp, 5 years: 380bp]`, or `hazard = 2%`"
            if item.form == "credit"
            else "`deposits` and `swaps`, or `overnight`, with a `convention`; `zeros`, or one rate: `zero = 4%`",
        )
    if len(quotes) > 1 and frozenset(quotes) not in TOGETHER:
        second = given[quotes[1]]
        collector.error(
            "E0653",
            f"`{quotes[0]}` and `{quotes[1]}` each make a curve of their own",
            second.name_span,
            label="which of the two?",
            help="keep one of them",
        )
    if "coupon" in given and quotes and "upfronts" not in quotes:
        collector.error(
            "E0653",
            f"a curve made of {quotes[0]} has no coupon: `coupon` is what the contracts of `upfronts` pay",
            given["coupon"].name_span,
            label="of which contracts?",
            help="leave it out, or state `upfronts`: par spreads are coupons at which nothing is paid upfront",
        )
    for name in _needed(item.form, quotes):
        if name not in given and not unread:
            collector.error(
                "E0652",
                f"the curve `{item.name}` does not state its {name}",
                item.name_span,
                label=f"no `{name}`",
                help=_NEEDED[name],
            )


_NEEDED = {
    "rates": "add `rates = ...`: the rate curve that discounts its legs",
    "recovery": "add `recovery = 40%`: what a holder gets back of each unit",
    "coupon": "add `coupon = 5%`: what the contracts pay besides their upfronts",
    "convention": 'add `convention = "USD"`: how deposits and swaps of that currency are quoted',
}


def _needed(form: str, quotes: list[str]) -> list[str]:
    if form == "rate":
        return ["convention"] if quotes and quotes[0] in ("deposits", "swaps", "overnight") else []
    if "upfronts" in quotes:
        return ["rates", "recovery", "coupon"]
    return ["rates", "recovery"] if "spreads" in quotes else []


def currency_of(item: syntax.CurveDeclaration, default: str, collector: Collector | None = None) -> str:
    """The currency that a rate curve states; the deal's where it states none."""
    field = next((field for field in item.fields if field.name == "currency"), None)
    if field is None:
        return default
    if isinstance(field.value, syntax.Name) and field.value.text in CURRENCIES:
        return field.value.text
    if collector is not None:
        text = field.value.text if isinstance(field.value, syntax.Name) else ""
        guess = nearest(text, CURRENCIES)
        collector.error(
            "E0223",
            "a currency is its three-letter ISO 4217 code",
            field.value.span,
            label="not a currency",
            help=f"did you mean `{guess}`?" if guess else "`currency = EUR`",
        )
    return default
