"""Text to the syntax tree: the spelling of every construct, exact places, and what each mistake is told."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest
from indenture.dsl import syntax
from indenture.dsl.messages.codes_parse import CODES
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.syntax.written import format_expression
from indenture.dsl.text import grammar_tables
from indenture.dsl.text.from_tree import Maker
from indenture.dsl.text.from_tree_base import Reading, reading
from indenture.dsl.text.layout import Layout
from indenture.dsl.text.nesting import ITEM_WORDS, KEYWORDS, Word
from indenture.dsl.text.parse import parse, parse_expression
from indenture.dsl.text.source import Source, Unreadable, read_source
from indenture.dsl.text.tokens import scan
from indenture.engine.ir import Span

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.deal"))


def read(text: str) -> tuple[tuple[syntax.AnyItem, ...], tuple[Diagnostic, ...]]:
    collector = Collector()
    module = parse(Source("a.deal", text), collector)
    return module.items, collector.found


def item(text: str) -> Any:
    items, found = read(text)
    assert found == ()
    assert len(items) == 1
    return items[0]


def value(text: str) -> Any:
    collector = Collector()
    node = parse_expression(text, collector)
    assert collector.found == ()
    return node


def step(text: str) -> Any:
    waterfall = item(f'waterfall w from cash on payment {{ "Line" {text} }}')
    assert len(waterfall.lines) == 1
    assert len(waterfall.lines[0].steps) == 1
    return waterfall.lines[0].steps[0]


def shown(node: syntax.Expression | None) -> str:
    return "" if node is None else format_expression(node)


def cut(text: str, span: Span) -> str:
    """What stands at a span of one line."""
    assert span.line == span.end_line
    return text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


def nodes(tree: object) -> Iterator[syntax.Node]:
    """Every expression, item and step below a piece of syntax."""
    if isinstance(tree, tuple):
        for part in tree:
            yield from nodes(part)
    elif attrs.has(type(tree)) and not isinstance(tree, Span):
        if isinstance(tree, syntax.Node):
            yield tree
        for field in attrs.fields(type(tree)):
            yield from nodes(getattr(tree, field.name))


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


# ------------------------------------------------------------------------------------------------ items


def test_schedules() -> None:
    full = item(
        'schedule p = monthly on the last day from 2026-02-15 to 2031-01-15, modified following, calendar "A" and "B", '
        "accrual from 2026-01-15, accrual unadjusted, short first"
    )
    assert (full.every, full.day, full.adjustment, full.stub) == (
        (1, "month"),
        "last",
        "modified following",
        "short first",
    )
    assert ([text.value for text in full.calendars], full.accrual_adjusted) == (["A", "B"], False)
    assert shown(full.accrual_start) == "2026-01-15"
    assert item("schedule p = every 2 weeks from closing to 2031-01-15").every == (2, "week")
    assert item("schedule p = quarterly on day 20").day == 20
    assert shown(item("schedule p = dates [2027-01-01, 2028-01-01]").dates) == "[2027-01-01, 2028-01-01]"
    assert item("schedule call = payment from 2029-08-15 to 2049-05-15").base.text == "payment"


def test_claims() -> None:
    claim = item(
        "claim interest from SPV to Banks on payment = accrue(balance, actual/360) while open when reached\n"
        "  carries with interest at coupon by actual/360 kind debt\n"
        '  cite "§2.05"'
    )
    assert (shown(claim.payer), shown(claim.payee), shown(claim.on)) == ("SPV", "Banks", "payment")
    assert (claim.when_reached, claim.kind, claim.unpaid.form) == (True, "debt", "carries")
    assert (shown(claim.unpaid.rate), shown(claim.unpaid.daycount)) == ("coupon", "actual/360")
    assert claim.cite[0].text == "§2.05"
    assert shown(item("claim sweep to A on p up to balance").up_to == "balance" or value("balance")) == "balance"
    assert item("claim a to A on closing = x capitalises into balance").unpaid.into.text == "balance"
    assert shown(item("claim a to A on p = x written off after 3 months").unpaid.after) == "3 months"
    assert shown(item("claim a to A on name.default = x lapses").on) == "name.default"


def test_states() -> None:
    state = item("state balance = size, then opening balance - principal.paid + drawn at opening - (a + b)")
    assert [(move.sign, shown(move.value), move.at) for move in state.movements] == [
        (-1, "principal.paid", None),
        (1, "drawn", "opening"),
        (-1, "a + b", None),
    ]
    assert state.recursion is None
    other = item("state peak = $0, then max(opening peak, balance)")
    assert (other.movements, shown(other.recursion)) == (None, "max(opening peak, balance)")
    assert item("state x = 1, then (opening x + a)").movements is None
    assert item("state x = 1, then opening y + a").movements is None


def test_triggers() -> None:
    trigger = item(
        "trigger lockup on payment tested after payments from 2028-01-01\n when a < b for 3 tests,\n"
        "  until c for n tests"
    )
    assert (trigger.on.text, trigger.after_payments, shown(trigger.start)) == ("payment", True, "2028-01-01")
    assert (shown(trigger.when.condition), shown(trigger.when.count)) == ("a < b", "3")
    assert (shown(trigger.until.condition), shown(trigger.until.count)) == ("c", "n")
    assert item("trigger default when x, permanently").permanently
    assert shown(item("trigger t when (a or b) for 2 tests").when.condition) == "a or b"


def test_accounts_and_components() -> None:
    account = item("account dsra of SPV { opens = $50m from Sponsor, $5m from Bank; target = 3 * x; currency = EUR }")
    assert [(shown(amount), party.text) for amount, party in account.opens] == [("$50m", "Sponsor"), ("$5m", "Bank")]
    assert (account.owner.text, shown(account.target), shown(account.currency)) == ("SPV", "3 * x", "EUR")
    component = item(
        'component loan {\n  "A loan."\n  margin : rate = 0%   "Over the index."\n  spread, index : series of rate\n'
        "  define coupon = index + margin\n  claim fee to holder on pays = index * closing\n}"
    )
    assert component.documentation == "A loan."
    assert [(field.names, field.type.base, field.type.series, field.documentation) for field in component.fields] == [
        (("margin",), "rate", False, "Over the index."),
        (("spread", "index"), "rate", True, None),
    ]
    assert [type(member).__name__ for member in component.members] == ["Definition", "ClaimDeclaration"]
    family = item('clo_loan loans each row in "tape.csv" { pays = payment }')
    assert (family.component.text, family.rows.value, family.fields[0].name) == ("clo_loan", "tape.csv", "pays")


def test_item_words_are_names_elsewhere() -> None:
    items, found = read(
        "index index = term + claim.index\nterm term : rate = account\nloan x { index = state; term = 3 }"
    )
    assert found == ()
    assert [type(each).__name__ for each in items] == ["Definition", "Definition", "Instance"]


def test_waterfalls() -> None:
    waterfall = item(
        "waterfall w from cash on payment from 2026-01-01 until 2030-01-01 unless enforcement notwithstanding ranking\n"
        '{\n  "One" pay a; pay b\n    pay c  cite "§4"\n  pay d\n  "Two" fill x\n}'
    )
    assert [(line.label, len(line.steps)) for line in waterfall.lines] == [("One", 4), ("Two", 1)]
    assert waterfall.lines[0].cite[0].text == "§4"
    assert isinstance(waterfall.guard, syntax.Unary)
    assert waterfall.notwithstanding_ranking
    assert (shown(waterfall.start), shown(waterfall.end)) == ("2026-01-01", "2030-01-01")


def test_steps() -> None:
    pay = step("pay a.b, then from x, y up to $5m per year")
    assert (pay.claim.text, [name.text for name in pay.then_from], shown(pay.cap), pay.cap_per_year) == (
        "a.b",
        ["x", "y"],
        "$5m",
        True,
    )
    assert isinstance(step("pay rest to Sponsor"), syntax.PayRest)
    assert isinstance(step("pay $5m to Sponsor"), syntax.PayParty)
    group = step("pay pro rata by balance { a, { pay b; pay c } }, then from d")
    assert (group.by, [len(member.steps) for member in group.members], group.then_from[0].text) == (
        "balance",
        [1, 2],
        "d",
    )
    stated = step("pay pro rata { 60% a.b, 40% c }")
    assert (stated.by, [shown(member.share) for member in stated.members]) == ("shares", ["60%", "40%"])
    assert step("pay pro rata notes.interest").members[0].steps[0].claim.text == "notes.interest"
    assert len(step("up to x { pay a; pay b }").steps) == 2
    assert shown(step("until oc >= 122.6% { pay a }").condition) == "oc >= 122.6%"
    when = step("when a { keep the rest in trap } otherwise { move all of trap, x to cash }")
    assert (when.steps[0].account.text, [name.text for name in when.otherwise[0].sources]) == ("trap", ["trap", "x"])
    assert shown(step("unless a { pay b }").condition) == "not a"
    assert (shown(step("move $5m of a to b").amount), step("release a to b").to.text) == ("$5m", "b")
    assert step("record a, b.c").names[1].text == "b.c"
    assert step("test lockup").trigger.text == "lockup"
    assert shown(step("fill dsra up to $1m").cap) == "$1m"


def test_acts_of_the_day() -> None:
    assert shown(item("receive sum(x.interest) from P into cash on payment").source) == "P"
    assert [name.text for name in item("settle a.b, c on payment while I.performing").claims] == ["a.b", "c"]
    assert [name.text for name in item("allocate losses x on payment to a, then b").targets] == ["a", "b"]
    reduce = item("reduce (x - y) on payment {\n unless s { pro rata by balance { a, b } }\n when s { a; b }\n}")
    assert [len(when.steps) for when in reduce.steps] == [1, 2]


def test_checks_and_scenarios() -> None:
    expect = item("expect wal(senior, actual/365) is 2.55 years within 0.05 years in base")
    assert (shown(expect.value), shown(expect.target), shown(expect.tolerance)) == (
        "wal(senior, actual/365)",
        "2.55 years",
        "0.05 years",
    )
    table = item("expect wal(notes, 30/360) by speed where not callable within 0.1 years {\n A1 1 -2\n B 76% 3\n}")
    assert [(row.name.text, [shown(figure) for figure in row.values]) for row in table.rows] == [
        ("A1", ["1", "-2"]),
        ("B", ["76%", "3"]),
    ]
    assert item("expect total(x) >= $0 in every scenario").scenarios[0].text == "every"
    require = item('require "Long enough" a >= b in "One", "Two"\n  because "Reason." cite "1"')
    assert (require.label, [name.value for name in require.scenarios], require.because) == (
        "Long enough",
        ["One", "Two"],
        "Reason.",
    )
    scenario = item('scenario "A" after "B" { x.y = x.y * 2; z drawn from normal(mean = 0) }')
    assert [(override.name.text, override.drawn) for override in scenario.overrides] == [("x.y", False), ("z", True)]
    over = item("scenarios over speed = [0.5%, 1.0%] and callable = [true, false]")
    assert [name.text for name, _ in over.ranges] == ["speed", "callable"]
    simulate = item("simulate { paths = 100_000; x.d drawn from first_default(x) joined by gaussian(35%) }")
    assert (simulate.fields[0].name, shown(simulate.draws[0].joined)) == ("paths", "gaussian(35%)")
    report = item('report { "Senior IRR" = irr(a), lowest dscr\n total(x)\n}')
    assert [line.label for line in report.lines] == ["Senior IRR", None, None]
    assert item("always collections.balance >= $0").label is None


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("solve a.size in $300m .. $900m so that lowest dscr is 1.35x in base", "solve"),
        ("sweep a in 1% .. 5% by 1%", "sweep"),
    ],
)
def test_what_a_later_version_runs_is_kept(text: str, construct: str) -> None:
    later = item(text)
    assert isinstance(later, syntax.Later)
    assert later.construct == construct


@pytest.mark.parametrize(
    ("text", "verb", "parties", "amount", "limit"),
    [
        ("relation r Vendor guarantees Cloud up to $0.9bn", "guarantees", ("Vendor", "Cloud", None), None, "$0.9bn"),
        ("relation r Vendor guarantees Cloud to Bank", "guarantees", ("Vendor", "Cloud", "Bank"), None, None),
        (
            "relation r Insurer protects Bank\n  against Cloud up to $5m kind cds",
            "protects",
            ("Insurer", "Cloud", "Bank"),
            None,
            "$5m",
        ),
        ("relation r Parent owns 80% of SPV", "owns", ("Parent", "SPV", None), "80%", None),
        ("relation r Parent owns share of SPV", "owns", ("Parent", "SPV", None), "share", None),
        ("relation r Cloud owes 2 * size to Bank", "owes", ("Cloud", "Bank", None), "2 * size", None),
        ("relation r Lab pays $9bn to Cloud kind sales", "pays", ("Lab", "Cloud", None), "$9bn", None),
    ],
)
def test_relations(
    text: str, verb: str, parties: tuple[str | None, ...], amount: str | None, limit: str | None
) -> None:
    found = item(text)
    assert isinstance(found, syntax.RelationDeclaration)
    assert found.verb == verb
    names = (found.subject, found.object, found.beneficiary)
    assert tuple(None if name is None else name.text for name in names) == parties
    assert (None if found.amount is None else shown(found.amount)) == amount
    assert (None if found.limit is None else shown(found.limit)) == limit


def test_circles_are_asked_for() -> None:
    asked = item("require none of circles(up to 4 edges, kinds equity, debt)").condition
    assert isinstance(asked, syntax.NoneOf)
    assert (asked.operand.most, asked.operand.kinds) == (4, ("equity", "debt"))
    assert item("report { circles() }").lines[0].value.kinds == ()
    assert item("report { circles(kinds sales) }").lines[0].value.most is None
    assert item("define circles = kinds + 1").name == "circles"


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


# ------------------------------------------------------------------------------------------------ mistakes

MISTAKES = [
    ("define x = 3 # y", "E0101", "#"),
    ("define x = a − b", "E0101", "−"),
    ("waterfall w from c on p { pay pay to to }", "E0102", "pay"),
    ("define x = (a + b\ndefine y = 1", "E0103", "("),
    ("define x = a)", "E0103", ")"),
    ("define x = [a)", "E0103", ")"),
    ("loan a {\n  size = 3\nloan b { size = 4 }", "E0103", ""),
    ("}", "E0103", "}"),
    ('deal "Aurora { language = 1 }', "E0104", '"Aurora { language = 1 }'),
    (f"define x = {'1' * 5000}", "E0105", "1" * 5000),
    ("define x = 2026-02-30", "E0106", "2026-02-30"),
    ("define x = 2026-13-01", "E0106", "2026-13-01"),
    ("define x = 2026-1-5", "E0106", "2026-1-5"),
    ("define x = 15/01/2026", "E0106", "15/01/2026"),
    ("define x = 1899-12-30", "E0107", "1899-12-30"),
    ("define x = 9999-12-31", "E0107", "9999-12-31"),
    ("define to = 3", "E0113", "to"),
    ("claim until to A on p = 3", "E0113", "until"),
    ("party A  party B", "E0114", "party"),
    ("loan a { size = 3 margin = 4 }", "E0114", "margin"),
    ("waterfall w from c on p { pay a pay b }", "E0114", "pay"),
    ("loan a { accrual = 30 / 360 }", "E0115", "30 / 360"),
    ("loan a { accrual = actual / 360 }", "E0115", "actual / 360"),
    ("define x = f(a = 1, b)", "E0116", "b"),
    ("define x = f(a = 1, a = 2)", "E0117", "a = 2"),
    ("loan a { size = 1; size = 2 }", "E0117", "size"),
    ("claim a to B on p = 1 lapses lapses", "E0117", "lapses"),
    (f"define x = {' + '.join(['1'] * 300)}", "E0118", "+"),
    ("define x = if a = 3 then 1 else 2", "E0119", "="),
    ("define x = if (a = 3) then 1 else 2", "E0119", "="),
    ("define x = a == 3", "E0119", "=="),
    ("define x = $ 5m", "E0120", "$ 5m"),
    ("define x = $ + 1", "E0120", "$"),
    ("define x = 5 %", "E0120", "%"),
    ("define x = $5M", "E0120", "$5M"),
    ("define x = $5 million", "E0120", "$5 million"),
    ("define x = $1,300m", "E0120", "$1,300m"),
    ("define x = $2.35 GPU", "E0121", "GPU"),
    ("define x = $2.35 per * 2", "E0121", "*"),
    ("waterfall w from c on p { Interest pay a }", "E0122", "Interest"),
    ("waterfall w from c on p { Debt service pay a }", "E0122", "Debt service"),
    ("deal Aurora { language = 1 }", "E0122", "Aurora"),
    ("deal “Aurora” { language = 1 }", "E0122", "“Aurora”"),
    ("define x = 6years", "E0123", "6years"),
    ("define x = 5m", "E0123", "5m"),
    ("define x = 1e6", "E0123", "1e6"),
    ("state x = 1, then opening x > a at close", "E0124", "a at close"),
    ('waterfall w from c on p { "Nothing" }', "E0125", '"Nothing"'),
    ("waterfall w from c on p { pay rest }", "E0126", "rest"),
    ("waterfall w from c on p { pay $5m }", "E0126", "$5m"),
    ("waterfall w from c on p { senior.interest }", "E0126", "senior.interest"),
    ("waterfall w from c on p { pay pro rata { 60% a, b } }", "E0127", "b"),
    ("loan a { b.c = 3 }", "E0128", "b.c"),
    ("account a { size = 3 }", "E0128", "size"),
    ("flow x = 3", "E0129", "x"),
    ("claim x to A = 3", "E0129", "x"),
    ("schedule p = yearly on day 1", "E0130", "yearly"),
    ("schedule p = monthly, folowing", "E0130", "folowing"),
    ("trigger t when a or b for 2 tests", "E0131", "for 2 tests"),
    ("trigger t, permanently", "E0132", "t"),
    ("expect x > 3 within 2", "E0133", "2"),
    ("expect x by y { A 1 2\n B 1 }", "E0133", "B 1"),
    ("define x = 3 *\ndefine y = 1", "E0135", ""),
    ("define x =", "E0135", ""),
    ("define x = a b", "E0136", "b"),
    ("define x = 3% of a", "E0136", "of"),
    ("define x = a < b < c", "E0138", "<"),
    ("define x = if a then b", "E0139", ""),
    ("x = 3", "E0140", "="),
    ("component c { size = 3 }", "E0140", "="),
    ("Define x = 3", "E0141", "Define"),
    ("loan a { size = 3, margin = 4 }", "E0142", ","),
]


@pytest.mark.parametrize(("text", "code", "place"), MISTAKES, ids=[text[:40] for text, _, _ in MISTAKES])
def test_each_mistake_is_told_once_and_the_rest_is_read(text: str, code: str, place: str) -> None:
    items, found = read(f"define before = 1\n{text}\ndefine after = 2")
    assert [diagnostic.code for diagnostic in found] == [code]
    assert code in CODES
    diagnostic = found[0]
    assert diagnostic.span.line in (2, 3)
    if place:
        assert cut(f"\n{text}".replace("\n", "\n", 1), diagnostic.span) == place
    names = [each.name for each in items if isinstance(each, syntax.Definition)]
    assert names[0] == "before"
    assert names[-1] == "after"


def test_all_errors_of_a_file_come_in_one_run() -> None:
    text = "\n".join(text for text, _, _ in MISTAKES if "\n" not in text and "{" not in text and len(text) < 60)
    _, found = read(text)
    expected = [code for text, code, _ in MISTAKES if "\n" not in text and "{" not in text and len(text) < 60]
    assert [diagnostic.code for diagnostic in found] == expected


def test_fields_after_a_wrong_one_are_read() -> None:
    items, found = read("loan a {\n  size = ) 3\n  margin = * 4\n  pays = payment\n}\ndefine y = 1")
    assert len(found) == 2
    loan = items[0]
    assert isinstance(loan, syntax.Instance)
    assert [field.name for field in loan.fields] == ["size", "pays"]
    assert isinstance(items[1], syntax.Definition)


def test_a_missing_brace_does_not_swallow_the_file() -> None:
    items, found = read(
        'waterfall w from c on p {\n  "A" pay a\n  "B" when x { pay b\n\nwaterfall v from c on p {\n  "C" pay c\n}\n'
    )
    assert {diagnostic.code for diagnostic in found} == {"E0103"}
    assert [each.name for each in items if isinstance(each, syntax.Waterfall)] == ["w", "v"]


def test_what_would_fit_is_listed() -> None:
    _, found = read("waterfall w on p { pay a }")
    assert found[0].code == "E0102"
    assert "`from`" in found[0].label


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


# ------------------------------------------------------------------------------------------------ one cause, once


@pytest.mark.parametrize(
    ("text", "codes", "names"),
    [
        ('deal "A"\n  language = 1\n  currency = USD\n}\nparty P\n', ["E0103"], ["A", "P"]),
        ("loan senior\n  size = $5m\n  pays = payment\n}\ndefine y = 1\n", ["E0103"], ["senior", "y"]),
        ('waterfall w from c on p\n  "A" pay a\n  "B" pay b\n}\ndefine y = 1\n', ["E0103"], ["w", "y"]),
        (
            'waterfall w from c on p {\n  "A" when x { pay a } otherwise pay b }\n}\ndefine y = 1\n',
            ["E0103"],
            ["w", "y"],
        ),
        ('waterfall w from c on p {\n  "A" when x { pay a\n  "B" pay b\n}\ndefine y = 1\n', ["E0103"], ["w", "y"]),
        ('waterfall w from c on p {\n  "A pay a\n  "B" pay b\n}\n', ["E0104"], ["w"]),
        ('deal "A {\n  language = 1\n}\nparty P\n', ["E0104"], ["A", "P"]),
        ("loan a { size = 1, margin = 2, pays = 3 }\n", ["E0142"], ["a"]),
        ("trigger test when x\nwaterfall w from c on p when test { pay a }\n", ["E0113"], []),
    ],
)
def test_one_message_for_one_slip(text: str, codes: list[str], names: list[str]) -> None:
    items, found = read(text)
    assert [one.code for one in found] == codes
    declared = [getattr(each, "name", None) or each.names[0].text for each in items]  # type: ignore[union-attr]  # a party
    assert declared == names or not names


def test_a_name_whose_line_could_not_be_read_is_remembered() -> None:
    collector = Collector()
    parse(Source("a.deal", "term rental = $2.35 GPU\nparty A B, C\ndefine x = 1\n"), collector)
    assert {"rental", "A"} <= collector.unread
    assert "x" not in collector.unread


def test_a_block_without_a_head_is_one_message() -> None:
    items, found = read(
        '  language = 1\n  currency = USD\n}\nparty P\n\n  "A" pay a\n  "B" pay b; fill r\n}\ndefine y = 1\n'
    )
    assert [(one.code, one.span.line) for one in found] == [("E0103", 3), ("E0103", 8)]
    assert [one.help for one in found] == [
        "delete it, or write what the block is above line 1",
        "delete it, or write what the block is above line 6",
    ]
    assert isinstance(items[0], syntax.PartyDeclaration)
