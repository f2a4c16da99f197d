"""The parser's tables: made from `grammar.lark` once, shipped as JSON beside it.

Building them takes half a second, loading them a few hundredths. `python -m indenture.dsl.grammar_tables` writes them anew;
a test compares them with the grammar.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer
from lark.grammar import Rule
from lark.lexer import Token
from lark.lexer import TerminalDef

_FOLDER = Path(__file__).parent
GRAMMAR = _FOLDER / "grammar.lark"
TABLES = _FOLDER / "grammar_tables.json"
STARTS = ["start", "value_only"]


def build() -> Lark:
    """The parser, from the grammar; a conflict is an error."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        strict=True,
        start=STARTS,
        keep_all_tokens=True,
        maybe_placeholders=True,
    )


def serialise(parser: Lark) -> str:
    """Tables as JSON text, the same for the same grammar."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    data["options"]["strict"] = False
    return json.dumps({"data": data, "memo": memo}, separators=(",", ":"), sort_keys=True) + "\n"


def load(transformer: Transformer[Token, Any]) -> Lark:
    """The parser from the shipped tables; ``transformer``'s methods make the syntax as rules are read."""
    stored = json.loads(TABLES.read_text(encoding="ascii"))
    data = stored["data"]
    table = data["parser"]["parser"]
    # JSON has no integer keys: states and terminals are numbers.
    for field in ("tokens",):
        table[field] = {int(key): value for key, value in table[field].items()}
    table["states"] = {
        int(state): {int(token): tuple(action) for token, action in actions.items()}
        for state, actions in table["states"].items()
    }
    memo = {int(key): value for key, value in stored["memo"].items()}
    return Lark._load_from_dict(data, memo, transformer=transformer)


@cache
def keywords() -> dict[str, str]:
    """Each fixed word, phrase and sign of the grammar, and its terminal's name."""
    stored = json.loads(TABLES.read_text(encoding="ascii"))
    return {
        entry["pattern"]["value"]: entry["name"]
        for entry in stored["memo"].values()
        if entry["__type__"] == "TerminalDef" and entry["pattern"]["__type__"] == "PatternStr"
    }


if __name__ == "__main__":
    TABLES.write_text(serialise(build()), encoding="ascii")
