"""The engine against the exact evaluator on deals by formula: every condition, verdict and date in every scenario, and
none left out as too close to call.

The exact evaluator compares exactly: its program is the deal's with a tolerance that lies below every difference there
is, and above the digits at which it cuts long fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from unittest import mock

import attrs
import indenture
import numpy as np
from indenture.dsl.lowering.building import dust
from indenture.engine.execution import reference
from indenture.engine.ir import Output, Program
from indenture.engine.run import run

from .formulas import formula

EXACTLY = Fraction(1, 10**40)

CLOSE = 1e-9
"""Of the largest of its series, for figures; and a hundredth of it of the largest of the deal. What they decide is
compared exactly."""


@attrs.frozen
class Told:
    """What a deal came to: how many conditions, dates and verdicts were compared, and what differed."""

    compared: int
    scenarios: int
    differences: tuple[str, ...]


def every_condition(program: Program) -> Program:
    """The program with each of its conditions and dates shown, beside what the deal reports."""
    shown = {output.var.name for output in program.outputs}
    more = [
        Output(f"condition {equation.result.name}", equation.result, "series", asked=True)
        for equation in program.equations
        if equation.result.kind in ("bool", "date")
        and equation.result.rows is None
        and equation.result.name not in shown
    ]
    return attrs.evolve(program, outputs=(*program.outputs, *more))


def compared(seed: int, values: int = 50) -> Told:
    """One deal in all its scenarios."""
    text = formula(seed, values).text
    program = every_condition(indenture.compile(text).program)
    with mock.patch.object(dust, "DUST", EXACTLY), mock.patch.object(dust, "AWAY", EXACTLY):
        unforgiving = every_condition(indenture.compile(text).program)
    assert [one.name for one in program.outputs] == [one.name for one in unforgiving.outputs]
    got = run(program, keep=[output.name for output in program.outputs])
    count, found = 0, []
    for lane, scenario in enumerate(program.scenarios):
        exact = reference.evaluate(unforgiving, scenario=lane)
        largest = max(
            (abs(float(one)) for output in program.outputs for one in _series(output, exact) if _is_number(one)),
            default=0,
        )
        for output in program.outputs:
            result = got[output.name]
            values_here = result.values[..., lane]
            known = np.ones(values_here.shape, bool)
            if result.determined is not None:
                known = np.broadcast_to(result.determined, result.values.shape)[..., lane]
            series = _series(output, exact)
            count += len(series) if output.var.kind != "float" else 0
            found += [
                f"{seed} {scenario} {output.name} {text}"
                for text in _differences(output.var.kind, largest, values_here.reshape(-1), known.reshape(-1), series)
            ]
        verdicts = [check for check in program.checks if check.severity == "verdict"]
        for check, outcome in zip(verdicts, got.checks, strict=True):
            count += 1
            fails = check.scenarios is None or lane in check.scenarios
            fails = fails and not all(exact.variables[check.var.name])
            if fails != bool(outcome.failures[lane]):
                found.append(f"{seed} {scenario} {check.name}: {bool(outcome.failures[lane])}, exactly {fails}")
    return Told(count, len(program.scenarios), tuple(found))


def _series(output: Output, exact: reference.Evaluation) -> list[Any]:
    meant = exact[output.name]
    return [meant] if output.form == "figure" else list(meant)


def _is_number(value: Any) -> bool:
    return value is not None and not isinstance(value, bool)


def _differences(kind: str, largest: float, values: Any, known: Any, meant: list[Any]) -> Iterator[str]:
    size = max((abs(float(one)) for one in meant if one is not None), default=0.0)
    apart = CLOSE * max(size, largest / 100)
    for date, (value, there, exactly) in enumerate(zip(values, known, meant, strict=True)):
        if bool(there) != (exactly is not None):
            yield f"[{date}]: determined {bool(there)}, exactly {exactly}"
        elif exactly is None:
            continue
        elif kind != "float":
            if float(value) != float(exactly):
                yield f"[{date}]: {value}, exactly {exactly}"
        elif abs(float(value) - float(exactly)) > apart:
            yield f"[{date}]: {float(value)!r}, exactly {float(exactly)!r}"
