"""One in a hundred of what `tests/agreement.py` compares, and that it would tell."""

from __future__ import annotations

from fractions import Fraction
from unittest import mock

import pytest
from indenture.dsl.lowering.building import dust

from .formulas import KINDS
from .sweep import compared

DEALS = 20
VALUES = 50


def test_no_condition_differs_from_exact_arithmetic() -> None:
    told = [compared(seed, VALUES) for seed in range(DEALS)]
    assert [difference for one in told for difference in one.differences] == []
    assert sum(one.compared for one in told) > 50_000
    assert len(KINDS) < DEALS  # a deal's kind is its seed's place among them


@pytest.mark.parametrize("kind", ["level pay", "bullet", "sculpted", "shares"])
def test_without_the_rule_rounding_would_decide(kind: str) -> None:
    """The deals are such that doubles compared as they are come out otherwise."""
    place = KINDS.index(kind)
    with mock.patch.object(dust, "DUST", Fraction(0)):
        found = [len(compared(seed, 5).differences) for seed in range(place, 5 * len(KINDS), len(KINDS))]
    assert sum(found) > 0
