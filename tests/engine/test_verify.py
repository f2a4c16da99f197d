"""What is wrong with a program is said, all of it, by name."""

from __future__ import annotations

import datetime
from fractions import Fraction

import attrs
import pytest
from indenture.engine.errors import VerifyError
from indenture.engine.ir import (
    Alert,
    Cell,
    Check,
    Column,
    Constant,
    Equation,
    Family,
    Input,
    Literal,
    Operand,
    Output,
    Program,
    Projection,
    ReportTable,
    Var,
)
from indenture.engine.verify import verify

DATES = (datetime.date(2026, 1, 1), datetime.date(2026, 2, 1))
X, Y, Z = (Var(name, "float") for name in "xyz")
WIDE = Var("wide", "float", "loans")
YES = Var("yes", "bool")
ONE = Literal(Fraction(1), "float")


def program(*equations: Equation, **more: object) -> Program:
    base = Program(
        "Test",
        DATES,
        0,
        equations,
        families=(Family("loans", ("a", "b")),),
        constants=(Constant(WIDE, ("row",), (Fraction(1), Fraction(2))),),
        inputs=(Input("x", X, ("date", "scenario")),),
    )
    return attrs.evolve(base, **more)


def problems(*equations: Equation, **more: object) -> str:
    with pytest.raises(VerifyError) as caught:
        verify(program(*equations, **more))
    return "\n".join(caught.value.problems)


def eq(result: Var, op: str, *operands: Operand, **attributes: object) -> Equation:
    return Equation(result, op, operands, tuple(attributes.items()))  # type: ignore[arg-type]  # some are wrong


def test_what_is_around_sound_equations_passes() -> None:
    """An input from the first date on, a figure that a check observes, and a table of a text, a figure and a choice."""
    total, above = Var("all", "float"), Var("above", "bool")
    cells = (Cell("Bank"), Cell(output="o"), Cell(output="o", choices=("this", "that")))
    verify(
        program(
            eq(total, "total", X),
            eq(above, "less", ONE, total),
            inputs=(Input("x", X, ("date", "scenario"), dates=(0, 1)),),
            outputs=(Output("o", total, "figure", asked=True),),
            checks=(Check("c", "holds", above, "verdict", "V", "m", observed=total),),
            tables=(ReportTable("t", (Column("a"), Column("b"), Column("c")), (cells,)),),
        )
    )


def test_a_figure_that_reads_itself_is_refused_but_not_one_that_is_bound_twice() -> None:
    assert "'y': total reads what depends on it: 'y'" in problems(eq(Y, "total", Y))
    assert "reads what depends" not in problems(eq(Y, "total", Y), eq(Y, "total", Y))


def test_a_sound_program_passes() -> None:
    verify(
        program(
            eq(Y, "previous", Z, ONE),
            eq(Z, "add", X, Y),
            eq(Var("sum", "float"), "sum_rows", WIDE),
            eq(Var("all", "float"), "total", Z),
        )
    )


