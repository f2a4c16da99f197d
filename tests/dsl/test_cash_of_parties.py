"""A party's cash on another schedule, of amounts that no claim states: `pay x to P`, `pay rest to P`, `receive x from P`."""

from __future__ import annotations

import datetime

import pytest

from .deals import figures

HEAD = """
deal "Cash" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Owner, Agent, Bank
schedule months = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted
schedule late   = quarterly on day 15 from 2026-07-15 to 2027-01-15, unadjusted
schedule part   = months from 2026-06-15 to 2026-09-15
account purse
receive $5 from Owner into purse on months
"""
# Months: 15 February to 15 January, 12 dates; six of them by 15 July, three by 15 October, three by 15 January. Four in
# the part, of what arises since 15 May.


@pytest.mark.parametrize(
    "steps",
    [
        "pay $1 to Agent; pay rest to Bank",
        "pay $4 to Bank; pay rest to Agent",
        "when date > 2026-01-20 { pay $1 to Agent } otherwise { pay $2 to Agent }; pay rest to Bank",
        "up to $1 { pay $3 to Agent }; up to $9 { pay rest to Bank }",
    ],
)
def test_what_steps_pay_a_party_gathers_on_another_schedule(steps: str) -> None:
    text = f"""
    waterfall main from purse on months {{ {steps} }}
    waterfall none from purse on late {{ pay rest to Owner }}
    report {{
      "months" = total(Agent.received on months), "late" = total(Agent.received on late)
      "most" = highest(Agent.received on late), "least" = lowest(Agent.received on late)
      "part" = total(Agent.received on part), "net" = total(Agent.net on late), "ship" = total(Ship.paid on late)
      "in" = highest(Ship.received on late), "given" = highest(Owner.paid on late), "net of bank" = highest(Bank.net on late)
      "count" = count(Agent.received > $2 on late), "first" = first_date(Agent.received > $5 on late)
    }}
    """
    assert figures(text, header=HEAD) == {
        "months": 12,
        "late": 12,
        "most": 6,
        "least": 3,
        "part": 4,
        "net": 12,
        "ship": 60,
        "in": 30,
        "given": 30,
        "net of bank": 24,
        "count": 3,
        "first": datetime.date(2026, 7, 15).toordinal(),
    }
