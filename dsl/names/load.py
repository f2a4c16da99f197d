"""`use`: modules of the library and files beside the deal, nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ... import library
from .. import syntax
from ..messages.diagnostics import Collector, Diagnostic
from ..messages.nearest import nearest
from ..text.parse import parse
from ..text.source import Source, Unreadable, read_source


@cache
def _library_module(name: str) -> tuple[syntax.Module, tuple[Diagnostic, ...]] | None:
    text = library.text(name)
    if text is None:
        return None
    collector = Collector()
    module = parse(Source(f"library/{name.replace('.', '/')}.deal", text), collector)
    return module, collector.found


def module_with(component: str) -> str | None:
    """The module of the library that declares a component, if one does."""
    for name in library.modules():
        found = _library_module(name)
        items = () if found is None else found[0].items
        if any(isinstance(item, syntax.ComponentDeclaration) and item.name == component for item in items):
            return name
    return None


def load(module: syntax.Module, folder: Path | None, collector: Collector) -> tuple[syntax.Module, ...]:
    """The modules that a deal uses, and those that they use, each once, in the order first named."""
    found: dict[str, syntax.Module] = {}
    waiting = [item for item in module.items if isinstance(item, syntax.Use)]
    while waiting:
        item = waiting.pop(0)
        for wanted in item.modules:
            key = wanted.text if isinstance(wanted, syntax.Name) else f'"{wanted.value}"'
            if key in found:
                continue
            used = _open(wanted, folder, collector)
            if used is None:
                continue
            found[key] = used
            waiting.extend(below for below in used.items if isinstance(below, syntax.Use))
    return tuple(found.values())


def _open(wanted: syntax.Name | syntax.Text, folder: Path | None, collector: Collector) -> syntax.Module | None:
    if isinstance(wanted, syntax.Name):
        if wanted.parts[0] == "rules":
            collector.error(
                "E0222",
                f"`use {wanted.text}`: rule packs come with a later version",
                wanted.span,
                label="not yet",
                help="leave the line out; `require` states a rule of the deal's own",
            )
            return None
        loaded = _library_module(wanted.text)
        if loaded is None:
            guess = nearest(wanted.text, library.modules())
            collector.error(
                "E0207",
                f"the library has no module `{wanted.text}`",
                wanted.span,
                label="no such module",
                help=f"did you mean `{guess}`?" if guess else f"it has {', '.join(library.modules())}",
            )
            return None
        for diagnostic in loaded[1]:
            collector.add(diagnostic)
        return loaded[0]
    path = Path(wanted.value)
    if folder is None or path.is_absolute() or len(path.parts) != 1 or path.name in ("", "..", "."):
        collector.error(
            "E0224",
            f'"{wanted.value}" is not a file beside the deal',
            wanted.span,
            label="outside the deal's folder",
            help="a deal opens only files in its own folder, by their bare name",
        )
        return None
    source = read_source(folder / path, str(Path(wanted.span.file).parent / path))
    if isinstance(source, Source):
        return parse(source, collector)
    if isinstance(source, Unreadable):
        beside = sorted(one.name for one in folder.glob("*.deal") if one.name != Path(wanted.span.file).name)
        guess = nearest(wanted.value, beside)
        collector.error(
            "E0225",
            f'"{wanted.value}" cannot be used: {source.reason}',
            wanted.span,
            label="not read",
            help=f'did you mean "{guess}"?' if guess else "put the file into the deal's own folder, or leave it out",
        )
        return None
    for problem in source:
        collector.error("E0225", f'"{wanted.value}" cannot be used: {problem.message}', wanted.span)
    return None
