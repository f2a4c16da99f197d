"""What is projected must not depend on its reader: the base case is run first, and then fixed."""

from __future__ import annotations

from collections import deque

from ...engine.ir import Equation, Origin, Program, Span, Var
from ..messages.diagnostics import Collector, Label


def check_projections(program: Program, collector: Collector) -> None:
    """Report each figure whose projection needs the projection itself, with the equations on the way round."""
    writers = {equation.result.name: equation for equation in program.equations}
    variables = {entry.name: entry.var.name for entry in program.inputs}
    projected = {variables[one.input]: one for one in program.projections}
    outputs = {output.name: output for output in program.outputs}
    needs: dict[str, dict[str, list[Equation]]] = {}
    for name, one in projected.items():
        output = outputs[one.output]
        needs[name] = _ways(output.var, writers, set(projected))
    # Whether there is a projection stands beside it, and goes round as it does: one figure, said once.
    titles = {variable: one.output.removesuffix("?") for variable, one in projected.items()}
    readers = {entry.var.name: entry.origin for entry in program.inputs}
    reported: set[str] = set()
    for name in projected:
        circle = _circle(name, needs)
        if circle is None or reported & {titles[one] for one in circle}:
            continue
        reported.update(titles[one] for one in circle)
        _report(circle, needs, titles, readers, collector)


def _ways(start: Var, writers: dict[str, Equation], wanted: set[str]) -> dict[str, list[Equation]]:
    """For each wanted input that a value needs, on any date, the equations from it to that input."""
    came: dict[str, tuple[str, Equation] | None] = {start.name: None}
    waiting = deque([start.name])
    found: dict[str, list[Equation]] = {}
    while waiting:
        name = waiting.popleft()
        if name in wanted:
            found[name] = _back(name, came)
        equation = writers.get(name)
        if equation is None:
            continue
        for operand in equation.operands:
            if isinstance(operand, Var) and operand.name not in came:
                came[operand.name] = (name, equation)
                waiting.append(operand.name)
    return found


def _back(name: str, came: dict[str, tuple[str, Equation] | None]) -> list[Equation]:
    way: list[Equation] = []
    step = came[name]
    while step is not None:
        way.append(step[1])
        step = came[step[0]]
    return way[::-1]


def _circle(start: str, needs: dict[str, dict[str, list[Equation]]]) -> list[str] | None:
    """The projections on the shortest way from one back to itself."""
    came: dict[str, str | None] = {start: None}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        for below in needs.get(name, {}):
            if below == start:
                circle = [name]
                while (before := came[circle[-1]]) is not None:
                    circle.append(before)
                return circle[::-1]
            if below not in came:
                came[below] = name
                waiting.append(below)
    return None


def _report(
    circle: list[str],
    needs: dict[str, dict[str, list[Equation]]],
    titles: dict[str, str],
    readers: dict[str, Origin | None],
    collector: Collector,
) -> None:
    origins: list[Origin | None] = []
    for position, name in enumerate(circle):
        after = circle[(position + 1) % len(circle)]
        origins += [equation.origin for equation in needs[name][after]]
        origins.append(readers[after])  # what is projected may be nothing but a projection, without an equation between
    places: list[tuple[str, Span]] = []
    for origin in origins:
        if origin is not None and origin.span is not None and (origin.label, origin.span) not in places:
            places.append((origin.label, origin.span))
    title = titles[circle[0]]
    collector.error(
        "E0513",
        f"`{title}` depends on what reads it",
        places[0][1],
        label="the circle begins and ends here",
        others=tuple(Label(span, f"by way of `{label}`") for label, span in places[1:9]),
        help="project what the reader does not move: a schedule's target rather than a balance that cash moves",
        notes=(" -> ".join([title, *dict.fromkeys(label for label, _ in places), title]),),
    )
