"""Text to the syntax tree: the grammar, literals, expressions, and exact places."""

from __future__ import annotations

import datetime
import time
from fractions import Fraction
from pathlib import Path

import pytest
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.syntax.written import format_expression
from indenture.dsl.text import grammar_tables
from indenture.dsl.text.from_tree import Maker
from indenture.dsl.text.from_tree_base import Reading, reading
from indenture.dsl.text.layout import Layout
from indenture.dsl.text.nesting import ITEM_WORDS, KEYWORDS, Word
from indenture.dsl.text.parse import parse, parse_expression
from indenture.dsl.text.source import Source, Unreadable, read_source
from indenture.dsl.text.tokens import scan

from .reading import cut, nodes, read, shown, value

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.deal"))


# ------------------------------------------------------------------------------------------------ the grammar


def test_grammar_has_no_conflicts_and_the_shipped_tables_are_its_own() -> None:
    pytest.importorskip("interegular")
    built = grammar_tables.build()
    assert built.options.strict
    assert grammar_tables.stored_digest() == grammar_tables.digest(), (
        "the grammar has changed: run `python -m indenture.dsl.text.grammar_tables`"
    )
    assert {terminal.name for terminal in built.terminals} >= set(grammar_tables.keywords().values())


def test_parser_built_from_the_grammar_reads_as_the_shipped_tables_do() -> None:
    parser = grammar_tables.build(Maker())
    lexemes = scan(Source("a", "define x = 2 * y\n"), Collector())
    words = Layout("a", lexemes, grammar_tables.keywords(), Collector()).run()
    token = reading.set(Reading("a", Collector()))
    try:
        machine = parser.parse_interactive(None, start="start")
        for word in [*words, Word.make("$END", "", words[-1].span)]:
            result = machine.feed_token(word)
    finally:
        reading.reset(token)
    assert [each.name for each in result] == ["x"]


def test_reserved_words_are_words_of_the_grammar() -> None:
    spelled = set(grammar_tables.keywords())
    assert spelled >= KEYWORDS
    assert ITEM_WORDS - {"define", "term", "let", "index", "flow"} <= spelled
    assert not KEYWORDS & ITEM_WORDS


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_parse_without_a_word(path: Path) -> None:
    source = read_source(path)
    assert isinstance(source, Source)
    collector = Collector()
    module = parse(source, collector)
    assert collector.found == ()
    assert len(module.items) > 5
    lines = source.text.splitlines()
    for node in nodes(module.items):
        assert 1 <= node.span.line <= node.span.end_line <= len(lines)
        assert node.span.file == str(path)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_expressions_of_samples_survive_being_written_out(path: Path) -> None:
    module = parse(Source(path.name, path.read_text(encoding="utf-8")), Collector())
    kinds = syntax.Expression.__args__  # type: ignore[attr-defined]  # a union's members
    seen = 0
    for node in nodes(module.items):
        if isinstance(node, kinds) and not isinstance(node, syntax.Table):
            text = format_expression(node)
            assert format_expression(value(text)) == text
            seen += 1
    assert seen > 20


