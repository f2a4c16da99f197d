"""What `docs/CONTRIBUTING.md` and `docs/ARCHITECTURE.md` say of the package is so.

Every file, folder and name of a module that they put in backticks exists; the layers are as they are drawn. The walks
of CONTRIBUTING.md are carried out in a copy of the package:

* ``diff FILE``: lines without a sign stand in FILE one after another; ``-`` lines are taken out, ``+`` lines put in
* ``LANGUAGE into FILE``: FILE is written, or written anew
* ``sh``: each line is a command that must succeed, run in the copy
* ``forgotten FILE``: without what the walk does to FILE, one of its commands fails, and says this

A walk is what stands under one heading of the second level.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs
import indenture
import pytest

from .documentation import ROOT, Block, blocks

PACKAGE = Path(indenture.__file__).resolve().parent
CONTRIBUTING = ROOT / "docs" / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
PAGES = [CONTRIBUTING, ARCHITECTURE]
COPIED = ("__init__.py", "__main__.py", "dsl", "engine", "library", "docs", "tests", "pyproject.toml")

# ------------------------------------------------------------------------------------------------- what is named

BASES = ("", "dsl", "dsl/lowering", "engine")
"""The folders in which what a page names may stand."""

_CODE = re.compile(r"`([^`\n]+)`")
_PLACE = re.compile(r"(?P<path>[\w./-]*(?:/|\.(?:py|md|lark|deal|json|toml)))(?:: (?P<name>\w+(?:\.\w+)*))?")


def prose(page: Path) -> str:
    """The page without its blocks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for block in blocks(page):
        for number in range(block.line - 1, block.line + block.text.count("\n") + 1):
            lines[number] = ""
    return "\n".join(lines)


def places(page: Path) -> Iterator[tuple[str, str | None]]:
    """The files and folders that a page names, each with the name in it, where it says one."""
    for code in _CODE.findall(prose(page)):
        match = _PLACE.fullmatch(code)
        if match is not None:
            yield match["path"], match["name"]


def found(path: str) -> Path | None:
    """The file or folder that is meant."""
    for root in (PACKAGE, ROOT):
        for base in BASES:
            place = root / base / path
            if place.is_dir() if path.endswith("/") else place.is_file():
                return place
    return None


