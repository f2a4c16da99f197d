"""What is open: brackets and blocks, and the mending of those that are never closed.

After this the parser sees balanced brackets. A closing one that is missing is put where it was most likely left out:
before a line that can only begin something new. Columns are looked at for that alone, and only in a file whose braces
do not balance; no meaning hangs on them.
"""

from __future__ import annotations

import attrs
from lark import Token

from ...engine.ir import Span
from ..messages.diagnostics import Collector, Label
from .names_like_money import spelled
from .step_words import FIRST_WORDS, STEP_WORDS, VERBS_OF_STEPS, opening_terminals, plain_terminals
from .tokens import MOST_LEVELS, Lexeme

# Words that open an item. Declarations come before a name or a text, verbs before any expression.
DECLARATIONS = spelled(
    "deal use party unit schedule define term let index flow input daycount function group component claim state "
    "reduction account trigger waiver waive scenario credit_curve rate_curve relation waterfall"
)
VERBS = spelled("ranking receive settle reduce simulate require expect always solve sweep report")
ITEM_WORDS = DECLARATIONS | VERBS
DEFINING = frozenset(("define", "term", "let", "index", "flow"))

KEYWORDS = STEP_WORDS | spelled(
    "and because by carries cite else falls false for from if in into is lapses never not of on or otherwise per "
    "permanently then to true unless until when where while within"
)
"""Words that cannot be declared as names."""

MOST_TOLD = 20
_GUARDS = frozenset(("OTHERWISE", "PRO_RATA"))
_CLOSING = {"(": ("RPAR", ")"), "[": ("RSQB", "]")}


class Word(Token):
    """A token with its place. A class of its own because lark's has no room for the file's name."""

    span: Span
    supplied = False
    """Put in where it was missing, which has been reported."""

    @classmethod
    def make(cls, type: str, value: str, span: Span) -> Word:
        word = cls(type, value, None, span.line, span.column, span.end_line, span.end_column)
        word.span = span
        return word


def after_last(words: list[Word]) -> Span:
    """The place just after the last token."""
    last = words[-1].span
    return Span(last.file, last.end_line, last.end_column, last.end_line, last.end_column + 1)


@attrs.define(slots=True, eq=False)
class Open:
    """A bracket or a block that is open. ``kind``: `(`, `[`, or what a block holds: file, steps, members (of a
    component), lines (of a report or a table), fields. ``first``: the type of the first token of its present
    statement. ``counting``: whether its tokens are at `number of X dates from …`, whose bounds are its own words.
    """

    kind: str
    word: Word | None
    column: int
    first: str = ""
    first_column: int = 1
    counting: bool = False


