"""A program is well formed: bound before it is read, of the right kinds, on the right axes, no cycle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from .errors import VerifyError
from .ir import Constant, Equation, Input, Kind, Literal, Operand, Program, Var
from .primitives.curves import FUNCTIONS
from .primitives.primitive import CHOICES, AttributeRule, KindRule, Primitive
from .primitives.table import PRIMITIVES, metric_function, statistic
from .program.analysis import components, equations_by_name, named_constants, reads, varies_by_date


def verify(program: Program) -> None:
    """Raises :class:`VerifyError` with every problem of the program."""
    problems = list(_problems(program))
    if problems:
        raise VerifyError(problems)


def _problems(program: Program) -> Iterator[str]:
    yield from _frame(program)
    bound: dict[str, Var] = {}
    families = {family.name: len(family.labels) for family in program.families}
    for source in _sources(program):
        yield from _bind(source.var, bound, families)
        yield from _source(source, program, families)
    later = {equation.result.name: equation.result for equation in program.equations}
    for equation in program.equations:
        yield from _equation(equation, bound, later, program)
        yield from _bind(equation.result, bound, families)
    yield from _ends(program, bound)
    yield from _barriers(program)


def _frame(program: Program) -> Iterator[str]:
    if not program.dates:
        yield "the timeline is empty"
        return
    if any(later <= earlier for earlier, later in zip(program.dates, program.dates[1:], strict=False)):
        yield "the dates of the timeline do not rise"
    if not 0 <= program.closing < len(program.dates):
        yield f"closing is position {program.closing} of {len(program.dates)} dates"
    if not program.scenarios:
        yield "the program has no scenario"
    yield from _unique("family", [family.name for family in program.families])
    yield from _unique("scenario", list(program.scenarios))
    yield from _unique("input", [source.name for source in program.inputs])
    yield from _unique("output", [output.name for output in program.outputs])
    inputs = {source.name for source in program.inputs}
    for name, values in program.columns:
        if name not in inputs:
            yield f"columns feed {name!r}, which is no input"
        if len(values) != len(program.scenarios):
            yield f"columns give {name!r} {len(values)} values for {len(program.scenarios)} scenarios"


def _sources(program: Program) -> tuple[Constant | Input, ...]:
    return (*program.constants, *program.inputs)


def _unique(what: str, names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two of a kind: {what} {name!r}"


def _bind(var: Var, bound: dict[str, Var], families: dict[str, int]) -> Iterator[str]:
    if var.name in bound:
        yield f"{var.name!r} is bound twice"
    if var.rows is not None and var.rows not in families:
        yield f"{var.name!r} varies over the unknown family {var.rows!r}"
    bound.setdefault(var.name, var)


def _source(source: Constant | Input, program: Program, families: dict[str, int]) -> Iterator[str]:
    name = source.var.name
    if ("row" in source.axes) != (source.var.rows is not None):
        yield f"{name!r} says rows {source.var.rows!r} but axes {source.axes}"
    rows = families.get(source.var.rows, 0) if source.var.rows is not None else 1
    dates = len(program.dates)
    if isinstance(source, Constant):
        values, allowed = source.values, {dates if "date" in source.axes else 1}
        if "scenario" in source.axes:
            yield f"the constant {name!r} has a scenario axis"
    else:
        allowed = {dates if "date" in source.axes else 1}
        if source.dates is not None:
            allowed.add(len(source.dates))
            if "date" not in source.axes:
                yield f"the input {source.name!r} has dates but no date axis"
            if any(not 0 <= position < dates for position in source.dates):
                yield f"the input {source.name!r} has dates outside of the timeline"
            if any(b <= a for a, b in zip(source.dates, source.dates[1:], strict=False)):
                yield f"the dates of the input {source.name!r} do not rise"
        if source.default is None:
            return
        values = source.default
    if len(values) not in {length * rows for length in allowed}:
        yield f"{name!r} has {len(values)} values, not {sorted(length * rows for length in allowed)}"


def _equation(equation: Equation, bound: dict[str, Var], later: dict[str, Var], program: Program) -> Iterator[str]:
    name = equation.result.name
    primitive = PRIMITIVES.get(equation.op)
    if primitive is None:
        yield f"{name!r}: there is no primitive {equation.op!r}"
        return
    for position, operand in enumerate(equation.operands):
        if not isinstance(operand, Var):
            continue
        known = bound.get(operand.name)
        if known is None and primitive.form == "previous" and position == 0:
            known = later.get(operand.name)
        if known is None:
            yield f"{name!r} reads {operand.name!r}, which is not bound before it"
        elif known != operand:
            yield f"{name!r} reads {operand} where {known} is bound"
    yield from _kinds(equation, primitive)
    yield from _rows(equation, primitive)
    yield from _attributes(equation, primitive, program)


def _kinds(equation: Equation, primitive: Primitive) -> Iterator[str]:
    name, operands = equation.result.name, equation.operands
    rules = list(primitive.operands)
    if primitive.repeated is not None:
        rules += [primitive.repeated] * (len(operands) - len(rules))
    if len(operands) != len(rules):
        yield f"{name!r}: {primitive.name} takes {len(rules)} operands, not {len(operands)}"
        return
    shared: Kind | None = None
    for rule, operand in zip(rules, operands, strict=True):
        kind = operand.kind
        if isinstance(operand, Literal) and isinstance(operand.value, bool) != (kind == "bool"):
            yield f"{name!r}: the literal {operand.value} is no {kind}"
        if rule in ("any", "number"):
            shared = shared or kind
            if kind != shared or (rule == "number" and kind == "bool"):
                yield f"{name!r}: {primitive.name} of {kind} where {_expected(rule, shared)} is meant"
        elif rule not in ("each", kind):
            yield f"{name!r}: {primitive.name} of {kind} where {rule} is meant"
    expected = shared if primitive.result in ("any", "number") else primitive.result
    if equation.result.kind != expected:
        yield f"{name!r} is {equation.result.kind}, but {primitive.name} gives {expected}"


def _expected(rule: KindRule, shared: Kind) -> str:
    return "float or date" if rule == "number" and shared == "bool" else shared


def _rows(equation: Equation, primitive: Primitive) -> Iterator[str]:
    name = equation.result.name
    families = {operand.rows for operand in equation.operands if operand.rows is not None}
    if len(families) > 1:
        yield f"{name!r} mixes the families {sorted(families)}"
        return
    family = next(iter(families), None)
    match primitive.form:
        case "rows":
            if family is None:
                yield f"{name!r}: {primitive.name} of something without rows"
            family = None
        case "along_rows":
            if family is None:
                yield f"{name!r}: {primitive.name} of something without rows"
        case _:
            pass
    if any(operand.rows is not None for operand in equation.operands[: primitive.plain]):
        yield f"{name!r}: {primitive.name} takes one value, not one a row, first"
    if equation.result.rows != family:
        yield f"{name!r} says rows {equation.result.rows!r}, its operands {family!r}"


def _attributes(equation: Equation, primitive: Primitive, program: Program) -> Iterator[str]:
    name, attributes = equation.result.name, dict(equation.attributes)
    if len(attributes) != len(equation.attributes):
        yield f"{name!r}: an attribute is given twice"
    for missing in sorted(primitive.attributes.keys() - attributes.keys() - primitive.optional):
        yield f"{name!r}: {primitive.name} needs the attribute {missing!r}"
    for extra in sorted(attributes.keys() - primitive.attributes.keys()):
        if not primitive.open:
            yield f"{name!r}: {primitive.name} has no attribute {extra!r}"
    for key, rule in primitive.attributes.items():
        if key in attributes:
            yield from _attribute(name, key, rule, attributes[key], len(program.dates))
    for key, rule in primitive.attributes.items():
        yield from _meant(equation, primitive, key, rule, attributes.get(key), program)


def _meant(
    equation: Equation, primitive: Primitive, key: str, rule: AttributeRule, value: object, program: Program
) -> Iterator[str]:
    """What an attribute names is there."""
    name, operands = equation.result.name, len(equation.operands)
    match rule:
        case "members":
            if operands != 1 + 2 * (value if isinstance(value, int) else -1):
                yield f"{name!r}: {primitive.name} has {operands} operands for {value} members"
        case "constant":
            if not any(c.var.name == value and c.axes == ("date",) for c in program.constants):
                yield f"{name!r}: {primitive.name} needs a constant a date as {key}, not {value!r}"
        case "formula":
            if value not in FUNCTIONS:
                yield f"{name!r}: there is no formula of curves {value!r}"
        case "measure":
            if metric_function(str(value)) is None:
                yield f"{name!r}: there is no metric {value!r}"
        case "int" | "text" | "positions" | "mode" | "order":
            pass
        case _:
            assert_never(rule)


def _attribute(name: str, key: str, rule: AttributeRule, value: object, dates: int) -> Iterator[str]:
    told: str = rule
    match rule:
        case "int" | "members":
            good, told = isinstance(value, int) and not isinstance(value, bool), "int"
        case "text" | "constant" | "formula" | "measure":
            good, told = isinstance(value, str), "text"
        case "mode" | "order":
            good = value in CHOICES[rule]
        case "positions":
            # A window may begin past the last date: it is then empty.
            end = dates + (key == "first")
            good = (
                isinstance(value, tuple)
                and len(value) == dates
                and all(isinstance(position, int) and -1 <= position < end for position in value)
            )
    if not good:
        yield f"{name!r}: the attribute {key!r} is not {told}: {value!r}"


def _ends(program: Program, bound: dict[str, Var]) -> Iterator[str]:
    varying = _varying(program)

    def missing(what: str, operand: Operand | None) -> Iterator[str]:
        if isinstance(operand, Var) and bound.get(operand.name) != operand:
            yield f"{what} reads {operand.name!r}, which is not bound so"

    for output in program.outputs:
        what = f"the output {output.name!r}"
        yield from missing(what, output.var)
        yield from missing(what, output.determined)
        if output.var.rows is not None:
            yield f"{what} varies over the rows of {output.var.rows!r}"
        if output.determined is not None and output.determined.kind != "bool":
            yield f"{what} is determined by something that is not a boolean"
        if output.statistic is not None and (output.form != "figure" or statistic(output.statistic) is None):
            yield f"{what}: {output.statistic!r} is no statistic of a figure"
        if output.form == "figure" and output.var.name in varying:
            yield f"the figure {output.name!r} varies by date"
    for check in program.checks:
        what = f"the check {check.name!r}"
        for operand in (check.var, check.scale, check.determined, check.observed, check.observed_determined):
            yield from missing(what, operand)
        if check.observed is not None and check.observed.name in varying:
            yield f"{what} observes {check.observed.name!r}, which varies by date"
        if (check.var.kind == "bool") != (check.rule == "holds"):
            yield f"{what}: {check.rule} of a {check.var.kind}"
        if check.scale is not None and check.scale.kind != "float":
            yield f"{what}: the scale is not a number"
        if check.determined is not None and check.determined.kind != "bool":
            yield f"{what} is determined by something that is not a boolean"
        if any(not 0 <= position < len(program.scenarios) for position in check.scenarios or ()):
            yield f"{what} names scenarios that there are not"
    yield from _tables(program)
    inputs = {source.name for source in program.inputs}
    outputs = {output.name for output in program.outputs}
    for projection in program.projections:
        if projection.input not in inputs:
            yield f"a projection feeds {projection.input!r}, which is no input"
        if projection.output not in outputs:
            yield f"a projection reads {projection.output!r}, which is no output"
    for alert in program.alerts:
        for name in (alert.raised, alert.observed, alert.threshold):
            if name not in outputs:
                yield f"an alert reads {name!r}, which is no output"


def _tables(program: Program) -> Iterator[str]:
    """A table's rows have a cell a column, and what its cells show are figures that every run gives."""
    yield from _unique("table", [table.name for table in program.tables])
    outputs = {output.name: output for output in program.outputs}
    for table in program.tables:
        for row in table.rows:
            if len(row) != len(table.columns):
                yield f"a row of the table {table.name!r} has {len(row)} cells for {len(table.columns)} columns"
            for cell in row:
                shown = None if cell.output is None else outputs.get(cell.output)
                if cell.output is not None and (shown is None or shown.form != "figure" or not shown.asked):
                    yield f"the table {table.name!r} shows {cell.output!r}, which is no figure of every run"
                if cell.choices and (shown is None or shown.var.kind != "float"):
                    yield f"the table {table.name!r} chooses by {cell.output!r}, which is no number"


def _varying(program: Program) -> set[str]:
    """The names that vary by date, as far as the program is well formed enough to tell."""
    sound = [e for e in program.equations if e.op in PRIMITIVES]
    dated = {s.var.name for s in _sources(program) if "date" in s.axes}
    return varies_by_date(sound, dated) | dated


def _barriers(program: Program) -> Iterator[str]:
    known = equations_by_name(program)
    if len(known) != len(program.equations) or any(e.op not in PRIMITIVES for e in program.equations):
        return
    if any(len(named_constants(e)) != len(PRIMITIVES[e.op].constants) for e in program.equations):
        return
    for group in components(program.equations):
        if len(group) == 1 and group[0].result.name not in reads(group[0]):
            continue
        names = ", ".join(repr(equation.result.name) for equation in group)
        for equation in group:
            if PRIMITIVES[equation.op].barrier:
                yield f"{equation.result.name!r}: {equation.op} reads what depends on it: {names}"
    varying = _varying(program)
    for equation in program.equations:
        if PRIMITIVES[equation.op].form == "previous" and len(equation.operands) == 2:
            initial = equation.operands[1]
            if isinstance(initial, Var) and initial.name in varying:
                yield f"{equation.result.name!r}: the initial value {initial.name!r} varies by date"
