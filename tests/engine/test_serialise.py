"""Programs as JSON and as text: exact, versioned, and clear about what is wrong."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from fractions import Fraction
from typing import Any

import attrs
import pytest
from indenture.engine.errors import ProgramError
from indenture.engine.ir import (
    Alert,
    Cell,
    Check,
    Column,
    Constant,
    Equation,
    Family,
    Input,
    Literal,
    Origin,
    Output,
    Program,
    Projection,
    Random,
    ReportTable,
    Span,
    Var,
)
from indenture.engine.program.text import equation, number, render
from indenture.engine.serialise import dumps, loads

X, Y = Var("x", "float"), Var("y", "float")
WIDE = Var("wide", "float", "loans")
HERE = Origin("senior.due", Span("aurora.deal", 3, 1, 3, 20))
FULL = Program(
    "Every field",
    (datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)),
    1,
    (
        Equation(X, "previous", (Y, Literal(Fraction(1, 3), "float")), origin=HERE),
        Equation(Y, "window", (X,), (("first", (0, 1)), ("last", (1, 1)))),
        Equation(Var("b", "bool"), "not", (Literal(True, "bool"),), origin=Origin("no place")),
        Equation(
            Var("m", "float"), "metric", (Y,), (("function", "irr"), ("names", ("a", "b")), ("flag", True), ("n", 3))
        ),
    ),
    families=(Family("loans", ("a", "ü")),),
    constants=(Constant(WIDE, ("date", "row"), tuple(map(Fraction, ("1/3", "-2", "0", "12345678901234567890.5")))),),
    inputs=(
        Input("fed", Var("fed", "float"), ("date", "scenario"), "USD", (Fraction(1, 7),) * 2, None, None, HERE),
        Input("drawn", Var("drawn", "float"), ("scenario",), random=Random("uniform", "OpenLab.default")),
        Input("some", Var("some", "float"), ("date",), dates=(1,)),
    ),
    outputs=(
        Output("o", Y, "series", "USD", Var("b", "bool"), True, HERE),
        Output("p", Var("m", "float"), "figure", statistic="percentile", level=Fraction(99, 100)),
    ),
    checks=(
        Check("c", "zero", X, "error", "E1", "lost", X, Literal(True, "bool"), (0,), HERE),
        Check(
            "e",
            "holds",
            Var("b", "bool"),
            "verdict",
            "E2",
            "expected",
            observed=X,
            observed_determined=Var("b", "bool"),
            target=Fraction(1, 3),
            unit="years",
        ),
    ),
    projections=(Projection("fed", "o"),),
    scenarios=("base", "shock"),
    columns=(("fed", (Fraction(1), Fraction(1, 9))),),
    tables=(
        ReportTable(
            "Losses",
            (Column("party"), Column("loses", "USD"), Column("least")),
            ((Cell("Bank"), Cell(output="p"), Cell(output="p", choices=("this", "that"))),),
        ),
    ),
    alerts=(Alert("Bank", "Too much", "p", "p", "p"),),
)


def test_every_field_round_trips() -> None:
    text = dumps(FULL)
    assert loads(text) == FULL
    assert dumps(loads(text)) == text
    json.loads(text)
    for field in attrs.fields(Program):
        assert getattr(FULL, field.name) or field.name == "closing"


def test_text_shows_every_part_once() -> None:
    text = render(FULL)
    assert "x: float = previous(y, 1/3)    -- senior.due" in text
    assert "y: float = window(x; first=[0, 1], last=[1 × 2])" in text
    assert "constant wide: float[loans] by date, row = 1/3, -2, 0, 12345678901234567890.5" in text
    assert "input drawn as drawn: float by scenario drawn uniform from OpenLab.default" in text
    assert "check e: holds b observing x for 1/3 (verdict E2)" in text
    assert "output p: figure = m percentile 0.99" in text
    assert "output o: series = y where b in USD, asked" in text
    assert "check c: zero x scale x where true in scenarios 0 (error E1)" in text
    assert "\n  Bank | {p} | {p} of this, that\n" in text
    assert text == render(loads(dumps(FULL)))


def test_runs_of_equal_values_are_told_where_they_stand() -> None:
    one = Equation(Y, "window", (X,), (("first", (0, 1, 0, 0)), ("last", (1, 1, 1, 1))))
    assert equation(one) == "y: float = window(x; first=[0, 1, 0 × 2], last=[1 × 4])"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(1, 8), "0.125"),
        (Fraction(-1, 50), "-0.02"),
        (Fraction(7), "7"),
        (Fraction(2, 3), "2/3"),
        (Fraction(10**12 + 1, 10**4), "100000000.0001"),
        (Fraction(1, 10**18), "0.000000000000000001"),
        (Fraction(1, 999_999_999_999_999), "1/999999999999999"),
    ],
)
def test_numbers_show_exactly(value: Fraction, shown: str) -> None:
    assert number(value) == shown
    assert Fraction(shown) == value


def test_longer_numbers_show_as_a_double_with_a_mark() -> None:
    assert number(Fraction(1, 10**19)) == f"{1e-19:.17g}…"
    assert number(Fraction(1, 10**15 + 1)) == f"{1 / (10**15 + 1):.17g}…"
    assert number(Fraction(1, 3 * 10**15 + 1)) == f"{1 / (3 * 10**15 + 1):.17g}…"


def test_programs_are_written_as_format_one() -> None:
    """What a file says that was written before; and it is read by people, each level set in by one space."""
    assert loads(changed("version", to=1)) == FULL
    assert dumps(FULL).splitlines()[1].startswith(' "')


def test_why_an_output_may_not_exist_is_written_where_it_is_said() -> None:
    said = attrs.evolve(FULL.outputs[0], why="nothing was paid")
    program = attrs.evolve(FULL, outputs=(said, FULL.outputs[1]))
    assert loads(dumps(program)) == program
    first, second = json.loads(dumps(program))["outputs"]
    assert first["why"] == "nothing was paid"
    assert "why" not in second


def changed(*path: str | int, to: Any) -> str:
    data = json.loads(dumps(FULL))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("{}", "does not say that its format"),
        ("null", "does not say that its format"),
        ("1" * 10_000, "no JSON|too long"),
        (changed("version", to=99), "has format 99.*newer"),
        (changed("version", to="1"), "no version"),
        (changed("version", to=0), "no version"),
        (changed("closing", to="0"), r"closing is no whole number"),
        (changed("closing", to=True), r"closing is no whole number"),
        (changed("outputs", 0, "asked", to=1), r"outputs\.0\.asked is neither true nor false"),
        (changed("equations", 0, "operands", 1, "literal", to="0.5"), r"operands\.1\.literal is no number"),
        (changed("equations", 0, "op", to=3), r"equations\.0\.op is no text"),
        (changed("equations", 0, "operands", 1, "literal", to="1/0"), r"operands\.1\.literal is no number"),
        (changed("equations", 0, "operands", 1, "literal", to="9" * 6_000), "is no number"),
        (changed("equations", 0, "result", "kind", to="text"), "is none of float, bool, date"),
        (changed("equations", 1, "attributes", 0, to=["first", [0.5]]), "attribute 'first' that is none"),
        (changed("dates", 1, to="2026-02-30"), r"dates\.1 is no date"),
        (changed("inputs", to={}), "inputs is no list"),
        (changed("inputs", 0, "axes", to=["time"]), "is none of date, row, scenario"),
        (changed("checks", 0, "rule", to=[]), "is none of zero"),
        (changed("surprise", to=1), "unknown 'surprise'"),
    ],
)
def test_what_is_no_program_is_said_where(text: str, told: str) -> None:
    with pytest.raises(ProgramError, match=told):
        loads(text)


def test_loading_and_running_needs_no_parser_and_no_scipy() -> None:
    script = (
        "import sys\n"
        "from indenture.engine import run, serialise, verify\n"
        "slow = {'lark', 'scipy', 'QuantLib', 'pandas', 'typer', 'rich'} & set(sys.modules)\n"
        "assert not slow, slow\n"
        "assert not any(name.startswith('indenture.dsl') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
