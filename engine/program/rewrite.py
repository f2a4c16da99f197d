"""Passes over a program: each a function from a well-formed program to one with the same figures.

``fold`` works out what is constant, exactly; ``share`` keeps one of equal equations; ``drop`` leaves out
what nothing reads. The planner does the rest with numbers (masks known on a date), where it pays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import attrs

from ..ir import Check, Equation, Literal, Operand, Output, Program
from ..plan.uniform import static_attributes
from ..primitives.table import PRIMITIVES
from .analysis import check_names, needed, operand_names

Pass = Callable[[Program], Program]

INEXACT = frozenset(
    [
        "curve",
        "exp",
        "log",
        "power",
        "round",
        "level",
        "add_months",
        "year",
        "month",
        "to_date",
        "floor",
        "normal_cdf",
        "normal_quantile",
        "student_cdf",
        "chi_square_quantile",
        "bivariate_normal_cdf",
        "tranche_loss",
        "default_count",
    ]
)
"""Left to the run: folding them would have to agree with the numpy kernels to the last bit."""

LARGEST = 512
"""Bits of a numerator or denominator: a longer exact constant costs more than the operation."""


def fold(program: Program) -> Program:
    """Equations of literals become literals where they are read; ``x + 0`` and its like become ``x``."""
    known: dict[str, Operand] = {}
    equations: list[Equation] = []
    for equation in program.equations:
        operands = tuple(_replaced(operand, known) for operand in equation.operands)
        equation = attrs.evolve(equation, operands=operands)
        simpler = _folded(equation)
        if simpler is not None and simpler.rows == equation.result.rows:
            known[equation.result.name] = simpler
        equations.append(equation)
    return _with_replacements(program, equations, known)


def share(program: Program) -> Program:
    """One of equal equations stays; the readers of the others read it."""
    seen: dict[object, Operand] = {}
    known: dict[str, Operand] = {}
    equations: list[Equation] = []
    for equation in program.equations:
        operands = tuple(_replaced(operand, known) for operand in equation.operands)
        equation = attrs.evolve(equation, operands=operands)
        key = (equation.op, operands, equation.attributes, equation.result.kind, equation.result.rows)
        if key in seen:
            known[equation.result.name] = seen[key]
        else:
            seen[key] = equation.result
        equations.append(equation)
    return _with_replacements(program, equations, known)


def drop(program: Program) -> Program:
    """Only what an output, a check or a projection needs."""
    names = check_names(program)
    for output in program.outputs:
        names |= operand_names((output.var, output.determined))
    used = needed(program, names)
    return attrs.evolve(
        program,
        equations=tuple(equation for equation in program.equations if equation.result.name in used),
        constants=tuple(constant for constant in program.constants if constant.var.name in used),
    )


PASSES: tuple[Pass, ...] = (fold, share, drop)


ROUNDS = 4
"""A state that is found constant can make others constant; so far is that followed."""


def simplify(program: Program) -> Program:
    """All passes, in order, until nothing changes."""
    for _ in range(ROUNDS):
        before = program
        for one in PASSES:
            program = one(program)
        if program == before:
            break
    return program


def _replaced(operand: Operand, known: Mapping[str, Operand]) -> Operand:
    return known.get(operand.name, operand) if not isinstance(operand, Literal) else operand


def _with_replacements(program: Program, equations: list[Equation], known: Mapping[str, Operand]) -> Program:
    """Replaces names everywhere; ``previous`` may read names that are replaced further down.

    Outputs and checks read variables: where one of theirs has become a literal, its equation stays.
    """

    def read(operand: Operand | None) -> Operand | None:
        return None if operand is None else _replaced(operand, known)

    def output(one: Output) -> Output:
        found = _replaced(one.var, known)
        var = one.var if isinstance(found, Literal) else found
        return attrs.evolve(one, var=var, determined=read(one.determined))

    def check(one: Check) -> Check:
        found = _replaced(one.var, known)
        var = one.var if isinstance(found, Literal) else found
        return attrs.evolve(one, var=var, scale=read(one.scale), determined=read(one.determined))

    return attrs.evolve(
        program,
        equations=tuple(
            attrs.evolve(e, operands=tuple(_replaced(operand, known) for operand in e.operands)) for e in equations
        ),
        outputs=tuple(output(one) for one in program.outputs),
        checks=tuple(check(one) for one in program.checks),
    )


def _folded(equation: Equation) -> Operand | None:
    """A literal or an operand that is equal to the equation, or None."""
    primitive = PRIMITIVES[equation.op]
    operands = equation.operands
    if primitive.form == "previous":
        # A state that starts as what it always is: x = c on every date, and c before the first.
        return operands[1] if isinstance(operands[1], Literal) and operands[0] == operands[1] else None
    if primitive.form != "elementwise":
        return None
    values = [operand.value for operand in operands if isinstance(operand, Literal)]
    if len(values) == len(operands) and equation.op not in INEXACT:
        if equation.op == "divide" and values[1] == 0:
            return None
        found = primitive.exact(*values, **static_attributes(equation))
        if equation.result.kind == "bool":
            return Literal(bool(found), "bool")
        exact = Fraction(found)
        if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > LARGEST:
            return None
        return Literal(exact, equation.result.kind)
    return _neutral(equation)


def _neutral(equation: Equation) -> Operand | None:
    """``x + 0``, ``x - 0``, ``x * 1``, ``x / 1``, ``x and true``, ``x or false``, a select that is decided."""

    def is_literal(operand: Operand, value: Fraction | bool) -> bool:
        return isinstance(operand, Literal) and operand.value == value

    if equation.op == "select":
        condition, x, y = equation.operands
        if x == y:
            return x
        return (x if condition.value else y) if isinstance(condition, Literal) else None
    if len(equation.operands) != 2:
        return None
    x, y = equation.operands
    match equation.op:
        case "minimum" | "maximum" | "and" | "or" if x == y:
            return x
        case "subtract" if x == y:
            return Literal(Fraction(0), "float")
        case "add":
            return y if is_literal(x, Fraction(0)) else x if is_literal(y, Fraction(0)) else None
        case "subtract":
            return x if is_literal(y, Fraction(0)) else None
        case "multiply":
            return y if is_literal(x, Fraction(1)) else x if is_literal(y, Fraction(1)) else None
        case "divide":
            return x if is_literal(y, Fraction(1)) else None
        case "and":
            return y if is_literal(x, True) else x if is_literal(y, True) else None
        case "or":
            return y if is_literal(x, False) else x if is_literal(y, False) else None
        case _:
            return None
