"""Every component and function of the library is at work in a worked example, a whole deal that ties figures out."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest
from indenture import library
from indenture.dsl import syntax
from indenture.dsl.messages.nearest import nearest
from indenture.dsl.reference.library_entries import entries, examples

WORKED = Path(library.__file__).resolve().parent / "worked"

MISSING: frozenset[str] = frozenset()
"""What has no worked example yet. Nothing may stand here that has one, and in the end nothing stands here."""


def wanting() -> frozenset[str]:
    """A component wants an example of its own name that makes one; a function, any that calls it."""
    found = examples()
    return frozenset(
        entry.name
        for entry in entries()
        if not (
            entry.name in found and entry.name in found[entry.name].uses if entry.kind == "component" else entry.used_in
        )
    )


def test_every_component_and_function_is_at_work_in_a_worked_example() -> None:
    lacking = sorted(wanting() - MISSING)
    assert not lacking, (
        f"write library/worked/<name>.deal, which uses it and ties a figure out, for: {', '.join(lacking)}"
    )
    done = sorted(MISSING - wanting())
    assert not done, f"take out of MISSING, each has its worked example or is gone: {', '.join(done)}"


def test_a_name_is_declared_once_in_the_library() -> None:
    names = [entry.name for entry in entries()]
    assert sorted(set(names)) == sorted(names), "a worked example is called after one component"


def test_every_worked_example_is_of_something() -> None:
    names = [entry.name for entry in entries()]
    for name in examples():
        assert name in names, f"library/worked/{name}.deal; nearest: {nearest(name, names)}"


def test_every_csv_is_read_by_a_worked_example() -> None:
    read = {file for example in examples().values() for file in example.files}
    assert {path.name for path in WORKED.glob("*.csv")} == read
    assert {path.suffix for path in WORKED.iterdir()} <= {".deal", ".csv"}


@pytest.mark.parametrize("name", library.worked_examples())
def test_a_worked_example_runs_and_ties_out(name: str) -> None:
    example = examples()[name]
    assert example.title, "its first line is a comment that says what it shows"
    deal = indenture.load(WORKED / f"{name}.deal")
    assert not deal.diagnostics, [f"{one.code}: {one.message}" for one in deal.diagnostics]
    result = deal.run()
    failed = [repr(check) for check in result.checks if not check.passed]
    assert not failed, failed
    silent = [check.name for check in result.checks if not check.applies.any()]
    assert not silent, f"these could be read on no date: {silent}"
    assert any(isinstance(item, syntax.Expect) for item in example.module.items), "no `expect`"
