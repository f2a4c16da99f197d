"""Where the engine is known to differ from the contract: each with its sentence, and a deal with the right figures.

A row is here until the engine keeps to the contract: `test_known.py` fails for a row that no longer differs. What stands
in the way of comparing other deals can be looked past: `interpret(..., lenient={row})` then does as the engine does.
"""

from __future__ import annotations

from typing import Any

import attrs

LATE_CASH = "cash that comes in below a short step"
TWIN_CAPS = "yearly caps of two waterfalls"
BEFORE_HISTORY = "an input before its first date"
OFF_ITS_DATES = "a level off its dates"
ACCRUAL_FROM = "a schedule that begins where it accrues from"


@attrs.frozen(kw_only=True)
class Row:
    """``right``: an output by its name, and the figures that the contract gives it (a date each for a series), in the
    scenario. ``inputs``: what is fed. ``lenient``: whether the interpreter can do as the engine does. ``refused``:
    the engine gives an error in place of a figure."""

    name: str
    contract: str
    deal: str
    output: str
    right: Any
    scenario: int = 0
    inputs: dict[str, list[float]] = attrs.field(factory=dict)
    lenient: bool = False
    refused: bool = False


_HEAD = """deal "Known" { language = 1; currency = USD; closing = 2026-01-15; issuer = Ship }
party Ship, Bank, Fund, Owner
"""
_MONTHS = (
    _HEAD
    + """schedule months = monthly on day 15 from 2026-02-15 to 2026-05-15, unadjusted
account cash
"""
)
_YEARS = (
    _HEAD
    + """schedule years = annually on day 15 from 2027-01-15 to 2029-01-15, unadjusted
account cash
"""
)