@pytest.mark.parametrize(
    ("equations", "told"),
    [
        ((eq(Y, "add", Z, X), eq(Z, "add", X, X)), "'y' reads 'z', which is not bound before it"),
        ((eq(Y, "previous", Var("nowhere", "float"), ONE),), "'y' reads 'nowhere'"),
        ((eq(Y, "add", X, X), eq(Y, "add", X, X)), "'y' is bound twice"),
        ((eq(Y, "plus", X, X),), "no primitive 'plus'"),
        ((eq(Y, "add", X),), "add takes 2 operands, not 1"),
        ((eq(YES, "add", X, X),), "'yes' is bool, but add gives float"),
        ((eq(Y, "and", X, X),), "and of float where bool is meant"),
        ((eq(YES, "less", X, Literal(Fraction(1), "date")),), "less of date where float is meant"),
        ((eq(Y, "add", X, Literal(True, "float")),), "the literal True is no float"),
        ((eq(Y, "add", X, WIDE),), "says rows None, its operands 'loans'"),
        ((eq(Y, "sum_rows", X),), "sum_rows of something without rows"),
        ((eq(Y, "take", WIDE, WIDE, WIDE),), "take takes one value, not one a row, first"),
        ((eq(Y, "round", X, digits=2),), "round needs the attribute 'mode'"),
        ((eq(Y, "round", X, digits=2, mode="sideways"),), "'mode' is not mode"),
        ((eq(Y, "add", X, X, digits=2),), "add has no attribute 'digits'"),
        ((eq(Y, "window", X, first=(0,), last=(0, 1)),), "'first' is not positions"),
        ((eq(Y, "gather", X, positions=(0, 2)),), "'positions' is not positions"),
        ((eq(Y, "level", X, X, members=1),), "level has 2 operands for 1 members"),
        ((eq(Y, "discounted", X, X, first=(0, 1), last=(0, 1), fractions="none"),), "needs a constant a date"),
        ((eq(Y, "metric", X, function="irrr"),), "no metric 'irrr'"),
        ((eq(Y, "previous", X, X),), "initial value 'x' varies by date"),
        ((eq(Y, "previous", Z, ONE), eq(Z, "total", Y)), "'z': total reads what depends on it"),
        (
            (eq(Y, "previous", Z, ONE), eq(Z, "window", Y, first=(0, 1), last=(0, 1))),
            "'z': window reads what depends on it: 'y', 'z'",
        ),
    ],
)
def test_each_mistake_is_named(equations: tuple[Equation, ...], told: str) -> None:
    assert told in problems(*equations)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"dates": ()}, "timeline is empty"),
        ({"dates": DATES[::-1]}, "do not rise"),
        ({"closing": 2}, "closing is position 2"),
        ({"scenarios": ()}, "no scenario"),
        ({"scenarios": ("a", "a")}, "scenario 'a'"),
        ({"columns": (("y", (Fraction(1),)),)}, "'y', which is no input"),
        ({"columns": (("x", (Fraction(1),) * 3),)}, "3 values for 1 scenarios"),
        ({"outputs": (Output("o", Z, "figure"),)}, "output 'o' reads 'z'"),
        ({"outputs": (Output("o", WIDE, "figure"),)}, "varies over the rows"),
        ({"outputs": (Output("o", X, "figure"),)}, "figure 'o' varies by date"),
        ({"outputs": (Output("o", X, "series", determined=X),)}, "determined by something"),
        ({"checks": (Check("c", "holds", X, "error", "E", "m"),)}, "holds of a float"),
        ({"checks": (Check("c", "zero", X, "error", "E", "m", scenarios=(4,)),)}, "scenarios that there are not"),
        ({"projections": (Projection("x", "o"),)}, "'o', which is no output"),
        ({"tables": (ReportTable("t", (Column("a"),), ((),)),)}, "0 cells for 1 columns"),
        ({"alerts": (Alert("Bank", "Too much", "nothing", "o", "o"),)}, "an alert reads 'nothing', which is no output"),
        ({"tables": (ReportTable("t", (Column("a"),), ((Cell(output="o"),),)),)}, "no figure of every run"),
        ({"tables": (ReportTable("t", (), ()),) * 2}, "table 't'"),
        ({"inputs": (Input("x", X, ("date",), default=(Fraction(0),) * 3),)}, "'x' has 3 values, not [2]"),
        ({"inputs": (Input("x", X, ("date",), dates=(1, 0)),)}, "do not rise"),
        ({"constants": (Constant(Var("k", "float"), ("row",), ()),)}, "says rows None"),
        ({"constants": (Constant(Var("k", "float", "cars"), ("row",), ()),)}, "unknown family 'cars'"),
    ],
)
def test_what_is_around_the_equations_is_checked_too(more: dict[str, object], told: str) -> None:
    assert told in problems(**more)


def test_every_problem_is_told_at_once() -> None:
    found = problems(eq(Y, "plus", X), eq(Z, "and", X, X), eq(YES, "not", Var("gone", "bool")))
    assert found.count("\n") >= 2
    assert "plus" in found
    assert "gone" in found
