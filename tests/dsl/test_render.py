"""Diagnostics as text (golden), JSON and SARIF."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indenture.dsl.messages.canvas import display_width, printable
from indenture.dsl.messages.codes import Code
from indenture.dsl.messages.diagnostics import Collector, Diagnostic, Label
from indenture.dsl.messages.render import as_text, summary_of, wants_colour
from indenture.dsl.messages.render_json import as_json, as_sarif
from indenture.engine.ir import Span

AURORA = "\n" * 40 + "define tail = 1.15x + 3 months\n"
ADDED = Diagnostic(
    "E0312",
    "this adds a multiple to a duration",
    Span("aurora.deal", 41, 23, 41, 31),
    "duration",
    (Label(Span("aurora.deal", 41, 15, 41, 20), "multiple"),),
    "did you mean `1.15x * dscr`, or `maturity + 3 months`?",
)


def at(line: int, column: int, end_column: int, *, end_line: int | None = None, file: str = "a.deal") -> Span:
    return Span(file, line, column, end_line or line, end_column)


def check(diagnostic: Diagnostic, sources: dict[str, str], expected: str, *, width: int = 120) -> None:
    shown = as_text([diagnostic], sources, summary=False, width=width)
    assert shown == expected.removeprefix("\n")


def test_the_example_of_the_reference() -> None:
    check(
        ADDED,
        {"aurora.deal": AURORA},
        """
error[E0312]: this adds a multiple to a duration
  --> aurora.deal:41:23
   |
41 | define tail = 1.15x + 3 months
   |               -----   ^^^^^^^^ duration
   |               |
   |               multiple
   = help: did you mean `1.15x * dscr`, or `maturity + 3 months`?
""",
    )


def test_several_labels_on_one_line_and_others_on_lines_apart() -> None:
    text = "define a = b + c + d\n\ndefine b = $1\n\n\n\ndefine e = 1\n"
    check(
        Diagnostic(
            "E0300",
            "three things",
            at(1, 16, 17),
            "money",
            (
                Label(at(1, 12, 13), "a rate"),
                Label(at(1, 20, 21), "a date"),
                Label(at(3, 8, 9), "declared here"),
                Label(at(7, 8, 9), "and here"),
            ),
        ),
        {"a.deal": text},
        """
error[E0300]: three things
 --> a.deal:1:16
  |
1 | define a = b + c + d
  |            -   ^   - a date
  |            |   |
  |            |   money
  |            a rate
2 |
3 | define b = $1
  |        - declared here
...
7 | define e = 1
  |        - and here
""",
    )


def test_a_span_of_several_lines_is_a_rail() -> None:
    text = "waterfall revenue from x on y {\n  pay a\n  pay b\n  pay c\n  pay d\n  pay e\n  pay f\n}\n"
    check(
        Diagnostic("E0101", "never closed", at(1, 1, 2, end_line=8), "this waterfall", (Label(at(4, 7, 8), "c"),)),
        {"a.deal": text},
        """
error[E0101]: never closed
 --> a.deal:1:1
  |
1 | / waterfall revenue from x on y {
2 | |   pay a
3 | |   pay b
4 | |   pay c
  | |       - c
...
7 | |   pay f
8 | | }
  | |_^ this waterfall
""".replace("...\n", "... |\n"),
    )


def test_a_span_of_several_lines_that_starts_within_one() -> None:
    check(
        Diagnostic("W0101", "long", at(1, 8, 6, end_line=2), "here", severity="warning"),
        {"a.deal": "define a = b +\n    c\n"},
        """
warning[W0101]: long
 --> a.deal:1:8
  |
1 |   define a = b +
  |  ________^
2 | |     c
  | |_____^ here
""",
    )


def test_two_spans_of_several_lines() -> None:
    check(
        Diagnostic("E0102", "both", at(1, 1, 2, end_line=4), "outer", (Label(at(2, 3, 4, end_line=3), "inner"),)),
        {"a.deal": "a {\n  b {\n  }\n}\n"},
        """
error[E0102]: both
 --> a.deal:1:1
  |
