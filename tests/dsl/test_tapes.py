"""Tapes and curves as they come: whatever is wrong with one is said with file, row and column, all of it in one run."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import indenture
import pytest
from indenture.dsl.messages.diagnostics import Diagnostic
from indenture.dsl.tapes.cell_hints import date_hint
from indenture.dsl.tapes.cell_values import CellProblem, iso_date, number

DEAL = """
deal "Pool" { language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }
use pools
party Trust, Borrowers, Owner
schedule collection = monthly on day 15 from 2026-02-15 to 2031-01-15, unadjusted
component tape_loan {
  balance    : money
  rate       : rate
  originated : date
  matures    : date
  state      : text = "TX"
  current    : condition = true
  require "Balance is not negative" balance >= $0
  require "Matures after it was originated" originated < matures
  require "Was originated by closing" originated <= closing
  define live = if current and date < matures and state is "TX" then balance * rate else $0 per year
}
tape_loan loans each row in "tape.csv"
flow collected on collection = sum(loans.live) * 1 month
account cash
receive collected from Borrowers into cash on collection
waterfall w from cash on collection { "Owner" pay rest to Owner }
report { total(Owner.received), "Balance" = sum(loans.balance) }
"""
HEADER = "id,balance,rate,originated,matures\n"
GOOD = "A1,10000,5%,2025-03-01,2030-03-01\nA2,20000,6%,2025-04-01,2030-04-01\n"


def compiled(tmp_path: Path, content: str | bytes) -> indenture.Deal:
    (tmp_path / "tape.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return indenture.compile(DEAL, folder=tmp_path)


def refused(tmp_path: Path, content: str | bytes) -> tuple[Diagnostic, ...]:
    with pytest.raises(indenture.DealError) as found:
        compiled(tmp_path, content)
    return tuple(one for one in found.value.diagnostics if one.severity == "error")


def test_a_good_tape_is_read_exactly(tmp_path: Path) -> None:
    assert compiled(tmp_path, HEADER + GOOD).run()["Balance"].values[0] == 30000
    bom = b"\xef\xbb\xbf" + (HEADER + GOOD).replace("\n", "\r\n").encode()
    assert compiled(tmp_path, bom).run()["Balance"].values[0] == 30000
    money = HEADER + 'A1,"$10,000.50",5%,2025-03-01,2030-03-01\n'
    assert compiled(tmp_path, money).run()["Balance"].values[0] == 10000.5


@pytest.mark.parametrize(
    ("rows", "code", "place", "words"),
    [
        ("A1,lots,5%,2025-03-01,2030-03-01", "E0236", (2, 2), "`lots` is not a number"),
        ("A1,10000,n/a,2025-03-01,2030-03-01", "E0236", (2, 3), "`n/a` is not a number"),
        (GOOD + "A1,5,5%,2025-03-01,2030-03-01", "E0237", (4, 1), "`A1` is also the id on line 2"),
        ("A1,10000,5%,2030-03-01,2025-03-01", "E0280", (2, 4), "Matures after it was originated"),
        ("A1,10000,5%,2026-03-01,2030-03-01", "E0280", (2, 4), "Was originated by closing"),
        ("A1,-10000,5%,2025-03-01,2030-03-01", "E0280", (2, 2), "Balance is not negative"),
        ("A1,(10000),5%,2025-03-01,2030-03-01", "E0280", (2, 2), "Balance is not negative"),
        ("A1,,5%,2025-03-01,2030-03-01", "E0236", (2, 2), "`balance` is blank"),
        (",10000,5%,2025-03-01,2030-03-01", "E0236", (2, 1), "`id` is blank"),
        (GOOD + HEADER + "A3,5,5%,2025-03-01,2030-03-01", "E0283", (4, 1), "the header stands here again"),
        (GOOD + "A3,5,5%,2025-03-01", "E0233", (4, 5), "the row has 4 cells, the header 5"),
        ("A1,10,000,5%,2025-03-01,2030-03-01", "E0233", (2, 6), "the row has 6 cells, the header 5"),
        ("A1,10000,5%,2025-03-01,2030-03-01\n\nA2,1,5%,2025-03-01,2030-03-01", "E0233", (3, 2), "the line is blank"),
        ("A1,10000,5,2025-03-01,2030-03-01", "E0281", (2, 3), "5 as a rate is 500% a year"),
        (GOOD + "A3,10000,0.05,2025-03-01,2030-03-01", "E0236", (4, 3), "without a % or bp here"),
        ("A1,10000,5%,04/05/2025,2030-03-01", "E0236", (2, 4), "4 May (2025-05-04) or 5 April (2025-04-05)"),
        ("A1,10000,5%,31/03/2025,2030-03-01", "E0236", (2, 4), "write 2025-03-31"),
        ("A1,10000,5%,45717,2030-03-01", "E0236", (2, 4), "count of days it would be 2025-03-01"),
        ('A1,"10.000,50",5%,2025-03-01,2030-03-01', "E0236", (2, 2), "decimals have a point"),
        ("A1,10 000,5%,2025-03-01,2030-03-01", "E0236", (2, 2), "thousands are separated by commas"),
        ("A1,$10k,5%,2025-03-01,2030-03-01", "E0236", (2, 2), "write all its digits"),
    ],
)
def test_one_thing_wrong(tmp_path: Path, rows: str, code: str, place: tuple[int, int], words: str) -> None:
    (one,) = refused(tmp_path, HEADER + rows.rstrip("\n") + "\n")
    assert one.code == code
    assert one.message.startswith(f"tape.csv, row {place[0]}, column {place[1]}: ")
    assert words in one.message
    assert (one.span.file, one.span.line) == ("tape.csv", place[0])


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", "E0233", "is empty"),
        (HEADER, "E0233", "a header and no rows"),
        ((HEADER + GOOD).replace(",", ";"), "E0282", "separated by semicolons"),
        ((HEADER + GOOD).replace(",", "\t"), "E0282", "separated by tabs"),
        ((HEADER + GOOD).replace("id,balance", "id,id"), "E0234", "both named `id`"),
        ((HEADER + GOOD).encode("utf-16"), "E0232", "UTF-16"),
        ((HEADER + GOOD).replace("A1", "Müller").encode("latin-1"), "E0232", "byte 0xfc is not UTF-8"),
        ((HEADER + GOOD).replace("A1", "A\u202e1"), "E0232", "U+202E"),
    ],
)
def test_a_file_that_is_no_tape(tmp_path: Path, content: str | bytes, code: str, words: str) -> None:
    found = refused(tmp_path, content)
    assert found[0].code == code
    assert words in found[0].message


def test_a_missing_column_is_said_at_the_header(tmp_path: Path) -> None:
    (one,) = refused(tmp_path, (HEADER + GOOD).replace("originated", "origination"))
    assert (one.code, one.message) == ("E0235", "tape.csv, row 1: there is no column `originated`")
    assert (one.span.file, one.span.line) == ("tape.csv", 1)
    assert one.help is not None
    assert "is `origination` meant for `originated`?" in one.help
    (one,) = refused(tmp_path, "id,balance\nA1,5\n")
    assert one.message == "tape.csv, row 1: there is no column `rate`, `originated`, `matures`"


def test_all_that_is_wrong_is_said_in_one_run(tmp_path: Path) -> None:
    rows = [
        "A1,lots,5%,2025-03-01,2030-03-01",
        "A1,10000,x,04/05/2025,2030-03-01",
        "A3,10000,5%",
        "A4,,6%,2025-03-01,soon",
        HEADER.strip(),
        "A5,10000,6%,2025-02-30,2030-03-01",
    ]
    found = refused(tmp_path, HEADER + "\n".join(rows) + "\n")
    said = sorted((one.span.line, one.code) for one in found)
    assert said == [
        (2, "E0236"),
        (3, "E0236"),
        (3, "E0236"),
        (3, "E0237"),
        (4, "E0233"),
        (5, "E0236"),
        (5, "E0236"),
        (6, "E0283"),
        (7, "E0236"),
    ]


def test_of_many_the_first_are_said_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"A{number},x,5%,2025-03-01,2030-03-01\n" for number in range(5_000))
    found = refused(tmp_path, HEADER + rows)
    assert len(found) == 20
    assert "4,980 more problems in that file are not shown" in found[-1].notes


def test_a_column_in_per_cent_is_one_slip(tmp_path: Path) -> None:
    rows = "".join(f"A{number},1,{5 + number % 4},2025-03-01,2030-03-01\n" for number in range(100))
    (one,) = refused(tmp_path, HEADER + rows)
    assert one.code == "E0281"
    assert "and so it goes on in 99 more rows" in one.message


def test_two_hundred_thousand_rows_are_read_or_refused_in_time(tmp_path: Path) -> None:
    rows = "".join(f"A{number},1000,5%,2025-03-01,2030-03-01\n" for number in range(200_000))
    started = time.process_time()
    found = refused(tmp_path, HEADER + rows + "A7,x,5%,2025-03-01\n")
    assert found[0].code == "E0233"
    assert found[0].span.line == 200_002
    assert time.process_time() - started < 20


# --- curves and tables ------------------------------------------------------------------------------

CURVE = """
deal "Curve" { language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }
party Trust, Bank, Owner
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
index SOFR = curve "sofr.csv"
term amounts : series of money = table "amounts.csv" on payment
account cash
receive amounts from Bank into cash on payment
waterfall w from cash on payment { "Owner" pay rest to Owner }
report { total(Owner.received), highest(SOFR) }
"""
SOFR = "date,rate\n2026-01-01,4.1%\n2026-07-01,3.9%\n"
AMOUNTS = "date,amount\n2026-04-15,10\n2026-07-15,10\n2026-10-15,10\n2027-01-15,10\n"


@pytest.mark.parametrize(
    ("file", "content", "code", "line", "words"),
    [
        ("sofr.csv", "date,rate\n2026-01-01,4.1\n2026-07-01,0\n", "E0281", 2, "4.1 as a rate is 410% a year"),
        ("sofr.csv", SOFR + "2026-03-01,4%\n", "E0607", 4, "2026-03-01 comes after 2026-07-01"),
        ("sofr.csv", SOFR + "2026-07-01,4%\n", "E0607", 4, "2026-07-01 comes twice"),
        ("sofr.csv", SOFR + "01/08/2026,4%\n", "E0236", 4, "1 August (2026-08-01) or 8 January (2026-01-08)"),
        ("sofr.csv", SOFR + "2026-08-01,\n", "E0236", 4, "`rate` is blank"),
        ("sofr.csv", SOFR + "date,rate\n", "E0283", 4, "stands here again"),
        ("sofr.csv", SOFR.replace(",", ";"), "E0282", 1, "semicolons"),
        ("amounts.csv", AMOUNTS + "2026-04-15,3\n", "E0608", 6, "2026-04-15 comes twice"),
        ("amounts.csv", AMOUNTS.replace("07-15", "07-16"), "E0608", 3, "2026-07-16 is not a date of `payment`"),
        ("amounts.csv", AMOUNTS + "2026-05-15\n", "E0233", 6, "the row has 1 cell, the header 2"),
    ],
)
def test_a_curve_or_a_table_in_disorder(
    tmp_path: Path, file: str, content: str, code: str, line: int, words: str
) -> None:
    files = {"sofr.csv": SOFR, "amounts.csv": AMOUNTS} | {file: content}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(indenture.DealError) as found:
        indenture.compile(CURVE, folder=tmp_path)
    there = [one for one in found.value.diagnostics if one.span.file == file]
    assert [(one.code, one.span.line) for one in there] == [(code, line)]
    assert words in there[0].message
    assert there[0].message.startswith(f"{file}, row {line}, column ")


def test_every_disorder_of_a_curve_is_said(tmp_path: Path) -> None:
    (tmp_path / "sofr.csv").write_text(
        SOFR + "2026-07-01,4%\n2026-05-01,4%\n2026-06-01,4%\n2026-06-01,4%\n", encoding="utf-8"
    )
    (tmp_path / "amounts.csv").write_text(AMOUNTS, encoding="utf-8")
    with pytest.raises(indenture.DealError) as found:
        indenture.compile(CURVE, folder=tmp_path)
    assert [one.span.line for one in found.value.diagnostics if one.code == "E0607"] == [4, 5, 7]


def test_a_rate_in_arithmetic_may_be_anything(tmp_path: Path) -> None:
    (tmp_path / "sofr.csv").write_text("date,rate\n2026-01-01,4.1\n", encoding="utf-8")
    (tmp_path / "amounts.csv").write_text(AMOUNTS, encoding="utf-8")
    deal = indenture.compile(
        CURVE.replace(
            'index SOFR = curve "sofr.csv"',
            'term quoted : series of number = curve "sofr.csv"\nindex SOFR = quoted * 1% per year',
        ),
        folder=tmp_path,
    )
    assert deal.run()["highest SOFR"].values[0] == pytest.approx(0.041)


# --- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4/5/2026", "4 May (2026-05-04) or 5 April (2026-04-05)"),
        ("04.05.26", "4 May (2026-05-04) or 5 April (2026-04-05)"),
        ("05/05/2026", "write 2026-05-05"),
        ("13/05/2026", "write 2026-05-13"),
        ("2026/5/4", "write 2026-05-04"),
        ("20260504", "write 2026-05-04"),
        ("2026-05-04T00:00:00Z", "write 2026-05-04"),
        ("4-May-26", "write 2026-05-04"),
        ("May 4, 2026", "write 2026-05-04"),
        ("46146", "2026-05-04"),
    ],
)
def test_a_date_in_another_form_is_never_read_and_always_explained(text: str, words: str) -> None:
    with pytest.raises(CellProblem) as found:
        iso_date(text)
    assert words in str(found.value)


@pytest.mark.parametrize("text", ["soon", "31/31/2026", "2026-02-30", "99/99/99", "Foo 4, 2026", "1234567890"])
def test_what_means_nothing_is_not_explained(text: str) -> None:
    assert date_hint(text) is None
    with pytest.raises(CellProblem):
        iso_date(text)


def test_a_spreadsheets_count_of_days() -> None:
    # 1 January 2000 is day 36526 of the 1900 date system.
    assert date_hint("36526") == f"as a spreadsheet's count of days it would be {datetime.date(2000, 1, 1)}"


def test_no_hint_reads_a_number() -> None:
    for text in ("1.234,56", "1 234", "$5m", "-"):
        with pytest.raises(CellProblem, match=":"):
            number(text)


# --- parties and inputs -------------------------------------------------------------------------------

BOOK = """
deal "Book" { language = 1; currency = USD; closing = 2026-01-15; issuer = Bank }
party Bank, Meridian, Northgate, Owner
schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
component line {
  borrower : party
  balance  : money
  define northern = if borrower is Northgate then balance else $0
}
line lines each row in "book.csv"
account cash
receive sum(lines.northern) from Northgate into cash on payment
waterfall income from cash on payment { "Owner" pay rest to Owner }
report { total(Owner.received), sum(lines.balance) }
"""


def test_a_column_of_parties_names_parties(tmp_path: Path) -> None:
    (tmp_path / "book.csv").write_text("id,borrower,balance\n1,Meridian,4\n2,Northgate,6\n", encoding="utf-8")
    assert indenture.compile(BOOK, folder=tmp_path).run()["total Owner.received"].values[0] == 24
    rows = "".join(f"{number},Nothgate,6\n" for number in range(3, 40))
    (tmp_path / "book.csv").write_text("id,borrower,balance\n1,Meridian,4\n" + rows, encoding="utf-8")
    with pytest.raises(indenture.DealError) as found:
        indenture.compile(BOOK, folder=tmp_path)
    errors = [one for one in found.value.diagnostics if one.severity == "error"]
    assert {one.code for one in errors} == {"E0286"}
    assert len(errors) == 20
    assert errors[0].message == "book.csv, row 3, column 2: `Nothgate` is no party of the deal"
    assert errors[0].help == "did you mean `Northgate`?"
    assert "17 more rows of that file name no party of the deal" in errors[-1].notes


def test_a_condition_is_held_to_rows_of_a_tape_in_which_other_cells_are_wrong(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        HEADER
        + "A1,abc,5%,2025-03-01,2030-03-01\n"
        + "A1,-5,,2025-03-01,2030-03-01\n"
        + "A3,7,5,2025-03-01,2024-03-01\n"
        + "A4,7,5%,2025-03-01\n"
        + ",-8,5%,2025-03-01,04/05/2026\n",
    )
    said = [(one.span.line, one.code) for one in sorted(found, key=lambda one: (one.span.line, one.span.column))]
    assert said == [
        (2, "E0236"),
        (3, "E0237"),
        (3, "E0280"),
        (3, "E0236"),
        (4, "E0281"),
        (4, "E0280"),
        (5, "E0233"),
        (6, "E0236"),
        (6, "E0280"),
        (6, "E0236"),
    ]
    assert "`A1` of `loans` breaks" in found[[one.code for one in found].index("E0280")].message
    assert all(one.help != "" for one in found)


def test_what_is_wrong_in_a_column_is_said_beside_cells_that_cannot_be_read(tmp_path: Path) -> None:
    found = refused(tmp_path, HEADER + "A1,1,x,2025-03-01,2030-03-01\nA2,1,5,2025-03-01,2030-03-01\n" + GOOD[3:])
    assert [(one.span.line, one.code) for one in found][:2] == [(2, "E0236"), (3, "E0281")]


@pytest.mark.parametrize("cell", ["€1000", "£5", "5%", "20bp", "(€5)"])
def test_money_is_in_the_deals_currency(tmp_path: Path, cell: str) -> None:
    (found,) = refused(tmp_path, HEADER + f"A1,{cell},5%,2025-03-01,2030-03-01\n")
    assert (found.code, found.span.line, found.span.column) == ("E0236", 2, 4)
    assert "and the column is not" in found.message


def test_a_rate_is_not_money(tmp_path: Path) -> None:
    (found,) = refused(tmp_path, HEADER + "A1,10,$0.05,2025-03-01,2030-03-01\n")
    assert "is in $, and the column is not" in found.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_known_with_its_mark_or_without(tmp_path: Path, encoding: str) -> None:
    (found,) = refused(tmp_path, (HEADER + GOOD).encode(encoding))
    assert found.message == "tape.csv is in UTF-16"


POOL = """
deal "Pool" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }}
use pools
party Trust, Borrowers, Owner
schedule collection = monthly on day 15 from 2026-02-15 to 2031-01-15, unadjusted
{component} loans each row in "tape.csv" {{ collected = collection; {speed} }}
account cash
flow collected on collection = sum(loans.principal_paid)
receive collected from Borrowers into cash on collection
waterfall w from cash on collection {{ "Owner" pay rest to Owner }}
report {{ total(Owner.received) }}
"""


@pytest.mark.parametrize(("component", "speed"), [("loan_pool", ""), ("auto_pool", "speed = 1%")])
def test_a_loan_that_no_date_can_repay_is_refused(tmp_path: Path, component: str, speed: str) -> None:
    (tmp_path / "tape.csv").write_text(
        "id,principal,apr,cut_off,remaining,seasoning\nMatured,1000,5%,2026-01-15,0,60\nLate,1000,5%,2040-01-15,10,3\n"
        "Early,1000,5%,1999-01-15,12,3\nGood,1000,5%,2025-12-31,12,3\nRepaid,0,5%,2026-01-15,0,60\n"
    )
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(POOL.format(component=component, speed=speed), folder=tmp_path)
    found = [(one.span.line, one.message.rpartition(": ")[2]) for one in raised.value.diagnostics]
    assert found == [
        (2, "What has a balance has payments to come"),
        (3, "Something is collected after the cut-off"),
        (4, "Payments begin soon after the cut-off"),
    ]


def test_a_loan_that_matured_before_closing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text(
        "id,obligor,industry,par,rating,price,recovery,spread,maturity,performing\n"
        "A,a,x,100,B2,99%,40%,4%,2025-01-15,true\nB,b,x,100,D,30%,40%,4%,2025-01-15,false\n"
    )
    deal = """
    deal "CLO" { language = 1; currency = USD; closing = 2026-01-15; issuer = Issuer }
    use clo
    party Issuer
    schedule payment = quarterly on day 15 from 2026-04-15 to 2027-01-15, unadjusted
    clo_loan loans each row in "tape.csv" { index = 3%; pays = payment }
    report { "Par" = sum(loans.balance) }
    """
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(deal, folder=tmp_path)
    (one,) = (one for one in raised.value.diagnostics if one.severity == "error")
    assert (one.code, one.span.line) == ("E0280", 2)
    assert one.message.endswith("What performs matures after closing")


def test_a_table_of_money_is_in_the_deals_currency_and_all_of_a_curve_is_said(tmp_path: Path) -> None:
    deal = """
    deal "T" { language = 1; currency = USD; closing = 2026-01-15; issuer = Trust }
    party Trust, Bank
    schedule q = monthly on day 15 from 2026-02-15 to 2026-03-15, unadjusted
    index s = curve "c.csv" column rate
    input u : series of money on q = table "t.csv" column amount on q
    account cash
    receive u from Bank into cash on q
    claim i to Bank on q = $1 * s * 1 month carries
    waterfall w from cash on q { pay i; pay rest to Bank }
    report { u, i.paid }
    """
    (tmp_path / "t.csv").write_text("date,amount\n2026-02-15,€5\n2026-03-15,€6\n")
    (tmp_path / "c.csv").write_text("date,rate\n2026-01-01,4%\n2026-03-01,x\n2026-02-01,$0.05\n")
    with pytest.raises(indenture.DealError) as raised:
        indenture.compile(deal, folder=tmp_path)
    said = {(one.span.file, one.span.line, one.code) for one in raised.value.diagnostics if one.severity == "error"}
    assert said == {
        ("t.csv", 2, "E0236"),
        ("t.csv", 3, "E0236"),
        ("c.csv", 3, "E0236"),
        ("c.csv", 4, "E0236"),
        ("c.csv", 4, "E0607"),
    }


def test_beside_a_missing_column_all_else_is_said(tmp_path: Path) -> None:
    found = refused(
        tmp_path, "id,balance,originated,matures\nA1,abc,2025-03-01,2030-03-01\nA1,-5,2025-03-01,2024-03-01\n"
    )
    said = [(one.span.line, one.span.column, one.code) for one in found]
    assert said == [(1, 1, "E0235"), (2, 4, "E0236"), (3, 1, "E0237"), (3, 4, "E0280"), (3, 7, "E0280")]
