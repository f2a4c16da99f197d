"""The algebra of units against arithmetic done by hand, and against its own laws."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.text.parse import parse_expression
from indenture.dsl.types.declared import declare
from indenture.dsl.vocabulary import type_words, units, value_types
from indenture.dsl.vocabulary.dimensions import HOUR, PER_YEAR, PURE, YEAR, Dimension
from indenture.dsl.vocabulary.value_types import Type
from indenture.engine.ir import Span

PLACE = Span("units.deal", 1, 1, 1, 2)

dimensions = st.dictionaries(
    st.sampled_from(["USD", "EUR", "year", "hour", "GPU", "kW", "token", "rack"]), st.integers(-3, 3), max_size=4
).map(lambda powers: Dimension.of(**powers))


def literal(text: str) -> syntax.Number | syntax.Money:
    collector = Collector()
    node = parse_expression(text, collector)
    assert not collector.found
    assert isinstance(node, syntax.Number | syntax.Money)
    return node


def term(name: str, power: int = 1) -> syntax.UnitTerm:
    return syntax.UnitTerm(name, power, PLACE)


@settings(max_examples=100)
@given(dimensions, dimensions, dimensions)
def test_dimensions_are_a_group(a: Dimension, b: Dimension, c: Dimension) -> None:
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a * PURE == a
    assert (a / a).pure
    assert (a * b) / b == a


@settings(max_examples=50)
@given(dimensions, st.integers(-4, 4), st.integers(-4, 4))
def test_powers_add_and_multiply(a: Dimension, m: int, n: int) -> None:
    assert a**m * a**n == a ** (m + n)
    assert (a**m) ** n == a ** (m * n)


def test_a_dimension_has_no_zero_powers_and_one_order() -> None:
    assert Dimension.of(USD=1, year=0).powers == (("USD", 1),)
    assert Dimension.of(year=-1, USD=1) == Dimension.of(USD=1, year=-1)


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("3 months", Fraction(1, 4), YEAR),
        ("1 quarter", Fraction(1, 4), YEAR),
        ("6 years", Fraction(6), YEAR),
        ("1 day", Fraction(24), HOUR),
        ("2 weeks", Fraction(336), HOUR),
        ("720 hours", Fraction(720), HOUR),
        ("24 hours per day", Fraction(1), PURE),
        ("45% per year", Fraction(9, 20), PER_YEAR),
        ("1% per month", Fraction(12, 100), PER_YEAR),
        ("210bp", Fraction(21, 1000), PURE),
        ("1.15x", Fraction(23, 20), PURE),
        ("16_384 GPU", Fraction(16384), Dimension.of(GPU=1)),
        ("2 MW", Fraction(2000), Dimension.of(kW=1)),
        ("1.4 kW per GPU", Fraction(7, 5), Dimension.of(kW=1, GPU=-1)),
        ("3 MWh", Fraction(3000), Dimension.of(kW=1, hour=1)),
        ("$2.35 per GPU-hour", Fraction(47, 20), Dimension.of(USD=1, GPU=-1, hour=-1)),
        ("$210 per GPU-month", Fraction(2520), Dimension.of(USD=1, GPU=-1, year=-1)),
        ("$68 per MWh", Fraction(68, 1000), Dimension.of(USD=1, kW=-1, hour=-1)),
        ("$2 per mtoken", Fraction(2, 1_000_000), Dimension.of(USD=1, token=-1)),
        ("EUR 5m", Fraction(5_000_000), Dimension.of(EUR=1)),
        ("1.08 USD per EUR", Fraction(27, 25), Dimension.of(USD=1, EUR=-1)),
    ],
)
def test_a_literal_in_base_units(text: str, value: Fraction, dimension: Dimension) -> None:
    node = literal(text)
    assert units.literal_value(node) == value
    assert units.literal_type(node).dimension == dimension


def test_the_price_of_an_hour_times_units_times_hours_is_money() -> None:
    price, fleet, hours = literal("$2.35 per GPU-hour"), literal("16_384 GPU"), literal("720 hours")
    dimension = PURE
    value = Fraction(1)
    for node in (price, fleet, hours):
        dimension *= units.literal_type(node).dimension
        value *= units.literal_value(node)
    assert dimension.currency == "USD"
    assert value == Fraction("27721728")


@pytest.mark.parametrize(
    ("text", "bare", "form"),
    [
        ("4.10%", True, "percent"),
        ("210bp", True, "basis_points"),
        ("45% per year", False, "percent"),
        ("1.15x", False, "multiple"),
        ("0.5", False, "plain"),
    ],
)
def test_what_may_stand_for_a_rate(text: str, bare: bool, form: str) -> None:
    found = units.literal_type(literal(text))
    assert (found.bare, found.form) == (bare, form)


@pytest.mark.parametrize(
    ("name", "guess"), [("GPUs", None), ("huor", "hour"), ("gpu", "GPU"), ("mwh", "MWh"), ("annum", "year")]
)
def test_an_unknown_unit_is_an_error_that_guesses(name: str, guess: str | None) -> None:
    collector = Collector()
    units.scale((term(name),), collector)
    if guess is None:
        assert not collector.found
    else:
        (found,) = collector.found
        assert found.code == "E0301"
        assert found.help == f"did you mean `{guess}`?"


def test_the_suggestion_spells_the_whole_unit() -> None:
    collector = Collector()
    units.scale((term("GPU", -1), term("huor", -1)), collector)
    assert collector.found[0].help == "did you mean `GPU-hour`?"


def test_a_currency_that_is_none() -> None:
    collector = Collector()
    node = syntax.Money(PLACE, Fraction(5), "UDS 5", "UDS")
    assert units.literal_type(node, collector=collector) == value_types.UNKNOWN
    assert collector.found[0].code == "E0302"
    assert "USD" in (collector.found[0].help or "")


def declaration(name: str, value: str | None) -> syntax.UnitDeclaration:
    return syntax.UnitDeclaration(span=PLACE, name_span=PLACE, name=name, value=literal(value) if value else None)


def test_a_deal_declares_units() -> None:
    collector = Collector()
    declared = declare([declaration("rack", "72 GPU"), declaration("seat", None)], collector)
    assert not collector.found
    assert units.scale((term("racks"),), collector, declared) == (Fraction(72), Dimension.of(GPU=1))
    assert units.scale((term("seat", -1),), collector, declared) == (Fraction(1), Dimension.of(seat=-1))
    row = declare([declaration("rack", "72 GPU")], collector)
    assert units.scale((term("rack", 2),), collector, row) == (Fraction(5184), Dimension.of(GPU=2))


@pytest.mark.parametrize(("name", "code"), [("month", "E0304"), ("USD", "E0304")])
def test_a_unit_of_the_language_is_not_declared_again(name: str, code: str) -> None:
    collector = Collector()
    declare([declaration(name, None)], collector)
    assert [found.code for found in collector.found] == [code]


def test_a_unit_stands_on_units_before_it() -> None:
    collector = Collector()
    later = syntax.Number(PLACE, Fraction(3), "3", "plain", (term("pod"),))
    item = syntax.UnitDeclaration(span=PLACE, name_span=PLACE, name="rack", value=later)
    declare([item], collector)
    assert [found.code for found in collector.found] == ["E0305"]


def amount(**powers: int) -> Type:
    return value_types.number(Dimension.of(**powers))


@pytest.mark.parametrize(
    ("type", "said", "shown"),
    [
        (amount(USD=1), "money", "USD"),
        (amount(USD=1, GPU=-1, hour=-1), "money per GPU-hour", "USD per GPU-hour"),
        (amount(USD=1, year=-1), "money per year", "USD per year"),
        (amount(USD=1, kW=-1, hour=-1), "money per kWh", "USD per kWh"),
        (value_types.RATE, "rate", "rate"),
        (value_types.DURATION, "duration", "years"),
        (value_types.EXACT_DURATION, "exact duration", "days"),
        (value_types.MULTIPLE, "multiple", "x"),
        (value_types.FRACTION, "percentage", "%"),
        (value_types.COUNT, "count", "count"),
        (value_types.NUMBER, "number", ""),
        (amount(GPU=1), "number of GPU", "GPU"),
        (amount(kW=1, GPU=-1), "number of kW per GPU", "kW per GPU"),
        (value_types.DATE, "date", "date"),
        (value_types.CONDITION, "condition", "condition"),
        (value_types.list_of(value_types.DURATION), "list of durations", "years"),
    ],
)
def test_types_in_words_and_as_units(type: Type, said: str, shown: str) -> None:
    assert type_words.describe(type) == said
    assert type_words.unit_text(type) == shown


def test_exact_time_is_shown_in_days() -> None:
    assert type_words.display_factor(value_types.EXACT_DURATION) == Fraction(1, 24)
    assert type_words.display_factor(value_types.DURATION) == 1


def test_articles() -> None:
    assert [type_words.article(word) for word in ("money per year", "exact duration", "rate")] == [
        "money per year",
        "an exact duration",
        "a rate",
    ]


def test_unify() -> None:
    percent = units.literal_type(literal("4.10%"))
    assert value_types.unify(value_types.RATE, percent) == value_types.RATE
    assert value_types.unify(percent, value_types.RATE) == value_types.RATE
    plain = value_types.unify(percent, value_types.NUMBER)
    assert plain is not None
    assert not plain.bare
    assert value_types.unify(value_types.NUMBER, value_types.RATE) is None
    assert value_types.unify(value_types.DURATION, value_types.EXACT_DURATION) is None
    assert value_types.unify(value_types.UNKNOWN, value_types.DATE) == value_types.DATE
    assert value_types.unify(amount(USD=1), amount(EUR=1)) is None


@pytest.mark.parametrize(("text", "whole"), [("3", 3), ("-2", -2), ("1.5", None), ("3%", None), ("3 GPU", None)])
def test_a_whole_number_written_out(text: str, whole: int | None) -> None:
    node = parse_expression(text, Collector())
    assert node is not None
    assert units.whole_number(node) == whole
