"""A tree's package put where nothing else is found first, so that two versions are asked in the same way.

Messages may hold paths, and a tree may change while it is read. So the package is copied once, into a folder of its
own whose name is as long as any other's, and the path of that folder is taken out of all that is recorded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

LEFT_OUT = {"tests", "docs", "examples", "benchmarks", "build", "dist", "out", "__pycache__"}
"""Folders of a tree that are no part of the package; those that begin with a dot are none either."""

PAGE = "[EWR][0-9][0-9][0-9][0-9].md"


class Refused(Exception):
    """What was asked for cannot be done; the message says why."""


@attrs.frozen
class Prepared:
    """A copy of a tree's package in ``folder``, the digest of its files, and the environment that finds it first."""

    tree: Path
    folder: Path
    digest: str
    environment: Mapping[str, str]

    def command(self, script: str, *arguments: str) -> list[str]:
        """A script of this folder, to be run with the package."""
        return [sys.executable, "-W", "ignore", str(Path(__file__).with_name(script)), *arguments]


@contextmanager
def prepared(tree: Path) -> Iterator[Prepared]:
    """The package of a tree, copied; gone again at the end."""
    if not (tree / "__init__.py").is_file() or not (tree / "pyproject.toml").is_file():
        raise Refused(f"{tree} is not a tree of the package")
    with tempfile.TemporaryDirectory(prefix="comparison_") as temporary:
        folder = Path(temporary).resolve() / "package"
        shutil.copytree(tree, folder / "indenture", ignore=_left_out)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("INDENTURE", "PYTHON"))},
            "PYTHONPATH": str(folder),
            "PYTHONPYCACHEPREFIX": str(folder.parent / "cache"),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "COLUMNS": "100",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "TZ": "UTC",
            **{f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")},
        }
        yield Prepared(tree, folder, digest(folder), environment)


def _left_out(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in LEFT_OUT or name.startswith(".") or name.endswith((".egg-info", ".pyc"))}


def digest(folder: Path) -> str:
    """One number for all files of a folder, by their names and bytes."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        found.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        found.update(data)
    return found.hexdigest()


def verify() -> Path:
    """The folder that the package is found in; asked in a process that must run the copy and nothing else."""
    import indenture

    wanted = Path(os.environ["PYTHONPATH"])
    found = Path(indenture.__file__).resolve().parents[1]
    if found != wanted:
        raise Refused(f"indenture is found in {found}, not in {wanted}")
    return wanted


def pages(tree: Path) -> list[Path]:
    """The page of each code, in whichever folder of the package they are."""
    found = [
        path for name in sorted(os.listdir(tree)) if not _left_out("", [name]) for path in (tree / name).rglob(PAGE)
    ]
    return sorted(found, key=lambda path: path.name)
