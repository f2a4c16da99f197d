"""Whatever the text: no exception, an answer in time, places inside the file, and few words about one cause."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indenture.dsl import syntax
from indenture.dsl.messages.codes_parse import CODES
from indenture.dsl.messages.diagnostics import Collector, Diagnostic
from indenture.dsl.text import grammar_tables
from indenture.dsl.text.parse import parse, parse_expression
from indenture.dsl.text.recover import MOST_ERRORS
from indenture.dsl.text.source import Source
from indenture.dsl.text.tokens import MOST_LEXEMES, MOST_SLIPS, scan

SECONDS = 5.0
SAMPLES = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "samples").glob("*.deal"))
}


def read(text: str) -> tuple[syntax.Module, tuple[Diagnostic, ...]]:
    """Parse within the time that a deal may take, and check what holds of any answer."""
    collector = Collector()
    began = time.process_time()
    module = parse(Source("a.deal", text), collector)
    assert time.process_time() - began < SECONDS
    # Nothing large stands in an assertion: a failure would print it.
    assert misplaced(text, collector.found) == []
    return module, collector.found


def misplaced(text: str, found: tuple[Diagnostic, ...]) -> list[tuple[str, int, int]]:
    """Diagnostics without a page, or whose places are not in the text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    wrong = []
    for diagnostic in found:
        for span in (diagnostic.span, *(label.span for label in diagnostic.others)):
            inside = 1 <= span.line <= span.end_line <= len(lines) and 1 <= span.column <= len(lines[span.line - 1]) + 2
            forward = (span.line, span.column) < (span.end_line, span.end_column) or diagnostic.code == "E0109"
            if not (inside and forward and diagnostic.code in CODES):
                wrong.append((diagnostic.code, span.line, span.column))
    return wrong


MILLIONS = 9_999_000

