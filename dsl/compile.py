"""The passes, in order: text, tree, names, types, structure, equations."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

from ..engine.ir import Program
from . import syntax
from .lint import too_short
from .lint.facts import Facts
from .lint.lint import lint
from .lint.waived import waive
from .lowering.context.named import MOVED_CLOSING
from .lowering.structures import Drawn, Structures, Text, lower_all, unreached
from .messages.diagnostics import Collector
from .messages.nearest import nearest
from .names.check_names import check_names
from .names.deal import Model
from .names.family_rows import OF_CELLS
from .names.load import load
from .names.resolve import resolve
from .syntax.walk import walk
from .text.parse import parse, parse_expression
from .text.source import Source
from .texts import texts_of
from .types.check import check_types
from .types.types import Types


@attrs.define(eq=False)
class Compiled:
    """A deal ready to run. ``written`` draws nothing; ``simulated()`` is the same deal with its draws, ``drawn`` the
    programs of what was drawn in runs so far."""

    model: Model
    texts: tuple[Text, ...]
    written: Structures
    drawn: dict[Drawn, Program] = attrs.Factory(dict)
    _simulated: Structures | None = None
    _asked: bool = False

    @property
    def program(self) -> Program:
        """The deal as written, with the scenarios that share its structure."""
        return self.programs[0]

    @property
    def programs(self) -> tuple[Program, ...]:
        """A program for each structure, the deal as written first."""
        return self.written.equations

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios in the order written; the first is `base`."""
        return ("base", *(column.name for column in self.written.columns))

    def simulation(self) -> Program | None:
        """The deal as written with what `simulate` draws, or None where the deal draws nothing."""
        simulated = self.simulated()
        return None if simulated is None else simulated.equations[0]

    def simulated(self) -> Structures | None:
        """The programs with what `simulate` draws, or None where the deal draws nothing."""
        if not self._asked:
            self._asked = True
            if any(one.item.draws for one in self.model.simulations):
                collector = Collector()
                with deep():
                    self._simulated = lower_all(self.texts, collector, simulated=True)
        return self._simulated


def compile_source(
    source: Source,
    folder: Path | None,
    collector: Collector,
    overrides: Mapping[str, str] | None = None,
    as_of: datetime.date | None = None,
) -> Compiled | None:
    """The compiled deal, or None with every error of the text in the collector.

    ``overrides`` are values set for one run: name and expression, as if the deal had been written with them. What the
    deal waives until a date is waived if that date is not before ``as_of``, or closing.
    """
    model, compiled = _compiled(source, folder, collector, overrides or {})
    if model is not None and model.waived:
        closing = None if compiled is None else compiled.program.dates[compiled.program.closing]
        collector.replace(waive(model, collector.found, as_of or closing, "W", compiled is not None))
    return compiled


def _compiled(
    source: Source, folder: Path | None, collector: Collector, overrides: Mapping[str, str]
) -> tuple[Model | None, Compiled | None]:
    with deep():
        module = parse(source, collector)
        used = load(module, folder, collector)
        settings = _settings(overrides, collector)
        model = resolve(module, used, folder, collector, settings)
        if model is None:
            return None, None
        model = attrs.evolve(model, files=files_of(module, used, model))
        _check_settings(model, collector)
        check_names(model, collector)
        types = check_types(model, collector, units_of(module, used))
        lint(model, collector)
        if collector.failed and not _of_cells_alone(model, collector):
            return model, None

        def checked(text: syntax.Module, its: Collector) -> tuple[Model, Types] | None:
            found = resolve(text, used, folder, its, settings)
            if found is None or its.failed:
                return None
            check_names(found, its)
            return found, check_types(found, its, units_of(text, used))

        texts = texts_of(module, model, types, collector, checked)
        if texts is None:
            return model, None
        written = lower_all(texts, collector)  # of a tape with bad cells: its conditions, and no program
        if written is None or collector.failed:
            return model, None
        compiled = Compiled(model, texts, written)
        if any(one.item.draws for one in model.simulations):
            simulation = lower_all(texts, collector, simulated=True)
            if collector.failed:
                return model, None
            compiled._simulated, compiled._asked = simulation, True
        unreached(collector, written, compiled._simulated)
        too_short.check(Facts(model), written.programs[0].lowered.schedules, collector)
        return model, None if collector.failed else compiled


def _of_cells_alone(model: Model, collector: Collector) -> bool:
    """Whether all that is wrong are rows and cells of families' tapes: what else their rows break is said as well."""
    tapes = {family.file for family in model.families}
    return not model.unusable and all(
        one.code in OF_CELLS and one.span.file in tapes for one in collector.found if one.severity == "error"
    )


def files_of(module: syntax.Module, used: tuple[syntax.Module, ...], model: Model) -> tuple[str, ...]:
    """The files beside the deal that it reads, by their bare names: families' rows, tables, curves, modules."""
    found = [family.file for family in model.families]
    for one in (module, *used):
        for item in one.items:
            found.extend(node.path.value for node in walk(item) if isinstance(node, syntax.Table))
            if isinstance(item, syntax.Use):
                found.extend(name.value for name in item.modules if isinstance(name, syntax.Text))
    return tuple(sorted(set(found)))


def units_of(module: syntax.Module, used: tuple[syntax.Module, ...]) -> list[syntax.UnitDeclaration]:
    return [item for one in (*used, module) for item in one.items if isinstance(item, syntax.UnitDeclaration)]


def _settings(overrides: Mapping[str, str], collector: Collector) -> tuple[syntax.Override, ...]:
    """``--set name=value``: each a layer over a name of the deal, in every scenario."""
    found: list[syntax.Override] = []
    for name, text in overrides.items():
        file = f"<set {name}>"
        expression = parse_expression(text, collector, file)
        if expression is None:
            continue
        span = expression.span
        parts = tuple(name.split("."))
        node = syntax.Name(span, parts, tuple(span for _ in parts))
        found.append(syntax.Override(node, expression, False, None, span))
    return tuple(found)


def _check_settings(model: Model, collector: Collector) -> None:
    """A value set for a name that the deal does not have is an error, with the nearest one."""
    for override in model.overrides:
        found = model.scope.resolve(override.name.parts)
        if isinstance(found, int):
            guess = nearest(override.name.text, model.entries)
            collector.error(
                "E0201",
                f"the deal has nothing named `{override.name.text}` to set",
                override.span,
                help=MOVED_CLOSING
                if override.name.parts == ("closing",)
                else f"did you mean `{guess}`?"
                if guess
                else None,
            )


@contextmanager
def deep() -> Iterator[None]:
    """Room for definitions that lead to each other through many names; a tree itself is at most 200 levels deep."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 60_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
