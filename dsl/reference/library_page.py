"""The library reference, generated from the components' own documentation and their worked examples.

``python -m indenture.dsl.reference.library_page`` writes `docs/library.md`, a page a module in `docs/library/` and the
index of functions, `docs/functions.md`, anew; a test compares them with what is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from ... import library
from .. import syntax
from ..syntax.written import format_expression
from ..vocabulary.builtins import BUILTINS, Builtin
from .library_entries import Entry, entries, heading

DOCS = Path(__file__).resolve().parents[2] / "docs"

OPENING = """# The library

Generated from the components' own documentation: `indenture library` lists them, `indenture library loan` prints one
with its source and its worked example, `indenture library loan --example > loan.deal` the example alone. Every
component is written in the language, in `library/`; open it, copy it, change it. Every worked example is a whole deal,
run by the tests.
"""


FUNCTIONS = """# Functions

Generated: every function of the language from A to Z, then those of the library, with the module to `use`. What stands
in brackets may be left out, `x, ...` takes as many as there are; arguments may be named. `on S` counts the dates of a
schedule, `where c` the rows of a family of which c holds. How they work together is on the pages on
[the language](language.md), [measures](measures.md), [credit](credit.md) and [parties](parties.md).

## Of the language
"""


def pages() -> dict[str, str]:
    """Every page as Markdown, by its path below `docs/`."""
    found = {"library.md": "".join(f"{line}\n" for line in _index())}
    found["functions.md"] = "".join(f"{line}\n" for line in _functions())
    for module in library.modules():
        found[_path(module)] = "".join(f"{line}\n" for line in _page(module))
    return found


def _functions() -> Iterator[str]:
    """The index of functions: the language's own, then the library's by their module."""
    yield FUNCTIONS.rstrip("\n")
    yield ""
    yield "| function | is |"
    yield "|---|---|"
    for name in sorted(BUILTINS):
        yield f"| `{_called(BUILTINS[name])}` | {_cell(BUILTINS[name].documentation)} |"
    yield ""
    yield "## Of the library"
    yield ""
    yield "| function | is | |"
    yield "|---|---|---|"
    for entry in sorted(entries(), key=lambda one: (one.name, one.module)):
        if isinstance(entry.item, syntax.FunctionDeclaration):
            called = _title(entry).removeprefix("Function ")
            summary = entry.documentation.partition(". ")[0].rstrip(".")
            yield f"| [{called}]({_path(entry.module)}#{_anchor(entry)}) | {_cell(summary)} | `use {entry.module}` |"


def _called(builtin: Builtin) -> str:
    """A function as it is called, with the clauses that may stand among its arguments."""
    clauses = " on S" if builtin.on else ""
    clauses += " where c" if builtin.where else ""
    return f"{builtin.signature[:-1]}{clauses})"


def _path(module: str) -> str:
    return f"library/{module.replace('.', '-')}.md"


def _index() -> Iterator[str]:
    yield OPENING.rstrip("\n")
    for module in library.modules():
        yield ""
        yield f"## [`use {module}`]({_path(module)})"
        yield ""
        if heading(module):
            yield heading(module)
            yield ""
        yield "| | |"
        yield "|---|---|"
        for entry in entries():
            if entry.module == module:
                yield f"| [`{entry.name}`]({_path(module)}#{_anchor(entry)}) | {_cell(_summary(entry))} |"


def _summary(entry: Entry) -> str:
    sentence = entry.documentation.partition(". ")[0].rstrip(".")
    return sentence if entry.kind == "component" else f"Function. {sentence}".strip()


def _anchor(entry: Entry) -> str:
    return _title(entry).replace("`", "").lower().translate({ord(one): None for one in "(),."}).replace(" ", "-")


def _title(entry: Entry) -> str:
    match entry.item:
        case syntax.FunctionDeclaration():
            names = ", ".join(parameter.name for parameter in entry.item.parameters)
            return f"Function `{entry.name}({names})`"
        case syntax.ComponentDeclaration():
            return f"`{entry.name}`"
        case _:
            assert_never(entry.item)


def _page(module: str) -> Iterator[str]:
    yield f"# `use {module}`"
    yield ""
    if heading(module):
        yield heading(module)
        yield ""
    yield f"Generated; the module is `library/{module.replace('.', '/')}.deal`. [All modules](../library.md)."
    for entry in entries():
        if entry.module == module:
            yield ""
            yield f"## {_title(entry)}"
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    for words in (entry.documentation, entry.remarks):
        if words:
            yield ""
            yield words
    if entry.sources:
        yield ""
        yield f"Source: {'; '.join(entry.sources)}."
    match entry.item:
        case syntax.FunctionDeclaration():
            yield ""
            yield f"`{format_expression(entry.item.value)}`"
        case syntax.ComponentDeclaration():
            if entry.item.fields:
                yield ""
                yield "| field | type | if left out | |"
                yield "|---|---|---|---|"
                for field in entry.item.fields:
                    yield from _rows(field)
            members = [line for member in entry.item.members for line in _member(entry, member)]
            if members:
                yield ""
                yield from members
    yield from _example(entry)


def _example(entry: Entry) -> Iterator[str]:
    """Its own worked example whole; or, if it has none, which of the others show it at work."""
    example = entry.example
    if example is None:
        others = [f"`indenture library {name}`" for name in entry.used_in]
        if others:
            yield ""
            yield f"At work in the worked example of {', '.join(others)}."
        return
    yield ""
    yield f"### Worked example: `{entry.name}`"
    yield ""
    if example.expected:
        yield "It ties out:"
        yield ""
        yield from (f"* {one.label}: `{one.text}`" if one.label else f"* `{one.text}`" for one in example.expected)
        yield ""
    yield f"```deal library/worked/{example.name}.deal"
    yield from example.text.rstrip("\n").split("\n")
    yield "```"
    for name in example.files:
        text = library.worked_file(name)
        if text is None:
            continue
        lines = text.rstrip("\n").split("\n")
        yield ""
        yield f"`{name}`:"
        yield ""
        yield "```csv"
        yield from lines[:_MOST_LINES]
        yield "```"
        if len(lines) > _MOST_LINES:
            yield ""
            yield f"and {len(lines) - _MOST_LINES} more lines."


_MOST_LINES = 25
"""Lines of a CSV that a page shows."""


def _cell(words: str) -> str:
    """Words in a table's cell: a bar would end it."""
    return words.replace("|", "\\|")


