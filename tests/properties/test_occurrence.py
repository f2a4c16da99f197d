"""The generated deals hold everything: each kind of step and item, each primitive that the lowering writes."""

from __future__ import annotations

import typing
from collections import Counter
from typing import Any

import attrs
from indenture.dsl import syntax
from indenture.dsl.messages.diagnostics import Collector
from indenture.dsl.text.parse import parse
from indenture.dsl.text.source import Source
from indenture.engine.primitives.table import PRIMITIVES

from .exactly import rolled_deal
from .strategies import FIRST_NEWER, rolled

SEEDS = (*range(45), *range(FIRST_NEWER, FIRST_NEWER + 15))
UNREACHED = frozenset({"level_rows", "student_cdf", "chi_square_quantile"})
"""The primitives that no deal's text leads to: a group shares by `level`, a family by what each row is due. Student's
copula is of simulations, which have tests of their own (`tests/dsl/test_joined.py`)."""


def nodes(value: Any) -> Counter[type]:
    """How often each class of the syntax tree stands in a tree."""
    found: Counter[type] = Counter()
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, tuple):
            stack.extend(one)
        elif attrs.has(type(one)):
            found[type(one)] += 1
            stack.extend(getattr(one, field.name) for field in attrs.fields(type(one)))
    return found


def test_every_kind_of_step_occurs_and_every_item_that_a_deal_is_made_of() -> None:
    found: Counter[type] = Counter()
    for seed in SEEDS:
        found += nodes(parse(Source("generated.deal", rolled(seed).text), Collector()))
    steps = set(typing.get_args(syntax.Step))
    assert steps - set(found) == set()
    # What later versions run, units, draws of a simulation and what is waived have tests of their own.
    elsewhere = {
        syntax.Later,
        syntax.UnitDeclaration,
        syntax.Simulate,
        syntax.RankingDeclaration,
        syntax.Expect,
        syntax.Waive,
    }
    assert set(typing.get_args(syntax.AnyItem)) - set(found) - elsewhere == set()


def test_every_way_that_a_step_or_a_claim_may_be_written_occurs() -> None:
    kinds = set().union(*(rolled(seed).kinds for seed in SEEDS))
    assert {
        "pay",
        "pay then from",
        "pay up to",
        "pay up to per year",
        "pay an amount",
        "pay rest",
        "cap block",
        "cap block per year",
        "pro rata",
        "pro rata by balance",
        "pro rata by shares",
        "a sequence in a pro rata group",
        "until",
        "when",
        "unless",
        "otherwise",
        "fill",
        "fill up to",
        "fill pro rata",
        "release",
        "move all",
        "move an amount",
        "keep",
        "record",
        "test",
        "complementary waterfalls",
        "a waterfall on another schedule",
        "lapses",
        "carries",
        "capitalises",
        "written",
        "while",
        "when reached",
        "up to",
        "due up to",
        "opening trigger",
        "step trigger",
        "after-payments trigger",
        "counted tests",
        "permanently",
        "waiver",
        "family",
        "group",
        "flow",
        "settle",
        "allocate losses",
        "reduce",
        "recursive state",
        "moved state",
        "two schedules",
        "another's account",
    } <= kinds


def test_every_primitive_occurs() -> None:
    found = {equation.op for seed in SEEDS for equation in rolled_deal(seed)[1].program.equations}
    assert set(PRIMITIVES) - found - UNREACHED == set()


def test_the_deals_compile_with_warnings_of_a_few_kinds_alone() -> None:
    """Cash that stays in its account or comes after it was last received, a step that comes too late or twice, no
    ranking, a party or trigger nothing reads."""
    codes = Counter(one.code for seed in SEEDS for one in rolled_deal(seed)[1].diagnostics)
    assert set(codes) <= {"W0703", "W0704", "W0708", "W0709", "W0711", "W0722", "W0726", "W0734", "W0745"}
