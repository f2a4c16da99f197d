"""Runs the LALR parser over a file's tokens and goes on after an error: one message for one cause.

The unit of recovery is what stands between two ends (`END` tokens): an item, a field, a step. When one cannot be
read, a slip that has one likely mending is mended (a missing `;`, `=` for `is`); else the rest of it is passed over,
and the parser takes up where the innermost block around it stood before it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
from lark import Lark, UnexpectedToken

from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector
from . import grammar_tables
from .from_tree import Maker
from .mistakes_of_lines import label_words, names_something
from .nesting import DEFINING, ITEM_WORDS, KEYWORDS, Word
from .parse_errors import explain
from .step_words import STEP_WORDS, plain_terminals
from .tokens import MOST_LEVELS

MOST_ERRORS = 50
"""What a file's first fifty errors say is enough; a hostile file has no more of them worth the time."""


MOST_OPEN = 3_000
"""Rules begun and not ended, about fifteen a level: a chain of `not not not` opens them without a bracket."""


@cache
def parser() -> Lark:
    """The parser, loaded once; it holds nothing of any one file."""
    return grammar_tables.load(Maker())


@attrs.define(slots=True)
class Block:
    """An open block: its brace (None for the file) and the parser's stacks before its present entry."""

    brace: Word | None
    states: list[Any]
    values: list[Any]