def test_a_long_deal_is_parsed_fast() -> None:
    text = (Path(__file__).parent / "samples" / "gpu_spv.deal").read_text(encoding="utf-8")
    parse(Source("warm", text), Collector())
    lines = text.count("\n")
    copies = -(-600 // lines)
    began = time.process_time()
    items = parse(Source("long", text * copies), Collector()).items
    assert time.process_time() - began < 1.0, "about 0.1 s on an idle machine"
    assert len(items) > 100


# ------------------------------------------------------------------------------------------------ literals


@pytest.mark.parametrize(
    ("text", "number", "form", "units"),
    [
        ("16_384 GPU", 16384, "plain", [("GPU", 1)]),
        ("4.10%", Fraction(41, 1000), "percent", []),
        ("210bp", Fraction(21, 1000), "basis_points", []),
        ("1.15x", Fraction(23, 20), "multiple", []),
        ("6 years", 6, "plain", [("year", 1)]),
        ("45% per year", Fraction(9, 20), "percent", [("year", -1)]),
        ("1.4 kW per GPU", Fraction(7, 5), "plain", [("kW", 1), ("GPU", -1)]),
        ("24 hours per day", 24, "plain", [("hour", 1), ("day", -1)]),
        ("3 GPU-months", 3, "plain", [("GPU", 1), ("month", 1)]),
    ],
)
def test_numbers(text: str, number: Fraction, form: str, units: list[tuple[str, int]]) -> None:
    node = value(text)
    assert isinstance(node, syntax.Number)
    assert (node.value, node.form) == (number, form)
    assert [(term.name, term.power) for term in node.units] == units


@pytest.mark.parametrize(
    ("text", "amount", "currency", "units"),
    [
        ("$720m", 720_000_000, "USD", []),
        ("$1_300m", 1_300_000_000, "USD", []),
        ("$152.5m", 152_500_000, "USD", []),
        ("EUR 5m", 5_000_000, "EUR", []),
        ("£3bn", 3_000_000_000, "GBP", []),
        ("€40k", 40_000, "EUR", []),
        ("$0.068 per kWh", Fraction(17, 250), "USD", [("kWh", -1)]),
        ("$2.35 per GPU-hour", Fraction(47, 20), "USD", [("GPU", -1), ("hour", -1)]),
        ("$210 per GPU per month", 210, "USD", [("GPU", -1), ("month", -1)]),
    ],
)
def test_money(text: str, amount: Fraction, currency: str, units: list[tuple[str, int]]) -> None:
    node = value(text)
    assert isinstance(node, syntax.Money)
    assert (node.value, node.currency) == (amount, currency)
    assert [(term.name, term.power) for term in node.units] == units


def test_dates_day_counts_and_the_rest() -> None:
    assert value("2026-01-15").value == datetime.date(2026, 1, 15)
    assert value("never").value is None
    assert [value(text).value for text in ("30/360", "30E/360 ISDA", "actual/actual ICMA", "actual/365")] == [
        "30/360",
        "30E/360 ISDA",
        "actual/actual ICMA",
        "actual/365",
    ]
    assert value('"CCC"').value == "CCC"
    assert value("true").value is True


# ------------------------------------------------------------------------------------------------ expressions


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)"),
        ("-a ^ 2", "-(a ^ 2)"),
        ("2 ^ -1 * 3", "(2 ^ -1) * 3"),
        ("not a and b or c", "((not a) and b) or c"),
        ("not a is b", "not (a is b)"),
        ("a + b < c * d", "(a + b) < (c * d)"),
        ("if a then b else if c then d else e + f", "if a then b else (if c then d else (e + f))"),
        ("a is not b", "a is not b"),
        ("x * y falls", "x * (y falls)"),
        ("a + b on 2026-01-01", "a + (b on 2026-01-01)"),
        ("number of payment dates to date - 1", "(number of payment dates to date) - 1"),
        ("previous A.target * 2", "(previous A.target) * 2"),
        ("lowest dscr - 1", "lowest(dscr) - 1"),
        ("x per year * 2", "(x per year) * 2"),
    ],
)
def test_precedence(text: str, grouped: str) -> None:
    def outline(node: syntax.Expression) -> object:
        if isinstance(node, syntax.Binary):
            return (node.operator, outline(node.left), outline(node.right))
        if isinstance(node, syntax.Unary):
            return (node.operator, outline(node.operand))
        if isinstance(node, syntax.Conditional):
            return ("if", outline(node.condition), outline(node.then), outline(node.otherwise))
        return format_expression(node)

    assert outline(value(text)) == outline(value(grouped))


def test_readings_and_counts() -> None:
    assert isinstance(value("previous A.target"), syntax.Reading)
    assert isinstance(value("closing"), syntax.Name)
    assert isinstance(value("next(6 months, x)"), syntax.Call)
    assert value("first payment").edge == "first"
    count = value("number of payment dates from date to 2032-03-20")
    assert [(word, shown(bound)) for word, bound in count.bounds] == [("from", "date"), ("to", "2032-03-20")]
    clipped = value("hours within starts to min(ends, offtaker.default)")
    assert (clipped.unit, shown(clipped.start), shown(clipped.end)) == (
        "hours",
        "starts",
        "min(ends, offtaker.default)",
    )
    assert isinstance(value("customer.default falls in this period"), syntax.Falls)


