"""The parser's tables: made from `grammar.lark` once, shipped as JSON beside it.

Building them takes half a second, loading them a few hundredths. `python -m indenture.dsl.text.grammar_tables` writes
them anew; a test compares them with the grammar. Another version of lark may store them otherwise: then they are built.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import lark
from lark import Lark, Transformer
from lark.grammar import Rule
from lark.lexer import TerminalDef

_FOLDER = Path(__file__).parent
GRAMMAR = _FOLDER / "grammar.lark"
TABLES = _FOLDER / "grammar_tables.json"
STARTS = ["start", "value_only"]


def build(transformer: Transformer[Any, Any] | None = None) -> Lark:
    """The parser, from the grammar; a conflict is an error."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        strict=transformer is None,
        start=STARTS,
        keep_all_tokens=True,
        maybe_placeholders=True,
        transformer=transformer,
    )


def digest() -> str:
    """What the grammar's text is known by in the tables that were made from it."""
    return hashlib.sha256(GRAMMAR.read_bytes()).hexdigest()


def serialise(parser: Lark) -> str:
    """Tables as JSON text. Lark numbers its states anew each time; they mean the same."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    # `strict` is of use while the tables are made; at run time it would ask for a package that only tests need.
    data["options"]["strict"] = False
    stored = {"lark": lark.__version__, "grammar": digest(), "data": data, "memo": memo}
    return json.dumps(stored, separators=(",", ":"), sort_keys=True) + "\n"


@cache
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(TABLES.read_text(encoding="ascii"))
    return stored


def load(transformer: Transformer[Any, Any]) -> Lark:
    """The parser from the shipped tables; ``transformer``'s methods make the syntax as rules are read."""
    stored = _stored()
    if stored["lark"] != lark.__version__:
        return build(transformer)
    # JSON has no integer keys: states, terminals and memoised rules are numbers.
    front = stored["data"]["parser"]
    table = front["parser"]
    data = {
        **stored["data"],
        "parser": {
            **front,
            "parser": {
                **table,
                "tokens": {int(key): value for key, value in table["tokens"].items()},
                "states": {
                    int(state): {int(token): tuple(action) for token, action in actions.items()}
                    for state, actions in table["states"].items()
                },
            },
        },
    }
    memo = {int(key): value for key, value in stored["memo"].items()}
    loader: Any = Lark
    return cast(Lark, loader._load_from_dict(data, memo, transformer=transformer))


@cache
def stored_digest() -> str:
    """Of the grammar that the shipped tables were made from."""
    return str(_stored()["grammar"])


@cache
def keywords() -> dict[str, str]:
    """Each fixed word, phrase and sign of the grammar, and its terminal's name."""
    return {
        entry["pattern"]["value"]: entry["name"]
        for entry in _stored()["memo"].values()
        if entry["__type__"] == "TerminalDef" and entry["pattern"]["__type__"] == "PatternStr"
    }


if __name__ == "__main__":
    TABLES.write_text(serialise(build()), encoding="ascii")
