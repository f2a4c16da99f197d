"""What the types pass says of deals: the line that is wrong, in words, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from indenture.dsl import syntax
from indenture.dsl.messages.codes_types import CODES
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.names.deal import ColumnEntry, DefinitionEntry
from indenture.dsl.names.resolve import resolve
from indenture.dsl.text.parse import parse, parse_expression
from indenture.dsl.text.source import Source
from indenture.dsl.types.check import check_types
from indenture.dsl.types.types import Types
from indenture.dsl.vocabulary import dimensions, value_types
from indenture.dsl.vocabulary.builtins import BUILTINS, bind_builtin
from indenture.dsl.vocabulary.type_words import describe, unit_text
from indenture.dsl.vocabulary.value_types import Type

DEAL = """
deal "Aurora" { language = 1; currency = USD; closing = 2026-01-15; issuer = Aurora }
party Aurora, Sponsor, Lenders, Operator, OpenLab
schedule payment = monthly on day 15 from 2026-02-15 to 2031-01-15
index SOFR = 4.10%
component loan {
  holder : party
  size, floor_size : money
  margin : rate = 0%
  index : rate = 0%
  pays : schedule
  maturity : date
  accrual : daycount = actual/360
  target : money = straight_line(size, pays, maturity)
  accelerated : condition = false
  price : fraction = 100%
  define coupon = index + margin
  claim advance from holder on closing = size * price lapses
  claim interest to holder on pays = accrue(balance * coupon, accrual) carries with interest at coupon
  define scheduled = max(balance - target, $0)
  claim principal to holder on pays = if accelerated or date >= maturity then balance else scheduled carries
  claim sweep to holder on pays up to balance
  state balance = size, then opening balance - principal.paid - sweep.paid
}
loan senior {
  holder = Lenders; size = $720m; floor_size = $1; index = SOFR; margin = 4.50%
  pays = payment; maturity = 2031-01-15
}
loan junior { holder = Lenders; size = $80m; floor_size = $1; margin = 9%; pays = payment; maturity = 2031-01-15 }
group notes = senior, junior
component pool { principal : money; apr : rate; rating : text; borrower : party; define balance = principal * 90% }
pool pools each row in "pools.csv" { }
pool other each row in "pools.csv" { }
let fleet = 16_384 GPU
define price = $2.35 per GPU-hour
define revenue = fleet * price * 720 hours
claim running to Operator on payment = fleet * $210 per GPU-month * 1 month lapses
claim euros to Operator on payment = EUR 3m lapses
account collections
account reserve { opens = $50m from Sponsor; target = 3 * senior.interest.current }
account abroad { currency = EUR }
define cfads = revenue - running.paid
define dscr = cfads / (senior.interest.current + senior.principal.current)
trigger lockup when dscr < 1.15x, until dscr >= 1.20x for 2 tests
function double(x) = x + x
function straight(size, first, last) = size * clamp(1 - (1 - first) / (last - first), 0, 1)
receive senior.advance into collections
"""
POOLS = "id,principal,apr,rating,borrower\n1,1000000,13.4%,CCC,OpenLab\n2,2000000,5%,B,OpenLab\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("deal")
    (home / "pools.csv").write_text(POOLS)
    return home


def typed(text: str, folder: Path) -> tuple[Types, Collector]:
    collector = Collector()
    module = parse(Source("aurora.deal", text), collector)
    model = resolve(module, (), folder, collector)
    assert model is not None
    assert [found for found in collector.found if found.severity == "error"] == []
    declared = [item for item in module.items if isinstance(item, syntax.UnitDeclaration)]
    return check_types(model, collector, declared), collector


def said(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """What is said of the deal with these lines after it."""
    return typed(DEAL + text, folder)[1].found


def under(text: str, found: Diagnostic) -> str:
    """The text that a one-line diagnostic points at."""
    line = (DEAL + text).splitlines()[found.span.line - 1]
    return line[found.span.column - 1 : found.span.end_column - 1]


def type_of(expression: str, folder: Path) -> Type:
    types, collector = typed(f"{DEAL}define it = {expression}\n", folder)
    assert collector.found == ()
    return types.entry_type(types.model.entries["it"])


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


def test_the_message_of_the_contract(folder: Path) -> None:
    text = "define tail = 1.15x + 3 months\n"
    (found,) = said(text, folder)
    assert found.code == "E0312"
    assert found.message == "this adds a multiple to a duration"
    assert under(text, found) == "3 months"
    assert found.label == "duration"
    (other,) = found.others
    assert (other.text, other.span.column) == ("multiple", text.index("1.15x") + 1)
    assert found.help == "did you mean `1.15x * dscr`, or `maturity + 3 months`?"


WRONG = [
    # code, lines, what is pointed at, part of the message, part of the help
    ("E0301", "define x = $2 per GPU-huor", "huor", "no unit `huor`", "`GPU-hour`"),
    ("E0303", "term x : monny = $3", "monny", "no type `monny`", "`money`"),
    ("E0304", "unit month", "month", "a unit of the language", "another name"),
    ("E0304", "unit rack = fleet", "fleet", "must be worth a number of units", "72 GPU"),
    (
        "E0305",
        "unit pod = 4 rack\nunit rack = 72 GPU",
        "rack",
        "stands on a unit that is not known",
        "declare `rack` first",
    ),
    ("E0310", "define x = clamp($3, $1, $4) + $1 * present_value($3, 5)", "5", "must be a rate", "`5%`"),
    ("E0310", "define x = number of payment dates after payment", "payment", "must be a date", "`first`"),
    (
        "E0310",
        "schedule other_dates = monthly on day 1 from payment to 2031-01-15",
        "payment",
        "must be a date",
        "`first`",
    ),
    ("E0310", "claim fee to payment on payment = $3 lapses", "payment", "must be a party", None),
    ("E0310", "claim fee to Operator on Operator = $3 lapses", "Operator", "must be a schedule or a date", None),
    ("E0310", "index LIBOR = $3", "$3", "must be a rate", None),
    ("E0311", "claim fee to Operator on payment = 0 lapses", "0", "must be money", "`$0`"),
    ("E0311", "account trap { target = 3 }", "3", "must be money", "`$3`"),
    ("E0312", "define x = $5 - 3", "3", "subtracts a number from money", "`$3`"),
    ("E0312", "define x = senior.balance * SOFR + $3", "$3", "adds money per year to money", "accrue"),
    ("E0312", "define x = closing + 3", "3", "adds a date to a number", "`3 months`"),
    ("E0312", "define x = lockup + 1", "1", "adds a condition to a number", None),
    ("E0312", "define x = SOFR + 1", "1", "adds a rate to a number", "`1%`"),
    ("E0313", "define x = dscr > $3", "$3", "compares a ratio with money", None),
    ("E0313", "define x = collections.balance >= 0", "0", "compares money with a number", "`$0`"),
    ("E0313", 'define x = OpenLab is "OpenLab"', '"OpenLab"', "compares a party with a text", None),
    ("E0313", "define x = OpenLab < Sponsor", "<", "does not compare a party", "`is`"),
    ("E0314", "define x = EUR 5 + $3", "$3", "adds EUR to USD", "1.08 EUR per USD"),
    ("E0314", "define x = max(EUR 5, $3)", "$3", "are in EUR and USD", "stated rate"),
    ("E0314", "define x = exchange(EUR 5, 1.08)", "1.08", "does not turn money into money", "USD per EUR"),
    ("E0315", "define x = lockup * $3", "lockup", "multiplies a condition", "if c then x"),
    ("E0315", "define x = closing * 2", "closing", "multiplies a date", None),
    ("E0315", "define x = -lockup", "lockup", "negative of a condition", "`not`"),
    ("E0315", "define x = max(lockup, lockup)", "lockup", "must be a number", None),
    ("E0316", "receive $3 from Sponsor into abroad", "$3", "is in USD, and the account `abroad` holds EUR", None),
    ("E0317", "define x = if lockup then $3 else 0", "0", "branches of `if` are not alike", "`$0`"),
    ("E0318", "define x = dscr and lockup", "dscr", "this is a ratio", "compare it"),
    ("E0318", "define x = if dscr then $3 else $0", "dscr", "must be a condition", "compare it"),
    ("E0318", "define x = not OpenLab", "OpenLab", "this is a party", "OpenLab.performing"),
    ("E0318", "trigger t when senior.balance, permanently", "senior.balance", "this is money", "compare it"),
    ("E0318", "always collections.balance", "collections.balance", "this is money", "compare it"),
    ("E0319", "define x = 1.02 ^ (3 months)", "(3 months)", "an exponent must be a number", "divide by a unit"),
    ("E0319", "define x = $3 ^ dscr", "dscr", "raised only to a small whole number", "divide the base"),
    ("E0319", "define x = sqrt($3)", "$3", "no square root", "divide it"),
    (
        "E0320",
        "define x = pools.balance + other.balance",
        "other.balance",
        "rows of `pools` meet the rows of `other`",
        "sum",
    ),
    ("E0320", "define x = max(pools.balance, other.balance)", "other.balance", "meet the rows", "sum"),
    ("E0320", "define x = weighted(pools.apr, other.balance)", "other.balance", "meet the rows", "same family"),
    ("E0321", "define x = closing + senior.maturity", "senior.maturity", "adds a date to a date", "difference"),
    ("E0322", "define x = senior.interest + $3", "senior.interest", "is a claim", "`senior.interest.due`"),
    ("E0322", "define x = senior.interest > $3", "senior.interest", "is a claim", "unpaid"),
    ("E0323", "define x = senior + $3", "senior", "is not a figure", "`senior.balance`"),
    ("E0323", "define x = collections > $3", "collections", "is not a figure", "`collections.balance`"),
    ("E0324", "define x = [4 years, $3]", "$3", "items of this list are not alike", None),
    ("E0325", "define x = 1 month > 30 days", "30 days", "compares a duration with an exact duration", "day count"),
    ("E0325", "define x = 1 month + 30 days", "30 days", "adds a duration to an exact duration", "`* 1 month`"),
    ("E0325", "define x = senior.balance * SOFR * 30 days + $3", "$3", "adds", "day count"),
    ("E0326", "define x = max(revenue, 0)", "0", "arguments of `max` are not alike", "`$0`"),
    ("E0326", "define x = clamp($3, $1, 5)", "5", "arguments of `clamp`", "`$5`"),
    ("E0327", "term x : rate = 5", "5", "`x` must be a rate", "`5%`"),
    ("E0327", "term x : fraction = 5% per year", "5% per year", "`x` must be a fraction", "per year"),
    ("E0327", "term x : GPU = 16", "16", "must be a number of GPU", "`16 GPU`"),
    ("E0327", "term x : money per GPU-hour = $2", "$2", "must be money per GPU-hour", "`$2 per GPU-hour`"),
    ("E0327", "term x : date = 3 months", "3 months", "must be a date", "add it to a date"),
    ("E0327", "term x : list of duration = [3%]", "[3%]", "must be a list of durations", None),
    ("E0328", "claim fee to Operator on payment = 5% * 3 months lapses", "5% * 3 months", "must be money", None),
    (
        "E0328",
        "claim fee to Operator on payment = senior.balance * SOFR lapses",
        "senior.balance * SOFR",
        "money per year",
        "accrue",
    ),
    (
        "E0329",
        "state s = $3, then opening s + senior.coupon",
        "senior.coupon",
        "a term of the state `s` must be money",
        None,
    ),
    ("E0330", "define x = maxx($3, $4)", "maxx", "no function `maxx`", "`max`"),
    ("E0330", "define x = senior($3)", "senior", "no function", "brackets"),
    ("E0331", "define x = floor(3 months)", "3 months", "of which unit?", "floor(x / 1 month)"),
    ("E0332", "define x = sum(revenue)", "revenue", "this has none", "`total(x)`"),
    ("E0332", "define x = total(revenue where lockup)", "lockup", "there are none here", None),
    ("E0333", "define x = clamp($3, lo = $1, high = $4)", "lo = $1", "no argument `lo`", "did you mean `low`"),
    ("E0333", "define x = double($3, $4)", "$4", "at most 1 argument", "`double(x)`"),
    ("E0334", "define x = clamp($3, $4)", "clamp($3, $4)", "is not given `high`", "clamp(x, low, high)"),
    ("E0335", "define x = clamp($3, $4, x = $5, high = $4)", "x = $5", "given `x` twice", "clamp(x, low, high)"),
    ("E0336", "define x = max($3, $4 where lockup)", "lockup", "does not take `where`", "filters the rows"),
    (
        "E0337",
        'define x = table "pools.csv" column principal',
        'table "pools.csv" column principal',
        "must be stated",
        "series of money",
    ),
    ("E0338", 'scenario "s" { senior.margin = $3 }', "$3", "`senior.margin` must be a rate", None),
    ("E0338", 'scenario "s" { OpenLab.default = true }', "true", "must be a date", None),
    ("E0338", "scenarios over senior.size = [$3, 4%]", "4%", "must be money", None),
    ("E0311", "scenarios over senior.size = [$3, 4]", "4", "must be money", "`$4`"),
    ("E0339", "expect wal(senior, actual/365) is $3 within 0.05 years in base", "$3", "must be a duration", None),
    (
        "E0339",
        "expect wal(senior, actual/365) is 2.5 years within 0.05 in base",
        "0.05",
        "the tolerance must be a duration",
        "years",
    ),
    ("E0340", "function loop(x) = loop(x)\ndefine x = loop(3)", "loop", "calls itself", "a state"),
    ("E0341", "define x = accrue(senior.balance, actual/360)", "senior.balance", "an amount per year", "rate"),
    ("E0342", "trigger t when lockup for 1.5 tests, permanently", "1.5", "a whole number", None),
    ("E0345", "daycount odd = $3", "$3", "a part of a year", "days / 360"),
    ("E0347", "account trap { target = pools.balance }", "pools.balance", "one for each row of `pools`", "sum"),
    ("E0347", "claim fee to Operator on payment = pools.balance lapses", "pools.balance", "one for each row", "sum"),
]


@pytest.mark.parametrize(("code", "lines", "place", "message", "help"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_wrong_is_said_once_and_in_place(
    code: str, lines: str, place: str, message: str, help: str | None, folder: Path
) -> None:
    found = said(lines + "\n", folder)
    assert [one.code for one in found] == [code], [one.message for one in found]
    assert under(lines + "\n", found[0]) == place
    assert message in found[0].message
    if help is not None:
        assert help in (found[0].help or "")


def test_every_code_that_a_deal_can_give_has_a_case() -> None:
    tested = {case[0] for case in WRONG} | {"E0302", "E0348"}
    assert set(CODES) == tested
    assert all(title and not title.endswith(".") for title in CODES.values())


STEPS = """
waterfall all_cash from {account} on payment {{
  {step}
  "Rest" pay rest to Sponsor
}}
"""


@pytest.mark.parametrize(
    ("account", "step", "code", "place"),
    [
        ("collections", "pay running up to 3", "E0311", "3"),
        ("abroad", "pay running", "E0316", "running"),
        ("collections", "when dscr { pay running }", "E0318", "dscr"),
        ("collections", "up to dscr { pay running }", "E0310", "dscr"),
        ("collections", "when pools.balance > $0 { pay running }", "E0347", "pools.balance > $0"),
        ("collections", "pay $5 to Sponsor", None, ""),
        ("abroad", "pay euros", None, ""),
        ("collections", "move 5 of reserve to collections", "E0311", "5"),
        ("collections", "until dscr { pay running }", "E0318", "dscr"),
        ("collections", "pay rest to collections", "E0323", "collections"),
    ],
)
def test_steps(account: str, step: str, code: str | None, place: str, folder: Path) -> None:
    lines = STEPS.format(account=account, step=step)
    found = said(lines, folder)
    assert [one.code for one in found] == ([] if code is None else [code])
    if code is not None:
        assert under(lines, found[0]) == place


def test_one_message_a_cause(folder: Path) -> None:
    """What is wrong in a definition is not said again by what reads it."""
    lines = "define x = 1.15x + 3 months\ndefine y = x + $3\ndefine z = max(x, y) > $3 and x\n"
    assert [found.code for found in said(lines, folder)] == ["E0312"]


def test_a_wrong_field_of_a_shared_component_is_said_of_each_instance(folder: Path) -> None:
    lines = "loan third { holder = Lenders; size = 80; floor_size = $1; pays = 3; maturity = never }\n"
    found = said(lines, folder)
    assert [one.code for one in found] == ["E0311", "E0327"]
    assert [under(lines, one) for one in found] == ["80", "3"]
    assert found[0].help == "did you mean `$80`?"


def test_a_mistake_in_a_function_names_the_call(folder: Path) -> None:
    lines = "function add(x, y) = x + y\ndefine good = add($3, $4)\ndefine bad = add($3, 4)\n"
    (found,) = said(lines, folder)
    assert under(lines, found) == "y"
    assert [label.text for label in found.others] == ["money", "in `add` as it is called here"]
    assert found.others[1].span.line == found.span.line + 2


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


def test_what_stands_on_too_much_is_said(folder: Path) -> None:
    nested = "max(" * 150 + "f{}(x)" + ")" * 150
    lines = "\n".join(f"function f{n}(x) = {nested.format(n + 1)}" for n in range(12)) + "\nfunction f12(x) = x\n"
    assert [found.code for found in said(lines + "define x = f0($1)\n", folder)] == ["E0348"]


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


def test_what_is_stated_is_a_second_place(folder: Path) -> None:
    lines = "term x : rate = $5\n"
    (found,) = said(lines, folder)
    assert [(label.text, label.span.column) for label in found.others] == [("stated to be a rate", 10)]
