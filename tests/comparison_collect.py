"""The corpus of a comparison: deals of a tree as files, so that every version reads the same bytes.

Run by `comparison.py` with the tree's own package, since the generator of deals and the documentation's frame belong to
the tree. Each deal lies beside the files that it reads, under the folder of its kind:

``examples``, ``worked``, ``tests``  the deals of `examples/`, `library/worked/` and, by folder, of `tests/`
``documentation``  every deal of the documentation, what is a fragment in the frame of `tests/test_docs.py`
``errors``         the deal of every error page, wrong and put right
``damaged``        examples with words taken out, doubled or swapped, by a seed
``generated``      whole deals from the generator of `tests/properties`, by a seed each
``extra``          the deals of other folders
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

from comparison_tree import digest, pages, verify

MANIFEST = "corpus.json"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
ESCAPE = re.compile(r"\\u\{([0-9A-F]+)\}|\\byte\{([0-9A-F]{2})\}|\\repeat\{(\d+)\}\{([^}]*)\}")
WORD = re.compile(r'"[^"\n]*"|[A-Za-z_][\w.]*|\$?\d[\d_,.]*%?|\s+|.', re.DOTALL)


def collect(tree: Path, into: Path, generated: int, damaged: int, extra: list[Path]) -> None:
    """Write the corpus; its manifest comes last, so that half a corpus is none."""
    folder_of_deals(tree / "examples", into / "examples")
    folder_of_deals(tree / "library" / "worked", into / "worked")
    for folder in sorted({path.parent for path in (tree / "tests").rglob("*.deal")}):
        folder_of_deals(folder, into / "tests" / "_".join(folder.relative_to(tree / "tests").parts))
    documentation(tree, into / "documentation")
    for page in pages(tree):
        error_page(page, into / "errors")
    damage(tree / "examples", into / "damaged", damaged)
    generate(tree, into / "generated", generated)
    for number, folder in enumerate(extra):
        for inner in sorted({path.parent for path in folder.rglob("*.deal")}):
            folder_of_deals(inner, into / "extra" / "_".join([str(number), *inner.relative_to(folder).parts]))
    deals = sorted(path.relative_to(into).as_posix() for path in into.rglob("*.deal"))
    manifest = {"digest": digest(into), "deals": deals}
    (into / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def folder_of_deals(source: Path, into: Path) -> None:
    """A folder's deals and every file beside them that a deal could read."""
    into.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.is_file() and path.suffix in (".deal", ".csv"):
            shutil.copyfile(path, into / path.name)


def tables(source: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.csv")):
        shutil.copyfile(path, into / path.name)


def documentation(tree: Path, into: Path) -> None:
    """Every deal of the pages, named by page and line; the tests of the documentation say what a deal is."""
    page_tests = loaded(next(tree.glob("tests/**/test_docs.py")))
    tables(tree / "examples", into)
    for page in page_tests.PAGES:
        stem = "_".join(page.relative_to(tree).with_suffix("").parts)
        for block in page_tests.blocks(page):
            if block.language == "deal" and not any(flag.startswith("library/worked/") for flag in block.flags):
                text = block.text if page_tests.whole(block.text) else page_tests.framed(block.text)
                (into / f"{stem}_{block.line:04}.deal").write_text(text, encoding="utf-8", newline="")


def loaded(path: Path) -> ModuleType:
    """The module of a file, in a package of its folder: what it imports from beside it is found."""
    package = ModuleType(f"folder_{path.parent.name}")
    package.__path__ = [str(path.parent)]
    sys.modules[package.__name__] = package
    return importlib.import_module(f"{package.__name__}.{path.stem}")


def error_page(page: Path, into: Path) -> None:
    """The page's deal with the files that it shows, and the same with its correction."""
    blocks = [(info.split() or [""], body) for info, body in FENCE.findall(page.read_text(encoding="utf-8"))]
    place, (words, example) = next((at, block) for at, block in enumerate(blocks) if block[0][0] == "deal")
    correction = next((body for info, body in blocks if info[0] == "diff"), "")
    texts = {page.stem: example, f"{page.stem}_corrected": corrected(example, correction)}
    for folder, text in texts.items():
        (into / folder).mkdir(parents=True)
        for at, (info, body) in enumerate(blocks):
            name = next((word for word in info[1:] if "." in word), None)
            if at != place and name is not None:
                (into / folder / name).write_bytes(content(body, "escaped" in info))
        name = next((word for word in words[1:] if "." in word), "example.deal")
        (into / folder / name).write_bytes(content(text, "escaped" in words))


def content(text: str, escaped: bool) -> bytes:
    r"""A block as the bytes of a file: ``\u{202E}``, ``\byte{E9}`` and ``\repeat{300}{x}`` are what they stand for."""

    def meant(match: re.Match[str]) -> str:
        character, byte, times, repeated = match.groups()
        if times is not None:
            return str(repeated).replace("\\n", "\n") * int(times)
        return chr(int(character, 16)) if byte is None else chr(0xDC00 + int(byte, 16))

    return (ESCAPE.sub(meant, text) if escaped else text).encode("utf-8", "surrogateescape")


def corrected(example: str, correction: str) -> str:
    """The example without the ``-`` lines of its correction and with the ``+`` lines, in their order."""
    lines, result, position = example.split("\n"), [], 0
    for change in correction.splitlines():
        mark, line = change[:1], change[1:]
        if mark == "+":
            result.append(line)
        elif mark in ("-", " "):
            found = lines.index(line, position)
            result += lines[position:found] + ([line] if mark == " " else [])
            position = found + 1
    return "\n".join(result + lines[position:])


def damage(source: Path, into: Path, count: int) -> None:
    """Deals in which someone has mistyped: what is said of them shows the parser's every way back."""
    tables(source, into)
    words = {path: WORD.findall(path.read_text(encoding="utf-8")) for path in sorted(source.glob("*.deal"))}
    for number in range(count if words else 0):
        choose = random.Random(number)
        path = choose.choice(list(words))
        text = list(words[path])
        for _ in range(choose.randint(1, 3)):
            at, other = choose.randrange(len(text)), choose.randrange(len(text))
            match choose.randrange(4):
                case 0:
                    del text[at : at + choose.randint(1, 4)]
                case 1:
                    text[at], text[other] = text[other], text[at]
                case 2:
                    text[at] = text[other]
                case _:
                    text[at:at] = text[other : other + choose.randint(1, 20)]
        (into / f"{path.stem}_{number:04}.deal").write_text("".join(text), encoding="utf-8", newline="")


def generate(tree: Path, into: Path, count: int) -> None:
    """The generator's deal of each seed from 0, beside the tables that such deals read."""
    tables(tree / "tests" / "properties", into)
    if count:
        sys.path.insert(0, str(tree / "tests"))
        strategies = importlib.import_module("properties.strategies")
        for number in range(count):
            text = strategies.rolled(number).text
            (into / f"{number:05}.deal").write_text(text, encoding="utf-8", newline="")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--generated", type=int, required=True)
    parser.add_argument("--damaged", type=int, required=True)
    parser.add_argument("--extra", type=Path, action="append", default=[])
    chosen = parser.parse_args()
    verify()
    collect(chosen.tree, chosen.into, chosen.generated, chosen.damaged, chosen.extra)


if __name__ == "__main__":
    main()