KNOWN: tuple[Row, ...] = (
    Row(
        name=LATE_CASH,
        contract="9: no step takes from an account while a step above it, whose guard holds and which may take from the "
        "same account, got less than it asked.",
        deal=_MONTHS
        + """account chest { opens = $20 from Owner }
claim hire to Bank on months = $10 lapses
claim fuel to Fund on months = $3 lapses
ranking hire, fuel
receive $4 from Owner into cash on months
waterfall main from cash on months { pay hire; move $5 of chest to cash; pay fuel; pay rest to Owner }
waterfall last_one from chest on last months { pay rest to Owner }
report { fuel.paid }
""",
        output="fuel.paid",
        right=[0, 0, 0, 0, 0],
        lenient=True,
    ),
    Row(
        name=TWIN_CAPS,
        contract="8: caps may run per year: a step's own, whatever waterfall stands beside it (put another waterfall "
        "between the two and the engine counts each by itself).",
        deal=_MONTHS
        + """claim dues to Fund on months = $3 lapses
trigger late on months when date >= 2026-04-01
receive $10 from Owner into cash on months
waterfall before from cash on months unless late { pay dues up to $4 per year; pay rest to Owner }
waterfall after from cash on months when late { pay dues up to $4 per year; pay $1 to Bank; pay rest to Owner }
report { dues.paid }
""",
        output="dues.paid",
        right=[0, 3, 1, 3, 1],
        lenient=True,
    ),
    Row(
        name=BEFORE_HISTORY,
        contract="5: a level is not known before its history.",
        deal=_MONTHS
        + """input freight : series of rate on months
trigger dear on months when previous freight > 4%
report { dear }
""",
        output="dear",
        right=[0, 0, 1, 0, 1],
        inputs={"freight": [0.05, 0.03, 0.05, 0.05]},
        lenient=True,
    ),
    Row(
        name=ACCRUAL_FROM,
        contract="1: `accrual from d` begins at d.",
        deal=_MONTHS
        + """schedule billing = monthly on day 20 from 2026-04-20 to 2026-05-20, unadjusted, accrual from 2026-03-20
flow freight on months = $1
report { "Billed" = total(freight on billing) }
""",
        output="Billed",
        right=2,
        lenient=True,
    ),
    Row(
        name="totals of a part of a schedule",
        contract="1: a part of a schedule has its parent's date before it; totals alike.",
        deal=_MONTHS
        + """schedule spring = months from 2026-04-15 to 2026-05-15
flow freight on months = $7
report { "In spring" = total(freight on spring) }
""",
        output="In spring",
        right=14,
    ),
    Row(
        name=OFF_ITS_DATES,
        contract="5: a level is not known before its history, nor on dates that are not its own unless it is held.",
        deal=_MONTHS
        + """schedule tests = monthly on day 1 from 2026-02-01 to 2026-06-01, unadjusted
define rate = 5%
define earlier = delayed(rate, 1 month on months)
trigger low on tests when earlier < 1%
report { "Low" = count(low on tests) }
""",
        output="Low",
        right=0,
        lenient=True,
    ),
    Row(
        name="a window off its schedule's dates",
        contract="5: off its own dates a level is not known unless it is held; with `on S` it is held from S's last date.",
        deal=_MONTHS
        + """schedule tests = monthly on day 20 from 2026-03-20 to 2026-05-20, unadjusted
flow mark on months = $2
trigger high on tests when trailing(2 months, mark on months) > $3
report { "High" = count(high on tests) }
""",
        output="High",
        right=3,
    ),
    Row(
        name="moves at opening before dues",
        contract="4: at opening, moves written `at opening` come first, then dues are fixed.",
        deal=_YEARS
        + """flow growth on years = opening factor * 10%
state factor on years = 1, then opening factor + growth at opening
claim grown to Bank on years = $100 * (factor - 1) lapses
receive $100 from Owner into cash on years
waterfall main from cash on years { pay grown; pay rest to Owner }
report { grown.paid }
""",
        output="grown.paid",
        right=[0, 10, 21, "33.1"],
    ),
    Row(
        name="settle beyond what a claim is up to",
        contract="6: `settle` and `receive` obey `up to` as a step does.",
        deal=_YEARS
        + """claim principal from Owner to Bank on years = $60 up to debt lapses
state debt = $100, then opening debt - principal.paid
settle principal on years
report { debt }
""",
        output="debt",
        right=[100, 40, 0, 0],
    ),
    Row(
        name="a ratio at its bar",
        contract="5: conditions come out as exact arithmetic would have them: a cover of exactly 1.35x meets 1.35x.",
        deal=_MONTHS
        + """claim rent from Owner on months = $6.1m lapses
claim service to Bank on months = $6.1m / 1.35 lapses
define cover = rent.current / service.current
trigger locked on months when cover < 1.35x
receive rent into cash
waterfall main from cash on months { pay service; pay rest to Owner }
report { "Locked" = count(locked) }
""",
        output="Locked",
        right=0,
    ),
    Row(
        name="a flow on the right of its own override",
        contract="19: on the right of an override a name has its value without it.",
        deal=_YEARS
        + """flow freight on years = $10m
scenario "Less" { freight = freight * 80% }
receive freight from Owner into cash on years
waterfall main from cash on years { pay rest to Bank }
report { "Freight" = total(freight) }
""",
        output="Freight",
        right=24_000_000,
        scenario=1,
        refused=True,
    ),
    Row(
        name="a scenario that moves a schedule",
        contract="19: an override moves what it names; it may name what shapes the deal.",
        deal=_HEAD
        + """term ends = 2029-01-15
schedule years = annually on day 15 from 2027-01-15 to ends, unadjusted
flow freight on years = $1
scenario "Shorter" { ends = 2028-01-15 }
report { "Freight" = total(freight) }
""",
        output="Freight",
        right=2,
        scenario=1,
    ),
    Row(
        name="a scenario that moves a count of tests",
        contract="19: an override may name what shapes the deal (dates, counts of tests, windows, lags).",
        deal=_MONTHS
        + """term tests = 1
flow mark on months = $1
trigger high on months when mark > $0 for tests tests
scenario "Patient" { tests = 3 }
report { "High" = count(high) }
""",
        output="High",
        right=2,
        scenario=1,
    ),
)

PASSED_OVER = frozenset((LATE_CASH, TWIN_CAPS, BEFORE_HISTORY, OFF_ITS_DATES, ACCRUAL_FROM))
"""What is looked past in generated deals, which are full of it, so that nothing else hides behind it."""

DEALS: dict[str, tuple[str, ...]] = {
    "coverage_triggers": (LATE_CASH,),
    "uk_data_centre_abs": (LATE_CASH,),
    "watch_list": (OFF_ITS_DATES,),
    "auto_abs": (ACCRUAL_FROM,),
}
"""Examples and worked deals that differ, and by which rows; they agree once those are looked past."""
