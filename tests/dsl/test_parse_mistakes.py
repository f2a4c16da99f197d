"""Mistakes of writing: what each is told, once, and that the rest of the file is read."""

from __future__ import annotations

import pytest
from indenture.dsl import syntax
from indenture.dsl.messages.codes_parse import CODES
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source

from .reading import cut, read

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