class Nesting:
    """The half of the layout that knows what is open."""

    def __init__(self, file: str, lexemes: list[Lexeme], collector: Collector) -> None:
        self.file = file
        self.lexemes = lexemes
        self.collector = collector
        self.words: list[Word] = []
        self.open = [Open("file", None, 0)]
        self.stopped = False
        self.misread: set[int] = set()
        """Lines of blocks without a head, which the parser need not speak of."""
        self.told = 0
        """How many brackets were reported; a text without any that match is told about the first of them."""
        signs = [lexeme.text for lexeme in lexemes if lexeme.kind == "sign"]
        self.missing = signs.count("{") - signs.count("}")

    @property
    def innermost(self) -> Open:
        return self.open[-1]

    def end(self, span: Span) -> None:
        self.words.append(Word.make("END", ";", span))
        self.innermost.first = ""
        self.innermost.counting = False

    def starts(self) -> bool:
        """Whether the next token is where a statement can begin."""
        if self.innermost.kind in ("(", "["):
            return False
        return not self.words or self.words[-1].type in ("END", "LBRACE", "RBRACE")

    # ------------------------------------------------------------------------------------- opening and closing

    def nest(self, word: Word) -> None:
        """Append a token; follow what it opens and closes."""
        match word.type:
            case "LPAR" | "LSQB":
                self.append(word)
                self.begin(Open(str(word), word, self.innermost.first_column))
            case "RPAR" | "RSQB":
                self.close_bracket(word)
            case "LBRACE":
                self.close_brackets("{")
                self.append(word)
                self.begin(Open(self.block_kind(), word, self.innermost.first_column))
            case "RBRACE":
                self.close_brackets("}")
                if len(self.open) == 1:
                    self.headless(word)
                    return
                self.open.pop()
                self.append(word)
            case _:
                self.append(word)

    def headless(self, brace: Word) -> None:
        """A brace that closes nothing; lines above it that stand further in are of a block whose head is missing."""
        first = brace.span.line
        columns: dict[int, int] = {}
        for word in reversed(self.words):
            if word.type != "END":
                columns[word.span.line] = word.span.column
        for line in sorted(columns, reverse=True):
            if line < brace.span.line and columns[line] <= brace.span.column:
                break
            self.misread.add(line)
            first = line
        inside = first < brace.span.line
        self.report(
            brace,
            "this brace closes nothing",
            "no block is open here",
            f"delete it, or write what the block is above line {first}" if inside else "delete it",
        )

    def append(self, word: Word) -> None:
        innermost = self.innermost
        if not innermost.first:
            innermost.first = word.type
            innermost.first_column = word.span.column
        self.words.append(word)

    def begin(self, opened: Open) -> None:
        self.open.append(opened)
        if len(self.open) > MOST_LEVELS and not self.stopped:
            assert opened.word is not None
            self.stopped = True
            self.collector.error(
                "E0108",
                f"brackets are nested more than {MOST_LEVELS} levels deep",
                opened.word.span,
                label="too deep",
                help="name parts of it with `define`",
            )

    def report(self, word: Word, message: str, label: str, help: str | None, others: tuple[Label, ...] = ()) -> None:
        if self.tells():
            self.collector.error("E0103", message, word.span, label=label, help=help, others=others)

    def tells(self) -> bool:
        self.told += 1
        return self.told <= MOST_TOLD

    def block_kind(self) -> str:
        first = self.innermost.first
        if self.innermost.kind == "steps" or first in ("WATERFALL", "REDUCE"):
            return "steps"
        if first == "COMPONENT":
            return "members"
        return "lines" if first in ("REPORT", "EXPECT") else "fields"

    def close_bracket(self, word: Word) -> None:
        kind = self.innermost.kind
        if kind not in _CLOSING:
            self.report(word, f"this `{word}` closes nothing", "no bracket is open here", "delete it")
            return
        type, sign = _CLOSING[kind]
        opened = self.open.pop().word
        if type != word.type:
            assert opened is not None
            others = (Label(opened.span, "opened here"),)
            self.report(word, f"`{word}` does not close `{kind}`", f"`{sign}` is meant", f"write `{sign}`", others)
            word = Word.make(type, sign, word.span)
        self.append(word)

    def close_brackets(self, before: str) -> None:
        """Close the brackets that are open where none can be."""
        told = False
        while self.innermost.kind in _CLOSING:
            opened = self.open.pop()
            type, sign = _CLOSING[opened.kind]
            place = after_last(self.words)
            if not told and self.tells():
                assert opened.word is not None
                told = True
                self.collector.error(
                    "E0103",
                    f"this `{opened.kind}` is never closed",
                    opened.word.span,
                    label=f"a `{sign}` is missing",
                    help=f"close it with `{sign}`" + (f" before the `{before}`" if before else ""),
                    others=(Label(place, f"`{sign}` at the latest here"),),
                )
            self.supply(type, sign, place)

    def supply(self, type: str, sign: str, place: Span) -> None:
        word = Word.make(type, sign, place)
        word.supplied = True
        self.append(word)

    def close_block(self, place: Span) -> None:
        opened = self.open.pop()
        assert opened.word is not None
        self.missing -= 1
        if self.tells():
            self.collector.error(
                "E0103",
                "a closing brace is missing",
                place,
                label="`}` at the latest here",
                help="close the block with `}` on a line of its own",
                others=(Label(opened.word.span, "the block opens here"),),
            )
        self.supply("RBRACE", "}", place)

    # ------------------------------------------------------------------------------------- blocks that were not opened

    def head(self) -> list[Word]:
        """The words of the present entry."""
        first = len(self.words)
        while first > 0 and self.words[first - 1].type not in ("END", "LBRACE", "RBRACE"):
            first -= 1
        return self.words[first:]

    def lacks_block(self, index: int) -> bool:
        """Whether the line that ends here heads a block (`waterfall w from c on p`) whose brace was left out: more
        braces close than open, and the next line stands further in."""
        if self.missing >= 0 or self.innermost.kind in _CLOSING:
            return False
        head = [word.type for word in self.head()]
        heads = head[:1] in (["DEAL"], ["WATERFALL"], ["COMPONENT"], ["REPORT"], ["SCENARIO"], ["SIMULATE"])
        instance = head[:2] == ["NAME", "NAME"] and "EQUAL" not in head
        return (heads or instance) and self.lexemes[index].column > self.innermost.first_column

    def lacks_guarded(self, word: Word) -> bool:
        """Whether a step begins after `when lockup` or `otherwise`, whose brace was left out."""
        if self.missing >= 0 or self.innermost.kind != "steps" or not self.words:
            return False
        if word.type not in plain_terminals():
            return False
        head = [one.type for one in self.head()]
        return bool(head) and head[-1] != "TEXT" and not (_GUARDS | opening_terminals()).isdisjoint(head)

    def open_block(self) -> None:
        place = after_last(self.words)
        self.missing += 1
        if self.tells():
            self.collector.error(
                "E0103",
                "an opening brace is missing",
                place,
                label="`{` is missing here",
                help="open the block with `{`",
            )
        word = Word.make("LBRACE", "{", place)
        word.supplied = True
        self.nest(word)

    def close_all(self) -> None:
        """At the end of the file."""
        self.close_brackets("")
        while len(self.open) > 1:
            self.close_block(after_last(self.words))

    # ------------------------------------------------------------------------------------- what a new line tells

    def at(self, index: int) -> tuple[str, str]:
        if index >= len(self.lexemes):
            return "line", ""
        return self.lexemes[index].kind, self.lexemes[index].text

    def new_line(self, index: int) -> None:
        """Close what cannot still be open where the lexeme at ``index`` begins a line."""
        if self.innermost.kind in _CLOSING and self.abandoned(index):
            self.close_brackets("")
        while self.missing > 0 and self.labelled(index) and [one.kind for one in self.open[-2:]] == ["steps", "steps"]:
            self.close_block(after_last(self.words))  # a label begins a line of the waterfall, never of a block in it
        while self.missing > 0 and len(self.open) > 1 and self.innermost.kind not in _CLOSING:
            opened = self.innermost
            item = self.begins_item(index)
            outside = self.lexemes[index].column <= opened.column
            if not item or not (outside or (opened.kind != "members" and self.lexemes[index].text in ITEM_WORDS)):
                break
            self.close_block(after_last(self.words))

    def begins_item(self, index: int) -> bool:
        """`claim x`, `require …`, or two names (`loan senior`), which nothing but an item begins with."""
        kind, text = self.at(index)
        if kind != "word" or text in KEYWORDS:
            return False
        next_kind, next_text = self.at(index + 1)
        if text in DECLARATIONS:
            return next_kind in ("word", "text") and next_text not in KEYWORDS
        if text in VERBS:
            return next_kind not in ("line", "sign")
        return next_kind == "word" and next_text not in KEYWORDS and self.at(index + 2)[1] in ("{", "each")

    def labelled(self, index: int) -> bool:
        """Whether a label and its first step begin at a lexeme."""
        return self.at(index)[0] == "text" and self.at(index + 1)[1] in FIRST_WORDS

    def abandoned(self, index: int) -> bool:
        """Whether a line inside a bracket can only be something new: the bracket was never closed."""
        kind, text = self.at(index)
        if self.begins_item(index) and (text not in VERBS or self.lexemes[index].column <= self.innermost.column):
            return True
        if kind == "word" and text in VERBS_OF_STEPS:
            return True
        if kind == "text":
            return self.labelled(index)
        goes_on = self.words[-1].type in ("COMMA", "LPAR", "LSQB")
        return kind == "word" and not goes_on and self.at(index + 1) == ("sign", "=")