LARGE = {
    "one word": "a" * MILLIONS,
    "spaces": " " * MILLIONS,
    "line ends": "\n" * MILLIONS,
    "line ends and spaces": "\n " * (MILLIONS // 2),
    "comment": "--" * (MILLIONS // 2),
    "comments": "--\n" * (MILLIONS // 3),
    "digits": "define x = " + "1" * MILLIONS,
    "quotation marks": '"' * MILLIONS,
    "texts never closed": '"a\n' * (MILLIONS // 3),
    "unknown characters": "?" * MILLIONS,
    "typographic marks": "“" * (MILLIONS // 3),
    "money": "$1" * (MILLIONS // 2),
    "money with commas": "$1," + "1," * (MILLIONS // 2 - 10),
    "dates": "2026-01-01 " * (MILLIONS // 11),
    "semicolons": ";" * MILLIONS,
    "items": "define x = 1\n" * (MILLIONS // 13),
    "carriage returns": "\r" * MILLIONS,
    "half dates": "1234-1" * (MILLIONS // 6),
    "half day counts": "actual/" * (MILLIONS // 7),
    "too large": " " * (MILLIONS + 2_000),
}


@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes(name: str) -> None:
    read(LARGE[name])


N = MOST_LEXEMES // 5

DEEP = {
    "parentheses": ("define x = " + "(" * N + "1" + ")" * N, {"E0108"}),
    "lists": ("define x = " + "[" * N + "1" + "]" * N, {"E0108"}),
    "calls": ("define x = " + "f(" * N + "1" + ")" * N, {"E0108"}),
    "blocks": ("waterfall w from a on b " + "{ when c " * N + "}" * N, {"E0108"}),
    "not": ("define x = " + "not " * N + "true", {"E0108"}),
    "minus": ("define x = " + "- " * N + "1", {"E0108"}),
    "if": ("define x = " + "if a then 1 else " * (N // 4) + "1", {"E0108"}),
    "if in if": ("define x = " + "if " * N + "a", {"E0108"}),
    "power": ("define x = " + "2 ^ " * N + "1", {"E0108"}),
    "sum": ("define x = " + "1 + " * N + "1", {"E0118"}),
    "and": ("define x = " + "a and " * N + "b", {"E0118"}),
    "movements": ("state x = 1, then opening x" + " + y at opening" * (N // 2), {"E0118"}),
    "per": ("define x = $1" + " per a" * N, {"E0121"}),
    "unit": ("define x = 1 a" + "-a" * N, {"E0121"}),
    "falls": ("define x = a" + " falls" * N, {"E0108"}),
    "on dates": ("define x = a" + " on 2026-01-01" * N, {"E0108"}),
    "types": ("input x : " + "series of " * N + "money", {"E0108"}),
    "name": ("define x = a" + ".a" * N, set()),
    "bounds": ("define x = number of a dates" + " from date" * N, set()),
    "mixed": ("define x = " + "-(not [f(" * 60 + "1" + ")])" * 60, {"E0108"}),
}


@pytest.mark.parametrize("name", DEEP)
def test_nests_and_chains(name: str) -> None:
    text, expected = DEEP[name]
    module, found = read(f"{text}\ndefine after = 1")
    assert {diagnostic.code for diagnostic in found} == expected
    assert len(found) == len(expected)
    # What a later pass walks by recursion is not deep, whatever was written.
    pending: list[tuple[object, int]] = [(module.items, 0)]
    while pending:
        node, depth = pending.pop()
        assert depth < 900
        if isinstance(node, tuple):
            pending.extend((part, depth + 1) for part in node)
        elif hasattr(node, "__attrs_attrs__"):
            pending.extend((getattr(node, field.name), depth + 1) for field in node.__attrs_attrs__)


WIDTH = N // 4
WIDE = {
    "list": "define x = [" + ", ".join(["1"] * 2 * WIDTH) + "]",
    "arguments": "define x = f(" + ", ".join(f"a{i} = 1" for i in range(WIDTH)) + ")",
    "parties": "party " + ", ".join(["a"] * 2 * WIDTH),
    "fields": "loan x { " + "; ".join(f"a{i} = 1" for i in range(WIDTH)) + " }",
    "steps": "waterfall w from a on b { " + "; ".join(["pay a"] * WIDTH) + " }",
    "labels": "waterfall w from a on b {\n" + '"a" pay a\n' * WIDTH + "}",
    "parameters": "function f(" + ", ".join(f"a{i}" for i in range(WIDTH)) + ") = 1",
    "rows": "expect x by y {\n" + "A 1 2\n" * WIDTH + "}",
}


@pytest.mark.parametrize("name", WIDE)
def test_long_lists_are_read(name: str) -> None:
    module, found = read(WIDE[name])
    assert found == ()
    assert len(module.items) == 1


WRONG = {
    "closing": "define x = )\n",
    "opening": "define x = (\n",
    "braces": "loan x {\n",
    "two values": "define x = 1 2\n",
    "operators": "* / + ^\n",
    "verbs": "pay pay to to\n",
    "bad characters": "define x = ?\n",
    "fields with commas": "loan a { a = 1, b = 2 }\n",
    "closing braces": "}\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_full_of_errors_has_an_end(name: str) -> None:
    _, found = read(WRONG[name] * 2_500)
    assert 0 < len(found) <= MOST_ERRORS + MOST_SLIPS + 30


def test_scanning_is_linear() -> None:
    def seconds(copies: int) -> float:
        source = Source("a", SAMPLES["gpu_spv"] * copies)
        began = time.process_time()
        scan(source, Collector())
        return time.process_time() - began

    seconds(4)
    once, more = min(seconds(4) for _ in range(3)), min(seconds(16) for _ in range(3))
    assert more < once * 4 * 3


# ------------------------------------------------------------------------------------------------ mutations

PIECES = [
    *grammar_tables.keywords(),
    "senior",
    "senior.interest",
    "3",
    "$5m",
    "2026-01-15",
    '"Text"',
    "4%",
    "30/360",
    "\n",
    ";",
    "--",
    "§",
    "“",
    '"',
    "$",
    "%",
    "2026-02-30",
    "\t",
    "\r",
    "é",
    "\u202e",
    "\x00",
    "tests",
    "at",
    "opening",
    "first",
    "dates",
]


def mutated(text: str, draw: random.Random, times: int) -> str:
    for _ in range(times):
        start = draw.randrange(len(text) + 1)
        end = min(len(text), start + draw.choice((0, 1, 1, 2, 5, 20)))
        match draw.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:start] + " " + draw.choice(PIECES) + " " + text[start:]
            case 2:
                text = text[:start] + draw.choice(PIECES) + text[end:]
            case 3:
                other = draw.randrange(len(text) + 1)
                text = text[:start] + text[other : other + 30] + text[start:]
            case _:
                words = text.split(" ")
                if len(words) > 2:
                    place = draw.randrange(len(words) - 1)
                    words[place], words[place + 1] = words[place + 1], words[place]
                    text = " ".join(words)
    return text


@pytest.mark.parametrize("name", SAMPLES)
def test_mutated_deals(name: str) -> None:
    draw = random.Random(f"hostile {name}")
    for times in (1, 1, 1, 2, 3, 5, 20):
        read(mutated(SAMPLES[name], draw, times))


@pytest.mark.parametrize("name", SAMPLES)
def test_truncated_deals(name: str) -> None:
    draw = random.Random(f"cut {name}")
    for _ in range(5):
        _, found = read(SAMPLES[name][: draw.randrange(len(SAMPLES[name]))])
        assert len(found) <= 4


@pytest.mark.parametrize("name", ["aurora", "auto_abs"])
def test_one_word_less_leaves_nearly_all_of_a_deal(name: str) -> None:
    draw = random.Random(f"word {name}")
    text = SAMPLES[name]
    whole = len(read(text)[0].items)
    for _ in range(30):
        start = text.index(" ", draw.randrange(len(text) - 200))
        module, found = read(text[:start] + text[text.index(" ", start + 1) :])
        assert len(found) <= 6
        assert len(module.items) >= whole - 6


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_words_in_any_order(words: list[str]) -> None:
    text = " ".join(words)
    _, found = read(text)
    assert len(found) <= 2 * len(words) + 1
    parse_expression(text, Collector())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    read(text)
    parse_expression(text, Collector())
