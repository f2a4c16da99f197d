"""Choices without branches: on every value of what they read they are the choice that was asked for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from indenture.engine.ir import Kind, Operation
from indenture.engine.rewrites.identities import identity
from indenture.engine.rewrites.masks import without_branches

Term = Any
"""A number, a name, or an operation with its operands."""

X, Y, T, C, D = "x", "y", "t", "c", "d"
EXCESS = ("subtract", (X, T))


class Written:
    """A loop that remembers what is written, as trees."""

    def __init__(self, *stand_already: Term) -> None:
        self.made: list[Term] = list(stand_already)

    def number(self, value: float | bool) -> Term:
        return value

    def number_of(self, term: Term) -> float | bool | None:
        return term if isinstance(term, (float, bool)) else None

    def same(self, x: Term, y: Term) -> bool:
        return bool(x == y)

    def surely_nonnegative(self, term: Term) -> bool:
        return term == X

    def definition(self, term: Term) -> tuple[Any, tuple[Term, ...]]:
        return term if isinstance(term, tuple) else ("", ())

    def constant_for(self, value: bool | int, operands: Sequence[Term]) -> Term | None:
        return float(value)

    def rows_of(self, term: Term) -> int | None:
        return None

    def find(self, op: Operation, operand: Term) -> Term | None:
        return (op, (operand,)) if (op, (operand,)) in self.made else None

    def write(self, op: Operation, operands: Sequence[Term], kind: Kind, rows: int | None) -> Term:
        self.made.append((op, tuple(operands)))
        return self.made[-1]


def value(term: Term, known: dict[str, Any]) -> Any:
    if not isinstance(term, tuple):
        return known[term] if isinstance(term, str) else term
    op, parts = term
    found = [value(part, known) for part in parts]
    match op:
        case "multiply":
            return found[0] * found[1]
        case "subtract":
            return found[0] - found[1]
        case "add":
            return found[0] + found[1]
        case "maximum":
            return max(found)
        case "to_float":
            return float(found[0])
        case "not":
            return not found[0]
        case "and":
            return found[0] and found[1]
        case "or":
            return found[0] or found[1]
        case _:
            raise LookupError(op)


FLOATS: list[tuple[Term, Term, str]] = [
    (X, 0.0, "multiply"),
    (0.0, Y, "multiply"),
    (X, 1.0, "add"),
    (X, Y, "add"),
    (X, ("maximum", (EXCESS, 0.0)), "maximum"),
    (X, ("maximum", (0.0, EXCESS)), "maximum"),
    (X, ("maximum", (EXCESS, 1.0)), "add"),
    (X, ("maximum", (1.0, EXCESS)), "add"),
    (X, ("maximum", (("subtract", (Y, T)), 0.0)), "add"),
    (X, ("maximum", (("add", (X, T)), 0.0)), "add"),
    (X, ("maximum", (0.0, ("add", (X, T)))), "add"),
    (Y, ("maximum", (("subtract", (Y, T)), 0.0)), "add"),
]
"""What is chosen between, and the operation that is done last; x is never below nil, of y that is not known."""


@pytest.mark.parametrize(("one", "other", "last"), FLOATS)
def test_a_number_is_chosen(one: Term, other: Term, last: str) -> None:
    made = without_branches("select", (C, one, other), "float", None, Written())
    assert made[0] == last
    for condition, x, y, t in itertools.product((True, False), (0.0, 2.0, 5.0), (-3.0, 0.0, 4.0), (-1.0, 0.0, 3.0)):
        known = {C: condition, X: x, Y: y, T: t}
        assert value(made, known) == value(one if condition else other, known)


@pytest.mark.parametrize(("one", "other"), list(itertools.product((True, False, D, X), (True, False, X))))
def test_a_condition_is_chosen(one: Term, other: Term) -> None:
    made = without_branches("select", (C, one, other), "bool", None, Written())
    for condition, d, x in itertools.product((True, False), repeat=3):
        known = {C: condition, D: d, X: x}
        assert value(made, known) == value(one if condition else other, known)


def test_a_condition_that_holds_else_is_one_of_two() -> None:
    assert without_branches("select", (C, D, True), "bool", None, Written()) == ("or", (("not", (C,)), D))
    assert without_branches("select", (C, True, D), "bool", None, Written()) == ("or", (C, D))


def test_one_of_two_conditions_is_the_opposite_where_one_holds() -> None:
    assert without_branches("exclusive_or", (True, C), "bool", None, Written()) == ("not", (C,))
    assert without_branches("exclusive_or", (C, True), "bool", None, Written()) == ("not", (C,))
    assert without_branches("exclusive_or", (C, D), "bool", None, Written()) is None
    assert without_branches("add", (X, Y), "float", None, Written()) is None


def test_the_mask_of_the_opposite_comes_from_what_stands_already() -> None:
    """One less the mask where that stands, unless the opposite does as well."""
    masked, opposite = ("to_float", (C,)), ("not", (C,))
    found = without_branches("select", (C, 0.0, Y), "float", None, Written(masked))
    assert found == ("multiply", (Y, ("subtract", (1.0, masked))))
    for stands in ((opposite,), (masked, opposite)):
        found = without_branches("select", (C, 0.0, Y), "float", None, Written(*stands))
        assert found == ("multiply", (Y, ("to_float", (opposite,))))


def test_beside_nil_what_is_never_below_it_is_the_greater_and_beside_another_number_it_may_be_either() -> None:
    for operands in ((X, 0.0), (0.0, X)):
        assert identity("maximum", operands, Written()) == X
        assert identity("minimum", operands, Written()) == 0.0
    for operands in ((X, 5.0), (5.0, X), (Y, 0.0), (X, Y)):
        assert identity("maximum", operands, Written()) is None
        assert identity("minimum", operands, Written()) is None
