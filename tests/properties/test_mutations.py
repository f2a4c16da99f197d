"""Deals that someone has damaged: a diagnostic with a place, never a traceback, and never a wait."""

from __future__ import annotations

import functools
import re
import time
from pathlib import Path

import indenture
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .strategies import EXAMPLES, moderate

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "examples").glob("*.deal"), *(ROOT / "tests" / "dsl" / "samples").glob("*.deal")])
LONGEST = 5.0
TOKEN = re.compile(r'"[^"\n]*"|[A-Za-z_][\w.]*|\$?\d[\d_,.]*%?|\s+|.', re.DOTALL)
INSERTED = (
    "{",
    "}",
    "(",
    ")",
    ";",
    ",",
    "=",
    "\n",
    '"',
    "--",
    "pay",
    "rest",
    "to",
    "from",
    "then from",
    "up to",
    "when",
    "until",
    "previous",
    "opening",
    "closing",
    "projected",
    "never",
    "$1",
    "$",
    "5%",
    "1e9",
    "10^400",
    "0",
    "/ 0",
    "-",
    "^",
    "2026-02-30",
    "2026-13-01",
    "99999",
    "if",
    "else",
    "on",
    "each row in",
    '"../x.csv"',
    "balance",
    "balance.paid",
    "x.y.z",
    "[",
    "]",
    ":",
    "\u202e",
    "\x00",
    "é",
    "𝟙",
    "\ufeff",
    "\r",
    "\t",
    "’",
    "0x",
    "1x",
    "-5 months",
    "999999999 years",
    "per year",
    "max(",
    "sum(",
    "accrue(",
    "trailing(",
    "total",
    "deal",
    "component",
    "waterfall",
    "party",
    "claim",
    "state",
    "trigger",
)


@functools.cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.cache
def tokens_of(path: Path) -> tuple[str, ...]:
    return tuple(TOKEN.findall(text_of(path)))


def survives(text: str, path: Path) -> None:
    """Compiling ends, in time, with a deal or with diagnostics that name places."""
    started = time.process_time()
    problem: indenture.DealError | None = None
    try:
        indenture.compile(text, name=path.name, folder=path.parent)
    except indenture.DealError as error:
        problem = error
    if problem is not None:
        assert problem.diagnostics
        assert all(one.span.line >= 1 for one in problem.diagnostics)
        assert str(problem)
    assert time.process_time() - started < LONGEST


@st.composite
def damaged_tokens(draw: st.DrawFn) -> tuple[str, Path]:
    path = draw(st.sampled_from(FILES))
    tokens = list(tokens_of(path))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(tokens) - 1, 0)))
        match draw(st.integers(0, 5)):
            case 0:
                del tokens[at : at + draw(st.integers(1, 4))]
            case 1:
                other = draw(st.integers(0, max(len(tokens) - 1, 0)))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 2:
                del tokens[at:]
            case 3:
                tokens.insert(at, draw(st.sampled_from(INSERTED)) + " ")
            case 4:
                tokens[at] = draw(st.sampled_from(tokens))
            case _:
                tokens[at:at] = tokens[at : at + draw(st.integers(1, 40))]
        if not tokens:
            break
    return "".join(tokens), path


@st.composite
def damaged_characters(draw: st.DrawFn) -> tuple[str, Path]:
    path = draw(st.sampled_from(FILES))
    text = text_of(path)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        match draw(st.integers(0, 3)):
            case 0:
                text = text[:at] + text[at + draw(st.integers(1, 9)) :]
            case 1:
                text = text[:at]
            case 2:
                text = text[:at] + draw(st.text(min_size=1, max_size=3)) + text[at:]
            case _:
                text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    return text, path


@moderate
@given(damaged_tokens())
def test_damaged_words_never_give_a_traceback(damaged: tuple[str, Path]) -> None:
    survives(*damaged)


@moderate
@given(damaged_characters())
def test_damaged_characters_never_give_a_traceback(damaged: tuple[str, Path]) -> None:
    survives(*damaged)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_cut_short_anywhere_never_gives_a_traceback(path: Path) -> None:
    text = text_of(path)
    count = max(4, EXAMPLES // 8)
    for part in range(1, count):
        survives(text[: len(text) * part // count], path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_without_one_of_its_lines_never_gives_a_traceback(path: Path) -> None:
    lines = text_of(path).split("\n")
    step = max(1, len(lines) * 6 // max(EXAMPLES, 8))
    for at in range(0, len(lines), step):
        survives("\n".join(lines[:at] + lines[at + 1 :]), path)
