"""Mistakes in how lines, items and labels begin and end: a function each, which says whether it is this one."""

from __future__ import annotations

from ...engine.ir import Span
from ..messages.nearest import nearest
from . import grammar_tables
from .expected import fitting, listed, shortened
from .nesting import DECLARATIONS, ITEM_WORDS, KEYWORDS, Word
from .parse_place import Place
from .step_words import STEP_WORDS, plain_terminals


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
        f"write `; {shortened(str(word))}`" if what != "a line of the waterfall" else "begin it on a new line",
    )


def names_something(words: list[Word], index: int) -> bool:
    """Whether what stands at ``index`` can only be a name that is declared: `term to`, `party A, to`, `loan to {`."""
    first = index
    while first > 0 and words[first - 1].type not in ("END", "LBRACE", "RBRACE"):
        first -= 1
    if first == index:
        return index + 1 < len(words) and words[index + 1].type == "COLON"  # a field of a component
    opens, before = str(words[first]), words[index - 1]
    if first == index - 1:
        following = words[index + 1] if index + 1 < len(words) else None
        instance = following is not None and (following.type == "LBRACE" or str(following).startswith("each"))
        return opens in DECLARATIONS or before.type == "DEFINING" or (before.type == "NAME" and instance)
    if opens == "function":
        return before.type in ("LPAR", "COMMA")
    return opens in ("party", "account") and before.type == "COMMA"


def reserved_name(place: Place) -> bool:
    word = place.word
    if str(word) not in KEYWORDS or not names_something(place.words, place.index):
        return False
    place.collector.unread.add(str(word))
    return place.say(
        "E0113",
        f"`{word}` is a word of the language and cannot be a name",
        "reserved",
        f"choose another, such as `the_{word}`",
    )


def reserved(place: Place) -> bool:
    word = place.word
    if str(word) not in KEYWORDS or "NAME" not in place.accepted:
        return False
    before = place.near(-1)
    fits = fitting(place.accepted)
    label = f"expected {listed(fits)}" if 0 < len(fits) <= 5 else "a word of the language"
    return place.say(
        "E0102",
        f"`{word}` does not fit here",
        label,
        "delete it" if before is not None and str(before) == str(word) else None,
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


def receives_several(place: Place) -> bool:
    if place.word.type != "COMMA" or "INTO" not in place.accepted:
        return False
    return place.say(
        "E0102",
        "`receive` takes one claim",
        "a second one begins here",
        "give each a line of its own, or receive a `group` of them",
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
