"""Programs small enough to work by hand: what a phase reads of another, what simplifying leaves, what is summed over
dates and rows."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from indenture.engine.errors import RunError
from indenture.engine.ir import Check, Constant, Equation, Family, Input, Kind, Literal, Operand, Output, Program, Var
from indenture.engine.run import run
from indenture.engine.verify import verify

DATES = tuple(datetime.date(2026, month, 1) for month in range(1, 5))
ROWS = "loans"
TRUE, FALSE = Literal(True, "bool"), Literal(False, "bool")
X = np.array([[1.0, -2.0], [3.0, 5.0], [-4.0, 7.0], [2.0, 0.5]])
"""Fed as `x`: four dates, two scenarios."""


def number(value: object) -> Literal:
    return Literal(Fraction(str(value)), "float")


def f(name: str) -> Var:
    return Var(name, "float")


def b(name: str) -> Var:
    return Var(name, "bool")


def r(name: str) -> Var:
    return Var(name, "float", ROWS)


def eq(result: Var, op: str, *operands: Operand, **attributes: Any) -> Equation:
    return Equation(result, op, operands, tuple(attributes.items()))  # type: ignore[arg-type]  # a text is an operation


def figures(
    *equations: Equation,
    shown: tuple[str, ...],
    kind: Kind = "float",
    form: Any = "series",
    checks: tuple[Check, ...] = (),
    rows: int = 3,
    **fed: Any,
) -> Any:
    """The results of a program over `x` (by date and scenario), `wide` (by row and scenario), `k` (0, 1, 2, 3), `level`
    (one number for all) and `share` (1, 2, 4 by row)."""
    made = Program(
        "By hand",
        DATES,
        0,
        equations,
        families=(Family(ROWS, tuple("abc"[:rows])),),
        constants=(
            Constant(f("k"), ("date",), tuple(Fraction(at) for at in range(4))),
            Constant(r("share"), ("row",), tuple(Fraction(2**at) for at in range(rows))),
        ),
        inputs=(
            Input("x", f("x"), ("date", "scenario")),
            Input("wide", r("wide"), ("row", "scenario"), default=tuple(Fraction(1) for _ in range(rows))),
            Input("s", f("s"), ("scenario",), default=(Fraction(1),)),
            Input("level", f("level"), (), default=(Fraction(5),)),
        ),
        outputs=tuple(Output(name, Var(name, kind), form, asked=True) for name in shown),
        checks=checks,
    )
    verify(made)
    return run(made, inputs={"x": X, **fed})


# What one phase reads of another


def test_a_share_of_the_whole_reads_its_series_again_after_the_total() -> None:
    """x + k is 1, 4, -2, 5, which is 8, and -2, 6, 9, 3.5, which is 16.5."""
    found = figures(
        eq(f("a"), "add", f("x"), f("k")),
        eq(f("whole"), "total", f("a")),
        eq(f("part"), "divide", f("a"), f("whole")),
        shown=("part",),
    )
    meant = np.array([[1, -2], [4, 6], [-2, 9], [5, 3.5]]) / np.array([8, 16.5])
    assert np.allclose(found["part"].values, meant, rtol=1e-15)


def test_a_window_reads_a_series_that_nothing_else_keeps() -> None:
    """The sum of x + k over this date and the one before."""
    found = figures(
        eq(f("a"), "add", f("x"), f("k")),
        eq(f("two"), "window", f("a"), first=(0, 0, 1, 2), last=(0, 1, 2, 3)),
        shown=("two",),
    )
    assert found["two"].values.tolist() == [[1, -2], [5, 4], [2, 15], [3, 12.5]]


@pytest.mark.parametrize("lost", [0.0, 0.5])
def test_a_check_after_a_total_reads_a_scale_from_before_it(lost: float) -> None:
    """What all make together less each part times it, against the parts themselves: nothing but what is lost."""
    check = Check("cash", "zero", f("gone"), "error", "E0903", "cash was made or lost", scale=f("scale"))
    equations = (
        eq(f("a"), "add", f("x"), f("k")),
        eq(f("scale"), "absolute", f("a")),
        eq(f("whole"), "total", f("a")),
        eq(f("part"), "divide", f("a"), f("whole")),
        eq(f("back"), "multiply", f("part"), f("whole")),
        eq(f("kept"), "subtract", f("back"), f("s")),
        eq(f("gone"), "subtract", f("kept"), f("a")),
    )
    fed = {"s": np.array([0.0, lost])}
    if not lost:
        figures(*equations, shown=("part",), checks=(check,), **fed)
        return
    with pytest.raises(RunError) as caught:
        figures(*equations, shown=("part",), checks=(check,), **fed)
    assert caught.value.lane == 1
    assert caught.value.date == DATES[0]


def test_a_verdict_on_what_is_the_same_everywhere_is_counted_once() -> None:
    """3 - k is below 2 on the last two dates, in a program that also works in two phases."""
    check = Check("enough", "nonnegative", f("over"), "verdict", "E0902", "two at least")
    found = figures(
        eq(f("left"), "subtract", number(3), f("k")),
        eq(f("over"), "subtract", f("left"), number(2)),
        eq(f("whole"), "total", f("x")),
        eq(f("part"), "multiply", f("x"), f("whole")),
        shown=("part",),
        checks=(check,),
    )
    (verdict,) = found.checks
    assert verdict.failures.tolist() == [2, 2]
    assert [verdict.first_date(lane) for lane in (0, 1)] == [DATES[2], DATES[2]]


# What simplifying leaves


def test_a_state_that_is_set_to_another_number_each_date_moves() -> None:
    """It begins at 5 and is 0 from the second date on; beside it one that is always 0."""
    found = figures(
        eq(f("before"), "previous", f("emptied"), number(5)),
        eq(f("nothing"), "previous", f("emptied"), number(0)),
        eq(f("held"), "add", f("before"), f("x")),
        eq(f("bare"), "add", f("nothing"), f("x")),
        eq(f("emptied"), "multiply", f("held"), number(0)),
        shown=("held", "bare"),
    )
    assert found["held"].values.tolist() == [[6, 3], [3, 5], [-4, 7], [2, 0.5]]
    assert found["bare"].values.tolist() == X.tolist()


def test_a_state_is_kept_until_all_that_reads_it_is_done() -> None:
    """A balance grows by x before what it was is read once more: 10, 11, 14, 10 and 10, 8, 13, 20 are opened with."""
    found = figures(
        eq(f("opened"), "previous", f("closed"), number(10)),
        eq(f("closed"), "add", f("opened"), f("x")),
        eq(f("product"), "multiply", f("closed"), f("opened")),
        shown=("product",),
    )
    assert found["product"].values.tolist() == [[110, 80], [154, 104], [140, 260], [120, 410]]


def test_a_floor_stays_under_what_a_number_below_zero_is_added_to() -> None:
    """|x| - 3 - k, floored: 1 - 3, 3 - 4, 4 - 5 and 2 - 6 are below zero, 2 - 3 and 0.5 - 6 too; 5 - 4 and 7 - 5 not."""
    found = figures(
        eq(f("less"), "subtract", number(-3), f("k")),
        eq(f("size"), "absolute", f("x")),
        eq(f("over"), "add", f("size"), f("less")),
        eq(f("floored"), "maximum", f("over"), number(0)),
        eq(f("moved"), "add", f("size"), number(-3)),
        eq(f("also"), "maximum", f("moved"), number(0)),
        shown=("floored", "also"),
    )
    assert found["floored"].values.tolist() == [[0, 0], [0, 1], [0, 2], [0, 0]]
    assert found["also"].values.tolist() == [[0, 0], [0, 2], [1, 4], [0, 0]]


@pytest.mark.parametrize("rows", [1, 3])
def test_what_is_left_without_rows_counts_once_for_each(rows: int) -> None:
    """Nothing of each row and what all have: x three times, k three times, a thousand three times; of one row once."""
    found = figures(
        eq(r("much"), "multiply", r("wide"), f("x")),
        eq(r("none"), "multiply", r("much"), number(0)),
        eq(r("each"), "add", r("none"), f("x")),
        eq(f("of_x"), "sum_rows", r("each")),
        eq(r("alike"), "add", r("none"), f("k")),
        eq(f("of_k"), "sum_rows", r("alike")),
        eq(r("thousands"), "add", r("none"), number(1000)),
        eq(f("of_thousands"), "sum_rows", r("thousands")),
        shown=("of_x", "of_k", "of_thousands"),
        rows=rows,
        wide=np.arange(2.0 * rows).reshape(rows, 2),
    )
    assert found["of_x"].values.tolist() == (X * rows).tolist()
    assert found["of_k"].values[:, 0].tolist() == [0, rows, 2 * rows, 3 * rows]
    assert found["of_thousands"].values[:, 1].tolist() == [1000 * rows] * 4


def test_a_limit_that_simplifying_finds_is_shared_out_in_order() -> None:
    """Five, from rows of 1, 2 and 4 in that order: 1, 2 and 2; the rows are weighed 1, 2 and 4 for the sum: 13."""
    found = figures(
        eq(r("much"), "multiply", r("wide"), f("x")),
        eq(r("none"), "multiply", r("much"), number(0)),
        eq(r("amounts"), "add", r("none"), r("share")),
        eq(f("some"), "multiply", f("x"), number(0)),
        eq(f("limit"), "add", f("some"), number(5)),
        eq(r("taken"), "take", f("limit"), r("amounts"), r("amounts")),
        eq(r("weighed"), "multiply", r("taken"), r("amounts")),
        eq(f("sum"), "sum_rows", r("weighed")),
        shown=("sum",),
        wide=np.ones((3, 2)),
    )
    assert found["sum"].values.tolist() == [[13, 13]] * 4


# Sums over the dates


def test_lowest_and_highest_are_those_of_the_dates_that_count() -> None:
    """Of the dates on which x is below 4: 1, 3, -4, 2 and -2, 0.5."""
    found = figures(
        eq(b("counts"), "less", f("x"), number(4)),
        eq(f("low"), "lowest", f("x"), b("counts")),
        eq(f("high"), "highest", f("x"), b("counts")),
        shown=("low", "high"),
        form="figure",
    )
    assert found["low"].values.tolist() == [-4, -2]
    assert found["high"].values.tolist() == [3, 0.5]


# What is the same in every scenario


def test_one_number_for_all_and_one_a_scenario_make_one_a_scenario() -> None:
    found = figures(
        eq(f("product"), "multiply", f("s"), f("level")), shown=("product",), form="figure", s=np.array([2.0, 3.0])
    )
    assert found["product"].values.tolist() == [10, 15]


def test_a_flag_that_is_carried_is_a_flag() -> None:
    """Whether k has been 2 or more: on the last two dates, which a verdict that it never has finds."""
    check = Check("never", "holds", b("not_yet"), "verdict", "E0902", "k stays below 2")
    found = figures(
        eq(b("before"), "previous", b("reached"), FALSE),
        eq(b("now"), "less_equal", number(2), f("k")),
        eq(b("reached"), "or", b("before"), b("now")),
        eq(b("not_yet"), "previous", b("still"), TRUE),
        eq(b("not_now"), "not", b("now")),
        eq(b("still"), "and", b("not_yet"), b("not_now")),
        shown=("reached",),
        kind="bool",
        checks=(check,),
    )
    assert found["reached"].values.dtype == bool
    assert found["reached"].values[:, 0].tolist() == [False, False, True, True]
    (verdict,) = found.checks
    assert verdict.failures.tolist() == [1, 1]
    assert verdict.first_date(0) == DATES[3]


def test_rows_that_are_carried_for_all_scenarios() -> None:
    """Rows of 1, 2 and 4 pay 1.5 a date, the smallest first: 1 + 0.5, 1.5, 1.5 and 1.5; what is left is 5.5, 4, 2.5, 1."""
    found = figures(
        eq(r("opened"), "previous", r("closed"), r("share")),
        eq(r("paid"), "take", number("1.5"), r("opened"), r("share")),
        eq(r("closed"), "subtract", r("opened"), r("paid")),
        eq(f("left"), "sum_rows", r("closed")),
        eq(f("before"), "previous", f("left"), number(7)),
        eq(f("fallen"), "subtract", f("before"), f("left")),
        eq(f("common"), "level_rows", f("before"), r("opened"), r("opened")),
        shown=("left", "fallen", "common"),
    )
    assert found["left"].values[:, 0].tolist() == [5.5, 4, 2.5, 1]
    assert found["fallen"].values[:, 0].tolist() == [1.5] * 4
    assert np.allclose(found["common"].values[:, 0], 1.0, rtol=1e-14)


def test_a_division_by_rows_that_come_to_nothing_is_told_where_it_is_done() -> None:
    """Every row is taken on the first date, and one over their sum is what the next would be taken by."""
    with pytest.raises(RunError) as caught:
        figures(
            eq(f("before"), "previous", f("ratio"), number(1)),
            eq(r("opened"), "previous", r("closed"), r("share")),
            eq(r("taken"), "multiply", r("opened"), f("before")),
            eq(r("closed"), "subtract", r("opened"), r("taken")),
            eq(f("left"), "sum_rows", r("closed")),
            eq(f("ratio"), "divide", number(1), f("left")),
            shown=("left",),
        )
    assert caught.value.code == "not_finite"
    assert caught.value.equation == "ratio"
    assert caught.value.date == DATES[0]
