"""`indenture library`: what the standard library offers, read from its own texts."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from ... import library
from .. import syntax
from ..messages.nearest import nearest
from ..reference.library_entries import Entry, Example, entries, slice_of
from .forms import LibraryFormat
from .output import emit, misused, report

_FOLD = 100

_ABBREVIATIONS = {
    "ard": "anticipated repayment date",
    "cln": "credit linked note",
    "ddtl": "delayed draw facility",
    "ic": "interest coverage",
    "ltv": "loan to value",
    "oc": "overcollateralisation",
    "rcf": "revolver",
    "srt": "risk_transfer",
    "tl": "term loan",
    "vfn": "variable funding note",
}
"""What the market shortens, in the words that the library says it in."""


def show_library(name: str | None, *, example: bool = False, copy: Path | None = None, form: LibraryFormat) -> None:
    """Print the list, one module's, what a word finds, or one entry in full; or an entry's worked example alone."""
    if name is None:
        if example or copy is not None:
            misused("say whose worked example is wanted: `indenture library loan --example`")
        _listed(entries(), form)
        return
    chosen = named(name)
    if example or copy is not None:
        _give(name, chosen, copy)
        return
    if chosen:
        if form is LibraryFormat.json:
            emit(_json([described(entry) for entry in chosen]))
        else:
            emit("\n".join("".join(f"{line}\n" for line in page(entry)) for entry in chosen))
        return
    found = searched(name)
    if not found:
        names = [*(entry.name for entry in entries()), *library.modules()]
        guess = nearest(name, names) or nearest(name, _vocabulary())
        hint = f"did you mean {guess}?" if guess else "`indenture library` lists them"
        misused(f"the library has no {name}; {hint}")
    _listed(found, form)


def named(name: str) -> list[Entry]:
    """The entries of this name, which may be written with its module: ``debt.loan``."""
    wanted = name.rpartition(".")[2]
    return [one for one in entries() if one.name == wanted and name in (wanted, f"{one.module}.{wanted}")]


def searched(words: str) -> list[Entry]:
    """A module's entries; or those in whose name or documentation every word begins one, whatever their case."""
    words = _ABBREVIATIONS.get(words.casefold(), words)
    if words in library.modules():
        return [entry for entry in entries() if entry.module == words]
    wanted = _spaced(words).split()
    return [entry for entry in entries() if wanted and all(f" {word}" in f" {_said(entry)}" for word in wanted)]


def _said(entry: Entry) -> str:
    """All that an entry says of itself and its fields, in small letters."""
    fields = entry.item.fields if isinstance(entry.item, syntax.ComponentDeclaration) else ()
    parts = [entry.name, entry.module, entry.documentation, entry.remarks, *entry.sources]
    for field in fields:
        parts += [*field.names, field.documentation or ""]
    return _spaced(" ".join(parts))


def _spaced(words: str) -> str:
    return words.casefold().replace("_", " ").replace("-", " ")


def _vocabulary() -> list[str]:
    """Every word that the library speaks of itself in, as long as it is no mere particle."""
    found = {word.strip(".,:;()`'") for entry in entries() for word in _said(entry).split()}
    return sorted(word for word in found if len(word) > 4)


def _listed(found: Sequence[Entry], form: LibraryFormat) -> None:
    if form is LibraryFormat.json:
        emit(_json([described(entry) for entry in found]))
    else:
        emit("".join(f"{line}\n" for line in listing(found)))


def _give(name: str, chosen: Sequence[Entry], copy: Path | None) -> None:
    """Print a worked example, or write it and the files it reads into a folder where none of them is yet."""
    if not chosen:
        guess = nearest(name, [entry.name for entry in entries()])
        misused(f"the library has no {name}" + (f"; did you mean {guess}?" if guess else ""))
    found: Example | None = chosen[0].example
    if found is None:
        others = chosen[0].used_in
        shown = f"; {', '.join(others)} shows it at work" if others else ""
        misused(f"{name} has no worked example of its own{shown}")
    if copy is None:
        emit(found.text)
        if found.files:
            report(f"it reads {', '.join(found.files)}: `--copy FOLDER` writes these files too\n")
        return
    if not copy.is_dir():
        misused(f"{copy} is not a folder")
    texts = {f"{found.name}.deal": found.text}
    texts |= {file: text for file in found.files if (text := library.worked_file(file)) is not None}
    there = [file for file in texts if (copy / file).exists()]
    if there:
        misused(f"{copy / there[0]} exists, and is not written over")
    for file, text in texts.items():
        emit(text, copy / file)
    emit("".join(f"{copy / file}\n" for file in texts))


