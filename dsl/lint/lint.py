"""Lints: what a lawyer and a risk officer would ask about a deal's structure before any figure is worked out.

Each lint has a code of its own: an error where the deal cannot mean what it says, a warning where it may.
"""

from __future__ import annotations

from ..messages.diagnostics import Collector
from ..names.deal import Model
from . import claims as lint_claims
from . import funding, ranking
from . import left_over as lint_left_over
from . import steps as lint_steps
from . import triggers as lint_triggers
from . import unused as lint_unused
from .facts import Facts


def lint(model: Model, collector: Collector) -> None:
    """Check a resolved deal's structure. Where a name or an item could not be read, what is *missing* is not said:
    it may be what that name was meant to be."""
    facts = Facts(model)
    sound = not collector.failed  # what a wrong line would read is not unused
    whole = not any(one.severity == "error" and one.code[:3] in ("E01", "E02") for one in collector.found)
    lint_claims.sides(facts, collector)
    funding.twice(facts, collector)
    lint_steps.check(facts, collector)
    lint_triggers.check(facts, collector)
    ranking.check(facts, collector)
    if whole:
        lint_claims.unused(facts, funding.unrepaid(facts, collector), collector)
        lint_left_over.check(facts, collector)
        if sound:
            lint_unused.check(facts, collector)
        ranking.complete(facts, collector)
