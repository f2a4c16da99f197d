"""Planning: binding times, states in place, signs, what is left out."""

from __future__ import annotations

import datetime
from fractions import Fraction

import numpy as np
import pytest
from indenture.engine.execution.job import Job, Sweep
from indenture.engine.inputs.feed import arrange_all
from indenture.engine.ir import Constant, Equation, Input, Literal, Operand, Output, Program, Var
from indenture.engine.plan.plan import binding
from indenture.engine.program.analysis import levels, strongly_connected
from indenture.engine.program.signs import nonnegative
from indenture.engine.run import run
from indenture.engine.verify import verify

DATES = tuple(datetime.date(2026, month, 1) for month in range(1, 9))


def number(value: object) -> Literal:
    return Literal(Fraction(str(value)), "float")


def f(name: str) -> Var:
    return Var(name, "float")


def eq(result: str, op: str, *operands: Operand) -> Equation:
    kind = "bool" if op in ("less", "and", "or", "not") else "float"
    return Equation(Var(result, kind), op, operands)  # type: ignore[arg-type]  # one of two kinds


def program(*equations: Equation, outputs: tuple[str, ...] = (), series: tuple[str, ...] = ()) -> Program:
    made = Program(
        "Plan",
        DATES,
        0,
        equations,
        constants=(Constant(f("k"), ("date",), tuple(Fraction(i) for i in range(8))),),
        inputs=(Input("x", f("x"), ("date", "scenario")), Input("s", f("s"), ("scenario",))),
        outputs=tuple(Output(name, f(name), "figure", asked=True) for name in outputs)
        + tuple(Output(name, f(name), "series", asked=True) for name in series),
    )
    verify(made)
    return made


def test_binding_times_are_found() -> None:
    made = program(
        eq("two", "add", number(1), number(1)),
        eq("twice", "multiply", f("k"), f("two")),
        eq("once", "multiply", f("s"), f("two")),
        eq("both", "add", f("x"), f("k")),
        eq("before", "previous", f("sum"), number(0)),
        eq("sum", "add", f("before"), f("both")),
    )
    times = binding(made, {"x", "s", "once", "both", "before", "sum"}, {"k", "twice", "x", "both", "before", "sum"})
    assert times["two"] == "constant"
    assert times["twice"] == "per date"
    assert times["once"] == "per scenario"
    assert times["both"] == "per date and scenario"
    assert times["before"] == times["sum"] == "recurrent"


def test_phases_follow_barriers() -> None:
    equations = (
        eq("a", "add", f("x"), f("k")),
        eq("b", "total", f("a")),
        eq("c", "divide", f("a"), f("b")),
        eq("d", "total", f("c")),
    )
    assert levels(equations) == {"a": 0, "b": 1, "c": 1, "d": 2}


def test_components_come_with_what_they_read_first() -> None:
    edges = {"a": ["b"], "b": ["c", "a"], "c": [], "d": ["a"]}
    assert strongly_connected(list(edges), edges) == [["c"], ["a", "b"], ["d"]]


@pytest.mark.parametrize("scenarios", [1, 5])
def test_states_that_change_places_keep_their_values(scenarios: int) -> None:
    """A ring: each carries the other. Written in place carelessly, one value would be lost."""
    made = program(
        eq("a", "previous", f("b2"), number(1)),
        eq("b", "previous", f("c2"), number(2)),
        eq("c", "previous", f("a2"), f("s")),
        eq("b2", "add", f("b"), number(0)),
        eq("c2", "add", f("c"), number(0)),
        eq("a2", "add", f("a"), number(0)),
        series=("a", "b", "c"),
    )
    results = run(made, inputs={"x": np.zeros((8, scenarios)), "s": np.arange(3.0, 3 + scenarios)})
    ring = [1.0, 2.0, 3.0]
    for date in range(8):
        assert [results[name].values[date, 0] for name in "abc"] == ring
        ring = [*ring[1:], ring[0]]


def test_a_delay_line_is_a_chain_of_states() -> None:
    made = program(
        eq("a", "previous", f("x"), number(0)),
        eq("b", "previous", f("a"), number(0)),
        eq("c", "previous", f("b"), number(0)),
        series=("c",),
    )
    x = np.arange(16.0).reshape(8, 2)
    delayed = run(made, inputs={"x": x, "s": np.zeros(2)})["c"].values
    assert np.array_equal(delayed[3:], x[:5])
    assert not delayed[:3].any()


def test_signs_survive_payment_in_rounded_arithmetic() -> None:
    equations = (
        eq("open", "previous", f("close"), number(100)),
        eq("due", "multiply", f("open"), number("0.1")),
        eq("asked", "maximum", f("x"), number(0)),
        eq("paid", "minimum", f("asked"), f("due")),
        eq("unpaid", "subtract", f("due"), f("paid")),
        eq("left", "subtract", f("open"), f("paid")),
        eq("close", "add", f("open"), f("unpaid")),
        eq("loose", "subtract", f("open"), f("asked")),
        eq("floor", "maximum", f("unpaid"), number(0)),
    )
    found = nonnegative(equations, {}, frozenset())
    assert {"open", "due", "paid", "unpaid", "close", "floor"} <= found
    assert "loose" not in found
    # The floor of what is never below zero costs nothing: due, asked, paid, unpaid, close, total.
    made = program(*equations, eq("all", "total", f("floor")), outputs=("all",))
    job = Job(
        made, arrange_all(made, {"x": np.ones((8, 2)), "s": np.ones(2)}), (0,), 2, True, False, {}, ("all",), 0, 8
    )
    assert Sweep(job).plan.operations() == 8 * 6