def listing(found: Sequence[Entry]) -> Iterator[str]:
    """A line an entry, under its module: its name and the first sentence of its documentation."""
    width = max((len(entry.name) for entry in found), default=0)
    module = None
    for entry in found:
        if entry.module != module:
            if module is not None:
                yield ""
            module = entry.module
            yield f"use {module}"
        sentence = entry.documentation.partition(". ")[0].rstrip(".")
        if entry.kind == "function":
            sentence = f"function: {sentence}" if sentence else "function"
        yield f"  {entry.name:<{width}}  {sentence}".rstrip()


def page(entry: Entry) -> Iterator[str]:
    """Documentation, fields, the source as it stands in the library, and the worked example."""
    yield f"{entry.kind} {entry.name}    (use {entry.module})"
    for words in (entry.documentation, entry.remarks):
        if words:
            yield ""
            yield from textwrap.wrap(words, _FOLD)
    if entry.sources:
        yield ""
        yield from textwrap.wrap(f"Source: {'; '.join(entry.sources)}", _FOLD)
    rows = list(_fields(entry))
    if rows:
        yield ""
        yield "Fields"
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for name, type_name, default, documentation in rows:
            yield f"  {name:<{widths[0]}}  {type_name:<{widths[1]}}  {default:<{widths[2]}}  {documentation}".rstrip()
    yield ""
    yield "Source text"
    yield from (f"  {line}".rstrip() for line in entry.source.split("\n"))
    if entry.example is not None:
        yield ""
        yield f"Worked example (`indenture library {entry.name} --example` prints it alone)"
        yield from (f"  {line}".rstrip() for line in entry.example.text.rstrip("\n").split("\n"))
        if entry.example.files:
            yield ""
            yield f"  It reads {', '.join(entry.example.files)}: `--copy FOLDER` writes them beside it."
    elif entry.used_in:
        yield ""
        yield f"At work in the worked example of {', '.join(entry.used_in)}."


def _fields(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    match entry.item:
        case syntax.ComponentDeclaration():
            for field in entry.item.fields:
                default = "required" if field.default is None else f"= {slice_of(entry.text, field.default.span)}"
                documentation = " ".join((field.documentation or "").split())
                yield ", ".join(field.names), slice_of(entry.text, field.type.span), default, documentation
        case syntax.FunctionDeclaration():
            for parameter in entry.item.parameters:
                default = (
                    "required" if parameter.default is None else f"= {slice_of(entry.text, parameter.default.span)}"
                )
                type_name = "" if parameter.type is None else slice_of(entry.text, parameter.type.span)
                yield parameter.name, type_name, default, ""


def described(entry: Entry) -> dict[str, Any]:
    """One entry for a program to read."""
    found: dict[str, Any] = {
        "name": entry.name,
        "kind": entry.kind,
        "module": entry.module,
        "documentation": entry.documentation,
        "remarks": entry.remarks,
        "sources": list(entry.sources),
        "fields": [
            {
                "name": name,
                "type": type_name,
                "default": None if default == "required" else default.removeprefix("= "),
                "documentation": documentation,
            }
            for names, type_name, default, documentation in _fields(entry)
            for name in names.split(", ")
        ],
        "source": entry.source,
    }
    if isinstance(entry.item, syntax.ComponentDeclaration):
        found["members"] = [
            {"name": name, "documentation": entry.words_of(member)}
            for member in entry.item.members
            if isinstance(name := getattr(member, "name", None), str)
        ]
    example = entry.example
    found["example"] = None
    if example is not None:
        expected = [attrs.asdict(one) for one in example.expected]
        found["example"] = {"text": example.text, "files": list(example.files), "expected": expected}
    found["used_in"] = list(entry.used_in)
    return found


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
