"""What the parser did not expect, told in the words of the field: one code for each mistake that people make."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ...engine.ir import Span
from ..messages.diagnostics import Collector, Label
from ..messages.nearest import nearest
from . import grammar_tables
from .nesting import DECLARATIONS, ITEM_WORDS, KEYWORDS, Word
from .step_words import STEP_WORDS, opening_terminals, plain_terminals

_OPERATORS = frozenset(("PLUS", "MINUS", "STAR", "SLASH", "CIRCUMFLEX"))
_COMPARISONS = frozenset(("LESSTHAN", "LESS_EQUAL", "MORETHAN", "MORE_EQUAL", "IS", "IS_NOT"))
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
    rest -= _COMPARISONS | _QUIET
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
            return f'the text "{_short(str(word))}"'
        case _:
            return f"`{_short(str(word))}`"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


@attrs.frozen(slots=True)
class Place:
    """Where the parser stands: the token that does not fit, those around it, and what would have fitted."""

    collector: Collector
    word: Word
    accepted: set[str]
    words: list[Word]
    index: int

    def near(self, offset: int) -> Word | None:
        position = self.index + offset
        return self.words[position] if 0 <= position < len(self.words) else None

    def type(self, offset: int) -> str:
        word = self.near(offset)
        return "" if word is None else word.type

    def say(
        self,
        code: str,
        message: str,
        label: str = "",
        help: str | None = None,
        span: Span | None = None,
        others: tuple[Label, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> bool:
        place = self.word.span if span is None else span
        self.collector.error(code, message, place, label=label, help=help, others=others, notes=notes)
        return True


def explain(collector: Collector, word: Word, accepted: set[str], words: list[Word], index: int) -> None:
    """Report the token at ``index``; ``accepted`` are the terminals that would have fitted."""
    place = Place(collector, word, accepted, words, index)
    for mistake in MISTAKES:
        if mistake(place):
            return
    generic(place)


def generic(place: Place) -> bool:
    fits = fitting(place.accepted)
    label = f"expected {listed(fits)}" if 0 < len(fits) <= 5 else ""
    notes = (f"what fits here: {listed(fits)}",) if len(fits) > 5 else ()
    return place.say("E0102", f"{shown(place.word)} does not fit here", label, notes=notes)


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


def capital(place: Place) -> bool:
    for offset in (0, -1, -2):
        candidate = place.near(offset)
        if candidate is None or candidate.type != "NAME":
            continue
        if offset == -2 and place.type(-3) not in ("", "END", "LBRACE", "RBRACE"):
            continue
        small = str(candidate).lower()
        if small != str(candidate) and (small in KEYWORDS or small in ITEM_WORDS):
            return place.say(
                "E0141",
                f"words of the language are written small: `{small}`",
                "a name, as written",
                f"write `{small}`",
                candidate.span,
            )
    return False


def comma_between_fields(place: Place) -> bool:
    if place.word.type != "COMMA" or not {"END", "RBRACE"} <= place.accepted:
        return False
    return place.say(
        "E0142", "fields and steps are parted by `;` or a line's end, not by a comma", "a comma", "write `;`"
    )


def label_words(words: list[Word], index: int) -> tuple[int, int] | None:
    """Where the names around ``index`` begin an entry and a verb follows them: a label without quotation marks."""
    if index >= len(words):
        return None
    first = index
    while first > 0 and words[first - 1].type == "NAME" and words[first - 1].span.line == words[index].span.line:
        first -= 1
    if first == index or (first > 0 and words[first - 1].type not in ("END", "LBRACE")):
        return None
    last = index
    while last < len(words) and words[last].type == "NAME":
        last += 1
    if last == len(words):
        return None
    verb = words[last]
    begins = str(verb) in STEP_WORDS or verb.type in plain_terminals() | {"PRO_RATA", "UP_TO"}
    return (first, last) if begins else None


def unquoted_label(place: Place) -> bool:
    """`Interest pay senior.interest`: the label of a waterfall's line without its quotation marks."""
    found = label_words(place.words, place.index)
    if found is None:
        return False
    first, last = found
    begin, end = place.words[first].span, place.words[last - 1].span
    label = " ".join(str(each) for each in place.words[first:last])
    return place.say(
        "E0122",
        "a line's label stands between quotation marks",
        "a label, not a claim",
        f'write `"{label}"`',
        Span(begin.file, begin.line, begin.column, end.end_line, end.end_column),
    )


