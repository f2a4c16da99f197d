"""The waterfalls of a deal of the edges: one a schedule, from one account, with bounds and guards of their own."""

from __future__ import annotations

from .edge_frame import DAY, bound
from .steps import Body, labelled, steps, waterfalls
from .writing import Draft, Owed


def every_waterfall(draft: Draft, owed: dict[str, list[Owed]]) -> None:
    first = draft.choose.yes()
    if first:
        _beside(draft, owed)
    waterfalls(draft)
    if not first:
        _beside(draft, owed)


def _beside(draft: Draft, owed: dict[str, list[Owed]]) -> None:
    """Those of the other schedules: what a step of a payment tests or sweeps is not theirs."""
    tests, swept = draft.step_triggers, draft.cash_claims
    draft.step_triggers, draft.cash_claims = [], []
    for on, claims in owed.items():
        if on != "payment":
            _one(draft, on, claims)
    draft.step_triggers, draft.cash_claims = tests, swept


def _one(draft: Draft, on: str, claims: list[Owed]) -> None:
    choose = draft.choose
    dates = draft.edges.schedules[on].dates
    words = ""
    start = 0
    if choose.yes(20):
        start = choose.whole(0, len(dates) - 1)
        words += f" from {bound(draft, 'begins', dates[start], dates[start - 1] if start else None)}"
        draft.kinds.add("a waterfall from a date")
    if choose.yes(20):
        last = choose.whole(start, len(dates) - 1)
        other = dates[-1] if last < len(dates) - 1 else dates[start] if last > start else None
        ends = None if other is None else other + DAY
        words += f" until {'never' if choose.yes(20) else bound(draft, 'ends', dates[last] + DAY, ends)}"
        draft.kinds.add("a waterfall until a date")
    guard = choose.pick(draft.triggers) if draft.triggers and choose.yes(40) else None
    if guard is not None:
        words += f" {choose.pick(['when', 'unless'])} {guard}"
        draft.kinds.add("a trigger asked on another schedule")
    body = Body(draft, guards=() if guard is None else (guard,))
    steps(body, list(claims))
    if choose.yes(30):
        body.step(f"up to {draft.money(5, 60)} {{ pay rest to Sponsor }}", "pay rest")
    text = "\n  ".join(labelled(draft, body.lines))
    draft.say(f"waterfall on_{on} from cash on {on}{words} {{\n  {text}\n}}", "a waterfall on another schedule")