def has(place: Path, name: str) -> bool:
    """Whether a module has a name, or a class of it an attribute."""
    relative = place.relative_to(PACKAGE if place.is_relative_to(PACKAGE) else ROOT)
    here: object = importlib.import_module(".".join(["indenture", *relative.with_suffix("").parts]))
    for part in name.split("."):
        fields = {field.name for field in attrs.fields(here)} if isinstance(here, type) and attrs.has(here) else set()
        if part in fields:
            return True
        if not hasattr(here, part):
            return False
        here = getattr(here, part)
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_name_that_a_page_speaks_of_exists(page: Path) -> None:
    named = list(places(page))
    assert len(named) > 40
    for path, name in named:
        place = found(path)
        assert place is not None, f"{page.name}: there is no `{path}`"
        assert name is None or (has(place, name) if place.suffix == ".py" else False), (
            f"{page.name}: no `{name}` in `{path}`"
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_speaks_of_exists(page: Path) -> None:
    for module in re.findall(r"python -m ([\w.]+)", page.read_text(encoding="utf-8")):
        assert importlib.util.find_spec(module) is not None, f"{page.name}: there is no `python -m {module}`"


@pytest.mark.parametrize(
    "folder", ["dsl", "dsl/lowering", "dsl/lowering/*", "engine", "engine/*"], ids=lambda folder: folder
)
def test_the_map_has_every_folder(folder: str) -> None:
    """A folder of code that the map does not name is one of which nobody has said what must never be in it."""
    named = {found(path) for path, _ in places(ARCHITECTURE) if path.endswith("/")}
    below = [place for one in PACKAGE.glob(folder) for place in (one.iterdir() if "*" not in folder else [one])]
    wanted = {place for place in below if (place / "__init__.py").is_file()}
    assert sorted(str(place.relative_to(PACKAGE)) for place in wanted - named) == []


# ------------------------------------------------------------------------------------------------- layers


def drawn() -> dict[str, list[str]]:
    """The layers of each folder as the map draws them, top to bottom."""
    return {
        block.flags[1].replace("/", "."): [" ".join(line.split()) for line in block.text.splitlines()]
        for block in blocks(ARCHITECTURE)
        if block.flags[:1] == ("layers",)
    }


def test_the_layers_are_drawn_as_they_are_held() -> None:
    """The contracts of the imports are in `pyproject.toml`; of these, the map draws the ones between folders."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    held = {one["containers"][0]: one["layers"] for one in contracts if one["type"] == "layers"}
    assert set(drawn()) == {"dsl", "dsl.lowering", "engine"}
    assert drawn() == {name: held[f"indenture.{name}"] for name in drawn()}


# ------------------------------------------------------------------------------------------------- walks


@attrs.frozen
class Walk:
    """What stands under one heading."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def forgotten(self) -> list[Block]:
        return [block for block in self.blocks if block.language == "forgotten"]

    def __str__(self) -> str:
        return self.title


@cache
def walks() -> tuple[Walk, ...]:
    every = blocks(CONTRIBUTING)
    inside = {number for one in every for number in range(one.line, one.line + one.text.count("\n") + 1)}
    lines = enumerate(CONTRIBUTING.read_text(encoding="utf-8").splitlines(), start=1)
    heads = [(number, line[3:]) for number, line in lines if line.startswith("## ") and number not in inside]
    ends = [number for number, _ in heads[1:]] + [sys.maxsize]
    parts = [
        Walk(title, tuple(one for one in every if number < one.line < end))
        for (number, title), end in zip(heads, ends, strict=True)
    ]
    return tuple(part for part in parts if any(changed(block) for block in part.blocks))


def changed(block: Block) -> str | None:
    """The file that a block changes or writes."""
    if block.language == "diff" and block.flags:
        return block.flags[0]
    return block.flags[1] if block.flags[:1] == ("into",) else None


def applied(text: str, change: Block) -> str:
    """A text with a change: the lines that it keeps and takes out stand there once, one after another."""
    lines = text.split("\n")
    marks = [(line[:1] or " ", line[1:]) for line in change.text.splitlines()]
    before = [line for mark, line in marks if mark != "+"]
    after = [line for mark, line in marks if mark != "-"]
    starts = [at for at in range(len(lines) - len(before) + 1) if lines[at : at + len(before)] == before]
    assert before, f"{change}: says not where"
    assert len(starts) == 1, f"{change}: its lines stand {len(starts)} times in {change.flags[0]}"
    return "\n".join([*lines[: starts[0]], *after, *lines[starts[0] + len(before) :]])


def copy(folder: Path) -> Path:
    """The package under a folder that is put before all others."""
    home = folder / "indenture"
    home.mkdir()
    for name in COPIED:
        source = next(place / name for place in (PACKAGE, ROOT) if (place / name).exists())
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("golden", "planted"))
        else:
            shutil.copy2(source, home / name)
    return home


def carried_out(walk: Walk, home: Path, without: str | None = None) -> tuple[int, str]:
    """What the first command that fails says, and 0 where none does."""
    for block in walk.blocks:
        file = changed(block)
        if file is not None and file != without:
            place = home / file
            text = applied(place.read_text(encoding="utf-8"), block) if block.language == "diff" else block.text
            place.write_text(text, encoding="utf-8")
    said = ""
    for line in [line for block in walk.blocks if block.language == "sh" for line in block.text.splitlines()]:
        program, *words = shlex.split(line)
        assert program == "python", f"{walk}: only Python is run here"
        done = subprocess.run(
            [sys.executable, *words],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(home.parent), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode:
            return done.returncode, said
    return 0, said


def test_the_walks_are_those_that_are_promised() -> None:
    assert [walk.title for walk in walks()] == [
        "A function of the language",
        "A primitive",
        "A step",
        "A message",
        "A component",
    ]
    assert all(walk.forgotten for walk in walks())


@pytest.mark.parametrize("walk", walks(), ids=str)
def test_a_walk_leads_where_it_says(walk: Walk, tmp_path: Path) -> None:
    code, said = carried_out(walk, copy(tmp_path))
    assert code == 0, said


@pytest.mark.parametrize(
    ("walk", "forgotten"),
    [
        pytest.param(walk, block, id=f"{walk}: {block.flags[0]}".replace("/", "."))
        for walk in walks()
        for block in walk.forgotten
    ],
)
def test_what_is_forgotten_on_a_walk_is_said(walk: Walk, forgotten: Block, tmp_path: Path) -> None:
    (file,) = forgotten.flags
    assert file in {changed(block) for block in walk.blocks}
    code, said = carried_out(walk, copy(tmp_path), without=file)
    assert code != 0, f"nothing fails without {file}"
    assert forgotten.text.strip() in said, said
