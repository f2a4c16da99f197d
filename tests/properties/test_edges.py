"""The deals at their edges: what each has to hold and how often it occurs, that they compile, and that the engine, the
exact evaluator and the contract agree about them."""

from __future__ import annotations

import datetime
import functools
import random
import re
from collections import Counter
from fractions import Fraction

import indenture
import numpy as np
import numpy.typing as npt
import pytest
from indenture.engine.results import Results
from indenture.engine.results_values import Figure, Series

from ..sweeps import swept
from .edges import edge
from .exactly import disagreements, evaluate, lane_of
from .strategies import FOLDER, compiled, fed
from .test_properties import cash_problems, claim_problems, priority_problems, share_problems
from .writing import Written

COUNTED = 300
ASKED = 70
TWINS = 30

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
    texts = [edge(seed).text for seed in range(TWINS)]
    assert texts == [edge(seed).text for seed in range(TWINS)]
    assert len(set(texts)) == TWINS


def test_fewer_than_one_in_a_hundred_are_refused() -> None:
    """A deal that the compiler refuses asks nothing of the engine. Of those that a run asks none may be; of all of them,
    in a whole sweep, fewer than one in a hundred."""
    asked = swept("edges that compile", range(COUNTED))
    refused = {}
    for seed in asked:
        try:
            compiled(edge(seed))
        except indenture.DealError as error:
            refused[seed] = str(error)
    assert len(refused) * 100 < max(len(asked), 100), refused


@pytest.mark.parametrize("seed", swept("edges", range(ASKED)))
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


# ------------------------------------------------------------------------------------------------- schedules


def differences(ours: Results, theirs: Results, names: dict[str, str], places: list[int]) -> list[str]:
    """Where two runs differ: ``names`` has the second's name of each of the first's, ``places`` its dates in the second."""
    found = []
    for name, other in names.items():
        if name not in ours or other not in theirs:
            continue
        one, two = ours[name], theirs[other]
        there = [known(one), known(two)]
        values = [one.values, two.values]
        if one.values.ndim == 2:
            there[1], values[1] = there[1][places], values[1][places]
        if values[0].dtype.kind == "f":
            same = np.isclose(values[0], values[1], rtol=1e-9, atol=1e-9)
        else:
            same = values[0] == values[1]
        if not ((same | ~there[0]) & (there[0] == there[1])).all():
            found.append(f"{name}: {values[0].tolist()} became {values[1].tolist()}")
    return found


def known(one: Figure | Series) -> npt.NDArray[np.bool_]:
    whole = np.ones(one.values.shape, bool)
    return whole if one.determined is None else np.broadcast_to(one.determined, one.values.shape)


@pytest.mark.parametrize("seed", swept("edges with more dates", range(TWINS)))
def test_more_dates_change_nothing_on_the_others(seed: int) -> None:
    written, deal = told(seed)
    inputs = fed(written, deal, 2, seed)
    days = sorted(random.Random(seed).sample(range(1, 900), 8))
    dates = ", ".join((written.closing + datetime.timedelta(days=day)).isoformat() for day in days)
    wider = compiled(written, f"schedule more = dates [{dates}]\n")
    places = [wider.dates.index(date) for date in deal.dates]
    held = np.searchsorted(places, np.arange(len(wider.dates)), side="right") - 1
    more = {
        name: values[held.clip(0)] if len(values) == len(deal.dates) and values.dtype.kind == "f" else values
        for name, values in inputs.items()
    }
    names = {output.name: output.name for output in deal.program.outputs}
    ours, theirs = (one.run(inputs=fed_in, keep=list(names)) for one, fed_in in ((deal, inputs), (wider, more)))
    assert not differences(ours, theirs, names, places)


@pytest.mark.parametrize("schedule", ["payment", "collected", "third"])
@pytest.mark.parametrize("seed", swept("edges by twins", range(TWINS)))
def test_a_schedule_is_its_dates_whatever_its_name(seed: int, schedule: str) -> None:
    """Claims, states, triggers, windows and measures go by the dates of the schedule they name: half of them, named after
    one that is all of it, come to the same."""
    written, deal = told(seed)
    choose = random.Random(seed)
    head, mark, tail = written.text.partition(f"schedule {schedule} = ")
    line, *after = tail.split("\n")
    long_ago = written.closing - datetime.timedelta(days=2000)
    word = re.compile(rf'(?<![\w."]){schedule}(?![\w"])')
    renamed = [
        text
        if text.startswith(("flow ", "input ", "schedule "))
        else word.sub(lambda _: choose.choice(["twin", schedule]), text)
        for text in after
    ]
    twin = indenture.compile(
        "\n".join([head + mark + line, f"schedule twin = {schedule} from {long_ago}", *renamed]), folder=FOLDER
    )
    names = {re.sub(r"\btwin\b", schedule, output.name): output.name for output in twin.program.outputs}
    assert {output.name for output in deal.program.outputs} == set(names)
    inputs = fed(written, deal, 2, seed)
    ours = deal.run(inputs=inputs, keep=list(names))
    theirs = twin.run(inputs=inputs, keep=list(names.values()))
    assert not differences(ours, theirs, names, list(range(len(deal.dates))))
