"""Lexemes to tokens: what each word is where it stands, and which line ends count.

Words. Reserved words (`KEYWORDS`) are never names, save after a dot and before `=` or `:`, where only a field can
stand. Words that open an item (`index`, `term`, `claim`) are words of the language only where an item can begin;
words that work on a name (`opening`, `lowest`, `first`) only before a name; else they are names like any other.

Lines. A line's end, like `;`, ends a field, a member or a step. It does not count inside ( ) and [ ], after what
cannot end one (an operator, `=`, a comma, `{`, `then`, `to`), nor before what cannot begin one (an operator,
`then`, `else`, `carries`, `because`, `cite`, `{`). A line that begins with `-` goes on from the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from ...engine.ir import Span
from ..messages.diagnostics import Collector
from .names_like_money import spelled
from .nesting import DECLARATIONS, DEFINING, ITEM_WORDS, KEYWORDS, VERBS, Nesting, Word, after_last
from .step_words import opening_terminals
from .tokens import Lexeme

# A word that acts on the name after it; `(` or anything else after it makes it a name (`next(6 months, x)`).
_BEFORE_NAME = {
    "previous": "MOMENT",
    "opening": "MOMENT",
    "closing": "MOMENT",
    "projected": "MOMENT",
    "next": "MOMENT",
    "first": "EDGE",
    "last": "EDGE",
    "lowest": "PREFIX",
    "highest": "PREFIX",
    "average": "PREFIX",
    "total": "PREFIX",
    "kind": "KIND",
    "column": "COLUMN",
}
_BOUNDS = frozenset(("after", "from", "since", "to", "before"))
_DRAWN = frozenset(("NAME", "RPAR", "RSQB"))  # `x drawn from`; in `receive drawn from P` it is a name
_OPENERS = {("function", "("), ("component", "{"), ("credit_curve", "{"), ("rate_curve", "{")}
_COUNTED = frozenset(("test", "tests"))

# What a statement cannot end with, and what one cannot begin with (terminal names).
_GOES_ON_AFTER = spelled(
    "PLUS MINUS STAR SLASH CIRCUMFLEX LESSTHAN LESS_EQUAL MORETHAN MORE_EQUAL EQUAL COMMA COLON DOT DOTS LPAR LSQB "
    "LBRACE AND BECAUSE BY CITE ELSE FOR FROM IF IN INTO IS IS_NOT NOT OF ON ON_AT TABLE_ON OR PER THEN TO UNLESS "
    "UNTIL WHEN WHERE WHILE WITHIN UP_TO PRO_RATA THEN_FROM SO_THAT NUMBER_OF ALL_OF KEEP_REST DRAWN_FROM JOINED_BY "
    "CARRIES_WITH CAPITALISES WRITTEN_OFF EACH_ROW_IN CLIPPED MOMENT EDGE PREFIX BOUND ARGUMENT DEFINING NONE_OF "
    "KINDS AGAINST"
)
_GOES_ON_BEFORE = spelled(
    "PLUS MINUS STAR SLASH CIRCUMFLEX LESSTHAN LESS_EQUAL MORETHAN MORE_EQUAL EQUAL COMMA COLON DOT DOTS RPAR RSQB "
    "LBRACE AND BECAUSE BY CITE CARRIES ELSE FALLS FOR FROM IN INTO IS IS_NOT LAPSES OF ON ON_AT TABLE_ON OR "
    "OTHERWISE PER PERMANENTLY THEN TO WHERE WHILE WITHIN THEN_FROM SO_THAT DRAWN_FROM JOINED_BY CARRIES_WITH "
    "CAPITALISES WRITTEN_OFF EACH_ROW_IN WHEN_REACHED TESTED_AFTER NOTWITHSTANDING IN_THIS_PERIOD "
    "IN_EVERY_SCENARIO ON_DAY ON_LAST_DAY BOUND KIND AT RANK COLUMN AGAINST"
)


class Layout(Nesting):
    """One pass over a file's lexemes."""

    def __init__(self, file: str, lexemes: list[Lexeme], keywords: Mapping[str, str], collector: Collector) -> None:
        super().__init__(file, lexemes, collector)
        self.keywords = keywords
        self.phrases = _phrases(keywords)
        self.in_table = False
        self.after_then = False

    def run(self) -> list[Word]:
        """The tokens; none where the text nests too deeply to be read at all."""
        lexemes, count = self.lexemes, len(self.lexemes)
        index, line_ended = 0, False
        while index < count and not self.stopped:
            lexeme = lexemes[index]
            if lexeme.kind == "line":
                line_ended = True
                index += 1
                continue
            if lexeme.kind == "sign" and lexeme.text == ";":
                self.close_brackets(";")
                self.end(lexeme.span(self.file))
                line_ended = False
                index += 1
                continue
            if line_ended or not self.words:
                self.new_line(index)
            if line_ended and self.innermost.kind not in ("(", "[") and self.words:
                word, _ = self.word(index, self.words[-1].type not in _GOES_ON_AFTER or self.starts())
                if self.counts(word) or self.surely_begins(index):
                    if self.lacks_block(index):
                        self.open_block()
                    else:
                        self.end(after_last(self.words))
            line_ended = False
            word, index = self.word(index, self.starts())
            if self.lacks_guarded(word):
                self.open_block()
            self.push(word)
        if self.stopped:
            return []
        self.close_all()
        return self.words

    def counts(self, word: Word) -> bool:
        """Whether the line end between the last token and ``word`` ends a statement."""
        if self.words[-1].type in _GOES_ON_AFTER or word.type in _GOES_ON_BEFORE:
            return False
        # `when` begins a step inside a waterfall; elsewhere it goes on (`trigger x` on one line, `when …` on the next).
        return word.type not in opening_terminals() or self.innermost.kind == "steps"

    def surely_begins(self, index: int) -> bool:
        """Whether a line begins an item though the one before it is unfinished (`define y = 3 +`)."""
        outside = self.lexemes[index].column <= self.innermost.first_column
        return self.begins_item(index) and (outside or self.at(index)[1] not in VERBS) and self.words[-1].type != "END"

    def end(self, span: Span) -> None:
        super().end(span)
        self.in_table = self.after_then = False

    def push(self, word: Word) -> None:
        match word.type:
            case "DATES":
                self.innermost.counting = True
            case "BOUND":
                # A count ends with `to` or `before`: a `from` after it is the receipt's or the claim's own.
                self.innermost.counting = word.value in ("after", "from", "since")
            case "NAME" | "DOT" | "DATE" | "MOMENT" | "EDGE" | "NEVER" | "LPAR" | "RPAR":
                pass
            case "TABLE":
                self.in_table = True
            case "THEN":
                self.after_then = True
                self.innermost.counting = False
            case _:
                self.innermost.counting = False
        self.nest(word)

    # ------------------------------------------------------------------------------------- words

    def word(self, index: int, starts: bool) -> tuple[Word, int]:
        """The token that begins at a lexeme, and the index of the lexeme after it."""
        lexeme = self.lexemes[index]
        span = lexeme.span(self.file)
        match lexeme.kind:
            case "sign":
                return Word.make(self.keywords[lexeme.text], lexeme.text, span), index + 1
            case "number" | "money" | "date" | "daycount":
                return Word.make(lexeme.kind.upper(), lexeme.text, span), index + 1
            case "text":
                return Word.make(self.text_type(index, starts), lexeme.text, span), index + 1
            case "word" | "line":
                return self.role(index, span, starts)
            case _:
                assert_never(lexeme.kind)

    def text_type(self, index: int, starts: bool) -> str:
        if self.words and not starts and self.words[-1].type in ("REQUIRE", "EXPECT", "ALWAYS"):
            return "LABEL"
        if self.innermost.kind == "lines" and self.sign_after(index) == "=":
            return "LABEL"
        return "TEXT"

    def sign_after(self, index: int) -> str:
        following = self.lexemes[index + 1] if index + 1 < len(self.lexemes) else None
        return following.text if following is not None and following.kind == "sign" else ""

    def name_after(self, index: int) -> bool:
        following = self.lexemes[index + 1] if index + 1 < len(self.lexemes) else None
        return following is not None and following.kind == "word" and following.text not in KEYWORDS

    def kind_after(self, index: int) -> str:
        return self.lexemes[index + 1].kind if index + 1 < len(self.lexemes) else "line"

    def role(self, index: int, span: Span, starts: bool) -> tuple[Word, int]:
        text = self.lexemes[index].text
        last = self.words[-1] if self.words else None
        before = last.type if last is not None else "END"
        if before == "DOT":
            return Word.make("NAME", text, span), index + 1
        if (before == "PER" and not self.declared_per()) or (before == "NUMBER" and self.is_unit(index, last)):
            return self.measure(index, span)
        after = self.sign_after(index)
        if after == "=" and self.innermost.kind == "(":
            return Word.make("ARGUMENT", text, span), index + 1
        if after in ("=", ":", ".") and text not in ("true", "false", "never"):
            return Word.make("NAME", text, span), index + 1
        declares = bool(self.words) and self.words[-1].type != "NAME" and str(self.words[-1]) in DECLARATIONS
        phrase = None if declares else self.phrase(index)
        if phrase is not None:
            return phrase
        if starts and text in ITEM_WORDS and self.item_follows(index, text):
            return Word.make("DEFINING" if text in DEFINING else self.keywords[text], text, span), index + 1
        return Word.make(self.word_type(index, text, before), text, span), index + 1

    def bound_after(self, index: int) -> bool:
        """Whether a count's next bound follows: `after closing before date` reads no `closing before`."""
        following = self.lexemes[index + 1].text if index + 1 < len(self.lexemes) else ""
        return self.innermost.counting and following in _BOUNDS

    def word_type(self, index: int, text: str, before: str) -> str:
        if text in KEYWORDS:
            if self.innermost.counting and text in _BOUNDS:
                return "BOUND"
            if text == "on":
                if self.in_table:
                    return "TABLE_ON"
                following = self.lexemes[index + 1].text if index + 1 < len(self.lexemes) else ""
                dated = self.kind_after(index) == "date" or following == "closing"
                return "ON_AT" if dated or (following in ("first", "last") and self.name_after(index + 1)) else "ON"
            return self.keywords[text]
        if text in _BEFORE_NAME and self.name_after(index) and not self.bound_after(index):
            return _BEFORE_NAME[text]
        if self.innermost.counting and text in _BOUNDS:
            return "BOUND"
        following = self.kind_after(index)
        if text == "dates" and self.counts_dates():
            return "DATES"
        if text in ("table", "curve", "vector", "observations") and following == "text":
            return "TABLE"
        if text == "after" and following == "text":
            return "AFTER"
        if text in ("every", "rank") and following == "number":
            return text.upper()
        if text == "take" and self.sign_after(index) == "(":
            return "TAKE"
        if text == "circles" and self.sign_after(index) == "(":
            return "CIRCLES"
        if text == "kinds" and before in ("LPAR", "COMMA") and self.name_after(index):
            return "KINDS"
        if text == "against" and self.innermost.first == "RELATION" and self.name_after(index):
            return "AGAINST"
        if self.moves_at(index):
            return "AT"
        if text in _COUNTED and before in ("NUMBER", "NAME") and self.counts_tests():
            return "TESTS"
        return "NAME"

    def moves_at(self, index: int) -> bool:
        """Whether this is the `at` of a state's term: `opening x + 1 at opening`."""
        state = self.after_then and self.innermost.first == "STATE"
        return state and self.lexemes[index].text == "at" and self.name_after(index)

    def is_unit(self, index: int, number: Word | None) -> bool:
        lexeme = self.lexemes[index]
        return (
            number is not None
            and number.span.end_line == lexeme.line
            and number[-1].isdigit()
            and lexeme.text not in KEYWORDS
            and lexeme.text not in _COUNTED
            and not self.moves_at(index)
            and self.phrase(index) is None
            and not (lexeme.text == "kind" and self.name_after(index))
            and self.sign_after(index) != "="  # `size = 3 margin = 4`: the next field, without its `;`
        )

    def measure(self, index: int, span: Span) -> tuple[Word, int]:
        """A unit is one word: `GPU-hour`, written tight."""
        lexemes = self.lexemes
        end, text = index + 1, lexemes[index].text
        while (
            end + 1 < len(lexemes)
            and lexemes[end].text == "-"
            and lexemes[end].kind == "sign"
            and lexemes[end + 1].kind == "word"
            and lexemes[end].column == lexemes[end - 1].end
            and lexemes[end + 1].column == lexemes[end].end
        ):
            text += "-" + lexemes[end + 1].text
            end += 2
        whole = Span(self.file, span.line, span.column, span.line, lexemes[end - 1].end)
        return Word.make("MEASURE", text, whole), end

    def item_follows(self, index: int, text: str) -> bool:
        following = self.lexemes[index + 1] if index + 1 < len(self.lexemes) else None
        if following is None:
            return False
        if text in DECLARATIONS:
            if following.kind == "word" and following.text in ("is", "and", "or", "falls", "per", "then", "else"):
                return self.named_so(index + 1, text)  # `term per = 3`: a name that cannot be one
            return following.kind in ("text", "word")
        if following.kind == "sign":
            return following.text in ("(", "{", "[", "-")
        return following.kind != "line"

    def declared_per(self) -> bool:
        """Whether the `per` before is a name that cannot be one: `claim per to Bank`."""
        declares = self.words[-2] if len(self.words) > 1 else None
        return declares is not None and declares.type != "NAME" and str(declares) in DECLARATIONS

    def named_so(self, index: int, item: str) -> bool:
        """Whether what follows a name in an item follows the word at ``index``: no expression goes on like that."""
        after = self.lexemes[index + 1].text if index + 1 < len(self.lexemes) else ""
        return after in ("=", ":", "to", "on", "of", "from", "when") or (item, after) in _OPENERS

    def phrase(self, index: int) -> tuple[Word, int] | None:
        """A keyword of several words on one line: `up to`, `keep the rest in`."""
        lexemes = self.lexemes
        for words, type in self.phrases.get(lexemes[index].text, ()):
            end = index + len(words)
            if end <= len(lexemes) and all(
                lexemes[index + offset].text == word and lexemes[index + offset].kind == "word"
                for offset, word in enumerate(words)
            ):
                first, last = lexemes[index], lexemes[end - 1]
                span = Span(self.file, first.line, first.column, last.line, last.end)
                before = self.words[-1].type if self.words else "END"
                if (type == "UP_TO" and before == "DOT") or (type == "DRAWN_FROM" and before not in _DRAWN):
                    return None
                return Word.make(type, " ".join(words), span), end
        return None

    def counts_dates(self) -> bool:
        """Whether what stands before is `number of a.b.c`."""
        for word in reversed(self.words[-8:]):
            if word.type == "NUMBER_OF":
                return True
            if word.type not in ("NAME", "DOT"):
                return False
        return False

    def counts_tests(self) -> bool:
        for word in reversed(self.words[-8:]):
            if word.type == "FOR":
                return True
            if word.type not in ("NAME", "DOT", "NUMBER"):
                return False
        return False


def _phrases(keywords: Mapping[str, str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    spelled = [(text, type) for text, type in keywords.items() if " " in text]
    spelled += [("hours within", "CLIPPED"), ("days within", "CLIPPED")]
    for text, type in sorted(spelled, key=lambda entry: -len(entry[0])):
        words = tuple(text.split())
        found.setdefault(words[0], []).append((words, type))
    return found
