"""The shape of the source: what imports what, how long files are, what is passed over in silence."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import indenture
import pytest

PACKAGE = Path(indenture.__file__).resolve().parent
ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(PACKAGE != ROOT, reason="the installed wheel is under test, not the repository")

LONGEST = 450
LONGER: dict[str, str] = {
    # The files that may have more lines, each with the reason why it stays whole.
}
UNFORMATTED = 10
PASSED_OVER: dict[str, str] = {
    # The functions that say nothing of a class of syntax or of an entry that is added later, each with the reason.
    "dsl/lowering/known/beside.py:stated_type": "only a definition and an input state the type of a table",
    "dsl/lowering/measures/statistics.py:_call_of": "only a call is a statistic, or a name that stands for one",
    "dsl/names/settings.py:_literal": "only an amount or a number, or a list that begins with one, has a unit to keep",
}


@cache
def tree(text: str) -> ast.Module:
    return ast.parse(text)


# Imports


def modules(root: Path, package: str = "indenture", folders: tuple[str, ...] = ("dsl", "engine")) -> dict[str, Path]:
    """Every module below the folders, by its dotted name."""
    return {
        ".".join(
            (package, *(file.parent if file.name == "__init__.py" else file.with_suffix("")).relative_to(root).parts)
        ): file
        for folder in folders
        for file in sorted((root / folder).rglob("*.py"))
    }


def imported(name: str, file: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The known modules that one module imports: at its top, inside functions, and for types alone."""
    own = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=aliases):
                found = [alias.name for alias in aliases]
            case ast.ImportFrom(module=module, names=aliases, level=level):
                above = own[: len(own) - level + 1] if level else []
                whole = ".".join([*above, *([module] if module else [])])
                found = [part if (part := f"{whole}.{alias.name}") in known else whole for alias in aliases]
            case _:
                continue
        yield from (one for one in found if one in known and one != name)


def import_graph(known: Mapping[str, Path]) -> dict[str, set[str]]:
    return {name: set(imported(name, file, known)) for name, file in known.items()}


def cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """One circle of a graph, its first member again at its end; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def folder_graph(graph: Mapping[str, set[str]], known: Mapping[str, Path], root: Path) -> dict[str, set[str]]:
    """The same with each module in its folder's place: a folder and one below it are two."""
    place = {name: file.parent.relative_to(root).as_posix() for name, file in known.items()}
    folders: dict[str, set[str]] = {one: set() for one in place.values()}
    for name, found in graph.items():
        folders[place[name]] |= {place[one] for one in found} - {place[name]}
    return folders


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert cycle(import_graph(modules(ROOT))) == []


def test_no_folder_imports_itself_by_way_of_others() -> None:
    known = modules(ROOT)
    graph = import_graph(known)
    inside = {
        place: {other for other in found if not related(place, other)}
        for place, found in folder_graph(graph, known, ROOT).items()
    }
    assert cycle(inside) == []


def related(one: str, other: str) -> bool:
    """Whether one folder holds the other: `dsl/lowering` reads and is read by what it holds."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


@pytest.mark.parametrize(
    "back",
    [
        "from .one import x",
        "from . import one",
        "import sound.dsl.one",
        "def later() -> None:\n    from .one import x",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..dsl.one import x",
    ],
)
def test_a_cycle_is_found_wherever_the_import_stands(tmp_path: Path, back: str) -> None:
    folder = tmp_path / "dsl"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Planted."""\n')
    (folder / "one.py").write_text("from .two import y\n\nx = 1\n")
    (folder / "two.py").write_text("y = 1\n")
    known = modules(tmp_path, "sound", ("dsl",))
    assert cycle(import_graph(known)) == []
    (folder / "two.py").write_text(back + "\n\ny = 1\n")
    assert set(cycle(import_graph(known))) == {"sound.dsl.one", "sound.dsl.two"}


def test_a_cycle_of_folders_is_found(tmp_path: Path) -> None:
    for path, text in {
        "dsl/early/a.py": "from ..late.b import b",
        "dsl/early/c.py": "c = 1",
        "dsl/late/b.py": "b = 1",
        "dsl/late/d.py": "from ..early.c import c",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text + "\n")
    known = modules(tmp_path, "sound", ("dsl",))
    graph = import_graph(known)
    assert cycle(graph) == []
    assert set(cycle(folder_graph(graph, known, tmp_path))) == {"dsl/early", "dsl/late"}


