"""What stands in the place of an operation has its value: equal in exact arithmetic, whatever the program."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from indenture.dsl.lowering.building.builder import FALSE, ONE, TRUE, ZERO, Builder, Traits, number
from indenture.engine.execution import reference
from indenture.engine.ir import Input, Literal, Operand, Program, Var
from indenture.engine.primitives.digits import MOST_BITS
from indenture.engine.primitives.table import PRIMITIVES
from indenture.engine.verify import verify

from .programs import inputs, programs
from .test_agreement import one_scenario


def rewritten(program: Program) -> tuple[Program, dict[str, Operand]]:
    """The program as the builder writes it, and what has become of each of its values."""
    builder = Builder(program.dates)
    found: dict[str, Operand] = {}
    for constant in program.constants:
        found[constant.var.name] = builder.constant(
            constant.var.name, constant.axes, constant.values, constant.var.kind, constant.var.rows
        )
    for source in program.inputs:
        traits = Traits(date="date" in source.axes, scenario=True)
        found[source.var.name] = builder.input(source, traits)
    waiting: list[tuple[Var, Operand]] = []
    for equation in program.equations:
        operands = list(equation.operands)
        if equation.op == "previous":
            later, traits = equation.result, Traits(date=True, scenario=True, row=equation.result.rows, carried=True)
            placeholder = builder.placeholder(later.name, later.kind, later.rows, traits)
            waiting.append((placeholder, operands[0]))
            operands[0] = placeholder
        made = [found.get(one.name, one) if isinstance(one, Var) else one for one in operands]
        result = builder.emit(equation.op, *made, label=equation.result.name, **dict(equation.attributes))
        # A choice that is decided has the rows of what is chosen: nothing that is lowered reads more.
        assume(result.rows == equation.result.rows)
        found[equation.result.name] = result
    for placeholder, operand in waiting:
        builder.bind(placeholder, found[operand.name] if isinstance(operand, Var) else operand)
    ends = {name: builder.bound(operand) for name, operand in found.items()}
    outputs = [
        attrs.evolve(output, var=end) for output in program.outputs if isinstance(end := ends[output.var.name], Var)
    ]
    after = attrs.evolve(
        program,
        equations=builder.finished(),
        constants=tuple(builder.constants),
        outputs=tuple(outputs),
        checks=(),
    )
    return after, ends


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(programs(), st.integers(0, 2**32 - 1))
def test_a_program_as_it_is_written_has_the_values_of_what_was_asked_for(program: Program, seed: int) -> None:
    after, ends = rewritten(program)
    verify(after)
    assert len(after.equations) <= len(program.equations)
    fed = one_scenario(inputs(seed, 1), 0, Fraction)
    asked, given_ = reference.evaluate(program, fed), reference.evaluate(after, fed)
    for output in program.outputs:
        end = ends[output.var.name]
        if isinstance(end, Var):
            assert given_[output.name] == asked[output.name], output.name
        else:
            values = asked[output.name] if output.form == "series" else [asked[output.name]]
            assert all(value == end.value for value in values), output.name


@pytest.fixture
def written() -> tuple[Builder, Var, Var, Var]:
    """A builder with a number and a condition that are fed, and a number by row."""
    builder = Builder(())
    fed, holds, wide = Var("fed", "float"), Var("holds", "bool"), Var("wide", "float", "loans")
    builder.input(Input("fed", fed, ("date", "scenario")), Traits(date=True, scenario=True))
    builder.input(Input("holds", holds, ("date", "scenario")), Traits(date=True, scenario=True))
    builder.input(Input("wide", wide, ("row", "scenario")), Traits(scenario=True, row="loans"))
    return builder, fed, holds, wide


def test_what_leaves_an_operand_as_it_is_is_left_out(written: tuple[Builder, Var, Var, Var]) -> None:
    builder, fed, holds, wide = written
    assert builder.add(ZERO, fed) == builder.subtract(fed, ZERO) == fed
    assert builder.multiply(fed, ONE) == builder.emit("divide", fed, ONE) == fed
    assert builder.both(TRUE, holds) == builder.either(holds, FALSE) == holds
    assert builder.emit("exclusive_or", FALSE, holds) == builder.negated(builder.negated(holds)) == holds
    assert builder.minimum(fed, fed) == builder.select(holds, fed, fed) == builder.select(TRUE, fed, ONE) == fed
    assert builder.both(holds, FALSE) == FALSE
    assert builder.multiply(fed, ZERO) == ZERO
    assert [equation.op for equation in builder.equations] == ["not"]
    # A sum over rows may read it, and a literal has none.
    assert builder.multiply(wide, ZERO).rows == "loans"
    # The cash that nothing moves is checked as any other is.
    assert builder.definition(builder.subtract(fed, fed)) == ("subtract", (fed, fed))


def test_a_floor_stays_where_a_mark_alone_says_that_it_does_nothing(written: tuple[Builder, Var, Var, Var]) -> None:
    builder, fed, _, _ = written
    builder.mark_nonnegative(fed)
    assert builder.maximum(fed, ZERO) != fed
    assert builder.positive(fed) == fed


@pytest.mark.parametrize(
    ("op", "operands", "value"),
    [
        ("divide", (1, 3), Fraction(1, 3)),
        ("divide", (1, 0), None),
        ("power", (Fraction(3, 2), -2), Fraction(4, 9)),
        ("power", (0, -1), None),
        ("power", (2, Fraction(1, 2)), None),
        ("power", (2, 1_023), None),
        ("power", (2, 1_022), 2**1_022),
        ("floor", (Fraction(-1, 2),), -1),
        ("pick", (5, 7, 9), 9),
        ("exp", (0,), None),
        ("round", (Fraction(1, 2),), None),
    ],
)
def test_what_is_exact_and_moderate_is_worked_out_ahead(
    op: str, operands: tuple[Fraction | int, ...], value: Fraction | int | None
) -> None:
    builder = Builder(())
    attributes = {"digits": 0, "mode": "half_up"} if op == "round" else {}
    found = builder.emit(op, *(number(one) for one in operands), **attributes)  # type: ignore[arg-type]
    assert found == number(value) if value is not None else isinstance(found, Var)


def test_what_comes_out_of_conditions_is_a_condition() -> None:
    found = Builder(()).emit("less", ZERO, ONE)
    assert isinstance(found, Literal)
    assert found.value is True


def test_a_number_of_the_largest_size_is_still_worked_out_ahead() -> None:
    """A quarter and one over 2^7999: the denominator has 8,000 digits of two, that of half of it one more."""
    assert MOST_BITS == 8_000
    least = Fraction(1, 2**7_999)
    builder = Builder(())
    assert builder.emit("add", number(Fraction(1, 4)), number(least)) == number(Fraction(1, 4) + least)
    assert isinstance(builder.emit("multiply", number(Fraction(1, 4) + least), number(Fraction(1, 2))), Var)


def test_a_comparison_whose_opposite_stands_is_its_negation(written: tuple[Builder, Var, Var, Var]) -> None:
    """Not to be at least is to be less, and not to be less is to be at least; of anything else that says nothing."""
    builder, fed, _, _ = written
    for op, opposite, bound in (("less", "less_equal", number(3)), ("less_equal", "less", number(4))):
        stands = builder.emit(opposite, bound, fed)  # type: ignore[arg-type]  # one of two names
        assert builder.definition(builder.emit(op, fed, bound)) == ("not", (stands,))  # type: ignore[arg-type]  # as above
        assert builder.definition(builder.emit("equal", fed, bound))[0] == "equal"
        assert builder.definition(builder.emit(op, bound, fed))[0] != "not" or op == opposite  # type: ignore[arg-type]  # as above


def test_a_floor_of_what_is_not_nil_stays_where_it_is(written: tuple[Builder, Var, Var, Var]) -> None:
    builder, fed, _, _ = written
    against = builder.emit("negate", fed)
    assert builder.definition(builder.emit("maximum", against, number(5))) == ("maximum", (against, number(5)))


def test_a_product_of_what_is_known_alike_stays_as_it_is(written: tuple[Builder, Var, Var, Var]) -> None:
    builder, fed, _, _ = written
    product = builder.multiply(fed, builder.emit("absolute", fed))
    other = builder.emit("exp", fed)
    assert builder.definition(builder.multiply(product, other)) == ("multiply", (product, other))


def test_what_no_date_reads_from_before_the_first_moves_as_it_is() -> None:
    builder = Builder(())
    assert builder.emit("final", builder.emit("gather", ONE, positions=(0, 0, 1))) == ONE
    assert isinstance(builder.emit("gather", ONE, positions=(-1, 0, 1)), Var)
    assert isinstance(builder.emit("previous", ONE, ONE), Var)
    assert all(isinstance(one, Literal | Var) for equation in builder.equations for one in equation.operands)
    assert {equation.op for equation in builder.equations} <= set(PRIMITIVES)
