"""What a run checks, and refuses: inputs that do not fit, conservation, verdicts, numbers that are not finite."""

from __future__ import annotations

import pickle
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
        (
            {"rent": np.zeros((6, 2)), "rate": np.zeros(3)},
            "disagree on the number of scenarios: 'rent' has 2, 'rate' has 3",
        ),
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
    with pytest.raises(InputError, match="paths are at least 1"):
        run(drawn(), paths=0)
    for wrong in ({"block": 0}, {"workers": 0}, {"seed": -1}):
        with pytest.raises(InputError, match="block and workers are at least 1"):
            run(drawn(), paths=5, **wrong)  # type: ignore[arg-type]  # one of three names


def test_all_inputs_that_nothing_feeds_are_named() -> None:
    fed = Input("rate", Var("rate", "float"), ("scenario",), "rate")
    bare = attrs.evolve(loan(), inputs=(loan().inputs[0], fed), columns=())
    with pytest.raises(InputError, match="nothing feeds the inputs 'rent', 'rate'"):
        run(bare)


def test_an_input_of_one_scenario_serves_those_of_the_others() -> None:
    """At 20% of 100 rent of 10 is all interest, on each of six dates and in each of three scenarios."""
    found = run(loan(), inputs={"rent": np.full((6, 3), 10.0), "rate": np.array([0.2])})
    assert found["interest"].values.tolist() == [60.0] * 3


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
    assert error.message == "interest is short"
    told = "E0900: interest is short: senior.unpaid, on 2026-04-15, in scenario base #17321 (found -1)"
    assert str(error) == told
    assert str(pickle.loads(pickle.dumps(error))) == told
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


def uniform(*checks: Check) -> Program:
    """Nothing varies by scenario: two series with a number below nil, and the lesser of their sums."""
    early, late, least, some = Var("early", "float"), Var("late", "float"), Var("least", "float"), Var("some", "bool")
    return Program(
        "Uniform",
        DATES,
        0,
        (
            Equation(Var("sum", "float"), "total", (early,)),
            Equation(least, "subtract", (Var("sum", "float"), number(9))),
        ),
        constants=(
            Constant(early, ("date",), tuple(map(Fraction, (1, 1, -3, 1, 1, 1)))),
            Constant(late, ("date",), tuple(map(Fraction, (1, 1, 1, -5, 1, 1)))),
            Constant(some, ("date",), tuple(map(Fraction, (0, 0, 0, 0, 1, 1)))),
        ),
        outputs=(Output("least", least, "figure", asked=True), Output("some", some, "series", asked=True)),
        checks=checks,
    )


def error_check(name: str, **more: object) -> Check:
    return Check(name, "nonnegative", Var(name, "float"), "error", f"E-{name}", "below nil", **more)  # type: ignore[arg-type]  # fields


def test_of_checks_that_no_scenario_changes_the_first_to_be_broken_is_told() -> None:
    """A figure is known when all dates are: it is told last, here (1 + 1 - 3 + 1 + 1 + 1) - 9 = -7."""
    figure, late, early = error_check("least"), error_check("late"), error_check("early")
    for checks, code, date, value in (
        ((figure, late, early), "E-early", DATES[2], -3.0),
        ((early, late, figure), "E-early", DATES[2], -3.0),
        ((figure, late), "E-late", DATES[3], -5.0),
        ((figure,), "E-least", None, -7.0),
    ):
        with pytest.raises(RunError) as caught:
            run(uniform(*checks))
        error = caught.value
        assert (error.code, error.date, error.value) == (code, date, value)
        assert (", on " in str(error)) == (date is not None)


def test_a_figure_that_is_asked_on_some_dates_is_broken_on_the_first_of_them() -> None:
    with pytest.raises(RunError) as caught:
        run(uniform(error_check("least", determined=Var("some", "bool"))))
    assert (caught.value.date, caught.value.value) == (DATES[4], -7.0)


def test_a_condition_that_no_scenario_changes_stays_one() -> None:
    found = run(uniform())["some"].values
    assert found.dtype == bool
    assert found[:, 0].tolist() == [False] * 4 + [True] * 2


def test_a_check_shows_the_figure_that_it_observes() -> None:
    """Nobody asks for the least rent: it is worked out for the check alone."""
    least = Var("least", "float")
    check = Check("short", "holds", Var("any_short", "bool"), "verdict", "V2", "m", observed=least)
    program = loan(
        equations=(*loan().equations, Equation(least, "lowest", (Var("rent", "float"), Literal(True, "bool")))),
        checks=(check,),
    )
    (found,) = run(program, inputs={"rent": np.array([[10.0, 9.0]] * 5 + [[11.0, 8.0]])}).checks
    assert found.observed is not None
    assert found.observed.values.tolist() == [10.0, 8.0]
