"""The words that steps begin with, as each step's class states them, and their terminals in the grammar."""

from __future__ import annotations

from functools import cache
from typing import get_args

from .. import syntax
from . import grammar_tables

_KINDS = get_args(syntax.Step)
PLAIN = frozenset(words for kind in _KINDS if issubclass(kind, syntax.PlainStep) for words in kind.begins)
"""What a step that contains no others begins with: `pay`, `keep the rest in`."""
OPENING = frozenset(words for kind in _KINDS for words in kind.begins) - PLAIN
"""What else a step begins with: `when`, `up to`. Outside steps these go on with what stands before."""
STEP_WORDS = frozenset(words for words in PLAIN if " " not in words)
"""Words that begin a step and nothing else: they are no names."""
VERBS_OF_STEPS = frozenset(words.split()[0] for words in PLAIN)
FIRST_WORDS = VERBS_OF_STEPS | {words.split()[0] for words in OPENING}


@cache
def plain_terminals() -> frozenset[str]:
    return _terminals(PLAIN)


@cache
def opening_terminals() -> frozenset[str]:
    return _terminals(OPENING)


def _terminals(phrases: frozenset[str]) -> frozenset[str]:
    terminals = grammar_tables.keywords()
    return frozenset(terminals[words] for words in phrases)
