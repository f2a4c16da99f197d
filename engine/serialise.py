"""A program as JSON and back, exactly: numbers are "p/q" strings, the format has a version.

Loading needs no parser. Text that is no program raises :class:`ProgramError` with the path of what is
wrong; a newer format says that it is newer. Nothing is evaluated and nothing is opened.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from .errors import ProgramError
from .ir import (
    Alert,
    Attribute,
    Cell,
    Check,
    Equation,
    Input,
    Operand,
    Origin,
    Output,
    Program,
    ReportTable,
    Var,
)
from .program.reader import FORMAT, Reader


def dumps(program: Program) -> str:
    """The program as JSON text. Equal programs give equal text."""
    return json.dumps(_program(program), ensure_ascii=False, indent=1) + "\n"


def loads(text: str) -> Program:
    """The program of :func:`dumps`; raises :class:`ProgramError` for anything else."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ProgramError(f"this is no JSON: {error}") from None
    except ValueError as error:
        raise ProgramError(f"this JSON holds a number that is too long: {error}") from None
    return Reader().program(data)


def fraction_text(value: Fraction) -> str:
    """``p/q`` in lowest terms, ``p`` where q is 1; without Python's limit on long integers."""
    whole = _digits(value.numerator)
    return whole if value.denominator == 1 else f"{whole}/{_digits(value.denominator)}"


def _digits(value: int) -> str:
    if value.bit_length() < 10_000:
        return str(value)
    raise ProgramError("a number of the program has more digits than a program may hold")


def _program(program: Program) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": program.version,
        "name": program.name,
        "dates": [date.isoformat() for date in program.dates],
        "closing": program.closing,
        "scenarios": list(program.scenarios),
        "columns": [[name, [fraction_text(value) for value in values]] for name, values in program.columns],
        "families": [{"name": family.name, "labels": list(family.labels)} for family in program.families],
        "constants": [
            {"var": _var(one.var), "axes": list(one.axes), "values": [fraction_text(v) for v in one.values]}
            for one in program.constants
        ],
        "inputs": [_input(source) for source in program.inputs],
        "equations": [_equation(equation) for equation in program.equations],
        "outputs": [_output(output) for output in program.outputs],
        "checks": [_check(check) for check in program.checks],
        "projections": [{"input": one.input, "output": one.output} for one in program.projections],
        **({"tables": [_table(one) for one in program.tables]} if program.tables else {}),
        **({"alerts": [_alert(one) for one in program.alerts]} if program.alerts else {}),
    }


def _alert(alert: Alert) -> dict[str, str]:
    return {name: getattr(alert, name) for name in ("who", "what", "raised", "observed", "threshold")}


def _table(table: ReportTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "columns": [{"name": one.name, "unit": one.unit} for one in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    if cell.output is None:
        return {"text": cell.text}
    return {"output": cell.output} | ({"choices": list(cell.choices)} if cell.choices else {})


def _var(var: Var) -> dict[str, Any]:
    return {"name": var.name, "kind": var.kind} | ({} if var.rows is None else {"rows": var.rows})


def _operand(operand: Operand) -> dict[str, Any]:
    if isinstance(operand, Var):
        return _var(operand)
    value = operand.value if isinstance(operand.value, bool) else fraction_text(operand.value)
    return {"literal": value, "kind": operand.kind}


def _origin(origin: Origin | None) -> dict[str, Any]:
    if origin is None:
        return {}
    span = origin.span
    place = {} if span is None else {"span": [span.file, span.line, span.column, span.end_line, span.end_column]}
    return {"origin": {"label": origin.label, **place}}


def _attribute(value: Attribute) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _equation(equation: Equation) -> dict[str, Any]:
    attributes = [[name, _attribute(value)] for name, value in equation.attributes]
    return {
        "result": _var(equation.result),
        "op": equation.op,
        "operands": [_operand(operand) for operand in equation.operands],
        **({"attributes": attributes} if attributes else {}),
        **_origin(equation.origin),
    }


def _input(source: Input) -> dict[str, Any]:
    found: dict[str, Any] = {"name": source.name, "var": _var(source.var), "axes": list(source.axes)}
    if source.unit:
        found["unit"] = source.unit
    if source.default is not None:
        found["default"] = [fraction_text(value) for value in source.default]
    if source.random is not None:
        found["random"] = {"distribution": source.random.distribution, "factor": source.random.factor}
    if source.dates is not None:
        found["dates"] = list(source.dates)
    return found | _origin(source.origin)


def _output(output: Output) -> dict[str, Any]:
    found: dict[str, Any] = {"name": output.name, "var": _var(output.var), "form": output.form}
    if output.unit:
        found["unit"] = output.unit
    if output.determined is not None:
        found["determined"] = _operand(output.determined)
    if output.asked:
        found["asked"] = True
    if output.statistic is not None:
        found["statistic"] = output.statistic
    if output.level is not None:
        found["level"] = fraction_text(output.level)
    if output.why:
        found["why"] = output.why
    return found | _origin(output.origin)


def _check(check: Check) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": check.name,
        "rule": check.rule,
        "var": _var(check.var),
        "severity": check.severity,
        "code": check.code,
        "message": check.message,
    }
    if check.scale is not None:
        found["scale"] = _operand(check.scale)
    if check.determined is not None:
        found["determined"] = _operand(check.determined)
    if check.scenarios is not None:
        found["scenarios"] = list(check.scenarios)
    if check.observed is not None:
        found["observed"] = _var(check.observed)
    if check.observed_determined is not None:
        found["observed_determined"] = _operand(check.observed_determined)
    if check.target is not None:
        found["target"] = fraction_text(check.target)
    if check.unit:
        found["unit"] = check.unit
    return found | _origin(check.origin)
