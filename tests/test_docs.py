"""Every snippet of the documentation is executed: deals compile, fragments compile in a frame, output is what it says.

Fenced blocks and what is asked of them:

* ``deal``: a whole deal, or a fragment that is put into the frame below (what it declares itself is left out of it)
* ``deal excerpt examples/x.deal``: lines that stand in that file in this order
* ``deal fails E0505``: the same, and it must give exactly these codes
* ``deal run``: a whole deal that is run; the ``text`` block after it is what the command line prints
* ``python``: runs, with the names of the page's earlier blocks; ``text`` after it is what it prints
* ``console``: ``$ indenture …`` lines and what they print, run in the repository's folder
* ``deal into x.deal``: a file of a walk of `docs/CONTRIBUTING.md`: test_contributing.py writes it into a copy and runs it
* ``deal library/worked/x.deal``: the whole of that file, which is a worked example: tests/library/test_worked.py runs it
* any other block is not looked at
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import indenture
import pytest

from .documentation import PAGES, ROOT, Block, blocks

PACKAGE = Path(indenture.__file__).resolve().parent

FRAME = [
    ("deal", 'deal "Frame" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }'),
    ("use", "use debt, hedges"),
    *[(name, f"party {name}") for name in ("Issuer", "Bank", "Fund", "Sponsor", "Customer", "Dealer", "Agent")],
    ("payment", "schedule payment = quarterly on day 15 from 2026-04-15 to 2029-01-15, unadjusted"),
    ("SOFR", "index SOFR = 4.10%"),
    ("cash", "account cash"),
]
"""What a fragment may take for granted: each line is left out where the fragment declares that name itself."""


def whole(text: str) -> bool:
    return re.search(r'^deal "', text, re.MULTILINE) is not None


def framed(text: str) -> str:
    """The fragment in the frame."""
    declared = set(re.findall(r"^\s*(?:schedule|index|account|input|term)\s+(\w+)", text, re.MULTILINE))
    for line in re.findall(r"^\s*party\s+([\w, ]+)", text, re.MULTILINE):
        declared.update(name.strip() for name in line.split(","))
    if re.search(r"^\s*use\s", text, re.MULTILINE):
        declared.add("use")
    return "\n".join(line for name, line in FRAME if name not in declared) + "\n" + text


def shipped(path: Path) -> Path:
    """A file of the repository; where the tests run beside an installed package, the one that the package holds."""
    return path if path.exists() or not path.is_relative_to(ROOT) else PACKAGE / path.relative_to(ROOT)


def codes(text: str) -> list[str]:
    try:
        indenture.compile(text, folder=ROOT / "examples")
    except indenture.DealError as error:
        return sorted({one.code for one in error.diagnostics if one.severity == "error"})
    return []


def cases() -> list[Any]:
    found = []
    for page in PAGES:
        for block in blocks(page):
            if block.language == "deal" and block.flags[:1] != ("into",):
                found.append(pytest.param(block, id=str(block)))
    return found


@pytest.mark.parametrize("block", cases())
def test_deals_of_the_documentation(block: Block) -> None:
    if "excerpt" in block.flags:
        in_order(block, ROOT / block.flags[-1])
        return
    if block.flags and block.flags[0].startswith("library/worked/"):
        assert block.text == shipped(ROOT / block.flags[0]).read_text(encoding="utf-8")
        return
    text = block.text if whole(block.text) else framed(block.text)
    wanted = sorted(flag for flag in block.flags if re.fullmatch(r"[EW]\d{4}", flag)) if "fails" in block.flags else []
    assert codes(text) == wanted, text


def in_order(block: Block, file: Path) -> None:
    """Every line of an excerpt stands in the file, in that order; ``-- …`` says that something is left out."""
    lines = iter(" ".join(line.split()) for line in file.read_text(encoding="utf-8").splitlines())
    for line in block.text.splitlines():
        wanted = " ".join(line.split())
        if wanted and wanted != "-- …":
            assert any(found == wanted for found in lines), f"{block}: not in {file.name}, or not in this order: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_documentation_says_is_printed_is_printed(page: Path, tmp_path: Path) -> None:
    """Runs a page from top to bottom: its Python in one namespace, its deals and commands as a reader would."""
    every = blocks(page)
    names: dict[str, Any] = {"__name__": "__docs__"}
    for position, block in enumerate(every):
        after = every[position + 1] if position + 1 < len(every) else None
        expected = after.text if after is not None and after.language == "text" else None
        if block.language == "python":
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.chdir(ROOT):
                exec(compile(block.text, f"{page.name}:{block.line}", "exec"), names)
            if expected is not None:
                assert trimmed(said.getvalue()) == trimmed(expected), f"{after}"
        elif block.language == "deal" and "run" in block.flags:
            assert expected is not None, f"{block}: a deal that is run is followed by what it prints"
            file = tmp_path / "page.deal"
            file.write_text(block.text, encoding="utf-8")
            for name in re.findall(r'"(\w+\.csv)"', block.text):  # a CSV of the examples
                shutil.copy(ROOT / "examples" / name, tmp_path)
            assert trimmed(command(["run", str(file)], ROOT)) == trimmed(expected), f"{after}"
        elif block.language == "console":
            console(block)


def console(block: Block) -> None:
    wanted: list[str] = []
    line = ""
    for text in [*block.text.splitlines(), "$ end"]:
        if not text.startswith("$ "):
            wanted.append(text)
            continue
        if line:
            words = shlex.split(line)
            assert words[0] == "indenture", f"{block}: only indenture's own commands are run here"
            said = command(
                [str(shipped(ROOT / word)) if word.startswith("library/") else word for word in words[1:]], ROOT
            )
            if wanted:
                assert trimmed(said) == trimmed("\n".join(wanted)), f"{block}: {line}"
        line, wanted = text[2:], []


def command(words: list[str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "indenture", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # Standard error carries progress on a slow machine; what is wrong with a deal is on it too, and then there is an exit code.
    return done.stdout if done.returncode == 0 else done.stdout + done.stderr


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def test_the_library_reference_is_the_components_own_documentation() -> None:
    from indenture.dsl.reference import library_page

    wanted = library_page.pages()
    for name, text in wanted.items():
        path = ROOT / "docs" / name
        assert path.is_file(), f"{path}: run `python -m indenture.dsl.reference.library_page`"
        assert path.read_text(encoding="utf-8") == text, f"{path}: run `python -m indenture.dsl.reference.library_page`"
    there = {f"library/{path.name}" for path in (ROOT / "docs" / "library").iterdir()}
    assert there == set(wanted) - {"library.md", "functions.md"}, (
        "a page of no module: run `python -m indenture.dsl.reference.library_page`"
    )


def slug(title: str) -> str:
    """The anchor that GitHub gives a heading: lower case, words joined by hyphens, signs left out."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = shipped((page.parent / file).resolve()) if file else page
        assert path.exists(), f"{page.name}: {target}"
        if anchor:
            titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(title) for title in titles}, f"{page.name}: {target}"
