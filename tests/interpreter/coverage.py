"""What the interpreter has no rule for. The list may only grow shorter: `test_coverage.py` holds it to what is missing."""

from __future__ import annotations

from typing import get_args

from indenture.dsl import syntax
from indenture.dsl.names import deal
from indenture.dsl.syntax.acts import AnyAct
from indenture.dsl.vocabulary.builtins import BUILTINS

from . import interpret  # noqa: F401  it loads every module that holds rules
from .world import ACTS, ENTRIES, EXPRESSIONS, FUNCTIONS, STEPS

CREDIT = """accrued_premium clean_upfront default_probability dirty_upfront discount_factor hazard_rate mark_to_market
par_spread protection_leg risky_annuity spread_from_upfront survival_probability upfront_from_spread zero_rate"""
PORTFOLIO = """joint_default_probability nth_to_default_probability nth_to_default_spread tranche_loss tranche_spread
tranche_upfront normal_probability normal_quantile"""
GRAPH = """consolidated_debt debt_of edges exposure exposures fails guaranteed_debt inflow leverage look_through_debt
loss_borne loss_suffered net_exposure stake who_bears Circles NoneOf"""
DRAWN = """exponential first_default gaussian gbm lognormal mean_reverting normal student triangular uniform"""
"""What is drawn is handed in: a draw has no rule."""
BONDS = "asset_swap_spread"
LINES = "alert"
"""A line of a report, which `interpret.py` reads itself."""

NOT_COVERED = frozenset(" ".join((CREDIT, PORTFOLIO, GRAPH, DRAWN, BONDS, LINES)).split())

IN_PART = (
    "a table in a report",
    "a measure by a deal's own day count",
    "a measure of",
    "accrued interest of",
    "the life of what no payment moves",
    "the balloon of what has no maturity",
    "cover of cash off the debt's dates",
    "cover without a day count",
    "a present value",
    "a table of figures",
)
"""Of constructs that have a rule: what it leaves out, by the beginning of what it says."""


def missing() -> frozenset[str]:
    """Functions, expressions, steps, acts and named things without a rule."""
    found = {name for name in BUILTINS if name not in FUNCTIONS}
    found |= {kind.__name__ for kind in get_args(syntax.Expression) if kind not in EXPRESSIONS}
    found |= {kind.__name__ for kind in get_args(syntax.Step) if kind not in STEPS}
    found |= {kind.__name__ for kind in get_args(AnyAct) if kind not in ACTS}
    no_values = (deal.ComponentEntry, deal.FunctionEntry)  # what is filled in, and what is called
    kinds = [kind for kind in get_args(deal.AnyEntry) if kind not in no_values]
    return frozenset(found | {kind.__name__ for kind in kinds if kind not in ENTRIES})


def excused(reason: str) -> bool:
    """Whether what could not be interpreted is on the list."""
    return reason.split(":")[0] in NOT_COVERED or reason.startswith(IN_PART)