def _rows(field: syntax.FieldDeclaration) -> list[str]:
    default = "required" if field.default is None else f"`{_cell(format_expression(field.default))}`"
    words = _cell(" ".join((field.documentation or "").split()))
    return [f"| `{name}` | {type_words(field.type)} | {default} | {words} |" for name in field.names]


def type_words(type: syntax.TypeName) -> str:
    above = "".join(f" {unit.name}" for unit in type.units if unit.power > 0)
    below = "-".join(unit.name for unit in type.units if unit.power < 0)
    words = f"{type.base}{above}" + (f" per {below}" if below else "")
    if type.many:
        words = f"list of {words}"
    return f"series of {words}" if type.series else words


def _member(entry: Entry, member: syntax.AnyItem) -> list[str]:
    line = _declared(member)
    if not line:
        return []
    words = entry.words_of(member)
    return [f"* {line}: {words}" if words else f"* {line}"]


def _declared(member: syntax.AnyItem) -> str:
    match member:
        case syntax.ClaimDeclaration():
            sides = "".join(
                f" {word} {format_expression(side)}"
                for word, side in (("from", member.payer), ("to", member.payee))
                if side is not None
            )
            due = f" = `{format_expression(member.due)}`" if member.due is not None else ""
            limit = f" up to `{format_expression(member.up_to)}`" if member.up_to is not None else ""
            return f"claim `{member.name}`{sides} on {format_expression(member.on)}{due}{limit}"
        case syntax.Definition():
            on = f" on {member.on.text}" if member.on is not None else ""
            return f"{member.form} `{member.name}`{on} = `{format_expression(member.value)}`"
        case syntax.StateDeclaration():
            return f"state `{member.name}`, starts as `{format_expression(member.initial)}`"
        case syntax.ReductionDeclaration():
            return f"reduction `{member.name}` of `{member.state.text}`"
        case syntax.TriggerDeclaration():
            return f"trigger `{member.name}` when `{format_expression(member.when.condition)}`"
        case syntax.Require():
            words = f"{member.label}: " if member.label else ""
            return f"requires {words}`{format_expression(member.condition)}`"
        case syntax.Report():
            said = [(f"{one.label}: " if one.label else "", format_expression(one.value)) for one in member.lines]
            return "reports " + "; ".join(f"{label}`{value}`" for label, value in said)
        case syntax.Instance():
            return f"{member.component.text} `{member.name}`"
        case (
            syntax.Header()
            | syntax.Use()
            | syntax.PartyDeclaration()
            | syntax.UnitDeclaration()
            | syntax.ScheduleDeclaration()
            | syntax.InputDeclaration()
            | syntax.DaycountDeclaration()
            | syntax.FunctionDeclaration()
            | syntax.GroupDeclaration()
            | syntax.ComponentDeclaration()
            | syntax.AccountDeclaration()
            | syntax.WaiverDeclaration()
            | syntax.RankingDeclaration()
            | syntax.RelationDeclaration()
            | syntax.Receive()
            | syntax.Waterfall()
            | syntax.Settle()
            | syntax.AllocateLosses()
            | syntax.Reduce()
            | syntax.ScenarioDeclaration()
            | syntax.ScenariosOver()
            | syntax.Simulate()
            | syntax.Expect()
            | syntax.Always()
            | syntax.Waive()
            | syntax.CurveDeclaration()
            | syntax.Later()
        ):
            return ""
        case _:
            assert_never(member)


def write() -> None:
    """Write every page, and take away those of modules that are gone."""
    wanted = pages()
    for path in (DOCS / "library").glob("*.md"):
        if f"library/{path.name}" not in wanted:
            path.unlink()
    (DOCS / "library").mkdir(exist_ok=True)
    for name, text in wanted.items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
