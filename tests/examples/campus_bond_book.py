"""`campus_bond.deal` once more, as a spreadsheet of plain formulas written from the deal's terms: one row a quarter.

Row 0 is the closing date. The cell `scenario` selects one of the deal's scenarios, by its place in the deal (1: base).
Level payments come from PMT and FV, quarters of 30/360 from DAYS360, business days from WORKDAY, rates of return from
XIRR.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from .spreadsheet import Book, Grid

QUARTERS = 94
BUILDING = 14
"""Quarters until completion; the other 80 repay the bond."""

Date = datetime.date

REPORT = {
    "Rent": "rent_in_all",
    "Campus sold for": "sold_for",
    "Bond outstanding that day": "outstanding_that_day",
    "Sale short of the bond": "sale_short_of_bond",
    "Guarantor pays": "guarantor_pays",
    "Bondholders lose": "bondholders_lose",
    "Fund loses": "fund_loses",
    "Sponsor loses": "sponsor_loses",
    "Tenant and Sponsor, net": "meta_net",
    "Bond life": "bond_life",
    "Bond IRR": "bond_irr",
    "Fund IRR": "fund_irr",
    "Fund multiple": "fund_multiple",
    "Lowest DSCR": "lowest_dscr",
}
"""The lines of the deal's report, and the cells that hold them."""


def campus_book(works: Sequence[float]) -> Book:
    """The whole model. ``works``: what the builder is paid in each quarter until completion."""
    book = Book()
    _terms(book)
    _holidays(book)
    quarters = book.grid("quarters", QUARTERS)
    _calendar(quarters)
    _campus(quarters)
    _building(quarters, works)
    _bond(quarters)
    _owners(quarters)
    _report(book)
    return book


def _terms(book: Book) -> None:
    for name, value in {
        "scenario": 1,
        "closing": Date(2025, 10, 16),
        "before_first": Date(2025, 11, 15),
        "completion": Date(2029, 5, 15),
        "maturity": Date(2049, 5, 15),
        "never": Date(2199, 12, 31),
        "first_break": "=EDATE(completion,48)",
        "guarantee_ends": "=EDATE(completion,12*16)",
        # The tenant leaves at the end of its first, second, third or fourth term, in scenarios 2 to 5 and again in 6 to 9.
        "break_number": "=IF(AND(scenario>=2,scenario<=9),MOD(scenario-2,4)+1,0)",
        "leaves": "=IF(break_number>0,EDATE(first_break,48*(break_number-1)),never)",
        "default_on": "=IF(scenario=10,DATE(2035,3,1),never)",
        "lease_ends": "=MIN(leaves,default_on,maturity)",
        "value_share": "=IF(scenario>=6,50%,100%)",
        "size": 27_294e6,
        "coupon": 0.06581,
        "instalments": 80,
        "cover": 1.2,
        "instalment": "=-PMT(coupon/4,instalments,size)",
        "value_first": 27e9,
        "value_last": 9e9,
        "threshold_first": 28e9,
        "threshold_last": 14e9,
        "equity": 6_140e6,
        "fund_share": 0.8,
        "set_aside": 6_432e6,
    }.items():
        book.cell(name, value)


def _holidays(book: Book) -> None:
    """Presidents' Day, the third Monday of February: the one holiday that can follow the 15th of these months."""
    years = book.grid("holidays", 24)
    years.column("year", "={year[-1]}+1", opening=2025)
    years.column("presidents", "=DATE({year},2,15)+MOD(2-WEEKDAY(DATE({year},2,15)),7)", opening=Date(2025, 2, 17))


def _calendar(quarters: Grid) -> None:
    quarters.column("quarter", "={quarter[-1]}+1")
    quarters.column("nominal", "=EDATE(before_first,3*{quarter})", opening="=closing")
    quarters.column("paid_on", "=WORKDAY({nominal}-1,1,{holidays.presidents[0:]})", opening="=closing")
    quarters.column("year_part", "=DAYS360({nominal[-1]},{nominal})/360")


def _campus(quarters: Grid) -> None:
    """The lease in whole terms, and what the campus and its guarantee are worth on the day that the tenant goes."""
    quarters.column("let", "=IF(AND({nominal}>completion,{nominal}<=leaves,{paid_on}<default_on),1,0)")
    quarters.column("rent", "={let}*cover*instalment")
    quarters.column("exit", "=IF(AND({paid_on}>=lease_ends,{paid_on[-1]}<lease_ends),1,0)")

    def between(first: str, last: str, end: str) -> str:
        return f"{first}+({last}-{first})*MAX(0,MIN(1,({{paid_on}}-completion)/({end}-completion)))"

    quarters.column("value", f"=value_share*({between('value_first', 'value_last', 'maturity')})")
    quarters.column("threshold", f"={between('threshold_first', 'threshold_last', 'guarantee_ends')}")
    honoured = "{exit}=1,lease_ends<=guarantee_ends,{paid_on}<default_on"
    quarters.column("guarantee", f"=IF(AND({honoured}),MAX({{threshold}}-{{value}},0),0)")
    quarters.column("sale", "={exit}*{value}")


