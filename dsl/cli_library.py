"""`indenture library`: what the standard library offers, read from its own texts."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .. import library
from ..engine.ir import Span
from . import syntax
from .cli_output import emit, misused
from .diagnostics import Collector
from .nearest import nearest
from .parse import parse
from .source import Source

_FOLD = 100


@attrs.frozen(slots=True)
class Entry:
    """A component or a function of the library, with the module that it is in and that module's text."""

    module: str
    text: str
    item: syntax.ComponentDeclaration | syntax.FunctionDeclaration

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def documentation(self) -> str:
        return (getattr(self.item, "documentation", None) or "").strip()


def entries() -> list[Entry]:
    """Everything that the library defines, module by module."""
    found: list[Entry] = []
    for module in library.modules():
        text = library.text(module)
        if text is None:
            continue
        parsed = parse(Source(f"library/{module.replace('.', '/')}.deal", text), Collector())
        found += [
            Entry(module, text, item)
            for item in parsed.items
            if isinstance(item, syntax.ComponentDeclaration | syntax.FunctionDeclaration)
        ]
    return found


def show_library(name: str | None) -> None:
    """Print the list, or one entry in full."""
    if name is None:
        emit("".join(f"{line}\n" for line in listing(entries())))
        return
    all_entries = entries()
    wanted = name.rpartition(".")[2]
    chosen = [entry for entry in all_entries if entry.name == wanted and name in (wanted, f"{entry.module}.{wanted}")]
    if not chosen:
        if name in library.modules():
            emit("".join(f"{line}\n" for line in listing([e for e in all_entries if e.module == name])))
            return
        guess = nearest(name, [entry.name for entry in all_entries])
        hint = f"did you mean {guess}?" if guess else "`indenture library` lists them"
        misused(f"the library has no {name}; {hint}")
    emit("\n".join("".join(f"{line}\n" for line in page(entry)) for entry in chosen))


def listing(found: list[Entry]) -> Iterator[str]:
    """A line an entry, under its module: its name and the first sentence of its documentation."""
    width = max((len(entry.name) for entry in found), default=0)
    module = None
    for entry in found:
        if entry.module != module:
            if module is not None:
                yield ""
            module = entry.module
            yield f"use {module}"
        kind = "function" if isinstance(entry.item, syntax.FunctionDeclaration) else ""
        sentence = entry.documentation.partition(". ")[0].replace("\n", " ").rstrip(".") or kind
        yield f"  {entry.name:<{width}}  {sentence}".rstrip()


def page(entry: Entry) -> Iterator[str]:
    """Documentation, fields, and the source as it stands in the library."""
    import textwrap

    kind = "function" if isinstance(entry.item, syntax.FunctionDeclaration) else "component"
    yield f"{kind} {entry.name}    (use {entry.module})"
    if entry.documentation:
        yield ""
        yield from textwrap.wrap(" ".join(entry.documentation.split()), _FOLD)
    rows = list(_fields(entry))
    if rows:
        yield ""
        yield "Fields"
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for name, type_name, default, documentation in rows:
            yield f"  {name:<{widths[0]}}  {type_name:<{widths[1]}}  {default:<{widths[2]}}  {documentation}".rstrip()
    yield ""
    yield "Source"
    yield from (f"  {line}".rstrip() for line in source_of(entry).split("\n"))


def _fields(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    match entry.item:
        case syntax.ComponentDeclaration():
            for field in entry.item.fields:
                default = "required" if field.default is None else f"= {_slice(entry.text, field.default.span)}"
                documentation = " ".join((field.documentation or "").split())
                yield ", ".join(field.names), _slice(entry.text, field.type.span), default, documentation
        case syntax.FunctionDeclaration():
            for parameter in entry.item.parameters:
                default = "required" if parameter.default is None else f"= {_slice(entry.text, parameter.default.span)}"
                type_name = "" if parameter.type is None else _slice(entry.text, parameter.type.span)
                yield parameter.name, type_name, default, ""


def source_of(entry: Entry) -> str:
    """The entry as written, with the comment lines right above it."""
    lines = entry.text.split("\n")
    first = entry.item.span.line - 1
    while first > 0 and lines[first - 1].startswith("--"):
        first -= 1
    last = entry.item.span.end_line if entry.item.span.end_column > 1 else entry.item.span.end_line - 1
    return "\n".join(line.rstrip("\r") for line in lines[first:last])


def _slice(text: str, span: Span) -> str:
    """The text of a span, on one line."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " ".join(" ".join(lines).split())
