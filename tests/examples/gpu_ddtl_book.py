"""`gpu_ddtl.deal` once more, as a spreadsheet of plain formulas written from the deal's terms: one row a month.

In each month, in this order: a delivery and a draw on the 10th, a payment on the 20th, a bill at the month's end. Row 0
is the closing date. The cell `scenario` selects one of the deal's scenarios, by its place in the deal (1: base).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from .spreadsheet import Book, Grid

MONTHS = 72
Date = datetime.date


def ddtl_book(arrivals: Sequence[float], curve: Sequence[tuple[Date, float]]) -> Book:
    """The whole model. ``arrivals``: servers by month from April 2026; ``curve``: SOFR from each date."""
    book = Book()
    _terms(book)
    _holidays(book)
    rates = book.grid("sofr", len(curve) - 1)
    rates.column("since", [date for date, _ in curve[1:]], opening=curve[0][0])
    rates.column("rate", [rate for _, rate in curve[1:]], opening=curve[0][1])
    months = book.grid("months", MONTHS)
    _calendar(months)
    _fleet(months, [*arrivals, *[0.0] * (MONTHS - len(arrivals))])
    _revenue(months)
    _loans(months)
    _costs(months)
    _claims(months)
    _waterfall(months)
    _coverage(months)
    _flows(book)
    _report(book)
    return book


def _terms(book: Book) -> None:
    never = Date(9999, 1, 1)
    for name, value in {
        "scenario": 1,
        "closing": Date(2026, 3, 31),
        "draws_end": Date(2027, 6, 30),
        "last_delivery": Date(2028, 3, 10),
        "maturity": Date(2032, 3, 20),
        "customer_default": "=IF(OR(scenario=2,scenario=4),DATE(2029,2,10),never)",
        "never": never,
        "sold_on": "=IF(customer_default=never,never,EDATE(customer_default,12))",
        "relet_on": "=IF(customer_default=never,never,EDATE(customer_default,3))",
        "prices_fall": "=OR(scenario=3,scenario=4)",
        "fall_from": Date(2027, 1, 1),
        "fall_to": "=EDATE(fall_from,24)",
        "late_by": "=IF(scenario=5,6,0)",
        "rate_shift": "=IF(scenario=6,2%,0)",
        "unit_cost": 52_000,
        "commissioning": 3,
        "decline": 0.26,
        "price": 2.22,
        "commitment": 0.98,
        "spot_at_closing": 4,
        "use": 0.7,
        "hours": 8760,
        "disposal_cost": 0.15,
        "upkeep": 3500,
        "agent_fee": 60_000,
        "power_draw": 1.2,
        "overhead": 1.2,
        "tariff": "=80%*0.068+20%*0.075",
        "advance_rate": 0.9,
        "fixed_share": "=4040/8500",
        "fixed_limit": 4_040e6,
        "floating_limit": 4_460e6,
        "coupon": 0.059,
        "margin": 0.0225,
        "undrawn_fee": 0.005,
        "profile_rate": "=5.9%/12",
        "instalments": 54,
        "hedged": 0.95,
        "swap_rate": 0.036,
        "first_month": 19,
    }.items():
        book.cell(name, value)


def _holidays(book: Book) -> None:
    """The federal holidays on which settlement stops, each moved off a weekend, by the rules that set them."""
    years = book.grid("holidays", 8)
    years.column("year", [2026 + n for n in range(8)], opening=2025)

    def fixed(name: str, month: int, day: int) -> None:
        years.column(f"{name}_day", f"=DATE({{year}},{month},{day})", opening=None)
        moved = f"={{{name}_day}}+IF(WEEKDAY({{{name}_day}})=7,-1,IF(WEEKDAY({{{name}_day}})=1,1,0))"
        years.column(name, moved, opening=None)

    def weekday(name: str, month: int, first: int, day: int) -> None:
        """The first such weekday (2: Monday) on or after a day of the month."""
        start = f"DATE({{year}},{month},{first})"
        years.column(name, f"={start}+MOD({day}-WEEKDAY({start}),7)", opening=None)

    fixed("new_year", 1, 1)
    weekday("king", 1, 15, 2)
    weekday("presidents", 2, 15, 2)
    weekday("memorial", 5, 25, 2)
    fixed("juneteenth", 6, 19)
    fixed("independence", 7, 4)
    weekday("labor", 9, 1, 2)
    weekday("columbus", 10, 8, 2)
    fixed("veterans", 11, 11)
    weekday("thanksgiving", 11, 22, 5)
    fixed("christmas", 12, 25)
    # WORKDAY takes one list: the holidays of all years under one another, eleven a year.
    names = [
        "new_year",
        "king",
        "presidents",
        "memorial",
        "juneteenth",
        "independence",
        "labor",
        "columbus",
        "veterans",
        "thanksgiving",
        "christmas",
    ]
    closed = book.grid("closed", 8 * len(names))
    closed.column("place", list(range(8 * len(names))), opening=-1)
    picks = ",".join(f"INDEX({{holidays.{name}[:]}},INT({{place}}/11)+1)" for name in names)
    closed.column("day", f"=CHOOSE(MOD({{place}},11)+1,{picks})", opening=Date(2025, 12, 25))


def _calendar(months: Grid) -> None:
    months.column("month", "={month[-1]}+1")

    def modified_following(nominal: str) -> str:
        following, preceding = (
            f"WORKDAY({nominal}-1,1,{{closed.day[0:]}})",
            f"WORKDAY({nominal}+1,-1,{{closed.day[0:]}})",
        )
        return f"=IF(MONTH({following})=MONTH({nominal}),{following},{preceding})"

    months.column("tenth", "=DATE(2026,3+{month},10)", opening="=closing")
    months.column("delivery", modified_following("{tenth}"), opening="=closing")
    months.column("twentieth", "=DATE(2026,3+{month},20)", opening="=closing")
    months.column("payment", modified_following("{twentieth}"), opening="=closing")
    months.column("bill", "=EOMONTH(closing,{month})", opening="=closing")
    months.column("days", "={twentieth}-{twentieth[-1]}")
    months.column("days30", "=DAYS360({twentieth[-1]},{twentieth})")
    # What follows the delivery of the days to the payment, and of the days to the bill.
    months.column("days_after", "={twentieth}-{delivery}")
    months.column("days30_after", "={days30}-DAYS360({twentieth[-1]},{delivery})")
    months.column("bill_days", "={bill}-{bill[-1]}")
    months.column("bill_days_after", "={bill}-{delivery}")


def _fleet(months: Grid, arrivals: Sequence[float]) -> None:
    months.column("planned", list(arrivals))
    months.column("arriving", "=IF({month}>late_by,INDEX({planned[:]},MAX({month}-late_by,1)),0)")
    months.column("accepting", "=IF({month}>commissioning,INDEX({arriving[:]},MAX({month}-commissioning,1)),0)")
    months.column("delivered", "={delivered[-1]}+{arriving}")
    months.column("accepted", "={accepted[-1]}+{accepting}")
    months.column("cost", "={arriving}*unit_cost")

    def worth(at: str) -> str:
        fall = f"IF(prices_fall,1-80%*MAX(0,MIN(1,({at}-fall_from)/(fall_to-fall_from))),1)"
        return f"=(1-decline)^(({at}-closing)/365)*{fall}"

    months.column("worth_delivery", worth("{delivery}"))
    months.column("worth_payment", worth("{payment}"))
    months.column("worth_bill", worth("{bill}"))


def _revenue(months: Grid) -> None:
    def open_share(opens: str, closes: str, since: str, until: str) -> str:
        return f"MAX(0,MIN({closes},{until})-MAX({opens},{since}))/({until}-{since})"

    # Equal months: a twelfth of a year's hours each, shared by days where the fleet grew within the month.
    months.column(
        "rent",
        "=IF(AND({bill}<customer_default,{bill}<=maturity),"
        "({accepted[-1]}+{accepting}*{bill_days_after}/{bill_days})/12*price*commitment*hours,0)",
    )
    months.column("gpu_years", "=({accepted[-1]}*{bill_days}+{accepting}*{bill_days_after})/365")
    sold = "=IF({bill}<=maturity,{gpu_years}*hours*use*spot_at_closing*{worth_bill}*"
    months.column("spares", f"{sold}(1-commitment)*{open_share('closing', 'sold_on', '{bill[-1]}', '{bill}')},0)")
    months.column("relet", f"{sold}commitment*{open_share('relet_on', 'sold_on', '{bill[-1]}', '{bill}')},0)")
    months.column(
        "disposal",
        "=IF(AND({payment}>=sold_on,{payment[-1]}<sold_on),{delivered}*unit_cost*{worth_payment}*(1-disposal_cost),0)",
    )
    months.column("standing", f"={open_share('closing', 'sold_on', '{twentieth[-1]}', '{twentieth}')}")


def _loans(months: Grid) -> None:
    months.column("sofr", "=MAX(LOOKUP({payment},{sofr.since[0:]},{sofr.rate[0:]})+rate_shift,0)")
    months.column("repaid_parts", "=MAX(0,{month}-first_month+1)")
    months.column(
        "outstanding",
        "=((1+profile_rate)^instalments-(1+profile_rate)^{repaid_parts})/((1+profile_rate)^instalments-1)",
        opening=1,
    )
    months.column("may_draw", "=IF({delivery}<=draws_end,1,0)")
    months.column("fee_share", "=MAX(0,MIN(draws_end,{twentieth})-{twentieth[-1]})/{days}")
    for name, share, days, after, year in (
        ("fixed", "fixed_share", "days30", "days30_after", 360),
        ("floating", "(1-fixed_share)", "days", "days_after", 360),
    ):
        limit = f"{name}_limit"
        months.column(
            f"{name}_advance",
            f"={{may_draw}}*MIN({{cost}}*advance_rate*{share},MAX({limit}-{{{name}_drawn[-1]}},0))",
        )
        months.column(f"{name}_drawn", f"={{{name}_drawn[-1]}}+{{{name}_advance}}")
        months.column(f"{name}_opening", f"={{{name}_balance[-1]}}+{{{name}_advance}}")
        rate = "coupon" if name == "fixed" else "({sofr}+margin)"
        months.column(f"{name}_rate", f"={rate}")
        months.column(
            f"{name}_interest",
            f"={{{name}_rate}}*({{{name}_balance[-1]}}*{{{days}}}+{{{name}_advance}}*{{{after}}})/{year}",
        )
        months.column(
            f"{name}_fee",
            f"=undrawn_fee*{{fee_share}}*(({limit}-{{{name}_drawn[-1]}})*{{{days}}}-{{{name}_advance}}*{{{after}}})/{year}",
        )
        months.column(
            f"{name}_principal_due",
            f"=IF({{payment}}>=maturity,{{{name}_opening}},MAX({{{name}_opening}}-{{{name}_drawn}}*{{outstanding}},0))",
        )
    # The swap is on what the base case was to draw, whatever is drawn.
    months.column(
        "base_drawn",
        "={base_drawn[-1]}+{may_draw}*MIN({planned}*unit_cost*advance_rate*(1-fixed_share),floating_limit-{base_drawn[-1]})",
    )
    months.column("base_floating", "={base_drawn}*{outstanding}")
    months.column("swap_net", "=hedged*{base_floating[-1]}*(swap_rate-{sofr})*{days}/360")


def _costs(months: Grid) -> None:
    months.column(
        "operating",
        "=upkeep*({delivered[-1]}*{days30}+{arriving}*{days30_after})/360*{standing}",
    )
    months.column(
        "electricity",
        "=power_draw*overhead*tariff*24*({delivered[-1]}*{days}+{arriving}*{days_after})*{standing}",
    )
    months.column("equity", "={cost}-{fixed_advance}-{floating_advance}")


CARRIED = (
    "operating",
    "electricity",
    "agent",
    "swap",
    "fixed_fee",
    "floating_fee",
    "fixed_interest",
    "floating_interest",
)


def _claims(months: Grid) -> None:
    """What falls due: what arose and what is brought forward, with interest where the loan says so."""
    months.column("agent", "=agent_fee")
    months.column("swap", "=MAX({swap_net},0)")
    months.column("swap_received", "=MAX(-{swap_net},0)")
    for name in CARRIED:
        interest = ""
        if name == "fixed_interest":
            interest = "*(1+{fixed_rate}*{days30}/360)"
        if name == "floating_interest":
            interest = "*(1+{floating_rate}*{days}/360)"
        months.column(f"{name}_due", f"={{{name}}}+({{{name}_due[-1]}}-{{{name}_paid[-1]}}){interest}")
    months.column("amortising", "=IF({month}>=first_month,1,0)")
    months.column(
        "support",
        "=IF({payment}<=draws_end,MAX(0,"
        + "+".join(f"{{{name}_due}}" for name in CARRIED)
        + "-{swap_received}-{cash[-1]}-{rent[-1]}-{spares[-1]}-{relet[-1]}-{trap[-1]}),0)",
    )


def _waterfall(months: Grid) -> None:
    column = months.column
    # From the date after one on which interest or principal fell short, all goes to the lenders.
    column(
        "enforced",
        "=IF({enforced[-1]}=1,1,IF({fixed_interest_due[-1]}-{fixed_interest_paid[-1]}+{floating_interest_due[-1]}"
        "-{floating_interest_paid[-1]}+{principal_owed[-1]}-{principal_paid[-1]}>1,1,0))",
    )
    column("received", "={rent[-1]}+{spares[-1]}+{relet[-1]}+{swap_received}+{support}+{disposal}")
    column("cash0", "={cash[-1]}+{received}+IF({enforced}=1,{liquidity[-1]}+{power[-1]}+{trap[-1]},0)")
    for reserve in ("power", "trap", "liquidity"):
        column(f"{reserve}0", f"=IF({{enforced}}=1,0,{{{reserve}[-1]}})")

    def step(number: int, owed: str, sources: Sequence[str]) -> None:
        """Pays what is owed from the collections, then from reserves in turn."""
        column(f"owed{number}", f"={owed}")
        taken = ""
        for source in ("cash", "power", "trap", "liquidity"):
            used = f"{source}_used{number}"
            have = f"{{{source}{number - 1}}}"
            column(used, f"=MIN({have},{{owed{number}}}{taken})" if source in ("cash", *sources) else "=0")
            column(f"{source}{number}", f"={have}-{{{used}}}")
            taken += f"-{{{used}}}"
        used = "+".join(f"{{{source}_used{number}}}" for source in ("cash", "power", "trap", "liquidity"))
        column(f"share{number}", f"=IF({{owed{number}}}>0,({used})/{{owed{number}}},0)")

    step(1, "{operating_due}+{electricity_due}", ("power", "trap", "liquidity"))
    step(2, "{agent_due}", ("trap", "liquidity"))
    third = ("swap", "fixed_fee", "floating_fee", "fixed_interest", "floating_interest")
    step(3, "+".join(f"{{{name}_due}}" for name in third), ("trap", "liquidity"))
    step(4, "IF({enforced}=1,0,{fixed_principal_due}+{floating_principal_due})", ("trap", "liquidity"))
    for name, number in {"operating": 1, "electricity": 1, "agent": 2, **dict.fromkeys(third, 3)}.items():
        column(f"{name}_paid", f"={{{name}_due}}*{{share{number}}}")
    column("principal_owed", "={owed4}")
    column("principal_paid", "={owed4}*{share4}")
    column("swept", "=IF({enforced}=1,MIN({cash4},{fixed_opening}+{floating_opening}),0)")
    for name in ("fixed", "floating"):
        column(
            f"{name}_repaid",
            f"={{{name}_principal_due}}*{{share4}}*(1-{{enforced}})"
            f"+IF({{swept}}>0,{{swept}}*{{{name}_opening}}/({{fixed_opening}}+{{floating_opening}}),0)",
        )
        column(f"{name}_balance", f"={{{name}_opening}}-{{{name}_repaid}}")
    # The reserves: three months of costs, interest, swap and principal; two months of power; nothing on the last date.
    column("first_principal", "=({fixed_drawn}+{floating_drawn})*(1-INDEX({outstanding[:]},first_month))")
    column(
        "liquidity_target",
        f"=IF({{month}}={MONTHS},0,3*({{operating}}+{{electricity}}+{{agent}}+{{fixed_interest}}+{{floating_interest}}+{{swap}}"
        "+IF({amortising}=1,{fixed_principal_due}+{floating_principal_due},{first_principal})))",
    )
    column("power_target", f"=IF({{month}}={MONTHS},0,2*{{electricity}})")
    column("cash5", "={cash4}+MAX({liquidity4}-{liquidity_target},0)")
    column("to_liquidity", "=MIN({cash5},MAX({liquidity_target}-{liquidity4},0))")
    column("liquidity", "=IF({enforced}=1,0,MIN({liquidity4},{liquidity_target})+{to_liquidity})")
    column("cash6", "={cash5}-{to_liquidity}+MAX({power4}-{power_target},0)")
    column("to_power", "=MIN({cash6},MAX({power_target}-{power4},0))")
    column("power", "=IF({enforced}=1,0,MIN({power4},{power_target})+{to_power})")
    column("rest", "=IF({enforced}=1,{cash4}-{swept},{cash6}-{to_power}+{trap4})")
    column("held", "=IF(AND({enforced}=0,OR({trapping}=1,{amortising}=0)),1,0)")
    column("trap", "={held}*{rest}")
    column("distributed", "=(1-{held})*{rest}")
    column("cash", "=0")


def _coverage(months: Grid) -> None:
    column = months.column
    column("costs", "={operating_paid}+{electricity_paid}+{agent_paid}")
    column(
        "service",
        "={fixed_interest}+{floating_interest}+{fixed_principal_due}+{floating_principal_due}+{fixed_fee}+{floating_fee}"
        "+{swap}-{swap_received}",
    )
    column("tested", "=IF(AND({enforced}=0,{amortising}=1),1,0)")
    column("tested_cash", "={tested}*({rent[-1]}+{spares[-1]}+{relet[-1]}-{costs})")
    column("tested_service", "={tested}*{service}")
    column("contract_cover", '=IF({tested}=1,({rent[-1]}-{costs})/{service},"n/a")', opening="n/a")

    def last_three(name: str) -> str:
        return (
            f"({{{name}}}+IF({{month}}>1,{{{name}[-1]}},0)+IF({{month}}>2,INDEX({{{name}[:]}},MAX({{month}}-2,1)),0))"
        )

    column("dscr", f'=IF({{tested}}=1,{last_three("tested_cash")}/{last_three("tested_service")},"n/a")', opening="n/a")
    column("passes", "=IF(ISNUMBER({dscr}),IF({dscr}>=1.15,{passes[-1]}+1,0),0)")
    column("fires", "=IF({payment}>=customer_default,1,IF(ISNUMBER({dscr}),IF({dscr}<1.15,1,0),0))")
    column("trapping", "=IF({fires}=1,1,IF({passes}>=3,0,{trapping[-1]}))")

    # On the deal's dates: deliveries end in March 2028, and the last bill is the month before the last payment.
    def to_value(date: str, balance: str, worth: str, until: str) -> str:
        there = f"AND({{delivered}}>0,{{{date}}}<sold_on,{until})"
        return f"=IF({there},({{fixed_{balance}}}+{{floating_{balance}}})/({{delivered}}*unit_cost*{{{worth}}}),0)"

    column("value_delivery", to_value("delivery", "opening", "worth_delivery", "{tenth}<=last_delivery"))
    column("value_payment", to_value("payment", "balance", "worth_payment", "{twentieth}<=maturity"))
    column("value_bill", to_value("bill", "balance", "worth_bill", "{bill}<=maturity"))


def _flows(book: Book) -> None:
    """Each party's flows in the order of their dates: a delivery and a payment a month."""
    flows = book.grid("flows", 2 * MONTHS)
    flows.column("place", "={place[-1]}+1")
    flows.column("of_month", "=INT(({place}+1)/2)")
    flows.column("pays", "=MOD({place}+1,2)")

    def of_month(names: str) -> str:
        """A sum of columns of the month, written with their bare names."""
        return re.sub("[a-z_]+", lambda name: f"INDEX({{months.{name[0]}[:]}},{{of_month}})", names)

    def pick(delivery: str, payment: str) -> str:
        return f"=IF({{pays}}=0,{of_month(delivery)},{of_month(payment)})"

    flows.column("date", pick("delivery", "payment"), opening="=closing")
    flows.column("fixed", pick("-fixed_advance", "fixed_fee_paid+fixed_interest_paid+fixed_repaid"))
    flows.column("floating", pick("-floating_advance", "floating_fee_paid+floating_interest_paid+floating_repaid"))
    flows.column("parent", pick("-equity", "distributed-support"))
    flows.column("years", "=({date}-closing)/365")


