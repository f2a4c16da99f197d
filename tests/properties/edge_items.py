"""What a deal of the edges holds before its claims: accounts, amounts and levels on several schedules, rows, currencies."""

from __future__ import annotations

from .edge_frame import a_date, shaping
from .items import DAYCOUNTS
from .writing import Draft, Owed

RENT = Owed("assets.rent", "family")
ROWS = ("edge_rows.csv", "edge_row.csv")


def schedules_of(draft: Draft) -> list[str]:
    return list(draft.edges.schedules)


def others(draft: Draft, than: str) -> list[str]:
    return [name for name in schedules_of(draft) if name != than]


def flows(draft: Draft) -> None:
    """Amounts that arise on other schedules than the payments', above zero, below it throughout, or on both sides."""
    choose, edges = draft.choose, draft.edges
    draft.say(f"flow sold on collected = {draft.money(5, 40)} + (if date > {a_date(draft)} then $3.21 else $0)", "flow")
    draft.say(f"flow used on third = {draft.money(1, 9)} * number of third dates to date", "flow")
    on = choose.pick(schedules_of(draft))
    draft.say(f"flow cut on {on} = {draft.money(5, 40)} * haircut * (1 + weight)", "flow")
    edges.foreign += ["sold", "used", "cut"]
    for name in edges.accrues:
        amount, counting = draft.money(400, 900), choose.pick(DAYCOUNTS)
        draft.say(f"flow accrued_{name} on {name} = accrue({amount} * 5%, {counting})", "flow")
        edges.foreign.append(f"accrued_{name}")
    if choose.yes(70):
        draft.say(
            f"flow drain on {choose.pick(['collected', 'third'])} = -{draft.money(2, 20)} - {draft.percent(1, 30)} * sold",
            "a series below zero throughout",
        )
        edges.below.append("drain")
    if choose.yes(40):
        draft.say(f"flow swing on {choose.pick(schedules_of(draft))} = sold * 2 - {draft.money(20, 80)} - gross / 10")
    if choose.yes(30):
        draft.say(f"flow tied on {choose.pick(schedules_of(draft))} = {rounded(draft)}", "a tie of rounding")
        edges.foreign.append("tied")


def rounded(draft: Draft) -> str:
    """Money in cents whose share lies often half way between two of them."""
    draft.kinds.add("a tie of rounding")
    choose = draft.choose
    amount = choose.pick(["gross / 8", "sold * 2.5%", f"{draft.money(3, 40)}5", "gross * 0.5%", "floor", "ceiling"])
    if amount == "floor":
        return "floor(gross * 100 / 4) / 100"
    if amount == "ceiling":
        return "ceiling(used * 10) / 10"
    digits = "2" if choose.yes(60) else shaping(draft, "digits", "count", "2", "0")
    return f"round({amount}, {digits})"


