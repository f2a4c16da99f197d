"""What is shipped, what importing it costs, and the promises of the README."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import indenture
import pytest
from indenture import library
from indenture.dsl.messages.codes import CODES

PACKAGE = Path(indenture.__file__).resolve().parent
ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = ("dsl", "engine", "library")

in_the_repository = pytest.mark.skipif(PACKAGE != ROOT, reason="the installed wheel is under test, not the repository")


def data_files() -> list[Path]:
    """What the package needs besides its Python: grammar, tables, components, worked examples, pages."""
    return [
        path.relative_to(PACKAGE)
        for folder in FOLDERS
        for path in sorted((PACKAGE / folder).rglob("*"))
        if path.suffix in (".lark", ".json", ".deal", ".csv") or path.parent.name == "pages"
    ]


@in_the_repository
def test_the_packages_are_the_folders() -> None:
    modules = {path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    folders = {path.parent for path in (*modules, *data_files())}
    named = sorted("indenture." + ".".join(folder.parts) for folder in folders)
    assert PROJECT["tool"]["setuptools"]["packages"] == ["indenture", *named]


@in_the_repository
def test_every_data_file_is_declared() -> None:
    declared = PROJECT["tool"]["setuptools"]["package-data"]
    for path in data_files():
        patterns = declared["indenture." + ".".join(path.parent.parts)]
        assert any(fnmatch(path.name, pattern) for pattern in patterns), path


def test_the_grammar_the_library_and_the_pages_are_there() -> None:
    names = {path.name for path in data_files()}
    assert "grammar.lark" in names
    assert library.modules()
    assert library.worked_examples()
    assert not any(name.startswith("worked") for name in library.modules())
    assert len(CODES) > 0
    assert (PACKAGE / "py.typed").is_file()


@in_the_repository
def test_the_wheel_holds_what_the_repository_holds(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "py.typed", *(path.name for path in ROOT.glob("*.py"))):
        shutil.copy(ROOT / name, copy)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    build = "import setuptools.build_meta as backend, sys; backend.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=copy, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {f"indenture/{path.as_posix()}" for path in data_files()}
    wanted |= {f"indenture/{path.relative_to(ROOT).as_posix()}" for f in FOLDERS for path in (ROOT / f).rglob("*.py")}
    assert wanted - held == set()
    stray = {name for name in held if not name.startswith(("indenture/", "indenture-"))}
    assert stray == set()
    assert {name.split("/")[1] for name in held if name.startswith("indenture/")} == {
        *FOLDERS,
        "__init__.py",
        "__main__.py",
        "py.typed",
    }
    assert any(name.endswith("licenses/LICENSE") for name in held)


def test_the_version_is_one() -> None:
    assert indenture.__version__ == PROJECT["project"]["version"]
    assert importlib.metadata.version("indenture") == indenture.__version__


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after the statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_the_engine_needs_numpy_and_attrs_alone() -> None:
    heavy = {"lark", "QuantLib", "scipy", "typer", "rich", "pandas", "indenture.dsl", "indenture.library"}
    loaded = loaded_by("import indenture.engine.run, indenture.engine.results, indenture.engine.execution.reference")
    assert "numpy" in loaded
    assert loaded & heavy == set()


def test_the_package_itself_loads_nothing() -> None:
    assert loaded_by("import indenture; indenture.__version__") & {"numpy", "lark", "attrs", "indenture.dsl"} == set()
    assert {"Deal", "DealError", "compile", "load"} <= set(dir(indenture))


def test_the_command_line_loads_late() -> None:
    assert (
        loaded_by("import indenture.dsl.cli.main") & {"numpy", "lark", "QuantLib", "scipy", "rich", "pandas"} == set()
    )


def test_the_readme_gives_the_two_commands_that_ci_runs() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "./make demo" in lines
    assert "./make test" in lines
