"""What the builder writes instead of an operation is equal to it in exact arithmetic, and is fewer or earlier."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from indenture.dsl.lowering.building.builder import ONE, TRUE, ZERO, Builder, Traits, number
from indenture.dsl.lowering.building.evaluate import evaluate_by_date
from indenture.dsl.lowering.building.order import Circle
from indenture.dsl.lowering.context.values import Value
from indenture.dsl.lowering.expressions.under_conditions import given
from indenture.engine.ir import Input, Literal, Operand, Var
from indenture.engine.primitives.table import PRIMITIVES

DATES = (datetime.date(2026, 1, 1), datetime.date(2026, 2, 1), datetime.date(2026, 3, 1))


def fresh() -> tuple[Builder, Var, Var, Operand]:
    """A builder with what is carried from day to day, what is fed, and a table by date."""
    builder = Builder(DATES)
    state = builder.placeholder("state", "float", None, Traits(date=True, scenario=True, carried=True))
    fed = Var("fed", "float")
    builder.input(Input("fed", fed, ("date", "scenario")), Traits(date=True, scenario=True))
    table = builder.by_date("table", (Fraction(2), Fraction(3), Fraction(5)))
    return builder, state, fed, table


def worth(builder: Builder, operand: Operand, values: dict[str, Fraction]) -> Fraction | bool:
    """The value of an operand where the leaves have these values."""
    if isinstance(operand, Literal):
        return operand.value
    if operand.name in values:
        return values[operand.name]
    op, operands = builder.definition(operand)
    found: Fraction | bool = PRIMITIVES[op].exact(*(worth(builder, one, values) for one in operands))
    return found


FRACTIONS = st.fractions(min_value=-9, max_value=9, max_denominator=8)


@settings(max_examples=60)
@drawn(FRACTIONS, FRACTIONS, FRACTIONS)
def test_each_form_has_the_value_of_what_was_asked_for(x: Fraction, y: Fraction, t: Fraction) -> None:
    builder, state, fed, table = fresh()
    assert isinstance(table, Var)
    values = {state.name: x, fed.name: y, table.name: t}
    cases = [
        (builder.multiply(builder.multiply(state, fed), table), x * y * t),
        (builder.multiply(builder.multiply(number(7), state), fed), 7 * x * y),
        (builder.multiply(table, builder.multiply(fed, number(3))), 3 * y * t),
        (builder.subtract(state, builder.subtract(state, fed)), y),
        (builder.maximum(builder.emit("negate", state), ZERO), max(-x, Fraction(0))),
    ]
    for operand, expected in cases:
        assert worth(builder, operand, values) == expected
    below = builder.emit("less", state, fed)
    assert worth(builder, builder.emit("less_equal", fed, state), values) == (y <= x)
    assert worth(builder, below, values) == (x < y)


def test_what_is_known_early_is_multiplied_first() -> None:
    builder, state, fed, table = fresh()
    coupon = builder.multiply(fed, table)
    assert builder.definition(builder.multiply(builder.multiply(state, fed), table)) == ("multiply", (state, coupon))
    assert builder.definition(builder.multiply(builder.multiply(fed, number(2)), number(3))) == (
        "multiply",
        (fed, number(6)),
    )


def test_both_legs_of_a_two_way_flow_share_their_maximum() -> None:
    builder, state, _, _ = fresh()
    paid = builder.maximum(state, ZERO)
    received = builder.maximum(builder.emit("negate", state), ZERO)
    assert builder.definition(received) == ("subtract", (paid, state))
    assert builder.traits(received).nonnegative


@pytest.mark.parametrize(
    ("least", "strict", "determined", "floored"),
    [
        (1, True, True, True),
        (1, False, True, True),
        (0, True, True, False),
        (0, False, False, False),
        (-1, True, False, False),
    ],
)
def test_a_condition_that_keeps_the_denominator_up_determines_the_ratio(
    least: int, strict: bool, determined: bool, floored: bool
) -> None:
    builder, state, fed, _ = fresh()
    some = builder.emit("not_equal", state, ZERO)
    ratio = builder.emit("divide", fed, builder.select(some, state, ONE))
    chosen = builder.emit("less" if strict else "less_equal", number(least), state)
    found = given(builder, chosen, Value(ratio, some))
    assert (found.determined == TRUE) is determined
    if floored:
        assert builder.definition(found.operand) == ("divide", (fed, builder.maximum(state, number(least))))
    else:
        assert found.operand == ratio


def test_what_rests_on_terms_and_dates_is_worked_out_by_date() -> None:
    builder, state, fed, table = fresh()
    doubled = builder.add(builder.multiply(table, number(2)), number(1))
    shifted = builder.emit("gather", doubled, positions=(0, 0, 1))
    assert evaluate_by_date(builder, doubled) == (5, 7, 11)
    assert evaluate_by_date(builder, shifted) == (5, 5, 7)
    assert evaluate_by_date(builder, builder.emit("less", table, number(3))) == (1, 0, 0)
    assert evaluate_by_date(builder, number(4)) == (4, 4, 4)
    for rests_on_more in (fed, state, builder.add(table, fed), builder.emit("previous", table, ZERO)):
        assert evaluate_by_date(builder, rests_on_more) is None
    assert evaluate_by_date(builder, builder.emit("divide", ONE, builder.subtract(table, number(3)))) is None


def test_the_values_of_a_table_are_found_again_by_what_it_varies_over() -> None:
    builder = Builder(DATES)
    rows = builder.table("rows", ("row",), (Fraction(1), Fraction(4)), "float", "pieces")
    dates = builder.by_date("dates", (Fraction(2), Fraction(3), Fraction(5)))
    both = builder.table("both", ("date", "row"), tuple(Fraction(one) for one in range(6)), "float", "pieces")
    assert [builder.row_values(one) for one in (rows, dates, both)] == [(1, 4), None, None]
    assert [builder.table_values(one) for one in (rows, dates, both)] == [None, (2, 3, 5), None]


def test_values_of_one_date_that_need_each_other_are_named_in_a_circle() -> None:
    """`half` needs `sum`, which needs it: two equations, from either of which the way leads back."""
    builder, state, fed, _ = fresh()
    total = builder.emit("add", state, fed, label="sum")
    half = builder.emit("divide", total, number(2), label="half")
    builder.bind(state, half)
    with pytest.raises(Circle, match=r"^(sum -> half|half -> sum)$") as caught:
        builder.finished()
    assert {equation.result.name for equation in caught.value.equations} == {"sum", "half"}


def test_equations_stand_after_those_they_read() -> None:
    builder, state, fed, _ = fresh()
    total = builder.emit("add", state, fed, label="sum")
    half = builder.emit("divide", fed, number(2), label="half")
    builder.bind(state, half)
    assert isinstance(total, Var)
    assert [equation.result.name for equation in builder.equations] == ["sum", "half"]
    assert [equation.result.name for equation in builder.finished()] == ["half", "sum"]
