"""Both ways at once: a deal run by the engine and by the interpreter, and where they differ."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import indenture
import numpy as np
from indenture.engine.ir import NEVER as ENGINE_NEVER

from . import interpret as interpreter
from .arithmetic import NEVER
from .checks import Verdict
from .interpret import Interpretation

CLOSE = 1e-9


def as_engine(value: Any) -> Any:
    """An interpreter's value as the engine holds it."""
    if isinstance(value, datetime.date):
        return float(ENGINE_NEVER) if value == NEVER else float(value.toordinal())
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, Fraction):
        return float(value)
    return value


def agrees(engine: Any, meant: Any, largest: float = 0.0) -> bool:
    """To 1e-9 of it, or to a few last bits of the largest figure of the series, of which it may be what is left."""
    if engine is None or meant is None:
        return engine is None and meant is None
    return abs(float(engine) - meant) <= max(CLOSE * abs(meant), CLOSE * 1e-3, 1e-13 * largest)


def differences(result: Any, lane: int, meant: Interpretation, most: int = 12) -> list[str]:
    """Where a run differs from an interpretation: outputs, date by date."""
    found: list[str] = []
    for name, value in meant.outputs.items():
        if name not in result.entries:
            found.append(f"{name}: the engine has no such output")
            continue
        got = result.entries[name]
        if getattr(got, "statistics", None) is not None:
            continue  # of all paths
        if got.values.ndim == 2 and not isinstance(value, dict):
            value = meant.over_dates(*meant.lines[name])  # what no type says varies by date, a table by date
        numbers = [as_engine(one) for one in (value.values() if isinstance(value, dict) else [value])]
        largest = max((abs(one) for one in numbers if isinstance(one, float)), default=0.0)
        if isinstance(value, dict):
            shape = (len(result.dates), got.values.shape[-1])
            values = np.broadcast_to(got.values, shape)[:, lane]
            known = (
                np.ones(shape[0], bool) if got.determined is None else np.broadcast_to(got.determined, shape)[:, lane]
            )
            for t, date in enumerate(result.dates):
                theirs = values[t] if known[t] else None
                ours = as_engine(value.get(date))
                if not agrees(theirs, ours, largest):
                    found.append(f"{name} on {date}: engine {theirs}, interpreter {ours}")
                    break
        else:
            theirs = got.values[lane] if got.determined is None or got.determined[lane] else None
            if not agrees(theirs, as_engine(value)):
                found.append(f"{name}: engine {theirs}, interpreter {as_engine(value)}")
        if len(found) >= most:
            break
    return [*found, *_alerts(result, lane, meant), *_checks(result, lane, meant)]


def engine_values(result: Any, name: str, lane: int) -> list[Any]:
    """An output of a run in one scenario: a value a date, or a figure alone; None where it is not determined."""
    got = result.entries[name]
    if got.values.ndim == 1:
        known = got.determined is None or bool(got.determined[lane])
        return [got.values[lane] if known else None]
    return _series(got, len(result.dates), lane)


def _series(got: Any, dates: int, lane: int) -> list[Any]:
    shape = (dates, got.values.shape[-1])
    values = np.broadcast_to(got.values, shape)[:, lane]
    known = np.ones(dates, bool) if got.determined is None else np.broadcast_to(got.determined, shape)[:, lane]
    return [value if there else None for value, there in zip(values, known, strict=True)]


def _alerts(result: Any, lane: int, meant: Interpretation) -> list[str]:
    """Whether each alert is raised on the same dates; what was observed then, and its threshold."""
    found = []
    if len(result.alerts) != len(meant.alerts):
        return [f"{len(result.alerts)} alerts, interpreter {len(meant.alerts)}"]
    for alert, parts in zip(result.alerts, meant.alerts, strict=True):
        raised = (
            _series(result.entries[alert.raised], len(result.dates), lane) if alert.raised in result.entries else []
        )
        for t, date in enumerate(result.dates[: len(raised)]):
            if bool(raised[t]) != bool(parts[0].get(date)):
                found.append(f"{alert.what} on {date}: raised {bool(raised[t])}, interpreter {parts[0].get(date)}")
                break
            if not raised[t]:
                continue
            for name, ours in zip((alert.observed, alert.threshold), parts[1:], strict=True):
                got = result.entries[name]
                theirs = got.values[lane] if got.values.ndim == 1 else _series(got, len(result.dates), lane)[t]
                if not agrees(theirs, as_engine(ours.get(date))):
                    found.append(f"{name} on {date}: engine {theirs}, interpreter {as_engine(ours.get(date))}")
    return found


def _checks(result: Any, lane: int, meant: Interpretation) -> list[str]:
    """Verdicts, exactly: on how many dates each check fails."""
    found = []
    theirs: dict[str, list[Any]] = {}
    for check in result.checks:
        theirs.setdefault(check.name, []).append(check)
    names = [one.name for one in meant.verdicts if isinstance(one, Verdict)]
    for verdict in meant.verdicts:
        if not isinstance(verdict, Verdict) or names.count(verdict.name) > 1:
            continue
        same = [
            one
            for name, several in theirs.items()
            for one in several
            if name == verdict.name or name.startswith(verdict.name + " is ")
        ]
        if len(same) != 1:
            continue
        got = int(same[0].failures[lane])
        if got != verdict.failures:
            found.append(
                f"check {verdict.name}: the engine fails on {got} dates, the interpreter on {verdict.failures}"
            )
    return found


def compare(deal: indenture.Deal, folder: Any, scenarios: list[int] | None = None) -> list[str]:
    read = interpreter.read(deal.text, folder)
    result = deal.run()
    found = []
    for lane in range(len(deal.scenarios)) if scenarios is None else scenarios:
        meant = interpreter.interpret(read, lane)
        found += [f"[{deal.scenarios[lane]}] {one}" for one in differences(result, lane, meant)]
        found += [f"[{deal.scenarios[lane]}] {name} not covered: {why}" for name, why in meant.not_covered.items()]
    return found
