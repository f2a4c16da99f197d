"""Tables beside a deal: what is read exactly, and what is refused with a place."""

from __future__ import annotations

import csv
import datetime
import io
import os
import threading
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.tapes.cell_values import CellProblem, boolean, iso_date, number
from indenture.dsl.tapes.read_table import parse_table, read_table
from indenture.dsl.tapes.table import Table, TableProblems

POOLS = b'''\xef\xbb\xbfid,principal,apr,cut_off,new\r
P1,"$999,357.60",15.789%,2017-01-31,yes\r
P2, 1250 ,7.5%,2017-02-28,no\r
"P3, ""late""",(0.50),0,2016-02-29,TRUE\r
\r
'''


def table(content: str | bytes) -> Table:
    made = parse_table("pools.csv", content if isinstance(content, bytes) else content.encode())
    assert isinstance(made, Table), made
    return made


def problems(content: str | bytes) -> TableProblems:
    made = parse_table("pools.csv", content if isinstance(content, bytes) else content.encode())
    assert isinstance(made, TableProblems)
    return made


def places(found: object) -> list[tuple[str, int, int]]:
    assert isinstance(found, TableProblems), found
    return [(problem.cause, problem.row, problem.column) for problem in found.problems]


def messages(found: object) -> str:
    assert isinstance(found, TableProblems), found
    return "\n".join(f"{problem.message} ({problem.help})" for problem in found.problems)


# --- what is read ---------------------------------------------------------------------------------


def test_columns_are_exact(tmp_path: Path) -> None:
    (tmp_path / "pools.csv").write_bytes(POOLS)
    pools = read_table(tmp_path, "pools.csv")
    assert isinstance(pools, Table)
    assert pools.header == ("id", "principal", "apr", "cut_off", "new")
    assert len(pools) == 3
    assert pools.texts("id") == ("P1", "P2", 'P3, "late"')
    assert pools.numbers("principal") == (Fraction(99935760, 100), Fraction(1250), Fraction(-1, 2))
    assert pools.numbers("apr") == (Fraction(15789, 100_000), Fraction(75, 1000), Fraction(0))
    assert pools.dates("cut_off") == tuple(map(datetime.date.fromisoformat, ("2017-01-31", "2017-02-28", "2016-02-29")))
    assert pools.booleans("new") == (True, False, True)
    assert pools.unique_texts("id") == pools.texts("id")
    assert pools.marks("apr") == {"%"}
    assert pools.marks("principal") == {"$"}
    assert pools.marks("nothing") == frozenset()
    assert [record.line for record in pools.records] == [2, 3, 4]
    assert len(pools.sha256) == 64
    assert pools.place(2, 1).column == 16  # (0.50) in the fourth line
    assert repr(pools) == "Table('pools.csv', columns=['id', 'principal', 'apr', 'cut_off', 'new'], rows=3)"


def test_a_file_in_a_folder_beside_the_deal(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pools.csv").write_bytes(POOLS)
    assert isinstance(read_table(tmp_path, "data/pools.csv"), Table)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_a_cell_of_two_lines(end: str) -> None:
    made = table(end.join(["a,b", '1,"two', 'lines"', "2,x", ""]))
    assert made.rows == (("1", "two\nlines"), ("2", "x"))
    assert [record.line for record in made.records] == [2, 4]
    assert places(made.numbers("b")) == [("cell", 2, 2), ("cell", 4, 2)]


visible = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp", "Cs"))
cells = st.text(visible, max_size=8).map(str.strip)
# Line ends and quotes occur, hidden characters do not.
awkward = st.one_of(cells, st.sampled_from(['"', '""', 'a"b', ",", "a,b", "x\ny", 'q","q']))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.data())
def test_the_csv_module_writes_what_is_read(width: int, data: st.DataObject) -> None:
    row = st.lists(awkward, min_size=width, max_size=width).filter(any)
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=data.draw(st.sampled_from(["\n", "\r\n"]))).writerows(
        [[f"column {k}" for k in range(width)], *rows]
    )
    made = table(out.getvalue())
    assert made.rows == tuple(tuple(row) for row in rows)
    for k in range(len(rows)):
        shown = made.text.split("\n")[made.records[k].line - 1]
        assert shown.startswith(made.text[made.records[k].start :].split("\n")[0])


