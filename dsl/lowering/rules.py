"""All rules of the lowering, put together: nothing but `to_ir` imports this, and a rule that is missing fails here."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import get_args

from .. import syntax
from ..names.deal import AnyEntry
from ..vocabulary.builtins import BUILTINS
from .context.dispatch import ENTRIES, EXPRESSIONS, FUNCTIONS
from .credit import contracts, curve_calls, portfolio
from .day import cure, pro_rata, steps
from .day.standing import STEPS
from .expressions import (
    calls,
    dated,
    lists,
    observed,
    operators,
    repayment_schedules,
    series_from_csv,
    tables_in_text,
    vintages,
    windows,
)
from .figures import accrual, reading
from .measures import bonds, instruments, measures, statistics
from .parties import circles
from .parties import functions as of_the_graph
from .scenarios import draws

ROOMS: tuple[ModuleType, ...] = (
    operators,
    dated,
    series_from_csv,
    reading,
    calls,
    accrual,
    lists,
    windows,
    repayment_schedules,
    measures,
    instruments,
    bonds,
    statistics,
    draws,
    tables_in_text,
    vintages,
    portfolio,
    circles,
    of_the_graph,
    observed,
    curve_calls,
    contracts,
    steps,
    pro_rata,
    cure,
)
"""The modules whose rules there are: to name one here is to have its rules."""


def missing() -> list[str]:
    """What the language has and no rule lowers. A copula is none of a function's: it stands after `joined by`."""
    found = [kind.__name__ for kind in get_args(syntax.Expression) if kind not in EXPRESSIONS]
    found += [kind.__name__ for kind in get_args(AnyEntry) if kind not in ENTRIES]
    found += [kind.__name__ for kind in get_args(syntax.Step) if kind not in STEPS]
    return found + [name for name, one in BUILTINS.items() if name not in FUNCTIONS and one.result != "copula"]


@cache
def complete() -> None:
    """Fails where anything of the language has no rule: the lowering begins with it."""
    if missing():
        raise AssertionError(f"no rule for {', '.join(missing())}")
