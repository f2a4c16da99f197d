"""The comparison of two versions finds nothing where nothing was changed, and a changed word or bit where one was."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEALS = ("examples/watch_list.deal", "errors/E0201/", "generated/00001.deal")
MESSAGE = "nothing reads `"

pytestmark = pytest.mark.skipif(not (ROOT / "__init__.py").is_file(), reason="the tests lie beside no tree")


def comparison(*words: str | Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "tests" / "comparison.py"
    return subprocess.run(
        [sys.executable, str(script), *map(str, words)], capture_output=True, text=True, encoding="utf-8", check=False
    )


def recorded(tree: Path, corpus: Path, into: Path) -> Path:
    done = comparison("record", "--tree", tree, "--corpus", corpus, "--into", into, "--deals-only", "--workers", "1")
    assert done.returncode == 0, done.stderr
    return into


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of this tree, of which a few deals are asked."""
    into = tmp_path_factory.mktemp("comparison") / "corpus"
    done = comparison("collect", "--into", into, "--generated", "2", "--damaged", "2")
    assert done.returncode == 0, done.stderr
    manifest = json.loads((into / "corpus.json").read_text(encoding="utf-8"))
    kinds = {name.partition("/")[0] for name in manifest["deals"]}
    assert kinds == {"examples", "worked", "tests", "documentation", "errors", "damaged", "generated"}
    manifest["deals"] = [name for name in manifest["deals"] if name.startswith(DEALS)]
    assert len(manifest["deals"]) == len(DEALS)
    (into / "corpus.json").write_text(json.dumps(manifest), encoding="utf-8")
    return into


@pytest.fixture(scope="module")
def record(corpus: Path) -> Path:
    return recorded(ROOT, corpus, corpus.parent / "record")


def test_a_tree_equals_itself(corpus: Path, record: Path, tmp_path: Path) -> None:
    done = comparison("differ", record, recorded(ROOT, corpus, tmp_path / "again"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing differs" in done.stdout


def test_a_changed_message_is_found(corpus: Path, record: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    shutil.copy(ROOT / "pyproject.toml", tree)
    shutil.copy(ROOT / "__init__.py", tree)
    shutil.copy(ROOT / "__main__.py", tree)
    for folder in ("dsl", "engine", "library"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    changed = 0
    for path in (tree / "dsl").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if MESSAGE in text:
            changed += 1
            path.write_text(text.replace(MESSAGE, "no one reads `"), encoding="utf-8")
    assert changed
    other = recorded(tree, corpus, tmp_path / "record")
    done = comparison("differ", record, other)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "=== generated/00001.deal: check text" in done.stdout
    assert "-warning[W0709]: nothing reads" in done.stdout
    assert "+warning[W0709]: no one reads" in done.stdout
    assert comparison("differ", record, other, "--allow", "check*").returncode == 0
    assert comparison("differ", record, other, "--only-sections", "figures", "program").returncode == 0


def test_a_changed_bit_is_found(record: Path, tmp_path: Path) -> None:
    other = tmp_path / "record"
    shutil.copytree(record, other)
    lines = [json.loads(line) for line in (other / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    entry = next(line for line in lines if line.get("name") == "examples/watch_list.deal")
    found = entry["sections"]["figures"]
    data = zlib.decompress((other / "content" / found[:2] / found[2:]).read_bytes())
    before, mark, after = data.partition(b"0x1.")
    assert mark, "no figure"
    planted = before + mark + (b"1" if after[:1] == b"0" else b"0") + after[1:]
    digest = hashlib.sha256(planted).hexdigest()
    (other / "content" / digest[:2]).mkdir(exist_ok=True)
    (other / "content" / digest[:2] / digest[2:]).write_bytes(zlib.compress(planted))
    entry["sections"]["figures"] = digest
    (other / "record.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = comparison("differ", record, other)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 differ: examples/watch_list.deal" in done.stdout
