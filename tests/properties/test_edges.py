"""The deals at their edges: what each has to hold and how often it occurs, that they compile, and that the engine, the
exact evaluator and the contract agree about them."""

from __future__ import annotations

import functools
from collections import Counter
from fractions import Fraction

import indenture
import pytest
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source

from .edges import edge
from .exactly import disagreements, evaluate, lane_of
from .strategies import compiled, fed
from .test_properties import cash_problems, claim_problems, priority_problems, share_problems
from .writing import Written

COUNTED = 300
COMPILED = 100
ASKED = 12

OFTEN = {
    # edges of dates
    "ends of months": 50,
    "29 February": 10,
    "a payment date on closing": 15,
    "a first payment on closing": 5,
    "business days that move dates": 25,
    "a date of a schedule named": 50,
    "a date outside the schedules": 30,
    "never": 30,
    "a stub": 10,
    # schedules
    "three schedules that begin and end apart": 25,
    "a schedule that begins before closing": 10,
    "a schedule that begins late": 20,
    "a part of a schedule": 40,
    "a part that begins after its parent": 20,
    "accrual from": 15,
    "accrual from a day after closing": 5,
    # readers on another schedule
    "a claim on another schedule": 90,
    "a claim that reads another schedule": 60,
    "a receipt of what arises on another schedule": 30,
    "a state of another's": 20,
    "a level that is delayed": 25,
    "an amount that is delayed": 10,
    "a window on another schedule": 20,
    "a ratio of two schedules": 20,
    "totals on another schedule": 90,
    "a trigger on another schedule": 30,
    "a trigger asked on another schedule": 25,
    "a waterfall on another schedule": 90,
    # below zero throughout
    "a series below zero throughout": 35,
    "a state below zero throughout": 15,
    "a rate below zero throughout": 8,
    "rows that are equal, nothing or below zero": 15,
    "take among equals": 15,
    # more than there is
    "fill more than there is": 10,
    "move more than there is": 30,
    "pay more than there is": 10,
    "release nothing": 10,
    "a yearly cap that binds": 10,
    "a cap of nothing": 10,
    "fill up to": 25,
    "keep and take back": 3,
    "pay then from": 40,
    # waivers and persistence
    "waiver": 25,
    "two waivers": 6,
    "for n tests": 40,
    "written off after": 40,
    "until": 35,
    "permanently": 20,
    "a trigger tested from a date": 20,
    "a waterfall from a date": 12,
    "a waterfall until a date": 12,
    # amounts that meet exactly
    "a balance repaid exactly": 15,
    "a ratio at its bar": 15,
    "a tie of rounding": 20,
    "settle or receive up to": 12,
    "moves at opening": 10,
    # money and scenarios
    "several currencies": 12,
    "an override that reads itself": 90,
    "scenarios over": 15,
    "after": 25,
    "draws": 5,
    "a term that shapes the deal": 60,
}
"""The least share of deals, in percent, in which each occurs: about half of what does today."""


@functools.cache
def told(seed: int) -> tuple[Written, indenture.Deal]:
    written = edge(seed)
    return written, compiled(written)


def test_each_edge_occurs_in_its_share_of_the_deals() -> None:
    found = Counter(kind for seed in range(COUNTED) for kind in edge(seed).kinds)
    assert not {
        kind: f"{found[kind] / COUNTED:.1%}" for kind, least in OFTEN.items() if found[kind] * 100 < least * COUNTED
    }


def test_the_same_seed_is_the_same_deal_and_each_is_another() -> None:
    texts = [edge(seed).text for seed in range(COUNTED)]
    assert texts == [edge(seed).text for seed in range(COUNTED)]
    assert len(set(texts)) == COUNTED


def test_fewer_than_one_in_a_hundred_are_refused() -> None:
    """A deal that the compiler refuses asks nothing of the engine."""
    refused = {}
    for seed in range(COUNTED):
        collector = Collector()
        parse(Source("edge.deal", edge(seed).text), collector)
        if collector.failed:
            refused[seed] = collector.diagnostics[0].code
    for seed in range(COMPILED):
        try:
            told(seed)
        except indenture.DealError as error:
            refused[seed] = str(error)[:200]
    assert len(refused) * 100 < COMPILED, refused


@pytest.mark.parametrize("seed", range(ASKED))
def test_the_engine_agrees_and_the_contract_holds(seed: int) -> None:
    written, deal = told(seed)
    inputs = fed(written, deal, 2, seed)
    got = deal.run(inputs=inputs, keep=[output.name for output in deal.program.outputs])
    assert not disagreements(deal.program, inputs, 0, got)
    found = evaluate(deal.program, lane_of(inputs, 0, Fraction))
    checks = deal.program.checks
    assert not [check.name for check in checks if check.rule == "zero" and any(found.variables[check.var.name])]
    assert not cash_problems(written, {check.name for check in checks}, found)
    assert not claim_problems(written, found)
    assert not priority_problems(written.shorts, found)
    assert not share_problems(written, found)
