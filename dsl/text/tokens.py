"""Text to lexemes: numbers, money, dates, texts, words and signs with their places, in one linear scan.

What a word means (`index` the item or `index` the field) is `layout.py`'s business. A character that no lexeme
begins with is reported, and read as what was most likely meant, so that one slip gives one message.
"""

from __future__ import annotations

import re
from typing import Literal

import attrs

from ...engine.ir import Span
from ..messages.diagnostics import Collector
from .names_like_money import CURRENCIES, TIGHT, names_like_money
from .source import Source
from .step_words import OPENING, VERBS_OF_STEPS

Kind = Literal["line", "text", "date", "daycount", "money", "number", "word", "sign"]

MOST_LEXEMES = 100_000
"""About 8,000 lines of a deal: what is longer is data, and belongs in a CSV."""
MOST_DIGITS = 400
MOST_SLIPS = 100
MOST_LEVELS = 200


SYMBOLS = {"$": "USD", "£": "GBP", "€": "EUR"}

_LEXEME = re.compile(
    r"""
      (?P<space>   [ \t\u00a0]+ )
    | (?P<comment> --[^\r\n]* )
    | (?P<line>    \r\n | \r | \n )
    | (?P<text>    "[^"\r\n]*" )
    | (?P<open>    "[^"\r\n]* )
    | (?P<curly>   [“”„«][^“”„»"\r\n]*[“”»] )
    | (?P<date>    \d{4}-\d{1,2}-\d{1,2}(?!\w) )
    | (?P<slashed> \d{1,2}/\d{1,2}/(?:19|20|21)\d\d(?!\w) )
    | (?P<daycount>(?:actual|30[EU]?|business)/(?:360|364|365|366|252|actual)(?!\w)
                   (?:[ ](?:ISDA|ICMA|US|fixed)(?!\w))? )
    | (?P<spaced>  (?:actual[ ]*/[ ]*(?:360|364|365|366|actual)|30E?[ ]*/[ ]*360)(?!\w) )
    | (?P<money>   (?: [$£€][ ]? | (?:CURRENCY)[ ]? ) \d[\d_,]*(?:\.\d[\d_]*)?
                   (?:[ ](?:million|billion|thousand)\b|\w*) )
    | (?P<number>  \d[\d_]*(?:\.\d[\d_]*)?(?:%|\w*) )
    | (?P<word>    [A-Za-z_][A-Za-z0-9_]* )
    | (?P<sign>    <=|>=|==|!=|<>|&&|\|\||\.\.|[-+*/^<>=,.:;(){}\[\]] )
    | (?P<unknown> . )
    """.replace("CURRENCY", "|".join(sorted(CURRENCIES))),
    re.VERBOSE | re.DOTALL,
)

_LOOKALIKE = {
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "*",
    "·": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "is not",
    "＝": "=",
    "；": ";",
    "，": ",",
    "（": "(",
    "）": ")",
}
UNREAD = "?"
"""A word that no text can hold: a value that could not be read, of which nothing more is said."""
_FOREIGN = {"==": "is", "!=": "is not", "<>": "is not", "&&": "and", "||": "or"}
_SUFFIXES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
_MEANT = {
    "M": "m",
    "mm": "m",
    "MM": "m",
    "mn": "m",
    "mln": "m",
    "million": "m",
    "K": "k",
    "thousand": "k",
    "b": "bn",
    "B": "bn",
    "BN": "bn",
    "Bn": "bn",
    "billion": "bn",
}
_BEGINS = "|".join(sorted(VERBS_OF_STEPS | OPENING))
_STEP = re.compile(rf"(?<=\w) +(?=(?:{_BEGINS}) |\{{)")
_CODE = re.compile(r"[A-Z]{3}$")
_DIGITS = re.compile(r"\d")
_MONEY = re.compile(r"(?P<currency>[$£€]|[A-Z]{3}) ?(?P<figure>\d[\d_,]*(?:\.\d[\d_]*)?) ?(?P<suffix>\w*)$")
_NUMBER = re.compile(r"(?P<figure>\d[\d_]*(?:\.\d[\d_]*)?)(?P<suffix>%|\w*)$")


@attrs.define(slots=True, eq=False)
class Lexeme:
    """One word, sign or literal. ``text`` is its meaning's spelling, which a mended slip changes."""

    kind: Kind
    text: str
    line: int
    column: int
    end: int
    """The column after its last character: no lexeme spans lines."""

    def span(self, file: str) -> Span:
        return Span(file, self.line, self.column, self.line, self.end)


