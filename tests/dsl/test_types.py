"""The types of what a deal says, by themselves and as later passes ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.names.deal import ColumnEntry, DefinitionEntry
from indenture.dsl.text.parse import parse_expression
from indenture.dsl.vocabulary import dimensions, value_types
from indenture.dsl.vocabulary.builtins import BUILTINS, bind_builtin
from indenture.dsl.vocabulary.type_words import describe, unit_text
from indenture.dsl.vocabulary.value_types import Type

from .typed_deals import DEAL, said, type_of, typed, under, with_pools


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_pools(tmp_path_factory.mktemp("deal"))


def test_the_deal_itself_is_well_typed(folder: Path) -> None:
    assert said("", folder) == ()


@pytest.mark.parametrize(
    ("expression", "words", "unit"),
    [
        ("$2.35 per GPU-hour * 16_384 GPU * 720 hours", "money", "USD"),
        ("fleet * 1.4 kW per GPU * 1.25 * 720 hours * $0.068 per kWh", "money", "USD"),
        ("senior.balance * senior.coupon * 1 month", "money", "USD"),
        ("senior.balance * 5% * 1 month + $1", "money", "USD"),
        ("senior.balance * SOFR + senior.balance * 0.05%", "money per year", "USD per year"),
        ("accrue(senior.balance * 0.05%, actual/360)", "money", "USD"),
        ("senior.balance * SOFR * year_fraction(30/360)", "money", "USD"),
        ("SOFR + 200bp", "rate", "rate"),
        ("max(SOFR, 0%)", "rate", "rate"),
        ("if lockup then SOFR else 3%", "rate", "rate"),
        ("cfads / senior.balance", "ratio", "x"),
        ("1.15x * dscr", "ratio", "x"),
        ("1.15x * 2", "multiple", "x"),
        ("1.025 ^ (7 / 12)", "number", ""),
        ("($2.05 - $0.005 * 3) per GPU-hour", "money per GPU-hour", "USD per GPU-hour"),
        ("closing + 6 months", "date", "date"),
        ("closing + 30 days", "date", "date"),
        ("senior.maturity - closing", "exact duration", "days"),
        ("min(senior.maturity, OpenLab.default)", "date", "date"),
        ("[4 years, 4 years]", "list of durations", "years"),
        ("closing + cumulative([4 years, 4 years])", "list of dates", "date"),
        ("last(closing + cumulative([4 years, 4 years]))", "date", "date"),
        ("number of payment dates to date", "count", "count"),
        ("hours within closing to senior.maturity", "exact duration", "days"),
        ("EUR 3m * 1.08 USD per EUR", "money", "USD"),
        ("exchange(EUR 3m, 1.08 USD per EUR)", "money", "USD"),
        ("sum(pools.balance)", "money", "USD"),
        ('sum(pools.balance where rating is "CCC") / sum(pools.balance)', "ratio", "x"),
        ("weighted(pools.apr, pools.balance)", "rate", "rate"),
        ("count(pools where apr > 10%)", "count", "count"),
        ("sum(pools.balance * pools.apr)", "money per year", "USD per year"),
        ("take($5m, of pools.balance, lowest pools.apr first)", "money", "USD"),
        ("lowest dscr", "ratio", "x"),
        ("first_date(lockup)", "date", "date"),
        ("first payment", "date", "date"),
        ("next payment", "date", "date"),
        ("previous senior.balance", "money", "USD"),
        ("notes.balance", "money", "USD"),
        ("notes.interest.paid + $1", "money", "USD"),
        ("irr(senior, actual/365)", "rate", "rate"),
        ("wal(notes, 30/360)", "duration", "years"),
        ("double($3)", "money", "USD"),
        ("straight($430m, 3, 60)", "money", "USD"),
        ("present_value(running.due, 8%)", "money", "USD"),
        ("trailing(3 months, cfads) / trailing(3 months, running.due)", "ratio", "x"),
        ("ramp(from = 100%, to = 40%, over = 12 months, starting = 2026-06-16)", "percentage", "%"),
        ("step([2026-06-01: $5, 2027-06-01: $6])", "money", "USD"),
        ("sqrt($4 * $4)", "money", "USD"),
        ("OpenLab.performing and not lockup", "condition", "condition"),
        ("OpenLab.default falls", "condition", "condition"),
        ("mod(date - closing, 30 days)", "exact duration", "days"),
        ("(1 day) ^ 2 / 1 hour", "exact duration", "days"),
        ("floor(6 months / 1 month)", "ratio", "x"),
        ("collections.balance", "money", "USD"),
        ("abroad.balance * 1.08 USD per EUR", "money", "USD"),
        ("Sponsor.received - Sponsor.paid", "money", "USD"),
        ("percentile(total(running.paid), 99%)", "money", "USD"),
    ],
)
def test_what_things_are(expression: str, words: str, unit: str, folder: Path) -> None:
    found = type_of(expression, folder)
    assert (describe(found), unit_text(found)) == (words, unit)


def test_the_currency_of_an_amount_is_kept(folder: Path) -> None:
    assert type_of("abroad.balance", folder).currency == "EUR"
    assert type_of("max(euros.due, EUR 0)", folder).currency == "EUR"


def test_what_varies_by_date_and_by_row(folder: Path) -> None:
    assert type_of("senior.balance", folder).series
    assert not type_of("senior.size", folder).series
    assert not type_of("total(senior.interest.paid)", folder).series
    assert type_of("pools.balance / sum(pools.balance)", folder).family == "pools"
    assert type_of("sum(pools.balance)", folder).family is None
    assert type_of("pools.borrower.default", folder).family == "pools"


def test_a_ring_of_claims_over_time_is_typed(folder: Path) -> None:
    """Each claim stands on what the other paid on the date before: a ring of names that is no cycle in time."""
    lines = (
        "claim one to Operator on payment = max($5 - previous two.paid, $0) lapses\n"
        "claim two to Operator on payment = max($7 - previous one.paid, $0) lapses\n"
        "define both = one.paid + two.paid\n"
    )
    types, collector = typed(DEAL + lines, folder)
    assert collector.found == ()
    assert types.entry_type(types.model.entries["both"]).currency == "USD"
    assert types.entry_type(types.model.entries["one"]).kind == "claim"


def test_a_ring_of_definitions_is_left_to_the_pass_that_prints_it(folder: Path) -> None:
    assert said("define a = b + $1\ndefine b = a + $1\n", folder) == ()


def test_a_long_chain_and_deep_nesting_do_not_overflow(folder: Path) -> None:
    chain = "\n".join(f"define a{n} = a{n + 1} + $1" for n in range(3000)) + "\ndefine a3000 = $1\n"
    assert said(chain, folder) == ()
    assert said("define x = " + "max(" * 190 + "$1" + ")" * 190 + "\n", folder) == ()


@pytest.mark.parametrize("argument", ["$1", "senior", "Sponsor", "senior.interest", "[1 year]", "nothing"])
def test_functions_that_double_at_each_level_are_typed_once_each(argument: str, folder: Path) -> None:
    lines = "\n".join(f"function f{n}(x) = max(f{n + 1}(x), f{n + 1}(x))" for n in range(60)) + "\n"
    lines += f"function f60(x) = $1\ndefine nothing = f0(nothing)\ndefine x = f0({argument})\n"
    assert said(lines, folder) == ()


def test_an_expected_table_takes_plain_numbers_in_the_unit_of_its_tolerance(folder: Path) -> None:
    table = "expect wal(notes, 30/360) by speed within {} {{\n  senior {}\n}}\n"
    term = "term speed = 1%\nscenarios over speed = [1%]\n"
    assert said(term + table.format("0.005 years", "0.28"), folder) == ()
    assert [one.code for one in said(term + table.format("0.005 years", "$3"), folder)] == ["E0339"]


def test_a_condition_over_rows_reads_the_members_of_the_family(folder: Path) -> None:
    lines = "define x = sum(pools.balance where apr)\n"
    (found,) = said(lines, folder)
    assert (found.code, under(lines, found)) == ("E0318", "apr")


def test_a_declared_unit_counts(folder: Path) -> None:
    lines = "unit rack = 72 GPU\ndefine x = fleet / 1 rack\ndefine y = 3 racks + fleet\n"
    types, collector = typed(DEAL + lines, folder)
    assert collector.found == ()
    assert types.entry_type(types.model.entries["x"]).pure
    assert types.entry_type(types.model.entries["y"]).dimension == dimensions.Dimension.of(GPU=1)


def test_draws_agree_with_what_they_replace(folder: Path) -> None:
    good = (
        "simulate { paths = 100; SOFR drawn from normal(mean = 4%, deviation = 1%)\n"
        "  OpenLab.default drawn from first_default(2%) }\n"
    )
    assert said(good, folder) == ()
    wrong = "simulate { paths = 100; SOFR drawn from normal(mean = $4, deviation = $1) }\n"
    (found,) = said(wrong, folder)
    assert (found.code, under(wrong, found)) == ("E0338", "normal(mean = $4, deviation = $1)")


def test_of_takes_what_is_expected(folder: Path) -> None:
    types, collector = typed(DEAL, folder)
    five, scope = parse_expression("5%", collector), types.model.scope
    assert five is not None
    assert types.of(five, scope) == Type(kind="number", bare=True, form="percent")
    assert types.of(five, scope, value_types.RATE) == value_types.RATE
    assert types.of(five, scope, value_types.DATE) == value_types.UNKNOWN
    assert [found.code for found in collector.found] == ["E0310"]


def test_the_functions_are_a_table_that_the_lowering_can_bind(folder: Path) -> None:
    call = parse_expression("clamp($3, high = $5, low = $1)", Collector())
    assert isinstance(call, syntax.Call)
    bound = bind_builtin(call, BUILTINS["clamp"])
    assert list(bound.values) == ["x", "high", "low"]
    assert bound.problems == ()
    for name, builtin in BUILTINS.items():
        assert builtin.name == name
        assert builtin.documentation.endswith(".")
        assert builtin.signature.startswith(f"{name}(")


def test_columns_are_scaled_by_their_field(folder: Path) -> None:
    text = DEAL.replace("principal : money;", "principal : money per GPU-month;")
    text = text.replace("define balance = principal * 90%", "define balance = principal * 90% * 1 GPU * 1 month")
    types, _ = typed(text, folder)
    entry = types.model.entries["pools.principal"]
    assert isinstance(entry, ColumnEntry)
    assert types.column_factor(entry) == 12
    assert types.operand_kind(entry) == "float"
    assert types.unit_text_of(entry) == "USD per GPU-year"


def test_a_field_keeps_the_scope_it_was_written_in(folder: Path) -> None:
    types, _ = typed(DEAL, folder)
    entry = types.model.entries["senior.target"]
    assert isinstance(entry, DefinitionEntry)
    assert types.entry_type(entry).currency == "USD"
    assert types.entry_type(types.model.entries["senior.coupon"]).dimension == dimensions.PER_YEAR
    assert types.operand_kind(types.model.entries["senior.maturity"]) == "date"


def test_a_function_that_nobody_calls_is_read_too(folder: Path) -> None:
    lines = "function odd(x, y : money) = x * $3 + (y + 4)\n"
    (found,) = said(lines, folder)
    assert (found.code, under(lines, found)) == ("E0312", "4")