1 | /   a {
2 | | /   b {
3 | | |   }
  | | |___- inner
4 | |   }
  | |___^ outer
""",
    )


def test_places_in_other_files_and_notes() -> None:
    check(
        Diagnostic(
            "E0201",
            "declared twice",
            at(1, 8, 9),
            "again",
            (Label(at(2, 1, 4, file="lib.deal"), "first here"), Label(at(5, 1, 2, file="gone.deal"), "lost")),
            "rename one",
            ("it needs b\nand c", "nothing more"),
        ),
        {"a.deal": "define a = 1", "lib.deal": "x\nfoo\n"},
        """
error[E0201]: declared twice
 --> a.deal:1:8
  |
1 | define a = 1
  |        ^ again
 ::: lib.deal:2:1
  |
2 | foo
  | --- first here
 ::: gone.deal:5:1
  = help: rename one
  = note: it needs b
          and c
  = note: nothing more
""",
    )


def test_wide_characters_tabs_and_carriage_returns() -> None:
    check(
        Diagnostic("E0103", "wide", at(1, 2, 4), "two wide", (Label(at(1, 5, 6), "x"),)),
        {"a.deal": "\t中文 x\r\n"},
        """
error[E0103]: wide
 --> a.deal:1:2
  |
1 |     中文 x
  |     ^^^^ - x
  |     |
  |     two wide
""",
    )


def test_nothing_in_a_source_moves_the_cursor() -> None:
    shown = as_text(
        [Diagnostic("E0104", "bad \x1b[31m name \u202e", at(1, 1, 2), "\x07", help="\u2066", notes=("\x00",))],
        {"a.deal": "\x1b]0;evil\x07 \u202e\u200b \x7f \ud800\n"},
    )
    assert "␛[31m name �" in shown
    assert all(character == "\n" or character.isprintable() for character in shown)


def test_a_long_line_is_cut_around_its_places() -> None:
    text = "x" * 500 + "BAD" + "y" * 20 + "SEE" + "z" * 500
    check(
        Diagnostic(
            "E0105", "long", at(1, 501, 504), "this", (Label(at(1, 524, 527), "that"), Label(at(1, 1, 3), "far"))
        ),
        {"a.deal": text},
        """
error[E0105]: long
 --> a.deal:1:501
  |
1 | ...xxxxBADyyyyyyyyyyyyyyyyyyyySEEzzzz...
  |    -   ^^^                    --- that
  |    |   |
  |    |   this
  |    far
""",
        width=40,
    )


def test_a_line_of_megabytes_costs_no_more() -> None:
    text = "\u4e2d" * 3_000_000
    shown = as_text([Diagnostic("E0105", "long", at(1, n, n + 1)) for n in range(1, 200)], {"a.deal": text})
    assert max(map(display_width, shown.splitlines())) < 140


def test_places_past_the_end() -> None:
    check(
        Diagnostic("E0106", "ends too early", at(2, 1, 1), "a `}` is missing"),
        {"a.deal": "deal {\n"},
        """
error[E0106]: ends too early
 --> a.deal:2:1
  |
2 |
  | ^ a `}` is missing
