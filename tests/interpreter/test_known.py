"""The known differences: each still differs, for the reason that it states, and the interpreter has the right figures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import indenture
import numpy as np
import pytest

from . import interpret as interpreter
from .compare import agrees, as_engine, engine_values
from .known import DEALS, KNOWN, PASSED_OVER, Row


def _interpreted(row: Row, lenient: frozenset[str]) -> list[Any]:
    fed = {name: [Fraction(str(value)) for value in values] for name, values in row.inputs.items()}
    found = interpreter.interpret(interpreter.read(row.deal), row.scenario, fed, lenient=lenient).outputs[row.output]
    return [as_engine(value) for value in (found.values() if isinstance(found, dict) else [found])]


def _ran(row: Row) -> list[Any] | None:
    """What the engine gives; None: it refuses the deal."""
    try:
        deal = indenture.compile(row.deal)
        inputs = {name: np.array(values)[:, None] for name, values in row.inputs.items()}
        result = deal.run(deal.scenarios[row.scenario], inputs=inputs)
    except indenture.DealError:
        return None
    return engine_values(result, row.output, 0)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.name)
def test_the_interpreter_has_what_the_contract_says(row: Row) -> None:
    right = [float(Fraction(str(one))) for one in (row.right if isinstance(row.right, list) else [row.right])]
    found = _interpreted(row, frozenset())
    assert len(found) == len(right)
    assert all(abs(one - other) < 1e-12 for one, other in zip(found, right, strict=True)), found


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.name)
def test_the_engine_still_differs(row: Row) -> None:
    theirs = _ran(row)
    assert (theirs is None) == row.refused, "the engine refuses it, or no longer does: say so, or take the row out"
    if theirs is not None:
        meant = _interpreted(row, frozenset())
        agreed = len(theirs) == len(meant) and all(agrees(one, other) for one, other in zip(theirs, meant, strict=True))
        assert not agreed, "the engine keeps to the contract now: take the row out"


@pytest.mark.parametrize("row", [row for row in KNOWN if row.lenient], ids=lambda row: row.name)
def test_a_row_that_is_looked_past_is_all_the_difference(row: Row) -> None:
    theirs = _ran(row)
    assert theirs is not None
    meant = _interpreted(row, frozenset((row.name,)))
    assert all(agrees(one, other) for one, other in zip(theirs, meant, strict=True)), (theirs, meant)


def test_what_is_looked_past_is_in_the_table() -> None:
    lenient = {row.name for row in KNOWN if row.lenient}
    assert lenient == PASSED_OVER
    assert {name for names in DEALS.values() for name in names} <= lenient


def test_the_interpreter_shares_nothing_with_what_it_judges() -> None:
    """But for running the engine itself, to compare."""
    for path in Path(__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for word in ("dsl.lowering", "engine.plan", "engine.execution", "engine.program", "engine.rewrites"):
            assert f"indenture.{word}" not in text, (path.name, word)
