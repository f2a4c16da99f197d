r"""The codes of diagnostics. Each has a page in `pages/`: what it means, a deal that gives it, how to put it right.

The page is the one source: its first line is the title, its first ``deal`` block the reproducer, its ``text`` block
what the compiler says of it, its ``diff`` block the correction. The tests compile the reproducer, compare, apply the
correction and compile again, so a page cannot be wrong. `reference/error_pages.py` writes the ``text`` blocks. In a
block marked ``escaped``, `\u{202E}` stands for a character that a page cannot show, `\byte{E9}` for a byte that is not
UTF-8, and `\repeat{300}{x}` for x 300 times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import attrs

PAGES = Path(__file__).with_name("pages")
"""The folder of the pages, shipped with the package."""

PATTERN = re.compile(r"[EWR]\d{4}")
_TITLE = re.compile(r"# ([EWR]\d{4}): (.+)")
_ESCAPE = re.compile(r"\\u\{([0-9A-F]+)\}|\\byte\{([0-9A-F]{2})\}|\\repeat\{(\d+)\}\{([^}]*)\}")
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@attrs.frozen(slots=True)
class Block:
    """A fenced block: ``deal run loan.deal`` has the language ``deal`` and the words ``run``, ``loan.deal``."""

    language: str
    words: tuple[str, ...]
    text: str

    @property
    def file(self) -> str | None:
        """The file that the block stands for, where it names one."""
        return next((word for word in self.words if "." in word), None)

    @property
    def content(self) -> bytes:
        """What the file holds."""
        return content(self.text, "escaped" in self.words)


@attrs.frozen(slots=True)
class Code:
    """One code and what its page says.

    ``example`` is a deal that gives exactly this code, ``expected`` what is then printed, ``fix`` the correction as a
    diff of the example. ``runs``: the example compiles, and the message comes when it is run. ``files`` are the other
    files that the example needs beside it, by name. ``escaped``: the example holds escapes.
    """

    code: str
    title: str
    explanation: str
    example: str
    expected: str
    fix: str
    page: str
    file: str = "example.deal"
    runs: bool = False
    escaped: bool = False
    files: Mapping[str, bytes] = attrs.field(factory=dict)


class PageError(ValueError):
    """An error page that is not laid out as `codes.py` says."""


def read_page(text: str) -> Code:
    """Read one page.

    :raises PageError: a part is missing.
    """
    title = _TITLE.match(text)
    if title is None:
        raise PageError("the first line is not `# E0000: what it is`")
    blocks = [Block(*_info(info), body) for info, body in _FENCE.findall(text)]
    deal = next((block for block in blocks if block.language == "deal"), None)
    message = next((block for block in blocks if block.language == "text"), None)
    correction = next((block for block in blocks if block.language == "diff"), None)
    if deal is None:
        raise PageError(f"{title[1]}: no ```deal block")
    beside = {block.file: block.content for block in blocks if block is not deal and block.file is not None}
    prose = text[title.end() : text.index("```")].strip()
    return Code(
        code=title[1],
        title=title[2].strip(),
        explanation=prose.partition("\n## ")[0].strip(),
        example=deal.text,
        expected="" if message is None else message.text,
        fix="" if correction is None else correction.text,
        page=text,
        file=deal.file or "example.deal",
        runs="run" in deal.words,
        escaped="escaped" in deal.words,
        files=beside,
    )


def content(text: str, escaped: bool) -> bytes:
    """A block's text as the bytes of a file."""
    if not escaped:
        return text.encode("utf-8")

    def meant(match: re.Match[str]) -> str:
        character, byte, times, repeated = match.groups()
        if times is not None:
            return str(repeated).replace("\\n", "\n") * int(times)
        return chr(int(character, 16)) if byte is None else chr(0xDC00 + int(byte, 16))

    return _ESCAPE.sub(meant, text).encode("utf-8", "surrogateescape")


def _info(line: str) -> tuple[str, tuple[str, ...]]:
    language, *words = line.split() or [""]
    return language, tuple(words)


def corrected(code: Code) -> str:
    """The example with its correction applied.

    A ``-`` line is taken out, a ``+`` line put in, a line that begins with a space must be there and stays.

    :raises PageError: a line of the correction is not in the example, in that order.
    """
    lines = code.example.split("\n")
    result: list[str] = []
    position = 0
    for change in code.fix.splitlines():
        mark, content = change[:1], change[1:]
        if mark == "+":
            result.append(content)
        elif mark in ("-", " "):
            try:
                found = lines.index(content, position)
            except ValueError:
                raise PageError(f"{code.code}: the correction's line {content!r} is not in the example") from None
            result += lines[position:found]
            if mark == " ":
                result.append(content)
            position = found + 1
    return "\n".join(result + lines[position:])


class _Pages(Mapping[str, Code]):
    """The packaged pages by code, read when asked for."""

    def __getitem__(self, code: str) -> Code:
        if PATTERN.fullmatch(code) is None:
            raise KeyError(code)
        return _page(code)

    def __iter__(self) -> Iterator[str]:
        return iter(_names())

    def __len__(self) -> int:
        return len(_names())

    def __contains__(self, code: object) -> bool:
        return code in _names()


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in PAGES.glob("*.md")))


@cache
def _page(code: str) -> Code:
    try:
        text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyError(code) from None
    return read_page(text)


CODES: Mapping[str, Code] = _Pages()
"""Every code that has a page."""
