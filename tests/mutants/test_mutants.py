"""The planter of faults: what it plants, that it finds what is caught and what is not, and that no module is left out."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from scipy.stats import binomtest

from .argued import ARGUED, Row
from .caught_by import mark, record, recorded
from .faults import Fault, sampled, shown
from .finding import all_faults, faults_of, modules
from .meant_for import MEANT
from .planting import ROOT, changed_codes
from .report import caught_after_all, interval, reason, survivors, table
from .trying import Verdict
from .watching import Map, Seen, in_turn

pytestmark = pytest.mark.skipif(not (ROOT / "__init__.py").is_file(), reason="the tests lie beside no tree")


@pytest.fixture(scope="module")
def faults() -> dict[str, list[Fault]]:
    return all_faults(ROOT)


# What is planted


def changes(text: str) -> set[str]:
    return {one.change for one in faults_of("engine/some.py", text)}


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("return a < b", "strictness: a < b -> a <= b"),
        ("return a < b", "comparison: a < b -> a >= b"),
        ("return a <= b <= c", "strictness: a <= b <= c -> a <= b < c"),
        ("return a - b", "operator: a - b -> a + b"),
        ("return -a", "sign: -a -> a"),
        ("return a and b", "and/or: a and b -> a or b"),
        ("return a and b", "and/or: a and b -> b"),
        ("return not a", "guard: not a -> a"),
        ("return b if a else c", "guard: a -> False"),
        ("return [one for one in a if one]", "guard: one -> True"),
        ("return a[0]", "first/last: 0 -> -1"),
        ("return a[-1]", "first/last: -1 -> 0"),
        ("return a[b:]", "bound: b -> (b + 1)"),
        ("return range(a, b)", "bound: b -> (b) - 1"),
        ("return min(a, b)", "swapped: min -> max"),
        ("return builder.select(a, b, c)", "order: b, c -> c, b"),
        ("return emit('less', a, b)", "swapped: 'less' -> 'less_equal'"),
        ("return emit('less', a, b)", "order: a, b -> b, a"),
        ("return builder.positive(a)", "dropped: builder.positive(a) -> a"),
        ("return a.opening + b.closing", "swapped: a.opening -> a.closing"),
        ("return f(a, 1)", "constant: 1 -> 0"),
        ("return f(a, known=False)", "constant: False -> True"),
        ("f(a)\n    return b", "dropped: f(a) -> pass"),
        ("a[b] = c\n    return b", "dropped: a[b] = c -> pass"),
        ("f(a)\n    g(b)", "order: f(a) g(b) -> g(b)\n    f(a)"),
    ],
)
def test_each_kind_is_planted(line: str, change: str) -> None:
    assert change in changes(f"def f(a, b, c):\n    {line}\n")


@pytest.mark.parametrize(
    "line",
    [
        '"""Says 1 < 2."""',
        "assert a < 1",
        'raise ValueError(f"{a - 1} and {b[0]}")',
        'return f"{a < 1}"',
        "x: tuple[int, 1] = a",
        "return isinstance(a, b)",
        "from a import b",
        "return zip(a, b, strict=True)",
        "return f(a, 1e-12)",
    ],
)
def test_nothing_is_planted_where_nothing_could_be_seen(line: str) -> None:
    assert changes(f"def f(a, b, c):\n    {line}\n") == set()


def test_a_fault_changes_what_it_says_and_nothing_else() -> None:
    source = "def f(a):\n    if a.é and a[0] < 2:\n        g(a)\n    return a\n"
    (one,) = (one for one in faults_of("engine/some.py", source) if one.kind == "strictness")
    assert one.planted_in(source.encode()).decode() == source.replace("a[0] < 2", "a[0] <= 2")
    assert (one.place, one.function, one.text) == ("engine/some.py:2", "f", "if a.é and a[0] < 2:")
    assert list(shown(one, source.encode())) == ["-    if a.é and a[0] < 2:", "+    if a.é and a[0] <= 2:"]


def test_python_reads_what_is_planted(faults: dict[str, list[Fault]]) -> None:
    for one in sampled(faults, 0, 1, seed=7):
        source = (ROOT / one.module).read_bytes()
        assert ast.dump(ast.parse(one.planted_in(source))) != ast.dump(ast.parse(source)), one


def test_the_code_of_each_function_is_found_with_its_fault() -> None:
    before = b"def f(a):\n    return [lambda: a < 1, lambda: a < 2]\n"
    found = changed_codes(before, before.replace(b"< 2", b"<= 2"), "some.py")
    assert [one.co_qualname for one in found] == ["f", "f.<locals>.<lambda>", "f.<locals>.<lambda>"]
    assert [one == other for one, other in found.items()] == [False, True, False]
    assert changed_codes(before, before.replace(b"lambda: a < 1", b"1"), "some.py") == {}


# The sample


def test_the_sample_is_drawn_by_its_seed_and_has_enough_of_each_module(faults: dict[str, list[Fault]]) -> None:
    drawn = sampled(faults, 1500, 15, seed=1)
    assert drawn == sampled(faults, 1500, 15, seed=1) != sampled(faults, 1500, 15, seed=2)
    assert len(drawn) == len(set(drawn)) >= 1500
    counts = {module: sum(one.module == module for one in drawn) for module in faults}
    assert all(count >= min(15, len(faults[module])) for module, count in counts.items())
    assert len(sampled(faults, 5000, 15, seed=1)) >= 5000


def test_what_is_drawn_in_a_module_does_not_move_with_the_lines_above_it() -> None:
    text = "def f(a, b):\n    if a < b:\n        g(a)\n    return a - b\n"
    one, other = (sampled({"m": faults_of("m", text)}, 3, 3, 1) for text in (text, "x = y\n\n\n" + text))
    assert [fault.key for fault in one] == [fault.key for fault in other]


# The tests meant for each module


def without_a_row(found: dict[str, list[Fault]], table: dict[str, tuple[str, ...]]) -> set[str]:
    return set(found) ^ set(table)


def test_every_module_with_a_fault_has_its_tests(faults: dict[str, list[Fault]]) -> None:
    assert without_a_row(faults, MEANT) == set()
    assert set(MEANT) <= set(modules(ROOT))
    missing = {file for files in MEANT.values() for file in files if not (ROOT / "tests" / file).is_file()}
    assert missing == set()
    assert all(MEANT.values())


def test_a_module_without_a_row_is_found(faults: dict[str, list[Fault]]) -> None:
    assert without_a_row(faults, {key: MEANT[key] for key in [*MEANT][1:]}) == {next(iter(MEANT))}
    assert without_a_row(faults, {**MEANT, "engine/gone.py": ()}) == {"engine/gone.py"}


def test_what_is_argued_is_there_and_has_its_reason(faults: dict[str, list[Fault]]) -> None:
    for module, of in ARGUED.items():
        fitting = {reason(one, ARGUED) for one in faults[module]}
        assert [one for one in of if one not in fitting] == []
        assert all(one.because for one in of)


def test_a_row_that_fits_no_fault_is_found(faults: dict[str, list[Fault]]) -> None:
    module = "dsl/lowering/day/triggers.py"
    row = ARGUED[module][0]
    others = [row._replace(text="x"), row._replace(function="x"), row._replace(change="order")]
    assert {reason(one, {module: [row]}) for one in faults[module]} == {None, row}
    assert {reason(one, {module: others}) for one in faults[module]} == {None}


# What is said of it


@pytest.mark.parametrize(("caught", "tried"), [(0, 15), (7, 15), (15, 15), (141, 150), (1450, 1500)])
def test_the_interval_is_wilsons(caught: int, tried: int) -> None:
    expected = binomtest(caught, tried).proportion_ci(0.95, method="wilson")
    assert interval(caught, tried) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_argued_faults_are_not_counted_unless_they_are_caught() -> None:
    text = "def f(a, b):\n    return a < b\n"
    one, other = faults_of("engine/some.py", text)
    verdicts = [Verdict(one, True, "t", 1), Verdict(other, False, "", 1)]
    first, second, both = (
        {"engine/some.py": (Row("f", one.text, change, "it is so"),)} for change in (one.change, other.change, "")
    )
    assert [line.split()[:4] for line in table(verdicts, second)][-1] == ["all", "1", "1", "100.0%"]
    assert [line.split()[:4] for line in table(verdicts, {})][-1] == ["all", "1", "2", "50.0%"]
    assert survivors(verdicts, second) == survivors(verdicts, both) == []
    assert survivors(verdicts, {}) == survivors(verdicts, first) == verdicts[1:]
    assert caught_after_all(verdicts, first) == [("engine/some.py", first["engine/some.py"][0])]
    assert caught_after_all(verdicts, second) == caught_after_all(verdicts, both) == []


def test_files_share_the_time_in_which_tests_are_watched() -> None:
    # A test of the slow file takes 3 s, one of the quick file 1 s; each in turn until 12 s are used up.
    names = [f"slow::{k}" for k in range(9)] + [f"quick::{k}" for k in range(9)]
    spent = {"slow": 0.0, "quick": 0.0}
    seen = []
    for name in in_turn(names, spent, 12.0):
        seen.append(name)
        spent[name.partition("::")[0]] += 3.0 if name.startswith("slow") else 1.0
    assert [one for one in seen if one.startswith("slow")] == ["slow::0", "slow::1"]
    assert [one for one in seen if one.startswith("quick")] == [f"quick::{k}" for k in range(6)]
    assert sorted(in_turn(names, {}, 1.0)) == sorted(names)


def test_what_only_loading_runs_is_tried_with_all_tests_that_are_meant() -> None:
    """First those that come to the module: they are the likeliest to catch it."""

    def seen(name: str, file: str, seconds: float, *lines: int) -> Seen:
        return Seen(name, file, seconds, "passed", {"engine/some.py": frozenset(lines)} if lines else {})

    tests = (
        seen("elsewhere", "a.py", 1.0),
        seen("here", "a.py", 3.0, 8),
        seen("in it", "a.py", 2.0, 5),
        seen("not meant", "b.py", 1.0, 5),
    )
    found = Map({"engine/some.py": frozenset({1, 2, 4})}, tests)

    def meant(line: int) -> list[str]:
        fault = Fault("engine/some.py", "f", line, line, "", "", "", "", 0, 0)
        return [one.name for one in found.meant(fault, {"a.py"})]

    assert meant(2) == ["in it", "here", "elsewhere"]
    assert meant(5) == ["in it"]
    assert meant(6) == []


def test_what_caught_a_fault_is_written_down_and_forgotten_when_it_does_not(tmp_path: Path) -> None:
    path = tmp_path / "caught_by.txt"
    one, other = faults_of("engine/some.py", "def f(a, b):\n    return a < b\n")
    every = {"engine/some.py": [one, other]}
    record([Verdict(one, True, "t.py::a", 2), Verdict(other, True, "t.py::a", 2)], every, path)
    assert recorded(path) == {mark(one): "t.py::a", mark(other): "t.py::a"}
    record([Verdict(other, False, "", 2)], every, path)
    assert recorded(path) == {mark(one): "t.py::a"}
    record([Verdict(one, True, "does not end", 0), Verdict(other, True, "t.py::b", 1)], every, path)
    assert recorded(path) == {mark(other): "t.py::b"}
    record([], {"engine/some.py": [one]}, path)
    assert recorded(path) == {}


# Faults tried

TRIES = """
import json, sys
from tests.mutants.caught_by import mark
from tests.mutants.faults import Fault
from tests.mutants.planting import ROOT
from tests.mutants.trying import Bench