def unexplained(text: str) -> list[int]:
    """The lines of relative imports inside functions that no comment beside or above explains by start-up time."""
    lines = text.splitlines()
    found = set()
    for function in ast.walk(tree(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.level:
                    beside, above = lines[node.lineno - 1 : node.end_lineno], lines[node.lineno - 2].strip()
                    comments = [line.partition("#")[2] for line in beside] + [above if above.startswith("#") else ""]
                    if not any("start-up time" in comment for comment in comments):
                        found.add(node.lineno)
    return sorted(found)


def test_imports_inside_functions_are_for_start_up_time() -> None:
    found = {name: lines for name, file in modules(ROOT).items() if (lines := unexplained(file.read_text("utf-8")))}
    assert found == {}


def test_an_import_inside_a_function_without_a_reason_is_found() -> None:
    assert unexplained("def f():\n    from .a import b\n") == [2]
    assert unexplained("def f():\n    # so as not to import itself\n    from .a import b\n") == [3]
    assert unexplained("def f():\n    from .a import b  # start-up time\n") == []
    assert unexplained("def f():\n    # Here for start-up time.\n    from .a import b\n") == []


# Folders


def contracts() -> dict[str, set[str]]:
    """By package, what the layers of its import contract name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for contract in project["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            assert contract["exhaustive"], contract["name"]
            (container,) = contract["containers"]
            found[container] = {part.strip() for layer in contract["layers"] for part in layer.split("|")}
    return found


def test_every_folder_has_its_layer_in_a_contract() -> None:
    stated = contracts()
    known = modules(ROOT)
    parents = {name.rpartition(".")[0] for name, file in known.items() if file.name == "__init__.py"} - {"indenture"}
    assert parents | {"indenture.dsl", "indenture.engine"} <= set(stated)
    for container, layers in stated.items():
        assert {name.rpartition(".")[2] for name in known if name.rpartition(".")[0] == container} == layers, container


def test_every_folder_says_what_it_holds() -> None:
    folders = {file.parent for file in modules(ROOT).values()}
    silent = [
        folder.relative_to(ROOT).as_posix()
        for folder in sorted(folders)
        if not ast.get_docstring(tree((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == []


# Files


def sources(root: Path) -> Iterator[Path]:
    """Every Python file and grammar, without what tools put beside them."""
    for path in sorted(root.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name not in ("build", "dist", "out"):
            yield from sources(path)
        elif path.suffix in (".py", ".lark") or (root == ROOT and path.name == "make"):
            yield path


def lengths(root: Path) -> dict[str, int]:
    return {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(root)
    }


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    assert {path for path, lines in lengths(ROOT).items() if lines > LONGEST} == set(LONGER)


def test_a_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "long.py").write_text("pass\n" * (LONGEST + 1))
    (tmp_path / "deep" / "short.lark").write_text("start:\n" * LONGEST)
    assert lengths(tmp_path) == {"deep/long.py": LONGEST + 1, "deep/short.lark": LONGEST}


def test_nearly_everything_is_formatted() -> None:
    exempt = re.compile("# *fmt: *(skip|off)")
    assert sum(len(exempt.findall(path.read_text(encoding="utf-8"))) for path in sources(ROOT)) <= UNFORMATTED


# Matches


def declared(*folders: Path) -> set[str]:
    """The classes that stand in these folders."""
    return {
        node.name
        for folder in folders
        for file in folder.rglob("*.py")
        for node in tree(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }


def says_nothing(case: ast.match_case) -> bool:
    """``case _:`` with nothing below it but pass, continue or a return of nothing."""
    match case:
        case ast.match_case(
            pattern=ast.MatchAs(pattern=None, name=None), guard=None, body=[ast.Pass() | ast.Continue()]
        ):
            return True
        case ast.match_case(pattern=ast.MatchAs(pattern=None, name=None), guard=None, body=[ast.Return(value=value)]):
            return value is None or (isinstance(value, ast.Constant) and value.value is None)
        case _:
            return False


def silent_matches(text: str, classes: set[str]) -> Iterator[str]:
    """The function of each match over some of the classes that passes over all others in silence."""
    for function in ast.walk(tree(text)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Match) and any(map(says_nothing, node.cases)):
                    patterns = [part for case in node.cases for part in ast.walk(case.pattern)]
                    named = {ast.unparse(part.cls) for part in patterns if isinstance(part, ast.MatchClass)}
                    if {name.rpartition(".")[2] for name in named} & classes:
                        yield function.name


def test_what_a_match_passes_over_in_silence_is_known() -> None:
    classes = declared(ROOT / "dsl" / "syntax", ROOT / "dsl" / "names")
    found = [
        f"{file.relative_to(ROOT).as_posix()}:{function}"
        for file in modules(ROOT).values()
        for function in silent_matches(file.read_text(encoding="utf-8"), classes)
    ]
    assert sorted(found) == sorted(PASSED_OVER)


@pytest.mark.parametrize(
    ("last", "silent"),
    [
        ("pass", True),
        ("return", True),
        ("return None", True),
        ("return 0", False),
        ("assert_never(node)", False),
    ],
)
def test_a_silent_match_is_found(last: str, silent: bool) -> None:
    text = f"def f(node):\n    match node:\n        case syntax.Name():\n            g()\n        case _:\n            {last}\n"
    assert list(silent_matches(text, {"Name"})) == (["f"] if silent else [])
    assert list(silent_matches(text, {"Other"})) == []
