"""Deals at their edges: a stream of its own, with what whole deals rarely have.

Ends of months and 29 February, schedules that begin and end apart and parts of them, readers on other schedules, series
below zero, steps that ask for more than there is, waivers, persistence, several currencies, scenarios that move dates.
`test_edges.py` counts how often each occurs.
"""

from __future__ import annotations

from . import edge_claims, edge_frame, edge_items, edge_outputs, edge_steps
from .choices import Choices, Rolled
from .items import loan
from .writing import Draft, Written


def edge(seed: int) -> Written:
    """The deal at its edges of a seed (0, 1, 2, ...): the same in every run, and cheap, for nothing is compiled.

    `.text` is the deal; the tables that it reads lie in `strategies.FOLDER`. `.inputs` names its inputs and the form of
    each (each has a default, so that a deal also runs unfed; `strategies.fed` makes figures for some scenarios, and
    `exactly.lane_of` takes one scenario's out). `.drawn` names what its `simulate` draws: a run without paths has none of
    it. `.kinds` says what it holds.
    """
    return write(Rolled(seed))


def write(choose: Choices) -> Written:
    draft = Draft(choose, newer=True, at_edges=True, monotone=False)
    edge_frame.frame(draft)
    edge_items.flows(draft)
    edge_items.accounts(draft)
    edge_items.levels(draft)
    if choose.yes(30):
        loan(draft, "senior")
    if choose.yes(35):
        edge_items.rows(draft)
        draft.claims.append(edge_items.RENT)
    edge_claims.states(draft)
    edge_claims.triggers(draft)
    owed = edge_claims.claims(draft)
    edge_claims.step_triggers(draft)
    edge_steps.every_waterfall(draft, owed)
    edge_outputs.report(draft)
    return Written(
        text="\n".join(draft.lines) + "\n",
        inputs=tuple(draft.inputs),
        claims=tuple(draft.claims),
        shorts=tuple(draft.shorts),
        shares=tuple(draft.shares),
        monotone=False,
        owners=tuple(draft.owners),
        settled=tuple(draft.settled),
        ahead=(),
        kinds=frozenset(draft.kinds),
        closing=draft.edges.closing,
        drawn=tuple(draft.drawn),
    )