def test_calls() -> None:
    call = value('sum(pools.balance where rating is "CCC")')
    assert (len(call.arguments), shown(call.where)) == (1, 'rating is "CCC"')
    call = value("ramp(from = 100%, to = 40%, over = 12 months, starting = 2026-06-16)")
    assert [argument.name for argument in call.arguments] == ["from", "to", "over", "starting"]
    assert shown(value("lowest(dscr on payment)").on) == "payment"
    take = value('take(limit, of x.balance, lowest x.price first, where rating is "CCC")')
    assert (take.order, shown(take.key), shown(take.where)) == ("lowest", "x.price", 'rating is "CCC"')
    pairs = value("[1 year: 210bp, 3 years: 300bp]")
    assert [(shown(key), shown(point)) for key, point in pairs.items] == [("1 year", "210bp"), ("3 years", "300bp")]
    table = value('table "deliveries.csv" column arrived on draws')
    assert (table.form, table.path.value, table.column) == ("table", "deliveries.csv", "arrived")
    assert table.on.text == "draws"
    assert value('curve "sofr.csv"').form == "curve"


# ------------------------------------------------------------------------------------------------ lines and places


def test_lines_go_on_where_they_cannot_end() -> None:
    items, found = read(
        "define a = b\n  + c\n  - d\ndefine e =\n  if f\n  then g\n  else h\nparty A,\n  B\n"
        'require "R" x > 1\n  because "so"\n  cite "1"\ntrigger t\n  when a\n  until b\n'
        "waterfall w\n  from cash on payment\n  unless t\n{\n  pay a\n  when b {\n pay c }\n  otherwise { pay d }\n}\n"
        "define f = max(\n  a\n  , b\n)"
    )
    assert found == ()
    assert [type(each).__name__ for each in items] == [
        "Definition",
        "Definition",
        "PartyDeclaration",
        "Require",
        "TriggerDeclaration",
        "Waterfall",
        "Definition",
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_those_of_the_file(ending: str, mark: str, tmp_path: Path) -> None:
    lines = ["-- Ωmega", "", 'deal "Ünïcode" { currency = USD }', "\tdefine  total_x = a.b + 3 months"]
    path = tmp_path / "a.deal"
    path.write_bytes((mark + ending.join(lines)).encode("utf-8"))
    source = read_source(path)
    assert isinstance(source, Source)
    module = parse(source, Collector())
    definition = module.items[1]
    assert isinstance(definition, syntax.Definition)
    assert (definition.span.line, definition.span.column, definition.span.end_column) == (4, 2, len(lines[3]) + 1)
    assert isinstance(definition.value, syntax.Binary)
    text = "\n".join(lines)
    assert cut(text, definition.name_span) == "total_x"
    assert cut(text, definition.value.left.span) == "a.b"
    assert cut(text, definition.value.operator_span) == "+"
    assert cut(text, definition.value.right.span) == "3 months"


def test_one_expression() -> None:
    assert shown(parse_expression("$5m * 2", Collector())) == "$5m * 2"
    for wrong in ("", "5 +", "a b", "define x = 3", "(a", "1,2", "\x00", "x ]"):
        collector = Collector()
        assert parse_expression(wrong, collector) is None
        assert collector.failed


# ------------------------------------------------------------------------------------------------ files


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert isinstance(read_source(tmp_path / "none.deal"), Unreadable)
    assert isinstance(read_source(tmp_path), Unreadable)
    for name, data, code, line, column in [
        ("bytes.deal", b"define x = 1\n-- caf\xe9\n", "E0110", 2, 7),
        ("nul.deal", b"define x\x00 = 1", "E0111", 1, 9),
        ("hidden.deal", "a\n-- \u202e".encode(), "E0112", 2, 4),
        ("large.deal", b" " * 10_000_001, "E0109", 1, 1),
    ]:
        path = tmp_path / name
        path.write_bytes(data)
        found = read_source(path)
        assert isinstance(found, tuple)
        assert [(each.code, each.span.line, each.span.column) for each in found] == [(code, line, column)]
