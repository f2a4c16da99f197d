"""Plans kept from run to run, and what planning decides ahead without changing a bit of any figure."""

from __future__ import annotations

import datetime
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from indenture.engine.errors import InputError, RunError
from indenture.engine.execution.job import Job, Sweep
from indenture.engine.inputs.feed import arrange_all
from indenture.engine.ir import Check, Constant, Equation, Input, Kind, Literal, Operand, Output, Program, Var
from indenture.engine.plan import kept as plans
from indenture.engine.program.signs import bounded
from indenture.engine.run import run

Array = npt.NDArray[np.float64]

DATES = tuple(datetime.date(2026, month, 1) for month in range(1, 7))
ZERO = Literal(Fraction(0), "float")


def f(name: str) -> Var:
    return Var(name, "float")


def b(name: str) -> Var:
    return Var(name, "bool")


def eq(result: str, op: str, *operands: Operand, kind: Kind = "float") -> Equation:
    return Equation(Var(result, kind), op, operands)


def program(*equations: Equation, series: tuple[str, ...], checks: tuple[Check, ...] = ()) -> Program:
    return Program(
        "Plans",
        DATES,
        0,
        equations,
        constants=(Constant(f("target"), ("date",), tuple(Fraction(80 - 10 * at) for at in range(6))),),
        inputs=(
            Input("x", f("x"), ("date", "scenario")),
            Input("rate", f("rate"), ("date", "scenario"), default=(Fraction(1, 10),) * 6),
        ),
        outputs=tuple(Output(name, f(name), "series", asked=True) for name in series),
        checks=checks,
    )


LOAN = program(
    eq("before", "previous", f("left"), Literal(Fraction(90), "float")),
    eq("paying", "maximum", f("x"), ZERO),
    eq("called", "less", f("paying"), f("rate"), kind="bool"),
    eq("over", "subtract", f("before"), f("target")),
    eq("excess", "maximum", f("over"), ZERO),
    eq("due", "select", b("called"), f("before"), f("excess")),
    eq("capped", "minimum", f("due"), f("before")),
    eq("paid", "minimum", f("paying"), f("capped")),
    eq("left", "subtract", f("before"), f("paid")),
    series=("due", "paid", "left"),
)
"""A loan that pays down to a target, or, on a date on which little comes in, all of it."""


def by_hand(x: Array, rate: float) -> Array:
    left = np.full(x.shape[1], 90.0)
    dues = []
    for at, row in enumerate(x):
        paying = np.maximum(row, 0.0)
        due = np.where(paying < rate, left, np.maximum(left - (80.0 - 10.0 * at), 0.0))
        dues.append(due)
        left = left - np.minimum(paying, due)
    return np.array(dues)


def sweep(made: Program, x: Array) -> Sweep:
    arranged = arrange_all(made, {"x": x})
    names = tuple(output.name for output in made.outputs)
    return Sweep(Job(made, arranged, (0,), x.shape[1], True, False, {}, names, 0, 64))


@pytest.fixture
def x() -> Array:
    return np.random.default_rng(4).normal(4.0, 9.0, (6, 50))


def test_all_or_the_excess_is_worked_out_in_place(x: Array) -> None:
    assert np.array_equal(run(LOAN, inputs={"x": x})["due"].values, by_hand(x, 0.1))
    body = sweep(LOAN, x).plan.phases[0].bodies[0]
    # floor of x, test, mask, masked target, over, floor, paid, left; three series stored
    names = [instruction.op for instruction in body.instructions]
    assert names.count("minimum") == 1
    assert names.count("multiply") == 1
    assert names.count("add") == 0


def test_minima_that_are_always_one_operand_are_found_and_no_others() -> None:
    known = {"target": np.arange(6.0).reshape(6, 1, 1)}
    found, decided = bounded(LOAN.equations, known, frozenset())
    assert {"before", "left", "due", "paid", "capped"} <= found
    assert decided == {"capped": 0}
    # A target below zero would let the excess pass the balance.
    _, decided = bounded(LOAN.equations, {"target": np.full((6, 1, 1), -1.0)}, frozenset())
    assert "capped" not in decided


