"""Running: lanes, inputs, paths, projections, workers."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from indenture.engine.errors import InputError, ProgramError
from indenture.engine.inputs import random
from indenture.engine.inputs.random import LOT, Draws
from indenture.engine.ir import (
    Check,
    Constant,
    Equation,
    Family,
    Input,
    Literal,
    Output,
    Program,
    Projection,
    Random,
    Var,
)
from indenture.engine.results import Figure, Series
from indenture.engine.run import run
from indenture.engine.verify import verify

from .run_programs import DATES, ZERO, drawn, loan, number


def test_named_scenarios_are_lanes() -> None:
    results = run(loan(), inputs={"rent": np.full(6, 10.0)}, keep=["closing"])
    assert list(results.scenarios) == ["base", "dear"]
    assert results["interest"].values.tolist() == [60.0, 60.0]
    first = results["first_short"]
    assert isinstance(first, Figure)
    assert first.to_json() == [None, "2026-01-15"]
    closing = results["closing"]
    assert isinstance(closing, Series)
    assert closing.values.shape == (6, 2)
    assert closing.to_json()[0] == [None] * 6
    assert closing.to_json()[1][0] == 110.0
    assert "closing" not in run(loan(), inputs={"rent": np.full(6, 10.0)})


def test_paths_take_the_first_scenario_and_chosen_ones_side_by_side() -> None:
    rent = np.stack([np.full(6, 10.0), np.full(6, 4.0), np.full(6, 0.0)], axis=1)
    results = run(loan(), inputs={"rent": rent})
    assert results["interest"].values.tolist() == [60.0, 24.0, 0.0]
    assert results.scenarios[1] == "base #1"
    both = run(loan(), inputs={"rent": rent}, scenarios=["dear", "base"])
    assert both["interest"].values.tolist() == [60.0, 24.0, 0.0, 60.0, 24.0, 0.0]
    assert both.scenarios[3:] == ("base #0", "base #1", "base #2")
    assert both["first_short"].values.tolist()[:3] == [DATES[0].toordinal()] * 3


def test_results_are_plain_data() -> None:
    data = run(loan(), inputs={"rent": np.full(6, 10.0)}, keep=["closing"]).to_json()
    text = json.loads(json.dumps(data, allow_nan=False))
    assert text["scenarios"]["base"]["measures"] == {"interest": 60.0, "first_short": None}
    assert text["units"]["interest"] == "USD"
    shown = repr(run(loan(), inputs={"rent": np.full(6, 10.0)}))
    assert "n/a" in shown
    assert "2026-01-15" in shown
    assert "<td>n/a</td>" in run(loan(), inputs={"rent": np.full(6, 10.0)})._repr_html_()


def test_pandas_shows_what_is_not_determined_as_missing() -> None:
    pytest.importorskip("pandas")
    results = run(loan(), inputs={"rent": np.full(6, 10.0)}, keep=["closing"])
    frame = results.to_pandas()
    assert frame.loc["base", "interest"] == 60.0
    assert frame["first_short"].isna().tolist() == [True, False]
    closing = results["closing"].to_pandas()
    assert closing["base"].isna().all()
    assert closing["dear"].notna().all()


def test_the_first_paths_of_more_are_the_paths_of_fewer() -> None:
    many = run(drawn(), paths=20_000, seed=7, keep=["spot"])
    few = run(drawn(), paths=9_000, seed=7, keep=["spot"], block=1_000)
    for name in many:
        assert np.array_equal(many[name].values[..., :9_000], few[name].values), name
    other = run(drawn(), paths=9_000, seed=8)
    assert not np.array_equal(other["total"].values, few["total"].values)
    logs = np.log(many["spot"].values)
    assert abs(logs.mean()) < 4 / np.sqrt(logs.size)
    assert abs(logs.std() - 1) < 0.02
    assert 0 < many["uniform"].values.min() < many["uniform"].values.max() < 1
    assert len(np.unique(logs)) == logs.size
    middle = run(drawn())
    assert middle["uniform"].values.tolist() == [0.5]
    assert middle["total"].values.tolist() == [6.0]


def test_workers_give_the_same_bits_from_a_plain_script(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    script.write_text(
        textwrap.dedent(
            """
            import numpy as np
            from indenture.engine import serialise
            from indenture.engine.run import run

            program = serialise.loads(open("program.json", encoding="utf-8").read())
            one = run(program, paths=9_000, seed=3, block=2_000, keep=["spot"])
            two = run(program, paths=9_000, seed=3, block=1_500, keep=["spot"], workers=2)
            again = run(program, paths=9_000, seed=3, block=4_500, keep=["spot"], workers=2)
            assert all(np.array_equal(one[name].values, two[name].values) for name in one)
            assert all(np.array_equal(one[name].values, again[name].values) for name in one)
            print("ran once")
            """
        )
    )
    from indenture.engine import serialise

    (tmp_path / "program.json").write_text(serialise.dumps(drawn()), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "ran once\n"


def projected() -> Program:
    """Looks ahead: what the base case pays in all, read by every scenario; and that again, doubled."""
    cash, expected, twice = Var("cash", "float"), Var("expected", "float"), Var("twice", "float")
    total, share, double = Var("total", "float"), Var("share", "float"), Var("double", "float")
    return Program(
        "Projected",
        DATES,
        0,
        (
            Equation(total, "total", (cash,)),
            Equation(share, "divide", (total, expected)),
            Equation(double, "multiply", (expected, number(2))),
            Equation(Var("last", "float"), "add", (twice, ZERO)),
        ),
        inputs=(
            Input("cash", cash, ("date", "scenario"), default=(Fraction(10),) * 6),
            Input("expected", expected, ()),
            Input("twice", twice, ()),
        ),
        outputs=(
            Output("total", total, "figure", asked=True),
            Output("share", share, "figure", asked=True),
            Output("double", double, "figure"),
            Output("last", Var("last", "float"), "figure", asked=True),
        ),
        projections=(Projection("twice", "double"), Projection("expected", "total")),
    )


def test_projections_are_the_base_case_in_order_of_need() -> None:
    verify(projected())
    results = run(projected(), inputs={"cash": np.array([[5.0, 20.0]] * 6)})
    assert results["share"].values.tolist() == [0.5, 2.0]
    assert results["last"].values.tolist() == [120.0, 120.0]
    cyclic = attrs.evolve(projected(), projections=(Projection("expected", "double"), Projection("twice", "double")))
    with pytest.raises(ProgramError, match="depends on itself"):
        run(cyclic)


def test_what_is_projected_is_the_first_scenarios_whatever_is_run() -> None:
    """In all 60 in the base case and 120 in the other, of which each has its share of the 60."""
    two = attrs.evolve(
        projected(),
        inputs=(
            Input("cash", Var("cash", "float"), ("scenario",), default=(Fraction(10),)),
            *projected().inputs[1:],
        ),
        scenarios=("base", "rich"),
        columns=(("cash", (Fraction(10), Fraction(20))),),
        equations=(
            Equation(Var("each", "float"), "add", (Var("cash", "float"), Var("day", "float"))),
            Equation(Var("total", "float"), "total", (Var("each", "float"),)),
            *projected().equations[1:],
        ),
        constants=(Constant(Var("day", "float"), ("date",), (Fraction(0),) * 6),),
    )
    assert run(two)["share"].values.tolist() == [1.0, 2.0]
    assert run(two, scenarios=["rich"])["share"].values.tolist() == [2.0]


def test_a_state_begins_with_what_each_scenario_feeds() -> None:
    before, after, first = Var("before", "float"), Var("after", "float"), Var("first", "float")
    program = Program(
        "Begun",
        DATES,
        0,
        (Equation(before, "previous", (after, first)), Equation(after, "add", (before, Var("x", "float")))),
        inputs=(Input("first", first, ("scenario",)), Input("x", Var("x", "float"), ("date", "scenario"))),
        outputs=(Output("after", after, "series", asked=True),),
    )
    step = np.array([[1.0, 2.0]] * 6)
    found = run(program, inputs={"first": np.array([5.0, 7.0]), "x": step})["after"].values
    assert found[0].tolist() == [6.0, 9.0]
    assert found[5].tolist() == [11.0, 19.0]
    assert run(program, inputs={"first": np.array(5.0), "x": step})["after"].values[5].tolist() == [11.0, 17.0]


def test_an_input_over_rows_is_fed_a_number_a_row() -> None:
    """Rows of 1, 2 and 4; then in two scenarios, where the second has ten times that."""
    wide, total = Var("wide", "float", "loans"), Var("total", "float")
    program = Program(
        "Rows",
        DATES,
        0,
        (Equation(total, "sum_rows", (wide,)),),
        families=(Family("loans", ("a", "b", "c")),),
        inputs=(Input("wide", wide, ("row", "scenario")),),
        outputs=(Output("total", total, "series", asked=True),),
    )
    assert run(program, inputs={"wide": np.array([1.0, 2.0, 4.0])})["total"].values.tolist() == [[7.0]] * 6
    two = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    assert run(program, inputs={"wide": two})["total"].values[0].tolist() == [7.0, 70.0]
    with pytest.raises(InputError, match="it has 3 rows"):
        run(program, inputs={"wide": np.ones(4)})


def test_draws_of_earlier_paths_after_later_ones_are_the_same() -> None:
    draws = Draws(Random("normal", "spot"), 7, (2,))
    first, second = draws.paths(0, LOT).copy(), draws.paths(LOT, 2 * LOT).copy()
    assert np.array_equal(draws.paths(0, LOT), first)
    assert np.array_equal(draws.paths(LOT // 2, LOT + 8)[:, LOT // 2 :], second[:, :8])


def test_a_uniform_draw_of_nil_is_the_least_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nil:
        def random(self, out: npt.NDArray[np.float64]) -> None:
            out[:] = 0.0

    monkeypatch.setattr(random, "generator", lambda *_: Nil())
    assert (Draws(Random("uniform", "default"), 1, ()).paths(0, 5) == random.SMALLEST).all()


def test_an_input_on_a_schedule_holds_until_its_next_date() -> None:
    x = Var("x", "float")
    program = Program(
        "Schedule",
        DATES,
        0,
        (Equation(Var("y", "float"), "add", (x, ZERO)),),
        inputs=(Input("x", x, ("date", "scenario"), dates=(1, 4)),),
        outputs=(Output("y", Var("y", "float"), "series", asked=True),),
    )
    assert run(program, inputs={"x": np.array([1.0, 2.0])})["y"].values[:, 0].tolist() == [1, 1, 1, 1, 2, 2]
    both = run(program, inputs={"x": np.array([[1.0, 3.0], [2.0, 4.0]])})["y"].values
    assert both.tolist() == [[1, 3]] * 4 + [[2, 4]] * 2
    assert run(program, inputs={"x": np.arange(6.0)})["y"].values[:, 0].tolist() == [0, 1, 2, 3, 4, 5]


def test_dates_are_fed_as_datetime64_and_nat_is_never() -> None:
    day = Var("day", "date")
    later = Var("later", "date")
    program = Program(
        "Days",
        DATES,
        0,
        (Equation(later, "add_months", (day, number(1))),),
        inputs=(Input("day", day, ("scenario",)),),
        outputs=(Output("later", later, "figure", asked=True),),
    )
    fed = np.array(["2024-01-31", "NaT", "2023-01-31"], dtype="datetime64[D]")
    later_days = run(program, inputs={"day": fed})["later"]
    assert isinstance(later_days, Figure)
    assert later_days.to_json() == ["2024-02-29", "never", "2023-02-28"]


def test_constants_by_date_leave_work_out_of_the_plan() -> None:
    from indenture.engine.execution.job import Job, Sweep

    x, mask = Var("x", "float"), Var("mask", "bool")
    masked, total = Var("masked", "float"), Var("total", "float")
    program = Program(
        "Mask",
        DATES,
        0,
        (Equation(masked, "select", (mask, x, ZERO)), Equation(total, "total", (masked,))),
        constants=(Constant(mask, ("date",), tuple(map(Fraction, (1, 0, 0, 0, 0, 1)))),),
        inputs=(Input("x", x, ("date", "scenario")),),
        outputs=(Output("total", total, "figure", asked=True),),
    )
    from indenture.engine.inputs.feed import arrange_all

    fed = {"x": np.arange(12.0).reshape(6, 2)}
    assert run(program, inputs=fed)["total"].values.tolist() == [10.0, 12.0]
    job = Job(program, arrange_all(program, fed), (0,), 2, True, False, {}, ("total",), 0, 8_192)
    # One addition on each of the two dates on which the mask holds, and nothing on the others.
    assert Sweep(job).plan.operations() == 2


def test_the_twin_results_of_a_metric_and_a_statistic_over_paths() -> None:
    flow, rate, known = Var("flow", "float"), Var("rate", "float"), Var("known", "bool")
    program = Program(
        "Metric",
        DATES,
        0,
        (
            Equation(rate, "metric", (flow,), (("function", "irr"), ("frequency", 12))),
            Equation(known, "metric_determined", (flow,), (("function", "irr"), ("frequency", 12))),
        ),
        inputs=(Input("flow", flow, ("date", "scenario")),),
        outputs=(
            Output("irr", rate, "figure", determined=known, asked=True),
            Output("p50", rate, "figure", determined=known, asked=True, statistic="percentile", level=Fraction(1, 2)),
        ),
    )
    verify(program)
    bullet = np.array([-100.0, 1, 1, 1, 1, 101])
    results = run(program, inputs={"flow": np.stack([bullet, np.abs(bullet), bullet], axis=1)}, block=2)
    irr, median = results["irr"], results["p50"]
    assert isinstance(irr, Figure)
    assert isinstance(median, Figure)
    assert irr.values[0] == pytest.approx(0.12, abs=1e-12)
    assert irr.to_json()[1] is None
    assert median.statistics == (pytest.approx(0.12, abs=1e-12),)
    alone = run(program, inputs={"flow": bullet})["irr"]
    assert alone.values[0] == irr.values[0]


@pytest.mark.parametrize(("left", "passes"), [("0.9", True), ("1.1", False)])
def test_dust_is_a_hundred_billionth_of_what_went_in(left: str, passes: bool) -> None:
    """Of 2: 0.9 and 1.1 times 2e-11."""
    x, twice, two = Var("x", "float"), Var("twice", "float"), Literal(Fraction(2), "float")
    program = Program(
        "Dust",
        DATES,
        0,
        (Equation(twice, "multiply", (x, two)),),
        inputs=(Input("x", x, ("date", "scenario")),),
        outputs=(Output("x", x, "series", asked=True),),
        checks=(Check("cash", "zero", twice, "verdict", "E0903", "cash was made or lost", scale=two),),
    )
    verify(program)
    for sign in (1, -1):
        fed = np.full((len(DATES), 2), sign * float(left) * 1e-11)
        assert run(program, inputs={"x": fed}).checks[0].passed is passes


def test_a_program_of_the_format_after_this_one_is_not_run() -> None:
    """The format is 1."""
    program = loan()
    verify(program)
    assert program.version == 1
    with pytest.raises(ProgramError, match="has format 2; this engine reads up to 1"):
        run(attrs.evolve(program, version=2))
