"""A program as text for people and golden tests: one line an equation, stable from run to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..ir import Attribute, Cell, Check, Equation, Input, Operand, Output, Program, Var

SHOWN = 4
"""How many values of a table a line shows at each end."""


def render(program: Program) -> str:
    """The program as text. Equal programs give equal text; it is for reading, not for loading."""
    return "\n".join(_lines(program)) + "\n"


def number(value: Fraction) -> str:
    """The shortest exact form: a decimal where there is one of reasonable length, else p/q."""
    if value.denominator == 1:
        return str(value.numerator) if abs(value.numerator) < 10**30 else f"{float(value):.17g}…"
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest == 1 and places <= 18:
        digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
        return ("-" if value < 0 else "") + digits[:-places] + "." + digits[-places:]
    text = f"{value.numerator}/{value.denominator}" if value.denominator < 10**15 else f"{float(value):.17g}…"
    return text


def operand(value: Operand | None) -> str:
    match value:
        case None:
            return "true"
        case Var():
            return value.name
        case _ if isinstance(value.value, bool):
            return "true" if value.value else "false"
        case _:
            return number(value.value)


def equation(one: Equation) -> str:
    """``name: kind[rows] = op(a, b; key=value)    -- label``."""
    inside = ", ".join(operand(part) for part in one.operands)
    if one.attributes:
        inside += "; " + ", ".join(f"{name}={_attribute(value)}" for name, value in one.attributes)
    text = f"{_var(one.result)} = {one.op}({inside})"
    return text if one.origin is None else f"{text}    -- {one.origin.label}"


def _var(var: Var) -> str:
    return f"{var.name}: {var.kind}" + (f"[{var.rows}]" if var.rows is not None else "")


def _attribute(value: Attribute) -> str:
    if isinstance(value, tuple):
        return "[" + _short([str(item) for item in value]) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(items: Sequence[str]) -> str:
    """Runs of equal values once, with their length; the middle of a long table left out."""
    runs: list[list[object]] = []
    for item in items:
        if runs and runs[-1][0] == item:
            runs[-1][1] = int(str(runs[-1][1])) + 1
        else:
            runs.append([item, 1])
    told = [f"{item}" if count == 1 else f"{item} × {count}" for item, count in runs]
    if len(told) > 2 * SHOWN + 1:
        told = [*told[:SHOWN], f"… {len(told) - 2 * SHOWN} more …", *told[-SHOWN:]]
    return ", ".join(told)


def _lines(program: Program) -> Iterator[str]:
    yield f"program {program.name} (format {program.version})"
    first, last = program.dates[0], program.dates[-1]
    yield f"dates {len(program.dates)} from {first} to {last}, closing {program.dates[program.closing]}"
    yield f"scenarios {', '.join(program.scenarios)}"
    for name, values in program.columns:
        yield f"column {name} = {_short([number(value) for value in values])}"
    for family in program.families:
        yield f"family {family.name} of {len(family.labels)} rows"
    for constant in program.constants:
        values_text = _short([number(value) for value in constant.values])
        yield f"constant {_var(constant.var)} by {', '.join(constant.axes) or 'nothing'} = {values_text}"
    for source in program.inputs:
        yield _input(source)
    for one in program.equations:
        yield equation(one)
    for output in program.outputs:
        yield _output(output)
    for table in program.tables:
        yield f"table {table.name}: {', '.join(column.name for column in table.columns)}"
        for row in table.rows:
            yield "  " + " | ".join(_cell(cell) for cell in row)
    for check in program.checks:
        yield _check(check)
    for projection in program.projections:
        yield f"project {projection.input} = base case of {projection.output}"
    for alert in program.alerts:
        yield f"alert {alert.who}, {alert.what}: {alert.raised}, {alert.observed} against {alert.threshold}"


def _cell(cell: Cell) -> str:
    if cell.output is None:
        return cell.text
    return f"{{{cell.output}}}" + (f" of {', '.join(cell.choices)}" if cell.choices else "")


def _input(source: Input) -> str:
    text = f"input {source.name} as {_var(source.var)} by {', '.join(source.axes) or 'nothing'}"
    if source.unit:
        text += f" in {source.unit}"
    if source.random is not None:
        text += f" drawn {source.random.distribution} from {source.random.factor}"
    if source.dates is not None:
        text += f" on {len(source.dates)} dates"
    if source.default is not None:
        text += f" default {_short([number(value) for value in source.default])}"
    return text


def _output(output: Output) -> str:
    text = f"output {output.name}: {output.form} = {output.var.name}"
    if output.determined is not None:
        text += f" where {operand(output.determined)}"
    if output.unit:
        text += f" in {output.unit}"
    if output.statistic is not None:
        text += f" {output.statistic}" + ("" if output.level is None else f" {number(output.level)}")
    return text + (", asked" if output.asked else "")


def _check(check: Check) -> str:
    text = f"check {check.name}: {check.rule} {check.var.name}"
    if check.scale is not None:
        text += f" scale {operand(check.scale)}"
    if check.determined is not None:
        text += f" where {operand(check.determined)}"
    if check.scenarios is not None:
        text += f" in scenarios {', '.join(map(str, check.scenarios))}"
    if check.observed is not None:
        target = "" if check.target is None else f" for {number(check.target)}"
        text += f" observing {check.observed.name}{target}"
    return f"{text} ({check.severity} {check.code})"