def two_on_a_line(place: Place) -> bool:
    if "END" not in place.accepted:
        return False
    word = place.word
    what = ""
    if str(word) in ITEM_WORDS and place.type(1) in ("NAME", "TEXT"):
        what = "an item"
    elif str(word) in STEP_WORDS or word.type in plain_terminals() | {"WHEN", "UNLESS"}:
        what = "a step"
    elif word.type == "NAME" and place.type(1) == "EQUAL":
        what = "a field"
    elif word.type == "TEXT" and str(place.near(1)) in STEP_WORDS:
        what = "a line of the waterfall"
    elif word.type == "NAME" and place.type(1) == "NAME" and place.type(2) == "LBRACE":
        what = "an item"
    if not what:
        return False
    return place.say(
        "E0114",
        f"{what} begins here, and the one before it has not ended",
        "needs a line of its own, or a `;` before it",
        f"write `; {_short(str(word))}`" if what != "a line of the waterfall" else "begin it on a new line",
    )


def reserved(place: Place) -> bool:
    word = place.word
    if str(word) not in KEYWORDS or "NAME" not in place.accepted:
        return False
    before = place.near(-1)
    declares = before is not None and (str(before) in DECLARATIONS or before.type == "DEFINING")
    if declares:
        place.collector.unread.add(str(word))
        return place.say(
            "E0113",
            f"`{word}` is a word of the language and cannot be a name",
            "reserved",
            f"choose another, such as `the_{word}`",
        )
    fits = fitting(place.accepted)
    label = f"expected {listed(fits)}" if 0 < len(fits) <= 5 else "a word of the language"
    return place.say(
        "E0102",
        f"`{word}` does not fit here",
        label,
        "delete it" if before is not None and str(before) == str(word) else None,
    )


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


def misspelt_word(place: Place) -> bool:
    """`eles`: a name where a word of the language fits that is nearly it."""
    if place.word.type != "NAME" or len(place.word) < 3:
        return False
    texts = {name: text for text, name in grammar_tables.keywords().items() if text.isalpha()}
    meant = nearest(str(place.word), [texts[name] for name in place.accepted if name in texts])
    if meant is None or (place.type(-1) == "NAME" and "STAR" in place.accepted and place.type(1) in ("END", "RBRACE")):
        return False
    return place.say(
        "E0102", f"`{place.word}` does not fit here", "a word of the language is expected", f"did you mean `{meant}`?"
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


def receives_several(place: Place) -> bool:
    if place.word.type != "COMMA" or "INTO" not in place.accepted:
        return False
    return place.say(
        "E0102",
        "`receive` takes one claim",
        "a second one begins here",
        "give each a line of its own, or receive a `group` of them",
    )


def chained(place: Place) -> bool:
    if place.word.type not in _COMPARISONS or place.word.type in place.accepted or "AND" not in place.accepted:
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


def undefined_assignment(place: Place) -> bool:
    if place.word.type != "EQUAL" or place.type(-1) != "NAME":
        return False
    if place.type(-2) not in ("", "END", "LBRACE", "RBRACE"):
        return False
    name = place.near(-1)
    if "COLON" in place.accepted:
        return place.say(
            "E0140",
            "a component's field states its type",
            "no type",
            f"write `{name} : money = …`, or `define {name} = …`",
        )
    return place.say(
        "E0140",
        f"nothing says what `{name}` is",
        "a value for what?",
        f"write `define {name} = …` (one value a date) or `term {name} = …` (fixed)",
    )


def needs_text(place: Place) -> bool:
    if not place.accepted <= {"TEXT", "LABEL"}:
        return False
    return place.say(
        "E0122",
        "a text between quotation marks is expected",
        "not a text",
        f'write `"{place.word}"`' if place.word.type in ("NAME", "NUMBER") else None,
    )


def draw_alone(place: Place) -> bool:
    """`Lab.default drawn from ...` outside `simulate`: a name and its draw begin a line where an item is expected."""
    if "DRAWN_FROM" in place.accepted:
        return False
    offset = 0
    while place.type(offset) in ("NAME", "DOT"):
        offset += 1
    if place.type(offset) != "DRAWN_FROM":
        return False
    first = place.index + offset
    while first > 0 and place.words[first - 1].type in ("NAME", "DOT"):
        first -= 1
    begin, end = place.words[first].span, place.words[place.index + offset].span
    return place.say(
        "E0102",
        "a draw does not fit here",
        "what is drawn is said inside `simulate`",
        "write `simulate { paths = 10_000; x drawn from ... }`",
        Span(begin.file, begin.line, begin.column, end.end_line, end.end_column),
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


MISTAKES: tuple[Callable[[Place], bool], ...] = (
    equals_for_is,
    needs_text,
    per_without_unit,
    unquoted_label,
    capital,
    comma_between_fields,
    two_on_a_line,
    undefined_assignment,
    moment_of_nothing,
    receives_several,
    draw_alone,
    number_alone,
    share_in,
    misspelt_word,
    money_without_per,
    percent_of,
    chained,
    no_else,
    ends_early,
    missing_operator,
    reserved,
)
