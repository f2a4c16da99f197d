"""Runs the programs of a deal: one for each structure, and of what is drawn one for each shape that comes up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..engine.ir import Kind, Literal, Program, Span
from ..engine.results import Figure, Results, shown
from ..engine.run import Progress, run
from ..engine.structures import Asked, Part, asked, run_structures, whole
from .compile import Compiled, deep
from .lowering.context.asked import Shape
from .lowering.structures import MOST_STRUCTURES, Drawn, Shaped, Structures, shaped_by
from .messages.diagnostics import Collector, Diagnostic, Label

Array = npt.NDArray[Any]


class NotShaped(Exception):
    """What is drawn gives the deal a structure that it cannot have, or too many of them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)


def fed_with(compiled: Compiled) -> Program:
    """What a deal may be fed: its inputs on the dates of all its programs, and its scenarios; no equations."""
    return whole(compiled.programs, compiled.scenarios)


def run_deal(
    compiled: Compiled,
    structures: Structures,
    *,
    scenarios: Sequence[str] | None,
    inputs: Mapping[str, object],
    paths: int | None,
    seed: int,
    keep: tuple[str, ...],
    workers: int,
    progress: Progress | None,
) -> Results:
    """As `engine.run.run`, over all programs of a deal.

    :raises NotShaped: what is drawn cannot shape the deal, or shapes it in more than `MOST_STRUCTURES` ways.
    """
    programs = structures.equations
    if len(programs) == 1 and not structures.programs[0].lowered.shapes:
        return run(
            programs[0],
            inputs=inputs,
            paths=paths,
            seed=seed,
            keep=keep,
            workers=workers,
            scenarios=scenarios,
            progress=progress,
        )
    wanted = asked(
        programs,
        compiled.scenarios,
        scenarios=scenarios,
        inputs=inputs,
        paths=paths,
        seed=seed,
        keep=keep,
        workers=workers,
    )
    parts: list[Part] = []
    for one, program in zip(structures.programs, programs, strict=True):
        names = tuple(name for name in wanted.scenarios if name in _scenarios(one))
        if not names:
            continue
        if paths is None or not one.lowered.shapes:
            parts.append(Part(program, names))
            continue
        for name in names:
            parts += _shaped(compiled, structures, one, program, name, wanted)
    return run_structures(wanted, parts, progress)


def _scenarios(one: Shaped) -> set[str]:
    base = set() if one.structure.apart else {"base"}
    return base | {column.name for column in one.structure.columns}


def _shaped(
    compiled: Compiled, structures: Structures, one: Shaped, program: Program, name: str, wanted: Asked
) -> list[Part]:
    """The paths of a scenario, gathered by what they draw of what shapes the deal, each with a program of its own."""
    shapes = one.lowered.shapes
    names = [figure for shape in shapes for figure in shape.figures if isinstance(figure, str)]
    outputs = tuple(output for output in program.outputs if output.name in names)
    bare = attrs.evolve(program, checks=(), tables=(), alerts=())
    found = wanted.run(Part(bare, (name,)), outputs)
    grains = {figure: shape.asked.grain for shape in shapes for figure in shape.figures if isinstance(figure, str)}
    # What is drawn to be one value on every path shapes all of them alike.
    alike = np.zeros(wanted.size)
    steps = np.stack([_steps(found[figure], grains[figure]) for figure in names] or [alike])
    distinct, first, which = np.unique(steps, axis=1, return_index=True, return_inverse=True)
    if distinct.shape[1] > MOST_STRUCTURES:
        raise NotShaped([_too_many(one, distinct.shape[1], name)])
    parts: list[Part] = []
    for number in range(distinct.shape[1]):
        values = {
            figure: _literal(float(distinct[at, number]), found[figure].kind, grains[figure])
            for at, figure in enumerate(names)
        }
        drawn = Drawn(name, tuple(values.items()))
        made = compiled.drawn.get(drawn)
        if made is None:
            collector = Collector()
            with deep():
                made = shaped_by(collector, structures, one, drawn)
            if made is None:
                said = ", ".join(shown(float(value.value), value.kind) for _, value in drawn.values)
                raise NotShaped([_blamed(fault, one, f"{name} #{first[number]}", said) for fault in collector.found])
            compiled.drawn[drawn] = made
        parts.append(Part(made, (name,), np.nonzero(which.reshape(-1) == number)[0]))
    return parts


def _steps(figure: object, grain: Fraction | None) -> Array:
    """Values as multiples of the least step that counts; dates as their days."""
    if not isinstance(figure, Figure):
        raise AssertionError("what shapes a deal is a figure")
    values = figure.values.astype(np.float64)
    if figure.kind == "date":
        return np.floor(values)
    return values if grain is None else np.rint(values / float(grain))


def _literal(step: float, kind: Kind, grain: Fraction | None) -> Literal:
    """A value drawn as the deal would have it written: of a double, the fraction that it stands for."""
    if kind == "bool":
        return Literal(bool(step), "bool")
    if kind == "date":
        return Literal(Fraction(int(step)), "date")
    if grain is not None:
        return Literal(Fraction(int(step)) * grain, "float")
    near = Fraction(step).limit_denominator(1_000)
    return Literal(near if math.isclose(float(near), step, rel_tol=1e-14, abs_tol=1e-14) else Fraction(step), "float")


def _places(one: Shaped) -> list[tuple[Span, Shape]]:
    """Where what shapes the deal is drawn, or read where that is not known."""
    return [(shape.asked.expression.span, shape) for shape in one.lowered.shapes]


def _too_many(one: Shaped, count: int, name: str) -> Diagnostic:
    spans = one.lowered.drawn or tuple(span for span, _ in _places(one))
    return Diagnostic(
        "E0588",
        f"the paths of `{name}` have {count:,} structures, and a run has at most {MOST_STRUCTURES}",
        spans[0],
        label="drawn here",
        others=tuple(Label(span, "it shapes this") for span, _ in _places(one)),
        help="draw what shapes the deal from few values: `floor(...)` of a draw, or whole months",
    )


def _blamed(fault: Diagnostic, one: Shaped, path: str, said: str) -> Diagnostic:
    spans = one.lowered.drawn or tuple(span for span, _ in _places(one))
    return attrs.evolve(
        fault,
        message=f"on the path {path}, which draws {said}, {fault.message}",
        span=spans[0],
        label="drawn here",
        others=(Label(fault.span, fault.label or "it shapes this"), *fault.others),
    )
