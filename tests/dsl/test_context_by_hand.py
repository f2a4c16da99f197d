"""What stands around an expression that is read: its moment, its dates, the layers over a name, what a name stands for."""

from __future__ import annotations

import datetime
from fractions import Fraction

import indenture
import pytest
from indenture.dsl.lowering.building.builder import Builder
from indenture.dsl.lowering.context import lowering
from indenture.dsl.lowering.context.checks import hold
from indenture.dsl.lowering.context.product import Product
from indenture.engine.ir import Span

from .deals import CASH, HEADER, codes, compiled, figures, series

CLOSING = datetime.date(2026, 1, 15)
REST = "waterfall main from cash on payment { pay rest to Sponsor }\n"
FEE = "claim fee to Bank on payment = $1 lapses\n"
PAID = "waterfall main from cash on payment { pay fee; pay rest to Sponsor }\n"


def places(text: str) -> list[tuple[str, str]]:
    """The code of each error and the text at its place."""
    lines = (HEADER + text).splitlines()
    with pytest.raises(indenture.DealError) as caught:
        compiled(text)
    return [
        (one.code, lines[one.span.line - 1][one.span.column - 1 : one.span.end_column - 1])
        for one in caught.value.diagnostics
        if one.severity == "error"
    ]


# The dates of what is read


def test_what_must_hold_is_tested_on_the_dates_of_what_it_reads() -> None:
    """$5 is due each quarter and nothing in the months between, on which nothing is asked; nor is it the second time
    that the same figure is read."""
    text = (
        "schedule months = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted\n"
        "claim rent to Bank on payment = $5 lapses\n"
        "account cash\nreceive $100 from Customer into cash on months\n"
        "waterfall main from cash on payment { pay rent; pay rest to Sponsor }\n"
        "define half = rent.due / 2\n"
        'require "first" half >= $2\nrequire "second" half >= $2\n'
    )
    assert compiled(text).run().passed
    assert not compiled(text.replace('"second" half >= $2', '"second" half >= $3')).run().passed


# Moments


def test_what_is_known_when_the_day_is_over_is_no_figure_of_a_step() -> None:
    step = "waterfall main from cash on payment { when closing cash.balance > $5 { pay $1 to Bank }; pay rest to Sponsor }\n"
    assert codes(CASH + step) == ["E0503"]


def test_a_definition_of_what_an_account_closes_at_has_one_value_a_date() -> None:
    text = "account cash { opens = $7 from Bank }\nreceive $100 from Customer into cash on payment\n" + (
        "waterfall main from cash on payment { pay $40 to Sponsor }\n"
        'define left = closing cash.balance\nreport { "left" = final(left) }\n'
    )
    assert figures(text) == {"left": 7 + 4 * 60}


def test_a_condition_that_is_not_determined_does_not_hold() -> None:
    """`high` holds on every date, and so on the next one, which the last date has not."""
    text = (
        CASH
        + "input x : series of number on payment = 1\ndefine high = x > 0\n"
        + ("claim fee to Bank on payment = $1 while next high lapses\n" + PAID)
    )
    assert series(text, "fee.due")["fee.due"] == [0, 1, 1, 1, 0]


@pytest.mark.parametrize("default", ["next(6 months, price)", "present_value(price, 5%)"])
def test_the_default_of_an_input_sums_no_coming_dates(default: str) -> None:
    """It is made of terms, dates and tables."""
    text = CASH + REST + "define price = if date > 2026-05-01 then 2 else 1\n"
    text += f'input x : series of number on payment = {default}\nreport {{ "x" = final(x) }}\n'
    assert codes(text) == ["E0541"]
    assert figures(text.replace(default, "price * 3")) == {"x": 6}


# Layers


def test_a_name_on_the_right_of_its_own_layer_is_what_it_was_after_an_input_is_read() -> None:
    text = CASH + REST + "input bump : number = 2\ndefine price = $10\n"
    text += 'scenario "dear" { price = bump * price }\nreport { "price" = final(price) }\n'
    assert figures(text) == {"price": 10}
    assert figures(text, scenario="dear") == {"price": 20}


@pytest.mark.parametrize(
    "layers", ['scenario "s" { used = $2; spare = $3 }', "scenarios over used = [$2] and spare = [$3]"]
)
def test_what_nothing_reads_is_said_where_it_is_changed_alone(layers: str) -> None:
    text = (
        CASH
        + "term used = $1\nterm spare = $1\nwaterfall main from cash on payment { pay used to Bank; pay rest to Sponsor }\n"
    )
    found = places(text + layers + "\n")
    assert [code for code, _ in found] == ["E0589"]
    assert "spare" in found[0][1]
    assert "used" not in found[0][1]


# How much is read


def test_a_chain_of_more_than_three_hundred_names_is_refused() -> None:
    chain = "define d0 = fee.due\n" + "".join(f"define d{at + 1} = d{at} + $1\n" for at in range(310))
    assert codes(CASH + FEE + PAID + chain + 'report { "far" = total(d310) }\n') == ["E0108"]


@pytest.mark.parametrize(("most", "found"), [(4, []), (3, ["E0348"])])
def test_calls_and_the_parameters_that_they_read_are_counted(
    most: int, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two calls, each of which reads its one parameter once."""
    monkeypatch.setattr(lowering, "MOST_CALLS", most)
    text = CASH + REST + 'function more(x) = x + 1\nreport { "sum" = more(1) + more(2) }\n'
    assert codes(text) == found


# What a name stands for

WHO = "if date > 2026-05-01 then Bank else Fund"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (f"define who = {WHO}\nwaterfall main from cash on payment {{ pay rest to who }}\n", "E0532", WHO),
        (f"waterfall main from cash on payment {{ pay rest to ({WHO}) }}\n", "E0532", f"({WHO})"),
        ("waterfall main from cash on payment { pay closing; pay rest to Sponsor }\n", "E0220", "closing"),
        ("waterfall main from cash on payment { test date; pay rest to Sponsor }\n", "E0220", "date"),
        (FEE + "reduction less of fee\nallocate losses $1 on payment to less\n" + PAID, "E0531", "fee"),
        ("reduction less of closing\nallocate losses $1 on payment to less\n" + REST, "E0531", "closing"),
        (FEE + PAID + 'report { "x" = banded([1: fee, 2: fee], 1) }\n', "E0322", "fee"),
        (REST + 'report { "x" = banded([1: Bank, 2: Fund], 1) }\n', "E0323", "Bank"),
        (REST + 'report { "x" = first([1: 2, 3: 4]) }\n', "E0410", "[1: 2, 3: 4]"),
    ],
)
def test_what_is_named_is_not_what_is_wanted(text: str, code: str, place: str) -> None:
    assert places(CASH + text) == [(code, place)]


def test_the_first_and_the_last_of_a_list() -> None:
    assert figures(CASH + REST + 'report { "first" = first([5, 7, 9]), "last" = last([5, 7, 9]) }\n') == {
        "first": 5,
        "last": 9,
    }


# Checks of a run


def test_what_is_held_twice_is_one_check() -> None:
    builder, product = Builder((CLOSING, CLOSING.replace(year=2027))), Product()
    span = Span("t.deal", 1, 1, 1, 2)
    for figure in (builder.by_date("a", (Fraction(0), Fraction(2))), builder.by_date("b", (Fraction(0), Fraction(3)))):
        one = builder.emit("less_equal", figure, builder.by_date("c", (Fraction(1), Fraction(2))))
        for _ in range(2):
            hold(builder, product, one, span, "figure", "a figure is above one")
    assert [(check.code, check.message) for check in product.checks] == [("E0679", "a figure is above one")] * 2