class Reader:
    """One reading of one file's tokens. Braces and brackets are balanced: `layout` has seen to it."""

    def __init__(
        self,
        words: list[Word],
        file: str,
        collector: Collector,
        start: str = "start",
        told: frozenset[int] = frozenset(),
    ) -> None:
        self.words = words
        self.file = file
        self.collector = collector
        self.told = told
        """Lines about which something has been said already: an error of form there is no second cause."""
        self.machine: Any = parser().parse_interactive(None, start=start)
        self.blocks: list[Block] = []
        self.errors = 0
        self.commas: set[int] = set()
        """Blocks in which commas between fields were reported: it is one habit."""
        self.mended = -1
        """Where an end was last put in: once is enough at one place."""
        self.remember(None)

    def remember(self, brace: Word | None) -> None:
        state = self.machine.parser_state
        self.blocks.append(Block(brace, list(state.state_stack), list(state.value_stack)))

    def update(self) -> None:
        state, block = self.machine.parser_state, self.blocks[-1]
        block.states, block.values = list(state.state_stack), list(state.value_stack)

    def return_to(self, block: Block) -> None:
        state = self.machine.parser_state
        state.state_stack[:] = block.states
        state.value_stack[:] = block.values

    def feed(self, word: Word) -> bool:
        # A refused token may have closed rules below it first: undone, so that what would have fitted can be told.
        # A stack as high as a hostile text makes it is not copied.
        state = self.machine.parser_state
        kept = (list(state.state_stack), list(state.value_stack)) if len(state.state_stack) < 300 else None
        try:
            self.machine.feed_token(word)
        except UnexpectedToken:
            if kept is not None:
                state.state_stack[:], state.value_stack[:] = kept
            return False
        return True

    def read(self) -> tuple[syntax.AnyItem, ...]:
        words, index, count = self.words, 0, len(self.words)
        while index < count:
            word = words[index]
            if len(self.machine.parser_state.state_stack) > MOST_OPEN:
                self.collector.error(
                    "E0108",
                    f"this is nested more than {MOST_LEVELS} levels deep",
                    word.span,
                    label="too deep",
                    help="name parts of it with `define`",
                )
                index = self.skip(index)
                continue
            if self.feed(word):
                index += 1
                self.track(word)
                continue
            if self.errors >= MOST_ERRORS:
                self.collector.remark(f"the file has more than {MOST_ERRORS} errors of form: the rest is not read")
                break
            index = self.mend(index)
        return self.finish()

    def finish(self) -> tuple[syntax.AnyItem, ...]:
        last = self.words[-1].span if self.words else Span(self.file, 1, 1, 1, 1)
        place = Span(self.file, last.end_line, last.end_column, last.end_line, last.end_column + 1)
        end = Word.make("$END", "", place)
        if len(self.blocks) > 1 or not self.accepts("$END"):
            if self.errors < MOST_ERRORS:
                self.tell(end, self.accepted(), len(self.words))
            self.return_to(self.blocks[0])
        items: tuple[syntax.AnyItem, ...] = self.machine.feed_token(end)
        return items

    def read_one(self) -> syntax.Expression | None:
        """The whole text as one expression."""
        for index, word in enumerate(self.words):
            if not self.feed(word):
                explain(self.collector, word, self.accepted(), self.words, index)
                return None
        place = self.words[-1].span if self.words else Span(self.file, 1, 1, 1, 2)
        end = Word.make("$END", "", place)
        if not self.accepts("$END"):
            explain(self.collector, end, self.accepted(), self.words, len(self.words))
            return None
        value: syntax.Expression = self.machine.feed_token(end)
        return value

    def track(self, word: Word) -> None:
        match word.type:
            case "LBRACE":
                self.remember(word)
            case "RBRACE":
                if len(self.blocks) > 1:
                    self.blocks.pop()
            case "END":
                self.update()

    # ------------------------------------------------------------------------------------- after an error

    def accepted(self) -> set[str]:
        return set(self.machine.accepts())

    def accepts(self, type: str) -> bool:
        return type in self.machine.choices() and type in self.accepted()

    def mend(self, index: int) -> int:
        """Report what stands at ``index``; mend it or pass over the entry. The index to go on at."""
        words, word = self.words, self.words[index]
        accepted = self.accepted()
        self.tell(word, accepted, index)
        if "NAME" in accepted and str(word) in self.collector.unread and names_something(words, index):
            words[index] = Word.make("NAME", str(word), word.span)  # a reserved word as a name
            return index
        if word.type == "EQUAL" and "IS" in accepted:
            self.feed(Word.make("IS", "is", word.span))
            return index + 1
        if word.type == "ARGUMENT" and "NAME" in accepted:
            words[index] = Word.make("NAME", str(word), word.span)
            if index + 1 < len(words) and words[index + 1].type == "EQUAL":
                words[index + 1] = Word.make("IS", "is", words[index + 1].span)
            return index
        if word.type == "COMMA" and {"END", "RBRACE"} <= accepted:
            self.end_entry(word)
            return index + 1
        label = label_words(words, index)
        if label is not None:
            self.return_to(self.blocks[-1])
            if self.feed(Word.make("TEXT", " ".join(words[label[0] : label[1]]), word.span)):
                return label[1]
            return self.skip(index)
        if "END" in accepted and self.begins_entry(index) and self.mended != index:
            self.mended = index
            self.end_entry(word)
            if word.type == "NAME" and str(word) in ITEM_WORDS and self.type_at(index + 1) in ("NAME", "TEXT"):
                type = "DEFINING" if str(word) in DEFINING else grammar_tables.keywords()[str(word)]
                words[index] = Word.make(type, str(word), word.span)
            return index
        return self.skip(index)

    def tell(self, word: Word, accepted: set[str], index: int) -> None:
        if word.supplied or word.span.line in self.told or self.entry_line(index) in self.told:
            return
        if str(word) in KEYWORDS and str(word) in self.collector.unread:
            return  # a reserved word as a name, said where it is declared
        if word.type == "COMMA" and {"END", "RBRACE"} <= accepted:
            if id(self.blocks[-1]) in self.commas:
                return
            self.commas.add(id(self.blocks[-1]))
        self.errors += 1
        explain(self.collector, word, accepted, self.words, index)

    def entry_line(self, index: int) -> int:
        """The line on which what stands before a token ends."""
        return self.words[index - 1].span.line if 0 < index <= len(self.words) else 0

    def end_entry(self, word: Word) -> None:
        if self.feed(Word.make("END", ";", word.span)):
            self.update()

    def type_at(self, index: int) -> str:
        return self.words[index].type if index < len(self.words) else ""

    def begins_entry(self, index: int) -> bool:
        """Whether a new item, field, step or line begins at a token that follows another without an end between."""
        word, following = self.words[index], self.type_at(index + 1)
        if str(word) in STEP_WORDS or word.type in plain_terminals() | {"WHEN", "UNLESS"}:
            return True
        if word.type == "TEXT":
            return index + 1 < len(self.words) and str(self.words[index + 1]) in STEP_WORDS
        if word.type != "NAME":
            return False
        if str(word) in ITEM_WORDS and following in ("NAME", "TEXT"):
            return True
        return following == "EQUAL" or (following == "NAME" and self.type_at(index + 2) == "LBRACE")

    def forget(self, index: int) -> None:
        """An item is given up: what it declares, before its `=`, `to` or block, is a name that no one can read."""
        words, first = self.words, min(index, len(self.words) - 1)
        while first > 0 and words[first - 1].type not in ("END", "RBRACE"):
            first -= 1
        for word in words[first:]:
            if word.type in ("EQUAL", "LBRACE", "END", "COLON", "FROM", "TO", "ON", "OF", "WHEN"):
                break
            if word.type in ("NAME", "ARGUMENT"):
                self.collector.unread.add(str(word))

    def skip(self, index: int) -> int:
        """Pass over the rest of the entry, its own blocks included."""
        words, count, depth = self.words, len(self.words), 0
        if len(self.blocks) == 1:
            self.forget(index)
        self.return_to(self.blocks[-1])
        while index < count:
            type = words[index].type
            if type == "LBRACE":
                depth += 1
            elif type == "RBRACE":
                if depth == 0:
                    return index
                depth -= 1
            elif type == "END" and depth == 0:
                return index
            index += 1
        return index
