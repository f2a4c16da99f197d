"""Small programs that the tests of a run share: a loan with two scenarios, and one that draws."""

from __future__ import annotations

import datetime
from fractions import Fraction

import attrs
from indenture.engine.ir import (
    Equation,
    Input,
    Literal,
    Origin,
    Output,
    Program,
    Random,
    Span,
    Var,
)
from indenture.engine.verify import verify

DATES = tuple(datetime.date(2026, month, 15) for month in range(1, 7))
ZERO = Literal(Fraction(0), "float")


def number(value: object) -> Literal:
    return Literal(Fraction(str(value)), "float")


def loan(**changes: object) -> Program:
    """A loan of 100 at 10% a date: rent pays interest, then principal; what is short is added."""
    opening, closing, rent = Var("opening", "float"), Var("closing", "float"), Var("rent", "float")
    due, paid, short = Var("due", "float"), Var("paid", "float"), Var("short", "float")
    is_short, total, first = Var("is_short", "bool"), Var("total", "float"), Var("first", "date")
    any_short = Var("any_short", "bool")
    rate = Var("rate", "float")
    here = Origin("senior.paid", Span("loan.deal", 3, 1, 3, 9))
    program = Program(
        "Loan",
        DATES,
        0,
        (
            Equation(opening, "previous", (closing, number(100))),
            Equation(due, "multiply", (opening, rate)),
            Equation(paid, "minimum", (rent, due), origin=here),
            Equation(short, "subtract", (due, paid)),
            Equation(closing, "add", (opening, short)),
            Equation(is_short, "less", (ZERO, short)),
            Equation(total, "total", (paid,)),
            Equation(any_short, "any_date", (is_short,)),
            Equation(first, "first_date", (is_short,)),
        ),
        inputs=(
            Input("rent", rent, ("date", "scenario"), "USD"),
            Input("rate", rate, ("scenario",), "rate", default=(Fraction(1, 10),)),
        ),
        outputs=(
            Output("interest", total, "figure", "USD", asked=True),
            Output("first_short", first, "figure", "date", determined=any_short, asked=True),
            Output("closing", closing, "series", "USD", determined=is_short),
        ),
        scenarios=("base", "dear"),
        columns=(("rate", (Fraction(1, 10), Fraction(1, 5))),),
    )
    program = attrs.evolve(program, **changes)
    verify(program)
    return program


def drawn() -> Program:
    shock, spot, last = Var("shock", "float"), Var("spot", "float"), Var("mean", "float")
    uniform, high = Var("uniform", "float"), Var("high", "float")
    return Program(
        "Drawn",
        DATES,
        0,
        (
            Equation(spot, "exp", (shock,)),
            Equation(last, "total", (spot,)),
            Equation(high, "maximum", (uniform, uniform)),
        ),
        inputs=(
            Input("shock", shock, ("date", "scenario"), random=Random("normal", "spot")),
            Input("uniform", uniform, ("scenario",), random=Random("uniform", "default")),
        ),
        outputs=(
            Output("total", last, "figure", asked=True),
            Output("uniform", high, "figure", asked=True),
            Output("spot", spot, "series"),
        ),
    )
