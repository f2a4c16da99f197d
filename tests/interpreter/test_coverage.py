"""What the interpreter leaves out is on one list, and the list says no more than that."""

from __future__ import annotations

from .coverage import NOT_COVERED, missing


def test_what_has_no_rule_is_on_the_list() -> None:
    assert not missing() - NOT_COVERED, "give each a rule in tests/interpreter, or the reason in coverage.py"


def test_what_has_a_rule_is_not_on_the_list() -> None:
    assert not NOT_COVERED - missing(), "take these out of coverage.py"
