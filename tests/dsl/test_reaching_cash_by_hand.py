"""A flow that is not known stops the run where cash depends on it, through whatever names, and only there.

The sum of a quarter's rent, $1 a month from February, is not known at the ends of February and March, and is $3 after.
"""

from __future__ import annotations

import indenture
import pytest

from .deals import compiled, figures

HEAD = """
deal "Reaching" { language = 1; currency = USD; closing = 2026-01-31; issuer = Borrower }
party Borrower, Bank, Tenant, Owner
schedule ends = monthly on the last day from 2026-02-28 to 2026-06-30, unadjusted
flow rent on ends = $1
flow quarter on ends = trailing(3 months, rent)
account cash
receive rent from Tenant into cash on ends
"""
WATERFALL = "waterfall main from cash on ends { pay rest to Owner }\n"
TWICE = "".join(f"define a{at} = a{at - 1} + a{at - 1}\n" for at in range(1, 25))
THROUGH = {
    "itself": "define b = quarter\n",
    "a definition": "define a = quarter\ndefine b = $0 + a\n",
    "a flow": "flow b on ends = quarter * 1\n",
    "a function": "function more(x) = x + quarter\ndefine b = more($1)\n",
    "an argument": "function more(x) = x + $1\ndefine b = more(quarter)\n",
    # 2^24 ways lead to it: a definition is looked at once.
    "many ways": f"define a0 = quarter\n{TWICE}define b = a24\n",
}
USES = {
    "a claim": WATERFALL + "claim fee to Bank on ends = b lapses\nsettle fee",
    "a state": WATERFALL + "state sum = $0, then opening sum + b",
    "an account": "waterfall main from cash on ends { fill reserve; pay rest to Owner }\naccount reserve { target = b }",
    "what comes in": WATERFALL + "receive b from Tenant into cash on ends",
    "a step": "waterfall main from cash on ends { pay b to Bank; pay rest to Owner }",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("through", THROUGH.values(), ids=THROUGH)
def test_cash_that_depends_on_what_is_not_known_stops_the_run(through: str, use: str) -> None:
    deal = compiled(through + use + '\nreport { "x" = total(Owner.received) }', header=HEAD)
    with pytest.raises(indenture.DealError) as raised:
        deal.run()
    assert [one.code for one in raised.value.diagnostics] == ["E0902"]
    # February is the first date on which it is not known, and the flow is named, not what reads it.
    assert "quarter is not determined, and cash or a state depends on it" in str(raised.value)
    assert "2026-02-28" in str(raised.value)


@pytest.mark.parametrize("through", THROUGH.values(), ids=THROUGH)
def test_where_no_cash_depends_on_it_it_is_nothing(through: str) -> None:
    """A report and a trigger may read it: $3 at the ends of April, May and June, and $5 of rent are paid on."""
    text = (
        through
        + WATERFALL
        + 'trigger much on ends when b > $2\nreport { "q" = total(quarter), "r" = total(Owner.received), "t" = count(much on ends) }'
    )
    assert figures(text, header=HEAD) == {"q": 9, "r": 5, "t": 3}
