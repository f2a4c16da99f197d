"""The pages of the documentation, and the fenced blocks of each."""

from __future__ import annotations

from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("README.md")])


@attrs.frozen
class Block:
    """A fenced block: its first word is the language, the words after it are flags."""

    page: Path
    line: int
    language: str
    flags: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The blocks of a page. A fence of four backticks holds what has fences of three."""
    found: list[Block] = []
    inside: list[str] | None = None
    start, info, fence = 0, "", ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if inside is None and line.startswith("```"):
            info = line.lstrip("`").strip()
            inside, start, fence = [], number, "`" * (len(line) - len(line.lstrip("`")))
        elif inside is not None and line.rstrip() == fence:
            words = info.split()
            found.append(Block(page, start, words[0] if words else "", tuple(words[1:]), "\n".join(inside) + "\n"))
            inside = None
        elif inside is not None:
            inside.append(line)
    return found