@settings(max_examples=100, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_numbers_as_spreadsheets_write_them(value: object) -> None:
    exact = Fraction(str(value))
    assert number(str(value)) == exact
    assert number(f"{value:,}") == exact
    assert number(f"{value:.6f}%") == exact / 100
    assert number(f"${value:,}") == exact
    assert number(f"{value:e}") == exact
    assert number(f"({abs(exact.numerator)})") == -abs(exact.numerator)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("999,357.60", Fraction(99935760, 100)),
        ("15.789%", Fraction(15789, 100_000)),
        ("210bp", Fraction(21, 1000)),
        ("210 bp", Fraction(21, 1000)),
        ("-$5", Fraction(-5)),
        ("$-5", Fraction(-5)),
        ("(€1,250.00)", Fraction(-1250)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("+1.5e-3", Fraction(15, 10_000)),
        ("007", Fraction(7)),
        ("9" * 300, Fraction(10**300 - 1)),
    ],
)
def test_numbers(text: str, value: Fraction) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n/a", "not a number"),
        ("NaN", "not a number"),
        ("inf", "not a number"),
        ("-", "not a number"),
        ("$", "not a number"),
        (".", "not a number"),
        ("1e", "not a number"),
        ("#REF!", "not a number"),
        ("1 000", "not a number"),
        ("5 x", "not a number"),
        ("١٢", "not a number"),
        ("=1+1", "not a number"),
        ("--5", "not a number"),
        ("(-5)", "more than one sign"),
        ("(5", "half a bracket"),
        ("15,78", "decimals have a point"),
        ("0,125", "decimals have a point"),
        ("1,0000", "decimals have a point"),
        ("9" * 400, "more does not fit in a run"),
        ("9" * 401, "400 digits"),
        ("1e401", "400 digits"),
        ("1e-9999", "400 digits"),
        ("9" * 100_000, "400 digits"),
    ],
)
def test_not_numbers(text: str, message: str) -> None:
    with pytest.raises(CellProblem, match=message):
        number(text)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "1900-12-31", "2200-01-01", "1/2/2026", "20260101", "2026-1-1", "２０２６-01-01"],
)
def test_not_dates(text: str) -> None:
    with pytest.raises(CellProblem):
        iso_date(text)


def test_not_booleans() -> None:
    assert [boolean(text) for text in ("True", "NO", "yes", "false")] == [True, False, True, False]
    with pytest.raises(CellProblem, match="neither true"):
        boolean("1")


# --- what is wrong with the cells -----------------------------------------------------------------


def test_every_wrong_cell_of_a_column_is_said_with_its_place() -> None:
    made = table("id,apr,due\nP1,7%,2026-02-28\nP1,n/a,2026-02-30\n,,31 March\n")
    found = made.numbers("apr")
    assert places(found) == [("cell", 3, 2), ("cell", 4, 2)]
    assert isinstance(found, TableProblems)
    span = found.problems[0].span
    assert span is not None
    assert (span.file, span.line, span.column, span.end_column) == ("pools.csv", 3, 4, 7)
    assert "`apr`: `n/a` is not a number" in messages(found)
    assert "`apr` is blank" in messages(found)
    assert places(made.optional_numbers("apr")) == [("cell", 3, 2)]
    assert places(made.dates("due")) == [("cell", 3, 3), ("cell", 4, 3)]
    assert places(made.unique_texts("id")) == [("duplicate", 3, 1), ("cell", 4, 1)]
    assert made.optional_texts("id") == ("P1", "P1", None)
    assert places(table("id\nA\nB\nA\nA\n").unique_texts("id")) == [("duplicate", 4, 1), ("duplicate", 5, 1)]
    assert "also the id on line 2" in messages(table("id\nA\nB\nA\n").unique_texts("id"))


def test_blank_cells_where_they_may_be() -> None:
    made = table("a,b\n1,2026-01-01\n,\n")
    assert made.optional_numbers("a") == (Fraction(1), None)
    assert made.optional_dates("b") == (datetime.date(2026, 1, 1), None)