def scan(source: Source, collector: Collector) -> list[Lexeme]:
    """The lexemes of a text, in order; slips are reported and mended. None of a text with too many of either."""
    return _Scan(source, collector).run()


class _Scan:
    def __init__(self, source: Source, collector: Collector) -> None:
        self.source = source
        self.collector = collector
        self.found: list[Lexeme] = []
        self.slips = 0
        self.named = names_like_money(source.text)
        self.again = 0
        """Where in the last lexeme the text goes on, if not after it."""

    def run(self) -> list[Lexeme]:
        text, found = self.source.text, self.found
        match_at = _LEXEME.match
        line, size = 1, len(text)
        # A byte-order mark is no character of the first line.
        position = line_start = 1 if text.startswith("\ufeff") else 0
        while position < size and self.slips < MOST_SLIPS:
            match = match_at(text, position)
            assert match is not None, "`unknown` matches any character"
            position = match.end()
            kind = match.lastgroup
            if kind == "space" or kind == "comment":
                continue
            start = match.start() - line_start + 1
            lexeme = Lexeme("word", match.group(), line, start, position - line_start + 1)
            if kind == "word":
                found.append(lexeme)
            elif kind == "sign":
                lexeme.kind = "sign"
                found.append(lexeme)
                if lexeme.text in _FOREIGN:
                    self.foreign(lexeme)
            elif kind == "line":
                lexeme.kind = "line"
                found.append(lexeme)
                line += 1
                line_start = position
            elif kind == "unknown":
                self.unknown(lexeme)
            else:
                self.literal(str(kind), lexeme)
                if self.again:
                    position, self.again = match.start() + self.again, 0
            if len(found) > MOST_LEXEMES:
                self.collector.error(
                    "E0109",
                    f"the text has more than {MOST_LEXEMES:,} words and signs".replace(",", "_"),
                    lexeme.span(self.source.name),
                    label="not read from here on",
                    help="keep data (a loan tape, a curve) in a CSV beside the deal, or split it with `use`",
                )
                return []
        if self.slips >= MOST_SLIPS:
            self.collector.remark(f"the text has {MOST_SLIPS} such slips: the rest of it is not read")
            return []
        return found

    def literal(self, kind: str, lexeme: Lexeme) -> None:
        match kind:
            case "text":
                lexeme.kind = "text"
                lexeme.text = lexeme.text[1:-1]
            case "open" | "curly":
                self.quotes(kind, lexeme)
            case "date":
                lexeme.kind = "date"
            case "slashed":
                self.slashed(lexeme)
            case "daycount":
                lexeme.kind = "daycount"
            case "spaced":
                self.spaced(lexeme)
            case "money":
                tight = TIGHT.match(lexeme.text)
                if tight is not None and (tight.group() in self.named or self.after_dot(lexeme)):
                    lexeme.kind, lexeme.text, self.again = "word", tight.group(), tight.end()
                    lexeme.end = lexeme.column + tight.end()
                else:
                    self.money(lexeme)
            case _:
                self.number(lexeme)
        if lexeme.text or lexeme.kind == "text":
            self.found.append(lexeme)

    def error(self, code: str, message: str, lexeme: Lexeme, label: str = "", help: str | None = None) -> None:
        self.slips += 1
        self.collector.error(code, message, lexeme.span(self.source.name), label=label, help=help)

    # ------------------------------------------------------------------------------------- literals

    def quotes(self, kind: str, lexeme: Lexeme) -> None:
        if kind == "open" and self.found and self.touches(lexeme):
            self.error(
                "E0104",
                "this text has no opening quotation mark",
                lexeme,
                "a text ends at this mark, and none has begun",
                'write `"` before the text too',
            )
            lexeme.kind, lexeme.text, self.again = "word", UNREAD, 1
            self.collector.unread.add(UNREAD)
            return
        if kind == "open":
            step = _STEP.search(lexeme.text)
            words = lexeme.text[1:].rstrip() if step is None else lexeme.text[1 : step.start()]
            self.error(
                "E0104",
                "this text has no closing quotation mark",
                lexeme,
                "begins here and runs to the line's end",
                f'write `"{words}"`' if len(words) <= 40 else 'end it with `"` on the same line',
            )
            if step is not None:  # a line of a waterfall: the step is read, as it would be with the mark
                self.again = step.start() + 1
            lexeme.text = words
        else:
            inside = lexeme.text[1:-1]
            self.error(
                "E0122",
                "typographic quotation marks do not make a text",
                lexeme,
                "straight quotation marks are meant",
                f'write `"{inside}"`' if len(inside) <= 40 else 'write it between `"` and `"`',
            )
            lexeme.text = inside
        lexeme.kind = "text"

    def touches(self, lexeme: Lexeme) -> bool:
        """Whether a quotation mark stands directly after a word, as the mark at a text's end does."""
        before = self.found[-1]
        return before.kind in ("word", "number") and before.line == lexeme.line and before.end == lexeme.column

    def after_dot(self, lexeme: Lexeme) -> bool:
        before = self.found[-1] if self.found else None
        return before is not None and before.text == "." and before.end == lexeme.column and before.line == lexeme.line

    def slashed(self, lexeme: Lexeme) -> None:
        first, second, year = (int(part) for part in lexeme.text.split("/"))
        # 31/01 can only be a day and a month; 03/04 is either, so both are offered and the file must say which.
        day_first, month_first = f"{year}-{second:02}-{first:02}", f"{year}-{first:02}-{second:02}"
        likely = day_first if first > 12 else month_first if second > 12 else f"{day_first}` or `{month_first}"
        self.error("E0106", "a date is written year-month-day", lexeme, "divisions, as written", f"write `{likely}`")
        lexeme.kind, lexeme.text = "date", day_first if first > 12 or second <= 12 else month_first

    def spaced(self, lexeme: Lexeme) -> None:
        tight = lexeme.text.replace(" ", "")
        before = self.found[-1] if self.found else None
        begins = before is not None and before.kind == "sign" and before.text in ("=", "(", ",", ":")
        if lexeme.text.startswith("30") and not begins:
            # `rate * 30 / 360` is arithmetic: take it apart again.
            gap = lexeme.text.index("/")
            head = lexeme.text[:gap].rstrip()
            if head == "30":
                column = lexeme.column + gap
                divisor = lexeme.text[gap + 1 :].strip()
                self.found.append(Lexeme("number", "30", lexeme.line, lexeme.column, lexeme.column + 2))
                self.found.append(Lexeme("sign", "/", lexeme.line, column, column + 1))
                lexeme.kind, lexeme.text, lexeme.column = "number", divisor, lexeme.end - len(divisor)
                return
        self.error(
            "E0115",
            f"a day count is written without spaces: `{lexeme.text}` would be a division",
            lexeme,
            "with spaces this divides",
            f"write `{tight}`",
        )
        lexeme.kind, lexeme.text = "daycount", tight

    def money(self, lexeme: Lexeme) -> None:
        match = _MONEY.match(lexeme.text)
        assert match is not None, "the scan matched the same pattern"
        lexeme.kind = "money"
        figure, suffix, sign = match["figure"], match["suffix"], match["currency"]
        shown = lexeme.text
        mended = f"{sign}{' ' if sign.isalpha() else ''}{figure.replace(',', '_')}"
        if shown[0] in SYMBOLS and shown[1] == " ":
            self.error(
                "E0120",
                "a currency sign stands directly before its amount",
                lexeme,
                "a space comes between",
                f"write `{mended}{suffix}`",
            )
            lexeme.text = shown = f"{shown[0]}{shown[2:]}"
        if suffix not in _SUFFIXES:
            meant = _MEANT.get(suffix)
            self.error(
                "E0120",
                f"`{suffix}` is not a suffix of money",
                lexeme,
                "thousands are `k`, millions `m`, billions `bn`",
                f"write `{mended}{meant}`" if meant else "a unit comes after `per`: `$2.35 per GPU-hour`",
            )
            suffix = meant or ""
        elif "," in figure:
            tail = re.match(r"[\d_]*(?:,\d{3})+(?:\.\d|$)", figure)
            if tail is None:  # `max($5,3)`: the comma parts arguments, and the scan took too much.
                cut = lexeme.text.index(",")
                lexeme.end = lexeme.column + cut
                lexeme.text = lexeme.text[:cut]
                self.found.append(lexeme)
                rest = Lexeme("sign", ",", lexeme.line, lexeme.end, lexeme.end + 1)
                self.found.append(rest)
                number = Lexeme("number", shown[cut + 1 :], lexeme.line, lexeme.end + 1, lexeme.end + len(shown) - cut)
                lexeme.text, lexeme.kind = "", "word"
                self.found[-2] = Lexeme("money", shown[:cut], lexeme.line, lexeme.column, lexeme.end)
                if number.text:
                    self.number(number)
                    self.found.append(number)
                return
            self.error(
                "E0120",
                "thousands are parted by `_`, not by a comma",
                lexeme,
                "a comma parts arguments",
                f"write `{mended}{suffix}`",
            )
        lexeme.text = f"{mended}{suffix}"
        self.length(lexeme, f"{sign}0" if not sign.isalpha() else f"{sign} 0")

    def number(self, lexeme: Lexeme) -> None:
        lexeme.kind = "number"
        match = _NUMBER.match(lexeme.text)
        if match is None:
            self.error("E0123", "a number runs into letters", lexeme, "neither a number nor a word")
            lexeme.text = "0"
            return
        figure, suffix = match["figure"], match["suffix"]
        if suffix == "bps":
            suffix = "bp"
        if suffix not in ("", "%", "x", "bp"):
            help = "put a space between a number and its unit: `6 years`"
            before = self.found[-1] if self.found else None
            if (
                before is not None
                and (suffix in _SUFFIXES or suffix in _MEANT)
                and _CODE.match(before.text)
                and before.line == lexeme.line
                and before.end + 1 == lexeme.column
            ):  # `GBR 800m`: an amount, in a currency that the types pass refuses
                self.found.pop()
                lexeme.column = before.column
                lexeme.kind, lexeme.text = "money", f"{before.text} {figure}{_MEANT.get(suffix, suffix)}"
                return
            if suffix in _SUFFIXES or suffix in _MEANT:
                meant = suffix if suffix in _SUFFIXES else _MEANT[suffix]
                help = f"money has a currency: `${figure}{meant}`; a plain number is written out"
            elif suffix[:1] in "eE" and suffix[1:].isdigit():
                help = "numbers are written out: `1_500_000` or `0.0015`"
            elif suffix.startswith("pct"):
                help = f"write `{figure}%`"
            message = f"a number runs into the letters `{suffix[:40]}`"
            self.error("E0123", message, lexeme, "neither a number nor a word", help)
            lexeme.kind, lexeme.text = "word", UNREAD
            self.collector.unread.add(UNREAD)
            return
        lexeme.text = figure + suffix
        self.length(lexeme, "0")

    def length(self, lexeme: Lexeme, instead: str) -> None:
        if lexeme.end - lexeme.column > MOST_DIGITS and len(_DIGITS.findall(lexeme.text)) > MOST_DIGITS:
            digits = len(_DIGITS.findall(lexeme.text))
            self.error("E0105", f"this number has {digits} digits", lexeme, f"at most {MOST_DIGITS} are read")
            lexeme.text = instead

    # ------------------------------------------------------------------------------------- slips

    def foreign(self, lexeme: Lexeme) -> None:
        meant = _FOREIGN[lexeme.text]
        code = "E0119" if meant in ("is", "is not") else "E0101"
        self.error(code, f"`{lexeme.text}` is not of this language", lexeme, f"`{meant}` is", f"write `{meant}`")
        first, *more = meant.split()
        lexeme.kind, lexeme.text = "word", first
        self.found.extend(Lexeme("word", word, lexeme.line, lexeme.column, lexeme.end) for word in more)

    def unknown(self, lexeme: Lexeme) -> None:
        character = lexeme.text
        name = f"U+{ord(character):04X}"
        if character in "$£€":
            self.error(
                "E0120",
                "a currency sign stands before an amount",
                lexeme,
                "no amount follows",
                "write `$5m`, without a space; a loss or cost is `-$5m`",
            )
            return
        if character == "%":
            before = self.found[-1] if self.found else None
            if before is not None and before.kind == "number" and before.text[-1].isdigit():
                self.error(
                    "E0120",
                    "a percent sign follows its number at once",
                    lexeme,
                    "a space comes before it",
                    f"write `{before.text}%`",
                )
                before.text += "%"
                before.end = lexeme.end
                return
        meant = _LOOKALIKE.get(character)
        if meant is not None:
            self.error(
                "E0101", f"`{character}` ({name}) is not a sign of this language", lexeme, help=f"write `{meant}`"
            )
            words = meant.split() if meant[0].isalpha() else [meant]
            for word in words:
                kind: Kind = "word" if word[0].isalpha() else "sign"
                self.found.append(Lexeme(kind, word, lexeme.line, lexeme.column, lexeme.end))
            return
        if character.isalpha():
            help = "names use the letters a to z, digits and `_`; a text between quotation marks may hold any letter"
        elif character in "#":
            help = "a comment begins with `--`"
        elif character in "'`’‘":
            help = 'a text stands between `"` and `"`'
        elif character == "?":
            help = "a choice is written `if … then … else …`"
        else:
            help = "delete it, or put it into a text or a comment"
        shown = character if character.isprintable() else name
        self.error("E0101", f"`{shown}` ({name}) has no meaning here", lexeme, "not a character of this language", help)
