"""Worked examples of pools, equipment, securitisations and CLOs in exact fractions, beside the engine's doubles."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import indenture
import numpy as np
import pytest
from indenture import library
from indenture.engine.execution import reference

WORKED = Path(library.__file__).resolve().parent / "worked"
SHORT = (
    "roll_rates",
    "servicer_advances",
    "replenished_pool",
    "receivables",
    "pass_through_note",
    "clean_up_call",
    "scheduled_pool",
    "overcollateralisation",
    "loss_trigger",
    "delinquency_trigger",
    "excess_spread_trigger",
    "spread_account",
    "coverage_triggers",
    "loan_to_value",
    "replacement_assets",
    "par_value_test",
    "interest_test",
    "deferrable_note",
    "manager_fees",
)
"""Those without a scenario and whose numbers stay rational, or short enough for the fractions to be."""


@pytest.mark.parametrize("name", SHORT)
def test_every_series_is_that_of_exact_arithmetic(name: str) -> None:
    deal = indenture.load(WORKED / f"{name}.deal")
    result = deal.run()
    exact = reference.evaluate(deal.program, {}, number=Fraction)
    compared = 0
    for output in deal.program.outputs:
        if output.name not in result:
            continue
        column = result[output.name]
        assert column.values is not None
        meant = np.array(exact[output.name], dtype=object).reshape(-1)
        found = np.asarray(column.values, dtype=float).reshape(-1)
        there = np.broadcast_to(True if column.determined is None else column.determined, column.values.shape).reshape(
            -1
        )
        if len(meant) == 1:
            meant = np.repeat(meant, len(found))
        size = max((abs(float(one)) for one in meant if one is not None), default=0.0)
        for value, fraction, known in zip(found, meant, there, strict=True):
            assert bool(known) == (fraction is not None), output.name
            if known:
                assert value == pytest.approx(float(fraction), rel=1e-10, abs=1e-12 * max(size, 1.0)), output.name
                compared += 1
    assert compared > 3
