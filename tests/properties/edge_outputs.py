"""What a deal of the edges reports, and the scenarios that move what it is made of."""

from __future__ import annotations

import os

from .edge_claims import balance_of
from .edge_items import schedules_of
from .writing import Draft

STRUCTURAL = os.environ.get("INDENTURE_STRUCTURAL", "") == "1"
"""Whether scenarios set the terms that shape a deal: schedules' bounds, windows, counts, lags, digits."""

OF_ITSELF = False
"""Whether a scenario scales a flow by itself."""


def report(draft: Draft) -> None:
    choose, edges = draft.choose, draft.edges
    for one in [*edges.foreign, *edges.below, "gross"]:
        on = choose.pick(schedules_of(draft))
        draft.report.append(f"total({one} on {on})")
        draft.report.append(f"{choose.pick(['highest', 'lowest', 'average', 'final'])}({one} on {on})")
    due = [name for name in draft.every_claim if "." not in name and name not in ("early", "call")]
    for name in choose.some(due, 2, 5):
        on = choose.pick(schedules_of(draft))
        draft.report += [
            f"total({name}.paid)",
            f"total({name}.paid on {on})",
            f"total({name}.due on {on})",
            f"first_date({name}.unpaid > $0 on {on})",
            f"{name}.unpaid on {choose.pick(['last payment', 'first collected', 'closing'])}",
            f"shortfall({name})",
        ]
        draft.kinds.add("totals on another schedule")
    on = choose.pick(schedules_of(draft))
    draft.report += [
        f"average(SOFR on {on})",
        f"highest(Bank.received on {on})",
        f"total(Issuer.paid on {on})",
        f"final(cash.balance on {on})",
        f"lowest(cash.balance on {on})",
        f"average(Sponsor.received on {on})",
        f"count(cash.balance > $10.5 on {on})",
    ]
    for name in draft.balances:
        figure = balance_of(name)
        draft.report += [figure, f"final({figure} on {on})"]
    for party in ("Issuer", "Bank", "Fund", "Sponsor", "Customer", "Dealer"):
        draft.report += [f'"{party} received" = {party}.received', f'"{party} paid" = {party}.paid']
    for name, _ in draft.owners:
        draft.report.append(f"lowest({name}.balance)")
    if choose.yes(30):
        draft.say("always cash.balance >= $0", "always")
    told = list(dict.fromkeys(draft.report))
    draft.report[:] = told
    _draws(draft)
    _scenarios(draft)
    lines = "\n  ".join(told)
    draft.lines.append(f"report {{\n  {lines}\n}}")


def _draws(draft: Draft) -> None:
    choose = draft.choose
    if not choose.yes(15):
        return
    law = choose.pick(["normal(mean = 40%, deviation = 5%)", "uniform(low = 10%, high = 60%)"])
    draft.drawn.append("haircut")
    more = ""
    if choose.yes():
        more = "; Customer.default drawn from first_default(20% per year)"
        draft.drawn.append("Customer.default")
    draft.say(f"simulate {{ paths = 20; haircut drawn from {law}{more} }}", "draws")


def _scenarios(draft: Draft) -> None:
    choose, edges = draft.choose, draft.edges
    draft.say(f'scenario "Less" {{ haircut = haircut * {draft.percent(20, 90)} }}', "an override that reads itself")
    fields = ["weight = weight / 2 + haircut", f"SOFR = SOFR + {draft.percent(0, 2)}", "gross = gross * 80%"]
    if "fx" in draft.terms:
        fields.append("fx = fx * 110%")
    if OF_ITSELF:
        fields += [f"sold = sold * {draft.percent(50, 90)}", "used = used + sold / 10"]
    picked = choose.some(fields, 1, 3)
    draft.say(f'scenario "Moved" {{ {"; ".join(picked)} }}', "scenario")
    if choose.yes(40):
        draft.say('scenario "Lesser" after "Less" { haircut = haircut + 5%; weight = haircut }', "after")
    if choose.yes(20):
        draft.say('scenario "Both" after "Less", "Moved" { }', "after")
    if choose.yes(30):
        more = "" if draft.drawn else " and haircut = [0%, 50%]"
        draft.say(f"scenarios over weight = [10%, {draft.percent(20, 40)}]{more}", "scenarios over")
    if STRUCTURAL:
        for number, (name, other) in enumerate(edges.structural):
            draft.say(f'scenario "Shaped {number}" {{ {name} = {other} }}', "a structural term in a scenario")
