"""Schedules that end too early: what is received for the last time before it arises, what nobody takes any more."""

from __future__ import annotations

import indenture
import pytest

DEAL = """deal "Early" {{ language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }}
party Ship, Tenant, Owner
schedule months = monthly on day 15 from 2026-02-15 to 2026-12-15, unadjusted
schedule early = months to 2026-06-15
account cash
{items}
waterfall main from cash on {pays} {{ pay rest to Owner }}
report {{ cash.balance }}
"""


def codes(items: str, pays: str = "months") -> dict[str, str]:
    deal = indenture.compile(DEAL.format(items=items, pays=pays))
    return {one.code: one.message for one in deal.diagnostics if one.code in ("W0745", "W0746")}


@pytest.mark.parametrize(
    "items",
    [
        "flow rent on months = $5\nreceive rent from Tenant into cash on early",
        "flow rent on months = $5\nreceive 2 * rent + $1 from Tenant into cash on early",
        "input rent : series of money on months = $5\nreceive rent from Tenant into cash on early",
        "claim rent from Tenant on months = $5 lapses\nreceive rent.due - $1 from Tenant into cash on early",
    ],
)
def test_what_arises_after_it_is_last_received(items: str) -> None:
    assert codes(items) == {"W0745": "what arises of `rent` after 2026-06-15 is received by nobody"}


@pytest.mark.parametrize(
    "items",
    [
        "flow rent on months = $5\nreceive rent from Tenant into cash on months",
        "flow rent on early = $5\nreceive rent from Tenant into cash on months",
        "claim rent from Tenant on months = $5 lapses\nreceive rent into cash",
        "flow rent on months = $5\nreceive rent from Tenant into cash on early\n"
        "receive (if date > 2026-06-15 then rent else $0) from Tenant into cash on months",
        "define price = $5\nreceive price from Tenant into cash on early",
    ],
)
def test_what_is_received_until_it_ends(items: str) -> None:
    assert codes(items) == {}


def test_what_comes_in_after_the_last_step_that_takes_it() -> None:
    said = {"W0746": "what comes into `cash` after 2026-06-15 stays there"}
    assert codes("receive $5 from Tenant into cash on months", "early") == said
    assert codes("claim rent from Tenant on months = $5 lapses\nreceive rent into cash", "early") == said
    assert codes("receive $5 from Tenant into cash on early", "early") == {}
    later = "waterfall last_one from cash on last months { pay rest to Owner }\n"
    assert codes("receive $5 from Tenant into cash on months\n" + later, "early") == {}