def _building(quarters: Grid, works: Sequence[float]) -> None:
    """What is paid out of the bond's proceeds and the equity; at completion what is left over goes to collections."""
    done = "{quarter}=" + str(BUILDING)
    quarters.column("works_asked", [*works, *[0.0] * (QUARTERS - len(works))])
    quarters.column("works", "=MIN({works_asked},{construction[-1]})")
    quarters.column("construction_left", "={construction[-1]}-{works}")
    quarters.column("construction", f"=IF({done},0,{{construction_left}})", opening="=size+equity-set_aside")
    quarters.column("set_aside_used", f"=IF({{quarter}}<={BUILDING},MIN({{interest_due}},{{reserve[-1]}}),0)")
    quarters.column("reserve_left", "={reserve[-1]}-{set_aside_used}")
    quarters.column("reserve", f"=IF({done},0,{{reserve_left}})", opening="=set_aside")
    quarters.column("left_over", f"=IF({done},{{construction_left}}+{{reserve_left}},0)")


def _bond(quarters: Grid) -> None:
    quarters.column("interest", "={balance[-1]}*coupon*{year_part}")
    quarters.column("interest_due", "={interest}+{interest_unpaid[-1]}*(1+coupon*{year_part})")
    quarters.column("cash", "={rent}+{guarantee}+{sale}+{left_over}")
    quarters.column("interest_paid", "={set_aside_used}+MIN({interest_due}-{set_aside_used},{cash})")
    quarters.column("interest_unpaid", "={interest_due}-{interest_paid}")
    quarters.column("after_interest", "={cash}-({interest_paid}-{set_aside_used})")
    quarters.column("instalments_due", f"=MAX(0,{{quarter}}-{BUILDING})")
    quarters.column("scheduled", "=-FV(coupon/4,{instalments_due},-instalment,size)", opening="=size")
    quarters.column("scheduled_principal", "={scheduled[-1]}-{scheduled}")
    quarters.column("principal_due", "=IF({paid_on}>=lease_ends,{balance[-1]},MAX({balance[-1]}-{scheduled},0))")
    quarters.column("principal_paid", "=MIN({principal_due},{after_interest})")
    quarters.column("balance", "={balance[-1]}-{principal_paid}", opening="=size")
    quarters.column("outstanding_at_exit", "={exit}*{balance[-1]}")
    quarters.column("short_of_bond", "=MAX({outstanding_at_exit}-{sale},0)")
    quarters.column("dscr", '=IF({let}=1,{rent}/({interest}+{scheduled_principal}),"n/a")', opening="n/a")
    quarters.column("bond_flow", "={interest_paid}+{principal_paid}", opening="=-size")


def _owners(quarters: Grid) -> None:
    quarters.column("rest", "={after_interest}-{principal_paid}")
    quarters.column("fund", "=fund_share*{rest}")
    quarters.column("sponsor", "={rest}-{fund}")
    quarters.column("fund_flow", "={fund}", opening="=-fund_share*equity")
    quarters.column("years", "=({paid_on}-closing)/365")
    quarters.column("life_part", "={years}*{principal_paid}")


def _report(book: Book) -> None:
    for name, formula in {
        "rent_in_all": "=SUM({quarters.rent[:]})",
        "sold_for": "=SUM({quarters.sale[:]})",
        "outstanding_that_day": "=SUM({quarters.outstanding_at_exit[:]})",
        "sale_short_of_bond": "=SUM({quarters.short_of_bond[:]})",
        "guarantor_pays": "=SUM({quarters.guarantee[:]})",
        "bondholders_lose": f"={{quarters.balance[{QUARTERS}]}}",
        "fund_loses": "=MAX(0,fund_share*equity-SUM({quarters.fund[:]}))",
        "sponsor_loses": "=MAX(0,(1-fund_share)*equity-SUM({quarters.sponsor[:]}))",
        "meta_net": "=SUM({quarters.sponsor[:]})-(1-fund_share)*equity-rent_in_all-guarantor_pays",
        "bond_life": "=SUM({quarters.life_part[:]})/SUM({quarters.principal_paid[:]})",
        "bond_irr": "=XIRR({quarters.bond_flow[0:]},{quarters.paid_on[0:]})",
        "fund_irr": "=XIRR({quarters.fund_flow[0:]},{quarters.paid_on[0:]})",
        "fund_multiple": "=SUM({quarters.fund[:]})/(fund_share*equity)",
        "lowest_dscr": "=MIN({quarters.dscr[:]})",
    }.items():
        book.cell(name, formula)
