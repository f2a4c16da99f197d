"""The error pages at work: their reproducers compiled, their messages compared, and the index of them written.

``python -m indenture.dsl.reference.error_pages`` says which pages are wrong; with ``--update`` it first writes into
each page what the compiler says today, and `docs/errors.md`. The tests call the same functions.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from ..api import DealError, compile
from ..messages.codes import CODES, PAGES, Code, PageError, content, corrected, read_page
from ..messages.diagnostics import Diagnostic
from ..messages.render import as_text
from ..text.source import Source, read_source

SHORTEST = 30
"""Lines of a reproducer, at least: a mistake is shown in a deal, not in a fragment."""

INDEX = Path("docs") / "errors.md"

_MESSAGE = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)


@attrs.frozen(slots=True)
class Said:
    """What the compiler, or the run, says of a text: nothing, where all is well."""

    diagnostics: tuple[Diagnostic, ...]
    text: str

    @property
    def codes(self) -> set[str]:
        return {diagnostic.code for diagnostic in self.diagnostics if not diagnostic.waived}


def say(code: Code, text: str) -> Said:
    """Compile a text beside the files of a page; run it too where the page's message comes from a run."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        written = {code.file: content(text, code.escaped), **code.files}
        for name, data in written.items():
            (home / name).write_bytes(data)
        source = read_source(home / code.file, code.file)
        if isinstance(source, tuple):
            shown = {code.file: written[code.file].decode("utf-8", "replace")}
            return Said(source, as_text(source, shown, summary=False))
        assert isinstance(source, Source), "it was just written"
        try:
            deal = compile(source.text, name=code.file, folder=home)
            if code.runs:
                deal.run()
        except DealError as error:
            return Said(error.diagnostics, as_text(error.diagnostics, error.sources, summary=False))
        found = (*deal.diagnostics, *(deal.remarks() if code.code.startswith("R") else ()))
        return Said(found, as_text(found, deal.sources, summary=False))


def problems(code: Code) -> list[str]:
    """What is wrong with a page.

    A page is right when its reproducer gives its code and no other, in the words that the page shows, and the
    corrected deal no longer gives it.
    """
    found: list[str] = []
    if not code.explanation:
        found.append("it does not say why")
    if code.example.count("\n") < SHORTEST:
        found.append(f"its deal has fewer than {SHORTEST} lines")
    said = say(code, code.example)
    if said.codes != {code.code}:
        found.append(f"its deal gives {', '.join(sorted(said.codes)) or 'no message'}:\n{said.text}")
    elif said.text != code.expected:
        found.append(f"it shows\n{code.expected}\nwhere the compiler says\n{said.text}")
    if not code.fix:
        found.append("it has no correction")
        return found
    try:
        mended = say(code, corrected(code))
    except PageError as error:
        found.append(str(error))
        return found
    left = {d.code for d in mended.diagnostics if d.severity == "error"} | (mended.codes & {code.code})
    if left:
        found.append(f"the corrected deal gives {', '.join(sorted(left))}:\n{mended.text}")
    return found


def updated(code: Code) -> str:
    """The page with what the compiler says of its reproducer today; a missing ``text`` block is put after the deal."""
    block = f"```text\n{say(code, code.example).text}```"
    if _MESSAGE.search(code.page):
        return _MESSAGE.sub(lambda _: block, code.page, count=1)
    head, fence, rest = code.page.partition("```deal")
    body, close, tail = rest.partition("\n```\n")
    return f"{head}{fence}{body}{close}\n{block}\n{tail}"


def index(codes: Iterable[Code]) -> str:
    """`docs/errors.md`: every code with its title, linked to its page."""
    lines = [
        "# Errors and warnings",
        "",
        "Every message has a code, and every code a page: what is wrong, a deal that gives it, what is then printed,",
        "and the correction. `indenture explain-error E0312` prints the page.",
        "",
    ]
    return (
        "\n".join(lines + [f"- [{code.code}](../dsl/messages/pages/{code.code}.md): {code.title}" for code in codes])
        + "\n"
    )


def main(arguments: Sequence[str]) -> int:
    update = "--update" in arguments
    wanted = [argument for argument in arguments if not argument.startswith("-")] or list(CODES)
    wrong = 0
    for name in wanted:
        place = PAGES / f"{name}.md"
        code = read_page(place.read_text(encoding="utf-8"))
        if update:
            text = updated(code)
            if text != code.page:
                place.write_text(text, encoding="utf-8", newline="\n")
                code = read_page(text)
        for problem in problems(code):
            wrong += 1
            print(f"{name}: {problem}", file=sys.stderr)
    root = PAGES.parents[2]
    if update and (root / INDEX.parent).is_dir():
        pages = [read_page(path.read_text(encoding="utf-8")) for path in sorted(PAGES.glob("*.md"))]
        (root / INDEX).write_text(index(pages), encoding="utf-8", newline="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
