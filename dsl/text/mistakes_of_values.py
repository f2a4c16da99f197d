"""Mistakes within a value or a clause: a function each, which says whether it is this one."""

from __future__ import annotations

from ...engine.ir import Span
from ..messages.diagnostics import Label
from .expected import COMPARISONS, fitting, listed, shown
from .parse_place import Place

# --------------------------------------------------------------------------------------------- one function a mistake


def equals_for_is(place: Place) -> bool:
    word = place.word
    if word.type == "EQUAL" and "IS" in place.accepted and place.type(-2) not in ("END", "LBRACE"):
        return place.say("E0119", "`=` gives a value; a condition compares with `is`", "is `is` meant?", "write `is`")
    if word.type == "ARGUMENT" and "NAME" in place.accepted:
        equal = place.near(1)
        span = word.span if equal is None else equal.span
        return place.say(
            "E0119", "`=` gives a value; a condition compares with `is`", "is `is` meant?", "write `is`", span
        )
    return False


def ends_early(place: Place) -> bool:
    if place.word.type not in ("END", "$END", "RBRACE") or "END" in place.accepted or "RBRACE" in place.accepted:
        return False
    before = place.near(-1)
    if before is None:
        return False
    if "ELSE" in place.accepted:
        return no_else(place)
    fits = fitting(place.accepted)
    missing = listed(fits) if 0 < len(fits) <= 5 else "something"
    span = Span(
        before.span.file, before.span.end_line, before.span.end_column, before.span.end_line, before.span.end_column + 1
    )
    return place.say(
        "E0135",
        f"something is missing after {shown(before)}",
        f"expected {missing}",
        None,
        span,
        notes=(f"what fits here: {listed(fits)}",) if len(fits) > 5 else (),
    )


def no_else(place: Place) -> bool:
    if "ELSE" not in place.accepted or place.word.type not in (
        "END",
        "$END",
        "RBRACE",
        "RPAR",
        "COMMA",
        "CARRIES",
        "LAPSES",
    ):
        return False
    opened = next((word for word in reversed(place.words[: place.index]) if word.type == "IF"), None)
    others = () if opened is None else (Label(opened.span, "this `if`"),)
    return place.say(
        "E0139",
        "an `if` says what holds otherwise",
        "`else` is missing",
        "write `else $0` (or another value of the same kind)",
        others=others,
    )


def money_without_per(place: Place) -> bool:
    if place.type(-1) != "MONEY" or place.word.type != "NAME" or "PER" not in place.accepted:
        return False
    before, unit, last, offset = place.near(-1), str(place.word), place.word, 1
    while place.type(offset) == "MINUS" and place.type(offset + 1) == "NAME":
        last = place.words[place.index + offset + 1]
        unit, offset = f"{unit}-{last}", offset + 2
    span = Span(last.span.file, place.word.span.line, place.word.span.column, last.span.end_line, last.span.end_column)
    return place.say(
        "E0121", "a price says what it is per", "`per` is missing before the unit", f"write `{before} per {unit}`", span
    )


def per_without_unit(place: Place) -> bool:
    if place.type(-1) != "PER":
        return False
    return place.say(
        "E0121",
        "a unit is missing after `per`",
        "expected a unit",
        "write `per GPU-hour`, `per year`, `per kWh`: a unit is one word",
    )


def percent_of(place: Place) -> bool:
    if place.type(-1) != "NUMBER" or str(place.word) != "of" or "STAR" not in place.accepted:
        return False
    return place.say(
        "E0136", "a share of something is a product", "`of` does not multiply", f"write `{place.near(-1)} * …`"
    )


def moment_of_nothing(place: Place) -> bool:
    """`max(opening x - paid at opening, $0)`: only a term of a state's own sum moves at a moment."""
    following = place.near(1)
    if str(place.word) != "at" or following is None or str(following) not in ("opening", "close"):
        return False
    span = Span(
        place.word.span.file,
        place.word.span.line,
        place.word.span.column,
        following.span.end_line,
        following.span.end_column,
    )
    return place.say(
        "E0124",
        f"`at {following}` belongs to a plus or minus term of a state",
        "not a term of the state's sum",
        "write `state x = start, then opening x + term at opening`",
        span,
    )


def chained(place: Place) -> bool:
    if place.word.type not in COMPARISONS or place.word.type in place.accepted or "AND" not in place.accepted:
        return False
    return place.say("E0138", "comparisons do not chain", "a second comparison", "write `a <= b and b <= c`")


def missing_operator(place: Place) -> bool:
    word, before = place.word, place.near(-1)
    if before is None or word.type not in ("NAME", "NUMBER", "MONEY", "LPAR", "MOMENT", "PREFIX", "DATE"):
        return False
    if "STAR" not in place.accepted or before.type not in ("NAME", "NUMBER", "MONEY", "RPAR", "RSQB", "MEASURE"):
        return False
    if before.type == "NUMBER" and word.type == "NAME":
        return False
    return place.say(
        "E0136",
        f"nothing joins {shown(before)} and {shown(word)}",
        "an operator is missing before this",
        "write `*`, `+` or another operator; a name is one word, joined by `_`",
        others=(Label(before.span, "a value"),),
    )


def number_alone(place: Place) -> bool:
    """`simulate 10_000`, `circles(4)`: a number without the words that say what it counts."""
    if place.word.type != "NUMBER":
        return False
    before = str(place.near(-1)), str(place.near(-2))
    if before[0] == "simulate":
        wanted = f"`simulate {{ paths = {place.word} }}`"
    elif before == ("(", "circles"):
        wanted = f"`circles(up to {place.word} edges)`"
    else:
        return False
    return place.say("E0102", f"`{place.word}` does not fit here", "of what?", f"write {wanted}")


def share_in(place: Place) -> bool:
    """`Vendor owns 10% in Lab`."""
    if place.type(-1) != "NUMBER" or str(place.near(-2)) != "owns" or str(place.word) not in ("in", "from"):
        return False
    return place.say(
        "E0102", f"`{place.word}` does not fit here", "expected `of`", f"write `owns {place.near(-1)} of ...`"
    )
