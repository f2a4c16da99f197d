"""`indenture show`: a deal at each stage of the compiler."""

from __future__ import annotations

import datetime
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import assert_never

import attrs

from ...engine.ir import Program, Span
from ...engine.plan.plan import binding
from ...engine.program.analysis import levels, varies_by_date, varies_by_scenario
from ...engine.program.text import render
from ..api import Deal
from ..messages.canvas import printable
from ..messages.diagnostics import Collector
from ..messages.render import as_text, wants_colour
from ..names.deal import DefinitionEntry, Model
from ..text.parse import parse
from ..text.source import Source, Unreadable, read_source
from .check import open_deal
from .forms import GraphFormat, View
from .graph import graph_lines
from .output import FAILED, emit, misused, report


def show_deal(view: View, file: Path, form: GraphFormat) -> None:
    """Print one stage of the compiler. The tree is shown of a text that does not compile, too; ``form`` is that of a
    graph."""
    if view is View.tree:
        emit("".join(f"{line}\n" for line in _parsed(file)))
        return
    deal = open_deal(file)
    match view:
        case View.deal:
            model = deal.compiled.model
            emit("".join(f"{line}\n" for line in deal_lines(model, deal.sources[deal.file], deal.file)))
        case View.graph:
            emit("".join(f"{line}\n" for line in graph_lines(deal.compiled.model, form)))
        case View.ir:
            emit("\n".join(f"{head}{render(one).rstrip()}\n" for head, one in _structures(deal)))
        case View.plan:
            emit("\n".join(head + "".join(f"{line}\n" for line in plan_lines(one)) for head, one in _structures(deal)))
        case _:
            assert_never(view)


def _structures(deal: Deal) -> Iterator[tuple[str, Program]]:
    """Each program of a deal; of several, under the scenarios that it runs."""
    for number, program in enumerate(deal.structures):
        names = program.scenarios if number == 0 else program.scenarios[1:]
        yield ("" if len(deal.structures) == 1 else f"-- structure of {', '.join(map(printable, names))}\n"), program


def _parsed(file: Path) -> Iterator[str]:
    collector = Collector()
    source = read_source(file)
    match source:
        case Unreadable():
            misused(f"{source.name}: {source.reason}")
        case Source():
            module = parse(source, collector)
            yield from tree_lines(module)
            if collector.found:
                report(as_text(collector.found, {source.name: source.text}, colour=wants_colour(sys.stderr)))
        case tuple():
            report(as_text(source, {}, colour=wants_colour(sys.stderr)))
        case _:
            assert_never(source)
    if not isinstance(source, Source) or collector.failed:
        sys.exit(FAILED)


def tree_lines(node: object, name: str = "", depth: int = 0) -> Iterator[str]:
    """A syntax tree as indented text: a line a construct, with where it begins; then its parts."""
    head = "  " * depth + (f"{name}: " if name else "")
    kind = type(node)
    if attrs.has(kind):
        span = getattr(node, "span", None)
        at = f"  @{span.line}:{span.column}" if isinstance(span, Span) else ""
        yield f"{head}{kind.__name__}{at}"
        for field in attrs.fields(kind):
            value = getattr(node, field.name)
            if field.name == "places" or isinstance(value, Span) or value is None or value == ():
                continue
            yield from tree_lines(value, field.name, depth + 1)
    elif isinstance(node, tuple) and not all(isinstance(item, str) for item in node):
        yield head.rstrip().removesuffix(":")
        for item in node:
            yield from tree_lines(item, "", depth + 1)
    else:
        yield head + _leaf(node)


def _leaf(value: object) -> str:
    match value:
        case tuple():
            return ".".join(map(str, value))
        case str():
            return printable(repr(value))
        case Fraction() | datetime.date():
            return str(value)
        case _:
            return repr(value)


def deal_lines(model: Model, text: str, file: str) -> Iterator[str]:
    """Every name of the deal: what it is, its full name, where it was written."""
    yield f"{model.name}, in {model.currency}"
    rows = []
    for entry in model.entries.values():
        what = entry.form if isinstance(entry, DefinitionEntry) else entry.kind
        rows.append((what, entry.name, f"{entry.span.file}:{entry.span.line}"))
    if rows:
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        yield ""
        for what, name, place in rows:
            yield f"{what:<{widths[0]}}  {name:<{widths[1]}}  {place}"
    if model.acts:
        yield ""
        yield "the day, in order"
        lines = text.split("\n")
        for act in model.acts:
            span = act.item.span
            written = lines[span.line - 1].strip() if span.file == file and span.line <= len(lines) else ""
            yield f"  {span.file}:{span.line}  {printable(written)}".rstrip()
    for family in model.families:
        yield ""
        yield f"family {family.name}: {len(family.labels)} rows from {family.file}"


def plan_lines(program: Program) -> Iterator[str]:
    """When each equation is worked out: once, once a date, once a scenario, or date by date; and in which phase."""
    dated = {constant.var.name for constant in program.constants if "date" in constant.axes}
    dated |= {source.var.name for source in program.inputs if "date" in source.axes}
    varying = {source.var.name for source in program.inputs if "scenario" in source.axes}
    dated |= varies_by_date(program.equations, dated)
    varying |= varies_by_scenario(program.equations, varying)
    times = binding(program, varying, dated)
    phases = levels(program.equations)
    counts = Counter(times[equation.result.name] for equation in program.equations)
    depth = max(phases.values(), default=0) + 1
    yield (
        f"{program.name}: {len(program.equations)} equations, {len(program.dates)} dates, "
        f"{len(program.scenarios)} scenarios, {depth} phases"
    )
    for time, count in counts.most_common():
        yield f"  {count:6,}  {time}"
    width = max((len(equation.result.name) for equation in program.equations), default=0)
    for phase in range(depth):
        yield ""
        yield f"phase {phase}"
        for equation in program.equations:
            if phases.get(equation.result.name, 0) == phase:
                label = f"  {equation.origin.label}" if equation.origin is not None else ""
                yield f"  {equation.result.name:<{width}}  {equation.op:<12} {times[equation.result.name]:<22}{label}"
