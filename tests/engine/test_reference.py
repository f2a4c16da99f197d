"""The reference evaluator on programs whose figures are seen at once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from indenture.engine.errors import InputError
from indenture.engine.execution.reference import evaluate
from indenture.engine.ir import Equation, Family, Input, Literal, Output, Program, Random, Var

from .run_programs import DATES, ZERO, loan, number

LOANS = Family("loans", ("a", "b", "c"))
X, Y, M = Var("x", "float"), Var("y", "float"), Var("m", "float")
WIDE, SUM = Var("wide", "float", "loans"), Var("sum", "float")


def summed(source: Input) -> Program:
    return Program(
        "Rows",
        DATES,
        0,
        (Equation(SUM, "sum_rows", (WIDE,)),),
        families=(LOANS,),
        inputs=(source,),
        outputs=(Output("sum", SUM, "series"),),
    )


def test_an_input_over_rows_is_fed_one_number_or_one_a_row_or_has_defaults() -> None:
    fed = summed(Input("wide", WIDE, ("row",)))
    assert evaluate(fed, {"wide": 7})["sum"] == [21] * 6
    assert evaluate(fed, {"wide": [1, 2, 4]})["sum"] == [7] * 6
    own = summed(Input("wide", WIDE, ("row",), default=(Fraction(1), Fraction(3), Fraction(5))))
    assert evaluate(own)["sum"] == [9] * 6
    with pytest.raises(InputError, match="nothing feeds the input 'wide'"):
        evaluate(fed)


def test_without_paths_a_draw_is_the_middle_of_its_distribution() -> None:
    program = Program(
        "Middle",
        DATES,
        0,
        (Equation(Y, "add", (X, M)),),
        inputs=(
            Input("x", X, (), random=Random("normal", "a")),
            Input("m", M, (), random=Random("uniform", "b")),
        ),
        outputs=(Output("y", Y, "figure"),),
    )
    assert evaluate(program)["y"] == Fraction(1, 2)


def test_a_state_over_rows_begins_with_one_number_in_each() -> None:
    """Three rows that begin at 10 and double from date to date: 30, 60, 120 ... in all."""
    before, after = Var("before", "float", "loans"), Var("after", "float", "loans")
    program = Program(
        "Doubling",
        DATES,
        0,
        (
            Equation(before, "previous", (after, number(10))),
            Equation(after, "add", (before, before)),
            Equation(SUM, "sum_rows", (before,)),
        ),
        families=(LOANS,),
        outputs=(Output("sum", SUM, "series"),),
    )
    assert evaluate(program)["sum"] == [30 * 2**date for date in range(6)]


def test_a_level_of_rows_takes_one_amount_and_two_rows() -> None:
    """60 over weights 1, 1, 2 of which the first is full at 5: 55 over 3 a unit of weight."""
    cap, level = Var("cap", "float", "loans"), Var("level", "float")
    program = Program(
        "Level",
        DATES,
        0,
        (Equation(level, "level_rows", (number(60), WIDE, cap)),),
        families=(LOANS,),
        inputs=(Input("wide", WIDE, ("row",)), Input("cap", cap, ("row",))),
        outputs=(Output("level", level, "series"),),
    )
    assert evaluate(program, {"wide": [1, 1, 2], "cap": [5, 100, 100]})["level"] == [Fraction(55, 3)] * 6


def test_the_nearest_tie_of_a_rounding_is_told() -> None:
    """1.26 and 1.4 to one digit: 12.6 is a tenth from the half between 12 and 13, 14 half of one from any."""
    program = Program(
        "Rounded",
        DATES,
        0,
        (
            Equation(Y, "round", (X,), (("digits", 1), ("mode", "half_up"))),
            Equation(M, "round", (number("1.4"),), (("digits", 1), ("mode", "half_up"))),
        ),
        inputs=(Input("x", X, ()),),
        outputs=(Output("y", Y, "figure"), Output("m", M, "figure")),
    )
    assert evaluate(program, {"x": Fraction("1.26")}).nearest == pytest.approx(0.1)
    assert evaluate(program, {"x": Fraction("1.26")})["y"] == Fraction("1.3")


def test_outputs_are_given_where_they_are_determined() -> None:
    """Rent of 9 to the third date and of 11 then: short of the interest on the first three, as on the last."""
    found = evaluate(loan(), {"rent": [9, 9, 9, 11, 11, 9]})
    assert [one is None for one in found["closing"]] == [False, False, False, True, True, False]
    assert found["first_short"] == DATES[0].toordinal()
    assert evaluate(loan(), {"rent": [10] * 6})["first_short"] is None


def test_a_measure_is_found_with_whether_it_is_determined() -> None:
    """100 paid for 110 a date later has a rate of return; 100 paid for nothing has none."""
    rate, known = Var("rate", "float"), Var("known", "bool")
    program = Program(
        "Measure",
        DATES[:2],
        0,
        (
            Equation(rate, "metric", (X,), (("function", "irr"), ("frequency", 1))),
            Equation(known, "metric_determined", (X,), (("function", "irr"), ("frequency", 1))),
        ),
        inputs=(Input("x", X, ("date",)),),
        outputs=(Output("rate", rate, "figure", determined=known),),
    )
    assert float(evaluate(program, {"x": [-100, 110]})["rate"]) == pytest.approx(0.1)
    assert evaluate(program, {"x": [-100, 0]})["rate"] is None


def test_literals_are_operands() -> None:
    program = Program("Zero", DATES, 0, (Equation(Y, "add", (ZERO, Literal(Fraction(2), "float"))),))
    assert evaluate(program)["y"] == [2] * 6