def test_what_is_left_of_less_stays_less() -> None:
    equations = (
        eq("a", "maximum", f("x"), ZERO),
        eq("b", "add", f("a"), f("a")),
        eq("p", "minimum", f("a"), f("rate")),
        eq("low", "subtract", f("a"), f("p")),
        eq("high", "subtract", f("b"), f("p")),
        eq("first", "minimum", f("low"), f("high")),
        eq("open", "minimum", f("low"), f("p")),
    )
    _, decided = bounded(equations, {}, frozenset())
    assert decided == {"first": 0}


def test_numbers_and_sums_are_held_against_each_other() -> None:
    """2 is at most 3; a sum with a is at least the other part, and not any number that is fed."""
    two, three = (Literal(Fraction(value), "float") for value in (2, 3))
    equations = (
        eq("plain", "minimum", two, three),
        eq("a", "maximum", f("x"), ZERO),
        eq("sum", "add", f("rate"), f("a")),
        eq("less", "minimum", f("rate"), f("sum")),
        eq("either", "minimum", f("x"), f("sum")),
    )
    _, decided = bounded(equations, {}, frozenset())
    assert decided == {"plain": 0, "less": 0}


def test_a_second_run_of_a_program_uses_its_plan_with_the_new_paths(x: Array) -> None:
    first = sweep(LOAN, x).plan
    again = sweep(LOAN, x + 1.0).plan
    assert again.phases is first.phases
    assert np.array_equal(run(LOAN, inputs={"x": x + 1.0})["due"].values, by_hand(x + 1.0, 0.1))
    assert np.array_equal(run(LOAN, inputs={"x": x[:, :7]})["due"].values, by_hand(x[:, :7], 0.1))


def test_another_value_for_all_scenarios_is_planned_anew(x: Array) -> None:
    run(LOAN, inputs={"x": x})
    fed = run(LOAN, inputs={"x": x, "rate": np.full(6, 5.0)})["due"].values
    assert np.array_equal(fed, by_hand(x, 5.0))
    lanes = run(LOAN, inputs={"x": x, "rate": np.full((6, 50), 5.0)})["due"].values
    assert np.array_equal(lanes, fed)


def test_plans_keep_no_paths_and_belong_to_one_program(x: Array) -> None:
    other = attrs.evolve(LOAN)
    assert sweep(other, x).plan.phases is not sweep(LOAN, x).plan.phases
    assert len(plans._plans) <= plans.KEPT
    assert all(not one.plan.feed.lanes and not one.plan.feed.uniform for one in plans._plans)


@pytest.mark.parametrize("lost", [0.0, 1e-3])
def test_cash_that_is_lost_in_one_scenario_is_found_however_large_the_others_are(lost: float) -> None:
    check = Check("cash", "zero", f("gone"), "error", "E0903", "cash was made or lost", scale=f("had"))
    made = program(
        eq("had", "absolute", f("x")),
        eq("gave", "multiply", f("had"), f("rate")),
        eq("gone", "subtract", f("had"), f("gave")),
        series=("had",),
        checks=(check,),
    )
    x = np.full((6, 40), 1e9)
    x[:, 20:] = 0.0
    x[:, 5] = 100.0
    rate = np.full((6, 40), 1.0 + 2e-16)
    rate[3, 5] += lost
    if not lost:
        run(made, inputs={"x": x, "rate": rate})
        return
    with pytest.raises(RunError) as caught:
        run(made, inputs={"x": x, "rate": rate})
    assert caught.value.lane == 5
    assert caught.value.date == DATES[3]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(x: Array, bad: float) -> None:
    x[2, 31] = bad
    x[2, 30] = -bad
    with pytest.raises(InputError, match=r"on 2026-03-01, in scenario 30"):
        run(LOAN, inputs={"x": x})


def test_numbers_whose_sum_is_too_large_are_taken(x: Array) -> None:
    x[1] = 1.6e307
    due = run(LOAN, inputs={"x": x})["due"].values
    assert np.array_equal(due, by_hand(x, 0.1))