def window(draft: Draft, on: str) -> str:
    """How long a window or a lag on a schedule is, that it can be full: a duration, or a term that is one."""
    dates = draft.edges.schedules[on].dates
    most = min(7, (dates[-1] - dates[0]).days // 31)
    if not most:
        return "1 days"
    months = draft.choose.whole(1, most)
    if draft.choose.yes(70):
        return f"{months} months"
    return shaping(draft, "span", "duration", f"{months} months", f"{months - 1} months" if months > 1 else "15 days")


def accounts(draft: Draft) -> None:
    choose = draft.choose
    draft.say("account cash", "account")
    draft.owners.append(("cash", "Issuer"))
    for _ in range(choose.whole(1, 2)):
        name = draft.name("reserve")
        target = choose.pick(
            [
                draft.money(20, 90),
                f"if date < {a_date(draft)} then {draft.money(30, 90)} else {draft.money(5, 30)}",
                f"{draft.percent(10, 90)} * sold + $11.07",
                "max($60.11 - gross * haircut, $0)",
                f"used + {draft.money(1, 20)}",
            ]
        )
        opens = f"opens = {draft.money(0, 60)} from Sponsor; " if choose.yes() else ""
        draft.say(f"account {name} {{ {opens}target = {target} }}", "reserve")
        draft.reserves.append(name)
        draft.owners.append((name, "Issuer"))
    if choose.yes(40):
        draft.say("account trap", "trap")
        draft.owners.append(("trap", "Issuer"))
    draft.say("receive gross from Customer into cash on payment", "receive an amount")
    draft.say("receive extra from Sponsor into cash on payment", "receive an amount")
    for name in ("sold", "used"):
        if choose.yes(60):
            on = choose.pick(schedules_of(draft))
            draft.say(f"receive {name} * {choose.pick(['1', '2', '50%'])} from Customer into cash on {on}")
            if on != {"sold": "collected", "used": "third"}[name]:
                draft.kinds.add("a receipt of what arises on another schedule")
    if choose.yes(20):
        draft.say(f"receive {draft.money(20, 90)} from Fund into cash on {choose.pick(['closing', 'last payment'])}")
    if choose.yes(30):
        currencies(draft)


def currencies(draft: Draft) -> None:
    """Accounts and claims in euro of parties of their own, tied to the dollars by a rate of exchange."""
    choose = draft.choose
    draft.say("party Treasury, Importer, Exporter")
    draft.say(f"term fx = EUR 0.{choose.whole(70, 99)} / $1", "several currencies")
    draft.terms.append("fx")
    draft.say("account euros of Treasury { currency = EUR }")
    draft.owners.append(("euros", "Treasury"))
    on, paid_on = choose.pick(schedules_of(draft)), choose.pick(schedules_of(draft))
    draft.say(f"receive exchange({choose.pick(['sold', 'used', 'gross'])}, fx) from Importer into euros on {on}")
    due = choose.pick(
        [f"exchange({draft.money(5, 40)}, fx)", "exchange(sold, fx) / 2", f"EUR {choose.whole(5, 40)}.25"]
    )
    draft.say(f"claim levy from Treasury to Exporter on {paid_on} = {due} {choose.pick(['carries', 'lapses'])}")
    draft.say(f"waterfall abroad from euros on {paid_on} {{ pay levy; {choose.pick(['', 'pay rest to Importer'])} }}")
    draft.every_claim.append("levy")
    draft.report += ["total(levy.paid)", "euros.balance", f"exchange(total(levy.due on {paid_on}), $1.08 / EUR 1)"]


def levels(draft: Draft) -> None:
    """Rates and ratios that exist on some dates alone, or come late."""
    choose, edges = draft.choose, draft.edges
    if choose.yes(50):
        on = choose.pick(schedules_of(draft))
        draft.say(f"define lagged = delayed(SOFR, {window(draft, on)} on {on})", "a level that is delayed")
        draft.opening_tests.append(f"lagged > {draft.percent(1, 4)}")
        draft.report += ["lagged", f"average(lagged on {choose.pick(schedules_of(draft))})"]
    if choose.yes(50):
        on = choose.pick(schedules_of(draft))
        read = choose.pick([*edges.foreign, *edges.below])
        draft.say(f"define windowed = trailing({window(draft, on)}, {read} on {on})", "a window on another schedule")
        draft.opening_tests.append(f"windowed > {draft.money(10, 60)}")
        draft.report += ["windowed", f"lowest(windowed on {choose.pick(schedules_of(draft))})"]
    if choose.yes(30):
        read, on = choose.pick(edges.foreign), choose.pick(schedules_of(draft))
        draft.say(f"define late_{read} = delayed({read}, {window(draft, on)} on {on})")
        draft.report += [f"late_{read}", f"total(late_{read} on {choose.pick(schedules_of(draft))})"]
        draft.kinds.add("an amount that is delayed")
    if choose.yes(40):
        draft.say(f"define mix = sold / (used + sold - {draft.money(1, 9)})", "a ratio of two schedules")
        draft.opening_tests.append(f"mix > {draft.percent(40, 99)}")
        draft.report += ["mix", f"highest(mix on {choose.pick(schedules_of(draft))})"]


def rows(draft: Draft) -> None:
    """Rows some of which are equal, nothing, or below zero."""
    choose = draft.choose
    on = choose.pick(schedules_of(draft))
    unpaid = choose.pick(["lapses", "carries", "written off after 4 months"])
    draft.lines.extend(
        f"""component asset {{
  size : money
  rate : rate
  key : fraction
  gap : money
  grade : text
  claim interest from Customer on {on} = accrue(balance * max(rate, 0% per year), 30/360) lapses
  claim repaid from Customer on {on} = min(balance, size / {choose.whole(2, 9)}) lapses
  claim rent to Fund on payment = accrue(balance * 1.5%, actual/360) + max(gap, $0) / 10 {unpaid}
  state balance = size, then opening balance - repaid.paid
}}
asset assets each row in "{choose.pick(ROWS)}"
receive assets.interest into cash
receive assets.repaid into cash""".split("\n")
    )
    draft.kinds.update(("family", "component", "rows that are equal, nothing or below zero"))
    draft.every_claim += ["assets.interest", "assets.repaid", "assets.rent"]
    first = choose.pick(["lowest", "highest"])
    draft.say(
        f"define taken = sum(take({draft.money(20, 300)}, of assets.balance, {first} assets.key first, "
        "where assets.rate > -1%) * assets.key) / $1"
    )
    draft.kinds.add("take among equals")
    draft.say("define gaps = sum(assets.gap where assets.key > 0%) + lowest(assets.gap) - highest(assets.gap)")
    draft.say("define by_grade = highest(sum_by(assets.gap, assets.grade)) + average(assets.gap)")
    draft.opening_tests += ["any(assets.balance > $99.5)", "sum(opening assets.balance) > $150.5", "gaps < -$40"]
    draft.records.append("taken")
    draft.report += [
        "total(taken on payment)",
        f"taken on {choose.pick(['first payment', 'last payment'])}",
        "highest(gaps)",
        "by_grade",
        "weighted(assets.rate, assets.size)",
        "count(any(assets.balance > $0) on payment)",
        "total(assets.rent.paid)",
        "highest(lowest(assets.gap))",
        f'sum(assets.balance where assets.grade is "A") on {choose.pick(["last payment", "first collected"])}',
    ]
