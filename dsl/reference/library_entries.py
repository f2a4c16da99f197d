"""What the library offers, read from its own texts: components and functions, the words beside their members, and
their worked examples. `indenture library` and the generated reference are made from it."""

from __future__ import annotations

from functools import cache

import attrs

from ... import library
from ...engine.ir import Span
from .. import syntax
from ..messages.diagnostics import Collector
from ..syntax.walk import files_beside, walk
from ..text.parse import parse
from ..text.source import Source


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
    def kind(self) -> str:
        return "component" if isinstance(self.item, syntax.ComponentDeclaration) else "function"

    @property
    def documentation(self) -> str:
        """A component's own text, or the comment right above a function, on one line."""
        if isinstance(self.item, syntax.ComponentDeclaration):
            return " ".join((self.item.documentation or "").split())
        return words_above(self.text, self.item.span)

    @property
    def remarks(self) -> str:
        """The comment right above a component: what there is to know besides its documentation."""
        return words_above(self.text, self.item.span) if self.kind == "component" else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """What it cites."""
        return tuple(one.text for one in self.item.cite)

    @property
    def source(self) -> str:
        """As written, with the comment lines right above it."""
        lines = self.text.split("\n")
        first = self.item.span.line - 1
        while first > 0 and lines[first - 1].startswith("--"):
            first -= 1
        last = self.item.span.end_line if self.item.span.end_column > 1 else self.item.span.end_line - 1
        return "\n".join(line.rstrip("\r") for line in lines[first:last])

    def words_of(self, item: syntax.AnyItem) -> str:
        """What a member means: the comment lines right above it, then the comment on its own line."""
        above = words_above(self.text, item.span)
        beside = words_beside(self.text, item.span)
        return " ".join(part for part in (above, beside) if part)

    @property
    def example(self) -> Example | None:
        return examples().get(self.name)

    @property
    def used_in(self) -> tuple[str, ...]:
        """The worked examples that make one or call it, its own first."""
        names = sorted(name for name, one in examples().items() if self.name in one.uses)
        return tuple(sorted(names, key=lambda name: name != self.name))


@attrs.frozen(slots=True)
class Example:
    """A worked example: a whole deal that stands in `library/worked/`."""

    name: str
    text: str
    module: syntax.Module

    @property
    def title(self) -> str:
        """Its first comment line."""
        first = self.text.split("\n", 1)[0]
        return first.removeprefix("--").strip() if first.startswith("--") else ""

    @property
    def uses(self) -> frozenset[str]:
        """The components that it makes and the functions that it calls."""
        found: set[str] = set()
        for node in walk(self.module):
            if isinstance(node, syntax.Instance):
                found.add(node.component.parts[-1])
            elif isinstance(node, syntax.Call):
                found.add(node.function.parts[-1])
        return frozenset(found)

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside it that it reads, by their bare names."""
        return files_beside((self.module,))

    @property
    def expected(self) -> tuple[Expected, ...]:
        """Each `expect` and `require`, in the order written."""
        found = []
        for item in self.module.items:
            if isinstance(item, syntax.Expect | syntax.Require):
                words = slice_of(self.text, item.span).partition(" ")[2]
                if item.label is not None:
                    words = words.removeprefix(f'"{item.label}"').lstrip()
                found.append(Expected(item.label, words))
        return tuple(found)


@attrs.frozen(slots=True)
class Expected:
    """A check of a worked example: what it is called, and what it asks as written."""

    label: str | None
    text: str


@cache
def entries() -> tuple[Entry, ...]:
    """Everything that the library defines, module by module."""
    found: list[Entry] = []
    for module in library.modules():
        text = library.text(module) or ""
        found += [
            Entry(module, text, item)
            for item in _parsed(f"library/{module.replace('.', '/')}.deal", text).items
            if isinstance(item, syntax.ComponentDeclaration | syntax.FunctionDeclaration)
        ]
    return tuple(found)


@cache
def examples() -> dict[str, Example]:
    """The worked examples by name."""
    found = {}
    for name in library.worked_examples():
        text = library.worked_example(name) or ""
        found[name] = Example(name, text, _parsed(f"library/worked/{name}.deal", text))
    return found


def heading(module: str) -> str:
    """What a module says about itself: the comment that it begins with."""
    lines = []
    for line in (library.text(module) or "").split("\n"):
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def _parsed(name: str, text: str) -> syntax.Module:
    return parse(Source(name, text), Collector())


def slice_of(text: str, span: Span) -> str:
    """The text of a span, on one line, without comments."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return " ".join(" ".join(_code(line) for line in lines).split())


def words_above(text: str, span: Span) -> str:
    """The comment lines right above a place, on one line; the comment that a module begins with is not one."""
    lines = text.split("\n")
    found: list[str] = []
    number = span.line - 2
    while number >= 0 and lines[number].lstrip().startswith("--"):
        found.append(lines[number].lstrip().removeprefix("--").strip())
        number -= 1
    return " ".join(reversed(found))


def words_beside(text: str, span: Span) -> str:
    """The comment that ends the line on which a place ends."""
    last = span.end_line if span.end_column > 1 else span.end_line - 1
    line = text.split("\n")[last - 1].rstrip("\r")
    return line[len(_code(line)) :].removeprefix("--").strip()


def _code(line: str) -> str:
    """A line up to its comment: `--` inside a text begins none."""
    inside = False
    for place, character in enumerate(line):
        if character == '"':
            inside = not inside
        elif not inside and line.startswith("--", place):
            return line[:place]
    return line