def test_a_column_half_in_per_cent_is_refused() -> None:
    assert places(table("apr\n7%\n8%\n0\n9\n").numbers("apr")) == [("cell", 5, 1)]
    assert places(table("apr\n7\n8\n9%\n").optional_numbers("apr")) == [("cell", 4, 1)]
    assert "in € here and in $ on line 2" in messages(table("a\n$1\n€2\n").numbers("a"))


def test_a_misspelt_column_is_suggested() -> None:
    found = table("principal,apr\n1,2\n").numbers("principle")
    assert places(found) == [("column", 1, 0)]
    assert "did you mean `principal`?" in messages(found)
    assert "its columns are principal, apr" in messages(table("principal,apr\n1,2\n").numbers("zzz"))


def test_only_the_first_twenty_problems_are_kept() -> None:
    found = table("a\n" + "x\n" * 50).numbers("a")
    assert isinstance(found, TableProblems)
    assert (len(found.problems), found.more) == (20, 30)
    ragged = problems("a\n" + "1,2\n" * 50)
    assert (len(ragged.problems), ragged.more) == (20, 30)
    hidden = problems("a\n" + "\u202e\n" * 50)
    assert (len(hidden.problems), hidden.more) == (20, 30)


# --- what is wrong with the file ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected", "message"),
    [
        (b"", [("shape", 0, 0)], "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", [("shape", 0, 0)], "is empty"),
        (b"a,b\n", [("shape", 1, 0)], "a header and no rows"),
        (b"a,b\n1\n1,2\n1,2,3\n", [("shape", 2, 2), ("shape", 4, 3)], "the row has 3 cells, the header 2"),
        (b"a,b\n1,2\n\n3,4\n", [("shape", 3, 2)], "the line is blank"),
        (b"a,,a\n1,2,3\n", [("header", 1, 2), ("header", 1, 3)], "columns 1 and 3 are both named `a`"),
        (b'a,b\n1,"two\n3,4\n', [("shape", 2, 2)], "never closed"),
        (b'a,b\n1,"two" x\n3,4\n', [("shape", 2, 2)], "goes on after its closing quote"),
        (b'a,b\n6" pipe,2\n3,4\n', [("shape", 2, 1)], "a quote stands inside"),
        (b"a,b\n1,\xe9\n", [("encoding", 2, 2)], "byte 0xe9 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), [("encoding", 0, 0)], "UTF-16"),
        (b"a,b\n1,\x002\n", [("character", 2, 2)], "U+0000"),
        ("a,b\n1,2\n3,4\u202e5\n".encode(), [("character", 3, 2)], "U+202E"),
        ("a,b\n\u200f1,\u20662\n".encode(), [("character", 2, 1), ("character", 2, 2)], "U+2066"),
    ],
)
def test_a_malformed_file(content: bytes, expected: list[tuple[str, int, int]], message: str) -> None:
    found = problems(content)
    assert places(found) == expected
    assert message in messages(found)


def test_the_problem_of_a_quote_is_where_it_opens() -> None:
    span = problems('a,b,c\n1,  "two\n3,4\n').problems[0].span
    assert span is not None
    assert (span.line, span.column) == (2, 5)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text('a1",\n\r \u202e%', max_size=40).map(str.encode)))
def test_no_bytes_raise_and_every_place_is_in_the_file(content: bytes) -> None:
    made = parse_table("x.csv", content)
    if isinstance(made, Table):
        assert all(len(row) == len(made.header) for row in made.rows)
        for name in made.header:
            for column in (made.numbers(name), made.dates(name), made.booleans(name), made.texts(name)):
                assert isinstance(column, TableProblems) or len(column) == len(made)
        return
    lines = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert made.problems
    for problem in made.problems:
        assert 0 <= problem.row <= len(lines)
        if problem.span is not None:
            assert problem.span.line <= len(lines)
            assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 2