REPORT = {
    "Drawn": "=SUM({months.fixed_advance[:]})+SUM({months.floating_advance[:]})",
    "Paid in by Parent": "=SUM({months.equity[:]})+SUM({months.support[:]})",
    "Lowest monthly DSCR, contract": "=MIN({months.contract_cover[:]})",
    "Lowest three-month DSCR": "=MIN({months.dscr[:]})",
    "First below 1.15x": '=IFERROR(INDEX({months.payment[:]},MATCH(1,{months.below[:]},0)),"n/a")',
    "Highest loan to market value": "=MAX({months.value_delivery[:]},{months.value_payment[:]},{months.value_bill[:]})",
    "Fixed tranche IRR": "=XIRR({flows.fixed[:]},{flows.date[:]},guess)",
    "Floating tranche IRR": "=XIRR({flows.floating[:]},{flows.date[:]},guess)",
    "Fixed tranche life": "=SUMPRODUCT({months.fixed_repaid[:]},{months.payment[:]}-closing)/365/SUM({months.fixed_repaid[:]})",
    "Floating tranche life": "=SUMPRODUCT({months.floating_repaid[:]},{months.payment[:]}-closing)/365/SUM({months.floating_repaid[:]})",
    "Net paid on the swap": "=SUM({months.swap_paid[:]})-SUM({months.swap_received[:]})",
    "Highest in the trap": "=MAX({months.trap[:]})",
    "Principal lost": "={months.fixed_balance[72]}+{months.floating_balance[72]}",
    "Share of principal lost": "=({months.fixed_balance[72]}+{months.floating_balance[72]})"
    "/({months.fixed_drawn[72]}+{months.floating_drawn[72]})",
    "Distributions": "=SUM({months.distributed[:]})",
    "Equity IRR, no residual": "=XIRR({flows.parent[:]},{flows.date[:]},guess)",
}
"""The deal's report, line by line."""


def _report(book: Book) -> None:
    book.grids["months"].column("below", "=IF(ISNUMBER({dscr}),IF({dscr}<1.15,1,0),0)")
    book.cell("guess", "=IF(scenario=4,-0.2,IF(scenario=2,-0.05,0.1))")
    for number, formula in enumerate(REPORT.values(), start=1):
        book.cell(f"report_{number}", formula)


def report_cell(label: str) -> str:
    """The named cell of a line of the report."""
    return f"report_{list(REPORT).index(label) + 1}"
