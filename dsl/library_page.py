"""The library reference, generated from the components' own documentation.

``python -m indenture.dsl.library_page`` writes `docs/library.md` anew; a test compares it with what is there.
"""

from __future__ import annotations

from pathlib import Path

from .. import library
from . import syntax
from .diagnostics import Collector
from .format_expression import format_expression
from .parse import parse
from .source import Source

PAGE = Path(__file__).resolve().parent.parent / "docs" / "library.md"

OPENING = """# The library

Generated from the components' own documentation: `indenture library` lists them, `indenture library loan` prints one
with its source. Every component is written in the language, in `library/`; open it, copy it, change it.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [OPENING]
    for name in library.modules():
        text = library.text(name) or ""
        module = parse(Source(f"library/{name}.deal", text), Collector())
        parts.append(f"## `use {name}`\n")
        head = text.split("\n", 1)[0].removeprefix("--").strip()
        if head:
            parts.append(f"{head}\n")
        parts.extend(_item(item) for item in module.items if _shown(item))
    return "\n".join(parts)


def _shown(item: syntax.AnyItem) -> bool:
    return isinstance(item, syntax.ComponentDeclaration | syntax.FunctionDeclaration)


def _item(item: syntax.AnyItem) -> str:
    match item:
        case syntax.FunctionDeclaration():
            names = ", ".join(parameter.name for parameter in item.parameters)
            return f"### Function `{item.name}({names})`\n\n`{format_expression(item.value)}`\n"
        case syntax.ComponentDeclaration():
            lines = [f"### `{item.name}`", "", item.documentation or "", ""]
            if item.fields:
                lines += ["| field | type | if left out | |", "|---|---|---|---|"]
                lines += [row for field in item.fields for row in _rows(field)]
                lines.append("")
            members = [line for member in item.members for line in _member(member)]
            if members:
                lines += [*members, ""]
            return "\n".join(lines)
        case _:
            raise AssertionError("only components and functions are shown")


def _rows(field: syntax.FieldDeclaration) -> list[str]:
    default = "required" if field.default is None else f"`{format_expression(field.default)}`"
    return [
        f"| `{name}` | {type_words(field.type)} | {default} | {field.documentation or ''} |" for name in field.names
    ]


def type_words(type: syntax.TypeName) -> str:
    above = "".join(f" {unit.name}" for unit in type.units if unit.power > 0)
    below = "-".join(unit.name for unit in type.units if unit.power < 0)
    words = f"{type.base}{above}" + (f" per {below}" if below else "")
    if type.many:
        words = f"list of {words}"
    return f"series of {words}" if type.series else words


def _member(member: syntax.AnyItem) -> list[str]:
    match member:
        case syntax.ClaimDeclaration():
            sides = "".join(
                f" {word} {format_expression(side)}"
                for word, side in (("from", member.payer), ("to", member.payee))
                if side is not None
            )
            due = f"= `{format_expression(member.due)}`" if member.due is not None else ""
            limit = f" up to `{format_expression(member.up_to)}`" if member.up_to is not None else ""
            return [f"* claim `{member.name}`{sides} on {format_expression(member.on)} {due}{limit}".rstrip()]
        case syntax.Definition():
            on = f" on {member.on.text}" if member.on is not None else ""
            return [f"* {member.form} `{member.name}`{on} = `{format_expression(member.value)}`"]
        case syntax.StateDeclaration():
            return [f"* state `{member.name}`, starts as `{format_expression(member.initial)}`"]
        case syntax.ReductionDeclaration():
            return [f"* reduction `{member.name}` of `{member.state.text}`"]
        case syntax.TriggerDeclaration():
            return [f"* trigger `{member.name}`"]
        case _:
            return []


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
