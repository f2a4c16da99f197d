"""What a run checks, and refuses: inputs that do not fit, conservation, verdicts, numbers that are not finite."""

from __future__ import annotations

from fractions import Fraction

import attrs
import numpy as np
import pytest
from indenture.engine.errors import InputError, RunError
from indenture.engine.ir import (
    Check,
    Constant,
    Equation,
    Input,
    Literal,
    Origin,
    Output,
    Program,
    Var,
)
from indenture.engine.run import run

from .run_programs import DATES, drawn, loan, number


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "nothing feeds the input 'rent'"),
        ({"rnt": np.zeros(6)}, r"no input 'rnt' \(did you mean 'rent'\?\)"),
        ({"rent": np.zeros(5)}, r"'rent' is fed \(5,\); its first axis is 6 dates"),
        ({"rent": np.zeros((6, 2, 2))}, "too many axes"),
        ({"rent": np.array([1, 2, np.nan, 4, 5, 6.0])}, "'rent' is nan on 2026-03-15, in scenario 0"),
        ({"rent": np.where(np.arange(12).reshape(6, 2) == 7, np.inf, 1.0)}, "inf on 2026-04-15, in scenario 1"),
        ({"rent": np.array(["a"] * 6)}, "not numbers"),
        ({"rent": np.zeros((6, 2)), "rate": np.zeros(3)}, "disagree on the number of scenarios"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_by_name(inputs: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(loan(), inputs=inputs)


def test_names_that_there_are_not_are_refused_with_the_nearest() -> None:
    rent = np.full(6, 10.0)
    with pytest.raises(InputError, match=r"no output 'closng'.*'closing'"):
        run(loan(), inputs={"rent": rent}, keep=["closng"])
    with pytest.raises(InputError, match=r"no scenario 'dera'.*'dear'"):
        run(loan(), inputs={"rent": rent}, scenarios=["dera"])
    with pytest.raises(InputError, match="5 paths are asked for"):
        run(loan(), inputs={"rent": np.zeros((6, 2))}, paths=5)


def test_an_error_check_names_equation_date_and_scenario() -> None:
    short = Var("short", "float")
    check = Check(
        "paid in full",
        "nonnegative",
        Var("room", "float"),
        "error",
        "E0900",
        "interest is short",
        origin=Origin("senior.unpaid"),
    )
    program = loan()
    program = attrs.evolve(
        program,
        equations=(*program.equations, Equation(Var("room", "float"), "negate", (short,))),
        checks=(check,),
    )
    rent = np.full((6, 20_000), 10.0)
    rent[3, 17_321] = 9.0
    with pytest.raises(RunError) as caught:
        run(program, inputs={"rent": rent})
    error = caught.value
    assert (error.code, error.equation, error.date, error.lane) == ("E0900", "senior.unpaid", DATES[3], 17_321)
    assert error.scenario == "base #17321"
    assert error.value == pytest.approx(-1.0)
    with pytest.raises(RunError) as caught:
        run(program, inputs={"rent": np.full(6, 9.0)})
    assert caught.value.date == DATES[0]


def test_conservation_is_held_to_its_scale() -> None:
    program = loan()
    gap = Check("books", "zero", Var("gap", "float"), "error", "E0901", "cash made", scale=Var("opening", "float"))
    program = attrs.evolve(
        program,
        equations=(*program.equations, Equation(Var("gap", "float"), "subtract", (Var("rent", "float"), number(10)))),
        checks=(gap,),
    )
    rent = np.full((6, 3), 10.0)
    rent[2, 1] += 0.9e-9  # opening is 100: 1e-11 of it is 1e-9
    assert run(program, inputs={"rent": rent})["interest"].values[0] == 60.0
    rent[2, 1] += 0.2e-9
    with pytest.raises(RunError) as caught:
        run(program, inputs={"rent": rent})
    assert (caught.value.date, caught.value.lane) == (DATES[2], 1)


def test_verdicts_count_dates_by_scenario() -> None:
    check = Check("never short", "zero", Var("short", "float"), "verdict", "V1", "short", scenarios=(1,))
    results = run(loan(checks=(check,)), inputs={"rent": np.array([20.0, 20, 0, 20, 0, 20])})
    (found,) = results.checks
    assert found.failures.tolist() == [0, 4]
    assert found.first_date(1) == DATES[2]
    assert found.first_date(0) is None
    assert found.applies.tolist() == [False, True]
    assert not results.passed
    assert "fails in 1 of 2" in repr(results)


def test_a_number_that_is_not_finite_is_found_in_its_lane() -> None:
    program = loan()
    ratio = Var("ratio", "float")
    odd = Equation(ratio, "divide", (number(1), Var("rent", "float")), origin=Origin("dscr"))
    low = Var("low", "float")
    program = attrs.evolve(
        program,
        equations=(*program.equations, odd, Equation(low, "lowest", (ratio, Literal(True, "bool")))),
        outputs=(*program.outputs, Output("low", low, "figure", asked=True)),
    )
    rent = np.full((6, 500), 10.0)
    rent[4, 123] = 0.0
    with pytest.raises(RunError) as caught:
        run(program, inputs={"rent": rent})
    assert (caught.value.equation, caught.value.date, caught.value.lane) == ("dscr", DATES[4], 123)
    with pytest.raises(RunError) as caught:
        run(program, inputs={"rent": rent[:, 123]})
    assert (caught.value.equation, caught.value.date) == ("dscr", DATES[4])


def test_an_error_in_a_worker_comes_home_whole() -> None:
    check = Check("small", "nonnegative", Var("room", "float"), "error", "E0902", "too large", origin=Origin("spot"))
    program = drawn()
    program = attrs.evolve(
        program,
        equations=(*program.equations, Equation(Var("room", "float"), "subtract", (number(20), Var("spot", "float")))),
        checks=(check,),
    )
    found = []
    for workers in (1, 2):
        with pytest.raises(RunError) as caught:
            run(program, paths=6_000, block=1_000, workers=workers)
        error = caught.value
        found.append((error.code, error.date, error.lane, error.value, error.origin))
    assert found[0] == found[1]


def test_a_division_by_a_known_zero_is_found_on_its_date() -> None:
    x, k, mask = Var("x", "float"), Var("k", "float"), Var("mask", "bool")
    chosen, ratio, both = Var("chosen", "float"), Var("ratio", "float"), Var("both", "float")
    program = Program(
        "Known zero",
        DATES,
        0,
        (
            Equation(chosen, "select", (mask, x, k)),
            Equation(ratio, "divide", (number(1), chosen), origin=Origin("cover")),
            Equation(both, "total", (ratio,)),
        ),
        constants=(
            Constant(mask, ("date",), tuple(map(Fraction, (1, 1, 0, 0, 1, 1)))),
            Constant(k, ("date",), tuple(map(Fraction, (1, 1, 2, 0, 1, 1)))),
        ),
        inputs=(Input("x", x, ("date", "scenario")),),
        outputs=(Output("both", both, "figure", asked=True),),
    )
    with pytest.raises(RunError) as caught:
        run(program, inputs={"x": np.ones((6, 4))})
    assert (caught.value.equation, caught.value.date) == ("cover", DATES[3])