MODULE = "dsl/lowering/day/steps.py"
source = (ROOT / MODULE).read_text(encoding="utf-8")
faults = []
for old, new in json.load(sys.stdin):
    assert source.count(old) == 1, old
    start = len(source[: source.index(old)].encode())
    line = source[: source.index(old)].count("\\n") + 1
    faults.append(Fault(MODULE, "f", line, line, old, "by hand", old, new, start, start + len(old.encode())))
files, said = {MODULE: ["dsl/test_step_caps.py"]}, []
verdicts = Bench(files, 2, lambda words: None).tried(faults)
found = {one.fault.old: [one.caught, one.by, one.tests] for one in verdicts}
# Again, by what is known: of the innocent one something wrong, of one fault a test that is gone.
known = {mark(one.fault): one.by for one in verdicts if "::" in one.by}
test = next(iter(known.values()))
known |= {mark(faults[2]): test, mark(faults[4]): "tests/dsl/test_step_caps.py::gone"}
again = Bench(files, 2, said.append, known=known).tried(faults[:1] + faults[2:5])
found["again"] = {one.fault.old: [one.caught, one.by] for one in again}
found["said"] = said
json.dump(found, sys.stderr)
"""

FAULT = ("ask = builder.minimum(ask, left)", "ask = left")
HANGS = ("if ask.rows is not None:", "while ask.rows is None: pass\n        if ask.rows is not None:")
INNOCENT = ("    return ask\n", "    return (ask)\n")
AT_LOADING = ("@runs(syntax.UpTo)", "@runs(syntax.When)")
INSIDE = ("for key in caps:\n        left", "for key in caps[:0]:\n        left")
UNREAD = ("`record` fixes a definition, and", "`record` fixes nothing, and")


def test_a_fault_is_caught_and_an_innocent_change_is_not() -> None:
    faults = [FAULT, HANGS, INNOCENT, AT_LOADING, INSIDE, UNREAD]
    done = subprocess.run(
        [sys.executable, "-c", TRIES],
        input=json.dumps(faults),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stderr)
    for old, _ in (FAULT, INSIDE):
        caught, by, tests = found[old]
        assert caught, old
        assert by.startswith("tests/dsl/test_step_caps.py::"), old
        assert tests > 0, old
    assert found[HANGS[0]][:2] == [True, "does not end"]
    assert found[AT_LOADING[0]][0]
    assert found[INNOCENT[0]][:2] == [False, ""]
    assert found[INNOCENT[0]][2] > 0
    assert found[UNREAD[0]] == [False, "", 0]
    again = found["again"]
    assert again[FAULT[0]] == found[FAULT[0]][:2]
    assert again[AT_LOADING[0]][0]
    assert again[INSIDE[0]][0]
    assert again[INNOCENT[0]] == [False, ""]
    assert "2 of 4 caught again by the test that caught them before" in found["said"]


def test_an_unknown_module_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", "--modules", "dsl/lowering/none.py"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 2
    assert "no faults in dsl/lowering/none.py" in done.stderr