""",
    )


def test_an_exact_text_between_two_and_a_count() -> None:
    warning = Diagnostic("W0101", "w", at(1, 1, 2), severity="warning")
    shown = as_text([ADDED, ADDED, warning], {})
    assert shown.count("\n\n") == 3
    assert shown.endswith("\n2 errors, 1 warning\n")
    assert summary_of([warning, warning]) == "2 warnings"
    assert summary_of([]) == "no errors"


def test_colour_only_adds_escapes() -> None:
    plain = as_text([ADDED], {"aurora.deal": AURORA})
    coloured = as_text([ADDED], {"aurora.deal": AURORA}, colour=True)
    assert "\x1b[1;31m^^^^^^^^\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())


spans = st.builds(
    lambda line, column, lines, columns: Span(
        "a.deal", line, column, line + lines, column + columns if lines == 0 else columns + 1
    ),
    st.integers(1, 8),
    st.integers(1, 30),
    st.sampled_from([0, 0, 0, 1, 7]),
    st.integers(0, 12),
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=120),
    primary=spans,
    others=st.lists(st.tuples(spans, st.text(max_size=12)), max_size=4),
    label=st.text(max_size=12),
    width=st.integers(40, 80),
)
def test_any_places_in_any_text(
    text: str, primary: Span, others: list[tuple[Span, str]], label: str, width: int
) -> None:
    """Every label is shown, nothing unprintable is, and the source lines stay within the width."""
    diagnostic = Diagnostic("E0100", "m", primary, label, tuple(Label(*other) for other in others))
    shown = as_text([diagnostic], {"a.deal": text}, width=width)
    assert all(character == "\n" or character.isprintable() for character in shown)
    for wanted in (label, *(other[1] for other in others)):
        assert printable(wanted).rstrip() in shown
    assert f"--> a.deal:{primary.line}:{primary.column}\n" in shown
    for line in shown.splitlines():
        if line[:1].isdigit():
            assert display_width(line) <= width + 20


def test_json_carries_the_same_content() -> None:
    content = json.loads(as_json([ADDED]))
    assert content == {
        "diagnostics": [
            {
                "code": "E0312",
                "severity": "error",
                "message": "this adds a multiple to a duration",
                "file": "aurora.deal",
                "line": 41,
                "column": 23,
                "end_line": 41,
                "end_column": 31,
                "label": "duration",
                "others": [
                    {
                        "file": "aurora.deal",
                        "line": 41,
                        "column": 15,
                        "end_line": 41,
                        "end_column": 20,
                        "label": "multiple",
                    }
                ],
                "help": "did you mean `1.15x * dscr`, or `maturity + 3 months`?",
                "notes": [],
                "waived": None,
            }
        ]
    }
    assert json.loads(as_json([])) == {"diagnostics": []}
    stray = json.loads(as_json([Diagnostic("E0100", "\ud800", at(1, 1, 1))]))
    assert stray["diagnostics"][0]["message"].startswith("\\ud800") or stray["diagnostics"][0]["message"] == "\ud800"


PAGE = Code("E0312", "a multiple added to a duration", "Why.", "deal", "", "", "# E0312: ...")


def test_sarif_has_the_structure_of_the_standard() -> None:
    """The constraints of SARIF 2.1.0, sections 3.13 to 3.30, on the properties that are written."""
    warning = Diagnostic("W0101", "w", at(1, 5, 5, file="a b/ü.deal"), severity="warning", notes=("n",))
    log = json.loads(as_sarif([ADDED, warning, ADDED], {"E0312": PAGE}, "0.1.0"))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("Indenture", "0.1.0")
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["E0312", "W0101"]
    assert rules[0]["shortDescription"]["text"] == PAGE.title
    assert rules[0]["help"] == {"text": "Why.", "markdown": PAGE.page}
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            physical = location["physicalLocation"]
            assert " " not in physical["artifactLocation"]["uri"]
            assert physical["artifactLocation"]["uri"].isascii()
            region = physical["region"]
            assert all(isinstance(region[name], int) and region[name] >= 1 for name in region)
            assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
        identities = [location["id"] for location in result.get("relatedLocations", [])]
        assert len(set(identities)) == len(identities)
    first = run["results"][0]
    assert first["locations"][0]["message"]["text"] == "duration"
    assert first["relatedLocations"][0]["message"]["text"] == "multiple"
    assert first["properties"]["help"] == ADDED.help
    assert first["message"]["text"] == f"{ADDED.message}\nhelp: {ADDED.help}"
    assert run["results"][1]["properties"]["notes"] == ["n"]


def test_what_is_found_is_said_once_and_in_the_order_of_the_text() -> None:
    collector = Collector()
    collector.warning("W0101", "late", at(9, 1, 2))
    collector.error("E0101", "early", at(2, 1, 2))
    collector.error("E0101", "again", at(2, 1, 2))
    assert [d.message for d in collector.found] == ["early", "late"]
    assert collector.failed