@pytest.mark.parametrize(
    "content",
    [
        b'"' * 3_000_000,
        b'a\n"' + b'x""' * 1_000_000,
        b"," * 9_000_000,
        ",".join(map(str, range(1_000_000))).encode(),
        b"a,b\n" + b"1," * 3_000_000 + b'"x" y\n' * 30,
        b"\n" * 9_000_000,
        b"a,b\n" + b"1\n" * 400_000,
        b"a,b\n" + b'"1","a ""b"""\n' * 100_000,
        b'a\n"1"x\n' * 100_000,
        b"a\n" + b"\x00" * 3_000_000,
    ],
    ids=[
        "quotes",
        "one quoted cell",
        "commas",
        "columns",
        "a long row",
        "lines",
        "rows",
        "quoted rows",
        "stray text",
        "hidden",
    ],
)
def test_a_large_file_takes_no_longer_than_its_length(content: bytes) -> None:
    begun = time.perf_counter()
    parse_table("x.csv", content)
    assert time.perf_counter() - begun < 5  # the contract: 5 seconds to a diagnostic


# --- what is opened -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/etc/passwd", "not inside the deal's folder"),
        ("../pools.csv", "not inside the deal's folder"),
        ("data/../../pools.csv", "not inside the deal's folder"),
        ("C:\\pools.csv", "not inside the deal's folder"),
        ("C:pools.csv", "not inside the deal's folder"),
        ("", "not the name of a file"),
        (".", "not the name of a file"),
        ("a\0b", "not the name of a file"),
        ("folder", "is a folder"),
        ("pool.csv", 'did you mean "pools.csv"?'),
        ("pools.csv/x", "cannot be read: Not a directory"),
        ("x" * 5000, "cannot be read: File name too long"),
    ],
)
def test_names_that_are_refused(tmp_path: Path, name: str, message: str) -> None:
    deal = tmp_path / "deal"
    (deal / "folder").mkdir(parents=True)
    (deal / "pools.csv").write_bytes(POOLS)
    (tmp_path / "pools.csv").write_bytes(POOLS)
    found = read_table(deal, name)
    assert places(found) == [("unreadable", 0, 0)]
    assert message in messages(found)
    assert len(messages(found)) < 300


def test_links_are_not_followed(tmp_path: Path) -> None:
    deal = tmp_path / "deal"
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "pools.csv").write_bytes(POOLS)
    deal.mkdir()
    (deal / "own.csv").write_bytes(POOLS)
    (deal / "out.csv").symlink_to(tmp_path / "elsewhere" / "pools.csv")
    (deal / "in.csv").symlink_to(deal / "own.csv")
    (deal / "through").symlink_to(tmp_path / "elsewhere")
    (deal / "nowhere.csv").symlink_to(deal / "missing")
    for name in ("out.csv", "in.csv", "through/pools.csv", "nowhere.csv"):
        assert "link" in messages(read_table(deal, name))
    assert isinstance(read_table(deal, "own.csv"), Table)
    # The deal's folder may itself be reached by a link: that is the reader's own choice.
    (tmp_path / "same").symlink_to(deal)
    assert isinstance(read_table(tmp_path / "same", "own.csv"), Table)


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pools.csv")
    found: list[object] = []
    reader = threading.Thread(target=lambda: found.append(read_table(tmp_path, "pools.csv")), daemon=True)
    reader.start()
    reader.join(5)
    assert not reader.is_alive()
    assert "is a pipe" in messages(found[0])


def test_a_device_is_not_read() -> None:
    assert "is a device" in messages(read_table(Path("/dev"), "zero"))


def test_ten_megabytes_and_no_more(tmp_path: Path) -> None:
    row = b"1234567,89" + b"0" * 89 + b"\n"
    (tmp_path / "most.csv").write_bytes(b"a,b\n" + row * (9_999_996 // len(row)))
    assert isinstance(read_table(tmp_path, "most.csv"), Table)
    (tmp_path / "more.csv").write_bytes(b"a" * 10_000_001)
    found = read_table(tmp_path, "more.csv")
    assert places(found) == [("too large", 0, 0)]
    assert "larger than 10 MB" in messages(found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read any file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "pools.csv").write_bytes(POOLS)
    (tmp_path / "pools.csv").chmod(0)
    assert "cannot be read: Permission denied" in messages(read_table(tmp_path, "pools.csv"))
