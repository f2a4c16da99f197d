"""What the types pass says of deals: the line that is wrong, in words, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from indenture.dsl.messages.codes_types import CODES

from .typed_deals import said, under, with_pools


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_pools(tmp_path_factory.mktemp("deal"))


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


def test_what_stands_on_too_much_is_said(folder: Path) -> None:
    nested = "max(" * 150 + "f{}(x)" + ")" * 150
    lines = "\n".join(f"function f{n}(x) = {nested.format(n + 1)}" for n in range(12)) + "\nfunction f12(x) = x\n"
    assert [found.code for found in said(lines + "define x = f0($1)\n", folder)] == ["E0348"]


def test_what_is_stated_is_a_second_place(folder: Path) -> None:
    lines = "term x : rate = $5\n"
    (found,) = said(lines, folder)
    assert [(label.text, label.span.column) for label in found.others] == [("stated to be a rate", 10)]
