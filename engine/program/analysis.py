"""What depends on what: needs, cycles through time, and the phases that barriers cut a program into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..ir import Equation, Operand, Program, Var
from ..primitives.table import PRIMITIVES


def reads(equation: Equation) -> tuple[str, ...]:
    """The names that an equation reads, also the constant that an attribute names."""
    names = [operand.name for operand in equation.operands if isinstance(operand, Var)]
    names.extend(named_constants(equation))
    return tuple(names)


def named_constants(equation: Equation) -> tuple[str, ...]:
    """The constants by date that attributes name: the kernel takes them as series after the operands."""
    wanted = PRIMITIVES[equation.op].constants
    return tuple(str(value) for name, value in equation.attributes if name in wanted) if wanted else ()


def equations_by_name(program: Program) -> dict[str, Equation]:
    return {equation.result.name: equation for equation in program.equations}


def operand_names(operands: Iterable[Operand | None]) -> set[str]:
    return {operand.name for operand in operands if isinstance(operand, Var)}


def check_names(program: Program) -> set[str]:
    """Everything that the checks of a program read."""
    names: set[str] = set()
    for check in program.checks:
        names |= operand_names((check.var, check.scale, check.determined, check.observed, check.observed_determined))
    return names


def needed(program: Program, wanted: Collection[str]) -> set[str]:
    """``wanted`` and all that it depends on, through time as well."""
    equations = equations_by_name(program)
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in equations:
            waiting.extend(reads(equations[name]))
    return found


def strongly_connected(nodes: Sequence[str], edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Tarjan's components, what is read before its readers; members in the order of ``nodes``."""
    order = {name: position for position, name in enumerate(nodes)}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    components: list[list[str]] = []
    for root in nodes:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, successors = work[-1]
            for successor in successors:
                if successor not in order:
                    continue
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(edges[successor])))
                    break
                if successor in on_stack:
                    low[name] = min(low[name], index[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[name])
                if low[name] == index[name]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == name:
                            break
                    components.append(sorted(component, key=order.__getitem__))
    return components


def components(equations: Sequence[Equation]) -> list[list[Equation]]:
    """Equations grouped by their cycles through time, what is read first; single ones are no cycle."""
    by_name = {equation.result.name: equation for equation in equations}
    edges = {name: reads(equation) for name, equation in by_name.items()}
    return [[by_name[name] for name in group] for group in strongly_connected(list(by_name), edges)]


def levels(equations: Sequence[Equation]) -> dict[str, int]:
    """The phase of each equation: one more than what a barrier reads, at least that of anything read.

    A program whose barriers are in no cycle through time (``verify``) has finitely many phases.
    """
    level: dict[str, int] = {}
    for group in components(equations):
        names = {equation.result.name for equation in group}
        highest = 0
        for equation in group:
            step = 1 if PRIMITIVES[equation.op].barrier else 0
            outside = [level[name] for name in reads(equation) if name in level and name not in names]
            highest = max(highest, max(outside, default=0) + step)
        level.update(dict.fromkeys(names, highest))
    return level


def varies_by_date(equations: Sequence[Equation], dated: Collection[str]) -> set[str]:
    """Which of the equations' results vary by date, given the other names that do."""
    varying: set[str] = set()
    changed = True
    while changed:
        changed = False
        for equation in equations:
            name = equation.result.name
            if name in varying:
                continue
            form = PRIMITIVES[equation.op].form
            if form == "figure":
                continue
            if form in ("previous", "window") or any(read in varying or read in dated for read in reads(equation)):
                varying.add(name)
                changed = True
    return varying


def varies_by_scenario(equations: Sequence[Equation], sources: Collection[str]) -> set[str]:
    """Which of the equations' results vary by scenario, given the inputs that do."""
    varying: set[str] = set()
    changed = True
    while changed:
        changed = False
        for equation in equations:
            name = equation.result.name
            if name not in varying and any(read in varying or read in sources for read in reads(equation)):
                varying.add(name)
                changed = True
    return varying
